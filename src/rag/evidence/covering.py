"""Whether an exception of a criterion may be meant for a person."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from rag.criteria.concepts import find_concepts, load_concepts, narrower_or_equal
from rag.evidence.second_cancer import goes_on, is_free_of_it
from rag.evidence.stems import stem
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
    if "\n" in exception:
        return any(may_cover(part, patient) for part in exception.split("\n"))
    if (who := _THOSE_WITH.match(exception)) is not None and (named := _conditions_in(who["what"])):
        return any(one in narrower_or_equal(what) for what in named for one in patient.has)
    named = {mention.concept for mention in find_concepts(exception)}
    covered = frozenset[str]().union(*(narrower_or_equal(concept) for concept in named))
    covered -= narrower_or_equal("melanoma") if _NO_MELANOMA.search(exception) else frozenset()
    meant = any(concept in covered or named & narrower_or_equal(concept) for concept in patient.has)
    if is_free_of_it(exception) and goes_on(patient):
        return False
    if without_the_cured(exception, patient) != exception:
        return False
    if not named and _STUDIED.search(exception) and all(one in narrower_or_equal("malignancy") for one in patient.has):
        return False
    return not named or meant or bool(re.search(r"\d", _IN_TIME.sub("", exception)))


_IN_TIME = re.compile(r"(?i)\b(?:with)?in (?:the )?(?:(?:past|last|previous|preceding) )?\d{1,2} (?:years|months)\b")


def _conditions_in(words: str) -> set[str]:
    known = load_concepts()
    return {one.concept for one in find_concepts(words) if known[one.concept].kind == "condition"}


# '* Patients with a history of eczema or psoriasis who …': what follows is asked of these
_THOSE_WITH = re.compile(
    r"(?i)^[\s*•\d.)–-]*(?:patients|subjects|participants|individuals|those) with\s"
    r"(?P<what>[^.;]{3,160}?)(?=\s(?:who|that|which|whose|are|is|may|can|on|provided|with|if)\b|[.;(]|$)"
)


def without_the_cured(words: str, patient: Patient) -> str:
    """The words of a criterion less the exception that they make for the cured, where nothing of the person is over."""
    found = _IF_CURED.search(words)
    return words[: found.start()] if found is not None and not _may_be_over(patient) else words


def _may_be_over(patient: Patient) -> bool:
    """Whether anything that the person has is told as over, dated, or as treated: of hepatitis C alone, it goes on."""
    treated = any(one in load_concepts() and load_concepts()[one].kind == "treatment" for one in patient.has)
    return bool(patient.earlier or patient.past or treated) or any(_PASSED & {*told.words} for told in patient.told)


_PASSED = frozenset(map(stem, (
    "cured", "cleared", "resolved", "treated", "eradicated", "remission", "past", "removed", "resected", "survivor",
)))  # fmt: skip
# 'unless cured', '(not an exclusion if fully resolved)'; not 'unless cured or on suppressive treatment'
_IF_CURED = re.compile(
    r"(?i)\W*\b(?:unless|except"
    r"|(?:(?:not|an|exclusion|exclusionary|excluded|allowed|eligible|permitted|acceptable|is|are) ){1,5}"
    r"(?:if|when|once|provided))(?: (?:that|it|they|is|are|was|were|has|have|been|have been"
    r"|fully|confirmed|completely|successfully|known|documented|with))*"
    r" (?:(?:cured|cleared|resolved|eradicated)|clearance\b[^.;]{0,90})\W*$"
)
_STUDIED = re.compile(r"(?i)\b(?:under study|studied|study (?:disease|cancer|indication)|index (?:cancer|tumou?r))\b")
_NO_MELANOMA = re.compile(r"(?i)\bnon-? ?melanom")  # 'except non-melanoma skin cancer'
