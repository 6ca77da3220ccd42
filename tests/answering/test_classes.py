"""Classes of things that a question asks for, and how sentences name one of them."""

from __future__ import annotations

import pytest

from rag.answering.classes import class_asked


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Which imaging guides the drainage?", "The abscess is drained under CT guidance."),
        ("What kind of scan do they get?", "Bone density is read by DXA at week 12."),
        ("Into which part of the body is it injected?", "Injections are made into the left thigh."),
        ("Which muscle is injected?", "The dose goes into the deltoid."),
        ("Which bacterium ferments the tea?", "The tea is fermented with Komagataeibacter xylinus overnight."),
        ("What enzyme splits the sugar?", "Milk is treated with a lactase before use."),
        ("What hormone is measured in the hair?", "Strands are tested for cortisol."),
        ("Which tracker is worn?", "A Fitbit is worn at night."),
        ("Which laboratory method detects the antibodies?", "Antibodies are found by ELISA."),
        ("Which isotope is used?", "The seeds hold palladium-103 (Pd-103)."),
    ],
)
def test_a_sentence_names_one_of_the_class_that_is_asked_for(question: str, sentence: str) -> None:
    asked = class_asked(question)
    assert asked is not None
    assert asked[0].holds.search(sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Which imaging guides the drainage?", "The abscess is drained by a surgeon."),
        ("What enzyme splits the sugar?", "There is an increase in phase 2 of the disease."),
        ("Which tracker is worn?", "The parameters are kept in a diary."),
        ("Which bacterium ferments the tea?", "Patients with gout drink the fermented tea."),
    ],
)
def test_a_sentence_of_something_else_names_none(question: str, sentence: str) -> None:
    asked = class_asked(question)
    assert asked is not None
    assert not asked[0].holds.search(sentence)


@pytest.mark.parametrize("question", ["Who reads the scans?", "Which dose is given?", "Is the body scanned?"])
def test_no_class_is_asked_for(question: str) -> None:
    assert class_asked(question) is None
