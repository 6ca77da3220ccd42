"""Places in a question: a city with its state, a state, a hospital, 'only in Germany'; countries and cities alone too.

A city and its state are asked of one site together: Birmingham, England, does not meet 'Birmingham, Alabama'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from rag.planning import tables
from rag.planning.lexicon import concept_words, variable_words
from rag.planning.spelling import lexicon_words
from rag.planning.tables import read_table, word_set
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Found, Line, Phrases, read_line
from rag.types import All, Any, FieldIs, Not, Predicate
from rag.values import at_least, exactly

if TYPE_CHECKING:
    from rag.planning.marks import Mark


@cache
def _states() -> Phrases[str]:
    """States and provinces by name."""
    return Phrases((name, name) for name in read_table("states")["state"])


@cache
def _letters() -> Mapping[str, str]:
    return {letters: name for name, letters in read_table("states")["state"].items() if letters}


def find_places(line: Line, index: WordIndex, taken: frozenset[int] = frozenset()) -> tuple[Found[Predicate], ...]:
    """Every place that needs more than one word list to read, left to right."""
    found = [*_cities_of(line, index, taken), *_facilities(line, taken)]
    found += [Found(one.first, one.last, FieldIs("city", (one.value,))) for one in tables.nicknames().find(line, taken)]
    owners = [one for one in index.sponsors.find(line, taken) if one.last - one.first > 1]  # 'University of Virginia'
    busy = taken | {i for one in found for i in range(one.first, one.last)}
    busy |= {i for one in owners for i in range(one.first, one.last)}
    found += _alone(line, index, busy)
    found += _only_there(line, index, busy)
    return tuple(sorted(found, key=lambda one: one.first))


# ── A city and what it lies in ───────────────────────────────────────────────────────────────────────────────────────


def _cities_of(line: Line, index: WordIndex, taken: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'Birmingham, Alabama', 'Paris (France)', 'Akron OH', 'Cambridge in the UK'."""
    listed = index.cities.find(line, taken)
    held = {i for city in listed for i in range(city.first, city.last)}
    others = [one for one in _capitalised(line, taken) if not held.intersection(range(one.first, one.last))]
    for city in (*listed, *others):
        wider = _wider_at(line, city.last)
        if wider is not None and _country_of(city.value) in {"", wider[1][0]}:  # 'in Germany, France and Italy'
            yield Found(city.first, wider[0], FieldIs("place", (f"{city.value}, {wider[1][0]}",)))


def _capitalised(line: Line, taken: frozenset[int]) -> Iterable[Found[str]]:
    """Runs of one to three capitalised words before a comma: a city that the collection may not hold."""
    for at in range(1, len(line.tokens)):
        if not line.gap(at).strip().startswith((",", "(")) or at - 1 in taken:
            continue
        first = at
        while (
            first > 1
            and at - first < 3
            and _is_capitalised(line, first - 1)
            and not (first < at and line.gap(first).strip(" -"))
        ):
            first -= 1
        if first < at:
            yield Found(first, at, line.words(first, at))


def _is_capitalised(line: Line, at: int) -> bool:
    return line.tokens[at].text[:1].isupper() and line.tokens[at].lemma not in tables.stop_words()


def _wider_at(line: Line, at: int) -> tuple[int, tuple[str, ...]] | None:
    """The state or country right after a city, and where it ends: ', Alabama', '(France)', 'OH', 'in the UK'."""
    if at >= len(line.tokens):
        return None
    start = at + (line.lemmas(at, at + 1) == ("in",) and not line.gap(at).strip())
    start += line.lemmas(start, start + 1) == ("the",)
    if start >= len(line.tokens) or line.gap(at).strip() not in {"", ",", "("}:
        return None
    state = _letters().get(line.tokens[start].text)
    if state is not None:
        return start + 1, (state,)
    wider: list[Found[tuple[str, ...]]] = []
    wider += [Found(one.first, one.last, (one.value,)) for one in _states().find(line)]
    wider += [*tables.places().find(line), *us_in_capitals(line)]
    for found in wider:
        if found.first == start:
            return (found.last, found.value) if len(found.value) == 1 else None
    return None


def us_in_capitals(line: Line) -> tuple[Found[tuple[str, ...]], ...]:
    """The country 'US' where its capitals tell it from the pronoun."""
    if line.text == line.text.upper():
        return ()
    return tuple(Found(at, at + 1, ("United States",)) for at, token in enumerate(line.tokens) if token.text == "US")


# ── States alone ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _alone(line: Line, index: WordIndex, taken: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'in Texas', 'Texas sites', 'Ontario centres'; a name that is also a city or a country stands for either."""
    for found in (*_states().find(line, taken), *index.states.find(line, taken)):
        named = line.tokens[found.first].text[:1].isupper() or line.text in (line.text.lower(), line.text.upper())
        if _country_of(found.value) and found.value not in read_table("states")["state"]:
            continue  # some site gives its country as its state, 'Korea' too
        if not named or _names_an_owner(line, found.last):
            continue
        last = found.last
        if line.lemmas(last, last + 1) == ("state",) or line.lemmas(last, last + 1) == ("province",):
            last += 1
        city = found.value not in read_table("states")["state"] and bool(index.cities.find(read_line(found.value)))
        yield Found(found.first, last, _state(found.value, city=city))


def _country_of(name: str) -> str:
    """The country that the name is a name of; '' for none."""
    return next((one.value[0] for one in tables.places().find(read_line(name)) if len(one.value) == 1), "")


def _state(name: str, *, city: bool = False) -> Predicate:
    """The state of that name; the city too where sites give it as either: London."""
    readings: list[Predicate] = [FieldIs("state", (name,))]
    if city or name in word_set("places.also_cities") or name == "New York":
        readings.append(FieldIs("city", (name,)))
    if _country_of(name) == name:
        readings.append(FieldIs("country", (name,)))
    return readings[0] if len(readings) == 1 else Any(tuple(readings))


def _names_an_owner(line: Line, at: int) -> bool:
    """'Texas Children's Hospital', 'Ohio State University': a name goes on."""
    return (
        at < len(line.tokens)
        and line.tokens[at].text[:1].isupper()
        and not line.gap(at).strip()
        and line.text != line.text.upper()
    )


# ── Hospitals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _facilities(line: Line, taken: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'at the Mayo Clinic', 'a site at MD Anderson': capitals after 'at', or elsewhere with a word for a hospital."""
    lemmas = line.lemmas()
    if line.text in (line.text.lower(), line.text.upper()):
        return
    for at in range(1, len(lemmas)):
        first = at + 1 if lemmas[at] == "the" else at
        before = lemmas[at - 1]
        if first in taken or first >= len(lemmas) or before not in _AT | _OWNED_BY:
            continue
        last = _end_of_name(line, first, taken)
        hospital = bool(word_set("places.facilities") & set(lemmas[first:last]))
        if before in _OWNED_BY and (not hospital or last - first < _WHOLE_NAME):
            continue
        if hospital or (last > first and lemmas[at - 1] == "at" and _is_proper(line, first, last)):
            name = line.words(first, last)
            fields = ("facility", "sponsor") if hospital else ("facility", "sponsor", "city")
            yield Found(first, last, Any(tuple(FieldIs(field, (name,)) for field in fields)))


_AT = frozenset({"at", "in", "from", "within", "near"})
_OWNED_BY = frozenset({"of", "two", "three", "both", "all", "every"})  # 'the two University of Oslo trials'
_WHOLE_NAME = 2  # words of the name of a hospital that nothing but its capitals shows


def _is_proper(line: Line, first: int, last: int) -> bool:
    """Whether the words are a name of nothing that a question is otherwise about: not 'at NYHA', 'at Week 12'."""
    ours = lexicon_words() | variable_words() | concept_words() | tables.stop_words()
    words = line.tokens[first:last]
    plain = any(token.text[1:2].islower() and token.lemma not in ours for token in words)
    return plain and not (last < len(line.tokens) and line.tokens[last].text.isdigit())


def _end_of_name(line: Line, first: int, taken: frozenset[int]) -> int:
    """Where a run of capitalised words ends; 'of', 'the', 'de' and ''s' inside it belong to it."""
    last = at = first
    while at < len(line.tokens) and at not in taken and not (at > first and line.gap(at).strip(" -–.&'")):
        if line.tokens[at].text[:1].isupper() and line.tokens[at].text != "US":
            last = at + 1
        elif line.tokens[at].lemma not in {"of", "the", "de", "and", "'s", "for", "la", "di"}:
            break
        at += 1
    return last


# ── Only there ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_of_time(line: Line, at: int) -> bool:
    """'recruiting in France just now': the moment, no place alone."""
    return line.lemmas(at + 1, at + 2) in {("now",), ("about",), ("recently",), ("lately",), ("at",)}


def _only_there(line: Line, index: WordIndex, taken: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'only in Germany', 'exclusively in the US', 'Germany only': every site lies there."""
    countries = (*tables.places().find(line, taken), *index.countries.find(line, taken), *us_in_capitals(line))
    for found in countries:
        first = found.first
        while first > 0 and line.tokens[first - 1].lemma in {"in", "the", "within", "site", "at"}:
            first -= 1
        if set(line.lemmas(max(0, found.first - 1), found.first)) & word_set("predicates.speaking"):
            continue  # 'people who speak Spanish only'
        if found.last < len(line.tokens) and line.tokens[found.last].text.casefold() == "ones":
            continue  # 'only the Spanish ones': those of the list, wherever else they run
        only = first > 0 and line.tokens[first - 1].lemma in word_set("places.only")
        after = line.lemmas(found.last, found.last + 1)[:1]
        tail = bool(after) and after[0] in word_set("places.only") and not _is_of_time(line, found.last)
        if len(found.value) == 1 and (only or tail):
            there = All((FieldIs("country", found.value), FieldIs("country_count", numbers=exactly(Decimal(1)))))
            yield Found(first - 1 if only else found.first, found.last + tail, there)


def left_out_as_told(line: Line, at: int, said: Predicate) -> Predicate:
    """What leaves out the place at token `at`: 'at least one site outside Spain' is met by a site elsewhere as well,
    'trials outside Spain' by none in Spain alone.
    """
    before = line.lemmas(max(0, at - _BEYOND), at)
    start = next((i for i, word in enumerate(before) if word in {"outside", "beyond"}), 0)
    sites = bool(_SITES & set(before[:start])) or "also" in before[max(0, start - 2) : start]
    one = isinstance(said, FieldIs) and said.field == "country" and len(said.values) == 1 and not _ALL & set(before)
    elsewhere = FieldIs("country_count", numbers=at_least(Decimal(2)))
    if sites and one and _NO & set(before[:start]):
        return All((said, FieldIs("country_count", numbers=exactly(Decimal(1)))))  # 'no site outside Spain'
    return Any((Not(said), elsewhere)) if sites and one else Not(said)


_BEYOND = 6  # words of 'a site anywhere outside of the' and of what leads there
_ALL = frozenset({"all", "only", "every", "each", "entirely", "solely", "exclusively"})
_NO = frozenset({"no", "not", "never", "without"})
_SITES = frozenset({"site", "center", "centre", "location", "hospital", "clinic"})


def is_any_site(line: Line, mark: Mark) -> bool:
    """The 'at least one site' of 'at least one site in Spain': no number of sites is asked for."""
    found, last = mark.value, mark.last
    least = isinstance(found, FieldIs) and found.field == "sites" and found.numbers == at_least(Decimal(1))
    return least and line.lemmas(last, last + 1) in {("in",), ("outside",), ("beyond",), ("within",)}
