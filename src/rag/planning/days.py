"""Calendar stretches in a question: '2023', 'March 2027', 'the last quarter of 2019', 'the 1990s', '5 March 2027'."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.planning.words import Line

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_THIRDS = {"early": (1, 4), "mid": (6, 7), "late": (9, 12)}
_PARTS: Mapping[tuple[str, ...], tuple[int, int]] = {  # what of a year is meant → its first and last month
    ("first", "quarter"): (1, 3), ("second", "quarter"): (4, 6), ("third", "quarter"): (7, 9),
    ("fourth", "quarter"): (10, 12), ("last", "quarter"): (10, 12), ("final", "quarter"): (10, 12),
    ("first", "half"): (1, 6), ("second", "half"): (7, 12), ("last", "half"): (7, 12), ("latter", "half"): (7, 12),
    ("final", "month"): (12, 12), ("first", "month"): (1, 1), ("last", "month"): (12, 12),
}  # fmt: skip
_GLUED = {"q1": (1, 3), "q2": (4, 6), "q3": (7, 9), "q4": (10, 12), "h1": (1, 6), "h2": (7, 12)}
_YEAR = re.compile(r"(?:19|20)\d\d")
_DECADE = re.compile(r"((?:19|20)\d)0s?")
_SLASHED = re.compile(r"(0?[1-9]|1[0-2])/((?:19|20)\d\d)\b")  # "03/2024"
_DAY = re.compile(r"[0-3]?\d(?:st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days from `low` to `high`, both in, named by tokens `first` to `last`."""

    first: int
    last: int
    low: date
    high: date


def stretch_at(line: Line, at: int) -> Stretch | None:
    """The stretch that starts at token `at`, with 'the', 'the year' and 'the end of' before it."""
    lemmas = line.lemmas()
    start = at
    while at < len(lemmas) and lemmas[at] in {"the", "year", "calendar"}:
        at += 1
    edge = lemmas[at] if lemmas[at + 1 : at + 2] == ("of",) and lemmas[at] in {"end", "start", "beginning"} else ""
    if edge:
        at += 2
        while at < len(lemmas) and lemmas[at] in {"the", "year", "calendar"}:
            at += 1
    found = _part(line, at) or _day(line, at) or _years(line, at)
    if found is None:
        return None
    if edge:
        day = found.high if edge == "end" else found.low
        found = replace(found, low=day, high=day)
    return replace(found, first=start)


def _part(line: Line, at: int) -> Stretch | None:
    """'last quarter of 2019', 'Q3 2021', 'summer of 2020', '2019 Q4'."""
    lemmas = line.lemmas()
    if at < len(lemmas) and _YEAR.fullmatch(lemmas[at]) and lemmas[at + 1 : at + 2] and lemmas[at + 1] in _GLUED:
        return _of_months(at, at + 2, int(lemmas[at]), _GLUED[lemmas[at + 1]])
    months, size = _PARTS.get(lemmas[at : at + 2]), 2
    if months is None and at < len(lemmas):
        months, size = (_GLUED | _SEASONS | _THIRDS).get(lemmas[at]), 1
    if months is None:
        return None
    at, first = at + size, at
    linking = {"of"} if lemmas[first] in _SEASONS else {"of", "in", "the", "year"}  # 'falls in 2024' is no season
    while at < len(lemmas) and lemmas[at] in linking:
        at += 1
    if at < len(lemmas) and _YEAR.fullmatch(lemmas[at]):
        return _of_months(first, at + 1, int(lemmas[at]), months)
    return None


def _of_months(first: int, last: int, year: int, months: tuple[int, int]) -> Stretch:
    low, end = date(year, months[0], 1), months[1]
    return Stretch(first, last, low, date(year + end // 12, end % 12 + 1, 1) - timedelta(days=1))


def _years(line: Line, at: int) -> Stretch | None:
    """'the 1990s', 'the 21st century', 'the turn of the century', 'the new millennium'."""
    lemmas = line.lemmas()
    if at >= len(lemmas):
        return None
    decade = _DECADE.fullmatch(line.tokens[at].text)
    if decade and line.tokens[at].text.endswith("s"):
        first = int(decade.group(1)) * 10
        return Stretch(at, at + 1, date(first, 1, 1), date(first + 9, 12, 31))
    for words in (("21st", "century"), ("this", "century"), ("new", "millennium"), ("this", "millennium")):
        if lemmas[at : at + 2] == words:
            return Stretch(at, at + 2, date(2000, 1, 1), date(2099, 12, 31))
    if lemmas[at : at + 4] in {("turn", "of", "the", "century"), ("turn", "of", "the", "millennium")}:
        return Stretch(at, at + 4, date(2000, 1, 1), date(2000, 12, 31))
    return None


def _day(line: Line, at: int) -> Stretch | None:
    """A year, a month of a year, or a day: '2023', 'March 2027', '5 March 2027', '2026-03-01', '03/2024'."""
    tokens, lemmas = line.tokens, line.lemmas()
    if at >= len(tokens):
        return None
    day: int | None = None
    start = at
    if _DAY.fullmatch(lemmas[at]) and lemmas[at + 1 : at + 2] == ("of",) and lemmas[at + 2 : at + 3]:
        if lemmas[at + 2] in _MONTHS:
            day, at = int(re.sub(r"\D", "", lemmas[at])), at + 2
    elif _DAY.fullmatch(lemmas[at]) and at + 1 < len(lemmas) and lemmas[at + 1] in _MONTHS:
        day, at = int(re.sub(r"\D", "", lemmas[at])), at + 1
    if lemmas[at] in _MONTHS:
        return _of_month(line, start, at, day)
    slashed = _SLASHED.match(line.text, tokens[at].start)
    if slashed:
        return _stretch(start, at + 2, int(slashed.group(2)), int(slashed.group(1)))
    if not _YEAR.fullmatch(tokens[at].text):
        return None
    last = at + 1
    parts: list[int | None] = []
    while (
        last < len(tokens)
        and len(parts) < 2
        and line.gap(last) in {"-", "/"}
        and re.fullmatch(r"[01]?\d|[0-3]\d", tokens[last].text)
    ):
        parts.append(int(tokens[last].text))
        last += 1
    return _stretch(start, last, int(tokens[at].text), *parts)


def _of_month(line: Line, start: int, at: int, day: int | None) -> Stretch | None:
    """The month at token `at`, with the day before or after it and the year behind: 'March 5th, 2027'."""
    lemmas, month, year = line.lemmas(), _MONTHS[line.lemmas()[at]], at + 1
    if day is None and year + 1 < len(lemmas) and _DAY.fullmatch(lemmas[year]) and _YEAR.fullmatch(lemmas[year + 1]):
        day, year = int(re.sub(r"\D", "", lemmas[year])), year + 1
    while year < len(lemmas) and lemmas[year] in {"of", "the", "year"}:
        year += 1
    if year < len(lemmas) and _YEAR.fullmatch(lemmas[year]):
        return _stretch(start, year + 1, int(lemmas[year]), month, day)
    return None


def month_alone(line: Line, at: int, year: int) -> Stretch | None:
    """'March' of 'between March and June 2019', in the year that stands later."""
    lemmas = line.lemmas()
    at += lemmas[at : at + 1] == ("the",)
    if lemmas[at : at + 1] and lemmas[at] in _MONTHS:
        return _stretch(at, at + 1, year, _MONTHS[lemmas[at]])
    months = _PARTS.get(lemmas[at : at + 2])
    return _of_months(at, at + 2, year, months) if months else None


def _stretch(first: int, last: int, year: int, month: int | None = None, day: int | None = None) -> Stretch | None:
    try:
        low = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return Stretch(first, last, low, low)
    return _of_months(first, last, year, (month or 1, month or 12))
