"""The repeated entries of a registry page in text: arms, interventions, sponsors, sites, contacts, identifiers.

The page prints an entry as paragraphs and closes or opens it with a mark ('Group Type EXPERIMENTAL'). All functions
take the paragraphs of one section and give record parts with their line numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.sources.normal import vocabulary
from rag.sources.record import (
    NOTHING,
    Group,
    Individual,
    Location,
    Measure,
    Organisation,
    Printed,
    Treatment,
)

_NO_INTERVENTIONS = "no interventions assigned to this group"
_TIME_FRAME = re.compile(r"(?:outcome )?time ?frame:? *", re.IGNORECASE)
_PHONE = re.compile(r"(?:Phone:)?[ \t]*([+(\d][\d+() ./ext-]{4,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines without a blank line between them."""

    text: str
    line: int

    def after(self, mark: str) -> str | None:
        """What follows `mark` at the start, '' when nothing does, None when the paragraph begins otherwise."""
        if self.text[: len(mark)].lower() != mark.lower():
            return None
        rest = self.text[len(mark) :]
        return rest.strip() if not rest or rest[0] in " \n" else None


def paragraphs(lines: Sequence[str], first: int) -> list[Paragraph]:
    """The paragraphs of `lines`, the first of which has the number `first`."""
    found: list[Paragraph] = []
    held: list[str] = []
    for number, line in enumerate((*lines, ""), first):
        if line.strip():
            held.append(line.rstrip())
        elif held:
            found.append(Paragraph("\n".join(held), number - len(held)))
            held = []
    return found


def _printed(paragraph: Paragraph) -> Printed:
    return Printed(paragraph.text, line=paragraph.line)


def _prose(parts: Sequence[Paragraph]) -> Printed:
    """Several paragraphs as one block, with one blank line for each blank line of the page."""
    if not parts:
        return NOTHING
    text, line = parts[0].text, parts[0].line + parts[0].text.count("\n")
    for part in parts[1:]:
        text += "\n" * (part.line - line) + part.text
        line = part.line + part.text.count("\n")
    return Printed(text, line=parts[0].line)


def _marked(parts: Sequence[Paragraph], at: int, mark: str) -> str | None:
    return parts[at].after(mark) if at < len(parts) else None


def treatments(parts: Sequence[Paragraph]) -> tuple[Treatment, ...]:
    """Name, description, 'Intervention Type DRUG', over and over."""
    found: list[Treatment] = []
    held: list[Paragraph] = []
    for part in parts:
        kind = part.after("Intervention Type")
        if kind is None or not held:
            held.append(part)
            continue
        found.append(Treatment(_printed(held[0]), Printed(kind, line=part.line), _prose(held[1:])))
        held = []
    found += [Treatment(_printed(part)) for part in held]
    return tuple(found)


def groups(parts: Sequence[Paragraph], known: Sequence[Treatment]) -> tuple[Group, ...]:
    """Label, description, 'Group Type EXPERIMENTAL', then each intervention with its type and its own description.

    Where an intervention's description ends and the next label begins is told by the descriptions in `known`.
    """
    described = {treatment.name.text: _squeezed(treatment.description.text) for treatment in known}
    found: list[Group] = []
    at = 0
    while at < len(parts):
        label = parts[at]
        at += 1
        start = at
        while at < len(parts) and not _opens_interventions(parts, at):
            at += 1
        description = _prose(parts[start:at])
        kind = NOTHING
        if (stated := _marked(parts, at, "Group Type")) is not None:
            kind = Printed(stated, line=parts[at].line)
            at += 1
        given, at = _given(parts, at, described)
        found.append(Group(_printed(label), kind, description, tuple(given)))
    return tuple(found)


def _opens_interventions(parts: Sequence[Paragraph], at: int) -> bool:
    if parts[at].after("Group Type") is not None or parts[at].text.strip().lower() == _NO_INTERVENTIONS:
        return True
    return _marked(parts, at + 1, "Intervention Type") is not None


def _given(parts: Sequence[Paragraph], at: int, described: dict[str, str]) -> tuple[list[Printed], int]:
    """The names of a group's interventions from `at` on, and where the next group begins."""
    names: list[Printed] = []
    if at < len(parts) and parts[at].text.strip().lower() == _NO_INTERVENTIONS:
        return names, at + 1
    while _marked(parts, at + 1, "Intervention Type") is not None:
        names.append(_printed(parts[at]))
        at = _skip_description(parts, at + 2, described.get(parts[at].text))
    return names, at


def _skip_description(parts: Sequence[Paragraph], at: int, known: str | None) -> int:
    """The index after an intervention's description; without a known one, a single paragraph is taken for it."""
    if known is None:
        nothing_left = at >= len(parts) or _opens_interventions(parts, at)
        return at if nothing_left else at + 1
    while at < len(parts) and known and known.startswith(words := _squeezed(parts[at].text)):
        known = known[len(words) :]
        at += 1
    return at


def _squeezed(text: str) -> str:
    return "".join(text.split())


def measures(parts: Sequence[Paragraph], kind: str) -> tuple[Measure, ...]:
    """Measure, description, 'Time Frame: …', over and over."""
    found: list[Measure] = []
    held: list[Paragraph] = []
    for part in parts:
        frame = _TIME_FRAME.match(part.text)
        if frame is None or not held:
            held.append(part)
            continue
        time_frame = Printed(part.text[frame.end() :], line=part.line)
        found.append(Measure(kind, _printed(held[0]), time_frame, _prose(held[1:])))
        held = []
    found += [Measure(kind, _printed(part)) for part in held]
    return tuple(found)


def sponsors(parts: Sequence[Paragraph]) -> tuple[Organisation, tuple[Organisation, ...]]:
    """Name, class, 'Sponsor Role lead', over and over: the lead and the collaborators."""
    lead, others = Organisation(), []
    held: list[Paragraph] = []
    for part in parts:
        role = part.after("Sponsor Role")
        if role is None or not held:
            held.append(part)
            continue
        found = Organisation(_printed(held[0]), _printed(held[1]) if len(held) > 1 else NOTHING)
        if role.lower() == "lead":
            lead = found
        else:
            others.append(found)
        held = []
    return lead, tuple(others)


def responsible(parts: Sequence[Paragraph]) -> Individual:
    """Name, title, affiliation, 'Responsibility Role SPONSOR'; each but the role may be absent."""
    held: list[Printed] = []
    for part in parts:
        role = part.after("Responsibility Role")
        if role is not None:
            name, title, affiliation = [*held, NOTHING, NOTHING, NOTHING][:3]
            return Individual(name=name, role=Printed(role, line=part.line), title=title, affiliation=affiliation)
        held.append(_printed(part))
    return Individual()


def officials(parts: Sequence[Paragraph]) -> tuple[Individual, ...]:
    """Name, 'Role: STUDY_CHAIR', affiliation, over and over."""
    found: list[Individual] = []
    for at, part in enumerate(parts):
        role = part.after("Role:")
        if role is None or at == 0:
            continue
        is_name = _marked(parts, at + 2, "Role:") is not None
        affiliation = NOTHING if is_name or at + 1 >= len(parts) else _printed(parts[at + 1])
        found.append(Individual(_printed(parts[at - 1]), Printed(role, line=part.line), affiliation=affiliation))
    return tuple(found)


def contacts(parts: Sequence[Paragraph]) -> tuple[Individual, ...]:
    """Name, 'Role: CONTACT', 'Phone: …' or a bare number, 'Email: …', over and over."""
    found: list[Individual] = []
    for at, part in enumerate(parts):
        role = part.after("Role:")
        if role is None or at == 0:
            continue
        phone = email = NOTHING
        for detail in parts[at + 1 : at + 4]:
            if match := _PHONE.match(detail.text):
                phone = phone or Printed(match[1].strip(), line=detail.line)
            elif (address := detail.after("Email:")) is not None:
                email = email or Printed(address, line=detail.line)
            else:
                break
        found.append(Individual(_printed(parts[at - 1]), Printed(role, line=part.line), phone=phone, email=email))
    return tuple(found)


def locations(parts: Sequence[Paragraph]) -> tuple[Location, ...]:
    """Facility, 'City, State, Country', 'Site Status RECRUITING', over and over; the state may be empty."""
    found: list[Location] = []
    held: list[Paragraph] = []
    for part in parts:
        status = part.after("Site Status")
        if status is None or not held:
            held.append(part)
            continue
        facility = _printed(held[0]) if len(held) > 1 else NOTHING
        city, state, country = _place(held[-1])
        found.append(Location(facility, city, state, country, Printed(status, line=part.line) if status else NOTHING))
        held = []
    return tuple(found)


def _place(paragraph: Paragraph) -> tuple[Printed, Printed, Printed]:
    """City, state and country of 'Beijing, , China' or 'Seoul, , Korea, Republic of'."""
    parts = [part.strip() for part in paragraph.text.split(",")]
    if len(parts) > 2 and ", ".join(parts[-2:]) in vocabulary("country"):
        parts[-2:] = [", ".join(parts[-2:])]
    country = parts.pop()
    city = parts.pop(0) if parts else ""
    values = (city, ", ".join(part for part in parts if part), country)
    city_, state_, country_ = (Printed(value, line=paragraph.line) if value else NOTHING for value in values)
    return city_, state_, country_


def countries(parts: Sequence[Paragraph]) -> tuple[Printed, ...]:
    return tuple(_printed(part) for part in parts)


def identifiers(parts: Sequence[Paragraph]) -> tuple[Printed, tuple[Printed, ...]]:
    """Id, 'Identifier Type: -', 'Identifier Source: org_study_id', over and over: the study's own id and the others."""
    own, others = NOTHING, []
    held: list[Paragraph] = []
    for part in parts:
        source = part.after("Identifier Source:")
        if source is None:
            if part.after("Identifier Type:") is None:
                held.append(part)
            continue
        if held and source == "org_study_id":
            own = _printed(held[-1])
        elif held:
            others.append(_printed(held[-1]))
        held = []
    return own, tuple(others)
