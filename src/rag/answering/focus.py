"""How far words of a record cover what a question asks about: by stem, by label ('arm B'), by concept."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from rag.answering.giving import given
from rag.criteria.concepts import find_concepts, narrower_or_equal
from rag.evidence.stems import stem, words_of
from rag.evidence.topics import content_stems

# Share of the weighed words that a row of a list must hold to be the one meant.
_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Focus:
    """Stems with their weights, labels that must stand side by side, concepts with the stems that they stand for."""

    weights: tuple[tuple[str, float], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    concepts: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.weights or self.labels)

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(word for word, _ in self.weights)

    @property
    def weight(self) -> float:
        return sum(weight for _, weight in self.weights) + len(self.labels)

    def without(self, stems: AbstractSet[str]) -> Focus:
        """The focus without words that say nothing here: the names by which the trial itself goes."""
        named = stems | {one for one, _ in self.weights if any(_akin(one, word) for word in stems)}
        return replace(self, weights=tuple(pair for pair in self.weights if pair[0] not in named))

    def absent(self, text: str) -> frozenset[str]:
        """The stems that stand nowhere in a text."""
        return self.stems - self.held(text, frozenset(stem(word) for word in words_of(text)))

    def share(self, text: str) -> float:
        """The weighed share of the focus that `text` covers; 0 where a label asked for is another or missing."""
        words = [stem(word) for word in words_of(text)]
        if self.labels and not set(self.labels) <= set(pairwise(words)):
            return 0.0
        held = self.held(text, frozenset(words))
        covered = sum(weight for word, weight in self.weights if word in held) + len(self.labels)
        return covered / (self.weight or 1.0)

    def held(self, text: str, words: frozenset[str]) -> frozenset[str]:
        """The stems of the focus that stand in a text, or whose concept (or a narrower one) does by another name.

        'Insulin' is no other name of 'insulin pump': where some words of a name stand there and some do not, it is
        another thing.
        """
        held = self.stems & words
        held |= {one for one in self.stems - held if any(_akin(one, word) for word in words)}
        held |= given(self.stems - held, text)
        if self.concepts and held != self.stems:
            there = {mention.concept for mention in find_concepts(text)}
            held |= {word for ids, stems in self.concepts if ids & there and not stems & words for word in stems}
        return held


@lru_cache(maxsize=65_536)
def _akin(one: str, other: str) -> bool:
    """Whether two stems are forms of one word that the stemmer keeps apart: 'speaker' and 'speak'."""
    short, long = sorted((one, other), key=len)
    return len(short) > 4 and len(long) - len(short) < 4 and long.startswith(short) and long.isalpha()


@lru_cache(maxsize=256)
def focus_on(words: tuple[str, ...]) -> Focus:
    """The focus of a question's words; a word counts by its length: long words are names, short ones frame."""
    pairs = (word.split(" ", 1) for word in words if " " in word)
    labels = tuple((stem(noun), stem(label)) for noun, label in pairs)
    text = " ".join(word for word in words if " " not in word)
    weights = tuple((word, min(len(word), 8) / 8) for word in content_stems(text))
    concepts = tuple(
        (narrower_or_equal(mention.concept), frozenset(content_stems(text[mention.start : mention.end])))
        for mention in find_concepts(text)
    )
    return Focus(weights, labels, concepts, " ".join(words))


def rows_meant(focus: Focus, rows: Sequence[str]) -> tuple[int, ...]:
    """The numbers of the rows that the focus tells apart; none where it tells nothing or fits all alike."""
    if not focus or not rows:
        return ()
    numbers = [int(label) for noun, label in focus.labels if noun == "row" and label.isdigit()]
    if numbers:  # 'the third one'
        return tuple(number - 1 for number in numbers if number <= len(rows))
    shares = [focus.share(row) for row in rows]
    best = max(shares)
    meant = tuple(at for at, share in enumerate(shares) if share >= best - 1e-9)
    return meant if best >= _ENOUGH and (len(meant) < len(rows) or len(rows) == 1) else ()
