"""Trials named without an article: 'Beijing albumin trial: dose?', 'albumin after stroke - how long?'.

Nothing marks such words as a name but their place, so they must fit one trial and no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.planning import tables
from rag.planning.asking import ask_cues
from rag.planning.lexicon import concept_words, variable_words
from rag.planning.tables import word_set
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Line
from rag.types import TrialRef


@dataclass(frozen=True, slots=True)
class Reference:
    """A trial reference and the tokens it was read from."""

    first: int
    last: int
    ref: TrialRef


def with_apposition(line: Line, found: Reference) -> Reference:
    """An id with the words that it stands beside: 'the lentil cohort NCT…', 'the gout trial (NCT…)'.

    They say which trial is meant, and ask for nothing.
    """
    lemmas = line.lemmas()
    noun = found.first - 1
    beside = noun >= 0 and line.gap(found.first).strip() in _OPEN
    beside = beside and not line.tokens[noun].text.casefold().endswith("s")  # 'the two gout trials NCT… and NCT…'
    if not beside or lemmas[noun] not in word_set("fragments.in_apposition"):
        return found
    inside = word_set("references.prepositions") | word_set("yes_no.prepositions") | word_set("fragments.no_names")
    for at in range(noun, max(-1, noun - _MOST_BEFORE - 1), -1):
        if lemmas[at] in _DETERMINERS:
            return replace(found, first=at)
        if lemmas[at] in inside or any(sign in line.gap(at) for sign in ",;:?"):
            return found
    return found


_DETERMINERS = frozenset({"the", "this", "that", "our", "your"})
_OPEN = frozenset({"", "(", ","})
_MOST_BEFORE = 6  # words before the noun that an id stands beside


def with_echo(reference: Reference, found: Sequence[Reference]) -> Reference:
    """An id with the name right beside it: 'LYRA-2 NCT…' names a trial twice, and its name asks for nothing."""
    first = min((one.first for one in found if one.last == reference.first), default=reference.first)
    last = max((one.last for one in found if one.first == reference.last), default=reference.last)
    return replace(reference, first=first, last=last)


Resolver = Callable[[Line, WordIndex, Sequence[int], tuple[int, int]], Reference | None]

_NOUNS = frozenset({"trial", "study", "project", "protocol"})
_MOST_WORDS = 9  # of a fragment that names a trial
_ASKS = frozenset({
    "which", "what", "who", "whom", "whose", "where", "when", "why", "how", "any", "each", "every", "no", "another",
    "all", "list", "show", "find", "give", "name", "are", "is", "do", "doe", "can", "may", "must", "compare", "a", "an",
})  # fmt: skip
_GOES_ON = frozenset(
    {"that", "which", "who", "where", "whose", "with", "for", "in", "on", "of", "from", "by", "without"}
)


def find_bare(line: Line, index: WordIndex, resolve: Resolver) -> list[Reference]:
    """The fragment that opens a question and fits one trial alone; none where trials are asked for."""
    lemmas = line.lemmas()
    if any(t.lemma in _NOUNS and t.text.casefold().endswith("s") for t in line.tokens):
        return []
    end = end_of_fragment(line)
    noun = next((at for at in range(min(len(lemmas), _MOST_WORDS)) if lemmas[at] in _NOUNS), None)
    spans = [(0, end)] if end else []
    if (comma := _comma_behind_a_name(line, index)) and comma != end:
        spans.append((0, comma))
    if noun is not None and noun > 0 and (end or not _goes_on(line, index, noun)):
        spans.append((0, noun + 1))
    tail = _end_of_tail(line)
    if lemmas[tail - 1 : tail] and lemmas[tail - 1] in _NOUNS and (start := _start_of_tail(line, tail)):
        spans.append((start, tail))
    for first, last in spans:
        reference = _resolved(line, index, (first, last), resolve)
        if reference is not None:
            return [reference]
    return []


def end_of_fragment(line: Line) -> int:
    """Where the words before a colon or a dash end; 0 where nothing is set off, or nothing is said behind."""
    for at in range(1, min(len(line.tokens), _MOST_WORDS + 3)):
        gap = line.gap(at)
        if ":" in gap or (gap != gap.strip() and gap.strip() in {"-", "–", "—"}):
            return at
    return 0


def _comma_behind_a_name(line: Line, index: WordIndex) -> int:
    """Where 'KinoPharma wart ointment, age 50: …' sets its name off: a first word that is none of any language."""
    if not line.tokens or not line.tokens[0].text[:1].isupper() or not _is_name(line, index, 0):
        return 0
    first = line.tokens[0].text
    if tables.is_place(first) or first.casefold() in tables.common_words():
        return 0
    return next((at for at in range(1, min(len(line.tokens), _MOST_WORDS)) if line.gap(at).strip() in {",", ";"}), 0)


def _is_of_one(line: Line, index: WordIndex, at: int) -> bool:
    """Whether a word is a name that one trial alone bears; no place is."""
    token = line.tokens[at]
    alone = len(index.mentioned(token.lemma)) == 1 and not tables.is_place(token.text)
    return alone and _is_name(line, index, at)


def _end_of_tail(line: Line) -> int:
    """Where the question ends without what stands in brackets: 'age limits, remdesivir trial (completed)?'."""
    opened = [at for at in range(1, len(line.tokens)) if line.gap(at).strip() == "("]
    return opened[-1] if opened and line.text.rstrip(" ?.!").endswith(")") else len(line.tokens)


def _start_of_tail(line: Line, end: int) -> int:
    """Where the last words behind a comma, a colon or a dash start: 'heart failure allowed, tocilizumab trial?'."""
    starts = (at for at in range(end - 1, 0, -1) if line.gap(at).strip() in {",", ":", "-", "–", "—", ";"})
    return next(starts, 0)


def _goes_on(line: Line, index: WordIndex, noun: int) -> bool:
    """Whether the noun is described further, or ends the question: then a set of trials may be meant.

    'WX-671 study permits steroids' is said of one; 'stroke trial excluding smokers' of any.
    """
    after = line.lemmas(noun + 1, noun + 2)
    verb = any(found.first == noun + 1 for found in ask_cues().find(line))
    if verb and not line.tokens[noun + 1].text.endswith("ing"):
        verb = not any(
            line.tokens[at].lemma in index.interventions or _is_of_one(line, index, at) for at in range(noun)
        )
    return not after or verb or bool(set(after) & _GOES_ON)


def _resolved(line: Line, index: WordIndex, span: tuple[int, int], resolve: Resolver) -> Reference | None:
    lemmas = line.lemmas()
    plain = tables.stop_words() | word_set("references.plain") | _NOUNS
    words = [at for at in range(*span) if lemmas[at] not in plain and not _is_of_a_phase(lemmas, at)]
    asks = set(lemmas[slice(*span)]) & _ASKS or any(span[0] <= f.first < span[1] for f in ask_cues().find(line))
    if asks or not words or len(words) > _MOST_WORDS or _is_somebody(lemmas[slice(*span)]):
        return None
    named = any(lemmas[at] in index.interventions for at in words) or any(_is_name(line, index, at) for at in words)
    noun = bool(_NOUNS & set(lemmas[slice(*span)]))
    set_off = noun and span[1] < len(lemmas) and bool(line.gap(span[1]).strip())  # 'condoliase study: …'
    if not named and not set_off and (not noun or len(words) < 2):
        return None
    reference = resolve(line, index, words, span)
    return reference if reference is not None and len(reference.ref.trial_ids) == 1 else None


def _is_somebody(words: tuple[str, ...]) -> bool:
    """'Somebody with 20 pack-years: …', 'patient on warfarin - …': a person told of, no name."""
    return words[:1] != () and words[0] in word_set("cues.people") and words[1:2] in _TOLD_OF


_TOLD_OF = {(word,) for word in ("with", "on", "of", "aged", "who", "taking", "having", "has", "is", "whose")}


def _is_of_a_phase(lemmas: tuple[str, ...], at: int) -> bool:
    """'Phase 4: what is the total?': a phase names no trial."""
    return lemmas[at] == "phase" or (at > 0 and lemmas[at - 1] == "phase" and len(lemmas[at]) < 4)


def _is_name(line: Line, index: WordIndex, at: int) -> bool:
    """Whether a word is written as the name of somebody or something, and not as the first of a sentence."""
    text = line.tokens[at].text
    common = line.tokens[at].lemma in tables.left_alone() | concept_words() | variable_words()
    known = bool(index.mentioned(line.tokens[at].lemma))
    if common or not known or _STAGE.fullmatch(text):
        return False
    return text[:1].isupper() or any(c.isdigit() for c in text)


def is_measured(line: Line, one: Reference) -> bool:
    """'platelets 40000', 'insulin 20': a measure with its number, though some trial gives what bears the name."""
    if one.ref.how == "id" or one.last - one.first != 1 or one.last >= len(line.tokens):
        return False
    number = line.tokens[one.last].text.replace(",", "").replace(".", "").isdigit()
    return number and not line.gap(one.last).strip() and line.tokens[one.first].lemma in variable_words()


_STAGE = re.compile(r"(?:I{1,3}|IV|V)[ABC]?[12]?")  # of a disease, not the name of a trial
