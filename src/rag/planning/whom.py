"""Limits asked about for some people only: "bilirubin up to 3 × ULN for Gilbert's", "a QTc limit by sex"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.criteria.concepts import find_concepts
from rag.evidence.whom import SEX
from rag.planning.joining import Part
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.text import fold
from rag.types import About, Any, Asks, Concerns, FieldIs, Limit, Predicate

_ASKED = frozenset({Asks.ADMITS, Asks.MENTIONS})


def with_whom(line: Line, parts: Sequence[Part]) -> list[Part]:
    """The parts, in order; a condition or the sexes behind a limit and a "for", "in", "if" say whom it is for."""
    found: list[Part] = []
    for part in parts:
        before = found[-1] if found else None
        whom = _whom(line, before, part) if before is not None else ()
        if before is not None and whom:
            found[-1] = replace(before, last=part.last, predicate=_for(before.predicate, whom))
        else:
            found.append(part)
    if not _tells_sexes_apart(line):
        return found
    return [
        replace(part, predicate=_for(part.predicate, (SEX,))) if _is_limit(part) else part
        for part in found
        if not (isinstance(part.predicate, Concerns) and not part.predicate.concepts and _names_sex(line, part))
    ]


def _whom(line: Line, before: Part, part: Part) -> tuple[str, ...]:
    """The people of `part` that the limit before it is for; none where it is a condition of its own."""
    between = line.lemmas(before.last, part.first)
    opens = {"for", "in", "if", "when"}.intersection(between) or word_set("cues.people").intersection(between[:1])
    if not _is_limit(before) or not opens or not word_set("whom.between").issuperset(between):
        return ()
    said = part.predicate
    if isinstance(said, About):  # a topic, save for what trials make exceptions of: "in patients with liver metastases"
        named = tuple(mention.concept for mention in find_concepts(fold(said.text).text))
        return named if word_set("whom.excepted").issuperset(named) else ()
    if isinstance(said, Concerns) and said.asks in _ASKED and said.concepts:
        return said.concepts
    sexes = isinstance(said, FieldIs) and said.field == "sex" and len(said.values) > 1
    return (SEX,) if sexes and not part.cue else ()


def _tells_sexes_apart(line: Line) -> bool:
    by, apart = word_set("whom.by"), word_set("whom.apart")
    lemmas = line.lemmas()
    told = any((one in by and other in _SEXES) or (one in _SEXES and other in apart) for one, other in pairwise(lemmas))
    return told or any(
        before in {"for", "in", "between"} and one in men and other in men and one != other
        for before, one, _, other in zip(lemmas, lemmas[1:], lemmas[2:], lemmas[3:], strict=False)
        for men in (_MEN_AND_WOMEN,)
    )


def _names_sex(line: Line, part: Part) -> bool:
    return bool(_SEXES.intersection(line.lemmas(part.first, part.last)))


_SEXES = frozenset({"sex", "gender"})
_MEN_AND_WOMEN = frozenset({"man", "woman", "male", "female"})


def _is_limit(part: Part) -> bool:
    limits = part.predicate.predicates if isinstance(part.predicate, Any) else (part.predicate,)
    return all(isinstance(one, Limit) and one.asks in _ASKED and one.variable != "age" for one in limits)


def _for(predicate: Predicate, whom: tuple[str, ...]) -> Predicate:
    if isinstance(predicate, Any):
        return Any(tuple(_for(one, whom) for one in predicate.predicates))
    return replace(predicate, whom=whom) if isinstance(predicate, Limit) else predicate
