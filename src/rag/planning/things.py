"""The things that a question in free words asks about: conditions and drugs named where it asks, or pointed back to.

'Her fits come twice a week. Whose rules say no to that?' asks of the fits. 'The drug', 'that illness' is the only thing
of its kind that was told; 'it' and 'that' the only thing at all. Where two could be meant there is no such reading.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.planning import lexicon
from rag.planning.findings import is_common
from rag.planning.marks import Kind, Mark
from rag.planning.pointing import marks_in
from rag.planning.sentences import NOUNS, Span, sentences
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.words import Line, lemma
from rag.types import About, All, Any, Asks, Concerns, Predicate


def names_only_a_kind(where: Predicate | None) -> bool:
    """Whether trials are chosen by 'the drug' or 'these infections' alone: what is meant was told before."""
    if isinstance(where, All | Any):
        return any(names_only_a_kind(one) for one in where.predicates)
    return isinstance(where, Concerns) and not where.concepts and lemma(where.text.casefold()) in _KINDS


def concerned(sheet: Sheet, span: Span, asks: Asks | None) -> Predicate | None:
    """What trials do with the things of the sentence that asks; None where none is told apart, or more is asked."""
    if asks is None or sheet.kinds(Kind.LIMIT) or marks_in(sheet, span, Kind.FIELD, Kind.AGES, Kind.VARIABLE):
        return None
    own = [mark for mark in marks_in(sheet, span, Kind.CONCEPT) if not _is_of_the_asker(sheet.line, mark)]
    told = _pointed_to(sheet, span, own)
    if told is None:
        return None
    things = _each_once([*told, *own])
    if not things or _leaves_words(sheet, span, own) or _chooses_by_topic(sheet, span):
        return None
    parts: list[Predicate] = [
        Concerns((mark.value,), sheet.line.words(mark.first, mark.last).lower(), asks) for mark in things
    ]
    if len(parts) == 1:
        return parts[0]
    both = {"both", "each"} & {*sheet.line.lemmas(*span)}
    return All(tuple(parts)) if both else Any(tuple(parts))


def _each_once(marks: Sequence[Mark]) -> list[Mark]:
    """The first mark of each concept."""
    return list({mark.value: mark for mark in reversed(marks)}.values())[::-1]


def _pointed_to(sheet: Sheet, span: Span, own: Sequence[Mark]) -> list[Mark] | None:
    """The things told before that the sentence points back to, none where it does not; None if it could be several."""
    words = sheet.line.lemmas()
    kinds = {words[at] for at in range(span[0] + 1, span[1]) if words[at - 1] in _THE and words[at] in _KINDS}
    asked = {*words[span[0] : span[1]]}
    if not kinds and (own or not (_IT | _SOMEBODY) & asked):
        return []
    told = [one for one in sentences(sheet.line) if one[0] < span[0]]
    before = [mark for one in told for mark in marks_in(sheet, one, Kind.CONCEPT)]
    before = _each_once([mark for mark in before if not _is_of_the_asker(sheet.line, mark)])
    if not kinds and _SOMEBODY & asked:
        denied = any(word_set("cues.negations") & {*words[one[0] : one[1]]} for one in told)
        return before if len(before) == 1 or (len(before) <= _FEW and not denied) else None
    if kinds:
        treats = bool(kinds & word_set("told.drugs") | kinds & _DRUGS)
        before = [mark for mark in before if lexicon.is_a_condition(mark.value) is not treats]
        several = any(word in {"both", "each", "two"} for word in words[span[0] : span[1]])
        return before if len(before) == 1 or (several and len(before) == _TWO) else None
    return before if len(before) == 1 else None


def _leaves_words(sheet: Sheet, span: Span, own: Sequence[Mark]) -> bool:
    """Whether a word right beside a thing makes it another: 'surgery for gout', 'gout nephropathy' is not all known."""
    line = sheet.line
    if not own:
        return False
    held = {at for mark in own for at in range(mark.first, mark.last)}
    behind = [mark.last for mark in own if mark.last < span[1] and mark.last not in held]
    return any(
        line.gap(at).isspace() and not is_common(line, at) and line.tokens[at].text.isalpha() for at in behind
    )


def _chooses_by_topic(sheet: Sheet, span: Span) -> bool:
    """'the heart studies that …': a topic right before the noun chooses trials as well."""
    lemmas = sheet.line.lemmas()
    ends = {part.last for part in sheet.reading.parts if isinstance(part.predicate, About)}
    return any(at in ends and lemmas[at] in NOUNS for at in range(span[0] + 1, span[1]))


def _is_of_the_asker(line: Line, mark: Mark) -> bool:
    """'our HIV clinic', 'I run a diabetes service': where one works."""
    return mark.last < len(line.tokens) and line.tokens[mark.last].lemma in word_set("asides.workplaces") | _PLACES


_PLACES = frozenset({"service", "unit", "desk", "team", "department", "nurse", "specialist", "programme", "program"})
_THE = frozenset({"the", "that", "this", "these", "those", "such", "same", "two", "her", "his", "my", "their"})
_DRUGS = frozenset({"drug", "medicine", "medication", "tablet", "pill", "treatment", "therapy", "substance", "vaccine"})
_KINDS = _DRUGS | {"illness", "disease", "condition", "infection", "disorder", "complaint", "diagnosis", "virus"}
_IT = frozenset({"it", "that", "this", "them"})
_SOMEBODY = frozenset({"me", "him", "her", "us", "person", "patient", "refusal", "rejection", "ineligible"})
_TWO = 2
_FEW = 4  # things told of somebody
