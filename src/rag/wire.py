"""The Answer object as pydantic models: the schema that OpenAPI and MCP show. Values come from `answer_json`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class _Wire(BaseModel):
    model_config = ConfigDict(extra="allow")


class CitationOut(_Wire):
    """`start` and `end` count Unicode code points of the record's canonical text, from 0, half-open."""

    index: int
    trial_id: str
    title: str
    section: str
    cited_text: str
    start: int
    end: int
    document_sha256: str
    source: str
    origin: str
    url: str
    view_url: str


class ItemOut(_Wire):
    trial_id: str
    title: str
    verdict: str
    reason: str
    values: dict[str, str] = {}
    citations: list[int]
    unknown: list[str] = []


class ResultSetOut(_Wire):
    """`total` counts the matches, `considered` all trials looked at."""

    total: int
    considered: int
    complete: bool
    items: list[ItemOut]


class AbstentionOut(_Wire):
    reason: Literal["no_evidence", "out_of_scope", "ambiguous", "unknown_trial"]
    message: str
    nearest: list[CitationOut]


class IndexOut(_Wire):
    id: str
    trials: int
    passages: int
    embedder: str


class AnswerOut(_Wire):
    """One answer, the same for every caller."""

    schema_version: str
    id: str
    question: str
    status: Literal["answered", "partial", "abstained"]
    answer: str
    result_set: ResultSetOut | None
    citations: list[CitationOut]
    abstention: AbstentionOut | None
    plan: dict[str, Any]
    mode: str
    warnings: list[str]
    timings_ms: dict[str, float]
    index: IndexOut


class HitOut(CitationOut):
    """A passage found by words and meaning; a higher score is better."""

    score: float


class SearchOut(_Wire):
    query: str
    hits: list[HitOut]


class TrialLineOut(_Wire):
    """One trial of the list."""

    trial_id: str
    title: str
    status: str = ""
    phases: list[str] = []
    conditions: list[str] = []
    sponsor: str = ""


class TrialsOut(_Wire):
    total: int
    trials: list[TrialLineOut]


class SectionOut(_Wire):
    name: str
    start: int
    end: int


class TrialOut(_Wire):
    """One record: its canonical text, its sections as spans into it, and its typed facts."""

    trial_id: str
    title: str
    text: str
    sections: list[SectionOut]
    facts: dict[str, Any]
    source: str
    document_sha256: str
    url: str


class CriterionOut(_Wire):
    """One eligibility item: `requires` is what an admitted person satisfies, all of it, the polarity applied."""

    criterion_id: str
    polarity: Literal["inclusion", "exclusion"]
    section: str
    start: int
    end: int
    text: str
    headings: list[str]
    requires: list[dict[str, Any]]


class CriteriaOut(_Wire):
    trial_id: str
    title: str
    criteria: list[CriterionOut]
    findings: list[dict[str, Any]]
