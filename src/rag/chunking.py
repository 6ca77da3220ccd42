"""Passages of a document: what is embedded and found. One per eligibility item, arm, outcome; prose by paragraphs.

No passage crosses a section. Every passage fits the embedder together with its context line, so nothing is truncated:
what is too long is cut at sentence ends, then at words, and the passages of it together cover it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rag.criteria.items import Item, find_items
from rag.sections import SECTION_LABELS
from rag.types import Document, Passage, Section, Span

# The context line may take a third of a passage; a longer title is cut at a word.
_CONTEXT_SHARE = 3
_ENTRIES = {"arms": "arm.", "interventions": "intervention.", "outcomes": "outcome."}
_ENTRY_NUMBER = re.compile(r"(?:arm|intervention|outcome\.(?:primary|secondary|other))\.\d+")
_PROSE = frozenset({"summary", "description", "other"})
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")
_LINE_END = re.compile(r"\n\s*")
_SENTENCE_END = re.compile(r"(?<=[.;:?!)])[ \t]+|\n\s*")
_SPACE = re.compile(r"\s+")


def passages_of(document: Document, count: Callable[[str], int], limit: int) -> tuple[Passage, ...]:
    """The passages of `document` in text order.

    `count` gives a text's tokens, `limit` holds for context line and text together. The context line is
    '<title> — <section label>', with the nearest heading of an item behind it.
    """
    writer = _Writer(document, count, limit)
    items: dict[str, list[Item]] = {}
    for item in find_items(document):
        items.setdefault(item.section, []).append(item)
    found: list[Passage] = []
    for section in document.sections:
        inside = [item for item in items.get(section.name, ()) if _contains(section.span, item.span)]
        if inside:
            found += (passage for item in inside for passage in writer.item(item))
        else:
            found += writer.section(section)
    unique = {passage.span: passage for passage in found}
    return tuple(sorted(unique.values(), key=lambda passage: passage.span))


def _contains(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


class _Writer:
    """Cuts the sections of one document; holds what does not change: the text, the counter, the title."""

    def __init__(self, document: Document, count: Callable[[str], int], limit: int) -> None:
        if limit < 2 * _CONTEXT_SHARE:
            raise ValueError(f"a passage of {limit} tokens cannot hold a word and its context")
        self.document = document
        self.count = count
        self.limit = limit
        self.contexts: dict[tuple[str, tuple[str, ...]], tuple[str, int]] = {}

    def item(self, item: Item) -> Iterator[Passage]:
        """One item as one passage, or as several where it is too long."""
        context, room = self.context(item.section, item.headings)
        for span in self.fitted([item.span], room, merge=False):
            yield self.passage(item.section, span, context)

    def section(self, section: Section) -> Iterator[Passage]:
        context, room = self.context(section.name, ())
        for span in self.fitted(self.units(section), room, merge=section.name not in _ENTRIES):
            yield self.passage(section.name, span, context)

    def units(self, section: Section) -> list[Span]:
        """What belongs together in a section: an entry, a paragraph, a line."""
        prefix = _ENTRIES.get(section.name)
        if prefix:
            entries = [
                field.span
                for field in self.document.fields
                if field.name.startswith(prefix) and _ENTRY_NUMBER.fullmatch(field.name)
            ]
            rest = [Span(entries[-1].end, section.span.end)] if entries else [section.span]
            return [*entries, *(span for span in rest if span.of(self.document.text).strip())]
        ends = _PARAGRAPH_END if section.name in _PROSE else _LINE_END
        return list(_split(self.document.text, section.span, ends))

    def fitted(self, units: Sequence[Span], room: int, *, merge: bool) -> Iterator[Span]:
        """Spans of at most `room` tokens over `units`: neighbours together where `merge`, long ones cut."""
        text = self.document.text
        start = end = -1
        used = 0
        for unit in units:
            size = self.count(unit.of(text))
            if start >= 0 and merge and used + size <= room:
                end, used = unit.end, used + size
                continue
            if start >= 0:
                yield _trimmed(text, Span(start, end))
                start = -1
            if size > room:
                yield from self.cut(unit, room)
            else:
                start, end, used = unit.start, unit.end, size
        if start >= 0:
            yield _trimmed(text, Span(start, end))

    def cut(self, span: Span, room: int) -> Iterator[Span]:
        """A span that is too long: at sentence ends, a sentence at words, a word at signs."""
        text = self.document.text
        for ends in (_SENTENCE_END, _SPACE):
            parts = list(_split(text, span, ends))
            if len(parts) > 1:
                yield from self.fitted(parts, room, merge=True)
                return
        middle = (span.start + span.end) // 2
        if middle == span.start:
            yield span
            return
        yield from self.fitted([Span(span.start, middle), Span(middle, span.end)], room, merge=False)

    def context(self, name: str, headings: tuple[str, ...]) -> tuple[str, int]:
        """The context line and the tokens that it leaves for text."""
        key = (name, headings)
        if key not in self.contexts:
            label = ": ".join((SECTION_LABELS[name], *headings[-1:]))
            line = _within(self.document.title, f" — {label}", self.count, self.limit // _CONTEXT_SHARE)
            self.contexts[key] = line, self.limit - self.count(line)
        return self.contexts[key]

    def passage(self, name: str, span: Span, context: str) -> Passage:
        document = self.document
        passage_id = f"{document.trial_id}:{span.start}-{span.end}"
        return Passage(passage_id, document.trial_id, name, span, context, span.of(document.text))


def _within(title: str, end: str, count: Callable[[str], int], most: int) -> str:
    """`title` and `end` in at most `most` tokens: the title loses words from its end, then the end its own."""
    words = title.split(" ")
    while words and count(" ".join(words) + end) > most:
        words = words[: len(words) - max(1, len(words) // 8)]
    line = " ".join(words) + end if words else end.strip(" —")
    while count(line) > most:
        line = line[: len(line) * 3 // 4]
    return line


def _split(text: str, span: Span, ends: re.Pattern[str]) -> Iterator[Span]:
    """The stretches of `span` between the matches of `ends`, blank ones left out."""
    start = span.start
    for match in ends.finditer(text, span.start, span.end):
        if match.start() > start:
            yield Span(start, match.start())
        start = match.end()
    if span.end > start and text[start : span.end].strip():
        yield Span(start, span.end)


def _trimmed(text: str, span: Span) -> Span:
    words = span.of(text)
    return Span(span.start + len(words) - len(words.lstrip()), span.end - (len(words) - len(words.rstrip())))
