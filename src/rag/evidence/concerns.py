"""Judge whether a trial turns away, lets in, requires, or passes over a condition, treatment or state.

A window ('within 6 months') or a qualifier ('uncontrolled') still turns such a person away and is quoted in the
reason, save where the asker tells how long ago it was; only a cohort, a bound amount, or an indirect mention makes a
match partial.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from rag.criteria.concepts import (
    classes_for,
    find_concepts,
    firm_for,
    load_concepts,
    named_by,
    narrower_or_equal,
    partial_for,
)
from rag.criteria.one_of import is_one_way, is_so_in_every_way
from rag.criteria.similar import phrase_states
from rag.criteria.words import word_set
from rag.criteria.words import words_of as words_in
from rag.evidence.another import Another, others_than, said_of_others
from rag.evidence.degrees import Cover, cover_of, degrees_near, degrees_of, near_of, says_all
from rag.evidence.exempted import exempted, is_spared
from rag.evidence.judgement import Judgement
from rag.evidence.lacking import is_lacked
from rag.evidence.sentences import around
from rag.evidence.since import Past, past_of
from rag.evidence.some import NARROWS_NOTHING, binds_some, is_kind_turned_away, is_of_all
from rag.evidence.stems import stem, words_of
from rag.evidence.words import concern_label
from rag.text import shortened
from rag.types import Asks, Concerns, Criterion, Polarity, Quote, Span, Stance, State, Verdict

_LONGEST_QUOTE = 240  # code points
IN_PASSING = "speaks of it in passing"  # the reason where criteria name a thing, and nobody is let in or out by it


@dataclass(frozen=True, slots=True)
class Said:
    """What one criterion says of the concept asked about."""

    criterion: Criterion
    state: State
    indirect: bool  # a wider or narrower concept was named, or one that only hints at it


def related_concepts(concepts: Sequence[str]) -> frozenset[str]:
    """The concepts whose mention concerns a person with one of those asked about, firmly or in part."""
    return firm_for(tuple(concepts)) | partial_for(tuple(concepts)) | others_than(concepts)


def judge_concern(
    criteria: Iterable[Criterion],
    concern: Concerns,
    text: Callable[[], str],
    *,
    own: bool = False,
    prevents: bool = False,
    another: Another = Another.OWN,
) -> Judgement:
    """One trial against one concept predicate. `text` gives the document's text, for the words of the reasons.

    `own`: the concept is what the trial itself studies. A bare exclusion of it is then most likely misread or said of
    a kind of it, and where an item requires it any exclusion is one of some who have it: never called a match.
    `prevents`: the trial is to prevent something, and so turns away whoever has it already.
    `another`: what an exclusion of any other kind of a class means to who has the kind asked about.
    """
    criteria = tuple(criteria)
    told = [*_said(criteria, concern, text), *(Said(*one) for one in said_of_others(criteria, concern, another, text))]
    said = _as_asked([_bound(one, text()) for one in told], concern, text)
    if concern.ago is not None and concern.asks in {Asks.EXCLUDES, Asks.ADMITS}:
        said, over = _still_counting(said, concern.ago.days, text)
        if over and not _with(said, {Stance.TURNED_AWAY}):
            return _judge_over(over, concern.asks, text)
    if concern.asks is Asks.EXCLUDES and (spared := _spared(said, concern, text)):
        return _otherwise(spared, concern, text)
    if concern.asks is Asks.EXCLUDES:
        return _judge_excludes(said, concern, text, own=own, prevents=prevents)
    if concern.lacked:
        return _judge_without(said, concern, text, own=own)
    return _JUDGES[concern.asks](said, concern, text)


def _as_asked(said: list[Said], concern: Concerns, text: Callable[[], str]) -> list[Said]:
    """What is said without what is of another degree; in doubt where it holds only for some of those asked about.

    'Mild to moderate asthma' is asked of nobody with severe asthma, and asks nobody for 'moderate to severe' asthma.
    """
    degrees = degrees_of(concern.text)
    ill = concern.asks is Asks.REQUIRES and all(load_concepts()[one].kind == "condition" for one in concern.concepts)
    kinds = _qualifiers(concern.text) - _OF_DEGREE - _NO_KIND if ill else frozenset()
    kinds = frozenset() if kinds <= _HAVING_IT else kinds
    if not concern.concepts or not (degrees or kinds) or _OR.search(concern.text):
        return said
    wanted = kinds | {stem(one) for one in degrees}
    studied = says_all(wanted, text()[:_TITLES])
    found: list[Said] = []
    for one in said:
        item, named = one.criterion.span, one.state.span
        required = one.state.stance is Stance.REQUIRED and concern.asks is Asks.REQUIRES
        told = degrees_near(near_of(text(), named.start, named.end, first=item.start, last=item.end))
        cover = cover_of(told, degrees, required=required) if degrees and told else Cover.WHOLE
        if required and not studied and ((degrees and not told) or not says_all(kinds, item.of(text()))):
            cover = Cover.PART
        if cover is not Cover.NONE:
            doubts = (*one.state.doubts, "degree") if cover is Cover.PART else one.state.doubts
            found.append(replace(one, state=replace(one.state, doubts=doubts)))
    return found


# Several things in one: 'gout or lupus'; not "moderate or severe gout"
_OR = re.compile(r"(?i)(?<!mild) or (?!moderate|severe)|,")
_TITLES = 500  # code points at the head of a record: its titles and what it studies
_OF_DEGREE = frozenset(map(stem, ("mild", "mildly", "moderate", "moderately", "severe", "severely", "least")))
_HAVING_IT = frozenset(map(stem, ("positive", "seropositive", "infected", "infection", "affected")))  # 'HIV positive'
# Words of a question that no item need repeat.
_NO_KIND = frozenset(map(stem, ("chronic", "confirmed", "established", "clinical", "diagnosed")))


def _still_counting(
    said: Iterable[Said], days: Decimal, text: Callable[[], str]
) -> tuple[list[Said], dict[Past, list[Said]]]:
    """What is said without the times that are over by then, and what these turn away."""
    counting: list[Said] = []
    over: dict[Past, list[Said]] = {}
    for one in said:
        turned = one.state.stance is Stance.TURNED_AWAY
        past = past_of(one.state, one.criterion, days, text()) if turned else Past.COUNTS
        (counting if past is Past.COUNTS else over.setdefault(past, [])).append(one)
    return counting, over


def _judge_over(over: Mapping[Past, list[Said]], asks: Asks, text: Callable[[], str]) -> Judgement:
    if Past.UNSURE in over:
        return _judged(Verdict.PARTIAL, "names a shorter time", over[Past.UNSURE], text)
    verdict = Verdict.NO_MATCH if asks is Asks.EXCLUDES else Verdict.MATCH
    return _judged(verdict, "turns away only within a shorter time", over[Past.OVER], text)


def _is_bare_exclusion(said: Said) -> bool:
    """Nothing narrows what an exclusion names: no qualifier, no window, no earlier time. 'Be free of it' is meant."""
    state = said.state
    if said.criterion.polarity is not Polarity.EXCLUSION:
        return False
    return not state.qualifier and state.window is None and not state.concept.startswith(("prior_", "earlier_"))


def _bound(one: Said, text: str) -> Said:
    """What is said, in doubt where it is told of controls, of donors or of a group."""
    some = not one.state.doubts and binds_some(one.criterion.headings, one.criterion.span.of(text))
    return replace(one, state=replace(one.state, doubts=("cohort",))) if some else one


def _said(criteria: Iterable[Criterion], concern: Concerns, text: Callable[[], str]) -> list[Said]:
    if not concern.concepts:
        return [
            Said(criterion, state, False)
            for criterion in criteria
            for state in phrase_states(concern.text, criterion, text())
        ]
    firm, partial = firm_for(concern.concepts), partial_for(concern.concepts)
    whole = classes_for(concern.concepts) if concern.asks in {Asks.EXCLUDES, Asks.ADMITS} else frozenset()
    criteria = _of_language(criteria, concern, text) if _LANGUAGE.intersection(concern.concepts) else criteria
    return [
        Said(criterion, state, state.concept not in firm and not (state.concept in whole and is_of_all(state, text)))
        for criterion in criteria
        for state in criterion.concepts
        if state.concept in firm or state.concept in partial
    ]


_LANGUAGE = frozenset({"speaks_language", "language_barrier"})


def _of_language(criteria: Iterable[Criterion], concern: Concerns, text: Callable[[], str]) -> Iterable[Criterion]:
    """The criteria that name a language asked about, where the question names one; one of several is required of none.

    Who may speak English or Spanish need not know English, and is let in with either.
    """
    known = word_set("language")
    wanted = known.intersection(words_in(concern.text).keys)
    if not wanted:
        return criteria
    either = concern.asks in {Asks.REQUIRES, Asks.EXCLUDES}
    named = [(one, known.intersection(words_in(one.span.of(text())).keys)) for one in criteria if _names_one(one)]
    return [one for one, languages in named if (languages == wanted if either else languages & wanted)]


def _names_one(criterion: Criterion) -> bool:
    return any(state.concept in _LANGUAGE for state in criterion.concepts)


def _with(said: Iterable[Said], stances: Collection[Stance]) -> list[Said]:
    return [one for one in said if one.state.stance in stances]


def _judge_excludes(
    said: list[Said], concern: Concerns, text: Callable[[], str], *, own: bool, prevents: bool
) -> Judgement:
    out = _with(said, {Stance.TURNED_AWAY})
    firm = [one for one in out if not one.state.doubts and not one.indirect]
    lets_in = _with_qualifier(said, concern, text) or _let_in_by_name(said, firm, concern)
    doubted = _is_asked_for(said) or (not prevents and all(_is_bare_exclusion(one) for one in firm))
    doubted = doubted and not any(_is_of_kind_asked(one, concern) for one in firm)
    if firm and not lets_in and own and doubted:
        return _judged(Verdict.PARTIAL, "studies this itself, and yet says", firm, text)
    if firm and not lets_in and not own and _is_of_some_who_are_wanted(said, firm, concern):
        return _judged(Verdict.PARTIAL, "asks for this itself, and yet says", firm, text)
    if firm and not lets_in:
        return _judged(Verdict.MATCH, "excludes", firm, text)
    if firm:
        return _judged(Verdict.PARTIAL, "excludes, but lets some in", [*firm, *lets_in], text)
    if out:
        return _judged(Verdict.PARTIAL, "excludes only indirectly or in part", out, text)
    return _otherwise(said, concern, text)


def _let_in_by_name(said: Iterable[Said], firm: Iterable[Said], concern: Concerns) -> list[Said]:
    """What lets the thing in by its own name, where only wider ones turn it away: 'autoimmune disease', not gout."""
    named = named_by(concern.concepts)
    if not concern.concepts or any(one.state.concept in named for one in firm):
        return []
    exempt = _with(said, {Stance.EXEMPT})
    return [one for one in exempt if one.state.concept in named and not one.state.doubts]


def _spared(said: list[Said], concern: Concerns, text: Callable[[], str]) -> list[Said]:
    """What spares the thing as a whole, where nothing else turns it away: 'endocrine disease except diabetes'."""
    out = _with(said, {Stance.TURNED_AWAY})
    spared = [one for one in _let_in_by_name(said, out, concern) if is_spared(one.state, text())]
    items = {one.criterion.criterion_id for one in spared}
    return spared if all(one.criterion.criterion_id in items for one in out) else []


def _is_of_kind_asked(said: Said, concern: Concerns) -> bool:
    """Whether the exclusion narrows its concept as the question does: 'severe asthma', of a trial of asthma."""
    return bool(_qualifiers(concern.text) & {stem(word) for word in words_of(said.state.qualifier)})


def _is_asked_for(said: Iterable[Said]) -> bool:
    """Whether some item requires the concept or a kind of it: then only some who have it can be turned away."""
    return any(is_one_way(one.state) and not one.indirect for one in _with(said, {Stance.REQUIRED}))


def _is_of_some_who_are_wanted(said: list[Said], firm: Iterable[Said], concern: Concerns) -> bool:
    """Whether the requirements name the condition itself, and each exclusion a narrower one than is asked about."""
    known = load_concepts()
    asked = {stem(word) for word in words_of(concern.text)}
    narrower = [{stem(word) for word in words_of(one.state.qualifier)} - _IDLE for one in firm]
    conditions = bool(concern.concepts) and all(known[one].kind == "condition" for one in concern.concepts)
    if not conditions or any(not words or words & asked for words in narrower):
        return False
    wanted = (one for one in _of_itself(said, concern) if one.criterion.polarity is Polarity.INCLUSION)
    return _is_asked_for(wanted)


_IDLE = frozenset(map(stem, NARROWS_NOTHING))


def _judge_requires(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    """Who must have a kind of it must have it: 'type 2 diabetes' for diabetes."""
    kinds = frozenset().union(*(narrower_or_equal(concept) for concept in concern.concepts))
    said = [replace(one, indirect=False) if one.state.concept in kinds else one for one in _of_itself(said, concern)]
    wanted = [one for one in _with(said, {Stance.REQUIRED}) if not one.indirect]
    out = [] if concern.concepts else _with(said, {Stance.TURNED_AWAY})  # 'does not have a scooter'
    firm = [one for one in wanted if is_so_in_every_way(one.criterion, one.state, kinds)]
    firm = firm or [one for one in out if is_lacked(one.criterion, one.state, text())]
    if firm:
        refused = firm[0].criterion.polarity is Polarity.EXCLUSION  # 'excludes: treated before' asks for the untreated
        return _judged(Verdict.MATCH, "excludes" if refused else "requires", firm, text)
    if wanted:
        return _judged(Verdict.PARTIAL, "requires in part", wanted, text)
    return _otherwise(said, concern, text)


def _judge_admits(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    said = _of_itself(said, concern)
    direct = [one for one in said if not one.indirect]
    exempt, out = _with(direct, {Stance.EXEMPT}), _with(direct, {Stance.TURNED_AWAY})
    required = [one for one in _with(said, {Stance.REQUIRED}) if not one.indirect and is_one_way(one.state)]
    recent = all(one.state.window is not None for one in out)  # 'prior X is allowed, though not in the last 4 weeks'
    allowed = _with_qualifier(said, concern, text) or required or (exempt if recent else [])
    allowed = allowed or _let_in_by_name(direct, out, concern)
    if is_kind_turned_away(concern.text, *(tuple(one.criterion.span.of(text()) for one in x) for x in (required, out))):
        return _judged(Verdict.PARTIAL, "lets in only some", [*required, *out], text)
    if allowed:  # where all must have it, what is turned away is a kind of it: 'pregnant with twins'
        return _judged(Verdict.MATCH, "lets in", allowed, text)
    if exempt:
        return _judged(Verdict.PARTIAL, "lets in only some", exempt, text)
    if out:
        return _judged(Verdict.NO_MATCH, "excludes", out, text)
    return _otherwise(said, concern, text)


def _judge_without(said: list[Said], concern: Concerns, text: Callable[[], str], *, own: bool) -> Judgement:
    """Whether people who have it not are let in: what is said of it does not ask for it, nor is it studied (`own`)."""
    required = _judge_requires(said, replace(concern, asks=Asks.REQUIRES), text)
    if required.verdict is Verdict.MATCH:
        return replace(required, verdict=Verdict.NO_MATCH)
    if required.verdict is Verdict.PARTIAL:
        return required
    told = [one for one in said if not one.indirect and one.state.stance is not Stance.ASIDE]
    if told and not own:
        return _judged(Verdict.MATCH, "asks nobody to have it", told, text)
    return Judgement(Verdict.SILENT, f"does not mention {concern_label(concern)}")


def _of_itself(said: Iterable[Said], concern: Concerns) -> list[Said]:
    """What is said, a wider word that stands for the concept only where it turns away being indirect elsewhere.

    'No CNS disease' keeps brain metastases out; a trial of lymphoma that allows 'CNS disease' says nothing of them.
    """
    if not concern.concepts:
        return list(said)
    named = named_by(concern.concepts)
    return [
        one if one.state.stance is Stance.TURNED_AWAY or one.state.concept in named else replace(one, indirect=True)
        for one in said
    ]


def _with_qualifier(said: Iterable[Said], concern: Concerns, text: Callable[[], str]) -> list[Said]:
    """Items that let in the very kind asked about: 'treated brain metastases', and the item exempts treated ones."""
    wanted = _qualifiers(concern.text)
    direct = [one for one in said if wanted and not one.indirect]
    return [one for one in direct if wanted & exempted(one.criterion.span.of(text()))]


_FRAME = frozenset({
    "adults", "children", "individuals", "men", "participants", "patient", "patients", "people", "persons", "subjects",
    "volunteers", "women",
    "a", "an", "and", "any", "be", "in", "is", "not", "of", "on", "or", "the", "to", "who", "with", "without",
})  # fmt: skip


@lru_cache(maxsize=256)  # the same for every trial
def _qualifiers(asked: str) -> frozenset[str]:
    """The stems of the asked words that no concept covers: 'treated' of 'treated brain metastases'."""
    covered = {i for mention in find_concepts(asked) for i in range(mention.start, mention.end)}
    rest = "".join(" " if i in covered else character for i, character in enumerate(asked))
    plain = _FRAME | (word_set("empty") - {"active"})  # 'prior' and 'recent' narrow nothing that could be let in
    words = (word for word in words_of(rest) if word.casefold() not in plain)
    return frozenset(stem(word) for word in words) if covered else frozenset()


def _judge_mentions(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    kinds = frozenset().union(*(narrower_or_equal(concept) for concept in concern.concepts))
    direct = [one for one in said if not one.indirect or one.state.concept in kinds]
    if direct:
        return _judged(Verdict.MATCH, "mentions", direct, text)
    return Judgement(Verdict.SILENT, f"does not mention {concern_label(concern)}")


def _judge_silent(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    direct = [one for one in said if not one.indirect]
    if direct:
        return _judged(Verdict.NO_MATCH, "mentions", direct, text)
    return Judgement(Verdict.MATCH, f"does not mention {concern_label(concern)}")


_JUDGES = {
    Asks.REQUIRES: _judge_requires,
    Asks.ADMITS: _judge_admits,
    Asks.MENTIONS: _judge_mentions,
    Asks.SILENT: _judge_silent,
}


def _otherwise(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    direct = [one for one in said if not one.indirect]
    if direct:
        passing = all(one.state.stance is Stance.ASIDE for one in direct)
        return _judged(Verdict.NO_MATCH, IN_PASSING if passing else "says otherwise", direct, text)
    return Judgement(Verdict.SILENT, f"does not mention {concern_label(concern)}")


def _judged(verdict: Verdict, verb: str, said: Sequence[Said], text: Callable[[], str]) -> Judgement:
    """The verdict with the first item's words as its reason: window, qualifier and exception stand in them."""
    quotes = tuple(dict.fromkeys(_quote(one, text()) for one in said))
    words = shortened(quotes[0].span.of(text()), 240)
    return Judgement(verdict, f'{verb}: "{words}"', quotes[:3])


def _quote(said: Said, text: str) -> Quote:
    """The item, of a long one the words around the concept; the line above it where a heading names the concept."""
    item, named = said.criterion.span, said.state.span
    if not (item.start <= named.start and named.end <= item.end):
        end = text.find("\n", named.end)
        item = Span(text.rfind("\n", 0, named.start) + 1, len(text) if end < 0 else end)
    return Quote(said.criterion.trial_id, around(text, item, named, _LONGEST_QUOTE))
