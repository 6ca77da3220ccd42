"""Equal meaning gives equal readings, turned meaning gives turned ones: generated pairs over variables and wordings."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from support.readings import read

from rag.criteria.grammar import read_comparisons
from rag.criteria.lexicon import load_variables
from rag.types import Constraint
from rag.values import Values

LIMITS = {
    "egfr": ("eGFR", "60", "mL/min"),
    "creatinine_clearance": ("creatinine clearance", "50", "mL/min"),
    "serum_creatinine": ("serum creatinine", "1.5", "mg/dL"),
    "platelets": ("platelet count", "75", "x 10^9/L"),
    "anc": ("absolute neutrophil count", "1.5", "x 10^9/L"),
    "hemoglobin": ("hemoglobin", "9", "g/dL"),
    "bilirubin": ("total bilirubin", "2", "mg/dL"),
    "hba1c": ("HbA1c", "8.5", "%"),
    "lvef": ("LVEF", "40", "%"),
    "qtc": ("QTc", "470", "ms"),
    "systolic_bp": ("systolic blood pressure", "160", "mmHg"),
    "bmi": ("BMI", "35", "kg/m2"),
    "inr": ("INR", "1.7", ""),
    "nihss": ("NIHSS", "12", ""),
}
WORDINGS = {
    "<": ("<", "less than", "below", "lower than", "under", "\\<", "&lt;"),
    "≤": ("≤", "<=", "=<", "no greater than", "at most", "less than or equal to", "not more than", "up to"),
    ">": (">", "greater than", "above", "more than", "higher than", "over", "\\>"),
    "≥": ("≥", ">=", "at least", "no less than", "greater than or equal to", "equal to or greater than"),
}
OPPOSITE = {"<": "≥", "≥": "<", ">": "≤", "≤": ">"}
PAIRS = [(name, sign, wording) for name, sign in product(LIMITS, WORDINGS) for wording in WORDINGS[sign]]
UNITS = [
    ("serum_creatinine", "creatinine > 1.5 mg/dL", "creatinine > 132.63 µmol/L"),
    ("serum_creatinine", "creatinine > 2 mg/dL", "creatinine > 0.17684 mmol/L"),
    ("platelets", "platelets < 75 x 10^9/L", "platelets < 75,000/mm3"),
    ("platelets", "platelets < 75 x 109/L", "platelets < 75000 per microliter"),
    ("platelets", "platelets < 75 K/µL", "platelets < 75 x 10^3/uL"),
    ("anc", "ANC < 1.5 x 10^9/L", "ANC < 1500 cells/mm3"),
    ("hemoglobin", "hemoglobin < 9 g/dL", "haemoglobin < 90 g/L"),
    ("bilirubin", "bilirubin > 2 mg/dL", "bilirubin > 34.2 µmol/L"),
    ("fasting_glucose", "FPG > 126.112 mg/dL", "fasting plasma glucose > 7 mmol/L"),
    ("egfr", "eGFR < 60 mL/min", "eGFR < 1 mL/s"),
    ("qtc", "QTc > 470 ms", "QTc > 0.47 sec"),
    ("weight", "weight < 50 kg", "body weight < 50,000 g"),
    ("body_temperature", "temperature > 38 °C", "temperature > 100.4 °F"),
    ("gestational_age", "gestational age < 32 weeks", "gestational age < 224 days"),
    ("ldl", "LDL-C > 116.01 mg/dL", "LDL cholesterol > 3 mmol/L"),
    ("triglycerides", "triglycerides > 442.85 mg/dL", "triglycerides > 5 mmol/L"),
    ("calcium", "calcium > 12.024 mg/dL", "serum calcium > 3 mmol/L"),
    ("albumin", "albumin < 3 g/dL", "albumin < 30 g/L"),
]


def admitted(section: str, text: str) -> dict[str, Values]:
    found = [clause for criterion in read(section, text).criteria for clause in criterion.requires]
    return {
        atom.variable: atom.admits for clause in found for atom in clause.alternatives if isinstance(atom, Constraint)
    }


@pytest.mark.parametrize(("name", "sign", "wording"), PAIRS)
def test_wordings_and_sides_agree(name: str, sign: str, wording: str) -> None:
    label, number, unit = LIMITS[name]
    plain = admitted("I", f"{label} {sign} {number} {unit}")
    assert list(plain) == [name]
    # the same comparison in other words
    assert admitted("I", f"{label} {wording} {number} {unit}") == plain
    # the complement on the other list, and turned by a negation
    turned = admitted("E", f"{label} {OPPOSITE[sign]} {number} {unit}")
    assert turned == plain
    # the same words, excluded, admit the rest
    if wording not in ("no greater than", "not more than", "no less than"):
        assert admitted("E", f"{label} {wording} {number} {unit}")[name] == ~plain[name]
    # a question says the same set
    asked = read_comparisons(f"Which trials exclude {label} {wording} {number} {unit}?")
    assert [one.values for one in asked] == [plain[name]]


@pytest.mark.parametrize(("name", "one", "other"), UNITS)
def test_units_convert_exactly(name: str, one: str, other: str) -> None:
    for section in "IE":
        first, second = admitted(section, one), admitted(section, other)
        assert list(first) == list(second) == [name]
        assert first == second


def test_a_flipped_comparison_never_reads_the_same() -> None:
    for label, number, unit in LIMITS.values():
        readings = [tuple(admitted("I", f"{label} {sign} {number} {unit}").items()) for sign in WORDINGS]
        assert len(set(map(str, readings))) == 4


def test_at_least_three_hundred_pairs_are_compared() -> None:
    assert 4 * len(PAIRS) + 2 * len(UNITS) >= 300


def test_every_variable_reads_its_own_name() -> None:
    missing = []
    for variable in load_variables().values():
        if not variable.aliases or variable.pair or variable.members or variable.counts or variable.letters:
            continue
        low, high = variable.plausible.intervals[0].low, variable.plausible.intervals[0].high
        assert low is not None and high is not None
        number = (low + (high - low) / 4).quantize(Decimal(1)) if high > 8 else (low + high) / 2
        unit = (
            "%"
            if variable.unit == "% predicted"
            else ""
            if variable.unit in ("percentile", "mm/h", "µg/g")
            else variable.unit
        )
        text = f"{variable.aliases[0]} ≤ {number} {unit}"
        if not any(one.variable == variable.id for one in read_comparisons(text)):
            missing.append(text)
    assert len(missing) <= 12, missing
