"""Whom an item lets in after all: 'cancer, except of the skin', 'treated ones are allowed'."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.criteria.scope import lay_out
from rag.criteria.words import words_of as words_in
from rag.evidence.stems import stem, words_of
from rag.types import State

# Words that let somebody in after all: what stands beyond the first kind, before the second, is let in.
_BUT = re.compile(r"(?i)\b(?:unless|except\w*|other than|excluding|but not(?! (?:limited|restricted) to))\b")
_LET_IN = re.compile(r"(?i)(?<!\bnot )(?<!\bnot be )\b(?:allowed|permitted|eligible|acceptable)\b")


@lru_cache(maxsize=1024)  # an item names many things
def exempted(item: str) -> frozenset[str]:
    """The stems of the words of an item by which somebody is let in."""
    if not _BUT.search(item) and not _LET_IN.search(item):
        return frozenset()
    cued: list[str] = []
    for part in _parts(item):
        but, let_in = _BUT.search(part), _LET_IN.search(part)
        cued.append(part if let_in else part[but.end() :] if but else "")
    return frozenset(stem(word) for part in cued for word in words_of(part))


def _parts(item: str) -> list[str]:
    """The sentences of an item, also of lines that were run together: 'No cancer except of the skin Not pregnant'."""
    words = words_in(item)
    layout = lay_out(words)
    return [
        item[words.starts[start] : words.ends[end - 1]]
        for start, end in zip(layout.clause_start, layout.clause_end, strict=True)
        if end > start
    ]


_EXCEPT = re.compile(r"(?i)\b(?:except(?:ing|ion of)?(?: for)?|other than|excluding|apart from)\s+(?:an?\s+|the\s+)?$")
_ENDS = re.compile(r"(?i)\s*(?:mellitus|\([^()]{1,20}\))?\s*(?:[.;)\n]|$)")
_BEFORE = 24  # characters in front of a name that hold the words of the exception


def is_spared(state: State, text: str) -> bool:
    """Whether the exception is the thing as a whole: 'endocrine disease except diabetes', not 'except mild asthma'."""
    start, end = state.span.start, state.span.end
    return bool(_EXCEPT.search(text[max(0, start - _BEFORE) : start]) and _ENDS.match(text, end))
