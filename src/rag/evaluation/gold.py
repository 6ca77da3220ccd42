"""Gold questions as frozen values, read strictly: a doubled or unknown key, a bad type or a bad pattern is refused.

One JSON object a line; the format stands in eval/gold/README.md. Every error names file, line and key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import re2

from rag.errors import UsageError
from rag.types import Status, Turn

_REMEDY = "see eval/gold/README.md for the format"
_QUESTION_KEYS = frozenset({"id", "question", "history", "type", "expect", "tags"})
_EXPECT_KEYS = frozenset({"status", "trials", "optional_trials", "facts", "forbidden", "evidence"})
_Choice = TypeVar("_Choice", bound=StrEnum)


class QuestionType(StrEnum):
    SET = "set"
    FACT = "fact"
    NUMBER = "number"
    BOOLEAN = "boolean"
    COUNT = "count"
    COMPARE = "compare"
    SCREEN = "screen"
    DEFINITION = "definition"
    UNANSWERABLE = "unanswerable"
    FOLLOWUP = "followup"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression searched without regard to case, in linear time (RE2: no look-around, no back-reference)."""

    source: str

    def found_in(self, text: str) -> bool:
        return _compiled(self.source).search(text) is not None


@dataclass(frozen=True, slots=True)
class ExpectedQuote:
    """Some citation of this trial must contain these words."""

    trial_id: str
    contains: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a right answer is. `trials` None: no set is asked for; empty: the right set is empty."""

    status: Status
    trials: frozenset[str] | None = None
    optional_trials: frozenset[str] = frozenset()
    facts: tuple[Pattern, ...] = ()
    forbidden: tuple[Pattern, ...] = ()
    evidence: tuple[ExpectedQuote, ...] = ()

    @property
    def evidence_trials(self) -> frozenset[str]:
        """Every trial that a citation may rightly come from."""
        return (self.trials or frozenset()) | self.optional_trials | {quote.trial_id for quote in self.evidence}


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    id: str
    text: str
    type: QuestionType
    expect: Expectation
    history: tuple[Turn, ...] = ()
    tags: tuple[str, ...] = ()
    place: str = ""  # file:line


def read_gold(paths: Sequence[Path]) -> tuple[GoldQuestion, ...]:
    """Every question of the files, and of the `*.jsonl` directly in the folders, in file-name and line order.

    Raises UsageError with file and line for whatever does not fit, also for an id used twice anywhere.
    """
    files = [file for path in paths for file in _files(path)]
    questions: dict[str, GoldQuestion] = {}
    for file in files:
        for question in _read_file(file):
            first = questions.setdefault(question.id, question)
            if first is not question:
                raise _refusal(question.place, f"id {question.id!r} stands already at {first.place}")
    if not questions:
        named = ", ".join(str(path) for path in paths)
        raise UsageError("no gold question found", place=named, remedy="name a .jsonl file or a folder that holds some")
    return tuple(questions.values())


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.jsonl"))
    if not path.is_file():
        raise UsageError("no such gold file", place=str(path), remedy="name a .jsonl file or a folder that holds some")
    return [path]


def _read_file(path: Path) -> Iterable[GoldQuestion]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise _refusal(str(path), f"not UTF-8 at byte {error.start}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield read_question(line, f"{path}:{number}")


def read_question(line: str, place: str) -> GoldQuestion:
    """One question from its JSON line; `place` stands in errors."""
    record = strict_object(line, place)
    _check_keys(record, _QUESTION_KEYS, ("id", "question", "type", "expect"), place)
    return GoldQuestion(
        id=_text(record["id"], "id", place),
        text=_text(record["question"], "question", place),
        type=_choice(QuestionType, record["type"], "type", place),
        expect=_expectation(record["expect"], place),
        history=tuple(_turn(turn, place) for turn in _list(record.get("history", []), "history", place)),
        tags=_texts(record.get("tags", []), "tags", place),
        place=place,
    )


def strict_object(line: str, place: str) -> Mapping[str, Any]:
    """The JSON object of a line; doubled keys and NaN are refused."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in items:
            if key in seen:
                raise _refusal(place, f"key {key!r} stands twice")
            seen[key] = value
        return seen

    def constant(name: str) -> Any:
        raise _refusal(place, f"{name} is no JSON number")

    try:
        record = json.loads(line, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise _refusal(place, f"not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise _refusal(place, "not JSON: nested too deep") from error
    if not isinstance(record, dict):
        raise _refusal(place, "a JSON object is expected")
    return record


def _expectation(value: object, place: str) -> Expectation:
    record = _object(value, "expect", place)
    _check_keys(record, _EXPECT_KEYS, ("status",), place)
    trials = _texts(record["trials"], "expect.trials", place) if "trials" in record else None
    optional = _texts(record.get("optional_trials", []), "expect.optional_trials", place)
    both = sorted(set(trials or ()) & set(optional))
    if both:
        raise _refusal(place, f"{', '.join(both)} stands in both trials and optional_trials")
    return Expectation(
        status=_choice(Status, record["status"], "expect.status", place),
        trials=None if trials is None else frozenset(trials),
        optional_trials=frozenset(optional),
        facts=_patterns(record.get("facts", []), "expect.facts", place),
        forbidden=_patterns(record.get("forbidden", []), "expect.forbidden", place),
        evidence=tuple(_quote(quote, place) for quote in _list(record.get("evidence", []), "expect.evidence", place)),
    )


def _quote(value: object, place: str) -> ExpectedQuote:
    record = _object(value, "expect.evidence", place)
    _check_keys(record, frozenset({"trial_id", "contains"}), ("trial_id", "contains"), place)
    return ExpectedQuote(_text(record["trial_id"], "trial_id", place), _text(record["contains"], "contains", place))


def _turn(value: object, place: str) -> Turn:
    record = _object(value, "history", place)
    _check_keys(record, frozenset({"role", "content"}), ("role", "content"), place)
    role = _text(record["role"], "history.role", place)
    if role not in ("user", "assistant"):
        raise _refusal(place, f"history.role is 'user' or 'assistant', not {role!r}")
    return Turn(role, _text(record["content"], "history.content", place))


def _patterns(value: object, key: str, place: str) -> tuple[Pattern, ...]:
    sources = _texts(value, key, place)
    for source in sources:
        try:
            _compiled(source)
        except re2.error as error:
            raise _refusal(place, f"{key}: {source!r} is no RE2 pattern ({error})") from error
    return tuple(Pattern(source) for source in sources)


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.dot_nl = True
    options.log_errors = False
    return re2.compile(source, options=options)


def _check_keys(record: Mapping[str, Any], known: frozenset[str], needed: Sequence[str], place: str) -> None:
    unknown = sorted(set(record) - known)
    if unknown:
        raise _refusal(place, f"unknown key {', '.join(map(repr, unknown))}; known are {', '.join(sorted(known))}")
    missing = [key for key in needed if key not in record]
    if missing:
        raise _refusal(place, f"key {', '.join(map(repr, missing))} is missing")


def _object(value: object, key: str, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _refusal(place, f"{key} is an object, not {type(value).__name__}")
    return value


def _list(value: object, key: str, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise _refusal(place, f"{key} is a list, not {type(value).__name__}")
    return value


def _text(value: object, key: str, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _refusal(place, f"{key} is a text that is not empty")
    return value


def _texts(value: object, key: str, place: str) -> tuple[str, ...]:
    texts = tuple(_text(item, key, place) for item in _list(value, key, place))
    twice = sorted({text for text in texts if texts.count(text) > 1})
    if twice:
        raise _refusal(place, f"{key}: {twice[0]!r} stands twice")
    return texts


def _choice(kind: type[_Choice], value: object, key: str, place: str) -> _Choice:
    choices = [str(choice) for choice in kind]
    if not isinstance(value, str) or value not in choices:
        raise _refusal(place, f"{key} is one of {', '.join(choices)}, not {value!r}")
    return kind(value)


def _refusal(place: str, message: str) -> UsageError:
    return UsageError(message, place=place, remedy=_REMEDY)
