"""From the structure of one item to clauses that a participant must satisfy: polarity applied, scopes attached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from rag.criteria.headings import cohort_scopes, is_exception_of_others, tells_menopause
from rag.criteria.items import Item
from rag.criteria.itemstate import Alternative, Read, Structure, Term, against_fit
from rag.criteria.lexicon import load_variables
from rag.criteria.limits import Limit, Refused
from rag.criteria.sought import sought
from rag.text import Folded, fold
from rag.types import (
    Atom,
    Clause,
    Constraint,
    Finding,
    Scope,
    ScopeKind,
    Span,
    Unread,
    Window,
)
from rag.units import days_of, decimal_of
from rag.values import Values, between

_ADEQUATE = re.compile(
    r"(?i)\b(?:adequate|acceptable|sufficient|preserved) [^.;]{0,60}(?:function|reserve|values?|counts?)\b"
)
_HEADING_EXCEPTS = sought(
    r"(?i)(?:[^.:]{0,30}: ?)?(?:unless|except)\b(?! (?:otherwise|as |where))"
    r"|[^.:]{0,60}\b(?:function|values?|counts?|parameters?|reserves?)\b[^.:(]{0,40}[(,] ?"
    r"(?:unless|except)\b(?! (?:otherwise|as |where))",
    "unless", "except",
)
_GROUPS = (ScopeKind.COHORT,)
_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class ItemText:
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
_HAS_RUN = re.compile(r"\s(?:\s|(?<=[\n\t\r]))")  # the same, told sooner


def text_of(document_text: str, span: Span) -> ItemText:
    folded = fold(document_text[span.start : span.end])
    text = folded.text
    if not _HAS_RUN.search(text):
        return ItemText(text, folded, span.start, ())
    pieces, shifts, at, ahead, length = [], [], 0, 0, 0
    for found in _RUN.finditer(text):
        pieces.append(text[at : found.start()] + " ")
        length += found.start() - at + 1
        ahead += found.end() - found.start() - 1
        shifts.append((length, ahead))
        at = found.end()
    pieces.append(text[at:])
    return ItemText("".join(pieces), folded, span.start, tuple(shifts))


def unique(things: Iterable[_Thing]) -> tuple[_Thing, ...]:
    kept = tuple(things)
    return kept if len(kept) < 2 else tuple(dict.fromkeys(kept))  # one thing, the rule, needs no hash of its decimals


class Converter:
    """Turns what one item states into clauses that a participant must satisfy."""

    def __init__(self, text: ItemText, item: Item, read: Structure, exclusion: bool) -> None:
        self.text = text
        self.item = item
        self.read = read
        self.exclusion = exclusion
        self.findings: list[Finding] = []
        self.cohorts = cohort_scopes(item)
        self.labelled = False  # whether the last of `cohorts` is a label of the item, which a later label replaces
        label = _LABEL.match(text.flat)
        if label and not re.match(r"(?i)(?:all )?(?:patients|subjects|participants)\s?:", label.group()):
            kind = (
                ScopeKind.SEX
                if re.search(r"(?i)\b(?:males?|females?|m[ae]n|wom[ae]n)\s?:", label.group())
                else ScopeKind.COHORT
            )
            scope = Scope(kind, label.group().rstrip(" :"), text.span(label.start(), label.end()))
            self.cohorts, self.labelled = (*self.cohorts, scope), True
        tumour = TUMOUR_LABEL.match(text.flat) if ":" in text.flat and not exclusion and not label else None
        if tumour is None and not (exclusion or label) and _counts_lines(read):
            tumour = _TUMOUR_LIST.match(text.flat)
        if tumour is not None:
            scope = Scope(ScopeKind.COHORT, tumour["who"], text.span(*tumour.span("who")))
            self.cohorts = (*self.cohorts, scope)
        self.unless = tuple(
            span
            for heading, span in zip(item.headings[-len(item.heading_spans) :], item.heading_spans, strict=False)
            if _HEADING_EXCEPTS.match(heading)
        )

    def convert(self) -> tuple[list[Clause], list[Finding]]:
        clauses = [clause for terms in self.read.clauses for clause in self._clause(terms)]
        clauses.extend(self._refused(refused) for refused in self.read.refused)
        for defect in self.read.defects:
            spans = tuple(self.text.span(start, end) for start, end in defect.spans)
            self.findings.append(Finding(defect.kind, defect.message, spans))
        clauses.sort(key=lambda clause: (clause.span.start, clause.span.end))
        return list(unique(clauses)), self.findings

    def _clause(self, terms: Sequence[Term]) -> list[Clause]:
        atoms: list[Atom] = []
        own = {mark.text for term in terms if isinstance(term, Read) for mark in term.scopes if mark.kind in _GROUPS}
        scopes: list[Scope] = list(
            self.cohorts[:-1] if self.labelled and own - {self.cohorts[-1].text} else self.cohorts
        )
        bases = {term.limit.base for term in terms if isinstance(term, Read)}
        scopes = [scope for scope in scopes if not is_exception_of_others(scope.text, bases)]
        exceptions: list[Span] = list(self.unless)
        for term in terms:
            if isinstance(term, Alternative):
                atoms.append(Unread("", self.text.span(term.start, term.end), "another alternative, in words"))
                continue
            atoms.append(self._atom(term))
            known = {scope.text for scope in scopes}
            marks = [mark for mark in term.scopes if mark.text not in known]
            scopes += [Scope(mark.kind, mark.text, self.text.span(mark.start, mark.end)) for mark in marks]
            exceptions += [self.text.span(region.start, region.end) for region in term.exceptions]
        if not atoms:
            return []
        span = Span(min(atom.span.start for atom in atoms), max(atom.span.end for atom in atoms))
        return [Clause(_once(atoms), span, unique(scopes), unique(exceptions), self._window(terms))]

    def _atom(self, read: Read) -> Atom:
        limit = read.limit
        span = self.text.span(limit.start, limit.end)
        if read.doubtful:
            return Unread(limit.variable, span, read.doubtful)
        if not read.negated and against_fit(limit, exclusion=self.exclusion) and self._is_adequate(limit):
            return Unread(limit.variable, span, "the unfit side of what must be adequate")
        if limit.base == "age" and tells_menopause(self.item, self.text.flat):
            return Unread(limit.variable, span, "part of a definition of menopause")
        stated, inferred = limit.stated, limit.inferred
        if not (limit.explicit or limit.inherited) and limit.scale != "list":
            return Unread(limit.variable, span, "the comparison is missing")
        if inferred:
            self.findings.append(Finding("lost_operator", "a limit without its comparison", (span,)))
        turned = self.exclusion != read.negated
        admits = _on_scale(~stated, limit.variable) if turned and not inferred else stated
        if admits.is_empty or admits.is_everything or _is_whole_scale(admits, limit.variable):
            return Unread(limit.variable, span, "it would admit everybody or nobody")
        unit = load_variables()[limit.variable].unit
        return Constraint(limit.variable, admits, unit, span, self._stated(limit), inferred)

    def _is_adequate(self, limit: Limit) -> bool:
        above = self.item.headings[-1] if self.item.headings else ""
        return bool(_ADEQUATE.search(above) or _ADEQUATE.search(self.text.flat[: limit.start]))

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


def _once(atoms: Sequence[Atom]) -> tuple[Atom, ...]:
    """The alternatives of a clause, one that limits the same to the same once: '> 470 on two and > 470 on average'."""
    kept: dict[object, Atom] = {}
    for atom in atoms:
        kept.setdefault((atom.variable, atom.admits) if isinstance(atom, Constraint) else atom, atom)
    return tuple(kept.values())


def _on_scale(admits: Values, variable: str) -> Values:
    """What is left of a complement on a scale with ends: without NYHA III–IV there is no 'above IV'."""
    known = load_variables()[variable]
    bottom, top = known.plausible.intervals[0].low, known.plausible.intervals[0].high
    if known.step is None or top is None:
        return admits
    top = top - known.step if variable in _DEAD_LAST else top
    kept = (i for i in admits if i.low is None or i.low < top or (i.low == top and i.low_closed))
    return Values(
        tuple(i for i in kept if None in (i.high, bottom) or i.high > bottom or (i.high == bottom and i.high_closed))  # type: ignore[operator]
    )


_DEAD_LAST = frozenset(["ecog", "mrs"])  # scales whose last step is death: 'ECOG 3 or 4' leaves none above


def _is_whole_scale(admits: Values, variable: str) -> bool:
    """'a pain scale (0-10)' tells the scale and limits nobody; 'NYHA I to IV' is said of who has a heart failure."""
    known = load_variables()[variable]
    return not known.roman and not known.counts and known.plausible.is_subset(admits)


_WINDOW = re.compile(
    r"[^.;,<>≤≥]{0,40}?\b((?:within|in the (?:past|last|previous)|during the (?:past|last|previous)|over the (?:past"
    r"|last))\s(?:the\s)?(?:(?:past|last|previous|first)\s)?"
    r"(\d{1,3})\s?-?(hours?|days?|weeks?|months?|years?)(?:\s(?:prior to|before|of|preceding|after)\s[^.;,()]{1,40})?)",
    re.IGNORECASE,
)


def _days(found: re.Match[str]) -> Values | None:
    unit = days_of(found[3])
    return between(Decimal(0), decimal_of(Fraction(found[2]) * unit)) if unit is not None else None


_LABEL = sought(
    r"(?!(?:Age|Blood|Ethnic|Support) groups?\b)(?:[A-Z][\w/-]*\s){0,4}(?:STRATUM|STRATA|COHORTS?|ARMS?|GROUPS?"
    r"|PATIENTS|SUBJECTS|PARTICIPANTS|CONTROLS|[Ss]ubjects|[Pp]atients|[Vv]olunteers|[Pp]articipants|[Cc]ohorts?|[Gg]roups?|[Aa]rms?"
    r"|[Ss]tratum|[Ss]trata|[Pp]arts?|[Cc]ontrols|[Cc]aregivers?|(?:[Dd]onor|DONOR)[Ss]?)(?:\s\w{1,3}(?:\s?(?:[-–,&]|and|or|to)\s?"
    r"(?:(?:[Aa]rm|[Cc]ohort|[Gg]roup|[Pp]art)s?\s)?\w{1,3}){0,4})?(?:\s[Oo]nly|\s\([^()<>≤≥]{1,80}\))?\s?:"
    r"|(?:[\w-]+\s)?(?:(?:[Ff]em|[Mm])ales?|[Ww]om[ae]n|[Mm][ae]n)\s?:"
    r"|(?:Adults?|ADULTS?|Child(?:ren)?|CHILDREN|Pa?ediatrics?|Adolescents?|Infants?)(?: only)?\s?:"
    r"(?!\s?(?:[<>≤≥]|\d|[Aa]ge))"
    r"|(?:PATIENT|CAREGIVER|PARTNER|CHILD|PARENT)S? ONLY\s?:|(?:FAMILY )?CARE ?GIVERS?\s?:|PROVIDERS?\s?:"
    r"|[Ss]ub-?stud(?:y|ies)(?: \w{1,3})?\s?:"
    r"|(?:Dose|Safety) (?:escalation|expansion|run-in)(?: (?:phase|part|cohorts?))?(?: only)?\s?:"
    # what comes after a first step: "STEP 2 RANDOMIZATION:", "CROSSOVER:", "CRITERIA TO PROCEED TO CYCLE 2:"
    r"|(?![^:]{0,60}\b(?:STEP|Step) [01]\b)(?:[A-Z][A-Z-]+ ){0,4}(?:STEP [2-9]|RE-?REGISTRATION|RE-?TREATMENT"
    r"|CROSS-?OVER|MAINTENANCE|EXTENSION|CONTINUATION|CONSOLIDATION|RANDOMI[SZ]ATION|PROCEED TO|START OF TREATMENT)\b"
    r"[^:<>≤≥]{0,50}:"
    r"|Step [2-9]\b[^:<>≤≥]{0,50}:",
    ":",
)


# "Gastric cancer: at least 2 lines", "BRAF V600E mutant: at least 1 line"
_OF_TREATMENT = (
    r"(?![^:]{0,80}\b(?:(?:[Tt]reatments?|[Tt]herap(?:y|ies)|[Rr]egimens?|[Dd]iagnos[ie]s|[Hh]istory)"
    r" (?:for|of|in|with)|[Ll]ines? of|[Pp]atients|[Ss]ubjects|[Pp]articipants)\b)"
)
TUMOUR_LABEL = re.compile(
    rf"(?P<who>(?!(?:For )?(?:[Aa]ll|[Bb]oth|[Ee]ach) ){_OF_TREATMENT}"
    r"[A-Z][\w' /()-]{0,60}?(?:[Cc]ancer|[Cc]arcinoma|[Ss]arcoma|[Mm]elanoma|[Ll]ymphoma|[Ll]euka?emia|[Tt]umou?rs?"
    r"|mesothelioma|macroglobulina?emia|[Mm]yeloma|[Gg]lioma|blastoma|wild[- ]type|mutant|mutated|mutation|cohort)s?"
    r"(?: \([\w-]+\))?)\s?:\s"
)
# "pleural mesothelioma, pancreatic cancer: 1-3 prior treatments", "NSCLC, second line or later: at least 1 prior line"
_TUMOUR_LIST = re.compile(
    rf"\W*(?P<who>{_OF_TREATMENT}(?=[^:<>≤≥]{{0,110}}?(?:[Cc]ancer|[Cc]arcinoma|[Ss]arcoma|[Mm]elanoma|[Ll]ymphoma"
    r"|[Ll]euka?emia|[Tt]umou?r|[Mm]esothelioma|[Mm]yeloma|[Gg]lioma|blastoma|[Uu]rothelial|NSCLC|SCLC|HNSCC|SCCHN"
    r"|TNBC|HCC|RCC|CRC|PDAC|DLBCL|CLL|MCL|GIST)\b)[^:<>≤≥]{3,110}?)\s?:\s"
)


def _counts_lines(read: Structure) -> bool:
    """Whether all that an item limits is how many treatments went before."""
    bases = {term.limit.base for terms in read.clauses for term in terms if isinstance(term, Read)}
    return bases == {"prior_lines"}
