"""The words of a question: folded text, tokens with offsets, and phrases found in them.

A phrase is matched by its *lemmas* (lower case, American spelling, no plural ending), so one data row covers
'cut-offs', 'Cut off' and 'cut off'. Offsets count in `Line.text`, the folded and spelling-corrected question.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from rag.spellings import american
from rag.text import fold

T = TypeVar("T")

# A run of letters and digits with inner decimals and an apostrophe tail: "1.5", "HbA1c", "don't", "NCT07263776".
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*(?:['’][^\W\d_]{1,3})?")
_NEGATED = re.compile(r"n['’]t$")
_TAIL = re.compile(r"['’]([^\W\d_]{1,3})$")
_TAILS = {"s": "'s", "re": "are", "ve": "have", "m": "am", "ll": "will", "d": "would"}
_IRREGULAR = {
    "ca": "can",
    "wo": "will",
    "sha": "shall",
    "cant": "can",
    "trails": "trial",
    "women": "woman",
    "men": "man",
}
_NO_PLURAL = ("ss", "us", "is", "as", "os")
_DASHES = frozenset("-–—")


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as written, its lemma, and where it stands."""

    text: str
    lemma: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A question ready to be read."""

    text: str
    tokens: tuple[Token, ...]
    words_read: tuple[str, ...] = ()  # the lemma of each token: kept, because it is asked for at every word

    def gap(self, index: int) -> str:
        """What stands between token `index - 1` and token `index`: spaces and punctuation."""
        start = self.tokens[index - 1].end if index > 0 else 0
        end = self.tokens[index].start if index < len(self.tokens) else len(self.text)
        return self.text[start:end]

    def stops_at(self, index: int, signs: str = ",;?.:") -> bool:
        """Whether a sign that ends a clause stands right before token `index`; so does a dash between spaces."""
        gap = self.gap(index)
        return any(sign in gap for sign in signs) or (gap.strip() in _DASHES and len(gap) > 2)

    def back_to_sign(self, at: int, most: int, signs: str) -> int:
        """The first of the words right before token `at` that none of the signs parts from it; at most `most`."""
        first = at
        while first > max(0, at - most) and not set(self.gap(first)) & set(signs):
            first -= 1
        return first

    def words(self, first: int, last: int) -> str:
        """The text of tokens `first` to `last`, the last not included."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end] if first < last else ""

    def at(self, start: int, end: int) -> tuple[int, int]:
        """The tokens that overlap characters `start` to `end`, as a half-open range; empty when none does."""
        first = bisect_right(self.tokens, start, key=lambda token: token.end)
        last = bisect_left(self.tokens, end, key=lambda token: token.start)
        return (first, last) if first < last else (0, 0)

    def lemmas(self, first: int = 0, last: int | None = None) -> tuple[str, ...]:
        return self.words_read[first:last]


def line_of(text: str, tokens: Iterable[Token]) -> Line:
    """A line of these tokens, in text order."""
    tokens = tuple(tokens)
    return Line(text, tokens, tuple(token.lemma for token in tokens))


@lru_cache(maxsize=65_536)
def lemma(word: str) -> str:
    """The form under which a word is looked up: lower case, American, singular."""
    low = word.casefold()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    low = american(low)
    if len(low) > 4 and low.endswith("ies"):
        return low[:-3] + "y"
    if len(low) > 4 and low.endswith(("sses", "shes", "ches", "xes")):
        return low[:-2]
    if len(low) > 3 and low.endswith("s") and not low.endswith(_NO_PLURAL):
        return low[:-1]
    return low


def read_line(text: str) -> Line:
    """The words of `text`, folded; "don't" becomes 'do' and 'not', "it's" becomes 'it' and "'s"."""
    folded = fold(text).text
    return line_of(folded, (token for match in _WORD.finditer(folded) for token in _tokens(match)))


def _tokens(match: re.Match[str]) -> Iterable[Token]:
    word, start, end = match.group(), match.start(), match.end()
    negated, tail = _NEGATED.search(word), _TAIL.search(word)
    if negated:
        cut = start + negated.start()
        yield _token(word[: negated.start()], start, cut)
        yield Token(word[negated.start() :], "not", cut, end)
    elif tail and tail.group(1).casefold() in _TAILS:
        cut = start + tail.start()
        yield _token(word[: tail.start()], start, cut)
        yield Token(tail.group(), _TAILS[tail.group(1).casefold()], cut, end)
    else:
        yield _token(word, start, end)


def _token(word: str, start: int, end: int) -> Token:
    return Token(word, lemma(word), start, end)


@lru_cache(maxsize=65_536)
def lemmas_of(phrase: str) -> tuple[str, ...]:
    """The lemmas of a phrase as `read_line` gives them; plain words, which most rows are, need no reading."""
    if phrase.isascii() and phrase.replace(" ", "").isalnum():
        return tuple(map(lemma, phrase.split()))
    return read_line(phrase).lemmas()


_PLAIN = re.compile(r"[^\W_]+(?:[.,]\d+)*|['’]s\b")


def name_lemmas(name: str) -> tuple[str, ...]:
    """The lemmas of a registry name, as `read_line` gives them but without folding: names come by the ten thousand."""
    return tuple("'s" if word[0] in "'’" else lemma(word) for word in _PLAIN.findall(name))


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase at tokens `first` to `last` (half-open) and what it stands for."""

    first: int
    last: int
    value: T


class Phrases(Generic[T]):
    """Phrases to look for, each standing for a value. The longest phrase at a place wins.

    '{have|set} {a|} limit on' is one row for four phrases; it is matched slot by slot, never spelled out.
    """

    def __init__(self, rows: Iterable[tuple[str | tuple[str, ...], T]]) -> None:
        """`rows` give a phrase, or its lemmas where they are at hand, and what it stands for."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        self._patterns: dict[str, list[tuple[_Slots, T]]] = {}
        for phrase, value in rows:
            if isinstance(phrase, str) and "{" in phrase:
                self._add_pattern(_slots_of(phrase), value)
                continue
            key = phrase if isinstance(phrase, tuple) else lemmas_of(phrase)
            if key:
                self._by_first.setdefault(key[0], []).append((key, value))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        self._words = frozenset(word for entries in self._by_first.values() for key, _ in entries for word in key)
        slots = {slot for entries in self._patterns.values() for pattern, _ in entries for slot in pattern}
        self._words |= {word for slot in slots for choice in slot for word in choice}

    def _add_pattern(self, slots: _Slots, value: T) -> None:
        for slot in slots:
            for first in {choice[0] for choice in slot if choice}:
                self._patterns.setdefault(first, []).append((slots, value))
            if () not in slot:
                return

    def find(self, line: Line, taken: Collection[int] = frozenset()) -> tuple[Found[T], ...]:
        """Every phrase from left to right, none overlapping another or a token in `taken`."""
        lemmas, found, at = line.lemmas(), [], 0
        while at < len(lemmas):
            match = self._at(lemmas, at, taken)
            if match is not None:
                found.append(match)
            at = match.last if match else at + 1
        return tuple(found)

    def find_at(self, line: Line, at: int) -> Found[T] | None:
        """The longest phrase that begins at token `at`."""
        return self._at(line.lemmas(), at, frozenset())

    def _at(self, lemmas: tuple[str, ...], at: int, taken: Collection[int]) -> Found[T] | None:
        best = self._plain_at(lemmas, at, taken)
        for slots, value in self._patterns.get(lemmas[at], ()):
            last = _end_of(slots, lemmas, at)
            if last > (best.last if best else at) and not any(i in taken for i in range(at, last)):
                best = Found(at, last, value)
        return best

    def _plain_at(self, lemmas: tuple[str, ...], at: int, taken: Collection[int]) -> Found[T] | None:
        for key, value in self._by_first.get(lemmas[at], ()):
            last = at + len(key)
            if lemmas[at:last] == key and not any(i in taken for i in range(at, last)):
                return Found(at, last, value)
        return None

    def words(self) -> frozenset[str]:
        """Every lemma that occurs in a phrase."""
        return self._words


_Slots = tuple[tuple[tuple[str, ...], ...], ...]  # a pattern: for each slot its choices, each a run of lemmas
_CHOICES = re.compile(r"\{([^{}]*)\}")


def _slots_of(pattern: str) -> _Slots:
    """'{have|set} {a|} limit' as slots; an empty choice may be left out."""
    parts = _CHOICES.split(pattern)  # words and choices take turns
    slots = [
        tuple(lemmas_of(choice) for choice in part.split("|")) if at % 2 else (lemmas_of(part),)
        for at, part in enumerate(parts)
    ]
    return tuple(slot for slot in slots if slot != ((),))


def _end_of(slots: _Slots, lemmas: tuple[str, ...], at: int) -> int:
    """Where the longest reading of the pattern from token `at` ends, `at` where there is none."""
    ends = {at}
    for slot in slots:
        ends = {end + len(c) for end in ends for c in slot if lemmas[end : end + len(c)] == c}
    return max(ends, default=at)


def phrase_table(rows: Mapping[str, Iterable[str]]) -> Phrases[str]:
    """Phrases from a table of id → phrases; a phrase that stands for two ids is an error of the data."""
    seen: dict[tuple[str, ...], str] = {}
    for name, phrases in rows.items():
        for phrase in phrases:
            other = seen.setdefault(lemmas_of(phrase), name)
            if other != name:
                raise ValueError(f"the phrase {phrase!r} stands for {other!r} and for {name!r}")
    return Phrases((phrase, name) for name, phrases in rows.items() for phrase in phrases)
