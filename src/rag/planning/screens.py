"""Whether a question describes a person whom the criteria are to be held against."""

from __future__ import annotations

from itertools import pairwise

from rag.planning import tables
from rag.planning.forms import asks_about_trials, has_person, seeks_any_trial, speaks_of_one
from rag.planning.joining import conjuncts
from rag.planning.marks import Kind
from rag.planning.patients import tells_a_bare_person
from rag.planning.presented import presents_a_person, says_that_is_all
from rag.planning.sheet import Sheet
from rag.planning.slots import names_trials
from rag.planning.tables import word_set
from rag.planning.told import meant_by_pointing
from rag.planning.told_first import is_told_of_a_person
from rag.planning.yes_no import is_yes_no
from rag.types import Asks, Concerns


def _asks_what_is_given(sheet: Sheet) -> bool:
    """'What do patients with an ulcer get besides in LYRA?': the treatment of a named trial, no person."""
    lemmas = sheet.line.lemmas()
    return bool(sheet.refs) and lemmas[:1] == ("what",) and bool(set(lemmas) & {"get", "receive", "given", "gets"})


def describes_a_person(sheet: Sheet) -> bool:
    """Whether what is told is one person, to be judged by criteria, and not what trials are chosen by."""
    cues = sheet.reading.cues
    if sheet.refs and is_yes_no(sheet) and (_has_one_finding(sheet) or any(c.asks is Asks.EXCLUDES for c in cues)):
        return is_told_of_a_person(sheet)
    all_told = says_that_is_all(sheet)
    asks = _asks_what_is_given(sheet) or _asks_for_a_dose(sheet) or _asks_a_value(sheet)
    anybody = all_told or seeks_any_trial(sheet) or presents_a_person(sheet)
    if asks or (_asks_of_one_finding(sheet) and not anybody):
        return False  # 'I had a stroke. Which trials would refuse me because of that?'
    if (
        anybody
        or is_told_of_a_person(sheet)
        or _is_bare_person(sheet)
        or _is_described(sheet)
        or _opens_with_person(sheet)
    ):
        return True
    turned_away = any(cue.asks is Asks.EXCLUDES for cue in sheet.reading.cues)
    one_number = turned_away or _has_one_number(sheet)
    counts = sheet.line.lemmas()[:2] in {("how", "many"), ("how", "much"), ("how", "often"), ("how", "long")}
    asks_fact = sheet.refs and sheet.line.lemmas()[:1] in _ASKS_WORDS and (sheet.facts or counts)  # 'what dose may he'
    if asks_fact or (asks_about_trials(sheet) and (one_number or not speaks_of_one(sheet))):
        return False  # 'which trials can patients with asthma join?': a class of people is asked about
    if not has_person(sheet) or not (sheet.has("screen") or (sheet.has("person") and len(sheet.limits) > 1)):
        return False
    facts = len(sheet.limits) + len(sheet.concepts)
    turns = [
        cue
        for cue in sheet.reading.cues
        if sheet.line.lemmas(cue.first, cue.last)[0]
        not in {"join", "enter", "enroll", "participate", "qualify", "eligible", "open"}
    ]
    governed = any(not cue.passive for cue in turns)
    return (
        facts > 0
        and not (governed and asks_about_trials(sheet))
        and not (sheet.refs and is_yes_no(sheet) and governed and not sheet.has("screen"))
    )


def _asks_of_one_finding(sheet: Sheet) -> bool:
    """A person of whom one thing is told, and which trials turn that away or let it in: nothing else is screened."""
    limits = [limit for limit in sheet.limits if limit.variable != "age"]
    aged = len(limits) < len(sheet.limits)
    findings = {*(limit.variable for limit in limits), *meant_by_pointing(sheet.line, sheet.concepts)}
    told = [cue for cue in sheet.reading.cues if cue.asks in {Asks.EXCLUDES, Asks.ADMITS}]
    if sheet.refs or sheet.reading.where is None:
        return False
    lemmas = sheet.line.lemmas()
    if aged and not findings:
        named = lemmas[-2:] in _BY_ONES_AGE or any(pair in _OF_THAT_AGE for pair in pairwise(lemmas))
        by_age = bool(_BY_AGE & {*lemmas}) or named
        return by_age and "possibly" not in lemmas
    return (
        bool(told)
        and len(findings) == 1
        and not aged
        and not word_set("intents.sexes") - {"patient", "pt"} & {token.text.casefold() for token in sheet.line.tokens}
    )


_BY_AGE = frozenset({"limit", "minimum", "maximum", "alone", "bracket", "range", "too"})
_OF_THAT_AGE = {("that", "age"), ("this", "age"), ("by", "age"), ("his", "age"), ("her", "age")}
_BY_ONES_AGE = {("my", "age"), ("our", "age"), ("their", "age"), ("your", "age"), ("of", "age"), ("the", "age")}


def _has_one_finding(sheet: Sheet) -> bool:
    """'Can I join LYRA with a pacemaker?': yes or no, by the one thing that is told."""
    unknown = [part for part in conjuncts(sheet.bare.where) if isinstance(part, Concerns) and not part.concepts]
    findings = len(sheet.limits) + len(sheet.concepts) + len(unknown)
    return len({ref.trial_ids for ref in sheet.refs}) == 1 and findings < _SEVERAL


_SEVERAL = 2


def _asks_for_a_dose(sheet: Sheet) -> bool:
    """'How much would a man of 95 kg be given in …', 'over what dose of steroids may nobody join …'."""
    lemmas = sheet.line.lemmas()[:8]
    asked = next((at for at, word in enumerate(lemmas[:4]) if word in {"which", "what", "how"}), None)
    return bool(sheet.refs) and asked is not None and "dose" in lemmas[asked + 1 : asked + 4]


def _asks_a_value(sheet: Sheet) -> bool:
    """'After a stroke, how long must a man wait before LYRA?', '… on which drug must he be for LYRA?': a named trial,
    and how much, how long or what it wants of such people, not whether one of them may join."""
    return bool(sheet.refs) and any(_opens_a_value(sheet.line.lemmas(at, at + 9)) for at in _clauses(sheet))


def _clauses(sheet: Sheet) -> list[int]:
    """Where the question and its clauses start."""
    return [0, *(at for at in range(1, len(sheet.line.tokens)) if set(sheet.line.gap(at)) & set(".;:?!,–—"))]


def _opens_a_value(words: tuple[str, ...]) -> bool:
    """'how long …', 'up to which dose …', 'what do women need …'; not 'which criteria …'."""
    at = next((at for at, word in enumerate(words[:3]) if word in {"how", "what", "which"}), None)
    if at is None or not set(words[:at]) <= _BEFORE_ASKING:
        return False
    asked, first, second = words[at], *(*words[at + 1 : at + 3], "", "")[:2]
    if asked == "how":
        return first in _OF_MEASURE and second not in word_set("intents.of_criteria")
    if first in {"do", "doe", "must", "would", "should"}:
        return asked == "what" and "need" in words
    if first in _AMOUNTS:
        return True
    plain = word_set("intents.of_criteria") | word_set("intents.question_verbs") | word_set("intents.sexes")
    return bool(first) and first not in plain | word_set("cues.people") | tables.stop_words()


_BEFORE_ASKING = frozenset({
    "up", "to", "on", "for", "at", "in", "over", "past", "beyond", "above", "below", "under", "until", "from", "and",
    "so",
})  # fmt: skip
_AMOUNTS = frozenset({"amount", "dose", "quantity", "age", "level", "weight"})
_OF_MEASURE = frozenset({"long", "much", "many", "often", "soon", "frequently"})
_ASKS_WORDS = {(word,) for word in ("what", "how", "when", "where", "why", "who")}


def _is_described(sheet: Sheet) -> bool:
    """One person of several findings, an age or a sex among them: whatever the verb, what excludes them is asked."""
    points = [limit for limit in sheet.limits if limit.values.is_point]
    ages = {limit.values for limit in points if limit.variable == "age"}
    if len(ages) > 1:
        return False  # 'which take 16-year-olds but not 14-year-olds?': two kinds of people, no person
    aged = bool(ages)
    one = aged or speaks_of_one(sheet)
    singular = {token.lemma for token in sheet.line.tokens if token.text.casefold() == token.lemma}  # not 'women'
    told = aged or bool(((word_set("intents.sexes") | word_set("cues.relatives")) - {"patient", "pt"}) & singular)
    concerned = asks_about_trials(sheet) or sheet.has("screen")
    wants = bool(sheet.reading.cues) or sheet.has("screen") or (aged and len(points) + len(sheet.concepts) > 2)
    line = sheet.line.lemmas()
    asked = {line[at - 1] for at in range(1, len(line)) if line[at] == "me"}
    me = bool(asked - word_set("intents.telling")) and bool(sheet.concepts or points)
    marks = [mark for mark in sheet.kinds(Kind.CONCEPT) if not names_trials(sheet.line, mark.last)]
    found = {mark.value for mark in marks if not _is_studied(sheet.line.lemmas(max(0, mark.first - 2), mark.first))}
    several = len(points) + len(found) > 1  # 'which stroke trials take adolescents aged 13?' tells one thing
    return not sheet.refs and concerned and wants and one and ((told and several) or me)


def _is_studied(before: tuple[str, ...]) -> bool:
    """'trials on gout that would take a nine-year-old': what the trials are about, and not what the person has."""
    return before[-1:] == ("about",) or (before[:1] in {("trial",), ("study",)} and before[-1:] in {("on",), ("into",)})


def _is_bare_person(sheet: Sheet) -> bool:
    """A person described and nothing asked: 'Woman, 58 years, INR 1.4', 'ANC 1.2, platelets 80, on warfarin'."""
    lemmas = sheet.line.lemmas()
    asks = bool({"which", "what", "who", "when", "where", "why", "how", "trial", "study"} & set(lemmas))
    described = bool(word_set("intents.sexes") & set(lemmas)) or any(
        limit.variable == "age" and limit.values.is_point for limit in sheet.limits
    )
    points = [limit for limit in sheet.limits if limit.values.is_point]
    bare = tells_a_bare_person(sheet.line, sheet.marks)
    described = (
        described
        or bare
        or (len(points) == len(sheet.limits) and len(points) + len(sheet.concepts) > 1 and not sheet.kinds(Kind.FIELD))
    )
    return (
        not asks
        and not sheet.refs
        and not sheet.reading.cues
        and described
        and (bare or bool(points))
        and not is_yes_no(sheet)
    )


_ONE_PERSON = frozenset(["woman", "man", "female", "male", "girl", "boy", "lady", "gentleman"])  # no plural


def _opens_with_person(sheet: Sheet) -> bool:
    """'66-year-old man with stage IV lung cancer, ECOG 2. Which trials are out?': one person, then any question."""
    start = 2 if sheet.line.lemmas(0, 2) in {("what", "about"), ("how", "about")} else 0
    head = sheet.line.tokens[start : start + 7]
    asked = {"which", "what", "who", "where", "how", "trial", "study"}
    before = [token for at, token in enumerate(head) if not asked & set(sheet.line.lemmas(start, start + at + 1))]
    named = any(token.text.casefold() in _ONE_PERSON for token in before)
    aged = any(mark.first < start + len(before) for mark in sheet.kinds(Kind.LIMIT) if mark.value.variable == "age")
    points = [limit for limit in sheet.limits if limit.values.is_point]
    return not sheet.refs and (named or aged) and len(points) + len(sheet.concepts) > 1 and bool(points)


def _has_one_number(sheet: Sheet) -> bool:
    """One value and nothing else: 'which trials can one with platelets of 60 enter?' asks what admits it."""
    return len(sheet.limits) == 1 and not sheet.concepts and bool(sheet.reading.cues) and not sheet.has("first_person")
