"""Ages told of men in one item and of women in another: each binds its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.types import Clause, Constraint, Criterion, Document, Scope, ScopeKind, Span

# "Men > 20 years", "* Post-menopausal women ≤ 78 years"
_OPENS = re.compile(
    r"(?i)\W*(?:(?:for|healthy|adult|non-?pregnant|(?:post|pre)-?menopausal|fertile|all) ){0,3}"
    r"(?:(?P<female>wom[ae]n|females?|girls?)|(?P<male>m[ae]n|males?|boys?))\b"
)
_OTHER = {  # not "Men and non-pregnant women"
    "male": re.compile(r"(?i)\b(?:wom[ae]n|females?|girls?)\b"),
    "female": re.compile(r"(?i)\b(?:m[ae]n|males?|boys?)\b"),
}
_DIGIT = re.compile(r"\d")


def with_ages_by_sex(criteria: Sequence[Criterion], document: Document) -> list[Criterion]:
    """The criteria, where the ages of an item of one sex bind that sex alone, if one other item is of the other sex."""
    opened = [_sex_of(one, document.text) for one in criteria]
    sexes = sorted(found.lastgroup or "" for found in opened if found)
    if document.facts.sex in ("MALE", "FEMALE") or sexes != ["female", "male"]:
        return list(criteria)
    return [_scoped(one, found) if found else one for found, one in zip(opened, criteria, strict=True)]


def _sex_of(criterion: Criterion, text: str) -> re.Match[str] | None:
    """The sex that an item with a number opens with, where it names no other."""
    start, end = criterion.span.start, criterion.span.end
    found = _OPENS.match(text, start, end)
    if found is None or not _DIGIT.search(text, found.end(), end):
        return None
    return None if _OTHER[found.lastgroup or ""].search(text, start, end) else found


def _scoped(criterion: Criterion, found: re.Match[str]) -> Criterion:
    sex = found.lastgroup or ""
    scope = Scope(ScopeKind.SEX, sex, Span(*found.span(sex)))
    return replace(criterion, requires=tuple(_of_sex(clause, scope) for clause in criterion.requires))


def _of_sex(clause: Clause, scope: Scope) -> Clause:
    aged = any(isinstance(atom, Constraint) and atom.variable == "age" for atom in clause.alternatives)
    return replace(clause, scope=(scope,)) if aged and not clause.scope else clause
