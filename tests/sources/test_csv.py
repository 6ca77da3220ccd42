"""The CSV export, old and new: columns by name, cells told apart, absent columns are nothing."""

from __future__ import annotations

import pytest

from rag.sources.csv_export import is_header, read_row
from rag.sources.facts import typed_facts
from rag.types import TrialFacts

OLD = {
    "Rank": "1",
    "NCT Number": "NCT09000001",
    "Title": "A Study of Fenolast",
    "Status": "Active, not recruiting",
    "Study Results": "No Results Available",
    "Conditions": "Asthma|Eczema",
    "Interventions": "Drug: Fenolast|Other: Diet: low salt",
    "Outcome Measures": "Peak flow|Symptoms",
    "Sponsor/Collaborators": "Northport University|Fenol Pharma",
    "Gender": "Both",
    "Age": "6 Months to 17 Years   (Child)",
    "Phases": "Phase 2|Phase 3",
    "Enrollment": "60",
    "Funded Bys": "Other|Industry",
    "Study Type": "Interventional",
    "Study Designs": "Allocation: Randomized|Intervention Model: Parallel Assignment|"
    "Masking: Double (Participant, Investigator)|Primary Purpose: Treatment",
    "Other IDs": "KITE-7|U11",
    "Start Date": "March 5, 2024",
    "Locations": "Northport Hospital, Northport, Alabama, United States|Hanbit Center, Seoul, Korea, Republic of|"
    "Clinique A, B, Annecy, 74000, France",
}


def read(row: dict[str, str]) -> TrialFacts:
    return typed_facts(read_row(list(row), list(row.values()), 1))


def test_the_old_export_is_read() -> None:
    facts = read(OLD)
    assert facts.status == "ACTIVE_NOT_RECRUITING"
    assert facts.has_results is False
    assert facts.conditions == ("Asthma", "Eczema")
    assert [(one.kind, one.name) for one in facts.interventions] == [("DRUG", "Fenolast"), ("OTHER", "Diet: low salt")]
    assert [one.measure for one in facts.outcomes] == ["Peak flow", "Symptoms"]
    assert (facts.sponsor, facts.sponsor_class, facts.collaborators) == (
        "Northport University", "OTHER", ("Fenol Pharma",),
    )  # fmt: skip
    assert (facts.sex, facts.phases, facts.enrollment) == ("ALL", ("PHASE2", "PHASE3"), 60)
    assert (facts.allocation, facts.intervention_model) == ("RANDOMIZED", "PARALLEL")
    assert (facts.masking, facts.who_masked) == ("DOUBLE", ("PARTICIPANT", "INVESTIGATOR"))
    assert (facts.org_study_id, facts.secondary_ids) == ("KITE-7", ("U11",))
    assert str(facts.start_date) == "2024-03-05"


def test_the_parts_of_a_location_are_told_apart() -> None:
    assert [(one.facility, one.city, one.state, one.country) for one in read(OLD).sites] == [
        ("Northport Hospital", "Northport", "Alabama", "United States"),
        ("Hanbit Center", "Seoul", "", "South Korea"),
        ("Clinique A, B", "Annecy", "", "France"),
    ]


AGES = [
    ("6 Months to 17 Years   (Child)", "6 Months", "17 Years"),
    ("18 Years and older   (Adult, Older Adult)", "18 Years", None),
    ("up to 17 Years   (Child)", None, "17 Years"),
    ("Child, Adult, Older Adult", None, None),
    ("ADULT, OLDER_ADULT", None, None),
]


@pytest.mark.parametrize(("cell", "low", "high"), AGES)
def test_age_cells(cell: str, low: str | None, high: str | None) -> None:
    facts = read({**OLD, "Age": cell})
    assert (facts.minimum_age and facts.minimum_age.text) == low
    assert (facts.maximum_age and facts.maximum_age.text) == high


def test_absent_columns_are_nothing_and_unknown_ones_left_alone() -> None:
    facts = read({"NCT Number": "NCT09000001", "Colour": "blue"})
    assert facts == TrialFacts()


def test_a_header_is_told_by_its_nct_column() -> None:
    assert is_header(["nct_number", "title"])
    assert is_header(["Rank", "NCT Number"])
    assert not is_header(["name", "value"])
