"""The largest, the earliest, the longest: one registry field, ranked over the trials that fit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import fmean, median

from rag.answering.draft import Draft, abstain
from rag.answering.english import listed, none_of
from rag.evidence.collect import Judge
from rag.evidence.fields import DATES, field_label, shown_value
from rag.types import AbstentionReason, Claim, Document, QueryPlan, Quote, TrialVerdict, Verdict

_LOWEST = frozenset({"smallest", "earliest", "fewest", "shortest", "lowest", "youngest", "oldest_start"})
# The fact asked about → the field ranked and the printed fields quoted.
_FIELDS = {
    "enrollment": ("enrollment", "enrollment"),
    "site_count": ("sites", "site"),
    "sites": ("sites", "site"),
    "arms": ("arms", "arm"),
    "minimum_age": ("age.minimum", "age.minimum"),
    "maximum_age": ("age.maximum", "age.maximum"),
    "ages": ("age.minimum", "age.minimum"),
    "countries": ("country_count", "country"),
    "cities": ("city_count", "site"),
    "collaborators": ("collaborator_count", "collaborator"),
    "interventions": ("intervention_count", "intervention"),
    "conditions": ("condition_count", "condition"),
    "outcome.primary": ("primary_outcome_count", "outcome.primary"),
    "outcome.secondary": ("secondary_outcome_count", "outcome.secondary"),
    "duration": ("duration", "duration"),
    **{name: (name, name) for name in DATES},
}


_RANKS = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_FEW = 4  # trials named in a question that are all told


def answer_extreme(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """The trial or, in a tie, all trials with the highest (or lowest) value of a field."""
    fact = plan.facts[0] if plan.facts else "enrollment"
    if fact not in _FIELDS:
        return abstain(AbstentionReason.NO_EVIDENCE, f"Trials cannot be ranked by {fact.replace('_', ' ')}.", nearest)
    field, printed = _FIELDS[fact]
    numbers = _numbers(judge, field, trial_ids)
    if not numbers:
        message = f"{none_of(len(trial_ids))} states its {field_label(field)}."
        return abstain(AbstentionReason.NO_EVIDENCE, message, nearest)
    lowest = plan.extreme in _LOWEST
    ranked = sorted(set(numbers.values()), reverse=not lowest)
    place = plan.ordinal if 1 < plan.ordinal <= len(ranked) else 1  # 'and the second largest?'
    best = ranked[place - 1]
    winners = sorted(trial for trial, number in numbers.items() if number == best)
    if plan.top > 1 and place == 1:
        return _several(plan, judge, trial_ids, numbers)
    shown = _shown(field, best, judge.records.document(winners[0]))
    verdicts = tuple(
        TrialVerdict(
            trial,
            Verdict.MATCH,
            f"{field_label(field)}: {shown}",
            _printed(judge.records.document(trial), printed),
            {field: shown},
        )
        for trial in winners
    )
    titles = listed([f"{trial} ({judge.records.document(trial).title})" for trial in winners[:5]])
    rank = f"{_RANKS.get(place, f'{place}th')} " if place > 1 else ""
    text = f"The {rank}{plan.extreme or 'largest'} {field_label(field)} is {shown}, in {titles}."
    claims = [Claim(text, tuple(q for v in verdicts[:5] for q in v.quotes[:1]))]
    if plan.trials and 1 < len(numbers) <= _FEW:  # 'A or B, which enrolls more?': the others are told too
        for trial in sorted(set(numbers) - set(winners)):
            document = judge.records.document(trial)
            other = f"In {trial} it is {_shown(field, numbers[trial], document)}."
            claims.append(Claim(other, _printed(document, printed)[:1]))
    unstated = len(trial_ids) - len(numbers)
    scope = (
        f"{len(numbers)} of {len(trial_ids)} trials state it" if unstated else f"all {len(trial_ids)} trials state it"
    )
    claims.append(Claim(f"This ranks the trials considered: {scope}."))
    return Draft(tuple(claims), verdicts=verdicts, considered=len(trial_ids), total=len(winners))


def _several(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], numbers: dict[str, Decimal]) -> Draft:
    """'the three largest': that many trials in their order, and those that tie with the last of them."""
    field, printed = _FIELDS[plan.facts[0] if plan.facts else "enrollment"]
    lowest = plan.extreme in _LOWEST
    order = sorted(numbers, key=lambda trial: (numbers[trial] if lowest else -numbers[trial], trial))
    last = numbers[order[min(plan.top, len(order)) - 1]]
    winners = [trial for trial in order if (numbers[trial] <= last if lowest else numbers[trial] >= last)]
    claims, verdicts = [Claim(f"By {field_label(field)}, the {plan.extreme or 'largest'} first:")], []
    for trial in winners:
        document = judge.records.document(trial)
        shown, quotes = _shown(field, numbers[trial], document), _printed(document, printed)
        reason = f"{field_label(field)}: {shown}"
        verdicts.append(TrialVerdict(trial, Verdict.MATCH, reason, quotes, {field: shown}))
        claims.append(Claim(f"- {trial} ({document.title}): {field_label(field)} {shown}.", quotes[:1]))
    told = "states it" if len(numbers) == 1 else "state it"
    claims.append(Claim(f"This ranks the trials considered: {len(numbers)} of {len(trial_ids)} trials {told}."))
    return Draft(tuple(claims), verdicts=tuple(verdicts), considered=len(trial_ids), total=len(winners))


def is_measured(fact: str) -> bool:
    """Whether a fact is a number, so that many trials have a median of it."""
    return fact in _FIELDS and fact not in _NAMED and fact not in DATES


_NAMED = frozenset({
    "countries", "cities", "collaborators", "interventions", "conditions", "outcome.primary", "outcome.secondary",
    "sites",
})  # fmt: skip


def answer_spread(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """'What is the average enrolment?': the median, the mean and the ends of a number over the trials asked about."""
    field, printed = _FIELDS[plan.facts[0]]
    numbers = _numbers(judge, field, trial_ids)
    if not numbers:
        message = f"None of the {len(trial_ids)} trials states its {field_label(field)}."
        return abstain(AbstentionReason.NO_EVIDENCE, message, nearest)
    order = sorted(numbers, key=lambda trial: (numbers[trial], trial))
    ends = (order[0], order[-1])
    low, high = (_shown(field, numbers[trial], judge.records.document(trial)) for trial in ends)
    middle, mean = (_rounded(value) for value in (median(numbers.values()), fmean(numbers.values())))
    unit = {"enrollment": " participants", "duration": " days"}.get(field, "")
    unit = " years" if field.startswith("age.") else unit
    told = f"{len(numbers)} of {len(trial_ids)} trials state the {field_label(field)}"
    quotes = [_printed(judge.records.document(trial), printed)[:1] for trial in ends]
    claims = (
        Claim(f"{told}: the median is {middle}{unit}, the mean {mean}{unit}."),
        Claim(f"The lowest is {low}, in {ends[0]}; the highest is {high}, in {ends[1]}.", (*quotes[0], *quotes[1])),
    )
    verdicts = tuple(
        TrialVerdict(trial, Verdict.MATCH, f"{field_label(field)}: {number}", (), {field: str(number)})
        for trial, number in sorted(numbers.items())
    )
    return Draft(claims, verdicts=verdicts, considered=len(trial_ids), total=len(numbers))


def _rounded(value: Decimal | float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _numbers(judge: Judge, field: str, trial_ids: Sequence[str]) -> dict[str, Decimal]:
    stated = judge.records.field_values(field)
    return {trial: Decimal(stated[trial][0]) for trial in trial_ids if stated.get(trial)}


def _shown(field: str, number: Decimal, winner: Document) -> str:
    ages = {"age.minimum": winner.facts.minimum_age, "age.maximum": winner.facts.maximum_age}
    age = ages.get(field)
    if age is not None:
        return age.text
    if field in DATES:
        return str(getattr(winner.facts, field))  # as it is printed: '1995-01' tells no day
    if field == "duration":
        return shown_value(field, str(int(number)))
    unit = " participants" if field == "enrollment" else ""
    return f"{number.normalize():f}{unit}"


def _printed(document: Document, name: str) -> tuple[Quote, ...]:
    names = {"start_date", "completion_date"} if name == "duration" else {name}
    fields = [f for f in document.fields if f.name in names or f.name.rpartition(".")[0] == name]
    return tuple(Quote(document.trial_id, field.span) for field in fields[:6])
