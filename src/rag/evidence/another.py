"""'Another malignancy': it turns away who has lung cancer, save where that is what the trial studies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from functools import cache

from rag.criteria.concepts import broader_of, firm_for, named_by, narrower_or_equal, partial_for
from rag.criteria.words import word_set
from rag.evidence.some import is_of_all
from rag.types import Asks, Concerns, Criterion, Stance, State


class Another(StrEnum):
    """What 'another malignancy' means to whoever has the cancer asked about, by what the trial itself studies."""

    OWN = "own"  # that cancer, a kind of it, or cancer at large: it is not another one
    ELSE = "else"  # a different cancer: the one asked about is another
    NONE = "none"  # no cancer at all: any is meant


def others_than(concepts: Collection[str]) -> frozenset[str]:
    """The concepts that stand for any other kind: 'another malignancy' for a cancer; none for what has no such word."""
    above = frozenset[str]().union(*map(broader_of, concepts))
    return frozenset(other for other, wide in _others() if wide in above) - frozenset(concepts)


@cache
def _others() -> tuple[tuple[str, str], ...]:
    """(what stands for any other kind, the class)."""
    pairs = (pair.split(">") for pair in sorted(word_set("another")))
    return tuple((other, wide) for other, wide in pairs)


def another_for(concepts: Collection[str], studies: Callable[[Collection[str]], bool]) -> Another:
    """What the words mean in a trial; `studies`: whether its conditions or title name one of some concepts."""
    above = frozenset[str]().union(*map(broader_of, concepts))
    if not others_than(concepts) or studies(above.union(*map(narrower_or_equal, concepts))):
        return Another.OWN
    kinds = (narrower_or_equal(wide) for _, wide in _others() if wide in above)
    return Another.ELSE if studies(frozenset[str]().union(*kinds)) else Another.NONE


def said_of_others(
    criteria: Iterable[Criterion], concern: Concerns, another: Another, text: Callable[[], str]
) -> list[tuple[Criterion, State, bool]]:
    """The exclusions of any other kind, each with whether it turns away only indirectly who has the kind asked about.

    None where the criteria require that kind or a wider class, or let it in by its name.
    """
    others = others_than(concern.concepts)
    if not others or another is Another.OWN or concern.asks not in {Asks.EXCLUDES, Asks.ADMITS}:
        return []
    states = [(criterion, state) for criterion in criteria for state in criterion.concepts]
    kin = (firm_for(concern.concepts) | partial_for(concern.concepts)) - others
    named = named_by(concern.concepts)
    if any(
        (state.stance is Stance.REQUIRED and state.concept in kin)
        or (state.stance is Stance.EXEMPT and state.concept in named)
        for _, state in states
    ):
        return []
    return [
        (criterion, state, another is Another.ELSE or not is_of_all(state, text))
        for criterion, state in states
        if state.concept in others and state.stance is Stance.TURNED_AWAY and not _names_a_kind(state, criterion)
    ]


def _names_a_kind(state: State, criterion: Criterion) -> bool:
    """'History of malignant melanoma', 'of malignant hypertension': the words go on into another name."""
    told = (one for one in criterion.concepts if one.concept != state.concept and one.stance is state.stance)
    return any(one.span.start <= state.span.end + 1 and state.span.end < one.span.end for one in told)
