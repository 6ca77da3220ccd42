"""One ranking out of several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rag.types import Hit

RANK_CONSTANT = 60


def rrf(runs: Iterable[Sequence[Hit]], k: int = RANK_CONSTANT) -> tuple[Hit, ...]:
    """All hits of all runs, each run best first, by the sum of 1/(k + rank), ranks from 1; ties by passage id.

    Reciprocal rank fusion, Cormack et al. 2009.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for run in runs:
        for rank, hit in enumerate(run, start=1):
            scores[hit.passage_id] += 1 / (k + rank)
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Hit(passage_id, score) for passage_id, score in ordered)
