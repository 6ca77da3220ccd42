"""What became of one clause of a criterion that was held against a person."""

from __future__ import annotations

from dataclasses import dataclass

from rag.criteria.concepts import load_concepts
from rag.criteria.lexicon import load_variables
from rag.evidence.case import Fit
from rag.evidence.shown import describe_constraint
from rag.types import Atom, Clause, Constraint, Criterion, Quote, State


@dataclass(frozen=True, slots=True)
class Judged:
    fit: Fit
    criterion: Criterion
    clause: Clause
    of_others: bool = False  # whether it binds other people only, and so is met
    failed: bool = False  # whether it is not met, left open only because it is of the group that its heading names

    @property
    def words(self) -> str:
        return " or ".join(dict.fromkeys(_atom_words(atom) for atom in self.clause.alternatives))

    @property
    def quote(self) -> Quote:
        return Quote(self.criterion.trial_id, self.clause.span)


def _atom_words(atom: Atom) -> str:
    if isinstance(atom, Constraint):
        return describe_constraint(atom)
    if isinstance(atom, State):
        concepts = load_concepts()
        label = concepts[atom.concept].label if atom.concept in concepts else atom.concept
        when = f" {atom.window.text}" if atom.present and atom.window is not None else ""
        return f"{label}{when}" if atom.present else f"no {label}"
    variables = load_variables()
    return f"{variables[atom.variable].label if atom.variable in variables else 'a condition'} (not read)"
