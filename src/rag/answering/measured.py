"""The measure that a question asks for, and whether words give it: 'how many minutes', 'what volume', 'at what cost'.

A number of months is no answer to minutes, a route none to a volume. What is asked and what is then held stands in
`data/measures.toml`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import re2

_ADVERBS = "(?:hourly|daily|overnight|weekly|monthly|yearly|annually)"


@dataclass(frozen=True, slots=True)
class Measure:
    """Words that ask for a measure, words that give one, and what a record does that gives none ('' by the words)."""

    asked: re2._Regexp
    held: re2._Regexp
    lacks: str


@cache
def load_measures() -> tuple[Measure, ...]:
    """The rows of `measures.toml`. ValueError names an unknown key, a row that says no unit, a pattern that fails."""
    table = tomllib.loads(files("rag.answering").joinpath("data/measures.toml").read_text(encoding="utf-8"))
    return tuple(_measure(row, table["words"]) for row in table["measure"])


def _measure(row: dict[str, str], words: dict[str, str]) -> Measure:
    if row.keys() - {"asked", "held", "units", "lacks"} or ("held" in row) == ("units" in row):
        raise ValueError(f"measures.toml, {row.get('asked')}: an unknown key, or not one of held and units")
    held = row.get("held") or _of_units(words["number"], "|".join(words[unit] for unit in row["units"]))
    return Measure(re2.compile(f"(?i){row['asked']}"), re2.compile(f"(?i){held}"), row.get("lacks", ""))


def _of_units(number: str, units: str) -> str:
    """A number of one of the units: '30-60 min', '(15) min', '2 to 3 full days', 'week 12'; or how often."""
    between = rf"(?:\s*(?:-|–|to|or|and|±|x)\s*{number})?[\s-]{{0,2}}(?:[(\[][\w ]+[)\]]\s*)?(?:[a-z]+\s)?"
    return rf"\b{number}\)?{between}(?:{units})(?:\b|$|\W)|\b(?:{units})s?\s*\d|\b{_ADVERBS}\b"


def measures_asked(question: str) -> tuple[Measure, ...]:
    """What a question asks for by its measure; none where it asks otherwise."""
    return tuple(one for one in load_measures() if one.asked.search(question))


def unmeasured(question: str, said: str) -> str:
    """What a record leaves unsaid where words do not give the measure asked for; '' where they give it."""
    for one in measures_asked(question):
        if not one.held.search(said):
            return one.lacks or f"does not tell {one.asked.search(question).group().casefold()}"
    return ""
