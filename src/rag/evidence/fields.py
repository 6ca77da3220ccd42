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
        "allocation",
        "masking",
        "primary_purpose",
        "intervention_model",
        "intervention_kind",
        "has_results",
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
    "intervention_kind": "intervention type",
    "enrollment": "enrolment",
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
}


def field_label(field: str) -> str:
    return _LABELS.get(field, field.replace("_", " ").replace(".", " "))


def readable(code: str) -> str:
    """A registry enumeration in plain words: ACTIVE_NOT_RECRUITING is 'active, not recruiting'; others as given."""
    if code in _READABLE:
        return _READABLE[code]
    return code.replace("_", " ").lower() if code.isupper() and len(code) > 3 else code


_READABLE = {
    "ACTIVE_NOT_RECRUITING": "active, not recruiting", "NA": "not applicable", "EARLY_PHASE1": "early phase 1",
    "PHASE1": "phase 1", "PHASE2": "phase 2", "PHASE3": "phase 3", "PHASE4": "phase 4", "OTHER_GOV": "other government",
    "FED": "US federal", "INDUSTRY": "industry", "ALL": "all", "true": "yes", "false": "no",
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


def _fits(value: str, asked: FieldIs) -> bool:
    if asked.numbers is not None and Decimal(value) not in asked.numbers:
        return False
    if not asked.values:
        return True
    if asked.field in _CLOSED:
        return value.casefold() in {wanted.casefold() for wanted in asked.values}
    if asked.field.partition(".")[0] == "outcome":
        return any(names_outcome(value, wanted) for wanted in asked.values)
    return any(_names(value, wanted) for wanted in asked.values)


def _names(value: str, wanted: str) -> bool:
    """Whether the asked words stand in the stated name in their order: 'Pfizer' in 'Pfizer Inc'."""
    return f" {_words(wanted)} " in f" {_words(value)} "


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _show(field: str, values: Sequence[str]) -> str:
    shown = [date.fromordinal(int(value)).isoformat() if field in DATES else readable(value) for value in values]
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")
