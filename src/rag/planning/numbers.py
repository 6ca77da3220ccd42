"""Quantities of a trial itself in a question: 'more than 500 participants', 'three arms', 'a minimum age of 21'.

Clinical values are read by `rag.criteria.grammar`; these are the registry's counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rag.planning.lexicon import find_variables
from rag.planning.quantities import Quantity, bound_after, bounded, quantity_at, two_ended
from rag.planning.tables import checked, read_table, word_set
from rag.planning.words import Found, Line, Phrases
from rag.types import All, FieldIs, Predicate


@dataclass(frozen=True, slots=True)
class Sized:
    """A predicate on a count at tokens `first` to `last`."""

    first: int
    last: int
    field: FieldIs


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count says of trials, at tokens `first` to `last`: bounds, and of an enrolment whether it is planned."""

    first: int
    last: int
    predicate: Predicate


@cache
def _units() -> Mapping[str, str]:
    """Noun that a number counts → field."""
    rows = {word: field for field, row in _table().items() for word in row["counted"]}
    return dict.fromkeys(word_set("numbers.people"), "enrollment") | rows


@cache
def _names() -> Phrases[str]:
    """Name of a count, that stands before its number → field."""
    return Phrases((name, field) for field, row in _table().items() for name in row["names"])


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    table: Mapping[str, Mapping[str, list[str]]] = read_table("counts")
    for row in table.values():
        checked(row, file="counts", required=("counted", "names"))
    return table


@cache
def _ends_of_age() -> Phrases[str]:
    """'a floor of 18' where an age is spoken of before."""
    ends = {"age.minimum": ("floor", "minimum", "lower limit"), "age.maximum": ("ceiling", "maximum", "upper limit")}
    return Phrases((name, field) for field, names in ends.items() for name in names)


_OUTCOMES = {
    "primary": "primary_outcome_count",
    "main": "primary_outcome_count",
    "secondary": "secondary_outcome_count",
}


def find_counts(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Counted, ...]:
    """'more than 500 participants', 'with 3 arms', 'a sample size above 200', 'minimum age of 21'."""
    found: list[Counted] = []
    at, floor = 0, 0
    names: dict[int, list[Found[str]]] | None = None
    measured = {variable.last for variable in find_variables(line) if variable.value != "age"}  # 'ECOG 0 to 2, adults'
    of_a_kind = {at + 1 for at, word in enumerate(line.lemmas()) if word in word_set("numbers.of_a_kind")}
    while at < len(line.tokens):
        quantity = None if at in taken else quantity_at(line, at)
        sized = None
        kind = quantity is not None and quantity.bare and quantity.first in of_a_kind  # 'grade 3 participants'
        if quantity and not kind and quantity.first not in measured:
            names = _names_by_end(line) if names is None else names
            sized = _sized(line, quantity, floor, names)
        if sized and quantity and not taken.intersection(range(sized.first, sized.last)):
            whole = _with_other_end(line, sized, quantity)
            found.append(_of_a_kind(line, whole))
            at = floor = found[-1].last
        else:
            at = quantity.last if quantity else at + 1
    return tuple(found)


def _with_other_end(line: Line, sized: Sized, quantity: Quantity) -> Sized:
    """'more than 100 people but fewer than 300': the second end stands behind the noun."""
    if quantity.last == sized.last:
        return sized
    both = two_ended(line, quantity, sized.last)
    if both is None or sized.field.numbers != quantity.values:
        return sized
    last, at = both.last, both.last
    if (
        at < len(line.tokens)
        and not line.gap(at).strip()
        and _counted(line.lemmas(), at, at) not in {None, sized.field.field}
    ):
        return sized  # '… but fewer than 3 sites': another count
    return Sized(sized.first, last, FieldIs(sized.field.field, numbers=both.values))


def _of_a_kind(line: Line, sized: Sized) -> Counted:
    """'an actual enrolment above 100', 'planned to take 50 people': the number reached, or the number aimed at."""
    plain = Counted(sized.first, sized.last, sized.field)
    if sized.field.field != "enrollment":
        return plain
    first, last = _reach(line, sized)
    told = [(at, kind) for at in range(first, last) for kind in _KINDS if line.tokens[at].lemma in word_set(kind)]
    if len({kind for _, kind in told}) != 1 or line.lemmas(told[-1][0] + 1, told[-1][0] + 2) == ("to",):
        return plain  # 'planned or actual', 'planned to enrol'
    start, end = min(sized.first, told[0][0]), max(sized.last, told[-1][0] + 1)
    return Counted(start, end, All((sized.field, FieldIs("enrollment_kind", (_KINDS[told[0][1]],)))))


_KINDS = {"numbers.actual": "ACTUAL", "numbers.planned": "ESTIMATED"}


def _reach(line: Line, sized: Sized) -> tuple[int, int]:
    """The words of the clause near a count."""
    first, last = line.back_to_sign(sized.first, _NEAR, ",;.?!:("), sized.last
    while last < min(len(line.tokens), sized.last + _NEAR) and not set(line.gap(last)) & set(";.?!:"):
        last += 1
    return first, last


_ONE_OF_SEVERAL = (("in",), ("as",), ("into",))  # 'give it in one arm', 'as one group': no count of the arms
_NO_COUNT = (("which",), ("what",))  # 'which one enrolled the most people?'
_NEAR = 3  # words between a count and what says whether it is planned


def _sized(line: Line, quantity: Quantity, floor: int, names: Mapping[int, Sequence[Found[str]]]) -> Sized | None:
    lemmas = line.lemmas()
    after = quantity.last
    while after < len(lemmas) and lemmas[after] in word_set("numbers.described") and not line.gap(after).strip(" ,-"):
        after += 1
    if _counted(lemmas, after, after) is None and _counted(lemmas, quantity.last, quantity.last) is not None:
        after = quantity.last  # 'fewer than fifty enrolled, planned or not'
    apart = after < len(lemmas) and bool(set(line.gap(after)) & set(":;?!"))
    field = None if apart or _gets_something(lemmas, after) else _counted(lemmas, quantity.last, after)
    one = set(lemmas[quantity.first : quantity.last]) <= {"one", "1"}
    before = lemmas[quantity.first - 1 : quantity.first]
    if one and (before in _NO_COUNT or (field == "arms" and before in _ONE_OF_SEVERAL)):
        return None
    tail = bound_after(line, after + 1)
    if field and tail and quantity.bare:  # 'four arms or more'
        low = quantity.values.intervals[0].low
        return (
            None if low is None else Sized(quantity.first, tail.last, FieldIs(field, numbers=bounded(tail.value, low)))
        )
    if (
        field == "enrollment"
        and after + 1 < len(lemmas)
        and lemmas[after + 1] in {"aged", "with", "of"}
        and quantity.bare
    ):
        return None  # "accept 82 people aged": no size
    if field and (after == quantity.last or lemmas[after - 1] != "or"):
        return Sized(quantity.first, after + 1, FieldIs(field, numbers=quantity.values))
    near = set(lemmas[quantity.last : quantity.last + 3])
    if quantity.bare and {"trial", "study"} & near and "which" not in near:
        return None  # 'the age limits of the two lupus trials': the trials are counted
    return _named(line, quantity, floor, names) or _of_size(line, quantity)


def _of_size(line: Line, quantity: Quantity) -> Sized | None:
    """'bigger than 400', with no unit and nothing else that is large: the number of people."""
    ends = quantity.last >= len(line.tokens) or bool(set(line.gap(quantity.last)) & set(",;.?!"))
    ends = ends or line.lemmas(quantity.last, quantity.last + 1) in {("and",), ("but",), ("or",), ("which",)}
    large = line.lemmas(quantity.first, quantity.first + 1) in {("bigger",), ("larger",), ("smaller",)}
    if not ends or not large or find_variables(line):
        return None
    return Sized(quantity.first, quantity.last, FieldIs("enrollment", numbers=quantity.values))


def _names_by_end(line: Line) -> dict[int, list[Found[str]]]:
    """The names of counts by the token behind them, those that speak of an age last: only where one was named ahead."""
    lemmas = line.lemmas()
    aged = lemmas.index("age") if "age" in lemmas else len(lemmas)
    elliptic = (name for name in _ends_of_age().find(line) if aged < name.last)
    names: dict[int, list[Found[str]]] = {}
    for name in (*_names().find(line), *elliptic):
        names.setdefault(name.last, []).append(name)
    return names


def _named(
    line: Line, quantity: Quantity, floor: int, names: Mapping[int, Sequence[Found[str]]]
) -> Sized | None:
    """'a sample size above 200', 'a maximum age, but one higher than 70': the name stands before the number."""
    lemmas, before = line.lemmas(), quantity.first
    while (
        before > floor and lemmas[before - 1] in word_set("numbers.filler") and not set(line.gap(before)) & set(".;?!")
    ):
        before -= 1
    for name in names.get(before, ()):
        if name.first < floor or set(line.gap(before)) & set(".;?!"):
            continue
        told = lemmas[quantity.first - 1 : quantity.first] in {("of",), ("is",), ("at",)}  # 'an enrollment of 120'
        told = told or bool(set(line.gap(quantity.first)) & set(":="))
        low = quantity.values.intervals[0].low if quantity.bare else None
        aged = low is not None and lemmas[quantity.last : quantity.last + 1] == ("year",)
        tail = bound_after(line, quantity.last + 1) if aged else None
        if tail is not None and low is not None:  # 'a maximum age of 50 years or less'
            return Sized(name.first, tail.last, FieldIs(name.value, numbers=bounded(tail.value, low)))
        if told or not (name.last - name.first == 1 and quantity.bare):
            return Sized(name.first, quantity.last, FieldIs(name.value, numbers=quantity.values))
    return None


def _gets_something(lemmas: tuple[str, ...], at: int) -> bool:
    """'in which one group gets placebo', 'give one group no drug': one of several groups; none is counted."""
    behind = [word for word in lemmas[at + 1 : at + 3] if word not in {"that", "which", "who"}]
    getting = word_set("numbers.gets") | _NOTHING
    return lemmas[at : at + 1] in {("group",), ("arm",)} and bool(set(behind[:1]) & getting)


_NOTHING = frozenset({"no", "nothing", "left", "untreated"})


def _counted(lemmas: tuple[str, ...], first: int, at: int) -> str | None:
    """The field that the noun at token `at` counts; an outcome by what is said of it from token `first`."""
    if at >= len(lemmas):
        return None
    if lemmas[at] in {"outcome", "endpoint"} or lemmas[at : at + 2] == ("end", "point"):
        return next((_OUTCOMES[word] for word in lemmas[first:at] if word in _OUTCOMES), None)
    return _units().get(lemmas[at])
