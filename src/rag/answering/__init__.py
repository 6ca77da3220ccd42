"""Answers out of evidence: sentences with their quotes, numbered and checked before they leave."""

from rag.answering.wire import answer_json

__all__ = ["answer_json"]
