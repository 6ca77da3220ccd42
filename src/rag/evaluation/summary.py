"""Scores over many judged questions: overall, for each type and each tag, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rag.evaluation.gold import QuestionType
from rag.evaluation.intervals import Measure, mean, quantile, ratio
from rag.evaluation.scoring import PARTIAL, POSSIBLE, Judged, returned_trials
from rag.types import Status

PARAPHRASE = "paraphrase:"
_MARKS = (PARAPHRASE, POSSIBLE, PARTIAL)  # tags that say something of one question, and name no group to report on


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """At this share of answerable and unanswerable questions answered, surest first, this share is wrong."""

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class ParaphraseGroup:
    name: str
    questions: tuple[str, ...]  # gold ids
    equal: bool


@dataclass(frozen=True, slots=True)
class Summary:
    questions: int
    measures: Mapping[str, Measure]
    by_type: Mapping[str, Mapping[str, Measure]]
    by_tag: Mapping[str, Mapping[str, Measure]]
    risk_coverage: tuple[RiskPoint, ...]
    paraphrases: tuple[ParaphraseGroup, ...]


def summarise(judged: Sequence[Judged]) -> Summary:
    groups = paraphrase_groups(judged)
    types = {str(kind): [j for j in judged if j.gold.type is kind] for kind in QuestionType}
    names = sorted({tag for j in judged for tag in j.gold.tags if not tag.startswith(_MARKS)})
    tags = {name: [j for j in judged if name in j.gold.tags] for name in names}
    return Summary(
        questions=len(judged),
        measures=measures(judged),
        by_type={name: measures(part) for name, part in types.items() if part},
        by_tag={name: measures(part) for name, part in tags.items()},
        risk_coverage=risk_coverage(judged),
        paraphrases=groups,
    )


def measures(judged: Sequence[Judged]) -> dict[str, Measure]:
    """Every score by name, in the order in which tables print them; the meaning of each stands in eval/README.md."""
    return {
        "right": _share(judged, lambda j: j.is_right),
        **_set_measures([j for j in judged if j.set is not None]),
        "fact_accuracy": _share((j for j in judged if j.gold.expect.facts or j.gold.expect.forbidden), _facts_right),
        "status_accuracy": _share(judged, lambda j: j.status_right),
        **_abstention_measures(judged),
        "evidence_recall": ratio(
            [(len(j.gold.expect.evidence) - len(j.evidence_missing), len(j.gold.expect.evidence)) for j in judged]
        ),
        "citation_validity": ratio([(j.citations.valid, j.citations.total) for j in judged]),
        "citation_precision": ratio([(j.citations.right, j.citations.counted) for j in judged]),
        "followup_accuracy": _share((j for j in judged if j.gold.history), lambda j: j.is_right),
        "paraphrase_consistency": ratio(_paraphrase_pairs(judged)),
        "latency_p50_ms": quantile([j.outcome.seconds * 1000 for j in judged], 0.5),
        "latency_p95_ms": quantile([j.outcome.seconds * 1000 for j in judged], 0.95),
    }


def _facts_right(judged: Judged) -> bool:
    return judged.facts_right


def _share(judged: Iterable[Judged], holds: Callable[[Judged], bool]) -> Measure:
    return ratio([(int(holds(j)), 1) for j in judged])


def _set_measures(judged: Sequence[Judged]) -> dict[str, Measure]:
    counts = [j.set for j in judged if j.set is not None]
    right, extra, missing = (
        ([len(part) for part in parts] for parts in zip(*((c.right, c.extra, c.missing) for c in counts), strict=True))
        if counts
        else ([], [], [])
    )
    rows = list(zip(right, extra, missing, strict=True))
    return {
        "set_precision": ratio([(r, r + e) for r, e, _ in rows]),
        "set_recall": ratio([(r, r + m) for r, _, m in rows]),
        "set_f1": ratio([(2 * r, 2 * r + e + m) for r, e, m in rows]),
        "set_f1_macro": mean([c.f1 for c in counts]),
        "set_exact": ratio([(int(c.f1 == 1.0), 1) for c in counts]),
    }


def _abstention_measures(judged: Sequence[Judged]) -> dict[str, Measure]:
    pairs = [(j.abstained, j.should_abstain) for j in judged]
    return {
        "abstention_precision": ratio([(int(did and should), int(did)) for did, should in pairs]),
        "abstention_recall": ratio([(int(did and should), int(should)) for did, should in pairs]),
        "abstention_f1": ratio([(2 * int(did and should), int(did) + int(should)) for did, should in pairs]),
    }


def risk_coverage(judged: Sequence[Judged]) -> tuple[RiskPoint, ...]:
    """Answers surest first (ties together): the share of questions answered and the share of those that are wrong."""
    answered = [j for j in judged if not j.abstained]
    points, wrong = [], 0
    ordered = sorted(answered, key=lambda j: (-j.outcome.confidence, j.gold.id))
    for place, item in enumerate(ordered, 1):
        wrong += not item.is_right
        if place == len(ordered) or ordered[place].outcome.confidence != item.outcome.confidence:
            points.append(RiskPoint(place / len(judged), wrong / place))
    return tuple(points)


def risk_area(points: Sequence[RiskPoint]) -> float | None:
    """The mean risk over all coverages reached (0 is best); None when nothing was answered.

    Between two points risk is taken as the mean of both: answers of one confidence have no order among them.
    """
    if not points:
        return None
    area, before = points[0].coverage * points[0].risk, points[0]
    for point in points[1:]:
        area += (point.coverage - before.coverage) * (point.risk + before.risk) / 2
        before = point
    return area / before.coverage


def signature(judged: Judged) -> tuple[bool, frozenset[str], bool]:
    """What paraphrases must share: abstained or not, the same trials, the same verdict on the facts."""
    if judged.outcome.status is Status.ABSTAINED:
        return True, frozenset(), judged.facts_right
    return False, returned_trials(judged.gold, judged.outcome), judged.facts_right


def paraphrase_groups(judged: Sequence[Judged]) -> tuple[ParaphraseGroup, ...]:
    groups = _members(judged)
    return tuple(
        ParaphraseGroup(name, tuple(j.gold.id for j in members), len({signature(j) for j in members}) == 1)
        for name, members in sorted(groups.items())
        if len(members) > 1
    )


def _members(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {}
    for item in judged:
        for tag in item.gold.tags:
            if tag.startswith(PARAPHRASE):
                groups.setdefault(tag.removeprefix(PARAPHRASE), []).append(item)
    return groups


def _paraphrase_pairs(judged: Sequence[Judged]) -> list[tuple[int, int]]:
    """(equal pairs, pairs) of each group."""
    pairs = []
    for _, members in sorted(_members(judged).items()):
        both = list(combinations([signature(j) for j in members], 2))
        pairs.append((sum(a == b for a, b in both), len(both)))
    return pairs
