"""What the catalog holds of one record, as rows: its light summary, its field values, what its criteria limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import orjson

from rag.codec import CodecError
from rag.comparators import kinds_named, kinds_told
from rag.given import given_of
from rag.types import Constraint, Criterion, Document, Outcome, RegistryDate, Site, State, TrialFacts, Unread
from rag.values import plain


@dataclass(frozen=True, slots=True)
class TrialSummary:
    """The light facts by which a question may name a trial or ask what it is about. Empty: the record does not say."""

    trial_id: str
    title: str
    acronym: str = ""
    official_title: str = ""
    org_study_id: str = ""
    secondary_ids: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()  # names, then other names, each once
    sponsor: str = ""
    collaborators: tuple[str, ...] = ()
    status: str = ""
    study_type: str = ""
    phases: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    enrollment: int | None = None
    names: tuple[str, ...] = ()  # hyphenated names in capitals that its description gives it: IMPACT-LVO
    mentions: tuple[str, ...] = ()  # other capitalised words of its introduction and sites: Pyeongchang, HypoPAP
    states: tuple[str, ...] = ()  # of its sites: Texas, Ontario, Bavaria


# "IMPACT-LVO" and "BEAT-DKD", but not "HER2-positive", "COVID-19" nor the "A-B" of a vitamin list.
_NAME = re.compile(r"\b[A-Z]{3,20}(?:-[A-Z]{3,20}){1,3}\b")
_NAMED_IN = ("summary", "description")
_NAME_WITHIN = 600  # characters: a trial introduces itself, others it compares itself with come later


# A capitalised word inside a sentence, or one with an inner capital or digit: "Pyeongchang", "HypoPAP", "XL418".
_MENTION = re.compile(r"(?<=[a-z,(/] )[A-Z][\w-]{2,29}|(?<=\()[A-Z][\w-]{2,29}|\b[A-Z][a-z]*[A-Z0-9][\w-]{1,29}")
_MENTIONED_WITHIN = 2000  # characters of each section
_MOST_SITES = 40
_INITIALS = re.compile(r"\b[A-Z](?=[a-z])")


def _mentions(document: Document) -> tuple[str, ...]:
    """Words by which people may tell it apart: of its introduction, keywords and sites; initials of its owners."""
    facts = document.facts
    told = [
        word for section in document.sections if section.name in _NAMED_IN
        for word in _MENTION.findall(section.span.of(document.text)[:_MENTIONED_WITHIN])
    ]
    owners = [facts.sponsor, *facts.collaborators]
    initials = ["".join(_INITIALS.findall(owner)) for owner in owners]
    places = [site.facility for site in facts.sites[:_MOST_SITES]]
    return _each_once([*told, *facts.keywords, *places, *(word for word in initials if len(word) > 2)])


def summary_of(document: Document) -> TrialSummary:
    facts = document.facts
    names = [intervention.name for intervention in facts.interventions]
    others = [name for intervention in facts.interventions for name in intervention.other_names]
    return TrialSummary(
        trial_id=document.trial_id,
        title=document.title,
        acronym=facts.acronym,
        official_title=facts.official_title,
        org_study_id=facts.org_study_id,
        secondary_ids=facts.secondary_ids,
        conditions=facts.conditions,
        keywords=facts.keywords,
        interventions=_each_once([*names, *others]),
        sponsor=facts.sponsor,
        collaborators=facts.collaborators,
        status=facts.status,
        study_type=facts.study_type,
        phases=facts.phases,
        countries=facts.countries,
        cities=_each_once([site.city for site in facts.sites]),
        enrollment=facts.enrollment,
        names=_each_once([
            name for section in document.sections if section.name in _NAMED_IN
            for name in _NAME.findall(section.span.of(document.text)[:_NAME_WITHIN])
        ]),
        mentions=_mentions(document),
        states=_each_once([site.state for site in facts.sites]),
    )


def naming_words(summary: TrialSummary) -> str:
    """What people call a trial by: its ids, names, titles, conditions, keywords and interventions."""
    parts = (
        summary.trial_id, summary.acronym, *summary.names, summary.org_study_id, summary.official_title,
        *summary.conditions, *summary.keywords, *summary.interventions,
    )
    return "\n".join(part for part in parts if part)


def packed_summary(summary: TrialSummary) -> bytes:
    """The values of a summary in their order, as JSON without names: read for every trial by the first question."""
    return orjson.dumps([getattr(summary, spec.name) for spec in fields(TrialSummary)])


def unpacked_summaries(raw: str) -> tuple[TrialSummary, ...]:
    """The summaries of a JSON list of what `packed_summary` gave. CodecError for anything else."""
    try:
        return tuple([TrialSummary(*_tuples(values)) for values in orjson.loads(raw)])
    except (orjson.JSONDecodeError, TypeError) as exc:
        raise CodecError(f"not a list of summaries: {exc}") from exc


def _tuples(values: list[Any]) -> list[Any]:
    return [tuple(value) if type(value) is list else value for value in values]


def values_of(document: Document) -> dict[str, tuple[str, ...]]:
    """All that the catalog keeps of a record by field: `field_values_of`, and what its prose tells.

    That is, as 'given', what participants get, and kinds of arm that it lists nowhere.
    """
    values, given, told = field_values_of(document.facts), given_of(document), kinds_told(document)
    if told:
        values["arm_kind"] = _each_once([*values.get("arm_kind", ()), *told])
    return values | ({"given": given} if given else {})


def field_values_of(facts: TrialFacts) -> dict[str, tuple[str, ...]]:
    """The values of each `FieldIs` field that the record states, in its order, each once.

    Registry words as they stand; yes and no are 'true' and 'false'; dates are ordinals; ages are years; 'duration' is
    days from start to completion; 'arms', 'sites' and whatever ends in '_count' are counts.
    """
    found = {
        **_words(facts), **_names(facts), **_dates(facts), **_counts(facts),
        "enrollment": [] if facts.enrollment is None else [str(facts.enrollment)],
        "duration": _duration(facts),
        "age.minimum": [plain(facts.minimum_age.years)] if facts.minimum_age else [],
        "age.maximum": [plain(facts.maximum_age.years)] if facts.maximum_age else [],
        **_answers(facts), **_people(facts),
    }
    return {name: values for name in sorted(found) if (values := _each_once(found[name]))}


def _words(facts: TrialFacts) -> dict[str, list[str]]:
    """Closed registry words."""
    return {
        "status": [facts.status],
        "study_type": [facts.study_type],
        "phase": list(facts.phases),
        "sex": [facts.sex],
        "enrollment_kind": [facts.enrollment_kind],
        "sponsor_class": [facts.sponsor_class],
        "collaborator_class": list(facts.collaborator_classes) or ([] if facts.collaborators else ["NONE"]),
        "allocation": [facts.allocation],
        "masking": [facts.masking],
        "who_masked": list(facts.who_masked),
        "primary_purpose": [facts.primary_purpose],
        "intervention_model": [facts.intervention_model],
        "observational_model": [facts.observational_model],
        "time_perspective": [facts.time_perspective],
        "arm_kind": [*(arm.kind for arm in facts.arms), *kinds_named(facts)],
        "intervention_kind": [intervention.kind for intervention in facts.interventions],
        "ipd_sharing": [facts.ipd_sharing],
        "biospecimens": [facts.biospecimens],
        "sampling_method": [facts.sampling_method],
        "target_duration": [facts.target_duration],
    }


def _answers(facts: TrialFacts) -> dict[str, list[str]]:
    """Fields that are a yes or a no; where a record says neither, nothing."""
    return {
        "healthy_volunteers": _yes_or_no(facts.healthy_volunteers),
        "has_results": _yes_or_no(facts.has_results),
        "data_monitoring_committee": _yes_or_no(facts.data_monitoring_committee),
        "expanded_access": _yes_or_no(facts.expanded_access),
        "fda_regulated_drug": _yes_or_no(facts.fda_regulated_drug),
        "fda_regulated_device": _yes_or_no(facts.fda_regulated_device),
        "fda_regulated": _yes_or_no(_is_regulated(facts)),
    }


def _is_regulated(facts: TrialFacts) -> bool | None:
    """Whether a drug, a device or, in old records, anything is regulated by the FDA; no only where both are denied."""
    said = (facts.fda_regulated_drug, facts.fda_regulated_device, facts.fda_regulated)
    if True in said:
        return True
    return False if facts.fda_regulated is False or said[:2] == (False, False) else None


def _people(facts: TrialFacts) -> dict[str, list[str]]:
    """Who leads a trial, and whom to turn to."""
    party = facts.responsible_party
    return {
        "investigator": [*(one.name for one in facts.officials), *([party.name] if party else [])],
        "contact": [one.name for one in facts.contacts],
        "contact.email": [one.email for one in facts.contacts],
        "contact.phone": [one.phone for one in facts.contacts],
    }


def _counts(facts: TrialFacts) -> dict[str, list[str]]:
    """How many there are of what the record lists; nothing where it lists none."""
    outcomes = {kind: len(_measures(facts.outcomes, kind)) for kind in ("primary", "secondary")}
    sizes = {
        "arms": len(facts.arms), "sites": len(facts.sites), "country_count": len(set(facts.countries)),
        "city_count": len({(site.city, site.country) for site in facts.sites if site.city}),
        "primary_outcome_count": outcomes["primary"], "secondary_outcome_count": outcomes["secondary"],
        "collaborator_count": len(facts.collaborators), "intervention_count": len(facts.interventions),
        "condition_count": len(facts.conditions),
    }
    return {name: [str(size)] if size else [] for name, size in sizes.items()}


def _duration(facts: TrialFacts) -> list[str]:
    start, end = facts.start_date, facts.completion_date
    days = (end.earliest - start.earliest).days if start and end else 0
    return [str(days)] if days > 0 else []


def _place(site: Site) -> list[str]:
    """'Birmingham, Alabama, United States', also without its state: a question may name either."""
    whole = ", ".join(part for part in (site.city, site.state, site.country) if part)
    return [whole, f"{site.city}, {site.country}"] if site.city and site.state and site.country else [whole]


def _names(facts: TrialFacts) -> dict[str, list[str]]:
    """Free names, compared by their words."""
    interventions = [name for i in facts.interventions for name in (i.name, *i.other_names)]
    return {
        "country": list(facts.countries),
        "city": [site.city for site in facts.sites],
        "state": [site.state for site in facts.sites],
        "place": [place for site in facts.sites for place in _place(site)],
        "facility": [site.facility for site in facts.sites],
        "sponsor": [facts.sponsor],
        "collaborator": list(facts.collaborators),
        "condition": list(facts.conditions),
        "keyword": list(facts.keywords),
        "intervention": interventions,
        "outcome": _measures(facts.outcomes, ""),
        "outcome.primary": _measures(facts.outcomes, "primary"),
        "outcome.secondary": _measures(facts.outcomes, "secondary"),
        "why_stopped": [facts.why_stopped],
    }


def _dates(facts: TrialFacts) -> dict[str, list[str]]:
    return {
        "start_date": _ordinal(facts.start_date),
        "primary_completion_date": _ordinal(facts.primary_completion_date),
        "completion_date": _ordinal(facts.completion_date),
        "first_posted_date": _ordinal(facts.first_posted_date),
        "last_update_date": _ordinal(facts.last_update_date),
    }


def variables_of(criterion: Criterion) -> dict[str, bool]:
    """The variables that a criterion limits or names, and whether only unreadable words name it. Sorted.

    Words that could not be read and name no known variable stand under ''.
    """
    unread: dict[str, bool] = {}
    for atom in _atoms(criterion):
        if isinstance(atom, Constraint | Unread):
            unread[atom.variable] = isinstance(atom, Unread) and unread.get(atom.variable, True)
    return {variable: unread[variable] for variable in sorted(unread)}


def concepts_of(criterion: Criterion) -> tuple[str, ...]:
    """Every concept that a criterion requires, excludes or mentions. Sorted."""
    stated = {atom.concept for atom in _atoms(criterion) if isinstance(atom, State)}
    return tuple(sorted(stated | {state.concept for state in criterion.concepts}))


def _atoms(criterion: Criterion) -> Iterator[Constraint | State | Unread]:
    for clause in criterion.requires:
        yield from clause.alternatives


def _measures(outcomes: tuple[Outcome, ...], kind: str) -> list[str]:
    """The outcomes, each as its measure and, on a second line, how its description begins: 'Glucose level, HbA1c'."""
    chosen = (outcome for outcome in outcomes if kind in ("", outcome.kind))
    return [f"{one.measure}\n{_beginning(one.description)}".strip() for one in chosen]


_BEGINNING = 160  # characters of a description that say what is measured; what it is compared with comes later


def _beginning(text: str) -> str:
    """The first words of a text, the last of them whole."""
    text = " ".join(text.split())
    return text if len(text) <= _BEGINNING else text[:_BEGINNING].rpartition(" ")[0]


def _ordinal(day: RegistryDate | None) -> list[str]:
    return [] if day is None else [str(day.earliest.toordinal())]


def _yes_or_no(fact: bool | None) -> list[str]:
    return [] if fact is None else [str(fact).lower()]


def _each_once(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
