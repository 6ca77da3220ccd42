"""Times that count from a day the question does not name: 'started in the last two years', 'due next year'.

They are said again as days, counted from the newest date of the collection: the same question over the same records
keeps its answer. Only what happens to a trial is read so; 'a stroke in the last 6 months' is a condition's own time.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from rag.planning.dates import event_phrases, wait_phrases
from rag.planning.durations import DAYS
from rag.planning.quantities import number_at
from rag.planning.tables import word_set
from rag.planning.vocabulary import Vocabulary
from rag.planning.words import Line, read_line
from rag.text import fold

_OPENS = frozenset({"in", "within", "over", "during", "for", "from", "since", "throughout"})
_BACK = frozenset({"last", "past", "previous", "preceding"})
_AHEAD = frozenset({"next", "coming", "following"})
_BOUNDS = {"more": "before", "over": "before", "longer": "before", "less": "after", "under": "after"}
_RELATIVE = re.compile(r"(?i)\b(?:last|past|previous|preceding|next|coming|following|this|current|ago)\b")


def is_relative(text: str) -> bool:
    """Whether words stand in the text that may count from today."""
    return bool(_RELATIVE.search(text))


def days_named(text: str, today: date) -> str:
    """`text` with the times that trials' events are given relative to `today` said as dates."""
    line = read_line(text)
    said = line.text
    for at in range(len(line.tokens) - 1, -1, -1):
        found = _since_then(line, at, today) or _ago(line, at, today) or _this_or_that_year(line, at, today)
        if found is not None and _is_of_trials(line, found[0], found[1]):
            first, last, words = found
            said = f"{said[: line.tokens[first].start]}{words}{said[line.tokens[last - 1].end :]}"
    return said


_Said = tuple[int, int, str]  # the tokens that tell the time (half-open), and the time in dates


def _since_then(line: Line, at: int, today: date) -> _Said | None:
    """'in the last two years', 'over the past 18 months', 'within the next year'."""
    lemmas = line.lemmas()
    if lemmas[at] not in _OPENS:
        return None
    turn = at + 1 + (lemmas[at + 1 : at + 2] in {("the",), ("these",), ("our",)})
    way = lemmas[turn : turn + 1]
    if not way or way[0] not in _BACK | _AHEAD:
        return None
    span = _length(line, turn + 1)
    if span is None or (lemmas[at] == "since" and way[0] in _AHEAD):
        return None
    days, last, counted = span
    if not counted and lemmas[turn - 1] != "the":
        return None  # 'in the last year' counts back; 'in last year' is a calendar year
    low, high = (today - days, today) if way[0] in _BACK else (today, today + days)
    return at, last, f"between {low} and {high}"


def _length(line: Line, at: int) -> tuple[timedelta, int, bool] | None:
    """'two years', '18 months', 'decade': the time, where it ends, and whether a number stands there."""
    number = number_at(line, at)
    unit = number.last if number is not None else at
    if line.lemmas(at, at + 3) == ("couple", "of", "year"):
        return timedelta(days=731), at + 3, True
    if line.lemmas(unit, unit + 1) not in {(name,) for name in DAYS}:
        return None
    value = number.value if number is not None else 1
    return timedelta(days=round(value * DAYS[line.lemmas()[unit]])), unit + 1, number is not None


def _ago(line: Line, at: int, today: date) -> _Said | None:
    """'more than five years ago', 'less than a year ago'."""
    lemmas = line.lemmas()
    bound = _BOUNDS.get(lemmas[at], "")
    start = at + 1 + (lemmas[at + 1 : at + 2] == ("than",))
    start += lemmas[start : start + 1] in {("a",), ("an",)}
    span = _length(line, start) if bound else None
    if span is None or lemmas[span[1] : span[1] + 1] != ("ago",):
        return None
    day = today - span[0]
    return at, span[1] + 1, f"before {day}" if bound == "before" else f"between {day} and {today}"


def _this_or_that_year(line: Line, at: int, today: date) -> _Said | None:
    """'last year', 'this month', 'next year': a stretch of the calendar."""
    lemmas = line.lemmas()
    which, unit = lemmas[at], lemmas[at + 1 : at + 2]
    step = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}.get(which)
    if step is None or unit not in {("year",), ("month",)} or lemmas[at + 2 : at + 3] in {("of",), ("'s",)}:
        return None
    first = at - (lemmas[max(0, at - 1) : at] == ("the",))
    if which == "last" and first < at:
        return None
    opened = lemmas[max(0, first - 1) : first]
    keeps = bool(opened) and opened[0] in _KEPT
    if unit == ("year",):
        words = str(today.year + step)
    else:
        months = today.year * 12 + today.month - 1 + step
        words = f"{date(months // 12, months % 12 + 1, 1):%B %Y}"
    return first, at + 2, words if keeps else f"in {words}"


_KEPT = frozenset({"in", "during", "since", "before", "after", "until", "by", "from", "of", "later", "within"})


def _is_of_trials(line: Line, first: int, last: int) -> bool:
    """Whether the time is said of what happens to a trial: right behind 'started', 'registered', or behind 'trials'."""
    at = first - (line.lemmas(max(0, first - 1), first)[-1:] in {(word,) for word in _KEPT})
    while at > 0 and line.tokens[at - 1].lemma in word_set("counted_back.between") and "," not in line.gap(at):
        at -= 1
    nouns = {"trials", "studies", "protocols", "ones", "records", "those", "these"}
    if at > 0 and line.tokens[at - 1].text.casefold() in nouns:
        return True
    ends = {found.last for found in (*event_phrases().find(line), *wait_phrases().find(line))}
    starts = {found.first for found in event_phrases().find(line)}
    return bool({at, first} & ends) or (last in starts and line.lemmas(last - 1, last) != ("ago",))


def newest_day(vocabulary: Vocabulary) -> date | None:
    """The day that 'in the last two years' counts from; None where the collection knows none."""
    day: date | None = getattr(vocabulary, "newest_day", None)
    return day


def dated_from(text: str, vocabulary: Vocabulary) -> str:
    """The question with times that count from today said as dates, where the collection has a newest day."""
    today = newest_day(vocabulary) if is_relative(text) else None
    said = days_named(text, today) if today is not None else text
    return text if said == fold(text).text else said
