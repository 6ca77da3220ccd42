"""Which way a verdict goes where no verb of criteria is known: 'an INR of 3 - would that sink me anywhere?'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.planning import tables
from rag.planning.cues import Cue
from rag.planning.inflecting import forms
from rag.planning.marks import Kind, Mark
from rag.planning.tables import read_table, word_set
from rag.planning.words import Line, Phrases
from rag.types import Asks


def hear_tone(line: Line, marks: Sequence[Mark], taken: frozenset[int]) -> tuple[Cue, ...]:
    """The tone of the words around a condition, taken for a verb that governs it: for questions without one."""
    told = [mark for mark in marks if mark.kind in {Kind.LIMIT, Kind.CONCEPT}]
    if missed := _kept_away(line, told, taken):
        return missed
    if not told or not _asks_of_trials(line) or _STUDYING & {token.text.casefold() for token in line.tokens}:
        return ()
    dated = (mark for mark in marks if mark.kind is Kind.FIELD and getattr(mark.value, "field", "").endswith("_date"))
    known = [*told, *dated]  # 'finished before 2005'
    held = taken | {i for mark in known for i in range(mark.first, mark.last)}
    against = [*_tones()["against"].find(line, held)]
    valued = any(mark.kind is Kind.LIMIT for mark in told)
    in_favour = [*_tones()["in_favour"].find(line, held)] if valued else []
    for found, asks in [(found, Asks.EXCLUDES) for found in against] + [(found, Asks.ADMITS) for found in in_favour]:
        if asks is Asks.EXCLUDES and any(f.first <= found.first < f.last and f.last > found.last for f in in_favour):
            continue  # 'no problem'
        passive = any(mark.last <= found.first for mark in told)
        negated = bool(word_set("cues.negations") & set(line.lemmas(max(0, found.first - 3), found.first)))
        return (Cue(found.first, found.last, asks, passive, negated),)
    return _pointing_back(line, told, held)


def _kept_away(line: Line, told: Sequence[Mark], taken: frozenset[int]) -> tuple[Cue, ...]:
    """'Asthma trials, no smokers', 'neither smokers nor diabetics': a denial before a condition that stands alone."""
    held = taken | {at for mark in told for at in range(mark.first, mark.last)}
    numbers = any(token.text.isdigit() and at not in held for at, token in enumerate(line.tokens))
    if numbers or word_set("intents.one_person") & set(line.lemmas()):
        return ()  # 'Asthma; 45; no cancer': a person told of
    if _of_topics(line):
        return ()
    firsts = {mark.first for mark in told}
    found = []
    for at, word in enumerate(line.lemmas()):
        after = at + 1
        while line.lemmas(after, after + 1) and line.tokens[after].lemma in word_set("leftovers.before"):
            after += 1
        before = line.lemmas(max(0, at - 1), at)
        if at == 0 and any(mark.first == after and _are_trials(line, mark.last) for mark in told):
            continue  # 'no cancer trials in Spain?'
        opens = at == 0 or line.stops_at(at) or before in {("and",), ("or",), ("but",)}
        if word in {"no", "neither", "nor"} and at not in taken and after in firsts and (opens or word == "nor"):
            found.append(Cue(at, at + 1, Asks.EXCLUDES, False, False))
    return tuple(found[:_MOST])


def _of_topics(line: Line) -> bool:
    """'trials about neither gout nor asthma', 'neither on gout nor on asthma': what trials are not about."""
    lemmas = line.lemmas()
    beside = {word for at, one in enumerate(lemmas) if one == "neither" for word in lemmas[max(0, at - 1) : at + 2]}
    return bool(beside & _OF_TOPICS)


_OF_TOPICS = frozenset({"about", "on", "of", "concern", "concerning", "regarding"})


def _are_trials(line: Line, at: int) -> bool:
    return bool({"trial", "study", "protocol"} & set(line.lemmas(at, at + 2)))


_MOST = 8  # denials heard in one question


def _pointing_back(line: Line, told: Sequence[Mark], held: frozenset[int]) -> tuple[Cue, ...]:
    """'Alcohol abuse in the past: which protocol trips over that?': what trials do with a person, in a word unheard of.

    Whoever lets people in says so by a known verb; what else is done with 'that', 'him', 'them' is to turn away.
    """
    start = max(mark.last for mark in told)
    opens = next((at for at in range(start, len(line.tokens)) if set(line.gap(at)) & set(".:;-–—…!")), None)
    if opens is None or not _ASKED & set(line.lemmas(opens)) or not _POINTING & set(line.lemmas(opens)):
        return ()
    idle = tables.stop_words() | tables.frame_words() | word_set("cues.people") | word_set("tones.kind")
    unheard = [
        at
        for at in range(opens, len(line.tokens))
        if at not in held and line.tokens[at].lemma not in idle and line.tokens[at].text.islower()
    ]
    if not unheard or word_set("tones.kind") & set(line.lemmas(opens)):
        return ()
    return (Cue(unheard[0], unheard[-1] + 1, Asks.EXCLUDES, True, False),)


_STUDYING = word_set("forms.studying") - {"study", "test", "look"}
_ASKED = frozenset({"trial", "study", "protocol", "who", "whom", "where", "whose", "anyone", "anybody", "anywhere"})
_POINTING = frozenset({"that", "this", "it", "him", "her", "them", "they", "he", "she"})


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
