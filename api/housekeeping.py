"""Prompts that chat front ends send on their own behalf, answered cheaply: a title, tags, follow-ups, queries."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_TASK = re.compile(r"\s*#{2,4} Task:\s", re.IGNORECASE)
# Front ends without the '### Task:' heading; both words within one short instruction, at its start.
_TITLE = re.compile(
    r"\s*(?:please\s+|provide\s+|generate\s+|write\s+|create\s+|in 5 words or less\W+)"
    r"[^\n]{0,120}\b(?:title|summary)\b[^\n]{0,60}\b(?:conversation|chat)\b",
    re.IGNORECASE,
)
# Open WebUI's template for attached documents is a question in a frame, not housekeeping.
_FRAMED = re.compile(
    r"<user_query>\s*(.{1,8000}?)\s*</user_query>|(?:^|\n)\s*(?:User )?Query:\s*([^\n]{1,8000})\s*\Z", re.DOTALL
)
_FIRST_TURN = re.compile(r"(?:^|\n)\s*(?:USER|User|user|Human)\s*:\s*([^\n]{1,300})")
_ASKS: tuple[tuple[re.Pattern[str], dict[str, list[str] | str]], ...] = (
    (re.compile(r"follow[- _]?up", re.IGNORECASE), {"follow_ups": []}),
    (re.compile(r"\btags?\b", re.IGNORECASE), {"tags": ["Clinical trials"]}),
    (re.compile(r"\bquer(?:y|ies)\b", re.IGNORECASE), {"queries": []}),
    (re.compile(r"autocomplet", re.IGNORECASE), {"text": ""}),
)
_TITLE_WORDS = 6
DEFAULT_TITLE = "Clinical trial question"


def framed_question(text: str) -> str:
    """The question inside a front end's frame, or the text itself."""
    if _TASK.match(text) and (found := _FRAMED.search(text)):
        return found.group(1) or found.group(2)
    return text


def housekeeping_reply(text: str, earlier: Sequence[str] = ()) -> str | None:
    """The reply to a housekeeping prompt, None when `text` is a question. `earlier`: the user's turns before it."""
    task = bool(_TASK.match(text))
    if not task and not _TITLE.match(text):
        return None
    instruction = text[:400]
    if not task or re.search(r"\btitle\b", instruction, re.IGNORECASE):
        title = _title(text, earlier)
        return json.dumps({"title": title}, ensure_ascii=False) if task else title
    for pattern, reply in _ASKS:
        if pattern.search(instruction):
            return json.dumps(reply)
    return json.dumps({"text": ""})


def _title(text: str, earlier: Sequence[str]) -> str:
    found = _FIRST_TURN.search(text)
    first = found.group(1) if found else (earlier[0] if earlier else "")
    words = re.findall(r"[\w<>≤≥=.,%/+-]+", first)[:_TITLE_WORDS]
    return " ".join(words).strip(" .,") or DEFAULT_TITLE
