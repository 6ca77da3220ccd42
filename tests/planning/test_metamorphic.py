"""Questions that mean the same are read the same; a flipped operator, verb or value is read otherwise."""

from __future__ import annotations

import re

import pytest
from support.plans import plan_of

_CONDITIONS = [
    "eGFR below 60",
    "platelets under 75 x10^9/L",
    "an INR above 1.7",
    "HbA1c over 10%",
    "creatinine above 2 mg/dL",
    "a BMI over 40",
    "an LVEF below 40%",
    "ALT above 3 x ULN",
    "an NIHSS above 25",
    "a QTc above 480 ms",
    "systolic blood pressure above 180 mmHg",
    "pregnant women",
    "patients with HIV",
    "patients on dialysis",
    "people with a prior stroke",
    "smokers",
    "hepatitis B",
    "children",
]
_EXCLUDING = [
    "trials excluding {}",
    "which studies exclude {}?",
    "List the trials that exclude {}",
    "Which trials turn away {}?",
    "which trials do not accept {}",
    "Which trials would refuse {}?",
    "In which trials is {} excluded?",
    "show me trials that don't allow {}",
    "could you tell me which trials rule out {}?",
]


@pytest.mark.parametrize("condition", _CONDITIONS)
def test_other_words_for_excluding_give_the_same_predicate(condition: str) -> None:
    base = plan_of(f"Which trials exclude {condition}?").where
    assert base is not None
    for form in _EXCLUDING:
        assert _bare(plan_of(form.format(condition)).where) == _bare(base), form


@pytest.mark.parametrize("condition", _CONDITIONS)
def test_excluding_accepting_and_requiring_differ(condition: str) -> None:
    forms = [
        "Which trials exclude {}?",
        "Which trials accept {}?",
        "Which trials require {}?",
        "Which trials do not exclude {}?",
    ]
    assert len({repr(plan_of(form.format(condition)).where) for form in forms}) == len(forms)


_SAME_VALUES = [
    [
        "eGFR below 60",
        "eGFR < 60",
        "eGFR under sixty",
        "eGFR less than 60 mL/min",
        "GFR lower than 60",
        "an eGFR of less than 60 mL/min/1.73 m2",
        "eGFR<60",
    ],
    [
        "platelets of at least 100 x10^9/L",
        "platelets ≥ 100 x 10^9/L",
        "platelets >= 100,000/mm3",
        "platelets of 100 x10^9/L or more",
        "platelets no lower than 100 x10^9/L",
    ],
    ["hemoglobin under 9 g/dL", "haemoglobin below 9 g/dL", "Hb < 90 g/L", "hemoglobin less than nine g/dL"],
    ["a BMI over 40", "a body mass index above 40 kg/m2", "BMI > 40", "a BMI greater than forty"],
    [
        "ALT above 3 x ULN",
        "ALT > 3×ULN",
        "ALT more than three times the upper limit of normal",
        "alanine aminotransferase over 3 times ULN",
    ],
    ["glucose above 22.2 mmol/L", "glucose > 22.2 mmol/L", "a glucose higher than 22.2 mmol/l"],
    ["an HbA1c between 7 and 10%", "an HbA1c from 7 to 10%", "HbA1c 7-10%"],
    ["an ECOG of 2", "ECOG 2", "ECOG performance status 2"],
]


@pytest.mark.parametrize("values", _SAME_VALUES, ids=lambda values: values[0])
def test_other_words_for_a_value_give_the_same_set(values: list[str]) -> None:
    read = {form: _bare(plan_of(f"Which trials exclude {form}?").where) for form in values}
    assert len(set(read.values())) == 1, read


_FLIPS = [
    ("below 60", ["at most 60", "above 60", "at least 60", "of 60", "below 45", "between 30 and 60"], "eGFR {}"),
    ("above 2 mg/dL", ["at least 2 mg/dL", "below 2 mg/dL", "above 2 x ULN", "of 2 mg/dL"], "creatinine {}"),
    ("under 75 x10^9/L", ["over 75 x10^9/L", "of 75 x10^9/L", "under 50 x10^9/L"], "platelets {}"),
    ("over 65", ["under 65", "over 75"], "people {}"),
]


@pytest.mark.parametrize(("value", "others", "form"), _FLIPS, ids=[flip[2] for flip in _FLIPS])
def test_a_flipped_operator_gives_another_set(value: str, others: list[str], form: str) -> None:
    base = plan_of(f"Which trials exclude {form.format(value)}?").where
    for other in others:
        assert plan_of(f"Which trials exclude {form.format(other)}?").where != base, other


_FIELD_FORMS = [
    [
        "Which trials are in phase 3?",
        "phase III studies",
        "List all the phase three trials.",
        "Show me every phase-3 trial",
        "trials in phase 3?",
    ],
    [
        "Which trials are recruiting?",
        "recruiting trials",
        "Which studies are currently recruiting participants?",
        "list the trials whose status is recruiting",
        "Which trials are open for recruitment?",
    ],
    [
        "Which trials have sites in Germany?",
        "trials in Germany",
        "Which studies run at German sites?",
        "Any trials conducted in Germany? which ones",
    ],
    [
        "Which trials have more than 1000 participants?",
        "trials with over 1000 participants",
        "Which studies have an enrolment greater than 1,000?",
        "enrollment > 1000",
        "Which trials have a sample size above 1000?",
    ],
    [
        "Which trials are double-blind?",
        "double blind trials",
        "Which trials are double masked?",
        "trials with double blinding",
    ],
    [
        "Which trials accept healthy volunteers?",
        "trials that take healthy people",
        "Which studies allow healthy participants?",
    ],
    [
        "Which trials are sponsored by industry?",
        "industry-sponsored trials",
        "Which trials are run by industry?",
        "trials funded by industry",
    ],
]


@pytest.mark.parametrize("forms", _FIELD_FORMS, ids=lambda forms: forms[0])
def test_other_words_for_a_field_give_the_same_predicate(forms: list[str]) -> None:
    read = {form: repr(plan_of(form).where) for form in forms}
    assert len(set(read.values())) == 1, read


_FACT_FORMS = [
    ["What is the dose in {}?", "{} dose?", "Which dose is given in {}?", "dosage of {}", "what doses are used in {}"],
    ["Who sponsors {}?", "sponsor of {}", "Who is the sponsor of {}?", "who is behind {}?", "Who is funding {}?"],
    [
        "What is the primary outcome of {}?",
        "{} primary endpoint",
        "primary outcome measure of {}?",
        "what's the main outcome in {}?",
    ],
    [
        "How many participants does {} have?",
        "sample size of {}",
        "How large is {}?",
        "number of patients in {}",
        "{} enrollment",
    ],
    ["When did {} start?", "start date of {}", "when was {} started?", "when does {} begin?"],
    ["Where is {} being run?", "sites of {}", "which hospitals take part in {}?", "where does {} take place?"],
    [
        "What is the eGFR cut-off in {}?",
        "eGFR limit of {}",
        "what eGFR does {} require?",
        "Which GFR threshold does {} set?",
    ],
]


@pytest.mark.parametrize("forms", _FACT_FORMS, ids=lambda forms: forms[0])
def test_other_words_for_a_fact_ask_the_same_of_the_same_trial(forms: list[str]) -> None:
    for trial in ("NCT90000001", "the LYRA-2 trial", "the tocilizumab trial"):
        read = {
            form: (plan_of(form.format(trial)).facts, plan_of(form.format(trial)).trials[0].trial_ids) for form in forms
        }
        assert len(set(read.values())) == 1, read


def _bare(predicate: object) -> str:
    """The predicate without the words it was asked in."""
    return re.sub(r"(stated|text)=('[^']*'|\"[^\"]*\")", "", repr(predicate))
