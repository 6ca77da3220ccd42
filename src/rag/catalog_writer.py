"""Writes the catalog of one snapshot: new records from Python, unchanged ones row by row from the catalog before.

Rows are staged in a temporary database and written in order at the end, so that the same records give the same
catalog whichever way they came: trials by id, criteria by trial and place, passages by id.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.catalog_rows import concepts_of, packed_summary, summary_of, values_of, variables_of
from rag.codec import to_json
from rag.types import Document, Field, Finding, Origin, Passage, ReadTrial, Refusal, Section

SCHEMA = """
CREATE TABLE documents (trial_no INTEGER PRIMARY KEY, trial_id TEXT NOT NULL UNIQUE, key TEXT NOT NULL,
  sha256 TEXT NOT NULL, source TEXT NOT NULL, title TEXT NOT NULL, facts TEXT NOT NULL, layout TEXT NOT NULL,
  findings TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE summaries (trial_no INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE field_values (field TEXT, trial_no INTEGER, place INTEGER, value TEXT NOT NULL,
  PRIMARY KEY (field, trial_no, place)) WITHOUT ROWID;
CREATE TABLE criteria (criterion_no INTEGER PRIMARY KEY, trial_no INTEGER NOT NULL, place INTEGER NOT NULL,
  section TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX criteria_by_trial ON criteria (trial_no, place);
CREATE TABLE limits (variable TEXT, criterion_no INTEGER, unread INTEGER NOT NULL,
  PRIMARY KEY (variable, criterion_no)) WITHOUT ROWID;
CREATE TABLE states (concept TEXT, criterion_no INTEGER, PRIMARY KEY (concept, criterion_no)) WITHOUT ROWID;
CREATE TABLE passages (row INTEGER PRIMARY KEY, passage_id TEXT NOT NULL UNIQUE, trial_no INTEGER NOT NULL,
  section TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, context TEXT NOT NULL, content TEXT NOT NULL);
CREATE INDEX passages_by_trial ON passages (trial_no, start);
CREATE INDEX passages_by_section ON passages (section);
CREATE TABLE refusals (place_no INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""

_STAGING = """
CREATE TEMP TABLE staged_documents (trial_id TEXT PRIMARY KEY, key TEXT, sha256 TEXT, source TEXT, title TEXT,
  facts TEXT, layout TEXT, findings TEXT, text TEXT, summary TEXT);
CREATE TEMP TABLE staged_values (trial_id TEXT, field TEXT, place INTEGER, value TEXT);
CREATE TEMP TABLE staged_criteria (trial_id TEXT, place INTEGER, section TEXT, start INTEGER, stop INTEGER, body TEXT);
CREATE TEMP TABLE staged_limits (trial_id TEXT, place INTEGER, variable TEXT, unread INTEGER);
CREATE TEMP TABLE staged_states (trial_id TEXT, place INTEGER, concept TEXT);
CREATE TEMP TABLE staged_passages (passage_id TEXT, trial_id TEXT, section TEXT, start INTEGER, stop INTEGER,
  context TEXT, content TEXT);
"""

# Every row of the catalog before that an unchanged trial owns, staged as if it had been read again.
_KEEP = (
    "INSERT INTO staged_documents SELECT d.trial_id, d.key, d.sha256, d.source, d.title, d.facts, d.layout, d.findings,"
    " d.text, s.body FROM before.documents d JOIN before.summaries s USING (trial_no) JOIN kept USING (trial_id)",
    "INSERT INTO staged_values SELECT d.trial_id, v.field, v.place, v.value FROM before.field_values v"
    " JOIN before.documents d USING (trial_no) JOIN kept USING (trial_id)",
    "INSERT INTO staged_criteria SELECT d.trial_id, c.place, c.section, c.start, c.stop, c.body FROM before.criteria c"
    " JOIN before.documents d USING (trial_no) JOIN kept USING (trial_id)",
    "INSERT INTO staged_limits SELECT d.trial_id, c.place, l.variable, l.unread FROM before.limits l"
    " JOIN before.criteria c USING (criterion_no) JOIN before.documents d USING (trial_no) JOIN kept USING (trial_id)",
    "INSERT INTO staged_states SELECT d.trial_id, c.place, s.concept FROM before.states s"
    " JOIN before.criteria c USING (criterion_no) JOIN before.documents d USING (trial_no) JOIN kept USING (trial_id)",
    "INSERT INTO staged_passages SELECT p.passage_id, d.trial_id, p.section, p.start, p.stop, p.context, p.content"
    " FROM before.passages p JOIN before.documents d USING (trial_no) JOIN kept USING (trial_id)",
)

_SETTLE = (
    "INSERT INTO documents SELECT row_number() OVER (ORDER BY trial_id) - 1, trial_id, key, sha256, source, title,"
    " facts, layout, findings, text FROM staged_documents ORDER BY trial_id",
    "INSERT INTO summaries SELECT trial_no, summary FROM staged_documents JOIN documents USING (trial_id)"
    " ORDER BY trial_no",
    "INSERT INTO field_values SELECT field, trial_no, place, value FROM staged_values JOIN documents USING (trial_id)"
    " ORDER BY field, trial_no, place",
    "INSERT INTO criteria SELECT row_number() OVER (ORDER BY trial_no, place) - 1, trial_no, place, section, start,"
    " stop, body FROM staged_criteria JOIN documents USING (trial_id) ORDER BY trial_no, place",
    "INSERT INTO limits SELECT variable, criterion_no, unread FROM staged_limits s JOIN documents USING (trial_id)"
    " JOIN criteria c USING (trial_no, place) ORDER BY variable, criterion_no",
    "INSERT INTO states SELECT concept, criterion_no FROM staged_states s JOIN documents USING (trial_id)"
    " JOIN criteria c USING (trial_no, place) ORDER BY concept, criterion_no",
    "INSERT INTO passages SELECT row_number() OVER (ORDER BY passage_id) - 1, passage_id, trial_no, section, start,"
    " stop, context, content FROM staged_passages JOIN documents USING (trial_id) ORDER BY passage_id",
)


Row = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Rows:
    """One trial as rows of the staging tables: plain strings and numbers, so that another process can make them."""

    document: Row
    values: Sequence[Row]
    criteria: Sequence[Row]
    limits: Sequence[Row]
    states: Sequence[Row]
    passages: Sequence[Row]


def rows_of(document: Document, key: str, read: ReadTrial, passages: Iterable[tuple[Passage, str]]) -> Rows:
    """The rows of one trial; each passage comes with the hash of the text that is embedded for it."""
    trial_id = document.trial_id
    read_criteria = list(enumerate(read.criteria))
    return Rows(
        document=(
            trial_id, key, document.sha256, document.source, document.title, _text(document.facts), _layout(document),
            _text(read.findings, tuple[Finding, ...]), document.text,
            packed_summary(summary_of(document)).decode(),
        ),
        values=[
            (trial_id, name, place, value)
            for name, values in values_of(document).items() for place, value in enumerate(values)
        ],
        criteria=[(trial_id, n, c.section, c.span.start, c.span.end, _text(c)) for n, c in read_criteria],
        limits=[(trial_id, n, v, int(unread)) for n, c in read_criteria for v, unread in variables_of(c).items()],
        states=[(trial_id, n, concept) for n, c in read_criteria for concept in concepts_of(c)],
        passages=[
            (p.passage_id, trial_id, p.section, p.span.start, p.span.end, p.context, content) for p, content in passages
        ],
    )


class CatalogWriter:
    """The catalog of a draft. Add each trial once, keep the unchanged ones, then `finish`."""

    def __init__(self, path: Path, before: Path | None = None) -> None:
        """`before` is the catalog that `keep` copies from."""
        self._base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rwc", uri=True, isolation_level=None)
        self._base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;")
        self._base.executescript(SCHEMA + _STAGING + "CREATE TEMP TABLE kept (trial_id TEXT PRIMARY KEY);")
        if before is not None:
            self._base.execute("ATTACH ? AS before", (f"{before.resolve().as_uri()}?mode=ro&immutable=1",))
        self._base.execute("BEGIN")

    def add(self, rows: Rows) -> None:
        """One trial with everything that was read from it."""
        self._base.execute("INSERT INTO staged_documents VALUES (?,?,?,?,?,?,?,?,?,?)", rows.document)
        self._base.executemany("INSERT INTO staged_values VALUES (?,?,?,?)", rows.values)
        self._base.executemany("INSERT INTO staged_criteria VALUES (?,?,?,?,?,?)", rows.criteria)
        self._base.executemany("INSERT INTO staged_limits VALUES (?,?,?,?)", rows.limits)
        self._base.executemany("INSERT INTO staged_states VALUES (?,?,?)", rows.states)
        self._base.executemany("INSERT INTO staged_passages VALUES (?,?,?,?,?,?,?)", rows.passages)

    def keep(self, trial_ids: Sequence[str]) -> None:
        """Copies everything of the trials named from the catalog before."""
        self._base.executemany("INSERT INTO kept VALUES (?)", ((trial_id,) for trial_id in trial_ids))
        if trial_ids:
            for statement in _KEEP:
                self._base.execute(statement)

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        self._base.executemany("INSERT INTO refusals VALUES (?,?)", enumerate(map(_text, refusals)))

    def finish(self) -> None:
        """Writes everything in its order and closes the file. Nothing may be added afterwards."""
        for statement in _SETTLE:
            self._base.execute(statement)
        self._base.execute("COMMIT")
        self._base.execute("ANALYZE main")
        self.close()

    def close(self) -> None:
        self._base.close()


@contextmanager
def written_catalog(path: Path, before: Path | None) -> Iterator[CatalogWriter]:
    """A writer that is closed when the block ends, however it ends."""
    with closing(CatalogWriter(path, before)) as writer:
        yield writer


def _layout(document: Document) -> str:
    kinds = (tuple[Section, ...], tuple[Field, ...], tuple[Origin, ...])
    parts = (document.sections, document.fields, document.origins)
    return "[" + ",".join(_text(part, kind) for part, kind in zip(parts, kinds, strict=True)) + "]"


def _text(value: object, kind: object = None) -> str:
    return to_json(value, kind).decode()
