"""The sentences over a set: every class of trials told in good English, whatever its number."""

from decimal import Decimal
from pathlib import Path

import pytest
from support.made import assistant_over
from support.study import study

from rag.answering.sets import answer_trials
from rag.evidence.collect import Judge, Judgements
from rag.evidence.judgement import Judgement
from rag.snapshot import Snapshot
from rag.types import About, All, Asks, Document, Intent, Limit, Predicate, QueryPlan, Question, TrialFacts, Verdict
from rag.values import below

BELOW_60 = Limit("egfr", below(Decimal(60)), Asks.EXCLUDES, "below 60 mL/min")


class Blank(Snapshot):
    """Records without a word."""

    def __init__(self) -> None: ...

    def document(self, trial_id: str) -> Document:
        return Document(trial_id, "", "", (), (), TrialFacts(), (), "", "")


class GivenVerdicts(Judge):
    """A judge whose verdicts are given: m match, p partial, u unread, n no match, o other measure, s silent."""

    def __init__(self, verdicts: str) -> None:
        names = {kind.value[0]: kind for kind in (Verdict.MATCH, Verdict.PARTIAL, Verdict.UNREAD, Verdict.NO_MATCH)}
        self.records = Blank()
        self._given = [{**names, "s": Verdict.SILENT, "o": Verdict.OTHER_MEASURE}[letter] for letter in verdicts]

    def all(self, predicate: Predicate, trial_ids: tuple[str, ...]) -> Judgements:
        return {trial: Judgement(verdict) for trial, verdict in zip(trial_ids, self._given, strict=True)}


ABOUT_LUPUS = All((About("lupus"), BELOW_60))


def told_of(verdicts: str, where: Predicate) -> str:
    ids = tuple(f"NCT0900000{number}" for number in range(len(verdicts)))
    draft = answer_trials(QueryPlan(Intent.TRIALS, "", "", where=where), GivenVerdicts(verdicts), ids, ())
    return " ".join(claim.text for claim in draft.claims)


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ("u", "0 of 1 trial excludes eGFR below 60 mL/min. 1 trial mentions it in words"),
        ("uu", "None of the 2 trials excludes eGFR below 60 mL/min. 2 trials mention it in words"),
        ("mu", "1 of 2 trials excludes eGFR below 60 mL/min. 1 more mentions it in words"),
        ("mp", "1 more excludes only part of that range"),
        ("mns", "Of the others, 1 states otherwise, and 1 does not state it."),
        ("mnos", "Of the others, 1 states otherwise, 1 limits only a related measure"),
        ("mnos", "which is not comparable, and 1 does not state it."),
        ("mnnss", "Of the others, 2 state otherwise, and 2 do not state it."),
    ],
)
def test_number_and_verb_agree(verdicts: str, told: str) -> None:
    assert told in told_of(verdicts, BELOW_60)


def test_a_trial_of_another_topic_states_nothing_otherwise() -> None:
    assert "Of the others, 2 do not fit, and 1 does not state it." in told_of("mnns", ABOUT_LUPUS)


def test_a_topic_that_no_record_has_is_not_said_to_be_nowhere_in_the_text() -> None:
    assert "none of the 2 records speaks of lupus as its topic." in told_of("nn", About("lupus"))


def test_none_has_a_thing_that_no_record_speaks_of_is_no_denial(tmp_path: Path) -> None:
    assistant = assistant_over([study()], tmp_path)
    answer = assistant.ask(Question("Which trials have a data monitoring committee?"))
    assert answer.answer.startswith("0 of 1 trial")
    assert "The records say nothing of it either way." in answer.answer
