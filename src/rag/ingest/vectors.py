"""The vectors of all passages: those known already, those embedded now, written as a store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from rag.catalog import Catalog
from rag.embedding import Embedder, embedding_text
from rag.errors import IndexUnusableError
from rag.ingest.cache import Half, Journal
from rag.ingest.progress import Meter, Report, Stage
from rag.snapshot import Snapshot
from rag.stores.faiss_store import FaissKind

_WINDOW = 512  # passages embedded between two entries of the journal: some ten seconds of work
_MATRIX = "vectors.draft.npy"


def build_vectors(catalog: Catalog, embedder: Embedder, before: Snapshot | None, journal: Journal, folder: Path,
                  report: Report | None) -> tuple[int, int]:
    """Writes the store of every passage into `folder`; returns how many texts were embedded and how many known."""
    keys = [row[0] for row in catalog.rows("SELECT content FROM passages ORDER BY row")]
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    folder.mkdir()
    matrix = np.lib.format.open_memmap(folder / _MATRIX, "w+", np.float16, (max(len(keys), 1), embedder.dimensions))
    known = _fill_known(matrix, first, before, journal, embedder)
    embedded = 0
    meter = Meter(report, Stage.VECTORS, len(first) - len(known))
    for rows, texts in _windows(catalog, keys, first, known, embedder):
        vectors = embedder.embed_passages(texts).astype(np.float16)
        matrix[rows] = vectors
        journal.append([keys[row] for row in rows], vectors)
        embedded += len(rows)
        meter.add(len(rows))
    meter.end()
    for row, key in enumerate(keys):
        if first[key] != row:
            matrix[row] = matrix[first[key]]
    _check(matrix[: len(keys)], folder)
    FaissKind().build(matrix[: len(keys)], folder)
    del matrix
    (folder / _MATRIX).unlink()
    return embedded, len(known)


def _fill_known(matrix: Half, first: dict[str, int], before: Snapshot | None, journal: Journal,
                embedder: Embedder) -> set[str]:
    """Copies the vectors of texts embedded earlier with the same model; returns their keys."""
    known: set[str] = set()
    for key, vector in journal.read().items():
        if key in first:
            matrix[first[key]] = vector
            known.add(key)
    if before is None or not before.has_vectors or before.manifest.embedder_digest != embedder.digest:
        return known
    stored = before.rows("SELECT content, row FROM passages ORDER BY row")
    wanted = [(key, row) for key, row in stored if key in first and key not in known]
    while wanted:
        part, wanted = wanted[:_WINDOW], wanted[_WINDOW:]
        matrix[[first[key] for key, _ in part]] = before.vectors.vectors([row for _, row in part])
        known.update(key for key, _ in part)
    return known


def _windows(catalog: Catalog, keys: list[str], first: dict[str, int], known: set[str],
             embedder: Embedder) -> Iterator[tuple[list[int], list[str]]]:
    """Rows and texts still to be embedded, each text once, in row order."""
    missing = (
        (row, embedding_text(context, text, embedder))
        for row, _, _, context, text in catalog.passage_texts()
        if keys[row] not in known and first[keys[row]] == row
    )
    while window := list(islice(missing, _WINDOW)):
        yield [row for row, _ in window], [text for _, text in window]


def _check(matrix: Half, folder: Path) -> None:
    """Every row a unit vector: a model that gives NaN or zeros is stopped before it is published."""
    for start in range(0, len(matrix), 65_536):
        lengths = np.linalg.norm(matrix[start : start + 65_536].astype(np.float32), axis=1)
        if not np.all(np.abs(lengths - 1) < 0.01):
            raise IndexUnusableError(
                "the embedding model gave vectors that are not of unit length", place=str(folder),
                remedy="choose another with RAG_EMBEDDER, or build without: rag index --no-vectors",
            )
