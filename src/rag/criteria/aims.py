"""Whether a biomarker is named as what a drug is aimed at, and not as a sign of the person."""

from __future__ import annotations

import re

from rag.criteria.things import Side, Thing

_DRUG = r"(?:inhibitors?|antibody|antibodies)"
_AIMED_AT = re.compile(rf"\b(?:{_DRUG}(?:$| (?:, )?(?:of|to|for|including|such)\b| \()|targeting\b|against\b)[^;.]*$")
_JOINTS = frozenset([",", "or", "and", "/", "-"])
_DIRECTED = frozenset(["directed", "targeted", "targeting"])
_KINASE = frozenset(["tyrosine", "kinase", "signaling", "pathway"])
_DRUG_ENDS = _DIRECTED | {"inhibitor", "antagonist", "therapy", "tki", "agent"}
# of the person, whatever follows: "EGFR mutation, ALK inhibitor"
_SIGNS = frozenset(["mutation", "rearrangement", "fusion", "positive", "amplification", "alteration", "translocation"])


def is_aimed_at(side: Side, thing: Thing) -> bool:
    """The EGFR of "inhibitors of VEGFR or EGFR" and of "EGFR-, ALK- or ROS1-directed therapy"."""
    layout = side.layout
    start = max(layout.clause_start[layout.clause[thing.first]], thing.first - 4)
    return _AIMED_AT.search(" ".join(layout.words.keys[start : thing.first])) is not None or _leads_a_drug(side, thing)


def _leads_a_drug(side: Side, thing: Thing) -> bool:
    """Whether a drug stands behind it, past other targets of a list."""
    keys = side.layout.words.keys
    near = side.near(thing.first)
    ends = {other.first: other.last for other in near if other.kind == "biomarker"}
    if keys[thing.last - 1] in _SIGNS:
        return False
    place = thing.last
    if keys[place : place + 1] == [")"] and keys[place + 1 : place + 2] != [","]:
        place += 1  # "Janus kinase 2 (JAK2) inhibitor"
    while place < len(keys) and (place in ends or keys[place] in _JOINTS):
        place = ends.get(place, place + 1)
    if any(other.first == place and other.kind == "treatment" for other in near):
        return keys[place - 1] in _JOINTS and any(
            keys[other.last - 1] in _DRUG_ENDS for other in near if other.first == place
        )
    while place < len(keys) and keys[place] in _KINASE:
        place += 1
    return place < len(keys) and keys[place] in _DIRECTED | {"inhibitor", "antagonist"} and keys[place - 1] != ","
