"""Whether a line of criteria is told of other people than the one at hand: controls, donors, newborns, a group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rag.criteria.concepts import find_concepts
from rag.evidence.case import Fit
from rag.evidence.judged import Judged
from rag.types import Clause, Constraint, Criterion, Patient, Scope, ScopeKind, State
from rag.values import between


def is_of_a_group(criterion: Criterion, clause: Clause) -> bool:
    """Whether what is required stands under a heading that names it: 'Patients with asthma:' beside healthy people."""
    required = {atom.concept for atom in clause.alternatives if isinstance(atom, State) and atom.present}
    named = {mention.concept for heading in criterion.headings for mention in find_concepts(heading)}
    return bool(required & named)


def is_of_others(criterion: Criterion, clause: Clause, text: str) -> bool:
    """Whether it is said of others than patients: under 'Healthy controls:', 'donors with gout', 'Practice has …'."""
    subject = text[criterion.span.start : clause.span.start]
    named = any(_names_others_alone(heading) or _OF_A_PART.search(heading) for heading in criterion.headings)
    named = named or _stands_under_a_group(criterion, text) or _is_a_title(clause, text)
    named = named or _OF_A_PLACE.match(criterion.span.of(text)) is not None
    return named or any(pattern.search(subject) for pattern in (_WITH, _HEALTHY, _HEADED))


def of_their_own_group(judged: Sequence[Judged]) -> list[Judged]:
    """What is judged of a trial, where a limit of one group decides nothing for who fits the one of another.

    'Patients with a worn disc:' / 'Aged 30 to 60' / 'Women who give tissue:' / 'Aged 18 to 50'.
    """
    closed = _fits_no_group(judged)
    return [
        replace(one, fit=Fit.NOT_MET)
        if one in closed
        else replace(one, fit=Fit.UNKNOWN)
        if _fits_another_group(one, judged)
        else one
        for one in judged
    ]


def is_of_its_heading(scopes: Sequence[Scope], criterion: Criterion) -> bool:
    """Whether a clause is left to the people whom the heading above it names, and to nobody else."""
    alone = len(scopes) == 1 and scopes[0].kind is ScopeKind.COHORT
    return alone and bool(criterion.headings) and criterion.headings[-1].rstrip(" :") == scopes[0].text


def _fits_no_group(judged: Sequence[Judged]) -> list[Judged]:
    """The limits of one measure that each group has for its own, where the person fails them all."""
    groups = {group for one in judged if (group := _group_of(one))}
    found: list[Judged] = []
    for variable in {next(iter(_limited(one))) for one in judged if one.failed and len(_limited(one)) == 1}:
        limits = [one for one in judged if _limited(one) == {variable}]
        if len(groups) > 1 and all(one.failed for one in limits) and groups == set(map(_group_of, limits)):
            found.extend(limits)
    return found


def _fits_another_group(one: Judged, judged: Sequence[Judged]) -> bool:
    if one.fit is not Fit.NOT_MET or not (own := _group_of(one)):
        return False
    variables = _limited(one)
    others = [other for other in judged if variables and _limited(other) == variables and other.fit is Fit.MET]
    return any(group not in {"", own} for group in map(_group_of, others))


def _limited(one: Judged) -> set[str]:
    return {atom.variable for atom in one.clause.alternatives if isinstance(atom, Constraint)}


def _group_of(one: Judged) -> str:
    """The heading that names the people whom a criterion is for; '' where it is for all."""
    heading = one.criterion.headings[-1] if one.criterion.headings else ""
    return heading if _PEOPLE.search(heading) and not _OF_ALL.match(heading) else ""


_PEOPLE = re.compile(
    r"(?i)\b(?:patients|subjects|participants|individuals|volunteers|women|men|mothers|children|adults|adolescents"
    r"|controls|donors|cases|caregivers|cohort|group|arm)\b"
)
# 'All patients:', 'Patients must have:'
_OF_ALL = re.compile(
    r"(?i)\W*(?:all|both|each|any)\b|.*\b(?:must|should|will|shall|following|eligible|criteria|included)\b"
)


def _is_a_title(clause: Clause, text: str) -> bool:
    """Whether all that a line says is whom the lines below it are for: 'Non-pregnant women -'."""
    start, end = text.rfind("\n", 0, clause.span.start) + 1, text.find("\n", clause.span.end)
    listed = end > 0 and _ITEM.match(text, end) is not None and _ITEM.match(text, start) is None
    return listed and _TITLE.fullmatch(text, start, end) is not None


_TITLE = re.compile(
    r"(?i)\W{0,6}(?:all )?(?:non[- ]?)?[a-z]{4,16}[- ](?:women|men|girls|boys|females?|males?|mothers"
    r"|patients?|participants?|subjects?|volunteers?|individuals|people|adults|persons?|group)\s?[-–—:]\s{0,3}"
)


def _stands_under_a_group(criterion: Criterion, text: str) -> bool:
    """Whether the item is one of a list right below a line that opens a group: 'Group B (diabetes): any of 1 to 3'.

    A line with a bullet or number like that of the item is another item of the same list.
    """
    start = text.rfind("\n", 0, criterion.span.start) + 1
    item, above = text[start : criterion.span.start], text[max(0, start - _FAR) : start]
    lines = [line for line in above.split("\n") if line.strip()]
    head = next((line for line in reversed(lines) if _ITEM.match(line) is None), "")
    return bool(_ITEM.match(item)) and _GROUP.match(head) is not None


_FAR = 3000  # characters of a list
_ITEM = re.compile(r"\s*(?:[*•o–-]\s|\(?(?:\d{1,2}|[a-z])[.)\\])")
_GROUP = re.compile(r"(?i)\W{0,4}(?:group|cohort|arm|stratum|category|population)\s?(?:[A-H]|\d|I{1,3}|IV)\b")


def _names_others_alone(heading: str) -> bool:
    """'Healthy controls:', 'For caregivers'; not 'Patients and controls', which is everybody."""
    return _OTHERS.search(heading) is not None and _EVERYBODY.search(_OTHERS.sub("", heading)) is None


def is_for_another_age(heading: str, patient: Patient) -> bool:
    """'Newborns:' for whoever is grown up, 'Adults' for a child; not 'Children and adults'."""
    young, grown = _YOUNG.search(heading) is not None, _GROWN.search(heading) is not None
    ages = [number.values for number in patient.numbers if number.variable == "age"]
    if young is grown:
        return False
    return any(not age.overlaps(_CHILDHOOD) if young else age.is_subset(_CHILDHOOD) for age in ages)


_YOUNG = re.compile(r"(?i)\b(?:neonates?|newborns?|infants?|babies|toddlers?|children|p(?:a)?ediatric)\b")
_GROWN = re.compile(r"(?i)\b(?:adults?|mothers?|parents?)\b")
_CHILDHOOD = between(Decimal(0), Decimal(18), high_closed=False)
_BESIDE = (
    r"\b(?:healthy[ -](?:controls?|volunteers?|comparators?)|controls"
    r"|control (?:group|subject|participant|patient|arm)s?|staff|clinicians?|physicians?|nurses?|providers?|teachers?"
    r"|(?:stem cell |organ |kidney |bone marrow )?donors?|caregivers?|carers?|care partners?|spouses?|siblings?)\b"
)
_OTHERS = re.compile(rf"(?i){_BESIDE}")
# 'Exclusion criteria for contrast studies:', beside those of all; not 'for both arms'
_OF_A_PART = re.compile(
    r"(?i)\bcriteria for (?!all\b|both\b|each\b|every\b|any\b|the (?:stud|trial|group)"
    r"|(?:\w+ in(?:to)? )?(?:this|the present)\b)"
    r"[^:]{3,60}?"
    r"\b(?:enhanced|contrast|imaging|optional|extension)\b[^:]{0,30}\b(?:stud(?:y|ies)|sub-?stud(?:y|ies)|parts?|phase)\W*$"
)
# 'Practice has 50 patients over 70', 'Clinics must see …': of the places that take part
_OF_A_PLACE = re.compile(
    r"(?i)^[\s*•\d.()–-]{0,12}(?:the |each |all )?(?:(?:participating|primary care|general|medical) )?"
    r"(?:practices?|clinics?|hospitals?|sites?|facilit(?:y|ies)|cent(?:er|re)s?|schools?|(?:nursing|care) homes?|wards?"
    r"|villages?|pharmac(?:y|ies)|clusters?)\s(?:offers?|has|have|can|must|should|will|scores?|provides?|is|are|cares?"
    r"|serves?|sees?|with)\b"
)
_EVERYBODY = re.compile(r"(?i)\b(?:patients?|cases?|participants?|subjects?|both|all|alike|everybody|everyone)\b")
_WITH = re.compile(
    rf"(?i)(?:^|[.;:]\s|\*\s){_BESIDE}(?: (?:must|should|will))?"
    r"\s(?:with|who|have|has|having|being|includes?|consists?)\b"
)
_HEADED = re.compile(rf"(?i)^[\s*•\d.()–-]{{0,12}}{_BESIDE}\s?:")  # 'DONOR: HIV infection'
# 'Healthy subjects: no diabetes', beside patients; not 'healthy subjects without diabetes', who may be all
_HEALTHY = re.compile(r"(?i)\bhealthy?[ -](?:subjects?|participants?|individuals|people|adults|persons?|group)\s?:")
