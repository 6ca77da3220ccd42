"""Canonical text in the making: all that is put on it keeps its span, its field name and its place in the file."""

from __future__ import annotations

from collections.abc import Iterable

from rag.sources.clean import block
from rag.sources.record import Printed
from rag.types import Field, Origin, Section, Span


class Page:
    """Canonical text in the making, with the spans of all that is put on it. Used once, then `document` closes it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.at = 0
        self.sections: list[Section] = []
        self.fields: list[Field] = []
        self.origins: list[Origin] = []

    def put(self, text: str) -> Span:
        start = self.at
        self.parts.append(text)
        self.at += len(text)
        return Span(start, self.at)

    def heading(self, label: str) -> None:
        self.put(f"\n\n{label}\n" if self.at else f"{label}\n")

    def value(self, text: str, source: Printed, name: str = "") -> Span:
        """Put one line's value, and remember where it came from and which field it is."""
        span = self.put(text)
        if not text:
            return span
        if source.line:
            self.origins.append(Origin(span, f"lines {source.line}-{source.line}"))
        elif source.place:
            self.origins.append(Origin(span, source.place))
        if name:
            self.fields.append(Field(name, span))
        return span

    def prose(self, source: Printed) -> Span:
        """Put a block as printed; a text file's lines keep their own numbers."""
        if not source.line:
            return self.value(block(source.text), source)
        start = self.at
        for number, line in enumerate(source.text.split("\n"), source.line):
            if self.at > start:
                self.put("\n")
            if line.strip():
                self.value(line.rstrip(), Printed(line, line=number))
        return Span(start, self.at)

    def line(self, label: str, text: str, source: Printed, name: str) -> None:
        """Put '<label>: <text>' on a line of its own; nothing when the value is empty."""
        if text:
            self.put(f"{label}: ")
            self.value(text, source, name)
            self.put("\n")

    def joined(self, label: str, parts: Iterable[tuple[str, Printed]], separator: str, name: str) -> None:
        """Put '<label>: <part><separator><part>…' on a line; each part keeps its place, the field covers them all."""
        full = [(text, source) for text, source in parts if text]
        if not full:
            return
        self.put(f"{label}: ")
        start = self.at
        for text, source in full:
            if self.at > start:
                self.put(separator)
            self.value(text, source)
        self.fields.append(Field(name, Span(start, self.at)))
        self.put("\n")

    def entry(self, name: str, start: int) -> None:
        """Name all that was put since `start`, line end apart, as one field."""
        self.fields.append(Field(name, Span(start, self.at - 1)))

    def section(self, name: str, start: int) -> None:
        """Close the section whose body began at `start`; the trailing line ends stay outside."""
        while self.parts and self.parts[-1].strip("\n") == "" and self.at > start:
            self.at -= len(self.parts.pop())
        if self.parts and self.parts[-1].endswith("\n"):
            trimmed = self.parts[-1].rstrip("\n")
            self.at -= len(self.parts[-1]) - len(trimmed)
            self.parts[-1] = trimmed
        self.sections.append(Section(name, Span(start, self.at)))
