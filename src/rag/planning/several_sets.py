"""Two questions over one collection: 'which trials exclude gout, and which accept it?' asks for two sets of trials.

A clause that points back to the trials before it ('and which of them recruit?') narrows them, and is no set of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from rag.planning.clauses import ASKS
from rag.planning.leaving import left_out
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Any, Intent, QueryPlan

Planner = Callable[[str], QueryPlan]
_SETS = frozenset({Intent.TRIALS, Intent.COUNT})


def in_sets(sheet: Sheet, plan: QueryPlan, planner: Planner) -> QueryPlan:
    """`plan`, with a plan for each clause that asks for trials of its own; as it is where one set is asked for."""
    if plan.intent not in _SETS or plan.trials or plan.where is None or plan.facts or plan.variables:
        return plan
    spans = list(pairwise([*_openings(sheet), len(sheet.line.tokens)]))
    if len(spans) != _TWO or not all(_judges(sheet, span) for span in spans):
        return plan
    parts = tuple(planner(text) for text in _said(sheet, *spans))
    wheres = [part.where for part in parts]
    if any(part.intent not in _SETS or part.parts for part in parts) or None in wheres or wheres[0] == wheres[1]:
        return plan
    either = Any(tuple(where for where in wheres if where is not None))
    return replace(plan, where=either, parts=parts, read_as="; and ".join(part.read_as for part in parts))


_TWO = 2


# What a clause may choose trials by; a field alone only where the other clause does nothing but deny it.
_CHOOSING = (Kind.CUE, Kind.FIELD)


def _openings(sheet: Sheet) -> list[int]:
    """Where clauses begin that ask for trials: 'which …', 'and how many …', '? Where …', 'and the trials that …'."""
    lemmas, line = sheet.line.lemmas(), sheet.line
    verb = min((mark.first for mark in sheet.kinds(*_CHOOSING)), default=len(lemmas))
    first = next((at for at in range(verb) if _asks_at(lemmas, at) or _names_at(line, at)), None)
    if first is None or (first and (_asks_at(lemmas, first) or left_out(line, first))):
        return []
    found = [first]
    for at in range(first + 1, len(lemmas)):
        ended = bool(set(line.gap(at)) & set("?;"))
        start = at + (lemmas[at] in {"and", "but"})
        verb = "," in line.gap(at) and any(mark.first == at + 1 for mark in sheet.kinds(Kind.CUE))
        asks = _asks_at(lemmas, first) and _asks_at(lemmas, start)
        asks = asks and (start > at or "?" in line.gap(at) or verb)  # '…, which accept it?'
        if asks or ((ended or lemmas[at] == "and") and _names_at(line, start)):
            found.append(at)
    return found


def _names_at(line: Line, at: int) -> bool:
    """'the trials that', 'studies where', 'those that exclude': trials described, not 'those that take warfarin'."""
    lemmas = line.lemmas()
    at += lemmas[at : at + 1] in {("the",), ("all",), ("every",), ("any",)}
    behind = lemmas[at + 1 : at + 3]
    if len(behind) < _TWO or line.gap(at + 1).strip() or behind[0] not in word_set("leaving.relative"):
        return False
    theirs = word_set("leaving.of_people") | word_set("cues.people") | {"are", "is", "have", "can", "do"}
    if lemmas[at] == "those":
        return behind[0] in {"that", "which"} and behind[1] not in theirs
    return lemmas[at] in {"trial", "study", "protocol", "one"}


def _asks_at(lemmas: tuple[str, ...], at: int) -> bool:
    """'which', 'who', 'how many', 'in which': not 'when', 'why'."""
    if lemmas[at : at + 1] == ("in",) and lemmas[at + 1 : at + 2] == ("which",):
        return True
    return lemmas[at : at + 2] == ("how", "many") or lemmas[at : at + 1] in {("which",), ("who",), ("where",)}


def _judges(sheet: Sheet, span: tuple[int, int]) -> bool:
    """Whether a clause has a verb of criteria of its own and does not point back to the trials before it."""
    words = sheet.line.lemmas(*span)
    denied = _denies_alone(sheet.line.lemmas(span[1]))  # 'which are blinded, and which are not?'
    marks = sheet.kinds(*_CHOOSING) if denied else sheet.kinds(Kind.CUE)
    cues = [mark for mark in marks if span[0] <= mark.first < span[1]]
    narrowing = {*pairwise(words)} & _OF_THEM or _ALSO & set(words)
    return (bool(cues) or _denies_alone(words) or _counts_a_topic(sheet, span)) and not (span[0] and narrowing)


def _counts_a_topic(sheet: Sheet, span: tuple[int, int]) -> bool:
    """'how many gout trials are there', 'and how many asthma trials do': trials of a topic of their own."""
    words = sheet.line.lemmas(*span)
    at = words.index("many") + 1 if ("how", "many") in pairwise(words) else len(words)
    topics = any(span[0] + at <= one.first < span[1] for one in sheet.reading.parts)
    return topics and words[at] not in _TRIALS | {"of"} and bool(_TRIALS & set(words[at : at + 4]))


_TRIALS = frozenset({"trial", "study"})


def _denies_alone(words: tuple[str, ...]) -> bool:
    """'and which do not?', 'which ones don't', 'and how many are not?'."""
    return words[-1:] == ("not",) and words[-2:-1] in _SAYING and len(words) <= _SHORT


_SAYING = {("do",), ("doe",), ("does",), ("are",), ("is",), ("have",), ("has",), ("be",)}
_SHORT = 6  # words of 'and which of the trials do not'


_OF_THEM = {(of, word) for of in ("of", "among", "amongst") for word in ("them", "those", "these", "which", "the")}
_ALSO = frozenset({"also", "too", "additionally", "further", "besides", "well", "both"})


def _said(sheet: Sheet, first: tuple[int, int], second: tuple[int, int]) -> tuple[str, str]:
    """The two clauses as questions: the second about the trials and the thing that only the first names."""
    line, lemmas = sheet.line, sheet.line.lemmas()
    start = second[0] + (lemmas[second[0]] in {"and", "but"})
    if _names_at(line, start):
        relative = next(at for at in range(start, len(lemmas)) if lemmas[at] in word_set("leaving.relative"))
        told = f"trials {lemmas[relative]} {_with_the_thing(sheet, first, (relative + 1, second[1]))}"
        return line.words(*first).rstrip(" ,;"), told
    if _counts_a_topic(sheet, second):
        same = lemmas[second[1] - 1] in {"do", "doe", "are", "have"}  # '…, and how many asthma trials do?'
        told = line.words(_verb(sheet, first), first[1]).rstrip(" ,;") if same else ""
        return line.words(*first).rstrip(" ,;"), f"{line.words(start, second[1] - same)} {told}".strip()
    behind = start + 1 + (lemmas[start : start + 2] == ("how", "many"))
    behind += lemmas[behind : behind + 1] == ("one",)
    head = line.words(start, behind)
    verb = _verb(sheet, first)
    nouns = word_set("references.nouns") | {"trial", "study", "protocol"}
    if lemmas[start] != "who" and lemmas[start] != "where" and not nouns & set(lemmas[behind : behind + 1]):
        noun = [at for at in range(first[0], verb) if lemmas[at] in nouns]
        leads = [at for at in range(first[0], verb) if lemmas[at] in ASKS | {"many"}]
        leads = [at for at in leads if noun and at < noun[-1]]
        if leads:
            head = f"{head} {line.words(max(leads) + 1, noun[-1] + 1)}"
    opening = line.words(*first).rstrip(" ,;")
    if _denies_alone(lemmas[slice(*second)]):
        be = lemmas[verb] in word_set("cues.be") | {"have", "has"}  # 'are blinded' → 'are not blinded'
        denied = f"{line.words(verb, verb + 1)} not" if be else "do not"
        return opening, f"{head} {denied} {line.words(verb + be, first[1])}"
    return opening, f"{head} {_with_the_thing(sheet, first, (behind, second[1]))}?"


def _verb(sheet: Sheet, first: tuple[int, int]) -> int:
    """Where what the first clause says of trials begins: its verb of criteria, else the word behind 'which trials'."""
    cues = [mark.first for mark in sheet.kinds(Kind.CUE)]
    if cues:
        return min(cues)
    lemmas, at = sheet.line.lemmas(), first[0]
    noun = next((i + 1 for i in range(*first) if lemmas[i] in _TRIALS), at)
    asking = ASKS | {"many", "how", "in", "of", "the", "these", "those", "one"} | word_set("references.nouns")
    at = max(at, noun)
    while at < first[1] and lemmas[at] in asking | _TRIALS:
        at += 1
    return at


def _with_the_thing(sheet: Sheet, first: tuple[int, int], span: tuple[int, int]) -> str:
    """The words of a span, with what the first clause's verb governs in the place of 'it' or 'them'."""
    line, lemmas = sheet.line, sheet.line.lemmas()
    told = [part for part in sheet.reading.parts if part.cue is not None and first[0] <= part.first < first[1]]
    if not told:
        return line.words(*span)
    thing = line.words(min(part.first for part in told), max(part.last for part in told if part.last <= first[1]))
    return " ".join(thing if lemmas[at] in _IT else line.words(at, at + 1) for at in range(*span))


_IT = frozenset({"it", "them", "this", "that"})
