"""A follow-up said again in the plain form that its readers know: 'any phase, too' is 'forget the phase'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.planning.harking_back import SETS
from rag.planning.joining import conjuncts
from rag.planning.of_a_person import with_the_measure
from rag.planning.sheet import Sheet, read_sheet
from rag.planning.tables import checked, read_table
from rag.planning.vocabulary import WordIndex
from rag.planning.widening import widened
from rag.types import FieldIs, Intent, Not, QueryPlan

_LONGEST = 160  # characters of a turn that leans on the one before
_AGES = frozenset({"minimum_age", "maximum_age", "ages"})
_DATES = frozenset({"start_date", "completion_date", "primary_completion_date"})
_OF_ONE = frozenset({Intent.FACT, Intent.BOOLEAN, Intent.PROSE, Intent.CHECKLIST})
# What is told of a trial as a whole: behind it 'and men?' asks who may join, and not what men get.
_OF_ALL = frozenset({
    "sponsor", "collaborators", "status", "phase", "countries", "cities", "sites", "start_date", "completion_date",
    "primary_completion_date", "title", "summary", "conditions", "masking", "allocation", "study_type", "identifiers",
})  # fmt: skip


def one_by_one(said: Sequence[str], last: str) -> list[str]:
    """The user's turns, the last included; 'forget the phase. Which are in China?' is two of them but at the start."""
    turns: list[str] = []
    for text in (*said, last):
        two = _GIVES_UP_FIRST.fullmatch(text.strip()) if turns else None
        turns += [two[1], two[2]] if two is not None else _asked_of_the_end(text.strip()) or [text]
    return turns


_GIVES_UP_FIRST = re.compile(
    r"(?is)((?:\W*(?:ok|okay|and|but|so|no|well|right|fine|good|please|thanks|now)\b)*\W*"
    r"(?:forget|drop|ignore|never mind|disregard|scrap|leave out)\b(?! (?:that|it|this|all|everything)\b)[^.?!;]{2,60})"
    r"[.;!]\s+(?!(?:many )?(?:thanks|thank|please|cheers)\b)(\S.{4,})"
)

# 'Which is the largest, and who sponsors it?', 'the newest malaria trial? What age does it want?': of the trial at an
# end of a scale something is asked; not 'the largest dose of LYRA-2, and who makes it?'
_AN_END = re.compile(
    r"(?i)\b(?:largest|biggest|smallest|newest|oldest|latest|earliest|most recent)(?: (?:enrol?ment|sample(?: size)?))?"
    r"(?:(?: [\w-]+){0,3} (?:trial|study|one)(?: (?:that|which|of|in|on|for|with|about)\b[^?.;]{1,120})?"
    r"| of (?:them|these|those|all|the lot|the bunch)(?: all)?"
    r"| of (?:the|these|those|all the|your|our)(?: [\w-]+){0,3} (?:trials|studies|protocols|ones)"
    r"(?: (?:that|which|of|in|on|for|with|about)\b[^?.;]{1,120})?)?$"
)
_OF_IT = re.compile(
    r"(?i)(?:[?.]\s+(?:and,? )?|,? and )((?:what|which|who|whom|whose|when|where|how)\b[^?]{0,80}"
    r"\b(?:it|its|it['’]s|that one|that trial|that study)\b)"
)


def _asked_of_the_end(text: str) -> tuple[str, str] | None:
    """The question for the trial at an end of a scale, and what is asked of it; None where it is none of that."""
    found = _OF_IT.search(text)
    if found is None or not _AN_END.search(text[: found.start()]) or not _WHICH.search(text[: found.start()]):
        return None
    return f"{text[: found.start()]}?", text[found.start(1) :]


_WHICH = re.compile(r"(?i)\b(?:which|what|name|tell me|give me|show me)\b")


def said_again(text: str, previous: QueryPlan | None, spoken: Sequence[QueryPlan]) -> str:
    """`text` by the rows for what was told before: trials that a condition chose, one trial, or either."""
    if previous is None:
        return text if spoken else _plain("at_first", text)
    if len(text) > _LONGEST:
        return text
    text = _with_the_other(text, spoken)
    if previous.intent is Intent.SCREEN and previous.patient is not None:
        said = _plain("after_person", text)
        if said != text:
            return with_the_measure(said, previous, spoken)
    if previous.intent in SETS and (previous.where is not None or previous.patient is not None):
        text = _plain("after_dropping", text) if _has_dropped(previous) else text
        text = _plain("after_sponsors", text) if _tells_sponsors(previous) else text
        text = _plain("after_trials", text)
    elif previous.intent in _OF_ONE:
        text = _plain("after_one", text)
        text = _plain("after_yes_no", text) if previous.intent is Intent.BOOLEAN and previous.where else text
        text = _plain("after_a_field", text) if _tells_of_all(previous) else text
        text = _plain("after_outcomes", text) if _leaves_outcomes_open(previous) else text
        text = _plain("after_exclusions", text) if "exclusion" in previous.facts else text
        text = _plain("after_age", text) if set(previous.facts) & _AGES else text
        text = _plain("after_dates", text) if set(previous.facts) & _DATES else text
        text = _plain("after_size", text) if previous.facts == ("enrollment",) else text
        text = _plain("after_status", text) if _asks_status(previous) else text
    return _plain("after_any", text)


def _tells_of_all(previous: QueryPlan) -> bool:
    return bool(previous.facts) and set(previous.facts) <= _OF_ALL and previous.where is None


def _has_dropped(previous: QueryPlan) -> bool:
    """Whether the turn before took trials from the list."""
    parts = conjuncts(previous.where)
    return bool(parts) and isinstance(parts[-1], Not)


def _asks_status(previous: QueryPlan) -> bool:
    """'Is it recruiting?', 'what is its status?'."""
    where = previous.where
    return "status" in previous.facts or (isinstance(where, FieldIs) and where.field == "status")


def _tells_sponsors(previous: QueryPlan) -> bool:
    return any(isinstance(part, FieldIs) and part.field in _SPONSORS for part in conjuncts(previous.where))


_SPONSORS = frozenset({"sponsor", "sponsor_class"})


def _leaves_outcomes_open(previous: QueryPlan) -> bool:
    """Whether 'and secondary?' can mean outcomes: not after a date or an illness that was called primary."""
    outcomes = any(fact.startswith("outcome") for fact in previous.facts)
    return outcomes or not re.search(r"(?i)\b(?:primary|secondary)\b", previous.question)


def sheet_of_turn(text: str, index: WordIndex, previous: QueryPlan | None, spoken: Sequence[QueryPlan]) -> Sheet:
    """The turn in the plain form of `turns`; as it was said where it gives up what was never asked."""
    again = said_again(text, previous, spoken)
    sheet = read_sheet(again, index)
    given_up = again == text or not again.startswith("forget ") or previous is None or widened(sheet, previous)
    return sheet if given_up else read_sheet(text, index)


def _plain(table: str, text: str) -> str:
    for pattern, plain in _rows(table):
        if match := pattern.fullmatch(text.strip()):
            text = match.expand(plain)
    return text


@cache
def _rows(table: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    words = read_table("turns")["words"]
    rows = read_table("turns")[table]
    for row in rows:
        checked(row, file="turns", required=("said", "plain"))
    return tuple((re.compile(f"(?i)\\W*{_filled(row['said'], words)}\\W*"), row["plain"]) for row in rows)


def _filled(said: str, words: dict[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda match: _filled(words[match[1]], words), said)


# ── 'and the other one?' ─────────────────────────────────────────────────────────────────────────────────────────────

# 'the other one', 'the former', 'the first trial'; not 'the other drugs', 'the first dose'.
_OTHER = re.compile(
    r"(?i)\b(?:the|that) (other|former|latter|first|second)(?: one| trial| study)?(?:['’]s)?"
    r"(?!, (?:the )?(?:second|third)\b)"
    r"(?=\s*(?:$|[,.;:?!–-]|is\b|does\b|have\b|has\b|was\b|did\b|exclude|accept|take|require|allow))"
)
# 'which has more patients?', 'which one started earlier?'
_COMPARED = re.compile(
    r"(?i)^\W*(?:and )?(which|who)(?: one| trial| study)? "
    r"((?:has|had|is|was|enrolled|started|began|ended|finished|lasts|took|takes|recruited)\b[^?]{0,40}"
    r"\b(?:more|fewer|less|larger|bigger|smaller|longer|shorter|earlier|later|(?:first|last)(?=\W*$)|older|newer|sooner)\b.*)"
)
# 'which one started first?', 'which of them is the older study?' after two trials side by side
_BY_THEIR_START = re.compile(
    r"(?i)^\W*(?:and )?(which|who)(?: one| trial| study)?(?: of (?:them|the two|these|those))? "
    r"((?:is|was|started|began|ended|finished)\b[^?]{0,20}\b(?:earlier|later|first|last|older|newer|sooner)\b.*)"
)
_OF_THEM = re.compile(
    r"(?i)\b(which|who|one|both|either|neither|each) of (?:them|the two|these two|those two|these|those)\b"
    r"(?!\s+(?:drugs?|medicines?|conditions?|diseases?|criteria|doses?|groups?|arms?|outcomes?|patients|people|visits|tests)\b)"
)


# 'do they have the same sponsor?' after a fact of each
_THE_SAME = re.compile(r"(?i)^\W*(?:and )?((?:do|are|did|have|were)) they (?!both\b)([^?.]{0,40}\bsame\b)")


def _with_the_other(text: str, spoken: Sequence[QueryPlan]) -> str:
    """'The other one', 'the former' by its id, where facts of two trials were told one after the other."""
    two = _two_told(spoken)
    if two is None:
        at_once = _ids(spoken[-1]) if spoken else []
        told = rf"\1 of {' and '.join(at_once)} \2"
        return _BY_THEIR_START.sub(told, text) if len(at_once) == _TWO else text
    first, current = two
    places = {"first": 0, "former": 0, "second": 1, "latter": 1}
    in_order = sorted((first, current), key=lambda trial: _first_told(spoken, trial))
    text = _OF_THEM.sub(rf"\1 of {' and '.join(in_order)}", text)
    text = _THE_SAME.sub(rf"\1 {' and '.join(in_order)} \2", text)
    text = _COMPARED.sub(rf"\1 of {' and '.join(in_order)} \2", text)
    return _OTHER.sub(lambda match: in_order[places[match[1].lower()]] if match[1].lower() in places else first, text)


def _two_told(spoken: Sequence[QueryPlan]) -> tuple[str, str] | None:
    """The only two trials that facts were told of, each named by itself: (the one left, the one spoken of now)."""
    asked = [_ids(plan) for plan in spoken]
    told = [trials[0] for trials in asked if len(trials) == 1]
    both = set(told)
    alone = len(both) == _TWO and all(len(trials) == 1 or set(trials) == both for trials in asked)
    picked = any(plan.ordinal or plan.previous is not None for plan in spoken)
    return ((both - {told[-1]}).pop(), told[-1]) if alone and not picked else None


_TWO = 2


def _ids(plan: QueryPlan) -> list[str]:
    return list(dict.fromkeys(trial for ref in plan.trials for trial in ref.trial_ids))


def _first_told(spoken: Sequence[QueryPlan], trial: str) -> int:
    return next(at for at, plan in enumerate(spoken) if trial in _ids(plan))
