"""Whether words that name a sex are about the sex alone: 'accept women', not 'women who smoke' or 'women over 60'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.planning.tables import word_set
from rag.planning.words import Line

if TYPE_CHECKING:
    from rag.planning.marks import Mark


def is_of_sex_alone(line: Line, mark: Mark, concepts: Sequence[Mark], limits: Sequence[Mark]) -> bool:
    """'Accept women': not 'accept women who …', 'pregnant women are accepted', 'exclude women over 60'."""
    if mark.value.values == ("ALL",):
        return True
    beside = any(
        (concept.last in {mark.first, mark.last + 1} and not line.stops_at(mark.first))  # 'asthma, women only'
        or concept.first in {mark.last, mark.last - 1}
        or concept.touches(mark)
        for concept in concepts
    )
    aged = any(limit.value.variable == "age" and limit.first == mark.last for limit in limits)
    if aged and "ALL" not in mark.value.values:
        return False  # the verb that turns them away governs their age as well
    qualified = line.lemmas(mark.last, mark.last + 1)[:1] in {(word,) for word in word_set("marks.qualifying")}
    return not beside and not qualified
