"""Roman numerals and lettered classes: 'NYHA III', 'Child-Pugh B7'."""

from __future__ import annotations

import re
from decimal import Decimal

from rag.criteria.lexicon import Variable, load_variables
from rag.criteria.tokens import Kind, Token
from rag.units import load_units


def prepare_scales(tokens: list[Token], heading: str = "") -> None:
    """Read Roman numerals and class letters after the name of a scale that uses them; in place."""
    variables = load_variables()
    active = variables.get(heading)
    since = 0
    classes = False  # 'class II, III or IV': the word stands once for the whole list
    for index, token in enumerate(tokens):
        if token.kind is Kind.VARIABLE:
            active, since = variables[token.value], 0
            continue
        since += 1
        anew = token.value == "stage" and tokens[index - 1].kind in (Kind.COMMA, Kind.SEMICOLON)
        if token.kind in (Kind.STOP, Kind.DECOY) or since > 14 or anew:  # 'NYHA III, stage IV cirrhosis'
            active = None
        after_class = classes
        classes = token.value in _CLASS_WORDS or (classes and (token.value in _ROMANS or token.kind in _LIST_SIGNS))
        if active is not None and active.letters and token.kind in (Kind.WORD, Kind.GLUE):
            _read_letter(tokens, index, active)
        elif token.kind in (Kind.WORD, Kind.GLUE):
            scaled = (active is not None and active.roman) or after_class or _is_grade_of_heart(tokens, index)
            if scaled or (token.value in _ROMANS and _before_scale(tokens, index)):
                _read_roman(tokens, index)


# "Karnofsky (> 16 years) or Lansky (≤ 16 years)": of whom each scale is asked, between its name and the value
AGED_SCALE = re.compile(
    r"(?i)\b(?:karnofsky|lansky)\b[^.;:()<>≤≥\d]{0,40}(?:\([kl]p{1,2}s\) ?)?\((?P<who>(?:for |if |in )?(?:[a-z]+ ){0,3}"
    r"(?:(?:[<>≤≥] ?=?|= ?[<>]|over|under|below|above|at least|(?:older|younger|less|more|greater) than)"
    r" ?(?:\d{1,2} ?(?:years?|yrs?)\b[^()]{0,24}|1[0-8](?=\)))"
    r"|\d{1,2} ?(?:years?|yrs?) (?:(?:of age|old) )?(?:or|and) (?:older|over|above|younger|under)[^()]{0,12}))\)"
)


# "Lansky ≥ 60 (under 16)": the bare age of those whom a value is for
_AGED_VALUE = re.compile(
    r"(?i)\b(?:karnofsky|lansky)\b[^.;:()]{0,40}\d ?%? ?\((?:for |if |in )?(?:[<>≤≥] ?=?|over|under|below|above"
    r"|at least|(?:older|younger|less|more|greater) than) ?(?P<age>1[0-8]|[2-9])\)"
)


def with_ages_of_values(tokens: list[Token], text: str) -> list[Token]:
    """The tokens, with years for the bare ages that stand in brackets behind the value of a scale; in place."""
    ages = {found.start("age") for found in _AGED_VALUE.finditer(text)} if "ky" in text else ()
    for token in tokens if ages else ():
        if token.start in ages and token.kind is Kind.NUMBER and not token.units:
            token.units = (load_units().by_id["years"],)
    return tokens


def without_ages_of_scales(tokens: list[Token], text: str) -> list[Token]:
    """The tokens without such brackets: their ages bind nobody, and what stands behind is the value of the scales."""
    spans = [(found.start("who") - 1, found.end()) for found in AGED_SCALE.finditer(text)] if "ky" in text else []
    return [one for one in tokens if not any(start <= one.start < end for start, end in spans)] if spans else tokens


_CLASS_WORDS = frozenset({"class", "classes", "functional", "type", "types"})
_LIST_SIGNS = frozenset({Kind.COMMA, Kind.OR, Kind.AND, Kind.DASH, Kind.TO, Kind.SLASH})
_ROMANS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "iia": None, "iib": None}


def _is_grade_of_heart(tokens: list[Token], index: int) -> bool:
    """'heart failure of grade III or IV by NYHA': a grade whose scale is named behind it, in the same sentence."""
    first = index
    while first > 0 and (tokens[first - 1].kind in _LIST_SIGNS or tokens[first - 1].kind is Kind.NUMBER):
        first -= 1
    if not first or tokens[first - 1].kind is not Kind.GRADE or tokens[index].value not in _ROMANS:
        return False
    ends = (Kind.STOP, Kind.SEMICOLON)
    near = tokens[index + 1 : index + 10]
    named = next((token for token in near if token.kind is Kind.VARIABLE or token.kind in ends), None)
    return named is not None and named.kind is Kind.VARIABLE and named.value == "nyha"


def _before_scale(tokens: list[Token], index: int) -> bool:
    """'heart failure III or IV NYHA': numerals right before the name of their scale."""
    for token in tokens[index + 1 : index + 5]:
        if token.kind is Kind.VARIABLE:
            return load_variables()[token.value].roman
        if token.kind not in _LIST_SIGNS and token.value not in _ROMANS and token.value not in _CLASS_WORDS:
            return False
    return False


# 'NYHA II to IIIb' ends at III; by itself or first of a range, a letter leaves out a part of the class
_UPPER_ENDS = {"iia": 2, "iib": 2, "iiia": 3, "iiib": 3, "iva": 4, "ivb": 4}


def _goes_on(tokens: list[Token], index: int) -> bool:
    """Whether a range or list that opened with a numeral goes on here: the 'IIIb' of 'II to IIIb'."""
    return index > 1 and tokens[index - 1].kind in _LIST_SIGNS and tokens[index - 2].kind is Kind.NUMBER


def _read_roman(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    value = _ROMANS.get(token.value) or (_UPPER_ENDS.get(token.value) if _goes_on(tokens, index) else None)
    if value is None or (token.value == "i" and index + 1 < len(tokens) and tokens[index + 1].value in ("e", "am")):
        return
    tokens[index] = Token(Kind.NUMBER, token.start, token.end, str(value), Decimal(value), unit_end=token.end)


def _read_letter(tokens: list[Token], index: int, variable: Variable) -> None:
    token = tokens[index]
    letter, digits = token.value[:1].upper(), token.value[1:]
    span = (variable.letters or {}).get(letter)
    if span is None or (digits and not digits.isdigit()):
        return
    named = index and (tokens[index - 1].kind in (Kind.VARIABLE, Kind.DASH) or tokens[index - 1].value in _CLASS_WORDS)
    if token.value == "a" and not named and index + 1 < len(tokens):
        joined = index > 0 and tokens[index - 1].value in ("with", "and", "has", "have", "having", "plus")
        if tokens[index + 1].kind is Kind.WORD or (joined and tokens[index + 1].kind is Kind.VARIABLE):
            return  # the article: 'class A or B7 with a serum albumin ≥ 2.8'
    ends = (Decimal(digits), Decimal(digits)) if digits else span
    if digits and not span[0] <= ends[0] <= span[1]:
        return
    tokens[index] = Token(Kind.NUMBER, token.start, token.end, "letter", None, lists=ends, unit_end=token.end)
