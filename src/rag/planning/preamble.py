"""A question without what belongs to talk and letters: greetings, excuses, 'um', 'you know', 'Yours sincerely, Ann'."""

from __future__ import annotations

import re

from rag.planning.lexicon import find_concept_marks
from rag.planning.words import read_line

_GREETING = (
    r"(?:hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day)|dear \w+|sorry|excuse me|"
    r"(?:just )?(?:a |one )?(?:quick|small|short) (?:one|question))"
)
_ASKS = (
    r"(?=(?:and |so |please )?(?:what|which|who|whom|whose|where|whereabouts|when|why|how|is|are|does|do|did|was|were|"
    r"can|could|may|will|would|should|has|have|tell|give|name|list)\b)"
)
_GREETS = re.compile(
    rf"(?is)^\W*(?:{_GREETING}(?: \w+){{0,2}}[.!,]\s*)*(?P<told>{_GREETING}\b[^?:.!]{{0,80}}?(?::|\s[-–—])\s*){_ASKS}"
)
# What a person tells of somebody is no greeting.
_TELLS = re.compile(
    r"(?i)\d|\b(?:have|has|had|having|patients?|mother|father|mum|dad|son|daughter|wife|husband|old|with|suffer\w*|"
    r"diagnos\w*)\b"
)


# 'um', 'er' within small letters; 'you know' set off by signs or between words, not 'do you know', 'you know which'.
_HESITATES = re.compile(r"(?<![\w'’.-])(?<!\d )(?:u+m+|u+h+m*|erm+|h+mm+)\b(?!['’-])[,.…]*\s*")
_YOU_KNOW = re.compile(
    r"(?i)(?<!do )(?<!did )(?<!would )(?<!if )(?<!what )(?<!that )(?<!all )(?<!let )(?<!as )[,–—-]?\s*\byou know\b"
    r"(?!\s+(?:of|about|which|what|who|whether|if|how|where|when|why)\b)\s*,?"
)
# 'Kind regards, Ann K.' at the end of a letter: a name is written with a capital, 'thanks, LYRA-2' has none.
_NAME = r"(?:[A-Z](?:\.|[a-z'’-]+)|[A-Z]{2}(?=\s*$))"
_CLOSES = (
    r"(?i:yours (?:faithfully|sincerely|truly)|(?:with )?(?:kind(?:est)?|best|warm(?:est)?|many|good) "
    r"(?:regards|wishes|thanks)|regards|sincerely|all the best|cheers|best|ta|love|"
    r"thanks?(?: (?:you|so much|ever so much|a lot|in advance|very much|again))*)"
)
_SIGNED = re.compile(rf"(?:(?<=[.?!,;])|\n)\s*{_CLOSES}\s*[,.!\n–-]\s*{_NAME}(?:[ ,]+{_NAME}){{0,3}}\W*$")
_ADDRESSEE = r"(?:(?i:sir|madam|all|team|colleagues?|doctor)|[A-Z][\w.'’-]*)"
_SALUTES = re.compile(rf"^\W*[Dd]ear {_ADDRESSEE}(?:[ /]+(?:or |and )?{_ADDRESSEE})*\s*[,:\n–-]\s*")
# '(I have had enough of these!)': somebody speaks, and names no number
_IN_BRACKETS = re.compile(r"\s*\((?:(?:yes|no|sorry|and|but|well|though|please),? )?(?:I|i|we|We)\b[^()\d]{1,120}\)")


def as_written(text: str) -> str:
    """The text without the sounds of speech, and without the first and last line of a letter."""
    text = _SIGNED.sub("", _SALUTES.sub("", text))
    text = _IN_BRACKETS.sub(_as_told, text)
    return _YOU_KNOW.sub(" ", _HESITATES.sub("", text))


def _as_told(match: re.Match[str]) -> str:
    """The bracket, where it tells of a condition or a treatment; else nothing."""
    return match[0] if find_concept_marks(read_line(match[0])) else ""


def without_greeting(text: str) -> str:
    """The words that ask, where a greeting is set off before them by a colon or a dash; else the text."""
    found = _GREETS.match(text)
    return text[found.end() :] if found and not _TELLS.search(found.group()) else text
