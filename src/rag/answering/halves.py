"""The second of two things asked ('how many wear a sensor, and for how long?'), where what is told leaves it out."""

from __future__ import annotations

import re2

from rag.answering.choosing import load_weights
from rag.answering.draft import Draft
from rag.types import Claim, Status

# The second thing, behind 'and': 'and for how long', 'and how often', 'and by whom'; not 'how long and wide is it?'.
_SECOND = re2.compile(
    r"(?i)\w+\W+\w+\W+\w+,? and (?:(?:at|by|for|from|in|on|over|to|until|with|within) )?"
    r"(how (?:long|often|frequently|far apart)|how many (?:second|minute|hour|day|week|month|year)s|whom?|when)\b"
)
# 'And who may join?', which no person answers, and 'before birth and when the baby sleeps', which asks nothing.
_NO_HALF = re2.compile(
    r"(?i)\band (?:who (?:may|can|could|must|should|qualif\w+|joins?|takes? part|gets?|receives?|sponsors?|funds?|pays?"
    r"|makes?)|when (?:the|an?|it|its|their|they|he|she|this|these|those))\b"
)
# What gives each, by the kinds of answer of `choosing.toml`: one of them is enough.
_KINDS = {
    "long": ("time", "length"), "many": ("time", "length"), "often": ("frequency",), "frequently": ("frequency",),
    "far": ("frequency", "time"), "who": ("person",), "whom": ("person",), "when": ("moment", "time"),
}  # fmt: skip


def half_told(question: str, said: str) -> str:
    """The second thing that a question asks and words do not give, in its own words; '' where they may give it."""
    asked = _SECOND.search(question)
    if asked is None or _NO_HALF.search(question):
        return ""
    words = asked.group(1).casefold()
    kinds = _KINDS[next(word for word in words.split() if word in _KINDS)]
    return "" if any(load_weights().kinds[kind].holds.search(said) for kind in kinds) else words


def with_the_rest(trial: str, question: str, draft: Draft, said: str) -> Draft:
    """An answer, and beside it which half of the question the record leaves unsaid."""
    rest = half_told(question, said) if draft.reason is None and draft.status is Status.ANSWERED else ""
    if not rest:
        return draft
    unsaid = Claim(f"The documents do not say the rest: {trial} does not tell {rest} there.")
    return Draft((*draft.claims, unsaid), Status.PARTIAL)
