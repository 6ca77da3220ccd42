"""Limits on a measure that the lexicon does not have, read by the words that somebody asks for it with.

The name is put out of the text, a letter that no record has into its place, and the record is read anew with the whole
grammar: lists, scopes, alternatives and exceptions are what they are for every other limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from rag.criteria.lexer import tokenize
from rag.criteria.lexicon import MEASURE, PLACE, Variable, load_variables
from rag.criteria.tokens import Kind
from rag.text import fold
from rag.types import Atom, Clause, Criterion, Document, State, Unread
from rag.units import load_units

_WORD = re.compile(r"[^\W_]+")
# Words of a name that a record may leave out: 'a cotinine level of 20' and 'cotinine > 20' say the same.
_SPARE = frozenset({"level", "levels", "value", "values", "concentration", "concentrations", "reading", "readings"})
_SHORT = 4  # letters up to which a word has one form


def is_measure(variable: str) -> bool:
    """Whether the id is that of a measure outside the lexicon."""
    return variable.startswith(MEASURE)


def telling_words(variable: str) -> str:
    """The words of the measure's name that a record must hold."""
    return " ".join(_telling(load_variables()[variable].label))


def _telling(words: str) -> list[str]:
    every = _WORD.findall(words)
    return [word for word in every if word.lower() not in _SPARE] or every


@lru_cache(maxsize=256)
def pattern_of(words: str) -> re.Pattern[str]:
    """Where a text names the measure: its words side by side, plural or not, with its short form in brackets."""
    named = r"[\W_]{1,3}".join(_forms(word) for word in _telling(words))
    spare = "|".join(sorted(_SPARE))
    return re.compile(rf"(?i)(?<![^\W_]){named}(?:[ -](?:{spare}))?(?![^\W_])(?: ?[(\[][A-Za-z][\w/ -]{{0,10}}[)\]])?")


def _forms(word: str) -> str:
    escaped = re.escape(word[:-1] if word.endswith("s") and len(word) > _SHORT else word)
    return f"{escaped}(?:s|es)?" if len(word) > _SHORT - 1 else escaped


def read_measure(document: Document, variable: str) -> tuple[Criterion, ...]:
    """The criteria that name the measure, in text order, with what they say of it alone.

    A criterion that names it beside a number that was not read, or a number of another unit, has it as `Unread`.
    """
    from rag.criteria.reading import read_with_measure  # noqa: PLC0415 - a third of all patterns: most questions need none

    known = load_variables()[variable]
    pattern = pattern_of(known.label)
    if pattern.search(document.text) is None:
        return ()
    text = pattern.sub(_put_out, document.text.replace(PLACE, "?"))
    criteria = read_with_measure(replace(document, text=text)).criteria
    return tuple(_of_measure(criteria, document.text, variable))


def _put_out(found: re.Match[str]) -> str:
    return PLACE + " " * (len(found.group()) - 1)


def _of_measure(criteria: tuple[Criterion, ...], text: str, variable: str) -> Iterator[Criterion]:
    known = load_variables()[variable]
    pattern = pattern_of(known.label)
    for criterion in criteria:
        named = pattern.finditer(text, criterion.span.start, criterion.span.end)
        clauses = tuple(_renamed(one, text, known) for one in criterion.requires if _names(one))
        if clauses:
            yield replace(criterion, requires=clauses, concepts=())
        elif any(_NUMBER.match(text, found.end()) for found in named):
            unread = Unread(variable, criterion.span, "a number that was not read")
            yield replace(criterion, requires=(Clause((unread,), criterion.span),), concepts=())


_NUMBER = re.compile(r"[^.;\n\d]{0,30}\d")  # a number close behind the name: a limit, most likely


def _names(clause: Clause) -> bool:
    return any(not isinstance(atom, State) and atom.variable == MEASURE for atom in clause.alternatives)


def _renamed(clause: Clause, text: str, known: Variable) -> Clause:
    """The clause with its own words for the placeholder, as what the measure asked for is limited to."""
    return replace(clause, alternatives=tuple(_atom(atom, text, known) for atom in clause.alternatives))


def _atom(atom: Atom, text: str, known: Variable) -> Atom:
    if isinstance(atom, State) or atom.variable != MEASURE:
        return atom
    if isinstance(atom, Unread):
        return replace(atom, variable=known.id)
    stated = fold(atom.span.of(text)).text
    wanted, given = units_in(f"1 {known.unit}"), units_in(pattern_of(known.label).sub("", stated))
    if wanted and given and not wanted & given:
        return Unread(known.id, atom.span, "a number of another unit")
    if any(load_units().by_id[one].dimension == "time" for one in given - wanted if one in load_units().by_id):
        return Unread(known.id, atom.span, "a length of time beside it")  # 'a mean of 4 to 9 over 7 days'
    return replace(atom, variable=known.id, unit=known.unit, stated=stated)


def units_in(text: str) -> frozenset[str]:
    """The units behind the numbers of a text, as ids; one that is not known as it is written."""
    numbers = [token for token in tokenize(fold(text).text) if token.kind is Kind.NUMBER and token.units]
    known = {unit.id for token in numbers for unit in token.units}
    strange = {text[token.end : token.unit_end].strip().lower() for token in numbers}
    return frozenset(strange if "unknown unit" in known else known)
