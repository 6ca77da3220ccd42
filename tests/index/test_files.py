"""Checksums are remembered only for files that nobody touched; writing replaces a file whole."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

import rag.files
from rag.errors import IndexBusyError, IndexUnusableError
from rag.files import Stamps, only_writer, sha256_of, write_atomically


def test_a_file_is_hashed_once_until_it_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Path] = []

    def counted(path: Path) -> str:
        hashed.append(path)
        return sha256_of(path)

    monkeypatch.setattr(rag.files, "sha256_of", counted)
    file = tmp_path / "file"
    file.write_bytes(b"one")
    for _ in range(3):
        assert Stamps(tmp_path / "stamps").checksum(file) == hashlib.sha256(b"one").hexdigest()
    assert len(hashed) == 1
    times = file.stat()
    file.write_bytes(b"two")  # same size …
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # … and the old time put back
    assert Stamps(tmp_path / "stamps").checksum(file) == hashlib.sha256(b"two").hexdigest()
    assert len(hashed) == 2


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"x": 1}', b"\xff"])
def test_a_damaged_memory_costs_only_the_reading(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "stamps").write_bytes(content)
    (tmp_path / "file").write_bytes(b"one")
    assert Stamps(tmp_path / "stamps").checksum(tmp_path / "file") == hashlib.sha256(b"one").hexdigest()


def test_a_memory_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"one")
    stamps = Stamps(tmp_path / "no folder" / "stamps")
    assert stamps.checksum(tmp_path / "file") == hashlib.sha256(b"one").hexdigest()


def test_writing_replaces_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    for content in (b"first", b"second, longer", b""):
        write_atomically(tmp_path / "file", content)
        assert (tmp_path / "file").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_only_one_holds_the_lock_and_it_is_free_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with only_writer(tmp_path / "LOCK"), pytest.raises(IndexBusyError), only_writer(tmp_path / "LOCK"):
            pass


def test_a_folder_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    (tmp_path / "LOCK").mkdir()
    with pytest.raises(IndexUnusableError, match=r"cannot be written.*--index"), only_writer(tmp_path / "LOCK"):
        pass
