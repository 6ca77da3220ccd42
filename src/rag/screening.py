"""A described person against every trial's criteria: excluded by what, or possible with what is still to be checked.

Nobody is ever called eligible. A criterion turns the person away only when everything it says is known of them: an
exception or a scope that cannot be judged leaves it open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from rag.answering.draft import Draft, abstain
from rag.answering.english import listed
from rag.answering.persons import draft_of
from rag.criteria.asked import is_measure
from rag.criteria.concepts import covering, load_concepts
from rag.criteria.words import word_set
from rag.evidence.case import Case, Fit
from rag.evidence.collect import Judge
from rag.evidence.concerns import related_concepts
from rag.evidence.groups import of_their_own_group
from rag.evidence.illnesses import wide_words
from rag.evidence.implied import with_implied
from rag.evidence.judged import Judged
from rag.evidence.meant import wider_names
from rag.evidence.person import doubted, judge_criterion, required_by
from rag.evidence.sexes import closed_by_its_words
from rag.evidence.stems import stem, stems_of, words_of
from rag.text import shortened
from rag.types import (
    AbstentionReason,
    Account,
    Constraint,
    Criterion,
    Patient,
    Quote,
    Span,
    TrialVerdict,
    Unread,
    Verdict,
)

_MOST_UNKNOWN = 12
HEALTHY = "healthy_volunteer"


def screen(
    patient: Patient,
    judge: Judge,
    trial_ids: Sequence[str],
    *,
    refusal: bool = False,
    unread: Sequence[str] = (),
) -> Draft:
    """Every trial that judges at least one stated fact: excluded first, then possible; by id within.

    `refusal`: whether it is asked what turns the person away, not whether they may join. `unread`: words of the
    description that nothing was made of.
    """
    if not (patient.numbers or patient.has or patient.has_not or patient.sex):
        message = "The description holds no fact to judge a criterion by: give age, values with units, conditions."
        return abstain(AbstentionReason.NO_EVIDENCE, message)
    patient = with_implied(patient)
    touching, unnamed = _touching(patient, judge, tuple(trial_ids))
    admitted = judge.records.field_values("sex") if patient.sex else {}
    well = HEALTHY in patient.has and not _shows_an_illness(patient)
    for_the_ill = judge.records.field_values("healthy_volunteers") if well else {}
    closed = _closed_to(patient.sex, admitted)
    verdicts = []
    for trial in trial_ids:
        text = judge.records.text(trial) if trial in touching else ""
        criteria = touching.get(trial, ())
        case = Case(patient, text, partial(judge.studies, trial), partial(_prevents, trial, judge))
        required = required_by(criteria)
        judged = [doubted(j, required, case) for criterion in criteria for j in judge_criterion(criterion, case)]
        judged = of_their_own_group(judged)
        sex = _field_quote("sex", trial, judge) if trial in closed else None
        if sex is None and patient.sex:
            sex = closed_by_its_words(patient.sex, judge.records.document(trial))
        ill = _field_quote("healthy_volunteers", trial, judge) if for_the_ill.get(trial) == ("false",) else None
        verdict = _trial_verdict(trial, judged, (sex, ill), judge, unread)
        if verdict is not None:
            verdicts.append(verdict)
    verdicts.sort(key=lambda v: (v.verdict is not Verdict.EXCLUDED, v.trial_id))
    possible = [verdict.trial_id for verdict in verdicts if verdict.verdict is Verdict.POSSIBLE]
    studied = _studied(patient, possible, judge)
    return draft_of(verdicts, len(trial_ids), studied, refusal=refusal, unread=unread, unnamed=unnamed)


def _studied(patient: Patient, trial_ids: Sequence[str], judge: Judge) -> dict[str, str]:
    """By trial, the first illness of the person that it studies, in plain words; trials that study none are absent."""
    known = load_concepts()
    ill = [one for one in patient.has if known[one].kind == "condition" and known[one].group != "biomarker"]
    ill = [one for one in ill if one not in word_set("general") and one not in patient.earlier]
    found = ((trial, next((one for one in ill if judge.studies(trial, [one])), "")) for trial in trial_ids)
    return {trial: known[concept].label for trial, concept in found if concept}


def _touching(
    patient: Patient, judge: Judge, trial_ids: tuple[str, ...]
) -> tuple[dict[str, tuple[Criterion, ...]], list[str]]:
    """Per trial, the criteria that name a variable or concept of the description, in text order.

    Beside them what the description tells of measures that the lexicon does not have and none of the trials names.
    """
    found: dict[str, dict[str, Criterion]] = {}
    variables = list(dict.fromkeys(number.variable for number in patient.numbers))
    named = (*patient.has, *patient.has_not)
    concepts = related_concepts(named).union(*(covering(concept) for concept in named)) if named else frozenset()
    concepts |= wider_names(patient.has) | wide_words(patient.has)
    sources = [judge.records.criteria_for_variables(variables)] if variables else []
    sources += [judge.records.criteria_for_concepts(concepts)] if concepts else []
    for source in sources:
        for trial, criteria in source.items():
            found.setdefault(trial, {}).update((criterion.criterion_id, criterion) for criterion in criteria)
    unnamed = []
    for variable in filter(is_measure, variables):
        read = judge.criteria_of_measure(variable, trial_ids)
        for trial, criteria in read.items():
            found.setdefault(trial, {}).update((f"{one.criterion_id} {variable}", one) for one in criteria)
        if not read:
            unnamed += [number.stated for number in patient.numbers if number.variable == variable]
    return {trial: tuple(sorted(c.values(), key=lambda x: x.span)) for trial, c in found.items()}, unnamed


def _prevents(trial: str, judge: Judge) -> bool:
    """Whether a trial is to prevent or to find a disease, by its purpose or its title."""
    purposes = judge.records.field_values("primary_purpose").get(trial, ())
    title = next((one.title for one in judge.records.summaries() if one.trial_id == trial), "")
    return bool({"PREVENTION", "SCREENING"} & {*purposes}) or _FINDS.search(title) is not None


_FINDS = re.compile(r"(?i)\b(?:screening|prevent(?:ion|ing)?)\b")


def _closed_to(sex: str, admitted: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The trials whose registry field, by trial, admits the other sex alone; none where no sex is told."""
    return frozenset(
        trial for trial, values in admitted.items() if values not in {("ALL",), (sex.upper(),)} and values[1:] == ()
    )


def _shows_an_illness(patient: Patient) -> bool:
    """Whether somebody who is told as well has a value of an illness: 'no medical problems, BMI 37'."""
    known = load_concepts()
    return any(known[one].kind == "condition" for one in patient.has if one in known and one != HEALTHY)


def _field_quote(name: str, trial: str, judge: Judge) -> Quote | None:
    """The printed registry field that turns the person away."""
    fields = [f for f in judge.records.document(trial).fields if f.name == name]
    return Quote(trial, fields[0].span) if fields else None


def _trial_verdict(
    trial: str, judged: Sequence[Judged], closed: tuple[Quote | None, Quote | None], judge: Judge, unread: Sequence[str]
) -> TrialVerdict | None:
    """The verdict of one trial; `closed`: the fields that close it to the person's sex and to who is well."""
    sex, well = closed
    not_met = [j for j in judged if j.fit is Fit.NOT_MET]
    met = [j for j in judged if j.fit is Fit.MET]
    if not_met or sex or well:
        words = [f"requires {j.words}" for j in _one_a_variable(not_met)]
        words += ["enrols the other sex only"] if sex else []
        words += ["takes no healthy volunteers"] if well else []
        quotes = (*(j.quote for j in not_met), *(one for one in closed if one))
        return TrialVerdict(
            trial, Verdict.EXCLUDED, "; ".join(words), tuple(dict.fromkeys(quotes)), account=Account.ALL_EXCLUDED
        )
    open_points = [j for j in judged if j.fit is Fit.UNKNOWN]
    if not met and not open_points:
        return None
    told = [j.words for j in met if not j.of_others]
    reason = f"met: {listed(list(dict.fromkeys(told)))}" if told else "nothing stated is decided"
    decided = {j.criterion.span for j in judged if j.fit is Fit.MET}
    named = tuple(span for span in _naming(trial, unread, judge) if span not in decided)
    points = _open_points(trial, decided, named, judge)
    quotes = tuple(dict.fromkeys(j.quote for j in (*met, *open_points) if not j.of_others))[:6]
    first = tuple(Quote(trial, span) for span in named[:_MOST_NAMED])
    return TrialVerdict(
        trial,
        Verdict.POSSIBLE,
        reason,
        quotes,
        unknown=_told(points),
        still_open=len(points),
        account=Account.CONDITIONAL,
        look_first=first,
    )


def _naming(trial: str, unread: Sequence[str], judge: Judge) -> tuple[Span, ...]:
    """The criteria that share a word with what was not read of the person, in text order: 'had his sigmoid removed'.

    A word that stands in many criteria of the trial tells nothing.
    """
    stems = {stem(word) for said in unread for word in words_of(said) if len(word) >= _SHORTEST}
    if not stems:
        return ()
    text = judge.records.text(trial)
    holding = [(span, stems & {*stems_of(span.of(text))}) for span in judge.records.criterion_spans(trial)]
    often = Counter(word for _, held in holding for word in held)
    return tuple(span for span, held in holding if any(often[word] <= _MOST_NAMED for word in held))


_SHORTEST = 4  # letters of a word that names a finding
_MOST_NAMED = 3

def _one_a_variable(judged: Sequence[Judged]) -> list[Judged]:
    """The first clause on each thing: a field and the prose often say the same limit twice."""
    chosen: dict[str, Judged] = {}
    for one in judged:
        named = {
            atom.variable if isinstance(atom, Constraint | Unread) else atom.concept for atom in one.clause.alternatives
        }
        chosen.setdefault(" ".join(sorted(named)), one)
    return list(chosen.values())


def _open_points(trial: str, decided: Collection[Span], first: Sequence[Span], judge: Judge) -> tuple[str, ...]:
    """What is still to be checked, as short quotes: those of `first`, then the rest in text order."""
    text = judge.records.text(trial)
    rest = [span for span in judge.records.criterion_spans(trial) if span not in decided and span not in first]
    points = [shortened(span.of(text), 110) for span in (*first, *rest)]
    return tuple(dict.fromkeys(points))


def _told(points: tuple[str, ...]) -> tuple[str, ...]:
    """The first 12 of them; of more, how many."""
    more = (f"and {len(points) - _MOST_UNKNOWN} more",) if len(points) > _MOST_UNKNOWN else ()
    return points[:_MOST_UNKNOWN] + more
