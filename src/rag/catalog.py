"""The catalog of one snapshot, read-only: documents, facts, field values, passages, criteria by variable and concept.

An SQLite file that nobody writes any more: opened immutable, so that no lock is taken and no journal looked for.
Every thread has its own connection; whatever is returned is ordered by trial id, then by place in the text.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from rag.catalog_rows import TrialSummary, unpacked_summaries
from rag.codec import CodecError, from_json, from_plain
from rag.errors import IndexUnusableError, UnknownTrialError
from rag.garbage import COLLECTOR_PAUSED
from rag.types import (
    Criterion,
    Document,
    Field,
    Finding,
    Origin,
    Page,
    Passage,
    ReadTrial,
    Refusal,
    Section,
    Span,
    TrialFacts,
)

_MAPPED_BYTES = 1 << 30  # of the file, read through the page cache instead of being copied
_KEPT_DOCUMENTS = 1000  # some 60 MB: the records of one answer are opened once
_KEPT_CRITERIA = 30_000  # some 60 MB; all limits on age over 9,000 trials are 17,500

# `json_each(?)` takes a list of any length as one bound parameter.
_BY_VARIABLE = """SELECT trial_no, body FROM criteria WHERE criterion_no IN
  (SELECT criterion_no FROM limits WHERE variable IN (SELECT value FROM json_each(?))) ORDER BY criterion_no"""
_BY_CONCEPT = """SELECT trial_no, body FROM criteria WHERE criterion_no IN
  (SELECT criterion_no FROM states WHERE concept IN (SELECT value FROM json_each(?))) ORDER BY criterion_no"""
_BY_NUMBER = """SELECT trial_no, body FROM criteria WHERE criterion_no IN
  (SELECT value FROM json_each(?)) ORDER BY criterion_no"""
_PASSAGE = "SELECT passage_id, trial_no, section, start, stop, context FROM passages WHERE passage_id = ?"
_PASSAGES_OF_TRIAL = """SELECT passage_id, trial_no, section, start, stop, context FROM passages
  WHERE trial_no = ? ORDER BY start, stop"""
_PASSAGE_IDS = "SELECT row, passage_id FROM passages WHERE row IN (SELECT value FROM json_each(?))"
_TRIALS_OF_ROWS = "SELECT DISTINCT trial_no FROM passages WHERE row IN (SELECT value FROM json_each(?))"
_ROWS_OF_SECTIONS = """SELECT row FROM passages WHERE ?1 IS NULL OR section IN (SELECT value FROM json_each(?1))
  ORDER BY row"""
_ROWS_OF_TRIALS = """SELECT row FROM passages WHERE trial_no IN (SELECT value FROM json_each(?1))
  AND (?2 IS NULL OR section IN (SELECT value FROM json_each(?2))) ORDER BY row"""


class _Held:
    """A thread's connection: closed when the thread ends, because only its thread keeps it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection


class Catalog:
    """Reads one catalog file. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: weakref.WeakSet[_Held] = weakref.WeakSet()
        self._documents: dict[str, Document] = {}
        self._found: dict[tuple[str, str], Mapping[str, tuple[Criterion, ...]]] = {}
        self._found_size = 0
        self._connection()

    def _connection(self) -> sqlite3.Connection:
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            try:
                held = _Held(sqlite3.connect(self._uri, uri=True, check_same_thread=False))
                held.connection.execute(f"PRAGMA mmap_size={_MAPPED_BYTES}")
            except sqlite3.Error as exc:
                raise self._broken(exc) from exc
            self._local.held = held
            with self._lock:
                self._open.add(held)
        return held.connection

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for held in list(self._open):
                held.connection.close()
        self._local = threading.local()

    def rows(self, query: str, *values: object) -> list[Any]:
        """The rows of a query; IndexUnusableError where the file does not hold what it should."""
        try:
            return self._connection().execute(query, values).fetchall()
        except sqlite3.Error as exc:
            raise self._broken(exc) from exc

    def _broken(self, exc: Exception) -> IndexUnusableError:
        return IndexUnusableError(f"the catalog cannot be read: {exc}", place=str(self._path), remedy="run: rag index")

    # ── Records ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def trial_ids(self) -> tuple[str, ...]:
        """Every trial, sorted; its place here is its number in the tables. Read from the index of ids alone."""
        return tuple(row[0] for row in self.rows("SELECT trial_id FROM documents ORDER BY trial_id"))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {trial_id: number for number, trial_id in enumerate(self.trial_ids)}

    def has(self, trial_id: str) -> bool:
        return trial_id in self._numbers

    def number(self, trial_id: str) -> int:
        try:
            return self._numbers[trial_id]
        except KeyError as exc:
            raise UnknownTrialError(
                f"no trial {trial_id} in this index", remedy="list what it holds with: rag status"
            ) from exc

    def _ids(self, numbers: Iterable[int]) -> list[str]:
        """The ids of trials by number; IndexUnusableError where a row belongs to no trial."""
        ids = self.trial_ids
        try:
            return [ids[number] for number in numbers]
        except IndexError as exc:
            raise self._broken(exc) from exc

    def numbers(self, trial_ids: Iterable[str]) -> list[int]:
        """The numbers of those of `trial_ids` that the index holds, sorted."""
        return sorted({self._numbers[trial_id] for trial_id in trial_ids if trial_id in self._numbers})

    def document(self, trial_id: str) -> Document:
        """One record; the last few are kept. UnknownTrialError when the index does not hold it."""
        known = self._documents.get(trial_id)
        if known is not None:
            return known
        row = self.rows(
            "SELECT title, text, layout, facts, source, sha256 FROM documents WHERE trial_no = ?", self.number(trial_id)
        )[0]
        document: Document = self._decoded(_document, trial_id, row)
        if len(self._documents) >= _KEPT_DOCUMENTS:
            self._documents = {}
        self._documents[trial_id] = document
        return document

    def page(self, trial_id: str) -> Page:
        """One record as a citation needs it: a tenth of the work of `document`."""
        row = self.rows(
            "SELECT title, text, layout, source, sha256 FROM documents WHERE trial_no = ?", self.number(trial_id)
        )[0]
        page: Page = self._decoded(_page, trial_id, row)
        return page

    def facts(self, trial_id: str) -> TrialFacts:
        row = self.rows("SELECT facts FROM documents WHERE trial_no = ?", self.number(trial_id))[0]
        facts: TrialFacts = self._decoded(from_json, TrialFacts, row[0])
        return facts

    def summaries(self) -> tuple[TrialSummary, ...]:
        """The light facts of every trial, by id. Read once."""
        return self._summaries

    @cached_property
    def _summaries(self) -> tuple[TrialSummary, ...]:
        bodies = ",".join(row[0] for row in self.rows("SELECT body FROM summaries ORDER BY trial_no"))
        summaries: tuple[TrialSummary, ...] = self._decoded(unpacked_summaries, f"[{bodies}]")
        return summaries

    def field_values(self, field: str) -> Mapping[str, tuple[str, ...]]:
        """For each trial that states the field, its values in the record's order. See `catalog_rows.values_of`."""
        found: dict[str, list[str]] = {}
        rows = self.rows("SELECT trial_no, value FROM field_values WHERE field = ? ORDER BY trial_no, place", field)
        for trial_id, (_, value) in zip(self._ids(row[0] for row in rows), rows, strict=True):
            found.setdefault(trial_id, []).append(value)
        return {trial_id: tuple(values) for trial_id, values in found.items()}

    @cached_property
    def newest_day(self) -> date | None:
        """The newest date on which a record was posted or updated: 'today' of the collection."""
        fields = ("last_update_date", "first_posted_date")
        query = "SELECT MAX(CAST(value AS INTEGER)) FROM field_values WHERE field IN (?, ?)"
        days = [row[0] for row in self.rows(query, *fields) if row[0] is not None]
        return date.fromordinal(days[0]) if days else None

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """What was not indexed and why, in the order met."""
        rows = self.rows("SELECT body FROM refusals ORDER BY place_no")
        return tuple(self._decoded(from_json, Refusal, row[0]) for row in rows)

    # ── Criteria ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def read_trial(self, trial_id: str) -> ReadTrial:
        """All that was read from one trial's eligibility text and fields."""
        number = self.number(trial_id)
        bodies = self.rows("SELECT body FROM criteria WHERE trial_no = ? ORDER BY place", number)
        findings = self.rows("SELECT findings FROM documents WHERE trial_no = ?", number)[0][0]
        criteria = tuple(self._decoded(from_json, Criterion, row[0]) for row in bodies)
        return ReadTrial(trial_id, criteria, self._decoded(from_json, tuple[Finding, ...], findings))

    def criterion_spans(self, trial_id: str) -> tuple[Span, ...]:
        """Where the criteria of one trial's prose stand, in text order: their words without decoding what was read."""
        query = "SELECT start, stop FROM criteria WHERE trial_no = ? AND section <> 'eligibility.fields' ORDER BY place"
        return tuple(Span(*row) for row in self.rows(query, self.number(trial_id)))

    def criteria_for_variables(self, variables: Collection[str]) -> Mapping[str, tuple[Criterion, ...]]:
        """For each trial, its criteria that limit or name any of `variables`, unread ones too, in text order."""
        return self._criteria(_BY_VARIABLE, variables)

    def criteria_for_concepts(self, concepts: Collection[str]) -> Mapping[str, tuple[Criterion, ...]]:
        """For each trial, its criteria that require, exclude or mention any of `concepts`, in text order."""
        return self._criteria(_BY_CONCEPT, concepts)

    def criteria_by_number(self, numbers: Collection[int]) -> Mapping[str, tuple[Criterion, ...]]:
        """The criteria of these numbers (the lexical index of items counts them so), by trial, in text order."""
        return self._criteria(_BY_NUMBER, numbers)

    def _criteria(self, query: str, chosen: Collection[str] | Collection[int]) -> Mapping[str, tuple[Criterion, ...]]:
        wanted = json.dumps(sorted(chosen))
        known = self._found.get((query, wanted))
        if known is not None:
            return known
        found: dict[str, list[Criterion]] = {}
        rows = self.rows(query, wanted) if chosen else []
        bodies = self._decoded(_criteria_of, f"[{','.join(row[1] for row in rows)}]")
        for trial_id, criterion in zip(self._ids(row[0] for row in rows), bodies, strict=True):
            found.setdefault(trial_id, []).append(criterion)
        by_trial = {trial_id: tuple(criteria) for trial_id, criteria in found.items()}
        self._keep(query, wanted, by_trial, len(rows))
        return by_trial

    def _keep(self, query: str, wanted: str, by_trial: Mapping[str, tuple[Criterion, ...]], size: int) -> None:
        """Remembers an answer: the same variable is asked about again and again. Starts afresh when it grows large."""
        with self._lock:
            if self._found_size + size > _KEPT_CRITERIA:
                self._found, self._found_size = {}, 0
            self._found[query, wanted] = by_trial
            self._found_size += size

    def unread_counts(self) -> Mapping[str, int]:
        """How many criteria name each variable in words that could not be read; '' where no known one is named."""
        query = "SELECT variable, count(*) FROM limits WHERE unread GROUP BY variable ORDER BY variable"
        return dict(self.rows(query))

    # ── Passages ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def passage(self, passage_id: str) -> Passage:
        """One passage; UnknownTrialError when there is none of that id."""
        found = self._passages(_PASSAGE, passage_id)
        if not found:
            raise UnknownTrialError(f"no passage {passage_id} in this index", remedy="search again: rag search")
        return found[0]

    def passages_of(self, trial_id: str) -> tuple[Passage, ...]:
        """The passages of one trial in text order."""
        return tuple(self._passages(_PASSAGES_OF_TRIAL, self.number(trial_id)))

    def _passages(self, query: str, value: object) -> list[Passage]:
        rows = self.rows(query, value)
        return [
            Passage(passage_id, trial_id, section, Span(start, stop), context, self.text(trial_id)[start:stop])
            for trial_id, (passage_id, _, section, start, stop, context) in zip(
                self._ids(row[1] for row in rows), rows, strict=True
            )
        ]

    def text(self, trial_id: str) -> str:
        """The canonical text of one record, without decoding the rest of it."""
        known = self._documents.get(trial_id)
        if known is not None:
            return known.text
        return str(self.rows("SELECT text FROM documents WHERE trial_no = ?", self.number(trial_id))[0][0])

    def passage_ids(self, rows: Sequence[int]) -> list[str]:
        """The ids of passages by row number (their place in id order), as asked."""
        ids = dict(self.rows(_PASSAGE_IDS, json.dumps(list(rows))))
        return [ids[row] for row in rows]

    def trials_of_rows(self, rows: Sequence[int]) -> frozenset[str]:
        """The trials that passages belong to, by their row numbers."""
        return frozenset(self._ids(row[0] for row in self.rows(_TRIALS_OF_ROWS, json.dumps(list(rows)))))

    def passage_rows(self, trial_ids: Iterable[str] | None, sections: Iterable[str] | None) -> list[int]:
        """The row numbers of the passages of these trials and sections (None: any), sorted."""
        wanted = None if sections is None else json.dumps(sorted(sections))
        if trial_ids is None:
            return [row[0] for row in self.rows(_ROWS_OF_SECTIONS, wanted)]
        return [row[0] for row in self.rows(_ROWS_OF_TRIALS, json.dumps(self.numbers(trial_ids)), wanted)]

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The names of the sections that passages stand in, sorted."""
        return tuple(row[0] for row in self.rows("SELECT DISTINCT section FROM passages ORDER BY section"))

    def sections_within(self, names: Collection[str]) -> tuple[str, ...]:
        """The sections so named and their parts: 'eligibility' stands for 'eligibility.inclusion' too."""
        wanted = tuple(names)
        return tuple(s for s in self.sections if any(s == name or s.startswith(f"{name}.") for name in wanted))

    def passage_texts(self) -> Iterator[tuple[int, str, str, str, str]]:
        """(row, trial id, section, context, text) of every passage in row order; few documents are held at once."""
        ids = self.trial_ids
        of, text = -1, ""
        query = "SELECT row, trial_no, section, context, start, stop FROM passages ORDER BY row"
        for row, number, section, context, start, stop in self._connection().execute(query):
            if number != of:
                of, text = number, self.text(ids[number])
            yield row, ids[number], section, context, text[start:stop]

    def item_texts(self) -> Iterator[tuple[int, str, str, str]]:
        """(number, trial id, section, words) of every criterion in order."""
        ids = self.trial_ids
        of, text = -1, ""
        query = "SELECT criterion_no, trial_no, section, start, stop FROM criteria ORDER BY criterion_no"
        for number, trial_no, section, start, stop in self._connection().execute(query):
            if trial_no != of:
                of, text = trial_no, self.text(ids[trial_no])
            yield number, ids[trial_no], section, text[start:stop]

    def _decoded(self, decode: Any, *values: Any) -> Any:
        try:
            with COLLECTOR_PAUSED:
                return decode(*values)
        except (CodecError, orjson.JSONDecodeError) as exc:
            raise self._broken(exc) from exc


def _document(trial_id: str, row: tuple[str, str, str, str, str, str]) -> Document:
    title, text, layout, facts, source, sha256 = row
    sections, fields, origins = orjson.loads(layout)
    return Document(
        trial_id, title, text, from_plain(tuple[Section, ...], sections), from_plain(tuple[Field, ...], fields),
        from_json(TrialFacts, facts), from_plain(tuple[Origin, ...], origins), source, sha256,
    )


def _page(trial_id: str, row: tuple[str, str, str, str, str]) -> Page:
    title, text, layout, source, sha256 = row
    try:
        sections, _, origins = orjson.loads(layout)
        return Page(
            trial_id, title, text, tuple([Section(one["name"], Span(*one["span"])) for one in sections]),
            tuple([Origin(Span(*one["span"]), one["place"]) for one in origins]), source, sha256,
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise CodecError(f"{trial_id}: not the layout of a record: {exc!r}") from exc


def _criteria_of(raw: str) -> tuple[Criterion, ...]:
    return from_json(tuple[Criterion, ...], raw)
