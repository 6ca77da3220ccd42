"""The native endpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.errors import INVALID, Fault, FaultError
from api.metrics import CONTENT_TYPE
from api.served import ready
from api.service import Service
from api.strict_json import StrictJsonError, parse
from api.wire import AskIn, ScreenIn, SearchIn
from rag.answering import answer_json
from rag.asking import checked_question, checked_text, checked_trial_ids
from rag.records import criteria_json, search_json, trial_json, trials_json
from rag.types import Question
from rag.wire import AnswerOut, CriteriaOut, SearchOut, TrialOut, TrialsOut

TrialId = Annotated[str, Path(min_length=1, max_length=64, examples=["NCT01234567"])]


class StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return parse(await self.body())
        except StrictJsonError as exc:
            raise FaultError(Fault(400, str(exc), INVALID, "invalid_json")) from exc


class StrictRoute(APIRoute):
    """Reads bodies with the strict parser."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def json_response(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, {"cache-control": "no-store"}, media_type="application/json")


def question_of(body: AskIn, service: Service) -> Question:
    turns = [(turn.role, turn.content) for turn in body.history]
    return checked_question(body.question, service.settings, history=turns, trial_ids=body.trial_ids, mode=body.mode)


def native_router(service: Service) -> APIRouter:
    router = APIRouter(route_class=StrictRoute)

    @router.post("/v1/ask", responses={200: {"model": AnswerOut}})
    async def ask(body: AskIn) -> Response:
        return json_response(answer_json(await service.ask(question_of(body, service))))

    @router.post("/v1/screen", responses={200: {"model": AnswerOut}})
    async def screen(body: ScreenIn) -> Response:
        text, ids = checked_text(body.text, service.settings), checked_trial_ids(body.trial_ids)
        return json_response(answer_json(await service.screen(text, ids)))

    @router.post("/v1/search", responses={200: {"model": SearchOut}})
    async def search(body: SearchIn) -> Response:
        text, ids = checked_text(body.text, service.settings), checked_trial_ids(body.trial_ids)
        hits = await service.run(lambda assistant: assistant.search(text, body.k, trial_ids=ids))
        return json_response(search_json(text, hits))

    @router.get("/v1/trials", responses={200: {"model": TrialsOut}})
    async def trials(
        limit: Annotated[int, Query(ge=1, le=1000)] = 100, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0
    ) -> Response:
        summaries = await service.run(lambda assistant: assistant.summaries())
        return json_response(trials_json(summaries[offset : offset + limit], total=len(summaries)))

    @router.get("/v1/trials/{trial_id}", responses={200: {"model": TrialOut}})
    async def trial(trial_id: TrialId) -> Response:
        document = await service.run(lambda assistant: assistant.document(_known(trial_id)))
        return json_response(trial_json(document))

    @router.get("/v1/trials/{trial_id}/criteria", responses={200: {"model": CriteriaOut}})
    async def criteria(trial_id: TrialId) -> Response:
        wanted = _known(trial_id)
        found = await service.run(lambda a: criteria_json(a.read_trial(wanted), a.document(wanted)))
        return json_response(found)

    return router


def _known(trial_id: str) -> str:
    return checked_trial_ids([trial_id])[0]


def operations_router(service: Service) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.get("/readyz")
    async def is_ready() -> dict[str, Any]:
        """An index is open and the server is not shutting down."""
        if service.draining.is_set() or not await asyncio.to_thread(ready, service.served):
            raise FaultError(Fault(503, "Not ready.", "server_error", "not_ready", retry_after_s=1))
        return {"status": "ready", "index": service.served.current().snapshot.info.id}

    @router.get("/metrics")
    async def metrics() -> Response:
        service.publish_gauges()
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    return router
