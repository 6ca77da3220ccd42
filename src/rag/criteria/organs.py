"""Organs listed in brackets behind what ails them: 'any severe disease (e.g., cardiac, renal or hepatic)'."""

from __future__ import annotations

from rag.criteria.phrasetree import Found, PhraseTree
from rag.criteria.words import Words

_HEADS = frozenset({"disease", "disorder", "illness", "condition", "dysfunction", "impairment"})
_JOINTS = frozenset({"or", "and", ",", "/", "&", ";"})
_LEADS = frozenset({"e", "g", "i", "eg", "ie", "e.g", "i.e", "e.g.", "i.e.", ".", ",", "such", "as", "including",
                    "include", "for", "example", ":"})  # fmt: skip
_REACH = 6  # words from the head to its bracket
_LONGEST = 60  # words of a bracket
_MEMBER = 2  # words of a member


def with_organs(words: Words, tree: PhraseTree, named: list[Found]) -> list[Found]:
    """What is named, and the disease of each organ of a bracket that lists nothing but organs; in order of place."""
    keys = words.keys
    if "(" not in keys:
        return named
    known = {(one.value, one.first) for one in named}
    heads = ((at, _head_before(keys, at)) for at, key in enumerate(keys) if key == "(")
    organs = (one for at, head in heads if head for one in _members(keys, at + 1, head, tree))
    found = [*named, *(one for one in organs if (one.value, one.first) not in known)]
    return sorted(found, key=lambda one: (one.first, one.last, one.value))


def _head_before(keys: list[str], at: int) -> str:
    """What the bracket at `at` gives examples of; '' where no head stands near before it."""
    before = keys[max(0, at - _REACH) : at]
    heads = [place for place, key in enumerate(before) if key in _HEADS]
    return before[heads[-1]] if heads and not {",", ";", ".", "(", ")"} & set(before[heads[-1] :]) else ""


def _members(keys: list[str], first: int, head: str, tree: PhraseTree) -> list[Found]:
    last = next((at for at in range(first, min(first + _LONGEST, len(keys))) if keys[at] == ")"), first)
    while first < last and keys[first] in _LEADS:
        first += 1
    runs: list[list[int]] = [[]]
    for at in range(first, last):
        if keys[at] in _JOINTS:
            runs.append([])
        else:
            runs[-1].append(at)
    runs = [run for run in runs if run]
    if len(runs) < 2 or any(len(run) > _MEMBER for run in runs):
        return []
    heads = dict.fromkeys([head, "disease"])
    said = [(run, tree.whole([*(keys[at] for at in run), name])) for run in runs for name in heads]
    named = {value: Found(value, run[0], run[-1] + 1, bridged=True) for run, values in said for value in values}
    return list(named.values()) if len(named) > 1 else []
