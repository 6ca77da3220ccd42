"""The things that an item names, by clause, with the side of the list that the item stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.criteria.scope import Layout
from rag.frozen import quick
from rag.types import Polarity


@quick
@dataclass(frozen=True, slots=True)
class Thing:
    """What is named at words [first, last): its kind decides how cues act on it."""

    first: int
    last: int
    kind: str = "condition"
    wanted: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Side:
    """The reading of one item: its layout, the side of its list, and the things named in it."""

    layout: Layout
    excludes: bool
    things: Sequence[Thing]
    by_clause: Sequence[Sequence[Thing]]

    def near(self, place: int) -> Sequence[Thing]:
        """The things named in the clause of the word at `place`, in order."""
        return self.by_clause[self.layout.clause[place]]


def side_of(layout: Layout, polarity: Polarity, things: Sequence[Thing]) -> Side:
    by_clause: list[list[Thing]] = [[] for _ in layout.clause_start]
    for thing in things:
        by_clause[layout.clause[thing.first]].append(thing)
    return Side(layout, polarity is Polarity.EXCLUSION, things, by_clause)
