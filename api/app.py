"""The FastAPI application, put together from its rooms."""

from __future__ import annotations

import asyncio
import importlib.metadata
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI

from api import errors
from api.guard import Guard
from api.openai_facade import facade_router
from api.pages import install_pages
from api.routes import native_router, operations_router
from api.served import ready
from api.service import Service, lifespan_of, make_service
from api.stream import stream_router
from rag.errors import UsageError
from rag.mcp_server import http_routes, make_mcp
from rag.settings import Settings
from rag.types import Question

if TYPE_CHECKING:
    from rag.assistant import Assistant


def open_assistant(settings: Settings) -> Assistant:
    from rag.assistant import Assistant  # noqa: PLC0415 - tests serve a fake without the real one's libraries

    return Assistant.open(settings)


def create_app(settings: Settings, opener: Callable[[], Assistant] | None = None) -> FastAPI:
    """The application over `settings.index`, or over the assistant that `opener` gives; `app.state.service` runs it."""
    errors_of_settings(settings)
    service = make_service(settings, opener or (lambda: open_assistant(settings)))
    mcp = make_mcp(service, settings)
    mcp_routes = http_routes(mcp, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(lifespan_of(service))
            await stack.enter_async_context(mcp.session_manager.run())
            warming = asyncio.get_running_loop().run_in_executor(service.threads, warm, service)
            yield
            warming.cancel()

    app = FastAPI(
        title="Clinical trial questions",
        version=_version(),
        lifespan=lifespan,
        docs_url=None,  # those pages load scripts from elsewhere; /openapi.json stays
        redoc_url=None,
    )
    app.state.service = service
    errors.install(app)
    for router in (native_router(service), stream_router(service), facade_router(service), operations_router(service)):
        app.include_router(router)
    install_pages(app, service)
    app.router.routes.extend(mcp_routes)
    app.add_middleware(Guard, service=service)
    if settings.server.opentelemetry:
        add_telemetry(app)
    return app


def add_telemetry(app: FastAPI) -> None:
    """Server spans through the providers that the operator installed; UsageError when the API itself is missing."""
    try:
        from starlette.middleware.opentelemetry import OpenTelemetryMiddleware  # noqa: PLC0415 - optional
    except ImportError as exc:
        raise UsageError(
            "RAG_SERVER__OPENTELEMETRY is set and opentelemetry-api is not installed",
            remedy="pip install opentelemetry-api opentelemetry-sdk, or unset it",
        ) from exc
    app.add_middleware(OpenTelemetryMiddleware)


def errors_of_settings(settings: Settings) -> None:
    from api.auth import check_hashes  # noqa: PLC0415

    check_hashes(settings.server.api_key_hashes)


def warm(service: Service) -> None:
    """Open the index and load what the first question needs; without an index the server says that it is not ready."""
    if ready(service.served):
        assistant = service.served.current()
        assistant.search("kidney function", 1)
        assistant.ask(Question("Which trials exclude pregnant women with eGFR below 60?"))


def _version() -> str:
    try:
        return importlib.metadata.version("clinical-trial-rag")
    except importlib.metadata.PackageNotFoundError:
        return "0"
