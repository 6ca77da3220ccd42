"""Whether what was some time ago still counts under a criterion with a time: 'stroke within the last 6 months'."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction

from rag.criteria.concepts import load_concepts
from rag.types import Criterion, Polarity, State
from rag.units import days_of, decimal_of

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fourteen": 14, "thirty": 30, "ninety": 90,
}  # fmt: skip
# "within 6 months of screening", "in the past 5 years", "at least 4 weeks since"; not "for 5 years".
_TIME = re.compile(
    r"^(?P<how>within|in|during|for the (?:past|last|previous|preceding)|over the (?:past|last|previous)|less than|<|≤"
    r"|at least|more than|greater than|≥|>"
    r"|minimum of)"
    r"(?:\s+the)?(?:\s+(?:past|last|previous|preceding|prior|approximately|about))*\s*"
    r"(?P<number>\d{1,3}(?:\.\d)?|" + "|".join(NUMBERS) + r")?"
    r"(?:\s*\(\d{1,3}\))?[\s-]*(?P<unit>[hdwmy][a-z]*)\b",
    re.IGNORECASE,
)
_REQUIRING = frozenset({"at least", "more than", "greater than", "≥", ">", "minimum of"})
_LATER = re.compile(
    r"\b(?:after|following|planned|next|from(?! (?:the )?(?:end|completion|last|prior)))\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:currently|current|concurrent|concomitant|ongoing|simultaneous\w*|co-?enrol\w*|(?:is|are) participating)\b",
    re.IGNORECASE,
)
_EVER = re.compile(
    r"\b(?:prior|previous|previously|past|history|recent|recently|within|last|since|ever|days|weeks|months|years)\b",
    re.IGNORECASE,
)
# where another sentence begins, also in lines that were run together
_SENTENCE = re.compile(r"[.;\n]\s+|(?<=[\w)]) (?=(?:No|Not|At least|Must|More than) )")
_NEAR = 25  # characters between a concept and its own time


class Past(Enum):
    """What a time told by the asker does to a criterion that turns a concept away."""

    COUNTS = auto()  # the criterion states no time, or one that is not over
    OVER = auto()  # it turns away only within a shorter time, and that time is the concept's own
    UNSURE = auto()  # a shorter time stands beside other things too


def past_of(state: State, criterion: Criterion, days: Decimal, text: str) -> Past:
    """Whether a concept had `days` ago is still turned away by the criterion that names it."""
    limit = _limit_of(state, criterion)
    if state.window is None and _is_of_now(state, criterion, text):
        return Past.OVER
    if limit is None or days <= limit:
        return Past.COUNTS
    return Past.OVER if _is_its_own(state, criterion, text) else Past.UNSURE


def lasts_so_long(state: State, criterion: Criterion, text: str) -> bool:
    """Whether an exclusion means only who has had it so long or so short: 'steroids for more than 3 months'.

    Not 'within 3 months' or 'for 3 months before entry', which tell when and not how long.
    """
    if state.window is None or state.present or criterion.polarity is not Polarity.EXCLUSION:
        return False
    window = state.window.span
    if _OTHERWISE.search(text[criterion.span.start : window.start]) and text[window.start].casefold() != "f":  # 'for'
        return False  # 'pregnancy or less than 6 weeks postpartum': of the second alone
    return _HOW_LONG.match(text[window.start : min(criterion.span.end, window.end + _NEAR)]) is not None


# 'for 6 weeks', 'more than 3 months', '≥ 5 years'; not 'for 4 weeks before entry', '< 6 months ago'
_HOW_LONG = re.compile(
    r"(?i)^(?:for\b|(?:more|less|longer|shorter|fewer|greater) than\b|at least\b|[<>≤≥]|over \d)"
    r"(?!.*\b(?:ago|before|prior|preceding|after|following|since|past|last|previous|from|of|earlier)\b)"
)


_OTHERWISE = re.compile(r"(?i)\bor\s*$")


def _is_of_now(state: State, criterion: Criterion, text: str) -> bool:
    """'No other concurrent therapy', 'enrolled in another trial': what is over does not count."""
    item = criterion.span
    starts = [found.end() for found in _SENTENCE.finditer(text, item.start, max(item.start, state.span.start))]
    stops = _SENTENCE.search(text, state.span.end, item.end)
    sentence = text[starts[-1] if starts else item.start : stops.start() if stops else item.end]
    if _EVER.search(sentence):
        return False
    around = text[max(0, state.span.start - _NEAR) : state.span.end]
    present = state.concept.startswith("concurrent_") or state.concept == "other_trial"
    return present or bool(_NOW.search(around))


def _limit_of(state: State, criterion: Criterion) -> Decimal | None:
    """The days within which the concept is turned away; None where the criterion names no such time."""
    if state.window is None or _LATER.search(state.window.text):
        return None
    found = _TIME.search(state.window.text)
    if found is None or (found["how"].lower() in _REQUIRING and criterion.polarity is not Polarity.INCLUSION):
        return None
    return days_told(found["number"] or "one", found["unit"])


def days_told(number: str, unit: str) -> Decimal | None:
    """'six', 'months' in days; None for a unit that is no time."""
    days = days_of(unit)
    told = number.lower()
    return decimal_of(Fraction(NUMBERS.get(told, 0) or told) * days) if days is not None else None


def _is_its_own(state: State, criterion: Criterion, text: str) -> bool:
    """Whether the time stands right behind the concept, right before it, or at the head of the item."""
    if state.window is None:
        return False
    window, named = state.window.span, state.span
    if window.start <= criterion.span.start + 2:
        return True
    between = text[named.end : window.start] if named.end <= window.start else text[window.end : named.start]
    return len(between) <= _NEAR and not re.search(r"[,;.:]|\b(?:or|and)\b", between)


def asks_for_a_pause(state: State, item: str) -> bool:
    """'At least 4 weeks since radiotherapy', 'recovered from surgery': who had none has nothing to wait for."""
    concept = load_concepts().get(state.concept)
    return concept is not None and concept.kind != "condition" and _PAUSE.search(item) is not None


_PAUSE = re.compile(
    r"(?i)\b(?:since|elapsed?|recover\w*|wash-?out|wait(?:ing)?|free of|off|end(?:ed)?|completed|finished)\b"
)
