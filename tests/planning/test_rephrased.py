"""Questions and their rephrasings: each line '- …' of `data/rephrased/*.txt` is read as the '= …' above it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.plans import plan_of, written

_DATA = Path(__file__).parent / "data" / "rephrased"


def groups(name: str) -> Iterator[tuple[str, str]]:
    plain = ""
    for line in (_DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            plain = line[2:]
        elif line.startswith("- "):
            yield plain, line[2:]


@pytest.mark.parametrize("name", sorted(path.stem for path in _DATA.glob("*.txt")))
def test_a_rephrased_question_is_read_as_the_plain_one(name: str) -> None:
    wrong = []
    for plain, other in groups(name):
        expected, found = written(plan_of(plain)), written(plan_of(other))
        if found != expected:
            wrong.append(f"{other}\n  {found}\n  not {expected}")
    assert not wrong, "\n".join(wrong)
