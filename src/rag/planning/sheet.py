"""Everything read from one question before it is decided what the question wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.planning import lexicon, tables
from rag.planning.glossary import glossary_phrases
from rag.planning.marks import Kind, Mark, find_marks
from rag.planning.predicates import Reading, read_predicates
from rag.planning.references import Reference, find_references
from rag.planning.rescue import respaced
from rag.planning.spelling import correct
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Found, Line, Token, read_line
from rag.types import Comparison, TrialRef

_LONGEST = 4000  # characters read; a longer question is cut here (the surfaces refuse it before)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One question, marked up. `cues` maps each intent cue found to its first token."""

    line: Line
    index: WordIndex
    references: tuple[Reference, ...]
    marks: tuple[Mark, ...]
    reading: Reading  # predicates, with words left over as topics
    bare: Reading  # the same without topics: for questions about one trial
    cues: Mapping[str, int]
    extremes: tuple[Found[str], ...]
    terms: tuple[str, ...]  # glossary ids

    @property
    def refs(self) -> tuple[TrialRef, ...]:
        return tuple(reference.ref for reference in self.references)

    @property
    def facts(self) -> tuple[str, ...]:
        """Fact ids in the order asked, each once."""
        return tuple(dict.fromkeys(mark.value for mark in self.marks if mark.kind is Kind.FACT))

    @property
    def limits(self) -> tuple[Comparison, ...]:
        return tuple(mark.value for mark in self.marks if mark.kind is Kind.LIMIT)

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables named, with or without a number, then those of organ groups."""
        named = [mark.value.variable if mark.kind is Kind.LIMIT else mark.value for mark in self.marks if mark.kind in {Kind.LIMIT, Kind.VARIABLE}]
        grouped = [v for mark in self.marks if mark.kind is Kind.GROUP for v in lexicon.variables_of(mark.value.id)]
        return tuple(dict.fromkeys([*named, *grouped]))

    @property
    def concepts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mark.value for mark in self.marks if mark.kind is Kind.CONCEPT))

    def has(self, *cues: str) -> bool:
        """Whether any of the cues was found."""
        return any(cue in self.cues for cue in cues)

    def kinds(self, *kinds: Kind) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.kind in kinds)


def read_sheet(text: str, index: WordIndex) -> Sheet:
    """The question marked up: spelling set right, trials found, predicates and cues read."""
    line = correct(read_line(respaced(text[:_LONGEST])), index)
    references = find_references(line, index)
    taken = frozenset(i for reference in references for i in range(reference.first, reference.last))
    marks = find_marks(line, index, taken)
    marks = tuple(sorted([*marks, *spoken_facts(line, references, marks)], key=lambda mark: mark.first))
    cues = {name: found[0].first for name, table in tables.intent_cues().items() if (found := table.find(line))}
    extremes = tuple(found for found in tables.extreme_cues().find(line) if not _in_limit(found, marks))
    busy = taken | {i for found in extremes for i in range(found.first, found.last)}
    return Sheet(
        line, index, references, marks,
        read_predicates(line, marks, busy, topics=True),
        read_predicates(line, marks, busy, topics=False),
        cues, extremes,
        tuple(dict.fromkeys(found.value for found in glossary_phrases().find(line))),
    )


def spoken_facts(line: Line, references: tuple[Reference, ...], marks: tuple[Mark, ...]) -> list[Mark]:
    """Facts asked for around a trial's name, as if 'it' stood there: 'why was NCT… stopped', 'when did the study start'."""
    tokens, origin, at = [], [], 0
    spans = {reference.first: reference.last for reference in references}
    lemmas = line.lemmas()
    while at < len(lemmas):
        end = spans.get(at) or (at + 2 if lemmas[at : at + 2] in {(d, n) for d in ("the", "this", "that") for n in ("trial", "study")} else None)
        token = line.tokens[at]
        tokens.append(Token("it", "it", token.start, token.end) if end else token)
        origin.append((at, end or at + 1))
        at = end or at + 1
    if len(tokens) == len(line.tokens) and not references:
        return []
    found = tables.fact_phrases().find(Line(line.text, tuple(tokens)))
    spoken = [Mark(origin[f.first][0], origin[f.last - 1][1], Kind.FACT, f.value) for f in found if "it" in Line(line.text, tuple(tokens)).lemmas(f.first, f.last)]
    return [mark for mark in spoken if mark.value not in {other.value for other in marks if other.kind is Kind.FACT}]


def _in_limit(found: Found[str], marks: tuple[Mark, ...]) -> bool:
    return any(mark.kind is Kind.LIMIT and mark.first < found.last and found.first < mark.last for mark in marks)
