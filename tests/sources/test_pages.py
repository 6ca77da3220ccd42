"""Registry pages in text: told by structure, entries read whole, boilerplate left out."""

from __future__ import annotations

import pytest
from support.render_page import overview_page, page
from support.study import study

from rag.sources import page_overview, page_text
from rag.sources.build import build_document


def lines_of(text: str) -> list[str]:
    return text.split("\n")


def introduces(lines: list[str], at: int) -> bool:
    """Whether the line stands below a known heading and is a sentence."""
    known = at > 1 and lines[at - 2].strip().lower() in page_text.pages()["headings"]
    return known and page_text.is_introduction(lines[at])


def test_each_layout_is_told_from_the_other() -> None:
    first, second = lines_of(page(study())), lines_of(overview_page(study()))
    assert page_text.is_page(first) and not page_overview.is_page(first)
    assert page_overview.is_page(second) and not page_text.is_page(second)


def test_an_unknown_heading_with_its_introduction_becomes_other_information() -> None:
    more = "Study Funding\n\nLearn who pays for this research.\n\nGrant 17 of the Lake Fund\n\n"
    text = page(study()).replace("More Related Trials\n", f"{more}More Related Trials\n")
    document = build_document(page_text.read_page(lines_of(text)), "a.txt")
    assert "Study Funding: Grant 17 of the Lake Fund" in document.text
    assert "Learn who pays" not in document.text


def test_introductions_of_any_wording_are_left_out() -> None:
    """Introductions that begin with no known word: every list begins with a sentence, so they are introductions."""
    text = page(study())
    lines = lines_of(text)
    changed = ["Whoever reads on learns more." if introduces(lines, n) else line for n, line in enumerate(lines)]
    assert changed.count("Whoever reads on learns more.") >= 15
    document = build_document(page_text.read_page(changed), "a.txt")
    assert "Whoever" not in document.text
    assert document.facts == build_document(page_text.read_page(lines_of(text)), "a.txt").facts


def test_a_page_without_introductions_is_read_by_its_known_headings() -> None:
    lines = lines_of(page(study()))
    kept = [line for n, line in enumerate(lines) if not introduces(lines, n)]
    assert len(kept) < len(lines) - 15
    bare, full = (build_document(page_text.read_page(given), "a.txt") for given in (kept, lines))
    assert bare.facts == full.facts
    assert bare.text == full.text


def test_a_sponsor_may_lack_its_class_and_a_site_its_facility() -> None:
    text = page(study()).replace("Northport University\n\nOTHER\n\nSponsor", "Northport University\n\nSponsor")
    text = text.replace("Clinique du Lac\n\nAnnecy, , France", "Annecy, , France")
    facts = build_document(page_text.read_page(lines_of(text)), "a.txt").facts
    assert (facts.sponsor, facts.sponsor_class) == ("Northport University", "")
    assert [(site.facility, site.city, site.country) for site in facts.sites][1] == ("", "Annecy", "France")


AGES = [
    ("18-80 years", "18 Years", "80 Years"),
    ("18 - 80 Years", "18 Years", "80 Years"),
    ("6 months - 17 years", "6 Months", "17 Years"),
    ("18 years and above", "18 Years", None),
    ("18+ years", "18 Years", None),
    ("18 years or older", "18 Years", None),
    ("Up to 17 years", None, "17 Years"),
    ("All ages", None, None),
]


@pytest.mark.parametrize(("printed", "low", "high"), AGES)
def test_ages_above_the_overview(printed: str, low: str | None, high: str | None) -> None:
    text = overview_page(study()).replace("18-75 years", printed)
    facts = build_document(page_overview.read_page(lines_of(text)), "a.txt").facts
    assert (facts.minimum_age and facts.minimum_age.text) == low
    assert (facts.maximum_age and facts.maximum_age.text) == high


def test_treatments_below_study_details_are_no_conditions() -> None:
    last = "    Diabetes Mellitus, Type 2"
    text = overview_page(study()).replace(last, f"{last}\n    Drug: Fenolast")
    facts = build_document(page_overview.read_page(lines_of(text)), "a.txt").facts
    assert facts.conditions == ("Kidney Transplantation", "Diabetes Mellitus, Type 2")
    assert [(one.name, one.kind) for one in facts.interventions] == [("Fenolast", "DRUG")]


def test_the_sponsor_may_stand_above_the_id_and_pictures_have_no_title() -> None:
    text = overview_page(study()).replace("NCT09000001\n\nNorthport University", "Northport University\n\nNCT09000001")
    text = text.replace("Image\n", "A picture of a kidney\n")
    document = build_document(page_overview.read_page(lines_of(text)), "a.txt")
    assert document.title == "Fenolast or Placebo After Kidney Transplantation"
    assert document.facts.sponsor == "Northport University"
    assert document.facts.conditions == ("Kidney Transplantation", "Diabetes Mellitus, Type 2")
    assert str(document.facts.last_update_date) == "2025-12-05"


def test_the_site_below_a_lone_id_is_no_sponsor() -> None:
    text = overview_page(study()).replace("\n\nNorthport University\n\n5 December 2025", "\n\n5 December 2025")
    facts = build_document(page_overview.read_page(lines_of(text)), "a.txt").facts
    assert (facts.sponsor, str(facts.last_update_date)) == ("", "2025-12-05")
