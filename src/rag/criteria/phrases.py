"""Values as prose states them: '≥ 1.5 x 10^9/L', '7.0-9.5 %', '2.5 times ULN', '0, 1 or 2', '140/90', '60 or less'.

`find_values` reads the value phrases of a token list; `resolve` turns one into a set of numbers once its variable is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rag.criteria.lexer import Kind, Token
from rag.criteria.lexicon import Variable, load_variables
from rag.units import Unit
from rag.values import NOTHING, Values, above, at_least, at_most, below, between, exactly, union


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

    @property
    def explicit(self) -> bool:
        return self.scale == "normal" or any(bound.sign not in ("", "-", "-<") for bound in self.bounds)

    @property
    def units(self) -> tuple[Unit, ...]:
        return next((bound.token.units for bound in reversed(self.bounds) if bound.token.units), ())


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a phrase says of a variable: `variable` may be its multiple of normal; `unit` as stated."""

    variable: str
    values: Values
    unit: str
    assumed_unit: bool = False


@dataclass(frozen=True, slots=True)
class Unresolved:
    reason: str
    kind: str = ""  # 'impossible_unit' where the source is at fault


_SOFT = frozenset(
    {
        "of",
        "to",
        "the",
        "a",
        "an",
        "is",
        "are",
        "be",
        "been",
        "was",
        "either",
        "about",
        "approximately",
        "than",
        "score",
        "class",
        "grade",
        "level",
        "at",
        "and",
        "value",
        "or",
        "will",
        "should",
        "must",
    }
)
_FLIP = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "=": "="}


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
        elif kind is Kind.NORMAL:
            phrase = Phrase(at, at + 1, scale="normal")
        if phrase is None:
            at += 1
        else:
            found.append(phrase)
            at = max(phrase.last, at + 1)
    return found


def _skip_soft(tokens: Sequence[Token], at: int, limit: int = 4) -> int:
    stop = min(len(tokens), at + limit)
    while at < stop and (tokens[at].kind is Kind.GLUE or tokens[at].kind is Kind.TO) and tokens[at].value in _SOFT:
        at += 1
    return at


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
    first, signs, words = at, [], []
    while at < len(tokens):
        token = tokens[at]
        if token.kind is Kind.COMPARE:
            signs.append(token.value)
            words.append(token)
        elif (signs and token.kind in (Kind.OPEN, Kind.CLOSE) and _next_is_compare(tokens, at)) or (signs and token.kind is Kind.OR and _next_is_compare(tokens, at) and tokens[at + 1].value == "="):
            pass
        elif not (signs and token.kind in (Kind.GLUE, Kind.TO) and token.value in _SOFT):
            break
        at += 1
    while at < len(tokens) and tokens[at].kind is Kind.CLOSE and len(words) > 1:
        at += 1
    sign = merge_signs(signs)
    phrase = Phrase(first, at, word=" ".join(word.value for word in words))
    if at >= len(tokens):
        return None
    if tokens[at].kind in (Kind.ULN, Kind.LLN):
        return _limit_of_normal(tokens, phrase, sign, at)
    if tokens[at].kind is Kind.TIMES and at + 1 < len(tokens) and tokens[at + 1].kind in (Kind.ULN, Kind.GLUE):
        phrase.broken, phrase.last = "the multiplier is missing", at + 1
        phrase.bounds = [Bound("=", Token(Kind.NUMBER, tokens[at].start, tokens[at].end, "?"))]
        return phrase
    if tokens[at].kind is Kind.VARIABLE:
        behind = _number_past_name(tokens, at)
        if behind and sign:
            return _number_after(tokens, Phrase(behind, behind), sign, behind)
        return None
    if tokens[at].kind is not Kind.NUMBER:
        return None
    if sign is None:
        phrase.broken = "contradicting comparisons"
    return _number_after(tokens, phrase, sign or "=", at)


def _number_past_name(tokens: Sequence[Token], at: int) -> int:
    """'> NYHA II', 'below the age of 3': the number right behind the name, 0 where there is none."""
    cursor = at
    while (
        cursor < len(tokens)
        and cursor < at + 6
        and tokens[cursor].kind in (Kind.VARIABLE, Kind.GLUE, Kind.OPEN, Kind.CLOSE, Kind.GRADE)
    ):
        if tokens[cursor].kind is Kind.VARIABLE and tokens[cursor].value != tokens[at].value:
            return 0
        cursor += 1
    return cursor if cursor < len(tokens) and tokens[cursor].kind is Kind.NUMBER else 0


def _next_is_compare(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].kind is Kind.COMPARE


def _limit_of_normal(tokens: Sequence[Token], phrase: Phrase, sign: str | None, at: int) -> Phrase:
    """'≤ ULN', '≤ ULN x 1.5': the number may follow."""
    phrase.scale = "uln" if tokens[at].kind is Kind.ULN else "lln"
    number = Token(Kind.NUMBER, tokens[at].start, tokens[at].end, "1", Decimal(1))
    at += 1
    if at + 1 < len(tokens) and tokens[at].kind is Kind.TIMES and tokens[at + 1].kind is Kind.NUMBER:
        number, at = tokens[at + 1], at + 2
    phrase.bounds, phrase.last = [Bound(sign or "=", number)], at
    if at + 1 < len(tokens) and tokens[at].value == "+" and tokens[at + 1].kind is Kind.NUMBER:
        phrase.broken = "a sum with a limit of normal"
    if sign is None:
        phrase.broken = "contradicting comparisons"
    return phrase


def _number_after(tokens: Sequence[Token], phrase: Phrase, sign: str, at: int) -> Phrase:
    """The number at `at` with what follows it: a multiple, a second bound of a range, a trailing comparison."""
    phrase.bounds.append(Bound(sign, tokens[at]))
    after = _multiple(tokens, phrase, at + 1)
    phrase.last = after
    if phrase.scale in ("uln", "lln"):
        return phrase
    if sign == "" and not phrase.scale and _is_open_range(tokens, after):
        phrase.bounds[0].sign = "≥"
        phrase.bounds.append(Bound("-" if tokens[after + 1].value == "≤" else "-<", tokens[after + 2]))
        phrase.last = after + 3
        return phrase
    if _is_range(tokens, after) and not phrase.scale:
        if sign in ("", "=") or tokens[after].kind is not Kind.SLASH:
            _take_upper(tokens, phrase, after + 1, sign)
    elif _is_pair(tokens, at, after):
        phrase.scale = "pair"
        phrase.bounds.append(Bound(sign, tokens[after + 1]))
        phrase.last = after + 2
    if (
        phrase.broken == ""
        and sign in ("", "=")
        and phrase.scale in ("", "pair")
        and len(phrase.bounds) == (2 if phrase.scale else 1)
    ):
        _trailing(tokens, phrase)
    return phrase


def _take_upper(tokens: Sequence[Token], phrase: Phrase, at: int, sign: str) -> None:
    token = tokens[at]
    if sign not in ("", "="):
        # '> 18-75' has two meanings; '≥ 1.5 - 3 …' is a list dash
        phrase.broken = "a comparison before a range" if token.kind is Kind.NUMBER else ""
        if phrase.broken:
            phrase.last = at + 1
        return
    phrase.bounds[0].sign = "≥"
    phrase.bounds.append(Bound("-", token))
    phrase.last = _multiple(tokens, phrase, at + 1)


def _multiple(tokens: Sequence[Token], phrase: Phrase, at: int) -> int:
    """Where the phrase goes on after a number: past 'x ULN', '% of the upper limit of normal', 'times normal'."""
    last = at
    cursor = at
    if (
        cursor < len(tokens)
        and tokens[cursor].kind is Kind.OPEN
        and cursor + 1 < len(tokens)
        and tokens[cursor + 1].kind is Kind.TIMES
    ):
        cursor += 1
    if (
        cursor < len(tokens)
        and tokens[cursor].kind is Kind.DASH
        and cursor + 1 < len(tokens)
        and tokens[cursor + 1].kind is Kind.TIMES
    ):
        cursor += 1
    times = cursor < len(tokens) and tokens[cursor].kind is Kind.TIMES
    if times:
        cursor += 1
        while (
            cursor < len(tokens)
            and cursor < at + 6
            and (
                tokens[cursor].kind in (Kind.GLUE, Kind.TIMES, Kind.OPEN)
                or (tokens[cursor].kind is Kind.COMPARE and tokens[cursor].value == ">")
            )
        ):
            if tokens[cursor].kind is Kind.COMPARE and not phrase.bounds[0].sign:
                phrase.bounds[0].sign = ">"  # '5 times above the upper limit'
            cursor += 1
    else:
        cursor = _skip_soft(tokens, cursor, 2)
    if cursor >= len(tokens):
        return _lonely_multiple(phrase, last, times=times)
    kind = tokens[cursor].kind
    if kind in (Kind.ULN, Kind.LLN) and (times or cursor <= at + 1 or phrase.units):
        phrase.scale = "uln" if kind is Kind.ULN else "lln"
        if cursor + 2 < len(tokens) and tokens[cursor + 1].value == "+" and tokens[cursor + 2].kind is Kind.NUMBER:
            phrase.broken = "a sum with a limit of normal"
        return cursor + 1
    if times and kind is Kind.NORMAL:
        phrase.scale = "uln"
        return cursor + 1
    if times and (kind is Kind.BASELINE or kind is Kind.CHANGE):
        phrase.broken = "relative to a baseline"
        return cursor + 1
    if kind is Kind.NORMAL and phrase.units and phrase.units[0].id == "%":
        phrase.broken = "per cent of normal"
        return cursor + 1
    return _lonely_multiple(phrase, last, times=times)


def _lonely_multiple(phrase: Phrase, last: int, *, times: bool) -> int:
    """'2 times' of something that is no limit of normal: whatever it multiplies, it is not a plain number."""
    if times:
        phrase.broken = "a multiple of something else"
    return last


def _is_range(tokens: Sequence[Token], at: int) -> bool:
    if at + 1 >= len(tokens) or tokens[at + 1].kind is not Kind.NUMBER or tokens[at + 1].word:
        return False
    return tokens[at].kind in (Kind.DASH, Kind.TO)


def _is_open_range(tokens: Sequence[Token], at: int) -> bool:
    """'12 to < 18 years'."""
    if at + 2 >= len(tokens) or tokens[at].kind not in (Kind.TO, Kind.DASH):
        return False
    return tokens[at + 1].kind is Kind.COMPARE and tokens[at + 1].value in "<≤" and tokens[at + 2].kind is Kind.NUMBER


def _is_pair(tokens: Sequence[Token], at: int, slash: int) -> bool:
    """'140/90': two numbers about a slash, no blanks."""
    return (
        slash + 1 < len(tokens)
        and tokens[slash].kind is Kind.SLASH
        and tokens[slash + 1].kind is Kind.NUMBER
        and slash == at + 1
        and not tokens[at].units
        and tokens[slash].start - tokens[at].end <= 1
    )


def _trailing(tokens: Sequence[Token], phrase: Phrase) -> None:
    """'60 or less', '18 years of age and over', '2 or better'."""
    at = phrase.last
    stop = min(len(tokens), at + 4)
    while at < stop and (
        tokens[at].kind in (Kind.GLUE, Kind.COMMA, Kind.OPEN)
        or (tokens[at].kind is Kind.VARIABLE and tokens[at].value == "age")
    ):
        at += 1
    if at < len(tokens) and tokens[at].kind is Kind.TRAIL and (at == phrase.last or tokens[at].value in "≤≥"):
        for bound in phrase.bounds:
            bound.sign = tokens[at].value
        phrase.word += " " + str(tokens[at].value)
        phrase.last = at + 1


def _between(tokens: Sequence[Token], at: int) -> Phrase | None:
    """'between 18 and 75 years', 'between the ages of 18 and 75'."""
    cursor = at + 1
    while (
        cursor < len(tokens)
        and cursor < at + 8
        and (tokens[cursor].kind is Kind.GLUE or tokens[cursor].kind is Kind.VARIABLE)
    ):
        cursor += 1
    if cursor + 2 >= len(tokens) or tokens[cursor].kind is not Kind.NUMBER:
        return None
    middle = cursor + 1
    while (
        middle < len(tokens)
        and middle < cursor + 4
        and tokens[middle].kind in (Kind.GLUE, Kind.VARIABLE, Kind.OPEN, Kind.CLOSE)
    ):
        middle += 1
    if middle + 1 >= len(tokens) or tokens[middle].kind not in (Kind.AND, Kind.TO, Kind.DASH):
        return None
    upper = _skip_soft(tokens, middle + 1, 2)
    if upper >= len(tokens) or tokens[upper].kind is not Kind.NUMBER:
        return None
    phrase = Phrase(cursor, upper + 1, [Bound("≥", tokens[cursor]), Bound("-", tokens[upper])], word="between")
    phrase.last = _multiple(tokens, phrase, upper + 1)
    return phrase


def _plain(tokens: Sequence[Token], at: int) -> Phrase | None:
    """A phrase that begins with a number: a range, a list, '18 ≤', '60 or less', or a bare number."""
    token = tokens[at]
    if token.number is None and not token.lists:
        return Phrase(at, at + 1, [Bound("", token)], broken="a number that cannot be read")
    after = at + 1
    if after < len(tokens) and tokens[after].kind is Kind.COMPARE and not token.word:
        behind = _skip_soft(tokens, after + 1, 3)
        if behind < len(tokens) and tokens[behind].kind is Kind.VARIABLE and tokens[after].value in _FLIP:
            return Phrase(at, after + 1, [Bound(_FLIP[tokens[after].value], token)], facing=True)
    phrase = _number_after(tokens, Phrase(at, at + 1), "", at)
    if phrase.last == at + 1 and len(phrase.bounds) == 1 and not phrase.explicit:
        return _listed(tokens, at) or phrase
    if len(phrase.bounds) == 2 and phrase.bounds[1].sign == "-" and not phrase.scale:
        return _listed(tokens, at) or phrase
    return phrase


_LIST_JOINTS = frozenset({Kind.COMMA, Kind.OR, Kind.AND, Kind.SLASH})


def _listed(tokens: Sequence[Token], at: int) -> Phrase | None:
    """'0, 1 or 2', '0-1 or 2', 'A or B': small whole numbers that name steps of a scale."""
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
                or (tokens[cursor].kind is Kind.GLUE and tokens[cursor].value in _SOFT)
            )
        ):
            cursor += 1
            joints += 1
    if (len(numbers) < 2 and not numbers[:1]) or (len(numbers) == 1 and len(numbers[0].lists) < 2):
        return None
    if last < len(tokens) and tokens[last].kind in (Kind.WORD, Kind.TIMES, Kind.ULN):
        return None
    if last < len(tokens) and tokens[last].kind is Kind.TRAIL:
        return None
    phrase = Phrase(at, last, [Bound("", number) for number in numbers], scale="list")
    for index in range(at, last):
        if tokens[index].kind in (Kind.DASH, Kind.TO):
            lower = next((b for b in phrase.bounds if b.token is tokens[index - 1]), None)
            upper = next((b for b in phrase.bounds if index + 1 < last and b.token is tokens[index + 1]), None)
            if lower and upper:
                lower.sign, upper.sign = "≥", "-"
    return phrase


def _is_step(token: Token) -> bool:
    if token.lists:
        return True
    return (
        token.number is not None
        and not token.units
        and token.number <= 100
        and not token.word
        and "." not in token.value
    )


# ── Resolution ───────────────────────────────────────────────────────────────────────────────────────────────────────

_SETS = {"<": below, "≤": at_most, ">": above, "≥": at_least, "=": exactly}


def resolve(phrase: Phrase, variable: Variable) -> Resolved | Unresolved:
    """The set of numbers that `phrase` states of `variable`, in its canonical unit."""
    if phrase.broken:
        return Unresolved(phrase.broken)
    if phrase.scale == "normal":
        return _resolve_normal(variable)
    if phrase.scale in ("uln", "lln"):
        return _resolve_multiple(phrase, variable)
    if phrase.scale == "pair":
        return _resolve_scale_pair(phrase, variable)
    if phrase.scale == "list":
        return _resolve_list(phrase, variable)
    return _resolve_numbers(phrase, variable)


def _resolve_normal(variable: Variable) -> Resolved | Unresolved:
    if not variable.normal:
        return Unresolved("normal, without a number")
    return Resolved(f"{variable.id}_uln", at_most(Decimal(1)), "× ULN")


def _resolve_multiple(phrase: Phrase, variable: Variable) -> Resolved | Unresolved:
    target = load_variables().get(f"{variable.id}_{phrase.scale}")
    if target is None:
        return Unresolved("a limit of normal for a variable that has none")
    sets = []
    for bound in phrase.bounds:
        number = bound.token.number
        if number is None:
            return Unresolved("a number that cannot be read")
        units = {unit.id for unit in bound.token.units}
        if "%" in units:
            number /= 100
        elif bound.token.units and bound.token.units[0].dimension != "other":
            return Unresolved("a unit before a limit of normal")
        sets.append((bound.sign, number))
    return _combine(sets, target, target.unit)


def _resolve_scale_pair(phrase: Phrase, variable: Variable) -> Resolved | Unresolved:
    """'18/30' on a scale of 30; '0/1' as two steps. Blood pressures are split before they come here."""
    first, second = phrase.bounds[0].token.number, phrase.bounds[1].token.number
    top = variable.plausible.intervals[0].high
    if first is None or second is None or variable.unit:
        return Unresolved("two numbers about a slash")
    if second == top:
        return _combine([(phrase.bounds[0].sign, first)], variable, "")
    if variable.step and not phrase.explicit and second == first + variable.step:
        return Resolved(variable.id, between(first, second), "")
    return Unresolved("two numbers about a slash")


def _resolve_list(phrase: Phrase, variable: Variable) -> Resolved | Unresolved:
    if variable.step is None:
        first = phrase.bounds[0].token
        is_range = len(phrase.bounds) == 2 and phrase.bounds[1].sign == "-"
        if (is_range or len(phrase.bounds) == 1) and first.number is not None:
            return _resolve_numbers(Phrase(phrase.first, phrase.last, phrase.bounds), variable)
        return Unresolved("a list of numbers")
    sets: list[Values] = []
    lower: Decimal | None = None
    for bound in phrase.bounds:
        ends = _step_ends(bound.token, variable)
        if ends is None:
            return Unresolved("a list of numbers")
        low, high = ends
        if bound.sign == "-" and lower is not None:
            sets[-1] = between(lower, high)
        elif bound.token.lists and bound.token.value != "letter":
            sets.extend(exactly(number) for number in bound.token.lists)
        else:
            sets.append(between(low, high))
        lower = low
    values = _fill_steps(union(sets), variable)
    if not values.is_subset(variable.plausible):
        return Unresolved("outside what is plausible")
    return Resolved(variable.id, values, "")


def _step_ends(token: Token, variable: Variable) -> tuple[Decimal, Decimal] | None:
    if token.value == "letter":
        return token.lists[0], token.lists[1]
    if token.lists:
        return token.lists[0], token.lists[-1]
    return None if token.number is None else (token.number, token.number)


def _fill_steps(values: Values, variable: Variable) -> Values:
    """Neighbouring steps run together: {0}, {1} of a whole-number scale are 0 to 1."""
    step = variable.step
    if step is None:
        return values
    joined: list[Values] = []
    previous: Decimal | None = None
    for interval in values:
        if previous is not None and interval.low is not None and interval.low - previous <= step:
            joined.append(between(previous, interval.low))
        joined.append(Values((interval,)))
        previous = interval.high
    return union(joined)


def _resolve_numbers(phrase: Phrase, variable: Variable) -> Resolved | Unresolved:
    shared = phrase.units
    sets: list[tuple[str, Decimal]] = []
    unit_name, assumed = "", False
    letter = _resolve_letter(phrase, variable)
    if letter is not None:
        return letter
    for bound in phrase.bounds:
        read = _canonical(bound.token, bound.token.units or shared, variable)
        if isinstance(read, Unresolved):
            return read
        number, unit_name, assumed_here = read
        assumed = assumed or assumed_here
        sets.append((bound.sign, number))
    return _combine(sets, variable, unit_name, assumed=assumed)


def _resolve_letter(phrase: Phrase, variable: Variable) -> Resolved | Unresolved | None:
    """'class B', '≤ B7', 'A-B' of a scale with lettered classes."""
    if not any(bound.token.value == "letter" for bound in phrase.bounds):
        return None
    ends = [_step_ends(bound.token, variable) for bound in phrase.bounds]
    if any(end is None for end in ends):
        return Unresolved("a class that cannot be read")
    low, high = ends[0][0], ends[-1][1]  # type: ignore[index]
    sign = phrase.bounds[0].sign
    if len(ends) == 2 or sign in ("", "="):
        return Resolved(variable.id, between(low, high), "")
    edge = {"≤": high, "<": low, "≥": low, ">": high}.get(sign)
    if edge is None:
        return _combine([(sign, high if sign == "good" else low)], variable, "")
    return _combine([(sign, edge)], variable, "")


def _canonical(token: Token, units: tuple[Unit, ...], variable: Variable) -> tuple[Decimal, str, bool] | Unresolved:
    """A number in the canonical unit, the unit it was stated in, and whether that had to be assumed."""
    if token.number is None:
        return Unresolved("a number that cannot be read")
    if not variable.unit and units and all(unit.dimension == "score" for unit in units):
        units = ()
    readings = [token.number] + ([token.thousands] if token.thousands is not None else [])
    fitting = [unit for unit in units if unit.id in variable.factors]
    if units and not fitting:
        if all(unit.dimension == "other" for unit in units) or variable.unit in ("", "lines", "cigarettes"):
            return Unresolved("the number counts something else", "other")
        return Unresolved(f"{units[0].id} does not measure {variable.label}", "impossible_unit")
    for unit in fitting:
        for reading in readings:
            number = variable.convert(reading, unit.id)
            if number is not None and number in variable.plausible:
                return number, unit.id, False
    if fitting:
        return Unresolved(f"{token.value} {fitting[0].id} is no plausible {variable.label}", "impossible_unit")
    return _assume_unit(readings, variable)


def _assume_unit(readings: list[Decimal], variable: Variable) -> tuple[Decimal, str, bool] | Unresolved:
    if variable.bare is None:
        number = next((reading for reading in readings if reading in variable.plausible), None)
        return (
            Unresolved("outside what is plausible") if number is None else (number, variable.unit, bool(variable.unit))
        )
    for reading in readings:
        for unit, low, high in variable.bare:
            number = variable.convert(reading, unit)
            if low <= reading <= high and number is not None:
                return number, unit, True
    return Unresolved("no unit")


def _combine(
    sets: list[tuple[str, Decimal]], variable: Variable, unit: str, *, assumed: bool = False
) -> Resolved | Unresolved:
    if any(number not in variable.plausible for _, number in sets):
        return Unresolved("outside what is plausible", "impossible_unit" if variable.unit.startswith("×") else "")
    if len(sets) == 2 and sets[1][0] in ("-", "-<"):
        low, high = sets[0][1], sets[1][1]
        if low > high:
            return Unresolved("a range that runs backwards")
        return Resolved(variable.id, between(low, high, high_closed=sets[1][0] == "-"), unit, assumed)
    sign, number = sets[0]
    if sign in ("good", "bad"):
        better = {"high": "≥", "low": "≤"}.get(variable.fit)
        if better is None:
            return Unresolved("better, on a scale of no stated direction")
        sign = better if sign == "good" else _FLIP[better]
    values = _SETS[sign or "="](number)
    return Unresolved("no value") if values == NOTHING else Resolved(variable.id, values, unit, assumed)
