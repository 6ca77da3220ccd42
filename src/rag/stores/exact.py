"""The reference: every cosine computed with numpy over a mapped half-precision matrix. Needs no other library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.errors import IndexUnusableError
from rag.stores.protocol import Rows, Vectors, scored

MATRIX = "vectors.npy"
_CHUNK = 8192  # rows turned to double precision at a time: 25 MB at 384 dimensions


class ExactStore:
    """All rows compared, chunk by chunk."""

    def __init__(self, matrix: npt.NDArray[np.float16]) -> None:
        self._matrix = matrix

    def __len__(self) -> int:
        return int(self._matrix.shape[0])

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        rows = np.arange(len(self), dtype=np.int64) if allowed is None else np.unique(allowed)
        best: list[tuple[int, float]] = []
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            best = sorted([*best, *scored(self._matrix[part], part, query)[:k]], key=lambda hit: (-hit[1], hit[0]))[:k]
        return best

    def vectors(self, rows: Sequence[int] | Rows) -> Vectors:
        return self._matrix[np.asarray(rows, np.int64)].astype(np.float32)


class ExactKind:
    """The numpy engine on disk: one `.npy` file."""

    def build(self, vectors: npt.NDArray[np.float16], folder: Path) -> tuple[str, ...]:
        np.save(folder / MATRIX, vectors, allow_pickle=False)
        return (MATRIX,)

    def open(self, folder: Path, rows: int, dimensions: int) -> ExactStore:
        return ExactStore(open_matrix(folder / MATRIX, rows, dimensions))


def open_matrix(path: Path, rows: int, dimensions: int) -> npt.NDArray[np.float16]:
    """The half-precision matrix of `path`, mapped; IndexUnusableError when it has another shape."""
    try:
        # An empty file cannot be mapped.
        matrix: npt.NDArray[np.float16] = np.load(path, mmap_mode="r" if rows else None, allow_pickle=False)
    except (OSError, ValueError) as exc:
        raise IndexUnusableError("the vectors cannot be read", place=str(path), remedy="run: rag index") from exc
    if matrix.shape != (rows, dimensions) or matrix.dtype != np.float16:
        raise IndexUnusableError(
            f"vectors {matrix.shape} of {matrix.dtype} where ({rows}, {dimensions}) of float16 should be",
            place=str(path), remedy="run: rag index",
        )
    return matrix
