"""The planner's vocabulary, read once from `data/*.toml`; an unknown key or a phrase given twice is an error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any as Json

from rag.planning.words import Phrases, lemma, phrase_table, read_line
from rag.types import FieldIs, Not, Predicate
from rag.values import Interval, Values


class TableError(ValueError):
    """A row of the planner's data is malformed: the message names the file and the row."""


@cache
def read_table(name: str) -> Mapping[str, Json]:
    return tomllib.loads((resources.files("rag.planning") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def checked(row: Mapping[str, Json], *, file: str, required: Collection[str], optional: Collection[str] = ()) -> None:
    """Raise TableError when `row` lacks a required key or holds an unknown one."""
    missing, unknown = set(required) - set(row), set(row) - set(required) - set(optional)
    if missing or unknown:
        raise TableError(f"{file}.toml: {row}: missing {sorted(missing)}, unknown {sorted(unknown)}")


@cache
def intent_cues() -> Mapping[str, Phrases[str]]:
    """One phrase table a cue: a phrase may belong to several cues."""
    return {
        name: Phrases((phrase, name) for phrase in phrases)
        for name, phrases in read_table("intents").items()
        if name != "extreme"
    }


@cache
def extreme_cues() -> Phrases[str]:
    return phrase_table(read_table("intents")["extreme"])


@cache
def field_values() -> Phrases[Predicate]:
    """Words for values of closed registry fields: 'double blind', 'recruiting', 'women only'."""
    rows: list[tuple[str, Predicate]] = []
    for row in (*read_table("fields")["row"], *read_table("field_ways")["row"]):
        checked(row, file="fields", required=("field", "phrases"), optional=("values", "numbers", "negated"))
        numbers = _bounds(*row["numbers"]) if "numbers" in row else None
        found = FieldIs(row["field"], tuple(row.get("values", ())), numbers)
        stands_for = Not(found) if row.get("negated") else found
        rows += [(phrase, stands_for) for phrase in row["phrases"]]
    return Phrases(rows)


def _bounds(low: int, high: int) -> Values:
    """From `low` to `high`, both in; a `high` of 0 means no end."""
    return Values((Interval(Decimal(low), Decimal(high) if high else None),))


@dataclass(frozen=True, slots=True)
class Fact:
    id: str
    label: str


@cache
def facts() -> Mapping[str, Fact]:
    return {row["id"]: Fact(row["id"], row["label"]) for row in read_table("facts")["fact"]}


@cache
def fact_phrases() -> Phrases[str]:
    rows: dict[str, list[str]] = {}
    for row in read_table("facts")["fact"]:
        checked(row, file="facts", required=("id", "label", "phrases"))
        if row["id"] in rows:
            raise TableError(f"facts.toml: the id {row['id']!r} stands twice")
        rows[row["id"]] = row["phrases"]
    return phrase_table(rows)


@cache
def age_groups() -> Phrases[Values]:
    rows = []
    for row in read_table("ages")["group"]:
        checked(row, file="ages", required=("phrases",), optional=("low", "high"))
        low = Decimal(str(row["low"])) if "low" in row else None
        high = Decimal(str(row["high"])) if "high" in row else None
        rows += [(phrase, Values((Interval(low, high, True, high is None),))) for phrase in row["phrases"]]
    return Phrases(rows)


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    label: str


@cache
def organ_groups() -> Phrases[Group]:
    rows = []
    for name, row in read_table("groups").items():
        checked(row, file="groups", required=("label", "phrases"), optional=("concepts", "variables"))
        rows += [(phrase, Group(name, row["label"])) for phrase in row["phrases"]]
    return Phrases(rows)


@cache
def places() -> Phrases[tuple[str, ...]]:
    """Country words → registry country names; a region stands for all its countries."""
    table = read_table("places")
    checked(table, file="places", required=("country", "region", "of_region", "city"))
    rows: list[tuple[str, tuple[str, ...]]] = []
    for country, also in table["country"].items():
        rows += [(phrase, (country,)) for phrase in (country, *also)]
    for region, countries in table["region"].items():
        rows.append((region, tuple(countries)))
    for region, also in table["of_region"].items():
        rows += [(phrase, tuple(table["region"][region])) for phrase in also]
    return Phrases(rows)


@cache
def nicknames() -> Phrases[str]:
    """What people call a city and its people: 'NYC', 'Viennese'."""
    table = read_table("places")["city"]
    return Phrases((phrase, city) for city, phrases in table.items() for phrase in phrases)


def is_place(word: str) -> bool:
    """Whether a word names a country or its people, or a region."""
    return bool(places().find(read_line(word)))


@cache
def stop_words() -> frozenset[str]:
    """Lemmas that carry no meaning of their own in a question."""
    return frozenset(lemma(word) for word in read_table("words")["stop"].split())


@cache
def fields_of_medicine() -> Mapping[str, str]:
    """Lemma of a field of medicine or an organ → the diseases that it means as the topic of a trial."""
    return {lemma(word): topic for topic, words in read_table("topics").items() for word in words.split()}


@cache
def frame_words() -> frozenset[str]:
    """Lemmas of the asker's own world (report, colleague, willing): where they stand alone they choose no trial."""
    return frozenset(lemma(word) for word in read_table("words")["frame"].split())


@cache
def idle_phrases() -> Phrases[str]:
    """Turns of phrase that choose no trial: 'in terms of', 'happen to'."""
    words = read_table("words")
    turns = (*words["idle"], *(phrase for phrase in words["leaving_out"] if " " in phrase))
    return Phrases((phrase, "idle") for phrase in turns)


@cache
def left_alone() -> frozenset[str]:
    """Common words that stand near ours, and function words: no name of a trial, a city or a sponsor."""
    return frozenset(lemma(word) for word in read_table("words")["leave"].split()) | stop_words()


@cache
def common_words() -> frozenset[str]:
    """English words of five letters and more, as written: never taken for a misspelling."""
    return _listed("common_words")


@cache
def plain_words() -> frozenset[str]:
    """English verbs and adverbs, as written, that no trial is about."""
    return _listed("plain_words")


def _listed(name: str) -> frozenset[str]:
    text = (resources.files("rag.planning") / "data" / f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def measured_by() -> Mapping[str, frozenset[str]]:
    """Variable → the conditions whose degree it gives."""
    return {variable: frozenset(concepts) for variable, concepts in read_table("scales").items()}


@cache
def word_set(name: str) -> frozenset[str]:
    """A closed set of words by 'module.name' (`data/word_sets.toml`)."""
    module, _, key = name.partition(".")
    words = read_table("word_sets")[module][key].split()
    if len(set(words)) != len(words):
        raise TableError(f"word_sets.toml: {name} holds a word twice")
    return frozenset(words)


@cache
def plain_ways(table: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Wordings of a question and the plain words that say the same, in the order in which `table` replaces them."""
    rows = read_table("plain_ways")[table]
    for row in rows:
        checked(row, file="plain_ways", required=("said", "plain"))
    return tuple((re.compile(f"(?i){row['said']}"), row["plain"]) for row in rows)


@cache
def trial_nouns() -> Phrases[str]:
    return Phrases((phrase, "trial") for phrase in read_table("words")["trial"])


@cache
def nearby_phrases() -> Phrases[str]:
    """'here', 'in our country', 'a site there': the place told of before."""
    return Phrases((phrase, "near") for phrase in read_table("words")["nearby"])


@cache
def closing_phrases() -> Phrases[str]:
    """Whole sentences in which nothing is asked: 'What do I tell her?'."""
    return Phrases((phrase, "closing") for phrase in read_table("words")["closing"])


@cache
def asking_phrases() -> Phrases[str]:
    """Words that lead up to a question: 'I was wondering', 'could you tell me', 'need to know'."""
    return Phrases((phrase, "asking") for phrase in read_table("words")["asking"])


@cache
def person_nouns() -> Phrases[str]:
    return Phrases((phrase, "person") for phrase in read_table("words")["person"])
