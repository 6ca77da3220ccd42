"""Statements that were run together in one line of criteria, each with the clauses of its own."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from rag.types import Criterion, Span

# 'No cancer except of the skin Not pregnant', '… of the skin. No gout'; not 'cancer. Not excluded: …', 'type No 2',
# nor where a word before still waits for its own: 'infection with Negative cultures', 'who had No chemotherapy'
_ANEW = re.compile(
    r"(?P<open>\b(?i:with|without|who|whom|that|which|had|has|have|is|are|was|were|be|and|or|of|for|to|in|than|if|unless"
    r"|when|after|before|since|except|but|either|the|an?))?"
    r"(?:(?<=[\w)%])|(?<=[.;]))\s+(?=(?:(?:Not?|None|Must|At least|More than|Fertile) [A-Za-z]|Negative [a-z]))"
    r"(?!(?:Not?|None) (?:(?:be |an )?exclu|includ|appl|count|consider))"
)


def runs_of(criterion: Criterion, text: str) -> list[Criterion]:
    """The statements of a criterion in text order, so that what one excepts or dates binds no other."""
    span = criterion.span
    starts = [span.start, *(one.end() for one in _ANEW.finditer(text, span.start, span.end) if not one["open"])]
    if len(starts) == 1:
        return [criterion]
    ends = [*starts[1:], span.end]
    held = [bisect_right(starts, max(clause.span.start, span.start)) - 1 for clause in criterion.requires]
    parts = [
        (Span(start, end), tuple(c for c, of in zip(criterion.requires, held, strict=True) if of == at))
        for at, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    return [replace(criterion, span=part, requires=clauses) for part, clauses in parts if clauses]
