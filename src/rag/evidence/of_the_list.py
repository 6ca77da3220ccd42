"""Trials that a follow-up leaves out of the list told before: by their ids, or by their places in its order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rag.evidence.judgement import LISTED, NO_MATCH, Judgement, rank
from rag.types import FieldIs, Not, Predicate, Verdict

# Fields of no record: which trial it is, and where it stands in the list that the conditions before it give.
OF_THE_LIST = frozenset({"trial_id", "list_place"})


def left_out(named: Collection[str], trial_ids: Sequence[str]) -> dict[str, Judgement]:
    """Every trial fits but those that are named; nothing of a record is quoted for it."""
    return {trial: NO_MATCH if trial in named else Judgement(Verdict.MATCH) for trial in trial_ids}


def place_left_out(part: Predicate) -> int:
    """2 for 'not the second of the list', -1 for 'not the last'; 0 where the part leaves no place out."""
    inner = part.predicate if isinstance(part, Not) else None
    return int(inner.values[0]) if isinstance(inner, FieldIs) and inner.field == "list_place" else 0


def at_place(judgements: Mapping[str, Judgement], place: int) -> tuple[str, ...]:
    """The trial at that place of the list, best verdict first and then by id; none past its ends."""
    listed = sorted((rank(one.verdict), trial) for trial, one in judgements.items() if one.verdict in LISTED)
    at = place - 1 if place > 0 else len(listed) + place
    return (listed[at][1],) if 0 <= at < len(listed) else ()
