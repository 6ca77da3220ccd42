"""Descriptions written as a list: what stands on lines of its own, or between bars and strokes, is told apart."""

from __future__ import annotations

import re

_BAR = re.compile(r" ?[|•▪] ?|(?<=[^\d\s]) / (?=\S)|(?<=\d) / (?=[^\d\s])")  # not the stroke of '140 / 80'
_DASH = re.compile(r"(?<=\w) [-–—] (?=[^\W\d])")
# 'What assumptions - power, drop-outs - lie behind it?': a remark in a question, and no entries of a list
_ASKS = re.compile(r"(?i)\W*(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|please|list)\b")
_FEWEST = 2  # of one sign: one alone stands between two names of a thing
_BREAK = re.compile(r" ?\n\s*(?:[-–*•·] )?")
_WRAPPED = re.compile(  # a line that goes on below: 'she has no', 'treated with', 'Mrs', 'HIV and', '12 May'
    r"(?i)(?:[,(/]|\b(?:no|not|without|of|with|for|and|or|the|an?|in|on|by|to|from|has|had|is|was|her|his|my|mrs?|dr))$"
)
_SHORT = 45  # characters of a line that was broken on purpose


def told_apart(text: str) -> str:
    """A description with semicolons where its writer began a new entry: 'no gout\\nPacemaker', 'no gout | pacemaker'.

    A line that was only wrapped ('she has no / gout') goes on.
    """
    text = _BREAK.sub(_line_break, text.strip())
    for sign in (_BAR,) if _ASKS.match(text) else (_BAR, _DASH):
        if len(sign.findall(text)) >= _FEWEST:
            text = sign.sub("; ", text)
    return text


def _line_break(found: re.Match[str]) -> str:
    """'; ' behind an entry; a blank where a sentence ends there or goes on below."""
    whole = found.string
    line = whole[whole.rfind("\n", 0, found.start()) + 1 : found.start()].strip()
    then = whole[found.end() : found.end() + 1]
    if not line or line[-1] in ".;:?!" or _WRAPPED.search(line):
        return " "
    return "; " if not then.islower() or len(line) < _SHORT else " "


def tells_a_person_alone(text: str) -> bool:
    """'61M stage III lung cancer, ANC 1.8, platelets 210': an age and a sex, a list, and nothing asked."""
    told = _PERSON_FIRST.match(text) is not None and text.count(",") >= _FEWEST
    return told and "?" not in text and _OF_A_TRIAL.search(text) is None


# 'eligible for the gout trial', 'can she join': asked without a mark
_OF_A_TRIAL = re.compile(r"(?i)\b(?:trials?|stud(?:y|ies)|eligib\w*|qualif\w*|join|enrol\w*)\b")
_PERSON_FIRST = re.compile(
    r"(?i)^\W*(?:(?:pt|patient)\W{1,2})?"
    r"(?:\d{1,3}(?: ?(?:yo|y/o|y|yrs?|years?(?: old)?|-year-old))?[ -]?(?:[MF]|man|woman|male|female)"
    r"|(?:[MF]|man|woman|male|female),? ?\d{1,3})\b"
)
