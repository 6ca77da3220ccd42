"""The best sentence of a record told after all, where the rules say that the record does not say.

A logistic score over what `weighing` looks at, what the checks found missing, where the sentence stands, and what the
embedding model makes of the question and of both together. Its weights stand in `data/rescue.toml`, which
`scripts/fit_rescue.py` fits. Of 260 questions answered "does not say" although no check misses anything in the
sentence, by weights fitted on the other sets, 14 are then answered, 4 answered wrongly, and 2 that nothing answers are
told something; a limit of 0.6 would make these 20, 7 and 3, one of 0.5 26, 9 and 10.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from rag.answering.choosing import Ranking, unnamed
from rag.answering.draft import Draft
from rag.answering.instead import ranked
from rag.answering.stating import quoted
from rag.answering.strange import strange_words
from rag.answering.unheld import not_held, unmentioned
from rag.answering.weighing import shown, signs_alone
from rag.evidence.collect import Judge
from rag.types import AbstentionReason, Document, Intent, QueryPlan

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """From which likelihood on a sentence is told; the weights of the signs, of the question's vector, of both."""

    least: float
    signs: Mapping[str, float]
    question: Vector
    both: Vector


@cache
def load_rescue() -> Weights:
    """The weights of `rescue.toml`. KeyError names a missing part."""
    table = tomllib.loads(files("rag.answering").joinpath("data/rescue.toml").read_text(encoding="utf-8"))
    question, both = (np.array(table["meaning"][part], dtype=np.float32) for part in ("question", "both"))
    return Weights(table["limit"]["least"], table["sign"], question, both)


def rescued(plan: QueryPlan, judge: Judge, draft: Draft) -> Draft:
    """The draft, or the best sentence of the one trial that is asked about, where it is likely to answer."""
    named = tuple(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids))
    read = judge.records.vector_of()
    if draft.reason is not AbstentionReason.NO_EVIDENCE or len(named) != 1 or plan.intent not in INTENTS or not read:
        return draft
    if load_rescue().least >= 1:
        return draft
    document = judge.records.document(named[0])
    ranking = ranked(judge, document, plan)
    if not ranking.found or likely(judge, document, plan, ranking, read) < load_rescue().least:
        return draft
    claim = quoted(shown(ranking))
    return draft if not_held(document, plan, [claim]) else Draft((claim,))


INTENTS = frozenset({Intent.FACT, Intent.PROSE, Intent.BOOLEAN})


def likely(
    judge: Judge, document: Document, plan: QueryPlan, ranking: Ranking, read: Callable[[str], Vector]
) -> float:
    """The likelihood that the best sentence of a record answers."""
    weights = load_rescue()
    signs = signs_of(judge, document, plan, ranking)
    asked, told = vectors_of(plan, ranking, read)
    score = sum(weights.signs[sign] * value for sign, value in signs.items())
    score += float(weights.question @ asked + weights.both @ (asked * told))
    return 1 / (1 + math.exp(-score))


def vectors_of(plan: QueryPlan, ranking: Ranking, read: Callable[[str], Vector]) -> tuple[Vector, Vector]:
    """The vectors of the question, without the names of its trial, and of the best sentence."""
    return read(unnamed(plan.question, [ref.text for ref in plan.trials])), read(ranking.found[0].text)


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
