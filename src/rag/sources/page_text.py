"""A registry page saved as plain text, in the layout with a heading per section, as a record. Places are line numbers.

A heading stands on a line of its own and is followed by one sentence that tells the visitor what to look at
(`is_introduction`); the sentence is boilerplate and is left out, and so is the list of other trials at the end.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from rag.errors import SourceError
from rag.sources import page_entries
from rag.sources.normal import parties
from rag.sources.page_entries import Paragraph
from rag.sources.record import NOTHING, Dated, Individual, Note, Printed, Record

_ID_LINE = re.compile(r"\s*NCT ID:\s*(NCT\d{8})\s*", re.IGNORECASE)
_UPDATED = re.compile(r"\s*Last Updated?:\s*(\S.{3,40})", re.IGNORECASE)
_HEAD_LINES = 40  # the id stands among the first lines: title, id, date
_LONGEST_HEADING = 60
_LONGEST_INTRODUCTION = 220
_TABLES = {"headings", "labels", "introductions", "results", "overview"}
_PROSE = frozenset({"results", "summary", "description", "eligibility", "official_title"})
_PARTY_WORDS = frozenset({"participant", "caregiver", "care", "provider", "investigator", "outcome", "assessor", "and"})
_DATED = ("start", "primary_completion", "completion", "first_posted")
_DESIGN = ("allocation", "intervention_model", "observational_model", "time_perspective", "primary_purpose", "masking")
_ELIGIBILITY = ("minimum_age", "maximum_age", "sex", "healthy_volunteers", "study_population", "sampling_method")


@dataclass(frozen=True, slots=True)
class Block:
    """The lines under one heading, the introduction left out; `first` is the number of the first of them."""

    heading: str
    part: str  # of data/pages.toml, '' for a heading that is not known
    lines: tuple[str, ...]
    first: int

    def paragraphs(self) -> list[Paragraph]:
        return page_entries.paragraphs(self.lines, self.first)

    def text(self) -> Printed:
        """All lines as printed, blank edges left out."""
        full = [n for n, line in enumerate(self.lines) if line.strip()]
        if not full:
            return NOTHING
        kept = (line.rstrip() for line in self.lines[full[0] : full[-1] + 1])
        return Printed("\n".join(kept), line=self.first + full[0])

    def one_line(self) -> Printed:
        text = self.text()
        return Printed(" ".join(text.text.split()), line=text.line)


def is_page(lines: Sequence[str]) -> bool:
    """Whether this is the layout: an id line near the top and three known headings."""
    if not any(_ID_LINE.fullmatch(line) for line in lines[:_HEAD_LINES]):
        return False
    known = pages()["headings"]
    return sum(line.strip().lower() in known for line in lines) >= 3


def read_page(lines: Sequence[str]) -> Record:
    """The record of a page given as its lines. SourceError where the id or the title is missing."""
    id_at = next((n for n, line in enumerate(lines[:_HEAD_LINES]) if _ID_LINE.fullmatch(line)), None)
    if id_at is None:
        raise SourceError("no line 'NCT ID: …' near the top", place="line 1", remedy="save the whole page as text")
    match = _ID_LINE.fullmatch(lines[id_at])
    title = next((Printed(line.strip(), line=n) for n, line in enumerate(lines[:id_at], 1) if line.strip()), NOTHING)
    blocks = _blocks(lines, id_at)
    by_part = {block.part: block for block in reversed(blocks) if block.part}
    empty = Block("", "", (), 0)

    def block(part: str) -> Block:
        return by_part.get(part, empty)

    basic = _labelled(block("basic"))
    treatments = page_entries.treatments(block("interventions").paragraphs())
    sponsor, collaborators = page_entries.sponsors(block("sponsors").paragraphs())
    org_study_id, secondary_ids = page_entries.identifiers(block("identifiers").paragraphs())
    return Record(
        trial_id=Printed(match[1].upper() if match else "", line=id_at + 1),
        title=title,
        acronym=block("acronym").one_line(),
        official_title=block("official_title").one_line(),
        org_study_id=org_study_id,
        secondary_ids=secondary_ids,
        last_update=Dated(_last_update(lines, id_at)),
        has_results=_results(block("results")),
        summary=block("summary").text(),
        description=block("description").text(),
        conditions=_values(block("conditions")),
        keywords=_values(block("keywords")),
        **_basic(basic),
        **_design(block("design")),
        groups=page_entries.groups(block("groups").paragraphs(), treatments),
        treatments=treatments,
        other_names=_values(block("other_names")),
        measures=(
            *page_entries.measures(block("primary").paragraphs(), "primary"),
            *page_entries.measures(block("secondary").paragraphs(), "secondary"),
            *page_entries.measures(block("other_outcomes").paragraphs(), "other"),
        ),
        **_eligibility(block("eligibility")),
        sponsor=sponsor,
        collaborators=collaborators,
        responsible_party=page_entries.responsible(block("responsible").paragraphs()),
        officials=page_entries.officials(block("officials").paragraphs()),
        contacts=page_entries.contacts(block("contacts").paragraphs()),
        site_contacts=tuple(
            Individual(name=person.name, phone=person.phone, email=person.email)
            for person in page_entries.contacts(block("site_contacts").paragraphs())
        ),
        locations=(locations := page_entries.locations(block("locations").paragraphs())),
        countries=() if locations else page_entries.countries(block("countries").paragraphs()),
        other=tuple(Note(b.heading, b.text()) for b in blocks if not b.part and b.text()),
    )


def _blocks(lines: Sequence[str], id_at: int) -> list[Block]:
    """The page cut at its headings."""
    starts = list(_headings(lines, id_at))
    ends = [start for start, _, _ in starts[1:]] + [len(lines)]
    return [
        Block(lines[start].strip(), part, tuple(lines[body:end]), body + 1)
        for (start, part, body), end in zip(starts, ends, strict=True)
    ]


def _headings(lines: Sequence[str], id_at: int) -> Iterator[tuple[int, str, int]]:
    """(line index, part, index of the first line of the body) of each heading.

    Where most lists of the page begin with a sentence, the page introduces its sections, and a heading needs its
    introduction; otherwise known headings stand for themselves. An unknown heading always needs one.
    """
    found = [candidate for at in range(id_at + 1, len(lines)) if (candidate := _candidate(lines, at))]
    lists = [introduced for _, part, _, introduced in found if part and part not in _PROSE]
    introduces = sum(lists) * 2 > len(lists)
    for at, part, follows, introduced in found:
        if part == "results" or (introduced and introduces):
            yield at, part, follows + introduced
        elif not introduces and part:
            yield at, part, at + 1


def _candidate(lines: Sequence[str], at: int) -> tuple[int, str, int, bool] | None:
    """(line index, part, index of the next printed line, whether that is an introduction) of what may be a heading."""
    line = lines[at].strip()
    if not line or len(line) > _LONGEST_HEADING or lines[at - 1].strip():
        return None
    part: str | None = pages()["headings"].get(line.lower())
    if part is None and not _is_title(line):
        return None
    follows = next((n for n in range(at + 1, len(lines)) if lines[n].strip()), len(lines) - 1)
    alone = follows + 1 >= len(lines) or not lines[follows + 1].strip()
    introduced = follows > at and alone and is_introduction(lines[follows], known=part is not None)
    return (at, part or "", follows, introduced) if part or introduced else None


def is_introduction(line: str, *, known: bool = True) -> bool:
    """Whether `line` is the site's one sentence under a heading: 'Review each arm …', never with a number in it.

    Under a heading that is not `known` it has to begin as such sentences do and to speak of the trial.
    """
    text = line.strip()
    words = text.lower().rstrip(".").split()
    said = pages()["introductions"]
    if not known and (words[:1] == [] or words[0] not in said["first_words"] or not {*words} & {*said["subjects"]}):
        return False
    return (
        text.endswith(".")
        and len(text) <= _LONGEST_INTRODUCTION
        and len(words) >= 4
        and ". " not in text
        and not any(character.isdigit() for character in text)
    )


def _is_title(line: str) -> bool:
    """Whether a line looks like a heading: few words, capitals, no sentence end."""
    words = line.split()
    return 1 <= len(words) <= 6 and line[0].isupper() and line[-1] not in ".;:,?!)" and not line.isupper()


def _last_update(lines: Sequence[str], id_at: int) -> Printed:
    for number, line in enumerate(lines[: id_at + _HEAD_LINES], 1):
        if match := _UPDATED.fullmatch(line.rstrip()):
            return Printed(match[1].strip(), line=number)
    return NOTHING


def _results(block: Block) -> Printed:
    """'Yes' or 'No' for the site's sentence about results; a longer section is about results posted."""
    said = pages()["results"]
    for paragraph in block.paragraphs():
        line = paragraph.text.strip().lower()
        if line in said["no"]:
            return Printed("No", line=paragraph.line)
        if line in said["yes"]:
            return Printed("Yes", line=paragraph.line)
    return NOTHING


def _values(block: Block) -> tuple[Printed, ...]:
    """One value a line. The site runs its tags together on one line, and nothing tells them apart again."""
    return tuple(
        Printed(line.strip(), line=number) for number, line in enumerate(block.lines, block.first) if line.strip()
    )


def _labelled(block: Block) -> dict[str, list[Printed]]:
    """The lines under each known label of the block, in order; lines before the first label stand under ''."""
    labels: Mapping[str, str] = pages()["labels"]
    found: dict[str, list[Printed]] = {"": []}
    current = ""
    for number, line in enumerate(block.lines, block.first):
        text = line.strip()
        if text.lower() in labels:
            current = labels[text.lower()]
            found.setdefault(current, [])
        elif text:
            found[current].append(Printed(text, line=number))
    return found


def _first(found: Mapping[str, list[Printed]], part: str) -> Printed:
    values = found.get(part) or [NOTHING]
    return values[0]


def _basic(found: Mapping[str, list[Printed]]) -> dict[str, Any]:
    parts = ("status", "why_stopped", "phase", "enrollment", "study_type")
    dates = {part: Dated(_first(found, part)) for part in _DATED}
    return {part: _first(found, part) for part in parts} | dates


def _design(block: Block) -> dict[str, Any]:
    """The design labels. Under the masking stand who is masked, then a remark; under the model, its description."""
    found = _labelled(block)
    record: dict[str, Any] = {part: _first(found, part) for part in _DESIGN}
    record["intervention_model_description"] = _joined(found.get("intervention_model", [])[1:])
    below = found.get("masking", [])[1:]
    if below and _only_parties(below[0].text):
        record["who_masked"] = below.pop(0)
    record["masking_description"] = _joined(below)
    return record


def _only_parties(text: str) -> bool:
    """Whether a line does nothing but name masked parties: 'Participants Investigators Outcome Assessors'."""
    words = re.sub(r"[^a-z]+", " ", text.lower()).split()
    return bool(parties(text)) and all(word.rstrip("s") in _PARTY_WORDS for word in words)


def _joined(values: Sequence[Printed]) -> Printed:
    return Printed(" ".join(value.text for value in values), line=values[0].line) if values else NOTHING


def _eligibility(block: Block) -> dict[str, Any]:
    """The criteria as printed, up to the first label, and the values of the labels."""
    labels = pages()["labels"]
    cut = next((n for n, line in enumerate(block.lines) if labels.get(line.strip().lower()) in _ELIGIBILITY), None)
    end = len(block.lines) if cut is None else cut
    criteria = Block(block.heading, block.part, block.lines[:end], block.first)
    found = _labelled(Block(block.heading, block.part, block.lines[end:], block.first + end))
    return {"criteria": criteria.text()} | {part: _first(found, part) for part in _ELIGIBILITY}


@cache
def pages() -> Mapping[str, Any]:
    """data/pages.toml: headings, labels and boilerplate of both layouts."""
    source = resources.files("rag").joinpath("data/pages.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(source)
    if tables.keys() != _TABLES:
        raise ValueError(f"pages.toml: tables {sorted(tables)} instead of {sorted(_TABLES)}")
    return tables
