"""The meaningful stretches of a question: comparisons, cues, field values, concepts, facts, each with its place.

Marks never overlap: where two readings compete for a word, the longer one wins, then the earlier kind of `Kind`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any as Value

from rag.criteria.grammar import read_comparisons
from rag.planning import lexicon, phases, rescue, tables
from rag.planning.absent import find_absent
from rag.planning.ago import find_agos
from rag.planning.asked_measures import find_measures
from rag.planning.asking import ask_cues
from rag.planning.blinded import find_blinded
from rag.planning.contrast import find_contrasted
from rag.planning.dates import find_dates
from rag.planning.durations import find_durations
from rag.planning.instruments import find_instruments
from rag.planning.numbers import find_counts
from rag.planning.open_now import find_open_now
from rag.planning.outcomes import find_outcomes
from rag.planning.people import find_people
from rag.planning.places import find_places, us_in_capitals
from rag.planning.registry_words import find_registry_words
from rag.planning.roles import find_roles, unknown_in_a_role
from rag.planning.sentences import asks_anew, counts_trials_meant
from rag.planning.sexes import is_of_sex_alone
from rag.planning.spelling import may_name_a_place
from rag.planning.tables import word_set
from rag.planning.valued import find_valued
from rag.planning.verdicts import after_verdict, find_verdict
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Found, Line
from rag.types import Asks, Comparison, FieldIs, Not


class Kind(IntEnum):
    """What a mark stands for, in the order in which ties are decided."""

    LIMIT = 1  # Comparison
    FIELD = 2  # FieldIs
    CUE = 3  # tuple[AskCue, ...]
    VARIABLE = 4  # variable id
    CONCEPT = 5  # concept id
    AGES = 6  # Values in years
    GROUP = 7  # tables.Group
    FACT = 8  # fact id


TELLING = (Kind.LIMIT, Kind.FIELD, Kind.VARIABLE, Kind.CONCEPT, Kind.GROUP)  # what trials are chosen by


@dataclass(frozen=True, slots=True)
class Mark:
    """Tokens `first` to `last` (half-open) and what they stand for; the type of `value` follows from `kind`."""

    first: int
    last: int
    kind: Kind
    value: Value

    def touches(self, other: Mark) -> bool:
        return self.first < other.last and other.first < self.last


def find_marks(line: Line, index: WordIndex, taken: frozenset[int] = frozenset()) -> tuple[Mark, ...]:
    """Every mark of the question outside the tokens in `taken` (trial names), in text order."""
    fixed = [
        *(Mark(found.first, found.last, Kind.FIELD, found.predicate) for found in find_counts(line, taken)),
        *(Mark(found.first, found.last, Kind.FIELD, found.field) for found in find_dates(line, taken)),
        *(Mark(found.first, found.last, Kind.FIELD, found.field) for found in find_durations(line, taken)),
        *_marks((one for find in _OF_THE_LINE for one in find(line, taken)), Kind.FIELD),
        *_marks((one for find in _OF_THE_INDEX for one in find(line, index, taken)), Kind.FIELD),
    ]
    fixed = _choose(line, fixed, [])
    limits = [
        mark
        for mark in _limits(line, taken)
        if not _overlaps(mark, fixed) and not taken.intersection(range(mark.first, mark.last))
    ]
    settled = [*fixed, *limits]
    chosen = _choose(line, list(_phrases(line, index, taken, limits)), settled)
    if not taken:
        chosen = _with_contrasts(line, chosen)
    chosen = _with_measures(line, chosen, taken)
    return tuple(sorted(chosen, key=lambda mark: mark.first))


_OF_THE_LINE = (phases.find_phases, find_outcomes, find_instruments, find_valued, find_blinded, find_absent)
_OF_THE_INDEX = (find_places, find_people)
# Fields that the record of a named trial also speaks of in prose: told there as facts, with what the prose says.
_FACTS_OF_ONE = frozenset({"data_monitoring_committee", "ipd_sharing", "biospecimens", "contact"})


def _with_measures(line: Line, marks: list[Mark], taken: frozenset[int]) -> list[Mark]:
    """The marks, with the limits on measures that no lexicon has, for the names of things that stand within them."""
    verbs = [mark.last for mark in marks if mark.kind is Kind.CUE]
    names = [(mark.first, mark.last) for mark in marks if mark.kind in {Kind.VARIABLE, Kind.CONCEPT, Kind.GROUP}]
    read = [mark for mark in marks if mark.kind in {Kind.LIMIT, Kind.FIELD, Kind.AGES, Kind.CUE}]
    busy = taken | {at for mark in read for at in range(mark.first, mark.last)}
    found = [Mark(one.first, one.last, Kind.LIMIT, one.value) for one in find_measures(line, verbs, names, busy)]
    return [*(mark for mark in marks if not _overlaps(mark, found)), *found]


def _in_codes(line: Line) -> frozenset[int]:
    """The tokens of codes of which none is a word of its own: the 'Na' of 'Na-ASP-2', the 'AST' of 'AST-1207'."""
    joined = [line.gap(at) == "-" for at in range(1, len(line.tokens))]
    starts = [at for at in range(len(joined) - 1) if joined[at] and joined[at + 1]]
    codes = {i for at in starts if line.tokens[at + 1].text.isupper() for i in (at, at + 1, at + 2)}
    numbered = {at for at, one in enumerate(joined) if one and _is_serial(line.tokens[at + 1].text)}
    return frozenset(codes | {i for at in numbered if line.tokens[at].text.isupper() for i in (at, at + 1)})


def _is_serial(text: str) -> bool:
    """Whether a number is that of a product: no limit that people write behind a hyphen has so many digits."""
    return text.isdigit() and len(text) >= _SERIAL


_SERIAL = 3


def _with_contrasts(line: Line, marks: list[Mark]) -> list[Mark]:
    """The marks, with bare values of fields that stand in a row or in a contrast: no trial is named."""
    known = [(mark.first, mark.last, mark.value) for mark in marks if mark.kind is Kind.FIELD]
    others = [(mark.first, mark.last) for mark in marks if mark.kind in {Kind.CUE, Kind.CONCEPT}]
    bare = [Mark(found.first, found.last, Kind.FIELD, found.value) for found in find_contrasted(line, known, others)]
    return [*(mark for mark in marks if not _overlaps(mark, bare)), *bare]


# Numbers that are part of a name: "type 1 diabetes", "COVID-19", "stage 4 cancer".
_NAMED_WITH_NUMBER = re.compile(
    r"(?i)\b(?:type [12]\b|covid[- ]?19\b|[a-z]+ose-\d-phosph[a-z]+|"
    r"(?:ckd|(?:kidney|renal) disease),? (?:stage |grade |g)?[1-5][ab]?\b|"
    r"stage (?:\d|i{1,3}v?|iv)[abc]?\b(?= (?:lung|breast|colon|cancer|disease|melanoma)))"
)


def _is_denied_whole(line: Line, verb: Found[Value]) -> bool:
    """'must not be above 40' is a limit as a whole."""
    return "not" in line.lemmas(verb.first, verb.last)


def _limits(line: Line, taken: frozenset[int]) -> Iterable[Mark]:
    """Every comparison; two may share their words ('190/110 mmHg', 'ALT and AST above 3 × ULN')."""
    text = _NAMED_WITH_NUMBER.sub(lambda match: " " * len(match.group()), line.text)  # same length: offsets hold
    agos = [(first, last) for first, last, _ in find_agos(line)]
    for first, last in agos:  # 'aged 50, a stroke 2 years ago' is no age of 2
        start, end = line.tokens[first].start, line.tokens[last - 1].end
        text = text[:start] + "." + " " * (end - start - 1) + text[end:]
    coded = _in_codes(line)
    for at in coded:  # 'AST-1207' is a drug, no AST of 1207
        start, end = line.tokens[at].start, line.tokens[at].end
        text = text[:start] + " " * (end - start) + text[end:]
    read = [comparison for comparison in read_comparisons(text) if not comparison.values.is_everything]
    cues = ask_cues().find(line) if read else ()
    for comparison in read:
        first, last = line.at(comparison.span.start, comparison.span.end)
        verbs = [cue for cue in cues if first < cue.first and cue.last < last]
        if verbs and _is_denied_whole(line, verbs[-1]):
            verbs = []
        if verbs and all(reading.asks is not Asks.MENTIONS for reading in verbs[-1].value):
            first = verbs[-1].last  # 'whose INR rule still lets 1.6 pass': the verb is to be read too
        first = after_verdict(line, first, last)
        if last > first and not counts_trials_meant(line, last - 1):
            yield Mark(first, last, Kind.LIMIT, comparison)
    near = taken | coded | {i for c in read for i in range(*line.at(c.span.start, c.span.end))}
    near |= {i for ago in agos for i in range(*ago)}
    for found in rescue.missed(line, lexicon.find_variables(line, taken), read, near):
        anew = any(asks_anew(line, at) for at in range(found.first + 1, found.last))
        if not anew and not counts_trials_meant(line, found.last - 1):
            yield Mark(found.first, found.last, Kind.LIMIT, found.value)


def _phrases(line: Line, index: WordIndex, taken: frozenset[int], limits: Sequence[Mark]) -> Iterable[Mark]:
    concepts = [
        mark
        for mark in _marks(lexicon.find_concept_marks(line), Kind.CONCEPT)
        if not taken.intersection(range(mark.first, mark.last)) and not _is_relative(line, mark)
    ]
    yield from concepts
    yield from (
        mark
        for mark in _marks(tables.field_values().find(line, taken), Kind.FIELD)
        if (getattr(mark.value, "field", "") != "sex" or is_of_sex_alone(line, mark, concepts, limits))
        and _is_masking(line, mark)
        and not _opens_to_people(line, mark)
        and not _is_in_one_arm(line, mark)
        and not (taken and _field_of(mark.value).partition(".")[0] in _FACTS_OF_ONE)
    )
    yield from _cues(line, taken, limits)
    conditions = {(mark.first, mark.last) for mark in concepts if lexicon.is_condition(mark.value)}
    yield from (
        m
        for m in _marks(lexicon.find_variables(line, taken | _in_codes(line)), Kind.VARIABLE)
        if (m.first, m.last) not in conditions and line.lemmas(max(0, m.first - 1), m.first) != ("anti",)
    )
    yield from _marks(tables.age_groups().find(line, taken), Kind.AGES)
    yield from _marks(tables.organ_groups().find(line, taken), Kind.GROUP)
    yield from _facts(line, taken)
    countries = (f for f in tables.places().find(line, taken) if not _is_language(line, f.first, f.last))
    yield from _named("country", countries)
    yield from _named("country", (found for found in us_in_capitals(line) if found.first not in taken))
    if may_name_a_place(line):
        yield from _places(line, index, taken)
    yield from _marks(unknown_in_a_role(line, taken), Kind.FIELD)
    yield from _marks(find_registry_words(line, taken), Kind.FIELD)
    if not limits and not concepts and not tables.age_groups().find(line, taken):
        yield from _named("status", (Found(*turn, ("RECRUITING",)) for turn in find_open_now(line, taken)))


def _cues(line: Line, taken: frozenset[int], limits: Sequence[Mark]) -> Iterable[Mark]:
    """The verbs of criteria; where a verdict is passed on a value, the limit's own nouns govern nothing."""
    verdict = find_verdict(line, [(mark.first, mark.last) for mark in limits])
    found = _marks(ask_cues().find(line, taken), Kind.CUE)
    cues = [mark for mark in found if not _is_status(line, mark) and not _is_told_to_us(line, mark)]
    if verdict is None:
        yield from _without_owners(line, cues, limits)
        return
    yield Mark(verdict.first, verdict.last, Kind.CUE, verdict.value)
    yield from (mark for mark in cues if not any(reading.asks in _OF_LIMITS for reading in mark.value))


def _without_owners(line: Line, cues: Sequence[Mark], limits: Sequence[Mark]) -> Iterable[Mark]:
    """'whose stated creatinine limit still accepts that value': the limit's own words govern nothing."""
    judged = [
        cue
        for cue in cues
        if limits
        and {"limit", "rule", "criterion", "criteria", "cutoff", "range", "threshold"}
        & set(line.lemmas(max(0, cue.first - 3), cue.first))
        and not any(reading.asks in _OF_LIMITS for reading in cue.value)
        and any(mark.last <= cue.first for mark in limits)
        and not any(mark.first >= cue.last for mark in limits)
    ]
    yield from (
        cue for cue in cues if not judged or cue in judged or any(r.asks not in _OF_LIMITS for r in cue.value)
    )


_OF_LIMITS = frozenset({Asks.REQUIRES, Asks.MENTIONS})


def _is_status(line: Line, mark: Mark) -> bool:
    """'Only recruiting trials', 'just recruiting ones', '…, recruiting only': the status, no verb of criteria."""
    after = line.lemmas(mark.last, mark.last + 1)
    if line.lemmas(mark.first, mark.last) == ("recruiting", "only"):
        return after == () or line.stops_at(mark.last)
    return line.lemmas(mark.last - 1, mark.last) == ("recruiting",) and after in {("trial",), ("study",), ("one",), ()}


def _is_told_to_us(line: Line, mark: Mark) -> bool:
    """'Name the studies that …', 'Please state all trials …': what we are to do, not what trials do."""
    opens = mark.first == 0 or bool(set(".?!;:") & set(line.gap(mark.first)))
    opens = opens or line.lemmas(mark.first - 1, mark.first) in {("please",), ("kindly",), ("you",), ("to",)}
    named = {"the", "all", "any", "every", "each", "those", "me", "us", "which", *_TRIALS}
    mentions = all(reading.asks is Asks.MENTIONS for reading in mark.value)
    return opens and mentions and bool(named & set(line.lemmas(mark.last, mark.last + 1)))


_TRIALS = frozenset({"trial", "study", "protocol", "one"})


def _is_relative(line: Line, mark: Mark) -> bool:
    """'my father's creatinine': the person, not what men are told about fathering children."""
    owned = {"my", "our", "his", "her", "your", "their"} & set(line.lemmas(max(0, mark.first - 1), mark.first))
    return bool(owned) and line.lemmas(mark.first, mark.first + 1)[0] in word_set("cues.relatives")


def _opens_to_people(line: Line, mark: Mark) -> bool:
    """'still open to me', 'closed for a patient with …': said of people, no status of a trial."""
    if getattr(mark.value, "field", "") != "status" or line.tokens[mark.last - 1].lemma not in {"open", "closed"}:
        return False
    after = line.lemmas(mark.last, mark.last + 2)
    if not after:
        pairs = set(pairwise(line.lemmas(0, mark.first)))  # 'for a patient with …, which studies are closed?'
        return bool(pairs & {(one, who) for one in ("a", "my", "our", "this") for who in ("patient", "person")})
    to_whom = after[:1] in {("to",), ("for",)} and after[1:] not in {("recruitment",), ("enrollment",), ("accrual",)}
    return to_whom and not line.gap(mark.last).strip()


def _is_in_one_arm(line: Line, mark: Mark) -> bool:
    """'give it in one arm': one of several, no trial of a single one."""
    model = getattr(mark.value, "field", "") == "intervention_model"
    return model and line.lemmas(max(0, mark.first - 1), mark.first) in {("in",), ("as",), ("into",)}


def _is_language(line: Line, first: int, last: int) -> bool:
    """'understand English', 'the Spanish language', 'in English': a language, no country."""
    if line.lemmas(max(0, first - 1), last) == ("in", "english"):
        return True
    return bool(word_set("marks.speaking") & set(line.lemmas(max(0, first - 4), min(last + 2, len(line.tokens)))))


def _is_masking(line: Line, mark: Mark) -> bool:
    """Whether a field is none but that of 'blind patients', who are people and no masking."""
    if getattr(mark.value, "field", "") == "intervention_model":  # 'in which one group gets placebo'
        behind = [word for word in line.lemmas(mark.last, mark.last + 2) if word not in {"that", "which", "who"}]
        return not behind or behind[0] not in word_set("numbers.gets") - {"is", "are", "has"}
    people = set(line.lemmas(mark.last, mark.last + 1)) & tables.person_nouns().words()
    return line.lemmas(mark.first, mark.last) != ("blind",) or not people


def _facts(line: Line, taken: frozenset[int]) -> Iterable[Mark]:
    """The names of facts; where one would reach over a comma or a colon, what stands behind that is read by itself."""
    marks = [mark for mark in _marks(tables.fact_phrases().find(line, taken), Kind.FACT) if not _is_run_in(line, mark)]
    parted = frozenset(mark.first for mark in marks if _is_parted(line, mark))
    marks = [mark for mark in marks if not names_the_topic(line, mark.last - 1)]
    return _facts(line, taken | parted) if parted else marks


def _is_run_in(line: Line, mark: Mark) -> bool:
    """'It is run in Spain', 'which countries does it run in?': a verb and a place, no run-in period."""
    before = line.lemmas(max(0, mark.first - 1), mark.first)
    named = "-" in line.gap(mark.last - 1) or bool(set(before) & {"a", "the", "its", "any", "no", "of", "and", "or"})
    return line.lemmas(mark.first, mark.last) == ("run", "in") and bool(before) and not named


def names_the_topic(line: Line, at: int) -> bool:
    """The 'condition' of 'condition: psoriasis', the 'drug' of 'drug = metformin': what follows is a topic."""
    keyed = at + 1 < len(line.tokens) and bool(set(line.gap(at + 1)) & set(":="))
    return keyed and line.tokens[at].lemma in word_set("marks.topic_names")


def _is_parted(line: Line, mark: Mark) -> bool:
    """'recruiting, sites: Germany' names no 'recruiting sites'."""
    return any(set(line.gap(at)) & set(",;:?=") for at in range(mark.first + 1, mark.last))


def _field_of(value: Value) -> str:
    """The field that a mark is on, alone or denied; '' where it is none."""
    return str(getattr(value.predicate if isinstance(value, Not) else value, "field", ""))


def _marks(found: Iterable[Value], kind: Kind) -> Iterable[Mark]:
    return (Mark(match.first, match.last, kind, match.value) for match in found)


def _named(field: str, found: Iterable[Value]) -> Iterable[Mark]:
    return (Mark(match.first, match.last, Kind.FIELD, FieldIs(field, match.value)) for match in found)


def _places(line: Line, index: WordIndex, taken: frozenset[int]) -> Iterable[Mark]:
    """Countries, cities, sponsors and collaborators of the collection."""
    yield from _named("country", index.countries.find(line, taken))
    cities = (found for found in index.cities.find(line, taken) if _is_name(line, found.first))
    yield from (Mark(found.first, found.last, Kind.FIELD, FieldIs("city", (found.value,))) for found in cities)
    yield from _marks(find_roles(line, index, taken), Kind.FIELD)


def _is_name(line: Line, at: int) -> bool:
    """Whether the word is written as a name, or the whole question is in one case."""
    return line.tokens[at].text[:1].isupper() or line.text == line.text.lower()


def _choose(line: Line, candidates: Sequence[Mark], settled: Sequence[Mark]) -> list[Mark]:
    """`settled` and, of the candidates, the longest that overlap nothing chosen before; ties by kind, then place."""
    chosen = list(settled)
    used = {i for mark in settled for i in range(mark.first, mark.last)}
    for mark in sorted(candidates, key=lambda mark: (mark.first - mark.last, mark.kind, mark.first)):
        tokens = set(range(mark.first, mark.last))
        twin = mark.kind is Kind.CONCEPT and any(
            other.kind is Kind.CONCEPT and _share_words(line, mark, other) for other in chosen
        )
        if twin or not tokens & used:
            chosen.append(mark)
            used |= tokens
    return chosen


def _share_words(line: Line, one: Mark, other: Mark) -> bool:
    """'kidney or liver disease': two concepts that share their last words; 'hepatitis B or C': their first."""
    if other.first == one.first and one.last == other.last - 2:
        joined = line.lemmas(one.last, one.last + 1) in {("and",), ("or",)}
        return joined and len(line.tokens[other.last - 1].text) == 1
    return other.first <= one.first and other.last == one.last


def _overlaps(mark: Mark, others: Iterable[Mark]) -> bool:
    return any(mark.touches(other) for other in others)


def comparisons(marks: Iterable[Mark]) -> tuple[Comparison, ...]:
    return tuple(mark.value for mark in marks if mark.kind is Kind.LIMIT)
