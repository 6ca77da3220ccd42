"""Plans over many trials: what is laid side by side, which limits are surveyed, and over which trials."""

from __future__ import annotations

from dataclasses import replace

from rag.planning import lexicon
from rag.planning.extremes import extreme_of
from rag.planning.intents import surveyed
from rag.planning.joining import all_of, conjuncts
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet
from rag.planning.slots import names_trials
from rag.planning.tables import word_set
from rag.planning.waits import time_asked, times_over
from rag.planning.wider import tidy
from rag.planning.words import read_line
from rag.types import About, All, Any, Asks, Concerns, FieldIs, Intent, Limit, Not, Predicate, QueryPlan


def compared(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """The plan of a comparison: the facts and limits laid side by side, and over which trials."""
    parts = conjuncts(sheet.reading.where)
    where = None if sheet.refs else all_of(part for part in parts if not _names_a_limit(sheet, part))
    named_facts = tuple(mark.value for mark in sheet.kinds(Kind.FACT)) if sheet.refs or not sheet.facts else ()
    facts = tuple(fact for fact in dict.fromkeys([*named_facts, *sheet.facts]) if fact != "control")
    if sheet.refs and any("age" in sheet.line.lemmas(mark.first, mark.last) for mark in sheet.kinds(Kind.CUE)):
        facts = ("ages", *facts)  # 'how do they differ in age range and country?'
    if sheet.refs and sheet.extremes and not (facts or sheet.variables):
        facts = extreme_of(sheet)[1]  # 'LYRA-2 vs BRIDGE: which is bigger?'
    if sheet.refs:  # 'are both open label?': the field is laid side by side
        fields = (getattr(mark.value, "field", "") for mark in sheet.kinds(Kind.FIELD))
        facts = tuple(dict.fromkeys([*facts, *(field for field in fields if field in word_set("plan.of_design"))]))
    if not sheet.refs and isinstance(where, All):
        classes = [
            part for part in where.predicates if isinstance(part, FieldIs) and part.field == "sponsor_class"
        ]
        where = all_of(part for part in where.predicates if part not in classes)
        if len(classes) == 1 and not facts and not sheet.variables and len(classes[0].values) > 1:
            counted = all_of([where, *classes])  # 'compare industry with NIH sponsorship': two groups, no rows
            return replace(plan, intent=Intent.LANDSCAPE, facts=("sponsor_class",), where=counted)
        facts = ("sponsor_class", *facts) if classes else facts
    variables = tuple(dict.fromkeys(v for one in sheet.variables for v in lexicon.with_multiples(one)))
    return replace(plan, facts=tidy(facts), variables=variables, where=where)


def _names_a_limit(sheet: Sheet, part: Predicate) -> bool:
    """Whether a topic is but what is compared: 'age limits', 'platelet cut-offs'."""
    if not isinstance(part, About):
        return False
    own = {lemma for mark in sheet.kinds(Kind.VARIABLE) for lemma in sheet.line.lemmas(mark.first, mark.last)}
    words = set(read_line(part.text).lemmas())
    return bool(words & own) and words <= own | word_set("intents.bounds") | {"off", "cutoff"}


def surveyed_over(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """The plan of a landscape: the limits, or else the registry fields, counted over trials."""
    if times := time_asked(sheet):
        return times_over(sheet, plan, times)
    variables = _with_twins(sheet)
    over_fields = () if variables else surveyed(sheet) or tidy(sheet.facts)
    where = without(sheet, variables)
    if over_fields:  # 'break the trials down by phase': the verb is no topic
        named = {part.predicate for part in sheet.reading.parts if names_trials(sheet.line, part.last)}
        where = all_of(
            part for part in conjuncts(where) if not isinstance(part, About) or part in named or _is_known(sheet, part)
        )
    return replace(plan, variables=variables, facts=over_fields, where=where)


def _with_twins(sheet: Sheet) -> tuple[str, ...]:
    """The variables, and their twins in multiples of the upper limit of normal where the question names no unit."""
    in_unit = bool({"mg", "mmol", "µmol", "umol", "g"} & set(sheet.line.lemmas()))
    each = (sheet.variables if in_unit else lexicon.with_multiples(one) for one in sheet.variables)
    return tuple(dict.fromkeys(variable for twins in each for variable in twins))


def without(sheet: Sheet, variables: tuple[str, ...]) -> Predicate | None:
    """The predicate without the limits on the variables that are themselves asked about, and without their names."""
    names = {About(sheet.line.words(mark.first, mark.last)) for mark in sheet.kinds(Kind.VARIABLE)}
    parts = conjuncts(sheet.reading.where)
    return all_of(part for part in parts if not _only_mentions(part, variables) and part not in names)


def _is_known(sheet: Sheet, topic: About) -> bool:
    """Whether a topic names a condition of the lexicon or a word of the collection."""
    line = read_line(topic.text)
    return bool(lexicon.find_concept_marks(line)) or any(sheet.index.knows(token.lemma) for token in line.tokens)


def _only_mentions(part: Predicate, variables: tuple[str, ...]) -> bool:
    if isinstance(part, Any):
        return all(_only_mentions(alternative, variables) for alternative in part.predicates)
    if isinstance(part, Concerns):
        return part.asks is Asks.MENTIONS
    return isinstance(part, Limit) and part.variable.removesuffix("_uln") in variables and part.asks is Asks.MENTIONS


def topics_of(sheet: Sheet) -> Predicate | None:
    """The fields of the question, and its conditions as topics: 'stricter than other diabetes trials'."""
    named = {
        About(sheet.line.words(mark.first, mark.last))
        for mark in sheet.kinds(Kind.CONCEPT)
        if names_trials(sheet.line, mark.last)
    }
    return all_of([without_limits(sheet), *sorted(named, key=lambda topic: topic.text)])


def without_limits(sheet: Sheet) -> Predicate | None:
    """The registry fields and topics of the question, its limits and concepts left out."""
    topics = [
        part.predicate
        for part in sheet.reading.parts
        if isinstance(part.predicate, About) and names_trials(sheet.line, part.last)
    ]
    fields = [
        part.predicate
        for part in sheet.bare.parts
        if isinstance(part.predicate, FieldIs | All) and "open" not in sheet.line.lemmas(part.first, part.last)
    ]  # 'which trials would open up?' is asked of no status
    return all_of([*fields, *topics])


def base_of(sheet: Sheet) -> Predicate | None:
    """The trials of which a part is counted: what stands before 'trials', and their topic; None where that is all."""
    nouns = [at for at, t in enumerate(sheet.line.tokens) if t.text.casefold() in {"trials", "studies", "protocols"}]
    if not nouns or isinstance(sheet.reading.where, Any | Not):
        return None
    parts = sheet.reading.parts
    before = [part for part in parts if part.first < nouns[0]]
    topics = [part for part in parts if isinstance(part.predicate, About)]
    base = [part for part in parts if part in topics or (part in before and len(before) < len(parts))]
    return all_of(part.predicate for part in base) if 0 < len(base) < len(parts) else None
