"""What a value phrase becomes once its variable is known: a limit, or a refusal that says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.criteria.numbers import Phrase
from rag.values import Values


@dataclass(slots=True)
class Limit:
    """One variable limited by one phrase. Token indexes: `subject` of the variable, `first`–`last` of the value."""

    variable: str
    base: str
    stated: Values
    unit: str
    subject: int
    first: int
    last: int
    start: int
    end: int
    explicit: bool
    assumed: bool
    group: int
    name: int = -1  # token index of the variable's own name; -1 from a heading, -2 understood
    join: str = "and"  # how the members of a shared list stand: 'AST and ALT', 'AST or ALT'
    scale: str = ""
    inferred: bool = False
    measured: bool = False  # a unit stands with the number
    dropped: bool = False
    rivalled: bool = False  # another range stands beside it whose people are not told
    either: bool = False  # two values of which one is enough: '< 100, or 100-299'
    inherited: bool = False  # its comparison is that of the limit before


@dataclass(slots=True)
class Refused:
    """A phrase that stands by a variable and could not be read."""

    variable: str
    start: int
    end: int
    reason: str
    kind: str = ""
    first: int = 0


@dataclass(slots=True)
class Attached:
    limits: list[Limit] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    consumed: list[Phrase] = field(default_factory=list)


@dataclass(slots=True)
class Subject:
    """Variables named before (or after) a phrase: token indexes of the names, and how far away they stand."""

    names: list[int]
    join: str = "and"
    words: int = 0
    changed: bool = False
    after: bool = False


def is_beyond(limits: Sequence[Limit], first: int, last: int) -> bool:
    """Whether a limit between two tokens states what another one before them leaves out: 'CD4 ≤ 200. Those > 200'."""
    inside = [limit for limit in limits if first <= limit.first < last]
    earlier = [limit for limit in limits if limit.last <= first]
    return any(
        one.variable == other.variable and not one.stated.overlaps(other.stated) for one in inside for other in earlier
    )
