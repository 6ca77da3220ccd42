"""Numbers in a question and what bounds them: '> 500', 'fifty or more', 'at least 20 but not above 90', 'from 2 to 5'.

One grammar for every count of a trial: an operator, denied or not, before the number or behind it, and one end or two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from rag.planning.tables import checked, read_table, word_set
from rag.planning.words import Found, Line, Phrases, lemmas_of
from rag.values import Values, above, at_least, at_most, below, between, exactly

_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: value for value, word in enumerate(_UNITS)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
NUMBER_WORDS = frozenset(_WORDS) | frozenset(_SCALES) | {"half", "once", "twice"}


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
    if token.lemma not in _WORDS or token.text.casefold() == "ones":
        return None
    value, last = _WORDS[token.lemma], at + 1
    if value >= 20 and last < len(line.tokens) and 0 < _WORDS.get(line.tokens[last].lemma, 0) < 10:
        value, last = value + _WORDS[line.tokens[last].lemma], last + 1
    return _scaled(line, Number(at, last, Decimal(value)))


def _scaled(line: Line, number: Number) -> Number:
    if number.last < len(line.tokens) and line.tokens[number.last].lemma in _SCALES:
        return Number(number.first, number.last + 1, number.value * _SCALES[line.tokens[number.last].lemma])
    return number


# ── What bounds a number ─────────────────────────────────────────────────────────────────────────────────────────────

_Build = Callable[[Decimal], Values]
_BUILDERS: Mapping[str, _Build] = {"above": above, "at_least": at_least, "below": below, "at_most": at_most}
_DENIED: Mapping[str, str] = {"above": "at_most", "at_least": "below", "below": "at_least", "at_most": "above"}
_SIGNS = {">": above, "≥": at_least, ">=": at_least, "<": below, "≤": at_most, "<=": at_most, "=": exactly}


@cache
def _bounds(place: str) -> Mapping[tuple[str, ...], str]:
    table = read_table("bounds")
    checked(table, file="bounds", required=("before", "after", "idle"))
    return {lemmas_of(phrase): name for name, phrases in table[place].items() for phrase in phrases}


@cache
def _idle() -> Phrases[str]:
    return Phrases((phrase, "idle") for phrase in read_table("bounds")["idle"]["words"])


_LONGEST = 5  # words of the longest bound


def bound_before(line: Line, at: int) -> Found[str] | None:
    """The bound that starts at token `at`, a denial with it: 'not above' says 'at_most'."""
    denied = line.lemmas(at, at + 1)[:1] and line.lemmas()[at] in word_set("quantities.denials")
    start = at + bool(denied)
    for size in range(_LONGEST, 0, -1):
        words = line.lemmas(start, start + size)
        name = _bounds("before").get(words) if len(words) == size else None
        if name:
            return Found(at, start + size, _DENIED[name] if denied else name)
    return None


def bound_after(line: Line, at: int) -> Found[str] | None:
    """The bound that stands at token `at`, behind a number: 'or more', 'and under'; not 'phase 2 and over 100 men'."""
    if line.lemmas(at, at + 1) in {("and",), ("or",)}:
        following = bound_before(line, at + 1)
        if following is not None and number_at(line, _past_idle(line, following.last)) is not None:
            return None
    for size in range(_LONGEST, 0, -1):
        words = line.lemmas(at, at + size)
        name = _bounds("after").get(words) if len(words) == size else None
        if name:
            return Found(at, at + size, name)
    return None


def bounded(name: str, number: Decimal) -> Values:
    """The numbers on that side of the number."""
    return _BUILDERS[name](number)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A bounded quantity at tokens `first` to `last`; `bare` when no operator stands with it."""

    first: int
    last: int
    values: Values
    bare: bool


def quantity_at(line: Line, at: int) -> Quantity | None:
    """The quantity whose operator or number starts at token `at`, both of its ends: 'over 70 but below 100'."""
    one = _side(line, at)
    return None if one is None else two_ended(line, one) or one


def two_ended(line: Line, one: Quantity, at: int = 0) -> Quantity | None:
    """The quantity with the other end that a word for 'and' adds at token `at`; None where none is added."""
    at = at or one.last
    if one.bare or at >= len(line.tokens):
        return None
    start = at
    while start < len(line.tokens) and start < at + 3 and line.tokens[start].lemma in word_set("quantities.joining"):
        start += 1
    joined = start > at or line.gap(at).strip() == ","
    other = _side(line, start) if joined and start < len(line.tokens) else None
    if other is None or other.bare or not _are_two_ends(one.values, other.values):
        return None
    return Quantity(one.first, other.last, one.values & other.values, False)


def _are_two_ends(one: Values, other: Values) -> bool:
    ends = [(values.intervals[0].low is None, values.intervals[-1].high is None) for values in (one, other)]
    return sorted(ends) == [(False, True), (True, False)] and not (one & other).is_empty


def _side(line: Line, at: int) -> Quantity | None:
    """One end, or a range that is told as one: '> 500', 'at least 20', 'not above 90', '40 or more', 'from 2 to 5'."""
    if line.lemmas()[at] in {"between", "from"}:
        return _between(line, at)
    bound = bound_before(line, at)
    if bound is not None:
        number = number_at(line, _past_idle(line, bound.last))
        return None if number is None else Quantity(at, number.last, bounded(bound.value, number.value), False)
    number = number_at(line, at)
    if number is None or (line.lemmas(at, at + 1) == ("one",) and bound_before(line, at + 1) is not None):
        return None  # 'a maximum age, but one above 70'
    return _with_tail(line, number)


def _past_idle(line: Line, at: int) -> int:
    found = _idle().find_at(line, at) if at < len(line.tokens) else None
    return found.last if found else at


def _with_tail(line: Line, number: Number) -> Quantity:
    """A number with the sign before it, or the operator or the end of the range after it."""
    at, last = number.first, number.last
    tail, sign = bound_after(line, last), _SIGNS.get(line.gap(at).strip(" ,;:("))
    if sign:
        return Quantity(at, last, sign(number.value), False)
    if line.gap(last).startswith("+") and not line.gap(last)[1:2].isalnum():
        return Quantity(at, last, at_least(number.value), False)
    if tail is not None and not line.gap(last).strip():
        return Quantity(at, tail.last, bounded(tail.value, number.value), False)
    if line.lemmas(last, last + 1) == ("digit",) and 0 < number.value < _MANY_DIGITS:
        low = Decimal(10) ** (int(number.value) - 1)
        return Quantity(at, last + 1, between(low, low * 10 - 1), False)  # 'a four-digit enrolment'
    end = number_at(line, last) if line.gap(last).strip() in {"-", "–"} else None
    if line.lemmas(last, last + 1) == ("to",):
        end = number_at(line, last + 1)
    if end and end.value > number.value:
        return Quantity(at, end.last, between(number.value, end.value), False)
    return Quantity(at, last, exactly(number.value), True)


_MANY_DIGITS = 10


def _between(line: Line, at: int) -> Quantity | None:
    low = number_at(line, at + 1)
    if low is None:
        return None
    joins = (("up", "to"), ("and",), ("to",), ("through",), ("until",))
    join = next((words for words in joins if line.lemmas(low.last, low.last + len(words)) == words), None)
    if join is None:
        return None
    high = number_at(line, low.last + len(join))
    return Quantity(at, high.last, between(low.value, high.value), False) if high else None
