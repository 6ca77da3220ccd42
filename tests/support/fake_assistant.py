"""An Assistant that a person can predict: three small records and five questions with hand-made answers.

Questions (matched on a word): 'eGFR' → two trials, 'SGLT2' → a fact, 'what dose should I' → out of scope,
'slow' → the eGFR answer after `delay_s`, 'fail' → a RuntimeError, anything else → no evidence.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rag.errors import UnknownTrialError
from rag.types import (
    Abstention,
    AbstentionReason,
    AgeLimit,
    Answer,
    Asks,
    Citation,
    Clause,
    Constraint,
    Criterion,
    Document,
    IndexInfo,
    Intent,
    Limit,
    Origin,
    Polarity,
    QueryPlan,
    Question,
    ReadTrial,
    ResultItem,
    ResultSet,
    Section,
    Span,
    State,
    Status,
    TrialFacts,
    Unread,
    Verdict,
)
from rag.values import at_least, below

INFO = IndexInfo("fake-index-1", 3, 12, "fake")

_RECORDS = (
    (
        "NCT00000001",
        "Kestrel: empagliflozin in kidney disease",
        "A trial of a tablet in adults whose kidneys filter less than they should.",
        "Adults aged 18 years or older\nPlatelets ≥ 100 x 10^9/L",
        "eGFR \\< 60 mL/min/1.73 m2 at screening\nPregnant or nursing women",
    ),
    (
        "NCT00000002",
        "Merlin <script>alert(1)</script>: a cohort trial",
        "Participants join cohort A or cohort B.\x1b[31m Not red.\u202e Not turned.",
        "Age 18 to 75 years",
        "For cohort B: eGFR \\< 30 mL/min",
    ),
    ("NCT00000003", "Osprey: insulin timing", "Insulin before or after breakfast.", "Type 1 diabetes", "None stated"),
)


def _document(trial_id: str, title: str, summary: str, inclusion: str, exclusion: str) -> Document:
    text, sections, at = "", [], 0
    parts = (
        ("identification", "Title", title),
        ("summary", "Brief summary", summary),
        ("eligibility.inclusion", "Inclusion criteria", inclusion),
        ("eligibility.exclusion", "Exclusion criteria", exclusion),
    )
    for name, heading, body in parts:
        text += f"{heading}\n\n"
        at = len(text)
        text += f"{body}\n\n"
        sections.append(Section(name, Span(at, at + len(body))))
    facts = TrialFacts(
        status="RECRUITING",
        phases=("PHASE2",),
        enrollment=120,
        sponsor="Made-up University",
        minimum_age=AgeLimit("18 Years", Decimal(18)),
        sex="ALL",
        conditions=("Kidney disease",),
        countries=("Norway",),
    )
    sha = hashlib.sha256(text.encode()).hexdigest()
    origins = (Origin(Span(0, len(text)), "lines 1-20"),)
    return Document(trial_id, title, text, tuple(sections), (), facts, origins, f"{trial_id}.txt", sha)


DOCUMENTS = {record[0]: _document(*record) for record in _RECORDS}


def find(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return Span(start, start + len(words))


def cite(index: int, trial_id: str, words: str) -> Citation:
    document = DOCUMENTS[trial_id]
    span = find(document, words)
    section = next(s.name for s in document.sections if s.span.start <= span.start < s.span.end)
    return Citation(
        index,
        trial_id,
        document.title,
        section,
        words,
        span.start,
        span.end,
        document.sha256,
        document.source,
        "lines 1-20",
        document.url,
        f"/trials/{trial_id}?c={span.start}-{span.end}",
    )


def _answer(question: Question, plan: QueryPlan, **parts: object) -> Answer:
    known: dict[str, object] = {
        "id": hashlib.sha256(question.text.encode()).hexdigest()[:16],
        "question": question.text,
        "status": Status.ANSWERED,
        "answer": "",
        "result_set": None,
        "citations": (),
        "abstention": None,
        "plan": plan,
        "mode": "extractive",
        "warnings": (),
        "timings_ms": {"total": 1.0},
        "index": INFO,
    }
    return Answer(**(known | parts))  # type: ignore[arg-type]


def egfr_answer(question: Question) -> Answer:
    values = below(Decimal(60))
    plan = QueryPlan(
        Intent.TRIALS,
        question.text,
        "trials where no admitted eGFR lies below 60 mL/min",
        where=Limit("egfr", values, Asks.EXCLUDES, "< 60 mL/min"),
    )
    items = (
        ResultItem(
            "NCT00000001",
            DOCUMENTS["NCT00000001"].title,
            Verdict.MATCH,
            "excludes eGFR < 60 mL/min/1.73 m2",
            {"egfr": "< 60 mL/min/1.73 m2"},
            (1,),
        ),
        ResultItem(
            "NCT00000002",
            DOCUMENTS["NCT00000002"].title,
            Verdict.PARTIAL,
            "excludes only eGFR < 30 mL/min, and only in cohort B",
            {"egfr": "< 30 mL/min"},
            (2,),
        ),
    )
    accounting = {
        "all_excluded": 1,
        "part_excluded": 1,
        "conditional": 0,
        "range_required": 0,
        "admitted": 0,
        "other_measure": 0,
        "not_stated": 1,
        "unread": 0,
    }
    return _answer(
        question,
        plan,
        answer="1 of 3 trials excludes eGFR below 60 mL/min [1]. 1 more excludes only part of that range [2].",
        result_set=ResultSet(1, 3, True, items, accounting),
        citations=(
            cite(1, "NCT00000001", "eGFR \\< 60 mL/min/1.73 m2 at screening"),
            cite(2, "NCT00000002", "For cohort B: eGFR \\< 30 mL/min"),
        ),
    )


def fact_answer(question: Question) -> Answer:
    plan = QueryPlan(Intent.FACT, question.text, "the title of the SGLT2 trial", facts=("title",))
    return _answer(
        question,
        plan,
        answer="The SGLT2 trial is Kestrel: empagliflozin in kidney disease [1].",
        citations=(cite(1, "NCT00000001", "Kestrel: empagliflozin in kidney disease"),),
    )


def compared(question: Question, intent: Intent) -> Answer:
    """Three trials side by side (COMPARE), or their cut-offs (LANDSCAPE)."""
    plan = QueryPlan(intent, question.text, "the eGFR limits of the trials", variables=("egfr",))
    values = {"NCT00000001": "≥ 60 mL/min/1.73 m2", "NCT00000002": "≥ 30 mL/min", "NCT00000003": "≥ 30 mL/min"}
    cited = ("eGFR \\< 60 mL/min/1.73 m2 at screening", "For cohort B: eGFR \\< 30 mL/min", "Type 1 diabetes")
    items = tuple(
        ResultItem(
            trial_id,
            DOCUMENTS[trial_id].title,
            Verdict.MATCH,
            f"limits eGFR to {value}",
            {"egfr": value, "age": f"≥ {18 + n} years"},
            (n,),
        )
        for n, (trial_id, value) in enumerate(values.items(), 1)
    )
    return _answer(
        question,
        plan,
        answer="3 of 3 trials state a limit on eGFR:\n- ≥ 30 mL/min: 2 trials [2][3].\n"
        "- ≥ 60 mL/min/1.73 m2: 1 trial [1].",
        result_set=ResultSet(3, 3, True, items, {"admitted": 3}),
        citations=tuple(cite(n, t, words) for n, (t, words) in enumerate(zip(values, cited, strict=True), 1)),
    )


def abstained(question: Question, reason: AbstentionReason, message: str) -> Answer:
    out = reason is AbstentionReason.OUT_OF_SCOPE
    plan = QueryPlan(
        Intent.OUT_OF_SCOPE if out else Intent.PROSE, question.text, "a question the records do not answer"
    )
    nearest = (cite(1, "NCT00000003", "Insulin before or after breakfast."),)
    return _answer(
        question, plan, status=Status.ABSTAINED, answer=message, abstention=Abstention(reason, message, nearest)
    )


def screening_answer(text: str) -> Answer:
    question = Question(text)
    plan = QueryPlan(Intent.SCREEN, text, "screening of the described person against every trial's criteria")
    items = (
        ResultItem("NCT00000001", DOCUMENTS["NCT00000001"].title, Verdict.EXCLUDED, "excludes eGFR < 60", {}, (1,)),
        ResultItem(
            "NCT00000003",
            DOCUMENTS["NCT00000003"].title,
            Verdict.POSSIBLE,
            "no stated criterion turns the described person away",
            {},
            (2,),
            ("type of diabetes",),
        ),
    )
    return _answer(
        question,
        plan,
        answer="1 of 3 trials turns the described person away [1]. 1 remains possible [2].",
        result_set=ResultSet(2, 3, True, items),
        citations=(
            cite(1, "NCT00000001", "eGFR \\< 60 mL/min/1.73 m2 at screening"),
            cite(2, "NCT00000003", "Type 1 diabetes"),
        ),
    )


@dataclass(frozen=True)
class FakeSummary:
    trial_id: str
    title: str
    acronym: str = ""
    status: str = "RECRUITING"
    phases: tuple[str, ...] = ("PHASE2",)
    conditions: tuple[str, ...] = ("Kidney disease",)
    interventions: tuple[str, ...] = ()
    sponsor: str = "Made-up University"
    countries: tuple[str, ...] = ("Norway",)


@dataclass
class FakeSnapshot:
    info: IndexInfo = INFO
    trial_ids: tuple[str, ...] = tuple(sorted(DOCUMENTS))
    refusals: tuple[object, ...] = ()


@dataclass
class FakeAssistant:
    """Fits rag.assistant.Assistant; `asked` keeps the questions in the order they came."""

    delay_s: float = 0.0
    info: IndexInfo = INFO
    asked: list[Question] = field(default_factory=list)

    @property
    def snapshot(self) -> FakeSnapshot:
        return FakeSnapshot(self.info)

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        text = question.text.casefold()
        if "slow" in text:
            time.sleep(self.delay_s)
        if "fail" in text:
            raise RuntimeError(f"made to fail on {question.text}")
        if "what dose should i" in text:
            answer = abstained(question, AbstentionReason.OUT_OF_SCOPE, "Medical advice is outside these records.")
        elif "cut-off" in text:
            answer = compared(question, Intent.LANDSCAPE)
        elif "compare" in text:
            answer = compared(question, Intent.COMPARE)
        elif "egfr" in text:
            answer = egfr_answer(question)
        elif "sglt2" in text:
            answer = fact_answer(question)
        else:
            answer = abstained(question, AbstentionReason.NO_EVIDENCE, "The records do not answer that.")
        return replace(answer, index=self.info)

    def screen(self, text: str, trial_ids: Sequence[str] = ()) -> Answer:
        self.asked.append(Question(text, trial_ids=tuple(trial_ids)))
        return screening_answer(text)

    def search(self, text: str, k: int = 10, trial_ids: Sequence[str] = ()) -> tuple[tuple[Citation, float], ...]:
        found = (
            (cite(1, "NCT00000001", "eGFR \\< 60 mL/min/1.73 m2 at screening"), 0.9),
            (cite(2, "NCT00000003", "Insulin before or after breakfast."), 0.4),
        )
        return tuple(f for f in found if not trial_ids or f[0].trial_id in trial_ids)[:k]

    def document(self, trial_id: str) -> Document:
        if trial_id not in DOCUMENTS:
            raise UnknownTrialError(f"no trial {trial_id} in the index", remedy="list the trials with GET /v1/trials")
        return DOCUMENTS[trial_id]

    def read_trial(self, trial_id: str) -> ReadTrial:
        document = self.document(trial_id)
        if trial_id != "NCT00000001":
            return ReadTrial(trial_id, (), ())
        limit, women = (
            find(document, "eGFR \\< 60 mL/min/1.73 m2 at screening"),
            find(document, "Pregnant or nursing women"),
        )
        platelets = find(document, "Platelets ≥ 100 x 10^9/L")
        sane = at_least(Decimal(60))
        return ReadTrial(
            trial_id,
            (
                Criterion(
                    f"{trial_id}:{platelets.start}",
                    trial_id,
                    Polarity.INCLUSION,
                    "eligibility.inclusion",
                    platelets,
                    (
                        Clause(
                            (Constraint("platelets", at_least(Decimal(100)), "10^9/L", platelets, "≥ 100 x 10^9/L"),),
                            platelets,
                        ),
                    ),
                ),
                Criterion(
                    f"{trial_id}:{limit.start}",
                    trial_id,
                    Polarity.EXCLUSION,
                    "eligibility.exclusion",
                    limit,
                    (Clause((Constraint("egfr", sane, "mL/min/1.73 m2", limit, "< 60 mL/min/1.73 m2"),), limit),),
                ),
                Criterion(
                    f"{trial_id}:{women.start}",
                    trial_id,
                    Polarity.EXCLUSION,
                    "eligibility.exclusion",
                    women,
                    (Clause((State("pregnancy", False, women), Unread("", women, "not read")), women),),
                ),
            ),
            (),
        )

    def summaries(self) -> tuple[FakeSummary, ...]:
        return tuple(FakeSummary(d.trial_id, d.title) for _, d in sorted(DOCUMENTS.items()))
