"""What is told as a time of somebody's youth: 'as a child', 'at age 9'."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.planning.tables import word_set


def was_in_youth(behind: Sequence[str]) -> bool:
    """'Was intubated in the ICU at age 9', '… when he was 9'; `behind`: the lemmas behind what is told."""
    young = was_a_child(behind) or any(pair in _IN_YOUTH for pair in pairwise(behind))
    return young and not word_set("patients.begins") & {*behind}


def was_a_child(behind: Sequence[str]) -> bool:
    """'… as a child'; not 'as a tablet', 'as a result'."""
    return any((*behind[at : at + 2],) == ("as", "a") and behind[at + 2] in _YOUNG for at in range(len(behind) - 2))


_IN_YOUTH = {("at", "age"), ("when", "he"), ("when", "she"), ("when", "i"), ("in", "childhood")}
_YOUNG = frozenset({"child", "baby", "boy", "girl", "kid", "toddler", "newborn", "teenager", "student"})
