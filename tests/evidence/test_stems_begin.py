"""A subject is passed over by how a stem begins only where every word of that stem begins so."""

from __future__ import annotations

import pytest

from rag.criteria.concepts import load_concepts
from rag.evidence.kinds import may_hold
from rag.evidence.stems import keeps_its_beginning, stems_of, words_of
from rag.spellings import american


def test_no_word_of_the_lexicon_is_passed_over() -> None:
    names = {word for one in load_concepts().values() for name in one.synonyms for word in words_of(name)}
    ended = {f"{name}{ending}" for name in names for ending in ("", "s", "ing", "ed", "ation", "ibility", "ical", "ly")}
    hidden = [
        (word, one)
        for word in sorted(ended)
        for one in stems_of(word)
        if keeps_its_beginning(one) and not may_hold(american(word.casefold()), (one,))
    ]
    assert hidden == []
    assert len(names) > 5000


@pytest.mark.parametrize(
    "text",
    ["B7-H3 and PD 1", "stage III", "women with crying spells", "dying children", "haemophilia", "raised", "skies"],
)
def test_names_in_two_parts_stages_and_plurals_are_not_passed_over(text: str) -> None:
    assert may_hold(american(text.casefold()), filter(keeps_its_beginning, stems_of(text)))
