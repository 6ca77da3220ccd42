"""Frozen dataclasses made quickly are what they were: equal, ordered, replaced, pickled, and frozen."""

import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from rag.frozen import quick
from rag.types import Span, Stance, State


@quick
@dataclass(frozen=True, slots=True, order=True)
class _Dose:
    amount: int
    unit: str = "mg"


def test_a_class_made_quickly_takes_what_its_own_took() -> None:
    assert _Dose(5) == _Dose(amount=5, unit="mg") < _Dose(5, "mg/kg")
    assert hash(_Dose(5)) == hash(_Dose(5, "mg"))
    assert repr(replace(_Dose(5), unit="g")) == "_Dose(amount=5, unit='g')"
    assert pickle.loads(pickle.dumps(Span(1, 4))) == Span(1, 4)
    with pytest.raises(TypeError, match="amount"):
        _Dose()  # type: ignore[call-arg]


def test_a_class_made_quickly_stays_frozen() -> None:
    state = State("asthma", True, Span(0, 6))
    with pytest.raises(FrozenInstanceError):
        state.stance = Stance.ASIDE  # type: ignore[misc]
    assert state.doubts == ()


def test_a_class_that_asks_for_more_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Listed:
        members: list[str] = field(default_factory=list)

    with pytest.raises(TypeError, match="Listed"):
        quick(Listed)
