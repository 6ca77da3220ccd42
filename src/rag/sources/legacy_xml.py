"""A legacy ClinicalTrials.gov XML record (`<clinical_study>`) as a record. Places are XPaths.

The parser is hardened: a document type, an entity or an external reference is refused, never resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from rag.errors import SourceError
from rag.sources.api_json import NCT_ID
from rag.sources.record import (
    NOTHING,
    Dated,
    Group,
    Individual,
    Location,
    Measure,
    Organisation,
    Printed,
    Record,
    Treatment,
    notes,
)

_ROOT = "/clinical_study"
# 'Allocation: Randomized, Masking: Double-Blind, …': the design of the oldest records, in one line.
_DESIGN_PART = re.compile(
    r"(Allocation|Intervention Model|Observational Model|Time Perspective|Primary Purpose|Masking): *"
    r"([^:]{1,120}?)(?=, {1,2}[A-Z][A-Za-z ]{3,30}:|$)"
)
_DESIGN_TAGS = {
    "allocation": "Allocation",
    "intervention_model": "Intervention Model",
    "observational_model": "Observational Model",
    "time_perspective": "Time Perspective",
    "primary_purpose": "Primary Purpose",
    "masking": "Masking",
}


def parse(data: bytes) -> Element:
    """The root element; SourceError for bytes that are no XML, not a trial, or that declare entities."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as exc:
        raise SourceError(
            "the XML declares a document type or entities, which are never read",
            remedy="remove the DOCTYPE and entity declarations, or export the record again",
        ) from exc
    except ParseError as exc:
        line, column = exc.position
        raise SourceError(
            f"the XML breaks off or is not well-formed ({str(exc).partition(':')[0]})",
            place=f"line {line}, column {column + 1}",
            remedy="download the whole file again",
        ) from exc
    except (LookupError, ValueError, RecursionError) as exc:
        raise SourceError(f"the XML cannot be read ({exc})", remedy="save the file as UTF-8") from exc
    if root.tag != "clinical_study":
        raise SourceError(
            f"the XML is a <{str(root.tag)[:40]}>, not a <clinical_study>",
            remedy="give legacy ClinicalTrials.gov records",
        )
    return root


def read_study(root: Element) -> Record:
    """The record of a `<clinical_study>` element. SourceError where it has no NCT id."""
    study = _Node(root, _ROOT)
    trial_id = study.text("id_info/nct_id")
    if NCT_ID.fullmatch(trial_id.text.strip().upper()) is None:
        raise SourceError(
            "no NCT id in the record",
            place=f"{_ROOT}/id_info/nct_id",
            remedy="a record needs an id such as NCT01234567",
        )
    treatments = [(node, _treatment(node)) for node in study.all("intervention")]
    status = study.text("overall_status")
    return Record(
        trial_id=Printed(trial_id.text.strip().upper(), trial_id.place),
        title=study.text("brief_title") or study.text("official_title"),
        acronym=study.text("acronym"),
        official_title=study.text("official_title"),
        org_study_id=study.text("id_info/org_study_id"),
        secondary_ids=study.texts("id_info/secondary_id"),
        status=status,
        why_stopped=study.text("why_stopped"),
        start=study.dated("start_date"),
        primary_completion=study.dated("primary_completion_date"),
        completion=study.dated("completion_date"),
        first_posted=study.dated("study_first_posted", "firstreceived_date"),
        last_update=study.dated("last_update_posted", "lastchanged_date"),
        has_results=_has_results(study),
        summary=study.text("brief_summary/textblock"),
        description=study.text("detailed_description/textblock"),
        conditions=study.texts("condition"),
        keywords=study.texts("keyword"),
        study_type=study.text("study_type"),
        phase=study.text("phase"),
        enrollment=study.text("enrollment"),
        enrollment_kind=study.attribute("enrollment", "type"),
        **_design(study),
        groups=tuple(_group(node, treatments) for node in study.all("arm_group")),
        treatments=tuple(treatment for _, treatment in treatments),
        measures=tuple(_measures(study)),
        criteria=study.text("eligibility/criteria/textblock"),
        minimum_age=study.text("eligibility/minimum_age"),
        maximum_age=study.text("eligibility/maximum_age"),
        sex=study.text("eligibility/gender"),
        healthy_volunteers=study.text("eligibility/healthy_volunteers"),
        study_population=study.text("eligibility/study_pop/textblock"),
        sampling_method=study.text("eligibility/sampling_method"),
        sponsor=_organisation(study.first("sponsors/lead_sponsor")),
        collaborators=tuple(_organisation(node) for node in study.all("sponsors/collaborator")),
        responsible_party=_responsible(study.first("responsible_party")),
        officials=tuple(_person(node) for node in study.all("overall_official")),
        contacts=tuple(
            _person(node, "CONTACT") for tag in ("overall_contact", "overall_contact_backup") for node in study.all(tag)
        ),
        site_contacts=tuple(_site_contacts(study)),
        locations=tuple(_location(node) for node in study.all("location")),
        countries=study.texts("location_countries/country"),
        fda_drug=study.text("oversight_info/is_fda_regulated_drug"),
        fda_device=study.text("oversight_info/is_fda_regulated_device"),
        fda=study.text("oversight_info/is_fda_regulated"),
        other=notes(tuple(study.text(path) for path in _NOTES)),
    )


_NOTES = (
    "target_duration",
    "biospec_retention",
    "biospec_descr/textblock",
    "eligibility/gender_description",
    "oversight_info/has_dmc",
    "has_expanded_access",
    "patient_data/sharing_ipd",
    "patient_data/ipd_description",
    "patient_data/ipd_time_frame",
    "patient_data/ipd_access_criteria",
    "patient_data/ipd_url",
)


class _Node:
    """An element with its XPath; a child that is absent reads as nothing."""

    __slots__ = ("element", "place")

    def __init__(self, element: Element | None, place: str) -> None:
        self.element = element
        self.place = place

    def first(self, path: str) -> _Node:
        element = None if self.element is None else self.element.find(path)
        return _Node(element, f"{self.place}/{path}")

    def all(self, path: str) -> list[_Node]:
        """The elements at `path`, numbered from 1 where there are several."""
        found = [] if self.element is None else self.element.findall(path)
        if len(found) == 1:
            return [_Node(found[0], f"{self.place}/{path}")]
        return [_Node(element, f"{self.place}/{path}[{number}]") for number, element in enumerate(found, 1)]

    def own(self) -> Printed:
        text = "" if self.element is None else (self.element.text or "")
        return Printed(text, self.place) if text.strip() else NOTHING

    def text(self, path: str) -> Printed:
        return self.first(path).own()

    def texts(self, path: str) -> tuple[Printed, ...]:
        return tuple(value for value in (node.own() for node in self.all(path)) if value)

    def attribute(self, path: str, name: str) -> Printed:
        node = self.first(path)
        value = "" if node.element is None else node.element.get(name, "")
        return Printed(value, f"{node.place}/@{name}") if value else NOTHING

    def dated(self, *paths: str) -> Dated:
        """The date at the first of `paths` that is there."""
        for path in paths:
            if value := self.text(path):
                return Dated(value, self.attribute(path, "type"))
        return Dated()


def _has_results(study: _Node) -> Printed:
    """A legacy record holds its results, so their absence is a no."""
    for path in ("clinical_results", "results_first_posted", "firstreceived_results_date"):
        if study.first(path).element is not None:
            return Printed("Yes", f"{_ROOT}/{path}")
    return Printed("No", "")


def _design(study: _Node) -> dict[str, Any]:
    info = study.first("study_design_info")
    if info.element is None:
        line = study.text("study_design")
        stated = dict(_DESIGN_PART.findall(" ".join(line.text.split())))
        return {
            tag: Printed(stated[label], line.place) if label in stated else NOTHING
            for tag, label in _DESIGN_TAGS.items()
        }
    tags = (*_DESIGN_TAGS, "intervention_model_description", "masking_description")
    return {tag: info.text(tag) for tag in tags}


def _group(node: _Node, treatments: Iterable[tuple[_Node, Treatment]]) -> Group:
    """An arm with the interventions whose labels name it."""
    label = node.text("arm_group_label")
    given = tuple(
        treatment.name
        for source, treatment in treatments
        if any(name.text == label.text for name in source.texts("arm_group_label"))
    )
    return Group(label, node.text("arm_group_type"), node.text("description"), given)


def _treatment(node: _Node) -> Treatment:
    return Treatment(
        node.text("intervention_name"),
        node.text("intervention_type"),
        node.text("description"),
        node.texts("other_name"),
    )


def _measures(study: _Node) -> Iterator[Measure]:
    for kind in ("primary", "secondary", "other"):
        for node in study.all(f"{kind}_outcome"):
            yield Measure(kind, node.text("measure"), node.text("time_frame"), node.text("description"))


def _organisation(node: _Node) -> Organisation:
    return Organisation(node.text("agency"), node.text("agency_class"))


def _responsible(node: _Node) -> Individual:
    return Individual(
        name=node.text("investigator_full_name") or node.text("name_title"),
        role=node.text("responsible_party_type"),
        title=node.text("investigator_title"),
        affiliation=node.text("investigator_affiliation") or node.text("organization"),
    )


def _person(node: _Node, role: str = "") -> Individual:
    parts = [node.text(tag) for tag in ("first_name", "middle_name", "last_name")]
    name = " ".join(part.text.strip() for part in parts if part)
    if degrees := node.text("degrees"):
        name = f"{name}, {degrees.text.strip()}"
    phone, extension = node.text("phone"), node.text("phone_ext")
    if extension:
        phone = Printed(f"{phone.text} ext. {extension.text}".strip(), phone.place or extension.place)
    return Individual(
        name=Printed(name, node.place) if name else NOTHING,
        role=Printed(role, node.place) if role else node.text("role"),
        affiliation=node.text("affiliation"),
        phone=phone,
        email=node.text("email"),
    )


def _site_contacts(study: _Node) -> Iterator[Individual]:
    for location in study.all("location"):
        for tag in ("contact", "contact_backup", "investigator"):
            for node in location.all(tag):
                person = _person(node)
                yield Individual(name=person.name, phone=person.phone, email=person.email)


def _location(node: _Node) -> Location:
    return Location(
        node.text("facility/name"),
        node.text("facility/address/city"),
        node.text("facility/address/state"),
        node.text("facility/address/country"),
        node.text("status"),
    )
