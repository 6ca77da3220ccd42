"""Whether a question asks what came of a trial: a change, a difference, a best arm, told in the past tense.

Or how that is told, measured or called, which a record says before anything came of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import re2

from rag.planning.tables import checked, read_table


@dataclass(frozen=True, slots=True)
class _Asked:
    """What asks for a result, and what beside it shows that something else is meant."""

    asks: re2._Regexp
    but: re2._Regexp


@cache
def _asked() -> tuple[tuple[_Asked, ...], re2._Regexp, re2._Regexp, re2._Regexp]:
    table = read_table("came_out")
    for row in table["asked"]:
        checked(row, file="came_out", required=("is", "but"))
    words: dict[str, str] = table["words"]

    def compiled(pattern: str) -> re2._Regexp:
        whole = re.sub(r"\{([a-z]+)\}", lambda name: f"(?:{words[name.group(1)]})", pattern)
        found: re2._Regexp = re2.compile(f"(?i){whole}")
        return found

    rows = tuple(_Asked(compiled(row["is"]), compiled(row["but"])) for row in table["asked"])
    never, earlier, means = (compiled(table[name]["words"]) for name in ("never", "earlier", "means"))
    return rows, never, earlier, means


def asks_what_came_out(question: str) -> bool:
    """'Which arm had the longer survival?', 'did the score fall?'; not 'which dose was the highest?'."""
    rows, never, _, _ = _asked()
    return not never.search(question) and any(
        row.asks.search(question) and not row.but.search(question) for row in rows
    )


def asks_of_earlier_work(question: str) -> bool:
    """'What had previous studies shown?': what a record tells of others' results."""
    return bool(_asked()[2].search(question))


def asks_how_it_is_told(question: str) -> bool:
    """'How do they find out whether it works?', 'what counts as a response?'; not 'how did they respond?'."""
    return bool(_asked()[3].search(question)) and not asks_what_came_out(question)
