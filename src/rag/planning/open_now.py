"""Turns of phrase that say a trial takes people now: 'which can still be joined?', 'are still signing people up'."""

from __future__ import annotations

from collections.abc import Iterable

from rag.planning.tables import word_set
from rag.planning.words import Line

_REACH = 5  # words between the verb and what says 'now'


def find_open_now(line: Line, taken: frozenset[int] = frozenset()) -> Iterable[tuple[int, int]]:
    """The tokens [first, last) of each such turn: a verb of joining or taking in, and a word for now beside it."""
    lemmas = line.lemmas()
    for at, word in enumerate(lemmas):
        if at in taken or word not in word_set("open_now.verbs"):
            continue
        if {"longer", "yet"} & set(lemmas[max(0, at - 3) : at]) or (taken and lemmas[:1] == ("who",)):
            continue  # 'no longer recruiting'; 'who can still join LYRA?' asks for its criteria
        if word in word_set("open_now.with_up") and not {"up", "on"} & set(lemmas[at + 1 : at + 4]):
            continue  # 'taking people on', 'sign up', not 'still taking warfarin'
        if word in {"apply", "applying"} and word_set("open_now.rules") & set(lemmas):
            continue  # 'do the same criteria still apply?'
        before = next((i for i in _walked(line, at, -1) if lemmas[i] in word_set("open_now.now")), None)
        behind = next((i for i in _walked(line, at, 1) if lemmas[i] in word_set("open_now.now")), None)
        if before is not None:
            yield before - (lemmas[max(0, before - 1) : before] in {("i",), ("we",)}), at + 1
        elif behind is not None:
            yield at, behind + 1


def _walked(line: Line, at: int, step: int) -> Iterable[int]:
    """The tokens beside a verb, as far as they only tell who or when, and no sign parts them."""
    idle = word_set("open_now.beside") | word_set("open_now.now") | word_set("cues.people")
    for far in range(1, _REACH + 1):
        here = at + far * step
        parted = not 0 <= here < len(line.tokens) or set(line.gap(max(here, here - step))) & set(",;:.?!")
        if parted or line.tokens[here].lemma not in idle:
            return
        yield here
