"""Intervals hold their value, stay in [0, 1], are the same every time, and are never NaN."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.intervals import NOT_MEASURED, mean, quantile, ratio, wilson

pairs = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda p: (min(p), max(p)))


def test_wilson_agrees_with_the_textbook() -> None:
    # Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662
    found = wilson(81, 263)
    assert found.low == pytest.approx(0.2553, abs=1e-4)
    assert found.high == pytest.approx(0.3662, abs=1e-4)


def test_nothing_measured_has_no_value() -> None:
    assert wilson(0, 0) == ratio([]) == ratio([(0, 0)]) == mean([]) == quantile([], 0.5) == NOT_MEASURED


def test_all_right_is_no_proof_of_all_right() -> None:
    found = ratio([(4, 4)] * 20)
    assert found.value == 1.0
    assert found.low is not None
    assert 0.8 < found.low < 0.9


@given(st.lists(pairs, max_size=30))
def test_a_ratio_lies_in_its_interval(parts: list[tuple[float, float]]) -> None:
    found = ratio(parts)
    if found.value is None or found.low is None or found.high is None:
        assert all(pair == (0, 0) for pair in parts)
        return
    assert all(math.isfinite(n) for n in (found.value, found.low, found.high))
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1
    assert ratio(parts) == found


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=40), st.sampled_from([0.5, 0.95]))
def test_a_quantile_lies_between_its_bounds(numbers: list[float], share: float) -> None:
    found = quantile(numbers, share)
    assert found.low is not None
    assert found.high is not None
    assert min(numbers) <= found.low <= found.high <= max(numbers)
