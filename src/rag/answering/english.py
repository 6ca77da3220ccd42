"""Small words: plurals, lists, numbers as a careful colleague writes them."""

from __future__ import annotations

from collections.abc import Sequence


def count(number: int, noun: str, plural: str = "") -> str:
    """'1 trial', '3 trials', 'no trials'."""
    word = noun if number == 1 else plural or f"{noun}s"
    return f"{number if number else 'no'} {word}"


def listed(words: Sequence[str], *, final: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {final} {words[-1]}"


def sentence(text: str) -> str:
    """The text with a capital and one full stop."""
    text = text.strip().rstrip(".;,")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def none_of(number: int) -> str:
    """Whom a 'none' is said of: 'None of the 12 trials', and where none was left to look at, that."""
    return f"None of the {number} trials" if number else "No trial fits the rest of the question, so none"
