"""Words of a text and their stems."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

from rag.spellings import american

_WORD = re.compile(r"[^\W_]+")
# Plurals that the stemmer does not know.
_IRREGULAR = {"children": "child", "women": "woman", "men": "man", "feet": "foot", "teeth": "tooth", "mice": "mouse"}


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of an English word, the same for British and American spelling."""
    folded = american(word.casefold())
    return str(snowballstemmer.stemmer("english").stemWord(_IRREGULAR.get(folded, folded)))


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)
