"""JSON of the frozen dataclasses: what comes back equals what went in, and nothing else is taken."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.codec import CodecError, from_json, from_plain, to_json, to_plain
from rag.types import (
    AgeLimit,
    All,
    Any,
    Asks,
    Atom,
    Clause,
    Concerns,
    Constraint,
    Criterion,
    FieldIs,
    Limit,
    Not,
    Polarity,
    Predicate,
    RegistryDate,
    Scope,
    Span,
    State,
    TrialFacts,
    Unread,
    Window,
)
from rag.values import EVERYTHING, Values, at_least, between

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=2)
texts = st.text(st.characters(codec="utf-8"), max_size=12)
spans = st.builds(Span, st.integers(0, 10**6), st.integers(0, 10**6))
ranges = st.tuples(numbers, numbers).map(lambda pair: between(*pair))
value_sets = st.one_of(numbers.map(at_least), st.just(EVERYTHING), ranges)
atoms = st.one_of(
    st.builds(Constraint, texts, value_sets, texts, spans, texts, st.booleans()),
    st.builds(State, texts, st.booleans(), spans),
    st.builds(Unread, texts, spans, texts),
)
clauses = st.builds(
    Clause,
    st.lists(atoms, max_size=3).map(tuple),
    spans,
    window=st.none() | st.builds(Window, texts, spans, st.none() | value_sets),
    exceptions=st.lists(spans, max_size=2).map(tuple),
)
criteria = st.builds(
    Criterion, texts, texts, st.sampled_from(Polarity), texts, spans, st.lists(clauses, max_size=3).map(tuple),
    headings=st.lists(texts, max_size=2).map(tuple),
)


@given(criteria)
def test_a_criterion_comes_back_equal(criterion: Criterion) -> None:
    assert from_json(Criterion, to_json(criterion)) == criterion


@given(st.lists(atoms).map(tuple))
def test_a_union_is_told_apart_by_name(values: tuple[Atom, ...]) -> None:
    assert from_json(tuple[Atom, ...], to_json(values, tuple[Atom, ...])) == values


def test_predicates_nest() -> None:
    either = Any((Concerns(("hiv",), "HIV", Asks.EXCLUDES), Limit("egfr", EVERYTHING, Asks.ADMITS, "any")))
    asked = Not(All((FieldIs("phase", ("PHASE3",)), either)))
    assert from_json(Predicate, to_json(asked, Predicate)) == asked


def test_defaults_are_left_out_and_decimals_are_strings() -> None:
    facts = TrialFacts(status="RECRUITING", minimum_age=AgeLimit("6 Months", Decimal("0.50")), enrollment=0,
                       start_date=RegistryDate(2024, 3))
    assert to_plain(facts) == {
        "status": "RECRUITING", "enrollment": 0, "start_date": {"year": 2024, "month": 3},
        "minimum_age": {"text": "6 Months", "years": "0.50"},
    }
    assert from_json(TrialFacts, to_json(facts)) == facts


def test_absent_and_empty_stay_different() -> None:
    for value in (None, 0):
        assert from_json(TrialFacts, to_json(TrialFacts(enrollment=value))).enrollment is value


@pytest.mark.parametrize(
    ("kind", "plain", "message"),
    [
        (Span, [1], "start, end"),
        (Span, [1, True], "start, end"),
        (Span, [1.0, 2], "start, end"),
        (Scope, {"kind": "cohort", "text": "A", "span": [0, 1], "colour": 1}, "Scope has no field 'colour'"),
        (Scope, {"kind": "cohort", "span": [0, 1]}, "Scope lacks text"),
        (Scope, {"kind": "planet", "text": "A", "span": [0, 1]}, "Scope.kind: no ScopeKind: 'planet'"),
        (Unread, {"variable": 3, "span": [0, 1], "reason": ""}, "Unread.variable: str expected, 3 found"),
        (Unread, [], "Unread: object expected"),
        (Values, {"intervals": [{"low": 60, "high": None}]}, "Interval.low: number in a string expected"),
        (Values, {"intervals": [{"low": "sixty", "high": None}]}, "number expected, 'sixty' found"),
        (TrialFacts, {"enrollment": True}, "TrialFacts.enrollment: int expected, True found"),
        (TrialFacts, {"phases": "PHASE1"}, "TrialFacts.phases: list of strings expected"),
        (TrialFacts, {"phases": ["PHASE1", 2]}, "TrialFacts.phases: list of strings expected"),
        (Atom, {"is": "Span", "start": 1}, "one of Constraint, State, Unread expected"),
        (Atom, None, "one of Constraint, State, Unread expected"),
        (date, "2024-13-01", "date expected"),
    ],
)
def test_anything_else_is_refused(kind: type, plain: object, message: str) -> None:
    with pytest.raises(CodecError, match=message):
        from_plain(kind, plain)


def test_broken_json_and_lone_surrogates_are_refused() -> None:
    with pytest.raises(CodecError, match="not JSON"):
        from_json(Span, b"[1, 2")
    with pytest.raises(CodecError):
        to_json(Unread("\ud800", Span(0, 1), ""))


def test_a_type_without_a_json_form_is_named() -> None:
    with pytest.raises(TypeError, match="has no JSON form"):
        to_json({1}, set[int])
