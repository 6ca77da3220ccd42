"""Answers about named trials: facts, yes or no."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from rag.answering.draft import Draft, abstain
from rag.answering.english import listed
from rag.answering.extract import load_prose_facts, state_prose_fact
from rag.answering.facts import RULES, state_control, state_fact
from rag.answering.sets import variables_of
from rag.criteria.concepts import load_concepts
from rag.criteria.grammar import read_comparisons
from rag.criteria.lexicon import load_variables
from rag.evidence.collect import Judge, field_quotes
from rag.evidence.sentences import around
from rag.evidence.topics import content_stems, stem, words_of
from rag.evidence.words import phrase
from rag.text import shortened
from rag.types import (
    AbstentionReason,
    Asks,
    Claim,
    Concerns,
    Document,
    FieldIs,
    Limit,
    Not,
    Predicate,
    QueryPlan,
    Quote,
    Span,
    Status,
    Verdict,
)
from rag.values import EVERYTHING

_LONGEST_ITEM = 300  # code points of an item shown
_MOST_TRIALS = 12  # of one fact question; more are a set question


def named_trials(plan: QueryPlan) -> tuple[str, ...]:
    """The ids of every trial that the question names, in its order."""
    return tuple(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids))


def answer_fact(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """Each fact asked about, of each trial named; what a record does not state is said to be unstated."""
    claims: list[Claim] = []
    missing: list[str] = []
    for trial in trial_ids[:_MOST_TRIALS]:
        foreign = foreign_words(judge, trial, plan.unread)
        if foreign:
            missing.append(f"{trial} does not mention {listed(foreign)}")
            continue
        stated = {fact: _fact_claim(judge, trial, fact, plan.terms) for fact in plan.facts}
        claims += distinct(claim for claim in stated.values() if claim is not None)
        claims += _age_conflict(judge, trial) if _AGES & set(plan.facts) else []
        missing += [f"{trial} does not state {fact_label(fact)}" for fact in unstated(stated)]
    if not claims:
        return abstain(AbstentionReason.NO_EVIDENCE, f"The documents do not say: {listed(missing)}.", nearest)
    status = Status.PARTIAL if missing else Status.ANSWERED
    if missing:
        claims.append(Claim(f"The documents do not say the rest: {listed(missing)}."))
    if len(trial_ids) > _MOST_TRIALS:
        claims.append(Claim(f"{len(trial_ids) - _MOST_TRIALS} more trials fit; name one to see it."))
    return Draft(tuple(claims), status)


_AGES = frozenset({"ages", "minimum_age", "maximum_age"})


def _age_conflict(judge: Judge, trial: str) -> list[Claim]:
    """Where the criteria state other ages than the registry field does, both are told."""
    findings = judge.records.read_trial(trial).findings
    return [
        Claim(f"{trial}: {finding.message}.", tuple(Quote(trial, span) for span in finding.spans))
        for finding in findings
        if finding.kind == "age_conflict"
    ]


def distinct(claims: Iterable[Claim]) -> list[Claim]:
    """The claims, none twice; of two that quote the same items the later keeps only its own words."""
    kept: dict[str, Claim] = {}
    seen: set[tuple[Quote, ...]] = set()
    for claim in claims:
        head, colon, _ = claim.text.partition(': "')
        text = f"{head}." if colon and claim.quotes in seen else claim.text
        kept.setdefault(text, Claim(text, claim.quotes))
        seen.add(claim.quotes)
    return list(kept.values())


def unstated(stated: Mapping[str, Claim | None]) -> list[str]:
    """The facts not stated, but not the multiple of ULN where the level is stated, or the other way round."""
    found = {fact.removesuffix("_uln") for fact, claim in stated.items() if claim is not None}
    missing = [fact for fact, claim in stated.items() if claim is None and fact.removesuffix("_uln") not in found]
    return [fact for fact in missing if not (fact.endswith("_uln") and fact.removesuffix("_uln") in missing)]


def foreign_words(judge: Judge, trial: str, unplaced: Sequence[str]) -> list[str]:
    """Names of the question's subject that stand nowhere in the record: a drug or disease of another trial.

    Only a word that is a name somewhere (an intervention of the collection, a concept of the lexicon, a code such as
    TQC2731) can be foreign; other words are just words.
    """
    text = judge.records.document(trial).text
    known = {stem(word) for word in words_of(text)}
    foreign = []
    for words in unplaced:
        stems = content_stems(words)
        if _is_code(words):
            missing = words.casefold() not in text.casefold()
        else:
            missing = bool(stems) and not any(one in known or _misspelt(one, known) for one in stems)
        if missing and (_is_code(words) or judge.names_something(words)):
            foreign.append(words)
    return foreign


def _is_code(words: str) -> bool:
    """'TQC2731' and 'BEBT-109', but not '30' or '30 kg'."""
    return any(any(c.isdigit() for c in word) and any(c.isalpha() for c in word) for word in words.split())


def _misspelt(word: str, known: set[str]) -> bool:
    return len(word) >= 5 and extractOne(word, known, scorer=ratio, score_cutoff=84) is not None


def fact_label(fact: str) -> str:
    kind, _, name = fact.partition(":")
    if kind == "criterion":
        return f"a limit on {load_variables()[name].label}" if name in load_variables() else f"a limit on {name}"
    if kind == "concept":
        return load_concepts()[name].label if name in load_concepts() else name
    if fact in RULES:
        return RULES[fact].label
    rule = load_prose_facts().get(fact)
    return f"the {rule.label}" if rule else fact.replace("_", " ").replace(".", " ")


def _fact_claim(judge: Judge, trial: str, fact: str, terms: str) -> Claim | None:
    kind, _, name = fact.partition(":")
    document = judge.records.document(trial)
    if kind == "criterion":
        return _predicate_claim(judge, trial, Limit(name, EVERYTHING, Asks.MENTIONS, ""))
    if kind == "concept":
        return _predicate_claim(judge, trial, Concerns((name,), "", Asks.MENTIONS))
    claim = _FIRST[fact](document) if fact in _FIRST else None
    if claim is None:
        claim = state_fact(document, fact) if fact in RULES else _section_claim(document, fact)
    if claim is None and fact in load_prose_facts():
        claim = state_prose_fact(document, fact, terms, subjects=_subjects(judge, document, terms))
    if claim is None and fact in _INSTEAD:
        return _fact_claim(judge, trial, _INSTEAD[fact], terms)
    return claim


def _subjects(judge: Judge, document: Document, terms: str) -> frozenset[str]:
    """Stems of the treatments that a question names, as the record spells them; a trial is also named by its own."""
    known = {stem(word) for word in words_of(document.text)}
    titled = {stem(word) for word in words_of(document.title)}
    named = {stem(word) for word in words_of(terms) if judge.names_treatment(word)}
    found = {one if one in known else _nearest(one, known) for one in named}
    only = {stem(word) for i in document.facts.interventions for word in words_of(i.name)}
    return frozenset(one for one in found if one and not (one in titled and one in only))


def _nearest(word: str, known: set[str]) -> str:
    best = extractOne(word, known, scorer=ratio, score_cutoff=84)
    return best[0] if best else word


# Facts that the registry's own structure tells better than its prose.
_FIRST: dict[str, Callable[[Document], Claim | None]] = {"control": state_control}

# What to show where a record does not name the thing asked about: the comparator stands among the arms.
_INSTEAD = {
    "control": "arms", "arms": "interventions", "outcome.time_frame": "outcome.primary", "follow_up": "duration",
}  # fmt: skip


def _predicate_claim(judge: Judge, trial: str, predicate: Predicate) -> Claim | None:
    judgement = judge.all(predicate, (trial,))[trial]
    if judgement.verdict not in {Verdict.MATCH, Verdict.PARTIAL, Verdict.UNREAD} or not judgement.quotes:
        return None
    reason = judgement.reason.partition(': "')[0]  # the items stand below, whole
    items = _items_of(judge, trial, judgement.quotes)
    words = "; ".join(f'"{shortened(item.of(judge.records.document(trial).text), _LONGEST_ITEM)}"' for item in items)
    return Claim(f"{trial} {reason}: {words}", tuple(Quote(trial, item) for item in items))


def _items_of(judge: Judge, trial: str, quotes: Sequence[Quote]) -> list[Span]:
    """The eligibility items that hold the quotes, in text order, four at most: exceptions and methods stand in them."""
    text = judge.records.document(trial).text
    spans = [criterion.span for criterion in judge.records.read_trial(trial).criteria]
    found = set()
    for quote in quotes:
        one = quote.span
        whole = next((s for s in spans if s.start <= one.start and one.end <= s.end), one)
        found.add(around(text, whole, one, _LONGEST_ITEM))
    return sorted(found)[:4]


_SECTIONS = {
    "summary": ("summary", "what it is about"),
    "eligibility": ("eligibility", "the eligibility criteria"),
    "inclusion": ("eligibility.inclusion", "the inclusion criteria"),
    "exclusion": ("eligibility.exclusion", "the exclusion criteria"),
    "title": ("identification", "the title"),
}


def _section_claim(document: Document, fact: str) -> Claim | None:
    """A whole short section, quoted; a long one by its beginning."""
    if fact == "title":
        quotes = tuple(Quote(document.trial_id, f.span) for f in document.fields if f.name == "title")
        return Claim(f'{document.trial_id}: the title is "{document.title}".', quotes)
    if fact == "url":
        quotes = tuple(Quote(document.trial_id, f.span) for f in document.fields if f.name == "title")
        return Claim(f"{document.trial_id}: the registry page is {document.url}.", quotes)
    if fact not in _SECTIONS:
        return None
    prefix, label = _SECTIONS[fact]
    sections = [s for s in document.sections if s.name.startswith(prefix) and s.name != "eligibility.fields"]
    sections = [s for s in sections if s.span.of(document.text).strip()]
    if not sections:
        return None
    words = " … ".join(shortened(s.span.of(document.text), 700) for s in sections)
    return Claim(f'{document.trial_id}, {label}: "{words}"', tuple(Quote(document.trial_id, s.span) for s in sections))


def answer_boolean(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """Yes, no, only in part, or 'the record does not say', for each trial named, with the words that decide."""
    if plan.where is None and plan.facts:
        return answer_fact(plan, judge, trial_ids, nearest)
    if plan.where is None:
        return abstain(AbstentionReason.NO_EVIDENCE, "The documents do not say.", nearest)
    if _asks_about_a_value(plan):
        facts = tuple(f"criterion:{variable}" for variable in variables_of(plan.where))
        return answer_fact(replace(plan, facts=facts), judge, trial_ids, nearest)
    judgements = judge.all(plan.where, tuple(trial_ids))
    claims, told = [], []
    for trial in trial_ids[:_MOST_TRIALS]:
        judgement = judgements[trial]
        document = judge.records.document(trial)
        quotes = judgement.quotes or field_quotes(document, plan.where)
        prose = _prose_instead(document, judgement.verdict, plan.where)
        if prose is not None:
            claims.append(prose)
            told.append(True)
            continue
        words, known = _verdict_words(trial, judgement.verdict, judgement.reason, plan.where)
        claims.append(Claim(words, quotes if known else quotes[:3]))
        told.append(known)
    if not any(told):
        quotes = tuple(q for trial in trial_ids for q in judgements[trial].quotes)
        return abstain(AbstentionReason.NO_EVIDENCE, " ".join(claim.text for claim in claims), quotes or nearest)
    return Draft(tuple(claims), Status.ANSWERED if all(told) else Status.PARTIAL)


def _asks_about_a_value(plan: QueryPlan) -> bool:
    """Whether a value stands in a question that was read as 'is there a limit?': then a bare yes would mislead."""
    if not isinstance(plan.where, Limit) or plan.where.asks is not Asks.MENTIONS:
        return False
    asked = read_comparisons(plan.question)
    return any(c.variable == plan.where.variable and not c.values.is_everything for c in asked)


def _prose_instead(document: Document, verdict: Verdict, where: Predicate) -> Claim | None:
    """What the prose says of a design field that the registry leaves empty."""
    if verdict is not Verdict.SILENT or not isinstance(where, FieldIs) or where.field not in _DESIGN:
        return None
    found = state_prose_fact(document, where.field, "", most=1)
    if found is None:
        return None
    sure = where.values == ("RANDOMIZED",) and _RANDOMIZED.search(found.text)
    lead = "Yes: the" if sure else "The"
    return Claim(f"{lead} registry field is empty, but the record says: {found.text}", found.quotes)


_DESIGN = frozenset({"masking", "allocation"})
_RANDOMIZED = re.compile(r"(?<!non)(?<!non-)(?<!not )\brandomi[sz]", re.IGNORECASE)


def _verdict_words(trial: str, verdict: Verdict, reason: str, where: Predicate) -> tuple[str, bool]:
    """The sentence for a yes-or-no question, and whether it answers."""
    asked = phrase(where, plural=False)
    if verdict is Verdict.MATCH:
        return f"Yes: {trial} {asked}; it {reason}." if _is_told(reason) else f"Yes: {trial} {asked}.", True
    if verdict is Verdict.PARTIAL:
        return f"Only in part: {trial} {reason}.", True
    if verdict is Verdict.UNREAD:
        return f"{trial} {reason}; the words are quoted for you to judge.", True
    if verdict is Verdict.NO_MATCH:
        return (f"No: {trial} {reason}." if _is_told(reason) else f"No: {trial} {_not(where, reason)}."), True
    return f"The record of {trial} does not say: it {reason}.", False


def _is_told(reason: str) -> bool:
    """Whether a reason is a verb phrase ('excludes …'), not a field and its value ('phase: phase 2')."""
    return bool(reason) and reason.split(maxsplit=1)[0].endswith("s") and ":" not in reason.split(maxsplit=1)[0]


def _not(where: Predicate, reason: str) -> str:
    denied = phrase(Not(where), plural=False)
    return f"{denied} ({reason})" if reason else denied
