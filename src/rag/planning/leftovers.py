"""Words that no lexicon of the planner knows: conditions under a verb of criteria, topics elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.planning import lexicon, tables
from rag.planning.cues import Cue, asked, governing
from rag.planning.denied import is_left_out, is_of_a_kind, is_of_who_do
from rag.planning.echoes import without_idle_parts
from rag.planning.joining import Part
from rag.planning.leaving import topic_left_out
from rag.planning.marks import Kind, Mark
from rag.planning.mixed import is_negative, several, with_treatment
from rag.planning.slots import (
    Run,
    in_brackets,
    is_object,
    is_plain,
    is_preamble,
    is_topic_of,
    is_topic_slot,
    is_verb,
    tells_when,
    without_frame,
)
from rag.planning.tables import word_set
from rag.planning.words import Line, lemma, read_line
from rag.types import About, All, Any, Asks, Concerns, FieldIs, Limit, Not, Predicate

# Words of degree beside a variable without a number, and words that qualify a condition but name none.
_UNIT = re.compile(
    r"[\d.,]+|m?g|kg|[µmu]?mol|[mud]?l|ml|dl|µl|mm3|mmhg|min|iu|u|ms|cm|mm|%|percent|year|month|week|day|hour|x\d*uln|uln|\d+xuln|g/l|mg/dl|per|below|above|under|over|than"
)


def read_leftovers(
    line: Line, marks: Sequence[Mark], busy: frozenset[int], cues: Sequence[Cue], parts: Sequence[Part], *, topics: bool
) -> tuple[list[Part], list[str]]:
    """Parts of the words outside `busy`, and the words that could not be placed."""
    found: list[Part] = []
    stretches = _stretches(line, busy, marks, topics=topics)
    runs = _with_shared_heads(line, [(first, last, _concepts(marks, first, last)) for first, last in stretches])
    runs, unplaced = without_frame(line, runs) if topics else (runs, [])
    judged = any(held and governing(cues, first) is not None for first, _, held in runs)
    for first, last, concepts in runs:
        run, cue = (first, last), governing(cues, first)
        joining = cue or next((c for c in cues if last <= c.first <= last + 2), None)  # 'can women enter …'
        alone = not parts and len(runs) == 1
        if not concepts and joining is not None and (sex := _sex(line, run, joining, alone=alone)) is not None:
            found.append(Part(first, last, sex, cue))
        elif not concepts and _says_nothing(line, first, last):
            found, whole = _with_afterthought(line, found, last, cue)
            unplaced += [run] if not whole and _has_digit(line, run) else []
        elif not concepts and is_plain(line, run) and _is_aside(line, run, cue, parts, runs, cues):
            continue  # 'written down as a ground', 'judging by …': no trial is about it
        elif (not concepts or (cue is None and found)) and (found or parts) and in_brackets(line, first):
            unplaced.append(run)  # an explanation in brackets of what stands before it
        elif cue is not None and not is_topic_of(line, run, cue, [*parts, *found], bool(concepts)):
            named = _governed(cue, parts, runs, cues)
            if tells_when(line, first, named, last) and topics:
                continue
            if concepts or not topics or is_object(line, run, cue, named):
                found.append(Part(first, last, _concerns(line, run, concepts, cue, parts), cue))
            else:
                unplaced.append(run)
        elif (topics and not is_preamble(line, run, cues)) and (
            concepts or _is_topic(line, run, busy, found, judged=judged)
        ):
            found.append(Part(first, last, _about(line, run, concepts)))
        else:
            unplaced.append(run)
    if topics and not found and not parts:  # nothing else says which trials are meant
        found = [Part(*run, _about(line, run)) for run in _last_row(line, unplaced, cues)]
        unplaced = [run for run in unplaced if run not in {(part.first, part.last) for part in found}]
    return without_idle_parts(line, found), [line.words(*run) for run in unplaced]


def _is_topic(
    line: Line, run: tuple[int, int], busy: frozenset[int], found: Sequence[Part], *, judged: bool
) -> bool:
    """Whether unknown words stand where a topic stands, or go on with one: 'on herbal or needle-based medicine'."""
    slot = is_topic_slot(line, run, busy, judged=judged)
    if slot or not found or found[-1].cue is not None:
        return slot
    topic = found[-1].predicate
    between = set(line.lemmas(found[-1].last, run[0]))
    linked = between <= _LINKS | _ARTICLES and (bool(between & _LINKS) or line.gap(run[0]).strip() in {",", "/"})
    return isinstance(topic, About | Any | Not) and linked and "." not in line.gap(run[0])


_LINKS, _ARTICLES = frozenset({"or", "and", "but", "not", "nor", "without"}), frozenset({"a", "an", "the", "any"})


def _with_shared_heads(line: Line, runs: list[Run]) -> list[Run]:
    """'speak or understand English': the first takes the concept that it names with the last words of the second."""
    shared = []
    for at, (first, last, concepts) in enumerate(runs):
        named = () if concepts or at + 1 == len(runs) else _shared_concepts(line, (first, last), runs[at + 1])
        if not named or set(named) != set(runs[at + 1][2]):  # the same concept once more says nothing new
            shared.append((first, last, concepts or named))
    return shared


def _shared_concepts(line: Line, run: tuple[int, int], following: Run) -> tuple[str, ...]:
    """What the run names with all but the first word of the run that follows it in a row."""
    (first, last), (start, end, concepts) = run, following
    between = set(line.lemmas(last, start))
    idle = tables.stop_words() | tables.frame_words()
    linked = (bool(between & {"or", "and"}) and between <= idle) or line.gap(last).strip() == ","
    if not linked or not concepts or end - start < 2 or _says_nothing(line, first, last):
        return ()
    marks = lexicon.find_concept_marks(read_line(f"{line.words(first, last)} {line.words(start + 1, end)}"))
    return tuple(dict.fromkeys(mark.value for mark in marks))


def _concepts(marks: Sequence[Mark], first: int, last: int) -> tuple[str, ...]:
    inside = (m.value for m in marks if m.kind is Kind.CONCEPT and first <= m.first and m.last <= last)
    return tuple(dict.fromkeys(inside))


def _governed(cue: Cue, parts: Sequence[Part], runs: Sequence[Run], cues: Sequence[Cue]) -> list[tuple[int, int]]:
    """Where the things stand that the verb is known to govern: limits, variables, ages, runs with a concept."""
    limits = [(part.first, part.last) for part in parts if part.cue is cue]
    known = [(first, last) for first, last, concepts in runs if concepts and governing(cues, first) is cue]
    return sorted([*limits, *known])


def _is_aside(
    line: Line, run: tuple[int, int], cue: Cue | None, parts: Sequence[Part], runs: Sequence[Run], cues: Sequence[Cue]
) -> bool:
    """Whether plain words are not what their verb is about: an adverb, or beside anything else that it governs."""
    others = [other for other in runs if other[:2] != run and governing(cues, other[0]) is cue]
    limits = any(part.cue is cue for part in parts)
    return cue is None or limits or bool(others) or line.tokens[run[0]].text.endswith("ly")


def _is_pointed_at(line: Line, at: int) -> bool:
    """'exclude this woman': the person told of, no sex that is turned away."""
    singular, before = line.tokens[at].text.casefold() in _SEXES, line.lemmas(max(0, at - 1), at)
    return singular and (bool(_POINTED & set(before)) or "".join(before)[-1:].isdigit())  # 'BMI 38 woman'


_POINTED = frozenset({"this", "that", "my", "our", "the", "such", "her", "his", "a"})
_SEXES = {"woman": "FEMALE", "female": "FEMALE", "man": "MALE", "male": "MALE"}
_OTHER = {"FEMALE": "MALE", "MALE": "FEMALE"}


def _sex(line: Line, run: tuple[int, int], cue: Cue, *, alone: bool) -> FieldIs | None:
    """'can women enter': one sex alone under a verb; None where more is said of it ('women who …')."""
    first, last = run
    after = line.lemmas(last, last + 1)
    if (
        last - first != 1
        or line.tokens[first].lemma not in _SEXES
        or after[:1] in {("who",), ("with",), ("of",), ("taking",), ("using",), ("on",)}
        or (after[:1] in {("and",), ("or",)} and _more_people(line, last + 1))
        or (_is_pointed_at(line, first) and not (alone and line.lemmas(max(0, first - 1), first) == ("a",)))
    ):
        return None
    named, (asks, denied) = _SEXES[line.tokens[first].lemma], asked(cue)
    asks = Asks.ADMITS if denied and asks is Asks.EXCLUDES else asks  # 'do not exclude women over 60'
    aged = {"old", "aged"} & {*line.lemmas(max(0, first - 1), first), *after}  # 'a 72-year-old man'
    if aged and asks is Asks.EXCLUDES and line.tokens[first].text.casefold() in _SEXES:
        return None
    if asks is Asks.ADMITS:
        return FieldIs("sex", (named, "ALL"))
    return FieldIs("sex", (_OTHER[named] if asks is Asks.EXCLUDES else named,)) if asks in _OPPOSITE else None


def _more_people(line: Line, at: int) -> bool:
    """'women and children', 'men or women'."""
    return bool(set(line.lemmas(at, at + 2)) & (word_set("cues.people") | _SEXES.keys() | {"child", "baby"}))


def _says_nothing(line: Line, first: int, last: int) -> bool:
    """Whether the run is only degrees, qualifiers, numbers and units: a limit half read is no condition."""
    return all(
        token.lemma in word_set("leftovers.qualifiers")
        or token.lemma in tables.stop_words()
        or _UNIT.fullmatch(token.lemma)
        for token in line.tokens[first:last]
    )


def _concerns(
    line: Line, run: tuple[int, int], concepts: tuple[str, ...], cue: Cue, parts: Sequence[Part]
) -> Predicate:
    """What the verb says of the run; 'an EGFR-mutated lung cancer' demands the mutation, in lung cancer."""
    named = several(line, run, concepts)
    if len(named) < 2 or asked(cue) != (Asks.REQUIRES, False):
        only = tuple(dict.fromkeys(mark.value for mark in named)) or concepts
        return _concern(line, run, only, cue, parts)
    topics = [mark for mark in named[1:] if lexicon.is_a_condition(mark.value)]
    wanted = [_concern(line, run, (mark.value,), cue, parts) for mark in named if mark not in topics]
    return All((*wanted, *(About(line.words(mark.first, mark.last)) for mark in topics)))


def _concern(line: Line, run: tuple[int, int], concepts: tuple[str, ...], cue: Cue, parts: Sequence[Part]) -> Predicate:
    first, last = run
    first = _with_qualifiers(line, first, cue.last if not cue.passive else 0)
    if (
        last < len(line.tokens)
        and line.tokens[last].lemma in word_set("cues.people")
        and line.tokens[last].lemma not in {"who", "i"}
        and line.gap(last).isspace()
    ):
        last += 1  # 'pregnant women' reads better than 'pregnant'
    words = line.words(first, last)
    asks = Asks.MENTIONS if _is_exception(line, first, parts, cue) else asked(cue)[0]
    inability = _inability(line, run, cue)
    if inability:
        return Concerns(inability, f"unable to {line.words(*run)}", asks)
    if asks in _OPPOSITE and is_left_out(line, run[0], cue):
        asks = _OPPOSITE[asks]  # 'only never-smokers', 'people who do not speak English'
    if asks is Asks.ADMITS and is_left_out(line, run[0], cue) and not is_of_a_kind(line, run[0], last):
        if asked(cue)[1]:
            return Concerns(concepts, words, Asks.REQUIRES)  # 'do not accept non-smokers'
        words = lexicon.label_of_concept(concepts[0]) if concepts and is_of_who_do(line, last) else words
        return Concerns(concepts, words, Asks.ADMITS, lacked=True)
    if asks in _OPPOSITE and is_negative(line, run, concepts):
        return Concerns(concepts, lexicon.label_of_concept(concepts[0]), _OPPOSITE[asks])
    if lexicon.are_tests(concepts) and asks in {Asks.REQUIRES, Asks.MENTIONS, Asks.SILENT}:
        concern = Concerns((), lexicon.as_tested(concepts[0], required=asks is Asks.REQUIRES), asks)
        return Not(concern) if asked(cue)[1] else concern
    numbers = any(
        any(c.isdigit() for c in token.text) and not any(c.isalpha() for c in token.text)
        for token in line.tokens[first:last]
    )
    concern = Concerns(
        () if numbers and _compares(line, first, last) else concepts, words.lower() if words.istitle() else words, asks
    )
    return Not(concern) if asked(cue)[1] else concern


def _inability(line: Line, run: tuple[int, int], cue: Cue) -> tuple[str, ...]:
    """The concept of 'those who can't swallow tablets', where the lexicon knows the inability itself."""
    before = line.lemmas(max(0, run[0] - 3), run[0])
    if cue.passive or not ({"cannot"} & set(before) or before[-2:] == ("can", "not")):
        return ()
    marks = lexicon.find_concept_marks(read_line(f"unable to {line.words(*run)}"))
    return tuple(dict.fromkeys(mark.value for mark in marks if mark.first == 0))


_OPPOSITE = {Asks.REQUIRES: Asks.EXCLUDES, Asks.EXCLUDES: Asks.REQUIRES}


def _with_qualifiers(line: Line, first: int, limit: int) -> int:
    """Where the condition starts with its qualifiers: 'a history of stroke', 'treated or stable brain metastases'."""
    start = first
    while start > limit and line.tokens[start - 1].lemma in word_set("leftovers.before") and "," not in line.gap(start):
        start -= 1
    while start < first and line.tokens[start].lemma in {"or", "and", "of"}:
        start += 1
    return start


def _has_digit(line: Line, run: tuple[int, int]) -> bool:
    return any(c.isdigit() for token in line.tokens[slice(*run)] for c in token.text)


def _with_afterthought(line: Line, found: list[Part], last: int, cue: Cue | None) -> tuple[list[Part], bool]:
    """The parts, the last with the words up to `last` where these go on with it: 'metastases, treated or not'."""
    goes_on = line.lemmas(last, last + 2) == ("or", "not")
    if not found or found[-1].cue is not cue or line.gap(found[-1].last).strip() != "," or not goes_on:
        return found, False
    return [*found[:-1], _extended(line, found[-1], last + 2)], True


def _extended(line: Line, part: Part, last: int) -> Part:
    predicate = part.predicate.predicate if isinstance(part.predicate, Not) else part.predicate
    if not isinstance(predicate, Concerns):
        return part
    start = line.text.find(predicate.text, line.tokens[max(0, part.first - 4)].start)
    text = line.text[max(start, 0) : line.tokens[last - 1].end] if start >= 0 else line.words(part.first, last)
    whole = replace(predicate, text=text)
    return replace(part, last=last, predicate=Not(whole) if isinstance(part.predicate, Not) else whole)


def _compares(line: Line, first: int, last: int) -> bool:
    """Whether the run holds a comparison nobody could read: 'vitamin B12 below 200' is not 'vitamin'."""
    return bool({"below", "above", "under", "over", "than", "least", "most"} & set(line.lemmas(first, last)))


def _is_exception(line: Line, first: int, parts: Sequence[Part], cue: Cue) -> bool:
    """'… allow bilirubin up to 3 for Gilbert's': the condition of a limit that the same verb governs."""
    limits = any(part.cue is cue and isinstance(part.predicate, Limit) and part.last <= first for part in parts)
    return (
        cue.asks is Asks.ADMITS
        and limits
        and line.lemmas(first - 1, first) in {("for",), ("if",), ("in",), ("with",), ("when",)}
    )


def _last_row(line: Line, runs: Sequence[tuple[int, int]], cues: Sequence[Cue]) -> list[tuple[int, int]]:
    """The last of the runs, which is what the verbs before it are about, and those joined to it in a row."""
    free = [run for run in runs if governing(cues, run[0]) is None and not is_preamble(line, run, cues)]
    free = [run for run in free if not line.words(*run).isdigit() and not is_verb(line, run[0])]
    row = free[-1:]
    for first, last in reversed(free[:-1]):
        between = set(line.lemmas(last, row[0][0]))
        if not (between & {"or", "and"} or line.gap(last).strip() == ",") or between - tables.stop_words():
            break
        row.insert(0, (first, last))
    return row


def _about(line: Line, run: tuple[int, int], concepts: tuple[str, ...] = ()) -> Predicate:
    """The topic; an ability, which no trial studies, is what its criteria speak of: 'must read a certain language'."""
    first, last = run
    counted = line.tokens[first].text.isdigit() and line.lemmas(first - 1, first) in {("the",), ("these",), ("those",)}
    first += counted and last - first > 1  # 'the 2 omalizumab trials'
    while last - first > 1 and line.tokens[first].lemma in _BEFORE_TOPIC:
        first += 1  # 'in prisons', where the lexicon knows the condition by those words
    words = with_treatment(line, first, last)
    topic = Concerns(concepts, words, Asks.MENTIONS) if lexicon.are_abilities(concepts) else _topic(words)
    return Not(topic) if topic_left_out(line, first) else topic


_BEFORE_TOPIC = frozenset({"in", "on", "at", "of", "with", "for", "from", "by"})


def _topic(words: str) -> Predicate:
    """The topic; 'asthma or COPD' is one of two, 'oncology trials' are about cancer."""
    parts = re.split(r"(?i)\s+or\s+|\s+/\s+", words)
    either = [About(tables.fields_of_medicine().get(lemma(part), part)) for part in parts]
    return either[0] if len(either) == 1 else Any(tuple(either))


def _stretches(line: Line, busy: frozenset[int], marks: Sequence[Mark], *, topics: bool) -> Iterable[tuple[int, int]]:
    """Token ranges of neighbouring content words, split at commas, and / or, and everything already read."""
    concept = {i for mark in marks if mark.kind is Kind.CONCEPT for i in range(mark.first, mark.last)}
    content = {
        i
        for i, token in enumerate(line.tokens)
        if i not in busy and (i in concept or token.lemma not in tables.stop_words())
    }
    starts = {mark.first for mark in marks if mark.kind in {Kind.CONCEPT, Kind.FIELD}}
    content -= {i for i in content - concept if line.tokens[i].lemma == "non" and i + 1 in starts}
    own = word_set("cues.relatives")
    content -= {i for i in content - concept if line.tokens[i].lemma in own and _is_somebodys(line, i)}
    if topics:
        content -= {i for i in content - concept if _is_frame(line, i, content, concept)}
    ends = {mark.first: mark.last for mark in marks if mark.kind is Kind.CONCEPT}  # none is cut in two by a comma
    at = 0
    while at < len(line.tokens):
        if at not in content:
            at += 1
            continue
        last = at + 1
        while (end := _next_content(line, last, content, busy)) is not None:
            last = end + 1
        last = max([last, *(ends[i] for i in range(at, last) if i in ends)])
        yield at, last
        at = last


def _is_frame(line: Line, at: int, content: set[int], concept: set[int]) -> bool:
    """A word of the asker's world that qualifies no noun: 'a report', 'willing to', not 'screening colonoscopy'."""
    frame = tables.frame_words()
    if line.tokens[at].lemma in word_set("cues.relatives") and _is_somebodys(line, at):
        return True
    if line.tokens[at].lemma not in frame:
        return False
    following = at + 1
    joined = following in content and not line.gap(following).strip(" -")
    return not joined or following in concept or _is_frame(line, following, content, concept)


def _is_somebodys(line: Line, at: int) -> bool:
    """'my uncle', 'our little girl', 'Dad had …': one person, no kind of people."""
    if line.tokens[at].text.casefold() in {"girl", "boy", "lady", "gentleman", "guy"}:
        return True
    if at and line.tokens[at].text.istitle():
        return True  # 'they put Dad down as …'
    owned = {"my", "our", "his", "her", "your", "their"} & set(line.lemmas(max(0, at - 3), at))
    return bool(owned) or (
        at == 0 and line.lemmas(1, 2) in {(word,) for word in ("have", "has", "had", "is", "was", "'s")}
    )


_HYPHENED = frozenset({"and", "or", "to", "of", "in", "out", "off", "up", "on"})
_JOINING = frozenset({"of", "to", "the", "level", "against", "'s"})


def _next_content(line: Line, at: int, content: set[int], busy: frozenset[int]) -> int | None:
    """The next token of the same run: adjacent, or after 'of', 'to', 'the', with no comma between."""
    while at < len(line.tokens):
        if line.stops_at(at, ",;?.:()") and line.gap(at).strip() not in {".", ""}:
            return None
        if at in content:
            return at
        hyphened = line.gap(at) == "-" and line.tokens[at].lemma in _HYPHENED  # 'head-and-neck', 'worn-out'
        if at in busy or not (hyphened or line.tokens[at].lemma in _JOINING):
            return None
        at += 1
    return None
