"""Things that a question asks about and a record never names: without a stool in it, nothing of stools is told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import re2

from rag.answering.alike import others_of
from rag.answering.strange import has_another_name, is_misspelt
from rag.answering.weighing import kinds_of_answer
from rag.criteria.concepts import find_concepts
from rag.evidence.stems import stem, words_of
from rag.types import Document, QueryPlan


@cache
def load_things() -> Mapping[str, re2._Regexp]:
    """The stem of each thing, and how a text names it. ValueError names a thing that stands twice."""
    found: dict[str, re2._Regexp] = {}
    for line in files("rag.answering").joinpath("data/things.txt").read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        if not words:
            continue
        if stem(words[0]) in found:
            raise ValueError(f"things.txt: {words[0]} stands twice")
        found[stem(words[0])] = re2.compile(rf"(?i)\b(?:{'|'.join(words)})")
    return found


def unnamed_thing(document: Document, plan: QueryPlan) -> str:
    """The first thing or name asked about that the record holds by no word; of limits, of what was not read."""
    read = any(fact.startswith(("criterion:", "concept:")) for fact in plan.facts)
    asked = (word for words in (plan.unread if read else plan.focus) for word in words_of(words))
    things = ((word, load_things().get(stem(word))) for word in asked)
    unnamed = next((word for word, named in things if named is not None and not named.search(document.text)), "")
    return unnamed or ("" if plan.facts else _strange_treatment(document, plan))


def _strange_treatment(document: Document, plan: QueryPlan) -> str:
    """'Over how many minutes is mesna given?' of a record without mesna: what is given, by the question's grammar."""
    known = {stem(word) for word in words_of(document.text)}
    given = {word.casefold() for word in _GIVEN.findall(plan.question)}
    names = [word for words in plan.focus for word in words_of(words) if word.casefold() in given]
    names = [word for word in names if not find_concepts(word) and stem(word) not in kinds_of_answer()]
    names = [word for word in names if stem(word) not in known and not is_misspelt(stem(word), known)]
    names = [word for word in names if not others_of(stem(word), document.text) & known]
    return next((word for word in names if not has_another_name(plan.question, word, known)), "")


_GIVEN = re2.compile(
    r"(?i)\b(?:is|are|was|were) (?:the )?([a-z]{4,}) (?:given|infused|injected|administered|taken|swallowed|dosed)\b"
)
