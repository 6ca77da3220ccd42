"""Request bodies of the native endpoints: strict types, no unknown fields."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.asking import MAX_PASSAGES, MAX_TRIAL_IDS


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TurnIn(_Body):
    role: Literal["user", "assistant"]
    content: str


class AskIn(_Body):
    """A question. Without `mode` the language model words the answer when the server has one."""

    question: str
    history: list[TurnIn] = Field(default_factory=list, max_length=1000)
    trial_ids: list[str] = Field(default_factory=list, max_length=MAX_TRIAL_IDS)
    mode: Literal["extractive", "llm"] | None = None


class ScreenIn(_Body):
    """A patient description, held against every trial's criteria (or those of `trial_ids`)."""

    text: str
    trial_ids: list[str] = Field(default_factory=list, max_length=MAX_TRIAL_IDS)


class SearchIn(_Body):
    text: str
    k: int = Field(default=10, ge=1, le=MAX_PASSAGES)
    trial_ids: list[str] = Field(default_factory=list, max_length=MAX_TRIAL_IDS)
