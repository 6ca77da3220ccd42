"""The criteria's own vocabulary as the planner sees it: variables, organ groups and concepts named in a question."""

from __future__ import annotations

from functools import cache

from rag.criteria.concepts import find_concepts, load_concepts
from rag.criteria.lexicon import load_variables
from rag.planning.tables import read_table
from rag.planning.words import Found, Line, Phrases, lemmas_of


@cache
def variable_phrases() -> Phrases[str]:
    """Alias → variable id, for variables named without a number."""
    return Phrases((alias, variable.id) for variable in load_variables().values() for alias in (variable.label, *variable.aliases))


@cache
def variable_words() -> frozenset[str]:
    return variable_phrases().words()


@cache
def concept_words() -> frozenset[str]:
    names = (name for concept in load_concepts().values() for name in (concept.label, *concept.synonyms))
    return frozenset(word for name in names for word in lemmas_of(name))


def find_concept_marks(line: Line) -> tuple[Found[str], ...]:
    """Every concept named in the question, as token ranges; words of a measurement are variables, not concepts."""
    known, marks = load_concepts(), []
    for mention in find_concepts(line.text):
        if known[mention.concept].kind == "measure":
            continue
        first, last = line.at(mention.start, mention.end)
        if last > first:
            marks.append(Found(first, last, mention.concept))
    return tuple(marks)


@cache
def all_of(group: str) -> tuple[str, ...]:
    """Every variable of a group of `data/groups.toml`: for questions of silence and mention."""
    return tuple(variable.id for variable in load_variables().values() if variable.group == group)


@cache
def variables_of(group: str) -> tuple[str, ...]:
    """The variables by which strictness on the group is compared; all of it where the data names none."""
    known = load_variables()
    return tuple(v for v in read_table("groups")[group].get("variables", ()) if v in known) or all_of(group)


def label_of(variable: str) -> str:
    known = load_variables().get(variable)
    return known.label if known else variable.replace("_", " ")


def with_multiples(variable: str) -> tuple[str, ...]:
    """A variable and its twin in multiples of the upper limit of normal, when there is one."""
    twin = f"{variable}_uln"
    return (variable, twin) if twin in load_variables() else (variable,)


@cache
def concepts_of(group: str) -> tuple[str, ...]:
    """The concepts that name a failing organ in words, for a group of `data/groups.toml`; those not in the lexicon left out."""
    known = load_concepts()
    return tuple(concept for concept in read_table("groups")[group].get("concepts", ()) if concept in known)


def concept_label(concept: str) -> str:
    known = load_concepts().get(concept)
    return known.label if known else concept.replace("_", " ")
