"""Where a limit of one's own stands among those of others: counted from the bounds, with open and closed ends apart."""

from decimal import Decimal

import pytest

from rag.answering.strictness import _best, _bound
from rag.values import EVERYTHING, Values, above, at_least, at_most, below, between


@pytest.mark.parametrize(
    ("stricter", "looser", "side"),
    [
        (at_most(Decimal(30)), at_most(Decimal(35)), "ceiling"),
        (below(Decimal(35)), at_most(Decimal(35)), "ceiling"),
        (between(Decimal(18), Decimal(30)), at_most(Decimal(35)), "ceiling"),
        (at_least(Decimal(60)), at_least(Decimal(45)), "floor"),
        (above(Decimal(60)), at_least(Decimal(60)), "floor"),
    ],
)
def test_the_tighter_bound_is_the_stricter(stricter: Values, looser: Values, side: str) -> None:
    one, other = _bound(stricter, side), _bound(looser, side)
    assert one is not None
    assert other is not None
    assert one > other


def test_what_admits_everything_sets_no_bound() -> None:
    assert _bound(EVERYTHING, "floor") is None
    assert _bound(at_least(Decimal(60)), "ceiling") is None


@pytest.mark.parametrize(
    ("extreme", "best"),
    [
        ("strictest", ["B"]),  # 60 itself is not let in
        ("loosest", ["C"]),
        ("highest", ["A", "B"]),  # by its number alone
        ("lowest", ["C"]),
    ],
)
def test_a_floor_that_leaves_out_its_own_end_is_the_stricter_of_two(extreme: str, best: list[str]) -> None:
    floors = {"A": (Decimal(60), False), "B": (Decimal(60), True), "C": (Decimal(45), False)}
    assert _best(floors, "floor", extreme) == best


@pytest.mark.parametrize(("extreme", "best"), [("strictest", ["A"]), ("highest", ["B"]), ("lowest", ["A"])])
def test_of_ceilings_the_low_one_is_strict(extreme: str, best: list[str]) -> None:
    ceilings = {"A": (Decimal(-30), False), "B": (Decimal(-35), False)}
    assert _best(ceilings, "ceiling", extreme) == best
