"""The sentences of a named trial that answer where no rule of a fact does, or where what the rules found does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import re2

from rag.answering.alike import others_of
from rag.answering.choosing import Ranking, choose, kinds_asked, kinds_held
from rag.answering.classes import that_name_one
from rag.answering.counted import read_counted, say_number, that_count
from rag.answering.extract import ENTRY_FAMILIES, Found, find_sentences, own_names
from rag.answering.facts import RULES
from rag.answering.focus import Focus, focus_on
from rag.answering.labels import of_another_group
from rag.answering.neighbours import ENTRIES, of_nothing_new
from rag.answering.prose_facts import ProseFact, load_prose_facts
from rag.answering.stating import REACHED_BY, TELLING, held_by, quoted
from rag.answering.unheld import labelled_part, not_held
from rag.answering.weighing import alone, instead, least_alone, limits, shown, telling
from rag.evidence.collect import Judge
from rag.evidence.stems import stem, words_of
from rag.types import Claim, Document, QueryPlan, Quote, Span

_HARDLY, _NEARLY_WHOLE, _WHOLE = 0.34, 0.8, 0.99  # shares of a focus
# A sentence that stands out among all of the record takes the place of what the rules found, where it holds more of
# what is asked about. On 451 development questions about one trial: 8 answers mended, none of 366 right ones lost.
_SURE = 0.85
_AT_LEAST = 0.35
_MORE = 0.1
_TWO_WORDS = 1.2  # weight of a focus of two words


def chosen_sentences(judge: Judge, document: Document, plan: QueryPlan) -> Claim | None:
    """The sentence or two of a record that answer a question which no rule of a fact reads; None where none does."""
    told = _told_alone(document, plan, ranked(judge, document, plan))
    counts = told is not None and read_counted(plan.question) is not None
    return None if told is None or (counts and not _NUMBER.search(told.text.partition(": ")[2])) else told


def surer_sentences(judge: Judge, document: Document, plan: QueryPlan) -> Claim | None:
    """The likeliest sentence, where it may be told rather than others that merely share words with the question."""
    ranking = ranked(judge, document, plan)
    if alone(document, plan, ranking) < limits().rather:
        return None
    claim = _quoted(document, ranking)
    return None if not_held(document, plan, [claim]) else claim


def _quoted(document: Document, ranking: Ranking) -> Claim:
    """The best sentence or two; of the head line of a registry entry, which tells nothing, the entry."""
    told = {one.text: one for one in reversed(shown(ranking))}  # two entries that say the same are told once
    return quoted([_with_its_entry(document, one) for one in reversed(told.values())])


def _with_its_entry(document: Document, found: Found) -> Found:
    """A sentence found; the whole entry where it is the head line of one ('Secondary outcome: Grip strength')."""
    starts = {f.span.start: f.span for f in document.fields if f.name.rpartition(".")[0] in ENTRY_FAMILIES}
    whole = starts.get(found.quote.span.start)
    if whole is None or whole.end - whole.start > _ENTRY:
        return found
    return replace(found, quote=Quote(found.quote.trial_id, whole), text=whole.of(document.text))


_ENTRY = 600  # code points of an entry that is told whole


def _told_alone(document: Document, plan: QueryPlan, ranking: Ranking) -> Claim | None:
    """The likeliest sentence where it is likely enough, else one that holds all that is asked about, label and all."""
    likely = alone(document, plan, ranking)
    named = _number_asked(document, plan, ranking, likely) or _one_of_its_class(document, plan, ranking)
    if named is not None:
        return named
    by_name = [rule for rule in _rules(plan) if len(plan.facts) == 1 and plan.facts[0] in _BY_NAME]
    if any(not rule.cued(one.text) for rule in by_name for one in shown(ranking)[:1]):
        return None
    if ranking.found and likely >= least_alone(document, plan, ranking):
        return _quoted(document, ranking)
    focus = telling(focus_on(plan.focus), document)
    if focus.weight < TELLING or _absent(focus_on(plan.focus), document.text):
        return None
    if likely < limits().whole and not focus.labels:
        return None
    found = [one for one in find_sentences(document, focus, asked=plan.question) if one.coverage >= _WHOLE]
    found = [one for one in found if focus.labels or all(rule.cued(one.text) for rule in _rules(plan))]
    return quoted(found[:2]) if found else None


_NUMBER = re2.compile(  # 'how many amputations': told by no sentence without a number
    r"(?i)\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|"
    r"once|twice|single|both|no|none|each|every|one (?:or|to|dose|time|session|visit|injection|infusion|[a-z]+ only)|"
    r"only one)\b"
)

# What a record speaks of only in words of its own: 'paid', 'crossover', 'ethics committee'.
_BY_NAME = frozenset({
    "compensation", "rescue", "crossover", "ethics", "interim", "data_sharing", "stratification", "oversight",
    "consent", "per_group", "participation", "randomization_ratio", "maker",
})  # fmt: skip


def _number_asked(document: Document, plan: QueryPlan, ranking: Ranking, likely: float) -> Claim | None:
    """The best sentence that gives the number of what is counted: 'how many sensors', 'how many hours a day'."""
    counted = read_counted(plan.question)
    found = that_count(counted, document, ranking) if counted is not None else []
    if counted is None or not found:
        return None
    held = telling(focus_on(plan.focus), document).without({counted.head}).share(found[0].text)
    sure = counted.rate or held > 0 or found[0] is ranking.found[0] or likely >= limits().whole
    if len({one.text for one in found}) > 1 and not sure:
        return None
    return quoted(found[:1])


def _one_of_its_class(document: Document, plan: QueryPlan, ranking: Ranking) -> Claim | None:
    """The best sentence that names one of the class asked for: 'which imaging …', 'into which part of the body …'."""
    found = that_name_one(document, ranking, focus_on(plan.focus))
    return quoted(found[:1]) if found else None


def _absent(focus: Focus, text: str) -> bool:
    """Whether the record says some word of the focus by no word at all."""
    there = {stem(word) for word in words_of(text)}
    return any(not others_of(word, text) & there for word in focus.absent(text))


def _rules(plan: QueryPlan) -> list[ProseFact]:
    return [rule for fact in plan.facts if (rule := load_prose_facts().get(fact)) is not None]


@dataclass(frozen=True, slots=True)
class Instead:
    """A sentence to be told, and which of the claims found by rules are told with it."""

    claim: Claim | None = None
    keeps: Literal["all", "fields", "none"] = "all"


def sentence_instead(judge: Judge, document: Document, plan: QueryPlan, claims: Sequence[Claim]) -> Instead:
    """A sentence that holds what the question asks about, where the claims hold next to none of it, or less of it."""
    ranking = ranked(judge, document, plan)
    found = ranking.found
    counted = read_counted(plan.question)
    if claims and counted is not None and _may_miss_it(plan) and not say_number(counted, document, claims):
        number = _number_asked(document, plan, ranking, alone(document, plan, ranking))
        if number is not None:
            return Instead(number, "none")
    told_already = bool(claims and found) and of_nothing_new(plan, found[0].text)
    if claims and found and not told_already and _answers_rather(document, found[0], plan, claims):
        several = len(claims) > 1 and len(plan.facts) > 1  # one sentence holds one of several things asked
        return Instead(_quoted(document, ranking), "all" if several else "none")
    ways = [REACHED_BY[fact] for fact in plan.facts if fact in REACHED_BY]
    if told_already or (ways and not any(way.search(one.text) for way in ways for one in found[:1])):
        return Instead()  # 'at what address do I reach him?': no sentence without an address
    if not claims:  # 'how many are in arm C?': the size of the trial is none of an arm
        of_another = found and of_another_group(plan.facts, plan.question, found[0].text)
        return Instead(None if of_another else _told_alone(document, plan, ranking), "none")
    holding = _holding_it(document, plan, claims)
    if holding is not None:
        return Instead(holding, "none" if labelled_part(document, plan) else "fields")
    return _said_besides(document, plan, ranking, claims)


def _may_miss_it(plan: QueryPlan) -> bool:
    """Whether a number could be told beside the point: by prose on one fact, not by a field or by several facts."""
    return len(plan.facts) == 1 and plan.facts[0] not in RULES and ":" not in plan.facts[0]


def _said_besides(document: Document, plan: QueryPlan, ranking: Ranking, claims: Sequence[Claim]) -> Instead:
    """The best sentence beside the claims, where it may well answer better; alone, where they hold nothing asked."""
    quotes = [quote.span for claim in claims for quote in claim.quotes]
    said = {span.of(document.text) for span in quotes}
    if any(one.text in said or _overlap(one, span) for one in ranking.found[:1] for span in quotes):
        return Instead()
    likely = instead(document, plan, ranking, claims)
    if likely < limits().beside:
        return Instead()
    claim = _quoted(document, ranking)
    focus = telling(focus_on(plan.focus), document)
    one = len(plan.facts) == 1
    field = one and plan.facts[0] in RULES  # their sex is no answer to what women do
    unheld = field and focus.weight >= TELLING and not held_by(document, claims, focus)
    surely = one and not field and likely >= limits().surely
    if surely or (unheld and (likely >= limits().instead or (plan.facts[0] in ENTRIES and not focus.labels))):
        return Instead(claim, "none")
    return Instead(replace(claim, text=claim.text.replace(": ", ", the record also says: ", 1)))


def _answers_rather(document: Document, best: Found, plan: QueryPlan, claims: Sequence[Claim]) -> bool:
    surer = _is_surer(document, best, focus_on(plan.focus), plan, claims)
    return surer or _tells_how_often(best, plan, claims) or _tells_the_step(best, plan, claims)


def _is_surer(document: Document, best: Found, focus: Focus, plan: QueryPlan, claims: Sequence[Claim]) -> bool:
    if any(_overlap(best, quote.span) for claim in claims for quote in claim.quotes) or _states_it(best, plan, claims):
        return False
    held = held_by(document, claims, focus)
    own = focus.without(own_names(document))
    if all(fact in RULES for fact in plan.facts):
        told_of_more = set(plan.facts) <= _DATES and own.weight >= _TWO_WORDS  # 'when do they begin to give blood?'
        only_fields = (set(plan.facts) <= _FIXED or told_of_more) and not held
        return only_fields and best.score >= _AT_LEAST and own.share(best.text) >= 0.6
    if not held and own.weight >= TELLING and own.share(best.text) >= _NEARLY_WHOLE:
        return best.score >= _AT_LEAST
    return best.score >= _SURE and best.coverage >= max(_AT_LEAST, held + _MORE)


def _states_it(best: Found, plan: QueryPlan, claims: Sequence[Claim]) -> bool:
    """Whether the claims state the one fact in words that leave no doubt, and the best sentence does not state it."""
    rules = _rules(plan)
    alone = len(rules) == len(plan.facts) == 1 and rules[0].strong
    named = alone and (not rules[0].by_terms or {*plan.facts} <= _BY_NAME)
    return bool(named) and any(rules[0].is_strong(claim.text) for claim in claims) and not rules[0].cued(best.text)


def _tells_how_often(best: Found, plan: QueryPlan, claims: Sequence[Claim]) -> bool:
    """'How often are they seen?': the sentence says how often, the claims say when or how long alone."""
    asked = set(kinds_asked(plan.question)) & _OFTEN
    held = kinds_held(tuple(asked), " ".join(claim.text for claim in claims))
    return bool(asked) and not held and best.score >= _AHEAD and bool(kinds_held(tuple(asked), best.text))


def _tells_the_step(best: Found, plan: QueryPlan, claims: Sequence[Claim]) -> bool:
    """'What is the starting dose?': the sentence gives an amount and says that it is the first, the claims do not."""
    if plan.facts != ("dose",) or best.score < _AHEAD or not load_prose_facts()["dose"].cued(best.text):
        return False
    said = " ".join(claim.text for claim in claims)
    ways = [way for asked, way in _STEPS if asked.search(plan.question)]
    return any(way.search(best.text) and not way.search(said) for way in ways)


# Steps of a dose: how a question asks for one, and how a sentence says that it gives it.
_DOSE = r"[\w ]{0,24}\b(?:dos\w+|amount|strength)\b"
_STEPS = tuple(
    (re2.compile(rf"(?i)\b(?:{asked}){_DOSE}"), re2.compile(rf"(?i)\b(?:{said})\b"))
    for asked, said in (
        (r"start\w*|initial|first|opening|beginning", r"start\w*|initial\w*|first|beg[iau]n\w*|loading"),
        (r"max\w*|highest|top|largest|biggest", r"max\w*|highest|up to|not exceed\w*|at most|no more than"),
        (r"target|final|full", r"target\w*|goal|final\w*|full|up to|reach\w*"),
        (r"maintenance", r"maintenance|maintain\w*|thereafter|subsequent\w*|followed by"),
        (r"loading", r"load\w*|bolus|initial\w*|first"),
    )
)

_OFTEN = frozenset({"frequency"})
_BY_NAME = frozenset({"maker"})  # told by a name, however much of the question another sentence holds
_AHEAD = 0.5  # likelihood among all sentences of the record

# Fields of a fixed vocabulary, which says nothing of a pharmacy, a person or a tool.
_FIXED = frozenset({"allocation", "masking", "phase", "status", "study_type", "intervention_model", "primary_purpose"})
_DATES = frozenset({"start_date", "completion_date", "primary_completion_date"})  # of the trial, not of a step in it


def _overlap(found: Found, span: Span) -> bool:
    return found.quote.span.start < span.end and span.start < found.quote.span.end


def _holding_it(document: Document, plan: QueryPlan, claims: Sequence[Claim]) -> Claim | None:
    focus = focus_on(plan.focus).without(own_names(document))
    if held_by(document, claims, focus) > _HARDLY or focus.weight < TELLING or len(plan.facts) > 1:
        return None
    found = [f for f in find_sentences(document, focus, asked=plan.question) if f.coverage >= _WHOLE]
    found = [f for f in found if all(rule.cued(f.text) for rule in _rules(plan))]
    return quoted(found[:2]) if found else None


def ranked(judge: Judge, document: Document, plan: QueryPlan) -> Ranking:
    """The sentences of a record by how well they answer the question of a plan."""
    return judge.once(_ranked, document.trial_id, plan)


def _ranked(judge: Judge, trial: str, plan: QueryPlan) -> Ranking:
    document, rules = judge.records.document(trial), _rules(plan)
    items = [criterion.span for criterion in judge.records.read_trial(trial).criteria]
    return choose(document, plan, rules=rules, items=items, likeness=judge.records.likeness())
