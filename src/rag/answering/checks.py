"""Answers that go over whole records: checklists of limits, conflicts in the sources, why a trial is listed or not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.choosing import gives_reason
from rag.answering.draft import Draft, abstain
from rag.answering.english import count, listed
from rag.answering.instead import chosen_sentences
from rag.evidence.collect import Judge, field_quotes
from rag.evidence.judgement import Judgement
from rag.evidence.shown import describe_constraint
from rag.text import shortened
from rag.types import (
    AbstentionReason,
    Claim,
    Constraint,
    Document,
    Intent,
    QueryPlan,
    Quote,
    ReadTrial,
    TrialVerdict,
    Unread,
    Verdict,
)


def answer_checklist(plan: QueryPlan, judge: Judge, read: Sequence[ReadTrial]) -> Draft:
    """Every number limit of the trials named, as a table of variable, limit, scope and quote; unread ones verbatim."""
    wanted = set(plan.variables)
    claims: list[Claim] = []
    for trial in read:
        rows = _limit_rows(trial, wanted, judge.records.document(trial.trial_id))
        if rows:
            claims.append(Claim(f"{trial.trial_id} states these limits:"))
            claims += rows
        else:
            claims.append(Claim(f"{trial.trial_id} states no limit that could be read."))
    found = any(claim.quotes for claim in claims)
    if not found:
        return abstain(AbstentionReason.NO_EVIDENCE, " ".join(claim.text for claim in claims))
    return Draft(tuple(claims))


def _limit_rows(trial: ReadTrial, wanted: set[str], document: Document) -> list[Claim]:
    rows: dict[str, list[Quote]] = {}
    for criterion in trial.criteria:
        for clause in criterion.requires:
            shown = [_atom_words(atom, document) for atom in clause.alternatives if _is_wanted(atom, wanted)]
            if not shown:
                continue
            words = " or ".join(dict.fromkeys(shown))
            if clause.scope:
                words += f" ({listed(list(dict.fromkeys(scope.text for scope in clause.scope)))})"
            if clause.exceptions:
                words += f" (exception: {shortened(clause.exceptions[0].of(document.text), 80)})"
            if clause.window:
                words += f" ({shortened(clause.window.text, 60)})"
            rows.setdefault(words, []).append(Quote(trial.trial_id, clause.span))
    return [Claim(f"- {words}.", tuple(quotes)) for words, quotes in rows.items()]


def _is_wanted(atom: object, wanted: set[str]) -> bool:
    return isinstance(atom, Constraint | Unread) and bool(atom.variable) and (not wanted or atom.variable in wanted)


def _atom_words(atom: object, document: Document) -> str:
    if isinstance(atom, Constraint):
        return f"{describe_constraint(atom)}{' (operator inferred)' if atom.inferred else ''}"
    assert isinstance(atom, Unread)
    return f'not read: "{shortened(atom.span.of(document.text), 120)}"'


def answer_conflicts(read: Sequence[ReadTrial]) -> Draft:
    """Every defect found in the sources of the trials considered, each with the quotes that prove it."""
    claims = [
        Claim(f"- {trial.trial_id}: {finding.message}.", tuple(Quote(trial.trial_id, span) for span in finding.spans))
        for trial in read
        for finding in trial.findings
    ]
    if not claims:
        return Draft(
            (Claim(f"No conflict was found in {'the record' if len(read) == 1 else f'the {len(read)} records'}."),)
        )
    trials = sorted({trial.trial_id for trial in read if trial.findings})
    verdicts = tuple(
        TrialVerdict(
            trial.trial_id,
            Verdict.MATCH,
            "; ".join(finding.message for finding in trial.findings),
            tuple(Quote(trial.trial_id, span) for finding in trial.findings for span in finding.spans),
        )
        for trial in sorted(read, key=lambda r: r.trial_id)
        if trial.findings
    )
    head = Claim(
        f"{len(trials)} of {count(len(read), 'record')} {'states' if len(trials) == 1 else 'state'} something "
        "that does not fit together:"
    )
    return Draft((head, *claims[:40]), verdicts=verdicts, considered=len(read), total=len(trials))


def answer_explain(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """Why a trial is listed or not: its judgement against the question it refers to, with its words."""
    where = plan.where or (plan.previous.where if plan.previous else None)
    if where is None:
        message = "There is no earlier question that a trial could be listed for; ask which trials fit first."
        return abstain(AbstentionReason.NO_EVIDENCE, message, nearest)
    judgements = judge.all(where, tuple(trial_ids))
    claims = []
    listed = asks_why_listed(plan)
    for trial in trial_ids:
        judgement = judgements[trial]
        reason = None if listed else _reason(judge, trial, plan)
        if reason is not None:
            claims.append(reason)
            continue
        quotes = judgement.quotes or field_quotes(judge.records.document(trial), where)
        said = judgement.reason or "does not fit"
        told = f"{trial} is {_listing(judgement.verdict)}: it {said}" if listed else _so_or_not(trial, judgement)
        claims.append(Claim(f"{told}.", quotes))
    return Draft(tuple(claims))


def asks_why_listed(plan: QueryPlan) -> bool:
    """'Why is it not among the trials that exclude gout?': of an answer; 'why is gout excluded?' is of a record."""
    return plan.intent is Intent.EXPLAIN and (plan.previous is not None or bool(_OF_A_LIST.search(plan.question)))


_OF_A_LIST = re.compile(
    r"(?i)\blist(?:ed|s|ing)?\b(?! (?:as|among|under|in) (?:an? |the |its )?(?:ex|in)clusion)"
    r"|\b(?:not|isn.t|wasn.t|is (?:it|that|NCT\d+)) (?:\w+ )?(?:among|one of|counted|shown|found)\b"
    r"|\b(?:among|one of) the (?:trials|studies|ones|results|answers)\b|\b(?:come|came|show|shown|turn|turned) up\b"
    r"|\bin (?:the|your|that) (?:answer|results?)\b|\bmissing from\b"
)


def _so_or_not(trial: str, judgement: Judgement) -> str:
    """'Why are diabetics excluded?' where they are, by the words that do it; where they are not, that it is not so."""
    if judgement.verdict is Verdict.SILENT:
        return f"It is not so: the record of {trial} {judgement.reason}"
    if judgement.verdict is Verdict.NO_MATCH:
        return f"It is not so: {trial} {judgement.reason or 'does not'}"
    return f"{'Only in part: ' if judgement.verdict is Verdict.PARTIAL else ''}{trial} {judgement.reason}"


def _reason(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    """The sentence of a record that gives a reason: 'why is no consent asked for?'."""
    found = chosen_sentences(judge, judge.records.document(trial), plan)
    return found if found is not None and gives_reason(found.text) else None


def _listing(verdict: Verdict) -> str:
    if verdict is Verdict.SILENT:
        return "not listed, because the record says nothing on it"
    if verdict in {Verdict.NO_MATCH, Verdict.OTHER_MEASURE}:
        return "not listed"
    return f"listed as {verdict.value}"
