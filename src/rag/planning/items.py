"""The items of a list of things asked about named trials: 'sponsor, size, drug and end'; bare nouns by their facts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from rag.planning import tables
from rag.planning.marks import Kind
from rag.planning.rules import facts_by_rule
from rag.planning.sheet import Sheet
from rag.planning.tables import read_table, word_set
from rag.planning.words import lemmas_of

Span = tuple[int, int]
_SIGNS = frozenset(",;:?!/+&=()")
_LONGEST = 4  # words of an item
_READ = (Kind.FACT, Kind.VARIABLE, Kind.GROUP, Kind.FIELD, Kind.AGES)


@cache
def _bare() -> dict[tuple[str, ...], str]:
    """The content words of a bare item → the phrase of the fact that it means."""
    rows = ((words.strip(), phrase) for phrase, row in read_table("items").items() for words in row.split("|"))
    return {key: phrase for words, phrase in rows if (key := _content_of(lemmas_of(words)))}


def _content_of(lemmas: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in lemmas if word not in word_set("parts.of_items"))


def items_of(sheet: Sheet) -> list[Span]:
    """The stretches between signs, 'and' and trials' names, words of no content left out at their ends."""
    lemmas = sheet.line.lemmas()
    named = {at for ref in sheet.references for at in range(ref.first, ref.last)}
    inside = {at for mark in sheet.marks for at in range(mark.first + 1, mark.last)}
    cuts = [0, *(at for at in range(1, len(lemmas)) if at not in inside and _is_cut(sheet, at, named)), len(lemmas)]
    aside = _in_brackets(sheet)
    idle = tables.stop_words() | word_set("parts.of_items") | word_set("parts.comparing")
    found = []
    for first, last in pairwise(cuts):
        content = [at for at in range(first, last) if at not in named | aside and lemmas[at] not in idle]
        if content:
            found.append((content[0], content[-1] + 1))
    return found


def _in_brackets(sheet: Sheet) -> set[int]:
    """The words of an aside: 'EASI time points (the age)'."""
    found, depth = set(), 0
    for at in range(len(sheet.line.tokens)):
        gap = sheet.line.gap(at)
        depth += gap.count("(") - gap.count(")")
        found |= {at} if depth > 0 else set()
    return found


def _is_cut(sheet: Sheet, at: int, named: set[int]) -> bool:
    gap, lemmas = sheet.line.gap(at), sheet.line.lemmas()
    if lemmas[at] in {"and", "plus"} or lemmas[at - 1] in {"and", "plus"}:
        return True
    dash = gap != gap.strip() and gap.strip() in {"-", "–", "—"}
    return bool(set(gap) & _SIGNS) or dash or (at in named) != (at - 1 in named)


def items_said(sheet: Sheet) -> str:
    """The question with bare nouns of its list said as facts: 'LYRA-2: size, end' as 'LYRA-2: sample size, …'."""
    text = sheet.line.text
    behind = colon_behind_trials(sheet)
    if not sheet.refs and not behind:
        return text
    items = [item for item in items_of(sheet) if item[0] >= behind]
    said = {item: phrase for item in items if (phrase := _phrase(sheet, item))}
    if not said or not _is_list(sheet, items, [*said]):
        return text
    for (first, last), phrase in sorted(said.items(), reverse=True):
        start, end = sheet.line.tokens[first].start, sheet.line.tokens[last - 1].end
        text = text[:start] + phrase + text[end:]
    return text


def colon_behind_trials(sheet: Sheet) -> int:
    """Where the list of 'lupus trials: phase, size, sponsor' begins; 0 where none does."""
    tokens = sheet.line.tokens
    if not any(token.text.casefold() in {"trials", "studies"} for token in tokens):
        return 0
    gaps = ((at, sheet.line.gap(at)) for at in range(1, len(tokens)))
    return next((at for at, gap in gaps if gap.strip() == ":" or (gap.strip() in {"-", "–", "—"} and " " in gap)), 0)


def _phrase(sheet: Sheet, item: Span) -> str:
    reaches = any(mark.first < item[1] and item[0] < mark.last and not (item[0] <= mark.first and mark.last <= item[1])
                  for mark in sheet.marks)  # 'number of arms': its noun stands behind
    phrase = "" if reaches else _bare().get(_content_of(sheet.line.lemmas(*item)), "")
    return "" if phrase == sheet.line.words(*item).casefold() else phrase


def _is_list(sheet: Sheet, items: Sequence[Span], bare: Sequence[Span]) -> bool:
    """Whether facts are listed: all items are bare or read, or a run of two or more stands behind what compares."""
    read = [item for item in items if item in bare or _is_read(sheet, item)]
    short = all(last - first <= _LONGEST for first, last in read)
    listed = len(read) > 1 or sheet.has("compare") or (len(items) == 1 and not sheet.facts and _is_short(sheet))
    return short and listed and len(read) * 2 >= len(items)


def _is_short(sheet: Sheet) -> bool:
    """'LYRA-2: disease?', 'what is the drug in LYRA-2?': nothing else is said."""
    named = {at for ref in sheet.references for at in range(ref.first, ref.last)}
    left = {token.lemma for at, token in enumerate(sheet.line.tokens) if at not in named}
    return not left & word_set("parts.no_single") and len(left) <= _LONGEST + 1


def _is_read(sheet: Sheet, item: Span) -> bool:
    marked = any(item[0] <= mark.first < item[1] for mark in sheet.kinds(*_READ))
    return marked or bool(facts_by_rule(sheet.line.lemmas(*item)))


def unread_items(sheet: Sheet, items: Sequence[Span]) -> list[Span]:
    """The short items beside read ones that nothing reads: 'mutation' of 'sponsor, country, mutation'."""
    if len(items) < 2 or any(last - first > _LONGEST for first, last in items):
        return []
    lost = [item for item in items if not _is_read(sheet, item) and not _is_of_a_condition(sheet, item)]
    lost = [item for item in lost if not {"one", "trial", "study"} & set(sheet.line.lemmas(item[1], item[1] + 2))]
    loose = word_set("parts.no_items") & set(sheet.line.lemmas())
    return lost if 0 < len(lost) < len(items) and len(lost) * 2 <= len(items) + 1 and not loose else []


def _is_of_a_condition(sheet: Sheet, item: Span) -> bool:
    kinds = sheet.kinds(Kind.CONCEPT, Kind.LIMIT, Kind.CUE)
    return any(mark.first < item[1] and item[0] < mark.last for mark in kinds)
