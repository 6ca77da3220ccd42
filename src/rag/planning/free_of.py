"""What a description denies of some time only: 'seizure-free for a year', 'no steroids in the last 6 months'."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rag.planning.durations import DAYS
from rag.planning.marks import Mark
from rag.planning.quantities import number_at
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Past


def free_of(line: Line, denied: Sequence[Mark]) -> dict[int, Past]:
    """By the first token of a mark that is denied for some time only, the days for which it is denied.

    Zero where the time has no length: 'no attacks since May'. Whether it was before stays open.
    """
    told = ((mark, _free_for(line, mark)) for mark in denied)
    return {mark.first: Past(mark.value, days) for mark, days in told if days is not None}


def _free_for(line: Line, mark: Mark) -> Decimal | None:
    at = mark.last
    if "never" in line.lemmas(line.back_to_sign(mark.first, _MOST, ".;:,"), mark.first):
        return None  # 'never on steroids in 20 years of asthma'
    while at < min(len(line.tokens), mark.last + _MOST) and line.tokens[at].lemma in word_set("patients.free_for"):
        if set(line.gap(at)) & set(".;:,?!()"):
            return None
        at += 1
    words = line.lemmas(mark.last, at)
    if "since" in words:
        return Decimal(0)
    if not {"for", "in", "within"} & {*words}:
        return None
    number = number_at(line, at)
    unit, days = (number.last, number.value) if number is not None else (at, Decimal(1))
    unit += line.lemmas(unit, unit + 1) in _ONE
    told = line.lemmas(unit, unit + 1)
    return days * DAYS[told[0]] if told and told[0] in DAYS else None


_MOST = 7
_ONE = {("a",), ("one",)}


def says_it_was(line: Line, mark: Mark) -> bool:
    """'Seizure-free for a year', 'not smoked for 10 years': who tells it had it before."""
    return line.lemmas(mark.last, mark.last + 1) == ("free",) or mark.value in word_set("patients.habits")
