"""Questions for trials in free words: a value told anywhere, and what trials do with it told in any way."""

from __future__ import annotations

import pytest
from support.plans import TRIALS, Question, plan_of, written

from rag.planning.freely import read_again, read_freely
from rag.planning.vocabulary import index_of


def _read(question: str) -> str:
    plan = read_freely(question, index_of(TRIALS))
    return "" if plan is None else written(plan)


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        # the value in one sentence, the verb in another, pointed back to
        (
            "The gentleman in room nine has a bilirubin of 31 µmol/L. Our own records are in mg/dL, alas. Someone must "
            "convert it and say which studies reject him over that reading.",
            "trials | excludes bilirubin 1.81286549708",
        ),
        (
            "Our folk mostly have a haemoglobin under 9 g/dL, poor souls. The chair wants the protocols that keep "
            "all of those people out.",
            "trials | excludes hemoglobin < 9",
        ),
        (
            "One camp says that platelets of 80,000/mm3 finish you off everywhere. So, honestly: whose rules leave "
            "80,000 inside?",
            "trials | admits platelets 80",
        ),
        # a limit weighed against the value
        (
            "Grandpa turned 81 in May. Could I see which of the studies put the upper age line below him?",
            "trials | excludes age ≥ 81",
        ),
        (
            "Her Hb is 9.5 g/dL. A few protocols set their minimum higher than this, I hear. Pick them out.",
            "trials | excludes hemoglobin ≤ 9.5",
        ),
        (
            "Her Hb is 9.5 g/dL. Are there protocols whose floor is lower than that?",
            "trials | admits some hemoglobin < 9.5",
        ),
        (
            "He has perhaps twenty weeks. Some studies insist on a life expectancy longer than that; which ones?",
            "trials | excludes life_expectancy ≤ 4.59958932238",
        ),
        # said by 'nobody', 'not'
        (
            "An LVEF of 38 % is what she has. Which of the protocols wouldn't let that figure in?",
            "trials | excludes lvef 38",
        ),
        # the same weighing in other words; equally strict
        (
            "On the day ward a lady's count came at 65,000 platelets. Which ask for more than she has?",
            "trials | excludes platelets ≤ 65",
        ),
        (
            "My creatinine is 2.6 mg/dL. Which studies set their creatinine ceiling below where I am?",
            "trials | excludes serum_creatinine ≥ 2.6",
        ),
        (
            "Suppose we wrote an LVEF of no less than 45 % into ours. Whose limit is at least as strict as that?",
            "trials | excludes lvef < 45",
        ),
        (
            "She is anaemic, ten and a half was the figure (g/dL). For which studies is 10.5 not enough haemoglobin?",
            "trials | excludes hemoglobin 10.5",
        ),
        # what the person has not is passed over
        ("Bilirubin of 3 mg/dL, no gout: accepted by?", "trials | admits bilirubin 3"),
        # Not read: several values, another condition, one trial, no stance
        ("Her Hb is 9.5 g/dL, her bilirubin 2 mg/dL. Which protocols would say no to that?", ""),
        ("Her Hb is 9.5 g/dL and she has gout. Which protocols would refuse her?", ""),
        ("Her Hb is 9.5 g/dL. Does the study from Oslo turn her away for that?", ""),
        ("Her Hb is 9.5 g/dL. Which of the trials are in phase 2?", ""),
        ("Is a haemoglobin of 9.5 g/dL too low?", ""),
    ],
)
def test_free_words_are_read_by_value_and_stance(question: str, plan: str) -> None:
    assert _read(question) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        # a measure is named, and its value stands in another sentence
        (
            "We have a chap whose platelets have been around 70,000/mm3 since spring. Which trials have a platelet "
            "limit that his value does not meet?",
            "trials | excludes platelets 70",
        ),
        # limits, and no person
        (
            "I recruit people with rather weak hearts. Of all LVEF floors, whose are more lenient than 40 %?",
            "trials | admits some lvef < 40",
        ),
        # an end told by its values, and what only repeats it
        ("Trials whose youngest patient is a teenager, a minimum age of 13 to 16?", "trials | age.minimum=13 to 16"),
        ("min age >21y?", "trials | age.minimum=> 21"),
        # no diagnosis is asked for; the number of an atom is no level
        ("A woman aged 71, no diagnoses. Which trials is she barred from?", "trials | excludes age 71"),
        # who squeaks by is let in
        ("Suppose his bilirubin reads 1.9 mg/dL. Tell me where he'd squeak by.", "trials | admits bilirubin 1.9"),
        # a person stays a person
        ("A woman of 34 with gout and an Hb of 9.5 g/dL. Which trials refuse her?", "screen"),
    ],
)
def test_plans_that_lose_a_value_are_read_anew(question: str, plan: str) -> None:
    assert written(plan_of(question)).startswith(plan)


@pytest.mark.parametrize(
    ("asked", "plan"),
    [
        ("And which ones have a lower floor than this?", "trials | admits some platelets < 75"),
        ("And whose minimum is higher than this?", "trials | excludes platelets ≤ 75"),
    ],
)
def test_limits_are_weighed_against_the_turn_before(asked: str, plan: str) -> None:
    assert written(plan_of(f"Which trials require platelets of at least 75,000? || {asked}")) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("My uncle has gout and it flares up a lot. Whose rules say no to that?", "trials | excludes gout"),
        (
            "A stroke laid him low in May. Some protocols spell out a six-week gap after a stroke. Those, please.",
            "trials | excludes stroke",
        ),
        (
            "Our neighbour takes warfarin since his stroke. The protocols that say no to the drug, please.",
            "trials | excludes warfarin",
        ),
        (
            "We look after people with gout. Research made for such people, in which having the illness is a "
            "condition of getting in, please.",
            "trials | requires gout",
        ),
        ("He has gout and asthma. Whose rules say no to that?", ""),  # to which of the two?
        ("He has gout and asthma. Whose rules say no to the drug?", ""),  # no drug is told
        ("She has gout. Which stroke trials say no to that?", ""),  # the topic chooses as well
        ("She has gout. Which trials are recruiting?", ""),  # nothing is said of being kept out
    ],
)
def test_things_are_those_that_the_sentence_that_asks_names_or_points_back_to(question: str, plan: str) -> None:
    assert _read(question) == plan


@pytest.mark.parametrize(
    "question",
    [
        "Which trials allow gout but not asthma?",
        "Which trials require contraception but do not mention pregnancy?",
        "Which trials ask for warfarin and turn away people who have had a stroke?",
    ],
)
def test_two_stances_are_no_free_words_and_are_not_read_again(question: str) -> None:
    assert read_again(plan_of(question), Question(question), TRIALS) is None


def test_a_plan_with_words_that_nothing_stands_for_is_read_again() -> None:
    question = (
        "Take a platelet count of 120,000: many records accept 100,000, and a handful wants a higher count. "
        "It is those few, the ones that 120,000 would fail, that I need."
    )
    again = read_again(plan_of(question), Question(question), TRIALS)
    assert again is not None
    assert written(again) == "trials | excludes platelets 120"
