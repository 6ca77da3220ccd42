"""Words that a question and a record use for the same thing: everyday sets, abbreviations, names of a kind of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from rag.criteria.concepts import find_concepts, narrower_or_equal
from rag.evidence.stems import stem, words_of

# 'maximum tolerated dose (MTD)': up to seven words and the letters in brackets.
_SPELT = re.compile(r"((?:[^\W_]+[ -]){1,6}[^\W_]+) ?\(([A-Z][A-Za-z0-9-]{1,9})s?\)")
_SHORT = 4  # letters: a shorter word of a name ('of', 'the') stands for nothing


@cache
def same_words() -> Mapping[str, frozenset[str]]:
    """Stem → the stems that `same_words.toml` sets beside it."""
    table = tomllib.loads(files("rag.answering").joinpath("data/same_words.toml").read_text(encoding="utf-8"))
    found: dict[str, frozenset[str]] = {}
    for line in table["sets"]:
        stems = frozenset(stem(word) for word in words_of(line))
        for one in stems:
            found[one] = found.get(one, frozenset()) | (stems - {one})
    return found


@lru_cache(maxsize=64)
def abbreviations(text: str) -> Mapping[str, frozenset[str]]:
    """Stem of an abbreviation → stems of the words that a text spells it out by, and the other way round."""
    found: dict[str, frozenset[str]] = {}
    for long, short in _SPELT.findall(text):
        words = words_of(long)[-len(short) :]
        while words and words[0][0].casefold() != short[0].casefold():
            words = words[1:]
        stems = frozenset(stem(word) for word in words if len(word) >= _SHORT)
        for one, others in ((stem(short), stems), *((word, frozenset({stem(short)})) for word in stems)):
            found[one] = found.get(one, frozenset()) | others
    return found


def others_of(word: str, text: str) -> frozenset[str]:
    """The stems that stand for the same as a stem, in general and in this text."""
    return same_words().get(word, frozenset()) | abbreviations(text).get(word, frozenset())


def says_otherwise(asked: Collection[str], text: str, record: str) -> bool:
    """Whether a text of a record holds another word for one of the stems asked: 'infusion' for 'drip'."""
    there = {stem(word) for word in words_of(text)}
    return any(others_of(one, record) & there for one in asked)


@lru_cache(maxsize=256)
def _names_in(question: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """(stems of a name, the ids of what it names and of all kinds of that) for each name in a question."""
    return tuple(
        (frozenset(stem(word) for word in words_of(question[m.start : m.end])), narrower_or_equal(m.concept))
        for m in find_concepts(question)
    )


@lru_cache(maxsize=16_384)
def named_in(text: str) -> frozenset[str]:
    """The ids of the concepts that a text names."""
    return frozenset(mention.concept for mention in find_concepts(text))


def named_otherwise(question: str, text: str) -> frozenset[str]:
    """Stems of the names in a question of which a text names the thing, or a kind of it: 'statin', 'heart attack'."""
    names = _names_in(question)
    there = named_in(text) if names else frozenset()
    return frozenset(one for stems, ids in names if ids & there for one in stems)
