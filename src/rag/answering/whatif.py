"""What changes when a limit is relaxed: which more trials would turn nobody in the range away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.draft import Draft, abstain
from rag.answering.english import count, listed
from rag.answering.sets import accounting_of, first_quotes, listed_verdicts
from rag.evidence.collect import Judge, Judgements
from rag.evidence.words import phrase
from rag.types import AbstentionReason, Asks, Claim, Limit, QueryPlan, Quote, Verdict


def answer_whatif(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """Trials at least as strict before and after the change; the difference is what the change reaches."""
    ids = tuple(trial_ids)
    if len(plan.changes) < 2:
        return abstain(AbstentionReason.NO_EVIDENCE, "The question does not say from which limit to which.", nearest)
    before, after = (replace(limit, asks=Asks.EXCLUDES) for limit in plan.changes[:2])
    if plan.patient is not None and plan.patient.numbers:
        person = plan.patient.numbers[0]
        asked = Limit(person.variable, person.values, Asks.EXCLUDES, person.stated)
        return _for_person(asked, before, after, judge, ids)
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
    turned, beyond = judge.all(asked, ids), judge.all(replace(before, values=~before.values), ids)
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


def _matching(judgements: Judgements) -> list[str]:
    return [trial for trial, judgement in judgements.items() if judgement.verdict is Verdict.MATCH]


def _difference(changed: Sequence[str]) -> Claim:
    if not changed:
        return Claim("The change makes no difference.")
    named = f": {listed(changed)}" if len(changed) <= _NAMED else ""
    return Claim(f"The change makes a difference in {count(len(changed), 'trial')}{named}.")


_NAMED = 12  # as many trials are named in a sentence
