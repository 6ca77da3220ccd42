"""The Answer as the plain object that CONTRACT promises to every caller: `schema_version` 1."""

from __future__ import annotations

from typing import Any

from rag.codec import to_plain
from rag.types import Answer, Citation, ResultItem, ResultSet

SCHEMA_VERSION = "1"


def answer_json(answer: Answer) -> dict[str, Any]:
    """Plain dicts, lists, strings and numbers, in the contract's order of keys."""
    plain = {
        "schema_version": SCHEMA_VERSION,
        "id": answer.id,
        "question": answer.question,
        "status": answer.status.value,
        "answer": answer.answer,
        "result_set": None if answer.result_set is None else _result_set(answer.result_set),
        "citations": [citation_json(citation) for citation in answer.citations],
        "abstention": None,
        "plan": to_plain(answer.plan),
        "mode": answer.mode,
        "warnings": list(answer.warnings),
        "timings_ms": dict(answer.timings_ms),
        "index": to_plain(answer.index),
    }
    if answer.abstention is not None:
        plain["abstention"] = {
            "reason": answer.abstention.reason.value,
            "message": answer.abstention.message,
            "nearest": [citation_json(citation) for citation in answer.abstention.nearest],
        }
    if answer.model:
        plain["model"] = answer.model
    return plain


def citation_json(citation: Citation) -> dict[str, Any]:
    return {name: getattr(citation, name) for name in Citation.__slots__}


def _result_set(result_set: ResultSet) -> dict[str, Any]:
    return {
        "total": result_set.total,
        "considered": result_set.considered,
        "complete": result_set.complete,
        "accounting": dict(result_set.accounting),
        "items": [_item(item) for item in result_set.items],
    }


def _item(item: ResultItem) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "trial_id": item.trial_id,
        "title": item.title,
        "verdict": item.verdict.value,
        "reason": item.reason,
        "values": dict(item.values),
        "citations": list(item.citations),
    }
    if item.unknown:
        plain["unknown"] = list(item.unknown)
    return plain
