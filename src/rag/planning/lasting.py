"""How long what a description tells has gone on: 'asthma for 6 years', 'a 10-year history of gout'."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from rag.planning import lexicon
from rag.planning.durations import DAYS
from rag.planning.marks import Kind, Mark
from rag.planning.quantities import number_at
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Past

_BETWEEN = 5  # words between a thing and its time: 'methotrexate 15 mg once weekly for …'


def lengths_of(line: Line, marks: Sequence[Mark]) -> tuple[Past, ...]:
    """The days that each concept has gone on, in the order of the text."""
    found: dict[str, Past] = {}
    concepts = [mark for mark in marks if mark.kind is Kind.CONCEPT]
    for mark in concepts:
        ends = next((other.first for other in concepts if other.first >= mark.last), len(line.tokens))
        for past in (*_behind(line, mark, ends), *_before(line, mark), *_from_its_beginning(line, mark, ends)):
            found.setdefault(mark.value, past)
    return tuple(found.values())


def _behind(line: Line, mark: Mark, ends: int) -> Iterable[Past]:
    """'… for 6 years', '… for the last two months', '… since 6 weeks'."""
    at = mark.last
    while at < min(ends, mark.last + _BETWEEN + 1) and not set(line.gap(at)) & set(".;:,?!()"):
        if line.tokens[at].lemma in {"for", "since"}:
            while line.lemmas(at + 1, at + 2) and line.lemmas()[at + 1] in _ROUGHLY:
                at += 1
            yield from _time(line, mark, at + 1)
            return
        if not _tells_no_course(line, mark, at):
            return  # 'asthma in remission for 2 months'
        at += 1


def _from_its_beginning(line: Line, mark: Mark, ends: int) -> Iterable[Past]:
    """'Diagnosed with gout 3 years ago', 'gout was found in me 3 years ago', 'started metformin two weeks ago'."""
    if lexicon.runs_out(mark.value):
        return
    first = line.back_to_sign(mark.first, _BETWEEN, ".;:,?!()")
    begins = word_set("patients.begun")
    if not lexicon.may_be_over(mark.value):
        begins |= word_set("patients.begins")
    before = line.lemmas(first, mark.first)
    begun = bool(begins & {*before} or _PUT_ON & {*pairwise(before)})
    at = mark.last
    while at < min(ends, mark.last + 2 * _BETWEEN) and not _parts(line, at, begins):
        begun = begun or line.tokens[at].lemma in begins
        number = number_at(line, at) if begun else None
        if number is not None and line.lemmas(number.last + 1, number.last + 2) in {("ago",), ("back",)}:
            yield from _time(line, mark, at)
            return
        at += 1


def _parts(line: Line, at: int, begins: Collection[str]) -> bool:
    """Whether something else is told from here on: 'gout, found a lump …'; not 'gout (diagnosed 3 …'."""
    signs = set(line.gap(at)) & set(".;:,?!()")
    dated = line.tokens[at].lemma in begins and (number_at(line, at + 1) or {*line.lemmas(at + 1, at + 2)} & _ROUGHLY)
    return bool(signs) and not (signs <= set(",(") and dated)


def _tells_no_course(line: Line, mark: Mark, at: int) -> bool:
    """Whether the time behind a word is still that of the thing: a dose of a drug, not how an illness goes."""
    word = line.tokens[at].lemma
    if word in _GOES_ON:
        return True
    return lexicon.may_be_over(mark.value) and (number_at(line, at) is not None or word in _DOSED)


def _before(line: Line, mark: Mark) -> Iterable[Past]:
    """'A 10-year history of …', 'a 3-month history of …'."""
    if line.lemmas(max(0, mark.first - 2), mark.first) == ("history", "of"):
        yield from _time(line, mark, mark.first - 4)


def _time(line: Line, mark: Mark, at: int) -> Iterable[Past]:
    number = number_at(line, at) if at >= 0 else None
    unit = line.lemmas(number.last, number.last + 1) if number is not None else ()
    since_birth = number is not None and line.lemmas(number.last + 1, number.last + 3) == ("of", "age")
    if number is not None and unit and unit[0] in DAYS and not since_birth:
        yield Past(mark.value, number.value * DAYS[unit[0]])


_GOES_ON = frozenset({
    "has", "have", "had", "been", "be", "is", "now", "already", "he", "she", "i", "they", "disease", "disorder",
    "infection", "mellitus", "syndrome", "symptoms", "symptom", "ongoing", "continuously", "present", "known",
})  # fmt: skip
_DOSED = frozenset({
    "mg", "g", "mcg", "µg", "ug", "ml", "unit", "units", "iu", "once", "twice", "daily", "weekly", "monthly", "a",
    "per", "every", "each", "day", "week", "month", "dose", "stable", "at", "of", "on", "therapy", "treatment",
    "tablets", "tablet", "injections", "oral", "orally", "po", "bid", "tid", "qd", "od", "use",
})  # fmt: skip
_PUT_ON = {("put", "on"), ("went", "on"), ("placed", "on")}
_ROUGHLY = frozenset({"the", "last", "past", "about", "around", "nearly", "over", "almost", "roughly", "some", "now"})
