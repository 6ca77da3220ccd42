"""Limits for some people only: a stated one, a lifted one, none of their own."""

from decimal import Decimal

import pytest
from support.readings import read

from rag.evidence.stated import read_stated
from rag.evidence.whom import SEX, judge_for_whom
from rag.types import Asks, Limit, Verdict
from rag.values import EVERYTHING, Values, at_most

THREE = at_most(Decimal(3))
GILBERT, SPREAD = ("gilbert",), ("liver_metastases",)


@pytest.mark.parametrize(
    ("section", "line", "asks", "values", "whom", "verdict"),
    [
        ("I", "TBil ≤ 1.5 x ULN (for Gilbert's disease ≤ 3 x ULN)", Asks.ADMITS, THREE, GILBERT, "match"),
        ("I", "TBil ≤ 1.5 x ULN (for Gilbert's disease ≤ 2 x ULN)", Asks.ADMITS, THREE, GILBERT, "no_match"),
        ("I", "TBil ≤ 1.5 x ULN unless due to Gilbert's syndrome", Asks.ADMITS, THREE, GILBERT, "partial"),
        ("I", "TBil ≤ 1.5 x ULN", Asks.ADMITS, THREE, GILBERT, "no_match"),
        ("I", "TBil ≤ 1.5 x ULN, ≤ 3 x ULN if liver metastases", Asks.ADMITS, THREE, GILBERT, "no_match"),
        ("I", "TBil ≤ 1.5 x ULN, ≤ 3 x ULN if liver metastases", Asks.ADMITS, THREE, SPREAD, "match"),
        ("I", "TBil ≤ 3 x ULN if no liver metastases", Asks.ADMITS, THREE, SPREAD, "no_match"),
        ("I", "ECOG 0-1", Asks.ADMITS, THREE, GILBERT, "silent"),
        ("I", "TBil ≤ 1.5 x ULN for men and ≤ 1 x ULN for women", Asks.MENTIONS, EVERYTHING, (SEX,), "match"),
        ("I", "TBil ≤ 1.5 x ULN unless due to Gilbert's syndrome", Asks.MENTIONS, EVERYTHING, GILBERT, "match"),
        ("I", "TBil ≤ 1.5 x ULN", Asks.MENTIONS, EVERYTHING, (SEX,), "no_match"),
    ],
)  # fmt: skip
def test_a_limit_for_some_is_theirs_or_lifted_or_not_stated(
    section: str, line: str, asks: Asks, values: Values, whom: tuple[str, ...], verdict: str
) -> None:
    stated = read_stated(read(section, line).criteria, "bilirubin_uln")
    judged = judge_for_whom(stated, Limit("bilirubin_uln", values, asks, "", whom))
    assert judged.verdict is Verdict(verdict)
    assert verdict == "silent" or judged.quotes
