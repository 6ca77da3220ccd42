"""A question without the greeting and the excuses that come before it: 'Hi, quick one before my shift: where is …?'."""

from __future__ import annotations

import re

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


def without_greeting(text: str) -> str:
    """The words that ask, where a greeting is set off before them by a colon or a dash; else the text."""
    found = _GREETS.match(text)
    return text[found.end() :] if found and not _TELLS.search(found.group()) else text
