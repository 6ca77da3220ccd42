"""Serving on a socket: one process, h11, bounded headers and waits, a graceful stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.app import create_app
from api.auth import check_bind
from api.service import Service
from rag.errors import UsageError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.assistant import Assistant

_KEEP_ALIVE_S = 5
_BACKLOG = 512


class BoundedProtocol(H11Protocol):
    """h11 with a limit on how long a connection may take to send its headers, the first time and between requests."""

    headers_within_s = 15.0
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._late = self.loop.call_later(self.headers_within_s, self._too_late)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waiting = self.conn.their_state is h11.IDLE
        if not waiting and self._late is not None:
            self._late.cancel()
            self._late = None
        elif waiting and self._late is None:
            self._late = self.loop.call_later(self.headers_within_s, self._too_late)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def _too_late(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()


class GracefulServer(uvicorn.Server):
    """Turns readiness off before it stops listening, and ends open streams with an error event in time."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self.service = service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.service.stop(self.service.settings.server.graceful_timeout_s)
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. With protocol TCP named, asyncio sets TCP_NODELAY on what it accepts: 44 ms a request."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as exc:
        listening.close()
        raise UsageError(f"cannot listen on {host}:{port} ({exc})", remedy="choose another --port or --host") from exc
    listening.listen(_BACKLOG)
    listening.setblocking(False)
    return listening


def serve(
    settings: Settings,
    host: str,
    port: int,
    *,
    announce: Callable[[str], None],
    opener: Callable[[], Assistant] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets the address once it listens. UsageError: the bind is refused."""
    check_bind(host, settings.server)
    app = create_app(settings, opener)
    listening = listen(host, port)
    server = GracefulServer(_config(app, settings), app.state.service)
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{listening.getsockname()[1]}")
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when it is done; that is our normal end
    with listening:
        server.run(sockets=[listening])


def _config(app: Any, settings: Settings) -> uvicorn.Config:
    limits = settings.server
    protocol = type("Protocol", (BoundedProtocol,), {"headers_within_s": limits.receive_timeout_s})
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=max(1, round(limits.graceful_timeout_s)),
        h11_max_incomplete_event_size=limits.max_header_bytes,
    )
