"""Examples read with what they are examples of: let in with a permission, turned away with the rest of an exception."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace

from rag.criteria.concepts import broader_of, load_concepts, narrower_or_equal
from rag.criteria.readings import Reading
from rag.criteria.sought import sought
from rag.types import Stance


def told_by_example(readings: list[Reading], item: str) -> list[Reading]:
    """The readings of an item, its examples judged as what they explain."""
    return _of_the_rest(_let_in(readings, item), item)


_EXAMPLES_LET_IN = sought(
    r"(?i)\b(?:permitted|allowed|acceptable|eligible"
    r"|(?:not|no longer) (?:an )?exclusion(?: criteri(?:on|a))?(?: for this (?:trial|study))?)"
    r"(?:,?\s*\((?:e\.?\s?g\b|i\.?\s?e\b|such as|including|for example)[^()]{0,200}\)"
    r"|\.\s+(?:th(?:ese|is) (?:can |may )?includes?|examples (?:are|include)|such as|for (?:example|instance))\b"
    r"(?![^.;]*\b(?:excluded|not)\b)[^.;]{0,200})",
    "permitted", "allowed", "acceptable", "eligible", "exclusion",
)
# ahead of it in its clause, "No other drugs are allowed (e.g. …)"; not the "not" of "drugs that do not interact"
_NONE_LET_IN = re.compile(r"(?i)(?<!that do )(?<!that are )(?<!who are )\b(?:no|neither|never|none|nor|not|cannot)\b")
_CLAUSE_ENDS = re.compile(r"(?i)[.;]\s|\bbut\b")


def _let_in(readings: list[Reading], item: str) -> list[Reading]:
    """ "Antibodies are permitted (e.g. cetuximab)": what the brackets name is let in with what they explain."""
    before = {one.span(): item[max(0, one.start() - 200) : one.start()] for one in _EXAMPLES_LET_IN.finditer(item)}
    spans = [span for span, words in before.items() if not _NONE_LET_IN.search(_CLAUSE_ENDS.split(words)[-1])]
    if not spans:
        return readings
    firsts = [first for first, _ in spans]  # in order of place, and none overlap

    def let_in(place: int) -> bool:
        at = bisect_left(firsts, place) - 1
        return at >= 0 and place < spans[at][1]

    return [replace(one, stance=Stance.EXEMPT, doubts=()) if let_in(one.start) else one for one in readings]


_EXCEPTED_WITH_EXAMPLES = sought(
    r"(?i)\b(?:other than|except(?: for)?|apart from|aside from)\b(?P<excepted>[^.;()]{3,120}?)"
    r"(?:\(\s?(?:e\.?\s?g\b|such as|including|for example)(?P<inside>[^()]{3,200})\)"
    r"|\.\s+(?:th(?:ese|is) (?:may )?includes?|examples (?:are|include))\b(?P<after>[^.;]{3,200}))",
    "other than", "except", "apart from", "aside from",
)


def _of_the_rest(readings: list[Reading], item: str) -> list[Reading]:
    """ "Eye disease other than glaucoma (e.g. uveitis)": an example of the rule and no kind of its exception."""
    explained = list(_EXCEPTED_WITH_EXAMPLES.finditer(item))
    if not explained:
        return readings
    starts = [one.start for one in readings]  # in order of place
    told, away, seen = list(readings), list[Reading](), 0  # `away`: what is turned away before the present place
    for found in explained:
        until = bisect_left(starts, found.start())
        away += [one for one in told[seen:until] if one.stance is Stance.TURNED_AWAY]
        seen = until
        rule = next((one for one in reversed(away) if one.end <= found.start()), None)
        excepted = [one.concept for one in told[_places(starts, found.span("excepted"))]]
        inside = _places(starts, found.span("inside") if found["inside"] else found.span("after"))
        told[inside] = _explained(told[inside], rule, excepted)
    return told


def _explained(examples: list[Reading], rule: Reading | None, excepted: list[str]) -> list[Reading]:
    """All of them are of the rule where one is; where none is told to be, no kind of the exception is let in by it."""
    free = {one for one in examples if one.stance is Stance.EXEMPT and _may_be_of_rule(one.concept, excepted)}
    if rule is not None and any(rule.concept in broader_of(one.concept) for one in free):
        return [replace(one, stance=rule.stance, doubts=rule.doubts) if one in free else one for one in examples]
    if rule is None and any(_is_condition(one) for one in excepted):
        told = {one for one in free if _is_condition(one.concept)}
        return [replace(one, stance=Stance.ASIDE) if one in told else one for one in examples]
    return examples


def _places(starts: list[int], span: tuple[int, int]) -> slice:
    """The readings that begin in a stretch, by their places in order."""
    return slice(bisect_left(starts, span[0]), bisect_left(starts, span[1]))


def _is_condition(concept: str) -> bool:
    known = load_concepts()
    return concept in known and known[concept].kind == "condition"


def _may_be_of_rule(concept: str, excepted: list[str]) -> bool:
    """A kind of nothing excepted; of cancers, "(e.g. of the cervix)" tells the place."""
    known = load_concepts()
    if concept not in known or known[concept].group == "cancer":
        return False
    return not any(concept in narrower_or_equal(one) for one in excepted)
