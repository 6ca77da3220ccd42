"""From a document to its criteria: items, their limits and states, polarity applied, nothing guessed.

An item is folded and read by `structure_of`; what it states is turned into what a participant may have. Words that name
a variable and could not be read become `Unread`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product
from math import prod
from operator import itemgetter

from rag.criteria.ages import ADULT_BARE
from rag.criteria.below import Footnotes, bases_of, with_exceptions_below
from rag.criteria.by_sex import with_ages_by_sex
from rag.criteria.contradicting import without_contradictions
from rag.criteria.converting import TUMOUR_LABEL, Converter, text_of, unique
from rag.criteria.fields import age_conflicts, field_criteria, with_told_ages
from rag.criteria.headings import is_of_others_or_once
from rag.criteria.infected import of_the_infected
from rag.criteria.items import SECTIONS, Item, find_items
from rag.criteria.labels import heading_states, without_labels
from rag.criteria.lexer import tokenize
from rag.criteria.lexicon import PLACE, may_name
from rag.criteria.reversing import without_reversed_lists
from rag.criteria.rungs import with_rungs
from rag.criteria.states import state_clauses, states_of
from rag.criteria.structure import structure_of
from rag.criteria.taken_back import taken_back
from rag.criteria.tokens import Kind
from rag.criteria.vocabulary import NUMBERS
from rag.text import fold
from rag.types import (
    Atom,
    Clause,
    Constraint,
    Criterion,
    Document,
    Finding,
    Polarity,
    ReadTrial,
    Span,
    Stance,
    State,
    Unread,
)

_VALUE_SIGN = re.compile(r"[\d<>≤≥=]")
_LIMITING = ("uln", "wnl", "upper limit", "normal", "child", "class")
_WORDS = re.compile(r"[^\W\d_][^\W_]*")
_MOST_CLAUSES = 24
_LONGEST = 2000
_LONGEST_REMARK = 200


def read_trial(document: Document) -> ReadTrial:
    """Everything read from the eligibility text and fields of one document, in text order."""
    if PLACE in document.text:  # a record that has the letter names no measure by it
        document = replace(document, text=document.text.replace(PLACE, "?"))
    return read_with_measure(document)


def read_with_measure(document: Document) -> ReadTrial:
    """The same of a document in which `PLACE` stands for the name of a measure outside the lexicon."""
    criteria: list[Criterion] = list(field_criteria(document))
    findings: list[Finding] = []
    leads: dict[int, Span] = {}  # by start of the criterion: the item it is nested under
    further: dict[int, Span] = {}  # by start of the criterion: the item whose second value it is
    above, before = "", Span(0, 0)
    footnotes = Footnotes()
    for bundle in _bundles(taken_back(find_items(document), document.text), document.text):
        names = footnotes.note(bundle[0], document.text)
        criterion, found = _read_bundle(document, bundle, above, names)
        footnotes.look(criterion, document.text)
        if not names and _is_second_value(bundle[0].span.of(document.text), above):
            further[criterion.span.start] = before
        else:
            above, before = _begun(bundle[-1].span.of(document.text)), criterion.span
        criteria.append(criterion)
        if bundle[0].heading_spans:
            leads[criterion.span.start] = bundle[0].heading_spans[-1]
        findings.extend(found)
    criteria = footnotes.applied(criteria)
    criteria = without_reversed_lists(with_exceptions_below(criteria, leads, further, document.text))
    criteria = with_rungs(with_told_ages(with_ages_by_sex(criteria, document), document), document.text)
    criteria.sort(key=lambda criterion: (criterion.span.start, criterion.span.end))
    findings.extend(age_conflicts(document, tuple(criteria)))
    return ReadTrial(document.trial_id, tuple(without_contradictions(criteria, document.text)), tuple(findings))


_FOR_SOME = re.compile(
    r"(?i)\bif\b|\b(?:for|in) (?:patients|those|subjects|participants|the presence|cases?)\b|\bdue to\b"
    r"|\bwith (?:liver|bone|hepatic)\b"
)


def _begun(raw: str) -> str:
    """How an item begins that may name what a bare value below it is of: none that runs on over many measures."""
    return raw[:40] if len(raw) <= _LONGEST_NAMING else ""


_LONGEST_NAMING = 140


def _is_second_value(raw: str, above: str) -> bool:
    """'* SGOT ≤ 3 x ULN' / '* ≤ 5 x ULN if liver metastases': a value for some, of the name in the item above."""
    for_some = len(raw) <= _LONGEST_REMARK and _VALUE_FIRST.match(raw) and _FOR_SOME.search(raw)
    return bool(for_some) and heading_variable(above) != ""


def _bundles(items: Iterable[Item], text: str) -> list[list[Item]]:
    """Items that make one criterion together: alternatives of a requirement, conjuncts of an exclusion."""
    bundles: list[list[Item]] = []
    for item in items:
        together = item.group >= 0 and (
            (item.relation == "any" and item.polarity is Polarity.INCLUSION)
            or (item.relation == "all" and item.polarity is Polarity.EXCLUSION)
        )
        together = together and not _is_of_one_tumour(item, text)
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


def _is_of_one_tumour(item: Item, text: str) -> bool:
    """'* Renal cancer: at least 2 lines' under 'one of these:': it binds who has that tumour, and is no way in."""
    return item.polarity is Polarity.INCLUSION and TUMOUR_LABEL.match(text, item.span.start, item.span.end) is not None


def _read_bundle(
    document: Document, bundle: Sequence[Item], above: str = "", names: tuple[str, ...] = ()
) -> tuple[Criterion, list[Finding]]:
    first = bundle[0]
    span = Span(first.span.start, bundle[-1].span.end)
    parts = [_read_item(document, item, above if item is first else "", names) for item in bundle]
    findings = [finding for _, found in parts for finding in found]
    clauses = parts[0][0] if len(bundle) == 1 else _together(bundle, [part[0] for part in parts])
    states = _states_of(document, bundle)
    clauses, used = _with_states(clauses, states)
    stated = state_clauses([one for one in states if one not in used and (not clauses or not one.present)])
    lonely = len(bundle) == 1 and first.relation == "any"  # the other ways stand in the same item, or were not told
    lonely = lonely and not _is_of_one_tumour(first, document.text)
    if (first.inside_any or lonely) and first.polarity is Polarity.INCLUSION:
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
    if not clauses:
        return [], used
    out: list[Clause] = []
    in_order = sorted(enumerate(states), key=lambda one: one[1].span.start)
    starts = [one.span.start for _, one in in_order]
    for clause in clauses:
        atoms: list[Atom] = []
        for atom in clause.alternatives:
            inside: list[State] = []
            if isinstance(atom, Unread) and not atom.variable:
                near = in_order[bisect_left(starts, atom.span.start) : bisect_right(starts, atom.span.end)]
                inside = [one for _, one in sorted(near, key=itemgetter(0)) if one.span.end <= atom.span.end]
            used.update(inside)
            atoms.extend([one for one in inside if one.stance in (Stance.REQUIRED, Stance.TURNED_AWAY)] or [atom])
        out.append(Clause(unique(atoms), clause.span, clause.scope, clause.exceptions, clause.window))
    return out, used


def _states_of(document: Document, bundle: Sequence[Item]) -> tuple[State, ...]:
    """Every concept that the items name; what holds only with, or instead of, another item is in doubt."""
    found: list[State] = list(heading_states(document, bundle[0]))
    for item in bundle:
        states = states_of(document.text, item.span, item.polarity, item.headings)
        states = without_labels(states, document.text, item.span)
        if len(bundle) > 1:
            doubt = "together" if item.polarity is Polarity.EXCLUSION else "alternative"
            states = tuple(replace(one, doubts=tuple(dict.fromkeys((*one.doubts, doubt)))) for one in states)
        if _is_for_the_excepted(document, item):
            states = tuple(replace(one, doubts=tuple(dict.fromkeys((*one.doubts, "cohort")))) for one in states)
        found += states
    return tuple(found)


def _is_for_the_excepted(document: Document, item: Item) -> bool:
    """Whether an item tells whom an exclusion spares: below "Patients with HIV are eligible provided that they:"."""
    turned = SECTIONS.get(item.section) is Polarity.EXCLUSION and item.polarity is Polarity.INCLUSION
    heading = item.heading_spans[-1].of(document.text) if turned and item.heading_spans else ""
    if not heading or not _SPARES.search(heading):
        return False
    return bool(states_of(document.text, item.heading_spans[-1], Polarity.EXCLUSION))


_LET_IN = r"(?:eligible|allowed|permitted|acceptable|included|enrolled)\b"
_SPARES = re.compile(
    rf"(?i)\b{_LET_IN}.{{0,60}}\b(?:if|provided|when|who|as long as)\b"
    rf"|\b(?:who|that) (?:meet|fulfil\w*|satisfy)\b.{{0,80}}\b{_LET_IN}"
    r"|\bconsidered eligible\b.{0,160}\b(?:must|should) (?:have|be|meet)\b"
)


def _together(bundle: Sequence[Item], parts: Sequence[list[Clause]]) -> list[Clause]:
    """The clauses of items that make one criterion: '* 0-2 for those over 75, or / * 0-3 for younger ones' are two."""
    own = [{_own_scopes(item, clause) for clause in part} for item, part in zip(bundle, parts, strict=True)]
    apart = all(len(scopes) == 1 and frozenset[str]() not in scopes for scopes in own)
    if bundle[0].polarity is Polarity.INCLUSION and apart and len({*map(frozenset, own)}) == len(bundle):
        return [clause for part in parts for clause in part]
    return _disjunction(bundle, parts)


def _own_scopes(item: Item, clause: Clause) -> frozenset[str]:
    """Whom the words of an item itself leave a clause to, without its headings; nobody where it has another way."""
    if len(clause.alternatives) > 1:
        return frozenset()
    return frozenset(scope.text for scope in clause.scope if scope.span.start >= item.span.start)


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
    few = prod(map(len, sides)) <= _MOST_CLAUSES
    combined = product(*sides) if few else [tuple(side[0] for side in sides)]
    return [
        Clause(
            tuple(atom for clause in choice for atom in clause.alternatives),
            span,
            unique(scope for clause in choice for scope in clause.scope),
            unique(exception for clause in choice for exception in clause.exceptions),
        )
        for choice in combined
    ]


_NAMED_AGAIN = re.compile(r"(?i)\b(?:maximum|maximal|limit|value|creatinine|h[ae]+moglobin)\b")


@lru_cache(maxsize=4096)
def heading_variable(heading: str) -> str:
    """The one variable that a heading names ('Platelets:', 'creatinine by age:'), or ''."""
    table = _BY_AGE.search(heading)
    if table is None and len(heading) > 60:
        return ""
    told = _LAST_NAME.split(heading[: table.start()][-60:])[-1] if table else heading
    named = [
        token.value for token in tokenize(fold(told).text) if token.kind is Kind.VARIABLE and not token.needs_unit
    ]
    return named[-1] if named and (table or len(set(named)) == 1) else ""


_LAST_NAME = re.compile(r"(?i)\bor\b|[\d;:]")
# '… or a serum creatinine based on age/gender as follows:': a table, of the variable told last before it
_BY_AGE = re.compile(
    r"(?i),? (?:based on|by|per|according to|adjusted (?:for|to)|as defined by)"
    r" (?:the )?(?:patient'?s? |subject'?s? )?(?:age|sex|gender)\b(?:\W{1,5}(?:and|or)?\W{0,2}(?:sex|gender|age)\b)?"
    r"[^.;<>≤≥\d]{0,60}:?\W*$"
)


# registry abstracts whose headings were dropped: '- Performance status - ECOG 0-2' / '- At least 8 weeks'
_STATUS = re.compile(r"\W{0,4}(?:performance status|karnofsky|ecog|zubrod|lansky|who)\b", re.IGNORECASE)
_BARE_SPAN = re.compile(r"\W{0,4}(?:at least|more than|greater than) \d{1,2} (?:weeks|months)\W{0,4}$", re.IGNORECASE)
_VALUE_FIRST = re.compile(
    r"\W{0,4}(?:[<>≤≥=]|\d|at least|at most|more than|less than|greater than|no (?:more|less|greater) than|between)",
    re.IGNORECASE,
)
_BARE_AGE = re.compile(
    r"\W{0,4}(?:\d{1,2} (?:and|or) (?:over|under|older|younger)|(?P<plain>over|under) (?:1[2-9]|[2-8]\d))\W{0,4}$",
    re.IGNORECASE,
)
# 'Caries index' / 'Over 20': the line above may name what is measured
_MEASURE = re.compile(r"(?i)\b(?:score|index|scale|level|count|rate|ratio|number|cholesterol|pressure|years)\W*$")


@lru_cache(maxsize=4096)
def _name_alone(line: str) -> str:
    """The variable whose name is all that a line holds, or ''."""
    tokens = tokenize(fold(line).text)
    alone = bool(tokens) and len(tokens) <= 2 and all(token.kind is Kind.GLUE for token in tokens[1:])
    return tokens[0].value if alone and tokens[0].kind is Kind.VARIABLE else ""


def _understood(item: Item, raw: str, above: str) -> str:
    """The variable of an item that is a value alone; `above` begins the item before it. '' where nothing tells."""
    if len(raw) <= 60 and above and _VALUE_FIRST.match(raw):
        named = _name_alone(above)  # a heading that has no colon: 'Life expectancy' / '* At least 4 months'
        if named:
            return named
    if _is_second_value(raw, above):
        return heading_variable(above)
    if item.polarity is Polarity.EXCLUSION or len(raw) > 40:
        return ""
    bare = _BARE_AGE.match(raw)
    if bare and not (bare["plain"] and any(_MEASURE.search(one) for one in (*item.headings, above))):
        return "age"
    return "life_expectancy" if _BARE_SPAN.match(raw) and _STATUS.match(above) else ""


def _read_item(
    document: Document, item: Item, above: str = "", names: tuple[str, ...] = ()
) -> tuple[list[Clause], list[Finding]]:
    """What one item states; `names` are the variables that a bare value is of, where a footnote's mark tells them."""
    raw = item.span.of(document.text)
    if is_of_others_or_once(item.headings):
        return [], []
    heading = (heading_variable(item.headings[-1]) if item.headings else "") or _understood(item, raw, above)
    by_age = bool(heading and item.headings and _BY_AGE.search(item.headings[-1]))
    if by_age and _NAMED_AGAIN.search(raw):
        heading = ""  # '* Age: 2 to < 6 years; maximum serum creatinine: 0.8'
    heading = names[0] if names else heading
    lowered = raw.lower()
    words = _WORDS.findall(lowered)
    if not (_counts(raw, words) or any(sign in lowered for sign in _LIMITING)):
        return [], []
    if not (heading or may_name(words) or ADULT_BARE.search(raw)):
        return [], []
    exclusion = item.polarity is Polarity.EXCLUSION
    clauses: list[Clause] = []
    findings: list[Finding] = []
    for span, name in product(_pieces(document.text, item.span), names or (heading,)):
        text = text_of(document.text, span)
        read = structure_of(text.flat, exclusion=exclusion, heading=name)
        if not (read.clauses or read.refused or read.defects):
            continue
        more, found = Converter(text, item, read, exclusion).convert()
        clauses += [clause for clause in more if not by_age or bases_of((clause,)) != {"age"}]
        findings += found
    return of_the_infected(document, item, clauses), findings


def _counts(raw: str, words: Sequence[str]) -> bool:
    """Whether a line holds a number, in digits or in words, or a sign that compares; `words` are in lower case."""
    if _VALUE_SIGN.search(raw) or not NUMBERS.keys().isdisjoint(words):
        return True
    return bool([word for word in words if word[0] in "ivx" and not word.strip("ivx")])  # 'III'


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """An item in pieces of at most 2,000 characters, cut after a sentence: what keeps reading linear."""
    start = span.start
    while span.end - start > _LONGEST:
        cut = max(text.rfind(mark, start + _LONGEST // 2, start + _LONGEST) for mark in (". ", ".\n", "; ", " "))
        cut = cut + 1 if cut > 0 else start + _LONGEST
        yield Span(start, cut)
        start = cut
    yield Span(start, span.end)
