"""Prometheus metrics: one registry an application, labels of few values only, never a word a user wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from rag.types import Answer

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class _Own(TypedDict):
    """Where a metric is counted: in its application's own collection, never in that of the process."""

    registry: CollectorRegistry


@dataclass
class Metrics:
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        own: _Own = {"registry": self.registry}
        self.requests = Counter("rag_requests", "Requests answered", ("route", "method", "status"), **own)
        self.seconds = Histogram("rag_request_seconds", "Seconds to the last byte", ("route",), buckets=_SECONDS, **own)
        self.answers = Counter("rag_answers", "Answers given", ("intent", "status", "mode"), **own)
        self.shed = Counter("rag_shed", "Requests sent away by a limit", ("code",), **own)
        self.failures = Counter("rag_failures", "Unforeseen errors", **own)
        self.sentences = Counter("rag_llm_sentences", "Sentences of the language model", ("outcome",), **own)
        self.reloads = Counter("rag_index_reloads", "Times a newer index was taken up", ("outcome",), **own)
        self.running = Gauge("rag_running", "Questions being worked on", **own)
        self.waiting = Gauge("rag_waiting", "Questions waiting for a worker", **own)
        self.trials = Gauge("rag_index_trials", "Trials of the index being served", **own)
        self.passages = Gauge("rag_index_passages", "Passages of the index being served", **own)

    def count(self, answer: Answer) -> None:
        self.answers.labels(answer.plan.intent, answer.status, answer.mode).inc()

    def text(self) -> bytes:
        return generate_latest(self.registry)
