"""How strict: the trial with the tightest limit, and where a limit of one's own stands among those of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median_low

from rag.answering.draft import Draft, abstain
from rag.answering.english import count, listed
from rag.answering.landscape import mentions
from rag.answering.sets import first_quotes
from rag.criteria.lexicon import load_variables
from rag.evidence.collect import Judge, Judgements, verdict_of
from rag.evidence.judgement import LISTED
from rag.evidence.shown import label_of
from rag.types import AbstentionReason, Claim, Limit, QueryPlan, Quote, TrialVerdict, Verdict
from rag.values import Values, plain


def answer_strictest(plan: QueryPlan, judge: Judge, trial_ids: tuple[str, ...], nearest: tuple[Quote, ...]) -> Draft:
    """The trial with the tightest (or loosest) limit on each variable asked about. Scales are never mixed."""
    if plan.changes:
        return _rank(plan.changes[0], judge, trial_ids, nearest)
    claims: list[Claim] = []
    winners: dict[str, TrialVerdict] = {}
    for variable in plan.variables:
        judgements = judge.all(mentions([variable]), trial_ids)
        stating = [trial for trial in trial_ids if judgements[trial].verdict is Verdict.MATCH]
        for side in _sides(variable):
            best = _best(_bounds(judge, variable, stating, side), side, plan.extreme)
            if not best:
                continue
            found = [verdict_of(trial, judgements[trial]) for trial in best]
            label = load_variables()[variable].label
            text = f"On {label}, the {plan.extreme or 'strictest'} {side} stands in {listed(best)}: {_each(found)}."
            claims += [Claim(text, first_quotes(found)), *_of_the_others(plan, judgements, best, label)]
            winners |= {v.trial_id: v for v in found if v.trial_id not in winners}
    if not winners:
        return abstain(AbstentionReason.NO_EVIDENCE, "No trial states a limit that could be ranked.", nearest)
    verdicts = tuple(sorted(winners.values(), key=lambda v: v.trial_id))
    return Draft(tuple(claims), verdicts=verdicts, considered=len(trial_ids), total=len(verdicts))


def _each(found: Sequence[TrialVerdict]) -> str:
    """'it requires …', 'each requires …'; trial by trial where "≥ 60" stands beside "> 60"."""
    if len({verdict.reason for verdict in found}) > 1:
        return listed([f"{verdict.trial_id} {verdict.reason}" for verdict in found])
    return f"{'it' if len(found) == 1 else 'each'} {found[0].reason}"


def _of_the_others(plan: QueryPlan, judgements: Judgements, best: Sequence[str], label: str) -> list[Claim]:
    """'A or B, which is stricter?': what the other trials named state of it, or that they state nothing."""
    if not plan.trials or len(judgements) > _FEW:
        return []
    others = {trial: judged for trial, judged in judgements.items() if trial not in best}
    stating = [verdict_of(trial, j) for trial, j in others.items() if j.verdict in LISTED]
    silent = [trial for trial, judged in others.items() if judged.verdict not in LISTED]
    claims = [Claim(f"{verdict.trial_id} {verdict.reason}.", verdict.quotes[:1]) for verdict in stating]
    told = f"{listed(silent)} {'states' if len(silent) == 1 else 'state'} no limit on {label}."
    return [*claims, Claim(told)] if silent else claims


_FEW = 4  # trials named in a question that are all told


def _sides(variable: str) -> tuple[str, ...]:
    """Where strictness shows: in the floor of what is better high (platelets), in the ceiling of what is better low."""
    return {"high": ("floor",), "low": ("ceiling",)}.get(load_variables()[variable].fit or "", ("floor", "ceiling"))


_BY_NUMBER = {"smallest": min, "lowest": min, "fewest": min, "largest": max, "highest": max, "most": max}


def _best(bounds: Mapping[str, tuple[Decimal, bool]], side: str, extreme: str) -> list[str]:
    """The trials with the extreme end: by its number, or by strictness (a high floor and a low ceiling are strict)."""
    if not bounds:
        return []
    if extreme in _BY_NUMBER:
        ends = {trial: end if side == "floor" else -end for trial, (end, _) in bounds.items()}
        best = _BY_NUMBER[extreme](ends.values())
        return sorted(trial for trial, end in ends.items() if end == best)
    strictest = (min if extreme == "loosest" else max)(bounds.values())
    return sorted(trial for trial, bound in bounds.items() if bound == strictest)


def _bounds(judge: Judge, variable: str, trials: Sequence[str], side: str) -> dict[str, tuple[Decimal, bool]]:
    """The bound of each of the trials that sets one for everybody."""
    stated = judge.stated(variable, tuple(trials))
    found = {trial: _bound(stated[trial].firm, side) for trial in trials}
    return {trial: bound for trial, bound in found.items() if bound is not None}


def _rank(own: Limit, judge: Judge, trial_ids: tuple[str, ...], nearest: tuple[Quote, ...]) -> Draft:
    """How many trials set a tighter, the same or a looser bound than one's own, and the bound in the middle."""
    side = "floor" if own.values.intervals[0].low is not None else "ceiling"
    bounds = _bounds(judge, own.variable, trial_ids, side)
    mine, variable = _bound(own.values, side), load_variables()[own.variable]
    if mine is None or not bounds:
        message = f"None of the {len(trial_ids)} trials sets a {side} on {variable.label} to compare with."
        return abstain(AbstentionReason.NO_EVIDENCE, message, nearest)
    tighter = [trial for trial, bound in bounds.items() if bound > mine]
    looser = [trial for trial, bound in bounds.items() if bound < mine]
    alike = [trial for trial, bound in bounds.items() if bound == mine]
    judgements = judge.all(mentions([own.variable]), tuple(bounds))
    verdicts = tuple(verdict_of(trial, judgements[trial]) for trial in sorted(bounds))
    middle = plain(abs(median_low(bounds.values())[0]))
    said = f"{label_of(own.variable)} {own.values.describe(variable.unit)}"
    verb = "sets" if len(bounds) == 1 else "set"
    beside = f"stricter than {len(looser)}, as strict as {len(alike)} and less strict than {len(tighter)}"
    claims = [
        Claim(
            f"Beside the {count(len(bounds), 'trial')} that {verb} a {side}, {said} is {beside};"
            f" the middle one is {f'{middle} {variable.unit}'.rstrip()}."
        )
    ]
    for trials, word in ((tighter, "Stricter"), (alike, "The same"), (looser, "Less strict")):
        named = f"{word}: {listed(sorted(trials)[:_MOST_NAMED])}{_more(trials)}."
        claims += [Claim(named, _first(trials, verdicts))] if trials else []
    claims.append(Claim(f"The other {len(trial_ids) - len(bounds)} set none for everybody."))
    return Draft(tuple(claims), verdicts=verdicts, considered=len(trial_ids), total=len(verdicts))


_MOST_NAMED = 10  # trials named in a row; all are listed beside the answer


def _more(trials: Sequence[str]) -> str:
    return f" and {len(trials) - _MOST_NAMED} more" if len(trials) > _MOST_NAMED else ""


def _first(trials: Sequence[str], verdicts: Sequence[TrialVerdict]) -> tuple[Quote, ...]:
    named = set(sorted(trials)[:_MOST_NAMED])
    return tuple(v.quotes[0] for v in verdicts if v.trial_id in named and v.quotes)


def _bound(admitted: Values, side: str) -> tuple[Decimal, bool] | None:
    """(bound, open), greater for the stricter: a high floor, a low ceiling, and one that leaves out its own end."""
    if admitted.is_empty or admitted.is_everything:
        return None
    first, last = admitted.intervals[0], admitted.intervals[-1]
    if side == "floor":
        return None if first.low is None else (first.low, not first.low_closed)
    return None if last.high is None else (-last.high, not last.high_closed)
