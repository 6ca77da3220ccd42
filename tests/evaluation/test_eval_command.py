"""`rag eval` from gold file to exit code, over an assistant that a person can predict."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.fake_assistant import FakeAssistant

from rag.assistant import Assistant
from rag.errors import UsageError
from rag.evaluation import command
from rag.evaluation.command import EvalOptions, main_eval
from rag.settings import Settings
from rag.types import Hit

RIGHT = {
    "id": "a",
    "question": "Which trials exclude eGFR below 60?",
    "type": "set",
    "expect": {"status": "answered", "trials": ["NCT00000001"], "optional_trials": ["NCT00000002", "NCT00000003"]},
    "tags": ["kidney"],
}
WRONG = RIGHT | {"id": "b", "expect": {"status": "answered", "trials": ["NCT00000009"]}}


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Assistant, "open", lambda settings: FakeAssistant())

    def search(snapshot: object, text: str, k: int, *, mode: str) -> Sequence[Hit]:
        return (Hit("NCT00000001:0-5", 1.0), Hit("NCT00000002:0-5", 0.5))[:k]

    monkeypatch.setattr(command, "search", search)
    folder = tmp_path / "eval" / "gold"
    folder.mkdir(parents=True)
    return folder


def write(folder: Path, *records: dict[str, object]) -> None:
    (folder / "dev.jsonl").write_text("".join(f"{json.dumps(r)}\n" for r in records), encoding="utf-8")


def test_a_right_run_ends_with_zero_and_writes_what_it_is_told(gold: Path, tmp_path: Path) -> None:
    write(gold, RIGHT)
    (gold.parent / "reports").mkdir()
    out = io.StringIO()
    options = EvalOptions(
        gold=(gold,),
        baselines=True,
        save_baseline=tmp_path / "baseline.json",
        report=tmp_path / "new" / "report.html",
        export=tmp_path / "exports",
    )
    assert main_eval(Settings(), options, stdout=out) == 0
    assert "full system" in out.getvalue()
    assert json.loads((gold.parent / "reports" / "latest.json").read_text(encoding="utf-8"))["questions"] == 1
    assert "latency" not in (tmp_path / "baseline.json").read_text(encoding="utf-8")
    assert (tmp_path / "new" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tmp_path / "exports" / "run.trec").is_file()


def test_a_failed_gate_ends_with_eleven_and_says_which(gold: Path) -> None:
    write(gold, RIGHT, WRONG)
    (gold.parent / "gates.toml").write_text("[gates]\nset_f1 = 0.97\n", encoding="utf-8")
    out = io.StringIO()
    assert main_eval(Settings(), EvalOptions(gold=(gold,)), stdout=out) == 11
    assert "FAILED gate set_f1: " in out.getvalue()


def test_a_reports_folder_that_cannot_be_written_costs_a_warning(
    gold: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, record: object) -> None:
        raise PermissionError(13, "Permission denied")

    write(gold, RIGHT)
    (gold.parent / "reports").mkdir()
    monkeypatch.setattr(command, "write_json", refuse)
    assert main_eval(Settings(), EvalOptions(gold=(gold,)), stdout=io.StringIO()) == 0
    assert "was not written" in caplog.text


def test_json_against_a_stored_run_lists_losses(gold: Path, tmp_path: Path) -> None:
    write(gold, RIGHT)
    stored = tmp_path / "run.json"
    main_eval(Settings(), EvalOptions(gold=(gold,), out=stored), stdout=io.StringIO())
    write(gold, WRONG | {"id": "a"})
    out = io.StringIO()
    main_eval(Settings(), EvalOptions(gold=(gold,), as_json=True, against=stored), stdout=out)
    record = json.loads(out.getvalue())
    assert [loss["id"] for loss in record["against"]["losses"]] == ["a"]


def test_bad_gold_and_bad_runs_are_said_before_anything_is_asked(gold: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no gold question found"):
        main_eval(Settings(), EvalOptions(gold=(gold,)))
    write(gold, RIGHT)
    with pytest.raises(UsageError, match="no such run file"):
        main_eval(Settings(), EvalOptions(gold=(gold,), against=tmp_path / "none.json"))
