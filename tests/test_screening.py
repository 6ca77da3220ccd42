"""One line of criteria against one described person: turned away, satisfied, or left to be checked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support.fake_index import build, toy_settings
from support.lines import worst_fit
from support.made import assistant_over
from support.study import study

from rag.criteria.reading import read_trial
from rag.evidence.case import Case, Fit
from rag.evidence.collect import Judge
from rag.evidence.groups import of_their_own_group
from rag.evidence.judged import Judged
from rag.evidence.person import judge_criterion
from rag.evidence.sexes import closed_by_its_words, sexes_told
from rag.planning import read_patient
from rag.planning.several_persons import tells_of_several
from rag.planning.telegrams import tells_a_person_alone
from rag.screening import screen
from rag.snapshot import Snapshot, open_snapshot
from rag.types import Clause, Criterion, Document, Polarity, Question, Section, Span, State, TrialFacts, Window

_TABLE = Path(__file__).parent / "screening_lines.txt"


def _rows() -> list[list[str]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return [line.replace("⏎", "\n").split(" | ") for line in lines if not line.startswith("#")]



@pytest.mark.parametrize(("where", "line", "person", "studied", "expected"), _rows())
def test_a_line_against_a_person(where: str, line: str, person: str, studied: str, expected: str) -> None:
    assert worst_fit(where, line, person, studied) is Fit[expected.upper()]


GROUPS = [
    ("Subjects for fat:\n- Aged 30 to 60\nSubjects for skin:\n- Aged 50 to 80\nDonors:\n- Aged 18 to 50", False),
    ("Subjects for fat:\n- Aged 30 to 50\nSubjects for skin:\n- Aged 18 to 50", True),
    ("Subjects for fat:\n- Aged 30 to 50\nSubjects for skin:\n- Has gout\n- Platelets > 90", False),
]


@pytest.mark.parametrize(("text", "closed"), GROUPS)
def test_a_limit_of_one_group_decides_nothing_for_who_fits_another(text: str, closed: bool) -> None:
    sections = (Section("eligibility.inclusion", Span(0, len(text))),)
    criteria = read_trial(Document("NCT00000001", "", text, sections, (), TrialFacts(), (), "t.txt", "")).criteria
    case = Case(read_patient("man, 58"), text, lambda _: False)
    judged = of_their_own_group([one for criterion in criteria for one in judge_criterion(criterion, case)])
    assert (Fit.NOT_MET in {one.fit for one in judged}) is closed


PERSONS = [
    ("my aunt asked me about studies: 61, gout", "female", "age 61"),
    ("chloride: 61, gout", "", ""),
    ("Former nurse, just turned 63, gout", "", "age 63"),
    ("31, 22 weeks gone", "female", "age 31"),
    ("60-year-old with ovarian cancer", "female", "age 60"),
    ("prostate cancer, 71 years old", "male", "age 71"),
    ("woman in her late sixties with gout", "female", "age ≥ 66 and < 70"),
    ("I'm a guy of 39 drinking a lot", "male", "age 39"),
    ("man of about 50 with gout", "male", "age 48 to 52"),
    ("an octogenarian with gout", "", "age ≥ 80 and < 90"),
    ("M54, gout", "male", "age 54"),
    ("54/F, gout", "female", "age 54"),
    ("M 54 gout, ECOG 1", "male", "age 54"),
    ("guy, early thirties, gout", "male", "age ≥ 30 and < 34"),
    ("my 8yo has gout", "", "age 8"),
    ("woman in her forties taking insulin", "female", "age ≥ 40 and < 50"),
    ("baby, 7 months, gout", "", "age 0.583333333333"),
    ("Mrs Miller is 61 and has gout", "", "age 61"),
    ("I have gout and am 58.", "", "age 58"),
    ("man, 44, one stroke, gout", "male", "age 44"),
    ("teacher, 44, man, gout", "male", "age 44"),
    ("boy of 7 born at 32 weeks", "male", "age 7"),
    ("My mother is 78 and has gout. I'm 50 and live with her.", "female", "age 78"),
    ("I am 50 and have gout. My mother is 78.", "", "age 50"),
    ("44-year-old man, type 2 diabetes", "male", "age 44"),
    ("man, 60, on 5-fluorouracil", "male", "age 60"),
    ("F 58 / gout for 3 yrs / BP 120 / 80 / asthma", "female", "age 58"),
    ("I'm a 41-year-old woman with gout and breastfeed my 5-month-old", "female", "age 41"),
    ("Mr K., 74, gout", "male", "age 74"),
    ("Mrs Miller (61), gout", "female", "age 61"),
    ("Grandad turns 66 next month and has gout", "male", "age 65"),
    ("My daughter, who will be 12 in May, has gout", "female", "age 11"),
    # numbers of something else
    ("gout, 2 strokes, on aspirin", "", ""),
    ("man, LVEF in the 40s", "male", ""),
    ("woman with gout, BMI mid 30s", "female", ""),
    ("platelets in the 50s, woman", "female", ""),
    ("man with gout, diagnosed in the late 80s", "male", ""),
    ("a woman, ALT is around 60", "female", ""),
    ("a man about 30 weeks after a stroke", "male", ""),
    ("woman of about 60 kg", "female", ""),
]


def test_the_reason_tells_the_time_that_is_asked_for() -> None:
    window = Window("at least 12 months ago", Span(5, 27))
    state = State("gout", True, Span(0, 4), window=window)
    clause = Clause((state,), Span(0, 27))
    criterion = Criterion("T:0", "T", Polarity.INCLUSION, "eligibility.inclusion", Span(0, 27), (clause,))
    judged = Judged(Fit.NOT_MET, criterion, clause)
    assert judged.words == "gout at least 12 months ago"


@pytest.mark.parametrize(("text", "sex", "age"), PERSONS)
def test_who_is_described(text: str, sex: str, age: str) -> None:
    person = read_patient(text)
    ages = [f"age {one.values.describe()}" for one in person.numbers if one.variable == "age"]
    assert (person.sex, ages) == (sex, [age] if age else [])


VALUES = [
    ("man, 60, EF 25% in 2019, now 45%", {"lvef": "45"}),
    ("man, 60, EF was 25% two years ago, 45% now", {"lvef": "45"}),
    ("man, 60, LVEF nadir 20%, currently 40%", {"lvef": "40"}),
    ("man, 60, platelets 80 at diagnosis, 160 today", {"platelets": "160"}),
    ("man, 60, platelets 80 at diagnosis", {}),  # what they are today is not told
    ("man, 60, platelets 80 two weeks ago", {"platelets": "80"}),
    ("man, 60, ECOG 2, grade 1 neuropathy", {"ecog": "2"}),
    ("man, 60, last HbA1c 8 weeks ago 7.2", {"hba1c": "7.2"}),
    ("boy of ten months, 8.9 kg", {"weight": "8.9"}),
    ("man, 60, his pressure is still 170 over 95", {"diastolic_bp": "95", "systolic_bp": "170"}),
    ("man, 60, his heart pumps at 25 percent", {"lvef": "25"}),
    ("woman, 31, 18/40 pregnant", {"gestational_age": "18"}),
    ("woman, 31, G3P2, 37+4 weeks pregnant", {"gestational_age": "37"}),
    ("31, 22 weeks gone", {"gestational_age": "22"}),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_a_value_is_that_of_today(text: str, expected: dict[str, str]) -> None:
    told = {one.variable: one.values.describe() for one in read_patient(text).numbers if one.variable != "age"}
    assert told == expected


FINDINGS = [
    # a relative's illness, in whatever words; and who is only beside the person
    ("woman, 50, gout. Her late mum battled breast cancer", {"gout"}, set()),
    ("man 44, gout; melanoma killed his mother", {"gout"}, set()),
    ("woman 39, gout, two aunts with ovarian cancer", {"gout"}, set()),
    ("man, 40, gout, both of his parents have diabetes", {"gout"}, set()),
    ("a man of 55 whose father had a stroke and whose brother has asthma, gout", {"gout"}, set()),
    ("woman, 45, gout, sister on dialysis", {"gout"}, set()),
    ("woman of 60, lives with her sister and has gout", {"gout"}, set()),
    ("woman of 60, her daughter says she has gout", {"gout"}, set()),
    ("woman of 60, asthma like her sister", {"asthma"}, set()),
    # who sees or tells of it, a role, a birth, a donor: the illness is the person's own
    ("boy, 7. Mum gives his asthma inhaler", {"asthma"}, set()),
    ("woman, 75. Daughter reports dementia", {"dementia"}, set()),
    ("woman, 75. Her father was found to have dementia", set(), set()),
    ("woman, 70. Depression since her husband died", {"depression"}, set()),
    ("man, 33. HIV infection through his partner", {"hiv"}, set()),
    ("woman, 30. New mother with anxiety", {"anxiety"}, set()),
    ("man, 40. A father of two with asthma", {"asthma"}, set()),
    ("woman, 30. Single parent with asthma", {"asthma"}, set()),
    ("woman, 28. Twin pregnancy with preeclampsia", {"multiple_pregnancy", "preeclampsia"}, set()),
    ("woman, 29. Breastfeeding her son", {"breastfeeding"}, set()),
    ("man, 61. Stem cell transplant from a matched sibling donor", {"stem_cell_transplant"}, set()),
    ("man, 50, gout, whose brother has lupus", {"gout"}, set()),
    ("man, 60, HIV? he is negative", set(), set()),
    ("man, 60, lung cancer, he tested negative", {"lung_cancer"}, set()),  # for whatever was tested
    ("man, 60, tested for syphilis, he was negative", set(), set()),
    ("woman, 60, risk-reducing ovarian cancer surgery", {"surgery"}, set()),
    ("woman, 66, had lung cancer surgery in 2012", {"surgery", "lung_cancer"}, {"surgery", "lung_cancer"}),
    ("woman 30, gout, hepatitis C test done, she was negative", {"gout"}, set()),
    ("44-year-old man, type 2 diabetes", {"type_2_diabetes"}, set()),  # no MEN 2
    ("man, 58, ex-smoker (quit 5 years ago) with asthma", {"smoking", "asthma"}, {"smoking"}),
    ("man, 24, never treated for TB", {"treatment_naive"}, set()),
    ("woman, 40, on budesonide/formoterol", {"budesonide_formoterol"}, set()),
    # lines, bars and strokes part what is denied from what is not
    ("F 58\nno gout\nPacemaker", {"pacemaker"}, set()),
    ("58F | no gout | pacemaker", {"pacemaker"}, set()),
    ("F 58 / no gout / pacemaker", {"pacemaker"}, set()),
    ("58 year old man - no gout - pacemaker", {"pacemaker"}, set()),
    ("my mother has no\nasthma", set(), set()),
    ("man, 50, treated without much help and has gout", {"gout"}, set()),
    ("man, 50, no response to lithium", {"lithium"}, set()),
    ("man, 50, not on insulin for his diabetes", {"diabetes"}, set()),
    ("man, 50, no longer takes warfarin", {"warfarin"}, {"warfarin"}),
    ("man, 50, port catheter in situ, gout", {"gout"}, set()),  # no carcinoma
    ("man, 50, prostate cancer in remission since 2015", {"prostate_cancer"}, {"prostate_cancer"}),
    ("41-year-old woman, gout, her 3-year-old has asthma", {"gout"}, set()),
    ("man, 50, gout, never on steroids in 20 years", {"gout"}, set()),
    ("man, 50, gout, asthma ruled out", {"gout"}, set()),
    ("man, 50, has not smoked for 10 years", {"smoking"}, {"smoking"}),
    # in everyday words and in the shorthand of the ward
    ("man, 50, semaglutide shots, gout", {"semaglutide", "gout"}, set()),  # no vaccination
    ("woman, 70, got the Zostavax shot", {"live_zoster_vaccine"}, {"live_zoster_vaccine"}),
    ("man, 60, measles jab in 1999", {"measles_vaccine"}, {"measles_vaccine"}),
    ("man, 62, azathioprine + MMF + pred 10 mg", {"azathioprine", "mycophenolate", "prednisone"}, set()),
    ("man, 58, has sugar, type 2", {"type_2_diabetes"}, set()),
    ("man, 58, low blood sugar at night", {"hypoglycemia"}, set()),
    ("woman, 33, trying for another baby", {"planning_pregnancy"}, set()),
    ("man, 64, heart attack and a bypass", {"myocardial_infarction", "coronary_bypass"}, set()),
    ("man, 64, gastric bypass", {"bariatric_surgery"}, set()),
    ("woman, 47, womb and both ovaries out", {"hysterectomy", "oophorectomy"}, set()),
    ("man, 77, gout, kidneys are stage 4", {"gout", "chronic_kidney_disease"}, set()),
    ("man, 39, HCV RNA positive", {"hepatitis_c"}, set()),
    ("man, 45, drinks a bottle of gin a day", {"alcohol_abuse"}, set()),
    ("man, 45, 6 units of alcohol a week", {"alcohol_use"}, set()),
    ("woman, 59, cisplatin first, then docetaxel", {"cisplatin", "docetaxel"}, {"cisplatin"}),
    ("man, 50, took warfarin until 2017", {"warfarin"}, {"warfarin"}),
    ("man, 79, CKD stage 4", {"chronic_kidney_disease"}, set()),
]


@pytest.mark.parametrize(("text", "has", "earlier"), FINDINGS)
def test_what_a_person_has_and_what_is_over(text: str, has: set[str], earlier: set[str]) -> None:
    person = read_patient(text)
    assert ({*person.has}, {*person.earlier}) == (has, earlier)


def test_a_time_behind_a_bracket_is_not_of_what_follows_it() -> None:
    person = read_patient("man, 58, ex-smoker (quit 5 years ago) with asthma")
    assert "asthma" not in {one.concept for one in person.past}


@pytest.mark.parametrize("text", ["man, 60, score 100/100", "man, 60, on salmeterol 100/50", "man, 60, 97/103"])
def test_a_pair_that_no_heart_drives_is_no_blood_pressure(text: str) -> None:
    assert not [one for one in read_patient(text).numbers if one.variable.endswith("_bp")]


def test_a_pair_of_numbers_is_a_blood_pressure() -> None:
    person = read_patient("man, 60, hypertension on ramipril, 152/88")
    assert {one.variable: one.values.describe() for one in person.numbers} == {
        "age": "60", "systolic_bp": "152", "diastolic_bp": "88",
    }  # fmt: skip


def test_what_holds_for_all_trials_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path)
    snapshot = open_snapshot(tmp_path / "index", toy_settings(tmp_path))
    asked: Counter[str] = Counter()
    plain = Snapshot.field_values

    def counted(self: Snapshot, field: str) -> object:
        asked[field] += 1
        return plain(self, field)

    monkeypatch.setattr(Snapshot, "field_values", counted)
    screen(read_patient("woman, 82, eGFR 40"), Judge(snapshot), snapshot.trial_ids)
    assert asked == {"sex": 1}


@pytest.mark.parametrize(
    ("lines", "told", "last"),
    [
        (("Gout",), "1 point is still to be checked.", "Gout"),
        (("Gout", "Lupus and 47 more"), "2 points are still to be checked.", "Lupus and 47 more"),
        (tuple(f"Allergy to dye {name}" for name in "ABCDEFGHIJKLMNO"), "15 points are still", "and 3 more"),
    ],
)
def test_every_open_point_is_counted(lines: tuple[str, ...], told: str, last: str, tmp_path: Path) -> None:
    made = study()
    made["protocolSection"]["eligibilityModule"] = {
        "eligibilityCriteria": "Inclusion Criteria:\n\n* Age ≥ 18 years\n\nExclusion Criteria:\n\n"
        + "\n".join(f"* {line}" for line in lines)
    }
    number = made["protocolSection"]["identificationModule"]["nctId"]
    answer = assistant_over([made], tmp_path).ask(Question(f"Could a man of 60 join {number}?"))
    assert told in answer.answer
    assert answer.result_set is not None
    assert answer.result_set.items[0].unknown[-1] == last


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "sex", "closed"),
    [
        ("Female smokers\nAge over 18", "Gout", "male", "Female smokers"),
        ("* Must be FEMALE", "Gout", "male", "* Must be FEMALE"),
        ("1. Postmenopausal women with gout", "Gout", "male", "1. Postmenopausal women with gout"),
        ("Gout", "Males", "male", "Males"),
        ("Men with gout", "Stroke", "female", "Men with gout"),
        ("Women with gout\nMen with asthma", "Stroke", "male", ""),
        ("Women must use contraception", "Stroke", "male", ""),  # said of those who are women
        ("Female subjects of child-bearing potential need a test", "Stroke", "male", ""),
        ("Female smokers", "Gout", "female", ""),
        ("Female smokers", "Gout", "", ""),
        ("Gout", "Women who breastfeed", "female", ""),
    ],
)
def test_a_sex_is_turned_away_by_words(inclusion: str, exclusion: str, sex: str, closed: str) -> None:
    text = f"{inclusion}\n\n{exclusion}"
    sections = (
        Section("eligibility.inclusion", Span(0, len(inclusion))),
        Section("eligibility.exclusion", Span(len(inclusion) + 2, len(text))),
    )
    document = Document("NCT00000001", "", text, sections, (), TrialFacts(), (), "t.txt", "")
    quote = closed_by_its_words(sex, document)
    assert (quote.span.of(text) if quote else "") == closed


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("A woman of 60 with gout. My other patient has asthma.", True),
        ("A 64-year-old man with gout and a 70-year-old woman with asthma: which trials are open to each?", True),
        ("My brother and I both have gout; he is 66, I am 70. Which trials could we join?", True),
        ("My mother is 78 and has gout. I'm 50 and live with her. What could she join?", False),
        ("A 64-year-old man with gout and a BMI of 30", False),
        ("My son is 12 and his grandmother has gout. Could we travel to the trial?", False),
    ],
)
def test_several_persons_are_not_thrown_together(text: str, several: bool) -> None:
    assert tells_of_several(text) is several


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("* Male or female adults", "ALL"),
        ("Men and women aged 18 to 60", "ALL"),
        ("Adult HIV-infected female patients", "FEMALE"),
        ("Female patients", "FEMALE"),
        ("Males only", "MALE"),
        ("Female patients in part B", ""),
        ("Female subjects who are lactating are excluded", ""),
        ("Men and women of childbearing potential must use contraception", ""),
        ("Adults", ""),
    ],
)
def test_the_prose_tells_the_sex_where_the_field_is_empty(line: str, told: str) -> None:
    sections = (Section("eligibility.inclusion", Span(0, len(line))),)
    found = sexes_told(Document("NCT00000001", "", line, sections, (), TrialFacts(), (), "t.txt", ""))
    assert (found[0] if found else "") == told


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("61M stage III lung cancer, ANC 1.8, platelets 210", True),
        ("F 34, gout, INR 1.1", True),
        ("woman, 58, gout, INR 1.4. Could she join LYRA?", False),
        ("58 men with gout", False),
        ("50M, gout, asthma, eligible for the gout trial", False),
        ("Which trials take a man of 61, gout, INR 2?", False),
    ],
)
def test_a_telegram_that_only_tells_a_person(text: str, alone: bool) -> None:
    assert tells_a_person_alone(text) is alone


@pytest.mark.parametrize(
    ("bmi", "closed"),
    [(24, True), (37, False)],
)
def test_who_is_well_but_for_a_value_is_no_healthy_volunteer(bmi: int, closed: bool, tmp_path: Path) -> None:
    made = study()
    made["protocolSection"]["eligibilityModule"] = {
        "eligibilityCriteria": "Inclusion Criteria:\n\n* Age ≥ 18 years",
        "healthyVolunteers": False,
    }
    question = Question(f"A woman of 45, no medical problems, BMI of {bmi}. Which trials take her?")
    answer = assistant_over([made], tmp_path).ask(question)
    assert ("takes no healthy volunteers" in answer.answer) is closed
