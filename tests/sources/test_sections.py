"""Eligibility text is split by its printed headings, whatever their wording, and never at a criterion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.work import steps

from rag.sections import split_criteria
from rag.sources.clean import block

IN, OUT, NONE = "inclusion", "exclusion", "unheaded"

HEADINGS = [
    ("EXLUSION CRITERIA:", OUT),
    ("Inlcusion Criteria", IN),
    ("Inclusion Criteria:", IN),
    ("INCLUSION CRITERIA", IN),
    ("* INCLUSION CRITERIA:", IN),
    ("-  Inclusion Criteria:", IN),
    ("**Inclusion criteria**", IN),
    ("Key Inclusion Criteria", IN),
    ("Main inclusion criteria :", IN),
    ("4.1 Inclusion criteria", IN),
    ("A. Inclusion Criteria", IN),
    ("Inclusion:", IN),
    ("Inclusion", IN),
    ("Criteria for inclusion:", IN),
    ("Patients must meet all of the following inclusion criteria:", IN),
    ("Participants eligible for the study must meet all of the following criteria:", IN),
    ("Healthy volunteers inclusion criteria:", IN),
    ("Inclusion Criteria for Cohort B:", IN),
    ("Inclusion Criteria - Part 2 (expansion)", IN),
    ("Cohort 3 specific inclusion criteria:", IN),
    ("Required:", IN),
    ("Exclusion Criteria:", OUT),
    ("Exclusion Criteria：", OUT),
    ("EXCLUSION CRITERIA.", OUT),
    ("Exclusion Criteria for cohort B", OUT),
    ("Exclusions:", OUT),
    ("Non-inclusion criteria:", OUT),
    ("Criteria of non inclusion:", OUT),
    ("Ineligibility criteria:", OUT),
    ("Ocular exclusion criteria (study eye):", OUT),
    ("Patients will be excluded if any of the following apply:", OUT),
    ("Subjects are not eligible if they have any of the following:", OUT),
    ("Exclusion Criteria (These are general; the details are in the protocol):", OUT),
    ("Exclusion Criteria(the list is not complete):", OUT),
    ("Prohibited:", OUT),
    ("Excluded within 14 days of study entry:", OUT),
    ("The main exclusion criteria include but are not limited to the following:", OUT),
    ("Eligibility Criteria:", NONE),
    ("Inclusion/Exclusion Criteria:", NONE),
]


@pytest.mark.parametrize(("heading", "name"), HEADINGS)
def test_a_heading_opens_its_list(heading: str, name: str) -> None:
    text = f"{heading}\n\n* a first rule\n* a second rule"
    assert read(text) == [(name, "* a first rule\n* a second rule")]


CRITERIA = [
    "* Meets the inclusion criteria of the parent study",
    "* Does not meet any exclusion criteria",
    "* Inclusion of women and minorities",
    "Other protocol-defined inclusion/exclusion criteria may apply.",
    "* Pregnant women are excluded from this study.",
    "A female participant is eligible if she is not pregnant and at least one of the following applies:",
    "* Candidates who do not meet the inclusion criteria.",
    "Further exclusion criteria apply",
    "* MRI exclusion criteria such as a pacemaker, which the investigator judges to be of relevance to the participant",
]


@pytest.mark.parametrize("line", CRITERIA)
def test_a_criterion_about_criteria_is_no_heading(line: str) -> None:
    text = f"Inclusion Criteria:\n\n* a first rule\n{line}\n* a last rule"
    assert [name for name, _ in read(text)] == [IN]
    assert line in read(text)[0][1]


def read(text: str) -> list[tuple[str, str]]:
    return [(part.name.removeprefix("eligibility."), text[part.start : part.end]) for part in split_criteria(text)]


def test_text_under_no_header_is_unheaded() -> None:
    assert read("Adults only.\n\nNo cancer.") == [(NONE, "Adults only.\n\nNo cancer.")]


def test_text_before_the_first_header_is_unheaded() -> None:
    text = "Open to members.\n\nExclusion Criteria:\n\n1. cancer"
    assert read(text) == [(NONE, "Open to members."), (OUT, "1. cancer")]


def test_lists_may_alternate() -> None:
    text = "Part A Inclusion Criteria:\n* a\nExclusion Criteria:\n* b\nPart B Inclusion Criteria:\n* c\nExclusion:\n* d"
    assert read(text) == [(IN, "* a"), (OUT, "* b"), (IN, "* c"), (OUT, "* d")]


def test_a_heading_may_share_its_line_with_the_text() -> None:
    text = "Inclusion Criteria: adults of 18 years. Exclusion Criteria: stroke; see exclusion criteria: none."
    assert read(text) == [(IN, "adults of 18 years."), (OUT, "stroke; see exclusion criteria: none.")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("* Gout\n\n8. Keeps the protocol. Exclusion Criteria Patients who have lupus\n* asthma",
         [(NONE, "* Gout\n\n8. Keeps the protocol."), (OUT, "Patients who have lupus\n* asthma")]),
        ("* A scan for stratification Exclusion\n* Lupus", [(NONE, "* A scan for stratification"), (OUT, "* Lupus")]),
        ("* The reason for Exclusion\n* Lupus", [(NONE, "* The reason for Exclusion\n* Lupus")]),
        ("Inclusion:\n* Gout\n\nPatients will be excluded if they meet any of the following criteria.\n\n1. Lupus",
         [(IN, "* Gout"), (OUT, "1. Lupus")]),
        ("Exclusion Criteria:\n\nPatients must have none of the following:\n\n1. Lupus", [(OUT, "1. Lupus")]),
        ("Exclusion Criteria:\n\nSubjects who meet any of the following criteria cannot be included:\n\n1. Lupus",
         [(OUT, "Subjects who meet any of the following criteria cannot be included:\n\n1. Lupus")]),
        ("Exclusion Criteria:\n\nSubjects will be included only if they meet NONE of the following:\n\n1. Lupus",
         [(OUT, "1. Lupus")]),
        ("Inclusion:\n* Gout\n* Contraindications:\n  * Lupus\n* Adult",
         [(IN, "* Gout\n* Contraindications:\n  * Lupus\n* Adult")]),
        ("Inclusion:\n* Anemia of no known cause by Exclusion\n* Adult",
         [(IN, "* Anemia of no known cause by Exclusion\n* Adult")]),
        ("Inclusion:\n\nPatients with one or none of the following:\n\n* Gout",
         [(IN, "Patients with one or none of the following:\n\n* Gout")]),
        ("Inclusion Criteria:\n\n1. Gout\n\nContraindications:\n\n1. Lupus", [(IN, "1. Gout"), (OUT, "1. Lupus")]),
    ],
)  # fmt: skip
def test_no_list_of_exclusions_is_taken_for_requirements(text: str, parts: list[tuple[str, str]]) -> None:
    assert read(text) == parts


def test_the_lists_of_old_oncology_records_are_unheaded() -> None:
    text = "DISEASE CHARACTERISTICS:\n\n* Proven cancer\n\nPATIENT CHARACTERISTICS:\n\n* ECOG 0-2"
    assert [name for name, _ in read(text)] == [NONE]
    text = "Exclusion Criteria:\n\n* stroke\n\nPATIENT CHARACTERISTICS:\n\n* ECOG 0-2"
    assert [name for name, _ in read(text)] == [OUT, NONE]


def test_an_indented_heading_ends_with_its_indentation() -> None:
    text = "* Proven cancer\n  * Exclusion criteria:\n    * stroke\n* Measurable disease"
    assert read(text) == [(NONE, "* Proven cancer"), (OUT, "* stroke"), (NONE, "* Measurable disease")]


def test_an_empty_list_is_left_out() -> None:
    assert read("Inclusion Criteria:\n\nExclusion Criteria:\n\n* stroke") == [(OUT, "* stroke")]


LINES = st.lists(
    st.sampled_from([
        "Inclusion Criteria:", "Exclusion Criteria:", "  * Exclusion criteria:", "* a rule", "  * a nested rule", "",
        "PATIENT CHARACTERISTICS:", "prose. Exclusion Criteria: more", "Allowed:", "1. number", "\t", "   - deep",
    ]),
    max_size=12,
)  # fmt: skip


@given(st.one_of(LINES.map("\n".join), st.text(max_size=200)))
def test_parts_are_ordered_disjoint_and_leave_out_no_rule(text: str) -> None:
    parts = split_criteria(text)
    covered = ["-"] * len(text)
    last = 0
    for part in parts:
        assert last <= part.start < part.end <= len(text)
        assert text[part.start : part.end] == text[part.start : part.end].strip()
        covered[part.start : part.end] = text[part.start : part.end]
        last = part.end
    left = "".join(covered)
    for rule in ("a rule", "a nested rule", "1. number", "prose."):
        assert left.count(rule) == text.count(rule)


ADVERSARIAL = ["inclusion ", "Exclusion Criteria: ", " ", "\n", "* ", "Inclusion criteria" + " " * 400, "- Exclusion\n"]


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_adversarial_text_is_split_in_linear_time(unit: str) -> None:
    def work(size: int) -> int:
        text = unit * (size // len(unit))
        lines = "\n     ".join([text[:500]] * (size // 500))
        return steps(lambda: split_criteria(block(text))) + steps(lambda: block(lines))

    work(500)
    assert work(24_000) < 3.1 * work(8_000)


def test_hard_wraps_and_lists_of_old_records_are_undone() -> None:
    printed = (
        "Inclusion Criteria:\n\n"
        "          -  A rule that runs on so far that the printer of the old site has to break it at its right\n"
        "             margin\n\n"
        "               -  a nested rule\n\n"
        "          -  Short\n\n"
        "        Exclusion Criteria:\n\n"
        "          1. First"
    )
    assert block(printed).split("\n") == [
        "Inclusion Criteria:",
        "",
        "* A rule that runs on so far that the printer of the old site has to break it at its right margin",
        "  * a nested rule",
        "* Short",
        "",
        "Exclusion Criteria:",
        "",
        "1. First",
    ]


def test_long_items_of_new_records_keep_the_item_below_them() -> None:
    printed = (
        "Inclusion Criteria:\n\n"
        "* Any of these:\n\n"
        "  1. A rule that runs on and on without a break, for the registry of today prints each item on one line\n"
        "     * deeper, and as long as the rule above it, so that the old printer would have broken its line here\n"
        "  2. The next rule\n"
        "* The last rule"
    )
    assert block(printed) == printed


LISTS = ["Inclusion Criteria:", "* Adult of 18 years", "* Has gout", "Exclusion Criteria:", "* Lupus"]


@pytest.mark.parametrize(
    "printed",
    [
        "Inclusion Criteria:          -  Adult of 18 years          -  Has gout"
        "        Exclusion Criteria:          -  Lupus",
        "Inclusion Criteria:~* Adult of 18 years~* Has gout~Exclusion Criteria:~* Lupus",
    ],
)
def test_lost_line_ends_are_put_back(printed: str) -> None:
    assert [line for line in block(printed).split("\n") if line] == LISTS


def test_an_item_of_any_length_ends_where_the_next_begins() -> None:
    long = "A rule of one line that the export has not broken, though it is longer than the margin of the old printer"
    lines = block(f"Adults:          -  {long}          -  Gout        Children:          -  Lupus").split("\n")
    assert [line for line in lines if line] == ["Adults:", f"* {long}", "* Gout", "Children:", "* Lupus"]


BLANKS = ["Aged 18~75 years, BMI 20~30, ~5 mg", "Adults~children", "a  b   c", "Gout.   Lupus"]
RANGES = ["NYHA II~IV, Child-Pugh A~B", "mild~moderate gout and moderate~severe lupus", "T1~T2, stage IIa~IIIb"]


@pytest.mark.parametrize("text", [*BLANKS, *RANGES])
def test_other_tildes_and_blanks_stay(text: str) -> None:
    assert block(text) == text.rstrip()


def test_what_patients_must_have_ends_a_list_of_exclusions() -> None:
    text = "Exclusion Criteria:\n\n* Gout\n\nPatients must have:\n\n* Lupus\n\nPatients may not have:\n\n* Asthma\n"
    parts = [(part.name, text[part.start : part.end]) for part in split_criteria(text)]
    found = [(name.rpartition(".")[2], words.strip(" *\n")) for name, words in parts]
    assert found == [(OUT, "Gout"), (IN, "Lupus"), (OUT, "Asthma")]
