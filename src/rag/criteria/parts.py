"""A part of the trial, or its people, named in brackets beside a value or in the sentence behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.criteria.itemstate import Read, ScopeMark
from rag.types import ScopeKind

_PART = re.compile(
    r"(?i)\b(?:arms?(?! cuff)|cohorts?|groups?|parts?|phase|module|sub-?study|strat(?:um|a)|patients|subjects"
    r"|participants|volunteers|controls|sites)\b|^only (?:if|when|applicable)\b"
)
_WHO = (
    r"(?P<who>[^()]{2,60}? only|only (?:for|in|if|when|applicable to) [^()]{3,80}"
    r"|(?:arm|cohort|group|part) [\"'“][^()]{2,40})"
)
# "(Japan only) QTc > 470 ms": what stands before an item in brackets is of it all; not "(at screening only)"
_HEAD = re.compile(r"(?i)\W*\((?P<who>(?:for |in )?[^()<>≤≥\d:;]{2,50} only)\)")
_OCCASION = re.compile(
    r"(?i)\b(?:screening|baseline|visits?|day|week|time|once|history|entry|enrol\w+|inclusion|test\w*|exams?|stud(?:y|ies)"
    r"|fasting|oral|iv|dose|value|verbal|written)\b"
)
# "(Everolimus arm only) LVEF ≥ 52 %"; "NYHA III (only for arm 2)", 'HbA1c < 8 % (arm "Controls")'
_AHEAD = re.compile(rf"(?i)\W*\({_WHO}\)")
_BEHIND = re.compile(rf"(?i)(?:(?!unless|except)[^.;()<>≤≥]){{0,40}}\({_WHO}\)")
# "This criterion applies only to participants who …", "(only applicable to periods 1 and 3)", "required only for …"
_APPLIES = re.compile(
    r"(?i)(?:\b(?:this|the|these|it|which)(?: (?!is\b|are\b|not\b|only\b)[\w-]+){0,2} )?(?:is |are |will (?:be )?)?"
    r"(?<!not )(?<!if )(?<!as )(?P<one>only )?(?:appl(?:y|ies)|applicable|(?P<needed>required|needed))(?P<two> only)?"
    r" (?:to|for|in)(?P<three> only)? (?P<who>(?![^.;()]{0,90}\b(?:all|both|every|each|any)\b)[^.;:()]{4,90})"
)
_SAYS_ONLY = re.compile(r"(?i)\bonly\b")
_LEAD = re.compile(r"(?i)\bnote\b:?|\([^()]{0,60}\)")
_FAR = re.compile(r"[.;*]\W.*?[^\W\d]{3}")  # a boundary, and words between it and the remark
_BOUNDARY = re.compile(r"[;:*•]|\.(?!\d)")
_CLOTTING = frozenset(["inr", "pt", "aptt", "prothrombin_activity"])  # tested, and excused, together


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
    head = _HEAD.match(text) if "(" in text else None
    if head is not None and not _OCCASION.search(head["who"]):
        yield from ((read, _mark(head)) for read in reads)
    for place, read in enumerate(reads if "(" in text else ()):
        behind = _BEHIND.match(text, read.limit.end) or _inside(text, read)
        if behind is None or not _PART.search(behind["who"]):
            continue
        if not any(read.limit.end <= other.limit.start < behind.start("who") for other in reads[place:]):
            yield from ((one, _mark(behind)) for one in _with_kin(text, reads, place))
    for told in _APPLIES.finditer(text) if reads and ("appl" in text or "only" in text) else ():
        only = told["one"] or told["two"] or told["three"] or _SAYS_ONLY.search(told["who"])
        if text.startswith(":", told.end()) or not (only or (not told["needed"] and _PART.search(told["who"]))):
            continue  # '… the following applies to those with metastases: AST ≤ 5'
        before = [place for place, read in enumerate(reads) if read.limit.end <= told.start()]
        if before and text[: told.start()].rstrip().endswith("("):
            yield from ((one, _mark(told)) for one in _with_kin(text, reads, before[-1]))
        else:
            near = [reads[place] for place in before if not _is_far(text, reads[place], told.start())]
            yield from ((one, _mark(told)) for one in near)


def _inside(text: str, read: Read) -> re.Match[str] | None:
    """'PT (only if on warfarin) ≤ 3': the remark between a name and its value."""
    opened = text.find("(", read.limit.start, read.limit.end)
    return _AHEAD.match(text, opened) if opened >= 0 else None


def _is_far(text: str, read: Read, start: int) -> bool:
    """Whether a remark is of another sentence than the one right behind that of a limit."""
    return _FAR.search(_LEAD.sub("", text[read.limit.end : start])) is not None


def _with_kin(text: str, reads: Sequence[Read], place: int) -> Iterator[Read]:
    """A limit, those that share its value, and 'INR ≤ 1.5 and' before the aPTT."""
    yield reads[place]
    for earlier, later in zip(reads[place - 1 :: -1] if place else (), reads[place:0:-1], strict=True):
        together = {earlier.limit.base, later.limit.base} <= _CLOTTING
        apart = _BOUNDARY.search(text, earlier.limit.end, max(earlier.limit.end, later.limit.start))
        if earlier.limit.group != later.limit.group and (not together or apart):
            return
        yield earlier


def _mark(found: re.Match[str]) -> ScopeMark:
    return ScopeMark(ScopeKind.COHORT, found["who"], *found.span("who"))
