"""What one concept of an item reads as."""

from __future__ import annotations

from dataclasses import dataclass

from rag.frozen import quick
from rag.types import Stance


@quick
@dataclass(frozen=True, slots=True)
class Reading:
    """A concept that an item names, with offsets in the folded item. `doubts` is empty when the stance is firm."""

    concept: str  # '' for words outside the lexicon
    stance: Stance
    start: int
    end: int
    # cohort, amount, condition, together, agreement, representative, site, kind, treatment
    doubts: tuple[str, ...] = ()
    qualifier: str = ""
    window: tuple[int, int] | None = None
    exceptions: tuple[tuple[int, int], ...] = ()
