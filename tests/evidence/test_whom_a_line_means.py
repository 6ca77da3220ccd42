"""Which of those who have a thing a line of criteria means: all of them, or some who may be other people."""

from __future__ import annotations

import pytest
from support.lines import worst_fit

from rag.evidence.case import Fit

# list (E exclusion, I inclusion), line, person, worst fit
# fmt: off
ROWS = [
    # limits of those who have a condition, and exceptions by a value
    ("E", "Heart failure unless LVEF ≥ 40 %", "man, 60, heart failure, LVEF 25%", Fit.NOT_MET),
    ("E", "Heart failure unless LVEF ≥ 40 %", "man, 60, heart failure, LVEF 55%", Fit.UNKNOWN),
    ("E", "Diabetes, except if HbA1c is below 8%", "man, 60, diabetes, HbA1c 9.2%", Fit.NOT_MET),
    ("E", "Diabetes unless HbA1c < 8% or treated with diet alone", "man, 60, diabetes, HbA1c 9.2%", Fit.UNKNOWN),
    ("E", "Heart failure, unless the EF is ≥ 40% or NYHA class I", "man, 60, heart failure, EF 25%", Fit.UNKNOWN),
    ("E", "Heart failure with LVEF < 40 %", "man, 60, heart failure, LVEF 25%", Fit.NOT_MET),
    ("E", "Severe heart failure with LVEF < 40 %", "man, 60, heart failure, LVEF 25%", Fit.UNKNOWN),
    ("E", "Ischemic heart failure with LVEF < 40 %", "man, 60, heart failure, LVEF 25%", Fit.UNKNOWN),
    ("E", "Diabetes with HbA1c > 8 % and BMI > 40", "man, 60, diabetes, HbA1c 9.2 %, BMI 30", Fit.UNKNOWN),
    ("E", "INR > 1.5 in patients not receiving anticoagulants", "man, 60, warfarin, INR 2.4", Fit.MET),
    ("E", "INR > 1.5 in patients not receiving anticoagulants", "man, 60, INR 2.4", Fit.UNKNOWN),
    ("E", "INR > 1.5 in patients not receiving anticoagulants", "man, 60, no anticoagulants, INR 2.4", Fit.NOT_MET),
    ("I", "AST ≤ 2 × ULN (≤ 6 × ULN if liver metastases present)",
     "man, 60, liver metastases, AST 7 x ULN", Fit.NOT_MET),
    ("I", "AST ≤ 2 × ULN (≤ 6 × ULN if liver metastases present)",
     "man, 60, liver metastases, AST 4 x ULN", Fit.UNKNOWN),
    ("I", "No chemotherapy or at least 6 months since chemotherapy", "man, 60, chemotherapy 2 years ago", Fit.UNKNOWN),
    ("I", "No chemotherapy or at least 6 months since chemotherapy", "man, 60, chemotherapy 2 months ago", Fit.NOT_MET),
    # what is let in behind, or left out
    ("E", "Hepatitis C. Not an exclusion if cured", "man, 60, hepatitis C, cured", Fit.UNKNOWN),
    ("E", "Hepatitis C. No gout", "man, 60, hepatitis C", Fit.NOT_MET),
    ("I", "No concurrent anticoagulants, but low-dose aspirin is allowed", "man, 60, takes warfarin", Fit.NOT_MET),
    ("E", "Another chronic lung disease other than asthma", "man, 50, COPD, asthma", Fit.NOT_MET),
    ("E", "Another chronic lung disease other than asthma", "man, 50, asthma", Fit.UNKNOWN),
    ("E", "Other solid organ transplants (outside the kidney)", "man, 50, kidney transplant", Fit.UNKNOWN),
    ("E", "Other solid organ transplants (outside the kidney)", "man, 50, liver transplant", Fit.NOT_MET),
    ("E", "Malignancy within 5 years, with the exception of localized cancers cured by surgery",
     "man, 50, metastatic lung cancer", Fit.NOT_MET),
    ("E", "Malignancy within 5 years, with the exception of localized cancers cured by surgery",
     "man, 50, lung cancer", Fit.UNKNOWN),
    # a line that opens a group, and people of another kind
    ("I", "Group A (normal individuals): Meet all the items below\n\n1. No history of eye disease\n2. No gout",
     "man, 60, glaucoma", Fit.UNKNOWN),
    ("I", "Group B (diabetes): any of 1 to 2\n\n1. Type 1 diabetes for more than 5 years;\n2. Type 2 diabetes",
     "man, type 2 diabetes", Fit.MET),
    ("I", "* Group B: type 1 diabetes\n* No gout", "man, 60, gout", Fit.NOT_MET),
    ("I", "Patients with diabetes\n\n* No gout", "man, 60, gout", Fit.NOT_MET),
    ("E", "Staff:\n* Gout", "man, 60, gout", Fit.UNKNOWN),
    ("E", "Lung conditions including:\n* Pneumonitis", "man, 50, COPD", Fit.UNKNOWN),
    ("E", "Lung conditions including:\n* Pneumonitis", "man, 50, pneumonitis", Fit.NOT_MET),
    # a condition and its treatment together
    ("E", "Asthma on steroids", "man, 16, prednisone 20 mg daily", Fit.UNKNOWN),
    ("E", "Asthma on steroids", "man, 16, asthma, prednisone 20 mg daily", Fit.NOT_MET),
    ("E", "Patients who are on steroids", "man, 16, prednisone 20 mg daily", Fit.NOT_MET),
    ("E", "Pregnancy or currently taking steroids", "man, 16, prednisone 20 mg daily", Fit.NOT_MET),
    ("E", "Any medical condition requiring insulin", "man, 60, on insulin", Fit.NOT_MET),
    ("E", "Diabetes on insulin", "man, 16, type 2 diabetes on metformin", Fit.UNKNOWN),
    ("E", "Diabetes on insulin", "man, 16, type 2 diabetes on insulin", Fit.NOT_MET),
    ("E", "Congestive heart failure requiring treatment, or severe heart failure",
     "man, 50, heart failure", Fit.UNKNOWN),
    # a degree, a part, a cause, a sample
    ("E", '"Partly controlled" and "uncontrolled" asthma', "man, 50, asthma", Fit.UNKNOWN),
    ("E", "Poorly controlled heart diseases, lung diseases or diabetes", "man, 60, diabetes", Fit.UNKNOWN),
    ("E", "Uncontrolled asthma, diabetes", "man, 60, diabetes", Fit.NOT_MET),
    ("E", "Uncontrolled, known or suspected, autoimmune disease", "man, 50, psoriasis", Fit.UNKNOWN),
    ("E", "Congestive heart failure New York Heart Association Grade III or IV", "man, 50, heart failure", Fit.UNKNOWN),
    ("E", "Cardiac arrhythmias of Grade >2 (including atrial flutter/fibrillation)",
     "man, 50, atrial fibrillation", Fit.UNKNOWN),
    ("E", "An episode of deterioration of asthma", "man, 50, asthma", Fit.UNKNOWN),
    ("E", "Active (i.e., symptomatic or growing) brain metastases",
     "man, 50, lung cancer, brain metastases", Fit.UNKNOWN),
    ("E", "Any therapy directed against the patient's underlying cancer",
     "man, 50, metastatic lung cancer", Fit.UNKNOWN),
    ("E", "Fractures due to any traumatic, neoplastic or infectious disease", "man, 50, lung cancer", Fit.UNKNOWN),
    ("E", "Fever of malignant origin", "man, 50, lung cancer", Fit.UNKNOWN),
    ("E", "Psychiatric, addictive, or other disorder that compromises consent", "man, 50, depression", Fit.UNKNOWN),
    ("E", "Psychiatric or other disorders", "man, 50, depression", Fit.NOT_MET),
    ("E", "Any psychiatric condition or illness, or finding that gives reason to suspect a risk",
     "man, 50, depression", Fit.UNKNOWN),
    ("E", "Any psychiatric condition", "man, 50, depression", Fit.NOT_MET),
    ("E", "At risk for lung disease (e.g., chronic smokers) and needing lung function tests",
     "man, 50, smokes", Fit.UNKNOWN),
    ("I", "Target lesions must not reside in a field that has been subjected to prior radiotherapy",
     "man, 50, radiotherapy 3 weeks ago", Fit.UNKNOWN),
    ("I", "The biopsy tissue must not have been exposed to any antitumor therapy",
     "man, 50, cisplatin last week", Fit.UNKNOWN),
    ("I", "No prior chemotherapy", "man, 50, cisplatin last week", Fit.NOT_MET),
    ("E", "Prior surgery at the index lumbar level",
     "man, 50, prostate surgery 2 months ago", Fit.UNKNOWN),
    ("E", "Prior surgery at the lumbar level", "man, 50, lumbar surgery", Fit.NOT_MET),
    ("E", "Prior surgery in the past 6 months", "man, 50, prostate surgery 2 months ago", Fit.NOT_MET),
    ("E", "Antibodies during kidney transplant", "man, 50, kidney transplant", Fit.UNKNOWN),
    ("I", "No steroid therapy initiated within the past 2 months", "man, 50, on prednisone", Fit.UNKNOWN),
    ("E", "Immunotherapy must be at a maintenance dose for 30 days",
     "man, 50, lung cancer, on pembrolizumab", Fit.UNKNOWN),
    ("I", "Participants will be cautioned not to take psychotropic drugs while on the study",
     "man, 50, on sertraline", Fit.UNKNOWN),
    ("E", "Concurrent non-nucleoside reverse transcriptase inhibitors", "man, 50, HIV on ART", Fit.UNKNOWN),
    ("E", "Antiretroviral therapy", "man, 50, HIV on ART", Fit.NOT_MET),
    ("E", "eGFR < 60 by the Chronic Kidney Disease Epidemiology Collaboration formula",
     "man, 50, chronic kidney disease", Fit.UNKNOWN),
    ("I", "Apgar score of at least 7, gestational age of at least 36 weeks",
     "woman, 30, 20 weeks pregnant", Fit.UNKNOWN),
    ("E", "Active smoking", "man, 50, smokes", Fit.NOT_MET),
    ("E", "Active smoking", "man, 50, ex-smoker", Fit.UNKNOWN),
    ("E", "Patients with combined brain metastasis", "man, 50, lung cancer, brain metastases", Fit.NOT_MET),
    # other allergies
    ("E", "Positive allergy skin tests to insect venoms", "man, 50, penicillin allergy", Fit.UNKNOWN),
    ("E", "Recurrent urticaria", "man, 50, penicillin allergy", Fit.UNKNOWN),
    ("E", "Allergic dermatitis", "man, 50, penicillin allergy", Fit.UNKNOWN),
    ("E", "Allergic history to any herbal medicines", "man, 50, penicillin allergy", Fit.UNKNOWN),
    ("E", "Any allergy", "man, 50, penicillin allergy", Fit.NOT_MET),
    # times
    ("E", "Myocardial infarction < 6 months prior to entry", "man, 60, heart attack 2 months ago", Fit.NOT_MET),
    ("E", "Myocardial infarction < 6 months prior to entry", "man, 60, heart attack 2 years ago", Fit.MET),
    ("E", "Diabetes < 5 years", "man, 60, diabetes", Fit.UNKNOWN),
    ("E", "GLP-1 agonist in the previous 6 months", "man, 60, semaglutide for the past 3 months", Fit.NOT_MET),
    ("E", "Metformin within 3 weeks", "man, 60, metformin 1000 mg since 2019", Fit.NOT_MET),
    ("E", "Metformin within 3 weeks", "man, 60, off metformin since 2019", Fit.UNKNOWN),
    ("E", "Metformin within 3 weeks", "man, 60, stopped metformin, insulin since 2019", Fit.UNKNOWN),
    ("E", "Chemotherapy within 3 weeks", "man, 60, no relapse since chemotherapy", Fit.UNKNOWN),
    # kinds and names
    ("E", "Live attenuated vaccine ≤ 30 days prior to entry", "man, 60, yellow fever vaccine 2 weeks ago", Fit.NOT_MET),
    ("E", "Live vaccine within 30 days", "man, 60, measles vaccine 2 weeks ago", Fit.NOT_MET),
    ("E", "Live vaccine within 30 days", "man, 60, flu shot 2 weeks ago", Fit.UNKNOWN),
    ("E", "Liver disease (Child classification B or C)", "man, 60, cirrhosis Child-Pugh B", Fit.NOT_MET),
]
# fmt: on


@pytest.mark.parametrize(("where", "line", "person", "expected"), ROWS)
def test_whom_a_line_means(where: str, line: str, person: str, expected: Fit) -> None:
    assert worst_fit(where, line, person) is expected
