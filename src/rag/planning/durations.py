"""How long a trial runs, in a question: 'last longer than five years', 'run for less than 6 months'."""

from __future__ import annotations

from decimal import Decimal

from rag.planning.numbers import Sized
from rag.planning.quantities import Quantity, quantity_at
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import FieldIs
from rag.units import days_of, decimal_of
from rag.values import Values, above, below

DAYS = {unit: decimal_of(days) for unit in ("year", "month", "week", "day") if (days := days_of(unit)) is not None}
DAYS |= {"decade": 10 * DAYS["year"]}
_ONE = Decimal(1)


def find_durations(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Sized, ...]:
    """Every stretch of time that a trial is said to take, as days."""
    lemmas, found = line.lemmas(), []
    verb = -1  # the last word ahead that is no filler; -1 where a sign stands behind it
    for at in range(1, len(lemmas)):
        if at == 1 or lemmas[at - 1] not in word_set("durations.filler"):
            verb = at - 1
        if any(sign in line.gap(at) for sign in ",;:?."):
            verb = -1
        if at not in taken and verb >= 0 and lemmas[verb] in word_set("durations.verbs"):
            found.append(_duration(line, verb, at))
    return tuple(one for one in found if one is not None)


def _duration(line: Line, verb: int, at: int) -> Sized | None:
    """The time whose operator or number stands at token `at`, right after a verb that is said of trials."""
    lemmas = line.lemmas()
    found = _articled(line, at) or quantity_at(line, at)
    if found is None or found.bare or found.last >= len(lemmas) or lemmas[found.last] not in DAYS:
        return None
    after = lemmas[found.last + 1 : found.last + 2]
    if after and after[0] in word_set("durations.of_people"):
        return None
    days = found.values.scaled(DAYS[lemmas[found.last]])
    return Sized(verb, found.last + 1, FieldIs("duration", numbers=days))


_ARTICLED = {
    ("more", "than"): above, ("longer", "than"): above, ("over",): above, ("beyond",): above, ("less", "than"): below,
    ("shorter", "than"): below, ("under",): below, ("within",): below, ("below",): below,
}  # fmt: skip


def _articled(line: Line, at: int) -> Quantity | None:
    """'longer than five years', 'less than a year'."""
    lemmas = line.lemmas()
    for size in (2, 1):
        build = _ARTICLED.get(lemmas[at : at + size])
        if build is None:
            continue
        end = at + size
        if lemmas[end : end + 1] in {("a",), ("one",)} and lemmas[end + 1 : end + 2] and lemmas[end + 1] in DAYS:
            return Quantity(at, end + 1, build(_ONE), False)
        number = quantity_at(line, end) if end < len(lemmas) else None
        low = number.values.intervals[0].low if number is not None and number.bare else None
        if number is not None and low is not None:
            return Quantity(at, number.last, _of(build, low), False)
    return None


def _of(build: object, number: Decimal) -> Values:
    return above(number) if build is above else below(number)
