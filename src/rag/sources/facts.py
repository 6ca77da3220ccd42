"""The typed facts of a record: every printed value read once, in the same way for all formats."""

from __future__ import annotations

from collections.abc import Iterable

from rag.sources import normal
from rag.sources.clean import block, one_line
from rag.sources.record import Dated, Individual, Printed, Record
from rag.types import Arm, Intervention, Outcome, Person, RegistryDate, Site, TrialFacts


def typed_facts(record: Record) -> TrialFacts:
    """The facts of `record`. None or empty where the source says nothing, or nothing that can be read."""
    masking, who = _masking(record)
    noted = {note.field: one_line(note.text.text) for note in record.other}
    return TrialFacts(
        acronym=one_line(record.acronym.text),
        official_title=one_line(record.official_title.text),
        org_study_id=one_line(record.org_study_id.text),
        secondary_ids=_lines(record.secondary_ids),
        status=normal.enumeration("status", record.status.text),
        why_stopped=one_line(record.why_stopped.text),
        study_type=normal.enumeration("study_type", record.study_type.text),
        phases=normal.phases(record.phase.text),
        enrollment=normal.count(record.enrollment.text),
        enrollment_kind=normal.enumeration("kind", record.enrollment_kind.text),
        start_date=_date(record.start),
        primary_completion_date=_date(record.primary_completion),
        completion_date=_date(record.completion),
        first_posted_date=_date(record.first_posted),
        last_update_date=_date(record.last_update),
        sex=normal.enumeration("sex", record.sex.text),
        minimum_age=normal.age_limit(record.minimum_age.text),
        maximum_age=normal.age_limit(record.maximum_age.text),
        healthy_volunteers=normal.yes_or_no(record.healthy_volunteers.text),
        conditions=_lines(record.conditions),
        keywords=_lines(record.keywords),
        allocation=normal.enumeration("allocation", record.allocation.text),
        intervention_model=normal.enumeration("intervention_model", record.intervention_model.text),
        observational_model=normal.enumeration("observational_model", record.observational_model.text),
        time_perspective=normal.enumeration("time_perspective", record.time_perspective.text),
        primary_purpose=normal.enumeration("primary_purpose", record.primary_purpose.text),
        masking=masking,
        who_masked=who,
        arms=_arms(record),
        interventions=_interventions(record),
        outcomes=_outcomes(record),
        sponsor=one_line(record.sponsor.name.text),
        sponsor_class=normal.enumeration("sponsor_class", record.sponsor.kind.text),
        collaborators=_lines(collaborator.name for collaborator in record.collaborators),
        collaborator_classes=_classes(record),
        responsible_party=_person(record.responsible_party),
        officials=_people(record.officials),
        contacts=_people(record.contacts),
        sites=_sites(record),
        countries=tuple(country for country, _ in countries(record)),
        has_results=normal.yes_or_no(record.has_results.text),
        data_monitoring_committee=normal.yes_or_no(noted.get("data_monitoring_committee", "")),
        ipd_sharing=normal.enumeration("choice", noted.get("ipd_sharing", "")),
        fda_regulated_drug=normal.yes_or_no(record.fda_drug.text),
        fda_regulated_device=normal.yes_or_no(record.fda_device.text),
        fda_regulated=normal.yes_or_no(record.fda.text),
        expanded_access=normal.yes_or_no(noted.get("expanded_access", "")),
        biospecimens=normal.enumeration("choice", noted.get("biospecimens", "")),
        sampling_method=normal.enumeration("sampling_method", record.sampling_method.text),
        target_duration=noted.get("target_duration", ""),
    )


def countries(record: Record) -> list[tuple[str, Printed]]:
    """Each country once, listed or of a location, by name, with the words that say so."""
    found: dict[str, Printed] = {}
    for printed in (*record.countries, *(location.country for location in record.locations)):
        name = normal.country(one_line(printed.text))
        if name:
            found.setdefault(name, printed)
    return sorted(found.items(), key=lambda item: item[0])


def _classes(record: Record) -> tuple[str, ...]:
    named = (one.kind.text for one in record.collaborators if one_line(one.name.text))
    return tuple(kind for text in named if (kind := normal.enumeration("sponsor_class", text)))


def _lines(values: Iterable[Printed]) -> tuple[str, ...]:
    lines = (one_line(value.text) for value in values)
    return tuple(line for line in lines if line)


def _date(dated: Dated) -> RegistryDate | None:
    return normal.registry_date(one_line(dated.date.text), dated.kind.text) if dated.date else None


def _masking(record: Record) -> tuple[str, tuple[str, ...]]:
    masking, who = normal.masking(one_line(record.masking.text))
    return masking, normal.parties(record.who_masked.text) or who


def _arms(record: Record) -> tuple[Arm, ...]:
    """The arms; the interventions of each in the order in which the record lists interventions."""
    order = {one_line(treatment.name.text): n for n, treatment in enumerate(record.treatments)}
    return tuple(
        Arm(
            label=one_line(group.label.text),
            kind=normal.enumeration("arm_kind", group.kind.text),
            description=block(group.description.text),
            interventions=tuple(
                sorted(dict.fromkeys(_lines(group.interventions)), key=lambda name: order.get(name, len(order)))
            ),
        )
        for group in record.groups
    )


def _interventions(record: Record) -> tuple[Intervention, ...]:
    return tuple(
        Intervention(
            name=one_line(treatment.name.text),
            kind=normal.enumeration("intervention_kind", treatment.kind.text),
            description=block(treatment.description.text),
            other_names=_lines(treatment.other_names),
        )
        for treatment in record.treatments
    )


def _outcomes(record: Record) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            kind=measure.kind,
            measure=one_line(measure.measure.text),
            time_frame=one_line(measure.time_frame.text),
            description=block(measure.description.text),
        )
        for measure in record.measures
    )


def _person(individual: Individual) -> Person | None:
    person = Person(
        name=one_line(individual.name.text),
        role=normal.enumeration("role", individual.role.text),
        affiliation=one_line(individual.affiliation.text),
        phone=one_line(individual.phone.text),
        email=one_line(individual.email.text),
    )
    return person if person.name or person.role else None


def _people(individuals: Iterable[Individual]) -> tuple[Person, ...]:
    people = (_person(individual) for individual in individuals)
    return tuple(person for person in people if person is not None)


def _sites(record: Record) -> tuple[Site, ...]:
    return tuple(
        Site(
            facility=one_line(location.facility.text),
            city=one_line(location.city.text),
            state=one_line(location.state.text),
            country=normal.country(one_line(location.country.text)),
            status=normal.enumeration("status", location.status.text),
        )
        for location in record.locations
    )
