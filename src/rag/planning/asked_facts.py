"""Facts that a question asks for through criteria: 'criterion:<variable>', 'concept:<id>', the whole lists."""

from __future__ import annotations

from rag.planning import lexicon
from rag.planning.sheet import Sheet
from rag.types import Asks


def criterion_facts(sheet: Sheet) -> tuple[str, ...]:
    """'criterion:<variable>' and 'concept:<id>' for what the question names, multiples of ULN with the level."""
    with_twins = dict.fromkeys(twin for variable in sheet.variables for twin in lexicon.with_multiples(variable))
    named = ("ages" if variable == "age" else f"criterion:{variable}" for variable in with_twins)
    return (*named, *(f"concept:{concept}" for concept in sheet.concepts))


def lists_asked(sheet: Sheet) -> tuple[str, ...]:
    """'the exclusion criteria of …': the whole list, where a verb of criteria governs nothing."""
    asked = {cue.asks for cue in sheet.reading.cues}
    lists = {Asks.EXCLUDES: "exclusion", Asks.REQUIRES: "inclusion", Asks.ADMITS: "inclusion"}
    found = tuple(name for asks, name in lists.items() if asks in asked)
    return found if found == ("exclusion", "inclusion") else found[:1]
