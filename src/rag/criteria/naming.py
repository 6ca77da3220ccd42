"""Names of variables found among tokens, the longest first."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.criteria.lexicon import DECOY, Alias, alias_index, joint
from rag.criteria.regimens import regimens_named
from rag.criteria.renaming import refined
from rag.criteria.tokens import Kind, Token


def name_variables(tokens: list[Token], text: str, lowered: str) -> list[Token]:
    """Tokens with every name of a variable joined into one token, the longest name first."""
    index = alias_index()
    named: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        word = _plain_word(token, lowered) if token.word or token.kind in _NEVER_NAMES else token.value
        found = _match_alias(tokens, at, word, text, lowered) if word in index else None
        counted = named and named[-1].kind in _COUNTS
        regimens = regimens_named(named, token, lowered) if counted else None
        if regimens is not None and (found is None or tokens[found[1] - 1].end < regimens.end):
            named.append(regimens)
            at = next((i for i in range(at, len(tokens)) if tokens[i].start >= regimens.end), len(tokens))
            continue
        if found is None:
            named.append(token)
            at += 1
            continue
        alias, stop = found
        kind = Kind.DECOY if alias.variable == DECOY or _is_ratio(tokens, stop) else Kind.VARIABLE
        last = tokens[stop - 1]
        named.append(
            Token(
                kind,
                token.start,
                last.end,
                alias.variable,
                needs_unit=alias.needs_unit,
                needs_comparator=alias.needs_comparator,
            )
        )
        at = stop
    return refined(_without_ratios(named), lowered, text)


_COUNTS = frozenset({Kind.NUMBER, Kind.TRAIL})


def _is_ratio(tokens: list[Token], at: int) -> bool:
    """Whether 'ratio' stands right behind a name: 'LDL/HDL ratio' measures neither of the two."""
    return at < len(tokens) and tokens[at].value in ("ratio", "ratios", "ration", "quotient")


def _without_ratios(named: list[Token]) -> list[Token]:
    """Tokens in which the first part of a ratio names nothing either: 'neutrophil-lymphocyte ratio'."""
    for index in range(1, len(named) - 1):
        if named[index].kind is Kind.DECOY and _is_ratio(named, index + 1):
            first = index - 1
            while first > index - 4 and first and named[first].value in _OVER:
                first -= 1
            if named[first].kind is Kind.VARIABLE:
                named[first].kind = Kind.DECOY
    return named


_OVER = frozenset(["/", "-", "to", ":", "over"])


def _plain_word(token: Token, lowered: str) -> str:
    if token.kind in _NEVER_NAMES:
        return ""
    if token.kind is Kind.NUMBER and token.word:
        return re.match(r"\d+|[^\W\d_]+", lowered[token.start : token.end] or " ").group()  # type: ignore[union-attr]
    return token.value  # '2' begins the name '2-hour plasma glucose' though 'hour' is its unit


_NEVER_NAMES = frozenset(
    {Kind.COMPARE, Kind.TRAIL, Kind.ULN, Kind.LLN, Kind.STOP, Kind.COMMA, Kind.SEMICOLON, Kind.SLASH}
)


@lru_cache(maxsize=16_384)  # the pairs of words of prose repeat
def _begun_so(first: str, second: str) -> tuple[Alias, ...]:
    """The aliases, longest first, that may begin with these two words of a text."""
    return tuple(
        alias
        for alias in alias_index()[first]
        if len(alias.words) == 1 or alias.joints[0] or second.startswith(alias.words[1])
    )


def _match_alias(tokens: list[Token], at: int, word: str, text: str, lowered: str) -> tuple[Alias, int] | None:
    """The longest alias whose words stand from token `at` on, and the index after its last token."""
    start = tokens[at].start
    for alias in _begun_so(word, _second_word(lowered, start + len(word))):
        end = _follow(alias, start, lowered)
        if end is None:
            continue
        if alias.cased and not text[start:end].startswith(alias.cased[0]):
            continue
        stop = at + 1
        while stop < len(tokens) and tokens[stop].start < end:
            stop += 1
        if tokens[stop - 1].end > end and tokens[stop - 1].kind is not Kind.NUMBER:
            continue
        if tokens[stop - 1].end < end:
            continue
        return alias, stop
    return None


_SEPARATOR = re.compile(r"[^\w]{0,4}")
_ABBREVIATED = re.compile(r"\s?[(\[]\s?[a-z][a-z0-9-]{1,7}\s?[)\]]\s?(?=[a-z])")
_NEXT_WORD = re.compile(rf"(?:{_ABBREVIATED.pattern}|{_SEPARATOR.pattern})([^\W\d_][^\W_]*|\d+)?")


_SPACED_WORD = re.compile(r" ([^\W\d_][^\W_]*)")  # what mostly stands there, found sooner


def _second_word(lowered: str, at: int) -> str:
    found = _SPACED_WORD.match(lowered, at) or _NEXT_WORD.match(lowered, at)
    return found[1] or "" if found else ""


def _past_gap(lowered: str, at: int, sign: str) -> int | None:
    """Where the next word of a name may begin: past the sign between, or past '(Cr)' in a clearance of creatinine."""
    if lowered[at : at + 1] == " " and lowered[at + 1 : at + 2].isalpha():
        return None if sign else at + 1
    inner = None if sign else _ABBREVIATED.match(lowered, at)
    if inner:
        return inner.end()
    gap = _SEPARATOR.match(lowered, at)
    stop = gap.end() if gap else at
    apart = joint(lowered[at:stop]) != sign or "  " in lowered[at:stop].replace("\n ", " ")
    return None if apart else stop


def stands(alias: Alias, text: str, lowered: str) -> bool:
    """Whether a name stands anywhere in the text, which begins at whatever sign."""
    start = lowered.find(alias.words[0])
    while start >= 0:
        end = _follow(alias, start, lowered)
        if end is not None and (not alias.cased or text[start:end].startswith(alias.cased[0])):
            return True
        start = lowered.find(alias.words[0], start + 1)
    return False


def _follow(alias: Alias, start: int, lowered: str) -> int | None:
    """Where the words of an alias end when they stand in the text from `start` on with the right signs between."""
    at = start
    for number, word in enumerate(alias.words):
        if number:
            stop = _past_gap(lowered, at, alias.joints[number - 1])
            if stop is None:
                return None
            at = stop
        if not lowered.startswith(word, at):
            return None
        at += len(word)
    following = lowered[at : at + 1]
    last = alias.words[-1]
    glued = following.isdigit() and not last[-1].isdigit() and (len(last) > 3 or last == "age")
    if following.isalnum() and not glued:
        return None
    return at
