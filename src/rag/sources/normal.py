"""Typed registry values from any printed spelling: 'Phase 2/Phase 3', 'November 1995', 'Quadruple (Participant, …)'."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from rag.types import AgeLimit, RegistryDate

_TABLES = {
    "status", "study_type", "phase", "sex", "allocation", "intervention_model", "observational_model",
    "time_perspective", "primary_purpose", "masking", "who_masked", "sponsor_class", "arm_kind", "intervention_kind",
    "role", "kind", "choice",
    "sampling_method", "country", "states", "csv_columns",
}  # fmt: skip
_NOT_LETTERS = re.compile(r"[^A-Z0-9]+")
_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T.*)?")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? +(?:(\d{1,2})(?:st|nd|rd|th)?,? +)?(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? +([A-Za-z]{3,9})\.?,? +(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AGE = re.compile(r"(\d{1,4}(?:\.\d{1,3})?) *(year|month|week|day|hour|minute)s?", re.IGNORECASE)
# An age unit as an exact share of a year: a month is a twelfth, a day is 1/365.25.
_YEARS_IN = {
    "year": Fraction(1),
    "month": Fraction(1, 12),
    "week": Fraction(7 * 4, 1461),
    "day": Fraction(4, 1461),
    "hour": Fraction(4, 1461 * 24),
    "minute": Fraction(4, 1461 * 24 * 60),
}
_PARTY = re.compile(
    r"participants?|subjects?|patients?|care ?givers?|care providers?|investigators?|outcomes? ?assessors?",
    re.IGNORECASE,
)
_MASKED_PARTIES = re.compile(r"([^(]{1,40})\(([^)]{1,200})\)?")
_YES = frozenset({"YES", "TRUE", "ACCEPTS_HEALTHY_VOLUNTEERS", "Y", "1", "HAS_RESULTS"})
_NO = frozenset({"NO", "FALSE", "N", "0", "NO_RESULTS_AVAILABLE", "DOES_NOT_ACCEPT_HEALTHY_VOLUNTEERS"})


@lru_cache(maxsize=4096)
def enumeration(table: str, text: str) -> str:
    """The API v2 spelling of a registry choice: 'Active, not recruiting' is ACTIVE_NOT_RECRUITING."""
    key = _NOT_LETTERS.sub("_", text.upper()).strip("_")
    spelled: str = vocabulary(table).get(key, key)
    return spelled


def country(text: str) -> str:
    """The country in one spelling for all formats: 'Korea, Republic of' is South Korea."""
    spelled: str = vocabulary("country").get(text, text)
    return spelled


@lru_cache(maxsize=512)
def phases(text: str) -> tuple[str, ...]:
    """The phases of 'Phase 2/Phase 3', 'PHASE2|PHASE3', 'Phase 1/2', in order; ('NA',) for 'N/A'."""
    whole = enumeration("phase", text)
    if not whole or whole in {"NA", "EARLY_PHASE1"}:
        return (whole,) if whole else ()
    known = set(vocabulary("phase").values())
    found = [enumeration("phase", part) for part in re.split(r"[/|,;&-]| and ", text)]
    return tuple(dict.fromkeys(phase for phase in found if phase in known))


@lru_cache(maxsize=2048)
def masking(text: str) -> tuple[str, tuple[str, ...]]:
    """The masking and who is masked: 'Double (Participant, Investigator)' names two, 'None (Open Label)' nobody."""
    parts = _MASKED_PARTIES.fullmatch(text.strip())
    if parts is None or enumeration("masking", parts[1]) == "NONE":
        return enumeration("masking", text), ()
    return enumeration("masking", parts[1]), parties(parts[2])


def parties(text: str) -> tuple[str, ...]:
    """Every masked party named in `text`, in API v2 spelling, in printed order."""
    found = (enumeration("who_masked", match.group()) for match in _PARTY.finditer(text.replace("_", " ")))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=8192)
def registry_date(text: str, kind: str = "") -> RegistryDate | None:
    """The date of '2025-12-05', 'November 1995', 'June 3, 2020' or '16 October 2025'; None when it is none of these."""
    parts = _date_parts(text.strip())
    if parts is None:
        return None
    year, month, day = parts
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return RegistryDate(year, month, day, enumeration("kind", kind))


def _date_parts(text: str) -> tuple[int, int | None, int | None] | None:
    if iso := _ISO_DATE.fullmatch(text):
        return int(iso[1]), int(iso[2]) if iso[2] else None, int(iso[3]) if iso[3] else None
    if words := _MONTH_FIRST.fullmatch(text):
        month, day, year = words[1], words[2], words[3]
    elif words := _DAY_FIRST.fullmatch(text):
        day, month, year = words[1], words[2], words[3]
    else:
        return None
    if month[:3].lower() not in _MONTHS:
        return None
    return int(year), _MONTHS.index(month[:3].lower()) + 1, int(day) if day else None


@lru_cache(maxsize=1024)
def age_limit(text: str) -> AgeLimit | None:
    """The age as exact years ('6 Months' is 0.5; a day is 1/365.25 year, to 28 digits); None for 'N/A' and no age."""
    match = _AGE.fullmatch(text.strip())
    if match is None:
        return None
    years = Fraction(match[1]) * _YEARS_IN[match[2].lower()]
    return AgeLimit(text.strip(), Decimal(years.numerator) / Decimal(years.denominator))


def yes_or_no(text: str) -> bool | None:
    """True, False, or None when the text says neither."""
    key = _NOT_LETTERS.sub("_", text.upper()).strip("_")
    return True if key in _YES else False if key in _NO else None


def count(text: str) -> int | None:
    """The whole number that `text` begins with: '692 participants', '1,000'."""
    match = re.match(r"\d{1,3}(?:,\d{3}){1,3}(?!\d)|\d{1,12}(?!\d)", text.strip())
    return int(match.group().replace(",", "")) if match else None


def vocabulary(table: str) -> Mapping[str, Any]:
    """One table of data/registry.toml: printed spelling, folded, to API v2 spelling."""
    return _tables()[table]


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    source = resources.files("rag").joinpath("data/registry.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, Any]] = tomllib.loads(source)
    if tables.keys() != _TABLES:
        raise ValueError(f"registry.toml: tables {sorted(tables)} instead of {sorted(_TABLES)}")
    return tables
