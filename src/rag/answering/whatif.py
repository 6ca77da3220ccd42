"""What changes when a limit is relaxed: which more trials would turn nobody in the range away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.draft import Draft, abstain
from rag.answering.english import count
from rag.answering.sets import accounting_of, first_quotes, listed_verdicts
from rag.evidence.collect import Judge
from rag.evidence.words import phrase
from rag.types import AbstentionReason, Asks, Claim, QueryPlan, Quote, Verdict


def answer_whatif(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], nearest: tuple[Quote, ...]) -> Draft:
    """Trials at least as strict before and after the change; the difference is what the change reaches."""
    if len(plan.changes) < 2:
        return abstain(AbstentionReason.NO_EVIDENCE, "The question does not say from which limit to which.", nearest)
    before, after = (replace(limit, asks=Asks.EXCLUDES) for limit in plan.changes[:2])
    first, second = judge.all(before, tuple(trial_ids)), judge.all(after, tuple(trial_ids))
    was = [t for t in trial_ids if first[t].verdict is Verdict.MATCH]
    now = [t for t in trial_ids if second[t].verdict is Verdict.MATCH]
    more = [t for t in now if t not in was] + [t for t in was if t not in now]
    verdicts = listed_verdicts({t: second[t] for t in now}, judge, after)
    matches = [v for v in verdicts if v.verdict is Verdict.MATCH]
    claims = [
        Claim(f"{len(was)} of {len(trial_ids)} trials {phrase(before, plural=len(was) != 1)}."),
        Claim(f"{len(now)} {phrase(after, plural=len(now) != 1)}.", first_quotes(matches)),
        Claim(
            f"The change makes a difference in {count(len(more), 'trial')}."
            if more
            else "The change makes no difference."
        ),
    ]
    return Draft(
        tuple(claims),
        verdicts=verdicts,
        considered=len(trial_ids),
        total=len(matches),
        accounting=accounting_of(second),
    )
