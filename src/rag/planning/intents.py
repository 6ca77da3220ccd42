"""What kind of answer a question wants: a short list of tests in a fixed order, the first that holds decides."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from rag.planning import tables
from rag.planning.comparing import compares, compares_terms
from rag.planning.extremes import asks_for_extreme, ranks_a_count
from rag.planning.fielded import consists_of_fields
from rag.planning.forms import (
    asks_about_trials,
    counts_trials,
    has_consequence,
    has_person,
    is_of_a_field,
    opens_with_trials,
    seeks_any_trial,
    speaks_of_one,
    speaks_of_trials,
)
from rag.planning.glossary import glossary_phrases
from rag.planning.landscapes import fields_surveyed
from rag.planning.marks import Kind
from rag.planning.patients import tells_a_bare_person
from rag.planning.scope import out_of_scope
from rag.planning.sheet import Sheet
from rag.planning.slots import names_trials
from rag.planning.tables import word_set
from rag.planning.told import meant_by_pointing
from rag.planning.told_first import is_told_of_a_person
from rag.planning.waits import time_asked
from rag.planning.yes_no import is_yes_no
from rag.types import Asks, Concerns, Intent


def intent_of(sheet: Sheet) -> tuple[Intent, str]:
    """The intent and, for questions out of scope, the reason."""
    for intent, holds in _TESTS:
        reason = holds(sheet)
        if reason:
            return intent, reason if isinstance(reason, str) else ""
    return Intent.PROSE, ""


# ── Tests, in order ──────────────────────────────────────────────────────────────────────────────────────────────────


def _explain(sheet: Sheet) -> bool:
    return (
        sheet.has("explain")
        and (sheet.has("listed") or bool(sheet.refs and sheet.kinds(Kind.CUE, Kind.LIMIT) and not sheet.facts))
        and "why_stopped" not in sheet.facts
    )


def _conflicts(sheet: Sheet) -> bool:
    return sheet.has("conflicts") and "interest" not in sheet.line.lemmas()


def _whatif(sheet: Sheet) -> bool:
    lemmas = set(sheet.line.lemmas())
    if "suppose" in lemmas and not {"from", "to"} <= lemmas and any(cue.passive for cue in sheet.reading.cues):
        return False  # 'Suppose the potassium is 5.8. Where would she be kept out?'
    return (
        sheet.has("whatif")
        and bool(sheet.variables)
        and (bool({"if", "suppose", "instead"} & lemmas) or sheet.has("cutoff") or "from" in lemmas)
    )


def _checklist(sheet: Sheet) -> bool:
    return sheet.has("checklist") and (bool(sheet.refs) or not sheet.reading.where)


def _landscape(sheet: Sheet) -> bool:
    if surveyed(sheet) or time_asked(sheet):
        return True
    if sheet.refs or sheet.has("count") or (sheet.extremes and not sheet.has("landscape")) or ranks_a_count(sheet):
        return False
    if sheet.line.lemmas()[:3] in {("what", "is", "a"), ("what", "is", "an")} and _definition(sheet):
        return False  # 'What is a Karnofsky score?'
    plural = any(
        t.lemma in {"trial", "study", "protocol"} and t.text.casefold().endswith("s") for t in sheet.line.tokens
    )
    if (
        sheet.variables
        and not sheet.limits
        and all(cue.asks is Asks.MENTIONS and not cue.negated for cue in sheet.reading.cues)
        and not any(isinstance(part.predicate, Concerns) for part in sheet.reading.parts)  # 'mention X in the limit'
        and sheet.has("which", "landscape", "list", "compare")
        and sheet.has("cutoff", "landscape")
        and not opens_with_trials(sheet)
    ):
        return True
    if sheet.has("landscape") and sheet.variables and not opens_with_trials(sheet) and not sheet.limits:
        return True
    return (
        sheet.has("landscape")
        and bool(word_set("intents.over_fields") & set(sheet.facts))
        and (plural or not sheet.refs)
        and not opens_with_trials(sheet)
    )


def surveyed(sheet: Sheet) -> tuple[str, ...]:
    """The facts whose values are asked for over all trials; none where a trial, a limit or a criterion is named."""
    alone = not (sheet.refs or sheet.limits or sheet.variables or sheet.reading.cues or sheet.extremes)
    return fields_surveyed(sheet.line) if alone and not has_person(sheet) else ()


def _screen(sheet: Sheet) -> bool:
    cues = sheet.reading.cues
    if sheet.refs and is_yes_no(sheet) and (_has_one_finding(sheet) or any(c.asks is Asks.EXCLUDES for c in cues)):
        return is_told_of_a_person(sheet)
    if _asks_for_a_dose(sheet) or (_asks_of_one_finding(sheet) and not seeks_any_trial(sheet)):
        return False  # 'I had a stroke. Which trials would refuse me because of that?'
    if (
        is_told_of_a_person(sheet)
        or _is_bare_person(sheet)
        or _is_described(sheet)
        or _opens_with_person(sheet)
        or seeks_any_trial(sheet)
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
    return len({ref.trial_ids for ref in sheet.refs}) == 1 and len(sheet.limits) + len(sheet.concepts) < _SEVERAL


_SEVERAL = 2


def _asks_for_a_dose(sheet: Sheet) -> bool:
    """'Which starting dose would someone of 110 kg get in …', 'up to which dose of doxorubicin can a woman join …'."""
    lemmas = sheet.line.lemmas()[:8]
    asked = next((at for at, word in enumerate(lemmas[:4]) if word in {"which", "what", "how"}), None)
    return bool(sheet.refs) and asked is not None and "dose" in lemmas[asked + 1 : asked + 4]


_ASKS_WORDS = {(word,) for word in ("what", "how", "when", "where", "why", "who")}


def _is_described(sheet: Sheet) -> bool:
    """One person of several findings, an age or a sex among them: whatever the verb, what excludes them is asked."""
    lemmas = set(sheet.line.lemmas())
    points = [limit for limit in sheet.limits if limit.values.is_point]
    aged = any(limit.variable == "age" for limit in points)
    one = aged or bool({"a", "an", "my", "this", "her", "him", "she", "he", "i", "me"} & lemmas)
    told = aged or bool(((word_set("intents.sexes") | word_set("cues.relatives")) - {"patient", "pt"}) & lemmas)
    concerned = asks_about_trials(sheet) or sheet.has("screen")
    wants = bool(sheet.reading.cues) or sheet.has("screen") or (aged and len(points) + len(sheet.concepts) > 2)
    line = sheet.line.lemmas()
    asked = {line[at - 1] for at in range(1, len(line)) if line[at] == "me"}
    me = bool(asked - {"tell", "find", "show", "give", "get", "help", "let"}) and bool(sheet.concepts or points)
    found = {mark.value for mark in sheet.kinds(Kind.CONCEPT) if not names_trials(sheet.line, mark.last)}
    several = len(points) + len(found) > 1  # 'which stroke trials take adolescents aged 13?' tells one thing
    return not sheet.refs and concerned and wants and one and ((told and several) or me)


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
    """One value and nothing else: 'which trials can a patient with platelets of 80 enter?' asks what admits it."""
    return len(sheet.limits) == 1 and not sheet.concepts and bool(sheet.reading.cues) and not sheet.has("first_person")


def _count(sheet: Sheet) -> bool:
    if _counts_of_one(sheet):
        return False
    if sheet.has("count") or (counts_trials(sheet) and "schedule" not in sheet.facts):  # not 'number of doses?'
        return True
    if not sheet.has("count_open") or sheet.refs or is_of_a_field(sheet, sheet.cues["count_open"]):
        return False
    if _counts_what_does(sheet):
        return True
    return (
        not set(sheet.facts) & {"enrollment", "site_count", "arms", "countries", "schedule", "cities"}
        and sheet.reading.where is not None
    )


def _counts_of_one(sheet: Sheet) -> bool:
    """'How many study visits …', 'how many trial sites …': a noun behind 'study' is counted, not the studies."""
    texts = [token.text.casefold() for token in sheet.line.tokens]
    starts = [at + 2 for at in range(len(texts) - 2) if texts[at : at + 2] == ["how", "many"]]
    return any(texts[at] in {"study", "trial", "protocol"} and texts[at + 1 : at + 2] for at in starts)


def _counts_what_does(sheet: Sheet) -> bool:
    """'How many only admit men?': a verb right after 'how many', so trials are counted."""
    lemmas = sheet.line.lemmas()
    at = next((i + 2 for i in range(len(lemmas)) if lemmas[i : i + 2] == ("how", "many")), len(lemmas))
    verb = any(cue.first == at for cue in sheet.reading.cues)
    verb = verb or bool(set(lemmas[at : at + 1]) & word_set("intents.counted_do"))
    return verb and sheet.reading.where is not None


def _asks_of_a_group(sheet: Sheet) -> bool:
    """'Explain what is done in the sham group of …'."""
    dummies = bool(sheet.refs) and set(sheet.terms) <= {"sham", "placebo"}
    return dummies and bool({"arm", "group"} & set(sheet.line.lemmas()))


def _definition(sheet: Sheet) -> bool:
    if sheet.has("explain") and sheet.has("first_person") and sheet.terms and not sheet.refs:
        return True
    if compares_terms(sheet):
        return True
    if (
        sheet.line.lemmas()[:2] == ("what", "doe")
        and "measure" in sheet.line.lemmas()
        and len(sheet.terms) == 1
        and not sheet.refs
    ):
        return True
    if sheet.has("meaning") and (sheet.terms or not sheet.refs) and not has_consequence(sheet):
        return True
    lemmas = sheet.line.lemmas()
    if len(sheet.terms) == 1 and not sheet.refs and (lemmas[-3:] in _WHAT_IS_THAT or _explains(sheet)):
        return True
    opens = (
        lemmas[:2] in {("what", "is"), ("what", "are"), ("what", "'s")}
        or lemmas[:1] in {("define",), ("explain",)}
        or sheet.line.text.casefold().startswith("whats ")
    )
    words = [t.lemma for t in sheet.line.tokens if t.lemma not in tables.stop_words()]
    bare = (
        not sheet.refs
        and len(sheet.terms) == 1
        and len(words) <= 4
        and not sheet.reading.cues
        and not {"trial", "study", "it", "this", "its"} & set(lemmas)
        and not ("the" in lemmas and sheet.facts)
        and not sheet.has("list")
    )
    return opens and bare


def _is_only_a_term(sheet: Sheet) -> bool:
    """'ULN = ?', 'mRS: a scale for what?', 'explain the word washout to me': a term, and nothing that trials have."""
    if sheet.refs or sheet.limits or sheet.reading.cues or len(sheet.terms) != 1 or speaks_of_trials(sheet):
        return False
    if sheet.has("list") and not sheet.has("meaning"):
        return False  # 'what do you have in phase 2?'
    lemmas = sheet.line.lemmas()
    its_own = "the" in lemmas and sheet.facts and not {"word", "term", "meaning"} & set(lemmas)  # 'the primary outcome'
    if its_own or not (
        sheet.has("definition", "meaning") or "what" in lemmas or sheet.line.text.rstrip(" ?").endswith("=")
    ):
        return False
    named = {i for found in glossary_phrases().find(sheet.line) for i in range(found.first, found.last)}
    left = {word for at, word in enumerate(lemmas) if at not in named} - word_set("intents.of_meaning")
    values = tables.intent_cues()["cutoff"].words() | word_set("intents.of_trials")
    return not left & values and not left - tables.stop_words()


_WHAT_IS_THAT = {("what", "is", "that"), ("what", "is", "this"), ("what", "is", "it"), ("what", "doe", "mean")}


def _explains(sheet: Sheet) -> bool:
    """'Can you explain INR?'."""
    return "explain" in sheet.line.lemmas()[:4] and not sheet.facts and not sheet.limits and not sheet.refs


def _boolean(sheet: Sheet) -> bool:
    return (
        (is_yes_no(sheet) or _chooses_among(sheet))
        and bool(sheet.refs)
        and not (sheet.facts and "or" in sheet.line.lemmas() and not sheet.bare.where)
    )


def _chooses_among(sheet: Sheet) -> bool:
    """'Which of LYRA-2 and BRIDGE is still recruiting?': yes or no of each."""
    which = sheet.line.lemmas()[:2] in {("which", "of"), ("which", "one")} or sheet.line.lemmas()[:1] == ("who",)
    return which and len(sheet.refs) > 1 and sheet.bare.where is not None and not sheet.facts


def _fact(sheet: Sheet) -> bool:
    placebo = any(getattr(mark.value, "field", "") == "arm_kind" for mark in sheet.kinds(Kind.FIELD)) and sheet.has(
        "which"
    )
    return bool(
        sheet.facts
        or asks_why_so_many(sheet)
        or (placebo and sheet.refs)
        or (sheet.refs and (sheet.variables or sheet.concepts or sheet.kinds(Kind.CUE)))
    )


def asks_why_so_many(sheet: Sheet) -> bool:
    """'Why 692 participants?': the reason for the sample size."""
    sized = "enrollment" in sheet.facts or any(
        getattr(mark.value, "field", "") == "enrollment" for mark in sheet.kinds(Kind.FIELD)
    )
    return sheet.has("explain") and sized and "why_stopped" not in sheet.facts


def _trials(sheet: Sheet) -> bool:
    """Also 'Are pregnant women excluded?', which names no trial and so asks of all."""
    return (
        asks_about_trials(sheet)
        or consists_of_fields(sheet)
        or (is_yes_no(sheet) and not sheet.refs and bool(sheet.reading.cues) and sheet.bare.where is not None)
    )


_TESTS: tuple[tuple[Intent, Callable[[Sheet], bool | str]], ...] = (
    (Intent.OUT_OF_SCOPE, out_of_scope),
    (Intent.EXPLAIN, _explain),
    (Intent.CONFLICTS, _conflicts),
    (Intent.WHATIF, _whatif),
    (Intent.COMPARE, compares),
    (Intent.CHECKLIST, _checklist),
    (Intent.DEFINITION, _is_only_a_term),
    (Intent.LANDSCAPE, _landscape),
    (Intent.SCREEN, _screen),
    (Intent.EXTREME, asks_for_extreme),
    (Intent.COUNT, _count),
    (Intent.DEFINITION, lambda sheet: not _asks_of_a_group(sheet) and _definition(sheet)),
    (Intent.TRIALS, _trials),
    (Intent.BOOLEAN, _boolean),
    (Intent.FACT, _fact),
)
