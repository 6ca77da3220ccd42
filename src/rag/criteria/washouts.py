"""Asked for, and turned away all the same: what is to be given up, over for some weeks, or had a few times at most."""

from __future__ import annotations

import re

from rag.criteria.scope import Layout
from rag.criteria.sought import sought
from rag.criteria.things import Side, Thing
from rag.criteria.words import word_set

# "radiotherapy completed at least 4 weeks before …"; not "completed 4 weeks of …".
_ENDED = re.compile(
    r"(?i)[^.;:,]{0,30}?\b(?:completed|finished|stopped|discontinued|ended)\b[^.;:,\d]{0,12}"
    r"(?:at least|more than|greater than|minimum of|≥|>=?)\s{0,2}(?:\d|one|two|three|four|six)[^.;,]{0,25}"
    r"\b(?:before|prior|preceding)\b"
)

# "must have a 100-day washout", "requires a washout of six months"; a bracket may stand before.
_WASHED_OUT = sought(
    r"(?i)(?![^.;:,()]{0,70}\b(?:not?|without)\b)[^.;:,()]{0,40}(?:\([^().;]{1,30}\))?[^.;:,()]{0,30}"
    r"\b(?:must|should|requires?|required|needs?)\b(?! no\b)[^.;:,()]{0,40}\bwash(?:ed)?[ -]?out\b", "wash"
)


def is_given_up(side: Side, thing: Thing) -> bool:
    """ "Agree to stop aspirin", "must discontinue breastfeeding"; not the pain of "stop drugs for pain"."""
    cues = side.layout.reaching(thing.first, "refrain")
    return any(thing.kind != "condition" or cue.last == thing.first for cue in cues)


def is_counted(layout: Layout, thing: Thing) -> bool:
    """ "No more than two prior regimens", "up to two prior lines of chemotherapy": turned away from some number on."""
    for cue in layout.reaching(thing.first, "amount"):
        if layout.words.keys[max(0, cue.first - 1)] in {"but", "and"}:
            continue  # "at least one but no more than three prior lines" asks for one
        between = layout.words.keys[cue.last : thing.first]
        if thing.kind == "condition" and "and" in between:
            continue  # "ECOG 0-1 and gout"
        if len(between) <= 3 or (len(between) <= 6 and thing.kind == "treatment" and _COUNTED.intersection(between)):
            return True
    return False


_COUNTED = frozenset({"prior", "previous", "line", "regimen", "course", "cycle"})


def is_washed_out(side: Side, thing: Thing) -> bool:
    """ "At least 4 weeks since prior chemotherapy": who had it yesterday is turned away."""
    layout, keys = side.layout, side.layout.words.keys
    if thing.kind not in {"treatment", "condition"}:
        return False
    behind = layout.words.ends[thing.last - 1]
    if thing.kind == "treatment" and (
        _ENDED.match(layout.words.text, behind) or _WASHED_OUT.match(layout.words.text, behind)
    ):
        return True
    for cue in layout.reaching(thing.first, "since"):
        lead = keys[max(0, cue.first - 7) : cue.first]
        named = {at for other in side.near(thing.first) for at in range(other.first, other.last)}
        between = {keys[at] for at in range(cue.first + 1, thing.first) if at not in named}
        if thing.kind == "condition" and (
            "for" in keys[cue.last : thing.first]
            or not word_set("just_prior").issuperset(between - {"last", "the", "an", "or", "any"})
        ):
            continue
        at_most = {"≤", "<", "within", "less"} & set(lead) or (
            {"greater", "more"} & set(lead) and {"no", "not"} & set(lead)
        )
        if not at_most and any(
            key.rstrip("s") in {"week", "day", "month", "year", "hour", "live", "half"} for key in lead
        ):
            return True
    return False
