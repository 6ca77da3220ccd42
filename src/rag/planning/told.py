"""What an earlier sentence tells of a person, beside a question that has an object of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.planning import lexicon
from rag.planning.ago import nearest
from rag.planning.cues import Cue, asked
from rag.planning.marks import Mark
from rag.planning.sentences import ASKING, NOUNS, SELVES
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import About, Ago, Asks, Concerns, Limit, Not

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
        pointed = [part for part in parts if _is_pointed_at(line, part)]
        told += pointed
        parts = [_under(part, pointed) for part in parts]
    told += _beside_the_point(line, parts)
    before = [part for part in parts if part not in told and is_told_before(line, part, asks[0])]
    told += _beside_a_finding(line, before)
    named = {word for part in parts if part not in told for word in line.lemmas(part.first, part.last)}
    lost = [line.words(p.first, p.last) for p in told if not named & set(line.lemmas(p.first, p.last))]
    return [part for part in parts if part not in told], lost


def _under(part: Part, pointed: Sequence[Part]) -> Part:
    """A value under no verb takes the one of what points back to it: 'creatinine 2: who excludes such kidneys?'."""
    cue = next((other.cue for other in pointed if other.cue is not None), None)
    value = part.predicate
    if cue is None or part.cue is not None or not isinstance(value, Limit) or not value.values.is_point:
        return part
    asks, negated = asked(cue)
    limit = replace(value, asks=asks)
    return replace(part, predicate=Not(limit) if negated else limit, cue=cue)


def _beside_the_point(line: Line, parts: Sequence[Part]) -> list[Part]:
    """'On heparin since my stroke. Who refuses me for this drug?': the stroke, where a word points to the drug."""
    meant = meant_by_pointing(line, [concept for part in parts for concept in _concepts(part)])
    return [part for part in parts if _concepts(part) and not set(_concepts(part)) & set(meant)]


def meant_by_pointing(line: Line, concepts: Sequence[str]) -> list[str]:
    """Those of the concepts told that 'this tablet' or 'that disease' points to; all where nothing does."""
    lemmas = line.lemmas()
    pointed = {lemmas[at + 1] for at in range(len(lemmas) - 1) if lemmas[at] in {"this", "that", "these", "those"}}
    drugs = [concept for concept in concepts if lexicon.are_treatments((concept,))]
    others = [concept for concept in concepts if concept not in drugs]
    if drugs and others and pointed & word_set("told.drugs"):
        return drugs
    return others if drugs and others and pointed & word_set("told.illnesses") else list(concepts)


def _beside_a_finding(line: Line, told: Sequence[Part]) -> list[Part]:
    """'A bit frail, Karnofsky 70', 'platelets 40 after his last chemo': words that nobody knows beside a finding, and
    the time of a value."""
    valued = any(isinstance(part.predicate, Limit) for part in told)
    found = valued or any(_concepts(part) for part in told)
    return [
        part
        for part in told
        if isinstance(part.predicate, Concerns)
        and ((found and not _concepts(part)) or (valued and _is_a_time(line, part.first)))
    ]


def _is_a_time(line: Line, first: int) -> bool:
    """'after his last chemo', 'since the stroke'."""
    return bool({"after", "since", "following", "during"} & set(line.lemmas(max(0, first - 3), first)))


def _concepts(part: Part) -> tuple[str, ...]:
    return part.predicate.concepts if isinstance(part.predicate, Concerns) else ()


def _is_pointed_at(line: Line, part: Part) -> bool:
    """'CD4 850 - trials this HIV patient can't enter': whom the value is told of."""
    before = line.lemmas(max(0, part.first - 1), part.first)
    such = before == ("such",) or line.lemmas(max(0, part.first - 2), part.first) == ("such", "a")
    if such and isinstance(part.predicate, Concerns) and not part.predicate.concepts:
        return True  # 'an EF of 45 %: who turns such a heart down?'
    return (
        isinstance(part.predicate, Concerns)
        and before in {("this",), ("that",), ("my",), ("our",)}
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


def without_dates_of_life(
    line: Line, marks: Sequence[Mark], taken: frozenset[int]
) -> tuple[list[Mark], frozenset[int]]:
    """The marks without dates of somebody's life, and the tokens taken with those of these dates."""
    lived = [mark for mark in marks if _is_a_date_of_life(line, mark)]
    held = taken | {i for mark in lived for i in range(mark.first, mark.last)}
    return [mark for mark in marks if mark not in lived], held


def _is_a_date_of_life(line: Line, mark: Mark) -> bool:
    """'my gout began in 2012', 'he started dialysis in 2021': when something befell somebody, no date of a trial."""
    if not getattr(mark.value, "field", "").endswith("_date"):
        return False
    start = max((at for at in range(1, mark.first + 1) if {*_STOPS, ",", "?"} & set(line.gap(at))), default=0)
    words = {*line.lemmas(start, mark.last)}
    somebody = SELVES | word_set("cues.relatives") | {"he", "she", "his", "her", "patient"}
    of_trials = NOUNS | ASKING | word_set("asides.wishing") | _THINGS
    return bool(somebody & words) and not of_trials & words


_THINGS = frozenset({"those", "one", "these", "anything", "everything"})


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
            said = _without(concern.text, line.words(first, last))
            parts[told[which]] = replace(parts[told[which]], predicate=replace(concern, text=said, ago=ago))
        else:
            left.append(line.words(first, last))
    return parts, left


def _without(text: str, time: str) -> str:
    """The words of a condition without those that open its time: 'cancer in the last' before 'in the last year'."""
    words = time.split()
    opened = (" ".join(words[:last]) for last in range(len(words), 0, -1))
    return next((text.removesuffix(f" {words}") for words in opened if text.endswith(f" {words}")), text)


def _may_be_past(part: Part) -> bool:
    asked = part.predicate
    return isinstance(asked, Concerns) and asked.asks in {Asks.EXCLUDES, Asks.ADMITS} and asked.ago is None
