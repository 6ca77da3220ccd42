"""Who stands behind a trial, and as what: 'sponsored by X', 'collaborator: X or Y', 'X listed as collaborator'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.planning.tables import stop_words, word_set
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Found, Line
from rag.types import FieldIs, Predicate

_ROLES = {
    "collaborator": "collaborator", "collaborating": "collaborator", "collaboration": "collaborator",
    "partner": "collaborator", "cosponsor": "collaborator", "sponsor": "sponsor", "funder": "sponsor",
}  # fmt: skip


def find_roles(line: Line, index: WordIndex, taken: frozenset[int] = frozenset()) -> tuple[Found[Predicate], ...]:
    """Sponsors and collaborators named, those of the collection and others that the words beside a role must name."""
    known = [name for name in index.sponsors.find(line, taken) if not _is_a_kind_of_trial(line, name)]
    again: list[Found[Predicate]] = [
        Found(at, at + 1, FieldIs("sponsor", (name,))) for at, name in _named_again(line, known)
    ]
    named: Iterable[Found[Predicate]] = (
        Found(one.first, one.last, FieldIs(_role(line, one, index), (one.value,))) for one in known
    )
    return (*again, *named)


def _is_a_kind_of_trial(line: Line, name: Found[str]) -> bool:
    """'any lymphoma study', in small letters: no group that is called so."""
    said = line.words(name.first, name.last)
    return line.tokens[name.last - 1].lemma in {"trial", "study"} and said.islower()


def _named_again(line: Line, known: Sequence[Found[str]]) -> Iterable[tuple[int, str]]:
    """'… collaborate with Merck but are not sponsored by it': the pronoun and the organisation named before it."""
    for at in range(2, len(line.tokens)):
        led = line.lemmas(at - 1, at) == ("by",) and line.tokens[at - 2].lemma in word_set("roles.verbs")
        if led and line.tokens[at].lemma in {"it", "them", "itself", "themselves", "they"}:
            before = [name for name in known if name.last < at]
            yield from ((at, name.value) for name in before[-1:])


def unknown_in_a_role(line: Line, taken: frozenset[int] = frozenset()) -> Iterable[Found[Predicate]]:
    """'sponsored by Pfizer', 'Merck or Pfizer as a collaborator', 'funder: Roche': capitals, in a role."""
    lemmas = line.lemmas()
    for at in range(len(lemmas)):
        if at and lemmas[at] == "by" and lemmas[at - 1] in word_set("roles.verbs"):
            yield from _capitalised_after(line, at + 1, "sponsor", taken)
        if at and lemmas[at] in {"with", "by"} and lemmas[at - 1] in word_set("roles.together"):
            yield from _capitalised_after(line, at + 1, "collaborator", taken)
        if at and lemmas[at] in {"by", "from"} and lemmas[at - 1] in {"anything", "something", "trial", "study"}:
            yield from _capitalised_after(line, at + 1, "sponsor", taken)
        if lemmas[at] in _ROLES and not _is_denied(line, at):
            yield from _before(line, at, taken)
            yield from _after(line, at, taken)


def _role(line: Line, name: Found[str], index: WordIndex) -> str:
    """The role spoken of nearest to a name, those denied left out; the sponsor where none is."""
    near = line.lemmas(max(0, name.first - 3), name.first)
    if _is_a_site(line, name) or _lies_in(line, name, index):
        return "facility"
    if set(near) & word_set("roles.together"):
        return "collaborator"
    spoken = [at for at, word in enumerate(line.lemmas()) if word in _SPOKEN and not _is_denied(line, at)]
    spoken = [at for at in spoken if not name.first <= at < name.last]
    nearest = min(spoken, key=lambda at: (min(abs(at - name.first), abs(at - name.last + 1)), at), default=None)
    return "sponsor" if nearest is None else _SPOKEN[line.lemmas()[nearest]]


def _is_a_site(line: Line, name: Found[str]) -> bool:
    """'MD Anderson is a study site', 'sites at Charité', nothing said of who leads: a place where the trial is run."""
    behind = line.lemmas(name.last, name.last + 7)
    before = line.lemmas(max(0, name.first - 4), name.first)
    placed = bool({"is", "as", "are"} & set(behind)) and bool(_SITES & set(behind))
    at = bool(_SITES & set(before)) and before[-1:] in {("at",), ("in",)}
    return (placed or at) and not set(line.lemmas()) & set(_SPOKEN)


_SITES = frozenset({"site", "location", "center", "venue"})


def _lies_in(line: Line, name: Found[str], index: WordIndex) -> bool:
    """'MD Anderson Houston', 'MD Anderson in Houston': a house with its city, nothing said of who leads."""
    at = name.last + (line.lemmas(name.last, name.last + 1) == ("in",))
    city = any(one.first == at for one in index.cities.find(line))
    joined = line.gap(name.last).strip() in {"", ",", "("} and (at == name.last or not line.gap(at).strip())
    return city and joined and not set(line.lemmas()) & (set(_SPOKEN) | {"by", "from"})


_SPOKEN = {
    **_ROLES, "sponsored": "sponsor", "sponsoring": "sponsor", "funded": "sponsor", "collaborate": "collaborator",
    "collaborated": "collaborator", "co": "collaborator",
}  # fmt: skip


def _is_denied(line: Line, at: int) -> bool:
    """'not as lead sponsor', 'rather than the sponsor'."""
    return bool({"not", "than", "no", "without", "never"} & set(line.lemmas(max(0, at - 4), at)))


_ENTERED = frozenset({"listed", "named", "registered", "recorded", "entered", "given", "shown", "mentioned"})


def _before(line: Line, at: int, taken: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'X or Y as a collaborator', 'X listed as collaborator': a name for each capitalised run before 'as'."""
    lemmas, end = line.lemmas(), at
    while end > 0 and lemmas[end - 1] in {"a", "an", "the", "their", "its", "lead", "main"} | _ENTERED:
        end -= 1
    while end > 0 and lemmas[end - 1] in {"as", "or", "and", "be", "is", "appear", "the", "for"} | _ENTERED:
        end -= 1
        first = end
        while first > 0 and _is_capital(line, first - 1, taken) and line.gap(first).strip() in {"", "&"}:
            first -= 1
        if first < end and (first > 0 or end - first == 1):
            yield Found(first, end, FieldIs(_ROLES[lemmas[at]], (line.words(first, end),)))
            end = first


def _after(line: Line, at: int, taken: frozenset[int]) -> Iterable[Found[Predicate]]:
    """'collaborator: Pfizer or Merck', 'lead sponsor Bayer', 'the sponsor is Novartis'."""
    start = at + 1
    while start < len(line.tokens) and line.tokens[start].lemma in {"is", "are", "was", "being", "be", "like"}:
        start += 1
    if start < len(line.tokens) and not set(line.gap(start)) & set(".;?!"):
        yield from _capitalised_after(line, start, _ROLES[line.tokens[at].lemma], taken)


def _capitalised_after(line: Line, start: int, role: str, taken: frozenset[int]) -> Iterable[Found[Predicate]]:
    """A name for each capitalised run from token `start` on, joined by 'or', 'and' or a comma."""
    while start < len(line.tokens):
        last = start
        while last < len(line.tokens) and _is_capital(line, last, taken):
            if last > start and not _goes_on(line, last):
                break
            last += 1
        if last == start:
            return
        yield Found(start, last, FieldIs(role, (line.words(start, last),)))
        joined = line.lemmas(last, last + 1) in {("or",), ("and",)} or line.gap(last).strip() in {",", "/"}
        if not joined:
            return
        start = last + (line.lemmas(last, last + 1) in {("or",), ("and",)})


def _goes_on(line: Line, at: int) -> bool:
    """Whether a name goes on at token `at`: 'Eli Lilly', 'Procter & Gamble', 'M.D. Anderson', 'St. Jude'."""
    gap, before = line.gap(at).strip(), line.tokens[at - 1].text
    return gap in {"", "&"} or (gap == "." and (len(before) == 1 or before in {"St", "Ste", "Dr", "Mt"}))


def _is_capital(line: Line, at: int, taken: frozenset[int]) -> bool:
    token = line.tokens[at]
    named = token.text[:1].isupper() and token.lemma not in stop_words()
    return at not in taken and named and line.text != line.text.upper()
