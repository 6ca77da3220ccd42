"""Fits the weights of `src/rag/answering/data/rescue.toml`: when the best sentence is told after all.

    python scripts/fit_rescue.py --set index eval/gold/dev.jsonl eval/gold/dev-more.jsonl [--set INDEX GOLD …] [--write]

Each `--set` is an index and the gold files that ask of its records. A logistic score over the signs of
`rag.answering.rescue`: whether the best sentence holds every fact that the gold file expects. Printed is what each
limit gains and costs among the questions that are now answered "does not say" although no check misses anything in the
sentence, each set left out of the fit in turn. To be run after `scripts/fit_weighing.py`, whose signs go in, and with
the limit of `rescue.toml` at 1.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answering.instead import ranked
from rag.answering.rescue import INTENTS, load_rescue, signs_of
from rag.answering.stating import quoted
from rag.answering.unheld import not_held
from rag.answering.weighing import shown
from rag.assistant import Assistant
from rag.evaluation.gold import GoldQuestion, QuestionType, read_gold
from rag.evidence.collect import Judge
from rag.settings import Settings
from rag.snapshot import Snapshot, open_snapshot
from rag.types import AbstentionReason, Question, Status
from scripts.fit_choosing import hash_of

WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "rag" / "answering" / "data" / "rescue.toml"
TYPES = (
    QuestionType.FACT, QuestionType.NUMBER, QuestionType.DEFINITION, QuestionType.BOOLEAN, QuestionType.UNANSWERABLE,
)  # fmt: skip
LIMITS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
PENALTY, ROUNDS = 5.0, 30

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question: what tells for the best sentence, whether it answers, and whether only the score keeps it back."""

    place: str
    signs: Mapping[str, float]
    right: bool
    answerable: bool
    refused: bool


def case_of(question: GoldQuestion, assistant: Assistant, snapshot: Snapshot, judge: Judge, place: str) -> Case | None:
    """None where the question is of another type, asks of several trials, or expects no words."""
    expect = question.expect
    answerable = expect.status is not Status.ABSTAINED
    if question.type not in TYPES or question.history or (answerable and not expect.facts):
        return None
    answer = assistant.ask(Question(question.text))
    named = {trial for ref in answer.plan.trials for trial in ref.trial_ids}
    if len(named) != 1 or answer.plan.intent not in INTENTS:
        return None
    document = snapshot.document(named.pop())
    ranking = ranked(judge, document, answer.plan)
    if not ranking.found:
        return None
    said = " ".join(one.text for one in shown(ranking))
    return Case(
        place,
        signs_of(judge, document, answer.plan, ranking),
        answerable and all(fact.found_in(said) for fact in expect.facts),
        answerable,
        answer.abstention is not None
        and answer.abstention.reason is AbstentionReason.NO_EVIDENCE
        and not not_held(document, answer.plan, [quoted(shown(ranking))]),
    )


def fit(cases: Sequence[Case]) -> Floats:
    """The weights of the raw signs, the bias first; the penalty falls on all others, in equal units."""
    table = _table(cases)[:, 1:]
    middle, width = table.mean(axis=0), table.std(axis=0) + 1e-9
    even = np.hstack([np.ones((len(cases), 1)), (table - middle) / width])
    right = np.array([case.right for case in cases])
    penalty = np.diag([0.0, *[PENALTY] * table.shape[1]])
    weights = np.zeros(even.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-even @ weights))
        slope = even.T @ (likely - right) + penalty @ weights
        weights = weights - np.linalg.solve((even * (likely * (1 - likely))[:, None]).T @ even + penalty, slope)
    raw = weights[1:] / width
    return np.array([weights[0] - float(raw @ middle), *raw])


def likely(cases: Sequence[Case], weights: Floats) -> Floats:
    """How likely the best sentence of each case answers."""
    found: Floats = 1 / (1 + np.exp(-_table(cases) @ weights))
    return found


def _table(cases: Sequence[Case]) -> Floats:
    return np.array([list(case.signs.values()) for case in cases], dtype=np.float64)


def show_left_out(cases: Sequence[Case]) -> None:
    """Prints what each limit gains and costs where nothing is told now, by weights fitted on the other sets."""
    chances = np.zeros(len(cases))
    for place in sorted({case.place for case in cases}):
        out = [at for at, case in enumerate(cases) if case.place == place]
        chances[out] = likely([cases[at] for at in out], fit([case for case in cases if case.place != place]))
    refused = [(case, one) for case, one in zip(cases, chances.tolist(), strict=True) if case.refused]
    for limit in LIMITS:
        told = [case for case, one in refused if one >= limit]
        right, lost = sum(case.right for case in told), sum(not case.answerable for case in told)
        print(f"{limit}: of {len(refused)} refused {right} right, {len(told) - right - lost} wrong, {lost} lost")


def write(weights: Floats, names: Sequence[str], data: str) -> None:
    """The weights, with what they were fitted on, in place of those of `rescue.toml`; the limit stays."""
    head, _, _ = WEIGHTS.read_text(encoding="utf-8").partition("# What the weights were fitted on.\n")
    signs = "".join(f"{name} = {value:.3f}\n" for name, value in zip(names, weights.tolist(), strict=True))
    text = f"{head}# What the weights were fitted on.\n[fitted]\ndata = {json.dumps(data)}\n\n[sign]\n{signs}"
    WEIGHTS.write_text(text, encoding="utf-8")
    load_rescue.cache_clear()


def main() -> None:
    """Fits on the given sets, prints what each limit does, and writes the weights where asked to."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--set", nargs="+", type=Path, action="append", required=True, metavar=("INDEX", "GOLD"))
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    cases: list[Case] = []
    for index, *gold in given.set:
        snapshot, assistant = open_snapshot(index, Settings(index=index)), Assistant.open(Settings(index=index))
        judge = Judge(snapshot)
        found = (case_of(question, assistant, snapshot, judge, str(index)) for question in read_gold(gold))
        cases += [case for case in found if case is not None]
    show_left_out(cases)
    if given.write:
        paths = [file for _, *gold in given.set for file in gold]
        data = f"{len(cases)} questions of {len(paths)} files; penalty {PENALTY}; sha256 {hash_of(paths)}"
        write(fit(cases), list(cases[0].signs), data)


if __name__ == "__main__":
    main()
