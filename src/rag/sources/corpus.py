"""Files and folders of trial records to documents, one at a time, every bad file or record refused by name.

The format is told by the content, not by the name: JSON (a study, a page of studies, an array, JSON lines), legacy XML,
the CSV export, or a registry page as text in one of its two layouts; all of them plain, gzipped or zipped.
"""

from __future__ import annotations

import csv
import io
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import CorpusError, SourceError
from rag.settings import Settings
from rag.sources import api_json, csv_export, json_text, legacy_xml, page_overview, page_text
from rag.sources.build import build_document
from rag.sources.clean import decode, safe
from rag.sources.files import Limits, Packed, is_ignored, unpacked
from rag.sources.record import Record
from rag.types import Document, Refusal

if TYPE_CHECKING:
    import _csv

logger = logging.getLogger(__name__)

# A page of studies, an array or a CSV is read whole; beyond this it belongs into JSON lines, which are streamed.
_WHOLE_BYTES = 256 << 20
_LONGEST_HEADER = 20_000  # characters; the site's 30 columns take 500
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORMATS = "a registry page as text, API v2 JSON, legacy XML or the CSV export"


def read_corpus(paths: Sequence[Path], settings: Settings) -> Iterator[Document | Refusal]:
    """Every record below `paths` as a document, or why it was refused; files in sorted order, records in file order.

    A trial that was already read is refused. CorpusError when there is no file at all.
    """
    limits = Limits(settings.max_file_bytes, settings.max_record_bytes)
    files, missing = corpus_files(paths)
    yield from missing
    if not files:
        names = ", ".join(str(path) for path in paths) or "nothing"
        raise CorpusError(
            "there is no file to read", place=names, remedy="give a folder or file of trial records to `rag index`"
        )
    first_source: dict[str, str] = {}
    for source, path in files:
        for found in read_file(path, source, limits):
            if isinstance(found, Document) and found.trial_id in first_source:
                yield _duplicate(found, first_source[found.trial_id])
                continue
            if isinstance(found, Document):
                first_source[found.trial_id] = found.source
            yield found


def corpus_files(paths: Iterable[Path]) -> tuple[list[tuple[str, Path]], list[Refusal]]:
    """(source name, path) of every file below `paths`, sorted by name, and a refusal for each path that is not there.

    The source name is the path below the folder given; hidden files and READMEs of a folder are passed over.
    """
    found: dict[Path, str] = {}
    missing: list[Refusal] = []
    for path in paths:
        if path.is_dir():
            for file in _below(path):
                found.setdefault(file.resolve(), file.relative_to(path).as_posix())
        elif path.is_file():
            found.setdefault(path.resolve(), path.name)
        else:
            reason = "it is no regular file" if path.exists() else "there is no such file or folder"
            missing.append(Refusal(str(path), "", reason, "check the path"))
    names = list(found.values())
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    named = ((str(path) if name in twice else name, path) for path, name in found.items())
    return sorted(named), missing


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
        for name in names:
            path = Path(parent, name)
            if not is_ignored(name) and path.is_file():
                yield path


def _duplicate(document: Document, first: str) -> Refusal:
    return Refusal(
        document.source,
        document.trial_id,
        f"{document.trial_id} was already read from {first}",
        "keep one of the two records",
    )


def read_file(path: Path, source: str, limits: Limits) -> Iterator[Document | Refusal]:
    """The documents and refusals of one file, in file order."""
    try:
        for packed in unpacked(path, source, limits):
            if isinstance(packed, SourceError):
                yield _refusal(source, packed)
            else:
                yield from _read_packed(packed, limits)
    except SourceError as exc:
        yield _refusal(source, exc)
    except OSError as exc:
        yield Refusal(source, "", f"the file cannot be read ({exc.strerror or exc})", "check its permissions")


def _read_packed(packed: Packed, limits: Limits) -> Iterator[Document | Refusal]:
    try:
        with packed.open() as stream:
            for found in _records(stream, packed.source, limits):
                if isinstance(found, SourceError):
                    yield _refusal(packed.source, found)
                    continue
                document = build_document(found, packed.source)
                if not any(section.name.startswith("eligibility.") for section in document.sections):
                    logger.info("%s: %s has no eligibility criteria", packed.source, document.trial_id)
                yield document
    except SourceError as exc:
        yield _refusal(packed.source, exc)


def _refusal(source: str, error: SourceError) -> Refusal:
    return Refusal(source, safe(error.place), safe(error.message), error.remedy)


def _records(stream: io.BufferedReader, source: str, limits: Limits) -> Iterator[Record | SourceError]:
    """The records of an unpacked stream by what its first bytes look like; a bad record comes as its error."""
    head = _past_blanks(stream)
    if head.startswith(_UTF16):
        text = decode(_whole(stream, _WHOLE_BYTES))
        stream = io.BufferedReader(io.BytesIO(text.encode("utf-8", "replace")))
        head = stream.peek()
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise SourceError("the file is empty", remedy="remove it or export it again")
    if b"\x00" in head[:4096]:
        raise SourceError("the file is binary, not a trial record", remedy=f"give {_FORMATS}")
    if start.startswith((b"{", b"[")):
        yield from _json_records(stream, source, head, limits)
    elif start.startswith(b"<"):
        yield _xml_record(stream, start, limits)
    else:
        yield from _text_records(stream, limits)


def _past_blanks(stream: io.BufferedReader) -> bytes:
    """The first bytes that are not all blank; blank buffers before them are spent."""
    head = stream.peek()
    while head and head.isspace():
        stream.read(len(head))
        head = stream.peek()
    return head


def _whole(stream: io.BufferedReader, most_bytes: int) -> bytes:
    data = stream.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise SourceError(
            f"the content has more than {most_bytes:,} bytes",
            remedy="split it; JSON lines (.jsonl) may be of any length",
        )
    return data


def _json_records(
    stream: io.BufferedReader, source: str, head: bytes, limits: Limits
) -> Iterator[Record | SourceError]:
    if _is_json_lines(source, head):
        yield from _json_lines(stream, limits)
        return
    value = json_text.parse(decode(_whole(stream, _WHOLE_BYTES)))
    for study, place in json_text.studies(value):
        yield _study(study, place)


def _is_json_lines(source: str, head: bytes) -> bool:
    name = source.lower().removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson")):
        return True
    first, _, rest = head.lstrip().partition(b"\n")
    return first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")


def _json_lines(stream: io.BufferedReader, limits: Limits) -> Iterator[Record | SourceError]:
    """A study a line. A bad line is refused and the next one read."""
    number = 0
    while line := stream.readline(limits.record_bytes + 1):
        number += 1
        if len(line) > limits.record_bytes:
            while line and not line.endswith(b"\n"):
                line = stream.readline(limits.record_bytes)
            yield SourceError(
                f"the record has more than {limits.record_bytes:,} bytes",
                place=f"line {number}",
                remedy="raise RAG_MAX_RECORD_BYTES if it is sound",
            )
            continue
        if not line.strip():
            continue
        try:
            for study, place in json_text.studies(json_text.parse(decode(line))):
                yield _study(study, f"line {number}: {place}" if place else f"line {number}: ")
        except SourceError as exc:
            yield SourceError(exc.message, place=f"line {number}", remedy=exc.remedy)


def _study(study: object, place: str) -> Record | SourceError:
    if not isinstance(study, dict) or not api_json.is_study(study):
        return SourceError(
            "the entry is no study: it has no protocolSection", place=place, remedy="export studies in API v2 format"
        )
    try:
        return api_json.read_study(study, place)
    except SourceError as exc:
        return exc


def _xml_record(stream: io.BufferedReader, start: bytes, limits: Limits) -> Record:
    if start[:200].lower().lstrip(b"<!- ").startswith((b"doctype html", b"html")):
        raise SourceError("the file is a web page in HTML", remedy="save the page as plain text, or export the record")
    return legacy_xml.read_study(legacy_xml.parse(_whole(stream, limits.record_bytes)))


def _text_records(stream: io.BufferedReader, limits: Limits) -> Iterator[Record | SourceError]:
    text = decode(_whole(stream, _WHOLE_BYTES))
    sheet = text.lstrip("\ufeff\r\n ")
    if csv_export.is_header(_first_row(sheet)):
        yield from _csv_records(sheet, limits)
        return
    if len(text) > limits.record_bytes:
        raise SourceError(f"the record has more than {limits.record_bytes:,} bytes", remedy="split the file")
    lines = safe(text).split("\n")
    if page_text.is_page(lines):
        yield page_text.read_page(lines)
    elif page_overview.is_page(lines):
        yield page_overview.read_page(lines)
    else:
        raise SourceError("the file is in no known format", place="line 1", remedy=f"give {_FORMATS}")


def _first_row(sheet: str) -> list[str]:
    """The cells of the first line, none where it is no CSV."""
    line = sheet[:_LONGEST_HEADER].replace("\r", "\n").partition("\n")[0]
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []


def _csv_records(text: str, limits: Limits) -> Iterator[Record | SourceError]:
    csv.field_size_limit(max(limits.record_bytes, csv.field_size_limit()))
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    names = _next_row(rows) or []
    csv_export.check_header(names)
    number = 0
    while (cells := _next_row(rows)) is not None:
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        try:
            yield csv_export.read_row(names, cells, number)
        except SourceError as exc:
            yield exc
    if not number:
        raise SourceError("the CSV has a header and no row", remedy="remove the file or export it again")


def _next_row(rows: _csv.Reader) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error as exc:
        raise SourceError(
            f"the CSV breaks off or is not well-formed ({exc})",
            place=f"line {rows.line_num}",
            remedy="download the file again",
        ) from exc
