"""Judge whether a trial is about a topic: its titles, conditions, keywords and interventions hold the words asked.

A topic is a statement about the trial, not a passage that happens to name it: a word in an exclusion list or in a
site's address never makes a trial 'about' it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, lru_cache
from typing import Protocol

from rag.criteria.concepts import find_concepts, load_concepts, narrower_or_equal
from rag.evidence.judgement import Judgement
from rag.evidence.kinds import Kind, ends_so, holds_run, is_aimed, may_hold, read_kind
from rag.evidence.naming import also_called, in_spoken_order
from rag.evidence.stages import said_apart
from rag.evidence.stems import Stems, keeps_its_beginning, spans_of, stem, stems_of, without_hyphen, words_of
from rag.spellings import american
from rag.types import Verdict

_EMPTY = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "about",
        "against",
        "any",
        "at",
        "by",
        "clinical",
        "disease",
        "diseases",
        "for",
        "from",
        "in",
        "into",
        "is",
        "of",
        "on",
        "or",
        "patient",
        "patients",
        "people",
        "person",
        "study",
        "studies",
        "that",
        "the",
        "their",
        "this",
        "to",
        "trial",
        "trials",
        "use",
        "used",
        "using",
        "who",
        "with",
        "treated",
        "treatment",
        "treating",
        "therapy",
        "participants",
        "subjects",
        "adults",
    ]
)


Stated = Callable[[str], Mapping[str, tuple[str, ...]]]  # a registry field → its values, by trial


class Summary(Protocol):
    """The light facts of a trial that topic words are looked up in."""

    @property
    def trial_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def official_title(self) -> str: ...
    @property
    def conditions(self) -> tuple[str, ...]: ...
    @property
    def keywords(self) -> tuple[str, ...]: ...
    @property
    def interventions(self) -> tuple[str, ...]: ...


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of a phrase that carry its meaning, in order, each once."""
    kept = [word for word in words_of(text) if word.casefold() not in _EMPTY]
    return tuple(dict.fromkeys(stem(word) for word in kept))


def topic_text(summary: Summary) -> str:
    """Everything a trial says of its own subject, a line each; inverted headings also as they are spoken."""
    turned = [spoken for line in (*summary.conditions, *summary.keywords) if (spoken := in_spoken_order(line))]
    lines = (summary.title, summary.official_title, *summary.conditions, *turned, *summary.keywords)
    return "\n".join(line for line in (*lines, *summary.interventions) if line)


def holds(text: str, topic: str) -> bool:
    """Whether a text holds every content word of a topic or of another name of it, or concepts that cover it."""
    held = set(stems_of(text))
    return any(_held(text, held, name) for name in also_called(topic))


def _held(text: str, held: set[str], topic: str) -> bool:
    if held.issuperset(_wanted(topic)):
        return True
    asked = _asked_concepts(topic)
    return bool(asked) and all(topic_concepts(text) & wider for wider in asked)


def topic_concepts(text: str) -> frozenset[str]:
    return frozenset(mention.concept for mention in find_concepts(text))


class TopicIndex:
    """Stems and concepts of every trial's subject, each read when first asked for and kept for the snapshot."""

    def __init__(self, summaries: Iterable[Summary], stated: Stated = lambda _: {}) -> None:
        self._stems: dict[str, frozenset[str]] = {}
        self._concepts: dict[str, frozenset[str]] = {}
        self._studied: dict[str, frozenset[str]] = {}
        self._texts: dict[str, str] = {}
        self._plain: dict[str, str] = {}
        self._lines: dict[str, tuple[Stems, ...]] = {}
        self._summaries = {summary.trial_id: summary for summary in summaries}
        self._stated = cache(stated)

    def judge(self, trial_id: str, topic: str) -> Judgement:
        """MATCH when every content word of the topic, or a narrower concept of it, is in the trial's subject.

        A kind of treatment, alone or aimed at something, is looked for in what the trial gives as well.
        """
        if not content_stems(topic):
            return Judgement(Verdict.MATCH, "")
        if any(self._is_about(trial_id, name) for name in also_called(topic)):
            return Judgement(Verdict.MATCH, f"is about {said_apart(topic)}", values={})
        if self._gives(trial_id, topic):
            asked = read_kind(topic)
            return Judgement(Verdict.MATCH, f"gives {topic if asked.kind else asked.core}", values={})
        return Judgement(Verdict.NO_MATCH, f"is not about {said_apart(topic)}")

    def _is_about(self, trial_id: str, topic: str) -> bool:
        return self._has_words(trial_id, _wanted(topic)) or self._concerns(trial_id, topic)

    def _gives(self, trial_id: str, topic: str) -> bool:
        """Whether the trial gives the treatment: the kind asked for, with what it is aimed at, or the drug by name."""
        asked = read_kind(topic)
        if asked.kind is None:
            aimed = _AIMED if is_aimed(topic) and not is_one_drug(asked.core) else frozenset()
            return (asked.framed or is_one_drug(asked.core)) and self._has_core(trial_id, asked.core, aimed)
        return self._tests(trial_id, asked.kind) and (not asked.core or self._has_core(trial_id, asked.core))

    def _has_core(self, trial_id: str, core: str, beside: frozenset[str] = frozenset()) -> bool:
        """Whether it stands in the trial's subject or in a sentence of what it gives, there beside one of these."""
        if any(self._is_about(trial_id, name) for name in also_called(core)):
            return True
        if names_condition(core):
            return False
        names = [_wanted(name) for name in all_names(core)]
        lines = ((name, set(line)) for name in names for line in self._given_lines(trial_id, name))
        return any(line.issuperset(name) and (not beside or line & beside) for name, line in lines)

    def _given_lines(self, trial_id: str, run: Stems) -> Iterable[Stems]:
        """The sentences of what is given, as stems, where the words may stand in them at all."""
        given = self._stated("given").get(trial_id, ())
        if not run or not given or not may_hold(self._given_text(trial_id, given), run):
            return ()
        if trial_id not in self._lines:
            self._lines[trial_id] = tuple(stems_of(line) for line in given)
        return self._lines[trial_id]

    def _given_text(self, trial_id: str, given: Iterable[str]) -> str:
        if trial_id not in self._texts:
            self._texts[trial_id] = american("\n".join(given).casefold())
        return self._texts[trial_id]

    def _tests(self, trial_id: str, kind: Kind) -> bool:
        """Whether its names show the kind, or a sentence of what it gives does: a disease is no treatment."""
        one = self._summaries[trial_id]
        drugs = [word.casefold() for name in one.interventions for word in words_of(name)]
        types = self._stated("intervention_kind").get(trial_id, ()) if kind.types else ()
        if kind.types.intersection(types) or ends_so(kind, drugs):
            return True
        subject = "\n".join((one.title, one.official_title, *one.keywords, *one.interventions))
        plain = american(subject.casefold())
        likely = [run for run in kind.named if may_hold(plain, run)]
        if likely and any(holds_run(stems_of(subject), run) for run in likely):
            return True
        runs = () if kind.in_names else kind.named
        return any(holds_run(line, run) for run in runs for line in self._given_lines(trial_id, run))

    def studies(self, trial_id: str, concepts: Collection[str]) -> bool:
        """Whether the trial's conditions or its title name one of the concepts that are diseases.

        A treatment is another matter: a trial of a drug often turns away who has had it.
        """
        if trial_id not in self._studied:
            summary = self._summaries[trial_id]
            turned = [in_spoken_order(line) for line in summary.conditions]
            self._studied[trial_id] = topic_concepts("\n".join((summary.title, *summary.conditions, *turned)))
        known = load_concepts()
        diseases = {one for one in concepts if one in known and known[one].kind == "condition"}
        return not self._studied[trial_id].isdisjoint(diseases)

    def _stems_of(self, trial_id: str) -> frozenset[str]:
        if trial_id not in self._stems:
            self._stems[trial_id] = frozenset(stems_of(self._subject(trial_id)))
        return self._stems[trial_id]

    def _has_words(self, trial_id: str, wanted: Stems) -> bool:
        """Whether the subject holds these stems: its own are made only where each may stand in it by how it begins."""
        begun = [one for one in wanted if keeps_its_beginning(one)]
        if begun and trial_id not in self._stems and not may_hold(self._plain_subject(trial_id), begun):
            return False
        return not wanted or self._stems_of(trial_id).issuperset(wanted)

    def _plain_subject(self, trial_id: str) -> str:
        if trial_id not in self._plain:
            self._plain[trial_id] = american(self._subject(trial_id).casefold())
        return self._plain[trial_id]

    def _subject(self, trial_id: str) -> str:
        return topic_text(self._summaries[trial_id]) if trial_id in self._summaries else ""

    def _concerns(self, trial_id: str, topic: str) -> bool:
        """Whether the subject has the concepts of the topic, and by its words what no concept covers."""
        asked, others = _asked_of(topic)
        if not asked or not self._has_words(trial_id, others):
            return False
        if trial_id not in self._concepts:
            self._concepts[trial_id] = topic_concepts(self._subject(trial_id))
        return all(self._concepts[trial_id] & wider for wider in asked)


@lru_cache(maxsize=4096)
def _wanted(topic: str) -> Stems:
    """The stems that a subject must hold; of a kind of treatment all: no lung cancer's cell is 'cell therapy'."""
    asked, written = read_kind(topic), without_hyphen(topic)
    return stems_of(written) if asked.kind is not None and not asked.core else content_stems(written)


@lru_cache(maxsize=4096)
def is_one_drug(topic: str) -> bool:
    """Whether the topic is a drug by its name, no class of treatments: 'carboplatin', not 'surgery'."""
    known = load_concepts()
    named = [mention.concept for mention in find_concepts(topic)]
    whole = bool(named) and bool(_asked_concepts(topic))
    return whole and all(known[one].kind == "treatment" and not _kinds_of(one) for one in named)


@lru_cache(maxsize=4096)
def names_condition(topic: str) -> bool:
    """Whether the topic names a disease or a state: what a trial gives says nothing of whom it studies."""
    known = load_concepts()
    return any(known[mention.concept].kind != "treatment" for mention in find_concepts(topic))


def _kinds_of(concept: str) -> frozenset[str]:
    return frozenset(one for one in narrower_or_equal(concept) if not one.endswith(concept))


@lru_cache(maxsize=4096)
def all_names(core: str) -> tuple[str, ...]:
    """The core, its everyday names, and every name of the drug that it is."""
    known = load_concepts()
    named = [mention.concept for mention in find_concepts(core)] if is_one_drug(core) else []
    synonyms = known[named[0]].synonyms if len(named) == 1 else ()
    return tuple(dict.fromkeys([*also_called(core), *synonyms]))


_WOMEN = frozenset({"women", "woman", "mothers", "mother", "females", "female"})

# Words of a sentence that make what it names a target: IgE that is measured is none.
_AIMED = frozenset(stems_of("anti antibody inhibitor targeting target targeted against blocking blocker directed"))

# Concepts that criteria need no finer: a COVID-19 vaccine and a flu vaccine are one, as topics they are two.
_MIXED = frozenset({"specific_vaccine", "live_vaccine", "allergen_immunotherapy"})
# Concepts whose names are of quite different things: each is looked for by its own words.
_COARSE = frozenset({"vitamin", "visual_impairment", "spinal_disorder", "thoracic_surgery"})


def _asked_concepts(topic: str) -> tuple[frozenset[str], ...]:
    """For each concept of the topic, it and all narrower ones; empty unless concepts cover every content word."""
    asked, others = _asked_of(topic)
    return () if others else asked


@lru_cache(maxsize=4096)
def _asked_of(topic: str) -> tuple[tuple[frozenset[str], ...], Stems]:
    """For each concept of the topic, it and all narrower ones; and the stems of the content words of none."""
    mentions = find_concepts(topic)
    covered = {i for mention in mentions for i in range(mention.start, mention.end)}
    kind, known = read_kind(topic).kind, load_concepts()
    several = len(words_of(topic)) > 1
    own = content_stems(topic)
    coarse = any(one.concept in _COARSE and content_stems(known[one.concept].label) != own for one in mentions)
    if (kind and kind.exact) or coarse or (several and any(one.concept in _MIXED for one in mentions)):
        return (), own
    bare = [word for word, (start, _) in zip(words_of(topic), spans_of(topic), strict=True) if start not in covered]
    idle = _EMPTY | _WOMEN if any(one.concept in {"pregnancy", "breastfeeding"} for one in mentions) else _EMPTY
    others = tuple(stem(word) for word in bare if word.casefold() not in idle)
    return tuple(narrower_or_equal(mention.concept) for mention in mentions), others
