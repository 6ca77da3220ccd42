"""A question of several parts about named trials, where no single reading holds them all: each part by itself.

'KESTREL or BRIDGE: which dose, and which mutation?' asks a fact that the registry knows and one that only the words of
the records tell; 'is it blinded, and how many arms are there?' asks for yes or no and for a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.planning import tables
from rag.planning.both_ends import at_both_ends
from rag.planning.clauses import ASKS, clause_starts
from rag.planning.items import items_of, unread_items
from rag.planning.marks import Kind
from rag.planning.rules import facts_by_rule
from rag.planning.several_sets import in_sets
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.planning.yes_no import only_how_long
from rag.types import Intent, QueryPlan

Planner = Callable[[str], QueryPlan]
_SINGLE = frozenset({Intent.FACT, Intent.PROSE, Intent.BOOLEAN})
_MOST = 4  # trials that are each asked
_READ = (Kind.FACT, Kind.VARIABLE, Kind.GROUP, Kind.LIMIT, Kind.FIELD, Kind.CONCEPT, Kind.AGES)


def in_parts(sheet: Sheet, plan: QueryPlan, planner: Planner) -> QueryPlan:
    """`plan`, with a plan for each part of the question where one part would go unanswered."""
    if plan.intent in {Intent.TRIALS, Intent.COUNT} or (plan.intent is Intent.EXTREME and not plan.trials):
        return (at_both_ends if plan.intent is Intent.EXTREME else in_sets)(sheet, plan, planner)
    named = tuple(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids))
    fits = plan.intent in _SINGLE | {Intent.COMPARE, Intent.EXTREME}
    if not fits or not 0 < len(named) <= _MOST or any(len(ref.trial_ids) != 1 for ref in plan.trials):
        return plan
    waits = plan.facts == ("duration",) and bool(sheet.concepts)  # 'prior radiation: which demands the longer wait?'
    if plan.intent is Intent.EXTREME and not (waits and len(named) > 1):
        return plan
    if plan.intent is Intent.EXTREME:
        plan = replace(plan, intent=Intent.COMPARE, facts=())
        parts = _of_each(named, f"washout, {_topic(sheet)}", planner)
    elif plan.intent is Intent.COMPARE and not _holds_all(sheet, plan):
        parts = _of_each(named, _topic(sheet), planner)
        plan = replace(plan, variables=()) if parts else plan
    else:
        parts = _by_clause(sheet, plan, named, planner) or _by_item(sheet, plan, named, planner)
    if len(parts) == 1:
        return parts[0]
    if not parts or any(part.intent not in _ANSWERS for part in parts):
        return plan
    return replace(plan, parts=parts, read_as="; ".join(dict.fromkeys(part.read_as for part in parts)))


_ANSWERS = _SINGLE | {Intent.COMPARE}


def _holds_all(sheet: Sheet, plan: QueryPlan) -> bool:
    """Whether the facts and limits of a comparison are what it asks: 'the time at which kidney perfusion is read' asks
    of no kidney function."""
    read = {at for mark in sheet.kinds(*_READ) for at in range(mark.first, mark.last)}
    groups = bool(sheet.kinds(Kind.GROUP)) and not sheet.kinds(Kind.VARIABLE, Kind.LIMIT, Kind.FACT)
    left = [at for at in _content(sheet, 0, len(sheet.line.tokens)) if at not in read]
    return bool(plan.facts or plan.variables) and not (groups and len(left) >= _MANY)


_MANY = 3  # words of a topic that an organ's name is only a part of


def _of_each(trials: tuple[str, ...], asked: str, planner: Planner) -> tuple[QueryPlan, ...]:
    return tuple(planner(f"{trial}: {asked}?") for trial in trials) if asked else ()


def _topic(sheet: Sheet) -> str:
    """What a comparison asks of both, in its own words; '' where it asks of nothing."""
    lemmas, line = sheet.line.lemmas(), sheet.line
    named = _named(sheet)
    idle = tables.stop_words() | word_set("parts.comparing")
    named |= _collective(sheet, named)
    cues = {at for mark in sheet.kinds(Kind.CUE) for at in range(mark.first, mark.last)}
    content = [at for at in range(len(lemmas)) if at not in named and (at in cues or lemmas[at] not in idle)]
    if not content or (len(content) == 1 and len(lemmas[content[0]]) < _SHORT):
        return ""
    return _without(line, content[0], content[-1] + 1, named)


_SHORT = 4  # letters of a word that may be all that is asked


def _collective(sheet: Sheet, named: frozenset[int]) -> set[int]:
    """'the two gout trials (A and B)', the '02B' of 'KEYMAKER-U02 02B': words that only say which trials are meant."""
    lemmas, found = sheet.line.lemmas(), set()
    for at in (at for at, word in enumerate(lemmas) if word in _FEW):
        nouns = (i for i in range(at, min(at + 7, len(lemmas))) if lemmas[i] in word_set("references.nouns"))
        found |= set(range(at, next(nouns, at)))
    return found | {at + 1 for at in named if any(c.isdigit() for c in "".join(lemmas[at + 1 : at + 2]))}


_FEW = frozenset({"two", "three", "both", "these", "2", "3"})


def _named(sheet: Sheet) -> frozenset[int]:
    return frozenset(at for ref in sheet.references for at in range(ref.first, ref.last))


def _without(line: Line, first: int, last: int, named: frozenset[int]) -> str:
    """The words from `first` to `last` without the trials' names."""
    runs, at = [], first
    while at < last:
        end = at
        while end < last and end not in named:
            end += 1
        runs += [line.words(at, end)] if end > at else []
        at = max(end, at + 1)
    return " ".join(runs)


# ── Clause by clause ─────────────────────────────────────────────────────────────────────────────────────────────────


def _by_clause(sheet: Sheet, plan: QueryPlan, named: tuple[str, ...], planner: Planner) -> tuple[QueryPlan, ...]:
    """The clauses that ask, each by itself, where the plan of the whole holds one of them and loses another."""
    line = sheet.line
    starts = [0, *clause_starts(line), len(line.tokens)]
    spans = [span for span in pairwise(starts) if _content(sheet, *span) or _is_read(sheet, span)]
    if len(spans) < 2 or not all(_asks(sheet, span) for span in spans):
        return ()
    lost = [span for span in spans if not _is_read(sheet, span)]
    if plan.intent is Intent.BOOLEAN:
        lost = spans[1:]
    elif any(_is_tested(sheet, span) for span in spans) and len(named) == 1:
        lost = [span for span in spans if _is_tested(sheet, span)]  # 'women only? how many sessions?'
    elif not plan.facts and not plan.variables:
        return ()
    if not lost or len(lost) == len(spans):
        return ()
    told = [span for span in lost if plan.intent is not Intent.BOOLEAN or _asks_more(sheet, span)]
    kept = _said(sheet, [span for span in spans if span not in lost])
    asked = [_without(line, *span, _named(sheet)) for span in told]
    whole = [planner(f"{kept}?")] if _names_a_trial(sheet, spans, lost) else _of_each(named, kept, planner)
    return (*whole, *(part for text in asked for part in _of_each(named, _bare(text), planner)))


def _said(sheet: Sheet, spans: Sequence[tuple[int, int]]) -> str:
    return _bare(" ".join(sheet.line.words(*span).rstrip(" ,;") for span in spans))


def _bare(text: str) -> str:
    return text.removeprefix("and ").removeprefix("plus ").strip(" ,;?.")


def _names_a_trial(sheet: Sheet, spans: Sequence[tuple[int, int]], lost: Sequence[tuple[int, int]]) -> bool:
    """Whether the clauses that are kept together name every trial of the question."""
    return all(any(s[0] <= ref.first < s[1] for s in spans if s not in lost) for ref in sheet.references)


def _is_tested(sheet: Sheet, span: tuple[int, int]) -> bool:
    """Whether a clause that a question mark ends names only what a trial may be: 'blinded?', 'women only?'."""
    ends = sheet.line.text[sheet.line.tokens[span[1] - 1].end :].lstrip()[:1] == "?"
    inside = [mark.kind for mark in sheet.marks if span[0] <= mark.first < span[1]]
    ruled = facts_by_rule(sheet.line.lemmas(*span))
    return ends and bool(inside) and set(inside) <= {Kind.FIELD, Kind.CUE} and not ruled


def _asks_more(sheet: Sheet, span: tuple[int, int]) -> bool:
    """Whether a clause behind a yes-or-no question asks something of its own: not 'and under what conditions?'."""
    words = set(sheet.line.lemmas(*span))
    if only_how_long(sheet, *span):
        return False
    same = word_set("parts.of_the_same") & words and len(words) <= _SHORT + 1
    return not same and (_is_read(sheet, span) or len(_content(sheet, *span)) >= _MANY)


def _content(sheet: Sheet, first: int, last: int) -> list[int]:
    named, idle = _named(sheet), tables.stop_words() | word_set("parts.comparing")
    lemmas = sheet.line.lemmas()
    return [at for at in range(first, last) if at not in named and lemmas[at] not in idle]


def _asks(sheet: Sheet, span: tuple[int, int]) -> bool:
    """Whether a clause asks, by its first words or a verb; 'My twins are 2.' only tells."""
    named, lemmas = _named(sheet), sheet.line.lemmas()
    first = [lemmas[at] for at in range(*span) if at not in named][:_FIRST]
    opens = first[:1] and first[0] in word_set("intents.question_verbs") | word_set("yes_no.commands")
    keywords = not word_set("parts.no_items") & set(lemmas)
    return bool(opens or set(first) & ASKS or keywords or is_single_word(sheet, span))


_FIRST = 6  # words in which a clause says that it asks


def is_single_word(sheet: Sheet, span: tuple[int, int]) -> bool:
    """'LYRA-2: blinded? randomised?'."""
    return len(_content(sheet, *span)) < 2 and any(span[0] <= mark.first < span[1] for mark in sheet.kinds(*_READ))


def _is_read(sheet: Sheet, span: tuple[int, int]) -> bool:
    marked = any(span[0] <= mark.first < span[1] for mark in sheet.kinds(*_READ))
    named = _named(sheet)
    lemmas = tuple(sheet.line.tokens[at].lemma for at in range(*span) if at not in named)
    return marked or bool(facts_by_rule(lemmas))


# ── Item by item ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _by_item(sheet: Sheet, plan: QueryPlan, named: tuple[str, ...], planner: Planner) -> tuple[QueryPlan, ...]:
    """'sponsor, country, mutation': the items of a list that no fact reads, asked of each trial."""
    if plan.intent is not Intent.COMPARE or not (plan.facts or plan.variables):
        return ()  # what stands between commas may tell which trial is meant
    lost = unread_items(sheet, items_of(sheet))
    parts = [part for first, last in lost for part in _of_each(named, sheet.line.words(first, last), planner)]
    return (replace(plan, focus=(), unread=()), *parts) if parts else ()
