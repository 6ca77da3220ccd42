"""Whether a criterion names a thing only as a part, a sign, a cause or a place of what it means."""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.criteria.concepts import load_concepts, narrower_or_equal
from rag.evidence.stems import stems_of
from rag.types import Patient, State


def is_a_part(state: State, before: str) -> bool:
    """'Signs of heart failure', 'drugs taken before surgery'; but 'treatment with steroids' is the thing itself."""
    if not state.present and _RECKONED_FROM.search(before):
        return True
    if (state.window is None and _SINCE.search(before)) or _MEASURED_WITHOUT.search(before):
        return True
    concept = load_concepts().get(state.concept)
    if concept is not None and concept.kind == "condition":
        return _PART_OF.search(before) is not None or _DUE_TO.search(before) is not None
    if any(pattern.search(before) for pattern in (_OF_A_LESION, _FAILED_ON, _HARM_OF)):
        return True
    beside = _BESIDE.search(before) is not None or _is_listed_behind_a_failure(before)
    return beside or (not state.present and _PLANNED.search(before) is not None)


def shares_a_head(named: str, behind: str) -> bool:
    """'diabetic' of 'diabetic or hypertensive retinopathy': a cause of the one thing that ends the list."""
    return _ADJECTIVE.fullmatch(named) is not None and _OF_ONE_HEAD.match(behind) is not None


_ADJECTIVE = re.compile(r"(?i)[a-z-]+(?:ic|ous|ive)")
_OF_ONE_HEAD = re.compile(
    r"(?i)^(?:\s?[,/]\s?[a-z-]+(?:ic|ous|ive|al|ar)){0,4}\s?,?\s?(?:or|and|and/or|/)\s?[a-z-]+(?:ic|ous|ive|al|ar)\s"
    r"(?!patients?|subjects?|participants?|persons?|people|individuals?|wom[ae]n|m[ae]n|children|adults?|volunteers?"
    r"|disease|disorder|illness|condition|history|status|state|or\b|and\b|at\b|in\b|on\b|with|who|for\b|by\b|to\b|as\b)"
    r"[a-z]{4,}"
)


def one_place(state: State, behind: str) -> str:
    """'knee' of 'prior surgery on the knee', 'bone' of 'metastases in the bone'.

    '' of 'surgery in the past year', 'surgery for any reason'.
    """
    found = _AT_ONE_PLACE.match(behind) if state.concept in _AT_A_PLACE else None
    return found["place"] if found is not None else ""


_AT_A_PLACE = frozenset({
    "surgery", "prior_surgery", "radiotherapy", "prior_radiotherapy", "metastatic_disease",
})  # fmt: skip
_AT_ONE_PLACE = re.compile(
    r"(?i)^\s(?:at|of|on|to|in|involving|affecting)\s"
    r"(?!(?:the |an? |one |their |his |her )?(?:any|last|past|previous|prior|preceding|\d|this|general|time|study|trial"
    r"|order|combination|addition|patients?|subjects?|participants?|history|first|screening|enrol\w*|baseline|treatment|area"
    r"|future|course)\b)(?:the |an? |one |their |his |her )?(?P<place>[a-z][\w-]+)"
)


def is_in_its_name(kinds: Collection[str], state: State, patient: Patient) -> bool:
    """Whether the kind is in the name of what the person has: 'atrial arrhythmia' of who has atrial fibrillation."""
    known, below = load_concepts(), narrower_or_equal(state.concept) - {state.concept}
    own = [{*stems_of(known[one].label)} for one in patient.has if one in below]
    return bool(kinds) and any({*kinds} <= words for words in own)


def _is_listed_behind_a_failure(before: str) -> bool:
    """'Resistance to A, B or C', 'failure of C': who takes C is not said to have that."""
    heads = list(_FAILURE.finditer(before))
    rest = before[heads[-1].end() :] if heads else ""
    if heads and heads[-1].group().casefold().startswith("contraindicat") and _NAMES_WHY.search(rest):
        return False
    short = all(len(part.split()) <= _WORDS_OF_A_NAME for part in _LISTED.split(rest))
    return bool(heads) and short and _BEGINS_ANEW.search(rest) is None


_WORDS_OF_A_NAME = 3
# 'contraindications to MRI, such as'; what is named of 'contraindications to anticoagulants (' is one of them
_NAMES_WHY = re.compile(
    r"(?i)^(?:[a-z-]+ ){0,4}(?:MRI?|magnetic resonance|imaging|scan\w*|CT|tomography|stimulation|TMS|ECT|surgery"
    r"|biopsy|ana?esthesia|exercise|testing|puncture|procedures?)\b"
    r"[^.;]*?(?:\(|\b(?:such as|includ(?:es?|ing)|like|e\.?g|i\.?e)\b)"
)
# 'failure of metformin, or use of insulin'
_BEGINS_ANEW = re.compile(
    r"(?i)\b(?:use|using|on|taking|receiving|current(?:ly)?|concurrent|concomitant|prior|previous)\b"
)
_LISTED = re.compile(r"(?i),|/|\b(?:and/or|or/and|and|or)\b")
_FAILURE = re.compile(
    r"(?i)\b(?:resistan(?:ce|t)|refractory|non-?respon(?:se|ders?|sive)|unresponsive|intoleran(?:ce|t)|contraindicat\w+"
    r"|failure|failed|inadequate response)\s(?:to|of|on|with|for)\s"
)


# 'signs of heart failure', 'involvement by lymphoma': a part or a sign of it is meant
_PART_OF = re.compile(
    r"(?i)\b(?:signs?|symptoms?|complications?|sequelae|risks?|involvement|treatment|therap(?:y|ies)|medications?|drugs?"
    r"|a?etiology|causes?|origin|source|mechanism"
    r"|hospitali[sz](?:ations?|ed)|admissions?|admitted|episodes?|exacerbations?|deterioration|worsening|flares?|attacks?"
    r"|control|activation|reactivation|progression|recurrence|relapse)"
    r"\s(?:of|for|from|by|due to|with|(?:directed )?(?:against|at|towards?)|targeting)\s"
    r"(?:[\w-]+ or |(?:the |their )?(?:(?:patient|subject|participant)s?['’]s? )?(?:underlying )?)$"
)
# 'fractures due to cancer', 'secondary to any traumatic, metabolic or' infectious disease
_DUE_TO = re.compile(
    r"(?i)\b(?:due|secondary|attributable|related) to (?:an?y? |the )?(?:[\w-]+,? (?:(?:and|or) )?){0,4}$"
)
# said of what is measured or sampled: 'lesions that were irradiated', 'the tissue must not have been exposed to'
_OF_A_LESION = re.compile(
    r"(?i)\b(?:tissues?|samples?|specimens?|lesions?|fields?|areas?|regions?)\s"
    r"(?:must|should|has|have|had|that|which|was|were|may|not|previously)\b[^.;]{0,60}$"
)
# 'unresolved toxicity (grade 2) from previous' chemotherapy
_HARM_OF = re.compile(
    r"(?i)\b(?:toxicit(?:y|ies)|toxic effects?|adverse (?:events?|effects?|reactions?)|side[ -]effects?|complications?"
    r"|sequelae)\b[^.;]{0,50}\b(?:of|from|to|by|with|after)\s(?:[\w-]+ ){0,4}$"
)
# 'progression since the completion of' radiotherapy, 'relapsed after' chemotherapy
_FAILED_ON = re.compile(
    r"(?i)\b(?:progress|relaps|recur)\w*\b[^.;,]{0,20}\b(?:since|after|following|on|during)\b[^.;,]{0,40}$"
)
_BESIDE = re.compile(
    r"(?i)\b(?:prior to|before|until|during|at the time of|not due to|unrelated to|indications? (?:of|for)"
    r"|candidates? for"
    r"|resistan(?:ce|t) to|refractory to|non-?respon(?:se|ders?|sive) to|bias to)"
    r"\s(?:the |any )?$"
)
# 'planned coronary intervention (PCI': what is still to come; not 'prior or planned surgery'
_PLANNED = re.compile(
    r"(?i)(?:^|[^r,/] )\b(?:planned|scheduled|anticipated|upcoming)\s(?:(?!or\b|and\b)[a-z-]+\s){0,3}\(?$"
)
# 'a pulse above 90 in the absence of', 'INR ≤ 1.5 x ULN (without', 'in the third trimester of the current'
_MEASURED_WITHOUT = re.compile(
    r"(?i)\d[^.;,\n]{0,30}\b(?:in the absence of|without|off)\s(?:an?y? |the )?$|\btrimester of (?:[a-z]+ ){0,3}$"
)
# 'less than a month prior to stroke or TIA': from when a time counts
_RECKONED_FROM = re.compile(
    r"(?i)\b(?:days?|weeks?|months?|years?|hours?)\s(?:prior to|before|preceding|after|following)\s(?:the |any |an? )?"
    r"(?:[\w-]+ (?:or|and) )?(?:the |any |an? )?$"
)
# 'as least 28 days since a new anticancer drug', where no time was read
_SINCE = re.compile(r"(?i)\b(?:days?|weeks?|months?|years?|hours?)\ssince\s(?:[\w/-]+\s){0,6}$")
