"""JSON as RFC 8259 means it: NaN, infinities, doubled keys, lone surrogates and deep nesting are refused."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

MAX_DEPTH = 32


class StrictJsonError(ValueError):
    """Says what is wrong and never repeats the body."""


def parse(body: bytes) -> Any:
    """The value of a UTF-8 JSON body; StrictJsonError for anything a strict reader would refuse."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise StrictJsonError(f"the body is not UTF-8 (byte {exc.start})") from exc
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique)
    except json.JSONDecodeError as exc:
        raise StrictJsonError(f"the body is not JSON (line {exc.lineno}, column {exc.colno})") from exc
    except RecursionError as exc:
        raise StrictJsonError("the body is nested too deeply") from exc
    except StrictJsonError:
        raise
    except ValueError as exc:  # an integer of thousands of digits
        raise StrictJsonError("a number in the body is out of range") from exc
    _walk(value)
    return value


def _no_constant(name: str) -> NoReturn:
    raise StrictJsonError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise StrictJsonError("a number in the body is out of range")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise StrictJsonError("an object of the body names a key twice")
    return found


def _walk(value: Any) -> None:
    """Raise for a lone surrogate or for nesting deeper than MAX_DEPTH; iterative, so no depth can hurt it."""
    waiting = [(value, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise StrictJsonError("the body is nested too deeply")
        if isinstance(node, str):
            _encodable(node)
        elif isinstance(node, dict):
            for key, child in node.items():
                _encodable(key)
                waiting.append((child, depth + 1))
        elif isinstance(node, list):
            waiting.extend((child, depth + 1) for child in node)


def _encodable(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise StrictJsonError("a string of the body holds half of a surrogate pair") from exc
