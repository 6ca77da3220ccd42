"""A study of the ClinicalTrials.gov API v2 (JSON) as a record. Places are JSON pointers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.errors import SourceError
from rag.sources.record import (
    NOTHING,
    Dated,
    Group,
    Individual,
    Location,
    Measure,
    Note,
    Organisation,
    Printed,
    Record,
    Treatment,
    notes,
)

NCT_ID = re.compile(r"NCT\d{8}")
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
_EMPTY: Mapping[str, Any] = {}
_OUTCOMES = (("primary", "primaryOutcomes"), ("secondary", "secondaryOutcomes"), ("other", "otherOutcomes"))


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON object with its pointer; a child that is absent or null reads as empty, one of another type is refused."""

    value: Mapping[str, Any]
    place: str

    def child(self, key: str) -> Node:
        value = self.value.get(key)
        place = f"{self.place}/{key}"
        if value is None:
            return Node(_EMPTY, place)
        if not isinstance(value, dict):
            raise _wrong_type(place, value, "an object")
        return Node(value, place)

    def items(self, key: str) -> list[Node]:
        return [Node(value, place) for value, place in self._list(key, dict, "an object")]

    def text(self, key: str) -> Printed:
        value = self.value.get(key)
        if value is None or value == "":
            return NOTHING
        return Printed(_as_text(value, f"{self.place}/{key}"), f"{self.place}/{key}")

    def texts(self, key: str) -> tuple[Printed, ...]:
        return tuple(Printed(value, place) for value, place in self._list(key, str, "a text") if value)

    def _list(self, key: str, kind: type, word: str) -> list[tuple[Any, str]]:
        values = self.value.get(key)
        if values is None:
            return []
        if not isinstance(values, list):
            raise _wrong_type(f"{self.place}/{key}", values, "a list")
        for number, value in enumerate(values):
            if not isinstance(value, kind):
                raise _wrong_type(f"{self.place}/{key}/{number}", value, word)
        return [(value, f"{self.place}/{key}/{number}") for number, value in enumerate(values)]


def _as_text(value: object, place: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return str(int(value)) if value == int(value) else str(value)
    raise _wrong_type(place, value, "a text")


def _wrong_type(place: str, value: object, wanted: str) -> SourceError:
    found = _KINDS.get(type(value), "null")
    return SourceError(
        f"{found} stands where {wanted} belongs", place=place, remedy="export the study again from ClinicalTrials.gov"
    )


def is_study(value: object) -> bool:
    return isinstance(value, dict) and "protocolSection" in value


def read_study(study: Mapping[str, Any], place: str = "") -> Record:
    """The record of one study object; `place` is the pointer of the object itself. SourceError where it is no study."""
    root = Node(study, place)
    protocol = root.child("protocolSection")
    ident = protocol.child("identificationModule")
    trial_id = ident.text("nctId")
    if NCT_ID.fullmatch(trial_id.text.strip().upper()) is None:
        raise SourceError(
            f"no NCT id in the record (found {trial_id.text[:40]!r})" if trial_id else "no NCT id in the record",
            place=f"{ident.place}/nctId",
            remedy="a record needs an id such as NCT01234567",
        )
    status = protocol.child("statusModule")
    eligibility = protocol.child("eligibilityModule")
    sponsors = protocol.child("sponsorCollaboratorsModule")
    contacts = protocol.child("contactsLocationsModule")
    description = protocol.child("descriptionModule")
    conditions = protocol.child("conditionsModule")
    arms = protocol.child("armsInterventionsModule")
    locations = contacts.items("locations")
    return Record(
        trial_id=Printed(trial_id.text.strip().upper(), trial_id.place),
        title=ident.text("briefTitle") or ident.text("officialTitle"),
        acronym=ident.text("acronym"),
        official_title=ident.text("officialTitle"),
        org_study_id=ident.child("orgStudyIdInfo").text("id"),
        secondary_ids=tuple(item.text("id") for item in ident.items("secondaryIdInfos")),
        status=status.text("overallStatus"),
        why_stopped=status.text("whyStopped"),
        start=_dated(status, "startDateStruct"),
        primary_completion=_dated(status, "primaryCompletionDateStruct"),
        completion=_dated(status, "completionDateStruct"),
        first_posted=_dated(status, "studyFirstPostDateStruct"),
        last_update=_dated(status, "lastUpdatePostDateStruct"),
        has_results=_has_results(root, status),
        summary=description.text("briefSummary"),
        description=description.text("detailedDescription"),
        conditions=conditions.texts("conditions"),
        keywords=conditions.texts("keywords"),
        **_design(protocol.child("designModule")),
        groups=tuple(_group(item) for item in arms.items("armGroups")),
        treatments=tuple(_treatment(item) for item in arms.items("interventions")),
        measures=_measures(protocol.child("outcomesModule")),
        criteria=eligibility.text("eligibilityCriteria"),
        minimum_age=eligibility.text("minimumAge"),
        maximum_age=eligibility.text("maximumAge"),
        sex=eligibility.text("sex"),
        healthy_volunteers=eligibility.text("healthyVolunteers"),
        study_population=eligibility.text("studyPopulation"),
        sampling_method=eligibility.text("samplingMethod"),
        sponsor=_organisation(sponsors.child("leadSponsor")),
        collaborators=tuple(_organisation(item) for item in sponsors.items("collaborators")),
        responsible_party=_responsible(sponsors.child("responsibleParty")),
        officials=tuple(_person(item) for item in contacts.items("overallOfficials")),
        contacts=tuple(_person(item) for item in contacts.items("centralContacts")),
        site_contacts=tuple(_site_contact(item) for place in locations for item in place.items("contacts")),
        locations=tuple(_location(item) for item in locations),
        fda_drug=protocol.child("oversightModule").text("isFdaRegulatedDrug"),
        fda_device=protocol.child("oversightModule").text("isFdaRegulatedDevice"),
        other=_notes(protocol),
    )


def _notes(protocol: Node) -> tuple[Note, ...]:
    """What the registry asks beside: who watches over safety, whether data are shared, how long people are followed."""
    design, sharing = protocol.child("designModule"), protocol.child("ipdSharingStatementModule")
    kept = design.child("bioSpec")
    texts = (
        design.text("targetDuration"),
        kept.text("retention"),
        kept.text("description"),
        protocol.child("eligibilityModule").text("genderDescription"),
        protocol.child("oversightModule").text("oversightHasDmc"),
        protocol.child("statusModule").child("expandedAccessInfo").text("hasExpandedAccess"),
        sharing.text("ipdSharing"),
        sharing.text("description"),
        sharing.text("timeFrame"),
        sharing.text("accessCriteria"),
        sharing.text("url"),
    )
    return notes(texts)


def _dated(status: Node, key: str) -> Dated:
    struct = status.child(key)
    return Dated(struct.text("date"), struct.text("type"))


def _has_results(root: Node, status: Node) -> Printed:
    """Whether results are posted, as said, or as shown by their presence."""
    stated = root.text("hasResults")
    if stated:
        return stated
    for node, key in ((root, "resultsSection"), (status, "resultsFirstPostDateStruct")):
        if node.value.get(key):
            return Printed("Yes", f"{node.place}/{key}")
    return NOTHING


def _design(design: Node) -> dict[str, Any]:
    info = design.child("designInfo")
    masking = info.child("maskingInfo")
    enrollment = design.child("enrollmentInfo")
    return {
        "study_type": design.text("studyType"),
        "phase": _joined(design.texts("phases")),
        "enrollment": enrollment.text("count"),
        "enrollment_kind": enrollment.text("type"),
        "allocation": info.text("allocation"),
        "intervention_model": info.text("interventionModel"),
        "intervention_model_description": info.text("interventionModelDescription"),
        "observational_model": info.text("observationalModel"),
        "time_perspective": info.text("timePerspective"),
        "primary_purpose": info.text("primaryPurpose"),
        "masking": masking.text("masking"),
        "who_masked": _joined(masking.texts("whoMasked")),
        "masking_description": masking.text("maskingDescription"),
    }


def _joined(values: tuple[Printed, ...]) -> Printed:
    """Several choices as one text at the place of their list."""
    if not values:
        return NOTHING
    return Printed(", ".join(value.text for value in values), values[0].place.rpartition("/")[0])


def _group(item: Node) -> Group:
    names = (Printed(name.text.partition(": ")[2] or name.text, name.place) for name in item.texts("interventionNames"))
    return Group(item.text("label"), item.text("type"), item.text("description"), tuple(names))


def _treatment(item: Node) -> Treatment:
    return Treatment(item.text("name"), item.text("type"), item.text("description"), item.texts("otherNames"))


def _measures(outcomes: Node) -> tuple[Measure, ...]:
    return tuple(
        Measure(kind, item.text("measure"), item.text("timeFrame"), item.text("description"))
        for kind, key in _OUTCOMES
        for item in outcomes.items(key)
    )


def _organisation(item: Node) -> Organisation:
    return Organisation(item.text("name"), item.text("class"))


def _responsible(item: Node) -> Individual:
    return Individual(
        name=item.text("investigatorFullName") or item.text("oldNameTitle"),
        role=item.text("type"),
        title=item.text("investigatorTitle"),
        affiliation=item.text("investigatorAffiliation") or item.text("oldOrganization"),
    )


def _person(item: Node) -> Individual:
    phone, extension = item.text("phone"), item.text("phoneExt")
    if extension:
        phone = Printed(f"{phone.text} ext. {extension.text}".strip(), phone.place or extension.place)
    return Individual(
        name=item.text("name"),
        role=item.text("role"),
        affiliation=item.text("affiliation"),
        phone=phone,
        email=item.text("email"),
    )


def _site_contact(item: Node) -> Individual:
    """A site's contact without its role, which the formats print differently."""
    person = _person(item)
    return Individual(name=person.name, phone=person.phone, email=person.email)


def _location(item: Node) -> Location:
    return Location(
        item.text("facility"), item.text("city"), item.text("state"), item.text("country"), item.text("status")
    )
