"""The run file, gains and losses, gates, tables, the page and the exports."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import ir_measures
import pytest
from ir_measures import P, R
from support.eval_answers import INDEX, TEXTS, answer, citation, document_text, gold

from rag.errors import UsageError
from rag.evaluation.baselines import baselines_record, run_baselines
from rag.evaluation.exports import write_exports
from rag.evaluation.gates import failed_gates, read_gates
from rag.evaluation.outcome import outcome_of
from rag.evaluation.page import html_report, risk_plot
from rag.evaluation.report import plain_report
from rag.evaluation.run import Run
from rag.evaluation.runfile import compare, read_run, run_record, write_json
from rag.evaluation.scoring import judge
from rag.evaluation.summary import summarise
from rag.types import Answer, Status, Verdict

ONE, TWO, THREE = TEXTS
MATCH = Verdict.MATCH


def run_of(*answers: Answer) -> Run:
    """Gold q1 wants trial one, q2 wants one and two, q3 is unanswerable, asked with <tags> in it."""
    questions = [
        gold(id="q1", trials=[ONE], tags=["kidney", "paraphrase:x"]),
        gold(id="q2", trials=[ONE, TWO], optional_trials=[THREE], tags=["paraphrase:x"]),
        gold(id="q3", type="unanswerable", status="abstained", question="<script>alert(1)</script>?"),
    ]
    pairs = zip(questions, answers, strict=True)
    judged = tuple(judge(question, outcome_of(given, 0.02), document_text) for question, given in pairs)
    return Run(judged, summarise(judged))


GOOD = run_of(
    answer(trials={ONE: MATCH}, citations=[citation(ONE, "eGFR")]),
    answer(trials={ONE: MATCH, TWO: MATCH}),
    answer(status=Status.ABSTAINED),
)
BAD = run_of(
    answer(trials={TWO: MATCH}),
    answer(trials={ONE: MATCH, THREE: Verdict.PARTIAL}),
    answer("<b>Take it.</b>"),
)


def record_of(run: Run) -> dict[str, object]:
    return run_record(run, INDEX, ["gold"])


def test_a_run_file_is_read_back_and_holds_no_nan(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "run.json"
    write_json(path, record_of(BAD))
    assert read_run(path) == json.loads(json.dumps(record_of(BAD)))
    assert "NaN" not in path.read_text(encoding="utf-8")


def test_a_baseline_holds_no_time_and_no_answer() -> None:
    record = run_record(GOOD, INDEX, ["gold"], timed=False)
    assert not re.search(r'"ms"|latency|"answer"', json.dumps(record))


@pytest.mark.parametrize("content", ["", "[]", '{"schema_version": "0", "results": []}'])
def test_what_is_no_run_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"run\.json"):
        read_run(path)
    with pytest.raises(UsageError, match="no such run file"):
        read_run(tmp_path / "none.json")


def test_gains_and_losses_are_listed_question_by_question() -> None:
    found = compare(record_of(BAD), record_of(GOOD))
    assert [change.id for change in found.gains] == ["q1", "q2", "q3"]
    assert found.losses == ()
    back = compare(record_of(GOOD), record_of(BAD))
    assert [change.id for change in back.losses] == ["q1", "q2", "q3"]
    assert back.losses[0].after == "wrong, answered, set F1 0.00"
    assert compare(record_of(GOOD), record_of(GOOD)).shifts == {}


def test_gates_fail_below_and_pass_at_their_value(tmp_path: Path) -> None:
    path = tmp_path / "gates.toml"
    path.write_text("[gates]\nset_f1 = 1.0\nfact_accuracy = 0.9\n", encoding="utf-8")
    gates = read_gates(path)
    assert failed_gates(gates, GOOD.summary.measures) == ()
    assert [gate.measure for gate in failed_gates(gates, BAD.summary.measures)] == ["set_f1"]
    with pytest.raises(UsageError, match="names no measure"):
        failed_gates({"beauty": 1.0}, GOOD.summary.measures)
    path.write_text("[gate]\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"\[gates\] table"):
        read_gates(path)


def test_the_plain_report_says_what_is_wrong() -> None:
    text = plain_report(record_of(BAD), compare(record_of(GOOD), record_of(BAD)))
    assert "wrong: 3" in text
    assert f"missing {ONE}; too much {TWO}" in text
    assert "answered where abstained is right" in text
    assert "losses: 3" in text
    assert not re.search(r"\bnan\b", text.casefold())


def test_the_page_is_well_formed_static_and_escaped() -> None:
    page = html_report(record_of(BAD), compare(record_of(GOOD), record_of(BAD)))
    body = page[page.index("<body>") : page.index("</html>")]
    ElementTree.fromstring(body)
    assert "<script" not in page
    assert "&lt;script>" in page
    assert "<b>Take it" not in page
    assert not re.search(r'(?:src|href)="', page)


def test_the_page_of_no_question_still_renders() -> None:
    page = html_report(record_of(Run((), summarise(()))))
    ElementTree.fromstring(page[page.index("<body>") : page.index("</html>")])


def test_the_risk_plot_spans_its_frame() -> None:
    svg = ElementTree.fromstring(risk_plot([{"coverage": 0.5, "risk": 0.0}, {"coverage": 1.0, "risk": 0.2}]))
    curve = svg.find("polyline")
    assert curve is not None
    assert curve.get("points") == "50.0,230.0 350.0,230.0 650.0,30.0"


def test_exports_agree_with_ir_measures(tmp_path: Path) -> None:
    write_exports(tmp_path, BAD.judged, sorted(TEXTS), lambda t: ("A title", TEXTS[t]))
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels.trec")))
    run = list(ir_measures.read_trec_run(str(tmp_path / "run.trec")))
    found = ir_measures.calc_aggregate([P(rel=2) @ 1, R(rel=2) @ 10], qrels, run)
    # q1 returns trial two and wants one; q2 returns one and wants one and two
    assert found[P(rel=2) @ 1] == pytest.approx(0.5)
    assert found[R(rel=2) @ 10] == pytest.approx(0.25)
    beir = [json.loads(line) for line in (tmp_path / "beir" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["_id"] for row in beir] == sorted(TEXTS)
    assert (tmp_path / "beir" / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines() == [
        "query-id\tcorpus-id\tscore",
        f"q1\t{ONE}\t2",
        f"q2\t{ONE}\t2",
        f"q2\t{TWO}\t2",
        f"q2\t{THREE}\t1",
    ]


def test_baselines_stand_beside_the_full_system_with_their_best_k() -> None:
    ranked = {"dense": [ONE, ONE, TWO], "lexical": [THREE, TWO, ONE], "hybrid": []}
    rows = baselines_record(run_baselines(GOOD.judged, lambda text, k, mode: ranked[mode][:k]))
    assert [(row["name"], row["best_k"]) for row in rows] == [
        ("dense top-k", 3),
        ("BM25 top-k", 3),
        ("hybrid top-k", 1),
        ("full system", None),
    ]
    assert rows[0]["measures"]["set_f1"]["value"] == pytest.approx(6 / 7)
    assert rows[3]["measures"]["set_f1"]["value"] == 1.0
    assert rows[2]["measures"]["set_f1"]["value"] == 0.0
