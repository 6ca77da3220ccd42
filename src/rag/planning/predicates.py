"""From marks to one predicate: which verb governs which limit or concept, what and / or / not join.

A verb of criteria governs what follows it ('exclude eGFR below 60'); in the passive, what stands before it ('where
eGFR below 60 is excluded'). What no verb governs is the topic of the trial or a registry field.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rag.planning import lexicon, tables
from rag.planning.marks import Kind, Mark
from rag.planning.words import Line
from rag.types import About, All, Any, Asks, Comparison, Concerns, FieldIs, Limit, Not, Predicate
from rag.values import EVERYTHING

_BE = frozenset("is are be been being was were get gets got become 's am considered".split())
_NEGATIONS = frozenset("not never no without cannot nor neither".split())
_ADVERBS = frozenset("also not always explicitly specifically only usually ever never normally automatically both all still even necessarily currently themselves would will".split())
_PEOPLE = frozenset("patient people participant person subject individual someone somebody anyone anybody who those woman man child adult candidate pt them volunteer whoever she he i they you".split())
_TOPICAL = frozenset("in for on about of among at into investigating studying testing evaluating treating trial study examining exploring involving with using concerning regarding around against assessing comparing".split())
_OPPOSITE = {Asks.ADMITS: Asks.EXCLUDES, Asks.MENTIONS: Asks.SILENT, Asks.SILENT: Asks.MENTIONS}


class Cue(NamedTuple):
    """A verb of criteria in the question, its voice decided."""

    first: int
    last: int
    asks: Asks
    passive: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One predicate and where it stands; `joined` tells how it is joined to the part before it."""

    first: int
    last: int
    predicate: Predicate
    cue: Cue | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The predicate of a question, and what of it could not be placed."""

    where: Predicate | None
    parts: tuple[Part, ...]
    cues: tuple[Cue, ...]
    unplaced: tuple[str, ...]


def read_predicates(line: Line, marks: Sequence[Mark], taken: frozenset[int], *, topics: bool) -> Reading:
    """The parts of the question that restrict trials. With `topics`, words left over become topics of the trial."""
    cues = find_cues(line, marks)
    kept = [mark for mark in marks if not _is_idle(line, mark, cues)]
    parts = [part for mark in kept if (part := _part(line, mark, cues, kept)) is not None]
    busy = taken | {i for mark in kept if mark.kind not in {Kind.CONCEPT, Kind.FACT} for i in range(mark.first, mark.last)}
    runs, unplaced = _runs(line, kept, busy, cues, topics=topics)
    parts = sorted([*parts, *runs], key=lambda part: part.first)
    return Reading(join(line, parts), tuple(parts), cues, unplaced)


# ── Verbs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_cues(line: Line, marks: Sequence[Mark]) -> tuple[Cue, ...]:
    """The verbs of criteria with voice and negation. 'patients who take warfarin' after an earlier verb is no verb."""
    cues: list[Cue] = []
    for mark in marks:
        if mark.kind is not Kind.CUE:
            continue
        before = line.tokens[mark.first - 1].lemma if mark.first else ""
        if before in _PEOPLE and before != "who" and not _has_auxiliary(line, mark.first) and _is_verb(mark):
            continue
        if before == "who" and any(not cue.passive for cue in cues):
            continue
        cues.append(_cue(line, mark, marks))
    return tuple(cues)


def _is_verb(mark: Mark) -> bool:
    return all(reading.voice == "active" for reading in mark.value)


def _has_auxiliary(line: Line, at: int) -> bool:
    """Whether an auxiliary opens the clause before token `at`: 'would the patient take', 'can patients join'."""
    return bool({"can", "could", "would", "may", "might", "do", "doe", "will", "did"} & set(line.lemmas(max(0, at - 6), at)))


def _cue(line: Line, mark: Mark, marks: Sequence[Mark]) -> Cue:
    voices = {reading.voice: reading.asks for reading in mark.value}
    followed = any(other.first >= mark.last and _is_condition(other) for other in marks)
    preceded = any(other.last <= mark.first and _is_condition(other) for other in marks)
    strong = _is_after_be(line, mark.first)
    if "passive" in voices and (strong or "active" not in voices or not followed):
        passive = preceded and (strong or not _stands_next(line, mark, marks))
        asks = voices["passive"]
    elif "active" in voices:
        passive, asks = False, voices["active"]
        if not followed and preceded and _ends_clause(line, mark.last):
            passive = True
    else:
        asks = voices["noun"]
        passive = preceded and not _stands_next(line, mark, marks)
    return Cue(mark.first, mark.last, asks, passive, _is_negated(line, mark.first))


def _is_condition(mark: Mark) -> bool:
    return mark.kind in {Kind.LIMIT, Kind.VARIABLE, Kind.CONCEPT, Kind.AGES, Kind.GROUP}


def _is_after_be(line: Line, at: int) -> bool:
    back = at - 1
    while back >= 0 and line.tokens[back].lemma in _ADVERBS:
        back -= 1
    return back >= 0 and line.tokens[back].lemma in _BE


def _stands_next(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """Whether a condition follows the cue with nothing but function words between."""
    for other in marks:
        if other.first >= mark.last:
            between = line.lemmas(mark.last, other.first)
            return _is_condition(other) and all(word in tables.stop_words() for word in between) and "," not in line.gap(mark.last)
    return False


def _ends_clause(line: Line, at: int) -> bool:
    """Whether nothing but function words follows before the end, or a comma comes at once."""
    if at < len(line.tokens) and any(c in line.gap(at) for c in ",;?.:"):
        return True
    return all(token.lemma in tables.stop_words() for token in line.tokens[at:])


def _is_negated(line: Line, at: int) -> bool:
    """'do not exclude', 'never accept', 'is not allowed': an odd number of negations in the words before."""
    count, back = 0, at - 1
    while back >= max(0, at - 4):
        word = line.tokens[back].lemma
        if word in _NEGATIONS:
            count += 1
        elif word not in _BE and word not in _ADVERBS and word not in {"do", "doe", "did", "can", "could", "have", "to", "any", "that", "for", "a", "an", "it"}:
            break
        back -= 1
    return count % 2 == 1


def asked(cue: Cue) -> tuple[Asks, bool]:
    """What the verb asks, and whether the predicate is to be negated as a whole."""
    if not cue.negated:
        return cue.asks, False
    return (_OPPOSITE[cue.asks], False) if cue.asks in _OPPOSITE else (cue.asks, True)


def governing(cues: Sequence[Cue], at: int) -> Cue | None:
    """The verb that governs token `at`: the last active one before it, unless a passive one follows sooner."""
    before = [cue for cue in cues if cue.last <= at]
    after = [cue for cue in cues if cue.first >= at]
    last, following = (before[-1] if before else None), (after[0] if after else None)
    if last is not None and not last.passive and not (following is not None and following.passive and last.asks is not following.asks):
        return last
    if following is not None and following.passive:
        return following
    return last if last is not None and not last.passive else None


# ── Parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_idle(line: Line, mark: Mark, cues: Sequence[Cue]) -> bool:
    """A mark whose words mean something else here: 'open' of 'open surgery', 'women' of 'women who are pregnant'."""
    if mark.kind is Kind.FIELD and isinstance(mark.value, FieldIs):
        following = line.tokens[mark.last].lemma if mark.last < len(line.tokens) else ""
        if mark.value.field == "sex":
            return following in {"who", "of", "with", "using", "taking", "that", "whose", "pregnant", "and"} and mark.value.values != ("ALL",)
        if mark.value.field == "status":
            cue = governing(cues, mark.first)
            near = line.lemmas(mark.last, mark.last + 4)
            return cue is not None and cue.last <= mark.first and not ({"trial", "study"} & set(near)) and not _is_after_be(line, mark.first)
    if mark.kind is Kind.AGES:
        following = line.lemmas(mark.last, mark.last + 2)
        return bool(following) and following[0] in {"aged", "older", "younger", "over", "under", "above", "below", "between", "with"} and mark.value.intervals[0].high is None
    return False


def _part(line: Line, mark: Mark, cues: Sequence[Cue], marks: Sequence[Mark]) -> Part | None:
    cue = governing(cues, mark.first)
    if mark.kind is Kind.FIELD:
        return Part(mark.first, mark.last, _field(line, mark, cues))
    if mark.kind is Kind.LIMIT:
        return Part(mark.first, mark.last, _limit(line, mark, cue), cue)
    if mark.kind is Kind.AGES:
        return Part(mark.first, mark.last, _negate(_ages(line, mark, cue), cue), cue)
    if mark.kind is Kind.VARIABLE and cue is not None:
        return Part(mark.first, mark.last, _mentioned(lexicon.with_multiples(mark.value), cue), cue)
    if mark.kind is Kind.GROUP and cue is not None:
        return Part(mark.first, mark.last, _group(line, mark, cue), cue)
    return None


def _field(line: Line, mark: Mark, cues: Sequence[Cue]) -> Predicate:
    """The field's predicate, negated by 'not', 'outside' or an 'excluding' right before it."""
    back = mark.first - 1
    while back >= 0 and line.tokens[back].lemma in {"the", "a", "any", "in", "those", "yet", "for", "by", "phase"}:
        back -= 1
    word = line.tokens[back].lemma if back >= 0 else ""
    adjacent = any(cue.last == back + 1 and cue.asks is Asks.EXCLUDES and not cue.passive for cue in cues)
    field = mark.value.field if isinstance(mark.value, FieldIs) else ""
    if field == "healthy_volunteers":
        cue = governing(cues, mark.first)
        out = (cue is not None and asked(cue)[0] is Asks.EXCLUDES) or (cue is None and word in _NEGATIONS)
        return FieldIs("healthy_volunteers", ("false",)) if out else FieldIs("healthy_volunteers", ("true",))
    if word in {"not", "outside", "non", "except", "without", "no", "never", "beyond"} or adjacent or (word == "than" and back and line.tokens[back - 1].lemma == "other"):
        return Not(mark.value)
    return mark.value


def _limit(line: Line, mark: Mark, cue: Cue | None) -> Predicate:
    comparison: Comparison = mark.value
    asks, negated = asked(cue) if cue else (_default_asks(line, mark), False)
    limit = Limit(comparison.variable, comparison.values, asks, comparison.stated)
    return Not(limit) if negated else limit


def _default_asks(line: Line, mark: Mark) -> Asks:
    """What a limit under no verb asks: a person's value or an age is to be let in, else the limit is to be stated."""
    person = _PEOPLE & set(line.lemmas(max(0, mark.first - 4), mark.first))
    return Asks.ADMITS if person or mark.value.variable == "age" else Asks.MENTIONS


def _ages(line: Line, mark: Mark, cue: Cue | None) -> Limit:
    asks = asked(cue)[0] if cue else Asks.ADMITS
    if line.lemmas(mark.first - 1, mark.first) == ("only",) or line.lemmas(mark.last, mark.last + 1) == ("only",):
        asks = Asks.REQUIRES
    return Limit("age", mark.value, asks, line.words(mark.first, mark.last).lower())


def _negate(limit: Limit, cue: Cue | None) -> Predicate:
    return Not(limit) if cue is not None and asked(cue)[1] else limit


def _mentioned(variables: Iterable[str], cue: Cue) -> Predicate:
    """A variable without a number: whatever the verb, only whether a limit is stated can be asked."""
    silent = asked(cue)[0] is Asks.SILENT
    asks = Asks.SILENT if silent else Asks.MENTIONS
    limits = tuple(Limit(variable, EVERYTHING, asks, "") for variable in variables)
    whole: Predicate = limits[0] if len(limits) == 1 else (All(limits) if silent else Any(limits))
    return Not(whole) if cue.negated and not silent else whole


def _group(line: Line, mark: Mark, cue: Cue) -> Predicate:
    words = line.words(mark.first, mark.last).lower()
    asks, negated = asked(cue)
    if asks not in {Asks.MENTIONS, Asks.SILENT}:
        concern = Concerns((), _phrase_around(line, mark), asks)
        return Not(concern) if negated else concern
    limits = tuple(Limit(variable, EVERYTHING, asks, "") for variable in lexicon.all_of(mark.value.id))
    parts = (*limits, Concerns(lexicon.concepts_of(mark.value.id), words, asks))
    return All(parts) if asks is Asks.SILENT else Any(parts)


def _phrase_around(line: Line, mark: Mark) -> str:
    first, last = mark.first, mark.last
    while first > 0 and line.tokens[first - 1].lemma not in tables.stop_words() and line.gap(first).isspace():
        first -= 1
    while last < len(line.tokens) and line.tokens[last].lemma not in tables.stop_words() and line.gap(last).isspace():
        last += 1
    return line.words(first, last).lower()


# ── Words left over ──────────────────────────────────────────────────────────────────────────────────────────────────

_INNER = frozenset("of to with the a an on in for from by".split())


def _runs(line: Line, marks: Sequence[Mark], busy: frozenset[int], cues: Sequence[Cue], *, topics: bool) -> tuple[list[Part], tuple[str, ...]]:
    """Runs of content words and concepts: concerns under a verb, topics elsewhere; the rest is unplaced."""
    parts: list[Part] = []
    unplaced: list[str] = []
    for first, last in _stretches(line, busy, marks):
        concepts = tuple(dict.fromkeys(m.value for m in marks if m.kind is Kind.CONCEPT and first <= m.first and m.last <= last))
        words = line.words(first, last)
        cue = governing(cues, first)
        if cue is not None and not _is_topic(line, first, cue, parts, bool(concepts)):
            concern = Concerns(concepts, words.lower() if words.istitle() else words, asked(cue)[0])
            parts.append(Part(first, last, Not(concern) if asked(cue)[1] else concern, cue))
        elif topics:
            parts.append(Part(first, last, About(words)))
        else:
            unplaced.append(words)
    return parts, tuple(unplaced)


def _is_topic(line: Line, first: int, cue: Cue, parts: Sequence[Part], is_concept: bool) -> bool:
    """'… exclude eGFR below 60 in stroke': introduced by 'in' or 'for' after something the verb already governs."""
    if cue.passive:
        return first and line.tokens[first - 1].lemma in {"trial", "study"}
    before = line.tokens[first - 1].lemma if first else ""
    between = [part for part in parts if cue.last <= part.first and part.last <= first]
    later = any(i >= cue.last and line.tokens[i].lemma in {"trial", "study"} for i in range(cue.last, first))
    return before in {"in", "for", "trial", "study", "about"} and (bool(between) or later or first - cue.last > 3) and not is_concept or later


def _stretches(line: Line, busy: frozenset[int], marks: Sequence[Mark]) -> Iterable[tuple[int, int]]:
    """Token ranges of neighbouring content words, split at commas, and / or, and everything already read."""
    concept = {i for mark in marks if mark.kind is Kind.CONCEPT for i in range(mark.first, mark.last)}
    content = {i for i, token in enumerate(line.tokens) if i not in busy and (i in concept or token.lemma not in tables.stop_words())}
    at = 0
    while at < len(line.tokens):
        if at not in content:
            at += 1
            continue
        last = at + 1
        while (end := _next_content(line, last, content, busy)) is not None:
            last = end + 1
        yield at, last
        at = last


def _next_content(line: Line, at: int, content: set[int], busy: frozenset[int]) -> int | None:
    """The next token of the same run: adjacent, or after inner words such as 'of', with no comma between."""
    while at < len(line.tokens):
        if any(c in line.gap(at) for c in ",;?.:()") and not line.gap(at).strip() in {".", ""}:
            return None
        if at in content:
            return at
        if at in busy or line.tokens[at].lemma not in {"of", "to", "the"}:
            return None
        at += 1
    return None


# ── Joining ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def join(line: Line, parts: Sequence[Part]) -> Predicate | None:
    """All of the parts, those joined by 'or' as one alternative; a comma list takes the word before its last member."""
    groups: list[list[Part]] = []
    links = _links(line, parts)
    for part, link in zip(parts, links, strict=True):
        if link == "or" and groups:
            groups[-1].append(part)
        elif link == "not":
            groups.append([replace(part, predicate=Not(part.predicate))])
        else:
            groups.append([part])
    predicates = _unique(_alternatives([part.predicate for part in group]) for group in groups)
    if not predicates:
        return None
    return predicates[0] if len(predicates) == 1 else All(predicates)


def _links(line: Line, parts: Sequence[Part]) -> list[str]:
    links = ["and"] if parts else []
    for before, after in zip(parts, parts[1:], strict=False):
        between = line.lemmas(before.last, after.first)
        comma = "," in "".join(line.gap(i) for i in range(before.last, after.first + 1))
        negated = between[-1:] == ("not",) and before.cue is after.cue
        link = "or" if "or" in between or "nor" in between else ("," if comma and not (set(between) - {"and"}) and "and" not in between else "and")
        links.append("not" if negated else link)
    for at in range(len(links) - 2, -1, -1):
        if links[at] == ",":
            links[at] = "or" if links[at + 1] == "or" else "and"
    return ["and" if link == "," else link for link in links]


def _alternatives(predicates: Sequence[Predicate]) -> Predicate:
    if len(predicates) == 1:
        return predicates[0]
    first = predicates[0]
    if isinstance(first, FieldIs) and first.values and all(isinstance(p, FieldIs) and p.field == first.field and p.values for p in predicates):
        values = tuple(dict.fromkeys(value for p in predicates if isinstance(p, FieldIs) for value in p.values))
        return replace(first, values=values)
    return Any(_unique(predicates))


def _unique(predicates: Iterable[Predicate]) -> tuple[Predicate, ...]:
    flat: list[Predicate] = []
    for predicate in predicates:
        flat += predicate.predicates if isinstance(predicate, All) else (predicate,)
    return tuple(dict.fromkeys(flat))
