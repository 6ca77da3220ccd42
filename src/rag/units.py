"""Units of measurement: their spellings, exact factors, and when two stated numbers are one limit.

Factors are fractions, so a conversion is exact until it is written as a `Decimal` of twelve significant digits.
Spellings and factors are data: `criteria/data/units.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from importlib import resources

SAME_LIMIT_TOLERANCE = Decimal(
    "0.03"
)  # 50 µmol/L for 3 mg/dL of bilirubin is 2.6 % off; 168 for 2.0 mg/dL (5 %) is an error


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `base = value * factor + offset`, in the base unit of its dimension."""

    id: str
    dimension: str
    factor: Fraction
    offset: Fraction = Fraction(0)


@dataclass(frozen=True)
class Units:
    """All units, by id and by spelling; a spelling such as 'mm' may belong to several dimensions."""

    by_id: Mapping[str, Unit]
    by_spelling: Mapping[str, tuple[Unit, ...]]
    by_first: Mapping[str, tuple[str, ...]]  # spellings by first letter, longest first

    def match(self, text: str, at: int) -> tuple[tuple[Unit, ...], int] | None:
        """The unit whose longest spelling stands in lower-case `text` at `at` (blanks skipped), and where it ends."""
        while at < len(text) and text[at] in " \t\n":
            at += 1
        if at >= len(text):
            return None
        found = _spellings_at(text[at]).match(text, at) if text[at] in self.by_first else None
        if found is None:
            return None
        return self.by_spelling[_normal(found.group())], found.end()


@cache
def load_units() -> Units:
    """The units of `units.toml`; ValueError on a duplicate id, a spelling given twice, or an unknown key."""
    raw = tomllib.loads(resources.files("rag.criteria.data").joinpath("units.toml").read_text("utf-8"))
    names = raw.pop("names")
    by_id: dict[str, Unit] = {}
    by_spelling: dict[str, tuple[Unit, ...]] = {}
    spellings: set[str] = set()
    for dimension, members in raw.items():
        for unit_id, row in members.items():
            if set(row) - {"factor", "offset", "spellings"}:
                raise ValueError(f"units.toml: unknown key in {dimension}/{unit_id}: {sorted(row)}")
            if unit_id in by_id:
                raise ValueError(f"units.toml: {unit_id} stands twice")
            unit = Unit(unit_id, dimension, _fraction(row["factor"]), _fraction(row.get("offset", "0")))
            by_id[unit_id] = unit
            given = row["spellings"]
            for spelling in (*given, *(name for name in _long_names(unit_id, names) if name not in given)):
                key = _normal(spelling)
                if spelling in spellings and any(other.dimension == dimension for other in by_spelling.get(key, ())):
                    raise ValueError(f"units.toml: the spelling {spelling!r} stands twice in {dimension}")
                if unit not in by_spelling.get(key, ()):
                    by_spelling[key] = (*by_spelling.get(key, ()), unit)
                spellings.add(spelling)
    return Units(by_id, by_spelling, _by_first(spellings))


def _long_names(unit_id: str, names: Mapping[str, str]) -> list[str]:
    """'milligrams/dl', 'mg/decilitre' and all others for 'mg/dL'; none for a unit that is no fraction of two names."""
    top, _, bottom = unit_id.partition("/")
    if top not in names or bottom not in names:
        return []
    long = [names[top], f"{names[top]}s", *([f"{names[top]}mes"] if top.endswith("g") else [])]
    tops = [top.lower(), *long, *(one.replace("liter", "litre") for one in long)]
    bottoms = [bottom.lower(), names[bottom], names[bottom].replace("liter", "litre")]
    return list(dict.fromkeys(f"{one}/{other}" for one in tops for other in bottoms))[1:]


def _fraction(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(top) / Fraction(bottom or "1")


def _normal(spelling: str) -> str:
    """A spelling without blanks, its 'per' a slash, all degrees one sign."""
    return re.sub(r"\s+", "", re.sub(r"\bper\b", "/", spelling).replace("º", "°").replace("˚", "°"))


def _by_first(spellings: set[str]) -> Mapping[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for spelling in sorted(spellings, key=lambda text: (-len(text), text)):
        first = spelling[0]
        grouped.setdefault(first, []).append(spelling)
        if first == "/":
            grouped.setdefault("p", []).append(spelling)
    return {first: tuple(members) for first, members in grouped.items()}


@cache  # compiled when a text first needs it: a question holds one unit or two
def _spellings_at(first: str) -> re.Pattern[str]:
    """An alternation of the spellings that begin so; blanks are bounded so that it stays linear."""
    return re.compile("|".join(map(_pattern, load_units().by_first[first])))


def _pattern(spelling: str) -> str:
    pieces = re.split(r"(/|(?<=\S) (?=\S)|\bper\b)", spelling)
    body = "".join(_piece(piece) for piece in pieces)
    return body + (r"(?![^\W_])" if spelling[-1].isalnum() else "")


def _piece(piece: str) -> str:
    if piece in {"/", "per"}:
        return r"\s{0,2}(?:/|\bper\b)\s{0,2}"
    return r"\s{0,2}" if piece == " " else re.escape(piece.strip()).replace("°", "[°º˚]")


def days_of(spelling: str) -> Fraction | None:
    """The days in a unit of time, by any of its spellings ('month', 'wks', 'h'); None for what is no such unit."""
    units = load_units().by_spelling.get(_normal(spelling.lower()), ())
    return next((unit.factor for unit in units if unit.dimension == "time"), None)


def decimal_of(number: Fraction) -> Decimal:
    """`number` as a Decimal: exact where twelve significant digits hold it, rounded to them otherwise."""
    with localcontext() as context:
        context.prec = 12
        value = Decimal(number.numerator) / Decimal(number.denominator)
    return (
        value.quantize(Decimal(1))
        if value == value.to_integral_value() and abs(value) < Decimal(10) ** 12
        else value.normalize()
    )


def same_limit(one: Decimal, other: Decimal, tolerance: Decimal = SAME_LIMIT_TOLERANCE) -> bool:
    """Whether two numbers in the same unit are one limit written twice, each rounded: 1.5 mg/dL and 133 µmol/L."""
    return abs(one - other) <= tolerance * max(abs(one), abs(other))
