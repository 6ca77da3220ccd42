"""Questions that go over a registry field of all trials: 'what phases are the trials in', 'how many per country'."""

from __future__ import annotations

from rag.planning.tables import read_table
from rag.planning.words import Line

_NOUNS = frozenset({"trial", "study", "protocol", "record"})
_COMPANIES = {(word,) for word in ("company", "firm", "maker", "manufacturer", "industry", "trial", "study")}


def fields_surveyed(line: Line) -> tuple[str, ...]:
    """The facts whose values are asked for over many trials; () where the question does not survey a field."""
    table = read_table("surveys")
    lemmas = line.lemmas()
    named = {
        at: table["noun"][word]
        for at, word in enumerate(lemmas)
        if word in table["noun"] and lemmas[at + 1 : at + 2] not in _COMPANIES  # 'led by a drug company'
    }
    classes = {at for at in named if lemmas[at : at + 2] in {("sponsor", "type"), ("sponsor", "class")}}
    named |= dict.fromkeys(classes, "sponsor_class")
    if not named:
        return ()
    tallied = bool(set(table["tally"].split()) & set(lemmas)) or lemmas[:2] == ("how", "many")
    by = set(table["by"].split())
    for at, fact in named.items():
        before = set(lemmas[max(0, at - 3) : at])
        if tallied and before & by and any(word in _NOUNS for word in lemmas):
            return (fact,)
    return _asked_first(line, named)


def _asked_first(line: Line, named: dict[int, str]) -> tuple[str, ...]:
    """'What phases are the trials in?', 'which drugs are being tested?': a plural right behind the question word."""
    lemmas = line.lemmas()
    asked = 1 if lemmas[:1] in {("in",), ("at",), ("from",), ("by",), ("across",)} else 0  # 'in which countries …'
    skipped = {"are", "the", "different", "kind", "type", "of", "all", "sort", "main", "s"}
    at = asked + 1
    while at < len(lemmas) and lemmas[at] in skipped:
        at += 1
    if lemmas[asked : asked + 1] not in {("what",), ("which",)} or at not in named or not _is_plural(line, at):
        return ()
    after = lemmas[at + 1 : at + 2]
    goes_on = after in {("are",), ("do",), ("were",), ("have",), ("appear",), ("occur",), ("there",), ("in",), ()}
    single = {"trial", "study"} & {token.text.casefold() for token in line.tokens}
    return (named[at],) if goes_on and not single else ()


def _is_plural(line: Line, at: int) -> bool:
    word = line.tokens[at].text.casefold()
    return word.endswith(("s", "phases", "statuses")) and word != "status"
