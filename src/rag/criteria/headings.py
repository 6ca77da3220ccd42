"""Whom the items below a heading concern: everybody, or a cohort, an age, a sex, those with a condition."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from rag.criteria.items import SECTIONS, Item, is_people_heading
from rag.criteria.leads import lets_some_in
from rag.criteria.lexer import tokenize
from rag.criteria.sought import sought
from rag.criteria.tokens import Kind
from rag.text import fold
from rag.types import Polarity, Scope, ScopeKind, Span

_WHO = r"(?:patients|participants|subjects|individuals|those|persons|women|men|children|adults|infants)"
_COHORT_HEADING = re.compile(
    r"\b(?:parts?|cohorts?(?:I{1,3}|\d)?|arms?|groups?|stratum|strata|phase|sub[- ]?study|module|portion)\b"
    r"|\bhealthy\b|\bcontrols?\b|\bvolunteers?\b|\b(?:donor|recipient)s?\b|\boffspring\b|\bsiblings?\b|\bspouses?\b"
    r"|\bcaregivers?\b|\bmentors?\b|\bparents?\b|\bpartners?\b|\badditional\b|^[\W\d]*(?:in|ex)clusion criteri\w+"
    r" (?:for|of|\()|^\W*criteria for (?!the|this|all|both|each|inclusion|exclusion|entry|enrol|eligib"
    r"|particip|study|trial)"
    r"|\bfor (?!all|both|each|every|either|eligible|enrolled|the|this)(?:[\w-]+ ){0,2}(?:patients|participants|subjects"
    r"|women|men|children|adults|adolescents|infants)\b"
    r"|\b(?:patients|participants|subjects|women|men|children|adults|infants) (?:with(?:out)?|who|undergoing"
    r"|receiving|on|in)\b",
    re.IGNORECASE,
)
# "Exclusion criteria for screening", "Inclusion criteria (any of these)": the way in, which everybody goes
_ENTRY = (
    r"(?:the |this |our |main |current |pre-?|initial |treatment |trial |study |subject |patient )*"
    r"(?:study|trial|protocol|participation|entry|enrol+ment|registration|eligibility|inclusion|screening"
    r"|consent|index eye|study eye|study and fellow eye)"
)
_NOT_A_COHORT = re.compile(
    r"(?i)following|such as"
    r"|^\W*(?:key |main |general )?(?:in|ex)clusion criteria(?: \((?:main|key|major|general|summary"
    r"|abbreviated|selected|all|any|each|one|must|to|by|at|partial|list|brief)\b[^)]{0,60}\))?:?$"
    r"|characteristics\W*$|recommendations\W*$"
    r"|^\W*(?:the )?(?:subject|participant|patient|volunteer)s? (?:is|are|has)\b|must|eligible|performance"
    rf"|(?:in|ex)clusion criteria (?:for|of) (?:{_ENTRY}\W*$|(?:the )?screening\b)"
    r"|oncology group|below|above\b|excluded|ineligible|adequate|documented|function|"
    r"confirmed|laborator|evidence|history|all (?:patients|participants|subjects)|age group|blood group|^(?:patients"
    r"|participants|subjects) with:?$|\beither\W*$|\bany of\b|^\W*\w+ who\W*$"
    r"|^\W*(?:patients|participants|subjects)\b[^:]{0,90}\binclud(?:es?|ing)\W*$|^\W*additional (?:in|ex)clusion\W"
    r"(?:\w+ )?criteria (?:include|are)\W*$"
)
# "Common to both parts", "General inclusion criteria", "for dose escalation and dose expansion", "phases 1 and 2"
_EVERYBODY = re.compile(
    r"(?i)(?<!non-)\b(?:all|both|each|every) (?:groups?|arms?|cohorts?|parts?|patients?|participants?|subjects?"
    r"|study|phases|stages|periods|sub-?studies|studies|aims?)\b"
    r"|^\W*all (?:adults|women|men|children)\b|^\W*main phase\b"
    r"|\bcommon (?:to|(?:in|ex)clusion|eligibility|criteria)\b|\bcriteria common\b"
    r"|^\W*general (?:(?:in|ex)clusion|eligibility) criteria\b"
    # "For entry into the treatment phase, participants must meet:": what everybody has to go through
    r"|^\W*(?:for|to be eligible for|to qualify for|before) (?:entry|enrol+ment|entering|inclusion|admission"
    r"|randomi[sz]ation)(?: (?:in|into|to))? (?:the )?(?:double[- ]blind |main |core |randomi[sz]ed |blinded )*"
    r"(?:treatment|randomi[sz]ation|randomi[sz]ed|double[- ]blind|main|core|study|trial)\b"
    r"|\bescalation (?:and|&) (?:(?:dose|cohort)[- ])?(?:expansion|extension)\b"
    r"|\b(?:phase|stage)s? (?:1|I)[ab]? ?(?:and|&|/) ?(?:(?:phase|stage) )?(?:2|II)\b"
)
# a word that always divides a trial; not "as part of routine care", "a representative study cohort"
_DIVISION = re.compile(
    r"(?i)(?<!as )\bpart\b(?! of (?!the (?:study|trial)|this (?:study|trial)))|\bparts\b"
    r"|\b(?:arm|stratum|portion|sub[- ]?study)s?\b"
    r"|^\W*(?:for |in )(?:the )?phase (?:\d|I{1,3})[ab]?\b(?! ?(?:and|&|/|or)\b)"
    r"|(?<!study )(?<!representative )\bcohorts?\b|\baims? (?:\d|I{1,3}\b)"
    r"|^\W*(?:for|in) study (?:[A-D]|[1-4]|I{1,3})\b|^\W*study (?:[A-D]|[1-4]|I{1,3})\W*$"
    r"|^\W*(?:newly diagnosed|recurrent|relapsed|refractory|untreated|previously (?:un)?treated)"
    r"(?: (?:or|and|/) (?:relapsed|refractory|recurrent))?"
    r" (?:tumou?rs?|disease|patients|subjects|participants|cases)\W*$"
    r"|^\W*stage \d\b|\bfor stage \d\b|^\W*for (?:(?:phase \d )?dose[- ])?(?:expansion|escalation|backfill)\b"
    r"|\b(?:dose[- ])?(?:escalation|expansion) (?:phase|part|stage)\b"
    r"|\b(?:treatment|maintenance|extension|open-label|cross-?over|re-?treatment|randomi[sz]ed) phase\b"
)
_DIVISION_BEFORE = 120  # characters: in a long sentence the word tells something else
_DIVISION_BEHIND = re.compile(
    r"(?i)\((?:only (?:for|in) [^()]{0,80}|(?:for |in )?(?:[\w-]+ ){0,3})(?:cohorts?|parts?|arms?)"
    r"(?: \w{1,3})?(?: only)?\)\W*$"
)
# "For patients with renal impairment, the following …:", "Participants in phase 2 must meet:"
_OF_SOME = re.compile(
    rf"(?i)\W*(?:for|in) (?:the )?(?:adult |pa?ediatric )?{_WHO}"
    r" (?:with(?:out)?|who (?:have|are|had|will|do|did|were)|not|on|receiving|taking|undergoing|treated|having"
    r"|enrolled in|randomi[sz]ed to)\b"
    rf"(?! (?:all|any|each|both|one or more) (?:of )?(?:the|these|following))[^:]{{3,160}}:$"
    rf"|\W*{_WHO} (?:in|entering|enrolled in|enrolling in) (?:the )?(?:phase|part|dose|stage|expansion|escalation)\b"
    r"[^:]{0,80}:?$"
    r"|\W*(?!(?:risk|age|blood|ethnic)\b)(?:[\w/-]+ ){1,5}(?:group|cohort|arm)s?(?: \([^()]{1,40}\))?: "
    r"|(?:[^:]{0,60}\W)?(?:caregivers?|carers?|donors?) (?:must|who)\b[^:]{0,80}:?$"
    r"|\W*(?:offspring|relatives?|siblings?|spouses?|mothers?|providers?|clinicians?|infants?|recipients?)\b[^:]{0,60}"
    r"(?:in|ex)clusion criteria\b[^:]{0,20}:?$"
)
# "Specific to Study 2:", "Criteria specific for renal tumours:", "Docetaxel-specific criteria:"
_SPECIFIC = re.compile(
    r"(?i)\W*(?:(?:additional|further|key|main) )?(?:(?:in|ex)clusion |eligibility )?(?:criteri\w+ )?(?:specific"
    r" (?:for|to)|unique to) (?:the )?(?!(?:the|all|both|each|every|any|this|protocol|population|disease|indication"
    r"|entry|enrol|inclusion|exclusion|eligib|screening)\b|(?:study|trial)\b(?! ?\d))[^:<>≤≥]{2,70}:?$"
    r"|\W*(?:the )?(?!(?:disease|study|trial|protocol|population|indication|tumou?r|cancer|diagnosis|age|gender|sex"
    r"|general|laboratory|lab|organ|safety|site|non|more|patient|subject)-)[\w-]{3,30}-specific"
    r" (?:(?:in|ex)clusion |eligibility )?criteri\w+\W*$"
)
# "Eligibility criteria prior to infusion:", "Criteria to begin maintenance:", "For the second randomisation:"
_LATER = re.compile(
    r"(?i)[^:<>≤≥]{0,60}\b(?:(?:prior to|before|at|for|to (?:begin|start|enter|continue|proceed (?:to|with|into)"
    r"|receive)) (?:the |each |starting )?(?:(?:(?:second|third|2nd|3rd) (?:registration|randomi[sz]ation|cycle|dose"
    r"|infusion|treatment))|(?:[\w-]+ )?(?:re-?infusion|infusion(?! pump)|lympho-?depletion|conditioning"
    r"|leuk[ao]?pheresis|apheresis)|maintenance(?! (?:ha?emo)?dialysis)|consolidation|re-?treatment|re-?challenge"
    r"|subsequent (?:cycles|doses|treatments?)"
    r"|cross-?over|(?:open-?label|long-?term) extension))\b[^:<>≤≥]{0,60}:?$"
)
# "Exclusions for the muscle biopsy study:", "Exclusionary criteria for MRI visits:"
_OF_PROCEDURE = re.compile(
    r"(?i)\W*(?:additional )?(?:(?:in|ex)clusions?|(?:in|ex)clusion\w* criteria|criteria)(?: criteria)? (?:for|from) "
    r"(?:the )?(?:[\w-]+ ){0,3}(?:biops(?:y|ies)|mri|pet|imaging|metabolic|challenge|sleep|pharmacokinetic|pk"
    r"|interviews?)(?: scans?| stud(?:y|ies)| visits?| procedures?| participants?)?\W*$"
)
# "Diffuse large B-cell lymphoma (DLBCL) participants:", "Ovarian cancer inclusion criteria:"
_OF_TUMOUR = re.compile(
    r"(?i)\W*(?!.*\b(?:history|prior|previous|other|any|no|active|known|all|both|adult|cancer patients"
    r"|advanced|metastatic)\b)(?:[\w'-]+ ){1,5}?"
    r"(?:leuka?emias?|lymphomas?|myeloma|\w*sarcomas?|melanoma|carcinomas?|cancers?|gliomas?|\w*blastomas?|tumou?rs?"
    r"|malignanc(?:y|ies))"
    r"(?: \([\w/ -]{1,12}\))? (?:(?:patients|participants|subjects)(?: only)?"
    r"|(?:in|ex)clusion criteria(?: for [\w-]+)?|cohort)\W*:\W*$"
)
_GROUP_TO = re.compile(
    r"(?i)[\W\d]*(?:in|ex)clusion criteri\w+ for (?:patients|subjects|participants) \w+ing\b|[^:]{0,80}\bfor (?:the )?"
    r"(?:[\w-]+ ){1,3}group\b"
)


def cohort_scopes(item: Item) -> tuple[Scope, ...]:
    """Headings that name a cohort or a population scope every limit below them."""
    scopes = []
    spans = item.heading_spans
    shift = len(item.headings) - len(spans)
    for number, heading in enumerate(item.headings):
        kind = _heading_kind(heading)
        if kind is None and item.divided and _is_of_people(heading):
            kind = ScopeKind.COHORT
        if kind is None and item.polarity is Polarity.EXCLUSION and _is_with_one_of(heading):
            kind = ScopeKind.CONDITION
        if kind is None and _is_turned_back(item) and lets_some_in(heading):
            kind = ScopeKind.CONDITION
        if kind is not None:
            span = spans[number - shift] if number >= shift else Span(item.span.start, item.span.start)
            scopes.append(Scope(kind, heading.rstrip(" :"), span))
    return tuple(scopes)


def _is_turned_back(item: Item) -> bool:
    """Whether an item among the exclusions tells what is asked for."""
    return SECTIONS.get(item.section) is Polarity.EXCLUSION and item.polarity is Polarity.INCLUSION


_DESCRIBES = re.compile(
    r"(?i)^\W*(?:all|both|every|each) |\badequate\b|\bcharacteristics\b|\bfunction\b|\bmust have\b"
    r"|^\W*(?:patients|participants|subjects) (?:must|should) (?:also )?(?:meet|fulfil|satisfy|be)\b"
)


def _is_of_people(heading: str) -> bool:
    """Whether a heading of a list that is divided names some people: not 'Patients with adequate function as …'."""
    return is_people_heading(heading) and not _EVERYBODY.search(heading) and not _DESCRIBES.search(heading)


_AGES = re.compile(
    r"(?i)\W*(?:(?:for|in)\s)?(?:patients|participants|subjects|adults|children|age[sd]?|under|over|[<>≤≥])[^:;]{0,50}"
    r"(?:(?:years?|yrs|months?|old|age)|\bage[sd]? (?:of )?\d{1,2} (?:to|-|and) (?:\d{1,2}|over|older|above|under))\W*$"
)
_AGE_ITEM = re.compile(r"(?i)\W*(?:age|[<>≤≥])[^:]*")  # 'Aged 20 to 70 years' over deeper bullets: a criterion itself
_SEX = re.compile(r"(?i)\W*(?:for\s)?(?:fe)?(?:males?|men|women)(?:\s(?:patients|participants|subjects))?\W*$")


# "Known to be HIV positive, unless all of the following:", "Participants with HIV are eligible provided that they:"
_SOME_ALLOWED = re.compile(
    r"(?i)(?![^:]{0,120}\b(?:cannot|not) be (?:considered )?eligible\b)"
    r"[^:]{8,160}\b(?:unless|except (?:if|when|for|that))\b"
    r"(?! (?:otherwise|as )|(?: where)? (?:stated|noted|indicated|specified))(?:[^:]{0,60}|(?<=unless)[^:()]{0,120}):?$"
    r"|\W*(?:patients|participants|subjects|those|individuals|persons|women|men)\b(?! who (?:meet|fulfill?|satisfy))"
    r"[^:]{0,20}\b(?:with|who|having|on)\b(?![^:]{0,40}\b(?:following|criteria|these)\b)[^:]{3,120}"
    r"\b(?:eligible|allowed|permitted|enrolled|included|acceptable)\b[^:]{0,60}:?$"
    r"|\W*(?:patients|participants|subjects|those|individuals|persons|women|men) (?:with|who have|having)\b[^:]{3,240}"
    r"\b(?:eligible|allowed|permitted|enrolled|included)\b[^:]{0,60}\b(?:provided|as long as|if)\b[^:]{0,60}:$"
    r"|[^:]{0,60}\b(?:hiv|human immuno\w+|hepatitis|hbv|hcv|diabet\w+|gilbert\w*|brain metasta\w+)\b[^:]{0,80}\b"
    r"(?:eligible|allowed|permitted|enrolled|included|acceptable|participate|enroll|enter)\b[^:]{0,60}"
    r"\b(?:if|provided|when|who|as long as)\b[^:]{0,80}:?$"
    r"|\W*(?:patients|participants|subjects|those|individuals|persons)\b[^:]{0,20}\b(?:with|who have|having)"
    r" (?:an? |any )?(?:known |prior )?(?:history|hiv|human immuno|hepatitis|hbv|hcv|brain|cns|liver metast|gilbert)\b"
    r"[^:]{0,120}\b(?:must|should|need)\b[^:]{0,40}:?$"
)
# "Known HIV infection with one or more of the following:": in a list of exclusions nobody else is meant
_WITH_ONE_OF = re.compile(
    r"(?i)[^:]{0,60}\b(?:hiv|human immuno\w+|hepatitis|hbv|hcv|diabetes|diabetics?|cirrhosis)\b[^:]{0,60}\b"
    r"(?:with|and|plus|who have|having)(?: at least)? (?:one|1|any|either)\b[^:]{0,30}\b(?:following|these)\b"
    r"[^:]{0,20}:?$"
)
_EXCEPTION_REACH = 60  # characters
_IF = re.compile(r"(?i)(?:if\b|only (?:if|for|when)\b|in the (?:absence|presence) of )")
# "ALT ≤ 2.5 x ULN with the following exceptions:", "Exceptions include:": what stands below is for those alone
_EXCEPTIONS = re.compile(
    r"(?i)\bexceptions?(?: (?:of|is|are|apply|applies|includes?|being|below))*(?: the following)?\W*$"
)


def is_exception_of_others(heading: str, bases: Set[str]) -> bool:
    """Whether "Bilirubin ≤ 1.5 x ULN, with these exceptions:" is of other measures than a limit below it."""
    if not _EXCEPTIONS.search(heading[-_EXCEPTION_REACH:]):
        return False
    named = _measures_in(heading)
    return bool(named) and not named & bases


@lru_cache(maxsize=4096)  # asked again for every item below it
def _measures_in(heading: str) -> frozenset[str]:
    return frozenset(token.value for token in tokenize(fold(heading).text) if token.kind is Kind.VARIABLE)


@lru_cache(maxsize=4096)  # asked again for every item below it
def _is_with_one_of(heading: str) -> bool:
    return _WITH_ONE_OF.match(heading) is not None


@lru_cache(maxsize=4096)  # asked again for every item below it
def _heading_kind(heading: str) -> ScopeKind | None:
    """Whether a heading says whom the items below it concern, and how."""
    if _IF.match(heading) or _SOME_ALLOWED.match(heading) or _EXCEPTIONS.search(heading[-_EXCEPTION_REACH:]):
        return ScopeKind.CONDITION
    if _SEX.fullmatch(heading):
        return ScopeKind.SEX
    if _AGES.fullmatch(heading) and re.search(r"\d", heading) and not _AGE_ITEM.fullmatch(heading):
        return ScopeKind.AGE
    return ScopeKind.COHORT if _names_cohort(heading) or _INITIALS.match(heading) else None


# "RRMM patients:", "NHL and MM patients only: …"
_INITIALS = re.compile(
    r"\W*(?:For )?(?!(?:ECOG|HIV|ALL|BOTH|EACH|ANY|MALE|FEMALE|ADULT|STUDY|THE|KEY|MAIN)\b)"
    r"[A-Z][a-z-]{0,8}[A-Z][\w/-]{0,12}(?:(?:,| and| or|/) ?[A-Z][a-z-]{0,8}[A-Z][\w-]{0,12}){0,5}"
    r" (?:patients|subjects|participants|PATIENTS|SUBJECTS|PARTICIPANTS)(?: only)?\W*(?::|$)"
)
# "For triplet combination in ovarian cancer:"
_FOR = re.compile(
    r"(?i)\W*for (?!all\b|both\b|each\b|every|any\b|this\b|the (?:study|trial|purpose)|inclusion|exclusion|eligib|enrol"
    r"|entry|particip|safety|reason|purpose|study|screening|example|(?:at least|more|less)\b)[^:<>≤≥]{3,70}:$"
)
# "For acute leukaemia, patients must have:"
_FOR_DISEASE = re.compile(
    r"(?i)\W*for (?!all\b|both\b|each\b|every|any\b|this\b|eligib|inclusion)[^:,]{0,50}"
    r"(?:leuka?emia|lymphoma|myeloma|carcinoma|cancers?|tumou?rs?"
    r"|sarcoma|melanoma|glioma|disease|syndrome|diabetes|asthma)s?, (?:patients|participants|subjects)"
    r" (?:must|should)\b[^:]{0,60}:$"
)
_LONGEST, _LONGEST_CRITERIA = 80, 110  # characters of a heading that is a name, and no sentence


def is_of_some(heading: str) -> bool:
    """Whether a heading is of a part, a procedure or a later step of the trial: 'Study 2:', 'Exclusions for MRI:'."""
    if len(heading) > _LONGEST_CRITERIA:
        return False
    later = bool(_LATER.match(heading)) and not _NOT_LATER.search(heading)
    some = later or _PART_NAMED.match(heading) or _SPECIFIC.match(heading) or _OF_PROCEDURE.match(heading)
    return bool(some) and not _EVERYBODY.search(heading)  # the longest search last


_PART_NAMED = re.compile(
    r"(?i)\W*(?:for |in )?(?:sub-?)?study (?:[A-D]|[1-4]|I{1,3})\W*$"
    r"|\W*(?:(?:in|ex)clusion )?criteri\w+ for (?:the )?(?:[\w-]+ ){0,3}sub-?stud(?:y|ies)\W*$"
)


def _names_cohort(heading: str) -> bool:
    everybody = _EVERYBODY.search(heading) or _ADMITTED.match(heading)
    if everybody or (re.search(r"[<>≤≥]", heading) and not _COHORT_FIRST.match(heading)):
        return False
    division = _DIVISION.search(heading)
    if (division and division.start() < _DIVISION_BEFORE) or _DIVISION_BEHIND.search(heading):
        return True
    if any(one.match(heading) for one in (_OF_SOME, _FOR_DISEASE, _SPECIFIC, _OF_PROCEDURE, _OF_TUMOUR, _GROUP_TO)):
        return True
    if len(heading) <= _LONGEST_CRITERIA and _LATER.match(heading) and not _NOT_LATER.search(heading):
        return True
    if not _COHORT_HEADING.search(heading):
        return _FOR.match(heading) is not None and not _NOT_A_COHORT.search(heading)
    longest = _LONGEST_CRITERIA if _OF_CRITERIA.search(heading) else _LONGEST
    return len(heading) <= longest and not _NOT_A_COHORT.search(heading)


# "Only patients with severe disease will be admitted, defined as:" is said of all who enter
_ADMITTED = re.compile(
    r"(?i)\W*only (?:patients|subjects|participants|those|individuals)\b[^:]{3,120}"
    r"\bwill be (?:admitted|enroll?ed|included|accepted|eligible)\b"
)
_NOT_LATER = re.compile(r"(?i)\b(?:enrol|screening|entry|registration and|first)")
_OF_CRITERIA = re.compile(r"(?i)(?:in|ex)clusion criteria(?:\W*$| for )")
_COHORT_FIRST = re.compile(r"(?i)\W*(?:for |in )?(?:cohort|part|arm|stratum) [a-z\d]{1,2}\b[^<>≤≥]{0,80}[^:]{0,300}:$")


_FERTILITY = re.compile(
    r"(?i)menopaus|child-?\s?bearing|pregnancy test|\b[WFP]OCB?P\b|sterili[sz]|amenorrh|contracepti"
    r"|non-?reproductive potential"
)
_MENOPAUSE_TOLD = re.compile(
    r"(?i)(?:menopausal|child-?\s?bearing)(?: potential| status| women| females?)*\W{0,3}(?:\([^()]{1,30}\) )?"
    r"(?:is|are|as|will|which|:|defin|confirm|fulfil|establish|documented|$)"
)
_WOMEN = re.compile(
    r"(?i)(?<!male or )(?<!males or )\b(?:wom[ae]n|females?|menses|menstru\w+|amenorrh\w+|\w*menopaus\w+)\b(?! or male)"
)


def tells_menopause(item: Item, words: str) -> bool:
    """Whether an age stands in what a heading above says of women who can, or can no longer, have children."""
    above = [heading for heading in item.headings if _FERTILITY.search(heading)]
    return bool(above) and (_WOMEN.search(words) is not None or any(map(_MENOPAUSE_TOLD.search, above)))


# "No close contact with the following persons:": what stands below is about others
_OTHERS_HEADING = sought(
    r"(?i)\bcontacts? with\b|\bhousehold (?:contacts?|members?)\b"
    r"|\b(?:live|lives|living|reside|residing) with\b",
    "contact", "live", "living", "resid", "household",
)


# "History of a major reaction to the drug, defined as:": what stands below was so then
_REACTION_HEADING = sought(
    r"(?i)\b(?:history of|previous|prior|past)\b[^.:,]{0,60}"
    r"\b(?:reactions?|toxicit(?:y|ies)|intolerance|adverse events?)\b"
    r"[^.:,]{0,80},? ?\b(?:defined (?:as|by)|such as|including)\b",
    "reaction", "toxicit", "intolerance", "adverse",
)


@lru_cache(maxsize=1024)  # asked again for every item below them
def is_of_others_or_once(headings: tuple[str, ...]) -> bool:
    """Whether what stands below is of other people than those who enter, or tells what was so once."""
    if headings and _OTHERS_HEADING.search(headings[-1]):
        return True
    return any(_REACTION_HEADING.search(heading) for heading in headings[-2:])
