"""The run file: one evaluation as JSON, read back strictly, and compared with an earlier one question by question.

The schema stands in eval/README.md. Version 1.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.errors import UsageError
from rag.evaluation.intervals import Measure
from rag.evaluation.run import Run
from rag.evaluation.scoring import Judged, returned_trials
from rag.evaluation.summary import Summary, risk_area
from rag.types import IndexInfo

SCHEMA_VERSION = "1"
_TIMED = ("latency_p50_ms", "latency_p95_ms")


def run_record(run: Run, index: IndexInfo, gold_names: list[str], *, timed: bool = True) -> dict[str, Any]:
    """The run as plain JSON values. `timed=False` leaves out times and answers, for a baseline that is committed."""
    summary = run.summary
    return {
        "schema_version": SCHEMA_VERSION,
        "gold": gold_names,
        "index": asdict(index),
        "questions": summary.questions,
        "measures": _measures(summary.measures, timed),
        "by_type": {name: _measures(part, timed) for name, part in summary.by_type.items()},
        "by_tag": {name: _measures(part, timed) for name, part in summary.by_tag.items()},
        "risk_area": _area(summary),
        "risk_coverage": [asdict(point) for point in summary.risk_coverage],
        "paraphrases": [asdict(group) | {"questions": list(group.questions)} for group in summary.paraphrases],
        "results": [_result(judged, timed) for judged in run.judged],
    }


def _area(summary: Summary) -> float | None:
    area = risk_area(summary.risk_coverage)
    return None if area is None else round(area, 4)


def _measures(measures: Mapping[str, Measure], timed: bool) -> dict[str, dict[str, float | int | None]]:
    return {name: _rounded(m) for name, m in measures.items() if m.n and (timed or name not in _TIMED)}


def _rounded(measure: Measure) -> dict[str, float | int | None]:
    numbers = {key: getattr(measure, key) for key in ("value", "low", "high")}
    return {key: None if n is None else round(n, 4) for key, n in numbers.items()} | {"n": measure.n}


def _result(judged: Judged, timed: bool) -> dict[str, Any]:
    gold, outcome = judged.gold, judged.outcome
    record: dict[str, Any] = {
        "id": gold.id,
        "type": str(gold.type),
        "tags": list(gold.tags),
        "question": gold.text,
        "right": judged.is_right,
        "status": "error" if outcome.error else str(outcome.status),
        "expected_status": str(gold.expect.status),
        "set": None if judged.set is None else _set(judged),
        "trials_uncited": list(judged.trials_uncited),
        "facts_missing": list(judged.facts_missing),
        "forbidden_found": list(judged.forbidden_found),
        "evidence_missing": [asdict(quote) for quote in judged.evidence_missing],
        "citations": asdict(judged.citations),
        "confidence": outcome.confidence,
        "error": outcome.error,
    }
    return record | {"answer": outcome.text, "ms": round(outcome.seconds * 1000, 1)} if timed else record


def _set(judged: Judged) -> dict[str, Any]:
    counts = judged.set
    if counts is None:
        return {}
    return {
        "returned": sorted(returned_trials(judged.gold, judged.outcome)),
        "extra": list(counts.extra),
        "missing": list(counts.missing),
        "f1": round(counts.f1, 4),
    }


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Written whole or not at all: a temporary name, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8") as handle:
        json.dump(record, handle, ensure_ascii=False, indent=1, allow_nan=False)
        handle.write("\n")
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)


def read_run(path: Path) -> dict[str, Any]:
    """A stored run; UsageError when the file is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError("no such run file", place=str(path), remedy="write one with `rag eval --out FILE`") from error
    except ValueError as error:
        raise UsageError(
            "not a JSON run file", place=str(path), remedy="write one with `rag eval --out FILE`"
        ) from error
    if not isinstance(record, dict) or record.get("schema_version") != SCHEMA_VERSION or "results" not in record:
        raise UsageError(
            f"not a run file of version {SCHEMA_VERSION}",
            place=str(path),
            remedy="write one with `rag eval --out FILE`",
        )
    return record


@dataclass(frozen=True, slots=True)
class Change:
    """One question that came out otherwise than before."""

    id: str
    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    gains: tuple[Change, ...]
    losses: tuple[Change, ...]
    new: tuple[str, ...]  # ids that the earlier run lacks
    gone: tuple[str, ...]
    shifts: Mapping[str, tuple[float, float]]  # measure -> (before, after), where they differ


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Gains and losses by question id: first whether it is right, then its set F1."""
    old = {result["id"]: result for result in before["results"]}
    new = {result["id"]: result for result in after["results"]}
    gains: list[Change] = []
    losses: list[Change] = []
    for key in sorted(old.keys() & new.keys()):
        was, now = _standing(old[key]), _standing(new[key])
        if was != now:
            change = Change(key, new[key]["question"], _described(old[key]), _described(new[key]))
            (gains if now > was else losses).append(change)
    return Comparison(
        tuple(gains),
        tuple(losses),
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        _shifts(before["measures"], after["measures"]),
    )


def _standing(result: Mapping[str, Any]) -> tuple[bool, float]:
    return bool(result["right"]), float(result["set"]["f1"]) if result["set"] else 1.0


def _described(result: Mapping[str, Any]) -> str:
    words = ["right" if result["right"] else "wrong", result["status"]]
    if result["set"]:
        words.append(f"set F1 {result['set']['f1']:.2f}")
    if result["facts_missing"]:
        words.append(f"{len(result['facts_missing'])} fact(s) missing")
    if result["forbidden_found"]:
        words.append("says what it must not")
    return ", ".join(words)


def _shifts(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    both = [name for name in after if name in before and name not in _TIMED]
    pairs = {name: (before[name]["value"], after[name]["value"]) for name in both}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
