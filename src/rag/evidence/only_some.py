"""Whether a trial turns away only some of those who have what is asked about: 'severe asthma' is not asthma."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.criteria.concepts import firm_for, load_concepts
from rag.evidence.narrowed import HOW, is_narrowed
from rag.evidence.stems import stems_of
from rag.types import Concerns, Criterion, Patient, Stance, Told


def turns_away_only_some(criteria: Iterable[Criterion], concern: Concerns, text: str) -> bool:
    """Whether every exclusion of what is asked about says in words of its own which of them it means.

    Words that the asker said too ('severe asthma', of which severe asthma was asked) narrow nothing.
    """
    known, firm = load_concepts(), firm_for(concern.concepts)
    asked = Patient(has=concern.concepts, told=(Told("", tuple(stems_of(concern.text))),))
    out = [
        is_narrowed(state, criterion, text, asked) or _names_a_degree(state.span.of(text), concern.text)
        for criterion in criteria
        for state in criterion.concepts
        if state.concept in firm and state.stance is Stance.TURNED_AWAY and known[state.concept].kind == "condition"
    ]
    return bool(out) and all(out)


def _names_a_degree(named: str, asked: str) -> bool:
    """Whether the name itself begins with a degree that nobody asked about: 'uncontrolled glaucoma'."""
    found = _BY_DEGREE.match(named)
    return found is not None and found.group().casefold() not in asked.casefold()


_BY_DEGREE = re.compile(rf"(?i){HOW}\b")
