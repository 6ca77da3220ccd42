"""Fits the weights of `src/rag/answering/data/settling.toml`: whether the draft or the best sentence is told.

    python -m scripts.fit_settling --set index eval/gold/dev.jsonl [--set INDEX GOLD …] [--write sentence|draft]

Each `--set` is an index and the gold files that ask of its records. Two logistic scores over the signs of
`rag.answering.settling`: whether the best sentence holds every fact that the gold file expects, and whether the draft
of the rules does. Each set counts as much as its questions; each is left out of the fit in turn, and what each limit
then gains and costs is printed. `--write` takes the weights of one score: the draft's were left as they were when the
sentence's were fitted anew, for both together did no better. To be run after `scripts/fit_weighing.py`, whose signs go
in.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answering import compose, settling
from rag.answering.draft import Draft
from rag.answering.instead import ranked
from rag.answering.settling import INTENTS, load_settling, may_stand_in, signs_of_draft, signs_of_sentence
from rag.answering.stating import quoted
from rag.answering.weighing import shown
from rag.assistant import Assistant
from rag.evaluation.gold import GoldQuestion, QuestionType, read_gold
from rag.evidence.collect import Judge
from rag.settings import Settings
from rag.snapshot import Snapshot, open_snapshot
from rag.types import AbstentionReason, QueryPlan, Question, Status
from scripts.fit_choosing import hash_of

WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "rag" / "answering" / "data" / "settling.toml"
TYPES = (
    QuestionType.FACT, QuestionType.NUMBER, QuestionType.DEFINITION, QuestionType.BOOLEAN, QuestionType.UNANSWERABLE,
)  # fmt: skip
UNSAID = (0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
LIKELIER = (0.2, 0.3, 0.4)
PENALTY, ROUNDS = 3.0, 30
PARTS = ("sentence", "draft")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question: what tells for the sentence and for the draft, and which of them answer; `told` False: refused."""

    place: str
    answerable: bool
    told: bool
    sentence: Mapping[str, float]
    draft: Mapping[str, float]
    sentence_right: bool
    draft_right: bool


def cases_of(index: Path, gold: Sequence[Path]) -> Iterator[Case]:
    """The questions that ask of one trial, with the drafts that the rules now make of them."""
    snapshot, assistant = open_snapshot(index, Settings(index=index)), Assistant.open(Settings(index=index))
    judge = Judge(snapshot)
    drafted: list[tuple[QueryPlan, Draft]] = []

    def kept(plan: QueryPlan, _: Judge, draft: Draft) -> Draft:
        drafted.append((plan, draft))
        return draft

    before, compose.settled = compose.settled, kept
    try:
        for question in read_gold(gold):
            drafted.clear()
            if question.type not in TYPES or question.history:
                continue
            assistant.ask(Question(question.text))
            case = case_of(question, drafted, snapshot, judge, str(index))
            if case is not None:
                yield case
    finally:
        compose.settled = before


def case_of(
    question: GoldQuestion, drafted: Sequence[tuple[QueryPlan, Draft]], snapshot: Snapshot, judge: Judge, place: str
) -> Case | None:
    """None where a question has several parts or trials, expects no words, or where no sentence may stand in."""
    expect = question.expect
    answerable = expect.status is not Status.ABSTAINED
    if len(drafted) != 1 or (answerable and not expect.facts):
        return None
    [(plan, draft)] = drafted
    named = {trial for ref in plan.trials for trial in ref.trial_ids}
    if len(named) != 1 or plan.intent not in INTENTS or draft.reason not in {None, AbstentionReason.NO_EVIDENCE}:
        return None
    document = snapshot.document(named.pop())
    ranking = ranked(judge, document, plan)
    if not ranking.found or not may_stand_in(judge, document, plan, quoted(shown(ranking))):
        return None
    told = draft.reason is None
    said = " ".join(claim.text for claim in draft.claims)

    def answers(text: str) -> bool:
        return answerable and all(fact.found_in(text) for fact in expect.facts)

    return Case(
        place,
        answerable,
        told,
        signs_of_sentence(document, plan, ranking, draft),
        signs_of_draft(document, plan, ranking, draft) if told else {},
        answers(" ".join(one.text for one in shown(ranking))),
        told and answers(said),
    )


def fit(signs: Sequence[Mapping[str, float]], right: Sequence[bool]) -> Floats:
    """The weights of the raw signs, the bias first; the penalty falls on all others, in equal units."""
    table = _table(signs)[:, 1:]
    middle, width = table.mean(axis=0), table.std(axis=0) + 1e-9
    even = np.hstack([np.ones((len(signs), 1)), (table - middle) / width])
    penalty = np.diag([0.0, *[PENALTY] * table.shape[1]])
    weights = np.zeros(even.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-even @ weights))
        slope = even.T @ (likely - np.array(right)) + penalty @ weights
        weights = weights - np.linalg.solve((even * (likely * (1 - likely))[:, None]).T @ even + penalty, slope)
    raw = weights[1:] / width
    return np.array([weights[0] - float(raw @ middle), *raw])


def _table(signs: Sequence[Mapping[str, float]]) -> Floats:
    return np.array([list(one.values()) for one in signs], dtype=np.float64)


def fit_both(cases: Sequence[Case]) -> tuple[Floats, Floats]:
    """The weights of the sentence, from all cases, and of the draft, from those that are told."""
    told = [case for case in cases if case.told]
    sentence = fit([case.sentence for case in cases], [case.sentence_right for case in cases])
    return sentence, fit([case.draft for case in told], [case.draft_right for case in told])


def _likely(signs: Mapping[str, float], weights: Floats) -> float:
    return float(1 / (1 + np.exp(-np.array(list(signs.values())) @ weights)))


def show_left_out(cases: Sequence[Case]) -> None:
    """Prints, for each set, what limits gain and cost by weights that were fitted on the other sets."""
    for place in sorted({case.place for case in cases}):
        sentence, draft = fit_both([case for case in cases if case.place != place])
        out = [case for case in cases if case.place == place]
        refused = [(case, _likely(case.sentence, sentence)) for case in out if not case.told]
        told = [(case, _likely(case.sentence, sentence), _likely(case.draft, draft)) for case in out if case.told]
        print(f"{place}: {len(told)} told, {sum(case.draft_right for case, *_ in told)} right; {len(refused)} refused")
        for limit in UNSAID:
            chosen = [case for case, likely in refused if likely >= limit]
            right, lost = sum(case.sentence_right for case in chosen), sum(not case.answerable for case in chosen)
            print(f"    unsaid {limit}: {right} right, {len(chosen) - right - lost} wrong, {lost} abstentions lost")
        for by in LIKELIER:
            least = settling.limits().instead
            chosen = [case for case, one, other in told if one >= least and one - other > by]
            gained = sum(case.sentence_right and not case.draft_right for case in chosen)
            lost = sum(case.draft_right and not case.sentence_right for case in chosen)
            print(f"    likelier {by}: {len(chosen)} replaced, {gained} gained, {lost} lost")


def write(part: str, cases: Sequence[Case], data: str) -> None:
    """The weights of one score, with what they were fitted on, in place of those of `settling.toml`; the rest stays."""
    head, _, _ = WEIGHTS.read_text(encoding="utf-8").partition("# What the weights were fitted on.\n")
    told = next(case for case in cases if case.told)
    held = load_settling()
    fitted = {**held["fitted"], part: data}
    for name, signs, weights in zip(PARTS, (told.sentence, told.draft), fit_both(cases), strict=True):
        if name == part:
            held = {**held, part: {sign: round(value, 3) for sign, value in zip(signs, weights.tolist(), strict=True)}}
    text = f"{head}# What the weights were fitted on.\n[fitted]\n"
    text += "".join(f"{name} = {json.dumps(fitted[name])}\n" for name in PARTS)
    for name in PARTS:
        text += f"\n[{name}]\n" + "".join(f"{sign} = {value:.3f}\n" for sign, value in held[name].items())
    WEIGHTS.write_text(text, encoding="utf-8")
    load_settling.cache_clear()


def main() -> None:
    """Fits on the given sets, prints what each limit does, and writes the weights where asked to."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--set", nargs="+", type=Path, action="append", required=True, metavar=("INDEX", "GOLD"))
    arguments.add_argument("--write", choices=PARTS)
    given = arguments.parse_args()
    cases = [case for index, *gold in given.set for case in cases_of(index, gold)]
    show_left_out(cases)
    if given.write:
        paths = [file for _, *gold in given.set for file in gold]
        data = f"{len(cases)} questions of {len(paths)} files; penalty {PENALTY}; sha256 {hash_of(paths)}"
        write(given.write, cases, data)


if __name__ == "__main__":
    main()
