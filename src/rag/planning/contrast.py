"""Bare words for a value of a field, where nothing but the company they keep says so: 'supplements rather than drugs'.

'Drugs' or 'placebo' name no value of a field in most questions. In a row or a contrast with another value of the field,
and in a question that consists of field values alone, they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rag.planning.tables import checked, frame_words, read_table, stop_words, word_set
from rag.planning.words import Found, Line, Phrases
from rag.types import FieldIs, Predicate


@cache
def _values() -> Phrases[FieldIs]:
    rows = []
    for row in read_table("contrasts")["row"]:
        checked(row, file="contrasts", required=("field", "values", "words"))
        rows += [(word, FieldIs(row["field"], tuple(row["values"]))) for word in row["words"]]
    return Phrases(rows)


def find_contrasted(
    line: Line, known: Sequence[tuple[int, int, object]], others: Sequence[tuple[int, int]]
) -> tuple[Found[Predicate], ...]:
    """The bare values beside one another or beside a known mark (first, last, what it stands for) of the same field.

    `others`: where verbs of criteria and conditions stand; a longer name ('recent surgery') keeps its words.
    """
    spans = [(first, last, value.field) for first, last, value in known if isinstance(value, FieldIs)]
    busy = frozenset(at for first, last, _ in known for at in range(first, last))
    bare = [one for one in _values().find(line, busy) if not _is_in_a_name(line, one, busy, others)]
    if not bare:
        return ()
    inside = [(one.first, one.last) for one in bare]
    verbs = any(not any(first <= start and end <= last for first, last in inside) for start, end in others)
    alone = not verbs and len(spans) + len(bare) > 1 and _consists_of_values(line, bare, busy)
    kept = [one for one in bare if alone or _has_company(line, one, bare, spans)]
    return tuple(Found(one.first, one.last, one.value) for one in kept)


def _is_in_a_name(line: Line, one: Found[FieldIs], busy: frozenset[int], others: Sequence[tuple[int, int]]) -> bool:
    """'sham procedure', 'recent surgery': one name with the word right before it."""
    named = any(first < one.first < last or (one.first < last - 1 and first <= one.first) for first, last in others)
    return named or (one.first - 1 in busy and not line.gap(one.first).strip())


def _has_company(
    line: Line, one: Found[FieldIs], bare: Sequence[Found[FieldIs]], spans: Sequence[tuple[int, int, str]]
) -> bool:
    """'drugs or devices', 'behavioural rather than drug', 'not treatment but prevention'."""
    if line.lemmas(one.last, one.last + 1) == ("one",):
        return True  # 'the device ones'
    others = [(other.first, other.last, other.value.field) for other in bare if other is not one]
    return any(
        field == one.value.field and _is_joined(line, *sorted([(first, last), (one.first, one.last)]))
        for first, last, field in [*others, *spans]
    )


def _is_joined(line: Line, before: tuple[int, int], after: tuple[int, int]) -> bool:
    between = line.lemmas(before[1], after[0])
    gaps = "".join(line.gap(at) for at in range(before[1], after[0] + 1))
    joins = bool(set(between) & word_set("contrast.joins")) or bool(set(gaps) & set(",/"))
    return joins and set(between) <= word_set("contrast.between") and not set(gaps) & set(".;?!:(")


def _consists_of_values(line: Line, bare: Sequence[Found[FieldIs]], busy: frozenset[int]) -> bool:
    """Whether nothing but values and words without meaning stand in the question."""
    held = busy | {at for one in bare for at in range(one.first, one.last)}
    idle = stop_words() | frame_words()
    left = [token.lemma for at, token in enumerate(line.tokens) if at not in held]
    asks = word_set("contrast.asks") & set(left)
    return not asks and all(word in idle for word in left)
