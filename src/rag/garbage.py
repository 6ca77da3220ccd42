"""The cyclic garbage collector, held back while an answer is made."""

from __future__ import annotations

import gc
import threading


class _CollectorPaused:
    """Pauses the cyclic garbage collector while any thread is inside.

    Ten thousand new objects without a cycle among them made it run again and again: two thirds of the time of a set
    question, and of a screening, over 9,000 trials.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._was_on = False

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._was_on = gc.isenabled()
                gc.disable()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._was_on:
                gc.enable()


COLLECTOR_PAUSED = _CollectorPaused()
