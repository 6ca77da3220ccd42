"""How long something must have gone on, as a criterion says: 'for at least 6 months', 'of 2 years duration'."""

from __future__ import annotations

import re

from rag.criteria.concepts import load_concepts, narrower_or_equal
from rag.evidence.since import NUMBERS, days_told
from rag.types import Criterion, Patient, Polarity, State
from rag.values import Values, at_least, at_most, exactly

_MORE = (
    r"greater than or equal to|no less than|at least|a minimum of|minimum of|≥|>=|>|more than|greater than|longer than"
    r"|over"
)
_LESS = r"less than|fewer than|shorter than|<|≤|<=|no more than|no longer than|not more than|up to"
_TIME = (
    r"(?:the (?:last|past) )?(?P<number>\d{1,3}(?:\.\d)?|" + "|".join(NUMBERS) + r")(?:\s?\(\d{1,2}\))?"
    r"(?P<more> or more| or longer)?[\s-](?P<unit>day|week|month|year)s?\b['’]?"
)
# 'gout for at least 6 months', 'methotrexate for ≥ 3 months'
_FOR = re.compile(rf"(?i)^[^.;:,()\n]{{0,20}}?\bfor (?:(?P<how>{_MORE}|{_LESS})\s?)?{_TIME}")
# 'gout of less than 2 years duration', 'with a duration of more than 6 months'
_OF = re.compile(
    rf"(?i)^[^.;:,()\n]{{0,20}}?\bof (?:(?P<how>{_MORE}|{_LESS})\s?)?{_TIME} (?:of |in )?(?:duration|standing)"
)
_DURATION = re.compile(rf"(?i)^[^.;:()\n]{{0,20}}?\bduration (?:of )?(?:(?P<how>{_MORE}|{_LESS})\s?){_TIME}")
# 'a 5 year history of gout'
_HISTORY = re.compile(rf"(?i)(?:(?P<how>{_MORE}|{_LESS})\s?)?(?:a )?{_TIME} (?:\w+ )?history of (?:an? )?$")
# 'diagnosed with gout at least 6 months before entry', 'gout (within 100 days of diagnosis)'
_SINCE_FOUND = re.compile(
    r"(?i)^[\s,]*\(?(?:(?:which|who|that|is|are|was|were|be|has|have|had|been|first|initially|newly|confirmed|made|established"
    r"|documented|clinically|diagnos\w+|dating)\s){0,5}"
    rf"(?P<how>{_MORE}|{_LESS}|within|in)?(?:\s?\(\\?[<>≥≤]=?\))?\s?{_TIME}"
    r"(?P<then>\s(?:ago|earlier|or longer ago|before|prior|previous\w*|preceding|since|from|after|of)\b|\s?[.;)\n]|$)"
)
# 'a stable dose of metformin ≥ 90 days before entry'
_STEADY = re.compile(rf"(?i)^[^.;:,()\n]{{0,20}}?\s\\?(?P<how>{_MORE})\s?{_TIME}")
_IS_STEADY = re.compile(r"(?i)\b(?:stable|unchanged|constant)\b[^.;:]{0,60}$")
_FOUND = re.compile(r"(?i)\bdiagnos\w+")
# 'for 4 weeks before entry' tells when, not how long, where people are turned away by it
_WHEN = re.compile(r"(?i)^[^.;]{0,15}\b(?:ago|before|prior|preceding|after|following|from)\b")
# 'lupus not stable for …', 'hypertension controlled for …': how long it has been so, and not how long it is there
_OF_A_COURSE = re.compile(
    r"(?i)\b(?:not|never|no|without|off|free|cured|inactive|quiescent|remission|un\w+|resolved|stopped|discontinued)\b"
)
_OF_AN_ILLNESS = re.compile(r"(?i)\b(?:stable|\w*treated|\w*controlled|managed|suppressed)\b")
# 'no methotrexate for 6 months', 'failure to stop warfarin for 2 weeks': a time without it
_WITHOUT = re.compile(
    r"(?i)\b(?:no|not|never|without|off|free|fail(?:ed|ure)? to|un(?:able|willing) to|stop\w*|discontinu\w*|unless"
    r"|except)\b[^.;:\n]{0,40}$"
)
_REACH = 90  # characters


def fits_the_length(state: State, criterion: Criterion, text: str, patient: Patient) -> bool | None:
    """Whether what the person has has gone on as long as is said; None where no length is said, or none is told."""
    asked = _length(state, criterion, text)
    kinds = narrower_or_equal(state.concept)
    told = [past.days for past in patient.lasting if past.concept in kinds]
    if asked is None or not told:
        return None
    return all(exactly(days).is_subset(asked) for days in told)


def _length(state: State, criterion: Criterion, text: str) -> Values | None:
    """The days that are asked for; None where the time may be one without it, or one of its course."""
    if not state.present and criterion.polarity is not Polarity.EXCLUSION:
        return None
    behind = text[state.span.end : min(criterion.span.end, state.span.end + _REACH)]
    before = text[max(criterion.span.start, state.span.start - _REACH) : state.span.start]
    found = _FOR.match(behind) or _OF.match(behind) or _DURATION.match(behind) or _HISTORY.search(before)
    found = found or _since_found(state, before, behind)
    if found is None and state.present and _IS_STEADY.search(before):
        found = _STEADY.match(behind)
    if found is None or (not state.present and found.re is _FOR and _WHEN.match(behind, found.end())):
        return None
    gap = behind[: found.start("number")] if found.re is not _HISTORY else ""
    illness = _is_an_illness(state)
    if _OF_A_COURSE.search(gap) or (illness and _OF_AN_ILLNESS.search(gap)):
        return None
    if not state.present and _WITHOUT.search(before):
        return None
    days = days_told(found["number"], found["unit"])
    if days is None:
        return None
    return at_most(days) if _is_shorter(found) and not found["more"] else at_least(days)


def _is_shorter(found: re.Match[str]) -> bool:
    """Whether the time is the longest that is meant: 'less than 6 months', 'within a year'."""
    return found["how"] is not None and re.fullmatch(rf"{_LESS}|within|in", found["how"].lower()) is not None


def _since_found(state: State, before: str, behind: str) -> re.Match[str] | None:
    """The time since an illness was found; none where the words tell of no diagnosis."""
    found = _SINCE_FOUND.match(behind) if _is_an_illness(state) else None
    if found is None:
        return None
    shorter = _is_shorter(found)
    if _AFTER_ANOTHER.search(behind[: found.end() + _NEAR]) or (shorter and _CONFIRMED.search(found[0])):
        return None  # 'within 3 months of a transplant', 'a diagnosis confirmed within 2 weeks'
    near = before[-_NEAR:] + behind[: found.end() + len(" diagnosis")]
    return found if _FOUND.search(_SENTENCE.split(near)[-1]) else None


_NEAR = 40  # characters
_CONFIRMED = re.compile(r"(?i)\b(?:confirmed|documented|established)\b")
_AFTER_ANOTHER = re.compile(
    r"(?i)\b(?:of|from|after|before|since|following)\s(?!(?:\w+\s){0,2}(?:stud|screen|baseline|enrol|inclusion|entry|random"
    r"|visit|informed|consent|trial|day|registration|diagnos))"
)
_SENTENCE = re.compile(r"[.;]\s")


def _is_an_illness(state: State) -> bool:
    concept = load_concepts().get(state.concept)
    return concept is None or concept.kind == "condition"
