"""Words of conditions and exceptions that leave nobody out and let nobody in: 'if known', 'transfusion allowed'."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from rag.criteria.tokens import Kind, Token

_SAYS_NOTHING = re.compile(
    r"(?i)in the (?:[\w/]+ ){1,4}setting\b(?! or\b)|with or without\b"
    r"|in (?:the )?absence of any (?:intervention|treatment)"
    r"|in (?:generally |overall )?(?:good|stable) (?:general |physical )?health\b"
    r"|(?:for|in) both (?:males?|men) and (?:fe|wo)"
    r"|for (?:the|each|that) (?:patient|subject|participant|individual)\b(?! (?:with|who|on|to)\b)"
    r"|for (?:patient |study |trial )?(?:enrol+ment|inclusion|entry|eligibility|participation)\W*$|for example"
    r"|if [^.;<>≤≥\d]{2,40}\b(?:is|are|was|were) (?:done|performed|drawn|measured|tested)\W*$"
    r"|if [^.;<>≤≥\d]{2,60}\b(?:repeat|repeated|second) (?:measurements?|readings?|tests?) (?:is|are|may be|can be) "
    r"|if (?:using|calculated|estimated|measured|assessed|determined|drawn)"
    r" (?!(?:e?gfr|glomerular|creatinine|cr?cl|clearance|serum|plasma|pulmonary|life|blood)\b)"
    r"|(?:in the absence of|in (?:the )?presence or absence of|without|with no) [^.;]{0,40}"
    r"\b(?:transfusions?|growth factors?|g-?csf|support|supplement\w*|erythropoietin|stimulat\w+)\b"
    r"|if (?:they|he or she|(?:the |an? )?(?:patients?|subjects?|participants?|individuals?)) (?:also )?(?:meets?|met"
    r"|have met|fulfil\w*|satisf(?:y|ies)) (?:(?:all|any|of|the|these|following|other|both|and|study|inclusion"
    r"|exclusion|eligibility|entry|enrol+ment|modified) ){1,6}(?:criteri(?:a|on)|requirements?)\b(?! for\b)"
    r"|if (?:these|such|the) (?:abnormalities|values|findings|conditions|results) (?:are|is) (?:present|found|seen)\b"
    r"|(?:if|when) (?:clinically |medically )?(?:indicated|feasible)\W*$"
    r"|if (?:needed|necessary|applicable|available|clinically indicated|possible|required|appropriate|known|done"
    r"|performed|measured|used|indicated|any)\W*$|(?:for|in|among|only)\s+(?:all|the|any|eligible|both|study"
    r"|enrolled|adult|these|this|most|\s)*(?:patients?|subjects?|participants?|individuals?|adults|persons?|people"
    r"|volunteers|cases?|study|trial|\s)*(?:(?:all|both) (?:study |treatment )?(?:cohorts|arms|groups|parts|phases)"
    r"(?: [A-Z\d]{1,2} and [A-Z\d]{1,2})?)?[.,;:)]*$"
)


PARDONED = re.compile(
    r"(?i)^(?=.*\b(?:not|exempt\w*|waived)\b).*\b(?:gilbert|warfarin|coumarin|anticoag\w*|h[ae]+moly\w*|thalass\w*"
    r"|marrow|diet[- ]controlled|well[- ]controlled)"
)
TO_MEET = re.compile(
    r"(?i)\bto (?:achieve|reach|meet|maintain|attain|obtain|increase)\b"
    r"|\bto (?:reduce|lower|decrease|control|keep) (?:the |their )?(?:[\w-]+ ){0,3}"
    r"(?:counts?|wbc|leu[ck]ocyt\w*|blasts?|white)\b"  # 'hydroxyurea is allowed to lower the count to < 25'
)
# "(a transfusion is allowed if the value stays stable)": how the value may be reached, nobody is let in
_HELPED = re.compile(
    r"(?i)\W*(?:(?:subjects|patients|participants|those|individuals) who (?:have |has |had )?"
    r"(?:received|required?|needed|undergone|got) )?"
    r"(?:an? |the |prior |previous )?(?:use of )?(?:[\w-]+ ){0,2}(?:transfusions?|growth factors?|supplement\w*"
    r"|g-?csf|erythropoietin)\b(?:(?!unless|except).)*$"
)
_VARIES = re.compile(
    r"(?i)\b(?:repeat|re-?test|re-?check|re-?measure|second measure|confirmatory)\w*\b|"
    r"\bexcluding (?:the effects?|(?:any |the )?(?:measurements?|values?|results?|samples?|tests?))\b"
    r"|\b(?:will|may|can) (?:vary|differ)\b|\bvar(?:y|ies) (?:by|with|depending)\b"
)
CREATININE_HIGH = re.compile(
    r"(?i)\bcreatinine\b[^.;]{0,40}\b(?:above|elevated|abnormal|higher|exceed\w*|greater|outside|raised|increased"
    r"|not (?:normal|within))\b"
)
_LAW = re.compile(r"(?i)\blegal(?:ly)?\b|\bage of (?:consent|majority)\b|\blocal (?:law|rule|regulat)")


# "measured by echocardiogram or MUGA"
_METHOD = re.compile(
    r"(?i)\b(?:by|per|using|via|on|from|with)\b[^.;,<>≤≥\d]{0,40}\bor (?:by )?(?:an? |the )?(?:muga|multi-?gated"
    r"|multiple[- ]gated|echo\w*|tte|mri|radionuclide|holter|24[- ]h)"
    r"|\broom air or (?:on |with )?(?:\d |low |supplemental |nasal )?(?:o2|oxygen|l/min|cannula)"
)
# "… since the illness is not present in children": why, and of nobody
_REASON = re.compile(
    r"(?i)\b(?:since|because|as) (?:the |this |these |it |they )[^.;:,<>≤≥\d]{0,40}"
    r"\b(?:is|are|was|were|has|have|may|can|does|do|might|could)\b[^.;:,<>≤≥\d]{0,40}$"
)


# 'If a candidate has a pressure ≥ 160/100, it is acceptable to re-test within a week': how it is measured, of nobody
_AGAIN = (
    r"\b(?:re-?test|repeat|re-?check|re-?measure|confirmatory|(?:second|another) (?:reading|measurement|test|sample))"
)
_MEASURED_AGAIN = re.compile(rf"(?i)[^.;]{{0,60}}{_AGAIN}")
_MAY_MEASURE_AGAIN = re.compile(rf"(?i)\b(?:acceptable|allowed|permitted|may|can|should|will)\b[^.;]{{0,30}}{_AGAIN}")


def is_measured_again(text: str, start: int, end: int) -> bool:
    """Whether a condition at [start, end) leads to nothing but another measurement of what it names."""
    again = _MEASURED_AGAIN.match(text, end) or _MAY_MEASURE_AGAIN.search(text, start, end)
    return text.startswith(("If", "if", "When"), start) and again is not None


def lets_in(text: str, end: int, *, beyond: bool) -> bool:
    """Whether a sentence goes on, behind a condition, to let those people in; `beyond` where it names other values."""
    return bool(_STILL_IN.match(text, end) or (beyond and _MAY_ENTER.match(text, end)))


# 'If creatinine is higher, the patient may still qualify with a clearance of …'
_STILL_IN = re.compile(
    r"(?i)[^.;]{0,90}?\bstill (?:be |to )?(?:qualif|eligib|enter|enrol|includ|particip|allow|accept|consider)"
)
# 'CD4 ≤ 200. Patients with a CD4 > 200 who have had an infection may be eligible'
_MAY_ENTER = re.compile(
    r"(?i)[^.;]{0,20}?\b(?:may|can|could|will|are) (?:also )?(?:be )?(?:eligible|enrol|includ|allow|permit)"
)


def narrows(text: str, start: int, end: int) -> bool:
    """Whether a condition at [start, end) leaves what stands before it to some people."""
    apart = text[:start].rstrip()[-1:] in (".", ";") and _ASKS_ELSE.match(text, start, end)
    return (
        says_something(text[start:end])
        and not apart
        and not _LEAVES_ALL.search(text, max(0, start - _LEAD_REACH), start)
        and not _OF_CONSENT.search(text, max(0, start - _CONSENT_REACH), start)
        and not is_measured_again(text, start, end)
    )


# "even if controlled"; "… the first dose. 30. Or, if it is unsafe": an item of its own
_LEAVES_ALL = re.compile(r"(?i)\beven $|[.;*] (?:\d{1,2}[.)] ?)?or,? $")
_LEAD_REACH = 12  # characters
# "… and have the consent of a parent if under 18"
_OF_CONSENT = re.compile(r"(?i)\b(?:consent|assent|permission)\b[^.;<>≤≥\d]{0,50}$")
_CONSENT_REACH = 70
# "≤ 1.5 x ULN; for those on warfarin require a stable dose": what is asked of them is something else
_ASKS_ELSE = re.compile(r"(?i)(?:for|in) [^.;]*\b(?:requires?|needs?|shall|ha(?:s|ve) to)\b")


def is_of_reason(text: str, place: int) -> bool:
    """Whether the words at `place` belong to a reason that the text gives, or to something else that it asks for."""
    ahead = text[max(0, place - _REASON_REACH) : place]
    return _REASON.search(ahead) is not None or _NEEDED.search(ahead) is not None


_REASON_REACH = 100  # characters
# "ALP < 3 x ULN Biopsy required if …": a statement of its own, where the full stop was lost
_NEEDED = re.compile(r"[a-z] (?:[A-Z][a-z]+|[A-Z]{2,6})(?: [a-z]+){0,3} (?:required|needed|recommended|necessary) $")
_EITHER_WAY = re.compile(r"(?i)\b(?:with or without|on or off|before or after|pre- or post-?)\b")


def says_something(words: str) -> bool:
    """Whether a condition speaks of some people: not 'for all patients', 'if known', 'without transfusion support'."""
    return not _SAYS_NOTHING.match(words) and not _LAW.search(words)


def is_of_law(text: str, place: int) -> bool:
    """Whether an 'or' before `place` leads to the age that a law sets: '≥ 18 years or ≥ the local legal age'."""
    return _OF_LAW.match(text, place) is not None


_OF_LAW = re.compile(
    r"(?i)[<>≤≥ ]*(?:of |at )?(?:the )?(?:local )?(?:legal|lawful) (?:minimum )?age\b"
    r"|(?:(?:legally )?(?:an )?adults? (?:as per|according to|by|under) )"
)


# who is let in by such words, and the only measures that they can be about
_GILBERT = re.compile(r"(?i)\bgilbert")
_LIVER = re.compile(r"(?i)\b(?:liver|hepat\w*|metasta\w*|tumou?rs?|involve\w*|h[ae]+moly\w*|malignan\w*)")
_CLOTTING = re.compile(r"(?i)\banti-?\s?coagul|\bwarfarin|\bcouma(?:din|rin)|\bheparin")
_OF_BILE = frozenset(["bilirubin", "direct_bilirubin", "indirect_bilirubin"])
_OF_CLOTTING = frozenset(["inr", "pt", "aptt", "prothrombin_activity", "thrombin_time"])


def measures_of(words: str, stated: Set[str]) -> Set[str]:
    """Which of the `stated` measures an exception can be about: bilirubin alone where it names Gilbert's syndrome."""
    if _GILBERT.search(words) and not _LIVER.search(words):
        return stated & _OF_BILE
    clotting = stated & _OF_CLOTTING
    return clotting if clotting and _CLOTTING.search(words) else stated


# "Physiologic doses of corticosteroids ≤ 10 mg/day may be permitted": a drug is let in
_OF_A_DRUG = re.compile(
    r"(?i)^(?!.*\b(?:patients?|subjects?|participants?|those|individuals|women|men|unless|except)\b)"
    r".*\b(?:(?:cortico)?steroids?|prednis\w+|dexamethasone|hydrocortisone|budesonide)\b"
)


def is_of_nobody(words: str) -> bool:
    """Whether an exception tells how a value may be reached, how it varies or which drug is let in; of no people."""
    said = TO_MEET.search(words) or _HELPED.match(words) or _VARIES.search(words) or _OF_A_DRUG.match(words)
    return said is not None


def is_of_method(text: str, place: int) -> bool:
    """Whether an 'or' right before `place` joins two ways of measuring, or is part of 'with or without'."""
    either = _EITHER_WAY.search(text, max(0, place - 10), place + 8)
    return bool(either or _METHOD.search(text, max(0, place - 60), place + 24))


_EXAMPLE = re.compile(r"(?i)\( ?(?:e\. ?g|i\. ?e|eg|ie|for example|for instance|adjusted|corrected)\b[^()]*$")


def is_of_example(text: str, place: int) -> bool:
    """Whether a place stands in a bracket that gives an example: '≥ 12 pack-years (e.g. … a day for 6, or …)'."""
    return _EXAMPLE.search(text, max(0, place - _EXAMPLE_REACH), place) is not None


_EXAMPLE_REACH = 160  # characters


# adjectives of one disease: 'known or suspected endometriosis' is no choice
SURENESS = frozenset(
    ["known", "suspected", "confirmed", "probable", "possible", "definite", "documented", "mild", "moderate", "severe",
     "acute", "chronic", "recurrent", "relapsed", "advanced", "newly", "established", "presumed"]
)  # fmt: skip
# what an 'or' between two ways of measuring names
METHOD_WORDS = frozenset(
    ["formula", "equation", "method", "equivalent", "validated", "similar", "comparable", "calculation", "formulas",
     "equations", "methods"]
)  # fmt: skip


def past_remark(tokens: Sequence[Token], at: int, text: str) -> int:
    """Behind the bracket that opens at a token, where it tells how a value may not come about; else `at`.

    '(must not have received growth factors within 7 days, or a transfusion)' is no other way to qualify.
    """
    found = _SUPPORT.match(text, tokens[at].start) if tokens[at].kind is Kind.OPEN else None
    behind = (i for i in range(at, len(tokens) - 1) if found and tokens[i].start >= found.end())
    return next(behind, len(tokens) - 1 if found else at)


_SUPPORT = re.compile(
    r"(?i)\((?:must not have received|not having received|without|in the absence of|unsupported|independent of|no)\b"
    r"[^()]{0,160}\b(?:g-?csf|gm-?csf|growth factors?|transfusions?|filgrastim|eltrombopag|erythropoietin)"
    r"[^()]{0,160}\)"
)
