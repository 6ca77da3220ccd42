"""Yes or no about one trial where no judgement of a predicate gives it: by a list that is complete, or by its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import re2

from rag.answering.english import listed
from rag.answering.entries import control_arms, sites_meant, state_entries
from rag.answering.extract import Found, find_sentences, own_names
from rag.answering.finish import section_of
from rag.answering.focus import Focus, focus_on, rows_meant
from rag.answering.neighbours import names_a_place
from rag.answering.stating import TELLING, quoted, state
from rag.answering.unheld import unmentioned
from rag.evidence.collect import Judge
from rag.text import shortened
from rag.types import Asks, Claim, Concerns, Document, Polarity, QueryPlan, Quote

_MOSTLY = 0.66  # share of the words asked about that a sentence must hold to be about them


def yes_or_no(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    """Whether the record holds what is asked about; None where it cannot be told so simply."""
    tell = next((tell for facts, tell in _TELLERS if set(plan.facts) <= facts), None)
    return tell(judge, trial, plan) if tell is not None and plan.facts else None


def _is_listed(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    asked = Asks.EXCLUDES if plan.facts == ("exclusion",) else Asks.ADMITS
    return in_criteria(judge, trial, asked, plan)


# An item that turns away and lets in: no yes or no is read off its list.
_LETS_IN = re.compile(r"(?i)\b(?:allowed|permitted|except|unless|other than|eligible|acceptable)\b")
_KINDS = re.compile(r"(?i)\b(?:placebo|sham|dummy)\w*")


def _no_such_control(document: Document, plan: QueryPlan) -> Claim | None:
    """'No' where a placebo or a sham is asked about and the record never speaks of one."""
    asked = {match.group().casefold()[:4] for match in _KINDS.finditer(plan.question)}
    told = {match.group().casefold()[:4] for match in _KINDS.finditer(document.text)}
    if not asked or asked & told:
        return None
    quotes = _rows(document, "arm")
    named = listed([arm.label for arm in document.facts.arms])
    return (
        Claim(f"No: the record of {document.trial_id} names none; its arms: {named}.", quotes[:12]) if quotes else None
    )


def _rows(document: Document, family: str) -> tuple[Quote, ...]:
    """The printed entries of a numbered family: arm.0, arm.1 …"""
    rows = (field for field in document.fields if field.name.rpartition(".")[0] == family)
    return tuple(Quote(document.trial_id, row.span) for row in rows)


def _has_control(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    document, focus = judge.records.document(trial), focus_on(plan.focus)
    none = _no_such_control(document, plan)
    if none is not None:
        return none
    arms = document.facts.arms
    quotes = _rows(document, "arm")
    if not arms or not quotes:
        return None
    if control_arms(document):
        claim = state_entries(document, "control", focus)
        return None if claim is None else Claim(f"Yes. {claim.text}", claim.quotes)
    if len(arms) > 1:
        return None
    return Claim(f"No: {document.trial_id} lists a single arm, {arms[0].label}.", quotes)


def _is_limited(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    """'Is there an upper age limit?'."""
    claim = state(judge, trial, plan.facts[0], plan)
    if claim is None:
        return None
    return Claim(f"{'No' if 'not limited' in claim.text else 'Yes'}. {claim.text}", claim.quotes)


def _is_outcome(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    """'Is quality of life the primary outcome?': by the outcomes of that kind, which the record lists whole."""
    focus = focus_on(plan.focus)
    claim = state(judge, trial, plan.facts[0], plan) if focus else None
    if claim is None:
        return None
    document = judge.records.document(trial)
    shares = [focus.share(quote.span.of(document.text)) for quote in claim.quotes]
    if max(shares, default=0.0) > 0.99:
        return Claim(f"Yes. {claim.text}", claim.quotes)
    return Claim(f"No. {claim.text}", claim.quotes) if max(shares, default=1.0) == 0 else claim


# Things that a trial has or has not: a sentence that speaks of one and denies nothing says 'yes'.
_MAY_BE = frozenset({
    "oversight", "ethics", "interim", "data_sharing", "crossover", "questionnaires", "run_in", "rescue",
    "compensation", "stratification", "titration", "visits",
})  # fmt: skip


def _there_is(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    claim = state(judge, trial, plan.facts[0], plan) if len(plan.facts) == 1 else None
    if claim is None:
        return None
    document = judge.records.document(trial)
    field = next((words for quote in claim.quotes if (words := _ANSWERED.search(quote.span.of(document.text)))), None)
    if field is not None and not _DENIED.search(plan.question):
        return Claim(f"{field.group(1)}. {claim.text}", claim.quotes)
    denied = any(_DENIES.search(quote.span.of(document.text)) for quote in claim.quotes)
    return claim if denied or _DENIED.search(plan.question) else Claim(f"Yes. {claim.text}", claim.quotes)


_ANSWERED = re2.compile(r"^[^:.]{1,60}: (Yes|No|Undecided)$")  # a field of the registry that is itself an answer


def _is_so(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    """A registry field that is itself a yes or a no: healthy volunteers, blinding, posted results."""
    facts = judge.records.document(trial).facts
    so = {
        "healthy_volunteers": facts.healthy_volunteers,
        "masking": facts.masking != "NONE" if facts.masking else None,
        "results": facts.has_results,
        "has_results": facts.has_results,
    }[plan.facts[0]]
    claim = state(judge, trial, plan.facts[0], plan)
    if plan.facts == ("masking",) and _KNOWS.search(plan.question):
        so = None if not facts.masking else facts.masking == "NONE" or "PARTICIPANT" not in facts.who_masked
    if claim is None or so is None or _DENIED.search(plan.question):
        return None
    return Claim(f"{'Yes' if so else 'No'}. {claim.text}", claim.quotes)


_KNOWS = re2.compile(
    r"(?i)\b(?:i|we|patients?|participants?|people|they|he|she)\b.{0,20}\b(?:know|told|find out|aware|learn)\b"
)


# Ways of giving a treatment, by the words of questions and records.
_WAYS = {
    "oral": re2.compile(r"(?i)\b(?:oral(?:ly)?|by mouth|tablets?|capsules?|pills?|p\.?o\.?)\b"),
    "vein": re2.compile(r"(?i)\b(?:intravenous(?:ly)?|i\.?v\.?|infus\w+|veins?|drip)\b"),
    "skin": re2.compile(r"(?i)\b(?:subcutaneous(?:ly)?|under the skin|s\.?c\.?)\b"),
    "muscle": re2.compile(r"(?i)\b(?:intramuscular(?:ly)?|into (?:a|the) muscle|i\.?m\.?)\b"),
    "lung": re2.compile(r"(?i)\b(?:inhal\w+|nebuli[sz]\w+)\b"),
    "topical": re2.compile(r"(?i)\b(?:topical(?:ly)?|cream|ointment|gel|patch(?:es)?|transdermal\w*)\b"),
    "nose": re2.compile(r"(?i)\b(?:intra-?nasal(?:ly)?|nasal(?:ly)?|nose)\b"),
}


def _ways(text: str) -> frozenset[str]:
    return frozenset(name for name, words in _WAYS.items() if words.search(text))


def _given_so(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    """'Is it given by mouth?': yes or no by the ways that the sentences on it name."""
    claim = state(judge, trial, plan.facts[0], plan)
    document = judge.records.document(trial)
    asked = _ways(plan.question)
    told = _ways(" ".join(quote.span.of(document.text) for quote in claim.quotes)) if claim is not None else frozenset()
    if claim is None or not asked or not told or (asked & told and not asked <= told):
        return None
    return Claim(f"{'Yes' if asked <= told else 'No'}. {claim.text}", claim.quotes)


def _has_site(judge: Judge, trial: str, plan: QueryPlan) -> Claim | None:
    document, focus = judge.records.document(trial), focus_on(plan.focus)
    sites = document.facts.sites
    quotes = _rows(document, "site")
    if not sites or not quotes or not focus:
        return None
    if sites_meant(document, focus):
        claim = state_entries(document, "sites", focus)
        if claim is None:  # every site is there
            return Claim(f'Yes: every site of {document.trial_id} fits "{focus.text}".', quotes[:3])
        return Claim(f"Yes. {claim.text}", claim.quotes)
    if not names_a_place(plan):  # 'do they stay in hospital?' asks of no site
        return None
    many = "the one site" if len(sites) == 1 else f"none of the {len(sites)} sites"
    return Claim(
        f'No: {many} listed for {document.trial_id} {"does not fit" if len(sites) == 1 else "fits"} "{focus.text}".',
        quotes[:3],
    )


def in_criteria(judge: Judge, trial: str, asked: Asks | None, plan: QueryPlan) -> Claim | None:
    """Whether the criteria turn away or ask for what the question names in words of their own."""
    focus = focus_on(plan.focus)
    if asked is None or asked not in {Asks.EXCLUDES, Asks.ADMITS, Asks.REQUIRES} or not focus:
        return None
    document = judge.records.document(trial)
    items = [c for c in judge.records.read_trial(trial).criteria if c.section != "eligibility.fields"]
    texts = [item.span.of(document.text) for item in items]
    meant = [at for at in rows_meant(focus, texts) if focus.share(texts[at]) >= _MOSTLY][:3]
    if not meant:
        return None
    words = "; ".join(f'"{shortened(texts[at], 300)}"' for at in meant)
    quotes = tuple(Quote(trial, items[at].span) for at in meant)
    told = _verdict_of({items[at].polarity for at in meant}, asked, [texts[at] for at in meant], plan.question)
    lead = told.format(trial=trial) if told else f"The criteria of {trial} say"
    return Claim(f"{lead}: {words}", quotes)


def _verdict_of(polarities: set[Polarity], asked: Asks, texts: Sequence[str], question: str) -> str:
    """How an answer opens, '' where the items must be judged by the reader."""
    if any(_LETS_IN.search(text) for text in texts) or len(polarities) > 1:
        return ""
    if polarities == {Polarity.EXCLUSION}:
        return f"{'Yes' if asked is Asks.EXCLUDES else 'No'}: {{trial}} lists among its exclusions"
    denied = any(_DENIES.search(text) for text in (*texts, question))
    if denied and asked is not Asks.REQUIRES:
        return ""
    return f"{'No' if asked is Asks.EXCLUDES else 'Yes'}: {{trial}} asks for it"


def told_in_prose(document: Document, plan: QueryPlan) -> Claim | None:
    """The sentences of the record that hold what is asked about, for the reader to judge."""
    focus = focus_on(plan.focus).without(own_names(document))
    if focus.weight < TELLING or (_WHETHER.match(plan.question) and unmentioned(document, plan)):
        return None  # 'do they pay for the biopsy?' of a record that speaks of the biopsy alone
    found = [f for f in find_sentences(document, focus, asked="") if f.coverage >= _MOSTLY and not _is_heading(f.text)]
    best = [f for f in found if f.coverage >= found[0].coverage - 0.01][:2]
    if not best:
        return None
    claim = quoted(best)
    if _affirms(best[0], focus, plan) and _may_affirm(section_of(document, best[0].quote), plan):
        return Claim(f"Yes, in these words. {claim.text}", claim.quotes)
    return Claim(f"The record of {document.trial_id} says{claim.text.removeprefix(document.trial_id)}", claim.quotes)


def _may_affirm(section: str, plan: QueryPlan) -> bool:
    """No exclusion says Yes; to whether a thing is allowed or required no outcome or aim does either."""
    of_criteria = isinstance(plan.where, Concerns) and plan.where.asks in {Asks.ADMITS, Asks.EXCLUDES, Asks.REQUIRES}
    return not section.startswith("eligibility.exclusion") and (section.startswith("eligibility") or not of_criteria)


def _is_heading(text: str) -> bool:
    """'Hepatic:', 'Prior therapy:': a heading tells nothing."""
    return text.rstrip().endswith(":") and len(text.split()) <= _HEADING


_HEADING = 4  # words
_WHETHER = re2.compile(r"(?i)\s*(?:do|does|did|is|are|was|were|will|must|has|have)\b")
_DENIES = re2.compile(
    r"(?i)\b(?:no|not|none|never|without|neither|nor|cannot|exclud\w+|unable|refus\w+|only|if|unless)\b"
)


_DENIED = re2.compile(r"(?i)\b(?:no|not|none|never|without|neither|nor|cannot|only|\w+n['’]t)\b")  # of a question


def _affirms(found: Found, focus: Focus, plan: QueryPlan) -> bool:
    """Whether a sentence says all that is asked, and neither it nor the question denies or restricts anything."""
    whole = found.coverage > 0.99 and len(focus.weights) > 1
    return whole and not _DENIES.search(found.text) and not _DENIES.search(plan.question)


_TELLERS: tuple[tuple[frozenset[str], Callable[[Judge, str, QueryPlan], Claim | None]], ...] = (
    (frozenset({"control"}), _has_control),
    (frozenset({"route", "administration"}), _given_so),
    (frozenset({"sites", "site_count", "cities", "countries"}), _has_site),
    (frozenset({"healthy_volunteers"}), _is_so),
    (frozenset({"masking"}), _is_so),
    (frozenset({"results"}), _is_so),
    (frozenset({"has_results"}), _is_so),
    (frozenset({"minimum_age", "maximum_age"}), _is_limited),
    (frozenset({"outcome", "outcome.primary", "outcome.secondary"}), _is_outcome),
    (frozenset({"exclusion", "inclusion"}), _is_listed),
    (_MAY_BE, _there_is),
)
