"""Whether a sentence says what a term means: 'What counts as a flare?', 'A flare was defined as …'."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import re2

from rag.evidence.stems import stem, words_of
from rag.planning import tables
from rag.planning.tables import word_set

# What asks for a meaning, before the term; 'how is … defined' has it between.
_ASKS = re.compile(
    r"(?i)\b(?:(?:what|which \w+) (?:counts?|counted|qualif(?:ies|ied|y)|passes|defines|"
    r"(?:is|are|was) (?:meant by|considered|regarded as|seen as|understood by))(?: as)?|"
    r"what(?:['’]?s| is| was)(?=\s+an?\s)|(?:the )?definition of|define|"
    r"what (?:do|does|did) (?:they |it )?(?:mean|understand) by|"
    r"how (?:do|does|did) (?:they|it) define|how (?:is|are|was|were)|what (?:does|do|did))\s+"
    r"(?:an?\s+|the\s+)?(?P<term>[^?,;:()]{2,70})"
)
_BEHIND = re.compile(r"(?i)\s+(?:defined|understood|mean)\b")  # 'how is a flare defined', 'what does flare mean'
_NEEDS_IT = re.compile(
    r"(?i)\bhow (?:is|are|was|were)\s|\bwhat (?:does|do|did)\s(?!(?:they |it )?(?:mean|understand) by)"
)
_ENDS = re.compile(r"(?i)\s+(?:in|of|for|by|according|here|as|during|at|on|within|exactly|that|which|who)\b.*|[\s.!]+$")
_MOST_WORDS = 5

# What makes a sentence a definition, behind its term ('is defined as') and before it ('was considered a …').
_BEHIND_TERM = re2.compile(
    r"(?i)\bdefin(?:ed|ition)\b|\bmeans?\b|\brefers? to\b|\b(?:is|are|was|were|will be) (?:considered|understood|"
    r"regarded|characteri[sz]ed|confirmed|diagnosed)\b|\b(?:is|are|was|were) (?:an?|any|the|when|if)\b|\bi\.e\.|[:=–] ?"
)
_BEFORE_TERM = re2.compile(
    r"(?i)\b(?:considered|regarded as|counted as|classified as|defined as|definition of|deemed|termed|called)"
    r"(?: to be)?\s+"
)
_NEAR = 6  # words between a term and what makes it one


def term_asked(question: str) -> tuple[str, ...]:
    """The stems of the term whose meaning a question asks for; none where it asks otherwise."""
    found = _ASKS.search(question)
    if found is None:
        return ()
    term, needs = found.group("term"), _NEEDS_IT.match(found.group())
    behind = _BEHIND.search(term)
    if needs and behind is None:
        return ()
    term = _ENDS.sub("", term[: behind.start()] if behind else term)
    words = [word.casefold() for word in words_of(term) if word.casefold() not in tables.stop_words()]
    if not words or len(words) > _MOST_WORDS or all(one.isdigit() or one in word_set("unheld.people") for one in words):
        return ()
    return tuple(stem(word) for word in words)


def defines(term: Sequence[str], alike: Mapping[str, tuple[float, frozenset[str]]], text: str) -> bool:
    """Whether a sentence defines a term: its words stand right before or behind what makes a definition."""
    if not term:
        return False
    return any(_names(term, alike, text[: m.start()], last=True) for m in _BEHIND_TERM.finditer(text)) or any(
        _names(term, alike, text[m.end() :], last=False) for m in _BEFORE_TERM.finditer(text)
    )


def _names(term: Sequence[str], alike: Mapping[str, tuple[float, frozenset[str]]], text: str, *, last: bool) -> bool:
    words = [stem(word) for word in words_of(text)]
    near = set(words[-_NEAR - len(term) :] if last else words[: _NEAR + len(term)])
    return all(one in near or bool(alike.get(one, (0.0, frozenset[str]()))[1] & near) for one in term)
