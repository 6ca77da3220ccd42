"""Whole titles in a question, said again as the id of the trial: no word of a title asks for anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from rag.planning import tables
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Line, name_lemmas, read_line

_RARE = 1_500  # trials: a word that more of them hold leads to none
_TRIED = 60  # trials whose titles are laid beside the question
_SHORTEST = 4  # words of a title that is looked for
_LONG = 8  # words in a row that no question about a topic repeats by chance
_MOSTLY = 0.6  # of a title: the rest is often left out
_NOUNS = frozenset(["trial", "study", "project", "protocol", "record", "titled", "entitled", "called", "named"])
_QUOTES = "\"“”„«»'‘’"


class _Run(NamedTuple):
    """Neighbouring words of the question that a title holds in the same order."""

    first: int
    last: int
    share: float  # the part of the title that they are
    trial_id: str


def titles_as_ids(text: str, index: WordIndex) -> str:
    """`text` with each title that it holds, whole or nearly so, replaced by the id of the one trial that bears it."""
    line = read_line(text)
    text = line.text
    for run in sorted(_named(line, index), reverse=True):
        start, end = _in_full(text, line.tokens[run.first].start, line.tokens[run.last - 1].end)
        text = f"{text[:start]}{run.trial_id}{text[end:]}"
    return text


def _named(line: Line, index: WordIndex) -> list[_Run]:
    """The stretches that are titles, none overlapping; a stretch that several trials bear names none here."""
    if len(line.tokens) <= _SHORTEST:
        return []
    chosen: list[_Run] = []
    runs = sorted(_runs(line, index), key=lambda run: (run.first - run.last, -run.share, run.trial_id))
    for run in runs:
        if any(run.first < other.last and other.first < run.last for other in chosen):
            continue
        chosen.append(run)
    equal = Counter((run.first, run.last, run.share) for run in set(runs))
    return [run for run in chosen if equal[run[:3]] == 1 and _is_named(line, run)]


def _runs(line: Line, index: WordIndex) -> Iterable[_Run]:
    for at in _candidates(line, index):
        summary = index.summaries[at]
        for title in dict.fromkeys((summary.title, summary.official_title)):
            lemmas = name_lemmas(title)
            first, last = _common(line.lemmas(), lemmas)
            share = (last - first) / len(lemmas) if lemmas else 0
            content = [word for word in line.lemmas(first, last) if word not in tables.stop_words()]
            if last - first >= _SHORTEST and share >= _MOSTLY and len(content) > 1:
                yield _Run(first, last, share, summary.trial_id)


def _candidates(line: Line, index: WordIndex) -> list[int]:
    """The trials that hold most of the question's rarer words."""
    holding = [index.holds(word) for word in set(line.lemmas()) if word not in tables.stop_words()]
    tally = Counter(at for trials in holding if len(trials) <= _RARE for at in trials)
    return [at for at, words in sorted(tally.items(), key=lambda item: (-item[1], item[0]))[:_TRIED] if words > 1]


def _common(asked: tuple[str, ...], title: tuple[str, ...]) -> tuple[int, int]:
    """The tokens of the question that are the longest stretch of the title."""
    best, row = (0, 0), [0] * (len(title) + 1)
    for at, word in enumerate(asked, 1):
        for place in range(len(title), 0, -1):
            row[place] = row[place - 1] + 1 if title[place - 1] == word else 0
            if row[place] > best[1] - best[0]:
                best = (at - row[place], at)
    return best


def _is_named(line: Line, run: _Run) -> bool:
    """Whether a title is meant, not a topic in the same words: in quotes, behind 'the trial', in capitals, or long."""
    before, after = line.gap(run.first), line.gap(run.last)
    if before[-1:] in set(_QUOTES) or after[:1] in set(_QUOTES):
        return True
    outside = [token for at, token in enumerate(line.tokens) if not run.first <= at < run.last]
    if any(token.text.casefold() in {"trials", "studies", "protocols"} for token in outside):
        return False
    beside = {token.text.casefold() for token in line.tokens[max(0, run.first - 2) : run.first]}
    beside |= {token.text.casefold() for token in line.tokens[run.last : run.last + 1]}
    content = [t for t in line.tokens[run.first : run.last] if t.lemma not in tables.stop_words()]
    capitals = sum(not token.text[0].islower() for token in content)
    written = capitals * 3 >= len(content) * 2 and line.text != line.text.upper()
    return bool(beside & _NOUNS) or written or run.last - run.first >= _LONG


def _in_full(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch with the quotes, the brackets and the acronym in brackets around it."""
    if text[start - 1 : start] in {"(", *_QUOTES} and start:
        start -= 1
    rest = text[end:]
    acronym = rest[: rest.find(")") + 1] if rest.startswith((" (", ")")) else ""
    end += len(acronym) if len(acronym) <= 20 else 0
    if text[end : end + 1] in set(_QUOTES) or text[end : end + 2] in {'."', ".”"}:
        end += 1 + (text[end] == ".")
    return start, end
