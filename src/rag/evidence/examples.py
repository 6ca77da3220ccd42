"""Whether a thing is only an example: of an autoimmune kind, of what is given for another illness or not given up."""

from __future__ import annotations

import re

from rag.criteria.concepts import find_concepts, load_concepts, narrower_or_equal
from rag.types import Patient, State

_GIVEN_AS_ONE = r"(?:such as|including|include|e\.?\s?g\.?|i\.?\s?e\.?|for example|like|namely|\()"


def is_an_example_of_another(state: State, before: str, patient: Patient) -> bool:
    """'Autoimmune disease such as' hepatitis of one with hepatitis C, 'drugs for asthma (e.g.' tiotropium of one with
    COPD; `before`: the words of the statement that stand before the name."""
    concept = load_concepts().get(state.concept)
    if concept is None:
        return False
    if concept.kind == "condition":
        return _is_of_the_immune(state, before, patient)
    return _UNWILLING.search(before) is not None or _is_for_another(before, patient)


# 'unwilling to stop other drugs (e.g. dapsone,'
_UNWILLING = re.compile(
    r"(?i)\b(?:inab|unab|unwilling|refus)\w*\s[^.;]{0,40}"
    r"\b(?:stop|discontinu|interrupt|withh|suspend|forgo|abstain|avoid)[^;]{0,250}$"
)


def _is_of_the_immune(state: State, before: str, patient: Patient) -> bool:
    """Whether an autoimmune kind of the illness is meant, and the person is told to have kinds that are none."""
    if _IMMUNE.search(before) is None:
        return False
    immune = narrower_or_equal("autoimmune_disease")
    kinds = narrower_or_equal(state.concept)
    own = {one for one in patient.has if one in kinds}
    return bool(kinds & immune) and state.concept not in immune and not own & {*immune, state.concept}


# 'autoimmune disease such as', 'immune-mediated conditions (interstitial pneumonitis,'
_IMMUNE = re.compile(
    r"(?i)\b(?:auto-?\s?immune|immune[ -](?:mediated|related))\b[^.;]{0,60}?" + _GIVEN_AS_ONE + r"[^;)]{0,200}$"
)


def _is_for_another(before: str, patient: Patient) -> bool:
    """Whether what is given for some illness is meant, and the person is not told to have it."""
    found = _GIVEN_FOR.search(before)
    if found is None:
        return False
    known = load_concepts()
    named = [one.concept for one in find_concepts(found["what"]) if known[one.concept].kind == "condition"]
    return bool(named) and not any(one in narrower_or_equal(what) for what in named for one in patient.has)


# 'medical treatment for asthma (e.g.', 'drugs against HIV such as'
_GIVEN_FOR = re.compile(
    r"(?i)\b(?:medications?|medicines?|drugs?|treatments?|therap(?:y|ies)|interventions?|agents?)\s"
    r"(?:(?:used|needed|given|taken|indicated|prescribed)\s)?(?:for|against|of)\s(?P<what>[^.;()]{3,60}?)[\s,]*"
    + _GIVEN_AS_ONE
    + r"[^;)]{0,120}$"
)
