"""Limits in words: in the unit of the source where the canonical one would print a long fraction."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from itertools import chain

from rag.criteria.lexicon import load_variables
from rag.text import shortened
from rag.types import Constraint
from rag.units import decimal_of, load_units
from rag.values import Interval, Values, plain

_SHOWN_DIGITS = 4
_FOUR = Context(prec=_SHOWN_DIGITS)
_TEN = Context(prec=10)


def describe_constraint(constraint: Constraint, *, excluded: bool = False) -> str:
    """'eGFR < 60 mL/min': the values out (`excluded`) or in; a converted number is rounded and shown as stated too."""
    values = ~constraint.admits if excluded else constraint.admits
    label = label_of(constraint.variable)
    if _is_as_stated(constraint):
        return f"{label} {values.describe(constraint.unit)}"
    shown = in_stated_unit(constraint.variable, values, constraint.stated)
    if shown:
        return f"{label} {shown[0].describe(shown[1])}{converted(constraint.variable, values, shown[1])}"
    return f'{label} {rounded(values).describe(constraint.unit)} (stated: "{shortened(constraint.stated, 90)}")'


def set_in_words(variable: str, values: Values, stated: str) -> str:
    """'≥ 12 weeks': the set in the canonical unit, or where its ends are round only in the unit stated, in that one."""
    shown = in_stated_unit(variable, values, stated)
    if shown is None:
        return rounded(values).describe(load_variables()[variable].unit)
    return shown[0].describe(shown[1]) + converted(variable, values, shown[1])


def converted(variable: str, values: Values, unit: str) -> str:
    """' (1.504 mg/dL)' behind a set given in another unit than the canonical one; '' for times, which need none."""
    canonical = load_variables()[variable].unit
    if unit == canonical or load_units().by_id[unit].dimension == "time":
        return ""
    return f" ({rounded(values).describe(canonical)})"


def in_stated_unit(variable: str, values: Values, stated: str) -> tuple[Values, str] | None:
    """The set in the first unit in which its ends are round numbers that `stated` prints; None where there is none."""
    digits = stated.replace(",", "")
    for unit, (factor, offset) in load_variables()[variable].factors.items():
        ends = {end: _converted(end, factor, offset) for i in values for end in (i.low, i.high) if end is not None}
        if all(_is_round(end) and plain(end) in digits for end in ends.values()):
            intervals = (Interval(ends.get(i.low), ends.get(i.high), i.low_closed, i.high_closed) for i in values)  # type: ignore[arg-type]
            return Values(tuple(intervals)), unit
    return None


def _converted(end: Decimal, factor: Fraction, offset: Fraction) -> Decimal:
    """An end of the canonical unit in another: what twelve digits have lost is given back."""
    return _TEN.create_decimal(decimal_of((Fraction(end) - offset) / factor)).normalize()


def label_of(variable: str) -> str:
    """The variable's name as it stands before a number: 'ALT' for 'ALT (× ULN)', whose unit follows the number."""
    known = load_variables()
    return known[variable].label.removesuffix(" (× ULN)") if variable in known else variable


def _is_as_stated(constraint: Constraint) -> bool:
    """Whether the canonical numbers are those of the source: '< 90 days' is converted to months, '10^9/L' is not."""
    digits = constraint.stated.replace(",", "")
    ends = chain.from_iterable((i.low, i.high) for i in constraint.admits)
    return all(end is None or plain(end) in digits or _is_whole(end) for end in ends)


def _is_whole(end: Decimal) -> bool:
    """A short whole number may be shown alone; 2.76 months were 12 weeks, and the weeks are shown too."""
    return _is_round(end) and end == end.to_integral_value()


def _is_round(end: Decimal) -> bool:
    return len(end.normalize().as_tuple().digits) <= _SHOWN_DIGITS


def rounded(values: Values) -> Values:
    """The same set with ends of at most four significant digits, for showing only."""

    def end(number: Decimal | None) -> Decimal | None:
        return None if number is None or _is_round(number) else _FOUR.create_decimal(number)

    return Values(
        tuple(Interval(end(i.low) or i.low, end(i.high) or i.high, i.low_closed, i.high_closed) for i in values)
    )
