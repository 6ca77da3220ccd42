"""One process that reads records for another: started by `rag.ingest.workers`, never imported by it.

A module that its package imports must not be run with `-m`: Python warns of it on stderr.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import astuple
from typing import IO

import orjson

from rag.codec import from_plain, to_plain
from rag.embedding import open_embedder
from rag.ingest.reading import RecordReader, own_readers
from rag.settings import Settings
from rag.types import Document, Refusal


def serve(settings: Settings, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answers one line for each line of `requests`, until they end."""
    reader = RecordReader(own_readers(), open_embedder(settings), settings)
    for line in requests:
        request = orjson.loads(line)
        read = reader.read(from_plain(Document, request["document"]), request["key"])
        plain = {"refusal": to_plain(read)} if isinstance(read, Refusal) else {"rows": astuple(read)}
        answers.write(orjson.dumps(plain) + b"\n")
        answers.flush()


if __name__ == "__main__":
    gc.set_threshold(50_000, 20, 20)  # reading a record leaves no cycles: seldom looking for them saves a quarter
    serve(Settings.model_validate_json(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
