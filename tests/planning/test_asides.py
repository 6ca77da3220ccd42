"""What is left out of a question as told beside it, and what is kept: without the wrong one it asks something else."""

from __future__ import annotations

import pytest
from support.plans import plan_of, written


@pytest.mark.parametrize(
    ("question", "left_out", "plan"),
    [
        # A question about one thing that trials say holds all that it asks.
        (
            "My aunt has gout and three cats. Which trials exclude heart failure?",
            ("My aunt has gout and three cats.",),
            "trials | excludes heart_failure",
        ),
        (
            "hi all, i coach swimmers and was wondering which trials exclude heart failure. cheers",
            ("hi all, i coach swimmers",),
            "trials | excludes heart_failure",
        ),
        (
            "I am a stroke nurse in Bergen. Which trials are recruiting?",
            ("I am a stroke nurse in Bergen.",),
            "trials | status=RECRUITING",
        ),
        (
            "He had a kidney stone in 2014, nasty business. Could you tell me which ones refuse him because of gout?",
            ("He had a kidney stone in 2014, nasty business.",),
            "trials | excludes gout",
        ),
        (
            "We had a row in the canteen. Which trials use a placebo?",
            ("We had a row in the canteen.",),
            "trials | arm_kind=PLACEBO_COMPARATOR",
        ),
        (
            "My cousin mentioned LYRA-2 at a wedding. When did it start?",
            (),
            "fact | @1:acronym | facts=start_date",
        ),
        (
            "My brother is 61 and has gout. My cousin mentioned LYRA-2. What ages do they take?",
            ("My brother aged 61 years and has gout.",),
            "fact | @1:acronym | facts=ages",
        ),
        (
            "Do any trials in here accept platelets of 60? I know most want 100",
            ("I know most want 100",),
            "trials | admits platelets 60",
        ),
        (
            "Which trials would let in somebody who is 79? Most of them seem to stop at 75.",
            ("Most of them seem to stop at 75.",),
            "trials | admits age 79",
        ),
        # Kept: it chooses trials, or what asks points back to it.
        (
            "I am only interested in phase 3 trials. Which ones exclude pregnancy?",
            (),
            "trials | (phase=PHASE3 & excludes pregnancy)",
        ),
        (
            "Which trials exclude asthma? Usually I would look for phase 2 only.",
            (),
            "trials | (excludes asthma & phase=PHASE2)",
        ),
        (
            "We don't care about the sponsor as long as it is recruiting. Which trials exclude HIV?",
            (),
            "trials | (status=RECRUITING & excludes hiv) | unread=sponsor",
        ),
        (
            "I have been reading about lupus. Which trials are recruiting?",
            (),
            "trials | (about(lupus) & status=RECRUITING) | unread=reading",
        ),
        (
            "I've been thinking about COPD trials. Which are phase 3?",
            (),
            "trials | (about(COPD) & phase=PHASE3) | unread=thinking",
        ),
        (
            "Who takes platelets of 40? He is also HIV positive.",
            (),
            "trials | (admits platelets 40 & admits hiv)",
        ),
        ("I have asthma. Do any trials mention that travel is paid?", (), "trials | unread=asthma"),
        (
            "I have Perthes disease. Which trials are recruiting?",
            (),
            "trials | (about(Perthes disease) & status=RECRUITING)",
        ),
        (
            "I only want phase 3. Which trials exclude heart failure?",
            (),
            "trials | (phase=PHASE3 & excludes heart_failure)",
        ),
        ("My sister has lupus. Which trials take children?", (), "trials | admits age < 18 | unread=lupus"),
        ("I had a stroke. Which trials would refuse me because of that?", (), "trials | excludes stroke"),
    ],
)  # fmt: skip
def test_what_is_told_beside_a_question_is_named_and_used_for_nothing(
    question: str, left_out: tuple[str, ...], plan: str
) -> None:
    found = plan_of(question)
    assert (found.left_out, written(found)) == (left_out, plan)
