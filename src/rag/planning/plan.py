"""From a question to a plan: read the words, settle follow-ups against earlier turns, choose the intent, fill it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rag.planning import lexicon, tables
from rag.planning.ago import find_agos
from rag.planning.asides import set_aside
from rag.planning.asked_facts import (
    asks_no_value,
    criterion_facts,
    gets_in_it,
    lists_asked,
    of_another_kind,
    people_taken_for_granted,
    spoken,
    without_passing,
)
from rag.planning.both_sides import narrowed, two_meant
from rag.planning.core import by_its_core
from rag.planning.counted_back import dated_from, newest_day
from rag.planning.describing import one_meant, settled
from rag.planning.dropping import dropped
from rag.planning.durations import DAYS
from rag.planning.extremes import extreme_of, how_many, ranked_among
from rag.planning.focus import focus_of, terms_of
from rag.planning.followups import follow_up
from rag.planning.freely import surely_read, weighed_against
from rag.planning.going_back import gone_back
from rag.planning.harking_back import said_anew, still_meant, told_before
from rag.planning.intents import asks_why_so_many, intent_of
from rag.planning.items import items_said
from rag.planning.marks import Kind
from rag.planning.of_a_person import person_behind
from rag.planning.of_each import asked_of_each
from rag.planning.of_the_course import of_the_course
from rag.planning.of_the_end import asked_of_the_end, without_the_end
from rag.planning.parts import in_parts
from rag.planning.quantified import asked_of_many
from rag.planning.quantities import number_at
from rag.planning.ranked import place_before
from rag.planning.references import find_by_words, find_unknown_name
from rag.planning.rules import words_of_rules
from rag.planning.screened import screened
from rag.planning.sheet import Sheet, read_sheet, sheet_of
from rag.planning.side_by_side import base_of, compared, surveyed_over, topics_of, without, without_limits
from rag.planning.tables import word_set
from rag.planning.the_only import of_the_only
from rag.planning.turns import one_by_one, sheet_of_turn
from rag.planning.unnamed import asks_of_comparator, asks_what_it_is, counts_by
from rag.planning.vocabulary import Vocabulary, WordIndex, index_of
from rag.planning.whatif import changes_of, own_limit
from rag.planning.wider import tidy
from rag.planning.wording import with_reading
from rag.planning.words import read_line
from rag.planning.yes_no import asked_of_people, put_to_the_test, verdict_on_words
from rag.types import About, Concerns, FieldIs, Intent, Limit, QueryPlan, Question, TrialRef


def make_plan(question: Question, vocabulary: Vocabulary) -> QueryPlan:
    """How the question is read over the collection; follow-ups are settled by the user's earlier turns alone."""
    index = index_of(vocabulary)
    previous: QueryPlan | None = None
    spoken: list[QueryPlan] = []
    said = [turn.content for turn in question.history if turn.role == "user" and turn.content.strip()]
    *earlier, last = one_by_one(said, question.text)
    for text in earlier:
        told = _plan(dated_from(text, vocabulary), index, previous, question.trial_ids, spoken)
        spoken.append(told)
        lost = told.intent is Intent.OUT_OF_SCOPE and told.reason == "world_knowledge"
        lost = lost and len(told.terms.split()) > 1  # 'thanks' ends what was spoken of
        previous = previous if lost and previous is not None else told  # what nobody understood is passed over
    dated = dated_from(last, vocabulary)
    plan = _plan(dated, index, previous, question.trial_ids, spoken)
    day = newest_day(vocabulary) if dated != last else None
    if day is None:
        return plan
    counted = f"counted from {day}, the newest date in these records"
    return replace(plan, counted=counted, read_as=f"{plan.read_as} ({counted})")


def _plan(
    text: str, index: WordIndex, previous: QueryPlan | None, only: tuple[str, ...], spoken: Sequence[QueryPlan]
) -> QueryPlan:
    """The plan of one turn; `previous`: of the turn that it may point back to, `spoken`: of all turns before."""
    if anew := said_anew(read_line(text)):
        text, previous = anew, still_meant(anew, spoken)
    previous = person_behind(text, previous, spoken)
    sheet = sheet_of_turn(text, index, previous, spoken)
    if not sheet.line.tokens:
        return with_reading(QueryPlan(Intent.AMBIGUOUS, text.strip(), "", reason="empty"))
    asked = set_aside(sheet)
    if asked.text != sheet.line.text:
        sheet = read_sheet(asked.text, index)
    if (back := gone_back(sheet, spoken)) is not None:
        previous, rest = back
        if not rest:
            return previous
        sheet = sheet_of_turn(rest, index, previous, spoken)
    previous = told_before(sheet, spoken) or previous
    settled = dropped(sheet, spoken) or weighed_against(sheet, previous)
    settled = settled or (follow_up(sheet, previous, plan_sheet) if previous is not None else None)
    plan = replace(settled or plan_sheet(sheet, only), left_out=asked.left_out)
    plan = plan if previous else by_its_core(sheet, plan, lambda said: plan_sheet(read_sheet(said, index), only))
    return plan if only or previous else surely_read(text, index, plan)


def plan_sheet(sheet: Sheet, only: tuple[str, ...] = ()) -> QueryPlan:
    """The plan of a question that stands for itself. `only`: the trials the caller restricts the collection to."""
    sheet, plan = _read_whole(sheet, only)
    return in_parts(sheet, plan, lambda text: _read_whole(read_sheet(text, sheet.index), only)[1])


def _read_whole(sheet: Sheet, only: tuple[str, ...], *, items: bool = True) -> tuple[Sheet, QueryPlan]:
    """The question as one, with the sheet that it was read from; `items`: bare nouns are said as facts, once."""
    sheet = of_the_only(sheet, only)
    if not only and (references := two_meant(sheet) or settled(sheet)) != sheet.references:
        sheet = sheet_of(sheet.line, sheet.index, references)
    if (references := narrowed(sheet)) != sheet.references:
        sheet = sheet_of(sheet.line, sheet.index, references)
    intent, reason = intent_of(sheet)
    if not only and (references := one_meant(sheet, intent)):
        sheet = sheet_of(sheet.line, sheet.index, references)
        intent, reason = intent_of(sheet)
    if items and (said := items_said(sheet)) != sheet.line.text:
        return _read_whole(read_sheet(said, sheet.index), only, items=False)
    base = QueryPlan(intent, sheet.line.text.strip(), "", trials=sheet.refs, terms=terms_of(sheet), reason=reason)
    plan = _FILLERS[intent](sheet, base)
    plan = without_the_end(sheet, replace(plan, focus=focus_of(sheet, plan.facts)))
    plan = _with_trial(sheet, plan, only)
    return sheet, with_reading(of_the_course(plan))


# ── One trial ────────────────────────────────────────────────────────────────────────────────────────────────────────

_OF_ONE_TRIAL = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.PROSE, Intent.CHECKLIST, Intent.CONFLICTS})


def _with_trial(sheet: Sheet, plan: QueryPlan, only: tuple[str, ...]) -> QueryPlan:
    """A question about one trial that names none: by the caller's restriction, its other words, or else ambiguous."""
    if plan.intent not in _OF_ONE_TRIAL or plan.trials:
        return _placed(sheet, plan)
    known = only or sheet.index.ids
    if len(known) == 1:
        return replace(plan, trials=(TrialRef("the only trial", tuple(known), "previous"),))
    by_words = find_by_words(sheet.line, sheet.index, _describing(sheet)) or find_unknown_name(sheet.line, sheet.index)
    if by_words is not None:
        return _placed(sheet, replace(plan, trials=(by_words,), focus=_beside(plan, by_words)))
    if plan.intent is Intent.PROSE or plan.where is not None or plan.intent is Intent.CONFLICTS:
        return plan
    return replace(plan, intent=Intent.AMBIGUOUS, reason="which_trial")


def _beside(plan: QueryPlan, named: TrialRef) -> tuple[str, ...]:
    """The focus without the words that name the trial; a place, or a drug beside a dose, also says which is meant."""
    treated = bool(set(plan.facts) & word_set("plan.of_treatment"))
    words = {word for word in named.text.split() if not treated and not tables.is_place(word)}
    return tuple(word for word in plan.focus if word not in words)


def _placed(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    """`plan` whose unread words are those that no name of the trials asked about holds."""
    by_id = sheet.index.by_id
    at = [by_id[trial.upper()] for ref in plan.trials for trial in ref.trial_ids if trial.upper() in by_id]
    if not plan.unread or not plan.trials:
        return plan
    own = tables.intent_cues()["cutoff"].words() | tables.extreme_cues().words() | words_of_rules(plan.facts)
    own |= tables.stop_words()
    lemmas = sheet.line.lemmas()  # '30 kg' tells whom a dose is for
    own |= {word for at, unit in enumerate(lemmas) if unit == "kg" for word in lemmas[max(0, at - 1) : at + 1]}
    words = [(t.lemma, t.text) for run in plan.unread for t in read_line(run).tokens if t.lemma not in own]
    concepts = {
        t.lemma
        for m in sheet.kinds(Kind.CONCEPT)
        if f"concept:{m.value}" in plan.facts
        for t in sheet.line.tokens[m.first : m.last]
    }
    kept = tuple(
        text
        for word, text in words
        if word not in concepts and not any(number in sheet.index.holds(word) for number in at)
    )
    loose = (
        plan.facts in {("duration",), ("enrollment",)}
        and plan.intent is Intent.FACT
        and _asks_of_something_else(sheet, kept)
    )
    if loose and plan.facts == ("duration",):
        return replace(plan, unread=kept, facts=("how_long",))
    return replace(plan, unread=kept, intent=Intent.PROSE, facts=()) if loose else replace(plan, unread=kept)


def _asks_of_something_else(sheet: Sheet, unread: tuple[str, ...]) -> bool:
    """'How long do the batteries last?', 'how large may the ulcer be?': not how long or large the trial is."""
    asked = sheet.line.lemmas()
    loose = any(asked[at : at + 2] in {("how", "long"), ("how", "large"), ("how", "big")} for at in range(len(asked)))
    treated = {"treated", "infused", "infusion", "enrollment", *word_set("told.drugs")}
    return loose and bool(unread) and not set(asked) & treated


def _describing(sheet: Sheet) -> list[int]:
    """The tokens that may tell which trial is meant: content words and places that no fact, cue or limit holds."""
    stopped = {Kind.CONCEPT} if "washout" in sheet.facts else set()  # 'how long are statins stopped?'
    read = {
        i
        for mark in sheet.marks
        if mark.kind in {Kind.FACT, Kind.CUE, Kind.LIMIT, Kind.VARIABLE, Kind.GROUP} | stopped
        for i in range(mark.first, mark.last)
    }
    defects = tables.intent_cues()["conflicts"].find(sheet.line)  # 'source defects' are no heart defects
    read |= {i for found in (*sheet.extremes, *defects) for i in range(found.first, found.last)}
    return [i for i, one in enumerate(sheet.line.tokens) if i not in read and one.lemma not in tables.stop_words()]


# ── Filling in, one function an intent ───────────────────────────────────────────────────────────────────────────────


def _trials(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    told, sheet = asked_of_each(sheet)
    where = without(sheet, told.variables) if told.variables else sheet.reading.where
    unread = tuple(words for words in _unused(sheet) if not told.asks_with(sheet, words))
    plan = replace(plan, where=where, facts=told.facts, variables=told.variables, unread=unread, reason=_live(sheet))
    return asked_of_many(sheet, plan)


def _unused(sheet: Sheet) -> tuple[str, ...]:
    """The words of a set question that no condition took up."""
    words = (*sheet.reading.unplaced, *sheet.past, *_dropped(sheet))
    told = " ".join(words).split()
    return (*words, *(time for time in _unused_times(sheet) if time.split()[0] not in told))


def _unused_times(sheet: Sheet) -> tuple[str, ...]:
    """'for at least five years' that no condition took up: numbers with a unit of time, named as not read."""
    held = {at for part in sheet.reading.parts for at in range(part.first - 1, part.last + 1)}
    held |= {at for mark in sheet.marks for at in range(mark.first, mark.last)}
    held |= {at for first, last, _ in find_agos(sheet.line) for at in range(first, last)}
    held |= {at for reference in sheet.references for at in range(reference.first, reference.last)}
    found = []
    for at in range(len(sheet.line.tokens)):
        number = number_at(sheet.line, at) if at not in held else None
        unit = sheet.line.lemmas(number.last, number.last + 1) if number is not None else ()
        if number is not None and unit and unit[0] in DAYS and sheet.line.words(at, number.last + 1) not in sheet.past:
            found.append(sheet.line.words(at, number.last + 1))
    return tuple(found)


def _dropped(sheet: Sheet) -> tuple[str, ...]:
    """Words of facts that a set question names and no predicate took up: a condition that would go unsaid."""
    read = [part for part in sheet.reading.parts if not isinstance(part.predicate, About)]
    lost = [
        mark
        for mark in sheet.kinds(Kind.FACT)
        if mark.value in word_set("plan.binding")
        and not any(part.first - 4 <= mark.first and mark.last <= part.last + 4 for part in read)
    ]
    return tuple(sheet.line.words(mark.first, mark.last) for mark in lost)


def _live(sheet: Sheet) -> str:
    """'live' where the question asks for this very moment, 'relative_date' where it counts back from it."""
    return "live" if sheet.has("live") else "relative_date" if sheet.past else ""


def _fact(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    facts = spoken(sheet, sheet.facts)
    criteria = criterion_facts(sheet)
    if set(facts) & word_set("plan.of_treatment"):
        limits = (bool(sheet.reading.cues) and sheet.line.lemmas()[:2] != ("how", "much")) or sheet.has("cutoff")
        criteria = tuple(fact for fact in criteria if limits and not fact.startswith("concept:"))
    if set(facts) & word_set("plan.of_outcomes") and not sheet.reading.cues and not sheet.limits:
        criteria = ()  # 'how soon after omalizumab is the urticaria score measured?'
    if criteria and facts == ("enrollment",) and set(sheet.line.lemmas()) & {"large", "big"}:
        facts = ()  # 'how large may the ulcer be?'
    generic = {"inclusion", "exclusion", "eligibility", "summary"}
    asks_criterion = sheet.has("cutoff") or sheet.kinds(Kind.CUE) or not facts or set(facts) <= generic | {"washout"}
    if "must" in sheet.line.lemmas() and any(fact.startswith("criterion:") for fact in criteria):
        asks_criterion = True  # 'what hemoglobin must volunteers have?'
        facts = tuple(fact for fact in facts if fact != "healthy_volunteers")
    if facts == ("enrollment",) and any(fact.startswith("criterion:") for fact in criteria):
        facts = ()  # 'how many platelets must a patient have?'
        asks_criterion = True
    if criteria and (asks_criterion or facts == ("exceptions",)):
        facts = (*(fact for fact in facts if fact not in generic), *criteria)
    if asks_why_so_many(sheet):
        size = ("enrollment",) if "many" in sheet.line.lemmas() else ()
        facts = (*size, "sample_size_rationale")
    facts = without_passing(sheet, facts)
    if plan.intent is Intent.FACT or sheet.bare.where is None:
        facts = facts or lists_asked(sheet)
    kept = not criteria or set(facts) - set(criteria) or asks_of_criteria(sheet)
    unasked = plan.intent is Intent.FACT and (asks_no_value(sheet) or all(f.startswith("concept:") for f in facts))
    if of_another_kind(sheet, facts) or (unasked and not kept):
        facts = ()  # 'which insulin pump is used': a condition's name, but no question about criteria
    intent = Intent.PROSE if plan.intent is Intent.FACT and not facts else plan.intent
    unread = sheet.bare.unplaced
    if set(facts) & word_set("plan.of_treatment"):
        unread += tuple(p.predicate.text for p in sheet.bare.parts if isinstance(p.predicate, Concerns))
    taken = intent is Intent.FACT and set(facts) <= word_set("plan.of_people")
    where = people_taken_for_granted(sheet) if taken else None
    facts = facts if sheet.apart else tidy(facts)
    return replace(plan, intent=intent, facts=facts, where=where, unread=unread, reason=_live(sheet))


def asks_of_criteria(sheet: Sheet) -> bool:
    """Whether a condition named is asked about as a criterion: 'what does … say about anticoagulants'."""
    judged = bool(sheet.reading.cues) and not gets_in_it(sheet)
    return judged or sheet.has("cutoff") or bool(word_set("plan.of_criteria") & set(sheet.line.lemmas()))


def _boolean(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    filled = _fact(sheet, plan)
    named_group = _is_of_whom(sheet) and (set(filled.facts) - word_set("plan.who_or_what") or _is_given_more(sheet))
    if named_group or "exceptions" in filled.facts:
        return replace(filled, where=None)
    return replace(filled, where=put_to_the_test(sheet) or verdict_on_words(sheet) or asked_of_people(sheet))


def _is_of_whom(sheet: Sheet) -> bool:
    """'Can people of the sham group switch?', 'do children fast at night?': named, and something else asked of them."""
    where = sheet.bare.where
    people = isinstance(where, Limit) and where.variable == "age" and not sheet.limits and not sheet.reading.cues
    return people or (isinstance(where, FieldIs) and where.field == "arm_kind")


def _is_given_more(sheet: Sheet) -> bool:
    """'Does it give milk powder to the placebo group?': what the group gets, and not whether there is one."""
    words = {token.lemma for token in sheet.line.tokens if token.text in focus_of(sheet, ())}
    return bool(set(sheet.line.lemmas()) & word_set("plan.giving") and words - word_set("plan.of_dummies"))


def _extreme(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    extreme, facts, variables = extreme_of(sheet)
    own = own_limit(sheet) if extreme in {"strictest", "loosest"} else ()
    where = topics_of(sheet) if own else ranked_among(sheet.line, without(sheet, variables), facts)
    plan = replace(plan, changes=own, extreme=extreme, facts=facts, variables=variables)
    named = {trial for ref in sheet.refs for trial in ref.trial_ids}
    if len(named) > 1 and all(len(ref.trial_ids) == 1 for ref in sheet.refs):
        where = None  # 'who enrols more children, A or B?': no other trials are meant
    place = max(place_before(sheet.line, found.first) for found in sheet.extremes)
    plan = replace(plan, where=where, top=how_many(sheet), ordinal=place if place > 1 else 0)
    return asked_of_the_end(sheet, plan)


def _count(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    if sheet.reading.where is None and (lost := counts_by(sheet)):
        return replace(plan, intent=Intent.TRIALS, unread=lost)  # not all of them
    where, unread = sheet.reading.where, _unused(sheet)
    return replace(plan, base=base_of(sheet), where=where, unread=unread, reason=_live(sheet))


def _whatif(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    changes, patient = changes_of(sheet)
    return replace(plan, changes=changes, patient=patient, variables=sheet.variables[:1], where=without_limits(sheet))


def _definition(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, facts=sheet.terms)


def _explain(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, where=sheet.bare.where, facts=criterion_facts(sheet))


def _conflicts(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    return replace(plan, variables=sheet.variables, where=None if sheet.refs else sheet.bare.where)


def _checklist(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    labs = bool({"lab", "laboratory", "blood", "labs"} & set(sheet.line.lemmas())) and not sheet.variables
    return replace(
        plan, variables=lexicon.laboratory_variables() if labs else sheet.variables, facts=("labs",) if labs else ()
    )


def _prose(sheet: Sheet, plan: QueryPlan) -> QueryPlan:
    facts = ("summary",) if asks_what_it_is(sheet) else ("control",) if sheet.refs and asks_of_comparator(sheet) else ()
    return replace(plan, intent=Intent.FACT if facts else plan.intent, facts=facts or plan.facts, reason=_live(sheet))


_FILLERS: Mapping[Intent, Callable[[Sheet, QueryPlan], QueryPlan]] = {
    Intent.TRIALS: _trials,
    Intent.COUNT: _count,
    Intent.FACT: _fact,
    Intent.BOOLEAN: _boolean,
    Intent.EXTREME: _extreme,
    Intent.COMPARE: compared,
    Intent.LANDSCAPE: surveyed_over,
    Intent.WHATIF: _whatif,
    Intent.SCREEN: screened,
    Intent.DEFINITION: _definition,
    Intent.EXPLAIN: _explain,
    Intent.CONFLICTS: _conflicts,
    Intent.CHECKLIST: _checklist,
    Intent.PROSE: _prose,
    Intent.OUT_OF_SCOPE: lambda _, plan: plan,
    Intent.AMBIGUOUS: lambda _, plan: plan,
}
