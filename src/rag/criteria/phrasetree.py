"""Many phrases sought at once: a tree of words walked from every word of a text, longest phrase first.

Lists share words: "hepatitis B or C" holds hepatitis C, "drug or alcohol abuse" holds drug abuse. `find` bridges such
a gap once per phrase. Work per word is bounded, so the search is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from typing import Any

from rag.criteria.words import Words, keys_of, word_set, words_of
from rag.frozen import quick

_END = ""  # a key no word has: the phrases that end here
_END_OF_TEXT = "\n"  # no word either
_JOINTS = frozenset({"or", "and", ",", "/", "&", "nor", "versus"})
_ASIDES = frozenset({"/", "-", "("})  # signs that a name may step over: see `_over_aside`
# An adjective does not reach past a name of its own: "active or past hepatitis B infection" is no active infection.
_LONGEST_HEAD = 6  # words from the beginning of a phrase to the joint of its list
_LONGEST_GAP = 9  # words from the shared head to the last member: "hepatitis A, B, C, or D"
_LONGEST_LIST = 40  # words of a list of single members before their head
_MOST_FORMS = 4_000


@quick
@dataclass(frozen=True, slots=True)
class Found:
    """A phrase that stands at words [first, last) of the text; `bridged` when words of a list stand between."""

    value: str
    first: int
    last: int
    bridged: bool = False
    thin: bool = False  # bridged, and only adjectives stand before the gap
    head: int = 0  # bridged: where the gap begins


@dataclass(slots=True)
class PhraseTree:
    """Phrases to values. A phrase may carry several values, a value several phrases."""

    root: dict[str, Any] = field(default_factory=dict)
    bridging: bool = False  # whether any phrase may be found across a list

    def add(self, phrase: str, value: str, *, cased: bool = False, bridges: bool = True) -> None:
        """Add one literal phrase; `cased` matches only as printed; `bridges` lets it be found across a list."""
        keys = keys_of(phrase)
        if not keys:
            raise ValueError(f"a phrase without words: {phrase!r}")
        node = self.root
        for key in keys:
            node = node.setdefault(key, {})
        form = tuple(words_of(phrase).raws) if cased else None
        entry = (value, form, bridges and len(keys) > 1)
        self.bridging = self.bridging or entry[2]
        ends = node.setdefault(_END, [])
        if entry not in ends:
            ends.append(entry)

    def find(self, words: Words, *, overlap: bool = False) -> list[Found]:
        """Every longest phrase, left to right, and the bridged ones; in order of place.

        Phrases are disjoint; with `overlap`, one may begin inside another and end after it.
        """
        keys, size = words.keys, len(words.keys)
        found: list[Found] = []
        bridged: list[Found] = []
        free = 0
        joints = [] if not self.bridging else [place for place, key in enumerate(keys) if key in _JOINTS]
        joints.reverse()  # the next one last
        resumptions: dict[int, list[int]] = {}
        held = frozenset(keys) if joints else frozenset[str]()
        nodes = [(at, node) for at, node in enumerate(map(self.root.get, keys)) if node is not None]
        for at, node in nodes:
            if at >= free or overlap:  # most words that begin a phrase begin none here
                following = keys[at + 1] if at + 1 < size else _END_OF_TEXT
                if following in node or following in _ASIDES:
                    free = max(free, self._longest(words, at, node, found, free))
                elif _END in node and at >= free:
                    values = _values_at(words, at, node)
                    found += [Found(value, at, at + 1) for value in values]
                    free = at + 1 if values else free
            while joints and joints[-1] <= at:
                joints.pop()
            near = joints and joints[-1] - at <= _LONGEST_HEAD
            if near and not node.keys().isdisjoint(held):  # some word may go on with a phrase begun here
                _bridge(words, at, node, bridged, resumptions)
        return _merged(words, found, bridged) if bridged else found

    def whole(self, keys: Iterable[str]) -> list[str]:
        """The values of the phrase that is exactly these words, in whatever case it has to be printed."""
        node: dict[str, Any] | None = self.root
        for key in keys:
            node = node.get(key) if node is not None else None
        return [value for value, form, _ in node.get(_END, ()) if form is None] if node is not None else []

    def _longest(self, words: Words, at: int, node: dict[str, Any], found: list[Found], free: int) -> int:
        """Add the longest phrase begun at `at` if it ends after `free`; where it ends."""
        keys, size = words.keys, len(words.keys)
        best: list[str] = []
        last = here = at + 1
        while True:
            if _END in node:
                values = _values_at(words, at, node)
                best, last = (values, here) if values else (best, last)
            if here >= size:
                break
            step = node.get(keys[here])
            if step is None and keys[here] in _ASIDES:
                here = _over_aside(words, here)
                step = node.get(keys[here]) if here < size else None
            if step is None:
                break
            node = step
            here += 1
        if not best or last <= free:
            return at
        found += [Found(value, at, last) for value in best]
        return last


def _values_at(words: Words, at: int, node: dict[str, Any]) -> list[str]:
    """What the phrase begun at `at` and ended with this node says, where it is printed as it has to be."""
    ends = node[_END]
    if len(ends) == 1 and ends[0][1] is None:
        return [ends[0][0]]
    return [value for value, form, _ in ends if form is None or _as_printed(words, at, form)]


def _over_aside(words: Words, here: int) -> int:
    """The word behind a sign or an abbreviation in a name: BCR/ABL, "birth- control", "deep vein (DV) thrombosis"."""
    if words.keys[here] in {"/", "-"}:
        return here + 1
    short = words.keys[here] == "(" and words.keys[here + 2 : here + 3] == [")"]
    return here + 3 if short and words.raws[here + 1][:1].isupper() and words.raws[here + 1][-1:].isupper() else here


def _bridge(
    words: Words, at: int, node: dict[str, Any], found: list[Found], resumptions: dict[int, list[int]]
) -> None:
    """Phrases begun at `at`, left for a stretch of a list, and ended after it; their shared head has 1 to 3 words.

    `resumptions` keeps what was worked out of this text, by place.
    """
    keys, size = words.keys, len(words.keys)
    here = at + 1
    for _ in range(3):
        if here >= size:
            return
        if here not in resumptions:
            resumptions[here] = _resumptions(keys, here)
        for resume in resumptions[here]:
            if keys[resume] in node:
                thin = word_set("adjectives").issuperset(keys[at:here])
                _finish(words, Found("", at, here, True, thin, here), resume, node, found)
        step = node.get(keys[here])
        if step is None:
            return
        node = step
        here += 1


def _resumptions(keys: list[str], here: int) -> list[int]:
    """Where a phrase left at `here` may go on: past "or X", "or X Y", "X or", "X, Y or"."""
    size = len(keys)
    if keys[here] in _JOINTS:  # drug [or alcohol] abuse
        start, stop = here, min(here + _LONGEST_GAP, size)
        while start < stop and keys[start] in _JOINTS:
            start += 1
        near = list(range(start, min(start + 4, size)))
        far = _after_single_members(keys, start)
        return near + [place for place in far if place not in near]
    members, joint = 0, False
    places: list[int] = []
    for place in range(here, min(here + _LONGEST_GAP, size)):  # hepatitis [B or] C
        key = keys[place]
        if key in _JOINTS:
            joint, members = True, 0
            if place + 1 < size and keys[place + 1] not in _JOINTS:
                places.append(place + 1)
            continue
        members += 1
        if members > (2 if joint else 3) or not key[0].isalnum():
            break
    return places


def _after_single_members(keys: list[str], start: int) -> list[int]:
    """Where the shared head of "renal, hepatic, cardiac or other pulmonary disease" may stand: behind the last member.

    Each member but the last is one word, so that no list of whole things is reached over.
    """
    place = start
    stop = min(len(keys) - 1, start + _LONGEST_LIST)
    while place < stop and keys[place][0].isalnum():
        behind = place + 1 + (keys[place + 1] in _OF_THE_BODY)  # 'gastrointestinal tract, and …'
        if behind >= stop or keys[behind] not in _JOINTS:
            break
        while behind < stop and keys[behind] in _JOINTS:
            behind += 1
        place = behind
    ends = [place + 1, place + 2]
    if not _ANY_OTHER.isdisjoint(keys[place : place + 1]):  # 'or other major organ disease'
        ends.append(place + 3)
    if "(" in keys[place + 1 : place + 3]:  # 'or major neurological (including stroke) disease'
        ends += [at + 1 for at in range(place + 2, min(place + _LONGEST_ASIDE, len(keys))) if keys[at] == ")"][:1]
    return [here for here in ends if here < len(keys)]


_OF_THE_BODY = frozenset({"tract", "system"})
_ANY_OTHER = frozenset({"other", "any", "major", "significant", "serious"})
_LONGEST_ASIDE = 12  # words of brackets between the last member and the head


def _finish(words: Words, begun: Found, resume: int, node: dict[str, Any], found: list[Found]) -> None:
    keys, size = words.keys, len(words.keys)
    here = resume
    best: list[Found] = []
    while here < size:
        step = node.get(keys[here])
        if step is None:
            break
        node = step
        here += 1
        values = [value for value, form, bridges in node.get(_END, ()) if bridges and form is None]
        if values:
            best = [replace(begun, value=value, last=here) for value in values]
    found.extend(best)


def _as_printed(words: Words, at: int, form: tuple[str, ...]) -> bool:
    raws = words.raws[at : at + len(form)]
    return all(raw == want or raw.rstrip("s") == want for raw, want in zip(raws, form, strict=False))


def _merged(words: Words, found: list[Found], bridged: list[Found]) -> list[Found]:
    """Bridged phrases beside the plain ones; one that says no more than a plain phrase in its stretch is dropped."""
    adjectives = word_set("adjectives")
    plainly, firsts = list(found), [one.first for one in found]  # in order of place: only those near by are looked at
    longest = max((one.last - one.first for one in found), default=0)
    kept = {(one.value, one.first, one.last) for one in found}
    ends = _ends_of_whole(words, found)
    for extra in bridged:
        near = plainly[bisect_right(firsts, extra.first - longest) : bisect_left(firsts, extra.last)]
        inside = any(
            one.value == extra.value and one.first >= extra.first and one.last <= extra.last for one in near
        )
        if extra.thin:
            inside = inside or any(
                extra.first < one.first and extra.last <= one.last and words.keys[one.first] not in adjectives
                for one in near
            )
        inside = inside or _reaches_past(words, ends.get(extra.first, extra.last), extra.last)
        inside = inside or _is_of_two_names(near, extra)
        if not inside and (extra.value, extra.first, extra.last) not in kept:
            kept.add((extra.value, extra.first, extra.last))
            found.append(extra)
    return sorted(found, key=lambda one: (one.first, one.last, one.value))


def _is_of_two_names(near: list[Found], extra: Found) -> bool:
    """The ischemic stroke of "transient ischemic attack or stroke": out of the middle of one name to another."""
    return any(one.first < extra.first and extra.head < one.last for one in near) and any(
        extra.first < one.first and one.last == extra.last for one in near
    )


def _ends_of_whole(words: Words, found: list[Found]) -> dict[int, int]:
    """For each word of a name that is whole before a comma ('liver disease, …'): where that name ends."""
    keys, heads = words.keys, word_set("heads")
    whole = [one for one in found if one.last < len(keys) and keys[one.last] == "," and keys[one.last - 1] in heads]
    return {at: one.last for one in whole for at in range(one.first, one.last)}


def _reaches_past(words: Words, end: int, last: int) -> bool:
    """Whether a bridged list goes on behind a whole name with no 'or' and 'and' between."""
    return end < last and not {"or", "and"} & set(words.keys[end:last])


# ── Names as data: "kidney/renal transplant/graft", "breast-feeding", "her2" ──────────────────────────────────────────

_DIGIT_EDGE = re.compile(r"(?<=[A-Za-z])(?=\d)")


def expand(name: str) -> tuple[str, ...]:
    """Every literal phrase that a lexicon name stands for. Raises ValueError for a name of too many forms.

    'a/b c' is 'a c' and 'b c'; '_' joins words of one alternative; '~' is an absent one; 'x-y' is 'x y' and 'xy';
    'her2' is also 'her 2'; '@language' is each word of that closed class. A '/' by itself is dropped: the search steps
    over slashes.
    """
    if name.replace(" ", "").isalpha():
        return (" ".join(name.split()),)
    choices = [list(_forms(word)) for word in name.split() if word != "/"]
    count = prod(map(len, choices))
    if count > _MOST_FORMS:
        raise ValueError(f"a name of {count} forms: {name!r}")
    phrases = (" ".join(filter(None, words)) for words in product(*choices))
    return tuple(dict.fromkeys(phrases))


def _members(alternative: str) -> Iterable[str]:
    return sorted(word_set(alternative[1:])) if alternative.startswith("@") else (alternative,)


def _forms(word: str) -> Iterable[str]:
    seen: dict[str, None] = {}
    alternatives = [one for part in word.split("/") for one in _members(part)]
    for alternative in alternatives:
        if alternative in {"~", ""}:
            seen[""] = None
            continue
        plain = alternative.replace("_", " ")
        seen[plain] = None
        if "-" in plain:
            seen[plain.replace("-", "")] = None
        if " " not in plain and _DIGIT_EDGE.search(plain):
            seen[_DIGIT_EDGE.sub(" ", plain)] = None
            if "-" in plain:
                seen[_DIGIT_EDGE.sub(" ", plain.replace("-", ""))] = None
    return seen
