"""What an exclusion says that people do not have: 'does not have a scooter' asks for one."""

from __future__ import annotations

import re

from rag.types import Criterion, State

_NEAR = 60  # characters before what is named
# not a mere 'no', which among exclusions is often said of what is excluded
_LACKS = re.compile(
    r"(?i)\b(?:(?:does|do|did) not|not having|without|lack(?:s|ing)?(?: of)?|cannot|absence of)\b[\w\s-]*$"
)
# 'did not respond to X', 'cannot stop X': who is turned away may well have X
_OTHERWISE = re.compile(
    r"(?i)\b(?:respon\w+|tolerat\w+|benefit\w*|improv\w+|stop\w*|discontinu\w+|avoid\w*|abstain\w*|refrain\w*|interrupt\w*"
    r"|effect\w*|contraindicat\w+|risk|fail\w*|refus\w+)\b"
)


def is_lacked(criterion: Criterion, state: State, text: str) -> bool:
    """Whether the words of the line right before what is named say that somebody lacks it."""
    found = _LACKS.search(text[max(criterion.span.start, state.span.start - _NEAR) : state.span.start])
    return found is not None and _OTHERWISE.search(found.group()) is None
