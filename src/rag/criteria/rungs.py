"""Values of one measure told one under the other: 'BMI' / '* ≥ 30' / '* ≥ 27 with hypertension'.

The stricter value is asked of whoever has not what stands beside the looser one, so neither alone binds everybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.types import Clause, Constraint, Criterion, Polarity, Scope, ScopeKind, Span, State

# the item is a value, and then tells with what: '≥ 27 kg/m2 and at least one comorbidity'
_WITH = re.compile(
    r"\W{0,4}(?:[<>≤≥]=?|at least|at most|more than|less than)[^A-Za-z]{0,12}[\w/²^. -]{0,24}?[, ]+"
    r"(?P<who>\(?(?:and|with|plus|if|in the presence of|accompanied by|when)\b[^.;]{3,160})",
    re.IGNORECASE,
)


def with_rungs(criteria: Sequence[Criterion], text: str) -> list[Criterion]:
    """The criteria, a stricter value made to give way to the looser one of those whom the next item tells."""
    changed = list(criteria)
    for number, (first, second) in enumerate(pairwise([_lone_limit(one) for one in criteria])):
        if first is None or second is None or not _are_siblings(criteria[number], criteria[number + 1]):
            continue
        for strict, loose, at in ((first, second, number + 1), (second, first, number)):
            told = _WITH.match(text, criteria[at].span.start, criteria[at].span.end)
            if told and _is_inside(strict, loose):
                tight = 2 * number + 1 - at
                changed[tight] = _giving_way(changed[tight], criteria[at].span)
                changed[at] = _for_some(changed[at], Span(*told.span("who")), told["who"])
    return changed


def _are_siblings(one: Criterion, other: Criterion) -> bool:
    sides = (one.polarity, one.section, one.headings) == (other.polarity, other.section, other.headings)
    return sides and one.polarity is Polarity.INCLUSION and bool(one.headings)


def _limits(criterion: Criterion) -> list[Clause]:
    return [one for one in criterion.requires if any(isinstance(atom, Constraint) for atom in one.alternatives)]


def _lone_limit(criterion: Criterion) -> Constraint | None:
    """The only limit of an item, where it binds everybody."""
    clauses = _limits(criterion)
    if len(clauses) != 1 or clauses[0].scope or clauses[0].exceptions or len(clauses[0].alternatives) != 1:
        return None
    atom = clauses[0].alternatives[0]
    return atom if isinstance(atom, Constraint) else None


def _is_inside(strict: Constraint, loose: Constraint) -> bool:
    if strict.variable != loose.variable or strict.admits == loose.admits or not strict.admits.is_subset(loose.admits):
        return False
    ends = [(part.low is None, part.high is None) for one in (strict, loose) for part in one.admits]
    return len(ends) == 2 and ends[0] == ends[1] and any(ends[0])  # both only floors, or both only ceilings


def _giving_way(criterion: Criterion, looser: Span) -> Criterion:
    limits = _limits(criterion)
    requires = tuple(replace(one, exceptions=(looser,)) if one in limits else one for one in criterion.requires)
    return replace(criterion, requires=requires)


def _for_some(criterion: Criterion, who: Span, words: str) -> Criterion:
    """What stands beside the looser value is asked of those who have only that."""
    scope = Scope(ScopeKind.CONDITION, words, who)
    requires = tuple(replace(one, scope=(scope,)) for one in _limits(criterion))
    concepts: tuple[State, ...] = tuple(
        replace(one, doubts=tuple(dict.fromkeys((*one.doubts, "alternative")))) for one in criterion.concepts
    )
    return replace(criterion, requires=requires, concepts=concepts)
