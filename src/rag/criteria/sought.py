"""Patterns with the words without which they match nothing: most lines hold none, and are not searched."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Sought:
    """A pattern that is tried only on a text that holds one of `words`, in any case.

    The words are parts of what the pattern matches, in lower case: each way through it must hold one of them, which
    a test proves for every pattern of this room by its parts. Looked for sign by sign, they take a tenth of its time.
    """

    pattern: re.Pattern[str]
    words: tuple[str, ...]

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self.pattern.search(text, start, end) if self.may_match(text) else None

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self.pattern.match(text, start, end) if self.may_match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(text) if self.may_match(text) else iter(())

    def sub(self, made: Callable[[re.Match[str]], str], text: str) -> str:
        return self.pattern.sub(made, text) if self.may_match(text) else text

    def may_match(self, text: str) -> bool:
        """Whether one of the words stands in a text: where none does, the pattern matches nowhere."""
        return self.waits_for(in_one_case(text))

    def waits_for(self, lowered: str) -> bool:
        """The same of a text in one case, for those who ask several patterns of it."""
        for word in self.words:  # noqa: SIM110 - a generator would take longer than the words
            if word in lowered:
                return True
        return False


@lru_cache(maxsize=256)  # a line is asked about by dozens of patterns, one after the other
def in_one_case(text: str) -> str:
    """`text` in lower case, as the words of a pattern are looked for in it."""
    return text.lower() if text.isascii() else flat(text)


def flat(text: str) -> str:
    """`text` with one sign for all those that a pattern takes for the same letter in either case, the long s for s."""
    return text.casefold().replace("i\u0307", "i").replace("ı", "i")


def sought(pattern: str, *words: str) -> Sought:
    """The pattern, to be tried where one of the words stands."""
    return Sought(re.compile(pattern), words)
