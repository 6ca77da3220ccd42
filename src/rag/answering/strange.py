"""What a question about one trial asks of, and its record never names: such a question is not answered by other things.

Another trial's drug, a placebo that is none, a person or a board that no field holds, the third of two arms, an age
that the trial lets nobody of in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from rag.answering.focus import focus_on
from rag.answering.giving import given
from rag.answering.weighing import kinds_of_answer
from rag.criteria.concepts import find_concepts
from rag.evidence.collect import Judge
from rag.evidence.stems import stem, words_of
from rag.evidence.topics import content_stems
from rag.planning import tables
from rag.planning.rules import words_of_rules
from rag.planning.tables import word_set
from rag.planning.words import lemma, read_line
from rag.types import Asks, Document, Limit, QueryPlan, TrialFacts, Verdict


def strange_words(judge: Judge, trial: str, plan: QueryPlan) -> list[str]:
    """What the question takes for granted of the trial and its record does not hold, in the question's words."""
    return (
        foreign_words(judge, trial, _in_what_asks(plan), plan.question)
        or of_others(judge, trial, plan)
        or strange_roles(judge, trial, plan)
        or unnamed_heads(judge.records.document(trial).text, plan)
    )


def of_others(judge: Judge, trial: str, plan: QueryPlan) -> list[str]:
    """The treatments, places, members of lists and ages of a question that another trial may have, and not this one."""
    document = judge.records.document(trial)
    return (
        strange_treatments(judge, trial, plan)
        or _strange_codes(plan.question, document.text, " ".join(ref.text for ref in plan.trials))
        or _foreign_places(document, plan)
        or _beyond_the_list(document.facts, plan.question)
        or _nobody_of_age(judge, trial, plan)
    )


def _in_what_asks(plan: QueryPlan) -> tuple[str, ...]:
    """The unplaced words that stand in a sentence that asks: 'My twins are 2. What dose does PLUME give?' has none."""
    told = re.split(r"(?<=[.!])\s+(?=[A-Z])", plan.question.strip())
    asking = [one for one in told if one.rstrip().endswith("?")] if len(told) > 1 else []
    words = {word.casefold() for one in asking for word in words_of(one)}
    return tuple(one for one in plan.unread if not words or {word.casefold() for word in words_of(one)} & words)


def foreign_words(judge: Judge, trial: str, unplaced: Sequence[str], question: str = "") -> list[str]:
    """Names of the question's subject that stand nowhere in the record: a drug or disease of another trial.

    Only a word that is a name somewhere (an intervention of the collection, a concept of the lexicon, a code such as
    TQC2731) can be foreign; other words are just words.
    """
    text = judge.records.document(trial).text
    known = {stem(word) for word in words_of(text)}
    foreign = []
    for words in unplaced:
        stems = content_stems(words)
        if _is_code(words):
            missing = words.casefold() not in text.casefold()
        else:
            missing = bool(stems) and not any(one in known or is_misspelt(one, known) for one in stems)
        if missing and (_is_called_otherwise(text, words) or set(stems) <= kinds_of_answer()):
            continue  # another name of what the record speaks of: 'chemo', 'T1D'
        if missing and has_another_name(question, words, known):
            continue
        if missing and (_is_code(words) or judge.names_something(words)):
            foreign.append(words)
    return foreign


def strange_treatments(judge: Judge, trial: str, plan: QueryPlan) -> list[str]:
    """Treatments that a question asks of, and the record never names: another trial's drug, a placebo that is none."""
    if not set(plan.facts) & _OF_TREATMENT:
        return []
    text = judge.records.document(trial).text
    known = {stem(word) for word in words_of(text)}
    named = [word for word in plan.focus if judge.names_treatment(word)]
    named += [word for word in words_of(plan.question) if word.casefold() in {"placebo", "sham"}]
    named += [word for word in plan.focus if is_a_name(word) and not _describes_trial(word, plan.question)]
    strange = [word for word in dict.fromkeys(named) if stem(word) not in known and not is_misspelt(stem(word), known)]
    strange = [word for word in strange if not _is_called_otherwise(text, word)]
    strange = [word for word in strange if not has_another_name(plan.question, word, known)]
    strange = [word for word in strange if not _goes_by_another_name(word, plan.question, text)]
    return strange or _strange_codes(plan.question, text, " ".join(ref.text for ref in plan.trials))


def _is_called_otherwise(text: str, words: str) -> bool:
    """Whether a text speaks of the same thing by another name, which the lexicon knows."""
    focus = focus_on(tuple(words.split()))
    return bool(focus.concepts) and not focus.absent(text)


_OTHER_NAME = re.compile(
    r"(?i)\b((?:[\w-]+ ){1,4})(?:\(\s*(?:also |aka |or |i\.?e\.? )?|aka |also (?:called|known as) |formerly )"
    r"([\w-]{2,20})\b"
)


def has_another_name(question: str, words: str, known: Collection[str]) -> bool:
    """Whether a question adds a name that the record knows: 'fenolast phosphate (FNP)' where that says FNP."""
    for before, name in _OTHER_NAME.findall(question):
        stems = {stem(word) for word in words_of(name)}
        if words.casefold() in before.casefold() and stems and stems <= set(known):
            return True
    return False


def is_a_name(word: str) -> bool:
    """Whether a word is no English one, nor a form or misspelling of one, so that it can only name something."""
    if len(word) <= _SHORT or not (word.isalpha() and word.islower()) or stem(word) in kinds_of_answer():
        return False
    return stem(word) not in _common_stems() and not is_misspelt(word, tables.common_words(), _NEAR)


@cache
def _common_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in tables.common_words())


def _describes_trial(word: str, question: str) -> bool:
    """'the chronotherapy trial': a word for the trial itself, which its record need not use."""
    return bool(re.search(rf"(?i)\b{re.escape(word)}\b(?:[\s-]+\w+)?[\s-]+(?:trial|study)\b", question))


def _goes_by_another_name(word: str, question: str, text: str) -> bool:
    """Whether the word is part of the name of a concept that the record names otherwise: 'blood thinners'."""
    meant = {m.concept for m in find_concepts(question) if word.casefold() in question[m.start : m.end].casefold()}
    return bool(meant) and bool(meant & {mention.concept for mention in find_concepts(text)})


_SHORT = 6
_NEAR = 90  # likeness of a misspelling: names of drugs are less like English words
_OF_TREATMENT = frozenset({"dose", "route", "schedule", "duration", "administration", "titration", "control", "arms"})


def _is_code(words: str) -> bool:
    """'TQC2731' and 'BEBT-109', but not '30' or '30 kg'."""
    return any(any(c.isdigit() for c in word) and any(c.isalpha() for c in word) for word in words.split())


def is_misspelt(word: str, known: Collection[str], least: float = 84) -> bool:
    return len(word) >= 5 and extractOne(word, known, scorer=ratio, score_cutoff=least) is not None


# Codes and names in capitals: 'TQC2731', 'BEBT-109', 'CAR-T'.
_CODE = re.compile(r"\b(?=[A-Z0-9-]*[A-Z][A-Z0-9-]*[A-Z])[A-Z][A-Z0-9]*-[A-Z0-9]+\b")


def _strange_codes(question: str, text: str, naming: str) -> list[str]:
    """Codes of the question that stand nowhere in the record, with a hyphen or without, and do not name the trial."""
    plain = _joined(text)
    codes = (match.group() for match in _CODE.finditer(question) if not match.group().startswith("NCT"))
    return [code for code in codes if _joined(code) not in plain and _joined(code) not in _joined(naming)]


def _joined(text: str) -> str:
    return re.sub(r"[-\s]", "", text).casefold()


def strange_roles(judge: Judge, trial: str, plan: QueryPlan) -> list[str]:
    """Words that say of whom or of what a name is asked, where the fact is a name: 'statistician', 'gene panel'."""
    told_apart = all(len(ref.trial_ids) == 1 for ref in plan.trials)  # else a word may describe the trial
    if not plan.facts or not told_apart or not set(plan.facts) <= word_set("strange.names"):
        return []
    known = {stem(word) for word in words_of(judge.records.document(trial).text)}
    plain = tables.stop_words() | tables.frame_words() | words_of_rules(plan.facts) | word_set("strange.plain")
    asked = [word for word in plan.focus if len(word) > 2 and word.isalpha() and lemma(word) not in plain]
    told = _places_in(plan.question) | _words_describing(plan)
    asked = [word for word in asked if word.casefold() not in told and not _describes_trial(word, plan.question)]
    return [word for word in asked if stem(word) not in known and not is_misspelt(stem(word), known)]


def _places_in(question: str) -> frozenset[str]:
    """The words of the countries and regions that a question names: both of 'New Zealand'."""
    line = read_line(question)
    spans = [line.tokens[found.first : found.last] for found in tables.places().find(line)]
    return frozenset(token.text.casefold() for span in spans for token in span)


def _foreign_places(document: Document, plan: QueryPlan) -> list[str]:
    """'Which hospital in Japan …' of a trial whose sites stand elsewhere: the countries asked of and not there."""
    there = {site.country for site in document.facts.sites}
    if not there or not set(plan.facts) & _OF_SITES:
        return []
    line, naming = read_line(plan.question), " ".join(ref.text for ref in plan.trials).casefold()
    found = {line.words(one.first, one.last): one.value for one in tables.places().find(line)}
    return [
        words
        for words, countries in found.items()
        if not there & set(countries)
        and words.casefold() not in naming
        and not any(one in document.text for one in (words, *countries))
    ]


_OF_SITES = frozenset({"sites", "site_count", "cities"})


def _words_describing(plan: QueryPlan) -> frozenset[str]:
    """The words behind the first that tells which trial is meant, in the same clause: they describe it too."""
    naming = {word.casefold() for ref in plan.trials if ref.how == "described" for word in words_of(ref.text)}
    found: set[str] = set()
    for clause in re.split(r"[,;:?!]|\s[-–—]\s", plan.question):
        words = [word.casefold() for word in words_of(clause)]
        first = next((at for at, word in enumerate(words) if word in naming), len(words))
        found |= set(words[first:])
    return frozenset(found)


def unnamed_heads(text: str, plan: QueryPlan) -> list[str]:
    """'Which brand …', 'how many nurses …': what records rarely tell, where this one does not."""
    known = {stem(word) for word in words_of(text)}
    asked = [word for word in plan.focus if lemma(word.casefold()) in word_set("strange.heads")]
    unnamed = [word for word in asked if stem(word) not in known and not given((stem(word),), text)]
    counted = [lemma(word.casefold()) for found in _HOW_MANY.findall(plan.question) for word in found.split()]
    staff = [word for word in counted if word in word_set("strange.staff")]
    numbered = rf"(?i)\b(?:\d+|{_NUMBERS})\W+(?:\w+\W+){{0,2}}?"
    return unnamed + [f"a number of {word}s" for word in staff if not re.search(numbered + re.escape(word), text)]


def asked_heads(text: str, plan: QueryPlan) -> list[str]:
    """Those of the unnamed heads that are asked for themselves: 'which brand …', not 'how are the markers found?'."""
    asked = " ".join(words for found in _WHICH.findall(plan.question) for words in found).casefold()
    return [head for head in unnamed_heads(text, plan) if head.startswith("a number") or head.casefold() in asked]


_WHICH = re.compile(r"(?i)\b(?:which|what|whose) ((?:[\w-]+ ){0,2}[\w-]+)|\bwhat(?:'s| is| was) the ([\w-]+)")
_HOW_MANY = re.compile(r"(?i)\b(?:how many|number of) (\w+(?: \w+)?)")
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|several"
_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
_LISTED: dict[str, Callable[[TrialFacts], int]] = {
    "drug": lambda facts: len(facts.interventions),
    "medicine": lambda facts: len(facts.interventions),
    "intervention": lambda facts: len(facts.interventions),
    "arm": lambda facts: len(facts.arms),
    "group": lambda facts: len(facts.arms),
    "site": lambda facts: len(facts.sites),
    "hospital": lambda facts: len(facts.sites),
    "sponsor": lambda facts: 1 + len(facts.collaborators),
    "funder": lambda facts: 1 + len(facts.collaborators),
    "collaborator": lambda facts: len(facts.collaborators),
    "country": lambda facts: len({site.country for site in facts.sites}),
    "primary outcome": lambda facts: _outcomes(facts, "primary"),
    "primary endpoint": lambda facts: _outcomes(facts, "primary"),
    "secondary outcome": lambda facts: _outcomes(facts, "secondary"),
    "secondary endpoint": lambda facts: _outcomes(facts, "secondary"),
}
_NTH = re.compile(
    rf"(?i)\b({'|'.join(_ORDINALS)})\s+(?:of\s+(?:its|the|their)\s+)?(?:study\s+|treatment\s+)?({'|'.join(_LISTED)})s?\b"
)


def _outcomes(facts: TrialFacts, kind: str) -> int:
    return sum(outcome.kind == kind for outcome in facts.outcomes)


def _beyond_the_list(facts: TrialFacts, question: str) -> list[str]:
    """'The third drug' of a trial that lists two."""
    return [
        match.group()
        for match in _NTH.finditer(question)
        if 0 < _LISTED[match.group(2).casefold()](facts) < _ORDINALS[match.group(1).casefold()]
    ]


def _nobody_of_age(judge: Judge, trial: str, plan: QueryPlan) -> list[str]:
    """'Which children …' of a trial of adults: the people whom the question takes to be in the trial."""
    where = plan.where
    if not isinstance(where, Limit) or where.variable != "age" or where.asks is not Asks.ADMITS:
        return []
    turned_away = judge.all(where, (trial,))[trial].verdict is Verdict.NO_MATCH
    return [f"anybody of age {where.values.describe()}"] if turned_away else []
