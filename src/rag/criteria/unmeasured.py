"""Lines that surely state no limit, told by their words before they are cut into tokens."""

from __future__ import annotations

import re

from rag.criteria.lexer import reading_form
from rag.criteria.lexicon import aliases_among
from rag.criteria.naming import stands
from rag.criteria.vocabulary import NUMBERS

_WORD = re.compile(r"[^\W\d_][^\W_]*")
_NUMBER = rf"(?:(?<!\d)\d+(?!\d|\.\d)|\b(?:{'|'.join(sorted(NUMBERS))})\b)"
_SPAN = "[ -]?(?:hours?|days?|weeks?|months?"
# a number that may be a limit of something: not that of "4 weeks", "two months", "the past 5 years", "within 3 years"
_BARE = re.compile(
    rf"(?<!past )(?<!last )(?<!previous )(?<!preceding )(?<!within ){_NUMBER}(?!{_SPAN})\b)"
    rf"|{_NUMBER}(?!{_SPAN}|years?|yrs?)\b)"
)
# "older than 6 months", "Child-Pugh A", "class II heart failure": variables without a name
_UNNAMED = frozenset(["old", "older", "younger", "child", "childs", "class"])


def is_unmeasured(text: str) -> bool:
    """Whether folded `text` holds no name of a variable, and no number but of hours, days, weeks, months, past years.

    A limit needs one or the other: ages and weights alone are understood without a name, and these are numbers of
    years and of kilograms. False says nothing.
    """
    lowered = reading_form(text)
    if _BARE.search(lowered):
        return False
    words = frozenset(_WORD.findall(lowered))
    return _UNNAMED.isdisjoint(words) and not any(stands(alias, text, lowered) for alias in aliases_among(words))
