"""Whom a value is for, told behind it, '(adults)', '(over 10 years)', or before it, 'patients are excluded if'."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from rag.criteria.limits import Limit
from rag.criteria.tokens import Kind, Token
from rag.criteria.treated import BOUNDARIES

ANYBODY = frozenset({"patients", "subjects", "participants", "individuals", "persons"})
_GROUPS = frozenset(
    ["adult", "adults", "child", "children", "pediatric", "pediatrics", "paediatric", "paediatrics", "adolescent",
     "adolescents", "infants", "newborns", "neonates", "teenagers", "elderly", "youth"]
)  # fmt: skip
_BESIDE = ANYBODY | {"for", "in", "and", "only", "or"}
_OF_AGE = frozenset(["age", "of", "old", "and", "or", "if", "for", "over", "under", "aged"])
_TIMES = frozenset({"age", "gestational_age", "life_expectancy", "onset_to_treatment", "pack_years"})
_LONGEST = 7  # tokens of such a bracket


def without_pointers(tokens: list[Token], text: str) -> list[Token]:
    """The tokens without the brackets of '(below)' and '(above)', which compare nothing."""
    if "(below)" not in text and "(above)" not in text:
        return tokens
    dropped = {
        at + step
        for at, token in enumerate(tokens[:-2])
        if token.kind is Kind.OPEN and text[token.start :].lower().startswith(("(below)", "(above)"))
        for step in range(3)
    }
    return [token for at, token in enumerate(tokens) if at not in dropped]


_INTO = frozenset(["in", "into", "for", "to", "the"])
# '… will be enrolled in stage 2'
_PARTS = frozenset(["part", "stage", "phase", "arm", "cohort", "substudy", "extension"])
HARMS = frozenset(  # '… whose disease may affect the results': no demand and no permission
    ["affect", "interfere", "increase", "cause", "impair", "compromise", "influence", "pose", "confound", "limit"]
)
_DEMANDS = frozenset(["must", "should", "required", "need", "needs", "can", "may"])
_TAKING_PART = frozenset(["take", "participate", "enroll", "enrol", "enter", "join", "be"])


def leads_to_demand(tokens: Sequence[Token]) -> bool:
    """'Only patients with metastases: …', '… may have an AST ≤ 5': what is told of them stands behind their name."""
    asked = (at for at, token in enumerate(tokens) if token.value in _DEMANDS)
    told = any(not {token.value for token in tokens[at + 1 : at + 2]} & _TAKING_PART for at in asked)
    parts = any(one.value in _INTO and token.value in _PARTS for one, token in pairwise(tokens))
    return told or parts or any(token.kind is Kind.COLON for token in tokens)


def is_of_people(tokens: Sequence[Token], at: int, ends: Collection[int]) -> bool:
    """'… of subjects', '… in patients' behind a value."""
    return tokens[at].value in ("of", "in") and at in ends and tokens[at + 1].value in ANYBODY


def names_group(tokens: Sequence[Token], at: int, limits: Sequence[Limit]) -> bool:
    """Whether a bracket that opened right before `at`, right behind a value, holds nothing but a group of people."""
    if not at or tokens[at - 1].kind is not Kind.OPEN:
        return False
    behind = next((limit for limit in limits if limit.last == at - 1), None)
    close = next((i for i in range(at, min(len(tokens), at + _LONGEST)) if tokens[i].kind is Kind.CLOSE), at)
    inside = tokens[at:close]
    if behind is None or behind.base in _TIMES or not inside:
        return False
    if any(token.value in _GROUPS for token in inside):
        return all(token.value in _GROUPS or token.value in _BESIDE for token in inside)
    return _are_ages(inside)


def _are_ages(inside: Sequence[Token]) -> bool:
    """'over 10 years', '10 years and under', '< 16 years old'."""
    numbers = [token for token in inside if token.kind is Kind.NUMBER]
    years = any(unit.id == "years" for token in numbers for unit in token.units)
    turned = any(token.kind in (Kind.COMPARE, Kind.TRAIL) for token in inside)
    known = (Kind.NUMBER, Kind.COMPARE, Kind.TRAIL, Kind.VARIABLE, Kind.DASH, Kind.TO)
    return years and turned and all(token.kind in known or token.value in _OF_AGE for token in inside)


_OUT = frozenset(["excluded", "exclusionary", "ineligible", "disqualified"])
_IN = frozenset(["eligible", "enrolled", "included", "permitted", "allowed", "accepted", "participate"])
_ANYONE = frozenset(
    ["patients", "subjects", "participants", "individuals", "volunteers", "candidates", "persons", "they", "all", "any",
     "the", "patient", "subject", "participant", "will", "would", "be", "are", "is", "must", "should", "shall", "also",
     "not", "considered", "for", "from", "this", "study", "trial", "participation", "inclusion", "to", "enrolment",
     "enrollment", "a"]
)  # fmt: skip


def leads_to_out(tokens: Sequence[Token], at: int) -> bool:
    """'Patients will be excluded if …': who is out, whoever it is; not 'Patients with asthma are excluded if'."""
    first = at
    while first and tokens[first - 1].kind not in BOUNDARIES:
        first -= 1
    said = {token.value for token in tokens[first:at]}
    out = not _OUT.isdisjoint(said) or ("not" in said and not _IN.isdisjoint(said))
    return out and said <= _ANYONE | _OUT | _IN


def says_little(tokens: Sequence[Token]) -> bool:
    """Whether a gap in one sentence holds three words at most, brackets that open and close in it left out:
    'no more than 3 lines (…) for those with …'."""
    inside = _bracketed(tokens) if all(token.kind is not Kind.STOP for token in tokens) else frozenset[int]()
    words = (Kind.WORD, Kind.DECOY, Kind.VARIABLE)
    return sum(token.kind in words and place not in inside for place, token in enumerate(tokens)) <= _FEW_WORDS


_FEW_WORDS = 3


def past_bracket(tokens: Sequence[Token]) -> Sequence[Token]:
    """Tokens behind a bracket that opens at once, '45 kg (99 lb) over …'; all of them where none does."""
    if not tokens or tokens[0].kind is not Kind.OPEN:
        return tokens
    close = next((place for place, token in enumerate(tokens) if token.kind is Kind.CLOSE), len(tokens))
    return tokens[close + 1 :]


def _bracketed(tokens: Sequence[Token]) -> frozenset[int]:
    """The places of tokens between a bracket that opens in a gap and the one that closes it there."""
    opened: list[int] = []
    inside: set[int] = set()
    for place, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            opened.append(place)
        elif token.kind is Kind.CLOSE and opened:
            inside.update(range(opened.pop(), place))
    return frozenset(inside)


def closing_values(tokens: Sequence[Token], limits: Sequence[Limit]) -> set[int]:
    """Behind each value, and behind the small words up to a bracket: '> 210 ms on ECG at screening (…'."""
    found = set[int]()
    for limit in limits:
        index = limit.last
        while index < len(tokens) and tokens[index].kind is Kind.GLUE:
            index += 1
        bracket = index < len(tokens) and tokens[index].kind is Kind.OPEN and limit.base != "age"
        found |= {limit.last, index} if bracket else {limit.last}
    return found


def is_before_value(tokens: Sequence[Token], first: int, last: int, limits: Sequence[Limit]) -> bool:
    """'Hemoglobin for participants with sarcoma: ≥ 9 g/dL': whom a value is for, between its name and itself."""
    value = last + (last < len(tokens) and tokens[last].kind is Kind.COLON)
    return any(0 <= limit.name < first and limit.first == value for limit in limits)


def is_behind_label(tokens: Sequence[Token], first: int) -> bool:
    """'(Japan only) For subjects …': whether a bracket that closes right before `first` is all that stands there."""
    return tokens[0].kind is Kind.OPEN and all(token.kind is not Kind.CLOSE for token in tokens[: first - 1])


def asks_words(tokens: Sequence[Token], index: int) -> bool:
    """'…, a biopsy required Renal: creatinine ≤ 2': whether what is asked for has been told, and was no value."""
    following = tokens[index + 1 : index + 2]
    leads = any(token.kind in _LEADS or token.value in ("of", "is", "be", "as", "at") for token in following)
    return tokens[index].value == "required" and bool(following) and not leads


_LEADS = frozenset({Kind.TO, Kind.COLON, Kind.COMPARE, Kind.NUMBER})


def is_of_age(words: str) -> bool:
    """'over 16 years', 'for those ≤ 16': whether a condition is an age, told without its name."""
    return _AGED.fullmatch(words) is not None


_AGED = re.compile(
    r"(?i)(?:for |if |in )?(?:(?:patients|those|children|participants|subjects) )?(?:[<>≤≥] ?=?|over|under|below|above"
    r"|at least|(?:older|younger|less|more|greater) than) ?\d{1,2}(?: ?(?:years?|yrs?))?"
)


def enclosing(tokens: Sequence[Token]) -> list[int]:
    """For each token the index of the parenthesis that holds it, −1 outside."""
    inner, stack = [], [-1]
    for index, token in enumerate(tokens):
        if token.kind is Kind.CLOSE and len(stack) > 1:
            stack.pop()
        inner.append(stack[-1])
        if token.kind is Kind.OPEN:
            stack.append(index)
    return inner
