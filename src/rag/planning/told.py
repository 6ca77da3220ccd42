"""What an earlier sentence tells of a person, beside a question that has an object of its own."""

from __future__ import annotations

from collections.abc import Sequence

from rag.planning.cues import Cue
from rag.planning.joining import Part
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import About, Asks

_TRIALS = frozenset({"trial", "study", "protocol"})
_STOPS = frozenset(".!;…")


def without_told(line: Line, parts: Sequence[Part], cues: Sequence[Cue]) -> tuple[list[Part], list[str]]:
    """The parts without topics that are somebody's condition, and the words of those that the question leaves out.

    'He had a stroke. Which ones turn stroke survivors away?' asks of no trials about stroke.
    """
    asks = [cue for cue in cues if cue.asks in {Asks.EXCLUDES, Asks.ADMITS, Asks.REQUIRES}]
    if not any(part.cue in asks for part in parts):
        return list(parts), []
    told = [part for part in parts if isinstance(part.predicate, About) and _is_told(line, part, asks[0])]
    named = {word for part in parts if part not in told for word in line.lemmas(part.first, part.last)}
    lost = [line.words(p.first, p.last) for p in told if not named & set(line.lemmas(p.first, p.last))]
    return [part for part in parts if part not in told], lost


def _is_told(line: Line, part: Part, cue: Cue) -> bool:
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
    people = (word_set("cues.people") | word_set("cues.relatives")) - {"i", "they", "you", "who"}
    mine = any(word in {"i", "we"} and set(words[at + 1 : at + 3]) & _BEING for at, word in enumerate(words))
    return mine or bool(people & set(words))


_BEING = frozenset(["am", "had", "have", "was", "take", "took", "got", "suffer", "developed", "survived"])
