"""Yes or no over many trials: the answer first, over the trials that were asked about, and which do not fit."""

from __future__ import annotations

import pytest
from answering.test_set_sentences import BELOW_60, Blank

from rag.answering.told import answer_trials_told
from rag.evidence.collect import Judge, Judgements
from rag.evidence.judgement import Judgement
from rag.planning.joining import all_of
from rag.types import About, Intent, Predicate, QueryPlan, Verdict

LUPUS = About("lupus")
_LETTERS = {"m": Verdict.MATCH, "p": Verdict.PARTIAL, "u": Verdict.UNREAD, "n": Verdict.NO_MATCH, "s": Verdict.SILENT}


class OfTwoParts(Judge):
    """A judge whose verdicts on the topic and on the limit are given, a letter a trial; both must hold of 'and'."""

    def __init__(self, topic: str, limit: str) -> None:
        self.records = Blank()
        self._topic, self._limit = topic, limit

    def all(self, predicate: Predicate, trial_ids: tuple[str, ...]) -> Judgements:
        return {trial: Judgement(_LETTERS[self._of(predicate, int(trial[-1]))], "is silent") for trial in trial_ids}

    def _of(self, predicate: Predicate, at: int) -> str:
        if predicate in (LUPUS, BELOW_60):
            return (self._topic if predicate == LUPUS else self._limit)[at]
        return self._limit[at] if self._topic[at] == "m" else "n"


def told_of(topic: str, limit: str, plan: QueryPlan) -> str:
    ids = tuple(f"NCT0900000{number}" for number in range(len(topic)))
    return " ".join(claim.text for claim in answer_trials_told(plan, OfTwoParts(topic, limit), ids, ()).claims)


@pytest.mark.parametrize(
    ("topic", "limit", "told"),
    [
        ("mmn", "mms", "Yes: both trials that are about lupus exclude eGFR below 60 mL/min."),
        ("mnn", "mms", "Yes: the one trial that is about lupus excludes eGFR below 60 mL/min."),
        ("mmmn", "mmmn", "Yes: all 3 trials that are about lupus exclude eGFR below 60 mL/min."),
        (
            "mmmn",
            "mmss",
            "No: 2 of the 3 trials that are about lupus exclude eGFR below 60 mL/min."
            " Of the others, NCT09000002 is silent.",
        ),
        ("mmn", "ssm", "No: none of the 2 trials that are about lupus excludes eGFR below 60 mL/min. Of the others,"),
        ("mmm", "mmp", "Not quite: 2 of the 3 trials that are about lupus exclude"),
        ("mmm", "mmu", "Not for certain: 2 of the 3 trials that are about lupus exclude"),
        ("mmmmmmmmm", "mmnnnnsss", "Of the others, 4 state otherwise, and 3 do not state it."),
    ],
)
def test_all_are_asked_about(topic: str, limit: str, told: str) -> None:
    plan = QueryPlan(Intent.TRIALS, "", "", where=all_of((LUPUS, BELOW_60)), quantifier="every", base=LUPUS)
    assert told in told_of(topic, limit, plan)


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ("mmn", "Yes: 2 of 3 trials exclude eGFR below 60 mL/min."),
        ("nns", "No: none of the 3 trials excludes eGFR below 60 mL/min."),
        ("nnp", "Only in part: NCT09000002 is silent."),
        ("nnu", "Not for certain: none of the 3 trials excludes"),
    ],
)
def test_any_is_asked_about(limit: str, told: str) -> None:
    plan = QueryPlan(Intent.TRIALS, "", "", where=BELOW_60, quantifier="some")
    assert told_of("mmm", limit, plan).startswith(told)
