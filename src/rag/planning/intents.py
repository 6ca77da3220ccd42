"""What kind of answer a question wants: a short list of tests in a fixed order, the first that holds decides."""

from __future__ import annotations

from collections.abc import Callable

from rag.planning import tables
from rag.planning.comparing import compares, compares_terms
from rag.planning.extremes import asks_for_extreme, ranks_a_count
from rag.planning.fielded import consists_of_fields
from rag.planning.forms import (
    asks_about_trials,
    counts_trials,
    counts_what_does,
    has_consequence,
    has_person,
    is_of_a_field,
    opens_with_trials,
    speaks_of_trials,
)
from rag.planning.glossary import glossary_phrases
from rag.planning.landscapes import field_ranked, fields_surveyed
from rag.planning.marks import Kind
from rag.planning.scope import out_of_scope
from rag.planning.screens import describes_a_person
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.told_first import asked_of_a_person
from rag.planning.waits import time_asked
from rag.planning.whatif import moves_a_limit
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
    lemmas = sheet.line.lemmas()
    at = lemmas.index("consistent") + 1 if "consistent" in lemmas else 0
    consistent = at and bool(sheet.refs) and lemmas[at : at + 1] != ("with",)  # 'is the record of LYRA consistent?'
    return (sheet.has("conflicts") or bool(consistent)) and "interest" not in lemmas


def _whatif(sheet: Sheet) -> bool:
    lemmas = set(sheet.line.lemmas())
    if "suppose" in lemmas and not {"from", "to"} <= lemmas and any(cue.passive for cue in sheet.reading.cues):
        return False  # 'Suppose the potassium is 5.8. Where would she be kept out?'
    if moves_a_limit(sheet):
        return True
    if "whose" in lemmas and not sheet.has("cutoff"):
        return False  # 'patients whose eGFR fell from 60 to 45': theirs is moved, no limit
    return (
        sheet.has("whatif")
        and bool(sheet.variables)
        and (bool({"if", "suppose", "instead"} & lemmas) or sheet.has("cutoff") or "from" in lemmas)
    )


def _checklist(sheet: Sheet) -> bool:
    lemmas = set(sheet.line.lemmas())
    if sheet.refs and word_set("intents.done") & lemmas and not word_set("intents.before_entry") & lemmas:
        return False  # 'which blood tests are done at the first visit of LYRA?'
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
    told = any(cue.asks is not Asks.MENTIONS or not cue.passive for cue in sheet.reading.cues)  # '… are covered?'
    if sheet.refs or sheet.limits or sheet.variables or told or has_person(sheet):
        return ()
    ranked = field_ranked(sheet.line)
    return (ranked,) if ranked else () if sheet.extremes else fields_surveyed(sheet.line)


def _count(sheet: Sheet) -> bool:
    if _counts_of_one(sheet):
        return False
    if sheet.has("count") or (counts_trials(sheet) and "schedule" not in sheet.facts):  # not 'number of doses?'
        return True
    if not sheet.has("count_open") or sheet.refs or is_of_a_field(sheet, sheet.cues["count_open"]):
        return False
    if counts_what_does(sheet):
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
        return not (sheet.refs and _names_more_than_a_term(sheet))
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
        and not {"trial", "study", "it", "this", "its", "their", "these", "those"} & set(lemmas)
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
    own = {"the", "their", "its"} & set(lemmas)
    its_own = own and sheet.facts and not {"word", "term", "meaning"} & set(lemmas)  # 'the primary outcome'
    if its_own or not (
        sheet.has("definition", "meaning") or "what" in lemmas or sheet.line.text.rstrip(" ?").endswith("=")
    ):
        return False
    named = {i for found in glossary_phrases().find(sheet.line) for i in range(found.first, found.last)}
    left = {word for at, word in enumerate(lemmas) if at not in named} - word_set("intents.of_meaning")
    values = tables.intent_cues()["cutoff"].words() | word_set("intents.of_trials")
    return not left & values and not left - tables.stop_words()


def _names_more_than_a_term(sheet: Sheet) -> bool:
    """'What BMI defines a severe case in LYRA?': words beside the term, the trial and what asks for its meaning."""
    named = {i for found in glossary_phrases().find(sheet.line) for i in range(found.first, found.last)}
    named |= {i for ref in sheet.references for i in range(ref.first, ref.last)}
    plain = tables.stop_words() | tables.frame_words() | word_set("intents.of_meaning")
    plain |= tables.intent_cues()["meaning"].words()
    return any(at not in named and token.lemma not in plain for at, token in enumerate(sheet.line.tokens))


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
    (Intent.SCREEN, lambda sheet: asked_of_a_person(sheet) or describes_a_person(sheet)),
    (Intent.EXTREME, asks_for_extreme),
    (Intent.COUNT, _count),
    (Intent.DEFINITION, lambda sheet: not _asks_of_a_group(sheet) and _definition(sheet)),
    (Intent.TRIALS, _trials),
    (Intent.BOOLEAN, _boolean),
    (Intent.FACT, _fact),
)
