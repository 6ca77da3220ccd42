"""The verbs of criteria, in every tense: protocols exclude, a review of finished trials says that they excluded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from rag.planning.inflecting import forms
from rag.planning.tables import checked, read_table
from rag.planning.words import Phrases, lemmas_of
from rag.types import Asks


@dataclass(frozen=True, slots=True)
class AskCue:
    asks: Asks
    voice: str  # active, passive, noun


@cache
def ask_cues() -> Phrases[tuple[AskCue, ...]]:
    """The verbs of criteria. A word may be active and passive at once ('enroll'): both readings are kept."""
    readings: dict[object, dict[AskCue, str]] = {}
    for name, voices in read_table("asks").items():
        checked(voices, file="asks", required=("active", "passive", "nouns"))
        done = {word for phrase in voices["passive"] for word in phrase.strip("{}").partition("}")[0].split("|")}
        for voice, phrases in voices.items():
            for phrase in (_in_the_past(one, done) if voice == "active" else one for one in phrases):
                cue = AskCue(Asks(name), "noun" if voice == "nouns" else voice)
                key = phrase if "{" in phrase else lemmas_of(phrase)
                readings.setdefault(key, {})[cue] = phrase
    return Phrases((next(iter(cues.values())), tuple(cues)) for cues in readings.values())


def _in_the_past(phrase: str, done: Collection[str]) -> str:
    """'{limit|limits} entry to' with 'limited' among its first words, but for what is `done` to people: 'ruled out'."""
    head, bracket, rest = phrase.removeprefix("{").partition("}")
    if not phrase.startswith("{") or not bracket:
        return phrase
    words = head.split("|")
    past = [forms(word)[3] for word in words if word and " " not in word and forms(word)[1] in words]
    past = [word for word in past if f"{word}{rest}" not in done]
    return f"{{{'|'.join(dict.fromkeys([*words, *past]))}}}{rest}"
