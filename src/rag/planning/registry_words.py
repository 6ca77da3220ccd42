"""Words of the registry itself in a question: 'SINGLE' masking, 'class INDUSTRY', trials 'that recruit'."""

from __future__ import annotations

from collections.abc import Iterable

from rag.planning.tables import word_set
from rag.planning.words import Found, Line
from rag.types import FieldIs

# What the registry prints for values: "(DOUBLE)", "class FED".
_CODES = {
    **dict.fromkeys(("SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE"), "masking"),
    **dict.fromkeys(("CROSSOVER", "PARALLEL", "FACTORIAL", "SEQUENTIAL", "SINGLE_GROUP"), "intervention_model"),
    **dict.fromkeys(("INDUSTRY", "FED", "OTHER_GOV", "NETWORK", "INDIV", "NIH"), "sponsor_class"),
}


def find_registry_words(line: Line, taken: frozenset[int]) -> Iterable[Found[FieldIs]]:
    """Every code of the registry in capitals, 'US', and 'recruit' said of trials alone; left to right of each kind."""
    if line.text != line.text.upper():
        yield from _codes(line, taken)
    yield from _recruits(line, taken)


def _codes(line: Line, taken: frozenset[int]) -> Iterable[Found[FieldIs]]:
    for at, token in enumerate(line.tokens):
        if token.text == "US" and at not in taken:  # 'us' is a pronoun
            yield Found(at, at + 1, FieldIs("country", ("United States",)))
        if token.text in _CODES and at not in taken:
            first = at - (line.lemmas(max(0, at - 1), at) == ("class",))
            yield Found(first, at + 1, FieldIs(_CODES[token.text], (token.text,)))


def _recruits(line: Line, taken: frozenset[int]) -> Iterable[Found[FieldIs]]:
    """'any that recruit', 'how many recruit?': the verb alone, with nobody whom it takes, is the status."""
    for at in range(1, len(line.tokens)):
        if line.tokens[at].lemma == "recruit" and at not in taken:
            before, after = line.tokens[at - 1].lemma, line.lemmas(at + 1, at + 2)
            ends = (
                not after or bool(set(line.gap(at + 1)) & set(",;.?!)")) or after[0] in word_set("marks.ends_recruit")
            )
            if ends and before in word_set("marks.recruits"):
                yield Found(at, at + 1, FieldIs("status", ("RECRUITING",)))
