"""Fits the weights of `src/rag/answering/data/weighing.toml`: when the best sentence of a record is told.

    rag index corpus --index index --no-vectors
    python scripts/fit_weighing.py --set index eval/gold/dev.jsonl eval/gold/dev-more.jsonl \
        eval/gold/dev-former-test.jsonl [--set INDEX GOLD …] [--penalty 1] [--write]

Each `--set` is an index and the gold files that ask of its records. Two logistic scores are fitted by Newton's method:
whether the best sentence holds every fact that the gold file expects (a question that the record does not answer counts
as not), and, of questions that either the sentence or the rules of facts answer, but not both, whether the sentence
does. Printed is what each limit gains and costs, each set left out of the fit in turn. To be run after
`scripts/fit_choosing.py`, whose score goes in.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answering import weighing
from rag.answering.instead import ranked
from rag.answering.single import distinct, stated_by_rules
from rag.answering.strange import strange_words
from rag.evaluation.gold import GoldQuestion, QuestionType, read_gold
from rag.evidence.collect import Judge
from rag.planning import make_plan
from rag.settings import Settings
from rag.snapshot import Snapshot, open_snapshot
from rag.types import Intent, Question, Status
from scripts.fit_choosing import hash_of, written

WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "rag" / "answering" / "data" / "weighing.toml"
TYPES = (QuestionType.FACT, QuestionType.NUMBER, QuestionType.DEFINITION, QuestionType.UNANSWERABLE)
LIMITS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8)
ROUNDS = 60

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question: what tells for the sentence, and whether it and the claims answer; `claims` None: none found."""

    place: int
    answerable: bool
    alone: Mapping[str, float]
    against: Mapping[str, float]
    sentence: bool
    claims: bool | None


def case_of(question: GoldQuestion, snapshot: Snapshot, judge: Judge, place: int) -> Case | None:
    """None where the question is of another type, or the plan does not come to the one trial that it asks of."""
    expect = question.expect
    plan = make_plan(Question(question.text), snapshot)
    named = {trial for ref in plan.trials for trial in ref.trial_ids}
    answerable = expect.status is not Status.ABSTAINED
    wanted = {quote.trial_id for quote in expect.evidence} | set(expect.trials or ())
    if question.type not in TYPES or question.history or len(named) != 1 or (answerable and named != wanted):
        return None
    trial = named.pop()
    if plan.intent not in {Intent.FACT, Intent.PROSE} or strange_words(judge, trial, plan):
        return None
    document, ranking = snapshot.document(trial), ranked(judge, snapshot.document(trial), plan)
    if not ranking.found or weighing.is_foreign(weighing.signs_alone(document, plan, ranking)):
        return None
    claims = distinct(claim for claim in stated_by_rules(judge, trial, plan).values() if claim is not None)

    def answers(text: str) -> bool:
        return answerable and all(fact.found_in(text) for fact in expect.facts)

    return Case(
        place,
        answerable,
        weighing.signs_alone(document, plan, ranking),
        weighing.signs_instead(document, plan, ranking, claims),
        answers(" ".join(one.text for one in weighing.shown(ranking))),
        answers(" ".join(claim.text for claim in claims)) if claims else None,
    )


def fit(signs: Floats, right: NDArray[np.bool_], penalty: float) -> Floats:
    """The weights of a logistic score with a quadratic penalty."""
    weights = np.zeros(signs.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-signs @ weights))
        slope = signs.T @ (likely - right) + penalty * weights
        bend = (signs * (likely * (1 - likely))[:, None]).T @ signs + penalty * np.eye(len(weights))
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def left_out(signs: Floats, right: NDArray[np.bool_], places: NDArray[np.int_], penalty: float) -> Floats:
    """The likelihood of each case by weights fitted on the other sets."""
    likely = np.zeros(len(signs))
    for place in sorted(set(places.tolist())):
        out = places == place
        likely[out] = 1 / (1 + np.exp(-signs[out] @ fit(signs[~out], right[~out], penalty)))
    return likely


def _table(cases: Sequence[Mapping[str, float]]) -> Floats:
    return np.array([list(case.values()) for case in cases], dtype=np.float64)


def fit_both(cases: Sequence[Case], penalty: float) -> dict[str, dict[str, float]]:
    """The weights of both scores; what each limit gains and costs is printed."""
    places = np.array([case.place for case in cases])
    signs, right = _table([case.alone for case in cases]), np.array([case.sentence for case in cases])
    likely = left_out(signs, right, places, penalty)
    bare = [(case, one) for case, one in zip(cases, likely.tolist(), strict=True) if case.claims is None]
    for limit in LIMITS:
        told = [case for case, one in bare if one >= limit]
        wrong = sum(not case.sentence and case.answerable for case in told)
        lost = sum(not case.answerable for case in told)
        print(f"alone {limit}: {len(told) - wrong - lost} right, {wrong} wrong, {lost} abstentions lost")
    apart = [case for case in cases if case.claims is not None and case.claims != case.sentence]
    against, better = _table([case.against for case in apart]), np.array([case.sentence for case in apart])
    likely = left_out(against, better, np.array([case.place for case in apart]), penalty)
    for limit in (0.3, 0.35, 0.4, *LIMITS):
        told_right, told = int(better[likely >= limit].sum()), int((likely >= limit).sum())
        print(f"instead {limit}: of {int(better.sum())} {told_right}; of {int((~better).sum())} {told - told_right}")
    return {
        "alone": dict(zip(cases[0].alone, fit(signs, right, penalty).tolist(), strict=True)),
        "instead": dict(zip(cases[0].against, fit(against, better, penalty).tolist(), strict=True)),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--set", nargs="+", type=Path, action="append", required=True, metavar=("INDEX", "GOLD"))
    arguments.add_argument("--penalty", type=float, default=1.0)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    cases: list[Case] = []
    for place, (index, *gold) in enumerate(given.set):
        snapshot = open_snapshot(index, Settings(index=index))
        judge = Judge(snapshot)
        found = (case_of(question, snapshot, judge, place) for question in read_gold(gold))
        cases += [case for case in found if case is not None]
    weights = fit_both(cases, given.penalty)
    print(weights)
    if given.write:
        files = [file for _, *gold in given.set for file in gold]
        data = f"{len(cases)} questions of {len(files)} files; penalty {given.penalty}; sha256 {hash_of(files)}"
        flat = {f"{part}.{name}": value for part, row in weights.items() for name, value in row.items()}
        WEIGHTS.write_text(written(WEIGHTS.read_text(encoding="utf-8"), flat, data, digits=2), encoding="utf-8")


if __name__ == "__main__":
    main()
