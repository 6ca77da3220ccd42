"""How far the small words of a criterion reach: no, except, if, allowed, at risk of.

An item is cut into clauses (sentences, semicolons, "but") and nested parentheses. Each cue reaches forward over its
clause to the first word that ends its sense, or back over what it judges. The cues are data (`data/cues.toml`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from rag.criteria.listing import goes_on_listing
from rag.criteria.phrasetree import Found, PhraseTree, expand
from rag.criteria.resuming import resumes
from rag.criteria.words import Words, word_set
from rag.frozen import quick

CUES = frozenset({
    "no", "not", "lack", "refusal", "negative", "ruled_out", "positive", "neutral", "amount", "whatever", "barred",
    "allowed", "allow_next", "upcoming", "except", "unless", "include", "but", "if", "must", "must_not", "non",
    "agree", "refrain", "since", "stop", "resume", "together",
})  # fmt: skip
ASIDES = frozenset({
    "start", "before", "family", "personal", "risk", "contra", "allergy", "test", "vaccine", "candidate", "cause",
    "recover", "dosed", "counted", "concerned",
})  # fmt: skip
AFTERS = frozenset(["candidate", "related", "title", "vaccine", "risk", "test"])
NEGATIONS = frozenset({"no", "not", "lack", "must_not"})

# What ends the forward reach of a cue, besides its clause and its parentheses.
_ENDS: dict[str, frozenset[str]] = {
    "no": frozenset({"except", "unless", "stop", "if", "allow_next", "since", "no", "not", "must"}),
    "must_not": frozenset({"except", "unless", "stop", "if", "no", "not", "must"}),
    "not": frozenset({"except", "unless", "stop", "if", "no", "not", "must"}),
    "lack": frozenset({"except", "unless", "stop", "if", "no", "not", "must"}),
    "negative": frozenset({"except", "unless", "stop", "if", "positive", "must"}),
    "refusal": frozenset({"unless"}),
    "except": frozenset({"must", "include"}),
    "unless": frozenset({"include"}),
}
_ENDS["family"] = frozenset({"refusal", "positive"})
# The next member of a list, "…, or current use of warfarin", is of no aside, exception or refusal before it; save that
# "a relative with gout or a history of lupus" may tell of the relative still.
_ENDS |= {
    kind: _ENDS.get(kind, frozenset()) | {"resume"}
    for kind in (*(ASIDES - {"family"}), "except", "unless", "refusal", "whatever")
}
_AT_COMMA = frozenset({"if", "risk", "test", "candidate", "recover", "refrain", "allow_next", "upcoming", "amount"})
_BULLETS = frozenset("*•~·▪")  # signs that begin the next item where the lines of a list were run together
_ILLUSTRATION = 60  # words of a sentence that are looked through for a judgement of its own
_LONGEST_CLAUSE = 150  # words; a longer one is cut at its next comma
_ENDLESS_CLAUSE = 300  # words; a longer one is cut anywhere: things and cues are compared within a clause


@quick
@dataclass(frozen=True, slots=True)
class Cue:
    """A cue at words [first, last) and the words [last, end) that it reaches forward."""

    kind: str
    first: int
    last: int
    end: int


@quick
@dataclass(frozen=True, slots=True)
class Layout:
    """An item cut up: the clause and the parenthesis of every word, and its cues in order of place."""

    words: Words
    clause: Sequence[int]  # number of the clause of each word
    group: Sequence[int]  # number of the innermost parenthesis of each word; 0 is none
    parents: Sequence[int]  # by parenthesis number
    group_start: Sequence[int]
    group_end: Sequence[int]
    clause_start: Sequence[int]  # by clause number
    clause_end: Sequence[int]
    cues: Sequence[Sequence[Cue]]  # by clause number, in order of place
    kinds: Sequence[frozenset[str]]  # by clause number: the kinds of its cues
    said: Sequence[frozenset[str]]  # by clause number: its words in reading form

    def near(self, place: int) -> Sequence[Cue]:
        """The cues of the clause of the word at `place`, in order."""
        return self.cues[self.clause[place]]

    def clause_keys(self, place: int) -> frozenset[str]:
        """The words of the clause of the word at `place`, in reading form, each once."""
        return self.said[self.clause[place]]

    def within(self, inner: int, outer: int) -> bool:
        """Whether the parenthesis `inner` is `outer` or stands inside it."""
        while inner != outer and inner:
            inner = self.parents[inner]
        return inner == outer

    def reaching(self, place: int, *kinds: str) -> list[Cue]:
        """The cues of these kinds whose forward reach holds the word at `place`, nearest last."""
        clause = self.clause[place]
        if self.kinds[clause].isdisjoint(kinds):
            return []
        return [cue for cue in self.cues[clause] if cue.kind in kinds and cue.first < place < cue.end]

    def in_clause(self, place: int, *kinds: str) -> list[Cue]:
        """The cues of these kinds in the clause of the word at `place`."""
        clause = self.clause[place]
        if self.kinds[clause].isdisjoint(kinds):
            return []
        return [cue for cue in self.cues[clause] if cue.kind in kinds]


@cache
def load_cues() -> tuple[PhraseTree, PhraseTree]:
    """The trees of cues: those with a reach, and those that stand directly after a name."""
    text = (resources.files("rag.criteria") / "data" / "cues.toml").read_text(encoding="utf-8")
    return build_cues(tomllib.loads(text))


def build_cues(table: Mapping[str, Any]) -> tuple[PhraseTree, PhraseTree]:
    """Trees from the parsed table. Raises ValueError for a kind of cue that is not known or missing."""
    plain = {kind for kind, phrases in table.items() if not isinstance(phrases, Mapping)}
    for found, wanted in ((plain, CUES), (set(table["aside"]), ASIDES), (set(table["after"]), AFTERS)):
        if found != set(wanted):
            raise ValueError(f"cues: unknown or missing kinds {sorted(found ^ wanted)}")
    reaching, following = PhraseTree(), PhraseTree()
    for kind, phrases in (*((kind, table[kind]) for kind in plain), *table["aside"].items()):
        _add(reaching, phrases, kind)
    for kind, phrases in table["after"].items():
        _add(following, phrases, kind)
    return reaching, following


def _add(tree: PhraseTree, phrases: Sequence[str], kind: str) -> None:
    for phrase in phrases:
        for form in expand(phrase):
            tree.add(form, kind, bridges=False)


def lay_out(words: Words, spoken: Collection[range] = ()) -> Layout:
    """Clauses, parentheses and cues of one item. Linear in its words.

    `spoken` are the words of names that hold their own negation, "not using contraception": no cues stand there.
    """
    taken = {place for places in spoken for place in places}
    found = _without_split(load_cues()[0].find(words, overlap=True))
    found = [one for one in found if one.first not in taken or one.last - 1 not in taken]
    breaks = {one.first for one in found if one.value == "but"} | _labels(words)
    group, parents, group_start, group_end = _groups(words.keys)
    clause, clause_start, clause_end = _clauses(words, breaks)
    cues: list[list[Cue]] = [[] for _ in clause_start]
    kinds: list[frozenset[str]] = []
    said = [frozenset(words.keys[start:end]) for start, end in zip(clause_start, clause_end, strict=True)]
    layout = Layout(words, clause, group, parents, group_start, group_end, clause_start, clause_end, cues, kinds, said)
    for one in reversed(found):  # from the end, so that each cue knows those after it
        later = cues[clause[one.first]]
        later.append(Cue(one.value, one.first, one.last, _reach(layout, one, later)))
    for in_clause in cues:
        in_clause.reverse()
        kinds.append(frozenset([cue.kind for cue in in_clause]))
    return layout


def _without_split(found: list[Found]) -> list[Found]:
    """Drop the bare negation that a longer judgement goes through: the "are not" of "are not allowed"."""
    judging = [one for one in found if one.value in {"barred", "allowed", "must_not"}]
    judged = {place for one in judging for place in range(one.first, one.last)}
    barred = {place for one in judging if one.value == "barred" for place in range(one.first, one.last)}
    return [
        one
        for one in found
        if (one.value not in {"not", "no"} or one.last - 1 not in judged)
        and (one.value not in {"allowed", "allow_next"} or one.first not in barred)  # "not eligible for this study"
    ]


def _groups(keys: list[str]) -> tuple[list[int], list[int], list[int], list[int]]:
    if "(" not in keys and "[" not in keys:
        return [0] * len(keys), [0], [0], [len(keys)]
    group, parents, starts, ends = [], [0], [0], [len(keys)]
    open_groups = [0]
    for place, key in enumerate(keys):
        if key in {"(", "["}:
            parents.append(open_groups[-1])
            starts.append(place)
            ends.append(len(keys))
            open_groups.append(len(parents) - 1)
        group.append(open_groups[-1])
        if key in {")", "]"} and len(open_groups) > 1:
            ends[open_groups.pop()] = place
    return group, parents, starts, ends


def _clauses(words: Words, breaks: set[int]) -> tuple[list[int], list[int], list[int]]:
    clause: list[int] = []
    starts, ends = [0], []
    keys, raws, number = words.keys, words.raws, 0
    if not breaks and len(keys) <= _LONGEST_CLAUSE and _CLAUSE_SIGNS.isdisjoint(keys) and _is_lower(raws[1:]):
        return [0] * len(keys), [0], [len(keys)]  # a line of one clause: nothing to look for word by word
    starters, illustrates = word_set("starters"), False
    for place, key in enumerate(keys):
        ordinary = key not in _MAY_END and place not in breaks and not raws[place][0].isupper()
        if ordinary and place - starts[-1] < _LONGEST_CLAUSE:  # it opens and ends nothing
            clause.append(number)
            continue
        runs_on = place > 0 and raws[place][0].isupper() and _runs_on(keys[place - 1])
        bulleted = place > 1 and keys[place - 1] in _BULLETS and raws[place][0].isupper()
        opens = runs_on and (raws[place] in starters or _begins_line(words, place))
        opens = bulleted or place in breaks or (opens and not goes_on_listing(words, starts[-1], place))
        opens = opens and not (key == "negative" and keys[place + 1 : place + 2] in ([], ["."]))  # "HBV Negative."
        opens = opens or place - starts[-1] >= _ENDLESS_CLAUSE
        if opens and place > starts[-1]:
            number += 1
            ends.append(place)
            starts.append(place)
        clause.append(number)
        far = place - starts[-1] >= _LONGEST_CLAUSE and key in {",", ":"}
        ended = key == "." and _ends_sentence(words, place)
        illustrates = _illustrates(keys, place + 1) if ended else illustrates
        if place + 1 < len(keys) and (far or ((key == ";" or ended) and not illustrates)):
            number += 1
            ends.append(place + 1)
            starts.append(place + 1)
    ends.append(len(keys))
    return clause, starts, ends


_CLAUSE_SIGNS = frozenset({";", "."})
_MAY_END = frozenset({";", ".", ",", ":"})


def _is_lower(raws: list[str]) -> bool:
    """Whether no word holds a capital."""
    joined = "".join(raws)
    return joined == joined.lower()


def _labels(words: Words) -> set[int]:
    """Where a capitalised label begins in running text: the "Radiotherapy:" of "… chemotherapy Radiotherapy: …"."""
    found = set()
    for place, key in enumerate(words.keys if ":" in words.keys else ()):
        if key == ":" and place > 1:
            first = place - 1
            while first > place - 3 and first and words.raws[first][0].islower():
                first -= 1
            raw = words.raws[first]
            if first and raw[0].isupper() and not raw.isupper() and _runs_on(words.keys[first - 1]):
                found.add(first)
    return found


def _begins_line(words: Words, place: int) -> bool:
    """Whether a capital begins a line after one that was finished: not "history of / HIV", "New / York"."""
    before = words.raws[place - 1]
    if before[0].isupper() or words.keys[place - 1] in word_set("unfinished"):
        return False
    after = words.raws[place + 1] if place + 1 < len(words) else "."
    noun = words.raws[place] in word_set("first_nouns") and after[0].islower()  # the line feed itself was lost
    return noun or "\n" in words.text[words.ends[place - 1] : words.starts[place]]


def _runs_on(before: str) -> bool:
    """Whether a capital after this word begins a sentence whose full stop was lost: "HIV negative Not pregnant"."""
    return before[0].isalnum() or before == ")"


def _ends_sentence(words: Words, place: int) -> bool:
    """Whether the full stop at `place` ends a sentence: not that of "e.g.", "i.e.", "1.5" or "C. difficile"."""
    end = words.ends[place]
    if place + 1 >= len(words) or not words.text[end].isspace():
        return False
    before, after = words.keys[place - 1] if place else "", words.raws[place + 1]
    numbered = before.isdigit() and place <= 1  # "3. If …"
    initial = len(before) == 1 and before.isalpha() and not _is_letter_of(words, place - 1)
    whole = before not in word_set("short_forms") and not initial and not numbered
    return whole and not (after[0].isalpha() and after[0].islower())


def _illustrates(keys: Sequence[str], place: int) -> bool:
    """Whether a sentence only names members of what the one before it spoke of: "These include …", "Examples are …".

    Not one that judges for itself, "For example, patients with psoriasis are eligible".
    """
    if not any(" ".join(keys[place : place + words]) in word_set("illustrations") for words in (1, 2, 3)):
        return False
    rest = keys[place : place + _ILLUSTRATION]
    sentence = rest[: rest.index(".")] if "." in rest else rest
    return word_set("judgements").isdisjoint(sentence)


def _is_letter_of(words: Words, place: int) -> bool:
    """Whether a letter is the kind of what stands before it, not an initial: "hepatitis B or C. Patients …"."""
    return place > 0 and words.keys[place - 1] in word_set("lettered")


def _reach(layout: Layout, one: Found, later: list[Cue]) -> int:
    """Where the forward reach of a cue ends: `later` holds the cues of its clause after it, nearest last."""
    kind, first, last = one.value, one.first, one.last
    group = layout.group[first]
    end = layout.clause_end[layout.clause[first]]
    if group:
        end = min(end, layout.group_end[group])
    enders = _ENDS.get(kind, frozenset())
    for cue in reversed(later):
        if cue.first >= end:
            break
        if cue.kind in enders and layout.group[cue.first] == group and _ends_it(layout, one, cue):
            end = cue.first
            break
    if kind == "unless":  # a sentence of examples behind it is not of the condition
        stops = (place for place in range(last, end) if layout.words.keys[place] == ".")
        end = next((place for place in stops if _ends_sentence(layout.words, place)), end)
    if kind in _AT_COMMA:
        end = _comma(layout, last, end, group)
    if kind == "except" and layout.words.keys[first] == "other":
        end = _next_member(layout, last, end)
    if kind == "except" and (layout.words.keys[first] in {"beside", "besides"} or _is_of_the_study(layout, last, end)):
        end = _comma(layout, last, end, group)
    return end


def _is_of_the_study(layout: Layout, start: int, end: int) -> bool:
    """ "drugs other than those provided by the study, steroids": nothing else is excepted than what the study gives."""
    keys = layout.words.keys[start:end]
    told = keys[: keys.index(",")] if "," in keys else keys
    return told[:1] in (["those"], ["that"]) and not {"study", "trial", "protocol"}.isdisjoint(told)


def _next_member(layout: Layout, start: int, end: int) -> int:
    """Where "disorders other than asthma, history of epilepsy" goes on with the list that it interrupts.

    So it does at the examples of a general word: "disease other than asthma, such as diabetes".
    """
    keys = layout.words.keys
    general = keys[max(0, start - 3)] in word_set("any_illness")
    for place in range(start, end - 1):
        if keys[place] == "," and keys[place + 1] in word_set("member_openers"):
            return place
        shown = keys[place] == "," and (keys[place + 1] == "eg" or tuple(keys[place + 1 : place + 3]) in _EXAMPLES)
        if general and shown:
            return place
    return end


_EXAMPLES = frozenset({("such", "as"), ("for", "example"), ("for", "instance"), ("e", ".")})


def _ends_it(layout: Layout, one: Found, cue: Cue) -> bool:
    """A later "no" ends an exception or another "no" only as the next member of a list: ", no HIV"."""
    if cue.kind in {"no", "not"}:
        return layout.words.keys[cue.first - 1] in {",", "and", "-", "or", ":"}
    if cue.kind == "include":  # "infection other than of the skin, including tuberculosis"
        return layout.words.keys[cue.first - 1] == "," or layout.words.keys[cue.last : cue.last + 1] == ["other"]
    inside = cue.first <= one.last or _tells_of_persons(layout, one, cue) or _is_of_drugs(layout, cue)
    if cue.kind == "stop" and inside:
        return False  # "absence of measurable disease"
    if cue.kind == "resume":
        return resumes(layout.words.keys, one.value, one.last, cue.first, cue.last)
    return not (cue.kind == "if" and one.value == "lack")


def _is_of_drugs(layout: Layout, stop: Cue) -> bool:
    """ "No drugs with known effects on the liver": of which drugs, and no other statement."""
    keys = layout.words.keys
    return keys[stop.first : stop.last] == ["with", "known"] and keys[stop.first - 1] in _DRUGS


_DRUGS = frozenset({"agent", "drug", "inducer", "inhibitor", "medication", "substance"})


def _tells_of_persons(layout: Layout, one: Found, stop: Cue) -> bool:
    """ "No patients who have …", "no women who are pregnant or intend …": the "no" governs the person told of."""
    keys = layout.words.keys
    told = keys[one.last : stop.first]
    place = next((number for number, key in enumerate(told[:3]) if key in word_set("persons")), None)
    if one.value != "no" or place is None or not {",", "for", "of", "in", "to", "with"}.isdisjoint(told[:place]):
        return False
    goes_on = "or" in keys[stop.first - 1 : stop.first + 1] and told[place + 1 : place + 2] != []
    return place + 1 == len(told) or (goes_on and told[place + 1] in {*word_set("relatives"), "with"})


def _comma(layout: Layout, start: int, end: int, group: int) -> int:
    keys = layout.words.keys
    for place in range(start, end):
        if keys[place] in {",", ":"} and layout.group[place] == group:
            return place
    return end
