"""Everything read from one question before it is decided what the question wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.planning import lexicon, tables
from rag.planning.clauses import Ruled, chosen, facts_by_clause
from rag.planning.examples import examples_told
from rag.planning.fragments import Reference
from rag.planning.glossary import glossary_phrases
from rag.planning.marks import Kind, Mark, find_marks, names_the_topic
from rag.planning.outcomes import find_outcomes
from rag.planning.preamble import as_written, without_greeting
from rag.planning.predicates import Reading, read_predicates
from rag.planning.ranked import find_ranked, place_before
from rag.planning.references import find_references
from rag.planning.respell import respaced
from rag.planning.rules import facts_by_rule, words_of_rules
from rag.planning.sentences import NOUNS, SELVES, asks, sentences, workplaces
from rag.planning.slips import without_slips
from rag.planning.spelling import correct
from rag.planning.tables import word_set
from rag.planning.titled import titles_as_ids
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Found, Line, Token, line_of, read_line
from rag.types import Comparison, TrialRef

_LONGEST = 4000  # characters read; a longer question is cut here (the surfaces refuse it before)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One question, marked up. `cues` maps each intent cue found to its first token."""

    line: Line
    index: WordIndex
    references: tuple[Reference, ...]
    marks: tuple[Mark, ...]
    reading: Reading  # predicates, with words left over as topics
    bare: Reading  # the same without topics: for questions about one trial
    cues: Mapping[str, int]
    extremes: tuple[Found[str], ...]
    terms: tuple[str, ...]  # glossary ids
    ruled: Ruled = ()  # facts by rule, and whether each stands alone
    head: frozenset[str] | None = None  # what 'what colour', 'which insulin pump' asks for
    apart: tuple[str, ...] = ()  # the facts of a question in which several clauses ask
    past: tuple[str, ...] = ()  # 'in the last 5 years': times that count from a day the record does not know

    @property
    def refs(self) -> tuple[TrialRef, ...]:
        return tuple(dict.fromkeys(reference.ref for reference in self.references))

    @property
    def facts(self) -> tuple[str, ...]:
        """Fact ids in the order asked: those of each clause that asks, or those of the whole question."""
        named = dict.fromkeys(mark.value for mark in self.marks if mark.kind is Kind.FACT)
        return self.apart or chosen(named, self.ruled, self.line.lemmas())

    @property
    def limits(self) -> tuple[Comparison, ...]:
        return tuple(mark.value for mark in self.marks if mark.kind is Kind.LIMIT)

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables named, with or without a number, then those of organ groups."""
        named = [
            mark.value.variable if mark.kind is Kind.LIMIT else mark.value
            for mark in self.marks
            if mark.kind in {Kind.LIMIT, Kind.VARIABLE}
        ]
        grouped = [v for mark in self.marks if mark.kind is Kind.GROUP for v in lexicon.variables_of(mark.value.id)]
        singles = [single for variable in named for single in lexicon.singles_of(variable)]
        return tuple(dict.fromkeys([*singles, *grouped]))

    @property
    def concepts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mark.value for mark in self.marks if mark.kind is Kind.CONCEPT))

    def has(self, *cues: str) -> bool:
        """Whether any of the cues was found."""
        return any(cue in self.cues for cue in cues)

    def kinds(self, *kinds: Kind) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.kind in kinds)


def read_sheet(text: str, index: WordIndex, *, naming: bool = True) -> Sheet:
    """The question marked up: spelling set right, trials found (if `naming`), predicates and cues read."""
    text = as_written(text[:_LONGEST])
    told = titles_as_ids(text, index) if naming else text
    told = without_slips(told, index)
    line = correct(read_line(respaced(examples_told(without_greeting(told)))), index)
    return sheet_of(line, index, _outside_outcomes(find_references(line, index), line) if naming else ())


def sheet_of(line: Line, index: WordIndex, references: tuple[Reference, ...]) -> Sheet:
    """The line marked up around the trials that `references` name."""
    taken = frozenset(i for reference in references for i in range(reference.first, reference.last))
    ranked = () if references else find_ranked(line)
    offices = frozenset[int]() if references else workplaces(line)
    marks = find_marks(line, index, taken | offices | _tokens_of(ranked))
    if offices and not any(mark.kind in _OF_HEALTH for mark in marks):
        offices = frozenset()  # 'for our gout clinic we need recruiting trials': of gout
        marks = find_marks(line, index, taken | _tokens_of(ranked))
    marks = tuple(sorted([*marks, *spoken_facts(line, references, marks)], key=lambda mark: mark.first))
    past = relative_dates(line, marks)
    cues = {name: found[0].first for name, table in tables.intent_cues().items() if (found := table.find(line))}
    extremes = tuple(
        found
        for found in (*ranked, *tables.extreme_cues().find(line, _tokens_of(ranked)))
        if not (_in_limit(found, marks) or _is_bound(line, found) or _is_told(line, found) or _is_end(found, marks))
    )
    ranks = [(found.first - bool(place_before(line, found.first)), found.last) for found in extremes]
    busy = taken | offices | {i for first, last in [*past, *ranks] for i in range(first, last)}
    wanted = _wanted_beside(line, marks)
    return Sheet(
        line,
        index,
        references,
        marks,
        read_predicates(line, marks, busy | wanted | _idle(line), topics=True),
        read_predicates(line, marks, busy | wanted, topics=False),
        cues,
        extremes,
        tuple(dict.fromkeys(found.value for found in glossary_phrases().find(line))),
        _ruled(line, references, marks),
        _head(line.lemmas()),
        _apart(line, references, marks),
        tuple(line.words(first, last) for first, last in past),
    )


_OF_HEALTH = frozenset({Kind.CONCEPT, Kind.LIMIT, Kind.VARIABLE, Kind.GROUP})


def _tokens_of(found: tuple[Found[str], ...]) -> frozenset[int]:
    return frozenset(at for one in found for at in range(one.first, one.last))


def _is_told(line: Line, found: Found[str]) -> bool:
    """The 'most' of 'we see many, most with gout. Which trials …' and of 'most days', which rank nothing."""
    if line.lemmas(found.first, found.first + 2) in _AMOUNTS or line.lemmas(found.last - 1, found.last + 1) in _AMOUNTS:
        return True
    spans = sentences(line)
    inside = next(span for span in spans if span[0] <= found.first < span[1])
    words = set(line.lemmas(*inside))
    told = "most" in line.lemmas(found.first, found.last) and bool(SELVES & words)
    leads = inside[1] < len(line.tokens) and ":" in line.gap(inside[1])  # 'fewest sites: which one is it?'
    told = told or not (leads or {*NOUNS, "one", "ones"} & words)  # 'the pills are the worst. Which trials …'
    return told and not asks(line, inside) and any(asks(line, span) for span in spans)


_AMOUNTS = {("most", unit) for unit in ("day", "week", "month", "morning", "night", "of")}


def _wanted_beside(line: Line, marks: tuple[Mark, ...]) -> frozenset[int]:
    """The facts in 'trials that exclude pregnancy, with their phase and sponsor': told of each trial, no condition."""
    lemmas = line.lemmas()
    starts = {at + 2 for at in range(len(lemmas)) if lemmas[at : at + 2] in {("with", "their"), ("and", "their")}}
    wanted: set[int] = set()
    for mark in marks:
        before = [lemmas[at] for start in starts for at in range(start, mark.first) if at not in wanted]
        if mark.kind is Kind.FACT and any(start <= mark.first for start in starts) and set(before) <= {"and"}:
            wanted |= set(range(mark.first, mark.last))
    return frozenset(wanted)


def _idle(line: Line) -> frozenset[int]:
    """The tokens of turns of phrase that choose nothing."""
    turns = {i for found in tables.idle_phrases().find(line) for i in range(found.first, found.last)}
    asking = {i for found in tables.intent_cues()["list"].find(line) for i in range(found.first, found.last)}
    asking = {i for i in asking if line.tokens[i].lemma in _COMMANDS and i < _OPENING}
    return frozenset(turns | asking | {at for at in range(len(line.tokens)) if names_the_topic(line, at)})


_COMMANDS = frozenset({"identify", "enumerate", "display", "return", "fetch", "select", "tabulate", "compile"})
_OPENING = 3  # tokens in which a command stands



def _outside_outcomes(references: tuple[Reference, ...], line: Line) -> tuple[Reference, ...]:
    """The references without words that name an outcome: 'have a walking test as primary outcome' names no trial."""
    outcomes = [found for found in find_outcomes(line) if getattr(found.value, "field", "") != "outcome"]
    references = tuple(one for one in references if one.ref.how != "condition" or not _is_a_kind(line, one))
    return tuple(
        reference
        for reference in references
        if reference.ref.how == "id"
        or not any(f.first <= reference.first and reference.last <= f.last for f in outcomes)
    )


def _is_a_kind(line: Line, reference: Reference) -> bool:
    """'the drug trial', 'the device study': what is tried, no disease that would tell one trial from others."""
    words = set(line.lemmas(reference.first, reference.last))
    return words <= word_set("sheet.kinds_of_trials")


def _named(references: tuple[Reference, ...], marks: tuple[Mark, ...]) -> frozenset[int]:
    """The tokens within trials' names and other long names: the 'control' of 'birth control' is no word of its own."""
    names = [mark for mark in marks if mark.kind is Kind.CONCEPT and not lexicon.is_a_condition(mark.value)]
    spans = [(reference.first, reference.last) for reference in references]
    spans += [(mark.first, mark.last) for mark in names if mark.last - mark.first > 1]
    return frozenset(at for first, last in spans for at in range(first, last))


def _apart(line: Line, references: tuple[Reference, ...], marks: tuple[Mark, ...]) -> tuple[str, ...]:
    """The facts of each clause that asks, for questions about one trial."""
    named = _named(references, marks)
    return () if _speaks_of_trials(line, named) else facts_by_clause(line, marks, named)


def _speaks_of_trials(line: Line, named: frozenset[int]) -> bool:
    left = (token for i, token in enumerate(line.tokens) if i not in named)
    return any(token.lemma in {"trial", "study"} and token.text.casefold().endswith("s") for token in left)


def _ruled(line: Line, references: tuple[Reference, ...], marks: tuple[Mark, ...]) -> Ruled:
    """Facts by rule, for questions about one trial: none where trials are spoken of in the plural."""
    named = _named(references, marks)
    left = [token for i, token in enumerate(line.tokens) if i not in named]
    if _speaks_of_trials(line, named):
        return ()
    lemmas = tuple(token.lemma for token in left)
    head = _head(lemmas)
    ruled = facts_by_rule(lemmas)
    return ruled if head is None else tuple(pair for pair in ruled if head & words_of_rules((pair[0],)))


def _head(lemmas: tuple[str, ...]) -> frozenset[str] | None:
    """The words of 'what colour', 'which insulin pump', which no rule may pass by; None where no such phrase opens."""
    if lemmas[:1] not in {("what",), ("which",)}:
        return None
    ends = word_set("cues.be") | word_set("cues.auxiliaries") | word_set("references.prepositions")
    end = next((at for at, word in enumerate(lemmas[1:], 1) if word in ends or len(word) < 2), len(lemmas))
    words = frozenset(lemmas[1:end])
    return words if end < 4 and words and not words & tables.stop_words() else None


def relative_dates(line: Line, marks: tuple[Mark, ...]) -> list[tuple[int, int]]:
    """'in the last 5 years' said of trials, as token ranges; 'stroke in the last month' is a condition's window."""
    lemmas, found = line.lemmas(), []
    for at, word in enumerate(lemmas):
        if word not in {"last", "past"} or lemmas[max(0, at - 1) : at] != ("the",):
            continue
        end = at + 1
        while end < len(lemmas) and end < at + 3 and lemmas[end] not in {"year", "month", "decade"}:
            end += 1
        first = (
            at - 2
            if lemmas[max(0, at - 2) : at - 1] in {("in",), ("over",), ("within",), ("during",), ("from",)}
            else at - 1
        )
        condition = any(mark.kind is Kind.CUE and mark.last <= first for mark in marks) and not word_set(
            "sheet.said_of_trials"
        ) & set(lemmas[max(0, first - 1) : first])
        if end < len(lemmas) and lemmas[end] in {"year", "month", "decade"} and not condition:
            found.append((first, end + 1))
    return found


def spoken_facts(line: Line, references: tuple[Reference, ...], marks: tuple[Mark, ...]) -> list[Mark]:
    """Facts asked for around a trial's name, as if 'it' stood there: 'why was NCT… stopped'."""
    tokens, origin, at = [], [], 0
    lemmas = line.lemmas()
    spans = dict(_with_noun(lemmas, reference) for reference in references)
    while at < len(lemmas):
        end = spans.get(at) or (
            at + 2
            if lemmas[at : at + 2] in {(d, n) for d in ("the", "this", "that") for n in ("trial", "study")}
            else None
        )
        token = line.tokens[at]
        tokens.append(Token("it", "it", token.start, token.end) if end else token)
        origin.append((at, end or at + 1))
        at = end or at + 1
    if len(tokens) == len(line.tokens) and not references:
        return []
    heard = line_of(line.text, tokens)
    found = [f for f in tables.fact_phrases().find(heard) if "it" in heard.lemmas(f.first, f.last)]
    spoken = [Mark(origin[f.first][0], origin[f.last - 1][1], Kind.FACT, f.value) for f in found]
    return [mark for mark in spoken if mark.value not in {other.value for other in marks if other.kind is Kind.FACT}]


def _with_noun(lemmas: tuple[str, ...], reference: Reference) -> tuple[int, int]:
    """The tokens of a trial's name with 'the' before and 'trial' after it."""
    first, last = reference.first, reference.last
    first -= lemmas[max(0, first - 1) : first] in {("trial",), ("study",)}
    first -= lemmas[max(0, first - 1) : first] == ("the",)
    last += lemmas[last : last + 1] in {("trial",), ("study",)}
    return first, last


def _is_end(found: Found[str], marks: tuple[Mark, ...]) -> bool:
    """The 'youngest' of 'whose youngest participant is a teenager, a minimum age of 12 to 17', told by its values."""
    fields = {getattr(mark.value, "field", "") for mark in marks if getattr(mark.value, "numbers", None)}
    return {"youngest": "age.minimum", "oldest": "age.maximum"}.get(found.value, " ") in fields


def _is_bound(line: Line, found: Found[str]) -> bool:
    """'at least', 'at most': a bound, no superlative."""
    return line.lemmas(max(0, found.first - 1), found.first) == ("at",)


def _in_limit(found: Found[str], marks: tuple[Mark, ...]) -> bool:
    return any(
        mark.kind in {Kind.LIMIT, Kind.FIELD} and mark.first < found.last and found.first < mark.last for mark in marks
    )


def content_of(sheet: Sheet) -> list[int]:
    stop = tables.stop_words()
    return [i for i, token in enumerate(sheet.line.tokens) if token.lemma not in stop]
