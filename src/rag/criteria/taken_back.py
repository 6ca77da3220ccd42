"""Exclusions that a list of provisos has swallowed: 'Treated gout is eligible, provided that all of these are met: …'.

What stands below such a note asks something; the exclusions behind its list do not. Where a source flattens its
bullets, only their depth and their words tell where the list ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.criteria.items import Item
from rag.types import Polarity, Span

# "… are eligible, provided that all of the following are met:", "may be enrolled if:"
_PROVISO = re.compile(
    r"(?i)\b(?:eligible|allowed|permitted|enrol?led|included|acceptable)\b[^:]{0,60}"
    r"\b(?:provided|if|when|as long as|following)\b[^:]{0,80}:\W*$"
)
# "History of …", "Pregnant or …", "Patients with …": what an exclusion opens with, and no proviso
_EXCLUDES = re.compile(
    r"(?i)(?:known|any|active|prior|previous|history of|pregnan\w+|lactating|breast-?feeding"
    r"|(?:patients?|participants?|subjects?) (?:with|who)|infection with|concurrent|uncontrolled|severe)\b"
)


def taken_back(items: Sequence[Item], text: str) -> list[Item]:
    """The items, those behind the list of a proviso among exclusions turned back into exclusions."""
    depths: dict[Span, int] = {}
    ended: set[Span] = set()
    found: list[Item] = []
    for item in items:
        note = _note_over(item)
        if note is None:
            found.append(item)
            continue
        depth = _depth(text, item.span.start)
        first = depths.setdefault(note, depth)
        if depth != first and _EXCLUDES.match(text, item.span.start):
            ended.add(note)
        found.append(_without(item, note) if note in ended else item)
    return found


def _note_over(item: Item) -> Span | None:
    """The heading that lets some in, of an item asked for in a section of exclusions."""
    if item.section != "eligibility.exclusion" or item.polarity is not Polarity.INCLUSION:
        return None
    pairs = zip(item.headings[len(item.headings) - len(item.heading_spans) :], item.heading_spans, strict=True)
    return next((span for heading, span in pairs if _PROVISO.search(heading)), None)


def _without(item: Item, note: Span) -> Item:
    at = item.heading_spans.index(note)
    return replace(
        item,
        polarity=Polarity.EXCLUSION,
        headings=item.headings[: len(item.headings) - len(item.heading_spans) + at],
        heading_spans=item.heading_spans[:at],
        relation="",
        group=-1,
    )


def _depth(text: str, at: int) -> int:
    """The characters in front of the words of an item on its line, its bullet left out."""
    start = text.rfind("\n", 0, at) + 1
    return len(text[start:at]) - len(text[start:at].lstrip())
