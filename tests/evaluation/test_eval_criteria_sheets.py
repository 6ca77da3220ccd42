"""The draw of trials for readers: the same every time, a third kept back, and lines that lead back to the text."""

from __future__ import annotations

import pytest

from rag.evaluation.criteria_merge import line_starts
from scripts.criteria_gold import QUOTAS, SourceTrial, is_kept_back, lines_of, sheet, stratum_of

TEXT = "Inclusion Criteria:\r\n\r\n   -  Age over 18\r\n      years\n\nExclusion Criteria:\n* eGFR < 45\n"


def test_about_a_third_of_all_ids_is_kept_back() -> None:
    share = sum(is_kept_back(f"NCT{number:08}") for number in range(3000)) / 3000
    assert share == pytest.approx(1 / 3, abs=0.03)
    assert is_kept_back("NCT00000001") == is_kept_back("NCT00000001")


def test_quotas_make_170_and_90_and_60() -> None:
    assert [sum(part) for part in zip(*QUOTAS.values(), strict=True)] == [170, 90, 60]


def test_lines_of_a_sheet_lead_back_to_the_text() -> None:
    lines = lines_of(TEXT)
    assert [line for _, line in lines] == [
        "Inclusion Criteria:",
        "-  Age over 18",
        "years",
        "Exclusion Criteria:",
        "* eGFR < 45",
    ]
    assert all(TEXT.startswith(line, at) for at, line in lines)
    assert [at for at, _ in lines] == line_starts(TEXT)


@pytest.mark.parametrize(
    ("text", "stratum"),
    [
        (TEXT, "renal_explicit"),
        ("Inclusion criteria: creatinine below 2 mg/dL or creatinine clearance of 60 and more", "renal_or"),
        ("Inclusion criteria: eGFR of at least 60. Exclusion criteria: none", "renal_floor"),
        ("Inclusion criteria: eGFR < 30", "renal_low"),
        ("Renal: creatinine up to 1.5 mg/dL", "renal_unheaded"),
        ("Inclusion criteria: HbA1c 7 to 9 %", "glucose"),
        ("Inclusion criteria: can walk", ""),
    ],
)
def test_a_text_falls_into_its_rarest_stratum(text: str, stratum: str) -> None:
    assert stratum_of(SourceTrial("NCT00000001", "A title", text, "made")) == stratum


def test_a_sheet_names_each_trial_and_numbers_its_lines() -> None:
    text = sheet([("ages", SourceTrial("NCT00000001", "A title", TEXT, "made"))])
    assert text.startswith("=== NCT00000001 · A title\nL01 @0\tInclusion Criteria:\n")
    assert "ages" not in text
