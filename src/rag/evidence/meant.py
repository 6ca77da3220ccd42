"""Whether a name or a number of a criterion is of something else than the person tells: its kinds, another time."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from rag.criteria.concepts import find_concepts, narrower_or_equal
from rag.types import Clause, Constraint, Criterion, Patient, Span, State, Window


def is_said_by_its_kinds(state: State, criterion: Criterion | None, text: str, patient: Patient) -> bool:
    """'Type 1 or 2 diabetes': no other kind of diabetes is meant, and of 'or uncontrolled type 2' not every type 2.

    Who has diabetes of no told kind may have any. Not 'diabetes, gastroparesis', which has words of its own.
    """
    if criterion is None or state.concept in patient.has:
        return False
    kinds = narrower_or_equal(state.concept) - {state.concept}
    atoms = (atom for clause in criterion.requires for atom in clause.alternatives if isinstance(atom, State))
    named = [one for one in atoms if one.concept in kinds and _share_words(one.span, state.span)]
    own = [one for one in named if narrower_or_equal(one.concept) & {*patient.has}]
    some = any(_SOME.search(f"{one.qualifier} {one.span.of(text)}") for one in named)
    within = any(one.span.start <= state.span.start and state.span.end <= one.span.end for one in own)
    return bool(named) and (not own or some or within)


def with_its_time(state: State, criterion: Criterion | None, text: str) -> State:
    """A mention that ends with 'within' has the time behind it: 'malignancy within 5 years'."""
    if criterion is None or state.window is not None or not state.span.of(text).lower().endswith(" within"):
        return state
    found = _TIME.match(text, state.span.end, criterion.span.end)
    if found is None:
        return state
    start = state.span.end - len("within")
    return replace(state, window=Window(text[start : found.end()], Span(start, found.end())))


_TIME = re.compile(
    r"(?i)\s(?:the )?(?:(?:past|last|previous|preceding) )?(?:\d{1,2}|[a-z]{3,6})\s(?:day|week|month|year)s?\b"
)


def exception_of(state: State, criterion: Criterion, text: str) -> str:
    """The words of an exception: of 'cancer other than …' what is named behind it, else what the qualifier says."""
    if _OPENS_EXCEPTION.search(state.span.of(text)) is None:
        below = exceptions_below(state, text) if _BELOW.fullmatch(state.qualifier) else ()
        return "\n".join(below) or state.qualifier.partition("except")[2]
    behind = _SENTENCE_END.split(text[state.span.end : criterion.span.end])[0]
    return behind if find_concepts(behind) else ""


def exceptions_below(state: State, text: str) -> tuple[str, ...]:
    """The lines below the one of a mention that stand further in, each with those that stand still further in."""
    start, end = text.rfind("\n", 0, state.span.start) + 1, text.find("\n", state.span.end)
    lines = text[end + 1 : end + 1 + _FAR].split("\n") if end >= 0 else []
    own, parts, depth = _indent_of(text[start:]), list[str](), 0
    for line in filter(str.strip, lines):
        if (indent := _indent_of(line)) <= own:
            break
        depth = depth or indent
        if indent <= depth or not parts:
            parts.append(line.strip())
        else:
            parts[-1] += f" {line.strip()}"
    return tuple(parts)


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip())


_BELOW = re.compile(r"(?i)\W*(?:(?:with )?the )?(?:following )?except(?:ions?)?\W*")
_FAR = 2500  # characters of a list
_OPENS_EXCEPTION = re.compile(r"(?i)\b(?:except|other than)$")
_SENTENCE_END = re.compile(r"[.;\n]")


def _share_words(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


_SOME = re.compile(r"(?i)controlled|unstable|severe|symptomatic")


def is_of_the_birth(limit: Constraint, criterion: Criterion | None, text: str, patient: Patient) -> bool:
    """'Delivered at ≥ 35 weeks' says nothing of who is pregnant today."""
    if limit.variable != "gestational_age" or "pregnancy" not in patient.has or criterion is None:
        return False
    return _BORN.search(criterion.span.of(text)) is not None


_BORN = re.compile(r"(?i)\b(?:deliver(?:y|ed)|born|(?:live )?births?|apgar|newborns?|neonates?|infants?)\b")


def is_over_its_kinds(criterion: Criterion, clause: Clause) -> bool:
    """'Lung conditions including:' over the item 'pneumonitis', which alone is meant."""
    if clause.span.end > criterion.span.start:
        return False
    kinds = {one for concept in _concepts_of(clause) for one in narrower_or_equal(concept) - {concept}}
    items = [other for other in criterion.requires if other.span.end > criterion.span.start]
    return any(kinds & _concepts_of(other) for other in items)


def _concepts_of(clause: Clause) -> set[str]:
    return {atom.concept for atom in clause.alternatives if isinstance(atom, State)}


def wider_names(named: Collection[str]) -> frozenset[str]:
    """The concepts that may mean what is named without covering it: 'infectious diseases' for HIV."""
    lasting = frozenset[str]().union(*(narrower_or_equal(one) for one in _LASTING))
    infections = frozenset({"active_infection"} if lasting & {*named} else ())
    return infections | ({"tumor"} if narrower_or_equal("malignancy") & {*named} else frozenset())


def kinds_meant(state: State, text: str) -> frozenset[str]:
    """What a person may have under a name beside the kinds of its concept."""
    return _infections_meant(state, text) | _tumors_meant(state, text)


def _tumors_meant(state: State, text: str) -> frozenset[str]:
    """The cancers that 'neoplasm' is said of; not 'carcinoma', 'solid tumour', 'benign' or 'brain neoplasm'."""
    before = text[max(0, state.span.start - _NEAR) : state.span.start]
    named = state.concept == "tumor" and _NEOPLASM.fullmatch(state.span.of(text)) is not None
    behind = text[state.span.end : state.span.end + _NEAR]
    meant = named and _OF_ANY_KIND.search(before) and _OF_A_TUMOR.match(behind) is None
    return narrower_or_equal("malignancy") if meant else frozenset()


_NEOPLASM = re.compile(r"(?i)(?:neoplasms?|(?:an? )?tumou?rs?)")
_OF_ANY_KIND = re.compile(  # nothing that says a kind of it right before
    r"(?i)(?:^|[\n*•;:.,(]\s?|\b(?:active|any|other|certain|an?|or|and|with|of|no|known|current|concurrent|another)\s)$"
)
# 'tumour lysis', 'tumors of the skin', 'tumor (brain, liver)': another thing, or those of one place; not 'tumours of
# any kind', 'tumours (except …)'
_OF_A_TUMOR = re.compile(
    r"(?i)^\s?\((?!(?:of )?(?:any|all|except|other|excluding|with|malignan|cancer|active|current|past|history))"
    r"|^[\s-](?!(?:of (?:any|all)|or|and|with(?:in|out)?|at|in (?:the past|any)|disease|patients?|history|that"
    r"|which|who|diagnos\w+|such|are|is|was|were|being|will|except|other|excluding|unless|requiring|under|treated|not)\b)[a-z]"
)


def _infections_meant(state: State, text: str) -> frozenset[str]:
    """The lasting infections that 'infectious diseases' are beside what 'an active infection' is: HIV, hepatitis B.

    Not 'severe', 'acute' or 'opportunistic infectious diseases', nor 'fever or infectious disease at vaccination'.
    """
    near = text[max(0, state.span.start - _NEAR) : state.span.end + _NEAR]
    named = state.concept == "active_infection" and _INFECTIOUS.fullmatch(state.span.of(text)) is not None
    named = named and _FEVER.search(near) is None
    return frozenset[str]().union(*(narrower_or_equal(one) for one in _LASTING)) if named else frozenset()


_INFECTIOUS = re.compile(r"(?i)(?:infectious|communicable|transmissible) (?:diseases?|illness(?:es)?)")
_FEVER = re.compile(r"(?i)\b(?:fever|febrile|temperature|at (?:the time of )?(?:vaccinat|enrol|inclusion|screening))")
_NEAR = 40  # characters
_LASTING = ("hiv", "viral_hepatitis", "tuberculosis", "syphilis")
