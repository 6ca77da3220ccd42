"""What headings and labels make of the lines below them, and what they name themselves."""

from __future__ import annotations

import pytest
from support.readings import document

from rag.criteria.reading import read_trial
from rag.criteria.states import read_states
from rag.types import Polarity, Stance


@pytest.mark.parametrize(
    ("heading", "line", "concept", "expected"),
    [
        ("Washout before the first dose:", "3 weeks for interferon", "interferon", Stance.TURNED_AWAY),
        ("Treatment before the first dose:", "3 weeks of interferon", "interferon", Stance.REQUIRED),
        ("Washout before the first dose:", "Known gout", "gout", Stance.REQUIRED),
        ("These lesions do not qualify as measurable:", "Bone disease alone", "bone_disease", Stance.ASIDE),
        ("Recommended:", "Ketoconazole", "ketoconazole", Stance.EXEMPT),
        ("Required:", "Ketoconazole", "ketoconazole", Stance.REQUIRED),
        ("These lesions qualify as measurable:", "Bone disease", "bone_disease", Stance.REQUIRED),
    ],
)
def test_heading_of_a_requirement_says_what_the_line_asks(
    heading: str, line: str, concept: str, expected: Stance
) -> None:
    found = [one.stance for one in read_states(line, Polarity.INCLUSION, (heading,)) if one.concept == concept]
    assert found == [expected]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("People with one of these illnesses are not excluded:", Stance.EXEMPT),
        ("People with one of these illnesses are not excluded if treated:", Stance.TURNED_AWAY),
        ("People with one of these illnesses are excluded:", Stance.TURNED_AWAY),
    ],
)
def test_list_of_what_is_not_excluded_lets_in(heading: str, expected: Stance) -> None:
    assert [one.stance for one in read_states("Gout", Polarity.EXCLUSION, (heading,))] == [expected]


@pytest.mark.parametrize(
    ("text", "concept", "expected"),
    [
        ("Chemotherapy\n\n* No prior chemotherapy", "chemotherapy", [Stance.ASIDE]),
        ("Chemotherapy\n\nRadiotherapy", "chemotherapy", [Stance.REQUIRED]),
        ("Sarcoma\n\n* Measurable disease", "sarcoma", [Stance.REQUIRED]),
    ],
)
def test_treatment_over_its_bullets_is_asked_of_nobody(text: str, concept: str, expected: list[Stance]) -> None:
    found = [
        state.stance
        for criterion in read_trial(document("I", text)).criteria
        for state in criterion.concepts
        if state.concept == concept
    ]
    assert found == expected


def test_what_holds_for_all_unless_specified_names_no_cohort() -> None:
    everybody = ("All of these must be met (applied to all in the run-in and expansion stage, unless specified):",)
    assert [one.doubts for one in read_states("Known gout", Polarity.INCLUSION, everybody)] == [()]
