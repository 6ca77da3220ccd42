"""Fits the weights of `src/rag/answering/data/choosing.toml`: which sentence of a record answers a question.

    rag index corpus --index index --no-vectors
    python scripts/fit_choosing.py --set index eval/gold/dev.jsonl eval/gold/dev-more.jsonl \
        eval/gold/dev-former-test.jsonl [--set INDEX GOLD …] [--penalty 1] [--write]

Each `--set` is an index and the gold files that ask of its records. A question counts where it is asked of one trial
and a sentence of that trial's prose holds the words that the gold file expects. The loss is a list-wise softmax over
all sentences of the record, with a quadratic penalty; it is minimised from zero in a fixed number of steps, so that the
same files give the same weights. Printed is how often the best sentence answers, each set left out of the fit in turn,
beside the weights that are shipped. `--write` puts the new weights in place, with a hash of the gold files. The weight
of `likeness`, which only the few best by all the rest are given, stays as it is: fitted with the rest it does worse.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answering import choosing
from rag.answering.choosing import Asked, features, flat_weights
from rag.answering.pieces import Unit
from rag.answering.prose_facts import load_prose_facts
from rag.evaluation.gold import GoldQuestion, QuestionType, read_gold
from rag.evaluation.scoring import plain_words
from rag.planning import make_plan
from rag.settings import Settings
from rag.snapshot import Snapshot, open_snapshot
from rag.types import Document, QueryPlan, Question, Status

WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "rag" / "answering" / "data" / "choosing.toml"
TYPES = (QuestionType.FACT, QuestionType.NUMBER, QuestionType.COMPARE)
MOST = 5  # sentences that hold the words: where more do, they tell nothing
STEPS, RATE = 400, 0.12

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question: the features of each sentence of the trial's record, and which of the sentences answer."""

    told: Floats
    answers: NDArray[np.bool_]


def cases_of(gold: Path, snapshot: Snapshot, names: Sequence[str]) -> list[Case]:
    """The questions of a gold file that a sentence of one record's prose answers."""
    cases = (case_of(question, snapshot, names) for question in read_gold([gold]))
    return [case for case in cases if case is not None]


def case_of(question: GoldQuestion, snapshot: Snapshot, names: Sequence[str]) -> Case | None:
    """None where the question is of another type, asks of several trials, or no sentence of prose holds the words."""
    trials = {quote.trial_id for quote in question.expect.evidence} or set(question.expect.trials or ())
    if question.type not in TYPES or question.expect.status is not Status.ANSWERED or question.history:
        return None
    if len(trials) != 1 or not trials <= set(snapshot.trial_ids):
        return None
    document = snapshot.document(trials.pop())
    plan = make_plan(Question(question.text), snapshot)
    units, asked, _ = read_question(plan, document, snapshot)
    wanted = [plain_words(quote.contains) for quote in question.expect.evidence]
    holding = [any(words in plain_words(unit.text) for words in wanted) for unit in units]
    telling = [
        bool(question.expect.facts) and all(f.found_in(unit.text) for f in question.expect.facts) for unit in units
    ]
    both = [held and told for held, told in zip(holding, telling, strict=True)]
    answers = np.array(both if any(both) else holding if wanted else telling, dtype=np.bool_)
    if not 0 < answers.sum() <= MOST:
        return None
    rows = [[told.get(name, 0.0) for name in names] for told in features(asked, units)]
    return Case(np.array(rows, dtype=np.float64), answers)


def read_question(plan: QueryPlan, document: Document, snapshot: Snapshot) -> tuple[list[Unit], Asked, str]:
    """As `choosing.read_question`, with the criteria of the record and the rules of the facts that are asked for."""
    items = [criterion.span for criterion in snapshot.read_trial(document.trial_id).criteria]
    rules = [rule for fact in plan.facts if (rule := load_prose_facts().get(fact)) is not None]
    return choosing.read_question(document, plan, rules=rules, items=items)


def fit(cases: Sequence[Case], penalty: float, count: int) -> Floats:
    """The weights with the least loss (Adam over all cases, from zero, a fixed number of steps)."""
    weights, first, second = np.zeros(count), np.zeros(count), np.zeros(count)
    told, answers = np.vstack([case.told for case in cases]), np.concatenate([case.answers for case in cases])
    sizes = np.array([len(case.told) for case in cases])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    for step in range(1, STEPS + 1):
        scores = told @ weights
        likely = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        among = np.where(answers, likely, 0.0)
        whole, part = (np.repeat(np.add.reduceat(one, starts), sizes) for one in (likely, among))
        slope = penalty * weights + (likely / whole - among / np.maximum(part, 1e-12)) @ told
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        weights = weights - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
    return weights


def right(cases: Sequence[Case], weights: Floats, most: int = 1) -> float:
    """The share of cases where one of the `most` best sentences answers; the earlier one of two that score alike."""
    best = [np.argsort(-(case.told @ weights), kind="stable")[:most] for case in cases]
    return sum(bool(case.answers[at].any()) for case, at in zip(cases, best, strict=True)) / (len(cases) or 1)


def report(names: Sequence[Path], sets: Sequence[Sequence[Case]], penalty: float, shipped: Floats) -> str:
    """A line a set: how often its best sentence, or one of the best two, answers by weights fitted without it."""
    lines = []
    for at, name in enumerate(names):
        rest = [case for other, cases in enumerate(sets) if other != at for case in cases] or list(sets[at])
        out, now = (
            [right(sets[at], one, most) for most in (1, 2)] for one in (fit(rest, penalty, len(shipped)), shipped)
        )
        shares = f"left out {out[0]:.2f}, of two {out[1]:.2f}; shipped {now[0]:.2f}, of two {now[1]:.2f}"
        lines.append(f"{name.name:24}{len(sets[at]):4} questions: {shares}")
    return "\n".join(lines)


def written(text: str, weights: Mapping[str, float], data: str, digits: int = 1) -> str:
    """The TOML text with the weights (and what they were fitted on) in place; all else stays, comments too."""
    lines, part = [], ""
    for line in text.splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        key = line.partition(" = ")[0]
        name = _name_of(part, key)
        if name in weights:
            lines.append(f"{key} = {weights[name] + 0.0:.{digits}f}")
        else:
            lines.append(f"data = '{data}'" if (part, key) == ("", "data") else line)
    return "\n".join(lines) + "\n"


def _name_of(part: str, key: str) -> str:
    if part == "weight":
        return key
    return part if key == "weight" else f"{part}.{key}"


def hash_of(paths: Sequence[Path]) -> str:
    """The SHA-256 of the files' bytes, one after the other."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--set", nargs="+", type=Path, action="append", required=True, metavar=("INDEX", "GOLD"))
    arguments.add_argument("--penalty", type=float, default=1.0)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    shipped = {name: weight for name, weight in flat_weights().items() if name != "likeness"}
    names = list(shipped)
    sets = []
    for index, *gold in given.set:
        snapshot = open_snapshot(index, Settings(index=index))
        sets.append([case for file in gold for case in cases_of(file, snapshot, names)])
    where = [index for index, *_ in given.set]
    print(report(where, sets, given.penalty, np.array([shipped[name] for name in names])))
    cases = [case for found in sets for case in found]
    weights = fit(cases, given.penalty, len(names))
    fitted = {name: round(float(value), 1) + 0.0 for name, value in zip(names, weights, strict=True)}
    print(*(f"{name} = {fitted[name]:.1f} ({shipped[name]:.1f})" for name in names), sep="\n")
    if given.write:
        files = [file for _, *gold in given.set for file in gold]
        data = f"{len(cases)} questions of {len(files)} files; penalty {given.penalty}; sha256 {hash_of(files)}"
        WEIGHTS.write_text(written(WEIGHTS.read_text(encoding="utf-8"), fitted, data), encoding="utf-8")


if __name__ == "__main__":
    main()
