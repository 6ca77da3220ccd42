"""Follow-ups that go back to a list told before: 'the first list again', 'back to the gout trials: which recruit?'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.planning.harking_back import SETS
from rag.planning.joining import conjuncts
from rag.planning.marks import Kind
from rag.planning.of_a_person import taken_back
from rag.planning.ranked import PLACES
from rag.planning.sheet import Sheet, read_sheet
from rag.planning.tables import word_set
from rag.planning.widening import is_named
from rag.planning.words import Line
from rag.types import FieldIs, Intent, Predicate, QueryPlan

_LISTS = frozenset({"list", "set", "group", "result", "selection", "lot", "bunch", "batch"})
_ORIGINAL = frozenset({"original", "initial", "very"})
_BEFORE = frozenset({"previous", "earlier", "last", "prior"})
_ASKING = frozenset({"which", "who", "how", "what", "when", "where", "do", "doe", "is", "are", "any", "only"})


def gone_back(sheet: Sheet, spoken: Sequence[QueryPlan]) -> tuple[QueryPlan, str] | None:
    """The list that the question goes back to, and what it asks of it ('' where only the list is wanted again)."""
    if (before := taken_back(sheet.line.text, spoken)) is not None:
        return before, ""
    lists = _lists(spoken)
    if (undone := _undone(sheet.line.text, lists)) is not None:
        return undone, ""
    span = _told(sheet.line)
    if span is None or not lists or sheet.refs:
        return None
    first, last = span
    meant = _meant(sheet, lists, spoken[-1], first, last)
    if meant is None:
        return None
    lemmas, line = sheet.line.lemmas(), sheet.line
    inside = first > 0 and lemmas[first - 1] in {"of", "in", "from", "on", "among", "within"} and lemmas[last:] != ()
    if inside and lemmas[0] not in {"back", "go", "going", "return"}:  # 'which of the first list are recruiting?'
        start, end = line.tokens[first].start, line.tokens[last - 1].end
        return meant, f"{line.text[:start]}those{line.text[end:]}"
    left = [at for at in range(last, len(lemmas)) if lemmas[at] not in {"again", "please", "now", "then", "and"}]
    return meant, line.text[line.tokens[left[0]].start :] if left else ""


_IDLE = r"\W*(?:(?:ok|okay|no|and|please|now|then|well|hm+)[ ,]+)*"
_UNDO = re.compile(
    rf"(?i){_IDLE}(?:(?:undo|revert|cancel)(?: (?:that|it|this|the last (?:step|change|filter|one)))?"
    r"|(?:go |take it |one step |step )?back(?: one(?: step)?| a step)?"
    r"|(?:without|drop|remove|lift|forget|ignore|cancel) (?:that|this|the last)"
    r" (?:restriction|condition|filter|limitation|constraint))(?: again| please| then)*\W*"
)
_ALL_AGAIN = re.compile(
    rf"(?i){_IDLE}(?:show |list |give )?(?:me )?"
    r"(?:all(?: of them)?|everything|the (?:full|whole|complete|entire) list) again(?: please)?\W*"
)


def _undone(text: str, lists: Sequence[QueryPlan]) -> QueryPlan | None:
    """The list before the last change for 'undo', 'without that restriction'; the first one for 'all again'."""
    if len(lists) > 1 and _UNDO.fullmatch(text):
        return _again(lists[-2])
    return _again(lists[0]) if lists and _ALL_AGAIN.fullmatch(text) else None


def _lists(spoken: Sequence[QueryPlan]) -> list[QueryPlan]:
    """The lists of trials told so far, each once, in their order."""
    found = [plan for plan in spoken if plan.intent in SETS - {Intent.EXTREME} and plan.where is not None]
    return [plan for at, plan in enumerate(found) if all(plan.where != other.where for other in found[:at])]


def _told(line: Line) -> tuple[int, int] | None:
    """The words [first, last) that name the list: behind 'back to', or before 'list' and the like; None without."""
    lemmas = line.lemmas()
    start = next((at for at, word in enumerate(lemmas) if word not in word_set("yes_no.fillers")), len(lemmas))
    for words in (("back", "to"), ("go", "back", "to"), ("going", "back", "to"), ("return", "to")):
        first = start + len(words)
        if lemmas[start:first] == words and first < len(lemmas):
            return first, _end(line, first)
    for at, word in enumerate(lemmas[1:], start=1):
        ordered = lemmas[at - 1] in PLACES or lemmas[at - 1] in _ORIGINAL | _BEFORE
        if word in _LISTS and ordered and "the" in lemmas[max(0, at - 3) : at]:
            return lemmas.index("the", max(0, at - 3)), at + 1
    if lemmas[-1:] == ("again",) and lemmas[start : start + 1] == ("the",):
        return start, len(lemmas) - 1  # 'the gout trials again'
    return None


def _end(line: Line, first: int) -> int:
    """Where the words behind 'back to' end: at a sign, or at a word that asks."""
    at = first + 1
    while at < len(line.tokens) and not set(line.gap(at)) & set(":;,.!?–-") and line.tokens[at].lemma not in _ASKING:
        at += 1
    return at


def _meant(
    sheet: Sheet, lists: Sequence[QueryPlan], newest: QueryPlan, first: int, last: int
) -> QueryPlan | None:
    """The list of that place ('the second list', 'the one before'), else the newest that the words name best."""
    words = sheet.line.lemmas(first, last)
    place = next((PLACES[word] for word in words if word in PLACES), 1 if _ORIGINAL & set(words) else 0)
    if place:
        return _again(lists[place - 1]) if place <= len(lists) else None
    if _BEFORE & set(words):
        at = -2 if newest.where == lists[-1].where and len(lists) > 1 else -1
        return _again(lists[at])
    phrase = read_sheet(sheet.line.words(first, last), sheet.index, naming=False)
    fitting = [plan for plan in lists if any(_names(phrase, part) for part in conjuncts(plan.where))]
    unnamed = [sum(not _names(phrase, part) for part in conjuncts(plan.where)) for plan in fitting]
    widest = [plan for plan, left in zip(fitting, unnamed, strict=True) if left == min(unnamed)]
    return _again(widest[-1]) if widest else None


def _again(plan: QueryPlan) -> QueryPlan:
    return replace(plan, intent=Intent.TRIALS) if plan.intent is Intent.COUNT else plan


def _names(phrase: Sheet, part: Predicate) -> bool:
    """Whether the words name a condition of a list: by its own words, or by the field and value they stand for."""
    if is_named(phrase, part):
        return True
    values = (mark.value for mark in phrase.kinds(Kind.FIELD))
    return isinstance(part, FieldIs) and any(
        isinstance(value, FieldIs) and value.field == part.field and set(value.values) & set(part.values)
        for value in values
    )
