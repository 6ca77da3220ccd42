"""The cancers of a person beside the one that a trial studies: 'no other malignancy' is said of these."""

from __future__ import annotations

from collections.abc import Callable, Collection

from rag.criteria.concepts import narrower_or_equal
from rag.criteria.words import word_set
from rag.evidence.another import Another, another_for


def second_cancers(has: Collection[str], studies: Callable[[Collection[str]], bool]) -> frozenset[str]:
    """The cancers among `has` that a trial does not study, neither by name nor as a kind or a class of it.

    One of the blood may have come of another, or be named otherwise: none is a second one where any is studied.
    """
    blood = narrower_or_equal("hematologic_malignancy")
    known = narrower_or_equal("malignancy") - word_set("vague_cancers")
    cancers = [one for one in has if one in known and another_for((one,), studies) is not Another.OWN]
    return frozenset(one for one in cancers if one not in blood or not studies(blood))
