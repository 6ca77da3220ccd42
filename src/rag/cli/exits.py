"""From errors to messages on stderr and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from rag.errors import RagError

UNEXPECTED, USAGE, ABSTAINED, INTERRUPTED = 1, 2, 10, 130


def run(app: typer.Typer, args: Sequence[str]) -> int:
    """The exit code of one call. Expected errors are one plain message; unforeseen ones keep their traceback."""
    from typer._click.exceptions import ClickException  # noqa: PLC0415 - typer carries click within itself since 0.20

    command = typer.main.get_command(app)
    try:
        code = command.main(list(args), prog_name="rag", standalone_mode=False)
    except ClickException as exc:
        exc.show(file=sys.stderr)
        return exc.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted")
        return INTERRUPTED
    except RagError as exc:
        say(str(exc))
        return exc.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def say(message: str) -> None:
    """One line on stderr."""
    from rag.cli.terminal import printable  # noqa: PLC0415

    print(f"rag: {printable(message)}", file=sys.stderr)  # noqa: T201 - the command line is where printing belongs
