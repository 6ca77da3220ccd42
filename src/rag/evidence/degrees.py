"""Whether a criterion speaks of the degree and the kind of a condition that are asked about: 'severe', 'uveal'."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rag.evidence.stems import stem, words_of

_LADDER = ("mild", "moderate", "severe")
_WORD = r"(?:very |extremely )?(?:mild|moderate|severe)(?:ly)?"
# "mild to moderate", "moderate-to-severe", "mild, moderate or severe", "at least moderate"
_TOLD = re.compile(
    rf"(?i)(?P<least>at least |minimum of )?(?P<told>\b{_WORD}(?:(?: ?[,/-] ?| (?:to|or|and|through|and/or) "
    rf"|-(?:to|or|and)-){_WORD}){{0,2}})\b"
)
_BEFORE, _BEHIND = 60, 40  # code points around the name
# Behind the name: "asthma of moderate severity", "dementia (mild)"; not the next thing of a list.
_FOLLOWS = re.compile(
    rf"(?i)[\s,]{{0,2}}(?:\(\s?|(?:of|that is|which is|is) (?:an? )?(?:at least )?){_WORD}[^.;)]{{0,20}}"
)
_ENDS = re.compile(r"[.;:()]|, (?!moderate|severe|mild)|\b(?:and|or) (?!moderate|severe|mild)")


class Cover(Enum):
    """How what is told covers what is asked."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Near:
    """The words of an item around the name of a concept: `before` ends where the name begins."""

    before: str
    behind: str


def near_of(text: str, start: int, end: int, *, first: int, last: int) -> Near:
    """The words around `text[start:end]` within the item at `text[first:last]`."""
    return Near(text[max(first, start - _BEFORE) : start], text[end : max(end, min(last, end + _BEHIND))])


@lru_cache(maxsize=512)
def degrees_of(words: str) -> frozenset[str]:
    """The degrees that words name, those between the ends of a range with them; none for words without."""
    found: set[str] = set()
    for told in _TOLD.finditer(words):
        named = [one for one in _LADDER if re.search(rf"(?i)\b{one}", told["told"])]
        first, last = _LADDER.index(named[0]), _LADDER.index(named[-1])
        found |= set(_LADDER[first : len(_LADDER) if told["least"] else last + 1])
    return frozenset(found)


def degrees_near(near: Near) -> frozenset[str]:
    """The degrees of the thing itself: the words right before it, back to the thing before, and right behind it."""
    ends = [found.end() for found in _ENDS.finditer(near.before)]
    behind = _FOLLOWS.match(near.behind)
    return degrees_of(near.before[ends[-1] if ends else 0 :]) | degrees_of(behind.group() if behind else "")


def cover_of(told: Collection[str], asked: Collection[str], *, required: bool) -> Cover:
    """Who must have something told has something asked (`required`), or who has what is asked has what is told."""
    small, wide = (set(told), set(asked)) if required else (set(asked), set(told))
    if not small & wide:
        return Cover.NONE
    return Cover.WHOLE if small <= wide else Cover.PART


def says_all(wanted: Collection[str], item: str) -> bool:
    """Whether an item has the stems of all words wanted."""
    return set(wanted) <= {stem(word) for word in words_of(item)}
