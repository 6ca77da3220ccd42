"""What changes when a limit is relaxed: which more trials would turn nobody in the range away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rag.answering.draft import Draft, abstain
from rag.answering.english import count, listed
from rag.answering.sets import accounting_of, first_quotes, listed_verdicts
from rag.criteria.lexicon import load_variables
from rag.evidence.collect import Judge, Judgements
from rag.evidence.words import phrase
from rag.types import AbstentionReason, Asks, Claim, Limit, QueryPlan, Quote, Verdict
from rag.values import Interval, Values, exactly, plain


def answer_whatif(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """Trials at least as strict before and after the change; of a new limit alone, the trials that it would open."""
    ids = tuple(trial_ids)
    told = plan.patient.numbers[0] if plan.patient is not None and plan.patient.numbers else None
    person = Limit(told.variable, told.values, Asks.EXCLUDES, told.stated) if told is not None else None
    if len(plan.changes) == 1 and (asked := person or _edge(plan.changes[0])) is not None:
        return _opened_to(asked, replace(plan.changes[0], asks=Asks.EXCLUDES), judge, ids)
    if len(plan.changes) < 2:
        return abstain(AbstentionReason.NO_EVIDENCE, "The question does not say from which limit to which.", nearest)
    before, after = (replace(limit, asks=Asks.EXCLUDES) for limit in plan.changes[:2])
    if person is not None:
        return _for_person(person, before, after, judge, ids)
    first, second = judge.all(before, ids), judge.all(after, ids)
    was, now = _matching(first), _matching(second)
    changed = [t for t in now if t not in was] + [t for t in was if t not in now]
    verdicts = listed_verdicts({t: second[t] for t in now}, judge, after)
    claims = [
        Claim(f"{len(was)} of {len(ids)} trials {phrase(before, plural=len(was) != 1)}."),
        Claim(f"{len(now)} {phrase(after, plural=len(now) != 1)}.", first_quotes(verdicts)),
        _difference(changed),
    ]
    return Draft(
        tuple(claims), verdicts=verdicts, considered=len(ids), total=len(verdicts), accounting=accounting_of(second)
    )


def _for_person(asked: Limit, before: Limit, after: Limit, judge: Judge, ids: tuple[str, ...]) -> Draft:
    """The trials that turn a value away as things stand, and those of them that the relaxed limit would open.

    A trial is opened where all that it turns away lies within the limit that is given up: one that sets a stricter
    limit, or another end as well, is not touched. A value that the relaxed limit turns away too gains nothing: then
    the trials that exclude it are listed.
    """
    turned, beyond = judge.all(asked, ids), judge.all(replace(before, values=_let_in(before)), ids)
    closed, stays = _matching(turned), asked.values.overlaps(after.values)
    opened = [t for t in closed if not stays and beyond[t].verdict not in {Verdict.MATCH, Verdict.PARTIAL}]
    verdicts = listed_verdicts({t: turned[t] for t in (closed if stays else opened)}, judge, asked)
    moved = " to ".join(phrase(limit).removeprefix("exclude ") for limit in (before, after))
    quotes = first_quotes(verdicts)
    claims = [
        Claim(
            f"{len(closed)} of {len(ids)} trials {phrase(asked, plural=len(closed) != 1)} as things stand.",
            quotes if stays else (),
        ),
        Claim(
            f"{len(opened) or 'None'} of them would not if the limit moved from {moved}.", () if stays else quotes
        ),
    ]
    return Draft(
        tuple(claims), verdicts=verdicts, considered=len(ids), total=len(verdicts), accounting=accounting_of(turned)
    )


def _opened_to(asked: Limit, after: Limit, judge: Judge, ids: tuple[str, ...]) -> Draft:
    """The trials that turn a value away now, whatever their limit, and those of them that a new limit would open.

    Where they turn away all that the new limit lets in, it is by their other end: that is not moved.
    """
    turned, inside = judge.all(asked, ids), judge.all(replace(after, values=_let_in(after)), ids)
    closed, stays = _matching(turned), asked.values.overlaps(after.values)
    opened = [t for t in closed if not stays and inside[t].verdict is not Verdict.MATCH]
    verdicts = listed_verdicts({t: turned[t] for t in (closed if stays else opened)}, judge, asked)
    limit = phrase(after).removeprefix("exclude ")
    claims = (
        Claim(f"{len(closed)} of {len(ids)} trials {phrase(asked, plural=len(closed) != 1)} as things stand."),
        Claim(f"{len(opened) or 'None'} of them would not if they excluded only {limit}.", first_quotes(verdicts)),
    )
    return Draft(claims, verdicts=verdicts, considered=len(ids), total=len(verdicts), accounting=accounting_of(turned))


def _let_in(limit: Limit) -> Values:
    """What a limit that excludes lets in, of the values that the measure can have: no ECOG below 0."""
    return ~limit.values & load_variables()[limit.variable].plausible


def _edge(after: Limit) -> Limit | None:
    """The value at the very limit, which it lets in; None where the limit has no such end ('excludes 2 and more')."""
    ends = [end for part in after.values.intervals for end in _open_ends(part)]
    if len(ends) != 1:
        return None
    return replace(after, values=exactly(ends[0]), asks=Asks.EXCLUDES, stated=plain(ends[0]))


def _open_ends(part: Interval) -> list[Decimal]:
    low = [part.low] if part.low is not None and not part.low_closed else []
    return low + ([part.high] if part.high is not None and not part.high_closed else [])


def _matching(judgements: Judgements) -> list[str]:
    return [trial for trial, judgement in judgements.items() if judgement.verdict is Verdict.MATCH]


def _difference(changed: Sequence[str]) -> Claim:
    if not changed:
        return Claim("The change makes no difference.")
    named = f": {listed(changed)}" if len(changed) <= _NAMED else ""
    return Claim(f"The change makes a difference in {count(len(changed), 'trial')}{named}.")


_NAMED = 12  # as many trials are named in a sentence
