"""Criteria gold: the set syntax, two readers merged, and scores against what was read."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UsageError
from rag.evaluation.criteria_gold import (
    CriteriaGold,
    GoldConcept,
    GoldLimit,
    GoldTrial,
    is_same_set,
    limits_read,
    parse_admits,
    read_criteria_gold,
    scope_class,
    write_admits,
)
from rag.evaluation.criteria_merge import decisions_of, gold_lines, kappa, limit_key, locate, merge_readers, read_reader
from rag.evaluation.criteria_scores import score_criteria
from rag.types import Clause, Constraint, Criterion, Polarity, ReadTrial, Scope, ScopeKind, Span, State, Unread
from rag.values import Values, union

TRIAL = "NCT00000001"
GOLD = Path(__file__).resolve().parents[2] / "eval" / "gold" / "criteria"


def test_every_criteria_gold_file_of_the_project_loads() -> None:
    for path in sorted(GOLD.glob("*.jsonl")):
        found = read_criteria_gold(path)
        assert len({trial.trial_id for trial in found.trials}) == len(found.trials)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">= 60", ["60", "61"], ["59.99"]),
        ("<1.5", ["1.49"], ["1.5"]),
        ("18..75", ["18", "75"], ["17.9", "75.1"]),
        ("[7.5, 10)", ["7.5"], ["10"]),
        ("(2, 5]", ["5"], ["2"]),
        ("< 7 | > 9", ["6", "10"], ["7", "8", "9"]),
        ("= 2", ["2"], ["1", "3"]),
        ("≤ 2", ["2"], ["2.1"]),
    ],
)
def test_a_set_is_written_and_read(text: str, inside: list[str], outside: list[str]) -> None:
    found = parse_admits(text)
    assert all(Decimal(n) in found for n in inside)
    assert not any(Decimal(n) in found for n in outside)
    assert parse_admits(write_admits(found)) == found


@pytest.mark.parametrize("text", ["60", "", ">= 6 0", "75..18", "(2, 2)", "< 7 |", ">= x"])
def test_what_is_no_set_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no set|empty"):
        parse_admits(text)


@given(st.lists(st.sampled_from(["< 3", "5..7", "(8, 9]", "> 12", "= 10.5"]), min_size=1))
def test_writing_a_set_keeps_it(pieces: list[str]) -> None:
    values = union(parse_admits(piece) for piece in pieces)
    assert parse_admits(write_admits(values)) == values


def test_rounded_conversions_are_the_same_set_and_open_ends_are_not() -> None:
    assert is_same_set(parse_admits("<= 1.5"), parse_admits("<= 1.504"))
    assert not is_same_set(parse_admits("<= 1.5"), parse_admits("< 1.5"))
    assert not is_same_set(parse_admits("<= 1.5"), parse_admits("<= 1.6"))


def test_scopes_fall_into_classes() -> None:
    scopes = ["", "for males", "women", "Part C", "female adults"]
    assert [scope_class(scope) for scope in scopes] == ["", "male", "female", "scoped", "female"]


# ── Reading as the product reads ─────────────────────────────────────────────────────────────────────────────────────


def constraint(variable: str, admits: str, at: int = 0) -> Constraint:
    return Constraint(variable, parse_admits(admits), "", Span(at, at + 5), "")


def clause(*atoms: Constraint | State | Unread, scope: str = "") -> Clause:
    scopes = (Scope(ScopeKind.SEX, scope, Span(0, 1)),) if scope else ()
    return Clause(atoms, Span(0, 5), scopes)


def trial_read(*clauses: Clause, section: str = "eligibility.inclusion") -> ReadTrial:
    criterion = Criterion(f"{TRIAL}:0", TRIAL, Polarity.INCLUSION, section, Span(0, 50), clauses)
    return ReadTrial(TRIAL, (criterion,), ())


def test_two_bounds_of_one_item_are_one_limit() -> None:
    found = limits_read(trial_read(clause(constraint("age", ">= 18")), clause(constraint("age", "<= 75"))))
    assert [(limit.admits, limit.firm) for limit in found] == [(parse_admits("18..75"), True)]


def test_alternatives_are_not_firm_and_fields_are_left_out() -> None:
    either = clause(constraint("egfr", ">= 60"), constraint("serum_creatinine", "<= 1.5"))
    assert [limit.firm for limit in limits_read(trial_read(either))] == [False, False]
    assert limits_read(trial_read(clause(constraint("age", ">= 18")), section="eligibility.fields")) == ()


def label(variable: str, admits: str, scope: str = "", *, firm: bool = True, disputed: bool = False) -> GoldLimit:
    return GoldLimit(TRIAL, variable, parse_admits(admits), scope, firm, 0, 5, disputed)


def never(trial: ReadTrial, concept: str) -> str:
    return "none"


def scores_of(labels: list[GoldLimit], read: ReadTrial) -> tuple[float | None, float | None]:
    gold = CriteriaGold((GoldTrial(TRIAL, "", ""),), tuple(labels), ())
    found = score_criteria(gold, {TRIAL: read}, never)
    return found.firm.precision.value, found.firm.recall.value


def test_limits_are_scored_on_variable_set_and_scope() -> None:
    right = label("hemoglobin", ">= 12", "male")
    assert scores_of([right], trial_read(clause(constraint("hemoglobin", ">= 12"), scope="for men"))) == (1.0, 1.0)
    assert scores_of([right], trial_read(clause(constraint("hemoglobin", ">= 12")))) == (0.0, 0.0)
    assert scores_of([right], trial_read(clause(constraint("hemoglobin", "> 12"), scope="men"))) == (0.0, 0.0)


def test_a_scale_of_steps_has_no_open_ends() -> None:
    assert scores_of([label("nyha", "< 3")], trial_read(clause(constraint("nyha", "<= 2")))) == (1.0, 1.0)
    assert scores_of([label("ecog", "<= 2")], trial_read(clause(constraint("ecog", "0..2")))) == (1.0, 1.0)
    assert scores_of([label("egfr", "< 3")], trial_read(clause(constraint("egfr", "<= 2")))) == (0.0, 0.0)


def test_disputed_labels_and_unlabelled_variables_count_neither_way() -> None:
    labels = [label("egfr", ">= 60"), label("alt", "<= 40", disputed=True)]
    read = trial_read(*(clause(constraint(v, a)) for v, a in (("egfr", ">= 60"), ("alt", "<= 40"), ("urea", "< 9"))))
    assert scores_of(labels, read) == (1.0, 1.0)


def test_a_loose_reading_of_a_firm_limit_is_not_missed_among_all_limits() -> None:
    gold = CriteriaGold((GoldTrial(TRIAL, "", ""),), (label("egfr", ">= 60"),), ())
    either = clause(constraint("egfr", ">= 60"), constraint("serum_creatinine", "<= 1.5"))
    found = score_criteria(gold, {TRIAL: trial_read(either)}, never)
    assert found.any.recall.value == 1.0
    assert found.firm.recall.value == 0.0
    assert found.questions["f1"].value == 0.0
    assert found.unread.value == 0.0


def test_overcommitted_set_answers_are_counted() -> None:
    gold = CriteriaGold((GoldTrial(TRIAL, "", ""),), (label("egfr", ">= 30"),), ())
    found = score_criteria(gold, {TRIAL: trial_read(clause(constraint("egfr", ">= 60")))}, never)
    # 'below 30' is right both ways; nothing else is asked, since gold states no other end
    assert found.questions["overcommitted"].value == 0.0
    wrong = score_criteria(gold, {TRIAL: trial_read(clause(constraint("egfr", "<= 30")))}, never)
    assert wrong.questions["overcommitted"].value == 1.0


def test_concepts_are_scored_by_verdict() -> None:
    gold = CriteriaGold((GoldTrial(TRIAL, "", ""),), (), (GoldConcept(TRIAL, "hiv", "match"),))
    right = score_criteria(gold, {TRIAL: trial_read()}, lambda trial, concept: "match")
    assert right.concepts["f1"].value == 1.0
    wrong = score_criteria(gold, {TRIAL: trial_read()}, never)
    assert wrong.concept_errors == ((TRIAL, "hiv", "match", "none"),)


# ── Two readers ──────────────────────────────────────────────────────────────────────────────────────────────────────

TEXT = "Inclusion:\n  - Age over 18\n    years\n  - ANC >= 1500/mm3\n"


def same_unit(variable: str, unit: str, values: Values) -> Values:
    if unit != "/mm3":
        raise ValueError(f"unit {unit!r} is not known")
    return values.scaled(Decimal("0.001"))


def sheets(tmp_path: Path, reader: str, *lines: dict[str, object]) -> Path:
    folder = tmp_path / reader
    folder.mkdir()
    done = {"trial_id": TRIAL, "done": True}
    text = "\n".join(json.dumps({"trial_id": TRIAL, **line}) for line in (*lines, done))
    (folder / "d01.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_a_quote_is_found_across_lines_and_by_its_line() -> None:
    assert TEXT[slice(*locate(TEXT, "L02", "Age over 18 years"))] == "Age over 18\n    years"
    assert TEXT[slice(*locate(TEXT, "L04", "not there"))] == "- ANC >= 1500/mm3"
    with pytest.raises(ValueError, match="stands nowhere"):
        locate(TEXT, "", "not there")


def test_two_readers_are_merged_and_their_disputes_decided(tmp_path: Path) -> None:
    age = {"line": "L02", "quote": "Age over 18", "variable": "age", "admits": "> 18"}
    anc = {"line": "L04", "quote": "ANC >= 1500/mm3", "variable": "anc", "unit": "/mm3", "admits": ">= 1500"}
    hiv = {"concept": "hiv", "verdict": "match"}
    first = read_reader(sheets(tmp_path, "A", age, anc, hiv), {TRIAL: TEXT}, same_unit)
    second = read_reader(sheets(tmp_path, "B", {**age, "admits": ">= 18"}, anc), {TRIAL: TEXT}, same_unit)
    merged = merge_readers(first, second, {TRIAL: TEXT}, {})
    assert [(label.variable, label.disputed) for label in merged.gold.limits] == [
        ("age", True),
        ("age", True),
        ("anc", False),
    ]
    assert merged.gold.limits[2].admits == parse_admits(">= 1.5")
    assert merged.gold.concepts == (GoldConcept(TRIAL, "hiv", "none", True),)
    assert merged.agreement["limits_f1"] == 0.5
    decided: dict[str, bool | str] = {
        limit_key(label): write_admits(label.admits) == "> 18" for label in merged.gold.limits[:2]
    }
    settled = merge_readers(first, second, {TRIAL: TEXT}, decided | {f"{TRIAL}|hiv": "match"})
    assert [(label.variable, label.disputed) for label in settled.gold.limits] == [("age", False), ("anc", False)]
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(gold_lines(settled.gold)), encoding="utf-8")
    assert read_criteria_gold(path) == settled.gold


def test_a_third_reader_settles_disputes(tmp_path: Path) -> None:
    age = {"line": "L02", "quote": "Age over 18", "variable": "age", "admits": "> 18"}
    hiv = {"concept": "hiv", "verdict": "match"}
    lines = {"A": (age, hiv), "B": ({**age, "admits": ">= 18"},), "C": (age, hiv)}
    first, second, third = (read_reader(sheets(tmp_path, n, *ls), {TRIAL: TEXT}, same_unit) for n, ls in lines.items())
    decided = decisions_of(third, merge_readers(first, second, {TRIAL: TEXT}, {}).gold)
    settled = merge_readers(first, second, {TRIAL: TEXT}, decided).gold
    assert [write_admits(label.admits) for label in settled.limits] == ["> 18"]
    assert settled.concepts == (GoldConcept(TRIAL, "hiv", "match"),)


def test_a_line_that_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    bad = {"line": "L02", "quote": "Age", "variable": "age", "admits": "18+"}
    unit = {"line": "L04", "quote": "ANC", "variable": "anc", "admits": ">= 1", "unit": "furlong"}
    found = read_reader(sheets(tmp_path, "A", bad, unit), {TRIAL: TEXT}, same_unit)
    assert [line.split(": ", 1)[0] for line in found.refused] == ["A/d01.jsonl:1", "A/d01.jsonl:2"]
    assert found.done == {TRIAL}


def test_kappa_is_agreement_beyond_chance() -> None:
    # Cohen 1960, by hand: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 0.7 observed, 0.5 by chance
    cells = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(cells) == pytest.approx(0.4)
    assert kappa([]) is None
    assert kappa([("y", "y")]) == 1.0


@pytest.mark.parametrize(
    "line", ['{"trial_id": "x", "what": 1}', '{"trial_id": "x", "concept": "hiv", "verdict": "match"}']
)
def test_a_stray_label_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(UsageError, match=r"fit no kind|no trial line"):
        read_criteria_gold(path)
