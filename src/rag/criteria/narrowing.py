"""Words around a value that leave it to some people: 'aged 35 or older who smoke', 'smoking in women over 35'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.criteria.cohorts import cohorts_in
from rag.criteria.itemstate import Read, ScopeMark
from rag.criteria.lexicon import load_variables
from rag.criteria.sought import sought
from rag.types import ScopeKind

_PEOPLE = r"(?:patients|subjects|participants|volunteers|individuals|persons|people|adults|women|men|females|males)"
_REACH = 100  # characters before a value
_AGE_UNIT = r"[\s)]{0,2}(?:(?:years?|yrs?|y/?o|of|age|old|or (?:older|over|above|more))\b[\s)]{0,2}){0,5}"
# "> 40 years who smoke", "Hb < 10 g/dL who need transfusions"; not "who will be excluded"
_WHO = re.compile(
    _AGE_UNIT + r"(?P<who>(?:and )?who (?!(?:are|is|will|would|should|shall|may|can)(?: not)? (?:be )?(?:also )?"
    r"(?:excluded|ineligible|eligible|included|allowed)\b)[^.;:,()<>≤≥\d]{4,100})",
    re.IGNORECASE,
)
# "> 65 years with frailty", "> 75 years living in a nursing home"; not "with the exception of"
_WITH = re.compile(
    _AGE_UNIT + r"(?P<who>(?:with(?:out)?|living|having|suffering|receiving|taking|undergoing|treated|diagnosed)"
    r" (?!the exception|exceptions?\b|upper|no upper|respect|regard)[^.;:,()<>≤≥\d]{3,100})",
    re.IGNORECASE,
)
# "GCS 4 or 5 with a normal scan"
_STEP_WITH = re.compile(
    r"[\s)]{1,2}(?:(?:congestive |chronic )?(?:heart (?:failure|disease)|chf|hf|cardiac (?:failure|disease)) )?"
    r"(?P<who>(?:with(?:out)?|requiring|that requires?|that required) "
    r"(?!the exception|exceptions?\b|or without|respect|regard|scores?\b|total)"
    r"[^.;:,()<>≤≥\d]{4,100})",
    re.IGNORECASE,
)
# "> 180 mmHg) treated with a beta blocker", not "treated or not"
_TREATED = re.compile(
    r"[\s)]{0,2},? ?(?P<who>(?:treated with|taking|receiving|while (?:on|taking|receiving)) "
    r"(?!or )[^.;:,()<>≤≥]{4,100})", re.IGNORECASE
)
# "hypotension (systolic < 85 mmHg) unresponsive to fluids"
_UNANSWERED = re.compile(
    r"[\s)]{0,2},? ?(?P<who>(?:unresponsive|not respon(?:sive|ding)|refractory|resistant) to [^.;:,()<>≤≥\d]{3,60}"
    r"|(?:and |that )?requir(?:ing|es?) (?:(?:iv|intravenous|treatment with|the use of|support with) )?"
    r"(?:vasopress|inotrop|pressor|catecholamin)\w*)", re.IGNORECASE
)
# "pain > 6 from another cause", "pain due to other conditions (> 60 mm)"
_OTHER_CAUSE = (
    r"(?:from|due to|caused by|because of|related to)"
    r" (?:an?other|other|(?:an?|any) (?:other|different)|(?:any |a )?[\w-]+ other than)\b"
)
_CAUSED = re.compile(rf"[\s)]{{0,2}},? ?(?P<who>{_OTHER_CAUSE}[^.;:,()<>≤≥\d]{{3,80}})", re.IGNORECASE)
_CAUSED_BY = re.compile(rf"\b(?P<who>{_OTHER_CAUSE} (?:(?!including|such)[\w-]+ ?){{1,6}}) ?\(?$", re.IGNORECASE)
# "platelets < 140,000/mm3 with an enlarged spleen": only who has both
_WITH_SIGN = re.compile(
    r"[\s),]{1,3}(?P<who>with (?:an? |the |any |signs of |evidence of |history of |symptoms of )?(?:[\w-]+ ){0,2}"
    r"(?:varices|splenomegaly|hepatomegaly|enlarged (?:spleen|liver)|ascites|encephalopathy|bleeding|jaundice"
    r"|h[ae]+maturia|oedema|edema|fever|syncope|dyspn[oe]+a)\b[^.;:()<>≤≥\d]{0,60})",
    re.IGNORECASE,
)
# "will be an exclusion criterion for intensive chemotherapy": kept from a part of the trial alone
_FROM_PART = re.compile(
    r"[^.;:,()<>≤≥]{0,40}\b(?:exclusion criteri\w+|ineligible|not eligible|excluded|contraindication) (?:for|from)"
    r" (?P<who>(?:the )?(?:[\w-]+ ){0,3}(?:chemotherapy|radiation|radiotherapy|sbrt|biops(?:y|ies)|mri|procedure)\b)",
    re.IGNORECASE,
)
# "smoking in women older than 35": what is turned away is told first, and of whom
_WHAT_IN = re.compile(
    r"(?<!include )(?<!included )(?<!enrolled )(?<!eligible )(?<!participate )"
    rf"\b(?P<who>[^\W\d_][\w-]{{3,}} (?:in|among|by) {_PEOPLE})(?: who are| that are| aged)? $",
    re.IGNORECASE,
)
# "subjects with diabetes with HbA1c > 10 %, healthy subjects with HbA1c > 7 %"
_PEOPLE_WITH = sought(
    r"(?i)(?P<who>(?:[\w-]+ ){0,2}(?:patients|subjects|participants|volunteers|individuals|controls)"
    r"(?: with(?: [\w-]+){1,4})?) (?:with|having|who have)(?: an?| the)? $",
    "patients", "subjects", "participants", "volunteers", "individuals", "controls",
)


# "7.5 to 10 % for age ≥ 65", "≥ 70 % for ≥ 16 years old"
_FOR_AGE = re.compile(
    r"(?: of)?(?: predicted)?[\s,(]{1,3}(?P<who>(?:for|in|at) "
    r"(?:(?:patients|subjects|participants|those|children) [<>≤≥] ?\d{1,2} ?(?:years?|yrs?)\b"
    r"|(?:(?:patients|subjects|participants|those|people|children|adults) )?"
    r"(?:(?:age[sd]?|aged)(?: (?:of|between|over|under|above|below|from))? ?[<>≤≥\d][^.;()]{0,40}"
    r"|(?:over |under |above |below )?[<>≤≥]? ?"
    r"(?:\d ?(?:years?|yrs?) (?:of age|old)\b|\d\d ?(?:years?|yrs?)\b(?: of age| old)?))))",
    re.IGNORECASE,
)

# "BMI > 60 kg/m2 in high-risk patients", not "in all patients", "in the study participants"
_IN_PEOPLE = re.compile(
    r"[\s,]{1,2}(?P<who>(?:in|for|among) (?:(?!(?:all|any|both|each|either|every|the|these|those|our|its|study|eligible"
    r"|adult|enrolled|evaluable|potential|male|female|and|or|of|with|except|excluding|unless|but)\b)[\w-]+ ){1,3}"
    r"(?:patients|subjects|participants|individuals|adults|people))\b",
    re.IGNORECASE,
)
# "LVEF ≥ 55 % by echocardiogram, for prior cardiac disease", "for smokers", "if clinically indicated"
_BEHIND = re.compile(
    r"[\s)]{0,2}(?: (?:of )?(?:the )?predicted(?: value)?)?"
    r"(?: (?:by|on|using|via|at) [^.;:,()<>≤≥\d]{2,40}?)?,? (?P<who>"
    r"(?:only )?for (?:(?:an? |any )?(?:prior|previous|pre-?existing|known) [^.;:,()<>≤≥\d]{3,60}"
    r"|(?:(?:current|former|ex-?|active|past)[ -]?)?(?:non-?)?(?:smokers|diabetics|hypertensives|drinkers)\b)"
    r"|for (?:(?:south |east )?asians?|africans|hispanics|japanese|chinese|koreans)"
    r"(?: (?:descent|origin|ethnicity|ancestry|populations?|people|patients|participants|subjects))?\b"
    r"|for (?:newly[- ]diagnosed|recurrent|relapsed|refractory|untreated|previously (?:un)?treated)"
    r"(?: or (?:recurrent|relapsed|refractory|progressive))?"
    r" (?:tumou?rs?|disease|patients|participants|subjects|cases)\b"
    r"|(?:patients|participants|subjects|those|individuals) with [^.;:,()<>≤≥\d]{3,50} only\b"
    r"|in (?:HCC|RCC|NSCLC|SCLC|CRC|TNBC|AML|CLL|NHL)\b|(?:if|when) (?:clinically |medically )?indicated\b)",
    re.IGNORECASE,
)
# "disorders (arrhythmia, LVEF < 30 %, stroke) that may cause falls": told in passing
_THAT_MAY = re.compile(
    r"[^.;:()<>≤≥]{0,120}\) ?(?P<who>(?:that|which) (?:may|might|could|can|would) [^.;:()<>≤≥\d]{4,80})", re.IGNORECASE
)
# "men ≥ 40 or women ≥ 50 years": the unit stands once, so the first value is read of nobody, the second of women
_OTHER_SEX = sought(
    r"(?i)\b(?:(?:men|males?|boys) [^.;:()[\]]{0,16}?\d[^.;:()]{0,14}?\b(?P<who>women|females?|girls)"
    r"|(?:women|females?|girls) [^.;:()[\]]{0,16}?\d[^.;:()]{0,14}?\b(?P<men>men|males?|boys))(?: aged?)? $",
    "wom", "female", "girl",
)

# "HbA1c < 6.0 % (non-diabetic group)", "more than 2 lines of a taxane (bladder cohort)"
_IN_BRACKETS = re.compile(
    r"(?:[^.,;:()<>≤≥\d]{0,40}[^\s.,;:()<>≤≥\d])?\s?\((?:for |in )?"
    r"(?P<who>(?:the )?(?!(?:all|any|no|both|each|either|male|female|every|study|eligible"
    r"|enrolled|these|eastern|oncology|adult|evaluable)\b)(?:(?!(?:and|or|oncology)\b)[\w-]+ ){1,4}(?:groups?|controls?"
    r"|patients|subjects|participants|volunteers|cohorts?|arms?|stratum)(?: only)?)\)",
    re.IGNORECASE,
)
# "lymphocytes ≤ 5 (for small lymphocytic lymphoma)", "(CLL only)"
_OF_AN_ILLNESS = re.compile(
    r"\s?\((?P<who>(?:for |in )(?:(?!(?:all|any|both|each|either|the)\b)[\w'-]+ ){0,4}"
    r"(?:\w*lymphomas?|leuka?emias?|\w*myelomas?|melanomas?|\w*carcinomas?|cancers?|\w*sarcomas?|tumou?rs?|gliomas?"
    r"|NHL|CLL|AML|MDS|NSCLC|HCC|RCC)(?: (?:patients|subjects|participants))?(?: only)?"
    r"|(?:[\w'-]+ ){0,4}(?:\w*lymphoma|leuka?emia|\w*myeloma|melanoma|carcinoma|cancer|NHL|CLL|AML|MDS) only)\)"
)
# "NHL: platelets ≥ 75; CLL: platelets ≥ 30"
_LABEL = sought(
    r"(?:^\W*|[;.%\d] ?|\* ?)(?P<who>[A-Z][\w/+ -]{1,40}?)(?: (?:patients|subjects|participants))? ?: ?",
    ":",
)


# 'ferritin < 100, or 100-299 ng/mL with TSAT < 20 %': the second value is of those with the second alternative
_TOGETHER = re.compile(r"(?i)[\s,(]{1,2}(?:with|and|plus|if|when|combined with|together with) (?:an? |the )?")


# "No prior chemotherapy for one tumour No more than 1 prior regimen for another": each is of its own
_NONE_FOR = re.compile(
    r"(?i)\bno (?:prior |previous )?(?:systemic )?(?:chemo)?(?:therapy|treatment) for [^.;:<>≤≥]{4,60}$"
)
_FOR_ANOTHER = re.compile(r"(?P<who> for (?!the\b|any\b|at\b)[^.;:()<>≤≥\d]{6,90}?)(?=[.;,]|$| [A-Z])")


def _for_another(text: str, read: Read) -> re.Match[str] | None:
    """The illness of its own behind a number of earlier treatments, where none may have been given for another."""
    low, start = max(0, read.limit.start - _REACH), read.limit.start
    if read.limit.base != "prior_lines" or _NONE_FOR.search(text, low, start) is None:
        return None
    return _FOR_ANOTHER.match(text, read.limit.end)


def narrow(text: str, reads: Sequence[Read], *, exclusion: bool) -> None:
    """Scope each limit whose words say that only some are turned away by it."""
    for read in reads:
        found = _narrowing(text, read) if exclusion != read.negated and not read.scopes else None
        if found is not None:
            mark = ScopeMark(ScopeKind.CONDITION, found["who"].strip(), *found.span("who"))
            for one in _of_one_bracket(text, reads, read, mark.start):
                one.scopes.append(mark)
        aged = _FOR_AGE.match(text, read.limit.end) if read.limit.base != "age" and not read.scopes else None
        if aged is not None:
            read.scopes.append(ScopeMark(ScopeKind.AGE, aged["who"].strip(), *aged.span("who")))
        aging = read.limit.base == "age" and not read.scopes
        sexed = _OTHER_SEX.search(text, max(0, read.limit.start - _REACH), read.limit.start) if aging else None
        if sexed is not None:
            named = "who" if sexed["who"] else "men"
            read.scopes.append(ScopeMark(ScopeKind.SEX, sexed[named], *sexed.span(named)))
        people = _IN_PEOPLE.match(text, read.limit.end) if read.limit.base != "age" and not read.scopes else None
        if people is not None:
            read.scopes.append(ScopeMark(ScopeKind.CONDITION, people["who"], *people.span("who")))
        some = None if read.limit.base in ("age", "prior_lines") or read.scopes else _BEHIND.match(text, read.limit.end)
        some = some or (None if exclusion or read.scopes else _for_another(text, read))
        if some is not None:
            read.scopes.append(ScopeMark(ScopeKind.CONDITION, some["who"].strip(), *some.span("who")))
        behind = _IN_BRACKETS.match(text, read.limit.end) if not read.scopes else None
        behind = behind or (None if read.scopes or exclusion else _OF_AN_ILLNESS.match(text, read.limit.end))
        if behind is not None and not cohorts_in(behind.group()):
            read.scopes.append(ScopeMark(ScopeKind.COHORT, behind["who"], *behind.span("who")))
    for one, other in pairwise(reads):
        alone = one.limit.either and len(one.limit.stated.intervals) == 1  # not 'pulse < 50 or > 150, and …'
        if alone and _TOGETHER.fullmatch(text[one.limit.end : other.limit.start]) and not other.scopes:
            words = text[one.limit.start : one.limit.end]
            other.scopes.append(ScopeMark(ScopeKind.CONDITION, words, one.limit.start, one.limit.end))
    untreated = () if exclusion else _unless_treated(text, reads)
    for read, mark in (
        *_told_apart(text, reads), *_aged_apart(text, reads), *_labelled_apart(text, reads), *untreated
    ):
        read.scopes.append(mark)


_PRESSURES = frozenset(["systolic_bp", "diastolic_bp"])
_AND_OR = re.compile(r"(?i)[\s,()]*(?:mm ?hg)?[\s,()]*(?:and/or|and|or)[\s,(]*(?:an? )?")
_CLOTTING = frozenset(["inr", "pt", "aptt"])
# "INR ≤ 1.5 (not receiving anticoagulants)", "(without anticoagulant therapy)"
_UNTREATED = sought(
    r"(?i)[\s)]{0,2},? ?\(?(?P<who>(?:(?:if|when|in (?:those|patients|subjects|participants)) )?"
    r"(?:not (?:currently )?(?:on|receiving|taking|using|under)|without|off|in (?:the )?absence of)"
    r" (?:[\w-]+ ){0,3}(?:anti-?coag\w+|warfarin|coumarins?|heparin)(?: [\w-]+){0,2})",
    "anticoag", "anti-coag", "warfarin", "coumarin", "heparin",
)


def _unless_treated(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """Values of clotting that are asked only of those who take nothing against it, told behind the last of them."""
    clotting = [read for read in reads if read.limit.base in _CLOTTING and not read.scopes]
    for place, read in enumerate(clotting):
        found = _UNTREATED.match(text, read.limit.end)
        for one in clotting[: place + 1] if found else ():
            near = ". " not in text[one.limit.end : read.limit.end] and ";" not in text[one.limit.end : read.limit.end]
            if found and near and not one.scopes:
                yield one, ScopeMark(ScopeKind.CONDITION, found["who"], *found.span("who"))


def _of_one_bracket(text: str, reads: Sequence[Read], last: Read, end: int) -> list[Read]:
    """'(systolic > 140, diastolic > 90) who …': all that stand in the bracket that closes before the words."""
    pressures = [one for one in reads if one.limit.base in _PRESSURES and not one.scopes]
    both = len(pressures) > 1 and pressures[-1] is last and pressures[-2].limit.base != last.limit.base
    first = pressures[-2].limit.end if both else 0
    if both and _AND_OR.fullmatch(text, first, max(first, last.limit.start)):
        return pressures[-2:]
    opened = text.rfind("(", 0, last.limit.start)
    if ")" not in text[last.limit.end : end] or ")" in text[max(opened, 0) : last.limit.start]:
        return [last]
    return [one for one in reads if opened < one.limit.start <= last.limit.start and not one.scopes]


def _narrowing(text: str, read: Read) -> re.Match[str] | None:
    """The words that leave a value of an exclusion to some."""
    limit = read.limit
    found = _WHO.match(text, limit.end) or _FROM_PART.match(text, limit.end) or _WITH_SIGN.match(text, limit.end)
    if found is None and limit.base == "age" and len(limit.stated.intervals) == 1:
        found = _WITH.match(text, limit.end) or _WHAT_IN.search(text, max(0, limit.start - _REACH), limit.start)
    if found is None and limit.base != "age":
        found = _TREATED.match(text, limit.end) or _CAUSED.match(text, limit.end)
        found = found or _UNANSWERED.match(text, limit.end) or _in_passing(text, limit.start, limit.end)
        found = found or _CAUSED_BY.search(text, max(0, limit.start - _REACH), limit.start)
        if found is None and load_variables()[limit.variable].step is not None:
            found = _STEP_WITH.match(text, limit.end)
    return found


def _in_passing(text: str, start: int, end: int) -> re.Match[str] | None:
    """The words that say what the members of a list in brackets may do, one of which stands at [start, end)."""
    found = _THAT_MAY.match(text, end)
    opened = text.rfind("(", max(0, start - _REACH), start)
    return found if found and opened >= 0 and "," in text[opened : found.start("who")] else None


def _told_apart(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """Values of one variable that are told of different people each, with the people."""
    told: dict[str, list[tuple[Read, re.Match[str]]]] = {}
    for read in reads if len(reads) > 1 else ():
        found = _PEOPLE_WITH.search(text, max(0, read.limit.start - _REACH), read.limit.start)
        if found is not None and not read.scopes:
            told.setdefault(read.limit.base, []).append((read, found))
    for pairs in told.values():
        if len({found["who"].lower() for _, found in pairs}) > 1:
            for read, found in pairs:
                yield read, ScopeMark(ScopeKind.COHORT, found["who"], *found.span("who"))


def _aged_apart(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """'Patients ≥ 13 years with CD4 ≤ 200. Patients < 13 years with …': the limits behind each of two ages apart."""
    ages = [read for read in reads if read.limit.base == "age"]
    if len(ages) < 2 or any(one.limit.stated.overlaps(two.limit.stated) for one, two in pairwise(ages)):
        return
    for age, following in zip(ages, [*ages[1:], None], strict=True):
        stop = text.find(". ", age.limit.end)
        stop = min(stop if stop >= 0 else len(text), following.limit.start if following else len(text))
        mark = ScopeMark(ScopeKind.COHORT, text[age.limit.start : age.limit.end], age.limit.start, age.limit.end)
        for read in reads:
            if age.limit.end <= read.limit.start < stop and not read.scopes:
                yield read, mark


def _labelled_apart(text: str, reads: Sequence[Read]) -> Iterator[tuple[Read, ScopeMark]]:
    """'NHL: platelets ≥ 75; CLL: platelets ≥ 30': one variable told of each of two labels, with other values."""
    labels = list(_LABEL.finditer(text)) if len(reads) > 1 else []
    if len(labels) < 2:
        return
    told: dict[str, list[tuple[Read, re.Match[str]]]] = {}
    for read in reads:
        above = [label for label in labels if label.start() <= read.limit.start]
        if above and not read.scopes and not _names_a_measure(above[-1]["who"]):
            told.setdefault(read.limit.variable, []).append((read, above[-1]))
    for pairs in told.values():
        values = {read.limit.stated for read, _ in pairs}
        if len({label["who"].lower() for _, label in pairs}) == len(pairs) and len(values) == len(pairs) > 1:
            for read, label in pairs:
                yield read, ScopeMark(ScopeKind.COHORT, label["who"], *label.span("who"))


def _names_a_measure(label: str) -> bool:
    """Whether a label names what is measured or an organ, 'Hepatic:', 'Hematology:', and no people."""
    return _ORGANS.search(label) is not None


_ORGANS = re.compile(
    r"(?i)\b(?:hepatic|liver|renal|kidney|h[ae]+matolog\w*|marrow|cardi\w+|pulmon\w+|function|criteria|screening"
    r"|baseline|day|visit|week|blood|lab\w*|status|age|coagulation|note|inclusion|exclusion|characteristics)\b"
)
