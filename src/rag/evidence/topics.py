"""Judge whether a trial is about a topic: its titles, conditions, keywords and interventions hold the words asked.

A topic is a statement about the trial, not a passage that happens to name it: a word in an exclusion list or in a
site's address never makes a trial 'about' it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Protocol

from rag.criteria.concepts import find_concepts, load_concepts, narrower_or_equal
from rag.evidence.judgement import Judgement
from rag.evidence.naming import also_called, target_and_endings
from rag.evidence.stems import stem, words_of
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
    """Everything a trial says of its own subject, a line each."""
    lines = (summary.title, summary.official_title, *summary.conditions, *summary.keywords, *summary.interventions)
    return "\n".join(line for line in lines if line)


def holds(text: str, topic: str) -> bool:
    """Whether a text holds every content word of a topic or of another name of it, or concepts that cover it."""
    held = {stem(word) for word in words_of(text)}
    return any(_held(text, held, name) for name in also_called(topic))


def _held(text: str, held: set[str], topic: str) -> bool:
    if held.issuperset(content_stems(topic)):
        return True
    asked = _asked_concepts(topic)
    return bool(asked) and all(topic_concepts(text) & wider for wider in asked)


def topic_concepts(text: str) -> frozenset[str]:
    return frozenset(mention.concept for mention in find_concepts(text))


class TopicIndex:
    """Stems and concepts of every trial's subject, each read when first asked for and kept for the snapshot."""

    def __init__(self, summaries: Iterable[Summary]) -> None:
        self._stems: dict[str, frozenset[str]] = {}
        self._concepts: dict[str, frozenset[str]] = {}
        self._studied: dict[str, frozenset[str]] = {}
        self._summaries = {summary.trial_id: summary for summary in summaries}

    def judge(self, trial_id: str, topic: str) -> Judgement:
        """MATCH when every content word of the topic, or a narrower concept of it, is in the trial's subject."""
        if not content_stems(topic):
            return Judgement(Verdict.MATCH, "")
        if any(self._is_about(trial_id, name) for name in also_called(topic)) or self._tests_kind(trial_id, topic):
            return Judgement(Verdict.MATCH, f"is about {topic}", values={})
        return Judgement(Verdict.NO_MATCH, f"is not about {topic}")

    def _is_about(self, trial_id: str, topic: str) -> bool:
        wanted = content_stems(topic)
        return self._stems_of(trial_id).issuperset(wanted) or self._concerns(trial_id, topic)

    def _tests_kind(self, trial_id: str, topic: str) -> bool:
        """'TIGIT antibody': the target is in the trial's subject and one of its drugs ends as antibodies do."""
        target, endings = target_and_endings(topic)
        if not target or not self._stems_of(trial_id).issuperset(content_stems(target)):
            return False
        drugs = (word.casefold() for name in self._summaries[trial_id].interventions for word in words_of(name))
        return any(len(drug) > len(end) + 3 and drug.endswith(end) for drug in drugs for end in endings)

    def studies(self, trial_id: str, concepts: Collection[str]) -> bool:
        """Whether the trial's conditions or its title name one of the concepts that are diseases.

        A treatment is another matter: a trial of a drug often turns away who has had it.
        """
        if trial_id not in self._studied:
            summary = self._summaries[trial_id]
            self._studied[trial_id] = topic_concepts("\n".join((summary.title, *summary.conditions)))
        known = load_concepts()
        diseases = {one for one in concepts if one in known and known[one].kind == "condition"}
        return not self._studied[trial_id].isdisjoint(diseases)

    def _stems_of(self, trial_id: str) -> frozenset[str]:
        if trial_id not in self._stems:
            self._stems[trial_id] = frozenset(map(stem, words_of(self._subject(trial_id))))
        return self._stems[trial_id]

    def _subject(self, trial_id: str) -> str:
        return topic_text(self._summaries[trial_id]) if trial_id in self._summaries else ""

    def _concerns(self, trial_id: str, topic: str) -> bool:
        asked = _asked_concepts(topic)
        if not asked:
            return False
        if trial_id not in self._concepts:
            self._concepts[trial_id] = topic_concepts(self._subject(trial_id))
        return all(self._concepts[trial_id] & wider for wider in asked)


@lru_cache(maxsize=4096)
def _asked_concepts(topic: str) -> tuple[frozenset[str], ...]:
    """For each concept of the topic, it and all narrower ones; empty unless concepts cover every content word."""
    mentions = find_concepts(topic)
    covered = {i for mention in mentions for i in range(mention.start, mention.end)}
    position = 0
    for word in words_of(topic):
        start = topic.find(word, position)
        position = start + len(word)
        if word.casefold() not in _EMPTY and start not in covered:
            return ()
    return tuple(narrower_or_equal(mention.concept) for mention in mentions)
