"""Yes-or-no questions over many trials: 'do all HIV trials exclude pregnancy?', 'does any trial take children?'.

Whoever asks so wants a yes or a no first; of 'all', the trials that are asked about stand apart from what is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.planning.joining import Part, all_of
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.planning.yes_no import opens_with_verb
from rag.types import Predicate, QueryPlan

EVERY, SOME = "every", "some"
_ALL = frozenset({"all", "every", "each"})
_ANY = frozenset({"any", "some"})
_NOUNS = frozenset({"trial", "study", "protocol", "one"})
_POINTING = frozenset({"they", "them", "these", "those"})


def quantifier_of(sheet: Sheet) -> str:
    """'every' in 'do all … trials', 'do they all'; 'some' in 'does any trial', 'are there any …'; else ''."""
    lemmas = sheet.line.lemmas()
    at = next((i for i, word in enumerate(lemmas) if word not in word_set("yes_no.fillers")), len(lemmas))
    spoken = bool((_NOUNS | _POINTING) & set(lemmas[at + 1 : at + _NEAR])) or _is_bare(sheet, at + 2)
    if not opens_with_verb(sheet) or not spoken or sheet.reading.where is None:
        return ""
    if lemmas[at + 1 : at + 2] == ("there",):
        return SOME if set(lemmas[at + 2 : at + 3]) & (_ANY | {"a", "an", "another"}) else ""
    if set(lemmas[at + 1 : at + 2]) & _ANY:
        return SOME
    opens = lemmas[at + 1 : at + 2] and lemmas[at + 1] in _ALL
    return EVERY if opens or (set(lemmas[at + 1 : at + 2]) & _POINTING and set(lemmas[at + 2 : at + 3]) & _ALL) else ""


_NEAR = 9  # words behind the verb in which the trials are named


def _is_bare(sheet: Sheet, at: int) -> bool:
    """'Does any exclude gout?': the verb of criteria stands right behind."""
    return any(cue.first == at for cue in sheet.reading.cues)


def asked_of_many(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """The plan of a set with the quantifier that its question opens with; of 'all', with the trials asked about."""
    quantifier = quantifier_of(sheet)
    if quantifier != EVERY:
        return replace(plan, quantifier=quantifier) if quantifier else plan
    chosen, asked = _split(sheet)
    whole = asked and all_of([*chosen, *asked]) == plan.where
    return replace(plan, quantifier=EVERY, base=all_of(chosen)) if whole else plan


def _split(sheet: Sheet) -> tuple[list[Predicate], list[Predicate]]:
    """Which conditions choose the trials of 'do all …', and which are asked of them; nothing asked where unclear."""
    lemmas, parts = sheet.line.lemmas(), sorted(sheet.reading.parts, key=lambda part: part.first)
    noun = next((at for at, word in enumerate(lemmas) if word in _NOUNS | _POINTING), 0)
    relative = word_set("leaving.relative")  # 'do all trials that exclude gout accept women?': the second verb asks
    verbs = [cue.first for cue in sheet.reading.cues if cue.first > noun and lemmas[cue.first - 1] not in relative]
    if verbs:
        asked = [part for part in parts if part.first > verbs[0] or (part.cue and part.cue.first >= verbs[0])]
        return _predicates(part for part in parts if part not in asked), _predicates(asked)
    behind = [part for part in parts if part.first > noun]
    if behind and _is_attached(lemmas, noun, behind[0]):
        behind = behind[1:]
    return _predicates(part for part in parts if part not in behind), _predicates(behind)


def _predicates(parts: Iterable[Part]) -> list[Predicate]:
    return [part.predicate for part in parts]


def _is_attached(lemmas: Sequence[str], noun: int, part: Part) -> bool:
    """'all trials in Spain …', 'all studies of gout …': a condition that a preposition joins to the noun."""
    between = set(lemmas[noun + 1 : part.first])
    return bool(between & word_set("yes_no.prepositions")) and not between - word_set("yes_no.prepositions") - {"the"}
