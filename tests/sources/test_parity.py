"""The same trial gives equal sections and facts in every format, as far as the format carries the field."""

from __future__ import annotations

import copy
import csv
import dataclasses
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.render import csv_export, legacy_xml
from support.render_page import overview_page, page
from support.study import study

from rag.origins import origin_of
from rag.settings import Settings
from rag.sources import read_corpus
from rag.text import fold
from rag.types import Document, Span, TrialFacts

FORMATS: dict[str, tuple[str, Callable[[Any], bytes]]] = {
    "v2": ("trial.json", lambda made: json.dumps(made).encode()),
    "xml": ("trial.xml", legacy_xml),
    "page": ("trial.txt", lambda made: page(made).encode()),
    "overview": ("trial.txt", lambda made: overview_page(made).encode()),
    "csv": ("trial.csv", lambda made: csv_export([made]).encode()),
}
# What a format has no place for.
NOT_CARRIED = {
    "xml": set(),
    "page": {"enrollment_kind"},
}
CSV_CARRIES = {
    "acronym", "org_study_id", "secondary_ids", "status", "study_type", "phases", "enrollment", "conditions", "sex",
    "allocation", "intervention_model", "primary_purpose", "masking", "who_masked", "sponsor", "sponsor_class",
    "collaborators", "countries", "has_results",
}  # fmt: skip


def read(tmp_path: Path, form: str, made: Any) -> Document:
    name, render = FORMATS[form]
    (tmp_path / form).mkdir(exist_ok=True)
    (tmp_path / form / name).write_bytes(render(made))
    found = list(read_corpus([tmp_path / form], Settings()))
    assert len(found) == 1 and isinstance(found[0], Document), found
    return found[0]


def meaning(text: str) -> str:
    """Words without escapes and line breaks: markdown is only in some formats."""
    return " ".join(fold(text).text.split())


def bodies(document: Document) -> list[tuple[str, str]]:
    return [(section.name, meaning(section.span.of(document.text))) for section in document.sections]


def comparable(facts: TrialFacts, left_out: set[str]) -> dict[str, str]:
    fields = {field.name: getattr(facts, field.name) for field in dataclasses.fields(facts)}
    # Dates of pages have no kind; the CSV and the pages print dates alone.
    return {name: meaning(str(value)) for name, value in fields.items() if name not in left_out}


def without_kinds(facts: TrialFacts) -> TrialFacts:
    dates = [field.name for field in dataclasses.fields(facts) if field.name.endswith("_date")]
    bare = {name: dataclasses.replace(value, kind="") for name in dates if (value := getattr(facts, name))}
    return dataclasses.replace(facts, **bare)


def test_legacy_xml_gives_the_sections_and_facts_of_v2(tmp_path: Path) -> None:
    base, other = read(tmp_path, "v2", study()), read(tmp_path, "xml", study())
    assert bodies(other) == bodies(base)
    assert comparable(other.facts, set()) == comparable(base.facts, set())


def test_the_notes_of_legacy_xml_are_those_of_v2(tmp_path: Path) -> None:
    made = copy.deepcopy(study())
    made["protocolSection"] |= {
        "oversightModule": {"oversightHasDmc": True, "isFdaRegulatedDrug": False, "isFdaRegulatedDevice": True},
        "ipdSharingStatementModule": {
            "ipdSharing": "UNDECIDED", "description": "On request.", "timeFrame": "From 2031 on.", "url": "https://a.org",
        },
    }
    made["protocolSection"]["designModule"] |= {
        "targetDuration": "2 Years", "bioSpec": {"retention": "SAMPLES_WITHOUT_DNA"},
    }
    made["protocolSection"]["statusModule"]["expandedAccessInfo"] = {"hasExpandedAccess": False}
    tags = (
        "<target_duration>2 Years</target_duration><biospec_retention>Samples Without DNA</biospec_retention>"
        "<oversight_info><has_dmc>Yes</has_dmc><is_fda_regulated_drug>No</is_fda_regulated_drug>"
        "<is_fda_regulated_device>Yes</is_fda_regulated_device></oversight_info>"
        "<has_expanded_access>No</has_expanded_access>"
        "<patient_data><sharing_ipd>Undecided</sharing_ipd><ipd_description>On request.</ipd_description>"
        "<ipd_time_frame>From 2031 on.</ipd_time_frame><ipd_url>https://a.org</ipd_url></patient_data>"
    )
    xml = legacy_xml(study()).replace(b"</clinical_study>", tags.encode() + b"</clinical_study>")
    (tmp_path / "v2").mkdir()
    (tmp_path / "xml").mkdir()
    (tmp_path / "v2" / "trial.json").write_text(json.dumps(made))
    (tmp_path / "xml" / "trial.xml").write_bytes(xml)
    base, other = (next(iter(read_corpus([tmp_path / name], Settings()))) for name in ("v2", "xml"))
    assert isinstance(base, Document) and isinstance(other, Document)
    assert bodies(other) == bodies(base)
    assert comparable(other.facts, set()) == comparable(base.facts, set())
    assert (base.facts.data_monitoring_committee, base.facts.ipd_sharing) == (True, "UNDECIDED")
    assert (base.facts.fda_regulated_drug, base.facts.fda_regulated_device) == (False, True)
    assert (base.facts.expanded_access, base.facts.biospecimens) == (False, "SAMPLES_WITHOUT_DNA")
    printed = {field.name: field.span.of(base.text) for field in base.fields}
    assert printed["data_monitoring_committee"] == "Data monitoring committee: Yes"
    assert printed["fda_regulation"] == "FDA regulation: device"
    assert printed["ipd_sharing"] == "Individual participant data shared: Undecided"


@pytest.mark.parametrize(
    ("oversight", "drug", "device", "printed"),
    [
        ({"isFdaRegulatedDrug": True, "isFdaRegulatedDevice": True}, True, True, "drug, device"),
        ({"isFdaRegulatedDrug": True}, True, None, "drug"),
        ({"isFdaRegulatedDrug": False, "isFdaRegulatedDevice": False}, False, False, "none"),
        ({"isFdaRegulatedDevice": False}, None, False, "no device"),
        ({}, None, None, ""),
    ],
)
def test_what_a_record_does_not_say_of_the_fda_is_not_denied(
    tmp_path: Path, oversight: dict[str, bool], drug: bool | None, device: bool | None, printed: str
) -> None:
    made = copy.deepcopy(study())
    made["protocolSection"]["oversightModule"] = oversight
    document = read(tmp_path, "v2", made)
    assert (document.facts.fda_regulated_drug, document.facts.fda_regulated_device) == (drug, device)
    line = next((field.span.of(document.text) for field in document.fields if field.name == "fda_regulation"), "")
    assert line.removeprefix("FDA regulation: ") == printed


def test_page_text_gives_the_sections_and_facts_of_v2(tmp_path: Path) -> None:
    base, other = read(tmp_path, "v2", study()), read(tmp_path, "page", study())
    left_out = NOT_CARRIED["page"]
    assert comparable(without_kinds(other.facts), left_out) == comparable(without_kinds(base.facts), left_out)
    loose = {"design", "dates"}  # they print the kinds
    assert [name for name, _ in bodies(other)] == [name for name, _ in bodies(base)]
    assert [b for b in bodies(other) if b[0] not in loose] == [b for b in bodies(base) if b[0] not in loose]


def test_overview_page_gives_the_eligibility_of_v2(tmp_path: Path) -> None:
    base, other = read(tmp_path, "v2", study()), read(tmp_path, "overview", study())
    lists = [(name, words.replace("•", "*")) for name, words in bodies(other) if name.startswith("eligibility")]
    same = [body for body in bodies(base) if body[0].startswith("eligibility")]
    assert [name for name, _ in lists] == [name for name, _ in same]
    assert lists[:3] == same[:3]
    for name in ("status", "phases", "sex", "minimum_age", "maximum_age", "conditions", "sponsor"):
        assert getattr(other.facts, name) == getattr(base.facts, name), name
    assert str(other.facts.last_update_date) == "2025-12-05"


def test_csv_export_gives_the_facts_of_v2_that_it_carries(tmp_path: Path) -> None:
    base, other = read(tmp_path, "v2", study()), read(tmp_path, "csv", study())
    for name in CSV_CARRIES:
        assert getattr(other.facts, name) == getattr(base.facts, name), name
    assert [(i.name, i.kind) for i in other.facts.interventions] == [(i.name, i.kind) for i in base.facts.interventions]
    assert [o.kind for o in other.facts.outcomes] == [o.kind for o in base.facts.outcomes]
    assert [dataclasses.replace(site, status="") for site in base.facts.sites] == list(other.facts.sites)


def test_csv_with_eligibility_columns_gives_the_criteria_of_v2(tmp_path: Path) -> None:
    made = study()
    row = next(csv.DictReader(io.StringIO(csv_export([made]))))
    eligibility = made["protocolSection"]["eligibilityModule"]
    row |= {"Eligibility Criteria": eligibility["eligibilityCriteria"], "Age": "18 Years to 75 Years   (Adult)"}
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(row))
    writer.writeheader()
    writer.writerow(row)
    (tmp_path / "with.csv").write_text(sheet.getvalue(), encoding="utf-8", newline="")
    (other,) = read_corpus([tmp_path / "with.csv"], Settings())
    base = read(tmp_path, "v2", made)
    assert isinstance(other, Document)
    lists = [body for body in bodies(base) if body[0].startswith("eligibility.") and body[0] != "eligibility.fields"]
    assert [body for body in bodies(other) if body in lists] == lists
    assert other.facts.maximum_age == base.facts.maximum_age


@pytest.mark.parametrize("form", FORMATS)
def test_every_span_and_origin_holds(tmp_path: Path, form: str) -> None:
    document = read(tmp_path, form, study())
    last = 0
    for section in document.sections:
        assert last <= section.span.start < section.span.end <= len(document.text)
        last = section.span.end
    for field in document.fields:
        value = field.span.of(document.text)
        assert value and value == value.strip()
        if field.name != "has_results":
            assert origin_of(document, field.span), field
    assert all(a.span.end <= b.span.start for a, b in zip(document.origins, document.origins[1:], strict=False))


QUOTES = [
    ("v2", "Platelets", "/protocolSection/eligibilityModule/eligibilityCriteria"),
    ("xml", "Platelets", "/clinical_study/eligibility/criteria/textblock"),
    ("csv", "1234", "row 1, column Enrollment"),
]


@pytest.mark.parametrize(("form", "quote", "place"), QUOTES)
def test_a_quote_leads_back_to_its_place(tmp_path: Path, form: str, quote: str, place: str) -> None:
    document = read(tmp_path, form, study())
    start = document.text.index(quote)
    assert origin_of(document, Span(start, start + len(quote))) == place


def test_a_quote_of_a_page_leads_back_to_its_line(tmp_path: Path) -> None:
    document = read(tmp_path, "page", study())
    lines = page(study()).split("\n")
    for quote in ("Platelets", "Northport Hospital", "1234", "Head of Nephrology", "Change in eGFR"):
        start = document.text.index(quote)
        number = int(origin_of(document, Span(start, start + len(quote))).split()[1].split("-")[0])
        assert quote in lines[number - 1]
    first, last = document.text.index("HbA1c \\>"), document.text.index("\n3. Pregnancy")
    numbers = origin_of(document, Span(first, last)).removeprefix("lines ").split("-")
    assert "HbA1c" in lines[int(numbers[0]) - 1]
    assert "Platelets" in lines[int(numbers[1]) - 1]


def test_source_escapes_stay_in_the_canonical_text(tmp_path: Path) -> None:
    assert r"Platelets \<100 x 10\^9/L" in read(tmp_path, "v2", study()).text


def test_boilerplate_of_both_pages_is_in_no_text(tmp_path: Path) -> None:
    for form in ("page", "overview"):
        text = read(tmp_path, form, study()).text
        for words in ("Another Trial", "Find out who may", "Powered by AI", "FAQs", "Write to the centre", "Image"):
            assert words not in text, (form, words)


WORDS = st.text(st.sampled_from(list("abc XYZ09<>&\\.,;:()'\"é≥µ")), min_size=1, max_size=40).map(
    lambda text: " ".join(text.split())
)


@given(items=st.lists(WORDS.filter(lambda text: any(c.isalpha() for c in text)), min_size=1, max_size=6))
def test_any_criteria_read_alike_from_json_and_xml(items: list[str]) -> None:
    from support.render import module  # noqa: PLC0415

    from rag.sources.api_json import read_study  # noqa: PLC0415
    from rag.sources.build import build_document  # noqa: PLC0415
    from rag.sources.legacy_xml import parse  # noqa: PLC0415
    from rag.sources.legacy_xml import read_study as read_xml  # noqa: PLC0415

    made = study()
    text = "Inclusion Criteria:\n\n" + "\n".join(f"* kept {item.replace(chr(92), '')} end" for item in items)
    module(made, "eligibility")["eligibilityCriteria"] = text  # type: ignore[index]
    base = build_document(read_study(made), "a")
    other = build_document(read_xml(parse(legacy_xml(made))), "b")
    assert bodies(other)[8:12] == bodies(base)[8:12]
