"""The page: static files that hold no data. Everything it shows comes from the endpoints, as text."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"
_FRESH = {"cache-control": "no-cache"}  # asked again each time, answered 304 while unchanged


class _Fresh(StaticFiles):
    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(_FRESH)
        return response


def install_pages(app: FastAPI) -> None:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def chat() -> Response:
        return FileResponse(STATIC / "index.html", headers=_FRESH)

    @router.get("/trials/{trial_id}")
    async def trial(trial_id: str) -> Response:
        return FileResponse(STATIC / "trial.html", headers=_FRESH)

    @router.get("/favicon.ico")
    async def icon() -> Response:
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml", headers=_FRESH)

    app.include_router(router)
    app.mount("/static", _Fresh(directory=STATIC), name="static")
