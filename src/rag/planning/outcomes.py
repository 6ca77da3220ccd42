"""What a set question asks of outcomes: 'HbA1c as a primary endpoint', 'whose primary outcome is mortality'."""

from __future__ import annotations

from collections.abc import Iterator

from rag.planning import tables
from rag.planning.tables import word_set
from rag.planning.words import Found, Line
from rag.types import FieldIs, Not

_NOUNS = frozenset({"outcome", "endpoint", "endpoints"})
_KINDS = {
    "primary": "outcome.primary",
    "main": "outcome.primary",
    "principal": "outcome.primary",
    "secondary": "outcome.secondary",
}
_CHANGES = frozenset({"change", "reduction", "improvement", "decrease", "increase", "difference", "rise", "fall"})
_LONGEST = 8  # words of an outcome's name


def find_outcomes(line: Line, taken: frozenset[int] = frozenset()) -> tuple[Found[FieldIs | Not], ...]:
    """Every outcome asked for by name, left to right; 'but not as the primary one' is said of the name before it."""
    denied = list(_denied(line, taken))
    taken |= {i for first, last, _ in denied for i in range(first, last)}
    free = [at for at in range(len(line.tokens)) if at not in taken]
    found: list[Found[FieldIs]] = []
    for read in (_by_noun, _by_verb):
        for at in free:
            match = read(line, at, taken)
            if match and not any(match.first < other.last and other.first < match.last for other in found):
                found.append(match)
    found.sort(key=lambda match: match.first)
    said: list[Found[FieldIs | Not]] = [Found(one.first, one.last, one.value) for one in found]
    for first, last, field in denied:
        before = [one.value for one in found if one.last <= first]
        said += [Found(first, last, Not(FieldIs(field, before[-1].values)))] if before else []
    return tuple(sorted(said, key=lambda match: match.first))


def _denied(line: Line, taken: frozenset[int]) -> Iterator[tuple[int, int, str]]:
    """'but not as the primary outcome', ', though not the main one': the words [first, last) and the kind denied."""
    lemmas = line.lemmas()
    for at, word in enumerate(lemmas):
        first = at - 1
        last = at + 1
        while lemmas[last : last + 1] and lemmas[last] in _LEADING:
            last += 1
        field = _KINDS.get(lemmas[last]) if last < len(lemmas) else None
        if word != "not" or first < 0 or field is None or lemmas[first] not in _BUT or taken & {*range(first, last)}:
            continue
        last += 1
        last += bool({*lemmas[last : last + 1]} & (_NOUNS | {"one"}))
        yield first, last + (lemmas[last : last + 1] == ("measure",)), field


_BUT = frozenset({"but", "though", "although", "yet", "and", "albeit", "while"})
_LEADING = frozenset({"as", "a", "an", "the", "its", "their", "is", "in"})


def _by_noun(line: Line, at: int, taken: frozenset[int]) -> Found[FieldIs] | None:
    """The outcome named around 'primary outcome' at token `at`."""
    lemmas = line.lemmas()
    last = at + 2 if lemmas[at : at + 2] == ("end", "point") else at + 1
    if lemmas[at] not in _NOUNS and last == at + 1:
        return None
    last += lemmas[last : last + 1] == ("measure",)
    first = at
    while first > 0 and lemmas[first - 1] in word_set("outcomes.qualifiers"):
        first -= 1
    field = next((_KINDS[word] for word in lemmas[first:at] if word in _KINDS), "outcome")
    start = first
    while start > 0 and lemmas[start - 1] in {"a", "an", "the", "it", "its", "their", "one", "of", "part"}:
        start -= 1
    if (name := _said_to_be(line, first, start)) is not None:
        return _named(line, *name, (name[0], last), field)
    said_as = start > 0 and lemmas[start - 1] in {"as", "among"}
    if last < len(lemmas) and set(line.gap(last)) & set(":=") and first - start < 1 and not said_as:
        return _text_after(line, start, last, field, taken)
    bare = start == first > 1 and field != "outcome" and lemmas[first - 1] in _CHANGES  # 'A1c change primary endpoint'
    within = start > 0 and lemmas[start - 1] in _WITHIN and _has(lemmas, start)
    if said_as or bare or within:
        return _text_before(line, start - (not bare), last, field, taken)
    if (
        start > 0
        and lemmas[start - 1] in word_set("outcomes.owners")
        and lemmas[last : last + 1]
        and lemmas[last] in word_set("outcomes.links")
    ):
        return _text_after(line, start, last + 1, field, taken)
    return None


def _said_to_be(line: Line, first: int, start: int) -> tuple[int, int] | None:
    """The name in 'where is mortality the …' and 'studies in which survival is a …', the outcome being at `first`."""
    lemmas = line.lemmas()
    if lemmas[:2] == ("where", "is") and lemmas[first - 1 : first] in {("the",), ("a",), ("an",)} and first > 3:
        return 2, first - 1
    if start < 2 or lemmas[start - 1] not in {"is", "are", "was", "be"}:
        return None
    opened = [at for at in range(max(0, start - 1 - _LONGEST), start - 1) if lemmas[at] in {"which", "where"}]
    at = opened[-1] if opened else 0
    return (at + 1, start - 1) if at and (lemmas[at] == "where" or lemmas[at - 1] in {"in", "for"}) else None


_WITHIN = frozenset({"for", "in", "into", "within", "under"})


def _has(lemmas: tuple[str, ...], end: int) -> bool:
    """'have overall survival for a primary endpoint', 'count death in the …': a verb of having before the words."""
    return bool(word_set("outcomes.having") & set(lemmas[max(0, end - 9) : end]))


def _text_before(line: Line, end: int, last: int, field: str, taken: frozenset[int]) -> Found[FieldIs] | None:
    first = end
    while (
        first > 0
        and end - first < _LONGEST
        and line.tokens[first - 1].lemma not in word_set("outcomes.starts")
        and first - 1 not in taken
    ):
        if "," in line.gap(first):
            break
        first -= 1
    return _named(line, first, end, (first, last), field)


def _text_after(line: Line, start: int, first: int, field: str, taken: frozenset[int]) -> Found[FieldIs] | None:
    last = first
    while last < len(line.tokens) and last - first < _LONGEST and last not in taken:
        if line.tokens[last].lemma in word_set("outcomes.ends") or any(c in line.gap(last) for c in ",;?"):
            break
        last += 1
    return _named(line, first, last, (start, last), field)


def _by_verb(line: Line, at: int, taken: frozenset[int]) -> Found[FieldIs] | None:
    """'trials that measure infarct volume': the words after the verb."""
    lemmas = line.lemmas()
    opened = at > 0 and (lemmas[at - 1] in {"trial", "study", "that", "which"})
    if lemmas[at] not in {"measure", "measuring"} or not opened:
        return None
    last = at + 1
    while (
        last < len(lemmas)
        and last - at < _LONGEST
        and (lemmas[last] not in word_set("outcomes.ends") or (lemmas[last] == "in" and lemmas[last - 1] in _CHANGES))
        and "," not in line.gap(last)
        and last not in taken
    ):
        last += 1
    return _named(line, at + 1, last, (at, last), "outcome")


def _named(line: Line, first: int, last: int, whole: tuple[int, int], field: str) -> Found[FieldIs] | None:
    """The predicate on the named outcome, articles at its edges left out; None when no content word is left."""
    stop = word_set("outcomes.trimmed")
    while first < last and line.tokens[first].lemma in stop:
        first += 1
    while last > first and line.tokens[last - 1].lemma in stop:
        last -= 1
    if first == last or all(token.lemma in tables.stop_words() for token in line.tokens[first:last]):
        return None
    return Found(*whole, FieldIs(field, (line.words(first, last),)))
