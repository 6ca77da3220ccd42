"""What a follow-up asks of once it is known which trials the turn before found."""

from __future__ import annotations

from rag.planning import found_by_then
from rag.types import Asks, Concerns, FieldIs, Intent, QueryPlan, TrialRef

_GERMAN = FieldIs("country", ("Germany",))
_HIV = Concerns(("hiv",), "HIV", Asks.EXCLUDES)
_BEFORE = QueryPlan(Intent.TRIALS, "Which trials are in Germany?", "", where=_GERMAN)
_MANY = [f"NCT9000000{at}" for at in range(1, 6)]


def _asked(intent: Intent, words: str, **rest: object) -> QueryPlan:
    ref = TrialRef(words, (), "previous")
    return QueryPlan(intent, "", "", trials=(ref,), previous=_BEFORE, **rest)  # type: ignore[arg-type]


def test_a_fact_of_a_few_trials_is_asked_of_them_by_their_ids() -> None:
    plan = found_by_then(_asked(Intent.FACT, "those trials", facts=("dose",), where=_GERMAN), _MANY[:2])
    assert plan.trials[0].trial_ids == ("NCT90000001", "NCT90000002")
    assert plan.where is None


def test_a_fact_of_many_trials_is_asked_of_all_that_the_condition_chose() -> None:
    plan = found_by_then(_asked(Intent.FACT, "it", facts=("sponsor",)), _MANY)
    assert (plan.intent, plan.where, plan.trials[0].trial_ids) == (Intent.FACT, _GERMAN, ())


def test_a_yes_or_no_of_one_trial_keeps_what_it_asks() -> None:
    plan = found_by_then(_asked(Intent.BOOLEAN, "it", where=_HIV), _MANY[:1])
    assert (plan.intent, plan.where, plan.trials[0].trial_ids) == (Intent.BOOLEAN, _HIV, ("NCT90000001",))


def test_a_yes_or_no_of_many_trials_chooses_among_them() -> None:
    plan = found_by_then(_asked(Intent.BOOLEAN, "it", where=_HIV), _MANY)
    assert plan.intent is Intent.TRIALS
    assert plan.read_as == "trials that have a site in Germany and exclude HIV"


def test_it_means_no_trial_where_none_was_found_or_nothing_is_asked_of_many() -> None:
    assert found_by_then(_asked(Intent.FACT, "it", facts=("dose",)), []).reason == "which_trial"
    assert found_by_then(_asked(Intent.PROSE, "it"), _MANY).intent is Intent.AMBIGUOUS
