"""Judge limits that a trial sets for some people only: "bilirubin up to 3 × ULN for Gilbert's", "a QTc limit by sex".

A limit for some stands in a clause of its own with a scope ("for patients with liver metastases ≤ 5 × ULN"), or a
clause for everybody names them in its exception ("unless Gilbert's syndrome"). A trial with neither has no such limit,
whatever it asks of everybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.criteria.concepts import narrower_or_equal
from rag.evidence.judgement import Judgement
from rag.evidence.limits import describe_bites, quotes_of, shown_of
from rag.evidence.stated import Bite, Stated
from rag.types import Asks, Limit, ScopeKind, Span, Verdict
from rag.values import EVERYTHING, Values

SEX = "sex"  # in `Limit.whom`: a limit of its own for each sex


def judge_for_whom(stated: Stated, limit: Limit) -> Judgement:
    """One trial against a limit for the people of `limit.whom`: a stated limit, a lifted one, or none of their own."""
    own = [bite for bite in stated.bites if _is_theirs(bite, limit.whom)]
    lifted = [bite for bite in stated.bites if _is_lifted(bite, limit.whom)]
    if own or (lifted and limit.asks is Asks.MENTIONS):
        meets = limit.asks is Asks.MENTIONS or _meets(own, limit)
        told = [*[bite for bite in lifted if bite not in own], *own]
        verdict = Verdict.MATCH if meets else Verdict.NO_MATCH
        return Judgement(verdict, f"requires {describe_bites(told)}", quotes_of(told), shown_of(told))
    if lifted and limit.asks is not Asks.EXCLUDES:
        reason = f"requires {describe_bites(lifted)}, which it lifts for them without another number"
        return Judgement(Verdict.PARTIAL, reason, quotes_of(lifted), shown_of(lifted))
    if stated.bites:
        reason = f"requires {describe_bites(stated.bites)}, with nothing of its own for them"
        return Judgement(Verdict.NO_MATCH, reason, quotes_of(stated.bites), shown_of(stated.bites))
    if stated.unread:
        return Judgement(Verdict.UNREAD, "names it in words that could not be read", stated.unread)
    return Judgement(Verdict.SILENT, "states no limit on it")


def _meets(own: Sequence[Bite], limit: Limit) -> bool:
    admitted: Values = EVERYTHING
    for bite in own:
        admitted = admitted & bite.constraint.admits
    if limit.asks is Asks.ADMITS:
        return limit.values.is_subset(admitted)
    asked = ~limit.values if limit.asks is Asks.REQUIRES else limit.values
    return not asked.overlaps(admitted)


def _is_theirs(bite: Bite, whom: Sequence[str]) -> bool:
    if SEX in whom:
        return any(scope.kind is ScopeKind.SEX for scope in bite.clause.scope)
    return any(
        _names(bite, scope.span, whom) and not _WITHOUT.search(scope.text)
        for scope in bite.clause.scope
        if scope.kind is ScopeKind.CONDITION
    )


_WITHOUT = re.compile(r"(?i)\b(?:no|not|without|absence|absent|free of)\b")


def _is_lifted(bite: Bite, whom: Sequence[str]) -> bool:
    return any(_names(bite, exception, whom) for exception in bite.clause.exceptions)


def _names(bite: Bite, span: Span, whom: Sequence[str]) -> bool:
    """Whether the words at `span` name one of the conditions."""
    meant = frozenset().union(*(narrower_or_equal(concept) for concept in whom))
    return any(
        state.concept in meant
        for state in bite.criterion.concepts
        if span.start <= state.span.start and state.span.end <= span.end
    )
