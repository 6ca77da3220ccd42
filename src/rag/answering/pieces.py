"""The sentences of a record as what a question is scored against: their stems, their place, what stands over them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.evidence.sentences import sentences
from rag.evidence.stems import stem, words_of
from rag.types import Document, Span

# Labels and names, told by the rules of registry fields.
_LABELS = frozenset(
    {"locations", "contacts", "dates", "identification", "conditions", "sponsors", "eligibility.fields"}
)
_ENTRY = re.compile(r"(?:arm|intervention|outcome\.\w+)\.\d+$")
_NAME = 200  # code points of an entry that name it
_LONG = 300  # code points: a longer sentence of criteria is a list, and its items are looked at one by one


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, its section, its stems, and those of the name of the registry entry that it stands in.

    `heading`: the stems of the line that announces the list; `words`: its own stems in their order; `placed`: the
    sentence after its section and the first line of its entry, 'arms: Arm: Rest (NO_INTERVENTION): Nothing is given.'
    """

    span: Span
    text: str
    section: str
    stems: frozenset[str]
    entry: frozenset[str]
    heading: frozenset[str]
    words: tuple[str, ...]
    placed: str

    @property
    def around(self) -> frozenset[str]:
        return self.stems | self.entry | self.heading


def units_of(document: Document, items: Sequence[Span] = ()) -> list[Unit]:
    """The sentences of a record in text order; of a long sentence of criteria the `items` that it lists."""
    found: dict[Span, Unit] = {}
    entries = _entries(document)
    for section in document.sections:
        if section.name in _LABELS:
            continue
        heading: frozenset[str] = frozenset()
        for span in _parts(document, section.span, items if section.name.startswith("eligibility") else ()):
            if span in found:
                continue
            text = span.of(document.text)
            if _is_field(text):
                continue
            named = _named_above(document, entries, span)
            words = tuple(stem(word) for word in words_of(text))
            placed = _placed(section.name, named, text)
            found[span] = Unit(span, text, section.name, frozenset(words), stems_of(named), heading, words, placed)
            heading = frozenset(words) if text.rstrip().endswith(":") else heading
    return list(found.values())


def placed_at(document: Document, span: Span) -> str:
    """A part of a record as `Unit.placed` has it."""
    section = next((one.name for one in document.sections if one.span.start <= span.start < one.span.end), "")
    return _placed(section, _named_above(document, _entries(document), span), span.of(document.text))


def _entries(document: Document) -> list[Span]:
    return [field.span for field in document.fields if _ENTRY.match(field.name)]


def _named_above(document: Document, entries: Sequence[Span], span: Span) -> str:
    """The beginning of the registry entry that a part of a record stands in, which names it; empty outside of all."""
    entry = next((one for one in entries if one.start <= span.start < one.end), None)
    return entry.of(document.text)[:_NAME] if entry else ""


def _placed(section: str, entry: str, text: str) -> str:
    first = entry.split("\n", 1)[0][:_FIRST]
    above = first and not text.startswith(first[:_SAME])
    return ": ".join([section.replace(".", " "), *([first] if above else []), text])


_FIRST, _SAME = 120, 40  # code points of an entry's first line that are read; by which a sentence is that line


def _is_field(text: str) -> bool:
    """A printed registry field ('Masking: TRIPLE', 'Enrollment: 40 (ACTUAL)'), no sentence: told by its rule."""
    name, colon, value = text.partition(": ")
    return bool(colon) and len(name) < _FIELD and value.isupper()


_FIELD = 24  # code points of the name of a field


def stems_of(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(text))


def _parts(document: Document, section: Span, items: Sequence[Span]) -> Iterator[Span]:
    for span in sentences(document.text, section):
        inside = [item for item in items if span.start <= item.start and item.end <= span.end]
        if span.end - span.start <= _LONG or len(inside) < 2:
            yield span
            continue
        for item in inside:
            yield from sentences(document.text, Span(_with_head(document.text, span, item), item.end))


_HEAD = re.compile(r"[A-Z][A-Za-z/() ]{2,40}: *$")


def _with_head(text: str, whole: Span, item: Span) -> int:
    """Where an item begins with the heading right before it: 'Renal: Creatinine …'."""
    head = _HEAD.search(text, max(whole.start, item.start - 44), item.start)
    return head.start() if head else item.start
