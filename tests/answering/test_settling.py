"""What the rules call unsaid is told after all where the best sentence is likely to answer, and only there."""

from __future__ import annotations

import pytest
from support.made import assistant_over
from support.study import study

from rag.answering.settling import limits
from rag.assistant import Assistant
from rag.types import Question, Status

_PROSE = (
    "Sleep is recorded with a wrist actigraph every night. The extract is prepared from the roots of the plant. "
    "Nurses visit at week 4. The placebo looks the same. A baseline ferritin is obtained. "
    "A total of 400 patients will be enrolled. This is a study. Men and women can join."
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    made = study()
    made["protocolSection"]["descriptionModule"]["detailedDescription"] = _PROSE
    return assistant_over([made], tmp_path_factory.mktemp("settling"))


def _told(assistant: Assistant, question: str) -> str:
    answer = assistant.ask(Question(question))
    return "" if answer.status is Status.ABSTAINED else answer.answer


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("By what gadget is sleep recorded in {}?", "actigraph"),
        ("Which part of the plant is the extract made from in {}?", "roots"),
    ],
)
def test_a_likely_sentence_is_told_in_spite_of_an_unknown_word(assistant: Assistant, question: str, words: str) -> None:
    trial = assistant.snapshot.trial_ids[0]
    assert words in _told(assistant, question.format(trial))


@pytest.mark.parametrize(
    "question",
    [
        "How much does the actigraph cost in {}?",
        "Which parking garage may the nurses of {} use?",
        "What colour is the extract in {}?",
    ],
)
def test_an_unlikely_one_is_not(assistant: Assistant, question: str) -> None:
    assert not _told(assistant, question.format(assistant.snapshot.trial_ids[0]))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What instrument measures sleep in {}?", "actigraph"),  # 'measures': the outcomes that the rules drafted
        ("From which piece of the plant does the extract come in {}?", "roots"),
    ],
)
def test_a_likelier_sentence_takes_the_place_of_a_draft(assistant: Assistant, question: str, words: str) -> None:
    assert words in _told(assistant, question.format(assistant.snapshot.trial_ids[0]))


@pytest.mark.parametrize(
    "question",
    [
        "What dose of tacrolimus is given in {}?",  # another treatment
        "Which dose of NK-92 do patients receive in {}?",  # a code that the record does not know
        "What is the third drug in {}?",  # a place in a list that is shorter
        "What is the limit on serum creatinine in {}?",  # limits on other measures
        "What ferritin is needed to get into {}?",  # that it is measured
        "Which hospitals in Japan does {} run in?",  # other places
        "How many people are in arm C of {}?",  # the size of the whole trial is none of an arm
    ],
)
def test_no_likeness_makes_up_for_what_is_of_something_else(assistant: Assistant, question: str) -> None:
    assert not _told(assistant, question.format(assistant.snapshot.trial_ids[0]))


def test_no_sentence_stands_in_for_what_a_score_means_everywhere(assistant: Assistant) -> None:
    assert "daily life" in _told(assistant, f"What does ECOG mean in {assistant.snapshot.trial_ids[0]}?")


def test_no_sentence_stands_in_for_yes(assistant: Assistant) -> None:
    assert _told(assistant, f"Are men allowed in {assistant.snapshot.trial_ids[0]}?").startswith("Yes")


def test_the_limits_are_likelihoods() -> None:
    assert 0.5 <= limits().unsaid < 1
    assert 0 < limits().likelier < limits().instead < 1


def test_no_sentence_stands_in_for_a_field(assistant: Assistant) -> None:
    assert not _told(assistant, f"Why was {assistant.snapshot.trial_ids[0]} stopped early?")


def test_the_sentence_nearest_to_an_answer_is_shown_first(assistant: Assistant) -> None:
    answer = assistant.ask(Question(f"What colour is the extract in {assistant.snapshot.trial_ids[0]}?"))
    assert answer.abstention is not None
    near = answer.abstention.nearest
    assert near[0].cited_text == "The extract is prepared from the roots of the plant."
    assert {citation.trial_id for citation in near} == {assistant.snapshot.trial_ids[0]}
    assert len(near) <= 3


@pytest.mark.parametrize(
    "question",
    [
        "Under what conditions is the blood frozen in {}?",  # the conditions that the trial studies
        "How long after the visit may one drive in {}?",  # when the nurse visits
        "Which brand of actigraph is worn in {}?",
    ],
)
def test_a_draft_that_hardly_answers_is_withheld(assistant: Assistant, question: str) -> None:
    assert not _told(assistant, question.format(assistant.snapshot.trial_ids[0]))
