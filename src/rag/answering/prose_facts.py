"""What only prose states, as data: where to look for a fact and the words that state it (`data/prose_facts.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import re2

from rag.text import fold


@dataclass(frozen=True, slots=True)
class ProseFact:
    label: str
    tiers: tuple[tuple[str, ...], ...]
    cues: tuple[re2._Regexp, ...]
    strong: tuple[re2._Regexp, ...]  # cues that leave no doubt, preferred wherever they stand; all where none is named
    by_terms: bool  # whether the question's own words choose among the sentences
    amounts: bool  # whether a sentence that states an amount told before says nothing new
    continues: bool  # whether the sentences right before and after, cued as well, are told with it
    aside: re2._Regexp | None  # words that only look like a cue: 'followed by'
    must_name: str  # 'others', 'all': it answers only where it holds a word of the question, the trial's own names too

    def cued(self, sentence: str) -> bool:
        """Whether a sentence, folded for reading, holds one of the cues."""
        folded = self._read(sentence)
        return any(cue.search(folded) for cue in (*self.strong, *self.cues))

    def is_strong(self, sentence: str) -> bool:
        folded = self._read(sentence)
        return not self.strong or any(cue.search(folded) for cue in self.strong)

    def _read(self, sentence: str) -> str:
        folded = fold(sentence).text
        return str(self.aside.sub(" ", folded)) if self.aside is not None else folded

    def first(self, sentence: str) -> tuple[int, int] | None:
        """Where the surest words that state the fact stand; None where none do, or folding moved them."""
        folded = fold(sentence).text.casefold()
        found = next((match for cue in (*self.strong, *self.cues) if (match := cue.search(folded))), None)
        return found.span() if found is not None and len(folded) == len(sentence) else None

    def said(self, sentence: str) -> set[str]:
        """The words by which a sentence states the fact: '5 mg', 'twice daily'."""
        folded = fold(sentence).text.casefold()
        return {match.group() for cue in (*self.strong, *self.cues) for match in cue.finditer(folded)}


@cache
def load_prose_facts() -> dict[str, ProseFact]:
    """Fact id → where to look and for what. ValueError names an unknown key or a pattern that does not compile."""
    table = tomllib.loads(files("rag.answering").joinpath("data/prose_facts.toml").read_text(encoding="utf-8"))
    return {name: _prose_fact(name, row) for name, row in _flat(table).items()}


def _flat(table: dict[str, object], prefix: str = "") -> dict[str, dict[str, object]]:
    """Dotted tables as dotted names: [outcome.time_frame] → 'outcome.time_frame'."""
    rows: dict[str, dict[str, object]] = {}
    for name, value in table.items():
        if isinstance(value, dict) and "cues" in value:
            rows[prefix + name] = value
        elif isinstance(value, dict):
            rows |= _flat(value, f"{prefix}{name}.")
        else:
            raise ValueError(f"prose_facts.toml: {prefix}{name} is not a table")
    return rows


_OPTIONAL = frozenset({"by_terms", "strong", "amounts", "continues", "aside", "must_name"})


def _prose_fact(name: str, row: dict[str, object]) -> ProseFact:
    if set(row) - _OPTIONAL != {"label", "sections", "cues"}:
        raise ValueError(f"prose_facts.toml: [{name}] has other keys than label, sections, cues, {sorted(_OPTIONAL)}")
    sections = row["sections"]
    assert isinstance(sections, list)
    return ProseFact(
        str(row["label"]),
        tuple(tuple(tier) for tier in sections),
        _patterns(row["cues"]),
        _patterns(row.get("strong", [])),
        row.get("by_terms") is not False,
        row.get("amounts") is True,
        row.get("continues") is True,
        re2.compile(f"(?i){row['aside']}") if "aside" in row else None,
        str(row.get("must_name", "")),
    )


def _patterns(cues: object) -> tuple[re2._Regexp, ...]:
    assert isinstance(cues, list)
    return tuple(re2.compile(f"(?i){cue}") for cue in cues)
