"""Limits of one trial that nobody can meet together: then they do not bind everybody, whatever each line says.

Several groups with their own ages, a heading that was lost, or a reading gone wrong all show themselves like this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from rag.criteria.fields import SECTION
from rag.criteria.lexicon import load_variables
from rag.types import Clause, Constraint, Criterion, Polarity, Scope, ScopeKind, Unread
from rag.values import Values, union

_WHOM = "some participants"
_WHY = "another limit of the trial contradicts it"
_ROUNDING = 1  # years: 'under 75' and a registry's 74 or 75 are one limit
_ALIKE = Decimal("0.03")  # of a number: what rounding and another unit change
_Place = tuple[int, int]  # number of the criterion, number of its clause


def without_contradictions(criteria: Sequence[Criterion], text: str = "") -> list[Criterion]:
    """The criteria of `text`, where each firm limit that rules out another one binds some only, or is unread."""
    by_variable: dict[str, list[tuple[_Place, Constraint]]] = {}
    for number, criterion in enumerate(criteria):
        for index, clause in enumerate(criterion.requires):
            atom = _firm(clause)
            if atom is not None:
                by_variable.setdefault(atom.variable, []).append(((number, index), atom))
    if "age" in by_variable:
        by_variable["age"] = _without_lengths(by_variable["age"])
    changed: dict[_Place, Clause] = {place: _for_some(clause) for place, clause in _two_ways(criteria)}
    changed |= dict(_ages_of_some(criteria, by_variable.get("age", ())))
    for name, limits in by_variable.items():
        stricter = _stricter_of_some(criteria, limits) if name != "age" else ()
        changed |= {place: clause for place, clause in stricter if not _is_at_a_visit(criteria[place[0]], text)}
    for limits in by_variable.values():
        places = _contradicting(limits) if len(limits) > 1 else []
        stated = [place for place in places if criteria[place[0]].section != SECTION]
        groups = all(criteria[number].polarity is Polarity.INCLUSION for number, _ in stated)
        groups = groups and stated == places  # a registry field speaks of the whole trial
        fields = [atom.admits for (number, _), atom in limits if criteria[number].section == SECTION]
        more = [place for place in _further(limits, places) if criteria[place[0]].section != SECTION] if groups else []
        more = [place for place in more if not _agrees(criteria[place[0]].requires[place[1]], fields)]
        for number, index in (*stated, *more):
            clause = criteria[number].requires[index]
            if (number, index) in changed:
                continue
            changed[number, index] = _for_some(clause) if groups else _unread(clause)
    of_some = [one for limits in by_variable.values() for one in _told_twice(criteria, limits)]
    of_some = [(place, one) for place, one in of_some if not _is_at_a_visit(criteria[place[0]], text)]
    changed = {**dict(of_some), **dict(_by_age(criteria, by_variable)), **changed}
    touched = {number for number, _ in changed}
    return [
        _changed(criterion, number, changed) if number in touched else criterion
        for number, criterion in enumerate(criteria)
    ]


def _without_lengths(ages: Sequence[tuple[_Place, Constraint]]) -> list[tuple[_Place, Constraint]]:
    """The ages without hours and days beside an age in years: '≥ 21 years of age with more than 36 hours of fever'."""
    lows = [(number, _end(atom.admits, upper=False) or Decimal(0)) for (number, _), atom in ages]
    grown = {number for number, low in lows if low >= 1}
    return [one for one, (number, low) in zip(ages, lows, strict=True) if number not in grown or not 0 < low < _A_WEEK]


_A_WEEK = Decimal("0.02")  # years


def _ages_of_some(
    criteria: Sequence[Criterion], ages: Sequence[tuple[_Place, Constraint]]
) -> Iterator[tuple[_Place, Clause]]:
    """Ages narrower than those of another requirement, 'women from 21' / 'men from 45', or than the registry's ages
    where another line states them."""
    stated = [(place, atom.admits) for place, atom in ages if criteria[place[0]].section != SECTION]
    in_fields = [atom.admits for place, atom in ages if criteria[place[0]].section == SECTION]
    for upper in (False, True):
        ends = [(place, end) for place, admits in stated if (end := _end(admits, upper)) is not None]
        wanted = [end for (number, _), end in ends if criteria[number].polarity is Polarity.INCLUSION]
        wanted = [end for admits in in_fields if (end := _end(admits, upper)) is not None] or wanted
        widest = max(wanted, default=None) if upper else min(wanted, default=None)
        agrees = any(end == widest for _, end in ends)
        for (number, index), end in ends:
            narrower = widest is not None and (widest - end if upper else end - widest) > _ROUNDING
            if narrower and agrees:
                yield (number, index), _for_some(criteria[number].requires[index])


def _stricter_of_some(
    criteria: Sequence[Criterion], limits: Sequence[tuple[_Place, Constraint]]
) -> Iterator[tuple[_Place, Clause]]:
    """'EDSS 3 to 5.5' / 'EDSS 3 to 6': of two requirements on one value, the stricter is of one group of people."""
    wanted = [(place, atom.admits) for place, atom in limits if criteria[place[0]].polarity is Polarity.INCLUSION]
    wanted = [(place, admits) for place, admits in wanted if criteria[place[0]].section != SECTION]
    for upper in (False, True):
        ends = {place: end for place, admits in wanted if (end := _end(admits, upper)) is not None}
        if len({number for number, _ in ends}) < 2 or len(ends) < len(wanted):
            continue
        widest = max(ends.values()) if upper else min(ends.values())
        for (number, index), end in ends.items():
            if abs(end - widest) > abs(widest) * _ALIKE:
                yield (number, index), _for_some(criteria[number].requires[index])


def _told_twice(
    criteria: Sequence[Criterion], limits: Sequence[tuple[_Place, Constraint]]
) -> Iterator[tuple[_Place, Clause]]:
    """'18 or older; 20 or older in Japan', '≥ 24 at noon and ≥ 21 at night': the stricter of two values of one item
    is of a place, a time, a group or another measure, whatever words tell it; the looser binds everybody."""
    alike: dict[tuple[int, bool, bool], list[tuple[_Place, tuple[Decimal | None, ...]]]] = {}
    for place, atom in limits:
        low, high = (_end(atom.admits, upper) for upper in (False, True))
        if load_variables()[atom.variable].step is not None:
            low, high = _last_steps(atom.admits)
        if len(atom.admits.intervals) == 1 and criteria[place[0]].section != SECTION:
            alike.setdefault((place[0], low is None, high is None), []).append((place, (low, high)))
    for group in alike.values():
        for side, choose in enumerate((min, max)):
            found = [(place, end) for place, ends in group if (end := ends[side]) is not None]
            widest = choose((end for _, end in found), default=Decimal(0))
            for (number, index), end in found:
                if abs(end - widest) > abs(widest) * _ALIKE:
                    yield (number, index), _for_some(criteria[number].requires[index])


# "≥ 145 at screening, ≥ 135 at randomisation", "> 22 at 8:00 and > 19 at noon": everybody comes to each of them
_VISIT = re.compile(
    r"(?i)\b(?:at|on|by|during|before|after|prior to) (?:the )?(?:time of )?(?:pre-?)?(?P<when>screening|baseline"
    r"|randomi[sz]ation|enrol+ment|run-?in|wash-?out|(?:study )?visits? [\w-]+|week -?\d+|day -?\d+"
    r"|\d{1,2}(?::\d\d| ?[ap]\.?m)|\d{3,4} ?h)"
)
_OF_GROUPS = re.compile(r"(?i)\b(?:for|in|if|who|with|unless|cohort|arm|group|part|wom[ae]n|females?|men|males?)\b")


def _is_at_a_visit(criterion: Criterion, text: str) -> bool:
    """Whether an item tells its values by visits alone: two or more of them, and no kind of people."""
    said = criterion.span.of(text)
    visits = {found["when"].lower() for found in _VISIT.finditer(said)}
    return len(visits) > 1 and not _OF_GROUPS.search(_VISIT.sub("", said))


def _last_steps(values: Values) -> tuple[Decimal | None, Decimal | None]:
    """Both ends of a set of steps as the first and last one in it: 'NYHA < 3' ends with 2, as '≤ 2' does."""
    first, last = values.intervals[0], values.intervals[-1]
    low, high = first.low, last.high
    if low is not None and not first.low_closed and low == low.to_integral_value():
        low += 1
    if high is not None and not last.high_closed and high == high.to_integral_value():
        high -= 1
    return low, high


def _by_age(
    criteria: Sequence[Criterion], by_variable: Mapping[str, Sequence[tuple[_Place, Constraint]]]
) -> Iterator[tuple[_Place, Clause]]:
    """Karnofsky in one item and Lansky in another: the one is of adults, the other of children, as all know."""
    adults, children = ([place for place, _ in by_variable.get(name, ())] for name in ("karnofsky", "lansky"))
    if not {number for number, _ in adults} & {number for number, _ in children} and adults and children:
        for number, index in (*adults, *children):
            yield (number, index), _for_some(criteria[number].requires[index])


def _end(values: Values, upper: bool) -> Decimal | None:
    return values.intervals[-1].high if upper else values.intervals[0].low


def _two_ways(criteria: Sequence[Criterion]) -> Iterator[tuple[_Place, Clause]]:
    """The limits of neighbouring requirements that bound the same two variables otherwise: '≥ 75 and CrCl ≤ 60' / …"""
    wanted = [one.requires if one.polarity is Polarity.INCLUSION else () for one in criteria]
    bounds = [{atom.variable: atom.admits for atom in map(_firm, clauses) if atom} for clauses in wanted]
    for number, (first, second) in enumerate(pairwise(bounds)):
        if len(first) < 2 or first.keys() != second.keys() or any(first[name] == second[name] for name in first):
            continue
        for at in (number, number + 1):
            for index, clause in enumerate(criteria[at].requires):
                if _firm(clause) is not None:
                    yield (at, index), clause


def _firm(clause: Clause) -> Constraint | None:
    """The one limit of a clause that binds everybody."""
    if len(clause.alternatives) != 1 or clause.scope or clause.exceptions:
        return None
    atom = clause.alternatives[0]
    return atom if isinstance(atom, Constraint) else None


def _contradicting(limits: Sequence[tuple[_Place, Constraint]]) -> list[_Place]:
    """The limits that have nobody in common with another one."""
    common = limits[0][1].admits
    for _, atom in limits[1:]:
        common = common & atom.admits
    if not common.is_empty:
        return []
    stated = dict.fromkeys(atom.admits for _, atom in limits)  # the same limit stands on many lines
    lonely = {one for one in stated if any(not one.overlaps(other) for other in stated)}
    apart = [place for place, atom in limits if atom.admits in lonely]
    return apart or [place for place, _ in limits]


def _further(limits: Sequence[tuple[_Place, Constraint]], apart: Sequence[_Place]) -> list[_Place]:
    """The limits that are of one more group: they do not hold all those of the groups that stand apart."""
    alone = frozenset(apart)
    groups = [atom.admits for place, atom in limits if place in alone]
    whole = union(groups) if groups else None
    return [
        place for place, atom in limits if place not in alone and whole is not None and not whole.is_subset(atom.admits)
    ]


def _agrees(clause: Clause, fields: Sequence[Values]) -> bool:
    """Whether a limit states the ends that the registry's fields state: then it is told of the whole trial."""
    atom = _firm(clause)
    ends = [_end(atom.admits, upper) for upper in (False, True)] if atom else []
    told = {end for admits in fields for upper in (False, True) if (end := _end(admits, upper)) is not None}
    return bool(told) and bool(ends) and all(end is None or end in told for end in ends)


def _for_some(clause: Clause) -> Clause:
    return replace(clause, scope=(Scope(ScopeKind.COHORT, _WHOM, clause.span),))


def _unread(clause: Clause) -> Clause:
    atom = _firm(clause)
    assert atom is not None
    return replace(clause, alternatives=(Unread(atom.variable, atom.span, _WHY),))


def _changed(criterion: Criterion, number: int, changed: dict[_Place, Clause]) -> Criterion:
    requires = tuple(changed.get((number, index), clause) for index, clause in enumerate(criterion.requires))
    return replace(criterion, requires=requires)
