"""Values of one measure that are not of everybody alike: each for a thing of its own, a looser one that is let in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.criteria.itemstate import Read, ScopeMark, same_sides
from rag.criteria.sought import sought
from rag.types import ScopeKind

# "≥ 55 mL/min for small molecules", not "for at least 3 months", "for all", "for enrolment"
_FOR_WHAT = re.compile(
    r"[\s,)]{0,3}(?P<who>(?:for|on|using|with) (?:(?:an?|the) )?(?!(?:all|each|every|both|any|either|more|less|at|up"
    r"|the|enrol\w*|inclusion|entry|eligib\w+|study|participation|screening|patients?|subjects?|participants?|day|visit"
    r"|(?:fe)?males?|m[ae]n|wom[ae]n|boys?|girls?)\b)"
    r"(?:[^\W\d_][\w'-]*[ ,)]{0,2}){1,8})",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?i)\b(?:days?|weeks?|months?|hours?|minutes?|visits?|baseline|screening|day \d)\b")
_APART = re.compile(r"(?i)[^.;<>≤≥]{0,90}\b(?:and|or)\b[^.;<>≤≥]{0,30}")
# "(ANC > 1.0 may be considered in special cases)", "Those with a value < 3 x ULN will be accepted"
_MAY_DO = re.compile(
    r"(?i)[^.;<>≤≥]{0,60}?\b(?:(?:may|might|can|could|will|would) (?:also |still )?be (?:considered|accepted|allowed"
    r"|permitted|tolerated|acceptable|enrolled|included)|(?:is|are) (?:also )?(?:acceptable|accepted|tolerated))\b"
)


# "However, for patients with bone disease, an ALP < 5 x ULN and an AST < 3 x ULN will be accepted"
_FOR_SOME = sought(
    r"(?i)(?:^|[.;:(] ?)\W*(?:note:? )?(?:however,? )?"
    r"(?P<who>(?:for|in) (?:those|(?:[\w-]+ )?(?:patients|subjects|participants|individuals)) (?:with|who|on)\b"
    r"[^.;:,<>≤≥]{3,80}), (?P<what>(?:[^.;:]|\.\d){3,200}?)"
    r"\b(?:(?:will|may|can|would) be|(?:is|are)) (?:accepted|acceptable|allowed|permitted|considered)\b",
    "accept", "allowed", "permitted", "considered",
)


def let_in_besides(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """'ANC ≥ 1.5. (ANC > 1.0 may be considered …)': a looser value behind the one that is asked for."""
    for place, read in enumerate(reads):
        told = None if read.scopes else _MAY_DO.match(text, read.limit.end)
        if told is None:
            continue
        stricter = (one for one in reads[:place] if one.limit.variable == read.limit.variable)
        if any(one.limit.stated.is_subset(read.limit.stated) and not one.scopes for one in stricter):
            yield read, ScopeMark(ScopeKind.CONDITION, told.group().strip(" ,()"), *told.span())
    for found in _FOR_SOME.finditer(text) if reads else ():
        for read in reads:
            if found.start("what") <= read.limit.start < found.end("what"):
                yield read, ScopeMark(ScopeKind.CONDITION, found["who"].strip(" ,"), *found.span("who"))


# "ALT ≤ 2.5 x ULN, and patients with liver metastases should be ≤ 5 x ULN"
_AND_PEOPLE = re.compile(
    r"(?i)(?:,? and|;) (?P<who>(?:those|patients|subjects|participants|individuals) (?:with|on|of|who have|receiving)"
    r" [^.;:<>≤≥\d]{3,80}?)(?: (?:should|must|may|can|need to)(?: be| have)?)? ?$"
)
_PEOPLE_REACH = 120  # characters before a value


def of_people_told(text: str, reads: Sequence[Read], starts: Sequence[int]) -> Iterator[tuple[Read, ScopeMark]]:
    """'≤ 2.5 x ULN, and patients with metastases should be ≤ 5 x ULN': a second value of a name, of those people."""
    for place, (read, start) in enumerate(zip(reads, starts, strict=True)):
        again = any(one.limit.name == read.limit.name and one.limit.last < read.limit.first for one in reads[:place])
        found = _AND_PEOPLE.search(text, max(0, start - _PEOPLE_REACH), start) if again else None
        if found is not None:
            yield read, ScopeMark(ScopeKind.CONDITION, found["who"], *found.span("who"))


# "BMI ≥ 30 or BMI ≥ 27 with at least one comorbidity", "(≥ 27 plus hypertension)": what stands beside the looser value
_BESIDE = re.compile(
    r"(?i)[ ,()]{0,3}(?P<who>(?:and|with|plus|in the presence of|accompanied by|associated with|along with)"
    r" (?:(?:an?|the|any|some|other|documented|serious|significant|severe|at least|\u2265|one|two|1|2|or|more"
    r"|\(\d\)) ?){0,6}"
    r"(?:[\w-]+[ /-]){0,3}(?:co-?morbid\w*|hypertension|diabetes|dyslipid\w+|risk factors?|complications?|conditions?"
    r"|illness(?:es)?|diseases?)\b)"
)
_OR = re.compile(r"(?i)[^.;<>≤≥\d]{0,70}\bor\b[^.;<>≤≥\d]{0,60}")


def looser_with_illness(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """'BMI ≥ 30, or BMI ≥ 27 with a comorbidity', in either order: the looser value is of those who have it."""
    for one, other in pairwise(reads):
        strict, loose = (one, other) if one.limit.stated.is_subset(other.limit.stated) else (other, one)
        found = _BESIDE.match(text, loose.limit.end)
        if found is None or one.limit.variable != other.limit.variable or one.limit.stated == other.limit.stated:
            continue
        start = max(one.limit.end, found.end() if loose is one else 0)
        plain = not (one.scopes or other.scopes or one.negated or other.negated)
        inside = strict.limit.stated.is_subset(loose.limit.stated)
        if plain and inside and _OR.fullmatch(text, start, other.limit.start):
            yield loose, ScopeMark(ScopeKind.CONDITION, found["who"], *found.span("who"))


_OF_AGE = re.compile(r"(?i)\b(?:adolescents?|children|adults?|teenagers|minors|elderly)\b")


def of_two_ages(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """'18 to 55 years, and adolescents 12 to 17 years (once …)': two ranges of ages that nobody can both have."""
    ages = [read for read in reads if read.limit.base == "age"]
    for one, other in pairwise(ages):
        ends = [interval for read in (one, other) for interval in read.limit.stated.intervals]
        closed = all(interval.low is not None and interval.high is not None for interval in ends)
        told = _OF_AGE.search(text, one.limit.end, max(one.limit.end, other.limit.start)) is not None
        if closed and told and not one.limit.stated.overlaps(other.limit.stated):
            for read in (one, other):
                limit = read.limit
                yield read, ScopeMark(ScopeKind.COHORT, text[limit.start : limit.end], limit.start, limit.end)


# "0-1 in 1a; 0-2 in 1b"
_IN_PART = re.compile(r"(?i) in (?P<who>(?:phase |part )?(?:[1-3]|I{1,3})[a-d]\b(?: only)?)")


def of_one_part(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """The values told of one part of the trial by its letter alone."""
    for read in reads:
        found = _IN_PART.match(text, read.limit.end)
        for one in reads if found is not None else ():
            if found and (one is read or found.start("who") < one.limit.end <= found.end()):
                yield one, ScopeMark(ScopeKind.COHORT, found["who"], *found.span("who"))  # the '1' of '1a' as well


def each_for_its_own(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """'≥ 55 for small molecules and > 35 for antibodies': two values of one measure, each with what it is for."""
    for one, other in pairwise(reads):
        first, second = one.limit, other.limit
        if first.variable != second.variable or first.stated == second.stated or one.scopes or other.scopes:
            continue
        if not same_sides(first.stated, second.stated) or not _APART.fullmatch(text[first.end : second.start]):
            continue
        whats = [_FOR_WHAT.match(text, read.limit.end) for read in (one, other)]
        for read, what in zip((one, other), whats, strict=True):
            if what is not None and all(whats) and not any(_TIME.search(each["who"]) for each in whats if each):
                yield read, ScopeMark(ScopeKind.CONDITION, what["who"].strip(" ,)"), *what.span("who"))
