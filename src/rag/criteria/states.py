"""Concepts of one eligibility item with what it does to a person who has them.

`read_states` is the reader: mentions, stances, doubts, qualifiers, windows and exceptions of an item, with offsets in
the folded text. `states_of` gives the same as `State`s of a document. `read_span_states` judges any words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rag.criteria.aims import is_aimed_at
from rag.criteria.alternatives import either_way
from rag.criteria.concepts import Concept, find_in, in_time, load_concepts
from rag.criteria.doubts import doubts_of, is_part_of_another, is_scope
from rag.criteria.examples import told_by_example
from rag.criteria.headings import is_of_some
from rag.criteria.one_of import EITHER, one_is_enough
from rag.criteria.passing import told_below, told_in_passing
from rag.criteria.permitting import lets_in_if
from rag.criteria.phrasetree import Found
from rag.criteria.readings import Reading
from rag.criteria.scope import Layout, lay_out
from rag.criteria.settling import settled
from rag.criteria.stances import stance_of
from rag.criteria.things import Side, Thing, side_of
from rag.criteria.words import Words, word_set, words_of
from rag.frozen import quick
from rag.text import Folded, fold
from rag.types import Clause, Polarity, Span, Stance, State, Window

_NUMBER = r"(?:\d{1,3}(?:\.\d)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty|ninety)"
_UNIT = r"(?:hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?)"
_GAP = r"\s{0,2}"
_TAIL = r"(?:\s+(?:of|since|before|prior to|preceding|after|from)\s+[\w-]+(?:\s[\w-]+){0,3})?"
# "within 6 months of screening", "in the past month", "at least 4 weeks since"; not the "3 years" of "aged 3 years".
_WINDOW = re.compile(
    r"(?:(?:with)?in|during|over|for|from)\s+(?:the\s+)?"
    r"(?:past|last|previous|preceding|prior|prev\.|at least|less than|approximately)?"
    rf"{_GAP}{_NUMBER}{_GAP}(?:\(\d{{1,3}}\)\s?)?-?{_UNIT}{_TAIL}"
    rf"|(?:with)?in\s+the\s+(?:past|last|previous|preceding)\s+{_UNIT}{_TAIL}"
    rf"|(?:at least|more than|less than|greater than|≥|≤|<|>|minimum of){_GAP}{_NUMBER}{_GAP}{_UNIT}{_TAIL}",
    re.IGNORECASE,
)
_EXEMPTING = re.compile(
    r"\bexceptions?\b|\b(?:allowed|permitted|acceptable)\b(?!.{0,20}\bnot\b)"
    r"|\b(?:are|is|be) (?:still |also )?(?:considered )?eligible\b"
    r"|\bexcept(?:ing)?(?: for| in| those)?(?: any of)?(?: the following)?\W*$"
    r"|\bnot (?:considered )?(?:an? )?exclusion\w*\b|\bnot (?:be )?excluded\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*\)")  # what a heading says in parentheses does not govern what stands below it
_SHORT_HEADING = 60  # characters; a longer line that opens a list ends in a colon
_NEXT_NUMBER = re.compile(r"(?<=[.;])\s+\d{1,2}[.)]\s+(?=[A-Z])|\s[*•]\s+(?=[A-Z])")
_LAST = re.compile(r"(?:[.;]|\s[*•])\s+(?=\S)")  # only the last sentence of a heading governs what stands below it
_NOT_EXEMPTING = re.compile(
    r"\b(?:must|may|should) not (?:meet|have|fulfil\w*)\b|\bnone of\b"
    r"|\bnot (?:be )?(?:allowed|permitted|eligible|acceptable)\b|without exception"
    r"|\b(?:only )?if\b|\bprovided\b|\bunless\b|\bexclusion criteri\w+\W*$"
    # "To be eligible, patients must have:", "Who meets all of these is eligible:": what everybody has to have
    r"|\bto be (?:considered )?eligible\b|\b(?:meet|fulfil|satisf)\w* (?:all|each|every|the following)\b",
    re.IGNORECASE,
)
_MEANS = frozenset({"condom", "hormonal_contraceptive", "intrauterine_device"})
_GENERIC = frozenset({"systemic_therapy", "prior_treatment"})


def read_states(item: str, polarity: Polarity, headings: Sequence[str] = ()) -> tuple[Reading, ...]:
    """Every concept of a folded item with its stance, in order of place.

    `polarity` is the list it stands in as read, `headings` what is printed above it. A concept's opposite is read too:
    who requires contraception turns away those who use none.
    """
    found = _read(item, polarity, *_above(tuple(headings)))
    return told_below(found, headings[-1]) if headings and polarity is Polarity.INCLUSION else found


@lru_cache(maxsize=16_384)  # registries repeat themselves: one line in five was met before
def _read(item: str, polarity: Polarity, scoped_above: bool, exempt_above: bool) -> tuple[Reading, ...]:
    words = words_of(item)
    found = find_in(words)
    if not found:
        return ()
    known = load_concepts()
    things = tuple(_thing(one, known[one.value]) for one in found)
    own = [range(thing.first, thing.last) for thing in things if thing.kind == "ability" and not thing.wanted]
    layout = lay_out(words, own)
    context = _Context(words, layout, side_of(layout, polarity, things), scoped_above, exempt_above)
    readings: list[Reading] = []
    let_in: set[str] = set()
    denied = polarity is Polarity.INCLUSION and ";" in item
    of_some = _FOR_SOME.match(item) is not None
    for one, thing in zip(found, things, strict=True):
        found_here = context.readings(known[one.value], thing)
        if layout.reaching(thing.first, "if"):
            found_here = [_conditional(reading, let_in) for reading in found_here]
        if denied and _NOBODY_WITH.match(item[: words.starts[thing.first]]):
            found_here = [_denied(reading, thing) for reading in found_here]
        if of_some:
            found_here = [_of_some(reading, let_in) for reading in found_here]
        let_in.update(reading.concept for reading in found_here if reading.stance is Stance.EXEMPT)
        readings += found_here
    readings = settled(told_by_example(either_way(readings, item), item), item)
    readings = told_in_passing(readings, item, polarity)
    readings = one_is_enough(readings, item) if polarity is Polarity.INCLUSION else readings
    return tuple(dict.fromkeys(_with_sums(readings)))


_FOR_SOME = re.compile(
    r"(?i)\W*(?:for|among|in) (?:all )?(?:patients|participants|subjects|individuals|those|women|men)\b"
)


# "No patients with asthma; heart failure; epilepsy": one 'no' for the whole list, up to what is asked for
_NOBODY_WITH = re.compile(
    r"(?i)\W*no (?:patients?|subjects?|participants?|individuals|persons?|one) (?:with|who (?:has|have))\b"
    r"(?![^.]*;[^;.]*\b(?:must|should|able|willing|confirmed|measurable|adequate|diagnos\w+|requir\w+|proven)\b)"
    r"[^.]*;[^;.]*$"
)


def _denied(reading: Reading, thing: Thing) -> Reading:
    """A condition that would be asked for, where the list that it stands in names what nobody may have."""
    if reading.stance is Stance.REQUIRED and thing.kind == "condition":
        return replace(reading, stance=Stance.TURNED_AWAY)
    return reading


def _of_some(reading: Reading, let_in: Collection[str]) -> Reading:
    """The second reading of "For patients on warfarin: a stable dose of warfarin" asks nobody else for it."""
    if reading.stance is Stance.REQUIRED and reading.concept in let_in:
        return replace(reading, stance=Stance.EXEMPT)
    return reading


def _conditional(reading: Reading, let_in: Collection[str]) -> Reading:
    """The second reading of "patients with hepatitis C are eligible if hepatitis C is undetectable" in doubt."""
    if reading.stance is Stance.TURNED_AWAY and reading.concept in let_in:
        return replace(reading, doubts=(*reading.doubts, "condition"))
    return reading


def _with_sums(readings: list[Reading]) -> list[Reading]:
    """And the whole where all its parts are turned away: "type 1 or type 2 diabetes" is any diabetes."""
    out = {reading.concept: reading for reading in readings if reading.stance is Stance.TURNED_AWAY}
    if len(out) < 2:
        return readings
    wholes = [whole for whole in _sums() if all(part in out for part in whole.sum_of)]
    return [*readings, *(replace(out[whole.sum_of[0]], concept=whole.id) for whole in wholes)]


@cache
def _sums() -> tuple[Concept, ...]:
    return tuple(concept for concept in load_concepts().values() if concept.sum_of)


def read_span_states(
    item: str, polarity: Polarity, spans: Iterable[tuple[int, int]], headings: Sequence[str] = ()
) -> tuple[Reading, ...]:
    """The stance toward each stretch [start, end) of a folded item, as a condition that no concept names."""
    words = words_of(item)
    known = load_concepts()
    others = tuple(_thing(one, known[one.value]) for one in find_in(words))
    readings: list[Reading] = []
    layout = lay_out(words)
    for start, end in spans:
        inside = [place for place in range(len(words)) if words.starts[place] < end and words.ends[place] > start]
        if inside:
            thing = Thing(inside[0], inside[-1] + 1)
            side = side_of(layout, polarity, sorted((*others, thing), key=lambda one: one.first))
            context = _Context(words, layout, side, *_above(tuple(headings)))
            readings += context.readings(None, thing)
    return tuple(dict.fromkeys(readings))


def states_of(text: str, span: Span, polarity: Polarity, headings: Sequence[str] = ()) -> tuple[State, ...]:
    """The states of the item at `span` of a document's text, spans in that text."""
    folded = fold(span.of(text))
    readings = read_states(folded.text, polarity, headings)
    return tuple([_state(folded, span.start, reading) for reading in readings]) if readings else ()


def state_clauses(states: Sequence[State]) -> tuple[Clause, ...]:
    """What one item's states ask of everybody: each thing turned away by itself, what is required as alternatives.

    Measured limits are left to the numeric reading, and so is what holds for some participants only.
    """
    if not states:
        return ()
    known = load_concepts()
    bound = [one for one in states if one.doubts in ((), (EITHER,))]
    bound = [one for one in bound if known[one.concept].kind not in {"measure", "population"}]
    out = [one for one in bound if one.stance is Stance.TURNED_AWAY]
    required = tuple(
        replace(one, doubts=()) for one in bound if one.stance is Stance.REQUIRED
    )
    clauses = [Clause((one,), one.span, window=one.window) for one in dict.fromkeys(out)]
    if required:
        clauses.append(Clause(required, Span(required[0].span.start, max(one.span.end for one in required))))
    return tuple(clauses)


def _state(folded: Folded, offset: int, reading: Reading) -> State:
    def place(start: int, end: int) -> Span:
        if not folded.starts:
            return Span(start + offset, end + offset)
        original = folded.span(start, end)
        return Span(original.start + offset, original.end + offset)

    window = None
    if reading.window is not None:
        window = Window(folded.text[reading.window[0] : reading.window[1]], place(*reading.window))
    return State(
        concept=reading.concept,
        present=reading.stance is not Stance.TURNED_AWAY,
        span=place(reading.start, reading.end),
        stance=reading.stance,
        doubts=reading.doubts,
        qualifier=reading.qualifier,
        window=window,
    )


@lru_cache(maxsize=4096)  # asked again for every item below them
def _above(headings: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether a heading names a cohort, and whether the nearest opens a list of exceptions."""
    nearest = [_LAST.split(_ASIDE.sub(" ", head))[-1] for head in headings[-1:]]
    leads = [head for head in nearest if head.rstrip().endswith(":") or len(head) <= _SHORT_HEADING]
    exempt = any(_EXEMPTING.search(head) and not _NOT_EXEMPTING.search(head) for head in leads)
    scoped = any(is_scope(head) or is_of_some(head) for head in headings)
    return scoped, exempt


def _thing(one: Found, concept: Concept) -> Thing:
    return Thing(one.first, one.last, concept.kind, concept.wanted)


# Right behind a condition: "diabetes under poor control", "asthma that is not well controlled".
_CONTROL = re.compile(
    r"(?i)[\s,(]{0,3}(?:mellitus\s)?(?P<words>"
    r"(?:(?:that|which|who)\s(?:is|are)\s)?(?:not|in-?adequately|insufficiently|poorly|un-?satisfactorily)\s"
    r"(?:(?:well|adequately|sufficiently|optimally|properly)[\s-])?(?:controlled|managed|regulated)\b"
    r"|(?:with|under|in)\s(?:a\s)?(?:poor|inadequate|insufficient|suboptimal|unsatisfactory|bad)\s"
    r"(?:(?:glyc(?:a?e)mic|metabolic|blood|glucose|sugar|pressure|disease)\s){0,2}(?:control|management|regulation)\b)"
)


@quick
@dataclass(frozen=True, slots=True)
class _Context:
    """One item while its things are read."""

    words: Words
    layout: Layout
    side: Side
    scoped_above: bool = False  # a heading names a cohort
    exempt_above: bool = False  # the nearest heading opens a list of exceptions

    def readings(self, concept: Concept | None, thing: Thing) -> list[Reading]:
        stance = self._stance(concept, thing)
        bears = stance in {Stance.TURNED_AWAY, Stance.REQUIRED}
        doubts = doubts_of(self.side, concept, thing, stance, scoped_above=self.scoped_above)
        words = self.words
        exceptions = self._exceptions(thing) if bears else ()
        reading = Reading(
            concept=self._named(concept, thing) if concept else "",
            stance=stance,
            start=words.starts[thing.first],
            end=words.ends[thing.last - 1],
            doubts=doubts,
            qualifier=self._qualified(thing, exceptions) if bears else "",
            window=self._window(thing) if bears else None,
            exceptions=exceptions,
        )
        found = [reading]
        if concept and concept.opposite and stance in {Stance.REQUIRED, Stance.TURNED_AWAY}:
            found.append(self._opposite(reading, concept))
        return found

    def _named(self, concept: Concept, thing: Thing) -> str:
        return concept.detects or (in_time(concept.id, self._timing(thing)) if concept.timed else concept.id)

    def _opposite(self, reading: Reading, concept: Concept) -> Reading:
        turned = Stance.TURNED_AWAY if reading.stance is Stance.REQUIRED else Stance.REQUIRED
        doubts = reading.doubts
        if concept.id == "informed_consent" and not self.side.excludes and self._by_others(reading):
            doubts = (*doubts, "representative")
        return Reading(concept.opposite, turned, reading.start, reading.end, doubts, reading.qualifier, reading.window)

    def _by_others(self, reading: Reading) -> bool:
        """Whether somebody else may consent for an adult: not "(guardians for minors)", not another sentence."""
        place = bisect_left(self.words.starts, reading.start)
        keys = self.layout.clause_keys(place)
        return bool(word_set("representatives") & keys) and not word_set("minors") & keys

    def _stance(self, concept: Concept | None, thing: Thing) -> Stance:
        if concept is not None and concept.id in _GENERIC and self._is_vague(thing):
            return Stance.ASIDE
        if concept is not None and concept.id in _MEANS and self._is_example(thing):
            return Stance.ASIDE
        if concept is not None and concept.kind == "biomarker" and is_aimed_at(self.side, thing):
            return Stance.ASIDE
        if self.exempt_above and self.words.starts[thing.first] < _next_number(self.words.text):
            return Stance.EXEMPT
        stance = stance_of(self.side, thing)
        asked = stance is Stance.REQUIRED and concept is not None and concept.id == "other_trial"
        return Stance.ASIDE if asked else stance  # "must comply with the study": no trial asks for another one

    def _is_example(self, thing: Thing) -> bool:
        """The pills of "no reliable method (pills, coil)": named beside contraception itself."""
        return any(other.wanted or other.kind == "ability" for other in self.side.near(thing.first))

    def _is_vague(self, thing: Thing) -> bool:
        """ "prior treatment with X", "psoriasis requiring systemic treatment": no cancer treatment of any kind."""
        return self.words.keys[thing.last : thing.last + 1] in (["with"], ["by"]) or is_part_of_another(
            self.side, thing
        )

    def _timing(self, thing: Thing) -> str:
        """'prior', 'concurrent' or '' (unsaid, or both), from the words around a treatment in its clause."""
        keys = self.words.keys
        clause = self.layout.clause[thing.first]
        start = max(self.layout.clause_start[clause], thing.first - 25)
        prior = _nearest(keys, word_set("prior"), range(thing.last - 1, start - 1, -1))
        concurrent = _nearest(keys, word_set("concurrent"), range(thing.last - 1, start - 1, -1))
        if prior or concurrent:
            if prior and concurrent and (abs(prior - concurrent) <= 2 or min(prior, concurrent) > 3):
                return ""  # "prior or concurrent", "before and during treatment: …"
            if prior and (not concurrent or prior < concurrent):
                return "prior"
        after = set(keys[thing.last : min(self.layout.clause_end[clause], thing.last + 16)])
        late = not word_set("before_now").isdisjoint(after) and "next" not in after
        now = not word_set("meanwhile").isdisjoint(after)
        if concurrent:
            late = not after.isdisjoint({"within", "past", "last"}) and "next" not in after
            return "" if late else "concurrent"
        return "" if late == now else ("prior" if late else "concurrent")

    def _qualified(self, thing: Thing, exceptions: Sequence[tuple[int, int]]) -> str:
        """The adjectives before the thing, how it is controlled, and the exceptions behind: what narrows it."""
        qualifier = self._qualifier(thing)
        control = _CONTROL.match(self.words.text, self.words.ends[thing.last - 1])
        if control is None and not exceptions:
            return qualifier
        excepted = [self.words.text[start:end].strip(" ,.;") for start, end in exceptions]
        return " ".join(filter(None, (qualifier, control["words"] if control else "", *excepted)))

    def _qualifier(self, thing: Thing) -> str:
        place = thing.first
        qualifiers, keys = word_set("qualifiers"), self.words.keys
        while place and (keys[place - 1] in qualifiers or keys[place - 1] in {"or", "/"}):
            place -= 1
        while place < thing.first and keys[place] not in qualifiers:
            place += 1
        if place == thing.first:
            return ""
        return self.words.text[self.words.starts[place] : self.words.starts[thing.first]].strip()

    def _window(self, thing: Thing) -> tuple[int, int] | None:
        if word_set("time_units").isdisjoint(self.layout.clause_keys(thing.first)):
            return None
        clause = self.layout.clause[thing.first]
        start = self.words.starts[self.layout.clause_start[clause]]
        end = self.words.ends[self.layout.clause_end[clause] - 1]
        text = self.words.text
        after = _WINDOW.search(text, self.words.ends[thing.last - 1], end)
        match = after or _WINDOW.search(text, start, self.words.starts[thing.first])
        return match.span() if match else None

    def _exceptions(self, thing: Thing) -> tuple[tuple[int, int], ...]:
        cues = self.layout.in_clause(thing.first, "except", "unless")
        cues = [cue for cue in cues if cue.first >= thing.last] + lets_in_if(self.side, thing)
        words = self.words
        return tuple([(words.starts[cue.first], words.ends[max(cue.last, cue.end) - 1]) for cue in cues])


@lru_cache(maxsize=1024)
def _next_number(text: str) -> int:
    """Where an item that was run together with the next ones goes on: "… considered cured. 13. Unable to …"."""
    found = _NEXT_NUMBER.search(text)
    return found.start() if found else len(text)


def _nearest(keys: Sequence[str], wanted: frozenset[str], places: Iterable[int]) -> int:
    """How many steps along `places` the first of the wanted words stands, from 1; 0 when none does."""
    for step, place in enumerate(places, start=1):
        if keys[place] in wanted:
            return step
    return 0
