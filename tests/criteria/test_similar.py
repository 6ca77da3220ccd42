"""Phrases outside the lexicon, sought in criterion items by their stems."""

from __future__ import annotations

import pytest

from rag.criteria.similar import content_stems, content_words, phrase_matches, phrase_score, phrase_spans, phrase_states
from rag.types import Criterion, Polarity, Span, Stance


@pytest.mark.parametrize(
    ("phrase", "item"),
    [
        ("ozone allergy", "Allergy to ozone"),
        ("scuba diving", "Divers who scuba dive for a living"),
        ("tooth whitening", "Whitening of the teeth or of a tooth within a year"),
        ("tattooing", "New tattoos"),
        ("people who keep parrots", "Keeping a parrot at home"),
    ],
)
def test_phrase_is_found_in_any_order_and_inflection(phrase: str, item: str) -> None:
    assert phrase_matches(phrase, item)


@pytest.mark.parametrize(
    ("phrase", "item"),
    [
        ("ozone allergy", "Allergy to latex"),
        ("scuba diving", "Diving into debt"),
        ("parrots", ""),
        ("ozone allergy", "Allergy to latex, and one or two or three or four or five more words before the ozone"),
    ],
)
def test_phrase_is_not_found_when_a_word_lacks_or_stands_far(phrase: str, item: str) -> None:
    assert not phrase_matches(phrase, item)


def test_spans_are_the_shortest_and_disjoint() -> None:
    item = "parrot, ozone and allergy; allergy to ozone"
    assert [item[start:end] for start, end in phrase_spans("ozone allergy", item)] == [
        "ozone and allergy",
        "allergy to ozone",
    ]


def test_score_is_the_share_of_words_held() -> None:
    assert phrase_score("ozone allergy", "ozone therapy") == 0.5
    assert phrase_score("", "ozone") == 0.0


def test_words_without_meaning_are_left_out_unless_alone() -> None:
    assert content_stems("patients with a history of ozone therapy") == ("ozon",)
    assert content_stems("the use of") != ()


@pytest.mark.parametrize(
    ("polarity", "text", "stance"),
    [
        (Polarity.EXCLUSION, "Keepers of parrots", Stance.TURNED_AWAY),
        (Polarity.INCLUSION, "Keepers of parrots", Stance.REQUIRED),
        (Polarity.INCLUSION, "No parrots at home", Stance.TURNED_AWAY),
        (Polarity.EXCLUSION, "Birds at home, except parrots", Stance.EXEMPT),
        (Polarity.INCLUSION, "Keeping parrots is allowed", Stance.EXEMPT),
        (Polarity.EXCLUSION, "Family history of parrots", Stance.ASIDE),
    ],
)
def test_stance_is_read_for_unknown_words_too(polarity: Polarity, text: str, stance: Stance) -> None:
    document = f"xx {text}"
    span = Span(3, len(document))
    criterion = Criterion("T:3", "T", polarity, "eligibility.exclusion", span, ())
    states = phrase_states("parrots", criterion, document)
    assert [state.stance for state in states] == [stance]
    assert states[0].span.of(document) == "parrots"


def test_silent_criterion_gives_no_state() -> None:
    criterion = Criterion("T:0", "T", Polarity.EXCLUSION, "eligibility.exclusion", Span(0, 9), ())
    assert phrase_states("parrots", criterion, "No canary") == ()


def test_content_words_are_what_an_index_is_asked_for() -> None:
    assert content_words("recent travel of people") == "travel"
    assert content_words("use of") == "use of"
