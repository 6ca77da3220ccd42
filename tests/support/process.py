"""Server processes for tests: started on a free loopback port, ended by their own id."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent.parent
_LOGS: dict[int, IO[str]] = {}
PYTHONPATH = os.pathsep.join(str(ROOT / part) for part in ("src", ".", "tests"))


def environment(**variables: str) -> dict[str, str]:
    """The environment without any RAG_ variable but those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    return kept | {"PYTHONPATH": PYTHONPATH, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"} | variables


@contextmanager
def running(
    module: str, *args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A module that prints its address as the first line; yields the address and the process.

    Its stderr goes to a file, `logged(process)`: an unread pipe would fill up and stop it.
    """
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *args],
            cwd=cwd,
            env=dict(env or environment()),
            text=True,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        _LOGS[process.pid] = log
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http"), logged(process)
            yield address, process
        finally:
            process.kill()
            process.communicate()
            del _LOGS[process.pid]


def logged(process: subprocess.Popen[str]) -> str:
    """What the process has written to stderr so far."""
    log = _LOGS[process.pid]
    log.seek(0)
    return log.read()
