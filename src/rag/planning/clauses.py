"""Several facts asked in one question, clause by clause: 'who leads it, and where?'."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from rag.planning.marks import Kind, Mark
from rag.planning.rules import facts_by_rule
from rag.planning.tables import word_set
from rag.planning.wider import are_wider
from rag.planning.words import Line

Ruled = tuple[tuple[str, bool], ...]  # facts by rule, and whether each stands alone

ASKS = frozenset({"who", "whom", "whose", "what", "which", "where", "when", "why", "how"})
_RELATIVE = frozenset({"who", "whom", "whose", "which", "where", "when"})  # after a bare comma they describe
_TESTED = {("it",), ("there",), ("they",), ("the",), ("patient",), ("participant",), ("people",)}
_MOST_BEFORE = 2  # prepositions before the word that asks: 'and over what period'
_SHORT = 2  # words of a clause whose verb stands in the last one: 'how, and at what intervals, is it given'


def facts_by_clause(line: Line, marks: Sequence[Mark], named: Collection[int]) -> tuple[str, ...]:
    """The facts of all clauses in their order; none where fewer than two clauses ask. `named`: trials' names."""
    starts = [0, *_openings(line)]
    if len(starts) < 2:
        return ()
    spans = list(pairwise([*starts, len(line.tokens)]))
    found = [_facts_of(line, span, spans[-1], marks, named) for span in spans]
    facts = tuple(dict.fromkeys(fact for facts in found for fact in facts))
    return facts if sum(map(bool, found)) > 1 else ()


def clause_starts(line: Line) -> list[int]:
    """Where a clause that asks starts behind another one, a question of its own, or a keyword behind 'plus'."""
    lemmas, opened = line.lemmas(), set(_openings(line))
    return [
        at
        for at in range(1, len(line.tokens))
        if at in opened or "?" in line.gap(at) or line.gap(at).strip() == "+" or lemmas[at] == "plus"
    ]


def chosen(named: Collection[str], ruled: Ruled, lemmas: Sequence[str]) -> tuple[str, ...]:
    """The facts by phrase, then by rule; a rule that stands alone overrules one phrase or wider ones, or joins one."""
    alone = [fact for fact, stands_alone in ruled if stands_alone]
    if alone and (len(named) < 2 or are_wider(named, alone[0])):
        both = "and" in lemmas and named and alone[0] not in named
        return (*named, alone[0]) if both else (alone[0],)
    return tuple(named) or tuple(alone[:1]) or tuple(fact for fact, _ in ruled[:1])


def _openings(line: Line) -> list[int]:
    """Where clauses that ask start; before the last of a list 'who …' asks too: 'which firm pays, who leads, and …'."""
    found = [at for at in range(1, len(line.tokens)) if _opens(line, at)]
    lemmas = line.lemmas()
    last = max((at for at in found if lemmas[at] in {"and", "plus"}), default=0)
    if not found or not last or lemmas[0] not in ASKS:
        return found
    listed = (at for at in range(2, last) if "," in line.gap(at) and lemmas[at] in _RELATIVE - {"which", "whose"})
    return sorted({*found, *listed})


def _opens(line: Line, at: int) -> bool:
    """Whether a clause that asks starts at `at`: 'and' or a comma, perhaps a preposition, and a word that asks."""
    lemmas, gap = line.lemmas(), line.gap(at)
    joined = lemmas[at] in {"and", "plus"}
    stopped = any(sign in gap for sign in ";+&?")
    if not joined and not stopped and "," not in gap:
        return False
    first = ask = at + joined
    while ask < first + _MOST_BEFORE and lemmas[ask : ask + 1] and lemmas[ask] in word_set("sheet.before_asking"):
        ask += 1
    word = lemmas[ask] if ask < len(lemmas) else ""
    if joined and word in word_set("intents.question_verbs") and lemmas[ask + 1 : ask + 2] in _TESTED:
        return True  # 'how many take part, and is it blinded?'
    return word in ASKS and (joined or stopped or ask > first or word not in _RELATIVE)


def _facts_of(
    line: Line, span: tuple[int, int], last: tuple[int, int], marks: Sequence[Mark], named: Collection[int]
) -> tuple[str, ...]:
    phrases = dict.fromkeys(m.value for m in marks if m.kind is Kind.FACT and span[0] <= m.first < span[1])
    words = [line.tokens[at].lemma for at in range(*span) if at not in named]
    ruled = facts_by_rule(tuple(words))
    if not ruled and len([word for word in words if word != "and"]) <= _SHORT and span != last:
        words += _verb_of(line, last)
        ruled = facts_by_rule(tuple(words))
    return chosen(phrases, ruled, words[1:])


def _verb_of(line: Line, span: tuple[int, int]) -> tuple[str, ...]:
    """What is said in a clause behind its own question: 'do patients receive it' of 'at what intervals do …'."""
    lemmas = line.lemmas(*span)
    verbs = word_set("cues.be") | word_set("cues.auxiliaries")
    start = next((at for at, word in enumerate(lemmas) if word in verbs), len(lemmas))
    return lemmas[start:]
