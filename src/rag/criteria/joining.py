"""How the limits of one item stand to each other: kin, variants, two ways to qualify, a list of abnormalities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.criteria.itemstate import Alternative, Read, Term, against_fit
from rag.criteria.limits import Limit
from rag.criteria.sought import sought
from rag.types import ScopeKind

# "LDL > 190 plus xanthomas", "potassium < 3 that cannot be corrected", "INR > 1.5 due to liver disease": words that
# must hold too before a value turns anybody away
TOGETHER_WITH = re.compile(
    r"(?i)[^.;,()<>≤≥\d]{0,24}? (?<!not )(?P<more>(?:(?:plus|together with|in combination with|combined with"
    r"|accompanied by|along with|in conjunction with|coupled with"
    r"|with (?:concurrent|concomitant|co-?existing|associated|accompanying))"
    r"|(?:that|which) (?:can ?not|could not) be|not correctable"
    r"|(?:that is |which is |are |is )?(?:due to(?! (?:any|diseases?|illness(?:es)?|conditions)\b)"
    r"|caused by|secondary to|attributable to|attributed to"
    r"|resulting from|as a result of)) [^.;,()<>≤≥*]*)"
)
# 'ALT > 1.5 x ULN at two visits and the findings are significant'
AND_FINDINGS = re.compile(
    r"(?i)[^.;,()]{0,70}? and (?P<more>(?:the |these |this )?(?:findings?|results?|patient is|subject is|participant is"
    r"|symptomatic|symptoms|is|are|was|were|has|have|who|which"
    r"|considered|judged|deemed|associated|not|no)\b[^.;,()]*)"
)
# 'prior diagnosis of diabetes, hypertension and/or dyslipidemia (LDL …': the illnesses before are enough
OR_ILLNESS = re.compile(
    r"(?i),? (?:and/or|or) (?:pre-?)?(?:hyperten|dyslipid|hyperlipid|hypercholest|diabet|obes|overweight)[\w-]*"
    r"\s?\(\s?$"
)
# 'two prior regimens OR patient refuses them', '…, or was ineligible to receive them': another way, in words
CAPITAL_OR = re.compile(
    r"[^.;:]{0,70}? O[Rr]:? (?P<more>[^.;:<>≤≥]{4,})"
    r"|[^.;:<>≤≥]{0,120}?,? or (?:(?:was|were|is|are|be|being) )?(?P<unfit>(?:(?:considered |deemed )?"
    r"(?:ineligible|not eligible|unable|intolerant|unsuitable|unfit)|not an? candidate|not candidates)\b[^.;:<>≤≥]*)"
)

OR_WHO = re.compile(
    r"(?i),? or,? (?:who|those|patients|subjects|participants|individuals|whose|have|has|had|is|are)\b[^.;:,()]{0,80}$"
)
# 'either a positive skin test or evidence of an allergy (IgE > 0.35)'
EITHER_OR = re.compile(
    r"(?i)\beither (?P<more>(?!sex|gender|race|eye|ethnic|male|female|men|wom)"
    r"(?:[^.;:<>≤≥\d()]|\([^()]{0,30}\)){3,80}?)"
    r" or(?: (?:(?!\band\b)[^.;:,<>≤≥\d]){3,70})?\s?$"
)
# "at least two of the following": each of what follows is one of several ways
SEVERAL = re.compile(
    r"(?i)\b(?:two|three|[2-9]) (?:out )?of (?:three|four|five|six|[3-9])\b[^.;:<>≤≥]{0,30}:"
    r"|\bmore than (?:one|two|[12]) of (?:the|these) (?:following )?"
    r"|\b(?:at least |minimum of |any )?(?:two|three|four|[2-9])(?: \(\d\))?(?: or more)? of(?: ?:|"
    r" (?:the|these) (?:following|\w+ ?(?:risk )?(?:factors|criteria|features|conditions|signs)?)\b)"
)
SOME = re.compile(
    SEVERAL.pattern
    + r"|\b(?:one|1) or more (?:of the )?(?:[\w-]+ ){0,2}criteri\w+\b[^.;:()<>≤≥\d]{0,50}\("
    r"|(?:\bat least |≥ ?|\bminimum of )(?:one|two|three|[1-3]) (?!of\b)(?:[\w()/-]+ ){0,6}[\w()/-]+ ?:"
    r"|\b(?:one|1) or more ?:"
    r"|\b(?:at least |minimum of |any )?(?:one|1)(?: \(\d\))?(?: or more)? of(?: ?:| (?:the|these) following\b)"
    r"|(?<!by )\bany of the following\b(?! lab)"
    r"|(?:\bat least |≥ ?)(?:one|two|[12]) (?!of\b)(?:[\w/-]+ ){0,3}(?:factors?|comorbidit\w+|features?|conditions?)"
    r"\W{1,3}(?:such as|including|e\.?g|i\.?e)\b"
)
# 'unfit for surgery, defined as age > 80, LVEF < 40 % or frailty': reasons of which one is enough
_REASONS = sought(
    r"(?i)\b(?:unfit|ineligib\w+|not (?:be )?(?:eligible|suitable|fit|(?:a )?candidates?)|intoleran\w+|contraindicat\w+"
    r"|need(?: of| for|ing) (?:treatment|therapy)|requir\w+ (?:treatment|therapy))\b[^.;:<>≤≥\d]{0,70}?"
    r"(?:\bdefined (?:as|by)|\bdue to|\bbecause of|\bbased on|\bi\.e\.)",
    "defined", "due to", "because of", "based on", "i.e.",
)
_OTHER_MEMBER = re.compile(r", | or ")
# 'high risk, defined as PSA > 22, Gleason ≥ 8 or stage T3': signs of which one is enough
_AT_RISK = sought(
    r"(?i)\b(?:high|higher|highest|increased|intermediate|elevated|poor)[- ](?:risk|prognosis)\b[^.;:<>≤≥\d]{0,60}?"
    r"(?:\bdefined (?:as|by)|\bbased on|\bi\.e\.|:)(?=[^;]*,[^;]* or \w)(?![^;]* and )",
    "risk", "prognosis",
)
# '… OR screening criteria (age 55-74; ≥ 30 pack-years; ex-smoker)': what the last bracket lists is another way
_OTHER_WAY = re.compile(r"\bO[Rr] [^.;:()<>≤≥\d]{3,50}\((?=[^()]*;[^()]*\)\W*$)")
# stands in every item that counts its members
_MAY_COUNT = (":", " of ", " or more ", " such as ", "includ", "e.g", "i.e", " OR ", " Or ")


def counting(text: str, *, exclusion: bool) -> re.Match[str] | None:
    """The words of an item that make each limit behind them one of several ways: 'at least 2 of the following:'."""
    found = (SEVERAL if exclusion else SOME).search(text) if any(map(text.__contains__, _MAY_COUNT)) else None
    if found or exclusion:
        return found
    if other := _OTHER_WAY.search(text):
        return other
    if risk := next(_AT_RISK.finditer(text), None):
        return risk
    reasons = _REASONS.search(text)
    return reasons if reasons and _OTHER_MEMBER.search(text, reasons.end()) else None


def is_counted(term: Term, behind: int) -> bool:
    """Whether a term behind such words is one of several ways: 'no illness such as any of these: …' denies each."""
    return isinstance(term, Alternative) or (term.limit.start >= behind and not term.negated)


def are_transaminases(one: Sequence[Read], other: Sequence[Read]) -> bool:
    """'ALT ≤ 2 x ULN or AST ≤ 2 x ULN' asks the same of both."""
    bases = {read.limit.base for read in (*one, *other)}
    return bases == {"alt", "ast"} and one[0].limit.stated == other[0].limit.stated


def are_variants(one: Sequence[Read], other: Sequence[Read]) -> bool:
    """'450 ms for males or 470 for females', '≤ 3 x ULN or ≤ 5 with metastases': each holds for its own people."""
    if {read.limit.base for read in one} != {read.limit.base for read in other}:
        return False
    apart = not one[0].scopes and not one[0].limit.stated.overlaps(other[0].limit.stated)
    if apart and all(mark.text.startswith(("on ", "with ")) for mark in other[0].scopes):
        return False  # '> 94 % with risk factors or < 94 % on room air': two ways in, nobody has both
    return bool(other[0].scopes) or is_stricter_rung(one[0], other[0])


def are_of_two_ages(one: Sequence[Read], other: Sequence[Read]) -> bool:
    """'Karnofsky ≥ 50 (16 years and older) or Lansky ≥ 50 (under 16)': each scale holds for its own people."""
    bases = {read.limit.base for read in (*one, *other)}
    aged = all(any(mark.kind is ScopeKind.AGE for mark in read.scopes) for read in (*one, *other))
    return aged and bases <= {"karnofsky", "lansky", "ecog"}


def are_both_ends(one: Sequence[Read], other: Sequence[Read]) -> bool:
    """'HbA1c below 6 % and patients above 10 %', turned away: no value can be both."""
    alone = len(one) == len(other) == 1 and one[0].limit.variable == other[0].limit.variable
    return alone and not (one[0].scopes or other[0].scopes or one[0].limit.stated.overlaps(other[0].limit.stated))


def is_stricter_rung(one: Read, other: Read) -> bool:
    """'BMI ≥ 27 with a comorbidity, or ≥ 30': the second value is asked of those who have not what the first names."""
    loose, strict = one.limit, other.limit
    if loose.variable != strict.variable or loose.stated == strict.stated or other.scopes:
        return False
    beside = any(mark.text.startswith(("and ", "with ", "plus ", "in the presence")) for mark in one.scopes)
    return beside and one.scopes[0].start >= loose.end and strict.stated.is_subset(loose.stated)


ASKED_OF_EACH = (frozenset({"alt", "ast", "alp", "ggt", "bilirubin"}), frozenset({"pt", "aptt", "inr"}))
_KIN = (
    {"serum_creatinine", "creatinine_clearance", "egfr", "cystatin_c"},
    {"hemoglobin", "hematocrit"},
    {"karnofsky", "ecog", "lansky"},
    {"bilirubin", "direct_bilirubin"},
    {"inr", "pt", "aptt"},
    {"bnp", "nt_probnp"},
)


def are_kin(one: Sequence[Read], other: Sequence[Read]) -> bool:
    bases, others = {read.limit.base for read in one}, {read.limit.base for read in other}
    same = bases == others  # 'bilirubin ≤ 1.5 x ULN or ≤ 1.5 mg/dL'
    return same or any(bases & family and others & family for family in _KIN)


def are_abnormalities(groups: Sequence[Sequence[Read]], joints: Sequence[str]) -> bool:
    """'creatinine > 1.5, ALT > 2.5 and bilirubin > 1.5': a list of three or more ways to be unfit, not all at once."""
    if len(groups) < 3 or "or" in joints or joints.count("and") < 2:
        return False
    return all(
        (against_fit(read.limit) or _is_beyond_both(read.limit)) and not read.negated
        for group in groups
        for read in group
    )


def _is_beyond_both(limit: Limit) -> bool:
    """'pulse < 50 or > 150': too low and too high alike."""
    intervals = limit.stated.intervals
    return len(intervals) == 2 and intervals[0].low is None and intervals[1].high is None


def are_two_ways(groups: Sequence[Sequence[Read]], joints: Sequence[str]) -> bool:
    """'A > 10 and B ≤ 6 or A ≤ 10 and B ≥ 7': two ways to qualify, each of several limits on the same variables."""
    if joints.count("or") != 1 or "and" not in joints:
        return False
    cut = joints.index("or") + 1
    left = {read.limit.variable: read for group in groups[:cut] for read in group}
    right = {read.limit.variable: read for group in groups[cut:] for read in group}
    shared = left.keys() & right.keys()
    return any(
        left[name].limit.stated != right[name].limit.stated and not left[name].scopes and not right[name].scopes
        for name in shared
    )


def are_two_rows(groups: Sequence[Sequence[Read]], joints: Sequence[str]) -> bool:
    """'Aged 6 to 18, with IgE > 5, or aged 5 to 6, with IgE ≥ 12': two ways to qualify, told of the same names."""
    if joints.count("or") != 1:
        return False
    cut = joints.index("or") + 1
    left = {read.limit.variable: read for group in groups[:cut] for read in group}
    right = {read.limit.variable: read for group in groups[cut:] for read in group}
    if left.keys() != right.keys() or len(left) < 2 or any(joint == "" for joint in joints):
        return False
    plain = not any(read.scopes or read.exceptions for read in (*left.values(), *right.values()))
    return plain and all(left[name].limit.stated != right[name].limit.stated for name in left)


def propagated(groups: Sequence[Sequence[Read]], joints: list[str]) -> list[str]:
    """Commas before an 'or' are 'or' too – unless the last two alone are kin (creatinine or clearance)."""
    joints = list(joints)
    for index in range(len(joints) - 1, 0, -1):
        strong = joints[index] in (";or", "and") and joints[index - 1] == ";"
        if strong or (joints[index] in ("or", ";or", "and") and joints[index - 1] == ","):
            if joints[index] == "and" and _are_pressures(groups[index], groups[index + 1], groups[index - 1]):
                continue  # 'NYHA III, arrhythmia, hypertension (> 160 systolic and > 110 diastolic)'
            if (
                joints[index] == "or"
                and are_kin(groups[index], groups[index + 1])
                and not are_kin(groups[index - 1], groups[index])
                and not against_fit(groups[index - 1][0].limit)  # 'platelets < 40, PT > 15 or aPTT > 40'
            ):
                continue
            joints[index - 1] = joints[index]
    return [joint.removeprefix(";") if joint == ";or" else joint for joint in joints]


# '(PSA > 20, Gleason ≥ 8, or clinical stage T3)': a bracket that lists ways, the last one in words
_LISTED_WAYS = re.compile(r"\([^()]*, (?:and/)?or (?P<words>[^()<>≤≥]{3,80})\)")
# only behind what has many signs: of '(ANC ≥ 1, platelets ≥ 100, or per site)' behind a function all are asked for
_OF_MANY_SIGNS = re.compile(
    r"(?i)(?:\brisk\b|cancer|carcinoma|tumou?r|disease|syndrome|hypertension|failure|features?|factors?)[^.;:()]{0,30}$"
)
_OF_HEALTH = re.compile(r"(?i)\b(?:adequate|normal|acceptable|healthy|stable|controlled|function\w*)\b[^.;:()]*$")
_AHEAD = 80  # characters before a bracket


def _listed(text: str, groups: Sequence[Sequence[Read]], joints: Sequence[str]) -> list[str]:
    """The joints of requirements, where commas in such a bracket stand for its 'or'."""
    found = _LISTED_WAYS.finditer(text) if "," in joints else ()
    brackets = [one for one in found if _has_many_signs(text[max(0, one.start() - _AHEAD) : one.start()])]

    def within(index: int) -> bool:
        start, end = groups[index][0].limit.start, groups[index + 1][-1].limit.end
        return any(one.start() <= start and end <= one.start("words") for one in brackets)

    return ["or" if joint == "," and within(index) else joint for index, joint in enumerate(joints)]


def _has_many_signs(ahead: str) -> bool:
    """'Prostate cancer of high risk', not 'Adequate organ function': the words right before a bracket."""
    return _OF_MANY_SIGNS.search(ahead) is not None and _OF_HEALTH.search(ahead) is None


def _are_pressures(one: Sequence[Read], other: Sequence[Read], before: Sequence[Read]) -> bool:
    """Whether two values are the two pressures, and what stands before them is none."""
    pair = {read.limit.base for read in (*one, *other)} == {"systolic_bp", "diastolic_bp"}
    return pair and all(read.limit.base not in ("systolic_bp", "diastolic_bp") for read in before)


def settle_joints(
    text: str, groups: Sequence[Sequence[Read]], joints: list[str], *, exclusion: bool
) -> list[str]:
    """Among values of an exclusion that let somebody in, 'CD4 > 350 and …', an 'and' asks for both, an 'or' for one."""
    if not exclusion:
        return _listed(text, groups, joints)
    if not any(group[0].settled for group in groups):
        return joints
    turned = {"or": "and", "and": ";", "with": ";"}
    return [
        turned.get(joint, joint)
        if groups[place][0].settled and groups[place + 1][0].settled
        else ";"
        if groups[place][0].settled or groups[place + 1][0].settled
        else joint
        for place, joint in enumerate(joints)
    ]


def runs_of(groups: Sequence[list[Read]], joints: Sequence[str], joining: str) -> list[list[list[Read]]]:
    """Groups cut wherever they are not joined by `joining`; negated limits turn 'or' into 'and'."""
    runs: list[list[list[Read]]] = [[groups[0]]]
    for joint, before, group in zip(joints, groups, groups[1:], strict=False):
        turned = {"or": "and", "and": "or"}[joining]  # 'must have A and B' in a list of exclusions asks for both
        wanted = turned if before[0].negated and group[0].negated else joining
        if joint == wanted or (joint == "with" and wanted == "and"):
            runs[-1].append(group)
        else:
            runs.append([group])
    return _with_variants(runs)


def _with_variants(runs: list[list[list[Read]]]) -> list[list[list[Read]]]:
    """'BNP ≥ 140 (≥ 420 if in fibrillation) or NT-proBNP ≥ 590': the other way is one for each value of the first name,
    and so is each value of the last name for what stands before the 'or'."""
    out = [list(run) for run in runs]
    for place, run in enumerate(runs):
        if len(run) < 2 or {read.limit.base for read in run[0]} == {read.limit.base for read in run[-1]}:
            continue
        at = place - 1
        while at >= 0 and _is_alone(runs[at]) and are_variants(runs[at][0], runs[at + 1][0]):
            out[at] = [*runs[at], *run[1:]]
            at -= 1
        at = place + 1
        while at < len(runs) and _is_alone(runs[at]) and are_variants(run[-1], runs[at][0]):
            out[at] = [*run[:-1], *runs[at]]
            at += 1
    return out


def _is_alone(run: Sequence[Sequence[Read]]) -> bool:
    """Whether a run is one value that holds without an exception."""
    return len(run) == 1 and not any(read.exceptions for read in run[0])


def with_both_pressures(clauses: list[list[Term]]) -> list[list[Term]]:
    """'systolic > 145 or diastolic > 95 that cannot be controlled': what must hold too holds for both."""
    for one, other in pairwise(clauses):
        bases = [term.limit.base for term in (one[0], other[0]) if isinstance(term, Read)]
        if len(one) == 1 and len(other) > 1 and bases == ["systolic_bp", "diastolic_bp"]:
            one.extend(term for term in other[1:] if isinstance(term, Alternative))
    return clauses
