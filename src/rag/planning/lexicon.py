"""The criteria's own vocabulary as the planner sees it: variables, organ groups and concepts named in a question."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import replace
from functools import cache, lru_cache
from operator import attrgetter

from rag.criteria.concepts import Mention, find_concepts, load_concepts, narrower_or_equal
from rag.criteria.lexicon import DECOY, MEASURE, Alias, alias_index, load_variables
from rag.planning.tables import read_table, word_set
from rag.planning.words import Found, Line, Phrases, lemma
from rag.values import Interval, Values, at_least, at_most


@cache
def variable_phrases() -> Phrases[Alias]:
    """Names of variables that need no number beside them to be one: not 'hypertension', which may be the condition."""
    rows = [
        (" ".join(alias.words), alias)
        for aliases in alias_index().values()
        for alias in aliases
        if not _needs_number(alias) and alias.variable != MEASURE
    ]
    rows += [(variable.label, Alias((), (), variable.id)) for variable in load_variables().values()]
    return Phrases(rows)


def _needs_number(alias: Alias) -> bool:
    return alias.needs_comparator or alias.needs_unit or alias.variable not in load_variables()


@cache
def _decoy_phrases() -> Phrases[Alias]:
    """Names that hold a variable's name and mean something else: 'platelet-rich plasma', 'LDL-lowering'."""
    aliases = (alias for aliases in alias_index().values() for alias in aliases if alias.variable == DECOY)
    return Phrases((" ".join(alias.words), alias) for alias in aliases if len(alias.words) > 1)


def find_variables(line: Line, taken: Collection[int] = frozenset()) -> tuple[Found[str], ...]:
    """Variables named in the question; an alias that is also a common word ('got', 'age') counts in capitals alone."""
    decoys = {found.first: found.last for found in _decoy_phrases().find(line, taken)}
    return tuple(
        Found(f.first, f.last, f.value.variable)
        for f in variable_phrases().find(line, taken)
        if _is_meant(line, f) and decoys.get(f.first, 0) <= f.last
    )


def _is_meant(line: Line, found: Found[Alias]) -> bool:
    words = line.words(found.first, found.last)
    if found.value.cased and tuple(token.text for token in line.tokens[found.first : found.last]) != found.value.cased:
        return False
    return found.last - found.first > 1 or words.isupper() or words.casefold() not in word_set("lexicon.common_aliases")


@cache
def variable_words() -> frozenset[str]:
    return variable_phrases().words()


@cache
def concept_words() -> frozenset[str]:
    names = (name for concept in load_concepts().values() for name in (concept.label, *concept.synonyms))
    return frozenset(map(lemma, set(re.findall(r"[^\W_]+", "\n".join(names)))))


# The trials asked for are no part of a condition: 'which trials exclude … or drugs' names no trial drug.
_ASKED_TRIALS = re.compile(
    r"(?i)\b(?:which|what|these|those|list|all)\s+(?:of\s+(?:the|these|those)\s+)?(?:trials|studies|protocols)\b"
)


def find_concept_marks(line: Line, first: int = 0, last: int | None = None) -> tuple[Found[str], ...]:
    """Every concept named at tokens `first` to `last`, as token ranges; of a measurement only the variable is named."""
    known, marks, tokens = load_concepts(), [], line.tokens
    start = tokens[first - 1].end if first else 0
    end = tokens[last].start if last is not None and last < len(tokens) else len(line.text)
    mentions = _mentions(line.text)
    for mention in mentions[bisect_left(mentions, start, key=attrgetter("start")) :]:
        if mention.start > end:
            break
        if mention.end > end:
            continue
        if known[mention.concept].kind == "measure" and mention.concept.endswith("_limit"):
            continue
        at, until = line.at(mention.start, mention.end)
        if until > at and line.words(at, until) not in word_set("lexicon.verbs"):
            marks.append(Found(at, until, mention.concept))
    return tuple(marks)


@lru_cache(maxsize=64)  # asked again for every run of words of a question
def _mentions(text: str) -> tuple[Mention, ...]:
    """The concepts that a question names, in order of place."""
    return find_concepts(_ASKED_TRIALS.sub(lambda match: " " * len(match.group()), text))  # same length: offsets hold


@cache
def all_of(group: str) -> tuple[str, ...]:
    """Every variable of a group of `data/groups.toml`: for questions of silence and mention."""
    return tuple(variable.id for variable in load_variables().values() if variable.group == group)


@cache
def variables_of(group: str) -> tuple[str, ...]:
    """The variables by which strictness on the group is compared; all of it where the data names none."""
    known = load_variables()
    return tuple(v for v in read_table("groups")[group].get("variables", ()) if v in known) or all_of(group)


def unit_of(variable: str) -> str:
    """The canonical unit of a variable; '' for a score."""
    return load_variables()[variable].unit


def label_of(variable: str) -> str:
    known = load_variables().get(variable)
    return known.label if known else variable.replace("_", " ")


def with_multiples(variable: str) -> tuple[str, ...]:
    """A variable and its twin in multiples of the upper limit of normal, when there is one."""
    twin = f"{variable}_uln"
    known = load_variables()
    if singles_of(variable) != (variable,):  # 'blood pressure', 'transaminases': both of the pair
        return tuple(dict.fromkeys(each for one in singles_of(variable) for each in with_multiples(one)))
    customary = (
        twin in known
        and (known[variable].group in {"kidney", "liver"} or variable in word_set("lexicon.often_in_multiples"))
        and variable not in word_set("lexicon.never_in_multiples")
    )
    return (variable, twin) if customary else (variable,)


@cache
def concepts_of(group: str) -> tuple[str, ...]:
    """The concepts that name a failing organ in words, for a group of `data/groups.toml`."""
    known = load_concepts()
    return tuple(concept for concept in read_table("groups")[group].get("concepts", ()) if concept in known)


def concept_label(concept: str) -> str:
    known = load_concepts().get(concept)
    return known.label if known else concept.replace("_", " ")


def fit_of(variable: str) -> str:
    """Which side of the variable is the healthy one: 'high', 'low' or '' where that is not said."""
    known = load_variables().get(variable)
    return known.fit if known else ""


def demanded(variable: str, values: Values) -> Values:
    """What 'requires platelets of 100' demands: that value or a healthier one, where one side is the healthy one.

    On a scale in steps the value itself may be meant (NYHA class II), unless more is better.
    """
    known = load_variables().get(variable)
    number = values.intervals[0].low if values.is_point else None
    if known is not None and number is not None and known.unit == "lines":
        return at_least(number)  # 'requires two prior lines': more are no hindrance
    if known is None or number is None or not known.fit:
        return values
    if known.fit == "high":
        return at_least(number)
    return values if known.step is not None else at_most(number)


def are_best_grades(variable: str, values: Values) -> bool:
    """'NYHA I-II', 'ECOG up to 1': several grades of a scale in steps, from its healthiest on."""
    known = load_variables().get(variable)
    if known is None or known.step is None or known.fit != "low" or values.is_point:
        return False
    low, high, best = values.intervals[0].low, values.intervals[-1].high, known.plausible.intervals[0].low
    return high is not None and (low is None or (best is not None and low <= best))


def on_scale(variable: str, values: Values) -> Values:
    """The values of a scale that counts in steps without the gaps between them: 'zero or one' is 0 to 1."""
    known = load_variables().get(variable)
    if known is None or known.step is None:
        return values
    filled: list[Interval] = []
    for interval in values.intervals:
        before = filled[-1] if filled else None
        ends = (before.high, interval.low) if before is not None else (None, None)
        if before is not None and ends[0] is not None and ends[1] is not None and ends[1] - ends[0] <= known.step:
            filled[-1] = replace(before, high=interval.high, high_closed=interval.high_closed)
        else:
            filled.append(interval)
    return Values(tuple(filled))


def is_alike(one: str, other: str) -> bool:
    """Whether a limit on the one can be asked of the other: same organ, same unit."""
    known = load_variables()
    return (
        one in known
        and other in known
        and known[one].group == known[other].group
        and known[one].unit == known[other].unit
    )


def is_condition(concept: str) -> bool:
    """Whether the concept is a state of its own ('anemia'), not the name of a measurement."""
    known = load_concepts().get(concept)
    return known is not None and known.kind != "measure"


def is_a_condition(concept: str) -> bool:
    """Whether the concept is an illness or a finding, not a treatment or a way of living."""
    known = load_concepts().get(concept)
    return known is not None and known.kind == "condition"


def is_a_treatment(concept: str) -> bool:
    """Whether the concept is something given, implanted or done to treat or to prevent."""
    known = load_concepts().get(concept)
    return known is not None and known.kind == "treatment"


def narrower_than(concept: str) -> frozenset[str]:
    """The concepts that are kinds of the concept, the concept itself left out."""
    return narrower_or_equal(concept) - {concept}


_LABORATORY = ("kidney", "liver", "blood", "coagulation", "glucose", "electrolytes", "lipids", "hormones", "markers")


@cache
def laboratory_variables() -> tuple[str, ...]:
    """Every variable that a laboratory measures, in the order of the groups above and of the lexicon."""
    return tuple(variable for group in _LABORATORY for variable in all_of(group))


def singles_of(variable: str) -> tuple[str, ...]:
    """The two variables that a pair such as blood pressure stands for; the variable itself when it is none."""
    known = load_variables().get(variable)
    if known is None:
        return (variable,)
    return known.members or known.pair or (variable,)


def are_abilities(concepts: Collection[str]) -> bool:
    """Whether all of some concepts are what a person can do: speak a language, give consent, swallow."""
    known = load_concepts()
    return bool(concepts) and all(known[one].kind == "ability" for one in concepts)


def are_tests(concepts: Collection[str]) -> bool:
    """Whether all of some concepts are tests for something else, so that what they show says nothing of the test."""
    known = load_concepts()
    return bool(concepts) and all(known[one].detects for one in concepts)


def as_tested(concept: str, *, required: bool) -> str:
    """A test in the words by which criteria are searched for it; one that is required has to be negative."""
    name = concept.replace("_", " ")
    return f"negative {name}" if required else name


def are_treatments(concepts: Collection[str]) -> bool:
    """Whether all of some concepts are drugs or other treatments."""
    known = load_concepts()
    return bool(concepts) and all(known[one].kind == "treatment" for one in concepts)


def may_be_over(concept: str) -> bool:
    """Whether the concept is a treatment or a habit, which somebody may have had and have no more."""
    known = load_concepts().get(concept)
    stays = any(concept in narrower_or_equal(one) for one in word_set("patients.stays"))
    treatment = known is not None and known.kind == "treatment"
    return concept in word_set("patients.habits") or (treatment and not stays)


def runs_out(concept: str) -> bool:
    """Whether the treatment is given for a while only, so that one begun long ago may be over."""
    return any(concept in narrower_or_equal(one) for one in word_set("patients.courses"))


@cache
def named_by_its_unit(variable: str) -> str:
    """Another name of a variable that goes by its own unit ('pack-years'); '' where it does not."""
    known = load_variables().get(variable)
    if known is None or not known.unit or known.unit != known.label:
        return ""
    rows = (alias for aliases in alias_index().values() for alias in aliases)
    return min((" ".join(row.words) for row in rows if row.variable == variable and row.needs_unit), default="")


def label_of_concept(concept: str) -> str:
    known = load_concepts().get(concept)
    return known.label if known else concept.replace("_", " ")
