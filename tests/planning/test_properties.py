"""What holds for any text at all: no crash, no hang, the same plan twice, trials only from the collection."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.plans import TRIALS, Collection, Summary, plan_of
from support.work import steps

from rag.planning import make_plan, read_patient
from rag.types import Question, Turn

_KNOWN = {summary.trial_id for summary in TRIALS.trials}
_VOCABULARY = """
which trials exclude accept require eGFR below 60 platelets of 80 pregnant women HIV not or and but , ? recruiting phase
3 in Germany the tocilizumab trial NCT90000001 NCT00000000 LYRA-2 sponsor what about it those second one why is how many
compare if we relax from to 45 % mL/min x10^9/L ULN children over 65 years old dose – ≥ ( ) 'creatinine' largest
strictest last 5 years since 2020 is excluded start date January 2021 later before
"""
_WORDS = st.sampled_from(_VOCABULARY.split())
_QUESTIONS = st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=40).map(" ".join))


@settings(max_examples=150, deadline=None)
@given(_QUESTIONS, st.lists(_QUESTIONS, max_size=2))
def test_any_text_is_planned_and_names_only_trials_of_the_collection(text: str, history: list[str]) -> None:
    question = Question(text, tuple(Turn("user", turn) for turn in history))
    plan = make_plan(question, TRIALS)
    assert plan == make_plan(question, TRIALS)
    assert {trial for ref in plan.trials for trial in ref.trial_ids} <= _KNOWN
    assert plan.read_as


@settings(max_examples=100, deadline=None)
@given(_QUESTIONS)
def test_any_text_is_read_as_a_person_or_as_nobody(text: str) -> None:
    assert read_patient(text) == read_patient(text)


@pytest.mark.parametrize(
    "unit",
    [
        "which trials exclude eGFR below 60 or ",
        "NCT90000001 ",
        "and not or but ",
        "a ",
        "((((",
        "12 34 5.6 ",
        "the trial of the study of ",
        "phase 2/",
        "no diabetes, ",
        "lasting about a ",
        "at least 200 participants or ",
        "BMI 30 or more and ",
        "1/2/3/4-5-6 ",
        "is not never ",
    ],
)
def test_reading_takes_time_in_proportion_to_the_length(unit: str) -> None:
    def work(length: int) -> int:
        text = (unit * (length // len(unit) + 1))[:length]
        return steps(lambda: plan_of(text))

    work(200)
    assert work(1_200) < 4.1 * work(400)  # 3.2 at most but where the things of a list are compared: "no diabetes, "


def test_an_empty_question_is_ambiguous() -> None:
    assert plan_of("   ?! ").reason == "empty"


def test_an_empty_collection_is_planned_over() -> None:
    nothing = Collection(())
    assert plan_of("Which trials exclude eGFR below 60?", nothing).where is not None
    assert not any(ref.trial_ids for ref in plan_of("Who sponsors the tocilizumab trial?", nothing).trials)


def test_the_only_trial_of_a_collection_needs_no_name() -> None:
    only = Collection(TRIALS.trials[:1])
    assert plan_of("What is the primary outcome?", only).trials[0].trial_ids == ("NCT90000001",)


def test_a_restriction_to_one_trial_names_it() -> None:
    plan = make_plan(Question("What is the primary outcome?", trial_ids=("NCT90000004",)), TRIALS)
    assert plan.trials[0].trial_ids == ("NCT90000004",)


def test_assistant_turns_change_nothing() -> None:
    turns = (Turn("user", "Who sponsors NCT90000001?"), Turn("assistant", "Halden. See also NCT90000005."))
    with_answer = make_plan(Question("and its phase?", turns), TRIALS)
    assert with_answer == make_plan(Question("and its phase?", turns[:1]), TRIALS)


# Titles in which common words are acronyms: none of them may be taken for a trial in a question about many.
_COMMON = Collection(
    (
        *TRIALS.trials,
        Summary("NCT90000021", "A Study of Care", "CARE", conditions=("Sepsis",)),
        Summary("NCT90000022", "Early Start Programme", "START", conditions=("Epilepsy",)),
        Summary("NCT90000023", "Phase One of Something", "Phase 1", conditions=("Gout",)),
        Summary("NCT90000024", "Women and Age", "AGE", conditions=("Osteoporosis",)),
        Summary("NCT90000026", "Salvage in Leukaemia", "AML", conditions=("Acute Myeloid Leukaemia",)),
        Summary("NCT90000025", "The Sponsor Study", "", sponsor="Sponsor GmbH", conditions=("Psoriasis",)),
    )
)


@pytest.mark.parametrize(
    "question",
    [
        "Which trials start after 2020?",
        "Which trials exclude people in intensive care?",
        "phase 1 trials",
        "Which trials have an age limit?",
        "Which trials accept women of any age?",
        "How many trials start in 2024?",
        "WHICH TRIALS START IN GERMANY?",
        "Which trials include patients in care homes?",
        "Which AML trials exclude pregnancy?",
        "largest AML trial",
    ],
)
def test_common_words_are_not_taken_for_acronyms(question: str) -> None:
    assert not plan_of(question, _COMMON).trials


@pytest.mark.parametrize(
    ("question", "trial"),
    [
        ("Who sponsors the CARE trial?", "NCT90000021"),
        ("When did START begin?", "NCT90000022"),
        ("Who runs the sepsis study?", "NCT90000021"),
        ("Who sponsors the AML trial?", "NCT90000026"),
    ],
)
def test_an_acronym_that_is_a_word_counts_in_capitals_or_beside_trial(question: str, trial: str) -> None:
    assert [ref.trial_ids for ref in plan_of(question, _COMMON).trials] == [(trial,)]
