"""Whether a question tells of more than one person, whose findings must not be thrown together."""

from __future__ import annotations

import re

_WHO = r"m[ae]n|wom[ae]n|male|female|boy|girl|lady|gentleman|patient"
_KIN = r"brother|sister|mother|father|mum|mom|dad|wife|husband|son|daughter|friend|he|she|i"
# 'a 64-year-old man', 'a woman aged 70 years', 'he is 66', 'I am 70'
_AGED = re.compile(
    rf"(?i)\b(\d{{1,3}})[- ]years?[- ]old (?:{_WHO})\b"
    rf"|\b(?:{_WHO}|{_KIN})(?:,? (?:who )?(?:is|am)|['’][sm])?(?: aged)?,? (\d{{1,3}})(?: years?)?"
    r"(?=[\s,;.?!]|$)(?!\s?[%/\d])"
)
_AND_ANOTHER = re.compile(rf"(?i)\band (?:an?|another|the other) (?:\d{{1,3}}[- ]years?[- ]old )?(?:{_WHO})\b")
_MY_OTHER = re.compile(
    r"(?i)\bmy (?:other|second|next) (?:patient|pt)\b|\banother (?:patient of mine|of my patients)\b"
)
_EACH = re.compile(r"(?i)\b(?:each|both of (?:them|us)|we|us|respectively|either of (?:them|us))\b")


def tells_of_several(text: str) -> bool:
    """'A man of 64 with gout and a woman of 70 with asthma', 'he is 66, I am 70. Which could we join?'.

    Not 'my mother is 78 and has gout. I'm 50 and live with her.', which asks of one.
    """
    if _MY_OTHER.search(text):
        return True  # 'my other patient has gout'
    ages = {found[1] or found[2] for found in _AGED.finditer(text)}
    return len(ages) > 1 and (_AND_ANOTHER.search(text) is not None or _EACH.search(text) is not None)
