"""Dates of a trial in a question: 'started after 2020', 'not due to finish until 2028', 'between 2018 and 2020'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from rag.planning.days import Stretch, month_alone, stretch_at
from rag.planning.numbers import Sized
from rag.planning.tables import read_table, word_set
from rag.planning.words import Line, Phrases, lemmas_of
from rag.types import FieldIs
from rag.values import Values, above, at_least, at_most, below, between


@cache
def wait_phrases() -> Phrases[str]:
    """What stands between a trial and its event, and says no more: 'is expected to be'."""
    return Phrases((phrase, "wait") for phrase in read_table("dates")["idle"]["phrases"])


@cache
def event_phrases() -> Phrases[str]:
    """What happens to a trial, by its date field."""
    return Phrases((phrase, field) for field, phrases in read_table("dates")["event"].items() for phrase in phrases)


_BUILDERS: Mapping[str, Callable[[Stretch], Values]] = {
    "above": lambda day: above(_ordinal(day, 1)),
    "at_least": lambda day: at_least(_ordinal(day, 0)),
    "below": lambda day: below(_ordinal(day, 0)),
    "at_most": lambda day: at_most(_ordinal(day, 1)),
    "within": lambda day: between(_ordinal(day, 0), _ordinal(day, 1)),
}


@cache
def _bounds(table: str) -> Mapping[tuple[str, ...], str]:
    """What stands before ('bound') or after ('tail') a date → what it makes of it."""
    return {lemmas_of(phrase): name for name, phrases in read_table("dates")[table].items() for phrase in phrases}


def _ordinal(day: Stretch, end: int) -> Decimal:
    return Decimal((day.high if end else day.low).toordinal())


class _Bounded(NamedTuple):
    """A date with the words that bound it, what they make of it, and what they make of it after a 'not'."""

    first: int
    last: int
    values: Values
    denied: Values


def find_dates(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Sized, ...]:
    """'started after 2020', 'completing before March 2027', 'between 2018 and 2020', 'in 2023'."""
    found: list[Sized] = []
    at = 0
    while at < len(line.tokens):
        day = None if at in taken else stretch_at(line, at)
        if day is None or _counts_people(line, day) or "born" in line.lemmas(max(0, at - 3), at):
            at = day.last if day else at + 1
            continue
        more = _one_more(line, day, found[-1] if found else None)
        if more is not None:
            found[-1] = more
        else:
            bounded = _bounded(line, day)
            found += [] if bounded is None else [_with_event(line, bounded, found[-1].last if found else 0)]
        at = max(day.last, found[-1].last) if found else day.last
    return tuple(found)


def _counts_people(line: Line, day: Stretch) -> bool:
    """'2000 patients', '1950 mg': a number that looks like a year."""
    after = line.lemmas(day.last, day.last + 1)
    if not after or line.gap(day.last).strip() or not line.tokens[day.last - 1].text.isdigit():
        return False
    return after[0] in word_set("numbers.people") | word_set("dates.units")


def _one_more(line: Line, day: Stretch, before: Sized | None) -> Sized | None:
    """'… in 2015, 2016 or 2017': one more year of the date before."""
    if before is None or before.field.numbers is None or day.first < before.last:
        return None
    between_them = line.lemmas(before.last, day.first)
    gap = "".join(line.gap(at) for at in range(before.last, day.first + 1)).strip()
    if between_them not in {(), ("or",), ("and",)} or (not between_them and gap not in {",", "/"}):
        return None
    if any(interval.low is None or interval.high is None for interval in before.field.numbers):
        return None
    values = _closed_up(before.field.numbers, day)
    return Sized(before.first, day.last, FieldIs(before.field.field, numbers=values))


def _closed_up(values: Values, day: Stretch) -> Values:
    """The days of `values` and of `day`: years that follow one another are one stretch."""
    low, high = values.intervals[0].low, values.intervals[-1].high
    if low is not None and high is not None and high + 1 == _ordinal(day, 0):
        return between(low, _ordinal(day, 1)) if len(values.intervals) == 1 else values | _BUILDERS["within"](day)
    return values | _BUILDERS["within"](day)


def _bounded(line: Line, day: Stretch) -> _Bounded | None:
    """The stretch with the words before and after that bound it; None where nothing says that it is a date."""
    span = _range(line, day)
    if span is not None:
        return span
    lemmas, at = line.lemmas(), day.first
    tail, last = _tail(line, day)
    for size in (4, 3, 2, 1):
        name = _bounds("bound").get(lemmas[at - size : at]) if at >= size else None
        if name:
            first, values = at - size, _BUILDERS[tail or name](day)
            until = bool(_UNTIL & set(lemmas[first:at]))
            if lemmas[max(0, first - 1) : first] in {("until",), ("till",)}:
                first, until = first - 1, True  # 'not until after 2028'
            return _Bounded(first, last, values, _not_until(day, name) if until else ~values)
    if tail or _stands_as_date(line, day):
        values = _BUILDERS[tail or "within"](day)
        return _Bounded(at, last, values, ~values)
    return None


_UNTIL = frozenset({"until", "till"})


def _not_until(day: Stretch, bound: str) -> Values:
    """'not … until 2028' is from 2028 on; 'not … until after 2028' says the same as 'after 2028'."""
    return _BUILDERS["above" if bound == "above" else "at_least"](day)


def _stands_as_date(line: Line, day: Stretch) -> bool:
    """'start date: 2020', 'launched 2021', '2019 starts', '2023 trials': a date with no word before it."""
    before = {found.last for found in event_phrases().find(line)}
    after = line.lemmas(day.last, day.last + 1)
    starts = {found.first for found in event_phrases().find(line)}
    return day.first in before or bool(after and after[0] in {"trial", "study"}) or day.last in starts


def _tail(line: Line, day: Stretch) -> tuple[str, int]:
    """What the words after the date make of it ('2020 or later'), and where the whole ends."""
    for size in range(min(3, len(line.tokens) - day.last), 0, -1):  # no word behind the last is read along
        name = _bounds("tail").get(line.lemmas(day.last, day.last + size))
        on = line.lemmas(day.last, day.last + 1) == ("on",)
        if name and not (on and line.lemmas(day.first - 1, day.first) != ("from",)):
            return name, day.last + size
    return "", day.last


def _range(line: Line, day: Stretch) -> _Bounded | None:
    """'between 2018 and 2020', 'from March to June 2019', '2015-2018', 'after 2015 but before 2018' is two dates."""
    lemmas, at = line.lemmas(), day.first
    word = lemmas[at - 1] if at else ""
    if word in {"between", "from", "to"} or line.gap(day.last).strip() in {"-", "–"}:
        dash = line.gap(day.last).strip() in {"-", "–"}
        joined = lemmas[day.last : day.last + 1] in {("and",), ("to",), ("until",), ("till",), ("through",)}
        end = stretch_at(line, day.last + (not dash)) if dash or joined else None
        if end is not None and end.high >= day.low and word != "to":
            opened = word in {"between", "from"}
            values = between(_ordinal(day, 0), _ordinal(end, 1))
            return _Bounded(at - opened, end.last, values, ~values)
    joins = {"and", "to", "until", "through"}
    if word in joins or (at > 1 and lemmas[at - 1] == "the" and lemmas[at - 2] in joins):
        joint = at - 1 if word in joins else at - 2
        for first in range(max(0, joint - 3), joint):
            start = month_alone(line, first, day.low.year)
            opened = first > 0 and lemmas[first - 1] in {"between", "from"}
            if start is not None and opened and start.last == joint and start.low <= day.high:
                values = between(_ordinal(start, 0), _ordinal(day, 1))
                return _Bounded(first - 1, day.last, values, ~values)
    return None


# ── What happened on the date ────────────────────────────────────────────────────────────────────────────────────────

_NEAR = 5  # tokens between what happens and its date


def _with_event(line: Line, date: _Bounded, floor: int) -> Sized:
    """The predicate on the date field that is spoken of, negation included; tokens before `floor` are read."""
    field, first = _event(line, date)
    first = first if first >= floor else date.first  # 'started after 2015 but before 2018'
    lemmas = line.lemmas()
    while first > floor and lemmas[first - 1] in word_set("dates.idle"):
        first -= 1
    values = date.values
    negations = word_set("cues.negations")
    denied = first > floor and lemmas[first - 1] in negations and not _joins_two(line, first - 1)
    if denied:
        first -= 1
        values = date.denied
    last = date.last
    while line.lemmas(last, last + 1) and line.lemmas(last, last + 1)[0] in word_set("dates.noted"):
        last += 1
    return Sized(first, last, FieldIs(field, numbers=values))


def _joins_two(line: Line, at: int) -> bool:
    """'no' of 'no start date after 2020 …' is read by the field's own rules; 'neither … nor' too."""
    return line.tokens[at].lemma in {"neither", "nor", "no"}


def _event(line: Line, date: _Bounded) -> tuple[str, int]:
    """The date field named before (or just after) the date, the nearest first, and where the words start."""
    found = event_phrases().find(line)
    before = [one for one in found if one.first < date.first and -2 <= date.first - one.last <= _NEAR]
    before = [one for one in before if not _is_parted(line, one.last + 1, date.first + 1)]
    if before:
        return before[-1].value, before[-1].first
    after = next((one for one in found if date.last <= one.first <= date.last + 2), None)
    return (after.value if after else "start_date"), date.first


def _is_parted(line: Line, first: int, last: int) -> bool:
    """Whether a sentence ends before one of the tokens `first` to `last`."""
    return any(bool(set(line.gap(at)) & set(";?.")) for at in range(first, last))
