"""What is told with the year of its last time, or as cured by its own test: had once, not today."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rag.criteria.concepts import load_concepts
from rag.planning.marks import Kind, Mark
from rag.planning.words import Line


def left_behind(line: Line, marks: Sequence[Mark], known: Collection[str]) -> tuple[str, ...]:
    """'Last rituximab 2022', 'hepatitis C antibodies but RNA negative'; not 'on rituximab since 2022'."""
    found = dict.fromkeys(mark.value for mark in marks if mark.kind is Kind.CONCEPT and _was_last_in(line, mark))
    if "hepatitis_c" in known and _NO_VIRUS.search(line.text) is not None:
        found["hepatitis_c"] = None
    return tuple(found)


def _was_last_in(line: Line, mark: Mark) -> bool:
    concept = load_concepts().get(mark.value)
    if concept is None or concept.kind != "treatment":
        return False
    before = line.lemmas(line.back_to_sign(mark.first, 6, ".;:,?"), mark.first)
    return "last" in before and _YEAR.match(line.text, line.tokens[mark.last - 1].end) is not None


_YEAR = re.compile(r"(?i)(?:[-/+ ][a-z]+)?\)?,? (?:in )?(?:[a-z]{3,9}\.? )?(?:19|20)\d\d\b")
_NO_VIRUS = re.compile(
    r"(?i)\b(?:HCV|hepatitis C|hep C)\b[^.;]{0,60}\b(?:but|and|with|,) (?:HCV[ -])?(?:RNA|PCR|viral load|virus)"
    r" (?:is |was )?(?:negative|undetectable|not detect\w+|clear)"
)
