"""Items that take both of two opposites: "HIV-positive or negative", "MSI-high or MSS", "smokers and nonsmokers"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.criteria.concepts import load_concepts, narrower_or_equal
from rag.criteria.readings import Reading
from rag.criteria.sought import sought
from rag.types import Stance

_HAS = r"(?:positive|mutated|mutant)"
_LACKS = r"(?:negative|wild[- ]?type|wt|unmutated)"
_BOTH_RESULTS = sought(
    rf"(?i)\b{_HAS}\b[^.;:,]{{0,25}}?\b(?:and|or)\b[^.;:,]{{0,25}}?\b{_LACKS}\b"
    rf"|\b{_LACKS}\b[^.;:,]{{0,25}}?\b(?:and|or)\b[^.;:,]{{0,25}}?\b{_HAS}\b",
    "negative", "wild", "wt", "unmutated",
)
_EITHER_RESULT = re.compile(rf"(?i)(?:{_HAS}|{_LACKS})\s?(?:and|or|and\s?/\s?or)\s?(?:{_HAS}|{_LACKS})")
# "treatment-naive or previously treated", "insulin naive or treated with insulin"
_BOTH_TREATED = sought(
    r"(?i)\b(?:na[iï]ve|untreated)\b[^.;:]{0,25}?\bor\b[^.;:]{0,30}?\b(?:pre)?(?:treated|experienced|exposed)\b"
    r"|\b(?:pre)?(?:treated|experienced|exposed)\b[^.;:]{0,25}?\bor\b[^.;:]{0,30}?\b(?:na[iï]ve|untreated)\b",
    "naive", "naïve", "untreated",
)
# "off statins or on a stable dose", "either no steroids or a stable dose of steroids"
_NONE_OR_STABLE = sought(
    r"(?i)\b(?P<none>(?:off|no|not (?:on|taking|receiving|using)|free of)\b[^.;:]{3,90}?)"
    r"[, ]{1,2}or\b[^.;:,]{0,30}?\bstable\b(?P<stable>[^.;:]{0,60})",
    "stable",
)
_DOSE = re.compile(r"(?i)\b(?:dos(?:e|es|age|ages|ing)|regimens?|therapy|treatment|medications?)\b")
_OR = re.compile(r"(?i)[- \w()]{0,20}(?:\b(?:or|and)\b|/)[- \w()]{0,20}")
_OR_NOT = re.compile(r"(?i)\s?(?:or|and|/|as well as)\s?(?:non[- ]?)?")
_DECIDED = frozenset({Stance.REQUIRED, Stance.TURNED_AWAY})
_BEFORE, _BEHIND = 25, 50  # code points: how far from the words that join them the two are named


def either_way(readings: list[Reading], item: str) -> list[Reading]:
    """The readings, what is taken either way turning nobody away and asked of nobody."""
    taken = {*_results(readings, item), *_kept_stable(readings, item)}
    if len(readings) > 1:
        taken.update(_opposites(readings, item), _treated(readings, item))
        taken.update(_signed(readings, item), _kind_or_not(readings, item))
    if not taken:
        return readings
    return [replace(one, stance=Stance.EXEMPT, doubts=()) if one in taken else one for one in readings]


def _results(readings: Sequence[Reading], item: str) -> Iterator[Reading]:
    found = _BOTH_RESULTS.search(item)
    if found is None:
        return
    near = [one for one in readings if found.start() - _BEFORE <= one.start < found.end()]
    yield from _said_both_ways(near, item, "biomarker")
    if _EITHER_RESULT.fullmatch(found.group()):
        yield from (one for one in near if one.start < found.start() <= one.end + 1)


def _treated(readings: Sequence[Reading], item: str) -> Iterator[Reading]:
    found = _BOTH_TREATED.search(item)
    if found is not None:
        near = [one for one in readings if found.start() - _BEFORE <= one.start <= found.end() + _BEHIND]
        yield from _said_both_ways(near, item, "treatment")


_PLUS = re.compile(r"[^-]*\+")
_MINUS = re.compile(r"\s?\(?\s?-(?!\w)")
_OR_SIGNED = re.compile(r"(?i)[^.;]{0,40}\b(?:or|and)\b[^.;]{0,40}")


def _signed(readings: Sequence[Reading], item: str) -> Iterator[Reading]:
    """The readings of a marker that is taken with a plus and with a minus sign: "HER2- or HER2+ disease"."""
    known = load_concepts()
    markers = [one for one in readings if one.stance in _DECIDED and known[one.concept].kind == "biomarker"]
    signed: dict[str, list[tuple[bool, Reading]]] = {}
    for one in sorted(markers, key=lambda reading: reading.start):
        plus, minus = _PLUS.match(item, one.start, one.end + 2), _MINUS.match(item, one.end)
        if plus or minus:
            signed.setdefault(one.concept, []).append((bool(plus), one))
    for alike in signed.values():
        for (plus_first, first), (plus_last, last) in pairwise(alike):
            if plus_first != plus_last and _OR_SIGNED.fullmatch(item, first.end, max(first.end, last.start)):
                yield from (first, last)


def _kept_stable(readings: Sequence[Reading], item: str) -> Iterator[Reading]:
    """The treatments that one takes not at all or at a stable dose."""
    found = _NONE_OR_STABLE.search(item)
    if found is None:
        return
    known = load_concepts()
    drugs = [one for one in readings if known[one.concept].kind == "treatment"]
    none = [one for one in drugs if found.start("none") <= one.start < found.end("none")]
    stable = [one for one in drugs if found.end("none") <= one.start < found.end()]
    kinds = {kind for one in none for kind in narrower_or_equal(one.concept)}
    if not stable and _DOSE.search(found["stable"]) is None:
        return  # "off steroids or stable disease"
    if all(one.concept in kinds for one in stable):  # not "no opioids, or a stable dose of an antidepressant"
        yield from (one for one in (*none, *stable) if one.stance is Stance.TURNED_AWAY)


_OR_NON = sought(
    r"(?i)\b(?P<kind>\w{3,20})(?: cell)? ?(?:or|and|/|and/or) ?non[- ]?(?P=kind)\b"
    r"|\bnon[- ]?(?P<other>\w{3,20})(?: cell)? ?(?:or|and|/|and/or) ?(?P=other)\b",
    "non",
)


def _kind_or_not(readings: Sequence[Reading], item: str) -> Iterator[Reading]:
    """The kind of "squamous or non-squamous NSCLC", beside the whole that is taken in any kind."""
    if _OR_NON.search(item) is None:
        return
    together: dict[tuple[int, Stance], set[str]] = {}
    for one in readings:
        together.setdefault((one.end, one.stance), set()).add(one.concept)
    for one in readings:
        wider = together[one.end, one.stance] - {one.concept}
        named = _OR_NON.search(item, max(0, one.start - _BEFORE), one.end)
        if named is not None and any(one.concept in narrower_or_equal(other) for other in wider):
            yield one


def _said_both_ways(near: Sequence[Reading], item: str, kind: str) -> Iterator[Reading]:
    """The readings of what is both required and turned away, and of a thing of the kind that is named twice."""
    known = load_concepts()
    stances = {(one.concept, one.stance) for one in near}
    times = Counter((one.concept, item[one.start : one.end]) for one in near)  # not of "ER positive or PR positive"
    for one in near:
        both = all((one.concept, stance) in stances for stance in _DECIDED)
        if both or (times[one.concept, item[one.start : one.end]] > 1 and known[one.concept].kind == kind):
            yield one


def _opposites(readings: Sequence[Reading], item: str) -> Iterator[Reading]:
    """The readings of two opposite markers that are both required, and of a thing beside the same with a 'non'."""
    known = load_concepts()
    firm = sorted((one for one in readings if one.stance in _DECIDED), key=lambda reading: (reading.start, reading.end))
    wanted = [one for one in firm if one.stance is Stance.REQUIRED and known[one.concept].kind == "biomarker"]
    places = {
        at
        for one, other in pairwise(wanted)
        if known[one.concept].opposite == other.concept and _joined(_OR, one, other, item)
        for at in (one.start, other.start)
    }
    yield from (one for one in firm if one.start in places and known[one.concept].kind == "biomarker")
    for one, other in pairwise(firm):
        if one.concept == other.concept and one.stance is not other.stance and _joined(_OR_NOT, one, other, item):
            yield from (one, other)


def _joined(pattern: re.Pattern[str], one: Reading, other: Reading, item: str) -> bool:
    return pattern.fullmatch(item[one.end : other.start]) is not None
