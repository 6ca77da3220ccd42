"""Trial phases in a question: 'phase 3', 'phase II/III', 'phases 1 and 2', 'early phase 1', 'ph2b'."""

from __future__ import annotations

import re

from rag.planning.words import Found, Line
from rag.types import All, FieldIs, Predicate

_NUMBERS = {
    "1": "1",
    "i": "1",
    "one": "1",
    "2": "2",
    "ii": "2",
    "two": "2",
    "3": "3",
    "iii": "3",
    "three": "3",
    "4": "4",
    "iv": "4",
    "four": "4",
}
_NUMBER = re.compile(r"(1|2|3|4|i{1,3}|iv|one|two|three|four)(?:[abc]|(?<=\d)s)?")  # "phase 2s", not "phase is"
_PHASE = frozenset({"phase", "ph", "phse", "phas", "pahse", "phaze", "fase"})
_GLUED = re.compile(r"(?:phase|ph|p)([1-4])[ab]?")


def find_phases(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Found[Predicate], ...]:
    """Every phase named: any of several ('phase 2 or 3'), or both at once ('phase 2/3')."""
    lemmas, found, at = line.lemmas(), [], 0
    while at < len(lemmas):
        match = None if at in taken else _phase_at(line, at)
        if match:
            found.append(match)
        at = match.last if match else at + 1
    return tuple(found)


def _phase_at(line: Line, at: int) -> Found[Predicate] | None:
    lemmas = line.lemmas()
    first = at
    early = lemmas[at] == "early" and at + 1 < len(lemmas)
    at += early
    glued = _GLUED.fullmatch(lemmas[at])
    if glued:
        return Found(first, at + 1, _of([glued.group(1)], early=early, both=False))
    if lemmas[at] in _PHASE and lemmas[at + 1 : at + 2] == ("of",) and _number(" ".join(lemmas[at + 2 : at + 3])):
        at += 1  # 'a phase of 2 or later'
    elif lemmas[at] not in _PHASE or at + 1 >= len(lemmas) or not _number(lemmas[at + 1]):
        return None
    numbers, at, both = [_number(lemmas[at + 1])], at + 2, False
    while at < len(lemmas):
        gap = line.gap(at).strip()
        joined = lemmas[at] in {"and", "or", *_UP_TO} and at + 1 < len(lemmas)
        start = at + joined + (joined and lemmas[min(at + 1, len(lemmas) - 1)] == "phase")
        number = _number(lemmas[start]) if start < len(lemmas) else ""
        if (
            not number
            or not (joined or gap in {"/", "-", "–", ",", "&"})
            or (joined and lemmas[at] == "and" and _counts(line, start))
        ):
            break
        both = both or gap in {"/", "-", "–"}
        ranged = joined and lemmas[at] in _UP_TO and int(numbers[-1]) < int(number)
        numbers += [str(one) for one in range(int(numbers[-1]) + 1, int(number))] if ranged else []
        numbers.append(number)
        at = start + 1
    return _open_ended(lemmas, first, at, numbers) or Found(first, at, _of(numbers, early=early, both=both))


_UP_TO = frozenset({"to", "through", "thru"})  # 'phases 1 to 3'
_LATER = {
    ("or", "later"),
    ("or", "higher"),
    ("or", "above"),
    ("and", "above"),
    ("and", "later"),
    ("or", "more"),
    ("or", "beyond"),
}
_EARLIER = {("or", "earlier"), ("or", "lower"), ("or", "below"), ("and", "below"), ("and", "earlier"), ("or", "less")}


def _open_ended(lemmas: tuple[str, ...], first: int, last: int, numbers: list[str]) -> Found[Predicate] | None:
    """'phase 2 or later', 'at least phase 2', 'later than phase 2': every phase on that side."""
    if len(numbers) != 1:
        return None
    number, before, after = int(numbers[0]), lemmas[max(0, first - 2) : first], lemmas[last : last + 2]
    if lemmas[last + 2 : last + 3] and lemmas[last + 2][0].isdigit():
        after = ()  # 'phase 2 and above 500 people'
    found: list[int] = []
    if before == ("at", "least") or after in _LATER:
        found = list(range(number, 5))
    elif before in {("later", "than"), ("beyond",), ("above",), ("higher", "than")}:
        found = list(range(number + 1, 5))
    elif before in {("at", "most"), ("up", "to")} or after in _EARLIER:
        found = list(range(1, number + 1))
    elif before in {("earlier", "than"), ("lower", "than")}:
        found = list(range(1, number))
    start = first - 2 if before and after not in _LATER | _EARLIER else first
    end = last + 2 if after in _LATER | _EARLIER else last
    return Found(start, end, _of([str(one) for one in found], early=False, both=False)) if found else None


def _counts(line: Line, at: int) -> bool:
    """Whether the number counts something of its own: 'phase 3 and 2 arms'."""
    return at + 1 < len(line.tokens) and line.tokens[at + 1].lemma in {"arm", "site", "group", "center", "country"}


def _number(word: str) -> str:
    match = _NUMBER.fullmatch(word)
    return _NUMBERS[match.group(1)] if match else ""


def _of(numbers: list[str], *, early: bool, both: bool) -> Predicate:
    values = tuple(dict.fromkeys(f"{'EARLY_' if early else ''}PHASE{number}" for number in numbers))
    if both and len(values) == 2:
        return All(tuple(FieldIs("phase", (value,)) for value in values))
    return FieldIs("phase", values)
