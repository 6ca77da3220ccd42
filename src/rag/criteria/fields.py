"""Registry fields as criteria: age limits, sex and healthy volunteers, quoted from their printed lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rag.types import AgeLimit, Clause, Constraint, Criterion, Document, Finding, Polarity, Span, Unread
from rag.units import same_limit
from rag.values import Values, at_least, at_most, plain

SECTION = "eligibility.fields"


def field_criteria(document: Document) -> Iterator[Criterion]:
    """The age limits of the record as criteria, or the words that set none; sex and volunteers have no number."""
    facts = document.facts
    spans = {field.name: field.span for field in document.fields}
    if facts.minimum_age is None and facts.maximum_age is None:
        yield from _any_age(document)
    for name, limit, admits in (
        ("age.minimum", facts.minimum_age, _minimum(facts.minimum_age)),
        ("age.maximum", facts.maximum_age, _maximum(facts.maximum_age)),
    ):
        span = spans.get(name)
        if span is None or limit is None or admits is None:
            continue
        sign = "≥" if name == "age.minimum" else "≤"
        constraint = Constraint("age", admits, "years", span, f"{sign} {limit.text}")
        yield Criterion(
            f"{document.trial_id}:{span.start}",
            document.trial_id,
            Polarity.INCLUSION,
            SECTION,
            span,
            (Clause((constraint,), span),),
        )


# "Age: Any age", "* All ages": said in so many words, it lets everybody in
_ANY_AGE = re.compile(
    r"(?im)(?:\bage:\s*|^[ \t]*[-*•]?[ \t]*(?:(?:patients|subjects|participants) of )?)"
    r"(?P<said>(?:any|all) ages?)\b[ \t.;]*(?=$|[A-Z][a-z]+(?: [a-z]+)?:)"
)


def _any_age(document: Document) -> Iterator[Criterion]:
    """'Age: Any age' of the prose, where the registry's fields set no limit."""
    for section in document.sections:
        if not section.name.startswith("eligibility") or section.name == SECTION:
            continue
        words = section.span.of(document.text).lower()
        may_say = "any age" in words or "all age" in words
        found = _ANY_AGE.search(document.text, section.span.start, section.span.end) if may_say else None
        if found:
            span = Span(*found.span("said"))
            clause = Clause((Constraint("age", at_least(Decimal(0)), "years", span, found["said"]),), span)
            name = f"{document.trial_id}:{span.start}"
            yield Criterion(name, document.trial_id, Polarity.INCLUSION, section.name, span, (clause,))
            return


def _minimum(limit: AgeLimit | None) -> Values | None:
    return None if limit is None else at_least(limit.years)


def _maximum(limit: AgeLimit | None) -> Values | None:
    """The registry's maximum is inclusive: '75 Years' admits whoever is 75."""
    return None if limit is None else at_most(limit.years)


def age_conflicts(document: Document, criteria: tuple[Criterion, ...]) -> Iterator[Finding]:
    """Where the age that the prose admits differs from the registry fields, bound by bound."""
    spans = {field.name: field.span for field in document.fields}
    facts = document.facts
    for criterion in criteria:
        if criterion.section == SECTION:
            continue
        for clause in criterion.requires:
            if clause.scope or clause.exceptions or len(clause.alternatives) != 1:
                continue
            atom = clause.alternatives[0]
            if isinstance(atom, Constraint) and atom.variable == "age" and len(atom.admits.intervals) == 1:
                interval = atom.admits.intervals[0]
                pairs = (
                    ("age.minimum", facts.minimum_age, interval.low, interval.low_closed),
                    ("age.maximum", facts.maximum_age, interval.high, interval.high_closed),
                )
                for name, limit, number, closed in pairs:
                    if (
                        limit is not None
                        and number is not None
                        and name in spans
                        and not _agrees(limit.years, number, closed)
                    ):
                        yield _conflict(limit, (number, closed), (atom.span, spans[name]))


def _agrees(field: Decimal, prose: Decimal, closed: bool) -> bool:
    return closed and same_limit(field, prose, Decimal("0.005"))


def _conflict(limit: AgeLimit, prose: tuple[Decimal, bool], spans: tuple[Span, Span]) -> Finding:
    number, closed = prose
    said = plain(number) + ("" if closed else " (itself out)")
    message = f"the text bounds age at {said} years, the registry field says {limit.text}"
    return Finding("age_conflict", message, spans)


_YEARS = re.compile(r"(?:[^\d<>≤≥=]{0,12}?)(?P<years>\d{1,2})[^\d<>≤≥=]*")


def with_told_ages(criteria: Sequence[Criterion], document: Document) -> list[Criterion]:
    """Criteria in which an age without its comparison, 'Age 18 years', has that of the field with the same number."""
    told = list(criteria)
    for number, criterion in enumerate(told):
        if criterion.polarity is Polarity.INCLUSION and any(_lacks_sign(clause) for clause in criterion.requires):
            ends = {admits for one in field_criteria(document) for clause in one.requires for admits in _ages(clause)}
            requires = tuple(_aged(clause, ends, document.text) for clause in criterion.requires)
            told[number] = replace(criterion, requires=requires)
    return told


def _lacks_sign(clause: Clause) -> bool:
    atom = clause.alternatives[0]
    bare = isinstance(atom, Unread) and atom.variable == "age" and atom.reason == "the comparison is missing"
    return bare and len(clause.alternatives) == 1 and not clause.scope and not clause.exceptions


def _ages(clause: Clause) -> list[Values]:
    return [atom.admits for atom in clause.alternatives if isinstance(atom, Constraint)]


def _aged(clause: Clause, ends: set[Values], text: str) -> Clause:
    found = _YEARS.fullmatch(clause.span.of(text)) if _lacks_sign(clause) else None
    if found is None:
        return clause
    years = Decimal(found["years"])
    told = [admits for admits in (at_least(years), at_most(years)) if admits in ends]
    if len(told) != 1:
        return clause
    stated = clause.span.of(text)
    return replace(clause, alternatives=(Constraint("age", told[0], "years", clause.span, stated, inferred=True),))
