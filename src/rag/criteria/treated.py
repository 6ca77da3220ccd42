"""Words of treatment around a limit: labels of those who are treated, and care that somebody may have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.criteria.tokens import Kind, Token

BOUNDARIES = frozenset({Kind.SEMICOLON, Kind.STOP})
LABELLED = frozenset(
    ["patients", "subjects", "participants", "volunteers", "individuals", "seropositive", "seronegative", "controls"]
)
_TREATED = frozenset(["receiving", "taking", "on", "undergoing", "treated", "using"])
_TREATED_REACH = 24  # tokens of such a label, with its examples in brackets


def is_treated_label(tokens: Sequence[Token], at: int) -> bool:
    """'Patients not on nitrates (e.g., …): systolic < 105', 'Patients taking warfarin: INR > 3': who is meant."""
    if tokens[at].value not in LABELLED or (at and tokens[at - 1].kind not in (*BOUNDARIES, Kind.OPEN)):
        return False
    # '…; patients without diuretics: …' is such a label behind another one, and else the name of an illness
    told_before = any(token.value in _TREATED for token in tokens[max(0, at - 40) : at])
    known = _TREATED | {"without"} if told_before else _TREATED
    told = next((i for i in range(at + 1, min(len(tokens), at + 4)) if tokens[i].value in known), 0)
    between = tokens[at + 1 : told]
    if not told or not all(one.kind in (Kind.NOT, Kind.GLUE) for one in between):
        return False
    for index in range(told, min(len(tokens), at + _TREATED_REACH)):
        if tokens[index].kind is Kind.COLON:
            ahead = tokens[index + 1 : index + 7]
            return index > told + 1 and any(one.kind in (Kind.COMPARE, Kind.NUMBER) for one in ahead)
        ends = tokens[index].kind in (Kind.NUMBER, Kind.COMPARE, Kind.IF, *BOUNDARIES)
        if ends or tokens[index].value == "following":
            return False
    return False


_FOR_CARE = re.compile(
    r"(?:for|to (?:undergo|receive|have)) (?:(?!study\b|trial\b|protocol\b)[^\s.;,:]+ ){0,3}?"
    r"(?:hospice|palliat|[\w-]*transplant|surger|surgical|resect|dialysis|a?sct\b|hsct\b|[a-z]+ectomy|curative)"
)


def is_for_care(tokens: Sequence[Token], at: int) -> bool:
    """'eligible for hospice', 'eligible to undergo surgery': told of care, and lets nobody in."""
    return _FOR_CARE.match(" ".join(token.value for token in tokens[at + 1 : at + 8])) is not None
