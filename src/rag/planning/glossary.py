"""A small glossary of the field's scales and terms, for questions that ask what a word means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rag.planning.tables import checked, read_table
from rag.planning.words import Phrases


@dataclass(frozen=True, slots=True)
class Term:
    id: str
    label: str
    also: tuple[str, ...]
    definition: str


@cache
def load_glossary() -> Mapping[str, Term]:
    """Term id → term, in file order."""
    terms = {}
    for name, row in read_table("glossary").items():
        checked(row, file="glossary", required=("label", "also", "says"))
        terms[name] = Term(name, row["label"], tuple(row["also"]), row["says"])
    return terms


@cache
def glossary_phrases() -> Phrases[str]:
    return Phrases((phrase, term.id) for term in load_glossary().values() for phrase in term.also)
