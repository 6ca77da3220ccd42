"""Who leads a trial, by name: 'an investigator called Lund', 'led by Dr Mia Lund', 'which trials does Mia Lund run?'.

A name is told by what stands beside it: a role, a title, or a verb of leading. Where the words fit an organisation as
well ('led by Halvorsen'), either is meant.
"""

from __future__ import annotations

from collections.abc import Iterable

from rag.planning.tables import stop_words, word_set
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Found, Line
from rag.types import Any, FieldIs, Predicate

_LONGEST = 4  # words of a name


def find_people(line: Line, index: WordIndex, taken: frozenset[int] = frozenset()) -> tuple[Found[Predicate], ...]:
    """Every person named as one who leads trials, left to right; names of the collection's sponsors are none."""
    known = {at for name in index.sponsors.find(line, taken) for at in range(name.first, name.last)}
    held = taken | known
    found = [*_named(line, held), *_as_leader(line, held), *_led_by(line, held), *_leading(line, held)]
    first: dict[int, Found[Predicate]] = {}
    for one in sorted(found, key=lambda one: (one.first, one.first - one.last)):
        if not any(one.first < other.last for other in first.values()):
            first.setdefault(one.first, one)
    return tuple(first.values())


def _named(line: Line, held: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'an investigator named Lund', 'principal investigator: Mia Lund', 'whose PI is Lund'."""
    for at, word in enumerate(line.lemmas()):
        if word not in word_set("people.roles"):
            continue
        start, called = at + 1, False
        while start < len(line.tokens) and line.tokens[start].lemma in word_set("people.called"):
            called, start = called or line.tokens[start].lemma in {"named", "called", "name"}, start + 1
        if start == at + 1 and line.tokens[at].text[:1].isupper() and ":" not in line.gap(start):
            continue  # 'the Investigator Brochure', 'Study Director Award'
        end = _end_of_name(line, _behind_title(line, start), held, plain=called)
        if end > _behind_title(line, start):
            yield _person(line, _first_of_role(line, at), end, _behind_title(line, start))


def _as_leader(line: Line, held: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'is Mia Lund the investigator of', 'with Mia Lund as principal investigator'."""
    for at, word in enumerate(line.lemmas()):
        if word not in word_set("people.roles"):
            continue
        end = _first_of_role(line, at)
        while end > 0 and line.tokens[end - 1].lemma in {"as", "is", "be"}:
            end -= 1
        first = _start_of_name(line, end, held)
        if first < end < at:
            yield _person(line, first, at + 1, first, end)


def _led_by(line: Line, held: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'led by Dr Lund' is a person, 'led by Lund' a person or an organisation."""
    lemmas = line.lemmas()
    for at in range(1, len(lemmas)):
        if lemmas[at] not in {"by", "under", "from", "of"}:
            continue
        start = _behind_title(line, at + 1)
        end = _end_of_name(line, start, held, plain=False)
        led = lemmas[at] in {"by", "under"} and lemmas[at - 1] in word_set("people.led")
        titled = start > at + 1
        if end > start and (titled or led):
            yield _person(line, at - led, end, start, sure=titled)


def _leading(line: Line, held: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'which trials does Mia Lund lead?', 'what is Professor Lund running?'."""
    lemmas = line.lemmas()
    for at in range(1, len(lemmas)):
        if lemmas[at] not in word_set("people.leads"):
            continue
        first = _start_of_name(line, at, held)
        before = lemmas[first - 1 : first]
        titled = bool(before) and before[0] in _titles()
        auxiliary = lemmas[max(0, first - 1 - titled) : first - titled]
        if first < at and auxiliary and auxiliary[0] in {"do", "doe", "does", "did", "is", "has"}:
            yield _person(line, first - titled, at + 1, first, at, sure=titled)


def _person(
    line: Line, first: int, last: int, start: int, end: int = 0, *, sure: bool = True
) -> Found[Predicate]:
    """The trials of the person whose name stands at tokens `start` to `end`; not sure: or of such an organisation."""
    name = line.words(start, end or last)
    person: Predicate = FieldIs("investigator", (name,))
    return Found(first, last, person if sure else Any((person, FieldIs("sponsor", (name,)))))


def _titles() -> frozenset[str]:
    return word_set("people.titles") | word_set("people.short_titles")


def _behind_title(line: Line, at: int) -> int:
    while at < len(line.tokens) and line.tokens[at].lemma in _titles():
        at += 1
    return at


def _first_of_role(line: Line, at: int) -> int:
    """Where 'the principal investigator' begins."""
    while at > 0 and line.tokens[at - 1].lemma in word_set("people.kinds") and not line.gap(at).strip():
        at -= 1
    return at


def _is_of_a_name(line: Line, at: int, held: frozenset[int], *, plain: bool) -> bool:
    token = line.tokens[at]
    written = token.text[:1].isupper() and line.text != line.text.upper()
    return at not in held and (written or plain) and token.lemma not in stop_words() and token.text.isalpha()


def _end_of_name(line: Line, start: int, held: frozenset[int], *, plain: bool) -> int:
    """Where a name that begins at `start` ends; `start` where none does."""
    end = start
    while end < min(len(line.tokens), start + _LONGEST) and _is_of_a_name(line, end, held, plain=plain):
        gap = line.gap(end).strip()
        if end > start and gap not in {"", "-", "'"} and not (gap == "." and len(line.tokens[end - 1].text) == 1):
            break
        end += 1
    return end


def _start_of_name(line: Line, end: int, held: frozenset[int]) -> int:
    first = end
    while first > max(0, end - _LONGEST) and _is_of_a_name(line, first - 1, held, plain=False):
        if line.tokens[first - 1].lemma in _titles() or (first < end and line.gap(first).strip(" -.'")):
            break
        first -= 1
    return first
