"""What a sentence beside a question tells of somebody's health, and what of it is everyday language."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.planning import tables
from rag.planning.joining import Part
from rag.planning.marks import TELLING, Kind, Mark
from rag.planning.sentences import NOUNS, SELVES, Span, asks, sentences
from rag.planning.slots import names_trials
from rag.planning.tables import word_set
from rag.planning.words import Line, lemmas_of
from rag.types import About, Any, Asks, Concerns, FieldIs, Limit, Not

_REACH = 6  # words in which the thing that somebody has is named
_SHORT = 5  # letters: the list of common words has only words of as many or more
_NO_FINDING = {(word,) for word in ("to", "been", "heard", "read", "nothing", "me", "it", "you")}


def without_story(line: Line, parts: Sequence[Part], marks: Sequence[Mark]) -> tuple[list[Part], list[str]]:
    """The parts without everyday words of sentences in which somebody only tells, and those words.

    'He loves to take his dog out. Which trials …' asks of no dogs, 'I have Perthes disease. Which trials …' of that.
    """
    story = _story(line, marks)
    days = word_set("sheet.weekdays")  # 'for my talk on Friday'
    named = [part for part in parts if part.first in story or days.issuperset(line.lemmas(part.first, part.last))]
    idle = [part for part in named if _is_unknown(part, marks)]
    idle += [part for part in named if part not in idle and _is_only_spoken_of(part, parts)]
    idle += [part for part in parts if part not in idle and _is_judged_elsewhere(line, part, parts, marks)]
    return [part for part in parts if part not in idle], [line.words(part.first, part.last) for part in idle]


def _is_only_spoken_of(part: Part, parts: Sequence[Part]) -> bool:
    """'We check platelets twice a week', 'no surprise at his age': a measure without a value beside what is asked."""
    told = part.predicate
    bare = isinstance(told, Limit) and told.values.is_everything and part.cue is None
    judged = [one.predicate for one in parts if one.cue is not None and one is not part]
    aged = any(isinstance(one, Limit) and one.variable == "age" for one in judged)  # 'a patient under 8.5'
    return bare and bool(judged) and not aged


def _is_judged_elsewhere(line: Line, part: Part, parts: Sequence[Part], marks: Sequence[Mark]) -> bool:
    """'Somebody with a pacemaker asked me which trials exclude pacemakers': no topic beside what trials say of it."""
    before = line.lemmas(max(0, part.first - 2), part.first)
    of_trials = names_trials(line, part.last) or bool(NOUNS & set(before[:1]))  # 'trials in gout that exclude gout'
    if not isinstance(part.predicate, About) or of_trials:
        return False
    judged = [one.predicate for one in parts if one.cue is not None and one is not part]
    concerns = [one for one in judged if isinstance(one, Concerns) and one.asks in _JUDGING]
    inside = {mark.value for mark in marks if mark.kind is Kind.CONCEPT and part.first <= mark.first < part.last}
    known = {concept for one in concerns for concept in one.concepts}
    told = set(line.lemmas(part.first, part.last))
    return (bool(inside) and inside <= known) or any(told < {*lemmas_of(one.text.casefold())} for one in concerns)


_JUDGING = frozenset({Asks.EXCLUDES, Asks.REQUIRES})


def _is_unknown(part: Part, marks: Sequence[Mark]) -> bool:
    """Whether nothing is known of what a topic or an object names but its words."""
    told = part.predicate.predicate if isinstance(part.predicate, Not) else part.predicate
    known = any(mark.kind is Kind.CONCEPT and part.first <= mark.first < part.last for mark in marks)
    return isinstance(told, About | Concerns) and not known


def _story(line: Line, marks: Sequence[Mark]) -> frozenset[int]:
    """The words of sentences that only tell, beside one that asks, without those that may name what somebody has."""
    spans = sentences(line)
    told = [span for span in spans if not asks(line, span) and not leads_on(line, span)]
    valued = {mark.first for mark in marks if mark.kind is Kind.LIMIT}  # 'Perthes disease.' is a topic
    told = [span for span in told if tells_of_somebody(line, span) or valued & {*range(*span)}]
    if not any(asks(line, span) for span in spans):
        return frozenset()
    told += [clause for span in spans if asks(line, span) for clause in _told_clauses(line, span)]
    return frozenset(at for span in told for at in range(*span)) - {
        at for span in told for at in _of_findings(line, marks, span)
    }


def _told_clauses(line: Line, span: Span) -> list[Span]:
    """The clauses behind a comma in which one who asks only tells: '…, I am writing a poem for a colleague'."""
    cuts = [at for at in range(span[0] + 1, span[1]) if "," in line.gap(at)]
    clauses = pairwise([*cuts, span[1]])
    other = NOUNS | {"which", "what", "where", "how", "one"}
    own = [one for one in clauses if _ONESELF & {*line.lemmas(one[0], one[0] + 1)}]
    return [one for one in own if not other & {*line.lemmas(*one)}]


_ONESELF = frozenset({"i", "we", "my", "our"})


def leads_on(line: Line, span: Span) -> bool:
    """Whether a colon ends the sentence: 'Frailty: which trials …' names the topic of what follows."""
    return span[1] < len(line.tokens) and ":" in line.gap(span[1])


def tells_of_somebody(line: Line, span: Span) -> bool:
    """Whether a sentence speaks of the person who asks, or of one who is told of."""
    return bool((SELVES | word_set("asides.tellers") | word_set("cues.relatives")) & set(line.lemmas(*span)))


def _of_findings(line: Line, marks: Sequence[Mark], span: Span) -> list[int]:
    """The words behind 'has' or 'takes' that may name what somebody has."""
    found = [at + 1 for at in _havings(line, span) if _is_a_finding(line, marks, at + 1, span[1])]
    return [at for first in found for at in range(first, min(span[1], first + _REACH))]


def _is_a_place(mark: Mark) -> bool:
    """'I have a sister in Porto': where somebody is, nothing that anybody has."""
    told = mark.value.predicates[0] if isinstance(mark.value, Any) else mark.value
    return isinstance(told, FieldIs) and told.field in {"country", "city", "state", "site", "place"}


FRAGMENT = 3  # words of a topic in a line of its own: 'Ottawa.'


def tells_a_finding(line: Line, marks: Sequence[Mark], span: Span) -> bool:
    """'I have Perthes disease', 'we are on a new pill': not 'I have to write', 'we had a talk in the office'."""
    return any(_is_a_finding(line, marks, at + 1, span[1]) for at in _havings(line, span))


def _havings(line: Line, span: Span) -> list[int]:
    words, having = line.lemmas(), word_set("asides.having")
    held = [at for at in range(*span) if words[at] in having and words[at + 1 : at + 2] not in _NO_FINDING]
    held = [at for at in held if not (words[at + 1 : at + 2] in _POINTED and _ends_or_goes_on(line, at + 2, span[1]))]
    return [at for at in held if not (words[at] in _HAVE and _is_done(line, at + 1, span[1], having))]


def _is_done(line: Line, at: int, last: int, having: frozenset[str]) -> bool:
    """'have known', 'has promised to': what somebody did, and nothing that he has; not 'has advanced gout'."""
    word = line.lemmas(at, at + 1)
    done = bool(word) and word[0] not in having and word[0].endswith("ed") and len(word[0]) > _SHORT
    return word in _DONE or (done and _ends_or_goes_on(line, at + 1, last))


def _ends_or_goes_on(line: Line, at: int, last: int) -> bool:
    """Whether no noun stands at a token: 'has that in mind', 'has promised.', not 'has that rare disease'."""
    return at >= last or line.stops_at(at) or line.tokens[at].lemma in tables.stop_words()


_POINTED = {("this",), ("that",)}
_HAVE = frozenset({"have", "has", "had"})
_DONE = {(word,) for word in ("known", "seen", "done", "gone", "said", "made", "met", "found", "lost", "left", "spent")}


def _is_a_finding(line: Line, marks: Sequence[Mark], first: int, last: int) -> bool:
    """Whether something told of, or a word that everyday language lacks, stands within a few words."""
    told = [mark for mark in marks if mark.kind in (*TELLING, Kind.AGES) and not _is_a_place(mark)]
    marked = {at for mark in told for at in range(mark.first, mark.last)}
    end = next((at for at in range(first + 1, last) if line.stops_at(at)), last)
    return any(at in marked or not is_common(line, at) for at in range(first, min(end, first + _REACH)))


def is_occupation(word: str) -> bool:
    """Whether a word names a trade: 'nurse', 'cardiologist', 'dietician'."""
    return word in word_set("asides.occupations") or word.endswith(("ologist", "ician", "iatrist", "therapist"))


def is_common(line: Line, at: int) -> bool:
    """Whether a word is everyday language: short, listed as such, or a number."""
    token = line.tokens[at]
    word = token.text.casefold()
    listed = tables.common_words() | tables.plain_words() | tables.stop_words() | tables.frame_words()
    return len(word) < _SHORT or bool({word, token.lemma} & listed) or word[0].isdigit()
