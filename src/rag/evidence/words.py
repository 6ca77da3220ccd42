"""Predicates in words: the verb phrase of an answer ('exclude eGFR < 60 mL/min and are recruiting')."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from rag.criteria.concepts import load_concepts
from rag.criteria.lexicon import load_variables
from rag.evidence.fields import DATES, field_label, value_in_words, years_of
from rag.evidence.limits import as_asked, is_drawn
from rag.evidence.shown import converted, in_stated_unit, label_of, rounded
from rag.evidence.stages import said_apart
from rag.evidence.whom import SEX
from rag.types import About, All, Any, Asks, Concerns, FieldIs, Limit, Not, Predicate
from rag.values import Values, plain

_LIMIT_VERBS = {
    Asks.EXCLUDES: ("excludes", "exclude"),
    Asks.ADMITS: ("admits", "admit"),
    Asks.REQUIRES: ("requires", "require"),
    Asks.MENTIONS: ("states a limit on", "state a limit on"),
    Asks.SILENT: ("says nothing about", "say nothing about"),
}
_CONCERN_VERBS = {
    Asks.EXCLUDES: ("excludes", "exclude"),
    Asks.ADMITS: ("allows", "allow"),
    Asks.REQUIRES: ("requires", "require"),
    Asks.MENTIONS: ("mentions", "mention"),
    Asks.SILENT: ("does not mention", "do not mention"),
}


def phrase(predicate: Predicate, *, plural: bool = True) -> str:
    """The predicate as a verb phrase: what the trials (or the trial) do."""
    if isinstance(predicate, All):
        return _joined([_conjunct(part, plural=plural) for part in predicate.predicates])
    if isinstance(predicate, Any):
        return " or ".join(_alternatives(predicate, plural=plural))
    if isinstance(predicate, Not):
        return _negated(predicate.predicate, plural=plural)
    return _leaf(predicate, plural=plural)


def _joined(parts: list[str]) -> str:
    """The parts of a conjunction; a verb is not said twice running: 'is about lupus and about sleep'."""
    said = []
    for before, part in pairwise(["", *parts]):
        about = next((verb for verb in ("are about ", "is about ") if part.startswith(verb)), "")
        same = bool(about) and before.startswith(about) and " or " not in before
        said.append(f"about {part.removeprefix(about)}" if same else part)
    return " and ".join(said)


def _alternatives(predicate: Any, *, plural: bool) -> list[str]:
    """Each alternative once: New York is a city and a state, and is said in the same words."""
    return list(dict.fromkeys(phrase(part, plural=plural) for part in predicate.predicates))


def _conjunct(predicate: Predicate, *, plural: bool) -> str:
    """A part of a conjunction: alternatives are set off by 'either', so that nobody reads them across the 'and'."""
    ways = _alternatives(predicate, plural=plural) if isinstance(predicate, Any) else []
    return f"either {' or '.join(ways)}" if len(ways) > 1 else phrase(predicate, plural=plural)


def _leaf(predicate: Limit | Concerns | FieldIs | About, *, plural: bool) -> str:
    if isinstance(predicate, Limit):
        return _limit(predicate, plural=plural)
    if isinstance(predicate, Concerns):
        without = "people without " if predicate.lacked else ""
        return f"{_CONCERN_VERBS[predicate.asks][plural]} {without}{concern_label(predicate)}"
    if isinstance(predicate, About):
        return f"{'are' if plural else 'is'} about {in_quotes(predicate.text)}"
    return _field(predicate, plural=plural)


def in_quotes(text: str) -> str:
    """A topic as asked, in quotes where it is no plain noun: 'allergic to peanuts'."""
    text = said_apart(text)
    return f'"{text}"' if _NO_NOUN.search(text) else text


# A phrase with a preposition, a pronoun or a verb of the asker inside.
_NO_NOUN = re.compile(
    r"(?i)^(?:in|at|on|with|for|from|by|hate|love|using)\b|\b(?:to|who|that|i|my|me|anymore|caused|based)\b"
)


def _limit(predicate: Limit, *, plural: bool) -> str:
    if predicate.whom:
        return f"{_limit(replace(predicate, whom=()), plural=plural)} {_whom(predicate.whom)}"
    verb = _LIMIT_VERBS[predicate.asks][plural]
    verb = f"{verb} some" if predicate.some and predicate.variable != "age" else verb
    variable = load_variables()[predicate.variable]
    if predicate.asks is Asks.SILENT or (predicate.asks is Asks.MENTIONS and not is_drawn(predicate)):
        return f"{verb} {variable.label}"
    shown = in_stated_unit(predicate.variable, predicate.values, predicate.stated)
    asked = values_in_words(*(shown or (predicate.values, variable.unit)))
    asked += converted(predicate.variable, predicate.values, shown[1]) if shown else ""
    if not shown and not as_asked(predicate) and any(c.isdigit() for c in predicate.stated):
        return f"{verb} {predicate.stated} (that is, {label_of(predicate.variable)} {asked})"
    return f"{verb} {label_of(predicate.variable)} {asked}"


def _whom(whom: Sequence[str]) -> str:
    """ "for people with Gilbert's syndrome", "for each sex"."""
    if SEX in whom:
        return "for each sex"
    known = load_concepts()
    return f"for people with {' or '.join(dict.fromkeys(known[one].label for one in whom if one in known))}"


def values_in_words(values: Values, unit: str) -> str:
    """'below 60 mL/min', 'of 80 × 10^9/L', '18 to 75 years': how a question says it."""
    values = rounded(values)
    unit = f"× {unit}" if unit[:1].isdigit() else unit
    if len(values.intervals) == 1:
        only = values.intervals[0]
        if values.is_point and only.low is not None:
            return f"of {plain(only.low)} {unit}".strip()
        if only.low is None and only.high is not None and not only.high_closed:
            return f"below {plain(only.high)} {unit}".strip()
        if only.high is None and only.low is not None and not only.low_closed:
            return f"above {plain(only.low)} {unit}".strip()
    return values.describe(unit)


def concern_label(predicate: Concerns) -> str:
    concepts = load_concepts()
    labels = [concepts[concept].label for concept in predicate.concepts if concept in concepts]
    words = predicate.text or " or ".join(labels)
    return f"{words} {predicate.ago.text}" if predicate.ago and predicate.ago.text not in words else words


def _negated(predicate: Predicate, *, plural: bool) -> str:
    if isinstance(predicate, Any):  # 'not about gout and not about asthma': 'or' behind a denial reads both ways
        return " and ".join(dict.fromkeys(_negated(part, plural=plural) for part in predicate.predicates))
    if isinstance(predicate, All):
        both = " and ".join(_conjunct(part, plural=True) for part in predicate.predicates)
        return f"{'do' if plural else 'does'} not both {both}"
    inner = phrase(predicate, plural=True)
    if inner.startswith("are "):
        return f"{'are' if plural else 'is'} not {inner[4:]}"
    return f"{'do' if plural else 'does'} not {inner}"


_FIELD_VERBS = {
    # field: (what the trial does, what the trials do); '{}' stands for the values
    "status": ("is {}", "are {}"),
    "phase": ("is in {}", "are in {}"),
    "study_type": ("is {}", "are {}"),
    "country": ("has a site in {}", "have a site in {}"),
    "city": ("has a site in {}", "have a site in {}"),
    "sponsor": ("is sponsored by {}", "are sponsored by {}"),
    "sponsor_class": ("has a sponsor of class {}", "have a sponsor of class {}"),
    "collaborator_class": ("has a collaborator of class {}", "have a collaborator of class {}"),
    "collaborator": ("has the collaborator {}", "have the collaborator {}"),
    "state": ("has a site in {}", "have a site in {}"),
    "place": ("has a site in {}", "have a site in {}"),
    "facility": ("has a site at {}", "have a site at {}"),
    "trial_id": ("is {}", "are {}"),
    "list_place": ("is number {} of the list", "are number {} of the list"),
    "who_masked": ("masks {}", "mask {}"),
    "enrollment_kind": ("has an {} enrolment", "have an {} enrolment"),
    "why_stopped": ("was stopped over {}", "were stopped over {}"),
    "investigator": ("is led by {}", "are led by {}"),
    "biospecimens": ("keeps {}", "keep {}"),
    "sampling_method": ("uses a {}", "use a {}"),
    "condition": ("studies {}", "study {}"),
    "intervention": ("tests {}", "test {}"),
    "masking": ("has {} masking", "have {} masking"),
    "allocation": ("is {}", "are {}"),
    "sex": ("enrols {}", "enrol {}"),
    "arm_kind": ("has {a} {} arm", "have {a} {} arm"),
    "given": ("has {a} {}", "have {a} {}"),
    "outcome.primary": ("has {} as a primary outcome", "have {} as a primary outcome"),
    "outcome.secondary": ("has {} as a secondary outcome", "have {} as a secondary outcome"),
    "outcome": ("has {} as an outcome", "have {} as an outcome"),
}
# Fields with values that are said in a way of their own: (what the trial does, what the trials do).
_SAID: Mapping[tuple[str, tuple[str, ...]], tuple[str, str]] = {
    ("healthy_volunteers", ("true",)): ("accepts healthy volunteers", "accept healthy volunteers"),
    ("healthy_volunteers", ("false",)): ("does not accept healthy volunteers", "do not accept healthy volunteers"),
    ("list_place", ("-1",)): ("is the last of the list", "are the last of the list"),
    ("has_results", ("true",)): ("has posted results", "have posted results"),
    ("has_results", ("false",)): ("has no posted results", "have no posted results"),
    ("masking", ("NONE",)): ("is open label", "are open label"),
    ("masking", ("SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")): ("is blinded", "are blinded"),
    ("data_monitoring_committee", ("true",)): ("has a data monitoring committee", "have a data monitoring committee"),
    ("data_monitoring_committee", ("false",)): (
        "has no data monitoring committee", "have no data monitoring committee",
    ),
    ("data_monitoring_committee", ()): (
        "says whether it has a data monitoring committee", "say whether they have a data monitoring committee",
    ),
    ("ipd_sharing", ()): (
        "says whether it shares individual participant data", "say whether they share individual participant data",
    ),
    ("fda_regulated", ()): ("says whether the FDA regulates it", "say whether the FDA regulates them"),
    ("ipd_sharing", ("YES",)): (
        "plans to share individual participant data", "plan to share individual participant data",
    ),
    ("ipd_sharing", ("NO",)): (
        "does not plan to share individual participant data", "do not plan to share individual participant data",
    ),
    ("ipd_sharing", ("UNDECIDED",)): (
        "is undecided on sharing individual participant data", "are undecided on sharing individual participant data",
    ),
    ("fda_regulated", ("true",)): ("is regulated by the FDA", "are regulated by the FDA"),
    ("fda_regulated", ("false",)): ("is not regulated by the FDA", "are not regulated by the FDA"),
    ("fda_regulated_drug", ("true",)): ("studies an FDA-regulated drug", "study an FDA-regulated drug"),
    ("fda_regulated_drug", ("false",)): ("studies no FDA-regulated drug", "study no FDA-regulated drug"),
    ("fda_regulated_device", ("true",)): ("studies an FDA-regulated device", "study an FDA-regulated device"),
    ("fda_regulated_device", ("false",)): ("studies no FDA-regulated device", "study no FDA-regulated device"),
    ("expanded_access", ("true",)): ("has an expanded access programme", "have an expanded access programme"),
    ("expanded_access", ("false",)): ("has no expanded access programme", "have no expanded access programme"),
    ("biospecimens", ("NONE_RETAINED",)): ("keeps no biospecimens", "keep no biospecimens"),
    ("biospecimens", ("SAMPLES_WITH_DNA", "SAMPLES_WITHOUT_DNA")): ("keeps biospecimens", "keep biospecimens"),
    ("contact", ()): ("lists a central contact", "list a central contact"),
    ("contact.email", ()): ("lists the e-mail address of a contact", "list the e-mail address of a contact"),
    ("contact.phone", ()): ("lists the telephone number of a contact", "list the telephone number of a contact"),
}  # fmt: skip
_WHOM = {
    frozenset({"FEMALE"}): "only female participants",
    frozenset({"MALE"}): "only male participants",
    frozenset({"FEMALE", "ALL"}): "female participants",
    frozenset({"MALE", "ALL"}): "male participants",
    frozenset({"ALL"}): "participants of either sex",
}


def _field(predicate: FieldIs, *, plural: bool) -> str:
    if predicate.numbers is not None:
        return f"{'have' if plural else 'has'} {_article(field_label(predicate.field))} {_numbers(predicate)}"
    if said := _SAID.get((predicate.field, predicate.values)):
        return said[plural]
    if not predicate.values:
        return f"{'state' if plural else 'states'} {_article(field_label(predicate.field))}"
    several = predicate.values[:1] if predicate.field == "given" else predicate.values  # the others: other spellings
    whom = _WHOM.get(frozenset(predicate.values)) if predicate.field == "sex" else None
    more = f"one of {len(several) - 2} other countries" if predicate.field == "country" and len(several) > _MANY else ""
    told = [value_in_words(predicate.field, value) for value in (several[:2] if more else several)]
    shown = whom or " or ".join([*told, more] if more else told)  # of a region, which is asked by one word
    singular, many = _FIELD_VERBS.get(predicate.field, ("has " + field_label(predicate.field) + " {}",) * 2)
    words = (many if plural else singular).format(shown, a="an" if shown[:1].casefold() in "aeiou" else "a")
    return words.replace("has ", "have ", 1) if plural and words.startswith("has ") else words


def _article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _years(days: Values) -> str:
    """Days as asked in years: '> 5 years', '1 to 2 years'."""
    ends = [None if end is None else Decimal(years_of(end)) for end in (days.intervals[0].low, days.intervals[-1].high)]
    first, last = days.intervals[0], days.intervals[-1]
    return Values((replace(first, low=ends[0], high=ends[1], high_closed=last.high_closed),)).describe("years")


_MANY = 6  # countries that are all told


def _numbers(predicate: FieldIs) -> str:
    assert predicate.numbers is not None
    if predicate.field == "duration":
        return _years(predicate.numbers)
    if predicate.field not in DATES:
        return predicate.numbers.describe()
    words = []
    for interval in predicate.numbers:
        low = None if interval.low is None else date.fromordinal(int(interval.low)).isoformat()
        high = None if interval.high is None else date.fromordinal(int(interval.high)).isoformat()
        if low and high:
            words.append(f"from {low} to {high}")
        elif low:
            words.append(f"{'from' if interval.low_closed else 'after'} {low}")
        elif high:
            words.append(f"{'up to' if interval.high_closed else 'before'} {high}")
    return " or ".join(words)
