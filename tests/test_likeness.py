"""The model of answers: near an answer in other words, far from what only speaks of the same; made as it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from rag.embedding import packaged_model
from rag.likeness import ADAPTER, PIECES, Likeness, Reading, best_matches
from rag.onnx_export import exported, is_exported, model_digest, with_adapter
from rag.settings import Settings


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    return Likeness(Settings().model_cache)


@pytest.mark.parametrize(
    ("question", "answers", "speaks_of_it"),
    [
        (
            "Which water pill do they get?",
            "arms: Arm: Group 2 (EXPERIMENTAL): Torasemide 10 mg is given by mouth every morning.",
            "summary: Fluid overload is a burden for people whose heart is weak.",
        ),
        (
            "How is the heart traced?",
            "outcomes: Secondary outcome: Rhythm: A 12-lead ECG is recorded for 10 seconds at rest.",
            "summary: Diseases of the heart are frequent.",
        ),
        (
            "What happens to those who get nothing new?",
            "arms: Arm: Usual care (NO_INTERVENTION): They stay on the treatment of their own doctor.",
            "description: The new treatment was found in 1987.",
        ),
    ],
)
def test_an_answer_in_other_words_is_likelier_than_a_sentence_on_the_same_thing(
    likeness: Likeness, question: str, answers: str, speaks_of_it: str
) -> None:
    told, other = likeness(question, [answers, speaks_of_it])
    assert told > other + 1


def test_log_odds_have_two_decimals_and_one_text_does_not_touch_another(likeness: Likeness) -> None:
    texts = ["Nurses visit at week 4.", "word " * 600]
    both = likeness("When do nurses visit?", texts)
    assert both == tuple(round(one, 2) for one in both)
    assert both == tuple(likeness("When do nurses visit?", [text])[0] for text in texts)
    assert likeness("When do nurses visit?", []) == ()


def test_a_text_is_read_as_far_as_it_fits(likeness: Likeness) -> None:
    fits = "kidney " * PIECES
    assert likeness("Which organ?", [fits]) == likeness("Which organ?", [fits + "heart " * 300])


def test_the_adapter_says_what_it_was_fitted_on() -> None:
    with safe_open(ADAPTER, framework="numpy") as adapter:
        told, parts = adapter.metadata(), set(adapter.keys())
        shape = adapter.get_tensor("encoder.layer.0.intermediate.dense.b").shape
    assert set(told) == {"slope", "match", "shift", "data"}
    assert float(told["slope"]) > 0 < float(told["match"])
    assert "sha256" in told["data"]
    assert {part[-1] for part in parts} == {"a", "b"}
    assert len(parts) == 6 * 6 * 2  # layers, dense layers of each, halves
    assert shape == (1536, 16)


def test_its_graph_is_another_than_the_packaged_models_and_agrees_with_torch() -> None:
    cache = Settings().model_cache
    folder, manifest = exported(packaged_model(), cache, ADAPTER)
    assert manifest.cosine_min >= 0.9999
    assert folder.name == manifest.digest == model_digest(packaged_model(), cache, ADAPTER)
    assert manifest.digest != model_digest(packaged_model(), cache)
    assert is_exported(packaged_model(), cache, ADAPTER)


def test_an_adapter_adds_the_product_of_its_halves(tmp_path: Path) -> None:
    network = torch.nn.Sequential(torch.nn.Linear(2, 2, bias=False), torch.nn.Linear(2, 2, bias=False))
    for layer in network:
        torch.nn.init.ones_(layer.weight)
    save_file({"1.a": torch.tensor([[1.0, 2.0]]), "1.b": torch.tensor([[3.0], [0.0]])}, tmp_path / "adapter")
    with_adapter(network, tmp_path / "adapter")
    assert network[0].weight.tolist() == [[1, 1], [1, 1]]
    assert network[1].weight.tolist() == [[4, 7], [1, 1]]


def reading(*pieces: tuple[float, float], weights: tuple[float, ...] = ()) -> Reading:
    held = np.array(pieces, np.float16).reshape(-1, 2)
    return Reading(np.zeros(2, np.float32), held, np.array(weights or [1 / max(1, len(held))] * len(held), np.float32))


EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)


@pytest.mark.parametrize(
    ("asked", "told", "match"),
    [
        (reading(EAST), reading(EAST), 1.0),
        (reading(EAST), reading(WEST), -1.0),
        (reading(EAST), reading(WEST, NORTH, EAST), 1.0),  # what else is told does no harm
        (reading(EAST, NORTH), reading(EAST), 0.5),  # half of the question finds nothing
        (reading(EAST, NORTH, weights=(0.75, 0.25)), reading(EAST), 0.75),  # the half that counts less
        (reading(EAST, NORTH), reading(NORTH, EAST), 1.0),  # in any order
        (reading(EAST), reading(), -1.0),
        (reading(), reading(EAST), -1.0),
    ],
)
def test_each_piece_of_a_question_is_held_against_the_nearest_piece_of_a_text(
    asked: Reading, told: Reading, match: float
) -> None:
    assert best_matches(asked, [told]).tolist() == [pytest.approx(match)]


def test_an_empty_text_among_others_takes_nothing_of_theirs() -> None:
    assert best_matches(reading(EAST), [reading(), reading(EAST), reading(), reading(WEST)]).tolist() == [-1, 1, -1, -1]


def test_what_is_near_is_told_apart_as_a_whole_and_by_its_pieces(likeness: Likeness) -> None:
    question = "How long does each dialysis session last?"
    told = ["Each session of dialysis lasts four hours.", question]
    (whole, pieces), (own_whole, own_pieces) = likeness.near(question, told)
    assert own_whole == pytest.approx(1, abs=1e-3)
    assert own_pieces == pytest.approx(1, abs=1e-3)
    assert 0 < pieces < 1
    assert 0 < whole < 1
    assert likeness.near(question, []) == []
