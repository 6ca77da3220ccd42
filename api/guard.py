"""The outer ring: who may ask, how large and how slow a body may be, ids, logs, headers, the last resort."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import caller_of, is_loopback
from api.errors import INTERNAL, INVALID, Fault, FaultError, place_of
from api.service import Service

LOGGER = logging.getLogger(__name__)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# The shells hold no data: with keys set, the page asks for one and sends it with each call.
_OPEN = ("/", "/healthz", "/readyz", "/favicon.ico")
_OPEN_FOLDERS = ("/static/", "/trials/")

_WRONG_HOST = Fault(400, "This server does not answer to that Host name.", INVALID, "host_not_trusted")
_WRONG_ORIGIN = Fault(403, "Pages of other sites may not call this server.", INVALID, "origin_not_trusted")
_NO_KEY = Fault(401, "A valid bearer key is needed.", "authentication_error", "invalid_api_key")
_SLOW_BODY = Fault(408, "The request body did not arrive in time.", INVALID, "request_timeout")
_LARGE_BODY = Fault(413, "The request body is too large.", INVALID, "body_too_large")

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class _DisconnectedError(Exception):
    """The client left before its body was whole."""


@dataclass
class _Exchange:
    """One request and what became of it."""

    request_id: str
    started: float = field(default_factory=time.perf_counter)
    status: int = 0
    faulted: str = ""


class Guard:
    """ASGI middleware around the whole application, mounted apps included."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service
        self.server = service.settings.server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(_request_id(Headers(scope=scope)))
        scope.setdefault("state", {})["request_id"] = exchange.request_id
        try:
            await self._answer(exchange, scope, receive, self._sender(exchange, send))
        finally:
            self._record(exchange, scope)

    async def _answer(self, exchange: _Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check_caller(scope)
            body = await self._body(scope, receive)
            await self.app(scope, _replay(body, receive), send)
        except FaultError as exc:
            exchange.faulted = exc.fault.code
            await exc.fault.response()(scope, receive, send)
        except _DisconnectedError:
            exchange.faulted = "disconnected"
        except Exception as exc:  # the outer ring: whatever was not foreseen becomes a plain 500 and a line in the log
            exchange.faulted = "internal_error"
            self.service.metrics.failures.inc()
            LOGGER.error("unforeseen %s at %s [%s]", type(exc).__name__, place_of(exc), exchange.request_id)
            if not exchange.status:
                await INTERNAL.response()(scope, receive, send)

    def _check_caller(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if not _is_trusted(headers.get("host", ""), self.server.trusted_hosts):
            raise FaultError(_WRONG_HOST)
        origin = headers.get("origin")
        if origin is not None and not _is_trusted(origin.rpartition("://")[2], self.server.trusted_hosts):
            raise FaultError(_WRONG_ORIGIN)
        path = scope["path"]
        if path in _OPEN or path.startswith(_OPEN_FOLDERS):
            return
        caller = scope["client"][0] if scope.get("client") else "unknown"
        if self.server.api_key_hashes:
            known = caller_of(headers.get("authorization", ""), self.server.api_key_hashes)
            if known is None:
                raise FaultError(_NO_KEY)
            caller = known
        self.service.rate.spend(caller)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body, FaultError 413 as soon as it is too large, 408 when it is too slow."""
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared[:20]) > self.server.max_body_bytes:
            raise FaultError(_LARGE_BODY)
        body = bytearray()
        try:
            async with asyncio.timeout(self.server.receive_timeout_s):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _DisconnectedError
                    body += message.get("body", b"")
                    if len(body) > self.server.max_body_bytes:
                        raise FaultError(_LARGE_BODY)
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError as exc:
            raise FaultError(_SLOW_BODY) from exc

    def _sender(self, exchange: _Exchange, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                headers["x-request-id"] = exchange.request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        return sending

    def _record(self, exchange: _Exchange, scope: Scope) -> None:
        seconds = time.perf_counter() - exchange.started
        route = getattr(scope.get("route"), "path", None) or _mounted(scope["path"])
        method = (
            scope["method"]
            if scope["method"] in ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH")
            else "OTHER"
        )
        metrics = self.service.metrics
        metrics.requests.labels(route, method, str(exchange.status)).inc()
        metrics.seconds.labels(route).observe(seconds)
        LOGGER.info(
            "request",
            extra={
                "fields": {
                    "request_id": exchange.request_id,
                    "method": method,
                    "route": route,
                    "status": exchange.status,
                    "ms": round(seconds * 1000, 1),
                    "fault": exchange.faulted,
                }
            },
        )


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _is_trusted(host: str, trusted: Iterable[str]) -> bool:
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    return is_loopback(name) or any(known in ("*", name) for known in trusted)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the whole body first, then whatever the connection says (that the client left)."""
    given = False

    async def replaying() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replaying


def _mounted(path: str) -> str:
    return "/mcp" if path.startswith("/mcp") else "/static" if path.startswith("/static/") else "unmatched"
