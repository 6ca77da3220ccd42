"""Evidence lines of NLI4CT: rank the lines of a section by the statement. Tables stand in retrieval_nli4ct.md.

    python benchmarks/retrieval_nli4ct.py --labelled ../shared/labelled [--cache FOLDER]

Development split; what is trained or tuned, on the training split alone. R-precision: precision of the first R lines,
R the number of evidence lines. F1 over all lines (micro), the cut tuned on the training split.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ranking import FieldBm25, reciprocal_ranks, scaled, words
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rag.embedding import open_embedder
from rag.settings import Settings

_SECTIONS = ("Intervention", "Eligibility", "Results", "Adverse Events")


@dataclass(frozen=True, slots=True)
class Query:
    """One statement against one section of one trial: which of `lines` are evidence?"""

    split: str
    section: str
    statement: str
    compares: bool
    lines: tuple[str, ...]
    evidence: frozenset[int]


def read_queries(folder: Path) -> list[Query]:
    trials = {t["Clinical Trial ID"]: t for t in _records(folder / "nli4ct_trials.jsonl.gz")}
    found = []
    for row in _records(folder / "nli4ct_statements.jsonl.gz"):
        for side in ("Primary", "Secondary"):
            evidence = row.get(f"{side}_evidence_index")
            if evidence:
                lines = tuple(trials[row[f"{side}_id"]][row["Section_id"]])
                compares = row["Type"] == "Comparison"
                found.append(
                    Query(row["split"], row["Section_id"], row["Statement"], compares, lines, frozenset(evidence))
                )
    return found


def _records(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


# ── Scores of one query's lines ──────────────────────────────────────────────────────────────────────────────────────


class Signals:
    """BM25 (idf over every line of the collection) and cosine of MiniLM for any statement and line."""

    def __init__(self, queries: Sequence[Query], cache: Path) -> None:
        self.lines = sorted({line for query in queries for line in query.lines})
        self.row = {line: at for at, line in enumerate(self.lines)}
        self.words = {line: words(line) for line in self.lines}
        self._bm25 = FieldBm25([{"line": self.words[line]} for line in self.lines], {"line": 1.0})
        statements = sorted({query.statement for query in queries})
        self._statement_row = {statement: at for at, statement in enumerate(statements)}
        self._line_vectors = _vectors(self.lines, cache / "nli4ct-lines.npy")
        self._statement_vectors = _vectors(statements, cache / "nli4ct-statements.npy")

    def rows(self, query: Query) -> list[int]:
        return [self.row[line] for line in query.lines]

    def bm25(self, query: Query) -> np.ndarray:
        return self._bm25.scores(dict.fromkeys(words(query.statement), 1.0))[self.rows(query)]

    def dense(self, query: Query) -> np.ndarray:
        vector = self._statement_vectors[self._statement_row[query.statement]]
        return self._line_vectors[self.rows(query)] @ vector

    def rrf(self, query: Query) -> np.ndarray:
        return reciprocal_ranks(self.bm25(query)) + reciprocal_ranks(self.dense(query) + 1)

    def summed(self, query: Query) -> np.ndarray:
        return scaled(self.bm25(query)) + scaled(self.dense(query))


def _vectors(texts: Sequence[str], path: Path) -> np.ndarray:
    """Vectors of the texts, kept in a file between runs; texts beyond 254 word pieces are cut for this measurement."""
    if path.exists():
        kept = np.load(path)
        if len(kept) == len(texts):
            return kept
    embedder = open_embedder(Settings())
    vectors = embedder.embed_passages([_fitting(text, embedder) for text in texts])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors)
    return vectors


def _fitting(text: str, embedder: object) -> str:
    while embedder.count_tokens(text) > embedder.max_pieces:
        text = text[: int(len(text) * 0.9)]
    return text


def smoothed(scores: np.ndarray, share: float = 0.5) -> np.ndarray:
    """Each score plus a share of its neighbours': evidence stands in runs of lines."""
    padded = np.concatenate([[0.0], scores, [0.0]])
    return scores + share * (padded[:-2] + padded[2:]) / 2


# ── Trained fusion ───────────────────────────────────────────────────────────────────────────────────────────────────


def features(query: Query, signals: Signals) -> np.ndarray:
    """float64[lines, features]: both scores, their neighbours', the heading's, coverage, place, length, section."""
    bm25, dense = signals.bm25(query), signals.dense(query)
    heading = _headings(query.lines)
    asked = set(words(query.statement))
    held = [set(signals.words[line]) for line in query.lines]
    numbers = {word for word in asked if word[0].isdigit()}
    count = len(query.lines)
    place = np.arange(count)
    columns = [
        bm25, scaled(bm25), reciprocal_ranks(bm25) * 60, dense, scaled(dense), reciprocal_ranks(dense + 1) * 60,
        smoothed(scaled(bm25), 1.0), smoothed(scaled(dense), 1.0),
        smoothed(smoothed(scaled(bm25) + scaled(dense), 1.0), 1.0),
        scaled(bm25)[heading], dense[heading],
        np.array([len(asked & terms) / max(1, len(asked)) for terms in held]),
        np.array([len(asked & terms) / max(1, len(terms)) for terms in held]),
        np.array([len(numbers & terms) for terms in held], float),
        np.array([line.rstrip().endswith(":") for line in query.lines], float),
        np.array([len(line) - len(line.lstrip()) for line in query.lines], float),
        place / count, 1 / (1 + place), 1 / (count - place), np.full(count, 1 / count), np.full(count, float(count)),
        np.array([min(len(line), 400) / 400 for line in query.lines]),
        np.full(count, dense.max()), np.full(count, dense.mean()), np.full(count, dense.std()),
        np.full(count, float(len(numbers))), np.full(count, float(len(asked))), np.full(count, float(query.compares)),
        *[np.full(count, float(query.section == name)) for name in _SECTIONS],
        *[(query.section == name) * scaled(dense) for name in _SECTIONS],
        *[(query.section == name) * place / count for name in _SECTIONS],
    ]  # fmt: skip
    return np.column_stack(columns)


def _headings(lines: Sequence[str]) -> list[int]:
    """For each line the nearest line above that is less indented or ends with a colon; itself where there is none."""
    found = []
    for at, line in enumerate(lines):
        depth = len(line) - len(line.lstrip())
        above = [
            i for i in range(at - 1, -1, -1)
            if len(lines[i]) - len(lines[i].lstrip()) < depth or lines[i].rstrip().endswith(":")
        ]  # fmt: skip
        found.append(above[0] if above else at)
    return found


def trained(model: object, train: Sequence[Query], signals: Signals) -> Callable[[Query], np.ndarray]:
    rows = np.concatenate([features(query, signals) for query in train])
    labels = np.concatenate([[at in query.evidence for at in range(len(query.lines))] for query in train])
    model.fit(rows, labels)
    return lambda query: model.predict_proba(features(query, signals))[:, 1]


class Stacked:
    """Two passes of boosted trees: the second also sees what the first thinks of the lines around (out of fold)."""

    def __init__(self, build: Callable[[], object], train: Sequence[Query], signals: Signals) -> None:
        self._signals = signals
        halves = train[::2], train[1::2]
        seen: list[tuple[Query, np.ndarray]] = []
        for fit, held in (halves, halves[::-1]):
            score = trained(build(), fit, signals)
            seen += [(query, score(query)) for query in held]
        self._first = trained(build(), train, signals)
        rows = np.concatenate([self._features(query, values) for query, values in seen])
        labels = np.concatenate([[at in query.evidence for at in range(len(query.lines))] for query, _ in seen])
        self._second = build()
        self._second.fit(rows, labels)

    def __call__(self, query: Query) -> np.ndarray:
        return self._second.predict_proba(self._features(query, self._first(query)))[:, 1]

    def _features(self, query: Query, first: np.ndarray) -> np.ndarray:
        padded = np.concatenate([[0.0, 0.0], first, [0.0, 0.0]])
        count = len(first)
        around = [padded[0:count], padded[1 : count + 1], padded[3 : count + 3], padded[4 : count + 4]]
        whole = [np.full(count, number) for number in (first.max(), first.mean(), first.min())]
        columns = [first, scaled(first), first[_headings(query.lines)], *around, *whole]
        return np.column_stack([features(query, self._signals), *columns])


# ── Measures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def r_precision(queries: Sequence[Query], scores: Sequence[np.ndarray]) -> float:
    shares = []
    for query, values in zip(queries, scores, strict=True):
        first = np.argsort(-values, kind="stable")[: len(query.evidence)]
        shares.append(len(query.evidence & set(map(int, first))) / len(query.evidence))
    return float(np.mean(shares))


def prf(queries: Sequence[Query], scores: Sequence[np.ndarray], cut: float) -> tuple[float, float, float]:
    """Precision, recall and F1 over all lines whose score reaches the cut (the best line always counts)."""
    right = listed = wanted = 0
    for query, values in zip(queries, scores, strict=True):
        taken = {int(at) for at in np.flatnonzero(values >= cut)} | {int(np.argmax(values))}
        right += len(taken & query.evidence)
        listed += len(taken)
        wanted += len(query.evidence)
    return right / listed, right / wanted, 2 * right / (listed + wanted)


def best_cut(queries: Sequence[Query], scores: Sequence[np.ndarray]) -> float:
    cuts = np.quantile(np.concatenate(scores), np.linspace(0, 0.98, 99))
    return float(max(cuts, key=lambda cut: prf(queries, scores, float(cut))[2]))


def tuned_on_folds(build: Callable[[], object], train: Sequence[Query], signals: Signals) -> float:
    """The cut of a trained scorer, from scores of training queries it has not seen (two halves)."""
    halves = train[::2], train[1::2]
    parts: list[tuple[Query, np.ndarray]] = []
    for fit, held in (halves, halves[::-1]):
        score = trained(build(), fit, signals)
        parts += [(query, score(query)) for query in held]
    return best_cut([query for query, _ in parts], [values for _, values in parts])


def measure(queries: Sequence[Query], signals: Signals) -> list[list[str]]:
    train = [query for query in queries if query.split == "train"]
    held = [query for query in queries if query.split == "dev"]
    plain = {
        "dense (MiniLM)": signals.dense,
        "BM25": signals.bm25,
        "fused by rank (RRF)": signals.rrf,
        "fused by score": signals.summed,
        "fused by score, neighbours ½": lambda query: smoothed(signals.summed(query)),
        "fused by score, neighbours 1, twice": lambda query: smoothed(smoothed(signals.summed(query), 1.0), 1.0),
    }
    models = {
        "trained: logistic regression": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
        "trained: boosted trees": lambda: HistGradientBoostingClassifier(
            max_iter=200,
            learning_rate=0.06,
            max_leaf_nodes=15,
            min_samples_leaf=60,
            l2_regularization=1.0,
            random_state=1,
        ),
    }
    rows = []
    for name, score in plain.items():
        # Scores are taken over their range in each section: raw ones of two statements do not compare.
        cut = best_cut(train, [scaled(score(query)) for query in train])
        rows.append(_row(name, held, [scaled(score(query)) for query in held], cut))
    for name, build in models.items():
        score = trained(build(), train, signals)
        rows.append(_row(name, held, [score(query) for query in held], tuned_on_folds(build, train, signals)))
    trees = models["trained: boosted trees"]
    score = Stacked(trees, train, signals)
    halves = train[::2], train[1::2]
    seen = [(query, half(query)) for fit, part in (halves, halves[::-1]) for half in [Stacked(trees, fit, signals)]
            for query in part]  # fmt: skip
    cut = best_cut([query for query, _ in seen], [values for _, values in seen])
    rows.append(_row("trained: boosted trees, two passes", held, [score(query) for query in held], cut))
    every = [np.ones(len(query.lines)) for query in held]
    return [_row("every line", held, every, 0.0), *rows]


def _row(name: str, held: Sequence[Query], scores: Sequence[np.ndarray], cut: float) -> list[str]:
    precision, recall, f1 = prf(held, scores, cut)
    return [name, *(f"{n:.3f}" for n in (r_precision(held, scores), precision, recall, f1))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labelled", type=Path, default=Path("../shared/labelled"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/benchmarks"))
    args = parser.parse_args()
    if not (args.labelled / "nli4ct_statements.jsonl.gz").is_file():
        sys.exit(f"skipped: {args.labelled} holds no NLI4CT statements")
    queries = read_queries(args.labelled)
    held = sum(query.split == "dev" for query in queries)
    print(f"{held} statement–section pairs of the development split, {len(queries) - held} to train on\n")
    print("| ranking | R-precision | precision | recall | F1 |\n|---|---|---|---|---|")
    for row in measure(queries, Signals(queries, args.cache)):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
