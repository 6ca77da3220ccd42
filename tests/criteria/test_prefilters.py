"""What is asked before a costly rule, to spare it, hides nothing: each line of the tables is read alike without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.readings import read

from rag.criteria import cohorts, excepting, naming, openings, reading
from rag.criteria.lexicon import alias_index
from rag.criteria.structure import structure_of

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
    monkeypatch.setattr(excepting, "_PERMITS_IF", _ALWAYS)
    monkeypatch.setattr(cohorts, "_COHORT_WORDS", ("",))
    monkeypatch.setattr(openings, "_MAY_OPEN", _Everything())
    monkeypatch.setattr(naming, "_begun_so", lambda first, second: alias_index()[first])
    asked = [read(section, text) for section, text in lines]
    assert [line for line, one, other in zip(lines, spared, asked, strict=True) if one != other] == []
    assert len(lines) > 1000
