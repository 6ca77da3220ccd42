"""Gold of read criteria: number limits and concepts of trials, as two readers labelled them.

A gold file holds JSON lines of three kinds, told apart by their keys: see eval/gold/criteria/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rag.criteria.lexicon import load_variables
from rag.errors import UsageError
from rag.evaluation.gold import strict_object
from rag.types import Constraint, ReadTrial
from rag.values import Interval, Values, above, at_least, at_most, below, between, exactly, plain, union

_TRIAL_KEYS = frozenset({"trial_id", "sha256", "source"})
_LIMIT_KEYS = frozenset({"trial_id", "variable", "admits", "scope", "firm", "start", "end", "disputed"})
_CONCEPT_KEYS = frozenset({"trial_id", "concept", "verdict", "disputed"})
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_COMPARED = re.compile(rf"(<=|>=|<|>|=|≤|≥)\s*{_NUMBER}")  # '>= 60', but not '60'
_RANGE = re.compile(rf"{_NUMBER}\s*\.\.\s*{_NUMBER}")  # '18..75', both ends in
_ENDED = re.compile(rf"([\[(])\s*{_NUMBER}\s*,\s*{_NUMBER}\s*([\])])")  # '[18, 75)'
_TOLERANCE = Decimal("0.005")  # a reader's 133 µmol/L = 1.5 mg/dL is the same end as 1.504


@dataclass(frozen=True, slots=True)
class GoldTrial:
    trial_id: str
    sha256: str  # of the eligibility text in UTF-8
    source: str


@dataclass(frozen=True, slots=True)
class GoldLimit:
    """A participant's `variable` must lie in `admits` (canonical unit); `disputed`: the readers differ, not scored."""

    trial_id: str
    variable: str
    admits: Values
    scope: str
    firm: bool
    start: int
    end: int
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class GoldConcept:
    trial_id: str
    concept: str
    verdict: str  # match | partial | none (a disputed label only)
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class CriteriaGold:
    trials: tuple[GoldTrial, ...]
    limits: tuple[GoldLimit, ...]
    concepts: tuple[GoldConcept, ...]


def parse_admits(text: str) -> Values:
    """The set that a label writes: '>= 60', '18..75', '[7.5, 10)', '< 7 | > 9'. ValueError for anything else."""
    return union(_piece(part.strip()) for part in text.split("|"))


def _piece(text: str) -> Values:
    compared, ranged, ended = (pattern.fullmatch(text) for pattern in (_COMPARED, _RANGE, _ENDED))
    if compared:
        build = {"<": below, ">": above, "=": exactly, "<=": at_most, "≤": at_most, ">=": at_least, "≥": at_least}
        return build[compared[1]](_decimal(compared[2]))
    if ranged:
        found = between(_decimal(ranged[1]), _decimal(ranged[2]))
    elif ended:
        found = between(_decimal(ended[2]), _decimal(ended[3]), low_closed=ended[1] == "[", high_closed=ended[4] == "]")
    else:
        raise ValueError(f"{text!r} is no set such as '>= 60', '18..75', '[7.5, 10)' or '< 7 | > 9'")
    if found.is_empty:
        raise ValueError(f"{text!r} is empty: the ends cross")
    return found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no number") from error


def write_admits(values: Values) -> str:
    """The set as a label writes it; `parse_admits` reads it back."""
    return " | ".join(_written(interval) for interval in values)


def _written(interval: Interval) -> str:
    low, high = interval.low, interval.high
    if low is not None and low == high:
        return f"= {plain(low)}"
    if low is None and high is not None:
        return f"{'<=' if interval.high_closed else '<'} {plain(high)}"
    if high is None and low is not None:
        return f"{'>=' if interval.low_closed else '>'} {plain(low)}"
    if low is None or high is None:
        raise ValueError("a label admits some values and not others")
    left, right = "[" if interval.low_closed else "(", "]" if interval.high_closed else ")"
    return f"{left}{plain(low)}, {plain(high)}{right}"


def is_same_set(first: Values, second: Values) -> bool:
    """Equal sets, ends within half a per cent (rounded conversions), open and closed ends told apart."""
    if len(first.intervals) != len(second.intervals):
        return False
    return all(
        _is_near(a.low, b.low)
        and _is_near(a.high, b.high)
        and (a.low is None or a.low_closed == b.low_closed)
        and (a.high is None or a.high_closed == b.high_closed)
        for a, b in zip(first, second, strict=True)
    )


def _is_near(first: Decimal | None, second: Decimal | None) -> bool:
    if first is None or second is None:
        return first is second
    return abs(first - second) <= _TOLERANCE * max(abs(first), abs(second))


def scope_class(scope: str) -> str:
    """'' everybody, 'male', 'female', or 'scoped' for any other group of participants."""
    words = set(re.findall(r"[a-z]+", scope.casefold()))
    if not words:
        return ""
    if words & {"female", "females", "women", "woman", "girls"}:
        return "female"
    if words & {"male", "males", "men", "man", "boys"}:
        return "male"
    return "scoped"


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_criteria_gold(path: Path) -> CriteriaGold:
    """Every label of a file; UsageError with file and line for one that does not fit."""
    trials: list[GoldTrial] = []
    limits: list[GoldLimit] = []
    concepts: list[GoldConcept] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path}:{number}"
        record = strict_object(line, place)
        keys = frozenset(record)
        if keys == _TRIAL_KEYS:
            trials.append(GoldTrial(**record))
        elif keys | {"disputed"} == _LIMIT_KEYS:
            limits.append(_limit(record, place))
        elif keys | {"disputed"} == _CONCEPT_KEYS:
            concepts.append(GoldConcept(**record))
        else:
            raise UsageError(
                f"keys {', '.join(sorted(keys))} fit no kind of label",
                place=place,
                remedy="see eval/gold/criteria/README.md",
            )
    known = {trial.trial_id for trial in trials}
    strays = sorted(({limit.trial_id for limit in limits} | {concept.trial_id for concept in concepts}) - known)
    if strays:
        raise UsageError(f"{strays[0]} has labels and no trial line", place=str(path), remedy="add its trial line")
    return CriteriaGold(tuple(trials), tuple(limits), tuple(concepts))


def _limit(record: Mapping[str, Any], place: str) -> GoldLimit:
    try:
        return GoldLimit(**{**record, "admits": parse_admits(record["admits"])})
    except ValueError as error:
        raise UsageError(str(error), place=place, remedy="see eval/gold/criteria/README.md") from error


# ── What the product read, in the same shape ─────────────────────────────────────────────────────────────────────────


def limits_read(trial: ReadTrial) -> tuple[GoldLimit, ...]:
    """Every number limit of the eligibility text as read, fields of the registry left out; spans count in the document.

    Firm: the only alternative of its clause, without exception. Firm limits of one variable, criterion and scope are
    one set, as a reader writes '18 to 75 years' once.
    """
    found: list[GoldLimit] = []
    for criterion in trial.criteria:
        if criterion.section == "eligibility.fields":
            continue
        merged: dict[tuple[str, str], GoldLimit] = {}
        for clause in criterion.requires:
            scope = " ".join(part.text for part in clause.scope)
            firm = len(clause.alternatives) == 1 and not clause.exceptions
            for atom in clause.alternatives:
                if not isinstance(atom, Constraint):
                    continue
                limit = GoldLimit(
                    trial.trial_id, atom.variable, atom.admits, scope, firm, atom.span.start, atom.span.end
                )
                key = (atom.variable, scope)
                if firm and key in merged:
                    limit = _narrowed(merged[key], limit)
                if firm:
                    merged[key] = limit
                else:
                    found.append(limit)
        found += merged.values()
    return tuple(sorted(found, key=lambda limit: (limit.start, limit.variable)))


def _narrowed(first: GoldLimit, second: GoldLimit) -> GoldLimit:
    admits = first.admits & second.admits
    span = (min(first.start, second.start), max(first.end, second.end))
    return GoldLimit(first.trial_id, first.variable, admits, first.scope, True, *span)


def same_limit(first: GoldLimit, second: GoldLimit, *, by_scope: bool = True) -> bool:
    """The same trial, variable and admitted set, and (unless told otherwise) the same class of scope."""
    return (
        first.trial_id == second.trial_id
        and first.variable == second.variable
        and is_same_set(_settled(first), _settled(second))
        and (not by_scope or scope_class(first.scope) == scope_class(second.scope))
    )


def _settled(limit: GoldLimit) -> Values:
    """The admitted set with closed ends, within the scale, where the variable moves in steps: NYHA '< 3' is '1..2'."""
    variable = load_variables().get(limit.variable)
    if variable is None or variable.step is None:
        return limit.admits
    step = variable.step

    def settled(interval: Interval) -> Interval:
        low = interval.low if interval.low is None or interval.low_closed else interval.low + step
        high = interval.high if interval.high is None or interval.high_closed else interval.high - step
        return Interval(low, high)

    return Values(tuple(settled(interval) for interval in limit.admits)) & variable.plausible


def without_doubles(limits: Sequence[GoldLimit]) -> list[GoldLimit]:
    """Each limit of a trial once: the first place where it stands."""
    kept: list[GoldLimit] = []
    for limit in limits:
        if not any(same_limit(limit, other) and limit.firm == other.firm for other in kept):
            kept.append(limit)
    return kept
