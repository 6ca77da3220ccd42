"""Which facts are the general form of which: 'outcome' of 'outcome.primary', 'arms' of 'control'."""

from __future__ import annotations

from collections.abc import Collection

_NARROWER = {
    "outcome": ("outcome.primary", "outcome.secondary"),
    "arms": ("control", "crossover", "per_group"),
    "sites": ("site_count", "contacts", "countries", "cities"),
    "interventions": (
        "dose",
        "route",
        "schedule",
        "control",
        "crossover",
        "titration",
        "administration",
        "discontinuation",
    ),
    "sponsor": ("collaborators", "sponsor_class"),
    "ages": ("minimum_age", "maximum_age", "exceptions"),
    "status": ("why_stopped",),
    "contacts": ("contact.email", "contact.phone"),
    "conditions": ("exclusion", "inclusion"),
    "eligibility": ("inclusion", "exclusion"),
    "allocation": ("randomization_ratio", "randomization_method", "stratification"),
    "enrollment": ("sample_size_rationale", "per_group"),
    "summary": ("design",),
    "maximum_age": ("exceptions",),
    "minimum_age": ("exceptions",),
    "duration": ("follow_up",),
}


def tidy(facts: tuple[str, ...]) -> tuple[str, ...]:
    """A general fact gives way to the narrower ones beside it: 'outcome' to 'outcome.primary'."""
    return tuple(fact for fact in dict.fromkeys(facts) if not set(_NARROWER.get(fact, ())) & set(facts))


def are_wider(facts: Collection[str], than: str) -> bool:
    """Whether each of the facts is the general form of another one."""
    return all(than in _NARROWER.get(fact, ()) for fact in facts)
