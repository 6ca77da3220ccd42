"""Follow-ups that hark back to a set of trials: 'which of them …' after one was looked at, 'how many are left?',
'sort them by size', 'the ones with …', 'no, I meant Italy', 'why?' after the trials that were stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.planning import tables
from rag.planning.conditions import replaced
from rag.planning.forms import has_person
from rag.planning.intents import intent_of
from rag.planning.joining import all_of, alternatives, conjuncts
from rag.planning.marks import Kind
from rag.planning.sheet import Sheet, content_of
from rag.planning.tables import word_set
from rag.planning.words import Line, read_line
from rag.types import About, FieldIs, Intent, Not, QueryPlan, TrialRef

SETS = frozenset({Intent.TRIALS, Intent.COUNT, Intent.EXTREME, Intent.SCREEN})
_STOPPED = frozenset({"TERMINATED", "WITHDRAWN", "SUSPENDED"})
_ROWS = frozenset({"arms", "interventions", "outcome", "outcome.primary", "outcome.secondary", "sites"})


def set_behind(sheet: Sheet, previous: QueryPlan) -> QueryPlan:
    """The set that 'of them', 'those' or 'which one' means after a fact about it or one of its trials."""
    before, lemmas = previous.previous, sheet.line.lemmas()
    if previous.quantifier and previous.base is not None:  # 'do all gout trials …?' speaks of the gout trials
        return replace(previous, where=previous.base, quantifier="", base=None)
    if before is None or before.intent not in SETS or before.where is None or previous.intent in SETS or sheet.refs:
        return previous
    if previous.top > 1 and previous.ordinal:
        return previous  # 'each of them' after 'the first two'
    rows = bool(set(previous.facts) & _ROWS)
    of_them = any(pair in _OF_THEM for pair in pairwise(lemmas)) or lemmas[:1] == ("sort",)
    starts = [at + 2 for at in range(3) if lemmas[at : at + 2] == ("of", "the")]  # 'which of the three'
    of_them = of_them or any(set(lemmas[at : at + 1]) & _FEW_OF_THEM for at in starts)
    one = lemmas[:2] == ("which", "one") or opens_with_ones(sheet)
    return before if of_them or (not rows and (one or _chooses_among_all(sheet, previous))) else previous


def _chooses_among_all(sheet: Sheet, previous: QueryPlan) -> bool:
    """'Which are in phase 3?', 'how many are blinded?', 'are they?' behind a fact of each trial, or of one of them."""
    lemmas = sheet.line.lemmas()
    words = {*lemmas, *(token.text.casefold() for token in sheet.line.tokens)}
    plural = bool({"they", "any", "those", "these", "ones"} & words)
    asks = lemmas[:2] in _ASKING_OF_ALL or lemmas[:2] == ("how", "many")
    of_each = previous.intent is Intent.FACT and previous.where is not None and not previous.ordinal
    chooses = bool(sheet.reading.parts and (not sheet.facts or lemmas[0] == "any")) or bool(sheet.extremes)
    return chooses and (asks or (of_each and plural))


_ASKING_OF_ALL = {("which", verb) for verb in ("is", "are", "has", "have", "do", "doe", "take", "allow", "exclude")}


_FEW_OF_THEM = frozenset({"two", "three", "four", "five", "2", "3", "4", "5", "lot"})
_OF_THEM = {(word, whom) for word in ("of", "among", "sort", "rank") for whom in ("them", "those", "these")}


def opens_with_ones(sheet: Sheet) -> bool:
    """'The ones with surgery', 'show me only the ones …', 'without the ones in children', 'which would take her?'."""
    tokens, lemmas = sheet.line.tokens, sheet.line.lemmas()
    at = next((at for at, word in enumerate(lemmas) if word not in _ASKING_FOR | _SHOWING), len(lemmas))
    at = at if _SHOWING & set(lemmas[:at]) else 0  # 'and the ones for men?' puts men in the place of women
    at += lemmas[at : at + 1] in {("without",), ("minus",)}
    ones = lemmas[at : at + 1] == ("the",) and len(tokens) > at + 2 and tokens[at + 1].text.casefold() == "ones"
    return ones or any(pair in _WHICH_OF_THEM for pair in pairwise(lemmas))


_SHOWING = frozenset({"show", "list", "give", "name", "tell", "keep", "me", "us", "only", "just"})
_FRONT = 4
_WHICH_OF_THEM = {("which", verb) for verb in ("would", "will", "could", "can", "might")}


def said_anew(line: Line) -> str:
    """What follows 'OK forget that.', 'new question:', where nothing of the turn before is meant; '' without such."""
    lemmas = line.lemmas()
    ends = [at + len(words) for words in _ANEW for at in range(_FRONT) if lemmas[at : at + len(words)] == words]
    ended = [end for end in ends if end < len(lemmas) and set(line.gap(end)) & set(".:,;!-")]
    return line.text[line.tokens[max(ended)].start :] if ended else ""


def still_meant(anew: str, spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """The set that 'forget that. Which one has results?' still asks of; None where a new question is asked."""
    lemmas = read_line(anew).lemmas()
    points = lemmas[:2] == ("which", "one") or any(pair in _OF_THEM for pair in pairwise(lemmas))
    sets = [plan for plan in (*spoken[-1:], *spoken[:-1]) if plan.intent in SETS and plan.where is not None]
    return sets[-1] if points and sets else None  # before what is forgotten, where there is such a set


def of_what_was_told(sheet: Sheet, plan: QueryPlan, previous: QueryPlan) -> QueryPlan:
    """'Compare that with NCT…', 'is that stricter than in NCT…?' after a limit: both limits; 'bigger': both sizes."""
    told = tuple(fact.removeprefix("criterion:") for fact in previous.facts if fact.startswith("criterion:"))
    if previous.variables and not plan.variables and plan.extreme in {"strictest", "loosest"}:
        return replace(plan, variables=previous.variables, facts=())  # 'which is stricter?' after a comparison
    own = plan.variables or (plan.facts and plan.extreme not in {"strictest", "loosest"})
    strict = plan.extreme in {"strictest", "loosest"}
    if not told or own or not (strict or {"that", "this", "it"} & set(sheet.line.lemmas())):
        return plan
    return replace(plan, variables=told, facts=())


def both_behind(sheet: Sheet, spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """The last fact told, of the two trials of the two turns before: what 'the two' and 'both' mean after them."""
    lemmas = sheet.line.lemmas()
    two = any(pair in _THE_TWO for pair in pairwise(lemmas)) or "both" in lemmas
    if len(spoken) < _TWO or not two or sheet.refs:
        return None
    first, second = spoken[-2:]
    named = [tuple(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids)) for plan in (first, second)]
    if any(plan.intent not in _OF_ONE or plan.ordinal for plan in (first, second)):
        return None
    if any(len(trials) != 1 for trials in named) or named[0] == named[1]:
        return None
    return replace(second, intent=Intent.FACT, trials=(*first.trials, *second.trials), where=None, previous=None)


def opens_elliptic(sheet: Sheet) -> bool:
    lemmas = sheet.line.lemmas()
    return any(lemmas[: len(opener)] == opener for opener in _OPENERS)


def only_names_one(sheet: Sheet) -> bool:
    """'And NCT…?', which asks nothing of its own: not 'and who sponsors NCT…?'."""
    return opens_elliptic(sheet) and not sheet.facts and not sheet.kinds(Kind.CUE, Kind.CONCEPT, Kind.FIELD)


_OPENERS = (
    *(("what", "about"), ("how", "about"), ("and",), ("but",), ("or",), ("also",), ("same",)),
    *(("only",), ("just",), ("now",), ("then",), ("instead",), ("except",)),
)


def told_before(sheet: Sheet, spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """What a turn points to behind the last one: two trials told of, or the set before a word was explained."""
    return both_behind(sheet, spoken) or _both_sets(sheet, spoken) or _before_a_meaning(sheet, spoken)


def _both_sets(sheet: Sheet, spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """'Together, how many?' after the trials in Germany and then those in Japan: the trials of either set."""
    words = {sheet.line.tokens[at].lemma for at in content_of(sheet)}
    together = _TOGETHER & set(sheet.line.lemmas()) and words <= _TOGETHER
    sets = [plan.where for plan in spoken[-2:] if plan.intent in _COUNTED and plan.where is not None]
    if len(sets) < _TWO or not together or sheet.refs:
        return None
    return replace(spoken[-1], where=alternatives(sets), facts=(), previous=None)


def _before_a_meaning(sheet: Sheet, spoken: Sequence[QueryPlan]) -> QueryPlan | None:
    """'And which exclude it?' after 'what is LVEF?': the trials that were spoken of before."""
    if len(spoken) < _TWO or spoken[-1].intent is not Intent.DEFINITION or spoken[-2].intent not in SETS:
        return None
    points = word_set("followups.many") | {"it", "one", "first", "second", "last"}
    asks = sheet.kinds(Kind.CUE, Kind.FIELD) or sheet.facts or sheet.has("count")
    return spoken[-2] if asks and points & set(sheet.line.lemmas()) and not sheet.has("meaning") else None


_TWO = 2
_COUNTED = frozenset({Intent.TRIALS, Intent.COUNT})
_TOGETHER = frozenset({"together", "combined"})
_OF_ONE = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.PROSE})
_THE_TWO = {("the", "two"), ("the", "2"), ("these", "two"), ("those", "two")}


_ANEW = (
    ("forget", "that"), ("forget", "it"), ("forget", "about", "that"), ("never", "mind"), ("nevermind",),
    ("new", "question"), ("different", "question"), ("another", "question"), ("new", "topic"), ("other", "topic"),
    ("something", "else"), ("start", "over"), ("switching", "topic"), ("change", "of", "topic"),
)  # fmt: skip


def harked_back(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """The set before counted, sorted or set right; why its trials were stopped; None where nothing of it is asked."""
    if sheet.refs:
        return None
    if previous.intent in SETS and previous.where is not None:
        return (
            _rest(sheet, previous)
            or _counted(sheet, previous)
            or _sorted(sheet, previous)
            or _set_right(sheet, previous)
            or _why(sheet, previous)
        )
    tested = previous.where if previous.intent is Intent.BOOLEAN and _is_why(sheet) else None
    of_status = isinstance(tested, FieldIs) and tested.field == "status"  # 'is it terminated?'
    if tested is not None and not of_status and "status" not in previous.facts:
        return replace(previous)  # 'why not?': the answer before, which quotes what decides
    stopped = {"status", "why_stopped"} & set(previous.facts) and previous.intent in {Intent.FACT, Intent.BOOLEAN}
    if not (stopped or of_status) or not _is_why(sheet):
        return None
    trials = tuple(replace(ref, how="previous") for ref in previous.trials)
    return replace(previous, intent=Intent.FACT, facts=("why_stopped",), where=None, trials=trials)


def _rest(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'And the rest?', 'what about the others?': those of the set before the last condition that do not meet it."""
    lemmas = sheet.line.lemmas()
    rest = any(pair in _REST for pair in pairwise(lemmas)) and lemmas[-1] in {"rest", "other", "one"}
    if not rest or previous.where is None or sheet.reading.parts or len(lemmas) > _FEW + 1 or "one" in lemmas:
        return None
    before = previous.previous.where if previous.previous is not None and previous.previous.intent in SETS else None
    whole = tuple(conjuncts(before))
    new = [part for part in conjuncts(previous.where) if part not in whole]
    told = all_of(new)
    where = None if told is None else all_of([*whole, told.predicate if isinstance(told, Not) else Not(told)])
    return None if where is None else replace(previous, intent=Intent.TRIALS, where=where, facts=(), ordinal=0)


_REST = frozenset({("the", "rest"), ("the", "other"), ("all", "other")})


def _counted(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'How many are left?', 'how many does that leave?', 'so how many in all?'."""
    lemmas = sheet.line.lemmas()
    if ("how", "many") not in pairwise(lemmas) or set(lemmas) - word_set("followups.counting"):
        return None
    return replace(previous, intent=Intent.COUNT, facts=(), extreme="", ordinal=0, previous=None)


def _sorted(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'Sort them by size', 'order those by start date': the ends of a scale, one after the other."""
    lemmas = set(sheet.line.lemmas())
    narrower = any(not isinstance(part.predicate, About) for part in sheet.reading.parts)
    if not _tells_to_sort(sheet.line.lemmas()) or not lemmas & {"by", "from"} or narrower:
        return None
    up = bool(lemmas & word_set("followups.upwards"))
    if lemmas & word_set("followups.by_size"):
        scale = ("smallest" if up else "largest", ("enrollment",))
    elif lemmas & word_set("followups.by_date"):
        scale = ("earliest" if up else "latest", ("start_date",))
    else:
        return None
    return replace(
        previous, intent=Intent.EXTREME, extreme=scale[0], facts=scale[1], top=_MOST_SORTED, ordinal=0, previous=None
    )


_MOST_SORTED = 100


def _tells_to_sort(lemmas: tuple[str, ...]) -> bool:
    """'Please sort them …', 'list these by …'; not 'in what order are they …', 'which tests do they order'."""
    at = next((at for at, word in enumerate(lemmas) if word not in _ASKING_FOR), len(lemmas))
    lists = lemmas[at : at + 1] in _LISTS and "by" in lemmas
    after = at + 2 if lists and lemmas[at + 1 : at + 2] in {("me",), ("us",)} else at + 1
    whom = _SORTED - {"the", "all"} if lists else _SORTED  # not 'list the top three by size'
    return (lists or lemmas[at : at + 1] in _SORTS) and bool(set(lemmas[after : after + 1]) & whom)


_ASKING_FOR = frozenset({"please", "can", "could", "would", "you", "we", "now", "and", "then", "so", "ok", "okay"})
_SORTS = {("sort",), ("order",), ("rank",), ("arrange",)}
_LISTS = {("list",), ("show",), ("give",), ("put",)}
_SORTED = frozenset({"them", "these", "those", "all", "the", "by", "from"})


def _set_right(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'No, I meant Italy', 'sorry, phase 2': the last condition of its kind, said anew; the others stay."""
    lemmas = sheet.line.lemmas()
    says = lemmas[:1] in {("no",), ("sorry",), ("oops",), ("actually",)} and (
        "," in sheet.line.gap(1) or ("i", "meant") in pairwise(lemmas) or ("i", "mean") in pairwise(lemmas)
    )
    if not (says or lemmas[:2] in {("i", "meant"), ("i", "mean"), ("make", "that")}) or previous.where is None:
        return None
    where = replaced(sheet, previous.where)
    return None if where is None else replace(previous, where=where, previous=None, ordinal=0)


def _why(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'Why?' after the trials that were stopped: the reason that each of them gives."""
    fields = [part for part in conjuncts(previous.where) if isinstance(part, FieldIs) and part.field == "status"]
    if not _is_why(sheet) or not any(set(part.values) & _STOPPED for part in fields):
        return None
    trials = previous.trials or (TrialRef("those trials", (), "previous"),)
    return replace(previous, intent=Intent.FACT, facts=("why_stopped",), trials=trials, previous=previous)


def _is_why(sheet: Sheet) -> bool:
    """'Why?', 'and why was that?': nothing else is asked."""
    return "why" in sheet.line.lemmas()[:2] and not content_of(sheet)


def worded(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'Show me the wording', 'where is that stated?': the answer before, which quotes its words."""
    lemmas = set(sheet.line.lemmas())
    asks = lemmas & word_set("followups.wording") or ("where" in lemmas and lemmas & word_set("followups.stated"))
    known = word_set("followups.wording") | word_set("followups.stated") | tables.stop_words()
    left = [i for i in content_of(sheet) if sheet.line.tokens[i].lemma not in known]
    return replace(previous) if asks and not left and not sheet.refs else None


def asks_for_a_meaning(sheet: Sheet) -> bool:
    """'What is eGFR anyway?' in a conversation about trials: a word, nothing of those trials."""
    lemmas = sheet.line.lemmas()
    opens = lemmas[:2] in {("what", "is"), ("what", "'s"), ("what", "are")} or lemmas[:1] in {("define",), ("explain",)}
    pointing = {"the", "it", "its", "their", "they", "them", "those", "these", "that"} & set(lemmas)
    return opens and len(sheet.terms) == 1 and not pointing and intent_of(sheet)[0] is Intent.DEFINITION


def facts_of_other_trials(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'And in France?' after the phases of a set of trials: the phases of the trials under the other condition."""
    behind = previous.previous if previous.intent is Intent.FACT and not sheet.refs else None
    if behind is None or behind.intent not in SETS or previous.where is None:
        return None
    where = replaced(sheet, previous.where) if sheet.kinds(Kind.FIELD) and not sheet.facts else None
    told = replace(behind, intent=Intent.TRIALS, facts=previous.facts, ordinal=0, previous=None)
    return None if where is None else replace(told, where=where)


def same_of_another(sheet: Sheet, plan: QueryPlan, previous: QueryPlan) -> QueryPlan:
    """'And thalidomide?' after the dose of icotinib: its dose, and no criterion on it; not 'and for its users?'."""
    treated = previous.facts and set(previous.facts) <= _OF_DOSE
    named = plan.facts and all(fact.startswith("concept:") for fact in plan.facts) and len(sheet.line.tokens) <= _FEW
    whose = bool(_OF_WHOM & set(sheet.line.lemmas())) or has_person(sheet)
    again = treated and named and not whose and not sheet.reading.cues
    return replace(plan, facts=previous.facts) if again else plan


_FEW = 5
_OF_WHOM = frozenset({"for", "in", "with", "on", "user", "taker"})
_OF_DOSE = frozenset({"dose", "route", "schedule", "duration", "how_long", "administration", "titration"})
