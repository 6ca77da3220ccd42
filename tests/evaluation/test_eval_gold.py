"""Gold files are read strictly: whatever does not fit is refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import UsageError
from rag.evaluation.gold import read_gold
from rag.types import Status

_GOLD = Path(__file__).resolve().parents[2] / "eval" / "gold"
_LINE = '{"id": "q1", "question": "Who?", "type": "fact", "expect": {"status": "answered"}}'


def test_every_gold_file_of_the_project_loads() -> None:
    files = sorted(_GOLD.glob("*.jsonl"))
    if files:
        questions = read_gold(files)
        assert len({question.id for question in questions}) == len(questions)
        assert all(question.tags is not None for question in questions)


def test_absent_and_empty_trials_differ(tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    empty = _LINE.replace("q1", "q2").replace('"answered"', '"answered", "trials": []')
    path.write_text(f"{_LINE}\n\n{empty}\n", encoding="utf-8")
    first, second = read_gold([path])
    assert first.expect.trials is None
    assert second.expect.trials == frozenset()
    assert first.expect.status is Status.ANSWERED


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "a", "id": "b"}', "'id' stands twice"),
        (_LINE.replace('"id"', '"ident"'), "unknown key 'ident'"),
        (_LINE.replace('"type": "fact", ', ""), "'type' is missing"),
        (_LINE.replace('"fact"', '"facts"'), "type is one of set, fact"),
        (_LINE.replace('"answered"', '"yes"'), "expect.status is one of"),
        (_LINE.replace('"answered"', '"answered", "facts": ["(?=a)"]'), "no RE2 pattern"),
        (_LINE.replace('"answered"', '"answered", "facts": "a"'), "expect.facts is a list"),
        (_LINE.replace('"answered"', '"answered", "trials": ["A", "A"]'), "'A' stands twice"),
        (_LINE.replace('"answered"', '"answered", "trials": ["A"], "optional_trials": ["A"]'), "in both"),
        (_LINE.replace('"answered"', '"answered", "evidence": [{"trial_id": "A"}]'), "'contains' is missing"),
        (_LINE.replace('"Who?"', '" "'), "question is a text that is not empty"),
        (_LINE.replace('"expect"', '"history": [{"role": "system", "content": "x"}], "expect"'), "history.role"),
        (_LINE.replace('"Who?"', "NaN"), "NaN is no JSON number"),
        ("[1]", "a JSON object is expected"),
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_bad_line_is_refused_with_its_place(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "g.jsonl"
    path.write_text(f"{_LINE.replace('q1', 'q0')}\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_gold([path])
    assert message in str(caught.value)
    assert f"{path}:2" in str(caught.value)


def test_an_id_used_twice_names_both_places(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text(_LINE + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"b\.jsonl:1.*stands already at .*a\.jsonl:1"):
        read_gold([tmp_path])


def test_no_question_and_no_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no gold question found"):
        read_gold([tmp_path])
    with pytest.raises(UsageError, match="no such gold file"):
        read_gold([tmp_path / "none.jsonl"])
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8 at byte 0"):
        read_gold([tmp_path])
