"""Follow-ups on a person who was held against criteria before: 'and if it were 1.9?', 'that was her brother', 'is
anything else open to her?'. What they leave out is said again; the readers of a person's facts then know them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.planning.besides import turns_the_sex
from rag.planning.conditions import rescreened, with_fields
from rag.planning.forms import says_trials
from rag.planning.harking_back import only_names_one
from rag.planning.patients import left_unused, patient_of
from rag.planning.quantities import number_at
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.words import read_line
from rag.planning.yes_no import opens_with_verb
from rag.types import Comparison, FieldIs, Intent, Limit, Not, Patient, QueryPlan, Span

TAKE_BACK = "take that back"
PERSON = frozenset({"she", "he", "her", "his", "him", "them", "they", "patient", "person"})
_OF_ALL = {"all trials for this person": "", "all trials against this person": "refusal"}
_NUMBER_TOLD = re.compile(r"number: (\S+)")  # the plain form of 'and if it were 1.9?'
_YEARS_APART = re.compile(r"age: (\S+) years (younger|older)")
_VALUE = re.compile(r"(?<![\w.^/-])\d+(?:[.,]\d+)*")  # of 'HbA1c 8.1%' the 8.1


def person_behind(text: str, previous: QueryPlan | None, spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """The screening that 'and if he were 50?' goes on with after 'who sponsors it?', of the trial spoken of last."""
    screened = (plan for plan in reversed(spoken) if plan.intent is Intent.SCREEN and plan.patient is not None)
    person = next(screened, None)
    if previous is None or person is None or previous.intent not in _OF_ONE_TRIAL:
        return previous
    if _PERSONAL.search(text) is None or _ASKS_OF_THE_TRIAL.search(text) is not None:
        return previous
    same = _ids(previous) == _ids(person) or not previous.trials
    return person if same else replace(person, trials=previous.trials, where=None)


def _ids(plan: QueryPlan) -> set[str]:
    return {trial for ref in plan.trials for trial in ref.trial_ids}


_OF_ONE_TRIAL = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.PROSE, Intent.CHECKLIST})
_PERSONAL = re.compile(r"(?i)\b(?:he|she|him|his|her|hers)\b")
_ASKS_OF_THE_TRIAL = re.compile(
    r"(?i)^\W*(?:(?:and|so|but|ok|then)\W+)*(?:who|when|where|which|why|how|what(?! (?:if|about|else)\b))\b"
)


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
    spoken_of = _ONE_PERSON & {*sheet.line.lemmas()} and (sheet.limits or sheet.concepts)
    if previous.intent is not Intent.BOOLEAN or not isinstance(where, Limit) or not aged or not spoken_of:
        return previous
    age = Comparison("age", where.values, "years", Span(0, 0), where.stated)
    return replace(previous, intent=Intent.SCREEN, where=None, facts=(), patient=Patient((age,)))


_ONE_PERSON = frozenset({"she", "he", "her", "his", "him"})  # 'does it exclude patients with asthma?' asks of the trial


def over_all(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'Is anything else open to her?': the same person against all trials; 'would it take her?': against this one."""
    text = sheet.line.text.strip()
    if previous.intent is not Intent.SCREEN or previous.patient is None:
        return None
    if text in _OF_ALL:
        return replace(previous, trials=(), where=None, reason=_OF_ALL[text])
    return replace(previous, reason="") if text == "this person again" else None


def said_of_them(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'His marrow is half replaced': told of the person, and understood in no word; it is named as not read."""
    told = _TOLD_OF_THEM.match(sheet.line.text) and not sheet.line.text.rstrip().endswith("?")
    if previous.intent is not Intent.SCREEN or previous.patient is None or not told or sheet.refs:
        return None
    if patient_of(sheet.line, sheet.marks).numbers or sheet.concepts:
        return None
    return replace(previous, unread=(*previous.unread, *left_unused(sheet.line, sheet.marks)))


def tells_more(sheet: Sheet) -> bool:
    """'I had hepatitis as a child', 'no brain metastases, sorry', 'platelets 90': something told, and nothing asked."""
    if sheet.line.text.rstrip().endswith("?") or opens_with_verb(sheet):
        return False
    cues = [cue for cue in sheet.reading.cues if sheet.line.lemmas(cue.first, cue.last) not in {("no",), ("without",)}]
    in_short = len(sheet.line.tokens) <= _SHORT and not (sheet.facts or cues)
    in_short = in_short and not word_set("yes_no.asking") & {*sheet.line.lemmas()}
    return in_short or _THEMSELVES.match(sheet.line.text) is not None


_SHORT = 8  # words
_THEMSELVES = re.compile(
    r"(?i)\W*(?:(?:and|but|also|oh|well|ok|actually|yes|sorry)\W+)*(?:i|i['’]m|i['’]ve|my|we)\b"
    r"(?!.{0,12}\b(?:want|would|wonder|ask|need|mean|meant|think|like)\b)"
)
_TOLD_OF_THEM = re.compile(
    r"(?i)\W*(?:(?:and|but|also|oh|well|ok|actually)\W+)*(?:his|her|my|he|she|i|the patient)\b"
    r"(?!.{0,20}\b(?:want|would|wonder|ask|know|need|like|mean|meant|think|can|could|join)s?\b)"
)


def taken_back(text: str, spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """'No, that was her brother': the screening before the person's last change; None where nothing was changed."""
    if text.strip() != TAKE_BACK or not spoken:
        return None
    screened = [plan for plan in spoken if plan.intent is Intent.SCREEN and plan.patient is not None]
    return next((plan for plan in reversed(screened) if plan.patient != screened[-1].patient), None)


def screened_again(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'Would MERIDIAN take her?', 'only recruiting trials please' after a described person."""
    if previous.intent is not Intent.SCREEN or previous.patient is None:
        return None
    person = PERSON & set(sheet.line.lemmas()) or tells_more(sheet)
    if sheet.refs and (person or sheet.has("screen") or (previous.trials and only_names_one(sheet))):
        return replace(previous, trials=sheet.refs, question=sheet.line.text.strip(), reason="")
    of_trials = sheet.refs or says_trials(sheet) or sheet.has("count")
    more = person and not of_trials and (sheet.limits or sheet.concepts)  # 'she also has diabetes'
    if more or turns_the_sex(sheet):
        return rescreened(sheet, previous)
    fields = [part.predicate for part in sheet.reading.parts if isinstance(part.predicate, FieldIs | Not)]
    if sheet.refs or not fields or sheet.limits or sheet.concepts:
        return None
    return replace(previous, where=with_fields(previous.where, fields))
