"""Labels of a series that a question names and a record does not: 'group E' of a trial of the groups A to D."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import re2

from rag.types import Document

_LABEL = r"(?:[A-HJ-Z]|\d{1,2})"
# 'Group E' and 'in cohort 4', but not the 'I' of 'which group I am in', nor the 'a' of 'in the group a person …'.
_ASKED = re2.compile(
    rf"\b((?i:arm|group|cohort|part|regimen|stratum|dose)) ({_LABEL})\b(?i:\s*(mg|mcg|µg|ug|g|ml|iu|%|per|x)\b)?"
)
_TO = frozenset({"-", "–", "to", "through"})


def unlabelled(document: Document, question: str) -> list[str]:
    """The labels asked about of a series that a record tells without them; none where it tells no such series."""
    found = []
    for noun, label, unit in _ASKED.findall(question):
        told = {one for one in labels_told(document.text, noun.casefold()) if one.isdigit() == label.isdigit()}
        counted = label.isdigit() and int(label) <= len(document.facts.arms)  # 'arm 2': the second of those listed
        if len(told) > 1 and label not in told and not counted and not unit:
            found.append(f"{noun} {label}")
    return found


def of_another_group(facts: Collection[str], question: str, said: str) -> bool:
    """Whether it is asked what arm C is, gets or counts, and words speak of no arm C."""
    return bool(_OF_GROUPS & set(facts)) and _names_no_label_asked(question, said)


_OF_GROUPS = frozenset({"arms", "per_group"})


def _names_no_label_asked(question: str, said: str) -> bool:
    """Whether a question asks of 'arm C', and words speak of no arm C."""
    asked = [(noun.casefold(), label) for noun, label, unit in _ASKED.findall(question) if not unit]
    return bool(asked) and not any(label in labels_told(said, noun) for noun, label in asked)


def of_the_treated(question: str, said: str) -> bool:
    """Whether it is asked what the controls get, and words tell it of a group named after something else.

    'In the ginger group', but not 'in the sham group', nor words that name the comparison beside it.
    """
    return bool(_CONTROLS.search(question)) and bool(_IN_A_GROUP.search(said)) and not _COMPARED.search(said)


_CONTROLS = re2.compile(r"(?i)\b(?:the )?(?:controls\b|(?:control|comparison|comparator) (?:group|arm))")
_IN_A_GROUP = re2.compile(r"(?i)\b(?:in|of) the (?:[\w-]+ ){1,3}(?:group|arm)\b")
_COMPARED = re2.compile(
    r"(?i)\b(?:control\w*|compar\w+|placebo|sham|usual|standard|routine|conventional|no|without|reference|untreated|"
    r"wait\w*|other|both|each|two|all|same)\b"
)


def labels_told(text: str, noun: str) -> frozenset[str]:
    """The labels that stand behind a noun: 1 to 4 of 'cohorts 1-3 and cohort 4'."""
    found: set[str] = set()
    for row in _rows(noun).findall(text):
        words = [word for word in _PARTS.findall(row) if word in _TO or not word.islower()]
        found |= {word for word in words if word not in _TO}
        for first, to, last in zip(words, words[1:], words[2:], strict=False):
            if to in _TO and first.isdigit() == last.isdigit():
                found |= _between(first, last)
    return frozenset(found)


def _between(first: str, last: str) -> set[str]:
    if first.isdigit():
        return {str(number) for number in range(int(first), int(last) + 1)}
    return {chr(letter) for letter in range(ord(first), ord(last) + 1)}


_PARTS = re2.compile(rf"{_LABEL}|-|–|to|through")


@cache
def _rows(noun: str) -> re2._Regexp:
    """'Arms A, B and C', 'cohort 1a', 'groups 1-4': a noun and the labels behind it."""
    more = rf"(?:\s*(?:,|/|&|-|–|\band\b|\bor\b|\bto\b|\bthrough\b)\s*(?:and\s+)?{_LABEL}[a-z]?\b)"
    pattern: re2._Regexp = re2.compile(rf"(?i:\b{noun}s?)[ #:-]{{1,2}}({_LABEL}[a-z]?\b{more}*)")
    return pattern
