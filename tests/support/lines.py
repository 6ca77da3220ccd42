"""One line of criteria held against one described person."""

from __future__ import annotations

from rag.criteria.reading import read_trial
from rag.evidence.case import Case, Fit
from rag.evidence.implied import with_implied
from rag.evidence.person import judge_criterion
from rag.planning import read_patient
from rag.types import Document, Section, Span, TrialFacts


def worst_fit(where: str, line: str, person: str, studied: str = "") -> Fit:
    """How the person fits the line: not met if any of its statements is not, else unknown if any is.

    `where`: E of the exclusion, I of the inclusion list; `studied`: the concept that the trial studies.
    """
    name = {"E": "eligibility.exclusion", "I": "eligibility.inclusion"}[where]
    sections = (Section(name, Span(0, len(line))),)
    criteria = read_trial(Document("NCT00000001", "", line, sections, (), TrialFacts(), (), "t.txt", "")).criteria
    case = Case(with_implied(read_patient(person)), line, lambda concepts: studied in concepts)
    fits = [judged.fit for criterion in criteria for judged in judge_criterion(criterion, case)]
    return Fit.NOT_MET if Fit.NOT_MET in fits else Fit.UNKNOWN if Fit.UNKNOWN in fits else Fit.MET
