"""The cancers of a person beside the one that a trial studies: 'no other malignancy' is said of these."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from rag.criteria.concepts import narrower_or_equal
from rag.criteria.words import word_set
from rag.evidence.another import Another, another_for
from rag.types import Patient


def second_cancers(has: Collection[str], studies: Callable[[Collection[str]], bool]) -> frozenset[str]:
    """The cancers among `has` that a trial does not study, neither by name nor as a kind or a class of it.

    One of the blood may have come of another, or be named otherwise: none is a second one where any is studied.
    """
    blood = narrower_or_equal("hematologic_malignancy")
    known = narrower_or_equal("malignancy") - word_set("vague_cancers")
    cancers = [one for one in has if one in known and another_for((one,), studies) is not Another.OWN]
    return frozenset(one for one in cancers if one not in blood or not studies(blood))


def goes_on(patient: Patient) -> bool:
    """Whether every cancer of the person is told as there today."""
    cancers = {*narrower_or_equal("malignancy")} & {*patient.has}
    return bool(cancers) and cancers <= {*patient.now}


def counts_today(concept: str, words: str) -> bool:
    """Whether the time of a criterion is met by what the person has today; for a cancer that is there today not that
    of 'diagnosed within 2 years', which asks when it began, nor of 'without metastases'."""
    said = _EXCEPTION.split(words)[0]
    return concept not in narrower_or_equal("malignancy") or _OF_ITS_START.search(said) is None


_EXCEPTION = re.compile(r"(?i)\b(?:except|other than|unless|excluding)")


_OF_ITS_START = re.compile(
    r"(?i)(?<!or )(?<!and )\bdiagnos(?:ed|is)\b(?! (?:or|and)\b)|\bnewly\b|\bonset\b"
    r"|\b(?:without|not|no|non)[ -](?:\w+ )?(?:metasta|spread)|\blocali[sz]ed\b"
)


def is_free_of_it(words: str) -> bool:
    """'Unless disease-free for 5 years', 'that was cured', 'in remission'; not 'not free of disease'."""
    return _FREE.search(words) is not None


_FREE = re.compile(
    r"(?i)(?<!not )(?<!not been )(?:\b(?:disease|cancer|tumou?r|relapse|recurrence)[ -]free\b"
    r"|\bfree (?:of|from) (?:the |any )?(?:disease|cancer|recurrence|relapse)\b|\bremission\b|\bcured\b"
    r"|\bcuratively\b|\bcurative intent\b|\bno (?:evidence|signs?) of (?:disease|recurrence)\b"
    r"|\b(?:adequately|successfully|definitively|completely) (?:treated|resected|excised)\b)"
)
