"""Sentences that give the amounts of something else than what a trial gives: of its placebo, or of what is known."""

from __future__ import annotations

import re2

from rag.evidence.stems import stem, words_of

# 'remdesivir placebo', 'placebo for remdesivir': the name of a dummy, no drug
_DUMMY = re2.compile(
    r"(?i)[\w-]+[ -](?:matched |matching )?placebos?\b|\bplacebos? (?:for|to|of|matching|identical to) (?:the )?[\w-]+"
)
_BESIDE = re2.compile(
    r"(?i)\b(?:or|and|vs\.?|versus|/) ?(?:a |the )?(?:matching |matched )?placebos?\b|\bplacebos? (?:or|and|vs)\b"
)
_SPEAKS_OF_DUMMY = re2.compile(r"(?i)\b(?:placebos?|sham)\b")
_KNOWN = re2.compile(
    r"(?i)\b(?:is|are|was|were|been) (?:currently |already |now |widely )?(?:approved|licensed|indicated|marketed)\b"
    r"|\b(?:previous|prior|earlier|other|several|many|recent) (?:\w+ )?(?:studies|trials|reports|research)\b"
    r"|\b(?:has|have) (?:previously |already |recently )?(?:been )?(?:shown|reported|demonstrated|suggested)\b"
    r"|\bin (?:mice|rats|animals|dogs|monkeys)\b"
)
_OF_THE_TRIAL = re2.compile(
    r"(?i)\b(?:will|shall|this (?:study|trial)|participants?|subjects?|randomi[sz]ed|we|arms?|cohorts?|groups?)\b"
)


def is_of_a_dummy(sentence: str, treatments: frozenset[str]) -> bool:
    """Whether a sentence tells of the placebo alone: of none of the treatments (stems) apart from their dummies."""
    if not _SPEAKS_OF_DUMMY.search(sentence) or _BESIDE.search(sentence):  # '7.5 mg or placebo for 3 months'
        return False
    left = {stem(word) for word in words_of(_SPEAKS_OF_DUMMY.sub(" ", _DUMMY.sub(" ", sentence)))}
    return not left & treatments


def is_background(sentence: str) -> bool:
    """Whether a sentence tells what is known or approved elsewhere, and nothing of this trial."""
    return _KNOWN.search(sentence) is not None and _OF_THE_TRIAL.search(sentence) is None
