"""One trial told of by describing words anywhere in the question, where a fact of one trial is asked for.

'Size of the papule in the Bergen cytokinin prick tests', 'where was QVX-044 injected?'. The trial whose names
explain most of the words is meant where it is clearly ahead of every other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.criteria.concepts import find_concepts
from rag.planning import tables
from rag.planning.forms import counts_what_does
from rag.planning.fragments import Reference, end_of_fragment
from rag.planning.lexicon import concept_words, is_a_condition, variable_words
from rag.planning.marks import Kind
from rag.planning.meant import Ranked, Unit, ranked, rarity
from rag.planning.rules import words_of_rules
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.telegrams import tells_a_person_alone
from rag.planning.words import Line
from rag.planning.yes_no import is_yes_no
from rag.types import Intent, TrialRef

_AHEAD = 0.5  # of the weight of a name that one trial alone bears: by so much the best must be ahead of the next
_AHEAD_OF_FACTS = 0.4  # ... where a fact is asked for, and no trials
_AHEAD_OF_PERSONS = 0.7  # ... where a person is described
_ELSEWHERE = 0.7  # ... of the trial that a description was read to mean
_FAR_AHEAD = 1.2  # ... of what an acronym names
_AMONG = 0.3  # ... of the next among the few that the words of a reference leave
_EVERYDAY = 0.25  # what a common word weighs against a name as rare
_IN_PHRASE = 0.6  # ... where it stands right before 'study', or in words set off that open the question
_SUBJECT = 0.8  # ... of a disease or drug, where trials are not what is asked for
_EXPLAINED = 0.5  # of the words of a reference must be explained, where one is a name that no trial bears
_HARDLY = 0.25  # ... where none is
_TELLING = frozenset({"intervention", "condition", "title", "acronym", "id", "mention"})
_READ = frozenset({Kind.FACT, Kind.CUE, Kind.LIMIT, Kind.VARIABLE, Kind.GROUP, Kind.AGES})
_OUTRIGHT = frozenset({"id", "ordinal", "previous", "described"})  # references that no other word can move


def one_meant(sheet: Sheet, intent: Intent) -> tuple[Reference, ...]:
    """The words that tell which one trial a question is about, as references to it; none where no trial is ahead.

    `intent`: what the question was read as; where trials are found by it, something of the one must be asked for.
    """
    if sheet.refs or intent is Intent.OUT_OF_SCOPE or not may_ask_of_one(sheet):
        return ()
    if intent is Intent.EXTREME and _NOUNS & set(sheet.line.lemmas()):
        return ()  # 'the largest AML trial'
    counted = bool(sheet.facts) and not counts_what_does(sheet)  # 'how many weeks is the follow-up in …'
    counts_in_one = intent is Intent.COUNT and counted
    finds = intent in _FINDING and not counts_in_one
    ahead = _AHEAD_OF_PERSONS if intent is Intent.SCREEN else _AHEAD if finds else _AHEAD_OF_FACTS
    words = describing_words(sheet)
    if intent is Intent.SCREEN and _OF_THEM.search(sheet.line.text):
        return ()
    if intent is Intent.SCREEN:  # a drug of the person's own tells no trial
        words = [i for i in words if i >= _last_clause(sheet.line)]
    found = weighed(sheet, words, subjects=not finds and intent is not Intent.SCREEN)
    if not found.scores or found.best - found.second < ahead * rarity(1, len(sheet.index.ids)):
        return ()
    trial = found.scores[0][0]
    told = tells(sheet, found, trial) and (not finds or _asks_more(sheet, found, trial))
    return references_to(sheet, found, trial) if told else ()


# 'could he take part in any of these?': not in one of them
_OF_THEM = re.compile(r"(?i)\b(?:any|which|some|none|all|one|how many) of (?:these|those|them)\b")
_FINDING = frozenset({Intent.TRIALS, Intent.COUNT, Intent.EXTREME, Intent.LANDSCAPE})


def _last_clause(line: Line) -> int:
    """Where the clause that ends with a question mark starts; the end of the line where none does."""
    if not line.text.rstrip().endswith("?"):
        return len(line.tokens)
    starts = (at for at in range(len(line.tokens) - 1, 0, -1) if set(line.gap(at)) & set(",;:.?!"))
    return next(starts, 0)


def settled(sheet: Sheet) -> tuple[Reference, ...]:
    """The references that only describe a trial, checked against all words of the question that describe one."""
    refs = sheet.refs
    alone = tells_a_person_alone(sheet.line.text) and all(ref.how == "condition" for ref in refs)
    if alone or not refs or any(ref.how in _OUTRIGHT for ref in refs) or not may_ask_of_one(sheet):
        return () if alone else sheet.references
    named = {trial for ref in refs for trial in ref.trial_ids}
    signs = {sign for one in sheet.references[1:] for sign in sheet.line.gap(one.first)}  # 'LYRA-2 & BRIDGE'
    joined = bool(_JOINING & set(sheet.line.lemmas()) or signs & set("&+/")) or sheet.has("compare")
    if len(refs) > 1 and (joined or len(named) < 2):
        return sheet.references
    found = weighed(sheet, [*words_of_references(sheet), *describing_words(sheet)], subjects=True)
    if not found.scores:
        return sheet.references
    if not all(ref.trial_ids for ref in refs):
        return _found_after_all(sheet, found) if len(refs) == 1 else sheet.references
    if len(refs) == 1 and refs[0].how != "acronym" and _is_of_another(sheet, found, named):
        return tuple(replace(one, ref=replace(one.ref, trial_ids=(), how="title")) for one in sheet.references)
    return _moved(sheet, found, named)


_JOINING = frozenset({"and", "or", "vs", "versus", "than", "between", "against", "opposed"})


def _found_after_all(sheet: Sheet, found: Ranked) -> tuple[Reference, ...]:
    """References to the trial clearly ahead that bears every name in the words that were read to name none."""
    best = found.scores[0][0]
    inside = [unit for unit in found.units if any(one.first <= unit.first < one.last for one in sheet.references)]
    strange = [unit for unit in inside if best not in unit.fits and (not unit.fits or is_name(sheet, unit))]
    led = found.best - found.second >= _ELSEWHERE * rarity(1, len(sheet.index.ids))
    alone = len([unit for unit in found.units if best in unit.fits]) < _TWO  # initials alone name no trial
    return _turned_to(sheet, found, best) if led and inside and not strange and not alone else sheet.references


_TWO = 2


def _is_of_another(sheet: Sheet, found: Ranked, named: Collection[str]) -> bool:
    """'the Danish zebrafish spine trial' where no trial is Danish and none of a zebrafish: named, and not in here."""
    inside = [unit for unit in found.units if any(one.first <= unit.first < one.last for one in sheet.references)]
    trials = [sheet.index.by_id[trial.upper()] for trial in named]
    strange = [unit for unit in inside if not set(trials) & set(unit.fits) and _is_of_the_world(sheet, unit)]
    known = max(sum(unit.weight for unit in inside if trial in unit.fits) for trial in trials)
    unknown = any(not unit.fits and is_name(sheet, unit) for unit in inside)
    if unknown and not any(_attributes(sheet, u, t) & _TELLING for t in trials for u in inside if t in u.fits):
        return True  # 'the fenolast study in Bergen', where nothing of the one there is known but its place
    return known < (_EXPLAINED if strange else _HARDLY) * sum(unit.weight for unit in inside)


def _is_of_the_world(sheet: Sheet, unit: Unit) -> bool:
    """Whether a unit is a place, or is written as a name inside the question."""
    text = sheet.line.words(unit.first, unit.last)
    return tables.is_place(text) or (unit.first > 0 and text[:1].isupper() and _has_case(sheet.line))


def _moved(sheet: Sheet, found: Ranked, named: Collection[str]) -> tuple[Reference, ...]:
    """The references, to the one of several trials that fits best, or to another that fits far better."""
    treated = _with_the_drug(sheet, found, named)
    if treated is not None:
        return _turned_to(sheet, found, treated)
    top = rarity(1, len(sheet.index.ids))
    among = [score for at, score in found.scores if sheet.index.ids[at] in named]
    best = found.scores[0][0]
    trial = sheet.index.ids[best]
    if trial in named:
        if len(named) < 2 or among[0] - among[1] < _AMONG * top:
            return sheet.references
        fitting = [one for one in sheet.references if trial in one.ref.trial_ids]
        return tuple(replace(one, ref=replace(one.ref, trial_ids=(trial,))) for one in fitting)
    bar = _FAR_AHEAD if any(ref.how == "acronym" for ref in sheet.refs) else _ELSEWHERE
    led = found.best - (among[0] if among else 0.0)
    if led < bar * top or found.best - found.second < _AMONG * top or not tells(sheet, found, best):
        return sheet.references
    return _turned_to(sheet, found, best)


def _with_the_drug(sheet: Sheet, found: Ranked, named: Collection[str]) -> int | None:
    """The one trial of the drug whose dose is asked, where those named have none of it and the words fit it too.

    'gefitinib dose in the lung cancer study', where two studies are of lung cancer.
    """
    if not set(sheet.facts) & word_set("plan.of_treatment"):
        return None
    known = {sheet.index.by_id[trial.upper()] for trial in named}
    drugs = [unit for unit in found.units if unit.fits and not known & set(unit.fits) and _is_a_drug(sheet, unit)]
    trials = {trial for unit in drugs for trial in unit.fits}
    if len(trials) != 1:
        return None
    trial = trials.pop()
    inside = [unit for unit in found.units if any(one.first <= unit.first < one.last for one in sheet.references)]
    return trial if any(trial in unit.fits for unit in inside if unit not in drugs) else None


def _is_a_drug(sheet: Sheet, unit: Unit) -> bool:
    text = sheet.line.words(unit.first, unit.last)
    known = sheet.line.tokens[unit.first].lemma in sheet.index.interventions
    return known or any(not is_a_condition(mention.concept) for mention in find_concepts(text))


def _turned_to(sheet: Sheet, found: Ranked, trial: int) -> tuple[Reference, ...]:
    """The references, all to this trial, and those of further words that tell of it."""
    more = references_to(sheet, found, trial)
    kept = [replace(one, ref=more[0].ref) for one in sheet.references]
    apart = [new for new in more if not any(new.first < one.last and one.first < new.last for one in kept)]
    return tuple(sorted([*kept, *apart], key=lambda one: one.first))


def _asks_more(sheet: Sheet, found: Ranked, trial: int) -> bool:
    """Whether a name tells the trial, and more is asked than which trials there are.

    'fenolast days??' asks for days, 'dorzumab in eczema' for trials; and so does 'is dorzumab allowed?'.
    """
    lemmas, phrase = set(sheet.line.lemmas()), _phrase(sheet.line)
    fitting = [unit for unit in found.units if trial in unit.fits]
    names = [unit for unit in fitting if is_name(sheet, unit)]
    if is_yes_no(sheet):  # 'must it express QVX to enter the dorzumab + fenolast cohorts?'
        return len(names) > 1
    if not names and not any(unit.first in phrase for unit in fitting):
        return False
    if {"where", "who", "whom"} & lemmas and sheet.reading.cues:
        return False
    if sheet.has("first_person") and not _ASKING & lemmas:
        return False
    if _ASKING & lemmas or sheet.facts or (sheet.variables and not sheet.limits):
        return True
    concepts = {i for mark in sheet.kinds(Kind.CONCEPT, Kind.FIELD) for i in range(mark.first, mark.last)}
    left = [unit for unit in found.units if trial not in unit.fits]
    return any(unit.first not in concepts for unit in left)


_ASKING = frozenset({"what", "which", "how", "when", "who", "whom", "why"})


def words_of_references(sheet: Sheet) -> list[int]:
    """The content words of the trials' names and descriptions."""
    plain = tables.stop_words() | word_set("references.plain")
    spans = [i for one in sheet.references for i in range(one.first, one.last)]
    return [i for i in spans if sheet.line.tokens[i].lemma not in plain]


def describing_words(sheet: Sheet) -> list[int]:
    """The tokens that may tell which trial is meant: content words that no fact, verb of criteria or limit reads."""
    read = {i for mark in sheet.marks if mark.kind in _READ for i in range(mark.first, mark.last)}
    read |= {i for found in sheet.extremes for i in range(found.first, found.last)}
    plain = tables.stop_words() | word_set("references.plain") | words_of_rules([fact for fact, _ in sheet.ruled])
    return [i for i, token in enumerate(sheet.line.tokens) if i not in read and token.lemma not in plain]


def may_ask_of_one(sheet: Sheet, *, of_which: bool = False) -> bool:
    """Whether nothing says that trials are to be found: no 'trials', no 'which study', no 'anything on'.

    `of_which`: whether 'which one' may ask of a few that are named.
    """
    lemmas = sheet.line.lemmas()
    many = any(t.lemma in _NOUNS and t.text.casefold().endswith("s") for t in sheet.line.tokens)
    nouns = _NOUNS - {"one"} if of_which else _NOUNS
    sought = any(lemmas[at] in _SEEKING and set(lemmas[at + 1 : at + 3]) & nouns for at in range(len(lemmas)))
    sought = sought or any(pair in {("is", "there"), ("are", "there")} for pair in pairwise(lemmas))
    sought = sought or _asks_which_do(sheet)
    return not (many or sought or set(lemmas) & _ANY or {"between", "and"} <= set(lemmas))


def _asks_which_do(sheet: Sheet) -> bool:
    """'Which exclude gout?', 'which of these need an ECG?': trials are the subject of the verb right behind."""
    lemmas = sheet.line.lemmas()
    verb = 3 if lemmas[1:2] == ("of",) else 1
    cues = [mark for mark in sheet.marks if mark.kind is Kind.CUE and mark.first == verb and lemmas[:1] == ("which",)]
    return any(reading.voice == "active" for mark in cues for reading in mark.value)


_NOUNS = frozenset({"trial", "study", "protocol", "record", "one", "project", "registration", "rct"})
_SEEKING = frozenset({"which", "what", "whose", "any", "no", "every", "each", "there"})
_ANY = frozenset({"anything", "everything", "anywhere", "whichever", "research"})


def weighed(sheet: Sheet, words: Sequence[int], *, subjects: bool) -> Ranked:
    """The trials ranked by the words, each said once; everyday words weigh less than names.

    `subjects`: whether diseases and drugs tell one trial.
    """
    phrase, opening = _phrase(sheet.line), end_of_fragment(sheet.line)

    def stress(unit: Unit) -> float:
        if is_name(sheet, unit):
            return 1.0
        if subjects and _is_subject(sheet, unit):
            return _SUBJECT
        ours = not subjects and sheet.line.tokens[unit.first].lemma in concept_words() and unit.first < opening
        return _IN_PHRASE if unit.first in phrase and not ours else _EVERYDAY

    return ranked(sheet.line, sheet.index, words, stress)


def _is_subject(sheet: Sheet, unit: Unit) -> bool:
    """Whether a word of the lexicon names what some trial studies or gives."""
    word = sheet.line.tokens[unit.first].lemma
    return word in concept_words() and bool({"condition", "intervention"} & set(sheet.index.holds(word).values()))


def _phrase(line: Line) -> frozenset[int]:
    """The tokens right before a noun for a trial, and those of a fragment that opens the question."""
    return frozenset({*range(end_of_fragment(line)), *_nouns_behind(line)})


def _nouns_behind(line: Line) -> dict[int, int]:
    """Token → the noun for a trial that it stands before, in one phrase."""
    found: dict[int, int] = {}
    for noun in (at for at, word in enumerate(line.lemmas()) if word in word_set("references.nouns")):
        first = noun
        while first > max(0, noun - _WITHIN) and _goes_on(line, first):
            first -= 1
        found |= dict.fromkeys(range(first, noun), noun)
    return found


_WITHIN = 7  # words before the noun


def _goes_on(line: Line, first: int) -> bool:
    """Whether a description that starts at `first` may start a word earlier."""
    stopped = set(line.gap(first)) & set(",;:?.()")
    return not stopped and line.tokens[first - 1].lemma not in word_set("references.prepositions")


def is_name(sheet: Sheet, unit: Unit) -> bool:
    """Whether a unit is written as a name (a capital, letters with digits), gives a treatment, or is no common word."""
    line = sheet.line
    text = line.words(unit.first, unit.last)
    letters = sum(c.isalpha() for c in text)
    if not letters or (letters < 2 and sum(c.isdigit() for c in text) < 2):
        return False
    if any(c.isdigit() for c in text):
        return True
    if _is_place(sheet, unit) and (text[:1].isupper() or not _has_case(line)):
        return True
    if _has_case(line) and unit.first and text[:1].isupper():
        return True
    tokens = line.tokens[unit.first : unit.last]
    if any(t.text.casefold() in tables.common_words() or t.lemma in tables.left_alone() for t in tokens):
        return False
    ours = concept_words() | variable_words()
    return letters > 4 and not any(t.lemma in ours for t in tokens)


def _is_place(sheet: Sheet, unit: Unit) -> bool:
    held = sheet.index.holds(sheet.line.tokens[unit.first].lemma)
    return unit.last - unit.first == 1 and bool(held) and set(held.values()) <= {"city", "country", "sponsor"}


def _has_case(line: Line) -> bool:
    return line.text not in (line.text.lower(), line.text.upper())


def tells(sheet: Sheet, found: Ranked, trial: int) -> bool:
    """Whether a name or a subject of the trial is among the words, not its place and owner alone; and more than not."""
    fitting = [unit for unit in found.units if trial in unit.fits]
    unknown = [unit for unit in found.units if not unit.fits and is_name(sheet, unit) and not _is_a_person(sheet, unit)]
    telling = any(_attributes(sheet, unit, trial) & _TELLING or _is_said_otherwise(sheet, unit) for unit in fitting)
    return telling and found.best * 2 > sum(unit.weight for unit in unknown)


def _is_a_person(sheet: Sheet, unit: Unit) -> bool:
    """'Ms Peterson', 'Dr Li'."""
    return bool(_TITLES & set(sheet.line.lemmas(max(0, unit.first - 1), unit.last)))


_TITLES = frozenset({"ms", "mr", "mrs", "dr", "prof", "professor", "m"})


def _is_said_otherwise(sheet: Sheet, unit: Unit) -> bool:
    """'septic' for the sepsis of a record: another name of a condition, that no record uses itself."""
    token = sheet.line.tokens[unit.first]
    known = any(sheet.index.mentioned(held) for held in sheet.index.akin(token.lemma))
    return not known and bool(find_concepts(token.text))


def _attributes(sheet: Sheet, unit: Unit, trial: int) -> set[str]:
    found = set()
    for token in sheet.line.tokens[unit.first : unit.last]:
        for held in sheet.index.akin(token.lemma):
            found.add(sheet.index.holds(held).get(trial, "mention" if trial in sheet.index.mentioned(held) else ""))
    return found


def references_to(sheet: Sheet, found: Ranked, trial: int) -> tuple[Reference, ...]:
    """The stretches of words that the trial explains, a name in each, as references to it."""
    stretches: list[list[Unit]] = []
    for unit in found.units:
        if trial not in unit.fits:
            continue
        if stretches and _adjoins(sheet.line, stretches[-1][-1].last, unit.first):
            stretches[-1].append(unit)
        else:
            stretches.append([unit])
    named = [s for s in stretches if any(is_name(sheet, unit) for unit in s)] or stretches
    nouns = _nouns_behind(sheet.line)
    spans = {s[0].first: max(s[-1].last, nouns.get(s[-1].last - 1, 0)) for s in named}
    text = " ".join(sheet.line.words(*span) for span in spans.items())
    ref = TrialRef(text, (sheet.index.ids[trial],), "described")
    return tuple(Reference(*span, ref) for span in _apart(spans))


def _apart(spans: Mapping[int, int]) -> list[tuple[int, int]]:
    """The stretches in text order, none within the one before."""
    kept: list[tuple[int, int]] = []
    for first, last in sorted(spans.items()):
        if not kept or first >= kept[-1][1]:
            kept.append((first, last))
    return kept


def _adjoins(line: Line, last: int, first: int) -> bool:
    return first == last and not set(line.gap(first)) & set(",;:?()")
