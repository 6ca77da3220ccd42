"""Which trial describing words mean: every trial scored by the words that its names explain, rare words weighing more.

'the Bergen hop-and-barley allergy cohort', 'boiled hazelnut', 'the fenolast plus dorzumab phase I at Green Hill'.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.criteria.concepts import find_concepts
from rag.planning import tables
from rag.planning.lexicon import concept_label
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Line, lemmas_of, read_line

# How surely a word tells a trial by where it stands.
_WEIGHTS: Mapping[str, float] = {
    "intervention": 1.0, "condition": 1.0, "title": 1.0, "acronym": 1.0, "city": 0.9, "country": 0.8, "sponsor": 0.9,
    "collaborator": 0.7, "mention": 0.7,
}  # fmt: skip
_OTHERWISE = 0.8  # of a word said otherwise in the record: a country for its people, a condition's own name


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, or words that hang together: its tokens, its weight by rarity, and the trials that it fits, how well."""

    first: int
    last: int
    weight: float
    fits: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The trials by score, best first, of all that the words weigh."""

    units: tuple[Unit, ...]
    scores: tuple[tuple[int, float], ...]

    @property
    def best(self) -> float:
        return self.scores[0][1] if self.scores else 0.0

    @property
    def second(self) -> float:
        return self.scores[1][1] if len(self.scores) > 1 else 0.0


def ranked(line: Line, index: WordIndex, words: Sequence[int], stress: Callable[[Unit], float]) -> Ranked:
    """Every trial scored by the words, each said once; `stress`: how much a unit weighs beside its rarity."""
    each = {line.lemmas(unit.first, unit.last): unit for unit in reversed(units_of(line, index, words))}
    units = tuple(sorted(each.values(), key=lambda unit: unit.first))
    scores: dict[int, float] = {}
    for unit in units:
        weight = unit.weight * stress(unit)
        for trial, fit in unit.fits.items():
            scores[trial] = scores.get(trial, 0.0) + weight * fit
    ordered = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    return Ranked(units, tuple(ordered))


def units_of(line: Line, index: WordIndex, words: Sequence[int]) -> list[Unit]:
    """The units of the tokens at `words`: a code in parts is one ('GNR-044'), else each word is."""
    units, at, inside = [], 0, sorted(words)
    while at < len(inside):
        last = at + 1
        while last < len(inside) and _hangs_together(line, inside[last - 1], inside[last]):
            last += 1
        fits = _fits(line, index, inside[at], inside[last - 1] + 1)
        units.append(Unit(inside[at], inside[last - 1] + 1, rarity(len(fits), len(index.ids)), fits))
        at = last
    return units


def rarity(held: int, trials: int) -> float:
    """How much a word tells that `held` of all trials hold; a word that none holds tells as much as one of its own."""
    return math.log((trials + 1) / (max(held, 1) + 0.0)) + 0.1


def _hangs_together(line: Line, one: int, other: int) -> bool:
    """'GNR-044', 'HS-20093', 'AK 112': letters and a number of one code."""
    if other != one + 1 or line.gap(other) not in {"-", "", "/"}:
        return False
    texts = (line.tokens[one].text, line.tokens[other].text)
    return any(any(c.isdigit() for c in text) for text in texts) or all(text.isupper() for text in texts)


def _fits(line: Line, index: WordIndex, first: int, last: int) -> Mapping[int, float]:
    parts = [_word_fits(line.tokens[i].text, line.tokens[i].lemma, index) for i in range(first, last)]
    found = dict(parts[0])
    for part in parts[1:]:
        found = {trial: min(fit, part[trial]) for trial, fit in found.items() if trial in part}
    return found


def _word_fits(text: str, word: str, index: WordIndex) -> Mapping[int, float]:
    found: dict[int, float] = {}
    for held in index.akin(word):
        for trial, attribute in index.holds(held).items():
            found[trial] = max(found.get(trial, 0.0), _WEIGHTS[attribute])
        for trial in index.mentioned(held):
            found.setdefault(trial, _WEIGHTS["mention"])
    for names in _otherwise(text):
        held_by = [index.holds(name) for name in names]
        for trial in set(held_by[0]).intersection(*held_by[1:]) if held_by else ():
            found.setdefault(trial, _OTHERWISE)
    if not found and text.isupper() and len(text) > 2:
        found = dict.fromkeys(index.with_initials(text), _OTHERWISE)
    return found


def _otherwise(text: str) -> list[tuple[str, ...]]:
    """What a word is called in records: the country or city of a people, the own name of a condition."""
    line = read_line(text)
    names = [lemmas_of(name) for found in tables.places().find(line) for name in found.value if len(found.value) == 1]
    names += [lemmas_of(found.value) for found in tables.nicknames().find(line)]
    names += [lemmas_of(concept_label(mention.concept)) for mention in find_concepts(text)]
    return [name for name in names if name]
