"""Verbs of people or of the asker, which are no verbs of criteria: 'patients who take warfarin', 'I need every one'."""

from __future__ import annotations

from collections.abc import Sequence

from rag.planning.marks import Kind, Mark
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Asks


def is_askers(line: Line, mark: Mark, before: str) -> bool:
    """'I need every trial that …', 'do you have anything about …', 'name the trials': what the asker wants of us."""
    asks = {reading.asks for reading in mark.value}
    opens = mark.first == 0 or bool(set(line.gap(mark.first)) & set(".?!;:"))
    told = opens or before in {"you", "we", "i", "please", "to"}
    wishes = before in {"we", "i"} or line.lemmas(max(0, mark.first - 2), mark.first) in _I_WOULD
    return (asks == {Asks.REQUIRES} and wishes) or (asks == {Asks.MENTIONS} and told)


_I_WOULD = {(who, word) for who in ("i", "we") for word in ("would", "really", "just", "also", "do")}


def may_be_theirs(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """Whether people may be the subject: 'patients taking warfarin', not 'trials with 200 patients exclude asthma'."""
    counted = any(other.kind is Kind.FIELD and other.last == mark.first for other in marks)
    participle = line.tokens[mark.first].text.casefold().endswith("ing")
    theirs = all(reading.asks in {Asks.ADMITS, Asks.REQUIRES} for reading in mark.value)
    return not counted and (participle or theirs)


def is_demand(line: Line, mark: Mark) -> bool:
    """'where participants need …', 'whose patients must have …', not 'patients needing dialysis'."""
    finite = not line.tokens[mark.first].text.casefold().endswith("ing")
    return finite and all(reading.asks is Asks.REQUIRES for reading in mark.value)


def describes_people(line: Line, at: int) -> bool:
    """'people who take warfarin', where the verb is theirs, not 'who takes people on warfarin?'."""
    people = word_set("cues.people") - {"who"}
    if line.gap(at - 1).strip():
        return False  # 'smokers - who shuts them out?'
    return line.lemmas(max(0, at - 1), at) == ("who",) and bool(set(line.lemmas(max(0, at - 2), at - 1)) & people)


def is_what_people_did(line: Line, at: int) -> bool:
    """'exclude people who have taken part in another study': a verb behind 'who', auxiliaries between left out."""
    told = word_set("cues.be") | word_set("cues.adverbs") | {"have", "has", "had", "been", "ever", "recently"}
    at -= 1
    while at >= 0 and line.tokens[at].lemma in told:
        at -= 1
    return at >= 0 and line.tokens[at].lemma == "who"


def is_what_people_leave(line: Line, at: int) -> bool:
    """'accept patients not taking insulin': theirs, behind an earlier verb."""
    running = line.tokens[at].text.casefold().endswith("ing")
    before = line.lemmas(max(0, at - 2), at)
    return running and before[-1:] == ("not",) and before[0] in word_set("cues.people")
