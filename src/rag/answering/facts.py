"""Registry facts of one trial as sentences, each quoting the field as printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.english import listed
from rag.answering.entries import arms_words
from rag.evidence.fields import readable
from rag.types import Claim, Document, Person, Quote, TrialFacts


@dataclass(frozen=True, slots=True)
class FactRule:
    """How a fact is said: the printed fields that prove it, and its words from the typed facts ('' when not stated)."""

    label: str  # 'the lead sponsor'
    fields: tuple[str, ...]  # names or numbered families ('site' for site.0, site.1 …)
    words: Callable[[TrialFacts], str]
    quotes: int = 8


def state_fact(document: Document, fact: str) -> Claim | None:
    """One fact of one trial as a sentence; None when the record does not state it, KeyError for no such fact."""
    rule = RULES[fact]
    words = rule.words(document.facts)
    if not words:
        return None
    quotes = tuple(
        Quote(document.trial_id, field.span) for field in document.fields if _family(field.name, rule.fields)
    )[: rule.quotes]
    if not quotes:
        return None
    label = _agreeing(rule.label, words)
    return Claim(f"{document.trial_id}: {label} {words}.", quotes)


# How many rows a registry list has, by the noun that is counted.
_COUNTED: dict[str, tuple[str, Callable[[TrialFacts], int]]] = {
    "outcome.primary": ("primary outcome", lambda facts: sum(o.kind == "primary" for o in facts.outcomes)),
    "outcome.secondary": ("secondary outcome", lambda facts: sum(o.kind == "secondary" for o in facts.outcomes)),
    "arms": ("arm", lambda facts: len(facts.arms)),
    "interventions": ("intervention", lambda facts: len(facts.interventions)),
    "countries": ("country", lambda facts: len(facts.countries)),
    "cities": ("city", lambda facts: len({site.city for site in facts.sites if site.city})),
    "collaborators": ("collaborator", lambda facts: len(facts.collaborators)),
    "conditions": ("condition", lambda facts: len(facts.conditions)),
}
_HOW_MANY = re.compile(
    r"(?i)\b(?:how many|number of|count of|no\. of)\s+"
    r"(?:different |separate |study |treatment |primary |secondary |main |other |lead )*"
    r"(?:(?P<arms>arms?|groups?|cohorts?)|(?P<outcome>outcomes?|end ?points?|measures?)"
    r"|(?P<interventions>interventions?|treatments?|drugs?)|(?P<countries>countr)|(?P<cities>cit(?:y|ies)|towns?)"
    r"|(?P<collaborators>collaborators?|partners?)|(?P<conditions>conditions?|diseases?))"
)


def state_count(document: Document, fact: str, question: str) -> Claim | None:
    """'How many arms …?': the number of rows of a registry list, then the rows; None where no number is asked for."""
    asked = _HOW_MANY.search(question)
    if asked is None or fact not in _COUNTED or not fact.startswith(str(asked.lastgroup)):
        return None
    listed_rows = state_fact(document, fact)
    noun, count = _COUNTED[fact]
    number = count(document.facts)
    if listed_rows is None or not number:
        return None
    plural = noun if number == 1 else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    rows = _ROWS.sub("", listed_rows.text.partition(": ")[2])
    return Claim(f"{document.trial_id} lists {number} {plural}: {rows}", listed_rows.quotes)


_ROWS = re.compile(r"^the [a-z ]*?\b(?:is|are)(?: these \d+:)? ")
_SINGULAR = {"countries": "country", "cities": "city"}


def _agreeing(label: str, words: str) -> str:
    """The label in the number of its verb: 'the site is', 'the primary outcomes are'."""
    noun = label.rpartition(" ")[2]
    if words.startswith("are ") and noun in {"outcome", "contact", "investigator"}:
        return f"{label}s"
    if words.startswith("is ") and noun in _PLURALS:
        return label.removesuffix(noun) + _SINGULAR.get(noun, noun.removesuffix("s"))
    return label


_PLURALS = frozenset({
    "sites", "collaborators", "conditions", "arms", "interventions", "countries", "cities", "keywords", "identifiers",
})  # fmt: skip


def _family(name: str, families: Sequence[str]) -> bool:
    stem, _, last = name.rpartition(".")
    return name in families or (last.isdigit() and stem in families)


def _people(people: Sequence[Person]) -> str:
    shown = []
    for person in people[:5]:
        detail = ", ".join(part for part in (readable(person.role), person.affiliation) if part)
        shown.append(f"{person.name} ({detail})" if detail else person.name)
    return listed(shown)


def _dated(name: str) -> Callable[[TrialFacts], str]:
    def words(facts: TrialFacts) -> str:
        date = getattr(facts, name)
        if date is None:
            return ""
        return f"is {date}{f' ({date.kind.lower()})' if date.kind else ''}"

    return words


def _enumerated(name: str, verb: str = "is") -> Callable[[TrialFacts], str]:
    def words(facts: TrialFacts) -> str:
        value = getattr(facts, name)
        return f"{verb} {readable(value)}" if value else ""

    return words


def _enrollment(facts: TrialFacts) -> str:
    if facts.enrollment is None:
        return ""
    kind = f" ({facts.enrollment_kind.lower()})" if facts.enrollment_kind else ""
    return f"is {facts.enrollment} participants{kind}"


def _masking(facts: TrialFacts) -> str:
    if not facts.masking:
        return ""
    if facts.masking == "NONE":
        return "is none: the trial is open label"
    who = f" ({listed([readable(w) for w in facts.who_masked])})" if facts.who_masked else ""
    return f"is {readable(facts.masking)}{who}"


def _outcomes(kind: str) -> Callable[[TrialFacts], str]:
    def words(facts: TrialFacts) -> str:
        chosen = [o for o in facts.outcomes if kind in ("", o.kind)]
        shown = [
            f"{o.measure.rstrip('.')}{f' (time frame: {o.time_frame.rstrip(chr(46))})' if o.time_frame else ''}"
            for o in chosen[:6]
        ]
        more = f"; and {len(chosen) - 6} more" if len(chosen) > 6 else ""
        return ("is " if len(chosen) == 1 else "are ") + "; ".join(shown) + more if chosen else ""

    return words


def _interventions(facts: TrialFacts) -> str:
    shown = [f"{i.name}{f' ({readable(i.kind)})' if i.kind else ''}" for i in facts.interventions[:10]]
    return f"{'is' if len(shown) == 1 else 'are'} {listed(shown)}" if shown else ""


def _sites(facts: TrialFacts) -> str:
    shown = [", ".join(p for p in (s.facility, s.city, s.country) if p) for s in facts.sites[:8]]
    more = f" and {len(facts.sites) - 8} more" if len(facts.sites) > 8 else ""
    return f"{'is' if len(facts.sites) == 1 else 'are'} {'; '.join(shown)}{more}" if shown else ""


def _cities(facts: TrialFacts) -> str:
    cities = list(dict.fromkeys(site.city for site in facts.sites if site.city))
    return f"{'is' if len(cities) == 1 else 'are'} {listed(cities)}" if cities else ""


def _named(name: str) -> Callable[[TrialFacts], str]:
    def words(facts: TrialFacts) -> str:
        values = getattr(facts, name)
        values = (values,) if isinstance(values, str) and values else values or ()
        return f"{'is' if len(values) == 1 else 'are'} {listed(list(values))}" if values else ""

    return words


def _ages(facts: TrialFacts) -> str:
    low, high = facts.minimum_age, facts.maximum_age
    if low and high:
        return f"are {low.text} to {high.text}"
    if low:
        return f"are {low.text} and above, with no upper limit stated"
    return f"are up to {high.text}, with no lower limit stated" if high else ""


def _age(name: str) -> Callable[[TrialFacts], str]:
    def words(facts: TrialFacts) -> str:
        limit = getattr(facts, name)
        return f"is {limit.text}" if limit else ""

    return words


def _maximum_age(facts: TrialFacts) -> str:
    if facts.maximum_age:
        return f"is {facts.maximum_age.text}"
    return "is not limited: the registry field gives a minimum alone" if facts.minimum_age else ""


def _phase(facts: TrialFacts) -> str:
    return f"is {'/'.join(readable(p) for p in facts.phases)}" if facts.phases else ""


def _healthy(facts: TrialFacts) -> str:
    if facts.healthy_volunteers is None:
        return ""
    return "are accepted" if facts.healthy_volunteers else "are not accepted"


def _results(facts: TrialFacts) -> str:
    if facts.has_results is None:
        return ""
    return "are posted on the registry" if facts.has_results else "are not posted"


def _design(facts: TrialFacts) -> str:
    """'is interventional, randomized, parallel assignment, double masking'."""
    words = [facts.study_type, facts.allocation if facts.allocation != "NA" else ""]
    words += [facts.intervention_model, facts.observational_model, facts.time_perspective]
    shown = [readable(word) for word in words if word]
    if facts.masking:
        shown.append("open label" if facts.masking == "NONE" else f"{readable(facts.masking)} masking")
    return f"is {', '.join(shown)}" if len(shown) > 1 else ""


def _responsible(facts: TrialFacts) -> str:
    return (
        f"is {_people([facts.responsible_party])}" if facts.responsible_party and facts.responsible_party.name else ""
    )


def _investigator(facts: TrialFacts) -> str:
    people = list(facts.officials) or (
        [facts.responsible_party] if facts.responsible_party and facts.responsible_party.name else []
    )
    return f"{'is' if len(people) == 1 else 'are'} {_people(people)}" if people else ""


def _contacts(facts: TrialFacts) -> str:
    shown = [", ".join(p for p in (c.name, c.phone, c.email) if p) for c in facts.contacts[:4]]
    return f"{'is' if len(shown) == 1 else 'are'} {'; '.join(shown)}" if shown else ""


def _contact_detail(detail: str) -> Callable[[TrialFacts], str]:
    def words(facts: TrialFacts) -> str:
        shown = [f"{getattr(c, detail)} ({c.name})" for c in facts.contacts if getattr(c, detail)]
        return f"is {listed(shown[:4])}" if shown else ""

    return words


def _identifiers(facts: TrialFacts) -> str:
    ids = [i for i in (facts.org_study_id, *facts.secondary_ids) if i]
    return f"{'is' if len(ids) == 1 else 'are'} {listed(ids)}" if ids else ""


def _site_count(facts: TrialFacts) -> str:
    return f"is {len(facts.sites)}" if facts.sites else ""


RULES: dict[str, FactRule] = {
    "enrollment": FactRule("the enrolment", ("enrollment",), _enrollment),
    "follow_up": FactRule("the target follow-up duration", ("target_duration",), _named("target_duration")),
    "masking": FactRule("the masking", ("masking", "who_masked"), _masking),
    "who_masked": FactRule("the masking", ("masking", "who_masked"), _masking),
    "allocation": FactRule("the allocation", ("allocation",), _enumerated("allocation")),
    "intervention_model": FactRule(
        "the intervention model",
        ("intervention_model", "observational_model"),
        lambda f: _enumerated("intervention_model")(f) or _enumerated("observational_model")(f),
    ),
    "design": FactRule(
        "the design",
        ("study_type", "allocation", "intervention_model", "observational_model", "time_perspective", "masking"),
        _design,
    ),
    "primary_purpose": FactRule("the primary purpose", ("primary_purpose",), _enumerated("primary_purpose")),
    "study_type": FactRule("the study type", ("study_type",), _enumerated("study_type")),
    "phase": FactRule("the phase", ("phase",), _phase),
    "status": FactRule("the recruitment status", ("status",), _enumerated("status")),
    "why_stopped": FactRule(
        "the reason given for stopping", ("why_stopped",), lambda f: f'is "{f.why_stopped}"' if f.why_stopped else ""
    ),
    "sponsor": FactRule("the lead sponsor", ("sponsor",), _named("sponsor")),
    "sponsor_class": FactRule("the sponsor class", ("sponsor_class",), _enumerated("sponsor_class")),
    "collaborators": FactRule("the collaborators", ("collaborator",), _named("collaborators")),
    "investigator": FactRule("the investigator", ("official", "responsible_party"), _investigator),
    "responsible_party": FactRule("the responsible party", ("responsible_party",), _responsible),
    "sites": FactRule("the sites", ("site",), _sites),
    "site_count": FactRule("the number of sites listed", ("site",), _site_count, 2),
    "countries": FactRule("the countries", ("country",), _named("countries")),
    "cities": FactRule("the cities", ("site",), _cities),
    "contacts": FactRule("the contact", ("contact",), _contacts),
    "start_date": FactRule("the start date", ("start_date",), _dated("start_date")),
    "primary_completion_date": FactRule(
        "the primary completion date", ("primary_completion_date",), _dated("primary_completion_date")
    ),
    "completion_date": FactRule("the completion date", ("completion_date",), _dated("completion_date")),
    "first_posted_date": FactRule("the date first posted", ("first_posted_date",), _dated("first_posted_date")),
    "last_update_date": FactRule("the last update", ("last_update_date",), _dated("last_update_date")),
    "contact.email": FactRule("the e-mail address of the contact", ("contact",), _contact_detail("email")),
    "contact.phone": FactRule("the telephone number of the contact", ("contact",), _contact_detail("phone")),
    "identifiers": FactRule("the other identifiers", ("org_study_id", "secondary_id"), _identifiers),
    "acronym": FactRule("the acronym", ("acronym",), _named("acronym")),
    "official_title": FactRule(
        "the official title", ("official_title",), lambda f: f'is "{f.official_title}"' if f.official_title else ""
    ),
    "conditions": FactRule("the conditions", ("condition",), _named("conditions")),
    "keywords": FactRule("the keywords", ("keyword",), _named("keywords")),
    "ages": FactRule("the registry age limits", ("age.minimum", "age.maximum"), _ages),
    "minimum_age": FactRule("the minimum age", ("age.minimum",), _age("minimum_age")),
    "maximum_age": FactRule("the maximum age", ("age.maximum", "age.minimum"), _maximum_age),
    "sex": FactRule("the eligible sex", ("sex",), _enumerated("sex")),
    "healthy_volunteers": FactRule("healthy volunteers", ("healthy_volunteers",), _healthy),
    "results": FactRule("results", ("has_results",), _results),
    "has_results": FactRule("results", ("has_results",), _results),
    "arms": FactRule("the arms", ("arm",), arms_words, 12),
    "interventions": FactRule("the interventions", ("intervention",), _interventions),
    "outcome.primary": FactRule("the primary outcome", ("outcome.primary",), _outcomes("primary")),
    "outcome.secondary": FactRule("the secondary outcomes", ("outcome.secondary",), _outcomes("secondary")),
    "outcome": FactRule("the outcome", ("outcome.primary", "outcome.secondary"), _outcomes("")),
    "outcome.other": FactRule("other outcomes", ("outcome.other",), _outcomes("other")),
}
