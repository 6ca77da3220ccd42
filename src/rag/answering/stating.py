"""One fact of one trial as a sentence: a registry field, a row of a list, a criterion, or the words of its prose."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from rag.answering.entries import has_one_arm, state_entries
from rag.answering.extract import Found, state_prose_fact
from rag.answering.facts import RULES, state_count, state_fact
from rag.answering.focus import Focus, focus_on, rows_meant
from rag.answering.prose_facts import load_prose_facts
from rag.criteria.concepts import load_concepts
from rag.criteria.lexicon import load_variables
from rag.evidence.collect import Judge
from rag.evidence.sentences import around
from rag.evidence.stems import stem, words_of
from rag.evidence.words import concern_label
from rag.text import shortened
from rag.types import Asks, Claim, Concerns, Document, Limit, Polarity, QueryPlan, Quote, Span, Verdict
from rag.values import EVERYTHING

_LONGEST_ITEM = 300  # code points of an item shown
_MOST_ITEMS = 25  # of a list of criteria shown whole


def state(judge: Judge, trial: str, fact: str, plan: QueryPlan) -> Claim | None:
    """The sentence that states a fact of one trial as the question means it; None where the record does not."""
    kind, _, name = fact.partition(":")
    if kind == "criterion":
        return _predicate_claim(judge, trial, Limit(name, EVERYTHING, Asks.MENTIONS, ""))
    if kind == "concept":
        return _concept_claim(judge, trial, name)
    document, focus = judge.records.document(trial), focus_on(plan.focus)
    if fact == "interventions" and _COMBINED.search(plan.question):
        focus = Focus()  # what is given beside the one named
    if fact in REACHED_BY and focus and (named := _contact_named(document, fact, focus)) is not None:
        return named
    claim = state_count(document, fact, plan.question) or state_entries(document, fact, focus)
    if claim is None and fact in _LISTS:
        return _criteria_claim(judge, document, fact, focus)
    if claim is None:
        claim = state_fact(document, fact) if fact in RULES else _section_claim(document, fact)
    if claim is None and fact in REACHED_BY:
        claim = _site_contact(document, fact)
    if claim is None and fact in load_prose_facts():
        of_treatment = load_prose_facts()[fact].by_terms  # the size of a trial is told beside no drug
        subjects = _subjects(judge, document, plan.terms) if of_treatment else frozenset()
        claim = state_prose_fact(document, fact, focus, subjects=subjects)
    if claim is None and fact in _INSTEAD and not (fact == "control" and has_one_arm(document)):
        return state(judge, trial, _INSTEAD[fact], plan)
    return claim


_COMBINED = re.compile(
    r"(?i)\b(?:combin\w+|together with|partner\w*|alongside|along with|in addition to|added to|on top of|besides|"
    r"paired with)\b"
)


def fact_label(fact: str) -> str:
    kind, _, name = fact.partition(":")
    if kind == "criterion":
        return f"a limit on {load_variables()[name].label}" if name in load_variables() else f"a limit on {name}"
    if kind == "concept":
        return load_concepts()[name].label if name in load_concepts() else name
    if fact in RULES:
        return RULES[fact].label
    rule = load_prose_facts().get(fact)
    if rule and rule.label.startswith("how "):
        return rule.label
    return f"the {rule.label}" if rule else fact.replace("_", " ").replace(".", " ")


def _subjects(judge: Judge, document: Document, terms: str) -> frozenset[str]:
    """Stems of the one treatment that a question names, as the record spells them; none where it names several.

    A trial is also named by its own treatment: such a name tells no sentence apart.
    """
    known = {stem(word) for word in words_of(document.text)}
    titled = {stem(word) for word in words_of(document.title)}
    named = {stem(word) for word in words_of(terms) if judge.names_treatment(word)}
    found = {one if one in known else _nearest(one, known) for one in named}
    treatments = [{stem(word) for word in words_of(i.name)} for i in document.facts.interventions]
    if len(found) > 1 and not any(found <= treatment for treatment in treatments):
        return frozenset()  # 'the doses of A and B': each by its own sentence
    only = {word for treatment in treatments for word in treatment} if len(treatments) < 3 else set()
    return frozenset(one for one in found if one and not (one in titled and one in only))


def _nearest(word: str, known: set[str]) -> str:
    best = extractOne(word, known, scorer=ratio, score_cutoff=84)
    return best[0] if best else word


# What to show where a record does not name the thing asked about: the comparator stands among the arms.
_INSTEAD = {
    "control": "arms", "arms": "interventions", "administration": "interventions",
    "outcome.time_frame": "outcome.primary", "follow_up": "outcome.time_frame",
}  # fmt: skip


# ── Criteria ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _concept_claim(judge: Judge, trial: str, concept: str) -> Claim | None:
    """What the criteria do with a concept: the strongest that they say of it."""
    for asks in (Asks.EXCLUDES, Asks.REQUIRES, Asks.ADMITS):
        claim = _predicate_claim(judge, trial, Concerns((concept,), "", asks), named=True)
        if claim is not None:
            return claim
    return _predicate_claim(judge, trial, Concerns((concept,), "", Asks.MENTIONS), named=True)


def _predicate_claim(judge: Judge, trial: str, predicate: Limit | Concerns, *, named: bool = False) -> Claim | None:
    judgement = judge.all(predicate, (trial,))[trial]
    if judgement.verdict not in {Verdict.MATCH, Verdict.PARTIAL, Verdict.UNREAD} or not judgement.quotes:
        return None
    reason = judgement.reason.partition(': "')[0]  # the items stand below, whole
    if named and isinstance(predicate, Concerns):
        reason = _with_label(reason, concern_label(predicate))
    items = items_of(judge, trial, judgement.quotes)
    words = "; ".join(f'"{shortened(item.of(judge.records.document(trial).text), _LONGEST_ITEM)}"' for item in items)
    return Claim(f"{trial} {reason}: {words}", tuple(Quote(trial, item) for item in items))


def _with_label(reason: str, label: str) -> str:
    """'excludes, but lets some in' as 'excludes diabetes, but lets some in'."""
    verb, comma, rest = reason.partition(",")
    if " this itself" in verb:  # 'studies this itself, and yet says'
        return f"{verb.replace('this itself', f'{label} itself')}{comma}{rest}"
    return reason if label.casefold() in reason.casefold() else f"{verb} {label}{comma}{rest}"


def items_of(judge: Judge, trial: str, quotes: Sequence[Quote]) -> list[Span]:
    """The eligibility items that hold the quotes, in text order, four at most: exceptions and methods stand in them."""
    text = judge.records.document(trial).text
    spans = [criterion.span for criterion in judge.records.read_trial(trial).criteria]
    found = set()
    for quote in quotes:
        one = quote.span
        whole = next((s for s in spans if s.start <= one.start and one.end <= s.end), one)
        found.add(around(text, whole, one, _LONGEST_ITEM))
    return sorted(found)[:4]


_LISTS = {"eligibility": "eligibility", "inclusion": "inclusion", "exclusion": "exclusion"}


def _criteria_claim(judge: Judge, document: Document, fact: str, focus: Focus) -> Claim | None:
    """The items of a list of criteria that the question means, else the list."""
    items = [
        criterion
        for criterion in judge.records.read_trial(document.trial_id).criteria
        if criterion.section != "eligibility.fields" and _stands_in(criterion.polarity, fact)
    ]
    if not items:
        return None
    spans = list(dict.fromkeys(item.span for item in items))
    meant = rows_meant(focus, [span.of(document.text) for span in spans])
    chosen = [spans[at] for at in meant[:4]] or spans[:_MOST_ITEMS]
    words = "; ".join(f'"{shortened(span.of(document.text), _LONGEST_ITEM if meant else 200)}"' for span in chosen)
    more = f"; and {len(spans) - _MOST_ITEMS} more" if not meant and len(spans) > _MOST_ITEMS else ""
    label = "criteria" if fact == "eligibility" else f"{_LISTS[fact]} criteria"
    all_of_them = f"{len(spans)} {label}" if len(spans) > 1 else f"one {label.removesuffix('criteria')}criterion"
    head = f"{document.trial_id}, of the {label}" if meant else f"{document.trial_id}, the {all_of_them}"
    return Claim(f"{head}: {words}{more}", tuple(Quote(document.trial_id, span) for span in chosen))


def _stands_in(polarity: Polarity, fact: str) -> bool:
    return fact in {"eligibility", polarity.value}


# ── Prose ────────────────────────────────────────────────────────────────────────────────────────────────────────────


# What tells how a contact is reached, where only contacts of sites are printed.
REACHED_BY = {
    "contact.phone": re.compile(r"\d[\d() .+/-]{5,}\d"),
    "contact.email": re.compile(r"[^\s;]+@[^\s;]+"),
    "contacts": re.compile(r"\w"),
}


def _site_contact(document: Document, fact: str) -> Claim | None:
    printed = [field.span for field in document.fields if field.name.startswith("site_contact.")]
    found = [span for span in printed if REACHED_BY[fact].search(span.of(document.text))][:3]
    words = "; ".join(span.of(document.text) for span in found)
    return Claim(f"{document.trial_id}: {words}.", tuple(Quote(document.trial_id, s) for s in found)) if found else None


def _contact_named(document: Document, fact: str, focus: Focus) -> Claim | None:
    """'What is Mia Lund's number?': the contact of that name; None where none is called so."""
    printed = [field.span for field in document.fields if field.name.partition(".")[0] in {"contact", "site_contact"}]
    shares = {span: focus.share(span.of(document.text)) for span in printed}
    best = max(shares.values(), default=0.0)
    found = [span for span in printed if shares[span] == best and REACHED_BY[fact].search(span.of(document.text))][:3]
    if best < _NAMED or not found:
        return None
    words = "; ".join(span.of(document.text) for span in found)
    return Claim(f"{document.trial_id}: {words}.", tuple(Quote(document.trial_id, s) for s in found))


_NAMED = 0.5  # share of a focus: a first or a last name


def _section_claim(document: Document, fact: str) -> Claim | None:
    """The title or the link; a short summary whole, a long one by its beginning."""
    title = tuple(Quote(document.trial_id, f.span) for f in document.fields if f.name == "title")
    if fact == "title":
        return Claim(f'{document.trial_id}: the title is "{document.title}".', title)
    if fact == "url":
        return Claim(f"{document.trial_id}: the registry page is {document.url}.", title)
    if fact != "summary":
        return None
    sections = [s for s in document.sections if s.name == "summary" and s.span.of(document.text).strip()]
    if not sections:
        sections = [s for s in document.sections if s.name == "description" and s.span.of(document.text).strip()]
    if not sections:
        return Claim(f'{document.trial_id} is called "{document.title}".', title)
    words = " … ".join(shortened(s.span.of(document.text), 700) for s in sections[:1])
    quotes = tuple(Quote(document.trial_id, s.span) for s in sections[:1])
    return Claim(f'{document.trial_id}, what it is about: "{words}"', quotes)


def held_by(document: Document, claims: Sequence[Claim], focus: Focus) -> float:
    """The share of the focus that the claims and the words that they quote hold."""
    text = " ".join(
        [claim.text for claim in claims] + [q.span.of(document.text) for claim in claims for q in claim.quotes]
    )
    return focus.share(text) if focus else 1.0


TELLING = 0.6  # weight of a focus that tells something: one word of five letters


def quoted(found: Sequence[Found]) -> Claim:
    """Sentences of one trial, in the words of the record."""
    words = "; ".join(f'"{shortened(f.text, 420)}"' for f in found)
    return Claim(f"{found[0].quote.trial_id}: {words}", tuple(f.quote for f in found))
