"""Facts that a question names and does not ask for: no arm for 'who …?', no telephone for 'how many …?'."""

from __future__ import annotations

import pytest
from support.plans import plan_of


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("Who chooses the catheter in the tailored arm of NCT90000001?", ()),  # a person, no list of arms
        ("Who is in the second arm of NCT90000001?", ("arms",)),  # those of an arm
        ("Who is the sponsor of NCT90000001?", ("sponsor",)),
        ("How many phone calls follow in NCT90000001?", ()),  # a number of calls, no number to call
        ("What is the phone number of NCT90000001?", ("contact.phone",)),
        ("What year was the sponsor of NCT90000001 founded?", ()),  # a year, no firm
        ("Which strength have the tablets in NCT90000001?", ("dose",)),  # a strength, no way of taking them
        ("Which drugs come before the infusion in NCT90000001?", ()),  # the drugs, not how they are given
        ("By which route is the infusion given in NCT90000001?", ("route",)),
        ("How long does allocation stay hidden in NCT90000001?", ("how_long",)),
        ("Where do they grow the skin cells of NCT90000001?", ()),  # what is done somewhere, no site of the trial
        ("Where do they recruit in NCT90000001?", ("sites",)),
        ("Since when has metformin been sold, by NCT90000001?", ()),  # not since the trial began
        ("Since when has NCT90000001 been recruiting?", ("start_date",)),
        ("Which cuff measures the blood pressure in NCT90000001?", ()),  # a thing, no limit on what it measures
        ("Which blood pressure is needed in NCT90000001?", ("criterion:systolic_bp", "criterion:diastolic_bp")),
        ("What are patients grouped by in NCT90000001?", ("stratification",)),
        ("On which weeks are the doses given in NCT90000001?", ()),  # when, not how much
        ("How many vaccinations does each child get in NCT90000001?", ()),  # got in it: nobody gets in
        ("Who sponsors NCT90000001 and where are its sites?", ("sponsor", "sites")),  # two things: both stay
    ],
)
def test_facts_are_of_the_kind_that_the_question_asks_for(question: str, facts: tuple[str, ...]) -> None:
    assert plan_of(question).facts == facts


@pytest.mark.parametrize("word", ["inject", "diluted"])
def test_a_form_of_a_known_word_is_no_slip(word: str) -> None:
    assert word in plan_of(f"Into which vein do they {word} in NCT90000001?").question  # not 'insect'
