"""Tokens of eligibility prose: numbers, units, comparisons, variables and the small words that join them.

One left-to-right scan with a single pattern of bounded parts, then longest-match of variable names: linear in the
text. The text is folded (`rag.text.fold`); offsets count in the folded text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from rag.criteria.meant import meant
from rag.criteria.mending import mended
from rag.criteria.naming import name_variables
from rag.criteria.patterns import MAGNITUDE, PHRASES, SIMPLE, STRANGE_UNIT
from rag.criteria.tokens import Kind, Token
from rag.criteria.vocabulary import FEMALE, GLUE, NUMBERS, PHRASE_STARTS, SMALL, TENS
from rag.units import Unit, load_units

_SIGNS = {
    ";": Kind.SEMICOLON, ":": Kind.COLON, ",": Kind.COMMA, "(": Kind.OPEN, "[": Kind.OPEN, ")": Kind.CLOSE,
    "]": Kind.CLOSE, "/": Kind.SLASH, "&": Kind.AND, "-": Kind.DASH, "–": Kind.DASH, "—": Kind.DASH, "~": Kind.DASH,
    "%": Kind.WORD, "+": Kind.WORD,
}  # fmt: skip


@lru_cache(maxsize=64)  # asked for a line that is then cut into tokens
def reading_form(text: str) -> str:
    """Folded `text` in lower case, its slips set right; as long as it was."""
    return mended(lower(text))


def tokenize(text: str) -> list[Token]:
    """The tokens of folded `text` in order; unit words are taken into the number before them."""
    lowered = reading_form(text)
    tokens: list[Token] = []
    at = 0
    units = load_units()
    for found in SIMPLE.finditer(lowered):
        start = found.start()
        if start < at:
            continue
        name = found.lastgroup or ""
        word = found.group() if name == "word" else ""
        if word in PHRASE_STARTS:
            phrase = PHRASES.match(lowered, start)
            if phrase is not None:
                found, name = phrase, phrase.lastgroup or ""  # noqa: PLW2901
        if name == "word":
            token = _word_number(word, start, lowered) if word in NUMBERS else _word(word, start, lowered)
            at = token.end if token.end > token.unit_end else token.unit_end
        elif name == "number":
            token = _number(lowered, found, units)
            at = max(token.end, token.unit_end)
        else:
            token = _other(name, found, lowered)
            if token.kind is Kind.STOP and _goes_on(text, token.end):
                token.kind = Kind.GLUE  # 'yrs. of age', 'lbs. and above'
            at = max(token.end, token.unit_end)
        tokens.append(token)
    return meant(name_variables(_join_durations(tokens), text, lowered), lowered)


def _join_durations(tokens: list[Token]) -> list[Token]:
    """'34 weeks 6 days', '34 6/7 weeks', '34 + 6 weeks' as one number of weeks."""
    if sum(token.kind is Kind.NUMBER for token in tokens) < 2:
        return tokens
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        if tokens[at].kind is not Kind.NUMBER:
            joined.append(tokens[at])
            at += 1
            continue
        here = tokens[at : at + 4]
        weeks = _in_two_units(here) or _weeks_and_days(here)
        if weeks is None:
            joined.append(tokens[at])
            at += 1
        else:
            joined.append(weeks[0])
            at += weeks[1]
    return joined


# of how many of the second unit the first is made
_PARTS = {("years", "months"): 12, ("kg", "g"): 1000}


def _in_two_units(here: list[Token]) -> tuple[Token, int] | None:
    """'17 years and 11 months', '6 kg 300 g' as one number of the first unit."""
    if len(here) < 2 or here[0].kind is not Kind.NUMBER or not here[0].units or here[0].number is None:
        return None
    used = 3 if here[1].kind in (Kind.AND, Kind.COMMA) else 2
    second = here[used - 1] if len(here) >= used else here[0]
    if second.kind is not Kind.NUMBER or not second.units or second.number is None or (here[0].word and used > 2):
        return None
    parts = _PARTS.get((here[0].units[0].id, second.units[0].id), 0)
    if not 0 < second.number < parts:
        return None
    number = (here[0].number + second.number / parts).quantize(Decimal("1e-10")).normalize()
    end = max(second.end, second.unit_end)
    return Token(Kind.NUMBER, here[0].start, second.end, here[0].value, number, units=here[0].units, unit_end=end), used


def _weeks_and_days(here: list[Token]) -> tuple[Token, int] | None:
    if len(here) < 2 or here[0].kind is not Kind.NUMBER or here[0].number is None:
        return None
    first, second = here[0], here[1]
    plus = _plus_days(here)
    if plus is not None:
        return plus, 3
    if second.kind is Kind.COMMA or (second.kind in (Kind.AND, Kind.TRAIL) and second.value != "≤"):
        second, skipped = (here[2], 1) if len(here) > 2 else (second, 0)
    else:
        skipped = 0
    if second.kind is not Kind.NUMBER or second.number is None:
        return None
    count, days = here[0].number, second.number
    ids = {unit.id for unit in first.units}
    if "weeks" in ids and {unit.id for unit in second.units} & {"days"} and days <= 6:
        number, used, units, end = count + days / 7, 2 + skipped, first.units, second
    elif (
        not first.units
        and days <= 6
        and len(here) == 4
        and here[2].kind is Kind.SLASH
        and here[3].number == 7
        and not skipped
    ):
        number, used, units, end = count + days / 7, 4, here[3].units or (load_units().by_id["weeks"],), here[3]
    else:
        return None
    token = Token(
        Kind.NUMBER,
        first.start,
        end.end,
        first.value,
        number.quantize(Decimal("1e-10")).normalize(),
        units=units,
        unit_end=max(end.end, end.unit_end),
    )
    return token, used


def _plus_days(here: list[Token]) -> Token | None:
    """'33+6 weeks' as one number; None where no days stand behind a plus."""
    if len(here) < 3 or here[1].value != "+" or here[2].kind is not Kind.NUMBER or here[0].units:
        return None
    count, days = here[0].number or Decimal(0), here[2].number
    glued = here[0].end == here[1].start and here[1].end == here[2].start
    if days is None or not glued or not 18 <= count <= 45 or days > 6:
        return None
    number = (count + days / 7).quantize(Decimal("1e-10")).normalize()
    end = here[2].end
    return Token(
        Kind.NUMBER, here[0].start, end, here[0].value, number, units=here[2].units, unit_end=max(end, here[2].unit_end)
    )


def _goes_on(text: str, at: int) -> bool:
    """Whether a lower-case word follows a full stop: it ended an abbreviation."""
    while at < len(text) and text[at] == " ":
        at += 1
    return at < len(text) and text[at].islower()


def lower(text: str) -> str:
    """Lower case with every offset kept ('İ' has no lower case of one letter)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


_COMPARES = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "eq": "=", "ne": "≠"} | {
    name: name for name in ("good", "bad", "better", "worse")
}


_TRAILS = {"trailhigh": "≥", "traillow": "≤", "trailgood": "good", "trailbad": "bad"}


_PLAIN = {"uln": Kind.ULN, "lln": Kind.LLN, "normal": Kind.NORMAL, "times": Kind.TIMES, "stop": Kind.STOP}


def _other(name: str, found: re.Match[str], lowered: str) -> Token:
    start, end, text = found.start(), found.end(), found.group()
    if name in _COMPARES:
        return Token(Kind.COMPARE, start, end, _COMPARES[name])
    if name in _TRAILS:
        return Token(Kind.TRAIL, start, end, _TRAILS[name])
    if name in _PLAIN:
        return Token(_PLAIN[name], start, end, text)
    return Token(_SIGNS[text], start, end, text)


_AT = ("at ", "on ", "at the ", "at a ", "during the ", "during ")  # a time of measuring, nothing to compare with


_SHORT_WITH = re.compile(r"w/(?P<out>o\b)?(?=\s?[a-z])")  # 'patients w/ gout', 'w/o'


def _word(text: str, start: int, lowered: str) -> Token:
    """A word by the part it plays; a sex word says which."""
    short = _SHORT_WITH.match(lowered, start) if text == "w" else None
    if short:
        out = short["out"] is not None
        return Token(Kind.NOT if out else Kind.GLUE, start, short.end(), "without" if out else "with")
    kind = SMALL.get(text)
    if kind is None and len(text) > 1:
        return Token(Kind.GLUE if text in GLUE else Kind.WORD, start, start + len(text), text)
    if kind is None and text in ("m", "f") and _is_sex_letter(text, start, lowered):
        kind = Kind.SEX
    value = text
    if kind is Kind.SEX:
        value = "female" if text in FEMALE or text == "f" else "male"
    elif kind is None:
        kind = Kind.GLUE if text in GLUE else Kind.WORD
    elif kind is Kind.BASELINE and lowered[max(0, start - 8) : start].endswith(_AT):
        kind = Kind.GLUE
    return Token(kind, start, start + len(text), value)


def _is_sex_letter(text: str, start: int, lowered: str) -> bool:
    """'≥ 10 (F), ≥ 11 (M)': a letter in brackets that means a sex, where the other one stands so as well."""
    if text not in ("m", "f"):
        return False
    if lowered[start - 1 : start + 2] == f"({text})":
        return "(m)" in lowered and "(f)" in lowered
    return any(start in (found.start(text), found.start(f"{text}2")) for found in _SEX_LETTERS.finditer(lowered))


# '< 12 g/dl M / < 11 g/dl F', '≥ 10 F, ≥ 11 M', '1.4/1.3 mg/dL M/F'
_GAP = r"[ ,;/]{1,3}(?:or |and )?[<>≤≥]?=? ?\d[^;:()\n]{0,14} "
_SEX_LETTERS = re.compile(
    rf"(?<=[\da-z] )(?P<m>m){_GAP}(?P<f>f)\b|(?<=[\da-z] )(?P<f2>f){_GAP}(?P<m2>m)\b"
)


_HYPHEN_ONES = re.compile(r"[- ](one|two|three|four|five|six|seven|eight|nine)\b|[- ]hundred\b")


# "1 1/2 times", "two and a half x" – but not the "1/2" of "ECOG 0-1/2"
_AND_A_HALF = re.compile(r"(?:[ -]1/2| and (?:a|one)[- ]half)(?=\s?(?:x|×|\*|times|fold|the\b|years|months|hours))")


# "greater than three (3) months", "less than six (< 6) months": the number said again in digits
_IN_DIGITS = re.compile(r"\s?[(\[]\s?[<>≤≥]?\s?(\d{1,3})\s?[)\]]")

_IN_LETTERS = re.compile(r"\s?\(([a-z]{3,6})\)")  # 'no more than 3 (three) regimens'


def _word_number(text: str, start: int, lowered: str) -> Token:
    end, value = start + len(text), NUMBERS[text]
    half = _AND_A_HALF.match(lowered, end)
    if half:
        token = Token(Kind.NUMBER, start, half.end(), text, Decimal(value) + Decimal("0.5"), word=True)
        return _with_unit(token, lowered, half.end())
    more = _HYPHEN_ONES.match(lowered, end)
    if more and more[1] and text in TENS:
        value, end = value + NUMBERS[more[1]], more.end()
    elif more and not more[1]:
        value, end = value * 100, more.end()
    again = _IN_DIGITS.match(lowered, end)
    if again and int(again[1]) == value:
        end = again.end()
    token = Token(Kind.NUMBER, start, end, text, Decimal(value), word=True)
    return _with_unit(token, lowered, end)


def _with_unit(token: Token, lowered: str, at: int) -> Token:
    units = load_units()
    if lowered[at : at + 1] == "-":
        match = units.match(lowered, at + 1)
        if match and match[0][0].dimension != "time":
            match = None
    else:
        match = units.match(lowered, at)
    if match:
        token.units, token.unit_end = match
        token.unit_end = _past_symbol(lowered, token.unit_end)
    else:
        token.unit_end = token.end
        strange = STRANGE_UNIT.match(lowered, at)
        if strange and not token.word:
            token.units, token.unit_end = (_UNKNOWN,), strange.end()
    return token


def _past_symbol(lowered: str, end: int) -> int:
    """Past '(kg/m2)' behind 'kilogram per square meter', '[lb]' behind 'pounds'."""
    opened = end + 1 if lowered[end : end + 1] == " " else end
    closing = {"(": ")", "[": "]"}.get(lowered[opened : opened + 1], "")
    if _is_sex_letter(lowered[opened + 1 : opened + 2], opened + 1, lowered):
        return end  # 'ms (M)' is no metre
    again = load_units().match(lowered, opened + 1) if closing else None
    return again[1] + 1 if again and lowered[again[1] : again[1] + 1] == closing else end


_POWER = re.compile(r"\s?\^\s?([2-9]|1[0-2])\b")  # '≥ 10^3 IU/mL'
_UNKNOWN = Unit("unknown unit", "unknown", Fraction(1))


def _number(lowered: str, found: re.Match[str], units: object) -> Token:
    text, start, end = found.group(), found.start(), found.end()
    token = Token(Kind.NUMBER, start, end, text)
    token.number, token.thousands, token.lists = _readings(text)
    if token.number is None and not token.lists:
        token.unit_end = end
        return token
    again = _IN_LETTERS.match(lowered, end)
    if again and NUMBERS.get(again[1]) == token.number:
        token.end = end = again.end()
    half = _AND_A_HALF.match(lowered, end) if text.isdigit() else None
    if half and token.number is not None:
        token.number, token.end, end = token.number + Decimal("0.5"), half.end(), half.end()
    power_of_ten = _POWER.match(lowered, end) if text == "10" else None
    if power_of_ten:
        token.number, token.thousands = Decimal(10) ** int(power_of_ten[1]), None
        token.end = end = power_of_ten.end()
        return _with_unit(token, lowered, end)
    magnitude = MAGNITUDE.match(lowered, end)
    if magnitude and token.number is not None:
        power = next(group for group in magnitude.groups() if group)
        exponent = 3 if power.startswith("1") and power.endswith("000") else int(power.lstrip("e"))
        if exponent <= 12:
            token.number *= Decimal(10) ** exponent
            token.thousands = None
            token.end = end = magnitude.end()
    return _with_unit(token, lowered, end)


def _readings(text: str) -> tuple[Decimal | None, Decimal | None, tuple[Decimal, ...]]:
    """A printed number as (value, the reading with European thousands, a list of single digits '0,1,2')."""
    text = text.replace(". ", ".")  # '≤1. 5×ULN'
    if _PLAIN_NUMBER.fullmatch(text):
        return Decimal(re.sub(r"[ ,]", "", text)), None, ()
    if _DECIMAL.fullmatch(text):
        whole = re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", text)
        return Decimal(text), Decimal(text.replace(".", "")) if whole else None, ()
    if re.fullmatch(r"\d(?:,\d)+", text):
        parts = tuple(Decimal(part) for part in text.split(","))
        pair = Decimal(text.replace(",", ".")) if len(parts) == 2 else None
        return pair, None, parts if pair is None or parts[1] - parts[0] == 1 else ()  # '7,5' names no two steps
    if re.fullmatch(r"\d*,\d{1,2}", text):
        return Decimal("0" + text.replace(",", ".")), None, ()
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", text):
        return Decimal(text.replace(".", "")), None, ()
    return None, None, ()


# "1500", "100 000", "100,000", "1,500.5"
_PLAIN_NUMBER = re.compile(r"\d+|\d{1,3}(?: \d{3})+|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d*\.\d+")
