"""The assistant being served: a new one when the index is published again, the old one kept by whoever still asks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import IndexUnusableError, RagError

if TYPE_CHECKING:
    from rag.assistant import Assistant

LOGGER = logging.getLogger(__name__)
POINTER = "CURRENT"
_LOOK_EVERY_S = 0.5

Stamp = tuple[int, int, int]


class Served:
    """Holds one assistant. `current` is called from worker threads and never fails because a newer index is bad."""

    def __init__(self, opener: Callable[[], Assistant], index: Path, on_reload: Callable[[bool], None]) -> None:
        self._opener = opener
        self._pointer = index / POINTER
        self._on_reload = on_reload
        self._assistant: Assistant | None = None
        self._stamp: Stamp | None = None
        self._looked_at = 0.0
        self._opening = threading.Lock()

    @property
    def is_open(self) -> bool:
        return self._assistant is not None

    def current(self) -> Assistant:
        """The assistant over the newest published index; IndexUnusableError when there was never one."""
        now = time.monotonic()
        assistant = self._assistant
        if assistant is None:
            with self._opening:
                return self._assistant or self._open()
        if now - self._looked_at < _LOOK_EVERY_S:
            return assistant
        self._looked_at = now
        if self._stamp_now() != self._stamp and self._opening.acquire(blocking=False):
            try:
                return self._reopen(assistant)
            finally:
                self._opening.release()
        return assistant

    def _reopen(self, old: Assistant) -> Assistant:
        try:
            assistant = self._open()
        except RagError as exc:
            self._on_reload(False)
            LOGGER.error("the newer index could not be opened, the old one is still served: %s", type(exc).__name__)
            return old
        self._on_reload(True)
        return assistant

    def _open(self) -> Assistant:
        self._stamp = self._stamp_now()  # before opening: a publication meanwhile is seen at the next look
        self._assistant = self._opener()
        return self._assistant

    def _stamp_now(self) -> Stamp | None:
        try:
            stat = self._pointer.stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_mtime_ns, stat.st_size


def ready(served: Served) -> bool:
    """Whether a question could be answered now."""
    try:
        served.current()
    except IndexUnusableError as exc:
        LOGGER.warning("no index to serve: %s", exc)
        return False
    return True
