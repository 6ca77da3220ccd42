"""Whether a sentence told beside a question bears on it: only what shows that it does is kept.

'Librarian speaking. A reader phoned twice, from the fourth floor. Which trials are recruiting?' is asked by its last
sentence alone; 'I have gout', 'Progeria.', 'I want phase 3' and 'I live in Porto' before it choose trials.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.planning import lexicon, tables
from rag.planning.findings import (
    FRAGMENT,
    is_common,
    is_occupation,
    leads_on,
    tells_a_finding,
    tells_of_somebody,
)
from rag.planning.marks import TELLING, Kind, Mark
from rag.planning.sentences import NOUNS, SELVES, Span
from rag.planning.sheet import Sheet
from rag.planning.tables import word_set
from rag.types import Any, Comparison, FieldIs

_TOPIC = 5  # words of a topic or a wish in a line of its own: 'Ottawa.', 'Children only, please.'


def is_idle(sheet: Sheet, span: Span, new: Sequence[Mark], asking: Sequence[Span]) -> bool:
    """Whether a sentence tells nothing that what is asked could need; of one trial only what is plainly idle is."""
    words = sheet.line.lemmas(*span)
    if _asks_for_trials(sheet, asking) and not (span[0] > asking[-1][0] and len(words) <= FRAGMENT):
        return not bears(sheet, span, new, asking)
    if new:
        return False
    if not SELVES & set(words):
        before = span[0] < asking[-1][0] and len(words) > FRAGMENT
        return before and all(is_common(sheet.line, at) for at in range(*span))
    aged = _has(sheet, span, Kind.AGES) and "about" not in words
    return not aged and not tells_a_finding(sheet.line, sheet.marks, span)


def _asks_for_trials(sheet: Sheet, asking: Sequence[Span]) -> bool:
    """'Which trials …', 'how many …', 'what have you got on …': not 'by which steps is the dose raised?'."""
    words = [sheet.line.lemmas(*span) for span in asking]
    return not sheet.refs and all((NOUNS | {"one"}) & set(one) or _OF_MANY & set(one[:4]) for one in words)


def bears(sheet: Sheet, span: Span, new: Sequence[Mark], asking: Sequence[Span]) -> bool:
    """Whether what a sentence tells may choose trials. `new`: what it tells that the sentences that ask do not."""
    words, behind = sheet.line.lemmas(*span), span[0] > asking[-1][0]
    new = [*new, *(mark for mark in sheet.marks if span[0] <= mark.first < span[1] and mark.kind is Kind.AGES)]
    if any(one[1] <= span[0] and leads_on(sheet.line, one) for one in asking) or is_wished(sheet, span, new):
        return True  # 'The Norwegian study: route and dose'
    named = (bool((NOUNS | _OUGHT) & set(words)) or _has(sheet, span, Kind.CUE)) and not _took_part(words)
    if any(is_of_trials(mark) for mark in new) or (new and named):
        return True  # 'it should be in Spain', '…; asthma is allowed'
    if has_no_verb(sheet, span) or leads_on(sheet.line, span):
        facts = behind and _has(sheet, span, Kind.FACT)  # '…: phase, size'
        return bool(new) or facts or len(words) == 1 or _is_mostly_unknown(sheet, span)
    telling = [mark for mark in new if _tells(mark) and not _is_kin(sheet, mark, asking)]
    if tells_of_somebody(sheet.line, span):
        if any(is_place(mark) for mark in telling):
            return bool(_RESIDING & set(words)) or bool(_IS_THERE & {*pairwise(words)})
        return any(mark.kind is not Kind.FIELD for mark in telling) or tells_a_finding(sheet.line, telling, span)
    asked = {mark.kind for one in asking for mark in _inside(sheet, one)} - {Kind.FIELD}
    return any(behind or mark.kind not in asked for mark in telling) or _is_about_the_unknown(sheet, span)


def _took_part(words: tuple[str, ...]) -> bool:
    """'My husband took part in a study in the nineties', 'I was in a trial once': of the past, and no trials sought."""
    return bool(_PAST & {*pairwise(words)}) or "participated" in words


_PAST = {("took", "part"), ("taken", "part"), ("signed", "up"), ("was", "in"), ("were", "in"), ("been", "in")}


def is_wished(sheet: Sheet, span: Span, new: Sequence[Mark]) -> bool:
    """Whether a sentence wishes for something that it names: not 'my wife wants me tested for gout'."""
    line, words = sheet.line, sheet.line.lemmas()
    for at in range(*span):
        if words[at] not in word_set("asides.wishing") or not _wishes_itself(words, at):
            continue
        near = _NEAR if words[at] in _LIMITING else _FAR
        behind = range(at + 1, min(span[1], at + 1 + near))
        before = range(max(span[0], at - _NEAR), at + 1) if at + _NEAR >= span[1] else range(0)
        told = any(mark.first in behind or mark.last - 1 in before for mark in new)
        if told or (words[at] not in _LIMITING and any(not is_common(line, i) for i in behind)):
            return True
    return False


def _wishes_itself(words: tuple[str, ...], at: int) -> bool:
    """'I want gout', 'we're after gout', 'would like gout': not 'wants me', 'after lunch', 'like a bear'."""
    before, behind = words[max(0, at - 1) : at], words[at + 1 : at + 2]
    if words[at] in {"like", "after"}:
        return before in (_WOULD if words[at] == "like" else _ARE)
    return behind in _LOOKS if words[at] in {"look", "looking"} else behind not in _PEOPLE


def is_of_trials(mark: Mark) -> bool:
    """A phase, a masking: said of trials, never of somebody, as 'active' is."""
    return isinstance(mark.value, FieldIs) and mark.value.field in {"phase", "masking", "study_type"}


def is_place(mark: Mark) -> bool:
    """A country, a city: where a trial is, or somebody."""
    told = mark.value.predicates[0] if isinstance(mark.value, Any) else mark.value
    return isinstance(told, FieldIs) and told.field in {"country", "city", "state", "site"}


def _inside(sheet: Sheet, span: Span) -> list[Mark]:
    return [mark for mark in sheet.marks if span[0] <= mark.first < span[1] and mark.kind in TELLING]


def _has(sheet: Sheet, span: Span, kind: Kind) -> bool:
    return any(span[0] <= mark.first < span[1] and mark.kind is kind for mark in sheet.marks)


def _tells(mark: Mark) -> bool:
    """An illness, a treatment, a value, a place: not 'students', 'by heart', 'fourteen of us', 'in 2019'."""
    if isinstance(mark.value, FieldIs):
        return mark.value.field not in _OF_ANYTHING
    if mark.kind is Kind.CONCEPT:
        return lexicon.is_a_condition(mark.value) or lexicon.is_a_treatment(mark.value)
    return mark.kind in {Kind.LIMIT, Kind.AGES, Kind.FIELD}


def _is_kin(sheet: Sheet, mark: Mark, asking: Sequence[Span]) -> bool:
    """Whether what is asked says it again: a wider or a narrower name, another value of the same measure."""
    if isinstance(mark.value, Comparison):
        said = [one.value for span in asking for one in _inside(sheet, span) if isinstance(one.value, Comparison)]
        return any(mark.value.variable == one.variable for one in said)
    if mark.kind is not Kind.CONCEPT:
        return False
    asked = [one.value for span in asking for one in _inside(sheet, span) if one.kind is Kind.CONCEPT]
    return any(mark.value in lexicon.narrower_than(one) or one in lexicon.narrower_than(mark.value) for one in asked)


def has_no_verb(sheet: Sheet, span: Span) -> bool:
    """'Ottawa.', 'Gout, stage 3.': a topic in a line of its own, told of nobody."""
    words = set(sheet.line.lemmas(*span))
    idle = word_set("cues.be") | word_set("cues.auxiliaries") | SELVES | _SPEAKERS | _LEADING
    return span[1] - span[0] <= _TOPIC and not words & idle


def _is_about_the_unknown(sheet: Sheet, span: Span) -> bool:
    """'The disease is progeria.', or mostly words that nobody knows."""
    verb = next((at for at in range(*span) if sheet.line.tokens[at].lemma in word_set("cues.be")), span[1])
    return bool(_unknown_in(sheet, (verb, span[1]))) or _is_mostly_unknown(sheet, span)


def _is_mostly_unknown(sheet: Sheet, span: Span) -> bool:
    """Whether at least half of the words that say something are neither everyday language nor somebody's trade."""
    content = [at for at in range(*span) if sheet.line.tokens[at].lemma not in tables.stop_words()]
    strange = _unknown_in(sheet, span)
    return bool(strange) and 2 * len(strange) >= len(content)


def _unknown_in(sheet: Sheet, span: Span) -> list[int]:
    """The words that are neither read, nor everyday language, nor somebody's trade."""
    read = {at for mark in sheet.marks for at in range(mark.first, mark.last)}
    words = (at for at in range(*span) if at not in read and sheet.line.tokens[at].lemma not in tables.stop_words())
    return [at for at in words if not is_common(sheet.line, at) and not is_occupation(sheet.line.tokens[at].lemma)]


_OF_MANY = frozenset({"where", "who", "many", "got"})
_OUGHT = frozenset({"should", "must", "ought", "would", "shall"})
_OF_ANYTHING = frozenset({"start_date", "completion_date", "primary_completion_date", "enrollment", "investigator"})
_OF_ANYTHING |= {"status"}
_PEOPLE = {(word,) for word in ("me", "him", "her", "us", "them", "it")}
_NEAR, _FAR = 3, 9  # words from 'only', from 'want', to what is wished for
_LIMITING = frozenset({"only", "must", "prefer"})
_WOULD = {(word,) for word in ("would", "'d", "should", "i", "we")}
_LOOKS = {(word,) for word in ("for", "at", "into", "after")}
_ARE = {(word,) for word in ("am", "'m", "are", "'re", "is", "'s", "be", "i", "we")}
_LEADING = frozenset({"before", "when", "while", "until", "because", "although", "once"})  # 'before the bank opens'
_SPEAKERS = frozenset({"he", "she", "it", "they", "you", "there"})
_RESIDING = frozenset({"live", "living", "based", "reside", "stay", "travel", "near", "around", "within"})
_IS_THERE = {("am", "in"), ("are", "in"), ("is", "in"), ("get", "to")}
