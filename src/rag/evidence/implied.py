"""What follows from what a description tells: of two that nobody has both the other is denied, a kind is what it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal

from rag.criteria.concepts import narrower_or_equal
from rag.criteria.words import word_set
from rag.evidence.case import Case
from rag.evidence.since import is_an_onset
from rag.types import Comparison, Patient, Span, State
from rag.values import at_least, below, exactly

ONSET = "onset_to_treatment"


def with_implied(person: Patient) -> Patient:
    """The person with what is implied, in the order of the data: a heart attack is an acute coronary syndrome."""
    alone = sum(is_an_onset(told.concept) for told in person.told) == 1  # not 'a stroke in 2009 and one today'
    for told, wider in _pairs("implied"):
        person = _with_wider(person, told, wider, (wider,))  # it was: 'acute' means today, where no time is said
    for told, rest in _pairs("implied_for_good"):
        wider, _, said = rest.partition(":")
        words = [word for one in person.told if one.concept == told for word in one.words]
        if any(word.startswith(tuple(said.split("/"))) for word in words):
            person = _with_wider(person, told, wider, ())
    for told, wider in _pairs("implied_by_use"):
        if narrower_or_equal(wider) & {*person.has}:
            continue  # 'gestational diabetes in 2019 treated with insulin'
        person = _with_wider(person, told, wider, tuple(wider for one in person.earlier if one == told))
    classed = any(one.variable == "nyha" and not one.values.overlaps(exactly(Decimal(1))) for one in person.numbers)
    classed_too = ("heart_failure", "pulmonary_hypertension", "angina")
    others = {one for concept in classed_too for one in narrower_or_equal(concept)}
    if classed and "heart_failure" not in person.has_not and not others & {*person.has}:
        person = replace(person, has=(*person.has, "heart_failure"))
    values = {number.variable: number for number in person.numbers}
    for one, other in _pairs("measured_as"):
        if one in values and other not in values:  # a limit on 'the QT interval' is one on the corrected
            person = replace(person, numbers=(*person.numbers, replace(values[one], variable=other)))
    onsets = {past.days for past in person.past if past.least is None and is_an_onset(past.concept)}
    if alone and len(onsets) == 1 and ONSET not in values:  # 'a stroke six hours ago', for the trials that study it
        hours = Comparison(ONSET, exactly(24 * onsets.pop()), "hours", Span(0, 0), "")
        person = replace(person, numbers=(*person.numbers, hours))
    person = _with_measured(person)
    others = {other for pair in word_set("either") for other in _others(person, pair.split("/"))}
    lacking = [pair for pair in _pairs("lacking") if pair[0] in person.has_not]
    # 'colon cancer, no cancer elsewhere' denies another one
    others |= {lacked for none, lacked in lacking if not narrower_or_equal(none) & {*person.has}}
    others |= {denied for told, denied in _pairs("denied_by") if told in person.has}
    denied = sorted(others - {*person.has, *person.has_not})
    return replace(person, has_not=(*person.has_not, *denied)) if denied else person


def _with_measured(person: Patient) -> Patient:
    """The person with what a value says by itself: an eGFR of 38 is an impaired kidney, a BMI of 36 obesity."""
    told = {*person.has, *person.has_not}
    found = [concept for _, concept in _measured(person) if not narrower_or_equal(concept) & told]
    return replace(person, has=(*person.has, *dict.fromkeys(found))) if found else person


def _measured(person: Patient) -> Iterator[tuple[str, str]]:
    """The variables whose value says what somebody has, each with what it says."""
    for limit, concept in _pairs("measured_means"):
        variable, sign, bound = limit.partition("<" if "<" in limit else "≥")
        beyond = below(Decimal(bound)) if sign == "<" else at_least(Decimal(bound))
        if any(one.variable == variable and one.values.is_subset(beyond) for one in person.numbers):
            yield variable, concept


def is_left_to_its_limit(state: State, kinds: Collection[str], case: Case) -> bool:
    """Whether all of the kinds that the person has follows from a value alone, and the criterion has a limit of its own
    on it ('renal impairment (eGFR below 30)') or means more than a value can tell ('malignant hypertension')."""
    meant = {*case.patient.has} & {*kinds}
    by_value = [(variable, concept) for variable, concept in _measured(case.patient) if concept in meant]
    told = meant & {one.concept for one in case.patient.told}
    if case.criterion is None or told or meant - {concept for _, concept in by_value}:
        return False
    atoms = (atom for clause in case.criterion.requires for atom in clause.alternatives)
    limits = {atom.variable for atom in atoms if not isinstance(atom, State)}
    return bool(limits & {variable for variable, _ in by_value}) or _MORE.search(state.span.of(case.text)) is not None


_MORE = re.compile(
    r"(?i)\b(?:malignant|untreated|unmanaged|refractory|resistant|symptomatic|cris[ei]s|emergency|encephalopathy)\b"
)


def _pairs(name: str) -> list[tuple[str, str]]:
    """The pairs of a word set, sorted: 'one>other'."""
    return [(one, other) for one, _, other in (pair.partition(">") for pair in sorted(word_set(name)))]


def _with_wider(person: Patient, told: str, wider: str, earlier: tuple[str, ...]) -> Patient:
    if told not in person.has or wider in person.has or wider in person.has_not:
        return person
    return replace(
        person,
        has=(*person.has, wider),
        past=(*person.past, *(replace(one, concept=wider) for one in person.past if one.concept == told)),
        earlier=(*person.earlier, *earlier),
        now=(*person.now, *(wider for one in person.now if one == told)),
        told=(*person.told, *(replace(one, concept=wider) for one in person.told if one.concept == told)),
    )


def _others(person: Patient, either: list[str]) -> list[str]:
    """The other kinds where the person has just one of them."""
    has = [one for one in either if one in person.has]
    return [one for one in either if one not in has] if len(has) == 1 else []
