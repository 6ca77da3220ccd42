"""Names that the words around them change: 'systolic arterial BP', '(direct) bilirubin', 'adjusted for albumin'."""

from __future__ import annotations

import re

from rag.criteria.tokens import Kind, Token

_DIRECT = re.compile(r"\b(?:conjugated|direct)\W{1,3}(?:(?:serum|conjugated|direct)\W{1,3}){0,2}$")
_INDIRECT = re.compile(r"\b(?:unconjugated|indirect)\W{1,3}(?:(?:serum|unconjugated|indirect)\W{1,3}){0,2}$")
_ADJUSTED_FOR = re.compile(r"\b(?:adjust|correct|normali[sz])(?:ed|ing|ion|ment) (?:for|to|by|with) (?:the |serum )?$")
_ADJUSTED = re.compile(r"-(?:adjusted|corrected|normali[sz]ed)\b")
_ELSEWHERE = frozenset({"home", "ambulatory", "daytime", "nighttime", "nocturnal", "pulmonary"})
# "CSF white cells", "pleural fluid glucose", "donor platelets": no measure of the participant's blood
_ELSEWHERE_MEASURED = re.compile(
    r"\b(?:csf|(?:cerebrospinal|synovial|pleural|ascitic|peritoneal|amniotic|lavage) fluid|cord blood|fetal"
    r"|donor(?:'s)?) (?:total )?$"
)
_FASTING = re.compile(r"\bfasting (?:venous |capillary |whole |peripheral |serum |plasma |blood )+$")
_SPECIMENS = frozenset({"p", "b", "s", "fs"})  # plasma, blood, serum
_BETWEEN = (Kind.WORD, Kind.GLUE)
_CHILD = frozenset({"child", "childs", "child's"})
_CHILD_CLASS = re.compile(r"(?:['’]s)? (?:class |score |grade |stage )?(?:A[56]?|B[789]?|C)\b(?!\s[a-z]+ing\b)")
# "class III or IV heart failure", "heart failure (class II-IV)": the classes of the New York Heart Association
_STEP = r"(?:[1-4]|i{1,3}|iv)\b"
_CARDIAC_CLASS = re.compile(
    rf"(?:functional )?class {_STEP}"
    rf"(?:(?: or | and |[-/]| to )(?:class )?{_STEP}|(?: or|/) (?:greater|higher|above|more|worse))?"
    r" (?:(?:congestive|chronic|symptomatic|cardiac|left|decompensated) )*(?:heart|cardiac) failure\b"
)
_CLASSED = re.compile(rf"(?:functional )?class {_STEP}")
_ANOTHER_CLASS = re.compile(rf"\bclass {_STEP}(?: or | and | to |, )$")  # the second of 'class II or class III'
_FAILURE = re.compile(r"\b(?:heart|cardiac) failure(?:,| of| with|,? \(| in)? ?$")
# "glycosilated", "glicoslated" and other spellings, before haemoglobin
_GLYCATED = re.compile(r"\bgl[iyu]\w{1,8}t(?:ed|e)\W{1,2}$")
_OF_FVC = re.compile(r"[^.;]{0,40}?\d{2} ?% of (?:the |their )?(?:fvc|forced vital capacity)\b")
# not '> 1500 g and gestational age at birth > 30 weeks'
_AT_BIRTH = re.compile(r"(?:(?!\b(?:and|or|age|gestation\w*)\b)[^.;,:]){0,40}\b(?:at birth|when born)\b")
_PERCENTILE = re.compile(r"[^.;\d]{0,40}\d{1,2}(?:\.\d)?\s?(?:th|st|nd|rd)?[ -]?(?:percentile|centile)")
# "DAS-28 (4)-ESR", "Disease Activity Score [DAS]28-CRP"
_DAS = re.compile(
    r"(?:\bdas|disease activity score)\W{0,3}(?:das\W{1,3})?28(?:\W{0,2}(?:joints?|\(?[34]\)?))?[^a-z;.]{0,4}"
    r"(?:erythrocyte sedimentation rate \(|c-reactive protein \(|using |with |based on |\()?$"
)
_CORRECTED = re.compile(r"[^.;:\d<>≤≥]{0,50}\b(?:fr[ie]deric\w+|bazett\w*|corrected)")
_ALLERGENS = (
    r"(?:peanuts?|milk|egg(?:[- ]white)?|casein|wheat|soy\w*|sesame|fish|cod|shrimp|shellfish|foods?"
    r"|(?:tree[- ]?|hazel|wal|cashew )?nuts?|cashew|almond|pollen|grass|birch|ragweed|cedar|mites?|house dust"
    r"|dermatophagoides|d\.? ?(?:pter|far)\w*|cat|dog|dander|cockroach|aspergillus|fumigatus|alternaria|mou?ld|latex"
    r"|venom|bee|wasp|allergens?|antigen|ovomucoid|ara h ?\d)"
)
_SPECIFIC = re.compile(
    r"specific (?:serum |blood |immunoglobulin |antibody )?$"
    rf"|\b{_ALLERGENS}[ -](?:serum |immunoglobulin |specific )?$"
)
_OF_ALLERGEN = re.compile(rf"[ \w()]{{0,32}}?\b(?:to|against|for|towards?|milk|of) (?:[\w'.-]+ ){{0,4}}?{_ALLERGENS}\b")
_GENERIC_STATUS = re.compile(r"performance (?:status|score|scale)(?: (?:score|scale|status))?$")
_OTHER_STATUS = ("karnofsky", "lansky")
_NAMED_BEHIND = re.compile(
    r"[^a-z.;()\d]{0,3}(?:(?:of|is|must|be|at|least|greater|than|or|equal|to|a|score|the) |\W){0,12}[1-9]\d0?"
    r"(?: ?(?:-|to|–) ?(?:100|\d0))? ?%?,? ?(?:\(|on |by |according to )(?:the )?(?P<scale>karnofsky|kps|lansky)"
)
_PRESSURES = ("systolic_bp", "diastolic_bp", "blood_pressure")
_ELSEWHERE_TAKEN = re.compile(
    r"\b(?:ambulatory|home|day-?time|night-?time|nocturnal|out-of-office|24[- ]?h(?:ours?|rs?)?)\b"
    r"[ -]{1,2}(?:(?:mean|average|ambulatory|measured|monitored|seated) ){0,2}$"
)
# by name: the measures that the words right before it, or behind it, make of it
_TOLD_BEFORE = {
    "hemoglobin": (("hba1c", _GLYCATED),),
    "glucose": (("fasting_glucose", _FASTING),),  # 'fasting venous blood glucose'
    "esr": (("das28", _DAS),),
    "crp": (("das28", _DAS),),
    "bilirubin": (("direct_bilirubin", _DIRECT), ("indirect_bilirubin", _INDIRECT)),
}
_TOLD_BEHIND = {
    "bmi": ("bmi_percentile", _PERCENTILE),  # 'BMI ≥ 95th percentile'
    "qt": ("qtc", _CORRECTED),  # 'QT interval with Fridericia correction method'
    "fev1": ("fev1_fvc", _OF_FVC),  # 'FEV1 < 70 % of FVC'
    "weight": ("birth_weight", _AT_BIRTH),  # 'who weighed ≥ 1500 g at birth'
}
_SIDES = ("systolic_bp", "diastolic_bp")


def refined(tokens: list[Token], lowered: str, text: str) -> list[Token]:
    """The tokens with names taken for what the words beside them make of them; in place."""
    classed = "class" in lowered
    for index, token in enumerate(tokens):
        if token.value in _CHILD and text[token.start].isupper() and _CHILD_CLASS.match(text, token.end):
            token.kind, token.value = Kind.VARIABLE, "child_pugh"
        elif classed and _is_cardiac_class(token, lowered):
            token.kind, token.value = Kind.VARIABLE, "nyha"
        elif token.kind is Kind.DECOY:
            if lowered.startswith("for age", token.start) and lowered.endswith("adjusted ", 0, token.start):
                token.kind = Kind.GLUE  # 'hemoglobin adjusted for age'
        elif token.kind is Kind.VARIABLE and text.startswith("PsA", token.start):
            token.kind = Kind.WORD  # psoriatic arthritis
        elif token.kind is Kind.VARIABLE:
            _refine(tokens, index, lowered)
    return tokens


def _is_cardiac_class(token: Token, lowered: str) -> bool:
    """Whether the token is the 'class' of a heart failure, before it or behind it."""
    before = lowered[max(0, token.start - 24) : token.start]
    if not lowered.startswith(("class", "functional class"), token.start) or _ANOTHER_CLASS.search(before):
        return False
    if _CARDIAC_CLASS.match(lowered, token.start):
        return True
    told = _FAILURE.search(before)
    return bool(told) and bool(_CLASSED.match(lowered, token.start))


def _refine(tokens: list[Token], index: int, lowered: str) -> None:
    token = tokens[index]
    if index > 1 and tokens[index - 1].kind is Kind.DASH and tokens[index - 2].value in _SPECIMENS:
        tokens[index - 1].kind = tokens[index - 2].kind = Kind.GLUE  # 'P-ASAT', 'B-haemoglobin'
    if _ELSEWHERE_MEASURED.search(lowered[max(0, token.start - 24) : token.start]):
        token.kind = Kind.DECOY
    elif _is_adjusted(token, lowered) or _ADJUSTED.match(lowered, token.end) or _is_part_of_name(tokens, index):
        token.kind = Kind.GLUE
    elif token.value == "ecog" and _GENERIC_STATUS.match(lowered[token.start : token.end]):
        token.value = _status_before(tokens, index) or _status_behind(lowered, token.end) or token.value
    elif token.value in _TOLD_BEFORE:
        near = lowered[max(0, token.start - 72) : token.start]
        token.value = next((kind for kind, said in _TOLD_BEFORE[token.value] if said.search(near)), token.value)
    elif token.value in _TOLD_BEHIND:
        kind, said = _TOLD_BEHIND[token.value]
        token.value = kind if said.match(lowered, token.end) else token.value
    elif token.value == "who_functional_class" and lowered.startswith("functional", token.start):
        _give_to_nyha(tokens, index)
    elif token.value == "ige" and (_is_of_one_allergen(token, lowered) or _is_named_again(tokens, index)):
        token.value = "specific_ige"
    elif token.value in _PRESSURES and _ELSEWHERE_TAKEN.search(lowered, max(0, token.start - 40), token.start):
        token.kind = Kind.DECOY  # 'mean 24-hour ambulatory systolic pressure': no pressure at rest in the office
    elif token.value == "blood_pressure" and lowered.endswith(("bp", "pressure", "pressures"), token.start, token.end):
        _give_to_side(tokens, index)


def _is_named_again(tokens: list[Token], index: int) -> bool:
    """'specific IgE against grass pollen (class 2 or IgE > 0.7 kU/L)': the same in short."""
    inside = any(token.kind is Kind.OPEN for token in tokens[max(0, index - 6) : index])
    return inside and any(token.value == "specific_ige" for token in tokens[max(0, index - 24) : index])


def _is_of_one_allergen(token: Token, lowered: str) -> bool:
    """'peanut IgE', 'IgE against house dust mite': of one allergen, not the total."""
    if _SPECIFIC.search(lowered, max(0, token.start - 28), token.start):
        return True
    total = lowered.startswith("total", token.start) or "total " in lowered[max(0, token.start - 12) : token.start]
    return not total and _OF_ALLERGEN.match(lowered, token.end) is not None


def _is_adjusted(token: Token, lowered: str) -> bool:
    """'calcium (adjusted for albumin)': what a number is adjusted for is not what it measures."""
    return bool(_ADJUSTED_FOR.search(lowered[max(0, token.start - 28) : token.start]))


def _is_part_of_name(tokens: list[Token], index: int) -> bool:
    """'LDL … cholesterol', 'Karnofsky performance status (PS)', 'systolic AP' (arterial pressure): no other measure."""
    value, before = tokens[index].value, tokens[max(0, index - 2) : index]
    if value == "ecog":
        opened = [token.kind for token in before] == [Kind.VARIABLE, Kind.OPEN]
        return opened and before[0].value in _OTHER_STATUS
    if value == "alp":
        return bool(before) and before[-1].value in _SIDES
    return value == "total_cholesterol" and _is_after_abbreviation(tokens, index)


def _status_before(tokens: list[Token], index: int) -> str:
    """'Karnofsky (for participants over 16) performance status': the general words belong to the scale before them."""
    depth = 0
    for before in reversed(tokens[max(0, index - 14) : index]):
        depth += {Kind.CLOSE: 1, Kind.OPEN: -1}.get(before.kind, 0)
        if depth <= 0 and before.kind is Kind.VARIABLE:
            return before.value if before.value in _OTHER_STATUS else ""
        if depth <= 0 and before.kind not in (Kind.OPEN, Kind.SLASH):
            return ""
    return ""


def _status_behind(lowered: str, end: int) -> str:
    """'Performance status of ≥ 70 % (Karnofsky)': the scale that is named behind the value."""
    found = _NAMED_BEHIND.match(lowered, end)
    return "" if found is None else "lansky" if found["scale"] == "lansky" else "karnofsky"


def _is_after_abbreviation(tokens: list[Token], index: int) -> bool:
    before = tokens[max(0, index - 3) : index]
    kinds = [token.kind for token in before]
    return kinds == [Kind.OPEN, Kind.VARIABLE, Kind.CLOSE] and before[1].value in ("ldl", "hdl")


def _give_to_nyha(tokens: list[Token], index: int) -> None:
    """'New York Heart Association (NYHA) functional class IV' names one scale."""
    for before in reversed(tokens[max(0, index - 4) : index]):
        if before.kind is Kind.VARIABLE:
            tokens[index].kind = Kind.GLUE if before.value == "nyha" else Kind.VARIABLE
            return
        if before.kind not in (Kind.OPEN, Kind.CLOSE, Kind.GLUE, Kind.DASH, Kind.COMMA):
            return


def _give_to_side(tokens: list[Token], index: int) -> None:
    """'systolic arterial BP', 'diastolic resting blood pressure' name one side of the pair."""
    for at in range(index - 1, max(-1, index - 5), -1):
        before = tokens[at]
        if before.kind is Kind.VARIABLE and before.value in _SIDES:
            for between in tokens[at + 1 : index + 1]:
                between.kind = Kind.GLUE
            return
        if before.kind not in _BETWEEN or before.value in _ELSEWHERE:
            return
