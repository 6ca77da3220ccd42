"""Ages told roughly: 'in her late seventies', 'a man of about 60', 'an octogenarian'."""

from __future__ import annotations

import re
from decimal import Decimal

from rag.types import Comparison, Span
from rag.values import Interval, Values, exactly

_DECADES = {f"{word}ies": 10 * tens for tens, word in enumerate(["fift", "sixt", "sevent", "eight", "ninet"], 5)} | {
    "teens": 13, "twenties": 20, "thirties": 30, "forties": 40,
}  # fmt: skip
_PEOPLE = r"m[ae]n|wom[ae]n|males?|females?|patients?|gentlem[ae]n|lad(?:y|ies)|person|people|guy|boy|girl"
_TENS = r"(?:([2-9]0)['’]?s|(" + "|".join(_DECADES) + r"))\b"
# by itself or beside a person only: 'LVEF in the 40s', 'BMI mid 30s' are no ages, nor are 'the late 80s'
_IN_DECADE = re.compile(
    r"(?i)(?:\bin (?:her|his|my|their) (?:(early|mid|late)[ -]?)?"
    rf"|(?:^|[,;.(]\s?|\b(?:a|an|he is|she is|{_PEOPLE}) )(?P<part>early|mid|late)[ -])"
    rf"{_TENS}(?(part)(?=\W*$|\s?[,;.)?!]| (?:with|who|and|on|has|had|{_PEOPLE})\b))"
)
_OCTOGENARIAN = re.compile(r"(?i)\b(sexa|septua|octo|nona)genarian\b")
_GENARIANS = {"sexa": 60, "septua": 70, "octo": 80, "nona": 90}
# 'she is about 60', not 'her pulse is about 60' or 'a man about 30 weeks after surgery'
_ABOUT = re.compile(
    rf"(?i)\b(?:(?:{_PEOPLE}|s?he|who|i am|i['’]m"
    r"|my (?:mother|father|mum|mom|dad|wife|husband|son|daughter|brother|sister|friend))"
    r"(?: is| are)?(?: of)?(?: aged?)?|aged?)"
    r" (?:about|around|roughly|approximately|approx\.?|circa|ca\.?|nearly|almost) (\d{2})\b"
    r"(?!['’]?[\d.,/]*\s*(?:[%/+]|\d|[mkµ]?g\b|[cm]m\b|[a-z]*mol|weeks?|months?|days?|hours?|minutes?|pack|kilo|pounds"
    r"|lbs?\b|bpm))"
)
_THIRDS = {"early": (0, 4), "mid": (3, 7), "late": (6, 10), "": (0, 10)}  # years of a decade
_GIVE = 2  # years to either side of 'about 60'

_TWENTY = 20


def vague_age(text: str) -> Comparison | None:
    """'In her late seventies', 'a man of about 60', 'an octogenarian': the years that may be meant."""
    low, high, closed = 0, 0, False
    if found := _IN_DECADE.search(text):
        decade = int(found[3]) if found[3] else _DECADES[found[4].lower()]
        first, last = _THIRDS[(found[1] or found["part"] or "").lower()]
        low, high = decade + (first if decade >= _TWENTY else 0), decade // 10 * 10 + last
    elif found := _OCTOGENARIAN.search(text):
        low = _GENARIANS[found[1].lower()]
        high = low + 10
    elif found := _ABOUT.search(text):
        low, high, closed = int(found[1]) - _GIVE, int(found[1]) + _GIVE, True
    if found is None:
        return None
    ages = Values((Interval(Decimal(low), Decimal(high), True, closed),))
    return Comparison("age", ages, "years", Span(*found.span()), found.group())


# 'my mother aged 78 years', as 'my mother is 78' is said again
_PARENT = re.compile(r"(?i)\bmy (?:\w+ )?(?:mother|father|mum|mom|dad)(?:[ -]in[ -]law)?,? aged (\d{1,3}) years\b")


def age_of_a_parent(text: str, told: Comparison | None) -> Comparison | None:
    """The age of 'my mother', where it is told before any other: of her the rest is told, not of who speaks."""
    found = _PARENT.search(text)
    if found is None or (told is not None and told.span.start < found.end()):
        return None
    return Comparison("age", exactly(Decimal(found[1])), "years", Span(*found.span(1)), f"aged {found[1]} years")
