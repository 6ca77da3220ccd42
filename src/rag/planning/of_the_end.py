"""A fact of the trials at one end of a scale: 'who sponsors the largest asthma trial?', '… the two largest trials?'."""

from __future__ import annotations

from dataclasses import replace

from rag.planning.harking_back import SETS
from rag.planning.joining import all_of
from rag.planning.marks import Kind
from rag.planning.ordinals import pick
from rag.planning.sheet import Sheet
from rag.planning.wording import with_reading
from rag.types import Intent, QueryPlan, TrialRef

_SCALES = frozenset({"enrollment", "start_date", "completion_date", "duration"})
_SIZES = {"largest": "enrollment", "biggest": "enrollment", "smallest": "enrollment"}
_SIZES |= {"longest": "duration", "shortest": "duration"}
_ASKING = frozenset({"who", "when", "what"})
_ASKING_OF_TRIALS = frozenset({"how", "in", "which", "where"})  # 'how often …, and how long at the most?'
_REACH = 5  # words from 'the largest' to the trial it is said of


def asked_of_the_end(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """The fact asked of the first of the ranked trials, or of each of the first few; the ranking `plan` itself where
    nothing else is asked.
    """
    lemmas = sheet.line.lemmas()
    ends = [found.first for found in sheet.extremes if _is_told_apart(sheet, found.first, plan.top)]
    one_end = len(sheet.extremes) == 1 and bool(ends) and not plan.ordinal and not plan.changes
    of_trials = one_end and _is_of_trials(sheet, ends[0])
    asking = _ASKING | _ASKING_OF_TRIALS if of_trials else _ASKING
    if not one_end or sheet.refs or lemmas[0] not in asking:
        return plan
    scale = plan.facts if set(plan.facts) <= _SCALES else (_SIZES[lemmas[ends[0]]],) if of_trials else ()
    facts = tuple(fact for fact in sheet.facts if fact not in scale)
    told = [mark.first for mark in sheet.kinds(Kind.FACT) if mark.value in facts]
    # not 'what is the largest dose?', 'which is the largest trial, by sites?'
    in_front = (lemmas[0] in {"who", "when", "where"} and of_trials) or bool(told and min(told) < ends[0])
    in_front = in_front or lemmas[0] in {"who", "when"}
    if not scale or not facts or not in_front:
        return plan
    ranking = with_reading(replace(plan, facts=scale))
    asked = replace(plan, intent=Intent.FACT, facts=facts, where=None, extreme="", variables=(), previous=ranking)
    if plan.top > 1:
        return replace(asked, top=1, trials=(TrialRef("those trials", (), "previous"),))
    return replace(asked, ordinal=1, trials=(TrialRef("the first one", (), "ordinal"),))


def without_the_end(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """The plan whose focus leaves out the superlative that tells the trial: no record must say 'largest'."""
    if plan.previous is None or plan.previous.intent is not Intent.EXTREME:
        return plan
    held = {word for found in sheet.extremes for word in sheet.line.words(found.first, found.last).split()}
    return replace(plan, focus=tuple(word for word in plan.focus if word not in held))


def _is_told_apart(sheet: Sheet, end: int, top: int) -> bool:
    """'The largest', and where several are asked for also 'the two largest'."""
    before = sheet.line.lemmas(max(0, end - 2), end)
    return before[-1:] == ("the",) or (top > 1 and before[:1] == ("the",))


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
