"""Server-sent events of /v1/ask/stream: plan, evidence, text…, citations, done; error ends a stream that failed."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import orjson
from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from api.errors import INTERNAL, Fault, FaultError, fault_of, place_of
from api.routes import StrictRoute, question_of
from api.service import STOPPING, TOO_SLOW, Service
from api.wire import AskIn
from rag.answering import answer_json
from rag.errors import RagError
from rag.types import Answer, Question

LOGGER = logging.getLogger(__name__)
T = TypeVar("T")
SSE_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
_PIECE = re.compile(r"\S+\s*|\s+")
_WORDS_A_DELTA = 3
HEARTBEAT_S = 10.0
_STREAM_DEADLINE_FACTOR = 2  # the question, then the wording: each has its own time-out


def event(name: str, value: Any) -> bytes:
    """One event; JSON holds no raw line end, so a document cannot forge one."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(value))


def deltas(text: str) -> Iterator[str]:
    """The text in pieces of a few words that join to exactly it."""
    pieces = _PIECE.findall(text)
    for at in range(0, len(pieces), _WORDS_A_DELTA):
        yield "".join(pieces[at : at + _WORDS_A_DELTA])


class StreamFaultError(Exception):
    """Ends a stream with an error event instead of a status, which has gone out already."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


async def waited(work: Awaitable[T], service: Service) -> AsyncIterator[T | None]:
    """None as a sign of life every ten seconds, then the result. StreamFaultError: the server stops, time runs out.

    Whoever stops listening closes this iterator, and with it the work.
    """
    task = asyncio.ensure_future(work)
    cut_off = asyncio.ensure_future(service.cut_off.wait())
    until = asyncio.get_running_loop().time() + _STREAM_DEADLINE_FACTOR * service.settings.server.request_timeout_s
    try:
        while True:
            left = until - asyncio.get_running_loop().time()
            await asyncio.wait({task, cut_off}, timeout=min(HEARTBEAT_S, max(0.0, left)), return_when="FIRST_COMPLETED")
            if task.done():
                yield task.result()
                return
            if cut_off.done():
                raise StreamFaultError(STOPPING)
            if left <= 0:
                raise StreamFaultError(TOO_SLOW)
            yield None
    except FaultError as exc:
        raise StreamFaultError(exc.fault) from exc
    except RagError as exc:
        raise StreamFaultError(fault_of(exc)) from exc
    finally:
        cut_off.cancel()
        task.cancel()


async def with_last_word(
    events: AsyncIterator[bytes], word: Callable[[Fault], bytes], service: Service
) -> AsyncIterator[bytes]:
    """The events; a fault on the way becomes the last of them, since the status has gone out already."""
    try:
        async for sent in events:
            yield sent
    except StreamFaultError as exc:
        yield word(exc.fault)
    except Exception as exc:  # the outer ring of a stream, as the guard is of a request
        service.metrics.failures.inc()
        LOGGER.error("unforeseen %s in a stream at %s", type(exc).__name__, place_of(exc))
        yield word(INTERNAL)


async def ask_events(first: Answer, question: Question, service: Service) -> AsyncIterator[bytes]:
    """The events of one answer. `first` is extractive: plan and evidence go out before a model words anything."""
    plain = answer_json(first)
    yield event("plan", {"id": first.id, "question": first.question, "plan": plain["plan"], "index": plain["index"]})
    yield event(
        "evidence", {"status": plain["status"], "result_set": plain["result_set"], "abstention": plain["abstention"]}
    )
    async for worded in waited(service.worded(first, question), service):
        if worded is None:
            yield b": still here\n\n"
            continue
        for delta in deltas(worded.answer):
            yield event("text", {"delta": delta})
        whole = answer_json(worded)
        yield event("citations", {"citations": whole["citations"]})
        yield event("done", whole)


def stream_router(service: Service) -> APIRouter:
    router = APIRouter(route_class=StrictRoute)

    @router.post("/v1/ask/stream", responses={200: {"content": {"text/event-stream": {}}}})
    async def ask_stream(body: AskIn) -> Response:
        question = question_of(body, service)
        # Asked before the headers go out: a busy server or a missing index is still a plain status.
        first = await service.run(lambda assistant: assistant.ask(replace(question, mode="extractive")))
        events = with_last_word(ask_events(first, question, service), lambda f: event("error", f.envelope()), service)
        return StreamingResponse(events, media_type="text/event-stream", headers=SSE_HEADERS)

    return router
