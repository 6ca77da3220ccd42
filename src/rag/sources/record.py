"""A trial record as its source prints it, before anything is typed: every reader gives this, one builder takes it.

A `Printed` value carries the place it stands at, so that each stretch of canonical text leads back to the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Printed:
    """Words of the source and their place: a JSON pointer, an XPath, a CSV cell, or `line` in a text file."""

    text: str = ""
    place: str = ""
    line: int = 0  # 1-based number of its first line where the source is plain text, else 0

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Printed()


@dataclass(frozen=True, slots=True)
class Group:
    """An arm or an observational group; `interventions` are names without their type."""

    label: Printed
    kind: Printed = NOTHING
    description: Printed = NOTHING
    interventions: tuple[Printed, ...] = ()


@dataclass(frozen=True, slots=True)
class Treatment:
    name: Printed
    kind: Printed = NOTHING
    description: Printed = NOTHING
    other_names: tuple[Printed, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    kind: str  # primary, secondary, other
    measure: Printed
    time_frame: Printed = NOTHING
    description: Printed = NOTHING


@dataclass(frozen=True, slots=True)
class Location:
    facility: Printed = NOTHING
    city: Printed = NOTHING
    state: Printed = NOTHING
    country: Printed = NOTHING
    status: Printed = NOTHING


@dataclass(frozen=True, slots=True)
class Individual:
    name: Printed = NOTHING
    role: Printed = NOTHING
    title: Printed = NOTHING
    affiliation: Printed = NOTHING
    phone: Printed = NOTHING
    email: Printed = NOTHING


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as printed and whether it is actual or estimated, as printed."""

    date: Printed = NOTHING
    kind: Printed = NOTHING


@dataclass(frozen=True, slots=True)
class Organisation:
    name: Printed = NOTHING
    kind: Printed = NOTHING  # its class: INDUSTRY, NIH …


@dataclass(frozen=True, slots=True)
class Note:
    """What a record states of a thing that has no section of its own: its label, its words, the field that it is."""

    label: str
    text: Printed
    field: str = ""  # '' for prose


@dataclass(frozen=True, slots=True)
class Record:
    """One trial, reader-neutral. A value that the source does not print is NOTHING or empty."""

    trial_id: Printed
    title: Printed
    acronym: Printed = NOTHING
    official_title: Printed = NOTHING
    org_study_id: Printed = NOTHING
    secondary_ids: tuple[Printed, ...] = ()
    status: Printed = NOTHING
    why_stopped: Printed = NOTHING
    start: Dated = Dated()
    primary_completion: Dated = Dated()
    completion: Dated = Dated()
    first_posted: Dated = Dated()
    last_update: Dated = Dated()
    has_results: Printed = NOTHING
    summary: Printed = NOTHING
    description: Printed = NOTHING
    conditions: tuple[Printed, ...] = ()
    keywords: tuple[Printed, ...] = ()
    study_type: Printed = NOTHING
    phase: Printed = NOTHING
    enrollment: Printed = NOTHING
    enrollment_kind: Printed = NOTHING
    allocation: Printed = NOTHING
    intervention_model: Printed = NOTHING
    intervention_model_description: Printed = NOTHING
    observational_model: Printed = NOTHING
    time_perspective: Printed = NOTHING
    primary_purpose: Printed = NOTHING
    masking: Printed = NOTHING
    who_masked: Printed = NOTHING  # the parties, in one text
    masking_description: Printed = NOTHING
    groups: tuple[Group, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    other_names: tuple[Printed, ...] = ()  # other names of interventions, where the source does not say whose
    measures: tuple[Measure, ...] = ()
    criteria: Printed = NOTHING
    minimum_age: Printed = NOTHING
    maximum_age: Printed = NOTHING
    sex: Printed = NOTHING
    healthy_volunteers: Printed = NOTHING
    study_population: Printed = NOTHING
    sampling_method: Printed = NOTHING
    sponsor: Organisation = Organisation()
    collaborators: tuple[Organisation, ...] = ()
    responsible_party: Individual = Individual()
    officials: tuple[Individual, ...] = ()
    contacts: tuple[Individual, ...] = ()
    site_contacts: tuple[Individual, ...] = ()
    locations: tuple[Location, ...] = ()
    countries: tuple[Printed, ...] = ()  # as listed; the builder adds those of the locations
    fda_drug: Printed = NOTHING  # whether a drug in it is regulated by the FDA
    fda_device: Printed = NOTHING
    fda: Printed = NOTHING  # the same of either, in old records
    other: tuple[Note, ...] = ()  # what has no place of its own


# What the registry asks beside, in this order: the label of each, the field that it is, whether it is a choice.
_NOTES = (
    ("Target follow-up duration", "target_duration", False),
    ("Biospecimens kept", "biospecimens", True),
    ("Biospecimens", "", False),
    ("Sex and gender", "", False),
    ("Data monitoring committee", "data_monitoring_committee", True),
    ("Expanded access", "expanded_access", True),
    ("Individual participant data shared", "ipd_sharing", True),
    ("Data sharing plan", "", False),
    ("Data available", "", False),
    ("Data available to", "", False),
    ("Data available at", "", False),
)


def notes(texts: Sequence[Printed]) -> tuple[Note, ...]:
    """The notes that a record states, of the texts of all; a choice is spelled alike in every format."""
    full = ((row, text) for row, text in zip(_NOTES, texts, strict=True) if text)
    return tuple(Note(label, _as_choice(text) if choice else text, field) for (label, field, choice), text in full)


def _as_choice(one: Printed) -> Printed:
    return replace(one, text=one.text.strip().replace("_", " ").capitalize())
