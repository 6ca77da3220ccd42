"""JSON text to study objects, strictly: no duplicate keys, no NaN, no unbounded nesting, one object at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rag.errors import SourceError
from rag.sources.api_json import is_study

_AGAIN = "download the file again"


def parse(text: str) -> Any:
    """The value of one JSON text; SourceError with its line and column where it is none."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as exc:
        kind = "the JSON breaks off" if exc.pos >= len(text.rstrip()) else f"the JSON is not well-formed ({exc.msg})"
        raise SourceError(kind, place=f"line {exc.lineno}, column {exc.colno}", remedy=_AGAIN) from exc
    except RecursionError as exc:
        raise SourceError("the JSON is nested too deeply", remedy="a study has some ten levels") from exc
    except ValueError as exc:
        raise SourceError(f"the JSON holds what no study has ({exc})", remedy=_AGAIN) from exc


def studies(value: object) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The study objects of a study, a page `{"studies": []}` or an array, each with its pointer."""
    if is_study(value):
        yield value, ""  # type: ignore[misc]
        return
    prefix, items = "", value
    if isinstance(value, dict):
        prefix, items = "/studies", value.get("studies")
    if not isinstance(items, list):
        raise SourceError(
            "the JSON is no study: it has neither a protocolSection nor a list of studies",
            remedy="export studies in API v2 format",
        )
    if not items:
        raise SourceError("the list of studies is empty", remedy="remove the file or export again")
    for number, item in enumerate(items):
        yield item, f"{prefix}/{number}"


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:60]!r} twice in one object")
    return found


def _no_constants(name: str) -> float:
    raise ValueError(f"the constant {name}")


_DECODER = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
