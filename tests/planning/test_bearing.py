"""A sentence told beside a question is kept only where it may choose trials: the same question, told in many ways."""

from __future__ import annotations

import pytest
from support.plans import plan_of, written


@pytest.mark.parametrize(
    "told",
    [
        "Payroll, first floor.",
        "Economist here, seconded from the ministry.",
        "Typing on a tram, pardon the spelling.",
        "A councillor from the next town rang twice.",
        "There are nineteen people in the band and only three read music.",
        "My niece in Portugal asked me to look this up.",
        "I came over from Spain in 2017.",
        "Back in 2018 I could have recited this by heart.",
        "The pupils loved the last lesson, and they'd like some more of the same.",
        "I've seen four leaflets on this and they all contradict one another.",
        "Tea gone cold, printer jammed, the usual Wednesday.",
        "The shop downstairs opens rather late.",
    ],
)
def test_a_sentence_that_chooses_nothing_is_left_out(told: str) -> None:
    found = plan_of(f"{told} Which trials have triple masking?")
    assert (found.left_out, written(found)) == ((told,), "trials | masking=TRIPLE")


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        ("Migraine all week, throbbing day and night again. What studies are there on gout?", "trials | about(gout)"),
        ("Our ward is full of diabetes. What have you got on type 2 diabetes?", "trials | about(type 2 diabetes)"),
        ("My wife wants me tested for gout. Which trials exclude asthma?", "trials | excludes asthma"),
        ("Our boy turns five next week. Which trials could a child of five join?", "trials | admits age 5"),
        ("Her creatinine was 1.9 in May. Which trials accept platelets of 60?", "trials | admits platelets 60"),
        ("I have gout and asthma. Would asthma exclude me anywhere?", "trials | excludes asthma"),
        ("My ulcer plays up again. Where would gout exclude me?", "trials | excludes gout"),
        ("Before the shop opens. Which trials exclude gout?", "trials | excludes gout"),
        ("I don't know which pill she takes. Which trials exclude gout?", "trials | excludes gout"),
        ("I'd like to show the trainees the trials on gout.", "trials | about(gout)"),
        ("How many trials are in phase 3? A councillor from the next town rang twice.", "count | phase=PHASE3"),
        ("He has promised to bring Zorbas. Which trials exclude gout?", "trials | excludes gout"),
        ("I have that in mind for Zorbas. Which trials use a placebo?", "trials | arm_kind=PLACEBO_COMPARATOR"),
        ("Payroll, first floor. Which trials use zorbimab?", "trials | about(zorbimab)"),
    ],
)
def test_what_is_told_of_something_else_is_left_out(question: str, plan: str) -> None:
    found = plan_of(question)
    assert found.left_out
    assert written(found) == plan


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        # What somebody has, a topic, a wish and words that nobody knows may choose trials.
        ("My son has cystic fibrosis. Which trials are in Spain?", "trials | (about(cystic fibrosis) & country=Spain)"),
        ("Gout. Which trials are recruiting?", "trials | (about(Gout) & status=RECRUITING)"),
        ("The disease is progeria. Which trials are recruiting?", "trials | (about(progeria) & status=RECRUITING)"),
        ("We treat gout here. Which trials are recruiting?", "trials | (about(gout) & status=RECRUITING)"),
        ("I'm after gout. Which trials are recruiting?", "trials | (about(gout) & status=RECRUITING)"),
        ("I'd like phase 3. Which trials exclude gout?", "trials | (phase=PHASE3 & excludes gout)"),
        ("I want a placebo. Which trials exclude gout?", "trials | (arm_kind=PLACEBO_COMPARATOR & excludes gout)"),
        ("Which trials exclude gout? In Spain, please.", "trials | (excludes gout & country=Spain)"),
        ("The patients must be children. Which trials exclude gout?", "trials | (admits age < 18 & excludes gout)"),
        ("Which trials exclude gout? In adults.", "trials | (excludes gout & excludes age ≥ 18)"),
        ("It should be run in Spain. Which trials exclude gout?", "trials | (country=Spain & excludes gout)"),
        ("We do gene therapy. Which trials are recruiting?", "trials | (about(gene therapy) & status=RECRUITING)"),
        ("Recruiting, please. Which trials exclude gout?", "trials | (status=RECRUITING & excludes gout)"),
        ("Where would asthma and lupus exclude her?", "trials | (excludes asthma & excludes lupus)"),
        ("I want those that have not begun (status: not yet recruiting).", "trials | status=NOT_YET_RECRUITING"),
        ("In LYRA-2: route and schedule", "fact | @1:acronym | facts=route,schedule"),
        ("I've got gout. Which trials are recruiting?", "trials | (about(gout) & status=RECRUITING)"),
        # 'Advanced' and 'this rare' are of what somebody has; 'has promised to' is of what he did.
        ("He has relapsed zorbitis. Which trials are in Spain?", "trials | (about(relapsed zorbitis) & country=Spain)"),
        ("He has enlarged tonsils. Which trials are in Spain?", "trials | (about(enlarged tonsils) & country=Spain)"),
        ("She has this rare zorbitis. Which trials are in Spain?", "trials | (about(rare zorbitis) & country=Spain)"),
        ("She cannot travel outside Spain. Which trials are in phase 3?", "trials | (country=Spain & phase=PHASE3)"),
        ("I won't leave Spain. Which trials are recruiting?", "trials | (country=Spain & status=RECRUITING)"),
        ("Anywhere but Spain. Which trials are recruiting?", "trials | (not country=Spain & status=RECRUITING)"),
        ("I can get to Lisbon easily. Which trials are recruiting?", "trials | (city=Lisbon & status=RECRUITING)"),
        ("It is about gout, but which trials exclude asthma?", "trials | (about(gout) & excludes asthma)"),
        ("Which trials exclude infants born at 32 weeks?", "trials | excludes age < 1 | unread=born,32 weeks"),
        ("for a boy born at 36 weeks of gestation or later", "trials | mentions gestational_age ≥ 36 | unread=born"),
        ("She was born at 32 weeks. Which trials would take her?", "trials | admits prematurity"),
    ],
)
def test_what_may_choose_trials_is_kept(question: str, plan: str) -> None:
    found = plan_of(question)
    assert (found.left_out, written(found)) == ((), plan)
