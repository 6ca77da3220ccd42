"""Follow-up questions made whole, from the plan of the turn before: 'and its sponsor?', 'of those, which …', 'what
about platelets?', 'the second one'. Deterministic: the same turns give the same plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rag.planning import lexicon
from rag.planning.conditions import added, replaced, rescreened, turned
from rag.planning.forms import asks_about_trials, is_yes_no
from rag.planning.intents import intent_of
from rag.planning.joining import all_of
from rag.planning.marks import Kind
from rag.planning.references import find_by_words
from rag.planning.sheet import Sheet, content_of
from rag.planning.tables import word_set
from rag.planning.wording import whole_question, with_reading
from rag.types import (
    Intent,
    QueryPlan,
    TrialRef,
)

Planner = Callable[[Sheet], QueryPlan]

_OPENERS = (
    ("what", "about"),
    ("how", "about"),
    ("and",),
    ("but",),
    ("or",),
    ("also",),
    ("same",),
    ("only",),
    ("just",),
    ("now",),
    ("then",),
    ("instead",),
    ("except",),
)
_ORDINALS = {
    word: at
    for at, words in enumerate(
        (
            ("first", "1st"),
            ("second", "2nd"),
            ("third", "3rd"),
            ("fourth", "4th"),
            ("fifth", "5th"),
            ("sixth", "6th"),
            ("seventh", "7th"),
            ("eighth", "8th"),
            ("ninth", "9th"),
            ("tenth", "10th"),
        ),
        start=1,
    )
    for word in words
}
_SETS = frozenset({Intent.TRIALS, Intent.COUNT, Intent.EXTREME, Intent.SCREEN})
_SINGLE = frozenset(
    {
        Intent.FACT,
        Intent.BOOLEAN,
        Intent.PROSE,
        Intent.CHECKLIST,
        Intent.CONFLICTS,
        Intent.AMBIGUOUS,
        Intent.EXPLAIN,
        Intent.DEFINITION,
    }
)


def follow_up(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """The whole plan of a follow-up; None when the question stands for itself."""
    for settle in (_explained, _ordinal, _of_those, _other_value, _other_trial, _same_trial):
        plan = settle(sheet, previous, planner)
        if plan is not None:
            return _finished(plan)
    return None


def _finished(plan: QueryPlan) -> QueryPlan:
    plan = with_reading(plan)
    return replace(plan, question=whole_question(plan))


def opens_elliptic(sheet: Sheet) -> bool:
    lemmas = sheet.line.lemmas()
    return any(lemmas[: len(opener)] == opener for opener in _OPENERS)


def _says_trials(sheet: Sheet) -> bool:
    """Whether the question itself speaks of trials in the plural: then it asks of all of them."""
    return any(
        t.lemma in {"trial", "study"} and t.text.casefold().endswith("s") for t in sheet.line.tokens
    ) or sheet.has("count")


def _explained(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """'Why is NCT… not listed?': about the question before."""
    plan = planner(sheet)
    if plan.intent is not Intent.EXPLAIN or plan.where is not None or previous.where is None:
        return None
    return replace(plan, where=previous.where, trials=plan.trials or previous.trials, previous=previous)


# ── 'the second one' ─────────────────────────────────────────────────────────────────────────────────────────────────


def _ordinal(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    number, words = _asked_ordinal(sheet)
    if not number or sheet.refs:
        return None
    plan = planner(sheet)
    facts = plan.facts or (previous.facts if previous.intent is Intent.FACT else ())
    intent = (
        plan.intent
        if plan.intent in {Intent.FACT, Intent.BOOLEAN, Intent.PROSE, Intent.CHECKLIST}
        else Intent.FACT
        if facts
        else Intent.PROSE
    )
    named = [trial for ref in previous.trials for trial in ref.trial_ids]
    if len(named) >= abs(number):
        trial = named[number - 1 if number > 0 else number]
        return replace(plan, intent=intent, facts=facts, trials=(TrialRef(words, (trial,), "previous"),), reason="")
    return replace(
        plan,
        intent=intent,
        facts=facts,
        trials=(TrialRef(words, (), "ordinal"),),
        reason="",
        ordinal=number,
        previous=previous,
    )


def _asked_ordinal(sheet: Sheet) -> tuple[int, str]:
    """2 for 'the second one', 'the second trial', 'number 2'; -1 for 'the last one'; 0 where none is asked."""
    lemmas = sheet.line.lemmas()
    for at, word in enumerate(lemmas):
        after = lemmas[at + 1 : at + 2]
        noun = after in {("one",), ("trial",), ("study",), ("result",), ("of",), ()} or (
            at + 1 < len(lemmas) and "?" in sheet.line.gap(at + 1)
        )
        if word in _ORDINALS and noun and lemmas[at - 1 : at] == ("the",):
            return _ORDINALS[word], f"the {sheet.line.tokens[at].text} one"
        if word == "last" and noun and lemmas[at - 1 : at] == ("the",) and after:
            return -1, "the last one"
        if word in {"former", "latter"} and lemmas[at - 1 : at] == ("the",):
            return (1 if word == "former" else -1), f"the {word}"
        if word == "number" and after and after[0].isdigit() and len(after[0]) < 3 and at < 8:
            return int(after[0]), f"number {after[0]}"
    return 0, ""


# ── 'of those, which …' ──────────────────────────────────────────────────────────────────────────────────────────────


def _of_those(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """The set of the turn before, narrowed, counted, ranked, or asked for a fact."""
    asked_of_many = previous.where is not None or len(_ids(previous)) > 1
    fits = previous.intent in _SETS | {Intent.LANDSCAPE, Intent.COMPARE}
    if sheet.refs or not asked_of_many or not fits or not _points_at_set(sheet, previous):
        return None
    plan, lemmas = planner(sheet), sheet.line.lemmas()
    new = plan.where if plan.intent is Intent.EXTREME else sheet.reading.where
    narrowed = replace(plan, where=all_of((previous.where, new)), trials=previous.trials, reason="")
    if sheet.has("count") or (lemmas[:2] == ("how", "many") and not sheet.facts):
        return replace(narrowed, intent=Intent.COUNT, facts=())
    if plan.intent in {Intent.EXTREME, Intent.COMPARE, Intent.LANDSCAPE}:
        return narrowed
    if sheet.facts and new is None:
        trials = previous.trials or (TrialRef("those trials", (), "previous"),)
        return replace(narrowed, intent=Intent.FACT, facts=sheet.facts, trials=trials, previous=previous)
    return replace(narrowed, intent=Intent.TRIALS, facts=(), previous=previous)


_SET_OPENERS = frozenset(
    {("which", "one"), ("which", "of"), ("how", "many"), ("list", "them"), ("show", "them"), ("name", "them")}
)


def _points_at_set(sheet: Sheet, previous: QueryPlan) -> bool:
    """Whether the question speaks of 'those', 'which ones', 'only the …': the trials found before."""
    lemmas = sheet.line.lemmas()
    many = bool(word_set("followups.many") & set(lemmas))
    if lemmas[:2] in {("what", "about"), ("how", "about")} and not many:
        return False
    if "of" not in lemmas and previous.where is not None and turned(sheet, previous.where) is not None:
        return False  # 'and which accept them?': the people, not the trials
    narrowing = lemmas[:1] in {("only",), ("just",)} or lemmas[:2] == ("and", "which")
    which = lemmas[:1] == ("which",) and not {"trial", "study"} & set(lemmas) and previous.intent in _SETS
    return many or lemmas[:2] in _SET_OPENERS or narrowing or which


def _ids(plan: QueryPlan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids))


# ── 'what about platelets?', 'and below 45?' ─────────────────────────────────────────────────────────────────────────


def _other_value(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """Another value, variable, concept or field in place of the one asked before."""
    short = opens_elliptic(sheet) or (len(content_of(sheet)) <= 3 and not asks_about_trials(sheet))
    if sheet.refs or not short:
        return None
    if previous.where is not None and previous.intent in _SETS | {Intent.BOOLEAN}:
        return _other_condition(sheet, previous, planner)
    if previous.intent is Intent.OUT_OF_SCOPE and not sheet.reading.cues:
        return replace(previous, question=sheet.line.text.strip())
    if previous.intent is Intent.LANDSCAPE and sheet.variables:
        return replace(previous, variables=sheet.variables)
    if previous.intent is Intent.DEFINITION and sheet.terms:
        return replace(previous, facts=sheet.terms, terms=planner(sheet).terms)
    again = previous.intent is Intent.SCREEN and previous.patient is not None and not _says_trials(sheet)
    return rescreened(sheet, previous) if again else None


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
    facts = plan.facts or _criteria(sheet) if previous.intent is Intent.BOOLEAN else previous.facts
    return replace(previous, where=where, terms=plan.terms, facts=facts, previous=None, ordinal=0)


# ── 'and NCT…?' ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _other_trial(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """The same question about another trial."""
    if (
        not sheet.refs
        or previous.intent not in _SINGLE
        or sheet.facts
        or sheet.kinds(Kind.LIMIT, Kind.VARIABLE, Kind.CUE)
    ):
        return None
    named = {i for reference in sheet.references for i in range(reference.first, reference.last)}
    if any(i not in named and not sheet.line.tokens[i].lemma.isdigit() for i in content_of(sheet)) or not (
        opens_elliptic(sheet) or len(sheet.line.tokens) <= 8
    ):
        return None
    return replace(previous, trials=sheet.refs, ordinal=0, previous=None)


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
    refs = tuple(replace(ref, how="previous") if ref.how != "ordinal" else ref for ref in previous.trials)
    return replace(plan, trials=refs, ordinal=previous.ordinal, previous=previous.previous)


def _stays_with(sheet: Sheet, ids: tuple[str, ...]) -> bool:
    """Whether the question can be about the trials before: it points at them, or asks what is asked of one trial."""
    pointing = bool(word_set("followups.one") & set(sheet.line.lemmas())) or _says_the_trial(sheet)
    intent, reason = intent_of(sheet)
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
    return (of_one or intent in _SINGLE | {Intent.TRIALS}) and not of_all and not _names_another(sheet, ids)


def _of_the_answer(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """'Who sponsors it?' after 'which trial is the largest?': the first of the answer, or its only one."""
    lemmas = set(sheet.line.lemmas())
    pointing = bool({"it", "its", "that", "this", "there"} & lemmas) or _says_the_trial(sheet)
    if previous.intent not in {Intent.EXTREME, Intent.TRIALS, Intent.COUNT} or not pointing or asks_about_trials(sheet):
        return None
    plan = _retargeted(sheet, planner(sheet), previous)
    if plan.intent not in _SINGLE:
        return None
    ordinal = 1 if previous.intent is Intent.EXTREME else 0
    words = "the first one" if ordinal else "it"
    return replace(
        plan, trials=(TrialRef(words, (), "ordinal" if ordinal else "previous"),), ordinal=ordinal, previous=previous
    )


def _says_the_trial(sheet: Sheet) -> bool:
    lemmas = sheet.line.lemmas()
    return any(
        lemmas[at : at + 2]
        in {
            ("the", "trial"),
            ("the", "study"),
            ("this", "trial"),
            ("that", "trial"),
            ("that", "study"),
            ("this", "study"),
            ("the", "same"),
            ("that", "one"),
            ("this", "one"),
        }
        for at in range(len(lemmas))
    )


def _names_another(sheet: Sheet, ids: tuple[str, ...]) -> bool:
    """Whether the question's own words describe a trial other than the one before."""
    marked = {
        i
        for mark in sheet.marks
        for i in range(mark.first, mark.last)
        if mark.kind is not Kind.CONCEPT and mark.kind is not Kind.FIELD
    }
    by_words = find_by_words(sheet.line, sheet.index, [i for i in content_of(sheet) if i not in marked])
    return by_words is not None and not set(ids) & set(by_words.trial_ids)


def _retargeted(sheet: Sheet, plan: QueryPlan, previous: QueryPlan) -> QueryPlan:
    """A plan about one trial: the intent that remains once the trial is known."""
    if (
        plan.intent
        in {Intent.AMBIGUOUS, Intent.OUT_OF_SCOPE, Intent.TRIALS, Intent.DEFINITION, Intent.LANDSCAPE, Intent.SCREEN}
        and not plan.patient
    ):
        facts = plan.facts or sheet.facts or _criteria(sheet)
        where = sheet.bare.where if is_yes_no(sheet) else None
        if is_yes_no(sheet):
            return replace(plan, intent=Intent.BOOLEAN, where=where, facts=facts, reason="")
        return replace(
            plan, intent=Intent.FACT if facts else Intent.PROSE, facts=facts, where=None, variables=(), reason=""
        )
    if plan.intent is Intent.PROSE and is_yes_no(sheet):
        return replace(plan, intent=Intent.BOOLEAN, where=sheet.bare.where, reason="")
    if plan.intent is Intent.PROSE and (sheet.variables or sheet.concepts):
        return replace(plan, intent=Intent.FACT, facts=_criteria(sheet), reason="")
    return plan


def _criteria(sheet: Sheet) -> tuple[str, ...]:
    variables = [
        mark.value if mark.kind is Kind.VARIABLE else mark.value.variable
        for mark in sheet.kinds(Kind.VARIABLE, Kind.LIMIT)
    ]
    variables += [v for mark in sheet.kinds(Kind.GROUP) for v in lexicon.variables_of(mark.value.id)]
    twins = dict.fromkeys(t for variable in variables for t in lexicon.with_multiples(variable))
    return (*(f"criterion:{v}" for v in twins), *(f"concept:{c}" for c in sheet.concepts))
