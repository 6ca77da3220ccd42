"""The one builder: a reader-neutral `Record` becomes a `Document`, whatever file it came from.

Because every reader gives the same `Record` for the same trial, the canonical text, the sections and the facts are
equal in every format, as far as the format carries the field. Registry choices are printed in API v2 spelling
(`PHASE3`), dates as ISO dates, everything else as the source prints it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from rag.sections import FIELDS, SECTION_LABELS, UNHEADED, split_criteria
from rag.sources import normal
from rag.sources.canonical import Page
from rag.sources.clean import one_line
from rag.sources.facts import countries, typed_facts
from rag.sources.record import NOTHING, Dated, Individual, Note, Printed, Record
from rag.types import Document, RegistryDate, Section, Span, TrialFacts


def build_document(record: Record, source: str) -> Document:
    """The document of one record, read from `source` ('file.json', 'file.zip!member.json')."""
    page, facts = Page(), typed_facts(record)
    for write in _WRITERS:
        write(page, record, facts)
    page.put("\n")
    text = "".join(page.parts)
    return Document(
        trial_id=record.trial_id.text,
        title=one_line(record.title.text) or record.trial_id.text,
        text=text,
        sections=tuple(page.sections),
        fields=tuple(sorted(page.fields, key=lambda field: (field.span.start, -field.span.end))),
        facts=facts,
        origins=tuple(page.origins),
        source=source,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )


def _identification(page: Page, record: Record, facts: TrialFacts) -> None:
    title = one_line(record.title.text)
    if title:
        page.value(title, record.title, "title")
        page.put("\n")
    page.line("NCT ID", record.trial_id.text, record.trial_id, "trial_id")
    page.line("Acronym", facts.acronym, record.acronym, "acronym")
    page.line("Official title", facts.official_title, record.official_title, "official_title")
    page.line("Organization study ID", facts.org_study_id, record.org_study_id, "org_study_id")
    _list(page, "Secondary ID", record.secondary_ids, "secondary_id")
    page.section("identification", 0)


def _summary(page: Page, record: Record, facts: TrialFacts) -> None:
    _prose_section(page, "summary", record.summary)


def _description(page: Page, record: Record, facts: TrialFacts) -> None:
    _prose_section(page, "description", record.description)


def _prose_section(page: Page, name: str, source: Printed) -> None:
    if source.text.strip():
        start = _open(page, name)
        page.prose(source)
        page.section(name, start)


def _conditions(page: Page, record: Record, facts: TrialFacts) -> None:
    if facts.conditions or facts.keywords:
        start = _open(page, "conditions")
        _list(page, "Condition", record.conditions, "condition")
        _list(page, "Keyword", record.keywords, "keyword")
        page.section("conditions", start)


def _design(page: Page, record: Record, facts: TrialFacts) -> None:
    start = _open(page, "design")
    mark = page.at
    page.line("Study type", facts.study_type, record.study_type, "study_type")
    page.line("Phase", ", ".join(facts.phases), record.phase, "phase")
    _enrollment(page, record, facts)
    page.line("Allocation", facts.allocation, record.allocation, "allocation")
    page.line("Intervention model", facts.intervention_model, record.intervention_model, "intervention_model")
    _note(page, "Intervention model description", record.intervention_model_description)
    page.line("Observational model", facts.observational_model, record.observational_model, "observational_model")
    page.line("Time perspective", facts.time_perspective, record.time_perspective, "time_perspective")
    page.line("Primary purpose", facts.primary_purpose, record.primary_purpose, "primary_purpose")
    page.line("Masking", facts.masking, record.masking, "masking")
    page.line("Who is masked", ", ".join(facts.who_masked), record.who_masked or record.masking, "who_masked")
    _note(page, "Masking description", record.masking_description)
    _close(page, "design", start, mark)


def _enrollment(page: Page, record: Record, facts: TrialFacts) -> None:
    if facts.enrollment is not None:
        page.put("Enrollment: ")
        page.value(str(facts.enrollment), record.enrollment, "enrollment")
        if facts.enrollment_kind:
            page.put(" (")
            page.value(facts.enrollment_kind, record.enrollment_kind, "enrollment_kind")
            page.put(")")
        page.put("\n")


def _arms(page: Page, record: Record, facts: TrialFacts) -> None:
    if not facts.arms:
        return
    start = _open(page, "arms")
    for number, (group, arm) in enumerate(zip(record.groups, facts.arms, strict=True)):
        entry = page.at
        page.put("Arm: ")
        page.value(arm.label, group.label, f"arm.{number}.label")
        _kind(page, arm.kind, group.kind, f"arm.{number}.kind")
        _paragraph(page, group.description)
        if arm.interventions:
            page.put("Interventions: ")
            page.value("; ".join(arm.interventions), group.interventions[0])
            page.put("\n")
        page.entry(f"arm.{number}", entry)
        page.put("\n")
    page.section("arms", start)


def _interventions(page: Page, record: Record, facts: TrialFacts) -> None:
    if not facts.interventions and not record.other_names:
        return
    start = _open(page, "interventions")
    for number, (treatment, intervention) in enumerate(zip(record.treatments, facts.interventions, strict=True)):
        entry = page.at
        page.put("Intervention: ")
        page.value(intervention.name, treatment.name, f"intervention.{number}.name")
        _kind(page, intervention.kind, treatment.kind, f"intervention.{number}.kind")
        _paragraph(page, treatment.description)
        if intervention.other_names:
            page.put("Other names: ")
            page.value("; ".join(intervention.other_names), treatment.other_names[0])
            page.put("\n")
        page.entry(f"intervention.{number}", entry)
        page.put("\n")
    _list(page, "Other names", record.other_names, "other_name")
    page.section("interventions", start)


def _outcomes(page: Page, record: Record, facts: TrialFacts) -> None:
    if not facts.outcomes:
        return
    start = _open(page, "outcomes")
    numbers = {"primary": 0, "secondary": 0, "other": 0}
    for measure, outcome in zip(record.measures, facts.outcomes, strict=True):
        name = f"outcome.{outcome.kind}.{numbers[outcome.kind]}"
        numbers[outcome.kind] += 1
        entry = page.at
        page.line(f"{outcome.kind.capitalize()} outcome", outcome.measure, measure.measure, f"{name}.measure")
        page.line("Time frame", outcome.time_frame, measure.time_frame, f"{name}.time_frame")
        _paragraph(page, measure.description)
        if page.at > entry:
            page.entry(name, entry)
            page.put("\n")
    page.section("outcomes", start)


def _eligibility(page: Page, record: Record, facts: TrialFacts) -> None:
    if record.criteria.text.strip():
        page.heading(SECTION_LABELS[UNHEADED])
        span = page.prose(record.criteria)
        text = "".join(page.parts)[span.start :]
        for part in split_criteria(text):
            page.sections.append(Section(part.name, Span(span.start + part.start, span.start + part.end)))
    start = _open(page, FIELDS)
    mark = page.at
    minimum, maximum = facts.minimum_age, facts.maximum_age
    page.line("Minimum age", minimum.text if minimum else "", record.minimum_age, "age.minimum")
    page.line("Maximum age", maximum.text if maximum else "", record.maximum_age, "age.maximum")
    page.line("Sex", facts.sex, record.sex, "sex")
    page.line("Healthy volunteers", _yes(facts.healthy_volunteers), record.healthy_volunteers, "healthy_volunteers")
    _close(page, FIELDS, start, mark)


def _sponsors(page: Page, record: Record, facts: TrialFacts) -> None:
    start = _open(page, "sponsors")
    mark = page.at
    if facts.sponsor:
        page.put("Lead sponsor: ")
        page.value(facts.sponsor, record.sponsor.name, "sponsor")
        _kind(page, facts.sponsor_class, record.sponsor.kind, "sponsor_class")
    for number, one in enumerate(one for one in record.collaborators if one_line(one.name.text)):
        page.put("Collaborator: ")
        page.value(one_line(one.name.text), one.name, f"collaborator.{number}")
        kind = normal.enumeration("sponsor_class", one.kind.text)
        _kind(page, kind, one.kind, f"collaborator_class.{number}")
    _people(page, "Responsible party", (record.responsible_party,), "responsible_party")
    _people(page, "Official", record.officials, "official.{}")
    _close(page, "sponsors", start, mark)


def _locations(page: Page, record: Record, facts: TrialFacts) -> None:
    listed = countries(record)
    if not listed and not facts.sites:
        return
    start = _open(page, "locations")
    for number, (country, source) in enumerate(listed):
        page.line("Country", country, source, f"country.{number}")
    for number, (location, site) in enumerate(zip(record.locations, facts.sites, strict=True)):
        status = f"({site.status})" if site.status else ""
        where = (
            (site.facility, location.facility),
            (site.city, location.city),
            (site.state, location.state),
            (site.country, location.country),
        )
        page.joined("Site", _with_status(where, status, location.status), ", ", f"site.{number}")
    page.section("locations", start)


def _contacts(page: Page, record: Record, facts: TrialFacts) -> None:
    start = _open(page, "contacts")
    mark = page.at
    _people(page, "Contact", record.contacts, "contact.{}")
    _people(page, "Site contact", record.site_contacts, "site_contact.{}")
    _close(page, "contacts", start, mark)


def _dates(page: Page, record: Record, facts: TrialFacts) -> None:
    start = _open(page, "dates")
    mark = page.at
    page.line("Status", facts.status, record.status, "status")
    page.line("Why stopped", facts.why_stopped, record.why_stopped, "why_stopped")
    _date(page, "Start date", record.start, ("start_date", facts.start_date))
    _date(
        page,
        "Primary completion date",
        record.primary_completion,
        ("primary_completion_date", facts.primary_completion_date),
    )
    _date(page, "Completion date", record.completion, ("completion_date", facts.completion_date))
    _date(page, "First posted", record.first_posted, ("first_posted_date", facts.first_posted_date))
    _date(page, "Last update posted", record.last_update, ("last_update_date", facts.last_update_date))
    page.line("Results posted", _yes(facts.has_results), record.has_results, "has_results")
    _close(page, "dates", start, mark)


def _other(page: Page, record: Record, facts: TrialFacts) -> None:
    sampling = replace(record.sampling_method, text=facts.sampling_method)
    known = (
        Note("Study population", record.study_population), Note("Sampling method", sampling, "sampling_method"),
        Note("FDA regulation", _regulated(record, facts), "fda_regulation"),
    )  # fmt: skip
    entries = [note for note in (*known, *record.other) if note.text.text.strip()]
    if not entries:
        return
    start = _open(page, "other")
    for note in entries:
        line = page.at
        page.put(f"{note.label}:\n" if "\n" in note.text.text.strip() else f"{note.label}: ")
        page.prose(note.text)
        page.put("\n")
        if note.field:
            page.entry(note.field, line)  # with its label: 'Yes' alone proves nothing to a reader
    page.section("other", start)


def _regulated(record: Record, facts: TrialFacts) -> Printed:
    """What the FDA regulates: 'drug', 'drug, device', 'none'. A noun that is denied is left out."""
    drug, device = facts.fda_regulated_drug, facts.fda_regulated_device
    said = [("drug", drug, record.fda_drug), ("device", device, record.fda_device)]
    if drug or device:
        yes = [(noun, source) for noun, regulated, source in said if regulated]
        return replace(yes[0][1], text=", ".join(noun for noun, _ in yes))
    if facts.fda_regulated is not None:
        return replace(record.fda, text="yes" if facts.fda_regulated else "none")
    denied = [(noun, source) for noun, regulated, source in said if regulated is False]
    if not denied:
        return NOTHING
    return replace(denied[0][1], text="none" if len(denied) == len(said) else f"no {denied[0][0]}")


_WRITERS = (
    _identification,
    _summary,
    _description,
    _conditions,
    _design,
    _arms,
    _interventions,
    _outcomes,
    _eligibility,
    _sponsors,
    _locations,
    _contacts,
    _dates,
    _other,
)


def _open(page: Page, name: str) -> int:
    page.heading(SECTION_LABELS[name])
    return page.at


def _close(page: Page, name: str, start: int, mark: int) -> None:
    """Close a section of field lines, or take its heading back when nothing was printed under it."""
    if page.at > mark:
        page.section(name, start)
    else:
        page.at -= len(page.parts.pop())


def _list(page: Page, label: str, values: Iterable[Printed], name: str) -> None:
    lines = [(one_line(value.text), value) for value in values]
    for number, (line, value) in enumerate((line, value) for line, value in lines if line):
        page.line(label, line, value, f"{name}.{number}")


def _note(page: Page, label: str, source: Printed) -> None:
    page.line(label, one_line(source.text), source, "")


def _paragraph(page: Page, source: Printed) -> None:
    if source.text.strip():
        page.prose(source)
        page.put("\n")


def _kind(page: Page, text: str, source: Printed, name: str) -> None:
    """End a line, with ' (KIND)' where a kind is known."""
    if text:
        page.put(" (")
        page.value(text, source, name)
        page.put(")")
    page.put("\n")


def _with_status(where: Iterable[tuple[str, Printed]], status: str, source: Printed) -> list[tuple[str, Printed]]:
    """The parts of a place; its status joins the last of them, as '(RECRUITING)'."""
    parts = [(text, printed) for text, printed in where if text]
    if status and parts:
        parts[-1] = (f"{parts[-1][0]} {status}", parts[-1][1])
    return parts or ([(status, source)] if status else [])


def _people(page: Page, label: str, people: Iterable[Individual], name: str) -> None:
    number = 0
    for person in people:
        role = one_line(person.role.text).upper().replace(" ", "_").replace("-", "_")
        if not (person.name.text.strip() or role):
            continue
        others = (person.title, person.affiliation, person.phone, person.email)
        parts = [(one_line(person.name.text), person.name), (role, person.role)]
        parts += [(one_line(part.text), part) for part in others]
        page.joined(label, parts, "; ", name.format(number))
        number += 1


def _date(page: Page, label: str, dated: Dated, named: tuple[str, RegistryDate | None]) -> None:
    name, value = named
    if value is None:
        page.line(label, one_line(dated.date.text), dated.date, "")
        return
    page.put(f"{label}: ")
    page.value(str(value), dated.date, name)
    page.put(f" ({value.kind})\n" if value.kind else "\n")


def _yes(value: bool | None) -> str:
    return "" if value is None else "Yes" if value else "No"
