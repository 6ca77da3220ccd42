"""Whether a person is told first and a named trial asked about last: held against its criteria."""

from __future__ import annotations

from rag.planning.patients import tells_a_bare_person
from rag.planning.sheet import Sheet
from rag.types import Asks

_ENDS = frozenset(".;:?!")
_ASKS = frozenset({"which", "what", "how", "when", "why", "where", "whose"})
_SEVERAL = 3  # an age and two findings


def is_told_of_a_person(sheet: Sheet) -> bool:
    """'Male of 73 with AML, psychosis denied. Could he enter NCT…?': one age and findings, and no fact of the trial.

    What is denied of the person or taken by them is no verb of criteria; one in the sentence that names the trial is.
    """
    if len({ref.trial_ids for ref in sheet.refs}) != 1 or sheet.facts or _ASKS & set(sheet.line.lemmas()):
        return False
    points = [limit for limit in sheet.limits if limit.values.is_point]
    bare = tells_a_bare_person(sheet.line, sheet.marks)
    aged = bare or any(limit.variable == "age" for limit in points)
    if not aged or bare + len(points) + len(sheet.concepts) < _SEVERAL:
        return False
    named = min(reference.first for reference in sheet.references)
    start = _start_of_sentence(sheet, named)
    told = any(first < named for first in _findings(sheet))
    refuses = any(cue.asks is Asks.EXCLUDES and cue.first >= start for cue in sheet.reading.cues)
    return told and not refuses


def _findings(sheet: Sheet) -> list[int]:
    return [mark.first for mark in sheet.marks if getattr(mark.value, "variable", "") or isinstance(mark.value, str)]


def _start_of_sentence(sheet: Sheet, at: int) -> int:
    while at > 0 and not _ENDS & set(sheet.line.gap(at)):
        at -= 1
    return at
