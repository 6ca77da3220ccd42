"""Illnesses that stand beside a limit: who has both is turned away, or one illness of several is limited."""

from __future__ import annotations

import re

from rag.criteria.limits import Limit

_WITH = re.compile(
    r"(?i)(?<!controlled )\b(?P<with>(?:stage [IV]{1,3}\w? |metastatic |advanced |active |type [12I]{1,2} )?"
    r"(?P<thing>eating disorder|anorexia|bulimia|cancer|carcinoma|malignancy|malignancies|tumou?rs?|neoplasm|leukemia"
    r"|lymphoma|myeloma|diabetes(?: mellitus)?|stroke|epilepsy|asthma|copd|hepatitis|current smokers?|chf"
    r"|heart failure|atrial (?:fibrillation|flutter)|cardiomyopathy|(?:atrial|ventricular|supraventricular) tachycardia"
    r"|non-?\w+ (?:diseases?|conditions?|illness(?:es)?|comorbidit(?:y|ies))|(?:hiv|aids)"
    r"(?:[- ](?:positive|infected|seropositive))?(?: (?:patients|participants|subjects|individuals|persons|people))?)"
    r"(?: infection)?(?: (?:that|which) (?:is|are))?(?: associated)? (?:with|and)"
    r"|(?:patients|subjects|participants|those|individuals) on (?!(?:the|this|room|screening|study)\b)"
    r"[^.;,:()<>≤≥\d]{3,40}? with|(?<!alcohol )(?<!drug )\b[\w-]{4,} use with"
    r"|(?:taking|receiving|treated with) (?P<drug>[^.;,:()<>≤≥]{3,40}?) (?:with|(?-i:AND)))"
    r" (?:(?:an?|the|current|currently|estimated|predicted|expected|any|their|documented|known|resting|mean"
    r"|ventricular|blood pressure|bp) ){0,3}$"
)
# values that are part of what the words name: a person without diabetes has no HbA1c of 9 %
_DEFINED_BY = {
    "diabet": ("hba1c",),
    **dict.fromkeys(("heart ", "chf"), ("nyha",)),
    "hiv": ("viral_load", "hiv_rna"),
    "aids": ("viral_load", "hiv_rna"),
    "hepati": ("viral_load",),
}
_REACH = 90  # characters before a limit
_ILLNESS = (
    r"(?:(?!(?:diag|prog)nosis)[\w-]*(?:a?emias?|[^h]omas?|itis|osis|pathy|sclerosis)|syndromes?|diseases?|cancers?|neoplasms?|aml|mds|cmml"
    r"|cll|nsclc|sclc|copd|asthma|diabetes|myelofibrosis)"
)
# "leukaemia, or a high-risk syndrome (≥ 12 % blasts)", "myeloma or amyloidosis with NT-proBNP < 8400"
_ONE_OF = re.compile(
    rf"(?i)\b{_ILLNESS}(?: \([^()]{{1,20}}\))?,? or (?:[\w-]+ ){{0,4}}(?:\w+/)?{_ILLNESS}(?: \([^()]{{1,20}}\))?"
    r" ?(?P<with>\(|with (?:an? |the )?(?:[\w-]+ ){0,2})$"
)
# "leukaemia, a syndrome with ≥ 6 % blasts, or …": behind such a limit another illness follows
_OR_ANOTHER = re.compile(rf"(?i)[^.;,()<>≤≥]{{0,30}}\)?,? or (?:[\w-]+ ){{0,4}}{_ILLNESS}\b")
_OF_ONE = re.compile(rf"(?i)\b{_ILLNESS}(?: \([^()]{{1,20}}\))? ?(?P<with>\(|with (?:an? |the )?(?:[\w-]+ ){{0,2}})$")


def company_of(text: str, limit: Limit) -> re.Match[str] | None:
    """The illness that must stand beside a limit before it turns anybody away, 'stage IV cancer with'."""
    found = _WITH.search(text, max(0, limit.start - _REACH), limit.start)
    own = found is not None and limit.base in _DEFINED_BY.get((found["thing"] or "").lower()[:6], ())
    return None if own else found


def one_of_several(text: str, limit: Limit) -> tuple[int, int] | None:
    """Where the last of several illnesses stands that alone a limit is of; None where it is of all, or of none."""
    if limit.base not in _OF_ILLNESS:
        return None
    ahead = text[max(0, limit.start - 2 * _REACH) : limit.start]
    found = None if limit.base in _OF_AN_ORGAN else _ONE_OF.search(ahead)
    if found is None and _OR_ANOTHER.match(text, limit.end):
        found = _OF_ONE.search(ahead)
    shift = limit.start - len(ahead)
    return (shift + found.start(), limit.start) if found else None


# measures that tell what an illness is; blood counts and organ functions are asked for in every illness
_OF_ILLNESS = frozenset(
    ["blasts", "bone_marrow_blasts", "psa", "gleason", "gleason_grade_group", "pd_l1_tps", "pd_l1_cps", "ki67",
     "nt_probnp", "bnp", "m_protein", "free_light_chains", "fev1", "feno", "cdai", "mayo_score", "das28", "afp",
     "ca125", "eosinophils", "ige", "uacr", "upcr", "proteinuria", "fvc", "dlco"]
)  # fmt: skip
# 'asthma or COPD with FEV1 ≥ 50 %': what is measured of an organ is asked for in both illnesses of it
_OF_AN_ORGAN = frozenset(["fev1", "fvc", "dlco", "feno", "uacr", "upcr", "proteinuria", "eosinophils", "ige"])
