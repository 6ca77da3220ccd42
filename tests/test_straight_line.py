"""The whole straight line over four made-up records: files → index → ask → cited answer, with a fake embedder."""

import json
import re

import pytest
from support.study import study

from rag.assistant import Assistant
from rag.errors import UnknownTrialError, UsageError
from rag.ingest import build_index
from rag.settings import Settings
from rag.types import AbstentionReason, Answer, Question, Turn, Verdict
from rag.verification import faults_of

CRITERIA = {
    "NCT09000001": "Inclusion Criteria:\n\n* Age 18 to 75 years\n* ECOG 0-1\n\nExclusion Criteria:\n\n"
    "* eGFR < 60 mL/min/1.73 m2\n* Platelets < 100 x 10^9/L\n* Pregnant or breast-feeding women\n* HIV infection",
    "NCT09000002": "Inclusion Criteria:\n\n* Age 18 years or older\n* HbA1c of 7.0% to 10.0%\n\nExclusion Criteria:\n\n"
    "* eGFR below 30 mL/min\n* Platelet count below 75,000/mm3\n* Stroke within the past 6 months",
    "NCT09000003": "Inclusion Criteria:\n\n* Serum creatinine at most 1.5 mg/dL OR creatinine clearance at least "
    "60 mL/min\n* INR no more than 1.5\n\nExclusion Criteria:\n\n* Women who are pregnant\n"
    "* Brain metastases unless treated",
    "NCT09000004": "Inclusion Criteria:\n\n* Women aged 20 to 40 years\n\nExclusion Criteria:\n\n"
    "* Known allergy to latex\n* Gloss score (GS) above 16",
}
FIELDS = {
    "NCT09000001": ("Fenolast in Chronic Kidney Disease", "RECRUITING", ["PHASE3"], 240, "ALL", "Fenolast"),
    "NCT09000002": ("Tirvapol for Type 2 Diabetes", "COMPLETED", ["PHASE2"], 80, "ALL", "Tirvapol"),
    "NCT09000003": ("Quorinib in Lung Cancer", "RECRUITING", ["PHASE2"], 512, "ALL", "Quorinib"),
    "NCT09000004": ("Breathing Classes in Young Women", "TERMINATED", ["NA"], 33, "FEMALE", "Breathing class"),
}


def record(trial: str) -> dict[str, object]:
    title, status, phases, enrolled, sex, drug = FIELDS[trial]
    made = study()["protocolSection"]
    made["identificationModule"] = {"nctId": trial, "briefTitle": title, "orgStudyIdInfo": {"id": f"ORG-{trial[-1]}"}}
    made["statusModule"]["overallStatus"] = status
    made["designModule"] |= {"phases": phases, "enrollmentInfo": {"count": enrolled, "type": "ACTUAL"}}
    made["descriptionModule"] = {"briefSummary": f"The study looks at {drug}."}
    made["conditionsModule"] = {"conditions": [title.partition(" in ")[2] or title.partition(" for ")[2]]}
    made["armsInterventionsModule"] = {
        "armGroups": [{"label": drug, "type": "EXPERIMENTAL", "description": f"{drug} once daily for 12 weeks."}],
        "interventions": [{"type": "DRUG", "name": drug, "description": f"{drug} 20 mg tablets are taken by mouth."}],
    }
    made["eligibilityModule"] = {"eligibilityCriteria": CRITERIA[trial], "sex": sex, "minimumAge": "18 Years"}
    return {"protocolSection": made}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("line")
    corpus = folder / "corpus"
    corpus.mkdir()
    for trial in CRITERIA:
        (corpus / f"{trial}.json").write_text(json.dumps(record(trial)), encoding="utf-8")
    settings = Settings(corpus=corpus, index=folder / "index", model_cache=folder / "models", embedder="fake")
    summary = build_index([corpus], settings)
    assert (summary.trials, summary.refused) == (4, ())
    return Assistant.open(settings)


def listed(answer: Answer, verdict: Verdict) -> list[str]:
    assert answer.result_set is not None
    return [item.trial_id[-1] for item in answer.result_set.items if item.verdict is verdict]


@pytest.mark.parametrize(
    ("question", "match", "partial"),
    [
        ("Which trials exclude eGFR below 60?", "1", "2"),
        ("which trials exclude GFR < 30", "12", ""),
        ("Which trials would turn away a patient with an eGFR of 45?", "1", ""),
        ("Which trials accept an eGFR of 45?", "2", ""),
        ("Which trials exclude platelets below 75?", "12", ""),
        ("Which trials exclude a platelet count under 100,000/mm3?", "1", "2"),
        ("Which trials require a creatinine clearance of at least 60?", "", "3"),
        ("Which trials exclude an INR of 1.8?", "3", ""),
        ("Which trials exclude pregnant women?", "13", ""),
        ("Which trials exclude HIV?", "1", ""),
        ("Which trials allow AIDS?", "", ""),  # named by its other name: none allows it, which is no silence
        ("Which trials exclude a recent stroke?", "2", ""),
        ("Which trials allow treated brain metastases?", "3", ""),
        ("Which trials are recruiting?", "13", ""),
        ("Which phase 2 trials are recruiting?", "3", ""),
        ("Which trials exclude HIV and are recruiting?", "1", ""),
        ("Which trials have more than 100 participants?", "13", ""),
        ("How many trials enrol only women?", "4", ""),
        ("Which trials do not mention eGFR?", "34", ""),
        # a measure that the lexicon does not have
        ("Which trials exclude a gloss score over 16?", "4", ""),
        ("Which trials exclude a gloss score of more than 10?", "", "4"),
        ("Which trials accept a gloss score of 12?", "4", ""),
    ],
)
def test_set_questions(assistant: Assistant, question: str, match: str, partial: str) -> None:
    answer = assistant.ask(Question(question))
    assert listed(answer, Verdict.MATCH) == list(match)
    assert listed(answer, Verdict.PARTIAL) == list(partial)
    assert answer.result_set is not None
    assert answer.result_set.considered == 4
    assert sum(answer.result_set.accounting.values()) == 4


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Could a 30-year-old woman with a gloss score of 20 join NCT09000004?", "No: NCT09000004 turns this person"),
        ("Could a 30-year-old woman with a gloss score of 12 join NCT09000004?", "20 to 40 years, gloss score"),
        ("Could a 30-year-old woman with a matt score of 12 join NCT09000004?", "not judged: matt score of 12."),
        ("Could a 30-year-old woman with a matt score of 12 join?", "judged by nothing: matt score of 12."),
    ],
)
def test_a_person_is_held_against_measures_that_the_lexicon_does_not_have(
    assistant: Assistant, question: str, told: str
) -> None:
    assert told in assistant.ask(Question(question)).answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many participants does NCT09000003 enrol?", r"\b512\b"),
        ("What is the dose of quorinib?", r"20 mg"),
        ("What is the phase of the fenolast trial?", r"phase 3"),
        ("What are the HbA1c limits in NCT09000002?", r"7 to 10 %"),
        ("Does NCT09000001 exclude HIV?", r"^Yes"),
        ("Does NCT09000002 exclude an eGFR of 50?", r"^No"),
        ("Which trial has the largest enrolment?", r"512 participants, in NCT09000003"),
        ("Which trial is the strictest on platelets?", r"NCT09000001"),
        ("What eGFR cut-offs are used?", r"≥ 60 mL/min: 1 trial"),
        ("Is eGFR ≥ 45 stricter than peers?", r"^Beside the 2 trials .* stricter than 1, .* than 1;"),
    ],
)
def test_facts(assistant: Assistant, question: str, said: str) -> None:
    answer = assistant.ask(Question(question))
    assert answer.status == "answered"
    assert re.search(said, answer.answer), answer.answer
    assert answer.citations


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What is the dose of fenolast in NCT09999999?", "unknown_trial"),
        ("Does NCT09000004 exclude diabetes?", "no_evidence"),
        ("Which trials exclude gout?", "no_evidence"),
        ("Should I take quorinib?", "out_of_scope"),
        ("What is the capital of France?", "out_of_scope"),
        ("What is the enrolment?", "ambiguous"),
    ],
)
def test_abstentions(assistant: Assistant, question: str, reason: str) -> None:
    answer = assistant.ask(Question(question))
    assert answer.abstention is not None
    assert (answer.status, answer.abstention.reason) == ("abstained", reason)


def test_nobody_is_told_yes_whose_findings_were_not_read(assistant: Assistant) -> None:
    read = assistant.ask(Question("Could a woman of 30 join NCT09000004?"))
    assert read.answer.startswith("Yes, as far as what is given goes")
    unread = assistant.ask(Question("Could a woman of 30 with a flumped wozzle and brackled spools join NCT09000004?"))
    assert unread.answer.startswith("Nothing that could be read of what is given turns this person away")
    assert "Not read, and so not judged: " in unread.answer


def test_screening_excludes_with_the_words_and_never_says_eligible(assistant: Assistant) -> None:
    answer = assistant.screen("A 50-year-old woman with eGFR 45 mL/min, HIV and an INR of 1.2")
    assert listed(answer, Verdict.EXCLUDED) == ["1", "4"]
    assert "2" in listed(answer, Verdict.POSSIBLE)
    quoted = {citation.cited_text for citation in answer.citations if citation.trial_id == "NCT09000001"}
    assert quoted == {"eGFR < 60 mL/min/1.73 m2", "HIV infection"}
    assert "not a statement of eligibility" in answer.answer


def test_a_follow_up_refers_to_the_earlier_question(assistant: Assistant) -> None:
    history = (Turn("user", "Which trials exclude pregnant women?"),)
    answer = assistant.ask(Question("of those, which are phase 3?", history=history))
    assert listed(answer, Verdict.MATCH) == ["1"]
    answer = assistant.ask(Question("and its sponsor?", history=(Turn("user", "How many does NCT09000002 enrol?"),)))
    assert "Northport University" in answer.answer


def test_every_citation_equals_its_source_and_bytes_repeat(assistant: Assistant) -> None:
    for text in ("Which trials exclude eGFR below 60?", "What is the dose of quorinib?", "Which trials exclude HIV?"):
        first, second = (assistant.ask(Question(text)) for _ in range(2))
        documents = {c.trial_id: assistant.document(c.trial_id) for c in first.citations}
        assert faults_of(first, documents) == ()
        assert (first.answer, first.citations, first.id) == (second.answer, second.citations, second.id)


def test_a_question_can_be_asked_of_some_trials_only(assistant: Assistant) -> None:
    answer = assistant.ask(Question("Which trials exclude pregnant women?", trial_ids=("NCT09000003",)))
    assert answer.result_set is not None
    assert (answer.result_set.considered, listed(answer, Verdict.MATCH)) == (1, ["3"])
    with pytest.raises(UnknownTrialError):
        assistant.ask(Question("Which trials exclude HIV?", trial_ids=("NCT00000000",)))


@pytest.mark.parametrize(
    "text",
    [
        "What is NCT09000001 about?",
        "How many people does NCT09000001 enrol?",
        "Does NCT09000001 exclude HIV?",
        "Why is NCT09000001 listed?",
        "What conflicts are in NCT09000001?",
        "Could a man of 50 join NCT09000001?",
    ],
)
def test_a_trial_beyond_those_allowed_is_not_told_of(assistant: Assistant, text: str) -> None:
    answer = assistant.ask(Question(text, trial_ids=("NCT09000003",)))
    assert answer.answer == "NCT09000001 is not the one record that this question is limited to."
    assert answer.abstention is not None
    assert answer.abstention.reason is AbstentionReason.UNKNOWN_TRIAL


@pytest.mark.parametrize(("text", "words"), [("   ", "empty"), ("x" * 10_000, "10000 characters")])
def test_a_question_that_cannot_be_read_is_an_error_with_a_remedy(assistant: Assistant, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        assistant.ask(Question(text))
