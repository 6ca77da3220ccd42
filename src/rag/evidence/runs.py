"""Statements that were run together in one line of criteria, each with the clauses of its own."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from rag.types import Criterion, Span

# 'No cancer except of the skin Not pregnant', '… of the skin. No gout'; not 'cancer. Not excluded: …', 'type No 2'
_ANEW = re.compile(
    r"(?:(?<=[\w)%])|(?<=[.;]))\s+(?=(?:Not?|None|Must|At least|More than|Negative|Fertile) [A-Za-z])"
    r"(?!(?:Not?|None) (?:excluded|exclusion|includ|appl|count|consider))"
)


def runs_of(criterion: Criterion, text: str) -> list[Criterion]:
    """The statements of a criterion in text order, so that what one excepts or dates binds no other."""
    span = criterion.span
    starts = [span.start, *(found.end() for found in _ANEW.finditer(text, span.start, span.end))]
    if len(starts) == 1:
        return [criterion]
    ends = [*starts[1:], span.end]
    held = [bisect_right(starts, max(clause.span.start, span.start)) - 1 for clause in criterion.requires]
    parts = [
        (Span(start, end), tuple(c for c, of in zip(criterion.requires, held, strict=True) if of == at))
        for at, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    return [replace(criterion, span=part, requires=clauses) for part, clauses in parts if clauses]
