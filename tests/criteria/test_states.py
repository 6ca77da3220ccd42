"""What criteria do with what they name: a table of made-up lines, one reading each, and the general laws."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.work import steps

from rag.criteria.readings import Reading
from rag.criteria.states import read_span_states, read_states, state_clauses, states_of
from rag.types import Polarity, Span, Stance, State

_STANCES = {"-": Stance.TURNED_AWAY, "+": Stance.REQUIRED, "e": Stance.EXEMPT, ".": Stance.ASIDE}
_LISTS = {"E": Polarity.EXCLUSION, "I": Polarity.INCLUSION}


def _rows() -> list[tuple[str, str, str]]:
    table = (Path(__file__).parent / "states_table.txt").read_text(encoding="utf-8")
    lines = [line for line in table.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(part.strip() for part in line.split(" | ")) for line in lines]  # type: ignore[misc]


def _strongest(readings: tuple[Reading, ...], concept: str) -> list[Reading]:
    """The readings of a concept that decide for it: turned away before required before exempt before aside."""
    of_it = [reading for reading in readings if reading.concept == concept]
    for stance in (Stance.TURNED_AWAY, Stance.REQUIRED, Stance.EXEMPT, Stance.ASIDE):
        found = [reading for reading in of_it if reading.stance is stance]
        if found:
            return found
    return []


@pytest.mark.parametrize(("where", "line", "expected"), _rows())
def test_criterion_line_is_read_as_a_coordinator_reads_it(where: str, line: str, expected: str) -> None:
    readings = read_states(line, _LISTS[where])
    for want in expected.split(" ; "):
        if want.startswith("!"):
            assert not _strongest(readings, want[1:])
            continue
        concept, mark = want.split()
        found = _strongest(readings, concept)
        assert found, f"{concept} is not read from {line!r}: {readings}"
        assert found[0].stance is _STANCES[mark[0]], readings
        assert all(reading.doubts for reading in found) is mark.endswith("?"), readings


def test_table_is_long_enough_to_mean_something() -> None:
    assert len(_rows()) >= 250


def test_window_and_qualifier_are_kept() -> None:
    line = "Severe uncontrolled asthma within 6 months before screening"
    reading = next(r for r in read_states(line, Polarity.EXCLUSION) if r.concept == "asthma")
    assert reading.qualifier == "Severe uncontrolled"
    assert reading.window is not None
    assert line[slice(*reading.window)].startswith("within 6 months")


def test_exception_span_holds_the_words_of_the_exception() -> None:
    line = "Other malignancy except basal cell carcinoma"
    reading = next(r for r in read_states(line, Polarity.EXCLUSION) if r.concept == "other_malignancy")
    assert [line[start:end] for start, end in reading.exceptions] == ["except basal cell carcinoma"]


def test_heading_of_a_cohort_makes_every_state_doubtful() -> None:
    readings = read_states("Prior stroke", Polarity.EXCLUSION, ("Part B",))
    assert [reading.doubts for reading in readings] == [("cohort",)]


def test_heading_of_exceptions_exempts() -> None:
    readings = read_states("Basal cell carcinoma", Polarity.EXCLUSION, ("Exceptions include the following:",))
    assert [reading.stance for reading in readings] == [Stance.EXEMPT]


def test_words_outside_the_lexicon_take_the_stance_of_their_place() -> None:
    line = "No prior gardening, except of roses"
    spans = [(9, 18), (30, 35)]
    readings = read_span_states(line, Polarity.INCLUSION, spans)
    assert [(r.concept, r.stance) for r in readings] == [("", Stance.TURNED_AWAY), ("", Stance.EXEMPT)]


def test_states_carry_document_offsets_through_folding() -> None:
    text = "xx Platelets \\<75; &gt;2 prior strokes yy"
    states = states_of(text, Span(3, len(text) - 3), Polarity.EXCLUSION)
    assert [(state.concept, state.span.of(text), state.present) for state in states] == [("stroke", "strokes", False)]


def test_clauses_hold_firm_states_only() -> None:
    text = "Part B only: prior stroke"
    states = states_of(text, Span(0, len(text)), Polarity.EXCLUSION)
    assert states
    assert state_clauses(states) == ()


def test_required_states_of_one_item_are_alternatives() -> None:
    text = "Confirmed breast cancer or ovarian cancer"
    clauses = state_clauses(states_of(text, Span(0, len(text)), Polarity.INCLUSION))
    assert len(clauses) == 1
    assert [(atom.concept, atom.doubts) for atom in clauses[0].alternatives if isinstance(atom, State)] == [
        ("breast_cancer", ()),
        ("ovarian_cancer", ()),
    ]


def test_blanks_behind_the_last_sentence_change_nothing() -> None:
    assert read_states("No gout.  ", Polarity.EXCLUSION) == read_states("No gout.", Polarity.EXCLUSION)


def test_reading_grows_linearly_with_the_text() -> None:
    line = "No prior chemotherapy, except (for breast cancer) hepatitis B, C, or HIV unless allowed; "

    def work(copies: int) -> int:
        return steps(lambda: read_states(line * copies, Polarity.EXCLUSION))

    work(5)
    assert work(80) < 4.1 * work(20)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "no",
                "not",
                "without",
                "except",
                "unless",
                "(",
                ")",
                ",",
                ";",
                ".",
                "or",
                "and",
                "HIV",
                "pregnancy",
                "prior",
                "chemotherapy",
                "allowed",
                "must",
                "negative",
                "stroke",
                "-",
                "/",
                "if",
                "patients",
                "with",
                "excluded",
                "hepatitis",
                "B",
                "C",
                "history",
                "of",
                ":",
                "[",
                "]",
                "<",
                "5",
                "weeks",
                "since",
            ]
        ),
        max_size=40,
    ),
    st.sampled_from(list(Polarity)),
)
def test_any_words_are_read_without_a_fault_and_inside_the_text(tokens: list[str], polarity: Polarity) -> None:
    line = " ".join(tokens)
    for reading in read_states(line, polarity):
        assert 0 <= reading.start < reading.end <= len(line)


@given(st.text(max_size=200), st.sampled_from(list(Polarity)))
def test_any_text_is_read_without_a_fault(text: str, polarity: Polarity) -> None:
    assert read_states(text, polarity) == read_states(text, polarity)


def test_heading_exempts_by_its_last_sentence_and_no_further_than_the_next_number() -> None:
    above = ("Prior stroke. Patients with migraine are eligible.", "Exceptions (none is allowed twice):")
    text = "Skin cancer that was cured. 13. Heart failure"
    stances = {reading.concept: reading.stance for reading in read_states(text, Polarity.EXCLUSION, above)}
    assert stances["nonmelanoma_skin_cancer"] is Stance.EXEMPT
    assert stances["heart_failure"] is Stance.TURNED_AWAY
    note = ("Warfarin (low doses are permitted):",)
    assert [r.stance for r in read_states("Heart failure", Polarity.EXCLUSION, note)] == [Stance.TURNED_AWAY]


@pytest.mark.parametrize(
    ("line", "concept"),
    [
        ("COVID-19 positive, with no earlier severe COVID-19", "covid_19"),
        ("Breastfeeding mothers who are not breastfeeding twins", "breastfeeding"),
        ("Influenza. No severe influenza", "influenza"),
    ],
)
def test_what_is_sought_stays_asked_for_though_a_kind_of_it_is_turned_away(line: str, concept: str) -> None:
    stances = {one.stance for one in read_states(line, Polarity.INCLUSION) if one.concept == concept}
    assert Stance.REQUIRED in stances
