"""Which way a verdict goes where no verb of criteria is known: 'an INR of 3 - would that sink me anywhere?'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.planning.cues import Cue
from rag.planning.inflecting import forms
from rag.planning.marks import Kind, Mark
from rag.planning.tables import read_table, word_set
from rag.planning.words import Line, Phrases
from rag.types import Asks


def hear_tone(line: Line, marks: Sequence[Mark], taken: frozenset[int]) -> tuple[Cue, ...]:
    """The tone of the words around a condition, taken for a verb that governs it: for questions without one."""
    told = [mark for mark in marks if mark.kind in {Kind.LIMIT, Kind.CONCEPT}]
    if not told or not _asks_of_trials(line) or word_set("forms.studying") & set(line.lemmas()):
        return ()
    held = taken | {i for mark in told for i in range(mark.first, mark.last)}
    against = [*_tones()["against"].find(line, held)]
    valued = any(mark.kind is Kind.LIMIT for mark in told)
    in_favour = [*_tones()["in_favour"].find(line, held)] if valued else []
    for found, asks in [(found, Asks.EXCLUDES) for found in against] + [(found, Asks.ADMITS) for found in in_favour]:
        if asks is Asks.EXCLUDES and any(f.first <= found.first < f.last and f.last > found.last for f in in_favour):
            continue  # 'no problem'
        passive = any(mark.last <= found.first for mark in told)
        negated = bool(word_set("cues.negations") & set(line.lemmas(max(0, found.first - 3), found.first)))
        return (Cue(found.first, found.last, asks, passive, negated),)
    return ()


def _asks_of_trials(line: Line) -> bool:
    """'which', 'where', 'any', 'who': trials are sought, and none is named."""
    return bool({"which", "what", "where", "who", "whom", "whose", "any", "anywhere", "list"} & set(line.lemmas()))


@cache
def _tones() -> dict[str, Phrases[str]]:
    rows = read_table("tones")
    return {name: Phrases((_spelled_out(phrase), name) for phrase in rows[name]) for name in ("against", "in_favour")}


_VERBS = re.compile(r"<([^<>]+)>")


def _spelled_out(phrase: str) -> str:
    """'<sink|ruin> it' with every form of the verbs as a choice."""
    return _VERBS.sub(lambda m: "{" + "|".join(dict.fromkeys(_all_forms(m[1]))) + "}", phrase)


def _all_forms(verbs: str) -> list[str]:
    parted = [verb.partition(" ") for verb in verbs.split("|")]
    return [f"{form} {rest}".strip() for head, _, rest in parted for form in forms(head)]
