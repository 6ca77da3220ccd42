"""Reading takes time in proportion to the text, whatever the text is, and never raises."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.readings import document
from support.work import steps

from rag.criteria import reading, scope, states, structure
from rag.criteria.grammar import read_comparisons
from rag.criteria.reading import read_trial
from rag.evidence.narrowed import is_narrowed
from rag.types import Constraint, Criterion, Patient, Polarity, Span, State

UNITS = [
    # numbers, comparisons, units
    "1.5 x ", "≥ ", "10^", "x 10 9 ", "1,", "0-", "1/2 ", "34 6/7 ", "8.5% to ", "[<] ", "5 - ", "three (3) ",
    "platelets 100 000 ", "< 5 x the upper limit ", "upper limit of ", "greater than or ", "between 5 and ",
    "not between ", "18 years ", "eGFR ", "eGFR < 60 or ", "((eGFR < 60) ", "serum serum creatinine ",
    "AST and ALT ≤ 2.5 x ULN or ", "AST, ALT and bilirubin > 2 or ", "ECOG 0-1 ", "LVEF < 50% ",
    "≥ 18 years (≥ 21 in women) ", "creatinine > 1.5; if creatinine > 1.5, GFR > 50 ", "men ≥ 18 or women ≥ 21 ",
    "must not age > 5, ", "must not have HIV. must have asthma. ", "should a woman become pregnant. ",
    "effects on pregnant ", "negative pregnancy test, pregnancy test; ",
    # signs
    "(", ") ", "; ", ". ", "-", "/ ", "… ", "&lt; ", "\\\n", "\u00a0", "•", "_ ", "'s ", "and/or ", "or\n", "(i.e. ",
    # cues
    "if age > 3, unless ", "no no not ", "for patients with ", "for men: ", "Part A and B, ", "Cohort 1: age > 5; ",
    "if HIV ", "unless ", "except HIV ", "neither HIV nor ", "non HIV and ", "within 6 months ", "prior ",
    "at least one of: ", "disease other than HIV (e.g. diabetes) ", "disease other than HIV (such as asthma). ",
    "allowed (e.g. HIV). ", "HIV positive and HIV negative ", "Hepatitis B carriers - For ", "contraindicate HIV ",
    "allergy to HIV) ", "willing to stop aspirin ", "must have HIV and ",
    "at least 4 weeks since prior chemotherapy ", "removed from HIV ", "more than two prior regimens ",
    "aspirin > 100 mg daily ", "for whom surgery is not an option ", "must consent ", "vaccine HIV ", "HIV testing ",
    "Asthma Control Questionnaire ", "These include HIV. ", "history or risk of HIV) ",
    # names, and lists that share words
    " HIV", "cancer ", "cancer, ", "cancer or ", "nonpregnant ", "type 1 or type 2 ",
    "hepatitis B, C or D and prior liver, ", "renal, hepatic, cardiac or ", "drug or alcohol ", "such as diabetes, ",
    "HIV (human immunodeficiency virus) infection ", "pregnant or breast feeding women, ",
    "transient ischemic attack or stroke ", "live, attenuated vaccine, ",
    # lists
    "* ", "1) a ", "a) ", "(1", "x:\n", "* 1. ", " \n", "Age: ", "HIV\n\n", "diabetes\n",
    "* Known HIV, hepatitis B or C\n", "Group A:\n* age > 5\n", "* age > 5\n* age < 3\n", "* HIV; or\n",
    "* HIV; and\n", "* HIV or\n* age > 5\n", "One of the following:\n- HIV\n- diabetes\n",
    "* BMI\n* ≥ 30\n* ≥ 27 with hypertension\n", "HIV:\n  * age > 5:\n",
    "One of the following:\n* AST and ALT < 3 x ULN\n* age > 5 and BMI < 30\n",
    "Relatives:\n* HIV\nControls:\n* age > 5\n", "* SGOT ≤ 3 x ULN\n* ≤ 5 x ULN if liver metastases\n",
    "* If the liver is involved: AST ≤ 5 x ULN\n", "- ",
]  # fmt: skip


@pytest.fixture(scope="module")
def loaded() -> None:
    """All that is loaded at its first use, so that no text pays for it."""
    for section, between in itertools.product("IE", ["", "\n", "; "]):
        read_trial(document(section, between.join(unit * 3 for unit in UNITS)))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read at once made small, so that a short text shows what grows; nothing is remembered of lines."""
    monkeypatch.setattr(reading, "_LONGEST", 200)
    monkeypatch.setattr(scope, "_LONGEST_CLAUSE", 20)
    monkeypatch.setattr(scope, "_ENDLESS_CLAUSE", 25)
    monkeypatch.setattr(reading, "structure_of", structure.structure_of.__wrapped__)
    monkeypatch.setattr(states, "_read", states._read.__wrapped__)


@pytest.mark.usefixtures("loaded", "small_blocks")
@pytest.mark.parametrize("unit", UNITS)
def test_reading_is_linear_in_the_text(unit: str) -> None:
    def work(size: int) -> int:
        both = [document(section, unit * (size // len(unit))) for section in "IE"]
        return steps(lambda: [read_trial(one) for one in both])

    work(60)
    assert work(2_400) < 3.2 * work(800)  # the last blocks of the two need not be alike: not 3.0 for all


@pytest.mark.parametrize("unit", ["severe   ", "critical   ", "severe  hepatic  ", "and / or  ", "severe word "])
def test_what_narrows_a_condition_is_found_without_trying_all_ways(unit: str) -> None:
    line = f"{unit * 60}x! asthma"  # a pattern that tried them all would not come to an end
    span = Span(0, len(line))
    state = State("asthma", True, Span(len(line) - 6, len(line)))
    is_narrowed(state, Criterion("", "", Polarity.EXCLUSION, "", span, ()), line, Patient())


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
