"""Two questions over one collection: 'which trials exclude gout, and which accept it?' asks for two sets of trials.

A clause that points back to the trials before it ('and which of them recruit?') narrows them, and is no set of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from rag.planning.clauses import ASKS
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.types import Any, Intent, QueryPlan

Planner = Callable[[str], QueryPlan]
_SETS = frozenset({Intent.TRIALS, Intent.COUNT})


def in_sets(sheet: Sheet, plan: QueryPlan, planner: Planner) -> QueryPlan:
    """`plan`, with a plan for each clause that asks for trials of its own; as it is where one set is asked for."""
    if plan.intent not in _SETS or plan.trials or plan.where is None or plan.facts or plan.variables:
        return plan
    spans = list(pairwise([0, *_openings(sheet), len(sheet.line.tokens)]))
    if len(spans) != _TWO or not all(_judges(sheet, span) for span in spans):
        return plan
    parts = tuple(planner(text) for text in _said(sheet, *spans))
    wheres = [part.where for part in parts]
    if any(part.intent not in _SETS or part.parts for part in parts) or None in wheres or wheres[0] == wheres[1]:
        return plan
    either = Any(tuple(where for where in wheres if where is not None))
    return replace(plan, where=either, parts=parts, read_as="; and ".join(part.read_as for part in parts))


_TWO = 2


def _openings(sheet: Sheet) -> list[int]:
    """Where a clause asks anew for trials, behind one that opens the question: 'and which …', '… ? And how many …'."""
    lemmas, line = sheet.line.lemmas(), sheet.line
    if not lemmas or not _asks_at(lemmas, 0):
        return []
    found = []
    for at in range(1, len(lemmas)):
        ended = "?" in line.gap(at)
        joined = lemmas[at] in {"and", "but"} or "," in line.gap(at) or ";" in line.gap(at)
        start = at + (lemmas[at] in {"and", "but"})
        if (ended or (joined and start > at)) and _asks_at(lemmas, start):
            found.append(at)
    return found


def _asks_at(lemmas: tuple[str, ...], at: int) -> bool:
    """'which', 'who', 'how many', 'in which': not 'when', 'why'."""
    if lemmas[at : at + 1] == ("in",) and lemmas[at + 1 : at + 2] == ("which",):
        return True
    return lemmas[at : at + 2] == ("how", "many") or lemmas[at : at + 1] in {("which",), ("who",), ("where",)}


def _judges(sheet: Sheet, span: tuple[int, int]) -> bool:
    """Whether a clause has a verb of criteria of its own and does not point back to the trials before it."""
    words = sheet.line.lemmas(*span)
    cues = [mark for mark in sheet.kinds(Kind.CUE) if span[0] <= mark.first < span[1]]
    narrowing = {*pairwise(words)} & _OF_THEM or _ALSO & set(words)
    return bool(cues) and not (span[0] and narrowing)


_OF_THEM = {(of, word) for of in ("of", "among", "amongst") for word in ("them", "those", "these", "which", "the")}
_ALSO = frozenset({"also", "too", "additionally", "further", "besides", "well", "both"})


def _said(sheet: Sheet, first: tuple[int, int], second: tuple[int, int]) -> tuple[str, str]:
    """The two clauses as questions: the second about the trials and the thing that only the first names."""
    line, lemmas = sheet.line, sheet.line.lemmas()
    start = second[0] + (lemmas[second[0]] in {"and", "but"})
    behind = start + 1 + (lemmas[start : start + 2] == ("how", "many"))
    behind += lemmas[behind : behind + 1] == ("one",)
    head = line.words(start, behind)
    verb = min(mark.first for mark in sheet.kinds(Kind.CUE))
    nouns = word_set("references.nouns") | {"trial", "study", "protocol"}
    if lemmas[start] != "who" and lemmas[start] != "where" and not nouns & set(lemmas[behind : behind + 1]):
        noun = [at for at in range(first[0], verb) if lemmas[at] in nouns]
        leads = [at for at in range(first[0], verb) if lemmas[at] in ASKS | {"many"}]
        if noun and leads:
            head = f"{head} {line.words(max(at for at in leads if at < noun[-1]) + 1, noun[-1] + 1)}"
    return line.words(*first).rstrip(" ,;"), f"{head} {_with_the_thing(sheet, first, (behind, second[1]))}?"


def _with_the_thing(sheet: Sheet, first: tuple[int, int], span: tuple[int, int]) -> str:
    """The words of a span, with what the first clause's verb governs in the place of 'it' or 'them'."""
    line, lemmas = sheet.line, sheet.line.lemmas()
    told = [part for part in sheet.reading.parts if part.cue is not None and first[0] <= part.first < first[1]]
    if not told:
        return line.words(*span)
    thing = line.words(min(part.first for part in told), max(part.last for part in told if part.last <= first[1]))
    return " ".join(thing if lemmas[at] in _IT else line.words(at, at + 1) for at in range(*span))


_IT = frozenset({"it", "them", "this", "that"})
