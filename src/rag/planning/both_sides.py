"""The two trials that a comparison describes: 'boiled hazelnut vs barley ladder', 'between the spray and the stent'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.planning.describing import describing_words, may_ask_of_one, references_to, tells, weighed, words_of_references
from rag.planning.durations import DAYS
from rag.planning.forms import says_trials
from rag.planning.fragments import Reference
from rag.planning.meant import Ranked, rarity
from rag.planning.sheet import Sheet
from rag.planning.words import Line
from rag.types import Asks, Concerns, Predicate

_AHEAD = 0.3  # of the weight of a name that one trial alone bears: the best of each side must be ahead of the next
_HARDLY, _TOGETHER = 0.2, 0.8  # ... or so much, where the other side is as far ahead as makes so much of both
_LONGEST = 12  # words of a side
_JOINING = frozenset({"vs", "versus", "and", "or", "than", "against"})
_COMPARED = {
    ("compared", "with"), ("compared", "to"), ("comparison", "with"), ("relative", "to"), ("opposed", "to"),
    ("with", "that"), ("with", "those"), ("to", "that"), ("from", "that"), ("than", "that"), ("from", "those"),
    ("than", "those"), ("to", "those"), ("beside", "those"), ("beside", "that"), ("alongside", "those"),
    ("of", "those"), ("with", "the"),
}  # fmt: skip
_COMPARES = frozenset({
    "vs", "versus", "between", "both", "each", "either", "neither", "differ", "difference", "compare", "compared",
    "contrast", "than", "respectively", "side", "two", "against", "respective", "opposed", "separate", "distinguish",
    "different", "beside", "alongside", "next",
})  # fmt: skip


def two_meant(sheet: Sheet) -> tuple[Reference, ...]:
    """References to the two trials that the words on both sides of 'vs', 'and' or 'or' describe; none where unclear."""
    named = {trial for ref in sheet.refs for trial in ref.trial_ids}
    settled = len(sheet.refs) > 1 and all(len(ref.trial_ids) == 1 for ref in sheet.refs) and len(named) > 1
    lemmas = set(sheet.line.lemmas())
    slashed = bool(sheet.refs) and any(_is_slash(sheet.line, at) for at in range(1, len(sheet.line.tokens)))
    compares = _compares(sheet.line) or slashed or ({"which", "or"} <= lemmas and may_ask_of_one(sheet, of_which=True))
    if settled or any(ref.how == "previous" for ref in sheet.refs) or not compares:
        return ()
    judged = _judged(sheet)
    words = sorted({*words_of_references(sheet), *(at for at in describing_words(sheet) if at not in judged)})
    top = rarity(1, len(sheet.index.ids))
    found: list[tuple[float, tuple[Reference, ...]]] = []
    for left, right in _sides(sheet.line, words):
        ranks = [weighed(sheet, side, subjects=True) for side in (left, right)]
        leads = [rank.best - rank.second for rank in ranks]
        ahead = min(leads)
        sure = ahead >= _AHEAD * top or (ahead >= _HARDLY * top and sum(leads) >= _TOGETHER * top)
        if sure and (refs := _two(sheet, ranks)):
            found.append((ahead, refs))
    return max(found, key=lambda pair: pair[0])[1] if found else ()


def _judged(sheet: Sheet) -> set[int]:
    """The words of what trials are asked to say of people: 'which trials exclude both HIV and hepatitis C?'."""
    if sheet.extremes or not says_trials(sheet):
        return set()
    judged = [part for part in sheet.bare.parts if _judges(part.predicate)]
    return {at for part in judged for at in range(part.first, part.last)}


def _judges(asked: Predicate) -> bool:
    return isinstance(asked, Concerns) and asked.asks is not Asks.MENTIONS


def _compares(line: Line) -> bool:
    """Whether a word sets two things side by side; not the first of 'two years ago', 'next month'."""
    lemmas = line.lemmas()
    return any(word in _COMPARES and line.lemmas(at + 1, at + 2) not in _TIMES for at, word in enumerate(lemmas))


_TIMES = frozenset((unit,) for unit in DAYS)


def _two(sheet: Sheet, ranks: Sequence[Ranked]) -> tuple[Reference, ...]:
    trials = [rank.scores[0][0] for rank in ranks]
    pairs = tuple(zip(ranks, trials, strict=True))
    if trials[0] == trials[1] or not all(tells(sheet, rank, trial) for rank, trial in pairs):
        return ()
    found = [one for rank, trial in pairs for one in references_to(sheet, rank, trial)[:1]]
    return tuple(_whole(one, {at for unit in rank.units for at in range(unit.first, unit.last)})
                 for one, rank in zip(found, ranks, strict=True))


def _whole(one: Reference, side: set[int]) -> Reference:
    """The reference with the words of its side right beside it: the 'antihistamine' of 'nasal antihistamine spray'."""
    first, last = one.first, one.last
    while first - 1 in side:
        first -= 1
    while last in side:
        last += 1
    return replace(one, first=first, last=last)


def _sides(line: Line, words: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """For each word that joins, the describing words before and behind it, up to a stop."""
    lemmas = line.lemmas()
    joints = [(at, at + 1) for at, word in enumerate(lemmas) if word in _JOINING]
    joints += [(at, at) for at in range(1, len(lemmas)) if _is_slash(line, at)]
    joints += [(at, at + 2) for at, pair in enumerate(pairwise(lemmas)) if pair in _COMPARED]
    sides = [
        ([i for i in words if _start(line, at) <= i < at], [i for i in words if end <= i < _end(line, end)])
        for at, end in joints
    ]
    return [(left, right) for left, right in sides if left and right]


def _is_slash(line: Line, at: int) -> bool:
    """'DIGEST / the Halden trial': a slash between names, not the one of 'mg/kg'."""
    gap = line.gap(at)
    return "/" in gap and gap.strip() != gap and gap.strip(" ()") == "/"


def _start(line: Line, at: int) -> int:
    first, closed = at, False
    while first > max(0, at - _LONGEST):
        gap = line.gap(first)
        closed = closed or ")" in gap
        if _stops(gap) or ("(" in gap and not closed) or (line.tokens[first - 1].lemma == "between"):
            break
        first -= 1
    return first


def _end(line: Line, at: int) -> int:
    last = at + 1
    while last < min(len(line.tokens), at + _LONGEST) and not _stops(line.gap(last)):
        last += 1
    return last


def _stops(gap: str) -> bool:
    return bool(set(gap) & set(",;:?.!")) or (gap != gap.strip() and gap.strip() in {"-", "–", "—"})


def narrowed(sheet: Sheet) -> tuple[Reference, ...]:
    """'fenolast in the Norwegian and in the Danish trial': references that fit several, by the drug said of both."""
    if len(sheet.refs) < 2 or all(len(ref.trial_ids) < 2 for ref in sheet.refs):
        return sheet.references
    lemmas, index = sheet.line.lemmas(), sheet.index
    drugs = [index.holds(lemmas[i]) for i in describing_words(sheet)]
    held = [{index.ids[at] for at in holding} for holding in drugs if "intervention" in holding.values()]
    found = list(sheet.references)
    for at, one in enumerate(found):
        kept = [trial for trial in one.ref.trial_ids if all(trial in trials for trials in held)]
        if held and 0 < len(kept) < len(one.ref.trial_ids):
            found[at] = replace(one, ref=replace(one.ref, trial_ids=tuple(kept)))
    return tuple(found)
