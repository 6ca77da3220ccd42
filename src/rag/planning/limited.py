"""A comparison or an age group of a question as a limit on trials, by the verb over it and the words around it."""

from __future__ import annotations

from rag.evidence.limits import CUTOFF
from rag.planning import lexicon
from rag.planning.cues import Cue, asked
from rag.planning.leaving import words_leaving_out
from rag.planning.marks import Mark
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Asks, Comparison, Limit, Not, Predicate
from rag.values import Values, above, at_least, at_most, below, exactly

_NOUNS = frozenset({"trial", "study", "one", "protocol"})


def limit_of(line: Line, mark: Mark, cue: Cue | None) -> Predicate:
    """The comparison of a mark as a limit under the verb that governs it."""
    comparison: Comparison = mark.value
    asks, negated = asked(cue) if cue else (_default_asks(line, mark), False)
    bound = _bound(line, mark) if asks is Asks.MENTIONS else None
    if bound is not None:
        some = bound[0] is Asks.ADMITS and not bound[1].is_point
        return Limit(comparison.variable, bound[1], bound[0], comparison.stated, some=some)
    values = lexicon.on_scale(comparison.variable, comparison.values)
    if comparison.variable == "age":
        values = _on_that_side(line, mark, cue, values)
    if asks is Asks.REQUIRES:
        values = lexicon.demanded(comparison.variable, values)
    stated = comparison.stated
    first = max(0, mark.first - 2)
    if asks is Asks.MENTIONS and CUTOFF.search(line.words(first, mark.last)):
        stated = line.words(first, mark.last)  # 'an eGFR threshold of 60': where the limit is drawn
    some = asks is Asks.ADMITS and not negated and _is_of_some(line, mark)
    limit = Limit(comparison.variable, values, asks, stated, some=some)
    return Not(limit) if negated else limit


def _is_of_some(line: Line, mark: Mark) -> bool:
    """'accept some platelets below 100', 'open to children younger than 12': any of them, and not all."""
    if line.lemmas(max(0, mark.first - 1), mark.first) == ("some",):
        return True
    young = mark.value.values.intervals[-1].high
    whole = mark.value.values.intervals[0].low is None
    return mark.value.variable == "age" and whole and young is not None and young <= _GROWN_UP


_GROWN_UP = 18  # years: what is asked about everybody younger is asked about children


def _on_that_side(line: Line, mark: Mark, cue: Cue | None, values: Values) -> Values:
    """'too old at 61': whoever turns 61 away for that turns away all who are older, whatever the other end is."""
    if cue is None or not values.is_point:
        return values
    words, point = set(line.lemmas(cue.first, cue.last)), values.intervals[0].low
    if point is None:
        return values
    if not words & {"too", "outgrown", "outgrow", "overage", "underage", "past"}:
        words = _end_named(line, mark) if cue.asks is Asks.EXCLUDES else set()
    if words & word_set("predicates.much"):
        return at_least(point)
    return at_most(point) if words & word_set("predicates.little") else values


def _end_named(line: Line, mark: Mark) -> set[str]:
    """The words around 'age' that say which end is meant: 'above the age limit', 'by their minimum age'."""
    lemmas = line.lemmas()
    free = [at for at, word in enumerate(lemmas) if word == "age" and not mark.first <= at < mark.last]
    near = {i for at in free for i in range(max(0, at - 3), at + 3) if not mark.first <= i < mark.last}
    return {lemmas[i] for i in near if i < len(lemmas)}


_FLOORS = frozenset({"floor", "minimum", "least"})
_CEILINGS = frozenset({"ceiling", "maximum", "cap"})


def _is_only(line: Line, mark: Mark) -> bool:
    """'only children', 'people aged fifty and over only'."""
    behind = [word for word in line.lemmas(mark.last, mark.last + 3) if word not in {"year", "month", "old"}]
    return "only" in {*line.lemmas(max(0, mark.first - 1), mark.first), *behind[:1]}


def _bound(line: Line, mark: Mark) -> tuple[Asks, Values] | None:
    """What 'an Hb floor of 9' or 'a BMI ceiling of 40' turns away, and what 'a floor of 30 or lower' lets in."""
    words = set(line.lemmas(max(0, mark.first - 5), mark.last + 1))
    low, high = mark.value.values.intervals[0], mark.value.values.intervals[-1]
    number = low.low if low.low is not None else high.high
    if number is None or (low.low != high.high and low.low is not None and high.high is not None):
        return None
    if words & _CEILINGS or ("upper" in words and "limit" in words):
        if high.high is None:
            return Asks.ADMITS, exactly(number) if low.low_closed else above(number)
        return Asks.EXCLUDES, above(number) if high.high_closed else at_least(number)
    if words & _FLOORS or ("lower" in words and "limit" in words):
        if low.low is None:
            return Asks.ADMITS, exactly(number) if high.high_closed else below(number)
        return Asks.EXCLUDES, below(number) if low.low_closed else at_most(number)
    return None


def _default_asks(line: Line, mark: Mark) -> Asks:
    """What a limit under no verb asks: a person's value or an age is to be let in, else the limit is to be stated."""
    if _is_only(line, mark) or ("must" in line.lemmas(0, mark.last) and not mark.value.values.is_point):
        return Asks.REQUIRES  # 'ECOG 0 or 1 only', 'in which trials must the ECOG be 0 or 1?'
    if lexicon.are_best_grades(mark.value.variable, mark.value.values):
        return Asks.REQUIRES  # 'ECOG 0-2, platelets over 100': the grades that people may be of
    person = word_set("cues.people") & set(line.lemmas(max(0, mark.first - 4), mark.first))
    return Asks.ADMITS if person or _is_for_whom(line, mark.first) or mark.value.variable == "age" else Asks.MENTIONS


def _is_for_whom(line: Line, at: int) -> bool:
    """'Trials for ex-smokers with COPD and an FEV1 below 50': said of those whom the trials are for."""
    lemmas = line.lemmas(0, at)
    opened = [i for i in range(len(lemmas) - 1) if lemmas[i] in _NOUNS and lemmas[i + 1] == "for"]
    return bool(opened) and "with" in lemmas[opened[-1] :]


def ages_of(line: Line, mark: Mark, cue: Cue | None) -> Limit:
    """An age group as a limit on the age."""
    asks = Asks.REQUIRES if _is_only(line, mark) else asked(cue)[0] if cue else Asks.ADMITS
    told = words_leaving_out(line, mark.first)
    if asks is not Asks.EXCLUDES and told and (cue is None or cue.last <= told.start):
        asks = Asks.EXCLUDES  # 'children only, no adults'
    return Limit("age", mark.value, asks, line.words(mark.first, mark.last).lower())


def negated(limit: Limit, cue: Cue | None) -> Predicate:
    """The limit, turned round under a negated verb."""
    return Not(limit) if cue is not None and asked(cue)[1] else limit
