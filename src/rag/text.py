"""A reading form of registry text with the same meaning, and the way back to the original offsets.

Registry text is dirty: markdown escapes (`\\<60`), HTML entities (`&lt;`), mojibake (`Â³` for ≥), look-alike signs,
full-width punctuation, superscripts. `fold` reads all of that in one linear pass; quotes always come from the original.
"""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from rag.frozen import quick
from rag.types import Span

_TABLES = {"characters", "compatibility", "enclosed", "sequences", "lookalikes"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_FRACTIONS = {"½": "5", "¼": "25", "¾": "75"}

# One sign, plain, escaped, or as an entity escaped up to three times over: `<`, `\<`, `&lt;`, `\&amp;lt;`.
_LESS = r"\\?(?:[<＜﹤˂‹]|&(?:amp;){0,3}(?:lt|#0?60|#x3[cC]);)"
_MORE = r"\\?(?:[>＞﹥˃›]|&(?:amp;){0,3}(?:gt|#0?62|#x3[eE]);)"
_EQUAL = r"\\?[=＝]"
_GAP = r"[ \u00a0]?"
# The commonest first signs can begin only these alternatives.
_BY_FIRST = {
    "\\": ("more", "less", "entity", "escape"),
    "&": ("more", "less", "entity"),
    "<": ("less", "sequence"),
    ">": ("more",),
    "=": ("more", "less"),
    "≥": ("more",),
    "≤": ("less",),
}


@quick
@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text with its map back. The four tuples run in parallel, one entry a replacement, in text order."""

    text: str
    starts: tuple[int, ...] = ()  # in the folded text
    ends: tuple[int, ...] = ()
    original_starts: tuple[int, ...] = ()  # in the original text
    original_ends: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> Span:
        """The stretch of the original that reads as `text[start:end]`: a replaced sign is taken whole."""
        if not self.starts:
            return Span(start, max(start, end))
        first = self._start(start)
        return Span(first, max(first, self._end(end)))

    def position(self, original: int) -> int:
        """Where the original offset `original` stands in the folded text; inside a replaced sign: its start."""
        at = bisect_right(self.original_starts, original) - 1
        if at < 0:
            return original
        if original < self.original_ends[at]:
            return self.starts[at]
        return original - self.original_ends[at] + self.ends[at]

    def _start(self, position: int) -> int:
        at = bisect_right(self.starts, position) - 1
        if at < 0:
            return position
        if position < self.ends[at]:
            return self.original_starts[at]
        return position - self.ends[at] + self.original_ends[at]

    def _end(self, position: int) -> int:
        at = bisect_left(self.starts, position) - 1
        if at < 0:
            return position
        if position < self.ends[at]:
            return self.original_ends[at]
        return position - self.ends[at] + self.original_ends[at]


_MAY_FOLD = re.compile(r"[\\&\t\r<>=]")  # the first signs of `ascii_trigger`, found sooner


@lru_cache(maxsize=256)  # the readings of limits and of concepts fold the same line, one after the other
def fold(text: str) -> Folded:
    """The reading form of `text`. Letters keep their case, line feeds stay; linear in the length."""
    rules = _rules()
    if text.isascii() and not (_MAY_FOLD.search(text) and rules.ascii_trigger.search(text)):
        return Folded(text)
    pieces: list[str] = []
    marks: list[tuple[int, int, int, int]] = []
    at = folded = 0
    for start in [place for place, sign in enumerate(text) if sign in rules.first_signs]:
        match = rules.match(text, start) if start >= at else None
        if match is None:
            continue
        end, reading = match.end(), rules.read(match)
        if reading == match.group():
            continue
        pieces += (text[at:start], reading)
        folded += start - at
        marks.append((folded, folded + len(reading), start, end))
        folded += len(reading)
        at = end
    if not marks:
        return Folded(text)
    pieces.append(text[at:])
    starts, ends, original_starts, original_ends = zip(*marks, strict=True)
    return Folded("".join(pieces), starts, ends, original_starts, original_ends)


@dataclass(frozen=True)
class _Rules:
    first_signs: frozenset[str]
    ascii_trigger: re.Pattern[str]
    patterns: Mapping[str, re.Pattern[str]]  # by first sign, "" for the rest: matched where a trigger stands
    characters: Mapping[str, str]
    readers: Mapping[str, Callable[[re.Match[str]], str]]  # by name of the alternative

    def match(self, text: str, at: int) -> re.Match[str] | None:
        pattern = self.patterns.get(text[at]) or self.patterns[""]
        return pattern.match(text, at)

    def read(self, match: re.Match[str]) -> str:
        """What the matched signs mean; unchanged when no rule holds after all."""
        return self.readers[match.lastgroup or ""](match)


def _entity(found: str, characters: Mapping[str, str]) -> str:
    reading = found.removeprefix("\\")
    for _ in range(4):  # `&amp;amp;amp;lt;` is met up to three deep
        decoded = html.unescape(reading)
        if decoded == reading:
            break
        reading = decoded
    if len(reading) > 2 or not (reading.isprintable() or reading.isspace()):
        return found
    return characters.get(reading, reading)


def _mojibake(found: str, characters: Mapping[str, str]) -> str:
    """UTF-8 once read as Windows-1252, read right again: `â‰¥` is ≥. Anything else stays."""
    try:
        decoded = b"".join(_as_byte(character) for character in found).decode("utf-8")
    except UnicodeError:
        return found
    return characters.get(decoded, decoded) if len(decoded) == 1 else found


def _as_byte(character: str) -> bytes:
    if ord(character) < 0x100:
        return bytes([ord(character)])
    return character.encode("cp1252")


def _fraction(match: re.Match[str]) -> str:
    whole = match.start() > 0 and match.string[match.start() - 1].isdigit()
    return f"{'' if whole else '0'}.{_FRACTIONS[match.group()]}"


def _superscript(match: re.Match[str]) -> str:
    """`10⁹` is 10^9, `m²` is m2, `s⁻¹` is s-1: a power after a number needs its caret, a unit does not."""
    digits = match.group().translate(_SUPERSCRIPTS)
    before = match.string[: match.start()].rstrip(" ")[-1:] if match.start() else ""
    unit = before.isalpha() and (digits in {"2", "3"} or digits[0] in "+-")
    return digits if unit or not before else f"^{digits}"


@cache
def _rules() -> _Rules:
    tables = _load_tables()
    characters = dict(tables["characters"])
    for first, last in tables["compatibility"]["blocks"]:
        characters |= {c: unicodedata.normalize("NFKC", c).replace("μ", "µ") for c in _block(first, last)}
    for first, last in tables["enclosed"]["blocks"]:
        characters |= {c: f"({unicodedata.normalize('NFKC', c)})" for c in _block(first, last)}
    characters |= {chr(code): "" for code in range(0xE0000, 0xE0080)}  # tag characters: invisible
    sequences, lookalikes = tables["sequences"], tables["lookalikes"]
    rules = _alternatives(characters, sequences, lookalikes)
    by_first = {**_BY_FIRST, "": tuple(rules)}
    patterns = {
        first: re.compile("|".join(f"(?P<{name}>{rules[name]})" for name in names)) for first, names in by_first.items()
    }
    # Only these ASCII signs can begin a fold, so clean text is told in one fast scan.
    ascii_trigger = re.compile(r"[\\&\t\r]|[<>=][ /]{0,3}[<>=]|[<>] ?or =|<(?:/?su[bp]|br|TAB)")
    first_signs = frozenset("\\&<>=≥≤Â£³´⋅∙хⅹÃÎÏËâ½¼¾¡ƒ⁺⁻⁰¹²⁴⁵⁶⁷⁸⁹").union(characters, lookalikes)
    return _Rules(first_signs, ascii_trigger, patterns, characters, _readers(characters, sequences, lookalikes))


def _readers(
    characters: Mapping[str, str], sequences: Mapping[str, str], lookalikes: Mapping[str, str]
) -> dict[str, Callable[[re.Match[str]], str]]:
    return {
        "more": lambda match: "≥",
        "less": lambda match: "≤",
        "sequence": lambda match: sequences[match.group()],
        "entity": lambda match: _entity(match.group(), characters),
        "escape": lambda match: match.group()[1:],
        "symbol_more": lambda match: "≥",
        "symbol_less": lambda match: "≤",
        "symbol_times": lambda match: "x",
        "apostrophe": lambda match: "'",
        "mojibake": lambda match: _mojibake(match.group(), characters),
        "superscript": _superscript,
        "fraction": _fraction,
        "lookalike": lambda match: lookalikes[match.group()],
        "character": lambda match: characters[match.group()],
    }


def _alternatives(characters: Iterable[str], sequences: Iterable[str], lookalikes: Iterable[str]) -> dict[str, str]:
    """The rules in order of precedence; each begins with signs that plain prose lacks, and repeats are bounded."""
    likes = "".join(lookalikes)
    return {
        # ">=", "> =", ">/=", "=>", "≥=", "\>=", "&gt;=", "> or ="; not "p > 0.05" and not "==>".
        "more": rf"(?:{_MORE}{_GAP}(?:/|or )?{_GAP}|[≥≧⩾]/?){_EQUAL}|(?<![=-]){_EQUAL}{_GAP}{_MORE}",
        "less": rf"(?:{_LESS}{_GAP}(?:/|or )?{_GAP}|[≤≦⩽]/?){_EQUAL}|(?<![=-]){_EQUAL}{_GAP}{_LESS}",
        "sequence": rf"{'|'.join(re.escape(s) for s in sorted(sequences, key=len, reverse=True))}",
        "entity": r"\\?&(?:amp;){0,3}(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});",
        "escape": r"\\[!-/:-@\[-`{-~]",
        # Symbol font read as Latin-1: "³ 18 years" and "Â³30" are ≥, "£ 2 x ULN" is ≤; not "m³" and not "10³".
        "symbol_more": r"(?<![\w.)])Â?³(?=[ \u00a0]?(?:\d|[IVⅠ-Ⅻ]))",
        "symbol_less": r"(?<![\w.)])Â?£(?=[ \u00a0]?\d)",
        "symbol_times": r"(?<=\d)´(?= ?1)|(?<=\d )´(?= ?1)|(?<=\d )[⋅∙](?= )|(?<=\d)[хⅹ](?= ?\d)",
        "apostrophe": r"(?<=\w)´(?=s\b|t\b)",
        "mojibake": r"[ÂÃÎÏË][\x80-\xbf]|â[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{2}",
        "superscript": r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}",
        "fraction": r"(?<![-A-Za-z])[½¼¾]",
        "lookalike": rf"(?<=[A-Za-z])[{likes}]|[{likes}](?=[A-Za-z0-9])",
        "character": rf"[{re.escape(''.join(characters))}]",
    }


def _block(first: str, last: str) -> list[str]:
    return [chr(code) for code in range(ord(first), ord(last) + 1)]


def _load_tables() -> dict[str, dict[str, Any]]:
    source = resources.files("rag").joinpath("data/folds.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(source)
    if tables.keys() != _TABLES:
        raise ValueError(f"folds.toml: tables {sorted(tables)} instead of {sorted(_TABLES)}")
    return tables


_ESCAPE = re.compile(r"\\([<>\[\]()*_~#^+.=|!-])")  # '\<' and '\*', but not a backslash before a letter


def shortened(text: str, limit: int = 400) -> str:
    """The text on one line, its markdown escapes dropped, at most `limit` characters, cut after a word with ' …'."""
    text = _ESCAPE.sub(r"\1", " ".join(text.split()))
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(",;:") + " …"
