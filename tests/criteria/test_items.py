"""Where one eligibility item begins and ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.work import steps

from rag.criteria.items import Item, find_items, items_of
from rag.criteria.taken_back import taken_back
from rag.types import Document, Polarity, Section, Span, TrialFacts


def document(**sections: str) -> Document:
    text, found = "", []
    for name, body in sections.items():
        text += name.title() + "\n"
        found.append(Section(f"eligibility.{name}", Span(len(text), len(text) + len(body))))
        text += body + "\n"
    return Document("NCT00000001", "", text, tuple(found), (), TrialFacts(), (), "t.txt", "")


def words(body: str, name: str = "inclusion") -> list[str]:
    doc = document(**{name: body})
    return [" ".join(item.span.of(doc.text).split()) for item in find_items(doc)]


def items(body: str, name: str = "inclusion") -> tuple[Item, ...]:
    return find_items(document(**{name: body}))


LISTS = {
    "bullets": ("* Age 18\n* ECOG 0", ["Age 18", "ECOG 0"]),
    "dashes without space": ("-Age 18\n-ECOG 0", ["Age 18", "ECOG 0"]),
    "numbers": ("1. Age 18\n2. ECOG 0\n10. INR 2", ["Age 18", "ECOG 0", "INR 2"]),
    "escaped numbers": ("8\\. Age 18\n\n9\\. ECOG 0", ["Age 18", "ECOG 0"]),
    "parentheses": ("1) Age 18\n(2) ECOG 0\na) INR 2", ["Age 18", "ECOG 0", "INR 2"]),
    "inline numbers": ("1) Age 18; 2) ECOG 0; 3) INR 2", ["Age 18;", "ECOG 0;", "INR 2"]),
    "inline after own number": ("1. Age 18-80 years; 2) NIHSS 6 3) INR 2", ["Age 18-80 years;", "NIHSS 6", "INR 2"]),
    "inline glued": ("1.Age ≥ 18; 2.ICA occlusion", ["Age ≥ 18;", "ICA occlusion"]),
    "bullet and inline": ("* 1.Presence of clot; 2.Midline shift", ["Presence of clot;", "Midline shift"]),
    "collapsed": ("          -  Age 18          -  ECOG 0", ["Age 18", "ECOG 0"]),
    "plain lines": ("Age over 18\nECOG of 0 or 1\nINR below 2", ["Age over 18", "ECOG of 0 or 1", "INR below 2"]),
    "paragraphs": ("Age over 18\n\nECOG of 0", ["Age over 18", "ECOG of 0"]),
    "hanging line": (
        "* Creatinine clearance of at\nleast 60\n* Age 18",
        ["Creatinine clearance of at least 60", "Age 18"],
    ),
    "decimal at line start": ("* Bilirubin at most\n1.5 x ULN", ["Bilirubin at most 1.5 x ULN"]),
    "or between": ("* Creatinine ≤ 1.5\n\nOR\n\n* CrCl ≥ 60", ["Creatinine ≤ 1.5 OR * CrCl ≥ 60"]),
}


@pytest.mark.parametrize(("body", "expected"), LISTS.values(), ids=LISTS)
def test_lists_of_every_style_give_their_items(body: str, expected: list[str]) -> None:
    assert words(body) == expected


def test_wrapped_lines_are_joined() -> None:
    body = (
        "          -  Patients who have had a very long description of their condition that goes on past\n"
        "             the right margin of the page\n\n          -  Age 18\n"
    )
    assert [text[-24:] for text in words(body)] == ["right margin of the page", "Age 18"]


def test_headings_stand_over_their_items() -> None:
    found = items(
        "PATIENT CHARACTERISTICS:\n\nAge:\n\n* 18 and over\n\nRenal:\n\n* Creatinine ≤ 1.5\n\nOther:\n\n* No HIV",
        "unheaded",
    )
    assert [item.headings for item in found] == [
        ("PATIENT CHARACTERISTICS:", "Age:"),
        ("PATIENT CHARACTERISTICS:", "Renal:"),
        ("PATIENT CHARACTERISTICS:", "Other:"),
    ]


def test_a_permission_printed_above_a_section_stands_over_its_list_alone() -> None:
    body = "* Methadone\n* Ganciclovir must be stopped\n* Digoxin\n\nPatients with gout"
    text = "Allowed:\n\n" + body
    section = Section("eligibility.unheaded", Span(len("Allowed:\n\n"), len(text)))
    found = find_items(Document("NCT00000001", "", text, (section,), (), TrialFacts(), (), "t.txt", ""))
    assert [(item.span.of(text), item.headings) for item in found] == [
        ("Methadone", ("Allowed:",)),
        ("Ganciclovir must be stopped", ()),
        ("Digoxin", ("Allowed:",)),
        ("Patients with gout", ()),
    ]


def test_run_together_blocks_are_cut_at_their_headings() -> None:
    found = items(
        "PATIENT CHARACTERISTICS: Age: 18 and over Performance status: ECOG 0-2 Renal: Creatinine < 2", "unheaded"
    )
    assert [item.headings[-1] for item in found] == ["Age:", "Performance status:", "Renal:"]


def test_cohort_headings_scope_what_follows() -> None:
    found = items("Part A\n\n* Age 18\n\nPart B only:\n\n* Age 65")
    assert [item.headings for item in found] == [("Part A",), ("Part B only:",)]


def test_leads_give_relation_and_polarity() -> None:
    found = items("* Any of the following:\n  * GFR < 60\n  * proteinuria\n* None of the following:\n  * HIV")
    assert [(item.relation, item.polarity) for item in found] == [
        ("any", Polarity.INCLUSION),
        ("any", Polarity.INCLUSION),
        ("", Polarity.EXCLUSION),
    ]


@pytest.mark.parametrize(
    ("lead", "polarity"),
    [
        ("Patients will not be included if any of the following conditions are present", Polarity.EXCLUSION),
        ("Nobody is eligible if one or more of the following apply", Polarity.INCLUSION),
        ("The patient will be excluded when any of the following is met", Polarity.EXCLUSION),
    ],
)
def test_a_lead_without_a_colon_leads_the_list_right_below_it(lead: str, polarity: Polarity) -> None:
    found = items(f"* Age 18\n\n{lead}\n\n* Pregnancy\n* Gout")
    assert [item.polarity for item in found] == [Polarity.INCLUSION, polarity, polarity]
    assert [item.headings for item in found[1:]] == [(lead,), (lead,)]


def test_a_denied_head_over_examples_leads_bullets_on_its_own_level_up_to_the_next_denial() -> None:
    found = items("* No illness that hinders an examination, e.g.:\n* Arthritis\n* Tremor\n* No gout\n* Asthma")
    assert [item.polarity for item in found[:2]] == [Polarity.EXCLUSION, Polarity.EXCLUSION]
    assert [item.polarity for item in found[2:]] == [Polarity.INCLUSION, Polarity.INCLUSION]


def test_siblings_that_end_in_or_are_alternatives() -> None:
    found = items("* Renal function:\n  * Creatinine ≤ 1.5, or\n  * CrCl ≥ 60")
    assert [item.relation for item in found] == ["any", "any"]


def test_nested_items_return_to_their_level() -> None:
    found = items("1. Adequate function:\n   - ANC 1\n   - INR 2\n2. Age 18")
    assert [(item.number, len(item.headings)) for item in found] == [("", 1), ("", 1), ("2", 0)]


@given(st.text(alphabet="ab1.2)(-*•:\n ;orOR", max_size=300))
def test_items_never_overlap_and_stay_inside(body: str) -> None:
    found = items_of(body, Span(0, len(body)), "eligibility.inclusion")
    ends = [0]
    for item in found:
        assert ends[-1] <= item.span.start <= item.span.end <= len(body)
        ends.append(item.span.end)


@pytest.mark.parametrize("unit", ["1) a ", "a) ", "- ", "(1", "or\n", "x:\n", "* 1. ", " \n", "Age: "])
def test_finding_items_is_linear(unit: str) -> None:
    def work(size: int) -> int:
        body = unit * (size // len(unit))
        return steps(lambda: items_of(body, Span(0, len(body)), "eligibility.inclusion"))

    work(100)
    assert work(6_000) < 3.1 * work(2_000)


def test_a_lead_on_the_level_of_its_members_leads_them_until_a_requirement_of_its_own() -> None:
    found = items("- One of the following:\n- Temperature > 38 C\n- CRP > 10 mg/L\n- Written consent\n- INR < 2")
    assert [item.relation for item in found] == ["any", "any", "", ""]
    assert [item.group >= 0 for item in found] == [True, True, False, False]


def test_alternatives_in_plain_lines_end_where_a_requirement_of_its_own_begins():
    found = items(
        "At least two of the following three:\nTenderness of 3 joints.\nMorning stiffness.\n"
        "Females must not be pregnant.\nNo history of seizures.",
        "unheaded",
    )
    assert [item.relation for item in found] == ["any", "any", "", ""]
    each = items("One of the following:\nPatients with asthma.\nPatients with COPD.", "unheaded")
    assert [item.relation for item in each] == ["any", "any"]


@pytest.mark.parametrize(
    ("line", "section", "polarity"),
    [
        ("Exclusion criteria included depression; active bipolar disorder; seizures", "inclusion", Polarity.EXCLUSION),
        ("Key exclusion criteria were an age below 40 years and kidney disease", "unheaded", Polarity.EXCLUSION),
        ("The main exclusion criteria will include asthma", "inclusion", Polarity.EXCLUSION),
        ("Inclusion criteria were hypertension and type 2 diabetes", "exclusion", Polarity.INCLUSION),
        ("Exclusion criteria are the same as in the parent study", "inclusion", Polarity.INCLUSION),
        ("Exclusion criteria were not met in the parent study", "inclusion", Polarity.INCLUSION),
    ],
)
def test_a_paragraph_that_names_its_list_stands_in_that_list(line: str, section: str, polarity: Polarity) -> None:
    assert [item.polarity for item in items(line, section)] == [polarity]


@pytest.mark.parametrize(
    ("heading", "polarity"),
    [
        ("Patients must have:", Polarity.INCLUSION),
        ("Participants must be:", Polarity.INCLUSION),
        ("Patients must have stopped:", Polarity.EXCLUSION),
        ("Subjects must be off:", Polarity.EXCLUSION),
        ("Patients must have received their last dose of:", Polarity.EXCLUSION),
    ],
)
def test_what_all_must_have_is_asked_for_below_the_exclusions_too(heading: str, polarity: Polarity) -> None:
    assert items(f"* Pregnancy\n* {heading}\n  * Ibuprofen", "exclusion")[-1].polarity is polarity


_PROVISO = (
    "* Gout\n\nNote: Treated gout is allowed, provided that all of the following are met:\n\n"
    "* No tophus\n* Stable dose\n"
)


@pytest.mark.parametrize(
    ("behind", "excluded"),
    [
        ("\n  * History of stroke\n  * Dialysis", ["Gout", "History of stroke", "Dialysis"]),
        ("\n  * Pregnant women\n* HIV infection", ["Gout", "Pregnant women", "HIV infection"]),
        ("\n  * A dose that was not changed", ["Gout"]),
        ("* History of treatment for a year", ["Gout"]),
    ],
)
def test_exclusions_behind_the_list_of_a_proviso_stay_exclusions(behind: str, excluded: list[str]) -> None:
    doc = document(exclusion=_PROVISO + behind)
    found = taken_back(find_items(doc), doc.text)
    assert [item.span.of(doc.text).strip() for item in found if item.polarity is Polarity.EXCLUSION] == excluded
