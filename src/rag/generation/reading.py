"""Reduce a sentence to what it claims: two sentences with the same reduction say the same thing.

A rewording may change small grammatical words and listed synonyms. Numbers, units, comparisons, negations, names,
trial ids and all other words must stand in the same order, so no swapped threshold and no dropped 'not' gets through.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

MARKER = re.compile(r"\s*\[(\d{1,4})\]")
# A trial id or word with inner hyphens, digits and apostrophes; a figure; or any one other character, kept as it is.
_TOKEN = re.compile(r"[^\W\d_][\w'’]*(?:-[\w'’]+)*|\d+(?:[.,]\d+)*|\S")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_POWERS = re.compile(r"(?<=[A-Za-z])[²³]")  # 'm²' is 'm2', but '10²' is not '102'
_DASHES = str.maketrans({"‐": "-", "‑": "-", "–": "-", "−": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'"})
# Commas, full stops and quotation marks: they carry no claim here. '?' and '!' do, and so does any unusual sign.
# 'Of the 60 trials, 2 …' is '2 of 60 trials …', 'another 11' is '11 more', '2 out of 60' is '2 of 60'.
_NUMBER = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
_TURNS = tuple(
    (re.compile(pattern, re.IGNORECASE), turned)
    for pattern, turned in (
        (rf"^of (?:the |these |all |all the )?{_NUMBER} (trials|studies),? {_NUMBER}\b", r"\3 of \1 \2"),
        (rf"\b(?:another|a further|an additional) {_NUMBER}\b", r"\1 more"),
        (rf"\b{_NUMBER} (?:others|further|additional)\b", r"\1 more"),
        (rf"\b{_NUMBER} out of\b", r"\1 of"),
    )
)
_SILENT = frozenset(",.;:()\"'“”‘—")
_TRIAL_ID = re.compile(r"nct\d{8}")


@dataclass(frozen=True, slots=True)
class Lexicon:
    light: frozenset[str]
    people: frozenset[str]
    phrases: Mapping[tuple[str, ...], str]  # words → the sign or word that stands for them
    numbers: Mapping[str, str]
    longest: int


@cache
def load_lexicon() -> Lexicon:
    """The words of data/words.toml; ValueError when a word stands in two places."""
    table = tomllib.loads(resources.files("rag.generation").joinpath("data", "words.toml").read_text("utf-8"))
    phrases: dict[tuple[str, ...], str] = {}
    single = [*table["light"], *table["people"], *table["numbers"]]
    for sign, rows in [*table["phrases"].items(), *table["synonyms"].items()]:
        for row in rows:
            words = tuple(row.split())
            if words in phrases:
                raise ValueError(f"words.toml names {row!r} twice")
            phrases[words] = sign
    single += [words[0] for words in phrases if len(words) == 1]
    if len(single) != len(set(single)):
        raise ValueError("words.toml gives a word two meanings")
    return Lexicon(
        frozenset(table["light"]),
        frozenset(table["people"]),
        phrases,
        dict(table["numbers"]),
        max(len(words) for words in phrases),
    )


def reduce(sentence: str) -> tuple[str, ...]:
    """What the sentence claims, word by word, its markers apart."""
    lexicon = load_lexicon()
    plain = MARKER.sub("", sentence).strip()
    for pattern, turned in _TURNS:
        plain = pattern.sub(turned, plain)
    words = _phrased(_words(plain), lexicon)
    return tuple(word for at, word in enumerate(words) if not _is_optional(words, at, lexicon))


def markers(sentence: str) -> frozenset[int]:
    return frozenset(int(number) for number in MARKER.findall(sentence))


def _words(text: str) -> list[str]:
    words: list[str] = []
    plain = _POWERS.sub(lambda power: "2" if power.group() == "²" else "3", text.translate(_DASHES))
    for token in _TOKEN.findall(plain.casefold()):
        if token[0].isdecimal():
            words.append(_figure(token))
        elif token.endswith("n't") and len(token) > 3:
            words += [token[:-3], "n't"]
        elif token not in _SILENT:
            words.append(token)
    return words


def _figure(digits: str) -> str:
    """'1,000' and '1000' are one figure, '60' and '60.0' another; a decimal comma stays as it is."""
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    if not digits.isascii() or not digits.replace(".", "", 1).isdecimal():
        return digits
    return f"{Decimal(digits).normalize():f}"


def _phrased(words: list[str], lexicon: Lexicon) -> list[str]:
    """Comparisons and synonyms replaced by the word that stands for them, the longest first; plurals by singulars."""
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(lexicon.longest, len(words) - at), 0, -1):
            stands = lexicon.phrases.get(tuple(words[at : at + length]))
            if stands is not None:
                found.append(stands)
                at += length
                break
        else:
            found.append(_plain(words[at], lexicon))
            at += 1
    return found


def _plain(word: str, lexicon: Lexicon) -> str:
    if word in lexicon.numbers:
        return lexicon.numbers[word]
    if word in lexicon.light or word in lexicon.people:
        return word
    # 'cut-offs' and 'cut-off', but not 'as', 'diabetes' and 'diabete' apart: both sides lose the same letter.
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _is_optional(words: list[str], at: int, lexicon: Lexicon) -> bool:
    word = words[at]
    if word in lexicon.light:
        return True
    before = words[at - 1] if at else ""
    after = words[at + 1] if at + 1 < len(words) else ""
    if word in lexicon.people:
        return not before[:1].isdecimal()
    if word == "to":  # 'to' between figures is a range; elsewhere a direction, which stays
        return False
    return word == "trial" and bool(_TRIAL_ID.fullmatch(before) or _TRIAL_ID.fullmatch(after))
