"""All that a trial states about one variable, and what its limits bind everybody to.

A clause for men beside one for women, and a limit with an exception beside the limit of those excepted, leave nobody
out: together they bind everybody to what either admits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.criteria.lexicon import load_variables
from rag.types import Clause, Constraint, Criterion, Quote, ScopeKind, Span, Unread
from rag.values import EVERYTHING, Values

_LONGEST_QUOTE = 320  # code points
_SEXES = ("male", "female")
FIELDS = "eligibility.fields"  # the section of what the registry's own fields say


@dataclass(frozen=True, slots=True)
class Bite:
    """One limit on the variable asked about, and where it stands."""

    criterion: Criterion
    clause: Clause
    constraint: Constraint
    firm: bool

    @property
    def quote(self) -> Quote:
        """The words of the limit; of a limit that does not bind everybody the whole item, where it is short."""
        whole = self.criterion.span
        short = whole.end - whole.start <= _LONGEST_QUOTE
        return Quote(self.criterion.trial_id, self.constraint.span if self.firm or not short else whole)


@dataclass(frozen=True, slots=True)
class Stated:
    """All that a trial states about one variable."""

    bites: tuple[Bite, ...]
    unread: tuple[Quote, ...]
    others: tuple[Bite, ...]  # limits on related variables

    @property
    def firm(self) -> Values:
        """What every participant's value must lie in."""
        admitted = EVERYTHING
        for bite in self.bites:
            if bite.firm:
                admitted = admitted & bite.constraint.admits
        return admitted & _by_sex(self.bites) & _with_those_excepted(self.bites)


def _by_sex(bites: Sequence[Bite]) -> Values:
    """Clauses for men and clauses for women together bind everybody: what either sex may have."""
    sexes: dict[str, Values] = {}
    for bite in bites:
        scope = bite.clause.scope
        plain_clause = len(bite.clause.alternatives) == 1 and not bite.clause.exceptions
        if plain_clause and len(scope) == 1 and scope[0].kind is ScopeKind.SEX and scope[0].text in _SEXES:
            sexes[scope[0].text] = sexes.get(scope[0].text, EVERYTHING) & bite.constraint.admits
    if len(sexes) < len(_SEXES):
        return EVERYTHING
    return sexes["male"] | sexes["female"]


def _with_those_excepted(bites: Sequence[Bite]) -> Values:
    """'≤ 2.5 × ULN (≤ 5 × ULN if liver metastases)': what everybody's value must lie in, those excepted included."""
    admitted = EVERYTHING
    for bite in bites:
        clause = bite.clause
        if not clause.exceptions or clause.scope or len(clause.alternatives) != 1:
            continue
        told = [_of_the_excepted(exception, bite, bites) for exception in clause.exceptions]
        if all(told):
            both = bite.constraint.admits
            for other in (one for found in told for one in found):
                both = both | other.constraint.admits
            admitted = admitted & both
    return admitted


def _of_the_excepted(exception: Span, general: Bite, bites: Sequence[Bite]) -> list[Bite]:
    """The limits that hold for those whom `exception` names."""
    return [
        bite
        for bite in bites
        if bite.clause.scope
        and len(bite.clause.alternatives) == 1
        and not bite.clause.exceptions
        and (
            bite.criterion.span == exception != general.criterion.span
            or any(scope.span.start < exception.end and exception.start < scope.span.end for scope in bite.clause.scope)
        )
    ]


def read_stated(criteria: Iterable[Criterion], variable: str, sex: str = "") -> Stated:
    """Every limit on `variable` in a trial's criteria; `sex` is the registry field, for trials of one sex."""
    related = {other for other, _ in load_variables()[variable].related} if variable in load_variables() else set()
    bites, unread, others = [], [], []
    for criterion in criteria:
        for clause in criterion.requires:
            for atom in clause.alternatives:
                if isinstance(atom, Unread) and atom.variable == variable:
                    unread.append(Quote(criterion.trial_id, atom.span))
                elif isinstance(atom, Constraint) and atom.variable == variable and not _foreign_sex(clause, sex):
                    bites.append(Bite(criterion, clause, atom, _is_firm(clause, variable, sex)))
                elif isinstance(atom, Constraint) and atom.variable in related:
                    others.append(Bite(criterion, clause, atom, False))
    if any(bite.criterion.section == FIELDS for bite in bites):
        unread = []  # the registry field states the limit: prose on it that could not be read leaves nothing open
    return Stated(tuple(bites), tuple(dict.fromkeys(unread)), tuple(others))


def _is_firm(clause: Clause, variable: str, sex: str) -> bool:
    scoped = [s for s in clause.scope if not (s.kind is ScopeKind.SEX and sex and s.text.upper() == sex)]
    return len(clause.alternatives) == 1 and not scoped and not clause.exceptions


def _foreign_sex(clause: Clause, sex: str) -> bool:
    """A clause for the other sex than the only one the trial enrols."""
    return sex in {"MALE", "FEMALE"} and any(s.kind is ScopeKind.SEX and s.text.upper() != sex for s in clause.scope)
