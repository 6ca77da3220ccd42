"""Whether yes or no answers a question: by the verb that opens one of its clauses, or by what it puts to the test.

A question names a thing and a trial: 'Does LYRA take dialysis patients?', 'dialysis patients OK for LYRA?', 'I am on
dialysis, would LYRA have me?' ask the same. Whoever wants a value says so by a question word or a command.
"""

from __future__ import annotations

from dataclasses import replace

from rag.planning import tables
from rag.planning.fragments import Reference
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Any, Asks, Concerns, FieldIs, Limit, Predicate, TrialRef


def opens_with_verb(sheet: Sheet) -> bool:
    """Whether the question opens with an auxiliary verb: 'Does …', 'Is …', the trial's name before it left out."""
    at = next((ref.last for ref in sheet.references if ref.first == 0 and _is_set_off(sheet.line, ref.last)), 0)
    return _has_verb(sheet.line, _past_fillers(sheet.line, at))


def is_yes_no(sheet: Sheet) -> bool:
    """Whether the question is answered by yes or no: about all trials by its first verb, about one in any form."""
    if opens_with_verb(sheet):
        return True
    if not sheet.refs:
        return False
    starts = [at for at in _clauses(sheet.line) if not only_how_long(sheet, at, len(sheet.line.tokens))]
    if any(_asks_for_more(sheet.line, at) for at in starts) or sheet.line.lemmas()[-1] in word_set("yes_no.asking"):
        return False
    asks = any(_has_verb(sheet.line, at) for at in starts) or _wonders(sheet.line) or _is_tagged(sheet.line)
    return asks or _tests_something(sheet, starts)


def tests_it(sheet: Sheet) -> bool:
    """Whether yes or no answers the question once 'it' or 'that one' is known: 'diabetes excluded in that one?'."""
    it = Reference(0, 0, TrialRef("it", (), "previous"))
    return is_yes_no(sheet) or (_has_verdict(sheet) and is_yes_no(replace(sheet, references=(it,))))


def asks_of_it(sheet: Sheet) -> bool:
    """Whether the question asks something of 'it': a test, or 'what platelets does it need?'."""
    value = bool({"what", "which", "how"} & set(sheet.line.lemmas(0, 2))) and bool(sheet.variables)
    return tests_it(sheet) or (value and not sheet.limits)


def only_how_long(sheet: Sheet, first: int, last: int) -> bool:
    """Whether a clause behind a test asks no more than '…, and for how long?': the criterion itself tells that."""
    words = set(sheet.line.lemmas(first, last))
    named = any(mark.last <= first for mark in sheet.kinds(Kind.CONCEPT))
    tested = isinstance(sheet.bare.where, Concerns) or (sheet.bare.where is None and sheet.line.lemmas()[0] in _MODALS)
    return named and tested and {"how", "long"} <= words <= word_set("yes_no.how_long")


def _facts(sheet: Sheet) -> set[str]:
    """The facts asked for, but not the length of time of what a clause before tests."""
    marks = [mark for mark in sheet.kinds(Kind.FACT) if mark.value == "duration"]
    tails = marks and all(only_how_long(sheet, mark.first, len(sheet.line.tokens)) for mark in marks)
    return set(sheet.facts) - ({"duration", "inclusion"} if tails else {"inclusion"})


def _clauses(line: Line) -> list[int]:
    """Where clauses start, words such as 'and' and 'please' passed over."""
    stops = set(",;:.?!=–—()")
    starts = [at for at in range(len(line.tokens)) if at == 0 or stops & set(line.gap(at)) or " -" in line.gap(at)]
    return [_past_fillers(line, at) for at in starts]


def _past_fillers(line: Line, at: int) -> int:
    while at < len(line.tokens) and line.tokens[at].lemma in word_set("yes_no.fillers"):
        at += 1
    return at


def _is_set_off(line: Line, at: int) -> bool:
    """Whether a trial's name stands before the question: 'LYRA-2: is …', 'NCT90000001 - does …'."""
    return at < len(line.tokens) and any(sign in line.gap(at) for sign in ":,-–;")


def _has_verb(line: Line, at: int) -> bool:
    return at < len(line.tokens) and line.tokens[at].lemma in word_set("intents.question_verbs")


def _asks_for_more(line: Line, at: int) -> bool:
    """'which one', 'by whom', 'name the …': a clause that wants more than yes or no."""
    words = line.lemmas(at, at + 3)
    while words and words[0] in word_set("yes_no.prepositions"):
        words = words[1:]
    asks = bool(words) and words[0] in word_set("yes_no.asking") | word_set("yes_no.commands")
    return asks and not _wonders(line)


def _is_tagged(line: Line) -> bool:
    """'LYRA: open-label, yes or no', 'smokers are let in, right?': the end says that yes or no is wanted."""
    lemmas = line.lemmas()
    return any(lemmas[at : at + 3] == ("yes", "or", "no") for at in range(len(lemmas))) or (
        len(lemmas) > 1 and (lemmas[-1] in {"right", "correct", "true"} or lemmas[-2:] == ("or", "not"))
    )


def _wonders(line: Line) -> bool:
    """'I wonder whether …', 'please check if …'."""
    lemmas = line.lemmas()
    return "whether" in lemmas or any(
        word == "if" and set(lemmas[max(0, at - 3) : at]) & word_set("yes_no.wondering")
        for at, word in enumerate(lemmas)
    )


def _tests_something(sheet: Sheet, starts: list[int]) -> bool:
    """A fragment that puts something to the test: 'any …', a verdict on a thing, a state of the trial alone."""
    if any(sheet.line.lemmas(at, at + 1) == ("any",) for at in starts):
        return True
    if sheet.bare.where is None or sheet.has("explain", "compare", "checklist", "conflicts") or _wants_a_value(sheet):
        return False
    return _has_verdict(sheet) or (bool(sheet.kinds(Kind.FIELD)) and _is_all(sheet))


def _wants_a_value(sheet: Sheet) -> bool:
    """'upper limit allowed?', 'eGFR needed for LYRA?': a fact or a measure is named, and no value that is tested."""
    if sheet.limits or sheet.kinds(Kind.FIELD):
        return False
    measures = bool(sheet.variables or word_set("yes_no.measures") & set(sheet.line.lemmas()))
    values = any(fact not in word_set("yes_no.of_fields") for fact in _facts(sheet))
    return values or measures or sheet.has("cutoff", "count_open")


def _has_verdict(sheet: Sheet) -> bool:
    """Whether a verb of criteria is said of something: 'excluded', 'takes', 'a problem'; no list's name."""
    verbs = [m for m in sheet.kinds(Kind.CUE) if any(reading.voice != "noun" for reading in m.value)]
    mentions = all(cue.asks.value == "mentions" for cue in sheet.bare.cues)
    return bool(verbs) and not mentions


def _is_all(sheet: Sheet) -> bool:
    """Whether the question says nothing but the trial and what it may be: 'LYRA: double-blind?'."""
    said = {i for mark in sheet.kinds(Kind.FIELD) for i in range(mark.first, mark.last)}
    said |= {i for ref in sheet.references for i in range(ref.first, ref.last)}
    plain = tables.stop_words() | word_set("yes_no.plain")
    return all(at in said or token.lemma in plain for at, token in enumerate(sheet.line.tokens))


def verdict_on_words(sheet: Sheet) -> Predicate | None:
    """'A cat-allergic toddler eligible for LYRA?': a verdict on what the lexicon does not know, in its own words."""
    asks = [cue.asks for cue in sheet.bare.cues if cue.asks in {Asks.ADMITS, Asks.EXCLUDES, Asks.REQUIRES}]
    if not asks or not sheet.bare.unplaced or sheet.facts:
        return None
    obliged = bool({"must", "obliged", "obligatory", "necessary", "needed"} & set(sheet.line.lemmas()))
    return Concerns(sheet.concepts, " ".join(sheet.bare.unplaced), Asks.REQUIRES if obliged else asks[0])


def asked_of_people(sheet: Sheet) -> Predicate | None:
    """'May they be on warfarin?', 'must she be free of gout?': what people may have or must, by such a verb alone."""
    lemmas = sheet.line.lemmas()
    asks = _MODALS.get(lemmas[0]) if lemmas else None
    named = sheet.kinds(Kind.CONCEPT)
    if asks is None or sheet.bare.where is not None or _facts(sheet) or sheet.limits or not named:
        return None
    first = named[0].first
    between = lemmas[1:first]
    who = next((at for at, word in enumerate(between[:3]) if word in word_set("cues.people")), None)
    said = between[who + 1 :] if who is not None else ()
    plain = word_set("yes_no.having") | word_set("yes_no.freedom") | tables.stop_words()
    if not said or said[0] not in word_set("yes_no.having") or set(said) - plain:
        return None
    if set(said) & word_set("yes_no.freedom"):
        asks = Asks.EXCLUDES if asks is Asks.REQUIRES else None
    words = sheet.line.words(first, max(mark.last for mark in named))
    return None if asks is None else Concerns(sheet.concepts, words, asks)


_MODALS = {"may": Asks.ADMITS, "can": Asks.ADMITS, "could": Asks.ADMITS, "must": Asks.REQUIRES}


def put_to_the_test(sheet: Sheet) -> Predicate | None:
    """What yes or no is asked of: a home is no site, a drug that must be stopped no trial, 'for children' no entry."""
    home = dwelling(sheet)
    where = sheet.bare.where
    by_age = isinstance(where, Limit) and where.variable == "age" and not sheet.reading.cues
    if by_age and word_set("yes_no.felt") & set(sheet.line.lemmas()):
        return home  # 'is it painful for children?'
    if home is not None or not isinstance(where, FieldIs) or where.field != "status":
        return home or where
    obliged = bool({"must", "need", "have", "should"} & set(sheet.line.lemmas()))
    return None if obliged and sheet.concepts else where


def dwelling(sheet: Sheet) -> Predicate | None:
    """'Must I live in Spain for LYRA?': where people have their home, no site; None where no home is asked about."""
    homes = [at for at, word in enumerate(sheet.line.lemmas()) if word in word_set("yes_no.dwell")]
    places = [m for m in sheet.kinds(Kind.FIELD) if homes and -_NEAR < m.first - homes[0] <= _NEAR]
    place = next((m for m in places if isinstance(m.value, FieldIs | Any)), None)
    if place is None:
        return None
    return Concerns((), f"reside in {sheet.line.words(place.first, place.last)}", Asks.REQUIRES)


_NEAR = 3  # words from 'live' to where: 'live in the United States'
