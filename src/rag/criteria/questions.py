"""Comparisons in free text: a question or a patient description, where nothing is excluded or required."""

from __future__ import annotations

from dataclasses import replace

from rag.criteria.attach import attach
from rag.criteria.lexer import tokenize
from rag.criteria.lexicon import MEASURE, PLACE
from rag.criteria.limits import Limit
from rag.text import fold
from rag.types import Comparison, Span
from rag.values import union


def read_comparisons(text: str) -> tuple[Comparison, ...]:
    """The comparisons of free `text` in order: 'eGFR below 60', 'INR 1.8' (a bare value is a point)."""
    return _read(text.replace(PLACE, "?"))  # whoever types that letter names no measure by it


def read_behind_name(text: str) -> tuple[Comparison, ...]:
    """The comparisons of a measure outside the lexicon whose name ends where `text` begins; spans count in `text`."""
    read = (one for one in _read(PLACE + text) if one.variable == MEASURE and one.span.start == 0)
    return tuple(replace(one, span=Span(0, one.span.end - len(PLACE))) for one in read)


def _read(text: str) -> tuple[Comparison, ...]:
    folded = fold(text)
    tokens = tokenize(folded.text)
    found = attach(tokens, folded.text)
    joined = merge_sides(found.limits)
    return tuple(
        Comparison(
            limit.variable,
            limit.stated,
            limit.unit,
            folded.span(limit.start, limit.end),
            folded.text[limit.start : limit.end],
        )
        for limit in sorted(joined, key=lambda limit: (limit.start, limit.variable))
    )


def merge_sides(limits: list[Limit]) -> list[Limit]:
    """Two bounds of one subject made one set: '≥ 30 and ≤ 60' meets, '< 7 or > 9' joins."""
    merged: list[Limit] = []
    for limit in limits:
        before = next((m for m in merged if m.variable == limit.variable and m.name == limit.name), None)
        if before is None or before.first == limit.first:
            merged.append(limit)
            continue
        both = before.stated & limit.stated
        before.stated = both if not both.is_empty else union([before.stated, limit.stated])
        before.last, before.end = max(before.last, limit.last), max(before.end, limit.end)
        before.start = min(before.start, limit.start)
    return merged
