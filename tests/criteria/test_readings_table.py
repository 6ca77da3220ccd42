"""Lines of `readings_table.txt`, each read right or left unread (the notation stands in `support.readings`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.readings import clauses

TABLE = Path(__file__).with_name("readings_table.txt")


def rows() -> list[tuple[str, str, list[str]]]:
    """Section, text and expected clauses of every row; ValueError on a row that says one line twice."""
    found: list[tuple[str, str, list[str]]] = []
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        section, rest = line.split(" | ", 1)
        text, _, expected = rest.partition(" | ")
        wanted = [] if expected.strip() == "-" else [one.strip() for one in expected.split(" ; ")]
        found.append((section.strip(), text.replace("⏎", "\n"), wanted))
    if len({row[:2] for row in found}) < len(found):
        raise ValueError("readings_table.txt: a line stands there twice")
    return found


@pytest.mark.parametrize(("section", "text", "expected"), rows(), ids=[row[1][:60] for row in rows()])
def test_a_line_is_read_right_or_left_unread(section: str, text: str, expected: list[str]) -> None:
    assert clauses(section, text) == expected
