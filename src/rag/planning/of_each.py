"""What a question about a set of trials asks of each of them: 'which dose do the lupus trials use?', '…, and how large
are they?'. The trials are chosen as ever; what is asked of each is read apart from what chooses them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.planning.clauses import ASKS, clause_starts
from rag.planning.forms import is_spoken_for, says_trials
from rag.planning.items import colon_behind_trials
from rag.planning.marks import Kind, Mark
from rag.planning.rules import facts_by_rule
from rag.planning.sheet import Sheet, read_sheet
from rag.planning.tables import word_set
from rag.planning.yes_no import is_yes_no


@dataclass(frozen=True, slots=True)
class OfEach:
    """The facts and limits asked of each trial, and the words [first, last) that ask for them."""

    facts: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    behind: int = 0  # where what asks goes on to the end of the question; 0 where it does not

    def asks_with(self, sheet: Sheet, words: str) -> bool:
        """Whether words of the question stand in what asks."""
        return any(words in sheet.line.words(*span) for span in self.spans)


def asked_of_each(sheet: Sheet) -> tuple[OfEach, Sheet]:
    """What is asked of each of the trials that a question chooses, and the question that chooses them.

    'Which trials exclude gout, and how are they masked?' chooses no trials that are masked: the clause that goes on to
    the end is left out, where a question that chooses trials stands before it.
    """
    told = _of_each(sheet)
    if not told.behind:
        return told, sheet
    chooses = read_sheet(sheet.line.text[: sheet.line.tokens[told.behind].start], sheet.index)
    return told, chooses if says_trials(chooses) and chooses.reading.where is not None else sheet


def _of_each(sheet: Sheet) -> OfEach:
    """What is asked of each; empty where the question asks only which trials there are."""
    if sheet.refs or is_yes_no(sheet) or not says_trials(sheet):
        return OfEach()
    behind = [*_behind(sheet)]
    spans = [*_leading(sheet), *behind]
    facts = [fact for span in spans for fact in _facts_in(sheet, span)]
    if not spans and _opens_asking(sheet):
        facts = [fact for fact in sheet.facts if not is_spoken_for(sheet, fact)]
        spans = [(0, min((part.first for part in sheet.reading.parts), default=0))]
    variables = [m.value for span in spans for m in _marks(sheet, span, Kind.VARIABLE)]
    end = _to_the_end(sheet, behind)
    told = OfEach(tuple(dict.fromkeys(facts)), tuple(dict.fromkeys(variables)), tuple(spans), end)
    return told if told.facts or told.variables else OfEach()


def _to_the_end(sheet: Sheet, spans: Sequence[tuple[int, int]]) -> int:
    """Where the first of the spans that follow one another to the end of the question starts; 0 where none does."""
    end = len(sheet.line.tokens)
    lemmas = sheet.line.lemmas()
    for first, last in reversed(spans):
        chooses = bool(_CHOSEN & set(lemmas[first:last]))  # 'of the gout trials, in which ones is no limit set?'
        end = first if last == end and not chooses else end
    return end if end < len(sheet.line.tokens) else 0


_CHOSEN = frozenset({"one", "trial", "study", "protocol", "record"})


def _opens_asking(sheet: Sheet) -> bool:
    """'How large are the … trials?', 'What do they measure …?': what is asked first is not which trials there are."""
    lemmas = sheet.line.lemmas()
    opens = lemmas[:1] and lemmas[0] in {"what", "how", "where", "when", "why", "who"}
    return bool(opens) and not {"trial", "study", "many"} & set(lemmas[1:2])


def _leading(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """'What dose of … do the trials use?', 'Give me the sponsors and start dates of the … trials': what leads."""
    lemmas = sheet.line.lemmas()
    marks = [mark for mark in sheet.kinds(Kind.FACT) if not is_spoken_for(sheet, mark.value)]
    first = next((mark for mark in marks if set(lemmas[: mark.first]) <= word_set("of_each.frame")), None)
    if first is None or not set(lemmas[: first.first]) & word_set("of_each.asking"):
        return
    last = first.last
    for mark in marks:
        joined = set(lemmas[last : mark.first]) <= word_set("of_each.joining")
        last = mark.last if mark.first >= last and joined else last
    if lemmas[last : last + 1] and lemmas[last] in word_set("of_each.reaching"):
        yield (0, last)


def _behind(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """'…, and what dose do they give?', '… trials: phase, sponsor': a clause that asks of those before it."""
    lemmas = sheet.line.lemmas()
    starts = clause_starts(sheet.line)
    for first, last in pairwise([*starts, len(lemmas)]):
        if not set(lemmas[first:last]) & ASKS:
            continue
        if set(lemmas[first:last]) & word_set("of_each.pointing") or (first and _asks_no_more(sheet, (first, last))):
            yield (first, last)
    colon = colon_behind_trials(sheet)
    if colon and _is_list(sheet, colon):
        yield (colon, len(lemmas))


def _asks_no_more(sheet: Sheet, span: tuple[int, int]) -> bool:
    """'…, and at what dose?': a clause that asks for facts and says nothing besides."""
    marks = _marks(sheet, span, Kind.FACT)
    held = {at for mark in marks for at in range(mark.first, mark.last)}
    left = {sheet.line.tokens[at].lemma for at in range(*span) if at not in held}
    return bool(marks) and left <= ASKS | _BARE


_BARE = frozenset({"and", "at", "in", "by", "to", "the", "is", "are", "with", "a"})


def _is_list(sheet: Sheet, first: int) -> bool:
    """Whether nothing but names of facts follows."""
    marks = _marks(sheet, (first, len(sheet.line.tokens)), Kind.FACT, Kind.VARIABLE)
    held = {at for mark in marks for at in range(mark.first, mark.last)}
    left = {sheet.line.tokens[at].lemma for at in range(first, len(sheet.line.tokens)) if at not in held}
    return bool(marks) and left <= word_set("of_each.joining")


def _facts_in(sheet: Sheet, span: tuple[int, int]) -> tuple[str, ...]:
    """The facts named between two words; that of a rule where neither a fact nor a limit is."""
    marked = tuple(mark.value for mark in _marks(sheet, span, Kind.FACT))
    limits = _marks(sheet, span, Kind.VARIABLE)
    lemmas = sheet.line.lemmas(*span)
    ruled = tuple(fact for fact, _ in facts_by_rule(lemmas))[:1]
    gives = lemmas[-2:-1] == ("they",) and lemmas[-1] in _GIVES and bool({"what", "which"} & set(lemmas[:3]))
    return marked if marked or limits else ruled or (("interventions",) if gives else ())


_GIVES = frozenset({"give", "test", "use", "try", "administer", "offer"})  # 'and what vaccine do they give?'


def _marks(sheet: Sheet, span: tuple[int, int], *kinds: Kind) -> list[Mark]:
    """The marks of these kinds that lie between two words."""
    return [mark for mark in sheet.kinds(*kinds) if span[0] <= mark.first and mark.last <= span[1]]
