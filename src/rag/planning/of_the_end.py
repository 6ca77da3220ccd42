"""A fact of the trial at one end of a scale: 'who sponsors the largest asthma trial?'."""

from __future__ import annotations

from dataclasses import replace

from rag.planning.harking_back import SETS
from rag.planning.joining import all_of
from rag.planning.marks import Kind
from rag.planning.ordinals import pick
from rag.planning.sheet import Sheet
from rag.planning.wording import with_reading
from rag.types import Intent, QueryPlan, TrialRef

_SCALES = frozenset({"enrollment", "start_date", "completion_date"})
_SIZES = frozenset({"largest", "biggest", "smallest"})
_ASKING = frozenset({"who", "when", "what"})
_REACH = 5  # words from 'the largest' to the trial it is said of


def asked_of_the_end(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """The fact asked of the first of the ranked trials; the ranking `plan` itself where nothing else is asked."""
    lemmas = sheet.line.lemmas()
    ends = [found.first for found in sheet.extremes if lemmas[found.first - 1 : found.first] == ("the",)]
    one_end = len(sheet.extremes) == 1 and bool(ends) and plan.top == 1 and not plan.ordinal and not plan.changes
    if not one_end or sheet.refs or lemmas[0] not in _ASKING:
        return plan
    scale = plan.facts if set(plan.facts) <= _SCALES else ("enrollment",) if _is_of_trials(sheet, ends[0]) else ()
    facts = tuple(fact for fact in sheet.facts if fact not in scale)
    told = [mark.first for mark in sheet.kinds(Kind.FACT) if mark.value in facts]
    in_front = lemmas[0] in {"who", "when"} or bool(told and min(told) < ends[0])  # not 'what is the largest dose?'
    if not scale or not facts or not in_front:
        return plan
    ranking = with_reading(replace(plan, facts=scale))
    first = TrialRef("the first one", (), "ordinal")
    asked = replace(plan, intent=Intent.FACT, facts=facts, where=None, extreme="", variables=(), trials=(first,))
    return replace(asked, ordinal=1, previous=ranking)


def _is_of_trials(sheet: Sheet, end: int) -> bool:
    """'The largest asthma trial', not 'the largest dose'."""
    lemmas = sheet.line.lemmas()
    return lemmas[end] in _SIZES and bool({"trial", "study"} & set(lemmas[end + 1 : end + _REACH]))


def picked(sheet: Sheet, previous: QueryPlan, plan: QueryPlan) -> QueryPlan | None:
    """The question `plan` about one of the trials before: by its place, or 'who sponsors the biggest?'."""
    ranking = plan.previous if plan.ordinal else None
    if sheet.refs or ranking is None or ranking.intent is not Intent.EXTREME:
        return pick(sheet, previous, plan)
    if previous.where is None or previous.intent not in SETS:
        return plan
    return replace(plan, previous=with_reading(replace(ranking, where=all_of((previous.where, ranking.where)))))
