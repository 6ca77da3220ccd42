"""Things named in brackets behind a condition: 'substance abuse (alcohol, drugs)' is one condition in several words."""

from __future__ import annotations

import re

from rag.planning.lexicon import find_concept_marks
from rag.planning.words import read_line

_BRACKET = re.compile(r"(?<=[^\W\d_])\s*\(([^()\d]{3,80})\)")
_OPENS = re.compile(r"(?i)^(?:e\.?\s?g\.?|for example|for instance|such as|i\.?\s?e\.?|like|including|incl\.?)[,:]?\s+")
_ENDS = re.compile(r"(?i)[,;]?\s*(?:etc\.?|and so on|and the like|and similar|or similar|and others|…|\.\.\.)$")
_BETWEEN = re.compile(r"(?i)\s*(?:[,;/]\s*(?:or|and)?|\bor\b|\band\b)\s*")


def examples_told(text: str) -> str:
    """The question with the examples in brackets as alternatives; brackets of anything but conditions as they are."""
    return _BRACKET.sub(_as_alternatives, text)


def _as_alternatives(match: re.Match[str]) -> str:
    inner = _ENDS.sub("", _OPENS.sub("", match[1].strip()))
    items = [item for item in _BETWEEN.split(inner) if item]
    known = [item for item in items if find_concept_marks(read_line(item))]
    whose = find_concept_marks(read_line(match.string[max(0, match.start() - 60) : match.start()]))
    told = inner != match[1].strip()
    if not known or not whose or (len(known) < len(items) and not told) or (len(items) < 2 and not told):
        return match[0]
    return "".join(f" or {item}" for item in known)
