"""The command `rag`. stdout carries data only; everything else goes to stderr."""

from __future__ import annotations

import gc
import os
import sys

_ALLOCATIONS = 50_000  # between two looks for cycles: readings and answers leave none


def main() -> None:
    """Run the command line and exit.

    0 ok, 1 unexpected, 2 usage, 3 no usable index, 5 remote, 10 abstained, 11 gate, 130 interrupted.
    """
    gc.set_threshold(_ALLOCATIONS, 20, 20)
    from rag.cli.app import app  # noqa: PLC0415 - the entry point itself stays light
    from rag.cli.exits import run  # noqa: PLC0415

    code = run(app, sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has gone; nothing is left to say, not even at interpreter exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
