"""Tables printed in one line: 'Hemoglobin ≥ 9 g/dL Renal Creatinine ≤ 1.5 x ULN Hepatic Bilirubin …'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.criteria.brackets import without_pointers
from rag.criteria.tokens import Kind, Token

_ROWS = frozenset(
    ["Renal", "Hepatic", "Liver", "Coagulation", "Hematologic", "Hematological", "Haematologic", "Haematological",
     "Hematology", "Haematology", "Endocrine"]
)  # fmt: skip
_BEFORE = frozenset({Kind.NUMBER, Kind.ULN, Kind.LLN, Kind.CLOSE, Kind.NORMAL, Kind.TRAIL})


# '6 to < 10 years Male 1 Female 1': a row of a table by age and sex, whose numbers are of what the table is of
_ROW_BY_SEX = re.compile(
    r"(?i)\W*(?:age:? )?\d{1,2}(?: (?:months?|years?|yrs))?(?: (?:to|-) [<≤]? ?\d{1,2})? ?(?:months?|years?|yrs)\W*"
    r"(?:male|female)s?\W*\d(?:\.\d+)?\W+(?:male|female)s?\W*\d(?:\.\d+)?\W*"
)


def is_row_by_sex(text: str) -> bool:
    """Whether a line is such a row and nothing else: its ages limit nobody."""
    return text[-2:-1].isdigit() | text[-1:].isdigit() and _ROW_BY_SEX.fullmatch(text) is not None


def with_rows_apart(tokens: list[Token], text: str) -> list[Token]:
    """The tokens with a full stop for each name of a row that stands, capital, between a value and a measure; without
    '(below)' and '(above)'."""
    tokens = without_pointers(tokens, text)
    if not any(row in text for row in _ROWS):
        return tokens
    return [
        replace(token, kind=Kind.STOP, value=".") if _is_row(tokens, index, text) else token
        for index, token in enumerate(tokens)
    ]


def _is_row(tokens: Sequence[Token], index: int, text: str) -> bool:
    token, behind = tokens[index], tokens[index + 1 : index + 4]
    if token.kind not in (Kind.WORD, Kind.GLUE) or text[token.start : token.end] not in _ROWS or not index:
        return False
    named = next((one.kind for one in behind if one.kind is not Kind.GLUE), None) is Kind.VARIABLE
    return tokens[index - 1].kind in _BEFORE and named
