"""A verb of criteria left unsaid: 'gout is excluded, though arthritis is not', 'asthma rules you out but COPD doesn't'.

The clause ends in a form of 'to be', 'to do' or a bare 'not'; what it says is the verb before it, denied or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.planning.marks import Kind, Mark
from rag.planning.tables import word_set
from rag.planning.words import Line

_LONGEST = 7  # words of what the clause is about


@dataclass(frozen=True, slots=True)
class Elided:
    """The clause begins at token `start`; `first` to `last` stand for the verb."""

    start: int
    first: int
    last: int
    negated: bool


def find_elided(line: Line, marks: Sequence[Mark]) -> Elided | None:
    """The first clause without its verb behind one that has it; not '… and which do not?', '… that gout is not.'"""
    verbs = [mark.last for mark in marks if mark.kind is Kind.CUE]
    for at in range(min(verbs, default=len(line.tokens)) + 1, len(line.tokens)):
        span = _stands_for_a_verb(line, at)
        start = _opening(line, at) if span else 0
        if span and start and any(last <= start for last in verbs) and not any(start < last <= at for last in verbs):
            negated = "not" in line.lemmas(*span)
            denied = {"not", "no", "never"} & set(line.lemmas(0, start))
            if negated or denied:  # 'gout is not excluded but arthritis is'
                return Elided(start, *span, negated)
    return None


def _stands_for_a_verb(line: Line, at: int) -> tuple[int, int] | None:
    """'is not', 'does not', 'isn't', 'not' at the end of its clause."""
    lemmas = line.lemmas(at, at + 2)
    helps = word_set("elided.helping")
    size = 2 if lemmas[0] in helps and lemmas[1:] == ("not",) and not line.gap(at + 1).strip() else 1
    if size == 1 and lemmas[0] != "not" and lemmas[0] not in helps:
        return None
    return (at, at + size) if at + size >= len(line.tokens) or line.stops_at(at + size, ",;.?:)") else None


def _opening(line: Line, at: int) -> int:
    """Where the clause that ends at token `at` begins, behind a joining word or a comma; 0 where nothing parts it."""
    start = at
    while start > max(0, at - _LONGEST) and line.tokens[start - 1].lemma not in word_set("elided.joining"):
        if start < at and line.stops_at(start, ",;"):
            break
        start -= 1
    told = line.lemmas(start, at)
    joined = line.lemmas(start - 1, start)[:1] and (
        line.tokens[start - 1].lemma in word_set("elided.joining") or line.stops_at(start, ",;")
    )
    return start if joined and told and not word_set("elided.pointing") & set(told) else 0
