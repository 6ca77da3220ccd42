"""Permissions: whom "allowed", "may have", "(permitted)" let in, and whom a leading "no" turns round again."""

from __future__ import annotations

from collections.abc import Sequence

from rag.criteria.negations import backward_start
from rag.criteria.scope import NEGATIONS, Cue, Layout
from rag.criteria.things import Side, Thing


def is_allowed(side: Side, thing: Thing) -> bool:
    """Whether a permission of the clause, ahead of the thing or behind it, lets in who has it."""
    layout = side.layout
    permits = not layout.kinds[layout.clause[thing.first]].isdisjoint(_PERMITTING)
    return _is_permitted(side, thing) if permits else _allowed_in_parentheses(side, thing)


def _is_permitted(side: Side, thing: Thing) -> bool:
    layout, place = side.layout, thing.first
    if lets_in_if(side, thing) or any(cue.last == place for cue in layout.reaching(place, "non")):
        return False
    if thing.kind == "condition" and layout.words.keys[thing.last : thing.last + 1] == ["negative"]:
        return False  # "HIV-negative volunteers are accepted"
    ahead = () if side.excludes else ("upcoming",)
    for cue in layout.reaching(place, "allow_next", *ahead):
        might = side.excludes and layout.words.keys[max(0, cue.first - 1)] in _WHO  # "those who may be using drugs"
        if not might and not _negated_cue(layout, cue):
            return True
    for cue in layout.in_clause(place, "allowed"):
        if layout.words.keys[cue.last - 1] in _ASKED and cue.first != thing.last:
            continue  # "HIV testing is not required"
        if not side.excludes and layout.words.keys[max(0, cue.first - 1)] in _WHOM:
            continue  # "adults with asthma who will participate in all visits" are those sought
        if place < cue.first and layout.within(layout.group[place], layout.group[cue.first]):
            start = backward_start(side, cue)
            if start <= place and not _is_governed_by_no(side, start, cue):
                return True
        elif cue.first < place and (_opens_list(layout, cue) or _allows_if(layout, cue, place)):
            return True
    return _allowed_in_parentheses(side, thing)


def lets_in_if(side: Side, thing: Thing) -> list[Cue]:
    """The remarks of an exclusion that let in only some who have the thing: "hepatitis C (not an exclusion if cured)".

    Not "gout (allowed)", nor the sentence "gout is allowed if stable".
    """
    layout, keys = side.layout, side.layout.words.keys
    if not side.excludes:
        return []
    behind = [cue for cue in layout.in_clause(thing.first, "allowed") if cue.first >= thing.last]
    return [
        cue
        for cue in behind
        if _opens_remark(keys, thing.last, cue.first)
        and (keys[cue.last - 1] in _PROVIDED or not _PROVIDED.isdisjoint(keys[cue.last : cue.last + 1]))
    ]


def _opens_remark(keys: Sequence[str], start: int, end: int) -> bool:
    """Whether nothing but an opening sign and a word or two without meaning stand right before a remark."""
    while end > start and keys[end - 1] in _LEADS:
        end -= 1
    return end > start and keys[end - 1] in {"(", "[", ","}


_LEADS = frozenset({"but", "is", "are", "this", "these", "which", "however", "however,"})
_PROVIDED = frozenset({"if", "when", "provided", "once"})
_PERMITTING = frozenset({"allow_next", "upcoming", "allowed"})
_WHO = frozenset({"who", "that", "which", "or"})
_WHOM = frozenset({"who", "that"})
_ASKED = frozenset({"required", "mandatory", "necessary"})
# "psychiatric conditions (past and stable ones are allowed)" lets a milder kind pass, not the thing itself
_MILDER = frozenset(["past", "stable", "mild", "controlled", "treated", "resolved", "minor", "remote", "inactive"])


def _allowed_in_parentheses(side: Side, thing: Thing) -> bool:
    """ "hormone therapy (allowed)": a permission alone in parentheses judges the thing before them."""
    layout = side.layout
    place = thing.last
    if place >= len(layout.words) or layout.words.keys[place] not in {"(", "["}:
        return False
    group = layout.group[place]
    end = layout.group_end[group]
    holds_thing = any(place < other.first < end for other in side.near(place))
    return not holds_thing and any(
        place < cue.first < end
        and layout.words.keys[cue.last - 1] not in _ASKED  # "(testing is not required)"
        and not _MILDER.intersection(layout.words.keys[place : cue.first])
        for cue in layout.in_clause(place, "allowed")
    )


def _allows_if(layout: Layout, cue: Cue, place: int) -> bool:
    """ "≤ 5 x ULN is acceptable if liver metastases are present": whom it is acceptable for."""
    keys = layout.words.keys
    near = keys[cue.last - 1] in {"if", "when"} and place - cue.last <= 4
    return near and "," not in keys[cue.last : place] and not layout.reaching(place, *NEGATIONS)


def _opens_list(layout: Layout, cue: Cue) -> bool:
    """ "Allowed: inhaled steroids": a permission that begins its clause and ends in a colon."""
    after = layout.words.keys[cue.last : cue.last + 1]
    listed = {"restricted", "limited"}.intersection(layout.words.keys[cue.last : cue.last + 6])
    if listed and cue.first - layout.clause_start[layout.clause[cue.first]] <= 4:
        return True  # "Note: allowed conditions are restricted to …"
    return cue.first - layout.clause_start[layout.clause[cue.first]] <= 4 and after == [":"]


def _is_governed_by_no(side: Side, start: int, cue: Cue) -> bool:
    """ "No concurrent chemotherapy is allowed": the negation that leads turns the permission round."""
    near = side.layout.near(cue.first)
    leads = [other.first for other in near if other.kind in NEGATIONS and start <= other.first < cue.first]
    named = [thing.first for thing in side.near(cue.first) if start <= thing.first < cue.first]
    return bool(leads) and min(leads) < min(named, default=cue.first)


def _negated_cue(layout: Layout, cue: Cue) -> bool:
    return any(
        other.kind in NEGATIONS and other.last <= cue.first <= other.last + 1 for other in layout.near(cue.first)
    )


def stands_allowed(side: Side, cue: Cue) -> bool:
    """ "… is acceptable regardless of time": the words before have let somebody in."""
    return any(other.first < cue.first for other in side.layout.in_clause(cue.first, "allowed"))
