"""The best sentence of a record told after all, where the rules say that the record does not say.

A logistic score over what `weighing` looks at, what the checks found missing and where the sentence stands. Its weights
stand in `data/rescue.toml`, which `scripts/fit_rescue.py` fits.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from rag.answering.choosing import Ranking, gives_reason
from rag.answering.draft import Draft
from rag.answering.facts import RULES
from rag.answering.instead import ranked
from rag.answering.single import asks_why
from rag.answering.stating import quoted
from rag.answering.strange import strange_words
from rag.answering.unheld import not_held, unmentioned
from rag.answering.weighing import least_alone, shown, signs_alone
from rag.evidence.collect import Judge
from rag.types import AbstentionReason, Document, Intent, QueryPlan, Quote


@dataclass(frozen=True, slots=True)
class Weights:
    """From which likelihood on a sentence is told; the weights of the signs."""

    least: float
    signs: Mapping[str, float]


@cache
def load_rescue() -> Weights:
    """The weights of `rescue.toml`. KeyError names a missing part."""
    table = tomllib.loads(files("rag.answering").joinpath("data/rescue.toml").read_text(encoding="utf-8"))
    return Weights(table["limit"]["least"], table["sign"])


def rescued(plan: QueryPlan, judge: Judge, draft: Draft) -> Draft:
    """The draft, or the best sentence of the one trial that is asked about, where it is likely to answer.

    Where it is not, the best sentences stand first among what is shown as nearest.
    """
    named = tuple(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids))
    if draft.reason is not AbstentionReason.NO_EVIDENCE or len(named) != 1 or plan.intent not in INTENTS:
        return draft
    if load_rescue().least >= 1 or judge.records.likeness() is None or _asks_a_field(plan):
        return draft
    document = judge.records.document(named[0])
    ranking = ranked(judge, document, plan)
    if not ranking.found:
        return draft
    claim = quoted(shown(ranking))
    least = max(load_rescue().least, least_alone(document, plan, ranking))
    reasonless = asks_why(plan) and not gives_reason(claim.text)
    if reasonless or likely(judge, document, plan, ranking) < least or not_held(document, plan, [claim]):
        return replace(draft, nearest=_nearest(ranking, draft.nearest))
    return Draft((claim,))


def _nearest(ranking: Ranking, shown: Sequence[Quote]) -> tuple[Quote, ...]:
    """The two best sentences and, up to three, what else of the same record was to be shown."""
    best = [one.quote for one in ranking.found[:2]]
    others = [quote for quote in shown if quote.trial_id == best[0].trial_id and not any(_meet(quote, b) for b in best)]
    return (*best, *others)[:3]


def _meet(one: Quote, other: Quote) -> bool:
    return one.span.start < other.span.end and other.span.start < one.span.end


def _asks_a_field(plan: QueryPlan) -> bool:
    """Whether a field of the registry alone is asked for ('why was it stopped?'): no sentence stands in for it."""
    return bool(plan.facts) and not plan.focus and all(fact in RULES for fact in plan.facts)


INTENTS = frozenset({Intent.FACT, Intent.PROSE, Intent.BOOLEAN})


def likely(judge: Judge, document: Document, plan: QueryPlan, ranking: Ranking) -> float:
    """The likelihood that the best sentence of a record answers."""
    weights = load_rescue().signs
    signs = signs_of(judge, document, plan, ranking)
    return 1 / (1 + math.exp(-sum(weights[sign] * value for sign, value in signs.items())))


def signs_of(judge: Judge, document: Document, plan: QueryPlan, ranking: Ranking) -> dict[str, float]:
    """What tells whether the best sentence answers, by the names of `rescue.toml`."""
    found = ranking.found
    number = any(one.isdigit() for one in found[0].text)
    much = bool(_HOW_MUCH.search(plan.question))
    section = ranking.units[0].section
    return {
        **signs_alone(document, plan, ranking),
        "ahead": found[0].score - (found[1].score if len(found) > 1 else 0.0),
        "unmentioned": float(len(unmentioned(document, plan))),
        "strange": float(bool(strange_words(judge, document.trial_id, plan))),
        "much_numbered": float(much and number),
        "much_unnumbered": float(much and not number),
        "yes_no": float(plan.intent is Intent.BOOLEAN),
        **{f"in_{one}": float(section.startswith(one)) for one in SECTIONS},
    }


SECTIONS: Sequence[str] = ("arms", "interventions", "outcomes", "eligibility", "summary", "description")
_HOW_MUCH = re.compile(r"(?i)\bhow (?:many|much)\b|\bwhat (?:dose|volume|number|percent\w*|share|proportion)\b")
