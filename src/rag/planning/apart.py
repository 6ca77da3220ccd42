"""Trials told apart by the words that describe them: 'the Moscow eczema trial', 'the MD Anderson celecoxib study'.

A word written as a name must fit; another may be said otherwise in the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from rag.criteria.concepts import find_concepts, load_concepts
from rag.planning import tables
from rag.planning.lexicon import concept_label, concept_words, variable_words
from rag.planning.spelling import lexicon_words
from rag.planning.tables import word_set
from rag.planning.vocabulary import WordIndex
from rag.planning.words import Line, Token, lemmas_of, read_line

FEW = 3
_TWO = 2
_CLIPPED = 4  # letters of a clipped name
_SHORT = 3  # letters of an abbreviation that may be part of the name beside it: the 'MD' of 'MD Anderson'


def trials_with(words: Sequence[str], index: WordIndex) -> tuple[tuple[str, ...], str]:
    """The ids of the trials whose names hold all of `words`, and the attribute that the rarest word stands in."""
    if not words:
        return (), ""
    postings = sorted((index.holds(word) for word in dict.fromkeys(words)), key=len)
    fitting = set(postings[0]).intersection(*postings[1:])
    if not fitting:
        return (), ""
    how = postings[0][min(fitting)]
    return tuple(sorted(index.ids[at] for at in fitting)), how


def told_apart(line: Line, index: WordIndex, words: Sequence[int]) -> tuple[tuple[str, ...], str]:
    """The trials that fit the words written as names, and of those the ones that fit most of the others.

    'the Moscow eczema trial': the place and any drug must fit, 'eczema' may be said otherwise in the record. Where
    nothing is written as a name, every word that any record is known by must fit.
    """
    tokens = [line.tokens[i] for i in words]
    if foreign(tokens, index):
        return (), ""
    named = _names_known(written_as_names(line, words), index)
    drugs = [t for t in tokens if t.lemma in index.interventions - word_set("references.forms")]
    needed = [*named, *drugs] if named else [t for t in tokens if index.mentioned(t.lemma)]
    fitting = [_fitting(token, index) for token in needed]
    trials = frozenset.intersection(*fitting) if fitting else frozenset()
    scores = {at: sum(at in _fitting(token, index) for token in tokens) for at in trials}
    best = sorted(at for at, score in scores.items() if score == max(scores.values()))
    if len(best) > FEW or (not named and len(needed) * 2 <= len(tokens)):
        return (), ""
    if best and scores[best[0]] < _TWO and any(not index.mentioned(token.lemma) for token in named):
        return (), ""  # initials alone name no trial
    return tuple(sorted(index.ids[at] for at in best)), "mention"


def _fitting(token: Token, index: WordIndex) -> frozenset[int]:
    """The trials that a word fits: by a name of theirs, by the city whose people it names, by initials of a name."""
    known = index.mentioned(token.lemma)
    if known:
        return known
    cities = [lemma for found in tables.nicknames().find(read_line(token.text)) for lemma in lemmas_of(found.value)]
    if cities:
        return reduce(frozenset.intersection, (index.mentioned(lemma) for lemma in cities))
    return index.with_initials(token.text) if token.text.isupper() else frozenset()


def _names_known(named: list[Token], index: WordIndex) -> list[Token]:
    """The names without an abbreviation that no record holds, where another name stands right beside it."""
    known = {token.start for token in named if index.mentioned(token.lemma)}
    ends = {token.end + 1 for token in named if token.start in known}
    return [
        token
        for token in named
        if _fitting(token, index)
        or not (token.text.isupper() and len(token.text) <= _SHORT and {token.end + 1} & known | {token.start} & ends)
    ]


def written_as_names(line: Line, words: Sequence[int]) -> list[Token]:
    """The words with a capital or a digit that are no words of ours, where the question's capitals mean something."""
    if line.text in (line.text.lower(), line.text.upper()):
        return []
    ours = lexicon_words() | concept_words() | variable_words() | tables.left_alone()
    tokens = [line.tokens[i] for i in words if i or _is_no_english_word(line.tokens[i])]
    return [t for t in tokens if t.lemma not in ours and (t.text[:1].isupper() or any(c.isdigit() for c in t.text))]


def foreign(tokens: Sequence[Token], index: WordIndex) -> bool:
    """Whether a word is the name of a drug that no record here is known by: the 'semaglutide heart failure trial'."""
    unheld = [token for token in tokens if len(token.text) > _CLIPPED and not _fitting(token, index)]
    return any(_is_a_drug(token) for token in unheld)


def _is_a_drug(token: Token) -> bool:
    """A word of the lexicon of treatments, or no word of any language that ends as the names of drugs do."""
    if token.lemma in concept_words():
        return any(mention.start == 0 and load_concepts()[mention.concept].kind == "treatment"
                   for mention in find_concepts(token.text))
    known = token.lemma in lexicon_words() | variable_words() | tables.left_alone()
    return not known and _is_no_english_word(token) and token.lemma.endswith(tuple(word_set("references.drug_endings")))


def _is_no_english_word(token: Token) -> bool:
    """'Xolair', 'WX-671': a capital at the head of a question that grammar alone does not ask for."""
    return token.text.casefold() not in tables.common_words() and token.lemma not in tables.common_words()


def by_drugs(words: Sequence[str], index: WordIndex) -> tuple[tuple[str, ...], str]:
    """The trials that give every drug among the words, few enough to be meant: 'the paclitaxel-topotecan trial'."""
    drugs = [word for word in words if word in index.interventions and len(index.holds(word)) <= FEW]
    trials, _ = trials_with(drugs, index)
    return (trials, "intervention") if 0 < len(trials) <= FEW else ((), "")


def by_owner(line: Line, index: WordIndex, words: Sequence[int], whole: tuple[int, int]) -> tuple[tuple[str, ...], str]:
    """The trials of the sponsor that the words name as a whole, that fit most of the others: 'the Wills Eye study'."""
    owners = [found for found in index.sponsors.find(line) if whole[0] <= found.first and found.last <= whole[1]]
    if len(owners) != 1 or owners[0].last - owners[0].first < _TWO:
        return (), ""
    held = [index.mentioned(line.tokens[i].lemma) for i in range(owners[0].first, owners[0].last)]
    trials = reduce(frozenset.intersection, held)
    others = [line.tokens[i] for i in words if not owners[0].first <= i < owners[0].last]
    scores = {at: sum(at in _fitting(token, index) for token in others) for at in trials}
    best = sorted(at for at, score in scores.items() if score == max(scores.values()))
    return (tuple(sorted(index.ids[at] for at in best)), "sponsor") if 0 < len(best) <= FEW else ((), "")


def spelt_out(token: Token, index: WordIndex) -> tuple[str, ...]:
    """The word's lemma; 'Japanese' as its country, an abbreviation or another name of a condition as its own name."""
    country = [name for found in tables.places().find(read_line(token.text)) for name in found.value]
    if len(country) == 1 and not token.text.isupper():
        return lemmas_of(country[0])
    if index.knows(token.lemma):
        return (token.lemma,)
    labels = [word for mention in find_concepts(token.text) for word in lemmas_of(concept_label(mention.concept))]
    return tuple(labels) or (_whole_drug(token.lemma, index),)


def _whole_drug(word: str, index: WordIndex) -> str:
    """The one treatment that a clipped word begins: 'vanco', 'pembro'; the word itself where there is none or two."""
    if len(word) < _CLIPPED or index.mentioned(word):
        return word
    begun = [drug for drug in index.interventions if drug.startswith(word) and len(drug) > len(word) + _TWO]
    return begun[0] if len(begun) == 1 else word
