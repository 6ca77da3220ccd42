"""Several conditions in one noun phrase, and findings that are to be absent: 'HER2-negative tumours'."""

from __future__ import annotations

from itertools import pairwise

from rag.evidence.kinds import read_kind
from rag.planning import lexicon
from rag.planning.tables import word_set
from rag.planning.words import Found, Line

_LINKING = frozenset({"or", "and", "nor"})
_OBJECT = frozenset({"against", "to", "for"})
_NEGATIVE = frozenset({"negative", "negativity"})


def several(line: Line, run: tuple[int, int], concepts: tuple[str, ...]) -> list[Found[str]]:
    """The concepts of a run that stand side by side, general ones ('tumours') left out beside others.

    Empty where they are joined ('asthma or COPD') or share words: then any of them is meant.
    """
    first, last = run
    marks = [mark for mark in lexicon.find_concept_marks(line, first, last) if mark.value in concepts]
    marks = sorted((mark for mark in marks if first <= mark.first and mark.last <= last), key=lambda mark: mark.first)
    apart = all(one.last <= other.first for one, other in pairwise(marks))
    listed = any(set(line.gap(at)) & set(",;/()") for at in range(first + 1, last))
    if not apart or listed or _LINKING & set(line.lemmas(*run)):
        return []
    if any(_OBJECT & set(line.lemmas(one.last, other.first)) for one, other in pairwise(marks)):
        return marks[:1]  # 'vaccination against hepatitis': what is wanted, not what it is for
    special = [mark for mark in marks if mark.value not in word_set("mixed.general")]
    return special or marks


def is_negative(line: Line, run: tuple[int, int], concepts: tuple[str, ...]) -> bool:
    """Whether what is asked for is a finding that is absent: 'HER2-negative disease', not 'Gram-negative sepsis'."""
    lemmas = line.lemmas(*run)
    if not concepts or not _NEGATIVE & set(lemmas) or lexicon.are_tests(concepts):
        return False
    at = next(at for at, word in enumerate(lemmas) if word in _NEGATIVE)
    before = line.lemmas(max(0, run[0] + at - 1), run[0] + at)
    named = any("negative" in concept for concept in concepts)
    return not named and not set(before) & word_set("mixed.not_findings")


_GIVEN = {(word,) for word in ("treatment", "therapy", "intervention", "therapeutic", "medication")}


def with_treatment(line: Line, first: int, last: int) -> str:
    """The words of a topic, with the 'treatment' behind it where both name a kind of it: 'laser treatment'."""
    words = line.words(first, last)
    if line.lemmas(last, last + 1) not in _GIVEN or line.gap(last).strip(" -"):
        return words
    whole = line.words(first, last + 1)
    return whole if read_kind(whole).kind is not None else words
