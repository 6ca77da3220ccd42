"""Reading takes time in proportion to the text, whatever the text is, and never raises."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.readings import document

from rag.criteria import reading
from rag.criteria.grammar import read_comparisons
from rag.criteria.reading import read_trial
from rag.evidence.narrowed import is_narrowed
from rag.types import Constraint, Criterion, Patient, Polarity, Span, State

ADVERSARIAL = [
    "1.5 x ", "≥ ", "eGFR ", "eGFR < 60 or ", "(", "((eGFR < 60) ", "if age > 3 unless ", "no no not ",
    "upper limit of ",
    "greater than or ", "10^", "x 10 9 ", "1,", "platelets 100 000 ", "and/or ", "serum serum creatinine ",
    "< 5 x the upper limit ", "18 years ", "for patients with ", "Part A and B, ", "; ", ". ",
    "* ", "-", "8.5% to ", "[<] ",
]  # fmt: skip


@pytest.mark.parametrize("unit", ["severe   ", "critical   ", "severe  hepatic  ", "and / or  ", "severe word "])
def test_what_narrows_a_condition_is_found_in_no_time(unit: str) -> None:
    line = f"{unit * 24}x! asthma"
    span = Span(0, len(line))
    state = State("asthma", True, Span(len(line) - 6, len(line)))
    begin = time.process_time()
    for _ in range(20):
        is_narrowed(state, Criterion("", "", Polarity.EXCLUSION, "", span, ()), line, Patient())
    assert time.process_time() - begin < 1


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_reading_limits_is_linear_in_the_text(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "states_of", lambda *_: ())  # concepts have their own test

    def seconds(size: int) -> float:
        doc = document("I", unit * (size // len(unit)))
        best = []
        gc.disable()  # a collection in one of the two runs is no part of the work
        for _ in range(3):
            begin = time.process_time()
            read_trial(doc)
            best.append(time.process_time() - begin)
        gc.enable()
        return min(best)

    seconds(2_000)
    one, two = seconds(16_000), seconds(32_000)
    assert two / max(one, 0.03) < 2.6, (one, two)


WORDS = st.sampled_from(
    [
        "eGFR",
        "creatinine",
        "platelets",
        "age",
        "HbA1c",
        "ALT",
        "and",
        "or",
        "not",
        "no",
        "if",
        "unless",
        "for",
        "men",
        "women",
        "<",
        ">",
        "≤",
        "≥",
        "at",
        "least",
        "60",
        "1.5",
        "x",
        "ULN",
        "100,000",
        "/mm3",
        "mg/dL",
        "%",
        "(",
        ")",
        ",",
        ";",
        ".",
        "years",
        "between",
        "to",
        "-",
        "18",
        "75",
        "NYHA",
        "class",
        "III",
        "ECOG",
        "0",
        "Part",
        "A",
        "excluded",
        "eligible",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=25), st.sampled_from("IE?"))
def test_any_words_are_read_inside_their_text(words: list[str], section: str) -> None:
    text = " ".join(words)
    doc = document(section, text)
    for criterion in read_trial(doc).criteria:
        for clause in criterion.requires:
            for atom in clause.alternatives:
                assert criterion.span.start <= atom.span.start <= atom.span.end <= criterion.span.end
                if isinstance(atom, Constraint):
                    assert not atom.admits.is_empty
                    assert not atom.admits.is_everything
    read_comparisons(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_trial(document("E", text))
    read_comparisons(text)
