"""From the limits of one item to clauses: what is joined by 'or', what is turned round, whom each limit concerns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from rag.criteria.attach import Attached, Limit, Refused, attach
from rag.criteria.lexer import Kind, Token, tokenize
from rag.criteria.lexicon import load_variables
from rag.criteria.scopes import Region, RegionKind, cohorts_in, find_regions
from rag.types import ScopeKind
from rag.units import same_limit
from rag.values import Interval, Values, at_least, at_most, exactly, union


@dataclass(frozen=True, slots=True)
class ScopeMark:
    kind: ScopeKind
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Read:
    """A limit with its place in the structure; `stated` already turned when the text negates it."""

    limit: Limit
    negated: bool = False
    scopes: list[ScopeMark] = field(default_factory=list)
    exceptions: list[Region] = field(default_factory=list)
    fallback: bool = False  # an alternative of the limit before: 'if creatinine > 1.5, clearance ≥ 60'
    doubtful: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Words that are another way to satisfy, or to fall under, a limit and hold no number."""

    start: int
    end: int


Term = Read | Alternative


@dataclass(slots=True)
class Defect:
    kind: str
    message: str
    spans: list[tuple[int, int]]


@dataclass(slots=True)
class Structure:
    """`clauses`: conjunction of disjunctions as the item states them, before the list's polarity is applied.

    With `exclusion` the item states what is out: a clause then holds terms that must all fail one by one, so its
    members are joined by 'and' in the text.
    """

    clauses: list[list[Term]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    flipped: bool = False  # 'are excluded' in a list of requirements, 'must be' in a list of exclusions


def structure_of(text: str, *, exclusion: bool, heading: str = "") -> Structure:
    """The clauses of one folded item. `exclusion` says in which list it stands."""
    tokens = tokenize(text)
    if (
        not heading
        and not any(token.kind is Kind.VARIABLE or token.units for token in tokens)
        and "er than" not in text
    ):
        return Structure()
    found = attach(tokens, text, heading)
    if not found.limits and not found.refused:
        return Structure()
    return _Builder(tokens, text, found, exclusion).build()


_FLIP_TO_OUT = re.compile(
    r"\b(?:is|are|be|were|was|considered|deemed) (?:also |therefore )?(?:excluded|ineligible|exclusionary"
    r"|not eligible|not permitted|not allowed"
    r"|not acceptable)\b|\bnot be (?:eligible|allowed|permitted|included|enrolled)\b|\bwill exclude\b"
    r"|\bexclusion criteri"
)
_MUST = re.compile(r"\b(?:must|should|need to|have to|required to)\b(?! not)")


class _Builder:
    def __init__(self, tokens: list[Token], text: str, found: Attached, exclusion: bool) -> None:
        self.tokens = tokens
        self.text = text
        self.exclusion = exclusion
        self.out = Structure(refused=list(found.refused))
        self.limits = sorted(found.limits, key=lambda limit: (limit.first, limit.group, limit.name))
        self.regions = find_regions(tokens, text, self.limits)
        self.all_limits = self.limits
        self.region_of = [-1] * (len(tokens) + 1)
        for number, region in enumerate(self.regions):
            for index in range(region.first, region.last):
                self.region_of[index] = number

    def build(self) -> Structure:
        if not self.limits:
            self._drop_refused_inside()
            return self.out
        self._settle_signs()
        self._drop_doubles()
        self._merge_sides()
        reads = self._place()
        self._drop_refused_inside()
        if reads:
            self._judge_negation(reads)
            self._scope_sexes(reads)
            self._scope_cohorts(reads)
            self._doubt(reads)
            self._relate_scoped(reads)
            self.out.clauses = self._clauses(reads)
        return self.out

    # ── lost comparisons ─────────────────────────────────────────────────────────────────────────────────────────────

    def _settle_signs(self) -> None:
        """A number without comparison takes that of the limit before it ('≥ 12 for men, 11 for women') or is inferred."""
        for number, limit in enumerate(self.limits):
            if limit.explicit or limit.scale == "list" or not limit.stated.is_point:
                continue
            if not limit.measured and limit.scale == "" and load_variables()[limit.variable].unit:
                limit.dropped = True  # a number beside a name, no unit, no comparison: 'EGFR 20 insertion'
                continue
            if load_variables()[limit.variable].step is not None:
                limit.explicit = True
                continue
            earlier = next(
                (
                    o
                    for o in reversed(self.limits[:number])
                    if o.name == limit.name and o.first < limit.first and o.variable == limit.variable
                ),
                None,
            )
            if (
                earlier is not None
                and earlier.explicit
                and len(earlier.stated.intervals) == 1
                and not earlier.stated.is_point
            ):
                limit.inherited = True
                limit.stated = _moved(earlier.stated, limit.stated)
            elif earlier is None and not self.exclusion:
                self._infer(limit)

        self.limits = [limit for limit in self.limits if not limit.dropped]

    def _infer(self, limit: Limit) -> None:
        """The only reading that makes sense of a requirement: a fitness limit keeps the fit side."""
        variable = load_variables()[limit.variable]
        number = limit.stated.intervals[0].low
        measured = limit.measured or not variable.unit or limit.scale in ("uln", "lln")
        if variable.fit and variable.id != "age" and number is not None and measured:
            limit.stated = at_least(number) if variable.fit == "high" else at_most(number)
            limit.inferred = limit.explicit = True

    # ── one limit written twice ──────────────────────────────────────────────────────────────────────────────────────

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
        if one.first == other.first or other.name < 0:
            return False
        if any(token.kind is Kind.VARIABLE for token in self.tokens[one.last : other.first]):
            return False
        between = [token.kind for token in self.tokens[one.last : other.first]]
        allowed = {Kind.OPEN, Kind.OR, Kind.SLASH, Kind.GLUE, Kind.COMMA, Kind.CLOSE, Kind.DASH}
        if len(between) > 4 or not set(between) <= allowed or (other.first == one.last and other.scale == one.scale):
            return False
        if one.variable != other.variable:
            return Kind.OPEN in between and one.base == other.base and not _loose_or(between)
        if other.inherited and one.unit != other.unit:
            return True
        region = self.region_of[other.last]
        if other.assumed or (region >= 0 and self.regions[region].kind is RegionKind.CONDITION):
            return False
        if one.unit == other.unit or not (Kind.OPEN in between or Kind.OR in between or Kind.SLASH in between):
            return False
        return not other.explicit or _same_sides(one.stated, other.stated) or one.explicit is False

    def _compare_double(self, kept: list[Limit], one: Limit, other: Limit) -> None:
        ends = list(zip(_ends(one.stated), _ends(other.stated), strict=False))
        one.end, one.last = max(one.end, other.end), max(one.last, other.last)
        if ends and all(same_limit(a, b) for a, b in ends):
            return
        message = f"two numbers that should be one limit disagree: {self.text[one.start : other.end]}"
        self.out.defects.append(Defect("contradiction", message, [(one.start, other.end)]))
        if not all(abs(a - b) <= max(a, b) / 10 for a, b in ends):
            kept.remove(one)
            self.out.refused.append(
                Refused(one.base, one.start, other.end, "two numbers for one limit disagree", first=one.first)
            )

    # ── two bounds of one subject ────────────────────────────────────────────────────────────────────────────────────

    def _merge_sides(self) -> None:
        merged: list[Limit] = []
        for limit in self.limits:
            before = next((other for other in reversed(merged) if other.variable == limit.variable), None)
            if before is None or not self._one_subject(before, limit):
                merged.append(limit)
                continue
            joined = self._joined(before, limit)
            if joined is None:
                merged.append(limit)
                continue
            before.stated = joined
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
        if any(token.kind in (Kind.STOP, Kind.SEX, Kind.IF, Kind.EXCEPT, Kind.NOT) for token in gap) or len(gap) > 8:
            return False
        if one.name == other.name:
            return all(token.kind is not Kind.WORD for token in gap) or (one.name >= 0 and one.name >= one.first)
        # 'age ≥ 18 years and age ≤ 75': the name is repeated
        words = [token for token in gap if token.kind is Kind.WORD]
        return (
            one.base == other.base and not words and not any(token.kind in (Kind.OR, Kind.SEMICOLON) for token in gap)
        )

    def _joined(self, one: Limit, other: Limit) -> Values | None:
        """The set that two bounds state together; None where they are no pair of bounds."""
        gap = {token.kind for token in self.tokens[one.last : other.first]}
        opposite = not _same_sides(one.stated, other.stated)
        if not opposite:
            return None
        both = one.stated & other.stated
        if Kind.OR in gap and Kind.AND not in gap:
            if both.is_empty or self.exclusion:
                return union([one.stated, other.stated]) if both.is_empty else None
            return None
        if not both.is_empty:
            return both
        return union([one.stated, other.stated])

    # ── conditions and exceptions ────────────────────────────────────────────────────────────────────────────────────

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
                    reads.append(Read(limit))
                elif any(read.limit.base == limit.base and not self._lets_in(read.limit, limit) for read in reads):
                    mark = ScopeMark(ScopeKind.CONDITION, region.text, region.start, region.end)
                    reads.append(Read(limit, scopes=[mark]))
                elif not any(read.limit.base == limit.base for read in reads):
                    self.out.refused.append(
                        Refused(limit.variable, limit.start, limit.end, "inside an exception", first=limit.first)
                    )
        for region in self.regions:
            self._apply(region, reads)
        return reads

    def _lets_in(self, one: Limit, other: Limit) -> bool:
        """A number inside an exception that points the other way says who is let in after all; it limits nobody."""
        return not _same_sides(one.stated, other.stated)

    def _is_whole_item(self, region: Region) -> bool:
        """'Patients with GFR ≥ 60 are eligible': the item itself, when nothing stands before it."""
        said = self.tokens[region.last - 1].value if region.last else ""
        predicate = any(
            token.value in ("eligible", "allowed", "permitted", "acceptable")
            for token in self.tokens[region.first : region.last]
        )
        del said
        return predicate and not self.exclusion and not any(limit.last <= region.first for limit in self.limits)

    def _apply(self, region: Region, reads: list[Read]) -> None:
        if region.kind is RegionKind.EXCEPTION and not self._lets_somebody_in(region, reads):
            return
        if region.kind is RegionKind.REASON or region.idle or self._is_whole_item(region):
            return
        before = [read for read in reads if read.limit.last <= region.first]
        after = [read for read in reads if read.limit.first >= region.last]
        if region.kind is RegionKind.EXCEPTION:
            targets = before if region.sentence else _last_group(before)
            for read in targets or (after if region.prefix else []):
                read.exceptions.append(region)
            return
        mark = ScopeMark(ScopeKind.AGE if region.age else ScopeKind.CONDITION, region.text, region.start, region.end)
        if region.prefix:
            stop = next(
                (i for i in range(region.last, len(self.tokens)) if self.tokens[i].kind in (Kind.STOP, Kind.SEMICOLON)),
                len(self.tokens),
            )
            targets = [read for read in after if read.limit.first < stop]
        else:
            targets = _last_group(before)
        if not _says_something(region):
            return
        for read in targets:
            if not any(mark.start == other.start for other in read.scopes):
                read.scopes.append(mark)

    def _lets_somebody_in(self, region: Region, reads: list[Read]) -> bool:
        """'one repeat test is allowed' lets nobody in: a predicate needs people, a condition or the variable itself."""
        inside = self.tokens[region.first : region.last]
        if any(token.value in _HARD_EXCEPTS for token in inside):
            return True
        bases = {read.limit.base for read in reads}
        return any(
            token.value in _PEOPLE
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
            marks = [mark for mark in read.scopes if mark.kind in (ScopeKind.CONDITION, ScopeKind.AGE)]
            if not marks:
                continue
            inside = self._limits_in(marks, read)
            for other in reads:
                if other is read or other.limit.last > read.limit.first:
                    continue
                if self._is_fallback(other, inside):
                    read.fallback = True
                    read.scopes = [mark for mark in read.scopes if mark not in marks]
                elif (
                    other.limit.variable == read.limit.variable
                    and not other.scopes
                    and not _tighter(read, other, self.exclusion)
                ):
                    other.exceptions.extend(
                        Region(RegionKind.EXCEPTION, 0, 0, mark.start, mark.end, mark.text)
                        for mark in marks
                        if not any(region.start == mark.start for region in other.exceptions)
                    )

    def _limits_in(self, marks: Sequence[ScopeMark], read: Read) -> list[Limit]:
        found = []
        for limit in self.all_limits:
            at = self.tokens[limit.first].start
            if limit is not read.limit and any(mark.start <= at < mark.end for mark in marks):
                found.append(limit)
        return found

    def _is_fallback(self, other: Read, inside: Sequence[Limit]) -> bool:
        """Whether a condition speaks of what the limit before turns away: 'creatinine ≤ 1.5; if above, clearance ≥ 60'."""
        for limit in inside:
            if limit.base == other.limit.base and limit.variable == other.limit.variable:
                if not limit.stated.overlaps(other.limit.stated - _edges(other.limit.stated)):
                    return True
        return False

    # ── negation ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _judge_negation(self, reads: list[Read]) -> None:
        flips = self._flipped_spans()
        previous: Read | None = None
        for read in reads:
            limit = read.limit
            far, near = self._negation(limit, previous)
            joined = (
                previous is not None
                and previous.negated
                and (self._joint(previous, read) == "or" or previous.limit.name == limit.name)
            )
            if previous is not None and previous.limit.group == limit.group:
                read.negated, read.doubtful = previous.negated, previous.doubtful
            elif self.exclusion:
                self._judge_in_exclusion(read, near)
            else:
                read.negated = near or joined
                out = any(start <= self.tokens[limit.first].start < end for start, end in flips)
                if out and _against_fit(limit, exclusion=True) and not near:
                    read.doubtful = "said to be excluded, yet it is the fit side"
                elif out:
                    read.negated = not near
                elif far and not near and not joined:
                    read.negated = _against_fit(limit)
                if far and not (near or joined or out) and not _has_fit(limit):
                    read.doubtful = "a negation whose reach is not plain"
            previous = read

    def _judge_in_exclusion(self, read: Read, near: bool) -> None:
        """In an exclusion list 'No X < 30' still means X < 30 is out; 'must be ≥ 30' states the requirement."""
        limit = read.limit
        start = max(0, limit.start - 80)
        sentence = self.text[start : limit.end + 40].lower()
        if near and _against_fit(limit, exclusion=True):
            read.negated = True  # 'no platelets ≥ 100': not reaching the fit side is out
        elif not near and _against_fit(limit, exclusion=True) and _MUST.search(sentence):
            read.negated = True
        words = self.text[self.tokens[limit.first].start : self.tokens[limit.last - 1].end].lower()
        if re.match(r"(?:not|no|does not|must not|cannot)\b|not ", words) and not read.negated:
            read.doubtful = "a negated comparison in a list of exclusions"

    def _negation(self, limit: Limit, previous: Read | None) -> tuple[bool, bool]:
        """Whether a 'no' stands before the variable in its sentence, and whether it governs it directly."""
        floor = previous.limit.last if previous is not None else 0
        far = near = False
        broken = False
        index = min(limit.subject, limit.first) - 1
        while index >= floor:
            token = self.tokens[index]
            if token.kind in (Kind.STOP, Kind.SEMICOLON):
                break
            if token.kind in (Kind.COMMA, Kind.AND, Kind.BUT, Kind.COLON, Kind.CLOSE):
                broken = True
            if token.kind is Kind.NOT and self.region_of[index] < 0 and not self._idle_not(index):
                far = True
                near = near or not broken
            index -= 1
        return far, near

    def _idle_not(self, index: int) -> bool:
        after = self.tokens[index + 1 : index + 3]
        return any(token.value in ("limited", "only", "necessarily", "yet", "later") for token in after)

    def _flipped_spans(self) -> list[tuple[int, int]]:
        """Sentences of a list of requirements that say who is out."""
        if not _FLIP_TO_OUT.search(self.text.lower()):
            return []
        spans: list[tuple[int, int]] = []
        start = 0
        for piece in re.split(r"(?<=[.;])\s", self.text):
            end = start + len(piece) + 1
            inner = [(start + found.start(), start + found.end()) for found in re.finditer(r"\([^()]*\)?", piece)]
            spans += [(a, b) for a, b in inner if _FLIP_TO_OUT.search(self.text[a:b].lower())]
            if _FLIP_TO_OUT.search(re.sub(r"\([^()]*\)?", " ", piece).lower()):
                spans.append((start, end))
            start = end
        return spans

    # ── sexes and cohorts ────────────────────────────────────────────────────────────────────────────────────────────

    def _scope_sexes(self, reads: list[Read]) -> None:
        if not any(token.kind is Kind.SEX for token in self.tokens):
            return
        groups = _groups(reads)
        after = [
            self._sexes_after(group, following) for group, following in zip(groups, [*groups[1:], None], strict=True)
        ]
        before = [
            self._sexes_before(group, earlier) for earlier, group in zip([None, *groups[:-1]], groups, strict=True)
        ]
        contrast = {sex for tokens in before for sex in {t.value for t in tokens}} == {"male", "female"} and all(
            len({t.value for t in tokens}) <= 1 for tokens in before
        )
        for group, behind, ahead in zip(groups, after, before, strict=True):
            found = behind if len({token.value for token in behind}) == 1 else []
            inner = [
                t for read in group for t in self.tokens[read.limit.subject : read.limit.first] if t.kind is Kind.SEX
            ]
            if (
                not behind
                and len({t.value for t in inner}) == 1
                and group[0].limit.name >= 0
                and self.tokens[group[0].limit.first - 1].kind in (Kind.SEX, Kind.COLON, Kind.CLOSE, Kind.COMPARE)
            ):
                found = inner[-1:]
            elif not behind and contrast and len({token.value for token in ahead}) == 1:
                found = ahead
            for read in group if found else []:
                token = found[0]
                read.scopes.append(ScopeMark(ScopeKind.SEX, token.value, token.start, token.end))

    def _sexes_after(self, group: list[Read], following: list[Read] | None) -> list[Token]:
        first = max(read.limit.last for read in group)
        stop = (
            min((_begin(read.limit, first) for read in following), default=len(self.tokens))
            if following
            else len(self.tokens)
        )
        found: list[Token] = []
        for index in range(first, max(first, min(stop, first + 7))):
            token = self.tokens[index]
            if token.kind in (Kind.COMMA, Kind.SEMICOLON, Kind.STOP, Kind.COLON) or (
                token.kind in (Kind.AND, Kind.OR) and found and not self._sex_follows(index)
            ):
                break
            if token.kind is Kind.SEX:
                if index + 1 < len(self.tokens) and self.tokens[index + 1].kind in (Kind.COLON, Kind.COMPARE):
                    break
                found.append(token)
            elif token.kind is Kind.WORD and not found and token.value not in ("ms", "msec", "adult", "mg", "dl"):
                break
        return found

    def _sex_follows(self, index: int) -> bool:
        return any(token.kind is Kind.SEX for token in self.tokens[index + 1 : index + 3])

    def _sexes_before(self, group: list[Read], earlier: list[Read] | None) -> list[Token]:
        first = max(read.limit.last for read in earlier) if earlier else 0
        stop = min(_begin(read.limit, first) for read in group)
        used = {token.start for token in self._sexes_after(earlier, group)} if earlier else set()
        inner = [
            t for read in group for t in self.tokens[_begin(read.limit, first) : read.limit.first] if t.kind is Kind.SEX
        ]
        return inner or [
            t for t in self.tokens[max(first, stop - 8) : stop] if t.kind is Kind.SEX and t.start not in used
        ]

    def _scope_cohorts(self, reads: list[Read]) -> None:
        groups = _groups(reads)
        for start, end in cohorts_in(self.text):
            following = [group for group in groups if group[0].limit.start >= end]
            earlier = [group for group in groups if group[-1].limit.end <= start]
            between_next = self.text[end : following[0][0].limit.start] if following else ""
            between_last = self.text[earlier[-1][-1].limit.end : start] if earlier else ""
            prefix = following and (
                not earlier
                or (not re.search(r"[.;,:]", between_next)
                and re.search(r"[.;,]", between_last))
                or between_next.strip().startswith(":")
            )
            targets = following[0] if prefix else earlier[-1] if earlier else []
            for read in targets:
                read.scopes.append(ScopeMark(ScopeKind.COHORT, self.text[start:end], start, end))

    def _doubt(self, reads: list[Read]) -> None:
        """Readings that the source itself makes doubtful."""
        counted = bool(_COUNTS_PEOPLE.search(self.text))
        for read in reads:
            limit = read.limit
            if counted:
                read.doubtful = "about how many take part"
            if limit.inherited and not read.scopes:
                read.doubtful = "a second number without its comparison"
            if (
                limit.base == "body_temperature"
                and not self.exclusion
                and not read.negated
                and self.text[limit.start : limit.end].lower().startswith("fever")
            ):
                read.doubtful = "a symptom, not a limit"
        pressures = [
            read
            for read in reads
            if read.limit.variable in ("systolic_bp", "diastolic_bp") and len(read.limit.stated.intervals) == 1
        ]
        for one, other in pairwise(pressures):
            apart = one.limit.variable != other.limit.variable and _opposite(one.limit.stated, other.limit.stated)
            if apart and one.limit.group != other.limit.group and one.negated == other.negated:
                span = (one.limit.start, max(one.limit.end, other.limit.end))
                self.out.defects.append(
                    Defect("contradiction", "the two pressures are bounded on opposite sides", [span])
                )
                one.doubtful = other.doubtful = "the two pressures are bounded on opposite sides"

    # ── and, or ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _joint(self, one: Read, other: Read) -> str:
        """How two neighbouring limits are joined: 'or', 'and', ',' or '' (separate sentences)."""
        low, high = one.limit.last, max(one.limit.last, _begin(other.limit, one.limit.last))
        kinds = [token.kind for index, token in enumerate(self.tokens[low:high], low) if self.region_of[index] < 0]
        if Kind.OR in kinds:
            return "or"
        if Kind.STOP in kinds:
            return ""
        if Kind.AND in kinds or Kind.BUT in kinds:
            return "and"
        return ";" if Kind.SEMICOLON in kinds else "," if Kind.COMMA in kinds else ""

    def _clauses(self, reads: list[Read]) -> list[list[Term]]:
        groups = _groups(reads)
        joints = [self._joint(one[-1], other[0]) for one, other in pairwise(groups)]
        joints = _propagate(groups, joints)
        for index, group in enumerate(groups[1:]):
            if group[0].fallback:
                joints[index] = "or"
            elif _are_variants(groups[index], group):
                joints[index] = ""
        clauses: list[list[Term]] = []
        for run in _runs(groups, joints, "and" if self.exclusion else "or"):
            clauses.extend(self._run_clauses(run))
        return clauses

    def _run_clauses(self, run: list[list[Read]]) -> list[list[Term]]:
        """Clauses of groups that are alternatives (requirements) or hold together (exclusions)."""
        extra = self._other_words(run)
        together = "or" if not self.exclusion else "and"
        sides = [self._group_terms(group, together) for group in run]
        if len(sides) == 1:
            return [[*side, *extra] for side in sides[0]]
        combined = list(product(*sides))
        if len(combined) > 16:
            combined = [tuple(side[0] for side in sides)]
        return [[term for side in combination for term in side] + list(extra) for combination in combined]

    def _group_terms(self, group: list[Read], together: str) -> list[list[Term]]:
        """A shared list as clauses: 'AST or ALT ≤ 2.5' is one with two terms, 'AST and ALT ≤ 2.5' is two."""
        join = group[0].limit.join
        if join == "pair":
            join = "slash"  # 'below 140/90' asks for both, 'above 140/90' turns either away
        negated = group[0].negated and not self.exclusion
        if join == "slash" or len(group) == 1:
            return [[read] for read in group]
        one_clause = (join == together) != negated
        return [list(group)] if one_clause else [[read] for read in group]

    def _other_words(self, run: list[list[Read]]) -> list[Alternative]:
        """Words without a number joined to the run by 'or' (requirements) or 'and' (exclusions)."""
        wanted = Kind.AND if self.exclusion or run[0][0].negated else Kind.OR
        found = []
        last = max(read.limit.last for read in run[-1])
        behind = self._words_after(last, wanted)
        if behind:
            found.append(behind)
        first = min(min(read.limit.subject, read.limit.first) for read in run[0])
        ahead = self._words_before(first, wanted)
        if ahead:
            found.append(ahead)
        return found

    def _words_after(self, index: int, wanted: Kind) -> Alternative | None:
        depth = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if self.region_of[index] >= 0 or token.kind in (
                Kind.GLUE,
                Kind.WITHIN,
                Kind.NUMBER,
                Kind.SEX,
                Kind.PERCENT_OF,
                Kind.TRAIL,
            ):
                index += 1
                continue
            if token.kind is Kind.OPEN:
                depth += 1
            elif token.kind is Kind.CLOSE:
                depth -= 1
                depth = max(depth, 0)
            elif token.kind is wanted:
                return self._alternative(index + 1)
            elif (
                depth == 0
                and (token.kind is not Kind.COMMA or not self._is_joint(index + 1, wanted))
                and token.kind is not Kind.WORD
            ) or (depth == 0 and token.kind is Kind.WORD and token.value not in _LOOSE):
                return None
            index += 1
        return None

    def _is_joint(self, index: int, wanted: Kind) -> bool:
        return index < len(self.tokens) and self.tokens[index].kind is wanted

    def _alternative(self, first: int) -> Alternative | None:
        """The words from `first` to the next boundary, when they are words at all and hold no limit."""
        if (
            not self.exclusion
            and first < len(self.tokens)
            and self.tokens[first].kind is Kind.NOT
            and self.tokens[first - 1].kind is Kind.AND
        ):
            return None
        last = first
        while last < len(self.tokens) and self.tokens[last].kind not in (Kind.STOP, Kind.SEMICOLON, Kind.COMMA):
            last += 1
        words = [
            token
            for token in self.tokens[first:last]
            if token.kind in (Kind.WORD, Kind.VARIABLE, Kind.DECOY, Kind.NORMAL)
        ]
        if not words or any(limit.first >= first and limit.first < last for limit in self.limits):
            return None
        if all(token.value in _IDLE_WORDS for token in words) or any(
            token.value in _METHOD_WORDS for token in self.tokens[first:last]
        ):
            return None
        return Alternative(self.tokens[first].start, self.tokens[last - 1].end)

    def _words_before(self, index: int, wanted: Kind) -> Alternative | None:
        cursor = index - 1
        while cursor >= 0 and (self.tokens[cursor].kind in (Kind.GLUE, Kind.OPEN) or self.region_of[cursor] >= 0):
            cursor -= 1
        if cursor < 0 or self.tokens[cursor].kind is not wanted:
            return None
        last = cursor
        first = cursor
        while first > 0 and self.tokens[first - 1].kind not in (Kind.STOP, Kind.SEMICOLON, Kind.COLON, Kind.COMMA):
            first -= 1
        if any(limit.first < last and limit.last > first for limit in self.limits):
            return None
        words = [token for token in self.tokens[first:last] if token.kind in (Kind.WORD, Kind.VARIABLE, Kind.DECOY)]
        if not words or all(token.value in _IDLE_WORDS for token in words):
            return None
        return Alternative(self.tokens[first].start, self.tokens[last - 1].end)


_HARD_EXCEPTS = frozenset(
    {"unless", "except", "excepting", "exception", "exceptions", "excluding", "however", "although", "otherwise"}
)
_PEOPLE = frozenset(
    ["patients", "subjects", "participants", "those", "individuals", "women", "men", "people", "persons", "pts", "patient", "subject", "participant"]
)
_LOOSE = frozenset(
    ["mg", "dl", "prior", "registration", "study", "treatment", "first", "dose", "start", "starting", "therapy", "drug", "randomization", "enrollment"]
)
_METHOD_WORDS = frozenset(
    ["formula", "equation", "method", "equivalent", "validated", "similar", "comparable", "calculation", "formulas", "equations", "methods"]
)
_IDLE_WORDS = frozenset(
    ["male", "female", "equivalent", "measured", "calculated", "estimated", "outpatient", "inpatient", "serum", "plasma", "less", "greater", "more", "lower"]
)


def _begin(limit: Limit, floor: int) -> int:
    """Where a limit begins: at its variable, or at its value when the variable stands before `floor`."""
    return limit.subject if limit.subject >= floor else limit.first


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


def _same_sides(one: Values, other: Values) -> bool:
    """Whether two sets are bounded on the same side ('≤ 5' and '< 7')."""
    if one.is_empty or other.is_empty:
        return False
    a, b = one.intervals[0], other.intervals[0]
    return (a.low is None) == (b.low is None) and (one.intervals[-1].high is None) == (other.intervals[-1].high is None)


def _opposite(one: Values, other: Values) -> bool:
    a, b = one.intervals[0], other.intervals[0]
    return (
        ((a.low is None) != (a.high is None))
        and ((b.low is None) != (b.high is None))
        and (a.low is None) != (b.low is None)
    )


def _ends(values: Values) -> list:  # type: ignore[type-arg]
    return [end for interval in values for end in (interval.low, interval.high) if end is not None]


def _edges(values: Values) -> Values:
    return union([exactly(end) for end in _ends(values)])


def _groups(reads: Sequence[Read]) -> list[list[Read]]:
    groups: list[list[Read]] = []
    for read in reads:
        if groups and groups[-1][0].limit.group == read.limit.group:
            groups[-1].append(read)
        else:
            groups.append([read])
    return groups


def _last_group(reads: Sequence[Read]) -> list[Read]:
    return [read for read in reads if read.limit.group == reads[-1].limit.group] if reads else []


_SAYS_NOTHING = re.compile(
    r"(?i)if (?:needed|necessary|applicable|available|clinically indicated|possible|required|appropriate|known|done"
    r"|performed|measured|used|indicated|any)\W*$|(?:for|in|among|only)\s+(?:all|the|any|eligible|both|study"
    r"|enrolled|adult|these|this|most|\s)*(?:patients?|subjects?|participants?|individuals?|adults|persons?|people"
    r"|volunteers|cases?|study|trial|\s)*[.,;:)]*$"
)


def _says_something(region: Region) -> bool:
    return not _SAYS_NOTHING.match(region.text)


def _tighter(read: Read, other: Read, exclusion: bool) -> bool:
    """Whether a conditioned limit only adds to the general one (then the general one still holds for all)."""
    one, two = read.limit.stated, other.limit.stated
    return two.is_subset(one) if exclusion else one.is_subset(two)


def _are_variants(one: Sequence[Read], other: Sequence[Read]) -> bool:
    """'450 ms for males or 470 for females', '≤ 3 x ULN or ≤ 5 with metastases': each holds for its own people."""
    if {read.limit.base for read in one} != {read.limit.base for read in other}:
        return False
    return bool(other[0].scopes) or (bool(one[0].scopes) and bool(other[0].scopes))


_KIN = (
    {"serum_creatinine", "creatinine_clearance", "egfr", "cystatin_c"},
    {"hemoglobin", "hematocrit"},
    {"karnofsky", "ecog", "lansky"},
)


def _kin(one: Sequence[Read], other: Sequence[Read]) -> bool:
    return any(one[0].limit.base in family and other[0].limit.base in family for family in _KIN)


def _propagate(groups: Sequence[Sequence[Read]], joints: list[str]) -> list[str]:
    """Commas before an 'or' are 'or' too – unless the last two alone are kin (creatinine or clearance)."""
    joints = list(joints)
    for index in range(len(joints) - 1, 0, -1):
        if joints[index] in ("or", "and") and joints[index - 1] in (",", ";"):
            if (
                joints[index] == "or"
                and _kin(groups[index], groups[index + 1])
                and not _kin(groups[index - 1], groups[index])
            ):
                continue
            joints[index - 1] = joints[index]
    return joints


def _runs(groups: Sequence[list[Read]], joints: Sequence[str], joining: str) -> list[list[list[Read]]]:
    """Groups cut wherever they are not joined by `joining`; negated limits turn 'or' into 'and'."""
    runs: list[list[list[Read]]] = [[groups[0]]]
    for joint, before, group in zip(joints, groups, groups[1:], strict=False):
        turned = joining == "or" and before[0].negated and group[0].negated
        wanted = "and" if turned else joining
        if joint == wanted:
            runs[-1].append(group)
        else:
            runs.append([group])
    return runs


# "the proportion of subjects randomised with HbA1c < 7.5 % will be limited to 20 %", "stratified by LVEF < 50 %"
_COUNTS_PEOPLE = re.compile(
    r"(?i)\b(?:proportion|percentage|number) of (?:the )?(?:subjects|patients|participants)\b|\bwill be (?:limited"
    r"|capped|stratified)\b|\bstratif(?:ied|ication)\b"
)


def _has_fit(limit: Limit) -> bool:
    return bool(load_variables()[limit.variable].fit) and len(limit.stated.intervals) == 1


def _against_fit(limit: Limit, *, exclusion: bool = False) -> bool:
    """Whether requiring the stated set (or excluding it) would keep the unfit and turn away the fit."""
    fit = load_variables()[limit.variable].fit
    if not fit or len(limit.stated.intervals) != 1:
        return False
    interval = limit.stated.intervals[0]
    keeps_low = interval.low is None
    keeps_high = interval.high is None
    if keeps_low == keeps_high:
        return False
    against = keeps_low if fit == "high" else keeps_high
    return not against if exclusion else against
