"""Quantities of a trial itself in a question: 'more than 500 participants', 'after March 2020', 'three arms'.

Clinical values are read by `rag.criteria.grammar`; these are the registry's counts and dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rag.planning.words import Line
from rag.types import FieldIs
from rag.values import EVERYTHING, Values, above, at_least, at_most, below, between, exactly

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: value for value, word in enumerate(_UNITS)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
NUMBER_WORDS = frozenset(_WORDS) | frozenset(_SCALES) | {"dozen", "half", "once", "twice"}

_MONTHS = {name: number for number, names in enumerate((
    ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"), ("july", "jul"),
    ("august", "aug"), ("september", "sep", "sept"), ("october", "oct"), ("november", "nov"), ("december", "dec"),
), start=1) for name in names}


@dataclass(frozen=True, slots=True)
class Number:
    """A number at tokens `first` to `last`."""

    first: int
    last: int
    value: Decimal


_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?")


def number_at(line: Line, at: int) -> Number | None:
    """The number that starts at token `at`, in digits or in words."""
    if at >= len(line.tokens):
        return None
    token = line.tokens[at]
    if _DIGITS.fullmatch(token.text):
        return _scaled(line, Number(at, at + 1, Decimal(token.text.replace(",", ""))))
    if token.lemma not in _WORDS:
        return None
    value, last = _WORDS[token.lemma], at + 1
    if value >= 20 and last < len(line.tokens) and 0 < _WORDS.get(line.tokens[last].lemma, 0) < 10:
        value, last = value + _WORDS[line.tokens[last].lemma], last + 1
    return _scaled(line, Number(at, last, Decimal(value)))


def _scaled(line: Line, number: Number) -> Number:
    if number.last < len(line.tokens) and line.tokens[number.last].lemma in _SCALES:
        return Number(number.first, number.last + 1, number.value * _SCALES[line.tokens[number.last].lemma])
    return number


_OPERATORS = {
    above: ("more than", "over", "above", "greater than", "larger than", "exceeding", "upward of", "bigger than", "higher than", "in excess of"),
    at_least: ("at least", "no fewer than", "no less than", "minimum of", "not less than", "or more", "a minimum of", "not fewer than"),
    below: ("fewer than", "less than", "under", "below", "smaller than", "lower than", "not reaching"),
    at_most: ("at most", "no more than", "up to", "not more than", "maximum of", "a maximum of", "not exceeding"),
}
_BEFORE = {tuple(words.split()): build for build, phrases in _OPERATORS.items() for words in phrases}
_SIGNS = {">": above, "≥": at_least, ">=": at_least, "<": below, "≤": at_most, "<=": at_most, "=": exactly}
_AFTER = {
    ("or", "more"): at_least, ("or", "greater"): at_least, ("and", "above"): at_least, ("and", "over"): at_least, ("or", "over"): at_least,
    ("or", "above"): at_least, ("or", "fewer"): at_most, ("or", "less"): at_most, ("and", "under"): at_most, ("or", "under"): at_most, ("and", "below"): at_most,
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A bounded quantity at tokens `first` to `last`; `bare` when no operator stands with it."""

    first: int
    last: int
    values: Values
    bare: bool


def quantity_at(line: Line, at: int) -> Quantity | None:
    """The quantity whose operator or number starts at token `at`: 'between 100 and 300', '> 500', 'fifty or more'."""
    lemmas = line.lemmas()
    if lemmas[at] in {"between", "from"}:
        return _between(line, at)
    for size in (4, 3, 2, 1):
        build = _BEFORE.get(lemmas[at : at + size])
        number = number_at(line, at + size) if build else None
        if build and number:
            return Quantity(at, number.last, build(number.value), False)
    number = number_at(line, at)
    if number is None:
        return None
    tail = _AFTER.get(lemmas[number.last : number.last + 2])
    if tail:
        return Quantity(at, number.last + 2, tail(number.value), False)
    sign = _SIGNS.get(line.gap(at).strip())
    if sign:
        return Quantity(at, number.last, sign(number.value), False)
    end = number_at(line, number.last) if line.gap(number.last).strip() in {"-", "–"} else None
    if lemmas[number.last : number.last + 1] == ("to",):
        end = number_at(line, number.last + 1)
    if end and end.value > number.value:
        return Quantity(at, end.last, between(number.value, end.value), False)
    return Quantity(at, number.last, exactly(number.value), True)


def _between(line: Line, at: int) -> Quantity | None:
    low = number_at(line, at + 1)
    if low is None or line.lemmas()[low.last : low.last + 1] not in {("and",), ("to",)}:
        return None
    high = number_at(line, low.last + 1)
    return Quantity(at, high.last, between(low.value, high.value), False) if high else None


_PEOPLE = frozenset("participant patient subject people person volunteer individual woman man child adult enrolled enrollee enrolment enrollment".split())
_COUNTED = {
    **dict.fromkeys(_PEOPLE, "enrollment"), "arm": "arms", "group": "arms", "armed": "arms",
    "site": "sites", "center": "sites", "hospital": "sites", "location": "sites",
}
_NAMED = {("enrollment",): "enrollment", ("sample", "size"): "enrollment", ("enrolling",): "enrollment", ("enroll",): "enrollment",
          ("recruiting",): "enrollment", ("enrolled",): "enrollment", ("minimum", "age"): "age.minimum", ("maximum", "age"): "age.maximum",
          ("lower", "age", "limit"): "age.minimum", ("upper", "age", "limit"): "age.maximum"}


@dataclass(frozen=True, slots=True)
class Sized:
    """A predicate on a count at tokens `first` to `last`."""

    first: int
    last: int
    field: FieldIs


def find_counts(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Sized, ...]:
    """'more than 500 participants', 'with 3 arms', 'a sample size above 200', 'minimum age of 21'."""
    found, at = [], 0
    while at < len(line.tokens):
        quantity = None if at in taken else quantity_at(line, at)
        sized = _sized(line, quantity) if quantity else None
        if sized and not taken.intersection(range(sized.first, sized.last)):
            found.append(sized)
            at = sized.last
        else:
            at = quantity.last if quantity else at + 1
    return tuple(found)


_FILLER = frozenset("a an the of is be are was were with at planned target total actual treatment study recruiting adult about".split())


def _sized(line: Line, quantity: Quantity) -> Sized | None:
    lemmas = line.lemmas()
    after = quantity.last
    while after < len(lemmas) and lemmas[after] in {"or", "more", "total", "planned", "enrolled", "treatment", "study", "recruiting", "different", "trial", "clinical"}:
        after += 1
    field = _COUNTED.get(lemmas[after]) if after < len(lemmas) else None
    if field == "enrollment" and after + 1 < len(lemmas) and lemmas[after + 1] in {"aged", "with", "of"} and quantity.bare:
        return None  # "accept 82 people aged": no size
    if field and (after == quantity.last or lemmas[after - 1] != "or"):
        return Sized(quantity.first, after + 1, FieldIs(field, numbers=quantity.values))
    before = quantity.first
    while before > 0 and lemmas[before - 1] in _FILLER:
        before -= 1
    for size in (3, 2, 1):
        named = _NAMED.get(lemmas[max(0, before - size) : before])
        if named and not (named == "enrollment" and size == 1 and quantity.bare):
            return Sized(before - size, quantity.last, FieldIs(named, numbers=quantity.values))
    return None


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_EVENTS = {
    "start_date": ("start", "started", "starting", "begin", "began", "beginning", "begun", "launched", "initiated", "opened", "commenced", "commencing", "opening", "since"),
    "primary_completion_date": ("primary completion", "primarily complete"),
    "completion_date": ("complete", "completed", "completing", "completion", "finish", "finished", "finishing", "end", "ended", "ending", "concluded", "concluding", "closing", "due", "closed"),
    "first_posted_date": ("posted", "registered", "registering", "first posted"),
    "last_update_date": ("updated", "last updated", "modified", "last update"),
}
_EVENT_WORDS = {tuple(words.split()): name for name, phrases in _EVENTS.items() for words in phrases}


@dataclass(frozen=True, slots=True)
class _Day:
    first: int
    last: int
    low: date  # first day of the stretch meant
    high: date  # last day


def find_dates(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Sized, ...]:
    """'started after 2020', 'completing before March 2027', 'between 2018 and 2020', 'in 2023'."""
    found, at = [], 0
    while at < len(line.tokens):
        day = None if at in taken else _day_at(line, at)
        if day is None:
            at += 1
            continue
        sized = _dated(line, day)
        if sized:
            found.append(sized)
        at = sized.last if sized else day.last
    return tuple(found)


def _dated(line: Line, day: _Day) -> Sized | None:
    lemmas = line.lemmas()
    at = day.first
    word = lemmas[at - 1] if at else ""
    if word in {"the", "year"}:
        at, word = at - 1, lemmas[at - 2] if at > 1 else ""
    pair = lemmas[max(0, at - 2) : at]
    low, high = Decimal(day.low.toordinal()), Decimal(day.high.toordinal())
    last, first = day.last, at - 1
    if word in {"between", "from"} and (end := _second(line, day)):
        values, last = between(low, Decimal(end.high.toordinal())), end.last
    elif pair == ("or", "after") or (pair == ("and", "after") and lemmas[at - 3 : at - 2] == ("in",)):
        values = at_least(low)
    elif word in {"after"} or pair in {("later", "than"), ("more", "recent")}:
        values = above(high)
    elif pair in {("or", "after"), ("not", "before"), ("no", "earlier")} or word in {"since", "from"}:
        values = at_least(low)
    elif word in {"before"} or pair == ("earlier", "than"):
        values = below(low)
    elif word in {"by", "until", "till"} or pair == ("no", "later"):
        values = at_most(high)
    elif word in {"in", "during", "on", "of", "is", "was"} or lemmas[last : last + 2] in {("or", "later"), ("or", "after"), ("onwards",)}:
        values = between(low, high)
    else:
        return None
    if lemmas[last : last + 2] in {("or", "later"), ("or", "after"), ("and", "later"), ("and", "after")}:
        values, last = at_least(low), last + 2
    elif lemmas[last : last + 1] in {("onward",), ("onwards",)}:
        values, last = at_least(low), last + 1
    elif lemmas[last : last + 2] in {("or", "earlier"), ("or", "before")}:
        values, last = at_most(high), last + 2
    if pair in {("later", "than"), ("earlier", "than"), ("more", "recent"), ("no", "later"), ("not", "before"), ("no", "earlier")}:
        first = at - 2
    field, start = _event(line, first, last)
    return Sized(start, last, FieldIs(field, numbers=values)) if values is not EVERYTHING else None


def _second(line: Line, day: _Day) -> _Day | None:
    if line.lemmas()[day.last : day.last + 1] in {("and",), ("to",), ("until",)} or line.gap(day.last).strip() in {"-", "–"}:
        step = 0 if line.gap(day.last).strip() in {"-", "–"} else 1
        return _day_at(line, day.last + step)
    return None


def _event(line: Line, first: int, last: int) -> tuple[str, int]:
    """The date field that the words before (or just after) the date name, and where they start."""
    lemmas = line.lemmas()
    for back in range(1, 7):
        at = first - back
        if at < 0:
            break
        for size in (2, 1):
            name = _EVENT_WORDS.get(lemmas[at : at + size])
            if name and at + size <= first + 1:
                if name == "completion_date" and at and lemmas[at - 1] == "primary":
                    return "primary_completion_date", at - 1
                return name, at
    name = next((_EVENT_WORDS[(word,)] for word in lemmas[last : last + 3] if (word,) in _EVENT_WORDS), "start_date")
    return name, first


_ISO = re.compile(r"(?:19|20)\d\d")


def _day_at(line: Line, at: int) -> _Day | None:
    """A year, a month of a year, or a day: '2023', 'March 2027', '5 March 2027', '2026-03-01'."""
    tokens, lemmas = line.tokens, line.lemmas()
    if at >= len(tokens):
        return None
    day: int | None = None
    start = at
    if re.fullmatch(r"[0-3]?\d(?:st|nd|rd|th)?", lemmas[at]) and at + 1 < len(lemmas) and lemmas[at + 1] in _MONTHS:
        day, at = int(re.sub(r"\D", "", lemmas[at])), at + 1
    if lemmas[at] in _MONTHS and at + 1 < len(lemmas):
        month, year = _MONTHS[lemmas[at]], at + 1
        if re.fullmatch(r"[0-3]?\d(?:st|nd|rd|th)?", lemmas[year]) and year + 1 < len(lemmas) and _ISO.fullmatch(lemmas[year + 1]):
            day, year = int(re.sub(r"\D", "", lemmas[year])), year + 1
        if _ISO.fullmatch(lemmas[year]):
            return _stretch(start, year + 1, int(lemmas[year]), month, day)
        return None
    if _ISO.fullmatch(tokens[at].text):
        year_number, last, parts = int(tokens[at].text), at + 1, []
        while last < len(tokens) and len(parts) < 2 and line.gap(last) in {"-", "/"} and re.fullmatch(r"[01]?\d|[0-3]\d", tokens[last].text):
            parts.append(int(tokens[last].text))
            last += 1
        return _stretch(start, last, year_number, *(parts or [None]))
    return None


def _stretch(first: int, last: int, year: int, month: int | None = None, day: int | None = None) -> _Day | None:
    try:
        low = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return _Day(first, last, low, low)
    if month:
        following = date(year + month // 12, month % 12 + 1, 1)
        return _Day(first, last, low, date.fromordinal(following.toordinal() - 1))
    return _Day(first, last, low, date(year, 12, 31))
