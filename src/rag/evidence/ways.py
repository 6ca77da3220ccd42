"""Whether a criterion on a treatment means only some of those who have it: by dose, by mouth, beside another."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from rag.criteria.concepts import find_concepts, load_concepts, narrower_or_equal
from rag.criteria.words import word_set
from rag.evidence.stems import stem
from rag.types import Patient, State

_PARENTERAL = r"(?:parenteral|intravenous|i\.?v\.?|injectable|injected|subcutaneous|intramuscular)"
_JOINED = r"(?:,? (?:and/or|or|and) |\s?/\s?|, )"
# 'oral or intravenous', 'oral, intravenous or intramuscular': in whatever way
_MORE = rf"(?:{_JOINED}{_PARENTERAL}){{0,3}}"
_ANY_WAY = re.compile(
    rf"(?i)\b(?:oral{_JOINED}{_PARENTERAL}{_MORE}|{_PARENTERAL}{_MORE}{_JOINED}oral{_MORE})\b\s?"
)
# 'oral', 'oral or inhaled'
_ORAL = re.compile(r"(?i)\boral(?:(?: (?:and/or|or|and) |\s?/\s?)(?:inhaled|topical|nasal))?\s")
_WAY = re.compile(
    rf"(?i)^(?:oral|{_PARENTERAL})\b[\s/]?(?:(?:or|and|/)\s)?(?:(?:oral|inhaled|topical|nasal|{_PARENTERAL})\s)?"
)


def without_ways(state: State, before: str, named: str, patient: Patient) -> tuple[str, str]:
    """The words before a treatment and its name, without the ways of giving it that leave nobody out.

    These are all ways together, and 'oral' where what the person takes is swallowed only.
    """
    joined = _ANY_WAY.sub("", before + named)
    joined = _ORAL.sub("", joined) if _is_swallowed(state, patient) else joined
    if joined == before + named:
        return before, named
    short = _WAY.sub("", named)
    return (joined[: len(joined) - len(short)], short) if joined.endswith(short) else (before, named)


def _is_swallowed(state: State, patient: Patient) -> bool:
    """Whether all that the person takes of it is given by mouth only."""
    kinds = narrower_or_equal(state.concept)
    taken = [one for one in patient.has if one in kinds]
    by_mouth = frozenset[str]().union(*(narrower_or_equal(drug) for drug in word_set("by_mouth")))
    return bool(taken) and by_mouth.issuperset(taken)


def is_of_some_use(state: State, before: str, named: str, behind: str, patient: Patient) -> bool:
    """'Insulin above 1 unit/kg', 'use of both A and B', 'mania while on A', 'A in a trial', 'parenteral steroids'."""
    concept = load_concepts().get(state.concept)
    if concept is None or concept.kind != "treatment":
        return False
    if _is_swallowed(state, patient) and _INJECTED.search(before + named):
        return True
    if state.concept in word_set("against_cancer") and _is_for_something_else(state, patient):
        return True
    illness = _FOR_AN_ILLNESS.match(behind)
    if illness is not None and find_concepts(illness["what"]) and not _names_one_of(illness["what"], patient):
        return True
    by_dose = _DOSED.match(behind) or _DOSE_BEFORE.search(before) or _DOSE_AROUND.search(f"{before}|{behind}")
    return any((by_dose, _IN_A_TRIAL.match(behind), _BOTH.search(before), _WHILE.search(before)))


# 'biologics or immunotherapy for cancer treatment'
_FOR_AN_ILLNESS = re.compile(
    r"(?i)^[^.;:()]{0,50}?\bfor (?:the )?(?:treatment of )?(?P<what>[a-z][a-z -]{2,30}?)\s(?:treatment|therapy)\b"
)


def without_dose(state: State, behind: str, patient: Patient) -> str:
    """The words behind a drug without the daily milligrams that are turned away, where the person takes so many."""
    limit = _MILLIGRAMS.match(behind)
    told = [one.words for one in patient.told if one.concept in narrower_or_equal(state.concept)]
    given = [pair[0] for words in told for pair in pairwise(words) if pair[1] == "mg" and pair[0].isdigit()]
    if limit is None or len(given) != 1 or any(_NOT_DAILY & {*words} for words in told):
        return behind
    dose, least = Decimal(given[0]), Decimal(limit["number"])
    reached = dose > least or (dose == least and limit["how"].lower() in _AT_LEAST)
    return behind[limit.end() :] if reached else behind


def is_treated_now(concept: str, patient: Patient) -> bool:
    """Whether the person has a kind of it and is known to take what is given against it: an infection, amoxicillin."""
    kinds = narrower_or_equal(concept)
    pairs = (pair.partition(">") for pair in word_set("treated_by"))
    drugs = frozenset[str]().union(*(narrower_or_equal(drug) for ill, _, drug in pairs if ill in kinds))
    taken = {*patient.now} & drugs
    local = any(_LOCAL & {*told.words} for told in patient.told if told.concept in taken)
    return bool(taken) and bool(kinds & {*patient.has} - {*patient.earlier}) and not local


def end_of_name(state: State, text: str) -> int:
    """Where the name of a mention ends, without the 'requiring' that some names take in."""
    named = text[state.span.start : state.span.end]
    return state.span.end - len(named) + len(_REQUIRING.sub("", named))


def without_need(state: State, behind: str, patient: Patient) -> str:
    """The words behind a mention without the dose and the treatment that they ask for, where the person has these."""
    return without_treatment(state, without_dose(state, behind, patient), patient)


_REQUIRING = re.compile(r"(?i)\s(?:requiring|needing)$")


def without_treatment(state: State, behind: str, patient: Patient) -> str:
    """The words behind an illness without 'requiring medication', where the person takes what is given against it."""
    need = _NEEDS_DRUGS.match(behind)
    return behind[need.end() :] if need is not None and is_treated_now(state.concept, patient) else behind


_NEEDS_DRUGS = re.compile(
    r"(?i)^\s(?:(?:that|which) )?(?:requir(?:es?|ing)|needing|needs?|treated (?:with|by)|on|under)"
    r" (?:(?:any|a|current|chronic|daily|regular|systemic|drug|medical|pharmacologic(?:al)?|antimicrobial|antidiabetic"
    r"|antihypertensive) ){0,2}(?:therap(?:y|ies)|treatments?|medications?|medicines?|drugs?)(?=\s*(?:[.,;)]|$))"
)
_LOCAL = frozenset(map(stem, ("cream", "topical", "ointment", "drop", "lotion", "gel", "shampoo")))


_MILLIGRAMS = re.compile(
    r"(?i)^[\s)]*(?:(?:at|in|with|of|an?|daily|total|dose|doses|use|treatment|therapy)\s){0,4}?"
    r"(?P<how>>=?|≥|more than|greater than|higher than|over|above|exceeding|in excess of|at least)\s?"
    r"(?P<number>\d{1,4}(?:\.\d)?)\s?mg(?:\s?/\s?d(?:ay)?\b| daily\b| (?:per|a) day\b)"
)
_AT_LEAST = frozenset({">=", "≥", "at least"})
_NOT_DAILY = frozenset({
    "twice", "bid", "bd", "tid", "tds", "week", "weekli", "month", "monthli", "three", "everi", "until", "till", "was",
})  # fmt: skip


def _is_for_something_else(state: State, patient: Patient) -> bool:
    """Whether who has no cancer is given a drug, no chemotherapy, that others are given against one: interferon."""
    cancers = narrower_or_equal("malignancy") | {"tumor", "metastatic_disease"}
    given = {one for one in patient.has if one in narrower_or_equal(state.concept)}
    return not any(one in cancers for one in patient.has) and not given & narrower_or_equal("chemotherapy")


# 'parenteral or intra-articular steroids'; 'oral or parenteral' is gone before
_INJECTED = re.compile(
    rf"(?i)(?:{_PARENTERAL}|intra-?articular|epidural|depot|inhaled|topical)"
    r"(?:(?:,? (?:and|or)|,|/)\s?[\w-]+)?\s(?:[\w-]+\s){0,1}[\w-]+$"
)
# 'in a dose higher than' prednisone '10 mg'
_DOSE_AROUND = re.compile(
    r"(?i)(?:(?:more|less|greater|higher|lower) than|over|above|below|exceeding|at least|[<>≤≥]=?)\s?"
    r"(?:the equivalent of |an equivalent of )?\|\s?\d[\d.,]*\s?(?:m|µ|u|mc|k)?g\b"
)
# 'less than 2 mg of ropinirole or 0.4 mg of'
_DOSE_BEFORE = re.compile(
    r"(?i)(?:(?:more|less|greater|higher|lower) than|over|above|below|exceeding|at least|[<>≤≥]=?)\s?\d[^;:()]{0,50}"
    r"\b(?:m|µ|u|mc|k)?g\b[^;:(),.]{0,25}$"
)


# 'requirements over 1.2 units/kg', '> 10 mg/day', 'less than 3 times a day'; not 'within', 'more than 4 weeks ago'
_DOSED = re.compile(
    r"(?i)^[\s)]*(?:(?:requirements?|doses?|use|usage|intake|treatment|therapy|at|in|with|of|an?|daily|total|\w+s)\s){0,4}?"
    r"(?:[<>≤≥]=?|(?:more|less|greater|higher|lower|fewer) than|over|above|below|exceeding|in excess of|at least|up to)"
    r"\s?(?:(?:the equivalent of |an equivalent of )?[a-z]+\s)?\d[\d.,]*"
    r"\s?(?:(?:m|µ|u|mc|k)?g\b|units?\b|iu\b|u/|ml\b|times\b|doses\b|tablets?\b|pills?\b)"
)
_IN_A_TRIAL = re.compile(
    r"(?i)^[\s)]*(?:as part of|in|during|within) (?:an?|another|other|any)(?: other| previous| prior)?"
    r" (?:clinical |research |investigational )?(?:trial|study)\b"
)
_BOTH = re.compile(r"(?i)\bboth\b[^.;:]{0,80}$")
_WHILE = re.compile(
    r"(?i)\b(?:while|whilst|when|during) (?:still |already )?(?:taking|on|receiving|using|under|given|treated with"
    r"|being treated with)\s(?:an?\s|the\s|any\s)?$"
)


def is_of_other_patients(state: State, before: str, patient: Patient) -> bool:
    """'Asthma patients on' steroids: said of who has asthma; not 'patients on', 'any condition requiring'."""
    found = _GIVEN_TO.search(before)
    concept = load_concepts().get(state.concept)
    if found is None or concept is None or concept.kind != "treatment":
        return False
    if _DEFINING.search(before[: found.start()]):
        return True
    whose = _APART.split(before[: found.start()])[-1]
    return _PLAIN_PEOPLE.fullmatch(whose) is None and not _names_one_of(whose, patient)


def is_with_another_treatment(state: State, behind: str, patient: Patient) -> bool:
    """'Diabetes' of 'diabetes on insulin', and the person takes none."""
    found = _ON.match(behind)
    concept = load_concepts().get(state.concept)
    if found is None or concept is None or concept.kind != "condition":
        return False
    said = _APART.split(behind[found.end() : found.end() + _NEAR])[0]
    named = [one for one in find_concepts(said) if load_concepts()[one.concept].kind == "treatment"]
    return bool(named) and not _names_one_of(said, patient)


def _names_one_of(words: str, patient: Patient) -> bool:
    """Whether something that the person has is named, under whatever wider name."""
    return any({*patient.has} & narrower_or_equal(mention.concept) for mention in find_concepts(words))


_DEFINING = re.compile(r"(?i)\bdefined (?:as|by)\b")  # 'metastases, defined as untreated or requiring' steroids
_NEAR = 40  # characters
_ON = re.compile(
    r"(?i)^\s?(?:(?:patients?|subjects?|participants?|disease|mellitus|who|are|is|currently|already)\s){0,3}on\s"
)
_GIVEN_TO = re.compile(
    r"(?i)\b(?:on|requiring|needing|receiving|taking|using|under|(?:treated|managed) with)\s(?:[\w-]+\s){0,2}$"
)
_APART = re.compile(r"(?i)[,/]|\b(?:and/or|or|and|but)\b")
# words that leave nobody out
_PLAIN_PEOPLE = re.compile(
    r"(?i)(?:[\W\d]|\b(?:patients?|subjects?|participants?|persons?|people|individuals?|those|anyone|women|men|adults?"
    r"|children|females?|males?|volunteers?|candidates?|who|which|that|are|is|was|were|have|has|had|been|being|be|must|not|no"
    r"|currently|already|chronically|regularly|presently|still|actively|previously|recently|concurrently|concomitantly"
    r"|current|prior|previous|history|of|use|chronic|ongoing|concurrent|concomitant|a|an|the|any|all|other|known|with"
    r"|(?:medical |underlying )?(?:conditions?|diseases?|illness(?:es)?|disorders?)|exclusion|criteria|criterion)\b)*"
)
