"""What the trial records do not answer: advice, results, the future, the world, a person of whom nothing is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.planning.averages import asks_an_average
from rag.planning.came_out import asks_how_it_is_told, asks_of_earlier_work, asks_what_came_out
from rag.planning.cues import Cue
from rag.planning.forms import asks_about_trials, describes_person, is_known, speaks_of_trials
from rag.planning.marks import Kind
from rag.planning.rules import reason_by_rule
from rag.planning.sentences import NOUNS, asks, sentences
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.yes_no import dwelling, is_yes_no
from rag.types import Concerns, FieldIs, Limit, Predicate


def _asks_advice(sheet: Sheet) -> bool:
    """'Should I …', save for what a coordinator does (contact, check, measure) and what patients of a trial do."""
    lemmas = sheet.line.lemmas()
    whom = ("i", "my", "we") if sheet.refs else ("i", "my", "we", "he", "she")  # 'should she use it in LYRA?' asks LYRA
    should = [
        at for at, word in enumerate(lemmas) if word in {"should", "ought"} and set(lemmas[at + 1 : at + 2]) & set(whom)
    ]
    if "touch" in lemmas or "contact" in lemmas:
        return False  # 'who should I get in touch with?'
    judged = bool(sheet.reading.cues) and bool(sheet.limits or sheet.concepts)  # 'is my patient of 78 eligible for …?'
    advice = sheet.has("advice") and not (judged and lemmas[:2] == ("is", "my"))
    return (advice and not _about_the_trial(sheet) and not _obliges(sheet)) or any(
        not word_set("intents.may_do") & set(lemmas[at + 2 : at + 4]) or "ask" in lemmas[at + 2 : at + 3]
        for at in should
    )


def _obliges(sheet: Sheet) -> bool:
    """'Do I have to live in Spain for LYRA?': what a trial asks of those who join, no 'do I have …?'."""
    at = sheet.cues["advice"]
    return bool(sheet.refs) and sheet.line.lemmas(at, at + 4) == ("do", "i", "have", "to")


def _about_the_trial(sheet: Sheet) -> bool:
    """'How should patients of KITE take it?', 'how often do I have to come in KITE?': what a trial asks of people."""
    lemmas = sheet.line.lemmas()
    if not sheet.refs or ("should" in lemmas and sheet.has("first_person")):
        return False
    named = [one.first for one in sheet.references if one.ref.how in {"id", "acronym"}]
    inside = any({"in", "during", "for"} & set(lemmas[max(0, first - 1) : first]) for first in named)
    people = {"patient", "participant"} & set(lemmas) and not sheet.has("first_person")
    return bool(people or (inside and lemmas[0] in {"how", "when", "what", "which", "where"}))


def _asks_effect(sheet: Sheet) -> bool:
    """'Did tocilizumab improve …?': an effect, which only results could tell."""
    lemmas = sheet.line.lemmas()
    return (
        lemmas[:1] in {("did",), ("doe",), ("do",)}
        and bool(word_set("intents.effects") & set(lemmas))
        and not sheet.reading.cues
        and not {"trial", "study"} & set(lemmas[:3])
    )


def _asks_quality(sheet: Sheet) -> bool:
    """'Is tocilizumab safe?', 'Are statins any good against gout?': what a treatment is worth, no word of a record."""
    lemmas = sheet.line.lemmas()
    if lemmas[:1] not in {("is",), ("are",), ("was",), ("were",)} or sheet.reading.cues or sheet.limits:
        return False
    if sheet.refs and asks_how_it_is_told(sheet.line.text):
        return False  # 'is a high score good?'
    said = [at for at, word in enumerate(lemmas) if word in word_set("intents.qualities") and not _is_named(sheet, at)]
    people = word_set("cues.people") | {"trial", "study"}
    alone = any(lemmas[at + 1 : at + 2] == () or lemmas[at + 1] in word_set("intents.after_qualities") for at in said)
    return alone and not people & set(lemmas[1 : said[0]])


def out_of_scope(sheet: Sheet) -> str:
    """Why the question is out of scope, '' where it is not: the first of the reasons, in this order."""
    return next((reason for reason, holds in _REASONS if holds(sheet)), "") or _by_rule(sheet)


def _by_rule(sheet: Sheet) -> str:
    """The reason by the words alone, for a question about no trial or one, with no criterion asked about."""
    reason = reason_by_rule(sheet.line.lemmas())
    chosen = asks_about_trials(sheet) and any(is_condition_of(sheet, cue) for cue in sheet.reading.cues)
    if reason == "medical_advice":
        return "" if speaks_of_trials(sheet) or chosen or (sheet.refs and sheet.limits) else reason
    if sheet.refs and (_may_be_told(reason, sheet) or asks_of_earlier_work(sheet.line.text)):
        return ""
    criteria = sheet.limits or any(not cue.passive and is_condition_of(sheet, cue) for cue in sheet.reading.cues)
    return "" if criteria or asks_about_trials(sheet) else reason


def _may_be_told(reason: str, sheet: Sheet) -> bool:
    """'How does the implant of LYRA work?', 'has it been approved?': a trial is named, and its record may say so."""
    if reason == "results":
        return asks_how_it_is_told(sheet.line.text)
    return reason == "world_knowledge" or (reason == "future" and sheet.line.lemmas()[:1] in _HAS_BEEN)


_HAS_BEEN = {("has",), ("have",), ("is",), ("are",), ("was",), ("were",)}


def is_condition_of(sheet: Sheet, cue: Cue) -> bool:
    """Whether the verb governs a condition of the question."""
    return any(part.cue is cue and _is_criterion(part.predicate) for part in sheet.reading.parts)


def _is_criterion(predicate: Predicate) -> bool:
    return isinstance(predicate, Limit) or (isinstance(predicate, Concerns) and bool(predicate.concepts))


def _asks_world(sheet: Sheet) -> bool:
    medical = sheet.has("world_medical") and not asks_about_trials(sheet) and not sheet.kinds(Kind.CUE)
    return not sheet.refs and (_is_asked(sheet, "world") or medical)


def _is_asked(sheet: Sheet, cue: str) -> bool:
    """Whether the words of a cue stand in a sentence that asks: 'He climbs mountains. Which trials …' asks of none."""
    if not sheet.has(cue):
        return False
    spans = sentences(sheet.line)
    inside = next(span for span in spans if span[0] <= sheet.cues[cue] < span[1])
    others = [span for span in spans if NOUNS & {*sheet.line.lemmas(*span)}]
    return asks(sheet.line, inside) or not any(asks(sheet.line, span) for span in others)


def _asks_of_a_people(sheet: Sheet) -> bool:
    """'How many people with asthma are there in Norway?', 'the average BMI of Germans': a country, and no trial."""
    lemmas = sheet.line.lemmas()
    country = any(getattr(mark.value, "field", "") == "country" for mark in sheet.kinds(Kind.FIELD))
    if sheet.refs or not country or sheet.reading.cues or speaks_of_trials(sheet) or {"trial", "study"} & set(lemmas):
        return False
    heads = any(
        lemmas[at : at + 2] == ("how", "many") and lemmas[at + 2] in word_set("numbers.people")
        for at in range(len(lemmas) - 2)
    )
    asked = (heads and "there" in lemmas) or "capital" in lemmas
    return asked or bool({"average", "mean", "median"} & set(lemmas) and sheet.variables)


def _asks_what_came_out(sheet: Sheet) -> bool:
    """'Which arm had the longer survival?', where no criterion and no limit is asked about."""
    criteria = sheet.limits or any(is_condition_of(sheet, cue) for cue in sheet.reading.cues)
    posted = sheet.has("results_posted") or "has_results" in sheet.facts
    told = criteria or posted or asks_about_trials(sheet) or _holds_a_record(sheet)
    told = told or asks_of_earlier_work(sheet.line.text) or _asks_of_a_paper(sheet)
    return not told and asks_what_came_out(sheet.line.text)


def _asks_of_a_paper(sheet: Sheet) -> bool:
    """'Where were the results of LYRA published?': told by its record, if anywhere."""
    lemmas = sheet.line.lemmas()
    return bool(sheet.refs) and lemmas[:1] in {("where",), ("when",)} and "published" in lemmas


def _holds_a_record(sheet: Sheet) -> bool:
    """'Was it larger than 100 people?', 'did it extend to Spain?': a number or place that the record holds."""
    fields = [(mark.first, mark.value) for mark in sheet.kinds(Kind.FIELD) if isinstance(mark.value, FieldIs)]
    return any(
        field.numbers is not None
        or (field.field == "country" and bool({"to", "into"} & set(sheet.line.lemmas(max(0, at - 1), at))))
        for at, field in fields
    )


def _is_named(sheet: Sheet, at: int) -> bool:
    """Whether a word is part of a trial's name: 'how many sites does PREDICT have?'."""
    return any(one.first <= at < one.last for one in sheet.references)


def _is_due(sheet: Sheet) -> bool:
    """'When is it going to be completed?', 'which are going to be finished by 2026?': a date that the record plans."""
    at = sheet.cues["future"]
    dates = {"completion_date", "start_date", "primary_completion_date"}
    planned = any(getattr(mark.value, "field", "") in dates for mark in sheet.kinds(Kind.FIELD))
    done = {"completed", "finished", "done", "over", "started", "opened"} & set(sheet.line.lemmas(at, at + 6))
    asked = "when" in sheet.line.lemmas() and bool(sheet.refs)
    return sheet.line.lemmas(at, at + 3) == ("going", "to", "be") and bool(done) and (planned or asked)


def _is_no_result(sheet: Sheet, lemmas: Sequence[str], at: int) -> bool:
    """'How long are patients observed?', 'which rate does the dose finding aim at?', 'what effect size is assumed?'."""
    if lemmas[at : at + 2] == ("effect", "size"):
        return bool(set(lemmas) & word_set("scope.reckoned"))
    if lemmas[at : at + 1] == ("observed",):
        return bool(sheet.refs) and not {"is", "are", "be"}.isdisjoint(lemmas[max(0, at - 5) : at])
    return lemmas[at : at + 1] == ("finding",) and lemmas[at - 1 : at] in {("dose",), ("case",)}


def _asks_results(sheet: Sheet) -> bool:
    lemmas = sheet.line.lemmas()
    if lemmas[:1] in {("when",), ("how",)} and {"measure", "measured", "assess", "assessed", "defined"} & set(lemmas):
        return False  # 'when is the response rate measured?'
    at = sheet.cues.get("results", -1)
    if _is_no_result(sheet, lemmas, at):
        return False
    if any(mark.first <= at < mark.last and mark.value.startswith("outcome") for mark in sheet.kinds(Kind.FACT)):
        return False  # 'the primary outcome of the trial …': what is measured, no result
    text = sheet.line.text
    if sheet.refs and (_asks_of_a_paper(sheet) or asks_of_earlier_work(text) or asks_how_it_is_told(text)):
        return False
    asked = sheet.has("results") and not sheet.has("results_posted") and "must" not in sheet.line.lemmas()
    return asked and not sheet.reading.cues and not asks_about_trials(sheet)


def _asks_the_future(sheet: Sheet) -> bool:
    """'Will it be approved?'; not 'which marker may predict relapse in LYRA?', which the record may tell."""
    if not _is_asked(sheet, "future") or _is_named(sheet, sheet.cues["future"]) or _is_due(sheet):
        return False
    lemmas = sheet.line.lemmas()
    foretells = lemmas[sheet.cues["future"]] in {"predict", "forecast"} and lemmas[:1] != ("did",)
    return not (sheet.refs and foretells and "will" not in lemmas)


def _asks_personally(sheet: Sheet) -> bool:
    """'Am I eligible?', 'can I join?', with nothing said about the person."""
    told = bool(sheet.limits or sheet.concepts or dwelling(sheet))
    named = sheet.bare.unplaced or any(isinstance(part.predicate, Concerns) for part in sheet.bare.parts)
    told = told or bool(sheet.refs and (named or "masking" in sheet.facts))  # 'allergic to cats: could he be in LYRA?'
    return (
        sheet.has("first_person")
        and sheet.has("screen")
        and not sheet.has("list", "compare")
        and is_yes_no(sheet)
        and not told
    )


_REASONS: tuple[tuple[str, Callable[[Sheet], bool]], ...] = (
    ("medical_advice", _asks_advice),
    ("results", _asks_effect),
    ("results", _asks_quality),
    ("world_knowledge", _asks_world),
    ("world_knowledge", _asks_of_a_people),
    ("future", _asks_the_future),
    ("results", _asks_results),
    ("results", lambda sheet: asks_an_average(sheet) and not sheet.refs),
    ("results", _asks_what_came_out),
    ("no_patient_facts", lambda sheet: _asks_personally(sheet) and not describes_person(sheet)),
    ("world_knowledge", lambda sheet: not is_known(sheet)),
)
