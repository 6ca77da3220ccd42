"""A described person against every trial's criteria: excluded by what, or possible with what is still to be checked.

Nobody is ever called eligible. A criterion turns the person away only when everything it says is known of them: an
exception or a scope that cannot be judged leaves it open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import partial

from rag.answering.draft import Draft, abstain
from rag.answering.english import listed
from rag.answering.persons import draft_of
from rag.criteria.concepts import covering, find_concepts, load_concepts, narrower_or_equal
from rag.criteria.lexicon import load_variables
from rag.criteria.words import word_set
from rag.evidence.collect import Judge
from rag.evidence.concerns import related_concepts
from rag.evidence.narrowed import is_narrowed
from rag.evidence.shown import describe_constraint
from rag.evidence.since import Past, past_of
from rag.text import shortened
from rag.types import (
    AbstentionReason,
    Account,
    Atom,
    Clause,
    Comparison,
    Constraint,
    Criterion,
    Patient,
    Quote,
    Scope,
    ScopeKind,
    Span,
    State,
    TrialVerdict,
    Unread,
    Verdict,
)

_MOST_UNKNOWN = 12
# 'within 6 months', but not 'for 120 days after the last dose'
_DATED = re.compile(r"(?i)^(?!for )|\b(?:past|last|previous|prior)\b(?! dose)")
_NOW = re.compile(r"(?i)(?:(?:current|ongoing|chronic)\s?)*")  # said of whoever has the condition


class Fit(StrEnum):
    """One criterion against a person."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judged:
    fit: Fit
    criterion: Criterion
    clause: Clause
    words: str

    @property
    def quote(self) -> Quote:
        return Quote(self.criterion.trial_id, self.clause.span)


def screen(patient: Patient, judge: Judge, trial_ids: Sequence[str]) -> Draft:
    """Every trial that judges at least one stated fact: excluded first, then possible; by id within."""
    if not (patient.numbers or patient.has or patient.has_not or patient.sex):
        message = "The description holds no fact to judge a criterion by: give age, values with units, conditions."
        return abstain(AbstentionReason.NO_EVIDENCE, message)
    touching = _touching(patient, judge)
    closed = _closed_to(patient.sex, judge)
    verdicts = []
    for trial in trial_ids:
        text = judge.records.text(trial) if trial in touching else ""
        judged = [
            _doubted(j, trial, judge)
            for criterion in touching.get(trial, ())
            for j in judge_criterion(criterion, Case(patient, text, partial(judge.studies, trial)))
        ]
        sex = _sex_quote(trial, judge) if trial in closed else None
        verdict = _trial_verdict(trial, judged, sex, judge)
        if verdict is not None:
            verdicts.append(verdict)
    verdicts.sort(key=lambda v: (v.verdict is not Verdict.EXCLUDED, v.trial_id))
    return draft_of(verdicts, len(trial_ids))


def _touching(patient: Patient, judge: Judge) -> dict[str, tuple[Criterion, ...]]:
    """Per trial, the criteria that name a variable or concept of the description, in text order."""
    found: dict[str, dict[str, Criterion]] = {}
    variables = {number.variable for number in patient.numbers}
    named = (*patient.has, *patient.has_not)
    concepts = related_concepts(named).union(*(covering(concept) for concept in named)) if named else frozenset()
    sources = [judge.records.criteria_for_variables(variables)] if variables else []
    sources += [judge.records.criteria_for_concepts(concepts)] if concepts else []
    for source in sources:
        for trial, criteria in source.items():
            found.setdefault(trial, {}).update((criterion.criterion_id, criterion) for criterion in criteria)
    return {trial: tuple(sorted(c.values(), key=lambda x: x.span)) for trial, c in found.items()}


@dataclass(frozen=True, slots=True)
class Case:
    """A person against one trial: the words of its document, and whether it studies any of some concepts."""

    patient: Patient
    text: str
    studies: Callable[[Collection[str]], bool]
    criterion: Criterion | None = None  # the one at hand
    excepted: bool = False  # whether an exception named in the criterion at hand may be meant for the person


def judge_criterion(criterion: Criterion, case: Case) -> list[Judged]:
    """Each clause of a criterion against a person, with the words of the reading."""
    atoms = (atom for clause in criterion.requires for atom in clause.alternatives)
    exceptions = (atom.qualifier.partition("except")[2] for atom in atoms if isinstance(atom, State))
    excepted = any(words and _may_cover(words, case.patient) for words in exceptions)
    case = replace(case, criterion=criterion, excepted=excepted)
    return [_judge_clause(criterion, clause, case) for clause in criterion.requires]


def _doubted(judged: Judged, trial: str, judge: Judge) -> Judged:
    """A trial that studies a disease hardly turns it away: such a reading is left to be checked."""
    denied = [atom.concept for atom in judged.clause.alternatives if isinstance(atom, State) and not atom.present]
    if judged.fit is Fit.NOT_MET and denied and judge.studies(trial, denied):
        return replace(judged, fit=Fit.UNKNOWN)
    return judged


def _judge_clause(criterion: Criterion, clause: Clause, case: Case) -> Judged:
    patient = case.patient
    fits = [_judge_atom(atom, case) for atom in clause.alternatives]
    words = " or ".join(dict.fromkeys(_atom_words(atom) for atom in clause.alternatives))
    fit = Fit.UNKNOWN
    if Fit.MET in fits:
        fit = Fit.UNKNOWN if _are_required_together(clause, fits, case) else Fit.MET
    elif all(one is Fit.NOT_MET for one in fits):
        fit = Fit.NOT_MET
    concerned = [_concerns(scope, patient) for scope in clause.scope]
    excepted = any(_may_cover(exception.of(case.text), patient) for exception in clause.exceptions)
    if fit is Fit.NOT_MET and (excepted or None in concerned):
        fit = Fit.UNKNOWN
    if fit is Fit.NOT_MET and _is_of_a_group(criterion, clause):
        fit = Fit.UNKNOWN
    if False in concerned:
        fit = Fit.MET  # it concerns other people
    return Judged(fit, criterion, clause, words)


def _are_required_together(clause: Clause, fits: Sequence[Fit], case: Case) -> bool:
    """'Cancer of the colon metastatic to the liver': neither alone is enough, and no general word ever is."""
    states = [atom for atom in clause.alternatives if isinstance(atom, State) and atom.present]
    if len(states) < 2 or len(states) < len(clause.alternatives):
        return False
    met = [state for state, fit in zip(states, fits, strict=True) if fit is Fit.MET]
    conditions = any(load_concepts()[state.concept].kind == "condition" for state in states)
    general = [
        state
        for state in met
        if state.concept in word_set("general")
        or (conditions and load_concepts()[state.concept].kind in {"treatment", "ability"})
    ]
    listed_apart = _OR.search(case.text, clause.span.start, clause.span.end) is not None
    return len(met) < len(states) and (len(general) == len(met) or not listed_apart)


def _is_of_a_group(criterion: Criterion, clause: Clause) -> bool:
    """Whether what is required stands under a heading that names it: 'Patients with asthma:' beside healthy people."""
    required = {atom.concept for atom in clause.alternatives if isinstance(atom, State) and atom.present}
    named = {mention.concept for heading in criterion.headings for mention in find_concepts(heading)}
    return bool(required & named)


_OR = re.compile(r"(?i)\bor\b|,|/|;|•|\n")


def _may_cover(exception: str, patient: Patient) -> bool:
    """Whether an exception may be meant for the person: not where it names conditions and theirs is none of them."""
    named = {mention.concept for mention in find_concepts(exception)}
    covered = frozenset[str]().union(*(narrower_or_equal(concept) for concept in named))
    return not named or any(concept in covered for concept in patient.has) or bool(re.search(r"\d", exception))


def _judge_atom(atom: Atom, case: Case) -> Fit:
    if isinstance(atom, Constraint):
        known = [number for number in case.patient.numbers if number.variable == atom.variable]
        return _fit_of_number(known, atom)
    if isinstance(atom, State):
        return _fit_of_state(atom, case)
    return Fit.UNKNOWN


def _fit_of_number(known: Sequence[Comparison], limit: Constraint) -> Fit:
    if not known:
        return Fit.UNKNOWN
    if all(number.values.is_subset(limit.admits) for number in known):
        return Fit.MET
    if any(not number.values.overlaps(limit.admits) for number in known):
        return Fit.NOT_MET
    return Fit.UNKNOWN


def _fit_of_state(state: State, case: Case) -> Fit:
    """A person with atrial fibrillation has an arrhythmia; one without an arrhythmia has no atrial fibrillation."""
    patient, below = case.patient, _kinds_of(state.concept, case)
    has = any(concept in below for concept in patient.has)
    has_not = any(state.concept in narrower_or_equal(concept) for concept in patient.has_not)
    if has == has_not or (has and not state.present and _is_studied(below, case)):
        return Fit.UNKNOWN
    qualifier = state.qualifier.partition("except")[0]
    dated = state.window is not None and _DATED.search(state.window.text) is not None
    dated = dated and not (has and _lasts(state.concept))
    since = [past.days for past in patient.past if past.concept in below]
    if has and (_is_only_earlier(state, below, case) or _is_narrowed(state, case)):
        return Fit.UNKNOWN
    if dated and since and not (state.present or case.excepted or state.doubts) and _NOW.fullmatch(qualifier):
        return _fit_of_past(state, min(since), case)
    if not _NOW.fullmatch(qualifier) or case.excepted or dated or state.doubts:
        # 'uncontrolled', 'within 6 months', 'only in part C': whether it is so of this person is not known
        return Fit.MET if has_not and not state.present else Fit.UNKNOWN
    return Fit.MET if has == state.present else Fit.NOT_MET


def _is_narrowed(state: State, case: Case) -> bool:
    """Whether the criterion means only some of those who have the condition; unknown criteria narrow nothing."""
    return case.criterion is not None and is_narrowed(state, case.criterion, case.text, case.patient.has)


def _is_only_earlier(state: State, kinds: Collection[str], case: Case) -> bool:
    """Whether all of the kinds that the person has were given earlier, and the criterion speaks of what goes on."""
    if state.concept.startswith(("prior_", "earlier_")) or _speaks_of_the_past(state, case):
        return False
    return all(concept in case.patient.earlier for concept in case.patient.has if concept in kinds)


def _speaks_of_the_past(state: State, case: Case) -> bool:
    """'Who had received omalizumab', 'previous use of X': said right before the treatment."""
    start = case.criterion.span.start if case.criterion is not None else 0
    return _PAST.search(case.text, max(start, state.span.start - 40), state.span.start) is not None


_PAST = re.compile(r"(?i)\b(?:prior|previous(?:ly)?|past|history|ever|had|received|exposure|naive)\b")


def _is_studied(kinds: Collection[str], case: Case) -> bool:
    """Whether all that the person has of the kinds is what the trial studies: 'no lung disease' of an asthma trial."""
    return all(case.studies([concept]) for concept in case.patient.has if concept in kinds)


def _lasts(concept: str) -> bool:
    return any(concept in narrower_or_equal(lasting) for lasting in word_set("lasting"))


def _fit_of_past(state: State, days: Decimal, case: Case) -> Fit:
    """'No stroke within 6 months', and the person had one so many days ago."""
    past = past_of(state, case.criterion, days, case.text) if case.criterion is not None else Past.UNSURE
    return {Past.COUNTS: Fit.NOT_MET, Past.OVER: Fit.MET, Past.UNSURE: Fit.UNKNOWN}[past]


def _kinds_of(concept: str, case: Case) -> frozenset[str]:
    """What a person may have under a concept: any cancer is 'another' one where the trial studies none."""
    if concept not in load_concepts():
        return frozenset()
    covers = [other for other in load_concepts()[concept].covers if _says_no_less(concept, other)]
    covered = [narrower_or_equal(other) for other in covers]
    return narrower_or_equal(concept).union(*(kinds for kinds in covered if not case.studies(kinds)))


def _says_no_less(concept: str, other: str) -> bool:
    """Whether who has the other may be held to have the concept: a drug for 'prior' drug, not angina for unstable."""
    own = concept.partition("_")[2] if concept.startswith(("prior_", "concurrent_")) else concept
    return other == own or concept not in narrower_or_equal(other) or other in {"malignancy", "other_malignancy"}


def _concerns(scope: Scope, patient: Patient) -> bool | None:
    """Whether a clause's scope holds for the person; None when it cannot be told."""
    if scope.kind is ScopeKind.SEX and patient.sex:
        return scope.text.upper() == patient.sex.upper()
    return None


def _atom_words(atom: Atom) -> str:
    if isinstance(atom, Constraint):
        return describe_constraint(atom)
    if isinstance(atom, State):
        concepts = load_concepts()
        label = concepts[atom.concept].label if atom.concept in concepts else atom.concept
        return label if atom.present else f"no {label}"
    variables = load_variables()
    return f"{variables[atom.variable].label if atom.variable in variables else 'a condition'} (not read)"


def _closed_to(sex: str, judge: Judge) -> frozenset[str]:
    """The trials whose registry field admits the other sex alone; none where the person's sex is not told."""
    admitted = judge.records.field_values("sex") if sex else {}
    return frozenset(
        trial for trial, values in admitted.items() if values not in {("ALL",), (sex.upper(),)} and values[1:] == ()
    )


def _sex_quote(trial: str, judge: Judge) -> Quote | None:
    """The printed registry field that turns the person's sex away."""
    fields = [f for f in judge.records.document(trial).fields if f.name == "sex"]
    return Quote(trial, fields[0].span) if fields else None


def _trial_verdict(trial: str, judged: Sequence[Judged], sex: Quote | None, judge: Judge) -> TrialVerdict | None:
    not_met = [j for j in judged if j.fit is Fit.NOT_MET]
    met = [j for j in judged if j.fit is Fit.MET]
    if not_met or sex:
        words = [f"requires {j.words}" for j in _one_a_variable(not_met)]
        words += ["enrols the other sex only"] if sex else []
        quotes = (*(j.quote for j in not_met), *((sex,) if sex else ()))
        return TrialVerdict(
            trial, Verdict.EXCLUDED, "; ".join(words), tuple(dict.fromkeys(quotes)), account=Account.ALL_EXCLUDED
        )
    open_points = [j for j in judged if j.fit is Fit.UNKNOWN]
    if not met and not open_points:
        return None
    reason = f"met: {listed(list(dict.fromkeys(j.words for j in met)))}" if met else "nothing stated is decided"
    unknown = _unknown_points(trial, {j.criterion.span for j in judged if j.fit is Fit.MET}, judge)
    quotes = tuple(dict.fromkeys(j.quote for j in (*met, *open_points)))[:6]
    return TrialVerdict(trial, Verdict.POSSIBLE, reason, quotes, unknown=unknown, account=Account.CONDITIONAL)


def _one_a_variable(judged: Sequence[Judged]) -> list[Judged]:
    """The first clause on each thing: a field and the prose often say the same limit twice."""
    chosen: dict[str, Judged] = {}
    for one in judged:
        named = {
            atom.variable if isinstance(atom, Constraint | Unread) else atom.concept for atom in one.clause.alternatives
        }
        chosen.setdefault(" ".join(sorted(named)), one)
    return list(chosen.values())


def _unknown_points(trial: str, decided: Collection[Span], judge: Judge) -> tuple[str, ...]:
    """What is still to be checked, in text order, as short quotes of the criteria; at most a dozen."""
    text = judge.records.text(trial)
    points = [shortened(span.of(text), 110) for span in judge.records.criterion_spans(trial) if span not in decided]
    points = list(dict.fromkeys(points))
    more = [f"and {len(points) - _MOST_UNKNOWN} more"] if len(points) > _MOST_UNKNOWN else []
    return tuple(points[:_MOST_UNKNOWN] + more)
