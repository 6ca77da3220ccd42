"""MCP: ask, search, get_trial, trial_criteria, screen, and records as resources, over stdio or mounted at /mcp."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import anyio.to_thread
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.routing import Route

from rag.answering import answer_json
from rag.asking import MAX_PASSAGES, checked_question, checked_text, checked_trial_ids
from rag.errors import RagError, UnknownTrialError
from rag.records import criteria_json, search_json, trial_json
from rag.settings import Settings
from rag.types import Answer, Question
from rag.wire import AnswerOut, CriteriaOut, SearchOut, TrialOut

if TYPE_CHECKING:
    from rag.assistant import Assistant

T = TypeVar("T")
INSTRUCTIONS = (
    "Answers questions over an indexed folder of clinical-trial records, every claim with a quoted, numbered citation. "
    "Use ask for questions (which trials, how many, what is the ...), screen for a patient description, get_trial and "
    "trial_criteria for one record. Verdicts come from the records alone: pass them on with their citations, and never "
    "tell anyone that they are eligible."
)
READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

QuestionText = Annotated[
    str, Field(description="The question, in plain English", examples=["Which trials exclude eGFR below 60?"])
]
TrialIds = Annotated[list[str] | None, Field(description="Only these trials, for example ['NCT01234567']")]
TrialId = Annotated[str, Field(description="A registry id", examples=["NCT01234567"])]


class Backend(Protocol):
    """What runs the work: threads of this process over stdio, the server's bounded workers over HTTP."""

    async def run(self, work: Callable[[Assistant], T]) -> T: ...

    async def ask(self, question: Question) -> Answer: ...


class Threads:
    """The backend over stdio: one client, no limits."""

    def __init__(self, assistant: Callable[[], Assistant]) -> None:
        self._assistant = assistant

    async def run(self, work: Callable[[Assistant], T]) -> T:
        return await anyio.to_thread.run_sync(lambda: work(self._assistant()))

    async def ask(self, question: Question) -> Answer:
        return await self.run(lambda assistant: assistant.ask(question))


def make_mcp(backend: Backend, settings: Settings) -> MCPServer:
    """The server with its tools and resources; nothing is opened before the first call."""
    server = MCPServer(
        "clinical-trial-rag", title="Clinical trial questions", instructions=INSTRUCTIONS, log_level="WARNING"
    )

    async def told(work: Callable[[Assistant], T]) -> T:
        try:
            return await backend.run(work)
        except (RagError, HTTPException) as exc:
            raise ToolError(_message(exc)) from exc

    @server.tool(annotations=READS)
    async def ask(question: QuestionText, trial_ids: TrialIds = None) -> AnswerOut:
        """Answer a question over the whole collection, with a verdict for each trial and a quote for each claim."""
        try:
            answer = await backend.ask(checked_question(question, settings, trial_ids=trial_ids or ()))
        except (RagError, HTTPException) as exc:
            raise ToolError(_message(exc)) from exc
        return AnswerOut.model_validate(answer_json(answer))

    @server.tool(annotations=READS)
    async def search(
        text: Annotated[str, Field(description="Words to look for")],
        k: Annotated[int, Field(ge=1, le=MAX_PASSAGES, description="At most so many passages")] = 10,
        trial_ids: TrialIds = None,
    ) -> SearchOut:
        """Find passages by words and meaning, best first, each with its place in the record."""
        words, ids = _checked(lambda: (checked_text(text, settings), checked_trial_ids(trial_ids or ())))
        hits = await told(lambda assistant: assistant.search(words, k, trial_ids=ids))
        return SearchOut.model_validate(search_json(words, hits))

    @server.tool(annotations=READS)
    async def get_trial(trial_id: TrialId) -> TrialOut:
        """One record: its typed registry fields, its sections, and the canonical text that citations count in."""
        (wanted,) = _checked(lambda: checked_trial_ids([trial_id]))
        return TrialOut.model_validate(await told(lambda assistant: trial_json(assistant.document(wanted))))

    @server.tool(annotations=READS)
    async def trial_criteria(trial_id: TrialId) -> CriteriaOut:
        """The eligibility criteria of one trial as read: limits, conditions, exceptions, and what could not be read."""
        (wanted,) = _checked(lambda: checked_trial_ids([trial_id]))
        read = await told(lambda a: criteria_json(a.read_trial(wanted), a.document(wanted)))
        return CriteriaOut.model_validate(read)

    @server.tool(annotations=READS)
    async def screen(
        patient: Annotated[str, Field(description="A description: age, sex, diagnoses, treatments, laboratory values")],
        trial_ids: TrialIds = None,
    ) -> AnswerOut:
        """Hold a patient description against the criteria: excluded with the quote, or possible and what is unknown."""
        text, ids = _checked(lambda: (checked_text(patient, settings), checked_trial_ids(trial_ids or ())))
        return AnswerOut.model_validate(answer_json(await told(lambda assistant: assistant.screen(text, ids))))

    _offer_records(server, backend)
    return server


def _offer_records(server: MCPServer, backend: Backend) -> None:
    """Adds the resource trial://{trial_id}: the canonical text that citations count in."""

    @server.resource("trial://{trial_id}", mime_type="text/plain", description="The canonical text of one record")
    async def trial(trial_id: str) -> str:
        try:
            (wanted,) = checked_trial_ids([trial_id])
            return await backend.run(lambda assistant: assistant.document(wanted).text)
        except UnknownTrialError as exc:
            raise ResourceNotFoundError(str(exc)) from exc
        except (RagError, HTTPException) as exc:
            raise ResourceError(_message(exc)) from exc


def http_routes(server: MCPServer, settings: Settings) -> list[Route]:
    """The route of /mcp: stateless, POST alone, plain JSON replies. Hosts and origins are the guard's before it."""
    app = server.streamable_http_app(
        streamable_http_path="/mcp",
        json_response=True,
        stateless_http=True,
        max_request_body_size=settings.server.max_body_bytes,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    # A GET would open a stream that never says anything here; 405 tells a client that there is none.
    return [Route(route.path, route.endpoint, methods=["POST"]) for route in app.routes if isinstance(route, Route)]


def run_stdio(settings: Settings, opener: Callable[[], Assistant]) -> None:
    """Serve one client over stdin and stdout until it closes them; a bad index is told before anything else."""
    assistant = opener()
    make_mcp(Threads(lambda: assistant), settings).run("stdio")


def _checked(check: Callable[[], T]) -> T:
    try:
        return check()
    except RagError as exc:
        raise ToolError(str(exc)) from exc


def _message(exc: Any) -> str:
    return str(exc) if isinstance(exc, RagError) else str(exc.detail)
