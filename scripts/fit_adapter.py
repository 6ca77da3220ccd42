"""Fits `src/rag/data/answers.safetensors`: the adapter that brings a question near the sentence that answers it.

    python -m scripts.fit_adapter --set INDEX GOLD … [--set INDEX GOLD …] [--on] [--write]
    python -m scripts.fit_adapter --set INDEX eval/gold/elsewhere/u.jsonl --line
    python -m scripts.fit_adapter --set INDEX eval/gold/elsewhere/k.jsonl --score

Low-rank changes (LoRA: Hu et al. 2021, arXiv:2106.09685) of every dense layer of the packaged model are fitted; its own
weights stay. A question counts where it asks of one trial. A step takes all questions of a few records: each is held
against those sentences of its record that look most like an answer to any of them, so that what answers one question
is what the others must not take. The loss: a softmax over these and "none of these", whose log odds are 0, and one
over the sentences alone. `--on` begins with the shipped adapter in place of no change. Batches, dropout and starting
weights are drawn from a seed, but the last bits of sums differ from processor to processor, so the file is shipped.
`--line` fits what makes log odds of the cosine and the best matches of the pieces, by the same loss, to questions that
the adapter was not fitted on, and writes it into the adapter's header.
`--score` prints how often the best sentence answers, with the shipped adapter. To be run before
`scripts/fit_weighing.py` and `scripts/fit_settling.py`, whose signs it goes into.

The shipped file was fitted thrice: on 3,428 questions in batches of eight questions apart from each other (commit
8af8235), on from there on `i`, `m` and `q`, and on from there on `s` and `t`; its line is of `u`.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from rag.answering.choosing import features, flat_weights
from rag.embedding import packaged_model
from rag.evaluation.gold import GoldQuestion, read_gold
from rag.likeness import ADAPTER, PIECES, Likeness, Line
from rag.planning import make_plan
from rag.settings import Settings
from rag.snapshot import Snapshot, open_snapshot
from rag.types import Question, Status
from scripts.fit_choosing import hash_of, read_question

FIRST = 48  # sentences of a record that are candidates, by their words
HARDEST, DRAWN, POOL = 4, 2, 64  # of a question's candidates: those always compared, those drawn; sentences of a record
RANK, EPOCHS, RECORDS, DROPOUT, SEED = 16, 2, 2, 0.1, 1
RATE, LINE_RATE, DECAY, WARM = 3e-4, 0.005, 0.01, 0.08
SLOPE, SHIFT = 21.0, 6.4  # where the line from cosines to log odds begins
READ = 128  # texts that are read at once
LENGTHS = (16, 32, 48, 64, PIECES + 2)  # batches are padded to these, so that few shapes are prepared


Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Case:
    """One question of one record, the sentences of it best by their words first, and which of them answer."""

    trial: str
    question: str
    placed: tuple[str, ...]
    scores: tuple[float, ...]  # by the words
    answers: tuple[bool, ...]


class LowRank(nn.Module):
    """A dense layer and its change: `weight + b @ a`, which begins as no change."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.a = nn.Parameter(torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.b = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, states: Tensor) -> Tensor:
        changed: Tensor = self.layer(states) + 2 * (states @ self.a.T.to(states.dtype)) @ self.b.T.to(states.dtype)
        return changed


class Reader(nn.Module):
    """The packaged model with low-rank changes, and the line from a cosine to log odds."""

    def __init__(self) -> None:
        super().__init__()
        self.bert: Any = AutoModel.from_pretrained(packaged_model(), local_files_only=True)
        self.tokenizer = AutoTokenizer.from_pretrained(packaged_model(), local_files_only=True)
        for weight in self.bert.parameters():
            weight.requires_grad = False
        self.changed: dict[str, LowRank] = {}
        for name, layer in [one for one in self.bert.encoder.named_modules() if isinstance(one[1], nn.Linear)]:
            above, _, last = name.rpartition(".")
            self.changed[f"encoder.{name}"] = LowRank(layer)
            setattr(self.bert.encoder.get_submodule(above), last, self.changed[f"encoder.{name}"])
        for part in self.bert.modules():
            if isinstance(part, nn.Dropout):
                part.p = DROPOUT
        self.slope, self.shift = nn.Parameter(torch.tensor(SLOPE)), nn.Parameter(torch.tensor(SHIFT))

    def take(self, adapter: Path) -> None:
        """Begins with the changes of a fitted adapter."""
        parts = load_file(adapter)
        for name, one in self.changed.items():
            one.a.data, one.b.data = parts[f"{name}.a"].float(), parts[f"{name}.b"].float() / 2

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """float32[len(texts), 384] of unit length."""
        pieces = self.tokenizer(list(texts), truncation=True, max_length=PIECES + 2)["input_ids"]
        found: list[Tensor] = [torch.empty(0)] * len(texts)
        for least, most in zip((0, *LENGTHS), LENGTHS, strict=False):
            rows = [row for row, one in enumerate(pieces) if least < len(one) <= most]
            ids = torch.zeros(len(rows) + -len(rows) % 16, most, dtype=torch.long)
            for at, row in enumerate(rows):
                ids[at, : len(pieces[row])] = torch.tensor(pieces[row])
            if rows:
                for row, vector in zip(rows, self._pooled(ids), strict=False):
                    found[row] = vector
        return torch.stack(found)

    def _pooled(self, ids: Tensor) -> Tensor:
        mask = (ids != 0).long()
        mask[:, 0] = 1
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        return nn.functional.normalize(((states * weight).sum(1) / weight.sum(1)).float(), dim=-1)


def cases_of(gold: Sequence[Path], snapshot: Snapshot) -> Iterator[Case]:
    """The questions that ask of one trial, answered by one of its sentences or by nothing."""
    for question in read_gold(gold):
        plan = make_plan(Question(question.text), snapshot)
        named = {trial for ref in plan.trials for trial in ref.trial_ids}
        if len(named) != 1 or question.history:
            continue
        case = case_of(question, snapshot, named.pop())
        if case is not None and any(case.answers) == (question.expect.status is not Status.ABSTAINED):
            yield case


def case_of(question: GoldQuestion, snapshot: Snapshot, trial: str) -> Case | None:
    """None where an answer is expected of no single sentence."""
    document, plan = snapshot.document(trial), make_plan(Question(question.text), snapshot)
    units, asked, bare = read_question(plan, document, snapshot)
    flat = flat_weights()
    scores = [sum(flat.get(name, 0.0) * one for name, one in told.items()) for told in features(asked, units)]
    facts = question.expect.facts
    answers = [bool(facts) and all(fact.found_in(unit.text) for fact in facts) for unit in units]
    order = sorted(range(len(units)), key=lambda at: (-scores[at], units[at].span))
    kept = order[:FIRST] + [at for at in order[FIRST:] if answers[at]]
    return Case(
        trial,
        bare,
        tuple(units[at].placed for at in kept),
        tuple(scores[at] for at in kept),
        tuple(answers[at] for at in kept),
    )


def ranked(reader: Reader, cases: Sequence[Case]) -> list[list[int]]:
    """The candidates of each question, those first that the reader and the words take for an answer."""
    said = {text for case in cases for text in (case.question, *case.placed)}
    texts = sorted(said, key=lambda text: (len(text), text))
    weight, slope, shift = flat_weights()["likeness"], float(reader.slope), float(reader.shift)
    vectors: dict[str, Floats] = {}
    reader.eval()
    with torch.no_grad():
        for start in range(0, len(texts), READ):
            part = texts[start : start + READ]
            vectors |= zip(part, reader.vectors(part).numpy(), strict=True)
    orders = []
    for case in cases:
        likes = [slope * float(vectors[case.question] @ vectors[text]) - shift for text in case.placed]
        scores = [one + weight * like for one, like in zip(case.scores, likes, strict=True)]
        orders.append(sorted(range(len(scores)), key=lambda at: (-scores[at], at)))
    return orders


def pool_of(cases: Sequence[Case], orders: Sequence[Sequence[int]], drawn: random.Random) -> list[str]:
    """The sentences of one record that its questions are held against: answers, the likeliest others, a few drawn."""
    kept: dict[str, None] = {}
    for case, order in zip(cases, orders, strict=True):
        answering = [at for at, answers in enumerate(case.answers) if answers]
        kept |= dict.fromkeys(case.placed[at] for at in (*answering[:3], *order[:HARDEST]))
    for case in cases:
        kept |= dict.fromkeys(drawn.sample(case.placed, min(DRAWN, len(case.placed))))
    return list(kept)[:POOL]


def loss_of(reader: Reader, records: Sequence[tuple[Sequence[Case], Sequence[str]]]) -> Tensor:
    """The mean loss of all questions of a few records, each record with its pool."""
    vectors = reader.vectors([text for cases, pool in records for text in (*(case.question for case in cases), *pool)])
    total, at = torch.tensor(0.0), 0
    for cases, pool in records:
        asked, told = vectors[at : at + len(cases)], vectors[at + len(cases) : at + len(cases) + len(pool)]
        at += len(cases) + len(pool)
        for case, odds in zip(cases, reader.slope * (asked @ told.T) - reader.shift, strict=True):
            answers = {text for text, right in zip(case.placed, case.answers, strict=True) if right}
            total = total + _loss(odds, torch.tensor([text in answers for text in pool]))
    return total / sum(len(cases) for cases, _ in records)


def _loss(odds: Tensor, right: Tensor) -> Tensor:
    """How surprising the right sentences of a question are under the log odds: beside "none", and among them all."""
    with_none = torch.cat([torch.zeros_like(odds[:1]), odds])
    among = torch.cat([~right.any(dim=0, keepdim=True), right])
    surprise: Tensor = torch.logsumexp(with_none, 0) - torch.logsumexp(with_none[among], 0)
    return surprise + torch.logsumexp(odds, 0) - torch.logsumexp(odds[right], 0) if right.any() else surprise


def fit(cases: Sequence[Case], on: bool) -> Reader:
    """The reader after `EPOCHS` passes; the loss of each is printed. `on`: begun with the shipped adapter."""
    torch.manual_seed(SEED)
    drawn = random.Random(SEED)
    reader = Reader()
    if on:
        reader.take(ADAPTER)
    records: dict[str, list[int]] = {}
    for at, case in enumerate(cases):
        records.setdefault(case.trial, []).append(at)
    orders = ranked(reader, cases)
    low = [weight for one in reader.changed.values() for weight in (one.a, one.b)]
    line = [reader.slope, reader.shift]
    steps = EPOCHS * math.ceil(len(records) / RECORDS)
    optimizer = torch.optim.AdamW(
        [{"params": low, "lr": RATE}, {"params": line, "lr": LINE_RATE}], weight_decay=DECAY
    )
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (WARM * steps)) * max(0.02, 1 - step / steps)
    )
    for epoch in range(EPOCHS):
        reader.train()
        order = drawn.sample(sorted(records), len(records))
        total = 0.0
        for start in range(0, len(order), RECORDS):
            batch = []
            for trial in order[start : start + RECORDS]:
                own = [cases[at] for at in records[trial]]
                batch.append((own, pool_of(own, [orders[at] for at in records[trial]], drawn)))
            loss = loss_of(reader, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(low, 1.0)
            optimizer.step()
            plan.step()
            optimizer.zero_grad()
            total += float(loss.detach()) * len(batch)
        print(f"epoch {epoch + 1}: loss {total / len(records):.3f}", flush=True)
    return reader


def write(reader: Reader, data: str) -> None:
    """The changes as half-precision numbers; in the header the line of the cosine alone and what all was fitted on."""
    parts = {f"{name}.a": one.a.detach().half() for name, one in reader.changed.items()}
    parts |= {f"{name}.b": (2 * one.b.detach()).half() for name, one in reader.changed.items()}
    _save(parts, Line(float(reader.slope), 0.0, float(reader.shift)), data)


def _save(parts: Mapping[str, Tensor], line: Line, data: str) -> None:
    told = {name: f"{value:.3f}" for name, value in asdict(line).items()}
    save_file(dict(sorted(parts.items())), ADAPTER, metadata={**told, "data": data})


def fitted_line(cases: Sequence[Case], likeness: Likeness) -> Line:
    """The line under which the loss of these questions is least, over all their candidates."""
    near = [(torch.tensor(likeness.near(case.question, case.placed[:FIRST]), dtype=torch.float64),
             torch.tensor(case.answers[:FIRST])) for case in cases]
    line = torch.tensor([SLOPE / 2, SLOPE / 2, SHIFT], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([line], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        total = torch.stack([_loss(told @ line[:2] - line[2], right) for told, right in near]).mean()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    print(f"loss {float(optimizer.step(loss)):.3f} before, {float(loss()):.3f} after")  # type: ignore[no-untyped-call]
    return Line(*line.tolist())


def write_line(line: Line, data: str) -> None:
    """Puts the line into the header of the shipped adapter, and into what it says of its data what the line is of."""
    with safe_open(ADAPTER, framework="pt") as adapter:
        fitted = adapter.metadata()["data"].partition("; line: ")[0]
    _save(load_file(ADAPTER), line, f"{fitted}; line: {data}")


def score(cases: Sequence[Case], snapshot: Snapshot) -> str:
    """How often the sentence answers that is best by its words, by the likeness alone, by both."""
    likeness, weight = snapshot.likeness(), flat_weights()["likeness"]
    asked = [case for case in cases if any(case.answers)]
    right = [0, 0, 0]
    for case in asked:
        likes = likeness(case.question, case.placed[:FIRST]) if likeness else (0.0,) * FIRST
        both = [one + weight * like for one, like in zip(case.scores, likes, strict=False)]
        for which, scores in enumerate((case.scores[:FIRST], likes, both)):
            right[which] += case.answers[max(range(len(scores)), key=scores.__getitem__)]
    by_words, alone, together = (f"{one / len(asked):.3f}" for one in right)
    return f"{len(asked)} questions: by words {by_words}, by likeness {alone}, by both {together}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--set", nargs="+", type=Path, action="append", required=True, metavar=("INDEX", "GOLD"))
    arguments.add_argument("--on", action="store_true")
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--line", action="store_true")
    arguments.add_argument("--score", action="store_true")
    given = arguments.parse_args()
    cases: list[Case] = []
    for index, *gold in given.set:
        snapshot = open_snapshot(index, Settings(index=index))
        own = list(cases_of(gold, snapshot))
        cases += own
        if given.score:
            print(score(own, snapshot))
    files = [file for _, *gold in given.set for file in gold]
    data = f"{len(cases)} questions of {len(files)} files; sha256 {hash_of(files)}"
    if given.line:
        line = fitted_line(cases, Likeness(Settings().model_cache))
        print(line)
        write_line(line, data)
    elif not given.score:
        reader = fit(cases, given.on)
        if given.write:
            write(reader, f"{data}; seed {SEED}")


if __name__ == "__main__":
    main()
