"""The clause that asks, of a long question in which much else is said; and what keeps its place in the question."""

from __future__ import annotations

import pytest
from support.plans import plan_of, written


@pytest.mark.parametrize(
    ("question", "left_out", "plan"),
    [
        (
            "Our matron says that every stroke study stops at some eGFR. Which stroke trials don't give an eGFR limit?",
            1,
            "trials | (about(stroke) & silent egfr any value)",
        ),
        (
            "It says 'ULN' on nearly every sheet here, and nobody had the faintest idea. Could you explain ULN to me?",
            1,
            "definition | facts=uln",
        ),
        (
            "He's been on bisoprolol for years, a beta-blocker, and won't come off it. That's fine with us, but which "
            "trials prohibit beta-blockers?",
            1,
            "trials | excludes beta_blocker",
        ),
        (
            "Which trials exclude pregnancy, as I'm drafting a leaflet on tulips for the florist?",
            1,
            "trials | excludes pregnancy",
        ),
        ("He takes tocilizumab, but which trials exclude gout?", 1, "trials | excludes gout"),
        ("She's after gout studies, but which exclude asthma?", 0, "trials | (about(gout) & excludes asthma)"),
        ("Which trials on gout are there, and which exclude asthma?", 0, "trials | (about(gout) & excludes asthma)"),
        # What may be what trials are sought by stays: a place, a topic, a disease, an age, a wish.
        (
            "I am reading about cardiac amyloid, so which trials are in phase 2?",
            0,
            "trials | (about(amyloid) & phase=PHASE2) | unread=reading",
        ),
        (
            "Our son has a nut allergy, so which trials are in phase 2?",
            0,
            "trials | (about(nut allergy) & phase=PHASE2)",
        ),
        # and what adds to what was told
        (
            "I'm 45 with asthma and take prednisone, but which trials exclude steroids?",
            1,
            "trials | excludes any_corticosteroid",
        ),
        (
            "I'm 45 with asthma and take prednisone, but which trials exclude the drug?",
            0,
            "screen | person=age=45;asthma;prednisone",
        ),
        (
            "My aunt of 66 has gout, so which trials allow asthma as well?",
            0,
            "screen | person=female;age=66;gout;asthma",
        ),
        ("I have gout and want the trials that are recruiting.", 0, "trials | (requires gout & status=RECRUITING)"),
    ],
)  # fmt: skip
def test_a_question_in_doubt_is_read_by_the_clause_that_asks(question: str, left_out: int, plan: str) -> None:
    found = plan_of(question)
    assert (len(found.left_out), written(found)) == (left_out, plan)


@pytest.mark.parametrize(
    ("question", "plan"),
    [
        # of somebody, and no verdict
        (
            "My brother had a stroke; he's fine today. Which trials would turn him away for it?",
            "trials | excludes stroke",
        ),
        (
            "If the platelets are 70 and all else is fine, in which studies would she be turned down?",
            "trials | excludes platelets 70",
        ),
        (
            "Is a platelet count of 80 fine in LYRA-2?",
            "boolean | admits platelets 80 | @1:acronym | facts=criterion:platelets",
        ),
        # how many trials are meant, and no limit
        (
            "What are the age limits of the two stroke trials?",
            "compare | (mentions age any value & about(stroke)) | variables=age",
        ),
        (
            "What are the age limits of the two Halden trials NCT90000001 and NCT90000002?",
            "fact | @1:id | @2:id | facts=ages",
        ),
        (
            "What are the age limits in NCT90000001 and NCT90000002, the two stroke trials?",
            "fact | @1:id | @2:id | facts=ages",
        ),
        ("Which trials state an upper age limit of 2?", "trials | age.maximum=2"),
        # what is told asks nothing
        (
            "I had a stroke long ago, which healed well. Could I join LYRA-2?",
            "boolean | admits stroke | @1:acronym | facts=concept:stroke",
        ),
        # another word, and no slip
        (
            "How many doses are given in the study of autografts?",
            "ambiguous | facts=schedule | unread=autografts | reason=which_trial",
        ),
        # results, and what is planned
        ("LYRA-2: was there a drop in pain with tocilizumab?", "out_of_scope | @1:acronym | reason=results"),
        ("Was there a placebo in LYRA-2?", "boolean | arm_kind=PLACEBO_COMPARATOR | @1:acronym"),
        # other words for the same
        ("Which studies have prevention down as their main purpose?", "trials | primary_purpose=PREVENTION"),
        (
            "Of all the trials, which one runs at the largest number of places?",
            "extreme | facts=site_count | extreme=largest",
        ),
        ("In which studies is just one party masked?", "trials | masking=SINGLE"),
        ("gout, current or previous, as an exclusion: all trials please", "trials | excludes gout"),
        ("How big is the sample of LYRA-2?", "fact | @1:acronym | facts=enrollment"),
        ("How big is the blood sample in LYRA-2?", "prose | @1:acronym | unread=blood,sample"),
        (
            "How large is the sample of urine taken in LYRA-2?",
            "fact | @1:acronym | facts=administration | unread=sample,urine",
        ),
        ("Do both groups get an active treatment in LYRA-2?", "boolean | @1:acronym | facts=arms,interventions"),
        ("In simple terms, which trials exclude stroke?", "trials | excludes stroke"),
        ("Which trials mask only one side of the face?", "trials | about(face) | unread=mask"),
        ("How many trials give stroke as a condition?", "count | about(stroke)"),
        ("How many trials have informed consent as a condition?", "count | requires informed_consent"),
        ("Which trials exclude bradicardia?", "trials | excludes bradycardia"),
        ("Was there a change in title in LYRA-2?", "boolean | @1:acronym | facts=title | unread=change"),
        ("What is the ULN? In plain words please, I'm no doctor.", "definition | facts=uln"),
        # what a list is for
        (
            "For the methods paper that we write I want the trials with quadruple masking. Which ones are they?",
            "trials | masking=QUADRUPLE",
        ),
        ("For women with gout I want the phase 3 trials.", "trials | (about(gout) & phase=PHASE3)"),
        ("For children I need the studies in phase 2.", "trials | (admits age < 18 & phase=PHASE2)"),
    ],
)  # fmt: skip
def test_the_same_in_other_words(question: str, plan: str) -> None:
    assert written(plan_of(question)) == plan
