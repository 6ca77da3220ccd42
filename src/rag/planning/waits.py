"""Questions that ask for a time instead of telling one: 'how long must chemotherapy be over', 'what washout from …'.

Two times stand in criteria: how long ago something must have been (`wait`), and how long somebody must have had it
(`stay`). Over many trials both are laid out like cut-offs, the trials by the time that they state.
"""

from __future__ import annotations

from dataclasses import replace

from rag.planning import lexicon
from rag.planning.joining import all_of
from rag.planning.marks import Kind, Mark
from rag.planning.sheet import Sheet
from rag.planning.slots import names_trials
from rag.planning.tables import word_set
from rag.types import About, FieldIs, QueryPlan

# Facts whose names a question for such a time holds by the way.
_ASIDE = frozenset({
    "washout", "duration", "treatment_duration", "outcome.time_frame", "dose", "schedule", "exclusion", "inclusion",
    "eligibility",
})  # fmt: skip


def time_asked(sheet: Sheet) -> tuple[str, ...]:
    """('wait:chemotherapy',) or ('stay:insulin',) where the question asks of all trials for that time, else ()."""
    kind = _kind(sheet)
    if not kind or sheet.refs or sheet.limits or set(sheet.facts) - _ASIDE or not _is_of_trials(sheet):
        return ()
    told = [mark for mark in sheet.kinds(Kind.CONCEPT) if not _is_topic(sheet, mark)]
    treatments = [mark for mark in told if lexicon.are_treatments((mark.value,))]
    return (f"{kind}:{(treatments or told)[0].value}",) if told else ()


def times_over(sheet: Sheet, plan: QueryPlan, asked: tuple[str, ...]) -> QueryPlan:
    """The plan of such a question: over the trials that its topics and fields choose."""
    topics = [mark for mark in sheet.kinds(Kind.CONCEPT) if _is_topic(sheet, mark)]
    fields = [mark.value for mark in sheet.kinds(Kind.FIELD) if isinstance(mark.value, FieldIs)]
    chosen = [field for field in fields if field.field != "status" or _says_open(field)]
    named = [About(sheet.line.words(mark.first, mark.last)) for mark in topics]
    unknown = [p.predicate for p in sheet.reading.parts if isinstance(p.predicate, About) and _is_unknown(sheet, p)]
    return replace(plan, facts=asked, variables=(), where=all_of([*named, *unknown, *chosen]))


def _says_open(field: FieldIs) -> bool:
    """'Stopped' and 'completed' tell of a treatment here, 'recruiting' of a trial."""
    return "RECRUITING" in field.values


def _is_unknown(sheet: Sheet, part: object) -> bool:
    """Whether a topic is one that no concept covers and that stands right before 'trials'."""
    first, last = getattr(part, "first", 0), getattr(part, "last", 0)
    covered = any(mark.first < last and first < mark.last for mark in sheet.kinds(Kind.CONCEPT))
    return not covered and names_trials(sheet.line, last)


def _kind(sheet: Sheet) -> str:
    lemmas = set(sheet.line.lemmas())
    if not sheet.has("time_asked"):
        return ""
    if sheet.has("washout") or lemmas & word_set("waits.over"):
        return "wait"
    return "stay" if lemmas & word_set("waits.going_on") else ""


def _is_of_trials(sheet: Sheet) -> bool:
    nouns = {"trial", "study", "protocol"}
    return any(token.lemma in nouns and token.text.casefold().endswith("s") for token in sheet.line.tokens)


def _is_topic(sheet: Sheet, mark: Mark) -> bool:
    """'the breast cancer trials', 'trials in asthma': what the trials are about."""
    before = sheet.line.lemmas(max(0, mark.first - 2), mark.first)
    in_trials = before[-1:] in {("in",), ("on",), ("for",), ("of",)} and before[:1] in {("trial",), ("study",)}
    return in_trials or names_trials(sheet.line, mark.last)
