"""Which trials …, and what each of them states of what was asked beside it."""

from __future__ import annotations

from dataclasses import replace

from rag.answering.draft import Draft
from rag.answering.english import listed
from rag.answering.landscape import rows_of
from rag.answering.quantified import answered_yes_or_no
from rag.answering.sets import answer_trials
from rag.evidence.collect import Judge
from rag.types import Claim, QueryPlan, Quote, TrialVerdict, Verdict

_FEW = 4  # silent trials that are named
_MOST_TOLD = 30  # trials whose facts stand in the text; the table holds those of all


def answer_trials_told(plan: QueryPlan, judge: Judge, trial_ids: tuple[str, ...], nearest: tuple[Quote, ...]) -> Draft:
    """The trials as `answer_trials` lists them, then what each match states of the facts and limits asked of each."""
    draft = answer_trials(plan, judge, trial_ids, nearest)
    if plan.quantifier:
        draft = answered_yes_or_no(plan, judge, trial_ids, draft)
    if draft.reason is not None or not (plan.facts or plan.variables):
        return draft
    verdicts = draft.verdicts or ()
    told = [v.trial_id for v in verdicts if v.verdict is Verdict.MATCH] or [v.trial_id for v in verdicts]
    lines, rows = rows_of(plan, judge, told)
    claims = [*draft.claims, *lines[:_MOST_TOLD]]
    if len(lines) > _MOST_TOLD:
        claims.append(Claim(f"What {len(lines) - _MOST_TOLD} more state is in the table."))
    if silent := [trial for trial in told if trial not in rows]:
        named = listed(silent) if len(silent) <= _FEW else f"{len(silent)} of these trials"
        claims.append(Claim(f"{named} {'does' if len(silent) == 1 else 'do'} not state it."))
    return replace(draft, claims=tuple(claims), verdicts=tuple(_with_row(v, rows.get(v.trial_id)) for v in verdicts))


def _with_row(verdict: TrialVerdict, row: TrialVerdict | None) -> TrialVerdict:
    if row is None:
        return verdict
    quotes = tuple(dict.fromkeys((*verdict.quotes, *row.quotes)))
    return replace(verdict, reason=f"{verdict.reason}; {row.reason}", quotes=quotes, values=row.values)
