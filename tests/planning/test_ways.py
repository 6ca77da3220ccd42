"""Many ways to ask one thing: every line of `data/ways/*.txt` is read as the plain question is."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.plans import plan_of, written

_DATA = Path(__file__).parent / "data" / "ways"
# What is asked of: as a thing and as people, so that one line serves for a limit, a condition and a drug.
_CRITERIA = (
    ("an eGFR below 60", "patients with an eGFR below 60"),
    ("platelets under 100", "people with platelets under 100"),
    ("heart failure", "patients with heart failure"),
    ("warfarin", "people who take warfarin"),
    ("HIV infection", "HIV-positive patients"),
    ("an INR over 1.7", "patients whose INR is over 1.7"),
)
_NAMES = ("creatinine", "pregnancy", "HbA1c", "warfarin", "depression")
_DOING = (
    "exclude heart failure",
    "exclude an eGFR below 60",
    "accept patients on dialysis",
    "are recruiting",
    "require an ECOG of 0 or 1",
    "do not mention creatinine",
)
_PLAIN = {
    "excludes": "Which trials exclude {noun}?",
    "admits": "Which trials accept {noun}?",
    "requires": "Which trials require {noun}?",
    "silent": "Which trials say nothing about {name}?",
    "mentions": "Which trials mention {name}?",
    "counts": "How many trials {do}?",
}


def ways(name: str) -> list[str]:
    lines = (_DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def fillings(name: str) -> list[dict[str, str]]:
    if name == "counts":
        return [{"do": do} for do in _DOING]
    if name in {"silent", "mentions"}:
        return [{"name": each} for each in _NAMES]
    return [{"noun": noun, "people": people} for noun, people in _CRITERIA]


@pytest.mark.parametrize("name", sorted(_PLAIN))
def test_every_way_of_asking_is_read_as_the_plain_question(name: str) -> None:
    wrong = []
    for filling in fillings(name):
        expected = written(plan_of(_PLAIN[name].format(**filling)))
        for way in ways(name):
            question = way.format(**filling)
            found = written(plan_of(question))
            if found != expected:
                wrong.append(f"{question}\n  {found}\n  not {expected}")
    assert not wrong, "\n".join(wrong)
