"""What the prose of a record says that its participants are compared with."""

from __future__ import annotations

import pytest

from rag.catalog_rows import values_of
from rag.comparators import kinds_told
from rag.evidence.collect import field_quotes
from rag.types import Arm, Document, FieldIs, Intervention, Section, Span, TrialFacts


def _document(text: str, facts: TrialFacts) -> Document:
    section = Section("summary", Span(0, len(text)))
    return Document("NCT90000001", "A Study", text, (section,), (), facts, (), "x.txt", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Sleep is studied. Half of the women take a placebo; all keep a diary.", "Half of the women take a placebo;"),
        ("Sham? Randomized to 2.5 mg of it or placebo.", "Randomized to 2.5 mg of it or placebo."),
        ("A double-blind, placebo-controlled study.", "A double-blind, placebo-controlled study."),
        ("Two studies of fenolast were placebo-controlled. All patients receive it.", None),
        ("Fenolast has been compared with placebo in gout.", None),
        ("An earlier trial was randomized against placebo.", None),
        ("The benefit over placebo is small.", None),
        ("All patients receive fenolast, no placebo.", None),
        ("Patients receive fenolast without a placebo group.", None),
        ("All patients receive it; placebo is not given. Nobody will receive placebo.", None),
        ("Patients from the placebo group of the parent study receive it.", None),
        ("Patients who do not respond are randomized to it or placebo.",
         "Patients who do not respond are randomized to it or placebo."),
    ],
)
def test_a_placebo_is_told_by_a_sentence_about_this_study(text: str, told: str | None) -> None:
    document = _document(text, TrialFacts(study_type="INTERVENTIONAL"))
    spans = kinds_told(document)
    assert [span.of(text) for span in spans.values()] == ([told] if told else [])
    assert values_of(document).get("arm_kind", ()) == (("PLACEBO_COMPARATOR",) if told else ())
    quoted = field_quotes(document, FieldIs("arm_kind", ("PLACEBO_COMPARATOR",)))
    assert [quote.span.of(text) for quote in quoted] == ([told] if told else [])


@pytest.mark.parametrize(
    "facts",
    [
        TrialFacts(study_type="INTERVENTIONAL", arms=(Arm("Fenolast", "EXPERIMENTAL"),)),
        TrialFacts(study_type="INTERVENTIONAL", interventions=(Intervention("Placebo capsules", "DRUG"),)),
        TrialFacts(study_type="OBSERVATIONAL"),
    ],
)
def test_prose_is_asked_only_where_no_arm_or_name_tells(facts: TrialFacts) -> None:
    assert kinds_told(_document("Patients receive fenolast or placebo.", facts)) == {}
