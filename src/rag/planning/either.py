"""Whether any of the things named is enough: 'exclude either of gout and asthma', '… any of these'."""

from __future__ import annotations

from rag.planning.words import Line

# The words that say so; 'either' alone only where its clause ends, for 'either sex' names a thing of its own.
_OF_THEM = (
    ("either", "of"), ("any", "of"), ("any", "one", "of"), ("at", "least", "one", "of"), ("one", "or", "more", "of"),
)  # fmt: skip
_ALONE = (("either",), ("either", "one"), ("one", "or", "the", "other"), ("one", "or", "other"), ("any", "one"))
_NEAR = 6  # words behind a verb in which they may stand


def takes_either(line: Line, verb: int, first: int) -> bool:
    """Whether any of the things before or behind a verb is enough. `verb`: its last token, `first`: of a thing."""
    end = min(verb + _NEAR, first if first > verb else len(line.tokens))
    return any(_says(line, at) for at in range(verb, end))


def _says(line: Line, at: int) -> bool:
    if any(line.lemmas(at, at + len(words)) == words for words in _OF_THEM):
        return True
    ends = [at + len(words) for words in _ALONE if line.lemmas(at, at + len(words)) == words]
    return any(end >= len(line.tokens) or line.stops_at(end, ",;.?:)") for end in ends)
