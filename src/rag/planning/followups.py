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
    Predicate,
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
    if (
        sheet.refs
        or (previous.where is None and len(_ids(previous)) < 2)
        or previous.intent not in _SETS | {Intent.LANDSCAPE, Intent.COMPARE}
    ):
        return None
    lemmas = sheet.line.lemmas()
    many = word_set("followups.many") & set(lemmas)
    which = lemmas[:2] in {
        ("which", "one"),
        ("which", "of"),
        ("how", "many"),
        ("list", "them"),
        ("show", "them"),
        ("name", "them"),
    }
    count = lemmas[:2] == ("how", "many") and not asks_about_trials(sheet) and not sheet.facts
    bare_restriction = (
        (opens_elliptic(sheet) and lemmas[0] in {"only", "just"})
        or lemmas[:2] == ("and", "which")
        or (lemmas[:1] == ("which",) and not {"trial", "study"} & set(lemmas) and previous.intent in _SETS)
    )
    if not (many or which or count or bare_restriction) or (
        lemmas[:2] in {("what", "about"), ("how", "about")} and not many
    ):
        return None
    if "of" not in lemmas and previous.where is not None and turned(sheet, previous.where) is not None:
        return None
    plan = planner(sheet)
    where = all_of((previous.where, _restricting(sheet, plan)))
    trials = previous.trials
    if count or sheet.has("count") or (lemmas[0] == "how" and lemmas[1:2] == ("many",) and not sheet.facts):
        return replace(plan, intent=Intent.COUNT, where=where, trials=trials, facts=(), reason="")
    if plan.intent in {Intent.EXTREME, Intent.COMPARE, Intent.LANDSCAPE}:
        return replace(plan, where=where, trials=trials, reason="")
    if sheet.facts and not _restricting(sheet, plan):
        return replace(
            plan,
            intent=Intent.FACT,
            facts=sheet.facts,
            where=where,
            trials=trials or (TrialRef("those trials", (), "previous"),),
            previous=previous,
            reason="",
        )
    return replace(plan, intent=Intent.TRIALS, where=where, trials=trials, facts=(), reason="", previous=previous)


def _restricting(sheet: Sheet, plan: QueryPlan) -> Predicate | None:
    where = sheet.reading.where
    return where if plan.intent is not Intent.EXTREME else plan.where


def _ids(plan: QueryPlan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids))


# ── 'what about platelets?', 'and below 45?' ─────────────────────────────────────────────────────────────────────────


def _other_value(sheet: Sheet, previous: QueryPlan, planner: Planner) -> QueryPlan | None:
    """Another value, variable, concept or field in place of the one asked before."""
    short = opens_elliptic(sheet) or (len(content_of(sheet)) <= 3 and not asks_about_trials(sheet))
    if sheet.refs or not short:
        return None
    if previous.intent in _SETS and previous.where is not None:
        where = turned(sheet, previous.where) or added(sheet, previous.where) or replaced(sheet, previous.where)
        return (
            None
            if where is None
            else replace(previous, where=where, terms=planner(sheet).terms, previous=None, ordinal=0)
        )
    if previous.intent is Intent.BOOLEAN and previous.where is not None and not is_yes_no(sheet):
        where = replaced(sheet, previous.where)
        plan = planner(sheet)
        return (
            None
            if where is None
            else replace(previous, where=where, terms=plan.terms, facts=plan.facts or _criteria(sheet))
        )
    if previous.intent is Intent.OUT_OF_SCOPE and not sheet.reading.cues:
        return replace(previous, question=sheet.line.text.strip())
    if previous.intent is Intent.LANDSCAPE and sheet.variables:
        return replace(previous, variables=sheet.variables)
    if previous.intent is Intent.DEFINITION and sheet.terms:
        return replace(previous, facts=sheet.terms, terms=planner(sheet).terms)
    if previous.intent is Intent.SCREEN and previous.patient is not None and not _says_trials(sheet):
        return rescreened(sheet, previous)
    return None


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
    ids = _ids(previous)
    if sheet.refs:
        return None
    if not previous.trials:
        return _of_the_answer(sheet, previous, planner)
    pointing = bool(word_set("followups.one") & set(sheet.line.lemmas())) or _says_the_trial(sheet)
    intent, reason = intent_of(sheet)
    if intent is Intent.LANDSCAPE and len(ids) == 1 and not sheet.has("landscape") and not _says_trials(sheet):
        intent = Intent.FACT
    if intent is Intent.OUT_OF_SCOPE and not (
        reason == "world_knowledge" and (pointing or len(content_of(sheet)) <= 2)
    ):
        return None
    if _says_trials(sheet) and intent not in _SINGLE and not pointing:
        return None
    if asks_about_trials(sheet) and not pointing and not opens_elliptic(sheet) and len(ids) != 1:
        return None
    if intent not in _SINGLE | {Intent.OUT_OF_SCOPE, Intent.TRIALS} and not pointing and not opens_elliptic(sheet):
        return None
    if not pointing and not opens_elliptic(sheet) and _names_another(sheet, ids):
        return None
    plan = planner(replace(sheet, references=()))
    plan = _retargeted(sheet, plan, previous)
    carried = replace(
        plan, trials=tuple(replace(ref, how="previous") if ref.how != "ordinal" else ref for ref in previous.trials)
    )
    return replace(carried, ordinal=previous.ordinal, previous=previous.previous)


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
