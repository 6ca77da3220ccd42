"""A process that forks writers of a toy index on demand, for a test to kill: `python -m support.index_writer`.

Commands, one a line, answered by one line: `step FOLDER WHICH K` builds corpus WHICH (a or b) and kills itself at the
K-th change below the index folder (answers the exit status: 0 when the build ended first); `limit FOLDER WHICH BYTES`
builds with a limit on the size of a file; `loop FOLDER` builds a and b in turn until killed (answers the pid).
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from itertools import count
from pathlib import Path

import faiss  # noqa: F401 - loaded once, before the forks

import rag.files
import rag.generations
import rag.lexical
import rag.stores.faiss_store
from rag.errors import RagError
from rag.ingest import build_index
from support.fake_index import toy_settings
from support.fake_readers import FAKE_READERS

CHANGES = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}


def build(folder: Path, which: str) -> None:
    build_index([folder / which], toy_settings(folder), readers=FAKE_READERS)


def kill_at(index: Path, k: int) -> None:
    """SIGKILL for this process just before its k-th change of a name, or sync, below `index`."""
    counter = count(1)

    def step(place: object) -> None:
        if str(place).startswith(str(index)) and next(counter) == k:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in CHANGES and arguments and isinstance(arguments[0], str | os.PathLike):
            step(arguments[0])

    def synced(path: Path) -> None:
        step(path)
        original(path)

    original = rag.files.sync
    rag.files.sync = rag.generations.sync = synced
    sys.addaudithook(hook)


def forked(folder: Path, which: str, *, k: int = 0, limit: int = 0) -> int:
    """The exit status of a child that builds: 3 for an error of the project, 9 where it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if k:
                kill_at(folder / "index", k)
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            build(folder, which)
            status = 0
        except RagError as exc:
            print(f"refused: {exc}", file=sys.stderr)
            status = exc.exit_code
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def looping(folder: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            for turn in count():
                build(folder, "ab"[turn % 2])
        finally:
            os._exit(1)
    return child


def main() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for line in sys.stdin:
        command, folder, *rest = line.split()
        if command == "step":
            print(forked(Path(folder), rest[0], k=int(rest[1])), flush=True)
        elif command == "limit":
            print(forked(Path(folder), rest[0], limit=int(rest[1])), flush=True)
        elif command == "loop":
            print(looping(Path(folder)), flush=True)
        elif command == "wait":
            os.waitpid(int(rest[0]), 0)
            print("gone", flush=True)


if __name__ == "__main__":
    main()
