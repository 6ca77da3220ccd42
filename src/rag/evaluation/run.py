"""Asks every gold question and judges the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import RagError
from rag.evaluation.gold import GoldQuestion, read_gold
from rag.evaluation.outcome import Outcome, outcome_of
from rag.evaluation.scoring import DocumentText, Judged, judge
from rag.evaluation.summary import Summary, summarise
from rag.types import Answer, Question, Status

Ask = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True)
class Run:
    judged: tuple[Judged, ...]  # in gold order
    summary: Summary


def run_evaluation(
    gold_paths: Sequence[Path],
    ask: Ask,
    document_text: DocumentText,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """Every question of the gold files asked once, judged and summed up. `progress(done, total)` after each."""
    questions = read_gold(gold_paths)
    judged = []
    for done, gold in enumerate(questions, 1):
        judged.append(judge(gold, ask_once(gold, ask), document_text))
        progress(done, len(questions))
    return Run(tuple(judged), summarise(judged))


def ask_once(gold: GoldQuestion, ask: Ask) -> Outcome:
    """The outcome of one question; an error that a user would see stands in it and scores as a wrong answer."""
    started = time.perf_counter()
    try:
        answer = ask(Question(text=gold.text, history=gold.history))
    except RagError as error:
        return Outcome(Status.ABSTAINED, error=str(error), seconds=time.perf_counter() - started)
    return outcome_of(answer, time.perf_counter() - started)
