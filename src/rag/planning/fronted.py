"""A measure asked for in front of the trials that limit it: 'What INR do thrombolysis trials allow?' asks for cut-offs.

The verb's object is the measure itself, so that nothing else of the question stands under it; said again in the plain
form, 'What INR cut-offs do thrombolysis trials use?', it is read as any other survey of limits.
"""

from __future__ import annotations

from rag.planning.lexicon import find_variables
from rag.planning.tables import word_set
from rag.planning.words import Found, Line, read_line

_ASIDES = 2  # words between the question word and the measure: 'what minimum platelet count'
_NOUNS = frozenset({"trial", "study", "protocol"})


def cut_offs_in_full(text: str) -> str:
    """The question with 'cut-offs' behind a measure that is asked for in front of its trials; others as they stand."""
    if not text.lstrip().casefold().startswith(("what ", "which ")):
        return text
    line = read_line(text)
    measure = _measure(line)
    if measure is None:
        return text
    first = measure.last
    while first < len(line.tokens) and line.tokens[first].lemma in word_set("fronted.nouns"):
        first += 1
    lemmas = line.lemmas()
    if not _has_trials(line, first):
        return text
    name = line.words(measure.first, measure.last)
    last = len(lemmas) - (lemmas[-1] in {"for", "on", "upon"})
    if lemmas[first : first + 1] == ("do",) and lemmas[last - 1] in word_set("fronted.verbs"):
        return f"What {name} cut-offs do {line.words(first + 1, last - 1)} use?"
    if lemmas[first : first + 1] in {("is",), ("are",)} and lemmas[first + 1] in word_set("fronted.participles"):
        return f"What {name} cut-offs are used {line.words(first + 2, len(lemmas))}?"
    return text


def _measure(line: Line) -> Found[str] | None:
    """The measure right behind the question word, and a word or two that say which end of it."""
    found = next(iter(find_variables(line)), None)
    if found is None or not 1 <= found.first <= 1 + _ASIDES:
        return None
    return found if word_set("fronted.ends").issuperset(line.lemmas(1, found.first)) else None


def _has_trials(line: Line, first: int) -> bool:
    """Whether several trials are spoken of: of one trial a fact is asked."""
    return any(token.lemma in _NOUNS and token.text.casefold().endswith("s") for token in line.tokens[first:])
