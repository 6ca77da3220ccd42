"""The cancers of a person beside the one that a trial studies: 'no other malignancy' is said of these."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

from rag.criteria.concepts import narrower_or_equal

# names that may be said of any cancer, and what is hardly one
_VAGUE = frozenset({
    "malignancy", "other_malignancy", "tumor", "carcinoma_in_situ", "squamous_cell_carcinoma", "triple_negative",
    "bilateral_breast_cancer", "inflammatory_breast_cancer", "unknown_primary", "mgus", "meningioma", "brain_tumor",
    "hematologic_malignancy",
})  # fmt: skip


def second_cancers(has: Collection[str], studies: Callable[[Collection[str]], bool]) -> frozenset[str]:
    """The cancers among `has` that a trial does not study, neither by name nor as a kind or a class of it."""
    cancers = [one for one in has if one in narrower_or_equal("malignancy") - _VAGUE]
    return frozenset(one for one in cancers if not studies(narrower_or_equal(one) | _classes_of(one)))


@cache
def _classes_of(concept: str) -> frozenset[str]:
    """The wider cancers of which a cancer is a kind, itself among them."""
    return frozenset(one for one in narrower_or_equal("malignancy") if concept in narrower_or_equal(one))
