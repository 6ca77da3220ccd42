"""ask, chat, screen, search."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.exits import ABSTAINED, UNEXPECTED, say
from rag.cli.options import AsJson, IndexDir, Mode, Strict, TrialIds, open_assistant, settings_for, text_from

if TYPE_CHECKING:
    from rag.settings import Settings
    from rag.types import Answer


def ask(  # noqa: PLR0913 - one parameter an option of the contract
    question: Annotated[str | None, typer.Argument(help="The question; '-' reads it from stdin.")] = None,
    *,
    index: IndexDir = None,
    trial: TrialIds = None,
    json: AsJson = False,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="FILE|-", help="Questions, a JSON object a line; needs --ndjson.")
    ] = None,
    ndjson: Annotated[bool, typer.Option("--ndjson", help="Print one JSON object a line.")] = False,
    strict: Strict = False,
    mode: Mode = None,
) -> None:
    """Answer one question, or a file of them, with quoted and numbered sources."""
    from rag.asking import checked_question  # noqa: PLC0415

    settings = settings_for(index)
    if batch is not None:
        _batch(batch, question, settings, strict=strict)
        return
    if question is None:
        raise typer.BadParameter("give a question, '-' to read it from stdin, or --batch FILE")
    asked = checked_question(text_from(question), settings, trial_ids=trial or (), mode=mode)
    answer = open_assistant(settings).ask(asked)
    _print(answer, json=json, ndjson=ndjson)
    _leave(answer, strict=strict)


def _batch(source: str, question: str | None, settings: Settings, *, strict: bool) -> None:
    from rag.cli.batch import run_batch  # noqa: PLC0415

    if question is not None:
        raise typer.BadParameter("give either a question or --batch, not both")
    tally = run_batch(source, open_assistant(settings), settings)
    if tally.failed:
        raise typer.Exit(UNEXPECTED)
    if strict and tally.abstained:
        raise typer.Exit(ABSTAINED)


def chat(index: IndexDir = None, trial: TrialIds = None, json: AsJson = False, mode: Mode = None) -> None:
    """Ask several questions in turn; 'those', 'it' and 'what about …' refer back. An empty line or 'exit' leaves."""
    from rag.asking import checked_question  # noqa: PLC0415
    from rag.errors import UsageError  # noqa: PLC0415

    settings = settings_for(index)
    assistant = open_assistant(settings)
    history: list[tuple[str, str]] = []
    while (line := _next_line()) is not None:
        try:
            question = checked_question(line, settings, history=history, trial_ids=trial or (), mode=mode)
            answer = assistant.ask(question)
        except UsageError as exc:
            say(str(exc))
            continue
        _print(answer, json=False, ndjson=json)
        history += [("user", line), ("assistant", answer.answer)]


def _next_line() -> str | None:
    """The next question; None at the end of the input, on an empty line from a terminal, or for 'exit'."""
    while True:
        if sys.stdin.isatty():
            print("\n› ", end="", file=sys.stderr, flush=True)  # noqa: T201
        line = sys.stdin.readline()
        if not line or line.strip().casefold() in ("exit", "quit", ":q"):
            return None
        if line.strip():
            return line.strip()
        if sys.stdin.isatty():
            return None


def screen(
    text: Annotated[str | None, typer.Argument(help="The patient description; '-' reads it from stdin.")] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="F", help="Read the description from a file.")] = None,
    index: IndexDir = None,
    trial: TrialIds = None,
    json: AsJson = False,
    strict: Strict = False,
) -> None:
    """Hold a patient description against every trial's criteria: excluded with the quote, or possible."""
    from rag.asking import checked_text, checked_trial_ids  # noqa: PLC0415

    if (text is None) == (file is None):
        raise typer.BadParameter("give either the description or --file")
    settings = settings_for(index)
    description = checked_text(_read(file) if file is not None else text_from(text or ""), settings)
    ids = checked_trial_ids(trial or ())
    answer = open_assistant(settings).screen(description, ids)
    _print(answer, json=json, ndjson=False)
    _leave(answer, strict=strict)


def search(
    text: Annotated[str, typer.Argument(help="Words to look for; '-' reads them from stdin.")],
    count: Annotated[int, typer.Option("-k", "--count", min=1, max=50, help="At most so many passages.")] = 10,
    index: IndexDir = None,
    trial: TrialIds = None,
    json: AsJson = False,
) -> None:
    """Find passages by words and meaning, best first."""
    from rag.asking import checked_text, checked_trial_ids  # noqa: PLC0415
    from rag.cli.printing import print_hits  # noqa: PLC0415
    from rag.cli.terminal import write_json  # noqa: PLC0415
    from rag.records import search_json  # noqa: PLC0415

    settings = settings_for(index)
    words = checked_text(text_from(text), settings)
    hits = open_assistant(settings).search(words, count, trial_ids=checked_trial_ids(trial or ()))
    if json:
        write_json(search_json(words, hits))
    else:
        print_hits(hits)


def _read(file: Path) -> str:
    from rag.errors import UsageError  # noqa: PLC0415

    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"cannot be read ({exc})", place=str(file), remedy="give a text file in UTF-8") from exc


def _print(answer: Answer, *, json: bool, ndjson: bool) -> None:
    from rag.answering import answer_json  # noqa: PLC0415
    from rag.cli.printing import print_answer  # noqa: PLC0415
    from rag.cli.terminal import write_json  # noqa: PLC0415

    if json or ndjson:
        write_json(answer_json(answer), pretty=not ndjson)
    else:
        print_answer(answer)
        for warning in answer.warnings:
            say(f"note: {warning}")


def _leave(answer: Answer, *, strict: bool) -> None:
    if strict and answer.abstention is not None:
        raise typer.Exit(ABSTAINED)
