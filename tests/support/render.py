"""One API v2 study printed in the registry's other formats, so that all readers can be held against each other.

`legacy_xml`, `csv_export` and `page` (in render_page) carry what the real formats carry, in their own spellings:
'Active, not recruiting', 'Phase 2/Phase 3', 'November 1995', hard wraps at 100 columns, no markdown escapes in XML.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Study = Mapping[str, Any]
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WRAP = 100
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_ITEM = re.compile(r"( *)([*-]|\d+[.)]) +(.*)")
_PHASES = {"NA": "N/A", "EARLY_PHASE1": "Early Phase 1"} | {f"PHASE{n}": f"Phase {n}" for n in range(1, 5)}
_CLASSES = {"NIH": "NIH", "FED": "U.S. Fed", "INDIV": "Individual"}
_STATUSES = {"ACTIVE_NOT_RECRUITING": "Active, not recruiting", "UNKNOWN": "Unknown status"}
_MODELS = {"SINGLE_GROUP": "Single Group Assignment"}
_MASKED = {"OUTCOMES_ASSESSOR": "Outcomes Assessor", "CARE_PROVIDER": "Care Provider"}


def module(study: Study, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = study["protocolSection"].get(f"{name}Module", {})
    return found


def words(choice: str) -> str:
    """'PLACEBO_COMPARATOR' as 'Placebo Comparator'."""
    return choice.replace("_", " ").title()


def long_date(date: str) -> str:
    """'2025-12-05' as 'December 5, 2025', '2025-12' as 'December 2025'."""
    year, month, *day = date.split("-")
    name = MONTHS[int(month) - 1]
    return f"{name} {int(day[0])}, {year}" if day else f"{name} {year}"


def plain(text: str) -> str:
    """Text without the markdown escapes of API v2."""
    return _ESCAPED.sub(r"\1", text)


# ── Legacy XML ───────────────────────────────────────────────────────────────────────────────────────────────────────


def legacy_xml(study: Study) -> bytes:
    """The study as a legacy `<clinical_study>` record."""
    ident, status, design = (module(study, name) for name in ("identification", "status", "design"))
    people, arms = module(study, "contactsLocations"), module(study, "armsInterventions")
    body = [
        _tag("id_info", [
            _tag("org_study_id", ident.get("orgStudyIdInfo", {}).get("id")),
            *(_tag("secondary_id", item["id"]) for item in ident.get("secondaryIdInfos", [])),
            _tag("nct_id", ident["nctId"]),
        ]),
        _tag("brief_title", ident.get("briefTitle")),
        _tag("acronym", ident.get("acronym")),
        _tag("official_title", ident.get("officialTitle")),
        _sponsors(study),
        *_prose(study),
        _tag("overall_status", _STATUSES.get(status["overallStatus"], words(status["overallStatus"]).capitalize())),
        _tag("why_stopped", status.get("whyStopped")),
        *_dates(status),
        _tag("phase", "/".join(_PHASES[phase] for phase in design.get("phases", []))),
        _tag("study_type", words(design.get("studyType", ""))),
        _design(design.get("designInfo", {})),
        *_outcomes(study),
        _tag("enrollment", str(design.get("enrollmentInfo", {}).get("count", "")),
             type=design.get("enrollmentInfo", {}).get("type", "").capitalize()),
        *(_tag("condition", name) for name in module(study, "conditions").get("conditions", [])),
        *(_arm(item) for item in arms.get("armGroups", [])),
        *(_intervention(item, arms.get("armGroups", [])) for item in arms.get("interventions", [])),
        _eligibility(module(study, "eligibility")),
        *(_person("overall_official", item) for item in people.get("overallOfficials", [])),
        *_contacts(people.get("centralContacts", []), "overall_contact"),
        *(_location(item) for item in people.get("locations", [])),
        _tag("location_countries", [_tag("country", name) for name in _countries(people.get("locations", []))]),
        *_posted(status),
        _responsible(module(study, "sponsorCollaborators").get("responsibleParty", {})),
        *(_tag("keyword", name) for name in module(study, "conditions").get("keywords", [])),
        _tag("clinical_results", "Posted.") if study.get("hasResults") else "",
    ]  # fmt: skip
    lines = "\n".join(part for part in body if part)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<clinical_study>\n{lines}\n</clinical_study>\n'.encode()


def _tag(name: str, content: str | Sequence[str] | None, **attributes: str) -> str:
    if not content:
        return ""
    inner = escape(content) if isinstance(content, str) else "\n" + "\n".join(part for part in content if part) + "\n"
    if not isinstance(content, str) and not inner.strip():
        return ""
    given = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if value)
    return f"<{name}{given}>{inner}</{name}>"


def textblock(name: str, text: str | None, margin: int) -> str:
    """A block as the old printer sets it: wrapped at 100 columns, items as '-  ' with blank lines between them."""
    if not text:
        return ""
    printed: list[str] = []
    for line in plain(text).split("\n"):
        if not line.strip():
            continue
        item = _ITEM.fullmatch(line)
        if item is None:
            printed += _wrapped(line.strip(), margin, margin)
        else:
            marker = "-  " if item[2] in "*-" else f"{item[2]} "
            indent = margin + 2 + 5 * ((len(item[1]) + 1) // 2)
            printed += _wrapped(marker + item[3], indent, indent + len(marker))
        printed.append("")
    inner = escape("\n" + "\n".join(printed[:-1]) + "\n")
    return f"<{name}><textblock>{inner}</textblock></{name}>"


def _wrapped(text: str, first: int, rest: int) -> list[str]:
    lines, line = [], " " * first
    for number, word in enumerate(text.split(" ")):
        if number and len(line) + 1 + len(word) > _WRAP:
            lines.append(line)
            line = " " * rest + word
        else:
            line += word if not number else f" {word}"
    return [*lines, line]


def _prose(study: Study) -> Iterable[str]:
    description = module(study, "description")
    yield textblock("brief_summary", description.get("briefSummary"), 6)
    yield textblock("detailed_description", description.get("detailedDescription"), 6)


def _sponsors(study: Study) -> str:
    found = module(study, "sponsorCollaborators")

    def agency(tag: str, item: Mapping[str, str]) -> str:
        kind = item.get("class", "")
        return _tag(tag, [_tag("agency", item.get("name")), _tag("agency_class", _CLASSES.get(kind, words(kind)))])

    collaborators = (agency("collaborator", item) for item in found.get("collaborators", []))
    return _tag("sponsors", [agency("lead_sponsor", found.get("leadSponsor", {})), *collaborators])


def _dates(status: Mapping[str, Any]) -> Iterable[str]:
    names = {
        "start_date": "startDateStruct",
        "completion_date": "completionDateStruct",
        "primary_completion_date": "primaryCompletionDateStruct",
    }
    for tag, key in names.items():
        struct = status.get(key, {})
        kind = {"ESTIMATED": "Anticipated", "ACTUAL": "Actual"}.get(struct.get("type", ""), "")
        if struct:
            yield _tag(tag, long_date(struct["date"]), type=kind)


def _posted(status: Mapping[str, Any]) -> Iterable[str]:
    for tag, key in {"study_first_posted": "studyFirstPost", "last_update_posted": "lastUpdatePost"}.items():
        struct = status.get(f"{key}DateStruct", {})
        kind = {"ESTIMATED": "Estimate", "ACTUAL": "Actual"}.get(struct.get("type", ""), "")
        if struct:
            yield _tag(tag, long_date(struct["date"]), type=kind)


def _design(info: Mapping[str, Any]) -> str:
    masking = info.get("maskingInfo", {})
    model, allocation = info.get("interventionModel", ""), info.get("allocation", "")
    return _tag("study_design_info", [
        _tag("allocation", "N/A" if allocation == "NA" else words(allocation).replace(" ", "-")),
        _tag("intervention_model", (_MODELS.get(model) or f"{words(model)} Assignment") if model else ""),
        _tag("intervention_model_description", info.get("interventionModelDescription")),
        _tag("observational_model", words(info.get("observationalModel", ""))),
        _tag("time_perspective", words(info.get("timePerspective", ""))),
        _tag("primary_purpose", words(info.get("primaryPurpose", ""))),
        _tag("masking", _masking(masking)),
        _tag("masking_description", masking.get("maskingDescription")),
    ])  # fmt: skip


def _masking(masking: Mapping[str, Any]) -> str:
    kind = masking.get("masking", "")
    who = ", ".join(_MASKED.get(party, words(party)) for party in masking.get("whoMasked", []))
    return "None (Open Label)" if kind == "NONE" else f"{words(kind)} ({who})" if who else words(kind)


def _outcomes(study: Study) -> Iterable[str]:
    found = module(study, "outcomes")
    for kind in ("primary", "secondary", "other"):
        for item in found.get(f"{kind}Outcomes", []):
            yield _tag(f"{kind}_outcome", [
                _tag("measure", plain(item["measure"])),
                _tag("time_frame", plain(item.get("timeFrame", ""))),
                _tag("description", plain(item.get("description", ""))),
            ])  # fmt: skip


def _arm(item: Mapping[str, Any]) -> str:
    return _tag("arm_group", [
        _tag("arm_group_label", item["label"]),
        _tag("arm_group_type", words(item.get("type", ""))),
        _tag("description", plain(item.get("description", ""))),
    ])  # fmt: skip


def _intervention(item: Mapping[str, Any], arms: Sequence[Mapping[str, Any]]) -> str:
    inside = [arm["label"] for arm in arms if any(n.endswith(item["name"]) for n in arm.get("interventionNames", []))]
    return _tag("intervention", [
        _tag("intervention_type", words(item["type"])),
        _tag("intervention_name", item["name"]),
        _tag("description", plain(item.get("description", ""))),
        *(_tag("arm_group_label", label) for label in inside),
        *(_tag("other_name", name) for name in item.get("otherNames", [])),
    ])  # fmt: skip


def _eligibility(found: Mapping[str, Any]) -> str:
    healthy = found.get("healthyVolunteers")
    population = textblock("study_pop", found.get("studyPopulation"), 8)
    return _tag("eligibility", [
        population,
        _tag("sampling_method", words(found.get("samplingMethod", "")).replace("Non Probability", "Non-Probability")),
        textblock("criteria", found.get("eligibilityCriteria"), 8),
        _tag("gender", words(found.get("sex", ""))),
        _tag("minimum_age", found.get("minimumAge", "N/A")),
        _tag("maximum_age", found.get("maximumAge", "N/A")),
        _tag("healthy_volunteers", "" if healthy is None else "Accepts Healthy Volunteers" if healthy else "No"),
    ])  # fmt: skip


def _person(tag: str, item: Mapping[str, Any]) -> str:
    return _tag(tag, [
        _tag("last_name", item.get("name")),
        _tag("role", words(item.get("role", "")) if tag != "contact" else ""),
        _tag("affiliation", item.get("affiliation")),
        _tag("phone", item.get("phone")),
        _tag("phone_ext", item.get("phoneExt")),
        _tag("email", item.get("email")),
    ])  # fmt: skip


def _contacts(people: Sequence[Mapping[str, Any]], tag: str) -> Iterable[str]:
    for number, item in enumerate(people):
        yield _person(f"{tag}_backup" if number else tag, {**item, "role": ""})


def _responsible(item: Mapping[str, Any]) -> str:
    return _tag("responsible_party", [
        _tag("responsible_party_type", words(item.get("type", ""))),
        _tag("investigator_affiliation", item.get("investigatorAffiliation")),
        _tag("investigator_full_name", item.get("investigatorFullName")),
        _tag("investigator_title", item.get("investigatorTitle")),
    ])  # fmt: skip


def _countries(locations: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({item["country"] for item in locations if item.get("country")})


def _location(item: Mapping[str, Any]) -> str:
    places = ("city", "state", "zip", "country")
    status = item.get("status", "")
    return _tag("location", [
        _tag("facility", [
            _tag("name", item.get("facility")),
            _tag("address", [_tag(part, item.get(part)) for part in places]),
        ]),
        _tag("status", _STATUSES.get(status, words(status).capitalize())),
        *_contacts(item.get("contacts", []), "contact"),
    ])  # fmt: skip


# ── CSV export ───────────────────────────────────────────────────────────────────────────────────────────────────────


def csv_export(studies: Iterable[Study]) -> str:
    """Several studies as the site's CSV export, newest column names, one row each."""
    rows = [csv_row(study) for study in studies]
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()


def csv_row(study: Study) -> dict[str, str]:
    """The cells of one study by column name."""
    ident, status, design = (module(study, name) for name in ("identification", "status", "design"))
    found, outcomes = module(study, "sponsorCollaborators"), module(study, "outcomes")
    people, arms = module(study, "contactsLocations"), module(study, "armsInterventions")

    def measures(kind: str) -> str:
        parts = (
            ", ".join(plain(item[key]) for key in ("measure", "description", "timeFrame") if item.get(key))
            for item in outcomes.get(f"{kind}Outcomes", [])
        )
        return "|".join(parts)

    def date(key: str) -> str:
        return str(status.get(f"{key}DateStruct", {}).get("date", ""))

    ids = [ident.get("orgStudyIdInfo", {}).get("id", ""), *(item["id"] for item in ident.get("secondaryIdInfos", []))]
    return {
        "NCT Number": ident["nctId"],
        "Study Title": ident["briefTitle"],
        "Study URL": f"https://clinicaltrials.gov/study/{ident['nctId']}",
        "Acronym": ident.get("acronym", ""),
        "Study Status": status["overallStatus"],
        "Brief Summary": module(study, "description").get("briefSummary", ""),
        "Study Results": "YES" if study.get("hasResults") else "NO",
        "Conditions": "|".join(module(study, "conditions").get("conditions", [])),
        "Interventions": "|".join(f"{item['type']}: {item['name']}" for item in arms.get("interventions", [])),
        "Primary Outcome Measures": measures("primary"),
        "Secondary Outcome Measures": measures("secondary"),
        "Other Outcome Measures": measures("other"),
        "Sponsor": found.get("leadSponsor", {}).get("name", ""),
        "Collaborators": "|".join(item["name"] for item in found.get("collaborators", [])),
        "Sex": module(study, "eligibility").get("sex", ""),
        "Age": ", ".join(module(study, "eligibility").get("stdAges", [])),
        "Phases": "|".join(design.get("phases", [])),
        "Enrollment": str(design.get("enrollmentInfo", {}).get("count", "")),
        "Funder Type": found.get("leadSponsor", {}).get("class", ""),
        "Study Type": design.get("studyType", ""),
        "Study Design": _csv_design(design.get("designInfo", {})),
        "Other IDs": "|".join(item for item in ids if item),
        "Start Date": date("start"),
        "Primary Completion Date": date("primaryCompletion"),
        "Completion Date": date("completion"),
        "First Posted": date("studyFirstPost"),
        "Results First Posted": date("resultsFirstPost"),
        "Last Update Posted": date("lastUpdatePost"),
        "Locations": "|".join(_csv_location(item) for item in people.get("locations", [])),
        "Study Documents": "",
    }


def _csv_design(info: Mapping[str, Any]) -> str:
    masking = info.get("maskingInfo", {})
    who = ", ".join(masking.get("whoMasked", []))
    parts = {
        "Allocation": info.get("allocation", ""),
        "Intervention Model": info.get("interventionModel", ""),
        "Observational Model": info.get("observationalModel", ""),
        "Time Perspective": info.get("timePerspective", ""),
        "Masking": f"{masking.get('masking', '')} ({who})" if who else masking.get("masking", ""),
        "Primary Purpose": info.get("primaryPurpose", ""),
    }
    return "|".join(f"{label}: {value}" for label, value in parts.items() if value)


def _csv_location(item: Mapping[str, Any]) -> str:
    return ", ".join(item[key] for key in ("facility", "city", "state", "zip", "country") if item.get(key))
