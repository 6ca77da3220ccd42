"""What one answer comes down to for scoring: its status, words, trials by verdict, citations and confidence."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.types import All, Answer, Any, Citation, Intent, Limit, Not, Predicate, Status, Verdict

_BESIDE = (Verdict.PARTIAL, Verdict.UNREAD)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer, or the error that stood in its place (`error` not empty: it scores as a wrong answer)."""

    status: Status
    text: str = ""
    has_set: bool = False
    trials: dict[Verdict, tuple[str, ...]] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()
    firm_citations: frozenset[int] = frozenset()  # numbers that carry no partial or unread item: see `judge`
    confidence: float = 0.0  # in [0, 1]; only its order matters
    seconds: float = 0.0
    error: str = ""

    def with_verdict(self, verdict: Verdict) -> frozenset[str]:
        return frozenset(self.trials.get(verdict, ()))

    @property
    def cited_trials(self) -> frozenset[str]:
        return frozenset(citation.trial_id for citation in self.citations)


def outcome_of(answer: Answer, seconds: float) -> Outcome:
    items = answer.result_set.items if answer.result_set is not None else ()
    trials: dict[Verdict, tuple[str, ...]] = {}
    for item in items:
        trials[item.verdict] = (*trials.get(item.verdict, ()), item.trial_id)
    firm = {n for item in items if item.verdict not in _BESIDE for n in item.citations}
    beside = {n for item in items if item.verdict in _BESIDE for n in item.citations} - firm
    return Outcome(
        status=answer.status,
        text=answer.answer,
        has_set=answer.result_set is not None,
        trials=trials,
        citations=answer.citations,
        firm_citations=frozenset(c.index for c in answer.citations) - beside,
        confidence=confidence(answer),
        seconds=seconds,
    )


# What lowers the confidence, and by how much: ordered by how often such answers were wrong on the development part.
_SCREENED = 0.30  # many criteria are judged at once
_PREDICATE = 0.10  # each further predicate of the plan may be misread
_NUMERIC = 0.10  # a limit on a number: exact at its end, or wrong
_BESIDE_EACH, _BESIDE_MOST = 0.05, 4  # near misses and unread criteria are where a match can be misjudged
_UNPLACED, _UNPLACED_MOST = 0.10, 3  # words of the question that the reader could not place
_WARNED, _PARTIAL, _INCOMPLETE, _UNCITED = 0.10, 0.15, 0.10, 0.20


def confidence(answer: Answer) -> float:
    """How sure an answer may be, in [0, 1], for the risk–coverage curve: read off what it and its plan admit."""
    if answer.status is Status.ABSTAINED:
        return 0.0
    kinds = _kinds(answer.plan.where)
    items = answer.result_set.items if answer.result_set is not None else ()
    doubt = _SCREENED * (answer.plan.intent is Intent.SCREEN)
    doubt += _PREDICATE * max(0, len(kinds) - 1) + _NUMERIC * (Limit in kinds)
    doubt += _BESIDE_EACH * min(_BESIDE_MOST, sum(item.verdict in _BESIDE for item in items))
    doubt += _UNPLACED * min(_UNPLACED_MOST, len(answer.plan.unread)) + _WARNED * bool(answer.warnings)
    doubt += _PARTIAL * (answer.status is Status.PARTIAL) + _UNCITED * (not answer.citations)
    doubt += _INCOMPLETE * (answer.result_set is not None and not answer.result_set.complete)
    return round(max(0.01, 1.0 - doubt), 4)


def _kinds(predicate: Predicate | None) -> list[type]:
    """The kinds of the single predicates of a plan."""
    if predicate is None:
        return []
    if isinstance(predicate, All | Any):
        return [kind for part in predicate.predicates for kind in _kinds(part)]
    return _kinds(predicate.predicate) if isinstance(predicate, Not) else [type(predicate)]
