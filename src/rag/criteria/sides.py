"""One limit or two: lost comparisons, doubles in SI units ('1.5 mg/dL (133 µmol/L)'), two bounds of one subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from rag.criteria.itemstate import Defect, ItemState, ends_of, same_sides
from rag.criteria.lexicon import Variable, load_variables
from rag.criteria.limits import Limit, Refused
from rag.criteria.openings import RegionKind
from rag.criteria.tokens import Kind
from rag.units import same_limit
from rag.values import Interval, Values, at_least, at_most, union

_FEW_STEPS = 12
_OF_SOME = frozenset(["patients", "subjects", "participants", "those", "individuals", "children", "persons"])
_PAIR_GAP = 8  # tokens between two pressures
_DENIED = re.compile(r"(?:not?|never)\b")
# "18 years of age; no upper age limit"
_NO_END = re.compile(r"(?i)(?: of age| old)?[ ,;(]{1,3}(?:with )?no (?:upper|maximum|maximal) (?:age )?limit")
_JOINTS_OF_SEXES = (
    *(Kind.SEMICOLON, Kind.COMMA, Kind.AND, Kind.OPEN, Kind.CLOSE, Kind.COLON, Kind.DASH, Kind.GLUE),
    *(Kind.OR, Kind.SLASH),
)


# "… < 11,000/mm3 At least one measurable site": the full stop is lost
_BEGUN = re.compile(r"At (?:least|most) (?:one|an?)\b")


_SHARES = frozenset(["karnofsky", "lansky"])  # scales in per cent, of which the top is the best


class Sides(ItemState):
    """Lost comparisons, doubled numbers and two bounds of one subject."""

    def _settle_signs(self) -> None:
        """A number without comparison takes that of the limit before it ('≥ 12 men, 11 women') or is inferred."""
        for number, limit in enumerate(self.limits):
            if self._is_lost_sign(limit):
                limit.explicit = False
            if limit.explicit or limit.scale == "list" or not limit.stated.is_point:
                continue
            before = self.tokens[max(0, min(limit.first, limit.subject) - 2) : limit.first]
            if limit.base == "age" and any(t.kind is Kind.WITHIN or t.value == "including" for t in before):
                limit.dropped = True  # 'before age 15 years', '(including 18 and 75 years old)'
                continue
            begins = bool(before) and before[-1].value == "from"  # 'from 8 months of age'
            begins = begins or _NO_END.match(self.text, limit.end) is not None
            if limit.base == "age" and limit.measured and begins and not self.exclusion:
                limit.stated, limit.explicit = at_least(limit.stated.intervals[0].low or Decimal(0)), True
                continue
            bare = not limit.measured and limit.scale == "" and bool(load_variables()[limit.variable].unit)
            if bare and not self._is_of_other_sex(number):
                limit.dropped = True  # a number beside a name, no unit, no comparison: 'EGFR 20 insertion'
                continue
            earlier = next(
                (
                    o
                    for o in reversed(self.limits[:number])
                    if o.name == limit.name and o.first < limit.first and o.variable == limit.variable
                ),
                None,
            )
            if load_variables()[limit.variable].step is not None:
                limit.explicit = _is_short(load_variables()[limit.variable])
                if earlier is not None and limit.base in _SHARES:
                    self._widen(earlier, limit)
                continue  # 'ECOG 1' is a step, 'HAM-D 17' a name with a number
            if (
                earlier is not None
                and earlier.explicit
                and len(earlier.stated.intervals) == 1
                and not earlier.stated.is_point
            ):
                limit.inherited = True
                limit.stated = _moved(earlier.stated, limit.stated)
            elif self._is_of_pair(number):
                limit.stated, limit.explicit = _moved(self.limits[number - 1].stated, limit.stated), True
            elif earlier is None:
                self._infer(limit)
        self._carry_not()
        self.limits = [limit for limit in self.limits if not limit.dropped]

    def _widen(self, earlier: Limit, limit: Limit) -> None:
        """'Karnofsky 80-100 % (60 % if in hospital)': the lower number is a lower end."""
        top, low = earlier.stated.intervals[-1].high, limit.stated.intervals[0].low
        if top is not None and low is not None and earlier.stated.intervals[0].low not in (None, top) and low < top:
            limit.stated, limit.inherited = at_least(low) & at_most(top), True

    def _is_of_other_sex(self, number: int) -> bool:
        """'maximum creatinine (mg/dL): male 1.5; female 1.4': the number behind one that has a comparison."""
        limit, before = self.limits[number], self.limits[number - 1]
        if not number or before.name != limit.name or not before.explicit:
            return False
        gap = self.tokens[before.last : limit.first]
        sexes = [token for token in gap if token.kind is Kind.SEX]
        return len(sexes) == 1 and all(token.kind in (Kind.SEX, *_JOINTS_OF_SEXES) for token in gap)

    def _is_lost_sign(self, limit: Limit) -> bool:
        """'Platelets = 100,000': nobody asks for one value of what is measured; a '≥' lost its half."""
        variable = load_variables()[limit.variable]
        if not limit.explicit or limit.scale == "list" or not limit.stated.is_point:
            return False
        return variable.step is None and not variable.counts and limit.base != "age"

    def _is_of_pair(self, number: int) -> bool:
        """'> 150 mmHg systolic or 90 mmHg diastolic': the second pressure is compared as the first."""
        limit, before = self.limits[number], self.limits[number - 1]
        pair = {limit.base, before.base} == {"systolic_bp", "diastolic_bp"}
        if not number or not pair or not before.explicit or len(before.stated.intervals) != 1:
            return False
        gap = self.tokens[before.last : min(limit.first, limit.subject)]
        joined = any(token.kind in (Kind.OR, Kind.AND, Kind.SLASH) for token in gap)
        return joined and len(gap) <= _PAIR_GAP and not before.stated.is_point

    def _infer(self, limit: Limit) -> None:
        """The only reading that makes sense: a requirement keeps the fit side, an exclusion the unfit one of a ULN."""
        variable = load_variables()[limit.variable]
        number = limit.stated.intervals[0].low
        measured = limit.measured or not variable.unit or limit.scale in ("uln", "lln")
        if self.exclusion:
            if variable.fit == "low" and limit.scale == "uln" and number is not None and number > 1:
                limit.stated, limit.inferred, limit.explicit = at_most(number), True, True  # 'SGPT 4 x ULN'
            return
        if variable.fit and variable.id not in ("age", "visual_acuity") and number is not None and measured:
            limit.stated = at_least(number) if variable.fit == "high" else at_most(number)
            limit.inferred = limit.explicit = True

    def _carry_not(self) -> None:
        """'not below 45 or above 90 kg': the 'not' holds for both bounds, so what lies between them is meant.

        'not between 45 and 90', in an exclusion, turns away what lies outside.
        """
        for limit in self.limits:
            before = [token.kind for token in self.tokens[max(0, limit.first - 2) : limit.first]]
            if self.exclusion and before == [Kind.NOT, Kind.BETWEEN]:
                limit.stated = ~limit.stated
        for one, other in pairwise(() if self.exclusion else self.limits):
            gap = [token.kind for token in self.tokens[one.last : other.first]]
            said = self.text[self.tokens[one.first].start : self.tokens[one.last - 1].end].lower()
            if (
                one.variable == other.variable
                and one.name == other.name
                and not other.inherited
                and gap == [Kind.OR]
                and _DENIED.match(said)
                and other.stated.is_subset(one.stated)
                and other.explicit
            ):
                one.stated, other.dropped = one.stated - other.stated, True
                one.end, one.last = other.end, other.last

    def _drop_doubles(self) -> None:
        """'1.5 mg/dL (133 µmol/L)' is one limit; doubles that disagree are a defect of the source."""
        kept: list[Limit] = []
        for limit in self.limits:
            twin = next(
                (other for other in reversed(kept) if other.name == limit.name and self._is_double(other, limit)), None
            )
            if twin is None:
                kept.append(limit)
                continue
            if twin.variable != limit.variable:
                continue  # the site's own number for a multiple of normal
            self._compare_double(kept, twin, limit)
        self.limits = kept
        for refused in self.out.refused:
            if refused.kind == "impossible_unit":
                self.out.defects.append(Defect("impossible_unit", refused.reason, [(refused.start, refused.end)]))

    def _is_double(self, one: Limit, other: Limit) -> bool:
        """Whether the second number may be the first in another unit."""
        gap = self.tokens[one.last : other.first]
        between = [token.kind for token in gap]
        allowed = {Kind.OPEN, Kind.OR, Kind.SLASH, Kind.GLUE, Kind.COMMA, Kind.CLOSE, Kind.DASH}
        if between == [Kind.SEMICOLON] and one.unit != other.unit and one.variable == other.variable:
            ends = zip(ends_of(one.stated), ends_of(other.stated), strict=False)  # '(> 110 mg/dL; > 6.1 mmol/L)'
            return same_sides(one.stated, other.stated) and all(same_limit(a, b) for a, b in ends)
        apart = (
            len(between) > 4 or not set(between) <= allowed or (other.first == one.last and other.scale == one.scale)
        )
        if one.first == other.first or other.name < 0 or apart:
            return False
        if one.variable != other.variable:
            own = not self._is_conditioned(other)
            return own and Kind.OPEN in between and one.base == other.base and not _loose_or(between)
        if other.inherited and one.unit != other.unit:
            return True
        conditioned = self._is_conditioned(other)
        joined = any(kind in between for kind in (Kind.OPEN, Kind.OR, Kind.SLASH))
        if other.assumed or conditioned or one.unit == other.unit or not joined:
            return False
        return not other.explicit or same_sides(one.stated, other.stated) or one.explicit is False

    def _is_conditioned(self, limit: Limit) -> bool:
        """Whether a condition follows the value at once: '< 3 mg/dL in subjects with Gilbert's syndrome'."""
        region = self.region_of[limit.last]
        return region >= 0 and self.regions[region].kind is RegionKind.CONDITION

    def _compare_double(self, kept: list[Limit], one: Limit, other: Limit) -> None:
        ends = list(zip(ends_of(one.stated), ends_of(other.stated), strict=False))
        one.end, one.last = max(one.end, other.end), max(one.last, other.last)
        if ends and all(same_limit(a, b) for a, b in ends):
            return
        if other.stated.is_point and any(same_limit(end, ends_of(other.stated)[0]) for end in ends_of(one.stated)):
            return  # '7.0 % (53 mmol/mol) to 10.0 % (86 mmol/mol)'
        message = f"two numbers that should be one limit disagree: {self.text[one.start : other.end]}"
        self.out.defects.append(Defect("contradiction", message, [(one.start, other.end)]))
        if not all(abs(a - b) <= max(a, b) / 10 for a, b in ends):
            kept.remove(one)
            self.out.refused.append(
                Refused(one.base, one.start, other.end, "two numbers for one limit disagree", first=one.first)
            )

    def _merge_sides(self) -> None:
        merged: list[Limit] = []
        for limit in self.limits:
            before = next((other for other in reversed(merged) if other.variable == limit.variable), None)
            if before is None or not self._one_subject(before, limit):
                merged.append(limit)
                continue
            if _repeats_ends(before, limit):
                before.end, before.last = max(before.end, limit.end), max(before.last, limit.last)
                continue
            joined = self._joined(before, limit)
            if joined is None or joined.is_empty:  # bounds that nobody meets together are no pair
                merged.append(limit)
                continue
            before.stated = joined
            before.either = any(token.kind is Kind.OR for token in self.tokens[before.last : limit.first])
            before.start, before.end = min(before.start, limit.start), max(before.end, limit.end)
            before.subject, before.last = min(before.subject, limit.subject), max(before.last, limit.last)
            before.explicit = True
        self.limits = merged

    def _one_subject(self, one: Limit, other: Limit) -> bool:
        if (
            self.region_of[other.last] >= 0
            and self.region_of[other.first] < 0
            and self.regions[self.region_of[other.last]].kind is RegionKind.CONDITION
        ):
            kinds = {token.kind for token in self.tokens[one.last : other.first]}
            if Kind.OR in kinds or Kind.OPEN in kinds:
                return False  # '< 1.5, or 2-3 if on warfarin': the second is for some only
        if one.first == other.first or self.region_of[one.first] != self.region_of[other.first]:
            return False
        if not (one.explicit and other.explicit) or one.inferred or other.inferred:
            return False
        gap = self.tokens[one.last : other.first]
        of_some = one.base == "age" and any(token.value in _OF_SOME for token in gap)  # '≤ 75, with patients over 70 …'
        apart = any(token.kind in (Kind.STOP, Kind.SEX, Kind.IF, Kind.EXCEPT, Kind.NOT) for token in gap)
        denied = _DENIED_BESIDE.match(self.text, one.end)  # 'NYHA II or better (NYHA III or IV are not eligible)'
        begun = other.name <= one.name and _BEGUN.match(self.text, self.tokens[other.first].start)
        if of_some or apart or denied or begun or len(gap) > 8:
            return False
        if one.name == other.name:
            plain = all(token.kind is not Kind.WORD or token.value == "old" for token in gap)
            return plain or (one.name >= 0 and one.name >= one.first)
        # 'age ≥ 18 years and age ≤ 75': the name is repeated
        words = [token for token in gap if token.kind is Kind.WORD]
        return (
            one.base == other.base and not words and not any(token.kind in (Kind.OR, Kind.SEMICOLON) for token in gap)
        )

    def _is_impossible(self, one: Limit, other: Limit) -> bool:
        """'30 ≥ BMI ≥ 40', asked for: one of the signs is wrong."""
        facing = one.first < one.name and other.first == one.name + 1
        return facing and not self.exclusion and not one.stated.overlaps(other.stated)

    def _joined(self, one: Limit, other: Limit) -> Values | None:
        """The set that two bounds state together; None where they are no pair of bounds."""
        gap = {token.kind for token in self.tokens[one.last : other.first]}
        opposite = not same_sides(one.stated, other.stated) and not self._is_impossible(one, other)
        if not opposite:
            return None
        both = one.stated & other.stated
        if Kind.OR in gap and Kind.AND not in gap:
            if both.is_empty:
                return union([one.stated, other.stated])
            whole = not self.exclusion and not both.is_point and union([one.stated, other.stated]).is_everything
            return both if whole else None  # 'aged ≥ 18 or ≤ 70': nobody would be out
        if both.is_point:
            return None  # 'at least 750 (between 300-750 if …)' are two limits
        if not both.is_empty:
            return both
        return union([one.stated, other.stated])


_DENIED_BESIDE = re.compile(
    r"(?i)[^(.;]{0,20}\([^()]{0,60}\b(?:not (?:be )?(?:eligible|allowed|permitted|acceptable)|excluded|ineligible)\b"
)


def _repeats_ends(one: Limit, other: Limit) -> bool:
    """'≥ 7.5 % and ≤ 12 % (≥ 58.5 and ≤ 107.7 mmol/mol)': each end of the other is one of the first in another unit."""
    ends = ends_of(other.stated)
    return one.unit != other.unit and all(any(same_limit(a, b) for a in ends_of(one.stated)) for b in ends)


def _is_short(variable: Variable) -> bool:
    """Whether a scale has so few steps that one of them can be asked for."""
    low, high = variable.plausible.intervals[0].low, variable.plausible.intervals[0].high
    if variable.step is None or low is None or high is None:
        return variable.step is not None
    return (high - low) / variable.step <= _FEW_STEPS


def _moved(pattern: Values, point: Values) -> Values:
    """The one-sided set of `pattern` with its end moved to `point`."""
    interval, number = pattern.intervals[0], point.intervals[0].low
    if interval.low is not None and interval.high is not None:
        return point
    low = None if interval.low is None else number
    high = None if interval.high is None else number
    return Values((Interval(low, high, interval.low_closed, interval.high_closed),))


def _loose_or(kinds: Sequence[Kind]) -> bool:
    return Kind.OR in kinds and Kind.OPEN not in kinds
