"""Whether a stated outcome is the one asked about: its words in any order, or another name of the same measure."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.criteria.concepts import find_concepts, narrower_or_equal
from rag.criteria.lexicon import alias_index, load_variables
from rag.evidence.topics import content_stems

_WORD = re.compile(r"[^\W_]+")
_OR = re.compile(r"(?i)\s+(?:and/or|or)\s+")
# Stems that say how something is measured, not what.
_EMPTY = frozenset(
    ("chang", "score", "scale", "index", "level", "valu", "questionnair", "measur", "assess", "evalu", "time")
)
# Other names of common outcomes, a line each; the first is what the others are read as.
_SYNONYMS = (
    ("overall survival", "os"),
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


def names_outcome(stated: str, asked: str) -> bool:
    """Whether the outcome stated is what is asked: 'HbA1c or glycated haemoglobin' asks for either."""
    whole, measure = _plain(stated), _plain(stated.partition("\n")[0])
    return any(
        _is_same(whole, measure, _plain(each)) for each in dict.fromkeys((asked, *_OR.split(asked))) if each.strip()
    )


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


def _is_same(stated: str, measure: str, asked: str) -> bool:
    """Whether the words asked stand in the outcome stated, or other names of them in its measure alone."""
    wanted, held = set(content_stems(asked)), set(content_stems(stated))
    if wanted and wanted <= held:
        return True
    names, rest = _names(asked)
    telling = rest - _EMPTY
    if not (names or telling) or not telling <= held:
        return False
    named, _ = _names(measure)  # costly: only where the plain words fit
    return all(named & narrower_or_equal(name) for name in names)


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
