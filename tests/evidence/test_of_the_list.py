"""Trials that a follow-up leaves out of the list told before."""

from __future__ import annotations

import pytest

from rag.evidence.judgement import Judgement
from rag.evidence.of_the_list import at_place, left_out, place_left_out
from rag.types import FieldIs, Not, Verdict

_IDS = ("NCT90000001", "NCT90000002", "NCT90000003", "NCT90000004")
_JUDGED = dict(
    zip(
        _IDS,
        (Judgement(Verdict.PARTIAL), Judgement(Verdict.MATCH), Judgement(Verdict.NO_MATCH), Judgement(Verdict.MATCH)),
        strict=True,
    )
)


@pytest.mark.parametrize(
    ("place", "trial"),
    [(1, ("NCT90000002",)), (2, ("NCT90000004",)), (3, ("NCT90000001",)), (-1, ("NCT90000001",)), (4, ()), (-4, ())],
)
def test_a_place_is_counted_in_the_order_of_the_answer(place: int, trial: tuple[str, ...]) -> None:
    assert at_place(_JUDGED, place) == trial


def test_what_is_left_out_does_not_fit_and_all_others_do() -> None:
    verdicts = {trial: one.verdict for trial, one in left_out(_IDS[:1], _IDS[:2]).items()}
    assert verdicts == {"NCT90000001": Verdict.NO_MATCH, "NCT90000002": Verdict.MATCH}


def test_only_the_denial_of_a_place_leaves_a_place_out() -> None:
    assert place_left_out(Not(FieldIs("list_place", ("-1",)))) == -1
    assert place_left_out(FieldIs("list_place", ("2",))) == 0
    assert place_left_out(Not(FieldIs("phase", ("PHASE2",)))) == 0
