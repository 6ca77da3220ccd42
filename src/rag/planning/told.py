"""What an earlier sentence tells of a person, beside a question that has an object of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.planning.ago import nearest
from rag.planning.cues import Cue
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import About, Ago, Asks, Concerns, Limit

if TYPE_CHECKING:
    from rag.planning.joining import Part

_TRIALS = frozenset({"trial", "study", "protocol"})
_STOPS = frozenset(".!;:…")


def without_told(line: Line, parts: Sequence[Part], cues: Sequence[Cue]) -> tuple[list[Part], list[str]]:
    """The parts without topics that are somebody's condition, and the words of those that the question leaves out.

    'He had a stroke. Which ones turn stroke survivors away?' asks of no trials about stroke.
    """
    asks = [cue for cue in cues if cue.asks in {Asks.EXCLUDES, Asks.ADMITS, Asks.REQUIRES}]
    if not any(part.cue in asks for part in parts):
        return list(parts), []
    told = [part for part in parts if isinstance(part.predicate, About) and is_told_before(line, part, asks[0])]
    if any(isinstance(part.predicate, Limit) for part in parts):
        told += [part for part in parts if _is_pointed_at(line, part)]
    named = {word for part in parts if part not in told for word in line.lemmas(part.first, part.last)}
    lost = [line.words(p.first, p.last) for p in told if not named & set(line.lemmas(p.first, p.last))]
    return [part for part in parts if part not in told], lost


def _is_pointed_at(line: Line, part: Part) -> bool:
    """'CD4 850 - trials this HIV patient can't enter': whom the value is told of."""
    return (
        isinstance(part.predicate, Concerns)
        and line.lemmas(max(0, part.first - 1), part.first)[-1:] in {("this",), ("that",), ("my",), ("our",)}
        and line.lemmas(part.last, part.last + 1) in {("patient",), ("man",), ("woman",), ("person",)}
    )


def is_told_before(line: Line, part: Part, cue: Cue) -> bool:
    """Whether the part stands in a sentence before the verb's that tells of a person and names no trials."""
    ends = [at for at in range(part.last, cue.first + 1) if _STOPS & set(line.gap(at))]
    if not ends:
        return False
    start = max((at for at in range(1, part.first + 1) if _STOPS & set(line.gap(at))), default=0)
    return _tells_of_a_person(line.lemmas(start, ends[0]))


def _tells_of_a_person(words: tuple[str, ...]) -> bool:
    """'he had …', 'a patient of ours with …', 'I am …', not 'I work on …'."""
    if _TRIALS & set(words):
        return False
    people = (word_set("cues.people") | word_set("cues.relatives") | _NOTES) - {"i", "they", "you", "who"}
    mine = any(word in {"i", "we"} and set(words[at + 1 : at + 3]) & _BEING for at, word in enumerate(words))
    return mine or bool(people & set(words))


_BEING = frozenset(["am", "had", "have", "was", "take", "took", "got", "suffer", "developed", "survived"])


_NOTES = frozenset({"chart", "med", "history"})  # 'ramipril on the med list: …'
_ONE = frozenset({"a", "an", "my", "our", "this", "that", "her", "his"})


def is_one_person(line: Line, first: int, last: int) -> bool:
    """'a petite adult', 'this deaf child', 'Child of four …' at the start: one person told of, no age that is asked."""
    if last - first != 1 or line.tokens[first].text.casefold() not in word_set("told.ages"):
        return False
    if first == 0 or _STOPS & set(line.gap(first)):
        return True
    for at in range(first - 1, max(-1, first - 4), -1):
        if line.gap(at + 1).strip():
            return False
        if line.tokens[at].lemma in _ONE:
            return True
    return False


def dated(
    line: Line, parts: Iterable[Part], agos: Iterable[tuple[int, int, Ago]]
) -> tuple[list[Part], list[str]]:
    """The parts, a condition that somebody had some time ago with that time; and the times that nothing had."""
    parts, left = list(parts), []
    for first, last, ago in agos:
        told = [at for at, part in enumerate(parts) if _may_be_past(part)]
        spans = [(parts[at].first, parts[at].last) for at in told]
        which = nearest(line, spans, (first, last))
        if which is not None and isinstance(concern := parts[told[which]].predicate, Concerns):
            parts[told[which]] = replace(parts[told[which]], predicate=replace(concern, ago=ago))
        else:
            left.append(line.words(first, last))
    return parts, left


def _may_be_past(part: Part) -> bool:
    asked = part.predicate
    return isinstance(asked, Concerns) and asked.asks in {Asks.EXCLUDES, Asks.ADMITS} and asked.ago is None
