"""How likely each of some sentences answers a question, by the packaged model with the adapter that this project ships.

The packaged model says how much two texts are about the same; an answer rarely repeats its question ("water pill",
"furosemide 40 mg"). The adapter (LoRA: Hu et al. 2021, arXiv:2106.09685; rank 16 in every dense layer, 1.3 MB) turns it
towards answers. Two texts are near by their vectors as a whole, and by how near each word piece of the question comes
to some piece of the sentence (late interaction: Khattab and Zaharia 2020, arXiv:2004.12832): the first says what a
sentence is about, the second how much of the question it leaves out. A piece counts by the square of its length, for
the long ones make the vector of the whole.
`scripts/fit_adapter.py` makes it from the questions of `eval/gold/elsewhere/{i,m,q,s,t}.jsonl`, and the line that makes
log odds of the two nearnesses from `u`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.embedding import packaged_model
from rag.onnx_export import exported
from rag.onnx_graph import Graph, Vectors

ADAPTER = Path(str(files("rag").joinpath("data/answers.safetensors")))
PIECES = 94  # word pieces of a sentence that are read: what the adapter was fitted on
_PLACES = 2  # decimals of the log odds that are the same on every machine
_KEPT = 4096  # sentences read, some 25 kB each: those of a hundred records


@dataclass(frozen=True, slots=True)
class Line:
    """What makes log odds of two nearnesses: `slope` × the cosine + `match` × the best matches − `shift`."""

    slope: float
    match: float
    shift: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model makes of a text: float32[d] of the whole; of its pieces, float16[n, d]; all of unit length.

    `weights`, float32[n], sum to 1: what each piece counts.
    """

    whole: Vectors
    pieces: npt.NDArray[np.float16]
    weights: Vectors


class Likeness:
    """Callable: the log odds that each text answers a question, by its meaning alone. Safe to share between threads.

    A text beyond `PIECES` is read as far as it fits.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._read = lru_cache(_KEPT)(self._reading)

    @cached_property
    def _graph(self) -> Graph:
        return Graph(exported(packaged_model(), self._cache, ADAPTER)[0])

    @cached_property
    def _line(self) -> Line:
        from safetensors import safe_open  # noqa: PLC0415 - 30 ms that a set question does without

        with safe_open(ADAPTER, framework="numpy") as adapter:
            told = adapter.metadata()
        return Line(float(told["slope"]), float(told["match"]), float(told["shift"]))

    def prepare(self) -> None:
        """Exports the model where that has not been done: 20 seconds that the first question then does not wait."""
        exported(packaged_model(), self._cache, ADAPTER)

    def __call__(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        line = self._line
        odds = (line.slope * cosine + line.match * match - line.shift for cosine, match in self.near(question, texts))
        return tuple(round(one, _PLACES) for one in odds)

    def near(self, question: str, texts: Sequence[str]) -> list[tuple[float, float]]:
        """Of each text, the cosine with the question and how near its pieces are matched: both -1 … 1."""
        asked = self._read(question)
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:  # the runtime takes one core for a text
            told = list(pool.map(self._read, texts))
        matches = best_matches(asked, told)
        return [(float(one.whole @ asked.whole), float(match)) for one, match in zip(told, matches, strict=True)]

    def _reading(self, text: str) -> Reading:
        """The two special tokens around a text are no pieces of it."""
        whole, states = self._graph.words(self._graph.pieces(text, PIECES))
        lengths = np.linalg.norm(states[1:-1], axis=1, keepdims=True)
        squares = lengths[:, 0] ** 2
        return Reading(whole, (states[1:-1] / lengths).astype(np.float16), squares / squares.sum())


def best_matches(asked: Reading, told: Sequence[Reading]) -> Vectors:
    """float32[len(told)]: how near each piece of a question comes to some piece of each text, in the weighted mean.

    -1 … 1; -1 where one of both has no piece.
    """
    found = np.full(len(told), -1.0, np.float32)
    filled = [row for row, one in enumerate(told) if len(one.pieces)]
    if not filled or not len(asked.pieces):
        return found
    near = np.concatenate([told[row].pieces for row in filled]).astype(np.float32) @ asked.pieces.astype(np.float32).T
    begins = np.cumsum([0, *(len(told[row].pieces) for row in filled[:-1])])
    found[filled] = np.maximum.reduceat(near, begins) @ asked.weights
    return found
