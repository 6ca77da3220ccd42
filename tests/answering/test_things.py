"""The list of things that a record names where it speaks of them."""

from __future__ import annotations

import pytest

from rag.answering.things import load_things
from rag.evidence.stems import stem


@pytest.mark.parametrize(
    ("asked", "text", "named"),
    [
        ("stools", "Faecal samples are kept.", True),
        ("stool", "Urine is kept.", False),
        ("honey", "Bees are kept in hives.", False),
        ("sleep", "Insomnia at baseline.", True),
        ("cat", "A feline allergen.", True),
    ],
)
def test_a_thing_is_named_by_any_of_its_words(asked: str, text: str, named: bool) -> None:
    assert bool(load_things()[stem(asked)].search(text)) is named


@pytest.mark.parametrize("word", ["rate", "hand", "period", "mask", "night"])
def test_words_of_several_senses_are_no_things(word: str) -> None:
    assert stem(word) not in load_things()
