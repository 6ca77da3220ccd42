"""Words of a question that name trials: an id, an acronym, a sponsor's number, 'the tocilizumab trial'.

Ambiguity is a value: a reference that fits several trials names them all; an unknown id names none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from rag.criteria.concepts import find_concepts
from rag.planning import tables
from rag.planning.apart import FEW, by_drugs, by_owner, foreign, spelt_out, told_apart, trials_with, written_as_names
from rag.planning.fragments import Reference, find_bare, is_measured, with_apposition, with_echo
from rag.planning.instruments import is_in_an_instrument
from rag.planning.lexicon import concept_words, variable_words
from rag.planning.ranked import is_ranked
from rag.planning.spelling import lexicon_words, may_name_a_trial
from rag.planning.tables import word_set
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Line, Token
from rag.types import TrialRef

_NCT = re.compile(r"(?i)\bNCT[\s:#.-]{0,3}(\d[\d ]{0,12}\d|\d)(?!\d)")
_MOST_TRIALS = 12  # a description that fits more trials than this describes no trial
_NOUNS = frozenset({"pilot", "trial", "study", "project", "protocol", "program", "programme", "one"})
_NO_OWNERS = frozenset({"what", "who", "that", "it", "where", "when", "how", "there", "he", "she", "trial", "study"})
_DETERMINERS = frozenset({"the", "this", "that", "our", "its", "their"})


def find_references(line: Line, index: WordIndex) -> tuple[Reference, ...]:
    """Every trial named outright, in text order: ids, acronyms and study numbers, 'the … trial'."""
    found = [with_apposition(line, one) for one in _ids(line, index)]
    found += [ref for ref in _titles(line, index) if not _inside(ref, found)]
    found += [ref for ref in _names(line, index) if not _inside(ref, found)]
    found += [ref for ref in _capitals(line, index) if not _inside(ref, found)]
    found += [ref for ref in _described(line, index) if not _inside(ref, found)]
    found += [ref for ref in find_bare(line, index, _resolve) if not _inside(ref, found)]
    found = [one for one in found if not is_measured(line, one) and not is_in_an_instrument(line, one.first, one.last)]
    return _without_echoes(line, _without_wider(sorted(found, key=lambda reference: reference.first)))


def _without_wider(found: list[Reference]) -> list[Reference]:
    """'the Halden study HLD-2201', 'LYRA-2, the stroke one': one trial named says which of several is meant."""
    single = {trial for reference in found if len(reference.ref.trial_ids) == 1 for trial in reference.ref.trial_ids}
    return [one for one in found if len(one.ref.trial_ids) < 2 or not single & set(one.ref.trial_ids)]


def _without_echoes(line: Line, found: list[Reference]) -> tuple[Reference, ...]:
    """Names beside an id dropped unless 'and', 'or', 'vs' joins them: 'the apixaban trial NCT…', 'BEBT-109 in NCT…'."""
    by_id = {reference.ref.text for reference in found if reference.ref.text.startswith("NCT")}
    joined = bool(
        _JOINING
        & {word for a, b in pairwise(found) for word in line.lemmas(a.last, b.first)}
    )
    if not by_id or len(found) == len(by_id) or joined:
        return tuple(found)
    return tuple(with_echo(reference, found) for reference in found if reference.ref.text in by_id)


def _inside(reference: Reference, others: Sequence[Reference]) -> bool:
    return any(reference.first < other.last and other.first < reference.last for other in others)


# ── By id ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ids(line: Line, index: WordIndex) -> list[Reference]:
    """'NCT07263776', 'nct 0726 3776', 'NCT-07263776'; an id not in the collection is a reference to no trial."""
    found = []
    for match in _NCT.finditer(line.text):
        digits, end = _eight_digits(match)
        first, last = line.at(match.start(), end)
        trial_id = f"NCT{digits}"
        at = index.by_id.get(trial_id)
        found.append(Reference(first, last, TrialRef(trial_id, (index.ids[at],) if at is not None else (), "id")))
    known = {reference.first for reference in found}
    for at, token in enumerate(line.tokens):
        trial = index.by_id.get(token.text.upper())
        if trial is not None and at not in known:
            found.append(Reference(at, at + 1, TrialRef(token.text.upper(), (index.ids[trial],), "id")))
    return found


def _eight_digits(match: re.Match[str]) -> tuple[str, int]:
    """The digits of the id, at most eight, and where they end: later numbers are no part of it."""
    digits, at = "", match.start(1)
    for at, sign in enumerate(match.group(1), start=match.start(1)):
        digits += sign.strip()
        if len(digits) == 8:
            return digits, at + 1
        if sign == " " and len(digits) not in {2, 4, 5, 6}:
            return digits, at
    return digits, match.end()


def _titles(line: Line, index: WordIndex) -> list[Reference]:
    """Whole titles: 'the Family Heart Study'."""
    if not any(token.text[:1].isupper() for token in line.tokens[1:]):
        return []
    found = []
    for title in index.titles.find(line):
        trials = tuple(index.ids[at] for at in title.value)
        words = line.words(title.first, title.last)
        found.append(Reference(title.first, title.last, TrialRef(words, trials, "title")))
    return found


# ── By acronym or study number ───────────────────────────────────────────────────────────────────────────────────────


def _names(line: Line, index: WordIndex) -> list[Reference]:
    found: list[Reference] = []
    if not may_name_a_trial(line):
        return found
    named = find_concepts(line.text)
    for match in index.name_phrases.find(line):
        trials, how = index.names[match.value]
        start, end = line.tokens[match.first].start, line.tokens[match.last - 1].end
        if any(m.start <= start and end <= m.end and m.end - m.start > end - start for m in named):
            continue  # the ACE of 'ACE inhibitors'
        article = line.lemmas(max(0, match.first - 1), match.first) in {("a",), ("an",)}  # 'ask for an MRI'
        if article or _is_of_many(match.value, trials, index):
            continue
        if _is_name(line, match.first, match.last, match.value, how):
            ids = tuple(sorted(index.ids[at] for at in trials))
            found.append(Reference(match.first, match.last, TrialRef(line.words(match.first, match.last), ids, how)))
    return found


def _is_of_many(key: tuple[str, ...], trials: Collection[int], index: WordIndex) -> bool:
    """Whether what names some trials is a term that many others hold ('MRI', 'AZT'), no word like 'IMPACT'."""
    if len(key) > 1 or key[0] in lexicon_words():
        return False
    held = sum(attribute in _OF_THE_SUBJECT for attribute in index.holds(key[0]).values())
    return held > _MANY + 2 * len(trials)


_MANY = 20
_OF_THE_SUBJECT = frozenset({"title", "condition", "intervention"})


def _is_name(line: Line, first: int, last: int, key: tuple[str, ...], how: str) -> bool:
    """Whether an acronym stands here as a name: in capitals, or beside 'trial', or it is no word of any language."""
    written = line.words(first, last)
    if how == "id":
        return len(written) >= 5
    before, after = set(line.lemmas(max(0, first - 1), first)), set(line.lemmas(last, last + 1))
    concept = any(m.start == 0 and m.end == len(written) for m in find_concepts(written))
    if concept and not _is_the_one(line, first, last):
        return False  # 'AIDS', 'AIDS trials', 'the largest AIDS trial' are of the disease; 'the AIDS trial' is a name
    common = all(word in lexicon_words() or word in tables.left_alone() or word.isdigit() for word in key)
    capitals = 0 if line.text.upper() == line.text else sum(c.isupper() for c in written)
    if _NOUNS & (before | after):
        return len(written) > 1 and (not common or capitals > 1)
    clinical = any(word in concept_words() | variable_words() for word in key)
    if capitals > 1 and ((common and len(key) > 1) or (written.isupper() and len(written) > 3 and not clinical)):
        return True
    if clinical and written.isupper() and len(written) > 3 and capitals and _is_compared(line, first, last):
        return True  # 'BLAST vs MUNIN'
    odd = any(c.isdigit() for c in written) or "-" in written
    return not common and len(written) > 2 and (capitals > 1 or odd)


def _is_compared(line: Line, first: int, last: int) -> bool:
    """Whether 'vs' joins a name in capitals to another one."""
    before = line.lemmas(max(0, first - 1), first)
    beside = line.tokens[first - 2 : first - 1] if before in _VERSUS else line.tokens[last + 1 : last + 2]
    joined = before in _VERSUS or line.lemmas(last, last + 1) in _VERSUS
    return joined and any(token.text.isupper() and len(token.text) > 2 for token in beside)


_VERSUS = {("vs",), ("versus",)}


def _is_the_one(line: Line, first: int, last: int) -> bool:
    """Whether the words stand between 'the' (or nothing at all) and 'trial' in the singular."""
    noun = line.lemmas(last, last + 1)
    one = bool(_NOUNS & set(noun)) and not line.tokens[last].text.casefold().endswith("s")
    return one and (not first or bool(_DETERMINERS & set(line.lemmas(first - 1, first))))


def _capitals(line: Line, index: WordIndex) -> list[Reference]:
    """Names in capitals that stand in the titles of one or two trials alone: 'SPYRAL AFFIRM'."""
    if line.text.upper() == line.text:
        return []
    known = lexicon_words() | concept_words() | variable_words()
    found, at = [], 0
    while at < len(line.tokens):
        last = at
        while last < len(line.tokens) and _is_rare_name(line.tokens[last], index, known):
            last += 1
        trials, how = trials_with([token.lemma for token in line.tokens[at:last]], index)
        if trials:
            found.append(Reference(at, last, TrialRef(line.words(at, last), trials, how)))
        at = max(last, at + 1)
    return found


def _is_rare_name(token: Token, index: WordIndex, known: frozenset[str]) -> bool:
    letters = sum(c.isupper() for c in token.text)
    return letters >= 4 and token.text.isupper() and token.lemma not in known and 0 < len(index.holds(token.lemma)) <= 2


# ── By description ───────────────────────────────────────────────────────────────────────────────────────────────────


def _described(line: Line, index: WordIndex) -> list[Reference]:
    """'the tocilizumab trial', 'the Beijing stroke study', 'the trial of intra-arterial albumin'."""
    found: list[Reference] = []
    lemmas = line.lemmas()
    for at, word in enumerate(lemmas):
        if word not in _NOUNS or (found and at < found[-1].last) or _is_of_a_study(lemmas, at):
            continue
        told = set(lemmas[at + 1 : at + 2]) & word_set("references.behind")
        if word == "one" and found and not told and not _JOINING & set(lemmas[found[-1].last : at]):
            continue  # 'the albumin trial? name the hypertension one'
        before, after = _before_noun(line, at), _after_noun(line, index, at)
        if before is not None and after is not None and is_ranked(line, before[0]):
            continue
        reference = _by_both_sides(line, index, before, after)
        if reference:
            found.append(reference)
    return found


_JOINING = frozenset(["and", "or", "vs", "versus", "than", "with", "to"])


Words = tuple[Sequence[int], tuple[int, int]]  # the tokens that describe, and the tokens that they span with the noun


def _by_both_sides(line: Line, index: WordIndex, before: Words | None, after: Words | None) -> Reference | None:
    """'the albumin trial from Beijing': the trials that both sides describe; the words before where none is left."""
    left, right = (_resolve(line, index, *side) if side else None for side in (before, after))
    if left is None or right is None or before is None or after is None:
        return left or right
    both = tuple(trial for trial in left.ref.trial_ids if trial in right.ref.trial_ids)
    if both:
        return Reference(left.first, right.last, TrialRef(f"{left.ref.text} {right.ref.text}", both, left.ref.how))
    whole = (min(before[1][0], after[1][0]), max(before[1][1], after[1][1]))
    joint = _resolve(line, index, [*before[0], *after[0]], whole)
    return joint if joint is not None and joint.ref.trial_ids else left


def _is_of_a_study(lemmas: Sequence[str], noun: int) -> bool:
    """'the oral study drug': what belongs to a study, no study."""
    return set(lemmas[noun + 1 : noun + 2]) <= word_set("references.belongings") and noun + 1 < len(lemmas)


def _before_noun(line: Line, noun: int) -> Words | None:
    """The description between the nearest 'the' and the noun at `noun`; None where it is only 'the second trial'."""
    if line.tokens[noun].text.casefold().endswith("s"):
        return None
    lemmas = line.lemmas()
    for first in range(noun - 1, max(-1, noun - 9), -1):
        if any(c in line.gap(first + 1) for c in ",;?:") or lemmas[first] in word_set("references.prepositions"):
            return None
        if lemmas[first] in {"or", "and", "a", "an"} and lemmas[noun] == "one":
            return None
        owner = first > 0 and lemmas[first] == "'s" and lemmas[first - 1] not in _NO_OWNERS
        if lemmas[first] in _DETERMINERS or owner:
            plain = tables.stop_words() | word_set("references.plain") | {"'s"}
            words = [i for i in range(first - owner, noun) if lemmas[i] not in plain | _DETERMINERS]
            return words, (first - owner, noun + 1)
    return None


def _after_noun(line: Line, index: WordIndex, noun: int) -> Words | None:
    """'the trial of albumin', 'the study in Beijing': the words after the noun up to a verb or a comma."""
    lemmas = line.lemmas()
    if line.tokens[noun].text.casefold().endswith("s") or not _DETERMINERS & set(lemmas[max(0, noun - 3) : noun]):
        return None
    if lemmas[noun] == "one" and not _DETERMINERS & set(lemmas[max(0, noun - 1) : noun]):
        return None
    if set(lemmas[noun + 1 : noun + 2]) <= word_set("references.behind"):
        at = noun + 2
    elif _is_in_capitals(line, noun + 1):
        at = noun + 1  # 'the study Novel Stroke Imaging'
    else:
        return None
    words: list[int] = []
    while at < len(lemmas) and at < noun + 10 and not any(c in line.gap(at) for c in ",;?:"):
        if _is_said_of_it(lemmas, at):
            break
        if lemmas[at] not in tables.stop_words():
            if not index.mentioned(lemmas[at]):
                if words:
                    break
            else:
                words.append(at)
        elif lemmas[at] in {"is", "doe", "do", "have", "has", "was", "will", "that", "which", "who"}:
            break
        at += 1
    return (words, (noun - 1, words[-1] + 1)) if words else None


def _is_said_of_it(lemmas: Sequence[str], at: int) -> bool:
    """The last word of 'Is the trial of fenolast blinded': what is asked of the trial, no name of it."""
    return at == len(lemmas) - 1 and lemmas[0] in {"is", "was", "are"} and lemmas[at] in word_set("references.said")


def _is_in_capitals(line: Line, at: int) -> bool:
    """Whether the words of a name begin here: two in capitals, in a question that is not all capitals."""
    if line.text in (line.text.upper(), line.text.title()):
        return False
    return len(line.tokens) > at + 1 and all(line.tokens[i].text[:1].isupper() for i in (at, at + 1))


def _resolve(line: Line, index: WordIndex, words: Sequence[int], whole: tuple[int, int]) -> Reference | None:
    """The trials whose names hold every word; None when no word describes, or too many trials fit."""
    if all(line.tokens[i].lemma in tables.extreme_cues().words() for i in words):
        return None  # 'the oldest trial', though some title speaks of the oldest old
    lemmas = [lemma for i in words for lemma in spelt_out(line.tokens[i], index)]
    trials, how = trials_with(lemmas, index)
    if not trials and any(word in tables.extreme_cues().words() for word in lemmas):
        return None
    if not trials:
        trials, how = told_apart(line, index, words)
    if not trials:
        trials, how = by_owner(line, index, words, whole)
    named = [token for token in written_as_names(line, words) if token.lemma not in index.interventions]
    if not trials and not named and not _holds_a_name(line, index, whole):
        trials, how = by_drugs(lemmas, index)
    tokens = [line.tokens[i] for i in words]
    if not trials and (named or foreign(tokens, index) or any(_is_name_like(token, index) for token in tokens)):
        return Reference(*whole, TrialRef(line.words(*whole), (), "title"))  # named, and no trial fits
    if not trials or len(trials) > _MOST_TRIALS:
        return None
    return Reference(*whole, TrialRef(line.words(*whole), trials, how))


def _holds_a_name(line: Line, index: WordIndex, whole: tuple[int, int]) -> bool:
    """Whether two words in capitals stand side by side that are no treatment: 'the Green Hill imaging trial'."""
    if line.text in (line.text.lower(), line.text.upper(), line.text.title()):
        return False
    inside = range(max(whole[0], 1), whole[1])
    high = {i for i in inside if line.tokens[i].text[:1].isupper() and line.tokens[i].lemma not in index.interventions}
    return any(i + 1 in high for i in high)


def _is_name_like(token: Token, index: WordIndex) -> bool:
    """Whether an unknown word is written as a name: capitals, or a capital with a digit."""
    capitals = sum(c.isupper() for c in token.text)
    return not index.knows(token.lemma) and (capitals > 1 or (capitals > 0 and any(c.isdigit() for c in token.text)))


def find_unknown_name(line: Line, index: WordIndex) -> TrialRef | None:
    """A name in capitals that nothing here bears: 'the dose in ARTEMIS'; None where the whole question shouts."""
    if line.text.upper() == line.text:
        return None
    known = lexicon_words() | concept_words() | variable_words()
    for token in line.tokens:
        letters = sum(c.isupper() for c in token.text)
        if (
            letters >= 4
            and token.text.upper() == token.text
            and token.lemma not in known
            and not index.knows(token.lemma)
        ):
            return TrialRef(token.text, (), "acronym")
    return None


def find_by_words(line: Line, index: WordIndex, tokens: Sequence[int]) -> TrialRef | None:
    """The trials that the content words at `tokens` describe best: those that hold all, or all but unknown words."""
    lemmas = [line.tokens[i].lemma for i in tokens]
    known = [(i, word) for i, word in zip(tokens, lemmas, strict=True) if index.knows(word) and not word.isdigit()]
    unknown = [word for word in lemmas if not index.knows(word) and not word.isdigit()]
    trials, how = trials_with([word for _, word in known], index)
    if not trials or len(trials) > FEW:
        trials, how = by_drugs(lemmas, index)
    if trials and any(word in index.interventions for _, word in known):
        return TrialRef(" ".join(line.tokens[i].text for i, word in known if word in index.interventions), trials, how)
    rare = min((len(index.holds(word)) for _, word in known), default=0) <= 3
    if not known or len(known) < len(unknown) or (len(known) == len(unknown) and not rare):
        return None
    trials, how = trials_with([word for _, word in known], index)
    if not trials:
        trials, how = _most_covered([word for _, word in known], index)
    if not trials or len(trials) > _MOST_TRIALS:
        return None
    return TrialRef(" ".join(line.tokens[i].text for i, _ in known), trials, how)


def _most_covered(words: Sequence[str], index: WordIndex) -> tuple[tuple[str, ...], str]:
    """The trials that hold the rarest words: the rare word decides, the others break ties."""
    postings = sorted(
        ((index.holds(word), word) for word in dict.fromkeys(words)), key=lambda pair: (len(pair[0]), pair[1])
    )
    rarest = postings[0][0]
    if len(rarest) > _MOST_TRIALS:
        return (), ""
    scores = {at: sum(at in holding for holding, _ in postings) for at in rarest}
    best = max(scores.values())
    if best * 4 < len(postings) * 3:
        return (), ""
    fitting = sorted(at for at, score in scores.items() if score == best)
    return tuple(sorted(index.ids[at] for at in fitting)), rarest[fitting[0]]
