"""A described person read from text: numbers, conditions, sex."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from rag.criteria.concepts import Mention, find_concepts
from rag.evidence.stems import stem
from rag.planning import lexicon
from rag.planning.denied import denied_of
from rag.planning.free_of import free_of, says_it_was
from rag.planning.lasting import lengths_of
from rag.planning.left_behind import left_behind
from rag.planning.marks import Kind, Mark, find_marks
from rag.planning.meant_of_cancer import cancers_now, is_a_cancer, is_the_cancer, is_told_as_there, stage_denies
from rag.planning.over import ended_later, is_begun, pasts_of, taken_now, what_is_over
from rag.planning.relatives import ends_of, is_of_a_relative, sex_of
from rag.planning.respell import respaced
from rag.planning.tables import stop_words, word_set
from rag.planning.unlike import as_meant
from rag.planning.unused import unused_words
from rag.planning.up_to_date import as_of_now
from rag.planning.vague_ages import age_of_a_parent, vague_age
from rag.planning.vocabulary import WordIndex
from rag.planning.well import HEALTHY, is_well
from rag.planning.words import Line, read_line
from rag.types import Comparison, Patient, Span, Told
from rag.values import exactly

_LONGEST = 20_000  # characters of a description that are read
_EMPTY = WordIndex(())


def read_patient(text: str) -> Patient:
    """What `text` says of a person; what it does not say is absent, never assumed."""
    line = read_line(respaced(text[:_LONGEST]))
    return patient_of(line, find_marks(line, _EMPTY))


def not_read(text: str) -> tuple[str, ...]:
    """What of a description was used for nothing, in order: values ('CRP 40', whose unit is not told), then words."""
    line = read_line(respaced(text[:_LONGEST]))
    return left_unused(line, find_marks(line, _EMPTY))


def left_unused(line: Line, marks: tuple[Mark, ...], taken: Collection[tuple[int, int]] = ()) -> tuple[str, ...]:
    """The values that could not be read, and the words that tell something and were not understood."""
    marks = as_of_now(line, marks)
    lost = values_lost(line, marks)
    bare = () if _tells_an_age(marks) else bare_age(line, marks)[:1]
    words = unused_words(line, marks, [*taken, *((at, at + 1) for at, _ in bare)])
    return (*lost, *(said for said in words if not any(said in value for value in lost)))


def values_lost(line: Line, marks: tuple[Mark, ...]) -> tuple[str, ...]:
    """Each variable with a bare number right behind it ('IgE of 900') that is part of no value."""
    lost = []
    for mark in marks:
        at = mark.last
        while at < len(line.tokens) and line.tokens[at].lemma in _BEFORE_A_VALUE:
            at += 1
        if mark.kind is Kind.VARIABLE and at < len(line.tokens) and line.tokens[at].text[:1].isdigit():
            lost.append(line.words(mark.first, at + 1))
    return tuple(lost)


_BEFORE_A_VALUE = frozenset({"of", "is", "was", "at", "a", "about", "around", "level", "value", "score", "count"})


def patient_of(line: Line, marks: tuple[Mark, ...]) -> Patient:
    marks = _as_meant(line, _with_treatments(line, as_of_now(line, marks)))
    denied = denied_of(line, marks)
    free = free_of(line, [mark for mark in marks if mark.first in denied and mark.kind is Kind.CONCEPT])
    denied -= {*free}
    numbers: dict[str, Comparison] = {}
    has: dict[str, None] = {}
    has_not: dict[str, None] = {}
    for mark in marks:
        if mark.kind is Kind.LIMIT:
            numbers.setdefault(mark.value.variable, mark.value)  # the first value said of a variable stands
            if mark.value.variable == "gestational_age" and "pregnant" in line.lemmas(mark.first, mark.last + 1):
                has["pregnancy"] = None
        elif mark.kind is Kind.CONCEPT and not (is_of_a_relative(line, mark) or _is_planned(line, mark)):
            if mark.first not in free or says_it_was(line, mark):
                (has_not if mark.first in denied else has)[mark.value] = None
            if "anaphylaxis" in line.lemmas(mark.first, mark.last) and mark.first not in denied:
                has["anaphylaxis"] = None  # 'anaphylaxis to peanuts'
    if (age := _age_of(line, marks, numbers.get("age"))) is not None:
        numbers["age"] = age
    if is_well(line.text, [concept for concept in has if concept not in has_not]):
        has[HEALTHY] = None
    known = [concept for concept in has if concept not in has_not]
    over = what_is_over(line, marks)
    begun = {mark.value for mark in marks if mark.kind is Kind.CONCEPT and is_begun(line, mark)} - {*over}
    past = tuple(one for one in pasts_of(line, marks) if one.concept in known and one.concept not in begun)
    over = (*over, *sorted({*ended_later(line, marks), *left_behind(line, marks, known)} - {*over}))
    absent = [one for one in free.values() if one.concept not in has_not]
    habits = word_set("patients.habits") & {*has}
    over = (*over, *(one.concept for one in absent if one.concept in habits))
    past = (*(one for one in past if one.concept not in {told.concept for told in absent}), *absent)
    sex = sex_of(line) or _implied_sex(known)
    told = [Told(mark.value, _words_about(line, mark)) for mark in marks if mark.value in known]
    now = tuple(one for one in taken_now(line, marks) if one in known and one not in over)
    own = [mark for mark in marks if mark.kind is Kind.CONCEPT and not is_of_a_relative(line, mark)]
    there = {mark.value for mark in own if is_a_cancer(mark.value) and is_told_as_there(line, mark.first, mark.last)}
    now = (*now, *cancers_now(known, {*over, *(one.concept for one in past)}, there=there))
    lasting = tuple(one for one in lengths_of(line, marks) if one.concept in {*known} - {*over})
    has_not.update(dict.fromkeys(stage_denies(line, known)))
    return Patient(tuple(numbers.values()), tuple(known), tuple(has_not), sex, past, over, tuple(told), now, lasting)


def _age_of(line: Line, marks: Sequence[Mark], told: Comparison | None) -> Comparison | None:
    """The age: of 'my mother' where it is told first, else as told in years, by a bare number, or roughly."""
    if (parent := age_of_a_parent(line.text, told)) is not None:
        return parent
    for _, age in () if told is not None else bare_age(line, marks)[:1]:
        return Comparison("age", exactly(age), "years", Span(0, 0), str(age))
    return vague_age(line.text) if told is None else told


def _words_about(line: Line, mark: Mark) -> tuple[str, ...]:
    """The stems by which something is told, with a few around it in its clause: 'severe allergic asthma'."""
    first, last = line.back_to_sign(mark.first, 4, ".;:,?!("), mark.last
    while last < min(len(line.tokens), mark.last + 3) and not set(line.gap(last)) & set(".;:,?!"):
        last += 1
    # 'severe eczema and asthma', 'asthma but not severe' tell of no severe asthma
    parts = [at for at in range(first, last) if line.tokens[at].lemma in _PARTING and not mark.first <= at < mark.last]
    first = max((at + 1 for at in parts if at < mark.first), default=first)
    last = min((at for at in parts if at >= mark.last), default=last)
    return tuple(stem(token.text) for token in line.tokens[first:last])


_PARTING = frozenset({"and", "but", "with", "without", "after", "not", "no", "never", "nor", "or"})


def _implied_sex(has: Collection[str]) -> str:
    """'14 weeks pregnant' says female, prostate cancer male."""
    found = [sex for sex in ("female", "male") if word_set(f"patients.only_{sex}") & {*has}]
    return found[0] if len(found) == 1 else ""


def _with_treatments(line: Line, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks, with the surgery and radiotherapy that a person had, which of a trial are kinds of intervention."""
    given = []
    for mark in marks:
        if mark.kind is Kind.FIELD and getattr(mark.value, "field", "") == "intervention_kind":
            given += [Mark(mark.first, mark.last, Kind.CONCEPT, one.concept) for one in _named(line, mark)]
    held = {mark.value for mark in (*marks, *given)}
    denied = denied_of(line, (*marks, *given))
    for mark in marks:  # 'lung cancer spread to the brain', whose name takes in the 'cancer'
        if mark.kind is Kind.CONCEPT and mark.value in _SPREAD and mark.first not in denied:
            first = line.back_to_sign(mark.first, 2, ".;:,?!(")
            origin = (one.concept for one in find_concepts(line.words(first, mark.first + 1)))
            told = [one for one in origin if is_a_cancer(one) and one not in held]
            given += [Mark(first, mark.first, Kind.CONCEPT, one) for one in told]
    for mark in (one for one in (*marks, *given) if one.value == "surgery"):  # 'had lung cancer surgery'
        first = line.back_to_sign(mark.first, 2, ".;:,?!(")
        if mark.first in denied or _IN_ADVANCE & {*line.lemmas(max(0, first - 2), mark.first)}:
            continue  # 'never had lung cancer surgery', 'risk-reducing ovarian cancer surgery' tell no cancer
        operated = (one.concept for one in find_concepts(line.words(first, mark.last - 1)))
        given += [Mark(first, mark.last, Kind.CONCEPT, one) for one in operated if is_a_cancer(one) and one not in held]
    all_marks = sorted((*marks, *given), key=lambda mark: mark.first)
    return tuple(
        mark
        for mark in all_marks
        if mark.value != "surgery" or not any(_is_a_treatment_before(line, other, mark) for other in all_marks)
    )


_SPREAD = frozenset({"brain_metastases", "liver_metastases", "bone_metastases", "metastatic_disease"})
_IN_ADVANCE = frozenset({"prophylactic", "preventive", "preventative", "reducing", "prevent", "prevention", "non"})


def _is_a_treatment_before(line: Line, other: Mark, mark: Mark) -> bool:
    """'Gastric sleeve surgery': one operation, whose time is told once."""
    joined = other.last == mark.first and not line.gap(mark.first).strip()
    return other.kind is Kind.CONCEPT and joined and lexicon.may_be_over(other.value)


def _as_meant(line: Line, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks with the concepts that are meant: 'drinks 2 units of alcohol a day' tells of no abuse."""
    concepts = {mark: as_meant(line, mark, marks) for mark in marks if mark.kind is Kind.CONCEPT}
    told = {*concepts.values()}
    concepts |= {mark: "" for mark, value in concepts.items() if is_the_cancer(value, told)}
    return tuple(
        replace(mark, value=concepts.get(mark, mark.value)) for mark in marks if concepts.get(mark, mark.value) != ""
    )


def _named(line: Line, mark: Mark) -> Sequence[Mention]:
    return find_concepts(line.words(mark.first, mark.last))


def _is_planned(line: Line, mark: Mark) -> bool:
    """'About to have breast irradiation', 'awaiting a transplant': neither had nor going on."""
    before = line.lemmas(line.back_to_sign(mark.first, 6, ".;:,?"), mark.first)
    if line.lemmas(mark.last, mark.last + 1) in _WAITING and line.gap(mark.last).isspace():
        return True
    if not lexicon.may_be_over(mark.value):
        return False
    taken = before[-1:] == ("on",) and not _BEGINS.intersection(before)
    if _is_still_to_come(line, mark) and not taken and not is_begun(line, mark, {"start", "starting"}):
        return True
    ends = ends_of(before, "patients.planned")
    if not ends:
        return False
    return not any(
        before[at] in word_set("patients.now") and before[at - 1] not in word_set("patients.opens")
        for at in range(ends[-1], len(before))  # 'awaiting surgery on warfarin', not 'about to start on warfarin'
    )


def _is_still_to_come(line: Line, mark: Mark) -> bool:
    """'… next week', '… soon'; not '…, sees the doctor next week', '… until next week'."""
    last = mark.last
    while last < min(len(line.tokens), mark.last + 5) and not set(line.gap(last)) & set(".;:,?!()"):
        last += 1
    behind = line.lemmas(mark.last, last)
    if {"until", "till"}.intersection(behind):
        return False
    return bool({*pairwise(behind)} & _NEXT) or behind[:1] in {("soon",), ("tomorrow",)}


_BEGINS = frozenset({"start", "starting", "begin", "beginning", "going", "go", "put", "will", "to"})
_WAITING = {("list",), ("waitlist",), ("waiting",)}  # 'on the liver transplant list', not 'gout: list the trials'
_NEXT = {("next", unit) for unit in ("week", "month", "year", "monday", "spring", "summer", "autumn", "winter")}


def _tells_an_age(marks: Iterable[Mark]) -> bool:
    return any(mark.kind is Kind.LIMIT and mark.value.variable == "age" for mark in marks)


def bare_age(line: Line, marks: Sequence[Mark]) -> tuple[tuple[int, Decimal], ...]:
    """Numbers that stand alone between signs and may be an age, with their tokens: 'asthma, 39, on steroids'."""
    used = {at for mark in marks for at in range(mark.first, mark.last)}
    return tuple(
        (at, Decimal(token.text))
        for at, token in enumerate(line.tokens)
        if token.text.isdigit() and at not in used and 0 < int(token.text) <= _OLDEST and _stands_alone(line, marks, at)
    )


def tells_a_bare_person(line: Line, marks: tuple[Mark, ...]) -> bool:
    """'Cirrhosis; 61; platelets 80': a telegram with a bare age among findings."""
    signs = sum(bool(set(line.gap(at)) & set(",;")) for at in range(1, len(line.tokens)))
    findings = [mark for mark in marks if mark.kind in {Kind.CONCEPT, Kind.LIMIT}]
    return signs > 1 and len(findings) > 1 and not _tells_an_age(marks) and bool(bare_age(line, marks))


def _stands_alone(line: Line, marks: Sequence[Mark], at: int) -> bool:
    before, after = line.gap(at).strip(), line.gap(at + 1).strip()
    measured = any(mark.kind is Kind.VARIABLE and mark.last == at for mark in marks)
    # 'my aunt asked about trials: 61, gout', and not the '24' of 'amylase: 24'
    told = before == ":" and at - line.back_to_sign(at - 1, at, ".;:,") >= _WORDS
    opens = at == 0 or before[-1:] in set(",;(.") or told
    behind = line.lemmas(at + 1, at + 2)
    plain = not behind or behind[0] in stop_words() | word_set("intents.sexes")  # '39 on steroids', not '2 strokes'
    return opens and (plain if not after else after[:1] in set(",;).")) and not measured


_OLDEST = 105
_WORDS = 4  # before a colon: more than the name of a measure


def _is_a_native(line: Line, at: int, end: int) -> bool:
    """'An Ethiopian man of 24', 'we are Dutch': a people and no country."""
    one = end < len(line.tokens) and line.tokens[end].text.casefold() == line.tokens[end].lemma  # not 'Dutch patients'
    behind = set(line.lemmas(end, end + 1)) & (word_set("intents.sexes") | _ONES)
    article = line.lemmas(max(0, at - 1), at) in {("a",), ("an",)}
    said = line.lemmas(max(0, at - 2), at)
    of_them = said[:1] in _SPEAKERS and said[1:] in {("be",), ("am",), ("are",), ("is",)}
    return of_them or bool(one and article and behind)


_ONES = frozenset({"person", "child", "student", "worker", "nurse", "farmer"})
_SPEAKERS = {("i",), ("we",), ("he",), ("she",), ("they",)}


def is_of_the_person(line: Line, at: int, end: int) -> bool:
    """'living in Baltimore', 'from Detroit', 'male, Detroit.': where somebody lives restricts no trial."""
    alone = bool(at and line.gap(at).strip() and (end >= len(line.tokens) or line.gap(end).strip()))
    if alone and not {"trial", "study", "recruiting", "site"} & set(line.lemmas()):
        return True
    before, after = line.lemmas(max(0, at - 3), at), line.lemmas(at + 1, at + 2)
    if _is_a_native(line, at, end):
        return True
    people = word_set("intents.sexes") | word_set("cues.people") | {"old"}
    native = before[-1:] == ("from",) and bool(people & set(before[-2:-1]))
    return native or bool(word_set("plan.dwells") & {*before, *after}) or after == ("to",)
