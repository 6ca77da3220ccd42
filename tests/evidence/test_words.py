"""A predicate told as a verb phrase: what an answer says the trials do."""

import pytest

from rag.evidence.words import phrase
from rag.types import About, All, Any, FieldIs, Predicate

NEW_YORK = Any((FieldIs("state", ("New York",)), FieldIs("city", ("New York",))))
SPAIN, PORTUGAL = FieldIs("country", ("Spain",)), FieldIs("country", ("Portugal",))


@pytest.mark.parametrize(
    ("predicate", "told"),
    [
        (NEW_YORK, "have a site in New York"),
        (Any((SPAIN, About("lupus"))), "have a site in Spain or are about lupus"),
        (All((SPAIN, PORTUGAL)), "have a site in Spain and have a site in Portugal"),
        (
            All((About("lupus"), Any((SPAIN, PORTUGAL)))),
            "are about lupus and either have a site in Spain or have a site in Portugal",
        ),
        (All((NEW_YORK, About("lupus"))), "have a site in New York and are about lupus"),
    ],
)
def test_alternatives_are_told_once_and_apart_from_what_is_joined(predicate: Predicate, told: str) -> None:
    assert phrase(predicate) == told
