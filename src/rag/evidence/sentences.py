"""Sentences of a section as spans, so that a quote is never longer than it must be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.types import Document, Section, Span

# A stop that ends a sentence: before space and a capital, digit or bullet; not after 'e.g', 'vs', 'Dr' or an initial.
_STOP = re.compile(r"[.!?;](?=\s+[A-Z0-9(*\-•])|\n")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|approx|Dr|Prof|No|Fig|St|etc|incl|max|min|resp)|\b[A-Z])\.$")
_BULLET = re.compile(r"[\s*•\-]*(?:\(?\d{1,2}[.)]\s+)?")


def sentences(text: str, span: Span) -> Iterator[Span]:
    """The sentences within a span, in order, without the bullets and space around them."""
    start = span.start
    for stop in _STOP.finditer(text, span.start, span.end):
        end = stop.start() if stop.group() == "\n" else stop.end()
        if stop.group() == "." and _ABBREVIATION.search(text, max(start, end - 8), end):
            continue
        if stop.group() == ";" and _is_inside_brackets(text, start, end):
            continue
        yield from _trimmed(text, start, end)
        start = end
    yield from _trimmed(text, start, span.end)


def _is_inside_brackets(text: str, start: int, end: int) -> bool:
    """Whether a bracket is open at `end`: 'isolated IGT (FPG < 100; 2-h PG = 140-199)' is one sentence."""
    return text.count("(", start, end) > text.count(")", start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    bullet = _BULLET.match(text, start, end)
    start = bullet.end() if bullet else start
    while end > start and text[end - 1].isspace():
        end -= 1
    if end - start > 2:
        yield Span(start, end)


# Where a quote may begin inside a long sentence: behind a stop or comma, or before a capitalised word or a 'No'.
_BEGINS = re.compile(r"[.;:,\n]\s+|\s(?=[A-Z][a-z]+\s)")


def around(text: str, whole: Span, kernel: Span, limit: int) -> Span:
    """The sentence of `whole` that holds `kernel`; of a longer one the words around it, `limit` characters at most."""
    if whole.end - whole.start <= limit:
        return whole
    holding = [s for s in sentences(text, whole) if s.start <= kernel.start and kernel.end <= s.end]
    near = holding[0] if holding else whole
    if near.end - near.start <= limit:
        return near
    room = max(limit - (kernel.end - kernel.start), 0)
    start, end = max(near.start, kernel.start - room // 3), min(near.end, kernel.end + 2 * room // 3)
    if start > near.start:
        begins = _BEGINS.search(text, start, kernel.start)
        start = begins.end() if begins else kernel.start
    while kernel.end < end < near.end and not text[end].isspace():
        end -= 1
    return Span(start, end)


def sections_named(document: Document, *names: str) -> list[Section]:
    """The document's sections whose name is, or begins with, one of `names`."""
    return [s for s in document.sections if any(s.name == name or s.name.startswith(name + ".") for name in names)]
