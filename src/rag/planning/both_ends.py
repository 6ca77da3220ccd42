"""Both ends of one scale in one question: 'which is the smallest and which the largest?', each asked by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.types import Intent, QueryPlan


def at_both_ends(sheet: Sheet, plan: QueryPlan, planner: Callable[[str], QueryPlan]) -> QueryPlan:
    """`plan` with a part for each end, where two superlatives stand side by side; else `plan` itself."""
    if len(sheet.extremes) != 2 or plan.trials:
        return plan
    first, second = sorted(sheet.extremes, key=lambda found: found.first)
    line = sheet.line
    between = line.lemmas(first.last, second.first)
    if first.value == second.value or not {"and", "or"}.intersection(between):
        return plan
    end = len(line.tokens)
    ways: tuple[tuple[tuple[int, int], ...], ...]
    ways = (((0, first.last), (second.last, end)), ((0, first.first), (second.first, end)))
    if not word_set("both_ends.between").issuperset(between):
        cut = first.last + max(at for at, word in enumerate(between) if word in {"and", "or"})
        if not word_set("both_ends.between").issuperset(line.lemmas(cut, second.first)) or second.last < end:
            return plan  # 'the largest gout trial, and which the smallest?'
        ways = (((0, cut),), ((0, first.first), (second.first, second.last), (first.last, cut)))
    parts = tuple(planner(" ".join(line.words(*run) for run in way if run[0] < run[1]) + "?") for way in ways)
    if any(part.intent is not Intent.EXTREME or part.parts for part in parts):
        return plan
    return replace(plan, parts=parts, read_as="; ".join(part.read_as for part in parts))
