"""Topics that ask for a kind of treatment ('TIGIT antibody'): the kind, told from what it is aimed at."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from rag.evidence.stems import Stems, spans_of, stem, stems_of, words_of


@dataclass(frozen=True, slots=True)
class Kind:
    """How records tell a kind of treatment: by phrases, by how drugs' names end, by types of intervention."""

    named: tuple[Stems, ...]
    endings: tuple[str, ...]
    types: frozenset[str]
    in_names: bool  # only titles, keywords and names of interventions tell it
    exact: bool  # the lexicon of criteria knows only a wider class


@dataclass(frozen=True, slots=True)
class Asked:
    """What a topic asks for: `core` is all but frame and kind, "" for a kind alone; `framed`: something was cut."""

    core: str
    kind: Kind | None
    framed: bool


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = (resources.files("rag.evidence") / "data" / "kinds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _rows() -> tuple[tuple[Stems, Kind, frozenset[str]], ...]:
    """Every asked phrase with its kind and the words that say nothing beside it; the longest first."""
    rows = []
    for name, row in _table().items():
        if name == "frame":
            continue
        named = tuple(stems_of(one) for one in row.get("named", ()))
        endings, types = tuple(row.get("endings", ())), frozenset(row.get("types", ()))
        kind = Kind(named, endings, types, bool(row.get("in_names")), bool(row.get("exact")))
        about = frozenset(stems_of(str(row.get("about", ""))))
        rows += [(stems_of(asked), kind, about) for asked in row["asked"]]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


@cache
def _frame(name: str) -> frozenset[str]:
    return frozenset(stems_of(str(_table()["frame"][name])))


@lru_cache(maxsize=4096)
def read_kind(topic: str) -> Asked:
    """The core of a topic, and the kind of treatment that it asks for where it asks for one."""
    stems = [stem(word) for word in words_of(topic)]
    found = _kind_in(stems)
    if found is None:
        first, last = _inner(stems, 0, len(stems))
        return Asked(_said(topic, range(first, last)), None, framed=(first, last) != (0, len(stems)))
    (start, end), kind, about = found
    idle = _frame("words") | about
    return Asked(
        _said(topic, [i for i, one in enumerate(stems) if not start <= i < end and one not in idle]), kind, True
    )


def _said(topic: str, places: Sequence[int]) -> str:
    """The words of a topic at these places; what stands between two neighbours stays."""
    spans, said = spans_of(topic), ""
    for i in places:
        said += (topic[spans[i - 1][1] : spans[i][0]] if i - 1 in places else " ") + topic[slice(*spans[i])]
    return said.strip()


def _kind_in(stems: Sequence[str]) -> tuple[tuple[int, int], Kind, frozenset[str]] | None:
    """The kind that ends the topic, frame words apart, or begins it before a preposition."""
    for asked, kind, about in _rows():
        for end in dict.fromkeys((len(stems), _end(stems, _frame("words")), _end(stems, _frame("words") | about))):
            if tuple(stems[max(0, end - len(asked)) : end]) == asked:
                return (end - len(asked), end), kind, about
    first = _inner(stems, 0, len(stems))[0] if stems else 0
    for asked, kind, about in _rows():
        for start in dict.fromkeys((0, first)):
            end = start + len(asked)
            if tuple(stems[start:end]) == asked and stems[end : end + 1] and stems[end] in _frame("prepositions"):
                return (start, end), kind, about
    return None


def _end(stems: Sequence[str], idle: frozenset[str]) -> int:
    """Where the stems end without the idle ones behind."""
    last = len(stems)
    while last and stems[last - 1] in idle:
        last -= 1
    return last


def _inner(stems: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Where the core begins and ends: frame words are cut behind it, and before it up to a preposition."""
    frame, prepositions = _frame("words"), _frame("prepositions")
    while last - first > 1 and stems[last - 1] in frame:
        last -= 1
    opening = first
    while opening < last and stems[opening] in frame:
        opening += 1
    if opening < last and set(stems[first:opening]) & (prepositions | _frame("turned")):
        first = opening
    return first, last


def is_aimed(topic: str) -> bool:
    """Whether the topic names a target: 'anti-IgE', 'targeting CD19'."""
    return bool({"anti", "target", "against"} & {stem(word) for word in words_of(topic)})


def ends_so(kind: Kind, drugs: Iterable[str]) -> bool:
    """Whether the name of a drug ends as the members of the kind do."""
    return any(len(drug) > len(end) + 3 and drug.endswith(end) for drug in drugs for end in kind.endings)


def holds_run(line: Stems, run: Stems) -> bool:
    """Whether the stems stand next to each other, in order."""
    first = run[0]
    return any(line[at] == first and line[at : at + len(run)] == run for at in range(len(line) - len(run) + 1))


def may_hold(text: str, stems: Iterable[str]) -> bool:
    """Whether a text in small letters, spelt the American way, holds how each stem begins."""
    return all(one[:_BEGINNING] in text for one in stems)


_BEGINNING = 4  # letters that no ending changes
