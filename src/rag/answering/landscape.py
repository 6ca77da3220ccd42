"""Answers that lay limits side by side: comparison tables, the landscape of cut-offs, the strictest trial."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from rag.answering.draft import Draft, abstain
from rag.answering.english import count, listed, none_of
from rag.answering.extremes import answer_spread, is_measured
from rag.answering.facts import RULES, state_fact
from rag.answering.sets import accounting_of, listed_verdicts
from rag.answering.single import distinct, unstated
from rag.answering.stating import fact_label, state
from rag.answering.unheld import is_of_another_treatment
from rag.answering.waits import answer_waits
from rag.criteria.lexicon import load_variables
from rag.evidence.collect import Judge, Judgements, field_quotes
from rag.evidence.fields import field_label, value_in_words
from rag.evidence.judgement import Judgement
from rag.types import (
    AbstentionReason,
    Any,
    Asks,
    Claim,
    Constraint,
    FieldIs,
    Limit,
    QueryPlan,
    Quote,
    TrialVerdict,
    Verdict,
)
from rag.values import EVERYTHING

_MOST_ROWS = 30  # rows in the text; the table holds all
_MOST_COMPARED = 1000  # trials of which registry facts are laid side by side
# What is laid side by side when the question names trials and nothing to compare them by.
_PROFILE = ("phase", "status", "enrollment", "ages", "masking", "sponsor", "outcome.primary")


def mentions(variables: Sequence[str]) -> Any | Limit:
    """The predicate 'states a limit on any of these'."""
    limits = tuple(Limit(variable, EVERYTHING, Asks.MENTIONS, "") for variable in variables)
    return limits[0] if len(limits) == 1 else Any(limits)


def answer_compare(plan: QueryPlan, judge: Judge, trial_ids: tuple[str, ...], nearest: tuple[Quote, ...]) -> Draft:
    """One aligned row a trial: what each states of the variables, or of the registry facts, asked about."""
    if set(plan.facts) & _CRITERIA and not plan.variables:
        return _compare_limits(judge, trial_ids, nearest)
    facts = list(plan.facts)
    if facts or not plan.variables or len(trial_ids) <= _FEW:
        facts += [fact for variable in plan.variables for fact in _stated_of(variable)]
        return _compare_facts(facts or list(_PROFILE), plan, judge, trial_ids)
    judgements = judge.all(mentions(plan.variables), trial_ids)
    verdicts = listed_verdicts(judgements, judge, mentions(plan.variables))
    named = listed([load_variables()[v].label for v in plan.variables])
    if not verdicts:
        message = f"{none_of(len(trial_ids))} states a limit on {named}."
        return abstain(AbstentionReason.NO_EVIDENCE, message, nearest)
    stating = [v for v in verdicts if v.verdict is Verdict.MATCH]
    verb = "states a limit" if len(stating) == 1 else "state limits"
    claims = [Claim(f"{len(stating)} of {len(trial_ids)} trials {verb} on {named}:")]
    claims += [Claim(f"- {v.trial_id}: {v.reason}.", v.quotes) for v in verdicts[:_MOST_ROWS]]
    if len(verdicts) > _MOST_ROWS:
        claims.append(Claim(f"{len(verdicts) - _MOST_ROWS} more are in the table."))
    missing = [trial for trial in trial_ids if judgements[trial].verdict in {Verdict.SILENT, Verdict.OTHER_MEASURE}]
    if plan.trials and missing:
        claims.append(Claim(f"{listed(missing)} {'states' if len(missing) == 1 else 'state'} none."))
    accounting = accounting_of(judgements)
    return Draft(tuple(claims), verdicts=verdicts, considered=len(trial_ids), total=len(stating), accounting=accounting)


_FEW = 4  # trials whose limits are told in the words of their records


def _stated_of(variable: str) -> tuple[str, ...]:
    """The facts that tell a limit: of age the registry field as well, which criteria may contradict."""
    return ("ages", "criterion:age") if variable == "age" else (f"criterion:{variable}",)


_CRITERIA = frozenset({"eligibility", "inclusion", "exclusion"})


def _compare_limits(judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """One aligned row a variable: what each trial states of it, and who states nothing."""
    read = [judge.records.read_trial(trial) for trial in trial_ids[:_MOST_ROWS]]
    atoms = (atom for one in read for c in one.criteria for clause in c.requires for atom in clause.alternatives)
    variables = list(dict.fromkeys(atom.variable for atom in atoms if isinstance(atom, Constraint)))
    if not variables:
        return abstain(
            AbstentionReason.NO_EVIDENCE, "The criteria of these trials state no limit that could be read.", nearest
        )
    claims = [Claim(f"The number limits of {listed([one.trial_id for one in read])}, side by side:")]
    rows: dict[str, dict[str, str]] = {one.trial_id: {} for one in read}
    quotes: dict[str, list[Quote]] = {one.trial_id: [] for one in read}
    for variable in variables:
        judged = judge.all(mentions([variable]), tuple(rows))
        stating = {t: j for t, j in judged.items() if j.verdict is Verdict.MATCH}
        shown = [f"{t} {j.reason}" for t, j in stating.items()] + [f"{t} states none" for t in rows if t not in stating]
        label = load_variables()[variable].label
        claims.append(
            Claim(f"- {label}: {'; '.join(shown)}.", tuple(q for j in stating.values() for q in j.quotes[:1]))
        )
        for trial, judgement in stating.items():
            rows[trial][variable] = judgement.reason
            quotes[trial] += judgement.quotes[:1]
    verdicts = tuple(
        TrialVerdict(t, Verdict.MATCH, f"states {len(rows[t])} of {len(variables)} limits", tuple(quotes[t]), rows[t])
        for t in rows
        if rows[t]
    )
    return Draft(tuple(claims), verdicts=verdicts, considered=len(rows), total=len(verdicts))


def _compare_facts(facts: list[str], plan: QueryPlan, judge: Judge, trial_ids: Sequence[str]) -> Draft:
    """One line a trial with its facts in the order asked; the table holds more trials than the text has lines."""
    lines, verdicts = _rows(facts, plan, judge, trial_ids[:_MOST_COMPARED])
    if not any(verdict.quotes for verdict in verdicts):
        return abstain(AbstentionReason.NO_EVIDENCE, "The records do not state what was to be compared.")
    named = listed([_without_article(fact) for fact in facts if fact.removesuffix("_uln") not in {*facts} - {fact}])
    claims = [Claim(f"{count(len(lines), 'trial')} side by side, by {named}:"), *lines[:_MOST_ROWS]]
    if len(lines) > _MOST_ROWS:
        claims.append(Claim(f"{len(lines) - _MOST_ROWS} more are in the table."))
    if len(trial_ids) > _MOST_COMPARED:  # each record is decoded whole
        claims.append(Claim(f"These are the first {_MOST_COMPARED} of {len(trial_ids)} trials; ask about fewer."))
    whole = len(trial_ids) <= _MOST_COMPARED
    return Draft(
        tuple(claims), verdicts=tuple(verdicts), considered=len(trial_ids), total=len(verdicts), complete=whole
    )


def rows_of(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str]) -> tuple[list[Claim], Mapping[str, TrialVerdict]]:
    """A line and a row of the table for each trial that states something of what the plan asks of each."""
    facts = [*plan.facts, *(fact for variable in plan.variables for fact in _stated_of(variable))]
    lines, rows = _rows(facts, plan, judge, trial_ids[:_MOST_COMPARED])
    return lines, {row.trial_id: row for row in rows}


def _rows(
    facts: Sequence[str], plan: QueryPlan, judge: Judge, trial_ids: Sequence[str]
) -> tuple[list[Claim], list[TrialVerdict]]:
    lines: list[Claim] = []
    verdicts: list[TrialVerdict] = []
    for trial in trial_ids:
        document = judge.records.document(trial)
        found = {fact: _aligned(judge, trial, fact, plan) for fact in facts}
        stated = {fact: claim for fact, claim in found.items() if claim is not None}
        missing = [_without_article(fact) for fact in _unsaid(found)]
        if not stated:
            silent = f"{listed(missing, final='or')} not stated"
            lines += [Claim(f"- {trial}: {silent}.")] if plan.trials else []
            verdicts += [TrialVerdict(trial, Verdict.MATCH, silent, ())] if plan.trials else []
            continue
        lines.append(_line_of(trial, distinct(stated.values()), missing))
        values = {
            fact: RULES[fact].words(document.facts).split(" ", 1)[-1] if fact in RULES else _bare(claim, trial, fact)
            for fact, claim in stated.items()
        }
        quotes = tuple(quote for claim in stated.values() for quote in claim.quotes[:1])
        reason = "; ".join(f"{fact.replace('_', ' ')}: {value}" for fact, value in values.items())
        verdicts.append(TrialVerdict(trial, Verdict.MATCH, reason, quotes, values))
    return lines, verdicts


def _bare(claim: Claim, trial: str, fact: str) -> str:
    """What a claim says of a fact, without the trial and the name of the fact before it."""
    told = claim.text.removeprefix(trial).lstrip(":, ")
    return told.removeprefix(f"{_without_article(fact)}: ")


_OF_THE_REGISTRY = frozenset(RULES) - {
    "arms", "interventions", "outcome", "outcome.primary", "outcome.secondary", "outcome.other", "sites", "masking",
    "allocation", "who_masked", "contacts",
}  # fmt: skip


def _aligned(judge: Judge, trial: str, fact: str, plan: QueryPlan) -> Claim | None:
    """What a trial states of a fact in a table: the registry field alone, where the fact is one."""
    if fact in _OF_THE_REGISTRY:
        return state_fact(judge.records.document(trial), fact)
    claim, document = state(judge, trial, fact, plan), judge.records.document(trial)
    asked = replace(plan, facts=(fact,))
    return None if claim is None or is_of_another_treatment(document, asked, claim.text) else claim


def _without_article(fact: str) -> str:
    return fact_label(fact).removeprefix("the ").removeprefix("a ")


def _unsaid(found: Mapping[str, Claim | None]) -> list[str]:
    """The facts that a record leaves unsaid; an age that the registry field states is said."""
    return [fact for fact in unstated(found) if fact != "criterion:age" or found.get("ages") is None]


def _line_of(trial: str, claims: Sequence[Claim], missing: Sequence[str] = ()) -> Claim:
    """'- NCT…: the phase is phase 3; the enrolment is 60 participants.' with the quotes of all its facts."""
    told = [claim.text.removeprefix(trial).lstrip(":, ").removesuffix(".") for claim in claims]
    head = f"{trial}: " if claims[0].text.startswith(trial) else ""
    quotes = tuple(dict.fromkeys(quote for claim in claims for quote in claim.quotes))
    told += [f"{listed(list(missing), final='or')} not stated"] if missing else []
    return Claim(f"- {head}{'; '.join(told)}.", quotes)


def answer_landscape(plan: QueryPlan, judge: Judge, trial_ids: tuple[str, ...], nearest: tuple[Quote, ...]) -> Draft:
    """Which cut-offs are used: trials per cut-off, each variable by itself, and the share that states none."""
    if plan.facts and plan.facts[0].startswith(("wait:", "stay:")):
        return answer_waits(plan, judge, trial_ids, nearest)
    if plan.facts and not plan.variables and is_measured(plan.facts[0]):
        return answer_spread(plan, judge, trial_ids, nearest)
    if plan.facts and not plan.variables:
        return _field_landscape(plan.facts[0], judge, trial_ids, nearest)
    claims: list[Claim] = []
    verdicts: dict[str, TrialVerdict] = {}
    first: Judgements = {}
    for variable in plan.variables:
        judgements = judge.all(mentions([variable]), trial_ids)
        first = first or judgements
        twin = variable.endswith("_uln") and variable.removesuffix("_uln") in plan.variables
        if not twin or any(j.verdict is Verdict.MATCH for j in judgements.values()):
            claims += _landscape_of(variable, judgements)
        for verdict in listed_verdicts(judgements, judge, mentions([variable])):
            verdicts.setdefault(verdict.trial_id, verdict)
    if not verdicts:
        named = listed([load_variables()[v].label for v in plan.variables]) or "this"
        return abstain(
            AbstentionReason.NO_EVIDENCE, f"{none_of(len(trial_ids))} states a cut-off for {named}.", nearest
        )
    ordered = tuple(sorted(verdicts.values(), key=lambda v: (v.verdict is not Verdict.MATCH, v.trial_id)))
    return Draft(
        tuple(claims),
        verdicts=ordered,
        considered=len(trial_ids),
        total=sum(v.verdict is Verdict.MATCH for v in ordered),
        accounting=accounting_of(first),
    )


# The fact asked about → the registry field whose values are counted.
_COUNTED = {
    "sponsor": "sponsor", "countries": "country", "phase": "phase", "status": "status", "conditions": "condition",
    "masking": "masking", "allocation": "allocation", "sponsor_class": "sponsor_class", "study_type": "study_type",
    "primary_purpose": "primary_purpose", "interventions": "intervention", "cities": "city", "sex": "sex",
    "outcome.primary": "outcome.primary", "intervention_model": "intervention_model",
}  # fmt: skip


def _field_landscape(fact: str, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """How often each value of a registry field occurs, most frequent first, ties by name."""
    if fact not in _COUNTED:
        return abstain(AbstentionReason.NO_EVIDENCE, f"Trials cannot be counted by {fact.replace('_', ' ')}.", nearest)
    stated = judge.records.field_values(_COUNTED[fact])
    holders: dict[str, list[str]] = {}
    for trial in trial_ids:
        for value in dict.fromkeys(stated.get(trial, ())):
            holders.setdefault(value_in_words(_COUNTED[fact], value), []).append(trial)
    if not holders:
        message = f"{none_of(len(trial_ids))} states its {field_label(_COUNTED[fact])}."
        return abstain(AbstentionReason.NO_EVIDENCE, message, nearest)
    rows = sorted(holders.items(), key=lambda row: (-len(row[1]), row[0]))
    stating = sum(bool(stated.get(trial)) for trial in trial_ids)
    claims = [Claim(f"{stating} of {len(trial_ids)} trials state it; {len(rows)} different values:")]
    asked = FieldIs(_COUNTED[fact])
    for value, trials in rows[:15]:
        quotes = tuple(q for trial in trials[:3] for q in field_quotes(judge.records.document(trial), asked)[:1])
        claims.append(Claim(f"- {value}: {len(trials)} {'trial' if len(trials) == 1 else 'trials'}.", quotes))
    if len(rows) > 15:
        claims.append(Claim(f"{len(rows) - 15} rarer values are left out."))
    return Draft(tuple(claims))


def _landscape_of(variable: str, judgements: Mapping[str, Judgement]) -> list[Claim]:
    label = load_variables()[variable].label
    stating = {trial: j for trial, j in sorted(judgements.items()) if j.verdict is Verdict.MATCH}
    if not stating:
        return [Claim(f"No trial states a cut-off for {label}.")]
    cutoffs: dict[str, list[str]] = {}
    for trial, judgement in stating.items():
        cutoffs.setdefault(judgement.reason.removeprefix("requires "), []).append(trial)
    rows = sorted(cutoffs.items(), key=lambda row: (-len(row[1]), _numbers(row[0]), row[0]))
    verb = "states" if len(stating) == 1 else "state"
    claims = [Claim(f"{len(stating)} of {len(judgements)} trials {verb} a limit on {label}:")]
    for cutoff, trials in rows[:20]:
        quotes = tuple(stating[trial].quotes[0] for trial in trials if stating[trial].quotes)
        claims.append(Claim(f"- {cutoff}: {len(trials)} {'trial' if len(trials) == 1 else 'trials'}.", quotes))
    if len(rows) > 20:
        claims.append(Claim(f"{len(rows) - 20} rarer cut-offs are in the table."))
    rest = len(judgements) - len(stating)
    if rest:
        claims.append(Claim(f"The other {rest} {'states' if rest == 1 else 'state'} no readable limit on {label}."))
    return claims


def _numbers(words: str) -> list[Decimal]:
    """The numbers of a cut-off in order, so that '< 8 %' stands before '< 12 %'."""
    return [Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", words)]
