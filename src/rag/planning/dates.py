"""Dates of a trial in a question: 'started after 2020', 'completing before March 2027', 'between 2018 and 2020'."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from rag.planning.numbers import Sized
from rag.planning.words import Line
from rag.types import FieldIs
from rag.values import Values, above, at_least, at_most, below, between

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}


_EVENTS = {
    "start_date": (
        "start",
        "started",
        "starting",
        "begin",
        "began",
        "beginning",
        "begun",
        "launched",
        "initiated",
        "opened",
        "commenced",
        "commencing",
        "opening",
        "since",
    ),
    "primary_completion_date": ("primary completion", "primarily complete"),
    "completion_date": (
        "complete",
        "completed",
        "completing",
        "completion",
        "finish",
        "finished",
        "finishing",
        "end",
        "ended",
        "ending",
        "concluded",
        "concluding",
        "closing",
        "due",
        "done",
        "over",
        "ready",
        "closed",
    ),
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


_LATER = frozenset({("later", "than"), ("more", "recent")})
_NOT_EARLIER = frozenset({("not", "before"), ("no", "earlier"), ("or", "after")})
_PAIRS = _LATER | _NOT_EARLIER | {("earlier", "than"), ("no", "later")}


def _dated(line: Line, day: _Day) -> Sized | None:
    """The predicate on the date at `day`, with the words before and after that bound it."""
    lemmas, at = line.lemmas(), day.first
    if lemmas[max(0, at - 1) : at] in {("the",), ("year",)}:
        at -= 1
    if lemmas[max(0, at - 2) : at] in {("end", "of"), ("start", "of"), ("beginning", "of")}:
        edge = day.high if lemmas[at - 2] == "end" else day.low
        day, at = replace(day, low=edge, high=edge), at - 2 - (lemmas[max(0, at - 3) : at - 2] == ("the",))
    word, pair = lemmas[at - 1] if at else "", lemmas[max(0, at - 2) : at]
    end = _second(line, day) if word in {"between", "from"} else None
    if end is not None:
        values: Values | None = between(_ordinal(day.low), _ordinal(end.high))
    else:
        values = _bound_before(day, word, pair)
    tail, last = _bound_after(line, day)
    values = tail or values
    if values is None:
        return None
    first = at - (2 if pair in _PAIRS else 1)
    last = end.last if end is not None else last
    field, start = _event(line, max(0, first), last)
    return Sized(start, last, FieldIs(field, numbers=values))


def _ordinal(day: date) -> Decimal:
    return Decimal(day.toordinal())


def _bound_before(day: _Day, word: str, pair: tuple[str, ...]) -> Values | None:
    """What the words before the date make of it: 'after 2020', 'no later than March 2021', 'in 2023'."""
    low, high = _ordinal(day.low), _ordinal(day.high)
    if pair in _NOT_EARLIER or word in {"since", "from"}:
        return at_least(low)
    if word == "after" or pair in _LATER:
        return above(high)
    if word == "before" or pair == ("earlier", "than"):
        return below(low)
    if word in {"by", "until", "till"} or pair == ("no", "later"):
        return at_most(high)
    return between(low, high) if word in {"in", "during", "on", "of", "is", "was"} else None


def _bound_after(line: Line, day: _Day) -> tuple[Values | None, int]:
    """What the words after the date make of it ('2020 or later'), and where the whole ends."""
    pair = line.lemmas(day.last, day.last + 2)
    if pair in {("or", "later"), ("or", "after"), ("and", "later"), ("and", "after")}:
        return at_least(_ordinal(day.low)), day.last + 2
    if pair[:1] in {("onward",), ("onwards",)}:
        return at_least(_ordinal(day.low)), day.last + 1
    if pair in {("or", "earlier"), ("or", "before")}:
        return at_most(_ordinal(day.high)), day.last + 2
    return None, day.last


def _second(line: Line, day: _Day) -> _Day | None:
    if line.lemmas()[day.last : day.last + 1] in {("and",), ("to",), ("until",)} or line.gap(day.last).strip() in {
        "-",
        "–",
    }:
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
        if (
            re.fullmatch(r"[0-3]?\d(?:st|nd|rd|th)?", lemmas[year])
            and year + 1 < len(lemmas)
            and _ISO.fullmatch(lemmas[year + 1])
        ):
            day, year = int(re.sub(r"\D", "", lemmas[year])), year + 1
        if _ISO.fullmatch(lemmas[year]):
            return _stretch(start, year + 1, int(lemmas[year]), month, day)
        return None
    if _ISO.fullmatch(tokens[at].text):
        year_number, last = int(tokens[at].text), at + 1
        parts: list[int | None] = []
        while (
            last < len(tokens)
            and len(parts) < 2
            and line.gap(last) in {"-", "/"}
            and re.fullmatch(r"[01]?\d|[0-3]\d", tokens[last].text)
        ):
            parts.append(int(tokens[last].text))
            last += 1
        return _stretch(start, last, year_number, *parts)
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
