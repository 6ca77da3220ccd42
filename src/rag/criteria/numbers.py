"""What follows a number: 'x ULN', the upper end of a range, the other half of a pair, 'or less'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rag.criteria.tokens import Kind, Token
from rag.units import Unit


@dataclass(slots=True)
class Bound:
    """One number of a phrase with its comparison ('' for none, '-' for the upper end of a range)."""

    sign: str
    token: Token


@dataclass(slots=True)
class Phrase:
    """A value phrase: tokens `first` to `last` (exclusive). `scale` is '', 'uln', 'lln', 'pair', 'list' or 'normal'."""

    first: int
    last: int
    bounds: list[Bound] = field(default_factory=list)
    scale: str = ""
    word: str = ""  # the words of the comparison, for 'older than'
    facing: bool = False  # '18 ≤' – its variable follows
    broken: str = ""  # why it cannot be read
    outside: bool = False  # 'outside the range of 3.5 to 5.0'

    @property
    def explicit(self) -> bool:
        for bound in self.bounds:  # asked of each phrase by many rules: no generator
            if bound.sign not in ("", "-", "-<"):
                return True
        return self.scale == "normal"

    @property
    def units(self) -> tuple[Unit, ...]:
        for bound in reversed(self.bounds):
            if bound.token.units:
                return bound.token.units
        return ()


SOFT = frozenset({
    "time", "of", "to", "the", "a", "an", "is", "are", "be", "been", "was", "either", "about", "approximately",
    "than", "score", "class", "grade", "level", "at", "and", "value", "or", "will", "should", "must",
})  # fmt: skip


def skip_soft(tokens: Sequence[Token], at: int, limit: int = 4) -> int:
    stop = min(len(tokens), at + limit)
    while at < stop and (tokens[at].kind is Kind.GLUE or tokens[at].kind is Kind.TO) and tokens[at].value in SOFT:
        at += 1
    return at


def number_after(tokens: Sequence[Token], phrase: Phrase, sign: str, at: int) -> Phrase:
    """The number at `at` with what follows it: a multiple, a second bound of a range, a trailing comparison."""
    phrase.bounds.append(Bound(sign, tokens[at]))
    after = multiple(tokens, phrase, at + 1)
    phrase.last = after
    if phrase.scale in ("uln", "lln"):
        return phrase
    if sign in ("", "≥", ">") and not phrase.scale and _is_open_range(tokens, after):
        phrase.bounds[0].sign = sign or "≥"
        phrase.bounds.append(Bound("-" if tokens[after + 1].value == "≤" else "-<", tokens[after + 2]))
        phrase.last = multiple(tokens, phrase, after + 3)
        return phrase
    after = phrase.last = _past_remark(tokens, after, phrase)
    if _is_range(tokens, after) and not phrase.scale:
        if sign in ("", "=") or tokens[after].kind is not Kind.SLASH:
            _take_upper(tokens, phrase, after + 1, sign)
    elif after == at + 1 and _pair_second(tokens, phrase, after, sign):
        second = _pair_second(tokens, phrase, after, sign)
        phrase.scale = "pair"
        phrase.bounds.append(Bound(sign, tokens[second]))
        phrase.last = second + 1
    if (
        phrase.broken == ""
        and sign in ("", "=")
        and phrase.scale in ("", "pair")
        and len(phrase.bounds) == (2 if phrase.scale else 1)
    ):
        _trailing(tokens, phrase)
    return phrase


def limit_of_normal(tokens: Sequence[Token], phrase: Phrase, sign: str | None, at: int) -> Phrase:
    """'≤ ULN', '≤ ULN x 1.5': the number may follow."""
    phrase.scale = "uln" if tokens[at].kind is Kind.ULN else "lln"
    number = Token(Kind.NUMBER, tokens[at].start, tokens[at].end, "1", Decimal(1))
    at += 1
    if at + 1 < len(tokens) and tokens[at].kind is Kind.TIMES and tokens[at + 1].kind is Kind.NUMBER:
        number, at = tokens[at + 1], at + 2
    behind = _past_abbreviation(tokens, at)
    kinds = [token.kind for token in tokens[behind : behind + 3]]
    if sign and kinds[:2] == [Kind.NUMBER, Kind.TIMES] and kinds[2:] not in ([Kind.ULN], [Kind.LLN], [Kind.NORMAL]):
        number, at = tokens[behind], behind + 2  # '> ULN 1.5 times'
    phrase.bounds, phrase.last = [Bound(sign or "=", number)], at
    if at + 1 < len(tokens) and tokens[at].value == "+" and tokens[at + 1].kind is Kind.NUMBER:
        phrase.broken = "a sum with a limit of normal"
    if sign is None:
        phrase.broken = "contradicting comparisons"
    return phrase


def _take_upper(tokens: Sequence[Token], phrase: Phrase, at: int, sign: str) -> None:
    token = tokens[at]
    years = any(unit.id == "years" for unit in token.units) or any(t.value == "age" for t in tokens[at + 1 : at + 2])
    if sign not in ("", "=") and not (sign in ("≥", ">") and (tokens[at - 1].kind is Kind.TO or years)):
        # '> 18-75' has two meanings; '≥ 1.5 - 3 …' is a list dash
        phrase.broken = "a comparison before a range" if token.kind is Kind.NUMBER else ""
        if phrase.broken:
            phrase.last = at + 1
        return
    phrase.bounds[0].sign = ">" if sign == ">" else "≥"
    phrase.bounds.append(Bound("-", token))
    phrase.last = multiple(tokens, phrase, at + 1)
    while _is_range(tokens, phrase.last) and tokens[phrase.last].kind is Kind.DASH:
        phrase.broken, phrase.last = "a chain of numbers", phrase.last + 2  # '100 - 200 - 300'


def multiple(tokens: Sequence[Token], phrase: Phrase, at: int) -> int:
    """Where the phrase goes on after a number: past 'x ULN', '% of the upper limit of normal', 'times normal'."""
    trailing = [token.kind for token in tokens[at : at + 2]] == [Kind.TRAIL, Kind.TIMES]
    if trailing and len(phrase.bounds) == 1 and phrase.bounds[0].sign in ("", "="):
        phrase.bounds[0].sign, at = tokens[at].value, at + 1  # '2 or more times the ULN'
    cursor, times = _past_times(tokens, phrase, at)
    if cursor >= len(tokens):
        return _lonely_multiple(tokens, phrase, at, times=times)
    kind = tokens[cursor].kind
    per_cent = bool(phrase.units) and phrase.units[0].id == "%"
    if phrase.units and kind is Kind.COMPARE and _is_reference(tokens, cursor + 1):
        phrase.broken = "a distance from a limit of normal"  # '20 % above the ULN', '2 g/dL below the LLN'
        return cursor + 2
    if kind in (Kind.ULN, Kind.LLN) and (times or cursor <= at + 1 or phrase.units):
        phrase.scale = "uln" if kind is Kind.ULN else "lln"
        if cursor + 2 < len(tokens) and tokens[cursor + 1].value == "+" and tokens[cursor + 2].kind is Kind.NUMBER:
            phrase.broken = "a sum with a limit of normal"
        return _past_abbreviation(tokens, cursor + 1)
    twice = phrase.bounds[-1].token.value in ("twice", "thrice", "double")
    if kind is Kind.NORMAL and (times or twice or (cursor == at and _is_few(phrase))):
        phrase.scale = "uln"  # '2 times normal', '2 normal limit (ULN)'
        return _past_abbreviation(tokens, cursor + 1)
    if (times and kind in (Kind.BASELINE, Kind.CHANGE)) or (kind is Kind.NORMAL and per_cent):
        phrase.broken = "relative to a baseline" if times else "per cent of normal"
        return _past_normal(tokens, cursor + 1) if times else cursor + 1
    return _lonely_multiple(tokens, phrase, at, times=times)


def _past_times(tokens: Sequence[Token], phrase: Phrase, at: int) -> tuple[int, bool]:
    """Past 'x', 'times above the', '(x'; and whether there was such a word at all."""
    cursor = at
    for sign in (Kind.OPEN, Kind.DASH):
        if [token.kind for token in tokens[cursor : cursor + 2]] == [sign, Kind.TIMES]:
            cursor += 1
    if cursor >= len(tokens) or tokens[cursor].kind is not Kind.TIMES:
        return skip_soft(tokens, cursor, 2), False
    cursor += 1
    while cursor < min(len(tokens), at + 6):
        following = [token.kind for token in tokens[cursor : cursor + 2]]
        named = following in ([Kind.WORD, Kind.ULN], [Kind.COMPARE, Kind.ULN]) and tokens[cursor].value != ">"
        above = tokens[cursor].kind is Kind.COMPARE and tokens[cursor].value == ">"
        if not above and not named and tokens[cursor].kind not in (Kind.GLUE, Kind.TIMES, Kind.OPEN):
            break  # but 'times the hospital ULN', 'x within ULN'
        if above and not phrase.bounds[0].sign:
            phrase.bounds[0].sign = ">"  # '5 times above the upper limit'
        cursor += 1
    return cursor, True


def _is_reference(tokens: Sequence[Token], at: int) -> bool:
    """Whether a limit of normal stands at `at`, or right behind an article."""
    at = skip_soft(tokens, at, 1)
    return at < len(tokens) and tokens[at].kind in (Kind.ULN, Kind.LLN, Kind.NORMAL, Kind.BASELINE)


def _is_few(phrase: Phrase) -> bool:
    number = phrase.bounds[-1].token.number
    return not phrase.units and number is not None and number <= 10


def _lonely_multiple(tokens: Sequence[Token], phrase: Phrase, last: int, *, times: bool) -> int:
    """'2 times' of something that is no limit of normal: whatever it multiplies, it is not a plain number."""
    if not times:
        return last
    phrase.broken = "a multiple of something else"
    return _past_normal(tokens, last)


def _past_abbreviation(tokens: Sequence[Token], at: int) -> int:
    """Past '(ULN)' behind the words that it abbreviates."""
    kinds = [token.kind for token in tokens[at : at + 3]]
    return at + 3 if kinds in ([Kind.OPEN, Kind.ULN, Kind.CLOSE], [Kind.OPEN, Kind.LLN, Kind.CLOSE]) else at


def _past_normal(tokens: Sequence[Token], at: int) -> int:
    """Past a 'normal' in the words that are multiplied ('2 times the control's normal'): it states no limit again."""
    for index in range(at, min(len(tokens), at + 8)):
        if tokens[index].kind in (Kind.STOP, Kind.COMMA, Kind.SEMICOLON, Kind.NUMBER, Kind.COMPARE, Kind.VARIABLE):
            return at
        if tokens[index].kind in (Kind.NORMAL, Kind.ULN, Kind.LLN):
            return index + 1
    return at


def _is_range(tokens: Sequence[Token], at: int) -> bool:
    if at + 1 >= len(tokens) or tokens[at + 1].kind is not Kind.NUMBER or tokens[at + 1].word:
        return False
    if tokens[at].kind is Kind.COLON:  # 'BMI from 20:30 kg/m2'
        return bool(tokens[at + 1].units) and tokens[at - 1].end == tokens[at].start == tokens[at + 1].start - 1
    return tokens[at].kind in (Kind.DASH, Kind.TO)


def _past_remark(tokens: Sequence[Token], at: int, phrase: Phrase) -> int:
    """Past a remark between the ends of a range: '0 (no symptoms) to 2 (in bed half the day)'."""
    if at >= len(tokens) or tokens[at].kind is not Kind.OPEN or phrase.scale:
        return at
    for index in range(at + 1, min(len(tokens), at + 8)):
        if tokens[index].kind is Kind.NUMBER and not _is_other_unit(tokens[index], phrase):
            return at
        if tokens[index].kind is Kind.CLOSE:
            return index + 1 if _is_range(tokens, index + 1) else at
    return at


def _is_other_unit(token: Token, phrase: Phrase) -> bool:
    return bool(phrase.bounds) and _says_again(token, phrase.bounds[-1].token)


def _says_again(token: Token, number: Token) -> bool:
    """'7.0 % (53 mmol/mol) to 10.0 %': the number before, said in another unit."""
    both = bool(token.units) and bool(number.units)
    return both and token.units[0].id != number.units[0].id and token.units[0].dimension != "time"


def past_brackets(tokens: Sequence[Token], at: int, number: Token, otherwise: int) -> int:
    """'between 50 kg (110 lb) and 110 kg': past the same number in another unit, else `otherwise`."""
    here = [token.kind for token in tokens[at : at + 3]]
    again = here == [Kind.OPEN, Kind.NUMBER, Kind.CLOSE] and _says_again(tokens[at + 1], number)
    return at + 3 if again else otherwise


def _is_open_range(tokens: Sequence[Token], at: int) -> bool:
    """'12 to < 18 years'."""
    if at + 2 >= len(tokens) or tokens[at].kind not in (Kind.TO, Kind.DASH):
        return False
    return tokens[at + 1].kind is Kind.COMPARE and tokens[at + 1].value in "<≤" and tokens[at + 2].kind is Kind.NUMBER


def _pair_second(tokens: Sequence[Token], phrase: Phrase, slash: int, sign: str) -> int:
    """The second number of '140/90', '>170/>110'; 0 where there is no pair."""
    if _is_pair(tokens, slash - 1, slash):
        return slash + 1
    here = tokens[slash : slash + 3]
    same = [token.kind for token in here] == [Kind.SLASH, Kind.COMPARE, Kind.NUMBER] and here[1].value == sign
    return slash + 2 if same and not phrase.units and not phrase.scale and bool(sign) else 0


def _is_pair(tokens: Sequence[Token], at: int, slash: int) -> bool:
    """'140/90': two numbers about a slash, no blanks."""
    return (
        slash + 1 < len(tokens)
        and tokens[slash].kind is Kind.SLASH
        and tokens[slash + 1].kind is Kind.NUMBER
        and slash == at + 1
        and not tokens[at].units
        and "letter" not in (tokens[at].value, tokens[slash + 1].value)
        and tokens[slash].start - tokens[at].end <= 1
    )


def _trailing(tokens: Sequence[Token], phrase: Phrase) -> None:
    """'60 or less', '18 years of age and over', '2 or better'."""
    at = phrase.last
    stop = min(len(tokens), at + 4)
    while at < stop and (
        tokens[at].kind in (Kind.GLUE, Kind.COMMA, Kind.OPEN)
        or (tokens[at].kind is Kind.VARIABLE and tokens[at].value in ("age", "gestational_age"))
        or tokens[at].value == "old"
    ):
        at += 1
    if phrase.last < len(tokens) and tokens[phrase.last].kind is Kind.OPEN:
        closed = next(
            (i for i in range(phrase.last, min(len(tokens), phrase.last + 12)) if tokens[i].kind is Kind.CLOSE), -1
        )
        numbers = any(token.kind is Kind.NUMBER for token in tokens[phrase.last : max(closed, 0)])
        if closed > 0 and not numbers and closed + 1 < len(tokens) and tokens[closed + 1].kind is Kind.TRAIL:
            at = closed + 1  # '18 years (or the age of majority) or older'
    if _is_trail(tokens, at) and (at == phrase.last or tokens[at].value in "≤≥"):
        for bound in phrase.bounds:
            bound.sign = tokens[at].value
        phrase.word += " " + str(tokens[at].value)
        phrase.last = at + 1


def two_ages(tokens: Sequence[Token], at: int) -> Phrase | None:
    """'Age: 20 and 65 years', 'Age 20 and < 65 years': two numbers that can only be the ends of a range."""
    here, upper = list(tokens[at : at + 5]), "-"
    if [token.kind for token in here[1:3]] == [Kind.AND, Kind.COMPARE] and here[2].value in ("<", "≤"):
        upper = "-<" if here.pop(2).value == "<" else "-"
    width = len(tokens[at : at + 5]) - len(here) + 3
    if [token.kind for token in here[:3]] != [Kind.NUMBER, Kind.AND, Kind.NUMBER]:
        return None
    low, high, units = here[0].number, here[2].number, [unit.id for unit in here[2].units]
    before = at - 1
    while before >= 0 and tokens[before].kind in (Kind.GLUE, Kind.COLON, Kind.DASH):
        before -= 1
    named = before >= 0 and tokens[before].value == "age" and tokens[before].kind is Kind.VARIABLE
    old = (before < 0 or width > 3) and bool(here[3:]) and here[3].value in ("old", "age")
    aged = (named or old) and units[:1] in (["years"], ["months"]) and not here[0].word
    rising = low is not None and high is not None and low < high and [u.id for u in here[0].units] in ([], units)
    return Phrase(at, at + width, [Bound("≥", here[0]), Bound(upper, here[2])]) if aged and rising else None


def _is_trail(tokens: Sequence[Token], at: int) -> bool:
    """'or older', and the 'minimum' that ends '21 years of age minimum'."""
    if at >= len(tokens) or tokens[at].kind is Kind.TRAIL:
        return at < len(tokens)
    ends = all(token.kind in (Kind.STOP, Kind.SEMICOLON, Kind.CLOSE, Kind.COMMA) for token in tokens[at + 1 : at + 2])
    return ends and tokens[at].kind is Kind.COMPARE and tokens[at].value in "≤≥" and bool(tokens[at].value)


def is_difference(tokens: Sequence[Token], at: int) -> bool:
    """Whether a measured number stands right before a comparison with normal: it says by how much."""
    before = at - 1
    while before > 0 and tokens[before].kind is Kind.CLOSE:
        before -= 1
    return tokens[before].kind is Kind.NUMBER and bool(tokens[before].units)


def is_alike(one: Phrase, other: Phrase) -> bool:
    """Whether the numbers are of one size: in '100 or more than 700 x 10^9/L' the power is that of the second alone."""
    first, second = one.bounds[0].token.number, other.bounds[0].token.number
    return first is not None and second is not None and second <= 1000 * (first if first > 1 else 1)


def is_denied_normal(tokens: Sequence[Token], at: int) -> bool:
    """'outside the normal range', 'not within normal limits', 'below normal', 'upper limit of the "normal" range'."""
    behind = at - 1
    while behind > 0 and tokens[behind].kind is Kind.GLUE:
        behind -= 1
    if behind >= 0 and tokens[behind].kind in (Kind.ULN, Kind.LLN):
        return True
    for token in reversed(tokens[max(0, at - 3) : at]):
        if token.kind in (Kind.STOP, Kind.SEMICOLON, Kind.VARIABLE):
            return False
        if token.kind in (Kind.NOT, Kind.COMPARE, Kind.TIMES) or token.value in _OUTSIDE:
            return True
    return False


_OUTSIDE = frozenset(["outside", "out", "beyond", "exceeding", "off", "than"])


_HAVING = frozenset(["with", "had", "have", "having", "has"])
_MOST_THINGS = 9


_THINGS = frozenset(["comorbidity", "comorbidities", "comorbid", "weight-related", "obesity-related", "weight",
                     "obesity", "additional"])  # fmt: skip


def counts_things(tokens: Sequence[Token], phrase: Phrase) -> bool:
    """'aged ≥ 18 with two or more relapses': a number of things that words name, and no value of a measure."""
    number = phrase.bounds[0].token.number if len(phrase.bounds) == 1 else None
    if not phrase.units and [token.value for token in tokens[phrase.last : phrase.last + 2]] == ["risk", "factors"]:
        return True  # '≥ 55 years with 2 to 4 risk factors'
    if number is None or phrase.units or phrase.scale or number > _MOST_THINGS or phrase.last >= len(tokens):
        return False
    first = tokens[phrase.first]
    if first.kind is Kind.COMPARE and tokens[phrase.last].value in _THINGS:
        return True  # 'BMI ≥ 27 with at least one comorbidity'
    said = first.kind is Kind.NUMBER and (first.word or tokens[phrase.first - 1].value in _HAVING)
    return said and tokens[phrase.last - 1].kind is Kind.TRAIL and tokens[phrase.last].kind is Kind.WORD
