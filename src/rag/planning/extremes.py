"""Superlatives: which end of which scale a question asks for."""

from __future__ import annotations

from rag.planning.sheet import Sheet

# Cue → (end, the fact it is over when the question names none).
_ENDS = {
    "largest": ("largest", "enrollment"),
    "smallest": ("smallest", "enrollment"),
    "larger": ("largest", "enrollment"),
    "smaller": ("smallest", "enrollment"),
    "longest": ("largest", "duration"),
    "shortest": ("smallest", "duration"),
    "longer": ("largest", "duration"),
    "earliest": ("earliest", "start_date"),
    "latest": ("latest", "start_date"),
    "earlier": ("earliest", "start_date"),
    "later": ("latest", "start_date"),
    "ends_first": ("earliest", "completion_date"),
    "ends_last": ("latest", "completion_date"),
    "strictest": ("strictest", ""),
    "loosest": ("loosest", ""),
    "most": ("largest", "enrollment"),
    "fewest": ("smallest", "enrollment"),
    "youngest": ("smallest", "minimum_age"),
    "eldest": ("largest", "maximum_age"),
}
_DATES = ("start_date", "primary_completion_date", "completion_date", "first_posted_date", "last_update_date")
_COUNTED = {
    "sites": "site_count",
    "countries": "countries",
    "arms": "arms",
    "collaborators": "collaborators",
    "cities": "cities",
    "outcome.secondary": "outcome.secondary",
    "outcome.primary": "outcome.primary",
    "outcome": "outcome",
    "interventions": "interventions",
    "site_count": "site_count",
    "conditions": "conditions",
    "enrollment": "enrollment",
    "minimum_age": "minimum_age",
    "maximum_age": "maximum_age",
    "follow_up": "follow_up",
    "duration": "duration",
}


def extreme_of(sheet: Sheet) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The end asked for, the fact it is over, and the variables it is over: one of the last two is empty."""
    cue = min(sheet.extremes, key=lambda found: found.first).value
    end, over = _ENDS[cue]
    over_variables = sheet.variables and cue in {"most", "fewest", "largest", "smallest", "longest", "shortest"}
    if end in {"strictest", "loosest"} or (over_variables and not _counted(sheet, cue)):
        return end, (), sheet.variables
    if end in {"earliest", "latest"}:
        return end, (next((fact for fact in sheet.facts if fact in _DATES), over),), ()
    return end, (_counted(sheet, cue) or over,), ()


def _counted(sheet: Sheet, cue: str) -> str:
    """The fact that the question counts ('most sites'), '' where it names none beside the superlative."""
    named = (_COUNTED[fact] for fact in sheet.facts if fact in _COUNTED and not _same_words(sheet, cue))
    return next(named, "")


def _same_words(sheet: Sheet, cue: str) -> bool:
    """Whether the cue itself names its scale: 'most participants', 'youngest'."""
    found = next(f for f in sheet.extremes if f.value == cue)
    return cue in {"youngest", "eldest", "ends_first", "ends_last"} or (
        cue in {"largest", "smallest"} and found.last - found.first > 1
    )
