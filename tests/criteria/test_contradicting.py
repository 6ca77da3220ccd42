"""Limits of one trial that nobody can meet together bind some participants only, or are unread."""

from __future__ import annotations

from support.readings import clauses


def test_ages_of_several_groups_bind_some_participants_only() -> None:
    lines = "* Age 20 to 50.\n* At least 60 years of age.\n* Weight at least 50 kg"
    assert clauses("I", lines) == ["age 20 to 50 @cohort", "age ≥ 60 @cohort", "weight ≥ 50"]


def test_limits_that_agree_stay_firm() -> None:
    assert clauses("I", "* Age 20 to 50 years\n* Age at least 21 years") == ["age 20 to 50", "age ≥ 21"]


def test_a_contradiction_with_an_exclusion_is_unread() -> None:
    lines = "Exclusion Criteria:\n* Platelets < 100,000/mm3\n* Platelets ≥ 100,000/mm3"
    assert clauses("E", lines) == ["?platelets", "?platelets"]


def test_the_ages_of_men_and_of_women_bind_their_own() -> None:
    lines = "* Women aged 20 to 70 years\n* Men aged 45 to 70 years"
    assert clauses("I", lines) == ["age 20 to 70 @sex", "age 45 to 70 @sex"]


def test_a_length_of_time_behind_an_age_leaves_the_age_to_all() -> None:
    assert "age ≥ 21" in clauses("I", "Men ≥ 21 years of age with more than 36 hours of fever due to the flu")
