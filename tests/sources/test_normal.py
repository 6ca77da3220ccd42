"""Registry values in any printed spelling become one typed value."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rag.sources import normal

CHOICES = [
    ("status", "Active, not recruiting", "ACTIVE_NOT_RECRUITING"),
    ("status", "ACTIVE_NOT_RECRUITING", "ACTIVE_NOT_RECRUITING"),
    ("status", "Unknown status", "UNKNOWN"),
    ("status", "Enrolling by invitation", "ENROLLING_BY_INVITATION"),
    ("study_type", "Observational [Patient Registry]", "OBSERVATIONAL"),
    ("study_type", "N/A", ""),
    ("sex", "Both", "ALL"),
    ("allocation", "N/A", "NA"),
    ("allocation", "Non-Randomized", "NON_RANDOMIZED"),
    ("intervention_model", "Single Group Assignment", "SINGLE_GROUP"),
    ("intervention_model", "Crossover Assignment", "CROSSOVER"),
    ("primary_purpose", "Supportive Care", "SUPPORTIVE_CARE"),
    ("sponsor_class", "U.S. Fed", "FED"),
    ("arm_kind", "Placebo Comparator", "PLACEBO_COMPARATOR"),
    ("intervention_kind", "Dietary Supplement", "DIETARY_SUPPLEMENT"),
    ("kind", "Anticipated", "ESTIMATED"),
    ("observational_model", "Case-Control", "CASE_CONTROL"),
]


@pytest.mark.parametrize(("table", "printed", "choice"), CHOICES)
def test_choices_have_one_spelling(table: str, printed: str, choice: str) -> None:
    assert normal.enumeration(table, printed) == choice


PHASES = [
    ("Phase 2/Phase 3", ("PHASE2", "PHASE3")),
    ("PHASE2|PHASE3", ("PHASE2", "PHASE3")),
    ("PHASE2/PHASE3", ("PHASE2", "PHASE3")),
    ("PHASE1, PHASE2", ("PHASE1", "PHASE2")),
    ("Phase 1/2", ("PHASE1", "PHASE2")),
    ("Phase III", ("PHASE3",)),
    ("N/A", ("NA",)),
    ("Not Applicable", ("NA",)),
    ("Early Phase 1", ("EARLY_PHASE1",)),
    ("Phase 0", ("EARLY_PHASE1",)),
    ("", ()),
    ("soon", ()),
]


@pytest.mark.parametrize(("printed", "phases"), PHASES)
def test_phases(printed: str, phases: tuple[str, ...]) -> None:
    assert normal.phases(printed) == phases


MASKING = [
    (
        "Quadruple (Participant, Care Provider, Investigator, Outcomes Assessor)",
        ("QUADRUPLE", ("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR")),
    ),
    ("DOUBLE (PARTICIPANT, OUTCOMES_ASSESSOR)", ("DOUBLE", ("PARTICIPANT", "OUTCOMES_ASSESSOR"))),
    ("None (Open Label)", ("NONE", ())),
    ("Open Label", ("NONE", ())),
    ("Double-Blind", ("DOUBLE", ())),
    ("", ("", ())),
]


@pytest.mark.parametrize(("printed", "read"), MASKING)
def test_masking(printed: str, read: tuple[str, tuple[str, ...]]) -> None:
    assert normal.masking(printed) == read


DATES = [
    ("November 1995", "1995-11"),
    ("2025-12-05", "2025-12-05"),
    ("2025-12", "2025-12"),
    ("16 October 2025", "2025-10-16"),
    ("June 3, 2020", "2020-06-03"),
    ("Sept 2014", "2014-09"),
    ("1999", "1999"),
]


@pytest.mark.parametrize(("printed", "iso"), DATES)
def test_dates(printed: str, iso: str) -> None:
    assert str(normal.registry_date(printed)) == iso


@pytest.mark.parametrize("printed", ["", "soon", "2025-13-01", "31 February 2020", "0000-01-01", "Foo 2020"])
def test_what_is_no_date_is_none(printed: str) -> None:
    assert normal.registry_date(printed) is None


AGES = [
    ("18 Years", "18"),
    ("1 Year", "1"),
    ("6 Months", "0.5"),
    ("30 Months", "2.5"),
    ("1461 Days", "4"),
    ("1461 Weeks", "28"),
    ("35064 Hours", None),  # more digits than any age has
    ("8766 Hours", "1"),
]


@pytest.mark.parametrize(("printed", "years"), AGES)
def test_ages_are_exact_years(printed: str, years: str | None) -> None:
    limit = normal.age_limit(printed)
    assert (limit and limit.years) == (Decimal(years) if years else None)


def test_no_age_is_none() -> None:
    assert normal.age_limit("N/A") is None
    assert normal.age_limit("") is None


def test_counts_and_answers() -> None:
    assert [normal.count(text) for text in ("692 participants", "1,234", "0", "", "many")] == [692, 1234, 0, None, None]
    answers = ("Accepts Healthy Volunteers", "No", "true", "YES", "", "perhaps")
    assert [normal.yes_or_no(text) for text in answers] == [True, False, True, True, None, None]


def test_countries_have_one_spelling() -> None:
    assert normal.country("Korea, Republic of") == normal.country("South Korea") == "South Korea"
    assert normal.country("France") == "France"
