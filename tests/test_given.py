"""What a record says that its participants get."""

from __future__ import annotations

import pytest

from rag.given import given_of
from rag.types import Arm, Document, Intervention, Section, Span, TrialFacts

_INTRODUCTION = "ABQ-77 couples a toxin to an antibody against KLX9. Patients failed ABQ-77 before. Asthma is common."


def _document(facts: TrialFacts) -> Document:
    section = Section("summary", Span(0, len(_INTRODUCTION)))
    return Document("NCT90000001", "A Study", _INTRODUCTION, (section,), (), facts, (), "x.txt", "")


@pytest.mark.parametrize(
    ("described", "given"),
    [
        ("Carboplatin AUC 5 on day 1", "Arm A: Carboplatin AUC 5 on day 1"),
        ("Patients whose disease failed prior cisplatin", None),
        ("Drug X without cisplatin", None),
    ],
)
def test_a_description_says_what_is_given(described: str, given: str | None) -> None:
    facts = TrialFacts(arms=(Arm("Arm A", description=described),), interventions=(Intervention("ABQ-77"),))
    said = given_of(_document(facts))
    assert (given in said) if given else not any("cisplatin" in one for one in said)


def test_an_introduction_says_what_the_intervention_is() -> None:
    said = given_of(_document(TrialFacts(interventions=(Intervention("ABQ-77"),))))
    assert said == ("ABQ-77 couples a toxin to an antibody against KLX9.",)


def test_nothing_is_given_where_no_intervention_is_listed() -> None:
    assert given_of(_document(TrialFacts(arms=(Arm("Cohort", description="Carboplatin"),)))) == ()
