"""Server processes for tests: started on a free loopback port, ended by their own id."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PYTHONPATH = os.pathsep.join(str(ROOT / part) for part in ("src", ".", "tests"))


def environment(**variables: str) -> dict[str, str]:
    """The environment without any RAG_ variable but those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    return kept | {"PYTHONPATH": PYTHONPATH, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"} | variables


@contextmanager
def running(
    module: str, *args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A module that prints its address as the first line; yields the address and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *args],
        cwd=cwd,
        env=dict(env or environment()),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http"), process.stderr.read() if process.stderr else ""
        yield address, process
    finally:
        process.kill()
        process.communicate()
