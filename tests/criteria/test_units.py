"""Units convert exactly, limits written twice are recognised, and the data files refuse mistakes."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from rag.criteria.lexicon import alias_index, load_variables, may_name, variables_of_group
from rag.units import days_of, load_units, same_limit

CONVERSIONS = [
    ("platelets", "100000", "/µL", "100"),
    ("platelets", "1000000000", "/L", "1"),
    ("hemoglobin", "90", "g/L", "9"),
    ("creatinine_clearance", "1", "mL/s", "60"),
    ("fasting_glucose", "7", "mmol/L", "126.112"),
    ("hba1c", "53", "mmol/mol", "7.00044"),
    ("body_temperature", "212", "°F", "100"),
    ("qtc", "0.45", "seconds", "450"),
    ("age", "6", "months", "0.5"),
    ("weight", "100", "lb", "45.359237"),
    ("gestational_age", "224", "days", "32"),
    ("uacr", "30", "mg/mmol", "265.26"),
]


@pytest.mark.parametrize(
    ("spelling", "days"),
    [("week", 7), ("wks", 7), ("Months", Fraction("30.4375")), ("years", Fraction("365.25")), ("h", Fraction(1, 24)),
     ("minutes", Fraction(1, 1440)), ("mg", None), ("", None)],
)  # fmt: skip
def test_a_time_is_so_many_days(spelling: str, days: Fraction | None) -> None:
    assert days_of(spelling) == days


@pytest.mark.parametrize(("variable", "number", "unit", "expected"), CONVERSIONS)
def test_conversions_are_exact(variable: str, number: str, unit: str, expected: str) -> None:
    assert load_variables()[variable].convert(Decimal(number), unit) == Decimal(expected)


def test_a_unit_of_something_else_does_not_convert() -> None:
    assert load_variables()["egfr"].convert(Decimal(60), "mg/dL") is None


def test_doubled_limits_may_be_rounded_but_not_wrong() -> None:
    creatinine = load_variables()["serum_creatinine"]
    assert same_limit(Decimal("1.5"), creatinine.convert(Decimal(133), "µmol/L") or Decimal(0))
    assert same_limit(Decimal("1.4"), creatinine.convert(Decimal(123), "µmol/L") or Decimal(0))
    assert not same_limit(Decimal("2.0"), creatinine.convert(Decimal(168), "µmol/L") or Decimal(0))


def test_spellings_are_longest_first_and_bounded() -> None:
    found = load_units().match("ml/min/1.73 m2 and more", 0)
    assert found is not None
    assert (found[0][0].id, found[1]) == ("mL/min/1.73 m2", 14)
    assert load_units().match("cells per cubic millimeter", 0) is not None
    assert load_units().match("patientsx", 0) is None


def test_the_lexicon_is_large_and_consistent() -> None:
    variables = load_variables()
    assert sum(1 for variable in variables.values() if variable.aliases) >= 120
    assert "alt_uln" in variables
    assert {"egfr", "creatinine_clearance", "serum_creatinine"} <= set(variables_of_group("kidney"))
    assert all(
        alias.variable in variables or alias.variable == "_decoys" for row in alias_index().values() for alias in row
    )


@pytest.mark.parametrize(
    ("line", "may"),
    [
        ("platelets above 100", True),
        ("life expectancy of 12 weeks", True),
        ("18 years and over", True),
        ("one month old or less", True),
        ("heavier than 120 lbs", True),
        ("surgery within 4 weeks", False),
        ("life-threatening illness in the last 6 months", False),  # one word of "life expectancy"
    ],
)
def test_a_line_without_a_name_of_a_variable_is_told_by_its_words(line: str, may: bool) -> None:
    assert may_name(re.findall("[a-z]+", line)) is may


def test_gfr_and_clearance_are_related_and_never_one() -> None:
    related = dict(load_variables()["egfr"].related)
    assert "creatinine_clearance" in related
    assert load_variables()["creatinine_clearance"].aliases != load_variables()["egfr"].aliases


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("milligrams per deciliter", "mg/dL"),
        ("milligrammes per decilitre", "mg/dL"),
        ("mg per decilitre", "mg/dL"),
        ("grams/litre", "g/L"),
        ("millilitres per minute", "mL/min"),
        ("micromoles per litre", "µmol/L"),
        ("nanograms per millilitre", "ng/mL"),
    ],
)
def test_compound_units_are_known_by_their_long_names(written: str, unit: str) -> None:
    found = load_units().match(written, 0)
    assert found is not None
    assert [[one.id for one in found[0]], found[1]] == [[unit], len(written)]
