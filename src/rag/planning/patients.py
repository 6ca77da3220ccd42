"""A described person read from text: numbers, conditions, sex."""

from __future__ import annotations

from rag.planning.marks import Kind, Mark, find_marks
from rag.planning.rescue import respaced
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Line, read_line
from rag.types import Comparison, Patient

_FEMALE = frozenset("woman female she her girl lady mother wife daughter sister mum mom grandmother aunt".split())
_MALE = frozenset("man male he him his boy gentleman father husband son brother dad grandfather uncle".split())
_LONGEST = 20_000  # characters of a description that are read
_DENIALS = frozenset("no not without never deny denied denying negative free neither nor".split())
_ENDS = frozenset("but however although though except and".split())
_SEX_LETTERS = {"f": "female", "m": "male", "yof": "female", "yom": "male"}
_EMPTY = WordIndex(())


def read_patient(text: str) -> Patient:
    """What `text` says of a person; what it does not say is absent, never assumed."""
    line = read_line(respaced(text[:_LONGEST]))
    return patient_of(line, find_marks(line, _EMPTY))


def patient_of(line: Line, marks: tuple[Mark, ...]) -> Patient:
    numbers: dict[str, Comparison] = {}
    has: dict[str, None] = {}
    has_not: dict[str, None] = {}
    for mark in marks:
        if mark.kind is Kind.LIMIT:
            numbers.setdefault(mark.value.variable, mark.value)  # the first value said of a variable stands
        elif mark.kind is Kind.CONCEPT:
            (has_not if _is_denied(line, mark) else has)[mark.value] = None
    known = [concept for concept in has if concept not in has_not]
    return Patient(tuple(numbers.values()), tuple(known), tuple(has_not), sex_of(line))


def _is_denied(line: Line, mark: Mark) -> bool:
    """Whether a denial stands before the concept in its clause: 'no diabetes', 'never had a stroke', 'HIV negative'."""
    if line.lemmas(mark.last, mark.last + 1) in {("negative",), ("free",), ("denied",)}:
        return True
    for at in range(mark.first - 1, max(-1, mark.first - 7), -1):
        if any(c in line.gap(at + 1) for c in ".;,:") and line.tokens[at].lemma not in _DENIALS and not _lists_denials(line, at):
            return False
        if line.tokens[at].lemma in _DENIALS:
            return True
        if line.tokens[at].lemma in _ENDS and line.tokens[at].lemma != "and":
            return False
    return False


def _lists_denials(line: Line, at: int) -> bool:
    """'no diabetes, stroke or HIV': a comma inside a list that 'or' or 'nor' closes does not end the denial."""
    return bool({"or", "nor"} & set(line.lemmas(at, at + 6))) and bool(_DENIALS & set(line.lemmas(max(0, at - 5), at + 1)))


def sex_of(line: Line) -> str:
    """'female', 'male', or '' where not said; words of relatives beside 'my' count as the person's."""
    words = [token.lemma for token in line.tokens]
    female, male = sum(word in _FEMALE for word in words), sum(word in _MALE for word in words)
    if female != male:
        return "female" if female > male else "male"
    if female:
        return next("female" if word in _FEMALE else "male" for word in words if word in _FEMALE | _MALE)
    for before, word in zip(["", *words], words, strict=False):
        if word in _SEX_LETTERS and (before.isdigit() or before in {"old", "yo", "y", "year", "o"} or word in {"yof", "yom"}):
            return _SEX_LETTERS[word]
    return ""
