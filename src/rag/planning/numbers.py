"""Quantities of a trial itself in a question: 'more than 500 participants', 'three arms', 'a minimum age of 21'.

Clinical values are read by `rag.criteria.grammar`; these are the registry's counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rag.planning.lexicon import find_variables
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import FieldIs
from rag.values import Values, above, at_least, at_most, below, between, exactly

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: value for value, word in enumerate(_UNITS)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
NUMBER_WORDS = frozenset(_WORDS) | frozenset(_SCALES) | {"dozen", "half", "once", "twice"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number at tokens `first` to `last`."""

    first: int
    last: int
    value: Decimal


_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?")


def number_at(line: Line, at: int) -> Number | None:
    """The number that starts at token `at`, in digits or in words."""
    if at >= len(line.tokens):
        return None
    token = line.tokens[at]
    if token.lemma == "a" and line.lemmas(at + 1, at + 2)[:1] and line.lemmas()[at + 1] in _SCALES:
        return Number(at, at + 2, Decimal(_SCALES[line.lemmas()[at + 1]]))
    if _DIGITS.fullmatch(token.text):
        return _scaled(line, Number(at, at + 1, Decimal(token.text.replace(",", ""))))
    if token.lemma not in _WORDS:
        return None
    value, last = _WORDS[token.lemma], at + 1
    if value >= 20 and last < len(line.tokens) and 0 < _WORDS.get(line.tokens[last].lemma, 0) < 10:
        value, last = value + _WORDS[line.tokens[last].lemma], last + 1
    return _scaled(line, Number(at, last, Decimal(value)))


def _scaled(line: Line, number: Number) -> Number:
    if number.last < len(line.tokens) and line.tokens[number.last].lemma in _SCALES:
        return Number(number.first, number.last + 1, number.value * _SCALES[line.tokens[number.last].lemma])
    return number


_OPERATORS = {
    above: (
        "more than",
        "over",
        "above",
        "greater than",
        "larger than",
        "exceeding",
        "upward of",
        "bigger than",
        "higher than",
        "in excess of",
    ),
    at_least: (
        "at least",
        "no fewer than",
        "no less than",
        "minimum of",
        "not less than",
        "or more",
        "a minimum of",
        "not fewer than",
    ),
    below: ("fewer than", "less than", "under", "below", "smaller than", "lower than", "not reaching"),
    at_most: ("at most", "no more than", "up to", "not more than", "maximum of", "a maximum of", "not exceeding"),
}
_BEFORE = {tuple(words.split()): build for build, phrases in _OPERATORS.items() for words in phrases}
_SIGNS = {">": above, "≥": at_least, ">=": at_least, "<": below, "≤": at_most, "<=": at_most, "=": exactly}
_AFTER: Mapping[tuple[str, ...], Callable[[Decimal], Values]] = {
    ("or", "more"): at_least,
    ("or", "greater"): at_least,
    ("or", "higher"): at_least,
    ("or", "older"): at_least,
    ("and", "older"): at_least,
    ("or", "lower"): at_most,
    ("or", "younger"): at_most,
    ("and", "younger"): at_most,
    ("and", "above"): at_least,
    ("and", "over"): at_least,
    ("or", "over"): at_least,
    ("or", "above"): at_least,
    ("or", "fewer"): at_most,
    ("or", "less"): at_most,
    ("and", "under"): at_most,
    ("or", "under"): at_most,
    ("and", "below"): at_most,
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A bounded quantity at tokens `first` to `last`; `bare` when no operator stands with it."""

    first: int
    last: int
    values: Values
    bare: bool


def quantity_at(line: Line, at: int) -> Quantity | None:
    """The quantity whose operator or number starts at token `at`: 'between 100 and 300', '> 500', 'fifty or more'."""
    lemmas = line.lemmas()
    if lemmas[at] in {"between", "from"}:
        return _between(line, at)
    for size in (4, 3, 2, 1):
        build = _BEFORE.get(lemmas[at : at + size])
        number = number_at(line, at + size) if build else None
        if build and number:
            return Quantity(at, number.last, build(number.value), False)
    number = number_at(line, at)
    return _with_tail(line, number) if number is not None else None


def _with_tail(line: Line, number: Number) -> Quantity:
    """A number with the sign before it, or the operator or the end of the range after it."""
    at, after = number.first, line.lemmas(number.last, number.last + 2)
    tail, sign = _AFTER.get(after), _SIGNS.get(line.gap(number.first).strip())
    if tail:
        return Quantity(at, number.last + 2, tail(number.value), False)
    if sign:
        return Quantity(at, number.last, sign(number.value), False)
    end = number_at(line, number.last) if line.gap(number.last).strip() in {"-", "–"} else None
    if after[:1] == ("to",):
        end = number_at(line, number.last + 1)
    if end and end.value > number.value:
        return Quantity(at, end.last, between(number.value, end.value), False)
    return Quantity(at, number.last, exactly(number.value), True)


def _between(line: Line, at: int) -> Quantity | None:
    low = number_at(line, at + 1)
    if low is None or line.lemmas()[low.last : low.last + 1] not in {("and",), ("to",)}:
        return None
    high = number_at(line, low.last + 1)
    return Quantity(at, high.last, between(low.value, high.value), False) if high else None


_COUNTED = {
    **dict.fromkeys(word_set("numbers.people"), "enrollment"),
    "arm": "arms",
    "group": "arms",
    "armed": "arms",
    "site": "sites",
    "center": "sites",
    "hospital": "sites",
    "location": "sites",
    "clinic": "sites",
    "institution": "sites",
    "country": "country_count",
    "nation": "country_count",
    "city": "city_count",
    "collaborator": "collaborator_count",
}
_OUTCOMES = {
    "primary": "primary_outcome_count",
    "main": "primary_outcome_count",
    "secondary": "secondary_outcome_count",
}
_NAMED = {
    ("enrollment",): "enrollment",
    ("sample", "size"): "enrollment",
    ("enrolling",): "enrollment",
    ("enroll",): "enrollment",
    ("recruiting",): "enrollment",
    ("enrolled",): "enrollment",
    ("n",): "enrollment",
    ("size",): "enrollment",
    ("enrollment", "number"): "enrollment",
    ("participant", "number"): "enrollment",
    ("patient", "number"): "enrollment",
    ("site",): "sites",
    ("center",): "sites",
    ("arm",): "arms",
    ("country",): "country_count",
    ("number", "of", "site"): "sites",
    ("number", "of", "center"): "sites",
    ("number", "of", "arm"): "arms",
    ("number", "of", "country"): "country_count",
    ("number", "of", "participant"): "enrollment",
    ("number", "of", "patient"): "enrollment",
    ("age", "limit"): "age.maximum",
    ("minimum", "age"): "age.minimum",
    ("maximum", "age"): "age.maximum",
    ("lower", "age", "limit"): "age.minimum",
    ("upper", "age", "limit"): "age.maximum",
}


@dataclass(frozen=True, slots=True)
class Sized:
    """A predicate on a count at tokens `first` to `last`."""

    first: int
    last: int
    field: FieldIs


def find_counts(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Sized, ...]:
    """'more than 500 participants', 'with 3 arms', 'a sample size above 200', 'minimum age of 21'."""
    found, at = [], 0
    measured = {
        variable.last for variable in find_variables(line) if variable.value != "age"
    }  # 'ECOG 2 patients': no two patients
    while at < len(line.tokens):
        quantity = None if at in taken else quantity_at(line, at)
        sized = _sized(line, quantity) if quantity and not (quantity.bare and quantity.first in measured) else None
        if sized and not taken.intersection(range(sized.first, sized.last)):
            found.append(sized)
            at = sized.last
        else:
            at = quantity.last if quantity else at + 1
    return tuple(found)


def _sized(line: Line, quantity: Quantity) -> Sized | None:
    lemmas = line.lemmas()
    after = quantity.last
    while after < len(lemmas) and lemmas[after] in word_set("numbers.described"):
        after += 1
    field = None if _gets_something(lemmas, after) else _counted(lemmas, quantity.last, after)
    tail = _AFTER.get(lemmas[after + 1 : after + 3])
    if field and tail and quantity.bare:  # 'four arms or more'
        low = quantity.values.intervals[0].low
        return Sized(quantity.first, after + 3, FieldIs(field, numbers=tail(low))) if low is not None else None
    if (
        field == "enrollment"
        and after + 1 < len(lemmas)
        and lemmas[after + 1] in {"aged", "with", "of"}
        and quantity.bare
    ):
        return None  # "accept 82 people aged": no size
    if field and (after == quantity.last or lemmas[after - 1] != "or"):
        return Sized(quantity.first, after + 1, FieldIs(field, numbers=quantity.values))
    near = set(lemmas[quantity.last : quantity.last + 3])
    if quantity.bare and {"trial", "study"} & near and "which" not in near:
        return None  # 'the age limits of the two lupus trials': the trials are counted
    before = quantity.first
    while before > 0 and lemmas[before - 1] in word_set("numbers.filler"):
        before -= 1
    for size in (3, 2, 1):
        named = _NAMED.get(lemmas[max(0, before - size) : before])
        told = lemmas[quantity.first - 1 : quantity.first] in {("of",), ("is",), ("at",)}  # 'an enrollment of 120'
        told = told or bool(set(line.gap(quantity.first)) & set(":="))
        if named and (told or not (size == 1 and quantity.bare)):
            return Sized(before - size, quantity.last, FieldIs(named, numbers=quantity.values))
    return None


def _gets_something(lemmas: tuple[str, ...], at: int) -> bool:
    """'in which one group gets placebo': one of several groups; none is counted."""
    behind = [word for word in lemmas[at + 1 : at + 3] if word not in {"that", "which", "who"}]
    return lemmas[at : at + 1] in {("group",), ("arm",)} and bool(set(behind[:1]) & word_set("numbers.gets"))


def _counted(lemmas: tuple[str, ...], first: int, at: int) -> str | None:
    """The field that the noun at token `at` counts; an outcome by what is said of it from token `first`."""
    if at >= len(lemmas):
        return None
    if lemmas[at] in {"outcome", "endpoint"} or lemmas[at : at + 2] == ("end", "point"):
        return next((_OUTCOMES[word] for word in lemmas[first:at] if word in _OUTCOMES), None)
    return _COUNTED.get(lemmas[at])
