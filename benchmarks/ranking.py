"""Small parts that the retrieval benchmarks share: words, BM25 over fields, and rank fusion by score or rank."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import snowballstemmer

from rag.lexical import stop_words

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))


def words(text: str) -> list[str]:
    """Stemmed words and numbers in their order, stop words left out."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in stop_words()]


class FieldBm25:
    """BM25F (Robertson, Zaragoza, Taylor 2004): term counts of weighted fields are added before they saturate."""

    def __init__(self, fields: Sequence[Mapping[str, Sequence[str]]], weights: Mapping[str, float]) -> None:
        self._k1, b = 1.2, 0.75
        lengths = {name: np.array([len(f.get(name, ())) for f in fields], float) for name in weights}
        norms = {name: 1 - b + b * n / max(n.mean(), 1.0) for name, n in lengths.items()}
        postings: dict[str, dict[int, float]] = {}
        for at, field in enumerate(fields):
            for name, weight in weights.items():
                for term, count in Counter(field.get(name, ())).items():
                    row = postings.setdefault(term, {})
                    row[at] = row.get(at, 0.0) + weight * count / float(norms[name][at])
        self._count = len(fields)
        self._postings = {
            term: (np.fromiter(row, int, len(row)), np.fromiter(row.values(), float, len(row)))
            for term, row in postings.items()
        }

    def idf(self, term: str) -> float:
        held = len(self._postings[term][0]) if term in self._postings else 0
        return math.log(1 + (self._count - held + 0.5) / (held + 0.5))

    def scores(self, query: Mapping[str, float]) -> np.ndarray:
        """float64[documents] for weighted terms."""
        total = np.zeros(self._count)
        for term, weight in query.items():
            if term in self._postings:
                rows, counts = self._postings[term]
                total[rows] += weight * self.idf(term) * counts * (self._k1 + 1) / (counts + self._k1)
        return total


def top(scores: np.ndarray, k: int) -> list[int]:
    """The `k` best rows, ties by row."""
    return [int(row) for row in np.argsort(-scores, kind="stable")[:k]]


def reciprocal_ranks(scores: np.ndarray, k: int = 60) -> np.ndarray:
    """1/(60 + rank), ranks from 1 (Cormack et al. 2009); rows that score nothing get nothing."""
    found = np.zeros(len(scores))
    order = np.argsort(-scores, kind="stable")
    found[order] = 1 / (k + 1 + np.arange(len(scores)))
    return np.where(scores > 0, found, 0.0)


def scaled(scores: np.ndarray) -> np.ndarray:
    """Scores over their range, in [0, 1]; all 0 where they are all alike."""
    spread = scores.max() - scores.min() if len(scores) else 0.0
    return (scores - scores.min()) / spread if spread > 0 else np.zeros(len(scores))
