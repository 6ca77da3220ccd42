"""How well number limits and concepts are read, against gold, and what set questions make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag.evaluation.criteria_gold import CriteriaGold, GoldLimit, limits_read, same_limit, without_doubles
from rag.evaluation.intervals import Measure, ratio
from rag.types import Constraint, ReadTrial, Unread
from rag.values import EVERYTHING, Values, above, below

JudgeConcept = Callable[[ReadTrial, str], str]
"""(what was read of a trial, gold concept id) -> match | partial | none."""


@dataclass(frozen=True, slots=True)
class LimitScores:
    precision: Measure
    recall: Measure
    wrong: tuple[GoldLimit, ...]  # read, not in gold
    missed: tuple[GoldLimit, ...]  # in gold, not read


@dataclass(frozen=True, slots=True)
class CriteriaScores:
    firm: LimitScores  # firm limits by (variable, admitted set, scope)
    any: LimitScores  # every limit by (variable, admitted set)
    questions: Mapping[str, Measure]  # precision, recall, f1, overcommitted of simulated set questions
    unread: Measure  # items with a known variable that could not be read, of all items with one
    concepts: Mapping[str, Measure]  # precision, recall, f1 of `match`, and accuracy of the three verdicts
    concept_errors: tuple[tuple[str, str, str, str], ...]  # trial, concept, gold, read


def score_criteria(gold: CriteriaGold, read: Mapping[str, ReadTrial], judge: JudgeConcept) -> CriteriaScores:
    """`read` holds what `read_trial` made of each trial of gold; one that it lacks has no limit read."""
    variables = {limit.variable for limit in gold.limits}
    found = [
        limit
        for trial in gold.trials
        if trial.trial_id in read
        for limit in limits_read(read[trial.trial_id])
        if limit.variable in variables
    ]
    errors, concepts = _concept_scores(gold, read, judge)
    return CriteriaScores(
        firm=compare_limits(
            [g for g in gold.limits if g.firm], [f for f in found if f.firm], gold.limits, by_scope=True
        ),
        any=compare_limits(gold.limits, found, gold.limits, by_scope=False),
        questions=_question_scores(gold, found),
        unread=_unread_share(gold, read),
        concepts=concepts,
        concept_errors=errors,
    )


def compare_limits(
    gold: Sequence[GoldLimit], found: Sequence[GoldLimit], every: Sequence[GoldLimit], *, by_scope: bool
) -> LimitScores:
    """Each limit counted once a trial. What equals a disputed label of `every` counts neither way."""
    wanted = without_doubles([limit for limit in gold if not limit.disputed])
    disputed = [limit for limit in every if limit.disputed]
    listed = [f for f in without_doubles(found) if not _is_among(f, disputed, by_scope)]
    trials = sorted({limit.trial_id for limit in (*wanted, *listed)})
    wrong = [f for f in listed if not _is_among(f, wanted, by_scope)]
    missed = [g for g in wanted if not _is_among(g, found, by_scope)]
    counted = {t: (_count(listed, t), _count(wrong, t), _count(wanted, t), _count(missed, t)) for t in trials}
    return LimitScores(
        precision=ratio([(listed_n - wrong_n, listed_n) for listed_n, wrong_n, _, _ in counted.values()]),
        recall=ratio([(wanted_n - missed_n, wanted_n) for _, _, wanted_n, missed_n in counted.values()]),
        wrong=tuple(wrong),
        missed=tuple(missed),
    )


def _is_among(limit: GoldLimit, others: Sequence[GoldLimit], by_scope: bool) -> bool:
    return any(same_limit(limit, other, by_scope=by_scope) for other in others)


def _count(limits: Sequence[GoldLimit], trial_id: str) -> int:
    return sum(limit.trial_id == trial_id for limit in limits)


# ── Set questions, simulated ─────────────────────────────────────────────────────────────────────────────────────────


def _question_scores(gold: CriteriaGold, found: Sequence[GoldLimit]) -> dict[str, Measure]:
    """'Which trials exclude V below / above c?' for every variable and every end that gold states."""
    doubtful = {(limit.trial_id, limit.variable) for limit in gold.limits if limit.disputed}
    wanted, given = _admitted(gold.limits), _admitted(found)
    rows = []
    for variable, asked in _asked(gold.limits):
        keys = {key for key in (*wanted, *given) if key[1] == variable} - doubtful
        right_set = {key for key in keys if not wanted.get(key, EVERYTHING).overlaps(asked)}
        returned = {key for key in keys if not given.get(key, EVERYTHING).overlaps(asked)}
        if right_set or returned:
            rows.append((len(right_set & returned), len(returned), len(right_set)))
    return {
        "precision": ratio([(right, listed) for right, listed, _ in rows]),
        "recall": ratio([(right, expected) for right, _, expected in rows]),
        "f1": ratio([(2 * right, listed + expected) for right, listed, expected in rows]),
        "overcommitted": ratio([(listed - right, listed) for right, listed, _ in rows]),
    }


def _admitted(limits: Sequence[GoldLimit]) -> dict[tuple[str, str], Values]:
    """(trial, variable) -> the values left by all firm limits that bind everybody."""
    admitted: dict[tuple[str, str], Values] = {}
    for limit in limits:
        if limit.firm and not limit.scope and not limit.disputed:
            key = (limit.trial_id, limit.variable)
            admitted[key] = admitted.get(key, EVERYTHING) & limit.admits
    return admitted


def _asked(limits: Sequence[GoldLimit]) -> list[tuple[str, Values]]:
    ends: set[tuple[str, Decimal]] = set()
    for limit in limits:
        bounds = [bound for interval in limit.admits for bound in (interval.low, interval.high) if bound is not None]
        ends |= {(limit.variable, bound) for bound in bounds}
    return [(variable, side(end)) for variable, end in sorted(ends) for side in (below, above)]


def _unread_share(gold: CriteriaGold, read: Mapping[str, ReadTrial]) -> Measure:
    rows = []
    for trial in gold.trials:
        for criterion in read[trial.trial_id].criteria if trial.trial_id in read else ():
            atoms = [atom for clause in criterion.requires for atom in clause.alternatives]
            unread = any(isinstance(atom, Unread) and atom.variable for atom in atoms)
            if criterion.section != "eligibility.fields" and (unread or any(isinstance(a, Constraint) for a in atoms)):
                rows.append((int(unread), 1))
    return ratio(rows)


# ── Concepts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _concept_scores(
    gold: CriteriaGold, read: Mapping[str, ReadTrial], judge: JudgeConcept
) -> tuple[tuple[tuple[str, str, str, str], ...], dict[str, Measure]]:
    labels = {(c.trial_id, c.concept): c for c in gold.concepts}
    names = sorted({c.concept for c in gold.concepts})
    rows, errors, same = [], [], []
    for name in names:
        right = listed = wanted = alike = seen = 0
        for trial in gold.trials:
            label = labels.get((trial.trial_id, name))
            if trial.trial_id not in read or (label is not None and label.disputed):
                continue
            expected = "none" if label is None else label.verdict
            given = judge(read[trial.trial_id], name)
            alike += expected == given
            seen += 1
            right += expected == given == "match"
            listed += given == "match" and expected != "partial"
            wanted += expected == "match"
            if expected != given:
                errors.append((trial.trial_id, name, expected, given))
        rows.append((right, listed, wanted))
        same.append((alike, seen))
    return tuple(errors), {
        "precision": ratio([(right, listed) for right, listed, _ in rows]),
        "recall": ratio([(right, wanted) for right, _, wanted in rows]),
        "f1": ratio([(2 * right, listed + wanted) for right, listed, wanted in rows]),
        "same_verdict": ratio(same),
    }
