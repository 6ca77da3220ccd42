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

_FILTERS = frozenset({"status", "phase", "country", "city"})


def screened(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """The plan of a screening: the person described, and the trials that come into question."""
    parts = [part for part in sheet.bare.parts if not is_of_the_person(sheet.line, part.first, part.last)]
    fields = [p.predicate for p in parts if isinstance(p.predicate, FieldIs) and p.predicate.field in _FILTERS]
    topics = [mark for mark in sheet.kinds(Kind.CONCEPT) if not sheet.refs and names_trials(sheet.line, mark.last)]
    told = tuple(mark for mark in sheet.marks if mark not in topics)  # 'a diabetes trial': nobody is said to have it
    if not topics and seeks_any_trial(sheet):  # 'I had breast cancer. Anything recruiting?'
        ill = [mark for mark in told if mark.kind is Kind.CONCEPT and lexicon.is_a_condition(mark.value)]
        topics = [mark for mark in ill if mark.value not in word_set("forms.stages")][:1]
    where = all_of([*fields, *(About(sheet.line.words(mark.first, mark.last)) for mark in topics)])
    lost = values_lost(sheet.line, sheet.marks)
    return replace(plan, patient=patient_of(sheet.line, told), where=where, unread=lost)
