"""Everyday names of topics, and kinds of drugs told by the ending of a name."""

from __future__ import annotations

import pytest

from rag.catalog_rows import TrialSummary
from rag.evidence.topics import TopicIndex, holds
from rag.types import Verdict


@pytest.mark.parametrize(
    ("topic", "subject"),
    [
        ("slipped discs", "Surgery for Lumbar Disc Herniation"),
        ("slipped disc in the neck", "Herniated disc of the neck"),
        ("worn out discs", "Degenerative Disc Disease"),
        ("bowel cancer", "Metastatic Colorectal Cancer"),
        ("kidney stones", "Ureteroscopy for Nephrolithiasis"),
        ("bed sores", "Dressings for Pressure Ulcers"),
        ("period pain", "Heat for Dysmenorrhea"),
        ("piles", "Banding of Hemorrhoids"),
        ("frozen shoulder", "Adhesive Capsulitis of the Shoulder"),
        ("heart attack", "Aspirin After Myocardial Infarction"),
        ("premature babies", "Caffeine in Preterm Infants"),
    ],
)
def test_an_everyday_name_finds_what_records_call_it(topic: str, subject: str) -> None:
    assert holds(subject, topic)


@pytest.mark.parametrize(
    ("topic", "subject"),
    [("slipped discs", "Spinal Cord Injury"), ("piles", "Anal Fissure"), ("kidney stones", "Kidney Cancer")],
)
def test_an_everyday_name_finds_nothing_else(topic: str, subject: str) -> None:
    assert not holds(subject, topic)


@pytest.mark.parametrize(
    ("topic", "drug", "verdict"),
    [
        ("KLX9 antibody", "Fantasimab", Verdict.MATCH),
        ("KLX9 inhibitor", "Fantasinib", Verdict.MATCH),
        ("KLX9 antibody", "Fantasinib", Verdict.NO_MATCH),
        ("KLX8 antibody", "Fantasimab", Verdict.NO_MATCH),
        ("KLX9 agonist", "Fantaglutide", Verdict.MATCH),
    ],
)
def test_a_kind_of_drug_is_told_by_the_ending_of_its_name(topic: str, drug: str, verdict: Verdict) -> None:
    summary = TrialSummary("NCT90000001", "A Study", keywords=("KLX9",), interventions=(drug,))
    assert TopicIndex([summary]).judge("NCT90000001", topic).verdict is verdict


_GIVEN = {
    "in a name": TrialSummary("NCT90000001", "A Study", keywords=("KLX9",), interventions=("Fantasimab",)),
    "in a description": TrialSummary("NCT90000002", "Study of ABQ-77", interventions=("ABQ-77",)),
    "another": TrialSummary(
        "NCT90000003", "Small Cell Lung Cancer After KLX8", interventions=("Fantasitaxel", "Influenza vaccine")
    ),
}
_SAID = {
    "given": {
        "NCT90000002": ("ABQ-77 is an antibody against KLX9.", "Weekly infusions of 1x10^9 NK cells with carboplatin"),
    },
    "intervention_kind": {"NCT90000002": ("BIOLOGICAL",), "NCT90000001": ("DRUG",), "NCT90000003": ("DEVICE",)},
}


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("KLX9 antibodies", {"in a name", "in a description"}),
        ("antibodies against KLX9", {"in a name", "in a description"}),
        ("anti-KLX9 mAb", {"in a name", "in a description"}),
        ("treatments directed at KLX9", {"in a name", "in a description"}),
        ("KLX9 targeted therapy", {"in a name", "in a description"}),
        ("KLX9 vaccines", set()),
        ("KLX8 antibodies", set()),
        ("cell therapy", {"in a description"}),
        ("treatments made of living cells", {"in a description"}),
        ("carboplatin", {"in a description"}),
        ("KLX9 drugs", {"in a name", "in a description"}),
        ("devices for lung cancer", {"another"}),
        ("lung cancer", {"another"}),
        ("COVID-19 vaccines", set()),
        ("bispecific antibodies", set()),
        ("giving carboplatin", {"in a description"}),
        ("KLX-9 antibodies", {"in a name", "in a description"}),
    ],
)
def test_a_kind_of_treatment_is_told_from_what_it_is_aimed_at(topic: str, found: set[str]) -> None:
    index = TopicIndex(_GIVEN.values(), lambda field: _SAID.get(field, {}))
    verdicts = {name: index.judge(one.trial_id, topic).verdict for name, one in _GIVEN.items()}
    assert {name for name, verdict in verdicts.items() if verdict is Verdict.MATCH} == found


_BY_NAME = {
    "CAR-T trials": ("anti-CD19 CAR-T", "Axicabtagene ciloleucel"),
    "herbal medicine": ("Fennel decoction", "Ginger capsules"),
    "traditional medicine": ("Fennel decoction", "Sham acupuncture", "Cupping"),
    "smartphone app": ("Sleep app",),
}
_OF_NO_SUCH_KIND = {
    "CAR-T trials": ("Tabelecleucel", "Lifileucel"),  # cells, but of no chimeric receptor
    "herbal medicine": ("Sham acupuncture", "Taurine granule", "Homeopathic drops"),
    "traditional medicine": ("Massage",),
    "smartphone app": ("Digital therapeutic iontophoresis",),
}


@pytest.mark.parametrize("topic", sorted(_BY_NAME))
def test_members_of_a_kind_are_known_by_name_and_neighbours_are_none(topic: str) -> None:
    names = (*_BY_NAME[topic], *_OF_NO_SUCH_KIND[topic])
    trials = {name: TrialSummary(f"NCT{n:08}", "A Study", interventions=(name,)) for n, name in enumerate(names)}
    index = TopicIndex(trials.values(), lambda _: {})
    matched = [name for name, one in trials.items() if index.judge(one.trial_id, topic).verdict is Verdict.MATCH]
    assert matched == list(_BY_NAME[topic])


@pytest.mark.parametrize(
    ("heading", "topic", "verdict"),
    [
        ("Pulmonary Disease, Chronic Obstructive", "COPD", Verdict.MATCH),
        ("Leukemia, Myeloid, Acute", "acute myeloid leukemia", Verdict.MATCH),
        ("Hypertension, Pulmonary", "pulmonary hypertension", Verdict.MATCH),
        ("Kidney, pancreas, liver, heart and lung", "heart failure", Verdict.NO_MATCH),
    ],
)
def test_an_inverted_heading_is_read_as_it_is_spoken(heading: str, topic: str, verdict: Verdict) -> None:
    summary = TrialSummary("NCT90000001", "Walking at Home", conditions=(heading,))
    assert TopicIndex([summary]).judge("NCT90000001", topic).verdict is verdict
