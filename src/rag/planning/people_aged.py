"""Ages told right behind people, said again in the plain form: 'children under 2' as 'children aged under 2 years'.

'Adults over 65', 'infants below six months', 'anyone of 90', 'girls between 9 and 12', 'patients 65 and over': a noun
for people, a quantity, and a unit of time or none; with kilograms it is a weight. What goes on with another unit or
noun is no age ('people under 2 years of treatment').
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rag.planning.quantities import Quantity, quantity_at
from rag.planning.tables import stop_words, word_set
from rag.planning.words import Line, read_line
from rag.values import Interval, Values, at_least

_OLDEST = 120  # years; a larger number without a unit is no age
_LINKS = (("who", "are"), ("who", "is"), ("that", "are"), ("aged",), ("age",), ("of", "age"), ("of",), ("from",), ())
_UNITS = {
    **dict.fromkeys(("year", "yr", "y", "yo"), "years"),
    **dict.fromkeys(("month", "mo"), "months"),
    **dict.fromkeys(("week", "wk"), "weeks"),
    "day": "days",
    **dict.fromkeys(("kg", "kilo", "kilogram"), "kg"),
}


@dataclass(frozen=True, slots=True)
class _Aged:
    """An age behind a noun for people: the text from character `start` to `end`, and how it is said plainly."""

    start: int
    end: int
    plain: str


def ages_in_full(text: str) -> str:
    """The text with 'aged' and a unit in every age that is told right behind people."""
    told = list(_ages(read_line(text))) if any(c.isalnum() for c in text) else []
    for aged in reversed(told):
        text = f"{text[: aged.start]} {aged.plain}{text[aged.end :]}"
    return text


def _ages(line: Line) -> Iterable[_Aged]:
    """The ages, in text order; none over another."""
    at = 0
    while at < len(line.tokens):
        people = line.tokens[at].lemma in word_set("ages.people")
        found = next((aged for link in _LINKS if (aged := _behind(line, at + 1, link)) is not None), None)
        while people and found is not None:
            yield found
            at = line.at(found.start, found.end)[1] - 1
            found = _behind(line, at + 1, ("or",)) or _behind(line, at + 1, ("and",))
        at += 1


def _behind(line: Line, first: int, link: tuple[str, ...]) -> _Aged | None:
    """The age that starts at token `first` with the words of `link`."""
    at = first + len(link)
    if line.lemmas(first, at) != link or at >= len(line.tokens):
        return None
    quantity = quantity_at(line, at)
    if quantity is None or any(line.gap(i).strip(" -–<>≤≥=") for i in range(first, quantity.last)):
        return None
    last, values = _open_end(line, quantity)
    if not values.intervals or (values.is_point and not {"of", "aged", "age"} & set(link)):
        return None  # 'patients 65' may be their number
    said = _said(values.intervals[0])
    unit = _UNITS.get(line.tokens[last].lemma) if last < len(line.tokens) else None
    if unit == "kg" and _ends(line, last + 1):
        return _Aged(line.tokens[first - 1].end, line.tokens[last].end, f"weighing {said} kg")
    last = _after_unit(line, last) if unit else last
    doing = bool(link) and last < len(line.tokens) and line.tokens[last].text.endswith("ing")  # 'a man of 39 drinking'
    doing = doing or (values.is_point and link == ("of",) and line.lemmas(last, last + 1) == ("from",))
    if not (_ends(line, last) or doing) or (unit is None and _highest(quantity) > _OLDEST):
        return None
    joined = link[0] if link in {("or",), ("and",)} else "aged"
    return _Aged(line.tokens[first - 1].end, line.tokens[last - 1].end, f"{joined} {said} {unit or 'years'}")


def _open_end(line: Line, quantity: Quantity) -> tuple[int, Values]:
    """Where the quantity ends and its values, '65 upwards', '16 on', '65 and up' and '65+' being open upwards."""
    if not quantity.bare:
        return quantity.last, quantity.values
    behind = line.lemmas(quantity.last, quantity.last + 2)
    number = quantity.values.intervals[0].low or Decimal(0)
    if behind in {("and", "up"), ("and", "upward"), ("and", "onward"), ("or", "up")}:
        return quantity.last + 2, at_least(number)
    if behind[:1] and behind[0] in word_set("ages.onwards"):
        return quantity.last + 1, at_least(number)
    plus = line.gap(quantity.last).startswith("+")
    return quantity.last, at_least(number) if plus else quantity.values


def _said(ages: Interval) -> str:
    """'at least 18', 'under 2', '9 to 12', '15'."""
    if ages.low is None:
        return f"{'at most' if ages.high_closed else 'under'} {ages.high}"
    if ages.high is None:
        return f"{'at least' if ages.low_closed else 'over'} {ages.low}"
    return f"{ages.low}" if ages.low == ages.high else f"{ages.low} to {ages.high}"


def _after_unit(line: Line, at: int) -> int:
    """Where the age ends whose unit stands at token `at`: behind 'years old', 'years of age'."""
    if line.lemmas(at + 1, at + 2) == ("old",):
        return at + 2
    return at + 3 if line.lemmas(at + 1, at + 3) == ("of", "age") else at + 1


def _ends(line: Line, at: int) -> bool:
    """Whether an age may end before token `at`: at a stop, or at a word that measures nothing."""
    if at >= len(line.tokens) or line.stops_at(at, ",;:.?!)"):
        return True
    word = line.tokens[at].lemma
    if _is_ratio(line, at):
        return False
    plain = word in stop_words() and word not in word_set("ages.goes_on")
    return not line.gap(at).strip(" +") and (plain or word in word_set("ages.act"))


def _is_ratio(line: Line, at: int) -> bool:
    """Whether token `at` begins the unit of a level: 'patients under 9 g/dL', 'under 9 grams per decilitre'."""
    if at + 1 >= len(line.tokens) or line.tokens[at].lemma in {"and", "or", *word_set("ages.people")}:
        return False
    return line.gap(at + 1).strip() == "/" or line.tokens[at + 1].lemma == "per"


def _highest(quantity: Quantity) -> int:
    bounds = [bound for interval in quantity.values.intervals for bound in (interval.low, interval.high)]
    return int(max((bound for bound in bounds if bound is not None), default=0))
