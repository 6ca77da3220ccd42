"""How a plan reads in plain English, and a follow-up made into a whole question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from rag.evidence.words import phrase
from rag.planning import tables
from rag.planning.glossary import load_glossary
from rag.planning.lexicon import concept_label, label_of, unit_of
from rag.types import All, Any, Concerns, Intent, Limit, Patient, Predicate, QueryPlan, TrialRef

_REASONS = {
    "medical_advice": "a request for medical advice",
    "world_knowledge": "a question that the trial records do not answer",
    "future": "a question about the future or about approval",
    "results": "a question about results, which the records do not hold",
    "no_patient_facts": "a personal question of eligibility without anything known of the person",
    "which_trial": "a question about one trial that does not say which",
    "several_persons": "a question about several persons at once",
    "empty": "an empty question",
}


def listed(words: Iterable[str], last: str = "and") -> str:
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def named(refs: Sequence[TrialRef]) -> str:
    """'NCT01234567', 'the Beijing trial (2 possible trials)', 'NCT00000000 (not in the collection)'."""
    return listed(dict.fromkeys(_named(ref) for ref in refs))


def _named(ref: TrialRef) -> str:
    if ref.how == "ordinal":
        return ref.text
    if not ref.trial_ids:
        return f"{ref.text} (not in the collection)" if ref.how != "previous" else "these trials"
    if len(ref.trial_ids) == 1:
        return ref.trial_ids[0]
    return listed(ref.trial_ids) if ref.how == "previous" else f"{ref.text} ({len(ref.trial_ids)} possible trials)"


def fact_label(fact: str) -> str:
    """The label of a fact id, 'criterion:egfr' and 'concept:hiv' included."""
    kind, _, key = fact.partition(":")
    if kind == "criterion":
        return f"limit on {label_of(key)}"
    if kind == "concept":
        return f"criterion on {concept_label(key)}"
    known = tables.facts().get(fact)
    return known.label if known else fact.replace("_", " ")


def read_as(plan: QueryPlan) -> str:
    """One plain sentence: how the question was understood."""
    sentence = (
        _READERS[plan.intent](plan) if plan.intent in _READERS else f"passages about: {plan.terms or plan.question}"
    )
    return sentence[:1].lower() + sentence[1:] if not sentence[:3].isupper() else sentence


def with_reading(plan: QueryPlan) -> QueryPlan:
    return replace(plan, read_as=read_as(plan))


def in_words(where: Predicate, *, plural: bool = True) -> str:
    """The predicate as a verb phrase; an organ's variables are not listed one by one where its name says it."""
    return phrase(_collapsed(where), plural=plural)


def _collapsed(where: Predicate) -> Predicate:
    if not isinstance(where, All | Any):
        return where
    parts = tuple(_collapsed(part) for part in where.predicates)
    named = {part.asks for part in parts if isinstance(part, Concerns)}
    listed_one_by_one = [p for p in parts if isinstance(p, Limit) and p.values.is_everything and p.asks in named]
    if len(listed_one_by_one) > 3:
        parts = tuple(part for part in parts if part not in listed_one_by_one)
    return parts[0] if len(parts) == 1 else replace(where, predicates=parts)


def _where(plan: QueryPlan, *, lead: str = " that ", plural: bool = True) -> str:
    return f"{lead}{in_words(plan.where, plural=plural)}" if plan.where is not None else ""


def _trials(plan: QueryPlan) -> str:
    if plan.trials:
        return f"{named(plan.trials)}{_where(plan)}"
    return f"trials{_where(plan)}" if plan.where is not None else "all trials"


def _trials_told(plan: QueryPlan) -> str:
    over = listed([*(fact_label(fact) for fact in plan.facts), *(label_of(v) for v in plan.variables)])
    return f"{_trials(plan)}{f'; of each: {over}' if over else ''}"


def _count(plan: QueryPlan) -> str:
    return f"how many {_trials(plan).removeprefix('all ')}"


def _fact(plan: QueryPlan) -> str:
    of = named(plan.trials) or (_trials(plan) if plan.where is not None else "a trial not named")
    about = f" ({in_words(plan.where, plural=False)})" if plan.where is not None and plan.trials else ""
    facts = [fact for fact in plan.facts if not (fact.endswith("_uln") and fact.removesuffix("_uln") in plan.facts)]
    return f"{listed(fact_label(fact) for fact in facts) or 'what is said'} of {of}{about}"


def _boolean(plan: QueryPlan) -> str:
    if plan.where is None:
        asked = listed(fact_label(fact) for fact in plan.facts) or plan.terms
        return f"whether the record of {named(plan.trials)} says so: {asked}"
    return f"whether {named(plan.trials) or 'the trial'}{_where(plan, lead=' ', plural=len(plan.trials) > 1)}"


def _extreme(plan: QueryPlan) -> str:
    if plan.changes:
        own = plan.changes[0]
        said = f"{label_of(own.variable)} {own.values.describe(unit_of(own.variable))}"
        return f"how strict {said} is beside the limits of {_trials(plan)}"
    over = listed([fact_label(fact) for fact in plan.facts] or [label_of(v) for v in plan.variables][:4])
    which = "the trial" if plan.top < 2 else f"the {plan.top} trials"
    return (
        f"{which} with the {plan.extreme} {over}, among {_trials(plan)}"
        if plan.extreme not in {"strictest", "loosest"}
        else (f"the {plan.extreme} trial on {over}, among {_trials(plan)}")
    )


def _compare(plan: QueryPlan) -> str:
    over = listed([*(fact_label(fact) for fact in plan.facts), *(label_of(v) for v in plan.variables)])
    return f"{named(plan.trials) or _trials(plan)} side by side{f', on {over}' if over else ''}"


_TIMES = {
    "wait": "how long ago {} must have been, over {}",
    "stay": "how long {} must have gone on, over {}",
}


def _landscape(plan: QueryPlan) -> str:
    if plan.facts and plan.facts[0].partition(":")[0] in _TIMES:
        kind, _, concept = plan.facts[0].partition(":")
        return _TIMES[kind].format(concept_label(concept), _trials(plan))
    if plan.facts:
        return f"how often each {listed(fact_label(fact) for fact in plan.facts)} occurs, over {_trials(plan)}"
    return f"which limits on {listed(label_of(v) for v in plan.variables[:6])} are set, over {_trials(plan)}"


def _whatif(plan: QueryPlan) -> str:
    limits = listed((f"{label_of(c.variable)} {c.values.describe()}" for c in plan.changes), "to")
    moves = "moves from" if len(plan.changes) > 1 else "moves to"
    return f"what changes if the limit {moves} {limits}, over {_trials(plan)}"


def _screen(plan: QueryPlan) -> str:
    over = named(plan.trials) or _trials(plan)
    return f"the described person ({patient_words(plan.patient)}) against the criteria of {over}"


def patient_words(patient: Patient | None) -> str:
    if patient is None:
        return "nothing known"
    parts = [
        *([patient.sex] if patient.sex else []),
        *(f"{label_of(n.variable)} {n.values.describe()}" for n in patient.numbers),
    ]
    parts += [concept_label(concept) for concept in patient.has] + [
        f"no {concept_label(concept)}" for concept in patient.has_not
    ]
    return ", ".join(parts) or "nothing known"


def _definition(plan: QueryPlan) -> str:
    terms = load_glossary()
    return f"the meaning of {listed(terms[fact].label for fact in plan.facts if fact in terms) or plan.terms}"


def _explain(plan: QueryPlan) -> str:
    among = f"the trials{_where(plan)}" if plan.where is not None else "the trials of the question before"
    return f"why {named(plan.trials) or 'a trial'} is or is not among {among}"


def _refused(plan: QueryPlan) -> str:
    return _REASONS.get(plan.reason, plan.reason or "a question out of scope")


_READERS: Mapping[Intent, Callable[[QueryPlan], str]] = {
    Intent.TRIALS: _trials_told,
    Intent.COUNT: _count,
    Intent.FACT: _fact,
    Intent.BOOLEAN: _boolean,
    Intent.EXTREME: _extreme,
    Intent.COMPARE: _compare,
    Intent.LANDSCAPE: _landscape,
    Intent.WHATIF: _whatif,
    Intent.SCREEN: _screen,
    Intent.DEFINITION: _definition,
    Intent.EXPLAIN: _explain,
    Intent.CONFLICTS: lambda plan: f"contradictions inside the record of {named(plan.trials) or 'any trial'}",
    Intent.CHECKLIST: lambda plan: (
        f"every {'laboratory' if plan.facts else 'numeric'} limit of {named(plan.trials) or 'the trial'}"
    ),
    Intent.PROSE: lambda plan: (
        f"what the record of {named(plan.trials)} says about: {plan.terms}"
        if plan.trials
        else f"passages about: {plan.terms}"
    ),
    Intent.OUT_OF_SCOPE: _refused,
    Intent.AMBIGUOUS: _refused,
}


def whole_question(plan: QueryPlan) -> str:
    """The question that the plan answers, written out: for follow-ups."""
    writer = _WRITERS.get(plan.intent)
    written = writer(plan) if writer is not None else ""
    known = plan.trials[0].trial_ids if plan.trials else ()
    if written or not known or known[0] in plan.question:
        return written or plan.question
    return f"{plan.question} ({named(plan.trials)})"


def _ask_trials(plan: QueryPlan) -> str:
    if plan.where is None:
        return f"Which {_trials(plan).removeprefix('all ')}?"
    return f"Which {f'of {named(plan.trials)}' if plan.trials else 'trials'} {in_words(plan.where)}?"


def _ask_count(plan: QueryPlan) -> str:
    return f"How many trials {in_words(plan.where)}?" if plan.where is not None else "How many trials are there?"


def _ask_boolean(plan: QueryPlan) -> str:
    if plan.where is None:
        return ""
    words, trials = in_words(plan.where), named(plan.trials) or "the trial"
    return f"Is {trials} {words.removeprefix('are ')}?" if words.startswith("are ") else f"Does {trials} {words}?"


def _of_named(plan: QueryPlan) -> QueryPlan:
    """The plan without what chose the trials before: a sentence that answers need hold nothing of it."""
    return replace(plan, where=None) if plan.trials else plan


def _ask_landscape(plan: QueryPlan) -> str:
    return f"What limits on {listed(label_of(v) for v in plan.variables)} are set?" if plan.variables else ""


_WRITERS: Mapping[Intent, Callable[[QueryPlan], str]] = {
    Intent.TRIALS: _ask_trials,
    Intent.COUNT: _ask_count,
    Intent.FACT: lambda plan: f"What is the {_fact(_of_named(plan))}?" if plan.facts else "",
    Intent.BOOLEAN: _ask_boolean,
    Intent.LANDSCAPE: _ask_landscape,
    Intent.DEFINITION: lambda plan: f"What is {_definition(plan)}?" if plan.facts else "",
}
