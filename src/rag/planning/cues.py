"""The verbs of criteria in a question: which there are, in which voice, negated or not, and what each governs.

A verb governs what follows it ('exclude eGFR below 60'); in the passive, what stands before it ('where eGFR below 60
is excluded').
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from rag.planning import tables
from rag.planning.elided import find_elided
from rag.planning.leaving import is_told_of_trials, trials_left_out
from rag.planning.marks import Kind, Mark
from rag.planning.reach import NEVER, end_of_the_unwanted, is_condition, start_of_clause, start_of_topic
from rag.planning.tables import word_set
from rag.planning.theirs import (
    describes_people,
    is_askers,
    is_demand,
    is_what_people_did,
    is_what_people_leave,
    may_be_theirs,
)
from rag.planning.words import Line
from rag.types import Asks

_OPPOSITE = {Asks.ADMITS: Asks.EXCLUDES, Asks.MENTIONS: Asks.SILENT, Asks.SILENT: Asks.MENTIONS}
class Cue(NamedTuple):
    """A verb of criteria in the question, its voice decided."""

    first: int
    last: int
    asks: Asks
    passive: bool
    negated: bool
    left_out: bool = False  # 'but not the ones that …': trials of which this holds are not wanted
    until: int = NEVER  # the token behind the last that it may govern
    since: int = 0  # the first token that a passive verb may govern: its clause begins there


def find_cues(line: Line, marks: Sequence[Mark], taken: frozenset[int] = frozenset()) -> tuple[Cue, ...]:
    """The verbs of criteria with voice and negation, one that a clause leaves unsaid among them."""
    elided = find_elided(line, marks)
    if elided is None:
        return _find_cues(line, marks, taken)
    before = [mark for mark in marks if mark.first < elided.start]  # the clauses before it end there
    cues = _find_cues(line, before, taken | frozenset(range(elided.start, len(line.tokens))))
    if not cues:
        return _find_cues(line, marks, taken)
    said = Cue(elided.first, elided.last, cues[-1].asks, True, elided.negated, since=elided.start)
    return (*(cue._replace(until=min(cue.until, elided.start)) for cue in cues), said)


def _find_cues(line: Line, marks: Sequence[Mark], taken: frozenset[int]) -> tuple[Cue, ...]:
    """The verbs that are said. 'patients who take warfarin' after an earlier verb is no verb."""
    cues: list[Cue] = []
    told = {mark.last for mark in marks if mark.kind is Kind.CUE and is_told_of_trials(line, mark.first)}
    theirs = {at + 2 for at in told if line.lemmas(at, at + 2) in _THOSE_THAT}  # 'exclude those that take warfarin'
    marks = [mark for mark in marks if mark.kind is not Kind.CUE or not describes_people(line, mark.first)]
    marks = [mark for mark in marks if mark.kind is not Kind.CUE or mark.first not in theirs]
    taken |= _echoed(marks)
    for mark in marks:
        if mark.kind is not Kind.CUE:
            continue
        before = line.tokens[mark.first - 1].lemma if mark.first else ""
        if not before and line.tokens[0].lemma in {"name", "state"}:
            continue  # 'Name the trial that …': said to us
        of_those = line.lemmas(max(0, mark.first - 2), mark.first - 1) == ("of",)
        if (
            before in word_set("cues.people")
            and before != "who"
            and not of_those
            and not _has_auxiliary(line, cues[-1].last if cues else 0, mark.first)
            and _is_verb(mark)
            and may_be_theirs(line, mark, marks)
            and not (is_demand(line, mark) and all(cue.passive for cue in cues))
        ):
            continue
        if is_askers(line, mark, before):
            continue
        if mark.first == 0 and line.lemmas(0, 1) == ("taking",) and sum(m.kind is Kind.CUE for m in marks) > 1:
            continue  # 'taking a beta blocker: a problem anywhere?'
        active = any(not cue.passive for cue in cues)
        if active and (is_what_people_did(line, mark.first) or is_what_people_leave(line, mark.first)):
            continue
        if before in {"to", "from"} and cues and not cues[-1].passive:
            continue  # 'forbid smokers to take part', 'need an eGFR of 60 to get in'
        cue = _cue(line, mark, marks, taken)
        if cues and cues[-1].negated and line.lemmas(cues[-1].last, cue.first) == ("or",):
            cue = cue._replace(negated=True)  # 'do not require or exclude'
        judged = any(other.last + _LEADING < cue.first for other in cues)  # not the verb of 'leave out those that …'
        if cue.passive:
            cue = cue._replace(since=start_of_clause(line, cue.first, marks))
        else:
            cue = cue._replace(until=start_of_topic(line, cue.last))
        if not cue.passive and trials_left_out(line, mark.first, judged=judged):
            cue = cue._replace(left_out=True, until=end_of_the_unwanted(line, mark.last))
        cues.append(cue)
    return tuple(cues)


_THOSE_THAT = {("those", "that"), ("those", "which")}


_LEADING = 3  # words between 'leave out' and the verb of those left out


def asked(cue: Cue) -> tuple[Asks, bool]:
    """What the verb asks, and whether the predicate is to be negated as a whole."""
    if not cue.negated:
        return cue.asks, False
    return (_OPPOSITE[cue.asks], False) if cue.asks in _OPPOSITE else (cue.asks, True)


def governing(cues: Sequence[Cue], at: int) -> Cue | None:
    """The verb that governs token `at`: the last active one before it, unless a passive one follows sooner."""
    here = bisect_left(cues, at, key=attrgetter("first"))  # in order of place, and none overlap
    following = cues[here] if here < len(cues) else None
    last = next((cues[i] for i in range(here - 1, -1, -1) if cues[i].last <= at), None)
    taken_back = following is not None and following.passive and last is not None and last.asks is not following.asks
    taken_back = taken_back and following is not None and at >= following.since
    if taken_back and following is not None and last is not None and following.asks is Asks.MENTIONS:
        taken_back = last.asks in {Asks.MENTIONS, Asks.SILENT} or at >= following.since > last.first
        # not 'exclude a bilirubin of 30 on a mg/dL limit'
    if last is not None and not last.passive and not taken_back and at < last.until:
        return last
    return following if following is not None and following.passive and at >= following.since else None


def governing_beside(line: Line, cues: Sequence[Cue], mark: Mark) -> Cue | None:
    """The verb that governs a mark; none where its own words hold one: 'exclude gout and accept healthy volunteers'."""
    own = _LETTING_IN & set(line.lemmas(mark.first, mark.last))
    return None if own else governing(cues, mark.first)


_LETTING_IN = frozenset({"accept", "accepting", "admit", "allow", "allowing", "enroll", "include", "recruit", "take"})


def coordinated(line: Line, cues: Sequence[Cue], cue: Cue | None) -> Cue | None:
    """The verb joined to `cue` by a mere 'or' or 'nor', so that both govern the same: 'neither require nor exclude'."""
    for other in cues:
        if cue is None or other is cue or other.asks is cue.asks or other.passive is not cue.passive:
            continue
        between = line.lemmas(min(cue.last, other.last), max(cue.first, other.first))
        if between in {("or",), ("nor",)}:
            return other
    return None


def is_after_be(line: Line, at: int) -> bool:
    """Whether a form of 'to be' stands before token `at`, adverbs between left out."""
    back = at - 1
    while back >= 0 and line.tokens[back].lemma in word_set("cues.adverbs"):
        back -= 1
    return back >= 0 and line.tokens[back].lemma in word_set("cues.be")


def _is_verb(mark: Mark) -> bool:
    return all(reading.voice == "active" for reading in mark.value)


def _has_auxiliary(line: Line, after: int, at: int) -> bool:
    """Whether an auxiliary opens the clause before token `at`: 'would the patient take', 'can patients join'.

    One before `after` is of an earlier verb: 'do not allow people taking steroids'.
    """
    return bool(word_set("cues.auxiliaries") & set(line.lemmas(max(after, at - 6), at)))


def _cue(line: Line, mark: Mark, marks: Sequence[Mark], taken: frozenset[int]) -> Cue:
    voices = {reading.voice: reading.asks for reading in mark.value}
    followed = any(
        other.first >= mark.last
        and is_condition(other)
        and not _is_echo(other, marks)
        and not _tells_which_trials(line, mark.last, other)
        for other in marks
    )
    preceded = any(other.last <= mark.first and is_condition(other) for other in marks)
    preceded = preceded or (not followed and _has_unknown_words(line, mark, marks, taken))
    ends = _ends_clause(line, mark.last, taken)
    passive, asks = _voice(line, mark, marks, voices, (preceded, followed, ends))
    negated = _is_negated(line, mark.first) != (line.lemmas(mark.last, mark.last + 1) == ("neither",))
    if asks in {Asks.ADMITS, Asks.EXCLUDES} and not passive and _takes_none(line, mark.last):
        negated = not negated
    if passive and asks is Asks.MENTIONS and not negated:
        negated = _lacks(line, mark, marks)
    if passive and asks is Asks.ADMITS and not negated:
        negated = _is_denied(line, mark, marks)
    if passive and asks in {Asks.EXCLUDES, Asks.REQUIRES} and not negated:
        negated = _is_denied_in_front(line, mark, marks)
    if passive and asks in {Asks.ADMITS, Asks.REQUIRES} and not negated:
        negated = _is_denied_beside(line, mark, marks)
    if asks is Asks.ADMITS and not negated and not passive and _is_only(line, mark, marks):
        asks = Asks.REQUIRES
    after = line.lemmas(mark.last, mark.last + 2)
    if asks is Asks.REQUIRES and (after[:1] == ("no",) or after == ("the", "absence")):
        asks = Asks.EXCLUDES  # 'require no prior chemotherapy'
    return Cue(mark.first, mark.last, asks, passive, negated)


def _has_unknown_words(line: Line, mark: Mark, marks: Sequence[Mark], taken: frozenset[int]) -> bool:
    """'vessel tortuosity as an exclusion': words of no lexicon open the question, and nothing else is its condition."""
    if _is_verb(mark) or any(is_condition(other) for other in marks) or mark.first > _OPENING:
        return False
    idle = tables.stop_words() | tables.frame_words() | word_set("cues.people")
    asked = {"which", "what", "who", "where", "how", "trial", "study", "protocol"} & set(line.lemmas(0, mark.first))
    held = taken | {i for other in marks for i in range(other.first, other.last)}
    return not asked and any(i not in held and line.tokens[i].lemma not in idle for i in range(mark.first))


_OPENING = 6  # tokens of a condition that opens a question


def _is_echo(mark: Mark, marks: Sequence[Mark]) -> bool:
    """The name of what a limit before it gives: 'someone of 38 kg: who says no because of body weight?'."""
    limits = {other.value.variable for other in marks if other.kind is Kind.LIMIT and other.last <= mark.first}
    return mark.kind is Kind.VARIABLE and mark.value in limits


def _echoed(marks: Sequence[Mark]) -> frozenset[int]:
    """The words of every echo, in one pass over the marks."""
    seen: set[str] = set()
    words: set[int] = set()
    for mark in marks:
        if mark.kind is Kind.LIMIT:
            seen.add(mark.value.variable)
        elif mark.kind is Kind.VARIABLE and mark.value in seen:
            words.update(range(mark.first, mark.last))
    return frozenset(words)


def _lacks(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'… do not have a creatinine limit': a negation before the condition, with no other verb of criteria between."""
    first = max((other.last for other in marks if other.kind is Kind.CUE and other.last <= mark.first), default=0)
    return bool(
        {"not", "no", "without", "lack", "neither", "nor"} & set(line.lemmas(max(first, mark.first - 7), mark.first))
    )


def _is_denied(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'which trials can't smokers join': the auxiliary is negated before the people, not 'people who can't walk'."""
    first = max((other.last for other in marks if other.kind is Kind.CUE and other.last <= mark.first), default=0)
    lemmas = line.lemmas()
    start = min((other.first for other in marks if other.first >= first and is_condition(other)), default=mark.first)
    before = start - (lemmas[start - 1 : start] != () and lemmas[start - 1] in word_set("cues.people"))
    if line.lemmas(max(0, before - 1), before) in {("no",), ("neither",)} and start < mark.first:
        return True  # 'no steroids allowed in which trials?', 'no participant over fifty is admitted'
    if {"nobody", "none"} & set(line.lemmas(max(first, start - 3), mark.first)):
        return True  # 'nobody with lupus gets into which studies?', 'bilirubin above 2, nobody admitted'
    for at in range(max(first, _RHETORICAL * is_rhetorical(line)), mark.first):
        auxiliary = at - (lemmas[at] == "not")
        negated = lemmas[at] == "cannot" or (lemmas[at] == "not" and lemmas[auxiliary] in word_set("cues.may"))
        if negated and lemmas[max(0, auxiliary - 1) : auxiliary] not in {("who",), ("that",)}:
            return True
    return False


def is_rhetorical(line: Line) -> bool:
    """'Aren't smokers taken?', 'can't they join?': the 'not' grown onto the first verb expects what is asked."""
    return line.lemmas(1, _RHETORICAL) == ("not",) and not line.gap(1)


_RHETORICAL = 2  # words of such an opening


def _is_denied_in_front(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'where isn't asthma an exclusion?', 'in which trials are smokers not excluded' is read by itself; not 'isn't
    asthma excluded?', which expects a yes."""
    condition = min((other.first for other in marks if is_condition(other)), default=mark.first)
    lemmas = line.lemmas()
    if lemmas[max(0, condition - 1) : condition] == ("neither",):
        return True  # 'where neither gout nor asthma excludes anybody'
    at = next((i for i in range(condition - 1, 0, -1) if lemmas[i] == "not"), 0)
    between = set(lemmas[at + 1 : condition]) - word_set("cues.people") - {"a", "an", "the"}
    asked = {"which", "where", "what"} & set(lemmas[: max(0, at - 1)])
    return bool(at and asked) and lemmas[at - 1] in word_set("cues.be") and not between


def _is_denied_beside(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'psoriasis, no biologics allowed', 'no cirrhosis needed': what stands right before the verb is denied."""
    beside = [other.first for other in marks if is_condition(other) and other.last == mark.first]
    return any(line.lemmas(max(0, first - 1), first) == ("no",) for first in beside)


def _takes_none(line: Line, at: int) -> bool:
    """'accept nobody over 80', 'take no smokers', not 'accept no more than 50 people'."""
    after = line.lemmas(at, at + 2)
    return after[:1] in {("nobody",), ("none",)} or (
        after[:1] == ("no",) and len(after) > 1 and after[1] not in word_set("cues.degrees")
    )


_ONLY = frozenset({"only", "exclusively", "solely"})


def _is_only(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """'are only open to', 'take smokers only': whoever is let in must have it."""
    if _ONLY & set(line.lemmas(max(0, mark.first - 2), mark.first)) or _ONLY & set(
        line.lemmas(mark.last, mark.last + 1)
    ):
        return True
    last = max((other.last for other in marks if other.first >= mark.last and is_condition(other)), default=0)
    return bool(last and _ONLY & set(line.lemmas(last, last + 3)) and _ONLY & set(line.lemmas()[-1:]))


def _voice(
    line: Line, mark: Mark, marks: Sequence[Mark], voices: dict[str, Asks], around: tuple[bool, bool, bool]
) -> tuple[bool, Asks]:
    """(passive, what is asked) of a cue; `around`: whether conditions stand before, after, and the clause ends."""
    preceded, followed, ends = around
    strong = is_after_be(line, mark.first)
    if "noun" in voices and "active" in voices and preceded and not followed:
        return True, voices["noun"]
    if "passive" in voices and (strong or "active" not in voices or not followed):
        return preceded and (strong or not _stands_next(line, mark, marks)), voices["passive"]
    if "active" in voices:
        earlier = any(other.kind is Kind.CUE and other.last <= mark.first and _is_verb(other) for other in marks)
        return not followed and preceded and not earlier and ends, voices["active"]
    return preceded and not _stands_next(line, mark, marks), voices["noun"]


def _stands_next(line: Line, mark: Mark, marks: Sequence[Mark]) -> bool:
    """Whether a condition follows the cue with nothing but function words between."""
    for other in marks:
        if other.first >= mark.last:
            between = line.lemmas(mark.last, other.first)
            stops = {sign for at in range(mark.last, other.first + 1) for sign in line.gap(at)} & set("?;:")
            return (
                is_condition(other)
                and not _is_echo(other, marks)
                and not _tells_which_trials(line, mark.last, other)
                and not stops
                and all(word in tables.stop_words() for word in between)
                and "," not in line.gap(mark.last)
            )
    return False


_FROM = frozenset({"from", "in", "by", "of", "into", "for"})


def _tells_which_trials(line: Line, at: int, mark: Mark) -> bool:
    """'are smokers excluded from any of the asthma trials?': what the trials are about, nothing that is turned away."""
    joined = line.lemmas(max(0, at - 1), at) in {("join",), ("enter",)}  # 'can people with HIV join malaria trials'
    noun = bool({"trial", "study", "protocol"} & set(line.lemmas(mark.last, mark.last + 1 + joined)))
    apart = any(line.stops_at(i) for i in range(at, mark.first + 1))  # 'smokers welcome - asthma trials'
    told = apart or joined or bool(_FROM & set(line.lemmas(at, mark.first)))
    return noun and not line.gap(mark.last).strip(" -–") and told


def _ends_clause(line: Line, at: int, taken: frozenset[int]) -> bool:
    """Whether nothing but function words and trial names follows before the end, or a comma comes at once."""
    idle = tables.stop_words() | tables.frame_words() | word_set("cues.people") | word_set("cues.relatives")
    for i in range(at, len(line.tokens)):
        if line.stops_at(i):
            return True
        if i not in taken and line.tokens[i].lemma not in idle:
            return False
    return True


def _is_negated(line: Line, at: int) -> bool:
    """'do not exclude', 'never accept', 'is not allowed': an odd number of negations in the words before."""
    count = 0
    for word in reversed(line.lemmas(max(0, at - 4), at)):
        if word in word_set("cues.negations"):
            count += 1
        elif word not in word_set("cues.be") | word_set("cues.adverbs") | word_set("cues.between"):
            break
    return count % 2 == 1
