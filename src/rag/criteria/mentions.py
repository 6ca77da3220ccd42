"""Numbers told in passing, which limit nobody: an age at onset, a relative's, an attack's, of a treatment to come."""

from __future__ import annotations

import re

from rag.criteria.limits import Limit
from rag.criteria.sought import sought

# "disease onset at > 16 years of age", "diagnosed before the age of 50", "sudden death under 40 years"; not "aged ≥ 16"
_EVENT_AT = sought(
    r"(?i)(?:\bonset\b(?: of (?:the |their )?\w+)?|\b(?:sudden|unexplained|premature|early) (?:cardiac )?deaths?"
    r"|\bdied|\bmenarche|\bfirst (?:symptoms?|seizures?|episodes?|attacks?)(?! ?[(,]))"
    r"(?: (?:(?:(?:must|should|will|may) )?(?:have )?(?:been )?(?:was|occurred|occurring|began|begun|being|happened)))?"
    r"(?: (?:at|before|after|under|over|below|by|prior to|from|when|between)){0,2}"
    r"(?: (?:an?|the))?(?: ages?(?: of)?)?[ (,]{1,3}$",
    *["onset", "death", "died", "menarche", "first symptom", "first seizure", "first episode", "first attack"],
)
# "Those ≥ 18 years of age must give consent. For those < 18 years, a guardian must …"
_CONSENTS = re.compile(
    r"(?i)[\s),]*(?:(?:years?|yrs|old|of age|or older)[\s),]*){0,3}(?:must|should|will|need to)"
    r" (?:be able to |be willing to )?(?:give|provide|sign) [^.;]{0,30}\bconsent\b"
)
_GUARDIAN = re.compile(r"(?i)[<≤] ?(?:1[5-9]|2[01])\b[^.;]{0,60}\b(?:guardians?|parents?|representatives?|assent)\b")
# "1-11 months of age must have > 2000 cells/mm3; 12-23 months must have …"
_AGE_OF_ROW = re.compile(r"(?i)\d (?:months?|years?)(?: of age| old| and older| or older){0,2} must have [<>≤≥]")
# "chemotherapy that will induce severe neutropenia (i.e., neutrophils < 500)"
_INDUCED = re.compile(
    r"(?i)\b(?:induc(?:e|es|ing)|caus(?:e|es|ing)|produc(?:e|es|ing))\b[^.;()]*\((?:i\.?e\.?,? |e\.?g\.?,? )?[^()]*$"
)
# "hypercalcaemia (calcium < 12)": the sign is wrong
_TOO_HIGH = re.compile(r"(?i)(?<!hypocalcemia or )\bhypercalc\w*\s?\((?:[^.;()]|\.\d)*$")
# "age of onset above 17 years"
_AGE_OF_EVENT = re.compile(
    r"(?i)\bage (?:of|at) (?:the )?(?:(?:first|initial|disease|symptom|seizure) )?(?:diagnosis|onset|presentation"
    r"|menarche|symptoms?)(?: (?:is|was|of|between))? ?[(:]? ?$"
)
# "a skin test performed not older than 60 days before the visit"
_NOT_OLDER = re.compile(r"(?i)(?:not|no) (?:more than|older than)\b")
_OF_A_TEST = re.compile(
    r"(?i)\b(?:tests?|scans?|results?|imaging|biops(?:y|ies)|samples?|tissue|specimens?|performed|x-?rays?|mri|ct"
    r"|radiographs?|ecg)\b[^.;<>≤≥]{0,60}$"
)
# "not older than 60 days before the visit": of no person
_BEFORE_A_VISIT = re.compile(
    r"(?i)[\s)]{0,2}(?:before|prior to|preceding|from) (?:the )?(?:screening|visit|baseline|enrol|inclus|study)"
)
# "for some illness lasting at least 6 months", behind an age: the time is of the illness
_LASTING = re.compile(
    r"(?i)\bamenorrho?ea (?:for|of) $"
    r"|\b(?:duration|history|course) "
    r"(?:of (?:the |their )?(?:(?!age\b|aged\b|between\b)[^.;,<>≤≥\d]){2,40})?(?:of )?$"
)
_IN_RELATIVES = re.compile(
    r"(?i)[^.;,()<>≤≥\d]{0,24}\b(?:in|among) (?:an? |any |one or more )?"
    r"(?:(?:first|second)[- ]degree|relatives?\b|(?:the|their|a) family\b(?! \w)|family members?\b"
    r"|parents?\b|siblings?\b)"
)
# "women who have an infant less than 6 months old"
_OF_A_CHILD = re.compile(
    r"(?i)\b(?:ha(?:ve|s|ving)|with|nursing|breast-?feeding|caring for) (?:an?|their|her|any) (?:[\w-]+ )?"
    r"(?:infant|baby|babies|child|newborn|son|daughter|toddler)s?(?: (?:who|that|which) (?:is|are))?(?: aged?)? ?$"
)
# "Women 56 years and older will be assumed to be postmenopausal", "women of 45 to 55 years will have FSH checked"
_TOLD_OF_AGE = re.compile(
    r"(?i)[\s),]*(?:(?:years?|yrs|old|of age|and older|or older|or above)[\s),]*){0,3}"
    r"(?:will|are|should|shall) (?:be )?(?:(?:assumed|presumed|considered|deemed|classified|regarded)\b"
    r"(?! (?:ineligible|eligible|for))"
    r"|have (?:an? |their )?[\w-]+(?: levels?)? (?:checked|measured|tested|drawn|assessed))"
)
# "Were at least 2 years old when they had measles", "For donors under 18, an assent form must be signed"
_AGE_THEN = re.compile(
    r"(?i)[\s),]*(?:(?:years?|yrs|old|of age|or older)[\s),]*){0,3}"
    r"(?:when (?:they|he or she|the (?:patient|subject|child))"
    r" (?:had|were|was|got|developed|received|became)\b|,? (?:an? )?(?:assent|consent|permission)\b"
    r"|must have the consent\b)"
)
# "2 or more premenopausal (under age 50) first-degree relatives"
_BEFORE_RELATIVES = re.compile(
    r"(?i)[\s)]*(?:(?:years?|old|of age)[\s)]*){0,2}(?:first|second)[- ]degree (?:relatives?|family)"
)
# "fetal anomalies at > 20 weeks of gestation": when something was found
_FOUND_AT = re.compile(
    r"(?i)\b(?:anomal\w+|abnormalit\w+|loss(?:es)?|deaths?|demise|stillbirths?|miscarriages?|bleeding|retardation"
    r"|restriction|malformations?)\b[^.;]{0,20} (?:at|after|before|from|beyond|prior to|for (?:an? )?fetus with an?) "
    r"(?:gestational age )?[<>≤≥= or]*$"
)
# "CD4 counts below 200 will not be considered defining", "with more than 1 regimen analysed separately"
_NOT_COUNTED = re.compile(
    r"(?i)[^.;<>≤≥]{0,30}?(?:\b(?:will|is|are|does|do|shall) not (?:be )?(?:considered|counted|regarded|constitute"
    r"|count)\b(?! (?:eligible|for|suitable))"
    r"|\b(?:analy[sz]ed|stratified|evaluated|randomi[sz]ed|reported) separately\b)"
)
# "Temperatures > 38 must have an infection ruled out", "patients with CD4 > 500 must be asymptomatic"
_OF_WHOM_ASKED = re.compile(
    r"(?i)[\s)]{0,2}(?:must|should) (?:have (?!been\b|(?:an? )?(?:value|level|count|been))(?:an? |had )?[a-z]{3}"
    r"|undergo\b|be (?:asymptomatic|without|treated|evaluated|free|using|cleared|reviewed)\b)"
)
# "no more than 10 % of volunteers may be over 50"
_SHARE = re.compile(
    r"(?i)\b(?:no|not) more than \d{1,2} ?(?:%|per ?cent) of (?:the |all )?(?:volunteers|subjects|patients"
    r"|participants)\b[^.;]{0,60}$"
)
# "toxicity with neutrophils falling to < 750", "intolerance as shown by a depression of platelets to < 50"
_FELL_TO = re.compile(
    r"(?i)\b(?:fall(?:s|ing)?|fell|fallen|drop(?:s|ped|ping)?|declin(?:e|ed|ing)|depression of)\b[^.;,]{0,40}?"
    r" (?:to|below) [<>≤≥= or]*$"
)
# "glucose infusion for maintaining a glucose > 60 mg/dL"
_KEPT_UP = re.compile(
    r"(?i)\b(?:for|by|in) (?:maintaining|keeping|achieving|reaching|sustaining) (?:an? |the |their )?(?:[\w-]+ ){0,3}$"
)
# "sudden death of family members under the age of 40"; "who live with household members who are under 2 years of age"
_OF_RELATIVES = re.compile(
    r"(?i)\b(?:(?:family|household) members?|relatives?)(?: (?:who|that) (?:are|is|were))?"
    r"(?: (?:aged?|under|below|over|above|younger than|older than))?(?: the(?: age(?: of)?)?)? ?$"
    r"|\b(?:with|ha(?:ve|s|ving)|contact with|car(?:e|ing) for) (?:[\w-]+ ){0,4}"
    r"(?:contacts?|(?:household|family) members?) who\b[^.;:]*$"
)
# "a history of anaphylaxis (saturation < 92 % at any stage)", "… of episodes of bradycardia (< 50 bpm)": it was so then
_ATTACK = re.compile(
    r"(?i)\bhistory of [^.;]{0,60}\b(?:anaphyla\w+|reactions?|episodes?|events?|attacks?|cris[ie]s|syncope)\b"
    r"(?:(?!\bor\b)[^.;,])*$"
)
# "severe anaphylaxis, defined as … (saturation < 92 % at any stage)"
_AT_ANY_TIME = re.compile(r"(?i)[\s%]{0,2}at any (?:stage|time|point)\b")
_ONCE_SEVERE = re.compile(
    r"(?i)\b(?:history of|previous|prior|past)\b[^.;]*\b(?:anaphyla\w+|reactions?|attacks?)\b[^.;]*$"
)
# "who take such drugs may continue as long as their QTc is < 480 ms"
_MAY_GO_ON = re.compile(r"(?i)\bmay (?:continue|go on|keep|remain)\b[^.;]*\b(?:as long as|provided|if)\b[^.;<>≤≥\d]*$")
# "CT will not be performed on any patient younger than 30"
_NOT_DONE = re.compile(
    r"(?i)\b(?:will|should|must) not be (?:performed|done|obtained|carried out|undertaken|given) (?:on|in|for|to)\b"
    r"[^.;]*$"
)
# "the remaining life expectancy of the generator", "expected life of the battery"
_OF_A_DEVICE = re.compile(
    r"(?i)\b(?:generator|battery|device|implant|pacemaker|pump|prosthe\w+)(?:'s)?(?: (?:remaining|total|estimated))? ?$"
)
_OF_AN_ATTACK = frozenset(["spo2", "heart_rate", "body_temperature", "pao2"])
# "scheduled for at least one chemotherapy regimen", "about to start two lines of treatment"
_TO_COME = re.compile(
    r"(?i)\b(?:scheduled|planned|planning|expected|about|due|intend\w*|candidates?|willing|will) (?:for|to)\b"
    r"(?: (?:receive|undergo|start|begin|have|get|be treated with|treatment with))?"
    r"(?: (?:at least|up to|more than|an?|one|two|\d))*[ <>≤≥]*$"
)
# "The definition of metabolic disorder includes: …", of which some have it and some do not
_DEFINES = re.compile(r"(?i)^\W*(?:the )?definitions? of\b[^.;:<>≤≥\d]{3,60}\b(?:include[sd]?|is|are|was)\b")
# "or scores 5+ on the screener": of another instrument than the measure named before
_SCORES_ON = re.compile(r"(?i)\b(?:or|and) (?:a )?scor(?:es?|ed|ing)(?: of)? (?:at least |[<>≤≥] ?)?$")
_ON_ANOTHER = re.compile(r"(?i)\+?(?: or (?:more|above|higher))? (?:on|in|at) (?:the|an?)\b")
# "after isoproterenol to a heart rate of > 100 bpm": how high it is driven
_DRIVEN = re.compile(r"(?i)\b(?:to|until|at) (?:an? |the )?(?:target |peak )?(?:heart rate|pulse)(?: of)? ?[<>≤≥]* ?$")
_STRESS = re.compile(
    r"(?i)\b(?:isoproterenol|isoprenaline|dobutamine|adenosine|exercise|provocation|pacing|infusion|stress)\b"
)
# "At least one measurable site"; "AHI ≥ 15 with at least 10 additional events"; "weighing 500 to 1,250 g at birth"
_OF_A_SITE = re.compile(r"(?i) (?:[\w-]+ ){0,2}measurable\b")
_FURTHER = re.compile(r"(?i) additional [a-z]+")
_AT_BIRTH = re.compile(r"(?i)[\w ]{0,10}\bat birth\b")
_CLOTTING = frozenset(["inr_uln", "pt_uln", "aptt_uln"])
# "No treatment within a month in patients with a CD4 count > 500": of whom something is asked
_ASKED_OF_SOME = re.compile(
    r"(?i)\b(?:no|without) (?!(?:patients|subjects|participants)\b)[^.;:<>≤≥]{3,90}"
    r"\b(?:in|for) (?:patients|subjects|participants|those|individuals|people) (?:with|who|whose|having)\b"
    r"[^.;:<>≤≥]{0,50}$"
)
# "the syndrome is suspected in people with a bilirubin ≤ 3 x ULN": how something is found
_SUSPECTED = re.compile(r"(?i)\b(?:is|are|be) (?:first )?suspected (?:in|when|if|by|on|from|with)\b[^.;]{0,80}$")
# "stage 2 or higher. Stage 2 is defined as …": of the lowest of the stages that are meant
_OF_A_STAGE = re.compile(
    r"(?i)\b(?:stage|grade|class) (?:\d|I{1,3}V?)\b[^.;:<>≤≥]{0,30} (?:is|are) defined (?:as|by)\b(?:[^.]|\.\d)*$"
)
_OR_HIGHER = re.compile(r"(?i)\b(?:or|and) (?:higher|worse|above|greater|more)\b")
# "topical steroids covering more than 20 % of the body surface"
_APPLIED = re.compile(
    r"(?i)\b(?:topical|hydrocortisone|(?:cortico)?steroids?|creams?|ointments?|emollients?)\b[^.;]{0,80}"
    r"\b(?:covering|applied|over|on|to)\b[^.;]{0,24}$"
)
_NOT_EVEN = re.compile(r"(?i)\bnot even\b[^.;,<>≤≥\d]{0,24}$")  # 'not even class I'


def reason_of_mention(text: str, limit: Limit, first: int, *, exclusion: bool) -> str:
    """Why a limit whose value begins at `first` (code points) is only told in passing; '' where it is not."""
    before = text[max(0, limit.start - _REACH) : limit.start]
    far = text[max(0, limit.start - _FAR_REACH) : limit.start]
    sentence = far if exclusion else ""
    ahead = text[max(0, first - _REACH) : first]
    aged, treated = limit.base == "age", limit.base == "prior_lines"
    reasons = (
        (bool(_DEFINES.match(text)), "part of a definition"),
        (aged and bool(_EVENT_AT.search(before) or _EVENT_AT.search(ahead)), "when something began"),
        (aged and bool(_CONSENTS.match(text, limit.end) and _GUARDIAN.search(text)), "who gives consent"),
        (aged and len(_AGE_OF_ROW.findall(text)) > 1, "whose a value is"),
        (not exclusion and bool(_INDUCED.search(before) or _INDUCED.search(ahead)), "what a treatment does"),
        (exclusion and limit.base == "calcium" and bool(_TOO_HIGH.search(ahead)) and _is_upper(limit), "a slip"),
        (aged and bool(_AGE_OF_EVENT.search(ahead)), "when something began"),
        (aged and bool(_NOT_OLDER.match(text, first) and _OF_A_TEST.search(ahead)), "how old a test may be"),
        (aged and bool(_BEFORE_A_VISIT.match(text, limit.end)), "how old a test may be"),
        (aged and bool(_LASTING.search(ahead)), "how long something lasts"),
        (aged and bool(_OF_A_CHILD.search(ahead)), "of a child"),
        (aged and bool(_TOLD_OF_AGE.match(text, limit.end)), "what is thought of people of that age"),
        (not aged and bool(_OF_WHOM_ASKED.match(text, limit.end)), "of whom something is asked"),
        (bool(_SHARE.search(ahead)), "about how many take part"),
        (bool(_KEPT_UP.search(before)), "a target"),
        (aged and bool(_AGE_THEN.match(text, limit.end)), "an age of then, or who consents"),
        (aged and bool(_BEFORE_RELATIVES.match(text, limit.end)), "of relatives"),
        (limit.base == "gestational_age" and exclusion and bool(_FOUND_AT.search(ahead)), "when something was found"),
        (bool(_NOT_COUNTED.match(text, limit.end)), "what is counted"),
        (not aged and bool(_FELL_TO.search(ahead)), "how far something fell"),
        (aged and exclusion and bool(_OF_RELATIVES.search(sentence)), "of relatives"),
        (aged and bool(_IN_RELATIVES.match(text, limit.end)), "of relatives"),
        (exclusion and limit.base in _OF_AN_ATTACK and bool(_ATTACK.search(before)), "what was so once"),
        (
            limit.base in _OF_AN_ATTACK and bool(_AT_ANY_TIME.match(text, limit.end) and _ONCE_SEVERE.search(sentence)),
            "what was so once",
        ),
        (exclusion and bool(_MAY_GO_ON.search(sentence)), "what is allowed"),
        (exclusion and bool(_NOT_DONE.search(sentence)), "whom a procedure is spared"),
        (limit.base == "life_expectancy" and bool(_OF_A_DEVICE.search(before)), "how long a device lasts"),
        (
            limit.base == "heart_rate" and bool(_DRIVEN.search(ahead) and _STRESS.search(before + ahead)),
            "how high it is driven",
        ),
        (bool(_FURTHER.match(text, limit.end)), "how many more there are"),
        (bool(_OF_A_SITE.match(text, limit.end)), "how many sites there are"),
        (limit.base == "weight" and bool(_AT_BIRTH.match(text, limit.end)), "the weight at birth"),
        (treated and bool(_TO_COME.search(ahead) or _TO_COME.search(before)), "about treatments to come"),
        (bool(_SCORES_ON.search(ahead) and _ON_ANOTHER.match(text, limit.end)), "of another instrument"),
        (limit.base == "bsa_affected" and bool(_APPLIED.search(far)), "where a drug is put on"),
        (not exclusion and bool(_ASKED_OF_SOME.search(far)), "of whom something is asked"),
        (bool(_SUSPECTED.search(far)), "how something is found"),
        (bool(_OF_A_STAGE.search(far) and _OR_HIGHER.search(far)), "part of a definition"),
        (bool(_NOT_EVEN.search(before) or _NOT_EVEN.search(ahead)), "not even that"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _is_upper(limit: Limit) -> bool:
    """Whether a limit states nothing but an upper end, '< 12'."""
    intervals = limit.stated.intervals
    return len(intervals) == 1 and intervals[0].low is None


def asks_for_clotting(limit: Limit, *, exclusion: bool) -> bool:
    """'PT ≤ 1.5 x ULN' in a list of exclusions: what is asked for, though the list says the opposite."""
    interval = limit.stated.intervals[0]
    upper = interval.low is None and interval.high is not None and interval.high > 1
    return exclusion and limit.variable in _CLOTTING and upper and len(limit.stated.intervals) == 1


_REACH = 90  # characters before a limit
_FAR_REACH = 300  # the same, for what a whole list is told of
