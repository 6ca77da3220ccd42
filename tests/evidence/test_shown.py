"""Limits in the words of an answer: in the unit of the source, with the conversion beside it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rag.criteria.lexicon import load_variables
from rag.evidence.shown import describe_constraint, set_in_words
from rag.types import Constraint, Span
from rag.values import Values, at_least, at_most

D = Decimal

# fmt: off
SHOWN = [
    ("life_expectancy", at_least(D("2.75975359343")), "at least 12 weeks", "life expectancy ≥ 12 weeks"),
    ("life_expectancy", at_least(D("0.459958932238")), "under 14 days", "life expectancy ≥ 14 days"),
    ("life_expectancy", at_least(D(3)), "3 months or more", "life expectancy ≥ 3 months"),
    ("serum_creatinine", at_most(D("1.50418457363")), "≤ 133 µmol/L", "serum creatinine ≤ 133 µmol/L (≤ 1.504 mg/dL)"),
    ("serum_creatinine", at_most(D("1.5")), "≤ 1.5 mg/dL (133 µmol/L)", "serum creatinine ≤ 1.5 mg/dL"),
    ("platelets", at_least(D(80)), "80,000/mm3 and above", "platelets ≥ 80 × 10^9/L"),
    # no unit of the variable gives back a number of the source: rounded, with the words
    ("serum_creatinine", at_most(D("1.23456789")), "as tabled", 'serum creatinine ≤ 1.235 mg/dL (stated: "as tabled")'),
]
# fmt: on


@pytest.mark.parametrize(("variable", "admits", "stated", "expected"), SHOWN)
def test_a_limit_is_told_in_the_unit_of_its_source(variable: str, admits: Values, stated: str, expected: str) -> None:
    constraint = Constraint(variable, admits, load_variables()[variable].unit, Span(0, 1), stated)
    assert describe_constraint(constraint) == expected


def test_a_set_of_several_limits_is_told_in_the_unit_that_fits_all_its_ends() -> None:
    both = at_least(D("50") * 50 / 4421) & at_most(D("150") * 50 / 4421)
    assert set_in_words("serum_creatinine", both, "50 to 150 µmol/L") == "50 to 150 µmol/L (0.5655 to 1.696 mg/dL)"
