"""Registry fields named beside their value: 'masking: triple', 'prevention as their primary purpose', 'status unknown'.

A name and a value are found apart and read together when only linking words stand between them, whichever comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rag.planning.tables import checked, read_table, stop_words, word_set
from rag.planning.words import Found, Line, Phrases
from rag.types import All, FieldIs, Not, Predicate


@dataclass(frozen=True, slots=True)
class _Field:
    """How one field is named, and the words for its values."""

    names: Phrases[str]
    verbs: Phrases[str]  # what is said of the values alone: 'test a drug or a device'
    values: Phrases[tuple[str, ...]]


@cache
def _fields() -> Mapping[str, _Field]:
    fields = {}
    for field, row in read_table("named_values").items():
        checked(row, file="named_values", required=("names", "value"), optional=("verbs",))
        rows = []
        for value in row["value"]:
            checked(value, file="named_values", required=("is", "words"))
            rows += [(phrase, tuple(value["is"])) for phrase in value["words"]]
        names, verbs = (Phrases((name, field) for name in row.get(key, ())) for key in ("names", "verbs"))
        fields[field] = _Field(names, verbs, Phrases(rows))
    return fields


def find_valued(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Found[Predicate], ...]:
    """Every field named with its value, left to right; where two fields share a name, the one whose value is there."""
    found: list[Found[Predicate]] = []
    for field, words in _fields().items():
        names = [name for name in words.names.find(line, taken) if _names_the_field(line, name)]
        verbs = words.verbs.find(line, taken)
        values = words.values.find(line, taken) if names or verbs else ()
        found += [one for name in names if (one := _read(line, field, name, values)) is not None]
        found += [one for verb in verbs if (one := _governed(line, field, verb, values)) is not None]
    return tuple(sorted(found, key=lambda one: one.first))


def _names_the_field(line: Line, name: Found[str]) -> bool:
    """Not the 'status' of 'HIV status unknown', nor the 'model' of 'animal model': nothing else qualifies the name."""
    if name.last - name.first > 1 or name.first == 0 or line.gap(name.first).strip(" \"'"):
        return True
    return line.lemmas()[name.first - 1] in word_set("valued.before")


def _read(
    line: Line, field: str, name: Found[str], values: Sequence[Found[tuple[str, ...]]]
) -> Found[Predicate] | None:
    after = [value for value in values if value.first >= name.last]
    if after and _is_linked(line, name.last, after[0].first):
        row = _row(line, after)
        return Found(name.first, row[-1].last, _predicate(line, field, row, name.last))
    before = [value for value in values if value.last <= name.first]
    if before and _is_said_of(line, before[-1].last, name.first):
        row = _row_back(line, before)
        return Found(row[0].first, name.last, _predicate(line, field, row, row[0].first))
    return None


def _governed(
    line: Line, field: str, verb: Found[str], values: Sequence[Found[tuple[str, ...]]]
) -> Found[Predicate] | None:
    """'test a drug or a biologic', 'combine a drug with a device', not 'studies of drug abuse'."""
    after = [value for value in values if value.first >= verb.last]
    if not after or not set(line.lemmas(verb.last, after[0].first)) <= {"a", "an", "the", "any", "some", "new"}:
        return None
    row = _row(line, after)
    last = row[-1].last
    if last < len(line.tokens) and line.tokens[last].lemma not in stop_words() and not line.gap(last).strip():
        return None
    both = {"with", "both"} & set(line.lemmas(verb.first, last))
    first = row[0].first if {"trial", "study"} & set(line.lemmas(verb.first, verb.last)) else verb.first
    if both and len(row) > 1:
        return Found(first, last, All(tuple(FieldIs(field, value.value) for value in row)))
    return Found(first, last, _predicate(line, field, row, row[0].first))


def _predicate(line: Line, field: str, row: Sequence[Found[tuple[str, ...]]], start: int) -> Predicate:
    found = FieldIs(field, tuple(dict.fromkeys(code for value in row for code in value.value)))
    between = line.lemmas(start, row[0].first)
    denied = bool({"not", "isn", "other", "never"} & set(between)) or between[-1:] == ("non",)
    return Not(found) if denied else found


def _is_linked(line: Line, first: int, last: int) -> bool:
    """Whether only linking words and no end of a sentence stand between a name and the value after it."""
    between = line.lemmas(first, last)
    return _is_close(line, first, last) and all(word in word_set("valued.links") for word in between)


def _is_said_of(line: Line, first: int, last: int) -> bool:
    """'prevention as their primary purpose', 'a device as the intervention': the value, 'as', the name."""
    between = line.lemmas(first, last)
    said = bool(between) and between[0] in {"as", "for", "is"} and len(between) < 4
    return _is_close(line, first, last) and said and all(word in word_set("valued.links") for word in between)


def _is_close(line: Line, first: int, last: int) -> bool:
    gaps = "".join(line.gap(at) for at in range(first, last + 1))
    return not set(gaps) & set(".;?!")


def _row(line: Line, values: Sequence[Found[tuple[str, ...]]]) -> list[Found[tuple[str, ...]]]:
    """The value and those in a row with it: 'double, triple or quadruple', 'a company (industry)'."""
    row = [values[0]]
    for value in values[1:]:
        if not _in_row(line, row[-1].last, value.first):
            break
        row.append(value)
    return row


def _row_back(line: Line, values: Sequence[Found[tuple[str, ...]]]) -> list[Found[tuple[str, ...]]]:
    row = [values[-1]]
    for value in reversed(values[:-1]):
        if not _in_row(line, value.last, row[0].first):
            break
        row.insert(0, value)
    return row


def _in_row(line: Line, first: int, last: int) -> bool:
    between = line.lemmas(first, last)
    stops = "".join(line.gap(at) for at in range(first, last + 1)).strip()
    return set(between) <= {"or", "and", "a", "an", "the", "with"} and (
        bool(between) or bool(set(stops) & set(",/(+&"))
    )
