"""Which sentence of one record answers a question: scored by its words, by what it holds, by where it stands.

The score is linear in a few shares and signs (`features`), with weights from `data/choosing.toml`. It ranks, and the
best few are ranked again with what the embedding model makes of them (`liken`). Whether the best sentence answers at
all is weighed in `rag.answering.weighing`.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.resources import files

import re2

from rag.answering.alike import named_otherwise, others_of
from rag.answering.defining import defines, term_asked
from rag.answering.extract import Found
from rag.answering.focus import Focus, focus_on
from rag.answering.giving import given, load_kinds
from rag.answering.labels import of_the_treated
from rag.answering.pieces import Unit, stems_of, units_of
from rag.answering.prose_facts import ProseFact
from rag.evidence.stems import stem, words_of
from rag.planning import tables
from rag.types import Document, QueryPlan, Quote, Span

Likeness = Callable[[str, Sequence[str]], tuple[float, ...]]  # the log odds that each text answers a question

_OTHER = 0.8  # weight of a word that the record says by another one
_NAMING = 0.1  # weight of a word by which the question names the trial
_TITLE = 0.3  # weight of a word of the trial's own title
_AGAIN = 0.33  # of all that tells but the likeness, where the best few are ranked again: a first sieve needs more of it


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of answer: words of a question that ask for it, what a sentence holds that gives it, what that adds."""

    asked: re2._Regexp
    holds: re2._Regexp
    weight: float


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a record: words of a question that ask for it, its sections, what standing there adds."""

    asked: re2._Regexp
    sections: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Weights:
    plain: Mapping[str, float]
    kinds: Mapping[str, Kind]
    places: Mapping[str, Place]
    sections: Mapping[str, float]


@cache
def load_weights() -> Weights:
    """The weights of `choosing.toml`. KeyError names a missing part, ValueError a pattern that does not compile."""
    table = tomllib.loads(files("rag.answering").joinpath("data/choosing.toml").read_text(encoding="utf-8"))
    kinds = {
        name: Kind(_pattern(row["asked"]), _pattern(row["holds"]), row["weight"]) for name, row in table["kind"].items()
    }
    places = {
        name: Place(_pattern(row["asked"]), tuple(row["sections"]), row["weight"])
        for name, row in table["place"].items()
    }
    return Weights(table["weight"], kinds, places, table["section"])


def _pattern(text: str) -> re2._Regexp:
    pattern: re2._Regexp = re2.compile(f"(?i){text}")
    return pattern


def gives_reason(text: str) -> bool:
    """Whether a sentence holds the words of a reason: 'because', 'in order to'."""
    return bool(load_weights().kinds["reason"].holds.search(text))


@cache
def _idle() -> frozenset[str]:
    frame = ("patient", "participant", "subject", "trial", "study", "people", "person", "long", "many", "much", "often")
    return frozenset(stem(word) for word in (*tables.stop_words(), *frame))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is scored by: its words, the words of its focus, its own text and the rules of its facts.

    `alike`: the weight of each word and the stems of the record that stand for it; `counted`: what it counts.
    """

    words: Mapping[str, float]
    focus: Mapping[str, float]
    text: str
    rules: tuple[ProseFact, ...]
    alike: Mapping[str, tuple[float, frozenset[str]]]
    counted: frozenset[str]


def read_asked(
    document: Document,
    units: Sequence[Unit],
    question: str,
    focus: Focus,
    rules: Sequence[ProseFact],
    naming: Collection[str] = (),
) -> Asked:
    """The words of a question, each weighed by how few of the units say it, or else name it otherwise."""
    counts = {**Counter(w for unit in units for w in unit.stems), **Counter(w for unit in units for w in {*unit.words})}
    titled = stems_of(f"{document.title} {' '.join(document.facts.conditions)}")
    told = set(focus.stems)

    def rarity(word: str) -> float:
        there = counts.get(word, 0)
        rare = math.log(1 + (len(units) - there + 0.5) / (there + 0.5)) if there else 0.0
        return rare * (_NAMING if word in naming and word not in told else _TITLE if word in titled else 1.0)

    words = [word for word in dict.fromkeys(stem(word) for word in words_of(question)) if word not in _idle()]
    alike = {}
    for word in words:
        there = {one: rarity(one) for one in others_of(word, document.text) if one in counts}
        weight = rarity(word) if word in counts else _OTHER * max(there.values(), default=0.0)
        if weight:
            alike[word] = (weight, frozenset({word, *there}))
    return Asked(
        {word: rarity(word) for word in words},
        {word: rarity(word) for word in sorted(focus.stems)},
        question,
        tuple(rules),
        alike,
        _counted_in(question),
    )


_COUNTED = re.compile(r"(?i)\b(?:how many|number of|no\. of) (?:more |such )?(\w+(?: \w+)?)")


def _counted_in(question: str) -> frozenset[str]:
    """What a question counts: 'how many weeks', 'number of blood samples'."""
    found = (stem(word) for words in _COUNTED.findall(question) for word in words.split())
    return frozenset(word for word in found if word not in _idle())


def kinds_asked(question: str) -> tuple[str, ...]:
    """The kinds of answer that a question's words ask for."""
    return tuple(name for name, kind in load_weights().kinds.items() if kind.asked.search(question))


def kinds_held(kinds: Sequence[str], text: str) -> tuple[str, ...]:
    """Those of the kinds that a text gives."""
    return tuple(name for name in kinds if load_weights().kinds[name].holds.search(text))


def _share(weights: Mapping[str, float], stems: Collection[str]) -> float:
    return sum(weight for word, weight in weights.items() if word in stems) / (sum(weights.values()) or 1.0)


def _alike(asked: Asked, stems: frozenset[str]) -> float:
    total = sum(weight for weight, _ in asked.alike.values())
    return sum(weight for weight, ones in asked.alike.values() if ones & stems) / (total or 1.0)


def _counted(asked: Asked, words: Sequence[str]) -> float:
    """Whether a number stands right before what is counted: 'how many weeks' and '12 weeks'."""
    if not asked.counted:
        return 0.0
    for i, word in enumerate(words):
        if word in asked.counted and any(one[0].isdigit() or one in _NUMBER_WORDS for one in words[max(0, i - 3) : i]):
            return 1.0
    return 0.0


_NUMBER_WORDS = stems_of("one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty")


def features(asked: Asked, units: Sequence[Unit]) -> list[dict[str, float]]:
    """What tells for each unit, named as in `choosing.toml`: 'words', 'kind.time', 'place.criteria', 'section.arms'."""
    weights = load_weights()
    kinds = kinds_asked(asked.text)
    term = term_asked(asked.text)
    places = [name for name, place in weights.places.items() if place.asked.search(asked.text)]
    found = []
    for at, unit in enumerate(units):
        words = _share(asked.words, unit.stems)
        told = {
            "words": words,
            "focus": _share(asked.focus, unit.stems),
            "entry": _share(asked.words, unit.stems | unit.entry) - words,
            "before": _share(asked.words, unit.stems | units[at - 1].stems) - words if at else 0.0,
            "length": math.log(1 + len(unit.stems)),
            "long": float(len(unit.text) > 500),
            "digit": float(any(c.isdigit() for c in unit.text)),
            "head": float(unit.text.endswith(":")),
            "cued": float(any(rule.cued(unit.text) for rule in asked.rules)),
            "alike": _alike(asked, unit.stems),
            "held": sum(w for w, ones in asked.alike.values() if ones & unit.stems) / 10,
            "counted": _counted(asked, unit.words),
            "news": min(1.0, len(unit.stems - asked.words.keys() - _idle()) / 4),
            "heading": _share(asked.words, unit.stems | unit.heading) - words if unit.heading else 0.0,
            "defines": float(defines(term, asked.alike, unit.text)),
            "named_entry": _share(asked.focus, unit.stems | unit.entry) - _share(asked.focus, unit.stems),
        }
        told |= {f"kind.{name}": 1.0 for name in kinds_held(kinds, unit.text)}
        told |= {f"place.{name}": 1.0 for name in places if unit.section.startswith(weights.places[name].sections)}
        told[f"section.{unit.section.partition('.')[0]}"] = 1.0
        found.append(told)
    return found


@cache
def flat_weights() -> Mapping[str, float]:
    weights = load_weights()
    flat = dict(weights.plain)
    flat |= {f"kind.{name}": kind.weight for name, kind in weights.kinds.items()}
    flat |= {f"place.{name}": place.weight for name, place in weights.places.items()}
    return flat | {f"section.{name}": weight for name, weight in weights.sections.items()}


def liken(
    likeness: Likeness | None, question: str, units: Sequence[Unit], tells: Sequence[Mapping[str, float]]
) -> list[dict[str, float]]:
    """What tells for each unit with its `likeness` to an answer of the question; 0 for all without a model."""
    likes = likeness(question, [unit.placed for unit in units]) if likeness else (0.0,) * len(units)
    return [dict(told) | {"likeness": like} for told, like in zip(tells, likes, strict=True)]


def unnamed(question: str, names: Collection[str]) -> str:
    """A question without the words that name its trial: they say nothing of what is asked about it."""
    for name in sorted(names, key=lambda name: (-len(name), name)):
        question = question.replace(name, _THE_TRIAL)
    return _BESIDE.sub("", question)


_THE_TRIAL = "the study"
_BESIDE = re.compile(rf"^{_THE_TRIAL} ?[-:–] | ?\({_THE_TRIAL}\)")  # 'NCT…: what …?', 'what …? (NCT…)'


@dataclass(frozen=True, slots=True)
class Ranking:
    """The likeliest answers among the sentences of a record, best first, and what tells for the best of all.

    The `score` of one found is its likelihood among them all, that of the ranking what tells for the best one,
    its likeness aside. `liken`: how likely other texts answer by their meaning.
    """

    asked: Asked
    found: tuple[Found, ...] = ()
    units: tuple[Unit, ...] = ()  # those of `found`
    told: Mapping[str, float] = field(default_factory=dict)
    score: float = 0.0
    liken: Callable[[Sequence[str]], tuple[float, ...]] | None = None


def choose(
    document: Document,
    plan: QueryPlan,
    *,
    rules: Sequence[ProseFact] = (),
    items: Sequence[Span] = (),
    likeness: Likeness | None = None,
) -> Ranking:
    """The sentences of a record by how well they answer the question of a plan."""
    units, asked, bare = read_question(document, plan, rules=rules, items=items)
    first = _answering(plan.question, _ranked(units, features(asked, units)))[:MOST]
    if not first:
        return Ranking(asked)
    units = [unit for unit, _, _ in first]
    again = _AGAIN if likeness else 1.0
    best = _ranked(units, liken(likeness, bare, units, [told for _, told, _ in first]), again)
    _, told, score = best[0]
    words = (score - flat_weights()["likeness"] * told["likeness"]) / again
    whole = sum(math.exp(one - score) for _, _, one in best)
    focus = focus_on(plan.focus)
    found = [_found(document, unit, math.exp(one - score) / whole, focus) for unit, _, one in best]
    other = partial(likeness, bare) if likeness else None
    return Ranking(asked, tuple(found), tuple(unit for unit, _, _ in best), told, words, other)


def read_question(
    document: Document, plan: QueryPlan, *, rules: Sequence[ProseFact] = (), items: Sequence[Span] = ()
) -> tuple[list[Unit], Asked, str]:
    """The sentences of a record, what the question of a plan asks of them, and it without what names its trial."""
    names = [ref.text for ref in plan.trials]
    naming = frozenset(stem(word) for name in names for word in words_of(name))
    units = _by_other_names(units_of(document, items), plan.question)
    asked = read_asked(document, units, plan.question, focus_on(plan.focus), rules, naming)
    return units, asked, unnamed(plan.question, names)


def _by_other_names(units: Sequence[Unit], question: str) -> list[Unit]:
    """The units with the words of the question for what they name or give otherwise.

    'Temperature' of one with degrees, 'statin' of one with atorvastatin.
    """
    kinds = stems_of(question) & load_kinds().keys()
    return [
        replace(unit, stems=unit.stems | given(kinds, unit.text) | named_otherwise(question, unit.text))
        for unit in units
    ]


Ranked = tuple[Unit, Mapping[str, float], float]


def _answering(question: str, ranked: Sequence[Ranked]) -> list[Ranked]:
    """The ranked units without the bare times of outcomes, where no time is asked for: 'what is done on day 9?'.

    And without what is told of the treated, where the controls are asked about.
    """
    ranked = [one for one in ranked if not of_the_treated(question, one[0].text)]
    if _TIMES & set(kinds_asked(question)):
        return ranked
    return [one for one in ranked if not one[0].text.startswith(_TIME_FRAME)]


_TIME_FRAME = "Time frame: "
_TIMES = frozenset({"time", "amount", "frequency", "length", "moment"})
MOST = 48  # sentences of a record that are looked at twice


def _ranked(units: Sequence[Unit], tells: Sequence[Mapping[str, float]], words: float = 1.0) -> list[Ranked]:
    """Each unit with what tells for it and its score, best first; the earlier of two that score alike.

    `words`: what all but the likeness counts.
    """
    flat = flat_weights()
    weight = {name: value if name == "likeness" else words * value for name, value in flat.items()}
    scores = [sum(weight.get(name, 0.0) * value for name, value in told.items()) for told in tells]
    ranked = zip(units, tells, scores, strict=True)
    return sorted(ranked, key=lambda one: (-one[2], one[0].span))


def _found(document: Document, unit: Unit, likely: float, focus: Focus) -> Found:
    named = unit.text if not unit.entry else f"{' '.join(sorted(unit.entry))} {unit.text}"
    return Found(Quote(document.trial_id, unit.span), unit.text, likely, focus.share(named))
