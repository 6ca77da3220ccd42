"""Values of a described person as they are now: of 'EF 25% in 2019, now 45%' the second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from rag.criteria.grammar import read_comparisons
from rag.planning.ago import find_agos
from rag.planning.marks import Kind, Mark
from rag.planning.quantities import number_at
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Comparison
from rag.values import Values

_REACH = 10  # words behind an old value in which the new one is told
_CLAUSE = 6
_STALE_DAYS = Decimal(180)


def as_of_now(line: Line, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks with the latest values: an old one is replaced by that of today, or left out where none is told."""
    return tuple(new for mark in marks for new in _as_of_now(line, mark, marks))


def _as_of_now(line: Line, mark: Mark, marks: Sequence[Mark]) -> Iterable[Mark]:
    if mark.kind is not Kind.LIMIT:
        yield mark
    elif mark.value.variable == "age" or not _is_old(line, mark):
        yield replace(mark, value=replace(mark.value, values=_first_told(line, mark)))
    elif (value := _told_today(line, mark, marks)) is not None:
        yield replace(mark, value=value)


def _first_told(line: Line, mark: Mark) -> Values:
    """The values without the number of the next finding: 'man, 44, one chemo', 'ECOG 2, grade 1 neuropathy'."""
    values: Values = mark.value.values
    commas = [at for at in range(mark.first + 1, mark.last) if line.gap(at).strip() == ","]
    goes_on = mark.last < len(line.tokens) and not line.gap(mark.last).strip(" -")  # 'man, 60, on 5-fluorouracil'
    timed = goes_on and bool(word_set("patients.lately") & {*line.lemmas(mark.last, mark.last + 2)})
    if not commas or not goes_on or timed or values.is_point:
        return values
    alone = _point_of(line.words(mark.first, commas[0]), mark.value.variable)
    return values if alone is None else alone.values


def _point_of(text: str, variable: str) -> Comparison | None:
    """The one value of a variable that a text tells; None where it tells a range or nothing."""
    read = (one for one in read_comparisons(text) if one.variable == variable)
    return next((one for one in read if one.values.is_point), None)


def _is_old(line: Line, mark: Mark) -> bool:
    """'… in 2019', '… two years ago', '… at diagnosis', 'nadir …': not the value of today."""
    last = mark.last
    while last < min(len(line.tokens), mark.last + _CLAUSE) and not set(line.gap(last)) & set(".;:,?!()"):
        last += 1
    behind = line.lemmas(mark.last, last)
    before = line.lemmas(line.back_to_sign(mark.first, 3, ".;:,"), mark.last)
    if word_set("patients.extremes") & {*before, *behind}:
        return True
    if any(first == "at" and then in word_set("patients.beginnings") for first, then in pairwise(behind)):
        return True
    years = any(pair[0] == "in" and len(pair[1]) == _DIGITS and pair[1].isdigit() for pair in pairwise(behind))
    agos = (ago.days for first, _, ago in find_agos(line) if mark.last <= first < last)
    return years or behind[:2] == ("last", "year") or any(days >= _STALE_DAYS for days in agos)


_DIGITS = 4  # of a year


def _told_today(line: Line, mark: Mark, marks: Sequence[Mark]) -> Comparison | None:
    """The value of the same variable that is told as of now behind an old one: '…, now 45%', '…, 160 today'."""
    busy = {at for other in marks if other.kind is Kind.LIMIT for at in range(other.first, other.last)}
    for at in range(mark.last, min(len(line.tokens), mark.last + _REACH)):
        if set(line.gap(at)) & set(".;?!"):
            return None
        number = number_at(line, at)
        if number is None or at in busy or not _is_of_now(line, at, number.last):
            continue
        words = [line.tokens[i].text for i in range(mark.first, mark.last)]
        named = [one for one in words if not one[0].isdigit() and one.casefold() not in word_set("patients.extremes")]
        text = f"{' '.join(named)} {line.words(at, min(len(line.tokens), number.last + 2))}"
        if (read := _point_of(text, mark.value.variable)) is not None:
            return replace(read, span=mark.value.span)
    return None


def _is_of_now(line: Line, first: int, last: int) -> bool:
    around = {*line.lemmas(line.back_to_sign(first, 3, ".;:,"), first), *line.lemmas(last, last + 3)}
    return bool(word_set("patients.today") & around)
