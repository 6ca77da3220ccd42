"""Rows of the ClinicalTrials.gov CSV export as records. Places are 'row 3, column Phases'; the header is not counted.

The export has no eligibility text, no arms and no ages in years; columns that carry eligibility or ages are read where
somebody added them. Old and new column names are both known (data/registry.toml), an absent column is nothing, and an
unknown one is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rag.errors import SourceError
from rag.sources.api_json import NCT_ID
from rag.sources.normal import vocabulary
from rag.sources.record import NOTHING, Dated, Location, Measure, Organisation, Printed, Record, Treatment

_DESIGN = {
    "allocation": "allocation",
    "intervention model": "intervention_model",
    "observational model": "observational_model",
    "time perspective": "time_perspective",
    "masking": "masking",
    "primary purpose": "primary_purpose",
}
_ONE_CELL = (
    "official_title",
    "acronym",
    "status",
    "why_stopped",
    "has_results",
    "summary",
    "description",
    "sex",
    "healthy_volunteers",
    "phase",
    "enrollment",
    "study_type",
)
_AGES = re.compile(
    r"(?:(?P<low>\d{1,3} \w{3,7}?s?) (?:to (?P<high>\d{1,3} \w{3,7})|and older)|up to (?P<most>\d{1,3} \w{3,7}))",
    re.IGNORECASE,
)
# 'Korea, Republic of' and its like hold the comma that separates the parts of a location.
_INVERTED = re.compile(r"[^,]{1,40}, (?:The )?[A-Z][\w' ]{1,40} (?:of|of the|of Macedonia|of China)", re.IGNORECASE)


def is_header(names: Sequence[str]) -> bool:
    """Whether these are the column names of an export: one of them is the NCT number."""
    return any(_columns().get(_folded(name)) == "trial_id" for name in names)


def check_header(names: Sequence[str]) -> None:
    """SourceError when two columns carry the same part of a record."""
    seen: dict[str, str] = {}
    for name in names:
        part = _columns().get(_folded(name))
        if part and part in seen:
            raise SourceError(
                f"columns {seen[part]!r} and {name!r} both give the {part}", place="line 1", remedy="keep one of them"
            )
        if part:
            seen[part] = name


def read_row(names: Sequence[str], cells: Sequence[str], row: int) -> Record:
    """The record of one row; `row` counts from 1. SourceError where the cells do not fit or hold no NCT id."""
    if len(cells) != len(names):
        raise SourceError(
            f"{len(cells)} cells under {len(names)} columns", place=f"row {row}", remedy="quote cells that hold commas"
        )
    found = {
        _columns()[_folded(name)]: Printed(cell, f"row {row}, column {name.strip()}")
        for name, cell in zip(names, cells, strict=True)
        if cell.strip() and _folded(name) in _columns()
    }
    trial_id = found.get("trial_id", NOTHING)
    if NCT_ID.fullmatch(trial_id.text.strip().upper()) is None:
        raise SourceError(
            "no NCT id in the row", place=f"row {row}", remedy="a record needs an id such as NCT01234567"
        )
    ids = _split(found.get("other_ids", NOTHING))
    low, high = _ages(found)
    return Record(
        trial_id=Printed(trial_id.text.strip().upper(), trial_id.place),
        **_one_cell_parts(found),
        title=found.get("title") or found.get("official_title", NOTHING),
        org_study_id=ids[0] if ids else NOTHING,
        secondary_ids=ids[1:],
        start=Dated(found.get("start", NOTHING)),
        primary_completion=Dated(found.get("primary_completion", NOTHING)),
        completion=Dated(found.get("completion", NOTHING)),
        first_posted=Dated(found.get("first_posted", NOTHING)),
        last_update=Dated(found.get("last_update", NOTHING)),
        conditions=_split(found.get("conditions", NOTHING)),
        keywords=_split(found.get("keywords", NOTHING)),
        **_design(found.get("design", NOTHING)),
        treatments=tuple(_treatment(value) for value in _split(found.get("interventions", NOTHING))),
        measures=tuple(
            Measure(kind, value)
            for kind in ("primary", "secondary", "other")
            for value in _split(found.get(kind, NOTHING))
        ),
        criteria=_criteria(found),
        minimum_age=low,
        maximum_age=high,
        **_sponsors(found),
        locations=tuple(_location(value) for value in _split(found.get("locations", NOTHING))),
    )


def _columns() -> Mapping[str, str]:
    return vocabulary("csv_columns")


def _one_cell_parts(found: Mapping[str, Printed]) -> dict[str, Any]:
    return {part: found[part] for part in _ONE_CELL if part in found}


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").lower().split())


def _split(cell: Printed) -> tuple[Printed, ...]:
    parts = (part.strip() for part in cell.text.split("|"))
    return tuple(Printed(part, cell.place) for part in parts if part)


def _ages(found: Mapping[str, Printed]) -> tuple[Printed, Printed]:
    """The age limits: of their own columns, or of '18 Years to 75 Years (Adult, Older Adult)'."""
    age = found.get("age", NOTHING)
    match = _AGES.search(age.text)
    low = match["low"] if match and match["low"] else ""
    high = (match["high"] or match["most"] or "") if match else ""
    return (
        found.get("minimum_age") or (Printed(low, age.place) if low else NOTHING),
        found.get("maximum_age") or (Printed(high, age.place) if high else NOTHING),
    )


def _criteria(found: Mapping[str, Printed]) -> Printed:
    """The eligibility text; from two columns it becomes one with the usual headings."""
    if "criteria" in found:
        return found["criteria"]
    parts = (("Inclusion", "inclusion"), ("Exclusion", "exclusion"))
    lists = [(label, found[part]) for label, part in parts if part in found]
    text = "\n\n".join(f"{label} Criteria:\n\n{cell.text.strip()}" for label, cell in lists)
    return Printed(text, lists[0][1].place) if lists else NOTHING


def _design(cell: Printed) -> dict[str, Any]:
    """'Allocation: RANDOMIZED|Intervention Model: PARALLEL|Masking: DOUBLE (PARTICIPANT, INVESTIGATOR)|…'."""
    found: dict[str, Printed] = {}
    for part in _split(cell):
        label, _, value = part.text.partition(":")
        name = _DESIGN.get(_folded(label))
        if name and value.strip():
            found[name] = Printed(value.strip(), cell.place)
    return found


def _treatment(value: Printed) -> Treatment:
    kind, colon, name = value.text.partition(": ")
    if colon and kind.replace("_", "").replace(" ", "").isalpha() and len(kind) <= 24:
        return Treatment(Printed(name, value.place), Printed(kind, value.place))
    return Treatment(value)


def _sponsors(found: Mapping[str, Printed]) -> dict[str, Any]:
    names = _split(found.get("sponsor_and_collaborators", NOTHING))
    sponsor = found.get("sponsor") or (names[0] if names else NOTHING)
    collaborators = _split(found.get("collaborators", NOTHING)) or names[1:]
    kinds = _split(found.get("sponsor_class", NOTHING))
    return {
        "sponsor": Organisation(sponsor, kinds[0] if kinds else NOTHING),
        "collaborators": tuple(Organisation(name) for name in collaborators),
    }


def _location(value: Printed) -> Location:
    """'Facility, City, State, Postcode, Country': the parts as far as they can be told apart.

    The postcode tells where the city ends; a state is only looked for in countries that print one.
    """
    parts = [part.strip() for part in value.text.split(",")]
    country = parts.pop()
    inverted = f"{parts[-1]}, {country}" if parts else ""
    if inverted in vocabulary("country") or _INVERTED.fullmatch(inverted):
        country = inverted
        parts.pop()
    if parts and any(character.isdigit() for character in parts[-1]):
        parts.pop()
    state = parts.pop() if len(parts) > 2 and country in vocabulary("states")["names"] else ""
    city = parts.pop() if len(parts) > 1 else ""
    names = (", ".join(parts), city, state, country)
    return Location(*(Printed(name, value.place) if name else NOTHING for name in names))
