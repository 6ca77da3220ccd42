"""Sentences that name one of a class of things a question asks for: 'under CT guidance' for 'which imaging …?'.

A record seldom says that computed tomography is imaging or that a jaw is a part of the body: the classes are data.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import re2

from rag.answering.alike import others_of
from rag.answering.choosing import Ranking
from rag.answering.extract import Found
from rag.answering.focus import Focus
from rag.answering.weighing import telling
from rag.evidence.stems import stem, words_of
from rag.types import Document


@dataclass(frozen=True, slots=True)
class AnswerClass:
    """A class of things: the words of a question that ask for one, and how a sentence names one of it."""

    asked: re2._Regexp
    holds: re2._Regexp


@cache
def load_classes() -> tuple[AnswerClass, ...]:
    """The classes of `answer_classes.toml`. KeyError names a missing part, re2.error a bad pattern."""
    text = files("rag.answering").joinpath("data/answer_classes.toml").read_text(encoding="utf-8")
    return tuple(
        AnswerClass(re2.compile(_ASKS + rf"({row['asked']})\b"), re2.compile(f"(?i){row['holds']}"))
        for row in tomllib.loads(text).values()
    )


_ASKS = r"(?i)\b(?:which|what)(?:'s)?\s+(?:(?:kind|type|sort|form)s? of\s+)?(?:other\s+)?"
_MOSTLY = 0.5  # share of what else is asked about


def class_asked(question: str) -> tuple[AnswerClass, str] | None:
    """The class that a question asks for, and the words by which it does; None where it asks for none of ours."""
    asked = ((one, found.group(1)) for one in load_classes() if (found := one.asked.search(question)) is not None)
    return next(asked, None)


def that_name_one(document: Document, ranking: Ranking, focus: Focus) -> list[Found]:
    """The ranked sentences, none of the criteria, that name one of the class asked for and hold half of what is asked.

    The words that ask for the class need not stand there; where nothing else is asked about, they must.
    """
    asked = class_asked(ranking.asked.text)
    if asked is None:
        return []
    kind, head = asked
    other = focus.without({stem(word) for word in words_of(head)})
    parts = (other, telling(other, document), focus)
    pairs = zip(ranking.found, ranking.units, strict=True)
    told = [(one, unit.stems | unit.entry) for one, unit in pairs if not unit.section.startswith("eligibility")]
    told = [(one, stems) for one, stems in told if kind.holds.search(one.text)]
    return [one for one, stems in told if any(part and _holds(part, document, stems) for part in parts)]


def _holds(part: Focus, document: Document, stems: frozenset[str]) -> bool:
    held = sum(weight for word, weight in part.weights if {word, *others_of(word, document.text)} & stems)
    return held >= _MOSTLY * part.weight
