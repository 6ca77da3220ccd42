"""FAISS: flat half precision while small, IVF with 8-bit codes when large, both re-scored from half precision.

faiss proposes candidates; their cosines are computed again from the half-precision vectors, so scores and order
equal the exact store's. Hidden here: padding with -1, the odd order of ties, filters, threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.errors import IndexUnusableError
from rag.stores.exact import MATRIX, ExactStore, open_matrix
from rag.stores.protocol import Rows, Vectors, scored

INDEX = "vectors.faiss"
FLAT_LIMIT = 50_000  # rows: a flat scan takes 10 ms per 100,000; IVF trains in seconds beyond
NPROBE = 32  # with 2√N lists: recall@10 0.96 from 100,000 to 1,000,000 rows before re-scoring
_SLACK = 16  # candidates beyond k: 8-bit codes misplace neighbours, and a tie may cross the k-th place
_EXACT_SHARE = 0.02  # a filter that leaves less is scanned exactly: faster, and IVF recall falls to 0.6 at 0.1 %
_EXACT_ROWS = 2_000
_ROUNDING = 2e-5  # how far faiss' own cosine may lie from the re-scored one: half precision
_CODE_ROUNDING = 0.01  # 8-bit codes
_TRAIN_PER_LIST = 64
_BLOCK = 65_536  # rows handed to faiss at a time as float32


class FaissStore:
    """A faiss index and where its half-precision vectors are: in the flat index itself, or in a mapped matrix."""

    def __init__(self, index: Any, matrix: npt.NDArray[np.float16] | None, probes: int = NPROBE) -> None:
        self._index = index
        self._matrix = matrix
        self._probes = probes
        self._rounding = _ROUNDING if matrix is None else _CODE_ROUNDING

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        rows = None if allowed is None else np.unique(allowed)
        many = len(self) if rows is None else len(rows)
        if k <= 0 or not many:
            return []
        if rows is not None and many <= max(_EXACT_ROWS, _EXACT_SHARE * len(self)):
            return scored(self.vectors(rows), rows, query)[:k]
        wanted = min(k + _SLACK, many)
        while True:
            scores, found = self._candidates(query, wanted, rows)
            if self._matrix is not None and len(found) < min(k, many):  # the probed lists held too few allowed rows
                return ExactStore(self._matrix).search(query, k, rows)
            best = scored(self.vectors(found), found, query)[:k]
            # Whatever faiss left out scores at most its last candidate: enough once that lies below the k-th.
            if wanted >= many or len(found) < wanted or scores[-1] < best[-1][1] - self._rounding:
                return best
            wanted = min(wanted * 2, many)

    def _candidates(self, query: Vectors, wanted: int, rows: Rows | None) -> tuple[Vectors, Rows]:
        faiss = _faiss()
        # Holds for the calling thread alone. A second thread costs 2.5 times the CPU of one query and saves nothing.
        faiss.omp_set_num_threads(1)
        selector = None if rows is None else faiss.IDSelectorBatch(rows)
        if self._matrix is None:
            parameters = faiss.SearchParameters(sel=selector)
        else:
            share = 1.0 if rows is None else len(rows) / len(self)
            probes = min(int(self._probes / share**0.5), self._index.nlist)
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probes)
        scores, found = self._index.search(query.reshape(1, -1), wanted, params=parameters)
        kept = found[0] >= 0  # faiss pads with -1
        return scores[0][kept], found[0][kept]

    def vectors(self, rows: Sequence[int] | Rows) -> Vectors:
        wanted = np.asarray(rows, np.int64)
        if self._matrix is not None:
            return self._matrix[wanted].astype(np.float32)
        if wanted.size and (wanted.min() < 0 or wanted.max() >= len(self)):
            raise IndexError(f"no row {wanted.min()}..{wanted.max()} among {len(self)}")
        if not wanted.size:
            return np.zeros((0, self._index.d), np.float32)
        found: Vectors = self._index.reconstruct_batch(wanted)
        return found


class FaissKind:
    """FAISS on disk: `vectors.faiss`, and beyond `flat_limit` rows the matrix for re-scoring beside it."""

    def __init__(self, flat_limit: int = FLAT_LIMIT, probes: int = NPROBE) -> None:
        self._flat_limit = flat_limit
        self._probes = probes

    def build(self, vectors: npt.NDArray[np.float16], folder: Path) -> tuple[str, ...]:
        rows, dimensions = vectors.shape
        flat = rows <= self._flat_limit
        index: Any = _flat(dimensions) if flat else _inverted(vectors)
        for start in range(0, rows, _BLOCK):
            index.add(vectors[start : start + _BLOCK].astype(np.float32))
        _faiss().write_index(index, str(folder / INDEX))
        if flat:
            return (INDEX,)
        np.save(folder / MATRIX, vectors, allow_pickle=False)
        return (INDEX, MATRIX)

    def open(self, folder: Path, rows: int, dimensions: int) -> FaissStore:
        faiss = _faiss()
        path = folder / INDEX
        try:
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
        except RuntimeError as exc:
            raise IndexUnusableError("faiss cannot read the vectors", place=str(path), remedy="run: rag index") from exc
        matrix = open_matrix(folder / MATRIX, rows, dimensions) if (folder / MATRIX).exists() else None
        kind = faiss.IndexScalarQuantizer if matrix is None else faiss.IndexIVFScalarQuantizer
        if not isinstance(index, kind) or (index.ntotal, index.d) != (rows, dimensions):
            raise IndexUnusableError(
                f"{type(index).__name__} of {index.ntotal} x {index.d} where {rows} x {dimensions} should be",
                place=str(path), remedy="run: rag index",
            )
        return FaissStore(index, matrix, self._probes)


def _faiss() -> Any:
    """The library, loaded when vectors are searched or built; its own types do not know its keyword arguments."""
    import faiss  # noqa: PLC0415

    return faiss


def _flat(dimensions: int) -> Any:
    faiss = _faiss()
    return faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)


def _inverted(vectors: npt.NDArray[np.float16]) -> Any:
    """An empty IVF index of 2√N lists, trained on evenly spaced rows, so that the same vectors give the same index."""
    faiss = _faiss()
    rows, dimensions = vectors.shape
    lists = max(min(2 * isqrt(rows), rows), 1)
    quantizer = faiss.IndexFlatIP(dimensions)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer, dimensions, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    step = max(rows // (lists * _TRAIN_PER_LIST), 1)
    index.train(vectors[::step].astype(np.float32))
    return index
