"""One line of criteria against one described person: turned away, satisfied, or left to be checked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support.fake_index import build, toy_settings
from support.lines import worst_fit
from support.made import assistant_over
from support.study import study

from rag.evidence.case import Fit
from rag.evidence.collect import Judge
from rag.evidence.judged import Judged
from rag.evidence.sexes import closed_by_its_words, sexes_told
from rag.planning import read_patient
from rag.planning.several_persons import tells_of_several
from rag.planning.telegrams import tells_a_person_alone
from rag.screening import screen
from rag.snapshot import Snapshot, open_snapshot
from rag.types import Clause, Criterion, Document, Polarity, Question, Section, Span, State, TrialFacts, Window

# list (E exclusion, I inclusion), line, person, what the trial studies, worst fit
# fmt: off
ROWS = [
    ("E", "eGFR below 45 mL/min", "woman, 60, eGFR 40", "", Fit.NOT_MET),
    ("E", "eGFR below 45 mL/min", "woman, 60, eGFR 50", "", Fit.MET),
    ("E", "Acute or chronic hepatitis C", "man, 50, hepatitis C", "", Fit.NOT_MET),  # of whatever course
    ("E", "Acute or chronic gout", "man, 50, denies asthma, gout and HIV", "", Fit.MET),
    ("E", "Brain metastases not previously treated", "man, 50, melanoma, never treated", "", Fit.UNKNOWN),
    ("E", "Bariatric surgery within 6 months", "man, 50, gastric sleeve surgery 4 months ago", "", Fit.NOT_MET),
    ("E", "Current diabetes", "man, 50, has diabetes", "", Fit.NOT_MET),  # said of whoever has it
    ("E", "Uncontrolled diabetes", "man, 50, has diabetes", "", Fit.UNKNOWN),
    ("E", "Stroke within 6 months", "man, 50, had a stroke", "", Fit.UNKNOWN),
    ("E", "Stroke within 6 months", "man, 50, had a stroke 4 months ago", "", Fit.NOT_MET),
    ("E", "Stroke within 6 months", "man, 50, stroke two years ago", "", Fit.MET),
    ("E", "Stroke within eleven months", "man, 50, stroke 10 months ago", "", Fit.NOT_MET),
    ("E", "Stroke within 24 hours", "man, 50, stroke two weeks ago", "", Fit.MET),
    ("I", "Gout for at least fourteen days", "man, 50, gout for 6 months", "", Fit.MET),
    ("I", "Gout for at least eleven months", "man, 50, gout for 6 months", "", Fit.NOT_MET),
    ("E", "History of stroke", "man, 50, stroke two years ago", "", Fit.NOT_MET),
    ("E", "Pregnancy or lactation <6 months ago", "woman, 30, 14 weeks pregnant", "", Fit.NOT_MET),  # she is today
    ("E", "Pregnancy, or planning it within 12 weeks after the end", "woman, 30, pregnant", "", Fit.NOT_MET),
    ("E", "Illness in the past 2 years (HIV, gout)", "man, 50, HIV positive", "", Fit.NOT_MET),
    ("E", "Cancer, except basal cell carcinoma", "man, 50, melanoma", "", Fit.NOT_MET),  # not what is excepted
    ("E", "Cancer, except basal cell carcinoma", "man, 50, basal cell carcinoma", "", Fit.UNKNOWN),
    ("E", "Cancer except non-melanoma skin cancer", "man, 50, basal cell carcinoma", "", Fit.UNKNOWN),
    ("E", "Cancer except non-melanoma skin cancer", "man, 50, lung cancer", "", Fit.NOT_MET),
    ("E", "Malignancy other than cervical carcinoma", "man, 50, lung cancer", "", Fit.NOT_MET),
    ("E", "History of malignancy", "man, 50, lung cancer", "", Fit.NOT_MET),  # any cancer is another one here
    ("E", "Another malignancy", "man, 50, lung cancer", "lung_cancer", Fit.UNKNOWN),  # here it may be the one studied
    ("E", "Diabetes under poor control", "man, 50, diabetes", "", Fit.UNKNOWN),
    ("E", "Asthma that is not well controlled", "man, 50, asthma", "", Fit.UNKNOWN),
    ("E", "Concomitant heart, lung or liver disease", "woman, 32, asthma", "", Fit.NOT_MET),
    ("E", "Concomitant heart, lung or liver disease", "woman, 32, asthma", "asthma", Fit.UNKNOWN),
    ("E", "Concomitant heart, lung or liver disease", "woman, 32, asthma, COPD", "asthma", Fit.NOT_MET),
    ("I", "Not pregnant; contraception for 120 days after the last dose", "woman, 30, pregnant", "", Fit.NOT_MET),
    ("E", "Pregnancy", "woman, 30, 14 weeks pregnant", "", Fit.NOT_MET),
    # 'last month' may be two weeks ago, and as much as two months
    ("E", "Anticoagulants within 7 days", "man, 70, apixaban stopped last month", "", Fit.UNKNOWN),
    ("E", "Corticosteroids within 4 weeks", "man, 50, prednisone last month", "", Fit.UNKNOWN),
    ("E", "Corticosteroids within 4 weeks", "man, 50, prednisone last week", "", Fit.NOT_MET),
    # a degree told of something else
    ("E", "Severe asthma", "man, 50, severe eczema and asthma", "", Fit.UNKNOWN),
    ("E", "Severe asthma", "man, 50, moderate to severe asthma", "", Fit.UNKNOWN),
    ("E", "Severe asthma", "man, 50, asthma but not severe", "", Fit.UNKNOWN),
    ("E", "Severe heart failure", "man, 50, heart failure with severe anemia", "", Fit.UNKNOWN),
    ("E", "Severe asthma", "man, 50, severe allergic asthma", "", Fit.NOT_MET),
    ("E", "Stage 4 chronic kidney disease", "man, 50, chronic kidney disease", "", Fit.UNKNOWN),
    # some who have it, not all: left to be checked
    ("E", "Severe cardiac or pulmonary disease", "man, 50, asthma", "", Fit.UNKNOWN),
    ("E", "Severe cardiac disease, asthma", "man, 50, asthma", "", Fit.NOT_MET),
    ("E", "Chronic or acute pulmonary illness such as asthma", "man, 50, asthma", "", Fit.NOT_MET),
    ("E", "Diabetes requiring insulin", "man, 50, diabetes on metformin", "", Fit.UNKNOWN),
    ("E", "Diabetes requiring insulin", "man, 50, diabetes on insulin", "", Fit.NOT_MET),
    ("E", "Liver disease with ALT above 2 x ULN", "man, 50, hepatitis C", "", Fit.UNKNOWN),
    ("E", "Hepatic failure", "man, 50, hepatitis C", "", Fit.UNKNOWN),
    ("E", "Heart failure", "man, 50, heart failure", "", Fit.NOT_MET),
    ("E", "Cardiac dysfunction", "man, 50, heart attack 3 years ago", "", Fit.UNKNOWN),
    ("E", "Hypertension (BP persistently > 150/95 mmHg)", "man, 50, hypertension", "", Fit.UNKNOWN),
    ("E", "Heart disease not controlled by drugs, such as angina", "man, 50, angina", "", Fit.UNKNOWN),
    ("E", "Any illness (e.g. heart, lung or brain disease) which is severe", "man, 50, COPD", "", Fit.UNKNOWN),
    ("E", "Unstable angina", "man, 50, angina", "", Fit.UNKNOWN),
    ("E", "Narrow angle glaucoma", "man, 50, glaucoma", "", Fit.UNKNOWN),
    ("E", "Steroids for solely antiemetic purposes", "man, 50, on prednisone", "", Fit.UNKNOWN),
    ("E", "Hypertension (defined as > 150/100 on antihypertensive drugs)", "man, 50, on bisoprolol", "", Fit.UNKNOWN),
    ("E", "Oral hypoglycemics", "man, 50, on insulin", "", Fit.UNKNOWN),
    ("E", "Abnormal liver function tests", "man, 50, hepatitis C", "", Fit.UNKNOWN),
    ("E", "Other major pulmonary (such as COPD) or cardiovascular disease", "man, 50, angina", "", Fit.UNKNOWN),
    ("E", "Asthma is uncontrolled", "man, 50, asthma", "", Fit.UNKNOWN),
    ("E", "Seizures that are unstable", "man, 50, epilepsy", "", Fit.UNKNOWN),
    ("E", "Heart failure > NYHA II", "man, 50, heart failure", "", Fit.UNKNOWN),
    ("E", "Diabetes ≥ 5 years", "man, 50, diabetes", "", Fit.UNKNOWN),
    ("E", "Advanced cancer or diabetes", "man, 50, diabetes", "", Fit.NOT_MET),
    ("E", "Severe psoriasis or asthma", "man, 50, asthma", "", Fit.NOT_MET),
    ("E", "Uncontrolled hypertension or diabetes", "man, 50, diabetes", "", Fit.UNKNOWN),
    ("E", "Severe or unstable heart disease", "man, 50, angina", "", Fit.UNKNOWN),
    # a treatment that is over
    ("E", "Concurrent chemotherapy", "woman, 50, had carboplatin last year", "", Fit.UNKNOWN),
    ("E", "Prior chemotherapy", "woman, 50, had carboplatin last year", "", Fit.NOT_MET),
    ("E", "Concurrent chemotherapy", "woman, 50, on carboplatin", "", Fit.NOT_MET),
    ("I", "No prior chemotherapy for metastatic disease", "woman, 50, had carboplatin last year", "", Fit.UNKNOWN),
    ("E", "Randomized before, or who had received rituximab", "man, 50, had rituximab last year", "", Fit.NOT_MET),
    ("I", "At least 4 weeks from the end of prior radiotherapy", "man, 50, radiotherapy 6 weeks ago", "", Fit.MET),
    ("E", "Prior radiotherapy", "woman, 50, about to have radiotherapy", "", Fit.UNKNOWN),
    ("E", "Current smoker", "woman, 50, quit smoking 5 years ago", "", Fit.UNKNOWN),
    ("E", "Concurrent insulin", "man, 50, started insulin 3 years ago", "", Fit.NOT_MET),  # a start, no end
    ("E", "Concurrent warfarin", "man, 50, started warfarin last month, still on it", "", Fit.NOT_MET),
    ("E", "Concurrent insulin", "man, 50, uses insulin after failed metformin", "", Fit.NOT_MET),
    ("E", "Concurrent metformin", "man, 50, uses insulin after failed metformin", "", Fit.UNKNOWN),
    ("E", "Concurrent valproate", "man, 50, taking valproate since a seizure last year", "", Fit.NOT_MET),
    ("E", "Concurrent insulin", "man, 50, uses insulin before meals", "", Fit.NOT_MET),
    ("E", "Concurrent rituximab", "man, 50, rituximab last year, still on it", "", Fit.NOT_MET),
    ("E", "Concurrent warfarin", "man, 50, previously on warfarin", "", Fit.UNKNOWN),
    ("E", "Concurrent metformin", "man, 50, stopped taking metformin", "", Fit.UNKNOWN),
    ("E", "Concurrent tamoxifen", "woman, 50, was on tamoxifen 5 years ago", "", Fit.UNKNOWN),
    ("E", "Concurrent tacrolimus", "man, 50, after a kidney transplant now on tacrolimus", "", Fit.NOT_MET),
    # a kind, a part or a sign of it, not the thing itself
    ("E", "Latent tuberculosis", "man, 50, tuberculosis", "", Fit.UNKNOWN),
    ("E", "Known tuberculosis", "man, 50, tuberculosis", "", Fit.NOT_MET),
    ("E", "Cutaneous malignancy", "man, 50, bladder cancer", "", Fit.UNKNOWN),
    ("E", "Any other concurrent malignancy", "man, 50, bladder cancer", "", Fit.NOT_MET),
    ("E", "Infiltration of the meninges by malignancy", "man, 50, bladder cancer", "", Fit.UNKNOWN),
    ("E", "Class III heart disease", "man, 50, angina", "", Fit.UNKNOWN),
    ("E", "Vascular dementia complex", "man, 50, dementia", "", Fit.UNKNOWN),
    ("E", "Neoadjuvant chemotherapy", "man, 50, on cisplatin", "", Fit.UNKNOWN),
    ("E", "Kidney failure", "man, 50, kidney failure", "", Fit.NOT_MET),
    ("E", "Renal failure", "man, 50, kidney failure", "", Fit.NOT_MET),
    ("E", "Severe asthma", "man, 50, severe asthma", "", Fit.NOT_MET),
    ("E", "Uncontrolled diabetes or asthma", "man, 50, asthma", "", Fit.UNKNOWN),
    # an illness that is over
    ("E", "Cancer", "woman, 60, breast cancer in 2009, now clear", "", Fit.UNKNOWN),
    ("E", "History of cancer", "woman, 60, breast cancer in 2009, now clear", "", Fit.NOT_MET),
    ("E", "Melanoma within 5 years", "woman, 60, melanoma 9 years ago", "", Fit.MET),
    ("E", "Cancer", "woman, 60, diagnosed with breast cancer 2 years ago", "", Fit.NOT_MET),
    ("E", "Active infection", "woman, 60, pneumonia as a child", "", Fit.UNKNOWN),
    ("E", "Cigarette smoking", "woman, 60, former smoker", "", Fit.UNKNOWN),
    ("E", "Chemotherapy within 4 weeks", "woman, 60, had cisplatin 2 weeks ago", "", Fit.NOT_MET),
    # who has not the disease has no kind or degree of it
    ("I", "Type 2 diabetes under stable control for 6 months", "man, 50, no diabetes", "", Fit.NOT_MET),
    # what goes on counts within any time up to now, and what was put in stays
    ("E", "Use of nicotine within the past 6 months", "man, 50, smokes", "", Fit.NOT_MET),
    ("E", "Warfarin within 7 days", "man, 50, takes warfarin", "", Fit.NOT_MET),
    ("E", "Warfarin within 7 days", "man, 50, took warfarin in 2011", "", Fit.UNKNOWN),
    ("E", "Steroids within 4 weeks", "man, 50, prednisone until last week", "", Fit.NOT_MET),
    ("E", "Organ transplant", "man, 50, had a kidney transplant in 2011", "", Fit.NOT_MET),
    ("E", "Schizophrenia or drug abuse in the last 90 days", "man, 50, schizophrenia", "", Fit.NOT_MET),
    ("E", "Positive pregnancy test", "woman, 30, pregnant", "", Fit.NOT_MET),
    ("E", "Systemic treatment prior to surgery", "man, 50, knee surgery", "", Fit.UNKNOWN),
    ("E", "Admission for asthma within 6 months", "man, 50, asthma", "", Fit.UNKNOWN),
    ("E", "Patients with active malignancy Patients requiring dialysis", "man, 50, lymphoma", "", Fit.NOT_MET),
    ("E", "Active malignant disease", "man, 50, lymphoma", "", Fit.NOT_MET),
    ("E", "Active malignant disease", "man, 50, lymphoma in 2011", "", Fit.UNKNOWN),
    ("E", "An indwelling pacemaker", "man, 50, pacemaker", "", Fit.NOT_MET),
    # other people, and allergies to something else
    ("E", "Active HIV", "man, 50, HIV", "", Fit.NOT_MET),
    ("E", "Healthy controls:\n* Diabetes", "man, 50, diabetes", "", Fit.UNKNOWN),
    ("E", "Patients and controls alike:\n* Diabetes", "man, 50, diabetes", "", Fit.NOT_MET),
    ("E", "Donors with hepatitis B", "man, 50, hepatitis B", "", Fit.UNKNOWN),
    ("E", "Control subjects with diabetes", "man, 50, diabetes", "", Fit.UNKNOWN),
    ("E", "Uncontrolled asthma; diabetes", "man, 50, diabetes", "", Fit.NOT_MET),
    ("E", "Known hypersensitivity to the study drug", "man, 50, allergic to penicillin", "", Fit.UNKNOWN),
    ("E", "Any drug allergy", "man, 50, allergic to penicillin", "", Fit.NOT_MET),
    ("E", "Allergy and/or positive skin tests and IgE to other tree pollens", "man, 50, egg allergy", "", Fit.UNKNOWN),
    ("E", "Previous pneumococcal vaccine", "man, 50, flu shot", "", Fit.UNKNOWN),
    ("E", "Prior pneumococcal vaccine", "man, 70, had Pneumovax in 2015", "", Fit.NOT_MET),
    ("E", "Any vaccination within 2 months", "man, 50, flu shot last week", "", Fit.NOT_MET),
    ("E", "Cochlear implant", "man, 50, wears a hearing aid", "", Fit.UNKNOWN),
    # who takes a drug does not resist it
    ("E", "Known resistance to lamivudine, abacavir or dolutegravir", "man, 50, on dolutegravir", "", Fit.UNKNOWN),
    ("E", "Failure of sulfasalazine", "man, 50, on sulfasalazine", "", Fit.UNKNOWN),
    ("E", "Failure of sulfasalazine, or use of adalimumab", "man, 50, on adalimumab", "", Fit.NOT_MET),
    ("E", "Use of lamivudine, abacavir or dolutegravir", "man, 50, on dolutegravir", "", Fit.NOT_MET),
    # some are let in right behind
    ("E", "Any cancer (but those free for 3 years may be included)", "man, 50, lymphoma in 2008", "", Fit.UNKNOWN),
    ("E", "Any cancer, but those free of it for 3 years are eligible", "man, 50, lymphoma in 2008", "", Fit.UNKNOWN),
    ("E", "Gout. However, those on a diet alone were enrolled", "man, 50, gout", "", Fit.UNKNOWN),
    ("E", "Gout (patients with gout will not be included)", "man, 50, gout", "", Fit.NOT_MET),
    ("E", "Gout (but gout with no flare may be included in the study)", "man, 50, gout", "", Fit.UNKNOWN),
    ("E", "Gout (no one with gout will be enrolled)", "man, 50, gout", "", Fit.NOT_MET),
    ("E", "Gout (all eligible patients will have an ultrasound)", "man, 50, gout", "", Fit.NOT_MET),
    ("E", "Diabetes (type 1 and type 2 are included in this exclusion)", "man, 50, diabetes", "", Fit.NOT_MET),
    ("E", "Any cancer (but melanoma is allowed)", "man, 50, lymphoma", "", Fit.NOT_MET),
    ("E", "Pregnancy (women of childbearing potential are eligible)", "woman, 30, pregnant", "", Fit.NOT_MET),
    ("E", "Blood thinners (aspirin is allowed)", "man, 50, on warfarin and aspirin", "", Fit.NOT_MET),
    ("I", "Platelets above 120,000/mm3 (transfusions are allowed)", "man, 50, platelets 90,000/mm3", "", Fit.NOT_MET),
    ("E", "History of acute or chronic hepatitis", "man, 50, chronic hepatitis in 2014", "", Fit.NOT_MET),
    ("E", "History of acute or chronic pancreatitis", "man, 50, pancreatitis in 2014", "", Fit.NOT_MET),
    ("E", "Sores or swellings at the heparin injection site", "man, 50, on heparin", "", Fit.UNKNOWN),
    ("E", "Headache (not including migraine) or other neurological disorders", "man, 50, migraine", "", Fit.UNKNOWN),
    ("E", "Headache or other neurological disorders", "man, 50, migraine", "", Fit.NOT_MET),
    ("E", "Frequent allergic or non-allergic sneezing", "man, 50, egg allergy", "", Fit.UNKNOWN),
    ("E", "Pregnant women", "nonpregnant woman, 30", "", Fit.MET),
    ("E", "Diabetes", "man, 50, non-diabetic", "", Fit.MET),
    ("E", "Metastases", "man, 50, non-metastatic prostate cancer", "", Fit.MET),
    ("I", "As least 21 days since any new chemotherapy", "man, 50, had chemotherapy in 2014", "", Fit.UNKNOWN),
    # which of both is treated so is left open
    ("E", "Psoriasis and/or uveitis treated with adalimumab", "man, 50, psoriasis", "", Fit.UNKNOWN),
    ("E", "Psoriasis and/or uveitis", "man, 50, psoriasis", "", Fit.NOT_MET),
    ("E", "No prior high dose (before transplant) chemotherapy", "man, 50, had cisplatin", "", Fit.UNKNOWN),
    ("E", "Concurrent chemotherapy", "man, 50, relapsed after cisplatin/etoposide", "", Fit.UNKNOWN),
    ("I", "No other active malignancy", "man, 50, lymphoma", "", Fit.NOT_MET),
    ("E", "Anaphylaxis", "man, 50, anaphylaxis to nuts", "", Fit.NOT_MET),
    ("I", "At least 3 weeks since radiotherapy", "man, 50, no radiotherapy", "", Fit.MET),
    ("E", "Metastases to the liver", "man, 50, metastatic melanoma", "", Fit.UNKNOWN),
    ("E", "Metastases", "man, 50, metastatic melanoma", "", Fit.NOT_MET),
    ("E", "Steroids", "woman, 30, steroid inhaler", "", Fit.UNKNOWN),
    ("E", "Inhaled steroids", "woman, 30, steroid inhaler", "", Fit.NOT_MET),
    # at one place of the body, for so long or so short a time, not allowed at all
    ("E", "Glaucoma in the study eye", "woman, 60, glaucoma", "", Fit.UNKNOWN),
    ("E", "Glaucoma in the study eye", "woman, 60, arthritis of the study knee, gout", "", Fit.UNKNOWN),
    ("E", "A rash at the injection site (e.g. psoriasis, eczema)", "woman, 30, eczema", "", Fit.UNKNOWN),
    ("E", "Lesion at the left knee such as gout", "woman, 30, gout", "", Fit.UNKNOWN),
    ("E", "Psoriasis in the study population", "woman, 30, psoriasis", "", Fit.NOT_MET),
    ("E", "Use of statins for 8 weeks or less", "woman, 60, on simvastatin", "", Fit.UNKNOWN),
    ("E", "Insulin for more than 2 years", "woman, 60, on insulin", "", Fit.UNKNOWN),
    ("E", "Insulin within the past 2 years", "woman, 60, on insulin", "", Fit.NOT_MET),
    ("E", "Insulin, more than 2 years", "woman, 60, on insulin", "", Fit.UNKNOWN),
    ("E", "Current insulin or more than 2 years of obesity", "woman, 60, on insulin", "", Fit.NOT_MET),
    ("E", "Pregnancy or less than 6 weeks postpartum", "woman, 30, pregnant", "", Fit.NOT_MET),
    ("I", "No insulin for 4 weeks", "woman, 60, on insulin", "", Fit.NOT_MET),
    ("I", "Patients with known liver metastases are not eligible", "man, 50, liver metastases", "", Fit.NOT_MET),
    ("E", "Hypertension which is not controlled", "man, 50, hypertension", "", Fit.UNKNOWN),
    ("I", "Participants who do not meet the criteria for dementia", "man, 50, dementia", "", Fit.NOT_MET),
    ("I", "Participants who do not suffer from gout", "man, 50, gout", "", Fit.NOT_MET),
    ("E", "Psychiatric exclusion criteria include psychosis", "man, 50, depression", "", Fit.UNKNOWN),
    ("E", "- Gout\n\nPatients must have:\n\n- eGFR of at least 50", "man, 50, eGFR 60", "", Fit.UNKNOWN),
    ("E", "- Gout\n\nPatients must have:\n\n- eGFR of at least 50", "man, 50, eGFR 40", "", Fit.NOT_MET),
    # what is named and not had: a drink is no abuse, a contact's illness is not one's own
    ("E", "Alcohol abuse", "man, 50, drinks 6 units of alcohol a week", "", Fit.UNKNOWN),
    ("E", "Alcohol or drug abuse", "man, 50, social drinker", "", Fit.UNKNOWN),
    ("E", "Alcohol abuse", "man, 50, heavy drinker", "", Fit.NOT_MET),
    ("E", "Current smoker", "man, 50, smokes cannabis", "", Fit.UNKNOWN),
    ("E", "Current smoker", "man, 50, smokes 10 cigarettes a day", "", Fit.NOT_MET),
    ("E", "Tuberculosis", "boy, 9, close contact of a TB patient", "", Fit.UNKNOWN),
    ("E", "Hepatitis B", "nurse, 39, exposed to hepatitis B", "", Fit.UNKNOWN),
    ("E", "Dementia", "woman, 60, cares for a brother with dementia", "", Fit.UNKNOWN),
    ("E", "Any immunotherapy", "girl, 9, BCG scar", "", Fit.UNKNOWN),
    ("E", "Biologics", "woman, 40, on etanercept", "", Fit.NOT_MET),
    ("E", "Bipolar disorder", "man, 52, gout, brother bipolar", "", Fit.UNKNOWN),
    ("I", "No other concurrent immunotherapy", "man, 52, on rituximab", "", Fit.UNKNOWN),
    ("E", "Heparin or other anticoagulants", "man, 52, on warfarin", "", Fit.NOT_MET),
    ("E", "Heparin or any other concurrent anticoagulants", "man, 52, on warfarin", "", Fit.NOT_MET),
    # the last time that something was given
    ("E", "Rituximab within 4 weeks", "man, 44, rituximab, last infusion 8 weeks ago", "", Fit.MET),
    ("E", "Chemotherapy within 12 weeks", "man, 44, FOLFOX (last cycle 8 weeks ago)", "", Fit.NOT_MET),
    ("E", "Concurrent chemotherapy", "man, 44, one chemo (cisplatin, last dose 9 weeks ago)", "", Fit.UNKNOWN),
    ("E", "Concurrent warfarin", "man, 44, warfarin, last taken yesterday", "", Fit.NOT_MET),
    # words of a name that say a kind or a degree of it
    ("E", "Uncontrolled thyroid disease", "man, 50, hypothyroidism", "", Fit.UNKNOWN),
    ("E", "Renal impairment", "man, 50, kidney stones", "", Fit.UNKNOWN),
    ("E", "Hepatic impairment", "man, 50, hepatitis C", "", Fit.UNKNOWN),
    ("E", "Certain lung diseases", "man, 50, asthma", "", Fit.UNKNOWN),
    ("E", "Vascular dementia", "man, 50, dementia", "", Fit.UNKNOWN),
    ("E", "Restrictive cardiomyopathy", "man, 50, dilated cardiomyopathy", "", Fit.UNKNOWN),
    ("E", "Congestive heart failure", "man, 50, heart failure", "", Fit.NOT_MET),
    ("E", "Liver disease so severe that it endangers the patient", "man, 50, hepatitis C", "", Fit.UNKNOWN),
    ("E", "Disorders that would limit walking (heart disease, asthma)", "man, 50, asthma", "", Fit.UNKNOWN),
    # a treatment by mouth, in any way, in so high a dose, beside another, in a trial
    ("E", "Oral anticoagulants", "man, 50, on warfarin", "", Fit.NOT_MET),
    ("E", "Oral anticoagulants", "man, 50, on heparin", "", Fit.UNKNOWN),
    ("E", "Oral or intravenous steroids", "man, 50, on prednisone", "", Fit.NOT_MET),
    ("E", "Oral or parenteral anticoagulants", "man, 50, on heparin", "", Fit.NOT_MET),
    ("E", "Anticoagulant drugs (other than aspirin)", "man, 50, on apixaban", "", Fit.NOT_MET),
    ("E", "Insulin requirements over 1.2 units/kg/day", "man, 50, on insulin", "", Fit.UNKNOWN),
    ("E", "Prednisone at more than 10 mg/day", "man, 50, on prednisone", "", Fit.UNKNOWN),
    ("E", "Mania while on sertraline", "man, 50, on sertraline", "", Fit.UNKNOWN),
    ("E", "Use of both digoxin and bisoprolol", "man, 50, on bisoprolol", "", Fit.UNKNOWN),
    ("E", "Rituximab in a clinical trial", "man, 50, on rituximab", "", Fit.UNKNOWN),
    ("E", "Systemic steroids", "man, 50, on fluticasone and salmeterol", "", Fit.UNKNOWN),
    ("E", "Steroids", "man, 50, on fluticasone", "", Fit.UNKNOWN),
    ("E", "Inhaled corticosteroids", "man, 50, on budesonide/formoterol", "", Fit.NOT_MET),
    ("E", "Concurrent bisoprolol", "man, 50, used to take bisoprolol", "", Fit.UNKNOWN),
    ("E", "Concurrent bisoprolol", "man, 50, bisoprolol, stopped a year ago", "", Fit.UNKNOWN),
    # what comes and goes
    ("E", "Current suicidal ideation", "man, 50, attempted suicide last year", "", Fit.UNKNOWN),
    ("E", "History of suicide attempt", "man, 50, attempted suicide last year", "", Fit.NOT_MET),
    ("E", "Mechanical ventilation", "man, 50, was intubated at age 9", "", Fit.UNKNOWN),
    ("E", "Hypotension at hospital admission", "man, 50, in hospital", "", Fit.UNKNOWN),
    ("E", "History of grave attacks including intubation", "man, 50, was intubated at age 9", "", Fit.NOT_MET),
    ("E", "Steroids", "man, 50, prednisone until last month, fluticasone inhaler", "", Fit.UNKNOWN),
    ("E", "Coronary and/or peripheral vascular disease", "man, 50, heart attack in 2015", "", Fit.NOT_MET),
    # how long it has gone on
    ("I", "Gout for at least 6 months", "man, 50, gout for 4 months", "", Fit.NOT_MET),
    ("I", "Gout for at least 6 months", "man, 50, gout for 4 years", "", Fit.MET),
    ("I", "Gout for at least 6 months", "man, 50, gout", "", Fit.MET),
    ("I", "Early rheumatoid arthritis of less than 2 years duration", "man, 50, RA for 3 years", "", Fit.NOT_MET),
    ("I", "A documented 5 year history of asthma", "man, 50, a 3-year history of asthma", "", Fit.NOT_MET),
    ("I", "Methotrexate for at least 6 months before entry", "man, 50, methotrexate for 5 months", "", Fit.NOT_MET),
    ("I", "Methotrexate or azathioprine for at least 6 months", "man, 50, azathioprine for 5 months", "", Fit.UNKNOWN),
    ("E", "Dialysis for 4 or more weeks", "man, 50, on dialysis for 2 weeks", "", Fit.MET),
    ("E", "Dialysis for more than 4 weeks", "man, 50, on dialysis for 2 years", "", Fit.NOT_MET),
    # a time without it, a time of its course, and the time of something else
    ("I", "No methotrexate for at least 6 months", "man, 50, methotrexate for 3 months", "", Fit.NOT_MET),
    ("I", "Has not smoked tobacco for at least a year", "man, 50, smoking for 3 months", "", Fit.NOT_MET),
    ("I", "No dialysis for at least 3 months", "man, 50, on dialysis for 2 months", "", Fit.NOT_MET),
    ("E", "Failure to stop warfarin for at least 2 weeks", "man, 50, on warfarin for 1 week", "", Fit.UNKNOWN),
    ("E", "Lupus not stable for at least 3 months", "man, 50, lupus for 1 month", "", Fit.UNKNOWN),
    ("I", "Asthma for at least 6 months", "man, 50, asthma in remission for 2 months", "", Fit.MET),
    ("I", "Asthma for at least 6 months", "man, 50, asthma treated with inhalers for 2 months", "", Fit.MET),
    ("I", "Hypertension controlled for at least 3 months", "man, 50, hypertension for 2 months", "", Fit.MET),
    ("I", "Gout for at least 6 months", "man, 50, he has had gout for 2 months", "", Fit.NOT_MET),
    ("I", "Methotrexate for at least 6 months", "man, 50, methotrexate 15 mg weekly for 5 months", "", Fit.NOT_MET),
    # markers, stages, and what is still to come
    ("I", "HER2-negative breast cancer", "woman, 50, ER+ HER2- breast cancer", "", Fit.UNKNOWN),
    ("I", "ER-positive breast cancer", "woman, 50, ER+/PR+/HER2-negative breast cancer", "", Fit.MET),
    ("I", "HER2-positive breast cancer", "woman, 50, HER2-negative breast cancer", "", Fit.NOT_MET),
    ("I", "HER2-negative (defined as IHC 0 or 1)", "woman, 50, HER2-positive breast cancer", "", Fit.NOT_MET),
    ("I", "Metastatic cancer", "woman, 50, breast cancer stage IIb", "", Fit.NOT_MET),
    ("E", "Metastatic disease (stage IV)", "woman, 50, metastatic breast cancer", "", Fit.NOT_MET),
    ("E", "Brain disorder such as a tumor", "woman, 50, breast cancer, tumor of 18 mm", "", Fit.UNKNOWN),
    ("E", "Prior rituximab", "man, 50, starting rituximab next week", "", Fit.UNKNOWN),
    ("E", "Liver transplant", "man, 50, on the liver transplant list", "", Fit.UNKNOWN),
    ("E", "Current depression", "man, 50, depression treated with sertraline", "", Fit.NOT_MET),
    ("E", "Patients on less than 300 mg of allopurinol", "man, 50, on allopurinol", "", Fit.UNKNOWN),
    ("E", "Oral steroids in a dose higher than prednisone 10 mg", "man, 50, prednisone 5 mg", "", Fit.UNKNOWN),
    ("E", "Parenteral or intra-articular corticosteroids", "man, 50, on prednisone", "", Fit.UNKNOWN),
    ("E", "Anticancer treatment", "man, 50, MS, on interferon", "", Fit.UNKNOWN),
    ("E", "Rituximab", "man, 50, on rituximab, sees his doctor next week", "", Fit.NOT_MET),
    ("E", "Concurrent warfarin", "man, 50, on warfarin until next week", "", Fit.NOT_MET),
    ("E", "Insulin", "man, 50, insulin, stopped metformin last year", "", Fit.NOT_MET),
    ("E", "Dialysis", "man, 50, dialysis, quit his job", "", Fit.NOT_MET),
    ("E", "Prednisone", "man, 50, prednisone as a tablet", "", Fit.NOT_MET),
    ("E", "Oral, intravenous or intramuscular corticosteroids", "man, 50, on prednisone", "", Fit.NOT_MET),
    ("I", "HER2-positive breast cancer", "woman, 50, HER2-amplified breast cancer", "", Fit.MET),
    # told by its kinds, over a list, of a birth
    ("E", "Lung disease or asthma", "man, 50, pulmonary fibrosis", "", Fit.NOT_MET),
    ("E", "Anticoagulants, warfarin", "man, 50, on apixaban", "", Fit.NOT_MET),
    ("E", "Cognitive impairment", "man, 70, dementia", "", Fit.NOT_MET),
    ("E", "Respiratory insufficiency", "man, 70, respiratory failure", "", Fit.NOT_MET),
    ("E", "Impaired glucose tolerance", "man, 70, prediabetes", "", Fit.NOT_MET),
    ("E", "Prednisone > 10 mg/day", "man, 50, prednisone 20 mg every other day", "", Fit.UNKNOWN),
    ("E", "Type 1 or 2 diabetes", "woman, 30, 20 weeks pregnant with gestational diabetes", "", Fit.UNKNOWN),
    ("E", "Type 1 or 2 diabetes", "man, 50, type 2 diabetes", "", Fit.NOT_MET),
    ("E", "Type 1 or 2 diabetes", "man, 50, diabetes", "", Fit.NOT_MET),
    ("E", "Type 1 diabetes or poorly controlled type 2 diabetes", "man, 50, type 2 diabetes", "", Fit.UNKNOWN),
    ("E", "Diabetes", "woman, 30, had gestational diabetes last time", "", Fit.UNKNOWN),
    ("E", "Illnesses with a severity found unfit:\n* Gout\n* Asthma", "man, 50, asthma", "", Fit.UNKNOWN),
    ("E", "Any of the following:\n* Gout\n* Asthma", "man, 50, asthma", "", Fit.NOT_MET),
    ("E", "Unstable angina", "man, 50, heart attack in 2012", "", Fit.UNKNOWN),
    ("I", "Birth of a child at 35 weeks of gestation or more", "woman, 30, 27 weeks pregnant", "", Fit.UNKNOWN),
    ("I", "BMI > 30 m/kg2", "man, 50, BMI 24", "", Fit.NOT_MET),
    ("E", "Neuropathy due to diabetes", "man, 50, diabetic neuropathy", "", Fit.NOT_MET),
    # doses, measures and what an exception leaves
    ("E", "Prednisone > 10 mg/day", "man, 50, on prednisone 20 mg daily", "", Fit.NOT_MET),
    ("E", "Prednisone > 10 mg/day", "man, 50, on prednisone 5 mg daily", "", Fit.UNKNOWN),
    ("E", "Prednisone > 10 mg/day", "man, 50, on prednisone 20 mg weekly", "", Fit.UNKNOWN),
    ("E", "QT interval greater than 450 ms", "man, 50, QTc 500 ms", "", Fit.NOT_MET),
    ("E", "Cancer within 5 years except non-melanoma skin cancer", "man, 50, melanoma 3 years ago", "", Fit.NOT_MET),
    ("E", "Malignancy within 5 years", "man, 50, melanoma 3 years ago", "", Fit.NOT_MET),
    ("E", "Malignancy within 5 years", "man, 50, melanoma 9 years ago", "", Fit.MET),
    ("E", "Neurodegenerative disease", "man, 50, epilepsy", "", Fit.UNKNOWN),
    ("E", "Intubation", "man, 50, on CPAP", "", Fit.UNKNOWN),
    ("E", "Prior hydroxyurea", "man, 50, no chemo yet apart from hydroxyurea", "", Fit.UNKNOWN),
    # of two that nobody has both
    ("I", "Type 2 diabetes", "man, 50, type 1 diabetes", "", Fit.NOT_MET),
    ("E", "Non-type 2 diabetes", "man, 50, type 1 diabetes", "", Fit.NOT_MET),
    ("E", "Non-type 2 diabetes", "man, 50, type 2 diabetes", "", Fit.MET),
    ("I", "Crohn's disease", "man, 50, ulcerative colitis", "", Fit.NOT_MET),
    ("E", "Acute coronary syndrome in the last 3 weeks", "man, 50, day 9 after a STEMI", "", Fit.NOT_MET),
    ("E", "Acute coronary syndrome in the last 3 weeks", "man, 50, STEMI 5 weeks ago", "", Fit.MET),
    ("E", "Acute coronary syndrome", "man, 50, heart attack in 2016", "", Fit.UNKNOWN),
    ("E", "Allergy or other contraindication to the study drugs", "man, 50, penicillin allergy", "", Fit.UNKNOWN),
    ("E", "History of joint replacement", "man, 50, left knee replaced in 2015", "", Fit.NOT_MET),
    ("E", "Currently smoking", "man, 50, ex-smoker", "", Fit.UNKNOWN),
    ("E", "Pregnant or planning a pregnancy within a year", "woman, 30, wants another baby", "", Fit.NOT_MET),
    ("I", "NYHA class II to IIIb", "man, 50, NYHA class III", "", Fit.MET),
    ("I", "Women must test negative for pregnancy and agree to use birth control", "woman, 30, IUD", "", Fit.UNKNOWN),
    # a heading that says what everybody has to have lets in nobody else
    ("I", "To be eligible, patients must have:\n  * Gout\n  * Asthma", "man, 50, asthma, no gout", "", Fit.NOT_MET),
    ("I", "Patients must meet all of these to be eligible:\n  * Gout", "man, 50, no gout", "", Fit.NOT_MET),
    ("I", "Patients with other illnesses are eligible:\n  * Gout", "man, 50, no gout", "", Fit.MET),
    # denied for some time only
    ("E", "Epilepsy", "man, 50, epilepsy, seizure-free for a year", "", Fit.NOT_MET),
    ("E", "Seizures within the last 3 months", "man, 50, epilepsy, seizure-free for a year", "", Fit.MET),
    ("E", "Systemic steroids within 4 weeks", "man, 50, no steroids in the last 6 months", "", Fit.MET),
    ("E", "Systemic steroids within 12 months", "man, 50, no steroids in the last 6 months", "", Fit.UNKNOWN),
    ("E", "Prior steroids", "man, 50, no steroids in the last 6 months", "", Fit.UNKNOWN),
    # from when a time counts, what causes it, the main diagnosis, an example of what is injected into a joint
    ("E", "Lung embolism less than 2 months prior to stroke or gout", "man, 50, gout", "", Fit.UNKNOWN),
    ("E", "Known aetiology of gout or stroke", "man, 50, stroke", "", Fit.UNKNOWN),
    ("E", "Primary diagnosis of bulimia or panic disorder", "man, 50, panic disorder", "", Fit.UNKNOWN),
    ("E", "Intra-articular injections (e.g. steroids) within 6 weeks", "man, 50, on prednisone", "", Fit.UNKNOWN),
    ("I", "Poor response to at least 2 and no more than 4 anticonvulsants", "man, 50, on valproate", "", Fit.MET),
    ("I", "Metastatic kidney cancer", "man, 60, kidney cancer, no metastases", "", Fit.NOT_MET),
    ("I", "Locally advanced or metastatic kidney cancer", "man, 60, kidney cancer, no metastases", "", Fit.UNKNOWN),
    ("I", "Kidney cancer (non-metastatic)", "man, 60, kidney cancer, no metastases", "", Fit.UNKNOWN),
    ("E", "Stroke within 5 days", "woman, 70, stroke six hours ago", "", Fit.NOT_MET),
    # 'another malignancy' is one beside that which the trial studies
    ("E", "Other malignancy within 5 years", "man, lung cancer, melanoma 3 years ago", "lung_cancer", Fit.NOT_MET),
    ("E", "Other malignancy within 2 years", "man, gastric cancer, melanoma 3 years ago", "gastric_cancer", Fit.MET),
    ("E", "Any other malignancy", "man, 50, gastric cancer", "gastric_cancer", Fit.UNKNOWN),
    ("E", "Any other malignancy", "man, 50, gastric cancer with liver metastases", "gastric_cancer", Fit.UNKNOWN),
    ("E", "Any other malignancy", "man, 50, diffuse large B-cell lymphoma", "lymphoma", Fit.UNKNOWN),
    ("E", "Any other malignancy", "man, 50, lung cancer", "nsclc", Fit.UNKNOWN),
    ("E", "Any other malignancy", "man, 50, acute myeloid leukemia after MDS", "aml", Fit.UNKNOWN),
    ("E", "Malignancy other than the disease under study", "man, 50, melanoma, gout", "gastric_cancer", Fit.NOT_MET),
    ("E", "Other malignancy except melanoma", "man, 50, gastric cancer, melanoma", "gastric_cancer", Fit.UNKNOWN),
    ("E", "Other malignancy except melanoma", "man, 50, gastric cancer, lung cancer", "gastric_cancer", Fit.NOT_MET),
    ("E", "Other active malignancy", "man, 50, melanoma in remission since 2015", "gastric_cancer", Fit.UNKNOWN),
    # what is refused to be stopped, what only a measure names, who is compared
    ("E", "Inability to discontinue current ACE inhibitors", "man, 50, takes ramipril", "", Fit.UNKNOWN),
    ("E", "Less than 20 pack-years of smoking", "man, 50, smokes", "", Fit.UNKNOWN),
    ("E", "Coronary arterial disease", "man, 50, angina", "", Fit.NOT_MET),
    ("E", "Resistance to antipsychotics", "man, 29, on olanzapine", "", Fit.UNKNOWN),
    ("E", "Depot antipsychotics within 4 weeks", "man, 29, on olanzapine", "", Fit.UNKNOWN),
    ("E", "Planned coronary intervention (PCI)", "man, 60, PCI last year", "", Fit.UNKNOWN),
    ("E", "Prior or planned radiotherapy", "man, 60, had radiotherapy last year", "", Fit.NOT_MET),
    ("I", "Healthy subjects: no diabetes", "man, 60, diabetes", "", Fit.UNKNOWN),
    ("I", "Healthy subjects without diabetes", "man, 60, diabetes", "", Fit.NOT_MET),
    ("E", "Heart attack within 6 months", "man, 60, STEMI 3 wks ago", "", Fit.NOT_MET),
    ("I", "Karnofsky performance status of 50", "man, 50, KPS 90", "", Fit.UNKNOWN),
    ("E", "Pregnant women", "woman, 30, pregnant", "pregnancy", Fit.NOT_MET),
    ("E", "Pregnancy with twins", "woman, 30, pregnant", "pregnancy", Fit.UNKNOWN),
    # together, and general words
    ("I", "Colon cancer metastatic to the liver", "man, 60, colon cancer", "colorectal_cancer", Fit.UNKNOWN),
    ("I", "Kidney cancer or another solid tumor", "man, 60, kidney cancer", "", Fit.MET),
    ("I", "Brain metastases must not be the sole site of disease", "man, 60, no brain metastases", "", Fit.MET),
    # lines that were run together: what one excepts or dates binds no other
    ("I", "No gout except in the toe No asthma Not pregnant or nursing", "woman, 30, pregnant", "", Fit.NOT_MET),
    ("I", "No other cancer except of the skin No HIV infection", "man, 60, HIV positive", "", Fit.NOT_MET),
    ("I", "No stroke within 6 months No gout", "man, 60, gout", "", Fit.NOT_MET),
    # of the places that take part, and what a bracket gives as examples of a degree
    ("I", "Practice has at least 40 patients aged 65 to 90 years", "man, 50, gout", "", Fit.UNKNOWN),
    ("E", "Unstable arrhythmia (i.e. tachycardia, bradycardia, heart block, ventricular tachycardia, sick sinus node,"
     " ventricular flutter or atrial fibrillation)", "man, 60, atrial fibrillation", "", Fit.UNKNOWN),
    ("E", "Any illness, such as liver disease or stroke, that may raise the risk", "man, cirrhosis", "", Fit.UNKNOWN),
    ("E", "Untreated or poorly controlled thyroid, cardiovascular or renal disease", "man, angina", "", Fit.UNKNOWN),
    ("E", "No psychiatric condition prohibiting consent", "man, schizophrenia", "", Fit.UNKNOWN),
    ("E", "Known drug abuse", "man, 27, injects heroin", "", Fit.NOT_MET),
    ("E", "Blood transfusion within 4 weeks", "woman, 30, transfused 2 weeks ago", "", Fit.NOT_MET),
    ("E", "Uncontrolled illness including, but not limited to, active infection, heart failure, unstable angina,"
     " arrhythmia, or psychiatric illness/social situations that limit compliance", "man, depression", "", Fit.UNKNOWN),
    # a word that is waited for begins no statement
    ("I", "Patients who had No radiotherapy", "man, 50, radiotherapy 2 years ago", "", Fit.NOT_MET),
    ("E", "Infection with Negative cultures", "man, 50, infection", "", Fit.UNKNOWN),
    # who never took heroin may abuse another opioid
    ("I", "Opioid use disorder", "man, 40, oxycodone addiction, never used heroin", "", Fit.UNKNOWN),
    ("I", "Opioid dependence", "man, 40, uses heroin", "", Fit.MET),
    ("E", "Use of heroin", "man, 40, uses heroin", "", Fit.NOT_MET),
    ("E", "Opioid abuse", "man, 50, diamorphine for pain", "", Fit.UNKNOWN),
    # who has a cancer and 'no cancer elsewhere' may have one that has spread
    ("I", "Metastatic disease", "woman, 50, breast cancer, no cancer elsewhere", "breast_cancer", Fit.UNKNOWN),
    # a second cancer beside one that has spread may be over; when a cancer began is not told by its spread
    ("E", "Other malignancy within 3 years", "man, 70, metastatic colon cancer, basal cell carcinoma removed",
     "colorectal_cancer", Fit.UNKNOWN),
    ("E", "Other malignancy within 3 years", "man, 70, metastatic colon cancer, thyroid cancer at age 30",
     "colorectal_cancer", Fit.UNKNOWN),
    ("E", "Breast cancer diagnosed within the last 2 years", "woman, 60, metastatic breast cancer", "", Fit.UNKNOWN),
    ("E", "Breast cancer without metastases within 5 years", "woman, 60, metastatic breast cancer", "", Fit.UNKNOWN),
    # a cancer that has spread is there today
    ("E", "Malignancy within 3 years", "man, 60, metastatic kidney cancer", "", Fit.NOT_MET),
    ("E", "Malignancy within 3 years", "man, 60, kidney cancer", "", Fit.UNKNOWN),
    ("E", "Malignancy within 3 years except basal cell carcinoma", "man, 60, metastatic colon cancer", "", Fit.NOT_MET),
    ("E", "Other cancer unless disease-free for 5 years", "man, 60, metastatic colon cancer", "gout", Fit.NOT_MET),
    ("E", "Other cancer unless disease-free for 5 years", "man, 60, colon cancer", "gout", Fit.UNKNOWN),
    ("E", "Cancer, except those in remission for 2 years", "man, 60, colon cancer in 2009", "gout", Fit.UNKNOWN),
    ("E", "Ongoing drug or alcohol abuse", "man, 40, alcohol dependence", "", Fit.NOT_MET),
    ("I", "Stage III or IV lung cancer", "man, 60, no cancer", "", Fit.NOT_MET),
    ("I", "Stage III or IV lung cancer in the past 12 weeks", "man, 60, no cancer", "", Fit.NOT_MET),
    ("I", "Men and women aged 40 ̶ 60 years", "man, 66, gout", "", Fit.NOT_MET),
    # how long ago it was, or how long it goes on
    ("I", "Diagnosed with gout at least 6 months before screening", "gout was diagnosed 3 months ago", "", Fit.NOT_MET),
    ("I", "Diagnosed with gout at least 6 months before screening", "gout diagnosed 3 years ago", "", Fit.MET),
    ("I", "Gout diagnosed ≥ 12 months prior to visit 1", "I was told I have gout five months ago", "", Fit.NOT_MET),
    ("I", "Gout (within 100 days of diagnosis)", "gout, diagnosed 8 months ago", "", Fit.NOT_MET),
    ("I", "Gout with at least two flares in the last 12 months", "gout for 8 months", "", Fit.UNKNOWN),
    ("I", "Gout treated with colchicine at least 6 months ago", "gout diagnosed 3 months ago", "", Fit.UNKNOWN),
    ("I", "Asthma with an attack within 12 months", "in hospital for asthma 14 months ago", "", Fit.UNKNOWN),
    ("I", "Diagnosed with gout at least 6 months before screening", "gout, found a lump 3 months ago", "", Fit.UNKNOWN),
    ("I", "Asthma for at least 10 years", "asthma since 5 years of age", "", Fit.MET),
    ("E", "Diagnosis of diabetes less than 6 months ago", "diabetes diagnosed 8 months ago", "", Fit.MET),
    ("E", "Diagnosis of diabetes less than 6 months ago", "diabetes diagnosed 3 months ago", "", Fit.NOT_MET),
    ("I", "Recipient of a liver transplant ≥ 12 months ago", "liver transplant 8 months ago", "", Fit.NOT_MET),
    ("I", "Liver transplant at least 1 year before enrolment", "liver transplant 3 years ago", "", Fit.MET),
    ("I", "Chemotherapy within 8 weeks of surgery", "chemotherapy 5 months ago", "", Fit.UNKNOWN),
    ("I", "Acute stroke within the previous 7 days", "stroke 3 weeks ago", "", Fit.NOT_MET),
    ("I", "Heart attack at least 3 months before entry", "heart attack 5 weeks ago", "", Fit.NOT_MET),
    ("I", "Symptom onset within 24 hours", "stroke 3 days ago", "stroke", Fit.NOT_MET),
    ("I", "Symptom onset within 24 hours", "stroke 3 days ago, COVID-19", "covid_19", Fit.UNKNOWN),
    ("I", "Radiotherapy must be completed at least 2 weeks before entry", "radiotherapy 1 week ago", "", Fit.NOT_MET),
    ("I", "Stable dose of metformin for ≥ 4 weeks", "started metformin two weeks ago", "", Fit.NOT_MET),
    ("I", "Stable dose of metformin for ≥ 4 weeks", "on metformin for three years", "", Fit.UNKNOWN),
    ("I", "Treated with methotrexate for at least 3 months", "on methotrexate since 6 weeks", "", Fit.NOT_MET),
    ("I", "Treated with methotrexate for at least 3 months", "methotrexate was started a year ago", "", Fit.MET),
    ("E", "Use of steroids within 4 weeks", "prednisone started 2 years ago", "", Fit.NOT_MET),
    ("E", "Current use of metformin", "off metformin since 2019", "", Fit.MET),
    ("E", "Currently taking metformin", "started metformin 5 years ago, stopped it in May", "", Fit.MET),
    ("E", "Currently taking metformin", "started metformin 5 years ago, glipizide stopped", "", Fit.NOT_MET),
    ("E", "Radiotherapy within 4 weeks", "started radiotherapy 3 years ago", "", Fit.UNKNOWN),
    ("I", "Methotrexate for at least 2 years", "put on methotrexate a year ago, off again", "", Fit.UNKNOWN),
    ("E", "Hepatitis C unless cured", "hepatitis C, cleared for surgery", "", Fit.UNKNOWN),
    ("E", "Current or previous use of metformin", "off metformin since 2019", "", Fit.NOT_MET),
    ("I", "Currently taking metformin", "off metformin since 2019", "", Fit.NOT_MET),
    ("E", "Another active malignancy", "woman, 60, cervical cancer in 2012", "", Fit.UNKNOWN),
    # limits for some people each
    ("I", "BMI ≥ 30, or ≥ 27 with at least one comorbidity", "BMI 28", "", Fit.UNKNOWN),
    ("I", "BMI ≥ 30, or ≥ 27 with at least one comorbidity", "BMI 26", "", Fit.NOT_MET),
    ("I", "BMI ≥ 30, or BMI ≥ 27 with hypertension", "BMI 28, no hypertension", "", Fit.NOT_MET),
    ("I", "AST ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)", "AST 3 x ULN", "", Fit.NOT_MET),
    ("I", "AST ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)", "AST 3 x ULN, colon cancer", "", Fit.UNKNOWN),
    ("I", "Hemoglobin ≥ 12 g/dL for women or ≥ 13 g/dL for men", "Hb 9 g/dL", "", Fit.NOT_MET),
    ("I", "Hemoglobin ≥ 12 g/dL for women or ≥ 13 g/dL for men", "Hb 12.5 g/dL", "", Fit.UNKNOWN),
    ("I", "CD4 count ≤ 90 (if without AIDS) or ≤ 200 (if with AIDS)", "CD4 count 380 cells/mm3", "", Fit.NOT_MET),
    ("I", "CD4 count ≤ 90 (if without AIDS) or ≤ 200 (if with AIDS)", "CD4 count 180 cells/mm3", "", Fit.UNKNOWN),
    ("I", "HbA1c 0.066 to 0.099", "HbA1c 11 %", "", Fit.NOT_MET),
    ("I", "HbA1c 7 to 10 %", "HbA1c 0.08", "", Fit.MET),
    # whom a remark lets in
    ("E", "Hepatitis C (not an exclusion if cured)", "has hepatitis C", "", Fit.NOT_MET),
    ("E", "Hepatitis C unless cured", "hepatitis C cured in 2018", "", Fit.UNKNOWN),
    ("E", "Hepatitis C unless cured or on treatment", "has hepatitis C", "", Fit.UNKNOWN),
    ("E", "Gout (not an exclusion if well controlled)", "gout", "", Fit.UNKNOWN),
    ("E", "Gout (not an exclusion)", "gout", "", Fit.MET),
    ("E", "Pregnant women -\n\n* Multiple pregnancy", "woman, 30, 20 weeks pregnant", "", Fit.UNKNOWN),
    ("E", "Pregnant women", "woman, 30, 20 weeks pregnant", "", Fit.NOT_MET),
    ("E", "History of allograft", "liver transplant in 2015", "", Fit.NOT_MET),
    ("E", "Prior allogeneic stem cell transplant", "liver transplant in 2015", "", Fit.UNKNOWN),
    ("E", "Hospitalised for asthma in the past 3 months", "in hospital for asthma 2 months ago", "asthma", Fit.NOT_MET),
    ("E", "Hospitalization for pneumonia within 30 days", "in hospital for gout two weeks ago", "", Fit.UNKNOWN),
    ("E", "Hospitalization for gout within 30 days", "gout, in hospital for pneumonia two weeks ago", "", Fit.UNKNOWN),
    ("E", "Oral corticosteroids within 3 months", "two prednisone courses, the last one 2 months ago", "", Fit.NOT_MET),
    # examples, lists and places
    ("I", "Puberty is rather late (age 15-16)", "woman, 34", "", Fit.MET),
    ("I", "Girls in puberty (age 12-16)", "woman, 34", "", Fit.NOT_MET),
    ("E", "Conditions that may affect bone, e.g. cirrhosis", "man, 60, cirrhosis", "", Fit.UNKNOWN),
    ("E", "Liver disease, e.g. cirrhosis", "man, 60, cirrhosis", "", Fit.NOT_MET),
    ("E", "Skin changes that interfere. Such conditions include psoriasis, skin lesions", "eczema", "", Fit.UNKNOWN),
    ("E", "Known allergic reaction on doxycycline", "egg allergy", "", Fit.UNKNOWN),
    ("E", "History of bladder, urethral, colon, anal, or cervical cancer", "cervical cancer in 2012", "", Fit.NOT_MET),
    ("E", "History of gout, active cervical cancer", "woman, 60, cervical cancer in 2012", "", Fit.UNKNOWN),
    ("E", "UV radiation", "man, 60, radiotherapy", "", Fit.UNKNOWN),
    ("E", "Active neoplasm", "man, 60, lung cancer", "", Fit.NOT_MET),
    ("I", "Women of childbearing potential must have a negative pregnancy test", "woman, pregnant", "", Fit.NOT_MET),
    ("I", "Negative urine pregnancy test for women under 50", "woman, 30, 16 weeks pregnant", "", Fit.NOT_MET),
    ("I", "Negative pregnancy test", "woman, 30", "", Fit.UNKNOWN),
    ("E", "Co-infection with hepatitis B and hepatitis C", "hepatitis B", "", Fit.UNKNOWN),
    ("E", "Co-infection with hepatitis B and hepatitis C", "hepatitis B, hepatitis C", "", Fit.NOT_MET),
    ("E", "Co-infection with hepatitis B or hepatitis C", "hepatitis B", "", Fit.NOT_MET),
    ("E", "Significant history of cardiac, renal or pulmonary disease", "boy, 9, asthma", "", Fit.UNKNOWN),
    ("E", "History of cardiac, renal or pulmonary disease", "boy, 9, asthma", "", Fit.NOT_MET),
    ("E", "Neoplasm", "man, 60, liver cancer", "", Fit.NOT_MET),
    ("E", "Brain neoplasm", "man, 60, liver cancer", "", Fit.UNKNOWN),
    ("E", "Solid tumour", "man, 60, liver cancer", "", Fit.UNKNOWN),
    ("E", "Other malignancy within 5 years", "man of 60 with lung cancer", "gout", Fit.NOT_MET),
    ("E", "Other malignancy within 5 years", "man of 60 with lung cancer resected long ago", "gout", Fit.UNKNOWN),
    ("E", "Other malignancy within 5 years", "man of 60 with a history of lung cancer", "gout", Fit.UNKNOWN),
    ("E", "Other malignancy within 5 years", "man of 60 with lung cancer, resected in 2010", "gout", Fit.UNKNOWN),
    ("E", "Other malignancy within 5 years", "man of 60, has melanoma, excised", "gout", Fit.UNKNOWN),
    ("E", "Other malignancy within 5 years", "man of 60, has a risk of lung cancer", "gout", Fit.UNKNOWN),
    ("E", "Other malignancy within 5 years", "survivor of colon cancer, mother has lung cancer", "gout", Fit.UNKNOWN),
    ("E", "Other malignancy within 5 years", "man of 60, has lung cancer, stopped smoking", "gout", Fit.NOT_MET),
    ("E", "Steroids (inhaled steroids are permitted)", "takes prednisone and a fluticasone inhaler", "", Fit.NOT_MET),
    ("E", "Steroids (inhaled steroids are permitted)", "uses a fluticasone inhaler", "", Fit.UNKNOWN),
    ("E", "HCV antibody, unless confirmed clearance of the virus", "hepatitis C", "", Fit.NOT_MET),
    ("I", "Diagnosed with gout greater than or equal to (>=) 180 days before screening", "gout found 4 months ago", "",
     Fit.NOT_MET),
    ("I", "Stable dose of metformin >= 90 days before screening", "started metformin six weeks ago", "", Fit.NOT_MET),
    ("E", "Smoking history of ≥ 10 pack-years", "man, 19, smokes", "", Fit.UNKNOWN),
    ("E", "Current smoker or smoking history ≥ 10 pack-years", "man, 19, smokes", "", Fit.NOT_MET),
    ("E", "Using tobacco cessation treatments", "man, 19, on varenicline", "", Fit.NOT_MET),
    ("E", "Corticosteroid eye drops", "takes prednisone daily", "", Fit.UNKNOWN),
    ("E", "Current use of prednisone or within the last month", "stopped prednisone a week ago", "", Fit.NOT_MET),
    ("E", "Current chemotherapy within 4 weeks", "chemotherapy finished 2 weeks ago", "", Fit.NOT_MET),
    ("I", "Gout confirmed within 3 months of screening by diagnosis", "gout diagnosed 5 years ago", "", Fit.UNKNOWN),
    ("I", "Diagnosed with gout within a year of transplantation", "gout diagnosed 2 years ago", "", Fit.UNKNOWN),
    ("I", "AST ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)", "colon cancer, no metastases, AST 3 x ULN", "",
     Fit.NOT_MET),
    ("I", "Stroke at least 1 month but no more than 6 months ago", "stroke 8 months ago", "", Fit.UNKNOWN),
    ("I", "Stroke at least 1 month but no more than 6 months ago", "stroke 2 weeks ago", "", Fit.NOT_MET),
    ("E", "Malignancy, unless cured", "man of 60, lung cancer removed", "", Fit.UNKNOWN),
    ("E", "Deep vein thrombosis unless resolved", "deep vein thrombosis five years ago", "", Fit.UNKNOWN),
    ("E", "Breastfeeding mothers -\nPregnant women", "woman, 30, breastfeeding", "", Fit.NOT_MET),
    ("E", "Smoking within 6 months or ≥ 10 pack-years", "man, 19, smokes", "", Fit.NOT_MET),
    ("E", "Immunodeficiency. Such diseases include HIV", "man, HIV", "", Fit.NOT_MET),
    ("I", "Symptom onset within 12 hours", "stroke 3 years ago, stroke today", "stroke", Fit.UNKNOWN),
    ("I", "Symptom onset within 12 hours", "heart attack 3 years ago, stroke now", "stroke", Fit.UNKNOWN),
    ("I", "Atrial fibrillation onset within 48 hours", "stroke 3 days ago", "stroke", Fit.UNKNOWN),
    ("I", "Ischemic stroke onset within 24 hours", "stroke 3 days ago", "stroke", Fit.NOT_MET),
]
# fmt: on


@pytest.mark.parametrize(("where", "line", "person", "studied", "expected"), ROWS)
def test_a_line_against_a_person(where: str, line: str, person: str, studied: str, expected: Fit) -> None:
    assert worst_fit(where, line, person, studied) is expected


PERSONS = [
    ("60-year-old with ovarian cancer", "female", "age 60"),
    ("prostate cancer, 71 years old", "male", "age 71"),
    ("woman in her late sixties with gout", "female", "age ≥ 66 and < 70"),
    ("I'm a guy of 39 drinking a lot", "male", "age 39"),
    ("man of about 50 with gout", "male", "age 48 to 52"),
    ("an octogenarian with gout", "", "age ≥ 80 and < 90"),
    ("M54, gout", "male", "age 54"),
    ("54/F, gout", "female", "age 54"),
    ("M 54 gout, ECOG 1", "male", "age 54"),
    ("guy, early thirties, gout", "male", "age ≥ 30 and < 34"),
    ("my 8yo has gout", "", "age 8"),
    ("woman in her forties taking insulin", "female", "age ≥ 40 and < 50"),
    ("baby, 7 months, gout", "", "age 0.583333333333"),
    ("Mrs Miller is 61 and has gout", "", "age 61"),
    ("I have gout and am 58.", "", "age 58"),
    ("man, 44, one stroke, gout", "male", "age 44"),
    ("My mother is 78 and has gout. I'm 50 and live with her.", "female", "age 78"),
    ("I am 50 and have gout. My mother is 78.", "", "age 50"),
    ("44-year-old man, type 2 diabetes", "male", "age 44"),
    ("man, 60, on 5-fluorouracil", "male", "age 60"),
    ("F 58 / gout for 3 yrs / BP 120 / 80 / asthma", "female", "age 58"),
    ("I'm a 41-year-old woman with gout and breastfeed my 5-month-old", "female", "age 41"),
    ("Mr K., 74, gout", "male", "age 74"),
    ("Mrs Miller (61), gout", "female", "age 61"),
    ("Grandad turns 66 next month and has gout", "male", "age 65"),
    ("My daughter, who will be 12 in May, has gout", "female", "age 11"),
    # numbers of something else
    ("gout, 2 strokes, on aspirin", "", ""),
    ("man, LVEF in the 40s", "male", ""),
    ("woman with gout, BMI mid 30s", "female", ""),
    ("platelets in the 50s, woman", "female", ""),
    ("man with gout, diagnosed in the late 80s", "male", ""),
    ("a woman, ALT is around 60", "female", ""),
    ("a man about 30 weeks after a stroke", "male", ""),
    ("woman of about 60 kg", "female", ""),
]


def test_the_reason_tells_the_time_that_is_asked_for() -> None:
    window = Window("at least 12 months ago", Span(5, 27))
    state = State("gout", True, Span(0, 4), window=window)
    clause = Clause((state,), Span(0, 27))
    criterion = Criterion("T:0", "T", Polarity.INCLUSION, "eligibility.inclusion", Span(0, 27), (clause,))
    judged = Judged(Fit.NOT_MET, criterion, clause)
    assert judged.words == "gout at least 12 months ago"


@pytest.mark.parametrize(("text", "sex", "age"), PERSONS)
def test_who_is_described(text: str, sex: str, age: str) -> None:
    person = read_patient(text)
    ages = [f"age {one.values.describe()}" for one in person.numbers if one.variable == "age"]
    assert (person.sex, ages) == (sex, [age] if age else [])


VALUES = [
    ("man, 60, EF 25% in 2019, now 45%", {"lvef": "45"}),
    ("man, 60, EF was 25% two years ago, 45% now", {"lvef": "45"}),
    ("man, 60, LVEF nadir 20%, currently 40%", {"lvef": "40"}),
    ("man, 60, platelets 80 at diagnosis, 160 today", {"platelets": "160"}),
    ("man, 60, platelets 80 at diagnosis", {}),  # what they are today is not told
    ("man, 60, platelets 80 two weeks ago", {"platelets": "80"}),
    ("man, 60, ECOG 2, grade 1 neuropathy", {"ecog": "2"}),
    ("man, 60, last HbA1c 8 weeks ago 7.2", {"hba1c": "7.2"}),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_a_value_is_that_of_today(text: str, expected: dict[str, str]) -> None:
    told = {one.variable: one.values.describe() for one in read_patient(text).numbers if one.variable != "age"}
    assert told == expected


FINDINGS = [
    # a relative's illness, in whatever words; and who is only beside the person
    ("woman, 50, gout. Her late mum battled breast cancer", {"gout"}, set()),
    ("man 44, gout; melanoma killed his mother", {"gout"}, set()),
    ("woman 39, gout, two aunts with ovarian cancer", {"gout"}, set()),
    ("man, 40, gout, both of his parents have diabetes", {"gout"}, set()),
    ("a man of 55 whose father had a stroke and whose brother has asthma, gout", {"gout"}, set()),
    ("woman, 45, gout, sister on dialysis", {"gout"}, set()),
    ("woman of 60, lives with her sister and has gout", {"gout"}, set()),
    ("woman of 60, her daughter says she has gout", {"gout"}, set()),
    ("woman of 60, asthma like her sister", {"asthma"}, set()),
    # who sees or tells of it, a role, a birth, a donor: the illness is the person's own
    ("boy, 7. Mum gives his asthma inhaler", {"asthma"}, set()),
    ("woman, 75. Daughter reports dementia", {"dementia"}, set()),
    ("woman, 75. Her father was found to have dementia", set(), set()),
    ("woman, 70. Depression since her husband died", {"depression"}, set()),
    ("man, 33. HIV infection through his partner", {"hiv"}, set()),
    ("woman, 30. New mother with anxiety", {"anxiety"}, set()),
    ("man, 40. A father of two with asthma", {"asthma"}, set()),
    ("woman, 30. Single parent with asthma", {"asthma"}, set()),
    ("woman, 28. Twin pregnancy with preeclampsia", {"multiple_pregnancy", "preeclampsia"}, set()),
    ("woman, 29. Breastfeeding her son", {"breastfeeding"}, set()),
    ("man, 61. Stem cell transplant from a matched sibling donor", {"stem_cell_transplant"}, set()),
    ("man, 50, gout, whose brother has lupus", {"gout"}, set()),
    ("man, 60, HIV? he is negative", set(), set()),
    ("man, 60, lung cancer, he tested negative", {"lung_cancer"}, set()),  # for whatever was tested
    ("man, 60, tested for syphilis, he was negative", set(), set()),
    ("woman, 60, risk-reducing ovarian cancer surgery", {"surgery"}, set()),
    ("woman, 66, had lung cancer surgery in 2012", {"surgery", "lung_cancer"}, {"surgery", "lung_cancer"}),
    ("woman 30, gout, hepatitis C test done, she was negative", {"gout"}, set()),
    ("44-year-old man, type 2 diabetes", {"type_2_diabetes"}, set()),  # no MEN 2
    ("man, 58, ex-smoker (quit 5 years ago) with asthma", {"smoking", "asthma"}, {"smoking"}),
    ("man, 24, never treated for TB", {"treatment_naive"}, set()),
    ("woman, 40, on budesonide/formoterol", {"budesonide_formoterol"}, set()),
    # lines, bars and strokes part what is denied from what is not
    ("F 58\nno gout\nPacemaker", {"pacemaker"}, set()),
    ("58F | no gout | pacemaker", {"pacemaker"}, set()),
    ("F 58 / no gout / pacemaker", {"pacemaker"}, set()),
    ("58 year old man - no gout - pacemaker", {"pacemaker"}, set()),
    ("my mother has no\nasthma", set(), set()),
    ("man, 50, treated without much help and has gout", {"gout"}, set()),
    ("man, 50, no response to lithium", {"lithium"}, set()),
    ("man, 50, not on insulin for his diabetes", {"diabetes"}, set()),
    ("man, 50, no longer takes warfarin", {"warfarin"}, {"warfarin"}),
    ("man, 50, port catheter in situ, gout", {"gout"}, set()),  # no carcinoma
    ("man, 50, prostate cancer in remission since 2015", {"prostate_cancer"}, {"prostate_cancer"}),
    ("41-year-old woman, gout, her 3-year-old has asthma", {"gout"}, set()),
    ("man, 50, gout, never on steroids in 20 years", {"gout"}, set()),
    ("man, 50, gout, asthma ruled out", {"gout"}, set()),
    ("man, 50, has not smoked for 10 years", {"smoking"}, {"smoking"}),
]


@pytest.mark.parametrize(("text", "has", "earlier"), FINDINGS)
def test_what_a_person_has_and_what_is_over(text: str, has: set[str], earlier: set[str]) -> None:
    person = read_patient(text)
    assert ({*person.has}, {*person.earlier}) == (has, earlier)


def test_a_time_behind_a_bracket_is_not_of_what_follows_it() -> None:
    person = read_patient("man, 58, ex-smoker (quit 5 years ago) with asthma")
    assert "asthma" not in {one.concept for one in person.past}


@pytest.mark.parametrize("text", ["man, 60, score 100/100", "man, 60, on salmeterol 100/50", "man, 60, 97/103"])
def test_a_pair_that_no_heart_drives_is_no_blood_pressure(text: str) -> None:
    assert not [one for one in read_patient(text).numbers if one.variable.endswith("_bp")]


def test_a_pair_of_numbers_is_a_blood_pressure() -> None:
    person = read_patient("man, 60, hypertension on ramipril, 152/88")
    assert {one.variable: one.values.describe() for one in person.numbers} == {
        "age": "60", "systolic_bp": "152", "diastolic_bp": "88",
    }  # fmt: skip


def test_what_holds_for_all_trials_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path)
    snapshot = open_snapshot(tmp_path / "index", toy_settings(tmp_path))
    asked: Counter[str] = Counter()
    plain = Snapshot.field_values

    def counted(self: Snapshot, field: str) -> object:
        asked[field] += 1
        return plain(self, field)

    monkeypatch.setattr(Snapshot, "field_values", counted)
    screen(read_patient("woman, 82, eGFR 40"), Judge(snapshot), snapshot.trial_ids)
    assert asked == {"sex": 1}


@pytest.mark.parametrize(
    ("lines", "told", "last"),
    [
        (("Gout",), "1 point is still to be checked.", "Gout"),
        (("Gout", "Lupus and 47 more"), "2 points are still to be checked.", "Lupus and 47 more"),
        (tuple(f"Allergy to dye {name}" for name in "ABCDEFGHIJKLMNO"), "15 points are still", "and 3 more"),
    ],
)
def test_every_open_point_is_counted(lines: tuple[str, ...], told: str, last: str, tmp_path: Path) -> None:
    made = study()
    made["protocolSection"]["eligibilityModule"] = {
        "eligibilityCriteria": "Inclusion Criteria:\n\n* Age ≥ 18 years\n\nExclusion Criteria:\n\n"
        + "\n".join(f"* {line}" for line in lines)
    }
    number = made["protocolSection"]["identificationModule"]["nctId"]
    answer = assistant_over([made], tmp_path).ask(Question(f"Could a man of 60 join {number}?"))
    assert told in answer.answer
    assert answer.result_set is not None
    assert answer.result_set.items[0].unknown[-1] == last


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "sex", "closed"),
    [
        ("Female smokers\nAge over 18", "Gout", "male", "Female smokers"),
        ("* Must be FEMALE", "Gout", "male", "* Must be FEMALE"),
        ("1. Postmenopausal women with gout", "Gout", "male", "1. Postmenopausal women with gout"),
        ("Gout", "Males", "male", "Males"),
        ("Men with gout", "Stroke", "female", "Men with gout"),
        ("Women with gout\nMen with asthma", "Stroke", "male", ""),
        ("Women must use contraception", "Stroke", "male", ""),  # said of those who are women
        ("Female subjects of child-bearing potential need a test", "Stroke", "male", ""),
        ("Female smokers", "Gout", "female", ""),
        ("Female smokers", "Gout", "", ""),
        ("Gout", "Women who breastfeed", "female", ""),
    ],
)
def test_a_sex_is_turned_away_by_words(inclusion: str, exclusion: str, sex: str, closed: str) -> None:
    text = f"{inclusion}\n\n{exclusion}"
    sections = (
        Section("eligibility.inclusion", Span(0, len(inclusion))),
        Section("eligibility.exclusion", Span(len(inclusion) + 2, len(text))),
    )
    document = Document("NCT00000001", "", text, sections, (), TrialFacts(), (), "t.txt", "")
    quote = closed_by_its_words(sex, document)
    assert (quote.span.of(text) if quote else "") == closed


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("A woman of 60 with gout. My other patient has asthma.", True),
        ("A 64-year-old man with gout and a 70-year-old woman with asthma: which trials are open to each?", True),
        ("My brother and I both have gout; he is 66, I am 70. Which trials could we join?", True),
        ("My mother is 78 and has gout. I'm 50 and live with her. What could she join?", False),
        ("A 64-year-old man with gout and a BMI of 30", False),
        ("My son is 12 and his grandmother has gout. Could we travel to the trial?", False),
    ],
)
def test_several_persons_are_not_thrown_together(text: str, several: bool) -> None:
    assert tells_of_several(text) is several


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("* Male or female adults", "ALL"),
        ("Men and women aged 18 to 60", "ALL"),
        ("Adult HIV-infected female patients", "FEMALE"),
        ("Female patients", "FEMALE"),
        ("Males only", "MALE"),
        ("Female patients in part B", ""),
        ("Female subjects who are lactating are excluded", ""),
        ("Men and women of childbearing potential must use contraception", ""),
        ("Adults", ""),
    ],
)
def test_the_prose_tells_the_sex_where_the_field_is_empty(line: str, told: str) -> None:
    sections = (Section("eligibility.inclusion", Span(0, len(line))),)
    found = sexes_told(Document("NCT00000001", "", line, sections, (), TrialFacts(), (), "t.txt", ""))
    assert (found[0] if found else "") == told


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("61M stage III lung cancer, ANC 1.8, platelets 210", True),
        ("F 34, gout, INR 1.1", True),
        ("woman, 58, gout, INR 1.4. Could she join LYRA?", False),
        ("58 men with gout", False),
        ("50M, gout, asthma, eligible for the gout trial", False),
        ("Which trials take a man of 61, gout, INR 2?", False),
    ],
)
def test_a_telegram_that_only_tells_a_person(text: str, alone: bool) -> None:
    assert tells_a_person_alone(text) is alone
