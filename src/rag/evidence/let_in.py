"""What a line lets in right behind what it turns away: 'cancer (but those cured for 5 years may be included)'."""

from __future__ import annotations

import re

from rag.types import Clause, Criterion

_FAR = 60  # characters from what is turned away to the words that turn round
# '(', 'but', and the sentence '. Not an exclusion if …'
_TURNS = re.compile(
    r"(?i)\(|\b(?:but|however|although|though)\b"
    r"|[.;,]\s(?=(?:(?:this|these|it|which) )?(?:(?:is|are) )?not (?:be )?(?:considered )?"
    r"(?:excluded|exclusionary|an exclusion)\b)"
)
_SENTENCE = re.compile(r"[^;.()]{0,180}")
# 'are eligible', 'may be included', 'is not excluded'; not 'will not be included', 'not eligible'
_LETS_IN = re.compile(
    r"(?i)(?<!\bnot )(?<!\bnot be )\b(?:eligible(?! (?:patient|subject|participant|wom|criteri)\w*)|allowed"
    r"|permitted|acceptable|accepted|included(?! (?:at|in (?:this|the) exclusion)\b)|enroll?ed(?! at\b)|admitted"
    r"|recruited)\b"
    r"|\bnot (?:be )?(?:considered )?(?:excluded|exclusionary|an exclusion)\b"
)

# 'no one with it will be enrolled', 'such are never eligible'
_NOBODY = re.compile(r"(?i)\b(?:no (?:one|patients?|subjects?|participants?)|none|nobody|never|cannot be)\b")


# 'seizures (not including febrile ones)'
_LEFT_OUT = re.compile(
    r"(?i)\((?:not including|not counting|does not include|other than|outside|excluding|except(?:ing)?(?: for)?)"
    r" ([^()]{2,120})\)"
)


def left_out_of(criterion: Criterion, text: str) -> str:
    """The words of the brackets of a line that leave something out of it; '' where there are none."""
    return " ; ".join(_LEFT_OUT.findall(criterion.span.of(text)))


def let_in_behind(clause: Clause, criterion: Criterion, text: str) -> str:
    """The words of 'but …' or of a bracket behind a clause that let some in; '' where there are none."""
    found = _TURNS.search(text, clause.span.end, min(clause.span.end + _FAR, criterion.span.end))
    if found is None or ";" in text[clause.span.end : found.start()]:
        return ""
    told = _SENTENCE.match(text, found.end(), criterion.span.end)
    words = told.group() if told is not None else ""
    return words if _LETS_IN.search(words) and not _NOBODY.search(words) else ""
