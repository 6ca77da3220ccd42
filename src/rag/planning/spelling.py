"""Misspelt words of a question set right, conservatively: a word of five letters or more that nobody knows, one close
known word with the same first letter, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.planning import tables
from rag.planning.asking import ask_cues
from rag.planning.blinded import masked_roles
from rag.planning.glossary import glossary_phrases
from rag.planning.lexicon import concept_words, variable_words
from rag.planning.quantities import NUMBER_WORDS
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Line, Phrases, Token, lemma, read_line

_SHORTEST = 5


@cache
def lexicon_words() -> frozenset[str]:
    """Every lemma of the planner's and the criteria's vocabulary."""
    phrases: list[Phrases[Any]] = [
        ask_cues(),
        tables.extreme_cues(),
        tables.field_values(),
        tables.fact_phrases(),
        tables.age_groups(),
        tables.organ_groups(),
        tables.places(),
        tables.trial_nouns(),
        tables.person_nouns(),
        masked_roles(),
        glossary_phrases(),
        *tables.intent_cues().values(),
    ]
    words = frozenset().union(*(table.words() for table in phrases))
    return frozenset(words | variable_words() | NUMBER_WORDS)


def may_name_a_place(line: Line) -> bool:
    """Whether a city or a sponsor may be named: a word not ours, rare or in capitals, or two capitals."""
    known = lexicon_words() | tables.stop_words() | concept_words()
    left = [token for token in line.tokens if token.lemma not in known and not token.lemma.isdigit()]
    if line.text in (line.text.lower(), line.text.upper()):
        return bool(left)
    if any(a.text[:1].isupper() and b.text[:1].isupper() for a, b in pairwise(line.tokens[1:])):
        return True
    return any(token.text[:1].isupper() or token.text.casefold() not in tables.common_words() for token in left)


def may_name_a_trial(line: Line) -> bool:
    """Whether an acronym or a study number may stand here: 'trial' in the singular, or a word like a name."""
    if line.text in (line.text.lower(), line.text.upper()):
        return True
    known = variable_words()
    ours = lexicon_words() | concept_words()
    singular = any(t.lemma in {"trial", "study"} and not t.text.casefold().endswith("s") for t in line.tokens)
    hyphened = any(line.gap(at) == "-" and line.tokens[at].text[:1].isupper() for at in range(1, len(line.tokens)))
    capitals = any(t.text[:1].isupper() and t.lemma not in ours for t in line.tokens[1:])
    return (
        singular
        or hyphened
        or capitals
        or any(t.lemma not in known and _looks_like_a_name(t.text) for t in line.tokens)
    )


def _looks_like_a_name(word: str) -> bool:
    mixed = any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
    return mixed or sum(c.isupper() for c in word) > 1


@cache
def _targets() -> tuple[str, ...]:
    """The words that a misspelling may be corrected to, the planner's own first."""
    return tuple(sorted(word for word in lexicon_words() | concept_words() if _can_change(word)))


def correct(line: Line, index: WordIndex) -> Line:
    """`line` with every misspelt word replaced, re-read so that offsets fit."""
    changes = [(token, better) for token in line.tokens if (better := _better(token, index)) is not None]
    if not changes:
        return line
    pieces, at = [], 0
    for token, better in changes:
        pieces += [line.text[at : token.start], better]
        at = token.end
    return read_line("".join([*pieces, line.text[at:]]))


def _better(token: Token, index: WordIndex) -> str | None:
    word = token.lemma
    if (
        not _can_change(word)
        or token.text.casefold() in tables.common_words()
        or not token.text.isalpha()
        or (token.text.isupper() and len(word) < 7)
    ):
        return None
    if (
        word in tables.left_alone()
        or word in lexicon_words()
        or word in concept_words()
        or index.mentioned(word)
        or _is_inflected(word, index.knows)
        or _is_derived(word, index)
        or _is_form(word, index)
    ):
        return None
    # A capital inside a sentence is a name: only the collection's own words may correct it.
    written = token.text.casefold()  # 'hepatits' has lost no plural ending
    whole = _closest(written, _targets()) if written != word else None
    return whole or _closest(word, _targets()) or _closest(word, index.words)


def _can_change(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()


def _is_derived(word: str, index: WordIndex) -> bool:
    """'undetectable', 'pathologist': a known word with a prefix, a profession or its field is no slip."""
    known = (tables.common_words(), lexicon_words(), concept_words())
    stems = [word.removeprefix(prefix) for prefix in ("un", "non", "pre", "re") if word.startswith(prefix)]
    stems = [stem for stem in stems if len(stem) > _SHORTEST]
    return word.endswith(("ologist", "iatrist", "therapist", "ology", "ographer", "thetist")) or any(
        index.mentioned(stem) or any(stem in words for words in known) for stem in stems
    )


def _is_form(word: str, index: WordIndex) -> bool:
    """'inject', 'diluted': forms of words that are known in another form ('injection', 'dilution')."""
    bases = [word.removesuffix(end) for end in ("ed", "ing", "e", "") if word.endswith(end)]
    forms = [base + end for base in bases if len(base) >= _SHORTEST for end in ("ion", "ions", "ed", "ing", "ation")]
    return any(form in tables.common_words() or index.mentioned(form) for form in forms if form != word)


def _is_inflected(word: str, knows: Callable[[str], bool]) -> bool:
    """Whether the word, or what it is an -ed, -ing or -ly form of, is known."""
    known = lexicon_words() | tables.left_alone() | tables.common_words()
    stems = [word, *(word[: -len(end)] for end in ("ed", "d", "ing", "ly", "er", "r", "al") if word.endswith(end))]
    stems += [stem + "e" for stem in stems[1:]]
    stems += [stem[:-1] for stem in stems if len(stem) > 4 and stem[-1:] == stem[-2:-1]]
    return any(stem in known or knows(stem) for stem in stems)


def _turns_it(choice: str, word: str) -> bool:
    """Whether both open with parts that make them other words: an 'autograft' is no misspelt 'allograft'."""
    parts = {part for part in _OPENINGS for one in (choice, word) if one.startswith(part)}
    return len(parts) > 1  # 'bradicardia' opens with none


_OPENINGS = (
    "allo", "auto", "xeno", "hyper", "hypo", "inter", "intra", "homo", "hetero", "macro", "micro", "mono", "poly",
    "exo", "endo", "brady", "tachy", "supra", "infra", "iso",
)  # fmt: skip


def _closest(word: str, choices: tuple[str, ...]) -> str | None:
    """The one choice within the distance that the length allows; None when there is none, or a tie."""
    limit = 1 if len(word) < 8 else 2
    found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=limit, limit=8)
    near = [(choice, distance) for choice, distance, _ in found if choice[0] == word[0] and len(choice) >= _SHORTEST]
    near = [(choice, distance) for choice, distance in near if not _turns_it(choice, word)]
    if not near:
        return None
    best = min(distance for _, distance in near)
    closest = sorted(choice for choice, distance in near if distance == best)
    closest = [choice for choice in closest if sorted(choice) == sorted(word)] or closest  # letters changed round
    same = {lemma(choice) for choice in closest}
    return closest[0] if len(same) == 1 else None
