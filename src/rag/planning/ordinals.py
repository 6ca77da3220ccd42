"""Follow-ups that pick from an ordered answer: 'the second one', 'number 2', 'and the smallest?'."""

from __future__ import annotations

from dataclasses import replace

from rag.planning.extremes import extreme_of
from rag.planning.ranked import PLACES
from rag.planning.sheet import Sheet, content_of
from rag.planning.words import Line
from rag.planning.yes_no import is_yes_no
from rag.types import Intent, QueryPlan, TrialRef

_WRITTEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_CARDINALS = {word: at for at, word in enumerate(_WRITTEN, start=1)}
_SOON = 8
_OF_ONE = frozenset({Intent.FACT, Intent.PROSE, Intent.CHECKLIST})


def pick(sheet: Sheet, previous: QueryPlan, plan: QueryPlan) -> QueryPlan | None:
    """The question `plan` about one of the trials before; None where no place in the order is named."""
    if sheet.refs:
        return None
    asks_of_them = sheet.has("compare") or plan.facts or sheet.facts or sheet.bare.where is None or is_yes_no(sheet)
    if (few := _first_few(sheet)) and previous.intent in _SETS and asks_of_them:
        return _of_a_few(sheet, previous, plan, few)
    number, words = asked_ordinal(sheet)
    if not number:
        return None
    told, previous = previous, _the_set_of(previous)
    if previous.intent is Intent.FACT and len(_named(previous)) == 1 and set(previous.facts) & _OF_ROWS and number > 0:
        row = replace(plan, intent=Intent.FACT, facts=previous.facts, where=None, focus=(f"row {number}",), reason="")
        return replace(row, trials=tuple(replace(ref, how="previous") for ref in previous.trials))
    plan = _of_the_picked(sheet, told, plan)
    named = _named(previous)
    if previous.intent is Intent.EXTREME and number > 0 and previous.top == 1 and not named:
        number, previous = 1, replace(previous, ordinal=number if number > 1 else 0)  # third in the ranking
    if len(named) >= abs(number):
        trial = named[number - 1 if number > 0 else number]
        return replace(plan, trials=(TrialRef(words, (trial,), "previous"),))
    return replace(plan, trials=(TrialRef(words, (), "ordinal"),), ordinal=number, previous=previous)


def _of_the_picked(sheet: Sheet, previous: QueryPlan, plan: QueryPlan) -> QueryPlan:
    """What is asked of the one trial: yes or no, a fact, or else what it is."""
    size = ("enrollment",) if "size" in sheet.line.lemmas() else ()
    facts = plan.facts or size or (previous.facts if previous.intent is Intent.FACT else ())
    if not facts and not content_of(sheet) and not is_yes_no(sheet):
        facts = ("summary",)  # 'and the first one?'
    again = previous.intent is Intent.BOOLEAN and not plan.facts and not _content_beside_place(sheet)
    if again:  # 'and in the third one?'
        return replace(plan, intent=Intent.BOOLEAN, where=previous.where, facts=previous.facts, reason="", focus=())
    if is_yes_no(sheet):
        plan = replace(plan, intent=Intent.BOOLEAN, where=sheet.bare.where)
    elif plan.intent not in _OF_ONE:
        plan = replace(plan, intent=Intent.FACT if facts else Intent.PROSE, where=None)
    unread = tuple(word for word in plan.unread if word.casefold() not in PLACES)
    focus = tuple(word for word in plan.focus if word not in PLACES)
    return replace(plan, facts=facts, reason="", focus=focus, unread=unread)


def _content_beside_place(sheet: Sheet) -> bool:
    return any(sheet.line.tokens[at].lemma not in {*PLACES, "one", "last"} for at in content_of(sheet))


def _the_set_of(previous: QueryPlan) -> QueryPlan:
    """The turn in whose order a place is counted: that of 'the first one', or of trials that a fact was told of."""
    if previous.ordinal and previous.previous is not None and previous.previous.intent in _SETS:
        return previous.previous
    if previous.intent is Intent.FACT and previous.where is not None and not (_named(previous) or previous.ordinal):
        return replace(previous, intent=Intent.TRIALS, trials=(), previous=None)
    return previous


_SETS = frozenset({Intent.TRIALS, Intent.COUNT, Intent.EXTREME, Intent.SCREEN})


def _first_few(sheet: Sheet) -> int:
    """2 in 'compare the first two', -3 in 'the last three'; 0 where no such number of trials is picked."""
    lemmas = sheet.line.lemmas()
    for at in range(len(lemmas) - 2):
        count = _CARDINALS.get(lemmas[at + 2], int(lemmas[at + 2]) if lemmas[at + 2] in _FEW_DIGITS else 0)
        ends = set(lemmas[at + 3 : at + 4]) <= _ENDS  # not 'the top three by size', which are ranked
        ends = ends or any(cue.first == at + 3 for cue in sheet.reading.cues)
        ranked = lemmas[at + 1] == "top" and not (sheet.has("compare") or sheet.facts)  # 'the top two': by their size
        if lemmas[at] == "the" and lemmas[at + 1] in {"first", "last", "top"} and not ranked and count > 1 and ends:
            return -count if lemmas[at + 1] == "last" else count
    return 0


_FEW_DIGITS = frozenset("2345")
_ENDS = frozenset({"one", "trial", "study", "of", "please", "on", "in"})


def _of_a_few(sheet: Sheet, previous: QueryPlan, plan: QueryPlan, few: int) -> QueryPlan:
    """The first few trials of the answer before side by side, or a fact of each of them."""
    facts = plan.facts or sheet.facts
    compares = sheet.has("compare") or not facts
    words = f"the {'first' if few > 0 else 'last'} {abs(few)}"
    trials = (TrialRef(words, (), "ordinal"),)
    intent = Intent.COMPARE if compares else Intent.FACT
    plan = replace(plan, intent=intent, facts=facts, where=None, reason="", unread=())
    if compares and not sheet.has("compare") and is_yes_no(sheet) and sheet.bare.where is not None:
        plan = replace(plan, intent=Intent.BOOLEAN, where=sheet.bare.where)  # 'do the first two exclude gout?'
    return replace(plan, trials=trials, ordinal=1 if few > 0 else few, top=abs(few), previous=previous)


# Facts that are lists: 'the third one' after one of them is a row of it.
_OF_ROWS = frozenset({"arms", "interventions", "outcome", "outcome.primary", "outcome.secondary"})


def _named(plan: QueryPlan) -> list[str]:
    return [trial for ref in plan.trials for trial in ref.trial_ids]


def other_end(sheet: Sheet, previous: QueryPlan) -> QueryPlan | None:
    """'And the smallest?', 'the second largest?' after a question for one end: the other end, or the next place."""
    ranked = previous.previous  # 'who runs it?' in between
    previous = ranked if ranked is not None and ranked.intent is Intent.EXTREME else previous
    if previous.intent is not Intent.EXTREME or len(sheet.line.tokens) > 6 or sheet.refs:
        return None
    if _asks_for_the_next(sheet):
        return replace(previous, ordinal=max(previous.ordinal, 1) + 1)
    if previous.extreme in _OTHER_ENDS and sheet.line.lemmas()[-1] in _OTHER_ENDS[previous.extreme]:
        end = "latest" if previous.extreme == "earliest" else "earliest"  # 'and last?'
        return replace(previous, extreme=end, ordinal=0)
    if not sheet.extremes:
        return None
    end, facts, variables = extreme_of(sheet)
    same_scale = sheet.facts or sheet.variables
    place = next((PLACES[word] for word in sheet.line.lemmas() if word in PLACES), 0)
    return replace(
        previous,
        extreme=end,
        facts=facts if same_scale or not previous.facts else previous.facts,
        variables=variables if same_scale else previous.variables,
        ordinal=place if place > 1 else 0,
    )


def _asks_for_the_next(sheet: Sheet) -> bool:
    """'And after that?', 'what comes next?', 'the next one': the next place, and nothing else is asked."""
    lemmas = set(sheet.line.lemmas())
    return bool(lemmas & _NEXT) and lemmas <= _NEXT | _BESIDE_NEXT


_NEXT = frozenset({"next", "after", "follow"})
_BESIDE_NEXT = frozenset({"and", "what", "which", "who", "come", "is", "that", "it", "this", "the", "one", "then"})
_OTHER_ENDS = {"earliest": ("last",), "latest": ("first",)}


def asked_ordinal(sheet: Sheet) -> tuple[int, str]:
    """2 for 'the second one', 'number 2'; -1 for 'the last one'; 0 where none is asked."""
    line, lemmas = sheet.line, sheet.line.lemmas()
    for at, word in enumerate(lemmas):
        after = lemmas[at + 1 : at + 2]
        if lemmas[max(0, at - 1) : at] == ("the",) and _stands_alone(sheet, line, at):
            if word in PLACES:
                return PLACES[word], f"the {line.tokens[at].text} one"
            if word == "last" and after:
                return -1, "the last one"
            if word in {"former", "latter"}:
                return (1 if word == "former" else -1), f"the {word}"
        if word in {"number", "no", "nr"} and after and at < _SOON:
            place = int(after[0]) if after[0].isdigit() and len(after[0]) < 3 else _CARDINALS.get(after[0], 0)
            if place and (word != "no" or line.gap(at + 1).startswith(".")):
                return place, f"number {after[0]}"
    return 0, ""


def _stands_alone(sheet: Sheet, line: Line, at: int) -> bool:
    """Whether the word at `at` picks a trial: before 'one', 'trial', a verb or the end, not 'the first dose'."""
    after = line.lemmas(at + 1, at + 2)
    if after in {
        ("one",),
        ("trial",),
        ("study",),
        ("result",),
        ("of",),
        (),
        ("is",),
        ("doe",),
        ("have",),
        ("has",),
        ("and",),
    }:
        return True
    verb = any(cue.first == at + 1 for cue in sheet.reading.cues)
    return verb or any(sign in line.gap(at + 1) for sign in "?,")
