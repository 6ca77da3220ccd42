"""How a request becomes an answer: admitted, worked on in a thread, worded by the model where one is set, counted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from api.errors import Fault, FaultError
from api.limits import Admission, Rate
from api.metrics import Metrics
from api.served import Served
from rag.generation import NO_MODEL, Rewriter
from rag.settings import Settings
from rag.types import Answer, Question

if TYPE_CHECKING:
    from rag.assistant import Assistant

LOGGER = logging.getLogger(__name__)
T = TypeVar("T")
TOO_SLOW = Fault(504, "The question took longer than the server allows.", "server_error", "timeout", retry_after_s=5)
STOPPING = Fault(503, "The server is shutting down.", "server_error", "shutting_down", retry_after_s=5)


@dataclass
class Service:
    """Everything the endpoints share, made once an application."""

    settings: Settings
    served: Served
    admission: Admission
    rate: Rate
    metrics: Metrics
    rewriter: Rewriter | None
    threads: ThreadPoolExecutor
    draining: asyncio.Event = field(default_factory=asyncio.Event)  # no longer ready; running answers go on
    cut_off: asyncio.Event = field(default_factory=asyncio.Event)  # time is up: streams end with an error event

    async def run(self, work: Callable[[Assistant], T]) -> T:
        """`work` in a thread under the limits; FaultError 429 when busy, 504 past the deadline.

        A thread cannot be stopped: past the deadline the caller is told so, and the slot stays taken until it ends.
        """
        await self._admit()
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self.threads, lambda: work(self.served.current()))
        running.add_done_callback(self._ended)
        try:
            return await asyncio.wait_for(asyncio.shield(running), self.settings.server.request_timeout_s)
        except TimeoutError as exc:
            raise FaultError(TOO_SLOW) from exc

    async def _admit(self) -> None:
        try:
            await self.admission.acquire()
        except FaultError as exc:
            self.metrics.shed.labels(exc.fault.code).inc()
            raise
        finally:
            self._gauge()

    def _ended(self, running: asyncio.Future[T]) -> None:
        self.admission.release()
        self._gauge()
        if not running.cancelled():
            running.exception()  # read, so that asyncio does not log what a request past its deadline met

    def _gauge(self) -> None:
        self.metrics.running.set(self.admission.running)
        self.metrics.waiting.set(self.admission.waiting)

    async def ask(self, question: Question) -> Answer:
        """The whole answer, worded by the model when the question's mode says so."""
        answer = await self.run(lambda assistant: assistant.ask(replace(question, mode="extractive")))
        return await self.worded(answer, question)

    async def screen(self, text: str, trial_ids: tuple[str, ...]) -> Answer:
        answer = await self.run(lambda assistant: assistant.screen(text, trial_ids))
        return await self.worded(answer, Question(text))

    async def worded(self, answer: Answer, question: Question) -> Answer:
        if question.mode == "llm" and self.rewriter is not None:
            answer = await self.rewriter.areword(answer)
            self.metrics.sentences.labels("shown" if answer.mode == "llm" else "replaced").inc()
        elif question.mode == "llm":
            answer = replace(answer, warnings=(*answer.warnings, NO_MODEL))
        self.metrics.count(answer)
        LOGGER.info(
            "answered",
            extra={
                "fields": {
                    "answer_id": answer.id,
                    "intent": str(answer.plan.intent),
                    "status": str(answer.status),
                    "mode": answer.mode,
                    "citations": len(answer.citations),
                    "ms": answer.timings_ms.get("total"),
                }
            },
        )
        return answer

    def publish_gauges(self) -> None:
        if self.served.is_open:
            info = self.served.current().snapshot.info
            self.metrics.trials.set(info.trials)
            self.metrics.passages.set(info.passages)

    async def stop(self, grace_s: float) -> None:
        """Turn readiness off now, and end what still streams just before the grace is over."""
        self.draining.set()
        asyncio.get_running_loop().call_later(max(0.0, grace_s - 1), self.cut_off.set)


def make_service(settings: Settings, opener: Callable[[], Assistant]) -> Service:
    metrics = Metrics()
    server = settings.server
    return Service(
        settings=settings,
        served=Served(opener, settings.index, lambda ok: metrics.reloads.labels("taken" if ok else "refused").inc()),
        admission=Admission(server.max_concurrency, server.max_queue, server.queue_timeout_s),
        rate=Rate(server.requests_per_minute),
        metrics=metrics,
        rewriter=Rewriter(settings.llm) if settings.llm.base_url else None,
        threads=ThreadPoolExecutor(server.max_concurrency, thread_name_prefix="ask"),
    )


@asynccontextmanager
async def lifespan_of(service: Service) -> AsyncIterator[None]:
    try:
        yield
    finally:
        service.draining.set()
        service.cut_off.set()
        service.threads.shutdown(wait=False, cancel_futures=True)
