"""Lines that surely state no limit, told by their words before they are cut into tokens."""

from __future__ import annotations

import re

from rag.criteria.lexer import reading_form
from rag.criteria.lexicon import aliases_among
from rag.criteria.naming import stands
from rag.criteria.vocabulary import NUMBERS

_WORD = re.compile(r"[^\W\d_][^\W_]*")
# a number that may be a limit of something: not that of "4 weeks", "two months", "the past 5 years", "within 3 years"
_SPAN = "[ -]?(?:hours?|days?|weeks?|months?"
_IN_PAST = "(?<!past )(?<!last )(?<!previous )(?<!preceding )(?<!within )"


def _bare(first: str, number: str) -> re.Pattern[str]:
    """The pattern of such a number, which begins with the signs `first`: looked for first, they are found at once."""
    return re.compile(rf"(?={first})(?:{number}(?!{_SPAN}|years?|yrs?)\b)|{_IN_PAST}{number}(?!{_SPAN})\b))")


_IN_DIGITS = _bare(r"\d", r"(?<!\d)\d+(?!\d|\.\d)")
_IN_WORDS = _bare(f"[{''.join(sorted({word[0] for word in NUMBERS}))}]", rf"\b(?:{'|'.join(sorted(NUMBERS))})\b")
# "older than 6 months", "Child-Pugh A", "class II heart failure": variables without a name
_UNNAMED = frozenset(["old", "older", "younger", "child", "childs", "class"])


def is_unmeasured(text: str) -> bool:
    """Whether folded `text` holds no name of a variable, and no number but of hours, days, weeks, months, past years.

    A limit needs one or the other: ages and weights alone are understood without a name, and these are numbers of
    years and of kilograms. False says nothing.
    """
    lowered = reading_form(text)
    if _IN_DIGITS.search(lowered):
        return False
    words = frozenset(_WORD.findall(lowered))
    if not _UNNAMED.isdisjoint(words) or (not words.isdisjoint(NUMBERS) and _IN_WORDS.search(lowered)):
        return False
    return not any(stands(alias, text, lowered) for alias in aliases_among(words))
