"""The forms of an English verb: '<send|turn> away' in the data stands for every one of them."""

from __future__ import annotations

import re
from functools import cache

from rag.planning.tables import read_table

_VOWELS = "aeiou"
_THIRD = {"have": "has"}
# One syllable, one vowel, one consonant: 'bar', 'shut'; or the stress on the last: 'permit', not 'limit'.
_DOUBLING = re.compile(
    r"[^aeiou]*[aeiou][^aeiouwxy]|(?:per|ad|o|sub|com|de|re|trans)mit|(?:re|pre|de)fer|(?:de|dis)bar|forbid|enrol"
)


@cache
def forms(verb: str) -> tuple[str, str, str, str, str]:
    """(plain, -s, -ing, past, participle) of a verb; the strange ones stand in `demands.toml`."""
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) else verb
    stem = stem + stem[-1] if _DOUBLING.fullmatch(verb) else stem
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        third, past = verb[:-1] + "ies", verb[:-1] + "ied"
        return verb, third, verb + "ing", *_strange().get(verb, (past, past))
    third = _THIRD.get(verb) or verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
    return verb, third, stem + "ing", *_strange().get(verb, (stem + "ed", stem + "ed"))


@cache
def _strange() -> dict[str, tuple[str, str]]:
    """Plain form → past and participle, of the verbs that do not end in -ed."""
    rows = (row.split() for row in read_table("demands")["irregular"])
    return {row[0]: (row[1], row[-1]) for row in rows}
