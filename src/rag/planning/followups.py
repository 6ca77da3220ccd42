"""Follow-up questions made whole, from the plan of the turn before: 'and its sponsor?', 'of those, which …', 'what
about platelets?', 'the second one'. Deterministic: the same turns give the same plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from rag.planning.asked_facts import asks_of_a_share, criterion_facts, lists_asked
from rag.planning.averages import asks_an_average
from rag.planning.besides import besides, of_others, other_sides, unsaid
from rag.planning.came_out import asks_what_came_out
from rag.planning.conditions import (
    added,
    described_one,
    fields_alone,
    names_another,
    names_other_ones,
    one_of_them,
    replaced,
    rescreened,
    turned,
)
from rag.planning.extremes import extreme_of
from rag.planning.forms import asks_about_trials, narrows, says_the_trial, says_trials
from rag.planning.fragments import Reference
from rag.planning.harking_back import SETS as _SETS
from rag.planning.harking_back import (
    asks_for_a_meaning,
    facts_of_other_trials,
    harked_back,
    of_what_was_told,
    opens_elliptic,
    opens_with_ones,
    same_of_another,
    set_behind,
    worded,
)
from rag.planning.intents import intent_of
from rag.planning.joining import all_of, conjuncts
from rag.planning.marks import Kind
from rag.planning.of_a_person import over_all, said_of_them, screened_again, with_the_person
from rag.planning.of_the_end import picked
from rag.planning.of_the_found import (
    asks_value,
    in_the_set,
    is_of_several,
    names_no_trials,
    of_all_found,
    of_the_first_few,
    says_less,
    tells_of_them,
    the_end_as_it,
    untaken,
)
from rag.planning.ordinals import other_end
from rag.planning.quantified import EVERY, quantifier_of
from rag.planning.sheet import Sheet, content_of
from rag.planning.tables import word_set
from rag.planning.widening import widened
from rag.planning.wording import whole_question, with_reading
from rag.planning.yes_no import asks_of_it, is_yes_no, tests_it
from rag.types import Intent, QueryPlan, TrialRef

Planner = Callable[[Sheet], QueryPlan]

_SINGLE = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.PROSE, Intent.CHECKLIST, Intent.CONFLICTS,
                     Intent.AMBIGUOUS, Intent.EXPLAIN, Intent.DEFINITION})  # fmt: skip


def follow_up(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """The whole plan of a follow-up; None when the question stands for itself."""
    means = sheet.has("meaning") and sheet.terms and not sheet.refs and not opens_elliptic(sheet)
    if means or (previous.intent in _SETS and asks_for_a_meaning(sheet)):
        return None  # 'what does ECOG mean?'
    if says_less(sheet, previous) or (previous.intent in _SETS and asks_an_average(sheet)):
        return None  # 'how many gout trials are there?' after those of them that recruit
    if previous.intent in _SETS and asks_what_came_out(sheet.line.text) and planner(sheet).reason == "results":
        return None  # 'what is the median age?': no limit of those trials
    previous = with_the_person(sheet, set_behind(sheet, previous))
    sheet = (one_of_them(sheet) if previous.intent in _SETS else None) or sheet
    for settle in _SETTLERS:
        plan = settle(sheet, previous, planner)
        if plan is not None:
            return _finished(plan)
    return None


def _finished(plan: QueryPlan) -> QueryPlan:
    return replace(plan := with_reading(plan), question=whole_question(plan))


def _says_trials(sheet: Sheet) -> bool:
    """Whether the question itself speaks of trials in the plural: then it asks of all of them."""
    return says_trials(sheet) or sheet.has("count")


def _explained(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """'Why is NCT… not listed?': about the question before."""
    plan = planner(sheet)
    rest = [i for i in content_of(sheet) if not any(r.first <= i < r.last for r in sheet.references)]
    why_not = sheet.has("explain") and not rest  # 'why not NCT…?'
    if why_not and previous.patient is not None and (sheet.refs or len(_ids(previous)) == 1):
        return replace(previous, trials=sheet.refs or previous.trials, where=None, reason="refusal")
    asked = plan.intent is Intent.EXPLAIN or (why_not and bool(sheet.refs))
    if not asked or plan.where is not None or previous.where is None:
        return None
    plan = replace(plan, intent=Intent.EXPLAIN, reason="", facts=())
    return replace(plan, where=previous.where, trials=plan.trials or previous.trials, previous=previous)


def _picked(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """'The second one', 'and the smallest?'."""
    return other_end(sheet, previous) or picked(sheet, previous, planner(sheet))


def _joined(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """'Compare it with NCT…', 'is MERIDIAN bigger?': the trial before and the one named now; 'which one is larger?'."""
    compares = sheet.has("compare") or bool(sheet.extremes)
    told = previous.intent in {Intent.FACT, Intent.EXTREME, Intent.COMPARE} and len(previous.trials) > 1
    several = told and not sheet.refs and not _says_trials(sheet) and not sheet.reading.parts
    if not (sheet.refs or several) or not previous.trials or not compares or len(sheet.refs) > 1:
        return None
    before = tuple(Reference(0, 0, replace(ref, how="previous")) for ref in previous.trials)
    plan = planner(replace(sheet, references=(*before, *sheet.references)))
    if plan.intent in {Intent.COMPARE, Intent.EXTREME}:
        return of_what_was_told(sheet, plan, previous)
    if not sheet.extremes:
        return None
    extreme, facts, variables = extreme_of(sheet)
    plan = replace(plan, intent=Intent.EXTREME, extreme=extreme, facts=facts, variables=variables, reason="")
    return of_what_was_told(sheet, replace(plan, where=None), previous)


def _at_the_end(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """'What does the smallest one test?' after a set: asked of the trial at that end of it."""
    told = the_end_as_it(sheet, previous)
    return None if told is None else _of_the_answer(told[1], told[0], planner)


def _one_described(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """'Why was the one in gout stopped?' after a set: the one of the trials before that the words describe."""
    told = described_one(sheet) if previous.intent in _SETS and previous.where is not None else None
    if told is None:
        return None
    where, rest = told
    narrowed = replace(previous, where=all_of((previous.where, where)), facts=(), reason="", ordinal=0, extreme="")
    return _of_the_answer(rest, replace(narrowed, intent=Intent.TRIALS, previous=None), planner)


# ── 'of those, which …' ──────────────────────────────────────────────────────────────────────────────────────────────


def _of_those(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """The set of the turn before, narrowed, counted, ranked, or asked for a fact."""
    asked_of_many = previous.where is not None or len(_ids(previous)) > 1 or is_of_several(previous)
    fits = previous.intent in _SETS | {Intent.LANDSCAPE, Intent.COMPARE}
    if sheet.refs or not asked_of_many or not fits or not _points_at_set(sheet, previous):
        return None
    return of_the_first_few(sheet, previous, plan := planner(sheet)) or _narrowed(sheet, previous, plan)


def _narrowed(sheet: Sheet, previous: QueryPlan, plan: QueryPlan) -> QueryPlan:
    new = plan.where if plan.intent in {Intent.EXTREME, Intent.COMPARE} else sheet.reading.where
    before = all_of(part for part in conjuncts(previous.where) if not unsaid(part, new, sheet))
    narrowed = replace(plan, where=all_of((before, new)), trials=previous.trials, reason="")
    if quantifier := quantifier_of(sheet):  # 'do they all exclude gout?'
        narrowed = replace(narrowed, quantifier=quantifier, base=previous.where if quantifier == EVERY else None)
    if sheet.has("count") or (sheet.has("count_open") and not sheet.facts and not asks_value(sheet)):
        return replace(narrowed, intent=Intent.COUNT, facts=())
    each = plan.intent is Intent.LANDSCAPE and not sheet.has("landscape")  # 'which drugs do they use?'
    each = each and (bool(sheet.facts) or asks_value(sheet))
    if plan.intent in {Intent.EXTREME, Intent.COMPARE, Intent.LANDSCAPE} and not each:
        return narrowed
    if asks_value(sheet):
        trials = previous.trials or (TrialRef("those trials", (), "previous"),)
        narrowed = replace(narrowed, intent=Intent.FACT, facts=criterion_facts(sheet), trials=trials)
        return replace(narrowed, where=previous.where, previous=previous)
    if sheet.facts and new is None:
        trials = previous.trials or (TrialRef("those trials", (), "previous"),)
        return replace(narrowed, intent=Intent.FACT, facts=sheet.facts, trials=trials, previous=previous)
    unread = narrowed.unread if new is not None or quantifier else (*narrowed.unread, *untaken(sheet))
    return replace(narrowed, intent=Intent.TRIALS, facts=(), unread=unread, previous=previous)


_WHERE = {("with",), ("in",), ("for",), ("from",), ("without",)}
_SET_OPENERS = frozenset(
    {("which", "one"), ("which", "of"), ("how", "many"), ("list", "them"), ("show", "them"), ("name", "them")}
)


def _points_at_set(sheet: Sheet, previous: QueryPlan) -> bool:
    """Whether the question speaks of 'those', 'which ones', 'only the …': the trials found before."""
    lemmas = sheet.line.lemmas()
    many = bool(word_set("followups.many") & set(lemmas))
    if (lemmas[:2] in {("what", "about"), ("how", "about")} and not many) or names_other_ones(sheet, previous.where):
        return False
    if "of" not in lemmas and previous.where is not None and turned(sheet, previous.where) is not None:
        return False  # 'and which accept them?': the people, not the trials
    there = "there" in lemmas and ({"too", "also"} & set(lemmas) or ("as", "well") in pairwise(lemmas))
    ranks = sheet.extremes and names_no_trials(sheet)  # 'the two largest, please'
    opens = lemmas[:1] in {("only",), ("just",)} or (lemmas[:1] == ("any",) and lemmas[1:2] in _WHERE)
    if opens or narrows(lemmas) or there or ranks or opens_with_ones(sheet):
        return True  # 'and diabetes, is that excluded there as well?'
    if lemmas[:1] == ("the",) and lemmas[-1:] == ("one",):
        return True  # 'the Portuguese one?'
    if "there" in lemmas and asks_value(sheet):
        return True  # 'platelets - how many are needed to get in there?'
    of_set = previous.intent in _SETS | {Intent.COMPARE} and not {"trial", "study"} & set(lemmas)
    which = lemmas[:2] == ("and", "which") or (lemmas[:1] == ("which",) and of_set)
    return many or lemmas[:2] in _SET_OPENERS or which


def _ids(plan: QueryPlan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids))


# ── 'what about platelets?', 'and below 45?' ─────────────────────────────────────────────────────────────────────────


def _other_value(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """Another value, variable, concept or field in place of the one asked before."""
    short = opens_elliptic(sheet) or (len(content_of(sheet)) <= 3 and not asks_about_trials(sheet))
    again = previous.where is not None and (turned(sheet, previous.where) or names_other_ones(sheet, previous.where))
    short = short or bool(again and len(content_of(sheet)) <= 3)  # 'which ones allow this instead?'
    lemmas = sheet.line.lemmas()
    pointing = bool({"it", "its"} & set(lemmas)) or says_the_trial(sheet)
    of_its_one = previous.intent in _SETS and pointing and asks_of_it(sheet)  # 'does it take smokers?'
    if sheet.refs or not short or of_its_one:
        return None
    again = previous.intent is Intent.SCREEN and previous.patient is not None and not _says_trials(sheet)
    if again and (person := rescreened(sheet, previous)) is not None:  # 'and if I smoked?'
        return person
    if previous.where is not None and previous.intent in _SETS | {Intent.BOOLEAN}:
        return _other_condition(sheet, previous, planner)
    if previous.intent is Intent.OUT_OF_SCOPE and not sheet.reading.cues:
        return replace(previous, question=sheet.line.text.strip())
    if previous.intent is Intent.LANDSCAPE and sheet.variables:
        return replace(previous, variables=sheet.variables)
    explains = previous.intent is Intent.DEFINITION and sheet.terms
    return replace(previous, facts=sheet.terms, terms=planner(sheet).terms) if explains else None


def _other_condition(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """The set or the yes-or-no question before, under another condition."""
    if previous.where is None or (previous.intent is Intent.BOOLEAN and is_yes_no(sheet)):
        return None
    if previous.intent is Intent.BOOLEAN:
        where = replaced(sheet, previous.where)
    else:
        where = turned(sheet, previous.where) or added(sheet, previous.where) or replaced(sheet, previous.where)
    if where is None:
        return None
    plan = planner(sheet)
    facts = plan.facts or criterion_facts(sheet) if previous.intent is Intent.BOOLEAN else previous.facts
    changed = replace(previous, where=where, terms=plan.terms, facts=facts, unread=())
    if previous.intent is Intent.BOOLEAN:
        return replace(changed, focus=plan.focus)  # of the same trial, 'the first one' as well
    return replace(changed, previous=None, ordinal=0)


# ── 'and NCT…?' ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _other_trial(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """The same question about another trial; after a set, whether the trial is in it, or the limit it sets."""
    if sheet.refs and previous.intent in _SETS and previous.where is not None:
        return in_the_set(sheet, previous)
    if sheet.refs and previous.intent in _SINGLE and _SAME & set(pairwise(sheet.line.lemmas())):
        return replace(previous, trials=sheet.refs, ordinal=0, previous=None)
    if (
        not sheet.refs
        or previous.intent not in _SINGLE
        or (sheet.facts or sheet.extremes)
        or sheet.kinds(Kind.LIMIT, Kind.VARIABLE, Kind.CUE)
    ):
        return None
    named = {i for reference in sheet.references for i in range(reference.first, reference.last)}
    if any(i not in named and not sheet.line.tokens[i].lemma.isdigit() for i in content_of(sheet)) or not (
        opens_elliptic(sheet) or len(sheet.line.tokens) <= 8
    ):
        return None
    return replace(previous, trials=sheet.refs, ordinal=0, previous=None)


_SAME = frozenset({("same", "question"), ("same", "thing"), ("same", "for"), ("same", "fact"), ("same", "of")})


# ── 'and its sponsor?' ───────────────────────────────────────────────────────────────────────────────────────────────


def _same_trial(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """A question that names no trial, about the trial of the turn before."""
    if sheet.refs:
        return None
    if not previous.trials:
        return _of_the_answer(sheet, previous, planner)
    if not _stays_with(sheet, _ids(previous)):
        return None
    plan = _retargeted(sheet, planner(replace(sheet, references=())), previous)
    asks = opens_elliptic(sheet) and sheet.line.lemmas()[1:2] not in {("how",), ("who",), ("which",), ("when",)}
    if plan.intent is Intent.PROSE and previous.intent is Intent.FACT and asks and content_of(sheet):
        plan = replace(plan, intent=Intent.FACT, facts=previous.facts)  # 'and for a child of 20 kg?'
    plan = same_of_another(sheet, plan, previous)
    refs = tuple(replace(ref, how="previous") if ref.how != "ordinal" else ref for ref in previous.trials)
    top = previous.top if previous.ordinal else plan.top
    if plan.intent is Intent.FACT and previous.where is not None and not _ids(previous) and not previous.ordinal:
        plan = replace(plan, where=previous.where)  # 'and bilirubin?' after the platelets of a set
    return replace(plan, trials=refs, ordinal=previous.ordinal, previous=previous.previous, top=top)


def _stays_with(sheet: Sheet, ids: tuple[str, ...]) -> bool:
    """Whether the question can be about the trials before: it points at them, or asks what is asked of one trial."""
    pointing = bool(word_set("followups.one") & set(sheet.line.lemmas())) or says_the_trial(sheet)
    pointing = pointing or (len(ids) > 1 and bool({"both", "either", "neither"} & set(sheet.line.lemmas())))
    intent, reason = intent_of(sheet)
    if asks_an_average(sheet) or (intent is Intent.SCREEN and not _says_trials(sheet)):
        return True
    if intent is Intent.OUT_OF_SCOPE:
        return reason == "world_knowledge" and (pointing or len(content_of(sheet)) <= 2)
    if pointing:
        return True
    of_one = intent is Intent.LANDSCAPE and len(ids) == 1 and not sheet.has("landscape") and not _says_trials(sheet)
    if _says_trials(sheet) and intent not in _SINGLE:
        return False
    if opens_elliptic(sheet):
        return True
    of_all = asks_about_trials(sheet) and len(ids) != 1
    return (of_one or intent in _SINGLE | {Intent.TRIALS}) and not of_all and not names_another(sheet, ids)


def _of_the_answer(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """'Who sponsors it?' after 'which trial has the most arms?': the first of the answer, or its only one."""
    lemmas = set(sheet.line.lemmas())
    pointing = bool({"it", "its", "that", "this", "there"} & lemmas) or says_the_trial(sheet)
    if previous.intent not in {Intent.EXTREME, Intent.TRIALS, Intent.COUNT} or not pointing:
        return None
    if asks_about_trials(sheet) and not asks_of_it(sheet):
        return None
    plan = _retargeted(sheet, planner(sheet), previous)
    if tests_it(sheet) and plan.intent is not Intent.BOOLEAN:
        plan = replace(plan, intent=Intent.BOOLEAN, where=sheet.bare.where, facts=plan.facts or criterion_facts(sheet))
    if plan.intent not in _SINGLE:
        return None
    ordinal = 1 if previous.intent is Intent.EXTREME else 0
    words = "the first one" if ordinal else "it"
    return replace(
        plan, trials=(TrialRef(words, (), "ordinal" if ordinal else "previous"),), ordinal=ordinal, previous=previous
    )


def _retargeted(sheet: Sheet, plan: QueryPlan, previous: QueryPlan) -> QueryPlan:
    """A plan about one trial: the intent that remains once the trial is known."""
    if (
        plan.intent
        in {Intent.AMBIGUOUS, Intent.OUT_OF_SCOPE, Intent.TRIALS, Intent.DEFINITION, Intent.LANDSCAPE, Intent.SCREEN}
        and not plan.patient
    ):
        count = sheet.facts == ("enrollment",) and bool(sheet.variables)  # 'what platelet count does it ask for?'
        named = () if count or asks_of_a_share(sheet) else sheet.facts
        facts = plan.facts or named or criterion_facts(sheet) or lists_asked(sheet)
        where = sheet.bare.where if is_yes_no(sheet) else None
        if is_yes_no(sheet):
            return replace(plan, intent=Intent.BOOLEAN, where=where, facts=facts, reason="")
        return replace(
            plan, intent=Intent.FACT if facts else Intent.PROSE, facts=facts, where=None, variables=(), reason=""
        )
    if plan.intent is Intent.PROSE and is_yes_no(sheet):
        return replace(plan, intent=Intent.BOOLEAN, where=sheet.bare.where, reason="")
    facts = criterion_facts(sheet) or lists_asked(sheet)
    if plan.intent is Intent.PROSE and facts:
        return replace(plan, intent=Intent.FACT, facts=facts, reason="")
    return plan


_SETTLERS = (
    lambda sheet, previous, _: worded(sheet, previous),
    lambda sheet, previous, _: over_all(sheet, previous),
    _explained,
    lambda sheet, previous, _: harked_back(sheet, previous),
    lambda sheet, previous, _: widened(sheet, previous),
    lambda sheet, previous, _: besides(sheet, previous) or of_others(sheet, previous) or other_sides(sheet, previous),
    _joined,
    lambda sheet, previous, _: screened_again(sheet, previous),
    lambda sheet, previous, _: said_of_them(sheet, previous),
    _at_the_end,
    _picked,
    _one_described,
    of_all_found,
    tells_of_them,
    _of_those,
    lambda sheet, previous, _: fields_alone(sheet, previous),
    lambda sheet, previous, _: facts_of_other_trials(sheet, previous) if opens_elliptic(sheet) else None,
    _other_value,
    _other_trial,
    _same_trial,
)
