"""Answers and gold made up for tests of the evaluation: a world of three short documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from rag.evaluation.gold import GoldQuestion, read_question
from rag.types import (
    Abstention,
    AbstentionReason,
    Answer,
    Citation,
    IndexInfo,
    Intent,
    QueryPlan,
    ResultItem,
    ResultSet,
    Status,
    Verdict,
)

TEXTS = {
    "NCT00000001": "Kidney study. Exclusion: eGFR \\<60 mL/min.",
    "NCT00000002": "Liver study. Exclusion: GFR < 30.",
    "NCT00000003": "Heart study. Anybody may join.",
}
INDEX = IndexInfo("test", len(TEXTS), 6, "fake")


def document_text(trial_id: str) -> tuple[str, str]:
    text = TEXTS.get(trial_id, "")
    return text, hashlib.sha256(text.encode()).hexdigest() if text else ""


def citation(trial_id: str, words: str, index: int = 1) -> Citation:
    text, sha256 = document_text(trial_id)
    start = text.index(words)
    return Citation(
        index,
        trial_id,
        "A title",
        "eligibility.exclusion",
        words,
        start,
        start + len(words),
        sha256,
        "made.txt",
        "",
        "",
        "",
    )


def answer(
    text: str = "",
    *,
    trials: Mapping[str, Verdict] | None = None,
    citations: Sequence[Citation] = (),
    status: Status = Status.ANSWERED,
) -> Answer:
    items = tuple(
        ResultItem(t, "A title", verdict, "", {}, tuple(c.index for c in citations if c.trial_id == t))
        for t, verdict in (trials or {}).items()
    )
    abstention = Abstention(AbstentionReason.NO_EVIDENCE, "") if status is Status.ABSTAINED else None
    return Answer(
        id="a",
        question="q",
        status=status,
        answer=text,
        result_set=None if trials is None else ResultSet(len(items), 3, True, items),
        citations=tuple(citations),
        abstention=abstention,
        plan=QueryPlan(Intent.TRIALS, "q", ""),
        mode="extractive",
        warnings=(),
        timings_ms={},
        index=INDEX,
    )


def gold(**parts: object) -> GoldQuestion:
    """A gold question; `expect` keys go beside the others, since no key stands in both."""
    own = {"id", "question", "type", "tags", "history"}
    record: dict[str, object] = {"id": "q1", "question": "Which trials exclude eGFR below 60?", "type": "set"}
    record |= {key: value for key, value in parts.items() if key in own}
    record["expect"] = {"status": "answered"} | {key: value for key, value in parts.items() if key not in own}
    return read_question(json.dumps(record), "made.jsonl:1")
