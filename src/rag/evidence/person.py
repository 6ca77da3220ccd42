"""One criterion against a described person: met, not met, or not to be told.

A criterion turns the person away only when everything it says is known of them: an exception, a scope or a narrowing
that cannot be judged leaves it open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from operator import attrgetter

from rag.criteria.concepts import find_concepts, load_concepts, narrower_or_equal
from rag.criteria.words import word_set
from rag.evidence.case import Case, Fit
from rag.evidence.concerned import concerns, scopes_of
from rag.evidence.covering import covers_all, may_cover, without_the_cured
from rag.evidence.groups import is_for_another_age, is_of_a_group, is_of_its_heading, is_of_others
from rag.evidence.illnesses import illnesses_meant, kinds_beyond, not_active
from rag.evidence.implied import is_left_to_its_limit
from rag.evidence.judged import Judged
from rag.evidence.lasting import fits_the_length
from rag.evidence.let_in import left_out_of, let_in_behind
from rag.evidence.meant import (
    exception_of,
    is_of_the_birth,
    is_over_its_kinds,
    is_said_by_its_kinds,
    kinds_meant,
    with_its_time,
)
from rag.evidence.narrowed import is_narrowed, is_told_so
from rag.evidence.rungs import by_variable, hold_for_everybody, may_be_another
from rag.evidence.runs import runs_of
from rag.evidence.second_cancer import counts_today, goes_on, is_free_of_it, second_cancers
from rag.evidence.since import asks_for_a_pause, asks_for_today, fit_of_past, is_an_onset, is_timely, lasts_so_long
from rag.evidence.stems import stems_of
from rag.evidence.together import are_required_together, fit_together, one_of_both_left_open
from rag.evidence.ways import is_treated_now
from rag.types import Atom, Clause, Comparison, Constraint, Criterion, Patient, State
from rag.types import Past as Since

# 'within 6 months', but not 'for 120 days after the last dose'
_DATED = re.compile(r"(?i)^(?!for )|\b(?:past|last|previous|prior)\b(?! dose)")
_EITHER = re.compile(  # of whatever course: 'acute or chronic pancreatitis'
    r"(?i)^(?:acute\s?(?:and/or|or|and|/)\s?chronic|chronic\s?(?:and/or|or|and|/)\s?acute|active\s?(?:or|and|/)\s?inactive"
    r"|(?:treated\s?(?:or|and|/)\s?untreated|untreated\s?(?:or|and|/)\s?treated))\b"
)
_NOW = re.compile(r"(?i)(?:(?:current|ongoing|chronic)\s?)*")  # said of whoever has the condition


def judge_criterion(criterion: Criterion, case: Case) -> list[Judged]:
    """Each clause of a criterion against a person, with the words of the reading."""
    judged = [one for run in runs_of(criterion, case.text) for one in _judge_run(run, case)]
    return [replace(one, criterion=criterion) for one in judged]


def _judge_run(criterion: Criterion, case: Case) -> list[Judged]:
    atoms = [atom for clause in criterion.requires for atom in clause.alternatives]
    person = _with_second_cancers(case, atoms)
    exceptions = (exception_of(atom, criterion, case.text) for atom in atoms if isinstance(atom, State))
    excepted = any(words and may_cover(words, person) for words in exceptions)
    case = replace(case, criterion=criterion, excepted=excepted)
    judged = [_judge_clause(criterion, clause, case) for clause in criterion.requires]
    failed = [clauses for clauses in by_variable(criterion.requires) if hold_for_everybody(clauses)]
    failed = [clauses for clauses in failed if all(_raw_fit(one, case) is Fit.NOT_MET for one in clauses)]
    judged = [replace(j, fit=Fit.NOT_MET) if any(j.clause in clauses for clauses in failed) else j for j in judged]
    return one_of_both_left_open(judged, criterion, case.text)


def _raw_fit(clause: Clause, case: Case) -> Fit:
    return _judge_atom(clause.alternatives[0], case)


def _judge_clause(criterion: Criterion, clause: Clause, case: Case) -> Judged:
    patient = case.patient
    fits = [_judge_atom(atom, case) for atom in clause.alternatives]
    fit = Fit.UNKNOWN
    if are_required_together(clause, fits, case):
        fit = fit_together(clause, fits, case)
    elif Fit.MET in fits:
        fit = Fit.MET
    elif all(one is Fit.NOT_MET for one in fits):
        fit = Fit.NOT_MET
    scopes = scopes_of(clause, criterion, case.text)
    concerned = [concerns(scope, clause, criterion, case.text, patient) for scope in scopes]
    person = _with_second_cancers(case, clause.alternatives)
    excepted = any(may_cover(exception.of(case.text), person) for exception in clause.exceptions)
    excepted = excepted or _is_let_in_behind(criterion, clause, case, person)
    failed = fit is Fit.NOT_MET and not excepted and is_of_its_heading(scopes, criterion)
    met = [one for one in criterion.requires if clause.exceptions and _raw_fit(one, case) is Fit.MET]
    excepted = excepted or may_be_another(clause, criterion, met, case.text, patient)
    if fit is Fit.NOT_MET and (excepted or None in concerned):
        fit = Fit.UNKNOWN
    if fit is Fit.NOT_MET and (is_of_a_group(criterion, clause) or is_of_others(criterion, clause, case.text)):
        fit = Fit.UNKNOWN
    if fit is Fit.NOT_MET and is_over_its_kinds(criterion, clause):
        fit = Fit.UNKNOWN
    if fit is Fit.NOT_MET and any(is_for_another_age(heading, patient) for heading in criterion.headings):
        fit = Fit.UNKNOWN
    if False in concerned:
        fit = Fit.MET  # it concerns other people
    return Judged(fit, criterion, clause, of_others=False in concerned, failed=failed)


def _is_let_in_behind(criterion: Criterion, clause: Clause, case: Case, person: Patient) -> bool:
    """'Cancer (but those cured for 5 years may be included)', 'seizures (not including febrile ones)': who has such may
    be meant; no limit, and no pregnancy."""
    words = let_in_behind(clause, criterion, case.text)
    left_out = left_out_of(criterion, case.text)
    states = [atom for atom in clause.alternatives if isinstance(atom, State) and atom.concept not in _OF_WOMEN]
    kinds = {kind for state in states for kind in _kinds_of(state.concept, case)} if words or left_out else set[str]()
    named = find_concepts(left_out)
    spared = {kind for mention in named for kind in narrower_or_equal(mention.concept)}
    meant = [one for one in person.has if one in kinds]
    if not named:  # 'organ transplants (outside the kidney)'
        spared = {one for one in meant if {*stems_of(left_out)} & {*stems_of(load_concepts()[one].label)}}
    own = [one for one in meant if not (narrower_or_equal(one) - {one}) & {*meant}]
    return bool(own) and all(one in spared or (words and may_cover(words, replace(person, has=(one,)))) for one in own)


def _with_second_cancers(case: Case, atoms: Collection[Atom]) -> Patient:
    """The person with nothing but the cancers that 'another malignancy' is said of, where there are any."""
    others = second_cancers(case.patient.has, case.studies)
    meant = others and any(isinstance(atom, State) and atom.concept == "other_malignancy" for atom in atoms)
    return replace(case.patient, has=tuple(sorted(others))) if meant else case.patient


def _judge_atom(atom: Atom, case: Case) -> Fit:
    if isinstance(atom, Constraint):
        known = [number for number in case.patient.numbers if number.variable == atom.variable]
        known = [one for one in known if one.stated or _is_the_onset(case)]
        birth = is_of_the_birth(atom, case.criterion, case.text, case.patient)
        return Fit.UNKNOWN if birth else _fit_of_number(known, atom)
    if isinstance(atom, State):
        return _fit_of_state(atom, case)
    return Fit.UNKNOWN


def _fit_of_number(known: Sequence[Comparison], limit: Constraint) -> Fit:
    if not known:
        return Fit.UNKNOWN
    if all(number.values.is_subset(limit.admits) for number in known):
        return Fit.MET
    if limit.admits.is_point and limit.variable in _IN_PERCENT:
        return Fit.UNKNOWN  # 'Karnofsky of 60' leaves out whether 60 is the least
    if any(not number.values.overlaps(limit.admits) for number in known):
        return Fit.NOT_MET
    return Fit.UNKNOWN


def _is_the_onset(case: Case) -> bool:
    """Whether the event that the person dates is what the trial studies, and the criterion names no other illness."""
    events = [*filter(is_an_onset, case.patient.has)]
    concepts = {mention.concept for mention in find_concepts(_item_of(case))}
    named = [one for one in concepts if load_concepts()[one].kind == "condition"]
    meant = any(event in narrower_or_equal(one) or one in narrower_or_equal(event) for event in events for one in named)
    return case.studies(events) and (meant or not named)


_IN_PERCENT = frozenset({"karnofsky", "lansky"})


def _fit_of_state(state: State, case: Case) -> Fit:
    """A person with atrial fibrillation has an arrhythmia; one without an arrhythmia has no atrial fibrillation."""
    patient, below = case.patient, _kinds_of(state.concept, case) | kinds_meant(state, case.text)
    below |= kinds_beyond(state.concept, state.span.of(case.text)) | illnesses_meant(state, case.criterion, case.text)
    below -= not_active(_item_of(case))
    state = with_its_time(state, case.criterion, case.text)
    has = any(concept in below for concept in patient.has)
    has_not = any(state.concept in narrower_or_equal(concept) for concept in patient.has_not)
    long = fits_the_length(state, case.criterion, case.text, patient) if has and case.criterion is not None else None
    timely = is_timely(state, below, case.criterion, case.text, patient) if has and case.criterion is not None else None
    sure = not (has_not or case.excepted or state.doubts)
    if has and ((long is False and not has_not) or (timely is False and sure) or _is_stopped(state, below, case)):
        return Fit.NOT_MET if state.present else Fit.MET
    if has == has_not or (has and not _is_meant(state, below, case)):
        return Fit.MET if not has and _is_absent_so_long(state, case) else Fit.UNKNOWN
    since = [past for past in patient.past if past.concept in below]
    item = _item_of(case)
    since += [Since(one, Decimal(0)) for one in patient.now if one in below and counts_today(one, item)]
    unsure = has and long is None and _is_of_a_length(state, case) and not _is_freed(state, case)
    plain, dated = not unsure and _is_plain(state, case), _is_dated(state) and not (has and _lasts(state.concept))
    dated = dated and _ACTIVE.match(state.qualifier) is None  # 'active cancer, or one in the past 5 years'
    dated = dated and not (long and (not state.present or _STABLE.search(item) is None))
    dated = dated and not timely
    if dated and since and not (state.present or case.excepted or state.doubts) and plain:
        return fit_of_past(state, min(since, key=attrgetter("days")), case)
    if has and (dated or not plain or case.excepted or state.doubts):
        return Fit.UNKNOWN  # 'uncontrolled', 'within 6 months', 'only in part C': whether it is so is not known
    if has_not and state.present and (case.excepted or state.doubts or asks_for_a_pause(state, _item_of(case))):
        return Fit.UNKNOWN
    return Fit.MET if has == state.present else Fit.NOT_MET


_STABLE = re.compile(r"(?i)\b(?:stable|unchanged|constant)\b")


def _item_of(case: Case) -> str:
    return case.criterion.span.of(case.text) if case.criterion is not None else ""


def _is_absent_so_long(state: State, case: Case) -> bool:
    """'No steroids in the last 6 months' of the person, and they are turned away 'within 4 weeks'."""
    known = [one for one in case.patient.past if state.concept in narrower_or_equal(one.concept)]
    asked = not state.present and _is_dated(state) and not state.doubts
    return asked and any(fit_of_past(state, one, case) is Fit.MET for one in known)


def _is_of_a_length(state: State, case: Case) -> bool:
    return case.criterion is not None and lasts_so_long(state, case.criterion, case.text)


def _is_meant(state: State, below: Collection[str], case: Case) -> bool:
    """Whether the criterion speaks of what the person has, and not of what is studied, over, local, or a kind of it."""
    if not state.present and state.concept == "treatment_naive" and _names_more(case):
        return False  # 'metastases not treated before': said of another thing
    if not state.present and (_is_studied(state, below, case) or _is_only_local(state.concept, below, case.patient)):
        return False
    if not state.present and is_said_by_its_kinds(state, case.criterion, case.text, case.patient):
        return False
    if not state.present and is_left_to_its_limit(state, below, case):
        return False
    over = _is_only_earlier(state, below, case) and (not _is_dated(state) or _lasts(state.concept))
    return not over and not _is_narrowed(state, case)


def _names_more(case: Case) -> bool:
    clauses = case.criterion.requires if case.criterion is not None else ()
    return len({atom.concept for clause in clauses for atom in clause.alternatives if isinstance(atom, State)}) > 1


def _is_dated(state: State) -> bool:
    return state.window is not None and _DATED.search(state.window.text) is not None


def _is_plain(state: State, case: Case) -> bool:
    """Whether all who have it are meant: by no word of degree, or by one that is told of the person."""
    qualifier = without_the_cured(_EXCEPT.split(state.qualifier)[0], case.patient)
    if _EITHER.match(f"{qualifier} {state.span.of(case.text)}"):
        return True
    besides, kinds = _BESIDES.search(qualifier), _kinds_of(state.concept, case)
    if besides is not None and not covers_all(qualifier[besides.start() :], kinds, case.patient):
        left = _THAT_WOULD.search(qualifier, besides.end())  # 'other than asthma that would make it unsafe'
        qualifier = qualifier[: besides.start()] + (left.group() if left is not None else "")
    told = is_told_so(stems_of(f"{qualifier} {state.span.of(case.text)}"), case.patient)
    active = qualifier.casefold().strip() == "active"
    always = {"hiv", "other_malignancy", "smoking", *narrower_or_equal("malignancy")}
    said = any(one.concept in kinds and "activ" in one.words for one in case.patient.told)
    going = any(one in kinds for one in case.patient.now) or is_treated_now(state.concept, case.patient)
    over = all(one in case.patient.earlier for one in case.patient.has if one in kinds)
    active = active and ((state.concept in always and not over) or said or going)  # as one that is not over is
    return told or active or _NOW.fullmatch(qualifier) is not None or _is_freed(state, case)


def _is_freed(state: State, case: Case) -> bool:
    """Whether only those are let off who are free of the cancer that the person has today."""
    return is_free_of_it(state.qualifier) and goes_on(case.patient)


_EXCEPT = re.compile(r"(?i)\b(?:with )?(?:the )?(?:following )?except")
_ACTIVE = re.compile(r"(?i)(?:active|current|ongoing)\b")
_THAT_WOULD = re.compile(
    r"(?i)\b(?:that|which) (?:would|could|may|might|can|will|contraindicat\w+|preclud\w+|interfer\w+)\b"
)
_BESIDES = re.compile(r"(?i)\b(?:other than|besides|apart from|aside from|excluding)\b")  # 'other than aspirin'


def _is_only_local(concept: str, kinds: Collection[str], patient: Patient) -> bool:
    """'Steroids' among exclusions, and the person has an inhaler or a cream."""
    return concept not in _local() and all(one in _local() for one in patient.has if one in kinds)


def _local() -> frozenset[str]:
    return frozenset[str]().union(*(narrower_or_equal(one) for one in word_set("local")))


def _is_narrowed(state: State, case: Case) -> bool:
    """Whether the criterion means only some of those who have the condition; unknown criteria narrow nothing."""
    return case.criterion is not None and is_narrowed(state, case.criterion, case.text, case.patient)


def _is_stopped(state: State, kinds: Collection[str], case: Case) -> bool:
    """Whether the criterion asks for a drug of today, and all of the kind that the person had is over."""
    if case.criterion is None or not asks_for_today(state, case.criterion, case.text):
        return False
    given = [concept for concept in case.patient.has if concept in kinds]
    drugs = all(load_concepts()[concept].kind == "treatment" for concept in given)
    return drugs and all(concept in case.patient.earlier for concept in given)


def _is_only_earlier(state: State, kinds: Collection[str], case: Case) -> bool:
    """Whether all of the kinds that the person has were given earlier, and the criterion speaks of what goes on."""
    if state.concept.startswith(("prior_", "earlier_")) or speaks_of_the_past(state, case):
        return False
    unmeant = _local() if state.concept not in _local() else frozenset[str]()
    return all(concept in case.patient.earlier for concept in case.patient.has if concept in {*kinds} - unmeant)


def speaks_of_the_past(state: State, case: Case) -> bool:
    """'Who had received omalizumab', 'previous use of X': said right before it or with its name."""
    start = case.criterion.span.start if case.criterion is not None else 0
    if _PAST.search(case.text, max(start, state.span.start - 40), state.span.end) is not None:
        return True
    before = case.text[max(start, state.span.start - 120) : state.span.start]
    return _HISTORY_OF_SUCH.search(before) is not None or _HISTORY_OF_LIST.search(before) is not None


# 'history of gout, kidney stones or | cancer'; not 'history of gout, current cancer'
_HISTORY_OF_LIST = re.compile(
    r"(?i)\bhistory of (?:(?!(?:current|active|ongoing|present|uncontrolled|taking|use|with|is|are|has|have|must)\b)"
    r"[\w/-]+(?:,| or| and|, or| and/or)? ){1,12}$"
)
# 'history of severe attacks including intubation'
_HISTORY_OF_SUCH = re.compile(r"(?i)\bhistory of [^.;:]{0,80}\b(?:including|such as|like)\b[^.;:]{0,60}$")
_PAST = re.compile(r"(?i)\b(?:prior|previous(?:ly)?|past|history|ever|had|received|exposure|naive)\b")


def _is_studied(state: State, kinds: Collection[str], case: Case) -> bool:
    """Whether all that the person has of the kinds is what the trial studies: 'no lung disease' of an asthma trial."""
    if _is_bare_pregnancy(state, case):
        return False
    studied = all(case.studies([concept]) for concept in case.patient.has if concept in kinds)
    return studied and not _comes_too_late(state, case)


def _comes_too_late(state: State, case: Case) -> bool:
    """Whether a trial that is to prevent or to find a disease says that who was found to have it is turned away."""
    item = _item_of(case)
    found = speaks_of_the_past(state, case) or _is_dated(state) or _FOUND.search(item) is not None
    return found and case.prevents()


_FOUND = re.compile(r"(?i)\b(?:diagnos\w+|pre-?established|known)\b")


def _is_bare_pregnancy(state: State, case: Case) -> bool:
    """'Pregnant women.' and no more: also a trial on pregnancy or its prevention turns them away."""
    item = _item_of(case)
    return state.concept in _OF_WOMEN and _PREGNANT.fullmatch(item) is not None


_PREGNANT = re.compile(
    r"(?i)\W*(?:currently |are )?pregnan(?:t|cy)(?: (?:women|females|patients|subjects|participants))?"
    r"(?:\s?(?:,|or|and|/)\s?(?:breast-?\s?feeding|lactating|lactation|nursing)(?: (?:women|mothers|females))?)?\W*"
)


def _lasts(concept: str) -> bool:
    return any(concept in narrower_or_equal(lasting) for lasting in word_set("lasting"))


def _kinds_of(concept: str, case: Case) -> frozenset[str]:
    """What a person may have under a concept: any cancer is 'another' one where the trial studies none."""
    if concept not in load_concepts():
        return frozenset()
    covers = [other for other in load_concepts()[concept].covers if _says_no_less(concept, other)]
    covered = [narrower_or_equal(other) for other in covers]
    second = second_cancers(case.patient.has, case.studies) if concept == "other_malignancy" else frozenset[str]()
    return narrower_or_equal(concept).union(second, *(kinds for kinds in covered if not case.studies(kinds)))


def _says_no_less(concept: str, other: str) -> bool:
    """Whether who has the other may be held to have the concept: a drug for 'prior' drug, not angina for unstable."""
    own = concept.partition("_")[2] if concept.startswith(("prior_", "concurrent_")) else concept
    if other in word_set("of_several"):
        return False
    return other == own or concept not in narrower_or_equal(other) or other in {"malignancy", "other_malignancy"}


def doubted(judged: Judged, required: Collection[str], case: Case) -> Judged:
    """A trial hardly turns away the disease that it studies, or what it asks for elsewhere: left to be checked."""
    states = [atom for atom in judged.clause.alternatives if isinstance(atom, State) and not atom.present]
    if judged.fit is not Fit.NOT_MET or not states:
        return judged
    kinds = [kind for one in states if one.concept not in _OF_WOMEN for kind in narrower_or_equal(one.concept)]
    case = replace(case, criterion=judged.criterion)
    wanted = any(kind in required for kind in kinds)
    studied = case.studies([one.concept for one in states]) and not _is_bare_pregnancy(states[0], case)
    late = studied and _comes_too_late(states[0], case)
    return replace(judged, fit=Fit.UNKNOWN) if wanted or (studied and not late) else judged


_OF_WOMEN = frozenset({"pregnancy", "breastfeeding"})  # 'negative test for pregnancy' asks for none


def required_by(criteria: Sequence[Criterion]) -> frozenset[str]:
    """What some criterion of a trial asks for by itself, of all its people or of some."""
    clauses = (clause for criterion in criteria for clause in criterion.requires)
    alone = (clause.alternatives[0] for clause in clauses if len(clause.alternatives) == 1)
    return frozenset(atom.concept for atom in alone if isinstance(atom, State) and atom.present)
