"""Names whose number says which of two measures is meant: a body surface of '0.6 m2' is none affected by a disease."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from rag.criteria.numbers import Phrase
from rag.criteria.tokens import Kind, Token
from rag.units import Unit, decimal_of

ACUITY = Unit("decimal", "acuity", Fraction(1))  # 20/40 is 0.5
PLUSES = Unit("+", "dipstick", Fraction(1))  # '2+' on a dipstick
# by name: the dimension of the unit, and what is meant then
_MEANT = {
    "bcva_letters": ("acuity", "visual_acuity"),
    "bsa_affected": ("area", "body_surface_area"),
    "m_protein": ("excretion", "urine_m_protein"),
    "proteinuria": ("dipstick", "dipstick_protein"),
    "serum_creatinine": ("clearance", "creatinine_clearance"),
}
# what a number in another unit behind such a name is of, 'urine protein < 2+ or < 1 g per day'
_AGAIN = {
    ("visual_acuity", "score"): "bcva_letters",
    ("dipstick_protein", "excretion"): "proteinuria",
    ("dipstick_protein", "mass"): "proteinuria",
    ("urine_m_protein", "mass_per_volume"): "m_protein",
} | {(name, dimension): other for name, (dimension, other) in _MEANT.items()}
_FEET = (8, 800)  # letters that an eye reads at 20 feet, the second number of 20/40
_METRES = frozenset(map(Decimal, ["5", "6", "7.5", "9", "12", "15", "18", "24", "30", "36", "48", "60", "90", "120"]))
_CHARTS = (Decimal(200), Decimal(400))  # feet: 3/200 and 8/200 are read from nearer
_NEAREST = 15  # feet
_MOST_PLUSES = 4
_BEHIND, _AHEAD = 12, 5  # tokens from a name to its number


def meant(tokens: list[Token], lowered: str) -> list[Token]:
    """Tokens with Snellen fractions and pluses joined, and names changed to what their numbers measure."""
    if any(token.value == "blood_pressure" for token in tokens):
        _with_slashes(tokens)
    elif any(token.kind is Kind.SEX for token in tokens):
        tokens = _each_with_its_sex(tokens, lowered)
    names = {token.value for token in tokens if token.value in _MEANT and token.kind is Kind.VARIABLE}
    if not names:
        return tokens
    if "bcva_letters" in names:
        tokens = _with_acuities(tokens, lowered)
    if "proteinuria" in names:
        tokens = _with_pluses(tokens)
    for index, token in enumerate(tokens):
        if token.kind is Kind.VARIABLE and token.value in _MEANT:
            dimension, other = _MEANT[token.value]
            number = _number_of(tokens, index)
            if number is not None and number.units and number.units[0].dimension == dimension:
                token.value = other
    return tokens


_FOR_SOME = re.compile(r"(?i)[ ,]{1,2}(?:if|in (?:case|the|patients|subjects|participants|those)|for|when|with)\b")
_GAP = frozenset({Kind.OPEN, Kind.CLOSE, Kind.COMMA, Kind.OR, Kind.GLUE, Kind.ULN})
_MOST_TIMES = 20
# whose values are no numbers so small, or hardly so; not INR, creatinine, TSH: 'INR ≤ 1.5 x ULN (≤ 3 if on warfarin)'
COUNTED_IN_NORMALS = frozenset(
    ["alt", "ast", "transaminases", "bilirubin", "direct_bilirubin", "indirect_bilirubin", "alp", "ggt", "ldh", "ck",
     "amylase", "lipase", "pt", "aptt", "d_dimer"]
)  # fmt: skip


def is_bare_multiple(tokens: Sequence[Token], text: str, before: Phrase, phrase: Phrase) -> bool:
    """'AST ≤ 2.5 x ULN (≤ 5 with liver metastases)': a number alone behind a multiple of normal is one too."""
    gap = tokens[before.last : phrase.first]
    if phrase.scale or phrase.broken or len(phrase.bounds) != 1 or not all(token.kind in _GAP for token in gap):
        return False
    number = phrase.bounds[0].token.number
    small = number is not None and 1 <= number <= _MOST_TIMES and phrase.bounds[0].sign in ("≤", "<", ">", "≥")
    return small and _FOR_SOME.match(text, tokens[phrase.last - 1].end) is not None


def _with_slashes(tokens: list[Token]) -> None:
    """'< 160 x 100 mmHg', '140 by 90': the signs between the two pressures read as strokes."""
    for one, between, other in zip(tokens, tokens[1:], tokens[2:], strict=False):
        joined = between.kind is Kind.TIMES or between.value in ("by", "over")
        if joined and one.kind is other.kind is Kind.NUMBER and not one.units and not one.word:
            between.kind = Kind.SLASH


_BOTH = (Kind.SLASH, Kind.AND, Kind.OR)


def _each_with_its_sex(tokens: list[Token], lowered: str) -> list[Token]:
    """'≥ 10/11 g/dL (women/men)', '10 and 11 in women and men respectively': each sex put behind its own number."""
    for at in range(len(tokens) - 5):
        first, joint, second = tokens[at : at + 3]
        if first.kind is not Kind.NUMBER or second.kind is not Kind.NUMBER or joint.kind not in _BOTH or first.units:
            continue
        behind = next((i for i in range(at + 3, min(at + 7, len(tokens))) if tokens[i].kind is Kind.SEX), 0)
        here = tokens[behind : behind + 3]
        between = tokens[at + 3 : behind]
        if not behind or len(here) < 3 or any(t.kind not in (Kind.OPEN, Kind.GLUE, Kind.IF) for t in between):
            continue
        if here[1].kind not in _BOTH or here[2].kind is not Kind.SEX or here[0].value == here[2].value:
            continue
        if joint.kind is not Kind.SLASH and here[1].kind is Kind.SLASH:
            continue
        if joint.kind is Kind.AND and "respectively" not in lowered[second.end : here[2].end + 20]:
            continue  # 'between 18 and 65, men and women'
        first.units, joint.kind = second.units, Kind.COMMA
        last = behind + 3 + any(token.kind is Kind.OPEN for token in between)  # past what closes the bracket
        return [*tokens[: at + 1], here[0], joint, second, here[2], *tokens[last:]]
    return tokens


def measured_by(name: str, units: Sequence[Unit]) -> str:
    """The variable that a number with `units` is of behind the name of the variable `name`."""
    return _AGAIN.get((name, units[0].dimension), name) if units else name


def _number_of(tokens: Sequence[Token], name: int) -> Token | None:
    """The number behind a name, or else the one before it, with no other name or stop between."""
    for places in (range(name + 1, min(len(tokens), name + _BEHIND)), range(name - 1, max(-1, name - _AHEAD), -1)):
        for place in places:
            if tokens[place].kind in (Kind.VARIABLE, Kind.STOP, Kind.SEMICOLON):
                break
            if tokens[place].kind is Kind.NUMBER:
                return tokens[place]
            if tokens[place].kind in (Kind.ULN, Kind.NORMAL):
                return None  # '… ≥ 50 mL/min Serum creatinine no greater than ULN'
    return None


def _with_acuities(tokens: list[Token], lowered: str) -> list[Token]:
    """'20/40', '6/12' as one number each; 'up to 20/400' has none, for it may mean the worst or the best."""
    joined: list[Token] = []
    for token in tokens:
        if [one.kind for one in joined[-2:]] != [Kind.NUMBER, Kind.SLASH] or not _is_acuity(joined[-2], token):
            joined.append(token)
            continue
        first = joined[-2]
        del joined[-2:]
        upward = bool(joined) and lowered[joined[-1].start : joined[-1].end].startswith("up")
        number = None if upward else decimal_of(Fraction(first.number or 0) / Fraction(token.number or 1))
        value = lowered[first.start : token.end]
        joined.append(Token(Kind.NUMBER, first.start, token.end, value, number, units=(ACUITY,), unit_end=token.end))
    return joined


def _is_acuity(first: Token, second: Token) -> bool:
    if second.kind is not Kind.NUMBER or second.number is None or first.units or second.units:
        return False
    feet = first.number == Decimal(20) and _FEET[0] <= second.number <= _FEET[1]
    near = first.number is not None and first.number <= _NEAREST and second.number in _CHARTS
    return feet or near or (first.number == Decimal(6) and second.number in _METRES)


def _with_pluses(tokens: list[Token]) -> list[Token]:
    """'2+', '3 +' behind proteinuria as numbers of pluses, where no older or better follows."""
    joined: list[Token] = []
    for token in tokens:
        before = joined[-1] if joined else token
        plus = token.end - token.start == 1 and (token.value == "+" or token.kind is Kind.TRAIL)
        few = before.kind is Kind.NUMBER and not before.units and before.number is not None
        if plus and few and 1 <= (before.number or 0) <= _MOST_PLUSES and token.start - before.end <= 1:
            before.units, before.unit_end, before.end = (PLUSES,), token.end, token.end
        else:
            joined.append(token)
    return joined


def is_longer_by(text: str, place: int) -> bool:
    """'prothrombin time prolonged by > 4 seconds': whether a value at `place` is by how much a time is too long."""
    return _LONGER_BY.search(text, max(0, place - _LONGER_REACH), place) is not None


# not 'QTc prolongation > 480 ms', which is how long it is
_LONGER_BY = re.compile(
    r"(?i)\b(?:pt|a?ptt|(?:prothrombin|thromboplastin) time)\W{0,3}(?:is |are )?prolong(?:ation|ed)"
    r"(?: (?:of|by))?(?: (?:at least|more than|less than))?[ <>≤≥]*$"
)
_LONGER_REACH = 80  # characters
