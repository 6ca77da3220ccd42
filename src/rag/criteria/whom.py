"""Whom a limit concerns: '450 ms for males', 'Part C only'."""

from __future__ import annotations

import re

from rag.criteria.cohorts import cohorts_in
from rag.criteria.itemstate import Read, ScopeMark, begin, grouped
from rag.criteria.openings import RegionKind
from rag.criteria.parts import scope_parts
from rag.criteria.placing import Placing
from rag.criteria.sought import sought
from rag.criteria.tokens import Kind, Token
from rag.types import ScopeKind

_PEOPLE = re.compile(
    r"(?:^|(?<=[.;] ))(?!(?:All|The|These|Both|Each|Any|Eligible|Adult|Study|No|Male|Female)\b)"
    r"(?P<who>[A-Z][\w-]*(?: [\w-]+){0,2} (?:patients|subjects|participants|controls|donors|volunteers)) "
    r"(?:were|must|should|are|will|have|had|aged)\b"
)

# "The non-diabetic control group is …", "Healthy controls, > 21 years"; not "control of diabetes"
_OTHER_PEOPLE = sought(
    r"(?i)(?:^|(?<=[.;] ))\W*(?P<who>(?:the |our |all |eligible |for )?(?:[\w-]+ ){0,3}?"
    r"(?:controls\b|control (?:group|subjects|participants|patients|volunteers|individuals|children)\b"
    r"|support (?:persons?|people|partners?)\b|(?:study|care) partners?\b"
    r"|caregivers?\b|carers?\b|caretakers?\b|donors?\b|siblings\b|relatives\b|group of healthy volunteers\b))",
    "control", "support", "partner", "caregiver", "carer", "caretaker", "donor", "sibling", "relatives", "volunteers",
)
_PROVES_MENOPAUSE = sought(
    r"(?i)\b(?:post|peri)?-?\s?menopaus\w*|\bchild-?\s?bearing|\bhormone replacement"
    r"|\birregular (?:menstrual )?periods",
    "menopaus", "bearing", "hormone", "periods",
)
_HEADS = re.compile(r"[^.;:<>≤≥\d]{0,30}:")
_SUBJECT_REACH = 90  # characters: in run-on text the end of a sentence is lost
_ONLY = re.compile(r"(?i)(?: only)? ?:")
# 'Dose expansion cohort 1: confirmed sarcoma. One prior line …': what begins an item is of all its sentences
_LABELS = re.compile(r"\W*(?:[\w-]+ ){0,3}$")
_NEXT_LABEL = re.compile(
    r"(?i)[.;] (?:[\w-]+ ){0,3}(?:cohort|arm|part|group|phase|strat)\w* \w{1,3} ?:"
    r"|\ball (?:cohorts|arms|parts|groups)\b"
)
_SENTENCE_END = re.compile(r"[.;](?:\s|$)")


class Whom(Placing):
    """Scopes limits to a sex or a cohort."""

    def _scope_sexes(self, reads: list[Read]) -> None:
        self._scope_hormones(reads)
        if not any(token.kind is Kind.SEX for token in self.tokens):
            return
        groups = grouped(reads)
        after = [
            self._sexes_after(group, following) for group, following in zip(groups, [*groups[1:], None], strict=True)
        ]
        before = [
            self._sexes_before(group, earlier) for earlier, group in zip([None, *groups[:-1]], groups, strict=True)
        ]
        contrast = {sex for tokens in before for sex in {t.value for t in tokens}} == {"male", "female"} and all(
            len({t.value for t in tokens}) <= 1 for tokens in before
        )
        beside = [self._sex_beside(group) for group in groups]
        if len(groups) > 1 and {token.value for token in beside if token is not None} == {"male", "female"}:
            # 'girls between 9 and 14 and boys between 10 and 15 years': each sex stands right before its own value
            after = [[] if token is not None else found for token, found in zip(beside, after, strict=True)]
            before = [[token] if token is not None else found for token, found in zip(beside, before, strict=True)]
            contrast = contrast or all(token is not None for token in beside)
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
                read.scopes[:] = [mark for mark in read.scopes if not _says_only(mark, token)]
                read.scopes.append(ScopeMark(ScopeKind.SEX, token.value, token.start, token.end))

    def _scope_hormones(self, reads: list[Read]) -> None:
        """'postmenopausal (FSH > 40 IU/L)': what shows that a woman cannot conceive limits no man."""
        proof = _PROVES_MENOPAUSE.search(self.text)
        for read in reads if proof else ():
            if proof and read.limit.base in ("fsh", "estradiol") and not read.scopes:
                read.scopes.append(ScopeMark(ScopeKind.SEX, proof.group(), *proof.span()))

    def _sex_beside(self, group: list[Read]) -> Token | None:
        """The sex that stands right before the value of a group, past 'aged' and 'between'; None for none."""
        at = min(read.limit.first for read in group) - 1
        while at >= 0 and (self.tokens[at].kind in (Kind.BETWEEN, Kind.GLUE) or self.tokens[at].value == "age"):
            at -= 1
        return self.tokens[at] if at >= 0 and self.tokens[at].kind is Kind.SEX else None

    def _sexes_after(self, group: list[Read], following: list[Read] | None) -> list[Token]:
        first = max(read.limit.last for read in group)
        stop = (
            min((begin(read.limit, first) for read in following), default=len(self.tokens))
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
                if self._leads_name(index):
                    break
                found.append(token)
            elif token.kind is Kind.WORD and not found and token.value not in ("ms", "msec", "adult", "mg", "dl"):
                break
        return found

    def _leads_name(self, index: int) -> bool:
        """'male QTc > 440 ms or female QTc > 460 ms': whether a sex stands before a name, behind a joint."""
        around = self.tokens[index - 1 : index + 2]
        return len(around) > 2 and around[0].kind in (Kind.AND, Kind.OR) and around[2].kind is Kind.VARIABLE

    def _sex_follows(self, index: int) -> bool:
        return any(token.kind is Kind.SEX for token in self.tokens[index + 1 : index + 3])

    def _sexes_before(self, group: list[Read], earlier: list[Read] | None) -> list[Token]:
        first = max(read.limit.last for read in earlier) if earlier else 0
        stop = min(begin(read.limit, first) for read in group)
        used = {token.start for token in self._sexes_after(earlier, group)} if earlier else set()
        inner = [
            t for read in group for t in self.tokens[begin(read.limit, first) : read.limit.first] if t.kind is Kind.SEX
        ]
        return inner or [
            t for t in self.tokens[max(first, stop - 8) : stop] if t.kind is Kind.SEX and t.start not in used
        ]

    def _scope_people(self, reads: list[Read]) -> None:
        """'AMD patients were 50 or older. POH patients were at least 18': each sentence speaks of its own people."""
        for match in _OTHER_PEOPLE.finditer(self.text):
            heads = _HEADS.match(self.text, match.end())  # 'Donor entry criteria: …'
            far = len(self.text) if heads else min(len(self.text), match.end() + _SUBJECT_REACH)
            ends = _SENTENCE_END.search(self.text, match.end(), far)
            stop = ends.start() if ends else far
            for read in reads:
                if match.end() <= self.tokens[read.limit.first].start < stop:
                    read.scopes.append(ScopeMark(ScopeKind.COHORT, match["who"], *match.span("who")))
        found = list(_PEOPLE.finditer(self.text)) if self.text.count(". ") else []
        if len({match["who"].lower() for match in found}) < 2:
            return
        for match, after in zip(found, [*found[1:], None], strict=True):
            end = after.start() if after else len(self.text)
            for read in reads:
                if match.start() <= read.limit.start < end:
                    read.scopes.append(ScopeMark(ScopeKind.COHORT, match["who"], *match.span("who")))

    def _scope_cohorts(self, reads: list[Read]) -> None:
        groups = grouped(reads)
        for start, end in cohorts_in(self.text):
            if any(t.kind is Kind.VARIABLE and t.start < start and end <= t.end for t in self.tokens):
                continue  # 'UPDRS part III' is the name of what is limited
            holding = [region for region in self.regions if region.start <= start and end <= region.end]
            told = any(mark.start == one.start for one in holding for read in reads for mark in read.scopes)
            told = told or any(_EVERY.search(one.text) or one.kind is RegionKind.EXCEPTION for one in holding)
            if holding and told and not self._is_whole_item(holding[0]):
                continue  # 'For Part B only: …' is a scope already
            following = [group for group in groups if self.tokens[group[0].limit.first].start >= end]
            earlier = [group for group in groups if group[-1].limit.end <= start]
            between_next = self.text[end : self.tokens[following[0][0].limit.first].start] if following else ""
            between_last = self.text[earlier[-1][-1].limit.end : start] if earlier else ""
            prefix = following and (
                not earlier
                or (not re.search(r"[.;,:]", between_next) and re.search(r"[.;,]", between_last))
                or between_next.strip().startswith(":")
                or ("(" in between_last and not re.search(r"[()]", between_last.rsplit("(", 1)[1] + between_next))
            )
            opens = following and _OPENS.search(self.text, max(0, start - 12), start) is not None
            prefix = prefix or bool(following and _ASKED_THERE.match(between_next))  # '… those in Part B must be < 90'
            prefix = prefix or opens  # '… . For Cohort C, the BMI must be ≥ 26'
            targets = following[0] if prefix else earlier[-1] if earlier else []
            if prefix and (opens or _ONLY.match(self.text, end)):  # 'cohort 2f only: age ≥ 12 and weight > 40 kg'
                label = not opens and _LABELS.match(self.text[:start])
                ends = (_NEXT_LABEL if label else _SENTENCE_END).search(self.text, end)
                targets = [r for group in following for r in group if not ends or r.limit.start < ends.start()]
            if not prefix and re.search(r"[<>≤≥]", between_last):
                continue  # it belongs to a value that could not be read
            lost = not prefix and re.search(r"\d", between_last) is not None
            for read in targets:
                if lost and any(mark.kind is ScopeKind.COHORT for mark in read.scopes):
                    continue  # '0-1 in part A; 0-2 in part B' whose second value could not be read
                read.scopes.append(ScopeMark(ScopeKind.COHORT, self.text[start:end], start, end))
        scope_parts(self.text, reads)


_EVERY = re.compile(r"(?i)\b(?:both|all|each|every|any|either)\b")
_ASKED_THERE = re.compile(r" (?:must|should|need to|will) (?:be|have|weigh)\b[^.;,:()]*$")
_OPENS = re.compile(r"(?:^|[.;(:] ?|\* ?)(?i:for|in) (?:the )?$")


def _says_only(mark: ScopeMark, sex: Token) -> bool:
    """Whether the words of a condition, 'in female', are the sex and nothing else."""
    return mark.start <= sex.start and sex.end <= mark.end and len(mark.text.split()) <= _SEX_AND_LEAD


_SEX_AND_LEAD = 2
