"""The way back: where a stretch of canonical text stands in the file it was read from."""

from __future__ import annotations

import re
from bisect import bisect_right

from rag.types import Document, Page, Span

_LINES = re.compile(r"lines (\d+)-(\d+)")
_MOST_PLACES = 3  # a quote over more fields than this names the first few


def origin_of(document: Document | Page, span: Span) -> str:
    """The place of `span` in the source file: 'lines 131-131', a JSON pointer, an XPath, a CSV cell; '' for none.

    A span over several lines gives their range; over several fields, their places in text order.
    """
    origins = document.origins
    at = bisect_right(origins, span.start, key=lambda origin: origin.span.start) - 1
    places: list[str] = []
    for origin in origins[max(at, 0) :]:
        if origin.span.start >= max(span.end, span.start + 1):
            break
        if origin.span.end > span.start and origin.place not in places:
            places.append(origin.place)
    ranges = [_LINES.fullmatch(place) for place in places]
    lines = [match for match in ranges if match]
    if places and len(lines) == len(places):
        first = min(int(match[1]) for match in lines)
        last = max(int(match[2]) for match in lines)
        return f"lines {first}-{last}"
    more = ", …" if len(places) > _MOST_PLACES else ""
    return ", ".join(places[:_MOST_PLACES]) + more
