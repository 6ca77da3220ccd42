"""Published snapshots of an index: written beside, checked, switched by one rename, never changed again.

    index/CURRENT                     which generation readers take, with the checksum of its manifest
    index/generations/<name>/         immutable; manifest.json names every file with its size and SHA-256
    index/drafts/<name>/              being written; whatever is found here at the next start is removed
    index/LOCK                        held by the one writer

Order of publishing: files, manifest, fsync of each file and folder, rename of the folder, fsync, CURRENT by rename,
fsync. A kill at any point leaves the old generation or the new one, whole. Readers hold a shared lock on the folder
of their generation, so that a writer does not remove it under them.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from rag.codec import CodecError, from_json, from_plain, to_json
from rag.errors import IndexUnusableError
from rag.files import Stamps, sha256_of, sync, write_atomically

SCHEMA_VERSION = 9
MANIFEST, CURRENT, STAMPS = "manifest.json", "CURRENT", ".stamps.json"
BUILD = "build it with: rag index"
REBUILD = "build it again with: rag index"
_NAME = re.compile(r"(\d{6,12})-([0-9a-f]{12})")
_IGNORED = re.compile(r"\.tantivy-[a-z]+\.lock")  # made by opening
_ATTEMPTS = 5  # a writer may publish, and remove what CURRENT named, between two steps of a reader


@dataclass(frozen=True, slots=True)
class FileSum:
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds and was made of; `id` is a hash of its content, the same for the same records."""

    schema: int
    sequence: int  # rises with every publication
    id: str
    embedder: str
    embedder_digest: str
    dimensions: int
    vectors: int | None  # how many; None: built without
    trials: int
    passages: int
    criteria: int
    refused: int
    reader: str  # hash of the code and vocabulary that read the records
    corpus: str  # hash of the files read
    passage_word_pieces: int
    files: Mapping[str, FileSum] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pointer:
    generation: str
    manifest_sha256: str


@dataclass(frozen=True, slots=True)
class Generation:
    """One published snapshot on disk; `lease` is the descriptor that keeps it there."""

    folder: Path
    manifest: Manifest
    lease: int


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_current(index: Path) -> Generation:
    """The generation that CURRENT names, every file checked. IndexUnusableError says what is wrong and the remedy.

    Files whose size and times are those they had when they were last hashed are not read again; see `Stamps`.
    """
    for attempt in range(_ATTEMPTS):
        pointer = read_pointer(index)
        folder = index / "generations" / pointer.generation
        try:
            lease = _lease(folder)
        except OSError as exc:
            if attempt + 1 < _ATTEMPTS and read_pointer(index) != pointer:
                continue
            raise IndexUnusableError(
                f"the index names generation {pointer.generation}, which is not there", place=str(index), remedy=REBUILD
            ) from exc
        try:
            manifest = read_manifest(folder, pointer)
            check_files(folder, manifest, Stamps(index / STAMPS))
        except IndexUnusableError:
            os.close(lease)
            if attempt + 1 < _ATTEMPTS and read_pointer(index) != pointer:
                continue
            raise
        return Generation(folder, manifest, lease)
    raise IndexUnusableError("the index is being replaced all the time", place=str(index), remedy="try again")


def release_with(holder: object, generation: Generation) -> weakref.finalize[..., object]:
    """Lets go of the generation when `holder` is gone, or when the returned function is called."""
    return weakref.finalize(holder, os.close, generation.lease)


def read_pointer(index: Path) -> Pointer:
    try:
        pointer = from_json(Pointer, (index / CURRENT).read_bytes())
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise IndexUnusableError("there is no index here", place=str(index), remedy=BUILD) from exc
    except OSError as exc:
        raise IndexUnusableError(f"the index cannot be read: {exc.strerror}", place=str(index), remedy=REBUILD) from exc
    except CodecError as exc:
        raise IndexUnusableError("CURRENT is damaged", place=str(index / CURRENT), remedy=REBUILD) from exc
    if not _NAME.fullmatch(pointer.generation):
        raise IndexUnusableError("CURRENT names no generation", place=str(index / CURRENT), remedy=REBUILD)
    return pointer


def read_manifest(folder: Path, pointer: Pointer) -> Manifest:
    """The manifest of a generation, when it is the one that CURRENT vouches for and of this program's schema."""
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise IndexUnusableError("the manifest is missing", place=str(path), remedy=REBUILD) from exc
    try:
        plain = orjson.loads(raw)
    except orjson.JSONDecodeError as exc:
        raise IndexUnusableError("the manifest is damaged", place=str(path), remedy=REBUILD) from exc
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if schema != SCHEMA_VERSION:
        raise IndexUnusableError(
            f"the index has schema {schema}, this program reads {SCHEMA_VERSION}", place=str(path), remedy=REBUILD
        )
    if sha256_of(path) != pointer.manifest_sha256:
        raise IndexUnusableError("the manifest was changed", place=str(path), remedy=REBUILD)
    try:
        return from_plain(Manifest, plain)
    except CodecError as exc:
        raise IndexUnusableError(f"the manifest is damaged: {exc}", place=str(path), remedy=REBUILD) from exc


def check_files(folder: Path, manifest: Manifest, stamps: Stamps | None) -> None:
    """Every file there, none besides, each with its checksum; without `stamps` every byte is read."""
    faults = file_faults(folder, manifest, stamps)
    if faults:
        name, message = faults[0]
        raise IndexUnusableError(message, place=str(folder / name), remedy=REBUILD)


def file_faults(folder: Path, manifest: Manifest, stamps: Stamps | None) -> list[tuple[str, str]]:
    """(file, what is wrong) for every file that is missing, extra, a link, or not as the manifest says."""
    found = _files_of(folder)
    faults = [(name, "a link in the index") for name in sorted(found) if found[name].is_symlink()]
    faults += [(name, "a file the manifest does not name") for name in sorted(found.keys() - manifest.files.keys())]
    faults += [(name, "the file is missing") for name in sorted(manifest.files.keys() - found.keys())]
    for name in sorted(manifest.files.keys() & found.keys()):
        wanted, path = manifest.files[name], found[name]
        if path.is_symlink():
            continue
        if path.stat().st_size != wanted.size:
            faults.append((name, f"the file has {path.stat().st_size} bytes instead of {wanted.size}"))
        elif (stamps.checksum(path) if stamps else sha256_of(path)) != wanted.sha256:
            faults.append((name, "the file was changed or damaged: its checksum is another"))
    return faults


def _files_of(folder: Path) -> dict[str, Path]:
    """Every file and link below `folder` but the manifest, by its relative name."""
    found = {}
    for base, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(base) / name).is_symlink()]
        for name in [*names, *links]:
            if not _IGNORED.fullmatch(name):
                path = Path(base) / name
                found[path.relative_to(folder).as_posix()] = path
    found.pop(MANIFEST, None)
    return found


def _lease(folder: Path) -> int:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


# ── Writing (under the lock) ─────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def new_draft(index: Path) -> Iterator[Path]:
    """An empty folder to write a snapshot in; gone at the end unless it was published."""
    drafts = index / "drafts"
    draft = drafts / f"{os.getpid()}"
    draft.mkdir(parents=True)
    try:
        yield draft
    finally:
        shutil.rmtree(drafts, ignore_errors=True)


def tidy(index: Path) -> None:
    """Removes what killed writers left: drafts, and generations newer than CURRENT, which were never switched to."""
    shutil.rmtree(index / "drafts", ignore_errors=True)
    for draft in index.glob(".*.draft"):
        draft.unlink(missing_ok=True)
    try:
        current = _sequence(Path(read_pointer(index).generation))
    except IndexUnusableError:
        return
    for folder in (index / "generations").iterdir():
        if _sequence(folder) > current:
            shutil.rmtree(folder, ignore_errors=True)


def publish(index: Path, draft: Path, manifest: Manifest) -> Manifest:
    """Makes the draft the current generation; returns its manifest with sequence number and files filled in."""
    generations = index / "generations"
    generations.mkdir(exist_ok=True)
    sequence = max([0, *(_sequence(folder) for folder in generations.iterdir())]) + 1
    files = {name: FileSum(path.stat().st_size, sha256_of(path)) for name, path in sorted(_files_of(draft).items())}
    whole = replace(manifest, sequence=sequence, files=files)
    (draft / MANIFEST).write_bytes(to_json(whole))
    checksum = sha256_of(draft / MANIFEST)
    for base, _, names in os.walk(draft):
        for name in names:
            sync(Path(base) / name)
        sync(Path(base))
    folder = generations / f"{sequence:06d}-{whole.id}"
    draft.rename(folder)
    sync(generations)
    sync(index)
    write_atomically(index / CURRENT, to_json(Pointer(folder.name, checksum)))
    _remember(index, folder, files)
    remove_old(index, folder.name)
    return whole


def _remember(index: Path, folder: Path, files: Mapping[str, FileSum]) -> None:
    """The checksums just computed need not be computed again by the first reader."""
    stamps = Stamps(index / STAMPS)
    stamps.remember({folder / name: wanted.sha256 for name, wanted in files.items()})


def remove_old(index: Path, current: str) -> None:
    """Removes all generations but the current one, the one before, and those that readers hold."""
    folders = sorted((index / "generations").iterdir(), key=_sequence)
    kept = [folder for folder in folders if _sequence(folder) <= _sequence(Path(current))][-2:]
    for folder in folders:
        if folder not in kept and not _is_held(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _sequence(folder: Path) -> int:
    found = _NAME.fullmatch(folder.name)
    return int(found[1]) if found else 0


def _is_held(folder: Path) -> bool:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
