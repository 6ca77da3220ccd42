"""Ways to qualify told in words beside a limit: 'and/or a positive skin test', 'HbA1c ≥ 6.5 % or a diagnosis'."""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter

from rag.criteria.idle import METHOD_WORDS, SURENESS, is_of_example, is_of_law, is_of_method, past_remark
from rag.criteria.itemstate import Alternative, Read
from rag.criteria.joining import AND_FINDINGS, CAPITAL_OR, EITHER_OR, OR_ILLNESS, OR_WHO, TOGETHER_WITH
from rag.criteria.judging import Judging
from rag.criteria.lexicon import load_variables
from rag.criteria.limits import Limit, Refused
from rag.criteria.tokens import Kind

_EITHER = re.compile(r"(?i)\beither (?!sex|gender|race|eye|ethnic)[^.;:<>≤≥\d]{0,34}$")
_OR_WORDS = re.compile(r"[,)]?(?P<more>[^.;:<>≤≥\d]{0,120}? or [^\W\d][^.;:<>≤≥]{3,60})")
# 'anaemia (Hb < 10), an enlarged spleen, or fever'
_SIGNS = re.compile(r"\)(?P<more>(?:, [^.;:<>≤≥\d(),]{3,50}){1,4},? or [^\W\d][^.;:<>≤≥\d]{2,60})$")
# "IgE > 2 kU/L as measured by an assay at screening and/or a positive test"; not "with or without", "A and/or B ≤ 2"
_AND_OR = re.compile(
    r"(?i)[\s)]{0,2}(?:(?: ?\([^()<>≤≥]{2,60}\))?(?: (?:as )?(?:measured|determined|assessed|tested|confirmed|shown)"
    r" (?:by|using|with|at) [^.;:,<>≤≥()]{2,60}?| (?:at|on|within|to) [^.;:,<>≤≥()]{2,40}?)?),? ?and ?/ ?or"
    r" (?P<more>(?!older|above|over|more|greater|less|below|under|equal|an? (?:equivalent|similar))"
    r"[^\W\d][^.;:<>≤≥]{3,90})"
)
# "(glucose > 110 mg/dL) or patient on insulin", "… or a history of the disease"
_OR_PERSON = re.compile(
    r"(?i)(?:; ?[<>≤≥] ?[\d.]{1,5} ?[a-zµ/]{1,8} ?)?\),? or (?P<more>(?:(?:the )?(?:patient|subject|participant)s?"
    r" (?:is |are |was |were |currently |already |now ){0,2}"
    r"(?:on|taking|receiving|treated|has|have|with|using|requir)"
    r"|(?:an? )?(?:(?:documented|known|prior|previous|confirmed|positive|clinical|current) ){0,2}"
    r"(?:history|diagnosis|use|treatment|evidence|test|challenge)\b)[^.;:<>≤≥]{0,90})"
)
# "positive skin test to birch and/or Bet v 1-specific IgE ≥ 0.5": up to the name
_AHEAD = re.compile(
    r"(?i),? and ?/ ?or (?:(?:an?|the|positive|elevated|increased|raised|high|low|serum"
    r"|blood|plasma|total|detectable|documented|peripheral|[\w-]*specific|[a-z]{3} [a-z] \d{1,2}[- ]?) ?){0,5}$"
)
# "Measurable disease; or relevant markers (i.e. CA-125 ≥ 2 x ULN)"
_OTHER_NOUN = re.compile(r"(?i); ?or (?:[\w-]+ ){0,5}\((?:i\.e\.,? |e\.g\.,? )?$")
_REACH = 180  # characters
_COUNTED = frozenset(["age", "prior_lines", "gestational_age", "life_expectancy"])


def way_behind(text: str, limit: Limit, end: int, *, in_list: bool) -> tuple[int, int] | None:
    """Where another way is told behind a requirement that ends at `end`; `in_list`: something follows it."""
    if _EITHER.search(text, max(0, limit.start - 44), limit.start):
        found = _OR_WORDS.match(text, end)
        if found is not None:
            return found.span("more")
    opened = max(text.rfind("(", 0, end), 0)
    signs = _SIGNS.match(text, end) if in_list and text[:opened].rstrip()[-1:].isalpha() else None
    found = signs or (_AND_OR.match(text, end) if _may_be_one(limit) else None) or _OR_PERSON.match(text, end)
    return found.span("more") if found is not None else None


def way_ahead(text: str, limit: Limit) -> tuple[int, int] | None:
    """Where another way is told before a requirement."""
    if not _may_be_one(limit):
        return None
    noun = _OTHER_NOUN.search(text, max(0, limit.start - _REACH), limit.start)
    if noun is not None:
        return max(0, text.rfind(". ", 0, noun.start()) + 1), noun.start()
    start = max(0, limit.start - _REACH, *(text.rfind(sign, 0, limit.start) + 1 for sign in (". ", ";", ":")))
    found = _AHEAD.search(text, start, limit.start)
    told = found is not None and len(text[start : found.start()].split()) > 1  # 'relapsed and/or': no words of its own
    return (start, found.start()) if found is not None and told else None


def _may_be_one(limit: Limit) -> bool:
    """Whether a limit may be one of several ways; an age hardly ever is."""
    return limit.base not in _COUNTED and not load_variables()[limit.base].counts


class Ways(Judging):
    """Finds words without a number that are joined to a limit."""

    refused_in_order: list[Refused]

    def _other_words(self, run: list[list[Read]]) -> list[Alternative]:
        """Words without a number joined to the run by 'or' (requirements) or 'and' (exclusions)."""
        wanted = Kind.AND if self.exclusion or run[0][0].negated else Kind.OR
        found = []
        last = max(read.limit.last for read in run[-1])
        behind = self._words_after(last, wanted)
        if behind is None and wanted is Kind.AND:
            behind = self._findings_after(last)
        elif behind is None:
            behind = self._capital_or(last) or self._way_behind(run, last)
        if behind:
            found.append(behind)
        found += self._unread_ways(run) if wanted is Kind.OR else self._unread_company(last)
        first = min(min(read.limit.subject, read.limit.first) for read in run[0])
        ahead = self._words_before(first, wanted)
        if ahead is None and wanted is Kind.OR:
            ahead = self._others_before(first) or self._way_ahead(run)
        if ahead:
            found.append(ahead)
        return found

    def _findings_after(self, last: int) -> Alternative | None:
        """'ALT > 1.5 x ULN at two visits and the findings are significant': both together turn away."""
        end = max(self.tokens[last - 1].end, self.tokens[last - 1].unit_end)
        found = AND_FINDINGS.match(self.text, self.tokens[last - 1].end) if self.exclusion else None
        found = found or TOGETHER_WITH.match(self.text, end)
        following = (token.start for token in self.tokens[last:] if token.kind in (Kind.COMPARE, Kind.NUMBER))
        if found is None or next(following, len(self.text)) < found.start("more"):
            return None
        return Alternative(*found.span("more"))

    def _way_behind(self, run: list[list[Read]], last: int) -> Alternative | None:
        """'IgE > 2 as measured by … and/or a positive skin test', '(glucose > 110) or patient on insulin'."""
        end = max(self.tokens[last - 1].end, self.tokens[last - 1].unit_end)
        told = way_behind(self.text, run[0][0].limit, end, in_list=last < len(self.tokens))
        return Alternative(*told) if told is not None and not self._has_limit(*told) else None

    def _way_ahead(self, run: list[list[Read]]) -> Alternative | None:
        """'A positive skin test to birch and/or birch-specific IgE ≥ 0.5': the words before are enough."""
        told = way_ahead(self.text, run[0][0].limit)
        return Alternative(*told) if told is not None and not self._has_limit(*told) else None

    def _has_limit(self, start: int, end: int) -> bool:
        return any(start <= limit.start < end for limit in self.all_limits)

    def _capital_or(self, last: int) -> Alternative | None:
        """'… despite two prior regimens as standard of care OR patient refuses them': a way of its own."""
        end = max(self.tokens[last - 1].end, self.tokens[last - 1].unit_end)
        found = CAPITAL_OR.match(self.text, end)
        if found is None or any(end <= limit.start < found.end() for limit in self.all_limits):
            return None
        return Alternative(*found.span("more" if found["more"] else "unfit"))

    def _unread_ways(self, run: list[list[Read]]) -> list[Alternative]:
        """Values that could not be read and are another way all the same: 'FEV1 > 1.8 L or 75 % predicted'."""
        first = min(min(read.limit.subject, read.limit.first) for read in run[0])
        last = max(read.limit.last for read in run[-1])
        found = []
        for refused in self._refused_near(first - _NEAR, last + _NEAR):
            gap = self.tokens[last : refused.first]
            if refused.first < last:
                gap = self.tokens[refused.first + 1 : max(read.limit.first for read in run[0])]
            gap = gap[1:] if [token.kind for token in gap[:2]] == [Kind.COMMA, Kind.OR] else gap
            kinds = {token.kind for token in gap}
            names = [token.kind for token in gap if token.kind in (Kind.VARIABLE, Kind.OR)]
            if (
                names[:1] == [Kind.OR]
                and len(gap) <= 8
                and not kinds & {Kind.STOP, Kind.SEMICOLON, Kind.COMMA}
            ):
                found.append(Alternative(refused.start, refused.end))
        return found

    def _unread_company(self, last: int) -> list[Alternative]:
        """'bilirubin > 2 x ULN with direct bilirubin > 20 %': who has both is turned away, though one is unread."""
        near = self._refused_near(last, last + _NEAR) if self.exclusion else []
        names = (Kind.VARIABLE, Kind.COMPARE)
        ends = [next((i for i in range(last, one.first) if self.tokens[i].kind in names), one.first) for one in near]
        beside = (one for one, end in zip(near, ends, strict=True) if self._is_plain_with(last, end))
        return [Alternative(one.start, one.end) for one in beside]

    def _refused_near(self, first: int, last: int) -> list[Refused]:
        """The unread values between two tokens."""
        refused = self.refused_in_order
        return refused[bisect_left(refused, first, key=_place) : bisect_left(refused, last, key=_place)]

    def _words_after(self, index: int, wanted: Kind) -> Alternative | None:
        depth = 0
        while index < len(self.tokens):
            index = past_remark(self.tokens, index, self.text)
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
                if depth == 0 and wanted is Kind.AND and self._is_joint(index + 1, Kind.COMMA):
                    return None  # '(including QTc > 450 ms), and heart failure': the next member of a list
                depth = max(depth - 1, 0)
            elif token.kind is wanted and self._joins_remark(index, depth):
                pass  # '(elevated values must be falling or stable)'
            elif depth == 0 and self._is_and_or(index) and wanted is Kind.OR:
                return self._alternative(index + 3)
            elif token.kind is wanted:
                following = self.tokens[index + 1 : index + 2]
                if wanted is Kind.AND and any(t.value in _FURTHER or t.kind is Kind.SLASH for t in following):
                    return None  # '(platelets < 50,000) and other serious diseases': one more of a list; 'and/or'
                return self._alternative(index + 1)
            elif (
                depth == 0
                and (token.kind is not Kind.COMMA or not self._goes_on_with(index + 1, wanted))
                and token.kind is not Kind.WORD
            ) or (depth == 0 and token.kind is Kind.WORD and token.value not in _LOOSE):
                return None
            index += 1
        return None

    def _joins_remark(self, index: int, depth: int) -> bool:
        """Whether an 'or' stands between two words of a remark in brackets, or of 'known or suspected'."""
        tenses = {token.value for token in self.tokens[index - 1 : index + 2 : 2]}
        if tenses <= _TENSES or (depth and is_of_example(self.text, self.tokens[index].start)):
            return True  # 'who had or have an allergy'
        if depth == 0 or self.tokens[index].kind is Kind.AND:  # '(moderate and severe impairment)'
            return self.tokens[index - 1].value in SURENESS and self.tokens[index + 1 : index + 2] != []
        sides = {token.value for token in self.tokens[index - 1 : index + 2 : 2] if token.kind is Kind.VARIABLE}
        if depth and len(sides) == 1 and self.tokens[index - 1].kind is self.tokens[index + 1].kind is Kind.VARIABLE:
            return True  # '(Zubrod or WHO scale)'
        before = self.tokens[index - 1].kind in (Kind.WORD, Kind.SLASH)
        after = [token.kind for token in self.tokens[index + 1 : index + 3]]
        return before and (after[:1] == [Kind.WORD] or after == [Kind.GLUE, Kind.WORD])

    def _alternative(self, first: int) -> Alternative | None:
        """The words from `first` to the next boundary, when they are words at all and hold no limit."""
        if (
            not self.exclusion
            and first < len(self.tokens)
            and self.tokens[first].kind is Kind.NOT
            and self.tokens[first - 1].kind is Kind.AND
        ):
            return None
        if first < len(self.tokens) and self.tokens[first].kind is Kind.WITHIN:
            return None  # '(at screening and during the last 3 months)'
        last = first
        while last < len(self.tokens) and self.tokens[last].kind not in (Kind.STOP, Kind.SEMICOLON, Kind.COMMA):
            last += 1
        words = [
            token
            for token in self.tokens[first:last]
            if token.kind in (Kind.WORD, Kind.VARIABLE, Kind.DECOY, Kind.NORMAL, Kind.ULN)
        ]
        if not words or any(limit.first >= first and limit.first < last for limit in self.limits):
            return None
        if all(token.value in _IDLE_WORDS for token in words) or any(
            token.value in METHOD_WORDS for token in self.tokens[first:last]
        ):
            return None
        if is_of_method(self.text, self.tokens[first].start) or is_of_law(self.text, self.tokens[first].start):
            return None
        return Alternative(self.tokens[first].start, self.tokens[last - 1].end)

    def _others_before(self, index: int) -> Alternative | None:
        """'patients with AIDS or who have a CD4 count < 500': the words before the 'or' are another way to qualify."""
        start = index
        while start > 0 and self.tokens[start - 1].kind not in (Kind.STOP, Kind.SEMICOLON, Kind.COLON):
            start -= 1
        begin, end = self.tokens[start].start, self.tokens[index].start
        found = OR_ILLNESS.search(self.text, begin, end) or OR_WHO.search(self.text, begin, end)
        if found is None and (either := EITHER_OR.search(self.text, begin, end)) is not None:
            return Alternative(*either.span("more"))
        anew = self.tokens[index].kind is Kind.COMPARE and self.text[end].isupper()  # '… is so No more than 3'
        if found is None or anew or any(limit.start < found.start() and limit.end > begin for limit in self.limits):
            return None
        words = (t for t in self.tokens[start:index] if t.start < found.start() and t.kind in (Kind.WORD, Kind.SEX))
        return Alternative(begin, found.start()) if next(words, None) is not None else None

    def _is_listed(self, joint: int) -> bool:
        """'any risk of bleeding, including haemophilia and platelets < 90', 'nursing, pregnancy and age < 18'."""
        before = self.tokens[:joint]
        aged = any(one.base == "age" and one.first > joint for one in self.limits[:1])
        return any(token.value in _EXAMPLES or (aged and token.kind is Kind.COMMA) for token in before)

    def _words_before(self, index: int, wanted: Kind) -> Alternative | None:
        cursor = index - 1
        while cursor >= 0 and (
            self.tokens[cursor].kind in (Kind.GLUE, Kind.OPEN)
            or self.tokens[cursor].value == "*"  # '… OR / * Ejection fraction ≥ 50 %'
            or self.region_of[cursor] >= 0
        ):
            cursor -= 1
        while cursor > 0 and wanted is Kind.OR and self.tokens[cursor].value in _QUALIFIERS:
            cursor -= 1
        if cursor < 0 or self.tokens[cursor].kind is not wanted or self._is_no_choice(cursor):
            return None
        if wanted is Kind.AND and self.tokens[cursor + 1].value in _OTHERS:
            return None
        if wanted is Kind.AND and self.exclusion and self._is_listed(cursor):
            return None
        last = cursor
        if wanted is Kind.OR and cursor and self.tokens[cursor - 1].kind in (Kind.COMMA, Kind.SEMICOLON):
            last -= 1  # 'insulin, a diagnosis, or HbA1c ≥ 6.5 %'
        first = last
        while first > 0 and self.tokens[first - 1].kind not in (Kind.STOP, Kind.SEMICOLON, Kind.COLON, Kind.COMMA):
            first -= 1
        inside = [limit for limit in self.limits if limit.first < last and limit.last > first]
        first = max([first, *(limit.last for limit in inside)])  # 'aged > 18 with a stain or an AFP > 2 x ULN'
        words = [token for token in self.tokens[first:last] if token.kind in (Kind.WORD, Kind.VARIABLE, Kind.DECOY)]
        if any(limit.base != "age" for limit in inside):
            return None
        if not words or all(token.value in _IDLE_WORDS for token in words):
            return None
        return Alternative(self.tokens[first].start, self.tokens[last - 1].end)


# 'or recent systolic pressure ≥ 130': words that say which value
_QUALIFIERS = frozenset(["recent", "documented", "elevated", "current", "confirmed", "mean", "average", "untreated",
                         "seated", "resting", "prior", "previous", "history", "of"])  # fmt: skip
_FURTHER = frozenset(["other", "others", "any", "those", "also", "all", "various", "similar"])
_TENSES = frozenset(["has", "have", "had", "is", "are", "was", "were", "been"])
_NEAR = 9  # tokens
_place = attrgetter("first")  # where an unread value stands
_EXAMPLES = frozenset(["including", "includes", "include"])
_OTHERS = frozenset(["those", "patients", "subjects", "participants"])  # 'A and those with B': two sorts of people
_LOOSE = frozenset(["mg", "dl", "prior", "registration", "study", "treatment", "first", "dose", "start", "starting",
                    "therapy", "drug", "randomization", "enrollment", "room", "air", "ambient"])  # fmt: skip
_IDLE_WORDS = frozenset(["male", "female", "equivalent", "measured", "calculated", "estimated", "outpatient",
                         "inpatient", "serum", "plasma", "less", "greater", "more", "lower", "lasting", "persistent",
                         "sustained"])  # fmt: skip
