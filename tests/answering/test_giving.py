"""Words that only name the kind of what is asked for, and what gives it in a record's own words."""

from __future__ import annotations

import pytest

from rag.answering.focus import focus_on
from rag.answering.giving import given, load_kinds
from rag.evidence.stems import stem


@pytest.mark.parametrize(
    ("asked", "said", "gives"),
    [
        ("temperature", "Runners with more than 37.9 °C stay at home.", True),
        ("temperature", "Runners with a cold stay at home.", False),
        ("thick", "Slices of 4 mm are cut.", True),
        ("size", "The blister is at least 5 millimetres wide.", True),
        ("size", "80 runners are needed for a power of 90%.", False),
        ("language", "Speaks Danish.", True),
        ("language", "Speaks to nobody.", False),
        ("technique", "Lactate is measured by photometry.", True),
        ("technique", "Lactate is measured every week.", False),
        ("animals", "The shoes were tried on dogs.", True),
        ("body", "Put on the left forearm.", True),
        ("sources", "Times are taken from the charts of the club.", True),
        ("millimetres", "A fall of 12 mm counts.", True),
        ("millimetres", "A fall of 12% counts.", False),
    ],
)
def test_a_kind_is_given_without_its_name(asked: str, said: str, gives: bool) -> None:
    assert bool(given((stem(asked),), said)) is gives


def test_a_sentence_that_gives_the_kind_holds_its_word() -> None:
    focus = focus_on(("temperature", "runner"))
    assert focus.share("A runner of 38.5 °C") == pytest.approx(1.0)
    assert focus.share("A runner of 38") < 0.6


@pytest.mark.parametrize("word", ["dose", "gene", "brand", "number"])
def test_what_no_pattern_tells_is_no_kind(word: str) -> None:
    assert stem(word) not in load_kinds()
