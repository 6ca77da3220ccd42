"""Wordings of a question said again in the plain form that the readers know; the meaning stays."""

from __future__ import annotations

import re

from rag.planning.numbers import number_at
from rag.planning.words import read_line

_STUCK = re.compile(r"(?i)(\d)\s?[x×](uln|lln)\b")
_EXACTLY = re.compile(r"(?i)\b(?:exactly|precisely|just)\s+(?=\d)")
# "adults over 65", "anyone under thirty", but not "patients over 70 kg".
_AGED = re.compile(
    r"(?i)\b(adults?|people|patients?|persons?|anyone|anybody|nobody|someone|those|participants?|subjects?|men|women|volunteers?)\s+"
    r"(over|above|under|below|younger than|older than|at least|up to)\s+(\d{1,3}|[a-z]+ty(?:[ -][a-z]+)?)\b"
    r"(?=\s*(?:[?.,;]|$|and\b|or\b|in\b|with\b|who\b|to\b|but\b))"
)
# "keep nursing mothers out" is said again as "keep out nursing mothers".
_PARTED = re.compile(
    r"(?i)\b((?:keep|turn|rule|shut|leave|screen)(?:s|ing|ed)?)((?:\s+(?!(?:out|away)\b)[\w'-]+){1,6}?)\s+(out|away)\b"
)
_LETTERED = re.compile(
    r"\b(\d{2})\s?(?:yo|y/o|yr|y)?\s?([FM])\b(?=\s*(?:,|\.|;|$|with\b|on\b|who\b))"
)  # "65F with …", "58 yo M,"
# "my patient, 58, on warfarin", "a woman of 30", but not "a patient of 50 kg".
_OF_AGE = re.compile(
    r"(?i)\b(patient|man|woman|male|female|girl|boy|gentleman|lady|mother|father|wife|husband|son|daughter|"
    r"he is|she is|he were|she were|he was|she was|they were|i am|i'm)"
    r"(?:,? | of | is )(\d{1,3})\b(?=\s*(?:,|\?|\.(?!\d)|;|$|with\b|on\b|who\b|and\b|has\b))"
)
_CLASSES = re.compile(r"(?i)\b(class|nyha|grade|stage)\s+(I{1,3}|IV|\d)\s?/\s?(I{1,3}V?|IV|\d)\b")
_GIGA = re.compile(r"(\d)\s?G/[lL]\b")  # capital: 'g/L' is grams
# "people from 16 on", "patients 65 and over".
_FROM_AGE = re.compile(
    r"(?i)\b(adults?|people|patients?|participants?|subjects?|men|women|volunteers?|anyone)\s+(?:from\s+)?(?:age\s+)?(\d{1,3})\s+"
    r"(?:on|onwards?|upwards?|and (?:up|over|above|older)|or (?:over|above|older))\b"
)
_STARTING_AT = re.compile(r"(?i)\b(?:start|begin)s?\s+(?:at|from)\s+(?:age\s+)?(\d{1,3})\s+years?(?:\s+of\s+age)?\b")
_YEARS_OLD = re.compile(r"(?i)\b(\d{1,3})[-\s]years?[-\s]olds\b")
_THOUSANDS = re.compile(r"\b(\d{1,3})\s?k\b(?!g)")
# "clearance" alone, before a number or a comparison, is creatinine clearance.
_CLEARANCE = re.compile(
    r"(?i)(\b\w+\s+|^)clearance(?=\s+(?:of|below|above|under|over|less|more|at least|at most|<|>|≥|≤|\d))"
)
_WEIGHING = re.compile(
    r"(?i)\b(?:weigh(?:s|ing)?|heavier than|lighter than)\s+(?=(?:more|less|over|under|above|below|than|\d))"
)
_HEAVIER = re.compile(r"(?i)\b(heavier|lighter) than\b")
_SCALED = re.compile(r"(?i)\b(?:[a-z]+(?:[- ][a-z]+){0,3}|\d+(?:\.\d+)?)[ -](?:hundred|thousand|million)\b")


def respaced(text: str) -> str:
    """The question with '3×ULN' opened up, ages, weights and big numbers in the plain form."""
    text = _PARTED.sub(r"\1 \3\2", text)
    text = _LETTERED.sub(lambda m: f"age {m.group(1)} years {'woman' if m.group(2) in 'fF' else 'man'}", text)
    text = _OF_AGE.sub(r"\1 aged \2 years", text)
    text = _FROM_AGE.sub(r"\1 aged at least \2 years", text)
    text = _STARTING_AT.sub(r"have a minimum age of \1", text)
    text = _AGED.sub(r"\1 aged \2 \3 years", text)
    text = _CLASSES.sub(r"\1 \2-\3", text)
    text = _GIGA.sub(r"\1 x 10^9/L", text)
    text = _CLEARANCE.sub(_whole_clearance, text)
    text = _HEAVIER.sub(lambda m: f"weight {'above' if m.group(1).lower() == 'heavier' else 'below'}", text)
    text = _WEIGHING.sub("weight ", text)
    text = _SCALED.sub(lambda m: _in_digits(m.group()), _THOUSANDS.sub(r"\g<1>000", text))
    return _YEARS_OLD.sub(r"age \1 years", _EXACTLY.sub("", _STUCK.sub(r"\1 x \2", text)))


def _whole_clearance(match: re.Match[str]) -> str:
    word = match.group(1)
    return match.group() if word.lower().startswith(("cr", "cl")) else f"{word}creatinine clearance"


def _in_digits(words: str) -> str:
    """'seventy-five thousand' as '75000', the words before the number kept."""
    line = read_line(words)
    for at in range(len(line.tokens)):
        number = number_at(line, at)
        if number is not None and number.last == len(line.tokens):
            return f"{line.text[: line.tokens[at].start]}{number.value:f}"
    return words
