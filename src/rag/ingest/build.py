"""From files to a published index: read → criteria and passages → catalog → word index → vectors → publish.

What did not change is copied from the snapshot before: a record whose text, fields and origin are the same, read by
the same code and vocabulary, is neither read for criteria again nor embedded again. Whatever goes wrong, or a
Ctrl-C, leaves the index as it was.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rag.catalog import Catalog
from rag.catalog_rows import naming_words
from rag.catalog_writer import Rows, written_catalog
from rag.embedding import PACKAGED, Embedder, open_embedder
from rag.errors import CorpusError, IndexUnusableError
from rag.files import only_writer
from rag.generations import CURRENT, SCHEMA_VERSION, Manifest, new_draft, publish, tidy
from rag.ingest.cache import Journal
from rag.ingest.progress import Meter, Report, Stage
from rag.ingest.reading import Readers, RecordReader, corpus_signature, own_readers
from rag.ingest.vectors import build_vectors
from rag.ingest.workers import READ_HERE, Workers
from rag.lexical import Entry, write_lexical
from rag.likeness import Likeness
from rag.settings import Settings
from rag.snapshot import CATALOG, ITEMS, PASSAGES, VECTORS, Snapshot, open_snapshot
from rag.types import Document, Refusal

_LOG = logging.getLogger(__name__)
_JOURNAL = "embedded-{digest}.journal"
_SHOWN = 3  # refusals named in an error; the summary lists all


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build did. `read` = `added` + `changed` + `unchanged` records, besides the `refused`."""

    index_id: str
    read: int
    added: int
    changed: int
    unchanged: int
    dropped: int  # in the index before, no longer in the corpus
    refused: tuple[Refusal, ...]
    trials: int
    passages: int
    criteria: int
    vectors: int | None  # None: built without
    embedded: int  # texts embedded now
    reused: int  # texts whose vectors were known
    published: bool  # False: nothing had changed
    seconds: float

    @property
    def skipped(self) -> int:
        """Records that were neither read for criteria nor embedded again."""
        return self.unchanged


@dataclass(slots=True)
class _Tally:
    """What the reading of one corpus came to."""

    refused: list[Refusal] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    added: int = 0
    changed: int = 0

    @property
    def read(self) -> int:
        return len(self.kept) + self.added + self.changed


def build_index(paths: Sequence[Path], settings: Settings, *, vectors: bool = True, progress: Report | None = None,
                readers: Readers | None = None) -> BuildSummary:
    """Builds or updates the index of `settings` from the files and folders of `paths`, and publishes it.

    CorpusError when no record can be read; IndexBusyError while another process builds. `readers` are the project's
    own unless a test brings others.
    """
    start = time.perf_counter()
    index = settings.index
    try:
        index.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise IndexUnusableError(
            f"the index folder cannot be made: {exc.strerror}", place=str(index), remedy="name another with --index"
        ) from exc
    with ExitStack() as stack:
        stack.enter_context(only_writer(index / "LOCK"))
        tidy(index)
        before = _before(settings)
        if before is not None:
            stack.enter_context(before)
        build = _Build(settings, before, vectors, progress, readers)
        corpus = corpus_signature(paths)
        summary = build.unchanged(corpus, start)
        if summary is None:
            with _writing(index):
                summary = build.run(paths, corpus, start)
    _LOG.info("indexed trials=%d passages=%d seconds=%.1f", summary.trials, summary.passages, summary.seconds)
    return summary


@contextmanager
def _writing(index: Path) -> Iterator[None]:
    """A full disk, or one that fails, in words: SQLite, tantivy and faiss each name it in their own way."""
    try:
        yield
    except (OSError, sqlite3.Error, RuntimeError) as exc:
        raise IndexUnusableError(
            f"the index could not be written: {exc}", place=str(index),
            remedy="make room on the disk and run again: what was published before is untouched",
        ) from exc


def _before(settings: Settings) -> Snapshot | None:
    """The snapshot to take unchanged records from; None where there is none that this program can use."""
    if not (settings.index / CURRENT).exists():
        return None
    try:
        return open_snapshot(settings.index, settings)
    except IndexUnusableError as exc:
        _LOG.warning("starting afresh: %s", exc.message)
        return None


class _Build:
    """One build under the lock."""

    def __init__(self, settings: Settings, before: Snapshot | None, vectors: bool, progress: Report | None,
                 readers: Readers | None) -> None:
        self._settings = settings
        self._before = before
        self._with_vectors = vectors
        self._progress = progress
        self._readers = readers or own_readers()
        self._read_here = READ_HERE if readers is None else sys.maxsize  # another process knows the own ones alone
        self._embedder: Embedder = open_embedder(settings)
        self._reader = RecordReader(self._readers, self._embedder, settings)
        self._journal = Journal(
            settings.index / _JOURNAL.format(digest=self._embedder.digest), self._embedder.dimensions
        )

    def unchanged(self, corpus: str, start: float) -> BuildSummary | None:
        """The summary of a build that has nothing to do, or None: same files, same readers, nothing missing."""
        before = self._before
        if before is None or not corpus or (self._with_vectors and not before.has_vectors):
            return None
        manifest = before.manifest
        if (manifest.corpus, manifest.reader) != (corpus, self._reader.digest):
            return None
        tally = _Tally(list(before.refusals), list(before.trial_ids))
        return _summary(manifest, tally, dropped=0, texts=(0, manifest.vectors or 0), published=False, start=start)

    def run(self, paths: Sequence[Path], corpus: str, start: float) -> BuildSummary:
        index = self._settings.index
        with new_draft(index) as draft:
            tally = self._write_catalog(draft, paths)
            with closing(Catalog(draft / CATALOG)) as catalog:
                dropped = len(set(self._before.trial_ids) - set(catalog.trial_ids)) if self._before else 0
                self._write_words(catalog, draft)
                texts = (0, 0)
                if self._with_vectors:
                    texts = build_vectors(
                        catalog, self._embedder, self._before, self._journal, draft / VECTORS, self._progress
                    )
                manifest = self._manifest(catalog, corpus, tally)
            meter = Meter(self._progress, Stage.PUBLISHING, 1)
            published = publish(index, draft, manifest)
            meter.add()
            meter.end()
        if self._with_vectors:
            if self._settings.embedder == PACKAGED:
                Likeness(self._settings.model_cache).prepare()
            for journal in index.glob(_JOURNAL.format(digest="*")):
                journal.unlink(missing_ok=True)
        return _summary(published, tally, dropped=dropped, texts=texts, published=True, start=start)

    def _write_catalog(self, draft: Path, paths: Sequence[Path]) -> _Tally:
        """Reads the corpus into the draft's catalog. CorpusError when no record is left."""
        before = self._before.folder / CATALOG if self._before else None
        tally = _Tally()
        with written_catalog(draft / CATALOG, before) as writer:
            for read in self._reads(paths, tally):
                writer.add(read)
            if not tally.read:
                raise _nothing_read(paths, tally.refused)
            writer.keep(tally.kept)
            writer.refuse(tally.refused)
            writer.finish()
        return tally

    def _reads(self, paths: Sequence[Path], tally: _Tally) -> Iterator[Rows]:
        """The new and changed records; what became of all of them goes into `tally`."""
        known = dict(self._before.rows("SELECT trial_id, key FROM documents")) if self._before else {}
        with Workers(self._reader, self._settings, read_here=self._read_here) as workers:
            for read in workers.read(self._new_records(paths, known, tally)):
                if isinstance(read, Refusal):
                    tally.refused.append(read)
                    continue
                changed = read.document[0] in known
                tally.changed += changed
                tally.added += not changed
                yield read

    def _new_records(self, paths: Sequence[Path], known: Mapping[str, str],
                     tally: _Tally) -> Iterator[tuple[Document, str] | Refusal]:
        """The documents to read, each with its key, and the refusals; unchanged records go into `tally`."""
        meter = Meter(self._progress, Stage.READING, None)
        seen: set[str] = set()
        for record in self._readers.corpus(paths, self._settings):
            meter.add()
            if isinstance(record, Refusal):
                yield record
            elif record.trial_id in seen:
                yield Refusal(record.source, record.trial_id, "the trial stands in the corpus twice", "keep one record")
            else:
                seen.add(record.trial_id)
                key = self._reader.key(record)
                if known.get(record.trial_id) == key:
                    tally.kept.append(record.trial_id)
                else:
                    yield record, key
        meter.end()

    def _write_words(self, catalog: Catalog, draft: Path) -> None:
        meter = Meter(self._progress, Stage.WORDS, None)
        names = {summary.trial_id: naming_words(summary) for summary in catalog.summaries()}

        def passages() -> Iterator[Entry]:
            for row, trial_id, section, context, text in catalog.passage_texts():
                meter.add()
                yield Entry(row, trial_id, section, text, f"{context}\n{names[trial_id]}")

        write_lexical(draft / PASSAGES, passages())
        write_lexical(draft / ITEMS, (Entry(*item) for item in catalog.item_texts()))
        meter.end()

    def _manifest(self, catalog: Catalog, corpus: str, tally: _Tally) -> Manifest:
        keys = catalog.rows("SELECT trial_id, key FROM documents ORDER BY trial_id")
        passages, criteria = catalog.rows("SELECT (SELECT count(*) FROM passages), (SELECT count(*) FROM criteria)")[0]
        vectors = passages if self._with_vectors else None
        content = repr((keys, [(r.source, r.place, r.reason) for r in tally.refused], self._embedder.digest, vectors))
        return Manifest(
            schema=SCHEMA_VERSION, sequence=0, id=hashlib.sha256(content.encode()).hexdigest()[:12],
            embedder=self._embedder.name, embedder_digest=self._embedder.digest, dimensions=self._embedder.dimensions,
            vectors=vectors, trials=len(keys), passages=passages, criteria=criteria, refused=len(tally.refused),
            reader=self._reader.digest, corpus=corpus, passage_word_pieces=self._settings.passage_word_pieces,
        )


def _summary(manifest: Manifest, tally: _Tally, *, dropped: int, texts: tuple[int, int], published: bool,
             start: float) -> BuildSummary:
    return BuildSummary(
        index_id=manifest.id, read=tally.read, added=tally.added, changed=tally.changed, unchanged=len(tally.kept),
        dropped=dropped, refused=tuple(tally.refused), trials=manifest.trials, passages=manifest.passages,
        criteria=manifest.criteria, vectors=manifest.vectors, embedded=texts[0], reused=texts[1], published=published,
        seconds=round(time.perf_counter() - start, 3),
    )


def _nothing_read(paths: Sequence[Path], refused: Sequence[Refusal]) -> CorpusError:
    shown = "; ".join(f"{r.source}: {r.reason}" for r in refused[:_SHOWN])
    more = f" and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
    return CorpusError(
        f"no record could be read ({shown}{more})" if refused else "no record could be read",
        place=", ".join(map(str, paths)), remedy="name a file or folder of registry records: rag index PATH",
    )
