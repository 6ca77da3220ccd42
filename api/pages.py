"""The page: static files, and each record as a page of its own that reads without JavaScript too."""

from __future__ import annotations

from html import escape
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from api.record_html import record_html, spans_of
from api.service import Service
from rag.asking import checked_trial_ids
from rag.errors import UsageError

STATIC = Path(__file__).parent / "static"
_FRESH = {"cache-control": "no-cache"}  # asked again each time, answered 304 while unchanged
_TITLE, _PLACE = "<title>Trial record</title>", "<!-- record -->"


class _Fresh(StaticFiles):
    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(_FRESH)
        return response


def install_pages(app: FastAPI, service: Service) -> None:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def chat() -> Response:
        return FileResponse(STATIC / "index.html", headers=_FRESH)

    @router.get("/trials/{trial_id}")
    async def trial(trial_id: str, c: str = "") -> Response:
        """The shell alone where keys are set: the page then asks for one and fetches the record itself."""
        shell = (STATIC / "trial.html").read_text("utf-8")
        if service.settings.server.api_key_hashes:
            return HTMLResponse(shell, headers=_FRESH)
        try:
            (wanted,) = checked_trial_ids([trial_id])
            document = await service.run(lambda assistant: assistant.document(wanted))
        except UsageError:  # the script of the page says so; without it the status does
            return HTMLResponse(shell, 404, headers=_FRESH)
        title = f"<title>{escape(document.trial_id)}: {escape(document.title)}</title>"
        head, _, tail = shell.replace(_TITLE, title).partition(_PLACE)
        return HTMLResponse(head + record_html(document, spans_of(c, document)) + tail, headers=_FRESH)

    @router.get("/favicon.ico")
    async def icon() -> Response:
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml", headers=_FRESH)

    app.include_router(router)
    app.mount("/static", _Fresh(directory=STATIC), name="static")
