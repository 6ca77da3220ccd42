"""One API v2 study printed as a registry page in plain text, in either of the two layouts that rag.sources reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from support.render import MONTHS, Study, module, plain

# A made-up sentence of the site under each heading, as the real pages have one.
_INTRODUCTIONS = {
    "Basic Information": "View the main figures of this record in one place.",
    "Brief Summary": "Read what the sponsor wants to find out.",
    "Detailed Description": "Look deeper into background and procedures.",
    "Conditions": "See which illnesses the research is about.",
    "Keywords": "Browse the words under which the trial is filed.",
    "Study Design": "Learn how participants are assigned and who knows it.",
    "Study Groups": "Compare the groups and what each receives.",
    "Interventions": "Examine what is given or done.",
    "Primary Outcomes": "Check what the trial measures first of all.",
    "Secondary Outcomes": "Check what else the trial measures.",
    "Other Outcomes": "Check further measures of the trial.",
    "Eligibility Criteria": "Find out who may take part.",
    "Sponsors": "Meet those who pay for the study.",
    "Responsible Party": "Know who answers for the record.",
    "Principal Investigators": "Meet the researchers who lead the trial.",
    "Locations": "Find the places where the study runs.",
    "Countries": "View the countries with a site.",
    "Central Contacts": "Reach the people who can answer questions.",
    "Facility Contacts": "Reach the people at each site.",
    "Other Identifiers": "Track the record under its other numbers.",
    "More Related Trials": "Additional records that resemble this one.",
}


def page(study: Study) -> str:
    """The layout with a heading per section, an introduction under each, and other trials at the end."""
    ident, status = module(study, "identification"), module(study, "status")
    lines = [ident["briefTitle"], f"NCT ID: {ident['nctId']}"]
    if updated := status.get("lastUpdatePostDateStruct", {}).get("date"):
        lines.append(f"Last Updated: {updated}")
    lines += ["Study Results", "Results available" if study.get("hasResults") else "Results pending"]
    lines.append("Nothing else is shown here about results of this trial.")
    for heading, content in _sections(study):
        parts = [part for part in content if part]
        if parts:
            lines += [heading, _INTRODUCTIONS.get(heading, "View more about the record."), *parts]
    lines += ["More Related Trials", _INTRODUCTIONS["More Related Trials"]]
    lines.append("Another Trial\nNCT99999999 RECRUITING PHASE1")
    return "\n\n".join(lines) + "\n"


def _sections(study: Study) -> Iterable[tuple[str, list[str]]]:
    description, conditions = module(study, "description"), module(study, "conditions")
    arms, people = module(study, "armsInterventions"), module(study, "contactsLocations")
    outcomes = module(study, "outcomes")
    ident = module(study, "identification")
    yield "Acronym", [ident.get("acronym", "")]
    yield "Official Title", [ident.get("officialTitle", "")]
    yield "Basic Information", _basic(study)
    yield "Brief Summary", [description.get("briefSummary", "")]
    yield "Detailed Description", [description.get("detailedDescription", "")]
    yield "Conditions", ["\n".join(conditions.get("conditions", []))]
    yield "Keywords", ["\n".join(conditions.get("keywords", []))]
    yield "Study Design", _design(module(study, "design").get("designInfo", {}))
    yield "Study Groups", _groups(arms)
    yield "Interventions", _interventions(arms.get("interventions", []))
    for kind in ("primary", "secondary", "other"):
        yield f"{kind.capitalize()} Outcomes", _outcomes(outcomes.get(f"{kind}Outcomes", []))
    yield "Eligibility Criteria", _eligibility(module(study, "eligibility"))
    yield "Sponsors", _sponsors(module(study, "sponsorCollaborators"))
    yield "Responsible Party", _responsible(module(study, "sponsorCollaborators").get("responsibleParty", {}))
    yield "Principal Investigators", _officials(people.get("overallOfficials", []))
    yield "Locations", _locations(people.get("locations", []))
    yield "Central Contacts", _contacts(people.get("centralContacts", []))
    at_sites = [person for place in people.get("locations", []) for person in place.get("contacts", [])]
    yield "Facility Contacts", _contacts(at_sites)
    yield "Other Identifiers", _identifiers(ident)


def _labelled(pairs: Mapping[str, str]) -> list[str]:
    return [part for label, value in pairs.items() if value for part in (label, value)]


def _basic(study: Study) -> list[str]:
    status, design = module(study, "status"), module(study, "design")
    count = design.get("enrollmentInfo", {}).get("count")

    def date(key: str) -> str:
        return str(status.get(f"{key}DateStruct", {}).get("date", ""))

    return _labelled({
        "Recruitment Status": status["overallStatus"],
        "Why Stopped": status.get("whyStopped", ""),
        "Clinical Phase": "/".join(design.get("phases", [])),
        "Total Enrollment": "" if count is None else f"{count} participants",
        "Study Classification": design.get("studyType", ""),
        "Study Start Date": date("start"),
        "Primary Completion Date": date("primaryCompletion"),
        "Study Completion Date": date("completion"),
        "First Posted Date": date("studyFirstPost"),
    })


def _design(info: Mapping[str, Any]) -> list[str]:
    masking = info.get("maskingInfo", {})
    who = {"PARTICIPANT": "Participants", "CARE_PROVIDER": "Caregivers", "INVESTIGATOR": "Investigators"}
    parties = " ".join(who.get(party, "Outcome Assessors") for party in masking.get("whoMasked", []))
    below = "\n".join(part for part in (parties, masking.get("maskingDescription", "")) if part)
    model = "\n\n".join(
        part for part in (info.get("interventionModel", ""), info.get("interventionModelDescription", "")) if part
    )
    return _labelled({
        "Intervention Model": model,
        "Allocation Method": info.get("allocation", ""),
        "Observational Model Type": info.get("observationalModel", ""),
        "Study Time Perspective": info.get("timePerspective", ""),
        "Primary Study Purpose": info.get("primaryPurpose", ""),
        "Blinding Strategy": "\n\n".join(part for part in (masking.get("masking", ""), below) if part),
    })


def _groups(arms: Mapping[str, Any]) -> list[str]:
    known = {item["name"]: item for item in arms.get("interventions", [])}
    lines: list[str] = []
    for arm in arms.get("armGroups", []):
        lines += [arm["label"], arm.get("description", "")]
        if arm.get("type"):
            lines.append(f"Group Type {arm['type']}")
        names = [name.partition(": ")[2] for name in arm.get("interventionNames", [])]
        for name in names:
            lines += [name, f"Intervention Type {known[name]['type']}", known[name].get("description", "")]
        if not names:
            lines.append("No interventions assigned to this group")
    return lines


def _interventions(items: Iterable[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    for item in items:
        lines += [item["name"], item.get("description", ""), f"Intervention Type {item['type']}"]
    return lines


def _outcomes(items: Iterable[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    for item in items:
        lines += [item["measure"], item.get("description", ""), f"Time Frame: {item.get('timeFrame', '')}".strip()]
    return lines


def _eligibility(found: Mapping[str, Any]) -> list[str]:
    healthy = found.get("healthyVolunteers")
    labels = _labelled({
        "Eligible Sex": found.get("sex", ""),
        "Minimum Eligible Age": found.get("minimumAge", ""),
        "Maximum Eligible Age": found.get("maximumAge", ""),
        "Accepts Healthy Volunteers": "" if healthy is None else "Yes" if healthy else "No",
        "Study Population": found.get("studyPopulation", "").replace("\n\n", "\n"),
        "Sampling Method": found.get("samplingMethod", ""),
    })
    # The site prints the first label right below the last criterion, without a blank line.
    criteria = found.get("eligibilityCriteria", "")
    return [f"{criteria}\n{labels[0]}".strip(), *labels[1:]] if labels else [criteria]


def _sponsors(found: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for item in found.get("collaborators", []):
        lines += [item["name"], item.get("class", ""), "Sponsor Role collaborator"]
    lead = found.get("leadSponsor", {})
    return [*lines, lead.get("name", ""), lead.get("class", ""), "Sponsor Role lead"]


def _responsible(item: Mapping[str, Any]) -> list[str]:
    if not item:
        return []
    names = [item.get(key, "") for key in ("investigatorFullName", "investigatorTitle", "investigatorAffiliation")]
    return [*names, f"Responsibility Role {item['type']}"]


def _officials(people: Iterable[Mapping[str, Any]]) -> list[str]:
    return [part for item in people for part in (item["name"], f"Role: {item['role']}", item.get("affiliation", ""))]


def _contacts(people: Iterable[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    for item in people:
        lines += [item["name"], f"Role: {item.get('role', 'CONTACT')}"]
        lines += [f"{label}: {item[key]}" for label, key in (("Phone", "phone"), ("Email", "email")) if item.get(key)]
    return lines


def _locations(places: Iterable[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    for item in places:
        where = ", ".join(item.get(key, "") for key in ("city", "state", "country"))
        lines += [item.get("facility", ""), where, f"Site Status {item.get('status', '')}".strip()]
    return lines


def _identifiers(ident: Mapping[str, Any]) -> list[str]:
    ids = [(ident.get("orgStudyIdInfo", {}).get("id", ""), "org_study_id")]
    ids += [(item["id"], "secondary_id") for item in ident.get("secondaryIdInfos", [])]
    return [
        part for id, source in ids if id for part in (id, "Identifier Type: -", f"Identifier Source: {source}")
    ]


def overview_page(study: Study) -> str:
    """The 'Overview / Eligibility / Study details' layout with the site's form and questions below."""
    ident, found = module(study, "identification"), module(study, "eligibility")
    phases = "/".join(phase.replace("PHASE", "Phase ") for phase in module(study, "design").get("phases", []))
    year, month, day = module(study, "status")["lastUpdatePostDateStruct"]["date"].split("-")
    ages = [found[key].split()[0] for key in ("minimumAge", "maximumAge") if key in found]
    unit = found.get("minimumAge", "18 Years").split()[1].lower()
    head = [
        module(study, "status")["overallStatus"].replace("_", " ").capitalize(),
        f"{'-'.join(ages)} {unit}" if len(ages) == 2 else f"{ages[0]} {unit} and above",
        found["sex"].capitalize(),
        phases,
    ]
    criteria = plain(found["eligibilityCriteria"]).replace("\n* ", "\n  • ")
    conditions = "\n".join(f"    {name}" for name in module(study, "conditions")["conditions"])
    return "\n\n".join([
        "Image",
        ident["briefTitle"],
        ident["briefTitle"],
        "\n".join(head),
        "Powered by AI",
        "Overview",
        plain(module(study, "description")["briefSummary"]),
        "Eligibility",
        criteria,
        f"Study details\n{conditions}",
        ident["nctId"],
        module(study, "sponsorCollaborators")["leadSponsor"]["name"],
        f"{int(day)} {MONTHS[int(month) - 1]} {year}",
        "Step 1 Write to the centre\nYour name*\nYour e-mail*",
        "FAQs",
        "What does it cost to take part in a study?",
    ])  # fmt: skip
