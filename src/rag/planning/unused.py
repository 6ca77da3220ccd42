"""What of a person's description was used for nothing: told with the answer, so that nobody thinks it was judged."""

from __future__ import annotations

from collections.abc import Collection

from rag.planning import tables
from rag.planning.ago import find_agos
from rag.planning.marks import Kind, Mark
from rag.planning.quantities import number_at
from rag.planning.tables import word_set
from rag.planning.words import Line

_READ = frozenset({Kind.LIMIT, Kind.CONCEPT, Kind.CUE, Kind.AGES})
_LONGEST = 8  # words of a stretch that are repeated
_MOST = 8


def unused_words(line: Line, marks: Collection[Mark], taken: Collection[tuple[int, int]] = ()) -> tuple[str, ...]:
    """The stretches of a description that hold a word or number of its own and stand in no mark that was read.

    `taken`: token ranges that are spoken for otherwise, such as trial names and a bare age.
    """
    covered = {at for mark in marks if mark.kind in _READ for at in range(mark.first, mark.last)}
    covered |= {at for first, last in taken for at in range(first, last)}
    covered |= {at for first, last, _ in find_agos(line) for at in range(first, last)}
    covered |= {at for at in range(len(line.tokens)) if _says_nothing(line, at)}
    runs: list[list[int]] = []
    for at in range(len(line.tokens)):
        if at in covered:
            continue
        near = runs and at - runs[-1][-1] <= _BRIDGED and not _parted(line, runs[-1][-1] + 1, at)
        if near and all(_says_nothing(line, between) for between in range(runs[-1][-1] + 1, at)):
            runs[-1].append(at)
        else:
            runs.append([at])
    runs = [[run[0] - 1, *run] if _is_counted(line, run[0]) else run for run in runs]
    said = [line.words(run[0], min(run[-1] + 1, run[0] + _LONGEST)) for run in runs if _tells(line, run)]
    return tuple(dict.fromkeys(said))[:_MOST]


_BRIDGED = 3  # 'stent in March'


def _is_counted(line: Line, at: int) -> bool:
    """The 'six' of 'six hours after onset'."""
    number = number_at(line, at - 1) if at and not line.gap(at).strip() else None
    return number is not None and number.last == at and not line.tokens[at - 1].text[0].isdigit()


def _parted(line: Line, first: int, last: int) -> bool:
    return any(set(line.gap(at)) & set(",;:.?!") for at in range(first, last + 1))


def _says_nothing(line: Line, at: int) -> bool:
    """Words of the language, of asking and of the trials: no fact about anybody."""
    token = line.tokens[at]
    if token.text[0].isdigit():
        return False
    word = token.lemma
    known = word in tables.frame_words() | tables.stop_words() | tables.plain_words()
    known = known or token.text.casefold() in tables.plain_words() or word in _NAMES_OF_FACTS
    dwells = at > 0 and line.tokens[at - 1].lemma in {"from", "in", "near"} and token.text[0].isupper()
    return known or dwells or any(word in word_set(name) for name in _SETS)


_NAMES_OF_FACTS = frozenset({"age", "sex", "gender"})  # 'by age and sex alone': what is told of, and no value
_SETS = (
    "cues.people", "cues.relatives", "patients.denials", "patients.denied_behind", "patients.female", "patients.male",
    "patients.now", "patients.over", "patients.over_behind", "patients.told", "intents.sexes", "intents.question_verbs",
)  # fmt: skip


def _tells(line: Line, run: list[int]) -> bool:
    """Whether a stretch holds a word of its own, or a number with what it counts."""
    words = [line.tokens[at].text for at in run]
    return any(word[0].isalpha() and len(word) > 1 for word in words)
