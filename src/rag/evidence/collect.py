"""Judge every trial of a collection against a predicate: the set question, answered from what was read.

Nothing is retrieved here and nothing is capped: each trial of the collection gets a judgement, so that the counts of
an answer sum to the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Protocol, TypeVar

from rag.comparators import kinds_told
from rag.criteria.asked import is_measure, read_measure, telling_words
from rag.criteria.concepts import find_concepts
from rag.criteria.lexicon import load_variables
from rag.evidence.another import Another, another_for
from rag.evidence.concerns import judge_concern, related_concepts
from rag.evidence.fields import judge_field, names_value
from rag.evidence.judgement import Judgement, both, either, opposite
from rag.evidence.limits import judge_limit
from rag.evidence.of_the_list import OF_THE_LIST, at_place, left_out, place_left_out
from rag.evidence.only_some import turns_away_only_some
from rag.evidence.sexes import sexes_told
from rag.evidence.stated import Stated, read_stated
from rag.evidence.stems import stem, words_of
from rag.evidence.topics import Summary, TopicIndex, holds
from rag.evidence.whom import judge_for_whom
from rag.tokens import budget_count
from rag.types import (
    About,
    All,
    Any,
    Concerns,
    Criterion,
    Document,
    FieldIs,
    Limit,
    Not,
    Predicate,
    Quote,
    ReadTrial,
    Span,
    TrialVerdict,
    Verdict,
)


class Records(Protocol):
    """What evidence needs of an index: a snapshot has it, and so has a fake."""

    @property
    def trial_ids(self) -> tuple[str, ...]: ...
    def summaries(self) -> tuple[Summary, ...]: ...
    def document(self, trial_id: str) -> Document: ...
    def text(self, trial_id: str) -> str: ...
    def field_values(self, field: str) -> Mapping[str, tuple[str, ...]]: ...
    def criteria_for_variables(self, variables: Collection[str]) -> Mapping[str, tuple[Criterion, ...]]: ...
    def criteria_for_concepts(self, concepts: Collection[str]) -> Mapping[str, tuple[Criterion, ...]]: ...
    def read_trial(self, trial_id: str) -> ReadTrial: ...
    def criterion_spans(self, trial_id: str) -> tuple[Span, ...]: ...
    def criteria_for_phrase(self, phrase: str) -> Mapping[str, tuple[Criterion, ...]]: ...
    def likeness(self) -> Callable[[str, Sequence[str]], tuple[float, ...]] | None: ...


Judgements = dict[str, Judgement]


T = TypeVar("T")
_REMEMBERED = 16  # what several steps of one answer look at


class Judge:
    """Predicates over one snapshot. Holds only what is read once for it: the topic index."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._topics: TopicIndex | None = None
        self._treatments: frozenset[str] | None = None
        self._once = lru_cache(_REMEMBERED)(lambda work, *about: work(self, *about))

    def once(self, work: Callable[..., T], *about: Hashable) -> T:
        """What `work(self, *about)` gives, worked out once for the last few questions."""
        given: T = self._once(work, *about)
        return given

    def all(self, predicate: Predicate, trial_ids: tuple[str, ...]) -> Judgements:
        """One judgement for every id of `trial_ids`."""
        if isinstance(predicate, All):
            return self._conjunction(predicate, trial_ids)
        if isinstance(predicate, Any):
            parts = [self.all(part, trial_ids) for part in predicate.predicates]
            return {trial: either([part[trial] for part in parts]) for trial in trial_ids}
        if isinstance(predicate, Not):
            inner = predicate.predicate
            if isinstance(inner, FieldIs) and inner.field == "trial_id":
                return left_out(inner.values, trial_ids)
            judged = self.all(inner, trial_ids)
            if isinstance(inner, FieldIs) and (inner.values or inner.numbers):  # an empty field is no 'no'
                open_to = {t for t, j in judged.items() if j.verdict is Verdict.SILENT} - self._moot(inner.field)
                return {t: j if t in open_to else opposite(j) for t, j in judged.items()}
            return {trial: opposite(judgement) for trial, judgement in judged.items()}
        return self._leaf(predicate, trial_ids)

    def _moot(self, field: str) -> frozenset[str]:
        """The trials that cannot have the field: a randomized one is no cohort, an observational one tests no drug."""
        having = {"observational_model": "INTERVENTIONAL", "time_perspective": "INTERVENTIONAL"}
        without = having.get(field, "OBSERVATIONAL" if field == "intervention_kind" else "")
        kinds = self.records.field_values("study_type") if without else {}
        return frozenset(trial for trial, stated in kinds.items() if without in stated)

    def _conjunction(self, predicate: All, trial_ids: tuple[str, ...]) -> Judgements:
        parts: list[Judgements] = []
        for part in predicate.predicates:
            place = place_left_out(part)
            before = {trial: both([one[trial] for one in parts]) for trial in trial_ids} if place and parts else {}
            parts.append(left_out(at_place(before, place), trial_ids) if before else self.all(part, trial_ids))
        return {trial: both([part[trial] for part in parts]) for trial in trial_ids}

    def _leaf(self, predicate: Limit | Concerns | FieldIs | About, trial_ids: tuple[str, ...]) -> Judgements:
        if isinstance(predicate, Limit):
            return self._limit(predicate, trial_ids)
        if isinstance(predicate, Concerns):
            return self._concern(predicate, trial_ids)
        if isinstance(predicate, FieldIs):
            return self._field(predicate, trial_ids)
        return {trial: self._topic(trial, predicate.text) for trial in trial_ids}

    def stated(self, variable: str, trial_ids: tuple[str, ...]) -> dict[str, Stated]:
        """What each trial states about a variable."""
        if is_measure(variable):
            read = self.criteria_of_measure(variable, trial_ids)
            return {trial: read_stated(read.get(trial, ()), variable) for trial in trial_ids}
        related = {other for other, _ in load_variables()[variable].related}
        criteria = self.records.criteria_for_variables({variable, *related})
        sexes = self.records.field_values("sex")
        return {
            trial: read_stated(criteria.get(trial, ()), variable, _only(sexes.get(trial, ()))) for trial in trial_ids
        }

    def criteria_of_measure(self, variable: str, trial_ids: tuple[str, ...]) -> dict[str, tuple[Criterion, ...]]:
        """What the trials whose criteria hold the words of a measure outside the lexicon say of it, read now."""
        naming = self.records.criteria_for_phrase(telling_words(variable))
        read = ((trial, read_measure(self.records.document(trial), variable)) for trial in trial_ids if trial in naming)
        return {trial: criteria for trial, criteria in read if criteria}

    def _limit(self, limit: Limit, trial_ids: tuple[str, ...]) -> Judgements:
        judge = judge_for_whom if limit.whom else judge_limit
        return {trial: judge(stated, limit) for trial, stated in self.stated(limit.variable, trial_ids).items()}

    def _concern(self, concern: Concerns, trial_ids: tuple[str, ...]) -> Judgements:
        if concern.concepts:
            criteria = self.records.criteria_for_concepts(related_concepts(concern.concepts))
        else:
            criteria = self.records.criteria_for_phrase(concern.text)
        none = Another.OWN  # of trials whose criteria name nothing of it
        purposes = self.records.field_values("primary_purpose")
        return {
            trial: judge_concern(
                criteria.get(trial, ()),
                concern,
                self._text_of(trial),
                own=bool(criteria.get(trial)) and self.studies(trial, concern.concepts),
                prevents="PREVENTION" in purposes.get(trial, ()),
                another=another_for(concern.concepts, partial(self.studies, trial)) if criteria.get(trial) else none,
            )
            for trial in trial_ids
        }

    def only_some(self, trial_id: str, concern: Concerns) -> bool:
        """Whether a trial turns away some of those asked about alone: 'severe asthma', where asthma is asked about."""
        criteria = self.records.criteria_for_concepts(related_concepts(concern.concepts)).get(trial_id, ())
        return turns_away_only_some(criteria, concern, self._text_of(trial_id)())

    def studies(self, trial_id: str, concepts: Collection[str]) -> bool:
        """Whether the trial's conditions or title name one of the concepts: it can hardly turn such a person away."""
        return self._index().studies(trial_id, concepts)

    def _index(self) -> TopicIndex:
        if self._topics is None:
            self._topics = TopicIndex(self.records.summaries(), self.records.field_values)
        return self._topics

    def _text_of(self, trial_id: str) -> Callable[[], str]:
        """The trial's text, read only when somebody needs its words."""
        return cache(partial(self.records.text, trial_id))

    def _field(self, asked: FieldIs, trial_ids: tuple[str, ...]) -> Judgements:
        stated = self.records.field_values(asked.field)
        told = {} if asked.field != "sex" or len(trial_ids) > _FEW else self._sexes(trial_ids, stated)
        by_prose = {trial: judge_field(trial, (sex,), asked, (quote,)) for trial, (sex, quote) in told.items()}
        return {trial: judge_field(trial, stated.get(trial, ()), asked) for trial in trial_ids} | by_prose

    def _sexes(self, trial_ids: tuple[str, ...], stated: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, Quote]]:
        """The sex that the prose of a few named trials tells, where the registry field is empty."""
        silent = [trial for trial in trial_ids if not stated.get(trial)]
        found = ((trial, sexes_told(self.records.document(trial))) for trial in silent)
        return {trial: told for trial, told in found if told is not None}

    def names_something(self, words: str) -> bool:
        """Whether words are a name in the field: a concept of the lexicon, or a treatment of some trial."""
        return bool(find_concepts(words)) or any(self.names_treatment(word) for word in words_of(words))

    def names_treatment(self, word: str) -> bool:
        """Whether a word is the name of a treatment: a word of few interventions, not one of many (tablet, group)."""
        if self._treatments is None:
            counts = Counter(
                one
                for summary in self.records.summaries()
                for one in {stem(word) for name in summary.interventions for word in words_of(name)}
            )
            most = max(2, len(self.records.trial_ids) // 50)
            self._treatments = frozenset(one for one, n in counts.items() if n <= most and len(one) >= 6)
        return stem(word) in self._treatments and (bool(find_concepts(word)) or _is_rare(word))

    def _topic(self, trial_id: str, topic: str) -> Judgement:
        return self._index().judge(trial_id, topic)


def _is_rare(word: str) -> bool:
    """Whether a word is no ordinary word of trial text: the shipped token ranks know those whole."""
    return budget_count(f" {word.lower()}") > 1


def _only(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else ""


def prints_fields(predicate: Predicate) -> bool:
    """Whether some part of a predicate rests on printed fields: only then is a record opened for them."""
    if isinstance(predicate, All | Any):
        return any(prints_fields(part) for part in predicate.predicates)
    if isinstance(predicate, Not):
        return prints_fields(predicate.predicate)
    return isinstance(predicate, About) or (isinstance(predicate, FieldIs) and predicate.field not in OF_THE_LIST)


def field_quotes(document: Document, predicate: Predicate) -> tuple[Quote, ...]:
    """The printed registry fields that a predicate's field and topic parts rest on, for quoting."""
    if isinstance(predicate, All | Any):
        return tuple(dict.fromkeys(q for part in predicate.predicates for q in field_quotes(document, part)))
    if isinstance(predicate, Not):
        return field_quotes(document, predicate.predicate)
    if isinstance(predicate, FieldIs):
        printed = [f for f in document.fields if _prints(f.name, predicate.field)]
        telling = [f.span for f in printed if names_value(f.span.of(document.text), predicate)]
        told = kinds_told(document) if predicate.field == "arm_kind" else {}
        telling = telling or [told[kind] for kind in predicate.values if kind in told]
        return tuple(Quote(document.trial_id, span) for span in (telling or [f.span for f in printed])[:3])
    if isinstance(predicate, About):
        return _topic_quotes(document, predicate.text)
    return ()


# The printed fields that carry a predicate's field, where their names differ.
_FEW = 3  # trials named in one question, whose prose is read again
_PRINTED = {
    "arm_kind": ("arm", "intervention", "official_title"), "given": ("arm", "intervention"), "arms": ("arm",),
    "intervention_kind": ("intervention",), "city": ("site",),
    "sites": ("site",), "state": ("site",), "place": ("site",), "facility": ("site",), "city_count": ("site",),
    "outcome": ("outcome.primary", "outcome.secondary", "outcome.other"), "country_count": ("country",),
    "primary_outcome_count": ("outcome.primary",), "secondary_outcome_count": ("outcome.secondary",),
    "collaborator_count": ("collaborator",), "intervention_count": ("intervention",), "condition_count": ("condition",),
    "duration": ("start_date", "completion_date"), "investigator": ("official", "responsible_party"),
    "fda_regulated": ("fda_regulation",), "fda_regulated_drug": ("fda_regulation",),
    "fda_regulated_device": ("fda_regulation",),
    "contact.email": ("contact",), "contact.phone": ("contact",),
}  # fmt: skip


def _prints(name: str, field: str) -> bool:
    """Whether the printed field `name` ('site.3', 'country.0') carries the predicate's field ('country')."""
    family, _, number = name.rpartition(".")
    fields = _PRINTED.get(field, (field,))
    return name in fields or (family in fields and number.isdigit())


def _topic_quotes(document: Document, topic: str) -> tuple[Quote, ...]:
    """The first subject field that holds the topic's words, else the title."""
    subject = [f for f in document.fields if f.name.split(".")[0] in {"title", "condition", "keyword", "intervention"}]
    for field in subject:
        if holds(field.span.of(document.text), topic):
            return (Quote(document.trial_id, field.span),)
    return tuple(Quote(document.trial_id, f.span) for f in subject if f.name == "title")[:1]


def verdict_of(trial_id: str, judgement: Judgement, extra: tuple[Quote, ...] = ()) -> TrialVerdict:
    quotes = tuple(dict.fromkeys((*judgement.quotes, *extra)))
    return TrialVerdict(
        trial_id, judgement.verdict, judgement.reason, quotes, judgement.values, account=judgement.account
    )
