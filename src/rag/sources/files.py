"""Files as streams of bytes, whatever they are packed in, with every size bounded before memory is spent.

A gzip or zip may not unpack to more than `max_file_bytes`, nor to more than 250 times its own size once past 64 MiB;
zip members with unsafe names, passwords or archives inside are refused. Nothing is ever written to disk.
"""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Protocol

from rag.errors import SourceError

GZIP, ZIP = b"\x1f\x8b", b"PK"
_FREE_BYTES = 64 << 20
_MOST_RATIO = 250  # trial JSON packs about 12 to 1; a bomb is over 1,000 to 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file (unpacked) and the largest record, in bytes."""

    file_bytes: int
    record_bytes: int


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Packed:
    """One file, or one member of an archive: its source name and a way to open its unpacked bytes."""

    source: str
    open: Callable[[], io.BufferedReader]


class Bounded(io.RawIOBase):
    """A stream that raises SourceError once it has given more than its bound: what unpacks without end."""

    def __init__(self, inner: _Readable, packed_bytes: int, most_bytes: int) -> None:
        super().__init__()
        self._inner = inner
        self._left = min(most_bytes, max(_FREE_BYTES, packed_bytes * _MOST_RATIO))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except EOFError as exc:
            raise SourceError("the compressed data breaks off", remedy="download the file again") from exc
        except (OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as exc:
            raise SourceError(f"the compressed data is damaged ({exc})", remedy="download the file again") from exc
        self._left -= len(data)
        if self._left < 0:
            raise SourceError("the file unpacks to too many bytes", remedy="split it, or raise RAG_MAX_FILE_BYTES")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


def unpacked(path: Path, source: str, limits: Limits) -> Iterator[Packed | SourceError]:
    """The readable streams in a file: itself, its gzip content, or the members of a zip, in stored order.

    A member that must not be opened comes as a SourceError whose place is its name.
    """
    size = path.stat().st_size
    if size == 0:
        raise SourceError("the file is empty", remedy="remove it or export it again")
    if size > limits.file_bytes:
        raise SourceError(
            f"the file has {size:,} bytes, more than {limits.file_bytes:,}",
            remedy="split it, or raise RAG_MAX_FILE_BYTES",
        )
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(GZIP):
        yield Packed(source, partial(_open_gzip, path, size, limits))
    elif start[:2] == ZIP and start[2:] in (b"\x03\x04", b"\x05\x06"):
        yield from _members(path, source, limits)
    else:
        yield Packed(source, partial(_open_plain, path))


def _open_plain(path: Path) -> io.BufferedReader:
    return io.BufferedReader(path.open("rb", buffering=0), _CHUNK)


def _open_gzip(path: Path, size: int, limits: Limits) -> io.BufferedReader:
    return _bounded(gzip.GzipFile(path), size, limits)


def _bounded(inner: _Readable, packed_bytes: int, limits: Limits) -> io.BufferedReader:
    return io.BufferedReader(Bounded(inner, packed_bytes, limits.file_bytes), _CHUNK)


def _members(path: Path, source: str, limits: Limits) -> Iterator[Packed | SourceError]:
    with _archive(path) as archive:
        members = [info for info in archive.infolist() if not info.is_dir() and not _is_ignored_member(info)]
        if not members:
            raise SourceError("the zip holds no file", remedy="remove it or pack it again")
        if sum(info.file_size for info in members) > limits.file_bytes:
            raise SourceError("the zip unpacks to too many bytes", remedy="split it, or raise RAG_MAX_FILE_BYTES")
        for info in members:
            if not _is_safe_name(info.filename):
                yield SourceError(
                    "the member's name leads out of the archive",
                    place=ascii(info.filename)[1:121],
                    remedy="pack the files without folders above them",
                )
            elif info.flag_bits & 0x1:
                yield SourceError("the member needs a password", place=info.filename, remedy="pack it without one")
            else:
                yield Packed(f"{source}!{info.filename}", partial(_open_member, archive, info, limits))


def _is_ignored_member(info: zipfile.ZipInfo) -> bool:
    return is_ignored(PurePosixPath(info.filename).name) or info.filename.startswith("__MACOSX/")


def _is_safe_name(filename: str) -> bool:
    name = PurePosixPath(filename.replace("\\", "/"))
    leads_out = name.is_absolute() or ".." in name.parts or ":" in (name.parts or ("",))[0]
    return bool(name.parts) and not leads_out and filename.isprintable()


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> io.BufferedReader:
    try:
        inner = archive.open(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as exc:
        raise SourceError(f"the member is damaged ({exc})", remedy="pack the file again") from exc
    return _bounded(inner, max(info.compress_size, 1), limits)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, OSError) as exc:
        raise SourceError(f"the zip is damaged or cut off ({exc})", remedy="download the file again") from exc


def is_ignored(name: str) -> bool:
    """Whether a folder's file is no record by its name: hidden files, a README, a licence."""
    return name.startswith((".", "~$")) or name.partition(".")[0].upper() in {"README", "LICENSE", "LICENCE", "THUMBS"}
