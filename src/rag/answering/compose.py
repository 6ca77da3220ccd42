"""From a plan and what was gathered to a draft: one answer function for each intent."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answering.checks import answer_checklist, answer_conflicts, answer_explain
from rag.answering.draft import Draft
from rag.answering.extremes import answer_extreme
from rag.answering.landscape import answer_compare, answer_landscape
from rag.answering.prose import (
    answer_ambiguous,
    answer_definition,
    answer_out_of_scope,
    answer_outside,
    answer_prose,
    answer_unknown_trial,
    empty_index,
)
from rag.answering.sets import answer_count, answer_trials
from rag.answering.settling import settled
from rag.answering.single import answer_boolean, answer_fact, named_trials
from rag.answering.strictness import answer_strictest
from rag.answering.told import answer_trials_told
from rag.answering.whatif import answer_whatif
from rag.evidence.collect import Judge
from rag.types import Intent, QueryPlan, Quote, ReadTrial, Verdict


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the plan is answered from: the collection (or the part asked about) and the passages found."""

    judge: Judge
    trial_ids: tuple[str, ...]
    passages: tuple[Quote, ...]  # best first

    @property
    def nearest(self) -> tuple[Quote, ...]:
        return self.passages[:3]


# References to an earlier answer: 'those trials' stand in `where`, 'the second one' was resolved by the caller.
_RESOLVED_LATER = frozenset({"previous", "ordinal"})


def compose(plan: QueryPlan, gathered: Gathered) -> Draft:
    """The draft that answers a plan."""
    refused = _refused(plan, gathered)
    if refused is not None:
        return refused
    plan = _of_these(plan, gathered.trial_ids)
    if plan.intent in _SETS:
        return _SETS[plan.intent](plan, gathered.judge, _within(plan, gathered), gathered.nearest)
    return settled(plan, gathered.judge, _SINGLE[plan.intent](plan, gathered))


def _refused(plan: QueryPlan, gathered: Gathered) -> Draft | None:
    """Why a question is not answered at all; None where it is."""
    if not gathered.trial_ids:
        return empty_index()
    if plan.intent is Intent.OUT_OF_SCOPE:
        return answer_out_of_scope(plan, gathered.judge, gathered.passages)
    if names_unknown(plan):
        return answer_unknown_trial(plan, gathered.trial_ids, gathered.nearest)
    named = named_trials(plan)
    if named and not set(named) & set(gathered.trial_ids):
        return answer_outside(named, gathered.trial_ids)
    return answer_ambiguous(plan, gathered.judge) if plan.intent is Intent.AMBIGUOUS else None


def _of_these(plan: QueryPlan, trial_ids: Sequence[str]) -> QueryPlan:
    """The plan without the trials that the question may not be asked of."""
    allowed = set(trial_ids)
    if allowed.issuperset(named_trials(plan)):
        return plan
    refs = (replace(ref, trial_ids=tuple(t for t in ref.trial_ids if t in allowed)) for ref in plan.trials)
    return replace(plan, trials=tuple(ref for ref in refs if ref.trial_ids))


_WHOLE_ID = re.compile(r"NCT\d{8}", re.IGNORECASE)


def names_unknown(plan: QueryPlan) -> bool:
    """Whether a question names a trial that is not here; a mistyped id beside a right one names nothing."""
    unknown = [ref for ref in plan.trials if not ref.trial_ids and ref.how not in _RESOLVED_LATER]
    known = any(ref.trial_ids for ref in plan.trials)
    return bool(unknown) and (not known or any(_WHOLE_ID.fullmatch(ref.text) for ref in unknown))


def _within(plan: QueryPlan, gathered: Gathered) -> tuple[str, ...]:
    """The trials a set question is about: those it names, else all, narrowed by `where` when that is not the answer."""
    named = set(named_trials(plan))
    chosen = tuple(t for t in gathered.trial_ids if t in named) if named else gathered.trial_ids
    if plan.where is None or plan.intent in {Intent.TRIALS, Intent.COUNT}:
        return chosen
    judgements = gathered.judge.all(plan.where, chosen)
    return tuple(trial for trial in chosen if judgements[trial].verdict in {Verdict.MATCH, Verdict.PARTIAL})


def _answer_extreme(plan: QueryPlan, judge: Judge, trial_ids: tuple[str, ...], nearest: tuple[Quote, ...]) -> Draft:
    ranked = answer_strictest if plan.variables else answer_extreme
    return ranked(plan, judge, trial_ids, nearest)


_SETS: dict[Intent, Callable[[QueryPlan, Judge, tuple[str, ...], tuple[Quote, ...]], Draft]] = {
    Intent.TRIALS: answer_trials_told,
    Intent.COUNT: answer_count,
    Intent.EXTREME: _answer_extreme,
    Intent.COMPARE: answer_compare,
    Intent.LANDSCAPE: answer_landscape,
    Intent.WHATIF: answer_whatif,
}


def _subjects(plan: QueryPlan, gathered: Gathered) -> tuple[str, ...]:
    """The trials that a question about single trials means: those named, else the only one there is."""
    named = named_trials(plan)
    if named:
        allowed = set(gathered.trial_ids)
        return tuple(trial for trial in named if trial in allowed)
    return gathered.trial_ids if len(gathered.trial_ids) == 1 else ()


def _fact(plan: QueryPlan, gathered: Gathered) -> Draft:
    subjects = _subjects(plan, gathered)
    if not subjects and plan.where is not None:
        judgements = gathered.judge.all(plan.where, gathered.trial_ids)
        subjects = tuple(t for t in gathered.trial_ids if judgements[t].verdict is Verdict.MATCH)
    if not subjects:
        return answer_prose(plan, gathered.judge, gathered.passages)
    return answer_fact(plan, gathered.judge, subjects, _of(gathered.passages, subjects))


def _of(passages: Sequence[Quote], trial_ids: Sequence[str]) -> tuple[Quote, ...]:
    return tuple(q for q in passages if q.trial_id in set(trial_ids))[:3]


def _boolean(plan: QueryPlan, gathered: Gathered) -> Draft:
    subjects = _subjects(plan, gathered)
    if subjects:
        return answer_boolean(plan, gathered.judge, subjects, _of(gathered.passages, subjects))
    if plan.where is not None:
        return answer_trials(plan, gathered.judge, gathered.trial_ids, gathered.nearest)
    return answer_prose(plan, gathered.judge, gathered.passages)


def _reads(plan: QueryPlan, gathered: Gathered) -> list[ReadTrial]:
    subjects = _subjects(plan, gathered) or _within(plan, gathered)
    return [gathered.judge.records.read_trial(trial) for trial in subjects]


_SINGLE: dict[Intent, Callable[[QueryPlan, Gathered], Draft]] = {
    Intent.FACT: _fact,
    Intent.BOOLEAN: _boolean,
    Intent.DEFINITION: lambda plan, g: answer_definition(plan, g.judge, g.passages),
    Intent.EXPLAIN: lambda plan, g: answer_explain(plan, g.judge, _subjects(plan, g), g.nearest),
    Intent.CONFLICTS: lambda plan, g: answer_conflicts(_reads(plan, g)),
    Intent.CHECKLIST: lambda plan, g: answer_checklist(plan, g.judge, _reads(plan, g)),
    Intent.PROSE: lambda plan, g: answer_prose(plan, g.judge, g.passages),
}
