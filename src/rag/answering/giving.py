"""Words of questions that only name the kind of answer, and whether a text gives one: '38.5 °C' gives a temperature."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files

import re2

from rag.evidence.stems import stem


@cache
def load_kinds() -> Mapping[str, re2._Regexp]:
    """The stem of each word that names a kind, and what gives it. ValueError names a word that stands twice."""
    table = tomllib.loads(files("rag.answering").joinpath("data/giving.toml").read_text(encoding="utf-8"))
    found: dict[str, re2._Regexp] = {}
    for row in table["kind"]:
        if row.keys() != {"words", "given"}:
            raise ValueError(f"giving.toml, {row.get('words')}: other keys than words and given")
        pattern = re2.compile(f"(?i){row['given']}")
        for one in dict.fromkeys(stem(word) for word in row["words"].split()):
            if one in found:
                raise ValueError(f"giving.toml: {one} stands twice")
            found[one] = pattern
    return found


def given(stems: Collection[str], text: str) -> frozenset[str]:
    """Those of the stems that name a kind of which a text gives one."""
    kinds = load_kinds()
    return frozenset(one for one in stems if one in kinds and kinds[one].search(text))
