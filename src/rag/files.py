"""Files that survive a power cut and are known by their checksum: atomic writing, syncing, SHA-256, one writer."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from rag.errors import IndexBusyError, IndexUnusableError


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Waits until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Replaces `path` whole: a reader, or a machine that lost power, sees the old content or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync(path.parent)


@contextmanager
def only_writer(lock: Path) -> Iterator[None]:
    """Holds `lock` for the block; IndexBusyError when another process holds it. A killed holder lets go at once."""
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as exc:
        raise IndexUnusableError(
            f"the folder cannot be written: {exc.strerror}", place=str(lock.parent),
            remedy="name another folder with --index",
        ) from exc
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise IndexBusyError(
                "another process is writing here", place=str(lock.parent), remedy="wait until it ends, then try again"
            ) from exc
        yield
    finally:
        os.close(descriptor)


class Stamps:
    """Remembers which checksums were found right, so that a file that nobody touched is not read again.

    A file counts as untouched while its size, modification time and change time are those it had when it was hashed.
    The memory is a small JSON file; losing it, or not being able to write it, only costs the reading.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = self._load()

    def _load(self) -> dict[str, list[object]]:
        with suppress(OSError, ValueError):
            known = json.loads(self._path.read_bytes())
            if isinstance(known, dict):
                return known
        return {}

    def checksum(self, path: Path) -> str:
        """The SHA-256 of `path`, from memory where the file is untouched."""
        stamp = _stamp(path)
        key = str(path.resolve())
        known = self._known.get(key)
        if isinstance(known, list) and len(known) == 4 and known[:3] == stamp:
            return str(known[3])
        found = sha256_of(path)
        self._known[key] = [*stamp, found]
        self._save()
        return found

    def remember(self, checksums: Mapping[Path, str]) -> None:
        """Takes checksums that the caller has just computed as found."""
        for path, checksum in checksums.items():
            self._known[str(path.resolve())] = [*_stamp(path), checksum]
        self._save()

    def _save(self) -> None:
        """Keeps what still exists. A folder that cannot be written is no fault: the next reader hashes again."""
        kept = {key: self._known[key] for key in sorted(self._known) if Path(key).exists()}
        with suppress(OSError):
            write_atomically(self._path, json.dumps(kept).encode())


def _stamp(path: Path) -> list[object]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
