"""Follow-ups that give a condition up: 'drop the phase', 'ignore the kidney limit', 'without the recruiting filter'."""

from __future__ import annotations

from dataclasses import replace

from rag.criteria.concepts import narrower_or_equal
from rag.evidence.words import phrase
from rag.planning.joining import all_of, conjuncts
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet, content_of
from rag.planning.tables import word_set
from rag.planning.wording import fact_label
from rag.planning.words import lemmas_of
from rag.types import Any, Concerns, FieldIs, Limit, Not, Patient, Predicate, QueryPlan


def widened(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """The plan before without the conditions that the question gives up; None where it gives none of them up.

    'Drop the phase condition' and 'forget about recruiting' give up; 'drop the completed ones' narrows.
    """
    lemmas = sheet.line.lemmas()
    given_up = _gives_up(lemmas) or _drops_by_name(sheet, previous)
    if sheet.refs or not given_up:
        return None
    told = None if {"trial", "study"} & set(lemmas) else previous.patient  # 'remove the asthma trials'
    if told is not None and (person := _without(sheet, told)) != told:
        return replace(previous, patient=person, question=sheet.line.text.strip())
    parts = conjuncts(previous.where)
    left = [part for part in parts if not is_named(sheet, part)]
    if (not left and previous.patient is None) or len(left) == len(parts):
        return None
    return replace(previous, where=all_of(left), question=sheet.line.text.strip())


def _without(sheet: Sheet, person: Patient) -> Patient:
    """The person without the values and conditions that the question names: 'forget the platelets'."""
    numbers = tuple(number for number in person.numbers if number.variable not in sheet.variables)
    named = {kind for concept in sheet.concepts for kind in narrower_or_equal(concept)}
    has = tuple(concept for concept in person.has if concept not in named)
    has_not = tuple(concept for concept in person.has_not if concept not in named)
    return replace(person, numbers=numbers, has=has, has_not=has_not)


def _gives_up(lemmas: tuple[str, ...]) -> bool:
    """A verb of ignoring near the front, or one of leaving out or 'without' with 'condition', 'filter' and the like."""
    front = set(lemmas[:4])
    filters = set(lemmas) & word_set("widening.filters")
    return bool(front & word_set("widening.ignore")) or bool(filters and front & word_set("widening.drop"))


def _drops_by_name(sheet: Sheet, previous: QueryPlan) -> bool:
    """'Drop the phase', 'leave out gout': nothing but names of what a condition is on, and no value to narrow by."""
    lemmas = sheet.line.lemmas()
    fields = [mark.value for mark in sheet.kinds(Kind.FIELD)]
    new = [value for value in fields if value not in conjuncts(previous.where)]
    told = sheet.kinds(Kind.FACT, Kind.VARIABLE, Kind.CONCEPT, Kind.FIELD)
    read = {at for mark in told for at in range(mark.first, mark.last)}
    left = {lemmas[at] for at in content_of(sheet) if at not in read} - word_set("widening.drop")
    drops = bool(set(lemmas[:3]) & word_set("widening.drop")) and "one" not in lemmas
    return drops and bool(told) and not new and not left


def is_named(sheet: Sheet, part: Predicate) -> bool:
    """Whether the question names what the condition is about, by any word of it or by its variable or concept."""
    if isinstance(part, Not):
        return is_named(sheet, part.predicate)
    if isinstance(part, Any):
        return all(is_named(sheet, one) for one in part.predicates)
    if isinstance(part, Limit) and part.variable in sheet.variables:
        return True
    if isinstance(part, Concerns) and set(part.concepts) & set(sheet.concepts):
        return True
    words = phrase(part) + (f" {fact_label(part.field)}" if isinstance(part, FieldIs) else "")
    idle = word_set("widening.filters") | word_set("widening.idle")
    return bool(set(lemmas_of(words)) & set(sheet.line.lemmas()) - idle)
