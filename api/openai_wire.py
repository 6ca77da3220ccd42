"""Request bodies of the OpenAI façade: what it uses is typed, what clients send beside it is let through unread."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class PartIn(_Lenient):
    type: str
    text: str | None = None


class MessageIn(_Lenient):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[PartIn] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptionsIn(_Lenient):
    include_usage: bool = False


class ChatIn(_Lenient):
    model: str = Field(max_length=200)
    messages: list[MessageIn] = Field(min_length=1, max_length=1000)
    stream: bool | None = False
    stream_options: StreamOptionsIn | None = None
    n: int | None = None
    trial_ids: list[str] = Field(default_factory=list, max_length=1000)  # ours: restrict the collection
    mode: Literal["extractive", "llm"] | None = None  # ours

    @property
    def wants_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage


Json = dict[str, Any]
