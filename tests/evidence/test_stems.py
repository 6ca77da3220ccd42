"""Stems: what counts as the same word."""

import pytest

from rag.evidence.stems import stem, stems_of


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("randomised", "randomized"),
        ("epithelialisation", "epithelialization"),
        ("leukaemia", "leukemia"),
        ("tumours", "tumor"),
        ("oestrogen", "estrogen"),
        ("apnoea", "apnea"),
        ("sulphate", "sulfate"),
        ("coeliac", "celiac"),
        ("caesarean", "cesarean"),
        ("fibres", "fiber"),
    ],
)
def test_british_and_american_spellings_have_one_stem(british: str, american: str) -> None:
    assert stem(british) == stem(american)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("immunisation", "immune"),
        ("mobilization", "mobile"),
        ("colonised", "colon"),
        ("several", "severe"),
        ("majority", "major"),
        ("positions", "positive"),
    ],
)
def test_words_that_only_look_alike_have_two_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)
    assert stem("immunized") == stem("immunisations")


@pytest.mark.parametrize("text", ["with B7-H3", "B7 H3 in children", "tumours with B7-H3-expressing cells"])
def test_a_name_in_two_parts_is_one_word_whatever_stands_before_it(text: str) -> None:
    assert "b7h3" in stems_of(text)
