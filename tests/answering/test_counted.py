"""What a question counts, and the sentences that say how many there are."""

from __future__ import annotations

import pytest

from rag.answering.counted import Counted, read_counted
from rag.evidence.stems import words_of


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("How many leaflets are sent?", Counted("leaflet", (), "")),
        ("How many kinds of soup are served?", Counted("soup", (), "")),  # 'four types of soup' counts them
        ("How many soup spoons a day?", Counted("spoon", ("soup",), "day")),
        ("Who is counted?", None),
    ],
)
def test_what_is_counted_is_the_thing_itself(question: str, counted: Counted | None) -> None:
    assert read_counted(question) == counted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("for 30weeks", ["for", "30", "weeks"]),  # nothing left between a number and its unit of time
        ("at 6Months", ["at", "6", "Months"]),
        ("a 5mg dose of B12", ["a", "5mg", "dose", "of", "B12"]),
    ],
)
def test_a_number_and_its_unit_of_time_are_two_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words
