"""Sentences that give the number a question counts: 'how many sensors', 'how many hours a day'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import re2

from rag.answering.alike import others_of
from rag.answering.choosing import Ranking
from rag.answering.extract import Found
from rag.answering.pieces import stems_of
from rag.evidence.stems import stem, words_of
from rag.planning.tables import word_set
from rag.types import Claim, Document

_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen eighteen twenty "
    "thirty forty fifty sixty seventy eighty ninety hundred once twice single both"
)
_NUMBER_STEMS = stems_of(_NUMBERS)
_HOW_MANY = re.compile(
    r"(?i)\b(?:how many|number of|no\. of)\s+"
    r"(?:more |such |other |separate |different |total |(?:kind|type|sort)s of )*(.+)"
)
_RATE = re.compile(
    r"(?i)^\W*(?:a|per|each|every)\s+(day|week|month|year|hour|night|cycle|session|visit|dose|arm|group|site)\b"
)
TIMES = frozenset({"days", "weeks", "months", "years"})  # all that is counted: 'weeks pregnant', 'days lie between'
_NEAR = 3  # words between a number and what it counts


@dataclass(frozen=True, slots=True)
class Counted:
    """What a question counts: the stem of its noun, the words before it, and 'day' of 'a day'."""

    head: str
    before: tuple[str, ...]
    rate: str

    @property
    def is_time(self) -> bool:
        return self.head in _TIMES


_TIMES = stems_of("second minute hour day week month year")


def read_counted(question: str) -> Counted | None:
    """What 'how many …' counts; None where nothing is, or people are."""
    found = _HOW_MANY.search(question)
    if found is None:
        return None
    words: list[str] = []
    rest = found.group(1)
    for match in re.finditer(r"[\w-]+", rest):
        stopped = words and rest[: match.start()].rstrip()[-1:] in ",;:?"
        if stopped or match.group().casefold() in word_set("counted.ends"):
            break
        words.append(match.group())
        if match.group().casefold() in TIMES:
            break
    if not words:
        return None
    head = stem(words_of(words[-1])[-1])
    if words[-1].casefold() in word_set("counted.people") or not head:
        return None
    after = rest[rest.find(words[-1]) + len(words[-1]) :]
    rate = _RATE.match(after)
    return Counted(head, tuple(words[:-1]), rate.group(1).casefold() if rate else "")


def gives_number(counted: Counted, text: str, document: Document) -> bool:
    """Whether a text says how many there are: a number close before the noun, and for a rate the time it is for."""
    if counted.rate and not _per(counted.rate).search(text):
        return False
    names = [one for one in counted.before if any(c.isupper() for c in one)]
    if any(_joined(one) not in _joined(document.text) for one in names):
        return False  # 'how many CAR-T cells' of a trial that infuses others
    heads = {counted.head, *(() if counted.is_time else others_of(counted.head, document.text) - _PLAIN)}
    words = [stem(word) for word in words_of(text)]
    for at, word in enumerate(words):
        if word in heads and _is_counted(words[max(0, at - _NEAR) : at]):
            return True
    named = {stem(word) for one in names for word in words_of(one)}  # 'three Metronom devices' for its sensors
    return any(word in named and at and _is_number(words[at - 1]) for at, word in enumerate(words))


def _joined(text: str) -> str:
    return re.sub(r"[-\s]", "", text).casefold()


def _is_counted(before: Sequence[str]) -> bool:
    """Whether the words before a noun count it: 'three of the sensors', not 'a 21-day cycle', not '10 mg tablets'."""
    at = next((at for at in range(len(before) - 1, -1, -1) if _is_number(before[at])), None)
    return at is not None and not set(before[at + 1 :]) & (_TIMES | _UNITS)


_PLAIN = stems_of("every again repeat repeated total number count many once one")
_UNITS = stems_of("mg g kg mcg ml l iu cm mm gy cgy percent")


def _is_number(word: str) -> bool:
    return word[0].isdigit() or word in _NUMBER_STEMS


def _per(rate: str) -> re2._Regexp:
    adverb = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}.get(rate, rate)
    every = r"(?:/ ?|\b(?:a|an|per|each|every|in each|in every) (?:\w+ )?)"
    pattern: re2._Regexp = re2.compile(rf"(?i){every}{rate}|\b{adverb}\b")
    return pattern


def that_count(counted: Counted, document: Document, ranking: Ranking) -> list[Found]:
    """The ranked sentences that give the number, first those that hold most words of the question, 'two' as well."""
    asked = {stem(word) for word in words_of(ranking.asked.text)} - {counted.head}
    found = [one for one in ranking.found if gives_number(counted, one.text, document)]
    return sorted(found, key=lambda one: -len(asked & {stem(word) for word in words_of(one.text)}))


def say_number(counted: Counted, document: Document, claims: Sequence[Claim]) -> bool:
    """Whether claims give the number that is asked."""
    texts = [claim.text for claim in claims] + [q.span.of(document.text) for claim in claims for q in claim.quotes]
    return any(gives_number(counted, text, document) for text in texts)
