"""Questions in, a JSON object a line; answers out, a line each, same order. One bad line never stops the rest."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from rag.answering import answer_json
from rag.asking import checked_question
from rag.cli.terminal import write_json
from rag.errors import UsageError
from rag.types import Question, Status

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.settings import Settings

_KEYS = {"id", "question", "history", "trial_ids", "mode"}


@dataclass(slots=True)
class Tally:
    """How many lines were answered with an abstention, and how many the program itself failed on."""

    abstained: int = 0
    failed: int = 0


def run_batch(source: str, assistant: Assistant, settings: Settings) -> Tally:
    """Answer every line of `source` ('-': stdin) on stdout."""
    tally = Tally()
    with _opened(source) as lines:
        for number, raw in _numbered(lines):
            identity: dict[str, Any] = {}
            try:
                record = _record(raw)
                identity = {"id": record["id"]} if "id" in record else {}
                answer = assistant.ask(_question(record, settings))
            except UsageError as exc:
                write_json({**identity, "line": number, **_error(str(exc), "invalid_line")}, pretty=False)
                continue
            except Exception:  # the outer ring of a line: thousands of others wait behind it
                traceback.print_exc()
                tally.failed += 1
                write_json(
                    {**identity, "line": number, **_error("unexpected: see stderr", "internal_error")}, pretty=False
                )
                continue
            tally.abstained += answer.status is Status.ABSTAINED
            write_json(answer_json(answer) | identity, pretty=False)
    return tally


def _opened(source: str) -> AbstractContextManager[IO[bytes]]:
    if source == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as exc:
        raise UsageError(f"cannot be read ({exc.strerror})", place=source, remedy="name a file of JSON lines") from exc


def _numbered(lines: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines from 1, blank ones left out."""
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _record(raw: bytes) -> dict[str, Any]:
    try:
        record = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as exc:
        raise UsageError("the line is not JSON", remedy='write {"id": …, "question": …}') from exc
    if not isinstance(record, dict):
        raise UsageError("the line is not a JSON object", remedy='write {"id": …, "question": …}')
    return record


def _question(record: dict[str, Any], settings: Settings) -> Question:
    if unknown := sorted(set(record) - _KEYS):
        raise UsageError(
            f"the line has unknown keys: {', '.join(unknown)[:200]}", remedy=f"use {', '.join(sorted(_KEYS))}"
        )
    if not isinstance(record.get("question"), str):
        raise UsageError("the line has no question", remedy='write {"id": …, "question": …}')
    ids = record.get("trial_ids") or []
    if not isinstance(ids, list) or not all(isinstance(trial_id, str) for trial_id in ids):
        raise UsageError("trial_ids is not a list of ids")
    mode = record.get("mode")
    if mode is not None and not isinstance(mode, str):
        raise UsageError("mode is not a word")
    return checked_question(record["question"], settings, history=_turns(record), trial_ids=ids, mode=mode)


def _turns(record: dict[str, Any]) -> list[tuple[str, str]]:
    history = record.get("history") or []
    if not isinstance(history, list):
        raise UsageError("history is not a list")
    turns = []
    for turn in history:
        if not isinstance(turn, dict) or not isinstance(turn.get("content"), str):
            raise UsageError("a turn of the history has no content", remedy='write {"role": "user", "content": …}')
        role = turn.get("role", "user")
        if role not in ("user", "assistant"):
            raise UsageError("a turn of the history is neither the user's nor the assistant's")
        turns.append((role, turn["content"]))
    return turns


def _error(message: str, code: str) -> dict[str, Any]:
    family = "server_error" if code == "internal_error" else "invalid_request_error"
    return {"error": {"message": message, "type": family, "param": None, "code": code}}
