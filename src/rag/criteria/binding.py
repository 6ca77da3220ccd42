"""Words around a limit that leave it to some people: 'unless …, then ≤ 3', '… may be enrolled'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.criteria.allotting import (
    each_for_its_own,
    let_in_besides,
    looser_with_illness,
    of_one_part,
    of_people_told,
    of_two_ages,
)
from rag.criteria.cohorts import cohorts_in
from rag.criteria.collected import with_dipstick
from rag.criteria.company import one_of_several
from rag.criteria.itemstate import Read, ScopeMark
from rag.criteria.narrowing import narrow
from rag.criteria.scales import AGED_SCALE
from rag.criteria.sought import sought
from rag.criteria.tokens import Token
from rag.types import ScopeKind

# "unless due to an inherited syndrome, (and) then ≤ 3", "except in those with metastases: ≤ 5"
_THEN = re.compile(
    r"(?i)\b(?P<who>(?:unless|except)\b(?![^.;:<>≤≥]{0,60}\b(?:following|below|criteria|these)\b)[^.;:<>≤≥]{3,140}?)"
    r"(?:[\s,)\]]*(?:and )?(?:then|in which case)\b[^.;:<>≤≥\d]{0,60}|\s?:\s?(?:[A-Za-z][\w -]{2,30} )?)$"
)
_THEN_REACH = 220  # characters
_EXCEPTION_TOLD = sought(
    r"(?i)\bexceptions?(?: (?:is|are|apply|applies|includes?))? ?: ?(?P<who>[^.;:<>≤≥\d]{0,90})",
    "exception",
)
# "Patients with Gilbert's syndrome and a direct bilirubin ≤ 1 are permitted": those who are let in after all
_LET_IN = sought(
    r"(?i)\b(?:patients|participants|subjects|individuals|those|persons|people)\b(?P<who>(?:[^.;:]|\.\d){3,200}?)"
    r"\b(?:are|is|be|remain)(?: also| still| considered)? (?:eligible|permitted|allowed|acceptable|accepted"
    r"|enrolled)\b",
    "eligible", "permitted", "allowed", "acceptable", "accepted", "enrolled",
)
_ELSE_OUT = re.compile(
    r"(?i)\bgilbert|\bhiv\b|\bhuman immuno|\bhepatitis|\bhb[vs]|\bhcv|\bcirrho|\bwithout\b|\babnormal|\belevated\b"
    r"|\bhistory of\b|\bwell[- ]controlled\b|\banti-?coag|\bwarfarin|\bdiabet|\bincidental|\breceiving\b|\btaking\b"
)
# values that are part of what those words name: the HbA1c of "patients with diabetes" is asked of them all
_OF_THEMSELVES = {"hba1c": "diabet", "fasting_glucose": "diabet", "glucose": "diabet", "hiv_rna": "hiv", "cd4": "hiv"}
# "Children unable to do spirometry should have a saturation > 93 %"
_UNABLE = sought(
    r"(?i)(?:^|(?<=[.;*] ))\W*(?P<who>(?:for )?(?:[\w-]+ ){0,2}(?:patients|participants|subjects|children|adolescents"
    r"|adults|infants|those|women|men) (?:who are |that are )?(?:unable|not able|too young)\b[^.;:<>≤≥\d]{3,80}?)"
    r"(?:,|:| should\b| must\b| need)",
    "unable", "not able", "too young",
)
# "Patients over 65: clearance ≥ 60", "Adolescents (12 to 17 years) must weigh ≥ 42 kg"
_SOME_PEOPLE = sought(
    r"(?i)(?:^|(?<=[.;*] ))\W*(?P<who>(?:patients|participants|subjects|individuals|those|women|men|adults)"
    r" (?:over|above|older than|under|younger than) (?:the age of )?\d{1,2}(?: years)?(?: old| of age)?(?=:)"
    r"|(?:adults|children|infants|adolescents|teenagers)(?= ?:)"
    r"|(?:adolescents|diabetics|(?:adolescent|diabetic|hypertensive|an(?:a)?emic)"
    r" (?:patients|participants|subjects|individuals|volunteers))(?: \([^()]{3,40}\))?(?= (?:must|should|need)\b))",
    "over", "above", "older", "under", "younger", "adults", "children", "infants", "teenagers", "adolescent",
    "diabetic", "hypertensive", "emic",
)
# "Patients with Gilbert's syndrome: bilirubin ≤ 3": of a function that is asked of everybody, for those alone
_WITH_ILLNESS = sought(
    r"(?i)(?:^|(?<=[.;*] ))\W*(?P<who>(?:for |in )?(?:patients|participants|subjects|individuals|those|people)"
    r" (?:with(?:out)?|on|receiving|not receiving|taking|who (?:have|are)|undergoing)"
    r" (?![^.:]{0,40}\b(?:following|criteria|below|these|both|adequate|normal|acceptable|sufficient|measurable"
    r"|good|proper|satisfactory|suitable|preserved|intact|appropriate|fit|laborator\w+|values|(?:blood|cell) counts"
    r"|function (?:as )?(?:defined|shown|evidenced|determined|measured))\b)"
    r"[^.;:<>≤≥\d]{3,80}?)(?= ?:)",
    "with", "on", "receiving", "taking", "who", "undergoing",
)
_FUNCTIONS = frozenset(
    ["alt", "ast", "alp", "bilirubin", "direct_bilirubin", "albumin", "serum_creatinine", "creatinine_clearance",
     "egfr", "platelets", "anc", "hemoglobin", "wbc", "lymphocytes", "inr", "pt", "aptt"]
)  # fmt: skip
# what such a function itself makes an illness of
_OF_FUNCTION = re.compile(
    r"(?i)kidney|renal|nephr|ckd|an(?:a)?emi|cytopeni|neutropeni|cirrho|hepatitis|cholest|coagulopath"
)
# 'Patients with inadequate liver function: ALT > 3 x ULN' turns all of them away
_OF_FUNCTION_OUT = re.compile(
    rf"{_OF_FUNCTION.pattern}|\b(?:inadequate|impair\w+|abnormal\w*|insufficien\w+|poor|reduced|(?:dys)?function|elevated|tests?)\b"
)
# "Patients on stable anticoagulation may be enrolled with an INR ≤ 3"
_LET_IN_WITH = sought(
    r"(?i)(?:^|(?<=[.;*] ))\W*(?P<who>(?:patients|participants|subjects|individuals|those|persons|people)"
    r" (?:on|receiving|taking|with) [^.;:<>≤≥\d]{3,60}?) (?:may|can) (?:also |still )?(?:be )?"
    r"(?:enroll?(?:ed)?|included|enter(?:ed)?|participate|eligible) (?:with|at)\b",
    "may", "can",
)
# "Those who have not been treated must have a value of 5 to 500; those who have must have …"
_THOSE = sought(
    r"(?i)(?:^|(?<=[.;*] )|(?<=\())\W*(?P<who>(?:those|children|patients|participants|subjects|women|men) (?:who|that)"
    r" (?:have|has|are|were|do|did|had)(?: not)?"
    r"|(?:(?<=[.;] )|(?<=\())(?:newly diagnosed|previously treated|untreated|(?:treatment|drug)-na[iï]ve)(?: [\w-]+)?"
    r" (?:patients|participants|subjects)) (?:must|should|need)\b",
    "who", "that", "newly", "treated", "na",
)
# "The following applies only to those with liver disease: albumin ≥ 2.8"
_APPLIES_TO = sought(
    r"(?i)\bappl(?:y|ies)(?: only)? to (?P<who>(?!all\b|both\b|each\b|every)[^.;:<>≤≥]{4,90}):",
    "apply", "applies",
)
# "For AML and Ph+ ALL patients: …", "UK specific: …"
_LABEL = sought(
    r"\W*(?P<who>For (?!(?:all|both|each|every|any)\b)[^.;:<>≤≥\d]{2,60}\b(?:patients|subjects|participants)(?: only)?"
    r"|(?i:(?:[a-h][.)] )?(?:relapsed|refractory|newly diagnosed|untreated)"
    r"(?: (?:patients|subjects|participants|disease|cases|cohort|group|only))?)(?=:)"
    r"|(?!At |On |(?i:population|disease|study|trial|protocol|indication|tumou?r|cancer|general)[ -])"
    r"(?:For |In )?(?:the )?[A-Z][^.;:<>≤≥\d]{1,40}?[ -](?:specific|only))(?: criteria)?\s?:",
    ":",
)
# "Maintenance phase: …", "Before each cycle …", "On day 1 of each cycle …", "For re-treatment, …"
_LATER = sought(
    r"(?i)\W*(?P<who>(?:(?:for|during|at|on|in|prior to|before|to (?:begin|start|enter|receive)) )?"
    r"(?:the )?(?:start of )?(?:(?:day \d{1,2} of )?(?:each|every|subsequent|the next) (?:treatment )?"
    r"(?:cycles?|doses?|infusions?|courses?|injections?)(?! levels?)|(?:maintenance|re-?treatment|re-?challenge"
    r"|extension|cross-?over|consolidation|open-label extension)"
    r"(?: (?:phase|therapy|period|treatment|part|study))?(?= ?[:,]| (?:only|patients|subjects|participants)\b)))",
    "cycle", "dose", "infusion", "course", "injection", "maintenance", "treatment", "challenge", "extension", "cross",
    "consolidation",
)
# "ECOG 0-1. Adolescent participants only: Lansky ≥ 60"
_ONLY = sought(
    r"(?:^|(?<=[.;*] ))\W*(?P<who>[A-Z][\w'/ -]{2,50} only) ?: ",
    "only",
)
# "≥ 145 mm Hg in women not using drugs"
_IN_WOMEN = re.compile(
    r"(?i)[^.;:,()<>≤≥\d]{0,30}?\bin (?P<who>(?:wom[ae]n|men|females|males) (?:who (?:are|do) )?(?:not )?"
    r"(?:using|taking|on|receiving|treated|with|without)\b[^.;:,()<>≤≥\d]{3,70})"
)
# "≤ 2.5 x ULN, such as liver metastasis, ALT ≤ 5 x ULN": a case, told as an example is
_SUCH_AS = sought(
    r"(?i)[,;(] ?(?P<who>(?:such as|e\.g\.,?|as in|for example) (?:in )?(?:[\w-]+ ){0,2}metasta\w+) ?[,:] (?:the )?$",
    "metasta",
)
_BRACKET = re.compile(r"\([^()]{0,60}\)")
_AGED_WITH = re.compile(r"(?i)[^.;,:<>≤≥\d]{0,44}\bwith (?:an? |the )?[^.;,:<>≤≥\d]{0,60}")


def bind(tokens: Sequence[Token], text: str, reads: list[Read], *, exclusion: bool) -> None:
    """Scope each limit that words around it leave to some people."""
    narrow(text, reads, exclusion=exclusion)
    starts = [tokens[read.limit.first].start for read in reads]
    free = {id(read) for read in reads if not read.scopes}
    for read, mark in (
        *_left_to_the_excepted(text, reads, starts),
        *each_for_its_own(text, reads),
        *with_dipstick(text, reads, exclusion=exclusion),
        *of_one_part(text, reads),
        *([] if exclusion else _let_in(text, reads, starts)),
        *([] if exclusion else (*let_in_besides(text, reads), *of_two_ages(text, reads))),
        *([] if exclusion else (*looser_with_illness(text, reads), *of_people_told(text, reads, starts))),
        *([] if exclusion else _of_one_illness(text, reads)),
        *_by_their_people(text, reads, starts, exclusion=exclusion),
        *(_aged_with(text, reads) if exclusion else []),
        *_of_aged_scales(tokens, text, reads),
    ):
        if id(read) in free and not read.scopes:
            read.scopes.append(mark)


def _mark(found: re.Match[str], kind: ScopeKind = ScopeKind.CONDITION) -> ScopeMark:
    return ScopeMark(kind, found["who"].strip(" ,("), *found.span("who"))


def _left_to_the_excepted(
    text: str, reads: Sequence[Read], starts: Sequence[int]
) -> Iterator[tuple[Read, ScopeMark]]:
    """'≤ 1.5 unless due to a syndrome, then ≤ 3', 'with this exception: patients with metastases: ≤ 5'."""
    for read, start in zip(reads, starts, strict=True):
        found = _THEN.search(text, max(0, start - _THEN_REACH), start)
        if found is not None:
            yield read, _mark(found)
    for found in _EXCEPTION_TOLD.finditer(text) if reads else ():
        told = {read.limit.base for read, start in zip(reads, starts, strict=True) if start < found.start()}
        ends = text.find(". ", found.end())
        for read, start in zip(reads, starts, strict=True):
            if found.end() <= start < (ends if ends >= 0 else len(text)) and read.limit.base in told:
                yield read, _mark(found)


def _let_in(text: str, reads: Sequence[Read], starts: Sequence[int]) -> Iterator[tuple[Read, ScopeMark]]:
    """What is told of people who would be out otherwise, in a list of requirements."""
    for found in _LET_IN.finditer(text) if reads else ():
        for read, start in zip(reads, starts, strict=True):
            if not found.start("who") <= start < found.end("who"):
                continue
            words = text[found.start("who") : start]
            else_out = _ELSE_OUT.search(words)
            own = _OF_THEMSELVES.get(read.limit.base)
            if else_out is not None and not (own and own in else_out.group().lower() and "history" not in words):
                yield read, ScopeMark(ScopeKind.CONDITION, words.strip(" ,("), found.start("who"), start)


def _of_one_illness(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """'leukaemia, or a syndrome with ≥ 12 % blasts': the limit of one illness among several."""
    for read in reads:
        told = one_of_several(text, read.limit)
        if told is not None:
            yield read, ScopeMark(ScopeKind.CONDITION, text[told[0] : told[1]].strip(" ,("), *told)


def _by_their_people(
    text: str, reads: Sequence[Read], starts: Sequence[int], *, exclusion: bool
) -> Iterator[tuple[Read, ScopeMark]]:
    """What is asked in place of a test, and of women with a drug."""
    only = (found for found in _ONLY.finditer(text) if not cohorts_in(found["who"]))
    some = tuple(_SOME_PEOPLE.finditer(text))
    ahead = (*_UNABLE.finditer(text), *_THOSE.finditer(text), *_APPLIES_TO.finditer(text), *some, *only)
    unmeant = _OF_FUNCTION_OUT if exclusion else _OF_FUNCTION
    ill = tuple(one for one in _WITH_ILLNESS.finditer(text) if not unmeant.search(one["who"]))
    ahead = (*ahead, *_LET_IN_WITH.finditer(text), *_later(text), *ill)
    for found in ahead if reads else ():
        ends = text.find(". ", found.end())
        first = found.start() if found in some else found.end()  # an age in brackets is of them alone
        for read, start in zip(reads, starts, strict=True):
            if found in ill and read.limit.base not in _FUNCTIONS:
                continue
            of_all = found in some and start >= found.end() and read.limit.base == "age"  # 'Adults: aged 18 to 75'
            if first <= start < (ends if ends >= 0 else len(text)) and not of_all:
                yield read, _mark(found)
    label = _LABEL.match(text)
    if label and not cohorts_in(label.group()):
        for read in reads:
            yield read, _mark(label, ScopeKind.COHORT)
    for read in reads:
        told = _IN_WOMEN.match(text, read.limit.end) or _SUCH_AS.search(
            text, max(0, read.limit.start - _THEN_REACH), read.limit.start
        )
        if told is not None:
            yield read, _mark(told)


def _later(text: str) -> Iterator[re.Match[str]]:
    """The words of an item that begins with a later time of the trial."""
    found = _LATER.match(text)
    if found is not None:
        yield found


def _of_aged_scales(
    tokens: Sequence[Token], text: str, reads: Sequence[Read]
) -> Iterator[tuple[Read, ScopeMark]]:
    """'Karnofsky (> 16 years) or Lansky (≤ 16 years) ≥ 50': each scale is of an age."""
    for found in AGED_SCALE.finditer(text) if reads else ():
        for read in reads:
            if read.limit.name >= 0 and found.start() <= tokens[read.limit.name].start < found.start("who"):
                yield read, _mark(found, ScopeKind.AGE)


def _aged_with(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """'those aged ≥ 12 with a pressure ≥ 135': only who has both is turned away."""
    for age, other in pairwise(reads):
        if age.limit.base != "age" or other.limit.base == "age" or age.scopes or other.scopes:
            continue
        gap = _BRACKET.sub("", text[age.limit.end : other.limit.start])
        if _AGED_WITH.fullmatch(gap):
            first = ScopeMark(ScopeKind.AGE, text[age.limit.start : age.limit.end], age.limit.start, age.limit.end)
            second = text[other.limit.start : other.limit.end]
            for one in reads:
                if one.limit.start == other.limit.start:  # both pressures of '≥ 135/85'
                    yield one, first
            yield age, ScopeMark(ScopeKind.CONDITION, second, other.limit.start, other.limit.end)
