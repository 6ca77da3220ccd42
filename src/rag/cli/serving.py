"""serve, mcp, eval."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.exits import say
from rag.cli.options import AsJson, IndexDir, open_assistant, settings_for


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
    index: IndexDir = None,
) -> None:
    """Serve the HTTP API, the OpenAI-compatible endpoint, MCP at /mcp and the chat page at /."""
    from api.auth import check_bind  # noqa: PLC0415

    settings = settings_for(index)
    check_bind(host, settings.server)
    assistant = open_assistant(settings)  # no index: said here, with the command that mends it, before anything listens
    from api.logs import configure  # noqa: PLC0415 - the web libraries take a second to load
    from api.server import serve as serve_http  # noqa: PLC0415

    configure()
    waiting = [assistant]
    serve_http(
        settings,
        host,
        port,
        announce=lambda address: say(f"serving at {address} (Ctrl+C stops)"),
        opener=lambda: waiting.pop() if waiting else open_assistant(settings),
    )


def mcp(index: IndexDir = None) -> None:
    """Serve MCP over stdin and stdout."""
    from rag.mcp_server import run_stdio  # noqa: PLC0415

    settings = settings_for(index)
    run_stdio(settings, lambda: open_assistant(settings))


def evaluate(  # noqa: PLR0913 - one parameter an option
    *,
    gold: Annotated[list[Path] | None, typer.Option("--gold", metavar="PATH", help="Gold files or folders.")] = None,
    index: IndexDir = None,
    json: AsJson = False,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="A stored run to compare with.")
    ] = None,
    baselines: Annotated[bool, typer.Option("--baselines", help="Score simple baselines too.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the run here.")] = None,
    save_baseline: Annotated[
        Path | None, typer.Option("--save-baseline", metavar="FILE", help="Store this run.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write an HTML report.")] = None,
    export: Annotated[Path | None, typer.Option("--export", metavar="DIR", help="Write TREC and BEIR files.")] = None,
    gates: Annotated[Path | None, typer.Option("--gates", metavar="FILE", help="Fail (11) below these scores.")] = None,
) -> None:
    """Run the gold questions; print and write the scores, gains and losses."""
    from rag.evaluation.command import EvalOptions, main_eval  # noqa: PLC0415

    options = EvalOptions(
        gold=tuple(gold or ()),
        as_json=json,
        against=against,
        baselines=baselines,
        out=out,
        save_baseline=save_baseline,
        report=report,
        export=export,
        gates=gates,
    )
    code = main_eval(settings_for(index), options, stdout=sys.stdout, progress=_progress)
    if code:
        raise typer.Exit(code)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total:
        print(f"\r{done}/{total} questions", end="\n" if done == total else "", file=sys.stderr, flush=True)  # noqa: T201
