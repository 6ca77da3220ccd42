"""One record as HTML for readers without JavaScript: every word of the document escaped, the cited words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from rag.types import Document, Span

MAX_SPANS = 100
_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})")


def spans_of(parameter: str, document: Document) -> tuple[Span, ...]:
    """The spans of 'start-end,start-end' that lie in the document, in text order; whatever else is left out."""
    found = (_SPAN.fullmatch(part) for part in parameter.split(",")[:MAX_SPANS])
    spans = (Span(int(one.group(1)), int(one.group(2))) for one in found if one)
    return tuple(sorted(span for span in spans if span.start < span.end <= len(document.text)))


def record_html(document: Document, spans: Sequence[Span]) -> str:
    """The body of the page: title, id, then the text section by section."""
    head = (
        f'<header class="record-head"><div class="record-top"><span class="id">{escape(document.trial_id)}</span>'
        f'<a href="{escape(document.url)}" rel="noopener noreferrer">Registry</a></div>'
        f'<h1 class="record-title">{escape(document.title)}</h1></header>'
    )
    return f'{head}<div class="record-body">{"".join(_stretches(document, spans))}</div>'


def _stretches(document: Document, spans: Sequence[Span]) -> Iterator[str]:
    """Sections, and the printed headings and other text between them."""
    at = 0
    for section in document.sections:
        if section.span.start < at:
            continue
        yield _between(document.text, Span(at, section.span.start), spans)
        words = section.name.replace(".", ", ")
        yield (
            f'<section class="record-section" aria-label="{escape(words)}">'
            f'<div class="record-text">{_marked(document.text, section.span, spans)}</div></section>'
        )
        at = section.span.end
    yield _between(document.text, Span(at, len(document.text)), spans)


def _between(text: str, stretch: Span, spans: Sequence[Span]) -> str:
    if not stretch.of(text).strip():
        return ""
    return f'<p class="record-between">{_marked(text, stretch, spans)}</p>'


def _marked(text: str, stretch: Span, spans: Sequence[Span]) -> str:
    parts, at = [], stretch.start
    for span in spans:
        start, end = max(span.start, at), min(span.end, stretch.end)
        if start < end:
            parts.append(f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>")
            at = end
    parts.append(escape(text[at : stretch.end]))
    return "".join(parts)
