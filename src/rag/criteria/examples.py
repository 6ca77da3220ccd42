"""Examples read with what they are examples of: let in with a permission, turned away with the rest of an exception."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.criteria.concepts import broader_of, load_concepts, narrower_or_equal
from rag.criteria.readings import Reading
from rag.types import Stance


def told_by_example(readings: list[Reading], item: str) -> list[Reading]:
    """The readings of an item, its examples judged as what they explain."""
    return _of_the_rest(_let_in(readings, item), item)


_EXAMPLES_LET_IN = re.compile(
    r"(?i)\b(?:permitted|allowed|acceptable|eligible"
    r"|(?:not|no longer) (?:an )?exclusion(?: criteri(?:on|a))?(?: for this (?:trial|study))?)"
    r"(?:,?\s*\((?:e\.?\s?g\b|i\.?\s?e\b|such as|including|for example)[^()]{0,200}\)"
    r"|\.\s+(?:th(?:ese|is) (?:can |may )?includes?|examples (?:are|include)|such as|for (?:example|instance))\b"
    r"(?![^.;]*\b(?:excluded|not)\b)[^.;]{0,200})"
)
# ahead of it in its clause, "No other drugs are allowed (e.g. …)"; not the "not" of "drugs that do not interact"
_NONE_LET_IN = re.compile(r"(?i)(?<!that do )(?<!that are )(?<!who are )\b(?:no|neither|never|none|nor|not|cannot)\b")
_CLAUSE_ENDS = re.compile(r"(?i)[.;]\s|\bbut\b")


def _let_in(readings: list[Reading], item: str) -> list[Reading]:
    """ "Antibodies are permitted (e.g. cetuximab)": what the brackets name is let in with what they explain."""
    before = {one.span(): item[max(0, one.start() - 200) : one.start()] for one in _EXAMPLES_LET_IN.finditer(item)}
    spans = [span for span, words in before.items() if not _NONE_LET_IN.search(_CLAUSE_ENDS.split(words)[-1])]
    return [
        replace(one, stance=Stance.EXEMPT, doubts=()) if any(a < one.start < b for a, b in spans) else one
        for one in readings
    ]


_EXCEPTED_WITH_EXAMPLES = re.compile(
    r"(?i)\b(?:other than|except(?: for)?|apart from|aside from)\b(?P<excepted>[^.;()]{3,120}?)"
    r"(?:\(\s?(?:e\.?\s?g\b|such as|including|for example)(?P<inside>[^()]{3,200})\)"
    r"|\.\s+(?:th(?:ese|is) (?:may )?includes?|examples (?:are|include))\b(?P<after>[^.;]{3,200}))"
)


def _of_the_rest(readings: list[Reading], item: str) -> list[Reading]:
    """ "Eye disease other than glaucoma (e.g. uveitis)": an example of the rule and no kind of its exception."""
    for found in _EXCEPTED_WITH_EXAMPLES.finditer(item):
        rule = next((one for one in reversed(readings) if one.end <= found.start() and _turns_away(one)), None)
        if rule is None:
            continue
        excepted = [one.concept for one in readings if _within(one, found.span("excepted"))]
        told = found.span("inside") if found["inside"] else found.span("after")
        readings = [
            replace(one, stance=rule.stance, doubts=rule.doubts)
            if _within(one, told) and one.stance is Stance.EXEMPT and _is_of_rule(one.concept, rule.concept, excepted)
            else one
            for one in readings
        ]
    return readings


def _turns_away(reading: Reading) -> bool:
    return reading.stance is Stance.TURNED_AWAY


def _within(reading: Reading, span: tuple[int, int]) -> bool:
    return span[0] <= reading.start < span[1]


def _is_of_rule(concept: str, rule: str, excepted: list[str]) -> bool:
    """A kind of what the rule names, and of nothing excepted; of cancers, "(e.g. of the cervix)" tells the place."""
    known = load_concepts()
    if concept not in known or known[concept].group == "cancer":
        return False
    kinds = any(concept in narrower_or_equal(one) for one in excepted)
    return not kinds and rule in broader_of(concept)
