"""What a record states of the fields that questions ask about, where no field of the registry prints it."""

from __future__ import annotations

import pytest

from rag.catalog_rows import field_values_of
from rag.evidence.fields import judge_field
from rag.types import Arm, FieldIs, Intervention, Outcome, Person, RegistryDate, Site, TrialFacts, Verdict

_SITES = (
    Site("Northport Hospital", "Birmingham", "Alabama", "United States"),
    Site("Eastcote Clinic", "Birmingham", "England", "United Kingdom"),
)


def test_a_city_and_its_state_are_asked_of_one_site() -> None:
    places = field_values_of(TrialFacts(sites=_SITES))["place"]
    for asked, verdict in (
        ("Birmingham, Alabama", Verdict.MATCH),
        ("Birmingham, United Kingdom", Verdict.MATCH),
        ("Birmingham, Ohio", Verdict.NO_MATCH),
    ):
        assert judge_field("NCT90000001", places, FieldIs("place", (asked,))).verdict is verdict


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        (TrialFacts(arms=(Arm("Control", "OTHER", "One placebo tablet a day"),)), {"OTHER", "PLACEBO_COMPARATOR"}),
        (TrialFacts(interventions=(Intervention("Placebo capsules", "DRUG"),)), {"PLACEBO_COMPARATOR"}),
        (TrialFacts(official_title="A Placebo-Controlled Study of X"), {"PLACEBO_COMPARATOR"}),
        (TrialFacts(official_title="The Placebo Effect of Colour"), set()),
        (TrialFacts(arms=(Arm("Usual care, no placebo", "OTHER"),)), {"OTHER"}),
        (TrialFacts(interventions=(Intervention("Sham acupuncture", "DEVICE"),)), {"SHAM_COMPARATOR"}),
    ],
)
def test_a_placebo_is_told_by_title_arm_or_intervention(facts: TrialFacts, kinds: set[str]) -> None:
    assert set(field_values_of(facts).get("arm_kind", ())) == kinds


def test_counts_and_the_duration_come_from_the_lists_and_the_dates() -> None:
    facts = TrialFacts(
        sites=_SITES,
        countries=("United States", "United Kingdom"),
        outcomes=(Outcome("primary", "Pain"), Outcome("secondary", "Sleep"), Outcome("secondary", "Mood")),
        start_date=RegistryDate(2020, 1, 1),
        completion_date=RegistryDate(2021, 1, 1),
    )
    values = field_values_of(facts)
    assert values["country_count"] == ("2",)
    assert values["secondary_outcome_count"] == ("2",)
    assert values["duration"] == ("366",)


@pytest.mark.parametrize(
    ("facts", "regulated"),
    [
        (TrialFacts(fda_regulated_drug=True), ("true",)),
        (TrialFacts(fda_regulated_drug=False, fda_regulated_device=True), ("true",)),
        (TrialFacts(fda_regulated_drug=False, fda_regulated_device=False), ("false",)),
        (TrialFacts(fda_regulated=True), ("true",)),
        (TrialFacts(fda_regulated_device=False), ()),  # of a drug nothing is said
        (TrialFacts(), ()),
    ],
)
def test_nothing_is_regulated_only_where_a_drug_and_a_device_are_both_denied(
    facts: TrialFacts, regulated: tuple[str, ...]
) -> None:
    assert field_values_of(facts).get("fda_regulated", ()) == regulated


def test_who_says_neither_yes_nor_no_is_silent() -> None:
    asked = FieldIs("data_monitoring_committee", ("false",))
    for facts, verdict in (
        (TrialFacts(data_monitoring_committee=False), Verdict.MATCH),
        (TrialFacts(data_monitoring_committee=True), Verdict.NO_MATCH),
        (TrialFacts(), Verdict.SILENT),
    ):
        stated = field_values_of(facts).get("data_monitoring_committee", ())
        assert judge_field("NCT90000001", stated, asked).verdict is verdict


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        ("Torvaldsen", Verdict.MATCH),
        ("Ada Torvaldsen", Verdict.MATCH),  # the middle name is left out
        ("torvaldsen, ada", Verdict.MATCH),
        ("Torvald", Verdict.NO_MATCH),
        ("Ida Torvaldsen", Verdict.NO_MATCH),
    ],
)
def test_a_person_goes_by_some_words_of_the_name(asked: str, verdict: Verdict) -> None:
    facts = TrialFacts(officials=(Person("Ada M. Torvaldsen, MD", "STUDY_CHAIR"),))
    stated = field_values_of(facts)["investigator"]
    assert judge_field("NCT90000001", stated, FieldIs("investigator", (asked,))).verdict is verdict


def test_an_outcome_is_also_told_by_how_its_description_begins() -> None:
    facts = TrialFacts(outcomes=(Outcome("primary", "Glucose level", "", "HbA1c in percent"),))
    stated = field_values_of(facts)["outcome.primary"]
    judgement = judge_field("NCT90000001", stated, FieldIs("outcome.primary", ("HbA1c",)))
    assert judgement.verdict is Verdict.MATCH
    assert judgement.reason.endswith("Glucose level")


@pytest.mark.parametrize(
    ("stated", "asked", "verdict"),
    [
        ("Slow accrual", "recruitment", Verdict.MATCH),
        ("Sponsor's decision", "recruitment", Verdict.NO_MATCH),
        ("Enrollment suspended for toxicity", "recruitment", Verdict.NO_MATCH),
        ("No more money", "funding", Verdict.MATCH),
        ("Lack of efficacy at interim", "futility", Verdict.MATCH),
        ("Pandemic restrictions", "covid-19", Verdict.MATCH),
    ],
)
def test_a_reason_for_stopping_is_told_by_its_kind(stated: str, asked: str, verdict: Verdict) -> None:
    assert judge_field("NCT90000001", (stated,), FieldIs("why_stopped", (asked,))).verdict is verdict
