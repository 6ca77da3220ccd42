"""How likely the best sentence of a record answers, alone and against what the rules of facts found.

Two logistic scores over a few shares and signs, with weights and limits from `data/weighing.toml`, which
`scripts/fit_weighing.py` fits on the gold files.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from rag.answering.alike import named_otherwise, others_of
from rag.answering.choosing import Ranking, kinds_asked, kinds_held
from rag.answering.extract import Found, own_names
from rag.answering.facts import RULES
from rag.answering.focus import Focus, focus_on
from rag.answering.pieces import placed_at
from rag.answering.prose_facts import load_prose_facts
from rag.evidence.stems import stem, words_of
from rag.planning import tables
from rag.planning.tables import word_set
from rag.types import Claim, Document, QueryPlan, Span

_NEARLY = 0.3  # likelihood of a second sentence that is told too, by that of the first
_HALF = 0.5  # of what is asked about
_PLAIN = 0.8  # score of a sentence that stands out by nothing
_LISTS = frozenset({"inclusion", "exclusion", "eligibility"})


@dataclass(frozen=True, slots=True)
class Limits:
    """From which likelihood on a sentence is told.

    `alone`: where the rules found nothing; `whole`: there, where it holds all that is asked about; `rather`: there,
    than what merely shares words with the question; `beside`: with what they found; `instead`: instead of it, where
    that holds nothing of what is asked about; `surely`: instead of it.
    """

    alone: float
    whole: float
    beside: float
    instead: float
    rather: float
    surely: float


@cache
def load_weighing() -> Mapping[str, Mapping[str, float]]:
    text = files("rag.answering").joinpath("data/weighing.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, float]] = tomllib.loads(text)
    return table


@cache
def limits() -> Limits:
    return Limits(**load_weighing()["limit"])


def shown(ranking: Ranking) -> tuple[Found, ...]:
    """The best sentence, and the second where it is nearly as likely to answer."""
    found = ranking.found
    return (*found[:1], *(one for one in found[1:2] if one.score >= _NEARLY * found[0].score))


def telling(focus: Focus, document: Document) -> Focus:
    """The focus without the trial's own names and the words that only say what kind of answer is wanted."""
    return focus.without(own_names(document) | kinds_of_answer())


@cache
def kinds_of_answer() -> set[str]:
    """Stems of words that only say what kind of answer is wanted: 'interval', 'amount', 'limit'."""
    return {stem(word) for words in word_set("focus.kinds") for word in words_of(words)}


def alone(document: Document, plan: QueryPlan, ranking: Ranking) -> float:
    """The likelihood that the best sentence answers the question.

    None at all where half of what is asked about stands nowhere and breaks a name: 'insulin pump' without a pump.
    """
    signs = signs_alone(document, plan, ranking) if ranking.found else {}
    return 0.0 if not signs or is_foreign(signs) else likelihood(load_weighing()["alone"], signs)


def least_alone(document: Document, plan: QueryPlan, ranking: Ranking) -> float:
    """From which likelihood on the best sentence is told alone: higher where no word of the asked is in the record."""
    return limits().surely if signs_alone(document, plan, ranking)["absent"] >= 1 else limits().alone


def is_foreign(signs: Mapping[str, float]) -> bool:
    """Whether a question asks of what the record does not speak of, by the signs of its best sentence."""
    return bool(signs["broken"]) and signs["absent"] >= _HALF and signs["score"] <= _PLAIN


def instead(document: Document, plan: QueryPlan, ranking: Ranking, claims: Sequence[Claim]) -> float:
    """The likelihood that it does, and the claims do not, where one of the two does."""
    if not ranking.found:
        return 0.0
    return likelihood(load_weighing()["instead"], signs_instead(document, plan, ranking, claims))


def likelihood(weights: Mapping[str, float], signs: Mapping[str, float]) -> float:
    """What a logistic score makes of signs. KeyError names a sign without a weight."""
    return 1 / (1 + math.exp(-sum(weights[sign] * value for sign, value in signs.items())))


def _odds(likelihood: float) -> float:
    bound = min(max(likelihood, 1e-4), 1 - 1e-4)
    return math.log(bound / (1 - bound))


def signs_alone(document: Document, plan: QueryPlan, ranking: Ranking) -> dict[str, float]:
    """What tells whether the best sentence answers, by the names of `weighing.toml`."""
    own = telling(focus_on(plan.focus), document)
    said = " ".join(one.text for one in shown(ranking))
    kinds = kinds_asked(plan.question)
    things = things_asked(plan, own)
    missing = _absent(document, plan.question, things, own, ranking)
    return {
        "bias": 1.0,
        "likely": _odds(ranking.found[0].score) / 3,
        "two": float(len(shown(ranking)) > 1),
        "held": own.share(said) if own else 0.5,
        "asked": min(own.weight, 4.0) / 4,
        "kind_missing": 1 - len(kinds_held(kinds, said)) / len(kinds) if kinds else 0.0,
        "unnamed_kind": float(not kinds),
        "field": float(any(fact in RULES for fact in plan.facts)),
        "cued": ranking.told.get("cued", 0.0),
        "score": ranking.score / 10,
        "likeness": ranking.told.get("likeness", 0.0),
        "absent": len(missing) / (len(things) or 1),
        "names_absent": min(sum(_is_name(word) for word in missing), 2) / 2,
        "broken": float(_breaks_a_name(plan, ranking, missing)),
    }


@cache
def _common_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in tables.common_words())


def things_asked(plan: QueryPlan, own: Focus) -> tuple[str, ...]:
    """The words asked about; no record is missed to use the verbs of the asker ('worn', 'counted')."""
    words = dict.fromkeys(word for words in plan.focus for word in words_of(words) if stem(word) in own.stems)
    return tuple(word for word in words if word.casefold() not in tables.plain_words())


def _absent(
    document: Document, question: str, words: Sequence[str], own: Focus, ranking: Ranking
) -> tuple[str, ...]:
    """The things asked about that the record says by no word at all."""
    there = {stem(word) for word in words_of(document.text)} | named_otherwise(question, document.text)
    held = own.held(ranking.found[0].text, ranking.units[0].around)
    return tuple(word for word in words if stem(word) not in held and not _said(stem(word), document.text, there))


def _is_name(word: str) -> bool:
    return word.isupper() or any(c.isdigit() for c in word) or stem(word) not in _common_stems()


def _breaks_a_name(plan: QueryPlan, ranking: Ranking, missing: Sequence[str]) -> bool:
    """Whether the sentence holds a word, and the record not the one beside it: insulin, but no 'insulin pump'."""
    around = ranking.units[0].around
    pairs = pairwise(words_of(plan.question))
    return any((b in missing and stem(a) in around) or (a in missing and stem(b) in around) for a, b in pairs)


def _said(one: str, text: str, there: set[str]) -> bool:
    return one in there or bool(others_of(one, text) & there)


def signs_instead(document: Document, plan: QueryPlan, ranking: Ranking, claims: Sequence[Claim]) -> dict[str, float]:
    """What tells whether the best sentence answers rather than the claims, by the names of `weighing.toml`."""
    focus = focus_on(plan.focus)
    own = telling(focus, document)
    said = " ".join(one.text for one in shown(ranking))
    quotes = [quote.span.of(document.text) for claim in claims for quote in claim.quotes]
    stated = " ".join([*(claim.text for claim in claims), *quotes])
    kinds = kinds_asked(plan.question)
    held = own.share(stated) if own else 1.0
    return {
        "bias": 1.0,
        "sentence": _odds(alone(document, plan, ranking)) / 2,
        "more": own.share(said) - held if own else 0.0,
        "more_focus": focus.share(said) - focus.share(stated) if focus else 0.0,
        "held": held,
        "asked": min(own.weight, 4.0) / 4,
        "kind_missing": 1 - len(kinds_held(kinds, stated)) / len(kinds) if kinds else 0.0,
        "two": float(len(shown(ranking)) > 1),
        "likelier": _likelier(document, ranking, claims),
        **_ways(plan.facts),
    }


def _likelier(document: Document, ranking: Ranking, claims: Sequence[Claim]) -> float:
    """By how much the best sentence is a likelier answer by its meaning than the likeliest quote of the claims."""
    likes = likes_of(document, ranking, claims)
    return (ranking.told["likeness"] - max(likes)) / 5 if likes else 0.0


def likes_of(document: Document, ranking: Ranking, claims: Sequence[Claim]) -> tuple[float, ...]:
    """The log odds that the first few quotes of claims answer, by their meaning; none without a model."""
    spans = spans_of(document, claims)[:_QUOTES]
    return ranking.liken([placed_at(document, span) for span in spans]) if ranking.liken and spans else ()


def spans_of(document: Document, claims: Sequence[Claim]) -> list[Span]:
    """What claims quote of one record, in their order, nothing twice."""
    quotes = (quote for claim in claims for quote in claim.quotes if quote.trial_id == document.trial_id)
    return list(dict.fromkeys(quote.span for quote in quotes))


_QUOTES = 6  # of the claims that are looked at: a model reads them in 25 ms


def _ways(facts: Sequence[str]) -> dict[str, float]:
    """By what the claims were found: fields of the registry, rules of prose, whole lists, rows of lists."""
    prose = {fact for fact in facts if fact in load_prose_facts() and fact not in RULES}
    rows = [fact for fact in facts if not (fact in RULES or fact in prose or fact in _LISTS or ":" in fact)]
    return {
        "field": float(any(fact in RULES for fact in facts)),
        "prose": float(bool(prose)),
        "criteria": float(any(fact in _LISTS for fact in facts)),
        "entries": float(bool(rows)),
    }
