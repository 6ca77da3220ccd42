"""No pattern is kept from a line that it would match: each way through it holds one of the words that it waits for."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import re
import sys
from collections.abc import Iterable, Sequence
from re import _constants as parts  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from rag import criteria
from rag.criteria import mending, remarks, sayings
from rag.criteria.sought import Sought, flat, sought

_MOST = 400  # strings of one stretch of a pattern
_SOME_SIGN = "\0"  # stands in no word
_ONE_STRING = {parts.AT: "", parts.IN: _SOME_SIGN, parts.NOT_LITERAL: _SOME_SIGN, parts.ANY: _SOME_SIGN}


def _all_sought() -> list[tuple[str, Sought]]:
    modules = [importlib.import_module(f"rag.criteria.{one.name}") for one in pkgutil.iter_modules(criteria.__path__)]
    named = {  # by identity: a pattern may be imported by other modules
        id(value): (f"{module.__name__}.{name}", value)
        for module in modules
        for name, value in sorted(vars(module).items())
        if isinstance(value, Sought)
    }
    rules = (*remarks.RULES, *sayings.SAYINGS)
    beside = [one for rule in rules for one in (rule.before, rule.behind) if one is not None]
    return [*named.values(), *((one.pattern.pattern, one) for one in (*beside, *(slip for slip, _ in mending._SLIPS)))]


def _strings(part: Any) -> list[str] | None:
    """Every string that a part of a pattern matches, in lower case; None where they are many or of any length."""
    kind, value = part
    signs = [part] if kind is parts.LITERAL else value if kind is parts.IN else []
    if signs and all(one[0] is parts.LITERAL for one in signs):
        return [chr(one[1]).lower() for one in signs]
    if kind in _ONE_STRING:
        return [_ONE_STRING[kind]]
    if kind is parts.BRANCH:
        return _joined(_of_all(branch) for branch in value[1])
    if kind is parts.SUBPATTERN:
        return _of_all(value[-1])
    if kind in (parts.MAX_REPEAT, parts.MIN_REPEAT) and value[1] <= 2:
        once = _of_all(value[2])
        times = [_product([once] * count) for count in range(value[0], value[1] + 1)]
        return _joined(times)
    return None


def _joined(choices: Iterable[list[str] | None]) -> list[str] | None:
    found: list[str] = []
    for one in choices:
        if one is None:
            return None
        found += one
    return found if len(found) <= _MOST else None


def _product(lists: Sequence[list[str] | None]) -> list[str] | None:
    found = [""]
    for one in lists:
        if one is None or len(found) * len(one) > _MOST:
            return None
        found = ["".join(pair) for pair in itertools.product(found, one)]
    return found


def _of_all(sequence: Iterable[Any]) -> list[str] | None:
    return _product([_strings(one) for one in sequence])


def _holds(sequence: Sequence[Any], words: Sequence[str]) -> bool:
    """Whether every text that a sequence of parts matches holds one of the words; False where that cannot be told."""
    sequence = _with_what_stands_beside(list(sequence))
    texts = [_strings(one) for one in sequence]
    for first, last in itertools.combinations(range(len(texts) + 1), 2):
        stretch = _product(texts[first:last])
        if stretch and all(any(word in text for word in words) for text in stretch):
            return True
    return any(_inside(one, words) for one in sequence)


def _with_what_stands_beside(sequence: list[Any]) -> list[Any]:
    """The parts, with what has to stand ahead of the first and behind the last of them."""
    if sequence and sequence[-1][0] is parts.ASSERT and sequence[-1][1][0] == 1:
        sequence[-1:] = sequence[-1][1][1]
    if sequence and sequence[0][0] is parts.ASSERT and sequence[0][1][0] == -1:
        sequence[:1] = sequence[0][1][1]
    return sequence


def _inside(part: Any, words: Sequence[str]) -> bool:
    kind, value = part
    if kind is parts.BRANCH:
        return all(_holds(branch, words) for branch in value[1])
    if kind is parts.SUBPATTERN:
        return _holds(value[-1], words)
    if kind in (parts.MAX_REPEAT, parts.MIN_REPEAT):
        return value[0] > 0 and _holds(value[2], words)
    return kind is parts.ASSERT and _holds(value[1], words)


@pytest.mark.parametrize(("name", "one"), _all_sought())
def test_each_way_through_a_pattern_holds_one_of_its_words(name: str, one: Sought) -> None:
    assert _holds(list(parser.parse(one.pattern.pattern, one.pattern.flags)), one.words), name
    assert one.words == tuple(word.lower() for word in one.words)


def test_each_slip_waits_for_its_words_by_a_sign_of_theirs() -> None:
    waiting = [(word, sign, places) for sign, rows in mending._by_sign().items() for word, places in rows]
    assert [word for word, sign, _ in waiting if sign not in word] == []
    assert {(word, place) for word, _, places in waiting for place in places} == {
        (word, place) for place, (slip, _) in enumerate(mending._SLIPS) for word in slip.words
    }


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("twofold", "2 x    "),
        ("10~9/l, 10~9", "10^9/l, 10^9"),  # one slip twice
        ("> x2 uln and lest than twofold", "> 2x uln and less than 2 x    "),  # two others after each other
        ("at least 2 or more up to and including 5", f"at least 2{'':8} {'≤':19} 5"),
        ("platelets of 100", "platelets of 100"),
    ],
)
def test_slips_are_mended_in_place(line: str, mended: str) -> None:
    assert mending.mended(line) == mended


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?:no|never) asthma\b", ["asthma"]),
        (r"na[iï]ve|untreated", ["naive", "naïve", "untreated"]),
        (r"(?:at least |minimum of )(?:one|1)", ["at least", "minimum"]),
        (r"gout(?= flare)", ["flare"]),
        (r"(?<=of )gout(?= flare)", ["of gout", "asthma"]),
        (r"(?<=of )gout(?= flare)", ["gout fl"]),
        (r"(?:drug|dose)s? of gout", ["s of gout", "drug of", "e of"]),
    ],
)
def test_words_of_a_pattern_are_told(pattern: str, words: list[str]) -> None:
    assert _holds(list(parser.parse(pattern, re.IGNORECASE)), words)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?:no|never) asthma\b", ["never"]),
        (r"na[iï]ve", ["naive"]),
        (r"gout(?: flare)?", ["flare"]),
        (r"gout(?! flare)", ["flare"]),
        (r"gout(?= flare)s", ["flares"]),
        (r"(?:flare )*gout", ["flare"]),
        (r"\w+ gout|gou+t", ["gout"]),
    ],
)
def test_a_word_that_one_way_lacks_is_found_out(pattern: str, words: list[str]) -> None:
    assert not _holds(list(parser.parse(pattern, re.IGNORECASE)), words)


def test_signs_that_a_pattern_takes_for_a_letter_are_made_that_letter() -> None:
    signs = "".join(map(chr, range(sys.maxunicode + 1)))
    for letter in "abcdefghijklmnopqrstuvwxyz":
        taken = re.findall(f"(?i){letter}", signs)
        assert [sign for sign in taken if letter not in flat(sign)] == []


def test_the_pattern_is_tried_where_a_word_stands() -> None:
    one = sought(r"(?i)\bgout flare\b", "flare")
    assert one.search("A GOUT FLARE")
    assert one.search("≥ 2 gout ſlares, gout flare")
    assert not one.search("gout flare", 3)
    assert [found.start() for found in one.finditer("gout flare, gout flare")] == [0, 12]
    assert not one.search("gout")
    assert list(one.finditer("gout")) == []


@pytest.mark.parametrize(
    "line",
    [
        "Known allergy to latex",
        "Age ≥ 18 years at signing of consent",
        "Platelets > 100,000/mm3",
        "History of gout within 6 months of screening",
        "Pregnant or breastfeeding women",
    ],
)
def test_an_ordinary_line_is_searched_with_few_of_the_patterns(line: str) -> None:
    tried = [name for name, one in _all_sought() if one.may_match(line)]
    assert len(tried) <= 4, tried
    assert len(_all_sought()) > 120
