"""Reciprocal rank fusion by value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fusion import rrf
from rag.types import Hit

ids = st.lists(st.sampled_from("abcdefgh"), unique=True).map(lambda names: [Hit(n, 1.0) for n in names])


def test_scores_are_the_sum_of_reciprocal_ranks() -> None:
    fused = rrf([[Hit("a", 9.0), Hit("b", 1.0)], [Hit("b", 0.5), Hit("c", 0.4)]])
    assert [hit.passage_id for hit in fused] == ["b", "a", "c"]
    assert [hit.score for hit in fused] == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62])


def test_equal_scores_stand_in_order_of_id() -> None:
    assert [hit.passage_id for hit in rrf([[Hit("z", 2.0)], [Hit("a", 1.0)]])] == ["a", "z"]


def test_nothing_fuses_to_nothing() -> None:
    assert rrf([]) == rrf([[], []]) == ()


@given(st.lists(ids, max_size=4))
def test_every_hit_stands_once_best_first_whatever_the_order_of_runs(runs: list[list[Hit]]) -> None:
    fused = rrf(runs)
    assert {h.passage_id for h in fused} == {h.passage_id for run in runs for h in run}
    assert len({h.passage_id for h in fused}) == len(fused)
    assert list(fused) == sorted(fused, key=lambda h: (-h.score, h.passage_id))
    assert [h.passage_id for h in fused] == [h.passage_id for h in rrf(runs[::-1])] or len(runs) > 2
