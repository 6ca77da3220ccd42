"""How likely each of some sentences answers a question, by the packaged model with the adapter that this project ships.

The packaged model says how much two texts are about the same; an answer rarely repeats its question ("water pill",
"furosemide 40 mg"). The adapter (LoRA: Hu et al. 2021, arXiv:2106.09685; rank 16 in every dense layer, 1.3 MB) turns it
towards answers. `scripts/fit_adapter.py` makes it from the questions of `eval/gold/elsewhere/{i,m,q}.jsonl`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

from rag.embedding import OnnxEmbedder, packaged_model

ADAPTER = Path(str(files("rag").joinpath("data/answers.safetensors")))
PIECES = 94  # word pieces of a sentence that are read: what the adapter was fitted on
_PLACES = 2  # decimals of the log odds that are the same on every machine
_KEPT = 4096  # vectors of sentences: 6 MB


class Likeness:
    """Callable: the log odds that each text answers a question, by its meaning alone. Safe to share between threads.

    A text beyond `PIECES` is read as far as it fits.
    """

    def __init__(self, cache: Path) -> None:
        self._embedder = OnnxEmbedder(packaged_model(), cache, name="answers", adapter=ADAPTER, pieces=PIECES)
        self._read = lru_cache(_KEPT)(self._embedder.embed_query)

    @cached_property
    def _line(self) -> tuple[float, float]:
        """The log odds are `slope` times the cosine less `shift`."""
        from safetensors import safe_open  # noqa: PLC0415 - 30 ms that a set question does without

        with safe_open(ADAPTER, framework="numpy") as adapter:
            told = adapter.metadata()
        return float(told["slope"]), float(told["shift"])

    def prepare(self) -> None:
        """Exports the model where that has not been done: 20 seconds that the first question then does not wait."""
        self._embedder.prepare()

    def __call__(self, question: str, texts: Sequence[str]) -> tuple[float, ...]:
        slope, shift = self._line
        asked = self._read(question)
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:  # the runtime takes one core for a text
            return tuple(round(slope * float(asked @ told) - shift, _PLACES) for told in pool.map(self._read, texts))
