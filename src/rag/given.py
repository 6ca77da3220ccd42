"""What a trial gives its participants, in its own words: how it describes its interventions, its arms, and itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.types import Document

_TOLD_IN = ("summary", "description")
_WITHIN = 2000  # characters of each section: a trial says early what it tests
_LONGEST = 600  # characters of one description
_MOST_SENTENCES = 6
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
# A sentence that speaks of what was, failed, or is left out names no treatment of the trial.
_ELSEWHERE = re.compile(
    r"(?i)\b(?:prior|previous(?:ly)?|earlier|fail(?:ed|ure|ing)?|refractory|resistan[ct]e?\w*|history|without|instead|not"
    r"|never|no longer|intoleran\w+|naive|relapsed)\b"
)
# To whom it is given says nothing of what it is: '… in participants with relapsed lymphoma'.
_TO_WHOM = re.compile(
    r"(?i)\b(?:in|for|among|of|treat) (?:\w+ ){0,2}(?:participants|patients|subjects|people|adults|children)\b.*"
)
_NAME = re.compile(r"[A-Za-z0-9][\w-]{3,}")
# Words of interventions that are the name of none.
_PLAIN = frozenset({
    "drug", "dose", "placebo", "therapy", "treatment", "group", "control", "standard", "study", "care", "combination",
    "with", "plus", "injection", "oral", "tablet", "capsule", "solution", "cohort", "daily", "weekly", "phase", "part",
    "procedure", "device", "test", "usual", "active", "sham", "from", "only", "mono", "monotherapy", "patient",
    "patients", "blood", "sample", "sampling",
})  # fmt: skip


def given_of(document: Document) -> tuple[str, ...]:
    """Sentences that say what is given, each once; nothing where the record lists no intervention."""
    facts = document.facts
    if not facts.interventions:
        return ()
    said = [f"{one.name}: {one.description[:_LONGEST]}" for one in facts.interventions if one.description]
    said += [f"{arm.label}: {arm.description[:_LONGEST]}" for arm in facts.arms]
    sentences = [one.strip() for text in said for one in _SENTENCE.split(text) if one and not _is_elsewhere(one)]
    return tuple(dict.fromkeys([*sentences, *_introduced(document)]))


def _is_elsewhere(sentence: str) -> bool:
    """Whether a sentence speaks of what was, failed, or is left out; of the people it is for nothing is asked."""
    return bool(_ELSEWHERE.search(_TO_WHOM.sub("", sentence)))


def _introduced(document: Document) -> Iterator[str]:
    """The first sentences of its introduction that name an intervention: 'ABC-123 is an antibody against …'."""
    names = {
        word.casefold()
        for one in document.facts.interventions
        for text in (one.name, *one.other_names)
        for word in _NAME.findall(text)
    } - _PLAIN
    left = _MOST_SENTENCES
    for section in document.sections:
        if section.name not in _TOLD_IN:
            continue
        for sentence in _SENTENCE.split(section.span.of(document.text)[:_WITHIN]):
            told = names.intersection(word.casefold() for word in _NAME.findall(sentence))
            if told and left and not _is_elsewhere(sentence):
                left -= 1
                yield sentence.strip()
