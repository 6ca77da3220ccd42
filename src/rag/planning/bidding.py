"""What asks politely to be told something, said plainly: 'kindly furnish the sponsor' is 'tell me the sponsor'."""

from __future__ import annotations

import re
from functools import cache

from rag.planning.tables import read_table


def bid_plainly(text: str) -> str:
    """`text` whose bids open with 'tell me'; 'confirm that …' and 'we surveyed the trials' stay as they are."""
    for pattern in _bids():
        text = pattern.sub(_tell_me, text)
    return text


def _tell_me(match: re.Match[str]) -> str:
    return f"{match['before']}tell me "


@cache
def _bids() -> tuple[re.Pattern[str], ...]:
    table = read_table("bids")
    polite, aims, thanks, willing = ("|".join(table[name]) for name in ("polite", "aims", "thanks", "willing"))
    verbs = "|".join(table["verbs"].split())
    opens = r"(?P<before>^\W*|[.?!:;,]\s+|\b(?:and|so|as|but|that) )"
    whom = r"(?: (?:me|us))?(?: (?:with|of|on|about|as to|regarding|concerning|for))?"
    behind = f" (?={table['asked']})"
    return (
        re.compile(rf"(?i){opens}(?:{polite}|{aims}) (?:{verbs}){whom}{behind}"),
        re.compile(rf"(?i){opens}(?:{willing}) (?:{verbs}|{table['usual']}){whom}{behind}"),
        re.compile(rf"(?i){opens}(?:{thanks})(?: for| to have| to receive| to get| to be given| to see)?{behind}"),
        re.compile(rf"(?i)(?P<before>^\W*|[.?!] +)(?:{verbs}){whom}{behind}"),
    )
