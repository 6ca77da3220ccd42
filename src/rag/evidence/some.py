"""Whether a criterion is told of some people only, by its heading or its first words: controls, donors, a group."""

from __future__ import annotations

import re
from functools import lru_cache

# "Healthy controls:", "Donor exclusion criteria", "Control subjects must be …": people beside those who are treated
_OF_OTHERS = re.compile(
    r"(?i)^\W{0,4}(?:for |the )?(?:(?:healthy|normal|kidney|marrow|bone marrow|stem cell|matched|living)[ -]){0,2}"
    r"(?:controls?|donors?)(?: (?:subjects?|participants?|volunteers?))?"
    r"(?:\W{0,3}$|:| (?:must|should|may not|cannot|who|with|without|willing|able|aged|is|are"
    r"|(?:inclusion|exclusion|eligibility) criteri\w+))"
)
# "For participants with gout:", and "…, participants are excluded if:"
_OF_THOSE = re.compile(
    r"(?i)^\W{0,4}(?:for|in) (?:patients|subjects|participants|individuals|those) (?:with|who|on|receiving|taking) "
    r"[^.:;]{3,80}:\W{0,3}$"
)
_HEAD = 80  # code points of an item that tell whom it is about


@lru_cache(maxsize=4096)
def is_of_some(heading: str) -> bool:
    """Whether what stands below the heading, or behind the first words of an item, concerns some only."""
    return _OF_OTHERS.match(heading) is not None or _OF_THOSE.match(heading) is not None


def binds_some(headings: tuple[str, ...], item: str) -> bool:
    """Whether a heading or the first words of an item leave it to controls, donors, or those with a condition."""
    return any(map(is_of_some, headings)) or _OF_OTHERS.match(item[:_HEAD]) is not None
