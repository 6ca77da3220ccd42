"""The state in which one item is read, and the values that its structure is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rag.criteria.lexicon import load_variables
from rag.criteria.limits import Attached, Limit, Refused
from rag.criteria.scopes import Region, find_regions
from rag.criteria.tokens import Kind, Token
from rag.types import ScopeKind
from rag.values import Values, exactly, union


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
    settled: bool = False  # inside an exception: which side it lets in is told


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


_TOGETHER = re.compile(
    r"(?i)\b(?:together|combined|in combination|along|concomitant(?:ly)?|concurrent(?:ly)?|associated) with\b"
    r"|\baccompanied by\b"
)


_ALTERNATIVELY = re.compile(r"(?i)\balternatively\b")


def _is_in_sentence(kinds: Sequence[Kind]) -> bool:
    """'≥ 8. Growth factors or transfusions …': whether every 'or' of a gap stands among the words of one sentence."""
    stops = [place for place, kind in enumerate(kinds) if kind is Kind.STOP]
    return bool(stops) and all(
        (place == 0 or kinds[place - 1] is not Kind.STOP)
        and place < len(kinds) - 1
        and next((stop for stop in stops if stop > place), len(kinds)) - place > _NUMBER_AND_STOP
        for place, kind in enumerate(kinds)
        if kind is Kind.OR
    )


def _or_joins_names(kinds: Sequence[Kind]) -> bool:
    """'≤ 1.5 x ULN and GFR (eGFR) or creatinine clearance > 50': whether the 'or' of a gap joins two names."""
    if Kind.AND not in kinds:
        return False
    names = kinds[len(kinds) - kinds[::-1].index(Kind.AND) :]
    plain = {Kind.VARIABLE, Kind.OPEN, Kind.CLOSE, Kind.GLUE, Kind.COMMA, Kind.OR}
    return names.count(Kind.OR) == 1 and Kind.VARIABLE in names[: names.index(Kind.OR)] and set(names) <= plain


_WORD_AND_END = 2  # an 'or', a word, and the comma or 'and' behind it
_NUMBER_AND_STOP = 2  # '…, or ii. creatinine clearance': the number of an item


class ItemState:
    """The tokens, limits and regions of one item while its structure is worked out."""

    def __init__(self, tokens: list[Token], text: str, found: Attached, exclusion: bool) -> None:
        self.tokens = tokens
        self.text = text
        self.exclusion = exclusion
        self.out = Structure(refused=list(found.refused))
        self.limits = sorted(found.limits, key=lambda limit: (limit.first, limit.group, limit.name))
        self.regions = find_regions(tokens, text, self.limits, exclusion=exclusion)
        self.all_limits = self.limits
        self.region_of = [-1] * (len(tokens) + 1)
        for number, region in enumerate(self.regions):
            for index in range(region.first, region.last):
                self.region_of[index] = number

    def _joint(self, one: Read, other: Read) -> str:
        """How two neighbouring limits are joined: 'or', 'and', ',' or '' (separate sentences)."""
        low, high = one.limit.last, max(one.limit.last, begin(other.limit, one.limit.last))
        either = self._either(low, high)
        kinds = [
            token.kind
            for index, token in enumerate(self.tokens[low:high], low)
            if self.region_of[index] < 0
            and not (
                token.kind is Kind.OR
                and (index > either or self._is_no_choice(index) or self._is_in_remark(index, low, high))
            )
        ]
        apart = one.limit.base != other.limit.base or other.doubtful != ""
        if Kind.OR in kinds and ((apart and _is_in_sentence(kinds)) or _or_joins_names(kinds)):
            kinds = [kind for kind in kinds if kind is not Kind.OR]
        if Kind.OR in kinds and self._or_joins_words(low, either):
            del kinds[len(kinds) - 1 - kinds[::-1].index(Kind.OR)]
        if Kind.OR in kinds and self._is_of_the_second(one.limit, other.limit, low, high):
            kinds = [kind for kind in kinds if kind is not Kind.OR]
        together = _TOGETHER.search(self.text, self.tokens[low - 1].end, self.tokens[high - 1].end)
        if together or (self.exclusion and self._is_plain_with(low, high)):
            return "with"
        if Kind.OR in kinds and Kind.SEMICOLON in kinds[kinds.index(Kind.OR) :]:
            behind = len(kinds) - kinds[::-1].index(Kind.SEMICOLON)  # 'A ≤ 1 or words; B ≤ 2': the 'or' is of A
            joins = Kind.OR in kinds[behind:] or kinds[behind - 2] is Kind.OR  # '…; or B', '… or; B'
            kinds = kinds if joins else kinds[behind - 1 :]
        if Kind.SEMICOLON in kinds and other.negated and not one.negated:
            kinds = [Kind.SEMICOLON]  # 'LVEF ≥ 45 %; no illness such as: stroke; angina or NYHA ≥ 3'
        if Kind.OR in kinds or _ALTERNATIVELY.search(self.text, self.tokens[low - 1].end, self.tokens[high - 1].end):
            return ";or" if Kind.SEMICOLON in kinds else "or"
        if Kind.STOP in kinds:
            return ""
        next_of_list = self.exclusion and (Kind.SEMICOLON, Kind.AND) in pairwise(kinds)  # '> 140; and diastolic > 85'
        if next_of_list or (
            Kind.SEMICOLON in kinds
            and Kind.SEMICOLON not in kinds[-2:]
            and Kind.AND in kinds[kinds.index(Kind.SEMICOLON) + 2 :]
        ):
            return ";"  # '…; on warfarin and INR > 2': the 'and' joins what follows the semicolon
        if Kind.AND in kinds or Kind.BUT in kinds:
            return "," if self.exclusion and self._are_further_people(low, high) else "and"
        return ";" if Kind.SEMICOLON in kinds else "," if Kind.COMMA in kinds else ""

    def _is_of_the_second(self, one: Limit, other: Limit, low: int, high: int) -> bool:
        """'aged > 18 with a positive stain or an AFP > 2 x ULN': the 'or' has its words behind the age."""
        last = max(at for at in range(low, high) if self.tokens[at].kind is Kind.OR)
        gap = self.tokens[low:last]
        words = any(token.kind in (Kind.WORD, Kind.DECOY, Kind.VARIABLE) for token in gap)
        told = any(token.kind is Kind.AND or token.value == "with" for token in gap)
        return one.base == "age" != other.base and not self.exclusion and told and words

    def _either(self, low: int, high: int) -> int:
        """'age ≥ 18, and either a positive test or an IgE > 0.35': where in a gap an 'either' opens a choice."""
        places = (i for i in range(low, high - 1) if self.tokens[i].value == "either")
        return next((i for i in places if not _NO_CHOICE.match(self.text, self.tokens[i + 1].start)), high)

    def _is_in_remark(self, index: int, low: int, high: int) -> bool:
        """'≥ 18 years (or of legal age) and ≤ 80': whether brackets that open and close in the gap hold an 'or'."""
        before = [token.kind for token in self.tokens[low:index] if token.kind in (Kind.OPEN, Kind.CLOSE)]
        if self.tokens[index - 1].kind is Kind.OPEN and self.tokens[index + 1].kind is Kind.CLOSE:
            return False  # 'glucose ≥ 6.2 and (or) HbA1c ≥ 5.8'
        after = [token.kind for token in self.tokens[index:high] if token.kind in (Kind.OPEN, Kind.CLOSE)]
        return before[-1:] == [Kind.OPEN] and after[:1] == [Kind.CLOSE]

    def _is_plain_with(self, low: int, high: int) -> bool:
        """'LVEF < 50 % with heart failure NYHA ≥ 2': who has both is turned away."""
        between = self.tokens[low:high]
        plain = (Kind.WORD, Kind.GLUE, Kind.DECOY, Kind.OPEN, Kind.CLOSE)
        return all(token.kind in plain for token in between) and any(token.value == "with" for token in between)

    def _are_further_people(self, low: int, high: int) -> bool:
        """'patients younger than 60, and patients with heart failure': two sorts of people are turned away."""
        pairs = pairwise(self.tokens[low:high])
        return any(one.kind is Kind.AND and other.value in _SORTS for one, other in pairs)

    def _or_joins_words(self, low: int, high: int) -> bool:
        """'pulmonary stenosis or double outlet ventricle, who weigh > 2 kg': the 'or' has words on both sides."""
        kinds = [token.kind for token in self.tokens[low:high]]
        last = len(kinds) - 1 - kinds[::-1].index(Kind.OR)
        ends = [place for place, kind in enumerate(kinds[last:]) if kind in (Kind.COMMA, Kind.AND)]
        if not ends or ends[0] < _WORD_AND_END or Kind.IF in kinds[last:]:
            return False
        behind = kinds[last + 1 : last + ends[0]]
        return Kind.WORD in kinds[max(0, last - 3) : last] and Kind.WORD in behind and Kind.VARIABLE not in behind

    def _is_and_or(self, index: int) -> bool:
        return [token.kind for token in self.tokens[index : index + 3]] == [Kind.AND, Kind.SLASH, Kind.OR]

    def _goes_on_with(self, index: int, wanted: Kind) -> bool:
        return self._is_joint(index, wanted) or (wanted is Kind.OR and self._is_and_or(index))

    def _is_joint(self, index: int, wanted: Kind) -> bool:
        return index < len(self.tokens) and self.tokens[index].kind is wanted

    def _is_no_choice(self, index: int) -> bool:
        """The 'or' of 'calculated or measured creatinine clearance', of 'male or female'."""
        if not index or index + 1 >= len(self.tokens):
            return False
        or_ = self.tokens[index]
        if _A_SEX_BEFORE.search(self.text[max(0, or_.start - 12) : or_.start]) and _A_SEX.match(self.text, or_.end):
            return True
        behind = self.text[self.tokens[index + 1].start :][:12].lower()
        if behind.startswith((f"un{self.tokens[index - 1].value}", f"non{self.tokens[index - 1].value}")):
            return True  # 'treated or untreated'
        return self.tokens[index - 1].value in _MEASURES and behind.startswith(tuple(_MEASURES))


_NO_CHOICE = re.compile(r"(?i)(?:sex|gender|race|eye|ethnic\w*|arm|side|m[ae]n|m?ale|(?:fe)?male|wom[ae]n)s?\b")
_A_SEX = re.compile(r"(?i)\W*(?:males?|females?|m[ae]n|wom[ae]n|boys?|girls?)\b")
_A_SEX_BEFORE = re.compile(r"(?i)\b(?:males?|females?|m[ae]n|wom[ae]n|boys?|girls?)\W*$")
_SORTS = frozenset(["patients", "subjects", "participants", "those", "individuals", "persons"])
_MEASURES = frozenset(["measured", "calculated", "estimated", "actual", "predicted", "determined", "serum", "plasma"])


def begin(limit: Limit, floor: int) -> int:
    """Where a limit begins: at its variable, or at its value when the variable stands before `floor`."""
    return limit.subject if limit.subject >= floor else limit.first


def grouped(reads: Sequence[Read]) -> list[list[Read]]:
    groups: list[list[Read]] = []
    for read in reads:
        if groups and groups[-1][0].limit.group == read.limit.group:
            groups[-1].append(read)
        else:
            groups.append([read])
    return groups


def last_group(reads: Sequence[Read]) -> list[Read]:
    return [read for read in reads if read.limit.group == reads[-1].limit.group] if reads else []


def same_sides(one: Values, other: Values) -> bool:
    """Whether two sets are bounded on the same side ('≤ 5' and '< 7')."""
    if one.is_empty or other.is_empty:
        return False
    a, b = one.intervals[0], other.intervals[0]
    return (a.low is None) == (b.low is None) and (one.intervals[-1].high is None) == (other.intervals[-1].high is None)


def ends_of(values: Values) -> list:  # type: ignore[type-arg]
    return [end for interval in values for end in (interval.low, interval.high) if end is not None]


def edges(values: Values) -> Values:
    return union([exactly(end) for end in ends_of(values)])


def has_fit(limit: Limit) -> bool:
    return bool(load_variables()[limit.variable].fit) and len(limit.stated.intervals) == 1


def against_fit(limit: Limit, *, exclusion: bool = False) -> bool:
    """Whether requiring the stated set (or excluding it) would keep the unfit and turn away the fit."""
    fit = load_variables()[limit.variable].fit
    if not fit or len(limit.stated.intervals) != 1:
        return False
    interval = limit.stated.intervals[0]
    variable = load_variables()[limit.variable]
    low, high = variable.plausible.intervals[0].low, variable.plausible.intervals[0].high
    keeps_low = interval.low is None or (variable.step is not None and interval.low == low)
    keeps_high = interval.high is None or (variable.step is not None and interval.high == high)
    if keeps_low == keeps_high:
        return False
    against = keeps_low if fit == "high" else keeps_high
    return not against if exclusion else against
