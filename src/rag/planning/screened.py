"""The plan of a screening: who is described, and which trials come into question."""

from __future__ import annotations

from dataclasses import replace

from rag.planning import lexicon
from rag.planning.forms import seeks_any_trial
from rag.planning.joining import all_of
from rag.planning.marks import Kind
from rag.planning.patients import is_of_the_person, patient_of, values_lost
from rag.planning.sheet import Sheet
from rag.planning.slots import names_trials
from rag.planning.tables import word_set
from rag.types import About, FieldIs, QueryPlan

_FILTERS = frozenset({"status", "phase", "country", "city", "intervention_kind", "study_type", "age.maximum"})


def screened(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """The plan of a screening: the person described, and the trials that come into question."""
    parts = [part for part in sheet.bare.parts if not is_of_the_person(sheet.line, part.first, part.last)]
    fields = [p.predicate for p in parts if isinstance(p.predicate, FieldIs) and p.predicate.field in _FILTERS]
    named = _topics(sheet)
    # 'a diabetes trial': nobody is said to have it
    told = tuple(mark for mark in sheet.marks if not any(f <= mark.first and mark.last <= last for f, last in named))
    if not named and seeks_any_trial(sheet):  # 'I had breast cancer. Anything recruiting?'
        ill = [mark for mark in told if mark.kind is Kind.CONCEPT and lexicon.is_a_condition(mark.value)]
        named = [(mark.first, mark.last) for mark in ill if mark.value not in word_set("forms.stages")][:1]
    where = all_of([*fields, *(About(sheet.line.words(*span)) for span in named)])
    lost = values_lost(sheet.line, sheet.marks)
    return replace(plan, patient=patient_of(sheet.line, told), where=where, unread=lost)


def _topics(sheet: Sheet) -> list[tuple[int, int]]:
    """Where the words stand that say what the trials are about: 'any smoking cessation study', 'diabetes trials'."""
    if sheet.refs:
        return []
    parts = [part for part in sheet.reading.parts if isinstance(part.predicate, About)]
    said = [(part.first, part.last) for part in parts]
    said += [(mark.first, mark.last) for mark in sheet.kinds(Kind.CONCEPT)]
    spans = [span for span in dict.fromkeys(said) if names_trials(sheet.line, span[1])]
    return [span for span in spans if not any(_holds(other, span) for other in spans)]


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]
