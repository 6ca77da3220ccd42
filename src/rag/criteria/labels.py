"""What headings and labels name: a list turned away as a whole, or the treatment that the lines below tell of."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.criteria.concepts import load_concepts
from rag.criteria.doubts import is_scope
from rag.criteria.items import SECTIONS, Item
from rag.criteria.states import states_of
from rag.types import Document, Span, Stance, State

# "Diabetic patients with:", "Patients with hepatitis who have:" say whom the members concern, and turn nobody away.
_PEOPLE_HEADING = re.compile(
    r"(?i)\b(?:patients|participants|subjects|individuals|those|persons|people|women|men|children|adults)\b"
    r"[^.;:]{0,120}\b(?:with|who|having|have|has|if|must)\W*$"
    r"|^\W*(?:for|in) (?:all )?(?:patients|participants|subjects|individuals|those|people|women|men|children|adults)\b"
)
# "Exclusion criteria, cohort 3 (thymoma):" names the people of a cohort; "Brain metastases, unless:" turns them away
_COHORT_LABEL = re.compile(r"(?i)\b(?:cohort|part|arm|group|stratum|sub-?study)s? ?[\dA-Z]\b")
_NEXT_LINE = 40  # signs between a heading and its first item: the line feed, the indent, the bullet


def heading_states(document: Document, item: Item) -> tuple[State, ...]:
    """What the nearest heading names and turns away itself: "No autoimmune disease, such as:"; nothing for labels."""
    if not item.heading_spans or item.section not in SECTIONS:
        return ()
    if item.span.start - item.heading_spans[-1].end > _NEXT_LINE:
        return ()  # read once, with the first item below it
    heading = item.heading_spans[-1].of(document.text)
    if _PEOPLE_HEADING.search(heading) or (is_scope(heading) and _COHORT_LABEL.search(heading)):
        return ()
    states = states_of(document.text, item.heading_spans[-1], SECTIONS[item.section])
    kept = {Stance.TURNED_AWAY, Stance.EXEMPT} if any(one.stance is Stance.TURNED_AWAY for one in states) else ()
    return tuple(one for one in states if one.stance in kept)


# "Chemotherapy" alone on its line, and "* No prior chemotherapy" below it
_BULLETS_BELOW = re.compile(r"[ \t]*\n[ \t]*\n?[ \t]*[*•-] ")
_LONGEST_LABEL = 40  # code points


def _heads_bullets(text: str, span: Span) -> bool:
    """Whether a line without a bullet or a stop is all that an item says, and bullets stand below it."""
    if span.end - span.start > _LONGEST_LABEL or text[span.start - 1 : span.start] not in ("", "\n"):
        return False
    words = span.of(text)
    return not words.endswith(".") and words[:1].isupper() and _BULLETS_BELOW.match(text, span.end) is not None


def without_labels(states: tuple[State, ...], text: str, span: Span) -> tuple[State, ...]:
    """The states of an item, a treatment that only heads the bullets below it told of nobody."""
    return tuple(_as_label(one) for one in states) if states and _heads_bullets(text, span) else states


def _as_label(state: State) -> State:
    """A treatment that heads what is said of it; of a disease on such a line it may be that all have it."""
    named = load_concepts()[state.concept].kind == "treatment" and state.stance is Stance.REQUIRED
    return replace(state, stance=Stance.ASIDE, doubts=()) if named else state
