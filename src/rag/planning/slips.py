"""Slips in the small words that make a question: 'waht', 'wich', 'doesnt', 'whos'.

Two letters change places, or one is left out. Only words that nobody knows are set right: no acronym, no word of the
collection or of the lexicons, and none that is written with a capital.
"""

from __future__ import annotations

import re
from functools import cache

from rag.planning.lexicon import concept_words, variable_words
from rag.planning.tables import word_set
from rag.planning.vocabulary import WordIndex

_WORD = re.compile(r"(?<![\w'’-])[a-z]{2,6}(?![\w'’-])")
_NOT = re.compile(r"(?i)\b(do|does|did|is|are|was|were|has|have|had|ca|could|should|would|wo|must|need)nt\b")
_HAVE = re.compile(r"(?i)\b(i|you|we|they|who)ve\b")
_IS = re.compile(r"(?i)\b(who|what|where|how|when|that|there)s\b")


def without_slips(text: str, index: WordIndex) -> str:
    """`text` with apostrophes put back into 'doesnt' and 'whos', and slips in small words set right."""
    text = _HAVE.sub(r"\1've", _IS.sub(r"\1's", _NOT.sub(r"\1n't", text)))
    return _WORD.sub(lambda found: _set_right(found.group(), index), text)


def _set_right(word: str, index: WordIndex) -> str:
    meant = _slips().get(word)
    if meant is None or index.mentioned(word) or word in concept_words() or word in variable_words():
        return word
    return meant


@cache
def _slips() -> dict[str, str]:
    """Slip → the small word that is meant; none that is a word itself, and none that two words share."""
    meant: dict[str, set[str]] = {}
    for word in word_set("slips.small"):
        for slip in _swapped(word):
            meant.setdefault(slip, set()).add(word)
    swapped = {slip for slip, words in meant.items() if len(words) == 1}
    for word in word_set("slips.small"):
        for slip in _shortened(word) - swapped:
            meant.setdefault(slip, set()).add(word)
    words = word_set("slips.small") | word_set("slips.words")
    return {slip: min(words_) for slip, words_ in meant.items() if len(words_) == 1 and slip not in words}


def _swapped(word: str) -> set[str]:
    """The word with two neighbouring letters changed round."""
    return {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)} - {word}


def _shortened(word: str) -> set[str]:
    """A word of four letters or more without one of them, the first excepted."""
    return {word[:at] + word[at + 1 :] for at in range(1, len(word))} if len(word) > 3 else set()
