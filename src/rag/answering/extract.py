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

from rag.answering.alike import says_otherwise
from rag.answering.beside import is_background, is_of_a_dummy
from rag.answering.focus import Focus
from rag.answering.prose_facts import ProseFact, load_prose_facts
from rag.evidence.sentences import around, sections_named, sentences
from rag.evidence.stems import stem, words_of
from rag.evidence.topics import content_stems
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
class Found:
    """A sentence and how well it fits: `score` in weighed shared stems, `coverage` the question's share."""

    quote: Quote
    text: str
    score: float
    coverage: float


def state_prose_fact(
    document: Document, fact: str, focus: Focus, *, subjects: frozenset[str] = frozenset(), most: int = 4
) -> Claim | None:
    """The sentences of one trial that state a prose fact, nearest to `focus` first; None when none does.

    `subjects` are stems that name what the fact is asked of (a drug): a sentence about something else does not answer.
    """
    rule = load_prose_facts()[fact]
    cued = _candidates(document, rule)
    candidates = [one for one in cued if subjects <= _stems_around(document, one.span)]
    candidates = candidates or [one for one in cued if subjects <= _stems_of_line(document, one.span)]
    if not candidates and subjects <= own_names(document) and _single_treatment(document):
        candidates = cued  # the trial's own treatment, called by another name: a code, a class
    best = _best(document, candidates, focus if rule.by_terms else Focus(), rule)
    spans = _distinct(document, _with_neighbours(document, best, candidates) if rule.continues else best, rule)[:most]
    if not spans:
        return None
    spans = [_opened(document, _narrowed(document, span, rule)) for span in spans]
    quoted = "; ".join(_said(document, span) for span in spans)
    quotes = tuple(Quote(document.trial_id, span) for span in spans)
    return Claim(f"{document.trial_id}, {rule.label}: {quoted}", quotes)


_LONG = 320  # code points of a sentence shown


def _narrowed(document: Document, span: Span, rule: ProseFact) -> Span:
    """Of a long sentence the words around the first that state the fact, so that they are shown."""
    first = rule.first(span.of(document.text)) if span.end - span.start > _LONG else None
    if first is None or first[1] < _LONG:
        return span
    return around(document.text, span, Span(span.start + first[0], span.start + first[1]), _LONG)


def _opened(document: Document, span: Span) -> Span:
    """A sentence that ends with a colon, with the lines that it announces."""
    text = document.text
    if not span.of(text).endswith(":"):
        return span
    section = next((s.span for s in document.sections if s.span.start <= span.start < s.span.end), span)
    announced = list(sentences(text, Span(span.end, min(section.end, span.end + 320))))[:3]
    return Span(span.start, announced[-1].end) if announced else span


def _single_treatment(document: Document) -> bool:
    """Whether the trial gives one thing, a placebo aside: then words about 'the drug' are about it."""
    names = {one.name.casefold() for one in document.facts.interventions}
    return len([name for name in names if "placebo" not in name and "sham" not in name]) < 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cued sentence: how early its section is looked at, whether its cue leaves no doubt, whether it is a label."""

    span: Span
    tier: int
    strong: bool
    label: bool


def _candidates(document: Document, rule: ProseFact) -> list[Candidate]:
    """Cued sentences and printed labels ('Intervention: X 5 mg'), in the order of the sections named."""
    found: dict[Span, Candidate] = {}
    lines = _label_lines(document)
    for tier, names in enumerate(rule.tiers):
        for name in names:
            for section in sections_named(document, name):
                for span in sentences(document.text, section.span):
                    sentence = span.of(document.text)
                    told = not sentence.startswith(_TAILS) and not _is_field(sentence)
                    if told and rule.cued(sentence) and not (rule.by_terms and is_background(sentence)):
                        one = Candidate(span, tier, rule.is_strong(sentence), span.start in lines)
                        found.setdefault(span, one)
    return list(found.values())


def _label_lines(document: Document) -> frozenset[int]:
    """Where the printed head lines of registry entries begin: 'Arm: …', 'Intervention: …', 'Primary outcome: …'."""
    heads = {"arm", "intervention", "outcome"}
    return frozenset(
        field.span.start for field in document.fields if "." in field.name and field.name.split(".")[0] in heads
    )


def _is_field(sentence: str) -> bool:
    """A printed registry field ('Masking: TRIPLE', 'Allocation: RANDOMIZED'), no sentence."""
    name, colon, value = sentence.partition(": ")
    return bool(colon) and len(name) < 24 and value.isupper()


_TAILS = ("Interventions: ", "Other names: ", "Time frame: ")


def _of_the_disease(document: Document) -> set[str]:
    """Stems of the words of the conditions that a trial studies."""
    return {stem(word) for name in document.facts.conditions for word in words_of(name)}


def own_names(document: Document) -> set[str]:
    own = {
        stem(word) for i in document.facts.interventions for name in (i.name, *i.other_names) for word in words_of(name)
    }
    return own | {stem(word) for word in words_of(document.title)}


def _best(document: Document, candidates: Sequence[Candidate], focus: Focus, rule: ProseFact) -> list[Candidate]:
    """Those that cover most of the question's words, then those that leave no doubt, then those looked at first.

    Where the question names several treatments, the best of each.
    """
    if not candidates:
        return []
    texts = [_with_entry(document, one.span) for one in candidates]
    apart = focus.without(_of_the_disease(document))  # every sentence may be about the patients' disease
    shares = [apart.share(text) if apart else 0.0 for text in texts]
    asked = focus.without(own_names(document)) if rule.must_name == "others" else focus
    if rule.must_name and asked and max(shares) == 0:
        there = [c for c, it in zip(candidates, texts, strict=True) if says_otherwise(asked.stems, it, document.text)]
        return _best(document, there, Focus(), rule)
    dummies = _dummies(document, candidates, focus) if rule.amounts else set()
    keys = [
        (one in dummies, -share, not one.strong, one.label, one.tier)
        for share, one in zip(shares, candidates, strict=True)
    ]
    best = [one for key, one in zip(keys, candidates, strict=True) if key == min(keys)]
    named = focus.stems & _treatments(document) if focus else frozenset()
    told = {stem(word) for one in best for word in words_of(_with_entry(document, one.span))}
    for missing in sorted(named - told):
        of_it = [key for key, text in zip(keys, texts, strict=True) if missing in {stem(w) for w in words_of(text)}]
        best += [one for key, one in zip(keys, candidates, strict=True) if of_it and key == min(of_it)][:2]
    return best


def _dummies(document: Document, candidates: Sequence[Candidate], focus: Focus) -> set[Candidate]:
    """The sentences that tell of a placebo alone, where the question is of none and others tell of a treatment."""
    asked = {stem(word) for word in ("placebo", "sham", "dummy", "control")} & focus.stems if focus else set()
    treatments = _treatments(document)
    found = {one for one in candidates if is_of_a_dummy(one.span.of(document.text), treatments)}
    return found if not asked and len(found) < len(candidates) else set()


def _with_neighbours(document: Document, best: Sequence[Candidate], all_of: Sequence[Candidate]) -> list[Candidate]:
    """The best and the cued sentences right before or after one: a regimen goes on in the next sentence."""
    if len(best) > 2:
        return list(best)
    near = [
        one
        for one in all_of
        if one.strong
        and not one.label
        and any(
            _touch(document.text, one.span, other.span) or _touch(document.text, other.span, one.span) for other in best
        )
    ]
    return sorted({*best, *near}, key=lambda one: one.span)


def _touch(text: str, first: Span, second: Span) -> bool:
    return 0 <= second.start - first.end <= 2 and not text[first.end : second.start].strip()


def _stems_around(document: Document, span: Span) -> set[str]:
    """The stems of a sentence and of the registry entry (arm, intervention) that holds it."""
    return {stem(word) for word in words_of(_with_entry(document, span))}


def _stems_of_line(document: Document, span: Span) -> set[str]:
    """The stems of the paragraph that a sentence stands in: what 'the dose' of its later sentences is of."""
    start = document.text.rfind("\n", 0, span.start) + 1
    end = document.text.find("\n", span.end)
    return {stem(word) for word in words_of(document.text[start : end if end >= 0 else None])}


def _with_entry(document: Document, span: Span) -> str:
    """A sentence with the name and first words of the registry entry that holds it."""
    entry = entry_of(document, span)
    text = span.of(document.text)
    return f"{entry.of(document.text)[:200]} {text}" if entry else text


def entry_of(document: Document, span: Span) -> Span | None:
    """The registry entry (an arm, an intervention) that holds a span."""
    for field in document.fields:
        if (
            field.name.split(".")[0] in {"arm", "intervention"}
            and field.name.count(".") == 1
            and field.span.start <= span.start < field.span.end
        ):
            return field.span
    return None


def _entry_name(document: Document, span: Span) -> str:
    """What the entry that holds a span is called; '' where it stands in none."""
    for field in document.fields:
        head, _, rest = field.name.partition(".")
        if head not in {"arm", "intervention"} or not rest.isdigit():
            continue
        if field.span.start <= span.start < field.span.end:
            at = int(rest)
            if head == "arm":
                return document.facts.arms[at].label if at < len(document.facts.arms) else ""
            return document.facts.interventions[at].name if at < len(document.facts.interventions) else ""
    return ""


def _said(document: Document, span: Span) -> str:
    """A sentence quoted, with the name of its entry before it where the sentence does not say it."""
    sentence = span.of(document.text)
    name = _entry_name(document, span)
    said = {stem(word) for word in words_of(sentence)}
    quoted = f'"{shortened(sentence, _LONG)}"'
    return quoted if not name or {stem(word) for word in words_of(name)} <= said else f"{name} – {quoted}"


def _distinct(document: Document, candidates: Sequence[Candidate], rule: ProseFact) -> list[Span]:
    """Those that do not repeat each other: neither the words, nor the same amounts of the same thing."""
    chosen: list[Span] = []
    seen: list[tuple[str, ...]] = []
    told: set[tuple[str, str]] = set()
    treatments = _treatments(document)
    for one in candidates:
        sentence = one.span.of(document.text)
        stems = content_stems(fold(sentence).text)
        named = " ".join(sorted(treatments & _stems_around(document, one.span)))
        says = {(named, cue) for cue in rule.said(sentence)}
        if any(_repeats(stems, other) for other in seen) or (rule.amounts and says <= told):
            continue
        chosen.append(one.span)
        seen.append(stems)
        told |= says
    return chosen


def _treatments(document: Document) -> frozenset[str]:
    return frozenset(stem(word) for i in document.facts.interventions for word in words_of(i.name) if len(word) > 3)


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


def find_sentences(document: Document, focus: Focus, *, asked: str) -> list[Found]:
    """The sentences of one record that cover most of a focus, best first; of equals the shorter, then the earlier.

    A question (`asked`) for a time or an amount is answered only by a sentence that holds one.
    """
    kinds = [kind for kind in load_answer_types() if kind.asked.search(asked)]
    found: dict[Span, Found] = {}
    entries = {
        field.span.start: field.span for field in document.fields if field.name.rpartition(".")[0] in ENTRY_FAMILIES
    }
    for section in document.sections:
        if section.name in _NO_PROSE:
            continue
        for span in sentences(document.text, section.span):
            sentence = span.of(document.text)
            if span in found or not all(kind.holds.search(sentence) for kind in kinds):
                continue
            share = focus.share(_with_entry(document, span)) if focus.share(sentence) > 0 else 0.0
            if share > 0 and not sentence.startswith(_TAILS):
                whole = entries.get(span.start, span)  # of a printed label, the entry: a name alone tells nothing
                words = whole.of(document.text)
                length = 1 + len(words_of(words)) / 80
                found[span] = Found(Quote(document.trial_id, whole), words, share / length, share)
    ranked = sorted(found.values(), key=lambda f: (-f.coverage, -f.score, f.quote.span))
    return _not_within(ranked)


def _not_within(ranked: Sequence[Found]) -> list[Found]:
    """The sentences that stand in none quoted before them."""
    kept: list[Found] = []
    for one in ranked:
        span = one.quote.span
        if not any(k.quote.span.start <= span.start and span.end <= k.quote.span.end for k in kept):
            kept.append(one)
    return kept


ENTRY_FAMILIES = frozenset({"arm", "intervention", "outcome.primary", "outcome.secondary", "outcome.other"})
_NO_PROSE = frozenset({"identification", "conditions", "sponsors", "locations", "contacts", "dates"})


@lru_cache(maxsize=64)
def _stems_of(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(text))


def _without(question: str, kinds: Sequence[AnswerType]) -> str:
    for kind in kinds:
        question = kind.asked.sub(" ", question)
    return question


def _weight(stem_of_word: str) -> float:
    return min(len(stem_of_word), 8) / 8
