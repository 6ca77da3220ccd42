"""Records read for the catalog, and the keys by which an unchanged one is known."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from rag.catalog_writer import Rows, rows_of
from rag.codec import to_json
from rag.embedding import Embedder, embedding_text
from rag.files import sha256_of
from rag.ingest.cache import content_key
from rag.settings import Settings
from rag.types import Document, Passage, ReadTrial, Refusal

# Code and vocabulary that decide what is read from a record: a change to any of it makes every record be read again.
_READERS = ("sources", "criteria", "data", "chunking.py", "codec.py", "sections.py", "text.py", "types.py", "units.py",
            "values.py", "given.py", "comparators.py", "catalog_rows.py", "catalog_writer.py", "ingest/reading.py")
_READ_ENDINGS = (".py", ".toml")
# What a defect of a reader raises on a record it did not foresee: the record is refused by name, the others go on.
_DEFECTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Readers:
    """The functions that turn files into documents, passages and criteria: the project's own, or a test's."""

    corpus: Callable[[Sequence[Path], Settings], Iterable[Document | Refusal]]
    passages: Callable[[Document, Callable[[str], int], int], Sequence[Passage]]
    criteria: Callable[[Document], ReadTrial]


def own_readers() -> Readers:
    """The project's readers, their vocabulary loaded: a fault in it is one error, not the refusal of every record."""
    from rag.chunking import passages_of  # noqa: PLC0415 - tests bring their own
    from rag.criteria.concepts import load_concepts  # noqa: PLC0415
    from rag.criteria.lexicon import load_variables  # noqa: PLC0415
    from rag.criteria.reading import read_trial  # noqa: PLC0415
    from rag.sources import read_corpus  # noqa: PLC0415

    load_variables()
    load_concepts()
    return Readers(read_corpus, passages_of, read_trial)


class RecordReader:
    """Reads documents under one set of code, vocabulary and settings, which `digest` names."""

    def __init__(self, readers: Readers, embedder: Embedder, settings: Settings) -> None:
        self._readers = readers
        self._embedder = embedder
        self._limit = min(settings.passage_word_pieces, embedder.max_pieces)
        made_of = f"{code_digest()} {embedder.digest} {embedder.max_pieces} {self._limit}"
        self.digest = hashlib.sha256(made_of.encode()).hexdigest()[:32]

    def key(self, document: Document) -> str:
        """Equal for two documents that are alike in everything, read under the same digest."""
        return hashlib.sha256(self.digest.encode() + to_json(document)).hexdigest()[:32]

    def read(self, document: Document, key: str) -> Rows | Refusal:
        """Everything the catalog takes from a document; a defect met on the way refuses it by name."""
        try:
            passages = self._passages(document)
            return rows_of(document, key, self._readers.criteria(document), passages)
        except _DEFECTS as exc:
            return Refusal(
                document.source, document.trial_id, f"the record could not be read: {type(exc).__name__}: {exc}",
                "please report it with the file",
            )

    def _passages(self, document: Document) -> tuple[tuple[Passage, str], ...]:
        passages = self._readers.passages(document, self._embedder.count_tokens, self._limit)
        if len({passage.passage_id for passage in passages}) < len(passages):
            raise ValueError("two passages have the same place")
        if any(passage.text != passage.span.of(document.text) for passage in passages):
            raise ValueError("a passage differs from the text at its place")
        return tuple((p, content_key(embedding_text(p.context, p.text, self._embedder))) for p in passages)


def code_digest() -> str:
    """A hash of the code and vocabulary that decide what is read from a record."""
    root = resources.files("rag")
    whole = hashlib.sha256()
    for name in _READERS:
        for path, content in _contents(root.joinpath(name), name):
            whole.update(f"{path} {len(content)}\n".encode() + content)
    return whole.hexdigest()[:32]


def _contents(place: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    if place.is_file():
        yield name, place.read_bytes()
    elif place.is_dir():
        for inner in sorted(place.iterdir(), key=lambda entry: entry.name):
            if inner.is_dir() or inner.name.endswith(_READ_ENDINGS):
                yield from _contents(inner, f"{name}/{inner.name}")


def corpus_signature(paths: Sequence[Path]) -> str:
    """A hash over the name and content of every file that `paths` lead to; '' where one of them is not there."""
    lines = []
    for place in paths:
        if not place.exists():
            return ""
        files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
        lines += [f"{path.resolve()} {sha256_of(path)}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
