"""Whether a person is told first and a named trial asked about last: held against its criteria."""

from __future__ import annotations

from rag.planning.patients import tells_a_bare_person
from rag.planning.sheet import Sheet
from rag.types import Asks

_ENDS = ".;:?!"
_SUBJECTS = frozenset({"he", "she", "i", "they", "we"})
_TOWARDS = {("for",), ("suit",), ("accept",), ("admit",), ("include",)}
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
    start = sheet.line.back_to_sign(named, named, _ENDS)
    told = any(first < named for first in _findings(sheet))
    refuses = any(cue.asks is Asks.EXCLUDES and cue.first >= start for cue in sheet.reading.cues)
    return told and not refuses and _asks_to_join(sheet, start)


def _findings(sheet: Sheet) -> list[int]:
    """Where each value and concept stands."""
    return [mark.first for mark in sheet.marks if getattr(mark.value, "variable", "") or isinstance(mark.value, str)]


def _asks_to_join(sheet: Sheet, start: int) -> bool:
    """Whether the sentence of the trial asks of the person: 'could he …', 'is X suitable', or the trial alone."""
    last = start + 1
    while last < len(sheet.line.tokens) and not set(sheet.line.gap(last)) & set(_ENDS):
        last += 1
    joins = any(cue.asks is Asks.ADMITS and start <= cue.first < last for cue in sheet.reading.cues)
    screens = start <= sheet.cues.get("screen", -1) < last
    named = {at for reference in sheet.references for at in range(reference.first, reference.last)}
    alone = all(at in named for at in range(start, last))
    words = sheet.line.lemmas(start, last)
    of_them = words[-2:-1] in _TOWARDS and words[-1] in {"him", "her", "me", "them", "us"}
    return joins or screens or alone or of_them or bool(_SUBJECTS & set(words))
