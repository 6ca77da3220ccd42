"""Stages of a disease as single words: 'stage IIIB-IV' is 'stage3' and 'stage4', 'stage 1 to 3' three of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ONE = r"(?:iv|i{1,3}|[0-4])[a-d]?\d?\b"
_LINK = r"\s*(?:,|/|&|-|–|—|\bto\b|\band\b|\bor\b|\bthrough\b)\s*"
_TOLD = re.compile(rf"(?i)\bstages?\s*{_ONE}(?:{_LINK}(?:stages?\s+)?{_ONE})*")
_NUMBER = re.compile(r"(?i)(?<![a-z\d])(iv|i{1,3}|[0-4])[a-d]?\d?\b|(-|–|—|\bto\b|\bthrough\b)")
_KEPT = re.compile(r"(?i)\bstage(iv[a-d]?|i{1,3}[a-d]?|[0-4][a-d]?)(or|to)(iv[a-d]?|i{1,3}[a-d]?|[0-4][a-d]?)\b")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_SPREAD = 4  # the stage that records also call metastatic


def said_apart(text: str) -> str:
    """The text with two stages that the planner keeps in one word set apart: 'stageIIorIII' is 'stage II or III'."""
    return _KEPT.sub(r"stage \1 \2 \3", text)


def stages_of(text: str) -> tuple[str, ...]:
    """Every stage that a text tells, a word each, in order."""
    if "stage" not in text.casefold():
        return ()
    return tuple(dict.fromkeys(f"stage{one}" for told in _TOLD.finditer(text) for one in _numbers(told.group())))


def by_stage(topic: str) -> tuple[str, ...]:
    """The topic once for each stage that it asks for, said in one word: a trial of any of them is asked for."""
    topic = said_apart(topic)
    told = _TOLD.search(topic)
    if not told:
        return ()
    numbers = list(dict.fromkeys(_numbers(told.group())))
    names = [f"stage{one}" for one in numbers] + ["metastatic"] * (_SPREAD in numbers)
    return tuple(f"{topic[: told.start()]}{name}{topic[told.end() :]}" for name in names)


def _numbers(told: str) -> Iterator[int]:
    """The stages of one mention; 'to' and a dash stand for those between, too."""
    last, ranged = -1, False
    for found in _NUMBER.finditer(re.sub(r"(?i)stages?", " ", told)):
        if found[2]:
            ranged = True
            continue
        word = found[1].casefold()
        number = _ROMAN.get(word) or int(word)
        yield from range(last + 1, number) if ranged and 0 <= last < number else ()
        yield number
        last, ranged = number, False
