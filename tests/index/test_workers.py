"""Records read by other processes give the same rows in the same order as those read here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from rag.catalog_writer import Rows
from rag.embedding import open_embedder
from rag.ingest.reading import RecordReader, own_readers
from rag.ingest.workers import Workers
from rag.settings import Settings
from rag.sources import read_corpus
from rag.types import Document, Refusal

CORPUS = Path(__file__).parents[2] / "corpus"
REFUSAL = Refusal("file", "line 1", "no known format", "none")


@pytest.fixture(scope="module")
def reader() -> RecordReader:
    return RecordReader(own_readers(), open_embedder(Settings()), Settings())


@pytest.fixture(scope="module")
def records(reader: RecordReader) -> list[tuple[Document, str] | Refusal]:
    found = (record for record in read_corpus([CORPUS], Settings()) if isinstance(record, Document))
    documents = [(document, reader.key(document)) for document in islice(found, 8)]
    return [*documents[:3], REFUSAL, *documents[3:], REFUSAL]


def plain(read: Rows | Refusal) -> object:
    """Rows as they are stored, lists and tuples alike."""
    if isinstance(read, Refusal):
        return read
    many = (read.values, read.criteria, read.limits, read.states, read.passages)
    return tuple(read.document), *([tuple(row) for row in rows] for rows in many)


def read_by(workers: Workers, records: list[tuple[Document, str] | Refusal]) -> list[object]:
    with workers:
        return [plain(read) for read in workers.read(records)]


@pytest.fixture(scope="module")
def read_here(reader: RecordReader, records: list[tuple[Document, str] | Refusal]) -> list[object]:
    return read_by(Workers(reader, Settings(), read_here=1000), records)


@pytest.mark.parametrize("here", [0, 2])
def test_other_processes_read_the_same_and_print_nothing(
        reader: RecordReader, records: list[tuple[Document, str] | Refusal], read_here: list[object], here: int,
        capfd: pytest.CaptureFixture[str]) -> None:
    workers = Workers(reader, Settings(), read_here=here)
    assert read_by(workers, records) == read_here
    assert workers.processes
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_dies_is_done_without(reader: RecordReader, records: list[tuple[Document, str] | Refusal],
                                            read_here: list[object]) -> None:
    workers = Workers(reader, Settings(), read_here=0)

    def killing() -> Iterator[tuple[Document, str] | Refusal]:
        for place, record in enumerate(records):
            if place == 5:
                for process in workers.processes:
                    process.kill()
            yield record

    with workers:
        assert [plain(read) for read in workers.read(killing())] == read_here


def test_processes_end_with_the_reading_and_with_an_interruption(
        reader: RecordReader, records: list[tuple[Document, str] | Refusal]) -> None:
    workers = Workers(reader, Settings(), read_here=0)
    with pytest.raises(KeyboardInterrupt), workers:
        for _ in workers.read(records):
            raise KeyboardInterrupt
    assert workers.processes
    assert all(process.poll() is not None for process in workers.processes)
