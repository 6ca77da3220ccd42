"""What is told of one trial in the end: what the rules drafted, the best sentence of its record, or that it is unsaid.

Two logistic scores say how likely the sentence answers, and how likely the draft does. They look at what a question
and an answer mean (`rag.likeness`) more than at their words: the rules of facts miss words that nobody foresaw, and
find words that say something else. A draft that hardly answers is withheld. `data/settling.toml`
holds the weights, which `scripts/fit_settling.py` fits, and the limits, which are chosen by hand on the same sets.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from rag.answering.checks import asks_why_listed
from rag.answering.choosing import Ranking, gives_reason
from rag.answering.draft import Draft, abstain
from rag.answering.facts import RULES
from rag.answering.focus import focus_on
from rag.answering.halves import with_the_rest
from rag.answering.instead import ranked
from rag.answering.labels import of_another_group
from rag.answering.meanings import spelt_out
from rag.answering.naming import name_explained
from rag.answering.neighbours import of_no_author, of_no_control, of_no_limit, of_nothing_new, of_the_criteria
from rag.answering.prose import unsaid_of
from rag.answering.prose_facts import load_prose_facts
from rag.answering.single import asks_why, named_trials
from rag.answering.stating import quoted
from rag.answering.strange import asked_heads, of_others
from rag.answering.unheld import not_held, of_something_else, unmentioned
from rag.answering.weighing import likelihood, likes_of, shown, signs_alone, spans_of, telling
from rag.evidence.collect import Judge
from rag.types import AbstentionReason, Claim, Concerns, Document, FieldIs, Intent, QueryPlan, Quote, Span, Status


@dataclass(frozen=True, slots=True)
class Limits:
    """From which likelihood on a sentence is told where the rules found nothing, and in place of what they drafted.

    `likelier`: by how much it must then be likelier than the draft; `withheld`: below which no draft of prose
    is told, `denied`: no other.
    """

    unsaid: float
    instead: float
    likelier: float
    withheld: float
    denied: float


@cache
def load_settling() -> Mapping[str, Mapping[str, float]]:
    """The weights of `settling.toml`, by the names of its parts: 'limit', 'sentence', 'draft'."""
    text = files("rag.answering").joinpath("data/settling.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, float]] = tomllib.loads(text)
    return table


@cache
def limits() -> Limits:
    return Limits(**load_settling()["limit"])


def settled(plan: QueryPlan, judge: Judge, draft: Draft) -> Draft:
    """What is told, with what it leaves unsaid of a question of two things."""
    told, named = _chosen(plan, judge, draft), named_trials(plan)
    if len(named) != 1 or told.reason is not None:
        return told
    document = judge.records.document(named[0])
    quotes = (span.of(document.text) for span in spans_of(document, told.claims))
    return with_the_rest(named[0], plan.question, told, " ".join([*(claim.text for claim in told.claims), *quotes]))


def _chosen(plan: QueryPlan, judge: Judge, draft: Draft) -> Draft:
    """The draft, or the best sentence of the one trial that is asked about, where that is the likelier answer.

    Where a draft refuses and no sentence is likely, the best ones stand first among what is shown as nearest.
    """
    document = _asked_of(plan, judge, draft)
    ranking = ranked(judge, document, plan) if document is not None else None
    if document is None or ranking is None or not ranking.found or _explains_a_name(document, plan, draft):
        return draft
    claim = quoted(shown(ranking))
    stands = may_stand_in(judge, document, plan, claim)
    if draft.reason is None:
        if stands and _is_likelier(document, plan, ranking, draft):
            return Draft((claim,))
        if _is_told(document, plan, ranking, draft):
            return draft
        draft = _withheld(document, plan, draft)
    if stands and _told(document, plan, ranking, draft) >= limits().unsaid:
        return Draft((claim,))
    return replace(draft, nearest=_nearest(ranking, draft.nearest))


def _asked_of(plan: QueryPlan, judge: Judge, draft: Draft) -> Document | None:
    """The one record whose sentences may answer; None where a field or several trials are asked about."""
    named = named_trials(plan)
    if draft.reason not in {None, AbstentionReason.NO_EVIDENCE} or len(named) != 1 or plan.intent not in INTENTS:
        return None
    if judge.records.likeness() is None or _asks_a_field(plan) or asks_why_listed(plan):
        return None
    return judge.records.document(named[0])


def may_stand_in(judge: Judge, document: Document, plan: QueryPlan, claim: Claim) -> bool:
    """Whether a sentence may answer, however near its meaning is.

    It does not where another trial's treatment is asked about, minutes are asked and months told, a number of
    nurses or a brand is asked of a record that names none, or a reason is asked and none given, or how many are in
    arm C or what they get, and the sentence does not speak of arm C; nor for controls where there is one arm, nor
    for a placebo that the record does not name, nor a criterion for what is done in the trial, nor for a limit what
    holds no figure, nor what only repeats the question; and whether glaucoma is excluded is not told by a line on
    eGFR, where no word of the record means glaucoma.
    """
    words = " ".join(quote.span.of(document.text) for quote in claim.quotes)
    if of_others(judge, document.trial_id, plan) or of_something_else(document, plan, [claim]):
        return False
    if of_another_group(plan.facts, plan.question, claim.text) or asked_heads(document.text, plan):
        return False
    if "placebo" in unmentioned(document, plan) or of_no_limit(document, plan, [claim], claim.text):
        return False
    if of_the_criteria(document, plan, [claim], claim.text):
        return False
    strange = of_nothing_new(plan, words) or of_no_author(plan, words) or of_no_control(document, plan, words)
    if strange or _is_unknown(document, plan):
        return False
    return not asks_why(plan) or gives_reason(claim.text)


def _is_unknown(document: Document, plan: QueryPlan) -> bool:
    """Whether yes or no is asked of a concept, and a record says each word of it by no word at all."""
    if plan.intent is not Intent.BOOLEAN or not isinstance(plan.where, Concerns):
        return False
    words = frozenset(word for named in plan.focus for word in named.split())
    return bool(words) and words <= frozenset(unmentioned(document, plan))


def _explains_a_name(document: Document, plan: QueryPlan, draft: Draft) -> bool:
    """Whether it tells what a name means, by words of the record that say so, or as everybody means it ('ECOG')."""
    everywhere = draft.reason is None and plan.intent is Intent.DEFINITION and not spans_of(document, draft.claims)
    return everywhere or (spelt_out(document, plan) or name_explained(document, plan)) in draft.claims


def _says_outright(draft: Draft) -> bool:
    """Whether it says Yes or No: 'Yes: enrols men', and no 'men and women' in its place."""
    return draft.reason is None and _first_words(draft).startswith(("Yes", "No.", "No:", "No,"))


def _is_likelier(document: Document, plan: QueryPlan, ranking: Ranking, draft: Draft) -> bool:
    """Whether the sentence answers rather than a draft, save for a Yes or No."""
    told, drafted = _told(document, plan, ranking, draft), _drafted(document, plan, ranking, draft)
    return not _says_outright(draft) and told >= limits().instead and told - drafted > limits().likelier


def _told(document: Document, plan: QueryPlan, ranking: Ranking, draft: Draft) -> float:
    """How likely the best sentence answers."""
    return likelihood(load_settling()["sentence"], signs_of_sentence(document, plan, ranking, draft))


def _drafted(document: Document, plan: QueryPlan, ranking: Ranking, draft: Draft) -> float:
    """How likely a draft answers."""
    return likelihood(load_settling()["draft"], signs_of_draft(document, plan, ranking, draft))


def _is_told(document: Document, plan: QueryPlan, ranking: Ranking, draft: Draft) -> bool:
    """Whether a draft is told: not one that hardly answers.

    A question whose every word the rules read is answered by what they find, where that says each of them, as is one
    that takes for granted what is not so; a Yes or No, a limit and a row of the registry are found by more than what
    their words mean.
    """
    if _is_verdict(plan, draft):
        return True
    least = limits().denied if _says_outright(draft) or not _of_prose(plan) else limits().withheld
    read = not plan.focus or plan.intent is Intent.EXPLAIN or (plan.facts and _held(document, plan, draft) > _ALL)
    return bool(read) or _drafted(document, plan, ranking, draft) >= least


def _is_verdict(plan: QueryPlan, draft: Draft) -> bool:
    """Whether a field says Yes or No, or criteria judge the one thing asked about: 'liver disease' by its ALT.

    Not 'does the tumour need PD-L1?', where a word is left that nobody judged.
    """
    where, judged = plan.where, _says_outright(draft) or _says_yes_or_no(draft)
    if not judged or plan.intent is not Intent.BOOLEAN:
        return False
    if isinstance(where, Concerns) and where.concepts:
        return all(word.casefold() in where.text.casefold() for word in plan.focus)
    return _of_fields(plan) or (isinstance(where, FieldIs) and len(plan.focus) == 1)


def _withheld(document: Document, plan: QueryPlan, draft: Draft) -> Draft:
    """The refusal in place of a draft that hardly answers, which then stands among what is nearest."""
    quotes = tuple(quote for claim in draft.claims for quote in claim.quotes)
    return abstain(AbstentionReason.NO_EVIDENCE, unsaid_of(document, plan), quotes[:3])


def _nearest(ranking: Ranking, shown: Sequence[Quote]) -> tuple[Quote, ...]:
    """The two best sentences and, up to three, what else of the same record was to be shown."""
    best = [one.quote for one in ranking.found[:2]]
    others = [quote for quote in shown if quote.trial_id == best[0].trial_id and not _meets(quote, best)]
    return (*best, *others)[:3]


def _meets(one: Quote, others: Sequence[Quote]) -> bool:
    return any(_overlap(one.span, other.span) for other in others)


def _asks_a_field(plan: QueryPlan) -> bool:
    """Whether a field of the registry alone is asked for ('why was it stopped?'): no sentence stands in for it."""
    if plan.facts == _STOP:
        return True
    # 'why must they have a telephone?': its number is no reason
    return _of_fields(plan) and not plan.focus and not asks_why(plan)


_STOP = ("why_stopped",)  # told by its field wherever there is anything to tell

INTENTS = frozenset({
    Intent.FACT, Intent.PROSE, Intent.BOOLEAN, Intent.DEFINITION, Intent.EXPLAIN, Intent.CHECKLIST,
})  # fmt: skip


def signs_of_sentence(document: Document, plan: QueryPlan, ranking: Ranking, draft: Draft) -> dict[str, float]:
    """What tells whether the best sentence of a record answers, by the names of `settling.toml`."""
    found, like = ranking.found, ranking.told["likeness"]
    words = signs_alone(document, plan, ranking)
    told = draft.reason is None
    spans = spans_of(document, draft.claims) if told else []
    others = sorted(ranking.liken([unit.placed for unit in ranking.units])) if ranking.liken else []
    return {
        "bias": 1.0,
        "likely": min(words["likely"], _STANDS_OUT),
        "two": words["two"],
        "score": words["score"],
        "ahead": _ahead(ranking),
        "likeness": like,
        "above": max(0.0, like),
        "runner_up": others[-2] - like if len(others) > 1 else -_MOST,
        "lacking": float(bool(not_held(document, plan, [quoted(shown(ranking))]))),
        "yes_no": float(plan.intent is Intent.BOOLEAN),
        "fact": float(plan.intent is Intent.FACT),
        "prose": float(plan.intent is Intent.PROSE),
        "told": float(told),
        "told_best": float(any(_overlap(found[0].quote.span, span) for span in spans)),
        "told_field": float(told and _of_fields(plan)),
        "told_yes_no": float(told and _says_yes_or_no(draft)),
        "told_likeness": told * like,
        "told_gap": told * _bound(like - _close(document, ranking, draft)),
    }


def signs_of_draft(document: Document, plan: QueryPlan, ranking: Ranking, draft: Draft) -> dict[str, float]:
    """What tells whether a draft answers, by the names of `settling.toml`."""
    words, spans = signs_alone(document, plan, ranking), spans_of(document, draft.claims)
    close = _close(document, ranking, draft)
    gap = _bound(ranking.told["likeness"] - close)
    own = telling(focus_on(plan.focus), document)
    held = _held(document, plan, draft)
    yes_no = plan.intent is Intent.BOOLEAN
    field, bare = _of_fields(plan), not plan.facts
    criterion = any(":" in fact for fact in plan.facts)
    prose = any(fact in load_prose_facts() and fact not in RULES for fact in plan.facts)
    return {
        "bias": 1.0,
        "bare": float(bare),
        "yes_no": float(yes_no),
        "close": close,
        "prose_close": prose * close,
        "yes_no_close": _says_yes_or_no(draft) * close,
        "field_gap": field * gap,
        "criterion_gap": criterion * gap,
        "bare_gap": bare * gap,
        "best_first": float(bool(spans) and _overlap(ranking.found[0].quote.span, spans[0])),
        "idle": float(not own),
        "asked": min(own.weight, 4.0) / 4,
        "idle_field": float(field and own.weight < _LITTLE),
        "criterion_held": criterion * held,
        "yes_no_held": yes_no * held,
        "unmentioned": float(min(len(unmentioned(document, plan)), 3)),
        "kind_missing": words["kind_missing"],
        "ahead": _ahead(ranking),
        "long": float(any(span.end - span.start > _LONG for span in spans)),
        "partial": float(draft.status is Status.PARTIAL),
        "facts": float(min(len(plan.facts), 4)),
    }


_ALL = 0.99  # of what is asked about
_STANDS_OUT = 1.2  # of a sentence among few others: more says nothing
_MOST = 8.0  # of log odds that are told apart
_LITTLE = 0.5  # weight of a focus of less than one word
_LONG = 400  # code points of a quote that is no sentence


def _bound(odds: float) -> float:
    return max(-_MOST, min(odds, _MOST))


def _ahead(ranking: Ranking) -> float:
    found = ranking.found
    return found[0].score - (found[1].score if len(found) > 1 else 0.0)


def _close(document: Document, ranking: Ranking, draft: Draft) -> float:
    """The log odds that the likeliest quote of a draft answers, by its meaning."""
    return _bound(max(likes_of(document, ranking, draft.claims), default=-_MOST))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _of_prose(plan: QueryPlan) -> bool:
    """Whether sentences answer, and no limit that was read, field or row of the registry."""
    rules = load_prose_facts().keys() - RULES.keys() - _ROWS
    return not plan.facts or any(fact in rules for fact in plan.facts)


_ROWS = frozenset({"control"})  # told by the arms of the registry


def _held(document: Document, plan: QueryPlan, draft: Draft) -> float:
    """The share of what is asked about that a draft and its quotes say; 0 where nothing is."""
    own, spans = telling(focus_on(plan.focus), document), spans_of(document, draft.claims)
    stated = " ".join([*(claim.text for claim in draft.claims), *(span.of(document.text) for span in spans)])
    return own.share(stated) if own else 0.0


def _of_fields(plan: QueryPlan) -> bool:
    return bool(plan.facts) and all(fact in RULES for fact in plan.facts)


def _says_yes_or_no(draft: Draft) -> bool:
    return _first_words(draft).startswith(("Yes", "No:", "No,", "Only in part"))


def _first_words(draft: Draft) -> str:
    return draft.claims[0].text if draft.claims else ""
