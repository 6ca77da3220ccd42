"""What keeps a busy server answering: a bounded queue before the workers, and a rate for each caller."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from api.errors import Fault, FaultError

BUSY = Fault(429, "The server is busy; try again shortly.", "rate_limit_error", "overloaded", retry_after_s=1)
RATE = Fault(429, "Too many requests for this caller.", "rate_limit_error", "rate_limited")
_CALLERS = 10_000  # callers remembered by the rate limit, the least recent forgotten first


@dataclass
class Admission:
    """`workers` requests at once, `queue` more wait in order, `wait_s` each at most; all others are sent away.

    A request that gave up its slot to a deadline still counts until its work ends: `release` is the worker's to call.
    """

    workers: int
    queue: int
    wait_s: float
    running: int = 0
    shed: int = 0
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def acquire(self) -> None:
        if self.running < self.workers and not self._waiting:
            self.running += 1
            return
        if len(self._waiting) >= self.queue:
            self._refuse()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await asyncio.wait_for(asyncio.shield(turn), self.wait_s)
        except (TimeoutError, asyncio.CancelledError) as exc:
            if turn.done():  # the slot came in the same moment: hand it on
                self.release()
            else:
                self._waiting.remove(turn)
                turn.cancel()
            if isinstance(exc, TimeoutError):
                self._refuse()
            raise

    def release(self) -> None:
        if self._waiting:
            self._waiting.popleft().set_result(None)  # the slot passes on: `running` stays
        else:
            self.running -= 1

    def _refuse(self) -> None:
        self.shed += 1
        raise FaultError(BUSY)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        await self.acquire()
        try:
            yield
        finally:
            self.release()


@dataclass
class Rate:
    """A token bucket a caller: `per_minute` requests, all of them at once if need be. 0 lets everything through."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def spend(self, caller: str) -> None:
        """Take one token; FaultError 429 with the seconds to wait when none is left."""
        if not self.per_minute:
            return
        now = self.clock()
        tokens, since = self._buckets.pop(caller, (float(self.per_minute), now))
        tokens = min(float(self.per_minute), tokens + (now - since) * self.per_minute / 60)
        allowed = tokens >= 1
        self._buckets[caller] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _CALLERS:
            self._buckets.popitem(last=False)
        if not allowed:
            wait_s = max(1, math.ceil((1 - tokens) * 60 / self.per_minute))
            raise FaultError(Fault(RATE.status, RATE.message, RATE.type, RATE.code, retry_after_s=wait_s))
