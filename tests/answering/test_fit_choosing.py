"""The fit of the weights that choose a sentence: the same each time, learnt from what tells, put in its place."""

from __future__ import annotations

import tomllib

import numpy as np

from scripts.fit_choosing import Case, fit, right, written


def _cases() -> list[Case]:
    """The first feature tells which sentence answers, the second says nothing."""
    told = [[[1, 1], [0, 1], [0, 0]], [[0, 0], [1, 1], [0, 1]], [[0, 1], [0, 0], [1, 0]]]
    answers = [[True, False, False], [False, True, False], [False, False, True]]
    return [Case(np.array(t, float), np.array(a)) for t, a in zip(told, answers, strict=True)]


def test_what_tells_gets_the_weight() -> None:
    weights = fit(_cases(), 0.3, 2)
    assert weights[0] > 1
    assert abs(weights[1]) < 0.3
    assert right(_cases(), weights) == 1.0


def test_the_same_cases_give_the_same_weights() -> None:
    assert (fit(_cases(), 0.3, 2) == fit(_cases(), 0.3, 2)).all()


def test_the_weights_are_put_in_place_and_all_else_stays() -> None:
    text = (
        "# A comment.\ndata = ''\n\n[weight]\nwords = 1.0\n\n[kind.time]\nasked = 'when'\nweight = 2.0\n\n"
        "[section]\narms = 0.0\n"
    )
    put = written(text, {"words": 3.5, "kind.time": 0.5, "section.arms": -1.5}, "three questions")
    assert put.startswith("# A comment.\n")
    assert tomllib.loads(put) == {
        "data": "three questions",
        "weight": {"words": 3.5},
        "kind": {"time": {"asked": "when", "weight": 0.5}},
        "section": {"arms": -1.5},
    }
