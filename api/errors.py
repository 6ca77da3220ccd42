"""One error envelope everywhere: {"error": {"message", "type", "param", "code"}}. It never repeats what was sent."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rag.asking import QuestionTooLongError
from rag.errors import IndexUnusableError, RagError, RemoteError, UnknownTrialError, UsageError

MAX_MESSAGE_CHARS = 600


@dataclass(frozen=True, slots=True)
class Fault:
    """What a caller is told: `type` is the family, `code` the exact case, `param` the field at fault."""

    status: int
    message: str
    type: str
    code: str
    param: str | None = None
    retry_after_s: int | None = None

    def envelope(self) -> dict[str, Any]:
        message = self.message[:MAX_MESSAGE_CHARS]
        return {"error": {"message": message, "type": self.type, "param": self.param, "code": self.code}}

    def headers(self) -> dict[str, str]:
        headers = {"cache-control": "no-store"}
        if self.retry_after_s is not None:
            headers["retry-after"] = str(self.retry_after_s)
        if self.code in ("request_timeout", "body_too_large"):
            headers["connection"] = "close"  # what is left of the body is not waited for
        if self.status == 401:
            headers["www-authenticate"] = "Bearer"
        return headers

    def response(self, extra: Mapping[str, str] | None = None) -> Response:
        headers = self.headers() | dict(extra or {})
        return Response(orjson.dumps(self.envelope()), self.status, headers, media_type="application/json")


class FaultError(HTTPException):
    """A fault raised where a request is handled; an HTTPException so that FastAPI lets it through everywhere."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.status, detail=fault.message)
        self.fault = fault


INVALID = "invalid_request_error"
_PLAIN = {
    400: Fault(400, "The request could not be read.", INVALID, "bad_request"),
    404: Fault(404, "Nothing is served at this address.", INVALID, "not_found"),
    405: Fault(405, "This address does not take that method.", INVALID, "method_not_allowed"),
    413: Fault(413, "The request body is too large.", INVALID, "body_too_large"),
}
INTERNAL = Fault(
    500, "The server failed on this request; its log names the request id.", "server_error", "internal_error"
)


def fault_of(exc: RagError) -> Fault:
    """The fault a caller is told for one of our own errors."""
    message = str(exc)
    if isinstance(exc, UnknownTrialError):
        return Fault(404, message, INVALID, "unknown_trial", "trial_id")
    if isinstance(exc, QuestionTooLongError):
        return Fault(413, message, INVALID, "question_too_long", "question")
    if isinstance(exc, UsageError):
        return Fault(422, message, INVALID, "invalid_value")
    if isinstance(exc, IndexUnusableError):
        return Fault(503, "No usable index is being served.", "server_error", "no_index", retry_after_s=5)
    if isinstance(exc, RemoteError):
        return Fault(503, "A remote service did not answer.", "server_error", "remote_unreachable", retry_after_s=5)
    return INTERNAL


def fault_of_validation(exc: RequestValidationError) -> Fault:
    """The first wrong field by name and rule; the value itself is never repeated."""
    first = exc.errors()[0]
    if first["type"] == "extra_forbidden":
        return Fault(422, "the body holds a field that is not known here", INVALID, "unknown_field")
    place = [str(part) for part in first["loc"] if part != "body"]
    param = ".".join(place)[:100] or None
    rule = "is missing" if first["type"] == "missing" else f"is not valid ({first['type']})"
    if first["type"] == "model_attributes_type":
        rule = "must be a JSON object sent as application/json"
    return Fault(422, f"{param or 'the body'} {rule}", INVALID, "invalid_value", param)


def place_of(exc: Exception) -> str:
    """Where it was raised, without its message: that may hold what a user wrote."""
    frames = traceback.extract_tb(exc.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"


def install(app: FastAPI) -> None:
    """Answer every expected error with the envelope; the guard answers the unforeseen."""

    @app.exception_handler(RagError)
    async def on_rag_error(_: Request, exc: RagError) -> Response:
        return fault_of(exc).response()

    @app.exception_handler(RequestValidationError)
    async def on_validation(_: Request, exc: RequestValidationError) -> Response:
        return fault_of_validation(exc).response()

    @app.exception_handler(HTTPException)
    async def on_http(_: Request, exc: HTTPException) -> Response:
        if isinstance(exc, FaultError):
            return exc.fault.response()
        fault = _PLAIN.get(exc.status_code, Fault(exc.status_code, "The request was refused.", INVALID, "refused"))
        allowed = {name.lower(): value for name, value in (exc.headers or {}).items() if name.lower() == "allow"}
        return fault.response(allowed)
