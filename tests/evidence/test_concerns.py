"""What conditions and treatments say to a question, by made-up lists: verdicts and the words that prove them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rag.criteria.states import states_of
from rag.evidence.another import Another, another_for
from rag.evidence.concerns import judge_concern
from rag.types import Ago, Asks, Concerns, Criterion, Polarity, Span
from rag.types import Verdict as V  # noqa: N817 - a table is read by its columns

_SIDES = {"I": Polarity.INCLUSION, "E": Polarity.EXCLUSION}


def read(*lines: str) -> tuple[str, tuple[Criterion, ...]]:
    """The text of 'I | …' and 'E | …' lines, and their criteria."""
    text = "\n".join(line[4:] for line in lines)
    criteria, at = [], 0
    for line in lines:
        span = Span(at, at + len(line) - 4)
        states = states_of(text, span, _SIDES[line[0]])
        criteria.append(Criterion(f"T:{at}", "T", _SIDES[line[0]], "eligibility", span, (), (), states))
        at = span.end + 1
    return text, tuple(criteria)


def verdict(concept: str, *lines: str, own: bool = False) -> V:
    text, criteria = read(*lines)
    return judge_concern(criteria, Concerns((concept,), concept, Asks.EXCLUDES), lambda: text, own=own).verdict


@pytest.mark.parametrize(
    ("concept", "lines", "expected"),
    [
        ("osteoporosis", ["E | Systemic bone disease"], V.PARTIAL),
        ("osteoporosis", ["E | Paget's disease of the breast"], V.SILENT),
        ("glaucoma", ["E | Any eye disease"], V.PARTIAL),
        ("glaucoma", ["E | Diabetic retinopathy"], V.SILENT),
        ("arrhythmia", ["E | Atrial fibrillation"], V.PARTIAL),
        ("kidney_transplant", ["E | Any organ transplant"], V.MATCH),
        ("organ_transplant", ["E | Transplantation planned"], V.PARTIAL),
        ("drug_abuse", ["E | Substance abuse"], V.MATCH),
        ("drug_abuse", ["E | Alcohol abuse"], V.SILENT),
        ("hemophilia", ["E | Bleeding disorder"], V.MATCH),
        ("lupus", ["E | Any autoimmune disease"], V.MATCH),
        ("crohn", ["E | Chronic inflammatory bowel disease"], V.MATCH),
        ("crohn", ["E | Active inflammatory bowel disease"], V.MATCH),
        ("crohn", ["E | Infections - inflammatory bowel disease"], V.MATCH),
        ("crohn", ["E | Refractory inflammatory bowel disease"], V.PARTIAL),
        ("peanut_allergy", ["E | Multiple food allergies"], V.MATCH),
        ("crohn", ["E | Severe inflammatory bowel disease"], V.PARTIAL),
        ("crohn", ["E | Gastrointestinal disease"], V.PARTIAL),
        ("bisoprolol", ["E | Use of beta-blockers within 7 days"], V.MATCH),
        ("beta_blocker", ["E | Use of bisoprolol"], V.PARTIAL),
        ("nebivolol", ["E | Beta blocker or ACE inhibitor"], V.MATCH),
        ("cetirizine", ["E | Antihistamines"], V.MATCH),
        ("prednisone", ["E | Systemic corticosteroids"], V.MATCH),
        ("prednisone", ["E | Steroid injection into the joint"], V.SILENT),
        ("omalizumab", ["E | Biologics in the past 5 months"], V.PARTIAL),
        ("myocardial_infarction", ["E | Cardiovascular disease"], V.PARTIAL),
        ("immunosuppression", ["E | HIV infection"], V.SILENT),
        ("no_contraception", ["E | Planning to become pregnant"], V.PARTIAL),
        ("live_vaccine", ["E | Any vaccine within 4 weeks"], V.MATCH),
        ("vaccination", ["E | Live vaccine within 4 weeks"], V.PARTIAL),
        ("prior_chemotherapy", ["E | Previously treated patients"], V.PARTIAL),
    ],
)
def test_wider_and_narrower_concepts_settle_as_the_labels_say(concept: str, lines: list[str], expected: V) -> None:
    assert verdict(concept, *lines) is expected


def test_a_trial_that_prevents_a_disease_turns_away_whoever_has_it() -> None:
    text, criteria = read("E | HIV infection")
    asked = Concerns(("hiv",), "HIV", Asks.EXCLUDES)
    assert judge_concern(criteria, asked, lambda: text, own=True).verdict is V.PARTIAL
    assert judge_concern(criteria, asked, lambda: text, own=True, prevents=True).verdict is V.MATCH


def test_a_trial_that_requires_a_disease_turns_only_some_of_it_away() -> None:
    lines = ("I | Confirmed asthma", "E | Acute asthma exacerbation within 4 weeks")
    assert verdict("asthma", *lines, own=True) is V.PARTIAL
    assert verdict("asthma", lines[1], own=True) is V.MATCH
    assert verdict("asthma", "E | Asthma", own=True) is V.PARTIAL


def test_a_state_named_above_an_item_is_proved_by_the_line_above() -> None:
    text = "Autoimmune disease, such as:\nVitiligo"
    heading = states_of(text, Span(0, 28), Polarity.EXCLUSION)
    item = Criterion("T:29", "T", Polarity.EXCLUSION, "eligibility", Span(29, 37), (), (), heading)
    asked = Concerns(("autoimmune_disease",), "autoimmune disease", Asks.EXCLUDES)
    judged = judge_concern([item], asked, lambda: text)
    assert [quote.span.of(text) for quote in judged.quotes] == ["Autoimmune disease, such as:"]


def test_a_permission_meets_only_words_that_narrow_the_question() -> None:
    text, criteria = read("E | Radiotherapy within 4 weeks. Patients with prior surgery are eligible.")
    asked = Concerns(("prior_radiotherapy",), "prior radiotherapy", Asks.EXCLUDES)
    assert judge_concern(criteria, asked, lambda: text).verdict is V.MATCH
    text, criteria = read("E | Brain metastases. Patients with treated brain metastases are eligible.")
    asked = Concerns(("brain_metastases",), "treated brain metastases", Asks.EXCLUDES)
    assert judge_concern(criteria, asked, lambda: text).verdict is V.PARTIAL


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("HIV-positive", "I | No prior cancer, except cured basal cell cancer Not pregnant Not HIV positive"),
        ("HIV positive people", "I | HIV negative Negative pregnancy test No other cancer except of the cervix"),
        (
            "meningeal disease or HIV",
            "E | HIV or meningeal disease are not allowed. Those with asymptomatic polyps are eligible",
        ),
        (
            "HIV",
            "E | Positive test for HIV, hepatitis B or C. Patients with a healed hepatitis B are eligible.",
        ),
        ("HIV in the blood", "E | HIV in the blood or the brain within 4 weeks, unless the site asks for more"),
    ],
)
def test_an_exception_is_of_its_own_sentence_and_of_what_it_names(asked: str, line: str) -> None:
    text, criteria = read(line)
    assert judge_concern(criteria, Concerns(("hiv",), asked, Asks.EXCLUDES), lambda: text).verdict is V.MATCH


def test_a_trial_taken_part_in_is_another_one_only_while_it_runs() -> None:
    for line, expected in (
        ("E | Enrolment in another clinical trial", V.NO_MATCH),
        ("E | Co-enrolment in other trials is restricted", V.NO_MATCH),
        ("E | Participation in another clinical trial within 12 months", V.MATCH),
    ):
        text, criteria = read(line)
        asked = Concerns(("other_trial",), "another trial", Asks.EXCLUDES, Ago("120 days ago", Decimal(120)))
        assert judge_concern(criteria, asked, lambda text=text: text).verdict is expected


def test_to_be_free_of_what_the_trial_studies_is_meant() -> None:
    assert verdict("diabetes", "I | Non diabetic (fasting glucose < 100 mg/dL)", own=True) is V.MATCH
    assert verdict("diabetes", "E | Diabetes", own=True) is V.PARTIAL


@pytest.mark.parametrize(
    ("line", "days", "asks", "expected"),
    [
        ("E | Stroke within the last 6 months", 120, Asks.EXCLUDES, V.MATCH),
        ("E | Stroke within the last 3 months", 120, Asks.EXCLUDES, V.NO_MATCH),
        ("E | Stroke in the past month", 120, Asks.EXCLUDES, V.NO_MATCH),
        ("E | Stroke in the past month", 20, Asks.EXCLUDES, V.MATCH),
        ("E | History of stroke", 120, Asks.EXCLUDES, V.MATCH),
        ("E | Stroke", 2000, Asks.EXCLUDES, V.MATCH),
        ("I | At least 6 months since stroke", 120, Asks.EXCLUDES, V.MATCH),
        ("I | At least 3 months since stroke", 120, Asks.EXCLUDES, V.NO_MATCH),
        ("E | Stroke, myocardial infarction or bleeding within 3 months", 120, Asks.EXCLUDES, V.PARTIAL),
        ("E | Within the last 3 months: heart attack, stroke", 120, Asks.EXCLUDES, V.NO_MATCH),
        ("E | Current stroke", 120, Asks.EXCLUDES, V.NO_MATCH),
        ("I | At least 6 weeks since prior surgery No concurrent stroke", 120, Asks.EXCLUDES, V.NO_MATCH),
        ("E | Current or previous stroke", 120, Asks.EXCLUDES, V.MATCH),
        ("E | Current stroke. Surgery within the last 3 months", 120, Asks.EXCLUDES, V.NO_MATCH),
        ("E | Stroke within the last 3 months", 120, Asks.ADMITS, V.MATCH),
        ("E | Stroke within the last 6 months", 120, Asks.ADMITS, V.NO_MATCH),
        ("E | Asthma", 120, Asks.EXCLUDES, V.SILENT),
    ],
)
def test_what_was_some_time_ago_is_judged_by_the_time_of_the_criterion(
    line: str, days: int, asks: Asks, expected: V
) -> None:
    text, criteria = read(line)
    concern = Concerns(("stroke",), "stroke", asks, Ago(f"{days} days ago", Decimal(days)))
    assert judge_concern(criteria, concern, lambda: text).verdict is expected


@pytest.mark.parametrize(
    ("line", "concept", "expected"),
    [
        ("E | Infections (HIV, hepatitis)", "hepatitis_b", V.MATCH),
        ("E | Viral hepatitis", "hepatitis_c", V.MATCH),
        ("E | Severe liver disease", "hepatitis_b", V.PARTIAL),
        ("E | Presence of cancer", "melanoma", V.MATCH),
        ("E | Gout, cancer, asthma", "melanoma", V.MATCH),
        ("E | AIDS-related malignancy", "melanoma", V.PARTIAL),
        ("E | Intestinal malignancy", "melanoma", V.PARTIAL),
        ("E | Hay fever", "nasal_polyps", V.SILENT),
    ],
)
def test_a_class_is_turned_away_with_its_kinds(line: str, concept: str, expected: V) -> None:
    text, criteria = read(line)
    assert judge_concern(criteria, Concerns((concept,), concept, Asks.EXCLUDES), lambda: text).verdict is expected


@pytest.mark.parametrize(
    ("line", "concept", "expected"),
    [
        ("I | Type 2 diabetes for at least a year", "diabetes", V.MATCH),
        ("I | Stage II breast cancer", "malignancy", V.MATCH),
        ("I | Any cancer", "breast_cancer", V.SILENT),
        ("E | Type 2 diabetes", "diabetes", V.NO_MATCH),
        ("I | Gout or lupus", "gout", V.PARTIAL),
        ("I | Type 1 or type 2 diabetes", "diabetes", V.MATCH),
        ("I | Type 1 or type 2 diabetes", "type_2_diabetes", V.PARTIAL),
        ("I | Type 1 diabetes or gout", "diabetes", V.PARTIAL),
    ],
)
def test_who_must_have_a_kind_must_have_it(line: str, concept: str, expected: V) -> None:
    text, criteria = read(line)
    got = judge_concern(criteria, Concerns((concept,), concept, Asks.REQUIRES), lambda: text).verdict
    assert got is expected


def test_a_kind_asked_about_is_turned_away_by_a_trial_of_the_disease() -> None:
    text, criteria = read("I | Moderate persistent asthma", "E | Patients with severe asthma")
    for asked, expected in (("severe asthma", V.MATCH), ("asthma", V.PARTIAL)):
        concern = Concerns(("asthma",), asked, Asks.EXCLUDES)
        assert judge_concern(criteria, concern, lambda: text, own=True).verdict is expected


@pytest.mark.parametrize(
    ("line", "asks", "expected"),
    [
        ("I | CNS involvement allowed", Asks.ADMITS, V.SILENT),
        ("I | CNS involvement", Asks.REQUIRES, V.SILENT),
        ("E | CNS involvement", Asks.EXCLUDES, V.MATCH),
        ("E | CNS involvement", Asks.ADMITS, V.NO_MATCH),
        ("I | Brain metastases allowed", Asks.ADMITS, V.MATCH),
        ("I | Brain metastases on MRI", Asks.REQUIRES, V.MATCH),
    ],
)
def test_a_wider_word_stands_for_its_kinds_only_where_it_turns_away(line: str, asks: Asks, expected: V) -> None:
    text, criteria = read(line)
    asked = Concerns(("brain_metastases",), "brain metastases", asks)
    assert judge_concern(criteria, asked, lambda: text).verdict is expected


@pytest.mark.parametrize(
    ("asks", "asked", "line", "expected"),
    [
        (Asks.REQUIRES, "moderate to severe asthma", "I | Mild to moderate asthma", V.PARTIAL),
        (Asks.REQUIRES, "moderate to severe asthma", "I | Moderate asthma", V.MATCH),
        (Asks.REQUIRES, "moderate to severe asthma", "I | Asthma of moderate severity", V.MATCH),
        (Asks.REQUIRES, "severe asthma", "I | Mild asthma", V.SILENT),
        (Asks.REQUIRES, "severe asthma", "I | Asthma for a year", V.PARTIAL),
        (Asks.REQUIRES, "cough-variant asthma", "I | Asthma for a year", V.PARTIAL),
        (Asks.REQUIRES, "cough-variant asthma", "I | Asthma, cough-variant", V.MATCH),
        (Asks.REQUIRES, "chronic asthma", "I | Asthma for a year", V.MATCH),
        (Asks.REQUIRES, "asthma", "I | Mild asthma", V.MATCH),
        (Asks.EXCLUDES, "mild asthma", "E | Severe asthma", V.SILENT),
        (Asks.EXCLUDES, "mild asthma", "E | Asthma", V.MATCH),
        (Asks.EXCLUDES, "mild to moderate asthma", "E | Moderate to severe asthma", V.PARTIAL),
        (Asks.EXCLUDES, "severe asthma", "E | Moderate or severe asthma", V.MATCH),
        (Asks.EXCLUDES, "severe asthma", "E | Severe gout, asthma", V.MATCH),
        (Asks.ADMITS, "mild asthma", "I | Mild to moderate asthma", V.MATCH),
        (Asks.ADMITS, "asthma", "I | Asthma or gout", V.MATCH),
    ],
)
def test_degree_and_kind_asked_about_are_those_told(asks: Asks, asked: str, line: str, expected: V) -> None:
    text, criteria = read(line)
    assert judge_concern(criteria, Concerns(("asthma",), asked, asks), lambda: text).verdict is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["E | Autoimmune disease", "E | Patients with psoriasis may be eligible after a talk"], V.PARTIAL),
        (["E | Autoimmune disease", "E | Psoriasis"], V.MATCH),
        (["E | Autoimmune disease", "E | Patients with gout may be eligible"], V.MATCH),
    ],
)
def test_what_is_let_in_by_name_is_not_simply_excluded(lines: list[str], expected: V) -> None:
    assert verdict("psoriasis", *lines) is expected


@pytest.mark.parametrize(
    ("heading", "line", "expected"),
    [
        ("Healthy controls:", "E | Gout", V.PARTIAL),
        ("Donor exclusion criteria", "E | Gout", V.PARTIAL),
        ("For participants with asthma, participants are excluded if:", "E | History of gout", V.PARTIAL),
        ("For all participants:", "E | Gout", V.MATCH),
        ("", "I | Kidney donors must not have gout", V.PARTIAL),
        ("", "E | Controlled gout", V.MATCH),
    ],
)
def test_what_is_told_of_some_excludes_in_part(heading: str, line: str, expected: V) -> None:
    text, criteria = read(line)
    headings = (heading,) if heading else ()
    told = [replace(one, headings=headings) for one in criteria]
    assert judge_concern(told, Concerns(("gout",), "gout", Asks.EXCLUDES), lambda: text).verdict is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [("E | Severe gout", V.PARTIAL), ("E | Gout within 3 months", V.MATCH), ("E | Severe asthma", V.SILENT)],
)
def test_degree_of_what_is_asked_for_is_excluded_in_part(line: str, expected: V) -> None:
    assert verdict("gout", "I | Gout for a year", line) is (expected if expected is not V.SILENT else V.NO_MATCH)


@pytest.mark.parametrize(
    ("lines", "another", "expected"),
    [
        # No cancer is studied: any is meant, as by 'malignancy'.
        (("E | History of other malignancy",), Another.NONE, V.MATCH),
        (("E | Another malignancy that needs treatment",), Another.NONE, V.MATCH),
        (("E | History of malignant lymphoma",), Another.NONE, V.SILENT),
        # A different cancer is studied: melanoma is another one, told only indirectly.
        (("I | Breast cancer", "E | Another malignancy"), Another.ELSE, V.PARTIAL),
        # Its own cancer, a kind that is required, or one let in by name is not another one.
        (("E | Another malignancy",), Another.OWN, V.SILENT),
        (("I | Melanoma of the skin", "E | Another malignancy"), Another.ELSE, V.NO_MATCH),
        (("E | Another malignancy, except melanoma",), Another.ELSE, V.NO_MATCH),
    ],
)
def test_another_malignancy_turns_away_who_has_one_that_the_trial_does_not_study(
    lines: tuple[str, ...], another: Another, expected: V
) -> None:
    text, criteria = read(*lines)
    asked = Concerns(("melanoma",), "melanoma", Asks.EXCLUDES)
    assert judge_concern(criteria, asked, lambda: text, another=another).verdict is expected


def test_what_another_malignancy_means_is_told_by_what_the_trial_studies() -> None:
    def meaning(*studied: str) -> Another:
        return another_for(("lung_cancer",), lambda concepts: bool(set(studied) & set(concepts)))

    assert meaning("lung_cancer") is Another.OWN
    assert meaning("nsclc") is Another.OWN
    assert meaning("malignancy") is Another.OWN
    assert meaning("melanoma") is Another.ELSE
    assert meaning("asthma") is Another.NONE
    assert another_for(("asthma",), lambda _: False) is Another.OWN


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["I | Diagnosis of gout for a year", "E | Gout with kidney stones"], V.MATCH),
        (["I | Gout is allowed", "E | Gout within the last 3 months"], V.MATCH),
        (["I | Gout is allowed", "E | Severe gout"], V.PARTIAL),
        (["E | Severe gout"], V.NO_MATCH),
    ],
)
def test_who_must_have_it_is_let_in_whatever_kind_is_turned_away(lines: list[str], expected: V) -> None:
    text, criteria = read(*lines)
    assert judge_concern(criteria, Concerns(("gout",), "gout", Asks.ADMITS), lambda: text).verdict is expected


@pytest.mark.parametrize(
    ("asked", "lines", "expected"),
    [
        ("tophaceous gout", ["I | Diagnosis of gout", "E | Tophaceous or juvenile gout"], V.PARTIAL),
        ("tophaceous gout", ["I | Diagnosis of gout", "E | Juvenile gout"], V.MATCH),
        ("juvenile gout", ["I | Juvenile gout", "E | Juvenile gout with kidney stones"], V.MATCH),
        ("gout", ["I | Diagnosis of gout", "E | Tophaceous or juvenile gout"], V.MATCH),
    ],
)
def test_the_very_kind_that_is_turned_away_is_not_let_in(asked: str, lines: list[str], expected: V) -> None:
    text, criteria = read(*lines)
    assert judge_concern(criteria, Concerns(("gout",), asked, Asks.ADMITS), lambda: text).verdict is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["E | Diabetes mellitus"], V.MATCH),
        (["E | Uncontrolled diabetes"], V.MATCH),
        (["I | Healthy people, with or without diabetes"], V.MATCH),
        (["I | Type 2 diabetes for at least a year"], V.NO_MATCH),
        (["I | Diabetes", "E | Uncontrolled diabetes"], V.NO_MATCH),
        (["I | Cohort 2: diabetes"], V.PARTIAL),
        (["I | Aged 18 or older"], V.SILENT),
        (["E | Gout"], V.SILENT),
    ],
)
def test_people_without_it_are_let_in_only_where_something_is_said_of_it(lines: list[str], expected: V) -> None:
    text, criteria = read(*lines)
    concern = Concerns(("diabetes",), "diabetes", Asks.ADMITS, lacked=True)
    assert judge_concern(criteria, concern, lambda: text).verdict is expected


def test_a_trial_of_it_takes_nobody_without_it_by_what_it_turns_away() -> None:
    text, criteria = read("E | Uncontrolled diabetes")
    concern = Concerns(("diabetes",), "diabetes", Asks.ADMITS, lacked=True)
    assert judge_concern(criteria, concern, lambda: text, own=True).verdict is V.SILENT


@pytest.mark.parametrize(
    ("concept", "lines", "expected"),
    [
        ("diabetes", ["E | Endocrine disorders except for diabetes"], V.NO_MATCH),
        ("diabetes", ["E | Endocrine disorders except for diabetes", "E | Diabetes"], V.MATCH),
        ("diabetes", ["E | Endocrine disorders except for mild diabetes"], V.PARTIAL),
        ("diabetes", ["E | Endocrine disorders except for diabetes on diet alone"], V.PARTIAL),
        ("thyroid_disease", ["E | Endocrine disorders except for diabetes"], V.PARTIAL),
    ],
)
def test_what_an_exception_names_as_a_whole_is_not_turned_away(concept: str, lines: list[str], expected: V) -> None:
    assert verdict(concept, *lines) is expected
