"""Words that leave out what follows them: 'minus the recruiting ones', 'other than stroke', 'nothing that recruits'."""

from __future__ import annotations

from functools import cache

from rag.planning.tables import person_nouns, read_table, word_set
from rag.planning.words import Line, Phrases, lemmas_of


@cache
def _phrases() -> tuple[tuple[str, ...], ...]:
    return tuple(lemmas_of(phrase) for phrase in read_table("words")["leaving_out"])


def topic_left_out(line: Line, at: int) -> bool:
    """'not about cancer', 'trials that don't concern cancer', 'all except stroke trials', not 'no trials on stroke'."""
    first = at
    while first > 0 and not line.gap(first).strip() and line.tokens[first - 1].lemma in word_set("leaving.up_to_topic"):
        first -= 1
    told = words_leaving_out(line, at) or words_leaving_out(line, first)
    if told and _ABLE & set(line.lemmas(max(0, told.start - 1), told.start)):
        return False  # 'people who can't smell': what they lack is what the trial is about
    people = told and word_set("cues.people") & set(line.lemmas(max(0, told.start - 3), told.start))
    if people and _USING & set(line.lemmas(told.start, at)):
        return False  # 'people who are not using insulin': it is they who lack it, and no trial
    return _leaves_out(line, told)


_ABLE = frozenset({"can", "could"})
_USING = frozenset({"use", "using", "used", "give", "given"})


def left_out_behind(line: Line, last: int) -> bool:
    """'Germany excluded', 'the withdrawn ones left out': said right behind what ends at token `last`."""
    while last < len(line.tokens) and line.tokens[last].lemma in word_set("leaving.said_of"):
        last += 1
    for words in (("excluded",), ("left", "out"), ("omitted",), ("ignored",), ("removed",), ("excepted",), ("aside",)):
        end = last + len(words)
        if line.lemmas(last, end) == words and not line.gap(last).strip():
            return end >= len(line.tokens) or bool(set(line.gap(end)) & set(",;.?!:)"))
    return False


def left_out(line: Line, at: int) -> bool:
    """Whether what stands at token `at` is left out by the words before it, within its clause."""
    return len(words_leaving_out(line, at)) > 0


def trials_are_left_out(line: Line, at: int) -> bool:
    """'except those that take only women', 'not limited to men': not 'are there no trials for women?'."""
    return _leaves_out(line, words_leaving_out(line, at))


def _leaves_out(line: Line, told: range) -> bool:
    """Whether words leave out what follows them, and do not ask whether there is any: 'no trials for women'.

    'Which trials give no colchicine?' leaves it out, too.
    """
    who, lacking = (*line.lemmas(max(0, told.start - 2), told.start), "", "")[:2]
    if told and line.lemmas(told.start, told.start + 1) == ("no",) and lacking in word_set("leaving.lacking"):
        return len(told) == 1 and who not in _PEOPLE | word_set("cues.people")
    return bool(told) and not {"no", "nothing", "none", "never"} & set(line.lemmas(told.start, told.start + 1))


_PEOPLE = frozenset({"we", "you", "i", "they", "who"})


def leaves_out_zero(line: Line) -> bool:
    """'ignoring those with 0', 'not counting zero'."""
    return any(word in {"0", "zero"} and left_out(line, at) for at, word in enumerate(line.lemmas()))


def words_leaving_out(line: Line, at: int) -> range:
    """The tokens that leave out what stands at token `at`, with those that lead up to it; none where nothing does."""
    starts = [
        end - len(words)
        for end in range(start_of(line, at), at + 1)
        for words in _phrases()
        if line.lemmas(max(0, end - len(words)), end) == words and not set(line.gap(end)) & set(",;.?!")
    ]
    return range(min(starts), at) if starts else range(0)


def start_of(line: Line, at: int) -> int:
    """Where the words begin that only lead up to token `at`: 'those that are', 'the ones in'."""
    first = at
    while first > 0 and not line.gap(first).strip(" -(\"'") and line.tokens[first - 1].lemma in _passed():
        first -= 1
    return first


@cache
def _passed() -> frozenset[str]:
    return word_set("leaving.passed")


def trials_left_out(line: Line, at: int, *, judged: bool) -> bool:
    """Whether the verb at token `at` tells of trials that are not wanted: 'but not the ones that exclude gout'.

    `judged`: another verb of criteria stands before, so that 'those that take warfarin' may be people.
    """
    first, running = at, line.tokens[at].text.casefold().endswith("ing")
    while first and line.tokens[first - 1].lemma in word_set("leaving.before_verbs") and not line.gap(first).strip():
        first -= 1
    relative = line.lemmas(max(0, first - 1), first)
    if relative and relative[0] in word_set("leaving.relative"):
        first -= 1
    elif not running and relative != ("with",):
        return False
    noun = line.lemmas(max(0, first - 1), first)
    if noun == ("those",):
        of_a_list = not word_set("leaving.of_lists").isdisjoint(line.lemmas(max(0, first - _LONGEST), first - 1))
        told = judged and not of_a_list and not _of_people_as_such(line, at + 1)
        theirs = relative == ("who",) or (told and line.tokens[at].lemma in word_set("leaving.of_people"))
    else:
        theirs = not noun or noun[0] not in word_set("leaving.trials")
    return not theirs and not set(line.gap(first)) & set(",;:.?!") and _is_unwanted(line, first - 1)


def _of_people_as_such(line: Line, at: int) -> bool:
    """'… take only women': whom trials take, which people do not."""
    taken = line.lemmas(at, at + 2)
    return bool(person_nouns().words() & set(taken)) and word_set("leaving.which") >= set(taken[:1])


def _is_unwanted(line: Line, first: int) -> bool:
    """Whether words that leave trials out stand right before token `first`, articles between passed over."""
    while first and not set(line.gap(first)) & set(",;:.?!"):
        told = (_unwanted().find_at(line, start) for start in range(max(0, first - _LONGEST), first))
        if any(found is not None and found.last == first and _is_bidden(line, found.first) for found in told):
            return True
        if line.tokens[first - 1].lemma not in word_set("leaving.articles"):
            return False
        first -= 1
    return False


def _is_bidden(line: Line, first: int) -> bool:
    """Whether words that leave trials out are said to us, and not denied: 'why not list the trials that exclude gout?',
    'nothing but those that need insulin', 'do not leave out those that …' want them.
    """
    before = line.lemmas(max(0, first - 2), first)
    denied = {"not", "never", "no", "nothing", "none", "nobody", "why"} & set(before[-1:])
    polite = before[-1:] == ("you",) and (first == 1 or before[0] in word_set("leaving.before_verbs") | {"can", "do"})
    idle = before[-1:] == ("anything",) and "not" in line.lemmas(max(0, first - _CLAUSE), first - 1)
    asked = line.lemmas(first, first + 1) == ("not",) and polite
    return not (denied or idle or asked or is_told_of_trials(line, first))


_CLAUSE = 12  # words


def is_told_of_trials(line: Line, first: int) -> bool:
    """Whether a verb in its plain form has trials before it: 'which trials exclude', 'studies that do not take'."""
    if line.tokens[first].text.casefold() not in word_set("leaving.verbs"):
        return False
    while first and line.tokens[first - 1].lemma in word_set("leaving.before_verbs") and not line.gap(first).strip():
        first -= 1
    subject = line.lemmas(max(0, first - 1), first)
    of_them = word_set("leaving.trials") | word_set("leaving.relative") | {"they"}
    return bool(subject) and subject[0] in of_them and not line.gap(first).strip()


_LONGEST = 5  # words of 'with the exception of', 'not show me'


@cache
def _unwanted() -> Phrases[str]:
    return Phrases((phrase, "unwanted") for phrase in read_table("words")["unwanted_trials"])
