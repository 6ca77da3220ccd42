"""Fields that a record leaves empty or fills: 'no sites listed', 'without a phase', 'whose end date is missing'.

The names are those of facts; a field that may be stated as none ('no masking') is read by its own words.
"""

from __future__ import annotations

from rag.planning.tables import fact_phrases, word_set
from rag.planning.words import Found, Line
from rag.types import Any, FieldIs, Not, Predicate

# Fact → the field that is empty where the record does not state it.
_FIELDS = {
    "phase": "phase", "sites": "sites", "site_count": "sites", "countries": "country", "cities": "city",
    "start_date": "start_date", "completion_date": "completion_date", "enrollment": "enrollment",
    "primary_completion_date": "primary_completion_date", "outcome.secondary": "secondary_outcome_count",
    "outcome.primary": "primary_outcome_count", "conditions": "condition", "arms": "arms", "keywords": "keyword",
    "minimum_age": "age.minimum", "maximum_age": "age.maximum",
}  # fmt: skip


def find_absent(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Found[Predicate], ...]:
    """Each field said to be missing."""
    found = []
    for fact in fact_phrases().find(line, taken):
        field = _FIELDS.get(fact.value)
        span = None if field is None else _denied_before(line, fact) or _denied_behind(line, fact)
        if field is not None and span is not None:
            found.append(Found(span[0], span[1], _empty(field)))
        elif field in _AGES and (first := _given(line, fact)) is not None:
            found.append(Found(first, fact.last, FieldIs(field)))
    return tuple(found)


_AGES = frozenset({"age.minimum", "age.maximum"})


def _given(line: Line, fact: Found[str]) -> int | None:
    """Where 'have an upper age limit' starts, no number behind it; None where the words stand otherwise."""
    verb = fact.first - 2
    said = verb > 0 and line.tokens[verb].lemma in word_set("absent.giving")
    articled = line.lemmas(fact.first - 1, fact.first) in {("a",), ("an",), ("any",)}
    ends = fact.last >= len(line.tokens) or bool(set(line.gap(fact.last)) & set(",;.?!"))
    trials = {"trial", "study", "which", "that"} & set(line.lemmas(max(0, verb - 1), verb)) if said else set()
    return verb if said and articled and ends and trials else None


def _empty(field: str) -> Predicate:
    none: Predicate = Not(FieldIs(field))
    return Any((none, FieldIs("phase", ("NA",)))) if field == "phase" else none


def _denied_before(line: Line, fact: Found[str]) -> tuple[int, int] | None:
    """'no sites', 'without any start date', 'lacking a phase', with the words for stating behind."""
    first = fact.first
    while first > 0 and line.tokens[first - 1].lemma in word_set("absent.between") and not line.gap(first).strip():
        first -= 1
    if first == 0 or line.gap(first).strip():
        return None
    if line.tokens[first - 1].lemma in word_set("absent.giving"):
        denied = _denial(line, first - 1)
        goes_on = line.lemmas(fact.last, fact.last + 1) and not set(line.gap(fact.last)) & set(",;.?!:")
        goes_on = goes_on and line.lemmas()[fact.last] not in word_set("absent.ends")  # 'no sites in Spain'
        return (denied, fact.last) if denied is not None and not goes_on else None
    if line.tokens[first - 1].lemma not in word_set("absent.without"):
        return None
    last = _past_stating(line, fact.last)
    ends = last >= len(line.tokens) or line.lemmas(last, last + 1)[0] in word_set("absent.ends")
    return (first - 1, last) if last > fact.last or ends or set(line.gap(last)) & set(",;.?!:") else None


def _denial(line: Line, verb: int) -> int | None:
    """Where the 'do not' of 'do not give', the 'never' of 'never state' starts; None where the verb is not denied."""
    first = verb - 1
    if first < 0 or line.tokens[first].lemma not in {"not", "never"}:
        return None
    return first - (line.lemmas(max(0, first - 1), first) in {("do",), ("doe",), ("did",)})


def _denied_behind(line: Line, fact: Found[str]) -> tuple[int, int] | None:
    """'phase not given', 'the end date is missing', 'sites were never listed'."""
    at = fact.last
    while at < len(line.tokens) and line.tokens[at].lemma in word_set("absent.be") and not line.gap(at).strip():
        at += 1
    lemmas = line.lemmas(at, at + 1)
    if lemmas and lemmas[0] in word_set("absent.missing"):
        return fact.first, at + 1
    last = _past_stating(line, at + 1)
    denied = lemmas and lemmas[0] in {"not", "never"} and last > at + 1
    return (fact.first, last) if denied else None


def _past_stating(line: Line, at: int) -> int:
    """The token behind 'given', 'is listed', 'on file'."""
    end = at
    while end < len(line.tokens) and line.tokens[end].lemma in word_set("absent.be") and not line.gap(end).strip():
        end += 1
    if line.lemmas(end, end + 1)[:1] != () and line.lemmas()[end] in word_set("absent.stating"):
        return end + 1
    return end + 2 if line.lemmas(end, end + 2) in {("on", "file"), ("on", "record"), ("at", "all")} else at
