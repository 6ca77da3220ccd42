"""From a document to its criteria: items, their limits and states, polarity applied, nothing guessed.

An item is folded and read by `structure_of`; what it states is turned into what a participant may have. Words that name
a variable and could not be read become `Unread`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import TypeVar

from rag.criteria.fields import age_conflicts, field_criteria
from rag.criteria.items import SECTIONS, Item, find_items
from rag.criteria.itemstate import Alternative, Read, Structure, Term
from rag.criteria.lexer import tokenize
from rag.criteria.lexicon import key_words, load_variables
from rag.criteria.limits import Limit, Refused
from rag.criteria.states import state_clauses, states_of
from rag.criteria.structure import structure_of
from rag.criteria.tokens import Kind
from rag.text import Folded, fold
from rag.types import (
    Atom,
    Clause,
    Constraint,
    Criterion,
    Document,
    Finding,
    Polarity,
    ReadTrial,
    Scope,
    ScopeKind,
    Span,
    Stance,
    State,
    Unread,
    Window,
)
from rag.units import decimal_of
from rag.values import Values, between

_MAY_LIMIT = re.compile(
    r"\d|[<>≤≥=]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty)\b"
    r"|\b[IVX]+\b|uln|upper limit|normal|child|class",
    re.IGNORECASE,
)
_COHORT_HEADING = re.compile(
    r"\b(?:parts?|cohorts?|arms?|groups?|stratum|strata|phase|sub-?study|module)\b|\bhealthy\b|\bcontrols?\b"
    r"|\bvolunteers?\b|\bdonors?\b"
    r"|\bcaregivers?\b|\bmentors?\b|\bparents?\b|\bpartners?\b|\badditional\b|^\W*(?:in|ex)clusion criteri\w+ (?:for"
    r"|of|\()|\bfor (?:patients|participants|subjects|women|men|children|adults)\b"
    r"|\b(?:patients|participants|subjects|women|men|children|adults|infants) (?:with|who|undergoing|receiving|on"
    r"|in)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_][^\W_]*")
_NOT_A_COHORT = re.compile(
    r"(?i)following|^\W*(?:key |main |general )?(?:in|ex)clusion criteria:?$|must|eligible|performance"
    r"|oncology group|adequate|documented|function|"
    r"confirmed|laborator|evidence|history|all (?:patients|participants|subjects)|age group|blood group|^(?:patients"
    r"|participants|subjects) with:?$"
)
_MOST_CLAUSES = 24
_LONGEST = 2000
_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class _Text:
    """An item's folded words on one line, with the way back to the document."""

    flat: str
    folded: Folded
    base: int
    shifts: tuple[tuple[int, int], ...]  # (offset in flat, how far the folded text is ahead from there on)

    def span(self, start: int, end: int) -> Span:
        inner = self.folded.span(
            self._back(start), self._back(max(start, end - 1)) + 1 if end > start else self._back(start)
        )
        return Span(self.base + inner.start, self.base + inner.end)

    def _back(self, offset: int) -> int:
        ahead = 0
        for at, shift in self.shifts:
            if at > offset:
                break
            ahead = shift
        return offset + ahead


_RUN = re.compile(r"\s{2,}|[\n\t\r]")


def _text_of(document_text: str, span: Span) -> _Text:
    folded = fold(document_text[span.start : span.end])
    text = folded.text
    if not _RUN.search(text):
        return _Text(text, folded, span.start, ())
    pieces, shifts, at, ahead, length = [], [], 0, 0, 0
    for found in _RUN.finditer(text):
        pieces.append(text[at : found.start()] + " ")
        length += found.start() - at + 1
        ahead += found.end() - found.start() - 1
        shifts.append((length, ahead))
        at = found.end()
    pieces.append(text[at:])
    return _Text("".join(pieces), folded, span.start, tuple(shifts))


def read_trial(document: Document) -> ReadTrial:
    """Everything read from the eligibility text and fields of one document, in text order."""
    criteria: list[Criterion] = list(field_criteria(document))
    findings: list[Finding] = []
    leads: dict[int, Span] = {}  # by start of the criterion: the item it is nested under
    for bundle in _bundles(find_items(document)):
        criterion, found = _read_bundle(document, bundle)
        criteria.append(criterion)
        if bundle[0].heading_spans:
            leads[criterion.span.start] = bundle[0].heading_spans[-1]
        findings.extend(found)
    criteria = _with_exceptions_below(criteria, leads, document.text)
    criteria.sort(key=lambda criterion: (criterion.span.start, criterion.span.end))
    ordered = tuple(criteria)
    findings.extend(age_conflicts(document, ordered))
    return ReadTrial(document.trial_id, ordered, tuple(findings))


_EXCEPTION_BELOW = re.compile(r"(?i)\b(?:eligible|allowed|permitted|acceptable|unless|except|exceptions?)\b")


def _with_exceptions_below(criteria: list[Criterion], leads: Mapping[int, Span], text: str) -> list[Criterion]:
    """A limit whose nested items say who is let in after all has them as exceptions: '> 50' / '* less if …'."""
    by_start = {criterion.span.start: number for number, criterion in enumerate(criteria)}
    changed = list(criteria)
    for criterion in criteria:
        lead = leads.get(criterion.span.start)
        number = by_start.get(lead.start) if lead is not None else None
        if number is not None and _EXCEPTION_BELOW.search(criterion.span.of(text)):
            above = changed[number]
            requires = tuple(
                replace(clause, exceptions=_unique((*clause.exceptions, criterion.span)))
                if any(isinstance(atom, Constraint) for atom in clause.alternatives)
                else clause
                for clause in above.requires
            )
            changed[number] = replace(above, requires=requires)
    return changed


def _bundles(items: Iterable[Item]) -> list[list[Item]]:
    """Items that make one criterion together: alternatives of a requirement, conjuncts of an exclusion."""
    bundles: list[list[Item]] = []
    for item in items:
        together = item.group >= 0 and (
            (item.relation == "any" and item.polarity is Polarity.INCLUSION)
            or (item.relation == "all" and item.polarity is Polarity.EXCLUSION)
        )
        before = bundles[-1][-1] if bundles else None
        if (
            together
            and before is not None
            and (before.group, before.relation, before.polarity) == (item.group, item.relation, item.polarity)
        ):
            bundles[-1].append(item)
        else:
            bundles.append([item])
    return bundles


def _read_bundle(document: Document, bundle: Sequence[Item]) -> tuple[Criterion, list[Finding]]:
    first = bundle[0]
    span = Span(first.span.start, bundle[-1].span.end)
    parts = [_read_item(document, item) for item in bundle]
    findings = [finding for _, found in parts for finding in found]
    clauses = parts[0][0] if len(bundle) == 1 else _disjunction(bundle, [part[0] for part in parts])
    states = _states_of(document, bundle)
    clauses, used = _with_states(clauses, states)
    stated = (
        ()
        if len(bundle) > 1
        else state_clauses([one for one in states if one not in used and (not clauses or not one.present)])
    )
    if first.inside_any and first.polarity is Polarity.INCLUSION:
        clauses = [_optional(clause, first.heading_spans[-1]) for clause in clauses]
    criterion = Criterion(
        f"{document.trial_id}:{span.start}",
        document.trial_id,
        first.polarity,
        first.section,
        span,
        (*clauses, *stated),
        first.headings,
        states,
    )
    return criterion, findings


def _optional(clause: Clause, lead: Span) -> Clause:
    """A clause of one of several ways to qualify: satisfied also by another way."""
    return replace(clause, alternatives=(*clause.alternatives, Unread("", lead, "one of several ways to qualify")))


def _with_states(clauses: list[Clause], states: Sequence[State]) -> tuple[list[Clause], set[State]]:
    """Alternatives in words named by the states that stand in them: '≥ 30 or on dialysis' has a limit and a state."""
    used: set[State] = set()
    out: list[Clause] = []
    for clause in clauses:
        atoms: list[Atom] = []
        for atom in clause.alternatives:
            inside = (
                [one for one in states if _is_within(one.span, atom.span)]
                if isinstance(atom, Unread) and not atom.variable
                else []
            )
            used.update(inside)
            atoms.extend([one for one in inside if one.stance in (Stance.REQUIRED, Stance.TURNED_AWAY)] or [atom])
        out.append(Clause(_unique(atoms), clause.span, clause.scope, clause.exceptions, clause.window))
    return out, used


def _is_within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _states_of(document: Document, bundle: Sequence[Item]) -> tuple[State, ...]:
    """Every concept that the items name; what holds only with, or instead of, another item is in doubt."""
    found: list[State] = list(_heading_states(document, bundle[0]))
    for item in bundle:
        states = states_of(document.text, item.span, item.polarity, item.headings)
        if len(bundle) > 1:
            doubt = "together" if item.polarity is Polarity.EXCLUSION else "alternative"
            states = tuple(replace(one, doubts=tuple(dict.fromkeys((*one.doubts, doubt)))) for one in states)
        found += states
    return tuple(found)


def _disjunction(bundle: Sequence[Item], parts: Sequence[list[Clause]]) -> list[Clause]:
    """Items of which one is enough as clauses: each combines one clause of every item."""
    if not any(
        isinstance(atom, Constraint | Unread) and atom.variable
        for part in parts
        for clause in part
        for atom in clause.alternatives
    ):
        return []
    span = Span(bundle[0].span.start, bundle[-1].span.end)
    sides: list[list[Clause]] = []
    for item, clauses in zip(bundle, parts, strict=True):
        words = Clause((Unread("", item.span, "another alternative, in words"),), item.span)
        sides.append(clauses or [words])
    combined = list(product(*sides))
    if len(combined) > _MOST_CLAUSES:
        combined = [tuple(side[0] for side in sides)]
    return [
        Clause(
            tuple(atom for clause in choice for atom in clause.alternatives),
            span,
            _unique(scope for clause in choice for scope in clause.scope),
            _unique(exception for clause in choice for exception in clause.exceptions),
        )
        for choice in combined
    ]


def _unique(things: Iterable[_Thing]) -> tuple[_Thing, ...]:
    return tuple(dict.fromkeys(things))


def _heading_states(document: Document, item: Item) -> tuple[State, ...]:
    """What the nearest heading names and turns away itself: "No autoimmune disease, such as:"; nothing for labels."""
    if not item.heading_spans or item.section not in SECTIONS:
        return ()
    states = states_of(document.text, item.heading_spans[-1], SECTIONS[item.section])
    return tuple(one for one in states if one.stance is Stance.TURNED_AWAY)


@lru_cache(maxsize=4096)
def heading_variable(heading: str) -> str:
    """The one variable that a heading names ('Platelets:', 'Performance status:'), or ''."""
    if len(heading) > 60:
        return ""
    named = {
        token.value for token in tokenize(fold(heading).text) if token.kind is Kind.VARIABLE and not token.needs_unit
    }
    return next(iter(named)) if len(named) == 1 else ""


def _read_item(document: Document, item: Item) -> tuple[list[Clause], list[Finding]]:
    raw = item.span.of(document.text)
    heading = heading_variable(item.headings[-1]) if item.headings else ""
    if not _MAY_LIMIT.search(raw) or not (heading or not key_words().isdisjoint(_WORDS.findall(raw.lower()))):
        return [], []
    exclusion = item.polarity is Polarity.EXCLUSION
    clauses: list[Clause] = []
    findings: list[Finding] = []
    for span in _pieces(document.text, item.span):
        text = _text_of(document.text, span)
        read = structure_of(text.flat, exclusion=exclusion, heading=heading)
        more, found = _Converter(text, item, read, exclusion).convert()
        clauses += more
        findings += found
    return clauses, findings


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """An item in pieces of at most 2,000 characters, cut after a sentence: what keeps reading linear."""
    start = span.start
    while span.end - start > _LONGEST:
        cut = max(text.rfind(mark, start + _LONGEST // 2, start + _LONGEST) for mark in (". ", ".\n", "; ", " "))
        cut = cut + 1 if cut > 0 else start + _LONGEST
        yield Span(start, cut)
        start = cut
    yield Span(start, span.end)


class _Converter:
    """Turns what one item states into clauses that a participant must satisfy."""

    def __init__(self, text: _Text, item: Item, read: Structure, exclusion: bool) -> None:
        self.text = text
        self.item = item
        self.read = read
        self.exclusion = exclusion
        self.findings: list[Finding] = []
        self.cohorts = _cohort_scopes(item)
        label = _LABEL.match(text.flat)
        if label and not re.match(r"(?i)(?:all )?(?:patients|subjects|participants)\s?:", label.group()):
            kind = ScopeKind.SEX if re.search(r"(?i)males?\s?:", label.group()) else ScopeKind.COHORT
            scope = Scope(kind, label.group().rstrip(" :"), text.span(label.start(), label.end()))
            self.cohorts = (*self.cohorts, scope)
        self.unless = tuple(
            span
            for heading, span in zip(item.headings[-len(item.heading_spans) :], item.heading_spans, strict=False)
            if re.match(r"(?i)(?:unless|except)\b", heading)
        )

    def convert(self) -> tuple[list[Clause], list[Finding]]:
        clauses = [clause for terms in self.read.clauses for clause in self._clause(terms)]
        clauses.extend(self._refused(refused) for refused in self.read.refused)
        for defect in self.read.defects:
            spans = tuple(self.text.span(start, end) for start, end in defect.spans)
            self.findings.append(Finding(defect.kind, defect.message, spans))
        clauses.sort(key=lambda clause: (clause.span.start, clause.span.end))
        return list(dict.fromkeys(clauses)), self.findings

    def _clause(self, terms: Sequence[Term]) -> list[Clause]:
        atoms: list[Atom] = []
        scopes: list[Scope] = list(self.cohorts)
        exceptions: list[Span] = list(self.unless)
        for term in terms:
            if isinstance(term, Alternative):
                atoms.append(Unread("", self.text.span(term.start, term.end), "another alternative, in words"))
                continue
            atoms.append(self._atom(term))
            scopes += [Scope(mark.kind, mark.text, self.text.span(mark.start, mark.end)) for mark in term.scopes]
            exceptions += [self.text.span(region.start, region.end) for region in term.exceptions]
        if not atoms:
            return []
        span = Span(min(atom.span.start for atom in atoms), max(atom.span.end for atom in atoms))
        return [Clause(_unique(atoms), span, _unique(scopes), _unique(exceptions), self._window(terms))]

    def _atom(self, read: Read) -> Atom:
        limit = read.limit
        span = self.text.span(limit.start, limit.end)
        if read.doubtful:
            return Unread(limit.variable, span, read.doubtful)
        stated, inferred = limit.stated, limit.inferred
        if not (limit.explicit or limit.inherited) and limit.scale != "list":
            return Unread(limit.variable, span, "the comparison is missing")
        if inferred:
            self.findings.append(Finding("lost_operator", "a limit without its comparison", (span,)))
        turned = self.exclusion != read.negated
        admits = _on_scale(~stated, limit.variable) if turned and not inferred else stated
        if admits.is_empty or admits.is_everything:
            return Unread(limit.variable, span, "it would admit everybody or nobody")
        unit = load_variables()[limit.variable].unit
        return Constraint(limit.variable, admits, unit, span, self._stated(limit), inferred)

    def _stated(self, limit: Limit) -> str:
        return self.text.flat[limit.start : limit.end].strip()

    def _window(self, terms: Sequence[Term]) -> Window | None:
        ends = [term.limit.end for term in terms if isinstance(term, Read)]
        found = _WINDOW.match(self.text.flat, max(ends)) if ends else None
        if found is None:
            return None
        start, end = found.span(1)
        return Window(self.text.flat[start:end], self.text.span(start, end), _days(found))

    def _refused(self, refused: Refused) -> Clause:
        span = self.text.span(refused.start, refused.end)
        return Clause((Unread(refused.variable, span, refused.reason),), span, self.cohorts)


def _on_scale(admits: Values, variable: str) -> Values:
    """What is left of a complement on a scale with a top: without NYHA III–IV there is no 'above IV'."""
    known = load_variables()[variable]
    top = known.plausible.intervals[0].high
    if known.step is None or top is None:
        return admits
    return Values(tuple(i for i in admits if i.low is None or i.low < top)) or admits


_WINDOW = re.compile(
    r"[^.;,<>≤≥]{0,40}?\b((?:within|in the (?:past|last|previous)|during the (?:past|last|previous)|over the (?:past"
    r"|last))\s(?:the\s)?(?:(?:past|last|previous|first)\s)?"
    r"(\d{1,3})\s?-?(hours?|days?|weeks?|months?|years?)(?:\s(?:prior to|before|of|preceding|after)\s[^.;,()]{1,40})?)",
    re.IGNORECASE,
)
_DAYS = {"h": "1/24", "d": "1", "w": "7", "m": "30.4375", "y": "365.25"}


def _days(found: re.Match[str]) -> Values | None:
    unit = _DAYS[found[3][0].lower()]
    top, _, bottom = unit.partition("/")
    length = decimal_of(Fraction(found[2]) * Fraction(top) / Fraction(bottom or "1"))
    return between(Decimal(0), length)


def _cohort_scopes(item: Item) -> tuple[Scope, ...]:
    """Headings that name a cohort or a population scope every limit below them."""
    scopes = []
    spans = item.heading_spans
    shift = len(item.headings) - len(spans)
    for number, heading in enumerate(item.headings):
        kind = _heading_kind(heading)
        if kind is not None:
            span = spans[number - shift] if number >= shift else Span(item.span.start, item.span.start)
            scopes.append(Scope(kind, heading.rstrip(" :"), span))
    return tuple(scopes)


_AGES = re.compile(
    r"(?i)\W*(?:(?:for|in)\s)?(?:patients|participants|subjects|adults|children|age[sd]?|under|over|[<>≤≥])[^:;]{0,50}"
    r"(?:years?|yrs|months?|old|age)\W*$"
)
_SEX = re.compile(r"(?i)\W*(?:for\s)?(?:fe)?(?:males?|men|women)(?:\s(?:patients|participants|subjects))?\W*$")
_LABEL = re.compile(
    r"(?:[A-Z][\w/-]*\s){0,4}(?:[Ss]ubjects|[Pp]atients|[Vv]olunteers|[Pp]articipants|[Cc]ohorts?|[Gg]roup|[Aa]rm|[Cc]ontrols)(?:\s\w{1,3})?\s?:|(?:[Ff]em|[Mm])ales?\s?:"
)


def _heading_kind(heading: str) -> ScopeKind | None:
    """Whether a heading says whom the items below it concern, and how."""
    if re.match(r"(?i)if\b", heading):
        return ScopeKind.CONDITION
    if _SEX.fullmatch(heading):
        return ScopeKind.SEX
    if _AGES.fullmatch(heading) and re.search(r"\d", heading):
        return ScopeKind.AGE
    return ScopeKind.COHORT if _names_cohort(heading) else None


def _names_cohort(heading: str) -> bool:
    if not _COHORT_HEADING.search(heading) or re.search(r"[<>≤≥]", heading):
        return False
    if re.search(r"(?i)\ball (?:groups|arms|cohorts|parts|patients|participants|subjects|study)\b", heading):
        return False
    if re.search(r"(?i)\b(?:part|cohort|arm|stratum)s?\b", heading):
        return True
    return len(heading) <= 80 and not _NOT_A_COHORT.search(heading)
