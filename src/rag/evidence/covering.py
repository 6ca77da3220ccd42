"""Whether an exception of a criterion may be meant for a person."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from rag.criteria.concepts import find_concepts, narrower_or_equal
from rag.evidence.second_cancer import goes_on, is_free_of_it
from rag.types import Patient


def covers_all(exception: str, kinds: Collection[str], patient: Patient) -> bool:
    """Whether an exception may be meant for each thing of some kinds that the person has: of two, one may be left."""
    meant = [one for one in patient.has if one in kinds]
    by_name = any(mention.concept in kinds for mention in find_concepts(exception))  # 'other than resected skin cancer'
    beside = [one for one in patient.has if one not in kinds and not by_name]
    return all(may_cover(exception, replace(patient, has=(one, *beside))) for one in meant or patient.has[:1])


def may_cover(exception: str, patient: Patient) -> bool:
    """Whether an exception may be meant for the person: not where it names conditions and theirs is none of them.

    Of whoever has a cancer of no told kind it may be any kind.
    """
    named = {mention.concept for mention in find_concepts(exception)}
    covered = frozenset[str]().union(*(narrower_or_equal(concept) for concept in named))
    covered -= narrower_or_equal("melanoma") if _NO_MELANOMA.search(exception) else frozenset()
    meant = any(concept in covered or named & narrower_or_equal(concept) for concept in patient.has)
    if is_free_of_it(exception) and goes_on(patient):
        return False
    if not named and _STUDIED.search(exception) and all(one in narrower_or_equal("malignancy") for one in patient.has):
        return False
    return not named or meant or bool(re.search(r"\d", exception))


_STUDIED = re.compile(r"(?i)\b(?:under study|studied|study (?:disease|cancer|indication)|index (?:cancer|tumou?r))\b")
_NO_MELANOMA = re.compile(r"(?i)\bnon-? ?melanom")  # 'except non-melanoma skin cancer'
