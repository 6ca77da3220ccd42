"""Whether a description says that somebody is well, and nothing that contradicts it."""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.criteria.concepts import load_concepts, narrower_or_equal

HEALTHY = "healthy_volunteer"

_WELL = re.compile(
    r"(?i)\b(?:(?:perfectly|completely|totally|entirely|quite) (?:healthy|well)|(?:a|am|is|are|and) healthy"
    r"|(?:never|not) (?:had|been) (?:an |any |a single )?(?:illness|disease|ill|sick)|fit as a fiddle"
    r"|fit and (?:healthy|well)|healthy in every (?:way|respect)"
    r"|no (?:known )?(?:medical|health) (?:problems|conditions|history)|in (?:good|perfect|excellent) health"
    r"|nothing wrong with (?:me|him|her))\b"
)
# 'otherwise healthy', 'healthy apart from', 'a healthy weight'
_NOT_QUITE = re.compile(
    r"(?i)\b(?:otherwise|apart from|aside from|except|other than|besides|but for|until|previously|formerly"
    r"|used to|was healthy"
    r"|healthy (?:weight|diet|eating|lifestyle|food|donor|child|baby|pregnancy))\b"
)


def is_well(text: str, has: Collection[str]) -> bool:
    """'A healthy man of 22', 'never had an illness'; not 'otherwise healthy', nor who is ill or takes drugs."""
    known = load_concepts()
    harmless = _HARMLESS | narrower_or_equal("vaccination")
    kinds = {known[one].kind for one in has if one in known and one not in harmless}
    ill = kinds & {"condition", "treatment"}
    return not ill and _WELL.search(text) is not None and _NOT_QUITE.search(text) is None


_HARMLESS = frozenset({"vitamin", "hormonal_contraceptive"})
