"""CD4 cells and viral load bind the infected alone, unless the trial studies their infection."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.readings import document

from rag.criteria.reading import read_trial
from rag.types import Constraint


def scopes(title: str, section: str, text: str) -> list[tuple[str, list[str]]]:
    """Each limit read, with whom it binds."""
    found = read_trial(replace(document(section, text), title=title))
    return [
        (atom.variable, [scope.text for scope in clause.scope])
        for criterion in found.criteria
        for clause in criterion.requires
        for atom in clause.alternatives
        if isinstance(atom, Constraint)
    ]


@pytest.mark.parametrize(
    ("title", "section", "text", "expected"),
    [
        ("A drug for sarcoma", "I", "HIV-positive participants must have a CD4 count ≥ 275", [("cd4", ["HIV"])]),
        ("A drug for sarcoma", "E", "Uncontrolled HIV (CD4 count < 275)", [("cd4", ["HIV"])]),
        ("A drug for sarcoma", "I", "CD4 count ≥ 275", [("cd4", [])]),
        ("A drug for people with HIV", "I", "HIV-positive with a CD4 count ≥ 275", [("cd4", [])]),
        ("A drug for sarcoma", "I", "Platelets ≥ 80 x 10^9/L in the HIV-negative and others", [("platelets", [])]),
    ],
)
def test_cd4_binds_people_with_hiv_alone(
    title: str, section: str, text: str, expected: list[tuple[str, list[str]]]
) -> None:
    assert scopes(title, section, text) == expected
