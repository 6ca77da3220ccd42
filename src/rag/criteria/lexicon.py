"""The variables that criteria limit: names, canonical units, conversions and what makes sense.

All of it is data in `data/variables.toml`; the loader refuses duplicates, unknown keys and unknown units.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from rag.units import Unit, Units, decimal_of, load_units
from rag.values import Values, between

DECOY = "_decoys"
_KEYS = {
    "label", "group", "unit", "units", "convert", "plausible", "bare", "uln", "normal", "aliases", "made", "cased",
    "needs_unit",
    "needs_comparator", "exact", "related", "step", "roman", "letters", "counts", "pair", "members", "fit",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variable:
    """One quantity. `factors` gives, for each unit id, (factor, offset) to the canonical unit."""

    id: str
    label: str
    group: str
    unit: str
    aliases: tuple[str, ...]
    factors: Mapping[str, tuple[Fraction, Fraction]]
    plausible: Values
    step: Decimal | None = None
    bare: tuple[tuple[str, Decimal, Decimal], ...] | None = None  # None: the canonical unit
    related: tuple[tuple[str, str], ...] = ()
    letters: Mapping[str, tuple[Decimal, Decimal]] | None = None
    pair: tuple[str, str] | None = None
    members: tuple[str, ...] = ()  # a name for several variables at once: transaminases
    fit: str = ""  # 'high' or 'low': which side a limit on fitness keeps
    roman: bool = False
    counts: bool = False  # the name follows its number and says what is counted
    normal: bool = False
    has_uln: bool = False

    def convert(self, number: Decimal, unit: str) -> Decimal | None:
        """`number` of `unit` in the canonical unit; None where the unit measures something else."""
        rule = self.factors.get(unit)
        if rule is None:
            return None
        factor, offset = rule
        return number if factor == 1 and not offset else decimal_of(Fraction(number) * factor + offset)


@dataclass(frozen=True, slots=True)
class Alias:
    """A name of a variable as words and the signs between them; `cased` holds the exact spelling where case matters."""

    words: tuple[str, ...]
    joints: tuple[str, ...]
    variable: str
    cased: tuple[str, ...] = ()
    needs_unit: bool = False
    needs_comparator: bool = False


MEASURE = "measure:"  # begins the id of a quantity that is known by nothing but its words: 'measure:plaque score|%'
PLACE = "\ua66e"  # what stands in a text for the words of such a quantity: a letter that no record has


def measure_id(words: str, unit: str = "") -> str:
    """The id of a quantity outside the lexicon, by the words and the unit that somebody asks for."""
    return f"{MEASURE}{words}|{unit}"


class Variables(dict[str, Variable]):
    """Variables by id; that of a measure outside the lexicon is made of its id and listed nowhere."""

    def __contains__(self, variable_id: object) -> bool:
        return super().__contains__(variable_id) or str(variable_id).startswith(MEASURE)

    def __missing__(self, variable_id: str) -> Variable:
        if not variable_id.startswith(MEASURE):
            raise KeyError(variable_id)
        words, _, unit = variable_id.removeprefix(MEASURE).rpartition("|")
        factors = {unit: (Fraction(1), Fraction(0))} if words else _as_given()
        return Variable(variable_id, words, MEASURE, unit, (), factors, between(-_FAR, _FAR), roman=True)


_FAR = Decimal(10) ** 15


@cache
def _as_given() -> Mapping[str, tuple[Fraction, Fraction]]:
    """Every unit as it stands: numbers of a measure that nobody knows are compared in one unit alone."""
    one = (Fraction(1), Fraction(0))
    return {"": one, "unknown unit": one} | dict.fromkeys(load_units().by_id, one)


@cache
def load_variables() -> Variables:
    """Every variable by id, the multiples of a limit of normal among them ('alt_uln', 'lvef_lln')."""
    found = Variables()
    for variable_id, row in _rows().items():
        if variable_id == DECOY:
            continue
        variable = _variable(variable_id, row)
        found[variable_id] = variable
        if variable.has_uln:
            found |= {derived.id: derived for derived in _multiples(variable)}
    for variable in found.values():
        for other, _ in variable.related:
            if other not in found:
                raise ValueError(f"variables.toml: {variable.id} is related to {other}, which is unknown")
    return found


@cache
def variables_of_group(group: str) -> tuple[str, ...]:
    """The ids of a group such as 'kidney', in the order of the file."""
    return tuple(variable.id for variable in load_variables().values() if variable.group == group)


@cache
def alias_index() -> Mapping[str, tuple[Alias, ...]]:
    """Aliases by first word, longest first."""
    index: dict[str, list[Alias]] = {PLACE: [Alias((PLACE,), (), MEASURE)]}
    seen: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}
    for variable_id, row in _rows().items():
        for alias in _aliases(variable_id, row):
            key = (alias.words, (*alias.joints, *alias.cased))
            if seen.get(key) == variable_id:
                continue  # two spellings that differ in blanks or hyphens alone
            if key in seen:
                raise ValueError(f"variables.toml: {' '.join(alias.words)!r} names {seen[key]} and {variable_id}")
            seen[key] = variable_id
            index.setdefault(alias.words[0], []).append(alias)
    return {word: tuple(sorted(members, key=_longest_first)) for word, members in index.items()}


# words too common to tell that a variable is named
_COMMON = frozenset(
    [
        "of",
        "or",
        "and",
        "the",
        "months",
        "weeks",
        "days",
        "hours",
        "years",
        "month",
        "week",
        "day",
        "hour",
        "prior",
        "previous",
        "therapy",
        "treatment",
        "treatments",
        "therapies",
        "time",
        "from",
        "after",
        "since",
        "serum",
        "blood",
        "plasma",
        "total",
        "level",
        "levels",
        "value",
        "score",
        "mean",
        "count",
        "without",
        "first",
        "second",
        "lines",
        "line",
    ]
)


# of limits whose variable is only understood: "18 years and over", "one month old or less", "heavier than 120 lbs"
_UNDERSTOOD = frozenset(
    [
        *["years", "year", "yrs", "old", "older", "younger", "heavier", "lbs", "pounds", "y", "pack", "packs"],
        *["weighting", "child", "consent", "signing", "enrollment"],
    ]
)


def may_name(words: Collection[str]) -> bool:
    """Whether a text of these words in lower case may name, or leave understood, a variable: False is certain."""
    if not _UNDERSTOOD.isdisjoint(words):
        return True
    names = _names_by_word()
    told, held = _telling_words().intersection(words), frozenset(words)
    return any(name <= held for word in told for name in names[word])


def aliases_among(words: frozenset[str]) -> Iterator[Alias]:
    """The aliases all of whose words, numbers aside, are among these: none else can stand in a text of them."""
    names = _names_by_word()
    for word in _telling_words().intersection(words):
        for name, aliases in names[word].items():
            if name <= words:
                yield from aliases


# of earlier treatments, whose names are made by rule behind their number: 'two cytotoxic regimens'
_COUNTED_BEHIND = (
    *["regimen", "regimens", "line", "lines", "programs", "chemotherapy", "chemotherapies", "therapy", "therapies"],
    *["treatment", "treatments"],
)


@cache
def _telling_words() -> frozenset[str]:
    return frozenset(_names_by_word())


@cache
def _names_by_word() -> Mapping[str, Mapping[frozenset[str], Sequence[Alias]]]:
    """The words of each name, numbers aside, with its aliases, by the most telling of them."""
    found: dict[str, dict[frozenset[str], list[Alias]]] = {}
    for noun in _COUNTED_BEHIND:
        found[noun] = {frozenset([noun]): []}
    for aliases in alias_index().values():
        for alias in aliases:
            if alias.variable != DECOY:
                words = [word for word in alias.words if word.isalnum() and not word.isdigit()]
                telling = [word for word in words if word not in _COMMON] or words
                found.setdefault(max(telling, key=len), {}).setdefault(frozenset(words), []).append(alias)
    return found


def _longest_first(alias: Alias) -> tuple[int, int, tuple[str, ...], str]:
    return (-len(alias.words), -len(alias.cased), alias.words, alias.variable)


_WORD = re.compile(r"[^\W\d_][^\W_]*|\d+")


def words_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a name and the signs between them ('' for blanks, hyphens, dots and apostrophes)."""
    found = list(_WORD.finditer(text))
    words = tuple(match.group() for match in found)
    joints = tuple(joint(text[a.end() : b.start()]) for a, b in itertools.pairwise(found))
    return words, joints


def joint(between_words: str) -> str:
    """What stands between two words of a name, reduced to the signs that tell names apart: '/', ':', '(', '&', ','."""
    return "".join("/" if sign == ":" else sign for sign in between_words if sign not in " \t\n-–—'’.+")


def _made(row: Mapping[str, Any]) -> Iterator[str]:
    """The names that are put together from parts: 'previous' + 'systemic' + 'regimens'."""
    for parts in row.get("made", ()):
        for chosen in itertools.product(*parts):
            yield " ".join(part for part in chosen if part)


def _aliases(variable_id: str, row: Mapping[str, Any]) -> Iterator[Alias]:
    needs_unit = set(row.get("needs_unit", ()))
    needs_comparator = set(row.get("needs_comparator", ()))
    listed = [*row["aliases"], *_made(row)]
    for name in [
        *listed,
        *sorted((needs_unit | needs_comparator) - set(listed) - {n.lower() for n in row.get("cased", ())}),
    ]:
        words, joints = words_of(name)
        yield Alias(words, joints, variable_id, (), name in needs_unit, name in needs_comparator)
    for name in row.get("cased", ()):
        words, joints = words_of(name)
        lowered = tuple(word.lower() for word in words)
        yield Alias(lowered, joints, variable_id, words, name.lower() in needs_unit)


@cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    rows = tomllib.loads(resources.files("rag.criteria.data").joinpath("variables.toml").read_text("utf-8"))
    for variable_id, row in rows.items():
        unknown = set(row) - _KEYS
        if unknown:
            raise ValueError(f"variables.toml: {variable_id} has unknown keys {sorted(unknown)}")
    return rows


def _variable(variable_id: str, row: Mapping[str, Any]) -> Variable:
    low, high = row["plausible"]
    bare = row.get("bare")
    return Variable(
        id=variable_id,
        label=row["label"],
        group=row["group"],
        unit=row["unit"],
        aliases=tuple(row["aliases"]),
        factors=_factors(variable_id, row, load_units()),
        plausible=between(Decimal(str(low)), Decimal(str(high))),
        step=Decimal(row["step"]) if "step" in row else None,
        bare=None if bare is None else tuple((unit, Decimal(str(a)), Decimal(str(b))) for unit, a, b in bare),
        related=tuple((other, relation) for other, relation in row.get("related", ())),
        letters={key: (Decimal(a), Decimal(b)) for key, (a, b) in row["letters"].items()} if "letters" in row else None,
        pair=tuple(row["pair"]) if "pair" in row else None,
        members=tuple(row.get("members", ())),
        fit=row.get("fit", ""),
        roman=row.get("roman", False),
        counts=row.get("counts", False),
        normal=row.get("normal", False),
        has_uln=row.get("uln", False),
    )


def _factors(variable_id: str, row: Mapping[str, Any], units: Units) -> dict[str, tuple[Fraction, Fraction]]:
    """(factor, offset) to the canonical unit, for its own dimension and those that `convert` opens."""
    canonical = units.by_id.get(row["unit"])
    factors: dict[str, tuple[Fraction, Fraction]] = {row["unit"]: (Fraction(1), Fraction(0))}
    if canonical is not None:
        for unit in units.by_id.values():
            if unit.dimension == canonical.dimension and unit.dimension != "other":
                factors[unit.id] = (unit.factor / canonical.factor, (unit.offset - canonical.offset) / canonical.factor)
    for unit_id, text in row.get("convert", {}).items():
        factor, _, offset = text.partition("+")
        rule = (_fraction(factor), _fraction(offset or "0"))
        known = units.by_id.get(unit_id)
        if known is None:
            factors[unit_id] = rule
            continue
        for unit in _of_dimension(known, units):
            factors.setdefault(unit.id, (rule[0] * unit.factor / known.factor, rule[1]))
    for unit_id, text in row.get("exact", {}).items():
        factors[unit_id] = (_fraction(text), Fraction(0))  # 'G/L' of cells, without the other units of mass
    if "units" in row:
        factors = {unit_id: factors[unit_id] for unit_id in row["units"]}
    return factors


def _of_dimension(known: Unit, units: Units) -> list[Unit]:
    return [unit for unit in units.by_id.values() if unit.dimension == known.dimension]


def _fraction(text: str) -> Fraction:
    top, _, bottom = text.strip().partition("/")
    return Fraction(top) / Fraction(bottom or "1")


def _multiples(variable: Variable) -> list[Variable]:
    """The multiples of the upper and of the lower limit of normal: variables of their own, never absolute numbers."""
    made = []
    for suffix, name, plausible in (
        ("uln", "× ULN", (Decimal("0.1"), Decimal(100))),
        ("lln", "× LLN", (Decimal("0.1"), Decimal(20))),
    ):
        made.append(
            replace(
                variable,
                id=f"{variable.id}_{suffix}",
                label=f"{variable.label} ({name})",
                unit=name,
                aliases=(),
                factors={name: (Fraction(1), Fraction(0))},
                plausible=between(*plausible),
                step=None,
                bare=None,
                related=((variable.id, "the absolute level"),),
                letters=None,
                fit=variable.fit or ("low" if suffix == "uln" else "high"),
                normal=False,
                has_uln=False,
            )
        )
    return made
