"""A registry page saved as plain text, in the 'Overview / Eligibility / Study details' layout, as a record.

Above the overview stand the title and four short lines (status, ages, sex, phase); below the study details stand the
conditions, the id, the sponsor and a date. What follows is the site's contact form and questions, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rag.errors import SourceError
from rag.sources.api_json import NCT_ID
from rag.sources.normal import enumeration, phases, registry_date
from rag.sources.page_text import Block, pages
from rag.sources.record import NOTHING, Dated, Organisation, Printed, Record, Treatment

_UNIT = r"(years?|months?|weeks?|days?)"
_RANGE = re.compile(rf"(\d{{1,3}}) *{_UNIT}? *(?:-|–|to) *(\d{{1,3}}) *{_UNIT}.{{0,20}}", re.IGNORECASE)
_FROM = re.compile(
    rf"(?:from |≥ ?|>= ?|over )?(\d{{1,3}}) *(?:\+ *{_UNIT}|{_UNIT} *(?:\+|and|or|of age|$)).{{0,30}}", re.IGNORECASE
)
_UP_TO = re.compile(rf"(?:up to|under|below|younger than|≤|<=|<|max\.?) *(\d{{1,3}}) *{_UNIT}.{{0,20}}", re.IGNORECASE)
_STATUSES = frozenset({
    "RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED", "TERMINATED", "WITHDRAWN", "SUSPENDED",
    "ENROLLING_BY_INVITATION", "UNKNOWN", "AVAILABLE", "NO_LONGER_AVAILABLE", "APPROVED_FOR_MARKETING",
})  # fmt: skip
_SEXES = frozenset({"ALL", "FEMALE", "MALE"})
_LONGEST_NAME = 160
_TREATMENT = re.compile(
    r"(Drug|Device|Biological|Procedure|Radiation|Behavioral|Genetic|Dietary Supplement|Combination Product|"
    r"Diagnostic Test|Other): (.{1,200})"
)


def is_page(lines: Sequence[str]) -> bool:
    """Whether this is the layout: its three headings stand alone, in order."""
    return _cuts(lines) is not None


def _cuts(lines: Sequence[str]) -> tuple[int, int, int] | None:
    """The indices of the three headings."""
    found: list[int] = []
    for heading in pages()["overview"]["headings"]:
        start = found[-1] + 1 if found else 0
        at = next((n for n in range(start, len(lines)) if lines[n].strip().lower() == heading), None)
        if at is None:
            return None
        found.append(at)
    return found[0], found[1], found[2]


def read_page(lines: Sequence[str]) -> Record:
    """The record of a page given as its lines. SourceError where a heading or the id is missing."""
    cuts = _cuts(lines)
    if cuts is None:
        raise SourceError("the page lacks one of its three headings", remedy="save the whole page as text")
    overview, eligibility, details = cuts
    id_at = next((n for n in range(details, len(lines)) if NCT_ID.fullmatch(lines[n].strip())), None)
    if id_at is None:
        raise SourceError(
            "no NCT id under 'Study details'", place=f"line {details + 1}", remedy="save the whole page as text"
        )
    listed, loose = _below_details(lines, details, id_at)
    treatments = [(match, value) for value in listed if (match := _TREATMENT.fullmatch(value.text))]
    sponsor, date = _sponsor_and_date(lines, id_at, loose)
    return Record(
        trial_id=Printed(lines[id_at].strip(), line=id_at + 1),
        **_head(lines[:overview]),
        summary=Block("", "", tuple(lines[overview + 1 : eligibility]), overview + 2).text(),
        criteria=Block("", "", tuple(lines[eligibility + 1 : details]), eligibility + 2).text(),
        conditions=tuple(value for value in listed if not _TREATMENT.fullmatch(value.text)),
        treatments=tuple(
            Treatment(Printed(match[2], line=value.line), Printed(match[1], line=value.line))
            for match, value in treatments
        ),
        sponsor=Organisation(sponsor),
        last_update=Dated(date),
    )


def _below_details(lines: Sequence[str], details: int, id_at: int) -> tuple[list[Printed], list[Printed]]:
    """The lines between 'Study details' and the id: the indented ones list conditions and treatments, the rest do not.

    Where nothing is indented, all of them are the list.
    """
    between = [n for n in range(details + 1, id_at) if lines[n].strip()]
    indented = [n for n in between if lines[n][0] in " \t\u00a0"]
    listed = indented or between
    loose = [n for n in between if n not in listed]
    return [_line(lines, n) for n in listed], [_line(lines, n) for n in loose]


def _line(lines: Sequence[str], at: int) -> Printed:
    return Printed(lines[at].strip(), line=at + 1)


def _sponsor_and_date(lines: Sequence[str], id_at: int, above: Sequence[Printed]) -> tuple[Printed, Printed]:
    """The sponsor, printed below the id or above it, and the date; the site's own words begin after them."""
    below = [_line(lines, n) for n in range(id_at + 1, len(lines)) if lines[n].strip()][:2]
    date = next((value for value in (*below, *above) if registry_date(value.text)), NOTHING)
    ends = below.index(date) if date in below else len(below)
    names = [value for value in (*below[:ends], *above) if value is not date and len(value.text) <= _LONGEST_NAME]
    return (names[0] if names else NOTHING), date


def _head(lines: Sequence[str]) -> dict[str, Any]:
    """Each short line above the overview by what it says; the title is the line that comes twice, or the longest."""
    found: dict[str, Any] = {}
    titles: list[Printed] = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.lower() in pages()["overview"]["ignored"]:
            continue
        value = Printed(text, line=number)
        said = _said(value)
        for part, words in said.items():
            found.setdefault(part, words)
        if not said:
            titles.append(value)
    texts = [value.text for value in titles]
    best = max(titles, key=lambda value: (texts.count(value.text), len(value.text)), default=NOTHING)
    return {"title": next((value for value in titles if value.text == best.text), NOTHING), **found}


def _said(value: Printed) -> dict[str, Printed]:
    """What one short line says: a status, a sex, a phase or ages; nothing for a line that says none of them."""
    text = value.text
    if enumeration("status", text) in _STATUSES:
        return {"status": value}
    if enumeration("sex", text) in _SEXES:
        return {"sex": value}
    if phases(text) and len(text) <= 30:
        return {"phase": value}
    return _ages(value)


def _ages(value: Printed) -> dict[str, Printed]:
    """The age limits of '18-80 years', '18 years and above', 'up to 17 years', as the registry prints them."""

    def limit(number: str, unit: str) -> Printed:
        unit = unit.lower().rstrip("s").capitalize()
        return Printed(f"{number} {unit}{'' if number == '1' else 's'}", line=value.line)

    if match := _RANGE.fullmatch(value.text):
        return {"minimum_age": limit(match[1], match[2] or match[4]), "maximum_age": limit(match[3], match[4])}
    if match := _UP_TO.fullmatch(value.text):
        return {"maximum_age": limit(match[1], match[2])}
    if match := _FROM.fullmatch(value.text):
        return {"minimum_age": limit(match[1], match[2] or match[3])}
    return {}
