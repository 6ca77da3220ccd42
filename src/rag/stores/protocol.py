"""What every vector engine gives: rows and cosines, exact in order, filtered before ranking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

# Rounded, so that two engines, and two copies of one vector, give the same number whatever their order of summing.
SCORE_DECIMALS = 6


class VectorStore(Protocol):
    """Unit vectors by row number (0-based, in the order of building)."""

    def __len__(self) -> int: ...

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """(row, cosine) of the best `k` among `allowed` (all when None): higher first, ties by row, never padded."""
        ...

    def vectors(self, rows: Sequence[int] | Rows) -> Vectors:
        """float32[len(rows), d]: the stored vectors, rounded to half precision."""
        ...


class StoreKind(Protocol):
    """One engine: how it writes a folder and how it opens it again."""

    def build(self, vectors: npt.NDArray[np.float16], folder: Path) -> tuple[str, ...]:
        """Writes the engine's files into `folder` and returns their names. Rows are unit vectors."""
        ...

    def open(self, folder: Path, rows: int, dimensions: int) -> VectorStore:
        """The store of `folder`; IndexUnusableError when it does not hold `rows` vectors of `dimensions`."""
        ...


def scored(vectors: npt.NDArray[np.floating], rows: Rows, query: Vectors) -> list[tuple[int, float]]:
    """(row, cosine) for each of `rows`, whose vectors are `vectors`, in the order of every result."""
    scores = np.round(vectors.astype(np.float64) @ query.astype(np.float64), SCORE_DECIMALS) + 0.0  # no -0.0
    order = np.lexsort((rows, -scores))
    return [(int(rows[place]), float(scores[place])) for place in order]
