"""The reading of a question in free words, where the plain readings found no answer.

'She is at 140. The registrar says that some protocols put the bar higher than that; could those be picked out?' What is
sought is trials, said in any way; the value is told in some sentence and pointed back to; what trials do with it is
told by a word of being kept out, let in or asked for in the sentence that asks, or by a limit weighed against it
(`stances`). Each of the three must be there, and one only: else there is no such reading.
"""

from __future__ import annotations

from itertools import pairwise

from rag.criteria.grammar import read_comparisons
from rag.planning.lexicon import demanded, fit_of, label_of, on_scale
from rag.planning.marks import Kind
from rag.planning.pointing import marks_in
from rag.planning.quantities import quantity_at
from rag.planning.sentences import ASKING, Span, sentences, text_of
from rag.planning.sheet import Sheet, read_sheet
from rag.planning.stances import Weighed, stance_of, weighed_in
from rag.planning.things import concerned, names_only_a_kind
from rag.planning.vocabulary import Vocabulary, WordIndex, index_of
from rag.planning.wording import with_reading
from rag.planning.words import Line, read_line
from rag.types import All, Any, Asks, Comparison, Concerns, Intent, Limit, Not, Predicate, QueryPlan, Question
from rag.values import Values, above, at_least, at_most, below, exactly


def surely_read(text: str, index: WordIndex, plan: QueryPlan) -> QueryPlan:
    """`plan`, or the free reading where the plan holds the measure and not its value, or takes a limit for a person."""
    weighs = plan.intent in {Intent.SCREEN, Intent.EXTREME, Intent.WHATIF}
    doubted = _leaves_out_a_value(plan.where) or weighs or plan.reason == "which_trial" or _surveys_what_it_limits(plan)
    doubted = doubted or (bool(plan.unread or plan.left_out) and names_only_a_kind(plan.where))
    if not doubted or plan.trials or plan.previous is not None:
        return plan
    found = read_freely(text, index, weighed=weighs)
    return found if found is not None else plan


def weighed_against(sheet: Sheet, previous: QueryPlan | None) -> QueryPlan | None:
    """'A lower floor than that' behind a list of trials by one limit; None where none is weighed."""
    limit = previous.where if previous is not None else None
    if not isinstance(limit, Limit) or limit.values.is_everything or sheet.limits or sheet.refs:
        return None
    told = weighed_in(sheet.line, sheet.marks, (0, len(sheet.line.tokens)))
    where = _weighed(limit.variable, limit.values, told) if told is not None and told.side else None
    said = sheet.line.text.strip()
    return None if where is None else with_reading(QueryPlan(Intent.TRIALS, said, "", where=where))


def _surveys_what_it_limits(plan: QueryPlan) -> bool:
    """Whether limits on a measure are to be surveyed over trials that are chosen by a limit on that very measure."""
    where = plan.where.predicates if isinstance(plan.where, All | Any) else (plan.where,)
    return plan.intent is Intent.LANDSCAPE and any(
        isinstance(one, Limit) and one.variable in plan.variables and not one.values.is_everything for one in where
    )


def read_again(plan: QueryPlan, question: Question, vocabulary: Vocabulary) -> QueryPlan | None:
    """The free reading of a question of one turn whose `plan` found nothing; None where that is known to be beside it.

    What is out of scope stays so, what is asked of a trial that is named, and what was wholly read with more than one
    stance: 'allow gout but not asthma' has two, and a free reading knows one.
    """
    alone = not (question.history or question.trial_ids or plan.trials or plan.previous or plan.parts)
    if not alone or plan.intent not in _MAY_BE_READ or plan.reason not in {"", "which_trial", "live"}:
        return None
    if len(_stances(plan.where)) > 1 and not (plan.unread or plan.left_out or _holds_unknown(plan.where)):
        return None
    found = read_freely(question.text, index_of(vocabulary))
    return None if found is None or found.where == plan.where else found


_MAY_BE_READ = frozenset({
    Intent.TRIALS, Intent.COUNT, Intent.PROSE, Intent.AMBIGUOUS, Intent.FACT, Intent.BOOLEAN, Intent.EXTREME,
    Intent.LANDSCAPE, Intent.COMPARE, Intent.WHATIF,
})  # fmt: skip


def _stances(where: Predicate | None) -> frozenset[tuple[Asks, bool]]:
    """What is asked of conditions and limits, and whether that is denied."""
    if isinstance(where, All | Any):
        return frozenset().union(*map(_stances, where.predicates))
    if isinstance(where, Not):
        return frozenset((asks, not denied) for asks, denied in _stances(where.predicate))
    return frozenset({(where.asks, False)} if isinstance(where, Concerns | Limit) else ())


def _holds_unknown(where: Predicate | None) -> bool:
    """Whether trials are chosen by words that no concept stands for: 'a handful', 'that figure'."""
    if isinstance(where, All | Any):
        return any(_holds_unknown(one) for one in where.predicates)
    if isinstance(where, Not):
        return _holds_unknown(where.predicate)
    return isinstance(where, Concerns) and not where.concepts


def _leaves_out_a_value(where: Predicate | None) -> bool:
    """Whether trials are chosen by a measure of which no value was read."""
    if isinstance(where, All | Any):
        return any(_leaves_out_a_value(one) for one in where.predicates)
    return isinstance(where, Limit) and where.asks is Asks.MENTIONS


def read_freely(text: str, index: WordIndex, *, weighed: bool = False) -> QueryPlan | None:
    """The plan of a question for trials by one value told anywhere in it; None where it is not told apart.

    `weighed`: only where a limit is weighed against the value.
    """
    sheet = read_sheet(text, index)
    line = sheet.line
    spans = sentences(line)
    if sheet.refs or not _seeks_trials(line):
        return None
    for span in reversed(spans):
        told = weighed_in(line, sheet.marks, span)
        asks = None if told else stance_of(line, sheet.marks, span)
        if told is None and (asks is None or weighed):
            continue
        where = _judged(sheet, text, span, told, asks) or concerned(sheet, span, asks)
        return None if where is None else _plan_of(sheet, span, where)
    return None


def _plan_of(sheet: Sheet, span: Span, where: Predicate) -> QueryPlan:
    rest = tuple(text_of(sheet.line, one) for one in sentences(sheet.line) if one != span)
    counts = Intent.COUNT if ("how", "many") in pairwise(sheet.line.lemmas()) else Intent.TRIALS
    return with_reading(QueryPlan(counts, sheet.line.text.strip(), "", where=where, left_out=rest))


def _seeks_trials(line: Line) -> bool:
    """Whether trials are spoken of in the plural, or asked for by 'whose', 'which ones', 'where' and no single one."""
    plural = any(t.lemma in _TRIALS and t.text.casefold() != t.lemma for t in line.tokens)
    words = set(line.lemmas())
    by = line.lemmas()[-1:] == ("by",)  # 'accepted by?'
    return plural or by or bool(words & _MANY) or (bool(ASKING & words) and not words & _TRIALS)


_TRIALS = frozenset({"trial", "study", "protocol", "record", "team", "sponsor", "investigator", "entry"})
_MANY = frozenset({"research", "ones", "whose", "refusal", "rejection"})


def _judged(sheet: Sheet, text: str, span: Span, weighed: Weighed | None, asks: Asks | None) -> Predicate | None:
    """What trials do with the one value of the text; None where none is told, or several."""
    if _names_something_else(sheet, text, span):
        return None
    values = _values_told(sheet, span)
    found = [limit for one in values if (limit := _limit(one, weighed, asks)) is not None]
    if not found or len(found) < len(values):
        return None
    return found[0] if len(found) == 1 else Any(tuple(found))


def _names_something_else(sheet: Sheet, text: str, span: Span) -> bool:
    """Whether a condition, drug or field is asked for as well: named where it is asked, or told and not passed over."""
    limited = {at for mark in sheet.kinds(Kind.LIMIT) for at in range(mark.first, mark.last)}
    named = [mark for mark in marks_in(sheet, span, Kind.CONCEPT, Kind.FIELD) if mark.first not in limited]
    told = [mark for mark in sheet.kinds(Kind.CONCEPT) if mark.first not in limited and mark not in named]
    named = [mark for mark in named if not _is_no_exception(sheet.line, mark.first, span)]
    named, told = ([one for one in marks if not _is_lacked(sheet.line, one.first)] for marks in (named, told))
    return bool(named) or (bool(told) and not _points_to_a_value(text, sheet, span))


def _is_no_exception(line: Line, at: int, span: Span) -> bool:
    """'without any loophole for liver disease': what makes a limit hold for everybody, no condition of its own."""
    words = line.lemmas(span[0], at)
    return "without" in words and bool(_EXCEPTIONS & {*words[words.index("without") :]})


def _is_lacked(line: Line, at: int) -> bool:
    """'no liver mets', 'without gout': what the person has not, beside the value."""
    return at > 0 and line.tokens[at - 1].lemma in {"no", "without"}


_EXCEPTIONS = frozenset({"exception", "clause", "loophole", "exemption", "caveat", "proviso", "allowance"})


def _points_to_a_value(text: str, sheet: Sheet, span: Span) -> bool:
    """'on that figure', 'because of this count', a value told in the sentence that asks: said of the number alone."""
    if marks_in(sheet, span, Kind.LIMIT, Kind.VARIABLE):
        return True
    if any(_is_said_again(sheet.line, (mark.first, mark.last), span) for mark in sheet.kinds(Kind.LIMIT)):
        return True
    words = read_line(text).lemmas()
    return any(words[at] in _VALUES and {*words[max(0, at - 3) : at]} & _THIS for at in range(len(words)))


_VALUES = frozenset({
    "figure", "count", "number", "value", "reading", "level", "result", "score", "age", "measurement", "limit", "floor",
    "ceiling", "threshold", "cutoff", "bar", "bmi", "weight", "grade", "status", "concentration", "titer", "birthday",
})  # fmt: skip
_THIS = frozenset({"this", "that", "these", "those", "such", "her", "his", "my", "their", "the", "its", "our"})


# ── The value ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _values_told(sheet: Sheet, span: Span) -> list[Comparison]:
    """The comparison that is asked about, in each variable of a pair; empty where two differ or none is told."""
    inside = list(marks_in(sheet, span, Kind.LIMIT))
    marks = inside or list(sheet.kinds(Kind.LIMIT))
    aged = bool(_OF_AGE & {*sheet.line.lemmas(*span)})
    ages = [mark for mark in marks if mark.value.variable == "age"]
    others = [mark for mark in marks if mark not in ages]
    marks = ages if ages and (aged or not others) else others
    if not marks:
        return _put_together(sheet, span)
    places = dict.fromkeys((mark.first, mark.last) for mark in marks)
    if len(places) > 1:
        again = [place for place in places if _is_said_again(sheet.line, place, span)]
        same = {(mark.value.variable, mark.value.values) for mark in marks}
        if len(again) != 1 and len(same) > 1:
            return []
        places = dict.fromkeys(again[:1] or list(places)[:1])
    return [mark.value for mark in marks if (mark.first, mark.last) in places]


_OF_AGE = frozenset({"age", "old", "older", "young", "younger", "oldest", "youngest", "elderly", "years"})


def _is_said_again(line: Line, place: tuple[int, int], span: Span) -> bool:
    """'those that 2,100 would fail': the number of an earlier value stands in the sentence that asks."""
    numbers = {line.tokens[at].text for at in range(*place) if line.tokens[at].text[0].isdigit()}
    return any(line.tokens[at].text in numbers for at in range(*span) if not place[0] <= at < place[1])


def _put_together(sheet: Sheet, span: Span) -> list[Comparison]:
    """'… about ten weeks. … insist on a longer life expectancy': a measure here and its only number somewhere else."""
    line = sheet.line
    variables = {mark.value for mark in marks_in(sheet, span, Kind.VARIABLE)}
    variables = variables or {mark.value for mark in sheet.kinds(Kind.VARIABLE)}
    held = {at for mark in sheet.kinds(Kind.LIMIT, Kind.FIELD) for at in range(mark.first, mark.last)}
    if len(variables) != 1:
        return []
    [variable] = variables
    found = {at: one for at in range(len(line.tokens)) if at not in held and (one := quantity_at(line, at))}
    read: dict[int, Comparison] = {}
    for at, quantity in found.items():
        said = f"{label_of(variable)} of {line.words(quantity.first, min(quantity.last + 1, len(line.tokens)))}"
        told = next(iter(read_comparisons(said)), None)
        if told is not None and told.variable == variable:
            read[at] = told
    asked = [one for at, one in read.items() if span[0] <= at < span[1]]
    differing = {one.values: one for one in asked or read.values()}
    return list(differing.values()) if len(differing) == 1 else []


# ── The limit ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _limit(told: Comparison, weighed: Weighed | None, asks: Asks | None) -> Limit | None:
    """What trials do with a value, by the words for it or by how their limit is weighed against it."""
    variable, values = told.variable, on_scale(told.variable, told.values)
    if weighed is not None:
        return _weighed(variable, values, weighed)
    if asks is Asks.REQUIRES:
        return None if values.is_point else Limit(variable, demanded(variable, values), asks, told.stated)
    return Limit(variable, values, asks, told.stated) if asks is not None else None


def _weighed(variable: str, values: Values, weighed: Weighed) -> Limit | None:
    """A floor above v turns all up to v away, one below v lets some below v in; of a ceiling it is the other side."""
    interval = values.intervals[0]
    number = interval.low if interval.low is not None else interval.high
    if number is None or len(values.intervals) > 1:
        return None
    side = weighed.side or {"high": "floor", "low": "ceiling"}.get(fit_of(variable), "")
    if not side:
        return None
    floor, relation = side == "floor", weighed.relation
    if relation == "as_strict":
        return Limit(variable, below(number) if floor else above(number), Asks.EXCLUDES, "")
    if relation == "as_lax":
        return Limit(variable, exactly(number), Asks.ADMITS, "")
    if relation == "stricter" or (relation != "laxer" and (relation == "up") == floor):
        return Limit(variable, at_most(number) if floor else at_least(number), Asks.EXCLUDES, "")
    return Limit(variable, below(number) if floor else above(number), Asks.ADMITS, "", some=True)
