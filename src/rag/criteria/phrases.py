"""Value phrases as prose states them: '≥ 1.5 x 10^9/L', '7.0-9.5 %', '0, 1 or 2', '140/90', '60 or less'."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from rag.criteria.numbers import (
    SOFT,
    Bound,
    Phrase,
    counts_things,
    is_alike,
    is_denied_normal,
    is_difference,
    limit_of_normal,
    multiple,
    number_after,
    past_brackets,
    skip_soft,
    two_ages,
)
from rag.criteria.tokens import Kind, Token

FLIP = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "=": "="}


def find_values(tokens: Sequence[Token]) -> list[Phrase]:
    """The value phrases in order, not overlapping."""
    found: list[Phrase] = []
    at = 0
    while at < len(tokens):
        kind = tokens[at].kind
        phrase = None
        if kind is Kind.COMPARE:
            phrase = _compared(tokens, at)
        elif kind is Kind.BETWEEN:
            phrase = _between(tokens, at)
        elif kind is Kind.NUMBER:
            phrase = _plain(tokens, at)
        elif kind is Kind.NORMAL and not is_denied_normal(tokens, at):
            phrase = Phrase(at, at + 1, scale="normal")
        again = phrase is not None and phrase.scale == "normal" and _repeats_normal(found, tokens, phrase)
        if phrase is None or again or counts_things(tokens, phrase):
            at += 1
        else:
            found.append(phrase)
            at = max(phrase.last, at + 1)
    _share_units(found, tokens)
    _share_multiples(found, tokens)
    return found


_BETWEEN_MULTIPLES = frozenset(
    {Kind.VARIABLE, Kind.COMMA, Kind.AND, Kind.OR, Kind.GLUE, Kind.OPEN, Kind.CLOSE, Kind.SLASH, Kind.TIMES}
)


def _share_multiples(phrases: Sequence[Phrase], tokens: Sequence[Token]) -> None:
    """'bilirubin < 2x, AST < 3x, creatinine < 2x ULN': what the last is a multiple of, all are; in place."""
    for one, other in reversed(list(pairwise(phrases))):
        gap = tokens[one.last : other.first]
        named = any(token.kind is Kind.VARIABLE for token in gap) and {t.kind for t in gap} <= _BETWEEN_MULTIPLES
        if one.broken == "a multiple of something else" and other.scale == "uln" and named and not one.units:
            one.scale, one.broken = "uln", ""
            one.last += tokens[one.last].kind is Kind.TIMES


_BETWEEN_BOUNDS = frozenset({Kind.AND, Kind.OR, Kind.BUT, Kind.TO, Kind.COMMA})


def _share_units(phrases: Sequence[Phrase], tokens: Sequence[Token]) -> None:
    """'≥ 30 and ≤ 700 IU/mL', 'less than 40 or more than 120 kg': the unit behind is that of both; in place."""
    for one, other in pairwise(phrases):
        gap = {token.kind for token in tokens[one.last : other.first]}
        plain = one.explicit and other.explicit and not one.scale and not other.scale and len(one.bounds) == 1
        signs = {phrase.bounds[0].sign[:1] for phrase in (one, other)} if plain else set()
        opposite = bool(signs & {"≥", ">"}) and bool(signs & {"≤", "<"})
        if opposite and other.units and not one.units and gap <= _BETWEEN_BOUNDS and is_alike(one, other):
            one.bounds[0].token.units = other.units


def _repeats_normal(found: Sequence[Phrase], tokens: Sequence[Token], phrase: Phrase) -> bool:
    """'< 1.5 x normal institutional normal': the limit of normal said twice."""
    if not found or found[-1].scale != "uln":
        return False
    gap = tokens[found[-1].last : phrase.first]
    return len(gap) <= 2 and all(token.kind is Kind.GLUE or token.value == "institutional" for token in gap)


def merge_signs(signs: Sequence[str]) -> str | None:
    """One sign for a comparison written twice, 'greater than or equal to (≥)'; None where they contradict."""
    kinds = set(signs)
    if len(kinds) == 1:
        return signs[0]
    if kinds <= {">", "≥", "="} and kinds & {">", "≥"}:
        return "≥" if "=" in kinds or "≥" in kinds else ">"
    if kinds <= {"<", "≤", "="} and kinds & {"<", "≤"}:
        return "≤" if "=" in kinds or "≤" in kinds else "<"
    return None


def _compared(tokens: Sequence[Token], at: int) -> Phrase | None:
    """A phrase that begins with a comparison."""
    first = at
    at, signs = _signs(tokens, at)
    if at >= len(tokens):
        return None
    sign = merge_signs(signs)
    phrase = Phrase(first, at, word=" ".join(signs))
    kind = tokens[at].kind
    if kind in (Kind.ULN, Kind.LLN):
        # '21/2-fold greater than the upper limit', '1 mg/dL (0.25 mmol/L) higher than the upper limit'
        lost = first and (tokens[first - 1].kind is Kind.TIMES or is_difference(tokens, first))
        return None if lost else limit_of_normal(tokens, phrase, sign, at)
    if kind is Kind.NUMBER:
        listed = _listed(tokens, at) if sign == "=" else None
        if listed is not None and len(listed.bounds) > 1:
            listed.first = first  # 'ECOG = 0, 1 or 2'
            return listed
        if sign is None:
            phrase.broken = "contradicting comparisons"
        return number_after(tokens, phrase, sign or "=", at)
    if kind is Kind.VARIABLE:
        behind = _number_past_name(tokens, at)
        return number_after(tokens, Phrase(behind, behind), sign, behind) if behind and sign else None
    return _without_number(tokens, phrase, sign, at)


def _signs(tokens: Sequence[Token], at: int) -> tuple[int, list[str]]:
    """The comparisons that stand together from `at` on, 'greater than or equal to (≥)', and where they end."""
    signs: list[str] = []
    while at < len(tokens):
        token = tokens[at]
        if token.kind is Kind.COMPARE:
            signs.append(token.value)
        elif not _may_stand_between(tokens, at):
            break
        at += 1
    while at < len(tokens) and tokens[at].kind is Kind.CLOSE and len(signs) > 1:
        at += 1
    return at, signs


def _may_stand_between(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.kind in (Kind.OPEN, Kind.CLOSE):
        return _next_is_compare(tokens, at)
    if token.kind in (Kind.OR, Kind.AND):
        # '> or =', '= or >'
        return _next_is_compare(tokens, at) and "=" in (tokens[at + 1].value, tokens[at - 1].value if at else "")
    return token.kind is Kind.GRADE or (token.kind in (Kind.GLUE, Kind.TO) and token.value in SOFT)


def _without_number(tokens: Sequence[Token], phrase: Phrase, sign: str | None, at: int) -> Phrase | None:
    """'≤ x ULN' whose multiplier is lost, 'exceeds the normal range'; None where nothing is compared."""
    token, following = tokens[at], tokens[at + 1].kind if at + 1 < len(tokens) else Kind.STOP
    if token.kind is Kind.TIMES and following in (Kind.ULN, Kind.GLUE):
        phrase.broken, phrase.last = "the multiplier is missing", at + 1
        phrase.bounds = [Bound("=", Token(Kind.NUMBER, token.start, token.end, "?"))]
        return phrase
    told = following in (Kind.COLON, Kind.OPEN)  # its numbers follow
    over = sign in (">", "≥") and "range" in token.value
    if token.value == "institutional" and following is Kind.NORMAL:
        return _without_number(tokens, phrase, sign, at + 1)
    within = sign == "≤" and any("limit" in one.value for one in tokens[at : at + 3])
    if token.kind is Kind.NORMAL and not told and (over or within):
        phrase.scale, phrase.last = "uln", at + 1  # '≤ normal institutional limits' is the upper one
        phrase.bounds = [Bound(">" if over else "≤", Token(Kind.NUMBER, token.start, token.end, "1", Decimal(1)))]
        return phrase
    return None


def _number_past_name(tokens: Sequence[Token], at: int) -> int:
    """'> NYHA II', 'below the age of 3': the number right behind the name, 0 where there is none."""
    cursor = at
    while cursor < min(len(tokens), at + 9) and (tokens[cursor].kind in _PAST_NAME or _is_unit_sign(tokens, cursor)):
        if tokens[cursor].kind is Kind.VARIABLE and tokens[cursor].value != tokens[at].value:
            return 0
        cursor += 1
    sexes = sum(token.kind is Kind.SEX for token in tokens[at:cursor])  # two of them head the columns of a table
    return cursor if cursor < len(tokens) and tokens[cursor].kind is Kind.NUMBER and sexes < 2 else 0


_PAST_NAME = (Kind.VARIABLE, Kind.GLUE, Kind.OPEN, Kind.CLOSE, Kind.GRADE, Kind.COLON, Kind.SEX)


def _is_unit_sign(tokens: Sequence[Token], at: int) -> bool:
    """A part of the unit in 'maximum creatinine (mg/dL): 0.6'."""
    opened = any(token.kind is Kind.OPEN for token in tokens[max(0, at - 3) : at])
    return opened and (tokens[at].kind is Kind.SLASH or tokens[at].value in _UNIT_WORDS)


_UNIT_WORDS = frozenset(["mg", "dl", "g", "l", "ml", "µl", "umol", "µmol", "mmol", "kg", "years"])


def _next_is_compare(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].kind is Kind.COMPARE


def _between(tokens: Sequence[Token], at: int) -> Phrase | None:
    """'between 18 and 75 years', 'between the ages of 18 and 75'."""
    cursor = at + 1
    last = min(len(tokens), at + 8)
    while cursor < last and (tokens[cursor].kind in (Kind.GLUE, Kind.VARIABLE) or _is_including(tokens, cursor)):
        cursor += 1
    if cursor + 2 >= len(tokens) or tokens[cursor].kind is not Kind.NUMBER:
        return None
    middle = cursor + 1
    inner = (Kind.GLUE, Kind.VARIABLE, Kind.OPEN, Kind.CLOSE)
    while middle < min(len(tokens), cursor + 4) and tokens[middle].kind in inner:
        middle += 1
    middle = past_brackets(tokens, cursor + 1, tokens[cursor], middle)
    if middle + 1 >= len(tokens) or tokens[middle].kind not in (Kind.AND, Kind.TO, Kind.DASH):
        return None
    upper = skip_soft(tokens, middle + 1, 2)
    below = tokens[upper].value if upper < len(tokens) and tokens[upper].kind is Kind.COMPARE else ""
    upper += below in ("<", "≤")  # 'between the ages of 5 and < 18'
    if upper >= len(tokens) or tokens[upper].kind is not Kind.NUMBER:
        return None
    low, high = tokens[cursor], tokens[upper]
    if not below and _falls(low, high):
        low, high = high, low  # 'between 90 and 40 kg'
    ends = [Bound("≥", low), Bound("-<" if below == "<" else "-", high)]
    phrase = Phrase(cursor, upper + 1, ends, word="between")
    phrase.last = multiple(tokens, phrase, upper + 1)
    return phrase


def _falls(first: Token, second: Token) -> bool:
    """Whether the second of two numbers, measured alike, is the lower one."""
    units = [[unit.id for unit in token.units] for token in (first, second) if token.units]
    alike = not units or units[0] == units[-1]
    return alike and first.number is not None and second.number is not None and first.number > second.number


def _is_including(tokens: Sequence[Token], at: int) -> bool:
    """A sign or word of 'between, and including, 2 and 10'."""
    signs = (Kind.COMMA, Kind.AND, Kind.OPEN, Kind.CLOSE, Kind.EXCEPT, Kind.OR)
    said = any(token.value in _INCLUDING for token in tokens[at : at + 3])
    closes = tokens[at].kind in (Kind.COMMA, Kind.CLOSE) and tokens[at - 1].value in _INCLUDING
    return tokens[at].value in _INCLUDING or (tokens[at].kind in signs and said) or closes


_INCLUDING = frozenset(["including", "inclusive"])


def _plain(tokens: Sequence[Token], at: int) -> Phrase | None:
    """A phrase that begins with a number: a range, a list, '18 ≤', '60 or less', or a bare number."""
    token = tokens[at]
    if _names_cohort(tokens, at):
        return None
    if token.number is None and not token.lists:
        return Phrase(at, at + 1, [Bound("", token)], broken="a number that cannot be read")
    after = at + 1
    if after < len(tokens) and tokens[after].kind is Kind.COMPARE and not token.word:
        behind = skip_soft(tokens, after + 1, 3)
        if behind < len(tokens) and tokens[behind].kind is Kind.VARIABLE and tokens[after].value in FLIP:
            return Phrase(at, after + 1, [Bound(FLIP[tokens[after].value], token)], facing=True)
    phrase = _both_inclusive(tokens, at) or two_ages(tokens, at) or _counted(tokens, at)
    phrase = phrase or number_after(tokens, Phrase(at, at + 1), "", at)
    if phrase.last == at + 1 and len(phrase.bounds) == 1 and not phrase.explicit:
        return _listed(tokens, at) or phrase
    if len(phrase.bounds) == 2 and phrase.bounds[1].sign == "-" and not phrase.scale:
        return _listed(tokens, at) or phrase
    return (_listed(tokens, at) or phrase) if _is_slashed(tokens, at) else phrase


def _is_slashed(tokens: Sequence[Token], at: int) -> bool:
    """'0/1/2', 'II/III or IV': three steps of a scale, no pair such as 140/90."""
    here = tokens[at : at + 5]
    kinds = [token.kind for token in here]
    steps = all(_is_step(token) and (token.number or 0) <= _TOP_STEP for token in here[::2] if not token.lists)
    third = kinds == [Kind.NUMBER, Kind.SLASH, Kind.NUMBER, Kind.SLASH, Kind.NUMBER]
    return steps and (third or kinds == [Kind.NUMBER, Kind.SLASH, Kind.NUMBER, Kind.OR, Kind.NUMBER])


def _both_inclusive(tokens: Sequence[Token], at: int) -> Phrase | None:
    """'7.0 % and 9.0 % (both inclusive)': two numbers that are said to be the ends of a range."""
    here = tokens[at : at + 7]
    joined = [token.kind for token in here[:3]] == [Kind.NUMBER, Kind.AND, Kind.NUMBER]
    if not joined or "inclusive" not in [token.value for token in here[3:]]:
        return None
    rising = here[0].number is not None and here[2].number is not None and here[0].number < here[2].number
    plain = all(token.kind in (Kind.OPEN, Kind.COMMA, Kind.GLUE, Kind.CLOSE) for token in here[3:5])
    return Phrase(at, at + 3, [Bound("≥", here[0]), Bound("-", here[2])]) if rising and plain else None


def _counted(tokens: Sequence[Token], at: int) -> Phrase | None:
    """'zero or one prior lines', 'one to three prior lines': a list or a range of two numbers in words."""
    here = tokens[at : at + 4]
    kinds = [token.kind for token in here]
    words = len(here) == 4 and here[0].word and here[2].word
    if words and kinds == [Kind.NUMBER, Kind.TO, Kind.NUMBER, Kind.VARIABLE]:
        return Phrase(at, at + 3, [Bound("≥", here[0]), Bound("-", here[2])])
    if kinds != [Kind.NUMBER, Kind.OR, Kind.NUMBER, Kind.VARIABLE]:
        return None
    return Phrase(at, at + 3, [Bound("", here[0]), Bound("", here[2])], scale="list") if words else None


_NUMBERED = frozenset(
    [
        *["stratum", "strata", "cohort", "cohorts", "arm", "arms", "part", "parts", "module", "substudy"],
        *["phase", "phases", "group", "groups", "visit", "visits", "cycle", "day", "appendix", "table", "section"],
    ]
)


def _names_cohort(tokens: Sequence[Token], at: int) -> bool:
    """'in stratum 2: …', 'cohorts 1 and 2': the number is a name."""
    if tokens[at].units or tokens[at].word:
        return False
    before = at - 1
    while before > max(0, at - 5) and tokens[before].kind in (Kind.NUMBER, Kind.AND, Kind.OR, Kind.COMMA, Kind.DASH):
        if tokens[before].units:
            return False
        before -= 1
    return before >= 0 and tokens[before].value in _NUMBERED


_LIST_JOINTS = frozenset({Kind.COMMA, Kind.OR, Kind.AND, Kind.SLASH})


def _steps(tokens: Sequence[Token], at: int) -> tuple[list[Token], int]:
    """The small whole numbers that a list at `at` joins, and where it ends."""
    numbers: list[Token] = []
    cursor, last = at, at
    while cursor < len(tokens) and tokens[cursor].kind is Kind.NUMBER and _is_step(tokens[cursor]):
        numbers.append(tokens[cursor])
        cursor += 1
        last = cursor
        joints = 0
        while (
            cursor < len(tokens)
            and joints < 3
            and (
                tokens[cursor].kind in _LIST_JOINTS
                or tokens[cursor].kind in (Kind.DASH, Kind.TO)
                or (tokens[cursor].kind is Kind.GLUE and tokens[cursor].value in SOFT)
            )
        ):
            cursor += 1
            joints += 1
        if not joints and [token.kind for token in tokens[cursor : cursor + 2]] == [Kind.NUMBER, Kind.STOP]:
            break  # '0-1 8. Life expectancy': the number of the next item
    if len(numbers) > 1 and _is_for_some(tokens, last):
        last -= 1  # 'ECOG 0-1, or 2 if due to the tumour': the last step is for some
        numbers.pop()
        while tokens[last - 1].kind is not Kind.NUMBER:
            last -= 1
    return numbers, last


def _listed(tokens: Sequence[Token], at: int) -> Phrase | None:
    """'0, 1 or 2', '0-1 or 2', 'A or B': small whole numbers that name steps of a scale."""
    numbers, last = _steps(tokens, at)
    if (len(numbers) < 2 and not numbers[:1]) or (len(numbers) == 1 and len(numbers[0].lists) < 2):
        return None
    named = any(token.kind is Kind.VARIABLE for token in tokens[max(0, at - 3) : at])
    if last < len(tokens) and tokens[last].kind in (Kind.TIMES, Kind.ULN, Kind.TRAIL):
        return None
    words = [number.word for number in numbers]
    if any(words) and not (all(words) and named and all(number.number in _FEW for number in numbers)):
        return None
    if (
        last < len(tokens)
        and tokens[last].kind is Kind.WORD
        and not named
        and tokens[at - 1].value not in ("class", "classes")
    ):
        return None
    phrase = Phrase(at, last, [Bound("", number) for number in numbers], scale="list")
    for index in range(at, last):
        if tokens[index].kind in (Kind.DASH, Kind.TO):
            lower = next((b for b in phrase.bounds if b.token is tokens[index - 1]), None)
            behind = skip_soft(tokens, index + 1, 2)  # 'class I to class IV'
            upper = next((b for b in phrase.bounds if behind < last and b.token is tokens[behind]), None)
            if lower and upper:
                lower.sign, upper.sign = "≥", "-"
    return phrase


def _is_for_some(tokens: Sequence[Token], last: int) -> bool:
    """Whether a condition follows the last number of a list, and an 'or' stands before that number."""
    behind = tokens[last : last + 1]
    conditioned = bool(behind) and (behind[0].kind is Kind.IF or behind[0].value == "only")
    return conditioned and tokens[last - 2].kind is Kind.OR


_FEW = range(11)
_TOP_STEP = 10  # the highest step of the scales that are told as lists


def _is_step(token: Token) -> bool:
    if token.lists:
        return not token.units  # 'ECOG 0,1', but not '6,5 %'
    whole = not {".", ","} & set(token.value) or token.value in ("0.5", "1.0", "2.0")  # 'CDR of 0.5, 1.0 or 2.0'
    bare = all(unit.id == "points" for unit in token.units)
    return token.number is not None and bare and token.number <= 100 and whole
