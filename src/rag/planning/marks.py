"""The meaningful stretches of a question: comparisons, cues, field values, concepts, facts, each with its place.

Marks never overlap: where two readings compete for a word, the longer one wins, then the earlier kind of `Kind`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any as Value

from rag.criteria.grammar import read_comparisons
from rag.planning import lexicon, phases, tables
from rag.planning.numbers import find_counts, find_dates
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Line
from rag.types import Comparison, FieldIs


class Kind(IntEnum):
    """What a mark stands for, in the order in which ties are decided."""

    LIMIT = 1  # Comparison
    FIELD = 2  # FieldIs
    CUE = 3  # tuple[AskCue, ...]
    VARIABLE = 4  # variable id
    CONCEPT = 5  # concept id
    AGES = 6  # Values in years
    GROUP = 7  # tables.Group
    FACT = 8  # fact id


@dataclass(frozen=True, slots=True)
class Mark:
    """Tokens `first` to `last` (half-open) and what they stand for; the type of `value` follows from `kind`."""

    first: int
    last: int
    kind: Kind
    value: Value

    def touches(self, other: Mark) -> bool:
        return self.first < other.last and other.first < self.last


def find_marks(line: Line, index: WordIndex, taken: frozenset[int] = frozenset()) -> tuple[Mark, ...]:
    """Every mark of the question outside the tokens in `taken` (trial names), in text order."""
    fixed = [
        *(Mark(found.first, found.last, Kind.FIELD, found.field) for found in find_counts(line, taken)),
        *(Mark(found.first, found.last, Kind.FIELD, found.field) for found in find_dates(line, taken)),
        *(Mark(found.first, found.last, Kind.FIELD, found.value) for found in phases.find_phases(line, taken)),
    ]
    limits = [mark for mark in _limits(line) if not _overlaps(mark, fixed) and not taken.intersection(range(mark.first, mark.last))]
    settled = _choose([*fixed, *limits], [])
    return tuple(sorted(_choose(list(_phrases(line, index, taken)), settled), key=lambda mark: mark.first))


def _limits(line: Line) -> Iterable[Mark]:
    for comparison in read_comparisons(line.text):
        first, last = line.at(comparison.span.start, comparison.span.end)
        if last > first and not comparison.values.is_everything:
            yield Mark(first, last, Kind.LIMIT, comparison)


def _phrases(line: Line, index: WordIndex, taken: frozenset[int]) -> Iterable[Mark]:
    yield from _marks(tables.field_values().find(line, taken), Kind.FIELD)
    yield from _marks(tables.ask_cues().find(line, taken), Kind.CUE)
    yield from _marks(lexicon.variable_phrases().find(line, taken), Kind.VARIABLE)
    yield from (mark for mark in _marks(lexicon.find_concept_marks(line), Kind.CONCEPT) if not taken & set(range(mark.first, mark.last)))
    yield from _marks(tables.age_groups().find(line, taken), Kind.AGES)
    yield from _marks(tables.organ_groups().find(line, taken), Kind.GROUP)
    yield from _marks(tables.fact_phrases().find(line, taken), Kind.FACT)
    yield from _named("country", tables.places().find(line, taken))
    yield from _named("country", index.countries.find(line, taken))
    yield from (Mark(f.first, f.last, Kind.FIELD, FieldIs("city", (f.value,))) for f in index.cities.find(line, taken) if _is_name(line, f.first))
    yield from (Mark(f.first, f.last, Kind.FIELD, FieldIs("sponsor", (f.value,))) for f in index.sponsors.find(line, taken))


def _marks(found: Iterable[Value], kind: Kind) -> Iterable[Mark]:
    return (Mark(match.first, match.last, kind, match.value) for match in found)


def _named(field: str, found: Iterable[Value]) -> Iterable[Mark]:
    return (Mark(match.first, match.last, Kind.FIELD, FieldIs(field, match.value)) for match in found)


def _is_name(line: Line, at: int) -> bool:
    """Whether the word is written as a name, or the whole question is in one case."""
    return line.tokens[at].text[:1].isupper() or line.text == line.text.lower()


def _choose(candidates: Sequence[Mark], settled: Sequence[Mark]) -> list[Mark]:
    """`settled` and, of the candidates, the longest that overlap nothing chosen before; ties by kind, then place."""
    chosen = list(settled)
    used = {i for mark in settled for i in range(mark.first, mark.last)}
    for mark in sorted(candidates, key=lambda mark: (mark.first - mark.last, mark.kind, mark.first)):
        tokens = set(range(mark.first, mark.last))
        if not tokens & used:
            chosen.append(mark)
            used |= tokens
    return chosen


def _overlaps(mark: Mark, others: Iterable[Mark]) -> bool:
    return any(mark.touches(other) for other in others)


def comparisons(marks: Iterable[Mark]) -> tuple[Comparison, ...]:
    return tuple(mark.value for mark in marks if mark.kind is Kind.LIMIT)
