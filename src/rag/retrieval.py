"""Hybrid search over one snapshot: words and meaning, each filtered before ranking, fused by rank."""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.errors import IndexUnusableError, UsageError
from rag.fusion import rrf
from rag.snapshot import Snapshot
from rag.types import Hit

MODES = ("hybrid", "dense", "lexical")
_ID = re.compile(r"\b[A-Za-z]{2,10}\d{2,12}\b")  # "NCT07263776", in any case
# A patient's description says much that no trial is about. Denied words out and concepts twice: nDCG@10 of TREC 2021
# topics by words 0.322 → 0.362 (benchmarks/trec2021.md).
_LONG_CHARS = 250
_DENIED = re.compile(  # "denies chest pain or fever", but not the "no" of "nodule"
    r"\b(?:no|not|denies|denied|without|never|negative for)\b[^.,;]{0,60}", re.IGNORECASE
)
_DEPTH = 50  # hits of each run that are fused, at least: rank 50 adds 1/110 to a score, rank 1 adds 1/61


def search(snapshot: Snapshot, text: str, k: int = 10, *, trial_ids: Collection[str] | None = None,
           sections: Collection[str] | None = None, mode: str = "hybrid") -> tuple[Hit, ...]:
    """At most `k` passages for `text` within these trials and sections, best first, ties by passage id.

    A section stands for its parts too: 'eligibility' for 'eligibility.inclusion'. Without `trial_ids`, ids of the
    index that stand in `text` restrict the search to them. Scores: BM25, cosine, or reciprocal rank fusion of both.
    Without vectors, hybrid is lexical. UsageError for another mode.
    """
    if mode not in MODES:
        raise UsageError(f"no search mode {mode!r}", remedy=f"choose one of {', '.join(MODES)}")
    if mode == "dense" and not snapshot.has_vectors:
        raise IndexUnusableError("the index holds no vectors", remedy="complete it with: rag index")
    if k <= 0 or not text.strip():
        return ()
    text = text.encode(errors="replace").decode()  # half a surrogate pair is no character of any record
    if trial_ids is None:
        trial_ids = ids_in(text, snapshot) or None  # gold evidence in the first 10 hits: 59 % without, 92 % with (dev)
    inside = None if sections is None else snapshot.sections_within(sections)
    words, stressed = stress(text)
    if mode == "lexical" or not snapshot.has_vectors:
        found = snapshot.lexical.search(words, k, trial_ids=trial_ids, sections=inside, stressed=stressed)
        return _hits(snapshot, found)
    allowed = None if trial_ids is None and inside is None else snapshot.passage_rows(trial_ids, inside)
    if mode == "dense":
        return _hits(snapshot, _dense(snapshot, text, k, allowed))
    depth = max(_DEPTH, 2 * k)
    lexical = snapshot.lexical.search(words, depth, trial_ids=trial_ids, sections=inside, stressed=stressed)
    dense = _dense(snapshot, text, depth, allowed)
    return rrf([_hits(snapshot, lexical), _hits(snapshot, dense)])[:k]


def stress(text: str) -> tuple[str, str]:
    """What a long description affirms, and those of its words that name a condition or a treatment: they count double.

    Short texts stay as they are, with no word stressed, and load no lexicon.
    """
    if len(text) < _LONG_CHARS:
        return text, ""
    from rag.criteria.concepts import find_concepts  # noqa: PLC0415 - the lexicon takes a moment to load

    affirmed = _DENIED.sub(" ", text)
    return affirmed, " ".join(affirmed[mention.start : mention.end] for mention in find_concepts(affirmed))


def ids_in(text: str, snapshot: Snapshot) -> tuple[str, ...]:
    """The trials of the index whose id stands in `text`, in its order."""
    return tuple(dict.fromkeys(word.upper() for word in _ID.findall(text) if snapshot.has(word.upper())))


def _dense(snapshot: Snapshot, text: str, k: int, allowed: list[int] | None) -> list[tuple[int, float]]:
    import numpy as np  # noqa: PLC0415 - a lexical search needs none

    snapshot.load()
    if allowed is not None and not allowed:
        return []
    rows = None if allowed is None else np.array(allowed, np.int64)
    return snapshot.vectors.search(snapshot.embedder.embed_query(text), k, rows)


def _hits(snapshot: Snapshot, found: list[tuple[int, float]]) -> tuple[Hit, ...]:
    """Rows stand in order of passage id, so ties by row are ties by id."""
    ids = snapshot.passage_ids([row for row, _ in found])
    return tuple(Hit(passage_id, score) for passage_id, (_, score) in zip(ids, found, strict=True))
