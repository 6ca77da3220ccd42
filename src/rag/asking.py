"""Questions as callers send them, checked once for the command line, HTTP and MCP alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.errors import UsageError
from rag.settings import Settings
from rag.types import Question, Turn

MAX_HISTORY_CHARS = 32_000
MAX_TRIAL_IDS = 1_000
MAX_PASSAGES = 50
MODES = ("extractive", "llm")
# C0 and C1 controls but tab and line ends, and lone surrogates: no keyboard makes them and no index holds them.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class QuestionTooLongError(UsageError):
    """HTTP 413."""


def checked_question(
    text: str,
    settings: Settings,
    *,
    history: Iterable[tuple[str, str]] = (),
    trial_ids: Sequence[str] = (),
    mode: str | None = None,
) -> Question:
    """The question, ready for `ask`. UsageError when it is empty, too long, or holds control characters.

    Of a long `history` the newest turns are kept, `settings.max_history_turns` and 32,000 characters at most. Without a
    `mode` the language model words the answer when one is set.
    """
    if mode is not None and mode not in MODES:
        raise UsageError("an unknown mode", remedy=f"use one of {', '.join(MODES)}")
    return Question(
        checked_text(text, settings),
        history=_newest(history, settings.max_history_turns),
        trial_ids=checked_trial_ids(trial_ids),
        mode=mode or default_mode(settings),
    )


def checked_text(text: str, settings: Settings) -> str:
    """`text` without blanks around it; UsageError when nothing is left or it is over `settings.max_question_chars`."""
    if len(text) > settings.max_question_chars:
        raise QuestionTooLongError(
            f"the question has {len(text):,} characters, the limit is {settings.max_question_chars:,}",
            remedy="shorten it or raise RAG_MAX_QUESTION_CHARS",
        )
    if not text.strip():
        raise UsageError(
            "the question is empty", remedy='ask something, for example "Which trials exclude eGFR below 60?"'
        )
    if _UNPRINTABLE.search(text):
        raise UsageError("the question holds control characters", remedy="send plain text")
    return text.strip()


def checked_trial_ids(trial_ids: Sequence[str]) -> tuple[str, ...]:
    """The ids in upper case, each once, in the order given."""
    if len(trial_ids) > MAX_TRIAL_IDS:
        raise UsageError(f"more than {MAX_TRIAL_IDS:,} trial ids", remedy="name fewer trials")
    ids = tuple(dict.fromkeys(trial_id.strip().upper() for trial_id in trial_ids))
    if any(not trial_id or len(trial_id) > 64 or _UNPRINTABLE.search(trial_id) for trial_id in ids):
        raise UsageError("a trial id is empty or malformed", remedy="use ids such as NCT01234567")
    return ids


def default_mode(settings: Settings) -> str:
    return "llm" if settings.llm.base_url else "extractive"


def _newest(history: Iterable[tuple[str, str]], limit: int) -> tuple[Turn, ...]:
    kept: list[Turn] = []
    left = MAX_HISTORY_CHARS
    for role, content in reversed(list(history)[-limit:] if limit else []):
        left -= len(content)
        if left < 0:
            break
        kept.append(Turn(role, _UNPRINTABLE.sub(" ", content)))
    return tuple(reversed(kept))
