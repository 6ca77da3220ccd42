"""Labels of a series that a question names: held against those that a record tells."""

from __future__ import annotations

import pytest

from rag.answering.labels import labels_told, of_the_treated, unlabelled
from rag.types import Arm, Document, TrialFacts


@pytest.mark.parametrize(
    ("text", "noun", "labels"),
    [
        ("Arm: Group A (experimental). Group B drinks water; groups C and D wait.", "group", "A B C D"),
        ("Cohorts 1-3 and cohort 5 take 20 mg.", "cohort", "1 2 3 5"),
        ("Cohort 1a, cohort 2b.", "cohort", "1 2"),
        ("Arms A/B against arm C.", "arm", "A B C"),
        ("Parts A to C.", "part", "A B C"),
        ("A group of 20 people; the group I was in.", "group", ""),
        ("In one arm, 30 people.", "arm", ""),
    ],
)
def test_the_labels_behind_a_noun_are_told(text: str, noun: str, labels: str) -> None:
    assert sorted(labels_told(text, noun)) == labels.split()


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Who is in group E?", ["group E"]),
        ("Who is in group B?", []),
        ("What does arm 2 get?", []),  # the second of the arms listed
        ("What does cohort 4 get?", []),  # the record tells no series of cohorts
        ("Which group am I in?", []),
        ("Who drinks in regimen 4?", ["regimen 4"]),
        ("Who drinks dose 5 ml?", []),  # an amount
    ],
)
def test_a_label_beyond_the_series_is_strange(question: str, asked: list[str]) -> None:
    document = _document("Group A bathes. Group B rests. Groups C and D wait. Regimens 1-3. Dose 1, dose 2.")
    assert unlabelled(document, question) == asked


def _document(text: str) -> Document:
    facts = TrialFacts(arms=(Arm("Bath"), Arm("Rest")))
    return Document("NCT09000009", "Baths", text, (), (), facts, (), "a.txt", "0" * 64)


@pytest.mark.parametrize(
    ("question", "said", "treated"),
    [
        ("What do the controls eat?", "Those in the ginger group eat a root a day.", True),
        ("What does the comparison group get?", "People of the new ginger tea arm drink it hot.", True),
        ("What do the controls eat?", "Those in the sham group chew a stick.", False),
        ("What do the controls eat?", "Those in the ginger group eat a root, the controls none.", False),
        ("What do the controls eat?", "Bread is eaten.", False),
        ("What do they eat?", "Those in the ginger group eat a root a day.", False),
        ("Is blood sugar under control?", "Those in the ginger group eat a root a day.", False),
    ],
)
def test_what_the_treated_get_is_told_of_no_controls(question: str, said: str, treated: bool) -> None:
    assert of_the_treated(question, said) is treated
