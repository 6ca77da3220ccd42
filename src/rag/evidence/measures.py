"""Whether a stated outcome is the one asked about: its words in any order, or another name of the same measure."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.criteria.concepts import find_concepts, narrower_or_equal
from rag.criteria.lexicon import alias_index, load_variables
from rag.evidence.topics import content_stems

_WORD = re.compile(r"[^\W_]+")
_OR = re.compile(r"(?i)\s+(?:and/or|or)\s+")
_BY = re.compile(r"(?i)\s+(?:with|using|by|via|through)\s+(?:an?\s+|the\s+)?")  # 'fatigue with the FACIT-F'
# Stems that say how something is measured, not what.
_EMPTY = frozenset(
    ("chang", "score", "scale", "index", "level", "valu", "questionnair", "measur", "assess", "evalu", "time")
)
# Other names of common outcomes, a line each; the first is what the others are read as.
_SYNONYMS = (
    ("overall survival", "os", "over all survival"),
    ("progression free survival", "pfs"),
    ("disease free survival", "dfs"),
    ("event free survival", "efs"),
    ("objective response rate", "overall response rate", "orr"),
    ("mortality", "death", "deaths", "fatality", "died"),
    ("major adverse cardiovascular events", "major adverse cardiac events", "mace"),
    ("quality of life", "qol", "hrqol"),
    ("dose limiting toxicity", "dose limiting toxicities", "dlt", "dlts"),
    ("maximum tolerated dose", "maximum tolerable dose", "mtd"),
    ("adverse events", "side effects", "aes"),
    ("safety", "safety profile", "safe"),
    ("body weight", "weight"),
    ("hospitalization", "hospitalisation", "hospital admission", "hospital admissions"),
    ("pain", "pain intensity", "pain score"),
    ("modified rankin scale", "rankin scale", "rankin", "mrs"),
)
# Between two words of a common name: 'overall and disease-free survival' names two of them.
_BETWEEN = r"\w*\s+(?:(?:and|or)(?:\s+\w+){1,3}\s+)?"
_RUNS = {first: re.compile(rf"(?i)\b{_BETWEEN.join(first.split())}") for first, *_ in _SYNONYMS}
_SENTENCE = re.compile(r"\n|[.;]\s")


def names_outcome(stated: str, asked: str) -> bool:
    """Whether the outcome stated is what is asked: 'HbA1c or glycated haemoglobin' asks for either."""
    whole = _plain(stated)
    ways = [[_plain(part) for part in _BY.split(each)] for each in dict.fromkeys((asked, *_OR.split(asked)))]
    return any(all(_is_same(stated, whole, part) for part in parts) for parts in ways if any(parts))


@lru_cache(maxsize=16_384)
def _plain(text: str) -> str:
    """The text with common outcomes under their first name."""
    words = f" {' '.join(_WORD.findall(text))} "
    low = words.casefold()
    for first, *others in _SYNONYMS:
        for other in others:
            at = low.find(f" {other} ")
            if at >= 0 and f" {first} " not in low:
                words = f"{words[:at]} {first} {words[at + len(other) + 2 :]}"
                low = words.casefold()
    return words.strip()


def _is_same(stated: str, whole: str, asked: str) -> bool:
    """Whether the words asked stand in one sentence of the outcome, or other names of them in its measure."""
    wanted, held = set(content_stems(asked)), set(content_stems(whole))
    if wanted and wanted <= held and any(_holds(_plain(sentence), asked) for sentence in _SENTENCE.split(stated)):
        return True
    names, rest = _names(asked)
    telling = rest - _EMPTY
    if not (names or telling) or not telling <= held:
        return False
    measure = _plain(stated.partition("\n")[0])
    if not (names or telling.issubset(content_stems(measure))) or not _bears_names(measure, asked):
        return False
    named, _ = _names(measure)  # costly: only where the plain words fit
    return all(named & narrower_or_equal(name) for name in names)


def _holds(sentence: str, asked: str) -> bool:
    return set(content_stems(asked)).issubset(content_stems(sentence)) and _bears_names(sentence, asked)


def _bears_names(text: str, asked: str) -> bool:
    """Whether every common outcome that is asked for stands in the text by its name, its words side by side."""
    low = f" {asked.casefold()} "
    return all(_RUNS[first].search(text) for first, *_ in _SYNONYMS if f" {first} " in low)


@lru_cache(maxsize=16_384)
def _names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The variables and concepts that a text names, and the stems of its other words."""
    found = {(mention.start, mention.end): mention.concept for mention in find_concepts(text)}
    known = load_variables()
    words = [(match.group().casefold(), match.start(), match.end()) for match in _WORD.finditer(text)]
    read = 0  # characters: the 'haemoglobin' of 'glycated haemoglobin' is none
    for at, (word, start, _) in enumerate(words):
        if start < read:
            continue
        for alias in alias_index().get(word, ()):
            size = len(alias.words)
            if alias.variable in known and tuple(w for w, _, _ in words[at : at + size]) == alias.words:
                read = words[at + size - 1][2]
                found[(start, read)] = alias.variable
                break
    left = " ".join(text[s:e] for _, s, e in words if not any(a <= s and e <= b for a, b in found))
    return frozenset(found.values()), frozenset(content_stems(left))
