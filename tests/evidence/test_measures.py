"""Which stated outcomes are the one asked about."""

from __future__ import annotations

import pytest

from rag.evidence.measures import names_outcome


@pytest.mark.parametrize(
    ("stated", "asked"),
    [
        ("Change in glycated hemoglobin from baseline", "HbA1c"),
        ("Change From Baseline to Week 24 in HbA1c", "change in HbA1c or glycated haemoglobin"),
        ("Neck Disability Index", "neck disability score"),
        ("mRS at 90 days", "modified Rankin Scale"),
        ("Number of participants with DLTs", "maximum tolerated dose or dose-limiting toxicity"),
        ("Death from any cause", "mortality"),
        ("Overall Survival (OS)", "OS"),
        ("Volume of the infarct on MRI", "infarct volume"),
        ("Overall and disease-free survival", "overall survival"),
        ("Over all survival", "overall survival"),
        ("Efficacy\nMeasured as the volume of the infarct.", "infarct volume"),
    ],
)
def test_the_same_measure_in_other_words_is_it(stated: str, asked: str) -> None:
    assert names_outcome(stated, asked)


@pytest.mark.parametrize(
    ("stated", "asked"),
    [
        ("Progression-free survival", "overall survival"),
        ("Change in body weight", "HbA1c"),
        ("Pain score at rest", "disability score"),
        ("Quality of life", "mortality"),
        ("Overall response and PFS", "overall survival"),
        ("Survival of the graft\nThe overall state is told too.", "overall survival"),
        ("Rate of rejection\nVolume of the drain. Infarct seen or not.", "infarct volume"),
    ],
)
def test_another_measure_is_not(stated: str, asked: str) -> None:
    assert not names_outcome(stated, asked)
