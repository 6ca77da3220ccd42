"""Questions about what is done in a trial, which name an illness, a drug or people, and ask nothing of who may join.

'Is chemo given first?' is not answered by what earlier chemo keeps out, 'is the child sedated for the scan?' not by
the ages let in, 'which lab method is used?' not by the limits on laboratory values.
"""

from __future__ import annotations

from dataclasses import replace

import re2

from rag.types import Asks, Concerns, FieldIs, Intent, Limit, Predicate, QueryPlan


def of_the_course(plan: QueryPlan) -> QueryPlan:
    """The plan without the criteria and fields that merely lie near what is asked of one trial.

    On 2,827 questions to one trial 46 answers came of those, and 3 of them were right.
    """
    if not plan.trials or plan.intent not in _ASKS or (_is_asked(plan) and not _is_beside(plan.where)):
        return plan
    done, question = asks_what_is_done(plan), _without_names(plan)
    if plan.intent is Intent.CHECKLIST:
        return _told_in_words(plan) if _LAB_THING.search(question) and not _JOINING.search(question) else plan
    if plan.intent is Intent.BOOLEAN and plan.unread and _is_beside(plan.where) and not _OF_FIELDS.search(question):
        plan = replace(plan, where=None)
    elif not done or not (_is_judged(plan) or any(map(_is_criterion, plan.facts))):
        return plan
    facts = tuple(fact for fact in plan.facts if not (done and (_is_criterion(fact) or fact in _DATES)))
    where = None if done and _is_judged(plan) else plan.where
    plan = replace(plan, facts=facts, where=where)
    return plan if facts or where is not None else _told_in_words(plan)


def asks_what_is_done(plan: QueryPlan) -> bool:
    """'Is chemo given first?', and no word of joining, of limits, of being let in or kept out."""
    question = _without_names(plan)
    return _IS_DONE.search(question) is not None and not _JOINING.search(question)


def _told_in_words(plan: QueryPlan) -> QueryPlan:
    return replace(plan, intent=Intent.PROSE, facts=(), variables=())


def _without_names(plan: QueryPlan) -> str:
    question = plan.question
    for ref in plan.trials:
        question = question.replace(ref.text, " ")
    return question


def _is_criterion(fact: str) -> bool:
    return fact.partition(":")[0] in {"criterion", "concept"}


def _is_judged(plan: QueryPlan) -> bool:
    """Whether yes or no is to be told by criteria that merely name the thing: 'want those treated with …' says more."""
    named = isinstance(plan.where, Concerns | Limit) and plan.where.asks is Asks.MENTIONS
    return plan.intent is Intent.BOOLEAN and named


def _is_asked(plan: QueryPlan) -> bool:
    """Whether a verb of criteria is in the question: 'is reduced kidney function fine?'."""
    return plan.intent is Intent.BOOLEAN and isinstance(plan.where, Concerns | Limit) and not _is_judged(plan)


def _is_beside(where: Predicate | None) -> bool:
    """A field of the registry, or the age of 'children': with words of the question left over, it is not asked."""
    if isinstance(where, Limit):
        return where.variable == "age" and not any(letter.isdigit() for letter in where.stated)
    return isinstance(where, FieldIs) and where.field in _NEAR


# Fields named by words that may mean something else: 'stopped', 'men', 'Chinese papers'; not 'single or double blind'.
_NEAR = frozenset({"status", "sex", "country", "state", "city", "place", "intervention_model", "allocation"})
_DATES = frozenset({"start_date", "completion_date", "primary_completion_date"})  # 'at the start' of what is done
_ASKS = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.CHECKLIST})

# What is done in the course of a trial. Not 'use' and 'take' alone, by which people are told ('do they take smokers?'),
# nor 'measured' and 'checked', as a criterion says by which test.
_IS_DONE = re2.compile(
    r"(?i)\b(?:happens?|happened|given|gives?|giving|done|put|tried|used|uses|administered|infused?|inject(?:s|ed)?|"
    r"irradiated|monitor(?:s|ed)?|scanned|drawn|collect(?:s|ed)?|sampled|performed|"
    r"perform|repeat(?:s|ed)?|worn|wear|placed|implanted|removed|lowered|reduced|raised|adjusted|paused|sedated|"
    r"cut (?:down|back|out|to|if|when)|challenged|treated with|offered|watched|observed|followed|hold|held|stored|"
    r"frozen|prepared|delivered|taken (?:fasting|with|before|after|from|at|by)|[a-z]+ is taken)\b"
)
# What speaks of joining, of limits, of being let in or kept out; a definition stands among the criteria too.
_JOINING = re2.compile(
    r"(?i)\b(?:must|may|might|can|could|would|should|have to|has to|had to|need(?:s|ed)?|requir\w*|allow\w*|permit\w*|"
    r"accept\w*|toler\w*|too (?:much|many|long|high|low|late|recent)|ago|off|beforehand|prior|previous\w*|earlier|past|"
    r"history|last|joi?n\w*|enter\w*|entry|enrol\w*|elig\w*|inclu\w*|exclu\w*|exempt\w*|keeps? \w+ out|kept out|"
    r"take part|taking part|taken in|get(?:s|ting)? in\w*|qualif\w*|ceilings?|caps?|limits?|max\w*|min\w*|ok|okay|keep|"
    r"since|criteri\w*|willing|disqualif\w*|barred|bars?|ruled?|rules?|above|below|out|turned? \w+ ?away|lowest|"
    r"highest|least|most|problems?|matter\w*|against us|hindrances?|refus\w*|reject\w*|admit\w*|let in|takes?|i|my|me|"
    r"no-go|forbidden|banned|barriers?|issues?|screen\w*|thresholds?|cut-?offs?|ranges?|already|say|says|about|"
    r"defin\w*|select\w*|welcome)\b"
)
# What asks of the field itself, whatever words are left over: 'are children allowed when their parents agree?'
_OF_FIELDS = re2.compile(
    r"(?i)\b(?:allow\w*|permit\w*|join\w*|enrol\w*|recruit\w*|elig\w*|tak(?:e|ing) part|admit\w*|accept\w*|"
    r"sites?|cent(?:er|re)s?)\b"
)
_LAB_THING = re2.compile(
    r"(?i)\b(?:lab(?:oratory)?(?:[ -]made)? (?:methods?|techniques?|assays?|machines?|antibod\w+|instruments?|"
    r"procedures?|animals?)|(?:in|to|reach) the lab|by (?:what|which) (?:lab )?(?:tests?|assays?|methods?))\b"
)
