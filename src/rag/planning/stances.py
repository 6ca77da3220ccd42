"""What a sentence says that trials do with somebody: keep out, let in or ask for; and limits weighed against a value.

Wider than the verbs of criteria (`cues`): 'slams the door', 'leaves 2.4 inside', 'keep every such person out', whoever
the subject is. It is read of the sentence that asks alone, and only where the plain readings found no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rag.planning.marks import Kind, Mark
from rag.planning.sentences import ASKING, NOUNS, Span
from rag.planning.tables import checked, read_table, word_set
from rag.planning.words import Found, Line, Phrases, lemmas_of
from rag.types import Asks


@dataclass(frozen=True, slots=True)
class Weighed:
    """A limit weighed against a value: `side` 'floor', 'ceiling' or '' where only its strictness is told."""

    side: str
    relation: str  # up, down, stricter, laxer, as_strict, as_lax


@dataclass(frozen=True, slots=True)
class _Heard:
    first: int
    last: int
    asks: Asks


def stance_of(line: Line, marks: Sequence[Mark], span: Span) -> Asks | None:
    """What trials do by the words of a sentence; None where nothing tells it, or two things are told at once."""
    heard = [one for one in _heard(line, marks, span) if not _is_sought(line, one, span)]
    strong = [one for one in heard if one.asks is not Asks.REQUIRES] or heard
    told = {one.asks for one in strong}
    if len(told) > 1:
        told = {one.asks for one in strong if one.first >= _asking_from(line, span)}
    return told.pop() if len(told) == 1 else None


def _asking_from(line: Line, span: Span) -> int:
    """The last question word or noun of trials of a sentence: what stands behind it is asked."""
    words = line.lemmas()
    return max((at for at in range(*span) if words[at] in ASKING | NOUNS), default=span[0])


def _heard(line: Line, marks: Sequence[Mark], span: Span) -> list[_Heard]:
    """The stances in a sentence, turned round where they are denied; of those that overlap the longest."""
    phrases = [found for found in _phrases().find(line) if span[0] <= found.first < span[1]]
    found = [*(_Heard(one.first, one.last, one.value) for one in phrases), *_apart(line, span)]
    for mark in marks:
        if mark.kind is Kind.CUE and span[0] <= mark.first < span[1]:
            asks = mark.value[0].asks
            found += [_Heard(mark.first, mark.last, asks)] if asks in _OPPOSITE else []
    found.sort(key=lambda one: (one.first - one.last, one.first))
    kept: list[_Heard] = []
    for one in found:
        if not any(one.first < other.last and other.first < one.last for other in kept):
            kept.append(one)
    kept.sort(key=lambda one: one.first)
    return [turned for one in kept if (turned := _turned(line, one, span)) is not None]


def _apart(line: Line, span: Span) -> list[_Heard]:
    """'keep every such person out': a verb and the word that ends it, a few words between them."""
    words, found = line.lemmas(), []
    for at in range(*span):
        for asks, ends in _verbs_apart().get(words[at], ()):
            last = next((i for i in range(at + 1, min(at + _APART, span[1])) if words[i] == ends), None)
            if last is not None and not any(line.stops_at(i) for i in range(at + 1, last + 1)):
                found.append(_Heard(at, last + 1, asks))
    return found


_APART = 8  # words from the verb to the word that ends it


def _turned(line: Line, one: _Heard, span: Span) -> _Heard | None:
    """The stance under 'not', 'nobody', 'never'; None for 'do not require', which tells nothing of anybody."""
    first = max(span[0], one.first - _NEAR)
    starts = [at for at in range(first + 1, one.first + 1) if line.stops_at(at)]
    before = line.lemmas(starts[-1] if starts else first, one.first)
    if not (word_set("cues.negations") | _NOBODY) & {*before}:
        return one
    return None if one.asks is Asks.REQUIRES else _Heard(one.first, one.last, _OPPOSITE[one.asks])


def _is_sought(line: Line, one: _Heard, span: Span) -> bool:
    """'I need the protocols', 'wants to know which', 'take a count of 5': of what is sought, not of trials."""
    words = line.lemmas(one.last, min(span[1], one.last + _NEAR + 1))
    before = line.lemmas(max(span[0], one.last - _NEAR - 1), one.last)
    if before[-1:] == ("out",) and _PICKS & {*before}:
        return True  # 'could these be picked out?'
    if one.asks is Asks.REQUIRES:
        return bool((NOUNS | ASKING | _LISTS) & {*words}) or words[:1] == ("to",)
    return one.asks is Asks.ADMITS and one.first == span[0] and line.lemmas(one.first, one.last) == ("take",)


_OPPOSITE = {Asks.EXCLUDES: Asks.ADMITS, Asks.ADMITS: Asks.EXCLUDES, Asks.REQUIRES: Asks.REQUIRES}
_NEAR = 3  # words in which a denial stands before what it denies
_NOBODY = frozenset({"nobody", "none", "hardly", "noone"})
_PICKS = frozenset({"pick", "picked", "find", "point", "pointed", "write", "print", "read", "sort", "single"})
_LISTS = frozenset({"list", "name", "overview", "handful", "ones"})


# ── Limits weighed against a value ───────────────────────────────────────────────────────────────────────────────────


def weighed_in(line: Line, marks: Sequence[Mark], span: Span) -> Weighed | None:
    """'a floor higher than this', 'the upper line below her', 'want more than that'; None where no value is weighed."""
    found = [one for one in _weighing(_RELATIONS).find(line) if span[0] <= one.first < span[1]]
    starts = {one.first for one in found}  # 'a lower limit than that' tells no side
    relations = {one.value for one in found if _points(line, marks, one, span)}
    named = [one for one in _weighing(tuple(_SIDES)).find(line) if span[0] <= one.first < span[1]]
    sides = {one.value for one in named if one.first not in starts}
    if len(relations) != 1 or len(sides) > 1:
        return None
    [relation], side = relations, next(iter(sides), "")
    if relation not in {"up", "down"}:
        return Weighed(_SIDES.get(side, ""), relation)
    asked = [one for one in _heard(line, marks, span) if not _is_sought(line, one, span)]
    if not side and relation == "up" and any(one.asks is Asks.REQUIRES for one in asked):
        return Weighed("floor", relation)  # 'want more than that'
    return Weighed(_SIDES[side], relation) if side else None


def _points(line: Line, marks: Sequence[Mark], one: Found[str], span: Span) -> bool:
    """Whether a value or a person told of stands right behind words that weigh."""
    behind = line.lemmas(one.last, min(span[1], one.last + 2))
    told = any(mark.kind is Kind.LIMIT and mark.first < one.last <= mark.last for mark in marks)
    told = told or (bool(behind) and line.tokens[one.last].text[0].isdigit())
    where = behind[0] in {"a", "the", "of", "where", "what"} if behind else False
    return told or behind[:1] in _POINTING or (where and behind[1:] in _POINTING)


_RELATIONS = ("up", "down", "stricter", "laxer", "as_strict", "as_lax")
_SIDES = {"floors": "floor", "ceilings": "ceiling"}
_TOLD = "this that it her hers him his them theirs these those mine ours me us she he they i we"
_POINTING = {(word,) for word in _TOLD.split()}


# ── Rows of `stances.toml` ───────────────────────────────────────────────────────────────────────────────────────────


@cache
def _rows() -> dict[Asks, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    told = {name: row for name, row in read_table("stances").items() if name != "weighed"}
    for row in told.values():
        checked(row, file="stances", required=("phrases", "apart"))
    return {Asks(name): (tuple(row["phrases"]), tuple((a, b) for a, b in row["apart"])) for name, row in told.items()}


@cache
def _phrases() -> Phrases[Asks]:
    return Phrases((phrase, asks) for asks, (phrases, _) in _rows().items() for phrase in phrases)


@cache
def _verbs_apart() -> dict[str, list[tuple[Asks, str]]]:
    found: dict[str, list[tuple[Asks, str]]] = {}
    for asks, (_, verbs) in _rows().items():
        for verb, ends in verbs:
            found.setdefault(lemmas_of(verb)[0], []).append((asks, ends))
    return found


@cache
def _weighing(kinds: tuple[str, ...]) -> Phrases[str]:
    rows = read_table("stances")["weighed"]
    checked(rows, file="stances", required=("floors", "ceilings", *_RELATIONS))
    return Phrases((phrase, name) for name in kinds for phrase in rows[name])
