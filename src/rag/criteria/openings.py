"""Where a condition, an exception or a reason begins, told from the words that open it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from rag.criteria.brackets import HARMS, leads_to_demand, leads_to_out
from rag.criteria.tokens import Kind, Token
from rag.criteria.treated import BOUNDARIES, LABELLED, is_for_care, is_treated_label


class RegionKind(StrEnum):
    CONDITION = "condition"  # 'if …', 'for patients with …'
    EXCEPTION = "exception"  # 'unless …', 'except …', '… are eligible'
    REASON = "reason"  # '(due to the need to adjust the dose)'


EXCEPTS = {"unless", "except", "excepting", "exception", "exceptions", "excluding", "however", "although", "otherwise"}
PREDICATES = {"allowed", "allowable", "permitted", "eligible", "acceptable", "allow", "exempt", "exempted", "waived"}


_SOUND = frozenset(["healthy", "fit", "well", "good", "eligible", "normal", "stable", "suitable"])


_POPULATION = frozenset(
    [
        "patients", "subjects", "participants", "those", "individuals", "adults", "children", "men", "women", "males",
        "females", "persons", "pts", "infants", "people", "adolescents", "volunteers", "patient", "subject",
        "participant", "boys", "girls", "case", "presence", "setting", "absence", "event", "cases", "whom", "pediatric",
        "diabetics", "smokers", "recipients", "newborns", "neonates", "toddlers", "older", "younger", "who", "with",
    ]
)


_COHORT_WORDS = frozenset(
    ["part", "parts", "cohort", "cohorts", "arm", "arms", "phase", "group", "groups", "stratum", "strata", "substudy"]
)


_DISEASE = re.compile(
    r"metast|involve|gilbert|disease|cirrho|hepat|liver|tumou?r|cancer|carcinoma|h[ae]+moph|anticoag|warfarin|coumadin|"
    r"infiltrat|marrow|lymphoma|leuk|bone|renal|mets\b|paget|syndrome|diabet|obstruct|biliary|stent|transfus"
    r"|myeloma|melanoma|sarcoma|blastoma|glioma|h[ae]?emolysis|thalass?emia|hiv\b"
)


_ORGAN_DISEASE = re.compile(
    r"(?:known |documented )?(?:liver|hepatic|bone|marrow|gilbert'?s?) (?:metast|involve|disease|syndr)"
)


# '(systolic > 150) on antihypertensive medication', '… on three or more drugs'
_DRUGS = re.compile(r"^(?:\S+ ){0,3}(?:antihypertensive|medications?\b|drugs\b|agents\b)")


_MAYS = frozenset(["may", "can", "could"])
_ASKING = frozenset(["must", "should", "required", "need", "require", "needs", "can", "may"])
JOINS = frozenset(["participate", "enroll", "enrol", "enter", "join", "enrolled", "entered", "included"])
_CAUSED = frozenset(["due", "attributable", "related", "caused", "secondary", "explained"])


PREFIX_ENDS = frozenset({Kind.COMMA, Kind.COLON, Kind.SEMICOLON, Kind.STOP})


def kind_at(
    tokens: Sequence[Token], at: int, ends: set[int], opens: Sequence[int], *, exclusion: bool = False
) -> RegionKind | None:
    token = tokens[at]
    if token.kind is Kind.EXCEPT:
        # 'younger than 18 or otherwise unable to consent'
        idle = token.value == "otherwise" and at > 0 and tokens[at - 1].kind in (Kind.OR, Kind.AND)
        idle = idle or _is_otherwise_sound(tokens, at)
        behind = tokens[at + 1].kind if token.value == "acceptable" and at + 1 < len(tokens) else Kind.GLUE
        said = at > 0 and tokens[at - 1].value in ("be", "is", "are")  # '… will be acceptable where …'
        idle = idle or (behind in (Kind.WORD, Kind.VARIABLE) and not said)  # 'acceptable liver function'
        idle = idle or (token.value == "eligible" and (is_for_care(tokens, at) or _is_purpose(tokens, at)))
        return None if idle or (token.value not in EXCEPTS and _denied(tokens, at)) else RegionKind.EXCEPTION
    if _is_exception(tokens, at, ends) or (exclusion and _is_taken_in(tokens, at)):
        return RegionKind.EXCEPTION
    if token.kind is Kind.IF and (_is_occasion(tokens, at) or leads_to_out(tokens, at)):
        return None
    if token.kind is Kind.IF or _is_proviso(tokens, at):
        return RegionKind.CONDITION
    if _is_reason(tokens, at, opens):
        return RegionKind.REASON
    whom = token.value in ("for", "in") and _follows(tokens, at, "whom") and not exclusion
    whom = whom or _is_purpose(tokens, at)
    named = (
        (token.value in ("for", "in", "among", "only") and not whom and _is_population(tokens, at))
        or (token.value in ("for", "in") and (_is_label(tokens, at) or _is_disease_ahead(tokens, at)))
        or (_is_people(token) and (_is_told(tokens, at) or _is_of_named(tokens, at)))
        or _is_people_label(tokens, at)
        or is_treated_label(tokens, at)
        or is_value_label(tokens, at, ends)
    )
    return RegionKind.CONDITION if named or _is_company(tokens, at, ends, opens) else None


def may_open(tokens: Sequence[Token], at: int) -> bool:
    """Whether any rule of `kind_at` may hold here: False, as of most words of a line, is certain."""
    token = tokens[at]
    return token.value in _MAY_OPEN or token.kind in _OPENING_KINDS or (at > 0 and tokens[at - 1].kind in _LED_BY)


_MAY_OPEN = JOINS | frozenset(
    [
        "allow", "apart", "aside", "not", "provided", "as", "so", "due", "because", "since", "secondary", "for", "in",
        "among", "only", "with", "without", "on", "while", "receiving", "taking", "despite", "patients", "subjects",
        "participants", "those", "individuals", "women", "men", "persons", "pts", "infants",
    ]
)  # fmt: skip
_OPENING_KINDS = frozenset({Kind.EXCEPT, Kind.IF, Kind.SEX})
_LED_BY = BOUNDARIES | {Kind.OPEN, Kind.COMMA, Kind.DASH}  # '(liver metastases: …', '; healthy volunteers: …'


def _is_otherwise_sound(tokens: Sequence[Token], at: int) -> bool:
    """'BMI 28 to 35, otherwise healthy': said of everybody, and not of 'death of an otherwise healthy relative'."""
    relative = at > 0 and tokens[at - 1].value in ("a", "an")
    sound = any(token.value in _SOUND for token in tokens[at + 1 : at + 3])
    return tokens[at].value == "otherwise" and sound and not relative


def _is_taken_in(tokens: Sequence[Token], at: int) -> bool:
    """'… will be included': in a list of exclusions, who is let in after all."""
    before = [token.value for token in tokens[max(0, at - 3) : at]]
    return tokens[at].value in JOINS and "will" in before and "not" not in before


def _is_exception(tokens: Sequence[Token], at: int, ends: set[int]) -> bool:
    """'the investigator may allow a participant with …', '≥ 2.5 x ULN not due to leukemia'."""
    value = tokens[at].value
    if value in JOINS:  # 'patients with Gilbert's syndrome may participate if …'
        before = tokens[max(0, at - 3) : at]
        let_in = any(token.value in _MAYS or token.value == "also" for token in before)
        return let_in and all(token.kind is not Kind.NOT for token in before)
    if value == "allow":
        return at > 1 and (tokens[at - 1].value in _MAYS or tokens[at - 2].value == "discretion")
    if denies_exclusion(tokens, at) or (value in ("apart", "aside") and _follows(tokens, at, "from")):
        return True
    return value == "not" and at in ends and at + 1 < len(tokens) and tokens[at + 1].value in _CAUSED


def _follows(tokens: Sequence[Token], at: int, word: str) -> bool:
    return at + 1 < len(tokens) and tokens[at + 1].value == word


_EXCLUDED = frozenset(["excluded", "exclusionary", "exclusion", "ineligible", "disqualified", "disqualifying"])
_APPLY = frozenset(["apply", "applicable", "applied"])
_TO_WHOM = frozenset(["to", "for", "in", "if", "when"])


def denies_exclusion(tokens: Sequence[Token], at: int) -> bool:
    """'… are not excluded', 'is not an exclusion', 'does not apply to …': who is let in after all."""
    if tokens[at].kind is not Kind.NOT or tokens[at].value != "not":
        return False
    following = [token.value for token in tokens[at + 1 : at + 6]]
    if any(
        value in _APPLY and following[place + 1 : place + 2] != [] and following[place + 1] in _TO_WHOM
        for place, value in enumerate(following[:2])
    ):
        return True
    places = [place for place, value in enumerate(following[:4]) if value in _EXCLUDED]
    return bool(places) and all(value in _BETWEEN_NOT for value in following[: places[0]])


_BETWEEN_NOT = frozenset(
    ["be", "an", "a", "is", "considered", "constitute", "reason", "for", "automatically", "as", "the"]
)


def says_of_people(tokens: Sequence[Token], at: int) -> bool:
    """Whether what lets somebody in stands behind those whom it lets in: '… are eligible', '… are not excluded'."""
    return tokens[at].value in PREDICATES or tokens[at].value in JOINS or denies_exclusion(tokens, at)


def _is_proviso(tokens: Sequence[Token], at: int) -> bool:
    """'provided SGOT ≤ ULN', 'provided that …', 'as long as …'; not 'provided informed consent'."""
    value = tokens[at].value
    if value not in ("provided", "as", "so"):
        return False
    following = tokens[at + 1 : at + 6]
    if value == "provided":
        return bool(following) and (
            following[0].value == "that" or any(token.kind is Kind.VARIABLE for token in following)
        )
    return [token.value for token in following[:2]] == ["long", "as"]


def _is_reason(tokens: Sequence[Token], at: int, opens: Sequence[int]) -> bool:
    """'(due to the dose …)', '(with no more than 20 % having an eGFR > 75)': words in brackets that limit nobody."""
    token = tokens[at]
    if token.value == "with" and at and opens[at] == at - 1 and any(t.value == "having" for t in tokens[at : at + 10]):
        return True
    return token.value in ("due", "because", "since", "secondary") and opens[at] >= 0 and at - opens[at] <= 2


def _is_company(tokens: Sequence[Token], at: int, ends: set[int], opens: Sequence[int]) -> bool:
    """'≤ 5 x ULN with liver metastases', '(on warfarin)': a disease or drug right after the value."""
    if tokens[at].value == "in" and at in ends and opens[at] >= 0:
        return bool(_DISEASE.search(" ".join(token.value for token in tokens[at + 1 : at + 6])))
    closed = at > 0 and tokens[at - 1].kind is Kind.CLOSE and (at - 1 in ends or _closes_a_double(tokens, at - 1, ends))
    if (tokens[at].value in ("for", "without") and at in ends) or (tokens[at].value == "with" and closed):
        return bool(_ORGAN_DISEASE.match(" ".join(token.value for token in tokens[at + 1 : at + 5])))
    # 'a Mayo score of 6 to 12 with moderately to severely active disease' tells what the score means
    tells = any(token.value in _ACTIVITY or token.kind is Kind.EXCEPT for token in tokens[at + 1 : at + 3])
    if tokens[at].value not in ("with", "on", "while", "receiving", "taking") or tells:
        return False
    if tokens[at].value in ("on", "despite") and (closed or (at in ends and opens[at] >= 0)):
        return bool(_DRUGS.search(" ".join(token.value for token in tokens[at + 1 : at + 7])))
    after_value = at in ends or (at > 0 and tokens[at - 1].kind is Kind.OPEN and at - 1 in ends)
    if not after_value and not (opens[at] >= 0 and at - opens[at] == 1):
        return False
    here = tokens[at + 1 : at + 8]
    if tokens[at].value == "on":  # 'on a screening ECG or congenital long QT syndrome'
        here = here[: next((place for place, token in enumerate(here) if token.kind in (Kind.OR, Kind.AND)), 8)]
    return bool(_DISEASE.search(" ".join(token.value for token in here)))


def _closes_a_double(tokens: Sequence[Token], at: int, ends: set[int]) -> bool:
    """'> 2.5 x ULN (3 mg/dL) with …': parentheses right behind a value, which say it in another unit."""
    opened = next((index for index in range(at - 1, max(-1, at - 6), -1) if tokens[index].kind is Kind.OPEN), -1)
    return opened in ends and any(token.kind is Kind.NUMBER for token in tokens[opened:at])


_ACTIVITY = frozenset(["moderately", "severely", "moderate", "active", "mildly", "mild"])
_OCCASIONS = frozenset(
    [
        "screened", "screening", "measured", "assessed", "tested", "enrolled", "enrolling", "randomized", "randomised",
        "included", "entering", "entered", "recruited", "registered", "seen", "evaluated", "admitted", "first",
        "starting", "joining", "signing", "giving", "providing", "consenting", "corrected", "adjusted",
    ]
)


def _is_occasion(tokens: Sequence[Token], at: int) -> bool:
    """'when screened', 'when first measured': a time of measuring, which concerns everybody."""
    return tokens[at].value == "when" and at + 1 < len(tokens) and tokens[at + 1].value in _OCCASIONS


def _is_label(tokens: Sequence[Token], at: int) -> bool:
    """'For the combination cohorts: …' at the start of a statement."""
    if at and tokens[at - 1].kind not in (*BOUNDARIES, Kind.OPEN, Kind.DASH):
        return False
    for token in tokens[at + 1 : at + 15]:
        if token.kind is Kind.COLON:
            return True
        if token.kind in (Kind.NUMBER, Kind.COMPARE, Kind.VARIABLE, *BOUNDARIES):
            return bool(at) and tokens[at - 1].kind is Kind.OPEN and _names_disease(tokens, at)
    return False


def _names_disease(tokens: Sequence[Token], at: int) -> bool:
    """'(in Gilbert's syndrome, a bilirubin < 3 is accepted)': an illness between the 'in' and a comma."""
    end = next((index for index in range(at, min(len(tokens), at + 6)) if tokens[index].kind is Kind.COMMA), at)
    return _DISEASE.search(" ".join(token.value for token in tokens[at + 1 : end])) is not None


def _is_people_label(tokens: Sequence[Token], at: int) -> bool:
    """'(HIV positive volunteers: …; healthy volunteers: …)': who is meant, in a later sentence or a parenthesis."""
    if not at or tokens[at - 1].kind not in (*BOUNDARIES, Kind.OPEN):
        return False
    for index in range(at, min(len(tokens), at + 7)):
        token = tokens[index]
        if token.kind is Kind.COLON:
            return index > at and tokens[index - 1].value in LABELLED
        if token.kind in (Kind.NUMBER, Kind.COMPARE, Kind.COMMA, Kind.OPEN, Kind.CLOSE, Kind.IF, *BOUNDARIES):
            return False
    return False


_LABEL_REACH = 7  # tokens of a label before its value
_DISEASE_WORDS = 4
_OF_DISEASE = re.compile(
    _DISEASE.pattern + r"|asthma|copd|\bckd\b|disorder|failure|hypertens|schizophren|depress|epilep|migraine|arthrit"
    r"|psoria|colitis|crohn|dermatit|fibros|stroke|sclerosis|dementia|parkinson|alzheimer|pneumonia|infection"
)


def _is_purpose(tokens: Sequence[Token], at: int) -> bool:
    """'in order for the subject to be eligible', 'because this takes in only those who …': no group is told."""
    near = [token.value for token in tokens[max(0, at - _REASON_REACH) : at + 2]]
    return "order" in near or "because" in near


_REASON_REACH = 6


def _is_disease_ahead(tokens: Sequence[Token], at: int) -> bool:
    """'For asthma, FEV1 55-90 %': a disease and a comma, or a colon, at the start of an item, and what it asks for."""
    ahead = [token.kind for token in tokens[1 : _DISEASE_WORDS + 2]]
    ends = next((place for place, kind in enumerate(ahead, 1) if kind not in (Kind.WORD, Kind.GLUE)), 0)
    if at or ends < 2 or tokens[ends].kind not in (Kind.COMMA, Kind.COLON):
        return False
    return _OF_DISEASE.search(" ".join(token.value for token in tokens[1:ends])) is not None


def is_value_label(tokens: Sequence[Token], at: int, ends: set[int]) -> bool:
    """'≤ 2.5 x ULN (liver metastases: ≤ 5)', '…, known Gilbert's ≤ 3': a value behind a value, and whom it is for."""
    if not at or tokens[at].kind not in (Kind.WORD, Kind.GLUE) or at - 1 not in ends:
        return False
    before = tokens[at - 1].kind
    if before not in (Kind.OPEN, Kind.COMMA, Kind.SEMICOLON, Kind.DASH):
        return False
    for index in range(at, min(len(tokens), at + _LABEL_REACH)):
        token = tokens[index]
        if token.kind is Kind.COMPARE or (token.kind is Kind.COLON and _is_value(tokens, index + 1)):
            words = " ".join(one.value for one in tokens[at:index])
            named = before is Kind.OPEN and token.kind is Kind.COLON and not _MEASURED_HOW.search(words)
            return index > at and (named or _DISEASE.search(words) is not None)
        if token.kind not in (Kind.WORD, Kind.GLUE, Kind.DECOY) or token.value in _MAYS:
            return False
    return False


def _is_value(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].kind in (Kind.COMPARE, Kind.NUMBER)


_MEASURED_HOW = re.compile(
    r"\b(?:si|units?|equivalent|equals?|ie|eg|normal|range|reference|formula|screening|baseline|visit|days?|weeks?"
    r"|preferred|preferably|ideally|note|conversion|convert\w*|average|mean|fasting|target|goal|or)\b"
)


_PEOPLE = frozenset(
    ["patients", "subjects", "participants", "those", "individuals", "women", "men", "persons", "pts", "infants"]
)


def _is_people(token: Token) -> bool:
    """Whether a word begins 'patients who …', 'women with …'."""
    return token.value in _PEOPLE or token.kind is Kind.SEX


_TOLD = frozenset(["with", "who", "whose", "on", "receiving", "taking", "having", "aged", "age", "under", "over"])


def _begins_statement(tokens: Sequence[Token], at: int) -> bool:
    """Whether a statement may begin here: not behind the number of an item, '(3) Patients with …'."""
    if at and tokens[at - 1].kind is Kind.CLOSE:
        return at < 2 or tokens[at - 2].kind is not Kind.NUMBER
    return not at or tokens[at - 1].kind in (*PREFIX_ENDS, Kind.OPEN, Kind.BUT)


def _is_told(tokens: Sequence[Token], at: int) -> bool:
    """'patients with creatinine above 1.4 must …': who is meant, then what they must."""
    if not _begins_statement(tokens, at) or at + 1 >= len(tokens):
        return False
    if tokens[at + 1].value not in _TOLD and tokens[at + 1].kind not in (Kind.COMPARE, Kind.VARIABLE):
        return False
    depth = 0
    for index in range(at + 2, min(len(tokens), at + 28)):
        if tokens[index].kind in BOUNDARIES:
            return False
        if (depth := depth + {Kind.OPEN: 1, Kind.CLOSE: -1}.get(tokens[index].kind, 0)) > 0:
            continue  # '(a stable regimen should be in place)'
        if tokens[index].value == "required" and tokens[index - 1].value not in ("are", "is", "be"):
            continue  # 'by required echocardiogram'
        if tokens[index - 1].value in ("who", "that", "which"):
            continue  # '… (clearance < 30) or who require dialysis'
        if tokens[index].value in _ASKING and {one.value for one in tokens[index + 1 : index + 2]}.isdisjoint(HARMS):
            return not any(_is_exception(tokens, later, set()) for later in range(index, min(len(tokens), index + 4)))
    return False


def _is_of_named(tokens: Sequence[Token], at: int) -> bool:
    """'bilirubin ≤ 1.5 x ULN (patients with Gilbert's syndrome bilirubin ≤ 3)': people, then a name told before."""
    if not at or tokens[at - 1].kind not in (*BOUNDARIES, Kind.OPEN):
        return False
    if at + 1 >= len(tokens) or tokens[at + 1].value not in ("with", "on", "who", "receiving", "taking"):
        return False
    for index, token in enumerate(tokens[at + 2 : at + 12], at + 2):
        if token.kind is Kind.VARIABLE:
            named = any(one.kind is Kind.VARIABLE and one.value == token.value for one in tokens[max(0, at - 40) : at])
            permits = any(one.kind is Kind.EXCEPT for one in tokens[at:index])  # '… will be eligible with a QTc > 480'
            return named and not permits and any(one.kind is Kind.WORD for one in tokens[at:index])
        if token.kind in (*BOUNDARIES, Kind.OPEN, Kind.CLOSE, Kind.COMPARE, Kind.NUMBER):
            return False
    return False


def _denied(tokens: Sequence[Token], at: int) -> bool:
    """'not eligible', 'will not be allowed'."""
    return any(token.kind is Kind.NOT for token in tokens[max(0, at - 3) : at])


def _is_population(tokens: Sequence[Token], at: int) -> bool:
    if tokens[at].value == "only" and _begins_statement(tokens, at) and not leads_to_demand(tokens[at:]):
        return False  # 'Only patients with an HbA1c > 7 % take part' asks it of everybody
    for token in tokens[at + 1 : at + 5]:
        if token.value in _POPULATION and token.value not in ("with", "who") and token.kind is not Kind.SEX:
            return True
        if token.value in _COHORT_WORDS or token.kind is Kind.SEX:
            return False  # scoped elsewhere
        if token.kind not in (Kind.GLUE, Kind.WORD, Kind.NOT) or token.value in ("of", "is"):
            return False
    return False
