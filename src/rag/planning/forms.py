"""The form of a question: about all trials or one, yes or no, about a person, about anything we know at all."""

from __future__ import annotations

from rag.planning import tables
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set


def asks_about_trials(sheet: Sheet) -> bool:
    """'which trials', 'list studies', 'any trial that', 'who lets in …', or bare criteria with no trial named."""
    lemmas = sheet.line.lemmas()
    plural = any(t.lemma in {"trial", "study"} and t.text.casefold().endswith("s") for t in sheet.line.tokens)
    plural = plural or any(token.text.casefold() == "ones" for token in sheet.line.tokens[:3])
    nouns = {at for at, word in enumerate(lemmas) if word in {"trial", "study", "rct", "record", "protocol"}}
    if sheet.refs and not plural:
        return (
            len(sheet.refs) > 1
            and lemmas[:1] == ("which",)
            and has_trial_near(nouns, 2)
            and bool(sheet.bare.cues)
            and sheet.bare.where is not None
        )
    if lemmas[:1] and lemmas[0] in {"which", "what", "who"} and has_trial_near(nouns, 6):
        return True
    if (
        sheet.has("list", "any_trial")
        and (plural or sheet.reading.where is not None)
        and not (sheet.facts and sheet.refs)
    ):
        return bool(nouns) or sheet.has("list")
    if (plural or "research" in lemmas) and (sheet.reading.where is not None or sheet.past):
        return True
    if lemmas[:1] == ("where",) and sheet.reading.cues and (sheet.limits or sheet.concepts) and not sheet.refs:
        return True
    return (
        _asks_whom(sheet)
        or _is_bare(sheet)
        or (lemmas[-1:] == ("where",) and not sheet.refs and sheet.reading.where is not None)
    )


def has_trial_near(nouns: set[int], within: int) -> bool:
    return any(at <= within for at in nouns)


def _asks_whom(sheet: Sheet) -> bool:
    """'Who lets in …', 'which exclude …', 'what excludes …': a verb of criteria right after the question word."""
    lemmas = sheet.line.lemmas()
    starts = [at for at, word in enumerate(lemmas) if word in {"which", "who", "what", "that"}]
    lists = {"criteria", "criterion", "exclusion", "inclusion"}
    verbs = [cue for cue in sheet.reading.cues if not lists & set(lemmas[cue.first : cue.last])]
    return (
        not sheet.refs
        and sheet.bare.where is not None
        and any(at < cue.first <= at + 5 for at in starts for cue in verbs)
    )


def _is_bare(sheet: Sheet) -> bool:
    """Keywords only: criteria or field values, no question word, no verb, no trial named."""
    lemmas = sheet.line.lemmas()
    if sheet.refs or not lemmas or {"which", "what", "who", "when", "where", "why", "how"} & set(lemmas):
        return False
    restricts = any(mark.kind in {Kind.LIMIT, Kind.FIELD, Kind.CUE} for mark in sheet.marks)
    return (
        restricts
        and lemmas[0] not in word_set("intents.question_verbs")
        and not sheet.facts[:1]
        and sheet.reading.where is not None
    )


def is_yes_no(sheet: Sheet) -> bool:
    """Whether the question opens with an auxiliary verb: 'Does …', 'Is …'."""
    lemmas = sheet.line.lemmas()
    at = 0
    while at < len(lemmas) and lemmas[at] in {"and", "so", "but", "ok", "okay", "then", "please", "also", "well"}:
        at += 1
    return at < len(lemmas) and lemmas[at] in word_set("intents.question_verbs")


def is_known(sheet: Sheet) -> bool:
    """Whether the question holds a word of the collection or of the field."""
    if sheet.refs or sheet.marks or sheet.terms or sheet.extremes or sheet.has("conflicts", "checklist"):
        return True
    stop = tables.stop_words()
    words = [t.lemma for t in sheet.line.tokens if t.lemma not in stop and not t.lemma.isdigit()]
    return any(sheet.index.knows(word) for word in words) or bool({"trial", "study"} & set(sheet.line.lemmas()))


def has_person(sheet: Sheet) -> bool:
    return sheet.has("person", "first_person")


def describes_person(sheet: Sheet) -> bool:
    """Whether a person is described by a number, an age or a condition."""
    return sheet.has("person") and bool(sheet.limits or sheet.concepts or sheet.kinds(Kind.AGES))
