"""What is turned round: 'no X > 5', 'are excluded', 'must be' in a list of exclusions; and what is doubtful."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.criteria.itemstate import Defect, Read, against_fit, has_fit
from rag.criteria.lexicon import load_variables
from rag.criteria.limits import Limit
from rag.criteria.tokens import Kind
from rag.criteria.whom import Whom
from rag.values import Values

_FLIP_TO_OUT = re.compile(
    r"\b(?:is|are|be|were|was|considered|deemed) (?:also |therefore )?(?:excluded|ineligible|exclusionary"
    r"|not eligible|not permitted|not allowed"
    r"|not acceptable)\b|\bnot be (?:eligible|allowed|permitted|included|enrolled)\b|\bwill exclude\b"
    r"|\bexclusion criteri\w+(?=[\s:]*\w)"
)


_MODAL = re.compile(r"(?i)\b(?:may|must|should|can|shall|will|cannot)\b")
_CAPITALISED = re.compile(r"[A-Z][a-z]{2}|(?:No|At) [a-z]")
_PROPER = frozenset(["karnofsky", "lansky", "child_pugh", "ecog"])  # names of persons keep their capital


_MUST = re.compile(r"\b(?:must|should|need to|have to|required to)\b(?! not)")


class Judging(Whom):
    """Negations, sentences that exclude, and readings that the source makes doubtful."""

    def _judge_negation(self, reads: list[Read]) -> None:
        flips = self._flipped_spans()
        previous: Read | None = None
        for read in reads:
            limit = read.limit
            far, near = self._negation(limit, previous)
            joined = (
                previous is not None
                and previous.negated
                and (self._joint(previous, read) in ("or", ";or", "with") or previous.limit.name == limit.name)
            )
            if previous is not None and previous.limit.group == limit.group:
                read.negated, read.doubtful = previous.negated, previous.doubtful
            elif self.exclusion:
                self._judge_in_exclusion(read, near)
            else:
                near = (near and not self._is_fit_beyond(limit, previous)) or self._is_denied_range(limit)
                read.negated = near or joined
                out = any(start <= self.tokens[limit.first].start < end for start, end in flips)
                if out and against_fit(limit, exclusion=True) and not near:
                    read.doubtful = "said to be excluded, yet it is the fit side"
                elif out:
                    read.negated = not near
                elif far and not near and not joined:
                    read.negated = against_fit(limit)
                if far and not (near or joined or out) and not has_fit(limit):
                    read.doubtful = "a negation whose reach is not plain"
            previous = read

    def _judge_in_exclusion(self, read: Read, near: bool) -> None:
        """In an exclusion list 'No X < 30' still means X < 30 is out; 'must be ≥ 30' states the requirement."""
        limit = read.limit
        start = max(0, limit.start - 80)
        sentence = self.text[start : limit.end + 40].lower()
        if self._is_denied_range(limit):
            read.negated = True  # 'not between the ages of 18 and 50'
            return
        if near and against_fit(limit, exclusion=True):
            read.negated = True  # 'no platelets ≥ 100': not reaching the fit side is out
        elif not near and against_fit(limit, exclusion=True) and _MUST.search(sentence):
            read.negated = True
        if not near and not read.negated and against_fit(limit, exclusion=True):
            excepted = any(token.kind is Kind.EXCEPT for token in self.tokens[: limit.first])
            if limit.base == "life_expectancy" or excepted:
                read.doubtful = "it would turn away the fit, after an exception"
        words = self.text[self.tokens[limit.first].start : self.tokens[limit.last - 1].end].lower()
        if re.match(r"(?:not|no|does not|must not|cannot)\b|not ", words) and not read.negated:
            if _MODAL.search(
                self.text, max(0, self.tokens[limit.first].start - 12), self.tokens[limit.first].start + 8
            ):
                read.negated = True  # 'may not be younger than 18'
            else:
                read.doubtful = "a negated comparison in a list of exclusions"

    def _is_denied_range(self, limit: Limit) -> bool:
        """Whether 'not between', 'not within' stands right before a range."""
        interval = limit.stated.intervals[0]
        if len(limit.stated.intervals) != 1 or interval.low is None or interval.high is None:
            return False
        before = self.tokens[max(0, limit.first - 5) : limit.first]
        values = [token.value for token in before]
        return "not" in values and any(t.kind is Kind.BETWEEN or t.value in ("within", "in") for t in before)

    def _negation(self, limit: Limit, previous: Read | None) -> tuple[bool, bool]:
        """Whether a 'no' stands before the variable in its sentence, and whether it governs it directly."""
        floor = previous.limit.last if previous is not None else 0
        far = near = False
        if limit.first < limit.name and self._opens_run_on(limit):
            return False, False  # 'No chemotherapy No more than 1 prior regimen': two statements
        broken = not has_fit(limit) and self._opens_run_on(limit)
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

    def _opens_run_on(self, limit: Limit) -> bool:
        """'No prior stroke Creatinine < 2': in run-on text a capital behind a plain word begins the next statement."""
        name = min(limit.subject, limit.first)
        stated = limit.first == name and self.tokens[name].kind is Kind.COMPARE and limit.name > name
        if (limit.name != name and not stated) or name < 2:
            return False
        before = self.tokens[name - 1]
        if before.kind not in (Kind.WORD, Kind.DECOY, Kind.GLUE, *([Kind.VARIABLE] if stated else [])):
            return False
        if len(before.value) < 4 or not self.text[before.start].islower() or limit.base in _PROPER:
            return False
        return bool(_CAPITALISED.match(self.text, self.tokens[name].start))

    def _is_fit_beyond(self, limit: Limit, previous: Read | None) -> bool:
        """A healthy limit some way behind a 'no' is a requirement of its own: the 'no' was about something else.

        'No heart failure LVEF above 45%' and 'no disability (mRS ≤ 2)', but not 'no LVEF above 45%'.
        """
        if not against_fit(limit, exclusion=True):
            return False
        floor = previous.limit.last if previous is not None else 0
        subject = min(limit.subject, limit.first)
        between: list[Kind] = []
        for index in range(subject - 1, floor - 1, -1):
            if self.tokens[index].kind is Kind.NOT:
                words = between.count(Kind.WORD) + between.count(Kind.GLUE)
                return Kind.OPEN in between or words >= 2 or (words > 0 and self._opens_run_on(limit))
            between.append(self.tokens[index].kind)
        return False

    def _idle_not(self, index: int) -> bool:
        after = self.tokens[index + 1 : index + 3]
        if self.tokens[index].value == "never" and any(
            token.value == "pack_years" or token.value.startswith("smok") for token in after
        ):
            return True
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

    def _is_aimed(self, read: Read) -> bool:
        """'in order to achieve hemoglobin > 9', 'goals above 7 %'; but 'unable to maintain SpO2 > 90 %' is a limit."""
        limit = read.limit
        if (
            _AIMED.search(self.text, max(0, limit.start - 12), limit.start)
            or _SUPPORTED.search(self.text, max(0, limit.start - 80), limit.start)
            or (limit.base == "psa" and _AIMED.match(self.text, limit.start))
            or _AIMS.search(self.text, limit.start, max(limit.start, self.tokens[limit.first].start))
        ):
            return True
        found = _TO_REACH.search(self.text, max(0, limit.start - 60), limit.start)
        if found is None:
            return False
        able = (found["able"] or "").lower()
        if able.startswith(("un", "in", "fail")) and self.exclusion and against_fit(limit, exclusion=True):
            read.negated = True
            return False
        return not able.startswith("ab") or self.exclusion

    def _is_allowed_only(self, limit: Limit) -> bool:
        """'Bilirubin > 2 and ≤ 3 allowed with half the dose': a permission in a list of requirements limits nobody."""
        counted = load_variables()[limit.base].counts and limit.stated.intervals[0].low is None
        if (
            self.exclusion
            or counted
            or any(other.last <= limit.first and other.group != limit.group for other in self.limits)
        ):
            return False
        for token in self.tokens[limit.last : limit.last + 5]:
            if token.value in ("allowed", "permitted", "acceptable"):
                return True
            if token.kind in (Kind.STOP, Kind.SEMICOLON, Kind.COMMA, Kind.NOT, Kind.OPEN):
                return False
        return False

    def _doubt(self, reads: list[Read]) -> None:
        """Readings that the source itself makes doubtful."""
        if _COUNTS_PEOPLE.search(self.text):
            everywhere = "about how many take part"
        else:
            everywhere = "points of a score" if _POINTS.search(self.text) else ""
        for read in reads:
            read.doubtful = everywhere or self._reason_to_doubt(read) or read.doubtful
        self._doubt_pressures(reads)

    def _reason_to_doubt(self, read: Read) -> str:
        limit = read.limit
        before = self.text[max(0, limit.start - 5) : limit.start].lower()
        reasons = (
            (limit.inherited and not read.scopes, "a second number without its comparison"),
            (limit.rivalled, "one of several ranges"),
            (limit.scale == "normal" and self._has_margin(limit), "normal within a margin"),
            (limit.scale == "normal" and self.exclusion and not read.negated, "normal, in a list of exclusions"),
            (
                limit.base == "age" and before == " for ",
                "whom something else concerns",
            ),  # 'too high for < 1 year of age'
            (limit.base == "age" and self._is_of_menopause(limit), "part of a definition of menopause"),
            (limit.base == "age" and bool(_HEDGED.search(self.text, 0, limit.start)), "a usual value"),
            (self._is_aimed(read), "a target or a first value, not a present one"),
            (self._is_allowed_only(limit), "allowed, not required"),
            (self._is_fever(read), "a symptom, not a limit"),
        )
        return next((reason for holds, reason in reasons if holds), "")

    def _is_of_menopause(self, limit: Limit) -> bool:
        """'non-childbearing potential is defined as ≥ 45 years of age without menses'; not 'women aged 50-75'."""
        before = self.text[max(0, limit.start - 200) : limit.start]
        return bool(_DEFINED_MENOPAUSE.search(before) or _NO_MENSES.match(self.text, limit.end))

    def _has_margin(self, limit: Limit) -> bool:
        """'normal (within 10 % of the upper limit)'."""
        return any(
            other.name == limit.name and other.scale == "uln" and 0 < other.first - limit.last <= 3
            for other in self.all_limits
        )

    def _is_fever(self, read: Read) -> bool:
        limit = read.limit
        wanted = limit.base == "body_temperature" and not self.exclusion and not read.negated
        return wanted and self.text[limit.start : limit.end].lower().startswith("fever")

    def _doubt_pressures(self, reads: list[Read]) -> None:
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


# "the proportion of subjects randomised with HbA1c < 7.5 % will be limited to 20 %", "stratified by LVEF < 50 %"
_COUNTS_PEOPLE = re.compile(
    r"(?i)\b(?:proportion|percentage|number) of (?:the )?(?:subjects|patients|participants)\b|\bwill be (?:limited"
    r"|capped|stratified)\b|\bstratif(?:ied|ication)\b"
)


# "1 point each: age > 67, …", "age > 60 (1 point)"
_POINTS = re.compile(
    r"(?i)\b(?:\d|one|two|three) points? (?:each|for)\b|\(\s?(?:\d|one|two|three) points?\s?\)|\d points?:"
)


_HEDGED = re.compile(
    r"(?i)\b(?:typically|usually|generally|on average|mean|median|average)(?: age)?(?: of)?(?: about)? $"
)
_DEFINED_MENOPAUSE = re.compile(
    r"(?i)(?:child-?bearing|menopaus\w*|sterile|sterili[sz]\w+|amenorrh?oe?a)\b[^.;]{0,140}?"
    r"(?:\bdefin\w+|\bconsidered|\bi\.e\.|amenorrh?oe?a)[^.;]{0,80}$"
    r"|(?:child[- ]?bearing(?: potential)?|menopausal)(?: \w+)? \($"
)
_NO_MENSES = re.compile(r"(?i)[^.;]{0,50}\b(?:amenorrh?oe?a|menses|menstru\w+)\b")
_AIMED = re.compile(r"(?i)\b(?:target|goal|initial)(?: $| psa\b)")
_AIMS = re.compile(r"(?i)\b(?:goals?|targets?|targeted|targeting)\b")
_TO_REACH = re.compile(
    r"(?i)(?P<able>\b(?:un)?able |\b(?:in)?ability |\bfail(?:ure|s|ed)? )?\bto (?:achieve|maintain|keep|reach|attain"
    r"|obtain|sustain|get) (?:(?:an?|the|their|his|her|adequate|resting) )*$"
)


# "oxygen to maintain saturation ≥ 92 %", "epinephrine for MAP ≥ 65": what support aims at; not "able to maintain"
_SUPPORTED = re.compile(
    r"(?i)\b(?:requir\w+|need\w*|oxygen|vaso(?:pressors?|active)|(?:nor)?epinephrine|noradrenaline|inotropes?|support"
    r"|ventilation)\b(?:[^.;,]|\.\d){0,40}\b(?:to (?:maintain|keep|achieve|reach|sustain|hold)|for)(?: an?| the)? $"
)


def _opposite(one: Values, other: Values) -> bool:
    a, b = one.intervals[0], other.intervals[0]
    return (
        ((a.low is None) != (a.high is None))
        and ((b.low is None) != (b.high is None))
        and (a.low is None) != (b.low is None)
    )
