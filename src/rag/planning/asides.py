"""A question without the sentences beside it that tell nothing trials could be chosen by.

'I'm in Leeds and don't travel well; how many of the studies have a site in the UK?' asks what its last sentence asks.
What is left out is told: `set_aside` gives it back beside the text that is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.planning import tables
from rag.planning.ago import find_agos
from rag.planning.bearing import has_no_verb, is_idle, is_of_trials, is_place, is_wished
from rag.planning.findings import is_common, is_occupation, leads_on, tells_a_finding, tells_of_somebody
from rag.planning.marks import TELLING, Kind, Mark
from rag.planning.pointing import A_THING, gives_a_reason, marks_in, names_nobody, points_back
from rag.planning.said_before import asked_of_what_was_said
from rag.planning.sentences import NOUNS, SELVES, Span, asks, is_closing, sentences, text_of
from rag.planning.sheet import Sheet, read_sheet
from rag.planning.tables import word_set
from rag.types import Any, Comparison, Concerns, Limit, Not, Predicate


@dataclass(frozen=True, slots=True)
class Asked:
    """The text that asks, and the sentences left out of it."""

    text: str
    left_out: tuple[str, ...] = ()


def set_aside(sheet: Sheet) -> Asked:
    """The question without its asides; as it is where what is left would not stand for itself."""
    line = sheet.line
    spans = sentences(line)
    if len(spans) < 2:
        return Asked(line.text)
    kept = [span for span in spans if not is_closing(line, span)] or spans
    if not sheet.refs and len(kept) > 1 and (said := asked_of_what_was_said(line, sheet.marks, kept)) is not None:
        return Asked(said, tuple(text_of(line, span) for span in kept[:-1]))
    asking = _asking(sheet, kept)
    told = [span for span in kept if span not in asking]
    named = [span for span in told if _references_in(sheet, span)]
    if (said := _with_what_is_meant(sheet, asking, told)) is not None:
        return Asked(said, tuple(text_of(line, span) for span in told if not marks_in(sheet, span, *_NAMING)))
    if not asking or not all(_stands_alone(sheet, span, bool(named)) for span in asking):
        jobs = [span for span in told if not named and _has_an_occupation(sheet, span, asking)]
        return _without(sheet, spans, kept, jobs if len(kept) - len(jobs) > 1 else [], [])
    settled = _settles(sheet, asking, named)
    spare = [span for span in told if settled and _is_spare(sheet, span, asking)]
    again = _said_again(sheet, asking, [span for span in told if span not in named])
    aside = [span for span in told if span not in named and (span in spare or _tells_nothing(sheet, span, asking))]
    aside = sorted({*aside, *again})
    bare = [span for span in named if tells_of_somebody(line, span) and not leads_on(line, span)]
    bare = bare if sheet.facts and len(sheet.refs) == 1 and len(asking) == 1 else []
    return _without(sheet, spans, kept, aside, bare)


def _with_what_is_meant(sheet: Sheet, asking: Sequence[Span], told: Sequence[Span]) -> str | None:
    """'I present on pregnancy; which trials don't mention it?' with the one thing told in the place of 'it'."""
    line = sheet.line
    named = {mark.value: mark for span in told for mark in marks_in(sheet, span, *_NAMING)}
    if len(asking) != 1 or len(named) != 1 or sheet.refs or marks_in(sheet, asking[0], *_NAMING, Kind.LIMIT):
        return None
    if any(is_of_trials(mark) or _is_a_value(mark) for span in told for mark in marks_in(sheet, span, *TELLING)):
        return None  # 'I want phase 3'
    if find_agos(line):
        return None  # 'It is two years since his stroke': when it was is asked with it
    words = line.lemmas()
    cues = marks_in(sheet, asking[0], Kind.CUE)
    verbs = {mark.last for mark in cues}
    pointed = [at for at in range(asking[0][0] + 1, asking[0][1]) if words[at] in _IT]
    judged = word_set("cues.be") | _ON if cues else frozenset[str]()  # 'where is it a problem', 'want people on it'
    places = [
        at for at in pointed if words[at - 1] in _SPEAKS | judged or at in verbs or words[at - 2 : at] in _BECAUSE_OF
    ]
    place = next((at for at in places if words[at] == "it" or words[at + 1 : asking[0][1]][:1] in _BEHIND), None)
    if place is None:
        return None
    mark = next(iter(named.values()))
    start = line.tokens[asking[0][0]].start
    said = text_of(line, asking[0])
    token = line.tokens[place]
    return f"{said[: token.start - start]}{line.words(mark.first, mark.last)}{said[token.end - start :]}"


def _is_a_value(mark: Mark) -> bool:
    """A limit, an age: what is told is more than one thing."""
    return mark.kind in {Kind.LIMIT, Kind.AGES}


_BECAUSE_OF = {("because", "of"), ("account", "of"), ("due", "to"), ("owing", "to"), ("ground", "of"), ("cause", "of")}
_NAMING = (Kind.CONCEPT, Kind.VARIABLE)
_IT = frozenset({"it", "that", "this"})
_ON = frozenset({"on", "with", "without", "off", "do", "doe"})
_SPEAKS = frozenset({"mention", "address", "cover", "discuss", "about"})
_BEHIND = {(), *((word,) for word in ("at", "in", "anywhere", "as", "somewhere", "or", "and", "all", "explicitly"))}


def _without(sheet: Sheet, spans: Sequence[Span], kept: Sequence[Span], aside: list[Span], bare: list[Span]) -> Asked:
    """The text of the sentences kept, those in `bare` by the name of their trial alone."""
    line = sheet.line
    if len(kept) == len(spans) and not aside and not bare:
        return Asked(line.text)
    said = [_name_in(sheet, span) if span in bare else text_of(line, span) for span in kept if span not in aside]
    return Asked(" ".join(said), tuple(text_of(line, span) for span in aside))


def _name_in(sheet: Sheet, span: Span) -> str:
    """'NCT…:' for 'a friend told me about NCT…'."""
    found = _references_in(sheet, span)[0]
    return f"{sheet.line.words(found[0], found[1])}:"


def _references_in(sheet: Sheet, span: Span) -> list[Span]:
    return [(one.first, one.last) for one in sheet.references if span[0] <= one.first < span[1]]


def _asking(sheet: Sheet, spans: Sequence[Span]) -> list[Span]:
    """The sentences that ask; one before the last that names nothing to be asked of only tells why."""
    found = [span for span in spans if asks(sheet.line, span)]
    return [span for span in found if span == found[-1] or _references_in(sheet, span) or _has_object(sheet, span)]


def stands_alone(sheet: Sheet, span: Span) -> bool:
    """Whether a sentence says by itself what it asks, of nobody who is told of beside it."""
    return not points_back(sheet, span, anchored=False) and names_nobody(sheet, span)


def wishes_for_more(sheet: Sheet, span: Span, asking: Sequence[Span]) -> bool:
    """Whether a sentence wishes for trials of a kind that the sentences that ask leave unsaid."""
    new = [*_new(sheet, span, asking), *marks_in(sheet, span, Kind.AGES)]
    return bool(new) and (is_wished(sheet, span, new) or any(is_of_trials(mark) for mark in new))


def _has_object(sheet: Sheet, span: Span) -> bool:
    """Whether a sentence names a fact, a rank, a term or something that trials are chosen by."""
    ranked = any(span[0] <= found.first < span[1] for found in sheet.extremes)
    termed = any(span[0] <= found.first < span[1] for found in tables.intent_cues()["meaning"].find(sheet.line))
    facts = [mark for mark in marks_in(sheet, span, Kind.FACT) if not _leads_up(sheet, mark)]
    named = NOUNS & set(sheet.line.lemmas(*span)) and any(not is_common(sheet.line, at) for at in range(*span))
    return bool(marks_in(sheet, span, *TELLING) or facts or ranked or termed or named)


def _leads_up(sheet: Sheet, mark: Mark) -> bool:
    """'trying to find out', which asks for no summary."""
    found = tables.asking_phrases().find(sheet.line)
    return any(phrase.first <= mark.first and mark.last <= phrase.last for phrase in found)


def _stands_alone(sheet: Sheet, span: Span, anchored: bool) -> bool:
    """Whether a sentence says what it is about and points back to nothing told before but a trial."""
    return _has_object(sheet, span) and not points_back(sheet, span, anchored)


# ── What a sentence tells ────────────────────────────────────────────────────────────────────────────────────────────


def _settles(sheet: Sheet, asking: Sequence[Span], named: Sequence[Span]) -> bool:
    """Whether the sentences that ask hold all that is asked about: a named trial's fact, or what trials say of a thing.

    'Which trials are recruiting?' does not: 'I have gout' before it chooses trials.
    """
    if not all(names_nobody(sheet, span) or gives_a_reason(sheet, span) for span in asking):
        return False
    if sheet.refs:
        anchored = bool(named) or all(_references_in(sheet, span) for span in asking)
        return anchored and all(marks_in(sheet, span, *TELLING, Kind.FACT) for span in asking)
    return all(_has_criterion(sheet, span) for span in asking)


def _has_criterion(sheet: Sheet, span: Span) -> bool:
    """Whether a sentence, read alone, asks by what trials say of a condition, a drug, a thing or a limit not of age."""
    alone = sheet if span == (0, len(sheet.line.tokens)) else read_sheet(text_of(sheet.line, span), sheet.index)
    asked = [part.predicate for part in alone.reading.parts if part.cue is not None]
    asked = [one for told in asked for one in (told.predicates if isinstance(told, Any) else (told,))]
    if not names_nobody(sheet, span):  # 'My potassium is 5.9. Who excludes me because of my potassium?'
        asked = [one for one in asked if not _is_bare(one)]
    return any(_is_criterion(one) for one in asked)


def _is_bare(predicate: Predicate) -> bool:
    told = predicate.predicate if isinstance(predicate, Not) else predicate
    return isinstance(told, Limit) and told.values.is_everything


def _is_criterion(predicate: Predicate) -> bool:
    if isinstance(predicate, Not):
        return _is_criterion(predicate.predicate)
    return isinstance(predicate, Concerns) or (isinstance(predicate, Limit) and predicate.variable != "age")


def _said_again(sheet: Sheet, asking: Sequence[Span], told: Sequence[Span]) -> list[Span]:
    """'The ALT came back at 90. Which trials let an ALT of 90 in?': what tells only of measures asked about."""
    line = sheet.line
    if sheet.refs or not all(names_nobody(sheet, span) for span in asking):
        return []
    alone = [read_sheet(text_of(line, span), sheet.index) for span in asking]
    measures = {limit.variable for one in alone for limit in one.limits}
    if not measures or any(part.cue is None for one in alone for part in one.reading.parts):
        return []
    return [span for span in told if _tells_only_of(measures, sheet, span) and not leads_on(line, span)]


def _tells_only_of(measures: set[str], sheet: Sheet, span: Span) -> bool:
    """Whether a sentence tells values of these measures alone; of an age 'children' tells one as well."""
    told = [one for one in marks_in(sheet, span, *TELLING, Kind.AGES) if one.kind is not Kind.VARIABLE]
    kinds = {"age" if one.kind is Kind.AGES else getattr(one.value, "variable", "") for one in told}
    wished = is_wished(sheet, span, told) or bool(NOUNS & set(sheet.line.lemmas(*span)))
    return bool(kinds) and kinds <= measures and not wished and not tells_a_finding(sheet.line, [], span)


def _is_spare(sheet: Sheet, span: Span, asking: Sequence[Span]) -> bool:
    """Whether somebody tells something, and wishes for nothing, beside a question that holds all it asks."""
    new, words = _new(sheet, span, asking), set(sheet.line.lemmas(*span))
    if wishes_for_more(sheet, span, asking):
        return False
    before = span[0] < asking[-1][0] and not leads_on(sheet.line, span)
    if not before and not sheet.refs and new and words & _BESIDES and not SELVES & words:
        return False  # 'Who takes platelets of 40? He is also HIV positive'
    story = before and not new and not has_no_verb(sheet, span) and _follows_a_story(sheet, span)
    return tells_of_somebody(sheet.line, span) or (bool(sheet.refs) and before) or story


def _follows_a_story(sheet: Sheet, span: Span) -> bool:
    """'I have had gout for years; the joint has been quiet.': what goes on telling of somebody."""
    spans = sentences(sheet.line)
    return any(tells_of_somebody(sheet.line, one) for one in spans[: spans.index(span)] if not asks(sheet.line, one))


_BESIDES = frozenset({"also", "too", "besides", "additionally"})


def _tells_nothing(sheet: Sheet, span: Span, asking: Sequence[Span]) -> bool:
    """Whether a sentence tells nothing that trials could be chosen by, nor what somebody has or takes."""
    if _has_an_occupation(sheet, span, asking) or _is_a_remark(sheet, span, asking):
        return True
    if _references_in(sheet, span) or _tells_what_is_unknown(sheet.line.lemmas(*span)):
        return False  # kept, so that it is told as unread
    return is_idle(sheet, span, _new(sheet, span, asking), asking)


def _is_a_remark(sheet: Sheet, span: Span, asking: Sequence[Span]) -> bool:
    """'Most of them stop at 75', said of trials behind the question; 'been reading on gout', 'I don't care about …'."""
    words = sheet.line.lemmas(*span)
    if ("not", "care", "about") in zip(words, words[1:], words[2:], strict=False):
        return not _HEDGES & set(words)  # 'I don't care about age as long as it is recruiting'
    if word_set("asides.office") & set(words):
        return not any(is_of_trials(mark) for mark in _new(sheet, span, asking))
    start = next((at for at, word in enumerate(words) if word not in _OF_ONESELF), len(words))
    if words[start : start + 2] in _BUSY:
        return not NOUNS & set(words) and all(_names_a_thing(sheet, one) for one in asking)
    if _tells_what_for(words, start, before=span[0] < asking[-1][0]):
        return all(_has_criterion(sheet, one) for one in asking)
    if span[0] < asking[-1][0] and _is_of_others(sheet, span, asking):
        return True
    words = words[2:] if words[:2] in {("i", "know"), ("i", "think"), ("i", "guess")} else words
    return span[0] > asking[-1][0] and not _OF_TRIALS.isdisjoint(words[:1]) and not _wishes(words)


def _tells_what_for(words: tuple[str, ...], start: int, *, before: bool) -> bool:
    """'Drafting a protocol on gout.' before a question, 'It's for somebody who had a melanoma.' behind it."""
    desk = bool(words[start : start + 1]) and words[start] in word_set("asides.desk")
    desk = desk or words[start : start + 2] in _LOOKING
    return desk if before else words[1:3] in _IS_FOR and words[0] in A_THING


_IS_FOR = {("'s", "for"), ("is", "for"), ("be", "for"), ("was", "for")}
_LOOKING = {("looking", "at"), ("looking", "into"), ("thinking", "of"), ("turning", "to"), ("speaking", "of")}


def _is_of_others(sheet: Sheet, span: Span, asking: Sequence[Span]) -> bool:
    """'Last time you gave me everything with gout', 'too many of these refuse smokers', 'I heard most want a blood
    test', 'not interested in the HIV-negative': before a question that names what it asks about."""
    words = sheet.line.lemmas(*span)
    if {"me", "us"} & set(words) and _BEFORE_THIS & {*pairwise(words)}:
        return True
    if words[:1] in _TOO and _OF_TRIALS & set(words[:3]) and not SELVES & set(words):
        return True
    start = next((at for at, word in enumerate(words) if word not in _OF_ONESELF), len(words))
    if words[start : start + 2] in _UNINTERESTED:
        return not _new(sheet, span, asking)
    if _is_reported(words):
        return all(_names_a_thing(sheet, one) for one in asking)
    heard = bool(_HEARD & set(words[start : start + 2])) and SELVES & set(words[:start])
    return bool(heard) and bool((_OF_TRIALS | _MANY) & set(words)) and all(_names_a_thing(sheet, one) for one in asking)


def _is_reported(words: tuple[str, ...]) -> bool:
    """'The leaflet says that …', 'somewhere it said that people with gout can't join': what is said of trials."""
    said = next((at for at, word in enumerate(words[:_SAYING]) if word in _SAYS), None)
    return said is not None and bool(_SOURCES & set(words[:said])) and not {"you", "me"} & set(words[:said])


_SAYING = 6  # words in which a leaflet is said to say something
_SAYS = frozenset({"say", "says", "said", "claim", "claims", "claimed", "state", "states", "reads"})
_SOURCES = frozenset({
    "it", "they", "brochure", "leaflet", "website", "page", "site", "paper", "article", "book", "poster", "flyer",
    "letter", "forum", "internet", "somewhere",
})  # fmt: skip
_UNINTERESTED = {("not", word) for word in ("interested", "after", "looking", "bothered", "keen")}
_MANY = frozenset({"plenty", "half", "all", "lot", "lots"})
_HEARD = frozenset({"told", "heard", "hear", "read", "gather", "noticed", "see"})


def _wishes(words: tuple[str, ...]) -> bool:
    """'Usually I look for phase 2 only' wishes for something, 'most want 100' tells what trials ask."""
    return bool(word_set("asides.wishing") & set(words)) and bool((SELVES | {"only", "must"}) & set(words))


def _names_a_thing(sheet: Sheet, span: Span) -> bool:
    """Whether a sentence has its own topic or criterion: 'which trials are recruiting?' takes it from before."""
    return bool(marks_in(sheet, span, Kind.CONCEPT, Kind.VARIABLE, Kind.LIMIT, Kind.GROUP)) or bool(sheet.refs)


_HEDGES = frozenset({"long", "but", "if", "unless", "only", "provided", "just"})
_OF_ONESELF = frozenset({"i", "we", "have", "am", "be", "been", "was", "were", "are", "just", "also", "lately"})
_DOING = ("reading", "hearing", "thinking", "talking", "writing", "working", "learning")
_BUSY = {(verb, word) for verb in _DOING for word in ("about", "on", "up", "of")}
_BEFORE_THIS = {("you", word) for word in ("gave", "sent", "showed", "listed", "told", "have", "had", "found")}
_TOO = {("too",), ("so",), ("far",)}
_OF_TRIALS = frozenset({"most", "many", "some", "several", "few", "nearly", "almost", "usually", "normally"})


def _new(sheet: Sheet, span: Span, asking: Sequence[Span]) -> list[Mark]:
    """What a sentence tells that the sentences that ask do not name: another place counts as named."""
    asked = [mark for one in asking for mark in marks_in(sheet, one, *TELLING)]
    values = [_meaning(mark) for mark in asked]
    placed = any(is_place(mark) for mark in asked)
    told = marks_in(sheet, span, *TELLING)
    return [mark for mark in told if _meaning(mark) not in values and not (placed and is_place(mark))]


def _meaning(mark: Mark) -> object:
    """What a mark stands for: of a limit its measure and its values, however they were said."""
    return (mark.value.variable, mark.value.values) if isinstance(mark.value, Comparison) else mark.value


def _has_an_occupation(sheet: Sheet, span: Span, asking: Sequence[Span]) -> bool:
    """'I am a diabetes nurse in Leeds', 'we work in a dialysis unit': who asks, not who is asked about."""
    words = sheet.line.lemmas(*span)
    works = any(pair in _WORKS for pair in pairwise(words))
    named = any(is_occupation(word) for word in words[:_FAR]) and ("i", "am") in pairwise(words[:_FAR])
    having = word_set("asides.having") - {"with", "use", "using", "on"}
    other = [mark for mark in _new(sheet, span, asking) if not is_occupation(sheet.line.tokens[mark.last - 1].lemma)]
    wishes = bool(other) and bool((word_set("asides.wishing") - {"care"}) & set(words))  # 'in a care home'
    return (works or named) and not having & set(words) and not wishes


_JOBS = ("work", "teach", "run", "chair", "head", "coordinate", "manage", "supervise")
_WORKS = {(who, verb) for who in ("i", "we") for verb in _JOBS}
_FAR = 10  # words in which somebody says what he is


def _tells_what_is_unknown(words: tuple[str, ...]) -> bool:
    """'I can't lie still', 'I am 12 weeks along', 'I am colourblind': what somebody is, though the lexicon lacks it."""
    cannot = any(pair in {("i", "can"), ("i", "cannot"), ("we", "can"), ("we", "cannot")} for pair in pairwise(words))
    cannot = cannot and ("cannot" in words or "not" in words) and not word_set("asides.seeking") & set(words)
    at = words.index("am") + 1 if ("i", "am") in pairwise(words) else len(words)
    alone = at + 1 == len(words) and words[at] not in word_set("asides.moods") and not words[at].endswith("ing")
    numbered = words[at : at + 1] != () and words[at].isdigit() and "about" not in words
    return cannot or alone or numbered
