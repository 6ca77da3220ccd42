"""Retrieval alone on the set questions: what a search box would answer, with the k that suits it best.

A baseline's set is the trials of the top k passages. k is chosen on the very questions it is scored on, which favours
the baseline: the full system is compared with the best that top-k could do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rag.evaluation.intervals import Measure, mean, ratio
from rag.evaluation.scoring import Judged

RankTrials = Callable[[str, int, str], Sequence[str]]
"""(question, number of passages, mode) -> the trial id of each passage, best first."""

MODES = {"dense top-k": "dense", "BM25 top-k": "lexical", "hybrid top-k": "hybrid"}
KS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Baseline:
    name: str
    best_k: int | None  # None: the full system, which has no k
    measures: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class _SetQuestion:
    text: str
    expected: frozenset[str]
    optional: frozenset[str]
    returned: frozenset[str]  # by the full system


def run_baselines(
    judged: Sequence[Judged], rank_trials: RankTrials, modes: Mapping[str, str] = MODES
) -> list[Baseline]:
    """One row for each mode, and the full system last, over every set question without history."""
    questions = [_set_question(j) for j in judged if j.set is not None and not j.gold.history]
    rows = [
        _best(name, questions, [rank_trials(q.text, KS[-1], mode) for q in questions]) for name, mode in modes.items()
    ]
    full = _scores(questions, [question.returned for question in questions])
    return [*rows, Baseline("full system", None, full)]


def baselines_record(baselines: Sequence[Baseline]) -> list[dict[str, Any]]:
    return [
        {"name": b.name, "best_k": b.best_k, "measures": {name: asdict(m) for name, m in b.measures.items()}}
        for b in baselines
    ]


def _set_question(judged: Judged) -> _SetQuestion:
    counts, expect = judged.set, judged.gold.expect
    returned = frozenset() if counts is None else frozenset(counts.right + counts.extra)
    return _SetQuestion(judged.gold.text, expect.trials or frozenset(), expect.optional_trials, returned)


def _best(name: str, questions: Sequence[_SetQuestion], ranked: Sequence[Sequence[str]]) -> Baseline:
    tried = [(k, _scores(questions, [frozenset(trials[:k]) for trials in ranked])) for k in KS]
    k, measures = max(tried, key=lambda pair: (pair[1]["set_f1"].value or 0.0, -pair[0]))
    return Baseline(name, k, measures)


def _scores(questions: Sequence[_SetQuestion], returned: Sequence[frozenset[str]]) -> dict[str, Measure]:
    rows = []
    for question, trials in zip(questions, returned, strict=True):
        listed = trials - question.optional
        rows.append((len(listed & question.expected), len(listed), len(question.expected)))
    return {
        "set_precision": ratio([(right, listed) for right, listed, _ in rows]),
        "set_recall": ratio([(right, wanted) for right, _, wanted in rows]),
        "set_f1": ratio([(2 * right, listed + wanted) for right, listed, wanted in rows]),
        "set_f1_macro": mean(
            [1.0 if not listed + wanted else 2 * right / (listed + wanted) for right, listed, wanted in rows]
        ),
    }
