"""Names that mean something else where they stand: EGFR beside mL/min, "450 MS", an intolerance to the last line."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from rag.criteria.phrasetree import Found
from rag.criteria.words import Words, word_set

# Abbreviations of two things, and the words near which they are not the usual one.
_ABBREVIATED = {
    "ASA": "asa_of_anesthesia", "DM": "dm_of_muscle", "PPD": "ppd_of_mood", "RA": "ra_of_blood", "SCID": "scid_of_talk",
    "TBI": "tbi_of_rays",
}  # fmt: skip
_ABBREVIATED_BESIDE = {"ASA": "asa_of_fitness", "RA": "ra_of_anemia"}


def is_allergy_to_other(words: Words, one: Found) -> bool:
    """Whether the allergy is to a thing the lexicon does not know: "ozone allergy" asks for less than any allergy."""
    if one.value == "allergy" and one.last - one.first == 1:
        before = words.raws[one.first - 1] if one.first else ""
        return before.isalpha() and words.keys[one.first - 1] not in word_set("any_allergy")
    if one.value == "drug_allergy" and words.keys[one.last - 1] in {"to", "against", "for"}:
        return one.last < len(words) and not word_set("own_allergens").intersection(words.keys[one.last : one.last + 6])
    return False


def with_anaphylaxis(words: Words, one: Found, *, food: bool) -> tuple[Found, ...]:
    """ "Anaphylaxis to peanut" is both, to a `food` and in itself; "anaphylaxis to mites" is no allergy to a drug."""
    if one.bridged or one.value == "anaphylaxis" or not words.keys[one.first].startswith("anaphyla"):
        return (one,)
    itself = replace(one, value="anaphylaxis", last=one.first + 1)
    if one.value == "drug_allergy":
        return (itself,) if is_allergy_to_other(words, one) else (one,)
    return (itself, one) if food else (one,)


def means_it(words: Words, one: Found, unless_near: Sequence[str]) -> bool:
    """Whether the name has this meaning here: EGFR beside mL/min is the filtration rate; "450 MS" is a time."""
    if words.raws[one.first] == "MS" and one.first and words.keys[one.first - 1].isdigit():
        return False
    if one.last == one.first + 1 and words.raws[one.first].casefold() == "met":
        return False  # "if they met any of the following": no "mets"
    alone = one.last == one.first + 1 and (_is_of_another_thing(words, one) or not _is_of_itself(words, one))
    if alone or _is_no_transplant(words, one):
        return False
    if one.last == one.first + 1 and (others := _ABBREVIATED.get(words.raws[one.first])) is not None:
        near = words.keys[max(0, one.first - 6) : one.last + 6]
        beside = _ABBREVIATED_BESIDE.get(words.raws[one.first])
        other = beside and word_set(beside).intersection(_beside(words, one))
        return word_set(others).isdisjoint(near) and not other and not _is_of_a_class(words, one)
    intolerant = one.value == "drug_allergy" and words.keys[one.first].startswith("intoleran")
    if intolerant and _is_earlier(words.keys[one.last : one.last + 8]):
        return False  # "progression on or intolerance to the last line of treatment"
    return not unless_near or not set(unless_near).intersection(words.keys[max(0, one.first - 6) : one.last + 14])


def _is_of_another_thing(words: Words, one: Found) -> bool:
    """The "hormonal" of "contraception (hormonal or a barrier)", the "blind" of "double-blind"."""
    near = words.keys[max(0, one.first - 3) : one.last + 4]
    if one.value == "hormone_therapy":
        return not {"contraception", "contraceptive", "barrier"}.isdisjoint(near)
    return words.keys[one.first] == "blind" and not {"double", "single", "triple"}.isdisjoint(
        words.keys[max(0, one.first - 1) : one.first]
    )


def _is_no_transplant(words: Words, one: Found) -> bool:
    """The "new kidney" of "new kidney stones", the "new liver" of "new liver lesions"; not of "got a new kidney"."""
    if words.keys[one.first] != "new" or not one.value.endswith("_transplant"):
        return False
    before, behind = words.keys[one.first - 1 : one.first], words.keys[one.last : one.last + 1]
    goes_on = not behind or behind[0] in _BEHIND_NEW_ORGAN or not behind[0].isalpha()
    return not goes_on or _WHOSE.isdisjoint(before)


_WHOSE = frozenset(
    ["a", "get", "got", "had", "has", "have", "her", "his", "my", "the", "their", "this", "with", "your"]
)
_BEHIND_NEW_ORGAN = frozenset(
    ["after", "ago", "already", "and", "because", "before", "but", "can", "for", "from", "in", "is", "last", "now",
     "on", "or", "since", "so", "this", "three", "transplanted", "two", "was", "when", "who"]
)  # fmt: skip


def _is_of_a_class(words: Words, one: Found) -> bool:
    """Whether a class of the anesthesiologists follows: "ASA > 3", "ASA I-II"; not "ASA 3 days before"."""
    if one.value != "aspirin":
        return False
    behind = itertools.dropwhile(word_set("asa_before_its_class").__contains__, words.keys[one.last :])
    first, *rest = (*itertools.islice(behind, 5), "")
    return first in word_set("asa_classes") and word_set("doses_and_times").isdisjoint(rest)


def _beside(words: Words, one: Found) -> list[str]:
    """The two words on each side, or fewer: none past a sign or a word that joins lists."""
    behind = itertools.takewhile(_goes_on, words.keys[one.last : one.last + 2])
    ahead = itertools.takewhile(_goes_on, reversed(words.keys[max(0, one.first - 2) : one.first]))
    return [*behind, *ahead]


def _goes_on(key: str) -> bool:
    return key not in {",", ";", ".", ":", "or", "and"}


def _is_of_itself(words: Words, one: Found) -> bool:
    """Whether one word says what it seems to: no PsA for PSA, no cancer of an effusion, no abstinence from alcohol."""
    key = words.keys[one.first]
    if words.raws[one.first] == "PsA":
        return one.value == "psoriatic_arthritis"
    if key == "malignant":
        return not word_set("of_cancer").intersection(words.keys[one.last : one.last + 4])
    if key == "sterile":  # 'a normally sterile site'
        return word_set("sterile_things").isdisjoint(words.keys[one.last : one.last + 3])
    if key == "psychiatric":  # 'psychiatric exclusion criteria include …'
        return words.keys[one.last : one.last + 1] not in (["inclusion"], ["exclusion"], ["eligibility"])
    if key == "abstinence":
        behind = itertools.takewhile(str.isalnum, words.keys[one.last : one.last + 3])  # not "abstinence; no drugs"
        return not word_set("abused").intersection((*words.keys[max(0, one.first - 2) : one.first], *behind))
    return True


def _is_earlier(near: list[str]) -> bool:
    """Whether an earlier treatment is not tolerated: "the prior line"; not "at least one excipient"."""
    if not word_set("earlier_treatment").isdisjoint(near[:4]):
        return True
    return not (word_set("of_some_treatment").isdisjoint(near[:4]) or word_set("treatment_nouns").isdisjoint(near))
