"""The public reader of comparisons in free text; `rag.criteria.reading` reads whole trials."""

from __future__ import annotations

from rag.criteria.questions import read_comparisons

__all__ = ["read_comparisons"]
