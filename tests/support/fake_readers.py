"""Readers of a toy format, so that the index can be tested by values that stand in the test.

A file is one record: a line `trial ID TITLE`, then lines `summary TEXT`, `exclude VARIABLE NUMBER TEXT`,
`avoid CONCEPT TEXT`, `unread VARIABLE TEXT`. Each line after the first is one passage. A file that starts otherwise
is refused; a line `crash` makes the criteria reader fail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from rag.ingest.reading import Readers
from rag.settings import Settings
from rag.types import (
    Clause,
    Constraint,
    Criterion,
    Document,
    Field,
    Finding,
    Origin,
    Passage,
    Polarity,
    ReadTrial,
    Refusal,
    RegistryDate,
    Section,
    Site,
    Span,
    State,
    TrialFacts,
    Unread,
)
from rag.values import at_least

SECTIONS = {"summary": "summary", "exclude": "eligibility.exclusion", "avoid": "eligibility.exclusion",
            "unread": "eligibility.unheaded", "crash": "other"}


def read_corpus(paths: Sequence[Path], settings: Settings) -> Iterator[Document | Refusal]:
    for place in paths:
        for path in sorted(place.rglob("*.trial")) if place.is_dir() else [place]:
            text = path.read_text(encoding="utf-8")
            if text.startswith("trial "):
                yield document_of(text, path.name)
            else:
                yield Refusal(path.name, "line 1", "no known format", "name the trial in the first line")


def document_of(text: str, source: str) -> Document:
    _, trial_id, title = text.split("\n", 1)[0].split(" ", 2)
    sections = tuple(Section(SECTIONS[line.split(" ", 1)[0]], span) for line, span in lines_of(text)[1:])
    at = len(f"trial {trial_id} ")
    return Document(
        trial_id, title, text, sections, (Field("title", Span(at, at + len(title))),), facts_of(title, text),
        (Origin(Span(0, len(text)), "line 1"),), source, hashlib.sha256(text.encode()).hexdigest(),
    )


def facts_of(title: str, text: str) -> TrialFacts:
    return TrialFacts(
        acronym=title.partition(" ")[0].upper(), status="RECRUITING", phases=("PHASE2", "PHASE3"), enrollment=len(text),
        start_date=RegistryDate(2024, 3), sex="ALL", healthy_volunteers=False, conditions=(title,),
        sites=(Site(city="Bern", country="Switzerland"), Site(city="Bern", country="Switzerland")),
        countries=("Switzerland",), sponsor="Sponsor of " + title,
    )


def lines_of(text: str) -> list[tuple[str, Span]]:
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        if body := line.rstrip("\n"):
            found.append((body, Span(start, start + len(body))))
        start += len(line)
    return found


def passages_of(document: Document, count: Callable[[str], int], limit: int) -> tuple[Passage, ...]:
    return tuple(
        Passage(f"{document.trial_id}:{span.start}-{span.end}", document.trial_id, SECTIONS[line.partition(" ")[0]],
                span, document.title, line)
        for line, span in lines_of(document.text)[1:] if count(line) <= limit
    )


def read_trial(document: Document) -> ReadTrial:
    criteria = []
    for line, span in lines_of(document.text)[1:]:
        kind, *words = line.split(" ")
        if kind == "crash":
            raise KeyError("crash")
        if kind in ("exclude", "avoid", "unread"):
            criteria.append(criterion_of(document.trial_id, kind, words, span))
    return ReadTrial(document.trial_id, tuple(criteria), (Finding("toy", "made up", (Span(0, 5),)),))


def criterion_of(trial_id: str, kind: str, words: list[str], span: Span) -> Criterion:
    atom: Constraint | State | Unread
    if kind == "exclude":
        atom = Constraint(words[0], at_least(Decimal(words[1])), "", span, f"< {words[1]}")
    elif kind == "avoid":
        atom = State(words[0], False, span)
    else:
        atom = Unread(words[0], span, "toy")
    return Criterion(f"{trial_id}:{span.start}", trial_id, Polarity.EXCLUSION, SECTIONS[kind], span,
                     (Clause((atom,), span),))


FAKE_READERS = Readers(read_corpus, passages_of, read_trial)
