"""How far a verb of criteria reaches in a question: where its clause begins, and where other trials are told of."""

from __future__ import annotations

from collections.abc import Sequence

from rag.planning.marks import Kind, Mark
from rag.planning.words import Line

NEVER = 10**9  # a token that no question has
_CLAUSE = 40  # words


def is_condition(mark: Mark) -> bool:
    """Whether the mark is something that a verb of criteria may govern."""
    return mark.kind in {Kind.LIMIT, Kind.VARIABLE, Kind.CONCEPT, Kind.AGES, Kind.GROUP}


def end_of_the_unwanted(line: Line, at: int) -> int:
    """Where the trials end that are not wanted: 'not the ones that exclude gout but those for people with asthma'."""
    turns = ({"but", "rather", "instead"}, {"those", "the", "i", "we", "for", "only"})
    end = at
    while end < min(len(line.tokens), at + _CLAUSE) and not set(line.gap(end)) & set(".;?!"):
        if line.tokens[end].lemma in turns[0] and turns[1] & {*line.lemmas(end + 1, end + 2)}:
            return end
        end += 1
    return end


def start_of_topic(line: Line, at: int) -> int:
    """Where the trials are told of anew: 'accept an ECOG of 2 and are about lung cancer', 'but do not test insulin'."""
    lemmas = line.lemmas()
    near = range(at, min(at + _CLAUSE, len(lemmas)))
    return next((i for i in near if lemmas[i] in {"and", "but"} and _tells_a_topic(lemmas[i + 1 : i + 5])), NEVER)


def _tells_a_topic(words: tuple[str, ...]) -> bool:
    """'are about', 'are not on', 'do not test', 'investigate'."""
    said = [word for word in words if word != "not"]
    if said[:1] and said[0] in _ARE:
        return said[1:2] in (["about"], ["on"])
    said = said[1:] if said[:1] == ["do"] else said
    return bool(said) and said[0] in _STUDY


_ARE = frozenset({"is", "are"})
_STUDY = frozenset({"test", "evaluate", "investigate", "examine", "study"})


def start_of_clause(line: Line, verb: int, marks: Sequence[Mark]) -> int:
    """Where the clause of a passive verb begins, behind a word that sets it against the one before: '… while asthma
    does not come up', behind a field and a comma: 'stroke phase 2, gout excluded', or behind a semicolon. 0 where
    nothing opens it.
    """
    told = [mark for mark in marks if is_condition(mark)]
    ends = {mark.last for mark in marks if mark.kind is Kind.FIELD and line.stops_at(mark.last, ",;")}
    ends |= {at for at in range(max(1, verb - _CLAUSE), verb) if ";" in line.gap(at)}
    first = verb
    far = max(0, verb - _CLAUSE)
    while first > far and first not in ends and line.tokens[first - 1].lemma not in _AGAINST:
        first -= 1
    loose = {Kind.VARIABLE, Kind.GROUP} if ";" in line.gap(first) else set()  # 'IgE 150; whose IgE window permits it?'
    own = any(first <= mark.first < verb and mark.kind not in loose for mark in told)
    return first if first > far and own and told[0].first < first else 0


_AGAINST = frozenset({"while", "whereas", "though", "although"})
