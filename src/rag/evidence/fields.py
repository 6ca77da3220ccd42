"""Judge a trial by its registry fields: phase, status, country, dates, enrolment, sponsor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from rag.evidence.judgement import Judgement
from rag.evidence.measures import names_outcome
from rag.types import FieldIs, Quote, Verdict

DATES = frozenset({"start_date", "completion_date", "primary_completion_date", "first_posted_date", "last_update_date"})
# Fields whose values are closed registry words: compared whole. All others are names: compared by their words.
_CLOSED = frozenset(
    {
        "status",
        "phase",
        "study_type",
        "sex",
        "healthy_volunteers",
        "sponsor_class",
        "collaborator_class",
        "allocation",
        "masking",
        "primary_purpose",
        "intervention_model",
        "intervention_kind",
        "has_results",
        "arm_kind",
        "who_masked",
        "observational_model",
        "time_perspective",
        "enrollment_kind",
        "data_monitoring_committee",
        "ipd_sharing",
        "fda_regulated",
        "fda_regulated_drug",
        "fda_regulated_device",
        "expanded_access",
        "biospecimens",
        "sampling_method",
    }
)
_LABELS = {
    "status": "status",
    "phase": "phase",
    "study_type": "study type",
    "sex": "sex",
    "country": "country",
    "healthy_volunteers": "healthy volunteers",
    "sponsor_class": "sponsor class",
    "collaborator_class": "collaborator class",
    "intervention_kind": "intervention type",
    "enrollment": "enrolment",
    "enrollment_kind": "enrolment",
    "start_date": "start date",
    "completion_date": "completion date",
    "primary_completion_date": "primary completion date",
    "primary_purpose": "primary purpose",
    "intervention_model": "intervention model",
    "has_results": "posted results",
    "age.minimum": "minimum age",
    "age.maximum": "maximum age",
    "first_posted_date": "first posted date",
    "last_update_date": "last update date",
    "place": "site",
    "facility": "site",
    "who_masked": "parties masked",
    "arms": "number of arms",
    "given": "given",
    "sites": "number of sites",
    "country_count": "number of countries",
    "city_count": "number of cities",
    "primary_outcome_count": "number of primary outcomes",
    "secondary_outcome_count": "number of secondary outcomes",
    "collaborator_count": "number of collaborators",
    "intervention_count": "number of interventions",
    "condition_count": "number of conditions",
    "why_stopped": "reason for stopping",
    "ipd_sharing": "sharing of individual participant data",
    "fda_regulated": "FDA regulation",
    "fda_regulated_drug": "FDA-regulated drug",
    "fda_regulated_device": "FDA-regulated device",
    "expanded_access": "programme of expanded access",
    "biospecimens": "biospecimens kept",
    "target_duration": "target follow-up duration",
    "contact": "central contact",
    "contact.email": "contact's e-mail address",
    "contact.phone": "contact's telephone number",
}
_DAYS_OF_YEAR = Decimal("365.25")


def field_label(field: str) -> str:
    return _LABELS.get(field, field.replace("_", " ").replace(".", " "))


def readable(code: str) -> str:
    """A registry enumeration in plain words: ACTIVE_NOT_RECRUITING is 'active, not recruiting'; others as given."""
    if code in _READABLE:
        return _READABLE[code]
    return code.replace("_", " ").lower() if code.isupper() and len(code) > 3 else code


# Fields in the words of a record or of a question: 'EORTC', 'SF-36' and 'USA' are no codes of the registry.
_IN_OWN_WORDS = frozenset({
    "outcome", "sponsor", "collaborator", "country", "city", "state", "place", "facility", "condition", "intervention",
    "investigator", "contact", "target_duration", "trial_id",
})  # fmt: skip


def value_in_words(field: str, value: str) -> str:
    """One value of a field: a code of the registry in plain words, what people wrote as they did."""
    return value if field.partition(".")[0] in _IN_OWN_WORDS else readable(value)


_READABLE = {
    "ACTIVE_NOT_RECRUITING": "active, not recruiting", "NA": "not applicable", "EARLY_PHASE1": "early phase 1",
    "PHASE1": "phase 1", "PHASE2": "phase 2", "PHASE3": "phase 3", "PHASE4": "phase 4", "OTHER_GOV": "other government",
    "FED": "US federal", "INDUSTRY": "industry", "ALL": "all", "true": "yes", "false": "no",
    "YES": "yes", "NO": "no", "SAMPLES_WITH_DNA": "samples with DNA", "SAMPLES_WITHOUT_DNA": "samples without DNA",
    "PROBABILITY_SAMPLE": "probability sample", "NON_PROBABILITY_SAMPLE": "non-probability sample",
}  # fmt: skip


def judge_field(trial_id: str, stated: Sequence[str], asked: FieldIs, quotes: Sequence[Quote] = ()) -> Judgement:
    """One trial against one field predicate. `stated` are its values, dates as ordinals, numbers as decimals."""
    if not stated:
        return Judgement(Verdict.SILENT, f"states no {field_label(asked.field)}")
    fitting = [value for value in stated if _fits(value, asked)]
    if not fitting:
        return Judgement(Verdict.NO_MATCH, f"{field_label(asked.field)}: {_show(asked.field, stated)}", tuple(quotes))
    shown = _show(asked.field, fitting)
    return Judgement(Verdict.MATCH, f"{field_label(asked.field)}: {shown}", tuple(quotes), {asked.field: shown})


# Reasons for stopping as people ask for them → words of which one stands in what the record states.
_REASONS = {
    "recruitment": "recruitment accrual enrollment enrolment enroll enrol recruit recruiting enrolling enrolled accrue",
    "funding": "funding funds fund financial finance finances budget money financing funded",
    "safety": "safety toxicity toxicities adverse toxic harm deaths death mortality dsmb",
    "futility": "futility futile efficacy ineffective effectiveness benefit",
    "covid-19": "covid pandemic coronavirus",
    "sponsor": "sponsor business company strategic strategy corporate commercial",
}


_WANTED = (
    "slow slower low lower poor poorly lack insufficient inadequate difficult difficulty difficulties unable failed "
    "failure problems few no not none never limited challenges challenging rate issues"
)
_WANTING = frozenset(_WANTED.split())


def _gives_reason(stated: str, reason: str) -> bool:
    """Whether the reason stated is of the kind asked for: 'slow accrual' for recruitment."""
    words = set(_words(stated).split())
    if reason == "recruitment" and not words & _WANTING:
        return False  # 'enrollment suspended for toxicity' stops it, and is not why
    return bool(words & set(_REASONS[reason].split())) if reason in _REASONS else _names(stated, reason)


def _fits(value: str, asked: FieldIs) -> bool:
    if asked.numbers is not None and Decimal(value) not in asked.numbers:
        return False
    if not asked.values:
        return True
    if asked.field in _CLOSED:
        return value.casefold() in {wanted.casefold() for wanted in asked.values}
    if asked.field.partition(".")[0] == "outcome":
        return any(names_outcome(value, wanted) for wanted in asked.values)
    if asked.field == "why_stopped":
        return any(_gives_reason(value, wanted) for wanted in asked.values)
    names = _COMPARED.get(asked.field, _names)
    return any(names(value, wanted) for wanted in asked.values)


def _opens_with(value: str, wanted: str) -> bool:
    """'West Virginia' is not Virginia, 'Papua New Guinea' not Guinea."""
    return f"{_words(value)} ".startswith(f"{_words(wanted)} ")


def _names_person(value: str, wanted: str) -> bool:
    """'Mia Lund' is 'Mia K. Lund, MD' and 'Lund, Mia'; no 'Mia Lundgren'."""
    return bool(wanted) and set(_words(wanted).split()) <= set(_words(value).split())


_COMPARED = {"state": _opens_with, "country": _opens_with, "investigator": _names_person}
_SAID_OF_KIND = {"PLACEBO_COMPARATOR": "placebo", "SHAM_COMPARATOR": "sham", "true": "yes", "false": "no"}


def names_value(text: str, asked: FieldIs) -> bool:
    """Whether a printed entry shows one of the values asked for: of forty sites the one in Birmingham is quoted."""
    if asked.field.partition(".")[0] == "outcome":
        return _fits(text, asked)
    names = _names_person if asked.field == "investigator" else _names
    return any(names(text, part) for wanted in asked.values for part in (_SAID_OF_KIND.get(wanted, wanted),))


def _names(value: str, wanted: str) -> bool:
    """Whether the asked words stand in the stated name in their order: 'Pfizer' in 'Pfizer Inc'."""
    return f" {_words(wanted)} " in f" {_words(value)} "


def _words(text: str) -> str:
    """The words of a name, initials as one of them: 'M.D. Anderson' and 'MD Anderson' are the same."""
    words: list[str] = []
    for word in "".join(c if c.isalnum() else " " for c in text.casefold()).split():
        spelt = len(word) == 1 and word.isalpha() and bool(words) and words[-1].endswith("\0")
        if spelt:
            words[-1] = words[-1][:-1] + word + "\0"
        else:
            words.append(word + "\0" if len(word) == 1 and word.isalpha() else word)
    return " ".join(word.removesuffix("\0") for word in words)


def shown_value(field: str, value: str) -> str:
    """One stated value in words: a date, a duration in days and years, a registry word in plain English."""
    if field in DATES:
        return date.fromordinal(int(value)).isoformat()
    if field == "duration":
        return f"{value} days ({years_of(Decimal(value))} years)"
    return value_in_words(field, value.partition("\n")[0])  # of an outcome its measure, not its description


def years_of(days: Decimal) -> str:
    """A number of days as years with one decimal: '4.5'."""
    return f"{days / _DAYS_OF_YEAR:.1f}".removesuffix(".0")


def _show(field: str, values: Sequence[str]) -> str:
    shown = [shown_value(field, value) for value in values]
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")
