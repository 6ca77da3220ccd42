"""Who of a trial is kept in the dark: 'patients and assessors are masked', 'blinded to participants', in any order.

'Only the assessors' also says how many are masked; 'but not the investigators' is a row of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rag.planning.tables import checked, read_table, word_set
from rag.planning.words import Found, Line, Phrases
from rag.types import All, Any, FieldIs, Not, Predicate


@cache
def masked_roles() -> Phrases[str]:
    """Words for who may be kept in the dark → the registry's word."""
    table = read_table("blinding")
    checked(table, file="blinding", required=("role", "masked"))
    return Phrases((phrase, role) for role, phrases in table["role"].items() for phrase in phrases)


@cache
def _masked() -> Phrases[bool]:
    """Words for being kept in the dark, and for not being so."""
    table = read_table("blinding")["masked"]
    return Phrases((phrase, name == "yes") for name, phrases in table.items() for phrase in phrases)


def find_blinded(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Found[Predicate], ...]:
    """Each statement on who is masked; none where no role stands beside a word for masking."""
    roles = masked_roles().find(line, taken)
    if not roles:
        return ()
    found = []
    for masked in _masked().find(line, taken):
        row = _row_before(line, roles, masked) or _row_behind(line, roles, masked)
        if row:
            found.append(_said(line, row, masked))
    return tuple(found)


def _row_before(line: Line, roles: Sequence[Found[str]], masked: Found[bool]) -> list[Found[str]]:
    """'participants and assessors are kept blinded', 'assessor-blind'."""
    row: list[Found[str]] = []
    end = masked.first
    for role in reversed([role for role in roles if role.last <= masked.first]):
        if not _joined(line, role.last, end, "blinded.joins" if row else "blinded.said"):
            break
        if row and _contrasts(line.lemmas(role.last, end)):
            break
        row.insert(0, role)
        end = role.first
    return row


def _row_behind(line: Line, roles: Sequence[Found[str]], masked: Found[bool]) -> list[Found[str]]:
    """'blinded to the participants and the investigators', 'masking of patients'; not 'blind patients'."""
    row: list[Found[str]] = []
    start = masked.last
    for role in (role for role in roles if role.first >= masked.last):
        if not _joined(line, start, role.first, "blinded.joins" if row else "blinded.to"):
            break
        if _contrasts(line.lemmas(start, role.first)):
            break
        if (
            not row
            and role.first == start
            and line.lemmas(masked.first, start) in {("blind",), ("masked",), ("blinded",)}
        ):
            break  # 'a blind patient', 'blinded investigators' is told of people
        row.append(role)
        start = role.last
    return row


def _contrasts(between: tuple[str, ...]) -> bool:
    """'… but the care provider knows': another statement."""
    return "but" in between and "not" not in between


def _joined(line: Line, first: int, last: int, words: str) -> bool:
    gaps = "".join(line.gap(at) for at in range(first, last + 1))
    return not set(gaps) & set(".;?!:(") and set(line.lemmas(first, last)) <= word_set(words)


def _said(line: Line, row: Sequence[Found[str]], masked: Found[bool]) -> Found[Predicate]:
    """The predicate of a row: all of the roles or one of them, each denied by a 'not' of its own."""
    first, last = min(row[0].first, masked.first), max(row[-1].last, masked.last)
    yes, no = _sides(line, row, masked)
    if (neither := _neither(line, row[0].first)) is not None:  # 'neither doctors nor patients know'
        first, yes, no = neither, no, yes
    either = "or" in line.lemmas(row[0].first, row[-1].last)
    fields: list[Predicate] = [FieldIs("who_masked", (role,)) for role in yes]
    parts: list[Predicate] = [Any(tuple(fields))] if either and len(fields) > 1 else fields
    parts += [Not(FieldIs("who_masked", (role,))) for role in no]
    only = {"only", "solely", "alone", "just", "exclusively"}
    near = {*line.lemmas(max(0, first - 2), first), *line.lemmas(first, last), *line.lemmas(last, last + 1)}
    if near & only and yes and not no and not either:
        parts.append(FieldIs("masking", (_LEVELS[min(len(set(yes)), len(_LEVELS)) - 1],)))
        last += line.lemmas(last, last + 1)[:1] != () and line.lemmas()[last] in only
    return Found(first, last, parts[0] if len(parts) == 1 else All(tuple(parts)))


def _neither(line: Line, first: int) -> int | None:
    """Where the 'neither' right before a role stands; None where there is none."""
    at = first - 1 - (line.lemmas(first - 1, first) == ("the",))
    return at if at >= 0 and line.tokens[at].lemma == "neither" else None


_LEVELS = ("SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")


def _sides(line: Line, row: Sequence[Found[str]], masked: Found[bool]) -> tuple[list[str], list[str]]:
    """The roles said to be masked, and those said not to be."""
    yes: list[str] = []
    no: list[str] = []
    denied = not masked.value or "not" in line.lemmas(row[-1].last, masked.first)
    for at, role in enumerate(row):
        start = row[at - 1].last if at else min(masked.last, role.first)
        if at and "not" in line.lemmas(start, role.first):
            denied = not denied
        (no if denied else yes).append(role.value)
    return yes, no
