"""Answers that only prose gives, definitions, and the plain refusals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.counted import Counted, gives_number, read_counted
from rag.answering.draft import Draft, abstain
from rag.answering.english import listed
from rag.answering.entries import how_measured
from rag.answering.extract import Found, best_sentences
from rag.answering.finish import section_of
from rag.answering.focus import focus_on
from rag.answering.instead import chosen_sentences, surer_sentences
from rag.answering.meanings import spelt_out
from rag.answering.naming import also_called, name_explained
from rag.answering.strange import unnamed_heads
from rag.answering.unheld import not_held, unmentioned
from rag.evidence.collect import Judge
from rag.evidence.fields import readable
from rag.evidence.sentences import sentences
from rag.evidence.stems import stem, words_of
from rag.planning.glossary import Term, load_glossary
from rag.text import shortened
from rag.types import AbstentionReason, Claim, Document, Intervention, QueryPlan, Quote, Status

# Share of the question's weighed words that a sentence must hold to answer it. Calibrated on eval/gold/dev.jsonl.
_ENOUGH = 0.6
_MOST_SENTENCES = 3
_MOST_TRIALS = 6
_HEADS = ("Arm: ", "Intervention: ", "Interventions: ", "Other names: ")  # the names of entries say nothing of them
# Sections of labels and names: a sponsor called after a disease says nothing of the disease.
_LABELS = frozenset(
    {"identification", "conditions", "sponsors", "locations", "contacts", "dates", "eligibility.fields"}
)


def answer_prose(plan: QueryPlan, judge: Judge, passages: Sequence[Quote]) -> Draft:
    """The few sentences that answer, from the best passages; none when too few of the question's words are in any."""
    named = [trial for ref in plan.trials for trial in ref.trial_ids]
    unnamed = unnamed_heads(judge.records.document(named[0]).text, plan) if len(named) == 1 else []
    if unnamed:
        words = listed([f'"{word}"' for word in unnamed], final="or")
        message = f"The documents do not say: {named[0]} does not mention {words}."
        return abstain(AbstentionReason.NO_EVIDENCE, message, tuple(passages[:3]))
    of_named = _of_named(plan, judge, named[:_MOST_TRIALS])
    if of_named:
        return Draft(of_named)
    documents = [judge.records.document(trial) for trial in dict.fromkeys(q.trial_id for q in passages)]
    explained = explained_by(plan, documents)
    if explained:
        return Draft(explained)
    telling = [q for q in passages if section_of(judge.records.document(q.trial_id), q) not in _LABELS]
    found = best_sentences(documents, telling, _wanted(plan), asked=plan.question, most=_MOST_SENTENCES)
    counted = read_counted(plan.question)
    found = [f for f in found if not f.text.startswith(_HEADS) and (plan.focus or len(named) != 1)]
    good = [f for f in found if f.coverage >= _ENOUGH and (counted is None or _counts(judge, counted, f))]
    good = [f for f in good if len(named) != 1 or not not_held(judge.records.document(named[0]), plan, [_quoted(f)])]
    rather = surer_sentences(judge, judge.records.document(named[0]), plan) if good and len(named) == 1 else None
    if rather is not None:
        return Draft((rather,))
    if not good:
        return abstain(AbstentionReason.NO_EVIDENCE, _unsaid(plan, judge, named), tuple(f.quote for f in found))
    return Draft(tuple(_quoted(f) for f in _kept(good)))


def _unsaid(plan: QueryPlan, judge: Judge, named: Sequence[str]) -> str:
    if len(named) != 1:
        return "The documents do not say. The nearest passages are shown, but none of them answers the question."
    return unsaid_of(judge.records.document(named[0]), plan)


def unsaid_of(document: Document, plan: QueryPlan) -> str:
    """Which kind of no it is: a record that never names the thing, or one that leaves unsaid what is asked of it."""
    trial, foreign = document.trial_id, unmentioned(document, plan)
    if foreign:
        words = listed([f'"{word}"' for word in foreign], final="or")
        return f"The documents do not say: {trial} does not mention {words}."
    return f"The documents do not say: nothing that answers this was found in {trial}; the nearest words are shown."


def _of_named(plan: QueryPlan, judge: Judge, trials: Sequence[str]) -> tuple[Claim, ...]:
    """The sentences of each trial named that hold what is asked about, wherever in the record they stand."""
    claims = []
    for document in (judge.records.document(trial) for trial in trials):
        told = spelt_out(document, plan) or name_explained(document, plan)
        told = told or _thing_asked(plan, document) or how_measured(document, plan)
        if told is not None:
            claims.append(told)
            continue
        told = chosen_sentences(judge, document, plan)
        claims += [told] if told is not None and not not_held(document, plan, [told]) else []
    return tuple(claims)


def _counts(judge: Judge, counted: Counted, found: Found) -> bool:
    return gives_number(counted, found.text, judge.records.document(found.quote.trial_id))


def explained_by(plan: QueryPlan, documents: Sequence[Document]) -> tuple[Claim, ...]:
    """What the first two of the records that explain the name asked about say of it; nothing where a trial is named."""
    if any(ref.trial_ids for ref in plan.trials):
        return ()
    told = (name_explained(document, plan) for document in documents)
    return tuple(claim for claim in told if claim is not None)[:2]


def _thing_asked(plan: QueryPlan, document: Document) -> Claim | None:
    """'What is reSET-O?': the entry of the treatment or arm that goes by the name asked for."""
    focus = focus_on(plan.focus or tuple(words_of(plan.terms)))
    if not _WHAT_IS.match(plan.question) or not focus:
        return None
    named = [one for one in document.facts.interventions if focus.share(one.name) > 0.99]
    exact = [one for one in named if {stem(word) for word in words_of(one.name)} <= focus.stems]
    fields = {field.name: field.span for field in document.fields}
    spans = [fields.get(f"intervention.{document.facts.interventions.index(one)}") for one in exact or named]
    shown = "; ".join(f"{one.name} ({readable(one.kind)}{also_called(one)})" + _details(one) for one in exact or named)
    quotes = tuple(Quote(document.trial_id, span) for span in spans if span is not None)
    return Claim(f"{document.trial_id}: {shown}.", quotes) if quotes else None


def _details(one: Intervention) -> str:
    return f': "{shortened(one.description, 420)}"' if one.description else ""


_WHAT_IS = re.compile(r"(?i)\s*(?:what(?:'s| is| are)|describe|explain|which \w+ (?:is|are))\b")


def _wanted(plan: QueryPlan) -> str:
    """The words to look for: those of the question that do not merely name its trials."""
    naming = {stem(word) for ref in plan.trials for word in words_of(ref.text)}
    words = [word for word in words_of(plan.terms) if stem(word) not in naming]
    return " ".join(words) or plan.terms or plan.question


def _kept(found: Sequence[Found]) -> list[Found]:
    """The best sentence, and others only when they answer nearly as well."""
    return [f for f in found if f.score >= 0.75 * found[0].score]


def _quoted(found: Found) -> Claim:
    return Claim(f'{found.quote.trial_id}: "{shortened(found.text, 420)}"', (found.quote,))


def answer_definition(plan: QueryPlan, judge: Judge, passages: Sequence[Quote]) -> Draft:
    """A term of the glossary, then the words of records that use it."""
    glossary = load_glossary()
    terms = [glossary[fact] for fact in plan.facts if fact in glossary]
    if not terms:
        return answer_prose(plan, judge, passages)
    claims = [Claim(_full(term.definition)) for term in terms]
    documents = [judge.records.document(trial) for trial in dict.fromkeys(q.trial_id for q in passages)]
    used = _using(terms, documents, passages)
    if used:
        claims.append(Claim("The records use it so:"))
        claims += [Claim(f'- {f.quote.trial_id}: "{shortened(f.text, 240)}"', (f.quote,)) for f in used]
    return Draft(tuple(claims))


def _using(terms: Sequence[Term], documents: Sequence[Document], passages: Sequence[Quote]) -> list[Found]:
    """Two sentences that use a term by one of its names, shortest first."""
    text_of = {document.trial_id: document.text for document in documents}
    names = [f" {' '.join(words_of(name)).casefold()} " for term in terms for name in (term.label, *term.also)]
    found = []
    for passage in passages:
        text = text_of[passage.trial_id]
        for span in sentences(text, passage.span):
            said = f" {' '.join(words_of(span.of(text))).casefold()} "
            if any(name in said for name in names) and span.end - span.start >= 12:
                found.append(Found(Quote(passage.trial_id, span), span.of(text), 1.0, 1.0))
    found.sort(key=lambda f: (f.quote.span.end - f.quote.span.start, f.quote.trial_id, f.quote.span))
    return found[:2]


def _full(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


_REFUSALS = {
    "medical_advice": "This asks for medical advice, which the documents cannot give. Ask the treating physician or "
    "the study site; what the records say about criteria, doses or contacts can be asked here.",
    "world_knowledge": "This is no question about the trial records in this index, and nothing else is consulted.",
    "future": "This asks about the future, an approval or a price, which the records do not hold: they state plans, "
    "dates and a status.",
    "results": "The records hold no results for this: they state what a trial measures, not what it found.",
    "no_patient_facts": "Whether a person may join cannot be told without facts about the person: give age, diagnoses, "
    "treatments and laboratory values, and ask the study site, which decides.",
}


def answer_out_of_scope(plan: QueryPlan, judge: Judge, passages: Sequence[Quote]) -> Draft:
    """Which kind of question is out of scope, and what can be asked instead; what a record explains is none."""
    documents = [judge.records.document(trial) for trial in dict.fromkeys(q.trial_id for q in passages)]
    explained = explained_by(plan, documents) if plan.reason == "world_knowledge" else ()
    if explained:
        return Draft(explained)
    aims = _measured(plan, judge) if plan.reason == "results" else ()
    nearest = (aims or tuple(passages))[:3]
    return abstain(AbstentionReason.OUT_OF_SCOPE, _REFUSALS.get(plan.reason, _REFUSALS["world_knowledge"]), nearest)


def _measured(plan: QueryPlan, judge: Judge) -> tuple[Quote, ...]:
    """The primary outcomes of the trials named: what a result would be of."""
    trials = [trial for ref in plan.trials if len(ref.trial_ids) == 1 for trial in ref.trial_ids]
    fields = [(trial, field) for trial in trials for field in judge.records.document(trial).fields]
    return tuple(Quote(trial, f.span) for trial, f in fields if f.name.rpartition(".")[0] == "outcome.primary")


def answer_ambiguous(plan: QueryPlan, judge: Judge) -> Draft:
    """The readings that fit, to choose from; nothing is guessed."""
    refs = [ref for ref in plan.trials if len(ref.trial_ids) > 1]
    if plan.reason == "several_persons":
        message = "The question tells of more than one person. Ask about each of them by themselves."
        return abstain(AbstentionReason.AMBIGUOUS, message)
    if not refs:
        message = "The question does not say which trial it means. Name one by its id, drug, sponsor or title."
        return abstain(AbstentionReason.AMBIGUOUS, message)
    ref = refs[0]
    shown = [f"{trial} ({judge.records.document(trial).title})" for trial in ref.trial_ids[:6]]
    more = f" and {len(ref.trial_ids) - 6} more" if len(ref.trial_ids) > 6 else ""
    message = f'"{ref.text}" fits {len(ref.trial_ids)} trials: {"; ".join(shown)}{more}. Which one is meant?'
    return abstain(AbstentionReason.AMBIGUOUS, message, title_quotes(judge, ref.trial_ids[:6]))


def title_quotes(judge: Judge, trial_ids: Sequence[str]) -> tuple[Quote, ...]:
    documents = [judge.records.document(trial) for trial in trial_ids]
    return tuple(Quote(d.trial_id, f.span) for d in documents for f in d.fields if f.name == "title")


def answer_unknown_trial(plan: QueryPlan, known: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """The trials that are named and not in the index."""
    unknown = [ref.text for ref in plan.trials if not ref.trial_ids]
    if any(ref.how != "id" for ref in plan.trials if not ref.trial_ids):
        message = f'No trial of this index could be told from "{listed(unknown)}": name it by its id, drug or title.'
        return abstain(AbstentionReason.UNKNOWN_TRIAL, message, nearest)
    verb = "is" if len(unknown) == 1 else "are"
    message = f"{listed(unknown)} {verb} not in this index of {len(known)} trials."
    return abstain(AbstentionReason.UNKNOWN_TRIAL, message, nearest)


def answer_outside(named: Sequence[str], allowed: Sequence[str]) -> Draft:
    """The trials that are named and not among those that the question is limited to."""
    verb = "is" if len(named) == 1 else "are"
    records = "the one record" if len(allowed) == 1 else f"among the {len(allowed)} records"
    message = f"{listed(list(named))} {verb} not {records} that this question is limited to."
    return abstain(AbstentionReason.UNKNOWN_TRIAL, message)


def empty_index() -> Draft:
    return Draft(
        (Claim("The index holds no trials that this question may be asked of."),),
        Status.ABSTAINED,
        reason=AbstentionReason.NO_EVIDENCE,
    )
