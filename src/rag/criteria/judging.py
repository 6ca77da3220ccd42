"""What is turned round: 'no X > 5', 'are excluded', 'must be' in a list of exclusions."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.criteria.ages import WHO_WORDS
from rag.criteria.doubting import Doubting
from rag.criteria.itemstate import Read, against_fit, has_fit, same_sides
from rag.criteria.limits import Limit
from rag.criteria.tokens import Kind

_OR_REACH = 2  # tokens: 'or adjusted Clearance ≥ 60'
_FLIP_TO_OUT = re.compile(
    r"\b(?:is|are|be|were|was|considered|deemed) (?:also |therefore )?(?:excluded|exclusionary"
    r"|ineligible(?! to receive| for (?!(?:this|the|our) (?:study|trial|protocol)\b))"
    r"|not eligible(?! to receive| for (?!(?:this|the|our) (?:study|trial|protocol)\b))|not permitted|not allowed"
    r"|not acceptable)\b|\bnot be (?:eligible(?! for (?!(?:this|the|our) (?:study|trial|protocol)\b))"
    r"|allowed|permitted|included|enrolled)\b|\bwill (?:(?!not\b)[a-z]+ )?(?:exclude|disqualify)\b"
    r"|\bexclusion criteri\w+(?=[\s:]*\w)"
)


_EXCEPT_WHO = re.compile(r"(?i)\b(?:except|excepting|exception|unless)\b[^.;]*, who\b")
_UNPLAIN = "a negation whose reach is not plain"
# 'No patients with angina; stroke; renal failure (creatinine > 2.5)': one 'no' for the whole list
_NOBODY_WITH = re.compile(
    r"(?i)\W*no (?:patients|subjects|participants|individuals|persons|one) (?:with|who)\b"
    r"|(?:[^.]*[.;:] ?)?\W*no [^.;:]{3,120}\b(?:including|such as|any of|one of)\b[^.;:]{0,40}:"
)
# "no one unlikely to survive for 6 months": what is not likely is said of the value, not of the person
_UNLIKELY = re.compile(r"(?i)\bunlikely to (?:survive|live)\b[^.;,]{0,30}$")
_MODAL = re.compile(r"(?i)\b(?:may|must|should|can|shall|will|cannot)\b")
_CAPITALISED = re.compile(r"[A-Z][a-z]{2}|(?:No|At) [a-z]")
_PROPER = frozenset(["karnofsky", "lansky", "child_pugh", "ecog"])  # names of persons keep their capital


# sentences, also those whose full stop was lost: 'Age ≥ 21 years NOTE: Because …', 'Age ≥ 21 years Because …'
_PIECES = re.compile(r"(?<=[.;*])\s|\s(?=(?:NOTE|Note) ?:|Note that\b|Because\b|The following\b)")
_FITNESS = frozenset(["life_expectancy", "ecog", "karnofsky", "lansky"])  # nobody turns away the fit by these
_NOBODY = WHO_WORDS | {"minors", "minor", "one", "anyone", "persons", "pts"}  # 'no minors (under 18)'
_IDLE_AFTER = frozenset(
    ["must", "should", "need",  # 'those that have not must have'
     "limited", "only", "necessarily", "yet", "later", "specified", "applicable", "respond", "responded", "responding"]
)
_HYPERTENSION = re.compile(r"(?i)\b(?:no|not|without)\b[^.;]{0,60}\bhypertensi")
_UNMET = re.compile(r"\b(?:not|fails? to|unable to) (?:meet|fulfil|satisfy)")
_VERBS = frozenset(["have", "has", "they", "received", "failed", "refused"])
# capitals that begin no statement
_NAMES = frozenset(
    ["gilbert", "crohn", "hodgkin", "york", "heart", "association", "child", "pugh", "eastern", "cooperative",
     "oncology", "group", "cushing", "addison", "paget", "marfan", "turner", "parkinson", "alzheimer", "karnofsky",
     "lansky"]
)  # fmt: skip


_MUST = re.compile(r"\b(?:must|should|need to|have to|required to)\b(?! not)|\b(?:may|can) have\b")
_REQUIRED = re.compile(r"(?i) ?(?:of (?:the )?(?:predicted|normal)(?: value)? )?(?:is|are) (?:required|mandatory)\b")
# "All subjects will be adults", "Participants must be older than 21": what all are is asked for, in any list
_ASKED_OF_ALL = re.compile(
    r"(?i)^\W*(?:in addition,? |also,? |furthermore,? )?"
    r"(?:all |every |each |the )?(?:study )?(?:subjects?|participants?|patients?|volunteers?|individuals?)"
    r" (?:will (?:all )?be (?=(?:healthy )?adults?\b)"
    r"|(?:must|need to|have to|are required to) (?:all )?"
    r"(?:be (?=(?:healthy )?(?:adults?|males?|females?|m[ea]n|wom[ea]n"
    r"|at (?:least|most)|older|younger|over|under|above|below|between|aged|no (?:older|younger)|[≥≤<>=\d]))"
    r"|have (?!(?:had|been|no|not|undergone)\b|[a-z]+ed\b)))(?![^.;]*\b(?:excluded|if|unless)\b)"
)
# what stands between that and a limit of another sort: "must be deemed unfit, with a BMI > 40"
_TURNED_AWAY = re.compile(
    r"(?i);|\.\s|\b(?:not|nor|those|who|whose|any|un(?:suitable|fit)|ineligible|denied|rejected|withdrawn|deemed"
    r"|considered|screened|recovered)\b"
)
_LACKING = re.compile(
    r"(?i)\b(?:who|that|subjects|patients|participants|individuals) (?:do|does|did) not have (?:an?|the|at least)\b"
    r"(?![^.;]*\b(?:or|history of|but)\b)[^.;]*$"
)
_LACKED = re.compile(
    r"(?i)^\W*(?:(?:subjects|patients|participants|individuals|persons|those|people) )?"
    r"(?:without|lacking|lack of|absence of|not having) (?:an? |the )?$"
)
# "hypertension not controlled to ≤ 145/85", "cannot be reduced below 95"
_NOT_LOWERED = re.compile(
    r"(?i)(?:\bnot|\bcannot|\bunable to|\bfail\w* to)(?: (?:be|been|able to be|well|adequately|optimally)){0,2} "
    r"(?:controlled|stabili[sz]ed?|maintain(?:ed)?|reduced?|lower(?:ed)?|decreased?|brought|kept)\b"
    r"(?:(?: (?:to|at|below|under|down to|within|with \w+(?: \w+)?)){0,2} ?\(? ?| ?\([^();<>≤≥]*)$"
)
_LOWERED_REACH = 150  # characters
_MUST_BE = re.compile(r"(?i)\b(?:must|should|needs? to|ha(?:s|ve) to) (?:be|remain|measure) $")
_ASKED_FOR = re.compile(
    r"(?i)[ ,]{1,2}(?:(?:is|are) )?(?:required|needed|necessary) (?:for|to) "
    r"(?:participat|entry|enter|inclusion|eligib|enrol)"
)
_ENUMERATED = re.compile(r"[ivx]{1,4}|[a-h]|\d")


def _are_pressures(one: Limit, other: Limit) -> bool:
    """'No hypertension (systolic > 150 and diastolic > 100)': what is denied of the first is denied of the second."""
    return {one.base, other.base} == {"systolic_bp", "diastolic_bp"} and same_sides(one.stated, other.stated)


def _is_high(limit: Limit) -> bool:
    """Whether a pressure is bounded from below: what is denied with a hypertension."""
    interval = limit.stated.intervals[0]
    return limit.base in ("systolic_bp", "diastolic_bp") and interval.low is not None and interval.high is None


class Judging(Doubting):
    """Negations and sentences that exclude."""

    def _judge_negation(self, reads: list[Read]) -> None:
        flips = self._flipped_spans()
        previous: Read | None = None
        for read in reads:
            if read.settled:
                continue
            limit = read.limit
            far, near = self._negation(limit, previous)
            joined = (
                previous is not None
                and previous.negated
                and (
                    (self._joint(previous, read) in ("or", ";or", "with") and not self._has_verb(previous, read))
                    or previous.limit.name == limit.name
                    or (self._joint(previous, read) in ("and", "", ",") and _are_pressures(previous.limit, limit))
                    or (
                        self._joint(previous, read) in ("and", ",")
                        and against_fit(previous.limit)
                        and against_fit(limit)
                    )
                )
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
                    read.negated = against_fit(limit) or (
                        _HYPERTENSION.search(self.text) is not None and _is_high(limit)
                    )
                far = far or (previous is not None and previous.doubtful == _UNPLAIN and self._goes_on(previous, read))
                if far and not (near or joined or out or read.negated) and not has_fit(limit):
                    read.doubtful = _UNPLAIN
            self._judge_unlikely(read)
            previous = read

    def _judge_unlikely(self, read: Read) -> None:
        """'No one unlikely to survive 6 months', 'unlikely to live 6 months': whoever does not reach it is out."""
        limit = read.limit
        if limit.base == "life_expectancy" and _UNLIKELY.search(self.text, 0, self.tokens[limit.first].start):
            denied = any(token.kind is Kind.NOT for token in self.tokens[: limit.first])
            read.doubtful = "" if self.exclusion or denied else _UNPLAIN
            read.negated = self.exclusion

    def _has_verb(self, one: Read, other: Read) -> bool:
        """'no X < 6 or have a Y ≤ 9': an 'or' with a verb of its own begins another way."""
        between = self.tokens[one.limit.last : other.limit.first]
        return any(a.kind is Kind.OR and b.value in ("have", "has") for a, b in pairwise(between))

    def _goes_on(self, one: Read, other: Read) -> bool:
        """Whether two limits stand in one list of one sentence."""
        return not any(token.kind is Kind.STOP for token in self.tokens[one.limit.last : other.limit.first])

    def _judge_in_exclusion(self, read: Read, near: bool) -> None:
        """In an exclusion list 'No X < 30' still means X < 30 is out; 'must be ≥ 30' states the requirement."""
        limit = read.limit
        sentence = (self._sentence_before(limit) + self.text[limit.start : limit.end + 40]).lower()
        if self._is_denied_range(limit):
            read.negated = True  # 'not between the ages of 18 and 50'
            return
        if "not have" in self.text and _LACKING.search(self._sentence_before(limit)):
            read.negated = True  # 'Subjects who do not have an HbA1c ≥ 7 %'
            return
        asked = self._is_asked_for(read)
        if asked or _LACKED.match(self._sentence_before(limit)) or self._is_not_reached(limit):
            read.negated = True  # 'Lack of an HbA1c ≥ 7 %'
            return
        if not has_fit(limit) and self._is_asked_of_all(limit):
            read.negated = True
            return
        if not against_fit(limit) and _UNMET.search(self._sentence(limit)):
            read.doubtful = "what is not met, in a list of exclusions"
            return
        if near and against_fit(limit, exclusion=True):
            read.negated = True  # 'no platelets ≥ 100': not reaching the fit side is out
        elif not near and against_fit(limit, exclusion=True) and self._is_required(limit, sentence):
            read.negated = True
        if not near and not read.negated and against_fit(limit, exclusion=True):
            excepted = any(token.kind is Kind.EXCEPT for token in self.tokens[: limit.first])
            if limit.base in _FITNESS or excepted:
                read.doubtful = "it would turn away the fit"
        words = self.text[self.tokens[limit.first].start : self.tokens[limit.last - 1].end].lower()
        if re.match(r"(?:not|no|does not|must not|cannot)\b|not ", words) and not read.negated:
            if _MODAL.search(
                self.text, max(0, self.tokens[limit.first].start - 12), self.tokens[limit.first].start + 8
            ):
                read.negated = True  # 'may not be younger than 18'
            else:
                read.doubtful = "a negated comparison in a list of exclusions"

    def _is_asked_for(self, read: Read) -> bool:
        """'(neutrophils > 1800/mm3 required for participation)', 'their HbA1c must be < 8 %' of those who enter.

        Not 'to be excluded, the QTc must be > 500 ms'; 'pressures must be > 160 mmHg' may say either.
        """
        limit, first = read.limit, self.tokens[read.limit.first].start
        if against_fit(limit):
            return False
        if _ASKED_FOR.match(self.text, limit.end):
            return True
        if not _MUST_BE.search(self.text, max(0, first - 24), first) or "exclu" in self._sentence(limit).lower():
            return False
        if not has_fit(limit) and limit.base != "age" and limit.stated.intervals[0].high is None:
            read.doubtful = "what must be, in a list of exclusions"
            return False
        return True

    def _is_required(self, limit: Limit, sentence: str) -> bool:
        """Whether 'must' stands in a sentence, or 'is required' right behind a value."""
        return bool(_MUST.search(sentence) or _REQUIRED.match(self.text, limit.end))

    def _is_not_reached(self, limit: Limit) -> bool:
        """'hypertension not controlled to ≤ 145/85 mmHg': who is not as low as that is out."""
        first = self.tokens[limit.first].start
        low = limit.stated.intervals[0].low is None
        return low and _NOT_LOWERED.search(self.text, max(0, first - _LOWERED_REACH), first) is not None

    def _is_asked_of_all(self, limit: Limit) -> bool:
        """Whether a list of exclusions says what everybody must be or have, up to this limit."""
        begin = max(0, self.text.rfind(". ", 0, limit.start) + 1)
        for said in dict.fromkeys((self.text, self.text[begin:])):
            asked = _ASKED_OF_ALL.match(said)
            until = limit.start - len(self.text) + len(said)
            if asked is not None and not _TURNED_AWAY.search(said, asked.end(), max(asked.end(), until)):
                return True
        return False

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
        far = near = capital = with_it = False
        if limit.first < limit.name and self._opens_run_on(limit):
            return False, False  # 'No chemotherapy No more than 1 prior regimen': two statements
        broken = not has_fit(limit) and self._opens_run_on(limit)
        index = min(limit.subject, limit.first) - 1
        closed = 0  # brackets that open and close before the limit: '(men and women, without …)'
        while index >= floor:
            token = self.tokens[index]
            closed = max(0, closed + {Kind.CLOSE: 1, Kind.OPEN: -1}.get(token.kind, 0))
            if token.kind is Kind.SEMICOLON and _NOBODY_WITH.match(self.text):
                far = not any(token.kind is Kind.STOP for token in self.tokens[:index])
            if token.kind in (Kind.STOP, Kind.SEMICOLON) or self._begins_anew(index) or self._is_enumerated(index):
                break
            if limit.name > limit.first and token.kind is Kind.VARIABLE and token.value == limit.base:
                break  # 'no circulating blasts, and < 5 % blasts in marrow'
            capital = capital or (token.kind is Kind.OR and self.text[token.start] == "O")
            broken = broken or capital
            if capital and token.value == "not":
                break  # 'not previously irradiated OR PSA ≥ 5'; but 'No acute leukemia OR blasts > 10 %'
            if limit.base == "age" and token.kind is Kind.WORD and token.value not in _NOBODY:
                break  # 'healthy, without diabetes, aged 20 to 80'
            broken = broken or (token.kind is Kind.OR and self.tokens[index + 1].value in _VERBS)
            if token.kind is Kind.BUT and self.tokens[index - 1].kind is Kind.COMMA:
                break  # 'without known diabetes, but HbA1c ≥ 6.5 %'
            if token.kind in (Kind.COMMA, Kind.AND, Kind.BUT, Kind.COLON, Kind.CLOSE):
                broken = True
            with_it = with_it or (token.value == "with" and self._is_had_with(limit, index))
            if token.value == "without" and with_it:
                break  # 'without cirrhosis, with platelets 100-300': what is denied stands before the 'with'
            if token.kind is Kind.NOT and not closed and self.region_of[index] < 0 and not self._idle_not(index):
                far = True
                near = near or not broken
            index -= 1
        return far, near

    def _is_had_with(self, limit: Limit, index: int) -> bool:
        """'… with CD4 200-500', '… and with HbA1c < 7 %'; not 'without signs of renal failure with creatinine > 2'."""
        interval = limit.stated.intervals[0]
        both = len(limit.stated.intervals) == 1 and interval.low is not None and interval.high is not None
        return both or self.tokens[index - 1].kind in (Kind.AND, Kind.BUT)

    def _begins_anew(self, index: int) -> bool:
        """'No obvious cause of fever Neutropenic, …', 'on no drugs, and a BMI …': no 'no' reaches further."""
        token, before = self.tokens[index], self.tokens[index - 1] if index else None
        if before is None:
            return False
        if token.kind is Kind.AND and before.kind is Kind.COMMA:
            return self.tokens[index + 1].value in ("a", "an", "have", "has", "must")
        plain = (Kind.WORD, Kind.VARIABLE)
        if before.kind not in (*plain, Kind.DECOY, Kind.CLOSE) or token.kind not in plain:
            return False
        long = before.kind is Kind.VARIABLE or len(before.value) > 3
        lower = before.kind is Kind.CLOSE or (long and self.text[before.start].islower())
        said = self.text[token.start : token.end]
        return lower and token.value not in _NAMES and re.match(r"[A-Z][a-z]{3}", said) is not None

    def _is_enumerated(self, index: int) -> bool:
        """The sign of a member, '(iii)', '(b)', '3)': a 'no' of the member before ends there."""
        if self.tokens[index].kind is not Kind.CLOSE or index < 1:
            return False
        sign = self.tokens[index - 1]
        opened = self.tokens[index - 2].kind is Kind.OPEN if index > 1 else True
        said = self.text[sign.start : sign.end].lower()
        return opened and _ENUMERATED.fullmatch(said) is not None

    def _opens_run_on(self, limit: Limit) -> bool:
        """'No prior stroke Creatinine < 2': in run-on text a capital behind a plain word begins the next statement."""
        name = min(limit.subject, limit.first)
        stated = limit.first == name and self.tokens[name].kind is Kind.COMPARE and limit.name > name
        if (limit.name != name and not stated) or name < 2:
            return False
        before = self.tokens[name - 1]
        if before.kind not in (Kind.WORD, Kind.DECOY, Kind.GLUE, Kind.VARIABLE):
            return False
        if len(before.value) < 4 or not self.text[before.start].islower() or limit.base in _PROPER:
            return False
        return bool(_CAPITALISED.match(self.text, self.tokens[name].start))

    def _begins_statement(self, limit: Limit) -> bool:
        """'Absent or easily controlled ascites Albumin ≥ 3': no 'or' of the words before is of what begins here."""
        near = self.tokens[max(0, limit.subject - _OR_REACH) : limit.subject]
        worded = bool(near) and near[-1].kind is Kind.WORD
        return worded and self._opens_run_on(limit) and not any(token.kind is Kind.OR for token in near)

    def _is_fit_beyond(self, limit: Limit, previous: Read | None) -> bool:
        """A healthy limit some way behind a 'no' is a requirement of its own: the 'no' was about something else.

        'No heart failure LVEF above 45%' and 'no disability (mRS ≤ 2)', but not 'no LVEF above 45%'.
        """
        if not against_fit(limit, exclusion=True):
            return False
        floor = previous.limit.last if previous is not None else 0
        subject = min(limit.subject, limit.first)
        told = any(token.kind is Kind.COLON for token in self.tokens[subject : limit.first])  # 'No anaemia: Hb > 10'
        between: list[Kind] = []
        for index in range(subject - 1, floor - 1, -1):
            if self.tokens[index].kind is Kind.NOT:
                words = between.count(Kind.WORD) + between.count(Kind.GLUE)
                told = told or Kind.VARIABLE in between  # 'No uncontrolled hypertension LVEF above 50%'
                return Kind.OPEN in between or told or words >= 2 or (words > 0 and self._opens_run_on(limit))
            between.append(self.tokens[index].kind)
        return False

    def _idle_not(self, index: int) -> bool:
        after = self.tokens[index + 1 : index + 3]
        before = [token.value for token in self.tokens[max(0, index - 2) : index]]
        if before[:1] == ["with"] and before[1:] in (["or"], ["and"], ["/"]):
            return True  # 'with or without hypertension'
        if self.tokens[index].value == "never" and any(
            token.value == "pack_years" or token.value.startswith("smok") for token in after
        ):
            return True
        return any(token.value in _IDLE_AFTER for token in after)

    def _flipped_spans(self) -> list[tuple[int, int]]:
        """Sentences of a list of requirements that say who is out."""
        if not _FLIP_TO_OUT.search(self.text.lower()):
            return []
        spans: list[tuple[int, int]] = []
        start = 0
        for piece in _PIECES.split(self.text):
            end = start + len(piece) + 1
            inner = [(start + found.start(), start + found.end()) for found in re.finditer(r"\([^()]*\)?", piece)]
            spans += [(a, b) for a, b in inner if _FLIP_TO_OUT.search(self.text[a:b].lower())]
            out = _FLIP_TO_OUT.search(re.sub(r"\([^()]*\)?", lambda inner: " " * len(inner.group()), piece).lower())
            if out:
                but = _EXCEPT_WHO.search(piece, 0, out.end())  # '≤ 1.5, except those with …, who are excluded if …'
                spans.append((start + (but.start() if but else 0), end))
            start = end
        return spans
