"""Small words as data: what may stand between a variable and its number, and the part that each joining word plays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from rag.criteria.tokens import Kind, Kinds

_KEYS = {"glue", "phrase_starts", "tens", "female", "numbers", "kinds"}


def _load() -> Mapping[str, Any]:
    """The tables of `small_words.toml`; ValueError on an unknown key or a word of two kinds."""
    raw = tomllib.loads(resources.files("rag.criteria.data").joinpath("small_words.toml").read_text("utf-8"))
    if set(raw) != _KEYS:
        raise ValueError(f"small_words.toml: the keys must be {sorted(_KEYS)}, not {sorted(raw)}")
    words = [word for members in raw["kinds"].values() for word in members]
    if len(words) != len(set(words)):
        raise ValueError("small_words.toml: a word stands in two kinds")
    return raw


_RAW = _load()
GLUE: frozenset[str] = frozenset(_RAW["glue"])
PHRASE_STARTS: frozenset[str] = frozenset(_RAW["phrase_starts"])
TENS: frozenset[str] = frozenset(_RAW["tens"])
FEMALE: frozenset[str] = frozenset(_RAW["female"])
NUMBERS: Mapping[str, int] = _RAW["numbers"]
SMALL: Mapping[str, Kind] = {word: Kinds[kind.upper()] for kind, members in _RAW["kinds"].items() for word in members}
