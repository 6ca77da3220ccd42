"""Follow-ups on a person who was held against criteria before: 'and if it were 1.9?', 'that was her brother', 'is
anything else open to her?'. What they leave out is said again; the readers of a person's facts then know them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.planning.quantities import number_at
from rag.planning.sheet import Sheet
from rag.planning.words import read_line
from rag.types import Comparison, Intent, Limit, Patient, QueryPlan, Span

TAKE_BACK = "take that back"
_OF_ALL = {"all trials for this person": "", "all trials against this person": "refusal"}
_NUMBER_TOLD = re.compile(r"number: (\S+)")  # the plain form of 'and if it were 1.9?'
_YEARS_APART = re.compile(r"age: (\S+) years (younger|older)")
_VALUE = re.compile(r"(?<![\w.^/-])\d+(?:[.,]\d+)*")  # of 'HbA1c 8.1%' the 8.1


def with_the_measure(text: str, previous: QueryPlan, spoken: Sequence[QueryPlan]) -> str:
    """A number alone with the measure that was told last, and 'ten years younger' as the age."""
    person = previous.patient or Patient()
    if match := _YEARS_APART.fullmatch(text):
        return _aged(person, match[1], 1 if match[2] == "older" else -1) or text
    match = _NUMBER_TOLD.fullmatch(text)
    told = _told_last(person, spoken) if match else None
    if match is None or told is None:
        return text
    return f"and with {_VALUE.sub(match[1], told.stated, count=1)}?"


def _aged(person: Patient, years: str, sign: int) -> str:
    age = next((one.values for one in person.numbers if one.variable == "age" and one.values.is_point), None)
    number = number_at(read_line(years), 0)
    low = age.intervals[0].low if age is not None else None
    if low is None or number is None or low + sign * number.value < 0:
        return ""
    return f"and if aged {low + sign * number.value} years?"


def _told_last(person: Patient, spoken: Sequence[QueryPlan]) -> Comparison | None:
    """The value that the last turn changed, else the last one told beside the age, else the age."""
    before = next((plan.patient for plan in reversed(spoken) if plan.patient not in {None, person}), None)
    points = [one for one in person.numbers if one.values.is_point and _VALUE.search(one.stated)]
    changed = [one for one in points if before is not None and one not in before.numbers]
    others = [one for one in points if one.variable != "age"]
    return next(iter((changed or others or points)[-1:]), None)


def with_the_person(sheet: Sheet, previous: QueryPlan) -> QueryPlan:
    """'He also has asthma' after 'can a 68-year-old join LYRA?': that was a screening of one age."""
    where = previous.where
    aged = isinstance(where, Limit) and where.variable == "age" and where.values.is_point
    spoken_of = _PERSON & {*sheet.line.lemmas()} and (sheet.limits or sheet.concepts)
    if previous.intent is not Intent.BOOLEAN or not isinstance(where, Limit) or not aged or not spoken_of:
        return previous
    age = Comparison("age", where.values, "years", Span(0, 0), where.stated)
    return replace(previous, intent=Intent.SCREEN, where=None, facts=(), patient=Patient((age,)))


_PERSON = frozenset({"she", "he", "her", "his", "him", "patient"})


def over_all(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'Is anything else open to her?': the same person against all trials."""
    reason = _OF_ALL.get(sheet.line.text.strip())
    if reason is None or previous.patient is None:
        return None
    return replace(previous, trials=(), where=None, reason=reason)


def taken_back(text: str, spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """'No, that was her brother': the screening before the person's last change; None where nothing was changed."""
    if text.strip() != TAKE_BACK or not spoken:
        return None
    screened = [plan for plan in spoken if plan.intent is Intent.SCREEN and plan.patient is not None]
    return next((plan for plan in reversed(screened) if plan.patient != screened[-1].patient), None)
