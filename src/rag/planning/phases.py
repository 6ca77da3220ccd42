"""Trial phases in a question: 'phase 3', 'phase II/III', 'phases 1 and 2', 'early phase 1', 'ph2b'."""

from __future__ import annotations

import re

from rag.planning.words import Found, Line
from rag.types import All, Any, FieldIs, Not, Predicate

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
    found: list[Found[Predicate]] = []
    at = 0
    while at < len(line.tokens):
        match = None if at in taken else _phase_at(line, at)
        if match:
            found.append(match)
        at = match.last if match else at + 1
    return tuple(found)


_Row = list[list[str]]  # alternatives, each of one phase or of those that a trial has at once: '2 or 2/3'


def _phase_at(line: Line, at: int) -> Found[Predicate] | None:
    lemmas = line.lemmas()
    first = at
    early = lemmas[at] == "early" and at + 1 < len(lemmas)
    at += early
    glued = _GLUED.fullmatch(lemmas[at])
    if glued:
        return Found(first, at + 1, _of([[glued.group(1)]], early=early))
    if lemmas[at] in _PHASE and lemmas[at + 1 : at + 2] == ("of",) and _number(" ".join(lemmas[at + 2 : at + 3])):
        at += 1  # 'a phase of 2 or later'
    elif lemmas[at] not in _PHASE or at + 1 >= len(lemmas) or not _number(lemmas[at + 1]):
        return None
    row, at = _row_at(line, at + 1)
    if (side := _open_ended(lemmas, first, at, [one for group in row for one in group])) is not None:
        return side
    found = Found(_opened_by(line, first), at, _of(row, early=early))
    return found if early else _with_mixed(line, found, row)


def _row_at(line: Line, at: int) -> tuple[_Row, int]:
    """The alternatives that begin with the number at token `at`, and the token behind them."""
    lemmas = line.lemmas()
    row, at = [[_number(lemmas[at])]], at + 1
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
        last = row[-1][-1]
        if gap in {"/", "-", "–"} or (lemmas[at : at + 1] == ("and",) and lemmas[start + 1 : start + 2] in _AT_ONCE):
            row[-1].append(number)
        else:
            ranged = joined and lemmas[at] in _UP_TO and int(last) < int(number)
            row += [[str(one)] for one in range(int(last) + 1, int(number))] if ranged else []
            row.append([number])
        at = start + 1
    return row, at + (len(row[-1]) > 1 and lemmas[at : at + 1] in _AT_ONCE)


_AT_ONCE = {("together",), ("combined",)}  # 'phases 1 and 2 combined'


def _opened_by(line: Line, first: int) -> int:
    """Where 'early-phase work (phase 1 or 2)' begins: the phases in brackets say which are meant."""
    if "(" not in line.gap(first):
        return first
    return next((at for at in range(max(0, first - 4), first - 1) if line.lemmas(at, at + 2) == _EARLY), first)


_EARLY = ("early", "phase")


def _with_mixed(line: Line, found: Found[Predicate], row: _Row) -> Found[Predicate]:
    """'phase 2 (1/2 included)' as phase 2, of which those are; 'phase 3, not 2/3', 'exactly phase 3' without."""
    if len(row) != 1 or len(row[0]) != 1:
        return found
    own = row[0][0]
    lemmas, at = line.lemmas(), found.last
    while at < len(lemmas) and lemmas[at] in _WITH | _WITHOUT | _OF_PHASES and at - found.last < _NEAR:
        at += 1
    words = set(lemmas[found.last : at])
    beside = "(" in line.gap(found.last) or "," in line.gap(found.last) or bool(words)
    mixed, end = _row_at(line, at) if at < len(lemmas) and _number(lemmas[at]) and beside else ([], at)
    if mixed and all(own in group and len(group) > 1 for group in mixed):
        if words & _WITHOUT:
            others = [one for group in mixed for one in group if one != own]
            return Found(found.first, end, _alone(own, others))
        end += lemmas[end : end + 1] in _INCLUDED
        return Found(found.first, end, found.value)
    if lemmas[max(0, found.first - 1) : found.first] in _EXACTLY:
        return Found(found.first - 1, found.last, _alone(own, [one for one in "1234" if one != own]))
    return found


_OF_PHASES = frozenset({"phase", "trial", "study", "protocol"})
_NEAR = 5  # words between a phase and the mixed one beside it
_WITH = frozenset({"including", "include", "incl", "counting", "plus", "and", "or", "also", "as", "well"})
_WITHOUT = frozenset({"not", "but", "without", "excluding", "no", "except", "minus"})
_INCLUDED = {(word,) for word in ("included", "including", "include", "incl", "too", "also", "counting", "count")}
_EXACTLY = {(word,) for word in ("exactly", "purely", "precisely", "strictly", "pure", "solely", "exclusively")}


def _alone(own: str, others: list[str]) -> Predicate:
    """One phase, and none of the others beside it."""
    return All((_of([[own]], early=False), Not(_of([[one] for one in others], early=False))))


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
    return Found(start, end, _of([[str(one)] for one in found], early=False)) if found else None


def _counts(line: Line, at: int) -> bool:
    """Whether the number counts something of its own: 'phase 3 and 2 arms'."""
    return at + 1 < len(line.tokens) and line.tokens[at + 1].lemma in {"arm", "site", "group", "center", "country"}


def _number(word: str) -> str:
    match = _NUMBER.fullmatch(word)
    return _NUMBERS[match.group(1)] if match else ""


def _of(row: _Row, *, early: bool) -> Predicate:
    """Any of the alternatives; one that a plainer one holds ('2 or 2/3') adds nothing."""
    prefix = "EARLY_PHASE" if early else "PHASE"
    pairs = [group for group in row if len(group) == 2 and group[0] != group[1]]
    singles = dict.fromkeys(one for group in row if group not in pairs for one in group)
    pairs = [group for group in pairs if not set(group) & set(singles)]
    parts: list[Predicate] = [All(tuple(FieldIs("phase", (f"{prefix}{one}",)) for one in group)) for group in pairs]
    if singles:
        parts.insert(0, FieldIs("phase", tuple(f"{prefix}{one}" for one in singles)))
    return parts[0] if len(parts) == 1 else Any(tuple(parts))
