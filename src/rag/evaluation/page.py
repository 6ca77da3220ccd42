"""The HTML report: one static page without scripts or outside files, for a person who wants to know how good it is.

Every text that comes from gold, documents or answers is escaped.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from rag.evaluation.report import LABELS, number, why_wrong
from rag.evaluation.runfile import Change, Comparison

_TILES = (
    "set_f1",
    "fact_accuracy",
    "abstention_f1",
    "followup_accuracy",
    "citation_validity",
    "citation_precision",
    "paraphrase_consistency",
    "latency_p50_ms",
)
_COLUMNS = (
    "right",
    "set_precision",
    "set_recall",
    "set_f1",
    "fact_accuracy",
    "status_accuracy",
    "evidence_recall",
    "latency_p50_ms",
)


def escape(text: str) -> str:
    """Text for the page: a bare '>' needs no entity there, and limits stay readable in the source."""
    return html.escape(text).replace("&gt;", ">")


def html_report(record: Mapping[str, Any], comparison: Comparison | None = None) -> str:
    """The whole page of a run record."""
    css = files("rag.evaluation").joinpath("data/report.css").read_text(encoding="utf-8")
    body = "\n".join(
        part
        for part in (
            _opening(record),
            _tiles(record["measures"]),
            _intervals(record["measures"]),
            _baselines(record),
            _risk_section(record),
            _groups("By kind of question", record["by_type"]),
            _groups("By tag", record["by_tag"]),
            _changes(comparison),
            _paraphrases(record),
            _failures(record["results"]),
            _all_answers(record["results"]),
        )
        if part
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Evaluation report</title>\n<style>\n{css}</style></head>\n"
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _opening(record: Mapping[str, Any]) -> str:
    right = sum(result["right"] for result in record["results"])
    total = record["questions"]
    gates = record.get("gates_failed", [])
    verdict = "Every gate holds." if not gates else f"{len(gates)} gate(s) failed: {'; '.join(gates)}."
    return (
        "<h1>How right are the answers?</h1>\n"
        f'<p class="lead">{right} of {total} gold questions were answered entirely right over '
        f"{record['index']['trials']} trial records: the exact set of trials, every expected fact, nothing that must "
        f"not be said, and each quote found word for word in its document. {escape(verdict)}</p>"
    )


def _tiles(measures: Mapping[str, Any]) -> str:
    shown = [(name, measures[name]) for name in _TILES if name in measures]
    cells = [
        f'<div class="tile"><span>{escape(LABELS[name])}</span><b>{number(name, m["value"])}</b>'
        f"<span>{number(name, m['low'])} – {number(name, m['high'])} · n = {m['n']}</span></div>"
        for name, m in shown
    ]
    return f'<div class="tiles">{"".join(cells)}</div>'


def _intervals(measures: Mapping[str, Any]) -> str:
    """A dot for each share with a line for its 95 % interval."""
    rows = [(name, m) for name, m in measures.items() if name in LABELS and not name.endswith("_ms")]
    lines = []
    for at, (name, m) in enumerate(rows):
        y = 20 + 26 * at
        low, value, high = (230 + 480 * m[key] for key in ("low", "value", "high"))
        lines.append(
            f'<text x="0" y="{y + 4}">{escape(LABELS[name])}</text><rect class="bar" x="230" y="{y - 3}" width="480"'
            ' height="6"'
            f' rx="3"/><line class="span" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'
            f'<circle class="dot" cx="{value:.1f}" cy="{y}" r="5"/><text x="722" y="{y + 4}">{m["value"]:.3f}</text>'
        )
    height = 26 * len(rows) + 20
    return (
        '<h2>All measures, with 95 % intervals</h2>\n<div class="scroll"><svg role="img" aria-label="Measures with '
        "their "
        f'95 per cent intervals" viewBox="0 0 770 {height}" width="100%">{"".join(lines)}</svg></div>'
    )


def _baselines(record: Mapping[str, Any]) -> str:
    rows = record.get("baselines", [])
    if not rows:
        return ""
    names = ("set_precision", "set_recall", "set_f1", "set_f1_macro")
    head = ["on the set questions", "best k", *(LABELS[name] for name in names)]
    cells = [
        [
            row["name"],
            "" if row["best_k"] is None else str(row["best_k"]),
            *(number(name, row["measures"][name]["value"]) for name in names),
        ]
        for row in rows
    ]
    return (
        "<h2>Beside plain retrieval</h2>\n"
        '<p class="note">A search box answers “which trials…?” with the trials of its best '
        "k passages. Here k is chosen on these very questions, in the search box’s favour.</p>\n" + _table(head, cells)
    )


def _risk_section(record: Mapping[str, Any]) -> str:
    points = record["risk_coverage"]
    if not points:
        return ""
    return (
        '<h2>Risk and coverage</h2>\n<p class="note">Answers are taken surest first. To the right more questions are '
        "answered; the height is the share of those answers that are not entirely right. Mean risk: "
        f"{record['risk_area']:.3f}.</p>\n" + risk_plot(points)
    )


def risk_plot(points: Sequence[Mapping[str, float]]) -> str:
    """An inline SVG of risk over coverage."""
    top = max(0.1, *(point["risk"] for point in points))
    placed = [(50 + 600 * p["coverage"], 230 - 200 * p["risk"] / top) for p in points]
    placed.insert(0, (50.0, placed[0][1]))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    area = f"50,230 {path} {placed[-1][0]:.1f},230"
    ticks = "".join(
        f'<text x="{50 + 600 * share / 4:.0f}" y="250" text-anchor="middle">{25 * share} %</text>' for share in range(5)
    ) + "".join(
        f'<line class="axis" x1="50" x2="650" y1="{y}" y2="{y}"/>'
        f'<text x="44" y="{y + 4}" text-anchor="end">{risk:.0%}</text>'
        for y, risk in ((230, 0.0), (130, top / 2), (30, top))
    )
    marks = "".join(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in placed[1:])
    return (
        '<svg role="img" aria-label="Risk over coverage" viewBox="0 0 680 275" width="100%">'
        f'{ticks}<polygon class="area" points="{area}"/><polyline class="curve" points="{path}"/>{marks}'
        '<text x="350" y="270" text-anchor="middle">coverage: share of questions answered</text>'
        '<text x="50" y="16">risk: share of them that is wrong</text></svg>'
    )


def _groups(title: str, groups: Mapping[str, Any]) -> str:
    if not groups:
        return ""
    head = [title.removeprefix("By ").strip(), "n", *(LABELS[name] for name in _COLUMNS)]
    rows = [
        [name, str(m["right"]["n"]), *(number(key, m[key]["value"]) if key in m else "–" for key in _COLUMNS)]
        for name, m in groups.items()
    ]
    return f"<h2>{escape(title)}</h2>\n" + _table(head, rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _changes(comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    parts = [_change_list("Gains", "gain", comparison.gains), _change_list("Losses", "loss", comparison.losses)]
    return "<h2>Since the run compared with</h2>\n" + "\n".join(parts)


def _change_list(title: str, kind: str, changes: Sequence[Change]) -> str:
    lines = "".join(
        f'<p>{escape(c.question)}<br/><span class="small">{escape(c.id)} · {escape(c.before)} → '
        f'<span class="{kind}">{escape(c.after)}</span></span></p>'
        for c in changes
    )
    inside = lines or "<p>None.</p>"
    return f'<details><summary>{title}: {len(changes)}</summary><div class="inside">{inside}</div></details>'


def _paraphrases(record: Mapping[str, Any]) -> str:
    groups = record["paraphrases"]
    if not groups:
        return ""
    uneven = [group for group in groups if not group["equal"]]
    lines = "".join(f"<p>{escape(group['name'])}: {escape(', '.join(group['questions']))}</p>" for group in uneven)
    return (
        "<h2>Paraphrases</h2>\n"
        f'<p class="note">{len(groups) - len(uneven)} of {len(groups)} groups of equal questions got '
        "equal answers in every wording.</p>\n"
        + (
            f'<details><summary>Uneven groups: {len(uneven)}</summary><div class="inside">{lines}</div></details>'
            if uneven
            else ""
        )
    )


def _failures(results: Sequence[Mapping[str, Any]]) -> str:
    wrong = [result for result in results if not result["right"]]
    if not wrong:
        return "<h2>What came out wrong</h2>\n<p>Nothing.</p>"
    blocks = "\n".join(_answer_block(result, shown=True) for result in wrong)
    return f"<h2>What came out wrong ({len(wrong)})</h2>\n{blocks}"


def _all_answers(results: Sequence[Mapping[str, Any]]) -> str:
    blocks = "\n".join(_answer_block(result, shown=False) for result in results if result["right"])
    return f"<h2>Answers that came out right</h2>\n{blocks}" if blocks else ""


def _answer_block(result: Mapping[str, Any], *, shown: bool) -> str:
    why = f'<p class="why">{escape(why_wrong(result))}</p>' if shown else ""
    answer = result["answer"] or result["error"] or "(no words)"
    return (
        f'<details><summary>{escape(result["question"])}</summary><div class="inside">{why}<p>{escape(answer)}</p>'
        f'<p class="small">{escape(result["id"])} · {escape(result["type"])} · {escape(result["status"])} · '
        f"{escape(', '.join(result['tags']))}</p></div></details>"
    )
