"""What becomes of a value at a trial's limit: 'which minimum does it miss', 'where is the requirement met'."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rag.planning.asking import AskCue
from rag.planning.tables import checked, read_table
from rag.planning.words import Found, Line, lemma
from rag.types import Asks

_LISTS = ("noun", "met", "missed", "short", "inside", "outside", "idle")


@cache
def _words(name: str) -> frozenset[str]:
    table = read_table("verdicts")
    checked(table, file="verdicts", required=_LISTS)
    return frozenset(map(lemma, table[name].split()))


def find_verdict(line: Line, limits: Sequence[tuple[int, int]]) -> Found[tuple[AskCue, ...]] | None:
    """The words that say whether the value at `limits` passes, as a verb of criteria; None where no limit is judged."""
    within = {at for first, last in limits for at in range(first, last)}
    lemmas = line.lemmas()
    nouns = [at for at in range(len(lemmas)) if _is_limit(lemmas, at) and at not in within]
    if not limits or not nouns:
        return None
    for at, word in enumerate(lemmas):
        found = None if at in within else _verb(lemmas, at, word) or _place(lemmas, at, word, nouns)
        if found is not None:
            return _with_denial(lemmas, at, *found)
    return None


def after_verdict(line: Line, first: int, last: int) -> int:
    """Where the value starts in 'BMI criterion is met by someone at 32': after the verb, which is to be read too."""
    lemmas = line.lemmas()
    verbs = _words("met") | _words("missed")
    ends = [
        at + 1
        for at in range(first + 1, last - 1)
        if lemmas[at] in verbs
        and any(_is_limit(lemmas, i) for i in range(first, at))
        and not lemmas[at + 1][0].isdigit()
    ]
    return ends[-1] if ends else first


def _is_limit(lemmas: tuple[str, ...], at: int) -> bool:
    return lemmas[at] in _words("noun") or lemmas[max(0, at - 1) : at + 1] == ("cut", "off")


def _verb(lemmas: tuple[str, ...], at: int, word: str) -> tuple[int, bool] | None:
    """(last token, whether the value passes) of 'meets', 'fails to meet', 'falls short of'."""
    if word in _words("missed"):
        return (at + 3 if lemmas[at + 1 : at + 2] == ("to",) and lemmas[at + 2 : at + 3] else at + 1), False
    if word in _words("short") and lemmas[at + 1 : at + 2] == ("short",):
        return at + 2, False
    return (at + 1, True) if word in _words("met") else None


def _place(lemmas: tuple[str, ...], at: int, word: str, nouns: Sequence[int]) -> tuple[int, bool] | None:
    """(last token, whether the value passes) of 'within the permitted range', 'lies outside the limits'."""
    if word not in _words("inside") | _words("outside"):
        return None
    noun = next((noun for noun in nouns if noun > at), None)
    if noun is None and at == len(lemmas) - 1 and nouns:
        return at + 1, word in _words("inside")  # '… an age limit that he is already past?'
    if noun is None or len([word for word in lemmas[at + 1 : noun] if word not in _words("idle")]) > _NAMED:
        return None
    inside = word in _words("inside")
    asked = bool(
        {"which", "what", "whose"} & set(lemmas[at:noun])
    )  # 'in which window does it lie' asks, places nothing
    return None if asked or (word == "in" and noun - at > 4) else (noun + 1, inside)


_NAMED = 2  # words that name the measure: 'within the permitted white-cell range'


def _with_denial(lemmas: tuple[str, ...], at: int, last: int, passes: bool) -> Found[tuple[AskCue, ...]]:
    """The verdict turned round by a 'not' shortly before it, which it then covers."""
    denials = [back for back in range(max(0, at - 4), at) if lemmas[back] in {"not", "never", "cannot"}]
    first = denials[-1] if denials else at
    passes = passes != bool(denials)
    return Found(first, last, (AskCue(Asks.ADMITS if passes else Asks.EXCLUDES, "noun"),))
