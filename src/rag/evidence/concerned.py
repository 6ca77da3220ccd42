"""Whether a clause's scope holds for a person: 'women', 'patients with liver metastases', 'in the absence of gout'."""

from __future__ import annotations

import re

from rag.criteria.concepts import find_concepts, narrower_or_equal
from rag.types import Clause, Constraint, Criterion, Patient, Scope, ScopeKind


def scopes_of(clause: Clause, criterion: Criterion, text: str) -> tuple[Scope, ...]:
    """The scopes of a clause, and of 'systolic ≥ 160 or diastolic ≥ 100 while on two drugs' those of both."""
    pairs = [one for one in criterion.requires if _ends_the_pair(clause, one, text)]
    shared = [scope for one in pairs for scope in one.scope if scope.span.start >= one.span.end]
    return (*clause.scope, *(scope for scope in shared if scope not in clause.scope))


def _ends_the_pair(clause: Clause, other: Clause, text: str) -> bool:
    first, second = (_variables(one) for one in (clause, other))
    joined = text[clause.span.end : other.span.start]
    return first == {"systolic_bp"} and second == {"diastolic_bp"} and _JOINED.fullmatch(joined) is not None


def _variables(clause: Clause) -> set[str]:
    return {atom.variable for atom in clause.alternatives if isinstance(atom, Constraint)}


_JOINED = re.compile(r"(?i)[^.;]{0,12}(?:\b(?:or|and|and/or)\b|/)[^.;]{0,12}")


def concerns(scope: Scope, clause: Clause, criterion: Criterion, text: str, patient: Patient) -> bool | None:
    """Whether the person is one of those whom the clause is for; None when it cannot be told."""
    if scope.kind is ScopeKind.SEX and patient.sex:
        return scope.text.upper() == patient.sex.upper()
    if scope.kind is ScopeKind.CONDITION:
        opens = _OPENS.match(scope.text) or _BEGINS.search(text[criterion.span.start : scope.span.start])
        unless = _UNLESS.search(text, scope.span.end, clause.span.start) is not None
        ways = unless and _OR_ELSE.search(text, clause.span.end, criterion.span.end) is not None
        return _is_in(scope.text, patient) if opens and not ways else None
    return None


def _is_in(words: str, patient: Patient) -> bool | None:
    """Of a scope that names one thing and says no more of it: whether the person has it, as told."""
    mentions = find_concepts(words)
    if len(mentions) != 1:
        return None
    named = mentions[0]
    around = f"{words[: named.start]} {words[named.end :]}"
    lacking = _WITHOUT.search(around) is not None
    if _PLAIN.fullmatch(_WITHOUT.sub("", around)) is None:
        return None
    kinds = narrower_or_equal(named.concept)
    has = any(one in kinds and one not in patient.earlier for one in patient.has)
    has_not = any(named.concept in narrower_or_equal(one) for one in patient.has_not)
    return None if has is has_not else has is not lacking


_WITHOUT = re.compile(r"(?i)\b(?:without|not (?:on|receiving|taking|using|having)|in the absence of)\b")
# what leaves a scope to all who have the thing; not 'on a stable dose of', 'severe', 'history of', 'due to'
_PLAIN = re.compile(
    r"(?i)(?:[\s,:()]|\b(?:if|in|for|with|and|who|have|has|having|are|is|a|an|the|any|known|present|presence|of"
    r"|diagnos(?:ed|is)|patients?|subjects?|participants?|persons?|individuals?|people|those|women|men|adults"
    r"|on|receiving|taking|using)\b)*"
)


_OPENS = re.compile(r"(?i)(?:if|in|for|with|who|patients?|subjects?|participants?|those)\b")
_BEGINS = re.compile(  # nothing before it, a sign, or a word that says no kind of it: not 'severe', 'ischaemic'
    r"(?i)(?:^[\s*•\d.)–-]*|[.,;:(]\s?"
    r"|\b(?:known|with|have|has|history of|of|in|or|and|patients?|subjects?|participants?)\s)$"
)
_UNLESS = re.compile(r"(?i)\b(?:unless|except)")
_OR_ELSE = re.compile(r"(?i)\bor\b")  # 'unless HbA1c < 8 % or on a diet alone'
