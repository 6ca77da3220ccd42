"""A trial that a question describes by what its record says: asked of it where one record alone can be meant."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.made import assistant_over
from support.study import study

from rag.assistant import Assistant
from rag.types import Question, Status

ABOUT = {  # by the last digit of the id: what the description tells
    1: "Infants are cooled before the arterial switch operation. Nurses in Boston measure the head, 3 months and "
    "1 year after the operation.",
    2: "Participants make up the missing words of a list themselves, which keeps the memory in training. One training "
    "session lasts 40 minutes.",
    3: "A needle is led into the slipped disc under computed tomography. Pain is asked for by telephone.",
    4: "A catheter closes the arterial duct. Pain is asked for by letter.",
    **{number: f"Volunteers of group {number} drink tea and answer a questionnaire." for number in range(5, 10)},
}


def record(number: int, told: str) -> dict[str, Any]:
    base = study()["protocolSection"]["identificationModule"]
    named = {**base, "nctId": f"NCT0900000{number}", "acronym": "", "orgStudyIdInfo": {"id": f"MADE-{number}00"}}
    named["secondaryIdInfos"] = []
    named["briefTitle"] = named["officialTitle"] = f"A Trial of Care, Number {number}"
    return study(identificationModule=named, descriptionModule={"briefSummary": told})


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("described")
    opened = assistant_over((record(number, told) for number, told in ABOUT.items()), folder)
    yield opened
    opened.snapshot.close()


DESCRIBED = [
    # every word of the description stands in one record
    ("When is the head measured in the Boston trial of the switch operation?", "NCT09000001", "3 months"),
    # a story, and a question at its end
    (
        "My uncle mixes up the days. I read of a training where people make up missing words of "
        "a list, to keep the memory going. He is soon worn out. How long is a session there?",
        "NCT09000002",
        "40 minutes",
    ),
]


@pytest.mark.parametrize(("question", "trial", "words"), DESCRIBED)
def test_the_record_described_is_asked(assistant: Assistant, question: str, trial: str, words: str) -> None:
    answer = assistant.ask(Question(question))
    assert answer.status is Status.ANSWERED, answer.answer
    assert words in answer.answer
    assert {citation.trial_id for citation in answer.citations} == {trial}


NOT_DESCRIBED = [
    "When is the head measured in the venous switch trial from Bostwick?",  # words that no record holds
    "How is pain asked for in the arterial zorbitis trial?",  # a name that nothing here bears
    "How is pain asked for in the slipped catheter trial?",  # each word in a record of its own
    "How is pain asked for in the volunteer trial?",  # five records speak of volunteers
    "When did the TELEPHONE trial start?",  # an acronym, and a word that one record says in passing
    "When is the head measured in NCT09999999?",  # another id is never replaced
]


@pytest.mark.parametrize("question", NOT_DESCRIBED)
def test_no_record_is_guessed(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(Question(question))
    assert answer.status is Status.ABSTAINED, answer.answer


def test_a_story_that_ends_in_a_question_for_trials_stays_one(assistant: Assistant) -> None:
    story = "My aunt forgets things, and she made up missing words of a list in a memory training. Which trials "
    answer = assistant.ask(Question(story + "exclude gout?"))
    assert answer.plan.read_as == "trials that exclude gout"
