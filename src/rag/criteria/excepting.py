"""Which limits an exception is about: the last one, its twin, a whole list, those with the mark of a footnote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.criteria.collected import outweighed
from rag.criteria.company import company_of
from rag.criteria.idle import measures_of
from rag.criteria.itemstate import Read, ScopeMark, last_group, same_sides
from rag.criteria.lexicon import load_variables
from rag.criteria.limits import Limit, Refused
from rag.criteria.openings import JOINS, RegionKind
from rag.criteria.scopes import Region
from rag.criteria.sides import Sides
from rag.criteria.sought import sought
from rag.criteria.tokens import Kind
from rag.types import ScopeKind

_PERMITS = (
    r"\b(?:eligible|allowed|permitted|acceptable|enrol(?:l|led)?|included|participate)\b(?: \w+){0,4}? "
    r"(?:if|provided|as long as|so long as|when)\b"
)
# sought first: with the words before it, the search costs a hundred steps for every sign of a text
_PERMITS_IF = re.compile(rf"(?i){_PERMITS}")
_PERMITTED_IF = sought(
    rf"(?i)(?P<who>(?:[^.;:]|\.\d){{3,160}}?){_PERMITS}", " if", " provided", " as long as", " so long as", " when"
)
_SOME_PEOPLE = re.compile(
    r"(?i)\b(?:receiving|taking|requiring)\b|\b(?:hiv|human immuno\w+|hepatitis|hbv|hcv|brain|cns|metasta\w+"
    r"|abnormal|elevated|obstruct\w+"
    r"|gilbert\w*|diabet\w+|hypertens\w+|(?:heart|renal|kidney|liver) (?:failure|disease)|cirrhosis|prior"
    r"|previous(?:ly)?|history of|malignanc\w+"
    r"|concurrent|concomitant|anticoag\w+|warfarin)\b"
)
# "Those without measurable disease", "Patients whose bilirubin is > 1.5 …": of whom an item of their own speaks
_BESIDES = re.compile(r"(?i)\b(?:without|above|exceed\w*|cannot)\b|[<>≤≥]|^\W*(?:however,? )?(?:if|in case)\b")
_SENTENCE_END = re.compile(r"[.;](?:\s|$)|\s\*\s|(?<=[a-z\d]) Not? (?=[a-z])")
_PAREN_END = re.compile(r"\)")
# "unless otherwise stated": somewhere else, of nobody here
_OTHERWISE = re.compile(
    r"(?i)(?:unless|except(?: (?:as|where|when))?) (?:it is |is )?otherwise (?:stated|specified|noted|indicated"
    r"|mentioned|agreed|defined|described|listed)"
)
HARD_EXCEPTS = frozenset(
    ["unless", "except", "excepting", "exception", "exceptions", "excluding", "however", "although", "otherwise",
     "apart", "aside"]
)  # fmt: skip
PERMITS = frozenset(["eligible", "allowed", "permitted", "acceptable"])
_LEADS_DENIAL = re.compile(r"(?i)\s*(?:(?:no|without|absence of) )?(?:(?:known|prior|previous|any) )?(?:history of )?")
_AGE_REACH = 3  # words
_COUNTS = frozenset(["wbc", "anc", "platelets", "hemoglobin", "hematocrit", "lymphocytes"])
_MARROW = re.compile(r"(?i)marrow|lymphoma|leuk|splen|cytopeni|disease involvement|underlying disease")
# what explains one of these values explains them all
_CAUSES = ((_COUNTS, _MARROW), (frozenset(["inr", "pt", "aptt"]), re.compile(r"(?i)anti-?\s?coag|warfarin|heparin")))
_ALL_OF_THEM = re.compile(
    r"(?i)(?!.*\bgilbert)\W*(?:unless|except|however)\W+(?:if |when )?(?:they|these|those|both|all|such|lfts"
    r"|liver function|(?:the )?(?:elevations|abnormalities|increases)|attribut\w+"
    r"|(?:clearly )?(?:due|related|secondary) to (?:the )?(?:underlying |organ |tumou?r )?(?:liver|hepatic|disease"
    r"|organ|involvement|malignan\w+|metasta\w+|lymphoma|leuk\w+|myeloma)"
    r"|(?:considered|deemed|thought|felt|judged)(?: to be)? (?:due|related|secondary))\b"
)
_MAY_HAVE = re.compile(r"(?i)\b(?:may|can) (?:still )?have\b|\b(?:allowed|permitted|eligible) (?:to have|with)\b")
_GILBERT = re.compile(r"(?i)\bgilbert")
_LIVER = re.compile(r"(?i)\b(?:liver|hepat\w*|metasta\w*|tumou?rs?|involve\w*|h[ae]+moly\w*)")
_RUN_ON = re.compile(r"(?<=[\w%)]) (?:No|Not) (?=[a-z]|[A-Z]{2})")
_FOOTNOTE = re.compile(
    r"(?i)[*†]\s?(?P<note>(?:(?:unless|except|if due)\b"
    r"|(?:lower|higher|other|abnormal) (?:values|counts|levels|limits|results)? ?(?:are |may be |will be )?"
    r"(?:allowed|permitted|acceptable|accepted)\b)[^*†]*)"
)


class Excepting(Sides):
    """Leads exceptions to the limits that they are about."""

    def _scope_company(self, reads: list[Read]) -> None:
        """'stage IV cancer with life expectancy < 6 months' turns away only who has both; nobody else is limited."""
        for read in reads:
            if not self.exclusion and not read.negated:
                continue
            found = company_of(self.text, read.limit)
            if found is None:
                continue
            for one in (read, *self._other_pressure(read, reads)):
                if not any(mark.start == found.start("with") for mark in one.scopes):
                    one.scopes.append(ScopeMark(ScopeKind.CONDITION, found["with"], *found.span("with")))

    def _other_pressure(self, read: Read, reads: list[Read]) -> list[Read]:
        """The diastolic value that an 'or' joins to a systolic one."""
        behind = [one for one in reads if one.limit.first >= read.limit.last][:1]
        pressures = read.limit.base == "systolic_bp" and [one.limit.base for one in behind] == ["diastolic_bp"]
        return behind if pressures and self._joint(read, behind[0]) == "or" else []

    def _mark(self, targets: Sequence[Read], region: Region, mark: ScopeMark) -> None:
        """Scope the limits that a condition is said of; in place."""
        for read in targets:
            if not region.prefix and self._is_its_other_way(region, read.limit):
                read.exceptions.append(region)
            elif not any(mark.start == other.start for other in read.scopes):
                read.scopes.append(mark)

    def _is_its_other_way(self, region: Region, limit: Limit) -> bool:
        """'creatinine normal for age, or if creatinine is outside normal …': what is asked where the limit is unmet."""
        led = region.first > 0 and self.tokens[region.first - 1].kind is Kind.OR
        inside = self.tokens[region.first : region.last]
        again = any(token.kind is Kind.VARIABLE and token.value == limit.base for token in inside)
        return led and again and inside[0].kind is Kind.IF

    def _scope_permitted(self, reads: Sequence[Read]) -> None:
        """'Participants with HIV are eligible if CD4 > 350': what must hold for those whom it lets in."""
        told = not self.exclusion and _PERMITS_IF.search(self.text)
        for found in _PERMITTED_IF.finditer(self.text) if told else ():
            if not (_SOME_PEOPLE.search(found["who"]) or _BESIDES.search(found["who"])):
                continue
            ends = (_PAREN_END if "(" in found["who"] else _SENTENCE_END).search(self.text, found.end())
            for read in reads:
                inside = found.end() <= read.limit.start < (ends.start() if ends else len(self.text))
                if inside and not any(mark.kind is ScopeKind.CONDITION for mark in read.scopes):
                    read.scopes.append(ScopeMark(ScopeKind.CONDITION, found["who"].strip(), *found.span("who")))

    def _is_let_in_up_to(self, limit: Limit, region: Region, reads: Sequence[Read]) -> bool:
        """'> 1.5 x ULN, except those with Gilbert's, who are eligible if ≤ 3 x ULN': the looser value for some."""
        permits = any(token.value in PERMITS for token in self.tokens[region.first : limit.first])
        outer = (one.limit.stated for one in reads if one.limit.variable == limit.variable and not one.settled)
        looser = any((~one).is_subset(limit.stated) and not same_sides(one, limit.stated) for one in outer)
        return self.exclusion and permits and looser

    def _place_inside(self, limit: Limit, region: Region, reads: list[Read]) -> None:
        """'HIV infection unless CD4 > 350', '(patients with CD4 > 350 are eligible)': what those whom it names need."""
        who = self._who_is_pardoned(region)
        if limit.base == "age" or limit.scale == "normal" or load_variables()[limit.base].counts or who is None:
            reason = "inside an exception"
            self.out.refused.append(Refused(limit.variable, limit.start, limit.end, reason, first=limit.first))
            return
        words = [token.value for token in self.tokens[region.first : limit.first]]
        permits = next((place for place, word in enumerate(words) if word in PERMITS or word in JOINS), len(words))
        barred = any(word in HARD_EXCEPTS for word in words[permits:])  # '… are eligible unless CD4 < 350'
        reads.append(Read(limit, negated=self.exclusion != barred, scopes=[who], settled=True))

    def _who_is_pardoned(self, region: Region) -> ScopeMark | None:
        """Of whom an exception speaks: the words before it in its sentence, else its own; None for no such people."""
        start = max(self.text.rfind(mark, 0, region.start) for mark in (". ", "; ", "* ", ": ")) + 1
        start = _LEADS_DENIAL.match(self.text, start).end()  # type: ignore[union-attr]
        words = self.text[start : region.start].strip(" ,(")
        if not _SOME_PEOPLE.search(words):
            start, words = region.start, region.text
        return ScopeMark(ScopeKind.CONDITION, words, start, start + len(words)) if _SOME_PEOPLE.search(words) else None

    def _excepted(self, region: Region, before: list[Read]) -> list[Read]:
        """The limits that an exception behind them is about: the last, or a list: '…, unless they result from'."""
        if _OTHERWISE.match(region.text):
            return []
        last = last_group(before)
        if not before or self._is_far(last[-1], region) or self._is_of_next_member(last[-1], region):
            return []
        if _RUN_ON.search(self.text, last[-1].limit.end, region.start):
            return []  # 'platelets ≥ 100,000/mm3 No cancer except of the skin': said of another thing
        aged = last[-1].limit.base == "age" and self._is_of_words(last[-1], region)
        if aged or _HEALTHY_BUT.search(self.text, last[-1].limit.end, region.start):
            return []
        kin = next(
            (bases for bases, cause in _CAUSES if last[0].limit.base in bases and cause.search(region.text)), None
        )
        if kin is None and not _ALL_OF_THEM.match(region.text):
            return _with_twins(last, before)
        found: list[Read] = []
        for read in reversed(before):
            between = self.tokens[read.limit.last : region.first]
            if any(token.kind in (Kind.STOP, Kind.SEMICOLON) for token in between) or (
                kin is not None and read.limit.base not in kin
            ):
                break
            found.insert(0, read)
        return found or _with_twins(last, before)  # a note in a sentence of its own

    def _of_gilbert(self, region: Region, before: list[Read]) -> list[Read]:
        """The bilirubin that an exception for Gilbert's syndrome is about, though 'ALT ≤ 3 x ULN' stands between."""
        shared = any(read.limit.base == "bilirubin" for read in last_group(before))
        only = not shared and _GILBERT.search(region.text) and not _LIVER.search(region.text)
        return last_group([read for read in before if read.limit.base == "bilirubin"]) if only else []

    def _only_about(self, region: Region, targets: Sequence[Read], before: Sequence[Read]) -> list[Read]:
        """The limits that an exception can be about: no ALT for Gilbert's, unless in one value with bilirubin."""
        if _BUT_FOR.match(region.text):  # 'life expectancy ≥ 10 years (excluding cancer)': apart from the illness
            targets = [read for read in targets if read.limit.base != "life_expectancy"]
        if not self.exclusion and _NARROWED.match(region.text):  # '18 to 50 (excluding smokers)': fewer still
            targets = [read for read in targets if read.limit.base != "age"]
        about = measures_of(region.text, {read.limit.base for read in before})
        groups = {read.limit.group for read in targets if read.limit.base in about}
        return [read for read in targets if read.limit.group in groups]

    def _is_far(self, read: Read, region: Region) -> bool:
        """Whether another statement stands between: 'platelets < 100. 13. HBV positive; carriers may be included'."""
        between = self.tokens[read.limit.last : region.first]
        return sum(token.kind in (Kind.STOP, Kind.SEMICOLON) for token in between) > 1

    def _is_of_next_member(self, read: Read, region: Region) -> bool:
        """'NYHA class II failure, arrhythmia on drugs (patients with … are eligible)': of the member beside it."""
        opened = region.first - 1
        if opened < 0 or self.tokens[opened].kind is not Kind.OPEN or not self.exclusion:
            return False
        commas = [at for at in range(read.limit.last, opened) if self.tokens[at].kind is Kind.COMMA]
        between = self.tokens[commas[-1] : opened] if commas else []
        return sum(token.kind is Kind.WORD for token in between) > 1

    def _is_of_words(self, read: Read, region: Region) -> bool:
        """'aged 5 to 40, in good health and without disease, except: …': many words stand between an age and it."""
        between = self.tokens[read.limit.last : region.first]
        return sum(token.kind is Kind.WORD for token in between) > _AGE_REACH

    def _scope_excepted(self, region: Region, targets: Sequence[Read], after: Sequence[Read]) -> None:
        """'Except for patients with liver metastases: bilirubin ≤ 5 x ULN': what follows is for those excepted."""
        bases = {read.limit.base for read in targets}
        for read in after:
            begins = min(read.limit.subject, read.limit.first)
            if region.sentence and read.limit.base in bases and 0 < begins - region.last <= 3:
                read.scopes.append(ScopeMark(ScopeKind.CONDITION, region.text, region.start, region.end))

    def _relate_allowed(self, reads: Sequence[Read]) -> None:
        """'≤ 1.5 x ULN. Those with Gilbert's syndrome may have > 1.5 x ULN': the unfit side is allowed to some."""
        for place, read in enumerate(() if self.exclusion else reads):
            if not read.scopes or not _MAY_HAVE.search(self.text, read.scopes[0].end, read.limit.end):
                continue
            for other in reads[:place]:
                apart = not other.limit.stated.overlaps(read.limit.stated)
                if other.limit.variable == read.limit.variable and apart and not (other.scopes or other.exceptions):
                    mark = read.scopes[0]
                    other.exceptions.append(Region(RegionKind.EXCEPTION, 0, 0, mark.start, mark.end, mark.text))

    def _footnotes(self, reads: list[Read]) -> None:
        """'ANC ≥ 1.5* platelets ≥ 100* *unless due to lymphoma': the note holds for every limit with its mark."""
        note = _FOOTNOTE.search(self.text)
        for read in reads if note else []:
            if note and self.text[read.limit.end :].lstrip(" )").startswith("*") and note.start() > read.limit.start:
                region = Region(RegionKind.EXCEPTION, 0, 0, *note.span("note"), note["note"])
                if not any(other.start == region.start for other in read.exceptions):
                    read.exceptions.append(region)


    def _notes_behind(self, reads: list[Read]) -> None:
        """'≤ 3 x ULN (≤ 2 x baseline if that is high)': another value of some, though it could not be read."""
        self._values_beyond(reads)
        for read in reads:
            apart = _LIMITS_OF_SOME.match(self.text, read.limit.end)
            if apart is not None and not self._names_another(read, *apart.span("note")):
                read.scopes[:] = [mark for mark in read.scopes if mark.start < apart.start("note")]
                region = Region(RegionKind.EXCEPTION, 0, 0, *apart.span("note"), apart["note"])
                read.exceptions.append(region)
            told = outweighed(self.text, read) or self._told_behind(read)
            if told is not None and not read.exceptions:
                read.exceptions.append(Region(RegionKind.EXCEPTION, 0, 0, *told, self.text[slice(*told)]))
            case = None if read.exceptions else _IN_WHICH_CASE.match(self.text, read.limit.end)
            if case is not None:
                for one in _with_twins(last_group([read]), reads[: reads.index(read)]):
                    one.exceptions.append(Region(RegionKind.EXCEPTION, 0, 0, *case.span("note"), case["note"]))
            found = None if read.exceptions or read.scopes else _OF_SOME.match(self.text, read.limit.end)
            if found is None or not _WHOSE.search(found["note"]) or _KEEPS_OUT.search(found["note"]):
                continue
            if _IN_TIME.search(found["note"]) and not _PEOPLE_FIRST.match(found["note"]):
                continue
            start, end = found.span("note")
            if not any(start <= self.tokens[limit.first].start < end for limit in self.all_limits if limit.explicit):
                read.exceptions.append(Region(RegionKind.EXCEPTION, 0, 0, start, end, found["note"]))

    def _values_beyond(self, reads: Sequence[Read]) -> None:
        """'A ≤ 1, B ≤ 2. Values above these may be accepted': said of all the limits before it."""
        found = _BEYOND_THESE.search(self.text) if reads else None
        for read in reads if found is not None else ():
            if found and read.limit.end <= found.start() and not read.exceptions:
                read.exceptions.append(Region(RegionKind.EXCEPTION, 0, 0, *found.span("note"), found["note"]))

    def _told_behind(self, read: Read) -> tuple[int, int] | None:
        """Where a sentence behind a limit lets people in all the same: 'Lower values allowed with approval'."""
        found = _LET_IN_BEHIND.match(self.text, read.limit.end)
        return found.span(found.lastgroup or 0) if found is not None else None

    def _names_another(self, read: Read, start: int, end: int) -> bool:
        """'ECOG ≤ 2. For patients with a tumour the limit of age is 70': a limit of something else."""
        named = (token.value for token in self.tokens if token.kind is Kind.VARIABLE and start <= token.start < end)
        return any(value != read.limit.base for value in named)


_OF_SOME = re.compile(
    r" ?\((?P<note>(?:[<>≤≥]|up to |\d|at (?:the )?(?:investigator|physician|pi\b)"
    r"|(?:for|in|if|with) [^()<>≤≥]{2,50}[<>≤≥]"
    r"|(?:patients|subjects|participants|those) (?:with|on|who) [^()\d]{2,70}\d)[^()]{0,120})\)", re.IGNORECASE
)
# "≤ 1.5 x ULN (the patient is on anticoagulants, in which case the INR must be …)": an 'unless' is lost
_IN_WHICH_CASE = re.compile(
    r"(?i) ?\((?P<note>(?:the |if )?(?:patients?|subjects?|participants?) (?:is|are) (?:receiving|on|taking) "
    r"[^().;]{3,60}\bin which case\b[^()]{0,140})\)"
)
# "≤ 3 x ULN. For patients with liver disease, the following limits will apply: 5 x ULN"
_LIMITS_OF_SOME = re.compile(
    r"(?i)\)?[.;] ?(?P<note>(?:for|in) (?:patients|subjects|participants|those|individuals)\b[^.;<>≤≥]{3,90}?"
    r"\b(?:limits?|thresholds?|cut-?offs?|upper values?)\b[^.;<>≤≥\d]{0,40}\d)"
)
_BEYOND_THESE = sought(
    r"(?i)[.;(] ?(?P<note>values (?:above|below|outside|beyond|exceeding) (?:of )?(?:these|this|those|the (?:above"
    r"|limits?))\b[^.;]{0,30}"
    r"\b(?:may|can|will|are) (?:be )?(?:accepted|acceptable|allowed|permitted|considered)\b[^.;()]{0,80})",
    "values ",
)
# "TSH > 5; volunteers with abnormal values will be re-considered", "(a clearance by isotopes may supersede it)"; not
# "age ≥ 18. Those with treated metastases may be considered"
_LET_IN_BEHIND = re.compile(
    r"(?i)(?:(?:[)\s,]{0,2}(?:inclusive|years?|old|of age))?[)\s]{0,2}[.;(*] ?(?P<note>(?:[^.;()<>≤≥]{0,90}"
    r"\b(?:re-?consider\w*|supersedes?|overrules?|overrides?)\b"
    r"|lower values (?:are |may be )?(?:allowed|permitted|acceptable)\b"
    r"|(?=[^.;()]{0,90}\b(?:\d+|lower|low|higher|high|below|above|under|over|outside|abnormal|older|younger|minors|less"
    r"|values?|counts?|levels?|th(?:is|ese)|borderline)\b)[^.;()]{3,90}?\b(?:may|can|could|might)"
    r" (?:also |still )?be considered\b(?! (?:un|in|as|to be|(?:for )?ex)))[^.;()]{0,80})"
    r"|[^.;<>≤≥]{0,120}\. (?P<all>this (?:criterion|requirement|limit) (?:does not|need not|is not required to)"
    r" (?:need to )?be (?:met|fulfilled|satisfied)\b[^.;()]{0,80}))"
)
_KEEPS_OUT = re.compile(r"(?i)\b(?:ineligible|excluded|not (?:be )?(?:eligible|allowed|permitted|included|enrolled))\b")
_PEOPLE_FIRST = re.compile(r"(?i)(?:patients|subjects|participants|those) with\b")
_IN_TIME = re.compile(r"(?i)\b(?:days?|weeks?|hours?|months?|years?|within|prior|before|mmol|mol|g/d?l|/l|iu)\b")
_WHOSE = re.compile(r"(?i)\b(?:if|for|in (?:patients|subjects|participants|those|case)|with|when)\b")


def _with_twins(last: list[Read], before: Sequence[Read]) -> list[Read]:
    """'AST > 3 or ALT > 3 x ULN, unless …': what is said of one is said of its twin, and of clotting times."""
    family = next((one for one in _TWINS if {read.limit.base for read in last} < one), None)
    twins = [
        read
        for read in before
        if family and read.limit.base in family and read not in last and read.limit.stated == last[0].limit.stated
    ]
    return [*twins[-1:], *last]


_TWINS = (frozenset(["alt", "ast"]), frozenset(["inr", "pt", "aptt"]))
_HEALTHY_BUT = re.compile(r"(?i)\bhealth(?:y)?,? ?$")  # '18 to 65 in good health except for gout': the gout is let in
_NARROWED = re.compile(r"(?i)excluding (?!.*(?:\d|\bif\b|\bwhen\b|\bages?\b))")
_BUT_FOR = re.compile(r"(?i)(?:excluding|exclusive|apart from|other than)\b")
