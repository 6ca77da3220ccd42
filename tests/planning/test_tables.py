"""Questions and the plans they are read as: one line each in `data/*.txt`, read by a person before it was committed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.plans import plan_of, written

from rag.codec import from_json, to_json
from rag.planning import not_read, read_patient
from rag.types import Patient, QueryPlan

_DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[tuple[str, str]]:
    lines = (_DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition(" => ") for line in lines if line and not line.startswith("#")]
    return [(question, plan) for question, _, plan in pairs]


@pytest.mark.parametrize(
    "name",
    [
        "sets_by_criteria",
        "sets_by_field",
        "sets_more",
        "sets_by_field_more",
        "sets_of_fields",
        "sets_with_facts",
        "fields_in_fragments",
        "fields_as_asked",
        "sets_said_otherwise",
        "sets_by_criteria_more",
        "sets_in_other_words",
        "criteria_in_other_words",
        "sets_by_laymen",
        "sets_in_telegrams",
        "criteria_said_by_anybody",
        "criteria_said_plainly",
        "facts",
        "facts_more",
        "facts_several",
        "facts_of_a_named_trial",
        "other_intents",
        "language",
        "follow_ups",
        "follow_ups_more",
        "yes_no",
        "no_answer",
        "out_of_scope",
        "screening",
        "follow_ups_in_other_words",
        "follow_ups_of_a_person",
        "follow_ups_of_everyday",
        "follow_ups_of_the_found",
        "follow_ups_at_length",
        "voices",
        "asked_by_others",
        "told_at_length",
        "sets_by_other_measures",
        "many_trials",
        "sets_by_the_registry",
        "sets_of_fields_at_length",
    ],
)
def test_each_question_is_read_as_written_beside_it(name: str) -> None:
    wrong = [
        f"{question}\n  {written(plan_of(question))}\n  not {plan}"
        for question, plan in rows(name)
        if written(plan_of(question)) != plan
    ]
    assert not wrong, "\n".join(wrong)


def test_each_description_of_a_person_is_read_as_written_beside_it() -> None:
    wrong = []
    for text, expected in rows("patients"):
        person = read_patient(text)
        numbers = ";".join(f"{number.variable}={number.values.describe()}" for number in person.numbers)
        found = " | ".join([person.sex, numbers, ";".join(person.has), ";".join(person.has_not)])
        if found.strip() != expected.strip():
            wrong.append(f"{text}\n  {found}\n  not {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["sets_by_criteria", "facts", "other_intents", "follow_ups", "screening"])
def test_every_plan_can_be_sent_and_read_back(name: str) -> None:
    for question, _ in rows(name):
        plan = plan_of(question)
        assert from_json(QueryPlan, to_json(plan)) == plan, question


def test_a_person_whose_past_is_dated_can_be_sent() -> None:
    person = read_patient("man, 50, had a stroke two months ago")
    assert [past.concept for past in person.past] == ["stroke"]
    assert from_json(Patient, to_json(person)) == person


@pytest.mark.parametrize(
    ("told", "lost"),
    [
        ("woman, 50, D-dimer 800", ("D-dimer 800",)),  # in ng/mL or in µg/L, of which units?
        ("man, 30, with a troponin of 40 and platelets of 90", ("troponin of 40",)),
        ("woman, 50, CRP 40", ()),
        ("man, 30, with a total IgE of 800", ()),
        ("man, 30, IgE 800 IU/mL", ()),
        ("woman, 60, eGFR 40", ()),
    ],
)
def test_a_value_that_cannot_be_read_is_named(told: str, lost: tuple[str, ...]) -> None:
    assert not_read(told) == lost


def test_every_plan_says_in_words_how_it_was_read() -> None:
    for name in ("sets_by_criteria", "facts", "other_intents", "follow_ups"):
        for question, _ in rows(name):
            plan = plan_of(question)
            assert plan.read_as and "\n" not in plan.read_as and plan.question, question
