"""Sets of numbers as unions of intervals with open and closed ends: the arithmetic behind every verdict.

A criterion admits a set of values; an exclusion is its complement; a question asks about a set. Whether a trial
fits is then plain set algebra, exact at the boundary, because every end is a `Decimal` that is in or out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from rag.frozen import quick

_BELOW, _AT, _ABOVE = -1, 0, 1


class _Cut(NamedTuple):
    """A place between numbers: just below, or just above, `value`; infinite when `value` is None."""

    infinite: int  # -1 before every number, 0 finite, 1 after every number
    value: Decimal
    side: int  # -1 just below the value, 1 just above it


_MINUS = _Cut(-1, Decimal(0), 0)
_PLUS = _Cut(1, Decimal(0), 0)


@quick
@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers between two ends; None is an end at infinity, where `closed` means nothing."""

    low: Decimal | None
    high: Decimal | None
    low_closed: bool = True
    high_closed: bool = True

    def _cuts(self) -> tuple[_Cut, _Cut]:
        low = _MINUS if self.low is None else _Cut(0, self.low, _BELOW if self.low_closed else _ABOVE)
        high = _PLUS if self.high is None else _Cut(0, self.high, _ABOVE if self.high_closed else _BELOW)
        return low, high


@quick
@dataclass(frozen=True, slots=True)
class Values:
    """A set of numbers: disjoint intervals in rising order. Build it with the functions below, not by hand."""

    intervals: tuple[Interval, ...]

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __contains__(self, number: Decimal) -> bool:
        cut = _Cut(0, number, _AT)
        return any(low <= cut <= high for low, high in _cuts(self))

    def __and__(self, other: Values) -> Values:
        pairs = ((max(a, c), min(b, d)) for a, b in _cuts(self) for c, d in _cuts(other))
        return _from_cuts(pairs)

    def __or__(self, other: Values) -> Values:
        return _from_cuts([*_cuts(self), *_cuts(other)])

    def __sub__(self, other: Values) -> Values:
        return self & ~other

    def __invert__(self) -> Values:
        gaps, at = [], _MINUS
        for low, high in _cuts(self):
            gaps.append((at, low))
            at = high
        gaps.append((at, _PLUS))
        return _from_cuts(gaps)

    @property
    def is_empty(self) -> bool:
        return not self.intervals

    @property
    def is_everything(self) -> bool:
        return self == EVERYTHING

    @property
    def is_point(self) -> bool:
        return len(self.intervals) == 1 and self.intervals[0].low is not None and (
            self.intervals[0].low == self.intervals[0].high
        )

    def is_subset(self, other: Values) -> bool:
        return (self - other).is_empty

    def overlaps(self, other: Values) -> bool:
        return not (self & other).is_empty

    def scaled(self, factor: Decimal) -> Values:
        """Every end multiplied by a positive `factor`: a unit conversion."""
        if factor <= 0:
            raise ValueError(f"a unit factor is positive, not {factor}")
        return Values(tuple(
            Interval(
                None if i.low is None else i.low * factor,
                None if i.high is None else i.high * factor,
                i.low_closed,
                i.high_closed,
            )
            for i in self.intervals
        ))

    def describe(self, unit: str = "") -> str:
        """The set in words a clinician writes: '< 60 mL/min', '18 to 75 years', '< 7 or > 9 %', '≥ 100 × 10^9/L'."""
        if self.is_empty:
            return "no value"
        if self.is_everything:
            return "any value"
        words = " or ".join(_describe(interval) for interval in self.intervals)
        unit = f"× {unit}" if unit[:1].isdigit() else unit
        single = unit in _TIMES and all(end in {None, 1} for i in self.intervals for end in (i.low, i.high))
        return f"{words} {unit.removesuffix('s') if single else unit}".strip()


_TIMES = frozenset({"years", "months", "weeks", "days", "hours", "minutes"})


def _cuts(values: Values) -> list[tuple[_Cut, _Cut]]:
    return [interval._cuts() for interval in values.intervals]


def _from_cuts(pairs: Iterable[tuple[_Cut, _Cut]]) -> Values:
    merged: list[tuple[_Cut, _Cut]] = []
    for low, high in sorted(p for p in pairs if p[0] < p[1]):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return Values(tuple(_interval(low, high) for low, high in merged))


def _interval(low: _Cut, high: _Cut) -> Interval:
    return Interval(
        None if low.infinite else low.value,
        None if high.infinite else high.value,
        low.side == _BELOW or bool(low.infinite),
        high.side == _ABOVE or bool(high.infinite),
    )


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no trailing zeros after the point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _describe(interval: Interval) -> str:
    low, high = interval.low, interval.high
    if low is None and high is not None:
        return f"{'≤' if interval.high_closed else '<'} {plain(high)}"
    if high is None and low is not None:
        return f"{'≥' if interval.low_closed else '>'} {plain(low)}"
    if low is None or high is None:
        return "any value"
    if low == high:
        return plain(low)
    if interval.low_closed and interval.high_closed:
        return f"{plain(low)} to {plain(high)}"
    left = "≥" if interval.low_closed else ">"
    right = "≤" if interval.high_closed else "<"
    return f"{left} {plain(low)} and {right} {plain(high)}"


NOTHING = Values(())
EVERYTHING = Values((Interval(None, None),))


def below(number: Decimal) -> Values:
    return Values((Interval(None, number, True, False),))


def at_most(number: Decimal) -> Values:
    return Values((Interval(None, number, True, True),))


def above(number: Decimal) -> Values:
    return Values((Interval(number, None, False, True),))


def at_least(number: Decimal) -> Values:
    return Values((Interval(number, None, True, True),))


def exactly(number: Decimal) -> Values:
    return Values((Interval(number, number),))


def between(low: Decimal, high: Decimal, *, low_closed: bool = True, high_closed: bool = True) -> Values:
    """The numbers from `low` to `high`; empty when the ends cross."""
    interval = Interval(low, high, low_closed, high_closed)
    return _from_cuts([interval._cuts()])


def union(sets: Iterable[Values]) -> Values:
    return _from_cuts([cut for values in sets for cut in _cuts(values)])
