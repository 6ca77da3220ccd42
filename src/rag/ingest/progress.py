"""How far a build has come: what is done, how fast, how long still."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_EVERY_S = 0.2


class Stage(StrEnum):
    READING = "reading"  # records
    WORDS = "words"  # passages put into the word index
    VECTORS = "vectors"  # passages embedded
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class Progress:
    """`total` is None while nobody knows how many there are."""

    stage: Stage
    done: int
    total: int | None
    seconds: float

    @property
    def rate_per_s(self) -> float:
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def eta_s(self) -> float | None:
        """Seconds still to go at the rate so far; None when it cannot be told."""
        if self.total is None or not self.done or self.seconds <= 0:
            return None
        return max(self.total - self.done, 0) / self.rate_per_s


Report = Callable[[Progress], None]


class Meter:
    """Reports one stage some five times a second, and its end."""

    def __init__(self, report: Report | None, stage: Stage, total: int | None) -> None:
        self._report = report
        self._stage = stage
        self._total = total
        self._done = 0
        self._start = time.perf_counter()
        self._last = self._start

    def add(self, count: int = 1) -> None:
        self._done += count
        now = time.perf_counter()
        if now - self._last >= _EVERY_S:
            self._last = now
            self._send(now)

    def end(self) -> None:
        """The stage is over: what was done is all there was."""
        self._total = self._done
        self._send(time.perf_counter())

    def _send(self, now: float) -> None:
        if self._report is not None:
            self._report(Progress(self._stage, self._done, self._total, now - self._start))
