"""Questions that go over a registry field of all trials: 'what phases are the trials in', 'how many per country'."""

from __future__ import annotations

from rag.planning.tables import read_table, word_set
from rag.planning.words import Line

_NOUNS = frozenset({"trial", "study", "protocol", "record"})
_COMPANIES = {(word,) for word in ("company", "firm", "maker", "manufacturer", "industry", "trial", "study")}
_SHORT = 5  # words of 'trials per phase', which tallies without saying so


def fields_surveyed(line: Line) -> tuple[str, ...]:
    """The facts whose values are asked for over many trials; () where the question does not survey a field."""
    table = read_table("surveys")
    lemmas = line.lemmas()
    named = _named(line)
    tallied = bool(set(table["tally"].split()) & set(lemmas)) or lemmas[:2] == ("how", "many")
    by = set(table["by"].split())
    for at, fact in named.items():
        before = set(lemmas[max(0, at - 3) : at])
        if tallied and before & by and (_NOUNS & set(lemmas) or lemmas[0] in _COUNTS):
            return (fact,)
        if len(lemmas) <= _SHORT and {"per", "by"} & set(lemmas[at - 1 : at]) and _NOUNS & set(lemmas[:at]):
            return (fact,)
    return _listed_of_trials(line, named) or _asked_first(line, named)


_COUNTS = frozenset({"count", "tally", "breakdown", "distribution", "number", "split"})


def _named(line: Line) -> dict[int, str]:
    """The fact that each noun of a field names, by its token."""
    lemmas, nouns = line.lemmas(), read_table("surveys")["noun"]
    named = {
        at: nouns[word]
        for at, word in enumerate(lemmas)
        if word in nouns and lemmas[at + 1 : at + 2] not in _COMPANIES  # 'led by a drug company'
    }
    classes = {at for at in named if lemmas[at : at + 2] in {("sponsor", "type"), ("sponsor", "class")}}
    return named | dict.fromkeys(classes, "sponsor_class")


def field_ranked(line: Line) -> str:
    """The fact whose values are ranked by their trials: 'which firm runs the most trials?', 'the busiest firm'."""
    lemmas, table, named = line.lemmas(), read_table("surveys"), _named(line)
    ranks = [at for at, word in enumerate(lemmas) if word in set(table["most"].split())]
    busy = [at + 1 for at in ranks if set(lemmas[at + 1 : at + 2]) & set(table["busy"].split())]
    if active := [named[at] for end in busy for at in sorted(named) if 0 < at - end < _NEAR]:
        return active[0]
    runs = next((at for at, word in enumerate(lemmas) if word in table["runs"].split()), len(lemmas))
    first = min(named, default=len(lemmas))
    if not any(_counts_trials(lemmas, at) for at in ranks) or min(runs, first) == len(lemmas):
        return ""
    return "sponsor" if runs < first else named[first]


_NEAR = 4  # words from 'most active' to what is so


def _counts_trials(lemmas: tuple[str, ...], at: int) -> bool:
    """'the most trials', 'the greatest number of trials', not 'the most recent trials', 'most patients in a trial'."""
    after = [word for word in lemmas[at + 1 : at + 6] if word not in {"of", "the", "all", "these", "clinical"}]
    if after[:1] in (["number"], ["count"]):
        return bool(_NOUNS & set(after[1:3]))
    others = {"recent", "patient", "participant"}
    return lemmas[at] == "most" and bool(_NOUNS & set(after[:2])) and after[0] not in others


def _listed_of_trials(line: Line, named: dict[int, str]) -> tuple[str, ...]:
    """'Countries of the trials', 'list of all sponsors': the plural of a field, and nothing but trials beside it."""
    plain = [at for at in named if _is_plural(line, at)]
    known = word_set("landscapes.beside") | _NOUNS
    only = all(at in plain or word in known for at, word in enumerate(line.lemmas()))
    return (named[plain[0]],) if len(plain) == 1 and only else ()


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
