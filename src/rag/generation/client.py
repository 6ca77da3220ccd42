"""One exchange with an OpenAI-compatible server, trusted with nothing: bounded in time and bytes, never redirected."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.errors import RemoteError

if TYPE_CHECKING:
    import httpx

    from rag.settings import LlmSettings

Message = dict[str, str]
_TYPES = ("application/json", "text/event-stream")


class ModelError(RemoteError):
    """The model gave nothing that can be used; `message` says why and never repeats what it sent."""


@dataclass
class _Reply:
    """What has arrived so far."""

    text: str = ""
    finished: bool = False


async def complete(messages: Sequence[Message], settings: LlmSettings) -> str:
    """The text of the model's reply, whole. ModelError within `settings.timeout_s` in every other case."""
    import httpx  # noqa: PLC0415 - only where a model is set

    _check_address(settings.base_url)
    try:
        async with asyncio.timeout(settings.timeout_s):
            return await _exchange(messages, settings)
    except TimeoutError as exc:
        raise ModelError(f"no whole reply within {settings.timeout_s:g} s") from exc
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as exc:
        raise ModelError(f"the connection failed ({type(exc).__name__})") from exc
    except (ValueError, RecursionError) as exc:
        raise ModelError("the reply is not what an OpenAI-compatible server sends") from exc


def _check_address(base_url: str) -> None:
    try:
        parts = urlsplit(base_url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port of 99999, an open bracket
        fits = False
    if not fits:
        raise ModelError("RAG_LLM__BASE_URL is not the address of a server, such as http://127.0.0.1:11434/v1")


async def _exchange(messages: Sequence[Message], settings: LlmSettings) -> str:
    import httpx  # noqa: PLC0415

    headers = {"accept": ", ".join(_TYPES), "accept-encoding": "identity"}
    if settings.api_key.get_secret_value():
        headers["authorization"] = f"Bearer {settings.api_key.get_secret_value()}"
    body = {
        "model": settings.model or "default",
        "messages": list(messages),
        "stream": True,
        "temperature": 0,
        "max_tokens": settings.max_answer_tokens,
    }
    # No proxy or credentials from the environment, no redirect: questions go to the one address that was set.
    async with (
        httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=settings.timeout_s) as client,
        client.stream(
            "POST", f"{settings.base_url.rstrip('/')}/chat/completions", json=body, headers=headers
        ) as response,
    ):
        kind = _checked_kind(response)
        chunks = _bounded(response, settings.max_response_bytes)
        return await (_read_events(chunks) if kind == "text/event-stream" else _read_object(chunks))


def _checked_kind(response: httpx.Response) -> str:
    if response.is_redirect:
        raise ModelError("it redirects elsewhere, which is not followed")
    if response.status_code != 200:
        raise ModelError(f"it answers with status {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ModelError("the reply is compressed, which was not asked for")
    kind = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise ModelError("the reply is neither JSON nor a stream of events")
    return kind


async def _bounded(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > limit:
            raise ModelError(f"the reply is longer than {limit:,} bytes")
        yield chunk


async def _read_object(chunks: AsyncIterator[bytes]) -> str:
    body = b"".join([chunk async for chunk in chunks])
    message = _choice(json.loads(body.decode("utf-8"))).get("message")
    if not isinstance(message, dict):
        raise ModelError("the reply holds no message")
    return _checked_text(_content(message))


async def _read_events(chunks: AsyncIterator[bytes]) -> str:
    reply, rest = _Reply(), b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if _take_line(line.strip(b"\r"), reply):
                return _checked_text(reply.text)
    if not reply.finished:
        raise ModelError("the stream broke off")
    return _checked_text(reply.text)


def _take_line(line: bytes, reply: _Reply) -> bool:
    """Add one line of the stream to the reply; True when the stream says it is done."""
    if not line.startswith(b"data:"):
        return False  # comments, event names and blank lines
    data = line[5:].strip()
    if data == b"[DONE]":
        return True
    event = json.loads(data.decode("utf-8"))
    if not isinstance(event, dict) or "error" in event:
        raise ModelError("the stream holds an error")
    if event.get("choices") == []:
        return False  # the usage chunk
    choice = _choice(event)
    delta = choice.get("delta")
    reply.text += _content(delta) if isinstance(delta, dict) else ""
    reply.finished = reply.finished or choice.get("finish_reason") is not None
    return False


def _choice(event: Any) -> dict[str, Any]:
    if not isinstance(event, dict) or "error" in event:
        raise ModelError("the reply is an error")
    choices = event.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ModelError("the reply holds no choice")
    if choices[0].get("finish_reason") in ("content_filter", "tool_calls", "function_call"):
        raise ModelError("the model refused or called a tool")
    return choices[0]


def _content(message: dict[str, Any]) -> str:
    if message.get("tool_calls") or message.get("function_call") or message.get("refusal"):
        raise ModelError("the model refused or called a tool")
    content = message.get("content")
    if content is None:
        return ""
    if not isinstance(content, str):
        raise ModelError("the content is not text")
    content.encode("utf-8")  # UnicodeEncodeError, a ValueError, for half of a surrogate pair
    return content


def _checked_text(text: str) -> str:
    if not text.strip():
        raise ModelError("the reply is empty")
    return text
