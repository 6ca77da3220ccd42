"""Comparisons whose words stand in an order that the criteria grammar does not read: said again in the plain order.

'at least 2,000 neutrophils per µL' is read as 'absolute neutrophil count at least 2,000 per µL'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.criteria.grammar import read_comparisons
from rag.planning.asking import ask_cues
from rag.planning.lexicon import label_of, named_by_its_unit
from rag.planning.quantities import Quantity, quantity_at
from rag.planning.tables import word_set
from rag.planning.words import Found, Line
from rag.types import Comparison

_NEAR = 5  # words between a variable and its number


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
        if (by_unit := named_by_its_unit(variable.value)):  # 'twenty pack-years'
            wording = wording.replace(label_of(variable.value), f"{by_unit} of", 1) + f" {label_of(variable.value)}"
        again = [
            c
            for c in read_comparisons(wording)
            if c.variable.removesuffix("_uln") == variable.value.removesuffix("_uln")
        ]
        if again:
            last = line.at(end, end + len(unit.group()))[1] if unit and unit.group().strip() else 0
            first = (
                quantity.first if _has_verb_between(line, variable, quantity) else min(variable.first, quantity.first)
            )
            found.append(Found(first, max(variable.last, quantity.last, last), again[0]))
    return tuple(found)


def _has_verb_between(line: Line, variable: Found[str], quantity: Quantity) -> bool:
    """'whose INR rule still lets 1.6 pass': the verb of criteria stands between, and must stay to be read."""
    between = set(range(variable.last, quantity.first))
    return any(between & set(range(f.first, f.last)) for f in ask_cues().find(line))


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
        other = at - 1 > variable.last and line.tokens[at - 1].lemma in word_set("numbers.of_a_kind")
        quantity = None if at in taken or other else quantity_at(line, at)  # 'blood sugar or type 2 diabetes'
        if quantity and not any(
            c in "".join(line.gap(i) for i in range(variable.last, quantity.first + 1)) for c in ",;?"
        ):
            return quantity
    for at in range(max(0, variable.first - _NEAR - 2), variable.first):
        quantity = None if at in taken or _is_within_a_name(line, at) else quantity_at(line, at)
        if quantity and quantity.last <= variable.first and (
            not quantity.bare or line.lemmas(quantity.last, variable.first) in {(), ("for",)}
        ):
            return quantity
    return None


def _is_within_a_name(line: Line, at: int) -> bool:
    """The 6 of 'glucose-6-phosphate': hyphens on both sides, no number of the measure behind it."""
    return at > 0 and line.gap(at) == "-" == line.gap(at + 1) and line.tokens[at - 1].text.isalpha()
