"""Sets of numbers: exact at their ends, and a true algebra."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.values import (
    EVERYTHING,
    NOTHING,
    Values,
    above,
    at_least,
    at_most,
    below,
    between,
    exactly,
    plain,
    union,
)


def d(text: str) -> Decimal:
    return Decimal(text)


numbers = st.decimals(min_value=-5, max_value=5, places=1)
ends = st.tuples(numbers, numbers, st.booleans(), st.booleans())
sets = st.lists(
    st.one_of(
        numbers.map(below),
        numbers.map(at_most),
        numbers.map(above),
        numbers.map(at_least),
        numbers.map(exactly),
        ends.map(lambda e: between(min(e[0], e[1]), max(e[0], e[1]), low_closed=e[2], high_closed=e[3])),
    ),
    max_size=4,
).map(union)


@pytest.mark.parametrize(
    ("values", "inside", "outside"),
    [
        (below(d("60")), "59.9", "60"),
        (at_most(d("60")), "60", "60.1"),
        (above(d("60")), "60.1", "60"),
        (at_least(d("60")), "60", "59.9"),
        (between(d("7"), d("10")), "10", "10.1"),
        (between(d("7"), d("10"), high_closed=False), "7", "10"),
        (below(d("7")) | above(d("9")), "6", "8"),
        (exactly(d("2")), "2", "2.1"),
    ],
)
def test_a_bound_is_in_or_out(values: Values, inside: str, outside: str) -> None:
    assert d(inside) in values
    assert d(outside) not in values


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (below(d("60")), "< 60 mL/min"),
        (at_least(d("1.50")), "≥ 1.5 mL/min"),
        (between(d("18"), d("75")), "18 to 75 mL/min"),
        (between(d("18"), d("75"), low_closed=False, high_closed=False), "> 18 and < 75 mL/min"),
        (below(d("7")) | above(d("9")), "< 7 or > 9 mL/min"),
        (exactly(d("100")), "100 mL/min"),
        (NOTHING, "no value"),
        (EVERYTHING, "any value"),
    ],
)
def test_a_set_is_said_as_a_clinician_writes_it(values: Values, words: str) -> None:
    assert values.describe("mL/min") == words


def test_a_power_of_ten_is_a_factor_not_a_number() -> None:
    assert at_least(d("100")).describe("10^9/L") == "≥ 100 × 10^9/L"
    assert at_least(d("1")).describe("years") == "≥ 1 year"
    assert at_least(d("1.5")).describe("years") == "≥ 1.5 years"


def test_less_than_and_at_most_differ_only_at_the_bound() -> None:
    assert at_most(d("60")) - below(d("60")) == exactly(d("60"))


def test_touching_intervals_become_one() -> None:
    assert below(d("60")) | at_least(d("60")) == EVERYTHING
    assert below(d("60")) | above(d("60")) != EVERYTHING


def test_crossed_ends_are_empty() -> None:
    assert between(d("10"), d("7")) == NOTHING
    assert between(d("7"), d("7"), low_closed=False) == NOTHING


def test_a_unit_factor_moves_every_end() -> None:
    assert between(d("1.5"), d("2")).scaled(d("88.4")) == between(d("132.60"), d("176.8"))
    with pytest.raises(ValueError, match="positive"):
        below(d("1")).scaled(d("0"))


def test_numbers_are_plain() -> None:
    assert [plain(d(text)) for text in ("1E+2", "1.50", "100", "0.050")] == ["100", "1.5", "100", "0.05"]


@given(sets, sets, numbers)
def test_operations_agree_with_membership(a: Values, b: Values, number: Decimal) -> None:
    assert (number in (a & b)) == (number in a and number in b)
    assert (number in (a | b)) == (number in a or number in b)
    assert (number in ~a) == (number not in a)
    assert (number in (a - b)) == (number in a and number not in b)


@given(sets, sets)
def test_algebra_holds(a: Values, b: Values) -> None:
    assert ~~a == a
    assert ~(a | b) == ~a & ~b
    assert a & b == b & a
    assert (a - b).is_subset(a)
    assert a.overlaps(b) == (not (a & b).is_empty)
    assert a.is_subset(b) == ((a & b) == a)
