"""Criterion text as words to match on: one spelling for British and American, singular and plural, hyphen or none.

`words_of` is linear in the text. The same reading is applied to the names of the lexicon, so both sides agree.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import accumulate, chain

from rag.frozen import quick

# A word with its possessive, or one sign; a hyphen inside a word is neither. "anti-PD-1" is anti PD 1, "and/or" is
# and / or, "Crohn's" is one word.
_TOKEN = re.compile(r"([^\W_]+(?:['’´`][a-zA-Z]{1,2}\b)?|[^\w\s‐‑–—-]|(?<![^\W_])[‐‑–—-]|[‐‑–—-](?![^\W_])|_)")
_HYPHENS = frozenset("-‐‑–—")
_IRREGULAR = {
    "women": "woman", "men": "man", "children": "child", "viruses": "virus", "sinuses": "sinus", "doses": "dose",
    "uses": "use", "diseases": "disease", "lenses": "lens", "biases": "bias", "causes": "cause", "abuses": "abuse",
    "diagnoses": "diagnosis", "metastases": "metastasis", "vertebrae": "vertebra", "fungi": "fungus",
    "bacteria": "bacterium", "fetuses": "fetus", "pneumothoraces": "pneumothorax", "as": "as", "was": "was",
    "has": "has", "does": "does", "his": "his", "is": "is", "this": "this", "its": "its", "us": "us",
    "aids": "aids", "ms": "ms", "species": "species", "series": "series", "varices": "varix",
    "carcinomata": "carcinoma",
    "lymphomata": "lymphoma", "stigmata": "stigma", "indices": "index", "phases": "phase", "cases": "case",
}  # fmt: skip
_IS_PLURALS = ("stases", "roses", "noses", "boses", "choses", "alyses", "ptyses", "physes", "crises", "tases")
_BRITISH = (
    ("our", "or"), ("aemi", "emi"), ("haem", "hem"), ("oedem", "edem"), ("oesoph", "esoph"), ("paed", "ped"),
    ("rrhoea", "rrhea"), ("anaes", "anes"), ("chaem", "chem"), ("gynae", "gyne"), ("foet", "fet"), ("caes", "ces"),
    ("faec", "fec"), ("caec", "cec"), ("coeliac", "celiac"), ("pnoea", "pnea"), ("oestr", "estr"), ("phaeo", "pheo"),
    ("leukae", "leuke"), ("orrhoe", "orrhe"), ("litre", "liter"), ("metre", "meter"), ("centre", "center"),
    ("fibre", "fiber"), ("titre", "titer"), ("sulph", "sulf"), ("isation", "ization"), ("ising", "izing"),
    ("ised", "ized"), ("lyse", "lyze"), ("aeti", "eti"), ("naev", "nev"), ("haz", "haz"), ("licence", "license"),
    ("manoeuv", "maneuv"), ("tonsillae", "tonsille"), ("ischae", "ische"), ("septicae", "septice"),
    ("judgement", "judgment"), ("enrolm", "enrollm"),
)  # fmt: skip


@quick
@dataclass(frozen=True, slots=True)
class Words:
    """The words and signs of a text in order, as parallel lists; `keys` are the reading form, `raws` as printed."""

    text: str
    keys: list[str]
    raws: list[str]
    starts: list[int]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.keys)


def words_of(text: str) -> Words:
    """The words of `text`. A hyphen inside a word divides it and vanishes; one between spaces stays as '-'."""
    pieces = _TOKEN.split(text)  # a gap, a word, a gap … a gap
    offsets = list(accumulate(map(len, pieces)))
    raws, starts, ends = pieces[1::2], offsets[:-1:2], offsets[1::2]
    readings = list(map(reading_of, raws))
    keys = list(chain.from_iterable(readings))
    if len(keys) > len(raws):  # "nonpregnant" is two words at one place
        places = [place for place, reading in enumerate(readings) for _ in reading]
        raws = [raws[place] for place in places]
        starts, ends = [starts[place] for place in places], [ends[place] for place in places]
    return Words(text, keys, raws, starts, ends)


@lru_cache(maxsize=100_000)
def keys_of(phrase: str) -> tuple[str, ...]:
    """The keys alone of a lexicon phrase: read thrice while a lexicon loads, so kept, and fast for plain words."""
    if phrase.isascii() and phrase.replace(" ", "").isalnum():
        return tuple(chain.from_iterable(map(reading_of, phrase.split())))
    return tuple(words_of(phrase).keys)


@lru_cache(maxsize=200_000)
def reading_of(raw: str) -> tuple[str, ...]:
    """The reading form of one printed word: usually one key; 'nonpregnant' is two ('non', 'pregnant')."""
    if raw[-1] == "s" and len(raw) > 2 and raw[:-1].isupper():  # SSRIs, TKIs
        raw = raw[:-1]
    word = raw.lower()
    if not word[0].isalnum():
        return ("-" if word in _HYPHENS else word,)
    for mark in "'’´`":
        if mark in word:
            stem, _, tail = word.partition(mark)
            word = stem if tail == "s" or not tail else stem + tail
    if len(word) > 8 and word.startswith("non") and word not in {"nonetheless", "nonagenarian"}:
        return ("non", _singular(_american(word[3:])))
    return (_singular(_american(word)),)


def _is_british_our(word: str) -> bool:
    """Whether an ending is the "our" of "tumour", not that of "hour"."""
    return word.endswith(("our", "ours", "oured", "oural")) and not word.removesuffix("s").endswith(
        ("hour", "four", "your", "tour", "pour", "sour", "flour", "devour", "scour")
    )


def _american(word: str) -> str:
    if len(word) > 4:
        for british, american in _BRITISH:
            if british in word and (british != "our" or _is_british_our(word)):
                word = word.replace(british, american)
    return word


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")) or word[-2].isdigit():
        return word[:-1] if len(word) == 3 and word.endswith("s") and word[:2] in {"mi", "pe"} else word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith(_IS_PLURALS) and not word.endswith(("ucoses", "hrases")):
        return word[:-2] + "is"
    if word.endswith(("sses", "xes")):
        return word[:-2]
    return word[:-1]


@cache
def word_set(name: str) -> frozenset[str]:
    """A closed class of words in reading form, of `data/wordsets.toml`. Raises KeyError for an unknown name."""
    return _word_sets()[name]


@cache
def _word_sets() -> Mapping[str, frozenset[str]]:
    text = (resources.files("rag.criteria") / "data" / "wordsets.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    for name, words in table.items():
        if len(set(words)) != len(words):
            raise ValueError(f"wordsets: {name} holds a word twice")
    return {name: frozenset(words) for name, words in table.items()}
