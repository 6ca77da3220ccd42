"""Follow-ups that drop trials from the list told before: 'leave LYRA out', 'without the second one', 'not that one'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.planning.harking_back import SETS
from rag.planning.joining import all_of
from rag.planning.ordinals import asked_ordinal
from rag.planning.ranked import PLACES
from rag.planning.sheet import Sheet, content_of
from rag.planning.tables import word_set
from rag.planning.wording import whole_question, with_reading
from rag.types import FieldIs, Intent, Not, QueryPlan

_OF_ONE = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.PROSE, Intent.CHECKLIST, Intent.AMBIGUOUS})


def dropped(sheet: Sheet, spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """The list spoken of last without the trials that the turn drops, and nothing else; None where it drops none.

    'Leave out gout' gives a condition up, 'drop the German ones' narrows, 'what does LYRA exclude?' asks of criteria.
    """
    listed = _listed(spoken)
    if listed is None or not _drops(sheet):
        return None
    if sheet.refs:
        named = tuple(dict.fromkeys(trial for ref in sheet.refs for trial in ref.trial_ids))
        return _without(sheet, listed, FieldIs("trial_id", named)) if named and _is_all_said(sheet) else None
    place = asked_ordinal(sheet)[0]
    if place and _is_all_said(sheet):
        return _without(sheet, listed, FieldIs("list_place", (str(place),))) if listed.intent in _ORDERED else None
    return _the_one_spoken_of(sheet, listed, spoken[-1]) if _points_at_one(sheet) else None


_ORDERED = frozenset({Intent.TRIALS, Intent.COUNT})


def _listed(spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """The newest list of trials, where after it only its trials were asked about."""
    for plan in reversed(spoken):
        if plan.intent in SETS and (plan.where is not None or plan.patient is not None):
            return plan
        if plan.intent not in _OF_ONE:
            return None
    return None


def _drops(sheet: Sheet) -> bool:
    """Whether a verb of leaving out, 'without' or 'not' opens the turn; 'take' and 'leave' only with 'out', 'away'."""
    lemmas = sheet.line.lemmas()
    verb = next((word for word in lemmas if word not in word_set("dropping.asking")), "")
    parted = verb in word_set("dropping.parted") and bool(word_set("dropping.particles") & set(lemmas))
    return verb in word_set("dropping.verbs") or parted


def _is_all_said(sheet: Sheet) -> bool:
    """Whether the turn says nothing besides: 'drop LYRA', not 'drop LYRA and show those in Spain'."""
    named = {at for one in sheet.references for at in range(one.first, one.last)}
    idle = word_set("dropping.verbs") | word_set("dropping.parted") | word_set("dropping.idle") | set(PLACES)
    return all(at in named or sheet.line.tokens[at].lemma in idle for at in content_of(sheet))


def _points_at_one(sheet: Sheet) -> bool:
    """'That one', 'this trial', 'it' and nothing else: one trial that was spoken of."""
    lemmas = sheet.line.lemmas()
    pairs = {lemmas[at : at + 2] for at in range(len(lemmas))}
    one = any((word, noun) in pairs for word in ("that", "this") for noun in ("one", "trial", "study"))
    return (one or "it" in lemmas) and _is_all_said(sheet)


def _the_one_spoken_of(sheet: Sheet, listed: QueryPlan, newest: QueryPlan) -> QueryPlan | None:
    """The list without the trial that the turn before was about; after 'which is the largest?' the next one."""
    if newest is listed and listed.intent is Intent.EXTREME:
        return replace(listed, ordinal=max(listed.ordinal, 1) + 1, question=sheet.line.text.strip())
    if newest is listed or newest.intent is Intent.AMBIGUOUS:
        return None
    named = tuple(dict.fromkeys(trial for ref in newest.trials for trial in ref.trial_ids))
    if len(named) == 1:
        return _without(sheet, listed, FieldIs("trial_id", named))
    behind = newest.previous is not None and newest.previous.where == listed.where
    picked = newest.ordinal if behind and newest.top == 1 and listed.intent in _ORDERED else 0
    return _without(sheet, listed, FieldIs("list_place", (str(picked),))) if picked else None


def _without(sheet: Sheet, listed: QueryPlan, one: FieldIs) -> QueryPlan:
    where = all_of((listed.where, Not(one)))
    kept = replace(listed, where=where, facts=() if listed.intent in _ORDERED else listed.facts, previous=None)
    kept = with_reading(replace(kept, question=sheet.line.text.strip()))
    return replace(kept, question=whole_question(kept))
