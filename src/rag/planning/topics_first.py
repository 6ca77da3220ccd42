"""Telegrams that open with what the trials are about: 'gout trials, eGFR cut-off?', 'asthma: smokers ok?'.

A first piece that is an illness and nothing else is the topic; what follows is a measure, whose cut-offs are asked for,
or a condition with a verdict. Said again as a whole question, both are read as any other.
"""

from __future__ import annotations

import re

from rag.planning.lexicon import find_concept_marks, find_variables, is_a_condition
from rag.planning.phases import find_phases
from rag.planning.tables import word_set
from rag.planning.words import Line, read_line

_LONGEST = 90  # characters
# ", " and "; ", ": ", " - ", " / ", " + ", not the "/" of "mg/dl"; each piece without sentence marks inside.
_PARTED = re.compile(r"\s*[,;:]\s+|\s+[-–—/+]\s+")
_TRIALS = re.compile(r"(?i)^(?:any |all |the )?(?:(.+?) (?:trials?|stud(?:y|ies))|(.+))$")
_ONLY = re.compile(r"(?i)^(?:only )?([\w-]+(?: [\w-]+)??)(?: only)?$")
_VERDICT = re.compile(
    r"(?i)^(.+?) (?:(ok|okay|allowed|accepted|permitted|welcome|fine|in)"
    r"|(?:excluded|out|barred|not (?:ok|okay|allowed|accepted)))$"
)


def topics_in_front(text: str) -> str:
    """The telegram as a question about the trials of its topic; any other text as it stands."""
    said = text.strip().rstrip("?.! ").removesuffix(" please")
    if len(said) > _LONGEST or re.search(r"[?.!]\s", said):
        return text
    pieces = _PARTED.split(said)
    topic = _topic(pieces[0])
    if len(pieces) < _TWO or not topic:
        return text
    measured = [piece for piece in pieces[1:] if _is_measure(read_line(piece))]
    idle = word_set("topics_first.of_limits")
    others = [piece for piece in pieces[1:] if piece not in measured and not idle.issuperset(read_line(piece).lemmas())]
    if measured:
        return _cut_offs(topic, measured, others) or text
    verdict = _VERDICT.fullmatch(others[0])
    parted = said[len(pieces[0]) :].lstrip()[:1] != ","  # behind a comma the illness may be the first of a list
    if not verdict or len(others) > 1 or not parted:
        return text
    return f"Which {topic} trials {'accept' if verdict[2] else 'exclude'} {verdict[1]}?"


_TWO = 2  # pieces of the shortest telegram


def _topic(piece: str) -> str:
    """The illness that the piece names, with nothing else; empty where it names more, or none."""
    match = _TRIALS.fullmatch(piece.strip())
    name = (match[1] or match[2]) if match else ""
    line = read_line(name)
    ills = [mark for mark in find_concept_marks(line) if is_a_condition(mark.value)]
    held = {at for mark in ills for at in range(mark.first, mark.last)}
    return name if line.tokens and len(held) == len(line.tokens) else ""


def _is_measure(line: Line) -> bool:
    """'INR cut-off', 'max LVEF', 'eGFR min & BMI max', 'eGFR': measures and words for their ends, and no number."""
    found = find_variables(line)
    held = {at for mark in found for at in range(mark.first, mark.last)}
    idle = word_set("topics_first.of_limits")
    aged = any(mark.value == "age" for mark in found)  # a field of the registry
    return bool(found) and not aged and all(at in held or token.lemma in idle for at, token in enumerate(line.tokens))


def _cut_offs(topic: str, measured: list[str], others: list[str]) -> str:
    """'What INR cut-offs do phase 3 stroke trials of tenecteplase use?'; empty where a piece is of another kind."""
    lines = [read_line(piece) for piece in measured]
    names = [line.words(mark.first, mark.last) for line in lines for mark in find_variables(line)]
    phases = [piece for piece in others if len(piece.split()) == _TWO and find_phases(read_line(piece))]
    of = [match[1] for piece in others if piece not in phases and (match := _ONLY.fullmatch(piece)) is not None]
    if len(of) + len(phases) < len(others) or len(of) > 1 or any(_says_more(read_line(name)) for name in of):
        return ""
    trials = " ".join([*phases, topic, "trials", *(f"of {name}" for name in of)])
    return f"What {' and '.join(dict.fromkeys(names))} cut-offs do {trials} use?"


def _says_more(line: Line) -> bool:
    """Whether a piece is no name of what is tried: 'still recruiting', 'smokers ok', an illness."""
    known = find_concept_marks(line)
    ill = any(is_a_condition(mark.value) for mark in known)
    return ill or bool(word_set("topics_first.says_more") & set(line.lemmas())) or (len(line.tokens) > 1 and not known)
