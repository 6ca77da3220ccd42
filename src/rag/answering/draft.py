"""The draft of an answer: claims and verdicts with quotes, before they are numbered and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.types import AbstentionReason, Claim, Intent, QueryPlan, Quote, Status, TrialVerdict, Verdict


@dataclass(frozen=True, slots=True)
class Draft:
    """What an answer function gives: sentences in order, and for set questions the judged trials in order."""

    claims: tuple[Claim, ...]
    status: Status = Status.ANSWERED
    verdicts: tuple[TrialVerdict, ...] | None = None
    considered: int = 0
    total: int = 0
    complete: bool = True
    accounting: Mapping[str, int] = field(default_factory=dict)
    reason: AbstentionReason | None = None
    nearest: tuple[Quote, ...] = ()
    warnings: tuple[str, ...] = ()


def abstain(reason: AbstentionReason, message: str, nearest: tuple[Quote, ...] = ()) -> Draft:
    """No answer, said plainly, with what stands nearest."""
    return Draft((Claim(message),), Status.ABSTAINED, reason=reason, nearest=nearest)


def joined(plan: QueryPlan, drafts: Sequence[Draft]) -> Draft:
    """The answers to the parts of a question as one; what a part leaves unsaid is said, and nothing is said twice."""
    told = [draft for draft in drafts if draft.reason is None]
    if not told:
        return replace(drafts[0], nearest=tuple(quote for draft in drafts for quote in draft.nearest))
    claims = tuple(dict.fromkeys(claim for draft in (*told, *_others(drafts)) for claim in draft.claims))
    whole = all(draft.status is Status.ANSWERED for draft in drafts)
    draft = Draft(claims, Status.ANSWERED if whole else Status.PARTIAL)
    if plan.intent in {Intent.TRIALS, Intent.COUNT, Intent.EXTREME}:
        return _with_sets(draft, told)
    if plan.intent is not Intent.COMPARE:
        return draft
    verdicts = _verdicts(plan, told)
    return replace(draft, verdicts=verdicts, considered=len(verdicts), total=len(verdicts))


def _with_sets(draft: Draft, told: Sequence[Draft]) -> Draft:
    """The draft with the trials of every set that was asked for; of one in several, the reasons of all."""
    found: dict[str, TrialVerdict] = {}
    for verdict in (verdict for one in told for verdict in one.verdicts or ()):
        known = found.get(verdict.trial_id)
        found[verdict.trial_id] = verdict if known is None else _both(known, verdict)
    order = list(Verdict)
    verdicts = tuple(sorted(found.values(), key=lambda one: (order.index(one.verdict), one.trial_id)))
    matches = sum(one.verdict is Verdict.MATCH for one in verdicts)
    considered, complete = max(one.considered for one in told), all(one.complete for one in told)
    return replace(draft, verdicts=verdicts, considered=considered, total=matches, complete=complete)


def _both(one: TrialVerdict, other: TrialVerdict) -> TrialVerdict:
    """A trial of two sets, by the better of its verdicts."""
    if one.verdict is not other.verdict:
        return min(one, other, key=lambda verdict: list(Verdict).index(verdict.verdict))
    reason = "; ".join(dict.fromkeys((one.reason, other.reason)))
    return replace(one, reason=reason, quotes=tuple(dict.fromkeys((*one.quotes, *other.quotes))))


def _others(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.reason is not None]


def _verdicts(plan: QueryPlan, told: Sequence[Draft]) -> tuple[TrialVerdict, ...]:
    """The trials compared, each with the quotes that any part gives of it."""
    named = dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids)
    rows = {verdict.trial_id: verdict for draft in told for verdict in draft.verdicts or ()}
    found = []
    for trial in named:
        quotes = tuple(dict.fromkeys(q for d in told for c in d.claims for q in c.quotes if q.trial_id == trial))
        row = rows.get(trial, TrialVerdict(trial, Verdict.MATCH, "told above" if quotes else "not stated", ()))
        found.append(replace(row, quotes=quotes or row.quotes))
    return tuple(found)
