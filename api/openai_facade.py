"""/v1/models and /v1/chat/completions as OpenAI clients expect them; the whole Answer rides along as `rag_answer`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Any
from uuid import uuid4

import orjson
from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from api.chat_text import chat_content, url_citations
from api.errors import INVALID, Fault, FaultError
from api.housekeeping import framed_question, housekeeping_reply
from api.openai_wire import ChatIn, Json
from api.routes import StrictRoute, json_response
from api.service import Service
from api.stream import SSE_HEADERS, deltas, waited, with_last_word
from rag.answering import answer_json
from rag.asking import checked_question
from rag.tokens import budget_count
from rag.types import Answer, Question

MODEL = "rag"
ALIASES = (MODEL, "clinical-trial-rag")
_CREATED = 1735689600  # the day the model name was given; clients want a number


@dataclass(frozen=True, slots=True)
class _Reply:
    """One completion: what is said, the answer behind it (none for housekeeping), and what it is called."""

    content: str
    prompt: str
    answer: Answer | None = None
    public_url: str = ""

    def usage(self) -> Json:
        said, asked = budget_count(self.content), budget_count(self.prompt)
        return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}

    def annotations(self) -> list[Json]:
        return url_citations(self.answer, self.content, self.public_url) if self.answer else []


@dataclass(frozen=True, slots=True)
class _Envelope:
    """The same id, time and model on every object of one completion."""

    model: str
    id: str
    created: int

    def of(self, kind: str, **parts: Any) -> Json:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model, **parts}


def _envelope(model: str) -> _Envelope:
    return _Envelope(model, f"chatcmpl-{uuid4().hex}", int(time.time()))


def facade_router(service: Service) -> APIRouter:
    router = APIRouter(route_class=StrictRoute)

    @router.get("/v1/models")
    async def models() -> Response:
        return json_response({"object": "list", "data": [_model(MODEL)]})

    @router.get("/v1/models/{name}")
    async def model(name: str) -> Response:
        return json_response(_model(_checked_model(name)))

    @router.post("/v1/chat/completions")
    async def complete(body: ChatIn) -> Response:
        _checked_model(body.model)
        if body.n not in (None, 1):
            raise FaultError(Fault(422, "only one choice is given", INVALID, "invalid_value", "n"))
        envelope = _envelope(body.model)
        chore = _chore(body)
        if chore is not None:
            return _streamed(_spoken(chore, envelope, body.wants_usage)) if body.stream else _whole(chore, envelope)
        question = _question(body, service)
        if not body.stream:
            return _whole(_reply(await service.ask(question), question, service), envelope)
        first = await service.run(lambda assistant: assistant.ask(replaced(question, mode="extractive")))
        chunks = _answer_chunks(first, question, service, envelope, usage=body.wants_usage)
        return _streamed(with_last_word(chunks, lambda fault: _data(fault.envelope()), service))

    return router


def _model(name: str) -> Json:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "rag"}


def _checked_model(name: str) -> str:
    if name not in ALIASES:
        raise FaultError(Fault(404, f"this server has one model, '{MODEL}'", INVALID, "model_not_found", "model"))
    return name


def _turns(body: ChatIn) -> list[tuple[str, str]]:
    """The conversation without system messages and tools; it ends with the user's words."""
    turns: list[tuple[str, str]] = [
        (message.role, message.text) for message in body.messages if message.role in ("user", "assistant")
    ]
    while turns and turns[-1][0] != "user":
        turns.pop()
    if not turns:
        raise FaultError(Fault(422, "messages holds no message of the user", INVALID, "invalid_value", "messages"))
    return turns


def _chore(body: ChatIn) -> _Reply | None:
    *earlier, (_, text) = _turns(body)
    if framed_question(text) != text:
        return None
    reply = housekeeping_reply(text, [content for role, content in earlier if role == "user"])
    return None if reply is None else _Reply(reply, text)


def _question(body: ChatIn, service: Service) -> Question:
    *history, (_, text) = _turns(body)
    return checked_question(
        framed_question(text), service.settings, history=history, trial_ids=body.trial_ids, mode=body.mode
    )


def _reply(answer: Answer, question: Question, service: Service) -> _Reply:
    prompt = "\n".join([*(turn.content for turn in question.history), question.text])
    return _Reply(chat_content(answer), prompt, answer, service.settings.server.public_url)


def _whole(reply: _Reply, envelope: _Envelope) -> Response:
    message: Json = {"role": "assistant", "content": reply.content, "refusal": None, "annotations": reply.annotations()}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    extension = {"rag_answer": answer_json(reply.answer)} if reply.answer else {}
    return json_response(envelope.of("chat.completion", choices=[choice], usage=reply.usage(), **extension))


def _streamed(chunks: AsyncIterator[bytes]) -> Response:
    return StreamingResponse(chunks, media_type="text/event-stream", headers=SSE_HEADERS)


def _data(value: Any) -> bytes:
    return b"data: %s\n\n" % orjson.dumps(value)


def _chunk(envelope: _Envelope, delta: Json, finish: str | None = None, **extension: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _data(envelope.of("chat.completion.chunk", choices=[choice], **extension))


def _chunks(reply: _Reply, envelope: _Envelope, usage: bool) -> Iterator[bytes]:
    """Everything after the role chunk."""
    for delta in deltas(reply.content):
        yield _chunk(envelope, {"content": delta})
    if cited := reply.annotations():
        yield _chunk(envelope, {"annotations": cited})
    extension = {"rag_answer": answer_json(reply.answer)} if reply.answer else {}
    yield _chunk(envelope, {}, "stop", **extension)
    if usage:
        yield _data(envelope.of("chat.completion.chunk", choices=[], usage=reply.usage()))
    yield b"data: [DONE]\n\n"


async def _spoken(reply: _Reply, envelope: _Envelope, usage: bool) -> AsyncIterator[bytes]:
    yield _chunk(envelope, {"role": "assistant", "content": ""})
    for chunk in _chunks(reply, envelope, usage):
        yield chunk


async def _answer_chunks(
    first: Answer, question: Question, service: Service, envelope: _Envelope, *, usage: bool
) -> AsyncIterator[bytes]:
    yield _chunk(envelope, {"role": "assistant", "content": ""})
    async for worded in waited(service.worded(first, question), service):
        if worded is None:
            yield b": still here\n\n"
            continue
        for chunk in _chunks(_reply(worded, question, service), envelope, usage):
            yield chunk
