"""What is asked before a costly rule, to spare it, hides nothing: each line of the tables is read alike without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.readings import read

from rag.criteria import cohorts, excepting, naming, openings, reading, structure
from rag.criteria.itemstate import Structure
from rag.criteria.lexicon import alias_index
from rag.criteria.structure import structure_of
from rag.criteria.unmeasured import is_unmeasured

_ALWAYS = re.compile("")


class _Everything(frozenset[object]):
    def __contains__(self, one: object) -> bool:
        return True


_TABLES = ("readings_table.txt", "states_table.txt")


def _lines() -> list[tuple[str, str]]:
    """Section and text of every row of the tables."""
    tables = [Path(__file__).with_name(name).read_text("utf-8") for name in _TABLES]
    rows = [line.split(" | ") for table in tables for line in table.splitlines() if line[:1] in set("IE?")]
    return [(section, text.replace("⏎", "\n")) for section, text, *_ in rows]


@pytest.fixture
def _forgotten() -> Iterator[None]:
    """Nothing remembered of lines, before and after."""
    structure_of.cache_clear()
    yield
    structure_of.cache_clear()


@pytest.mark.usefixtures("_forgotten")
def test_no_line_is_read_otherwise_without_the_prefilters(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _lines()
    spared = [read(section, text) for section, text in lines]
    structure_of.cache_clear()
    monkeypatch.setattr(reading, "may_name", lambda words: True)
    monkeypatch.setattr(reading, "_VALUE_SIGN", _ALWAYS)
    monkeypatch.setattr(structure, "is_unmeasured", lambda text: False)
    monkeypatch.setattr(excepting, "_PERMITS_IF", _ALWAYS)
    monkeypatch.setattr(cohorts, "_COHORT_WORDS", ("",))
    monkeypatch.setattr(openings, "_MAY_OPEN", _Everything())
    monkeypatch.setattr(naming, "_begun_so", lambda first, second: alias_index()[first])
    asked = [read(section, text) for section, text in lines]
    assert [line for line, one, other in zip(lines, spared, asked, strict=True) if one != other] == []
    assert len(lines) > 1000


@pytest.mark.parametrize(
    ("text", "unmeasured"),
    [
        ("At least 4 weeks since prior chemotherapy", True),
        ("No gout within the past 5 years", True),
        ("No surgery within 3 years, nor steroids for two months", True),
        ("Patients who live near the site", True),  # no WHO performance status
        ("WHO performance status of two", False),
        ("At least 2 prior chemotherapy regimens", False),
        ("Asthma for 5 years", False),  # "Men, 50 years" would be an age
        ("No gout within the past 5 years, aged 40", False),
        ("Older than 6 months", False),
        ("Child-Pugh A", False),
        ("Class II heart failure", False),
        ("Normal platelets", False),
        ("Weight below 40 kg", False),
    ],
)
def test_a_line_without_names_and_bare_numbers_is_told(text: str, unmeasured: bool) -> None:
    assert is_unmeasured(text) is unmeasured


_PIECES = st.sampled_from(
    ["at least", "4 weeks", "2", "two months", "within the past", "5 years", "prior", "chemotherapy", "regimens", "who",
     "WHO", "of", "pregnancy", "age", "old", "older than", "and", "under", "kg", ">", "≥", "18", "platelets", "normal",
     "A", "Child", "class", "II", "heart failure", "patients", "men", "aged", "in", "last", "3", "hours", "lines", ".",
     ",", "twofold", "birth", "fev (1)", "years"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12).map(" ".join), st.booleans())
def test_what_is_told_to_be_unmeasured_has_no_limit(text: str, exclusion: bool) -> None:
    if is_unmeasured(text):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(structure, "is_unmeasured", lambda text: False)
            assert structure_of.__wrapped__(text, exclusion=exclusion) == Structure()
