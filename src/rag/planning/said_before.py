"""A question about what was just said of trials: 'Most exclude gout. Which ones accept them?', '… Which don't?'.

What trials usually do is told, not asked: only the thing of which it is told is taken over, and the verb where the
question leaves its own unsaid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.planning.marks import TELLING, Kind, Mark
from rag.planning.sentences import ASKING, Span
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Asks


@dataclass(frozen=True, slots=True)
class Said:
    """The words for the verb and for the thing of a sentence that tells what trials do."""

    verb: str
    thing: str


def asked_of_what_was_said(line: Line, marks: Sequence[Mark], spans: Sequence[Span]) -> str | None:
    """The last sentence with the thing told before in the place of 'them', and the verb in the place of 'do'."""
    *before, last = spans
    told = [span for span in before if _in(marks, span, *TELLING)]
    if len(told) != 1 or {mark.kind for mark in _in(marks, last, *TELLING)} - {Kind.FIELD}:
        return None
    said = _what_is_said(line, marks, told[0])
    if said is None:
        return None
    return _with_the_verb(line, last, said) or _with_the_thing(line, last, _in(marks, last, Kind.CUE), said)


def _in(marks: Sequence[Mark], span: Span, *kinds: Kind) -> list[Mark]:
    return [mark for mark in marks if span[0] <= mark.first < span[1] and mark.kind in kinds]


def _what_is_said(line: Line, marks: Sequence[Mark], span: Span) -> Said | None:
    """Of 'many trials refuse people with gout or asthma' the verb and 'gout or asthma'; None where it seeks trials."""
    words = line.lemmas(*span)
    things, verbs = _in(marks, span, *TELLING), _in(marks, span, Kind.CUE)
    ends = "?" in (line.gap(span[1]) if span[1] < len(line.tokens) else "")
    seeks = ends or ASKING & set(words[:_OPENING]) or words[0] in word_set("intents.question_verbs")
    if seeks or len(verbs) != 1 or not _OF_TRIALS & set(words) or any(one.kind not in _THINGS for one in things):
        return None
    if line.lemmas(max(0, verbs[0].first - 1), verbs[0].first) in _RELATIVE:
        return None  # 'I need trials that exclude gout'
    between = {word for one, other in pairwise(things) for word in line.lemmas(one.last, other.first)}
    asks = next(iter(verbs[0].value)).asks
    if asks not in _PLAIN or not between <= _JOINING:
        return None
    return Said(_PLAIN[asks], line.words(things[0].first, things[-1].last))


def _with_the_verb(line: Line, span: Span, said: Said) -> str | None:
    """'which do not exclude gout' for 'which actually don't?'."""
    words = line.lemmas(*span)
    denied = words[-1] == "not"
    helps = len(words) - 1 - denied
    if helps < 1 or words[helps] not in word_set("elided.helping") or not ASKING & set(words[:helps]):
        return None
    end = helps
    while end and words[end - 1] in _ADVERBS:
        end -= 1
    head = line.words(span[0], span[0] + end) + (" trials" if words[end - 1] in {"which", "many"} else "")
    return f"{head} {'do not ' if denied else ''}{said.verb} {said.thing}?"


def _with_the_thing(line: Line, span: Span, verbs: Sequence[Mark], said: Said) -> str | None:
    """'which ones accept gout' for 'which ones accept them?'."""
    words = line.lemmas()
    pointed = [at for at in range(span[0] + 1, span[1]) if words[at] in _THEM and words[at - 1] not in _OF]
    if not verbs or not pointed:
        return None
    at, end = pointed[-1], span[1]
    return " ".join(part for part in (line.words(span[0], at), said.thing, line.words(at + 1, end)) if part) + "?"


_OPENING = 4  # words in which a sentence says that it asks
_THINGS = frozenset({Kind.CONCEPT, Kind.VARIABLE})
_OF_TRIALS = frozenset({
    "trial", "study", "protocol", "everybody", "everyone", "nobody", "most", "many", "all", "some", "several", "lot",
    "plenty", "one", "ones", "they",
})  # fmt: skip
_RELATIVE = {("that",), ("which",), ("who",)}
_JOINING = frozenset({"and", "or", "a", "an", "the", "people", "patient", "with", "of", "also", "even"})
_PLAIN = {Asks.EXCLUDES: "exclude", Asks.ADMITS: "accept", Asks.REQUIRES: "require", Asks.MENTIONS: "mention"}
_ADVERBS = frozenset({"actually", "really", "in", "fact", "still", "ever", "then", "indeed", "truly", "usually"})
_THEM = frozenset({"them", "they", "it", "those", "these", "that"})
_OF = frozenset({"of", "among", "amongst", "for"})
