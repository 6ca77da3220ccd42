"""From registry prose to typed, scoped, verifiable criteria.

`rag.criteria.reading.read_trial(document)` reads a whole record, `rag.criteria.grammar.read_comparisons(text)` free text,
`rag.criteria.items.find_items(document)` finds where each item begins and ends. Variables are data (`lexicon`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.types import Document, ReadTrial


def read_trial(document: Document) -> ReadTrial:
    """All that was read from one trial's eligibility text and fields."""
    from rag.criteria.reading import read_trial as read

    return read(document)
