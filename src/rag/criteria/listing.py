"""Lists whose line feeds were lost: each member begins with a capital, and none is a statement of its own."""

from __future__ import annotations

from rag.criteria.words import Words

_LONGEST = 60  # words from the colon to a member


def goes_on_listing(words: Words, start: int, place: int) -> bool:
    """ "No illness including, but not limited to: Heart failure Unstable angina": line feeds of a list were lost."""
    keys = words.keys
    if keys[start] not in _DENIES or ":" not in keys[start + 1 : place] or keys[place] in _ANEW:
        return False
    colon = place - 1 - keys[start:place][::-1].index(":")
    return keys[colon - 1] in _LEADS and "." not in keys[colon:place] and place - colon <= _LONGEST


_DENIES = frozenset({"no", "without"})
_LEADS = frozenset({"to", "of", ".", "including", "include", "following", "e.g", "i.e"})
# how a statement of its own begins behind such a list
_ANEW = frozenset({
    "no", "not", "none", "must", "patient", "subject", "participant", "woman", "man", "male", "female", "fertile",
    "able", "negative", "adequate", "ability", "at", "age", "aged", "normal", "willing", "written", "signed",
    "informed", "life", "performance", "ecog", "karnofsky", "recovered", "effective", "see", "concurrent", "prior",
})  # fmt: skip
