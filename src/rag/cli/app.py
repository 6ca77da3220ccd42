"""The commands, in the order of `rag --help`. Each imports what it needs when it runs."""

from __future__ import annotations

import typer

from rag.cli import asking, collection, serving

app = typer.Typer(
    name="rag",
    help="Cited answers to questions over a folder of clinical-trial records.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

_ASK, _LOOK, _RUN = "Ask", "Index and look", "Serve and evaluate"

for function, panel in (
    (collection.index, _LOOK),
    (asking.ask, _ASK),
    (asking.chat, _ASK),
    (asking.screen, _ASK),
    (asking.search, _ASK),
    (collection.show, _LOOK),
    (collection.criteria, _LOOK),
    (collection.lint, _LOOK),
    (collection.status, _LOOK),
    (collection.verify, _LOOK),
    (collection.doctor, _LOOK),
    (serving.serve, _RUN),
    (serving.mcp, _RUN),
    (serving.evaluate, _RUN),
):
    name = "eval" if function is serving.evaluate else function.__name__
    app.command(name, rich_help_panel=panel)(function)


@app.callback(invoke_without_command=True)
def root(version: bool = typer.Option(False, "--version", help="Print the version and leave.", is_eager=True)) -> None:
    if version:
        from importlib.metadata import PackageNotFoundError  # noqa: PLC0415
        from importlib.metadata import version as installed  # noqa: PLC0415

        try:
            typer.echo(installed("clinical-trial-rag"))
        except PackageNotFoundError:
            typer.echo("not installed")
        raise typer.Exit
