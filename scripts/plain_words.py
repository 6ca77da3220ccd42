"""Writes `rag/planning/data/plain_words.txt`: common English verbs and adverbs that no trial is about.

    python scripts/plain_words.py INDEX src/rag/planning/data/plain_words.txt

INDEX is an index of many trials, as `rag index` makes it (the list shipped: of 9,049). Of the whole words of the
packaged model's vocabulary those are kept that are an adverb in -ly, or a verb by its forms ('judge' beside 'judged'
and 'judging'), and that stand in no condition, keyword or name of an intervention of any trial.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from rag.embedding import packaged_model
from rag.settings import Settings
from rag.snapshot import open_snapshot

_SHORTEST = 3
_LINE = 120
_WORD = re.compile(r"[a-z]+")
_HEAD = """\
# English verbs and adverbs that name no subject of a trial: whole words of the BERT uncased vocabulary (Apache License
# 2.0) found in no condition, keyword or intervention of 9,049 registry records. Made by
# scripts/plain_words.py.
"""
# Participles that their verb does not show by -ed.
_IRREGULAR = """
beaten become been begun bent bitten blown bought bound broken brought built caught chosen come cut dealt done drawn
driven drunk eaten fallen fed felt flown forbidden forgotten forgiven fought found frozen given gone grown heard held
hidden hit hurt kept known laid led left lent lost made meant met paid put read ridden risen run said seen sent set
shaken shown shut sold sought spent spoken stolen stood stuck sunk swept sworn swum taken taught told thought thrown
torn understood woken won worn written
"""


def topics(index: Path) -> Iterator[str]:
    """Every condition, keyword and name of an intervention in the index, in lower case."""
    with open_snapshot(index, Settings(index=index)) as snapshot:
        for summary in snapshot.summaries():
            for text in (*summary.conditions, *summary.keywords, *summary.interventions):
                yield text.lower()


def verbs_and_adverbs(words: frozenset[str]) -> frozenset[str]:
    """The words that are an adverb, a verb or a form of one, as far as the other words show."""
    verbs = {word for word in words if _progressive(word) & words}
    forms = {form for verb in verbs for form in (_past(verb) | _progressive(verb)) & words}
    full = {verb for verb in verbs if _past(verb) & words}
    third = {form for verb in full for form in (f"{verb}s", f"{verb}es", f"{verb[:-1]}ies") if form in words}
    adverbs = {word for word in words if word.endswith("ly")}
    return frozenset(full | forms | third | adverbs | (frozenset(_IRREGULAR.split()) & words))


def _past(verb: str) -> frozenset[str]:
    return frozenset({f"{verb}ed", f"{verb}d" if verb.endswith("e") else "", f"{verb[:-1]}ied", verb + verb[-1] + "ed"})


def _progressive(verb: str) -> frozenset[str]:
    return frozenset({f"{verb}ing", f"{verb[:-1]}ing" if verb.endswith("e") else "", verb + verb[-1] + "ing"})


def plain_words(index: Path, vocabulary: Path) -> list[str]:
    """The words, in alphabetical order."""
    whole = (word.strip() for word in vocabulary.read_text(encoding="utf-8").splitlines())
    words = frozenset(w for w in whole if len(w) >= _SHORTEST and _WORD.fullmatch(w))
    named = {word for text in topics(index) for word in _WORD.findall(text)}
    return sorted(verbs_and_adverbs(words) - named)


def wrapped(words: list[str]) -> Iterator[str]:
    """The words in lines of at most 120 characters."""
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > _LINE:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
    if line:
        yield line


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    words = plain_words(args.index, packaged_model() / "vocab.txt")
    args.out.write_text(_HEAD + "\n".join(wrapped(words)) + "\n", encoding="utf-8")
    print(f"{len(words)} words in {args.out}")


if __name__ == "__main__":
    main()
