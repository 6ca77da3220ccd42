"""Slips of the pen that a reader passes over: mended in place, sign for sign, so that every offset stays true."""

from __future__ import annotations

import re

_SLIPS = re.compile(
    r"(?P<power>(?<![\d.])10~(?=\d))"  # '100 x 10~9/L'
    r"|(?P<older>\b(?:years|yrs|age|old) or order\b)"
    r"|(?P<old>(?<=\d) ?-?(?:years?|yrs?)[ -](?:old|of age)(?= ?(?:to|-|and) \d{1,3}[ -]?(?:years?|yrs?)\b))"
    r"|(?P<before>(?<=[<>≤≥=]) ?x ?\d(?:\.\d+)?(?= ?(?:uln|upper|the upper|unl|normal)))"  # '> x2 ULN'
    r"|(?P<equal>[=:](?= ?(?:wnl\b|within (?:the )?normal)))"  # 'Total bilirubin = WNL'
    r"|(?P<bracket>[<>≤≥] ?\( ?(?:\d[\d.]{0,4} ?(?:x|×|times) ?)?(?:uln|upper limit of normal) ?\))"
)
_MAY_SLIP = re.compile(r"10~|or order|old|of age|[<>≤≥=] ?[x(]|[=:] ?w")


def mended(lowered: str) -> str:
    """`lowered` with slips set right; as long as it was."""
    return _SLIPS.sub(_mend, lowered) if _MAY_SLIP.search(lowered) else lowered


def _mend(found: re.Match[str]) -> str:
    said = found.group()
    match found.lastgroup:
        case "power":
            return "10^"
        case "older":
            return said.removesuffix("order") + "older"
        case "old" | "equal":
            return " " * len(said)
        case "before":
            lead = said[: len(said) - len(said.lstrip())]
            return f"{lead}{said.strip(' x')}x".ljust(len(said))
        case "bracket":
            return said.replace("(", " ").replace(")", " ")
    return said
