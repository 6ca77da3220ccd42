"""A limit on a measure that the lexicon does not have: 'require a plaque score below 20 %', 'exclude cotinine > 100'.

The words between the verb and the comparison are the measure, whatever they are; `rag.criteria.asked` looks for the
same words in the records.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rag.criteria.lexicon import load_variables, measure_id
from rag.criteria.questions import read_behind_name
from rag.planning import tables
from rag.planning.tables import word_set
from rag.planning.words import Found, Line, lemmas_of
from rag.types import Comparison, Span

_MOST = 6  # words of a name
_SIGN = re.compile(r"[<>≤≥=]")
_ROMAN = re.compile(r"[ivx]{1,4}")
_UNIT = re.compile(r"(?i)\d\s*(%|[a-zµμ°][\w/%.^*²³·-]{0,14})")


def find_measures(
    line: Line, verbs: Sequence[int], known: Sequence[tuple[int, int]], busy: Collection[int]
) -> list[Found[Comparison]]:
    """The limits on such measures, in text order; `verbs` are the tokens behind the verbs of criteria.

    Where there is such a verb, what is called a score, a scale, an index may also stand in front of it: 'is a plaque
    score above 20 % excluded anywhere?'.

    `known` are the places (tokens, half-open) of names of the lexicon: none of them may be the whole measure. The
    tokens in `busy` were read as comparisons, fields, verbs or names of trials: nothing is read twice.
    """
    behind = [_behind(line, verb, known, busy) for verb in verbs]
    found = [one for one in behind if one is not None]
    if found or not verbs:
        return found
    before = [_behind(line, start, known, busy) for start in _starts(line, min(verbs))]
    return [one for one in before if one is not None and _is_called(one)][:1]


def _starts(line: Line, verb: int) -> list[int]:
    """The tokens in front of the first verb at which a name may begin: the first, and those behind an article."""
    articles = word_set("measures.articles")
    return [at for at in range(verb) if at == 0 or line.stops_at(at) or line.tokens[at - 1].lemma in articles]


def _is_called(found: Found[Comparison]) -> bool:
    """Whether the name ends in a word for a measure, or a concentration is told of it: elsewhere than behind its verb
    anything may stand before a number.
    """
    words = lemmas_of(load_variables()[found.value.variable].label)
    return words[-1] in word_set("measures.scales") or "/" in found.value.unit


def _behind(
    line: Line, first: int, known: Sequence[tuple[int, int]], busy: Collection[int]
) -> Found[Comparison] | None:
    leads = word_set("measures.leads")
    while first < len(line.tokens) and line.tokens[first].lemma in leads and not line.stops_at(first):
        first += 1
    last = first
    while last < len(line.tokens) and last - first <= _MOST and _goes_on(line, first, last):
        last += 1
    if last == len(line.tokens) or not _compares(line, last) or not _is_a_name(line, first, last):
        return None
    held = any(start < last and first < stop for start, stop in known)  # 'an injury severity score', no 'old stroke'
    if held and (line.tokens[last - 1].lemma not in word_set("measures.called") or _is_known(first, last, known)):
        return None
    comparison = _comparison(line, first, last)
    end = line.at(comparison.span.start, comparison.span.end)[1] if comparison is not None else 0
    if comparison is None or any(at in busy for at in range(first, end)):
        return None
    return Found(first, end, comparison)


def _is_known(first: int, last: int, known: Sequence[tuple[int, int]]) -> bool:
    return any(start <= first and last <= stop for start, stop in known)


def _goes_on(line: Line, first: int, at: int) -> bool:
    """Whether token `at` is one more word of the name that begins with token `first`."""
    parted = at > first and line.stops_at(at, ",;?.:()")
    return not parted and not _compares(line, at) and line.tokens[at].lemma not in word_set("measures.ending")


def _compares(line: Line, at: int) -> bool:
    """Whether a comparison begins here: a sign before the word, a word of comparing, a number."""
    token = line.tokens[at]
    if _SIGN.search(line.gap(at)) or token.lemma in word_set("measures.comparing") or token.lemma[:1].isdigit():
        return True
    return token.text.isupper() and _ROMAN.fullmatch(token.text.lower()) is not None


def _is_a_name(line: Line, first: int, last: int) -> bool:
    """Whether the words can name a measure: no people, no trials, and something beside how measures are called."""
    lemmas = set(line.lemmas(first, last))
    others = tables.person_nouns().words() | word_set("measures.no_measures")
    return 0 < last - first <= _MOST and not others & lemmas and not lemmas <= word_set("measures.called")


def _comparison(line: Line, first: int, last: int) -> Comparison | None:
    """What is said of the measure named by tokens `first` to `last`, as a set of numbers in the unit asked for."""
    start, end = line.tokens[first].start, line.tokens[last - 1].end
    for read in read_behind_name(line.text[end : end + _NEAR]):
        stop = end + read.span.end
        if read.values.is_everything:
            continue
        behind = (unit[1] for unit in _UNIT.finditer(line.text, end, stop))
        unit = next((unit for unit in behind if unit.lower() not in word_set("measures.no_units")), "")
        if read.values.is_point and not unit and not _BARE.match(line.text, end):
            return None  # 'require consent from two doctors'
        name = measure_id(line.text[start:end], unit)
        return Comparison(name, read.values, unit, Span(start, stop), line.text[start:stop])
    return None


_NEAR = 80  # characters behind a name in which its limit stands
_BARE = re.compile(r"\s*(?:of\b|is\b|=|:)")  # a number that is said of the name, and does not merely follow it
