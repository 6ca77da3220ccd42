"""A question restricted to one trial asks of that trial, as if it named it."""

from __future__ import annotations

import pytest
from support.plans import TRIALS

from rag.planning import make_plan
from rag.types import Intent, QueryPlan, Question

ONLY = "NCT90000004"


def plan_of_one(text: str) -> QueryPlan:
    return make_plan(Question(text, trial_ids=(ONLY,)), TRIALS)


@pytest.mark.parametrize(
    "question",
    [
        "Who heads the study?",  # 'the study' in the singular asks for no list of studies
        "What year was the Danish biobank founded?",  # no site in Denmark is sought
        "Who looks after the pumps that people take home?",
        "What do the dentists swab before the operation?",
        "Where are the samples kept?",
        "Are smokers left out?",
    ],
)
def test_a_question_that_names_no_trial_is_of_the_one(question: str) -> None:
    plan = plan_of_one(question)
    assert plan.intent in {Intent.FACT, Intent.PROSE, Intent.BOOLEAN}
    assert [ref.trial_ids for ref in plan.trials] == [(ONLY,)]


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("Which trials exclude smokers?", Intent.TRIALS),
        ("Which trial has a site in Denmark?", Intent.TRIALS),
        ("How many studies exclude smokers?", Intent.COUNT),
        ("smokers excluded", Intent.TRIALS),
    ],
)
def test_a_question_about_trials_stays_one(question: str, intent: Intent) -> None:
    assert plan_of_one(question).intent is intent


def test_a_trial_that_is_named_counts_more() -> None:
    plan = make_plan(Question("Who heads NCT90000001?", trial_ids=(ONLY,)), TRIALS)
    assert [ref.trial_ids for ref in plan.trials] == [("NCT90000001",)]
