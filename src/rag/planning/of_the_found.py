"""Follow-ups that ask of what the turn before found: 'what's the sample size?' and 'the cut-offs?' of each trial of a
set, 'and the sponsor?' of the largest, 'what does the smallest one test?' of one end of the set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.planning import tables
from rag.planning.asked_facts import criterion_facts, lists_asked
from rag.planning.extremes import extreme_of
from rag.planning.forms import says_trials
from rag.planning.harking_back import opens_elliptic
from rag.planning.joining import all_of, conjuncts
from rag.planning.marks import Kind
from rag.planning.quantified import quantifier_of
from rag.planning.sheet import Sheet, content_of, read_sheet
from rag.planning.tables import word_set
from rag.planning.wording import with_reading
from rag.planning.yes_no import is_yes_no
from rag.types import About, Concerns, FieldIs, Intent, Limit, Predicate, QueryPlan, TrialRef

Planner = Callable[[Sheet], QueryPlan]

_FOUND = frozenset({Intent.TRIALS, Intent.COUNT, Intent.EXTREME})
_SCALES = frozenset({"enrollment", "start_date", "completion_date", "duration"})


def limits_of(where: Predicate | None) -> tuple[str, ...]:
    """The facts that tell what the criteria of a set are on: 'criterion:egfr', 'concept:hiv'."""
    parts = conjuncts(where)
    variables = (f"criterion:{part.variable}" for part in parts if isinstance(part, Limit) and part.variable != "age")
    ages = ("ages" for part in parts if isinstance(part, Limit) and part.variable == "age")
    concepts = (f"concept:{one}" for part in parts if isinstance(part, Concerns) for one in part.concepts)
    return tuple(dict.fromkeys((*variables, *ages, *concepts)))


def says_less(sheet: Sheet, previous: QueryPlan) -> bool:
    """'How many asthma trials are there?' after the asthma trials that recruit: all of them, not those."""
    told, before = conjuncts(sheet.reading.where), conjuncts(previous.where)
    pointing = (word_set("followups.many") | {"it", "that"}) & set(sheet.line.lemmas())
    anew = says_trials(sheet) and not pointing and previous.intent in _FOUND
    return anew and bool(told) and len(told) < len(before) and all(part in before for part in told)


def names_no_trials(sheet: Sheet) -> bool:
    """'The two largest, please': short, with neither a condition nor a noun for what is ranked."""
    short = len(sheet.line.tokens) <= _SHORT and sheet.line.lemmas()[:1] not in {("who",), ("when",), ("where",)}
    ranked = {"trial", "study", "dose", "arm", "group"} & set(sheet.line.lemmas())
    return short and not ranked and not sheet.reading.parts and not sheet.variables and not sheet.facts


_SHORT = 6  # words


def of_all_found(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """The fact asked for, of each trial of the set before, or of the one at the end of the scale asked for before."""
    if not _can_be_asked(sheet, previous):
        return None
    pointing = (word_set("followups.many") | {"it", "its", "that", "this"}) & set(sheet.line.lemmas())
    facts = _limits_asked(sheet, previous) or _measure_of_theirs(sheet, previous)
    facts = facts or (() if pointing else _facts_asked(sheet, planner))
    if not facts:
        return None
    plan = QueryPlan(Intent.FACT, sheet.line.text.strip(), "", facts=facts, previous=previous)
    meant = previous.where is None or {"it", "its"} & set(sheet.line.lemmas())
    if previous.intent is Intent.EXTREME and previous.top == 1 and meant:
        return replace(plan, trials=(TrialRef("the first one", (), "ordinal"),), ordinal=1)
    trials = previous.trials or (TrialRef("those trials", (), "previous"),)
    return replace(plan, where=previous.where, trials=trials)


def _can_be_asked(sheet: Sheet, previous: QueryPlan) -> bool:
    """Whether the turn follows trials that were found, and says nothing that would choose others."""
    found = previous.intent in _FOUND and previous.patient is None and not previous.ordinal
    chooses = sheet.refs or sheet.extremes or sheet.kinds(Kind.LIMIT, Kind.FIELD, Kind.AGES) or says_trials(sheet)
    another = sheet.line.lemmas()[:2] in {("what", "about"), ("how", "about")} or sheet.has("count")
    return found and not chooses and not another and (previous.intent is Intent.EXTREME or previous.where is not None)


def _limits_asked(sheet: Sheet, previous: QueryPlan) -> tuple[str, ...]:
    """'And the cut-offs?', 'what's the limit in each?': on what the set before was asked for."""
    own = sheet.facts or sheet.variables or sheet.concepts or content_of(sheet)
    exclusion = {"inclusion", "exclusion", "criteria", "criterion"} & set(sheet.line.lemmas())
    return () if own or exclusion or not sheet.has("cutoff") else limits_of(previous.where)


def _measure_of_theirs(sheet: Sheet, previous: QueryPlan) -> tuple[str, ...]:
    """'And their ages?', 'what's its hemoglobin limit?', of one trial also 'what hemoglobin does it need?'."""
    lemmas = sheet.line.lemmas()
    named = any({"its", "their"} & set(lemmas[max(0, m.first - 2) : m.first]) for m in sheet.kinds(Kind.VARIABLE))
    one = previous.intent is Intent.EXTREME and previous.top == 1 and {"it", "that"} & set(lemmas)
    named = named or bool(one and sheet.variables and {"what", "which", "how"} & set(lemmas[:2]))
    count = bool(named and sheet.facts == ("enrollment",))  # 'what platelet count does it need?'
    own = (sheet.facts and not count) or sheet.concepts or sheet.has("count_open")
    return criterion_facts(sheet) if named and not own else ()


def _facts_asked(sheet: Sheet, planner: Planner) -> tuple[str, ...]:
    """The facts of a question that says of no trial that it means it: 'the sample size?', 'what's the age range?'."""
    lemmas = sheet.line.lemmas()
    if not sheet.facts and sheet.variables and not sheet.concepts and not sheet.has("landscape"):
        value = {"what", "how"} & set(lemmas[:2]) and not sheet.kinds(Kind.CUE) and len(content_of(sheet)) <= 1
        return criterion_facts(sheet) if value else ()
    if set(sheet.facts) <= _LISTS:  # 'which exclude it?' chooses among them
        lists = {*_LISTS, "eligibility"} & set(lemmas) and not (content_of(sheet) or sheet.concepts)
        return lists_asked(sheet) if lists else ()
    plan = planner(sheet)
    unsaid = plan.intent is Intent.AMBIGUOUS and plan.reason == "which_trial"
    unsaid = unsaid or (plan.intent is Intent.FACT and not plan.trials)
    kinds = plan.intent is Intent.LANDSCAPE and plan.where is None and lemmas[:1] in {("what",), ("which",)}
    return plan.facts if unsaid or kinds else ()


_LISTS = frozenset({"inclusion", "exclusion"})


def asks_value(sheet: Sheet) -> bool:
    """'And what eGFR do they want?': the limit of each trial before, no narrower set."""
    lemmas = sheet.line.lemmas()
    wh = bool({"what", "how"} & set(lemmas[:2])) and not sheet.has("count", "count_open")
    needed = "how" in lemmas and bool({"need", "needed", "require", "required"} & set(lemmas))  # 'how many are needed?'
    return (wh or needed) and bool(sheet.variables) and not sheet.limits and not sheet.kinds(Kind.FIELD, Kind.CONCEPT)


def tells_of_them(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """'What do they do to the liver there?', 'how do they give it?': told of a few trials, and no narrower set."""
    lemmas, parts = sheet.line.lemmas(), sheet.reading.parts
    asks = lemmas[:1] in {("what",), ("how",), ("why",), ("where",), ("when",)} and lemmas[1:2] in _THEY_DO
    found = previous.intent in _FOUND and previous.where is not None and previous.patient is None
    kinds = (getattr(part.predicate, "field", "") == "intervention_kind" for part in parts)  # 'the drug'
    topics = bool(parts) and all(isinstance(p.predicate, About) or kind for p, kind in zip(parts, kinds, strict=True))
    if not (asks and found and topics and "they" in lemmas) or sheet.refs or sheet.reading.cues or sheet.facts:
        return None
    plan = replace(planner(sheet), intent=Intent.PROSE, where=None, facts=(), variables=(), reason="")
    return replace(plan, trials=(TrialRef("it", (), "previous"),), previous=previous)


_THEY_DO = {("do",), ("doe",), ("did",), ("will",), ("would",), ("are",), ("have",)}


def in_the_set(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'And NCT…?' after a set: is it one of them; 'and in NCT…, what is the limit?': the set's own limit."""
    named = {i for reference in sheet.references for i in range(reference.first, reference.last)}
    cutoffs = tables.intent_cues()["cutoff"].words()
    rest = [i for i in content_of(sheet) if i not in named and sheet.line.tokens[i].lemma not in cutoffs]
    bare = opens_elliptic(sheet) or is_yes_no(sheet)
    if rest or sheet.facts or sheet.limits or sheet.concepts or not bare or previous.where is None:
        return None
    if not sheet.has("cutoff"):
        return replace(previous, intent=Intent.BOOLEAN, trials=sheet.refs, facts=(), ordinal=0, previous=None)
    facts = limits_of(previous.where)
    return replace(previous, intent=Intent.FACT, trials=sheet.refs, facts=facts, where=None) if facts else None


def found_by_then(plan: QueryPlan, found: Sequence[str]) -> QueryPlan:
    """The plan about the trials that the turn before `found`: a few by their ids, else each of them; of the first few
    of a ranking those that fit.

    Of many a fact is told of each, and a yes or no chooses among them; 'tell me about it' then means none.
    """
    if plan.intent in {Intent.TRIALS, Intent.COUNT}:
        return with_reading(replace(plan, where=all_of((FieldIs("trial_id", tuple(found)), plan.where)), trials=()))
    if plan.intent not in _OF_FEW or plan.quantifier or plan.previous is None:
        return plan
    ranked = is_of_several(plan.previous)  # 'the five largest': so many
    if 0 < len(found) <= (plan.previous.top + _FEW if ranked else _FEW):
        where = plan.where if plan.intent is Intent.BOOLEAN else None
        return replace(plan, where=where, trials=tuple(replace(ref, trial_ids=tuple(found)) for ref in plan.trials))
    return _of_each_found(plan, plan.previous.where if found else None) if plan.trials[0].text == "it" else plan


def _of_each_found(plan: QueryPlan, before: Predicate | None) -> QueryPlan:
    """The fact of each of the many that `before` chose, or the choice among them; None is no such set."""
    if before is None or not (plan.facts or plan.where):
        return replace(plan, intent=Intent.AMBIGUOUS, reason="which_trial")
    if plan.intent is Intent.BOOLEAN and plan.where is not None:
        which = replace(plan, intent=Intent.TRIALS, where=all_of((before, plan.where)), trials=(), facts=())
        return with_reading(replace(which, previous=None))
    each = TrialRef("those trials", (), "previous")
    return with_reading(replace(plan, intent=Intent.FACT, where=before, trials=(each,)))


_FEW = 3  # trials that 'it' may stand for
_OF_FEW = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.PROSE, Intent.CHECKLIST})


def is_of_several(plan: QueryPlan) -> bool:
    """Whether the plan ranks, and names more than one: 'the three largest'."""
    return plan.intent is Intent.EXTREME and plan.top > 1


def of_the_first_few(sheet: Sheet, previous: QueryPlan, plan: QueryPlan) -> QueryPlan | None:
    """'Which of them recruit?' behind 'the three largest': those of the three that fit; else None."""
    where = sheet.reading.where
    narrows = plan.intent in {Intent.TRIALS, Intent.COUNT, Intent.BOOLEAN, Intent.AMBIGUOUS}
    if where is None or not narrows or not is_of_several(previous) or quantifier_of(sheet):
        return None
    intent = Intent.COUNT if sheet.has("count", "count_open") else Intent.TRIALS
    those = (TrialRef("those trials", (), "previous"),)
    return replace(plan, intent=intent, facts=(), where=where, trials=those, reason="", previous=previous)


def untaken(sheet: Sheet) -> tuple[str, ...]:
    """The words of a turn on the trials before that no reader took up, in one run: 'run Sundays'."""
    left = [at for at in content_of(sheet) if sheet.line.tokens[at].lemma not in word_set("followups.plain")]
    return (" ".join(sheet.line.tokens[at].text for at in left),) if left else ()


def the_end_as_it(sheet: Sheet, previous: QueryPlan) -> tuple[QueryPlan, Sheet] | None:
    """The ranking of the set before, and the question with 'it' for the trial at its end; None where none is asked.

    'What does the smallest one test?' is 'what does it test?' of the smallest. 'Which is the smallest?' asks nothing
    of it, 'the smallest dose' is no trial, 'which sponsor has the most?' counts, and 'the largest in Spain' is another.
    """
    line, lemmas = sheet.line, sheet.line.lemmas()
    if previous.intent not in _FOUND or previous.where is None or sheet.refs or len(sheet.extremes) != 1:
        return None
    end = sheet.extremes[0]
    last = 0 if end.value in _COUNTING else _end_of_name(lemmas, end.last)
    if lemmas[end.first - 1 : end.first] != ("the",) or last == 0 or lemmas[0] not in word_set("of_the_found.asking"):
        return None
    ranked = extreme_of(read_sheet(f"the {line.words(end.first, end.last)} trial", sheet.index, naming=False))
    rest = line.text[: line.tokens[end.first - 1].start] + "it" + line.text[line.tokens[last - 1].end :]
    asked = read_sheet(rest, sheet.index, naming=False)
    if not set(ranked[1]) <= _SCALES or not ranked[1] or not (asked.facts or content_of(asked) or asked.marks):
        return None
    ranking = replace(previous, intent=Intent.EXTREME, extreme=ranked[0], facts=ranked[1], top=1, previous=None)
    return with_reading(ranking), asked


def _end_of_name(lemmas: tuple[str, ...], last: int) -> int:
    """Where the name of the trial at an end ends: behind 'one', 'trial', 'of them'; 0 where a thing is named."""
    if lemmas[last : last + 1] in {("one",), ("trial",), ("study",)}:
        last += 1
    elif last < len(lemmas) and lemmas[last] not in word_set("of_the_found.behind"):
        return 0
    if lemmas[last : last + 1] in {("of",), ("among",)}:
        whom = lemmas[last + 1 : last + 2]
        last = last + 2 if whom and whom[0] in {"them", "those", "these", "all"} else 0
    return 0 if lemmas[last : last + 1] and lemmas[last] in _NARROWING else last


_COUNTING = frozenset({"most", "fewest"})
_NARROWING = frozenset({"in", "on", "for", "with", "without", "from", "at", "that", "which", "who"})
