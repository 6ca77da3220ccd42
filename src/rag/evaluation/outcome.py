"""What one answer comes down to for scoring: its status, words, trials by verdict, citations and confidence."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.types import Answer, Citation, Status, Verdict

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


def confidence(answer: Answer) -> float:
    """How sure the answer is of itself, in [0, 1], for the risk–coverage curve.

    Read off what the answer admits: a partial status, words of the question it could not place, warnings, a set that
    is not complete, no citation. The weights only order answers; they were set before any measurement.
    """
    if answer.status is Status.ABSTAINED:
        return 0.0
    doubt = 0.3 * (answer.status is Status.PARTIAL)
    doubt += 0.15 * min(3, len(answer.plan.unread)) + 0.1 * min(2, len(answer.warnings))
    doubt += 0.1 * (answer.result_set is not None and not answer.result_set.complete)
    doubt += 0.1 * (not answer.citations)
    return round(max(0.0, 1.0 - doubt), 4)
