"""A made-up trial in API v2 shape with every field that a reader knows: the one record behind the parity tests."""

from __future__ import annotations

import copy
from typing import Any

CRITERIA = r"""Inclusion Criteria:

* Adults from 18 to 75 years with a kidney transplant older than 6 months
* eGFR of \>= 45 mL/min/1.73 m2 at screening, confirmed by a second sample that was taken no less than one week later
  * measured in the same laboratory
  * by the same formula
* Written consent

Exclusion Criteria:

1. HbA1c \> 9.5% or \[fasting\] glucose above 13.3 mmol/L
2. Platelets \<100 x 10\^9/L
3. Pregnancy or breast feeding

Exclusion Criteria for Part B:

* Any insulin in the past 30 days"""


def study(**changes: Any) -> dict[str, Any]:
    """A fresh copy; `changes` replace modules of the protocol section by name."""
    made = copy.deepcopy(_STUDY)
    made["protocolSection"].update(changes)
    return made


_STUDY: dict[str, Any] = {
    "hasResults": False,
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT09000001",
            "orgStudyIdInfo": {"id": "KITE-7"},
            "secondaryIdInfos": [{"id": "2024-500001-11"}, {"id": "U11-A"}],
            "briefTitle": "Fenolast or Placebo After Kidney Transplantation",
            "officialTitle": "A Randomized Study of Fenolast in Adults With a Kidney Transplant & Diabetes",
            "acronym": "KITE",
        },
        "statusModule": {
            "overallStatus": "ACTIVE_NOT_RECRUITING",
            "startDateStruct": {"date": "2024-03-05", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2026-11", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2027-02", "type": "ESTIMATED"},
            "studyFirstPostDateStruct": {"date": "2024-01-31", "type": "ACTUAL"},
            "lastUpdatePostDateStruct": {"date": "2025-12-05", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {
            "responsibleParty": {
                "type": "PRINCIPAL_INVESTIGATOR",
                "investigatorFullName": "Ada Quill",
                "investigatorTitle": "Head of Nephrology",
                "investigatorAffiliation": "Northport University",
            },
            "leadSponsor": {"name": "Northport University", "class": "OTHER"},
            "collaborators": [{"name": "Fenol Pharma", "class": "INDUSTRY"}, {"name": "Kidney Board", "class": "FED"}],
        },
        "descriptionModule": {
            "briefSummary": "The trial asks whether fenolast keeps the eGFR above 45 in adults with a new kidney.",
            "detailedDescription": "Participants are assigned 2:1.\n\nVisits take place at weeks 4, 12 and 52, each of "
            "them with blood and urine samples and a questionnaire about daily life that takes some twenty minutes.",
        },
        "conditionsModule": {
            "conditions": ["Kidney Transplantation", "Diabetes Mellitus, Type 2"],
            "keywords": ["graft function"],
        },
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2", "PHASE3"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "OUTCOMES_ASSESSOR"]},
            },
            "enrollmentInfo": {"count": 1234, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {
                    "label": "Fenolast",
                    "type": "EXPERIMENTAL",
                    "description": "Fenolast 40 mg by mouth once a day.",
                    "interventionNames": ["Drug: Fenolast", "Other: Diet advice"],
                },
                {
                    "label": "Placebo",
                    "type": "PLACEBO_COMPARATOR",
                    "description": "A tablet without fenolast.",
                    "interventionNames": ["Other: Diet advice"],
                },
                {"label": "Usual care", "type": "NO_INTERVENTION", "description": "Nothing is added."},
            ],
            "interventions": [
                {"type": "DRUG", "name": "Fenolast", "description": "Tablets of 20 mg.\n\nTaken with water."},
                {"type": "OTHER", "name": "Diet advice", "description": "One talk of 30 minutes."},
            ],
        },
        "outcomesModule": {
            "primaryOutcomes": [
                {"measure": "Change in eGFR", "timeFrame": "Week 52", "description": "By the CKD-EPI formula."}
            ],
            "secondaryOutcomes": [
                {"measure": "HbA1c", "timeFrame": "Weeks 12 and 52"},
                {"measure": "Graft loss", "timeFrame": "Week 52"},
            ],
        },
        "eligibilityModule": {
            "eligibilityCriteria": CRITERIA,
            "healthyVolunteers": False,
            "sex": "ALL",
            "minimumAge": "18 Years",
            "maximumAge": "75 Years",
        },
        "contactsLocationsModule": {
            "centralContacts": [
                {"name": "Ben Olm", "role": "CONTACT", "phone": "+1 555 0100", "email": "ben@example.org"}
            ],
            "overallOfficials": [
                {"name": "Ada Quill, MD", "affiliation": "Northport University", "role": "PRINCIPAL_INVESTIGATOR"}
            ],
            "locations": [
                {
                    "facility": "Northport Hospital",
                    "city": "Northport",
                    "state": "Alabama",
                    "zip": "35473",
                    "country": "United States",
                    "status": "RECRUITING",
                    "contacts": [{"name": "Cy Reed", "role": "CONTACT", "phone": "+1 555 0101"}],
                },
                {"facility": "Clinique du Lac", "city": "Annecy", "zip": "74000", "country": "France"},
                {"facility": "Hanbit Center", "city": "Seoul", "country": "Korea, Republic of"},
            ],
        },
    },
}
