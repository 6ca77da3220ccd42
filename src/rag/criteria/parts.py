"""A part of the trial, or its people, named in brackets beside a value or in the sentence behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.criteria.itemstate import Read, ScopeMark
from rag.types import ScopeKind

_PART = re.compile(
    r"(?i)\b(?:arms?(?! cuff)|cohorts?|groups?|parts?|phase|module|sub-?study|strat(?:um|a)|patients|subjects"
    r"|participants|volunteers|controls)\b"
)
_WHO = (
    r"(?P<who>[^()]{2,60}? only|only (?:for|in|applicable to) [^()]{3,80}"
    r"|(?:arm|cohort|group|part) [\"'“][^()]{2,40})"
)
# "(Everolimus arm only) LVEF ≥ 52 %"; "NYHA III (only for arm 2)", 'HbA1c < 8 % (arm "Controls")'
_AHEAD = re.compile(rf"(?i)\W*\({_WHO}\)")
_BEHIND = re.compile(rf"(?i)(?:(?!unless|except)[^.;()<>≤≥]){{0,40}}\({_WHO}\)")
# "This criterion applies only to participants who will receive everolimus"
_APPLIES = re.compile(
    r"(?i)\b(?:this|the|these) (?:criteri\w+|requirements?|limits?|exclusions?) (?P<one>only )?"
    r"(?:is |are |will (?:be )?)?(?:appl(?:y|ies)|applicable)(?P<two> only)?"
    r" to (?P<who>(?![^.;()]{0,90}\b(?:all|both|every|each)\b)[^.;()]{4,90})"
)


def scope_parts(text: str, reads: Sequence[Read]) -> None:
    """Scope each limit that such words leave to some and that no other words leave to a cohort."""
    for read, mark in list(_part_scopes(text, reads)):
        if not any(other.kind is ScopeKind.COHORT for other in read.scopes):
            read.scopes.append(mark)


def _part_scopes(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """The limits that such words leave to some, each with its mark."""
    ahead = _AHEAD.match(text) if "(" in text else None
    if ahead is not None and _PART.search(ahead["who"]):
        yield from ((read, _mark(ahead)) for read in reads)
        return
    for place, read in enumerate(reads if "(" in text else ()):
        behind = _BEHIND.match(text, read.limit.end)
        if behind is None or not _PART.search(behind["who"]):
            continue
        if not any(read.limit.end <= other.limit.start < behind.start("who") for other in reads[place:]):
            yield read, _mark(behind)
    told = _APPLIES.search(text) if reads and "appl" in text else None
    if told is not None and (told["one"] or told["two"] or _PART.search(told["who"])):
        yield from ((read, _mark(told)) for read in reads if read.limit.end <= told.start())


def _mark(found: re.Match[str]) -> ScopeMark:
    return ScopeMark(ScopeKind.COHORT, found["who"], *found.span("who"))
