"""Structured logs: one JSON object a line on stderr. The text of a question is never among the fields."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__  # its message may hold what a user wrote
        return json.dumps(line, ensure_ascii=True, default=str)


def configure(level: str = "INFO") -> None:
    """Log to stderr as JSON lines; called by `rag serve` alone, the library sets no handler."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "mcp", "faiss"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
