"""BM25 by tantivy over short texts: passages for retrieval, single criteria for phrases.

Words are lower-cased, stripped of accents and stemmed (English Snowball). One writer thread; a text is found by its
number, higher scores first, ties by number.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import tantivy

from rag.errors import IndexUnusableError

LOCKS = ".tantivy-*.lock"  # empty files that tantivy leaves; opening makes one again
_ANALYZER = "trial_text"
_LONGEST_WORD = 40  # longer ones are hashes and web addresses
_CONTEXT_BOOST = 1.0  # of a trial's own names; gold evidence in the first 5: 0.2 → 52 %, 0.4 → 62 %, 1.0 → 76 % (dev)
_HEAP_BYTES = 64_000_000
_SLACK = 8  # hits beyond k, so that a tie at the k-th place is seen
_DECIMALS = 5  # tantivy sums in single precision


@dataclass(frozen=True, slots=True)
class Entry:
    """One text: `number` names it in results; `trial_id` and `section` filter; `context` (names) is searched too."""

    number: int
    trial_id: str
    section: str
    text: str
    context: str = ""


def write_lexical(folder: Path, entries: Iterable[Entry]) -> int:
    """Writes an index of `entries` into the new `folder`; returns how many there were. OSError when it cannot."""
    folder.mkdir()
    count = 0
    try:
        index = tantivy.Index(_schema(), path=str(folder))
        index.register_tokenizer(_ANALYZER, _analyzer())
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for entry in entries:
            writer.add_document(_document(entry))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as exc:  # what tantivy raises when its writer thread met an error of the disk
        raise OSError(f"tantivy: {exc}") from exc
    for lock in folder.glob(LOCKS):
        lock.unlink()
    return count


def _document(entry: Entry) -> tantivy.Document:
    return tantivy.Document(
        number=entry.number, trial=entry.trial_id, section=entry.section, text=entry.text, context=entry.context
    )


class Lexical:
    """A written index, opened read-only. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        try:
            self._index = tantivy.Index.open(str(folder))
            self._index.config_reader(reload_policy="manual")
        except (ValueError, OSError) as exc:
            raise IndexUnusableError("the word index is broken", place=str(folder), remedy="run: rag index") from exc
        self._index.register_tokenizer(_ANALYZER, _analyzer())
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(self, text: str, k: int, *, trial_ids: Collection[str] | None = None,
               sections: Collection[str] | None = None, stressed: str = "") -> list[tuple[int, float]]:
        """(number, BM25 score) of at most `k` texts that hold any word of `text`, within these trials and sections.

        Words of `text` that stand in `stressed` too count double.
        """
        words, twice = stems(text), frozenset(stems(stressed))
        if not words or k <= 0:
            return []
        either = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(query, 2.0) if word in twice else query)
            for word in words for query in self._anywhere(word)
        ]
        filters = [self._among("trial", trial_ids), self._among("section", sections)]
        query = _all([tantivy.Query.boolean_query(either), *(f for f in filters if f is not None)])
        return self._best(query, k)

    def with_all(self, text: str) -> list[int]:
        """The numbers of all texts that hold every word of `text`, stop words apart; none when it has no other."""
        words = stems(text)
        if not words:
            return []
        query = _all([self._term("text", word) for word in words])
        return sorted(number for number, _ in self._hits(query, len(self)))

    def holding(self, stem: str, most: int) -> list[int] | None:
        """The numbers of all texts that hold a word with this stem, sorted; None where they are more than `most`."""
        found = self._hits(self._term("text", stem), min(most + 1, len(self)))
        return None if len(found) > most else sorted(number for number, _ in found)

    def _best(self, query: tantivy.Query, k: int) -> list[tuple[int, float]]:
        wanted = min(k + _SLACK, len(self))
        while wanted:
            hits = self._hits(query, wanted)
            ordered = sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]
            if len(hits) < wanted or wanted >= len(self) or hits[-1][1] < ordered[-1][1]:
                return ordered
            wanted = min(wanted * 2, len(self))
        return []

    def _hits(self, query: tantivy.Query, limit: int) -> list[tuple[int, float]]:
        found = self._searcher.search(query, limit, count=False).hits if limit else []
        numbers = self._searcher.fast_field_values("number", [address for _, address in found])
        scores = [round(score, _DECIMALS) for score, _ in found]
        return [(int(number), score) for number, score in zip(numbers, scores, strict=True) if number is not None]

    def _term(self, field: str, word: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, word, index_option="freq")

    def _anywhere(self, word: str) -> list[tantivy.Query]:
        return [self._term("text", word), tantivy.Query.boost_query(self._term("context", word), _CONTEXT_BOOST)]

    def _among(self, field: str, values: Collection[str] | None) -> tantivy.Query | None:
        """A filter that adds nothing to the score."""
        if values is None:
            return None
        return tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, field, sorted(values)), 0.0)


def stems(text: str) -> list[str]:
    """The words of `text` that a search looks for: stemmed as the index has them, each once, stop words left out."""
    whole = text.encode(errors="replace").decode()  # half a surrogate pair is no character of any record
    kept = [word for word in _splitter().analyze(whole) if word not in stop_words()]
    return list(dict.fromkeys(stem for word in kept for stem in _analyzer().analyze(word)))


def stemmed(words: Sequence[str]) -> list[str]:
    """The stem of each word of plain letters, stop words too."""
    return [stem for word in words for stem in _analyzer().analyze(word)[:1] or [word]]


@cache
def stop_words() -> frozenset[str]:
    """The words that a search passes over. ValueError when the data names one twice."""
    tables = tomllib.loads(resources.files("rag").joinpath("data", "stopwords.toml").read_text(encoding="utf-8"))
    words = [word for name in sorted(tables) for word in tables[name].split()]
    twice = sorted({word for word in words if words.count(word) > 1})
    if twice:
        raise ValueError(f"stopwords.toml names {', '.join(twice)} twice")
    return frozenset(words)


def _schema() -> tantivy.Schema:
    """`number` is an integer field: an unsigned one kills the writer's thread."""
    return (
        tantivy.SchemaBuilder()
        .add_integer_field("number", fast=True)
        .add_text_field("trial", tokenizer_name="raw", index_option="basic")
        .add_text_field("section", tokenizer_name="raw", index_option="basic")
        .add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
        .add_text_field("context", tokenizer_name=_ANALYZER, index_option="freq")
        .build()
    )


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    return _words().filter(tantivy.Filter.ascii_fold()).filter(tantivy.Filter.stemmer("english")).build()


@cache
def _splitter() -> tantivy.TextAnalyzer:
    return _words().build()


def _words() -> tantivy.TextAnalyzerBuilder:
    simple = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    return simple.filter(tantivy.Filter.remove_long(_LONGEST_WORD)).filter(tantivy.Filter.lowercase())


def _all(queries: list[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])
