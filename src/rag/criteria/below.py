"""Exceptions told in an item of their own, below the limit that they are about.

'Creatinine ≤ 1.5' / '* unless …'; 'ALT ≤ 3 x ULN' / 'If the liver is involved: ALT ≤ 5 x ULN'; or a footnote,
'ALT ≤ 3 x ULN*' … '* unless …', which is about every limit with its mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from rag.criteria.converting import unique
from rag.criteria.idle import measures_of
from rag.criteria.items import Item
from rag.types import Clause, Constraint, Criterion, Scope, ScopeKind, Span

_EXCEPTION_BELOW = re.compile(r"(?i)\b(?:eligible|allowed|permitted|acceptable|unless|except|exceptions?)\b")


# "Growth factors are not permitted … unless": how a value may be reached, below the value
_OF_HELP = re.compile(r"(?i)\W*(?:note\W{1,3})?(?:use of )?(?:\w+ ){0,2}(?:growth factors?|transfusions?|g-?csf)\b")
# "If the liver is involved: AST ≤ 5 x ULN"
_IF_AHEAD = re.compile(r"(?i)\W*(?:if|in case of|for (?:patients|subjects|participants|those) with)\b[^.;:]{3,90}[:,]")
# "Patients with Gilbert's syndrome: bilirubin ≤ 3", below "Bilirubin ≤ 1.5"
_PEOPLE_AHEAD = re.compile(
    r"(?i)\W*(?:o )?(?P<who>(?:patients|participants|subjects|individuals|those) (?:with|who have) [^.;:<>≤≥]{3,120})"
)


def with_exceptions_below(
    criteria: list[Criterion], leads: Mapping[int, Span], further: Mapping[int, Span], text: str
) -> list[Criterion]:
    """A limit whose nested items say who is let in after all has them as exceptions: '> 50' / '* less if …'."""
    by_start = {criterion.span.start: number for number, criterion in enumerate(criteria)}
    changed = list(criteria)
    for criterion in criteria:
        lead, first = leads.get(criterion.span.start), further.get(criterion.span.start)
        number = by_start.get(lead.start) if lead is not None else None
        words = criterion.span.of(text) if number is not None else ""
        if number is not None and _EXCEPTION_BELOW.search(words) and not _OF_HELP.match(words):
            own = bases_of(criterion.requires)  # 'ECOG ≤ 2 …:' / '* ANC ≥ 1,000 unless …': the exception is of the ANC
            stated = bases_of(changed[number].requires)
            about = measures_of(words, stated)
            if about and (not own or own & stated):
                changed[number] = excepted(changed[number], criterion.span, about)
        number = by_start.get(first.start) if first is not None else None
        if number is not None:
            changed[number] = excepted(changed[number], criterion.span, bases_of(criterion.requires))
    for number, criterion in enumerate(changed[1:], 1):
        if not criterion.requires:
            continue  # it admits nobody to more
        people = _PEOPLE_AHEAD.match(text, criterion.span.start, criterion.span.end)
        if people or _IF_AHEAD.match(text, criterion.span.start, criterion.span.end):
            for earlier in range(max(0, number - _NEAR_ITEMS), number):
                above = changed[earlier].span
                if people and _PEOPLE_AHEAD.match(text, above.start, above.end):
                    continue  # 'Patients with gout: ≤ 2' / 'Patients with lupus: ≤ 3': each of its own people
                looser = _looser(changed[earlier], criterion)
                if looser:
                    changed[earlier] = excepted(changed[earlier], criterion.span, looser)
                if looser and people:
                    scope = Scope(ScopeKind.CONDITION, people["who"].strip(), Span(*people.span("who")))
                    changed[number] = _scoped(changed[number], scope, looser)
    return changed


_NEAR_ITEMS = 3


def _looser(above: Criterion, below: Criterion) -> frozenset[str]:
    """The variables of which a later criterion admits more to some than an earlier one does to everybody."""
    if (above.polarity, above.section) != (below.polarity, below.section):
        return frozenset()
    told = {
        atom.variable: atom.admits
        for clause in above.requires
        for atom in clause.alternatives[:1]
        if isinstance(atom, Constraint) and not clause.scope and not clause.exceptions
    }
    more = [atom for clause in below.requires for atom in clause.alternatives[:1] if isinstance(atom, Constraint)]
    return frozenset(
        atom.variable.removesuffix("_uln")
        for atom in more
        if atom.variable in told and told[atom.variable].is_subset(atom.admits) and told[atom.variable] != atom.admits
    )


def excepted(above: Criterion, exception: Span, bases: Set[str]) -> Criterion:
    """`above` with an exception to its limits, or only to those on `bases` where any are told."""
    requires = tuple(
        replace(clause, exceptions=unique((*clause.exceptions, exception)))
        if any(isinstance(atom, Constraint) for atom in clause.alternatives)
        and (not bases or bases & bases_of((clause,)))
        else clause
        for clause in above.requires
    )
    return replace(above, requires=requires)


def _scoped(below: Criterion, scope: Scope, bases: frozenset[str]) -> Criterion:
    """`below` with its limits on `bases` left to the people of `scope`."""
    requires = tuple(
        replace(clause, scope=(scope,)) if not clause.scope and bases & bases_of((clause,)) else clause
        for clause in below.requires
    )
    return replace(below, requires=requires)


def bases_of(clauses: Iterable[Clause]) -> frozenset[str]:
    """The variables that clauses limit, multiples of normal by the plain name."""
    atoms = [atom for clause in clauses for atom in clause.alternatives]
    return frozenset(atom.variable.removesuffix("_uln") for atom in atoms if isinstance(atom, Constraint))


# 'ALT ≤ 3 x ULN*', 'platelets ≥ 90,000/mm3 (without transfusion)**': the mark of a footnote right behind a value
_MARK = re.compile(r"(?: \([^()\n]{1,60}\))?[ )\]\\.]{0,3}(?P<mark>[*†‡]{1,3})(?![*†‡\w]|[ \t]+[A-Z])")
# 'NOTE: *Unless due to the tumour', '** ≤ 5 x ULN if …'; the mark itself may have been taken for a bullet
_NOTE = re.compile(
    r"(?i)[-•\s]{0,2}(?:note:?[ \t]?)?[(\[\\]{0,2}(?P<mark>[*†‡]{0,3}) ?"
    r"(?:unless|except|if (?:these|they|due|related|caused|considered|the (?:elevation|increase|abnormal|values))"
    r"|(?P<value>[<>≤≥]=? ?\d[^.;:\n]{0,60}\b(?:if|for|in|with|when)\b))"
)


_NOTE_BEHIND = re.compile(
    r"(?i)\bnote:? ?\\?(?P<mark>[*†‡]{1,3}) ?"
    r"(?:unless|except|in the (?:absence|presence) of|if (?:due|related|caused))\b"
)


@dataclass(slots=True)
class Footnotes:
    """The limits of one section that bear the mark of a footnote, and the notes found for them, in text order."""

    section: str = ""
    marked: dict[str, dict[int, frozenset[str]]] = field(default_factory=dict)  # mark → criterion start → variables
    notes: list[tuple[Span, dict[int, frozenset[str]]]] = field(default_factory=list)

    def note(self, item: Item, text: str) -> tuple[str, ...]:
        """The variables of whose marked limits an item is the note and tells another value; the note is kept."""
        if item.section != self.section:
            self.section, self.marked = item.section, {}
        found = _NOTE.match(text, item.span.start, item.span.end) if self.marked else None
        if found is None:
            self._note_behind(item, text)
            return ()
        bulleted = text[: item.span.start].rstrip(" \t").endswith("*")
        marked = self.marked.pop(found["mark"] or "*" * bulleted, {})  # the same mark may come again with a new note
        if marked:
            self.notes.append((item.span, marked))
        return tuple(sorted(frozenset[str]().union(*marked.values()))) if found["value"] else ()

    def _note_behind(self, item: Item, text: str) -> None:
        """Keeps a note that stands at the end of the last item that bears its mark: '… 9 g/dL* NOTE: *Unless …'."""
        found = _NOTE_BEHIND.search(text, item.span.start, item.span.end) if self.marked else None
        marked = self.marked.get(found["mark"], {}) if found else {}
        if found and marked:
            self.notes.append((Span(found.start("mark"), item.span.end), dict(marked)))

    def look(self, criterion: Criterion, text: str) -> None:
        """Keeps which limits of a criterion bear a mark."""
        for clause in criterion.requires:
            for atom in clause.alternatives:
                found = _MARK.match(text, atom.span.end) if isinstance(atom, Constraint) else None
                if found:
                    of_mark = self.marked.setdefault(found["mark"], {})
                    told = of_mark.get(criterion.span.start, frozenset())
                    of_mark[criterion.span.start] = told | bases_of((clause,))

    def applied(self, criteria: list[Criterion]) -> list[Criterion]:
        """The criteria with each note as an exception of the limits that bear its mark."""
        changed = list(criteria)
        by_start = {criterion.span.start: number for number, criterion in enumerate(criteria)}
        for span, marked in self.notes:
            for start, bases in marked.items():
                if start in by_start and start != span.start:
                    changed[by_start[start]] = excepted(changed[by_start[start]], span, bases)
        return changed
