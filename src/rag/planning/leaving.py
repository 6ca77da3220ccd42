"""Words that leave out what follows them: 'minus the recruiting ones', 'other than stroke', 'nothing that recruits'."""

from __future__ import annotations

from functools import cache

from rag.planning.tables import read_table, word_set
from rag.planning.words import Line, lemmas_of


@cache
def _phrases() -> tuple[tuple[str, ...], ...]:
    return tuple(lemmas_of(phrase) for phrase in read_table("words")["leaving_out"])


def topic_left_out(line: Line, at: int) -> bool:
    """'not about cancer', 'trials that don't concern cancer', 'all except stroke trials', not 'no trials on stroke'."""
    first = at
    while first > 0 and not line.gap(first).strip() and line.tokens[first - 1].lemma in word_set("leaving.up_to_topic"):
        first -= 1
    told = words_leaving_out(line, at) or words_leaving_out(line, first)
    if told and _ABLE & set(line.lemmas(max(0, told.start - 1), told.start)):
        return False  # 'people who can't smell': what they lack is what the trial is about
    return bool(told) and not {"no", "nothing", "none", "never"} & set(line.lemmas(told.start, told.start + 1))


_ABLE = frozenset({"can", "could"})


def left_out_behind(line: Line, last: int) -> bool:
    """'Germany excluded', 'the withdrawn ones left out': said right behind what ends at token `last`."""
    while last < len(line.tokens) and line.tokens[last].lemma in word_set("leaving.said_of"):
        last += 1
    for words in (("excluded",), ("left", "out"), ("omitted",), ("ignored",), ("removed",), ("excepted",), ("aside",)):
        end = last + len(words)
        if line.lemmas(last, end) == words and not line.gap(last).strip():
            return end >= len(line.tokens) or bool(set(line.gap(end)) & set(",;.?!:)"))
    return False


def left_out(line: Line, at: int) -> bool:
    """Whether what stands at token `at` is left out by the words before it, within its clause."""
    return len(words_leaving_out(line, at)) > 0


def leaves_out_zero(line: Line) -> bool:
    """'ignoring those with 0', 'not counting zero'."""
    return any(word in {"0", "zero"} and left_out(line, at) for at, word in enumerate(line.lemmas()))


def words_leaving_out(line: Line, at: int) -> range:
    """The tokens that leave out what stands at token `at`, with those that lead up to it; none where nothing does."""
    starts = [
        end - len(words)
        for end in range(start_of(line, at), at + 1)
        for words in _phrases()
        if line.lemmas(max(0, end - len(words)), end) == words and not set(line.gap(end)) & set(",;.?!")
    ]
    return range(min(starts), at) if starts else range(0)


def start_of(line: Line, at: int) -> int:
    """Where the words begin that only lead up to token `at`: 'those that are', 'the ones in'."""
    first = at
    while first > 0 and not line.gap(first).strip(" -(\"'") and line.tokens[first - 1].lemma in _passed():
        first -= 1
    return first


@cache
def _passed() -> frozenset[str]:
    return word_set("leaving.passed")
