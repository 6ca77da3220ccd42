"""Words of a text and their stems."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

from rag.evidence.stages import stages_of
from rag.spellings import american

Stems = tuple[str, ...]

# "22weeks" is a number and its unit, whatever a record leaves out between them.
_WORD = re.compile(r"\d+(?=(?:second|minute|hour|day|week|month|year)s?\b)|[^\W_]+", re.IGNORECASE)
# Plurals that the stemmer does not know.
_IRREGULAR = {"children": "child", "women": "woman", "men": "man", "feet": "foot", "teeth": "tooth", "mice": "mouse"}
# Words whose stem is that of quite another word: immunization and immune, colonization and colon, several and severe.
_OWN = frozenset({
    "several", "position", "positioning", "majority", "minority", "responsible", "personality", "experience",
    "terminal", "animation",
})  # fmt: skip
_MADE = re.compile(r"(immun|mobil|colon|fertil)iz(?:e|ed|es|ing|ations?)")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of an English word, the same for British and American spelling."""
    folded = american(word.casefold())
    if folded in _OWN or folded.removesuffix("s") in _OWN:
        return folded.removesuffix("s")
    if made := _MADE.fullmatch(folded):
        return f"{made[1]}iz"
    return str(snowballstemmer.stemmer("english").stemWord(_IRREGULAR.get(folded, folded)))


def keeps_its_beginning(one: str) -> bool:
    """Whether each word of this stem begins with its first four letters: not 'woman', 'cri' of 'crying', 'b7h3'."""
    return len(one) > _BEGINNING and one.isalpha() and one not in _IRREGULAR.values()


_BEGINNING = 4  # letters


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def spans_of(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand."""
    return [one.span() for one in _WORD.finditer(text)]


# "B7-H3", "PD-1", "IL-17", "COVID-19": names that are written with a hyphen, with a space, or in one word.
_NAME = r"\b(?=[A-Za-z]*\d*[ -]?[A-Za-z]*\d)([A-Za-z]{1,5}\d{0,3})%s([A-Za-z]{0,2}\d{1,3})\b"
_HYPHENED = re.compile(_NAME % "-")
_APART = re.compile(f"(?={_NAME % '[ -]'})")  # "with B7-H3": the words of one name may begin another


def without_hyphen(text: str) -> str:
    """The text with such names in one word: 'B7H3'."""
    return _HYPHENED.sub(r"\1\2", text)


@lru_cache(maxsize=4096)
def stems_of(text: str) -> Stems:
    """The stems of a text in order, and behind them names in two parts and stages as one word: 'b7h3', 'stage3'."""
    joined = ("".join(pair).casefold() for pair in _APART.findall(text))
    return (*(stem(word) for word in words_of(text)), *joined, *stages_of(text))
