"""What an exclusion says that people do not have is asked for."""

from __future__ import annotations

import pytest

from rag.criteria.reading import read_trial
from rag.evidence.lacking import is_lacked
from rag.types import Document, Section, Span, State, TrialFacts


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Does not have asthma", True),
        ("People without any kind of asthma", True),
        ("Lack of asthma", True),
        ("Asthma", False),
        ("No asthma", False),
        ("Did not respond to treatment of asthma", False),
        ("Does not speak English. Asthma", False),
    ],
)
def test_what_people_lack(line: str, expected: bool) -> None:
    sections = (Section("eligibility.exclusion", Span(0, len(line))),)
    read = read_trial(Document("NCT00000001", "", line, sections, (), TrialFacts(), (), "t.txt", "")).criteria
    criterion = read[-1]
    start = line.lower().index("asthma")
    atom = State("asthma", False, Span(start, start + 6), read[-1].requires[0].alternatives[0].stance)
    assert is_lacked(criterion, atom, line) is expected
