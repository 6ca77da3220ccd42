"""Conditions, treatments and states: the lexicon, its hierarchy, and where a text names them.

The words are data (`data/concepts/*.toml`). A concept has names; `broader` concepts of which it is a kind; `covers`,
concepts whose mention says as much as its own; and `implied_by`, concepts whose mention only hints at it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from rag.criteria.namesakes import is_allergy_to_other, means_it, with_anaphylaxis
from rag.criteria.organs import with_organs
from rag.criteria.phrasetree import Found, PhraseTree, expand
from rag.criteria.words import Words, keys_of, word_set, words_of

KINDS = frozenset({"condition", "treatment", "state", "biomarker", "ability", "measure", "population", "test"})
_KEYS = frozenset({
    "label", "group", "kind", "names", "cased", "lay", "broader", "covers", "implied_by", "opposite", "wanted",
    "timed", "unless_near", "members", "includes", "detects", "sum_of", "all_kinds",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Concept:
    """One entry of the lexicon. `synonyms` are literal phrases in their order; all links are sorted ids."""

    id: str
    label: str
    group: str
    kind: str = "condition"
    synonyms: tuple[str, ...] = ()
    cased: tuple[str, ...] = ()  # matched only as printed: MS, PE
    broader: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    implied_by: tuple[str, ...] = ()
    whole: frozenset[str] = frozenset()  # synonyms that no list divides: written with a leading "!"
    sum_of: tuple[str, ...] = ()  # an item that treats all of these alike treats this one so
    opposite: str = ""  # being without the one is the other: unable to consent / able to consent
    wanted: bool = False  # a person is turned away for lacking it
    all_kinds: bool = False  # turned away with every kind of it: bisoprolol where beta-blockers are
    timed: bool = False  # prior_<id> and concurrent_<id> exist beside it
    detects: str = ""  # for a test: the concept that a positive result shows
    unless_near: tuple[str, ...] = ()  # words near by that give a name another meaning: EGFR in mL/min


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept named at `text[start:end]`."""

    concept: str
    start: int
    end: int


class LexiconError(ValueError):
    """A row of the concept lexicon that cannot be used: the message names the file or the concept."""


@cache
def load_concepts() -> Mapping[str, Concept]:
    """The lexicon by id, ids sorted. Raises LexiconError for unknown keys, doubled ids or names, bad links, cycles."""
    folder = resources.files("rag.criteria") / "data" / "concepts"
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    tables = {entry.name: tomllib.loads(entry.read_text(encoding="utf-8")) for entry in files}
    return build_concepts(tables)


def build_concepts(tables: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Concept]:
    """Concepts from parsed TOML files by file name. Raises LexiconError as `load_concepts` does."""
    known: dict[str, Concept] = {}
    added: list[tuple[str, str]] = []
    also: dict[str, list[str]] = {}  # more names of concepts, by id
    for name, table in tables.items():
        also.update(table.get("also", {}))
        defaults = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
        if set(defaults) - {"group", "kind"}:
            raise LexiconError(f"{name}: unknown keys {sorted(set(defaults) - {'group', 'kind'})}")
        for id, row in table.items():
            if isinstance(row, Mapping) and id != "also":
                for concept in _concepts_of(name, id, {**defaults, **row}):
                    if concept.id in known:
                        raise LexiconError(f"{name}: {concept.id} is defined twice")
                    known[concept.id] = concept
                added += [(member, id) for member in row.get("includes", ())]
    for member, wider in added:
        if member not in known:
            raise LexiconError(f"{wider} includes {member}, which is no concept")
        known[member] = replace(known[member], broader=tuple(sorted({*known[member].broader, wider})))
    for id, names in also.items():
        if id not in known:
            raise LexiconError(f"more names are given for {id}, which is no concept")
        more = [phrase for name in names for phrase in expand(name)]
        known[id] = replace(known[id], synonyms=tuple(dict.fromkeys([*known[id].synonyms, *more])))
    _check_links(known)
    known = _with_own_names(known)
    return {id: known[id] for id in sorted(known)}


def _concepts_of(file: str, id: str, row: Mapping[str, Any]) -> Iterator[Concept]:
    """A row's concept, its members, and the prior and concurrent forms of a timed one."""
    unknown = set(row) - _KEYS
    if unknown:
        raise LexiconError(f"{file}: {id} has unknown keys {sorted(unknown)}")
    if row.get("kind", "condition") not in KINDS:
        raise LexiconError(f"{file}: {id} is of no known kind: {row['kind']}")
    label = row.get("label", id.replace("_", " "))
    given = (*row.get("names", ()), *row.get("lay", ()))
    names = [phrase for name in given for phrase in expand(name.removeprefix("!"))]
    whole = frozenset(phrase for name in given if name.startswith("!") for phrase in expand(name[1:]))
    concept = Concept(
        id=id,
        label=label,
        group=row.get("group", ""),
        kind=row.get("kind", "condition"),
        synonyms=tuple(dict.fromkeys([label, *names])),
        whole=whole,
        cased=tuple(row.get("cased", ())),
        broader=tuple(sorted(row.get("broader", ()))),
        covers=tuple(sorted(row.get("covers", ()))),
        implied_by=tuple(sorted(row.get("implied_by", ()))),
        sum_of=tuple(sorted(row.get("sum_of", ()))),
        opposite=row.get("opposite", ""),
        wanted=row.get("wanted", False),
        all_kinds=row.get("all_kinds", row.get("kind") == "treatment"),
        timed=row.get("timed", False),
        detects=row.get("detects", ""),
        unless_near=tuple(row.get("unless_near", ())),
    )
    yield concept
    if concept.timed:
        yield from _timed_forms(concept)
    for member in row.get("members", ()):
        first, *others = member.split("|")
        member_id = "_".join(words_of(first).keys) if first.isupper() else first.replace(" ", "_").replace("-", "_")
        synonyms = tuple(dict.fromkeys(phrase for name in (first, *others) for phrase in expand(name)))
        yield Concept(member_id, first, concept.group, concept.kind, synonyms, broader=(id,))


def _timed_forms(concept: Concept) -> Iterator[Concept]:
    for when in ("prior", "concurrent"):
        covers = tuple(sorted({concept.id, *concept.covers, *(f"{when}_{id}" for id in concept.covers)}))
        yield Concept(
            f"{when}_{concept.id}",
            f"{when} {concept.label}",
            concept.group,
            concept.kind,
            broader=(concept.id,),
            covers=covers,
        )


def _check_links(known: Mapping[str, Concept]) -> None:
    for concept in known.values():
        links = {
            *concept.broader,
            *concept.implied_by,
            *concept.sum_of,
            *filter(None, (concept.opposite, concept.detects)),
        }
        own = {id for id in concept.covers if not id.startswith(("prior_", "concurrent_"))}
        dangling = sorted(id for id in links | own if id not in known)
        if dangling:
            raise LexiconError(f"{concept.id} links to {dangling}, which are no concepts")
        if concept.opposite and known[concept.opposite].opposite != concept.id:
            raise LexiconError(f"{concept.id} and {concept.opposite} are not each other's opposite")
    for id in known:
        if id in _above(known, known[id].broader):
            raise LexiconError(f"{id} is broader than itself")


def _with_own_names(known: Mapping[str, Concept]) -> dict[str, Concept]:
    """One phrase names one concept: the narrower of two that are linked; between unlinked ones it is an error."""
    owner: dict[tuple[str, ...], str] = {}
    for concept in known.values():
        for phrase in concept.synonyms:
            key = keys_of(phrase)
            if not key:
                raise LexiconError(f"{concept.id} has a name without words: {phrase!r}")
            other = owner.setdefault(key, concept.id)
            if other == concept.id or other in _above(known, concept.broader):
                owner[key] = concept.id
            elif concept.id not in _above(known, known[other].broader):
                raise LexiconError(f"{phrase!r} names both {other} and {concept.id}")
    return {
        id: replace(concept, synonyms=tuple(phrase for phrase in concept.synonyms if owner[keys_of(phrase)] == id))
        for id, concept in known.items()
    }


def _above(known: Mapping[str, Concept], ids: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    todo = list(ids)
    while todo:
        id = todo.pop()
        if id not in found:
            found.add(id)
            todo += known[id].broader
    return frozenset(found)


@cache
def _children() -> Mapping[str, tuple[str, ...]]:
    below: dict[str, list[str]] = {}
    for concept in load_concepts().values():
        for wider in concept.broader:
            below.setdefault(wider, []).append(concept.id)
    return {id: tuple(sorted(ids)) for id, ids in below.items()}


@cache
def narrower_or_equal(id: str) -> frozenset[str]:
    """The concept and all of its kinds, however deep. An unknown id is only itself."""
    found: set[str] = set()
    todo = [id]
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo += _children().get(here, ())
    return frozenset(found)


@cache
def broader_of(id: str) -> frozenset[str]:
    """Everything the concept is a kind of, however far up; not itself."""
    known = load_concepts()
    return _above(known, known[id].broader) if id in known else frozenset()


@cache
def firm_for(ids: tuple[str, ...]) -> frozenset[str]:
    """Concepts whose mention settles the case of a person with one of `ids`: these, their timed forms, the covered."""
    known, found = load_concepts(), set(ids)
    for id in ids:
        if id in known:
            when, base = _time_and_base(id)
            said = {base, *known[base].covers}
            found |= said | _forms_in_time(said, (when,) if when else ("prior", "concurrent"))
    return frozenset(found)


@cache
def named_by(ids: tuple[str, ...]) -> frozenset[str]:
    """The concepts themselves, with and without a time: no wider one that covers them."""
    bases = {*ids, *(_time_and_base(id)[1] for id in ids)}
    return frozenset(bases | _forms_in_time(bases, ("prior", "concurrent")))


@cache
def classes_for(ids: tuple[str, ...]) -> frozenset[str]:
    """The classes that are turned away with every kind, `ids` among them, and their timed forms: beta-blockers."""
    known = load_concepts()
    above = [broader_of(_time_and_base(id)[1]) for id in ids]
    whole = frozenset(id for id in frozenset.intersection(*above) if known[id].all_kinds) if above else frozenset()
    return whole | _forms_in_time(whole, ("prior", "concurrent"))


@cache
def covering(id: str) -> frozenset[str]:
    """Concepts that turn a person with `id` away where they concern any kind: 'another malignancy' for lung cancer."""
    kinds = {id, *broader_of(id)}
    return frozenset(other.id for other in load_concepts().values() if kinds & set(other.covers))


@cache
def partial_for(ids: tuple[str, ...]) -> frozenset[str]:
    """Concepts whose mention concerns a person with one of `ids` only in part: kinds, wider ones, hints."""
    known = load_concepts()
    found: set[str] = set()
    for id in ids:
        if id in known:
            found |= _partly(id)
    return frozenset(found - firm_for(ids))


def _partly(id: str) -> set[str]:
    when, base = _time_and_base(id)
    concept = load_concepts()[base]
    wider = broader_of(base)
    found = {*narrower_or_equal(base), *wider, *concept.implied_by}
    for covered in concept.covers:
        found |= narrower_or_equal(covered) if covered not in wider else set()
    if when:
        other = "concurrent_" if when == "prior" else "prior_"
        return {one for one in found | _forms_in_time(found, (when,)) if not one.startswith(other)}
    return found | _forms_in_time(wider, ("prior", "concurrent"))


def _time_and_base(id: str) -> tuple[str, str]:
    """('prior', 'chemotherapy') of 'prior_chemotherapy', ('', id) of an untimed concept."""
    when, _, base = id.partition("_")
    return (when, base) if when in {"prior", "concurrent"} and base in load_concepts() else ("", id)


def _forms_in_time(ids: Iterable[str], times: Sequence[str]) -> set[str]:
    known = load_concepts()
    return {f"{when}_{id}" for id in ids for when in times if id in known and known[id].timed}


@cache
def _tree() -> PhraseTree:
    tree = PhraseTree()
    for concept in load_concepts().values():
        bridges = concept.kind not in {"ability", "state"}
        for phrase in concept.synonyms:
            tree.add(phrase, concept.id, bridges=bridges and phrase not in concept.whole)
        for phrase in concept.cased:
            for form in expand(phrase):
                tree.add(form, concept.id, cased=True)
    return tree


def find_concepts(text: str) -> tuple[Mention, ...]:
    """Every concept that a folded text names, in order of place: the longest name wins, members of a list each count.

    "prior chemotherapy" is prior_chemotherapy. Linear in the text.
    """
    words = words_of(text)
    found = find_in(words)
    mentions = (
        Mention(in_time(one.value, _timing_before(words, one.first)), words.starts[one.first], words.ends[one.last - 1])
        for one in found
        if not is_allergy_to_other(words, one)
    )
    return tuple(dict.fromkeys(mentions))


def find_in(words: Words) -> list[Found]:
    """The same as word ranges, with base ids: what `read_states` builds on."""
    known = load_concepts()
    named = with_organs(words, _tree(), _tree().find(words, overlap=True))
    found = [one for one in named if means_it(words, one, known[one.value].unless_near)]
    foods = narrower_or_equal("food_allergy")
    found = [each for one in found for each in with_anaphylaxis(words, one, food=one.value in foods)]
    return _without_echoes(words, found, known)


def _goes_on(one: Found, following: Sequence[Found]) -> bool:
    """Whether its last words begin the name of one of its kinds: the "active hepatitis" of "active hepatitis B".

    Asked of a class that is turned away with every kind of it, which hepatitis C would else be among.
    """
    return not one.bridged and any(
        one.first < other.first < one.last < other.last and not other.bridged and one.value in broader_of(other.value)
        for other in following
    )


def in_time(id: str, timing: str) -> str:
    """The form of a timed concept: prior_<id> or concurrent_<id>; the id itself without a timing."""
    return f"{timing}_{id}" if timing and load_concepts()[id].timed else id


def _timing_before(words: Words, first: int) -> str:
    before = set(words.keys[max(0, first - 3) : first])
    prior, concurrent = bool(before & word_set("just_prior")), bool(before & word_set("just_concurrent"))
    return "" if prior == concurrent else ("prior" if prior else "concurrent")


def _without_echoes(words: Words, found: list[Found], known: Mapping[str, Concept]) -> list[Found]:
    """Drop the bare head that only ends a name already found: the 'infection' of "HIV (human …) infection"."""
    if len(found) < 2:
        return found
    found = [
        one
        for at, one in enumerate(found)
        if not (known[one.value].all_kinds and _goes_on(one, found[at + 1 : at + 4]))
    ]
    starts = {one.first: one for one in found if known[one.value].kind == "treatment" and not one.bridged}
    kept: list[Found] = []
    shared = {one.last: one for one in found if one.bridged}
    for one in found:
        whole = shared.get(one.last)
        if (
            whole is not None
            and one.last - one.first == 1
            and whole.first < one.first
            and whole.value in narrower_or_equal(one.value)
        ):
            continue  # the "vaccine" of "live, attenuated vaccine" is no vaccine of any kind
        over = starts.get(one.last - 1)
        if over is not None and over.last > one.last and known[one.value].kind == "condition":
            continue  # "other concurrent cancer therapy" names no other cancer
        if one.last in starts and words.keys[one.last - 1] in {"cancer", "tumor", "malignancy"}:
            continue  # "cancer chemotherapy"
        general = words.keys[one.first] in {"infection", "infected", "tumor", "cancer", "surgery"}
        if kept and general and one.last - one.first == 1:
            gap = words.keys[kept[-1].last : one.first]
            near = known[kept[-1].value].group == known[one.value].group and kept[-1].value != one.value
            if near and all(key in {")", "virus", "/", "positive", "viral", "type"} for key in gap):
                continue
        kept.append(one)
    return kept
