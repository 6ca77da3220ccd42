"""Other names of a topic: everyday words as records say them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from rag.evidence.stages import by_stage
from rag.evidence.stems import stem, words_of


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    text = (resources.files("rag.evidence") / "data" / "lay_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _names() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Stems of an everyday name → the names that records use; the longest first."""
    rows = ((tuple(stem(word) for word in words_of(name)), tuple(also)) for name, also in _table()["names"].items())
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


@lru_cache(maxsize=4096)
def also_called(topic: str) -> tuple[str, ...]:
    """The topic, then the topic with its everyday name as records put it: 'disc herniation' for 'slipped discs'."""
    if stages := by_stage(topic):
        return (topic, *stages)
    words = words_of(topic)
    stems = tuple(stem(word) for word in words)
    for key, others in _names():
        for at in range(len(stems) - len(key) + 1):
            if stems[at : at + len(key)] == key:
                around = (" ".join(words[:at]), " ".join(words[at + len(key) :]))
                return (topic, *(f"{around[0]} {other} {around[1]}".strip() for other in others))
    return (topic,)


def in_spoken_order(heading: str) -> str:
    """'Chronic Obstructive Pulmonary Disease' for 'Pulmonary Disease, Chronic Obstructive'; '' for no such heading.

    Such lists put the noun first: what stands behind its commas is said before it, the last part first.
    """
    parts = [part.strip() for part in heading.split(",")]
    inverted = 1 < len(parts) <= _PARTS and all(parts) and len(heading.split()) <= _WORDS
    return " ".join(reversed(parts)) if inverted and not set(heading) & set(";()/:") else ""


_PARTS = 3  # 'Leukemia, Myeloid, Acute'
_WORDS = 8
