"""Parts of a question joined into one predicate: and, or, 'but not', comma lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter

from rag.planning.cues import Cue
from rag.planning.either import takes_either
from rag.planning.lexicon import on_scale
from rag.planning.tables import word_set
from rag.planning.told import is_told_before
from rag.planning.words import Line
from rag.types import About, All, Any, Asks, Concerns, FieldIs, Limit, Not, Predicate
from rag.values import union


@dataclass(frozen=True, slots=True)
class Part:
    """One predicate, the tokens it was read from, and the verb that governs it."""

    first: int
    last: int
    predicate: Predicate
    cue: Cue | None = None


def join(line: Line, parts: Sequence[Part]) -> Predicate | None:
    """All of the parts, those joined by 'or' as one alternative; a comma list takes the word before its last member."""
    groups: list[list[Part]] = []
    for part, link in zip(parts, _links(line, parts), strict=True):
        if link == "or" and groups:
            groups[-1].append(part)
        elif link == "not":
            groups.append([replace(part, predicate=_denied(part.predicate))])
        else:
            groups.append([part])
    told = [(_leaving_out(group[0]), alternatives([part.predicate for part in group])) for group in groups]
    if line.lemmas()[-3:] == ("but", "not", "both"):
        told += [(None, Not(All(tuple(part.predicate for part in group)))) for group in groups if len(group) > 1]
    clauses = [(cue, all_of(one for _, one in same)) for cue, same in groupby(told, key=itemgetter(0))]
    return all_of(one if cue is None or one is None else _not(one) for cue, one in clauses)


def without_contradictions(line: Line, parts: Sequence[Part]) -> tuple[list[Part], list[str]]:
    """The parts without one that denies another, and its words: no trial excludes asthma and does not exclude it, so
    'children with asthma but not adults with asthma' is not wholly read.
    """
    kept: list[Part] = []
    lost: list[str] = []
    for part in parts:
        if kept and _denies(line, kept[-1], part):
            lost.append(line.words(kept[-1].last, part.last))
        else:
            kept.append(part)
    return kept, lost


def _denies(line: Line, one: Part, other: Part) -> bool:
    """Whether the same is asked and then denied under one verb: '… but not …'."""
    same = isinstance(one.predicate, Concerns) and one.predicate == other.predicate
    return same and one.cue is other.cue and _link(line, one, other) == "not"


def _leaving_out(part: Part) -> Cue | None:
    """The verb that tells which trials are not wanted: 'but not the ones that exclude gout or cancer'."""
    return part.cue if part.cue is not None and part.cue.left_out else None


def _not(predicate: Predicate) -> Predicate:
    return predicate.predicate if isinstance(predicate, Not) else Not(predicate)


def _denied(predicate: Predicate) -> Predicate:
    """What is not let in is turned away: 'accept gout but not asthma' asks for trials that say so of asthma.

    Ages and fields are stated of every trial.
    """
    if isinstance(predicate, Concerns) and predicate.asks is Asks.ADMITS:
        return replace(predicate, asks=Asks.EXCLUDES)
    return Not(predicate)


def all_of(predicates: Iterable[Predicate | None]) -> Predicate | None:
    """The conjunction, flat and each part once; the part itself when there is one, None when there is none."""
    parts = _unique(predicate for predicate in predicates if predicate is not None)
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else All(parts)


def conjuncts(predicate: Predicate | None) -> tuple[Predicate, ...]:
    """The parts of a conjunction; the predicate alone when it is none."""
    if predicate is None:
        return ()
    return predicate.predicates if isinstance(predicate, All) else (predicate,)


def _links(line: Line, parts: Sequence[Part]) -> list[str]:
    """How each part is joined to the one before: 'and', 'or' or 'not'."""
    links = ["and"] if parts else []
    links += [_link(line, before, after) for before, after in pairwise(parts)]
    for at in range(len(links) - 2, -1, -1):
        if links[at] == ",":
            links[at] = "or" if links[at + 1] == "or" else "and"
    return ["and" if link == "," else link for link in links]


def _link(line: Line, before: Part, after: Part) -> str:
    between = _between(line, before, after)
    if (
        before.first < after.last and after.first < before.last
    ):  # two readings of the same words: '190/110', 'ALT or AST above 3'
        words = set(line.lemmas(before.first, before.last))
        either = _is_one_name(before, after) or _is_one_reading(before, after)
        return "or" if "or" in words or ("and" not in words and either) else "and"
    comma = set(line.gap(before.last)) >= {","}
    if _is_denied(between, comma=comma) and before.cue is after.cue and before.cue is not None:
        return "not"
    apart = (
        before.cue is not None and before.cue is after.cue and (before.cue.negated or before.cue.asks is Asks.SILENT)
    )
    if apart or "nor" in between or "but" in between:
        return "and"
    kinds = _are_both_kinds(line, before, after) or _rule_out(before.predicate, after.predicate)
    kinds = kinds or (between in {("and",), ()} and _is_of_the_young(before) and _is_of_the_young(after))
    if "or" in between or kinds or _is_slashed(line, before, after) or _is_in_brackets(line, before, after):
        return "or"
    enough = before.cue is not None and before.cue is after.cue and takes_either(line, before.cue.last, before.first)
    if enough or _is_of_one(line, before, after) or _is_of_same_people(before, after, between):
        return "or"  # 'exclude a patient with eGFR 45 and platelets of 80': either turns the person away
    gaps = "".join(line.gap(i) for i in range(before.last, after.first + 1))
    return "," if "," in gaps and not set(between) and _are_alike(before, after) else "and"


def _is_denied(between: tuple[str, ...], *, comma: bool) -> bool:
    """Whether the second of two is denied: 'HIV but not (prior) hepatitis', '…, yet not those who have asthma', 'rather
    than'.

    Of people in between, only behind a word that joins or a comma: 'people with asthma not on steroids' denies no
    steroids, 'people with HIV, not people with asthma' denies asthma.
    """
    last = len(between)
    while last and between[last - 1] in _WHEN:
        last -= 1
    end = last
    whom = word_set("cues.people") | _WHOM
    while end and between[end - 1] in whom:
        end -= 1
    denied = between[:end]
    if denied[-2:] == ("rather", "than") or denied == ("but", "no"):
        return True
    return denied[-1:] == ("not",) and (end == last or denied[-2:-1] in _BUT or (comma and end == 1))


_WHEN = frozenset({
    "prior", "previous", "earlier", "past", "recent", "current", "concurrent", "ongoing", "any", "other",
})  # fmt: skip
_WHOM = frozenset({"those", "anybody", "anyone", "with", "have", "a", "an", "the", "on"})
_WHOM |= {"child", "baby", "infant", "toddler", "newborn", "teenager", "adolescent"}
_BUT = frozenset({("but",), ("yet",), ("and",), ("though",), ("although",), ("while",)})


def _is_of_the_young(part: Part) -> bool:
    """'babies and toddlers', 'children and adolescents': ages of minors told in a row are those of any of them."""
    limit = part.predicate
    if not isinstance(limit, Limit) or limit.variable != "age" or limit.asks is not Asks.ADMITS:
        return False
    high = limit.values.intervals[-1].high
    return high is not None and high <= _OF_AGE


def _between(line: Line, before: Part, after: Part) -> tuple[str, ...]:
    """The words between two parts that may join them: of 'which allow treated or stable metastases' only 'which'."""
    cue = after.cue
    if cue is not None and cue is not before.cue and not cue.passive and before.last <= cue.first < after.first:
        return line.lemmas(before.last, cue.first)
    return line.lemmas(before.last, after.first)


def _are_alike(before: Part, after: Part) -> bool:
    """Whether two parts may be members of one list: 'in China, recruiting or finished' has two of status, not three."""
    fields = {getattr(part.predicate, "field", "") for part in (before, after)}
    return len(fields) == 1 or not (fields & _SINGLE)


_OF_AGE = 18  # years

# Fields of which a trial has one value: two values named side by side are two kinds of trials.
_SINGLE = frozenset(
    {"status", "masking", "allocation", "study_type", "primary_purpose", "intervention_model", "sponsor_class", "sex"}
    | {"observational_model", "time_perspective"}
)


def _rule_out(one: Predicate, other: Predicate) -> bool:
    """'terminated before the end, withdrawn', 'completed and terminated trials': no trial is both."""
    if not isinstance(one, FieldIs) or not isinstance(other, FieldIs) or one.field != other.field:
        return False
    return one.field in _SINGLE and bool(one.values) and not set(one.values) & set(other.values)


def _is_slashed(line: Line, before: Part, after: Part) -> bool:
    """'France / Italy': two values of one field with a slash between."""
    one, other = before.predicate, after.predicate
    if not isinstance(one, FieldIs) or not isinstance(other, FieldIs) or one.field != other.field:
        return False
    return before.last == after.first and line.gap(after.first).strip() == "/"


def _are_both_kinds(line: Line, before: Part, after: Part) -> bool:
    """'of the allergy and asthma studies': trials of either kind."""
    topics = isinstance(before.predicate, About) and isinstance(after.predicate, About)
    nouns = {token.text.casefold() for token in line.tokens[after.last : after.last + 2]}
    return topics and line.lemmas(before.last, after.first) == ("and",) and bool(nouns & {"trials", "studies"})


def _is_in_brackets(line: Line, before: Part, after: Part) -> bool:
    """'exclude substance abuse (alcohol, drugs)': what stands in brackets are kinds of it, no further demands."""
    opened = line.text[: line.tokens[before.first].start]
    if all(isinstance(one.predicate, Limit | Any) for one in (before, after)):  # 'a calculated value (clearance, MELD)'
        return opened.count("(") > opened.count(")") and not line.lemmas(before.last, after.first)
    if not isinstance(before.predicate, Concerns) or not isinstance(after.predicate, Concerns):
        return False
    told = line.text[line.tokens[before.first].start : line.tokens[after.first].start]
    return before.cue is after.cue and told.count("(") > told.count(")")


def _is_one_name(before: Part, after: Part) -> bool:
    """'exclude transaminases above 5 × ULN': one name and one number for two measures; too much of either suffices."""
    one, other = before.predicate, after.predicate
    return (
        isinstance(one, Limit)
        and isinstance(other, Limit)
        and one.asks is Asks.EXCLUDES
        and one.values == other.values
        and one.variable != other.variable
    )


def _is_one_reading(before: Part, after: Part) -> bool:
    """'a blood pressure of 170/110 is excluded': two values of one reading, either of which turns away."""
    one, other = before.predicate, after.predicate
    if not isinstance(one, Limit) or not isinstance(other, Limit):
        return False
    return one.asks is other.asks is Asks.EXCLUDES and one.values.is_point and other.values.is_point


def _is_one_person(line: Line, part: Part) -> bool:
    lemmas = line.lemmas(max(0, part.first - 4), part.first)
    return any(
        pair
        in {
            ("a", "patient"),
            ("my", "patient"),
            ("a", "person"),
            ("a", "man"),
            ("a", "woman"),
            ("this", "patient"),
            ("our", "patient"),
        }
        for pair in pairwise(lemmas)
    )


def _is_of_one(line: Line, before: Part, after: Part) -> bool:
    """Whether both are told of one person who is to be turned away: 'Child with asthma, blind. Refused where?'."""
    cue = after.cue
    if cue is None or cue is not before.cue or cue.asks is not Asks.EXCLUDES:
        return False
    if _is_one_person(line, before):
        return True
    told = is_told_before(line, before, cue) and is_told_before(line, after, cue)
    return told and not cue.negated and "both" not in line.lemmas()


def _is_of_same_people(before: Part, after: Part, between: tuple[str, ...]) -> bool:
    """'exclude women over 60', 'turn away pregnant women under 18': who turns either away turns such people away."""
    cue = before.cue
    if cue is None or cue is not after.cue or cue.asks is not Asks.EXCLUDES or cue.negated or cue.passive:
        return False
    ages = [getattr(part.predicate, "variable", "") == "age" for part in (before, after)]
    sexed = getattr(before.predicate, "field", "") == "sex"
    others = isinstance(before.predicate, Concerns) or isinstance(after.predicate, Concerns)
    return between in {(), ("with",)} and (sexed or (any(ages) and others))


def alternatives(predicates: Sequence[Predicate]) -> Predicate:
    """Any of the predicates: values of one field, and limits required of one measure, in one."""
    if len(predicates) == 1:
        return predicates[0]
    first = predicates[0]
    if isinstance(first, Not) and isinstance(first.predicate, FieldIs) and first.predicate.values:
        rest = [p for p in predicates[1:] if isinstance(p, FieldIs) and p.field == first.predicate.field and p.values]
        if len(rest) == len(predicates) - 1:
            return Not(alternatives([first.predicate, *rest]))  # 'no sites in France or Germany': in neither
    if isinstance(first, Not) and all(isinstance(p, About) for p in (first.predicate, *predicates[1:])):
        return Not(alternatives([first.predicate, *predicates[1:]]))  # 'not about asthma or gout': about neither
    if (
        isinstance(first, FieldIs)
        and first.values
        and all(isinstance(p, FieldIs) and p.field == first.field and p.values for p in predicates)
    ):
        values = tuple(dict.fromkeys(value for p in predicates if isinstance(p, FieldIs) for value in p.values))
        return replace(first, values=values)
    if isinstance(first, Limit) and first.asks is Asks.REQUIRES and all(_asks_the_same(first, p) for p in predicates):
        either = union(p.values for p in predicates if isinstance(p, Limit))  # 'require ECOG 0 or ECOG 1'
        return replace(first, values=on_scale(first.variable, either), stated="")
    flat = (part for p in predicates for part in (p.predicates if isinstance(p, Any) else (p,)))
    return Any(tuple(dict.fromkeys(flat)))


def _asks_the_same(first: Limit, other: Predicate) -> bool:
    """Whether `other` asks the same of the same measure and the same people, at values of its own."""
    return isinstance(other, Limit) and replace(other, values=first.values, stated=first.stated) == first


def _unique(predicates: Iterable[Predicate]) -> tuple[Predicate, ...]:
    return tuple(dict.fromkeys(part for predicate in predicates for part in conjuncts(predicate)))
