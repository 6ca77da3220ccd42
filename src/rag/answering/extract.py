"""Facts and answers that only prose states: the fewest sentences that answer, quoted as they stand.

A sentence is chosen for the words it shares with the question, weighed by how rare they are among the sentences
looked at, and for the cue words of the fact asked about. It is quoted, never reworded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import re2

from rag.evidence.sentences import sections_named, sentences
from rag.evidence.topics import content_stems, stem, words_of
from rag.text import fold, shortened
from rag.types import Claim, Document, Quote, Span

PROSE_SECTIONS = (
    "interventions",
    "arms",
    "description",
    "summary",
    "outcomes",
    "eligibility",
    "design",
    "identification",
    "conditions",
    "sponsors",
)


@dataclass(frozen=True, slots=True)
class ProseFact:
    label: str
    tiers: tuple[tuple[str, ...], ...]
    cues: tuple[re2._Regexp, ...]
    by_terms: bool  # whether the question's own words choose among the sentences

    def cued(self, sentence: str) -> bool:
        """Whether a sentence, folded for reading, holds one of the cues."""
        folded = fold(sentence).text
        return any(cue.search(folded) for cue in self.cues)


@cache
def load_prose_facts() -> dict[str, ProseFact]:
    """Fact id → where to look and for what. ValueError names an unknown key or a pattern that does not compile."""
    table = tomllib.loads(files("rag.answering").joinpath("data/prose_facts.toml").read_text(encoding="utf-8"))
    return {name: _prose_fact(name, row) for name, row in _flat(table).items()}


def _flat(table: dict[str, object], prefix: str = "") -> dict[str, dict[str, object]]:
    """Dotted tables as dotted names: [outcome.time_frame] → 'outcome.time_frame'."""
    rows: dict[str, dict[str, object]] = {}
    for name, value in table.items():
        if isinstance(value, dict) and "cues" in value:
            rows[prefix + name] = value
        elif isinstance(value, dict):
            rows |= _flat(value, f"{prefix}{name}.")
        else:
            raise ValueError(f"prose_facts.toml: {prefix}{name} is not a table")
    return rows


def _prose_fact(name: str, row: dict[str, object]) -> ProseFact:
    if set(row) - {"by_terms"} != {"label", "sections", "cues"}:
        raise ValueError(f"prose_facts.toml: [{name}] has other keys than label, sections, cues, by_terms")
    cues, sections = row["cues"], row["sections"]
    assert isinstance(cues, list) and isinstance(sections, list)
    patterns = tuple(re2.compile(f"(?i){cue}") for cue in cues)
    tiers = tuple(tuple(tier) for tier in sections)
    return ProseFact(str(row["label"]), tiers, patterns, row.get("by_terms") is not False)


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence and how well it fits: `score` in weighed shared stems, `coverage` the question's share."""

    quote: Quote
    text: str
    score: float
    coverage: float


def state_prose_fact(
    document: Document, fact: str, terms: str, *, subjects: frozenset[str] = frozenset(), most: int = 6
) -> Claim | None:
    """The sentences of one trial that state a prose fact, nearest to `terms` first; None when none does.

    `subjects` are stems that name what the fact is asked of (a drug): a sentence about something else does not answer.
    """
    rule = load_prose_facts()[fact]
    own = {
        stem(word) for i in document.facts.interventions for name in (i.name, *i.other_names) for word in words_of(name)
    }
    own |= {stem(word) for word in words_of(document.title)}
    for tier in rule.tiers:
        cued = _candidates(document, tier, rule)
        candidates = [span for span in cued if subjects <= _stems_around(document, span)]
        if not candidates and subjects <= own:
            candidates = cued  # the trial's own treatment, called by another name: a code, a class
        best = _distinct(
            document, _about_terms(document, candidates, terms if rule.by_terms else "") or candidates, most
        )
        if best:
            quoted = "; ".join(f'"{shortened(span.of(document.text), 320)}"' for span in best)
            quotes = tuple(Quote(document.trial_id, span) for span in best)
            return Claim(f"{document.trial_id}, {rule.label}: {quoted}", quotes)
    return None


def _candidates(document: Document, names: Sequence[str], rule: ProseFact) -> list[Span]:
    """Cued sentences, in the order of the sections named."""
    spans = [
        span
        for name in names
        for section in sections_named(document, name)
        for span in sentences(document.text, section.span)
        if rule.cued(span.of(document.text))
    ]
    return list(dict.fromkeys(spans))


def _about_terms(document: Document, candidates: Sequence[Span], terms: str) -> list[Span]:
    """Those that share the most of the question's words; a printed entry's own name counts for its sentences."""
    wanted = set(content_stems(terms))
    if not wanted or not candidates:
        return []
    scored = [(len(wanted & _stems_around(document, span)), span) for span in candidates]
    best = max(score for score, _ in scored)
    return [span for score, span in scored if score == best and best > 0]


def _stems_around(document: Document, span: Span) -> set[str]:
    """The stems of a sentence and of the registry entry (arm, intervention) that holds it."""
    text = span.of(document.text)
    for field in document.fields:
        if field.name.split(".")[0] in {"arm", "intervention"} and field.span.start <= span.start < field.span.end:
            text = f"{field.span.of(document.text)[:200]} {text}"
    return {stem(word) for word in words_of(text)}


def _distinct(document: Document, spans: Sequence[Span], most: int) -> list[Span]:
    """The first few that do not repeat each other's words."""
    chosen: list[Span] = []
    seen: list[tuple[str, ...]] = []
    for span in spans:
        stems = content_stems(fold(span.of(document.text)).text)
        if any(_repeats(stems, other) for other in seen):
            continue
        chosen.append(span)
        seen.append(stems)
        if len(chosen) == most:
            break
    return chosen


def _repeats(stems: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a sentence says again what another said: most of its words, and no number of its own."""
    numbers, known = ([word for word in words if word[0].isdigit()] for words in (stems, other))
    shared = len(set(stems) & set(other))
    return bool(stems) and (not numbers or numbers == known) and shared >= 0.7 * min(len(stems), len(other))


@dataclass(frozen=True, slots=True)
class AnswerType:
    """A kind of answer: words of a question that ask for it, and what a sentence must hold to give it."""

    asked: re2._Regexp
    holds: re2._Regexp


@cache
def load_answer_types() -> tuple[AnswerType, ...]:
    """The kinds of answer, in file order. ValueError for other keys than `asked` and `holds`."""
    table = tomllib.loads(files("rag.answering").joinpath("data/answer_types.toml").read_text(encoding="utf-8"))
    types = []
    for name, row in table.items():
        if set(row) != {"asked", "holds"}:
            raise ValueError(f"answer_types.toml: [{name}] has other keys than asked, holds")
        types.append(AnswerType(re2.compile(f"(?i){row['asked']}"), re2.compile(f"(?i){row['holds']}")))
    return tuple(types)


def best_sentences(
    documents: Sequence[Document], spans: Sequence[Quote], wanted: str, *, asked: str, most: int = 3
) -> list[Found]:
    """The sentences within `spans` that hold most of the words `wanted`, best first; ties by order of `spans`, place.

    A record in which some wanted word stands nowhere is not about the question, and answers nothing. A question
    (`asked`) for a time or an amount is answered only by a sentence that holds one. A word counts by its
    length as well as its presence: long words of a question are its names, short ones its frame.
    """
    by_id = {document.trial_id: document for document in documents}
    kinds = [kind for kind in load_answer_types() if kind.asked.search(asked)]
    weights = {word: _weight(word) for word in content_stems(_without(wanted, kinds))}
    total = sum(weights.values()) or 1.0
    speaking = {trial for trial, document in by_id.items() if weights.keys() <= _stems_of(document.text)}
    found: dict[Quote, tuple[Found, int]] = {}
    for order, passage in enumerate(dict.fromkeys(spans)):
        document = by_id[passage.trial_id]
        if passage.trial_id not in speaking and asked:
            continue
        for span in sentences(document.text, passage.span):
            quote, sentence = Quote(passage.trial_id, span), span.of(document.text)
            if quote in found or not all(kind.holds.search(sentence) for kind in kinds):
                continue
            stems = _stems_around(document, span)
            share = sum(weight for word, weight in weights.items() if word in stems) / total
            length = 1 + len(stems) / 80  # of two that share the same words, the shorter says it
            found[quote] = Found(quote, sentence, share / length, share), order
    ranked = sorted(found.values(), key=lambda pair: (-pair[0].score, pair[1], pair[0].quote.span))
    return [pair[0] for pair in ranked[:most] if pair[0].score > 0]


@lru_cache(maxsize=64)
def _stems_of(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(text))


def _without(question: str, kinds: Sequence[AnswerType]) -> str:
    for kind in kinds:
        question = kind.asked.sub(" ", question)
    return question


def _weight(stem_of_word: str) -> float:
    return min(len(stem_of_word), 8) / 8
