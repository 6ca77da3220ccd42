"""The plan of a screening: who is described, and which trials come into question."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.planning import lexicon
from rag.planning.forms import seeks_any_trial
from rag.planning.joining import Part, all_of
from rag.planning.marks import Kind
from rag.planning.patients import is_of_the_person, left_unused, patient_of
from rag.planning.several_persons import tells_of_several
from rag.planning.sheet import Sheet
from rag.planning.slots import names_trials
from rag.planning.tables import word_set
from rag.types import About, FieldIs, Intent, QueryPlan

_FILTERS = frozenset({"status", "phase", "country", "city", "intervention_kind", "study_type", "age.maximum"})


def screened(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """The plan of a screening: the person described, and the trials that come into question."""
    if tells_of_several(sheet.line.text):
        return replace(plan, intent=Intent.AMBIGUOUS, reason="several_persons")
    dwells = [(p.first, p.last) for p in sheet.bare.parts if is_of_the_person(sheet.line, p.first, p.last)]
    parts = [part for part in sheet.bare.parts if (part.first, part.last) not in dwells]
    fields = [p.predicate for p in parts if isinstance(p.predicate, FieldIs) and p.predicate.field in _FILTERS]
    given = [p.predicate for p in parts if not {"trial", "study"} & set(sheet.line.lemmas(p.first, p.last + 2))]
    fields = [field for field in fields if field.field != "intervention_kind" or field not in given]  # what they had
    story = [p.predicate for p in parts if _is_of_the_story(sheet, p)]
    fields = [field for field in fields if field not in story]
    named = _topics(sheet)
    # 'a diabetes trial': nobody is said to have it
    told = tuple(mark for mark in sheet.marks if not any(f <= mark.first and mark.last <= last for f, last in named))
    if not named and seeks_any_trial(sheet) and not _OF_ALL.search(sheet.line.text):
        # 'I had breast cancer. Anything recruiting?'
        ill = [mark for mark in told if mark.kind is Kind.CONCEPT and lexicon.is_a_condition(mark.value)]
        ill = [mark for mark in ill if mark.value not in {"pregnancy", "breastfeeding", "postpartum"}]
        named = [(mark.first, mark.last) for mark in ill if mark.value not in word_set("forms.stages")][:1]
    where = all_of([*fields, *(About(sheet.line.words(*span)) for span in named)])
    taken = [(ref.first, ref.last) for ref in sheet.references]
    taken += [*named, *dwells, *((p.first, p.last) for p in parts if p.predicate in fields)]
    lost = left_unused(sheet.line, sheet.marks, taken)
    return replace(plan, patient=patient_of(sheet.line, told), where=where, unread=lost)


# 'anything here', 'any of these', 'anything that she cannot join': no trials of one disease are looked for;
# not 'a trial here in Oslo', 'anything here for me', 'something against gout'
_OF_ALL = re.compile(
    r"(?i)\b(?:(?:anything|something|trials?|study|studies) here(?! (?:in|at|near|around|for|recruiting|open)\b)"
    r"|(?:any|which|one|some|none) of (?:these|those|them)|(?:anything|something)(?: \w+){0,3}"
    r" (?:cannot|can['’]?t|can not|couldn['’]?t|not allowed|excludes?|against (?:her|him|me|them)))\b"
)


def _is_of_the_story(sheet: Sheet, part: Part) -> bool:
    """Whether a status is told of the person's treatment: 'chemo that finished in May', 'dialysis was stopped'.

    Of trials it is where their name stands by, where it is of recruiting, and in a question that tells no finding.
    """
    if not isinstance(part.predicate, FieldIs) or part.predicate.field != "status":
        return False
    line = sheet.line
    if _OF_RECRUITING.search(line.words(part.first, part.last)):
        return False
    first, last = line.back_to_sign(part.first, _NEAR, ".;:,?!"), part.last
    while last < min(len(line.tokens), part.last + _NEAR) and not set(line.gap(last)) & set(".;:,?!"):
        last += 1
    if {"trial", "study"} & {*line.lemmas(first, last)}:
        return False
    start, end = line.back_to_sign(part.first, part.first, ".;?!"), part.last
    while end < len(line.tokens) and not set(line.gap(end)) & set(".;?!"):
        end += 1
    asks = "?" in (line.gap(end) if end < len(line.tokens) else line.text[line.tokens[-1].end :])
    told = any(start <= mark.first < end for mark in (*sheet.kinds(Kind.CONCEPT), *sheet.kinds(Kind.LIMIT)))
    return told or not asks


_NEAR = 4  # words between a status and the trials it is of
_OF_RECRUITING = re.compile(r"(?i)recruit|enrol|accru|invitation")


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
