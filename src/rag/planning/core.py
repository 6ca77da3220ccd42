"""The clause of a long question that asks, where the question as a whole is not understood and that clause alone is.

'Every register I know of is a mess, says my boss, so in how many of these trials is gout a condition?' Words that no
reader knows stand in front of a question that needs none of them: it is read without them, and they are told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from rag.planning.asides import stands_alone, wishes_for_more
from rag.planning.findings import FRAGMENT, is_common, leads_on, tells_a_finding
from rag.planning.marks import TELLING, Kind, Mark
from rag.planning.sentences import ASKING, NOUNS, SELVES, Span, asks, ends_before, is_closing, sentences
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.types import About, All, Any, Concerns, Intent, Limit, Not, Predicate, QueryPlan

Planner = Callable[[str], QueryPlan]
_LOST = frozenset({Intent.AMBIGUOUS, Intent.OUT_OF_SCOPE, Intent.PROSE})
_DOUBTED = _LOST | {Intent.SCREEN}  # 'he takes warfarin, but which trials exclude anticoagulants?' asks of all trials


def by_its_core(sheet: Sheet, plan: QueryPlan, planner: Planner) -> QueryPlan:
    """`plan`, or where it is in doubt that of the clause that asks, if that one is in none; the rest is left out."""
    doubted = plan.intent in _DOUBTED or plan.unread or _unknown_topics(sheet, plan.where)
    if not doubted and not _is_told_first(sheet, plan):
        return plan
    for core in cores_of(sheet):
        alone = planner(f"{sheet.line.words(*core)}?")
        lost = alone.intent in _DOUBTED or alone.unread or _unknown_topics(sheet, alone.where)
        if not lost and _holds_all(sheet, core, alone, whole=plan):
            told = (sheet.line.words(0, core[0]), sheet.line.words(core[1], len(sheet.line.tokens)))
            return replace(alone, left_out=(*plan.left_out, *(text for text in told if text)))
    return plan


def _is_told_first(sheet: Sheet, plan: QueryPlan) -> bool:
    """'He takes warfarin, but which trials exclude gout?': trials of what somebody takes, and what they say."""
    leaves = _leaves(plan.where)
    spans = sentences(sheet.line)
    judged = any(_is_criterion(one) for one in leaves) and any(isinstance(one, About) for one in leaves)
    told = next(iter(_openings(sheet, spans[-1])), None) if judged and spans else None
    words = sheet.line.lemmas(spans[-1][0], told) if told is not None else ()
    return bool(_PERSONS & {*words[:_SUBJECT]}) and not NOUNS & {*words}


_SUBJECT = 3  # words in which the one who is told of is named


def cores_of(sheet: Sheet) -> list[Span]:
    """The stretches of words that may be all that is asked, the longest first: each is said for itself."""
    line = sheet.line
    spans = sentences(line)
    while len(spans) > 1 and is_closing(line, spans[-1]):
        spans.pop()
    if not spans or not asks(line, spans[-1]) or any(_asks_itself(sheet, span) for span in spans[:-1]):
        return []
    first, last = spans[-1]
    after_colon = len(spans) > 1 and leads_on(line, spans[-2]) and bool(_told(sheet, spans[-2]))
    starts = [*([first] if first and not after_colon else []), *_openings(sheet, spans[-1])]
    cores = [(start, last) for start in starts]
    cores += [(start, end) for end in _closings(sheet, spans[-1]) for start in [first, *starts] if start < end]
    return [core for core in cores if _is_said_for_itself(sheet, core, spans)]


def _is_said_for_itself(sheet: Sheet, core: Span, spans: list[Span]) -> bool:
    """Whether a stretch points to nothing outside, where no trial is named and no kind of trials is wished for."""
    outside = [(first, min(last, core[0])) for first, last in spans if first < core[0]]
    outside += [(core[1], spans[-1][1])] if core[1] < spans[-1][1] else []
    named = [one for one in sheet.references if not core[0] <= one.first < core[1]]
    if any(len(one.ref.trial_ids) == 1 for one in named) or _adds_to_what_was_told(sheet, core):
        return False
    return stands_alone(sheet, core) and not any(wishes_for_more(sheet, span, [core]) for span in outside)


def _adds_to_what_was_told(sheet: Sheet, core: Span) -> bool:
    """'… which trials take asthma too?', '… exclude the drug?': of what was told as well."""
    words = sheet.line.lemmas(*core)
    thing = {"the"} & {*words[-2:-1]} and word_set("core.things") & {*words[-1:]}
    return bool(thing or word_set("core.adding") & {*words}) or ("as", "well") in pairwise(words)


def _openings(sheet: Sheet, span: Span) -> list[int]:
    """Where '…, but which', '…, so in how many' or '… what I lack are the trials in which' begins to ask."""
    line, words = sheet.line, sheet.line.lemmas()
    found = []
    for at in range(span[0] + 2, span[1]):
        told = words[span[0] : at]
        if told[0] in _CONDITIONS or not (SELVES | _PEOPLE) & set(told):
            continue
        joined = words[at - 1] in _JOINING or line.stops_at(at)
        asking = words[at] in ASKING or (words[at] in _BEFORE and words[at + 1 : at + 2] in {("which",), ("how",)})
        bids = words[at - 1] in _JOINING and words[at : at + 2] in _BIDS  # '…, so could you pull up the gout studies?'
        if (asking and joined and not ASKING & set(told)) or bids or _opens_a_set(words, at):
            found.append(at)
    return found


def _opens_a_set(words: tuple[str, ...], at: int) -> bool:
    """'the trials in which …', 'all studies that …'."""
    noun = next((i for i in range(at + 1, min(at + 4, len(words))) if words[i] in NOUNS), None)
    if words[at] in NOUNS and words[at - 1] in word_set("asides.wishing"):
        noun = at  # 'I need records that …'
    return noun is not None and (words[at] in _SETS or noun == at) and words[noun + 1 : noun + 2] in _RELATING


def _closings(sheet: Sheet, span: Span) -> list[int]:
    """Where what is told behind the question begins: '…, as I am writing a leaflet'."""
    line, words = sheet.line, sheet.line.lemmas()
    ends = [at for at in range(span[0] + 3, span[1]) if line.stops_at(at) and words[at] in _WHY]
    return [at for at in ends if SELVES & set(words[at : span[1]]) and not ASKING & set(words[at : span[1]])]


def _asks_itself(sheet: Sheet, span: Span) -> bool:
    """'Does X take smokers? And which …': two questions."""
    line = sheet.line
    return "?" in (line.gap(span[1]) if span[1] < len(line.tokens) else "")


def _holds_all(sheet: Sheet, core: Span, plan: QueryPlan, *, whole: QueryPlan) -> bool:
    """Whether nothing told in front chooses trials: no value, no age, and a finding only beside a criterion asked for.

    'Gout, 61 years old. Which trials are recruiting?' is of those for gout.
    """
    clear = {mark.value for mark in _told(sheet, core)}
    told = [*_told(sheet, (0, core[0])), *_told(sheet, (core[1], len(sheet.line.tokens)))]
    new = [mark for mark in told if mark.value not in clear]
    if whole.intent is Intent.SCREEN:
        return not plan.trials and _is_settled(plan)
    if new and core[1] < len(sheet.line.tokens):
        return False
    spans = [(first, min(last, core[0])) for first, last in sentences(sheet.line) if first < core[0]]
    short = any(last - first <= FRAGMENT for first, last in spans if not is_closing(sheet.line, (first, last)))
    if short or any(mark.kind in {Kind.LIMIT, Kind.AGES, Kind.VARIABLE} for mark in new):
        return False  # 'Ottawa.' is a topic
    outside = [at for at in range(len(sheet.line.tokens)) if not core[0] <= at < core[1]]
    if not _is_settled(plan) and not all(_is_idle(sheet, at) for at in outside):
        return False  # 'I live in Leeds', 'I read about amyloid': that may be what trials are sought by
    named = [span for span in spans if not any(mark.value in clear for mark in _told(sheet, span))]
    found = any(tells_a_finding(sheet.line, new, span) for span in named) if new else False
    return not found or _is_settled(plan)


def _is_idle(sheet: Sheet, at: int) -> bool:
    """Whether a word is everyday language and no name."""
    text = sheet.line.tokens[at].text
    opens = at == 0 or ends_before(sheet.line, at)
    return is_common(sheet.line, at) and (opens or not text[0].isupper() or text.casefold() in SELVES)


def _told(sheet: Sheet, span: Span) -> list[Mark]:
    return [mark for mark in sheet.marks if mark.kind in (*TELLING, Kind.AGES) and span[0] <= mark.first < span[1]]


def _is_settled(plan: QueryPlan) -> bool:
    """Whether the clause holds all that is asked, whoever it is told of: a criterion, a fact of a trial or a term."""
    named = bool(plan.trials) and any(fact.startswith(("concept:", "criterion:")) for fact in plan.facts)
    leaves = _leaves(plan.where)
    aged = any(isinstance(one, Limit) and one.variable == "age" and bool(one.stated) for one in leaves)
    aged = aged and any(isinstance(one, About) for one in leaves)  # 'gout trials that take a nine-year-old'
    return named or plan.intent is Intent.DEFINITION or aged or any(_is_criterion(one) for one in leaves)


def _is_criterion(predicate: Predicate) -> bool:
    return isinstance(predicate, Concerns) or (isinstance(predicate, Limit) and predicate.variable != "age")


def _unknown_topics(sheet: Sheet, where: Predicate | None) -> bool:
    """Whether trials are sought by a topic of which only the words are known."""
    named = {sheet.line.words(mark.first, mark.last).casefold() for mark in sheet.kinds(Kind.CONCEPT)}
    return any(isinstance(leaf, About) and not _is_known(leaf, named) for leaf in _leaves(where))


def _is_known(topic: About, named: set[str]) -> bool:
    return any(one in topic.text.casefold() for one in named)


def _leaves(where: Predicate | None) -> list[Predicate]:
    if where is None:
        return []
    if isinstance(where, All | Any):
        return [leaf for one in where.predicates for leaf in _leaves(one)]
    return _leaves(where.predicate) if isinstance(where, Not) else [where]


_BIDS = {("could", "you"), ("can", "you"), ("would", "you"), ("please", "list"), ("please", "show"), ("please", "give")}
_BEFORE = frozenset({"in", "from", "by", "of", "for", "to", "at", "on", "under"})
_JOINING = frozenset({"but", "so", "and", "then", "hence"})
_PEOPLE = frozenset({"he", "she", "they", "it", "that", "him", "her"})
_PERSONS = frozenset({"he", "she", "him", "her"})  # not 'it is about gout, but which …'
_SETS = frozenset({"the", "all", "those", "any", "every"})
_RELATING = {(word,) for word in ("that", "which", "whose", "with", "in", "for", "on", "where", "of", "by")}
_WHY = frozenset({"as", "since", "because", "so", "for", "to", "asking"})
_CONDITIONS = frozenset({"if", "when", "for", "as", "with", "in", "among", "given", "since", "while", "of", "where"})
