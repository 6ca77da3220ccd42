"""Where a list goes on: what ", or current use of warfarin" is no longer a part of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.criteria.tokens import Kind, Token
from rag.criteria.words import word_set

# "prior or current use of alcohol" is one member
_EARLIER = frozenset(["current", "earlier", "ever", "former", "past", "present", "previous", "prior", "recent"])
_VERBS = frozenset(["had", "has", "have"])
_PREGNANT = frozenset(["breastfeeding", "lactating", "pregnancy", "pregnant"])


def resumes(keys: Sequence[str], kind: str, reached: int, first: int, last: int) -> bool:
    """Whether the words [first, last) begin a new member of the list, behind a cue of `kind` that ends at `reached`.

    A comma before them tells it. Without one, "skin cancer or a history of carcinoma in situ" may both be excepted,
    and "due to alcohol or current use of cocaine" both be causes.
    """
    if keys[first - 1] in _EARLIER:
        return False
    listed, verb, told = is_apart(keys, first), keys[last - 1] in _VERBS, keys[reached : first - 1]
    if kind == "except" and verb:  # "surgery excluding biopsy or had an injury"; not "except those who have … or had …"
        return word_set("persons").isdisjoint(told) and not {"that", "those", "who"}.intersection(told)
    if kind in {"except", "unless"}:  # a list of exceptions ends with its last member: "except A, B and C, or use of D"
        return listed and ("," not in told or not {"and", "or"}.isdisjoint(told))
    if kind == "whatever":
        return listed or verb
    return listed or kind != "cause" or "history" in keys[first:last]


def is_apart(keys: Sequence[str], first: int) -> bool:
    """Whether a comma or the end of a parenthesis stands before a member that begins at `first`."""
    return keys[first] in {",", ";"} or keys[first - 1] in {",", ";", ")"}


def is_of_pregnancy(keys: Sequence[str], last: int) -> bool:
    """ "… or breastfeeding" is a member of its own wherever it stands."""
    return keys[last - 1] in _PREGNANT


def begins_run_on(tokens: Sequence[Token], index: int, text: str) -> bool:
    """'unless due to Gilbert's disease AST ≤ 3 x ULN', '… Other: No …': what follows where a full stop was lost."""
    token, before = tokens[index], tokens[index - 1]
    if text.startswith(("No ", "Not "), token.start):
        return text[max(0, token.start - 2)].islower()  # '… allowed if stable for 3 months No prior mitomycin'
    if before.kind not in (Kind.WORD, Kind.GLUE) or not text[token.start].isupper():
        return False
    if token.kind is Kind.VARIABLE:
        return _ILLNESS_ENDS.search(before.value) is not None
    return token.value in _ORGANS and index + 1 < len(tokens) and tokens[index + 1].kind is Kind.COLON


_ILLNESS_ENDS = re.compile(
    r"(?:diseases?|syndrome|metastas[ei]s|involvement|infiltration|h[ae]+molysis|anticoagula(?:nts?|tion)|lymphoma"
    r"|leuk[ae]+mia|tumou?rs?|cancer|warfarin|coumadin|hyperbilirubin[ae]+mia|bilirubin[ae]+mia)$"
)
_ORGANS = frozenset(["other", "renal", "hepatic", "hematopoietic", "cardiovascular", "pulmonary"])
