"""Comparisons whose words stand in an order that the criteria grammar does not read: said again in the plain order.

'at least 1,700 neutrophils per µL' is read as 'absolute neutrophil count at least 1,700 per µL'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.criteria.grammar import read_comparisons
from rag.planning.lexicon import label_of
from rag.planning.numbers import Quantity, quantity_at
from rag.planning.words import Found, Line
from rag.types import Comparison

_NEAR = 4  # words between a variable and its number
_STUCK = re.compile(r"(?i)(\d)\s?[x×](uln|lln)\b")
_EXACTLY = re.compile(r"(?i)\b(?:exactly|precisely|just)\s+(?=\d)")
# "adults over 65", "anyone under thirty", but not "patients over 70 kg".
_AGED = re.compile(
    r"(?i)\b(adults?|people|patients?|persons?|anyone|anybody|someone|those|participants?|subjects?|men|women|volunteers?)\s+"
    r"(over|above|under|below|younger than|older than|at least|up to)\s+(\d{1,3}|[a-z]+ty(?:[ -][a-z]+)?)\b"
    r"(?=\s*(?:[?.,;]|$|and\b|or\b|in\b|with\b|who\b|to\b|but\b))"
)
# "keep nursing mothers out" is said again as "keep out nursing mothers".
_PARTED = re.compile(
    r"(?i)\b((?:keep|turn|rule|shut|leave|screen)(?:s|ing|ed)?)((?:\s+(?!(?:out|away)\b)[\w'-]+){1,6}?)\s+(out|away)\b"
)
_LETTERED = re.compile(
    r"\b(\d{2})\s?(?:yo|y/o|yr|y)?\s?([FM])\b(?=\s*(?:,|\.|;|$|with\b|on\b|who\b))"
)  # "65F with …", "58 yo M,"
# "my patient, 58, on warfarin", "a woman of 30", but not "a patient of 50 kg".
_OF_AGE = re.compile(
    r"(?i)\b(patient|man|woman|male|female|girl|boy|gentleman|lady|mother|father|wife|husband|son|daughter|"
    r"he is|she is|he were|she were|he was|she was|they were|i am|i'm)"
    r"(?:,? | of | is )(\d{1,3})\b(?=\s*(?:,|\?|\.(?!\d)|;|$|with\b|on\b|who\b|and\b|has\b))"
)
_CLASSES = re.compile(r"(?i)\b(class|nyha|grade|stage)\s+(I{1,3}|IV|\d)\s?/\s?(I{1,3}V?|IV|\d)\b")
_GIGA = re.compile(r"(\d)\s?G/[lL]\b")  # capital: 'g/L' is grams
_YEARS_OLD = re.compile(r"(?i)\b(\d{1,3})[-\s]years?[-\s]olds\b")


def respaced(text: str) -> str:
    """The question with '3×ULN' opened up and 'exactly 8.0' shortened, which means the same."""
    text = _PARTED.sub(r"\1 \3\2", text)
    text = _LETTERED.sub(lambda m: f"age {m.group(1)} years {'woman' if m.group(2) in 'fF' else 'man'}", text)
    text = _OF_AGE.sub(r"\1 aged \2 years", text)
    text = _AGED.sub(r"\1 aged \2 \3 years", text)
    text = _CLASSES.sub(r"\1 \2-\3", text)
    text = _GIGA.sub(r"\1 x 10^9/L", text)
    return _YEARS_OLD.sub(r"age \1 years", _EXACTLY.sub("", _STUCK.sub(r"\1 x \2", text)))


def missed(
    line: Line, variables: Iterable[Found[str]], read: Sequence[Comparison], taken: frozenset[int]
) -> tuple[Found[Comparison], ...]:
    """A comparison for each variable named that has a number near by and was not read; tokens of both are covered."""
    known = {comparison.variable.removesuffix("_uln") for comparison in read}
    found: list[Found[Comparison]] = []
    for variable in variables:
        quantity = _nearby(line, variable, taken | {i for other in found for i in range(other.first, other.last)})
        if variable.value in known or quantity is None:
            continue
        end = line.tokens[max(quantity.last, variable.last) - 1].end
        tail = line.text[end:][:24]
        unit = re.match(r"\s*(?:x\s*10\S+|%|\S*/\S+|per\s+\S+|[munµ]?[gM]\S*)?", tail)
        numbers = line.words(quantity.first, quantity.last)
        sign = line.gap(quantity.first).strip()
        sign = sign if sign in {"<", ">", "≤", "≥", "="} else ""
        wording = f"{label_of(variable.value)} {sign} {numbers}{unit.group() if unit else ''}"
        wording += _trailing(line, max(quantity.last, variable.last))
        again = [
            c
            for c in read_comparisons(wording)
            if c.variable.removesuffix("_uln") == variable.value.removesuffix("_uln")
        ]
        if again:
            last = line.at(end, end + len(unit.group()))[1] if unit and unit.group().strip() else 0
            found.append(Found(min(variable.first, quantity.first), max(variable.last, quantity.last, last), again[0]))
    return tuple(found)


def _trailing(line: Line, at: int) -> str:
    """An operator after the number and the name: '10 pack-years or more'."""
    pair = line.lemmas(at, at + 2)
    return (
        f" {' '.join(pair)}"
        if pair
        in {
            ("or", "more"),
            ("or", "less"),
            ("or", "higher"),
            ("or", "lower"),
            ("or", "fewer"),
            ("or", "above"),
            ("or", "below"),
        }
        else ""
    )


def _nearby(line: Line, variable: Found[str], taken: frozenset[int] | set[int]) -> Quantity | None:
    """The number that belongs to the variable: the first after it, else the last before it, few words away."""
    for at in range(variable.last, min(variable.last + _NEAR, len(line.tokens))):
        quantity = None if at in taken else quantity_at(line, at)
        if quantity and not any(
            c in "".join(line.gap(i) for i in range(variable.last, quantity.first + 1)) for c in ",;?"
        ):
            return quantity
    for at in range(max(0, variable.first - _NEAR - 2), variable.first):
        quantity = None if at in taken else quantity_at(line, at)
        if quantity and quantity.last <= variable.first and (not quantity.bare or quantity.last == variable.first):
            return quantity
    return None
