"""Judge whether a trial turns away, lets in, requires, or passes over a condition, treatment or state.

A window ('within 6 months') or a qualifier ('uncontrolled') still turns such a person away and is quoted in the
reason; only a cohort, a bound amount, or an indirect mention makes a match partial.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from rag.criteria.concepts import firm_for, partial_for
from rag.criteria.similar import phrase_states
from rag.evidence.judgement import Judgement
from rag.evidence.words import concern_label
from rag.text import shortened
from rag.types import Asks, Concerns, Criterion, Quote, Stance, State, Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """What one criterion says of the concept asked about."""

    criterion: Criterion
    state: State
    indirect: bool  # a wider or narrower concept was named, or one that only hints at it

    @property
    def quote(self) -> Quote:
        return Quote(self.criterion.trial_id, self.criterion.span)


def related_concepts(concepts: Sequence[str]) -> frozenset[str]:
    """The concepts whose mention concerns a person with one of those asked about, firmly or in part."""
    return firm_for(concepts) | partial_for(concepts)


def judge_concern(criteria: Iterable[Criterion], concern: Concerns, text: Callable[[], str]) -> Judgement:
    """One trial against one concept predicate. `text` gives the document's text, for words that no concept covers."""
    said = _said(criteria, concern, text)
    return _JUDGES[concern.asks](said, concern, text)


def _said(criteria: Iterable[Criterion], concern: Concerns, text: Callable[[], str]) -> list[Said]:
    if not concern.concepts:
        return [
            Said(criterion, state, False)
            for criterion in criteria
            for state in phrase_states(concern.text, criterion, text())
        ]
    firm, partial = firm_for(concern.concepts), partial_for(concern.concepts)
    return [
        Said(criterion, state, state.concept not in firm)
        for criterion in criteria
        for state in criterion.concepts
        if state.concept in firm or state.concept in partial
    ]


def _with(said: Iterable[Said], stances: Collection[Stance]) -> list[Said]:
    return [one for one in said if one.state.stance in stances]


def _judge_excludes(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    out = _with(said, {Stance.TURNED_AWAY})
    firm = [one for one in out if not one.state.doubts and not one.indirect]
    if firm:
        return _judged(Verdict.MATCH, "excludes", firm, text)
    if out:
        return _judged(Verdict.PARTIAL, "excludes only indirectly or in part", out, text)
    return _otherwise(said, concern, text)


def _judge_requires(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    wanted = [one for one in _with(said, {Stance.REQUIRED}) if not one.indirect]
    firm = [one for one in wanted if not one.state.doubts]
    if firm:
        return _judged(Verdict.MATCH, "requires", firm, text)
    if wanted:
        return _judged(Verdict.PARTIAL, "requires in part", wanted, text)
    return _otherwise(said, concern, text)


def _judge_admits(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    direct = [one for one in said if not one.indirect]
    allowed = _with(direct, {Stance.EXEMPT, Stance.REQUIRED})
    out = _with(direct, {Stance.TURNED_AWAY})
    if allowed and out:
        return _judged(Verdict.PARTIAL, "allows only in part", [*allowed, *out], text)
    if allowed:
        return _judged(Verdict.MATCH, "allows", allowed, text)
    if out:
        return _judged(Verdict.NO_MATCH, "excludes", out, text)
    return _otherwise(said, concern, text)


def _judge_mentions(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    direct = [one for one in said if not one.indirect]
    if direct:
        return _judged(Verdict.MATCH, "mentions", direct, text)
    return Judgement(Verdict.SILENT, f"does not mention {concern_label(concern)}")


def _judge_silent(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    direct = [one for one in said if not one.indirect]
    if direct:
        return _judged(Verdict.NO_MATCH, "mentions", direct, text)
    return Judgement(Verdict.MATCH, f"does not mention {concern_label(concern)}")


_JUDGES = {
    Asks.EXCLUDES: _judge_excludes,
    Asks.REQUIRES: _judge_requires,
    Asks.ADMITS: _judge_admits,
    Asks.MENTIONS: _judge_mentions,
    Asks.SILENT: _judge_silent,
}


def _otherwise(said: list[Said], concern: Concerns, text: Callable[[], str]) -> Judgement:
    direct = [one for one in said if not one.indirect]
    if direct:
        return _judged(Verdict.NO_MATCH, "says otherwise", direct, text)
    return Judgement(Verdict.SILENT, f"does not mention {concern_label(concern)}")


def _judged(verdict: Verdict, verb: str, said: Sequence[Said], text: Callable[[], str]) -> Judgement:
    """The verdict with the first item's words as its reason: window, qualifier and exception stand in them."""
    quotes = tuple(dict.fromkeys(one.quote for one in said))
    words = shortened(quotes[0].span.of(text()), 160)
    return Judgement(verdict, f'{verb}: "{words}"', quotes[:3])
