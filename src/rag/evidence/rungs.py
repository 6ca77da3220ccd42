"""Limits of one criterion for some people each: 'BMI ≥ 30, or ≥ 27 with diabetes', '12 for women, 13 for men'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.criteria.concepts import find_concepts, narrower_or_equal
from rag.types import Clause, Constraint, Criterion, Patient, ScopeKind


def may_be_another(clause: Clause, criterion: Criterion, met: Sequence[Clause], text: str, patient: Patient) -> bool:
    """Whether the person may be one of those for whom the criterion has a limit of its own, which they keep.

    Who tells of no cancer has no metastases; nobody is taken to have Gilbert's who does not say so.
    """
    variable = _variable_of(clause)
    others = [one for one in met if one is not clause and _variable_of(one) == variable and variable]
    spans = [scope.span for one in others for scope in one.scope if scope.kind is ScopeKind.CONDITION]
    meant = [at for at in clause.exceptions if any(at.start < span.end and span.start < at.end for span in spans)]
    return any(_may_hold(at.of(text), patient) for at in meant if len(criterion.requires) > 1)


def _may_hold(words: str, patient: Patient) -> bool:
    named = {mention.concept for mention in find_concepts(words)}
    if _RARE.search(words) or named & frozenset[str]().union(*map(narrower_or_equal, patient.has_not)):
        return False
    spread = any(one in narrower_or_equal("metastatic_disease") for one in named) or _SPREAD.search(words) is not None
    return not spread or bool({*patient.has} & {*narrower_or_equal("malignancy")})


_RARE = re.compile(r"(?i)\bgilbert")
_SPREAD = re.compile(r"(?i)\bmetasta|\binvolvement\b|\binfiltrat")


def hold_for_everybody(clauses: Sequence[Clause]) -> bool:
    """Whether limits on one variable are for all people together: 'men' and 'women', 'with X' and 'without X'."""
    scopes = [clause.scope for clause in clauses]
    if len(clauses) < 2 or any(len(scope) != 1 for scope in scopes):
        return False
    told = [scope[0] for scope in scopes]
    if {one.kind for one in told} == {ScopeKind.SEX}:
        return len({one.text for one in told}) > 1
    if len(told) > 2 or {one.kind for one in told} != {ScopeKind.CONDITION}:
        return False
    first, second = (_WITH_OR_WITHOUT.sub("~", one.text.casefold()) for one in told)
    without = [_WITHOUT.search(one.text) is not None for one in told]
    return first == second and without[0] is not without[1]


_WITHOUT = re.compile(r"(?i)\bwithout\b")
_WITH_OR_WITHOUT = re.compile(r"(?i)\bwith(?:out)?\b")


def _variable_of(clause: Clause) -> str:
    """The variable of a clause that is one limit; '' of any other."""
    atom = clause.alternatives[0]
    return atom.variable if len(clause.alternatives) == 1 and isinstance(atom, Constraint) else ""


def by_variable(clauses: Sequence[Clause]) -> list[list[Clause]]:
    """The clauses that are one limit each, together by variable, in the order of the criterion."""
    found: dict[str, list[Clause]] = {}
    for clause in clauses:
        if variable := _variable_of(clause):
            found.setdefault(variable, []).append(clause)
    return list(found.values())
