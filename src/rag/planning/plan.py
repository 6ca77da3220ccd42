"""From a question to a plan: read the words, settle follow-ups against earlier turns, choose the intent, fill it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from rag.planning import lexicon, tables
from rag.planning.extremes import extreme_of
from rag.planning.followups import follow_up
from rag.planning.intents import intent_of
from rag.planning.marks import Kind
from rag.planning.patients import patient_of
from rag.planning.references import find_by_words
from rag.planning.sheet import Sheet, read_sheet
from rag.planning.vocabulary import Vocabulary, WordIndex, index_of
from rag.planning.wording import with_reading
from rag.types import All, Asks, FieldIs, Intent, Limit, Question, QueryPlan, TrialRef

def make_plan(question: Question, vocabulary: Vocabulary) -> QueryPlan:
    """How the question is read over the collection; follow-ups are settled by the user's earlier turns alone."""
    index = index_of(vocabulary)
    previous: QueryPlan | None = None
    for turn in question.history:
        if turn.role == "user" and turn.content.strip():
            previous = _plan(turn.content, index, previous, question.trial_ids)
    return _plan(question.text, index, previous, question.trial_ids)


def _plan(text: str, index: WordIndex, previous: QueryPlan | None, only: tuple[str, ...]) -> QueryPlan:
    sheet = read_sheet(text, index)
    if not sheet.line.tokens:
        return with_reading(QueryPlan(Intent.AMBIGUOUS, text.strip(), "", reason="empty"))
    if previous is not None:
        settled = follow_up(sheet, previous, plan_sheet)
        if settled is not None:
            return settled
    return plan_sheet(sheet, only)


def plan_sheet(sheet: Sheet, only: tuple[str, ...] = ()) -> QueryPlan:
    """The plan of a question that stands for itself. `only`: the trials the caller restricts the collection to."""
    intent, reason = intent_of(sheet)
    base = QueryPlan(intent, sheet.line.text.strip(), "", trials=sheet.refs, terms=terms_of(sheet), reason=reason)
    plan = _FILLERS[intent](sheet, base)
    return with_reading(_with_trial(sheet, plan, only))


def terms_of(sheet: Sheet) -> str:
    """The content words of the question, for retrieval."""
    named = {i for reference in sheet.references for i in range(reference.first, reference.last) if reference.ref.how == "id"}
    stop = tables.stop_words()
    return " ".join(t.text for i, t in enumerate(sheet.line.tokens) if i not in named and t.lemma not in stop)


# ── One trial ────────────────────────────────────────────────────────────────────────────────────────────────────────

_OF_ONE_TRIAL = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.PROSE, Intent.CHECKLIST, Intent.CONFLICTS})


def _with_trial(sheet: Sheet, plan: QueryPlan, only: tuple[str, ...]) -> QueryPlan:
    """A question about one trial that names none: by the caller's restriction, its other words, or else ambiguous."""
    if plan.intent not in _OF_ONE_TRIAL or plan.trials:
        return plan
    known = only or sheet.index.ids
    if len(known) == 1:
        return replace(plan, trials=(TrialRef("the only trial", tuple(known), "previous"),))
    by_words = find_by_words(sheet.line, sheet.index, _describing(sheet))
    if by_words is not None:
        return replace(plan, trials=(by_words,))
    if plan.intent is Intent.PROSE or plan.where is not None or plan.intent is Intent.CONFLICTS:
        return plan
    return replace(plan, intent=Intent.AMBIGUOUS, reason="which_trial")


def _describing(sheet: Sheet) -> list[int]:
    """The tokens that may tell which trial is meant: content words and places that no fact, cue or limit holds."""
    read = {i for mark in sheet.marks if mark.kind in {Kind.FACT, Kind.CUE, Kind.LIMIT, Kind.VARIABLE, Kind.GROUP} for i in range(mark.first, mark.last)}
    read |= {i for found in sheet.extremes for i in range(found.first, found.last)}
    stop = tables.stop_words()
    return [i for i, token in enumerate(sheet.line.tokens) if i not in read and token.lemma not in stop]


# ── Filling in, one function an intent ───────────────────────────────────────────────────────────────────────────────


def _trials(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, where=sheet.reading.where, trials=_kept_refs(sheet), unread=sheet.reading.unplaced, reason=_live(sheet))


def _kept_refs(sheet: Sheet) -> tuple[TrialRef, ...]:
    return sheet.refs


def _live(sheet: Sheet) -> str:
    """'live' where the question asks for this very moment: the answer must say how old the record is."""
    return "live" if sheet.has("live") else ""


def criterion_facts(sheet: Sheet) -> tuple[str, ...]:
    """'criterion:<variable>' and 'concept:<id>' for what the question names, multiples of ULN with the level."""
    variables = [mark.value if mark.kind is Kind.VARIABLE else mark.value.variable for mark in sheet.kinds(Kind.VARIABLE, Kind.LIMIT)]
    variables += [v for mark in sheet.kinds(Kind.GROUP) for v in lexicon.variables_of(mark.value.id)]
    with_twins = dict.fromkeys(twin for variable in variables for twin in lexicon.with_multiples(variable))
    return (*(f"criterion:{variable}" for variable in with_twins), *(f"concept:{concept}" for concept in sheet.concepts))


def _fact(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    facts = sheet.facts
    criteria = criterion_facts(sheet)
    generic = {"inclusion", "exclusion", "eligibility", "summary"}
    asks_criterion = sheet.has("cutoff") or sheet.kinds(Kind.CUE) or not facts or set(facts) <= generic | {"washout"}
    if criteria and asks_criterion:
        facts = (*(fact for fact in facts if fact not in generic), *criteria)
    return replace(plan, facts=_tidy(facts), unread=sheet.bare.unplaced, reason=_live(sheet))


_WIDER = {"outcome": ("outcome.primary", "outcome.secondary"), "arms": ("control",), "sites": ("site_count", "contacts", "countries", "cities"),
          "interventions": ("dose", "route", "schedule", "control"), "sponsor": ("collaborators", "sponsor_class"), "ages": ("minimum_age", "maximum_age"),
          "status": ("why_stopped",), "conditions": ("exclusion", "inclusion"), "eligibility": ("inclusion", "exclusion"), "allocation": ("randomization_ratio",),
          "enrollment": ("sample_size_rationale",), "summary": ("design",), "start_date": (), "duration": ("follow_up",)}


def _tidy(facts: tuple[str, ...]) -> tuple[str, ...]:
    """A general fact gives way to the narrower ones beside it: 'outcome' to 'outcome.primary'."""
    return tuple(fact for fact in dict.fromkeys(facts) if not set(_WIDER.get(fact, ())) & set(facts))


def _boolean(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    filled = _fact(sheet, plan)
    return replace(filled, where=sheet.bare.where)


def _extreme(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    extreme, facts, variables = extreme_of(sheet)
    return replace(plan, extreme=extreme, facts=facts, variables=variables, where=sheet.reading.where)


def _count(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, where=sheet.reading.where, unread=sheet.reading.unplaced, reason=_live(sheet))


def _compare(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    where = None if sheet.refs else sheet.reading.where
    if not sheet.refs and isinstance(where, All):
        classes = [part for part in where.predicates if isinstance(part, FieldIs) and part.field == "sponsor_class"]
        where = All(tuple(p for p in where.predicates if p not in classes)) if len(classes) < len(where.predicates) else None
    return replace(plan, facts=_tidy(tuple(f for f in sheet.facts if f != "control")), variables=sheet.variables, where=where)


def _landscape(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    variables = sheet.variables
    over_fields = () if variables else _tidy(sheet.facts)
    where = _without(sheet.reading.where, variables)
    return replace(plan, variables=variables, facts=over_fields, where=where)


def _without(where: object, variables: tuple[str, ...]) -> object:
    """`where` without the limits on the variables that are themselves asked about."""
    parts = where.predicates if isinstance(where, All) else (where,) if where is not None else ()
    kept = tuple(part for part in parts if not (isinstance(part, Limit) and part.variable in variables and part.asks is Asks.MENTIONS))
    return None if not kept else kept[0] if len(kept) == 1 else All(kept)


def _whatif(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    limits = tuple(Limit(c.variable, c.values, Asks.EXCLUDES, c.stated) for c in sheet.limits)
    return replace(plan, changes=limits, variables=sheet.variables[:1], where=None)


def _screen(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    fields = tuple(p.predicate for p in sheet.bare.parts if isinstance(p.predicate, FieldIs) and p.predicate.field in {"status", "phase", "country", "city"})
    where = None if not fields else fields[0] if len(fields) == 1 else All(fields)
    return replace(plan, patient=patient_of(sheet.line, sheet.marks), where=where)


def _definition(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, facts=sheet.terms)


def _explain(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, where=sheet.bare.where, facts=criterion_facts(sheet))


def _conflicts(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, variables=sheet.variables, where=None if sheet.refs else sheet.bare.where)


def _checklist(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, variables=sheet.variables, facts=("labs",) if {"lab", "laboratory", "blood", "labs"} & set(sheet.line.lemmas()) else ())


def _prose(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, reason=_live(sheet))


def _refused(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return plan


_FILLERS: Mapping[Intent, Callable[[Sheet, QueryPlan], QueryPlan]] = {
    Intent.TRIALS: _trials, Intent.COUNT: _count, Intent.FACT: _fact, Intent.BOOLEAN: _boolean, Intent.EXTREME: _extreme,
    Intent.COMPARE: _compare, Intent.LANDSCAPE: _landscape, Intent.WHATIF: _whatif, Intent.SCREEN: _screen,
    Intent.DEFINITION: _definition, Intent.EXPLAIN: _explain, Intent.CONFLICTS: _conflicts, Intent.CHECKLIST: _checklist,
    Intent.PROSE: _prose, Intent.OUT_OF_SCOPE: _refused, Intent.AMBIGUOUS: _refused,
}
