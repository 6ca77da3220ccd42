"""Whether a criterion is told of some: of controls, donors or a group by its heading, or of some kinds of a class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

import re2

from rag.criteria.concepts import load_concepts
from rag.criteria.words import word_set
from rag.evidence.stems import stem, words_of
from rag.types import Stance, State

# "Healthy controls:", "Donor exclusion criteria", "Control subjects must be …": people beside those who are treated
_OF_OTHERS = re.compile(
    r"(?i)^\W{0,4}(?:for |the )?(?:(?:healthy|normal|kidney|marrow|bone marrow|stem cell|matched|living)[ -]){0,2}"
    r"(?:controls?|donors?)(?: (?:subjects?|participants?|volunteers?))?"
    r"(?:\W{0,3}$|:| (?:must|should|may not|cannot|who|with|without|willing|able|aged|is|are"
    r"|(?:inclusion|exclusion|eligibility) criteri\w+))"
)
# "For participants with gout:", and "…, participants are excluded if:"
_OF_THOSE = re.compile(
    r"(?i)^\W{0,4}(?:for|in) (?:patients|subjects|participants|individuals|those) (?:with|who|on|receiving|taking) "
    r"[^.:;]{3,80}:\W{0,3}$"
)
_HEAD = 80  # code points of an item that tell whom it is about
_BEFORE = 40  # code points in which the word before a class stands
_WORD_BEFORE = re2.compile(r"([\pL\pN][\pL\pN-]*) ?$")
NARROWS_NOTHING = frozenset({"chronic", "current", "ongoing", "recent", "active", "or"})


@lru_cache(maxsize=4096)
def is_of_some(heading: str) -> bool:
    """Whether what stands below the heading, or behind the first words of an item, concerns some only."""
    return _OF_OTHERS.match(heading) is not None or _OF_THOSE.match(heading) is not None


def binds_some(headings: tuple[str, ...], item: str) -> bool:
    """Whether a heading or the first words of an item leave it to controls, donors, or those with a condition."""
    return any(map(is_of_some, headings)) or _OF_OTHERS.match(item[:_HEAD]) is not None


def is_of_all(state: State, text: Callable[[], str]) -> bool:
    """Whether a class is turned away with all its members: beta-blockers with bisoprolol, not 'severe' lung disease.

    Nor any of 'intestinal malignancy' or 'AIDS-related cancer': a word before the class that is none of those which
    leave it whole narrows it.
    """
    if state.stance is not Stance.TURNED_AWAY or not set(words_of(state.qualifier.lower())) <= NARROWS_NOTHING:
        return False
    if load_concepts()[state.concept].kind != "condition":
        return True
    before = _WORD_BEFORE.search(text()[max(0, state.span.start - _BEFORE) : state.span.start])
    return before is None or before.group(1).casefold() in word_set("before_a_class")


def is_kind_turned_away(asked: str, required: Iterable[str], out: Iterable[str]) -> bool:
    """Whether it is the very kind asked about that a line turns away, where the lines that require the thing name none.

    'Latent tuberculosis', of a trial of tuberculosis with 'no latent or miliary tuberculosis'.
    """
    words = _stems(asked)
    told = frozenset[str]().union(*map(_stems, required))
    return bool(told) and not words <= told and any(words <= _stems(line) for line in out)


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(words) if word.casefold() not in word_set("empty"))
