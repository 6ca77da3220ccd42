"""Whether a sentence points back to what was told before it, or to somebody told of: else it stands for itself."""

from __future__ import annotations

from itertools import pairwise

from rag.planning import tables
from rag.planning.marks import TELLING, Kind, Mark
from rag.planning.sentences import ASKING, NOUNS, SELVES, Span
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set


def points_back(sheet: Sheet, span: Span, anchored: bool) -> bool:
    """'which trials take her?', 'is that too low?': whether a sentence speaks of what was told before it."""
    words = _without_idioms(sheet, span)
    words = tuple(word for word in words if word not in A_THING) if _names_it_first(sheet, span) else words
    that = any(word == "that" and _is_a_thing(words, at) for at, word in enumerate(words))
    pointing = _POINTING - _OF_A_TRIAL if anchored or sheet.refs else _POINTING
    pointing = pointing - _PEOPLE if gives_a_reason(sheet, span) else pointing
    ahead = sum(pair in _AHEAD for pair in pairwise(words))  # 'those that exclude gout' points to what follows
    pointing = pointing - {"those"} if ahead == words.count("those") else pointing
    return that or bool(pointing & set(words))


def _names_it_first(sheet: Sheet, span: Span) -> bool:
    """'Gout - who excludes it?': the thing stands in front of the word that asks, set off by a sign."""
    line = sheet.line
    asking = [at for at in range(span[0] + 1, span[1]) if line.stops_at(at) and line.tokens[at].lemma in ASKING]
    return any(mark.last <= asking[0] for mark in marks_in(sheet, span, *TELLING)) if asking else False


A_THING = frozenset({"it", "them", "that", "this", "those"})
_AHEAD = {("those", word) for word in ("that", "which", "who", "whose", "with", "where", "in", "for", "on", "of")}


def _is_a_thing(words: tuple[str, ...], at: int) -> bool:
    """The 'that' of 'is that too low?', 'because of that', 'lets that value in', not of 'trials that …'."""
    opens = at == 1 and words[0] in word_set("intents.question_verbs")
    return opens or at + 1 == len(words) or words[at - 1] in _BEFORE or words[at + 1] in _VALUES


_VALUES = frozenset({"value", "number", "level", "result", "figure", "reading", "count", "score", "age", "limit"})


_BEFORE = frozenset({"of", "for", "with", "at", "to", "by", "about", "in", "on", "like"})
_PEOPLE = frozenset({"him", "her", "he", "she", "me"})
_OF_A_TRIAL = frozenset({"it", "its", "they", "this", "there", "here"})
_POINTING = _PEOPLE | _OF_A_TRIAL | frozenset({"those", "such", "same", "them"})


def _without_idioms(sheet: Sheet, span: Span) -> tuple[str, ...]:
    """The words of a sentence without 'tell me', 'let me know', 'there are', 'I would like to know'."""
    outside = frozenset(at for at in range(len(sheet.line.tokens)) if not span[0] <= at < span[1])
    idle = {at for found in tables.asking_phrases().find(sheet.line, outside) for at in range(found.first, found.last)}
    words = sheet.line.lemmas()
    idle |= {at for at in range(span[0] + 1, span[1]) if words[at] == "me" and words[at - 1] in _BRINGS}
    if _EXPLAINS & set(words[span[0] : span[1]]):  # 'explain X to me'
        idle |= {at for at in range(*span) if words[at - 1 : at + 1] in {("to", "me"), ("for", "me")}}
    idle |= {at for at in range(*span) if words[at : at + 2] in _THERE_IS or words[at - 1 : at + 1] in _IN_HERE}
    idle |= {at for at in range(*span) if words[at] in {"i", "we"} and words[at + 1 : at + 2] in _I_SEEK}
    idle |= {at for at in range(*span) if words[at : at + 2] == ("such", "as")}
    idle |= {at for at in range(span[0] + 1, span[1]) if words[at] in {"here", "there"} and words[at - 1] in NOUNS}
    idle |= _of_those_named(words, span)
    return tuple(words[at] for at in range(*span) if at not in idle)


def _of_those_named(words: tuple[str, ...], span: Span) -> set[int]:
    """The 'they' of 'participants use contraception while they take part', the 'their' of 'trials … in their text'."""
    people = next((at for at in range(*span) if words[at] in word_set("cues.people") - {"who", "i"}), span[1])
    trials = next((at for at in range(*span) if words[at] in NOUNS), span[1])
    return {
        at
        for at in range(*span)
        if (at > people and words[at] in {"they", "their", "them"}) or (at > trials and words[at] in {"they", "their"})
    }


_BRINGS = frozenset({"run", "get", "give", "send", "show", "pull", "fetch", "print", "find", "draw", "do", "make"})
_EXPLAINS, _I_SEEK = frozenset({"explain", "define", "list", "compare"}), {("want",), ("need",), ("seek",), ("mean",)}
_THERE_IS = {("there", be) for be in ("is", "are", "was", "were", "be")}
_IN_HERE = {("in", "here"), ("on", "here"), ("is", "there"), ("are", "there"), ("was", "there"), ("were", "there")}


def gives_a_reason(sheet: Sheet, span: Span) -> bool:
    """'Which trials would refuse me because of my psoriasis?': of the person told, one thing is asked about."""
    words = sheet.line.lemmas()
    why = [at for at in range(*span) if words[at : at + 2] in _WHY or words[at : at + 3] in _BECAUSE_SOMEBODY]
    if why:
        return any(mark.first > why[0] for mark in marks_in(sheet, span, *TELLING))
    told = [at for at in range(*span) if words[at : at + 2] in {("a", "reason"), ("the", "reason"), ("reason", "for")}]
    if told and any(mark.last <= told[0] for mark in marks_in(sheet, span, *TELLING)):
        return True
    if any(cue.last < span[1] and words[cue.last] in _PEOPLE for cue in marks_in(sheet, span, Kind.CUE)):
        return _is_the_one_who_excludes(sheet, span)
    return False


_WHY = {("because", "of"), ("due", "to"), ("account", "of")}
_BECAUSE_SOMEBODY = {
    ("because", who, verb)
    for who in ("i", "he", "she", "they", "we")
    for verb in ("have", "has", "had", "am", "is", "was", "take", "took", "use")
}


def _is_the_one_who_excludes(sheet: Sheet, span: Span) -> bool:
    """'Where would an ulcer exclude me?': the thing stands before the verb, behind 'would' or 'does'."""
    verb = marks_in(sheet, span, Kind.CUE)[0].first
    helping = [at for at in range(span[0], verb) if sheet.line.lemmas()[at] in word_set("cues.auxiliaries")]
    things = marks_in(sheet, span, *TELLING)
    return bool(helping) and any(helping[0] < mark.first and mark.last == verb for mark in things)


def names_nobody(sheet: Sheet, span: Span) -> bool:
    return not (SELVES | {"him", "her", "he", "she", "his", "their"}) & set(_without_idioms(sheet, span))


def marks_in(sheet: Sheet, span: Span, *kinds: Kind) -> list[Mark]:
    """The marks of these kinds within a stretch of words."""
    return [mark for mark in sheet.marks if span[0] <= mark.first < span[1] and mark.kind in kinds]
