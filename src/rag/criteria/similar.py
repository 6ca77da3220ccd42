"""Words that the lexicon has never seen, sought in criterion items.

A phrase is in an item when the item holds every content word of it, by stem, near enough to each other to be one
thing; order and inflection do not matter. What the item does with it is read as for any concept.
"""

from __future__ import annotations

from functools import lru_cache

import snowballstemmer

from rag.criteria.readings import Reading
from rag.criteria.states import read_span_states
from rag.criteria.words import Words, word_set, words_of
from rag.text import fold
from rag.types import Criterion, Span, Stance, State

_LOOSEST = 12  # words that may stand between the first and the last word of a phrase, beyond its own


@lru_cache(maxsize=100_000)
def _stem(key: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(key))


def content_stems(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase that carry its meaning, each once, in order; all of them when none would be left."""
    keys = [key for key in words_of(phrase).keys if key[0].isalnum()]
    kept = [key for key in keys if key not in word_set("empty")] or keys
    return tuple(dict.fromkeys(_stem(key) for key in kept))


def content_words(phrase: str) -> str:
    """The words of a phrase that carry its meaning, as printed; all of them when none would be left."""
    words = words_of(phrase)
    kept = [raw for raw, key in zip(words.raws, words.keys, strict=True) if key not in word_set("empty")]
    return " ".join(dict.fromkeys(raw for raw in kept if raw[0].isalnum())) or phrase


def phrase_spans(phrase: str, item: str) -> tuple[tuple[int, int], ...]:
    """The stretches [start, end) of a folded item that hold all content words of the phrase; () when one lacks."""
    wanted = content_stems(phrase)
    return _spans(wanted, words_of(item)) if wanted else ()


def _spans(wanted: tuple[str, ...], words: Words) -> tuple[tuple[int, int], ...]:
    """Shortest windows that hold every stem, left to right and disjoint. Linear in the words."""
    places = [(place, _stem(key)) for place, key in enumerate(words.keys)]
    hits = [(place, stem) for place, stem in places if stem in wanted]
    found: list[tuple[int, int]] = []
    counts: dict[str, int] = {}
    left = 0
    for right, (place, stem) in enumerate(hits):
        counts[stem] = counts.get(stem, 0) + 1
        while counts[hits[left][1]] > 1:
            counts[hits[left][1]] -= 1
            left += 1
        first = hits[left][0]
        if len(counts) == len(wanted) and place - first < len(wanted) + _LOOSEST:
            found.append((words.starts[first], words.ends[place]))
            counts, left = {}, right + 1
    return tuple(found)


def phrase_matches(phrase: str, item: str) -> bool:
    """Whether a folded item speaks of the phrase, in whatever order and inflection."""
    return bool(phrase_spans(phrase, item))


def phrase_score(phrase: str, item: str) -> float:
    """How much of the phrase an item holds: the share of its content stems, 0 to 1."""
    wanted = content_stems(phrase)
    held = {_stem(key) for key in words_of(item).keys}
    return sum(stem in held for stem in wanted) / len(wanted) if wanted else 0.0


def phrase_states(phrase: str, criterion: Criterion, document_text: str) -> tuple[State, ...]:
    """What a criterion does with a phrase outside the lexicon, as states of concept ''; () when it is silent on it."""
    folded = fold(criterion.span.of(document_text))
    spans = phrase_spans(phrase, folded.text)
    if not spans:
        return ()
    readings = read_span_states(folded.text, criterion.polarity, spans, criterion.headings)
    return tuple(_state(reading, folded.span(reading.start, reading.end), criterion.span.start) for reading in readings)


def _state(reading: Reading, span: Span, offset: int) -> State:
    return State(
        concept="",
        present=reading.stance is not Stance.TURNED_AWAY,
        span=Span(span.start + offset, span.end + offset),
        stance=reading.stance,
        doubts=reading.doubts,
        qualifier=reading.qualifier,
    )
