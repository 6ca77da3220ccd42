"""What a relaxed limit changes: in the sets of trials, and for a person with a value between the two limits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

import pytest

from rag.answering.whatif import answer_whatif
from rag.evidence.collect import Judge
from rag.snapshot import Snapshot
from rag.types import Asks, Clause, Comparison, Constraint, Criterion, Intent, Limit, Patient, Polarity, QueryPlan, Span
from rag.values import Values, above, at_least, below, exactly

HERE = Span(0, 5)
# trial → what it admits
EGFR = {
    "NCT09000001": at_least(Decimal(30)),
    "NCT09000002": at_least(Decimal(45)),
    "NCT09000003": at_least(Decimal(60)),
    "NCT09000004": at_least(Decimal(90)),  # stricter than the limit that is given up
    "NCT09000005": above(Decimal(50)),
}


class Floors(Snapshot):
    """Records that state one floor of eGFR each."""

    def __init__(self) -> None: ...

    def field_values(self, field: str) -> Mapping[str, tuple[str, ...]]:
        return {}

    def criteria_for_variables(self, variables: Collection[str]) -> Mapping[str, tuple[Criterion, ...]]:
        return {trial: (_criterion(trial, admits),) for trial, admits in EGFR.items()}


JUDGE = Judge(Floors())


def _criterion(trial: str, admits: Values) -> Criterion:
    clause = Clause((Constraint("egfr", admits, "mL/min", HERE, admits.describe()),), HERE, (), ())
    return Criterion(f"{trial}:0", trial, Polarity.INCLUSION, "eligibility.inclusion", HERE, (clause,))


@pytest.mark.parametrize(
    ("person", "listed", "told"),
    [
        (50, {3, 5}, "3 of 5 trials exclude eGFR of 50 mL/min as things stand. 2 of them would not if the limit moved"),
        (44, {2, 3, 4, 5}, "4 of 5 trials exclude eGFR of 44 mL/min as things stand. None of them would not"),
        (70, set(), "1 of 5 trials excludes eGFR of 70 mL/min as things stand. None of them would not"),
        (None, {2, 3, 4, 5}, "2 of 5 trials exclude eGFR below 60 mL/min. 4 exclude eGFR below 45 mL/min."),
        (None, {2, 3, 4, 5}, "The change makes a difference in 2 trials: NCT09000002 and NCT09000005."),
    ],
)
def test_a_limit_relaxed_from_60_to_45(person: int | None, listed: set[int], told: str) -> None:
    value = None if person is None else exactly(Decimal(person))
    patient = None if value is None else Patient((Comparison("egfr", value, "mL/min", HERE, f"eGFR {person}"),))
    changes = tuple(Limit("egfr", below(Decimal(end)), Asks.EXCLUDES, f"below {end}") for end in (60, 45))
    plan = QueryPlan(Intent.WHATIF, "", "", changes=changes, patient=patient)
    draft = answer_whatif(plan, Judge(Floors()), tuple(EGFR), ())
    assert {int(verdict.trial_id[-1]) for verdict in draft.verdicts or ()} == listed
    assert told in " ".join(claim.text for claim in draft.claims)


@pytest.mark.parametrize(
    ("person", "listed", "told"),
    [
        (44, {2, 3, 4, 5}, "4 of 5 trials exclude eGFR of 44 mL/min as things stand. None of them would not"),
        (50, {3, 4, 5}, "3 of 5 trials exclude eGFR of 50 mL/min as things stand. 3 of them would not"),
        (None, {3, 4, 5}, "3 of 5 trials exclude eGFR of 45 mL/min as things stand. 3 of them would not"),
    ],
)
def test_a_limit_relaxed_to_45_from_wherever_it_is(person: int | None, listed: set[int], told: str) -> None:
    value = None if person is None else exactly(Decimal(person))
    patient = None if value is None else Patient((Comparison("egfr", value, "mL/min", HERE, f"eGFR {person}"),))
    changes = (Limit("egfr", below(Decimal(45)), Asks.EXCLUDES, "below 45"),)
    draft = answer_whatif(QueryPlan(Intent.WHATIF, "", "", changes=changes, patient=patient), JUDGE, tuple(EGFR), ())
    assert {int(verdict.trial_id[-1]) for verdict in draft.verdicts or ()} == listed
    assert told in " ".join(claim.text for claim in draft.claims)
