"""Parts of a question that say no more than another part beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.planning import lexicon
from rag.planning.cues import Cue, asked
from rag.planning.joining import Part
from rag.planning.words import Line
from rag.types import Concerns, Limit, Not, Predicate


def without_idle_parts(line: Line, parts: list[Part]) -> list[Part]:
    """`parts` without participles and wider conditions that the part behind or beside them makes exact."""
    return _without_wider(line, _without_participles(line, parts))


def without_echoes(line: Line, parts: Sequence[Part], measured_by: Mapping[str, frozenset[str]]) -> list[Part]:
    """`parts` without a condition whose degree a limit beside it gives: 'heart failure of NYHA class III'."""
    limits = [part for part in parts if isinstance(part.predicate, Limit)]
    return [part for part in parts if not any(_says_degree(line, limit, part, measured_by) for limit in limits)]


def _says_degree(line: Line, limit: Part, part: Part, measured_by: Mapping[str, frozenset[str]]) -> bool:
    if not isinstance(limit.predicate, Limit) or not isinstance(part.predicate, Concerns) or limit.cue is not part.cue:
        return False
    first, last = min(limit.last, part.last), max(limit.first, part.first)
    return bool(measured_by.get(limit.predicate.variable, frozenset()) & set(part.predicate.concepts)) and not {
        "and",
        "or",
        "but",
    } & set(line.lemmas(first, last))


def _without_wider(line: Line, parts: list[Part]) -> list[Part]:
    """'cancer that has spread to the brain': a wider condition beside its narrower one says where it belongs."""
    kept = []
    for part in parts:
        beside = [other for other in parts if other is not part and other.cue is part.cue and part.cue is not None]
        if not any(
            _is_wider(part.predicate, other.predicate) and _is_one_phrase(line, part, other) for other in beside
        ):
            kept.append(part)
    return kept


def _is_wider(one: Predicate, other: Predicate) -> bool:
    if not isinstance(one, Concerns) or not isinstance(other, Concerns) or not one.concepts or not other.concepts:
        return False
    return all(set(other.concepts) & lexicon.narrower_than(concept) for concept in one.concepts)


def _is_one_phrase(line: Line, one: Part, other: Part) -> bool:
    first, last = min(one.last, other.last), max(one.first, other.first)
    commas = any("," in line.gap(at) for at in range(first, last + 1))
    return not commas and not {"and", "or", "nor", "but", "plus"} & set(line.lemmas(first, last))


def _without_participles(line: Line, parts: list[Part]) -> list[Part]:
    """'infected with HIV', 'vaccinated with a live vaccine': the participle says no more than what follows it."""
    kept = []
    for at, part in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else None
        last = line.tokens[part.last - 1].lemma
        single = (part.last - part.first == 1 and last.endswith("ed")) or last in {
            "treatment",
            "therapy",
            "use",
            "exposure",
        }
        linked = following is not None and line.lemmas(part.last, following.first) in {
            ("with",),
            ("by",),
            ("with", "a"),
            ("with", "the"),
            ("by", "a"),
            ("for",),
            ("to",),
            ("of",),
        }
        if not (single and linked and following is not None and following.cue is part.cue and part.cue is not None):
            kept.append(part)
    return kept


def with_pointed_at(line: Line, parts: Sequence[Part], cues: Sequence[Cue]) -> list[Part]:
    """The parts, with what 'it' or 'them' right behind a verb means: 'which mention gout but do not require it'."""
    found = list(parts)
    for cue in cues:
        pointed = not cue.passive and line.lemmas(cue.last, cue.last + 1) in {("it",), ("them",)}
        if not pointed or any(part.cue is cue for part in parts):
            continue
        before = [part for part in parts if part.last <= cue.first and part.cue is not None]
        apart = range(before[-1].last if before else 0, cue.first + 1)
        twice = ("and", "which") in pairwise(line.lemmas(apart.start, apart.stop))
        if not before or twice or any(line.stops_at(at, ".;:?!") for at in apart):
            continue  # 'Which exclude gout? And which accept it?' asks twice
        said = before[-1].predicate
        said = said.predicate if isinstance(said, Not) else said
        asks, negated = asked(cue)
        if isinstance(said, Concerns | Limit) and asks is not said.asks:
            meant = replace(said, asks=asks)
            found.append(Part(cue.last, cue.last + 1, Not(meant) if negated else meant, cue))
    return sorted(found, key=lambda part: part.first)
