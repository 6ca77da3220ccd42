"""From a value phrase to a set of numbers, once its variable is known: units, steps, classes, multiples of normal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rag.criteria.lexicon import Variable, load_variables
from rag.criteria.numbers import Phrase
from rag.criteria.phrases import FLIP
from rag.criteria.tokens import Token
from rag.units import Unit
from rag.values import NOTHING, Values, above, at_least, at_most, below, between, exactly, union


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


_SETS = {"<": below, "≤": at_most, ">": above, "≥": at_least, "=": exactly}


def resolve(phrase: Phrase, variable: Variable) -> Resolved | Unresolved:
    """The set of numbers that `phrase` states of `variable`, in its canonical unit."""
    if phrase.broken and not (phrase.broken == "per cent of normal" and variable.unit == "% predicted"):
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
    times = max((bound.token.number or Decimal(0) for bound in phrase.bounds), default=Decimal(0))
    if variable.id in _TOO_FEW and phrase.scale == "uln" and times >= _MANY:
        return Unresolved("a multiple that nobody asks for", "other")  # '> 2 x ULN' behind neutrophils
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


_MANY = Decimal("1.5")
_TOO_FEW = frozenset(["anc", "platelets", "hemoglobin"])  # measures that are limited from below


def _resolve_scale_pair(phrase: Phrase, variable: Variable) -> Resolved | Unresolved:
    """'18/30' on a scale of 30; '0/1' as two steps. Blood pressures are split before they come here."""
    first, second = phrase.bounds[0].token.number, phrase.bounds[1].token.number
    top = variable.plausible.intervals[0].high
    if first is None or second is None or variable.unit:
        return Unresolved("two numbers about a slash")
    if second == top and not variable.roman:
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
            sets[-1] = between(min(lower, high), max(lower, high))  # 'Karnofsky 100 to 70'
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
        return _combine([(sign, high if sign in {"good", "worse"} else low)], variable, "")
    return _combine([(sign, edge)], variable, "")


def _canonical(token: Token, units: tuple[Unit, ...], variable: Variable) -> tuple[Decimal, str, bool] | Unresolved:
    """A number in the canonical unit, the unit it was stated in, and whether that had to be assumed."""
    if token.number is None:
        return Unresolved("a number that cannot be read")
    if not variable.unit and units and all(unit.dimension == "score" for unit in units):
        units = ()
    if units and "10^9/L" in variable.factors and all(unit.dimension == "volume" for unit in units):
        units = ()  # 'platelets ≥ 100,000 ml': a 'per' is lost, and the number tells what was meant
    readings = [token.number] + ([token.thousands] if token.thousands is not None else [])
    if any(unit.dimension == "copies" for unit in units):
        readings.reverse()  # '400.000 copies/mL': nobody counts thousandths of a copy
    fitting = [unit for unit in units if unit.id in variable.factors]
    if units and not fitting:
        if units[0].dimension in ("other", "volume") or variable.unit in ("", "lines", "cigarettes"):
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


# what "better" and "worse" compare with, where a high value is the good one
_ON_A_SCALE = {"good": "≥", "bad": "≤", "better": ">", "worse": "<"}


def _combine(
    sets: list[tuple[str, Decimal]], variable: Variable, unit: str, *, assumed: bool = False
) -> Resolved | Unresolved:
    if any(number not in variable.plausible for _, number in sets):
        return Unresolved("outside what is plausible", "impossible_unit" if variable.unit.startswith("×") else "")
    if variable.step is not None and any(0 < number < variable.step for _, number in sets):
        return Unresolved("less than one step of the scale")
    if len(sets) == 2 and sets[1][0] in ("-", "-<"):
        low, high = sets[0][1], sets[1][1]
        if low > high and variable.unit in ("letters", "decimal"):
            low, high = high, low  # '73 to 34 letters', '20/40 to 20/200'
        if low > high:
            return Unresolved("a range that runs backwards")
        values = between(low, high, low_closed=sets[0][0] != ">", high_closed=sets[1][0] == "-")
        return Resolved(variable.id, values, unit, assumed)
    sign, number = sets[0]
    if sign in _ON_A_SCALE:
        if not variable.fit:
            return Unresolved("better, on a scale of no stated direction")
        sign = _ON_A_SCALE[sign] if variable.fit == "high" else FLIP[_ON_A_SCALE[sign]]
    values = _SETS[sign or "="](number)
    return Unresolved("no value") if values == NOTHING else Resolved(variable.id, values, unit, assumed)
