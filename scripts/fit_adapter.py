"""Fits `src/rag/data/answers.safetensors`: the adapter that brings a question near the sentence that answers it.

    python -m scripts.fit_adapter --index INDEX --gold eval/gold/elsewhere/i.jsonl eval/gold/elsewhere/m.jsonl [--write]
    python -m scripts.fit_adapter --index INDEX --gold eval/gold/elsewhere/k.jsonl --score

Low-rank changes (LoRA: Hu et al. 2021, arXiv:2106.09685) of every dense layer of the packaged model are fitted; its own
weights stay. A question counts where it asks of one trial; its candidates are the sentences of that record that rank
first by their words, and those that answer. The loss: a softmax over the candidates and "none of these", whose log odds
are 0, and one over the candidates alone. Batches, dropout and starting weights are drawn from a seed, but the last bits
of sums differ from processor to processor, so the file is shipped. One pass over 3,428 questions takes some 15 minutes
on two cores that have bfloat16. `--score` prints how often the best sentence answers, with the shipped adapter. To be
run before `scripts/fit_weighing.py`, whose signs it goes into.

When the shipped file was made, `choosing.read_question` did not yet take words of a question for what a sentence names
otherwise: the order of some candidates was another.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from rag.answering.choosing import features, flat_weights
from rag.embedding import packaged_model
from rag.evaluation.gold import GoldQuestion, read_gold
from rag.likeness import ADAPTER, PIECES
from rag.planning import make_plan
from rag.settings import Settings
from rag.snapshot import Snapshot, open_snapshot
from rag.types import Question, Status
from scripts.fit_choosing import hash_of, read_question

FIRST, HARDEST, DRAWN = 48, 5, 4  # candidates that rank first; those always compared; those drawn from the rest
RANK, EPOCHS, BATCH, DROPOUT, SEED = 16, 3, 8, 0.1, 1
RATE, LINE_RATE, DECAY, WARM = 5e-4, 0.02, 0.01, 0.08
SLOPE, SHIFT = 20.0, 8.0  # where the line from cosines to log odds begins
LENGTHS = (16, 32, 48, 64, PIECES + 2)  # batches are padded to these, so that few shapes are prepared


@dataclass(frozen=True, slots=True)
class Case:
    """One question, the sentences of the record best by their words first, and which of them answer."""

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
        bare,
        tuple(units[at].placed for at in kept),
        tuple(scores[at] for at in kept),
        tuple(answers[at] for at in kept),
    )


def loss_of(reader: Reader, cases: Sequence[Case], drawn: random.Random) -> Tensor:
    """The mean loss of a batch."""
    chosen = [_candidates(case, drawn) for case in cases]
    texts = [
        text
        for case, rows in zip(cases, chosen, strict=True)
        for text in (case.question, *(case.placed[row] for row in rows))
    ]
    vectors, total, at = reader.vectors(texts), torch.tensor(0.0), 0
    for case, rows in zip(cases, chosen, strict=True):
        odds = reader.slope * (vectors[at + 1 : at + 1 + len(rows)] @ vectors[at]) - reader.shift
        at += 1 + len(rows)
        right = torch.tensor([case.answers[row] for row in rows])
        with_none = torch.cat([torch.zeros(1), odds])
        among = torch.cat([~right.any(dim=0, keepdim=True), right])
        total = total + torch.logsumexp(with_none, 0) - torch.logsumexp(with_none[among], 0)
        if right.any():
            total = total + torch.logsumexp(odds, 0) - torch.logsumexp(odds[right], 0)
    return total / len(cases)


def _candidates(case: Case, drawn: random.Random) -> list[int]:
    first = list(range(min(FIRST, len(case.placed))))
    rows = first[:HARDEST] + drawn.sample(first[HARDEST:], min(DRAWN, len(first[HARDEST:])))
    return rows + [row for row, answers in enumerate(case.answers) if answers and row not in rows]


def fit(cases: Sequence[Case]) -> Reader:
    """The reader after `EPOCHS` passes; the loss of each is printed."""
    torch.manual_seed(SEED)
    drawn = random.Random(SEED)
    reader = Reader()
    low = [weight for one in reader.changed.values() for weight in (one.a, one.b)]
    line = [reader.slope, reader.shift]
    steps = EPOCHS * math.ceil(len(cases) / BATCH)
    optimizer = torch.optim.AdamW(
        [{"params": low, "lr": RATE}, {"params": line, "lr": LINE_RATE}], weight_decay=DECAY
    )
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (WARM * steps)) * max(0.02, 1 - step / steps)
    )
    for epoch in range(EPOCHS):
        reader.train()
        order = drawn.sample(range(len(cases)), len(cases))
        total = 0.0
        for start in range(0, len(order), BATCH):
            batch = [cases[at] for at in order[start : start + BATCH]]
            loss = loss_of(reader, batch, drawn)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(low, 1.0)
            optimizer.step()
            plan.step()
            optimizer.zero_grad()
            total += float(loss.detach()) * len(batch)
        print(f"epoch {epoch + 1}: loss {total / len(cases):.3f}")
    return reader


def write(reader: Reader, data: str) -> None:
    """The changes as half-precision numbers, with the line and what all was fitted on in the header."""
    parts = {f"{name}.a": one.a.detach().half() for name, one in reader.changed.items()}
    parts |= {f"{name}.b": (2 * one.b.detach()).half() for name, one in reader.changed.items()}
    line = {"slope": f"{float(reader.slope):.3f}", "shift": f"{float(reader.shift):.3f}"}
    save_file(dict(sorted(parts.items())), ADAPTER, metadata={**line, "data": data})


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
    words, alone, both = (f"{one / len(asked):.3f}" for one in right)
    return f"{len(asked)} questions: by words {words}, by likeness {alone}, by both {both}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--index", type=Path, required=True)
    arguments.add_argument("--gold", type=Path, nargs="+", required=True)
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--score", action="store_true")
    given = arguments.parse_args()
    snapshot = open_snapshot(given.index, Settings(index=given.index))
    cases = list(cases_of(given.gold, snapshot))
    if given.score:
        print(score(cases, snapshot))
        return
    reader = fit(cases)
    if given.write:
        write(reader, f"{len(cases)} questions of {len(given.gold)} files; seed {SEED}; sha256 {hash_of(given.gold)}")


if __name__ == "__main__":
    main()
