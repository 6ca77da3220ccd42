"""One answer against one gold question: every part by value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.eval_answers import answer, citation, document_text, gold

from rag.errors import UsageError
from rag.evaluation.gold import GoldQuestion
from rag.evaluation.outcome import outcome_of
from rag.evaluation.run import ask_once
from rag.evaluation.scoring import Judged, SetCounts, judge
from rag.evaluation.summary import measures, paraphrase_groups, risk_area, risk_coverage, summarise
from rag.types import Answer, Question, Status, Verdict

ONE, TWO, THREE = "NCT00000001", "NCT00000002", "NCT00000003"
MATCH, PARTIAL = Verdict.MATCH, Verdict.PARTIAL


def judged(question: GoldQuestion, given: Answer, seconds: float = 0.01) -> Judged:
    return judge(question, outcome_of(given, seconds), document_text)


def test_only_matches_count_as_returned() -> None:
    found = judged(gold(trials=[ONE]), answer(trials={ONE: MATCH, TWO: PARTIAL}))
    assert found.set == SetCounts((ONE,), (), ())
    assert found.is_right


def test_optional_trials_count_neither_way() -> None:
    question = gold(trials=[ONE], optional_trials=[TWO])
    for listed in ({ONE: MATCH}, {ONE: MATCH, TWO: MATCH}):
        assert judged(question, answer(trials=listed)).set == SetCounts((ONE,), (), ())


def test_extra_and_missing_trials_are_named() -> None:
    found = judged(gold(trials=[ONE, TWO]), answer(trials={ONE: MATCH, THREE: MATCH}))
    assert found.set == SetCounts((ONE,), (THREE,), (TWO,))
    assert found.set is not None
    assert found.set.f1 == pytest.approx(0.5)
    assert not found.is_right


def test_an_empty_set_can_be_right() -> None:
    assert judged(gold(trials=[]), answer(trials={})).is_right
    assert not judged(gold(trials=[]), answer(trials={ONE: MATCH})).is_right


def test_a_screening_answer_is_scored_on_what_gold_decides() -> None:
    question = gold(type="screen", trials=[ONE], tags=[f"possible:{TWO}"])
    listed = {ONE: Verdict.EXCLUDED, THREE: Verdict.EXCLUDED}
    assert judged(question, answer(trials=listed)).set == SetCounts((ONE,), (), ())
    assert judged(question, answer(trials=listed | {TWO: Verdict.EXCLUDED})).set == SetCounts((ONE,), (TWO,), ())


def test_quotes_of_a_screening_count_where_gold_decides() -> None:
    question = gold(type="screen", trials=[ONE], tags=[f"possible:{TWO}"])
    cited = [citation(ONE, "eGFR", 1), citation(TWO, "GFR < 30", 2), citation(THREE, "Anybody", 3)]
    listed = {ONE: Verdict.EXCLUDED, TWO: Verdict.POSSIBLE, THREE: Verdict.EXCLUDED}
    found = judged(question, answer(trials=listed, citations=cited)).citations
    assert (found.right, found.counted) == (2, 2)
    wrong = judged(question, answer(trials=listed | {TWO: Verdict.EXCLUDED}, citations=cited)).citations
    assert (wrong.right, wrong.counted) == (1, 2)


def test_facts_are_searched_without_case_and_forbidden_words_are_found() -> None:
    question = gold(type="fact", facts=["300 mg", r"\bdaily\b"], forbidden=["weekly"])
    assert judged(question, answer("300 MG Daily.")).facts_right
    found = judged(question, answer("300 mg weekly"))
    assert found.facts_missing == (r"\bdaily\b",)
    assert found.forbidden_found == ("weekly",)


def test_expected_trials_of_a_fact_must_be_cited() -> None:
    question = gold(type="fact", trials=[ONE])
    assert judged(question, answer(citations=[citation(ONE, "Kidney")])).is_right
    assert judged(question, answer(citations=[citation(TWO, "Liver")])).trials_uncited == (ONE,)


def test_evidence_folds_case_space_and_escapes() -> None:
    question = gold(trials=[ONE], evidence=[{"trial_id": ONE, "contains": "EGFR  <60"}])
    assert not judged(question, answer(trials={ONE: MATCH}, citations=[citation(ONE, "eGFR \\<60")])).evidence_missing
    assert judged(question, answer(trials={ONE: MATCH}, citations=[citation(TWO, "GFR < 30")])).evidence_missing


@pytest.mark.parametrize(
    "change",
    [
        {"start": 1},
        {"cited_text": "kidney"},
        {"document_sha256": "other"},
        {"trial_id": TWO},
        {"trial_id": "NCT09999999"},
        {"end": 10_000},
        {"start": -44},
    ],
)
def test_a_citation_is_valid_only_by_equality_with_the_document(change: dict[str, object]) -> None:
    right = citation(ONE, "Kidney")
    assert judged(gold(), answer(citations=[right])).citations.valid == 1
    wrong = judged(gold(), answer(citations=[replace(right, **change)]))  # type: ignore[arg-type]
    assert wrong.citations.valid == 0
    assert not wrong.is_right


def test_quotes_of_near_misses_do_not_count_against_precision() -> None:
    cited = [citation(ONE, "eGFR", 1), citation(TWO, "GFR < 30", 2), citation(THREE, "Anybody", 3)]
    found = judged(gold(trials=[ONE]), answer(trials={ONE: MATCH, TWO: PARTIAL}, citations=cited))
    assert (found.citations.right, found.citations.counted, found.citations.total) == (1, 2, 3)


def test_an_answer_where_abstention_is_right_has_no_right_citation() -> None:
    question = gold(type="unanswerable", status="abstained")
    found = judged(question, answer("Yes.", citations=[citation(ONE, "Kidney")]))
    assert (found.citations.right, found.citations.counted) == (0, 1)
    assert not found.is_right
    assert judged(question, answer(status=Status.ABSTAINED)).is_right


def test_an_error_scores_as_a_wrong_answer_and_does_not_vanish() -> None:
    def ask(question: Question) -> Answer:
        raise UsageError("too long")

    question = gold(type="unanswerable", status="abstained")
    found = judge(question, ask_once(question, ask), document_text)
    assert not found.is_right
    assert not found.abstained
    assert found.outcome.error == "too long"


def test_measures_over_nothing_have_no_value() -> None:
    for measure in measures([]).values():
        assert measure.n == 0
        assert measure.value is None
    assert summarise([]).risk_coverage == ()


def test_abstention_scores() -> None:
    unanswerable = gold(type="unanswerable", status="abstained")
    quiet, loud = answer(status=Status.ABSTAINED), answer("So it is.")
    found = measures(
        [judged(unanswerable, quiet), judged(unanswerable, loud), judged(gold(), quiet), judged(gold(), loud)]
    )
    names = ("abstention_precision", "abstention_recall", "abstention_f1")
    assert [found[name].value for name in names] == [0.5, 0.5, 0.5]


def test_paraphrases_are_equal_when_their_sets_are() -> None:
    first = gold(id="a", trials=[ONE], tags=["paraphrase:x"])
    second = gold(id="b", trials=[ONE], tags=["paraphrase:x"])
    same = [judged(first, answer(trials={ONE: MATCH})), judged(second, answer(trials={ONE: MATCH, TWO: PARTIAL}))]
    assert [group.equal for group in paraphrase_groups(same)] == [True]
    other = [same[0], judged(second, answer(trials={TWO: MATCH}))]
    assert [group.equal for group in paraphrase_groups(other)] == [False]
    assert summarise(other).by_tag == {}


def test_risk_rises_as_less_sure_answers_are_taken() -> None:
    right = judged(gold(id="a", trials=[ONE]), answer(trials={ONE: MATCH}, citations=[citation(ONE, "eGFR")]))
    wrong = judged(gold(id="b", trials=[ONE]), answer(trials={TWO: MATCH}, status=Status.PARTIAL))
    silent = judged(gold(id="c", trials=[ONE]), answer(status=Status.ABSTAINED))
    points = risk_coverage([wrong, silent, right])
    assert [(round(p.coverage, 2), p.risk) for p in points] == [(0.33, 0.0), (0.67, 0.5)]
    assert risk_area(points) == pytest.approx(0.125)
    assert risk_area(()) is None
