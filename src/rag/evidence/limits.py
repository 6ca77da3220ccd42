"""Judge a trial's number limits: does it exclude, admit, require, mention, or pass over a range?

A criterion's clauses are a conjunction. A *firm* clause binds everybody: one alternative, no scope, no exception. The
values that all firm clauses admit are what a participant may have. A clause with several alternatives (`creatinine
≤ 1.5 OR clearance ≥ 60`), a scope (`Part C only`) or an exception (`unless Gilbert's`) turns away only some people,
so alone it can never make more than a partial match.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from rag.criteria.lexicon import load_variables
from rag.evidence.judgement import Judgement
from rag.evidence.shown import describe_constraint, label_of, set_in_words
from rag.evidence.stated import FIELDS, Bite, Stated
from rag.types import Account, Asks, Constraint, Limit, Quote, Verdict
from rag.values import EVERYTHING, NOTHING, Interval, Values, exactly, plain

_ROUNDING = Decimal("0.005")  # 1.5 mg/dL of creatinine is 132.6 µmol/L and is printed as 133: 0.3 % off


def judge_limit(stated: Stated, limit: Limit) -> Judgement:
    """One trial against one numeric predicate, by the rules of the contract."""
    snapped = replace(limit, values=_snap(limit, stated))
    judged = _JUDGES[limit.asks](stated, snapped)
    return replace(judged, account=account(stated, snapped.values))


def account(stated: Stated, asked: Values) -> Account:
    """The one class a trial falls into for a range asked about; the classes sum to the collection."""
    if not stated.bites:
        return _account_of_nothing(stated)
    firm = stated.firm
    if not asked.overlaps(firm):
        return Account.ALL_EXCLUDED
    if asked.overlaps(~firm):
        return Account.PART_EXCLUDED
    if _conditional(stated, asked):
        return Account.CONDITIONAL
    if stated.unread:
        return Account.UNREAD
    within = firm & _steps_of(stated.bites[0].constraint.variable)
    return Account.RANGE_REQUIRED if within.is_subset(asked) else Account.ADMITTED


def _steps_of(variable: str) -> Values:
    """From the first to the last step of a scale; of any other measure all numbers."""
    known = load_variables()[variable]
    return known.plausible if known.step is not None else EVERYTHING


def _account_of_nothing(stated: Stated) -> Account:
    if stated.unread:
        return Account.UNREAD
    return Account.OTHER_MEASURE if stated.others else Account.NOT_STATED


# ── One judge for each way of asking ─────────────────────────────────────────────────────────────────────────────────


def _judge_excludes(stated: Stated, limit: Limit) -> Judgement:
    if not stated.bites:
        return _nothing_stated(stated, limit)
    firm, asked = stated.firm, limit.values
    if not asked.overlaps(firm):
        deciding = _deciding(stated, asked)
        return Judgement(Verdict.MATCH, _excludes(deciding), quotes_of(deciding), shown_of(deciding))
    biting = _biting(stated, asked)
    turned_away = [bite for bite in biting if bite.firm] or [bite for bite in biting if not bite.firm]
    if asked.overlaps(~firm) and turned_away:
        told = _excludes(turned_away, only=True)
        return Judgement(Verdict.PARTIAL, told, quotes_of(turned_away), shown_of(turned_away))
    if turned_away:
        told = _conditionally(turned_away)
        return Judgement(Verdict.PARTIAL, told, quotes_of(turned_away), shown_of(turned_away))
    if stated.unread:
        return _unread(stated, limit)
    return Judgement(Verdict.NO_MATCH, _admits(stated, limit), quotes_of(stated.bites), shown_of(stated.bites))


def _judge_requires(stated: Stated, limit: Limit) -> Judgement:
    """To require a range is to exclude all else: the same rule seen from the other side.

    Of a scale all else is what it has of steps: 'ECOG at most 1' requires 0 or 1, for nothing lies below 0.
    """
    others = ~limit.values & _steps_of(limit.variable)
    judged = _judge_excludes(stated, replace(limit, values=~limit.values if others.is_empty else others))
    if judged.verdict is Verdict.MATCH:
        return replace(judged, reason=_limits_to(stated))
    if judged.verdict is Verdict.PARTIAL and _asks_for_others(stated, limit):
        return Judgement(Verdict.NO_MATCH, _limits_to(stated), quotes_of(stated.bites), shown_of(stated.bites))
    return judged


def _asks_for_others(stated: Stated, limit: Limit) -> bool:
    """Whether none of those required may join; of ages also where others may: 'only over 60' is no trial from 18 on."""
    open_to_others = limit.variable == "age" and (~limit.values).overlaps(stated.firm)
    alone = all(bite.firm for bite in stated.bites)
    return not limit.values.overlaps(stated.firm) or (open_to_others and alone)


def _judge_admits(stated: Stated, limit: Limit) -> Judgement:
    if not stated.bites:
        return _nothing_stated(stated, limit)
    shown = shown_of(stated.bites)
    if not limit.values.overlaps(stated.firm):
        deciding = _deciding(stated, limit.values)
        return Judgement(Verdict.NO_MATCH, _excludes(deciding), quotes_of(deciding), shown)
    if limit.some and limit.variable != "age" and not _biting(stated, limit.values):
        return Judgement(Verdict.NO_MATCH, _admits(stated, limit), quotes_of(stated.bites), shown)
    refusing = _refusing(stated, limit.values)
    if _is_group(limit):
        refusing = []
    elif limit.some:
        refusing = [bite for bite in refusing if not bite.firm]
    if refusing:
        return Judgement(Verdict.PARTIAL, _excludes(refusing, only=True), quotes_of(refusing), shown)
    if stated.unread:
        return _unread(stated, limit)
    return Judgement(Verdict.MATCH, _admits(stated, limit), quotes_of(stated.bites), shown)


def _refusing(stated: Stated, asked: Values) -> list[Bite]:
    """The limits that turn part of the range away, or some of the people in it.

    Where the registry's fields say who may join at all, the ages of one group or one part keep nobody out of the rest.
    """
    if asked.overlaps(~stated.firm):
        return _biting(stated, asked)
    one_age = all(part.low is not None and part.high is not None for part in asked)
    fielded = one_age and any(bite.criterion.section == FIELDS for bite in stated.bites)
    return [bite for bite in _conditional(stated, asked) if not (fielded and bite.clause.scope)]


def _is_group(limit: Limit) -> bool:
    """'Children', 'under 12': an age group is admitted where some of it is, another range where all of it is."""
    return limit.variable == "age" and bool(limit.stated) and (limit.some or not any(c.isdigit() for c in limit.stated))


def _judge_mentions(stated: Stated, limit: Limit) -> Judgement:
    if not stated.bites:
        return _nothing_stated(stated, limit)
    there = [bite for bite in stated.bites if not is_drawn(limit) or _ends_in(bite.constraint, limit.values)]
    if not there:
        return Judgement(Verdict.NO_MATCH, _limits_to(stated), quotes_of(stated.bites), shown_of(stated.bites))
    return Judgement(Verdict.MATCH, _limits_to(stated), quotes_of(there), shown_of(there))


# 'an EDSS limit of 5.5' asks where the limit is drawn; 'eGFR below 60', with no verb, for any limit on it.
CUTOFF = re.compile(r"(?i)\b(?:limit|cut-?\s?off|threshold|cut-?point|boundary)s?\b")


def is_drawn(limit: Limit) -> bool:
    """Whether limits that are drawn at certain values are asked for."""
    return not limit.values.is_everything and CUTOFF.search(limit.stated) is not None


def _ends_in(constraint: Constraint, asked: Values) -> bool:
    """Whether the limit is drawn at one of the values asked about: 'a cut-off of 60', 'a threshold below 45'."""
    ends = [end for interval in constraint.admits.intervals for end in (interval.low, interval.high) if end is not None]
    marks = [end for interval in asked.intervals for end in (interval.low, interval.high) if end is not None]
    near = any(abs(end - mark) <= abs(mark) * _ROUNDING for end in ends for mark in marks)
    return near or any(exactly(end).overlaps(asked) for end in ends)


def _judge_silent(stated: Stated, limit: Limit) -> Judgement:
    label = load_variables()[limit.variable].label
    if stated.bites or stated.unread:
        return Judgement(Verdict.NO_MATCH, f"states a limit on {label}", quotes_of(stated.bites) or stated.unread)
    return Judgement(Verdict.MATCH, f"states nothing about {label}")


_JUDGES = {
    Asks.EXCLUDES: _judge_excludes,
    Asks.REQUIRES: _judge_requires,
    Asks.ADMITS: _judge_admits,
    Asks.MENTIONS: _judge_mentions,
    Asks.SILENT: _judge_silent,
}


def _nothing_stated(stated: Stated, limit: Limit) -> Judgement:
    if stated.unread:
        return _unread(stated, limit)
    label = load_variables()[limit.variable].label
    if stated.others:
        names = dict.fromkeys(load_variables()[bite.constraint.variable].label for bite in stated.others)
        reason = f"limits {' and '.join(names)}, not {label}"
        return Judgement(Verdict.OTHER_MEASURE, reason, quotes_of(stated.others), shown_of(stated.others))
    return Judgement(Verdict.SILENT, f"states no limit on {label}")


def _unread(stated: Stated, limit: Limit) -> Judgement:
    label = load_variables()[limit.variable].label
    return Judgement(Verdict.UNREAD, f"names {label} in words that could not be read", stated.unread)


# ── Which limits decide ──────────────────────────────────────────────────────────────────────────────────────────────


def _biting(stated: Stated, asked: Values) -> list[Bite]:
    return [bite for bite in stated.bites if asked.overlaps(~bite.constraint.admits)]


def _conditional(stated: Stated, asked: Values) -> list[Bite]:
    return [bite for bite in _biting(stated, asked) if not bite.firm]


def _deciding(stated: Stated, asked: Values) -> list[Bite]:
    """The fewest limits that turn the whole range away: one where one suffices, else all that turn away some of it."""
    for bite in stated.bites:
        if bite.firm and not asked.overlaps(bite.constraint.admits):
            return [bite]
    return _biting(stated, asked)


def _snap(limit: Limit, stated: Stated) -> Values:
    """Ends of the asked range moved onto a stated end where only the rounding of a unit conversion parts them."""
    ends = {
        end
        for bite in stated.bites
        for interval in bite.constraint.admits
        for end in (interval.low, interval.high)
        if end is not None and (plain(end) not in bite.constraint.stated or not as_asked(limit))
    }
    if not ends or limit.values in (NOTHING, EVERYTHING):
        return limit.values
    return Values(
        tuple(
            Interval(_nearest(i.low, ends), _nearest(i.high, ends), i.low_closed, i.high_closed) for i in limit.values
        )
    )


def as_asked(limit: Limit) -> bool:
    """Whether the question gave its numbers in the canonical unit: then nothing was converted or rounded."""
    ends = chain.from_iterable((i.low, i.high) for i in limit.values)
    return all(end is None or plain(end) in limit.stated.replace(",", "") for end in ends)


def _nearest(end: Decimal | None, others: set[Decimal]) -> Decimal | None:
    if end is None:
        return None
    close = [other for other in others if abs(other - end) <= abs(end) * _ROUNDING]
    return min(close, key=lambda other: (abs(other - end), other)) if close else end


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _excludes(bites: Sequence[Bite], *, only: bool = False) -> str:
    words = dict.fromkeys(_one_exclusion(bite) for bite in bites)
    return f"excludes {'only ' if only else ''}{' and '.join(words)}"


def _one_exclusion(bite: Bite) -> str:
    return f"{describe_constraint(bite.constraint, excluded=True)}{_condition(bite)}"


def _conditionally(bites: Sequence[Bite]) -> str:
    return _excludes(bites, only=True)


def _condition(bite: Bite) -> str:
    """Why a limit does not bind everybody, in words."""
    clause = bite.clause
    if clause.scope:
        return " " + " and ".join(dict.fromkeys(_whom(scope.text) for scope in clause.scope))
    if len(clause.alternatives) > 1:
        return " unless another stated alternative holds"
    return " with a stated exception" if clause.exceptions else ""


_HEADING = re.compile(r"(?i)^(?:(?:key|main|general) )?(?:inclusion|exclusion|eligibility) criteri(?:a|on)\s*[:,(]?\s*")


def _whom(scope: str) -> str:
    """'for Part C', 'if liver metastases are present', 'for controls' under 'Inclusion Criteria for Controls:'."""
    scope = _HEADING.sub("", scope) or scope
    begins = scope.split(maxsplit=1)[0].casefold() if scope.split() else ""
    return scope if begins in {"if", "when", "in", "for", "with", "on", "among", "while", "only"} else f"for {scope}"


def _admits(stated: Stated, limit: Limit) -> str:
    return f"admits {_admitted(stated)}"


def _limits_to(stated: Stated) -> str:
    return f"requires {_admitted(stated)}"


def describe_bites(bites: Sequence[Bite]) -> str:
    """The limits one by one, each with whom it is for: "QTc ≤ 450 ms for male and QTc ≤ 470 ms for female"."""
    told = list(dict.fromkeys(f"{describe_constraint(bite.constraint)}{_condition(bite)}" for bite in bites))
    return " and ".join(told)


def _admitted(stated: Stated) -> str:
    """What is admitted: the firm set, and each limit that does not bind everybody with its condition."""
    first = stated.bites[0].constraint
    parts = []
    if not stated.firm.is_everything:
        words = " ".join(bite.constraint.stated for bite in stated.bites)
        parts.append(f"{label_of(first.variable)} {set_in_words(first.variable, stated.firm, words)}")
    loose = [bite for bite in stated.bites if not bite.firm and stated.firm.overlaps(~bite.constraint.admits)]
    told = list(dict.fromkeys(f"{describe_constraint(bite.constraint)}{_condition(bite)}" for bite in loose))
    more = [f"{len(told) - _MOST_TOLD} more limits for some"] if len(told) > _MOST_TOLD + 1 else []
    return " and ".join(parts + (told[:_MOST_TOLD] + more if more else told))


_MOST_TOLD = 4  # limits for some people told beside the one for all


def quotes_of(bites: Sequence[Bite]) -> tuple[Quote, ...]:
    """What the limits are quoted by, in order, each once."""
    return tuple(dict.fromkeys(bite.quote for bite in bites))


def shown_of(bites: Sequence[Bite]) -> dict[str, str]:
    """By variable, the limits as the source states them."""
    shown: dict[str, list[str]] = {}
    for bite in bites:
        shown.setdefault(bite.constraint.variable, []).append(bite.constraint.stated)
    return {variable: "; ".join(dict.fromkeys(words)) for variable, words in shown.items()}
