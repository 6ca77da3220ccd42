"""What the reader makes of one item, in a short notation that tests can state.

A clause is its alternatives joined by ' | ', each '<variable> <admitted set>'; '~' marks an inferred comparison,
'?variable' an unread one, 'words' an alternative in words, '@kind' a scope, '!' an exception.
"""

from __future__ import annotations

from rag.criteria.reading import read_trial
from rag.types import Clause, Constraint, Document, ReadTrial, Section, Span, State, TrialFacts, Unread

SECTIONS = {"I": "inclusion", "E": "exclusion", "?": "unheaded"}


def document(section: str, text: str) -> Document:
    sections = (Section(f"eligibility.{SECTIONS[section]}", Span(0, len(text))),)
    return Document("NCT00000001", "", text, sections, (), TrialFacts(), (), "t.txt", "")


def read(section: str, text: str) -> ReadTrial:
    return read_trial(document(section, text))


def clauses(section: str, text: str) -> list[str]:
    """The numeric clauses of one item in the notation above."""
    found = [clause for criterion in read(section, text).criteria for clause in criterion.requires]
    return [
        _clause(clause) for clause in found if any(isinstance(a, Constraint) or _named(a) for a in clause.alternatives)
    ]


def _named(atom: object) -> bool:
    return isinstance(atom, Unread) and bool(atom.variable)


def _clause(clause: Clause) -> str:
    words = " | ".join(dict.fromkeys(_atom(atom) for atom in clause.alternatives))
    return words + "".join(f" @{scope.kind}" for scope in clause.scope) + " !" * len(clause.exceptions)


def _atom(atom: object) -> str:
    if isinstance(atom, Constraint):
        return f"{atom.variable} {atom.admits.describe()}" + ("~" if atom.inferred else "")
    if isinstance(atom, State):
        return "words"
    assert isinstance(atom, Unread)
    return f"?{atom.variable}" if atom.variable else "words"
