"""A described person read from text: numbers, conditions, sex."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rag.planning.ago import find_agos, nearest
from rag.planning.marks import Kind, Mark, find_marks
from rag.planning.respell import respaced
from rag.planning.tables import word_set
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Line, read_line
from rag.types import Comparison, Past, Patient

_LONGEST = 20_000  # characters of a description that are read
_SEX_LETTERS = {"f": "female", "m": "male", "yof": "female", "yom": "male"}
_EMPTY = WordIndex(())


def read_patient(text: str) -> Patient:
    """What `text` says of a person; what it does not say is absent, never assumed."""
    line = read_line(respaced(text[:_LONGEST]))
    return patient_of(line, find_marks(line, _EMPTY))


def values_not_read(text: str) -> tuple[str, ...]:
    """The values of `text` that name a variable and could not be read, in order: 'CRP 40', whose unit is not told."""
    line = read_line(respaced(text[:_LONGEST]))
    return values_lost(line, find_marks(line, _EMPTY))


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
    numbers: dict[str, Comparison] = {}
    has: dict[str, None] = {}
    has_not: dict[str, None] = {}
    for mark in marks:
        if mark.kind is Kind.LIMIT:
            numbers.setdefault(mark.value.variable, mark.value)  # the first value said of a variable stands
            if mark.value.variable == "gestational_age" and "pregnant" in line.lemmas(mark.first, mark.last + 1):
                has["pregnancy"] = None
        elif mark.kind is Kind.CONCEPT:
            (has_not if _is_denied(line, mark) else has)[mark.value] = None
    known = [concept for concept in has if concept not in has_not]
    past = tuple(Past(concept, days) for concept, days in _agos_of(line, marks).items() if concept in known)
    return Patient(tuple(numbers.values()), tuple(known), tuple(has_not), sex_of(line), past)


def _agos_of(line: Line, marks: Sequence[Mark]) -> dict[str, Decimal]:
    """How many days ago each concept was that a description dates."""
    concepts = [mark for mark in marks if mark.kind is Kind.CONCEPT]
    told: dict[str, Decimal] = {}
    for first, last, ago in find_agos(line):
        which = nearest(line, [(mark.first, mark.last) for mark in concepts], (first, last), ".;:?,")
        if which is not None:
            told[concepts[which].value] = ago.days
    return told


def _is_denied(line: Line, mark: Mark) -> bool:
    """Whether a denial stands before the concept in its clause: 'no diabetes', 'never had a stroke', 'HIV negative'."""
    if line.lemmas(mark.last, mark.last + 1) in {("negative",), ("free",), ("denied",)}:
        return True
    for at in range(mark.first - 1, max(-1, mark.first - 7), -1):
        if (
            any(c in line.gap(at + 1) for c in ".;,:")
            and line.tokens[at].lemma not in word_set("patients.denials")
            and not _lists_denials(line, at)
        ):
            return False
        if line.tokens[at].lemma in word_set("patients.denials"):
            return True
        if line.tokens[at].lemma in word_set("patients.ends") and line.tokens[at].lemma != "and":
            return False
    return False


def _lists_denials(line: Line, at: int) -> bool:
    """'no diabetes, stroke or HIV': a comma inside a list that 'or' or 'nor' closes does not end the denial."""
    return bool({"or", "nor"} & set(line.lemmas(at, at + 6))) and bool(
        word_set("patients.denials") & set(line.lemmas(max(0, at - 5), at + 1))
    )


def sex_of(line: Line) -> str:
    """'female', 'male', or '' where not said; words of relatives beside 'my' count as the person's."""
    words = [token.lemma for token in line.tokens]
    female, male = (
        sum(word in word_set("patients.female") for word in words),
        sum(word in word_set("patients.male") for word in words),
    )
    if female != male:
        return "female" if female > male else "male"
    if female:
        return next(
            "female" if word in word_set("patients.female") else "male"
            for word in words
            if word in word_set("patients.female") | word_set("patients.male")
        )
    for before, word in zip(["", *words], words, strict=False):
        if word in _SEX_LETTERS and (
            before.isdigit() or before in {"old", "yo", "y", "year", "o"} or word in {"yof", "yom"}
        ):
            return _SEX_LETTERS[word]
    return ""


def is_of_the_person(line: Line, at: int, end: int) -> bool:
    """'living in Baltimore', 'from Detroit', 'male, Detroit.': where somebody lives restricts no trial."""
    alone = bool(at and line.gap(at).strip() and (end >= len(line.tokens) or line.gap(end).strip()))
    if alone and not {"trial", "study", "recruiting", "site"} & set(line.lemmas()):
        return True
    before, after = line.lemmas(max(0, at - 3), at), line.lemmas(at + 1, at + 2)
    people = word_set("intents.sexes") | word_set("cues.people") | {"old"}
    native = before[-1:] == ("from",) and bool(people & set(before[-2:-1]))
    return native or bool(word_set("plan.dwells") & {*before, *after}) or after == ("to",)
