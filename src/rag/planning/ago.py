"""How long ago something was, as the asker tells it: 'a stroke five months ago', 'surgery within 4 weeks'."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rag.planning.durations import DAYS
from rag.planning.quantities import number_at
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Ago

_SHORT = {"mo": "month", "mth": "month", "wk": "week", "yr": "year"}
_SHORT |= {f"{short}s": unit for short, unit in _SHORT.items()}
_UNITS = DAYS | {short: DAYS[unit] for short, unit in _SHORT.items()} | {"fortnight": Decimal(14)}
_HOURS = dict.fromkeys(("hour", "hr", "h"), Decimal(1) / 24) | {"minute": Decimal(1) / 1440}


def find_agos(line: Line) -> tuple[tuple[int, int, Ago], ...]:
    """Every time told of something past, as token ranges: '5 mo ago', 'two years before enrolment', 'a year since'."""
    return tuple(found for at in range(len(line.tokens)) if (found := _ago_at(line, at)) is not None)


def _ago_at(line: Line, at: int) -> tuple[int, int, Ago] | None:
    lemmas, number = line.lemmas(), number_at(line, at)
    if number is None and (lemmas[at] not in {"a", "an"} or lemmas[at + 1 : at + 2] == ("day",)):
        return None
    unit, value = (at + 1, Decimal(1)) if number is None else (number.last, number.value)
    if unit < len(lemmas) and lemmas[unit] in _HOURS and lemmas[unit + 1 : unit + 2] == ("ago",):
        return at, unit + 2, Ago(f"{line.words(at, unit + 1)} ago", value * _HOURS[lemmas[unit]])
    if unit >= len(lemmas) or lemmas[unit] not in _UNITS:
        return None
    within = _opens_within(lemmas, at)
    if within is not None and not set(lemmas[max(0, within - 2) : within]) & word_set("ago.of_trials"):
        ago = Ago(line.words(within, unit + 1), value * _UNITS[lemmas[unit]])
        return within, _end_of_ago(line, unit + 1) or unit + 1, ago
    last, before = _end_of_ago(line, unit + 1), set(lemmas[max(0, at - 2) : at])
    if not last or before & word_set("ago.of_trials") or before & word_set("ago.at_most"):
        return None
    more = bool(before & {"more", "over", "longer"})
    ago = Ago(f"{'more than ' * more}{line.words(at, unit + 1)} ago", value * _UNITS[lemmas[unit]] + more)
    return at, last, ago


def _opens_within(lemmas: tuple[str, ...], at: int) -> int | None:
    """Where 'within', 'within the last', 'in the past' starts right before token `at`; None where it does not."""
    first = at
    while first > 0 and lemmas[first - 1] in word_set("ago.latest"):
        first -= 1
    opens = lemmas[max(0, first - 1) : first]
    dated = opens in {("in",), ("during",), ("over",)} and bool(set(lemmas[first:at]) - {"the", "a"})
    return first - 1 if dated or opens == ("within",) else None


def _end_of_ago(line: Line, at: int) -> int:
    """The token after 'ago', 'before enrolment', 'have passed since', which stand at `at`; 0 where none does."""
    lemmas = line.lemmas()
    if lemmas[at : at + 1] and lemmas[at] in word_set("ago.back"):
        return at + 1
    entry = at + 2 if lemmas[at : at + 2] == ("prior", "to") else at
    entry += lemmas[at : at + 1] in {("before",), ("of",)}
    entry += lemmas[entry : entry + 1] in {("the",), ("study",), ("trial",)}
    if entry > at and lemmas[entry : entry + 1] and lemmas[entry] in word_set("ago.entry"):
        return entry + 1
    since = at
    while since < len(lemmas) and lemmas[since] in word_set("ago.passed"):
        since += 1
    return since + 1 if lemmas[since : since + 1] == ("since",) else 0


def nearest(line: Line, spans: Sequence[tuple[int, int]], time: tuple[int, int], ends: str = ".;:?") -> int | None:
    """Which of the spans the time is said of: the last before it up to one of the `ends`, else the first behind it."""
    first, last = time
    before = [at for at, (start, _) in enumerate(spans) if start < first and not _breaks(line, start + 1, first, ends)]
    behind = [at for at, (start, _) in enumerate(spans) if start >= last and not _breaks(line, last, start, f"{ends})")]
    return before[-1] if before else behind[0] if behind else None


def _breaks(line: Line, start: int, end: int, ends: str) -> bool:
    return any(sign in line.gap(at) for at in range(start, end + 1) if at < len(line.tokens) for sign in ends)
