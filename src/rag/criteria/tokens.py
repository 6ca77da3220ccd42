"""The kinds of tokens that eligibility prose is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, auto
from typing import TYPE_CHECKING

from rag.units import Unit


class Kinds(IntEnum):
    NUMBER = auto()
    COMPARE = auto()
    TRAIL = auto()  # 'or less', 'and above': a comparison after its number
    VARIABLE = auto()
    DECOY = auto()  # words that look like a variable and are none
    ULN = auto()  # upper limit of normal
    LLN = auto()
    TIMES = auto()
    NORMAL = auto()  # 'within normal limits'
    ROMAN = auto()
    LETTER = auto()  # class A, B7
    AND = auto()
    OR = auto()
    COMMA = auto()
    SEMICOLON = auto()
    COLON = auto()
    STOP = auto()
    OPEN = auto()
    CLOSE = auto()
    DASH = auto()
    TO = auto()
    SLASH = auto()
    BETWEEN = auto()
    NOT = auto()  # 'no', 'not', 'without'
    EXCEPT = auto()
    IF = auto()
    BUT = auto()
    CHANGE = auto()
    BASELINE = auto()
    SEX = auto()
    WITHIN = auto()  # words that begin a time window
    PERCENT_OF = auto()  # '% of predicted', 'percentile'
    GRADE = auto()
    GLUE = auto()
    WORD = auto()


if TYPE_CHECKING:
    Kind = Kinds
else:  # the same members in a plain class: an enumeration finds its own through a hook, and a line asks for thousands
    Kind = type("Kind", (), dict(Kinds.__members__))


@dataclass(slots=True)
class Token:
    """`value` is a comparison sign, a variable id or a word in lower case, by kind."""

    kind: Kind
    start: int
    end: int
    value: str = ""
    number: Decimal | None = None
    thousands: Decimal | None = None  # the other reading of '50.000' or '1,500'
    units: tuple[Unit, ...] = ()
    needs_unit: bool = False
    needs_comparator: bool = False
    word: bool = False  # a number in words
    lists: tuple[Decimal, ...] = ()  # '0,1,2' without blanks
    unit_end: int = 0


def numbers(tokens: Sequence[Token], at: int) -> bool:
    """Whether '(6)' stands at `at`: the number of a point of a list."""
    here = tokens[at : at + 3]
    bare = [token.kind for token in here] == [Kind.OPEN, Kind.NUMBER, Kind.CLOSE] and not here[1].units
    return bare and not here[1].word and at > 0 and tokens[at - 1].end < here[0].start
