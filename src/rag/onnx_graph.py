"""An exported embedding model at work: token ids in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.tokens import load_tokenizer

Vectors = npt.NDArray[np.float32]

GRAPH, WEIGHTS, TOKENIZER = "model.onnx", "weights.bin", "tokenizer.json"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Graph:
    """An exported model ready to run: token ids in, unit vectors out. Safe to call from several threads at once."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime  # noqa: PLC0415 - 200 ms that a lexical search does without

        runtime: Any = onnxruntime
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1  # two threads on a busy machine: 22 ms become 705
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session: Any = runtime.InferenceSession(
            str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
        )
        self.tokenizer = load_tokenizer(folder / TOKENIZER)

    def pieces(self, text: str, most: int | None = None) -> list[int]:
        """The ids of the word pieces of `text`, of the first `most` of them, between the two special tokens."""
        ids: list[int] = self.tokenizer.encode(text).ids
        return ids if most is None or len(ids) <= most + 2 else [*ids[: most + 1], ids[-1]]

    def vectors(self, batch: Sequence[Sequence[int]]) -> Vectors:
        """float32[len(batch), d]: one run over the batch, padded to its longest member."""
        return self._run(batch)[0]

    def words(self, pieces: Sequence[int]) -> tuple[Vectors, Vectors]:
        """float32[d] of a text and float32[len(pieces), d] of its pieces; for a graph with an adapter alone."""
        vectors, words = self._run([pieces])
        return vectors[0], words[0]

    def _run(self, batch: Sequence[Sequence[int]]) -> Sequence[Vectors]:
        longest = max(len(pieces) for pieces in batch)
        ids = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, pieces in enumerate(batch):
            ids[row, : len(pieces)] = pieces
            mask[row, : len(pieces)] = 1
        feed = dict(zip(INPUTS, (ids, mask, np.zeros_like(ids)), strict=True))
        found: Sequence[Vectors] = self._session.run(None, feed)
        return found
