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
