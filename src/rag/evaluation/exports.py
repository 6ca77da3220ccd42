"""The field's own formats: a TREC run with its qrels, and a BEIR folder, so that other tools can check the scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rag.evaluation.scoring import Judged, returned_trials
from rag.types import Verdict

_TAG = "rag"


def write_exports(
    folder: Path, judged: Sequence[Judged], trial_ids: Sequence[str], trial_text: Callable[[str], tuple[str, str]]
) -> tuple[Path, ...]:
    """run.trec, qrels.trec and beir/{corpus.jsonl, queries.jsonl, qrels/test.tsv} over the set questions.

    `trial_text(id)` gives (title, text). Files are rewritten; the order is that of gold and of trial ids.
    """
    sets = [item for item in judged if item.set is not None]
    beir = folder / "beir"
    corpus = ({"_id": t, "title": trial_text(t)[0], "text": trial_text(t)[1]} for t in trial_ids)
    queries = ({"_id": item.gold.id, "text": item.gold.text} for item in sets)
    return (
        _write(folder / "run.trec", run_lines(sets)),
        _write(folder / "qrels.trec", qrels_lines(sets)),
        _write(beir / "corpus.jsonl", (json.dumps(row, ensure_ascii=False) for row in corpus)),
        _write(beir / "queries.jsonl", (json.dumps(row, ensure_ascii=False) for row in queries)),
        _write(beir / "qrels" / "test.tsv", beir_qrels_lines(sets)),
    )


def run_lines(judged: Iterable[Judged]) -> Iterable[str]:
    """`query Q0 trial rank score tag`: what the set lists, then partial and unread ones; scores fall with the rank."""
    for item in judged:
        listed = sorted(returned_trials(item.gold, item.outcome))
        beside = item.outcome.with_verdict(Verdict.PARTIAL) | item.outcome.with_verdict(Verdict.UNREAD)
        ordered = listed + sorted(beside - set(listed))
        for rank, trial_id in enumerate(ordered, 1):
            yield f"{item.gold.id} Q0 {trial_id} {rank} {len(ordered) - rank + 1} {_TAG}"


def qrels_lines(judged: Iterable[Judged]) -> Iterable[str]:
    """`query 0 trial relevance`: 2 for the trials of gold, 1 for optional ones."""
    for item, trial_id, relevance in _relevant(judged):
        yield f"{item.gold.id} 0 {trial_id} {relevance}"


def beir_qrels_lines(judged: Iterable[Judged]) -> Iterable[str]:
    yield "query-id\tcorpus-id\tscore"
    for item, trial_id, relevance in _relevant(judged):
        yield f"{item.gold.id}\t{trial_id}\t{relevance}"


def _relevant(judged: Iterable[Judged]) -> Iterable[tuple[Judged, str, int]]:
    for item in judged:
        expect = item.gold.expect
        for trial_id in sorted((expect.trials or frozenset()) | expect.optional_trials):
            yield item, trial_id, 1 if trial_id in expect.optional_trials else 2


def _write(path: Path, lines: Iterable[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8", newline="\n") as handle:
        handle.writelines(f"{line}\n" for line in lines)
    draft.replace(path)
    return path
