"""One published index, held open: the catalog, the word index, and the vectors once they are asked for.

Opening reads the manifest and compares files with it; numpy, faiss and the embedding model are loaded by the first
dense search. A snapshot never changes: open another one to see a newer index.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rag.catalog import Catalog
from rag.catalog_rows import TrialSummary
from rag.criteria.similar import content_words
from rag.errors import IndexUnusableError
from rag.generations import REBUILD, Generation, Manifest, open_current, release_with
from rag.settings import Settings
from rag.types import Criterion, IndexInfo

if TYPE_CHECKING:
    from rag.embedding import Embedder
    from rag.lexical import Lexical
    from rag.likeness import Likeness
    from rag.stores.protocol import VectorStore

__all__ = ["CATALOG", "ITEMS", "PASSAGES", "VECTORS", "Snapshot", "TrialSummary", "open_snapshot"]

CATALOG, PASSAGES, ITEMS, VECTORS = "catalog.sqlite", "passages", "items", "vectors"


def open_snapshot(index: Path, settings: Settings) -> Snapshot:
    """The current snapshot of `index`. IndexUnusableError: none there, damaged, another schema or another model."""
    generation = open_current(index)
    manifest = generation.manifest
    if manifest.vectors is not None and manifest.embedder != settings.embedder:
        release_with(Snapshot, generation)()
        raise IndexUnusableError(
            f"the index was built with the model {manifest.embedder}, the settings name {settings.embedder}",
            place=str(index),
            remedy=f"{REBUILD}, or set RAG_EMBEDDER={manifest.embedder}",
        )
    return Snapshot(generation, settings)


class Snapshot(Catalog):
    """A catalog with its word index and its vectors. Safe to use from several threads; close it, or let it go."""

    def __init__(self, generation: Generation, settings: Settings) -> None:
        self._release = release_with(self, generation)
        super().__init__(generation.folder / CATALOG)
        self._folder = generation.folder
        self._settings = settings
        self.manifest: Manifest = generation.manifest
        self._loaded = False

    def close(self) -> None:
        super().close()
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def info(self) -> IndexInfo:
        manifest = self.manifest
        return IndexInfo(manifest.id, manifest.trials, manifest.passages, manifest.embedder)

    @property
    def folder(self) -> Path:
        """Where the files of this snapshot are."""
        return self._folder

    @property
    def has_vectors(self) -> bool:
        """Whether dense search works: not after `rag index --no-vectors`."""
        return self.manifest.vectors is not None

    @cached_property
    def lexical(self) -> Lexical:
        """The word index of passages, numbered by row."""
        from rag.lexical import Lexical  # noqa: PLC0415 - listing trials needs no word index

        return Lexical(self._folder / PASSAGES)

    @cached_property
    def items(self) -> Lexical:
        """The word index of single criteria, numbered as `criteria_by_number` takes them."""
        from rag.lexical import Lexical  # noqa: PLC0415

        return Lexical(self._folder / ITEMS)

    @cached_property
    def vectors(self) -> VectorStore:
        """The vectors by passage row. IndexUnusableError when the index was built without."""
        if self.manifest.vectors is None:
            raise IndexUnusableError(
                "the index holds no vectors", place=str(self._folder), remedy="complete it with: rag index"
            )
        from rag.stores.faiss_store import FaissKind  # noqa: PLC0415

        return FaissKind().open(self._folder / VECTORS, self.manifest.vectors, self.manifest.dimensions)

    @cached_property
    def embedder(self) -> Embedder:
        """The model that the vectors were made with. IndexUnusableError when its weights are others now."""
        from rag.embedding import open_embedder  # noqa: PLC0415

        embedder = open_embedder(self._settings)
        if embedder.digest != self.manifest.embedder_digest:
            raise IndexUnusableError(
                f"the model {embedder.name} has other weights than the one the index was built with",
                place=str(self._folder),
                remedy=REBUILD,
            )
        return embedder

    def likeness(self) -> Likeness | None:
        """How likely sentences answer a question; None where the settings name another model than the packaged one.

        The weights of answers (`answering.choosing`) were fitted with it. It is asked whether the index holds vectors
        or not.
        """
        from rag.embedding import PACKAGED  # noqa: PLC0415

        return self._likeness if self._settings.embedder == PACKAGED else None

    @cached_property
    def _likeness(self) -> Likeness:
        from rag.likeness import Likeness  # noqa: PLC0415

        return Likeness(self._settings.model_cache)

    def load(self) -> None:
        """Loads what a hybrid search needs, once: the model beside faiss, 80 ms less than one after the other."""
        if self._loaded or not self.has_vectors:
            return
        with ThreadPoolExecutor(1) as pool:
            model = pool.submit(lambda: self.embedder.embed_query(""))
            _ = self.lexical, self.vectors
            model.result()
        self._loaded = True

    def trials_holding(self, stem: str, most: int) -> frozenset[str] | None:
        """The trials whose text holds a word with this stem (`rag.lexical.stems`); None: over `most` passages."""
        rows = self.lexical.holding(stem, most)
        return None if rows is None else self.trials_of_rows(rows)

    def criteria_for_phrase(self, phrase: str) -> Mapping[str, tuple[Criterion, ...]]:
        """For each trial, its criteria whose words hold every word of `phrase` (stemmed, stop words apart)."""
        return self.criteria_by_number(self.items.with_all(content_words(phrase)))
