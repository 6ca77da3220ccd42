"""Readings that the source itself makes doubtful: targets, permissions, points of a score, parts of a definition."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.criteria.itemstate import Defect, Read, against_fit, same_sides
from rag.criteria.lexicon import load_variables
from rag.criteria.limits import Limit
from rag.criteria.mentions import asks_for_clotting, reason_of_mention
from rag.criteria.regimens import REGIMENS, is_of_one_agent
from rag.criteria.sought import sought
from rag.criteria.tokens import Kind
from rag.criteria.whom import Whom
from rag.values import Values


class Doubting(Whom):
    """Doubts about limits that are read and may not be meant."""

    def _is_aimed(self, read: Read) -> bool:
        """'in order to achieve hemoglobin > 9', 'goals above 7 %'; but 'unable to maintain SpO2 > 90 %' is a limit."""
        limit = read.limit
        if (
            _AIMED.search(self.text, max(0, limit.start - 20), limit.start)
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
            or any(self._stands_first(other, limit) for other in self.limits)
        ):
            return False
        for token in self.tokens[limit.last : limit.last + 5]:
            if token.value in ("allowed", "permitted", "acceptable"):
                return True
            if token.kind in (Kind.STOP, Kind.SEMICOLON, Kind.COMMA, Kind.NOT, Kind.OPEN):
                return False
        return False

    def _is_of_one_agent(self, read: Read) -> bool:
        """'no more than one prior platinum-based regimen': how many others went before is left open."""
        limit = read.limit
        most = (limit.stated.intervals[0].low is None) != (self.exclusion or read.negated)
        name = self.tokens[limit.name] if limit.name >= 0 else None
        return most and name is not None and is_of_one_agent(self.text.lower(), name.start, name.end)

    def _stands_first(self, other: Limit, limit: Limit) -> bool:
        """Whether another limit stands before, and is not what is made an exception of: '≤ 5 (> 5 is allowed …)'."""
        beyond = limit.explicit and not limit.stated.is_point
        apart = beyond and other.variable == limit.variable and not other.stated.overlaps(limit.stated)
        return other.last <= limit.first and other.group != limit.group and not apart

    def _doubt(self, reads: list[Read]) -> None:
        """Readings that the source itself makes doubtful."""
        if _COUNTS_PEOPLE.search(self.text):
            everywhere = "about how many take part"
        else:
            everywhere = "points of a score" if _POINTS.search(self.text) else ""
        for read in reads:
            read.doubtful = everywhere or self._reason_to_doubt(read) or read.doubtful
        self._doubt_pressures(reads)
        for one, other in pairwise(reads):
            if one.limit.name != other.limit.name or other.limit.first - one.limit.last != 1:
                continue
            plain = not (one.scopes or other.scopes or one.exceptions or other.exceptions or one.negated)
            joined = self.tokens[one.limit.last].kind is Kind.AND
            alike = same_sides(one.limit.stated, other.limit.stated) and one.limit.stated != other.limit.stated
            if plain and joined and alike:
                other.doubtful = "two ends of one side"  # '≥ 7.5 % and ≥ 10 %'

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
            (not self.exclusion and bool(_EXAMPLE.search(self._sentence_before(limit))), "one of several examples"),
            (self._is_aimed(read), "a target or a first value, not a present one"),
            (self._is_allowed_only(limit), "allowed, not required"),
            (limit.base == REGIMENS and self._is_of_one_agent(read), "treatments of one kind alone"),
            (self._is_fever(read), "a symptom, not a limit"),
            (
                limit.base in ("fsh", "estradiol") and (self._tells_menopause() or self._is_of_menses(read)),
                "part of a definition of menopause",
            ),
            (self._is_of_an_item(limit), "one item of a score"),
            (limit.base in _SUGARS and bool(_EPISODE.search(self._sentence(limit))), "what counts as an episode"),
            (bool(_PREFERRED.match(self.text, limit.end)), "preferred, not required"),
            (
                limit.base == "who_functional_class" and bool(_OF_JOINTS.search(self._sentence(limit))),
                "a class of another scale",
            ),
            (
                limit.base == "age" and self.exclusion and bool(_VALUE_FOR.search(self.text, 0, limit.start)),
                "whom something else concerns",
            ),
            (bool(_NOT_REQUIRED.match(self.text, limit.end)), "not required"),
            (self._is_of_others(limit), "whom something else concerns"),
            (
                (limit.base == "age" and bool(_MUST_TEST.match(self.text, limit.end)))
                or (limit.base in ("dipstick_protein", "upcr") and bool(_MUST_COLLECT.match(self.text, limit.end))),
                "whom something else concerns",
            ),
            (bool(_KEPT_FROM.match(self.text, limit.end)), "excluded from something else"),
            (bool(_DOSED.match(self.text, limit.end)), "about a dose"),
            (self.exclusion and bool(_EVALUATED.match(self.text, limit.end)), "what is then done"),
            (limit.base in _COUNTED and bool(_PER_TIME.match(self.text, limit.end)), "how fast it changes"),
            (bool(_COUNTED_READINGS.search(self._words_ahead(limit))), "how often it was measured"),
            (not self.exclusion and bool(_ONCE.search(self._sentence_before(limit))), "what was so once"),
            (bool(_QUOTA.search(self._sentence(limit))), "about how many take part"),
        )
        if asks_for_clotting(limit, exclusion=self.exclusion and not read.negated):
            return "the fit side, in a list of exclusions"
        first = self.tokens[limit.first].start
        told = next((reason for holds, reason in reasons if holds), "")
        return told or reason_of_mention(self.text, limit, first, exclusion=self.exclusion)

    def _is_of_menopause(self, limit: Limit) -> bool:
        """'non-childbearing potential is defined as ≥ 45 years of age without menses'; not 'women aged 50-75'."""
        before = self.text[max(0, limit.start - 200) : limit.start]
        after = _NO_MENSES.match(self.text, limit.end) or _NO_MENSES.search(self.text, limit.start, limit.end)
        after = after or _COUNTS_AS_MENOPAUSE.match(self.text, limit.end)
        return bool(_DEFINED_MENOPAUSE.search(before) or after)

    def _is_of_others(self, limit: Limit) -> bool:
        places = {limit.start, self.tokens[limit.first].start}
        words = (_ASSENT, _OF_WHOM) if self.exclusion else (_ASSENT, _TESTED, _WITH_SOME)
        if limit.base == "gleason_grade_group" and _OF_KIDNEY.search(self.text):
            return True
        if limit.base == "age" and not self.exclusion and _MAY_ENTER.match(self.text, limit.end):
            return True
        if limit.base == "age" and any(
            one.search(self.text, max(0, place - 90), place) for place in places for one in words
        ):
            return True
        return any(_OF_OTHERS.search(self.text, max(0, place - 70), place) for place in places)

    def _tells_menopause(self) -> bool:
        """Whether FSH tells who can have children; a trial in menopause asks for it in its own right."""
        return bool(_MENOPAUSE.search(self.text)) and (self.exclusion or bool(_FERTILE.search(self.text)))

    def _is_of_menses(self, read: Read) -> bool:
        """'no menses for a year with FSH > 35': the 'no' is not of the FSH."""
        return read.negated and "mens" in self._sentence_before(read.limit).lower()

    def _is_of_an_item(self, limit: Limit) -> bool:
        """'suicide item of the BDI ≥ 2', 'MADRS: 4 or more on question 10'; not 'the 24-item scale'."""
        if load_variables()[limit.variable].unit or load_variables()[limit.variable].step is None:
            return False
        name = self.tokens[limit.name] if limit.name >= 0 else None
        if name is not None and _ITEM.search(self.text, name.start, name.end):
            return False  # 'an endoscopic subscore of ≥ 2' is a measure of its own
        return bool(
            _ITEM.search(self.text, max(0, limit.start - 40), limit.end)
            or _ITEM_AFTER.match(self.text, limit.end)
            or (limit.name >= limit.last and _ITEM_NEXT.match(self.text, name.end if name else limit.end))
        )

    def _sentence(self, limit: Limit) -> str:
        """The words of the sentence that holds a limit."""
        low, high = max(0, limit.start - _SENTENCE_REACH), limit.end + _SENTENCE_REACH
        start = max(low - 1, *(self.text.rfind(mark, low, limit.start) for mark in (". ", "; ")))
        found = _SENTENCE.search(self.text, limit.end, high)
        return self.text[start + 1 : found.start() if found else high]

    def _words_ahead(self, limit: Limit) -> str:
        """The words before a value, its name among them, 90 characters at most."""
        start = self.tokens[limit.first].start
        return self.text[max(0, start - 90) : start]

    def _sentence_before(self, limit: Limit) -> str:
        """The words of its sentence before a limit, 160 characters at most."""
        words = self.text[max(0, limit.start - _SENTENCE_REACH) : limit.start]
        return words[max(words.rfind(". "), words.rfind("; ")) + 1 :]

    def _has_margin(self, limit: Limit) -> bool:
        """'normal (within 10 % of the upper limit)'."""
        return any(
            other.name == limit.name and other.scale == "uln" and 0 < other.first - limit.last <= 3
            for other in self.all_limits
        )

    def _is_fever(self, read: Read) -> bool:
        limit = read.limit
        wanted = limit.base == "body_temperature" and not self.exclusion and not read.negated
        return wanted and (against_fit(limit) or self.text[limit.start : limit.end].lower().startswith("fever"))

    def _doubt_pressures(self, reads: list[Read]) -> None:
        pressures = [
            read
            for read in reads
            if read.limit.variable in ("systolic_bp", "diastolic_bp") and len(read.limit.stated.intervals) == 1
        ]
        for one, other in pairwise(pressures):
            apart = one.limit.variable != other.limit.variable and _opposite(one.limit.stated, other.limit.stated)
            pairs = one.limit.join == other.limit.join == "pair"  # '< 90/50 or > 170/100': each of both pressures
            pairs = pairs or _LOW_PRESSURE.search(self.text, one.limit.end, other.limit.start) is not None
            if apart and not pairs and one.limit.group != other.limit.group and one.negated == other.negated:
                span = (one.limit.start, max(one.limit.end, other.limit.end))
                self.out.defects.append(
                    Defect("contradiction", "the two pressures are bounded on opposite sides", [span])
                )
                one.doubtful = other.doubtful = "the two pressures are bounded on opposite sides"


# "BP > 170/100; hypotension (systolic < 95)": each sign by its own name
_LOW_PRESSURE = re.compile(r"(?i)\b(?:hypotensi|hypertensi|shock\b)")
# "the proportion of subjects randomised with HbA1c < 7.5 % will be limited to 20 %", "stratified by LVEF < 50 %"
_COUNTS_PEOPLE = sought(
    r"(?i)\b(?:proportion|percentage|number) of (?:the )?(?:subjects|patients|participants)\b|\bwill be (?:limited"
    r"|capped|stratified)\b|\bstratif(?:ied|ication)\b",
    "proportion of", "percentage of", "number of", "will be", "stratif",
)


# "1 point each: age > 67, …", "age > 60 (1 point)"
_POINTS = sought(
    r"(?i)\b(?:\d|one|two|three) points? (?:each|for)\b|\(\s?(?:\d|one|two|three) points?\s?\)|\d points?:",
    "point",
)


_MENOPAUSE = re.compile(r"(?i)menopaus|amenorrh|sterili|hysterectom")
_FERTILE = re.compile(r"(?i)child-?\s?bearing|contracept|pregnan|fertil")
_SUGARS = frozenset(["glucose", "fasting_glucose"])
_EPISODE = re.compile(
    r"(?i)(?:hypoglyc[ae]+mi\w+|low blood (?:sugar|glucose)) (?:episodes?|events?|unawareness)"
    r"|(?:episodes?|events?) of (?:\w+ )?hypoglyc"
)
_ITEM = re.compile(
    r"(?i)(?<![-\d])(?<!\d )\b(?:items?|questions?|sub-?scales?|sub-?scores?|domains?|components?)\b"
    r"(?! (?:version|scale|hamilton|questionnaire))"
)
_ITEM_AFTER = re.compile(
    r"(?i)(?: points?)? (?:on|in|for|of) (?:the |any |at least |either )?(?:[\w-]+ ){0,3}"
    r"(?:items?|questions?|sub-?scales?|domains?)\b"
)
_PREFERRED = re.compile(r"(?i)[^.;<>≤≥]{0,40}\b(?:is|are) preferred\b")
_OF_JOINTS = re.compile(r"(?i)\b(?:acr|college of rheumatology|arthritis|steinbrocker|joints?)\b")
_VALUE_FOR = re.compile(r"(?i)(?:\d ?%?|percentile|points|kg/m2|mmhg)\)? (?:in|for) $")  # '> 38 kg/m2 in ages 19-30'
# '> 4 on PHQ-9 sleep items'
_ITEM_NEXT = re.compile(r"(?i) (?:[\w-]+ ){0,2}(?:items?|questions?|sub-?scales?|domains?)\b")
_NOT_REQUIRED = re.compile(r"(?i)[^.;,]{0,50}\b(?:no longer|not) (?:be )?(?:required|necessary|needed)\b")
# "Patients with clearance < 50 will start at a reduced dose"
_DOSED = re.compile(r"(?i)[^.;,<>≤≥]{0,40}\b(?:will|should|must) (?:start|be (?:dosed|started)|receive an? reduced"
    r"|use (?:(?:an?|the|their|ideal|adjusted|lean|actual|reduced|lower) ){0,3}(?:body weight|weight|dos\w+)"
    r"|have (?:their|the) dos\w+)\b")
# the ISUP grade of a kidney is another than that of a prostate
_OF_KIDNEY = re.compile(r"(?i)\b(?:renal|kidney|rcc|ccrcc|urothelial|bladder|glioma|adverse events?|toxicit\w+)\b")
# "patients under 17 years of age may enter with the consent of a parent"
_MAY_ENTER = re.compile(
    r"(?i)[^.;,<>≤≥]{0,24}\b(?:may|can) (?:also )?(?:enter|participate|enrol\w*|join|take part"
    r"|be (?:enrolled|included|entered|eligible))\b[^.;]{0,60}\b(?:assent|parent\w*|guardians?)\b"
)
# "will be excluded from a contrast MRI, but not from the protocol"
_KEPT_FROM = re.compile(
    r"(?i)[^.;]{0,60}\bexcluded from (?!(?:(?:the|this|our|any|all) )?(?:stud|trial|protocol|participa|enrol))"
    r"[^.;]{3,60}\bbut\b"
)
# "assent from participants above 10", "consent (if ages 18-60)"
_ASSENT = re.compile(
    r"(?i)\b(?:assent|consent)(?: form)?"
    r"(?:(?: \w+){0,3} (?:from|for|of|by|if) [^.;,:]{0,40}| \((?:if )?(?:age[sd]? )?)$"
    r"|\bassent\b(?! and\b)[^.;,:]{0,70}(?:, ?(?:typically|usually|generally|i\.e\.|e\.g\.|if)\b[^.;:]{0,40}"
    r"|\([^.;:)]{0,40})?$"
)
# "inability of children (ages 12-17) to assent", "pregnancy in women (ages 12-50)": something else is turned away
_OF_WHOM = re.compile(
    r"(?i)\w (?:of|in|by|for|among) (?:all |any |the )?(?:children|adolescents|minors|women|men|girls|boys|patients"
    r"|subjects|participants|those) \((?:if |for )?(?:age[sd]? )?$"
)
# "pregnancy tests in girls older than", "women with amenorrhea who are aged"
_TESTED = re.compile(
    r"(?i)\b(?:pregnancy tests?|contracepti\w+|fsh|hcg|mammogra\w+|colonoscop\w+|electrocardiogra\w+|ecg)\b"
    r"[^.;:]{0,40} (?:in|for|from|by|of) (?:all |any )?(?:girls|women|females?|men|males?|patients|subjects"
    r"|participants|those|children|adolescents)\b(?: who are| that are| aged| of)? ?$"
    r"|\b(?:oligo|a)menorrh?oe?a\b[^.;]{0,30}(?:aged|are|age) ?$"
)
# "females ≤ 65 years of age must have a negative pregnancy test"
_MUST_TEST = re.compile(
    r"(?i)[\s),]*(?:(?:years?|yrs|old|of age|or older|in age)[\s),]*){0,3}(?:who are able to bear children )?"
    r"(?:must|should|will|are required to|need to) (?:have|use|undergo|agree|provide|be|receive|submit|take)\b"
    r"[^.;]{0,40}\b(?:pregnan\w+|contracep\w+|birth control|mammogra\w+|colonoscop\w+|hcg)\b"
)
# "participants with ≥ 2+ should undergo a 24-hour collection", "2+ requires a protein/creatinine ratio < 1"
_MUST_COLLECT = re.compile(
    r"(?i)[^.;]{0,60}\b(?:(?:must|should|will|need to)(?: then| also)? (?:have|undergo|be|collect|provide|demonstrate)"
    r"|requires?)\b[^.;]{0,40}\b(?:24|collect\w+|quantif\w+|ratio|upcr)\b"
    r"|,? (?:an? |the )?24[- ]?h[^.;]{0,40}\b(?:should|must|will|needs? to) (?:then )?be"
    r" (?:obtained|collected|done|performed)\b"
)
# "patients with a PR interval > 200 ms will be seen by a cardiologist before they start"
_EVALUATED = re.compile(
    r"(?i)[^.;]{0,90}\b(?:will|should|must) (?:then |also |first )?be (?:evaluated|assessed|referred|reviewed|seen)"
    r"\b(?! to (?:exclude|be))"
)
_PER_TIME = re.compile(r"(?i) ?(?:per|/|each|a) ?(?:day|week|month|hour)s?\b")
_COUNTED = frozenset(["platelets", "hemoglobin", "wbc", "anc", "lymphocytes", "hematocrit"])
# "applicable to subjects aged", "transfusions allowed to patients with"
_OF_OTHERS = sought(
    r"(?i)\b(?:applicable (?:only )?(?:to|for|in)"
    r"|appl(?:y|ies) (?:only )?to|(?:allowed|given|offered|administered) (?:to|for)) [^.;,:]{0,40}$"
    r"|\((?:at least |approximately |about |up to )?\d{1,3} ?% (?:of [\w ]{0,20})?$",
    *["applicable ", "apply ", "applies ", "allowed ", "given ", "offered ", "administered ", "% "],
)
# "no more than 2 blood pressure readings > 165/95": how many may be so
_COUNTED_READINGS = re.compile(
    r"(?i)\b(?:no|not) more than (?:one|two|three|[1-3]) (?:[\w-]+ ){0,3}(?:readings?|measurements?)(?: of| above)?\W*$"
)
# "cannot take steroids due to a history of increased pressure above 28 mmHg"
_ONCE = re.compile(
    r"(?i)\b(?:due to|because of) (?:an? |the |their )?(?:prior |previous )?history of [^.;,]{0,40}$"
    r"|\bfail(?:ure|ed|s|ing)? to (?:achieve|reach|attain)\b[^.;<>≤≥]{3,60}\(?(?:defined as|i\.e\.,?|=) $"
)
# "no more than 3 participants per arm", "up to six additional patients", "the first 4 subjects"
_QUOTA = sought(
    r"(?i)\b(?:no more than|up to|maximum of|at least|approximately|about|the first) (?:\d{1,4}|[a-z]+)(?: ?%)?"
    r"(?: additional| of(?: the)?(?: enrolled)?)? (?:participants?|patients|subjects?|individuals|youths?)\b"
    r"(?! (?:and|or) (?:controls|caregivers))"
    r"|\b\d{1,3} ?% of (?:the |all )?(?:enrolled |study |total |randomi[sz]ed )*(?:population|participants|patients"
    r"|subjects|sample) (?:must|will|should|to) be\b",
    *["no more than ", "up to ", "maximum of ", "at least ", "approximately ", "about ", "the first ", "% of"],
)
# "≤ 75 years, with patients over the age of": of whom something else is said
_WITH_SOME = re.compile(
    r"(?i)\d[^.;]{0,24}, (?:with|but|and|although|while) (?:those|patients|participants|subjects|individuals|persons"
    r"|children)(?: who are| aged)?(?: over| above| under| below| older than| younger than)?(?: the age of)? ?$"
)
# "reasons for which may include older age (i.e. ≥ 40)", "suspected cancer, including patients with nodes, PSA > 10"
_EXAMPLE = sought(
    r"(?i)\b(?:(?:may|can|could) include|including (?:patients|subjects|participants|those|individuals) with)\b",
    " include", "including ",
)
_SENTENCE_REACH = 160  # characters
_SENTENCE = re.compile(r"[.;](?:\s|$)")
_HEDGED = re.compile(
    r"(?i)\b(?:typically|usually|generally|on average|mean|median|average)(?: age)?(?: of)?(?: about)? $"
)
_DEFINED_MENOPAUSE = re.compile(
    r"(?i)(?:child-?bearing|menopaus\w*|sterile|sterili[sz]\w+|amenorrh?oe?a)\b[^.;]{0,140}?"
    r"(?:\bdefin\w+|\bconsidered|\bi\.e\.|amenorrh?oe?a)[^.;]{0,80}$"
    r"|(?:child[- ]?bearing(?: potential)?|menopausal)(?: \w+)? \($"
)
_NO_MENSES = re.compile(r"(?i)[^.;]{0,50}\b(?:amenorrh?oe?a|(?<!normal )(?<!with regular )(?:menses|menstru\w+))\b")
_COUNTS_AS_MENOPAUSE = re.compile(
    r"(?i)(?:(?!\bwho\b)[^.;,<>≤≥]){0,24}\b(?:is|are|be) (?:consider(?:ed)? |deemed |regarded (?:as )?)"
    r"(?:to be )?(?:post)?-?menopausal"
)
_AIMED = re.compile(r"(?i)\b(?:(?:target|goal)(?: (?:for|of)(?: the)?)?|initial)(?: $| psa\b)")
# not the 'target' of an eye or a lesion, which is where something is measured
_AIMS = re.compile(
    r"(?i)\b(?:goals?|targets?(?! (?:eyes?|lesions?|joints?|knee|limb|area|vessels?|tumou?rs?|population))|targeted"
    r"|targeting)\b"
)
_TO_REACH = re.compile(
    r"(?i)(?P<able>\b(?:un)?able |\b(?:in)?ability |\bfail(?:ure|s|ed)? )?\bto (?:achieve|maintain|keep|reach|attain"
    r"|obtain|sustain|get|ensure|assure) (?:(?:an?|the|their|his|her|adequate|resting) )*$"
)


# "oxygen to maintain saturation ≥ 92 %", "epinephrine for MAP ≥ 65": what support aims at; not "able to maintain"
_SUPPORTED = sought(
    r"(?i)\b(?:requir\w+|need\w*|oxygen|vaso(?:pressors?|active)|(?:nor)?epinephrine|noradrenaline|inotropes?|support"
    r"|ventilation)\b(?:[^.;,]|\.\d){0,40}\b(?:to (?:maintain|keep|achieve|reach|sustain|hold)|for)(?: an?| the)? $",
    *["requir", "need", "oxygen", "vaso", "epinephrine", "noradren", "inotrop", "support", "ventilation"],
)


def _opposite(one: Values, other: Values) -> bool:
    a, b = one.intervals[0], other.intervals[0]
    return (
        ((a.low is None) != (a.high is None))
        and ((b.low is None) != (b.high is None))
        and (a.low is None) != (b.low is None)
    )
