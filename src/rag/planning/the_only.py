"""The one trial that a caller asks of, as if the question named it: 'who is the chair?' on the page of a record."""

from __future__ import annotations

from rag.planning.forms import opens_with_trials, speaks_of_trials
from rag.planning.fragments import Reference
from rag.planning.screens import describes_a_person
from rag.planning.sentences import ASKING
from rag.planning.sheet import Sheet, sheet_of
from rag.planning.tables import word_set
from rag.planning.told_first import asked_of_a_person
from rag.types import TrialRef


def of_the_only(sheet: Sheet, only: tuple[str, ...]) -> Sheet:
    """The sheet with the one trial of `only` referred to; as it is where trials, or a person, are asked about."""
    lemmas = sheet.line.lemmas()
    opens = lemmas[:1] and lemmas[0] in word_set("intents.question_verbs")
    if len(only) != 1 or sheet.references or not (opens or ASKING & set(lemmas)):
        return sheet
    if speaks_of_trials(sheet) or opens_with_trials(sheet) or asked_of_a_person(sheet) or describes_a_person(sheet):
        return sheet
    return sheet_of(sheet.line, sheet.index, (Reference(0, 0, TrialRef("the only trial", only, "previous")),))
