"""Records read in several processes: criteria and passages of one record need nothing of another.

Each worker is a process of its own (`rag.ingest.worker`), fed one JSON line a record and answering one.
The first records are read here, so that a small corpus starts no process; a worker that dies is done without.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from rag.catalog_writer import Rows
from rag.codec import from_plain, to_json
from rag.ingest.reading import RecordReader
from rag.settings import Settings
from rag.types import Document, Refusal

READ_HERE = 100  # records; starting a worker costs as much as reading some hundred
_AHEAD = 8  # records in flight for each worker


class Workers:
    """Reads records in order, here at first, then in one process for each core."""

    def __init__(self, reader: RecordReader, settings: Settings, *, read_here: int = READ_HERE) -> None:
        self._reader = reader
        self._settings = settings
        self._read_here = read_here
        self._count = len(os.sched_getaffinity(0))
        self._pool = ThreadPoolExecutor(self._count)
        self._local = threading.local()
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        """Ends the processes: they stop at the end of their input."""
        if kind is not None:
            for process in self.processes:
                process.kill()
        self._pool.shutdown(cancel_futures=True)
        for process in self.processes:
            process.communicate()

    def read(self, records: Iterable[tuple[Document, str] | Refusal]) -> Iterator[Rows | Refusal]:
        """The rows of each document, given with its key, or its refusal; in the order of `records`."""
        pending: deque[Future[Rows | Refusal]] = deque()
        for place, record in enumerate(records):
            if isinstance(record, Refusal):
                done: Future[Rows | Refusal] = Future()
                done.set_result(record)
                pending.append(done)
            elif place < self._read_here or self._count < 2:
                yield from self._drained(pending)
                yield self._reader.read(*record)
            else:
                pending.append(self._pool.submit(self._read_there, *record))
            while len(pending) > _AHEAD * self._count:
                yield pending.popleft().result()
        yield from self._drained(pending)

    def _drained(self, pending: deque[Future[Rows | Refusal]]) -> Iterator[Rows | Refusal]:
        while pending:
            yield pending.popleft().result()

    def _read_there(self, document: Document, key: str) -> Rows | Refusal:
        """The record through this thread's own process; through this one when that has died."""
        process: subprocess.Popen[bytes] | None = getattr(self._local, "process", None)
        if process is None:
            process = self._local.process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(b'{"key":"%b","document":%b}\n' % (key.encode(), to_json(document)))
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            return self._reader.read(document, key)
        answer = orjson.loads(line)
        return from_plain(Refusal, answer["refusal"]) if "refusal" in answer else Rows(*answer["rows"])

    def _started(self) -> subprocess.Popen[bytes]:
        settings = self._settings.model_dump_json(include={"embedder", "model_cache", "passage_word_pieces"})
        path = os.pathsep.join(str(Path(place).absolute()) for place in sys.path)
        process = subprocess.Popen(  # noqa: S603 - this interpreter and our module; the settings are JSON
            [sys.executable, "-m", "rag.ingest.worker", settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path}, start_new_session=True,  # Ctrl-C is this process's to handle
        )
        self.processes.append(process)
        return process
