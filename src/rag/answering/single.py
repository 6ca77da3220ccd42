"""Answers about named trials: facts, yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rag.answering.choosing import gives_reason
from rag.answering.design_said import design_said
from rag.answering.draft import Draft, abstain
from rag.answering.english import listed
from rag.answering.entries import has_one_arm
from rag.answering.facts import RULES
from rag.answering.instead import Instead, chosen_sentences, sentence_instead
from rag.answering.neighbours import of_no_control
from rag.answering.sets import variables_of
from rag.answering.stating import fact_label, items_of, state
from rag.answering.strange import strange_words
from rag.answering.telling import in_criteria, told_in_prose, yes_or_no
from rag.answering.unheld import not_held
from rag.criteria.grammar import read_comparisons
from rag.evidence.collect import Judge, field_quotes
from rag.evidence.concerns import IN_PASSING
from rag.evidence.fields import readable
from rag.evidence.judgement import Judgement
from rag.evidence.words import phrase
from rag.text import shortened
from rag.types import (
    AbstentionReason,
    All,
    Any,
    Asks,
    Claim,
    Concerns,
    Document,
    FieldIs,
    Limit,
    Not,
    Predicate,
    QueryPlan,
    Quote,
    Status,
    Verdict,
)

_LONGEST_ITEM = 300  # code points of an item shown
_MOST_TRIALS = 12  # of one fact question; more are a set question


def named_trials(plan: QueryPlan) -> tuple[str, ...]:
    """The ids of every trial that the question names, in its order."""
    return tuple(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids))


def answer_fact(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """Each fact asked about, of each trial named; what a record does not state is said to be unstated."""
    claims: list[Claim] = []
    missing: list[str] = []
    neighbours: list[Quote] = []  # words that speak of something near what is asked
    for trial in trial_ids[:_MOST_TRIALS]:
        foreign = strange_words(judge, trial, plan)
        if foreign:
            names = listed([f'"{word}"' for word in foreign], final="or")
            missing.append(f"{trial} does not mention {names}")
            continue
        told, unsaid = _told(judge, trial, plan)
        lacking = not_held(judge.records.document(trial), plan, told) if told else ""
        other = _other_sentence(judge, trial, plan) if lacking else None
        if other is not None:
            claims.append(other)
            continue
        if lacking:
            neighbours += [quote for claim in told for quote in claim.quotes]
            missing.append(f"{trial} {lacking}")
            continue
        claims += told
        claims += _age_conflict(judge, trial) if _AGES & set(plan.facts) else []
        missing += unsaid
    if not claims:
        message = f"The documents do not say: {listed(missing)}."
        return abstain(AbstentionReason.NO_EVIDENCE, message, tuple(neighbours[:3]) or nearest)
    status = Status.PARTIAL if missing else Status.ANSWERED
    if missing:
        claims.append(Claim(f"The documents do not say the rest: {listed(missing)}."))
    if len(trial_ids) > _MOST_TRIALS:
        claims.append(Claim(f"{len(trial_ids) - _MOST_TRIALS} more trials fit; name one to see it."))
    return Draft(tuple(claims), status)


def _other_sentence(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    """The likeliest sentence, where what the rules found holds not what is asked for and this one does."""
    document = judge.records.document(trial)
    found = chosen_sentences(judge, document, plan)
    return None if found is None or not_held(document, plan, [found]) else found


def stated_by_rules(judge: Judge, trial: str, plan: QueryPlan) -> dict[str, Claim | None]:
    """What the rules of the facts asked about find in one trial."""
    asked = dict.fromkeys(one for fact in plan.facts for one in (*_WITH.get(fact, ()), fact))
    stated = {fact: state(judge, trial, fact, plan) for fact in asked}
    reached = judge.records.document(trial).facts.enrollment_kind == "ACTUAL"
    if reached and "enrollment" in asked and _PLANNED.search(plan.question):
        planned = state(judge, trial, "planned_enrollment", plan)
        stated |= {"planned_enrollment": planned} if planned is not None else {}
    if stated.get("why_stopped") is not None and _WHEN.match(plan.question):
        stated |= {"completion_date": state(judge, trial, "completion_date", plan)}
    if asks_why(plan):  # 'why was this dose chosen?': the dose is no reason
        stated = {fact: claim if claim and gives_reason(claim.text) else None for fact, claim in stated.items()}
    if "summary" in stated and _PURPOSE.search(plan.question):
        stated = {"primary_purpose": state(judge, trial, "primary_purpose", plan), **stated}
        stated = {fact: claim for fact, claim in stated.items() if claim is not None or fact != "primary_purpose"}
    if "sponsor" in stated and _BACKING.search(plan.question):
        partners = state(judge, trial, "collaborators", plan)
        stated |= {"collaborators": partners} if partners is not None else {}
    return stated


def asks_why(plan: QueryPlan) -> bool:
    """'Why …?' is answered by a reason alone, where none of the facts is one."""
    return bool(_WHY.match(plan.question)) and not set(plan.facts) & _REASONS


def _told(judge: Judge, trial: str, plan: QueryPlan) -> tuple[list[Claim], list[str]]:
    """What one trial states of the facts asked about, and what it leaves unsaid."""
    stated = stated_by_rules(judge, trial, plan)
    claims = distinct(claim for claim in stated.values() if claim is not None)
    instead = sentence_instead(judge, judge.records.document(trial), plan, claims)
    if instead.claim is not None and asks_why(plan) and not gives_reason(instead.claim.text):
        instead = Instead()
    if instead.claim is not None and of_no_control(judge.records.document(trial), plan, instead.claim.text):
        instead = Instead()
    if instead.keeps == "all" or instead.claim is None:
        told = [*claims, instead.claim] if instead.claim is not None else claims
        document = judge.records.document(trial)
        return told, [f"{trial} {_unstated(document, fact)}" for fact in unstated(stated)]
    kept = [claim for fact, claim in stated.items() if claim is not None and fact in RULES and fact not in _LISTS]
    return [*(kept if instead.keeps == "fields" else ()), instead.claim], []


def _unstated(document: Document, fact: str) -> str:
    """What a record leaves unsaid; of a stop that never was, what the status is instead."""
    status = document.facts.status
    if fact == "why_stopped" and status and status not in _STOPPED:
        return f"gives no reason for stopping, and is not recorded as stopped early: its status is {readable(status)}"
    if fact == "control" and has_one_arm(document):
        return f"lists a single arm, {document.facts.arms[0].label}, and no control"
    if fact == "maker" and document.facts.sponsor:
        return f"does not say who makes it (its lead sponsor, {document.facts.sponsor}, need not be the maker)"
    return "gives no reason for stopping" if fact == "why_stopped" else f"does not state {fact_label(fact)}"


_STOPPED = frozenset({"TERMINATED", "WITHDRAWN", "SUSPENDED"})
_PURPOSE = re.compile(r"(?i)\bpurpose\b")  # a registry field as well as what a summary tells
_PLANNED = re.compile(r"(?i)\b(?:plan(?:s|ned)?|target\w*|inten(?:d|ds|ded)|aim(?:s|ed)?|want\w*|projected)\b")
_WHEN = re.compile(r"(?i)\W*when\b")
_WHY = re.compile(r"(?i)\W*(?:why|for what reason)\b")
_REASONS = frozenset({
    "why_stopped", "sample_size_rationale", "discontinuation", "exclusion", "inclusion", "summary", "masking", "status",
})  # fmt: skip

# How a thing is done is told with what the registry field says of it.
_WITH = {"randomization_method": ("allocation",), "blinding_method": ("masking",)}

# Who pays or supports is the sponsor and its partners.
_BACKING = re.compile(
    r"(?i)\b(?:fund\w*|financ\w*|pay\w*|paid|support\w*|compan\w+|manufactur\w+|mak(?:es|er)|made|back\w*)\b"
)

# Registry lists: a sentence that names what is asked about takes the place of a list that does not.
_LISTS = frozenset({"arms", "interventions", "outcome", "outcome.primary", "outcome.secondary", "sites"})


_AGES = frozenset({"ages", "minimum_age", "maximum_age"})


def _age_conflict(judge: Judge, trial: str) -> list[Claim]:
    """Where the criteria state other ages than the registry field does, both are told."""
    findings = judge.records.read_trial(trial).findings
    return [
        Claim(f"{trial}: {finding.message}.", tuple(Quote(trial, span) for span in finding.spans))
        for finding in findings
        if finding.kind == "age_conflict"
    ]


def distinct(claims: Iterable[Claim]) -> list[Claim]:
    """The claims, none twice; of two that quote the same items the later keeps only its own words."""
    kept: dict[str, Claim] = {}
    seen: set[tuple[Quote, ...]] = set()
    for claim in claims:
        head, colon, _ = claim.text.partition(': "')
        if colon and claim.quotes in seen and not any(c.isdigit() for c in head.partition(" ")[2]):
            continue
        text = f"{head}." if colon and claim.quotes in seen else claim.text
        kept.setdefault(text, Claim(text, claim.quotes))
        seen.add(claim.quotes)
    return list(kept.values())


def unstated(stated: Mapping[str, Claim | None]) -> list[str]:
    """The facts not stated, but not the multiple of ULN where the level is stated, or the other way round."""
    found = {fact.removesuffix("_uln") for fact, claim in stated.items() if claim is not None}
    missing = [fact for fact, claim in stated.items() if claim is None and fact.removesuffix("_uln") not in found]
    missing = [
        fact for fact in missing if not set(_WITH.get(fact, ())) & found and not (fact == "exceptions" and found)
    ]
    return [fact for fact in missing if not (fact.endswith("_uln") and fact.removesuffix("_uln") in missing)]


def answer_boolean(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """Yes, no, only in part, or 'the record does not say', for each trial named, with the words that decide."""
    if plan.where is None and plan.facts:
        return _answer_of_facts(plan, judge, trial_ids, nearest)
    if plan.where is None:
        told = [told_in_prose(judge.records.document(trial), plan) for trial in trial_ids[:_MOST_TRIALS]]
        found = tuple(claim for claim in told if claim is not None)
        return Draft(found) if found else abstain(AbstentionReason.NO_EVIDENCE, "The documents do not say.", nearest)
    if _asks_about_a_value(plan):
        return _answer_of_value(plan, judge, trial_ids, nearest)
    judgements = judge.all(plan.where, tuple(trial_ids))
    claims, told_of = [], []
    for trial in trial_ids[:_MOST_TRIALS]:
        claim, known = _judged(judge, trial, judgements[trial], plan, plan.where)
        claims.append(claim)
        told_of.append(known)
    if not any(told_of):
        quotes = tuple(q for trial in trial_ids for q in judgements[trial].quotes)
        return abstain(AbstentionReason.NO_EVIDENCE, " ".join(claim.text for claim in claims), quotes or nearest)
    return Draft(tuple(claims), Status.ANSWERED if all(told_of) else Status.PARTIAL)


def _judged(judge: Judge, trial: str, judgement: Judgement, plan: QueryPlan, where: Predicate) -> tuple[Claim, bool]:
    """The sentence for one trial, and whether it answers: by judgement, else by what its prose says."""
    document = judge.records.document(trial)
    silent = judgement.verdict is Verdict.SILENT
    prose = design_said(document, where) if silent and isinstance(where, FieldIs) else None
    if prose is None and silent and isinstance(where, FieldIs) and where.field in _ALSO_IN_PROSE:
        fact = _ALSO_IN_PROSE[where.field]
        prose = yes_or_no(judge, trial, replace(plan, where=None, facts=(fact,)))
    if prose is None and silent:
        prose = in_criteria(judge, trial, _asked_of(where), plan) or told_in_prose(document, plan)
    if prose is not None:
        return prose, True
    words, known = _verdict_words(trial, judgement.verdict, judgement.reason, where)
    quotes = judgement.quotes or field_quotes(document, where)
    if isinstance(where, Concerns) and _is_refused(judgement, where) and judge.only_some(trial, where):
        lead = "Yes, but only some" if where.asks is Asks.EXCLUDES else "No, not all"
        return Claim(f"{lead}: {trial} {judgement.reason}.", quotes), True
    told = items_of(judge, trial, judgement.quotes)
    if judgement.verdict is Verdict.MATCH and _is_timed(plan, where, [item.of(document.text) for item in told]):
        words = f"The criteria of {trial} say"
    if known and judgement.quotes and _is_of_criteria(where) and '"' not in words:
        items = told[:2]
        shown = "; ".join(f'"{shortened(item.of(document.text), _LONGEST_ITEM)}"' for item in items)
        return Claim(f"{words.rstrip('.')}: {shown}", tuple(Quote(trial, item) for item in items)), True
    if known and judgement.verdict is Verdict.MATCH and isinstance(where, FieldIs) and where.field in _OF_SITES:
        words = f"{words.rstrip('.')}: {listed([quote.span.of(document.text) for quote in quotes[:3]])}."
    return Claim(words, quotes if known else quotes[:3]), known


def _is_timed(plan: QueryPlan, where: Predicate, items: Sequence[str]) -> bool:
    """Whether 'gout for 6 months' is asked of a line that lets gout in by its time: the reader must compare them."""
    admits = isinstance(where, Concerns) and where.asks is Asks.ADMITS
    return admits and bool(_TIME.search(plan.question)) and any(_TIME.search(item) for item in items)


_TIME = re.compile(
    r"(?i)\b(?:\d+|an?|one|two|three|four|five|six|eight|nine|ten|twelve)[ -](?:day|week|month|year)s?\b"
    r"(?![ -](?:old|of age))"
)


def _is_of_criteria(where: Predicate) -> bool:
    """Whether criteria alone decide: 'coffee and tea', each with the line that says so."""
    if isinstance(where, All | Any):
        return all(_is_of_criteria(part) for part in where.predicates)
    return isinstance(where, Concerns | Limit)


def _is_refused(judgement: Judgement, where: Concerns) -> bool:
    """Whether a thing that the lexicon knows is turned away, whichever way round the question was put."""
    told = Verdict.MATCH if where.asks is Asks.EXCLUDES else Verdict.NO_MATCH
    asked = bool(where.concepts) and where.asks in {Asks.EXCLUDES, Asks.ADMITS}
    return asked and judgement.verdict is told and judgement.reason.startswith("excludes:")


# Fields that prose tells of too → the fact by which it is found there.
_ALSO_IN_PROSE = {"data_monitoring_committee": "oversight", "ipd_sharing": "data_sharing", "biospecimens": "samples"}
_OF_SITES = frozenset({"city", "state", "place", "facility"})


def _asked_of(where: Predicate) -> Asks | None:
    return where.asks if isinstance(where, Concerns) else None


def _answer_of_facts(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """'Is there a control arm?', 'does it have a site in Texas?': yes or no where the list tells, else the fact."""
    claims = [
        None if strange_words(judge, trial, plan) else yes_or_no(judge, trial, plan)
        for trial in trial_ids[:_MOST_TRIALS]
    ]
    told = tuple(claim for claim in claims if claim is not None)
    return Draft(told) if told and len(told) == len(claims) else answer_fact(plan, judge, trial_ids, nearest)


def _answer_of_value(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """'Are 70 platelets enough?': whether the value asked about is let in, then the limit."""
    where = plan.where
    assert isinstance(where, Limit)
    facts = tuple(f"criterion:{variable}" for variable in variables_of(where))
    draft = answer_fact(replace(plan, facts=facts), judge, trial_ids, nearest)
    asked = [c for c in read_comparisons(plan.question) if c.variable == where.variable and c.values.is_point]
    if len(asked) != 1 or draft.reason is not None or len(trial_ids) != 1:
        return draft
    admits = Limit(where.variable, asked[0].values, Asks.ADMITS, asked[0].stated)
    verdict = judge.all(admits, tuple(trial_ids))[trial_ids[0]].verdict
    lead = {Verdict.MATCH: "let in", Verdict.NO_MATCH: "turned away"}.get(verdict, "")
    if not lead:
        return draft
    against = bool(_AGAINST.search(plan.question))
    answer = "Yes" if (verdict is Verdict.MATCH) != against else "No"
    first, *rest = draft.claims
    return replace(draft, claims=(replace(first, text=f"{answer}, {asked[0].stated} is {lead}: {first.text}"), *rest))


_AGAINST = re.compile(r"(?i)\b(?:too|exclud\w*|rul\w+ out|ineligible|disqualif\w+|not (?:enough|allowed|eligible))\b")


def _asks_about_a_value(plan: QueryPlan) -> bool:
    """Whether a value stands in a question that was read as 'is there a limit?': then a bare yes would mislead."""
    if not isinstance(plan.where, Limit) or plan.where.asks is not Asks.MENTIONS:
        return False
    asked = read_comparisons(plan.question)
    return any(c.variable == plan.where.variable and not c.values.is_everything for c in asked)


def _verdict_words(trial: str, verdict: Verdict, reason: str, where: Predicate) -> tuple[str, bool]:
    """The sentence for a yes-or-no question, and whether it answers."""
    asked = phrase(where, plural=False)
    if verdict is Verdict.MATCH:
        value = reason.partition(": ")[2]
        beside = f" ({reason})" if isinstance(where, FieldIs) and value and value not in asked else ""
        return f"Yes: {trial} {asked}; it {reason}." if _is_told(reason) else f"Yes: {trial} {asked}{beside}.", True
    if verdict is Verdict.PARTIAL:
        return f"Only in part: {trial} {reason}.", True
    if verdict is Verdict.UNREAD:
        return f"{trial} {reason}; the words are quoted for you to judge.", True
    if verdict is Verdict.NO_MATCH:
        return _denied(trial, reason, where), True
    return f"The record of {trial} does not say: it {reason}.", False


def _denied(trial: str, reason: str, where: Predicate) -> str:
    if reason.startswith(IN_PASSING):
        return f"Neither yes nor no is stated: {trial} {reason}."
    if isinstance(where, Concerns) and where.asks is Asks.ADMITS and _FOR_A_TIME.search(reason):
        return f"No, not within the time that it states: {trial} {reason}."
    return f"No: {trial} {reason}." if _is_told(reason) else f"No: {trial} {_not(where, reason)}."


# 'At least 4 weeks since prior steroids', 'steroids within 4 weeks': before or after, nobody is turned away.
_SPAN = r"\d+ ?-?(?:hours?|days?|weeks?|months?|years?)"
_FOR_A_TIME = re.compile(
    rf"(?i)^excludes\b.*(?:{_SPAN}\W{{1,3}}(?:\w+ ){{0,3}}?(?:since|after|before|prior|ago)\b"
    rf"|\b(?:within|in|during) (?:the )?(?:last |past |previous |prior |preceding )?(?:\w+ )?{_SPAN}\b)"
)


def _is_told(reason: str) -> bool:
    """Whether a reason is a verb phrase ('excludes …'), not a field and its value ('phase: phase 2')."""
    return bool(reason) and reason.split(maxsplit=1)[0].endswith("s") and ":" not in reason.split(maxsplit=1)[0]


def _not(where: Predicate, reason: str) -> str:
    denied = phrase(where.predicate if isinstance(where, Not) else Not(where), plural=False)
    return f"{denied} ({reason})" if reason else denied
