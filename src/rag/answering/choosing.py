"""Which sentence of one record answers a question: scored by its words, by what it holds, by where it stands.

The score is linear in a few shares and signs (`features`), with weights from `data/choosing.toml`. It ranks; whether
the best sentence answers at all is told by the share of what is asked about that it covers.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import re2

from rag.answering.extract import Found
from rag.answering.focus import Focus
from rag.answering.prose_facts import ProseFact
from rag.evidence.sentences import sentences
from rag.evidence.stems import stem, words_of
from rag.planning import tables
from rag.types import Document, Quote, Span

# Labels and names, told by the rules of registry fields.
_LABELS = frozenset(
    {"locations", "contacts", "dates", "identification", "conditions", "sponsors", "eligibility.fields"}
)
_ENTRIES = frozenset({"arm", "intervention"})
_TITLE = 0.3  # weight of a word of the trial's own title
_LONG = 300  # code points: a longer sentence of criteria is a list, and its items are looked at one by one


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


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, its section, its stems and those of the name of the registry entry that it stands in."""

    span: Span
    text: str
    section: str
    stems: frozenset[str]
    entry: frozenset[str]


def units_of(document: Document, items: Sequence[Span] = ()) -> list[Unit]:
    """The sentences of a record in text order; of a long sentence of criteria the `items` that it lists."""
    found: dict[Span, Unit] = {}
    entries = [f.span for f in document.fields if f.name.partition(".")[0] in _ENTRIES and f.name.count(".") == 1]
    for section in document.sections:
        if section.name in _LABELS:
            continue
        for span in _parts(document, section.span, items if section.name.startswith("eligibility") else ()):
            if span not in found:
                text = span.of(document.text)
                entry = next((one for one in entries if one.start <= span.start < one.end), None)
                named = entry.of(document.text)[:200] if entry else ""
                found[span] = Unit(span, text, section.name, _stems(text), _stems(named))
    return list(found.values())


def _parts(document: Document, section: Span, items: Sequence[Span]) -> Iterator[Span]:
    for span in sentences(document.text, section):
        inside = [item for item in items if span.start <= item.start and item.end <= span.end]
        if span.end - span.start <= _LONG or len(inside) < 2:
            yield span
            continue
        for item in inside:
            yield from sentences(document.text, Span(_with_head(document.text, span, item), item.end))


_HEAD = re.compile(r"[A-Z][A-Za-z/() ]{2,40}: *$")


def _with_head(text: str, whole: Span, item: Span) -> int:
    """Where an item begins with the heading right before it: 'Renal: Creatinine …'."""
    head = _HEAD.search(text, max(whole.start, item.start - 44), item.start)
    return head.start() if head else item.start


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(text))


@cache
def _idle() -> frozenset[str]:
    frame = ("patient", "participant", "subject", "trial", "study", "people", "person", "long", "many", "much", "often")
    return frozenset(stem(word) for word in (*tables.stop_words(), *frame))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is scored by: its words, the words of its focus, its own text and the rules of its facts."""

    words: Mapping[str, float]
    focus: Mapping[str, float]
    text: str
    rules: tuple[ProseFact, ...]


def read_asked(
    document: Document, units: Sequence[Unit], question: str, focus: Focus, rules: Sequence[ProseFact]
) -> Asked:
    """The words of a question, each weighed by how few of the units hold it."""
    counts = Counter(word for unit in units for word in unit.stems)
    titled = _stems(document.title)

    def rarity(word: str) -> float:
        there = counts[word]
        rare = math.log(1 + (len(units) - there + 0.5) / (there + 0.5)) if there else 0.0
        return rare * (_TITLE if word in titled else 1.0)

    words = dict.fromkeys(stem(word) for word in words_of(question))
    return Asked(
        {word: rarity(word) for word in words if word not in _idle()},
        {word: rarity(word) for word in sorted(focus.stems)},
        question,
        tuple(rules),
    )


def _share(weights: Mapping[str, float], stems: Collection[str]) -> float:
    return sum(weight for word, weight in weights.items() if word in stems) / (sum(weights.values()) or 1.0)


def features(asked: Asked, units: Sequence[Unit]) -> list[dict[str, float]]:
    """What tells for each unit, named as in `choosing.toml`: 'words', 'kind.time', 'place.criteria', 'section.arms'."""
    weights = load_weights()
    kinds = [name for name, kind in weights.kinds.items() if kind.asked.search(asked.text)]
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
        }
        told |= {f"kind.{name}": 1.0 for name in kinds if weights.kinds[name].holds.search(unit.text)}
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


def choose(
    document: Document, question: str, focus: Focus, *, rules: Sequence[ProseFact] = (), items: Sequence[Span] = ()
) -> list[Found]:
    """The likeliest answers among the sentences of a record, best first; `score` is the likelihood among them all."""
    units = units_of(document, items)
    asked = read_asked(document, units, question, focus, rules)
    flat = flat_weights()
    scores = [sum(flat.get(name, 0.0) * value for name, value in told.items()) for told in features(asked, units)]
    order = sorted(range(len(units)), key=lambda at: (-scores[at], units[at].span))
    whole = sum(math.exp(score - scores[order[0]]) for score in scores)
    found = []
    for at in order[:12]:
        unit = units[at]
        named = unit.text if not unit.entry else f"{' '.join(sorted(unit.entry))} {unit.text}"
        likely = math.exp(scores[at] - scores[order[0]]) / whole
        found.append(Found(Quote(document.trial_id, unit.span), unit.text, likely, focus.share(named)))
    return found
