"""What the planner knows of the collection: one light summary a trial, and an index of their words.

The index is built once for each tuple of summaries, on first use, and kept for the last few tuples.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Protocol

from rag.criteria.concepts import find_concepts, load_concepts
from rag.planning.tables import common_words, fact_phrases, left_alone, places, word_set
from rag.planning.words import Phrases, name_lemmas

_KEPT = 4  # indexes held at once: a server holds one, an evaluation two
# A company goes by its first word ("Novartis Pharmaceuticals"), an institution does not ("Beijing Tiantan Hospital").
_INSTITUTION = re.compile(
    r"(?i)univers|hospital|institut|cent(?:er|re)|college|school|clinic|medic|nation|health|group"
)


class TrialSummary(Protocol):
    """The light facts by which a question may name a trial. Empty means: not said."""

    @property
    def trial_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def acronym(self) -> str: ...
    @property
    def official_title(self) -> str: ...
    @property
    def org_study_id(self) -> str: ...
    @property
    def conditions(self) -> tuple[str, ...]: ...
    @property
    def interventions(self) -> tuple[str, ...]: ...
    @property
    def sponsor(self) -> str: ...
    @property
    def collaborators(self) -> tuple[str, ...]: ...
    @property
    def status(self) -> str: ...
    @property
    def phases(self) -> tuple[str, ...]: ...
    @property
    def countries(self) -> tuple[str, ...]: ...
    @property
    def cities(self) -> tuple[str, ...]: ...


class Vocabulary(Protocol):
    """A collection of trials: the snapshot fits it."""

    def summaries(self) -> tuple[TrialSummary, ...]: ...


def _is_an_illness(key: tuple[str, ...]) -> bool:
    """'Lupus' of the Lupus Foundation: what the institution is about, by which nobody calls it."""
    return len(key) == 1 and any(load_concepts()[found.concept].kind == "condition" for found in find_concepts(key[0]))


_SHORTEST = 5  # letters of a name that an institution goes by
_FEW_WORDS = 3  # of such a name
_LINKING = frozenset({"of", "and", "the", "for", "in", "on", "to", "with"})
_LONGEST_TITLE = 12  # words: nobody types a longer one


class WordIndex:
    """Where the words of each trial's names stand. Trials are numbered in the order of `summaries`."""

    def __init__(self, summaries: Iterable[TrialSummary]) -> None:
        self.summaries = tuple(summaries)
        self.ids = tuple(summary.trial_id for summary in self.summaries)
        self.by_id = {trial_id.upper(): at for at, trial_id in enumerate(self.ids)}

    @cached_property
    def _words(self) -> Mapping[str, Mapping[int, str]]:
        """Word → trial number → the attribute it stands in, the first in the order of `_attributes`."""
        words: defaultdict[str, dict[int, str]] = defaultdict(dict)
        lemmas = lru_cache(maxsize=None)(name_lemmas)  # the same city, country and sponsor stand in many trials
        for at, summary in enumerate(self.summaries):
            for attribute, text in _attributes(summary):
                for word in (*lemmas(text), *(code.casefold() for code in _codes_joined(text))):
                    words[word].setdefault(at, attribute)
        return dict(words)

    def holds(self, word: str) -> Mapping[int, str]:
        """The trials one of whose names holds the lemma `word`, and in which attribute."""
        return self._words.get(word, {})

    def knows(self, word: str) -> bool:
        return word in self._words

    @cached_property
    def _mentions(self) -> Mapping[str, frozenset[int]]:
        found: defaultdict[str, set[int]] = defaultdict(set)
        lemmas = lru_cache(maxsize=None)(name_lemmas)
        for at, summary in enumerate(self.summaries):
            for text in (summary.org_study_id, *getattr(summary, "mentions", ())):
                for word in lemmas(text):
                    found[word].add(at)
        return {word: frozenset(trials) for word, trials in found.items()}

    def mentioned(self, word: str) -> frozenset[int]:
        """The trials that a word may tell apart: a name of theirs holds it, or it stands out in their introduction."""
        return self._mentions.get(word, frozenset()) | frozenset(self.holds(word))

    @cached_property
    def _stems(self) -> Mapping[str, tuple[str, ...]]:
        """Stem → the words of names and introductions that share it."""
        from rag.lexical import stemmed  # noqa: PLC0415 - tantivy: `rag --help` needs no stems

        words = sorted(word for word in {*self._words, *self._mentions} if word.isalpha() and word.isascii())
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word, stem in zip(words, stemmed(words), strict=True):
            found[stem].append(word)
        return {stem: tuple(words) for stem, words in found.items()}

    def akin(self, word: str) -> tuple[str, ...]:
        """The words of the collection that are forms of `word`: 'allergic' for 'allergy'."""
        from rag.lexical import stemmed  # noqa: PLC0415

        stem = stemmed([word])[0] if word.isalpha() and word.isascii() else word
        return self._stems.get(stem, (word,))

    @cached_property
    def _initials(self) -> Mapping[str, frozenset[int]]:
        """Initials of up to five neighbouring words of a title, a condition or a sponsor → the trials so named."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for at, summary in enumerate(self.summaries):
            for _, text in _attributes(summary):
                words = (word for word in re.findall(r"[^\W\d_]{2,}", text) if word.lower() not in _LINKING)
                letters = [word[0].upper() for word in words]
                for size in range(3, 6):
                    for start in range(len(letters) - size + 1):
                        found["".join(letters[start : start + size])].add(at)
        return {initials: frozenset(trials) for initials, trials in found.items()}

    def with_initials(self, word: str) -> frozenset[int]:
        """The trials one of whose names has words that begin with the letters of `word`."""
        return self._initials.get(word, frozenset())

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every alphabetic word of the collection's names, sorted: what a misspelling may mean."""
        return tuple(sorted(word for word in self._words if len(word) > 4 and word.isalpha()))

    @cached_property
    def names(self) -> Mapping[tuple[str, ...], tuple[tuple[int, ...], str]]:
        """Lemmas of an acronym or sponsor's study number → the trials that bear it, and which of the two it is."""
        found: defaultdict[tuple[str, ...], tuple[list[int], str]] = defaultdict(lambda: ([], ""))
        for at, summary in enumerate(self.summaries):
            numbers = (summary.org_study_id, *getattr(summary, "secondary_ids", ()))
            for name, how in (*((acronym, "acronym") for acronym in acronyms(summary)), *((n, "id") for n in numbers)):
                key = name_lemmas(name)
                if key and (how == "acronym" or _is_study_number(name)):
                    trials, first = found[key]
                    found[key] = (trials if at in trials else [*trials, at], first or how)
        return {key: (tuple(trials), how) for key, (trials, how) in found.items()}

    @cached_property
    def titles(self) -> Phrases[tuple[int, ...]]:
        """Whole titles of three words or more, without what stands in brackets, and the trials that bear them."""
        found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, summary in enumerate(self.summaries):
            key = name_lemmas(re.sub(r"\([^()]*\)", " ", summary.title))
            if 3 <= len(key) <= _LONGEST_TITLE:
                found[key].append(at)
        return Phrases((key, tuple(trials)) for key, trials in found.items())

    @cached_property
    def name_phrases(self) -> Phrases[tuple[str, ...]]:
        return Phrases((key, key) for key in self.names)

    @cached_property
    def cities(self) -> Phrases[str]:
        cities = sorted({city for summary in self.summaries for city in summary.cities})
        known = {name_lemmas(city): city for city in cities}
        return Phrases((key, city) for key, city in known.items() if key and not _is_common(key))

    @cached_property
    def states(self) -> Phrases[str]:
        """States and provinces of the collection's sites."""
        states = sorted({state for summary in self.summaries for state in getattr(summary, "states", ())})
        return Phrases((key, state) for state in states if (key := name_lemmas(state)) and not _is_common(key))

    @cached_property
    def countries(self) -> Phrases[tuple[str, ...]]:
        """Countries of the collection that the shipped table lacks."""
        known = places().words()
        unknown = {c for summary in self.summaries for c in summary.countries if not set(name_lemmas(c)) <= known}
        return Phrases((country, (country,)) for country in sorted(unknown))

    @cached_property
    def sponsors(self) -> Phrases[str]:
        """Sponsor and collaborator names, whole and without their legal endings."""
        names = {name for summary in self.summaries for name in (summary.sponsor, *summary.collaborators) if name}
        rows: dict[tuple[str, ...], str] = {}
        for name in sorted(names):
            for short in (*_short_names(name), *self._without_kind(name)):
                if short != name and len(name_lemmas(short)) == 1 and name_lemmas(short)[0] in self._condition_words:
                    continue  # 'diabetes trials' are not those of a Diabetes Therapeutics
                rows.setdefault(name_lemmas(short), short)
                rows.setdefault(_initials_joined(name_lemmas(short)), short)
        named = (key for key in rows if key and not _is_common(key) and not _is_an_illness(key))
        return Phrases((key, rows[key]) for key in named)

    def _without_kind(self, name: str) -> Iterable[str]:
        """'M.D. Anderson' of 'M.D. Anderson Cancer Center': an institution without what it is; no place."""
        words = re.findall(r"[\w&.'-]+", re.sub(r"\([^()]*\)", " ", name))
        end = len(words)
        while end > 0 and (words[end - 1].casefold() in word_set("vocabulary.kinds") or words[end - 1].islower()):
            end -= 1
        key = name_lemmas(" ".join(words[:end]))
        plain = not key or len("".join(key)) < _SHORTEST or all(self._is_plain(word) for word in key)
        if 0 < end < len(words) and end <= _FEW_WORDS and not plain:
            yield " ".join(words[:end])

    def _is_plain(self, word: str) -> bool:
        """Whether a word names a place or is an ordinary one: 'Shanghai' of a hospital there is no name of it."""
        return word in left_alone() or word in common_words() or word in self._place_words or word in places().words()

    @cached_property
    def _condition_words(self) -> frozenset[str]:
        """Words of what the trials study."""
        names = {name for summary in self.summaries for name in summary.conditions}
        return frozenset(word for name in names for word in name_lemmas(name))

    @cached_property
    def _place_words(self) -> frozenset[str]:
        """Words of the collection's cities and states."""
        names = {name for one in self.summaries for name in (*one.cities, *getattr(one, "states", ()))}
        return frozenset(word for name in names for word in name_lemmas(name))

    @cached_property
    def interventions(self) -> frozenset[str]:
        """Every word of an intervention name that is no common word."""
        names = {name for summary in self.summaries for name in summary.interventions}
        words = {word for name in names for word in name_lemmas(name)}
        return frozenset(word for word in words if len(word) > 3 and word.isalpha() and word not in left_alone())


_CODE = re.compile(r"\b([A-Z]{2,6})[- ](\d{1,6}[A-Za-z]?)\b")


@lru_cache(maxsize=65_536)
def _codes_joined(text: str) -> tuple[str, ...]:
    """The codes of a name written in one: 'HSH7' of 'HSH-7' and 'HSH 7'."""
    return tuple("".join(parts) for parts in _CODE.findall(text))


def _attributes(summary: TrialSummary) -> Iterable[tuple[str, str]]:
    yield from (("intervention", name) for name in summary.interventions)
    yield from (("condition", name) for name in summary.conditions)
    yield "title", summary.title
    yield "acronym", summary.acronym
    yield "title", summary.official_title
    yield from (("city", name) for name in summary.cities)
    yield from (("country", name) for name in summary.countries)
    yield "sponsor", summary.sponsor
    yield from (("collaborator", name) for name in summary.collaborators)


# A short all-capital name in brackets, or before a colon, at the edge of a title: "(SPORT)", "STEP-HFpEF:".
_BRACKETED = re.compile(r"\(([A-Z][A-Za-z0-9-]{2,19})\)\s*$")


# A made-up name in brackets anywhere in a title: "(HypoPAP)", "(NorseMS)".
_MIXED = re.compile(r"\(([A-Z][a-z]+[A-Z]{2,4}[A-Za-z]{0,6})\)")


# A sponsor's number that is a name: "IRIS-2", "FOXTROT".
_ACRONYM = re.compile(r"[A-Z]{4,}(?:-[A-Z]{2,})*(?:-\d)?")


# The name that a group of hospitals gives its trial, behind its own: the "IRISTA-3" of "EORG-IRISTA-3".
_GROUPS_NAME = re.compile(r"^[A-Z]{2,8}-([A-Z]{4,}-?\d{1,2})$")


def acronyms(summary: TrialSummary) -> tuple[str, ...]:
    """The acronym field, and an acronym in brackets at the end of a title."""
    found = [summary.acronym] if summary.acronym else []
    found += getattr(summary, "names", ())  # names used in the summary's text, where the collection keeps them
    if _ACRONYM.fullmatch(summary.org_study_id):
        found.append(summary.org_study_id)
    found += [tail for number in getattr(summary, "secondary_ids", ()) for tail in _GROUPS_NAME.findall(number)]
    for title in (summary.title, summary.official_title):
        match = _BRACKETED.search(title)
        if match and sum(c.isupper() for c in match.group(1)) >= 3:
            found.append(match.group(1))
        found += _MIXED.findall(title)
    return tuple(dict.fromkeys(found))


def _is_study_number(name: str) -> bool:
    """Whether a sponsor's own number can be told from ordinary words: letters and digits, or a long number."""
    digits = sum(c.isdigit() for c in name)
    return digits >= 5 or (digits >= 2 and any(c.isalpha() for c in name) and len(name) >= 5)


def _initials_joined(key: tuple[str, ...]) -> tuple[str, ...]:
    """'M.D. Anderson' as 'MD Anderson'."""
    letters = next((at for at, word in enumerate(key) if len(word) > 1), len(key))
    return ("".join(key[:letters]), *key[letters:]) if letters > 1 else key


def _is_common(key: tuple[str, ...]) -> bool:
    return len(key) == 1 and (key[0] in left_alone() or len(key[0]) < 3 or key[0] in fact_phrases().words())


def _short_names(name: str) -> Iterable[str]:
    yield name
    brackets = re.search(r"^(.*?)\s*\(([A-Z][A-Za-z]{1,9})\)\s*$", name)
    if brackets:
        yield from brackets.groups()  # 'National Cancer Institute (NCI)' goes by either
    words = re.findall(r"[\w&.'-]+", name)
    while words and words[-1].strip(".,").casefold() in word_set("vocabulary.legal"):
        words = words[:-1]
    if words:
        yield " ".join(words)
        if len([w for w in words if w != "&"]) <= 3 and len(words[0]) > 4 and not _INSTITUTION.search(name):
            yield words[0]


_indexes: dict[int, WordIndex] = {}


def index_of(vocabulary: Vocabulary) -> WordIndex:
    """The word index of a collection; the same tuple of summaries gives the same index."""
    summaries = vocabulary.summaries()
    known = _indexes.get(id(summaries))
    if known is not None and known.summaries is summaries:
        return known
    index = WordIndex(summaries)
    if isinstance(summaries, tuple):  # kept alive by the index, so its id stays its own
        while len(_indexes) >= _KEPT:
            _indexes.pop(next(iter(_indexes)))
        _indexes[id(summaries)] = index
    return index
