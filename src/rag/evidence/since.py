"""Whether what was some time ago still counts under a criterion with a time: 'stroke within the last 6 months'."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction

from rag.criteria.concepts import load_concepts, narrower_or_equal
from rag.criteria.words import word_set
from rag.evidence.case import Case, Fit
from rag.types import Criterion, Patient, Polarity, State
from rag.types import Past as Since
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
    r"(?:\s+the)?(?:\s+(?:past|last|previous|preceding|prior|prev\.|approximately|about))*\s*"
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


def fit_of_past(state: State, since: Since, case: Case) -> Fit:
    """'No stroke within 6 months', and the person had one so many days ago; 'last month' may be less than 2 weeks."""
    if case.criterion is None:
        return Fit.UNKNOWN
    past = past_of(state, case.criterion, since.days, case.text)
    least = since.days if since.least is None else since.least
    if past is Past.OVER and past_of(state, case.criterion, least, case.text) is not Past.OVER:
        return Fit.UNKNOWN
    return {Past.COUNTS: Fit.NOT_MET, Past.OVER: Fit.MET, Past.UNSURE: Fit.UNKNOWN}[past]


def past_of(state: State, criterion: Criterion, days: Decimal, text: str) -> Past:
    """Whether a concept had `days` ago is still turned away by the criterion that names it."""
    limit = _limit_of(state, criterion)
    if state.window is None and _is_of_now(state, criterion, text):
        return Past.OVER
    if limit is None or days <= limit:
        return Past.COUNTS
    return Past.OVER if _is_its_own(state, criterion, text) else Past.UNSURE


def is_timely(state: State, kinds: Collection[str], criterion: Criterion, text: str, patient: Patient) -> bool | None:
    """Whether the one event of these kinds that the person dates was when it is asked for; None where untold."""
    began = {past.concept for past in patient.lasting}
    dated = [past for past in patient.past if past.concept in kinds and past.concept not in began]
    told = {past.days for past in dated if past.days and past.least is None and _is_an_event(past.concept)}
    return _is_at_its_time(state, criterion, told.pop(), text) if len(told) == 1 else None


def _is_an_event(concept: str) -> bool:
    known = load_concepts().get(concept)
    return is_an_onset(concept) or (known is not None and known.kind == "treatment")


def is_an_onset(concept: str) -> bool:
    """Whether the concept is an illness that begins on one day: a stroke, a heart attack, a fracture."""
    return any(concept in narrower_or_equal(event) for event in word_set("events"))


def _is_at_its_time(state: State, criterion: Criterion, days: Decimal, text: str) -> bool | None:
    """Whether an event `days` ago was when a criterion asks for it: 'a transplant at least 12 months ago'.

    None where no time is said of it alone, or one of something else: 'asthma with an attack within 12 months'.
    """
    if state.window is None or not state.present or _LATER.search(state.window.text):
        return None
    window, named = state.window.span, state.span
    if window.start < named.end or _ITS_EVENT.fullmatch(text, named.end, window.start) is None:
        return None
    found = _TIME.search(state.window.text)
    limit = days_told(found["number"] or "one", found["unit"]) if found is not None else None
    if found is None or limit is None:
        return None
    behind = text[window.start : min(criterion.span.end, window.end + _NEAR)]
    if _AFTER_ANOTHER.search(behind) is not None:
        return None  # 'chemotherapy within 8 weeks of surgery'
    kept = days >= limit if found["how"].lower() in _REQUIRING else days <= limit
    return None if kept and _OTHER_END.match(text, window.end) else kept


# 'at least 1 month but no more than 6 months ago': the other end of the time
_OTHER_END = re.compile(r"(?i)[\s,]*(?:but|and|to)\s(?:[a-z<>≤≥]+\s){0,4}\d")
_ITS_EVENT = re.compile(
    r"(?i)[\s,(]*(?:(?:was|were|is|has|have|been|that|which|performed|done|received|occurr\w+|happen\w+|diagnosed|completed"
    r"|given|recipients?|event|surgery|procedure|transplantation)[\s,(]+)*"
)
_AFTER_ANOTHER = re.compile(
    r"(?i)\b(?:of|from|after|before|prior to|since)\s(?!(?:the |this |study )?(?:stud|screen|baseline|enrol|inclusion"
    r"|entry|random|visit|informed|consent|trial|day|first|start|registration|event|transplant|treatment|dos|signing))"
)


def asks_for_today(state: State, criterion: Criterion, text: str) -> bool:
    """'Currently taking X', 'ongoing treatment with X': who has stopped X does not."""
    before = text[max(criterion.span.start, state.span.start - 2 * _NEAR) : state.span.end]
    behind = text[state.span.end : min(criterion.span.end, state.span.end + 2 * _NEAR)]
    return _TODAY.search(before) is not None and _OR_LATELY.match(behind) is None


_TODAY = re.compile(
    r"(?i)\b(?:currently|current|ongoing|presently)\b(?! or\b)(?: (?:on|use|user|taking|using|receiving|treat\w+"
    r"|therapy|with|of|an?|stable|daily|oral))*"
    r" [\w-]+$"
)


# "current use of X or within the last month", "current X within 4 weeks"
_OR_LATELY = re.compile(
    r"(?i)[^.;]{0,60}?\b(?:within|past|in the last|during the last|previous(?:ly)?|prior|recent(?:ly)?|history)\b"
)


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
