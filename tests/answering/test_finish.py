"""Numbers of citations, places of markers, and the promises that an answer is checked for before it leaves."""

from dataclasses import replace

import pytest

from rag.answering.draft import Draft, abstain
from rag.answering.finish import finish
from rag.answering.wire import answer_json
from rag.types import (
    AbstentionReason,
    Answer,
    Claim,
    Document,
    IndexInfo,
    Intent,
    Origin,
    QueryPlan,
    Question,
    Quote,
    Section,
    Span,
    Status,
    TrialFacts,
    TrialVerdict,
    Verdict,
)
from rag.verification import faults_of

TEXT = "Exclusion Criteria\neGFR < 60 mL/min\nPlatelets < 100\n"


def record(trial_id: str) -> Document:
    sections = (Section("eligibility.exclusion", Span(19, len(TEXT))),)
    origins = (Origin(Span(0, len(TEXT)), "line 1"),)
    return Document(trial_id, f"Title of {trial_id}", TEXT, sections, (), TrialFacts(), origins, "a.txt", "0" * 64)


RECORDS = {trial: record(trial) for trial in ("NCT00000001", "NCT00000002")}
EGFR, PLATELETS = Span(19, 35), Span(36, 51)
INDEX = IndexInfo("i", 2, 4, "fake")


def finished(draft: Draft) -> Answer:
    plan = QueryPlan(Intent.TRIALS, "q", "trials that do it")
    return finish(draft, Question("q"), plan, document=RECORDS.__getitem__, index=INDEX)


def quote(trial: int, span: Span) -> Quote:
    return Quote(f"NCT0000000{trial}", span)


def test_markers_stand_before_the_full_stop_in_order_of_first_use() -> None:
    answer = finished(
        Draft((
            Claim("Two trials do.", (quote(2, EGFR), quote(1, EGFR))),
            Claim("One says why", (quote(1, PLATELETS), quote(2, EGFR))),
        ))
    )
    assert answer.answer == "Two trials do [1][2]. One says why [3][1]"
    assert [(c.index, c.trial_id, c.cited_text) for c in answer.citations] == [
        (1, "NCT00000002", "eGFR < 60 mL/min"),
        (2, "NCT00000001", "eGFR < 60 mL/min"),
        (3, "NCT00000001", "Platelets < 100"),
    ]


def test_a_reference_in_the_words_of_a_record_is_no_marker() -> None:
    answer = finished(Draft((Claim('It says: "rare [1], as others found [10]."', (quote(1, EGFR),)),)))
    assert answer.answer == 'It says: "rare (1), as others found (10)." [1].'
    assert faults_of(answer, RECORDS) == ()


def test_each_citation_has_a_title_and_a_url_of_its_own() -> None:
    answer = finished(Draft((Claim("So.", (quote(1, EGFR), quote(1, PLATELETS), quote(2, EGFR))),)))
    assert len({c.title for c in answer.citations}) == len({c.url for c in answer.citations}) == 3
    assert answer.citations[0].url == "https://clinicaltrials.gov/study/NCT00000001"
    assert answer.citations[1].url.startswith("https://clinicaltrials.gov/study/NCT00000001#")


def test_items_cite_after_the_text_and_keep_its_numbers() -> None:
    verdicts = (
        TrialVerdict("NCT00000001", Verdict.MATCH, "excludes it", (quote(1, EGFR),)),
        TrialVerdict("NCT00000002", Verdict.PARTIAL, "in part", (quote(2, PLATELETS),)),
    )
    answer = finished(Draft((Claim("One does.", (quote(1, EGFR),)),), verdicts=verdicts, considered=2, total=1))
    assert answer.result_set is not None
    assert [item.citations for item in answer.result_set.items] == [(1,), (2,)]


def test_a_quote_that_does_not_fit_is_dropped_and_counted() -> None:
    answer = finished(Draft((Claim("So.", (quote(1, Span(19, 999)), quote(1, EGFR))),)))
    assert [c.cited_text for c in answer.citations] == ["eGFR < 60 mL/min"]
    assert answer.warnings == ("1 citations did not fit their document and were dropped",)


def test_an_abstention_shows_what_is_nearest() -> None:
    answer = finished(abstain(AbstentionReason.NO_EVIDENCE, "The documents do not say.", (quote(1, EGFR),)))
    assert answer.status is Status.ABSTAINED
    assert answer.citations == ()
    assert answer.abstention is not None
    assert [c.cited_text for c in answer.abstention.nearest] == ["eGFR < 60 mL/min"]


def test_a_finished_answer_has_no_faults() -> None:
    assert faults_of(finished(Draft((Claim("So.", (quote(1, EGFR),)),))), RECORDS) == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"cited_text": "eGFR < 30 mL/min"}, "does not equal"),
        ({"start": 20}, "does not equal"),
        ({"document_sha256": "1" * 64}, "another version"),
        ({"trial_id": "NCT99999999"}, "not in the index"),
        ({"index": 2}, "do not run from 1"),
    ],
)
def test_a_broken_promise_is_found(change: dict[str, object], fault: str) -> None:
    answer = finished(Draft((Claim("So.", (quote(1, EGFR),)),)))
    broken = replace(answer, citations=(replace(answer.citations[0], **change),))
    assert any(fault in found for found in faults_of(broken, RECORDS))


def test_the_wire_object_has_the_keys_of_the_contract_in_order() -> None:
    plain = answer_json(finished(Draft((Claim("So.", (quote(1, EGFR),)),))))
    assert list(plain) == [
        "schema_version", "id", "question", "status", "answer", "result_set", "citations", "abstention", "plan", "mode",
        "warnings", "timings_ms", "index",
    ]  # fmt: skip
    assert plain["schema_version"] == "1"
    assert list(plain["citations"][0]) == [
        "index", "trial_id", "title", "section", "cited_text", "start", "end", "document_sha256", "source", "origin",
        "url", "view_url",
    ]  # fmt: skip


def test_the_same_question_over_the_same_index_has_the_same_id() -> None:
    first, second = (finished(Draft((Claim("So."),))) for _ in range(2))
    assert first.id == second.id
