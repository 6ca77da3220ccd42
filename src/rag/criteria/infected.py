"""Measures that only the infected have: 'HIV-positive participants must have a CD4 count ≥ 250' binds nobody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.criteria.items import Item
from rag.types import Clause, Constraint, Document, Scope, ScopeKind, Span

_OF_HIV = frozenset(["cd4", "hiv_rna", "viral_load"])
_HIV = re.compile(r"(?i)\bhiv\b|\bhuman immuno-?deficiency")
_STUDIED = re.compile(r"(?i)\b(?:hiv|aids)\b|\bimmuno-?deficiency|\bantiretroviral")


def of_the_infected(document: Document, item: Item, clauses: list[Clause]) -> list[Clause]:
    """The clauses of an item; those on CD4 cells or viral load for people with HIV alone, where a trial of something
    else names HIV beside them."""
    if not any(_is_of_hiv(clause) for clause in clauses) or _studies_hiv(document):
        return clauses
    named = _named(document.text, (item.span, *reversed(item.heading_spans)))
    if named is None:
        return clauses
    return [_scoped(clause, named) if _is_of_hiv(clause) else clause for clause in clauses]


def _is_of_hiv(clause: Clause) -> bool:
    bases = [atom.variable for atom in clause.alternatives if isinstance(atom, Constraint)]
    return not clause.scope and bool(bases) and _OF_HIV.issuperset(bases)


def _studies_hiv(document: Document) -> bool:
    said = " ".join((document.title, *document.facts.conditions))
    return not said.strip() or _STUDIED.search(said) is not None  # where nothing is said, it may


def _named(text: str, places: Sequence[Span]) -> Span | None:
    """The words that name HIV, in the item itself or else in the nearest heading that does."""
    found = (_HIV.search(text, place.start, place.end) for place in places)
    return next((Span(*one.span()) for one in found if one is not None), None)


def _scoped(clause: Clause, named: Span) -> Clause:
    return replace(clause, scope=(Scope(ScopeKind.CONDITION, "HIV", named),))
