"""The plain table of a run, for a terminal or a file: what `rag eval` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.evaluation.runfile import Comparison

LABELS = {
    "right": "right altogether",
    "set_precision": "set precision",
    "set_recall": "set recall",
    "set_f1": "set F1 (micro)",
    "set_f1_macro": "set F1 (macro)",
    "set_exact": "set exactly right",
    "fact_accuracy": "fact accuracy",
    "status_accuracy": "status accuracy",
    "abstention_precision": "abstention precision",
    "abstention_recall": "abstention recall",
    "abstention_f1": "abstention F1",
    "evidence_recall": "evidence quoted",
    "citation_validity": "citation validity",
    "citation_precision": "citation precision",
    "followup_accuracy": "follow-ups right",
    "paraphrase_consistency": "paraphrase consistency",
    "latency_p50_ms": "latency p50 (ms)",
    "latency_p95_ms": "latency p95 (ms)",
}
_BREAKDOWN = ("right", "set_f1", "fact_accuracy", "abstention_f1", "citation_precision", "latency_p50_ms")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns: the first to the left, the others to the right; a line under the first row."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(w) if not at else cell.rjust(w) for at, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def number(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if name.endswith("_ms") else f"{value:.3f}"


def plain_report(record: Mapping[str, Any], comparison: Comparison | None = None) -> str:
    """Headline measures with intervals, a row for each type and tag, what came out wrong, gains and losses."""
    parts = [f"{record['questions']} questions over {record['index']['trials']} trials", headline(record)]
    parts += [
        _breakdown(title, record[key]) for title, key in (("by type", "by_type"), ("by tag", "by_tag")) if record[key]
    ]
    if record.get("baselines"):
        parts.append(baseline_table(record))
    wrong = [result for result in record["results"] if not result["right"]]
    if wrong:
        parts.append(f"wrong: {len(wrong)}\n" + "\n".join(_wrong_line(result) for result in wrong))
    if comparison is not None:
        parts.append(comparison_text(comparison))
    return "\n\n".join(parts)


def headline(record: Mapping[str, Any]) -> str:
    rows = [["measure", "value", "95 % interval", "n"]]
    for name, label in LABELS.items():
        m = record["measures"].get(name)
        if m is not None:
            rows.append(
                [label, number(name, m["value"]), f"{number(name, m['low'])} – {number(name, m['high'])}", str(m["n"])]
            )
    return table(rows)


def _breakdown(title: str, groups: Mapping[str, Any]) -> str:
    rows = [[title, "n", *(LABELS[name] for name in _BREAKDOWN)]]
    for name, measures in groups.items():
        cells = [number(key, measures[key]["value"]) if key in measures else "–" for key in _BREAKDOWN]
        rows.append([name, str(measures["right"]["n"]), *cells])
    return table(rows)


def baseline_table(record: Mapping[str, Any]) -> str:
    """Retrieval alone beside the full system, on the same set questions."""
    rows = [["set questions", "best k", "precision", "recall", "F1 (micro)", "F1 (macro)", "n"]]
    for line in record["baselines"]:
        k = "" if line["best_k"] is None else str(line["best_k"])
        scores = [
            number("", line["measures"][name]["value"])
            for name in ("set_precision", "set_recall", "set_f1", "set_f1_macro")
        ]
        rows.append([line["name"], k, *scores, str(line["measures"]["set_f1_macro"]["n"])])
    return table(rows)


def _wrong_line(result: Mapping[str, Any]) -> str:
    return f"  {result['id']}: {result['question']}\n      {why_wrong(result)}"


def why_wrong(result: Mapping[str, Any]) -> str:
    """In a few words what a wrong answer lacks or has too much."""
    reasons = [f"error: {result['error']}"] if result["error"] else []
    if "abstained" in {result["status"], result["expected_status"]} and result["status"] != result["expected_status"]:
        reasons.append(f"{result['status']} where {result['expected_status']} is right")
    found = result["set"] or {"missing": [], "extra": []}
    named = [
        ("missing", found["missing"]),
        ("too much", found["extra"]),
        ("not cited", result["trials_uncited"]),
        ("fact not found", result["facts_missing"]),
        ("must not say", result["forbidden_found"]),
    ]
    reasons += [f"{label} {_some(values)}" for label, values in named if values]
    invalid = result["citations"]["total"] - result["citations"]["valid"]
    if invalid:
        reasons.append(f"{invalid} citation(s) not in their document")
    return "; ".join(reasons)


def _some(values: Sequence[str], limit: int = 6) -> str:
    shown = ", ".join(values[:limit])
    return shown if len(values) <= limit else f"{shown} and {len(values) - limit} more"


def comparison_text(comparison: Comparison) -> str:
    blocks = []
    for title, changes in (("gains", comparison.gains), ("losses", comparison.losses)):
        lines = [f"  {c.id}: {c.question}\n      {c.before} → {c.after}" for c in changes]
        blocks.append("\n".join([f"{title}: {len(changes)}", *lines]))
    shifts = [f"  {LABELS.get(name, name)}: {was:.3f} → {now:.3f}" for name, (was, now) in comparison.shifts.items()]
    if shifts:
        blocks.append("\n".join(["measures that moved", *shifts]))
    for title, ids in (("new questions", comparison.new), ("questions gone", comparison.gone)):
        if ids:
            blocks.append(f"{title}: {_some(ids)}")
    return "\n".join(blocks)
