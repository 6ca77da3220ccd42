"""Facts that cannot answer what a question's own word asks for: no arm for 'who …?', no telephone for 'how many …?'.

Such a fact is named in passing, and what is asked is looked for in the record's own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from rag.planning.sentences import ASKING
from rag.planning.sheet import Sheet
from rag.planning.tables import checked, read_table
from rag.planning.words import lemma


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """Words that ask for a kind of answer, the facts that are none of it, and words that make them so."""

    asks: frozenset[str]
    never: frozenset[str]
    unless: frozenset[str]


@cache
def answer_kinds() -> tuple[AnswerKind, ...]:
    kinds = []
    for row in read_table("answer_kinds")["kind"]:
        checked(row, file="answer_kinds", required=("asks", "never"), optional=("unless",))
        kinds.append(
            AnswerKind(_words(row["asks"]), frozenset(row["never"].split()), _words(row.get("unless", "")))
        )
    return tuple(kinds)


def _words(text: str) -> frozenset[str]:
    return frozenset("_".join(lemma(part) for part in word.split("_")) for word in text.split())


def of_the_kind(sheet: Sheet, facts: tuple[str, ...]) -> tuple[str, ...]:
    """The facts without those that are no answer to the one word that asks; all where several things are asked."""
    named = {at for ref in sheet.references for at in range(ref.first, ref.last)}
    lemmas = [token.lemma for at, token in enumerate(sheet.line.tokens) if at not in named]
    asking = [at for at, word in enumerate(lemmas) if word in ASKING]
    if len(asking) != 1 or not facts or "and" in lemmas:
        return facts
    at = asking[0]
    words = {*lemmas, *(f"{a}_{b}" for a, b in pairwise(lemmas))}
    opens = {lemmas[at], "_".join(lemmas[at : at + 2]), "_".join(lemmas[max(0, at - 1) : at + 1])}
    never = [kind.never for kind in answer_kinds() if opens & kind.asks and not words & kind.unless]
    return tuple(fact for fact in facts if not any(fact in kind for kind in never))
