"""With what trials measure: 'use the SF-36', 'assess pain with a visual scale' ask for outcomes so measured."""

from __future__ import annotations

from functools import cache

from rag.criteria.lexicon import load_variables
from rag.planning.lexicon import find_variables
from rag.planning.tables import checked, read_table
from rag.planning.words import Found, Line, Phrases
from rag.types import FieldIs

_SETS = ("nouns", "capital_nouns", "uses", "measures", "means", "criteria", "ends")
_ARTICLES = frozenset({"a", "an", "the", "any", "some", "their", "its", "this"})
_OPENERS = frozenset({"trial", "study", "that", "which", "they", "do", "protocol", "project", "or", "and"})
_LONGEST = 10  # words of what is measured, and of an instrument's name


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(read_table("instruments")[name].split())


@cache
def _names() -> Phrases[str]:
    table = read_table("instruments")
    checked(table, file="instruments", required=(*_SETS, "names", "scores"))
    return Phrases((name, name) for name in table["names"])


def find_instruments(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Found[FieldIs], ...]:
    """Every 'use X' and 'measure Y with X' said of trials where X is a way of measuring, left to right."""
    lemmas = line.lemmas()
    if _words("criteria") & set(lemmas):
        return ()
    found = (_read(line, at, taken) for at in range(1, len(lemmas)) if lemmas[at - 1] in _OPENERS and at not in taken)
    return tuple(match for match in found if match is not None)


def is_in_an_instrument(line: Line, first: int, last: int) -> bool:
    """Whether the tokens are of what trials measure with: the 'QLQ' of 'use the QLQ-C30', though a title bears it."""
    return any(found.first <= first and last <= found.last for found in find_instruments(line))


def _read(line: Line, at: int, taken: frozenset[int]) -> Found[FieldIs] | None:
    """The instrument under the verb at token `at`, with what is measured by it."""
    word = line.lemmas()[at]
    if word in _words("uses"):
        first, last = _stretch(line, at + 1, taken)
        return _found(line, at, (first, last), (first, last)) if _is_instrument(line, first, last) else None
    if word not in _words("measures"):
        return None
    what, end = _stretch(line, at + 1, taken)
    if not what < end < len(line.tokens) or line.lemmas()[end] not in _words("means"):
        return None
    first, last = _stretch(line, end + 1, taken)
    return _found(line, at, (what, last), (first, last)) if _is_instrument(line, first, last) else None


def _found(line: Line, at: int, named: tuple[int, int], by: tuple[int, int]) -> Found[FieldIs]:
    return Found(at, by[1], FieldIs("outcome", (line.words(*named),)))


def _stretch(line: Line, first: int, taken: frozenset[int]) -> tuple[int, int]:
    """The words from `first` on to the end of their phrase, articles before them left out."""
    lemmas = line.lemmas()
    while first < len(lemmas) and lemmas[first] in _ARTICLES:
        first += 1
    last = first
    while last < min(len(lemmas), first + _LONGEST) and not _ends(line, first, last) and last not in taken:
        last += 1
    return first, last


def _ends(line: Line, first: int, last: int) -> bool:
    closes = line.lemmas()[last] in _words("ends") | _words("means") and not _is_inside_a_name(line, last)
    return closes or (last > first and bool(set(line.gap(last)) & set(",;?:")))


def _is_inside_a_name(line: Line, at: int) -> bool:
    """Whether capitals stand on both sides of a small word: the 'and' of 'Sleep and Mood Questionnaire'."""
    around = (line.tokens[at - 1], line.tokens[at + 1]) if 0 < at < len(line.tokens) - 1 else ()
    return bool(around) and all(token.text[:1].isupper() for token in around)


def _is_instrument(line: Line, first: int, last: int) -> bool:
    """Whether tokens `first` to `last` name a way of measuring: a known one, a score of the lexicon, or by its noun."""
    if first >= last:
        return False
    if any(first <= found.first and found.last <= last for found in _names().find(line)):
        return True
    named = [load_variables()[found.value].group for found in find_variables(line) if found.first == first]
    if named:  # performance status and laboratory values are what criteria speak of
        return named[0] in read_table("instruments")["scores"]
    noun = line.lemmas()[last - 1]
    capital = line.tokens[first].text[:1].isupper()
    return last - first > 1 and (noun in _words("nouns") or (capital and noun in _words("capital_nouns")))
