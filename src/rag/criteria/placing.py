"""Conditions and exceptions: '≤ 2.5 (≤ 5 if metastases)', 'if creatinine > 1.5, clearance ≥ 60', '… are eligible'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.criteria.ages import WHO_WORDS
from rag.criteria.brackets import says_little
from rag.criteria.cohorts import cohorts_in
from rag.criteria.excepting import HARD_EXCEPTS, PERMITS, Excepting
from rag.criteria.idle import CREATININE_HIGH, PARDONED, TO_MEET, is_of_nobody, narrows
from rag.criteria.itemstate import Read, ScopeMark, against_fit, edges, last_group, same_sides
from rag.criteria.joining import are_variants, is_stricter_rung
from rag.criteria.limits import Limit
from rag.criteria.openings import JOINS, RegionKind
from rag.criteria.scopes import Region
from rag.criteria.tokens import Kind, Token, numbers
from rag.types import ScopeKind


class Placing(Excepting):
    """Puts limits in their place among conditions and exceptions."""

    def _region(self, limit: Limit) -> Region | None:
        number = self.region_of[limit.first]
        if number < 0 and limit.subject < limit.first and self.region_of[limit.subject] >= 0:
            number = self.region_of[limit.subject] if limit.name >= 0 and limit.base == "age" else -1
        return self.regions[number] if number >= 0 else None

    def _place(self) -> list[Read]:
        """The limits of the core as reads, those inside exceptions as scoped reads, those inside conditions dropped."""
        reads: list[Read] = []
        for limit in self.limits:
            region = self._region(limit)
            if region is None:
                reads.append(Read(limit))
            elif region.kind is RegionKind.EXCEPTION:
                if self._is_whole_item(region):
                    reads.append(self._permitted(limit, region))
                elif TO_MEET.search(region.text):
                    continue
                elif self.exclusion and any(_is_again(read, limit) for read in reads):
                    continue  # '> 480 ms (those with a pacemaker may be included with > 480 ms)'
                elif any(self._is_looser_for_some(read, limit) for read in reads):
                    mark = ScopeMark(ScopeKind.CONDITION, region.text, region.start, region.end)
                    reads.append(Read(limit, scopes=[mark]))
                elif self._is_let_in_up_to(limit, region, reads) or not any(
                    read.limit.base == limit.base and not read.settled for read in reads
                ):
                    self._place_inside(limit, region, reads)
        for region in self.regions:
            self._apply(region, reads)
        return reads

    def _is_looser_for_some(self, read: Read, limit: Limit) -> bool:
        """Whether a value inside an exception is another one of what is limited outside, on the same side."""
        return read.limit.base == limit.base and not read.settled and not self._lets_in(read.limit, limit)

    def _lets_in(self, one: Limit, other: Limit) -> bool:
        """A number inside an exception that points the other way says who is let in after all; it limits nobody."""
        return not same_sides(one.stated, other.stated)

    def _is_whole_item(self, region: Region) -> bool:
        """'Patients with GFR ≥ 60 are eligible': the item itself, when nothing stands before it."""
        predicate = self._predicate(region) >= 0
        return predicate and not self.exclusion and not any(limit.last <= region.first for limit in self.limits)

    def _predicate(self, region: Region) -> int:
        """The token that permits, 'eligible', 'allowed'; -1 where there is none."""
        inside = range(region.first, region.last)
        permits = (*PERMITS, *JOINS)
        return next((index for index in inside if self.tokens[index].value in permits), -1)

    def _permitted(self, limit: Limit, region: Region) -> Read:
        """'Patients with GFR ≥ 60 are eligible' limits all, 'prior doxorubicin allowed if LVEF ≥ 45 %' only some.

        'GFR < 50 eligible if due to obstruction' lets somebody in and limits nobody.
        """
        at = self._predicate(region)
        before, after = self.tokens[region.first : at], self.tokens[at + 1 : at + 6]
        conditional = any(token.kind is Kind.IF for token in after) and limit.first > at
        people = any(token.value in WHO_WORDS or token.value in _PERSONS for token in before)
        if any(token.value in ("still", "also") for token in before) and conditional:
            return Read(limit, doubtful="allowed, not required")  # '… are still eligible if they had two lines'
        treated = any(token.value in ("receiving", "taking", "on", "requiring") for token in before)
        if conditional and before and (treated or not people):
            return Read(limit, scopes=[ScopeMark(ScopeKind.CONDITION, region.text, region.start, region.end)])
        if any(token.value in HARD_EXCEPTS for token in self.tokens[at : limit.first]):
            return Read(limit, doubtful="inside an exception")
        if limit.last <= at and against_fit(limit):
            return Read(limit, doubtful="allowed, not required")
        return Read(limit)

    def _apply(self, region: Region, reads: list[Read]) -> None:
        if region.kind is RegionKind.EXCEPTION and not self._lets_somebody_in(region, reads):
            return
        if region.kind is RegionKind.REASON or region.idle or self._is_whole_item(region):
            return
        before = [read for read in reads if read.limit.last <= region.first]
        after = [read for read in reads if read.limit.first >= region.last]
        if region.kind is RegionKind.EXCEPTION:
            near = self._of_gilbert(region, before)
            if not near and not self._is_refused_between(before, region):
                near = self._excepted(region, before)
            targets = before if region.sentence else self._inside_paren(region, before) or near
            targets = self._only_about(region, targets, before)
            for read in targets or (after if region.prefix else []):
                if not self._is_said_again(region, read):
                    read.exceptions.append(region)
            self._scope_excepted(region, targets, after)
            return
        kind = ScopeKind.AGE if region.age else ScopeKind.COHORT if cohorts_in(region.text) else ScopeKind.CONDITION
        mark = ScopeMark(kind, region.text, region.start, region.end)
        if region.prefix:
            leads = region.first == 0 and self.tokens[0].value in ("for", "in")  # 'For … patients: A; B'
            leads = (leads and not cohorts_in(region.text)) or region.row
            ends = (Kind.STOP,) if leads else (Kind.STOP, Kind.SEMICOLON)
            places = range(region.last, len(self.tokens))
            again = {one.first - 1 for one in self.regions if one.prefix}  # '…; in the presence of metastases, …'
            at_end = (i for i in places if self.tokens[i].kind in ends or i in again or numbers(self.tokens, i))
            stop = next(at_end, places.stop)
            inner = self._closing(region)
            valued = any(region.last <= limit.first < inner for limit in self.all_limits)
            stop = min(stop, inner) if valued else stop
            targets = [read for read in after if read.limit.first < stop]
            if region.label:
                targets = [read for read in targets if read.limit.group == targets[0].limit.group]
        else:
            near_by = self._is_near(region, before) and not self._is_refused_between(before, region)
            targets = self._described(region, before) if near_by else []
        if narrows(self.text, region.start, region.end):
            self._mark(targets, region, mark)

    def _is_said_again(self, region: Region, read: Read) -> bool:
        """'more than one line; one prior line is permitted': what lets in none of those whom the limit turns away."""
        inside = [limit for limit in self.all_limits if region.first <= limit.first < region.last]
        same = bool(inside) and all(limit.variable == read.limit.variable for limit in inside)
        plain = self.exclusion and same and not any(t.kind is Kind.IF for t in self.tokens[region.first : region.last])
        return plain and not any(limit.stated.overlaps(read.limit.stated) for limit in inside)

    def _closing(self, region: Region) -> int:
        """Where the parenthesis that a region stands in closes; the end of the item where it stands in none."""
        if not region.first or self.tokens[region.first - 1].kind is not Kind.OPEN:
            return len(self.tokens)
        depth = 0
        for index in range(region.last, len(self.tokens)):
            depth += {Kind.OPEN: 1, Kind.CLOSE: -1}.get(self.tokens[index].kind, 0)
            if depth < 0:
                return index
        return len(self.tokens)

    def _is_refused_between(self, before: list[Read], region: Region) -> bool:
        """Whether an unread value stands between the last limit and a region, which then belongs to that value."""
        last = before[-1].limit.last if before else 0
        return any(last <= refused.first < region.first for refused in self.out.refused)

    def _described(self, region: Region, before: list[Read]) -> list[Read]:
        """The limits that a condition behind them concerns: the last, or all of a parenthesis '(…) on two drugs'."""
        if self.tokens[region.first].value != "on":
            return self._inside_paren(region, before) or self._both_pressures(before)
        opened = region.first - 1
        while opened >= 0 and self.tokens[opened].kind not in (Kind.OPEN, Kind.CLOSE, Kind.STOP, Kind.SEMICOLON):
            opened -= 1
        inner = [read for read in before if opened >= 0 and read.limit.first > opened]
        return self._inside_paren(region, before) or inner or last_group(before)

    def _both_pressures(self, before: list[Read]) -> list[Read]:
        """The last group, with 'systolic < 150 and' before a diastolic value."""
        last = last_group(before)
        earlier = before[: len(before) - len(last)]
        bases = {read.limit.base for read in (*earlier[-1:], *last)}
        joined = bases == {"systolic_bp", "diastolic_bp"} and self._joint(earlier[-1], last[0]) in ("and", "or")
        return [*earlier[-1:], *last] if joined else last

    def _inside_paren(self, region: Region, before: list[Read]) -> list[Read]:
        """The limits of the parenthesis that closes right before an exception: '(ANC > 1.5 and …) except in …'."""
        close = region.first - 1
        if close > 0 and self.tokens[close].kind is Kind.COMMA and region.kind is RegionKind.EXCEPTION:
            close -= 1  # '(ANC > 1.5 and …), unless …'
        if close < 0 or self.tokens[close].kind is not Kind.CLOSE:
            return []
        depth, index = 0, close
        while index >= 0:
            depth += {Kind.CLOSE: 1, Kind.OPEN: -1}.get(self.tokens[index].kind, 0)
            if depth == 0:
                break
            index -= 1
        inside = [read for read in before if index < read.limit.first < close]
        if region.kind is not RegionKind.EXCEPTION:
            return inside
        return _with_same_fitness(inside, [read for read in before if read.limit.first < index])

    def _is_near(self, region: Region, before: list[Read]) -> bool:
        """Whether a condition stands by the limit: not after other words ('≥ 18 as … in the young')."""
        if not before:
            return False
        gap = self.tokens[before[-1].limit.last : region.first]
        words = [token for token in gap if token.kind in (Kind.WORD, Kind.DECOY, Kind.VARIABLE)]
        if self.tokens[region.first].kind is Kind.IF:
            opened = max((i for i, token in enumerate(gap) if token.kind is Kind.OPEN), default=-1)
            inner = (
                [token for token in gap[opened + 1 :] if token.kind in (Kind.WORD, Kind.VARIABLE)]
                if opened >= 0
                else []
            )
            closed = any(token.kind is Kind.CLOSE for token in gap[opened + 1 :]) if opened >= 0 else True
            return not (inner and not closed) and len(words) <= 8 and not _is_of_another(gap)
        opened = max((i for i, token in enumerate(gap) if token.kind is Kind.OPEN), default=len(gap))
        remark = gap[opened + 1 :]
        if remark and all(token.kind is not Kind.CLOSE for token in remark):
            return False  # '> 95 mmHg), (may receive treatment as long as …'
        aside = self.tokens[region.first].value == "in" and _is_of_another(gap)
        return says_little(gap) and not aside  # '≥ 18. Because of the risk in participants < 18'

    def _lets_somebody_in(self, region: Region, reads: list[Read]) -> bool:
        """'one repeat test is allowed' lets nobody in: a predicate needs people, a condition or the variable itself."""
        inside = self.tokens[region.first : region.last]
        if is_of_nobody(region.text):
            return False  # 'transfusion to achieve Hb ≥ 10 is acceptable'
        if any(token.value in HARD_EXCEPTS for token in inside) or inside[0].kind is Kind.NOT:
            return True
        if PARDONED.search(region.text):
            return True  # 'Gilbert's syndrome is not an exclusion'
        bases = {read.limit.base for read in reads}
        return any(
            token.value in _PERSONS
            or token.kind is Kind.IF
            or (token.kind is Kind.VARIABLE and token.value in bases)
            or token.kind is Kind.COMPARE
            for token in inside
        )

    def _drop_refused_inside(self) -> None:
        self.out.refused = [
            refused
            for refused in self.out.refused
            if self.region_of[refused.first] < 0
            or self.regions[self.region_of[refused.first]].kind is RegionKind.EXCEPTION
        ]

    def _relate_scoped(self, reads: list[Read]) -> None:
        """'≤ 2.5 (≤ 5 if …)' gives the first an exception; 'if creatinine > 1.5, clearance ≥ 60' is an alternative."""
        for read in reads:
            marks = [mark for mark in read.scopes if mark.kind in _OF_SOME]
            if not marks:
                continue
            inside = self._limits_in(marks, read)
            high = not self.exclusion and any(CREATININE_HIGH.search(mark.text) for mark in marks)
            for other in reads:
                if not self.exclusion and is_stricter_rung(read, other):
                    other.exceptions.extend(
                        Region(RegionKind.EXCEPTION, 0, 0, mark.start, mark.end, mark.text) for mark in marks
                    )
                if other is read or other.limit.last > read.limit.first:
                    continue
                if self._is_fallback(other, inside) or (high and _asks_clearance(other, read)):
                    read.fallback = True
                    read.scopes = [mark for mark in read.scopes if mark not in marks]
                elif (
                    self._is_of_same(other, read)
                    and not other.scopes
                    and not (other.limit.base == read.limit.base and _tighter(read, other, self.exclusion))
                ):
                    other.exceptions.extend(
                        Region(RegionKind.EXCEPTION, 0, 0, mark.start, mark.end, mark.text)
                        for mark in marks
                        if not any(region.start == mark.start for region in other.exceptions)
                    )

    def _doubt_unread_fallback(self, reads: Sequence[Read]) -> None:
        """'creatinine ≤ 1; if creatinine > 1, GFR > 50 L/min': another way there is, though it could not be read."""
        for region in self.regions if self.out.refused else []:
            stated = [limit for limit in self.all_limits if region.first < limit.first < region.last]
            unread = any(0 <= refused.first - region.last <= _NEAR_BY for refused in self.out.refused)
            if region.kind is not RegionKind.CONDITION or not unread:
                continue
            for read in reads:
                if read.limit.last <= region.first and not read.exceptions and self._is_fallback(read, stated):
                    read.exceptions.append(region)

    def _is_of_same(self, one: Read, other: Read) -> bool:
        """Whether a conditioned limit is about what an earlier one limits for everybody else."""
        if other.limit.base == "blood_pressure" and one.limit.variable != other.limit.variable:
            return False  # '< 140/90, or < 130/80 if diabetic': the upper pressure is no looser than the lower one
        if one.limit.base != other.limit.base:
            return {one.limit.base, other.limit.base} == {"bilirubin", "direct_bilirubin"} and not (
                other.limit.first - one.limit.last > 12
            )
        alike = one.limit.name == other.limit.name or same_sides(one.limit.stated, other.limit.stated)
        either = not self.exclusion and self._joint(one, other) in ("or", ";or")
        return alike or (either and are_variants([one], [other]))

    def _relate_second(self, reads: list[Read]) -> None:
        """'≤ 2.5 x ULN (≤ 5 for liver metastases)': a second, looser value of one name is for those it is told of."""
        for read in reads:
            limit = read.limit
            if read.scopes or read.exceptions or read.doubtful or limit.name < 0:
                continue
            for other in reads:
                later = other.limit.name == limit.name and other.limit.first >= limit.last
                plain = not (other.scopes or other.exceptions or other.doubtful)
                mark = self._told_of(other.limit) if later and plain and self._is_looser(read, other) else None
                if mark is not None:
                    other.scopes.append(mark)
                    read.exceptions.append(Region(RegionKind.EXCEPTION, 0, 0, mark.start, mark.end, mark.text))

    def _is_looser(self, one: Read, other: Read) -> bool:
        """Whether the second of two limits on one side lets more people in."""
        alike = one.limit.variable == other.limit.variable and same_sides(one.limit.stated, other.limit.stated)
        return alike and one.negated == other.negated and not _tighter(other, one, self.exclusion != one.negated)

    def _told_of(self, limit: Limit) -> ScopeMark | None:
        """The words right behind a value that say whom it is for; None where they say when it is measured."""
        start = max(self.tokens[limit.last - 1].end, self.tokens[limit.last - 1].unit_end)
        found = _TOLD_OF.match(self.text, start)
        if found is None or _WHEN.search(found["told"]) or not _TELLS.search(found["told"]):
            return None
        return ScopeMark(ScopeKind.CONDITION, found["told"], *found.span("told"))

    def _limits_in(self, marks: Sequence[ScopeMark], read: Read) -> list[Limit]:
        found = []
        for limit in self.all_limits:
            at = self.tokens[limit.first].start
            if limit is not read.limit and any(mark.start <= at < mark.end for mark in marks):
                found.append(limit)
        return found

    def _is_fallback(self, other: Read, inside: Sequence[Limit]) -> bool:
        """Whether a condition is about what the limit before turns away: 'creatinine ≤ 1.5; if above, …'."""
        stated = other.limit.stated
        return other.limit.base != "age" and any(
            limit.variable == other.limit.variable and not limit.stated.overlaps(stated - edges(stated))
            for limit in inside
        )


_NEAR_BY = 16  # tokens


def _with_same_fitness(inside: list[Read], ahead: Sequence[Read]) -> list[Read]:
    """'ECOG ≤ 2 (Karnofsky ≥ 60) unless …': the same fitness on another scale is excused with it."""
    same = ahead[-1:] if inside and all(read.limit.base in _FITNESS for read in (*inside, *ahead[-1:])) else []
    return [*same, *inside]


_FITNESS = frozenset(["ecog", "karnofsky", "lansky"])


def _is_of_another(gap: Sequence[Token]) -> bool:
    """Whether an 'if' behind a boundary has a main clause of its own: '…; pregnancy. They are excluded if they …'."""
    ends = [index for index, token in enumerate(gap) if token.kind in (Kind.STOP, Kind.SEMICOLON)]
    return bool(ends) and any(token.kind is Kind.WORD for token in gap[ends[-1] + 1 :])


# '0 or 1, or ≤ 2 for some participants in part III': a cohort too may have a looser value
_OF_SOME = frozenset({ScopeKind.CONDITION, ScopeKind.AGE, ScopeKind.SEX, ScopeKind.COHORT})
_PERSONS = frozenset(
    ["they", "patients", "subjects", "participants", "those", "individuals", "women", "men", "people", "persons", "pts",
     "patient", "subject", "participant"]
)  # fmt: skip


_TOLD_OF = re.compile(r"[\s,(:-]{1,3}(?P<told>[^\W\d][^.;()<>≤≥]{3,90})")
_WHEN = re.compile(
    r"(?i)\b(?:screening|baseline|visit|weeks?|days?|hours?|randomi[sz]ation|enrol+ment|dos(?:e|ing)|mmol|mg)\b"
)
_TELLS = re.compile(
    r"(?i)^(?:for|in|if|with|on|when|where|patients|subjects|participants|those|due|men|women|adults|children)\b"
    r"|asian|caucasian|white|black|hispanic|chinese|japanese|metast|gilbert|disease|syndrome|cancer|tumou?r|involve"
)


def _is_again(read: Read, limit: Limit) -> bool:
    """Whether a value was told before, of the same variable."""
    return read.limit.variable == limit.variable and read.limit.stated == limit.stated


def _asks_clearance(other: Read, read: Read) -> bool:
    """'creatinine ≤ 1.4; clearance ≥ 60 if …': whether one limit asks for the clearance, the one before creatinine."""
    return other.limit.base == "serum_creatinine" and read.limit.base in ("creatinine_clearance", "egfr")


def _tighter(read: Read, other: Read, exclusion: bool) -> bool:
    """Whether a conditioned limit only adds to the general one (then the general one still holds for all)."""
    one, two = read.limit.stated, other.limit.stated
    return two.is_subset(one) if exclusion else one.is_subset(two)
