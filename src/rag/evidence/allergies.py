"""Whether a line on allergies is of another allergy than the person's: to one thing, by its signs, or of one organ."""

from __future__ import annotations

import re

from rag.types import State


def is_of_another_allergy(state: State, before: str, named: str, behind: str, *, told: bool) -> bool:
    """'Allergy to the study drug', 'recurrent urticaria', 'allergic skin disorders'; `told`: the person is told to have
    it in these words."""
    if state.concept == "anaphylaxis":
        to_one = _TO_ONE.search(named + behind) or _AFTER_ONE.match(behind)
        return to_one is not None or _SUCH_TO_ONE.search(before) is not None
    if state.concept not in {"allergy", "drug_allergy"}:
        return False
    if _TO_ONE.search(named + behind) or _TESTED.match(behind):
        return True
    if state.concept == "drug_allergy":
        return False
    by_signs = not told and _ALLERGIC.search(named) is None
    kind = named.casefold().endswith("allergic") and _OF_ONE.match(behind) is not None
    return bool(by_signs or kind or _OR_NOT_SO.match(behind) or _NOT_SO.search(before))


_ALLERGIC = re.compile(r"(?i)allerg|hypersensitiv|sensitivit|atop|anaphyla")
_TESTED = re.compile(r"(?i)^\s(?:skin |prick |blood )*tests?\b")
# 'allergic rhinitis', 'allergic skin disorders'; not 'allergic diseases', 'allergic reactions', 'allergic patients'
_OF_ONE = re.compile(
    r"(?i)^\s(?!(?:reactions?|diseases?|disorders?|conditions?|history|histories|patients?|subjects?|individuals"
    r"|persons?|participants?|diathesis|constitution|to|or|and|in|with|who|if|symptoms?|responses?)\b)[a-z]"
)
_NOT_SO = re.compile(r"(?i)\bnon[- ]?$")
_OR_NOT_SO = re.compile(r"(?i)^\s?(?:or|and|/)\s?non-?\s?allergic\b")  # 'allergic or non-allergic urticaria'
# 'anaphylaxis after a vaccination', '(anaphylaxis) to any part of the drug'
_AFTER_ONE = re.compile(
    r"(?i)^\)?\s(?:reactions?\s)?(?:to|after|following|against|from|due to|caused by)\b"
    r"(?!\s(?:any (?:drug|medic|food|allergen|cause|substance)|multiple|several)\b)"
)
# 'reactions to vaccines (e.g. anaphylaxis', 'allergy to contrast media, such as anaphylaxis'
_SUCH_TO_ONE = re.compile(
    r"(?i)(?:allerg|sensitiv|reaction|intoleran)\w*\s(?:[\w-]+\s){0,2}?(?:to|after|following|against)\s"
    r"(?!(?:any|multiple|several) )[^.;]{2,80}?(?:\(|\b(?:such as|including|for example|like|e\.?g|i\.?e)\b)[^;)]*$"
)
# 'hypersensitivity to the study drug', 'allergy and skin tests to grass'; not 'allergy to any drug', 'to drugs'
_TO_ONE = re.compile(
    r"(?i)(?:allerg|sensitiv|reaction|intoleran|anaphyla)\w*(?:\s(?:and/or|or|and)\b[^.;:,()]{1,80}?)?"
    r"(?:\s(?:histor(?:y|ies)|reactions?|responses?))?(?:\s\([^()]{1,40}\))?\s(?:to|against|on)\b"
    r"(?!\s(?:any (?:drug|medic)|multiple|several|drugs?\b|medic))"
)
