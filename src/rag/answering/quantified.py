"""Yes or no over many trials, told before the count: 'No: 4 of the 5 trials that are about HIV exclude pregnancy.'"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.draft import Draft
from rag.answering.sets import answer_trials, first_quotes
from rag.evidence.collect import Judge, Judgements
from rag.planning.joining import all_of, conjuncts
from rag.planning.quantified import SOME
from rag.planning.wording import in_words as phrase
from rag.types import Claim, Predicate, QueryPlan, TrialVerdict, Verdict

_FEW = 6  # trials that are named as not fitting


def answered_yes_or_no(plan: QueryPlan, judge: Judge, trial_ids: Sequence[str], draft: Draft) -> Draft:
    """`draft`, the answer about the set, with the yes or no that the plan's quantifier asks for in front."""
    if draft.reason is not None or plan.where is None or draft.verdicts is None:
        return draft
    if plan.quantifier == SOME:
        return replace(draft, claims=tuple(_of_some(draft.claims, draft.verdicts)))
    told = conjuncts(plan.base)
    asked = all_of(part for part in conjuncts(plan.where) if part not in told)
    if asked is None:
        return draft
    chosen = tuple(trial_ids)
    if plan.base is not None:
        chosen = tuple(t for t, j in judge.all(plan.base, chosen).items() if j.verdict is Verdict.MATCH)
    if not chosen:
        return draft
    among = answer_trials(replace(plan, where=asked), judge, chosen, ())
    first, named = _of_all(asked, plan.base, judge.all(asked, chosen))
    first = replace(first, quotes=first_quotes([v for v in draft.verdicts if v.verdict is Verdict.MATCH]))
    return replace(draft, claims=(first, *(named or among.claims[1:])))


def _of_some(claims: Sequence[Claim], verdicts: Sequence[TrialVerdict]) -> list[Claim]:
    """'Yes: 3 of 9 trials …'; where none fits as a whole, what fits in part or could not be read is told first."""
    kinds = {verdict.verdict for verdict in verdicts}
    first, *rest = claims
    if Verdict.MATCH in kinds:
        return [replace(first, text=f"Yes: {first.text}"), *rest]
    lead = "Only in part" if Verdict.PARTIAL in kinds else "Not for certain" if Verdict.UNREAD in kinds else "No"
    if lead == "Only in part" and len(verdicts) <= _FEW and all(verdict.reason for verdict in verdicts):
        told = "; ".join(f"{verdict.trial_id} {verdict.reason}" for verdict in verdicts)
        return [Claim(f"{lead}: {told}.", first_quotes(verdicts)), *rest[1:]]
    return [replace(first, text=f"{lead}: {first.text[:1].lower()}{first.text[1:]}"), *rest]


def _of_all(asked: Predicate, base: Predicate | None, judged: Judgements) -> tuple[Claim, tuple[Claim, ...]]:
    """Whether all of the trials chosen fit and in how many they do, and the others by name where these are few."""
    fitting = {trial: judgement for trial, judgement in judged.items() if judgement.verdict is Verdict.MATCH}
    others = {trial: judgement for trial, judgement in judged.items() if trial not in fitting}
    one = len(judged) == 1
    which = f" that {phrase(base, plural=not one)}" if base is not None else ""
    if not others:
        told = {1: "the one trial", 2: "both trials"}.get(len(judged), f"all {len(judged)} trials")
        return Claim(f"Yes: {told}{which} {phrase(asked, plural=not one)}."), ()
    kinds = {judgement.verdict for judgement in others.values()}
    lead = "Not quite" if kinds <= {Verdict.PARTIAL} else "Not for certain" if kinds <= {Verdict.UNREAD} else "No"
    number = f"{len(fitting) or 'none'} of the {len(judged)} trials{which}"
    first = Claim(f"{lead}: {number} {phrase(asked, plural=len(fitting) > 1)}.")
    if len(others) > _FEW:
        return first, ()
    rest = "; ".join(f"{trial} {_otherwise(one.verdict, one.reason)}" for trial, one in others.items())
    quotes = tuple(judgement.quotes[0] for judgement in others.values() if judgement.quotes)
    return first, (Claim(f"Of the others, {rest}.", quotes),)


def _otherwise(verdict: Verdict, reason: str) -> str:
    """Why a trial is none of those that fit, as a verb phrase."""
    if ": " in reason:
        return f"has {reason.replace(': ', ' ', 1)}"
    return reason or ("does not state it" if verdict is Verdict.SILENT else "does not")
