"""Where words that no lexicon knows stand in a question: only in some places do they choose trials.

'Which asthma trials …' names a topic, 'my boss wants to know which trials …' names nobody's topic. A word out of such a
place is reported as not read; it never becomes a condition that no trial can meet.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.planning import lexicon, tables
from rag.planning.cues import Cue, asked
from rag.planning.joining import Part
from rag.planning.tables import word_set
from rag.planning.words import Found, Line
from rag.types import Asks


def is_object(line: Line, run: tuple[int, int], cue: Cue, named: Sequence[tuple[int, int]]) -> bool:
    """Whether a run of unknown words is itself something that the verb governs.

    It is where the verb governs nothing else, or where it stands in a row with what the verb governs ('tattoos and an
    eGFR below 60'); not 'candidates with an eGFR below 60', nor '… below 60, for a colleague'.
    """
    first, last = run
    before = [end for start, end in named if end <= first]
    after = [start for start, end in named if start >= last]
    if not before and not after:
        return True
    if before:
        between = line.lemmas(before[-1], first)
        opened = any(word in word_set("slots.aside") for word in between) or "(" in line.gap(first)
        return _in_row(line, between, before[-1], first) and not opened
    between = line.lemmas(last, after[0])
    if cue.passive and between and line.gap(last) != "-" and not _in_row(line, between, last, after[0]):
        return False  # 'echo shows an EF of 42 %. Who refuses that?'
    carried = not between or bool(set(between) & word_set("slots.carrying"))
    return _in_row(line, between, last, after[0]) or not carried


def _in_row(line: Line, between: tuple[str, ...], first: int, last: int) -> bool:
    """Whether two things stand in one list: linked by a word, or by a comma where a linking word ends the list."""
    linked = {"and", "or", "nor", "but", "plus"}
    commas = any("," in line.gap(at) for at in range(first, last + 1))
    return bool(linked & set(between)) or (commas and bool(linked & set(line.lemmas(first, last + 8))))


def names_trials(line: Line, last: int) -> bool:
    """'asthma studies', with nothing between: the word before the noun says what they are about."""
    if line.lemmas(last, last + 1) in {("and",), ("or",)}:  # 'allergy and asthma studies'
        last += 2
    if line.lemmas(last, last + 1) in {("treatment",), ("therapy",)}:  # 'cancer treatment trials'
        last += 1
    noun = last < len(line.tokens) and line.tokens[last].lemma in word_set("slots.nouns")
    return noun and not line.gap(last).strip(" -–")


def is_topic_of(line: Line, run: tuple[int, int], cue: Cue, parts: Sequence[Part], is_concept: bool) -> bool:
    """'… exclude eGFR below 60 in stroke': introduced by 'in' or 'for' after something the verb already governs."""
    first, last = run
    before = line.tokens[first - 1].lemma if first else ""
    if cue.passive:
        named = (before in {"trial", "study"} and not line.gap(first).strip()) or names_trials(line, last)
        return named or _is_of_trials(line, run, cue) or _opens_a_telegram(line, run, cue)
    if names_trials(line, last) and _tells_of_trials(line, run, cue):
        return True
    governed = any(cue.last <= part.first and part.last <= first for part in parts)
    about = before == "about" and set(line.lemmas(cue.last, first - 1)) & word_set("cues.be")
    if governed and (about or (last == len(line.tokens) and line.stops_at(first, ""))):
        return True  # 'exclude gout but are not about asthma', 'turn down anyone above 70 - leukemia'
    nouns = [i for i in range(cue.last, first) if line.tokens[i].lemma in {"trial", "study"}]
    if nouns and not _GROUNDS & set(line.lemmas(nouns[-1], first)):
        return True
    of_topic = before in {"in", "of", "among"} and names_trials(line, last)  # '… in peanut allergy trials'
    of_people = (  # '… exclude eGFR below 60 in patients with diabetes'
        line.lemmas(max(0, first - 3), first - 2) == ("in",)
        and line.tokens[first - 2].lemma in word_set("cues.people")
        and before in {"with", "on"}
    )
    of_disease = before == "in" and is_concept and last == len(line.tokens) and asked(cue)[0] in _JUDGING
    if governed and (of_topic or of_people or of_disease):  # '… require an EGFR mutation in lung cancer'
        return True
    return before in {"in", "for", "about"} and not is_concept and (governed or first - cue.last > 3)


def _is_of_trials(line: Line, run: tuple[int, int], cue: Cue) -> bool:
    """'trials on gout where smokers are excluded': told of the trials, before the clause of the verb begins."""
    first, last = run
    told = first
    passed = word_set("slots.passed") | word_set("slots.of_trials") | word_set("cues.people")
    while told > 0 and line.tokens[told - 1].lemma in passed and not line.gap(told).strip():
        told -= 1
    of = told < first and line.tokens[told].lemma in word_set("slots.of_trials")
    noun = line.lemmas(max(0, told - 1), told) in {("trial",), ("study",), ("protocol",)}
    parted = bool(word_set("slots.relative") & set(line.lemmas(last, cue.first)))
    return of and noun and (parted or any(line.stops_at(i, ",;:") for i in range(last, cue.first)))


def _opens_a_telegram(line: Line, run: tuple[int, int], cue: Cue) -> bool:
    """'COPD, smokers excluded': an illness before a comma, and behind it what no illness is."""
    first, last = run
    marks = lexicon.find_concept_marks(line)
    opening = [mark for mark in marks if first <= mark.first < last]
    between = [mark for mark in marks if last <= mark.first < cue.first]
    ill = bool(opening) and all(lexicon.is_a_condition(mark.value) for mark in opening)
    listed = {"or", "and", "nor"} & set(line.lemmas(last, cue.first))
    return (
        first == 0
        and line.stops_at(last, ",")
        and ill
        and not listed
        and bool(between)
        and not any(lexicon.is_a_condition(mark.value) and not _is_of_people(line, mark) for mark in between)
    )


def _is_of_people(line: Line, mark: Found[str]) -> bool:
    """'COVID, pregnant women excluded': what stands before people is theirs, and no illness in a row."""
    return bool(word_set("cues.people") & set(line.lemmas(mark.last - 1, mark.last + 1)))


_ENTERING = frozenset({"join", "enter", "part", "participate", "qualify"})


def _tells_of_trials(line: Line, run: tuple[int, int], cue: Cue) -> bool:
    """'… is ruled out in which asthma trials?', 'only women allowed - bladder studies', 'go for a migraine study'."""
    first, _ = run
    asked_for = bool({"which", "what", "the"} & set(line.lemmas(cue.last, first)))
    behind = line.stops_at(first) or line.lemmas(max(0, first - 2), first) in {("for", "a"), ("for", "an")}
    entered = line.lemmas(cue.last - 1, cue.last) in {(word,) for word in _ENTERING}  # 'join any malaria trial'
    told = asked(cue)[0] is Asks.MENTIONS  # 'the platelet limits that lupus trials set'
    return asked_for or behind or entered or told


_GROUNDS = frozenset({"if", "because", "when", "since", "as"})  # 'excluded from the asthma trials because I smoke'
_JUDGING = frozenset({Asks.EXCLUDES, Asks.ADMITS, Asks.REQUIRES})


def is_topic_slot(line: Line, run: tuple[int, int], busy: frozenset[int], *, judged: bool = False) -> bool:
    """Whether a run of unknown words stands where a trial's topic stands, or is a name that stands anywhere.

    `judged`: a verb of criteria has a condition that is known; then rare words that the asker tells of himself name
    nothing.
    """
    first, last = run
    return (
        _before_noun(line, last, busy)
        or _introduced(line, first)
        or _fills_its_clause(line, run)
        or (any(not _is_plain(line, at) for at in range(first, last)) and not (judged and _is_askers(line, run)))
    )


def _is_askers(line: Line, run: tuple[int, int]) -> bool:
    """Whether words in small letters stand where one who asks tells of himself: 'I write to enquire which …'."""
    first, last = run
    while first and not line.stops_at(first):
        first -= 1
    told = all(token.text.islower() and token.text.isalpha() for token in line.tokens[run[0] : last])
    return told and line.text != line.text.lower() and bool(_ASKERS & set(line.lemmas(first, run[0])))


_ASKERS = frozenset({"i", "we", "my", "our"})


def in_brackets(line: Line, at: int) -> bool:
    """Whether the token stands in an explanation in brackets."""
    before = line.text[: line.tokens[at].start]
    return before.count("(") > before.count(")")


def is_verb(line: Line, at: int) -> bool:
    """Whether an unknown word stands where a verb stands: 'please tabulate the …', 'which trials belonging to …'."""
    before, after = line.lemmas(max(0, at - 1), at), line.lemmas(at + 1, at + 2)
    if (not line.tokens[at].text.islower() and at > 0) or line.tokens[at].lemma in word_set("cues.people"):
        return False
    if at == 0 or before in {("please",), ("you",), ("kindly",)} or set(line.gap(at)) & set(".:;?!"):
        return after in {(word,) for word in ("the", "all", "every", "any", "each", "those", "these", "which", "what")}
    beside = not (line.gap(at) + line.gap(at + 1)).strip()
    return beside and before in {("trial",), ("study",), ("protocol",)} and after not in {(), ("trial",), ("study",)}


def is_plain(line: Line, run: tuple[int, int]) -> bool:
    """Whether the run is only verbs and adverbs that no trial is about, as written: 'judging', 'perfectly'."""
    first, last = run
    words = (line.tokens[at].text for at in range(first, last))
    return all(word in tables.plain_words() for word in words)


def is_preamble(line: Line, run: tuple[int, int], cues: Sequence[Cue]) -> bool:
    """'My mother has COPD. Which trials …': a sentence about somebody, before the one that asks of trials."""
    stops = [at for at in range(1, len(line.tokens)) if set(line.gap(at)) & set(".;?!")]
    end = next((at for at in stops if at >= run[1]), len(line.tokens))
    start = max((at for at in stops if at <= run[0]), default=0)
    own, later = line.lemmas(start, end), line.lemmas(end)
    told = bool(word_set("slots.somebody") & set(own)) and not word_set("slots.nouns") & set(own)
    return told and bool(word_set("slots.nouns") & set(later)) and any(cue.first >= end for cue in cues)


def _before_noun(line: Line, at: int, busy: frozenset[int]) -> bool:
    """'asthma trials', 'asthma phase 3 trials': what is read between is passed over."""
    nouns = word_set("slots.nouns")
    while at < len(line.tokens) and at in busy and line.tokens[at].lemma not in nouns and "," not in line.gap(at):
        at += 1
    return at < len(line.tokens) and line.tokens[at].lemma in nouns and not line.gap(at).strip(" -–")


def _fills_its_clause(line: Line, run: tuple[int, int]) -> bool:
    """'oncology: which trials …', 'Ottawa. And only phase 1': all that is said between two stops."""
    first, last = run
    opens = first == 0 or bool(set(line.gap(first)) & set(".;:?!"))
    return opens and last < len(line.tokens) and bool(set(line.gap(last)) & set(".;:?!-–"))


def _introduced(line: Line, first: int) -> bool:
    """'about', 'in', 'testing', 'for people with' right before it, articles and people left out."""
    at = first - 1
    passed = word_set("slots.passed") | word_set("cues.people")
    while at >= 0 and line.tokens[at].lemma in passed and not line.gap(at + 1).strip():
        at -= 1
    if at < 0 or line.gap(at + 1).strip(" :\"'") or line.tokens[at].lemma not in word_set("slots.introducing"):
        return False
    return line.tokens[at].lemma not in word_set("slots.nouns") or not _is_participle(line, first)


def _is_participle(line: Line, at: int) -> bool:
    """'trials belonging to …', 'trials sorted by …': what the trials do, no topic."""
    word = line.tokens[at].text.casefold()
    return word.endswith(("ing", "ed")) and word in tables.common_words()


def _is_plain(line: Line, at: int) -> bool:
    """Whether a word is an ordinary English one: a drug's name, an acronym or a number with letters is not."""
    token = line.tokens[at]
    if token.lemma in tables.frame_words() or token.text.casefold() in tables.common_words():
        return True
    if any(c.isdigit() for c in token.text) or (token.text[:1].isupper() and at > 0 and line.text != line.text.upper()):
        return False
    return len(token.text) < _SHORT


_SHORT = 5  # the list of common words holds none shorter


Run = tuple[int, int, tuple[str, ...]]  # first token, last token (half-open), concepts


def without_frame(line: Line, runs: list[Run]) -> tuple[list[Run], list[tuple[int, int]]]:
    """The runs without an unknown verb in front ('studies track survival', 'please tabulate …') or words of a schedule
    at an end ('methotrexate weekly', 'apixaban twice daily'), and what was cut off."""
    verbs = {first for first, _, concepts in runs if not concepts and is_verb(line, first)}
    lemmas, timed = line.lemmas(), word_set("leftovers.schedule")
    kept, cut = [], [(at, at + 1) for at in verbs]
    for first, last, concepts in runs:
        start, end = first + (first in verbs), last
        while end > start and lemmas[end - 1] in timed:
            end -= 1
        while start < end and lemmas[start] in timed:
            start += 1
        kept += [(start, end, concepts)] if start < end else []
        cut += [span for span in ((first + (first in verbs), start), (end, last)) if span[0] < span[1]]
    return kept, sorted(cut)


def tells_when(line: Line, first: int, named: Sequence[tuple[int, int]], last: int) -> bool:
    """'a score of 2 before the stroke', beside something else that the verb governs: a time, no condition."""
    at = first - 1
    while at >= 0 and line.tokens[at].lemma in {"the", "their", "an", "a", "index", "current"}:
        at -= 1
    others = any(place != (first, last) for place in named)
    return others and at >= 0 and line.tokens[at].lemma in {"before", "after", "since", "following"}
