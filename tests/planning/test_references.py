"""Words of a question that name a trial of the made-up collection, and the trials they name."""

from __future__ import annotations

import pytest
from support.plans import Collection, Summary, plan_of

from rag.planning import make_plan
from rag.types import Any, FieldIs, Question

# fmt: off
REFERENCES = [
    ("Who runs the Alentejo stroke study?", ["NCT90000001"]),  # a place of its description, not of its sites
    ("Who runs the TOPAZ stroke trial?", ["NCT90000001"]),  # a name that only its description gives it
    ("Who runs the Santa Clara trial?", ["NCT90000001"]),  # a hospital
    ("Who runs the Portuguese albumin trial?", ["NCT90000002"]),  # people of a country
    ("Who runs the albumin project?", ["NCT90000002"]),
    ("Who runs the albumin infusion trial?", ["NCT90000002"]),  # 'infusion' stands in no name
    ("Who runs the TOPAZ albumin trial?", []),  # both are known, no trial has both
    ("Who runs the semaglutide stroke trial?", []),  # a drug that none of them gives, known or not
    ("Who runs the zorbitinib stenosis trial?", []),
    ("Who runs the intracranial stenosis trial?", ["NCT90000003"]),
    ("Who runs the thrombectomy trial from Northfield University?", ["NCT90000001", "NCT90000002"]),
    ("Who runs the thrombectomy trial with albumin?", ["NCT90000002"]),
    ("How often is the oral study drug taken in LYRA-2?", ["NCT90000001"]),  # a study drug is no study
    ("Who runs the albumin trial? Name the stroke one", ["NCT90000002"]),
    # without an article: what opens a question and fits one trial alone
    ("Alentejo stroke trial: who runs it?", ["NCT90000001"]),
    ("albumin trial - dose?", ["NCT90000002"]),
    ("Intra-arterial albumin: what is the dose?", ["NCT90000002"]),
    ("Portuguese albumin study, route of the infusion?", ["NCT90000002"]),
    ("Halden tocilizumab trial sponsor?", ["NCT90000001"]),
    ("tocilizumab + thrombectomy – how long is the follow-up?", ["NCT90000001"]),
    ("Northfield's albumin trial, what is the dose?", ["NCT90000002"]),
    ("What dose is given in Halden's tocilizumab trial?", ["NCT90000001"]),
    ("stroke: which trials are there?", []),
    ("albumin trial that excludes smokers", []),
    # by the treatment that one trial alone gives, where no trial is spoken of
    ("List the dose levels of roxadustat under study", ["NCT90000005"]),
    ("eGFR criterion for getting roxadustat", ["NCT90000005"]),
    ("Show everything with roxadustat", []),
    # by another number of its sponsor, and the name that a group gives it
    ("What is the dose in M44-071?", ["NCT90000001"]),
    ("Who runs IRISTA-3?", ["NCT90000001"]),
    ("What do controls get in the Northfield study M44-071?", ["NCT90000001"]),
    ("In LYRA-2, the thrombectomy trial, what is the dose?", ["NCT90000001"]),
    ("What is the dose in Intra-arterial Albumin After Thrombectomy?", ["NCT90000002"]),
    # by whose it is, by initials, by the people of a city, by both sides of the noun
    ("Is there any blinding in Halden's combination tocilizumab trial?", ["NCT90000001"]),
    ("What is the dose in the LVS tocilizumab trial?", ["NCT90000001"]),  # Large Vessel Stroke
    ("What is the dose in the QRT tocilizumab trial?", []),
    ("What is the dose in the LVS trial?", []),  # initials alone
    ("Is the LVS infusion trial from Halden still recruiting?", ["NCT90000001"]),
    ("Is the Xanadu infusion trial from Halden still recruiting?", []),
    ("Who runs the Milanese remdesivir study?", ["NCT90000010"]),
    ("Who runs the Parisian apixaban study?", []),
    ("Who runs the Green Hill apixaban study?", []),  # a name that no record holds
    ("Who runs the Coastal Medical College balloon study?", ["NCT90000003"]),
    ("Who runs the mepo asthma trial?", ["NCT90000012"]),
    ("the stroke trial, the one with albumin: what is the dose?", ["NCT90000002"]),
    ("How long is the study Walking Groups for Older Adults?", ["NCT90000009"]),
    ("Alentejo stroke infusion, age 50: eligible?", ["NCT90000001"]),
    ("Metformin user, age 50: eligible?", []),  # a person, not a trial
    ("Berlin resident, age 50: eligible?", []),
    ("mepolizumab study permitted steroid dose?", ["NCT90000012"]),
    ("age limits, remdesivir trial (completed)", ["NCT90000010"]),
    ("stroke study excluding smokers", []),
    # by words that describe it anywhere in the question, where one trial is clearly ahead of all others
    ("Colour of the tablet in the Osaka roxadustat comparison", ["NCT90000005"]),
    ("Over how many minutes is the drug infused in the roxadustat phase III at Osaka?", ["NCT90000005"]),
    ("Where on the body was RXD-881 injected, and how much?", ["NCT90000005"]),
    ("remdesivir days??", ["NCT90000010"]),
    ("Bergen walking cohort: what instrument is used?", ["NCT90000009"]),
    ("When was the roxadustat tablet for anemia finished?", ["NCT90000005"]),
    ("Must the tumour be resected before the afatinib course in Toronto starts?", ["NCT90000006"]),
    ("Man, 47, on aspirin, AF for a year: could he be in roxadustat?", ["NCT90000005"]),
    ("What dose is given in the Northfield study of walking groups?", ["NCT90000009"]),  # of three, the one that fits
    ("What is the age limit of the Danish zebrafish embryo walking trial?", []),  # hardly a word of it is known
    ("how many weeks is the follow-up in RXD-881 for anemia", ["NCT90000005"]),
    ("Toronto course for HNSCC patients - who was blinded?", ["NCT90000006"]),  # a name that no record uses
    ("where in Japan was RXD-881 given", ["NCT90000005"]),
    ("Did the Northfield walking-adults failure trial enrol anybody?", ["NCT90000009"]),
    ("Who runs the qvxlizumab study in Toronto?", []),  # a drug that no trial gives, and a place that one has
    # where trials are asked for, or the words fit several as well, no trial is named
    ("Which trials give roxadustat?", []),
    ("What is there on roxadustat?", []),
    ("apixaban in stroke", []),
    ("Is metformin allowed?", []),
    ("How many exclude heart failure?", []),
    ("girl 9y, mepolizumab 4 months ago, no steroids", []),
    # two trials, by the words on both sides
    ("walking groups vs balloon angioplasty – ages allowed in each", ["NCT90000003", "NCT90000009"]),
    ("Between the remdesivir study and the Lyon asthma study, which phases?", ["NCT90000010", "NCT90000012"]),
    ("Sex: dapagliflozin albuminuria study compared with metformin in pregnancy", ["NCT90000004", "NCT90000011"]),
    ("RXD-881 combination or the balloon substudy - which one has completed?", ["NCT90000003", "NCT90000005"]),
    ("Which of the two enrols more, RXD-881 or NF-ALB-07?", ["NCT90000002", "NCT90000005"]),
]
# fmt: on


@pytest.mark.parametrize(("question", "expected"), REFERENCES)
def test_a_description_names_the_trials_it_fits(question: str, expected: list[str]) -> None:
    named = {trial for ref in plan_of(question).trials for trial in ref.trial_ids}
    assert sorted(named) == expected


def test_a_city_that_some_sites_give_as_their_state_is_sought_as_both() -> None:
    named = Summary("NCT90000099", "Tea in Gout", cities=("Brindleford",), states=("Brindleford",))
    plan = make_plan(Question("Which trials are in Brindleford?"), Collection((named,)))
    assert plan.where == Any((FieldIs("state", ("Brindleford",)), FieldIs("city", ("Brindleford",))))


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Which trials use QXR?", 0),  # many trials are about it, one calls itself so
        ("What dose is given in VALOR?", 1),
        ("What dose is given in HOPE?", 1),  # a word of any language, in capitals a name
    ],
)
def test_a_term_that_many_titles_hold_names_no_trial(question: str, named: int) -> None:
    many = [Summary(f"NCT9100{at:04}", f"QXR and Hope with Tea {at}") for at in range(40)]
    own = (Summary("NCT92000001", "Tea", acronym="QXR"), Summary("NCT92000002", "Milk", acronym="VALOR"))
    records = Collection((*many, *own, Summary("NCT92000003", "Rice", acronym="HOPE")))
    assert len(make_plan(Question(question), records).trials) == named
