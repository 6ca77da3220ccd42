"""Superlatives put together from a word for first or last and what happens to a trial: 'expected to be completed last'.

Every date of a trial may be ranked by either word, in front of the event or behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.planning.dates import event_phrases, find_dates, wait_phrases
from rag.planning.tables import extreme_cues, word_set
from rag.planning.words import Found, Line

_NAMES = (
    "first 1st",
    "second 2nd",
    "third 3rd",
    "fourth 4th",
    "fifth 5th",
    "sixth 6th",
    "seventh 7th",
    "eighth 8th",
    "ninth 9th",
)
PLACES = {word: at for at, words in enumerate(_NAMES, start=1) for word in words.split()}


def place_before(line: Line, first: int) -> int:
    """2 where the superlative at token `first` follows 'second', 0 where no place stands right before it."""
    return PLACES.get(line.tokens[first - 1].lemma, 0) if first and not line.gap(first).strip(" -") else 0


def is_ranked(line: Line, words: Sequence[int]) -> bool:
    """Whether nothing but a superlative stands before the noun: 'the largest trial in gout' is one of many."""
    ends = extreme_cues().find(line)
    return bool(words) and all(any(end.first <= at < end.last for end in ends) for at in words)


def find_ranked(line: Line) -> tuple[Found[str], ...]:
    """'earliest:start_date' or 'latest:completion_date' and the like for each date that is ranked."""
    if find_dates(line):
        return ()  # 'which started first after 2020?' is read by its date
    events = [event for event in event_phrases().find(line) if not _is_loose(line, event)]
    found = [one for event in events if (one := _ranked(line, event)) is not None]
    return tuple(found)


_LATELY = frozenset({"recently", "lately", "recent"})


def _is_loose(line: Line, event: Found[str]) -> bool:
    """'over', 'due', 'ready': words of too many uses to be ranked."""
    return event.last - event.first == 1 and line.tokens[event.first].lemma in word_set("ranked.loose")


def _ranked(line: Line, event: Found[str]) -> Found[str] | None:
    for at in (*_behind(line, event.last), *_before(line, event.first)):
        end = _end_of(line, at)
        if end:
            most = line.tokens[at].lemma in _LATELY  # with the 'most' of 'most recently'
            first, last = min(at - most, event.first), max(at + 1, event.last)
            return Found(_with_wait(line, first), last, f"{end}:{event.value}")
    inside = [end for at in range(event.first, event.last) if (end := _end_of(line, at))]
    if inside and line.lemmas(0, 1) in {("which",), ("what",)} and "date" not in line.lemmas(event.first, event.last):
        return Found(event.first, event.last, f"{inside[0]}:{event.value}")  # 'which was first registered?'
    return None


def _end_of(line: Line, at: int) -> str:
    """'earliest' or 'latest' for the word at token `at`, '' for any other; 'the last 5 years' is no rank."""
    word, after = line.tokens[at].lemma, line.lemmas(at + 1, at + 2)
    if after and (after[0].isdigit() or after[0] in word_set("ranked.times")):
        return ""
    if word in _LATELY:
        return {"most": "latest", "least": "earliest"}.get("".join(line.lemmas(max(0, at - 1), at)), "")
    return "earliest" if word in word_set("ranked.first") else "latest" if word in word_set("ranked.last") else ""


def _behind(line: Line, at: int) -> Iterable[int]:
    """The tokens right behind an event, past what says no more: 'finished the soonest'."""
    while at < len(line.tokens) and not set(line.gap(at)) & set(",;.?!:("):
        yield at
        if line.tokens[at].lemma not in word_set("ranked.between"):
            return
        at += 1


def _before(line: Line, at: int) -> Iterable[int]:
    """The tokens right before an event: 'the last one to finish', 'first to be posted'."""
    while at > 0 and not set(line.gap(at)) & set(",;.?!:("):
        at -= 1
        yield at
        if line.tokens[at].lemma not in word_set("ranked.between"):
            return


def _with_wait(line: Line, first: int) -> int:
    """Where 'is expected to be' before the words starts."""
    return next((wait.first for wait in wait_phrases().find(line) if wait.last == first), first)
