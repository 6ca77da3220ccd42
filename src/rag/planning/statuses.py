"""Whether a word such as 'active', 'open' or 'completed' is said of trials, or of a disease or a person."""

from __future__ import annotations

from collections.abc import Sequence

from rag.planning.cues import Cue, governing, is_after_be
from rag.planning.marks import Kind, Mark
from rag.planning.slots import in_brackets
from rag.planning.tables import word_set
from rag.planning.words import Line

OF_TRIALS = frozenset({"trial", "study", "one", "protocol"})


def is_idle_status(line: Line, mark: Mark, cues: Sequence[Cue], marks: Sequence[Mark]) -> bool:
    """'active tuberculosis', 'I finished another trial', 'open to women': no status of a trial."""
    if {"status", "recruitment", "accrual"} & set(line.lemmas(mark.first, mark.last)):
        return False
    if _is_of_condition(line, mark, marks):
        return True
    said_of_sex = any(getattr(other.value, "field", "") == "sex" and other.first == mark.last for other in marks)
    cue = governing(cues, mark.first)
    told = _is_status(line, mark, cue) or _in_row(line, mark, marks)
    return said_of_sex or not (told or (cue is None and _is_listed(line, mark, marks)))


def _is_of_condition(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """Whether 'active' stands right before a condition ('active asthma trials' are none), or 'I' did what is told."""
    before = line.lemmas(max(0, mark.first - 1), mark.first)
    busiest = before == ("most",) and line.lemmas(mark.first, mark.last) == ("active",)  # 'the most active sponsor'
    if {"i", "he", "she"} & set(before) or busiest or in_brackets(line, mark.first):
        return True
    if line.lemmas(mark.first, mark.last) not in {("active",), ("ongoing",), ("currently", "active"), ("open",)}:
        return False
    behind = [other for other in marks if other.kind is Kind.CONCEPT and mark.last <= other.first <= mark.last + 2]
    between = set(line.lemmas(mark.last, behind[0].first)) if behind else set()
    return (
        bool(behind)
        and not between - {"or", "and", "previous", "prior", "past"}
        and not OF_TRIALS & set(line.lemmas(behind[0].last, behind[0].last + 1))
    )


def _is_status(line: Line, mark: Mark, cue: Cue | None) -> bool:
    """Whether the word is said of trials: 'completed trials', 'are recruiting', not 'I finished chemotherapy'."""
    near = bool(OF_TRIALS & set(line.lemmas(mark.last, mark.last + (4 if cue else 8))))
    said = is_after_be(line, mark.first) or line.lemmas(max(0, mark.first - 1), mark.first) in {
        ("status",),
        ("that",),
        ("still",),
    }
    if cue is not None and cue.last <= mark.first:
        return near or said
    before = set(line.lemmas(max(0, mark.first - 4), mark.first))
    said = said or line.tokens[mark.first].lemma in word_set("cues.be")  # 'which of them are finished?'
    said = said or (bool({"these", "those", "them", "they"} & before) and line.lemmas()[0] in word_set("cues.be"))
    plain = near or said or len(line.tokens) <= 4 or "RECRUITING" in mark.value.values
    return plain or bool(OF_TRIALS & before) or (_stands_alone(line, mark) and not before & word_set("cues.people"))


def _stands_alone(line: Line, mark: Mark) -> bool:
    """'…, and already completed?', 'completed AND phase 1': nothing that it could be said of stands beside it."""
    links = {"and", "or", "but", "with", "already", "now"}
    ends = mark.last >= len(line.tokens) or line.tokens[mark.last].lemma in links or bool(line.gap(mark.last).strip())
    opens = mark.first == 0 or line.tokens[mark.first - 1].lemma in links or bool(line.gap(mark.first).strip())
    return ends and (opens or any(token.lemma in OF_TRIALS for token in line.tokens))


def _in_row(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'stopped early, suspended or withdrawn': in a row with another status."""
    row = [m for m in marks if m.kind is Kind.FIELD and getattr(m.value, "field", "") == "status" and m is not mark]
    linked = any(line.lemmas(max(0, m.first - 1), m.first) in {("or",), ("and",)} for m in (mark, *row))
    if linked and row and not any(m.kind is Kind.CUE for m in marks):
        return True  # 'terminated before its planned end or suspended'
    return any(set(line.lemmas(min(m.last, mark.last), max(m.first, mark.first))) <= {"or", "and"} for m in row)


def _is_listed(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """Whether the word stands by itself: 'completed AND phase 1', 'stopped early, suspended or withdrawn'."""
    others = [other for other in marks if other.kind is Kind.FIELD and other is not mark]
    joining, stops = word_set("predicates.joining"), set(",;:.")
    before, after = line.lemmas(max(0, mark.first - 1), mark.first), line.lemmas(mark.last, mark.last + 1)
    opens = not before or before[0] in joining or bool(set(line.gap(mark.first)) & stops)
    ends = not after or after[0] in joining or bool(set(line.gap(mark.last)) & stops)
    opens = opens or any(other.last == mark.first for other in others)
    return opens and (ends or any(other.first == mark.last for other in others))
