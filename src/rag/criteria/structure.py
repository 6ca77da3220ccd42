"""From the limits of one item to clauses: what is joined by 'or', what is turned round, whom each limit concerns."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import pairwise, product
from math import prod
from operator import attrgetter

from rag.criteria.ages import ADULT_BARE
from rag.criteria.attach import attach
from rag.criteria.binding import bind
from rag.criteria.idle import METHOD_WORDS, SURENESS, is_of_example, is_of_law, is_of_method, past_remark
from rag.criteria.itemstate import Alternative, Read, Structure, Term, against_fit, begin, grouped
from rag.criteria.joining import (
    AND_FINDINGS,
    ASKED_OF_EACH,
    CAPITAL_OR,
    EITHER_OR,
    OR_ILLNESS,
    OR_WHO,
    SIGNS,
    TOGETHER_WITH,
    are_abnormalities,
    are_transaminases,
    are_two_rows,
    are_two_ways,
    are_variants,
    counting,
    is_counted,
    propagated,
    runs_of,
    settle_joints,
    with_both_pressures,
)
from rag.criteria.judging import Judging
from rag.criteria.lexer import tokenize
from rag.criteria.limits import Refused
from rag.criteria.scales import without_ages_of_scales
from rag.criteria.tables import is_row_by_sex, with_rows_apart
from rag.criteria.tokens import Kind
from rag.criteria.unmeasured import is_unmeasured

# "younger than 18", "must be 18 or older", "at least 18 at the time of consent": an age that is only understood
_MAY_MEAN_AGE = re.compile(r"er than|\bolder\b|\bat (?:the )?(?:time|date|day|screening|consent|enrol|signing)")


@lru_cache(maxsize=16_384)  # registries repeat themselves: one line with a limit in five was met before
def structure_of(text: str, *, exclusion: bool, heading: str = "") -> Structure:
    """The clauses of one folded item, not to be changed. `exclusion` says in which list it stands."""
    if not heading and (is_unmeasured(text) or is_row_by_sex(text)):
        return Structure()
    tokens = with_rows_apart(without_ages_of_scales(tokenize(text), text), text)
    if (
        not heading
        and not any(token.kind is Kind.VARIABLE or token.units for token in tokens)
        and not (_MAY_MEAN_AGE.search(text) or ADULT_BARE.search(text))
    ):
        return Structure()
    found = attach(tokens, text, heading)
    return _Builder(tokens, text, found, exclusion).build() if found.limits or found.refused else Structure()


class _Builder(Judging):
    """Builds the clauses of one item."""

    refused_in_order: list[Refused]

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
            self._scope_company(reads)
            bind(self.tokens, self.text, reads, exclusion=self.exclusion)
            self._scope_sexes(reads)
            self._scope_cohorts(reads)
            self._scope_people(reads)
            self._scope_permitted(reads)
            self._doubt(reads)
            self._relate_scoped(reads)
            self._relate_allowed(reads)
            self._doubt_unread_fallback(reads)
            self._relate_second(reads)
            self._footnotes(reads)
            self._notes_behind(reads)
            self.refused_in_order = sorted(self.out.refused, key=_place)
            self.out.clauses = self._with_counted(self._clauses(reads))
        return self.out

    def _with_counted(self, clauses: list[list[Term]]) -> list[list[Term]]:
        """'at least 2 of the following: age > 60, …': each limit is one of several ways to fulfil the item."""
        found = counting(self.text, exclusion=self.exclusion)
        if found is None:
            return clauses
        words = Alternative(found.start(), found.end())
        counted = (len(clause) == 1 and is_counted(clause[0], found.end()) for clause in clauses)
        return [[*clause, words] if one else clause for one, clause in zip(counted, clauses, strict=True)]

    def _clauses(self, reads: list[Read]) -> list[list[Term]]:
        groups = grouped(reads)
        joints = [self._joint(one[-1], other[0]) for one, other in pairwise(groups)]
        for index, group in enumerate(groups[1:]):
            if are_transaminases(groups[index], group):
                joints[index] = ","
            elif self._begins_statement(group[0].limit) or (
                are_variants(groups[index], group) and not group[0].fallback
            ):
                joints[index] = ""
        rows = not self.exclusion and are_two_rows(groups, joints)
        joints = settle_joints(self.text, groups, propagated(groups, joints), exclusion=self.exclusion)
        for index in range(1, 0 if self.exclusion else len(joints)):
            low, other = groups[index][-1].limit.last, groups[index + 1][0].limit
            if joints[index - 1 : index + 1] == ["or", ""] and self._is_plain_with(low, begin(other, low)):
                joints[index] = "or"  # '≤ 1.5 or > 1.5 with direct bilirubin ≤ 1': of the second way alone
        if self.exclusion and are_abnormalities(groups, joints):
            joints = [","] * len(joints)
        for index, group in enumerate(groups[1:]):
            if group[0].fallback:
                joints[index] = "or"
            elif are_variants(groups[index], group) or are_transaminases(groups[index], group):
                joints[index] = ""
        if rows or (not self.exclusion and are_two_ways(groups, joints)):
            return [[read for group in groups for read in group]]
        clauses: list[list[Term]] = []
        for run in runs_of(groups, joints, "and" if self.exclusion else "or"):
            clauses.extend(self._run_clauses(run))
        return with_both_pressures(clauses)

    def _run_clauses(self, run: list[list[Read]]) -> list[list[Term]]:
        """Clauses of groups that are alternatives (requirements) or hold together (exclusions)."""
        extra = self._other_words(run)
        together = "or" if not self.exclusion else "and"
        sides = [self._group_terms(group, together) for group in run]
        if len(sides) == 1:
            return [[*side, *extra] for side in sides[0]]
        few = prod(map(len, sides)) <= _MOST_CLAUSES
        combined = product(*sides) if few else [tuple(side[0] for side in sides)]
        return [[term for side in combination for term in side] + list(extra) for combination in combined]

    def _group_terms(self, group: list[Read], together: str) -> list[list[Term]]:
        """A shared list as clauses: 'AST or ALT ≤ 2.5' is one with two terms, 'AST and ALT ≤ 2.5' is two."""
        join = group[0].limit.join
        if join == "pair":
            join = "slash"  # 'below 140/90' asks for both, 'above 140/90' turns either away
        negated = group[0].negated and not self.exclusion
        if join == "slash" or len(group) == 1:
            return [[read] for read in group]
        bases = {read.limit.base for read in group}
        either = not self.exclusion and not group[0].negated and against_fit(group[0].limit)  # 'AST or ALT ≥ 2 x ULN'
        if bases in ({"alt", "ast"}, {"karnofsky", "lansky"}) and not either:
            return [[read] for read in group]  # 'AST or ALT ≤ 3 x ULN' asks it of both, '> 3 x ULN' turns either away
        if not self.exclusion and not either and any(bases <= family for family in ASKED_OF_EACH):
            return [[read] for read in group]
        one_clause = (join == together) != negated
        return [list(group)] if one_clause else [[read] for read in group]

    def _other_words(self, run: list[list[Read]]) -> list[Alternative]:
        """Words without a number joined to the run by 'or' (requirements) or 'and' (exclusions)."""
        wanted = Kind.AND if self.exclusion or run[0][0].negated else Kind.OR
        found = []
        last = max(read.limit.last for read in run[-1])
        behind = self._words_after(last, wanted)
        if behind is None and wanted is Kind.AND:
            behind = self._findings_after(last)
        elif behind is None:
            behind = (
                self._either_after(run[0][0].limit.start, last) or self._capital_or(last) or self._signs_after(last)
            )
        if behind:
            found.append(behind)
        found += self._unread_ways(run) if wanted is Kind.OR else self._unread_company(last)
        first = min(min(read.limit.subject, read.limit.first) for read in run[0])
        ahead = self._words_before(first, wanted) or (self._others_before(first) if wanted is Kind.OR else None)
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

    def _either_after(self, start: int, last: int) -> Alternative | None:
        """'either HbA1c ≥ 6.5 %, use of medication or a diagnosis': the words of the list are other ways."""
        if not _EITHER.search(self.text, max(0, start - 44), start):
            return None
        found = _OR_WORDS.match(self.text, max(self.tokens[last - 1].end, self.tokens[last - 1].unit_end))
        return Alternative(*found.span("more")) if found else None

    def _signs_after(self, last: int) -> Alternative | None:
        """'presence of anaemia (Hb < 10), an enlarged spleen, or fever': signs of which one is enough."""
        end = max(self.tokens[last - 1].end, self.tokens[last - 1].unit_end)
        found = SIGNS.match(self.text, end) if last < len(self.tokens) and not self.exclusion else None
        opened = max(self.text.rfind("(", 0, end), 0)
        lead = self.text[:opened].rstrip()[-1:]
        return Alternative(*found.span("more")) if found and lead.isalpha() else None

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
        if any(limit.first < last and limit.last > first for limit in self.limits):
            return None
        words = [token for token in self.tokens[first:last] if token.kind in (Kind.WORD, Kind.VARIABLE, Kind.DECOY)]
        if not words or all(token.value in _IDLE_WORDS for token in words):
            return None
        return Alternative(self.tokens[first].start, self.tokens[last - 1].end)


# 'or recent systolic pressure ≥ 130': words that say which value
_QUALIFIERS = frozenset(["recent", "documented", "elevated", "current", "confirmed", "mean", "average", "untreated",
                         "seated", "resting", "prior", "previous", "history", "of"])  # fmt: skip
_FURTHER = frozenset(["other", "others", "any", "those", "also", "all", "various", "similar"])
_EITHER = re.compile(r"(?i)\beither (?!sex|gender|race|eye|ethnic)[^.;:<>≤≥\d]{0,34}$")
_OR_WORDS = re.compile(r"[,)]?(?P<more>[^.;:<>≤≥\d]{0,120}? or [^\W\d][^.;:<>≤≥]{3,60})")
_TENSES = frozenset(["has", "have", "had", "is", "are", "was", "were", "been"])
_NEAR = 9  # tokens
_MOST_CLAUSES = 16  # of a run: where more would come of it, one of each limit is taken
_place = attrgetter("first")  # where an unread value stands
_EXAMPLES = frozenset(["including", "includes", "include"])
_OTHERS = frozenset(["those", "patients", "subjects", "participants"])  # 'A and those with B': two sorts of people
_LOOSE = frozenset(["mg", "dl", "prior", "registration", "study", "treatment", "first", "dose", "start", "starting",
                    "therapy", "drug", "randomization", "enrollment", "room", "air", "ambient"])  # fmt: skip
_IDLE_WORDS = frozenset(["male", "female", "equivalent", "measured", "calculated", "estimated", "outpatient",
                         "inpatient", "serum", "plasma", "less", "greater", "more", "lower", "lasting", "persistent",
                         "sustained"])  # fmt: skip
