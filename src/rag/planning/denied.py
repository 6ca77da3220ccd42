"""What a description denies of the person: 'no diabetes', 'HER2-negative'; what a question denies of people let in."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rag.criteria.concepts import find_concepts, load_concepts
from rag.planning import lexicon
from rag.planning.cues import Cue
from rag.planning.marks import Kind, Mark
from rag.planning.tables import word_set
from rag.planning.words import Line
from rag.types import Asks


def denied_of(line: Line, marks: Sequence[Mark]) -> frozenset[int]:
    """The first tokens of the concepts that are denied, those of a list that one denial opens or closes among them."""
    concepts = [mark for mark in marks if mark.kind is Kind.CONCEPT]
    behind_one = {at for mark in concepts for at in range(mark.first + 1, mark.last + 1)}
    denied = [_is_denied(line, mark, behind_one) for mark in concepts]
    behind = [_is_denied_behind(line, mark.last) for mark in concepts]
    listed: set[int] = set()  # members of a list that 'and' closes: 'HIV, HBV and HCV negative'
    for at in range(1, len(concepts)):
        if denied[at - 1] and _is_listed(line, concepts[at - 1], concepts[at]) and _opens_list(line, concepts, at - 1):
            denied[at] = True
    for at in range(len(concepts) - 1, 0, -1):
        one, other = concepts[at - 1], concepts[at]
        joined = {*_between(line, one, other)} & {"and", "or", "nor"} or "/" in line.gap(other.first)
        if line.gap(one.last).startswith("+"):
            continue  # 'ER+/HER2-negative'
        if behind[at] and _is_listed(line, one, other) and _are_alike(one, other) and (joined or at in listed):
            behind[at - 1] = True
            listed.add(at - 1)
    told = zip(concepts, denied, behind, strict=True)
    altered = (_is_unaltered, _opens_with_non, _is_taken_back, _was_tested)
    return frozenset(
        mark.first for mark, before, after in told if before or after or any(says(line, mark) for says in altered)
    )


def _is_taken_back(line: Line, mark: Mark) -> bool:
    """'HIV? he is negative', 'tested for hepatitis C, she was negative': the clause behind denies what was asked.

    Not 'lung cancer, she tested negative', which may be of anything that was tested.
    """
    found = _TAKEN_BACK.match(line.text, line.tokens[mark.last - 1].end)
    if found is None:
        return False
    ahead = line.lemmas(line.back_to_sign(mark.first, 6, ".;:,?"), mark.first)
    return bool(found["asked"] or found["sign"] == "?" or {*ahead} & _TESTED)


def _was_tested(line: Line, mark: Mark) -> bool:
    """'My HIV test last month was negative', 'hepatitis B screen came back clear'."""
    return _NEGATIVE_TEST.match(line.text, line.tokens[mark.last - 1].end) is not None


_NEGATIVE_TEST = re.compile(
    r"(?i) (?:antibody |antigen |blood |rapid )?(?:tests?|status|screen(?:ing)?|serology|swab|results?)\b"
    r"(?: [\w’']+){0,4}? (?:is|was|were|are|came back|turned out|remains?) (?:all )?(?:negative|clear(?! [a-z]))\b"
)
_TESTED = frozenset({"test", "tested", "testing", "tests", "screened", "screen", "screening", "checked"})
_TAKEN_BACK = re.compile(
    r"(?i)(?P<asked>(?: (?:tests?|status|testing|done|was|checked|tested|screen\w*)){1,3})?"
    r"\s?(?P<sign>[,;:?–-])\s?(?:but )?"
    r"(?:s?he|i|it|they)(?:['’]s|['’]m| is| was| am| are| were| came back| tested| turned out)(?: all)?"
    r" negative\s?(?=[.,;?!)]|$)"
)


def _opens_with_non(line: Line, mark: Mark) -> bool:
    """'Non-diabetic', 'nonpregnant'; not 'non-small cell lung cancer', whose name says it,
    nor 'non-epileptic seizures': seizures, of another kind."""
    first = line.tokens[mark.first].lemma
    if first.startswith("non") and len(first) > len("non"):
        return any(found.concept == mark.value for found in find_concepts(first.removeprefix("non")))
    if line.lemmas(max(0, mark.first - 1), mark.first) != ("non",) or line.gap(mark.first).strip(" -"):
        return False
    behind = line.words(mark.first + 1, mark.last)  # 'non-ischemic cardiomyopathy' is one all the same
    return all(found.concept != mark.value for found in find_concepts(behind))


def _are_alike(one: Mark, other: Mark) -> bool:
    """Whether both are markers of a tumour, or both infections: not 'lung cancer, ALK negative'."""
    known = load_concepts()
    groups = {known[mark.value].group if mark.value in known else "" for mark in (one, other)}
    return len(groups) == 1


def _between(line: Line, first: Mark, second: Mark) -> tuple[str, ...]:
    return line.lemmas(first.last, second.first)


def _is_listed(line: Line, first: Mark, second: Mark) -> bool:
    """'HIV, HBV', 'HIV and HBV': nothing but a comma or a joining word between the two."""
    gaps = {sign for at in range(first.last, second.first + 1) for sign in line.gap(at)}
    return set(_between(line, first, second)) <= {"and", "or", "nor"} and gaps <= set(" ,/")


def _opens_list(line: Line, concepts: Sequence[Mark], at: int) -> bool:
    """Whether 'negative for', 'denies', 'free of' opened the list: after a mere 'no' a comma ends it."""
    first = at
    while first and _is_listed(line, concepts[first - 1], concepts[first]):
        first -= 1
    start = concepts[first].first
    before = line.lemmas(line.back_to_sign(start, 4, ".;:,"), start)
    return bool({*before} & _LISTING) or before[-2:] == ("negative", "for")


_LISTING = frozenset({"deny", "denied", "denying", "free", "neither"})


def _is_unaltered(line: Line, mark: Mark) -> bool:
    """'HER2-negative', 'KRAS wild-type', 'wild-type BRAF': said of a marker, in its name or beside it."""
    concept = load_concepts().get(mark.value)
    if concept is None or concept.kind != "biomarker":
        return False
    if line.gap(mark.last).startswith("+"):
        return False
    if _is_minus(line, mark.last) and not _is_suspended(line, mark):
        return True
    own, behind = line.lemmas(mark.first, mark.last), line.lemmas(mark.last, mark.last + 3)
    before = line.lemmas(max(0, mark.first - 2), mark.first)
    set_off = set(line.gap(mark.last)) & set(",;.") if mark.last < len(line.tokens) else True
    plain = [(), *([] if set_off else [behind]), own]
    return any(_says_unaltered(words) for words in plain) or before[-2:] == ("wild", "type") or before[-1:] in _WILD


def _is_minus(line: Line, at: int) -> bool:
    """'HER2- breast cancer', '(PR-)'; not 'HER2-low', 'HER2 - unknown'."""
    gap = line.gap(at)
    return _MINUS.match(gap) is not None or (at >= len(line.tokens) and gap[:1] in {"-", "–", "−"})


_MINUS = re.compile(r"[-–−][\s,;.)/]")


def _is_suspended(line: Line, mark: Mark) -> bool:
    """'EGFR- or ALK-positive': the hyphen waits for the word behind the next marker; not 'HER2- and ER+'."""
    behind = range(mark.last + 2, min(mark.last + 5, len(line.tokens)))
    joined = line.lemmas(mark.last, mark.last + 1) in {("and",), ("or",)}
    return joined and any(line.gap(at) in _HYPHENS and line.gap(at) for at in behind)


def _says_unaltered(words: Sequence[str]) -> bool:
    opens = tuple(words[:2])
    wild = ("wild", "type") in {opens, tuple(words[-2:])} or opens[:1] in _WILD or tuple(words[-1:]) in _WILD
    return wild or opens in _UNALTERED or "negative" in words[-1:]


_WILD = {("wildtype",), ("wt",), ("unmutated",), ("nonmutated",)}
_UNALTERED = {("not", "mutated"), ("non", "mutated"), ("not", "amplified"), ("non", "amplified"), ("not", "rearranged")}


def _is_denied(line: Line, mark: Mark, behind_one: Collection[int]) -> bool:
    """Whether a denial stands before the concept in its clause: 'no diabetes', 'never had a stroke'.

    `behind_one`: the tokens right behind a concept or inside its name: a 'negative' there is said of that one.
    """
    for at in range(mark.first - 1, max(-1, mark.first - 7), -1):
        word = line.tokens[at].lemma
        signed = any(c in line.gap(at + 1) for c in ".;,:")
        if signed and word not in word_set("patients.denials") and not _lists_denials(line, at):
            return False
        if word in word_set("patients.denials"):
            return _reaches(line, at, mark, behind_one)
        apart = line.lemmas(at, at + 2) in {("apart", "from"), ("other", "than")}  # 'no chemo apart from hydroxyurea'
        if apart or (word in word_set("patients.ends") and word != "and") or _begins_anew(line, at):
            return False
    return False


def _reaches(line: Line, at: int, mark: Mark, behind_one: Collection[int]) -> bool:
    """Whether the denial at a token is of what a mark names, and of nothing between them."""
    between = line.lemmas(at + 1, mark.first)
    if line.tokens[at].lemma == "negative" and (at in behind_one or line.gap(at).endswith(tuple(_HYPHENS))):
        return between[:1] == ("for",)  # 'HER2-negative breast cancer' is no denial of cancer
    if not _TAKING.isdisjoint(between[:1]) and not _PERSONS.isdisjoint(between):
        return False  # 'trials that would not take a man on warfarin', but 'she is not a person with diabetes'
    if between[:1] and between[0] in word_set("patients.not_denied_by"):
        return False  # 'no response to infliximab', 'no better on sertraline'
    if between[-1:] in _OWN and lexicon.is_a_condition(mark.value):
        return False  # 'not on steroids for his asthma'
    return not set(line.gap(at + 1)) & set(".;,")  # 'porphyria no, gout'


def _begins_anew(line: Line, at: int) -> bool:
    """'No better and has gout', 'without help and takes insulin': another statement about the person."""
    return line.tokens[at].lemma == "and" and line.tokens[at + 1].lemma in _STATING


_STATING = frozenset({
    "has", "have", "had", "is", "am", "are", "be", "was", "on", "take", "takes", "use", "uses", "smokes", "got", "gets",
    "suffers", "also", "now", "currently", "he", "she", "i", "they", "my", "his", "her",
})  # fmt: skip


_TAKING = frozenset(
    {"take", "accept", "want", "allow", "admit", "enroll", "include", "let", "exclude", "refuse", "reject"}
)
_PERSONS = frozenset(
    {"man", "woman", "patient", "person", "somebody", "someone", "lady", "adult", "child", "people", "boy", "girl"}
)
_OWN = {("his",), ("her",), ("my",), ("their",), ("our",)}
_HYPHENS = "-‐‑–−"


def _is_denied_behind(line: Line, at: int) -> bool:
    """'HIV negative', 'HIV: neg', 'porphyria no', 'diabetes - none': said right behind, and nothing after it."""
    at += line.lemmas(at, at + 1) in {("status",), ("is",), ("was",), ("test",), ("result",), ("are",), ("both",)}
    word = line.lemmas(at, at + 1)
    if not word or set(line.gap(at)) & set(",;."):
        return False
    ends = at + 1 >= len(line.tokens) or bool(set(line.gap(at + 1)) & set(",;.?)"))
    if line.lemmas(at, at + 2) in _RULED_OUT:
        return True
    if word[0] == "ve":
        return line.gap(at).endswith(("-", "–", "−"))  # '+ve' says that it is there
    return word[0] in word_set("patients.denied_behind") or (ends and word[0] in {"no", "none", "nil", "not"})


_RULED_OUT = {("ruled", "out"), ("rule", "out")}  # 'arthritis was ruled out'


def _lists_denials(line: Line, at: int) -> bool:
    """'no diabetes, stroke or HIV': a comma inside a list that 'or' or 'nor' closes does not end the denial."""
    return bool({"or", "nor"} & set(line.lemmas(at, at + 6))) and bool(
        word_set("patients.denials") & set(line.lemmas(max(0, at - 5), at + 1))
    )


def is_left_out(line: Line, first: int, cue: Cue) -> bool:
    """Whether what a verb of criteria names is denied of the people it is about: 'accept non-smokers', 'patients not on
    insulin', 'people who have never had a stroke'; not 'trials that can't be joined by smokers', 'but not steroids'.
    """
    if line.lemmas(max(0, first - 1), first) in {("never",), ("non",)} or _is_of_people_without(line, first, cue):
        return True
    if cue.passive and not {"who", "that"} & set(line.lemmas(max(0, first - 3), first)):
        return False  # 'which trials can't smokers join': the trial's verb is negated
    between = line.lemmas(max(cue.last if not cue.passive else 0, first - 3), first)
    return "not" in between and bool({"who", "that", "do", "doe", "can"} & set(between)) and "but" not in between


def _is_of_people_without(line: Line, first: int, cue: Cue) -> bool:
    """'people without asthma', 'patients not on insulin', 'anybody free of cancer', 'who have never had a stroke'."""
    start = line.back_to_sign(first, _DENYING, ",;:.?!")
    words = line.lemmas(0, first)
    at = first
    while at > start and words[at - 1] in word_set("denied.of_having"):
        at -= 1
    if at == start or words[at - 1] not in word_set("denied.lacking") or (not cue.passive and at <= cue.last):
        return False
    at -= 1
    while at > start and words[at - 1] in word_set("denied.leading"):
        at -= 1
    theirs = word_set("cues.people") | _PERSONS
    return words[max(0, at - 1) : at] != () and (words[at - 1] in theirs or _goes_on(line, at, first, cue))


def _goes_on(line: Line, at: int, first: int, cue: Cue) -> bool:
    """'people with asthma not on steroids', 'with asthma without cirrhosis': what they have, and have not."""
    had = line.lemmas(at, first)
    told = had[0] == "without" or (had[0] == "not" and bool({"on", "taking", "using", "receiving"} & set(had)))
    joined = {"and", "or", "but", "yet", "though"} & set(line.lemmas(at - 1, at))
    return told and not joined and not cue.passive and cue.asks is Asks.ADMITS and at - 1 > cue.last


_DENYING = 9  # words from the people to what they have not: 'those who have never been treated with a'


def is_of_a_kind(line: Line, first: int, last: int) -> bool:
    """'A non-ischaemic cardiomyopathy' is another kind of it; a 'non-smoker' is somebody who does not."""
    person = line.tokens[last - 1].lemma in word_set("cues.people") or is_of_who_do(line, last)
    return line.lemmas(max(0, first - 1), first) == ("non",) and not person


def is_of_who_do(line: Line, last: int) -> bool:
    """'smokers', 'diabetics': people by what they have or do."""
    return line.tokens[last - 1].lemma in _WHO_DO


_WHO_DO = frozenset({"smoker", "drinker", "user", "diabetic", "asthmatic", "carrier", "responder"})
