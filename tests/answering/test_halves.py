"""A question of two things is answered whole, or what is left out of it is said."""

from __future__ import annotations

import pytest

from rag.answering.draft import Draft
from rag.answering.halves import half_told, with_the_rest
from rag.types import Claim, Status


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("How many people wear the patch, and for how many days?", "Forty people wear the patch.", "how many days"),
        ("How many people wear the patch, and for how many days?", "Forty wear it for 5 days.", ""),
        ("Which balm is rubbed in and how often?", "A balm of arnica is rubbed in.", "how often"),
        ("Which balm is rubbed in and how often?", "A balm of arnica is rubbed in every 8 hours.", ""),
        ("Is a lumbar tap done, and by whom?", "A lumbar tap is done at entry.", "whom"),
        ("Is a lumbar tap done, and by whom?", "A neurologist does a lumbar tap.", ""),
        ("Who sponsors the bath and who may join?", "A spa sponsors it.", ""),  # no person to be named
        ("Is blood drawn at night and when the baby sleeps?", "Blood is drawn.", ""),  # not asked when
        ("After the tap, when do they go home?", "They may go home.", ""),  # one thing
        ("How long and how wide is the wound?", "The wound is deep.", ""),  # no first thing before it
    ],
)
def test_the_second_thing_asked_is_looked_for(question: str, said: str, unsaid: str) -> None:
    assert half_told(question, said) == unsaid


def test_half_an_answer_is_partial_and_names_what_is_left() -> None:
    draft = Draft((Claim("Forty people wear the patch."),))
    asked = "How many people wear the patch, and for how long?"
    told = with_the_rest("NCT09000001", asked, draft, draft.claims[0].text)
    assert told.status is Status.PARTIAL
    assert told.claims[-1].text == "The documents do not say the rest: NCT09000001 does not tell how long there."


def test_a_whole_answer_stays_as_it_is() -> None:
    draft = Draft((Claim("Forty people wear the patch for 5 days."),))
    asked = "How many people wear the patch, and for how long?"
    assert with_the_rest("NCT09000001", asked, draft, draft.claims[0].text) is draft
