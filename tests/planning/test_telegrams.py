"""Entries of a list told apart, and remarks in a question left where they are."""

from __future__ import annotations

import pytest

from rag.planning.telegrams import told_apart


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("58F | no gout | pacemaker", "58F; no gout; pacemaker"),
        ("58F - no gout - pacemaker", "58F; no gout; pacemaker"),
        ("58F\nno gout\nPacemaker", "58F; no gout; Pacemaker"),
        ("What losses - if any - lie behind it?", "What losses - if any - lie behind it?"),
        ("which trials - if any - exclude gout?", "which trials - if any - exclude gout?"),
        ("BP 140 / 80, gout", "BP 140 / 80, gout"),
    ],
)
def test_entries_are_told_apart(told: str, read: str) -> None:
    assert told_apart(told) == read
