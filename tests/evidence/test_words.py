"""A predicate told as a verb phrase: what an answer says the trials do."""

import pytest

from rag.evidence.words import phrase
from rag.types import About, All, Any, FieldIs, Not, Predicate

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
        (Not(Any((About("lupus"), SPAIN))), "are not about lupus and do not have a site in Spain"),
        (Not(All((SPAIN, PORTUGAL))), "do not both have a site in Spain and have a site in Portugal"),
    ],
)
def test_alternatives_are_told_once_and_apart_from_what_is_joined(predicate: Predicate, told: str) -> None:
    assert phrase(predicate) == told


@pytest.mark.parametrize(
    ("values", "told", "denied"),
    [
        (("FEMALE",), "enrol only female participants", "do not enrol only female participants"),
        (("FEMALE", "ALL"), "enrol female participants", "do not enrol female participants"),
        (("ALL", "MALE"), "enrol male participants", "do not enrol male participants"),
        (("ALL",), "enrol participants of either sex", "do not enrol participants of either sex"),
    ],
)
def test_whom_trials_enrol_is_told_apart_from_whom_they_enrol_alone(
    values: tuple[str, ...], told: str, denied: str
) -> None:
    whom = FieldIs("sex", values)
    assert (phrase(whom), phrase(Not(whom))) == (told, denied)
