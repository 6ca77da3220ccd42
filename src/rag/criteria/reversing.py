"""Lists whose every limit keeps the unfit: a heading was lost or the source printed the wrong side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.criteria.lexicon import load_variables
from rag.types import Clause, Constraint, Criterion, ScopeKind, Unread
from rag.values import Values

_ORGANS = frozenset({"kidney", "liver", "blood", "cardiac", "coagulation"})
_ENOUGH = 3  # limits of one list, of two kinds of organs at least: fewer may well be a trial of the sick


def without_reversed_lists(criteria: Sequence[Criterion]) -> list[Criterion]:
    """The criteria, those of lists that would keep only the unfit left unread."""
    lists: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, criterion in enumerate(criteria):
        lists[criterion.polarity, criterion.section, criterion.headings].append(number)
    out = list(criteria)
    for members in lists.values():
        if _is_reversed([clause for number in members for clause in criteria[number].requires]):
            for number in members:
                out[number] = replace(out[number], requires=tuple(_unread(out[number].requires)))
    return out


def _is_reversed(clauses: Iterable[Clause]) -> bool:
    found: set[str] = set()
    for clause in clauses:
        atom = clause.alternatives[0]
        plain = len(clause.alternatives) == 1 and not any(s.kind is ScopeKind.CONDITION for s in clause.scope)
        side = _side(atom) if plain and isinstance(atom, Constraint) else 0
        if side > 0:
            return False
        if side < 0 and isinstance(atom, Constraint):
            found.add(atom.variable)
    return len(found) >= _ENOUGH and len({load_variables()[name].group for name in found}) > 1


def _side(atom: Constraint) -> int:
    """1 where the limit keeps the fit, −1 where it keeps the unfit, 0 where neither can be told."""
    known = load_variables()[atom.variable]
    low, high = _ends(atom.admits)
    if known.group not in _ORGANS or not known.fit or (low is None) == (high is None):
        return 0
    return 1 if (high is None) == (known.fit == "high") else -1


def _ends(admits: Values) -> tuple[object, object]:
    return admits.intervals[0].low, admits.intervals[-1].high


def _unread(clauses: Iterable[Clause]) -> Iterable[Clause]:
    for clause in clauses:
        atoms = tuple(
            Unread(atom.variable, atom.span, "its whole list keeps the unfit")
            if isinstance(atom, Constraint) and _side(atom) < 0
            else atom
            for atom in clause.alternatives
        )
        yield replace(clause, alternatives=atoms)
