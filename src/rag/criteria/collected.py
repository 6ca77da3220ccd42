"""Protein on a dipstick, which a collection over 24 hours may outweigh or must confirm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.criteria.itemstate import Read, ScopeMark
from rag.types import ScopeKind

_QUANTITY = r"(?:24[- ]?h|\bupcr\b|protein[-/ ](?:to[- ])?creatinine|quantif\w+)"
# "< 2+. Patients who have ≥ 2+ should collect urine for 24 hours and must show ≤ 1 g"
_THEN_COLLECTED = re.compile(
    r"(?i)[^.;]{0,60}?[.;,(] ?(?P<who>(?:if|when|in case|those|patients|participants|subjects|otherwise|for)\b"
    rf"(?:[^.;]|\.\d){{0,140}}?{_QUANTITY}(?:[^.;]|\.\d){{0,140}})"
)
# "urine protein ≥ ++, and … of protein in 24 hours > 1 g", turned away: both are needed
_AND = re.compile(r"(?i)[^.;<>≤≥]{0,70}\band\b[^.;<>≤≥]{0,90}")
_AND_CONFIRMED = re.compile(r"(?i)(?P<who>(?:\+{1,4}|\b[1-4]\+)[^.;]{0,70}?),? and [^.;<>≤≥]{0,90}(?:[<>≤≥] ?)?$")
_WITH_IT = re.compile(r"(?i)[\s,()+]*(?:(?:and|but|with|then)\b)?[^.;:<>≤≥]{0,60}")
_REACH = 180  # characters
_QUANTITIES = frozenset(["proteinuria", "upcr"])


def outweighed(text: str, read: Read) -> tuple[int, int] | None:
    """Where it is told that a collection lets in, or turns away, whom the dipstick of a limit would not."""
    found = _THEN_COLLECTED.match(text, read.limit.end) if read.limit.base == "dipstick_protein" else None
    return found.span("who") if found is not None else None


def with_dipstick(text: str, reads: Sequence[Read], *, exclusion: bool) -> Iterator[tuple[Read, ScopeMark]]:
    """The quantities asked of those alone whose dipstick is high, and what turns away only with the other."""
    dipsticks = [read for read in reads if read.limit.base == "dipstick_protein"]
    for read in reads:
        if read.limit.base in _QUANTITIES:
            told = next((span for one in dipsticks if (span := outweighed(text, one))), None)
            if told is not None and told[0] <= read.limit.start < told[1]:
                yield read, _mark(text, *told)
            for one in dipsticks if not exclusion else ():  # '≤ 1+, or ≥ 2+ and < 1 g in 24 hours'
                high = one.limit.stated.intervals[-1].high is None
                if high and one.limit.end <= read.limit.start and _WITH_IT.fullmatch(
                    text, one.limit.end, read.limit.start
                ):
                    yield read, _mark(text, one.limit.start, one.limit.end)
            ahead = _AND_CONFIRMED.search(text, max(0, read.limit.start - _REACH), read.limit.start)
            if exclusion and ahead is not None and not dipsticks:
                yield read, _mark(text, *ahead.span("who"))


def is_confirmed(text: str, one: Sequence[Read], other: Sequence[Read]) -> bool:
    """'≥ 2+ protein on dipstick and ≥ 1 g of protein in 24 hours', turned away: only who has both."""
    first, second = one[-1].limit, other[0].limit
    if first.base != "dipstick_protein" or second.base not in _QUANTITIES:
        return False
    found = _AND.match(text, first.end)
    return found is not None and found.end() < second.end


def _mark(text: str, start: int, end: int) -> ScopeMark:
    return ScopeMark(ScopeKind.CONDITION, text[start:end].strip(" ,("), start, end)
