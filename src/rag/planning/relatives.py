"""What a description tells of somebody's family, and whose sex it tells."""

from __future__ import annotations

from rag.planning.marks import Mark
from rag.planning.tables import word_set
from rag.planning.words import Line

_SEX_LETTERS = {"f": "female", "m": "male", "yof": "female", "yom": "male"}
_HAVING = frozenset({"aged", "had", "has", "have", "with", "died", "diagnosed", "got", "suffered", "survived"})
_OWNED = frozenset({"her", "his", "their"})


def is_of_a_relative(line: Line, mark: Mark) -> bool:
    """'Family history of breast cancer', 'her brother has epilepsy', '50F, gout. Father had a stroke'.

    'My brother has asthma' tells of the person, unless the one who speaks told their own age before.
    """
    before = line.lemmas(line.back_to_sign(mark.first, 8, ".;:,?"), mark.first)
    behind = line.lemmas(mark.last, mark.last + 4)
    if ends_of(before, "patients.of_family") or behind[:2] == ("run", "in") or _is_in_family(behind):
        return True
    if mark.last - mark.first == 1 and line.tokens[mark.first].lemma in word_set("cues.relatives"):
        return True  # the relative alone: 'father' names no fathering
    first = mark.first - len(before)
    kin = _is_told_of_kin(line, mark) or _stands_behind_kin(line, mark)
    others = [at for at in range(first, mark.first) if _is_another(line, at) and not _is_beside(line, at)]
    return kin or any(not _are_told_of_another(line.lemmas(at + 1, mark.first)) for at in others)


def _is_told_of_kin(line: Line, mark: Mark) -> bool:
    """'50M, gout. Breast cancer killed his mother', 'two aunts with stroke', 'dad passed away from melanoma'.

    In a clause that names a relative, after somebody was told of; not 'lives with her sister', 'his wife says he has'.
    """
    first, last = line.back_to_sign(mark.first, _REACH, ".;:,?!("), mark.last
    while last < min(len(line.tokens), mark.last + _REACH) and not set(line.gap(last)) & set(".;:,?!()"):
        last += 1
    for at in range(first, last):
        if not _may_be_ill(line, at):
            continue
        between = line.lemmas(at + 1, mark.first) if at < mark.first else line.lemmas(mark.last, at)
        before = line.lemmas(max(0, at - 1), at)
        if before == ("whose",) and mark.first < at:
            continue  # 'gout, whose brother has lupus'
        if at > mark.first and mark.value == "breastfeeding":
            continue  # 'breastfeeding her son'
        start = at if before == ("whose",) else first
        told = _told_own_age(line, start) if before == ("my",) else _tells_somebody(line, start)
        if told and not _is_beside(line, at) and not _are_told_of_another(between):
            return True
    return False


def _are_told_of_another(words: tuple[str, ...]) -> bool:
    """'(His wife) says he has …', '(mother) noticed …': not of the relative; '(mother) was found to have …' is."""
    observed = word_set("patients.observes") & {*words} and not {"was", "were", "been"} & {*words}
    return bool(_PERSONS & {*words} or observed)


def _may_be_ill(line: Line, at: int) -> bool:
    """Whether the word at `at` is a relative who may be ill: not 'a father of two', 'new mother', 'sibling donor'."""
    word, behind = line.tokens[at].lemma, line.lemmas(at + 1, at + 3)
    before = line.lemmas(max(0, at - 2), at)
    if word in word_set("patients.more_kin") and not {*before} & (_OWNED | {"my", "our", "whose"} | _COUNTED):
        return False  # 'single parent', 'twin pregnancy'; not 'both of his parents'
    if word not in word_set("patients.kin") | word_set("patients.more_kin"):
        return False
    if {*behind[:1]} & word_set("patients.behind_no_kin"):
        return False
    of_some = behind[:1] == ("of",) and any(one in _COUNTED or one.isdigit() for one in behind[1:])
    return not of_some and not {*before[-1:]} & word_set("patients.kin_roles")


def _is_beside(line: Line, at: int) -> bool:
    """'To her brother', 'with two sisters', 'is a mother': one whom the person does something with, or is."""
    if line.lemmas(at + 1, at + 2) in {("who",), ("with",), ("whose",)}:
        return False
    before = list(line.lemmas(max(0, at - 4), at))
    while before and before[-1] in _OWNED | _BEFORE_KIN:
        article = before.pop() in {"a", "an", "the"}
        if article and before[-1:] and before[-1] in {"be", "is", "am", "was", "s"}:
            return True
    return bool(before[-1:]) and before[-1] in word_set("patients.beside_kin")


def _stands_behind_kin(line: Line, mark: Mark) -> bool:
    """'52M, gout, brother bipolar': set off by signs, and nothing between the relative and the illness."""
    at = mark.first - 1
    kin = at > _OPENING and line.tokens[at].lemma in word_set("patients.kin") and not line.gap(mark.first).strip()
    return kin and bool(set(line.gap(at)) & set(".;:,")) and _tells_somebody(line, at)


def _is_in_family(behind: tuple[str, ...]) -> bool:
    """'… in her family', 'in his mother', 'in a sister'."""
    if behind[:1] != ("in",):
        return False
    whose = behind[1:2] and behind[1] in {*_OWNED, "a", "one"}
    return behind[2:3] == ("family",) or behind[1 + bool(whose) :][:1] in {(one,) for one in word_set("patients.kin")}


def _is_another(line: Line, at: int) -> bool:
    """Whether the word names a relative who is not the person described."""
    word, before = line.tokens[at].lemma, line.lemmas(max(0, at - 1), at)
    if word not in word_set("cues.relatives"):
        return False
    if before and before[0] in _OWNED:
        return True
    if word not in word_set("patients.kin") or not {*line.lemmas(at + 1, at + 4)} & _HAVING:
        return False
    if before == ("my",):
        return _told_own_age(line, at)
    set_off = bool(set(line.gap(at)) & set(".;:,")) or before in {("and",)}
    return at > _OPENING and set_off and _tells_somebody(line, at)


def _told_own_age(line: Line, at: int) -> bool:
    """'I am 60 …' before the word at `at`."""
    lemmas = line.lemmas(0, at)
    starts = [one for one in range(len(lemmas)) if lemmas[one] == "i"]
    return any(any(word.isdigit() for word in lemmas[one + 1 : one + 4]) for one in starts)


def _tells_somebody(line: Line, at: int) -> bool:
    """Whether an age or a sex is told before the word at `at`."""
    lemmas = line.lemmas(0, at)
    return "i" in lemmas or bool(_SEXED & {*lemmas}) or any(word.isdigit() for word in lemmas)


_OPENING = 1
_REACH = 12  # words of a clause that tell whose an illness is
_PERSONS = frozenset({"he", "she", "i", "they", "patient", "pt"})
_BEFORE_KIN = frozenset({
    "a", "an", "the", "my", "our", "one", "two", "three", "several", "both", "late", "older", "elder", "younger", "big",
    "little", "twin", "half", "own", "first", "second", "only", "matched",
})  # fmt: skip
_COUNTED = frozenset({"one", "two", "three", "four", "five", "six", "several", "both"})
_SEXED = frozenset({"woman", "man", "female", "male", "girl", "boy", "lady", "gentleman", "guy", "bloke"})
_TRANS = frozenset({"tran", "trans", "transgender", "transsexual", "transwoman", "transman", "mtf", "ftm", "nonbinary"})


def sex_of(line: Line) -> str:
    """'female', 'male', or '' where not said or not plain; words of relatives beside 'my' count as the person's."""
    lemmas = line.lemmas()
    if _TRANS & {*lemmas}:
        return ""  # a registry's 'female' may mean either
    words = [word for at, word in enumerate(lemmas) if not _is_another(line, at)]
    named = [word for word in words if word in _SEXED]
    for said in (named, words):
        female, male = word_set("patients.female"), word_set("patients.male")
        counted = sum(word in female for word in said) - sum(word in male for word in said)
        if counted:
            return "female" if counted > 0 else "male"
    first = next((word for word in words if word in word_set("patients.female") | word_set("patients.male")), "")
    if first:
        return "female" if first in word_set("patients.female") else "male"
    for before, word in zip(["", *words], words, strict=False):
        if word in _SEX_LETTERS and (
            before.isdigit() or before in {"old", "yo", "y", "year", "o"} or word in {"yof", "yom"}
        ):
            return _SEX_LETTERS[word]
    return ""


def ends_of(words: tuple[str, ...], name: str) -> list[int]:
    """Where each phrase of a word set ends among the words; 'about_to' in the set is two words."""
    return [
        last
        for last in range(1, len(words) + 1)
        if any("_".join(words[first:last]) in word_set(name) for first in range(max(0, last - 3), last))
    ]
