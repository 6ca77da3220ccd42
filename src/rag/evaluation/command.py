"""`rag eval`: asks the gold questions, prints and writes the scores, compares, exports, and holds the gates."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from rag.assistant import Assistant
from rag.errors import UnknownTrialError
from rag.evaluation.baselines import baselines_record, run_baselines
from rag.evaluation.exports import write_exports
from rag.evaluation.gates import failed_gates, read_gates
from rag.evaluation.gold import read_gold
from rag.evaluation.page import html_report
from rag.evaluation.report import plain_report
from rag.evaluation.run import Run, run_evaluation
from rag.evaluation.runfile import Comparison, compare, read_run, run_record, write_json
from rag.retrieval import search
from rag.settings import Settings

logger = logging.getLogger(__name__)

GATE_FAILED = 11
_GOLD = Path("eval/gold")


@dataclass(frozen=True, slots=True)
class EvalOptions:
    """What the command line says. Paths that are None are not read or written."""

    gold: tuple[Path, ...] = ()  # files or folders; none: eval/gold
    as_json: bool = False  # the run record on stdout instead of the table
    against: Path | None = None  # a stored run: gains and losses are listed
    baselines: bool = False  # dense, BM25 and hybrid top-k beside the full system
    out: Path | None = None  # the run file; none: reports/latest.json beside the gold folder, where there is one
    save_baseline: Path | None = None  # the run without any time, to be committed
    report: Path | None = None  # the HTML report
    export: Path | None = None  # a folder for the TREC and BEIR files
    gates: Path | None = None  # least values; none: gates.toml beside the gold folder, where there is one


@dataclass(frozen=True, slots=True)
class _Done:
    run: Run
    record: dict[str, Any]
    comparison: Comparison | None = field(default=None)


def main_eval(
    settings: Settings,
    options: EvalOptions,
    *,
    stdout: TextIO = sys.stdout,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Runs the evaluation; 0, or 11 when a gate failed. Raises RagError for bad gold, a bad run file or no index."""
    gold = options.gold or (_GOLD,)
    before = read_run(options.against) if options.against is not None else None
    gates = _gates(gold[0], options.gates)
    read_gold(gold)  # bad gold is said before an index is opened
    assistant = Assistant.open(settings)
    run = run_evaluation(gold, assistant.ask, _document_text(assistant), progress=progress)
    record = run_record(run, assistant.snapshot.info, [path.name for path in gold])
    if options.baselines:
        record["baselines"] = baselines_record(run_baselines(run.judged, _rank_trials(assistant)))
    failed = failed_gates(gates, run.summary.measures)
    record["gates_failed"] = [str(gate) for gate in failed]
    done = _Done(run, record, compare(before, record) if before is not None else None)
    _write_files(assistant, gold[0], options, done)
    stdout.write(_printed(options, done))
    return GATE_FAILED if failed else 0


def _gates(gold: Path, named: Path | None) -> Mapping[str, float]:
    beside = _beside(gold, "gates.toml")
    if named is not None:
        return read_gates(named)
    return read_gates(beside) if beside.is_file() else {}


def _beside(gold: Path, name: str) -> Path:
    """A path beside the gold folder: eval/<name> for eval/gold and for eval/gold/dev.jsonl."""
    folder = gold if gold.is_dir() else gold.parent
    return folder.parent / name


def _document_text(assistant: Assistant) -> Callable[[str], tuple[str, str]]:
    def text_of(trial_id: str) -> tuple[str, str]:
        try:
            document = assistant.document(trial_id)
        except UnknownTrialError:
            return "", ""
        return document.text, document.sha256

    return text_of


def _rank_trials(assistant: Assistant) -> Callable[[str, int, str], list[str]]:
    def rank(question: str, k: int, mode: str) -> list[str]:
        hits = search(assistant.snapshot, question, k, mode=mode)
        return [hit.passage_id.partition(":")[0] for hit in hits]

    return rank


def _write_files(assistant: Assistant, gold: Path, options: EvalOptions, done: _Done) -> None:
    if options.out is not None:
        write_json(options.out, done.record)
    elif _beside(gold, "reports").is_dir():
        _write_latest(_beside(gold, "reports") / "latest.json", done.record)
    if options.save_baseline is not None:
        write_json(
            options.save_baseline, run_record(done.run, assistant.snapshot.info, done.record["gold"], timed=False)
        )
    if options.report is not None:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(html_report(done.record, done.comparison), encoding="utf-8")
    if options.export is not None:
        titles = {summary.trial_id: summary.title for summary in assistant.summaries()}
        documents = _document_text(assistant)
        write_exports(
            options.export, done.run.judged, sorted(titles), lambda trial_id: (titles[trial_id], documents(trial_id)[0])
        )


def _write_latest(path: Path, record: Mapping[str, Any]) -> None:
    """The run beside the gold, a convenience: a folder that cannot be written costs a warning, not the run."""
    try:
        write_json(path, record)
    except OSError as error:
        logger.warning("the run was not written to %s: %s", path, error.strerror)


def _printed(options: EvalOptions, done: _Done) -> str:
    if options.as_json:
        record = done.record
        if done.comparison is not None:
            record = record | {"against": comparison_record(done.comparison)}
        return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    failed = [f"FAILED {gate}" for gate in done.record["gates_failed"]]
    return "\n".join([plain_report(done.record, done.comparison), *failed]) + "\n"


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    rows = {
        name: [{"id": c.id, "question": c.question, "before": c.before, "after": c.after} for c in changes]
        for name, changes in (("gains", comparison.gains), ("losses", comparison.losses))
    }
    return {
        **rows,
        "new": list(comparison.new),
        "gone": list(comparison.gone),
        "shifts": {name: list(pair) for name, pair in comparison.shifts.items()},
    }
