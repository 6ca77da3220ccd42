"""Conditions that one criterion names side by side: 'metastatic breast cancer' wants both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.criteria.concepts import load_concepts
from rag.criteria.words import word_set
from rag.evidence.case import Case, Fit
from rag.evidence.judged import Judged
from rag.types import Clause, Criterion, State


def are_required_together(clause: Clause, fits: Sequence[Fit], case: Case) -> bool:
    """'Cancer of the colon metastatic to the liver': neither alone is enough, and no general word ever is."""
    states = [atom for atom in clause.alternatives if isinstance(atom, State) and atom.present]
    if len(states) < 2 or len(states) < len(clause.alternatives):
        return False
    met = [state for state, fit in zip(states, fits, strict=True) if fit is Fit.MET]
    spread = any(state.concept in _SPREAD for state in states)
    conditions = any(load_concepts()[state.concept].kind == "condition" for state in states)
    general = [
        state
        for state in met
        if state.concept in word_set("general")
        or (conditions and load_concepts()[state.concept].kind in {"treatment", "ability"})
    ]
    listed_apart = _OR.search(case.text, clause.span.start, clause.span.end) is not None
    return bool(met or spread) and len(met) < len(states) and (len(general) == len(met) or not listed_apart)


def fit_together(clause: Clause, fits: Sequence[Fit], case: Case) -> Fit:
    """'HER2-positive breast cancer' turns away who has one without the marker, 'metastatic …' who has no spread."""
    known = load_concepts()
    pairs = zip(clause.alternatives, fits, strict=True)
    lacking = [
        atom.concept
        for atom, fit in pairs
        if isinstance(atom, State) and fit is Fit.NOT_MET and not _is_denied(atom, case.text)
    ]
    if len(lacking) == len(clause.alternatives):
        return Fit.NOT_MET  # 'stage III or IV lung cancer', and the person has no cancer
    lacks = any(one in _SPREAD or known[one].kind == "biomarker" for one in lacking)
    apart = _OR.search(case.text, clause.span.start, clause.span.end) is not None
    return Fit.NOT_MET if lacks and not apart else Fit.UNKNOWN


def _names_a_pair(criterion: Criterion, text: str) -> bool:
    """'Co-infection with hepatitis B and C' turns away who has both; not 'with hepatitis B or C', 'and/or'."""
    found = _PAIR.search(text, criterion.span.start, criterion.span.end)
    return found is not None and _OR.search(found[0]) is None


_PAIR = re.compile(r"(?i)\bco-?\s?infect(?:ion|ed)\b[^.;,:]{3,70}\band [^.;,:]{3,70}")


def one_of_both_left_open(judged: Sequence[Judged], criterion: Criterion, text: str) -> list[Judged]:
    """'Co-infection with hepatitis B and C': who has only one of them is not meant for certain."""
    if not _names_a_pair(criterion, text) or all(j.fit is Fit.NOT_MET for j in judged if not _is_vague(j.clause)):
        return [*judged]
    return [replace(j, fit=Fit.UNKNOWN) if j.fit is Fit.NOT_MET else j for j in judged]


def _is_vague(clause: Clause) -> bool:
    return all(isinstance(atom, State) and atom.concept == "active_infection" for atom in clause.alternatives)


def _is_denied(state: State, text: str) -> bool:
    """'(non-metastatic)'"""
    return _NON.search(text, max(0, state.span.start - 8), state.span.start) is not None


_NON = re.compile(r"(?i)\b(?:non|no|without)[- ]?$")
_SPREAD = frozenset({"metastatic_disease", "stage_iv"})

_OR = re.compile(r"(?i)\bor\b|,|/|;|•|\n")
