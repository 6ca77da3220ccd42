"""Averages over people: 'the median age', 'how much they weigh on average', which no limit of a criterion tells."""

from __future__ import annotations

from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set

_AGES = frozenset({"age", "ages", "minimum_age", "maximum_age"})


def asks_an_average(sheet: Sheet) -> bool:
    """Whether the average of a measure of people is asked for.

    Not 'the average age limit' or 'the mean arterial pressure', and not 'the average enrolment', which is counted over
    the trials.
    """
    lemmas = sheet.line.lemmas()
    at = next((at for at, word in enumerate(lemmas) if word in {"average", "mean", "median"}), None)
    if at is None or sheet.limits or sheet.reading.cues or set(lemmas) & word_set("averages.bounds"):
        return False
    facts = (mark for mark in sheet.kinds(Kind.FACT) if mark.value in _AGES)
    if any(mark.first <= at < mark.last for mark in sheet.kinds(Kind.VARIABLE)):
        return False  # 'mean arterial pressure'
    measured = (*sheet.kinds(Kind.VARIABLE), *facts)
    verb = lemmas[at] == "mean"  # 'what does ECOG mean?'
    beside = any(mark.first - 1 <= at <= (mark.first if verb else mark.last) for mark in measured)
    return beside or (bool(measured) and lemmas[at - 1 : at] == ("on",))
