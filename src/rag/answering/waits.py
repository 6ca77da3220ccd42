"""Which times trials state: how long ago a treatment must have been, or how long somebody must have had it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.draft import Draft, abstain
from rag.criteria.concepts import firm_for, load_concepts, narrower_or_equal
from rag.evidence.collect import Judge
from rag.evidence.sentences import around
from rag.text import shortened
from rag.types import AbstentionReason, Claim, Criterion, QueryPlan, Quote, Stance, State, TrialVerdict, Verdict

_MOST_ROWS = 20
_LONGEST_QUOTE = 240  # code points
_TIME = re.compile(
    r"(?P<number>\d{1,3}(?:\.\d)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)?"
    r"(?:\s*\(\d{1,3}\))?[\s-]*(?P<unit>hour|day|week|month|year)s?\b",
    re.IGNORECASE,
)
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "twelve": "12",
}  # fmt: skip
_STANCES = {"wait": Stance.TURNED_AWAY, "stay": Stance.REQUIRED}


def answer_waits(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """The trials by the time that they state, most frequent first, each with its words."""
    kind, _, concept = plan.facts[0].partition(":")
    label = load_concepts()[concept].label
    firm = firm_for((concept,)) | narrower_or_equal(concept)
    criteria = judge.records.criteria_for_concepts(firm)
    verdicts: list[TrialVerdict] = []
    for trial in trial_ids:
        found = _stated(criteria.get(trial, ()), firm, _STANCES[kind])
        if found:
            verdicts.append(_verdict(trial, found, label, judge.records.text(trial)))
    asked = f"how long ago {label} must have been" if kind == "wait" else f"how long {label} must have gone on"
    if not verdicts:
        message = f"None of the {len(trial_ids)} trials states in words that could be read {asked}."
        return abstain(AbstentionReason.NO_EVIDENCE, message, nearest)
    verb = "states" if len(verdicts) == 1 else "state"
    claims = [Claim(f"{len(verdicts)} of {len(trial_ids)} trials {verb} a time for {label}:"), *_rows(verdicts)]
    return Draft(tuple(claims), verdicts=tuple(verdicts), considered=len(trial_ids), total=len(verdicts))


def _stated(criteria: Sequence[Criterion], concepts: frozenset[str], stance: Stance) -> list[tuple[Criterion, State]]:
    """The items that give the concept a time, with what they say of it."""
    return [
        (criterion, state)
        for criterion in criteria
        for state in criterion.concepts
        if state.concept in concepts and state.stance is stance and state.window and _told(state.window.text)
    ]


def _verdict(trial: str, found: Sequence[tuple[Criterion, State]], label: str, text: str) -> TrialVerdict:
    times = list(dict.fromkeys(_told(state.window.text) for _, state in found if state.window))
    quotes = tuple(dict.fromkeys(Quote(trial, around(text, c.span, s.span, _LONGEST_QUOTE)) for c, s in found))
    words = shortened(quotes[0].span.of(text), _LONGEST_QUOTE)
    told = " or ".join(times)
    return TrialVerdict(trial, Verdict.MATCH, f'{label}, {told}: "{words}"', quotes[:3], {label: told})


def _told(window: str) -> str:
    """'4 weeks' of 'within the last four (4) weeks'; '' where no time is told."""
    found = _TIME.search(window)
    if found is None:
        return ""
    number = (found["number"] or "1").lower()
    number = _NUMBERS.get(number, number)
    unit = found["unit"].lower()
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"


def _rows(verdicts: Sequence[TrialVerdict]) -> list[Claim]:
    held: dict[str, list[TrialVerdict]] = {}
    for verdict in verdicts:
        held.setdefault(" or ".join(verdict.values.values()), []).append(verdict)
    rows = sorted(held.items(), key=lambda row: (-len(row[1]), row[0]))
    claims = [
        Claim(f"- {told}: {len(found)} {'trial' if len(found) == 1 else 'trials'}.", tuple(v.quotes[0] for v in found))
        for told, found in rows[:_MOST_ROWS]
    ]
    rarer = len(rows) - _MOST_ROWS
    return [*claims, Claim(f"{rarer} rarer times are in the table.")] if rarer > 0 else claims
